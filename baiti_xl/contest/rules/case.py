"""What every check is given: one submission, the rulebook, and the way to word a finding."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from baiti_xl.contest.columns import R, Sheet
from baiti_xl.contest.findings import Place
from baiti_xl.contest.predicates import by_number
from baiti_xl.contest.records import Submission, Table
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import COVER, COVER_BY_FIELD, PAYMENTS, PROJECTS, Cover, Payment, Project

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Case:
    """One submission under check."""

    submission: Submission
    book: Rulebook

    @property
    def cover(self) -> Cover:
        """The submission's cover."""
        return self.submission.cover

    @property
    def unit(self) -> str:
        """The unit's code, "" if the cover does not tell."""
        return self.submission.cover.code

    def table(self, sheet: Sheet[R]) -> Table[R]:
        """Return a data sheet as read."""
        return self.submission.table(sheet)

    def rows(self, sheet: Sheet[R]) -> tuple[R, ...]:
        """Return every data row of a sheet."""
        return self.submission.rows(sheet)

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """The projects by number; the first of a repeated number."""
        return by_number(self.rows(PROJECTS))

    @cached_property
    def payments(self) -> Mapping[str, list[Payment]]:
        """The vouchers with a readable amount, by project number."""
        return group((p for p in self.rows(PAYMENTS) if p.amount is not None), lambda p: p.project)

    def place(self, sheet: Sheet[R], row: int, field: str) -> Place:
        """Return the cell of a field in a row."""
        cell = f"{self.table(sheet).letters.get(field, '')}{row}"
        return Place(self.submission.file, sheet.name, cell, sheet.fields[field].heading)

    def cover_place(self, field: str) -> Place:
        """Return the cell of a field of the cover."""
        cell = self.submission.cover_cells.get(field, "")
        return Place(self.submission.file, COVER, cell, COVER_BY_FIELD[field].heading)

    @cached_property
    def by_row(self) -> Mapping[str, Mapping[int, Any]]:
        """The records of every sheet by their row."""
        return {name: {r.row: r for r in table.records} for name, table in self.submission.tables.items()}


def group(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Return items by key, both in their order."""
    groups: dict[K, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups
