"""The register and the archive against their witnesses: verified, and mended from what else is there."""

import hashlib
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from baiti_xl.desk.consolidating import copy_registers
from baiti_xl.desk.database import DATABASE, StoreError
from baiti_xl.desk.entries import TABLES
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.heads import (
    BACKUPS,
    RESULTS,
    Said,
    backups,
    opened,
    properties_in,
    unlike,
)
from baiti_xl.desk.merging import MERGED, take_over
from baiti_xl.desk.restoring import Row, Rows, Source, copied, copied_rows, fork, sources_of
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
        known.setdefault(replace(entry, act="").text, set()).add((entry.kind, entry.unit))
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
    number = listing.about.get("number", "").removesuffix("（更正）")
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
    had_backups = bool(backups(store.root))
    told = [*restored_register(store)]
    told += restored_files(store)
    told += set_aside(store)
    if store.archived() and not had_backups:
        told.append("备份不见了，已按现在的登记补上今天的")
    told += renewed_copies(store, told)
    return told or ["登记和归档都是好的，没有要修的。"]


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
    """Restore the register if it is not sound or its witnesses know more; yield what was done."""
    is_broken = store.is_broken()
    if not is_broken and not store.witness_faults():
        return
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
    is_changed = is_broken or rows != at_hand.rows
    if is_changed:
        yield f"登记恢复自“{base.name}”，共 {sum(map(len, rows.values()))} 条"
    yield from added
    yield from keep_old(store)
    if is_changed:
        write_register(store, rows)
    for path in store.copies:
        path.unlink(missing_ok=True)  # kept aside; written anew after this
    for other in (*kept, at_hand):
        if fork(base, other):
            yield from merged_fork(store, base, other)


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
