"""Protected sheets and books refuse changes, as in Excel; xlwings' public API cannot unprotect them."""

from collections.abc import Iterable
from typing import Any

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from .areas import Area
from .errors import ExcelError
from .grid import existing, untouched


def refuse_locked(ws: Worksheet, areas: Iterable[Area]) -> None:
    """Refuse to change the contents of a locked cell on a protected sheet."""
    if ws.protection.sheet and any(_has_locked(ws, area) for area in areas):
        raise ExcelError(f"the sheet {ws.title} is protected and the cell is locked")


def _has_locked(ws: Worksheet, area: Area) -> bool:
    """Tell whether any cell is locked; an untouched cell is, unless its row or column is not."""
    return any(cell.protection.locked for cells in (existing, untouched) for cell in cells(ws, area))


def refuse_if_protected(ws: Worksheet, what: str) -> None:
    """Refuse when protection covers this: formatCells, formatColumns, formatRows, objects …"""
    rules: Any = ws.protection
    if rules.sheet and getattr(rules, what):
        raise ExcelError(f"the sheet {ws.title} is protected ({what})")


def refuse_locked_structure(wb: Workbook) -> None:
    """Refuse to add, remove, rename, hide or move sheets of a book with a locked structure."""
    if wb.security and wb.security.lockStructure:
        raise ExcelError("the structure of the book is protected")
