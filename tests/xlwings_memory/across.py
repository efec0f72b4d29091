"""A sheet copied to another book, with its looks and its page."""

from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

LOOKS = ("font", "fill", "border", "alignment", "number_format", "protection")
PAGE = ("freeze_panes", "print_title_rows", "print_title_cols")
PARTS = ("sheet_format", "sheet_properties", "page_margins", "page_setup", "print_options")


def copied_to(ws: Worksheet, wb: Workbook) -> Worksheet:
    """Copy a sheet to the end of another book; return the copy."""
    made: Any = wb.create_sheet()
    looks: dict[bytes, Any] = {}
    cells: Any = ws._cells
    for spot, cell in cells.items():
        target: Any = made.cell(*spot)
        if cell.value is not None:
            target.value, target.data_type = cell.value, cell.data_type
        key = cell._style.tobytes()
        if key not in looks:
            for look in LOOKS:
                setattr(target, look, copy(getattr(cell, look)))
            looks[key] = target._style
        target._style = copy(looks[key])
        target.hyperlink = copy(cell.hyperlink)
    _copy_page(ws, made)
    return made  # type: ignore[no-any-return]


def _copy_page(ws: Any, made: Any) -> None:
    for dimensions in ("row_dimensions", "column_dimensions"):
        for key, held in getattr(ws, dimensions).items():
            line = getattr(made, dimensions)[key]
            line.height, line.width, line.hidden = (
                getattr(held, n, None) for n in ("height", "width", "hidden")
            )
    for name in PAGE:
        setattr(made, name, getattr(ws, name))
    for name in PARTS:
        setattr(made, name, copy(getattr(ws, name)))
    made.auto_filter.ref = ws.auto_filter.ref
    made.oddFooter.left.text, made.oddFooter.right.text = ws.oddFooter.left.text, ws.oddFooter.right.text
    made.sheet_view.showGridLines = ws.sheet_view.showGridLines
