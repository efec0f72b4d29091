"""Addresses and the rectangles they name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from openpyxl.utils import column_index_from_string, get_column_letter

from .errors import ExcelError

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_ADDRESS = 255
CELLS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Z]{1,3})\$?([1-9]\d{0,6}))?", re.I)
COLUMNS = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})", re.I)
PLAIN_NAME = re.compile(r"[^\W\d][\w.]*")
ROWS = re.compile(r"\$?([1-9]\d{0,6}):\$?([1-9]\d{0,6})")


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, first and last row and column, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def __post_init__(self) -> None:
        if self.top < 1 or self.left < 1 or self.bottom > LAST_ROW or self.right > LAST_COLUMN:
            raise ExcelError(
                f"off the sheet: rows {self.top}-{self.bottom}, columns {self.left}-{self.right}"
            )

    @classmethod
    def spanning(cls, rows: Iterable[int], columns: Iterable[int]) -> Self:
        """Return the smallest rectangle that holds these rows and columns."""
        rows, columns = list(rows), list(columns)
        return cls(min(rows), min(columns), max(rows), max(columns))

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    @property
    def size(self) -> int:
        return self.height * self.width

    @property
    def rows(self) -> range:
        return range(self.top, self.bottom + 1)

    @property
    def columns(self) -> range:
        return range(self.left, self.right + 1)

    @property
    def spots(self) -> Iterator[tuple[int, int]]:
        """Row and column of each cell, row by row."""
        return ((row, column) for row in self.rows for column in self.columns)

    @property
    def is_endless(self) -> bool:
        """Whole columns or whole rows."""
        return self.height == LAST_ROW or self.width == LAST_COLUMN

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def covers(self, other: "Area") -> bool:
        return self.holds(other.top, other.left) and self.holds(other.bottom, other.right)

    def common(self, other: "Area") -> "Area | None":
        """Return the cells that both hold, if any."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return Area(top, left, bottom, right) if top <= bottom and left <= right else None

    def grown(self) -> "Area":
        """Return this area with one more row and column on each side, as far as the sheet goes."""
        return Area(
            max(1, self.top - 1),
            max(1, self.left - 1),
            min(LAST_ROW, self.bottom + 1),
            min(LAST_COLUMN, self.right + 1),
        )

    def address(self, row_absolute: bool = True, column_absolute: bool = True) -> str:
        """Return the address as Excel writes it: `$A$1`, `$A$1:$B$2`, `$A:$C`, `$1:$3`."""
        row, column = "$" * row_absolute, "$" * column_absolute
        first, last = column + get_column_letter(self.left), column + get_column_letter(self.right)
        if self.width == LAST_COLUMN:
            return f"{row}{self.top}:{row}{self.bottom}"
        if self.height == LAST_ROW:
            return f"{first}:{last}"
        start = f"{first}{row}{self.top}"
        return start if self.size == 1 else f"{start}:{last}{row}{self.bottom}"


WHOLE_SHEET = Area(1, 1, LAST_ROW, LAST_COLUMN)


def parse(address: str, longest: int | None = LONGEST_ADDRESS) -> tuple[Area, ...] | None:
    """Return the areas of `A1,B3:B5`, or None when the text is no address (it may be a name).

    Excel takes at most 255 characters; a longer address is refused.
    """
    if longest and len(address) > longest:
        raise ExcelError(f"an address has at most {LONGEST_ADDRESS} characters, this one {len(address)}")
    areas = [_area(part.strip()) for part in address.split(",")]
    return tuple(area for area in areas if area) if all(areas) else None


def _area(text: str) -> Area | None:
    if match := CELLS.fullmatch(text):
        left, top, right, bottom = match.groups()
        return _between(int(top), left, int(bottom or top), right or left)
    if match := COLUMNS.fullmatch(text):
        return _between(1, match[1], LAST_ROW, match[2])
    if match := ROWS.fullmatch(text):
        return Area.spanning((int(match[1]), int(match[2])), (1, LAST_COLUMN))
    return None


def _between(row: int, column: str, other_row: int, other_column: str) -> Area:
    columns = (column_index_from_string(column.upper()), column_index_from_string(other_column.upper()))
    return Area.spanning((row, other_row), columns)


def quoted(sheet_name: str, book_name: str = "") -> str:
    """Return `Sheet1!` or `'1 月'!`, with the book in brackets if it is named."""
    text = f"[{book_name}]{sheet_name}" if book_name else sheet_name
    plain = PLAIN_NAME.fullmatch(sheet_name) and not parse(sheet_name) and not set(book_name) & set(" '-")
    return f"{text}!" if plain else "'{}'!".format(text.replace("'", "''"))


def join(areas: tuple[Area, ...], row_absolute: bool, column_absolute: bool) -> str:
    """Return the address of several areas; like Excel, whole areas that fit in 255 characters."""
    text = ""
    for area in areas:
        longer = f"{text}," * bool(text) + area.address(row_absolute, column_absolute)
        if len(longer) > LONGEST_ADDRESS:
            break
        text = longer
    return text
