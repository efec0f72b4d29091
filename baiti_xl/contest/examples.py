"""Examples to fill the form in by: this contest's and this unit's own, never another year's or another unit's."""

from dataclasses import dataclass
from datetime import date, timedelta

from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook

SOON = timedelta(days=12)  # a day of the contest that is neither its first nor its last


@dataclass(frozen=True, slots=True)
class Examples:
    """What hints name as `{day}`, `{number}` (项目编号) and `{trip}` (外出批次号)."""

    day: date
    number: str
    trip: str

    def within(self, hint: str) -> str:
        """Return a hint with its examples put in."""
        return hint.format(day=self.day, number=self.number, trip=self.trip)


def examples_of(book: Rulebook, unit: Unit | None = None) -> Examples:
    """Return the examples of a unit, or of the first on the list."""
    code = (unit or book.units[0]).code
    return Examples(min(book.start + SOON, book.end), f"{code}-001", f"{book.start.year}-W01")
