"""The heads of the registers: how many entries each has and the hash that closes them, kept in places that outlive the register.

They stand in the registers' Excel copies as a property that nobody sees, and in the backup of each day. A register that
lacks entries of which a witness knows was rolled back or cut; one that has others in their place went on from a copy.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from baiti_xl.ooxml.markup import BadXml, attribute
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import BadZip

TITLES = {
    "submissions": "报送登记",
    "numbers": "发文登记",
    "papers": "发文登记",
    "published": "公布登记",
    "entered": "网上登记",
}
PROPERTY, PART = "baiti.", "docProps/custom.xml"
BACKUPS, BACKUP = "备份", "登记_{}.db"
LOOKED_AT = 3  # backups, the newest first

Heads = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Witness:
    """What knew the registers once: its name, and their heads then."""

    name: str
    heads: Heads


def heads_of(connection: sqlite3.Connection) -> Heads:
    """Return how many entries each register has, and the hash of its last ("" for none)."""
    found = {}
    for table in TITLES:
        count = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
        last = connection.execute(f"SELECT chain FROM {table} ORDER BY id DESC LIMIT 1").fetchone()
        found[table] = (count, last[0] if last else "")
    return found


def written(heads: Heads) -> dict[str, str]:
    """Return heads as properties of a file, by their names; none is longer than a property may be."""
    return {PROPERTY + table: f"{count} {chain}" for table, (count, chain) in heads.items()}


def heads_in(data: bytes) -> Heads:
    """Return the heads that an Excel copy carries; none if it has none, or none that can be read."""
    found = {}
    try:
        package = Package.open(data)
        for one in package.read(PART) if PART in package.entries else ():
            table = attribute(one, "name").removeprefix(PROPERTY)
            count, _, chain = "".join(map(str, one.itertext())).strip().partition(" ")
            if table in TITLES and count.isdecimal():
                found[table] = (int(count), chain)
    except (BadZip, BadXml, KeyError):
        return {}
    return found


def opened(path: Path) -> sqlite3.Connection:
    """Return a register opened only to be read, without waiting for anybody. Raises sqlite3.Error."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def backups(root: Path) -> list[Path]:
    """Return the backups of an archive, the newest first."""
    return sorted((root / BACKUPS).glob(BACKUP.format("????-??-??")), reverse=True)


def witnesses(root: Path, copies: Sequence[Path]) -> Iterator[Witness]:
    """Yield what else knows the registers of an archive: Excel copies and the newest backups that can be read."""
    for path in copies:
        try:
            found = heads_in(path.read_bytes())
        except OSError:
            continue
        if found:
            yield Witness(path.name, found)
    for path in backups(root)[:LOOKED_AT]:
        try:
            connection = opened(path)
            try:
                found = heads_of(connection)
            finally:
                connection.close()
        except (sqlite3.Error, UnicodeDecodeError):
            continue
        yield Witness(f"{BACKUPS}/{path.name}", found)


def otherwise(connection: sqlite3.Connection, known: Iterator[Witness] | Sequence[Witness]) -> Iterator[str]:
    """Yield what witnesses know of the registers that these do not say, each register once."""
    told = set()
    for witness in known:
        for table, (count, chain) in witness.heads.items():
            fault = differs(connection, table, count, chain) if count and table not in told else ""
            if fault:
                told.add(table)
                yield f"{TITLES[table]}{fault.format(witness=witness.name)}"


def differs(connection: sqlite3.Connection, table: str, count: int, chain: str) -> str:
    """Return how a register differs from one that had so many entries closed by a hash, "" if it goes on from it."""
    row = connection.execute(
        f"SELECT chain FROM {table} ORDER BY id LIMIT 1 OFFSET ?", (count - 1,)
    ).fetchone()
    if row is None:
        held = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
        return f"只有 {held} 条，“{{witness}}”记着 {count} 条：登记被换成了旧的，或丢了最后几条"
    if row[0] != chain:
        return f"到第 {count} 条与“{{witness}}”不同：两处各自登记过，分了叉"
    return ""
