"""交送: a form handed in through the reporting desk — what it would count, what hinders it, and its receipt.

What a unit hands in is kept byte for byte, entered in the register of submissions with the moment it arrived, and put
into the folder of its period, all in one step (`Store.publish`). A newer file of the same day and batch takes the
earlier one's place there until the last day in time; the register keeps both.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from baiti_xl.books.carry import filling_of
from baiti_xl.books.template import write_template
from baiti_xl.contest import periods
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.measures import comparisons
from baiti_xl.contest.records import Submission, Unit, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import DATA_SHEETS
from baiti_xl.count import history
from baiti_xl.count.outcome import with_own_task
from baiti_xl.desk import brief
from baiti_xl.desk.entering import Act, add_entered, entry
from baiti_xl.desk.entries import ARCHIVED_COLUMNS, Archived, add_entries
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import Past
from baiti_xl.desk.outputs import OutputError, render
from baiti_xl.desk.reading import read_one
from baiti_xl.desk.receipts import (
    HANDED_IN,
    HandedIn,
    codes,
    handed_in,
    last_day,
    newest,
    number_text,
    of_period,
    period_due,
    rank,
    received,
    said,
)
from baiti_xl.desk.rules import check_open
from baiti_xl.desk.staging import Output
from baiti_xl.desk.store import Store
from baiti_xl.scale.reader import Source

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
MOST_CHANGES = 40  # told one by one


@dataclass(frozen=True, slots=True)
class Shown:
    """One comparison as a form has it now, and as the one before had it."""

    name: str
    now: str
    before: str


@dataclass(frozen=True, slots=True)
class Examined:
    """A form looked at before it is handed in: what is found, its figures, what changed, why it cannot be handed in (""),
    whose place it would take (""), and that its day is of another period than the one due ("")."""

    file: str
    digest: str
    unit: str
    cutoff: date | None
    batch: int | None
    findings: tuple[Finding, ...] = ()
    figures: tuple[Shown, ...] = ()
    tier: str = ""
    task: str = ""
    counted: tuple[str, ...] = ()
    compared: str = ""
    changes: tuple[str, ...] = ()
    refusal: str = ""
    replaces: str = ""
    elsewhere: str = ""

    @property
    def errors(self) -> int:
        """How many findings keep a row from counting."""
        return sum(item.blocks for item in self.findings)


# ── looking at a form ────────────────────────────────────────────────────────────────────────────


def examine(
    path: Path,
    name: str,
    unit: str,
    moment: datetime,
    folder: Path,
    book: Rulebook,
    mailed: Sequence[HandedIn] = (),
) -> Examined:
    """Return what the office finds of a form that a unit would hand in at a moment; nothing is kept.

    `mailed` is what came from the unit another way.
    """
    submission = with_own_task(read_one(Source(name, path), book), book)
    about = (name, submission.digest, submission.cover.code, submission.cover.cutoff, submission.cover.batch)
    refusal = hindrance(submission, unit, book)
    if refusal:
        return Examined(*about, findings=submission.findings, refusal=refusal)
    past = Past([], Store(folder), book)
    held = [*handed_in(Store(folder), *codes(unit, book)), *mailed]
    before = last_entry(held, Store(folder), book, submission)
    found = submission.findings + history.compare(past.before(submission), submission, book)
    result = brief.result_of(submission, book)
    cutoff = periods.cutoff_of(book, submission.key[0])
    mine = of_period(held, cutoff, book)
    best = newest(mine)
    refusal = "" if is_last(submission.digest, mine) else in_the_way(submission, best, moment, book)
    return Examined(
        *about,
        findings=found,
        figures=tuple(compared(result, figures_of(before, book) if before else None, book)),
        tier=result.tier,
        task=brief.task_line(result).partition("　")[2],
        counted=(*brief.row_lines(result), *brief.money_lines(result)),
        compared=described(before) if before else "",
        changes=tuple(changes(before, submission)) if before else (),
        refusal=refusal,
        replaces="" if refusal else replaced(best, submission.digest, book),
        elsewhere=other_period(cutoff, moment.date(), book),
    )


def is_last(digest: str, held: Sequence[HandedIn]) -> bool:
    """Whether a form is the one handed in last for its period, which gives the same receipt."""
    receipts = [one for one in held if one.number]
    return bool(receipts) and receipts[-1].hash == digest


def in_the_way(submission: Submission, best: HandedIn | None, moment: datetime, book: Rulebook) -> str:
    """Return why a form could not take the place of what the unit sent for its period, "" if it could."""
    return stale(submission.key, suffix_of(submission.file), submission.digest, best, moment, book)


def replaced(best: HandedIn | None, digest: str, book: Rulebook) -> str:
    """Return what a form will stand for once it is handed in, "" for the first of its period."""
    if best is None or best.hash == digest:
        return ""
    if not best.number:
        return f"交送以后，这一期以这一份为准，代替办公室另外收到的“{best.file}”（{said(best)}）。"
    return f"交送以后，这一期以这一份为准，代替 {best.moment} 收到的那一份（{said(best)}，回执 {number_text(book, best)}）。"


def other_period(cutoff: date, day: date, book: Rulebook) -> str:
    """Return that a form's day is of another period than the one due, "" if it is not."""
    due = period_due(book, day)
    if cutoff == due:
        return ""
    mine, now = periods.named(book, cutoff), periods.named(book, due)
    late = "报送截止日已过，交了算逾期或补报" if cutoff < due else "还没有到"
    return (
        f"这份表的填报截止日期在{mine}（报送截止日 {cutoff}，{late}）；现在要交的是{now}（报送截止日 {due}）。"
        "填错了的，请改封面的填报截止日期，再放一次。"
    )


def hindrance(submission: Submission, unit: str, book: Rulebook) -> str:
    """Return why a form cannot be handed in by a unit, "" if it can."""
    cover = submission.cover
    if submission.usable and book.current(cover.code) != unit:
        return f"封面的单位代码是 {cover.code}，不是本单位（{unit}）的报送表。请放本单位的表。"
    faults = [f.message for f in submission.findings if f.rule.startswith("F") and f.blocks]
    if faults:
        return "这份文件不能交：" + "；".join(faults)
    if not submission.usable:
        return "封面的单位代码、填报截止日期或报送批次没有填好，不能交。请在“封面”填好再放一次。"
    return ""


def last_entry(
    held: Sequence[HandedIn], store: Store, book: Rulebook, form: Submission | None = None
) -> Submission | None:
    """Return what the unit sent last: of the greatest day and batch the last that can be used, None if there is none.

    For a form that is looked at, the last of other content, and of its own period or an earlier one if there is any.
    """
    others = [one for one in held if form is None or one.hash != form.digest]
    if form is not None:
        cutoff = periods.cutoff_of(book, form.key[0])
        others = [one for one in others if periods.cutoff_of(book, one.cutoff) <= cutoff] or others
    for one in sorted(others, key=rank, reverse=True):
        found = read_one(Source(one.file, one.place or store.path(one.hash)), book)
        if found.usable:
            return found
    return None


def described(submission: Submission) -> str:
    """Return which form is compared with."""
    return f"截至 {submission.cover.cutoff} 第 {submission.cover.batch} 批"


def figures_of(submission: Submission, book: Rulebook) -> UnitResult | None:
    """Return the figures of a form on its own day, None if it has none."""
    try:
        return brief.result_of(submission, book)
    except ActionError:
        return None


def compared(now: UnitResult, before: UnitResult | None, book: Rulebook) -> list[Shown]:
    """Return the comparisons of a form beside those of the one before."""
    return [
        Shown(
            m.name,
            brief.shown_as(m, now.value(m.name), book),
            brief.shown_as(m, before.value(m.name), book) if before else "",
        )
        for m in comparisons()
    ]


def changes(before: Submission, now: Submission) -> list[str]:
    """Return what rows came, went or say something else, a line each, by sheet; the rest of many as a number."""
    lines = [line for sheet in DATA_SHEETS for line in sheet_changes(before, now, sheet)]
    more = len(lines) - MOST_CHANGES
    return [*lines[:MOST_CHANGES], *([f"还有 {more} 处改动"] if more > 0 else [])]


def sheet_changes(before: Submission, now: Submission, sheet: AnySheet) -> list[str]:
    """Return what changed on one sheet."""
    old, new = history.keyed(before, sheet), history.keyed(now, sheet)
    came = [f"「{sheet.name}」新增第 {row.row} 行：{key}" for key, row in new.items() if key not in old]
    went = [f"「{sheet.name}」少了“{key}”（原第 {row.row} 行）" for key, row in old.items() if key not in new]
    letters = now.table(sheet).letters
    changed = [
        f"「{sheet.name}」{letters.get(c.field, '')}{new[key].row}「{c.heading}」由“{history.text(was)}”改为“{history.text(is_now)}”"
        for key, row in old.items()
        if key in new
        for c in sheet.columns
        if (was := getattr(row, c.field)) != (is_now := getattr(new[key], c.field))
    ]
    return [*came, *changed, *went]


# ── handing in ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Bytes:
    """The bytes of a form at hand, for the archive."""

    data: bytes

    def read_bytes(self) -> bytes:
        """Return them."""
        return self.data


def hand_in(
    data: bytes,
    examined: Examined,
    who: str,
    moment: datetime,
    submissions: Path,
    folder: Path,
    book: Rulebook,
    mailed: Sequence[HandedIn] = (),
) -> HandedIn:
    """Hand in a form that was looked at; the moment is its arrival. The same file again gives the same receipt.

    Raises ActionError if it cannot be handed in, StoreError or OutputError; then nothing is kept.
    """
    check_open(book, "交送")
    if examined.refusal or examined.cutoff is None or examined.batch is None:
        raise ActionError(examined.refusal or "这份文件不能交。")
    if hashlib.sha256(data).hexdigest() != examined.digest:
        raise ActionError("文件和校验时的不同。请再放一次。")
    unit = book.unit(book.current(examined.unit))
    if unit is None:
        raise ActionError(f"单位名录里没有 {examined.unit}。请与办公室联系。")
    store = Store(folder)
    cutoff = periods.cutoff_of(book, examined.cutoff)
    period = periods.named(book, cutoff)
    name = f"{unit.code}_{unit.name}_{examined.cutoff}_第{examined.batch}批{suffix_of(examined.file)}"
    shown, stamp = f"{period}/{name}", moment.isoformat(" ", "seconds")
    about = (examined.digest, shown, unit.code, str(examined.cutoff), examined.batch, HANDED_IN)
    archived = Archived(*about, who, stamp, str(cutoff))
    key, given = (examined.cutoff, examined.batch), list[HandedIn]()

    def place(connection: sqlite3.Connection) -> Sequence[Output]:
        mine = received(connection, unit, cutoff, book)
        if not (mine and mine[-1].hash == archived.hash):
            best = newest([*mine, *of_period(mailed, cutoff, book)])
            if why := stale(key, suffix_of(examined.file), archived.hash, best, moment, book):
                raise ActionError(why)
            last = max([stamp, *(one.moment for one in mine)])  # of a PC whose clock is ahead, too
            add_entries(connection, "submissions", ARCHIVED_COLUMNS, [replace(archived, moment=last)])
            mine = received(connection, unit, cutoff, book)
            body = {"number": mine[-1].number, "hash": archived.hash, "file": shown}
            arrived = datetime.fromisoformat(last)
            add_entered(connection, [entry(Act.HANDED_IN, who, unit.code, body, arrived)])
        given.append(mine[-1])
        return [Output(submissions / period, Path(mine[-1].file).name, data, replace=True)]

    kept = {examined.digest: Bytes(data), **at_hand(submissions / period / name)}
    try:
        store.publish(place, kept)
    except (
        OutputError
    ) as error:  # a clerk holds the old file open: the next run puts the new one in its place
        if not error.committed:
            raise
    return given[0]


def suffix_of(name: str) -> str:
    """Return the ending under which a form is kept: its own if it is one of a spreadsheet."""
    own = Path(name).suffix.lower()
    return own if own in SUFFIXES else SUFFIXES[0]


def at_hand(target: Path) -> dict[str, Bytes]:
    """Return the file whose place another takes, so that the archive has it whoever put it there."""
    try:
        data = target.read_bytes()
    except OSError:
        return {}
    return {hashlib.sha256(data).hexdigest(): Bytes(data)}


def stale(
    key: tuple[date, int],
    suffix: str,
    digest: str,
    before: HandedIn | None,
    moment: datetime,
    book: Rulebook,
) -> str:
    """Return why a form of a day and batch cannot take the place of what came before it for its period, "" if it can."""
    if before is None or key > before.key or (before.hash == digest and not before.number):
        return ""
    further = advice(key[0], before)
    if key < before.key:
        came = "已经交过" if before.number else f"办公室另外收到了“{before.file}”，"
        return (
            f"{came}{said(before)}，这份是截至 {key[0]} 第 {key[1]} 批，排在它前面，不会被采用。{further}。"
        )
    if not before.number:
        return f"办公室另外收到了“{before.file}”，也是{said(before)}，内容不同，两份会冲突。{further}。"
    cutoff = periods.cutoff_of(book, before.cutoff)
    if moment.date() > last_day(cutoff, book):
        return f"报送截止日 {cutoff} 已过，第 {before.batch} 批不能再换。{further}。"
    if suffix != Path(before.file).suffix:
        return f"第 {before.batch} 批交过另一种格式的文件（{Path(before.file).suffix}）。{further}。"
    return ""


def advice(day: date, before: HandedIn) -> str:
    """Return what to write on the cover so that a form stands for another; its day too if that is of an earlier one."""
    if day == before.cutoff:
        return f"请把封面的报送批次改成 {before.batch + 1}，再放一次"
    return f"请把封面的填报截止日期改成 {before.cutoff}、报送批次改成 {before.batch + 1}，再放一次"


# ── what a unit takes away ───────────────────────────────────────────────────────────────────────


def carried_form(held: Sequence[HandedIn], unit: Unit, folder: Path, book: Rulebook) -> bytes:
    """Return the form of a unit with the rows of what it sent last; blank if there is nothing."""
    last = last_entry(held, Store(folder), book)
    filling = filling_of(last) if last else None
    return render(lambda target: write_template(target, book, unit, filling))
