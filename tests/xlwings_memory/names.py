"""Defined names."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet
from xlwings import base_classes

from . import areas
from .errors import ExcelError
from .meter import cost, counted
from .ranges import Range

if TYPE_CHECKING:
    from .books import Book

GOOD_NAME = re.compile(r"[^\W\d][\w.\\?]{0,254}")


@counted
class Names(base_classes.Names):
    """The names of sheets, and of the book as a whole when asked for."""

    def __init__(self, book: "Book", sheets: Iterable[Worksheet], with_globals: bool = False):
        self._book = book
        self._sheets = list(sheets)
        self._with_globals = with_globals

    def _all(self) -> list["Name"]:
        wide = self._book._wb.defined_names if self._with_globals else {}
        own = [Name(self._book, defined, ws) for ws in self._sheets for defined in ws.defined_names.values()]
        return [Name(self._book, defined, None) for defined in wide.values()] + own

    def _find(self, text: str) -> "Name | None":
        """Return a name as Excel finds it: `Total`, or `Sheet1!Total` for the sheet's own."""
        wanted = text.lower().replace("'", "")
        return next((name for name in self._all() if wanted in name._spellings(self._with_globals)), None)

    def __call__(self, name_or_index: str | int) -> "Name":
        found = (
            self._all()[name_or_index - 1] if isinstance(name_or_index, int) else self._find(name_or_index)
        )
        if found is None:
            raise ExcelError(f"no name {name_or_index!r}")
        return found

    def snapshot(self) -> list[tuple[str, "Name"]]:
        found = self._all()
        cost(2 * len(found))
        return [(name._full_name, name) for name in found]

    def contains(self, name_or_index: str | int) -> bool:
        return self._find(str(name_or_index)) is not None

    def __len__(self) -> int:
        return len(self._all())

    def add(self, name: str, refers_to: str) -> "Name":
        """Define a name for the book, or for a sheet when it is `Sheet1!Total` or asked of a sheet."""
        sheet_name, _, own = name.rpartition("!")
        if not GOOD_NAME.fullmatch(own) or areas.parse(own):
            raise ExcelError(f"no good name: {name!r}")
        ws = self._home(sheet_name.strip("'"))
        defined = DefinedName(own, attr_text=refers_to.removeprefix("="))
        (ws or self._book._wb).defined_names[own] = defined
        return Name(self._book, defined, ws)

    def _home(self, sheet_name: str) -> Worksheet | None:
        if sheet_name:
            return self._book.sheets(sheet_name)._ws
        return None if self._with_globals else self._sheets[0]


@counted
class Name(base_classes.Name):
    """A name of a range, a constant or a formula."""

    def __init__(self, book: "Book", defined: DefinedName, ws: Worksheet | None):
        self._book = book
        self._defined = defined
        self._home = ws

    @property
    def _full_name(self) -> str:
        return (areas.quoted(self._home.title) if self._home else "") + self._defined.name

    def _spellings(self, in_book: bool) -> set[str]:
        """What finds the name; among the book's names, a sheet's own needs its sheet."""
        short = set() if in_book and self._home else {self._defined.name.lower()}
        return short | {self._full_name.lower().replace("'", "")}

    @property
    def _siblings(self) -> Any:
        return (self._home or self._book._wb).defined_names

    @property
    def name(self) -> str:
        return self._full_name

    @name.setter
    def name(self, value: str) -> None:
        del self._siblings[self._defined.name]
        self._defined.name = value
        self._siblings[value] = self._defined

    @property
    def refers_to(self) -> str:
        return f"={self._defined.attr_text}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self._defined.attr_text = value.removeprefix("=")

    @property
    def refers_to_range(self) -> Range:
        if (found := self._range()) is None:
            raise ExcelError(f"the name {self._full_name} refers to no range")
        return found

    def _range(self) -> Range | None:
        places = list(self._defined.destinations) if self._defined.attr_text else []
        if not places:
            return None
        found = [area for _, address in places for area in areas.parse(address) or ()]
        return Range(self._book.sheets(places[0][0].replace("''", "'")), found)

    def delete(self) -> None:
        del self._siblings[self._defined.name]
