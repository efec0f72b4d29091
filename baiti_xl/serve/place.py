"""The working folder as the server sees it: rules that follow the console, forms not handed in yet, days worked out, one job at a time."""

import hashlib
import json
import secrets
import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from stat import S_ISREG
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from baiti_xl.books.carry import read_console
from baiti_xl.contest import periods
from baiti_xl.contest.choices import Reviewed
from baiti_xl.contest.records import Matter, Outcome, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import CONSOLE_NAMES, ActionError, handing, load_rules
from baiti_xl.desk.database import desk_held
from baiti_xl.desk.entering import Act, enter, entry, looked_up
from baiti_xl.desk.errors import reason_of
from baiti_xl.desk.handing import Examined
from baiti_xl.desk.mailed import Mailbox
from baiti_xl.desk.receipts import HandedIn, codes_of, handed_in
from baiti_xl.desk.rules import read_bytes
from baiti_xl.desk.store import Store
from baiti_xl.errors import UserError
from baiti_xl.scale.processes import aside, warm
from baiti_xl.serve import work
from baiti_xl.serve.slips import FOLDER as CODES
from baiti_xl.serve.telling import files_named, without_paths
from baiti_xl.serve.work import Asked, Done, Settings

T = TypeVar("T")
DRAFTS = ".待交"
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
    rests_on: object = None  # what was found rests on: another makes it to be looked at anew

    @property
    def mark(self) -> str:
        """What a page says was looked at: another mark is another file, or the same with another result."""
        return hashlib.sha256(repr(self.examined).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Picture:
    """A day worked out: when, from what state of the folder, the outcome, and whether nothing came since."""

    moment: datetime
    state: object
    outcome: Outcome
    is_now: bool = True


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
    trouble: str = ""  # of the console, for the office

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.store = Store(self.folder)
        self.lock, self.turns = Lock(), BoundedSemaphore(READINGS)
        self.pictures: OrderedDict[date | None, Picture] = OrderedDict()
        self.working: dict[date | None, Future[Picture]] = {}
        self.mailbox = Mailbox()
        self.worker = ThreadPoolExecutor(1, "office")
        self.painter = ThreadPoolExecutor(1, "picture")
        self.seen: object = None
        self.book, self.settings = self.loaded()
        self.contest = self.book.contest_id
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
        try:
            self.held = desk_held(self.store.root)
        except sqlite3.OperationalError as error:
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
        submissions, outputs = (
            self.folder / str(shown.get(n) or usual).strip() for n, usual in FOLDERS.items()
        )
        self.seen = state
        return book, Settings(self.folder, console, submissions, outputs, shown)

    def refresh(self) -> None:
        """Take up the console as it is now; while it is being saved or wrong, the last good one holds, and the office is told."""
        with self.lock:
            try:
                self.book, self.settings = self.loaded()
                self.trouble = self.other_contest()
            except (UserError, OSError) as error:
                why = self.told(error) if isinstance(error, UserError) else "文件打不开"
                self.trouble = f"操作台现在读不出来，网页仍按上一次读到的规则：{why}"

    def other_contest(self) -> str:
        """Return that the console is another contest's by now than when the server was started, "" if it is not."""
        if self.book.contest_id == self.contest:
            return ""
        return (
            f"操作台的竞赛标识原来是 {self.contest}，现在是 {self.book.contest_id}，网页已经照现在的算。"
            "不是有意改的，请换回原来的操作台；换了竞赛的，请另用一个工作文件夹。"
        )

    def told(self, error: UserError) -> str:
        """Return a fault as a page tells it: where the folder lies on the server is left out."""
        return self.without_paths("\n".join(map(str, error.faults)) or str(error), files_named(error))

    def without_paths(self, text: str, others: Iterable[Path] = ()) -> str:
        """Return a text without the places on the server, of which some are known beside those of the console."""
        settings = self.settings
        return without_paths(text, self.folder, (settings.submissions, settings.outputs, *others))

    def is_inside(self, path: Path) -> bool:
        """Whether a path leads into the working folder; nothing else is given out."""
        return path.resolve().is_relative_to(self.folder)

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

    def take(self, unit: Unit, name: str, data: Any) -> Draft:
        """Keep a dropped form and look at it; whatever goes wrong, nothing of it stays. Raises ActionError or OutputError."""
        path = self.drafts_folder / secrets.token_hex(16)
        try:
            with path.open("wb") as file:
                shutil.copyfileobj(data, file)
            draft = self.looked_at(unit, name, path)
        except OSError as error:
            path.unlink(missing_ok=True)
            why, _ = reason_of(error, self.drafts_folder)
            raise ActionError(f"文件没有收下（{why}）。请告诉办公室，稍后再放一次。") from error
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        with self.lock:
            old, self.drafts[unit.code] = self.drafts.get(unit.code), draft
        if old:
            old.path.unlink(missing_ok=True)
        return draft

    def looked_at(self, unit: Unit, name: str, path: Path, known: Sequence[HandedIn] | None = None) -> Draft:
        """Return what is found of a form now, beside what came from the unit if that is known already. Raises ActionError, OutputError or StoreError."""
        now, came = self.now(), self.came(unit) if known is None else known
        mailed, rests_on = tuple(one for one in came if not one.number), self.basis(came)
        found = self.in_turn(handing.examine, path, name, unit.code, now, self.folder, self.book, mailed)
        return Draft(path, found, now, rests_on)

    def again(self, unit: Unit, draft: Draft) -> Draft:
        """Return what is found of a form by now: looked at anew if what that rests on is another."""
        came = self.came(unit)
        if draft.rests_on == self.basis(came):
            return draft
        fresh = self.looked_at(unit, draft.examined.file, draft.path, came)
        with self.lock:
            if self.drafts.get(unit.code) is draft:
                self.drafts[unit.code] = fresh
        return fresh

    def basis(self, came: Iterable[HandedIn]) -> object:
        """Return what the result of looking at a form rests on: the console, the day, and what else came from the unit."""
        return self.seen, self.now().date(), *came

    def mailed(self, unit: Unit) -> tuple[HandedIn, ...]:
        """Return what came from a unit another way than through the desk."""
        return self.mailbox.of(unit, self.settings.submissions, self.store, self.book)

    def came(self, unit: Unit) -> list[HandedIn]:
        """Return everything that came from a unit: its receipts in order of arrival, and what came another way."""
        return [*handed_in(self.store, *codes_of(unit)), *self.mailed(unit)]

    def drop(self, unit: Unit, draft: Draft) -> None:
        """Forget a form that was handed in."""
        with self.lock:
            if self.drafts.get(unit.code) is draft:
                del self.drafts[unit.code]
        draft.path.unlink(missing_ok=True)

    # ── days worked out ──

    def state(self) -> object:
        """Return what a day worked out hangs on: the files, the console and the register."""
        files = sorted(filter(None, map(stat_of, self.settings.submissions.rglob("*"))))
        tables = "submissions", "published", "papers"
        rows = [looked_up(self.store, f"SELECT MAX(id) FROM {table}") for table in tables]
        said = looked_up(
            self.store, "SELECT MAX(id) FROM entered WHERE act IN (?, ?)", (Act.ANSWER, Act.REPLY)
        )
        return hash(json.dumps([files, self.seen, rows, said, self.now().date()], default=str))

    def picture(self, day: date | None = None, wait: float = 20) -> Picture | None:
        """Return a day worked out; None if it is still being worked out.

        If something came since, it is worked out anew, at most every STALE_SECONDS; until then the picture says it is of before.
        """
        now = self.state()
        with self.lock:
            held = self.pictures.get(day)
        if held and held.state == now:
            return held
        if held and (self.now() - held.moment).total_seconds() < STALE_SECONDS:
            return replace(held, is_now=False)
        with self.lock:
            running = self.working.get(day) or self.painter.submit(self.paint, day)
            self.working[day] = running
        try:
            made = running.result(timeout=wait)
        except TimeoutError:
            return replace(held, is_now=False) if held else None
        return replace(made, is_now=made.state == self.state())

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
            job.done = replace(done, text=self.without_paths(done.text))
        except UserError as error:
            job.failed = self.told(error)
        except Exception as error:  # a fault of our own is told too, and ends no server
            job.failed = f"程序出错（{type(error).__name__}）。请把当时的操作告诉维护人员。"
        finally:
            self.work_out_anew()

    def work_out_anew(self) -> None:
        """Forget the days worked out: who did something sees what came of it."""
        with self.lock:
            self.pictures.clear()

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
        self.work_out_anew()

    def files(self) -> list[Path]:
        """Return the files that the office may take, the newest first."""
        found = (p for folder in self.settings.given_out for p in folder.rglob("*"))
        plain = [
            p
            for p in found
            if p.is_file() and self.is_inside(p) and not p.is_symlink() and not p.name.startswith((".", "~"))
        ]
        plain = [p for p in plain if CODES not in p.parts]  # they are for the mails alone
        return sorted(plain, key=lambda p: -p.stat().st_mtime_ns)


def stat_of(path: Path) -> tuple[str, int, int] | None:
    """Return a file's path with its time and size, None for a folder and for a file that is gone by now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (str(path), found.st_mtime_ns, found.st_size) if S_ISREG(found.st_mode) else None


FOLDERS = {"bt_submissions": "报送", "bt_outputs": "输出"}
