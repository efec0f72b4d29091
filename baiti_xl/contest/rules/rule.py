"""The means by which a rule is declared: its id, sentence and article, the check, and the same check in Excel's terms.

    Rule("P01", ERROR, "固定资产投资大于总投资", …, find=rows(PROJECTS, "fixed_investment", …), shown=…)

A rule that a unit's own workbook can show says in `shown` how: conditions in the terms of `terms.py`, from which the
template's 自检 is made. One that it cannot show says in `unseen` why not. Each carries a wrong and a right example,
which tests run in Python, LibreOffice and Gnumeric.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from baiti_xl.contest.columns import AnySheet, R, Sheet
from baiti_xl.contest.findings import Finding, Place, Severity
from baiti_xl.contest.rulebook import OWN, Rulebook
from baiti_xl.contest.rules.case import Case

FORM = "报送模板"
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
__all__ = ["ERROR", "FORM", "NOTE", "OWN", "WARNING", "Example", "Rule", "Shown", "in_rows"]

# Sheets as small tables of text: the columns that matter, every other cell being sound.
Example = Mapping[str, str]
Check = Callable[[Case, "Rule"], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule at one column of the form, in Excel's terms: `condition` is true where it is broken.

    Sheet None is the cover. `slots` are what the sentence needs that is known beforehand.
    """

    sheet: AnySheet | None
    column: str
    condition: str
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `id` may have a variant, as `C03/date`: the part before the slash is what staff and scripts use.

    A finding says `fault`, then `detail` (what only the office's program can tell), then `remedy`. Where the remedy is the
    office's, `own` is what the unit itself must do, None if that is nothing.
    """

    id: str
    severity: Severity
    title: str
    fault: str
    remedy: str
    source: str = FORM
    detail: str = ""
    find: Check | None = None
    shown: Callable[[Rulebook], Iterable[Shown]] | None = None
    unseen: str = ""
    own: str | None = ""
    wrong: Example | None = None
    right: Example | None = None

    def __post_init__(self) -> None:
        if bool(self.shown) == bool(self.unseen):
            raise ValueError(
                f"{self.id}: either `shown` says how the template shows it, or `unseen` why it cannot"
            )
        if self.shown and not (self.wrong and self.right):
            raise ValueError(f"{self.id}: what the template shows needs a wrong and a right example")

    @property
    def number(self) -> str:
        """The id without its variant."""
        return self.id.partition("/")[0]

    def sentence(self, slots: Mapping[str, Any]) -> str:
        """Return what the template says: fault and remedy, filled in with what is known beforehand."""
        return f"{self.fault.format_map(slots)}。{self.remedy.format_map(slots)}。"

    def at(
        self,
        place: Place,
        value: object = "",
        *,
        row: int = 0,
        unit: str = "",
        record: str = "",
        **slots: Any,
    ) -> Finding:
        """Return a finding at a place; `slots` fill its sentence. Raises KeyError if one is missing: our mistake."""
        slots = {"value": value, "heading": place.heading, "sheet": place.sheet, **slots}
        fault, detail, remedy = (text.format_map(slots) for text in (self.fault, self.detail, self.remedy))
        message = f"{fault}{detail}。{remedy}。"
        return Finding(self.number, self.severity, place, str(value), message, row, unit, record)

    def in_row(
        self, case: Case, sheet: Sheet[R], row: R, column: str, value: object = None, **slots: Any
    ) -> Finding:
        """Return a finding at one cell of a row, with the value typed there unless another is given."""
        shown = getattr(row, column) if value is None else value
        place, identity = case.place(sheet, row.row, column), sheet.identity(case.unit, row)
        return self.at(
            place, "" if shown is None else shown, row=row.row, unit=case.unit, record=identity, **slots
        )

    def on_cover(self, case: Case, column: str, value: object = "", **slots: Any) -> Finding:
        """Return a finding at one cell of the cover."""
        return self.at(case.cover_place(column), value, unit=case.unit, **slots)


def in_rows(
    sheet: Sheet[R], name: str, broken: Callable[[R, Case], Mapping[str, Any] | bool | None]
) -> Check:
    """Return a check of single rows, told at one column.

    `broken` gives what is to be said of a row that breaks the rule (slots, or True), nothing for one that does not.
    """

    def find(case: Case, rule: Rule) -> Iterator[Finding]:
        for row in case.rows(sheet):
            slots = broken(row, case)
            if slots:
                yield rule.in_row(case, sheet, row, name, **({} if slots is True else dict(slots)))

    return find
