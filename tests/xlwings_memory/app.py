"""The engine and the application."""

import datetime as dt
import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from openpyxl import Workbook
from xlwings import base_classes

from . import values
from .books import Book, Books
from .errors import GONE, ExcelError
from .meter import counted
from .ranges import Range

BUTTONS = {
    "ok": ("ok",),
    "ok_cancel": ("ok", "cancel"),
    "yes_no": ("yes", "no"),
    "yes_no_cancel": ("yes", "no", "cancel"),
}
PIDS = count(1)


class Engine:
    """What xlwings knows as the engine; `type` is that of Excel on a desktop."""

    name = "memory"
    type = "desktop"

    def __init__(self, parses_text: bool = True):
        self.parses_text = parses_text
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        """Return a value as it crosses to Excel: numpy's numbers as floats, nothing as empty text."""
        if hasattr(value, "dtype") and hasattr(value, "item"):
            value = value.item()
        return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value

    @staticmethod
    def clean_value_data(
        data: Any, dates: Any, empty: Any, numbers: Any, err_to_str: bool
    ) -> list[list[Any]]:
        """Return rows of values after xlwings' options, as its Windows engine does."""
        return [[_cleaned(value, dates, empty, numbers, err_to_str) for value in row] for row in data]


def _cleaned(value: Any, dates: Any, empty: Any, numbers: Any, err_to_str: bool) -> Any:
    if value is None or value == "":
        return empty
    if isinstance(value, dt.datetime):
        return _built_date(value, dates)
    if numbers is not None and isinstance(value, float):
        return numbers(value)
    if isinstance(value, int) and value in values.ERROR_NAMES:
        return values.ERROR_NAMES[value] if err_to_str else None
    return value


def _built_date(value: dt.datetime, build: Any) -> Any:
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return build(**{part: getattr(value, part) for part in parts}, tzinfo=None)


class Apps(base_classes.Apps):
    """The running applications, the active one first."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._running: list[App] = []

    def keys(self) -> list[int]:
        return [app._pid for app in self._running]

    def add(
        self, spec: Any = None, add_book: bool | None = None, xl: Any = None, visible: Any = None
    ) -> "App":
        app = App(self._engine)
        self._running.insert(0, app)
        if add_book:
            app._add_book()
        return app

    @staticmethod
    def cleanup() -> None:
        """There are no stray processes here."""

    def __iter__(self) -> Iterator["App"]:
        return iter(list(self._running))

    def __len__(self) -> int:
        return len(self._running)

    def __getitem__(self, pid: int) -> "App":
        return next(app for app in self._running if app._pid == pid)


@dataclass(frozen=True)
class Alert:
    """A message box that was shown, and the button that the test pressed."""

    prompt: str
    title: str | None
    buttons: str
    mode: str | None
    answer: str


def _setting(name: str, allowed: Iterable[Any] | None = None) -> Any:
    """Make a property of the application that remembers each change."""

    def get(app: "App") -> Any:
        return app._settings[name]

    def change(app: "App", value: Any) -> None:
        if allowed is not None and value not in allowed:
            raise KeyError(value)
        app._settings[name] = value
        app._history.append((name, value))

    return property(get, change)


@counted
class App(base_classes.App):
    """One running Excel."""

    _free = frozenset({"engine"})

    def __init__(self, engine: Engine):
        self._engine = engine
        self._pid = next(PIDS)
        self._books: list[Book] = []  # the active one first
        self._new_book_numbers = count(1)
        self._settings: dict[str, Any] = {
            "visible": True,
            "screen_updating": True,
            "display_alerts": True,
            "enable_events": True,
            "interactive": True,
            "calculation": "automatic",
            "status_bar": False,
        }
        self._history: list[tuple[str, Any]] = []
        self._alerts: list[Alert] = []
        self._answers: deque[str] = deque()

    visible = _setting("visible")
    screen_updating = _setting("screen_updating")
    display_alerts = _setting("display_alerts")
    enable_events = _setting("enable_events")
    interactive = _setting("interactive")
    calculation = _setting("calculation", ("automatic", "manual", "semiautomatic"))
    status_bar = _setting("status_bar")

    def _add_book(self) -> Book:
        wb = Workbook()
        wb.worksheets[0].title = "Sheet1"
        return self._admit(Book(self, wb, name=f"Book{next(self._new_book_numbers)}"))

    def _admit(self, book: Book) -> Book:
        self._books.insert(0, book)
        return book

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def hwnd(self) -> int:
        return self._pid

    @property
    def version(self) -> str:
        return "16.0"

    @property
    def books(self) -> Books:
        if self not in self._engine.apps._running:
            raise ExcelError("this Excel was closed", GONE)
        return Books(self)

    @property
    def selection(self) -> Range | None:
        return self._books[0].sheets.active._selection if self._books else None

    def activate(self, steal_focus: bool = False) -> None:
        self._engine.apps._running.remove(self)
        self._engine.apps._running.insert(0, self)

    def calculate(self) -> None:
        """Do nothing: formulas are not computed here."""

    def quit(self) -> None:
        """Quit; books that were not saved are lost."""
        for book in list(self._books):
            book.close()
        self._engine.apps._running.remove(self)

    def kill(self) -> None:
        self.quit()

    def alert(
        self, prompt: str, title: Any = None, buttons: str = "ok", mode: Any = None, callback: Any = None
    ) -> str:
        """Record a message box and press the button that the test prepared."""
        answer = self._answer(prompt, BUTTONS[buttons])
        self._alerts.append(Alert(prompt, title, buttons, mode, answer))
        return answer

    def _answer(self, prompt: str, allowed: tuple[str, ...]) -> str:
        if len(allowed) == 1:
            return allowed[0]
        if not self._answers:
            raise LookupError(f"the test prepared no answer to: {prompt}")
        if (answer := self._answers.popleft()) not in allowed:
            raise LookupError(f"{answer!r} is no button of: {prompt}")
        return answer
