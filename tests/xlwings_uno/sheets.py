"""Worksheets, their notes and their conditional formats."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes
from xlwings_memory import areas
from xlwings_memory.areas import Area

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
        return Sheet(self._book, self._book._loaded.CurrentController.getActiveSheet())

    def __call__(self, name_or_index: str | int) -> "Sheet":
        by_number = isinstance(name_or_index, int)
        found = self._held.getByIndex(name_or_index - 1) if by_number else self._held.getByName(name_or_index)  # type: ignore[operator]
        return Sheet(self._book, found)

    def __len__(self) -> int:
        return int(self._held.Count)

    def __iter__(self) -> Iterator["Sheet"]:
        return (self(number) for number in range(1, len(self) + 1))


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
        self._book._loaded.CurrentController.setActiveSheet(self._held)

    def delete(self) -> None:
        self._book._loaded.Sheets.removeByName(self.name)

    def copy(self, before: "Sheet | None", after: "Sheet | None") -> None:
        """Copy in front of a sheet of another book."""
        assert before is not None and before._book is not self._book
        target = before._book._loaded
        target.Sheets.importSheet(self._book._loaded, self.name, before.index - 1)
        target.CurrentController.setActiveSheet(target.Sheets.getByIndex(before.index - 2))

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
