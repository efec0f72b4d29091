"""A .docx as the checks see it: printed lines and tables in order, each in the role it plays, sections, heads and feet.

Wrappers (content controls, insertions, links) are looked through; deletions, hidden text and text boxes are not read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from baiti_xl.ooxml.markup import BadXml, Element, parse
from baiti_xl.ooxml.package import Package, relations_in, relations_name
from baiti_xl.ooxml.zips import BadZip
from baiti_xl.press.checking.looks import (
    LayoutError,
    Settings,
    Styles,
    W,
    attribute,
    merged,
    number,
    on,
    settings_of,
    styles_of,
)
from baiti_xl.press.layout import STYLES
from baiti_xl.press.layout_parts import CHAR, LONG_WIDTH, WIDTH
from baiti_xl.press.wording import has_tag

IMPRINT = ("主题词", "抄送机关", "印发机关")
_NAMES = frozenset(style.name for style in STYLES)
_WRAPPERS = frozenset(
    W + tag
    for tag in (
        "sdt",
        "sdtContent",
        "ins",
        "moveTo",
        "customXml",
        "smartTag",
        "hyperlink",
        "fldSimple",
        "dir",
        "bdo",
    )
)
_MARKS = {W + "tab": "\t", W + "cr": "\n", W + "noBreakHyphen": "-"}
_DRAWN = ("drawing", "pict", "object", "AlternateContent")
_OBJECT = "\ufffc"
_UNPRINTED = str.maketrans("", "", "\t\n\f" + _OBJECT)
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
    """A paragraph with its place in words, its role (a style's name; empty for one that is not ours) and its look."""

    element: Element
    place: str
    role: str
    raw: str
    look: Settings
    runs: tuple[Run, ...]
    section: int = 0
    in_table: bool = False

    @property
    def text(self) -> str:
        """What it prints, without breaks and the spaces around."""
        return self.raw.translate(_UNPRINTED).strip()

    @property
    def known(self) -> bool:
        """Whether its wording stands, with no tag to be filled in."""
        return bool(self.text) and not has_tag(self.text)

    @property
    def steers(self) -> bool:
        """Whether it is only a paragraph or row tag."""
        return _STEERS.fullmatch(self.text) is not None

    @property
    def floats(self) -> bool:
        """Of a line of the body: whether it stands in a text box."""
        return self.in_table

    @property
    def has_rule(self) -> bool:
        """Whether a border of its own is drawn above or below it."""
        return any(self.look.get(f"{side}.val", "none") not in ("none", "nil") for side in ("top", "bottom"))

    @property
    def jc(self) -> str:
        """Its alignment."""
        return self.look.get("jc.val", "left")

    def indent(self, side: str) -> int:
        """An indent in twips; that of the first line counts from the others and includes spaces typed before the text."""
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
        """About how high one of its lines is, in twips."""
        rule, line = self.look.get("spacing.lineRule", "auto"), self.spacing("line") or 240
        size = max((run.size for run in self.runs), default=16.0) * 26
        return (
            line
            if rule == "exact"
            else max(line, round(size))
            if rule == "atLeast"
            else round(size * line / 240)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table and the lines in it, those of tables within it too; `box` is the text box that holds it."""

    element: Element
    lines: tuple[Line, ...]
    section: int
    box: Element | None = None

    @property
    def floats(self) -> bool:
        """Whether it stands in a text box, out of the flow of lines."""
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


def opened(element: Element) -> Iterator[Element]:
    """The children of an element, wrappers looked through."""
    for child in element:
        if child.tag in _WRAPPERS:
            yield from opened(child)
        else:
            yield child


@dataclass(slots=True)
class _Reader:
    """Reads lines one after the other, counting them and the sections they end."""

    styles: Styles
    place: str = ""
    count: int = 0
    section: int = 0

    def items(self, parent: Element, in_table: bool = False, box: Element | None = None) -> Iterator[Item]:
        for child in opened(parent):
            if child.tag == f"{W}p":
                line = self.line(child, in_table or box is not None)
                yield line
                yield from self.boxes(child) if _OBJECT in line.raw and not in_table else ()
                self.section += child.find(f"{W}pPr/{W}sectPr") is not None
            elif child.tag == f"{W}tbl":
                yield Table(child, tuple(self.cells(child)), self.section, box)

    def boxes(self, holder: Element) -> Iterator[Item]:
        for box in holder.iter(f"{W}txbxContent"):
            if not any(str(above.tag).endswith("}Fallback") for above in box.iterancestors()):
                yield from self.items(box, box=box)

    def cells(self, table: Element) -> Iterator[Line]:
        for row in opened(table):
            for cell in opened(row) if row.tag == f"{W}tr" else ():
                yield from lines_of(self.items(cell, in_table=True) if cell.tag == f"{W}tc" else ())

    def line(self, element: Element, in_table: bool = False) -> Line:
        self.count += 1
        own = element.find(f"{W}pPr")
        ident = "" if own is None else attribute(own.find(f"{W}pStyle"), "val")
        ident = ident if ident in self.styles.paragraphs else self.styles.default
        look, letters = self.styles.paragraphs[ident]
        runs, raw = [], []
        for child in opened(element):
            if child.tag == f"{W}r":
                text, look_of_run = self.run(child, letters)
                raw.append(text)
                if text.strip().strip(_OBJECT):
                    runs.append(Run(text, look_of_run))
        whole = "".join(raw)
        shown = whole.translate(_UNPRINTED).strip()
        place = self.place or f"第{self.count}段" + (
            f"「{shown[:12]}{'…' * (len(shown) > 12)}」" if shown else ""
        )
        name = self.styles.names.get(ident, "")
        role = name if name in _NAMES else ""
        return Line(
            element, place, role, whole, merged(look, settings_of(own)), tuple(runs), self.section, in_table
        )

    def run(self, element: Element, letters: Settings) -> tuple[str, Settings]:
        own = element.find(f"{W}rPr")
        if own is not None and len(own):
            direct = settings_of(own)
            named = self.styles.characters.get(direct.get("rStyle.val", ""), {})
            letters = merged(merged(letters, named), direct)
        return "" if on(letters, "vanish") else "".join(_printed(element)), letters


def _printed(run: Element) -> Iterator[str]:
    """What a run prints: text, and a mark for each break and each thing drawn."""
    for child in run:
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag == f"{W}br":
            yield "\f" if attribute(child, "type") == "page" else "\n"
        elif child.tag in _MARKS:
            yield _MARKS[str(child.tag)]
        elif str(child.tag).endswith(_DRAWN):
            yield _OBJECT


def lines_of(items: Iterable[Item]) -> Iterator[Line]:
    """Every line, those in tables too."""
    for item in items:
        yield from (item,) if isinstance(item, Line) else item.lines


Recognise = Callable[[tuple[Item, ...]], Mapping[Element, str]]


@dataclass(frozen=True)
class Document:
    """What the checks read: the body's lines and tables, its sections, and the parts around them."""

    items: tuple[Item, ...]
    sections: tuple[Element, ...]
    styles: Styles
    linked: Mapping[tuple[str, str], tuple[tuple[str, Element], ...]]
    """Heads and feet by (header or footer, type): the name of the place, the part."""
    facing: bool
    """Whether odd and even pages have feet of their own."""
    old: bool
    """Whether it follows the standard of 1999."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line that prints something, in order."""
        return tuple(line for line in lines_of(self.items) if line.text and not line.steers)

    @cached_property
    def flow(self) -> tuple[Item, ...]:
        """The lines and tables that stand one under the other."""
        return tuple(item for item in self.items if not item.floats)

    @cached_property
    def at(self) -> Mapping[Element, int]:
        """The place of each line and table of the flow."""
        return {item.element: at for at, item in enumerate(self.flow)}

    def of(self, *roles: str) -> list[Line]:
        """The printed lines in one of the roles."""
        return [line for line in self.lines if line.role in roles]

    @cached_property
    def tables(self) -> list[Table]:
        """Tables of the body."""
        return [item for item in self.items if isinstance(item, Table)]

    @cached_property
    def is_template(self) -> bool:
        """Whether tags decide which of its lines are printed."""
        return any(line.steers for line in lines_of(self.items))

    @cached_property
    def letter_names(self) -> list[Line]:
        """The marks in the head of a first page."""
        heads = (self.part_lines(part, "首页页眉") for _, part in self.linked.get(("header", "first"), ()))
        return [line for head in heads for line in head if line.role == "信函标志"]

    @cached_property
    def is_letter(self) -> bool:
        """Whether it is in 信函格式: a mark or a red rule stands in a first page's head."""
        heads = [part for _, part in self.linked.get(("header", "first"), ())]
        return bool(self.letter_names) or any(head.find(f".//{W}pBdr") is not None for head in heads)

    def part_lines(self, part: Element, place: str, *, blank: bool = False) -> list[Line]:
        """The lines of a head or foot that print something, or all; those in text boxes too."""
        reader = _Reader(self.styles, place)
        found = (reader.line(element) for element in part.iter(f"{W}p"))
        return [line for line in found if blank or line.text]

    def width(self, section: int) -> int:
        """How wide the text block of a section is, in twips."""
        size = self.sections[min(section, len(self.sections) - 1)].find(f"{W}pgSz") if self.sections else None
        return LONG_WIDTH if number(attribute(size, "w")) > number(attribute(size, "h")) else WIDTH


@lru_cache(maxsize=64)
def _tree(data: bytes) -> Element:
    """A part that many documents share, to look at only."""
    return parse(data)


def read_document(content: bytes, recognise: Recognise) -> Document:
    """Open a .docx and give its lines their roles; raises LayoutError for anything else."""
    try:
        return _read(Package.open(content), recognise)
    except (BadZip, BadXml) as error:
        raise LayoutError("不是可读的 Word 文档（.docx），请用 Word 另存后再试") from error
    except KeyError as error:
        raise LayoutError("不是 Word 文档（.docx），请用 Word 另存后再试") from error


def _read(package: Package, recognise: Recognise) -> Document:
    """The document in a package; raises KeyError for a part that is not there."""
    main = _related(package, "", "officeDocument")[0]
    body = package.read(main).find(f"{W}body")
    if body is None:
        raise KeyError(main)
    styles = styles_of(package.data(_related(package, main, "styles")[0]))
    settings = [_tree(package.data(name)) for name in _related(package, main, "settings")]
    core = [_tree(package.data(name)) for name in _related(package, "", "core-properties")]
    items = tuple(_Reader(styles).items(body))
    roles = recognise(items)
    earlier = set(body.iterfind(f".//{W}sectPrChange/{W}sectPr"))
    sections = tuple(section for section in body.iter(f"{W}sectPr") if section not in earlier)
    return Document(
        tuple(_cast(item, roles) for item in items) if roles else items,
        sections,
        styles,
        _linked(package, main, sections),
        any(on(settings_of(part), "evenAndOddHeaders") for part in settings),
        any("9704-1999" in "".join(map(str, part.itertext())) for part in core),
    )


def _cast(item: Item, roles: Mapping[Element, str]) -> Item:
    """A line or table with the roles that were recognised."""
    if isinstance(item, Table):
        return replace(
            item, lines=tuple(replace(line, role=roles.get(line.element, line.role)) for line in item.lines)
        )
    return replace(item, role=roles.get(item.element, item.role))


def _related(package: Package, source: str, kind: str) -> list[str]:
    """The parts that a part leads to by a kind of relation; raises KeyError if the part has no relations."""
    relations = relations_in(_tree(package.data(relations_name(source))), source)
    found = [one.target for one in relations if one.kind == kind and one.target in package.entries]
    if not found and kind in ("officeDocument", "styles"):
        raise KeyError(kind)
    return found


def _linked(
    package: Package, main: str, sections: Iterable[Element]
) -> dict[tuple[str, str], tuple[tuple[str, Element], ...]]:
    """The heads and feet that sections ask for, with the place that each stands in."""
    targets = {one.ident: one.target for one in relations_in(_tree(package.data(relations_name(main))), main)}
    found: dict[tuple[str, str], list[tuple[str, Element]]] = {}
    for at, section in enumerate(sections, 1):
        for reference in section:
            kind = str(reference.tag)[len(W) :].removesuffix("Reference")
            if kind in ("header", "footer"):
                ident = next(str(value) for key, value in reference.items() if str(key).endswith("}id"))
                target = targets.get(ident, "")
                if target in package.entries:
                    place = (f"第{at}节页面设置", _tree(package.data(target)))
                    found.setdefault((kind, attribute(reference, "type") or "default"), []).append(place)
    return {key: tuple(places) for key, places in found.items()}
