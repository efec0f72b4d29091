"""A package of an Office file: its parts, their relations and content types, changed in place.

What is not changed is copied as it is packed; the same parts give the same bytes.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from zipfile import ZIP_STORED

from lxml import etree

from baiti_xl.ooxml.markup import CONTENT_TYPES, OFFICE, RELATIONS, Element, attribute, parse, serialise
from baiti_xl.ooxml.zips import TYPES, BadZip, Entry, entries_of, packed, stored, zipped

MAX_TOTAL = 256 << 20
LEVEL = 6
MARKUP = (".xml", ".rels")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part to another in the file: its id, the last word of its type, and the other part."""

    ident: str
    kind: str
    target: str


class Package:
    """The parts of a package by name, in the file's order; `trees` are those being changed."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = {entry.name: entry for entry in entries}
        self.trees: dict[str, Element] = {}

    @classmethod
    def open(cls, data: bytes) -> "Package":
        """Open a file; raises BadZip, also if it is absurdly large."""
        entries = entries_of(data)
        if sum(entry.size for entry in entries) > MAX_TOTAL:
            raise BadZip("too large")
        return cls(replace(entry, name=entry.name.replace("\\", "/")) for entry in entries)

    @classmethod
    def new(cls) -> "Package":
        """Return a package without parts."""
        package = cls()
        package.put(TYPES, f'<Types xmlns="{CONTENT_TYPES}"/>'.encode())
        package.declare(".rels", "application/vnd.openxmlformats-package.relationships+xml")
        package.declare(".xml", "application/xml")
        return package

    # ── parts ──

    def data(self, name: str) -> bytes:
        """Return a part; raises KeyError, or BadZip if it is cut or changed."""
        return serialise(self.trees[name]) if name in self.trees else self.entries[name].data()

    def put(self, name: str, content: bytes, level: int = LEVEL) -> None:
        """Add a part or replace it."""
        self.trees.pop(name, None)
        self.entries[name] = packed(name, content, level)

    def read(self, name: str) -> Element:
        """Return a part's tree, to look at only; raises BadXml."""
        return self.trees[name] if name in self.trees else parse(self.data(name))

    def edit(self, name: str) -> Element:
        """Return a part's tree, to be written back when the package is closed."""
        return self.trees.setdefault(name, self.read(name))

    def add(
        self, source: str, kind: str, name: str, content: bytes, content_type: str, ident: str = ""
    ) -> str:
        """Add a part and relate another to it; return the relation's id."""
        self.put(name, content)
        self.declare(name, content_type)
        return self.relate(source, kind, name, ident)

    def drop(self, name: str) -> None:
        """Remove a part that nothing leads to any more, and what hangs on it."""
        sources = [source_name(n) for n in self.entries if n.endswith(".rels")]
        if name not in self.entries or any(name == one.target for s in sources for one in self.relations(s)):
            return
        self.cut(name, lambda _: True)
        types = self.edit(TYPES)
        types[:] = [e for e in types if e.get("PartName") != f"/{name}"]
        for gone in (name, relations_name(name)):
            self.entries.pop(gone, None)
            self.trees.pop(gone, None)

    def free(self, pattern: str) -> str:
        """Return a part name that is not taken."""
        taken, number = {name.lower() for name in self.entries}, 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    # ── relations ──

    def relations(self, source: str) -> Iterator[Relation]:
        """Yield the relations of a part ("" for the package) that lead to parts."""
        name = relations_name(source)
        if name in self.entries:
            yield from relations_in(self.read(name), source)

    def related(self, source: str, kind: str) -> list[str]:
        """Return the existing parts that a part is related to by a kind of relation."""
        return [r.target for r in self.relations(source) if r.kind == kind and r.target in self.entries]

    def relate(self, source: str, kind: str, target: str, ident: str = "") -> str:
        """Relate a part to another by a kind of Office relation, or by a type in full; return the id."""
        index = relations_name(source)
        if index not in self.entries:
            self.put(index, f'<Relationships xmlns="{RELATIONS}"/>'.encode())
        relations = self.edit(index)
        used, number = {r.get("Id") for r in relations}, len(relations) + 1
        while f"rId{number}" in used:
            number += 1
        etree.SubElement(
            relations,
            f"{{{RELATIONS}}}Relationship",
            Id=ident or f"rId{number}",
            Type=kind if ":" in kind else f"{OFFICE}/{kind}",
            Target=posixpath.relpath(target, posixpath.dirname(source) or "."),
        )
        return ident or f"rId{number}"

    def cut(self, source: str, wanted: Callable[[Relation], bool]) -> None:
        """Remove relations of a part, and the parts that only they led to."""
        for relation in [one for one in self.relations(source) if wanted(one)]:
            tree = self.edit(relations_name(source))
            tree[:] = [r for r in tree if r.get("Id") != relation.ident]
            self.drop(relation.target)

    # ── content types ──

    def content_type(self, name: str) -> str:
        """Return the content type of a part, "" if none is declared."""
        extension = name.rpartition(".")[2].lower()
        found = ""
        for one in self.read(TYPES):
            if attribute(one, "PartName").lower() == f"/{name}".lower():
                return attribute(one, "ContentType")
            if attribute(one, "Extension").lower() == extension:
                found = attribute(one, "ContentType")
        return found

    def declare(self, name: str, content_type: str) -> None:
        """Write the content type of a part, or of all whose names end so: `.png`."""
        types = self.edit(TYPES)
        tag, key, value = (
            ("Default", "Extension", name[1:]) if name[0] == "." else ("Override", "PartName", f"/{name}")
        )
        found = [e for e in types if e.get(key) == value]
        entry = found[0] if found else etree.SubElement(types, f"{{{CONTENT_TYPES}}}{tag}", {key: value})
        entry.set("ContentType", content_type)

    def hold(self) -> None:
        """Write the changed trees into their parts, to be read as they will be; they are packed when the package is closed."""
        self.entries |= {name: stored(name, serialise(tree)) for name, tree in self.trees.items()}
        self.trees.clear()

    def close(self, level: int = LEVEL) -> bytes:
        """Return the file, the same bytes for the same parts; one made by the hundred is packed quickly rather than well.

        XML that was put in as it is, is packed now.
        """
        self.hold()
        loose = [e for e in self.entries.values() if e.method == ZIP_STORED and e.name.endswith(MARKUP)]
        for entry in loose:
            self.put(entry.name, entry.data(), level)
        return zipped(self.entries.values())


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def relations_name(source: str) -> str:
    """Return the part that holds the relations of a part ("" for the package)."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def source_name(relations: str) -> str:
    """Return the part whose relations these are."""
    folder, name = posixpath.split(relations)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def relations_in(root: Element, source: str) -> Iterator[Relation]:
    """Yield the relations that lead to parts, from the tree that holds those of a part."""
    for one in root.iterchildren("{*}Relationship"):
        if one.get("TargetMode") != "External":
            target = posixpath.join(
                "/", posixpath.dirname(source), attribute(one, "Target").replace("\\", "/")
            )
            kind = attribute(one, "Type").rpartition("/")[2]
            yield Relation(attribute(one, "Id"), kind, posixpath.normpath(target).lstrip("/"))
