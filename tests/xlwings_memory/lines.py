"""Columns and rows of an openpyxl sheet: widths, heights, what is hidden, the look of untouched cells."""

from copy import copy
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from .errors import ExcelError

DEFAULT_WIDTH, WIDTH_PADDING, WIDEST = 8.43, 0.71, 255
DEFAULT_HEIGHT, HIGHEST = 15.0, 409.5


def column_width(ws: Worksheet, column: int) -> float:
    """Return the width in characters, as `ColumnWidth` does; a file stores some padding more."""
    dimension = dimension_of(ws, column)
    return round(dimension.width - WIDTH_PADDING, 2) if dimension else DEFAULT_WIDTH


def set_column_width(ws: Worksheet, column: int, width: float) -> None:
    if not 0 <= width <= WIDEST:
        raise ExcelError(f"a column is 0 to {WIDEST} characters wide")
    own_dimension(ws, column).width = width + WIDTH_PADDING


def column_hidden(ws: Worksheet, column: int) -> bool:
    dimension = dimension_of(ws, column)
    return bool(dimension and dimension.hidden)


def row_height(ws: Worksheet, row: int) -> float:
    """Return the height in points."""
    own = ws.row_dimensions.get(row)
    return float((own and own.height) or ws.sheet_format.defaultRowHeight or DEFAULT_HEIGHT)


def row_hidden(ws: Worksheet, row: int) -> bool:
    own = ws.row_dimensions.get(row)
    return bool(own and own.hidden)


def set_row_height(ws: Worksheet, row: int, height: float) -> None:
    if not 0 <= height <= HIGHEST:
        raise ExcelError(f"a row is 0 to {HIGHEST} points high")
    ws.row_dimensions[row].height = height


def _bounds(dimension: Any) -> tuple[int, int]:
    dimension.reindex()
    return dimension.min, dimension.max


def dimension_of(ws: Worksheet, column: int) -> Any:
    """Return what a file says of a column, perhaps together with its neighbours."""
    for dimension in ws.column_dimensions.values():
        first, last = _bounds(dimension)
        if first <= column <= last:
            return dimension
    return None


def own_dimension(ws: Worksheet, column: int) -> Any:
    """Return a column's own record, parted from that of its neighbours if need be."""
    shared = dimension_of(ws, column)
    if shared is None:
        return ws.column_dimensions[get_column_letter(column)]
    first, last = _bounds(shared)
    del ws.column_dimensions[shared.index]
    for start, end in ((first, column - 1), (column + 1, last), (column, column)):
        if start <= end:
            own = _part(ws, shared, start, end)
    return own


def _part(ws: Worksheet, shared: Any, first: int, last: int) -> Any:
    letter = get_column_letter(first)
    part: Any = ColumnDimension(ws, letter, shared.width, hidden=shared.hidden, min=first, max=last)
    part._style = copy(shared._style)
    ws.column_dimensions[letter] = part
    return part


def style_at(ws: Worksheet, row: int, column: int) -> Any:
    """Return the look that an untouched cell has from its row, else from its column, else None."""
    own: Any = ws.row_dimensions.get(row), dimension_of(ws, column)
    styled = (line for line in own if line is not None and line.has_style)
    found = next(styled, None)
    return copy(found._style) if found is not None else None
