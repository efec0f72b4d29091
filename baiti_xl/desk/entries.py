"""The entries of the registers: what each says, and how one is added, chained to the one before."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from baiti_xl.desk.heads import TITLES, link

IN_FORCE, SUPERSEDED, LATER = "采用", "被替代", "晚于统计日"
ISSUE, CORRECT, VOID = "发文", "更正", "作废"
AGAIN = "（更正）"  # behind the number of a later version
AFTER = "after"  # in what was made public: the chain of the last submission before it
CLASH = "重号"  # another PC's paper whose number stands for one of this: it holds it, and says nothing


@dataclass(frozen=True, slots=True)
class Archived:
    """One entry of the register of submissions: who consolidated which file, when, and with what result."""

    hash: str
    file: str
    unit: str
    cutoff: str
    batch: int | None
    result: str
    who: str
    moment: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Issued:
    """One entry of the register of papers: one version of one number, or that it was voided (`act`).

    `hash` is that of the document; `figures` (place, name, as printed) and `answers` of the review are JSON.
    """

    series: str
    year: int
    number: int
    version: int
    act: str
    kind: str
    unit: str
    day: str
    dated: str
    signer: str
    title: str
    file: str
    hash: str
    figures: str
    answers: str
    reason: str
    who: str
    moment: str

    @property
    def text(self) -> str:
        """The number as it is printed: 台政办〔2011〕9号; a later version is marked."""
        return self.bare + (AGAIN if self.act == CORRECT else "")

    @property
    def bare(self) -> str:
        """The number without the mark of a later version."""
        return f"{self.series}〔{self.year}〕{self.number}号"


@dataclass(frozen=True, slots=True)
class Frozen:
    """One entry of what was made public: the kinds numbered in one run, and the figures, files and rules behind them as JSON,
    with the place of the register of submissions at which that was (`AFTER`; earlier versions have only the moment)."""

    day: str
    kinds: str
    body: str
    who: str
    moment: str


@dataclass(frozen=True, slots=True)
class Entered:
    """One entry of what was done through the reporting desk; `body` is JSON (see `desk/entering.py`)."""

    act: str
    who: str
    about: str
    body: str
    moment: str


NUMBER_COLUMNS = ("year", "number", "kind", "unit", "day", "title", "file", "hash", "who", "moment")
ARCHIVED_COLUMNS, ISSUED_COLUMNS, FROZEN_COLUMNS, ENTERED_COLUMNS = (
    tuple(field.name for field in fields(kind)) for kind in (Archived, Issued, Frozen, Entered)
)
SHOWN = {  # what an Excel copy has of a register, column by column
    "submissions": ("moment", "who", "unit", "cutoff", "batch", "result", "as_of", "file", "hash"),
    "papers": (
        "series", "year", "number", "version", "act", "kind", "unit", "title", "day", "dated", "signer", "reason", "file", "hash",
        "who", "moment",
    ),
}  # fmt: skip

TABLES = {
    "submissions": (TITLES["submissions"], ARCHIVED_COLUMNS),
    "numbers": (TITLES["numbers"], NUMBER_COLUMNS),
    "papers": (TITLES["papers"], ISSUED_COLUMNS),
    "published": (TITLES["published"], FROZEN_COLUMNS),
    "entered": (TITLES["entered"], ENTERED_COLUMNS),
}


def bare_text(number: str) -> str:
    """Return a number without the mark of a later version."""
    return number.removesuffix(AGAIN)


def add_entries(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], entries: Iterable[object]
) -> None:
    """Append entries, each chained to the one before."""
    last = connection.execute(f"SELECT chain FROM {table} ORDER BY id DESC LIMIT 1").fetchone()
    chain = last[0] if last else ""
    marks = ", ".join("?" * (len(columns) + 1))
    for entry in entries:
        values = [getattr(entry, column) for column in columns]
        chain = link(chain, values)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}, chain) VALUES ({marks})", (*values, chain)
        )


def fresh(connection: sqlite3.Connection, entries: Iterable[Archived]) -> Iterator[Archived]:
    """Yield the entries that say something new: another result of the file, or its return into force.

    What was made public rests on what was entered by its moment. So nothing later bears that moment.
    """
    taken = {row[0] for row in connection.execute("SELECT moment FROM published")}
    for entry in entries:
        row = connection.execute(
            "SELECT result FROM submissions WHERE hash = ? AND file = ? ORDER BY id DESC LIMIT 1",
            (entry.hash, entry.file),
        ).fetchone()
        if row is None or row[0] != entry.result or was_replaced(connection, entry):
            yield replace(entry, moment=free(entry.moment, taken))


def free(moment: str, taken: Collection[str]) -> str:
    """Return a moment, or the next second that is not taken."""
    while moment in taken:
        moment = second_after(moment)
    return moment


def second_after(moment: str) -> str:
    """Return the second after a moment of the registers."""
    return (datetime.fromisoformat(moment) + timedelta(seconds=1)).isoformat(" ", "seconds")


def was_replaced(connection: sqlite3.Connection, entry: Archived) -> bool:
    """Whether another file of the same unit, day and batch came into force after this one did."""
    row = connection.execute(
        "SELECT hash FROM submissions WHERE unit = ? AND cutoff = ? AND batch IS ? AND result = ? ORDER BY id DESC LIMIT 1",
        (entry.unit, entry.cutoff, entry.batch, IN_FORCE),
    ).fetchone()
    return entry.result == IN_FORCE and row is not None and row[0] != entry.hash


def freeze(connection: sqlite3.Connection, entry: Frozen) -> None:
    """Enter what was made public, unless the last entry of the day says the same.

    What it rests on is what was entered before it, by the chain of the submissions (`AFTER`) and not by any clock; its moment
    is not before what was entered last.
    """
    last = connection.execute(
        "SELECT kinds, body FROM published WHERE day = ? ORDER BY id DESC LIMIT 1", (entry.day,)
    ).fetchone()
    if last is None or (last[0], placed(last[1], None)) != (entry.kinds, entry.body):
        held = connection.execute("SELECT moment, chain FROM submissions ORDER BY id DESC LIMIT 1").fetchone()
        moment, chain = held or ("", "")
        now = replace(entry, body=placed(entry.body, chain or None), moment=max(entry.moment, moment))
        add_entries(connection, "published", FROZEN_COLUMNS, [now])


def placed(body: str, chain: str | None) -> str:
    """Return what was made public with the chain of the last submission that it rests on, or without any."""
    held = json.loads(body)
    held.pop(AFTER, None)
    return json.dumps({**held, **({AFTER: chain} if chain else {})}, ensure_ascii=False, sort_keys=True)
