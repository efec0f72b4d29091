"""A .docx as the checks see it: printed lines and tables in order, each in the role it plays, sections, heads and feet.

Wrappers (content controls, insertions, links) are looked through; deletions and hidden text are not read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from baiti_xl.ooxml.markup import BadXml, Element, parse
from baiti_xl.ooxml.package import Package, Relation, relations_in, relations_name
from baiti_xl.ooxml.zips import BadZip
from baiti_xl.press.checking.looks import (  # fmt: skip
    LayoutError,
    Settings,
    Styles,
    W,
    attribute,
    number,
    on,
    settings_of,
    styles_of,
)  # fmt: skip
from baiti_xl.press.layout import STYLES
from baiti_xl.press.layout_parts import CHAR, LONG_WIDTH, WIDTH
from baiti_xl.press.wording import has_tag

IMPRINT = ("主题词", "抄送机关", "印发机关")
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"
DRAWN = "\ufffc"
"""Stands in a line for what is drawn there."""
_NAMES = frozenset(style.name for style in STYLES)
_WRAPPERS = frozenset(
    W + tag for tag in "sdt sdtContent ins moveTo customXml smartTag hyperlink fldSimple dir bdo".split()
)
_MARKS = {W + tag: mark for tag, mark in (("tab", "\t"), ("cr", "\n"), ("noBreakHyphen", "-"))}
_DRAWN = ("drawing", "pict", "object", "AlternateContent")
_UNPRINTED = re.compile(f"[\t\n\f{DRAWN}]+")
_STEERS = re.compile(r"\{%.*%\}")


@dataclass(frozen=True, slots=True)
class Run:
    """A run that prints something, with its settings in effect."""

    text: str
    look: Settings

    @property
    def size(self) -> float:
        """Points."""
        return number(self.look.get("sz.val", "20")) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: its place in words, its role (a style's name; empty for one that is not ours) and its look.

    `text` is what it prints without breaks and the spaces around; `inside` tells that it stands in a cell or a box.
    """

    element: Element
    place: str
    role: str
    raw: str
    text: str
    look: Settings
    runs: tuple[Run, ...]
    section: int
    inside: bool

    @property
    def known(self) -> bool:
        """Whether its wording stands, with no tag to be filled in."""
        return bool(self.text) and not has_tag(self.text)

    @property
    def prints(self) -> bool:
        """Whether it prints text and is not only a paragraph or row tag."""
        return bool(self.text) and not (self.text[0] == "{" and _STEERS.fullmatch(self.text))

    @property
    def jc(self) -> str:
        """Its alignment."""
        return self.look.get("jc.val", "left")

    def indent(self, side: str) -> int:
        """An indent in twips; that of the first line counts from the others, with spaces typed before the text."""
        typed = len(self.raw) - len(self.raw.lstrip("\u3000")) if side == "first" else 0
        return number(self.look.get(f"ind.{side}", "")) + typed * CHAR

    def spacing(self, what: str) -> int:
        """Space before or after, or the height of a line, in twips."""
        return number(self.look.get(f"spacing.{what}", ""))

    @property
    def exact(self) -> bool:
        """Whether its lines have a fixed height."""
        return self.look.get("spacing.lineRule") == "exact"

    @property
    def height(self) -> int:
        """What it takes up on the page when it is one line high, about, in twips; a tag takes nothing."""
        if self.text and not self.prints:
            return 0
        single = max((run.size for run in self.runs), default=16.0) * 26
        line = self.spacing("line") if self.exact else round(single * (self.spacing("line") or 240) / 240)
        return self.spacing("before") + line + self.spacing("after")


@dataclass(frozen=True, slots=True)
class Table:
    """A table and the lines in it, those of tables within it too; `box` is the text box that holds it."""

    element: Element
    lines: tuple[Line, ...]
    section: int
    box: Element | None

    @property
    def inside(self) -> bool:
        """Whether it stands in a text box."""
        return self.box is not None

    @property
    def is_imprint(self) -> bool:
        """Whether it is 版记."""
        return any(line.role in IMPRINT for line in self.lines)

    @property
    def rows(self) -> list[Element]:
        """Its rows."""
        return [row for row in opened(self.element) if row.tag == f"{W}tr"]


Item = Line | Table
Part = tuple[str, Element]


def opened(element: Element) -> Iterator[Element]:
    """The children of an element, wrappers looked through."""
    for child in element:
        if child.tag in _WRAPPERS:
            yield from opened(child)
        else:
            yield child


def side_of_box(element: Element, axis: str) -> str:
    """To which side (`left`, `bottom` …) the text box around an element is set, horizontal or vertical; empty for none."""
    for holder in element.iterancestors(f"{WP}anchor", f"{V}shape", f"{V}rect"):
        stated = re.search(rf"mso-position-{axis}:(\w+)", str(holder.get("style")))
        found = holder.findtext(f"{WP}position{axis[0].upper()}/{WP}align")
        return found or (stated[1] if stated else "")
    return ""


def lines_of(items: Iterable[Item]) -> Iterator[Line]:
    """Every line, those in tables too."""
    for item in items:
        yield from (item,) if isinstance(item, Line) else item.lines


@dataclass(slots=True)
class _Reader:
    """Reads lines one after the other, counting them and the sections they end."""

    styles: Styles
    place: str = ""
    count: int = 0
    section: int = 0

    def items(self, parent: Element, inside: bool = False, box: Element | None = None) -> Iterator[Item]:
        for child in opened(parent):
            if child.tag == f"{W}p":
                line = self.line(child, inside)
                yield line
                for held in child.iter(f"{W}txbxContent") if DRAWN in line.raw and not inside else ():
                    if next(held.iterancestors("{*}Fallback"), None) is None:
                        yield from self.items(held, inside=True, box=held)
                self.section += not inside and child.find(f"{W}pPr/{W}sectPr") is not None
            elif child.tag == f"{W}tbl":
                yield Table(child, tuple(self.cells(child)), self.section, box)

    def cells(self, table: Element) -> Iterator[Line]:
        for row in opened(table):
            for cell in opened(row) if row.tag == f"{W}tr" else ():
                yield from lines_of(self.items(cell, inside=True) if cell.tag == f"{W}tc" else ())

    def line(self, element: Element, inside: bool = False) -> Line:
        self.count += 1
        own = element.find(f"{W}pPr")
        ident = "" if own is None else attribute(own.find(f"{W}pStyle"), "val")
        ident = ident if ident in self.styles.looks and ident else self.styles.default
        look, letters = self.styles.looks[ident]
        every = [self.run(child, letters) for child in opened(element) if child.tag == f"{W}r"]
        raw = "".join(run.text for run in every)
        text = _UNPRINTED.sub("", raw).strip()
        shown = f"「{text[:12]}{'…' * (len(text) > 12)}」" if text else ""
        name = self.styles.names.get(ident, "")
        return Line(
            element, self.place or f"第{self.count}段{shown}", name if name in _NAMES else "", raw, text,
            self.styles.dressed(look, own), tuple(run for run in every if run.text.strip(DRAWN).strip()),
            self.section, inside,
        )  # fmt: skip

    def run(self, element: Element, letters: Settings) -> Run:
        letters = self.styles.dressed(letters, element.find(f"{W}rPr"))
        return Run("" if on(letters, "vanish.val") else "".join(map(_printed, element)), letters)


def _printed(child: Element) -> str:
    """What a part of a run prints: text, or a mark for a break or a thing drawn."""
    if child.tag == f"{W}t":
        return child.text or ""
    if child.tag == f"{W}br":
        return "\f" if attribute(child, "type") == "page" else "\n"
    mark = _MARKS.get(str(child.tag), "")
    return DRAWN if not mark and str(child.tag).endswith(_DRAWN) else mark


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
    def at(self) -> Mapping[Element, int]:
        """The place of each line and table of the flow."""
        return {item.element: at for at, item in enumerate(self.flow)}

    def of(self, *roles: str) -> list[Line]:
        """The printed lines in one of the roles."""
        return [line for line in self.lines if line.role in roles]

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
        reader = _Reader(self.styles, place)
        return [reader.line(element) for element in part.iter(f"{W}p")]

    def width(self, section: int) -> int:
        """How wide the text block of a section is, in twips."""
        size = self.sections[min(section, len(self.sections) - 1)].find(f"{W}pgSz") if self.sections else None
        return LONG_WIDTH if number(attribute(size, "w")) > number(attribute(size, "h")) else WIDTH


@lru_cache(maxsize=64)
def _tree(data: bytes) -> Element:
    """A part that many documents share, to look at only."""
    return parse(data)


def read_document(content: bytes, recognise: Callable[[tuple[Item, ...]], Mapping[Element, str]]) -> Document:
    """Open a .docx and give its lines the roles that `recognise` finds; raises LayoutError for anything else."""
    try:
        package = Package.open(content)
        main, body = _body(package)
        styles = styles_of(package.data(_related(package, main, "styles")[0]))
        settings, core = (
            [_tree(package.data(name)) for name in _related(package, source, kind)]
            for source, kind in ((main, "settings"), ("", "core-properties"))
        )
        items = tuple(_Reader(styles).items(body))
        roles = recognise(items)
        earlier = set(body.iterfind(f".//{W}sectPrChange/{W}sectPr"))
        sections = tuple(section for section in body.iter(f"{W}sectPr") if section not in earlier)
        return Document(
            tuple(_cast(item, roles) for item in items) if roles else items,
            sections,
            styles,
            _linked(package, main, sections),
            any(on(settings_of(part), "evenAndOddHeaders.val") for part in settings),
            any("9704-1999" in "".join(map(str, part.itertext())) for part in core),
        )
    except (BadZip, BadXml) as error:
        raise LayoutError("不是可读的 Word 文档（.docx），请用 Word 另存后再试") from error


def _body(package: Package) -> tuple[str, Element]:
    """The main part, with the body in it; raises LayoutError if there is none, or no styles beside it."""
    for main in _related(package, "", "officeDocument"):
        body = package.read(main).find(f"{W}body")
        if body is not None and _related(package, main, "styles"):
            return main, body
    raise LayoutError("不是 Word 文档（.docx），请用 Word 另存后再试")


def _cast(item: Item, roles: Mapping[Element, str]) -> Item:
    """A line or table with the roles that were recognised."""
    if isinstance(item, Line):
        return replace(item, role=roles.get(item.element, item.role))
    lines = (replace(line, role=roles.get(line.element, line.role)) for line in item.lines)
    return replace(item, lines=tuple(lines))


@lru_cache(maxsize=64)
def _relations(data: bytes, source: str) -> tuple[Relation, ...]:
    """What a part leads to."""
    return tuple(relations_in(parse(data), source))


def _related(package: Package, source: str, kind: str) -> list[str]:
    """The parts that a part leads to by a kind of relation."""
    index = relations_name(source)
    relations = _relations(package.data(index), source) if index in package.entries else ()
    return [one.target for one in relations if one.kind == kind and one.target in package.entries]


def _linked(package: Package, main: str, sections: Iterable[Element]) -> dict[tuple[str, str], list[Part]]:
    """The heads and feet that sections ask for, each once, with the place where it first stands."""
    targets = {one.ident: one.target for one in _relations(package.data(relations_name(main)), main)}
    found: dict[tuple[str, str], list[Part]] = {}
    for at, section in enumerate(sections, 1):
        for reference in section.iterchildren(f"{W}headerReference", f"{W}footerReference"):
            kind = str(reference.tag)[len(W) : len(W) + 6], attribute(reference, "type") or "default"
            ident = next((str(value) for key, value in reference.items() if str(key).endswith("}id")), "")
            if targets.get(ident) in package.entries:
                part = _tree(package.data(targets.pop(ident)))
                found.setdefault(kind, []).append((f"第{at}节页面设置", part))
    return found
