"""The applications and their books."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import xlwings_memory.app as memory
from xlwings import base_classes
from xlwings_memory.errors import GONE, ExcelError

from .process import LibreOffice, properties
from .sheets import Sheets

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}


class Apps(memory.Apps):
    """The running LibreOffices, each a process of its own."""

    def add(
        self, spec: Any = None, add_book: bool | None = None, xl: Any = None, visible: Any = None
    ) -> "App":
        app = App(self._engine, LibreOffice())
        self._running.insert(0, app)
        return app


class App(memory.App):
    """LibreOffice; settings and message boxes are remembered, not shown."""

    def __init__(self, engine: Any, office: LibreOffice):
        super().__init__(engine)
        self.office = office
        self._pid = office.pid
        self._live: list[Book] = []

    @property
    def version(self) -> str:
        return self.office.version

    @property
    def books(self) -> "Books":  # type: ignore[override]
        return Books(self)

    def quit(self) -> None:
        """Quit; books that were not saved are lost."""
        self._engine.apps._running.remove(self)
        self.office.end()


class Books(base_classes.Books):
    """The open books, in the order of opening."""

    def __init__(self, app: App):
        self._app = app

    @property
    def app(self) -> App:
        return self._app

    @property
    def active(self) -> "Book":
        return self._app._live[-1]

    def __call__(self, name_or_index: str | int) -> "Book":
        if isinstance(name_or_index, int):
            return self._app._live[name_or_index - 1]
        for book in self._app._live:
            if book.name.lower() == name_or_index.lower():
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._app._live)

    def __iter__(self) -> Iterator["Book"]:
        return iter(list(self._app._live))

    def add(self) -> "Book":
        loaded = self._made()
        loaded.initNew()
        return self._admit(Book(self._app, loaded, Path(f"工作簿{next(Book.numbers)}")))

    def open(self, fullname: str, *options: Any) -> "Book":
        """Open a file; no option is supported."""
        path, loaded = Path(fullname), self._made()
        loaded.load(properties(URL=path.as_uri(), FilterName=FILTERS[path.suffix.lower()]))
        return self._admit(Book(self._app, loaded, path))

    def _made(self) -> Any:
        """Return a document without a window.

        LibreOffice 7.4 dies of windows whose sheet is changed from outside: an event of the sheet before is taken back
        while it is being delivered (`FmFormView::HideSdrPage`, then `Application::RemoveUserEvent`).
        """
        return self._app.office.made("com.sun.star.sheet.SpreadsheetDocument")

    def _admit(self, book: "Book") -> "Book":
        self._app._live.append(book)
        return book


class Book(base_classes.Book):
    """An open book; which sheet is in front, and what is selected, is remembered here."""

    numbers = count(1)

    def __init__(self, app: App, loaded: Any, path: Path):
        self._app = app
        self._open: Any = loaded
        self._path = path
        self._formats: dict[int, Any] = {}
        self._front = ""

    @property
    def _loaded(self) -> Any:
        if self._open is None:
            raise ExcelError(f"the book {self._path.name} was closed", GONE)
        return self._open

    @property
    def app(self) -> App:
        return self._app

    @property
    def name(self) -> str:
        return self._path.name

    @property
    def fullname(self) -> str:
        return str(self._path)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    def _format_key(self, shown: str) -> int:
        """Return the number of a number format, made if need be."""
        import uno

        formats, anywhere = self._loaded.NumberFormats, uno.createUnoStruct("com.sun.star.lang.Locale")
        key = formats.queryKey(shown, anywhere, False)
        return int(key if key >= 0 else formats.addNew(shown, anywhere))

    def activate(self) -> None:
        """Nothing is in front: nobody sees it."""

    def save(self, path: str | None = None, password: str | None = None) -> None:
        self._loaded.store()

    def close(self) -> None:
        loaded, self._open = self._loaded, None
        self._app._live.remove(self)
        loaded.close(True)
