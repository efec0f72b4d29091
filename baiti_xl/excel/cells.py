"""Ranges read in bulk: rectangles, and what the cells of one have in common."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

import xlwings as xw

from baiti_xl.contest.values import column_letter
from baiti_xl.read import guard

LONGEST = 255
MAX_CELLS = 3_000_000
MIXED = object()
Read = Callable[[xw.Range], Any]
VISIBLE = (True, -1)  # a Mac says True, Windows -1; 0 is hidden and 2 very hidden
DAY_ZERO, LAST_DAY = datetime(1899, 12, 30), 2_958_465  # 9999-12-31
DAY_ONE, LEAP_DAY, ONE_DAY = datetime(1899, 12, 31), datetime(1900, 2, 28), timedelta(days=1)
TOO_LONG = "########"  # what Excel shows of a date that is none
FIRST_ERROR = -2_146_828_288  # what Excel adds to the number of an error when it hands it over
ERRORS = {  # XlCVError; xlwings names the first seven and leaves the others as integers
    2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!", 2042: "#N/A",
    2043: "#GETTING_DATA", 2045: "#SPILL!", 2046: "#CONNECT!", 2047: "#BLOCKED!", 2048: "#UNKNOWN!", 2049: "#FIELD!",
    2050: "#CALC!",
}  # fmt: skip


@dataclass(frozen=True, order=True, slots=True)
class Area:
    """A rectangle of cells; rows and columns count from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        """The address in A1 style."""
        first = f"{column_letter(self.left - 1)}{self.top}"
        last = f"{column_letter(self.right - 1)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def size(self) -> int:
        """How many cells it has."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def halves(self) -> tuple["Area", "Area"]:
        """Return the two halves, split across the longer side."""
        if self.bottom - self.top >= self.right - self.left:
            middle = (self.top + self.bottom) // 2
            return (
                Area(self.top, self.left, middle, self.right),
                Area(middle + 1, self.left, self.bottom, self.right),
            )
        middle = (self.left + self.right) // 2
        return (
            Area(self.top, self.left, self.bottom, middle),
            Area(self.top, middle + 1, self.bottom, self.right),
        )


def uniform(sheet: xw.Sheet, areas: Sequence[Area], read: Read) -> Iterator[tuple[tuple[Area, ...], Any]]:
    """Yield the cells in parts that share one value; one call for all if they all share it.

    `read` returns the value of a range, or MIXED. The areas together must fit into one address.
    """
    value = read(sheet.range(address(areas)))
    if value is not MIXED:
        yield tuple(areas), value
    elif len(areas) > 1:
        middle = len(areas) // 2
        yield from uniform(sheet, areas[:middle], read)
        yield from uniform(sheet, areas[middle:], read)
    elif areas[0].size > 1:
        for half in areas[0].halves():
            yield from uniform(sheet, [half], read)


def number_format(cells: xw.Range) -> Any:
    """Return the number format of a range, or MIXED."""
    named = cells.number_format
    return MIXED if named is None else named


def merged(cells: xw.Range) -> Any:
    """Return the merged area that holds a range, "" if nothing in it is merged, or MIXED."""
    state = cells.merge_cells
    if not state:
        return MIXED if state is None else ""
    area, last = cells[0, 0].merge_area, cells.last_cell
    end = area.last_cell
    inside = end.row >= last.row and end.column >= last.column
    return area.get_address(False, False) if inside else MIXED


def address(areas: Iterable[Area]) -> str:
    """Return the address of several rectangles."""
    return ",".join(area.address for area in areas)


def chunks(areas: Iterable[Area]) -> Iterator[list[Area]]:
    """Yield rectangles in groups whose address Excel accepts."""
    group: list[Area] = []
    for area in areas:
        if group and len(address([*group, area])) > LONGEST:
            yield group
            group = []
        group.append(area)
    if group:
        yield group


def runs(cells: Iterable[tuple[int, int]]) -> list[Area]:
    """Return (row, column) cells as rectangles: runs down a column, then equal runs side by side."""
    columns: dict[int, list[int]] = {}
    for row, column in sorted(set(cells)):
        columns.setdefault(column, []).append(row)
    found = [
        Area(top, column, bottom, column) for column, rows in columns.items() for top, bottom in spans(rows)
    ]
    return joined(sorted(found, key=lambda a: (a.top, a.bottom, a.left)))


def spans(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of consecutive numbers."""
    if not rows:
        return
    first = rows[0]
    for before, after in pairwise(rows):
        if after != before + 1:
            yield first, before
            first = after
    yield first, rows[-1]


def joined(areas: Sequence[Area]) -> list[Area]:
    """Return areas with equal rows that touch put together."""
    found: list[Area] = []
    for area in areas:
        last = found[-1] if found else None
        if last and (last.top, last.bottom, last.right + 1) == (area.top, area.bottom, area.left):
            found[-1] = Area(last.top, last.left, last.bottom, area.right)
        else:
            found.append(area)
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet with its name, since asking for a name is a call."""

    name: str
    sheet: xw.Sheet


def values(sheet: xw.Sheet) -> list[list[Any]]:
    """Return the values of a sheet from A1: errors by their names, currency as a number, nothing as "".

    Raises guard.Refused for a sheet that is used so far out that reading it would take all memory.
    """
    used = sheet.used_range
    height, width = used.shape
    height, width = used.row + height - 1, used.column + width - 1
    if height * width > MAX_CELLS:
        raise guard.Refused("F05", what="有效区域过大，请删去末尾的空白行列")
    return block(sheet, Area(1, 1, height, width))


def block(sheet: xw.Sheet, area: Area) -> list[list[Any]]:
    """Return the values of an area.

    Excel hands over no block that holds a date before 1900 or after 9999 (xlwings #2003, pywin32 #1466): then
    by halves, until that column is alone. If Excel itself is gone, the first column says so.
    """
    read = sheet.range((area.top, area.left), (area.bottom, area.right))
    try:
        return [list(map(plain, row)) for row in read.options(ndim=2, err_to_str=True, empty="").value]
    except Exception:
        if area.left == area.right:
            return column(sheet, area, read)
    middle = (area.left + area.right) // 2
    first = Area(area.top, area.left, area.bottom, middle)
    second = Area(area.top, middle + 1, area.bottom, area.right)
    return [a + b for a, b in zip(block(sheet, first), block(sheet, second), strict=True)]


def column(sheet: xw.Sheet, area: Area, read: xw.Range) -> list[list[Any]]:
    """Return the values of a column that Excel does not hand over: what is no date by its text, the rest in runs."""
    if area.size == 1:
        return [[alone(str(read.formula))]]
    texts = [str(row[0]) for row in read.formula]
    wrong = [is_no_day(text) for text in texts]
    if not any(wrong):
        first, second = area.halves()
        return block(sheet, first) + block(sheet, second)
    found: list[list[Any]] = []
    for bad, run in groupby(range(len(texts)), key=wrong.__getitem__):
        rows = list(run)
        if bad:
            found += [[alone(texts[row])] for row in rows]
        else:
            found += block(sheet, Area(area.top + rows[0], area.left, area.top + rows[-1], area.right))
    return found


def is_no_day(text: str) -> bool:
    """Whether the formula of a cell is a number that is no day of Excel's."""
    try:
        return not 0 <= float(text) < LAST_DAY + 1
    except ValueError:
        return False


def alone(text: str) -> Any:
    """Return the value of a cell that Excel cannot hand over as a date, by its formula: the day, the number, or what is shown."""
    try:
        number = float(text)
    except ValueError:
        return TOO_LONG
    return number if is_no_day(text) else shown(DAY_ZERO + timedelta(seconds=round(number * 86_400)))


def shown(moment: datetime) -> datetime | time:
    """Return a moment as Excel shows it and as files give it.

    Windows counts days from 1899-12-30. Excel does so from 1900-03-01 on; it has a 29th of February before that, so
    that its earlier days are one later, and day 0 is a time of day.
    """
    if moment < DAY_ONE:
        return moment.time()
    return moment + ONE_DAY if moment < LEAP_DAY else moment


def plain(value: Any) -> Any:
    """Return a value as the reader of files gives it, whichever way Excel handed it over."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return shown(value.replace(tzinfo=None))
    if type(value) is int and 0 <= value - FIRST_ERROR < 10_000:
        return ERRORS.get(value - FIRST_ERROR, "#VALUE!")
    return value


def show(sheet: xw.Sheet, cell: str) -> bool:
    """Show a cell and select it, and return whether that was possible: it is not on a hidden sheet."""
    if sheet.visible not in VISIBLE:
        return False
    sheet.activate()
    sheet.range(cell).select()
    return True


def pages(book: xw.Book) -> dict[str, Page]:
    """Return the sheets of a book by their names, in order."""
    return {page.name: page for page in (Page(sheet.name, sheet) for sheet in book.sheets)}
