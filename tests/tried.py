"""The self-test where it is tried without Excel: on the Excel in memory and on LibreOffice."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
import xlwings as xw
import xlwings_memory

from baiti_xl.desk import sending
from baiti_xl.desk.errors import ActionError
from baiti_xl.excel import selftest, selftest_steps
from baiti_xl.excel.selftest import Host, Outcome, Step


@contextmanager
def unlocked_live(book: xw.Book) -> Iterator[None]:
    """Take the protection off around a click in LibreOffice and put it back."""
    held = [sheet._held for sheet in book.impl.sheets if sheet._held.isProtected()]
    for sheet in held:
        sheet.unprotect("")
    yield
    for sheet in held:
        sheet.protect("")


def in_memory(stop: Callable[[int], None]) -> Host:
    """Return the Excel in memory as a host."""
    return Host(
        "内存里的 Excel", lambda: xw.App(add_book=False), stop, xlwings_memory.unlocked, has_macros=False
    )


def live() -> Host:
    """Return LibreOffice as a host; each app is a process of its own."""

    def stop(pid: int) -> None:
        for app in xw.apps:
            if app.pid == pid:
                app.impl.office.kill()

    return Host("LibreOffice", lambda: xw.App(add_book=False), stop, unlocked_live, has_macros=False)


def tried(folder: Path, host: Host, steps: Sequence[Step]) -> tuple[Path, tuple[Outcome, ...]]:
    """Run steps with one unit, few rows and no PDF, which takes another program and the longest."""

    def no_converter() -> NoReturn:
        raise ActionError("不转 PDF")

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(selftest_steps, "MANY", 40)
        patch.setattr(selftest, "UNITS", 1)
        patch.setattr(sending, "converter", no_converter)
        return selftest.selftest(folder / "出", host, steps)
