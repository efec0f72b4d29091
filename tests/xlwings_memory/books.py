"""Open books."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from xlwings import base_classes

from . import values
from .areas import Area
from .errors import GONE, ExcelError
from .loading import WITH_MACROS, WITHOUT_MACROS, load
from .meter import cost, counted
from .names import Name, Names
from .ranges import Range
from .sheets import Sheet, Sheets

if TYPE_CHECKING:
    from .app import App


@counted
class Books(base_classes.Books):
    """The open books, the active one first."""

    _free = frozenset({"app"})

    def __init__(self, app: "App"):
        self._app = app

    @property
    def app(self) -> "App":
        return self._app

    @property
    def active(self) -> "Book":
        if not self._app._books:
            raise ExcelError("no book is open")
        return self._app._books[0]

    def __call__(self, name_or_index: str | int) -> "Book":
        """Return a book by its name, or by its place, counted from 1, in the order of opening."""
        in_order = sorted(self._app._books, key=lambda book: book._opened)
        if isinstance(name_or_index, int):
            return in_order[name_or_index - 1]
        for book in in_order:
            if book._name.lower() == name_or_index.lower():
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._app._books)

    def __iter__(self) -> Iterator["Book"]:
        cost(len(self._app._books))
        return iter(sorted(self._app._books, key=lambda book: book._opened))

    def add(self) -> "Book":
        return self._app._add_book()

    def open(self, fullname: str, update_links: Any = None, read_only: Any = None, *options: Any) -> "Book":
        """Open a file; of the further options, passwords and text imports are not supported."""
        if any(option is not None for option in options):
            raise NotImplementedError("options of books.open other than update_links and read_only")
        path = Path(fullname)
        wb, results = load(path)
        book = Book(self._app, wb, name=path.name, path=path, read_only=bool(read_only))
        book._results = dict(zip(wb.worksheets, results, strict=True))
        return self._app._admit(book)


@counted
class Book(base_classes.Book):
    """An open book: what is on the screen, not what is in the file."""

    _order = count()

    def __init__(
        self, app: "App", wb: Workbook, name: str, path: Path | None = None, read_only: bool = False
    ):
        self._app = app
        self._open_wb: Workbook | None = wb
        self._name = name
        self._path = path
        self._read_only = read_only
        self._opened = next(Book._order)
        self._selected: dict[Worksheet, tuple[Area, ...]] = {}
        self._results: dict[Worksheet, dict[tuple[int, int], values.Stored]] = {}

    @property
    def _wb(self) -> Workbook:
        if self._open_wb is None:
            raise ExcelError(f"the book {self._name} was closed", GONE)
        return self._open_wb

    # What xlwings asks

    @property
    def name(self) -> str:
        self._wb  # noqa: B018 - a closed book answers nothing
        return self._name

    @property
    def fullname(self) -> str:
        return str(self._path) if self._path else self.name

    @property
    def app(self) -> "App":
        self._wb  # noqa: B018
        return self._app

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self, self._wb.worksheets, with_globals=True)

    def activate(self) -> None:
        self._wb  # noqa: B018
        self._app._books.remove(self)
        self._app._books.insert(0, self)

    def close(self) -> None:
        """Close without saving."""
        self._wb  # noqa: B018
        self._app._books.remove(self)
        self._open_wb = None

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save to the file, or under another name; the formulas' results are not kept in the file."""
        if password:
            raise NotImplementedError("saving with a password")
        target = self._save_target(path)
        self._prepare_kind(target.suffix.lower())
        self._wb.save(target)
        self._path, self._name = target, target.name

    def _save_target(self, path: str | None) -> Path:
        target = Path(path or self._path or f"{self._name}.xlsx").resolve()
        others = {book._name.lower() for book in self._app._books if book is not self}
        if self._read_only and target == self._path:
            raise ExcelError(f"{target} was opened read-only")
        if not target.parent.is_dir() or target.name.lower() in others:
            raise ExcelError(f"cannot save as {target}: no such folder, or a book of that name is open")
        return target

    def _prepare_kind(self, suffix: str) -> None:
        if suffix in WITHOUT_MACROS:
            self._wb.vba_archive = None
        elif suffix not in WITH_MACROS or self._wb.vba_archive is None:
            raise NotImplementedError(f"saving as {suffix}")
        self._wb.template = suffix.startswith(".xlt")

    # Names

    def _name_of(self, reference: str) -> Name | None:
        return next((name for name in self.names._all() if name._defined.attr_text == reference), None)

    def _range_named(self, text: str, sheet: Sheet | None = None) -> Range | None:
        """Return the range of a name, that of the sheet before that of the book."""
        scopes = [Names(self, [sheet._ws])] if sheet else []
        for names in (*scopes, self.names):
            if found := names._find(text):
                return found._range()
        return None
