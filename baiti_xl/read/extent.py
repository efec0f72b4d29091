"""How far a sheet's content reaches, by its XML alone: told before a reader makes room for it.

Nearly every sheet is in the one spelling that Excel, WPS, LibreOffice and openpyxl all use, and that is told by
counting. Any other is read tag by tag; what is doubtful is taken for the larger.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from baiti_xl.read.bounds import MAX_BLANKS, MAX_CELLS_AT_ONCE, MAX_TEXT, PADDING, Refused, check_area

# Comments and the like, or one tag: closing mark, local name, attributes (with the stroke of a closed one); or a
# bracket that begins none of them, at which reading stops, so that no file is gone through more than once.
TAG = re.compile(
    rb"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"""
    rb"""|<(/?)(?:[^\s<>/!?:=]*+:)?+([^\s<>/!?:=]++)((?:[^<>"']|"[^"]*"|'[^']*')*+)>|<""",
    re.S,
)
# Whatever might be the address of a cell or the number of a row; a decoy only makes a sheet look larger.
ADDRESS = re.compile(rb"""r\s*=\s*["']\s*([A-Za-z]{0,20})(\d{1,20})""")
# Each of these looks for a rare letter first, which makes them some three times as fast as plain searches.
# A cell or row whose first attribute is no address within CZ9999, a later address beyond that, or no address at all.
NOT_NEAR = (
    re.compile(rb"""" r=(?!"(?:[A-C]?[A-Z])?[0-9]{1,4}")"""),
    re.compile(rb"""<c(?! r="[A-C]?[A-Z][0-9]{1,4}")[\s/>]"""),
    re.compile(rb"""w(?<=<row)(?! r="[0-9]{1,4}")[\s/>]"""),
)
NOT_ADDRESSED = (re.compile(rb"""<c(?! r=")[\s/>]"""), re.compile(rb"""w(?<=<row)(?! r=")[\s/>]"""))
PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
# Spellings of a second address inside one tag, which only a hand would write.
DOUBLED = re.compile(rb"""r(?:=(?:(?<="r=)| )| =)""")
QUOTED = re.compile(rb"""r=(?:'|(?<='r=)|(?<=' r=))""")
DECLARATION = 200  # bytes at the head of a part that may hold a line break
EMPTY_ROW = re.compile(
    rb"""<row r="\d{1,7}"(?: [\w:]+="[^"<>]*")*+(?:/>|>(?:<c r="[A-Z]{1,3}\d{1,7}"(?: [\w:]+="[^"<>]*")*+/>)*+</row>)"""
)
# A cell in a column beyond MAX_COLUMNS, where no sheet of ours reaches.
FAR_CELL = re.compile(
    rb"""<c r="(?:[A-Z]{3}|S[S-Z]|[T-Z][A-Z])[0-9]{1,5}"[^<>]*(?:/>|>(?:(?!</c>|<c[ />]).)*</c>)""", re.S
)
REPEATED = re.compile(rb"""number-(rows|columns)-repeated\s*=\s*["']([^"']*)""")
OPEN_TEXT = 4 * MAX_TEXT  # the markup of all cells, each as often as it is repeated
BOUNDARIES = (b"table", b"table-row", b"table-cell", b"covered-table-cell")
BLANKS = re.compile(rb"""text:c\s*=\s*["']([^"']*)""")


def bounded(sheet: str, part: bytes) -> tuple[bytes, int]:
    """Return a sheet's XML, without stray cells far right and its rows of mere format if they are absurdly many, and
    how many rows were left out.

    Raises Refused for content that lies absurdly far out.
    """
    usual = not is_written_by_hand(part)
    if usual and not any(far.search(part) for far in NOT_NEAR):
        return part, 0
    empty = 0
    if usual and not any(bare.search(part) for bare in NOT_ADDRESSED):
        if part.count(b"<row ") > PADDING:
            trimmed, empty = EMPTY_ROW.subn(b"", part)
            part = trimmed if empty > PADDING else part
        part = FAR_CELL.sub(b"", part)
    check_area(sheet, *true_extent(part))
    check_sound(part)
    return part, empty if empty > PADDING else 0


def is_written_by_hand(part: bytes) -> bool:
    """Whether a sheet is spelled as no program does, so that a cell may have another address than it begins with.

    May err only by saying yes.
    """
    if any(part.find(blank, DECLARATION) >= 0 for blank in (b"\t", b"\n", b"\r")):
        return True
    if PREFIXED.search(part) or DOUBLED.search(part):
        return True
    return b"'" in part and QUOTED.search(part) is not None


def true_extent(part: bytes) -> tuple[int, int]:
    """Return the last row and column of a sheet that hold a cell with content.

    Raises Refused for rows or cells inside each other, which a reader may count otherwise.
    """
    rows = columns = row = column = 0
    open_tags: set[bytes] = set()
    for end, closing, name, attributes in tags(part):
        if name not in (b"row", b"c"):
            continue
        if closing:
            open_tags.discard(name)
            continue
        if name in open_tags or (name == b"row" and open_tags):
            raise Refused("F04", what="工作簿内部错乱")
        if not attributes.endswith(b"/"):
            open_tags.add(name)
        column_given, row_given = addresses(attributes)
        if name == b"row":
            row, column = row_given or row + 1, 0
            continue
        column = column_given or column + 1
        if not attributes.endswith(b"/") and not part.startswith(b"</", end):
            rows, columns = max(rows, row_given or row), max(columns, column)
    return rows, columns


def check_sound(part: bytes) -> None:
    """Refuse what is no sound XML, since a reader that forgives it may count rows and cells otherwise."""
    try:
        expat.ParserCreate().Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused("F04", what="工作簿内部不完整") from error


def tags(part: bytes) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    """Yield (end, closing mark, local name, attributes) of every tag. Raises Refused for what is no markup."""
    for found in TAG.finditer(part):
        closing, name, attributes = found.groups()
        if name is not None:
            yield found.end(), closing, name, attributes
        elif found.end() - found.start() == 1:
            raise Refused("F04", what="工作簿内部不完整")


def addresses(attributes: bytes) -> tuple[int, int]:
    """Return the greatest (column, row) that a tag's attributes may state; 0 where they state none."""
    column = row = 0
    for letters, digits in ADDRESS.findall(attributes):
        column, row = max(column, column_number(letters.upper())), max(row, int(digits))
    return column, row


def column_number(letters: bytes) -> int:
    """Return the number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


# ── OpenDocument ─────────────────────────────────────────────────────────────────────────────────


def check_open_document(part: bytes) -> None:
    """Refuse an OpenDocument table that repeats cells or rows into absurd numbers, or a text of endless blanks."""
    if any(stated(value) > MAX_BLANKS for value in BLANKS.findall(part)):
        raise Refused("F05", what="文字里有过多的空格")
    cells = text = 0
    for number, table in enumerate(open_tables(part), 1):
        check_area(f"第 {number} 张表", table.rows, table.columns)
        cells, text = cells + table.rows * table.columns, text + table.text
    if cells > MAX_CELLS_AT_ONCE or text > OPEN_TEXT:
        raise Refused("F05", what="内容过多")


@dataclass(slots=True)
class OpenTable:
    """The last row and column with content of an OpenDocument table, and how much its cells hold, repeated as stated."""

    rows: int = 0
    columns: int = 0
    text: int = 0


def open_tables(part: bytes) -> Iterator[OpenTable]:
    """Yield every table. Raises Refused for tables inside each other."""
    table, row, column, depth = OpenTable(), 0, 0, 0
    times = across = begun = (
        0  # how often the row and the cell that is open are repeated, and where the cell began
    )
    for end, closing, name, attributes in tags(part):
        if name in BOUNDARIES and across:
            table.text += (end - begun) * times * across
            across = 0
        if name == b"table":
            depth += -1 if closing else not attributes.endswith(b"/")
            if depth not in (0, 1):
                raise Refused("F04", what="工作簿内部错乱")
        if name == b"table" and closing:
            yield table
            table, row = OpenTable(), 0
        elif closing:
            continue
        elif name == b"table-row":
            times, column = repeats(attributes, b"rows"), 0
            row += times
        elif name in (b"table-cell", b"covered-table-cell"):
            again = repeats(attributes, b"columns")
            column += again
            closed = attributes.endswith(b"/") or part.startswith(b"</", end)
            if not closed or b"office:" in attributes or b"formula" in attributes:
                table.rows, table.columns = max(table.rows, row), max(table.columns, column)
                across, begun = again, end - len(attributes)
    yield table


def repeats(attributes: bytes, what: bytes) -> int:
    """Return how often a row or cell is repeated, 1 if it says nothing of it."""
    return max((stated(value) for kind, value in REPEATED.findall(attributes) if kind == what), default=1)


def stated(value: bytes) -> int:
    """Return a whole number that an attribute states; Refused if it is none, since a reader may see another."""
    text = value.strip()
    if not text.isdigit() or len(text) > 20:
        raise Refused("F04", what="工作簿内部不完整")
    return int(text)
