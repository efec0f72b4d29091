"""Long tables written straight to XML: XlsxWriter makes the sheet, this fills its rows.

XlsxWriter spends some four microseconds a cell; a county's register has hundreds of thousands of cells. Rows
are turned into XML and packed as they come, their texts in their cells, and put into the finished sheet in the
place of its marker row. Formats stay XlsxWriter's.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import Any, BinaryIO, NamedTuple

from xlsxwriter.utility import xl_col_to_name

from baiti_xl.ooxml.zips import Entry, Segment, joined, segment

EPOCH = date(1899, 12, 30).toordinal()
BATCH, BATCHES = 250, 8  # rows turned into XML at once, and how many of those are packed together
MOST_ROWS = 1_048_575  # of a sheet of Excel, below the headings
NARROW = "\u2e7f"  # whatever comes after it is two columns wide
LINE_HEIGHT, MOST_LINES = 15.0, 27
HANGING = 20  # in a line that long a mark that may not begin the next one takes a character along
MARKER = 2
UNBROKEN = re.compile(r"[!-~〔〕（）“”《》]")
RUNS = re.compile(rf"{UNBROKEN.pattern}+|[^{UNBROKEN.pattern[1:]}+")
OPEN = "打开"
MARKED = re.compile(rb'<row r="%d"[^>]*>.*?</row>' % MARKER, re.DOTALL)
EXTENT = re.compile(rb'<dimension ref="[^"]*"/>')
LONGEST = 32767  # of a cell's text, as Excel counts in UTF-16
NO_XML = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile(rf"[\x00-\x08\x0b-\x1f&<>_]|{NO_XML.pattern}")
ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


class Link(NamedTuple):
    """A number that leads to a cell of the workbook, such as 来源记录!A7."""

    value: int
    target: str

    @property
    def content(self) -> str:
        """Its formula and value as XML; unlike Excel's own links, it stays with its row when rows are sorted."""
        return f'><f>HYPERLINK("#{self.target}",{self.value})</f><v>{self.value}</v>'


class FileLink(NamedTuple):
    """What is shown as 打开 and leads to a place in another file, such as ../报送/X01.xlsx#拜访客商!A7."""

    target: str

    @property
    def content(self) -> str:
        """Its formula and what it shows."""
        return f' t="str"><f>HYPERLINK("{escaped(self.target)}","{OPEN}")</f><v>{OPEN}</v>'


@dataclass
class Rows:
    """The rows of one sheet below its headings, as packed XML.

    `styles` are formats' indexes by column, `link` that of links; `wrapped` are (column, width) of those whose text breaks
    into lines. The XML is kept in memory, or in a `spool` that several sheets share.
    """

    styles: Sequence[int]
    link: int = 0
    wrapped: Sequence[tuple[int, float]] = ()
    spool: BinaryIO = field(default_factory=io.BytesIO)
    count: int = 0
    chunks: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # where each begins in the spool, how long it is there, its checksum and size unpacked

    def fill(self, rows: Iterable[Sequence[Any]]) -> None:
        """Turn rows into packed XML. Text is always text; what is missing is an empty cell."""
        left = iter(rows)
        batches = iter(lambda: list(islice(left, BATCH)), [])
        while chunk := "".join(chain.from_iterable(map(self.texts, islice(batches, BATCHES)))):
            self.keep(segment(chunk.encode()))

    def keep(self, chunk: Segment) -> None:
        """Put packed XML behind what is in the spool."""
        at = self.spool.seek(0, io.SEEK_END)
        self.chunks.append((at, len(chunk.raw), chunk.crc, chunk.size))
        self.spool.write(chunk.raw)

    def texts(self, rows: Sequence[Sequence[Any]]) -> Iterator[str]:
        """Yield the XML of the next rows: what stands between the places of a row's number, joined by it."""
        first = self.count + MARKER
        self.count += len(rows)
        columns = [
            self.column(at, style, values)
            for at, (style, values) in enumerate(zip(self.styles, zip(*rows, strict=True), strict=True))
        ]
        openings = map(self.opening, rows) if self.wrapped else repeat('"><c r="A')
        pieces = zip(repeat('<row r="'), openings, *columns, strict=False)
        return map(str.join, map(str, range(first, self.count + MARKER)), pieces)

    def column(self, at: int, style: int, values: Sequence[Any]) -> list[str]:
        """Return the cells of a column as XML, each from behind their row's number to the next one's place."""
        head = f'" s="{style}"'
        end = f'</c><c r="{xl_col_to_name(at + 1)}' if at + 1 < len(self.styles) else "</c></row>"
        blank, text, typed = f"{head}/>{end[4:]}", f'{head} t="inlineStr"><is>', f"{head}><v>"
        cells, before, cell = list[str](), object(), ""
        for value in values:
            if value is not before:  # what a row shares with the one above is written once
                before, sort = value, value.__class__
                cell = (  # what most cells hold goes first
                    f"{text}{text_element(value)}</is>{end}" if sort is str and value
                    else f"{typed}{value}</v>{end}" if sort is int
                    else f"{typed}{value:f}</v>{end}" if sort is Decimal
                    else blank if value is None or value == ""
                    else f'" s="{self.link}"{value.content}{end}' if isinstance(value, Link | FileLink)
                    else f"{text}{text_element(str(value))}</is>{end}" if isinstance(value, str)
                    else f"{typed}{stored(value)}</v>{end}"
                )  # fmt: skip
            cells.append(cell)
        return cells

    def opening(self, row: Sequence[Any]) -> str:
        """Return the rest of a row's opening tag, as high as its longest wrapped text needs, up to the first cell's number."""
        lines = 1
        for at, width in self.wrapped:
            text = row[at]
            if text and text.__class__ is str and (len(text) * 2 >= width or "\n" in text):
                lines = max(lines, lines_of(text, width))
        height = f' ht="{LINE_HEIGHT * lines:g}" customHeight="1"' if lines > 1 else ""
        return f'"{height}><c r="A'

    def into(self, name: str, sheet: bytes) -> Entry:
        """Return a finished sheet as a part with these rows in the place of its marker row."""
        extent = f'<dimension ref="A1:{xl_col_to_name(len(self.styles) - 1)}{self.count + MARKER - 1}"/>'
        head, tail = MARKED.split(EXTENT.sub(extent.encode(), sheet, count=1), maxsplit=1)
        return joined(name, self.pieces(head, tail))

    def pieces(self, head: bytes, tail: bytes) -> Iterator[Segment]:
        """Yield the packed sheet piece by piece."""
        yield segment(head)
        for at, length, *known in self.chunks:
            self.spool.seek(at)
            yield Segment(self.spool.read(length), *known)
        yield segment(tail)


@lru_cache(maxsize=4096)
def lines_of(text: Any, width: float) -> int:
    """Return how many lines a text takes in a column; wide characters count two, and none is parted."""
    if not isinstance(text, str) or (len(text) * 2 < width and "\n" not in text):
        return 1
    room = int(width - 1) // 2 * 2
    return min(MOST_LINES, sum(lines_in(part, room) for part in text.split("\n")))


def lines_in(text: str, room: int) -> int:
    """Return how many lines of so many characters a text takes; what has no place to break goes to a new line whole."""
    if len(text) + sum(map(NARROW.__lt__, text)) <= room:
        return 1
    room -= 2 if room > HANGING else 0
    lines, left = 1, room
    for run in RUNS.findall(text):
        width = len(run) + sum(map(NARROW.__lt__, run))
        if width > left:
            width -= 0 if UNBROKEN.match(run) else left // 2 * 2
            more = -(-width // room)
            lines, left = lines + more, room * (more + 1)
            left -= room
        left -= width
    return lines


def stored(value: Any) -> str:
    """Return a number or a day as a cell stores it."""
    if isinstance(value, date):
        return str(value.toordinal() - EPOCH)
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


@lru_cache(maxsize=4096)  # units, files and choices stand in every row
def text_element(text: str) -> str:
    """Return a text as an element, such that it is read again as it is; what no XML can hold becomes “�”."""
    if 2 * len(text) > LONGEST:
        text = cut(text)
    if SPECIAL.search(text):
        text = escaped(text)
    preserved = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return f"<t{preserved}>{text}</t>"


def cut(text: str) -> str:
    """Return a text no longer than a cell can hold."""
    return text.encode("utf-16-le", "replace")[: 2 * LONGEST].decode("utf-16-le", "ignore")


def escaped(text: str) -> str:
    """Return a text as the content of an element."""
    text = ESCAPED.sub("_x005F_", NO_XML.sub("�", text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
