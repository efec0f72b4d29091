"""Worksheets."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from xlwings import base_classes

from . import areas, grid, values
from .across import copied_to
from .areas import Area
from .errors import ExcelError
from .meter import cost, counted
from .names import Names
from .protection import refuse_locked_structure
from .ranges import Note, Range
from .tables import Tables

if TYPE_CHECKING:
    from .books import Book

SHEET_STATES = {-1: "visible", 0: "hidden", 2: "veryHidden"}
STATE_NUMBERS = {state: number for number, state in SHEET_STATES.items()}
FORBIDDEN_IN_SHEET_NAMES = set("\\/?*[]:")


def _checked_sheet_name(name: str) -> str:
    """Return a sheet name that Excel accepts."""
    if (
        not name
        or len(name) > 31
        or set(name) & FORBIDDEN_IN_SHEET_NAMES
        or name[0] == "'"
        or name[-1] == "'"
    ):
        raise ExcelError(f"no name for a sheet: {name!r}")
    return name


@counted
class Sheets(base_classes.Sheets):
    """The worksheets of a book."""

    def __init__(self, book: "Book"):
        self._book = book

    def _all(self) -> list["Sheet"]:
        return [Sheet(self._book, ws) for ws in self._book._wb.worksheets]

    @property
    def active(self) -> "Sheet":
        wb = self._book._wb
        return Sheet(self._book, wb.active if isinstance(wb.active, Worksheet) else wb.worksheets[0])

    def __call__(self, name_or_index: str | int) -> "Sheet":
        """Return a sheet by name or by its place, counted from 1; Excel refuses unknown ones."""
        for place, sheet in enumerate(self._all(), 1):
            if name_or_index == place or sheet._ws.title.lower() == str(name_or_index).lower():
                return sheet
        raise ExcelError(f"no sheet {name_or_index!r}")

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator["Sheet"]:
        cost(len(self._all()))
        return iter(self._all())

    def add(
        self, before: "Sheet | None" = None, after: "Sheet | None" = None, name: str | None = None
    ) -> "Sheet":
        """Add a sheet, by default before the active one; it becomes the active one."""
        refuse_locked_structure(self._book._wb)
        wb = self._book._wb
        neighbour = before or after or self.active
        ws = wb.create_sheet(self._free_name(), wb.index(neighbour._ws) + (after is not None))
        sheet = Sheet(self._book, ws)
        sheet.activate()
        if name is not None:
            sheet.name = name
        return sheet

    def _free_name(self) -> str:
        taken = {title.lower() for title in self._book._wb.sheetnames}
        return next(name for number in count(1) if (name := f"Sheet{number}").lower() not in taken)


@counted
class Sheet(base_classes.Sheet):
    """A worksheet."""

    def __init__(self, book: "Book", ws: Worksheet):
        self._book = book
        self._own_ws = ws

    # Inside

    @property
    def _ws(self) -> Worksheet:
        if self._own_ws not in self._book._wb.worksheets:
            raise ExcelError("the sheet was deleted")
        return self._own_ws

    @property
    def _epoch(self) -> dt.datetime:
        return self._book._wb.epoch

    @property
    def _is_active(self) -> bool:
        return self._book._app._books[0] is self._book and self._book._wb.active is self._own_ws

    @property
    def _selection(self) -> Range:
        return Range(self, self._book._selected.get(self._ws, (Area(1, 1, 1, 1),)))

    @property
    def _whole(self) -> Range:
        return Range(self, [areas.WHOLE_SHEET])

    @property
    def _external_prefix(self) -> str:
        return areas.quoted(self._ws.title, self._book._name)

    def _reference(self, where: Iterable[Area]) -> str:
        return ",".join(areas.quoted(self._ws.title) + area.address() for area in where)

    def _result(self, cell: Any) -> values.Stored:
        return self._book._results.get(self._own_ws, {}).get((cell.row, cell.column))

    def _put(self, cell: Any, value: Any) -> None:
        """Put a value; the result of a formula that was there is gone."""
        self._book._results.get(self._own_ws, {}).pop((cell.row, cell.column), None)
        values.put(cell, value, self._epoch, self._book._app._engine.parses_text)

    # Itself

    @property
    def name(self) -> str:
        return self._ws.title

    @name.setter
    def name(self, value: str) -> None:
        """Rename; formulas and names that refer to the sheet do not follow, as they would in Excel."""
        refuse_locked_structure(self._book._wb)
        others = {ws.title.lower() for ws in self._book._wb.worksheets if ws is not self._ws}
        if _checked_sheet_name(value).lower() in others:
            raise ExcelError(f"there is a sheet {value!r} already")
        self._ws.title = value

    @property
    def book(self) -> "Book":
        self._book._wb  # noqa: B018
        return self._book

    @property
    def index(self) -> int:
        return self._book._wb.index(self._ws) + 1

    @property
    def visible(self) -> int:
        """Return -1 visible, 0 hidden, 2 very hidden (on a Mac True or False)."""
        return STATE_NUMBERS[self._ws.sheet_state]

    @visible.setter
    def visible(self, value: int) -> None:
        refuse_locked_structure(self._book._wb)
        state = SHEET_STATES[-1 if value is True else int(value)]
        if state != "visible":
            self._leave()
        self._ws.sheet_state = state  # type: ignore[assignment]

    def _leave(self) -> None:
        """Make another visible sheet the active one; Excel refuses when there is none."""
        sheets: list[Any] = self._book._wb.worksheets
        here = sheets.index(self._ws)
        others = [ws for ws in sheets[here + 1 :] + sheets[:here][::-1] if ws.sheet_state == "visible"]
        if not others:
            raise ExcelError("a book must have a visible sheet")
        if self._book._wb.active is self._ws:
            Sheet(self._book, others[0]).activate()

    def activate(self) -> None:
        if self._ws.sheet_state != "visible":
            raise ExcelError(f"the sheet {self._ws.title} is hidden and cannot be activated")
        self._book._wb.active = self._ws
        for ws in self._book._wb.worksheets:
            ws.sheet_view.tabSelected = ws is self._ws

    def select(self) -> None:
        self.activate()

    def delete(self) -> None:
        refuse_locked_structure(self._book._wb)
        if self._ws.sheet_state == "veryHidden":
            raise ExcelError(f"the sheet {self._ws.title} is very hidden and cannot be deleted")
        self._leave()
        wb = self._book._wb
        stays: Any = wb.active
        wb.remove(self._ws)
        wb.active = stays

    def copy(self, before: "Sheet | None", after: "Sheet | None") -> None:
        """Copy, also to another book; openpyxl leaves out validations, conditional formats and shapes."""
        neighbour = before or after
        if neighbour is None:
            raise NotImplementedError("copying a sheet to a new book")
        book = neighbour._book
        refuse_locked_structure(book._wb)
        name = self._copy_name(book._wb)
        made = copied_to(self._ws, book._wb) if book is not self._book else book._wb.copy_worksheet(self._ws)
        copied = Sheet(book, made)
        copied._own_ws.title = name
        copied.move(before, after)
        book.activate()
        copied.activate()

    def _copy_name(self, wb: Workbook) -> str:
        """Return Excel's name for a copy: its own if that is free, else `Sheet1 (2)`."""
        taken = {title.lower() for title in wb.sheetnames}
        tails = chain(("",), (f" ({number})" for number in count(2)))
        names = (self._ws.title[: 31 - len(tail)] + tail for tail in tails)
        return next(name for name in names if name.lower() not in taken)

    def move(self, before: "Sheet | None", after: "Sheet | None") -> None:
        refuse_locked_structure(self._book._wb)
        neighbour = before or after
        if neighbour is None:
            raise NotImplementedError("moving a sheet to a new book")
        wb = self._book._wb
        stays, here, there = wb.active, wb.index(self._ws), wb.index(neighbour._ws)
        wb.move_sheet(self._ws, there - (here < there) + (before is None) - here)
        wb.active = stays  # type: ignore[assignment]

    # Cells

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, tuple) and len(arg1) == 4:
            return self._rectangle(*arg1)
        if isinstance(arg1, int) and isinstance(arg2, int):
            return self.range((arg1, arg2))
        first = self._one_end(arg1)
        if arg2 is None:
            return first
        corners = (*first._areas, *self._one_end(arg2)._areas)
        rows = [row for area in corners for row in (area.top, area.bottom)]
        return Range(self, [Area.spanning(rows, [c for area in corners for c in (area.left, area.right)])])

    def _rectangle(self, row: int, column: int, height: int, width: int) -> Range:
        if not height or not width:
            return Range(self, (), empty=(row, column, height, width))
        return Range(self, [Area(row, column, row + height - 1, column + width - 1)])

    def _one_end(self, where: Any) -> Range:
        if isinstance(where, Range):
            return where
        if isinstance(where, str):
            return self._addressed(where)
        if 0 in where:
            raise IndexError("Attempted to access 0-based Range. xlwings/Excel Ranges are 1-based.")
        row, column = where
        return self._rectangle(row, column, 1, 1)

    def _addressed(self, text: str) -> Range:
        """Return the range of an address, a name or a table of this sheet."""
        sheet_name, _, address = text.rpartition("!")
        if sheet_name.strip("'").replace("''", "'").lower() in ("", self._ws.title.lower()):
            if found := areas.parse(address):
                return Range(self, found)
        named = self._book._range_named(text, self) or self._table_body(text)
        if named is None or named._sheet._own_ws is not self._own_ws:
            raise ExcelError(f"no range {text!r} on the sheet {self._ws.title}")
        return named

    def _table_body(self, name: str) -> Range | None:
        found = self.tables._find(name)
        return found.data_body_range if found else None

    @property
    def cells(self) -> Range:
        return self._whole

    @property
    def used_range(self) -> Range:
        return Range(self, [grid.used_area(self._ws)])

    def clear_contents(self) -> None:
        self._whole.clear_contents()

    def clear_formats(self) -> None:
        self._whole.clear_formats()

    def clear(self) -> None:
        self._whole.clear()

    def autofit(self, axis: str | None = None) -> None:
        self._whole.autofit(axis)

    @property
    def notes(self) -> list[Note]:
        """The notes, row by row; Excel takes one call a note."""
        spots = sorted(spot for spot, cell in self._ws._cells.items() if cell.comment)
        cost(len(spots))
        return [Note(Range(self, [Area(*spot, *spot)])) for spot in spots]

    @property
    def names(self) -> Names:
        return Names(self._book, [self._ws])

    @property
    def tables(self) -> Tables:
        return Tables(self)
