"""What every check is given: one submission, the rulebook, and the way to word a finding."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Finding, Place, finding
from baiti_xl.contest.records import Payment, Project, Record, Submission, Table
from baiti_xl.contest.rulebook import Rulebook

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Case:
    """One submission under check."""

    submission: Submission
    book: Rulebook

    def table(self, sheet: str) -> Table:
        """Return a data sheet as read."""
        return self.submission.tables[sheet]

    def records(self, sheet: str) -> tuple[Any, ...]:
        """Return every data row of a sheet."""
        return self.submission.tables[sheet].records

    @property
    def unit(self) -> str:
        """The unit's code, "" if the cover does not tell."""
        return self.submission.cover.code

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """The projects by number; the first of a repeated number."""
        return {p.number: p for p in reversed(self.records("项目台账")) if p.number}

    @cached_property
    def payments(self) -> Mapping[str, list[Payment]]:
        """The vouchers with a readable amount, by project number."""
        return group((p for p in self.records("到位资金") if p.amount is not None), lambda p: p.project)

    def find(
        self, rule: str, sheet: str, record: Record, field: str, value: object = None, **slots: Any
    ) -> Finding:
        """Return a finding at one cell of a row, with the value typed there unless another is given."""
        table, declared = self.table(sheet), sheets.SHEETS[sheet]
        heading = declared.fields[field].heading
        shown = getattr(record, field) if value is None else value
        place = Place(self.submission.file, sheet, f"{table.letters.get(field, '')}{record.row}", heading)
        identity = sheets.record_id(self.unit, declared, record)
        return finding(
            rule,
            place,
            "" if shown is None else shown,
            row=record.row,
            unit=self.unit,
            record=identity,
            **slots,
        )

    def find_cover(self, rule: str, field: str, value: object = "", **slots: Any) -> Finding:
        """Return a finding at one cell of the cover."""
        heading = next(c.heading for c in sheets.COVER_FIELDS if c.field == field)
        cell = self.submission.cover_cells.get(field, "")
        place = Place(self.submission.file, sheets.COVER, cell, heading)
        return finding(rule, place, value, unit=self.unit, **slots)

    def record_at(self, sheet: str, row: int) -> Record | None:
        """Return the record of a row, or None."""
        return self.by_row[sheet].get(row)

    @cached_property
    def by_row(self) -> Mapping[str, Mapping[int, Record]]:
        """The records of every sheet by their row."""
        return {name: {r.row: r for r in table.records} for name, table in self.submission.tables.items()}


def group(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Return items by key, both in their order."""
    groups: dict[K, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups
