"""Worksheets, their notes and their conditional formats."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes
from xlwings_memory import areas
from xlwings_memory.areas import Area
from xlwings_memory.errors import ExcelError

from .ranges import Note, Range

if TYPE_CHECKING:
    from .app import Book


class Sheets(base_classes.Sheets):
    """The worksheets of a book."""

    def __init__(self, book: "Book"):
        self._book = book

    @property
    def _held(self) -> Any:
        return self._book._loaded.Sheets

    @property
    def active(self) -> "Sheet":
        """The sheet in front: the one last activated, else the first to be seen."""
        seen = [sheet for sheet in self if sheet.visible]
        return next((sheet for sheet in seen if sheet.name == self._book._front), seen[0])

    def __call__(self, name_or_index: str | int) -> "Sheet":
        by_number = isinstance(name_or_index, int)
        found = self._held.getByIndex(name_or_index - 1) if by_number else self._held.getByName(name_or_index)  # type: ignore[operator]
        return Sheet(self._book, found)

    def __len__(self) -> int:
        return int(self._held.Count)

    def __iter__(self) -> Iterator["Sheet"]:
        return (self(number) for number in range(1, len(self) + 1))

    def add(
        self, before: "Sheet | None" = None, after: "Sheet | None" = None, name: str | None = None
    ) -> "Sheet":
        """Add a sheet, by default before the active one; it becomes the active one."""
        at = after.index if after else (before or self.active).index - 1
        title = name or f"Sheet{len(self) + 1}"
        self._held.insertNewByName(title, at)
        made = self(title)
        made.activate()
        return made


class Sheet(base_classes.Sheet):
    """A worksheet."""

    def __init__(self, book: "Book", held: Any):
        self._book = book
        self._held = held

    @property  # type: ignore[misc] # not set here
    def name(self) -> str:
        return str(self._held.Name)

    @property
    def book(self) -> "Book":
        return self._book

    @property
    def index(self) -> int:
        return int(self._held.RangeAddress.Sheet) + 1

    @property
    def visible(self) -> int:
        return -1 if self._held.IsVisible else 0

    @visible.setter
    def visible(self, value: int) -> None:
        self._held.IsVisible = value in (True, -1)

    def activate(self) -> None:
        if not self.visible:
            raise ExcelError(f"the sheet {self.name} is hidden and cannot be activated")
        self._book._front = self.name

    def delete(self) -> None:
        self._book._loaded.Sheets.removeByName(self.name)

    def copy(self, before: "Sheet | None", after: "Sheet | None") -> None:
        """Copy in front of a sheet of another book."""
        assert before is not None and before._book is not self._book
        at = before.index - 1
        before._book._loaded.Sheets.importSheet(self._book._loaded, self.name, at)
        before._book.sheets(at + 1).activate()

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, int):
            arg1, arg2 = (arg1, arg2), None
        first = self._one_end(arg1)
        if arg2 is None:
            return first
        ends = (first._areas[0], self._one_end(arg2)._areas[0])
        rows, columns = zip(
            *((row, column) for a in ends for row, column in ((a.top, a.left), (a.bottom, a.right))),
            strict=True,
        )
        return Range(self, [Area.spanning(rows, columns)])

    def _one_end(self, where: Any) -> Range:
        if isinstance(where, Range):
            return where
        if isinstance(where, tuple):
            return Range(self, [Area(where[0], where[1], where[0], where[1])])
        return Range(self, areas.parse(where) or [self._named(where)])

    def _named(self, name: str) -> Area:
        found = self._book._loaded.NamedRanges.getByName(name).getReferredCells().RangeAddress
        return Area(found.StartRow + 1, found.StartColumn + 1, found.EndRow + 1, found.EndColumn + 1)

    @property
    def cells(self) -> Range:
        return Range(self, [areas.WHOLE_SHEET])

    @property
    def used_range(self) -> Range:
        cursor = self._held.createCursor()
        cursor.gotoEndOfUsedArea(True)
        end = cursor.RangeAddress
        return Range(self, [Area(1, 1, end.EndRow + 1, end.EndColumn + 1)])

    @property
    def notes(self) -> list[Note]:
        spots = [note.Position for note in self._held.Annotations]
        return [
            Note(Range(self, [Area(at.Row + 1, at.Column + 1, at.Row + 1, at.Column + 1)])) for at in spots
        ]
