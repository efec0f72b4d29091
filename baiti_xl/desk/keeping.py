"""The register and the archive against their witnesses: verified, mended from what else is there, and two of them made one."""

import getpass
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from baiti_xl.desk.consolidating import copy_registers
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.heads import (
    BACKUPS,
    RESULTS,
    Said,
    backups,
    heads_in,
    link,
    opened,
    properties_in,
    unlike,
)
from baiti_xl.desk.register import opened as archive_of
from baiti_xl.desk.store import (
    CLASH,
    COPY_OF_PAPERS,
    DATABASE,
    ENTERED_COLUMNS,
    IN_FORCE,
    ISSUED_COLUMNS,
    TABLES,
    VOID,
    Archived,
    Entered,
    Frozen,
    Issued,
    Store,
    StoreError,
    add_entries,
    damaged,
    issued_papers,
)
from baiti_xl.ooxml.markup import BadXml
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import BadZip
from baiti_xl.press.listing import Listing, listing_of
from baiti_xl.read import guard
from baiti_xl.read.cells import read_grids

SHOWN = (  # what the copy of the register of papers has, column by column
    "series", "year", "number", "version", "act", "kind", "unit", "title", "day", "dated", "signer", "reason", "file", "hash",
    "who", "moment",
)  # fmt: skip
MERGED = "合并_{}.db"  # the register of another PC, as it was merged
Rows = dict[str, list[tuple[Any, ...]]]
UNCOPIED = {  # registers that no Excel copy shows, and what is lost with their entries
    "published": "那些天公布的数字不再能与以后比较",
    "entered": "那些口令、回复和答复要重新录入",
}


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
    return [*unregistered(folder, store), *otherwise_said(folder, store), *waiting]


def otherwise_said(folder: Path, store: Store) -> Iterator[str]:
    """Yield the results and numbered papers in the working folder that were made when the register said otherwise."""
    for path in sorted(folder.rglob("汇总结果_*.xlsx")):
        if path.name.startswith((".", "~")):
            continue
        day, _, head = properties_in(path.read_bytes()).get(RESULTS, "").partition(" ")
        if fault := unlike(head, chains(store, "submissions", day) if head else ()):
            yield f"{path}：{fault}"
    papers = chains(store, "papers")
    for path, listing in papers_in(folder):
        if fault := unlike(listing.about.get("head", ""), papers):
            yield f"{path}：{fault}"


def chains(store: Store, table: str, day: str = "") -> list[Said]:
    """Return what the register says up to a day, then what those said that were merged into it."""
    merged = sorted((store.root / BACKUPS).glob(MERGED.format("*")))
    found = []
    for path in (store.root / DATABASE, *merged):
        with suppress(sqlite3.Error, UnicodeDecodeError), closing(opened(path)) as connection:
            found.append(Said(table, day).read(connection))
    return found


def unregistered(folder: Path, store: Store) -> Iterator[str]:
    """Yield the papers in the working folder whose numbers the register does not know, or gave to another paper."""
    known: dict[str, set[tuple[str, str]]] = {}
    for entry in store.issued():
        known.setdefault(replace(entry, act="").text, set()).add((entry.kind, entry.unit))
    for path, listing in papers_in(folder):
        number = listing.about.get("number", "").removesuffix("（更正）")
        about = (listing.about.get("kind", ""), listing.about.get("unit", ""))
        bare = number.partition("〔")[2]
        if not bare or "__" in number:
            continue
        held = known.get(number) or known.get(f"〔{bare}")  # as version 0.1 kept it, without its series
        if held is None:
            yield f"{path} 是 {number}，发文登记里没有这个号：登记被换成了旧的，或这份公文是别处编的"
        elif about not in held:
            yield f"{path} 是 {number}（{about[0]}），发文登记里这个号给了别的文书：一个号两份公文"


def papers_in(folder: Path) -> Iterator[tuple[Path, Listing]]:
    """Yield the papers of this program below a folder, with the list that each carries."""
    for path in sorted(folder.rglob("*.docx")):
        if path.name.startswith((".", "~")):
            continue
        try:
            listing = listing_of(Package.open(path.read_bytes()))
        except (OSError, BadZip, BadXml, KeyError):
            continue
        if listing and listing.about:
            yield path, listing


# ── repair ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Source:
    """A register from which another can be restored: what it is, and its sound entries by table."""

    name: str
    rows: Rows

    @property
    def size(self) -> int:
        """How many entries it has."""
        return sum(map(len, self.rows.values()))


def repair(folder: Path) -> list[str]:
    """Restore the register of a working folder from its sound part, its backups and the Excel copies; return what was done.

    Nothing is made up: what no witness has is named as lost. What was there is kept beside the backups. Raises ActionError
    if there is nothing to restore from, or two sources went on from one another's past.
    """
    store = Store(folder)
    if not store.root.is_dir():
        raise ActionError(f"{folder} 里没有归档，不是工作文件夹。请给出操作台所在的文件夹。")
    told = [*restored_register(store)] if store.faults() else []
    told += restored_files(store)
    told += set_aside(store)
    if told:
        told += copy_registers(store)
    return told or ["登记和归档都是好的，没有要修的。"]


def restored_register(store: Store) -> Iterator[str]:
    """Restore the register if it is not sound; yield what was done."""
    sources = [source for source in sources_of(store) if source.size]
    if not sources and not any(copied_rows(table, path) for table, path in copied(store)):
        raise ActionError(f"{store.root} 里没有备份，也没有登记簿的 Excel 副本，登记无从恢复。")
    best = max(sources, key=lambda source: source.size, default=Source("空登记", {t: [] for t in TABLES}))
    for other in sources:
        if forked := fork(best, other):
            raise ActionError(
                f"“{best.name}”和“{other.name}”的{forked}分了叉，不知道以哪个为准，没有改动。"
                "请把其中一个所在的工作文件夹另存，用 archive merge 合并。"
            )
    rows = {table: list(held) for table, held in best.rows.items()}
    yield f"登记恢复自“{best.name}”，共 {best.size} 条"
    yield from added_from_copies(store, rows)
    yield from keep_old(store)
    write_register(store, rows)


def sources_of(store: Store) -> Iterator[Source]:
    """Yield what registers there are: the one at hand as far as it is sound, and the backups, the newest first."""
    for path in (store.root / DATABASE, *backups(store.root)):
        rows = read_rows(path)
        if any(rows.values()):
            name = path.name if path.parent == store.root else f"{BACKUPS}/{path.name}"
            yield Source(name, rows)


def read_rows(path: Path) -> Rows:
    """Return the entries of a register with their hashes, each table as far as its chain holds."""
    rows: Rows = {table: [] for table in TABLES}
    if not path.is_file() or not path.stat().st_size:
        return rows
    try:
        with closing(opened(path)) as connection:
            for table, (_, columns) in TABLES.items():
                previous = ""
                query = f"SELECT {', '.join(columns)}, chain FROM {table} ORDER BY id"
                try:
                    for row in connection.execute(query):
                        if row[-1] != link(previous, row[:-1]):
                            break
                        rows[table].append(row)
                        previous = row[-1]
                except (sqlite3.Error, UnicodeDecodeError):
                    continue
    except (sqlite3.Error, UnicodeDecodeError):
        pass
    return rows


def fork(one: Source, other: Source) -> str:
    """Return the register in which two sources do not go on from one another, "" if there is none."""
    for table, (title, _) in TABLES.items():
        mine, theirs = one.rows[table], other.rows[table]
        common = min(len(mine), len(theirs))
        if common and mine[common - 1][-1] != theirs[common - 1][-1]:
            return title
    return ""


def added_from_copies(store: Store, rows: Rows) -> Iterator[str]:
    """Add the entries that only the Excel copies have; yield which, and what of them is lost."""
    for table, path in copied(store):
        title = TABLES[table][0]
        missing = copied_rows(table, path)[len(rows[table]) :]
        previous = rows[table][-1][-1] if rows[table] else ""
        for values in missing:
            previous = link(previous, values)
            rows[table].append((*values, previous))
        if missing:
            yield f"{title}后面 {len(missing)} 条补自“{path.name}”"
        if missing and table == "papers":
            yield f"这 {len(missing)} 条的数字清单和会审答复“{COPY_OF_PAPERS}”里没有，已失；号不会再编"
        head = heads_in(path.read_bytes()).get(table) if path.is_file() else None
        if head and head[0] > len(rows[table]):
            yield f"{title}应有 {head[0]} 条，只找回 {len(rows[table])} 条，其余已失"
    for table, lost in UNCOPIED.items():
        heads = (heads_in(path.read_bytes()) for path in store.copies if path.is_file())
        known = max((head[table][0] for head in heads if table in head), default=0)
        if known > len(rows[table]):
            yield f"{TABLES[table][0]}应有 {known} 条，只找回 {len(rows[table])} 条；{lost}"


def copied_rows(table: str, path: Path) -> list[tuple[Any, ...]]:
    """Return the entries that an Excel copy shows, as the register has them."""
    try:
        grid = read_grids(path.read_bytes(), (path.stem,)).get(path.stem, [])
    except (OSError, guard.Refused):
        return []
    rows = [[("" if cell is None else cell) for cell in row] for row in grid[1:]]
    if table == "submissions":
        return [
            (str(r[8]), str(r[7]), str(r[2]), str(r[3]), int(r[4]) if r[4] != "" else None, str(r[5]), str(r[1]), str(r[0]), str(r[6]))
            for r in rows
        ]  # fmt: skip
    papers = [dict(zip(SHOWN, row, strict=False)) for row in rows]
    found = []
    for paper in papers:
        if (paper["series"] == "") == (
            table == "numbers"
        ):  # version 0.1 had no series, and a table of its own
            values: dict[str, Any] = {name: str(value) for name, value in paper.items()}
            values |= {name: int(Decimal(str(paper[name]))) for name in ("year", "number", "version")}
            values |= {"figures": "[]", "answers": "[]"}
            found.append(tuple(values[name] for name in TABLES[table][1]))
    return found


def keep_old(store: Store) -> Iterator[str]:
    """Set the register and its Excel copies aside, whatever they are; yield where."""
    place = store.root / BACKUPS / f"修复前_{datetime.now():%Y-%m-%d_%H%M%S}"
    place.mkdir(parents=True, exist_ok=True)
    for path in (
        store.root / DATABASE,
        store.root / f"{DATABASE}-journal",
        *store.copies,
        *backups(store.root)[:1],
    ):
        if path.is_file():
            shutil.copy2(path, place / path.name)
    yield f"修复前的登记和副本留在“{place}”"


def write_register(store: Store, rows: Rows) -> None:
    """Write a register of these entries in the place of the one at hand."""
    fresh = Store(store.root / BACKUPS / ".修复")
    shutil.rmtree(fresh.root.parent, ignore_errors=True)
    with fresh.locked() as connection:
        pending = read_pending(store)
        for table, (_, columns) in TABLES.items():
            marks = ", ".join("?" * (len(columns) + 1))
            names = ", ".join(columns)
            connection.executemany(f"INSERT INTO {table} ({names}, chain) VALUES ({marks})", rows[table])
        connection.executemany("INSERT INTO pending (staged, target, how) VALUES (?, ?, ?)", pending)
    (store.root / f"{DATABASE}-journal").unlink(missing_ok=True)
    (fresh.root / DATABASE).replace(store.root / DATABASE)
    shutil.rmtree(fresh.root.parent, ignore_errors=True)
    for path in store.copies:
        path.unlink(missing_ok=True)  # kept aside; written anew after this


def read_pending(store: Store) -> list[tuple[str, str, str]]:
    """Return what a run committed and has not moved yet, as far as it can be read."""
    try:
        with closing(opened(store.root / DATABASE)) as connection:
            return connection.execute("SELECT staged, target, how FROM pending ORDER BY id").fetchall()
    except (sqlite3.Error, OSError, UnicodeDecodeError):
        return []


def copied(store: Store) -> Iterator[tuple[str, Path]]:
    """Yield each register with the Excel copy that shows it."""
    submissions, papers = store.copies
    yield from (("submissions", submissions), ("numbers", papers), ("papers", papers))


def restored_files(store: Store) -> Iterator[str]:
    """Fetch archived files that are missing or changed from the working folder by their hash; yield which, and which are lost."""
    wanted = {}
    for entry in store.archived():
        try:
            store.read(entry.hash)
        except StoreError:
            wanted[entry.hash] = entry.file
    found: dict[str, Path] = {}
    for path in store.root.parent.rglob("*") if wanted else ():
        if path.is_file() and not path.is_relative_to(store.files):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found.setdefault(digest, path)
    for digest, name in wanted.items():
        if digest in found:
            store.path(digest).unlink(missing_ok=True)
            store.keep(digest, found[digest])
            yield f"归档文件 {name} 找回自“{found[digest]}”"
        else:
            yield f"归档文件 {name}（{digest[:12]}…）找不到原件，已失；请向单位要回原文件放进报送文件夹，再运行一次"


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


# ── merge ────────────────────────────────────────────────────────────────────────────────────────


def merge(folder: Path, other: Path) -> list[str]:
    """Take over what another PC's working folder registered since both were one; return what was done and what is to be voided.

    A number that both gave stays with the paper of this folder; the other's is entered as 重号. Raises StoreError if either
    is damaged.
    """
    mine, theirs = archive_of(folder), archive_of(other)
    if mine.root.resolve() == theirs.root.resolve():
        raise ActionError("两个是同一个文件夹。请用 --from 给出另一台电脑的工作文件夹。")
    for store in (mine, theirs):
        if faults := store.faults():
            raise StoreError(damaged(faults))
    new = {table: beyond(table, mine, theirs) for table in TABLES}
    if new["numbers"]:
        raise ActionError("另一个文件夹里有 0.1 版新编的号，不能合并。请先在那台电脑上用本版打开。")
    told: list[str] = []

    def enter(connection: sqlite3.Connection) -> Sequence[Any]:
        told.extend(merged_submissions(connection, new["submissions"]))
        told.extend(merged_papers(connection, new["papers"]))
        told.extend(merged_published(connection, new["published"]))
        add_entries(connection, "entered", ENTERED_COLUMNS, [Entered(*row[:-1]) for row in new["entered"]])
        return ()

    entries = [Archived(*row[:-1]) for row in new["submissions"]]
    mine.publish(enter, {e.hash: theirs.path(e.hash) for e in entries})
    kept = mine.root / BACKUPS / MERGED.format(f"{datetime.now():%Y-%m-%d_%H%M%S}")
    kept.parent.mkdir(exist_ok=True)
    shutil.copy2(theirs.root / DATABASE, kept)
    who = getpass.getuser()
    return [*told, f"已合并（{who}）；另一份登记留在“{kept}”", *copy_registers(mine)]


def beyond(table: str, mine: Store, theirs: Store) -> list[tuple[Any, ...]]:
    """Return the entries of another register after the last that both have."""
    ours, others = (read_rows(store.root / DATABASE)[table] for store in (mine, theirs))
    common = 0
    for one, other in zip(ours, others, strict=False):
        if one[-1] != other[-1]:
            break
        common += 1
    held = {row[:-1] for row in ours}
    return [row for row in others[common:] if row[:-1] not in held]


def merged_submissions(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Enter another's submissions; one in force there against another here is entered as superseded, and told."""
    columns = TABLES["submissions"][1]
    for row in rows:
        entry = Archived(*row[:-1])
        standing = connection.execute(
            "SELECT hash, file FROM submissions WHERE unit = ? AND cutoff = ? AND batch IS ? AND result = ? ORDER BY id DESC LIMIT 1",
            (entry.unit, entry.cutoff, entry.batch, IN_FORCE),
        ).fetchone()
        if entry.result == IN_FORCE and standing and standing[0] != entry.hash:
            yield f"{entry.unit} {entry.cutoff} 第 {entry.batch} 批：两边采用的文件不同，仍用本机的 {standing[1]}，另一台的 {entry.file} 只存档"
            entry = replace(entry, result="被替代")
        add_entries(connection, "submissions", columns, [entry])
    if rows:
        yield f"报送登记并入 {len(rows)} 条"


def merged_papers(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Enter another's papers; yield what must be voided or called back."""
    for row in rows:
        entry = Issued(*row[:-1])
        held = issued_papers(connection)
        taken = [e for e in held if (e.series, e.year, e.number) == (entry.series, entry.year, entry.number)]
        about = (entry.kind, entry.unit, entry.day, entry.hash)
        same = [e for e in taken if (e.kind, e.unit, e.day, e.hash) == about and e.act in (entry.act, CLASH)]
        if same:
            continue
        alive = next(
            (e for e in reversed(held) if (e.kind, e.unit, e.day) == (entry.kind, entry.unit, entry.day)),
            None,
        )
        rival = next((e for e in taken if e.version == entry.version), None)
        twice = alive if alive and alive.act not in (VOID, CLASH) and alive not in taken else None
        if rival or twice:
            version = max((e.version for e in taken), default=0) + 1
            why = f"另一台电脑的 {entry.text} 作废：{(rival or twice).text}"  # type: ignore[union-attr]
            add_entries(
                connection,
                "papers",
                ISSUED_COLUMNS,
                [replace(entry, act=CLASH, version=version, reason=why)],
            )
            yield clash_told(entry, rival, twice)
            continue
        add_entries(connection, "papers", ISSUED_COLUMNS, [entry])
        yield f"发文登记并入 {entry.text} {entry.kind}{entry.unit}（{entry.act}）"


def clash_told(entry: Issued, rival: Issued | None, twice: Issued | None) -> str:
    """Return what to do about a paper of another PC that cannot keep its number."""
    theirs = (
        f"另一台电脑的 {entry.text}（{entry.kind} {entry.unit}，{entry.day}，{entry.moment} {entry.who}）"
    )
    if rival:
        return f"重号：{rival.text} 本机给了 {rival.kind} {rival.unit}（{rival.day}）；{theirs}应收回作废，要发就在本机重新生成，编新号"
    return f"一文两号：本机已编为 {twice.text if twice else ''}；{theirs}应收回作废，这个号不再使用"


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
