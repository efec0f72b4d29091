"""What a handler of a button is given, and the two ways in which it may stop."""

from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import TypeVar

import xlwings as xw

from baiti_xl.errors import UserError

T = TypeVar("T")
TITLE = "百日竞赛"
STEPS = 20


class Trouble(UserError):
    """The click could not be carried out; the message says why and what to do."""


class Cancelled(Exception):
    """Staff chose not to go on; nothing is said."""


@dataclass(frozen=True, slots=True)
class Click:
    """What a handler is given: the running Excel and the book whose button was clicked."""

    app: xw.App
    book: xw.Book

    def ask(self, question: str) -> bool:
        """Ask a question that is answered by yes or no."""
        return self.app.alert(question, title=TITLE, buttons="yes_no") == "yes"

    def progress(self, items: Iterable[T], label: str) -> Iterator[T]:
        """Say in the status bar how far a long task is, at most some twenty times."""
        total = len(items) if isinstance(items, Sized) else 0
        step = max(1, total // STEPS)
        for at, item in enumerate(items):
            if total and at % step == 0:
                self.app.status_bar = f"{TITLE}：{label} {at + 1}/{total}……"
            yield item
