"""Where a register can be restored from: itself as far as it is sound, its backups, and what its Excel copies show."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from baiti_xl.desk.database import DATABASE
from baiti_xl.desk.entries import SHOWN, TABLES
from baiti_xl.desk.heads import (
    BACKUPS,
    SAID,
    SAID_OF,
    backups,
    heads_in,
    link,
    opened,
    properties_in,
    said_of,
)
from baiti_xl.desk.rules import read_bytes
from baiti_xl.desk.store import Store
from baiti_xl.errors import UserError
from baiti_xl.read.bounds import Refused
from baiti_xl.read.cells import read_grids
from baiti_xl.scale.processes import aside

WHOLE = ("year", "number", "version", "batch")  # whole numbers, of which a batch may be empty
UNSHOWN = {"figures": "[]", "answers": "[]"}  # what no copy shows of a paper
EDITED = "副本被改过"
Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
Unsound = dict[str, dict[int, Row]]


@dataclass(frozen=True, slots=True)
class Source:
    """A register from which another can be restored: what it is, where, its sound entries by table, what else of it can be
    read by the number of the entry, and the tables of which a part cannot be read."""

    name: str
    path: Path
    rows: Rows
    unsound: Unsound
    unread: frozenset[str]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return sum(map(len, self.rows.values()))


def sources_of(store: Store) -> list[Source]:
    """Return what registers there are: the one at hand as far as it is sound, then the backups, the newest first."""
    at_hand = store.root / DATABASE
    kept = (source_of(f"{BACKUPS}/{path.name}", path) for path in backups(store.root))
    return [source_of(DATABASE, at_hand), *(one for one in kept if one.size or any(one.unsound.values()))]


def source_of(name: str, path: Path) -> Source:
    """Return a register as far as it can be read."""
    rows = read_rows(path)
    return Source(name, path, rows, *read_unsound(path, rows))


def read_unsound(path: Path, sound: Rows) -> tuple[Unsound, frozenset[str]]:
    """Return what can be read of a register beside its sound entries, from the first and from the last, and what cannot."""
    found: Unsound = {table: {} for table in TABLES}
    unread = set(TABLES)
    if not path.is_file() or not path.stat().st_size:
        return found, frozenset()
    with suppress(sqlite3.Error, UnicodeDecodeError), closing(opened(path)) as connection:
        for table, (_, columns) in TABLES.items():
            held = {row[-1] for row in sound[table]}
            for way in ("ASC", "DESC"):
                query = f"SELECT id, {', '.join(columns)}, chain FROM {table} ORDER BY id {way}"
                with suppress(sqlite3.Error, UnicodeDecodeError):
                    found[table].update(
                        (row[0], row[1:]) for row in connection.execute(query) if row[-1] not in held
                    )
                    unread.discard(table)
    return found, frozenset(unread)


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


# ── Excel copies ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Copied:
    """What an Excel copy adds to a register: entries with their hashes, how many there should be, and why it is not believed.

    `is_proven` says whether all that is shown of the entries was proven to be as it was written.
    """

    rows: Sequence[Row] = ()
    count: int = 0
    fault: str = ""
    is_proven: bool = True


def copied(store: Store) -> Iterator[tuple[str, Path]]:
    """Yield each register with the Excel copy that shows it."""
    submissions, papers = store.copies
    yield from (("submissions", submissions), ("numbers", papers), ("papers", papers))


def copied_rows(table: str, path: Path, held: Sequence[Row]) -> Copied:
    """Return what an Excel copy adds to the entries held; nothing of a copy that was edited, or goes on from other entries."""
    if not path.exists():
        return Copied()
    try:
        data = read_bytes(path)
        told = aside(properties_in, data)
        grid = aside(read_grids, data, (path.stem,)).get(path.stem, [])
    except (UserError, Refused):
        return Copied(fault="副本读不出来")
    count, chain = heads_in(told).get(table, (0, ""))
    if 0 < count <= len(held) and held[count - 1][-1] != chain:
        return Copied(count=count, fault=f"到第 {count} 条与登记不同，是另一处登记的")
    try:
        rows = [*entries_in(table, grid)]
    except (ValueError, InvalidOperation):
        return Copied(count=count, fault=f"有的行读不懂：{EDITED}")
    if len(rows) != count:
        return Copied(count=count, fault=f"有 {len(rows)} 条，而它自己记着 {count} 条：{EDITED}")
    for at, (mine, row) in enumerate(zip(held, rows, strict=False), 1):
        if shown_of(table, mine) != shown_of(table, row):
            return Copied(count=count, fault=f"第 {at} 条与登记不同：{EDITED}，或是另一处登记的")
    return proven(table, rows, held, chain, told.get(SAID_OF + table, ""))


def proven(table: str, rows: Sequence[Row], held: Sequence[Row], chain: str, said: str) -> Copied:
    """Return the entries that a copy adds, if they are closed by the hash that it bears; of papers, what is said of them."""
    previous = held[-1][-1] if held else ""
    added: list[Row] = []
    for row in rows[len(held) :]:
        previous = link(previous, row)
        added.append((*row, previous))
    if table in SAID and UNSHOWN.keys() & set(TABLES[table][1]):
        found = said_of(
            [[row[TABLES[table][1].index(name)] for name in SAID[table].split(", ")] for row in rows]
        )
        is_edited, is_proven = bool(said) and said != found, bool(said)
    else:
        is_edited, is_proven = bool(added) and previous != chain, True
    if is_edited:
        return Copied(count=len(rows), fault=f"后面 {len(added)} 条与它自己记着的不符：{EDITED}")
    return Copied(added, len(rows), is_proven=is_proven)


def shown_of(table: str, row: Row) -> list[str]:
    """Return what a copy shows of an entry."""
    names = TABLES[table][1]
    return [str(value) for name, value in zip(names, row, strict=False) if name not in UNSHOWN]


def entries_in(table: str, grid: Sequence[Sequence[Any]]) -> Iterator[Row]:
    """Yield the entries that an Excel copy shows, as the register has them. Raises ValueError for a row that is none."""
    columns = SHOWN["submissions" if table == "submissions" else "papers"]
    for row in grid[1:]:
        told = dict(zip(columns, (*row, *[""] * len(columns)), strict=False))
        if table != "submissions" and (told["series"] == "") != (table == "numbers"):
            continue  # version 0.1 had no series, and a table of its own
        values = {name: whole(value) if name in WHOLE else str(value or "") for name, value in told.items()}
        values |= UNSHOWN
        yield tuple(values[name] for name in TABLES[table][1])


def whole(value: Any) -> int | None:
    """Return a whole number of a copy, None where there is none. Raises ValueError."""
    if value in ("", None):
        return None
    number = Decimal(str(value))
    if number != int(number):
        raise ValueError(value)
    return int(number)
