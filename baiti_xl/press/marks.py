"""Where the figures of a finished paper stand: each bookmark `_F12` with its place in words, its text, and what is before it.

The words are the document's own headings, captions and header cells, so that they are right for an edited template,
too. A figure printed a second time is `_F12_2`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile, zip_longest

from docx.oxml.ns import nsmap
from lxml.etree import PI

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.printed import BOOKMARK
from baiti_xl.press.long_tables import rows_in
from baiti_xl.press.numerals import NUMERAL

_W = f"{{{nsmap['w']}}}"
P, TBL, TR, TC, T = (_W + name for name in ("p", "tbl", "tr", "tc", "t"))
START, END, BREAKS = _W + "bookmarkStart", _W + "bookmarkEnd", (_W + "br", _W + "tab")
SPAN, HEAD = _W + "gridSpan", _W + "tblHeader"
NAME, IDENT, VALUE = _W + "name", _W + "id", _W + "val"
READ = (T, START, END, *BREAKS)
OF_TABLES = (*READ, TBL, TR, TC, SPAN, HEAD, PI)
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


@dataclass(slots=True)
class Said:
    """What a paragraph or a cell says: its texts, the same with # for figures, the bookmarks that end in it; the columns it spans."""

    texts: list[str] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)
    ended: list[Open] = field(default_factory=list)
    width: int = 1

    @property
    def text(self) -> str:
        """All it says."""
        return "".join(self.texts).strip()

    @property
    def name(self) -> str:
        """What it names, if it has words and no figure."""
        return "" if self.ended or not WORDS.search(self.text) else shortened(self.text)


@dataclass(slots=True)
class Row:
    """A row, and whether it is repeated at the head of every page."""

    is_head: bool = False
    cells: list[Said] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What names it: its first cell of words that is no figure."""
        return next(filter(None, (cell.name for cell in self.cells)), "")

    @property
    def columns(self) -> list[str]:
        """What stands in each column."""
        return [text for cell in self.cells for text in [cell.text] * cell.width]


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
                said = Said()
                for node in child.iter(READ):
                    self.take(node, said)
                self.heading("".join(said.texts))
                self.lines.append("".join(said.masked))
                self.note(said.ended, self.place())
            elif child.tag == TBL:
                self.table(child)
            elif child.tag == START:
                self.begin(child, [])
            elif child.tag == END:
                self.note(self.end(child), self.place())
            else:
                self.block(child)

    # ── lines ──

    def take(self, node: Element, said: Said) -> None:
        """Take in what a line says next: a text, a break, or where a bookmark begins or ends."""
        tag = node.tag
        if tag == T:
            text = node.text or ""
            said.texts.append(text)
            if not self.open:
                said.masked.append(text)
            for one in self.open.values():
                one.texts.append(text)
        elif tag in BREAKS:
            said.masked.append(" ")
        elif tag == END:
            said.ended += self.end(node)
        elif self.begin(node, said.masked):
            said.masked.append(FIGURE)

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
        rows = self.rows(element)
        named = [(row, row.name) for row in rows]
        heads = list(takewhile(lambda row: row.is_head, rows))
        columns = [column_name(above) for above in zip_longest(*(row.columns for row in heads), fillvalue="")]
        often = Counter(name for row, name in named if not row.is_head)
        for number, (row, name) in enumerate(named[len(heads) :], 1):
            label = name if name and often[name] == 1 else f"第{number}行 {name}".strip()
            at, column = 0, name
            for cell in row.cells:
                if heads:
                    column = "".join(columns[at : at + 1])
                    at += cell.width
                self.lines.append(f"{name}|{column}|{''.join(cell.masked)}")
                if cell.ended:
                    words = (label, column) if heads else (label if often[name] > 1 else "", column)
                    place = " ".join(filter(None, dict.fromkeys((caption, *words))))
                    self.note(cell.ended, place, f"{name}|{column}|")
                elif not heads:  # the last name to its left
                    column = cell.name or column
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

    def rows(self, part: Element) -> list[Row]:
        """Return the rows of a table, or the one that was set aside; a table within a cell is part of its text."""
        rows = [Row()]  # the first has what stands outside of any
        row, cell, said, nested = part, part, Said(), False
        for node in part.iter(OF_TABLES):
            tag = node.tag
            if tag == T:
                self.take(node, said)
            elif tag in (TR, TC):
                if nested and next(node.iterancestors(TBL), None) is not part:
                    continue
                said = Said()
                if tag == TR:
                    row = node
                    rows.append(Row())
                else:
                    cell = node
                    rows[-1].cells.append(said)
            elif tag == TBL:
                nested = nested or node is not part
            elif callable(tag):  # an instruction
                rows += [row for aside in rows_in(node) for row in self.rows(aside)]
            elif tag == HEAD:
                rows[-1].is_head = True
            elif (parent := node.getparent()) is None or parent is part or parent is row:
                continue
            elif tag != SPAN:
                self.take(node, said)
            elif parent.getparent() is cell:
                said.width = int(node.get(VALUE, "1"))
        return rows[1:]


def column_name(above: Sequence[str]) -> str:
    """Return the headings above a column as one, from the top down."""
    return " ".join(shortened(text) for text in dict.fromkeys(above) if text)


def shortened(text: str) -> str:
    """Return a name, cut if it is long."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"
