"""Receipts: what a unit handed in through the reporting desk, and which of everything that came from it is in force."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from baiti_xl.contest import periods
from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.entering import Act, looked_up
from baiti_xl.desk.store import Store

HANDED_IN = (
    "网上交送"  # in the register of submissions: arrived; what became of it is entered on consolidation
)
RECEIVED = (
    "SELECT id, unit, cutoff, batch, file, hash, who, moment FROM submissions WHERE result = ? ORDER BY id"
)
GIVEN = "SELECT about, moment, body FROM entered WHERE act = ?"
ELSEWHERE = "（另一台电脑）"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One receipt: its place in the register, whose form, of which day and batch, where it was put, its hash, and when.

    What came another way than through the desk (`mailed.py`) has the number 0. `given` is the number that a receipt bears
    if another PC gave it, 0 for one of this.
    """

    number: int
    unit: str
    cutoff: date
    batch: int
    file: str
    hash: str
    who: str
    moment: str
    place: Path | None = None  # where it lies if the archive has it not
    given: int = 0

    @property
    def key(self) -> tuple[date, int]:
        """(填报截止日期, 报送批次), by which the latest is chosen."""
        return self.cutoff, self.batch


def handed_in(store: Store, *codes: str) -> list[HandedIn]:
    """Return the receipts of a unit, whatever code it had (default: of all), in order of arrival."""
    rows = looked_up(store, RECEIVED, (HANDED_IN,))
    held = receipts_of(rows, looked_up(store, GIVEN, (Act.HANDED_IN,)))
    return [one for one in held if not codes or one.unit in codes]


def codes_of(unit: Unit) -> tuple[str, ...]:
    """Return the codes that a unit has and had (曾用代码)."""
    return unit.code, *unit.former


def receipts_of(rows: Iterable[Sequence[object]], given: Iterable[tuple[str, str, str]]) -> list[HandedIn]:
    """Return the receipts of rows of the register in order of arrival, with the numbers they were given when they arrived."""
    numbers: dict[tuple[str, str, str], list[int]] = {}
    for unit, moment, body in given:
        told = json.loads(body)
        numbers.setdefault((unit, moment, told["hash"]), []).append(int(told["number"]))
    held = [(one, numbers.get((one.unit, one.moment, one.hash), [])) for one in map(receipt_of, rows)]
    named = [one if one.number in known or not known else replace(one, given=known[0]) for one, known in held]
    return sorted(named, key=lambda one: (one.moment, one.number))


def receipt_of(row: Sequence[object]) -> HandedIn:
    """Return a receipt of a row of the register."""
    number, unit, cutoff, batch, file, digest, who, moment = row
    return HandedIn(
        int(str(number)), str(unit), date.fromisoformat(str(cutoff)), int(str(batch)), str(file), str(digest), str(who),
        str(moment),
    )  # fmt: skip


def newest(held: Iterable[HandedIn]) -> HandedIn | None:
    """Return what is in force of what came from a unit: of the greatest day and batch the last to arrive."""
    return max(held, key=rank, default=None)


def rank(one: HandedIn) -> tuple[tuple[date, int], bool, str, int]:
    """Return by what the file in force is chosen: a receipt before what came another way, then the moment, on whichever PC."""
    return one.key, bool(one.number), one.moment if one.number else "", one.number


def of_period(held: Iterable[HandedIn], cutoff: date, book: Rulebook) -> list[HandedIn]:
    """Return what is of the period that ends on a day."""
    return [one for one in held if periods.cutoff_of(book, one.cutoff) == cutoff]


def in_force(held: Iterable[HandedIn], book: Rulebook) -> dict[date, HandedIn]:
    """Return what is in force of each period, by its cutoff."""
    found: dict[date, HandedIn] = {}
    for one in sorted(held, key=rank):
        found[periods.cutoff_of(book, one.cutoff)] = one
    return found


def period_due(book: Rulebook, day: date) -> date:
    """Return the cutoff of the period whose forms are due on a day: the first that still can be in time, else the last."""
    return next((cutoff for cutoff in periods.cutoffs(book) if day <= last_day(cutoff, book)), book.end)


def clash(held: Iterable[HandedIn], best: HandedIn) -> HandedIn | None:
    """Return a file that came another way and is of the same day and batch as a receipt in force, None if there is none."""
    same = (one for one in held if one.key == best.key and one.hash != best.hash and not one.number)
    return next(same, None) if best.number else None


def number_text(book: Rulebook, receipt: HandedIn) -> str:
    """Return a receipt's number as it is printed: 台前-2011-00012; one that another PC gave keeps its number, and says so."""
    return f"{book.contest_id}-{receipt.given or receipt.number:05}" + (ELSEWHERE if receipt.given else "")


def received(connection: sqlite3.Connection, unit: Unit, cutoff: date, book: Rulebook) -> list[HandedIn]:
    """Return the receipts of a unit for one period, in order of arrival."""
    return of_period([one for one in all_received(connection) if one.unit in codes_of(unit)], cutoff, book)


def all_received(connection: sqlite3.Connection) -> list[HandedIn]:
    """Return the receipts of all under a lock that is held, in order of arrival."""
    rows = connection.execute(RECEIVED, (HANDED_IN,)).fetchall()
    return receipts_of(rows, connection.execute(GIVEN, (Act.HANDED_IN,)).fetchall())


def last_day(cutoff: date, book: Rulebook) -> date:
    """Return the last day on which a form for a period is in time."""
    return cutoff + timedelta(days=book.report_days)


def codes(code: str, book: Rulebook) -> tuple[str, ...]:
    """Return the codes of the unit of a code."""
    unit = book.unit(code)
    return codes_of(unit) if unit else (code,)


def said(one: HandedIn) -> str:
    """Return of which day and batch something is."""
    return f"截至 {one.cutoff} 第 {one.batch} 批"
