"""What is where on an openpyxl sheet: looking never makes a cell."""

from collections.abc import Iterator
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from .areas import LAST_COLUMN, LAST_ROW, Area
from .errors import ExcelError
from .lines import style_at

MOST_CELLS = 10_000_000
BACKWARD = {"up", "left"}


def peek(ws: Worksheet, row: int, column: int) -> Any:
    """Return the cell if there is one, without making it."""
    return ws._cells.get((row, column))


def is_filled(cell: Any) -> bool:
    return cell is not None and cell.value is not None


def filled_spots(ws: Worksheet) -> Iterator[tuple[int, int]]:
    return (spot for spot, cell in ws._cells.items() if is_filled(cell))


def used_area(ws: Worksheet) -> Area:
    """Return the rectangle of all cells with a value or a look; A1 when there are none."""
    spots = [spot for spot, cell in ws._cells.items() if is_filled(cell) or cell.has_style]
    return Area.spanning(*zip(*spots, strict=True)) if spots else Area(1, 1, 1, 1)


def within_use(ws: Worksheet, area: Area) -> Area | None:
    """Return an area as it is, or the used part of whole rows and columns."""
    return area.common(used_area(ws)) if area.is_endless else area


def existing(ws: Worksheet, area: Area) -> Iterator[Any]:
    """The cells of an area that there are, row by row."""
    part = within_use(ws, area)
    spots = part.spots if part else ()
    return (cell for spot in spots if (cell := peek(ws, *spot)) is not None)


def made(ws: Worksheet, area: Area) -> Iterator[Any]:
    """Every cell of an area, made if need be; of whole rows and columns, the used part."""
    part = within_use(ws, area)
    return (cell_at(ws, *spot) for spot in (part.spots if part else ()))


def cell_at(ws: Worksheet, row: int, column: int) -> Any:
    """Return a cell, made with the look of its row or column if need be."""
    return peek(ws, row, column) or _make(ws, row, column)


def _make(ws: Worksheet, row: int, column: int) -> Any:
    cell: Any = ws.cell(row, column)
    cell._style = style_at(ws, row, column)
    return cell


def untouched(ws: Worksheet, area: Area) -> Iterator[Any]:
    """A stand-in for each cell of an area that there is not; for whole rows and columns, one of the first."""
    part = Area(area.top, area.left, area.top, area.left) if area.is_endless else area
    for spot in part.spots:
        if area.is_endless or spot not in ws._cells:
            yield Cell(ws, *spot, style_array=style_at(ws, *spot))


def check_size(area: Area) -> None:
    if area.size > MOST_CELLS:
        raise ExcelError(f"out of memory: {area.address()} is {area.size:,} cells")


# Ctrl + arrow, Ctrl + *


def end_of(ws: Worksheet, row: int, column: int, direction: str) -> tuple[int, int]:
    """Return where Ctrl and an arrow key lead."""
    if direction in ("up", "down"):
        filled = {r for r, c in filled_spots(ws) if c == column}
        return _end(filled, row, LAST_ROW, direction in BACKWARD), column
    filled = {c for r, c in filled_spots(ws) if r == row}
    return row, _end(filled, column, LAST_COLUMN, direction in BACKWARD)


def _end(filled: set[int], start: int, last: int, backward: bool) -> int:
    """Return the end of a run of filled cells, else the next filled cell, else the edge."""
    step = -1 if backward else 1
    here = start
    while here in filled and here + step in filled:
        here += step
    if here != start:
        return here
    ahead = [spot for spot in filled if (spot - start) * step > 0]
    if ahead:
        return max(ahead) if backward else min(ahead)
    return 1 if backward else last


def region_of(ws: Worksheet, area: Area) -> Area:
    """Return the block around an area, bounded by empty rows and columns."""
    filled = list(filled_spots(ws))
    while True:
        near = area.grown()
        rows, columns = zip(*[s for s in filled if near.holds(*s)] or [(area.top, area.left)], strict=True)
        wider = Area.spanning((area.top, area.bottom, *rows), (area.left, area.right, *columns))
        if wider == area:
            return area
        area = wider


# Merged cells


def merges(ws: Worksheet) -> Iterator[Area]:
    for merged in ws.merged_cells.ranges:
        yield Area(merged.min_row, merged.min_col, merged.max_row, merged.max_col)


def merge_around(ws: Worksheet, row: int, column: int) -> Area | None:
    return next((merged for merged in merges(ws) if merged.holds(row, column)), None)


def unmerge(ws: Worksheet, area: Area) -> None:
    """Part every merged block that touches the area; looks stay."""
    for merged in list(merges(ws)):
        if merged.common(area):
            _unmerge_one(ws, merged)


def _unmerge_one(ws: Worksheet, merged: Area) -> None:
    covered: Any = [cell for cell in existing(ws, merged) if isinstance(cell, MergedCell)]
    looks = {(cell.row, cell.column): cell._style for cell in covered}
    ws.unmerge_cells(merged.address(False, False))
    for (row, column), look in looks.items():
        cell_at(ws, row, column)._style = look


def merge(ws: Worksheet, area: Area) -> None:
    """Merge an area; Excel keeps the top left value only."""
    unmerge(ws, area)
    ws.merge_cells(area.address(False, False))


def refuse_cut_merges(ws: Worksheet, area: Area) -> None:
    """Refuse to clear a part of a merged block, as Excel does."""
    for merged in merges(ws):
        if merged.common(area) and not area.covers(merged):
            raise ExcelError(f"{area.address()} would change part of the merged cell {merged.address()}")
