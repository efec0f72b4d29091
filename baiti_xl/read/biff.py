"""What a value reader hides of an old .xls workbook: its records say it, as the XML of an .xlsx does.

Percent formats, hidden rows and columns, error cells and merges, by the name of each sheet.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from baiti_xl.contest.values import column_letter

FORMAT, XF, BOUND_SHEET, BOF = 0x41E, 0xE0, 0x85, 0x809
ROW, COLUMNS, MERGES, FLAW, FORMULA, MANY_RK, MANY_BLANK = 0x208, 0x7D, 0xE5, 0x205, 0x06, 0xBD, 0xBE
NUMBERS = frozenset({FORMULA, 0x203, 0x27E})  # one cell: row, column, format, value
PERCENTS = frozenset({9, 10})  # the built-in formats 0% and 0.00%
HIDDEN_ROW, HIDDEN_COLUMN = 0x20, 0x01
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
Records = Sequence[tuple[int, bytes]]


@dataclass(slots=True)
class Hidden:
    """What is hidden of one sheet: shown as percent by address, errors by address, rows and columns from 1, merges."""

    percent: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)

    @property
    def is_odd(self) -> bool:
        """Whether anything but percent formats is there."""
        return bool(self.errors or self.rows or self.columns or self.merges)


def hidden_of(records: Iterator[tuple[int, int, bytes]]) -> Mapping[str, Hidden]:
    """Return what is hidden of each sheet from (offset, kind, content) of the workbook's records.

    A record too short for what it states is passed over.
    """
    names: dict[int, str] = {}
    sheets: dict[str, Hidden] = defaultdict(Hidden)
    formats, percent = set(PERCENTS), list[bool]()
    at = ""
    for offset, kind, body in records:
        try:
            if kind == BOUND_SHEET:
                names[struct.unpack_from("<I", body)[0]] = name_of(body)
            elif kind == FORMAT and b"%" in body[5:]:
                formats.add(struct.unpack_from("<H", body)[0])
            elif kind == XF:
                percent.append(struct.unpack_from("<H", body, 2)[0] in formats)
            elif kind == BOF:
                at = names.get(offset, "")
            elif at:
                note(sheets[at], kind, body, percent)
        except (struct.error, IndexError):
            continue
    return dict(sheets)


def name_of(body: bytes) -> str:
    """Return the name of a sheet: its length, the width of its characters, and they themselves."""
    length, wide = body[6], body[7] & 1
    return body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def note(sheet: Hidden, kind: int, body: bytes, percent: Sequence[bool]) -> None:
    """Note what one record of a sheet hides."""
    if kind in NUMBERS:
        row, column, style = struct.unpack_from("<3H", body)
        if percent[style]:
            sheet.percent.add(address(row, column))
        if kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            sheet.errors[address(row, column)] = ERRORS.get(body[8], "#N/A")
    elif kind == MANY_RK:
        row, first = struct.unpack_from("<HH", body)
        for step in range((len(body) - 6) // 6):
            if percent[struct.unpack_from("<H", body, 4 + 6 * step)[0]]:
                sheet.percent.add(address(row, first + step))
    elif kind == FLAW and body[7]:
        sheet.errors[address(*struct.unpack_from("<HH", body))] = ERRORS.get(body[6], "#N/A")
    elif kind == ROW and body[12] & HIDDEN_ROW:
        sheet.rows.add(struct.unpack_from("<H", body)[0] + 1)
    elif kind == COLUMNS and body[8] & HIDDEN_COLUMN:
        first, last = struct.unpack_from("<HH", body)
        sheet.columns.update(range(first + 1, min(last, 255) + 2))
    elif kind == MERGES:
        for top, bottom, left, right in struct.iter_unpack("<4H", body[2 : 2 + (len(body) - 2) // 8 * 8]):
            sheet.merges.append(f"{address(top, left)}:{address(bottom, right)}")


def address(row: int, column: int) -> str:
    """Return an address from a row and a column counted from 0."""
    return f"{column_letter(column)}{row + 1}"
