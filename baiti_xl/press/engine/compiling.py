"""Compile a Word template once: every part with tags becomes one Jinja template."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from jinja2 import Environment

from baiti_xl.ooxml.markup import Element
from baiti_xl.ooxml.zips import laid_out, packed
from baiti_xl.press.engine import blocks
from baiti_xl.press.engine.environment import BODY, PROPERTIES, Q, loaded
from baiti_xl.press.engine.faults import TemplateErrors, TemplateFault
from baiti_xl.press.engine.fields import FieldSpec
from baiti_xl.press.engine.hoist import FIGURE_END, FIGURE_START, frame_figures, hoist
from baiti_xl.press.engine.package import Template, open_package
from baiti_xl.press.engine.pictures import Slots, find_slots
from baiti_xl.press.engine.places import Places
from baiti_xl.press.engine.properties import DOC_PROPS
from baiti_xl.press.engine.rendering import CompiledPart, CompiledTemplate
from baiti_xl.press.engine.scan import RESERVED, Scan, Tag, scan_document, scan_properties
from baiti_xl.press.engine.scopes import Scopes
from baiti_xl.press.engine.tidy import (
    BODY_END,
    BOX_END,
    BOX_START,
    FRESH_ID,
    LIST_END,
    LIST_START,
    VANISHES,
    Tidying,
)
from baiti_xl.press.engine.wordxml import MARK, WP, W, as_xml

LABELS = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
UNSUPPORTED = re.compile(r"^word/(?:charts|diagrams)/[^/]+\.xml$")
SIGNS = {
    BOX_START: "\x0e",
    BOX_END: "\x0f",
    BODY_END: "\x14",
    LIST_START: "\x10",
    LIST_END: "\x11",
    VANISHES: "\x12",
    FIGURE_START: "\x15",
    FIGURE_END: "\x16",
}
NEW_ID = "\x13"
PLACEHOLDER = re.compile(f"<\\?{MARK} ([^?]+)\\?>|\ufdd0(\\w+)\ufdd1")
MOST_TAGS = 20_000


def compile_template(data: bytes, *, fields: FieldSpec, name: str) -> CompiledTemplate:
    """Compile a .docx for rendering many times; raises TemplateErrors with every fault and its place.

    `name` is what messages call the template. Staff may write {{ }}, {% %}, {%p %}, {%tr %}, {%tc %} and
    {# #}; plain block tags that each stand alone in a paragraph work on whole paragraphs.
    """
    package = open_package(data, name)
    return _Compilation(package, fields, name).compiled()


@dataclass(frozen=True, slots=True)
class _Source:
    """A part that may hold tags, with what messages call it."""

    part: str
    label: str
    is_property: bool


class _Compilation:
    def __init__(self, package: Template, spec: FieldSpec, name: str) -> None:
        self.package = package
        self.spec = spec
        self.name = name
        self.used: dict[str, None] = {}
        self.faults: list[TemplateFault] = []

    def compiled(self) -> CompiledTemplate:
        sources = list(_sources(self.package))
        self._refuse_unsupported()
        scans = {source: self._checked(source) for source in sources}
        if not self.faults:
            self._tidy(scans)
        if self.faults:
            raise TemplateErrors(self.name, self.faults)
        shown = {one.part: self._root(one) for one in sources if not one.is_property}
        slots = find_slots(self.package, shown)
        parts = tuple(self._part(one, scan) for one, scan in scans.items() if scan.count)
        return self._assembled(parts, slots)

    def _root(self, source: _Source) -> Element:
        return self.package.trees[source.part]

    def _refuse_unsupported(self) -> None:
        for name, entry in self.package.entries.items():
            if UNSUPPORTED.match(name) and (b"{{" in entry.data() or b"{%" in entry.data()):
                self._refuse(f"部件 {name}", "图表或图示里写了标签", "把标签移到正文里，图用图片占位")

    def _refuse(self, where: str, problem: str, remedy: str) -> None:
        self.faults.append(TemplateFault(where, problem, remedy))

    def _checked(self, source: _Source) -> Scan:
        root = self._root(source)
        if RESERVED.search(as_xml(root)):
            self._refuse(source.label, "含有不可用的特殊字符（U+FDD0 至 U+FDEF）", "删去这些字符")
            return Scan()
        if source.is_property:
            scan = scan_properties(root, source.label)
            _refuse_blocks(scan)
        else:
            self._check_prefix(root, source)
            scan = scan_document(root, Places(root, source.label))
            blocks.settle_levels(scan, blocks.match(scan))
            blocks.lay_out(scan)
        if scan.count > MOST_TAGS:
            self._refuse(source.label, f"标签多于{MOST_TAGS}个", "改用循环")
        Scopes(scan, self.spec, self.used).check()
        self.faults += scan.faults()
        return scan

    def _check_prefix(self, root: Element, source: _Source) -> None:
        if root.nsmap.get("w") != W:
            self._refuse(
                source.label, "不是通常的 Word 文档格式（可能是 Strict 格式）", "用 Word 另存为普通的 .docx"
            )

    def _tidy(self, scans: dict[_Source, Scan]) -> None:
        for source, scan in scans.items():
            if scan.count and not source.is_property:
                root = self._root(source)
                places = Places(root, source.label)
                hoist(scan, root, blocks.lay_out(scan))
                Tidying(scan, root, places).tidy()
                if source.part == self.package.main:
                    frame_figures(scan, root)
                self.faults += scan.faults()

    def _part(self, source: _Source, scan: Scan) -> CompiledPart:
        root = self._root(source)
        text, lines = _jinja_source(as_xml(root), scan.tags)
        environment: Environment = PROPERTIES if source.is_property else BODY
        return CompiledPart(
            name=source.part,
            template=loaded(environment, text, source.part),
            tags={line: tag.where for line, tag in lines.items()},
            flagged=any(sign in text for sign in "\x0f\x11\x14"),
            first_new_id=_highest_id(root) + 1,
        )

    def _assembled(self, parts: tuple[CompiledPart, ...], slots: Slots) -> CompiledTemplate:
        entries = dict(self.package.entries)
        entries |= {name: packed(name, self.package.data(name)) for name in slots.changed}
        entries |= {copy: replace(entries[of], name=copy) for copy, of in slots.copies.items()}
        rendered = {part.name for part in parts}
        properties = {one.part for one in _sources(self.package) if one.is_property}
        pictures = {target for targets in slots.media.values() for target in targets}
        loose = properties | pictures
        return CompiledTemplate(
            name=self.name,
            spec=self.spec,
            used_fields=tuple(self.used),
            picture_slots=slots.media,
            parts=parts,
            archive=laid_out(one for key, one in entries.items() if key not in rendered | loose),
            loose={key: one for key, one in entries.items() if key in loose and key not in rendered},
            properties=frozenset(properties),
        )


def _sources(package: Template) -> Iterator[_Source]:
    """The parts that may hold tags, the document first, then headers and footers, notes, properties."""
    yield _Source(package.main, "正文", False)
    found = [one for one in package.relations(package.main) if one.kind in LABELS]
    for kind, label in LABELS.items():
        parts = sorted({one.target for one in found if one.kind == kind} & package.trees.keys())
        for number, part in enumerate(parts, 1):
            yield _Source(part, f"{label}{number}" if len(parts) > 1 else label, False)
    for one in package.relations(""):
        if one.kind in DOC_PROPS and one.target in package.trees:
            yield _Source(one.target, DOC_PROPS[one.kind], True)


def _refuse_blocks(scan: Scan) -> None:
    for tag in list(scan.tags.values()):
        if tag.keyword:
            scan.refuse(tag, "文档属性里只能写 {{ 字段 }}", "删去它")


def _jinja_source(xml: str, tags: dict[int, Tag]) -> tuple[str, dict[int, Tag]]:
    """The template text, and which tag is on which of its lines."""
    out: list[str] = []
    lines: dict[int, Tag] = {}
    line, end = 1, 0
    for found in PLACEHOLDER.finditer(xml):
        before = xml[end : found.start()]
        code, tag = _code(found[1] or found[2], tags)
        out += (before, code)
        line += before.count("\n")
        if tag:
            line += 1
            lines[line] = tag
        end = found.end()
    return "".join([*out, xml[end:]]), lines


def _code(number: str, tags: dict[int, Tag]) -> tuple[str, Tag | None]:
    if not number.isdigit():
        return (NEW_ID if f"\ufdd0{number}\ufdd1" == FRESH_ID else SIGNS[number]), None
    tag = tags[int(number)]
    if tag.keyword == "#":
        return "", None
    return (Q.block(tag.code) if tag.is_block else Q.variable(tag.code)), tag


def _highest_id(root: Element) -> int:
    found = [one.get("id", "") for one in root.iter(f"{{{WP}}}docPr")]
    found += [one.get(f"{{{W}}}id", "") for one in root.iter()]
    return max((int(one) for one in found if one.isdigit() and len(one) < 9), default=0)
