"""The application and its books."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings_memory.app as memory
from xlwings import base_classes

from .sheets import Sheets


class Apps(memory.Apps):
    """The one application."""


class App(memory.App):
    """LibreOffice; settings and message boxes are remembered, not shown."""

    def __init__(self, engine: Any, desktop: Any):
        super().__init__(engine)
        self._desktop = desktop
        self._live: list[Book] = []

    @property
    def books(self) -> "Books":  # type: ignore[override]
        return Books(self)


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

    def open(self, fullname: str, *options: Any) -> "Book":
        """Open a file where nobody sees it; no option is supported."""
        import uno

        hidden = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        hidden.Name, hidden.Value = "Hidden", True
        path = Path(fullname)
        loaded = self._app._desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, (hidden,))
        book = Book(self._app, loaded, path)
        self._app._live.append(book)
        return book


class Book(base_classes.Book):
    """An open book."""

    def __init__(self, app: App, loaded: Any, path: Path):
        self._app = app
        self._loaded = loaded
        self._path = path
        self._formats: dict[int, Any] = {}

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

    def activate(self) -> None:
        """Nothing is in front: nobody sees it."""

    def save(self, path: str | None = None, password: str | None = None) -> None:
        self._loaded.store()

    def close(self) -> None:
        self._app._live.remove(self)
        self._loaded.close(True)
