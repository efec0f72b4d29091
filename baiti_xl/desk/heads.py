"""The heads of the registers: how many entries each has and the hash that closes them, kept in places that outlive the register.

They stand in the registers' Excel copies as a property that nobody sees, and in the backup of each day. A register that
lacks entries of which a witness knows was rolled back or cut; one that has others in their place went on from a copy.

Results workbooks and numbered papers carry heads of another chain, over what entries say without who made them and when,
so that the same inputs give the same bytes: a workbook that of the submissions up to its day, a paper that of the papers
entered before it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from baiti_xl.ooxml.markup import BadXml, attribute, parse
from baiti_xl.ooxml.zips import BadZip, entries_of

TITLES = {
    "submissions": "报送登记",
    "numbers": "发文登记",
    "papers": "发文登记",
    "published": "公布登记",
    "entered": "网上登记",
}
SAID = {  # what an entry says, whoever made it and when; no more than its Excel copy shows
    "submissions": "as_of, hash, file, unit, cutoff, batch, result",
    "papers": "series, year, number, version, act, kind, unit, day, dated, signer, title, file, hash, reason",
}
RESULTS = "baiti.results"  # property of a results workbook: its day, and the head
PROPERTY, PART = "baiti.", "docProps/custom.xml"
SAID_OF = "baiti.said."  # property of an Excel copy: the head over what the entries of a register say
MOST = 1 << 20  # bytes of properties; ours take a few hundred
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


def heads_in(properties: Mapping[str, str]) -> Heads:
    """Return the heads that the properties of an Excel copy tell, those that are ones."""
    found = {}
    for name, text in properties.items():
        table, (count, _, chain) = name.removeprefix(PROPERTY), text.partition(" ")
        if table in TITLES and count.isdecimal():
            found[table] = (int(count), chain)
    return found


def properties_in(data: bytes) -> dict[str, str]:
    """Return the properties of ours that a file carries; none if they cannot be read."""
    try:
        parts = (entry for entry in entries_of(data) if entry.name == PART and entry.size <= MOST)
        part = next((entry.data() for entry in parts), b"<none/>")
        named = [(attribute(one, "name"), "".join(map(str, one.itertext())).strip()) for one in parse(part)]
    except (BadZip, BadXml):
        return {}
    return {name: text for name, text in named if name.startswith(PROPERTY)}


def opened(path: Path) -> sqlite3.Connection:
    """Return a register opened only to be read, without waiting for anybody. Raises sqlite3.Error."""
    return sqlite3.connect(read_only(path.absolute(), immutable=True), uri=True)


def read_only(path: PurePath, *, immutable: bool = False) -> str:
    """Return the address by which SQLite opens a file only to read it, also one on a shared folder (//server/share).

    SQLite takes no name of a server in an address, so that of a share has an empty one and goes on with two strokes.
    """
    address = path.as_uri()
    if not address.startswith("file:///"):
        address = f"file:////{address.removeprefix('file://')}"
    return f"{address}?mode=ro{'&immutable=1' if immutable else ''}"


def backups(root: Path) -> list[Path]:
    """Return the backups of an archive, the newest first."""
    return sorted((root / BACKUPS).glob(BACKUP.format("????-??-??")), reverse=True)


def witnesses(root: Path, copies: Sequence[Path], kept: int = LOOKED_AT) -> Iterator[Witness]:
    """Yield what else knows the registers of an archive: Excel copies and the newest backups that can be read."""
    for path in copies:
        try:
            found = heads_in(properties_in(path.read_bytes()))
        except OSError:
            continue
        if found:
            yield Witness(path.name, found)
    for path in backups(root)[:kept]:
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


# ── what entries say ─────────────────────────────────────────────────────────────────────────────


def link(previous: str, values: Sequence[object]) -> str:
    """Return the hash of an entry together with the one before; whatever a damaged file holds has one."""
    text = json.dumps([previous, *values], ensure_ascii=False, default=repr)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Until:
    """A place in a register: the entry that this chain closes or, in a register that has not it, the last by a moment.

    The chain goes by no clock. Registers of earlier versions, and what another PC made public, have only the moment.
    """

    moment: str = ""
    chain: str = ""

    def condition(self, connection: sqlite3.Connection, table: str) -> tuple[str, tuple[object, ...]]:
        """Return the condition that entries up to there meet, with its values."""
        query = f"SELECT id FROM {table} WHERE chain = ?"
        found = connection.execute(query, (self.chain,)).fetchone() if self.chain else None
        if found:
            return "id <= ?", found
        return ("moment <= ?", (self.moment,)) if self.moment else ("1", ())


ALWAYS = Until()


@dataclass
class Said:
    """The chain over what the entries of a register say, up to a day and a place in it if they are given; it grows
    as entries are added.

    `heads` are its heads so far, `before` the head before an entry by the first four things that it says.
    """

    table: str
    day: str = ""
    until: Until = ALWAYS
    last: int = 0
    heads: list[str] = field(default_factory=lambda: [""])
    before: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def read(self, connection: sqlite3.Connection) -> "Said":
        """Take in what was added; return the chain."""
        condition, bounds = self.until.condition(connection, self.table)
        query = f"SELECT id, {SAID[self.table]} FROM {self.table} WHERE id > ? AND {condition} ORDER BY id"
        for ident, *row in connection.execute(query, (self.last, *bounds)):
            self.last = ident
            if not self.day or row[0] <= self.day:
                self.before[tuple(row[:4])] = self.head
                self.heads.append(f"{len(self.heads)} {link(self.head, row)}")
        return self

    @property
    def head(self) -> str:
        """How many entries there are, and the hash that closes them; "" for none."""
        return self.heads[-1]


def said_of(rows: Sequence[Sequence[Any]]) -> str:
    """Return the head over what these entries say."""
    head = ""
    for count, row in enumerate(rows, 1):
        head = f"{count} {link(head, list(row))}"
    return head


def results_head(connection: sqlite3.Connection, day: str, until: Until = ALWAYS) -> dict[str, str]:
    """Return the property by which the results of a day bear witness; of one made public, by what was entered until then."""
    head = Said("submissions", day, until).read(connection).head
    return {RESULTS: f"{day} {head}"} if head else {}


def unlike(head: str, chains: Sequence[Said]) -> str:
    """Return how registers differ from one of which a head tells, "" if one of them goes on from it."""
    count = head.partition(" ")[0]
    if not head or not count.isdecimal() or any(head in chain.heads for chain in chains):
        return ""
    held = len(chains[0].heads) - 1
    if held < int(count):
        return f"那时{TITLES[chains[0].table]}有 {count} 条，现在只有 {held} 条：登记被换成了旧的，或丢了几条"
    return f"那时{TITLES[chains[0].table]}的前 {count} 条与现在的不同：登记换过，或这是在另一台电脑上做的"
