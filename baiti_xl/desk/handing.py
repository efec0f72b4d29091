"""交送: a form handed in through the reporting desk — what it would count, what hinders it, and its receipt.

What a unit hands in is kept byte for byte, entered in the register of submissions with the moment it arrived, and put
into the folder of its period, all in one step (`Store.publish`). A newer file of the same day and batch takes the
earlier one's place there until the cutoff; the register keeps both.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from baiti_xl.books.carry import filling_of
from baiti_xl.books.template import write_template
from baiti_xl.contest import periods
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.measures import comparisons
from baiti_xl.contest.records import Submission, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import DATA_SHEETS
from baiti_xl.count import history
from baiti_xl.count.outcome import with_own_task
from baiti_xl.desk import brief
from baiti_xl.desk.entering import Act, add_entered, entry, looked_up
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import Past
from baiti_xl.desk.outputs import OutputError, render
from baiti_xl.desk.reading import ACCEPTED, read_one
from baiti_xl.desk.rules import check_open
from baiti_xl.desk.store import ARCHIVED_COLUMNS, Archived, Output, Store, add_entries
from baiti_xl.scale.reader import Source

HANDED_IN = (
    "网上交送"  # in the register of submissions: arrived; what became of it is entered on consolidation
)
RECEIVED = "SELECT id, unit, cutoff, batch, file, hash, who, moment FROM submissions WHERE result = ?"
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
MOST_CHANGES = 40  # told one by one


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One receipt: its running number in the register, whose form, of which day and batch, where it was put, its hash, and when."""

    number: int
    unit: str
    cutoff: date
    batch: int
    file: str
    hash: str
    who: str
    moment: str

    @property
    def key(self) -> tuple[date, int]:
        """(填报截止日期, 报送批次), by which the latest is chosen."""
        return self.cutoff, self.batch


@dataclass(frozen=True, slots=True)
class Shown:
    """One comparison as a form has it now, and as the one before had it."""

    name: str
    now: str
    before: str


@dataclass(frozen=True, slots=True)
class Examined:
    """A form looked at before it is handed in: what is found, its figures, what changed, and why it cannot be handed in ("")."""

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

    @property
    def errors(self) -> int:
        """How many findings keep a row from counting."""
        return sum(item.blocks for item in self.findings)


# ── what was handed in ───────────────────────────────────────────────────────────────────────────


def handed_in(store: Store, unit: str = "") -> list[HandedIn]:
    """Return the receipts of a unit (default: of all) in order of arrival."""
    query = RECEIVED + (" AND unit = ?" if unit else "") + " ORDER BY id"
    return [receipt_of(row) for row in looked_up(store, query, (HANDED_IN, *filter(None, [unit])))]


def receipt_of(row: Sequence[object]) -> HandedIn:
    """Return a receipt of a row of the register."""
    number, unit, cutoff, batch, file, digest, who, moment = row
    return HandedIn(
        int(str(number)), str(unit), date.fromisoformat(str(cutoff)), int(str(batch)), str(file), str(digest), str(who),
        str(moment),
    )  # fmt: skip


def newest(held: Sequence[HandedIn]) -> HandedIn | None:
    """Return the receipt in force among a unit's of one period: of the greatest day and batch the last."""
    return max(held, key=lambda one: (one.key, one.number), default=None)


def number_text(book: Rulebook, receipt: HandedIn) -> str:
    """Return a receipt's number as it is printed: 台前-2011-00012."""
    return f"{book.contest_id}-{receipt.number:05}"


# ── looking at a form ────────────────────────────────────────────────────────────────────────────


def examine(path: Path, name: str, unit: str, moment: datetime, folder: Path, book: Rulebook) -> Examined:
    """Return what the office finds of a form that a unit would hand in at a moment; nothing is kept."""
    submission = with_own_task(read_one(Source(name, path), book), book)
    about = (name, submission.digest, submission.cover.code, submission.cover.cutoff, submission.cover.batch)
    refusal = hindrance(submission, unit, book)
    if refusal:
        return Examined(*about, findings=submission.findings, refusal=refusal)
    past = Past([], Store(folder), book)
    before = last_sent(submission, unit, past)
    found = submission.findings + history.compare(past.before(submission), submission, book)
    result = brief.result_of(submission, book)
    return Examined(
        *about,
        findings=found,
        figures=tuple(compared(result, figures_of(before, book) if before else None, book)),
        tier=result.tier,
        task=brief.task_line(result).partition("　")[2],
        counted=(*brief.row_lines(result), *brief.money_lines(result)),
        compared=described(before) if before else "",
        changes=tuple(changes(before, submission)) if before else (),
        refusal=in_the_way(submission, unit, moment, folder, book),
    )


def in_the_way(submission: Submission, unit: str, moment: datetime, folder: Path, book: Rulebook) -> str:
    """Return why a form could not take the place of what the unit handed in for its period, "" if it could."""
    cover = submission.cover
    if cover.cutoff is None or cover.batch is None:
        return ""
    cutoff = periods.cutoff_of(book, cover.cutoff)
    sent = [one for one in handed_in(Store(folder), unit) if periods.cutoff_of(book, one.cutoff) == cutoff]
    if sent and sent[-1].hash == submission.digest:
        return ""
    key = (cover.cutoff, cover.batch)
    return stale(key, suffix_of(submission.file), newest(sent), moment, cutoff, book)


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


def last_sent(submission: Submission, unit: str, past: Past) -> Submission | None:
    """Return what the unit sent last before a form: handed in or accepted, of other content."""
    if past.store is None:
        return None
    sent = [
        e
        for e in past.store.archived()
        if e.result in (*ACCEPTED, HANDED_IN) and past.current(e.unit) == unit and e.hash != submission.digest
    ]
    if not sent:
        return None
    found = past.opened(sent[-1])
    return found if found.usable else None


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
        mine = received(connection, unit.code, cutoff, book)
        if not (mine and mine[-1].hash == archived.hash):
            add_entries(connection, "submissions", ARCHIVED_COLUMNS, [archived])
            if why := stale(key, suffix_of(examined.file), newest(mine), moment, cutoff, book):
                raise ActionError(why)
            mine = received(connection, unit.code, cutoff, book)
            body = {"number": mine[-1].number, "hash": archived.hash, "file": shown}
            add_entered(connection, [entry(Act.HANDED_IN, who, unit.code, body, moment)])
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


def received(connection: sqlite3.Connection, unit: str, cutoff: date, book: Rulebook) -> list[HandedIn]:
    """Return the receipts of a unit for one period, in order of arrival."""
    rows = connection.execute(RECEIVED + " AND unit = ? ORDER BY id", (HANDED_IN, unit)).fetchall()
    return [one for one in map(receipt_of, rows) if periods.cutoff_of(book, one.cutoff) == cutoff]


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
    before: HandedIn | None,
    moment: datetime,
    cutoff: date,
    book: Rulebook,
) -> str:
    """Return why a form of a day and batch cannot take the place of the one handed in before it, "" if it can."""
    if before is None:
        return ""
    further = f"请把封面的报送批次改成 {before.batch + 1}，再放一次"
    if key < before.key:
        return (
            f"已经交过截至 {before.cutoff} 第 {before.batch} 批，这份是截至 {key[0]} 第 {key[1]} 批，"
            f"排在它前面，不会被采用。{further}。"
        )
    if key == before.key and moment.date() > last_day(cutoff, book):
        return f"报送截止日 {cutoff} 已过，第 {before.batch} 批不能再换。{further}。"
    if key == before.key and suffix != Path(before.file).suffix:
        return f"第 {before.batch} 批交过另一种格式的文件（{Path(before.file).suffix}）。{further}。"
    return ""


def last_day(cutoff: date, book: Rulebook) -> date:
    """Return the last day on which a form for a period is in time."""
    return cutoff + timedelta(days=book.report_days)


# ── what a unit takes away ───────────────────────────────────────────────────────────────────────


def carried_form(unit: str, folder: Path, book: Rulebook) -> bytes:
    """Return the form of a unit with the rows of its last accepted or handed-in one; blank if there is none."""
    past = Past([], Store(folder), book)
    sent = past.sent(unit)
    handed = newest(handed_in(Store(folder), unit))
    if handed and (not sent or handed.key >= sent[-1].key):
        read = read_one(Source(handed.file, Store(folder).path(handed.hash)), book)
        sent = [read] if read.usable else sent
    filling = filling_of(sent[-1]) if sent else None
    return render(lambda target: write_template(target, book, book.unit(unit), filling))
