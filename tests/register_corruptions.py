"""Registers spoiled at random, and what becomes of each: nothing may be silent.

    python tests/register_corruptions.py 2000

A spoiled register either says what it said before, or the next run names it and writes nothing. Mended, it says of every
entry that it has it as it was, or that it is lost; and no number is given twice.
"""

import hashlib
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from baiti_xl.desk import consolidating, keeping
from baiti_xl.desk.database import DATABASE, StoreError
from baiti_xl.desk.entries import TABLES, Archived, Frozen, Issued, freeze
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.issuing import issue, next_number
from baiti_xl.desk.outputs import OutputError
from baiti_xl.desk.store import FOLDER, Store

DAYS = ("2011-05-13", "2011-06-12", "2011-07-12")


def filled(place: Path) -> Store:
    """Make a working folder with three days' submissions, papers and figures, its Excel copies and a backup."""
    store = Store(place)
    for at, day in enumerate(DAYS):
        entries, files = [], {}
        for unit in range(1, 9):
            path = place / "报送" / f"X{unit:02}_{day}.xlsx"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{unit} {day}".encode() * 50)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            files[digest] = path
            entries.append(
                Archived(digest, path.name, f"X{unit:02}", day, 1, "采用", "刘主任", f"{day} 09:00:00", day)
            )

        def papers(connection: sqlite3.Connection, day: str = day, at: int = at) -> list[object]:
            for unit in ("", "X01", "X02", "X03"):
                number = next_number(connection, "台政办", 2011, 1, was_first=True)
                about = (
                    day,
                    day,
                    "",
                    f"第{at}期",
                    f"{number}.docx",
                    "0" * 64,
                    '[["表","数","1",["1"]]]',
                    "[]",
                    "",
                    "刘主任",
                    day,
                )
                issue(
                    connection,
                    Issued("台政办", 2011, number, 1, "发文", "通报" if not unit else "通知", unit, *about),
                )
            freeze(
                connection, Frozen(day, "通报", '{"figures": {}, "files": []}' + " " * 3000, "刘主任", day)
            )
            return []

        store.publish(papers, files, entries)  # type: ignore[arg-type]
        list(consolidating.copy_registers(store))
    return store


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return all entries of a register, as the program reads them."""
    with store.locked() as connection:
        return {
            table: connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id").fetchall()
            for table, (_, columns) in TABLES.items()
        }


# ── ways to spoil a register ─────────────────────────────────────────────────────────────────────


def flip(store: Store, chance: random.Random) -> None:
    """Change one to eight bits anywhere in the file."""
    path = store.root / DATABASE
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def cut(store: Store, chance: random.Random) -> None:
    """Cut the file, at a page or anywhere, or to nothing."""
    path = store.root / DATABASE
    data = path.read_bytes()
    at = chance.choice((0, chance.randrange(len(data)), chance.randrange(len(data) // 4096) * 4096))
    path.write_bytes(data[:at])


def overwrite(store: Store, chance: random.Random) -> None:
    """Write zeros or noise over a stretch."""
    path = store.root / DATABASE
    data = bytearray(path.read_bytes())
    at, size = chance.randrange(len(data)), chance.randrange(1, 5000)
    data[at : at + size] = chance.choice((bytes(size), chance.randbytes(size)))
    path.write_bytes(data)


def without_triggers(store: Store, statements: list[str]) -> None:
    """Run statements as someone with a database program may, who puts the triggers back."""
    with closing(sqlite3.connect(store.root / DATABASE)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()


def a_table(chance: random.Random) -> str:
    """Return one of the registers that have entries."""
    return chance.choice(("submissions", "papers", "published"))


def roll_back(store: Store, chance: random.Random) -> None:
    """Take the newest entries away, from one register or from all."""
    some = [a_table(chance)] if chance.random() < 0.5 else ["submissions", "papers", "published"]
    last = chance.randrange(3)
    without_triggers(store, [f"DELETE FROM {table} WHERE id > {last}" for table in some])


def take_out(store: Store, chance: random.Random) -> None:
    """Delete any entry."""
    table = a_table(chance)
    without_triggers(store, [f"DELETE FROM {table} WHERE id = {chance.randrange(1, 4)}"])


def swap(store: Store, chance: random.Random) -> None:
    """Let two entries change places."""
    table, (one, other) = a_table(chance), chance.sample(range(1, 4), 2)
    moves = ((one, -1), (other, one), (-1, other))
    without_triggers(store, [f"UPDATE {table} SET id = {b} WHERE id = {a}" for a, b in moves])


def rewrite(store: Store, chance: random.Random) -> None:
    """Change a value."""
    table = a_table(chance)
    column = chance.choice([name for name in TABLES[table][1] if name != "version"])
    without_triggers(store, [f"UPDATE {table} SET {column} = '99' WHERE id = {chance.randrange(1, 4)}"])


def lose(store: Store, chance: random.Random) -> None:
    """Delete the file, or put another in its place."""
    path = store.root / DATABASE
    path.unlink()
    if chance.random() < 0.5:
        path.write_bytes(chance.choice((b"", b"no database" * 100)))


WAYS: tuple[Callable[[Store, random.Random], None], ...] = (
    flip, flip, flip, cut, overwrite, roll_back, take_out, swap, rewrite, lose,
)  # fmt: skip


# ── what becomes of it ───────────────────────────────────────────────────────────────────────────


def outcome(whole: Path, place: Path, seed: int) -> str:
    """Spoil a copy of a working folder, and return how that ended; raises AssertionError for what is silent."""
    chance = random.Random(seed)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(whole, place)
    before = contents(Store(place))
    witness = chance.choice(("both", "both", "copies", "backups"))
    if witness == "backups":
        for path in Store(place).copies:
            path.unlink()
    if witness == "copies":
        shutil.rmtree(place / FOLDER / "备份")
    way = chance.choice(WAYS)
    way(Store(place), chance)
    seen = {p: p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}
    try:
        faults = Store(place).faults()
        if not faults:
            Store(place).publish(lambda _: [])
    except (StoreError, OutputError) as error:
        faults = [str(error)]
    if not faults:
        assert contents(Store(place)) == before, f"silent: {way.__name__}, seed {seed}"
        return "says what it said"
    after = {
        p: p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file() and not p.name.endswith("-journal")
    }
    assert {p: d for p, d in after.items() if p in seen and d != seen[p]} == {}, f"overwritten: seed {seed}"
    return mended(place, before, seed)


def mended(place: Path, before: dict[str, list[tuple[object, ...]]], seed: int) -> str:
    """Mend a spoiled register and return how that ended; raises AssertionError for a loss that is not told."""
    try:
        told = "；".join(keeping.repair(place))
    except ActionError:
        return "named, and nothing to mend it from"
    store = Store(place)
    assert store.faults() == [], f"not mended: seed {seed}: {store.faults()}"
    after = contents(store)
    if after == before:
        return "named, and mended to the last entry"
    for table, rows in before.items():
        bare = [row[:12] for row in rows], [row[:12] for row in after[table]]
        assert bare[0][: len(bare[1])] == bare[1], f"made up: seed {seed}, {table}"
        assert bare[0] == bare[1] or "已失" in told or "只找回" in told, (
            f"lost and not told: seed {seed}, {table}"
        )
    assert "已失" in told or "不再能" in told, f"not told: seed {seed}"
    return "named, mended, and what is lost is told"


def main(count: int) -> None:
    """Spoil so many registers and print what became of them."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        whole, place = Path(name, "整个"), Path(name, "坏的")
        filled(whole)
        found = Counter(outcome(whole, place, seed) for seed in range(count))
    for what, number in found.most_common():
        print(f"{number:6} {what}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
