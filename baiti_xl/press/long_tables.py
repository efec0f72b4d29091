"""Long tables of a paper set aside while it is put into place: in a tree a row takes five times what it takes as text.

The rows in the middle of a table stand in a processing instruction, deflated, as they would be written; whoever goes through
the table finds them there, and they are written in its place.
"""

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator

from docx.oxml import parse_xml
from lxml import etree

from baiti_xl.ooxml.markup import Element, parse
from baiti_xl.ooxml.zips import LEVEL, Entry

LONG = 4 << 20
"""Bytes of a text from which on rows are set aside."""
PIECE = 1 << 20
KEPT = 8
"""Rows at either end of a table that stay where they are."""
TARGET = "baiti-rows"
INSTRUCTION = re.compile(rb"<\?%b ([^?]*)\?>" % TARGET.encode())
ROOT = re.compile(rb"<w:document\b[^>]*>")
END = b"</w:document>"
TOKEN = re.compile(rb"</?w:(?:tbl|txbxContent|tr)[ >]")
LONGEST_TOKEN = len(b"</w:txbxContent>")
UNUSUAL = re.compile(rb"<w:tbl[ >]|<w:tblHeader\b|<w:sectPr\b|<\?")
STYLED = re.compile(rb'<w:pStyle w:val="([^"]*)"')
ROW = b"<w:tr"


def set_aside(entry: Entry, styles: Collection[str]) -> bytes | None:
    """The text of a part with the rows in the middle of its long tables set aside, None if there are none.

    Rows that repeat as heads, hold tables or bear one of these styles (by id) stay.
    """
    kept = {style.encode() for style in styles}
    out = bytearray()
    middle: Middle | None = None
    for part in parts_of(entry.pieces(PIECE)):
        if middle is None:
            root = ROOT.search(part)
            if root is None:
                return None
            middle = Middle(out, root[0])
        if part.startswith(ROW) and not UNUSUAL.search(part) and kept.isdisjoint(STYLED.findall(part)):
            middle.add(part)
        else:
            middle.end()
            out += part
    return bytes(out) if middle and middle.folded else None


class Middle:
    """Rows that follow each other, written to a text: the first and the last as they are, those between them set aside."""

    def __init__(self, out: bytearray, root: bytes) -> None:
        self.out, self.root = out, root
        self.folded = False
        self.written, self.size = 0, 0
        self.rows: list[bytes] = []

    def add(self, row: bytes) -> None:
        """Add a row."""
        if self.written < KEPT:
            self.written += 1
            self.out += row
            return
        self.rows.append(row)
        self.size += len(row)
        if self.size > PIECE and len(self.rows) > KEPT:
            self.out += folded(self.root + b"".join(self.rows[:-KEPT]) + END)
            self.folded = True
            self.rows = self.rows[-KEPT:]
            self.size = sum(map(len, self.rows))

    def end(self) -> None:
        """Write what is left: no row follows."""
        self.out += b"".join(self.rows)
        self.rows, self.written, self.size = [], 0, 0


def folded(text: bytes) -> bytes:
    """Rows under their root as an instruction, as a tree writes them."""
    written = etree.tostring(parse_xml(text), encoding="UTF-8")
    return b"<?%b %b?>" % (TARGET.encode(), b64encode(zlib.compress(written, LEVEL)))


def restored(text: bytes) -> Iterator[bytes]:
    """Yield a text with the rows that were set aside in their places."""
    at = 0
    for found in INSTRUCTION.finditer(text):
        yield text[at : found.start()]
        rows = zlib.decompress(b64decode(found[1]))
        yield rows[rows.index(b">") + 1 : -len(END)]
        at = found.end()
    yield text[at:]


def rows_in(instruction: Element) -> Iterator[Element]:
    """Yield the rows that an instruction stands for; none for one of others."""
    if getattr(instruction, "target", "") == TARGET:
        yield from parse(zlib.decompress(b64decode(instruction.text or "")))


def parts_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a text in parts: each row of a table that lies in no other and in no text box, and what is between them."""
    held, scanned, depth, row = b"", 0, 0, -1
    for piece in pieces:
        held, done = held + piece, 0
        for token in TOKEN.finditer(held, scanned):
            scanned, name = token.end(), token[0]
            if not name.startswith((ROW, b"</w:tr")):
                depth += -1 if name.startswith(b"</") else 1
            elif depth == 1 and name.startswith(ROW):
                if token.start() > done:
                    yield held[done : token.start()]
                done = row = token.start()
            elif depth == 1:
                yield held[row:scanned]
                done, row = scanned, -1
        scanned = max(scanned, len(held) - LONGEST_TOKEN)
        if row < 0 and scanned > done:
            yield held[done:scanned]
            done = scanned
        held, scanned, row = held[done:], scanned - done, min(row, 0)
    if held:
        yield held
