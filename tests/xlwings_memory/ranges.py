"""Ranges, their fonts and notes."""

import sys
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formula.translate import Translator
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from xlwings import base_classes

from . import grid, lines, looks, values
from .areas import Area, join
from .errors import ExcelError
from .formats import ConditionalFormats
from .meter import cost, counted
from .protection import refuse_if_protected, refuse_locked

if TYPE_CHECKING:
    from .names import Name
    from .sheets import Sheet
    from .tables import Table

USER_NAME = "Excel user"
LINK_COLOUR = (5, 99, 193)
MIXED = object()
ALIGNMENTS = {"center_across_selection": "centerContinuous"}
ALIGNMENT_NAMES = {stored: name for name, stored in ALIGNMENTS.items()}
DIRECTIONS = {"d": "down", "u": "up", "l": "left", "r": "right"}


def spread(data: Any, area: Area) -> Callable[[int, int], Any]:
    """Return what goes to each cell (offsets from 0) when data is assigned to an area, as Excel does it.

    One value fills the area, a formula adjusting itself; one row or column repeats; what is left over
    becomes #N/A.
    """
    if isinstance(data, list | tuple):
        return partial(_from_table, _rows(data))
    if isinstance(data, str) and data.startswith("=") and area.size > 1:
        return partial(_adjusted, data)
    return lambda row, column: data


def _rows(data: Any) -> Any:
    return data if data and isinstance(data[0], list | tuple) else [data]


def _from_table(rows: Any, row: int, column: int) -> Any:
    row, column = row * (len(rows) > 1), column * (len(rows[0]) > 1)
    return rows[row][column] if row < len(rows) and column < len(rows[0]) else "#N/A"


def _adjusted(formula: str, row: int, column: int) -> str:
    return str(Translator(formula, "A1").translate_formula(row_delta=row, col_delta=column))


def _xlwings_asks() -> bool:
    """Tell whether xlwings' own converters asked for `api`, rather than a handler."""
    front = sys._getframe(2)  # above this function and the engine's `api`
    callers = [frame.f_globals.get("__name__", "") for frame in (front, front.f_back) if frame]
    return all(name.startswith("xlwings.") for name in callers)


@counted
class Range(base_classes.Range):
    """One or more areas of a sheet, or no cell at all (a slice such as `[0:0]`)."""

    _free = frozenset({"api"})

    def __init__(self, sheet: "Sheet", areas: Iterable[Area], empty: tuple[int, int, int, int] | None = None):
        self._sheet = sheet
        self._areas = tuple(areas)
        self._empty = empty
        self.options: dict[str, Any] = {}

    @property
    def api(self) -> bool:
        """Refused: handlers use the public API only. xlwings' converters just ask whether it is there."""
        if not _xlwings_asks():
            raise ExcelError("Range.api belongs to one platform; handlers use xlwings' public API")
        return bool(self._areas)

    # Inside

    @property
    def _ws(self) -> Worksheet:
        return self._sheet._ws

    @property
    def _first(self) -> Area:
        if not self._areas:
            raise ExcelError("the range has no cells")
        return self._areas[0]

    @property
    def _top_left(self) -> Any:
        return grid.cell_at(self._ws, self._first.top, self._first.left)

    def _of(self, *areas: Area) -> "Range":
        return Range(self._sheet, areas)

    def _existing(self) -> Iterator[Any]:
        return (cell for area in self._areas for cell in grid.existing(self._ws, area))

    def _made(self) -> Iterator[Any]:
        return (cell for area in self._areas for cell in grid.made(self._ws, area))

    def _shared(self, read: Callable[[Any], Any]) -> Any:
        """Return what all cells have in common, or MIXED."""
        seen = {read(cell) for cell in self._existing()}
        seen |= {read(cell) for area in self._areas for cell in grid.untouched(self._ws, area)}
        return seen.pop() if len(seen) == 1 else MIXED

    def _restyle(self, change: Callable[[Any], None]) -> None:
        refuse_if_protected(self._ws, "formatCells")
        looks.restyle(self._made(), change)

    # Where it is

    @property
    def sheet(self) -> "Sheet":
        return self._sheet

    def __len__(self) -> int:
        return sum(area.size for area in self._areas)

    @property
    def row(self) -> int:
        return self._empty[0] if self._empty else self._first.top

    @property
    def column(self) -> int:
        return self._empty[1] if self._empty else self._first.left

    @property
    def shape(self) -> tuple[int, int]:
        return self._empty[2:] if self._empty else (self._first.height, self._first.width)

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        return self._sheet, self._first.top, self._first.left, self._first.height, self._first.width

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        text = join(self._areas, row_absolute, col_absolute)
        return f"{self._sheet._external_prefix}{text}" if external else text

    @property
    def address(self) -> str:
        return join(self._areas, True, True)

    def __call__(self, *args: int) -> "Range":
        """Return the cell at this row and column, counted from 1, or the nth cell; it may lie outside."""
        first = self._first
        row, column = (
            args if len(args) == 2 else (1 + (args[0] - 1) // first.width, 1 + (args[0] - 1) % first.width)
        )
        top, left = first.top + row - 1, first.left + column - 1
        return self._of(Area(top, left, top, left))

    @property
    def rows(self) -> "Range":
        return self

    @property
    def columns(self) -> "Range":
        return self

    def end(self, direction: str) -> "Range":
        way = DIRECTIONS.get(direction, direction)
        row, column = grid.end_of(self._ws, self._first.top, self._first.left, way)
        return self._of(Area(row, column, row, column))

    @property
    def current_region(self) -> "Range":
        return self._of(grid.region_of(self._ws, self._first))

    def select(self) -> None:
        """Select the range; Excel refuses when its sheet is not the active one."""
        if not self._sheet._is_active:
            raise ExcelError(f"cannot select on {self._ws.title}: it is not the active sheet")
        self._sheet._book._selected[self._ws] = self._areas

    # Values and formulas

    @property
    def raw_value(self) -> Any:
        return self._table(self._value) if self._areas else None

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self._write(data)

    @property
    def formula(self) -> Any:
        return self._table(self._formula) if self._areas else None

    @formula.setter
    def formula(self, data: Any) -> None:
        self._write(data)

    @property
    def formula2(self) -> Any:
        return self._table(self._formula) if self._areas else None

    @formula2.setter
    def formula2(self, data: Any) -> None:
        self._write(data)

    @property
    def has_array(self) -> bool:
        return hasattr(getattr(grid.peek(self._ws, self._first.top, self._first.left), "value", None), "text")

    def _table(self, read: Callable[[Any], Any]) -> Any:
        """Return a value for one cell, else a tuple of rows, of the first area as Excel does."""
        area = self._first
        grid.check_size(area)
        ws = self._ws
        nothing = read(Cell(ws, 1, 1))
        held = {spot: read(cell) for spot in area.spots if (cell := grid.peek(ws, *spot)) is not None}
        table = tuple(tuple(held.get((row, column), nothing) for column in area.columns) for row in area.rows)
        return table[0][0] if area.size == 1 else table

    def _value(self, cell: Any) -> Any:
        if cell.value is None:
            return None
        epoch = self._sheet._epoch
        kept = self._sheet._result(cell) if values.is_formula(cell) else values.stored(cell, epoch)
        return values.handed_out(kept, cell.number_format, epoch)

    def _formula(self, cell: Any) -> str:
        if values.is_formula(cell):
            return values.formula_text(cell)
        return values.plain_text(values.stored(cell, self._sheet._epoch))

    def _write(self, data: Any) -> None:
        refuse_locked(self._ws, self._areas)
        for area in self._areas:
            grid.check_size(area)
            self._write_area(area, spread(data, area))

    def _write_area(self, area: Area, value_at: Callable[[int, int], Any]) -> None:
        """Write each cell; the covered cells of a merged block take nothing, as in Excel."""
        for row, column in area.spots:
            value = value_at(row - area.top, column - area.left)
            self._write_cell(row, column, "" if value is None else value)

    def _write_cell(self, row: int, column: int, value: Any) -> None:
        if value == "" and grid.peek(self._ws, row, column) is None:
            return
        cell = grid.cell_at(self._ws, row, column)
        if not isinstance(cell, MergedCell):
            self._sheet._put(cell, value)

    # Clearing and copying

    def clear_contents(self) -> None:
        refuse_locked(self._ws, self._areas)
        for area in self._areas:
            grid.refuse_cut_merges(self._ws, area)
        for cell in self._existing():
            if not isinstance(cell, MergedCell):
                self._sheet._put(cell, None)

    def clear_formats(self) -> None:
        """Clear looks and number formats; merged cells are parted, as in Excel."""
        refuse_if_protected(self._ws, "formatCells")
        for area in self._areas:
            grid.unmerge(self._ws, area)
        for cell in self._existing():
            looks.clear_format(cell)

    def clear(self) -> None:
        """Clear everything: contents, looks, notes and links."""
        self.clear_contents()
        self.clear_formats()
        for cell in self._existing():
            cell.comment = None
            cell.hyperlink = None

    def copy(self, destination: Any = None) -> None:
        """Copy values, formulas, looks and notes to where a front-end range starts."""
        if destination is None:
            raise NotImplementedError("the clipboard")
        target: Range = destination.impl
        copies = [(cell, *self._shifted(cell, target._first)) for cell in self._existing()]
        refuse_locked(target._ws, [Area(row, column, row, column) for _, row, column in copies])
        contents = [
            (self._moved(cell, row, column), copy(cell._style), cell.comment) for cell, row, column in copies
        ]
        for (_, row, column), content in zip(copies, contents, strict=True):
            target._paste(row, column, *content)

    def _shifted(self, cell: Any, to: Area) -> tuple[int, int]:
        return cell.row - self._first.top + to.top, cell.column - self._first.left + to.left

    def _moved(self, cell: Any, row: int, column: int) -> tuple[Any, str]:
        """Return value and kind of a cell's copy; a formula's relative references move along."""
        if not values.is_formula(cell):
            return cell.value, cell.data_type
        return _adjusted(values.formula_text(cell), row - cell.row, column - cell.column), "f"

    def _paste(self, row: int, column: int, content: tuple[Any, str], style: Any, note: Any) -> None:
        cell = grid.cell_at(self._ws, row, column)
        cell._style = style
        if not isinstance(cell, MergedCell):
            self._sheet._put(cell, None)
            cell.value, cell.data_type = content
            cell.comment = Comment(note.text, note.author) if note else None

    # Looks

    @property
    def color(self) -> Any:
        """Return the fill; of cells with several, black: Interior.Color is then 0, and ColorIndex Null, not xlNone."""
        colour = self._shared(looks.fill_colour)
        return looks.BLACK if colour is MIXED else colour

    @color.setter
    def color(self, colour: Any) -> None:
        self._restyle(lambda cell: looks.set_fill(cell, colour))

    def set_colors(self, colors: Any) -> None:
        """Colour cell by cell; Excel takes one call a cell."""
        for cell, colour in zip(self._made(), (colour for row in colors for colour in row), strict=True):
            if colour is not ...:
                cost(1)
                self._of(Area(cell.row, cell.column, cell.row, cell.column)).color = colour

    @property
    def number_format(self) -> str | None:
        shown = self._shared(lambda cell: cell.number_format)
        return None if shown is MIXED else str(shown)

    @number_format.setter
    def number_format(self, value: str) -> None:
        self._restyle(lambda cell: setattr(cell, "number_format", value))

    @property
    def font(self) -> "Font":
        return Font(self)

    @property
    def wrap_text(self) -> bool | None:
        wraps = self._shared(lambda cell: bool(cell.alignment.wrap_text))
        return None if wraps is MIXED else bool(wraps)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._restyle(lambda cell: looks.set_alignment(cell, wrap_text=value))

    @property
    def horizontal_alignment(self) -> str | None:
        shown = self._shared(lambda cell: cell.alignment.horizontal or "general")
        return None if shown is MIXED else ALIGNMENT_NAMES.get(shown, shown)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        self._restyle(lambda cell: looks.set_alignment(cell, horizontal=ALIGNMENTS.get(value, value)))

    @property
    def vertical_alignment(self) -> str | None:
        shown = self._shared(lambda cell: cell.alignment.vertical or "bottom")
        return None if shown is MIXED else str(shown)

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self._restyle(lambda cell: looks.set_alignment(cell, vertical=value))

    # Rows and columns

    def _lines(self, name: str) -> Iterator[int]:
        return (line for area in self._areas for line in getattr(area, name))

    @property
    def column_width(self) -> float | None:
        widths = {lines.column_width(self._ws, column) for column in self._lines("columns")}
        return widths.pop() if len(widths) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        refuse_if_protected(self._ws, "formatColumns")
        for column in self._lines("columns"):
            lines.set_column_width(self._ws, column, value)

    @property
    def row_height(self) -> float | None:
        heights = {lines.row_height(self._ws, row) for row in self._lines("rows")}
        return heights.pop() if len(heights) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        refuse_if_protected(self._ws, "formatRows")
        for row in self._lines("rows"):
            lines.set_row_height(self._ws, row, value)

    @property
    def row_hidden(self) -> bool | None:
        """Tell whether the rows are hidden; Excel takes one call a row."""
        states = [lines.row_hidden(self._ws, row) for row in self._lines("rows")]
        cost(len(states))
        return states[0] if len(set(states)) == 1 else None

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        refuse_if_protected(self._ws, "formatRows")
        for row in self._lines("rows"):
            self._ws.row_dimensions[row].hidden = value

    @property
    def column_hidden(self) -> bool | None:
        """Tell whether the columns are hidden; Excel takes one call a column."""
        states = [lines.column_hidden(self._ws, column) for column in self._lines("columns")]
        cost(len(states))
        return states[0] if len(set(states)) == 1 else None

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        refuse_if_protected(self._ws, "formatColumns")
        for column in self._lines("columns"):
            lines.own_dimension(self._ws, column).hidden = value

    def autofit(self, axis: str | None = None) -> None:
        """Do nothing but check protection: there is no text layout here."""
        if axis not in ("rows", "r"):
            refuse_if_protected(self._ws, "formatColumns")
        if axis not in ("columns", "c"):
            refuse_if_protected(self._ws, "formatRows")

    @property
    def conditional_formats(self) -> ConditionalFormats:
        return ConditionalFormats(self._ws, self._areas)

    # Merged cells

    @property
    def merge_area(self) -> "Range":
        return self._of(grid.merge_around(self._ws, self._first.top, self._first.left) or self._first)

    @property
    def merge_cells(self) -> bool | None:
        commons = (area.common(self._first) for area in grid.merges(self._ws))
        covered = sum(common.size for common in commons if common)
        return {0: False, self._first.size: True}.get(covered)

    def merge(self, across: bool) -> None:
        refuse_if_protected(self._ws, "formatCells")
        for area in self._areas:
            rows = area.rows if across else ()
            for part in [Area(row, area.left, row, area.right) for row in rows] or [area]:
                grid.merge(self._ws, part)

    def unmerge(self) -> None:
        refuse_if_protected(self._ws, "formatCells")
        for area in self._areas:
            grid.unmerge(self._ws, area)

    # Notes, links, names, tables

    @property
    def note(self) -> "Note | None":
        cell = grid.peek(self._ws, self._first.top, self._first.left)
        return Note(self._of(self._first)) if cell is not None and cell.comment else None

    def add_note(self, text: str) -> "Note":
        """Add a note. Excel (Range.AddComment, error 1004) refuses it in a merged block behind the first cell."""
        refuse_if_protected(self._ws, "objects")
        if isinstance(self._top_left, MergedCell):
            raise ExcelError("a note goes to the first cell of a merged block")
        self._top_left.comment = Comment(text, USER_NAME)
        return Note(self)

    @property
    def hyperlink(self) -> str:
        """Return the address; of a link inside the book it is empty, as in Excel."""
        link = getattr(grid.peek(self._ws, self._first.top, self._first.left), "hyperlink", None)
        if link is None:
            raise Exception("The cell doesn't seem to contain a hyperlink!")  # as xlwings says it
        return link.target or ""

    def add_hyperlink(self, address: str, text_to_display: str = "", screen_tip: str = "") -> None:
        """Link the cell; `#'Sheet'!A1` leads to a place in the book."""
        refuse_if_protected(self._ws, "insertHyperlinks")
        target, _, location = address.partition("#")
        cell = self._top_left
        self._sheet._put(cell, text_to_display)
        cell.hyperlink = Hyperlink(
            "", target=target or None, location=location or None, tooltip=screen_tip, display=text_to_display
        )
        looks.set_font(cell, color=looks.hex_of(LINK_COLOUR), underline="single")

    @property
    def name(self) -> "Name | None":
        return self._sheet._book._name_of(self._sheet._reference(self._areas))

    @name.setter
    def name(self, value: str) -> None:
        self._sheet._book.names.add(value, "=" + self._sheet._reference(self._areas))

    @property
    def table(self) -> "Table | None":
        return next((table for table in self._sheet.tables if table._area.common(self._first)), None)


def _font_setting(key: str) -> Any:
    """Make a property of a font attribute; None when the cells differ."""

    def get(font: "Font") -> Any:
        value = font._range._shared(lambda cell: getattr(cell.font, key))
        return None if value is MIXED else value

    def change(font: "Font", value: Any) -> None:
        font._range._restyle(lambda cell: looks.set_font(cell, **{key: value}))

    return property(get, change)


@counted
class Font(base_classes.Font):
    """The font of a range."""

    def __init__(self, cells: Range):
        self._range = cells

    bold = _font_setting("bold")
    italic = _font_setting("italic")
    size = _font_setting("size")
    name = _font_setting("name")

    @property
    def color(self) -> looks.RGB:
        colour = self._range._shared(lambda cell: looks.rgb_of(cell.font.color))
        if colour is MIXED:
            raise NotImplementedError("the font colour of cells with different colours")
        return colour  # type: ignore[no-any-return]

    @color.setter
    def color(self, colour: Any) -> None:
        self._range._restyle(lambda cell: looks.set_font(cell, color=looks.hex_of(colour)))


@counted
class Note(base_classes.Note):
    """The note of one cell (an old-style comment)."""

    def __init__(self, cell: Range):
        self._range = cell

    def _comment(self) -> Any:
        comment = self._range._top_left.comment
        if comment is None:
            raise ExcelError("the note was deleted")
        return comment

    @property
    def text(self) -> str:
        return str(self._comment().text)

    @text.setter
    def text(self, value: str) -> None:
        refuse_if_protected(self._range._ws, "objects")
        self._range._top_left.comment = Comment(value, self._comment().author)

    @property
    def author(self) -> str:
        return str(self._comment().author)

    @property
    def location(self) -> Range:
        return self._range

    def delete(self) -> None:
        refuse_if_protected(self._range._ws, "objects")
        self._comment()
        self._range._top_left.comment = None
