"""Long tables written straight to XML: XlsxWriter makes the sheet, this fills its rows.

XlsxWriter spends some four microseconds a cell; a county's register has hundreds of thousands of cells. Rows
are turned into XML and packed as they come, and put into the finished sheet in the place of its marker row.
Strings are shared with the rest of the workbook (`strings.py`) up to a bound; formats stay XlsxWriter's.
"""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from baiti_xl.books.strings import Strings, inline
from baiti_xl.ooxml.zips import LEVEL, Entry

EPOCH = date(1899, 12, 30).toordinal()
CHUNK = 2000
MOST_ROWS = 1_048_575  # of a sheet of Excel, below the headings
NARROW = "\u2e7f"  # whatever comes after it is two columns wide
LINE_HEIGHT, MOST_LINES = 15.0, 12
MARKER = 2
MARKED = re.compile(rb'<row r="%d"[^>]*>.*?</row>' % MARKER, re.DOTALL)
EXTENT = re.compile(rb'<dimension ref="[^"]*"/>')


@dataclass
class Rows:
    """The rows of one sheet below its headings, as packed XML.

    `styles` are formats' indexes by column; `wrapped` are (column, width) of those whose text breaks into lines.
    """

    strings: Strings
    styles: Sequence[int]
    own_styles: Mapping[str, int] = field(default_factory=dict)
    wrapped: Sequence[tuple[int, float]] = ()
    count: int = 0
    chunks: list[bytes] = field(default_factory=list)

    def fill(self, rows: Iterable[Sequence[Any]]) -> None:
        """Turn rows into packed XML; a value in a two-tuple carries the name of its own style."""
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        cells = [
            (
                f'<c r="{xl_col_to_name(at)}',
                f'" s="{style}"/>',
                f'" s="{style}" t="s"><v>',
                f'" s="{style}" t="inlineStr">',
                f'" s="{style}"><v>',
            )
            for at, style in enumerate(self.styles)
        ]
        held: list[str] = []
        for row in rows:
            self.count += 1
            held.append(self.row(cells, row, str(self.count + MARKER - 1)))
            if len(held) == CHUNK:
                self.chunks.append(packer.compress("".join(held).encode()))
                held.clear()
        self.chunks.append(packer.compress("".join(held).encode()) + packer.flush(zlib.Z_FULL_FLUSH))

    def row(self, cells: Sequence[tuple[str, ...]], row: Sequence[Any], number: str) -> str:
        """Return one row as XML. Text is always text; what is missing is an empty cell."""
        parts = [self.opening(row, number)]
        known, again = self.strings.string_table.get, 0
        for (head, blank, text, inside, typed), value in zip(cells, row, strict=True):
            if value is None or value == "":
                parts.append(f"{head}{number}{blank}")
            elif isinstance(value, str):
                index = known(value)
                if index is None:
                    index = self.strings.index(value)
                else:
                    again += 1
                if index is None:
                    parts.append(f"{head}{number}{inside}{inline(value)}</c>")
                else:
                    parts.append(f"{head}{number}{text}{index}</v></c>")
            elif isinstance(value, tuple):
                style = self.own_styles[value[1]]
                parts.append(f'{head}{number}" s="{style}"><v>{stored(value[0])}</v></c>')
            else:
                parts.append(f"{head}{number}{typed}{stored(value)}</v></c>")
        self.strings.count += again
        parts.append("</row>")
        return "".join(parts)

    def opening(self, row: Sequence[Any], number: str) -> str:
        """Return a row's opening tag, as high as its longest wrapped text needs."""
        lines = 1
        for at, width in self.wrapped:
            text = row[at]
            if text and text.__class__ is str and len(text) * 2 >= width:
                lines = max(lines, lines_of(text, width))
        height = f' ht="{LINE_HEIGHT * lines:g}" customHeight="1"' if lines > 1 else ""
        return f'<row r="{number}"{height}>'

    def into(self, sheet: bytes, columns: str) -> Entry:
        """Return a finished sheet's part with these rows in the place of its marker row."""
        sheet = EXTENT.sub(
            b'<dimension ref="A1:%s%d"/>' % (columns.encode(), self.count + MARKER - 1), sheet, count=1
        )
        found = MARKED.search(sheet)
        if found is None:
            raise ValueError("the sheet has no marker row")
        head, tail = sheet[: found.start()], sheet[found.end() :]
        raw = [deflated(head, zlib.Z_FULL_FLUSH), *self.chunks, deflated(tail, zlib.Z_FINISH)]
        checksum, size = zlib.crc32(head), len(head)
        unpacker = zlib.decompressobj(-15)
        for chunk in self.chunks:
            part = unpacker.decompress(chunk)
            checksum, size = zlib.crc32(part, checksum), size + len(part)
        return Entry("", 8, zlib.crc32(tail, checksum), size + len(tail), b"".join(raw))


def lines_of(text: Any, width: float) -> int:
    """Return how many lines a text takes in a column; wide characters count two."""
    if not isinstance(text, str) or len(text) * 2 < width:
        return 1
    return max(1, min(MOST_LINES, -(-(len(text) + sum(map(NARROW.__lt__, text))) // int(width - 1))))


def deflated(data: bytes, end: int) -> bytes:
    """Return a piece of a deflate stream that other pieces may follow."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(end)


def stored(value: Any) -> str:
    """Return a number or a day as a cell stores it."""
    if isinstance(value, date):
        return str(value.toordinal() - EPOCH)
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)
