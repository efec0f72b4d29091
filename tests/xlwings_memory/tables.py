"""Tables (list objects)."""

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from openpyxl.worksheet import table as tables
from xlwings import base_classes

from . import areas, grid, values
from .areas import Area
from .errors import ExcelError
from .meter import cost, counted
from .protection import refuse_if_protected
from .ranges import Range

if TYPE_CHECKING:
    from .sheets import Sheet


@counted
class Table(base_classes.Table):
    """A table (list object); its columns and styles are not offered here."""

    def __init__(self, sheet: "Sheet", table: tables.Table):
        self._sheet = sheet
        self._table = table

    @property
    def _area(self) -> Area:
        parsed = areas.parse(self._table.ref)
        if parsed is None:
            raise ExcelError(f"a table without cells: {self._table.ref}")
        return parsed[0]

    @property
    def parent(self) -> "Sheet":
        return self._sheet

    @property  # type: ignore[misc] # not renamed here
    def name(self) -> str:
        return str(self._table.displayName)

    @property  # type: ignore[misc]
    def display_name(self) -> str:
        return str(self._table.displayName)

    @property
    def range(self) -> Range:
        return Range(self._sheet, [self._area])

    @property
    def header_row_range(self) -> Range | None:
        area = self._area
        return (
            Range(self._sheet, [Area(area.top, area.left, area.top, area.right)]) if self._headers else None
        )

    @property
    def data_body_range(self) -> Range | None:
        area = self._area
        top, bottom = area.top + self._headers, area.bottom - (self._table.totalsRowCount or 0)
        return Range(self._sheet, [Area(top, area.left, bottom, area.right)]) if top <= bottom else None

    @property
    def _headers(self) -> int:
        return 1 if self._table.headerRowCount is None else self._table.headerRowCount


@counted
class Tables(base_classes.Tables):
    """The tables of a sheet."""

    def __init__(self, sheet: "Sheet"):
        self._sheet = sheet

    def _all(self) -> list[Table]:
        return [Table(self._sheet, table) for table in self._sheet._ws.tables.values()]

    def _find(self, name: str) -> Table | None:
        return next((table for table in self._all() if table.name.lower() == name.lower()), None)

    def __call__(self, key: str | int) -> Table:
        found = self._find(key) if isinstance(key, str) else dict(enumerate(self._all(), 1)).get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Table]:
        cost(len(self._all()))
        return iter(self._all())

    def __contains__(self, key: str) -> bool:
        return self._find(key) is not None

    def add(  # type: ignore[override] # the base lacks `name`, which xlwings passes
        self, source: Any = None, name: str | None = None, has_headers: bool = True, **options: Any
    ) -> Table:
        """Make a table of a range with headings; headings become text, as in Excel."""
        if not has_headers:
            raise NotImplementedError("tables without headings")
        ws, area = self._sheet._ws, source.impl._first
        refuse_if_protected(ws, "objects")
        self._name_headings(area)
        table = tables.Table(displayName=name or self._free_name(), ref=area.address(False, False))
        table.tableStyleInfo = tables.TableStyleInfo(options.get("table_style_name"), showRowStripes=True)
        ws.add_table(table)
        return Table(self._sheet, table)

    def _name_headings(self, area: Area) -> None:
        for number, column in enumerate(area.columns, 1):
            cell = grid.cell_at(self._sheet._ws, area.top, column)
            heading = values.plain_text(values.stored(cell, self._sheet._epoch)) or f"Column{number}"
            cell.value, cell.data_type = heading, "s"

    def _free_name(self) -> str:
        taken = {table.name for sheet in self._sheet._book.sheets._all() for table in sheet.tables._all()}
        return next(name for number in count(1) if (name := f"Table{number}") not in taken)
