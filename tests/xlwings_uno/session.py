"""What a test holds: LibreOffice as xlwings' engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlwings as xw
from xlwings_memory import Alert
from xlwings_memory.app import Engine

from .app import App, Apps


class Office:
    """A running LibreOffice without books; another takes its place if it is gone."""

    def __init__(self) -> None:
        self.app = xw.App(add_book=False)

    @property
    def impl(self) -> App:
        """The application behind xlwings."""
        held: App = self.app.impl
        return held

    def open(self, path: Path) -> xw.Book:
        """Open a file as the calling book."""
        book = self.app.books.open(str(path))
        book.set_mock_caller()
        return book

    @property
    def alerts(self) -> list[Alert]:
        """The message boxes so far."""
        return self.impl._alerts

    @property
    def answers(self) -> bool:
        """Whether LibreOffice is still there."""
        return self.impl.office.answers

    def begin_again(self) -> None:
        """End this LibreOffice and start another."""
        self.app.quit()
        self.app = xw.App(add_book=False)


@contextmanager
def running_office() -> Iterator[Office]:
    """Run a LibreOffice as xlwings' active engine, then end all that were started and put everything back."""
    before = xw.engines.active
    impl = Engine()
    impl.name = "uno"
    impl.apps = Apps(impl)
    engine = xw.Engine(impl=impl)
    xw.engines.add(engine)
    engine.activate()
    try:
        yield Office()
    finally:
        for app in impl.apps:
            app.quit()
        xw.engines.active = before
        xw.engines.engines.remove(engine)
        xw.engines.engines_by_name.pop("uno", None)
        if hasattr(xw.Book, "_mock_caller"):
            del xw.Book._mock_caller
