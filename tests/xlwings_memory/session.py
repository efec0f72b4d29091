"""What a test holds: a running Excel, its message boxes and its status bar."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlwings as xw

from . import app, looks, values
from .app import Alert
from .formats import ordered
from .lines import style_at
from .meter import METER, reset_calls


class Excel:
    """A running Excel without books."""

    def __init__(self) -> None:
        self.app = xw.App(add_book=False)
        self._impl: app.App = self.app.impl

    def open(self, path: str | Path) -> xw.Book:
        """Open a file as the calling book."""
        return self.call_from(self.app.books.open(path))

    def new(self) -> xw.Book:
        """Open an empty book, never saved, as the calling book."""
        return self.call_from(self.app.books.add())

    def call_from(self, book: xw.Book) -> xw.Book:
        """Make a book the one that `xw.Book.caller()` gives."""
        book.set_mock_caller()
        return book

    def answer(self, *buttons: str) -> None:
        """Prepare the buttons to press in the questions to come: ok, cancel, yes, no."""
        self._impl._answers.extend(buttons)

    def edits(self, after: int) -> None:
        """Have someone begin to edit a cell, when so many more calls were made, until something is set."""
        METER.waiting = METER.calls.total() + after, lambda: setattr(METER, "editing", True)

    def closes(self, book: xw.Book, after: int) -> None:
        """Have someone close a book, when so many more calls were made."""
        METER.waiting = METER.calls.total() + after, book.impl.close

    @property
    def alerts(self) -> list[Alert]:
        """The message boxes so far."""
        return self._impl._alerts

    @property
    def history(self) -> list[tuple[str, Any]]:
        """Each change of a setting so far, such as ("screen_updating", False)."""
        return self._impl._history

    @property
    def status_messages(self) -> list[str]:
        """What the status bar said so far."""
        return [value for name, value in self.history if name == "status_bar" and value is not False]


def unlock(book: xw.Book) -> list[Any]:
    """Take the protection off every sheet, as Ribbon.bas does before RunPython; return the sheets that had it."""
    held = [ws for ws in book.impl._wb.worksheets if ws.protection.sheet]
    for ws in held:
        ws.protection.sheet = False
    return held


@contextmanager
def unlocked(book: xw.Book) -> Iterator[None]:
    """Take the protection off around a click and put it back, as Ribbon.bas does around RunPython."""
    held = unlock(book)
    yield
    for ws in held:
        ws.protection.sheet = True


@contextmanager
def running_excel(parses_text: bool = True) -> Iterator[Excel]:
    """Run an Excel in memory as xlwings' active engine, then put everything back."""
    engine, before = xw.Engine(impl=app.Engine(parses_text)), xw.engines.active
    xw.engines.add(engine)
    engine.activate()
    reset_calls()
    try:
        yield Excel()
    finally:
        _take_out(engine, before)


def _take_out(engine: xw.Engine, before: xw.Engine | None) -> None:
    xw.engines.active = before  # type: ignore[assignment]
    xw.engines.engines.remove(engine)
    xw.engines.engines_by_name.pop(engine.name, None)
    if hasattr(xw.Book, "_mock_caller"):
        del xw.Book._mock_caller


def set_result(cell: xw.Range, value: Any) -> None:
    """Say what the formula in a cell gives: a number, text or truth value (a date as its number)."""
    impl = cell.impl
    results = impl._sheet._book._results.setdefault(impl._ws, {})
    results[impl._first.top, impl._first.left] = float(value) if type(value) is int else value


def snapshot(book: xw.Book) -> dict[str, Any]:
    """Return all that a handler could change in a book, to compare before and after; counts no call.

    A cell that is empty and only looks like its row or column is as good as none.
    """
    whole: dict[str, Any] = {}
    for ws in book.impl._wb.worksheets:
        merges = sorted(str(merged) for merged in ws.merged_cells.ranges)
        rules = [(address, rule.type, rule.formula, rule.dxf) for address, rule in ordered(ws)]
        lines = (*ws.row_dimensions.items(), *ws.column_dimensions.items())
        hidden = [key for key, line in lines if line.hidden]
        whole[ws.title] = ws.sheet_state, merges, rules, hidden
        for cell in ws._cells.values():
            own_look = cell.has_style and cell._style != style_at(ws, cell.row, cell.column)
            if cell.value is not None or own_look or cell.comment or cell.hyperlink:
                whole[f"{ws.title}!{cell.coordinate}"] = _all_of(cell)
    return whole


def _all_of(cell: Any) -> tuple[Any, ...]:
    content = values.formula_text(cell) if values.is_formula(cell) else cell.value
    font = cell.font
    note, link = cell.comment and cell.comment.text, cell.hyperlink and cell.hyperlink.target
    look = looks.fill_colour(cell), looks.rgb_of(font.color), font.bold, font.italic, cell.number_format
    return content, cell.data_type, look, note, link
