"""What the XML of a body says whatever its texts are, and lines and tables made of it for the texts of one paper."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate

from baiti_xl.ooxml.markup import BadXml, Element, parse
from baiti_xl.press.checking.cutting import Cut, cut, reads_alone, reads_so
from baiti_xl.press.checking.kept import Kept
from baiti_xl.press.checking.lines import DRAWN, Dress, Item, Line, Row, Run, Table, opened
from baiti_xl.press.checking.looks import LayoutError, Settings, Styles, W, attribute, on
from baiti_xl.press.layout import STYLES
from baiti_xl.press.wording import may_hold_tag

_NAMES = frozenset(style.name for style in STYLES)
_MARKS = {W + tag: mark for tag, mark in (("tab", "\t"), ("cr", "\n"), ("noBreakHyphen", "-"))}
_DRAWN = ("drawing", "pict", "object", "AlternateContent")
_UNPRINTED = re.compile(f"[\t\n\f{DRAWN}]+")
MOST_ROWS = 1000
_P, _R, _T, _TR, _TC, _TBL = (W + tag for tag in ("p", "r", "t", "tr", "tc", "tbl"))

Piece = str | int
"""What is printed: a text, or the place of one that each paper has for itself."""


@dataclass(frozen=True, slots=True)
class RunShape:
    """A run: its settings in effect, whether it is hidden, and what it prints."""

    look: Settings
    hidden: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A paragraph but for its texts: its element, its role, its look and its runs.

    `only` is the place of a text that is all it prints, else -1; `after` counts the rows cut out before it, `ends`
    tells that it ends a section, `boxes` are those with text that it holds.
    """

    element: Element
    role: str
    look: Settings
    runs: tuple[RunShape, ...]
    only: int
    after: int
    ends: bool
    boxes: tuple["Outline", ...]
    styles: Styles
    dresses: Kept[tuple[bool, ...], Dress] = field(default_factory=lambda: Kept(64))

    def dress(self, printing: tuple[bool, ...]) -> Dress:
        """How it looks when these of its runs print something."""
        return self.dresses.get(printing) or self.dresses.made(printing, lambda: self._dress(printing))

    def _dress(self, printing: tuple[bool, ...]) -> Dress:
        looks = [run.look for run, prints in zip(self.runs, printing, strict=True) if prints]
        key = (id(self.look), *map(id, looks))
        dress: Dress = self.styles.dresses.made(key, lambda: Dress(self.look, tuple(map(Run, looks))))
        return dress


@dataclass(frozen=True, slots=True, eq=False)
class RowShape:
    """A row but for its texts: its paragraphs, all that is written in it, and how many of its texts were cut out."""

    element: Element
    shapes: tuple[Shape, ...]
    pieces: tuple[Piece, ...]
    slots: int
    whole: bool
    heads: bool

    @property
    def tagged(self) -> bool:
        """Whether a tag may stand in what was not cut out."""
        return len(self.pieces) > self.slots and any(
            may_hold_tag(piece) for piece in self.pieces if isinstance(piece, str)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table but for its texts; a row that was cut out is told by its place among those."""

    element: Element
    rows: tuple[RowShape | int, ...]
    box: Element | None


Outline = tuple[Shape | Grid, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A body but for what was cut out of it, and its sections; for each row cut out, how many texts were before it."""

    outline: Outline
    sections: tuple[Element, ...]
    rows: tuple[int, ...] = ()
    slots: int = 0


class NotAlone(Exception):
    """A part says less when it is cut."""


@dataclass(slots=True)
class _Outliner:
    """Reads what is not text; `slots` and `rows` are the places of what was cut out, `after` how many rows stand before a paragraph."""

    styles: Styles
    slots: Mapping[Element, int] = field(default_factory=dict)
    rows: Mapping[Element, int] = field(default_factory=dict)
    after: Mapping[Element, int] = field(default_factory=dict)

    def outline(
        self, parent: Element, inside: bool = False, box: Element | None = None
    ) -> Iterator[Shape | Grid]:
        for child in opened(parent):
            if child.tag == _P:
                yield self.shape(child, inside)
            elif child.tag == _TBL:
                yield Grid(child, tuple(self.row(row) for row in opened(child) if row.tag == _TR), box)

    def row(self, row: Element) -> RowShape | int:
        if row in self.rows:
            return self.rows[row]
        texts = tuple(self.piece(node) for node in row.iter(_T))
        whole, heads = (row.find(f"{W}trPr/{W}{tag}") is not None for tag in ("cantSplit", "tblHeader"))
        slots = sum(isinstance(text, int) for text in texts)
        return RowShape(row, tuple(self.cells(row)), texts, slots, whole, heads)

    def cells(self, row: Element) -> Iterator[Shape]:
        for cell in opened(row):
            for one in self.outline(cell, inside=True) if cell.tag == _TC else ():
                if isinstance(one, Shape):
                    yield one
                    continue
                for within in one.rows:
                    yield from within.shapes if isinstance(within, RowShape) else ()

    def shape(self, element: Element, inside: bool = False) -> Shape:
        own = element.find(f"{W}pPr")
        ident = "" if own is None else attribute(own.find(f"{W}pStyle"), "val")
        ident = ident if ident in self.styles.looks and ident else self.styles.default
        look, letters = self.styles.looks[ident]
        runs = tuple(self.run(child, letters) for child in opened(element) if child.tag == _R)
        only = runs[0].pieces if len(runs) == 1 and not runs[0].hidden else ()
        held = () if inside else element.iter(f"{W}txbxContent")
        boxes = [box for box in held if next(box.iterancestors("{*}Fallback"), None) is None]
        name = self.styles.names.get(ident, "")
        return Shape(
            element, name if name in _NAMES else "", self.styles.dressed(look, own), runs,
            only[0] if len(only) == 1 and isinstance(only[0], int) else -1, self.after.get(element, 0),
            not inside and element.find(f"{W}pPr/{W}sectPr") is not None,
            tuple(tuple(self.outline(box, inside=True, box=box)) for box in boxes), self.styles,
        )  # fmt: skip

    def run(self, element: Element, letters: Settings) -> RunShape:
        letters = self.styles.dressed(letters, element.find(f"{W}rPr"))
        pieces = (self.piece(child) for child in element)
        return RunShape(letters, on(letters, "vanish.val"), tuple(piece for piece in pieces if piece != ""))

    def piece(self, child: Element) -> Piece:
        """What a part of a run prints: text, or a mark for a break or a thing drawn."""
        if child.tag == _T:
            return self.slots.get(child, child.text or "")
        if child.tag == f"{W}br":
            return "\f" if attribute(child, "type") == "page" else "\n"
        mark = _MARKS.get(str(child.tag), "")
        return DRAWN if not mark and str(child.tag).endswith(_DRAWN) else mark


# ── what was cut ──


def outlined(body: Element, styles: Styles) -> Frame:
    """Return what a body says that was not cut."""
    return Frame(tuple(_Outliner(styles).outline(body)), _sections(body))


def outlined_row(row: str, root: str, styles: Styles) -> RowShape:
    """Return what a row says that was cut out of a part with this root. Raises NotAlone or BadXml."""
    element, *others = parse(f"{root}{row}</w:document>".encode())
    shape = _Outliner(styles, _slots(element)).row(element)
    if others or not reads_alone(row) or isinstance(shape, int):
        raise NotAlone
    return shape


def outlined_frame(frame: str, styles: Styles) -> Frame:
    """Return what a frame says. Raises NotAlone or BadXml."""
    root = parse(frame.encode())
    body = root.find(f"{W}body")
    if body is None or not reads_so(frame) or root.nsmap.get("w") != W[1:-1]:
        raise NotAlone
    slots, rows = _slots(root), [row for row in root.iter(_TR) if not len(row)]
    if any(next(row.iterancestors(_P), None) is not None for row in rows):
        raise NotAlone
    after: dict[Element, int] = {}
    before: list[int] = []
    texts = 0
    for node in root.iter(_P, _T, _TR):
        if node.tag == _P:
            after[node] = len(before)
        elif node.tag == _TR:
            before.append(texts)
        else:
            texts += node in slots
    reader = _Outliner(styles, slots, {row: at for at, row in enumerate(rows)}, after)
    return Frame(tuple(reader.outline(body)), _sections(body), tuple(before), texts)


def _slots(root: Element) -> dict[Element, int]:
    """The places of texts that were cut out."""
    found = (node for node in root.iter(_T) if node.get("slot") is not None)
    return {node: at for at, node in enumerate(found)}


def _sections(body: Element) -> tuple[Element, ...]:
    """The sections of a body, those that were changed left out."""
    earlier = set(body.iterfind(f".//{W}sectPrChange/{W}sectPr"))
    return tuple(section for section in body.iter(f"{W}sectPr") if section not in earlier)


# ── lines and tables of one paper ──


@dataclass(slots=True)
class _Filling:
    """Puts texts into what they were cut out of, counting the lines and the sections they end."""

    frame: Frame
    rows: Sequence[RowShape] = ()
    texts: Sequence[str] = ()
    number: int = 0
    section: int = 0
    before: tuple[int, ...] = (0,)
    tagged: bool = False

    def items(self, outline: Outline, inside: bool = False) -> Iterator[Item]:
        for one in outline:
            if isinstance(one, Grid):
                yield self.table(one)
                continue
            self.number += 1
            line = line_of(one, self.texts, self.before[one.after], self.number, self.section, inside)
            yield line
            for box in one.boxes if DRAWN in line.raw else ():
                yield from self.items(box, inside=True)
            self.section += one.ends

    def table(self, grid: Grid) -> Table:
        texts, section, number, tagged = self.texts, self.section, self.number, self.tagged
        rows: list[Row] = []
        lines: list[Line] = []
        for at in grid.rows:
            shape, start = (
                (at, 0)
                if isinstance(at, RowShape)
                else (self.rows[at], self.before[at] + self.frame.rows[at])
            )
            text = _said(shape.pieces, texts, start).strip() if tagged or shape.tagged else ""
            rows.append(Row(shape.element, text, shape.whole, shape.heads))
            lines += [
                line_of(one, texts, start, at, section, True)
                for at, one in enumerate(shape.shapes, number + 1)
            ]
            number += len(shape.shapes)
        self.number = number
        return Table(grid.element, tuple(rows), tuple(lines), section, grid.box)


def _said(pieces: tuple[Piece, ...], texts: Sequence[str], start: int) -> str:
    """What is printed, with the texts of one paper."""
    return "".join([texts[start + piece] if isinstance(piece, int) else piece for piece in pieces])


def line_of(
    shape: Shape,
    texts: Sequence[str],
    start: int,
    number: int,
    section: int = 0,
    inside: bool = False,
    where: str = "",
) -> Line:
    """Return a line of this shape, its texts beginning at a place among those of a paper."""
    if shape.only >= 0:
        raw = texts[start + shape.only]
        printing: tuple[bool, ...] = (raw.strip(DRAWN).strip() != "",)
        text = raw.strip() if DRAWN not in raw else _UNPRINTED.sub("", raw).strip()
    else:
        said = ["" if run.hidden else _said(run.pieces, texts, start) for run in shape.runs]
        raw, printing = "".join(said), tuple([text.strip(DRAWN).strip() != "" for text in said])
        text = _UNPRINTED.sub("", raw).strip()
    return Line(shape.element, where, number, shape.role, raw, text, shape.dress(printing), section, inside)


def read_items(data: bytes, styles: Styles) -> tuple[tuple[Item, ...], tuple[Element, ...]] | None:
    """Return the lines and tables of a main part and its sections, None if it has no body. Raises BadXml or LayoutError."""
    with suppress(NotAlone, BadXml, LayoutError):
        if parts := cut(data):
            return _filled(parts, styles)
    body = parse(data).find(f"{W}body")
    if body is None:
        return None
    whole = outlined(body, styles)
    return tuple(_Filling(whole).items(whole.outline)), whole.sections


def _filled(parts: Cut, styles: Styles) -> tuple[tuple[Item, ...], tuple[Element, ...]]:
    """Return the items and sections of a part that was cut. Raises NotAlone, BadXml or LayoutError."""
    frames, known = styles.frames, styles.rows.made(parts.root, lambda: Kept(MOST_ROWS))
    frame = frames.made(parts.frame, lambda: outlined_frame(parts.frame, styles))
    rows = [
        known.get(row) or known.made(row, partial(outlined_row, row, parts.root, styles))
        for row in parts.rows
    ]
    before = (0, *accumulate(row.slots for row in rows))
    if len(frame.rows) != len(rows) or frame.slots + before[-1] != len(parts.texts):
        raise NotAlone
    filling = _Filling(frame, rows, parts.texts, before=before, tagged=any(map(may_hold_tag, parts.texts)))
    return tuple(filling.items(frame.outline)), frame.sections


def lines_in(part: Element, where: str, styles: Styles) -> list[Line]:
    """Return the lines of a head or foot, blank ones and those in text boxes too."""
    reader = _Outliner(styles)
    return [line_of(reader.shape(element, inside=True), (), 0, 0, where=where) for element in part.iter(_P)]
