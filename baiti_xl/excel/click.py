"""What a handler of a button is given, and the two ways in which it may stop."""

from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import Any, TypeVar

import xlwings as xw

from baiti_xl.errors import UserError

T = TypeVar("T")
TITLE = "百日竞赛"
STEPS = 20


class Trouble(UserError):
    """The click could not be carried out; the message says why and what to do."""


class Cancelled(Exception):
    """Staff chose not to go on; nothing is said."""


BUSY = "Excel 正在编辑单元格，或者开着对话框。请按 Enter 或 Esc 结束，再点一次按钮。"
GONE = "工作簿或 Excel 在处理的时候关闭了。请重新打开，再点一次按钮。"
# The codes that Windows gives. Excel answers so while a cell is edited, a dialog is open (xlwings #587) or it is busy, …
REASONS = dict.fromkeys((-2_146_777_998, -2_147_418_111, -2_147_417_846), BUSY)
# … and so when the book or Excel itself is no more: object required, not connected, disconnected, no server, call failed.
REASONS |= dict.fromkeys(
    (-2_146_827_864, -2_147_220_995, -2_147_417_848, -2_147_023_174, -2_147_023_170), GONE
)


def reason(error: BaseException) -> str:
    """Return why Excel answers nothing at all just now, "" if it is another error."""
    details = getattr(error, "excepinfo", None) or (None,)
    codes = (getattr(error, "hresult", None), details[-1])
    return next((REASONS[code] for code in codes if code in REASONS), "")


def done(action: Callable[..., Any], *arguments: Any, **options: Any) -> bool:
    """Return whether Excel did something that it may refuse, as on a protected sheet.

    Raises what Excel says when it answers nothing at all.
    """
    try:
        action(*arguments, **options)
    except Exception as error:
        if reason(error):
            raise
        return False
    return True


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
