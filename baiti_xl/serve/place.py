"""The working folder as the server sees it: rules that follow the console, forms not handed in yet, days worked out, one job at a time."""

import json
import secrets
import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from baiti_xl.books.carry import read_console
from baiti_xl.contest import periods
from baiti_xl.contest.choices import Reviewed
from baiti_xl.contest.records import Matter, Outcome
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import CONSOLE_NAMES, ActionError, handing, load_rules
from baiti_xl.desk.entering import Act, enter, entry, looked_up
from baiti_xl.desk.handing import Examined
from baiti_xl.desk.rules import read_bytes
from baiti_xl.desk.store import Store
from baiti_xl.errors import UserError
from baiti_xl.scale.processes import aside, warm
from baiti_xl.serve import work
from baiti_xl.serve.slips import FOLDER as CODES
from baiti_xl.serve.work import Asked, Done, Settings

T = TypeVar("T")
DRAFTS, LOCK = ".待交", "网上交送.锁"
READINGS = 2  # forms read at once
WAIT_SECONDS = 30  # for a turn to be read
KEPT_DAYS = 4  # worked out, kept at hand
STALE_SECONDS = 15  # so long a day worked out is shown while others hand in
BUSY = "现在交的人多，请过一分钟再试。"


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that a unit dropped and did not hand in yet."""

    path: Path
    examined: Examined
    moment: datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """A day worked out: when, from what state of the folder, and the outcome."""

    moment: datetime
    state: object
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Review:
    """The matters of a day as they were when they were listed last."""

    moment: datetime
    day: date | None
    matters: tuple[Matter, ...]


@dataclass
class Job:
    """An action of the office under way or done: what, who began it and when, how far it is, and what came of it."""

    name: str
    title: str
    who: str
    began: datetime
    step: str = ""
    at: int = 0
    total: int = 0
    done: Done | None = None
    failed: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it is done or failed."""
        return self.done is not None or bool(self.failed)

    def progress(self, items: Iterable[T], label: str, /) -> Iterator[T]:
        """Hand items on and take note of how far it is."""
        self.step, self.total = label, len(items) if isinstance(items, Sized) else 0
        for self.at, item in enumerate(items, 1):
            yield item


@dataclass
class Place:
    """One working folder that is being served."""

    folder: Path
    now: Callable[[], datetime] = datetime.now
    drafts: dict[str, Draft] = field(default_factory=dict)
    job: Job | None = None
    review: Review | None = None

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.store = Store(self.folder)
        self.lock, self.turns = Lock(), BoundedSemaphore(READINGS)
        self.pictures: OrderedDict[date | None, Picture] = OrderedDict()
        self.working: dict[date | None, Future[Picture]] = {}
        self.worker = ThreadPoolExecutor(1, "office")
        self.painter = ThreadPoolExecutor(1, "picture")
        self.seen: object = None
        self.book, self.settings = self.loaded()
        self.store.create()
        self.store.finish()
        warm()
        self.hold()
        shutil.rmtree(self.drafts_folder, ignore_errors=True)
        self.drafts_folder.mkdir()

    # ── the folder ──

    @property
    def drafts_folder(self) -> Path:
        """Where dropped forms wait."""
        return self.store.root / DRAFTS

    def hold(self) -> None:
        """Hold the folder for this server as long as it lives. Raises ActionError if another holds it."""
        self.held = sqlite3.connect(
            self.store.root / LOCK, timeout=0, check_same_thread=False, isolation_level=None
        )
        try:
            self.held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self.held.close()
            raise ActionError(
                f"{self.folder} 的网上交送已经开着，不用再开。要重开，先关掉那一个。"
            ) from error

    def close(self) -> None:
        """Let go of the folder."""
        self.worker.shutdown(wait=False, cancel_futures=True)
        self.painter.shutdown(wait=False, cancel_futures=True)
        self.held.close()
        shutil.rmtree(self.drafts_folder, ignore_errors=True)

    def loaded(self) -> tuple[Rulebook, Settings]:
        """Return the rules and settings of the console. Raises ActionError or RulebookError."""
        console = next((self.folder / n for n in CONSOLE_NAMES if (self.folder / n).is_file()), None)
        if console is None:
            raise ActionError(f"{self.folder} 里没有操作台，不是工作文件夹。请给出操作台所在的文件夹。")
        stat = console.stat()
        state = (console, stat.st_mtime_ns, stat.st_size)
        if state == self.seen:
            return self.book, self.settings
        book, shown = load_rules(console), aside(read_console, read_bytes(console)).settings
        places = [self.folder / str(shown.get(n) or usual).strip() for n, usual in FOLDERS.items()]
        self.seen = state
        return book, Settings(self.folder, console, *places)

    def refresh(self) -> None:
        """Take up the console as it is now; while it is being saved or wrong, the last good one holds."""
        with self.lock:
            try:
                self.book, self.settings = self.loaded()
            except (UserError, OSError):
                return

    def log(self, act: Act, who: str, about: str, **body: Any) -> None:
        """Enter in the register what was done."""
        enter(self.store, [entry(act, who, about, body, self.now())])

    # ── forms ──

    def in_turn(self, action: Callable[..., T], *arguments: Any) -> T:
        """Return what a function makes of a form, when it is its turn, so that few are read at once. Raises ActionError."""
        if not self.turns.acquire(timeout=WAIT_SECONDS):
            raise ActionError(BUSY)
        try:
            return action(*arguments)
        finally:
            self.turns.release()

    def take(self, unit: str, name: str, data: Any) -> Draft:
        """Keep a dropped form and look at it. Raises ActionError or OutputError."""
        path = self.drafts_folder / secrets.token_hex(16)
        try:
            with path.open("wb") as file:
                shutil.copyfileobj(data, file)
            found = self.in_turn(handing.examine, path, name, unit, self.now(), self.folder, self.book)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise ActionError(f"文件没有收下（{error.strerror}）。请告诉办公室，稍后再放一次。") from error
        except ActionError:
            path.unlink(missing_ok=True)
            raise
        draft = Draft(path, found, self.now())
        with self.lock:
            old, self.drafts[unit] = self.drafts.get(unit), draft
        if old:
            old.path.unlink(missing_ok=True)
        return draft

    def drop(self, unit: str, draft: Draft) -> None:
        """Forget a form that was handed in."""
        with self.lock:
            if self.drafts.get(unit) is draft:
                del self.drafts[unit]
        draft.path.unlink(missing_ok=True)

    # ── days worked out ──

    def state(self) -> object:
        """Return what a day worked out hangs on: the files, the console and the register."""
        folder = self.settings.submissions
        files = sorted(
            (str(p), s.st_mtime_ns, s.st_size) for p in folder.rglob("*") if p.is_file() and (s := p.stat())
        )
        tables = "submissions", "published", "papers"
        rows = [looked_up(self.store, f"SELECT MAX(id) FROM {table}") for table in tables]
        said = looked_up(
            self.store, "SELECT MAX(id) FROM entered WHERE act IN (?, ?)", (Act.ANSWER, Act.REPLY)
        )
        return hash(json.dumps([files, self.seen, rows, said], default=str))

    def picture(self, day: date | None = None, wait: float = 20) -> Picture | None:
        """Return a day worked out, as it is now or was a moment ago; None if it is still being worked out."""
        with self.lock:
            held, running = self.pictures.get(day), self.working.get(day)
        if held and (self.now() - held.moment).total_seconds() < STALE_SECONDS:
            return held
        if running is None and (held is None or held.state != self.state()):
            with self.lock:
                running = self.working[day] = self.painter.submit(self.paint, day)
        if held:
            return held
        try:
            return running.result(timeout=wait) if running else None
        except TimeoutError:
            return None

    def paint(self, day: date | None) -> Picture:
        """Work a day out and keep it."""
        try:
            state, moment = self.state(), self.now()
            made = Picture(moment, state, work.outcome(self.settings, self.book, day))
            with self.lock:
                self.pictures[day] = made
                self.pictures.move_to_end(day)
                while len(self.pictures) > KEPT_DAYS:
                    self.pictures.popitem(last=False)
            return made
        finally:
            with self.lock:
                self.working.pop(day, None)

    def days(self) -> list[tuple[str, date]]:
        """Return the periods by name and cutoff."""
        return [(periods.named(self.book, day), day) for day in periods.cutoffs(self.book)]

    # ── the office's actions ──

    def begin(self, name: str, asked: Asked, who: str) -> Job:
        """Begin an action. Raises ActionError while another is under way."""
        title = work.ACTIONS[name][0]
        with self.lock:
            if self.job and not self.job.is_over:
                raise ActionError(
                    f"正在{self.job.title}（{self.job.who}，{self.job.began:%H:%M:%S} 开始），请等它做完再点。"
                )
            job = self.job = Job(name, title, who, self.now())
        self.worker.submit(self.carry_out, job, asked)
        return job

    def carry_out(self, job: Job, asked: Asked) -> None:
        """Carry out an action and keep what came of it."""
        try:
            self.log(Act.ACTION, job.who, job.title)
            done = work.act(job.name, self.settings, asked, job.progress)
            self.take_note(done, job.who)
            job.done = done
        except UserError as error:
            job.failed = "\n".join(map(str, error.faults)) or str(error)
        except Exception as error:  # a fault of our own is told too, and ends no server
            job.failed = f"程序出错（{type(error).__name__}）。请把当时的操作告诉维护人员。"

    def take_note(self, done: Done, who: str) -> None:
        """Keep the matters of a review, and enter what was sent back to whom."""
        if done.matters is not None:
            self.review = Review(self.now(), done.day, done.matters)
        for unit, paths in done.sent_back.items():
            names = [path.relative_to(self.settings.outputs).as_posix() for path in paths]
            self.log(Act.SENT_BACK, who, unit, day=str(done.day), files=names)

    def answered(self, given: Sequence[tuple[Matter, Reviewed, str]], name: str, who: str) -> None:
        """Enter answers to matters of the review, all at once."""
        enter(
            self.store,
            [
                entry(
                    Act.ANSWER,
                    who,
                    m.mark,
                    {"answer": said, "reason": why, "name": name, "what": m.what},
                    self.now(),
                )
                for m, said, why in given
            ],
        )

    def files(self) -> list[Path]:
        """Return the files that the office may take, the newest first."""
        found = (p for folder in self.settings.given_out for p in folder.rglob("*"))
        plain = [p for p in found if p.is_file() and not p.is_symlink() and not p.name.startswith((".", "~"))]
        plain = [p for p in plain if CODES not in p.parts]  # they are for the mails alone
        return sorted(plain, key=lambda p: -p.stat().st_mtime_ns)


FOLDERS = {"bt_submissions": "报送", "bt_outputs": "输出"}
