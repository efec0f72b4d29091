"""Figures over several units, changes of a period, and boards; every figure keeps its records."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from baiti_xl.contest import periods, sheets
from baiti_xl.contest.definitions import CHANGE
from baiti_xl.contest.records import (
    Account,
    Evidence,
    Figure,
    Line,
    Outcome,
    Payment,
    Project,
    Standing,
    Unit,
    UnitResult,
)
from baiti_xl.contest.rulebook import AMOUNT, COMPLETION, PAID, SIGNED, Rulebook

STARTED, COMPLETED, UNDER_CONSTRUCTION = "开工项目数", "竣工项目数", "在建项目数"
TRIPS, TRAVELLERS, GUESTS = "拜访批次", "拜访人次", "邀请人次"
NOT_REPORTED, NO_BREAKTHROUGH = "未报送", "未取得实质性突破"
PENDING = ("未启动", "办理中")
ZERO, ONE = Decimal(0), Decimal(1)
FRONT = 3


@dataclass(frozen=True, slots=True)
class Span:
    """The days a paper speaks of as 本期, both included."""

    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in it."""
        return day is not None and self.first <= day <= self.last


def span_of(outcome: Outcome, book: Rulebook) -> Span:
    """Return 本期: since the day compared with, else since the last scheduling meeting."""
    if outcome.since:
        return Span(outcome.since + timedelta(days=1), outcome.day)
    return Span(*periods.period(book, outcome.day))


# ── sums ─────────────────────────────────────────────────────────────────────────────────────────


def summed(name: str, lines: Iterable[Line]) -> Figure:
    """Return records added up."""
    held = tuple(lines)
    return Figure(name, sum((line.value for line in held), ZERO), held)


def total(name: str, results: Iterable[UnitResult]) -> Figure:
    """Return a figure over several units; a rate from its numerators and denominators added up."""
    figures = [r.figures[name] for r in results if name in r.figures]
    lines = tuple(line for f in figures for line in f.lines)
    if name != COMPLETION:
        return Figure(name, sum((f.value or ZERO for f in figures), ZERO), lines)
    above = sum((f.numerator or ZERO for f in figures), ZERO)
    below = sum((f.denominator or ZERO for f in figures), ZERO)
    rate = above / below if below else None
    return Figure(name, rate, lines, above, below, tuple(x for f in figures for x in f.denominator_lines))


def of_group(outcome: Outcome, group: str = "") -> tuple[UnitResult, ...]:
    """Return the results of one group, or of the county."""
    return tuple(r for r in outcome.results if group in ("", r.unit.group))


def change(name: str, outcome: Outcome) -> Figure | None:
    """Return a county figure of now less that of the day compared with; None if no days are compared."""
    if outcome.earlier is None or name == COMPLETION:
        return None
    return difference(total(name, outcome.results), total(name, outcome.earlier.results))


def difference(now: Figure, then: Figure) -> Figure:
    """Return the growth of a figure; the records of then count negatively."""
    lines = (*now.lines, *(replace(line, value=-line.value) for line in then.lines))
    return Figure(f"{now.name}{CHANGE}", (now.value or ZERO) - (then.value or ZERO), lines)


def quotient(name: str, part: Figure, whole: Figure) -> Figure:
    """Return a rate with the records of both its parts; 无 without a denominator."""
    rate = (part.value or ZERO) / whole.value if whole.value else None
    return Figure(name, rate, part.lines, part.value, whole.value, whole.lines)


# ── boards ───────────────────────────────────────────────────────────────────────────────────────


def fields(book: Rulebook) -> tuple[str, ...]:
    """Return the fields units are ranked in: the groups, or "" for the county (名次分组)."""
    return book.groups if book.ranking == "按类别" else ("",)


def rank_of(place: Any, book: Rulebook) -> int:
    """Return the rank that counts: within the group, or over the county."""
    return int(place.group_rank if book.ranking == "按类别" else place.county_rank)


def figure_of(outcome: Outcome, unit: Unit, name: str) -> Figure:
    """Return one unit's figure; without a submission it has no value."""
    return outcome.result(unit.code).figures.get(name) or Figure(name, None)


@dataclass(frozen=True, slots=True)
class Board:
    """One comparison in one field, sorted by where units stand: in front, last, at zero, without a value."""

    front: tuple[Standing, ...]
    last: tuple[Standing, ...]
    zero: tuple[Standing, ...]
    none: tuple[Standing, ...]


def board(outcome: Outcome, name: str, group: str, book: Rulebook) -> Board:
    """Return a board; the last are named only if all have something and they are not in front."""
    standings = outcome.ranking.board(name, group)
    above = [s for s in standings if s.value]
    front = tuple(s for s in above if rank_of(s, book) <= FRONT)
    zero = tuple(s for s in standings if s.value == 0)
    none = tuple(s for s in standings if s.value is None)
    behind = [s for s in above if s not in front]
    lowest = behind[-1].value if behind and not zero and not none else None
    last = tuple(s for s in behind if s.value == lowest) if lowest is not None else ()
    return Board(front, last, zero, none)


def ties(standings: Sequence[Standing]) -> Iterator[tuple[Standing, ...]]:
    """Yield standings of one value together."""
    for _, held in groupby(standings, key=lambda s: s.value):
        yield tuple(held)


# ── supervision ──────────────────────────────────────────────────────────────────────────────────


def flagged(outcome: Outcome, flag: str) -> tuple[Evidence, ...]:
    """Return the evidence of one flag, in list order."""
    return tuple(e for e in outcome.evidence if e.flag == flag)


def flags_in_order(outcome: Outcome) -> tuple[str, ...]:
    """Return the flags that some unit bears, in the order in which they are judged."""
    order = ("未报送", "未达时间进度", "工作不力", "措施不到位", "未正常开展活动", "未取得实质性突破")
    raised = {e.flag for e in outcome.evidence}
    return tuple(f for f in order if f in raised)


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def line(account: Account, sheet: str, record: Any, value: Decimal, label: str = "") -> Line:
    """Return a record of a unit as a line behind a figure."""
    file = account.submission.file if account.submission else ""
    return Line(account.unit.code, file, sheet, record.row, value, label)


def dated(account: Account, sheet: str, span: Span) -> list[Any]:
    """Return the rows of a sheet that count and whose own date lies in a span."""
    own = sheets.OWN_DAY[sheet]
    return [r for r in account.records(sheet) if span.holds(getattr(r, own))]


@dataclass(frozen=True, slots=True)
class Deal:
    """A signed project of one unit, with its share of the money."""

    result: UnitResult
    project: Project
    stage: str
    amount: Figure
    paid: Figure

    @property
    def share(self) -> Decimal:
        """The unit's share as a fraction."""
        return self.result.account.shares[self.project.number]

    def figure(self, name: str, value: Decimal | None) -> Figure:
        """Return a number of the project's own row as a figure."""
        own = line(self.result.account, "项目台账", self.project, value or ZERO, self.project.name)
        return Figure(name, value, (own,))


def deals(outcome: Outcome, book: Rulebook) -> tuple[Deal, ...]:
    """Return the signed projects of all units that count, in list order, then by row."""
    return tuple(deal for r in outcome.results if SIGNED in r.figures for deal in deals_of(r, book, outcome))


def deals_of(result: UnitResult, book: Rulebook, outcome: Outcome) -> Iterator[Deal]:
    """Yield the signed projects of one unit."""
    account = result.account
    projects = {p.row: p for p in account.all_records("项目台账")}
    payments: dict[int, Payment] = {p.row: p for p in account.all_records("到位资金")}
    for signed in result.figures[SIGNED].lines:
        project = projects[signed.row]
        own = [x for x in result.figures[AMOUNT].lines if x.row == project.row]
        paid = [x for x in result.figures[PAID].lines if payments[x.row].project == project.number]
        yield Deal(
            result, project, stage_on(project, book, outcome.day),
            summed("项目签约金额", own), summed("项目到位资金", paid),
        )  # fmt: skip


def stage_on(project: Project, book: Rulebook, day: date) -> str:
    """Return how far a signed project had come on a day."""
    for stage in ("竣工", "开工"):
        reached = book.reached(project, stage)
        if reached and reached <= day:
            return stage
    return "签约"


def under_construction(results: Iterable[UnitResult]) -> Figure:
    """Return the projects started and not yet completed."""
    lines: list[Line] = []
    for result in results:
        if STARTED in result.figures:
            done = {x.row for x in result.figures[COMPLETED].lines}
            lines += [x for x in result.figures[STARTED].lines if x.row not in done]
    return summed(UNDER_CONSTRUCTION, lines)


def open_problems(outcome: Outcome) -> Iterator[tuple[UnitResult, Any]]:
    """Yield (unit's result, problem) of the difficulties raised by the day and not yet solved."""
    for result in outcome.results:
        for problem in result.account.records("困难问题"):
            if problem.state != "已解决" and problem.day and problem.day <= outcome.day:
                yield result, problem


Select = Callable[[UnitResult], bool]


def units_where(outcome: Outcome, holds: Select) -> tuple[Unit, ...]:
    """Return the units whose results meet a condition, in list order."""
    return tuple(r.unit for r in outcome.results if holds(r))
