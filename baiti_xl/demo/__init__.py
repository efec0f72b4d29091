"""Realistic invented submissions of nine townships and twelve departments, marked as samples.

Nothing is taken from life: every enterprise carries 样例 in its name and every person is 某. The same
call gives the same bytes. Some files are wrong on purpose; their `note` says how.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from baiti_xl.contest.choices import Decision
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.records import Ruling
from baiti_xl.contest.rulebook import DaySpan, Rulebook
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS, VISITS
from baiti_xl.demo.faults import MAY, PERIODS, files_of
from baiti_xl.demo.plans import BY_CODE
from baiti_xl.demo.reporter import Reporter, Sample, identity

__all__ = ["PERIODS", "Sample", "sample_rulebook", "sample_rulings", "samples"]

HEAD = "（样例）"
RULED_ON = date(2011, 5, 13)
KEY_PERIODS = (DaySpan(date(2011, 4, 30), date(2011, 5, 2)), DaySpan(date(2011, 6, 1), date(2011, 6, 12)))
# What the unit list says of some units beside their names.
CHANGES: Mapping[str, Mapping[str, Any]] = {
    "X01": {"full_name": "城关镇人民政府", "target_projects": Decimal(8), "target_paid": Decimal(40000)},
    "X02": {"full_name": "侯庙镇人民政府", "target_projects": Decimal(6), "target_paid": Decimal(40000)},
    "Z46": {"merged_into": "Z16", "merged_on": date(2011, 7, 15)},
}


class Decided(NamedTuple):
    """A ruling on the first row of a unit's sheet, which stands there from the first period on."""

    unit: str
    sheet: AnySheet
    rule: str
    decision: Decision
    reason: str


DECIDED = (
    Decided("X04", VISITS, "", Decision.REJECT, "只有电话联系，没有走访照片和洽谈记录"),
    Decided("Z16", PROJECTS, "", Decision.REJECT, "原有企业增资，不属于新引进项目"),
    Decided("Z02", PAYMENTS, "M03", Decision.ACCEPT, "差额为银行手续费，已核对结汇水单"),
)


def sample_rulebook() -> Rulebook:
    """Return the factory rulebook with the units of the samples and the rulings on them."""
    return replace(base_rulebook(), rulings=sample_rulings())


def base_rulebook() -> Rulebook:
    """Return the factory rulebook with the units of the samples, without rulings."""
    book = default_rulebook()
    return replace(
        book,
        units=tuple(
            replace(u, head=HEAD, **CHANGES.get(u.code, {})) for u in book.units if u.code in BY_CODE
        ),
        key_periods=KEY_PERIODS,
    )


def sample_rulings() -> tuple[Ruling, ...]:
    """Return a few rulings, each on a record that every period's submission holds."""
    book = base_rulebook()
    rows = {reporter.unit.code: reporter.rows() for reporter in reporters(book, MAY)}
    return tuple(
        Ruling(
            identity(d.unit, d.sheet, rows[d.unit][d.sheet.name][0]), d.rule, d.decision, "", d.reason, "样例甲",
            RULED_ON, f"裁定!A{number}",
        )
        for number, d in enumerate(DECIDED, 2)
    )  # fmt: skip


def samples(book: Rulebook, period: date) -> list[Sample]:
    """Return the files that the units of the rulebook send for a reporting day, in the order of the list.

    The days of the demonstration are PERIODS; any other day gives sound files as of that day. A unit
    the samples do not know sends nothing.
    """
    return [sample for reporter in reporters(book, period) for sample in files_of(reporter)]


def reporters(book: Rulebook, period: date) -> list[Reporter]:
    """Return the reporter of every unit that has a plan."""
    return [Reporter(book, unit, period) for unit in book.units if unit.code in BY_CODE]
