"""Two registers made one: what another PC entered, or a backup that went on by itself, is taken over."""

import getpass
import hashlib
import json
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from baiti_xl.contest import periods
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.consolidating import copy_registers
from baiti_xl.desk.database import DATABASE, StoreError, damaged
from baiti_xl.desk.entries import (
    CLASH,
    ENTERED_COLUMNS,
    IN_FORCE,
    ISSUED_COLUMNS,
    SUPERSEDED,
    TABLES,
    VOID,
    Archived,
    Entered,
    Frozen,
    Issued,
    add_entries,
)
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.handing import at_hand
from baiti_xl.desk.heads import BACKUPS
from baiti_xl.desk.issuing import issued_papers
from baiti_xl.desk.outputs import OutputError, file_name
from baiti_xl.desk.receipts import HandedIn, all_received, rank, said
from baiti_xl.desk.register import opened as archive_of
from baiti_xl.desk.restoring import Row, Rows, read_rows
from baiti_xl.desk.rules import CONSOLE_NAMES, load_rules
from baiti_xl.desk.staging import Output
from baiti_xl.desk.store import Readable, Store
from baiti_xl.desk.upgrading import SENT
from baiti_xl.errors import UserError

Period = Callable[[HandedIn], tuple[str, date]]
MERGED = "合并_{}.db"  # the register of another PC, as it was merged


def merge(folder: Path, other: Path) -> list[str]:
    """Take over what another PC's working folder registered since both were one; return what was done and what is to be voided.

    A number that both gave stays with the paper of this folder; the other's is entered as 重号. Taken over again, nothing
    is entered. Raises StoreError if either is damaged, ActionError if the other is of another contest.
    """
    mine, theirs = archive_of(folder), archive_of(other)
    if mine.root.resolve() == theirs.root.resolve():
        raise ActionError("两个是同一个文件夹。请用 --from 给出另一台电脑的工作文件夹。")
    for store in (mine, theirs):
        if faults := store.faults():
            raise StoreError(f"{store.root.parent} 的{damaged(faults)}")
    rows = read_rows(theirs.root / DATABASE)
    check_contest(folder, other, rows)
    before = mine.heads()
    told = take_over(mine, rows, {entry[0]: theirs.path(entry[0]) for entry in rows["submissions"]})
    if mine.heads() == before:
        return [*told, f"已合并过：{other} 里没有新的登记，没有改动"]
    kept = mine.root / BACKUPS / MERGED.format(f"{datetime.now():%Y-%m-%d_%H%M%S}")
    kept.parent.mkdir(exist_ok=True)
    shutil.copy2(theirs.root / DATABASE, kept)
    who = getpass.getuser()
    return [*told, f"已合并（{who}）；另一份登记留在“{kept}”", *copy_registers(mine)]


def check_contest(folder: Path, other: Path, rows: Rows) -> None:
    """Raise ActionError for a working folder of another contest, by its console or by the days of its submissions."""
    book = load_rules(None, folder)
    there = load_rules(None, other) if has_console(folder) and has_console(other) else book
    if there.contest_id != book.contest_id:
        raise ActionError(
            f"{other} 是另一个竞赛的工作文件夹（{there.contest_id}，本机的是 {book.contest_id}），不能合并，没有改动。"
            "请用 --from 给出同一竞赛的工作文件夹。"
        )
    days = [entry[TABLES["submissions"][1].index("cutoff")] for entry in rows["submissions"]]
    if days and not any(lies_within(book, day) for day in days):
        raise ActionError(
            f"{other} 里登记的报送都不在本竞赛的日期（{book.start} 至 {book.end}）里，像是另一个竞赛的，不能合并，没有改动。"
            "请用 --from 给出同一竞赛的工作文件夹。"
        )


def has_console(folder: Path) -> bool:
    """Whether a working folder has its console."""
    return any((folder / name).is_file() for name in CONSOLE_NAMES)


def lies_within(book: Rulebook, day: str) -> bool:
    """Whether a day as the register has it is one of the contest; one that is no day may be."""
    try:
        return book.start <= date.fromisoformat(day) <= book.end
    except ValueError:
        return True


def take_over(mine: Store, rows: Rows, files: Mapping[str, Readable]) -> list[str]:
    """Enter what another register has beyond what both have, with its files; return what was done and what is to be voided."""
    ours = read_rows(mine.root / DATABASE)
    new = {table: beyond(ours[table], rows[table]) for table in TABLES}
    if new["numbers"]:
        raise ActionError("另一份登记里有 0.1 版新编的号，不能合并。请先在那台电脑上用本版打开。")
    told: list[str] = []

    def enter(connection: sqlite3.Connection) -> Sequence[Any]:
        told.extend(merged_submissions(connection, new["submissions"]))
        told.extend(merged_papers(connection, new["papers"]))
        told.extend(merged_published(connection, new["published"]))
        told.extend(merged_entered(connection, new["entered"]))
        told.extend(merged_receipts(connection, new["submissions"]))
        outputs, said = brought(mine, in_force(connection, new["submissions"], period_of(mine)), files)
        told.extend(said)
        return outputs

    try:
        mine.publish(enter, {row[0]: files[row[0]] for row in new["submissions"] if row[0] in files})
    except OutputError as error:  # all is entered; what is to be voided is told no second time
        if not error.committed:
            raise
        told.append(str(error))
    return told


def beyond(ours: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Return the entries of another register after the last that both have, without those that were taken over before."""
    common = 0
    for one, other in zip(ours, others, strict=False):
        if one[-1] != other[-1]:
            break
        common += 1
    held = {row[:-1] for row in ours}
    return [row for row in others[common:] if row[:-1] not in held]


def merged_submissions(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Enter another's submissions; one in force there against another here is entered as superseded, and told."""
    columns, count = TABLES["submissions"][1], 0
    for row in rows:
        entry = Archived(*row[:-1])
        if is_taken_over(connection, entry):
            continue
        standing = connection.execute(
            "SELECT hash, file FROM submissions WHERE unit = ? AND cutoff = ? AND batch IS ? AND result = ? ORDER BY id DESC LIMIT 1",
            (entry.unit, entry.cutoff, entry.batch, IN_FORCE),
        ).fetchone()
        if entry.result == IN_FORCE and standing and standing[0] != entry.hash:
            yield f"{entry.unit} {entry.cutoff} 第 {entry.batch} 批：两边采用的文件不同，仍用本机的 {standing[1]}，另一台的 {entry.file} 只存档"
            entry = replace(entry, result=SUPERSEDED)
        add_entries(connection, "submissions", columns, [entry])
        count += 1
    if count:
        yield f"报送登记并入 {count} 条"


def is_taken_over(connection: sqlite3.Connection, entry: Archived) -> bool:
    """Whether an entry in force elsewhere was entered here as superseded by an earlier merge."""
    about = replace(entry, result=SUPERSEDED)
    columns = TABLES["submissions"][1]
    query = f"SELECT 1 FROM submissions WHERE {' AND '.join(f'{name} IS ?' for name in columns)} LIMIT 1"
    return connection.execute(query, [getattr(about, name) for name in columns]).fetchone() is not None


def merged_papers(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Enter another's papers; yield what must be voided or called back."""
    theirs = [Issued(*row[:-1]) for row in rows]
    for entry in theirs:
        held = issued_papers(connection)
        taken = [e for e in held if number_of(e) == number_of(entry)]
        if any(paper_of(e) == paper_of(entry) and says_as_much(e, entry) for e in taken):
            continue
        alive = next(
            (e for e in reversed(held) if (e.kind, e.unit, e.day) == (entry.kind, entry.unit, entry.day)),
            None,
        )
        standing = next((e for e in reversed(taken) if e.act != CLASH), None)
        rival = next((standing or e for e in taken if e.version == entry.version), None)
        twice = alive if alive and alive.act not in (VOID, CLASH) and alive not in taken else None
        if keeps := rival or twice:
            version = max((e.version for e in taken), default=0) + 1
            why = f"另一台电脑的 {entry.text} 作废：{keeps.text}"
            add_entries(
                connection,
                "papers",
                ISSUED_COLUMNS,
                [replace(entry, act=CLASH, version=version, reason=why)],
            )
            yield clash_told(entry, keeps, theirs, is_twice=rival is None)
            continue
        add_entries(connection, "papers", ISSUED_COLUMNS, [entry])
        yield f"发文登记并入 {entry.text} {entry.kind}{entry.unit}（{entry.act}）"


def number_of(entry: Issued) -> tuple[str, int, int]:
    """Return the number of a paper, whichever its version."""
    return entry.series, entry.year, entry.number


def paper_of(entry: Issued) -> tuple[str, str, str, str]:
    """Return which document an entry is about."""
    return entry.kind, entry.unit, entry.day, entry.hash


def says_as_much(held: Issued, entry: Issued) -> bool:
    """Whether an entry held of a document leaves nothing to enter: the same act, or one of them says that it lost its number."""
    return held.act in (entry.act, CLASH) or entry.act == CLASH


def clash_told(entry: Issued, held: Issued, others: Sequence[Issued], *, is_twice: bool) -> str:
    """Return what to do about a paper of another PC that cannot keep its number, as this one holds that number or
    (`is_twice`) has the paper under another; `others` is all that is taken over from it."""
    at, who = f"{entry.day}，{entry.moment} {entry.who}", f"{entry.kind} {entry.unit}".strip()
    if entry.act == VOID:
        return voided_told(entry, held, at)
    theirs = f"另一台电脑的 {entry.text}（{who}，{at}）{to_do(entry, held, others)}"
    if is_twice:
        return f"一文两号：本机已编为 {held.text}；{theirs}，这个号不再使用"
    if (held.kind, held.unit, held.day) == (entry.kind, entry.unit, entry.day):
        what = "本机已作废" if held.act == VOID else "两边各出了一版，以本机的为准"
        return f"{held.text} {what}（{held.moment} {held.who}）；{theirs}"
    mine = f"重号：{held.text} 本机给了 {held.kind} {held.unit}（{held.day}）"
    return f"{mine}；{theirs}，要发就在本机重新生成，编新号"


def voided_told(entry: Issued, held: Issued, at: str) -> str:
    """Return what to do where another PC voided what this one issued a later version of, or voided too."""
    said = f"另一台电脑把 {entry.text}（{entry.kind} {entry.unit}，{at}）作废了：{entry.reason}"
    if held.act == VOID:
        return f"{said}；本机也已作废，不用再作废"
    return f"{said}；本机登记里它仍是 {held.text}（{held.act}，{held.moment}），没有改动，确要作废的请在本机也作废一次"


def to_do(entry: Issued, held: Issued, others: Sequence[Issued]) -> str:
    """Return what becomes of a paper of another PC whose number stands for one held here."""
    same = [e for e in others if number_of(e) == number_of(entry)]
    if any(e.act == VOID and paper_of(e) == paper_of(entry) for e in same):
        return "在那台电脑上已作废，发出过的应收回"
    if any(e.act == CLASH and paper_of(e) == paper_of(held) for e in same):
        return "在那台电脑上仍有效，那台电脑合并时也以它自己的为准：只能留一份，请商定后把不留的一份收回作废"
    return "应收回作废"


def merged_entered(connection: sqlite3.Connection, rows: Sequence[Row]) -> Iterator[str]:
    """Enter what was entered through the desk of another PC; yield how much, and by what it is decided which holds."""
    add_entries(connection, "entered", ENTERED_COLUMNS, [Entered(*row[:-1]) for row in rows])
    if rows:
        yield f"网上登记并入 {len(rows)} 条；同一账号的访问码、同一事项的答复，两边时间最晚的为准"


def merged_receipts(connection: sqlite3.Connection, rows: Sequence[Row]) -> Iterator[str]:
    """Yield which receipts of another PC stand beside a number of this one."""
    new = taken(rows)
    for one in all_received(connection):
        if one.given and (one.unit, one.moment, one.hash) in new:
            yield f"{called(one)}仍用原号，在本机注明“另一台电脑”"


def taken(rows: Sequence[Row]) -> set[tuple[str, str, str]]:
    """Return unit, moment and hash of the submissions that are taken over, by which a receipt is known again."""
    return {(e.unit, e.moment, e.hash) for e in (Archived(*row[:-1]) for row in rows)}


def called(one: HandedIn) -> str:
    """Return what a receipt of another PC is called."""
    return f"{one.unit} 的回执 {one.given or one.number:05}（{said(one)}，另一台电脑 {one.moment} 收到）"


def period_of(mine: Store) -> Period:
    """Return by what receipts stand for each other: the unit, whatever code it had, and the period that a day is of.

    With a console that cannot be read, the code and the day themselves.
    """
    try:
        book = load_rules(None, mine.root.parent)
    except UserError:
        return lambda one: (one.unit, one.cutoff)
    return lambda one: (book.current(one.unit), periods.cutoff_of(book, one.cutoff))


def in_force(
    connection: sqlite3.Connection, rows: Sequence[Row], period: Period
) -> dict[HandedIn, list[HandedIn]]:
    """Return the receipts of another PC that are in force here from now on, each with those of the same day and batch before it."""
    new, held = taken(rows), defaultdict[tuple[str, date], list[HandedIn]](list)
    for one in sorted(all_received(connection), key=rank):
        held[period(one)].append(one)
    return {
        best: [one for one in before if one.key == best.key and one.hash != best.hash]
        for *before, best in held.values()
        if (best.unit, best.moment, best.hash) in new
    }


def brought(
    mine: Store, receipts: Mapping[HandedIn, Sequence[HandedIn]], files: Mapping[str, Readable]
) -> tuple[list[Output], list[str]]:
    """Return the forms in force that are put into the folder of submissions, and what is told of each; none takes the place of
    another file, and each has the hash of its receipt."""
    folder, outputs, told = mine.root.parent / SENT, list[Output](), list[str]()
    for one, before in receipts.items():
        target = folder / Path(one.file).parent / file_name(Path(one.file).name)
        lying = at_hand(target)
        data = bytes_of(mine, one.hash, files)
        if one.hash in lying:
            what = f"；它已经在“{target}”"
        elif data and not lying and not target.exists() and is_below(folder, target):
            outputs.append(Output(target.parent, target.name, data))
            what = f"，已放进“{target}”"
        elif lying:
            what = f"，但“{target}”已有另一个文件，没有覆盖：核对后请把那个文件移走，{by_hand(mine, one, target.parent)}"
        else:
            what = f"，但“{one.file}”不能放进本机的报送文件夹：核对后请{by_hand(mine, one, folder)}"
        told.append(f"{called(one)}在这一期排在最后，现在以它为准{what}{in_conflict(one, before, folder)}")
    return outputs, told


def by_hand(mine: Store, one: HandedIn, place: Path) -> str:
    """Return how to copy a form out of the archive, where its name is no more than its hash."""
    return f"把“{mine.path(one.hash)}”复制到“{place}”，改名为“{Path(one.file).name}”"


def in_conflict(one: HandedIn, before: Sequence[HandedIn], folder: Path) -> str:
    """Return which forms of the same day and batch lie in the folder of submissions under another name, "" if none does."""
    others = {folder / other.file for other in before if other.file != one.file}
    named = "、".join(f"“{path}”" for path in sorted(others) if path.is_file())
    return f"；{named}是同一截止日期、同一批次的另一份，请移走，不然两份冲突，都不计入" if named else ""


def bytes_of(mine: Store, digest: str, files: Mapping[str, Readable]) -> bytes:
    """Return a form that is taken over, b"" if it is nowhere or no longer what it was."""
    try:
        data = (files[digest] if digest in files else mine.path(digest)).read_bytes()
    except OSError:
        return b""
    return data if hashlib.sha256(data).hexdigest() == digest else b""


def is_below(folder: Path, target: Path) -> bool:
    """Whether a place that another register names lies in a folder."""
    return target.resolve().is_relative_to(folder.resolve())


def merged_published(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Enter what another made public on days of which nothing was made public here; yield the days left as they are."""
    known = {row[0]: json.loads(row[1]) for row in connection.execute("SELECT day, body FROM published")}
    for row in rows:
        entry = Frozen(*row[:-1])
        if entry.day not in known:
            add_entries(connection, "published", TABLES["published"][1], [entry])
            yield f"并入 {entry.day} 公布的数字（{entry.kinds}）"
        elif json.loads(entry.body)["figures"] != known[entry.day]["figures"]:
            yield f"{entry.day} 两边公布的数字不同，以本机的为准；请核对已发出的公文"
