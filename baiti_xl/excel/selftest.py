"""The program tries itself on a real PC: steps on copies, each within its time, and one page to send back.

A step that fails or hangs does not stop the rest: one that takes too long has its Excel ended, and the next gets
another. Only what was started here is ended. The page names no person and no place on the disk.
"""

import getpass
import os
import platform
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from html import escape
from importlib import metadata
from pathlib import Path
from time import perf_counter

import xlwings as xw

from baiti_xl import __version__, desk
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.outputs import write_file

PAGE = "Excel自检.html"
PACKAGES = ("xlwings", "pywin32", "openpyxl", "xlsxwriter", "python-calamine", "lxml", "pyOpenVBA")
UNITS, LONGEST_TEXT = 3, 400
CODE = "X01"
HEAD = """<!DOCTYPE html><html lang="zh"><meta charset="utf-8"><title>Excel 自检</title>
<style>body{font:14px/1.5 "Microsoft YaHei",sans-serif;margin:2em}table{border-collapse:collapse}
td,th{border:1px solid #bbb;padding:2px 8px;vertical-align:top}.坏{background:#ffa3a3}.略{color:#777}</style>
"""


class Verdict(StrEnum):
    """What came of a step."""

    GOOD = "好"
    BAD = "坏"
    LEFT_OUT = "略"


class Unfit(Exception):
    """Something in Excel was not as it should be; the message says what."""


class Untried(Exception):
    """A step cannot be tried here; the message says why."""


@dataclass(frozen=True, slots=True)
class Host:
    """An Excel to try: its name, how one is started, how one is ended by its process, and how a book's protection is
    taken off for a while, as the VBA of the buttons does around Python; `has_macros` is whether VBA can run.
    """

    name: str
    start: Callable[[], xw.App]
    stop: Callable[[int], None]
    unlocked: Callable[[xw.Book], AbstractContextManager[None]]
    has_macros: bool = True


@dataclass(slots=True)
class Bench:
    """What steps work on: the running Excel, and a folder with a working folder and issued forms of three units."""

    host: Host
    folder: Path
    app: xw.App
    pid: int

    @property
    def console(self) -> Path:
        """The console of the working folder."""
        return self.folder / "工作" / desk.CONSOLE_NAMES[0]

    @property
    def form(self) -> Path:
        """The issued form of the first unit."""
        return next((self.folder / "下发").glob(f"{CODE}_*.xlsx"))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try; it returns what there is to tell, and may take so many seconds."""

    name: str
    run: Callable[[Bench], str]
    seconds: float = 90


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step, and how long it took."""

    name: str
    verdict: Verdict
    seconds: float
    told: str = ""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Words that the page must not show, each with what stands for it."""

    words: Mapping[str, str] = field(default_factory=dict)

    def clean(self, text: str) -> str:
        """Return a text without them, the longest first; kept short."""
        for word in sorted(self.words, key=len, reverse=True):
            text = text.replace(word, self.words[word]).replace(word.replace("\\", "\\\\"), self.words[word])
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}……"

    @classmethod
    def of_user(cls, folder: Path) -> "Hidden":
        """Return the folder we work in, the user's own and the user's name."""
        words = {str(folder): "（临时文件夹）", str(Path.home()): "（用户文件夹）"}
        with suppress(OSError, KeyError, ImportError):
            words |= {getpass.getuser(): "（用户）"}
        return cls({word: shown for word, shown in words.items() if len(word) > 1})


# ── running ──────────────────────────────────────────────────────────────────────────────────────


def selftest(
    out: Path, host: Host, steps: Sequence[Step], progress: desk.Progress = desk.silent
) -> tuple[Path, tuple[Outcome, ...]]:
    """Run the steps and write the page; return it with what came of each. Raises ActionError if Excel does not start."""
    with tempfile.TemporaryDirectory(prefix="baiti-", ignore_cleanup_errors=True) as place:
        folder = Path(place).resolve()
        hidden = Hidden.of_user(folder)
        prepare(folder)
        bench = begin(host, folder)
        try:
            excel = str(bench.app.version)
            outcomes = tuple(attempt(step, bench, hidden) for step in progress(steps, "自检"))
        finally:
            end(bench)
    facts = {"被试的程序": f"{host.name} {excel}", **facts_here()}
    return write_file(out, PAGE, page(facts, outcomes, hidden).encode(), replace=True), outcomes


def prepare(folder: Path) -> None:
    """Lay out a working folder and forms for a few units."""
    book = default_rulebook()
    made = desk.init(folder / "工作", replace(book, units=book.units[:UNITS]))
    desk.issue(folder / "下发", console=made.files[0])


def begin(host: Host, folder: Path) -> Bench:
    """Start an Excel. Raises ActionError if it does not start."""
    try:
        app = host.start()
        return Bench(host, folder, app, app.pid)
    except Exception as error:
        raise ActionError(
            f"{host.name} 启动不了（{type(error).__name__}）。请先手工打开一次 Excel，关掉弹出的窗口，再试。"
        ) from error


def end(bench: Bench) -> None:
    """Close our Excel, whatever state it is in, and no other; xlwings lists none without a book, so nobody is asked."""
    with suppress(Exception):
        bench.app.quit()
    with suppress(Exception):
        bench.host.stop(bench.pid)


def attempt(step: Step, bench: Bench, hidden: Hidden) -> Outcome:
    """Carry out one step within its time; afterwards Excel is there for the next, without books."""
    late = threading.Event()

    def too_late() -> None:
        late.set()
        with suppress(Exception):
            bench.host.stop(bench.pid)

    watch = threading.Timer(step.seconds, too_late)
    watch.daemon = True
    begun = perf_counter()
    watch.start()
    try:
        verdict, told = Verdict.GOOD, step.run(bench)
    except Untried as reason:
        verdict, told = Verdict.LEFT_OUT, str(reason)
    except Exception as error:
        told = str(error) if isinstance(error, Unfit) else f"{type(error).__name__}：{error}"
        verdict = Verdict.BAD
    finally:
        watch.cancel()
    taken = perf_counter() - begun
    if late.is_set():
        verdict, told = Verdict.BAD, f"超过 {step.seconds:g} 秒，可能弹出了窗口在等人；这一个 Excel 已关闭"
    cleared(bench)
    return Outcome(step.name, verdict, taken, hidden.clean(told))


def cleared(bench: Bench) -> None:
    """Close the books of the step before; an Excel that does not answer is ended and another started."""
    try:
        bench.app.display_alerts = False
        for book in list(bench.app.books):
            book.close()
    except Exception:
        end(bench)
        fresh = begin(bench.host, bench.folder)
        bench.app, bench.pid = fresh.app, fresh.pid


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def facts_here() -> dict[str, str]:
    """Return the versions of what runs here."""
    versions = {}
    for package in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return {
        "baiti_xl": __version__,
        "系统": f"{platform.system()} {platform.release()} {platform.version()} {platform.machine()}",
        "Python": f"{platform.python_version()}，{64 if sys.maxsize > 2**32 else 32} 位",
        "程序库": "，".join(f"{name} {version}" for name, version in versions.items()),
    }


def tally(outcomes: Sequence[Outcome]) -> str:
    """Return how many steps came out how, and how long they took together."""
    counts = (
        f"{verdict} {sum(one.verdict is verdict for one in outcomes)}"
        for verdict in Verdict
    )  # fmt: skip
    return f"{len(outcomes)} 步：{'，'.join(counts)}；共 {sum(one.seconds for one in outcomes):.0f} 秒"


def page(facts: Mapping[str, str], outcomes: Sequence[Outcome], hidden: Hidden) -> str:
    """Return the page: versions, then each step with its time and what it told."""
    versions = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(hidden.clean(value))}</td></tr>"
        for name, value in facts.items()
    )
    steps = "".join(
        f'<tr class="{one.verdict}"><td>{number}</td><td>{escape(one.name)}</td><td>{one.verdict}</td>'
        f"<td>{one.seconds:.1f}</td><td>{escape(one.told)}</td></tr>\n"
        for number, one in enumerate(outcomes, 1)
    )
    return (
        f"{HEAD}<h1>百日竞赛 Excel 自检</h1><p>{escape(tally(outcomes))}。"
        "试的都是临时副本，已经删除；本页没有人名，也没有您电脑上的路径。请把本页发给维护人员。</p>\n"
        f"<table>{versions}</table>\n"
        f"<table><tr><th>序号</th><th>步骤</th><th>结果</th><th>秒</th><th>说明</th></tr>\n{steps}</table></html>\n"
    )


# ── the Excel of this PC ─────────────────────────────────────────────────────────────────────────


def this_excel() -> Host:
    """Return the Excel of this Windows. Raises ActionError elsewhere."""
    if sys.platform != "win32":
        raise ActionError("自检要在装有 Microsoft Excel 的 Windows 电脑上运行。")
    return Host("Excel", lambda: xw.App(visible=True, add_book=False), end_process, unlocked)


def end_process(pid: int) -> None:
    """End a process of ours."""
    os.kill(pid, signal.SIGTERM)


@contextmanager
def unlocked(book: xw.Book) -> Iterator[None]:
    """Take the protection off the sheets that have an empty password, and put it back."""
    sheets = [sheet for sheet in book.sheets if sheet.api.ProtectContents]
    for sheet in sheets:
        sheet.api.Unprotect("")
    try:
        yield
    finally:
        for sheet in sheets:
            sheet.api.Protect("")
