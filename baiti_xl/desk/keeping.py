"""The register and the archive against their witnesses: verified, and mended from what else is there."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from baiti_xl.desk.consolidating import copy_registers
from baiti_xl.desk.database import (
    DATABASE,
    StoreError,
    create_tables,
    desk_held,
    fails,
    meaning_code,
    own_faults,
    standing,
)
from baiti_xl.desk.entering import Act
from baiti_xl.desk.entries import TABLES, bare_text
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.heads import (
    BACKUPS,
    RESULTS,
    Said,
    backups,
    opened,
    otherwise,
    properties_in,
    unlike,
    witnesses,
)
from baiti_xl.desk.merging import MERGED, take_over
from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.restoring import (
    Row,
    Rows,
    Source,
    Unsound,
    copied,
    copied_rows,
    fork,
    shown_of,
    source_of,
    sources_of,
)
from baiti_xl.desk.rules import read_bytes
from baiti_xl.desk.store import COPY_OF_PAPERS, Store
from baiti_xl.errors import UserError
from baiti_xl.ooxml.markup import BadXml
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import BadZip
from baiti_xl.press.listing import Listing, listing_of
from baiti_xl.scale.processes import aside

UNCOPIED = {  # registers that no Excel copy shows, and what is lost with their entries
    "published": "那些天公布的数字不再能与以后比较",
    "entered": "那些访问码、回复和答复要重新录入；撤销过的访问码可能又能用，请到“访问码”页逐个核对",
}
UNSAID = {  # what is not told of an entry that is lost
    "": ("hash", "figures", "answers", "body"),
    "entered": (),
}
MOST_SAID, MOST_TEXT = 20, 80  # entries told one by one, and characters of each
LOST, SPOILED = "没有采用的记录.txt", "损坏_"


# ── verify ───────────────────────────────────────────────────────────────────────────────────────


def verify(folder: Path) -> list[str]:
    """Return what is wrong with the register and the archive of a working folder, and with what its papers say of them."""
    store = Store(folder)
    found = store.faults()
    if not store.exists and not found:
        raise ActionError(f"{folder} 里没有归档，不是工作文件夹。请给出操作台所在的文件夹。")
    if found:
        return found
    waiting = (f"还没有放好：{place}" for place in store.waiting())
    return [*papers_otherwise(folder, store), *results_otherwise(folder, store), *waiting]


def results_otherwise(folder: Path, store: Store) -> Iterator[str]:
    """Yield the results in the working folder that were made when the register said otherwise, or cannot be read."""
    for path in written_below(folder, "汇总结果_*.xlsx"):
        try:
            told = aside(properties_in, read_bytes(path))
        except UserError as error:
            yield unread(path, error)
            continue
        day, _, head = told.get(RESULTS, "").partition(" ")
        if fault := unlike(head, chains(store, "submissions", day) if head else ()):
            yield f"{path}：{fault}"


def papers_otherwise(folder: Path, store: Store) -> Iterator[str]:
    """Yield the numbered papers in the working folder of which the register says otherwise, or that cannot be read."""
    known: dict[str, set[tuple[str, str]]] = {}
    for entry in store.issued():
        known.setdefault(entry.bare, set()).add((entry.kind, entry.unit))
    said = chains(store, "papers")
    for path in written_below(folder, "*.docx"):
        try:
            listing: Listing | None = aside(listing_in, read_bytes(path))
        except UserError as error:
            yield unread(path, error)
            continue
        if listing and (fault := unregistered(listing, known)):
            yield f"{path} {fault}"
        if listing and (fault := unlike(listing.about.get("head", ""), said)):
            yield f"{path}：{fault}"


def written_below(folder: Path, name: str) -> Iterator[Path]:
    """Yield the files of a name below a folder that no program holds open."""
    yield from (path for path in sorted(folder.rglob(name)) if not path.name.startswith((".", "~")))


def listing_in(data: bytes) -> Listing | None:
    """Return the list that a paper of this program carries, None for any other file."""
    try:
        listing = listing_of(Package.open(data))
    except (BadZip, BadXml, KeyError):
        return None
    return listing if listing and listing.about else None


def unread(path: Path, error: UserError) -> str:
    """Return that a file was not compared, and why."""
    return f"{path} 没有核对：{error}"


def chains(store: Store, table: str, day: str = "") -> list[Said]:
    """Return what the register says up to a day, then what those said that were merged into it."""
    merged = sorted((store.root / BACKUPS).glob(MERGED.format("*")))
    found = []
    for path in (store.root / DATABASE, *merged):
        with suppress(sqlite3.Error, UnicodeDecodeError), closing(opened(path)) as connection:
            found.append(Said(table, day).read(connection))
    return found


def unregistered(listing: Listing, known: dict[str, set[tuple[str, str]]]) -> str:
    """Return that the register does not know a paper's number, or gave it to another paper; "" if it is in order."""
    number = bare_text(listing.about.get("number", ""))
    about = (listing.about.get("kind", ""), listing.about.get("unit", ""))
    bare = number.partition("〔")[2]
    if not bare or "__" in number:
        return ""
    held = known.get(number) or known.get(f"〔{bare}")  # as version 0.1 kept it, without its series
    if held is None:
        return f"是 {number}，发文登记里没有这个号：登记被换成了旧的，或这份公文是别处编的"
    return "" if about in held else f"是 {number}（{about[0]}），发文登记里这个号给了别的文书：一个号两份公文"


# ── repair ───────────────────────────────────────────────────────────────────────────────────────


def repair(folder: Path) -> list[str]:
    """Restore what is missing or spoiled of a working folder's archive, and nothing else; return what was done.

    The register is restored from its sound part, its backups and its Excel copies; a backup that went on by itself is
    merged. Nothing is made up: what no witness has is named as lost, and a copy that was edited is not believed. What was
    there is kept beside the backups. Raises ActionError if there is nothing to restore from.
    """
    store = Store(folder)
    if not store.root.is_dir():
        raise ActionError(f"{folder} 里没有归档，不是工作文件夹。请给出操作台所在的文件夹。")
    with desk_closed(store):
        return mended(store) or ["登记和归档都是好的，没有要修的。"]


@contextmanager
def desk_closed(store: Store) -> Iterator[None]:
    """Keep the reporting desk of an archive closed meanwhile. Raises ActionError if it is open."""
    held = None
    try:
        held = desk_held(store.root)
    except sqlite3.DatabaseError as error:
        if meaning_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise ActionError(
                f"{store.root.parent} 的网上交送开着，没有修复：单位这时交的会丢。请先关掉网上交送，再修复。"
            ) from error
    try:
        yield
    finally:
        if held:
            held.close()


def mended(store: Store) -> list[str]:
    """Restore what is missing or spoiled of an archive that nobody else changes; return what was done."""
    had_backups = bool(backups(store.root))
    told = [*restored_register(store)]
    told += restored_files(store)
    told += set_aside(store)
    if store.archived() and not had_backups:
        told.append("备份不见了，已按现在的登记补上今天的")
    return [*told, *renewed_copies(store, told)]


def renewed_copies(store: Store, told: Sequence[str]) -> Iterator[str]:
    """Write the Excel copies anew if one is missing or something was mended; yield which were missing."""
    first, second = store.copies
    there_should_be = (*([first] if store.archived() else ()), *([second] if store.issued() else ()))
    missing = [path.name for path in there_should_be if not path.exists()]
    if missing and not told:
        yield f"登记簿的 Excel 副本 {'、'.join(missing)} 不见了，已按登记重新写出"
    if missing or told:
        yield from copy_registers(store)


def restored_register(store: Store) -> Iterator[str]:
    """Restore the register if it is not sound or its witnesses know more; yield what was done.

    Nobody else can enter anything from when it is read until it is written.
    """
    with standing(store.root) as connection:
        is_broken = connection is None or is_unsound(connection, store)
        if (
            connection
            and not is_broken
            and not any(otherwise(connection, witnesses(store.root, store.copies)))
        ):
            return
        plan = planned(store, is_broken=is_broken)
        place = keep_old(store, connection)
        is_written = not plan.is_changed or (
            connection is not None and rewritten(connection, store, plan.rows)
        )
    if not is_written:
        write_register(store, plan)
    if plan.is_changed:
        yield f"登记恢复自“{plan.base.name}”，共 {sum(map(len, plan.rows.values()))} 条"
    yield from plan.told
    yield f"修复前的登记和副本留在“{place}”"
    yield from told_lost(plan, place)
    for path in store.copies:
        path.unlink(missing_ok=True)  # kept aside; written anew after this
    for other in (*plan.kept, plan.at_hand):
        if fork(plan.base, other):
            yield from merged_fork(store, plan.base, other)
        elif other is not plan.at_hand and any(other.unsound.values()):
            spoiled = other.path.replace(other.path.with_name(f"{SPOILED}{other.path.name}"))
            yield f"“{other.name}”也有损坏，不再当作备份，改名为“{spoiled}”"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a register is to be restored: what there is, on which it goes on, its entries, what to tell, and what is lost."""

    at_hand: Source
    kept: Sequence[Source]
    base: Source
    rows: Rows
    told: Sequence[str]
    lost: Unsound
    is_changed: bool


def planned(store: Store, *, is_broken: bool) -> Plan:
    """Return how the register is to be restored. Raises ActionError if there is nothing to restore it from."""
    at_hand, *kept = sources_of(store)
    base = max([at_hand, *kept], key=lambda source: source.size) if is_broken else at_hand
    if not any(one.size for one in (at_hand, *kept)) and not any(path.exists() for path in store.copies):
        raise ActionError(f"{store.root} 里没有备份，也没有登记簿的 Excel 副本，登记无从恢复。")
    sound = [one for one in (base, at_hand, *kept) if not fork(base, one)]
    rows = {table: longest([one.rows[table] for one in sound]) for table in TABLES}
    added = [*added_from_copies(store, rows)]
    if not any(rows.values()):
        raise ActionError(
            f"{store.root} 里没有能用的备份，登记簿的 Excel 副本也不能用（{'；'.join(added)}），登记无从恢复。"
        )
    lost = {table: lost_of(table, rows[table], [one.unsound[table] for one in sound]) for table in TABLES}
    if is_broken:
        added += [
            f"{TABLES[table][0]}有读不出来的地方，最后一次备份以后登记的可能没有找回，请照手头的材料核对"
            for table in TABLES
            if table in at_hand.unread
        ]
    return Plan(at_hand, kept, base, rows, added, lost, is_broken or rows != at_hand.rows)


def is_unsound(connection: sqlite3.Connection, store: Store) -> bool:
    """Whether a register's file is damaged or an entry was changed. Raises OutputError if that cannot be told now."""
    found: list[str] = []
    return fails(connection, store.root, lambda held: found.extend(own_faults(held))) or bool(found)


def lost_of(table: str, rows: Sequence[Row], unsound: Sequence[dict[int, Row]]) -> dict[int, Row]:
    """Return what can still be read of a register and is not among the entries restored, by the number of the entry."""
    chains, shown = {row[-1] for row in rows}, {tuple(shown_of(table, row[:-1])) for row in rows}
    return {
        number: row
        for one in reversed(unsound)
        for number, row in sorted(one.items())
        if row[-1] not in chains and tuple(shown_of(table, row[:-1])) not in shown
    }


def told_lost(plan: Plan, place: Path) -> Iterator[str]:
    """Yield which entries can be read and are not believed, so that they can be entered again; all of them are written beside
    what was kept."""
    lines: list[str] = []
    for table, (title, _) in TABLES.items():
        lost, held = plan.lost[table], len(plan.rows[table])
        if not lost:
            continue
        said = [f"第 {number} 条 {entry_text(table, row)}" for number, row in sorted(lost.items())]
        lines += [title, *said]
        more = f"等 {len(said)} 条" if len(said) > MOST_SAID else ""
        yield (
            f"{title}应有 {held + len(lost)} 条，只找回 {held} 条：其余还读得出，但它们或之前的记录被改动过，没有采用，"
            f"请核对后重新登记：{'；'.join(one[:MOST_TEXT] for one in said[:MOST_SAID])}{more}"
        )
    codes = sorted({str(row[2]) for row in plan.lost["entered"].values() if row[0] == Act.CODE})
    if codes:
        yield f"{'、'.join(codes)} 的访问码改过或撤销过，没有找回，原来的访问码又能用：请到“访问码”页重新发码或撤销"
    if lines:
        write_file(place, LOST, "\n".join(lines).encode())
        yield f"没有采用的记录全文留在“{place / LOST}”"


def entry_text(table: str, row: Row) -> str:
    """Return what an entry says, for whoever enters it again: no hash of a file or a code."""
    told = dict(zip(TABLES[table][1], row, strict=False))
    if table == "entered":
        with suppress(ValueError, AttributeError):
            said = json.loads(str(told["body"]))
            told["body"] = "，".join(str(value) for name, value in said.items() if name != "hash" and value)
    return " ".join(
        str(value) for name, value in told.items() if name not in UNSAID.get(table, UNSAID[""]) and value
    )


def longest(held: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the one that has the most entries, the first of those."""
    best: Sequence[Row] = max(held, key=len)
    return list(best)


def merged_fork(store: Store, base: Source, other: Source) -> Iterator[str]:
    """Merge a register that went on by itself from one past with this one; yield what is to be voided.

    It is put beside the backups, so that it is a witness no more; submissions whose file is nowhere are left out, and told.
    """
    what = f"“{base.name}”和“{other.name}”的{fork(base, other)}分了叉：以“{base.name}”为准，“{other.name}”多出的并入"
    if other.path != store.root / DATABASE:  # which was kept with the rest
        kept = store.root / BACKUPS / MERGED.format(f"{datetime.now():%Y-%m-%d_%H%M%S}_{other.path.stem}")
        other.path.replace(kept)
        what += f"，原件留在“{kept}”"
    yield what
    wanted = {entry[0] for entry in other.rows["submissions"] if not store.path(entry[0]).exists()}
    files = files_of(store, wanted)
    rows = {**other.rows, "submissions": []}
    for entry in other.rows["submissions"]:
        if entry[0] in wanted and entry[0] not in files:
            yield f"{entry[1]}（{entry[2]}，{entry[3]}）的原件找不到，没有并入；请向单位要回原文件放进报送文件夹，再汇总"
        else:
            rows["submissions"].append(entry)
    yield from take_over(store, rows, files)


def added_from_copies(store: Store, rows: Rows) -> Iterator[str]:
    """Add the entries that only the Excel copies have; yield which, what of them is lost, and which copy is not believed."""
    for table, path in copied(store):
        title = TABLES[table][0]
        found = copied_rows(table, path, rows[table])
        rows[table].extend(found.rows)
        if found.fault:
            yield f"“{path.name}”的{title}{found.fault}，没有采用"
        if found.rows:
            yield f"{title}后面 {len(found.rows)} 条补自“{path.name}”"
        if found.rows and table == "papers":
            yield f"这 {len(found.rows)} 条的数字清单和会审答复“{COPY_OF_PAPERS}”里没有，已失；号不会再编"
        if found.rows and not found.is_proven:
            yield f"这 {len(found.rows)} 条出自较早版本写的副本，有没有被改过无从核对；请与已发出的公文逐份核对"
        if found.count > len(rows[table]):
            yield f"{title}应有 {found.count} 条，只找回 {len(rows[table])} 条，其余已失；编号前请核对已发出的公文，必要时调大“起始号”"
    for table, lost in UNCOPIED.items():
        known = max(
            (count for count, _ in (w.get(table, (0, "")) for w in store.heads_of_copies())), default=0
        )
        if known > len(rows[table]):
            yield f"{TABLES[table][0]}应有 {known} 条，只找回 {len(rows[table])} 条；{lost}"


def keep_old(store: Store, connection: sqlite3.Connection | None) -> Path:
    """Set the register and its Excel copies aside, whatever they are; return where.

    A register whose lock is held is copied by SQLite: to open and close its file would let go of the lock.
    """
    place = store.root / BACKUPS / f"修复前_{datetime.now():%Y-%m-%d_%H%M%S}"
    place.mkdir(parents=True, exist_ok=True)
    files = [store.root / DATABASE, store.root / f"{DATABASE}-journal"] if connection is None else []
    for path in (*files, *store.copies, *backups(store.root)[:1]):
        if path.is_file():
            shutil.copy2(path, place / path.name)
    if connection:
        write_file(place, DATABASE, connection.serialize())
    return place


def rewritten(connection: sqlite3.Connection, store: Store, rows: Rows) -> bool:
    """Write a register of these entries in its own file, under the lock that is held; whether that could be done.

    Raises OutputError if the disk cannot take it.
    """
    moves = read_pending(store)

    def write(held: sqlite3.Connection) -> None:
        kinds = held.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        for kind in ("trigger", "view", "table"):
            for name in (name for one, name in kinds if one == kind):
                quoted = name.replace('"', '""')
                held.execute(f'DROP {kind} "{quoted}"')
        create_tables(held)
        fill(held, rows, moves)
        if any(own_faults(held)):
            raise sqlite3.DatabaseError("not sound")
        held.execute("COMMIT")

    return not fails(connection, store.root, write)


def fill(connection: sqlite3.Connection, rows: Rows, moves: Sequence[tuple[str, str, str]]) -> None:
    """Put entries with their hashes into empty tables, and what waits to be moved."""
    for table, (_, columns) in TABLES.items():
        marks = ", ".join("?" * (len(columns) + 1))
        names = ", ".join(columns)
        connection.executemany(f"INSERT INTO {table} ({names}, chain) VALUES ({marks})", rows[table])
    connection.executemany("INSERT INTO pending (staged, target, how) VALUES (?, ?, ?)", moves)


def write_register(store: Store, plan: Plan) -> None:
    """Write a register in the place of the one at hand. Raises ActionError if that is another than was read."""
    fresh = Store(store.root / BACKUPS / ".修复")
    shutil.rmtree(fresh.root.parent, ignore_errors=True)
    with fresh.locked() as connection:
        fill(connection, plan.rows, read_pending(store))
    if source_of(DATABASE, store.root / DATABASE) != plan.at_hand:
        shutil.rmtree(fresh.root.parent, ignore_errors=True)
        raise ActionError("修复时登记又有变动，没有改动它。请关掉用着这个文件夹的程序，再修复一次。")
    (store.root / f"{DATABASE}-journal").unlink(missing_ok=True)
    (fresh.root / DATABASE).replace(store.root / DATABASE)
    shutil.rmtree(fresh.root.parent, ignore_errors=True)


def read_pending(store: Store) -> list[tuple[str, str, str]]:
    """Return what a run committed and has not moved yet, as far as it can be read."""
    try:
        with closing(opened(store.root / DATABASE)) as connection:
            return connection.execute("SELECT staged, target, how FROM pending ORDER BY id").fetchall()
    except (sqlite3.Error, OSError, UnicodeDecodeError):
        return []


def restored_files(store: Store) -> Iterator[str]:
    """Fetch archived files that are missing or changed from the working folder by their hash; yield which, and which are lost."""
    wanted = {}
    for entry in store.archived():
        try:
            store.read(entry.hash)
        except StoreError:
            wanted[entry.hash] = entry.file
    found = files_of(store, wanted)
    for digest, name in wanted.items():
        if digest in found:
            store.path(digest).unlink(missing_ok=True)
            store.keep(digest, found[digest])
            yield f"归档文件 {name} 找回自“{found[digest]}”"
        else:
            yield f"归档文件 {name}（{digest[:12]}…）找不到原件，已失；请向单位要回原文件放进报送文件夹，再运行一次"


def files_of(store: Store, wanted: Collection[str]) -> dict[str, Path]:
    """Return the files of the working folder that have the hashes wanted, the first of each in order of path."""
    found: dict[str, Path] = {}
    for path in sorted(store.root.parent.rglob("*")) if wanted else ():
        if path.is_file() and not path.is_relative_to(store.files):
            with suppress(OSError):
                found.setdefault(hash_of(path), path)
    return {digest: path for digest, path in found.items() if digest in wanted}


def hash_of(path: Path) -> str:
    """Return the hash of a file of any size. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def set_aside(store: Store) -> Iterator[str]:
    """Put what cannot be moved to its place beside the backups, so that it is tried no more; yield where it is."""
    store.finish()
    with store.locked() as connection:
        for ident, staged, target in connection.execute("SELECT id, staged, target FROM pending").fetchall():
            place = store.root / BACKUPS / "没有放好"
            place.mkdir(parents=True, exist_ok=True)
            if (store.staging / staged).exists():
                shutil.move(store.staging / staged, place / f"{ident}_{Path(target).name}")
            connection.execute("DELETE FROM pending WHERE id = ?", (ident,))
            yield f"{target} 放不进去，改放在“{place}”"
