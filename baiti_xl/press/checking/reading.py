"""A .docx as the checks see it: printed lines and tables in order, each in the role it plays, sections, heads and feet."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from baiti_xl.ooxml.markup import BadXml, Element, parse
from baiti_xl.ooxml.package import Package, Relation, relations_in, relations_name
from baiti_xl.ooxml.zips import BadZip, Entry
from baiti_xl.press.checking.kept import Kept
from baiti_xl.press.checking.lines import Item, Line, Table, lines_of
from baiti_xl.press.checking.looks import (  # fmt: skip
    LayoutError,
    Styles,
    W,
    attribute,
    number,
    on,
    settings_of,
    styles_of,
)  # fmt: skip
from baiti_xl.press.checking.outline import lines_in, read_items
from baiti_xl.press.layout_parts import LONG_WIDTH, WIDTH

Part = tuple[str, Element]
Roles = Mapping[int, str]
"""What lines play by their number."""


@dataclass(frozen=True)
class Document:
    """What the checks read: the body's lines and tables, its sections, and the parts around them.

    `linked` holds heads and feet by (header or footer, type): the name of the place, the part; `facing` tells that odd
    and even pages have feet of their own, `old` that it follows the standard of 1999.
    """

    items: tuple[Item, ...]
    sections: tuple[Element, ...]
    styles: Styles
    linked: Mapping[tuple[str, str], list[Part]]
    facing: bool
    old: bool

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line that prints something, in order."""
        return tuple(line for line in lines_of(self.items) if line.prints)

    @cached_property
    def flow(self) -> tuple[Item, ...]:
        """The lines and tables that stand one under the other, those in boxes left out."""
        return tuple(item for item in self.items if not item.inside)

    @cached_property
    def at(self) -> Mapping[int, int]:
        """The place of each line of the flow, by its number."""
        return {item.number: at for at, item in enumerate(self.flow) if isinstance(item, Line)}

    @cached_property
    def by_role(self) -> Mapping[str, list[Line]]:
        """The printed lines of each role."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.role, []).append(line)
        return found

    def of(self, *roles: str) -> list[Line]:
        """The printed lines in one of the roles."""
        lines = [line for role in roles for line in self.by_role.get(role, ())]
        return lines if len(roles) == 1 else sorted(lines, key=lambda line: line.number)

    @cached_property
    def tables(self) -> list[Table]:
        """Tables but 版记."""
        return [item for item in self.items if isinstance(item, Table) and not item.is_imprint]

    @cached_property
    def imprints(self) -> list[Table]:
        """版记, once."""
        return [item for item in self.items if isinstance(item, Table) and item.is_imprint]

    @cached_property
    def is_template(self) -> bool:
        """Whether tags decide which of its lines are printed."""
        return any(line.text and not line.prints for line in lines_of(self.items))

    @cached_property
    def letter_names(self) -> list[Line]:
        """The marks in the head of a first page."""
        heads = self.linked.get(("header", "first"), [])
        lines = [line for _, head in heads for line in self.part_lines(head, "首页页眉")]
        return [line for line in lines if line.runs and line.role == "信函标志"]

    @cached_property
    def is_letter(self) -> bool:
        """Whether it is in 信函格式: a mark or a rule stands in a first page's head."""
        heads = self.linked.get(("header", "first"), [])
        return bool(self.letter_names) or any(head.find(f".//{W}pBdr") is not None for _, head in heads)

    def part_lines(self, part: Element, place: str) -> list[Line]:
        """The lines of a head or foot, blank ones and those in text boxes too."""
        found: list[Line] = self.styles.parts.made((part, place), lambda: lines_in(part, place, self.styles))
        return found

    def width(self, section: int) -> int:
        """How wide the text block of a section is, in twips."""
        size = self.sections[min(section, len(self.sections) - 1)].find(f"{W}pgSz") if self.sections else None
        return LONG_WIDTH if number(attribute(size, "w")) > number(attribute(size, "h")) else WIDTH


@dataclass(frozen=True, slots=True)
class Seen:
    """What the papers of one run share, each part read once."""

    trees: Kept[Entry, Element] = field(default_factory=lambda: Kept(64))
    styles: Kept[Entry, Styles] = field(default_factory=lambda: Kept(16))
    relations: Kept[Entry, tuple[Relation, ...]] = field(default_factory=lambda: Kept(64))

    def tree(self, package: Package, name: str) -> Element:
        """A part, to look at only."""
        return self.trees.made(package.entries[name], lambda: package.read(name))

    def styles_in(self, package: Package, name: str) -> Styles:
        """The styles of a part."""
        return self.styles.made(package.entries[name], lambda: styles_of(package.data(name)))

    def related(self, package: Package, source: str) -> tuple[Relation, ...]:
        """What a part leads to that is there."""
        index = relations_name(source)
        if index not in package.entries:
            return ()
        made = self.relations.made(
            package.entries[index], lambda: tuple(relations_in(package.read(index), source))
        )
        return tuple(one for one in made if one.target in package.entries)


def read_document(
    content: bytes | Package, recognise: Callable[[tuple[Item, ...]], Roles], seen: Seen
) -> Document:
    """Read a .docx, opened or not, and give its lines the roles that `recognise` finds; raises LayoutError for anything else."""
    try:
        package = content if isinstance(content, Package) else Package.open(content)
        main, styles, items, sections = _body(package, seen)
        settings, core = (
            [seen.tree(package, name) for name in _related(package, source, kind, seen)]
            for source, kind in ((main, "settings"), ("", "core-properties"))
        )
        roles = recognise(items)
        return Document(
            tuple(_cast(item, roles) for item in items) if roles else items,
            sections,
            styles,
            _linked(package, main, sections, seen),
            any(on(settings_of(part), "evenAndOddHeaders.val") for part in settings),
            any("9704-1999" in "".join(map(str, part.itertext())) for part in core),
        )
    except (BadZip, BadXml) as error:
        raise LayoutError("不是可读的 Word 文档（.docx），请用 Word 另存后再试") from error


def _body(package: Package, seen: Seen) -> tuple[str, Styles, tuple[Item, ...], tuple[Element, ...]]:
    """The main part, its styles, and what stands in its body; raises LayoutError if there is none, or no styles beside it."""
    for main in _related(package, "", "officeDocument", seen):
        data, beside = package.data(main), _related(package, main, "styles", seen)
        if not beside:
            parse(data)
            continue
        styles = seen.styles_in(package, beside[0])
        found = read_items(data, styles)
        if found:
            return main, styles, *found
    raise LayoutError("不是 Word 文档（.docx），请用 Word 另存后再试")


def _cast(item: Item, roles: Roles) -> Item:
    """A line or table with the roles that were recognised."""
    if isinstance(item, Line):
        return item._replace(role=roles[item.number]) if item.number in roles else item
    if not any(line.number in roles for line in item.lines):
        return item
    return replace(
        item, lines=tuple(line._replace(role=roles.get(line.number, line.role)) for line in item.lines)
    )


def _related(package: Package, source: str, kind: str, seen: Seen) -> list[str]:
    """The parts that a part leads to by a kind of relation."""
    return [one.target for one in seen.related(package, source) if one.kind == kind]


def _linked(
    package: Package, main: str, sections: Iterable[Element], seen: Seen
) -> dict[tuple[str, str], list[Part]]:
    """The heads and feet that sections ask for, each once, with the place where it first stands."""
    targets = {one.ident: one.target for one in seen.related(package, main)}
    found: dict[tuple[str, str], list[Part]] = {}
    for at, section in enumerate(sections, 1):
        for reference in section.iterchildren(f"{W}headerReference", f"{W}footerReference"):
            kind = str(reference.tag)[len(W) : len(W) + 6], attribute(reference, "type") or "default"
            ident = next((str(value) for key, value in reference.items() if str(key).endswith("}id")), "")
            if ident in targets:
                part = seen.tree(package, targets.pop(ident))
                found.setdefault(kind, []).append((f"第{at}节页面设置", part))
    return found
