"""Document numbers: what the register of papers has given, and which is next."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from baiti_xl.desk.entries import CLASH, ISSUE, ISSUED_COLUMNS, NUMBER_COLUMNS, VOID, Issued, add_entries

FIRST_SERIES = ""  # of the one series that version 0.1 had


def of_version_01(row: Sequence[Any]) -> Issued:
    """Return an entry of the register as version 0.1 kept it; its series is the console's 发文机关代字."""
    year, number, kind, unit, day, title, file, digest, who, moment = row
    about = (kind, unit, day, day, "", title, file, digest, "[]", "[]", "", who, moment)
    return Issued(FIRST_SERIES, year, number, 1, ISSUE, *about)


def issued_papers(connection: sqlite3.Connection) -> list[Issued]:
    """Return the register of papers in order of entry, those that version 0.1 numbered first."""

    def rows(table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        return connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id").fetchall()

    old = map(of_version_01, rows("numbers", NUMBER_COLUMNS))
    return [*old, *(Issued(*row) for row in rows("papers", ISSUED_COLUMNS))]


def last_issue(connection: sqlite3.Connection, kind: str, unit: str, day: str) -> Issued | None:
    """Return the last version of the paper of a kind, unit and day; None if there is none, or it was voided."""
    about = "WHERE kind = ? AND unit = ? AND day = ? ORDER BY id DESC LIMIT 1"
    row = connection.execute(
        f"SELECT {', '.join(ISSUED_COLUMNS)} FROM papers WHERE act <> '{CLASH}' AND {about[6:]}",
        (kind, unit, day),
    ).fetchone()
    if row:
        entry = Issued(*row)
        return entry if entry.act != VOID else None
    old = connection.execute(
        f"SELECT {', '.join(NUMBER_COLUMNS)} FROM numbers {about}", (kind, unit, day)
    ).fetchone()
    return of_version_01(old) if old else None


def next_number(
    connection: sqlite3.Connection, series: str, year: int, first: int, *, was_first: bool
) -> int:
    """Return the next running number of a series in a year: one more than the greatest ever given, else the first.

    `was_first` says whether the numbers of version 0.1 belong to the series.
    """
    query = "SELECT MAX(number) FROM papers WHERE series = ? AND year = ?"
    greatest = [connection.execute(query, (series, year)).fetchone()[0] or 0]
    if was_first:
        old = "SELECT MAX(number) FROM numbers WHERE year = ?"
        greatest.append(connection.execute(old, (year,)).fetchone()[0] or 0)
    return max(*greatest, first - 1, 0) + 1


def next_version(connection: sqlite3.Connection, known: Issued) -> int:
    """Return the version under which a number is issued anew."""
    query = "SELECT MAX(version) FROM papers WHERE series = ? AND year = ? AND number = ?"
    found = connection.execute(query, (known.series, known.year, known.number)).fetchone()[0]
    return max(found or 0, known.version) + 1


def issue(connection: sqlite3.Connection, entry: Issued) -> None:
    """Enter a version of a paper in the register; a number once given is never given again."""
    add_entries(connection, "papers", ISSUED_COLUMNS, [entry])
