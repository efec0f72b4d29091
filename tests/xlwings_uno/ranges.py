"""Ranges."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from openpyxl.utils import datetime as serials
from xlwings import base_classes
from xlwings_memory import looks, values
from xlwings_memory.areas import LAST_COLUMN, LAST_ROW, Area, join
from xlwings_memory.errors import ExcelError

if TYPE_CHECKING:
    from .sheets import Sheet

DATE, FAILED = 2, 4  # NumberFormat.DATE, FormulaResult.ERROR (api.libreoffice.org)
ERRORS = {503: "#NUM!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A"}
BY_FORMULA, EXPRESSION = 0, 9  # ConditionEntryType.CONDITION, ConditionOperator2.FORMULA
STYLE = "baiti_{}"
DATED, COMPUTED = 2, 16  # CellFlags.DATETIME, FORMULA


def entered(value: Any) -> str:
    """Return a value as someone would type it into a cell of LibreOffice."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        days: Any = serials.to_excel  # untyped in its stubs
        return repr(days(value))
    return f"={value}" if value in values.ERROR_CODES else str(value)


class Range(base_classes.Range):
    """One or more areas of a sheet."""

    def __init__(self, sheet: "Sheet", areas: Iterable[Area]):
        self._sheet = sheet
        self._areas = tuple(areas)
        self.options: dict[str, Any] = {}

    @property
    def api(self) -> Any:
        """What xlwings' converters ask for, to see whether there are cells."""
        return self._held

    @property
    def _first(self) -> Area:
        return self._areas[0]

    @property
    def _held(self) -> Any:
        return self._cells(self._first)

    def _cells(self, area: Area) -> Any:
        bottom, right = min(area.bottom, LAST_ROW), min(area.right, LAST_COLUMN, 1024)
        return self._sheet._held.getCellRangeByPosition(area.left - 1, area.top - 1, right - 1, bottom - 1)

    # Where it is

    @property
    def sheet(self) -> "Sheet":
        return self._sheet

    def __len__(self) -> int:
        return sum(area.size for area in self._areas)

    @property
    def row(self) -> int:
        return self._first.top

    @property
    def column(self) -> int:
        return self._first.left

    @property
    def shape(self) -> tuple[int, int]:
        return self._first.height, self._first.width

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        return self._sheet, self._first.top, self._first.left, self._first.height, self._first.width

    @property
    def address(self) -> str:
        return join(self._areas, True, True)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        return join(self._areas, row_absolute, col_absolute)

    def __call__(self, *args: int) -> "Range":
        """Return the cell at this row and column, or the nth cell."""
        width = self._first.width
        row, column = args if len(args) == 2 else (1 + (args[0] - 1) // width, 1 + (args[0] - 1) % width)
        top, left = self._first.top + row - 1, self._first.left + column - 1
        return Range(self._sheet, [Area(top, left, top, left)])

    def select(self) -> None:
        """Select the cells of the sheet in front; Excel refuses it elsewhere."""
        if self._sheet.name != self._sheet._book.sheets.active.name:
            raise ExcelError(f"the sheet {self._sheet.name} is not the active one")

    # Values

    @property
    def raw_value(self) -> Any:
        rows = [list(row) for row in self._held.getDataArray()]
        for row, column in list(self._dates(rows)):
            rows[row][column] = values.day_of(rows[row][column], serials.CALENDAR_WINDOWS_1900)
        for row, column in self._spots(self._held.queryFormulaCells(FAILED)):
            code = self._held.getCellByPosition(column, row).getError()
            rows[row][column] = values.ERROR_CODES[ERRORS.get(code, "#VALUE!")]
        return rows[0][0] if self._first.size == 1 else tuple(map(tuple, rows))

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        rows = data if isinstance(data, list | tuple) else [[data] * self._first.width] * self._first.height
        rows = rows if isinstance(rows[0], list | tuple) else [rows]
        top, left = self._first.top, self._first.left
        cells = self._cells(Area(top, left, top + len(rows) - 1, left + len(rows[0]) - 1))
        cells.setFormulaArray(tuple(tuple(map(entered, row)) for row in rows))
        for row, held in enumerate(rows):
            for column, value in enumerate(held):
                if isinstance(value, datetime):
                    self._show_date(cells.getCellByPosition(column, row))

    def _show_date(self, cell: Any) -> None:
        """Show a cell as a date if it has no format of its own."""
        if cell.NumberFormat == 0:
            cell.NumberFormat = self._sheet._book._format_key("yyyy-m-d")

    def _dates(self, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[int, int]]:
        """Yield the numbers that are shown as dates, as offsets; each cell is asked that may be one.

        Of cells with several formats, LibreOffice names the first.
        """
        for flag in (DATED, COMPUTED):
            for row, column in self._spots(self._held.queryContentCells(flag)):
                if isinstance(rows[row][column], float) and self._format(row, column).Type & DATE:
                    yield row, column

    def _format(self, row: int, column: int) -> Any:
        """Return the number format of a cell, by its offsets; each format is asked for once."""
        book = self._sheet._book
        key = self._held.getCellByPosition(column, row).NumberFormat
        if key not in book._formats:
            book._formats[key] = book._loaded.NumberFormats.getByKey(key)
        return book._formats[key]

    def _spots(self, found: Any) -> Iterator[tuple[int, int]]:
        """Yield the cells of what was found, as offsets."""
        for at in found.getRangeAddresses():
            for row in range(at.StartRow, at.EndRow + 1):
                for column in range(at.StartColumn, at.EndColumn + 1):
                    yield row - self._first.top + 1, column - self._first.left + 1

    @property  # type: ignore[misc] # not set here
    def formula(self) -> Any:
        found = self._held.getFormulaArray()
        return found[0][0] if self._first.size == 1 else found

    # Looks

    @property
    def number_format(self) -> str | None:
        shown = {
            str(Range(self._sheet, [area])._format(row, column).FormatString)
            for area in self._areas
            for row in range(area.height)
            for column in range(area.width)
        }
        return shown.pop() if len(shown) == 1 else None

    @number_format.setter
    def number_format(self, value: str) -> None:
        self._held.NumberFormat = self._sheet._book._format_key(value)

    @property
    def color(self) -> looks.RGB | None:
        colour = self._held.CellBackColor
        return None if colour in (-1, None) else ((colour >> 16) & 255, (colour >> 8) & 255, colour & 255)

    @color.setter
    def color(self, value: looks.RGB) -> None:
        self._held.CellBackColor = int(looks.hex_of(value)[2:], 16)

    def set_row_height(self, value: float) -> None:
        """Make rows so many points high."""
        self._held.Rows.Height = round(value * 2540 / 72)

    row_height = property(None, set_row_height)

    def merge(self, across: bool) -> None:
        self._held.merge(True)

    @property
    def merge_area(self) -> "Range":
        cursor = self._sheet._held.createCursorByRange(self._cells(self._first))
        cursor.collapseToMergedArea()
        at = cursor.RangeAddress
        return Range(
            self._sheet, [Area(at.StartRow + 1, at.StartColumn + 1, at.EndRow + 1, at.EndColumn + 1)]
        )

    @property
    def merge_cells(self) -> bool | None:
        """Whether all cells are merged, None if some are; LibreOffice tells of those where a block begins."""
        if self._first.size == 1:
            return self.merge_area._first.size > 1
        if not self._held.getIsMerged():
            return False
        return True if self(1).merge_area._first.covers(self._first) else None

    # Notes

    @property
    def note(self) -> "Note | None":
        found = Note(self)
        return found if found._at() is not None else None

    def add_note(self, text: str) -> "Note":
        self._sheet._held.Annotations.insertNew(
            self._cells(self._first).getCellByPosition(0, 0).CellAddress, text
        )
        return Note(self)

    @property
    def conditional_formats(self) -> "ConditionalFormats":
        return ConditionalFormats(self)


class Note(base_classes.Note):
    """The note of one cell."""

    def __init__(self, cell: Range):
        self._range = cell

    def _at(self) -> int | None:
        spot = self._range._first.left - 1, self._range._first.top - 1
        notes = self._range._sheet._held.Annotations
        spots = [
            (notes.getByIndex(n).Position.Column, notes.getByIndex(n).Position.Row)
            for n in range(notes.Count)
        ]
        return spots.index(spot) if spot in spots else None

    @property  # type: ignore[misc] # not set here
    def text(self) -> str:
        return str(self._range._sheet._held.Annotations.getByIndex(self._at()).getString())

    @property
    def location(self) -> Range:
        return self._range

    def delete(self) -> None:
        self._range._sheet._held.Annotations.removeByIndex(self._at())


class ConditionalFormats(base_classes.ConditionalFormats):
    """The rules that apply to any cell of a range."""

    def __init__(self, cells: Range):
        self._range = cells
        self._held = cells._sheet._held.ConditionalFormats

    def _all(self) -> Sequence["ConditionalFormat"]:
        return [
            ConditionalFormat(self._range, held)
            for held in self._held.getConditionalFormats()
            if self._touches(held)
        ]

    def _touches(self, held: Any) -> bool:
        theirs = (
            Area(a.StartRow + 1, a.StartColumn + 1, a.EndRow + 1, a.EndColumn + 1)
            for a in held.Range.RangeAddresses
        )
        return any(ours.common(area) for area in theirs for ours in self._range._areas)

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator["ConditionalFormat"]:
        return iter(self._all())

    def __call__(self, index: int) -> "ConditionalFormat":
        return self._all()[index - 1]

    def add_custom(self, spec: dict[str, Any]) -> "ConditionalFormat":
        book = self._range._sheet._book._loaded
        places = book.createInstance("com.sun.star.sheet.SheetCellRanges")
        for area in self._range._areas:
            places.addRangeAddress(self._range._cells(area).RangeAddress, False)
        number = self._held.createByRange(places)
        held = next(one for one in self._held.getConditionalFormats() if number == one.ID)
        held.createEntry(BY_FORMULA, 0)
        entry = held.getByIndex(0)
        entry.Operator = EXPRESSION
        entry.Formula1 = spec["formula"].removeprefix("=")
        entry.StyleName = _style(book, looks.hex_of(spec["fill_color"])[2:])
        return ConditionalFormat(self._range, held)


def _style(book: Any, colour: str) -> str:
    """Return the name of a cell style of a colour, made if need be."""
    styles, name = book.StyleFamilies.getByName("CellStyles"), STYLE.format(colour)
    if not styles.hasByName(name):
        styles.insertByName(name, book.createInstance("com.sun.star.style.CellStyle"))
        styles.getByName(name).CellBackColor = int(colour, 16)
    return name


class ConditionalFormat(base_classes.ConditionalFormat):
    """One rule; of several entries, the first."""

    def __init__(self, cells: Range, held: Any):
        self._range = cells
        self._held = held

    @property
    def _entry(self) -> Any:
        return self._held.getByIndex(0)

    @property
    def type(self) -> str:
        return "custom" if getattr(self._entry, "Operator", None) == EXPRESSION else "unknown"

    @property
    def formula(self) -> str | None:
        formula = getattr(self._entry, "Formula1", None)
        return f"={formula}" if formula else None

    @property
    def fill_color(self) -> looks.RGB | None:
        styles = self._range._sheet._book._loaded.StyleFamilies.getByName("CellStyles")
        colour = styles.getByName(self._entry.StyleName).CellBackColor
        return (colour >> 16) & 255, (colour >> 8) & 255, colour & 255

    def delete(self) -> None:
        self._range._sheet._held.ConditionalFormats.removeByID(self._held.ID)
