"""Where the figures of a finished paper stand: each bookmark `_F12` with its place in words, its text, and what is before it.

The words are the document's own headings, captions and header cells, so that they are right for an edited template,
too. A figure printed a second time is `_F12_2`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from docx.oxml.ns import nsmap
from lxml.etree import PI

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.printed import BOOKMARK
from baiti_xl.press.long_tables import rows_in
from baiti_xl.press.numerals import NUMERAL

_W = f"{{{nsmap['w']}}}"
P, TBL, TR, TC, T = (_W + name for name in ("p", "tbl", "tr", "tc", "t"))
START, END, BREAKS = _W + "bookmarkStart", _W + "bookmarkEnd", (_W + "br", _W + "tab")
WRAPPERS = tuple(_W + name for name in ("sdt", "sdtContent", "customXml"))
SPAN, HEAD = _W + "gridSpan", _W + "tblHeader"
SPAN_OF_CELL = f"{_W}tcPr/{SPAN}"
NAME, IDENT, VALUE = _W + "name", _W + "id", _W + "val"
READ = (T, START, END, *BREAKS)
CHAPTER = re.compile(f"({NUMERAL}、)([^。：；]*)")
SECTION = re.compile(f"（{NUMERAL}）[^。：；]*")
ITEM = re.compile(r"\d+[.．]\s*(?!\d)[^。：；]*")
ANNEX = re.compile(r"附\s*件\s*\d*")
TABLE = re.compile(r"表\s*\d+")
WORDS = re.compile(r"[^\d\s.,%—－-]")
SENTENCE = re.compile(r"[。：；]")
LONGEST_NAME, LONGEST_BEFORE = 24, 12
FIGURE, BODY = "#", "正文"


@dataclass(frozen=True, slots=True)
class Mark:
    """One print of a figure: its id, the how manieth print it is, its place, its text, and the words before it (# for a figure)."""

    ident: str
    nth: int
    place: str
    text: str
    before: str

    @property
    def key(self) -> str:
        """What tells it from all others of the paper."""
        return self.ident if self.nth == 1 else f"{self.ident}_{self.nth}"


@dataclass(slots=True)
class Open:
    """A bookmark whose end is still to come."""

    name: str
    before: str
    texts: list[str] = field(default_factory=list)


def marks_of(document: Element) -> list[Mark]:
    """Return the marks of a document in its order."""
    marked = (
        b.get(NAME, "").startswith(BOOKMARK) if b.tag == START else True for b in document.iter(START, PI)
    )
    return read_through(document).found if any(marked) else []


def unmark(document: Element) -> None:
    """Take away the marks of a document, as a template has them that was made from a paper."""
    starts = [b for b in document.iter(START) if b.get(NAME, "").startswith(BOOKMARK)]
    gone = {b.get(IDENT) for b in starts}
    for one in [*starts, *(b for b in document.iter(END) if b.get(IDENT) in gone)]:
        parent = one.getparent()
        if parent is not None:
            parent.remove(one)


def read_through(document: Element) -> "Reader":
    """Return a document read through: its marks and its lines."""
    reader = Reader()
    for body in document.iterchildren():
        reader.block(body)
    return reader


class Reader:
    """Reads a document once, knowing at every line under which headings it is.

    `lines` are the paragraphs and cells in order, a figure in them as #; what names a cell stands before its text.
    """

    def __init__(self) -> None:
        self.found: list[Mark] = []
        self.lines: list[str] = []
        self.open: dict[str, Open] = {}
        self.annex = self.chapter = self.title = self.section = self.item = self.last = ""
        self.runs_on = False

    def block(self, parent: Element) -> None:
        """Read the paragraphs and tables of a body, a cell or what else holds them."""
        for child in parent.iterchildren():
            if child.tag == P:
                text, masked, ended = self.line(child)
                self.heading(text)
                self.lines.append(masked)
                self.note(ended, self.place())
            elif child.tag == TBL:
                self.table(child)
            elif child.tag == START:
                self.begin(child, [])
            elif child.tag == END:
                self.note(self.end(child), self.place())
            else:
                self.block(child)

    # ── lines ──

    def line(self, element: Element) -> tuple[str, str, list[Open]]:
        """Return the text of a paragraph or a cell, the same with # for figures, and the bookmarks that end in it."""
        pieces: list[str] = []
        masked: list[str] = []
        ended: list[Open] = []
        for node in element.iter(READ):
            tag = node.tag
            if tag == T:
                text = node.text or ""
                pieces.append(text)
                if not self.open:
                    masked.append(text)
                for one in self.open.values():
                    one.texts.append(text)
            elif tag in BREAKS:
                masked.append(" ")
            elif tag == END:
                ended += self.end(node)
            elif self.begin(node, masked):
                masked.append(FIGURE)
        return "".join(pieces), "".join(masked), ended

    def begin(self, node: Element, masked: Sequence[str]) -> bool:
        """Note where a bookmark begins, with the text before it; whether it marks a figure."""
        name = str(node.get(NAME, ""))
        if not name.startswith(BOOKMARK):
            return False
        self.open[str(node.get(IDENT, ""))] = Open(name, "".join(masked)[-LONGEST_BEFORE:])
        return True

    def end(self, node: Element) -> list[Open]:
        """Return the bookmark that ends, if it marks a figure."""
        found = self.open.pop(str(node.get(IDENT, "")), None)
        return [found] if found else []

    def note(self, ended: Sequence[Open], place: str, before: str = "") -> None:
        """Note marks under their place."""
        for one in ended:
            ident, _, nth = one.name.removeprefix(BOOKMARK).partition("_")
            nth = nth if nth.isdigit() else "1"
            self.found.append(Mark(ident, int(nth), place, "".join(one.texts), before + one.before))

    # ── headings ──

    def heading(self, text: str) -> None:
        """Take in a line that may be a heading or a caption."""
        text, self.item = text.strip(), ""
        if not text:
            return
        if ANNEX.fullmatch(text):
            self.annex, self.chapter, self.title, self.section = text.replace(" ", ""), "", "", ""
        elif chapter := CHAPTER.match(text):
            self.chapter, self.title, self.section = chapter[1], shortened(chapter[2]), ""
            self.runs_on = False
        elif section := SECTION.match(text):
            self.section, self.runs_on = shortened(section[0]), text.find("。") not in (-1, len(text) - 1)
        elif item := ITEM.match(text):
            self.item = shortened(item[0])
        elif self.runs_on and text.endswith("。"):
            self.section = ""  # a heading that runs on holds its own paragraph alone
        self.last = text

    def place(self) -> str:
        """Return the headings above in words: 一、（二）指标完成情况."""
        under = self.chapter + (self.section or self.title) + self.item
        return " ".join(filter(None, (self.annex, under))) or BODY

    # ── tables ──

    def table(self, element: Element) -> None:
        """Read a table: its figures' places are its caption, its rows' and its columns' headings."""
        caption = self.caption()
        rows = [self.row(row) for row in rows_of(element)]
        named = [(row, row_name(row)) for row in rows]
        heads = list(takewhile(lambda row: row.is_head, rows))
        columns = {at: column_name(heads, at) for at in range(width_of(rows))} if heads else {}
        often = Counter(name for row, name in named if not row.is_head)
        for number, (row, name) in enumerate(named[len(heads) :], 1):
            label = name if name and often[name] == 1 else f"第{number}行 {name}".strip()
            for at, cell in enumerate(row.cells):
                column = columns[cell.at] if cell.at in columns else row_name(row, at) or name
                self.lines.append(f"{name}|{column}|{cell.masked}")
                if cell.ended:
                    words = (label, column) if heads else (label if often[name] > 1 else "", column)
                    place = " ".join(filter(None, dict.fromkeys((caption, *words))))
                    self.note(cell.ended, place, f"{name}|{column}|")
        for row in heads:
            for cell in row.cells:
                self.note(cell.ended, caption)
        self.last = ""

    def caption(self) -> str:
        """Return what a table is called: 表1, else the headings above and the line before it if that is a name."""
        if number := TABLE.match(self.last):
            return " ".join(filter(None, (self.annex, number[0].replace(" ", ""))))
        above = self.place().replace(BODY, "")
        named = (
            len(self.last) <= LONGEST_NAME
            and not self.last.startswith("（")
            and not SENTENCE.search(self.last)
        )
        own = self.last if named and not self.annex and self.last not in above else ""
        return " ".join(filter(None, (above, own))) or BODY

    def row(self, element: Element) -> "Row":
        """Return a row with its cells' texts and the marks that end in them."""
        cells, at = [], 0
        spans = next(element.iter(SPAN), None) is not None
        for cell in cells_of(element):
            width = width_of_cell(cell) if spans else 1
            text, masked, ended = self.line(cell)
            cells.append(Cell(at, width, text.strip(), masked, ended))
            at += width
        return Row(next(element.iter(HEAD), None) is not None, cells)


class Cell(NamedTuple):
    """A cell: its first column of the grid, how many it spans, its text with and without its figures, and their marks."""

    at: int
    width: int
    text: str
    masked: str
    ended: Sequence[Open]


class Row(NamedTuple):
    """A row, and whether it is repeated at the head of every page."""

    is_head: bool
    cells: Sequence[Cell]


def rows_of(table: Element) -> Iterator[Element]:
    """Yield the rows of a table, those in a content control and those set aside too."""
    for child in table.iterchildren(TR, PI, *WRAPPERS):
        if child.tag == TR:
            yield child
        elif child.tag in WRAPPERS:
            yield from rows_of(child)
        else:
            yield from rows_in(child)


def cells_of(row: Element) -> Iterator[Element]:
    """Yield the cells of a row, those in a content control too."""
    for child in row.iterchildren(TC, *WRAPPERS):
        if child.tag == TC:
            yield child
        else:
            yield from cells_of(child)


def width_of_cell(cell: Element) -> int:
    """Return how many columns a cell spans."""
    return next((int(span.get(VALUE, "1")) for span in cell.iterfind(SPAN_OF_CELL)), 1)


def row_name(row: Row, before: int | None = None) -> str:
    """Return what names a row: its first cell of words that is no figure; of those before a cell, the last."""
    cells = row.cells if before is None else row.cells[:before][::-1]
    return next((shortened(c.text) for c in cells if not c.ended and WORDS.search(c.text)), "")


def width_of(rows: Sequence[Row]) -> int:
    """Return of how many columns a table is."""
    return max((row.cells[-1].at + row.cells[-1].width for row in rows if row.cells), default=0)


def column_name(heads: Sequence[Row], at: int) -> str:
    """Return the headings above a column, from the top down."""
    above = (next((c.text for c in row.cells if c.at <= at < c.at + c.width and c.text), "") for row in heads)
    return " ".join(shortened(text) for text in dict.fromkeys(above) if text)


def shortened(text: str) -> str:
    """Return a name, cut if it is long."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"
