"""Figures over several units, changes of a period, and boards; every figure keeps its records."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from baiti_xl.contest import periods
from baiti_xl.contest.choices import Flag, ProblemState, RankingField, Stage
from baiti_xl.contest.columns import AnySheet, R, Record, Sheet
from baiti_xl.contest.definitions import CHANGE, PAID_ELSEWHERE
from baiti_xl.contest.measures import AMOUNT, PAID, SIGNED, STARTED, Measure, added, joined, opposite
from baiti_xl.contest.predicates import by_number, has_reached
from baiti_xl.contest.records import (
    Account,
    Evidence,
    Figure,
    Line,
    Outcome,
    Score,
    Standing,
    Unit,
    UnitResult,
)
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import (
    PROBLEMS,
    PROCEDURES,
    PROJECTS,
    Problem,
    Procedure,
    Project,
)

UNDER_CONSTRUCTION = "在建项目数"
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


def total(item: Measure, results: Iterable[UnitResult]) -> Figure:
    """Return a measure over several units; a rate from its numerators and denominators added up."""
    return added(item, (r.figures[item.name] for r in results if item.name in r.figures))


def of_group(outcome: Outcome, group: str = "") -> tuple[UnitResult, ...]:
    """Return the results of one group, or of the county."""
    return tuple(r for r in outcome.results if group in ("", r.unit.group))


def change(item: Measure, outcome: Outcome) -> Figure | None:
    """Return a county figure of now less that of the day compared with; None if no days are compared, or of a rate."""
    if outcome.earlier is None or item.is_rate:
        return None
    held = next((b.published for b in outcome.bridges if b.measure == item.name), None)
    return difference(total(item, outcome.results), held or total(item, outcome.earlier.results))


def difference(now: Figure, then: Figure) -> Figure:
    """Return the growth of a figure; the records of then count negatively."""
    lines = joined((now.lines, opposite(then.lines)))
    return Figure(f"{now.name}{CHANGE}", (now.value or ZERO) - (then.value or ZERO), lines)


# ── boards ───────────────────────────────────────────────────────────────────────────────────────


def fields(book: Rulebook) -> tuple[str, ...]:
    """Return the fields units are ranked in: the groups, or "" for the county (名次分组)."""
    return book.groups if book.ranking == RankingField.GROUP else ("",)


def rank_of(place: Standing | Score, book: Rulebook) -> int:
    """Return the rank that counts: within the group, or over the county."""
    return place.group_rank if book.ranking == RankingField.GROUP else place.county_rank


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
    standings = [s for s in outcome.ranking.board(name, group) if competes(outcome.result(s.unit.code))]
    above = [s for s in standings if s.value]
    front = tuple(s for s in above if rank_of(s, book) <= FRONT)
    zero = tuple(s for s in standings if s.value == 0)
    none = tuple(s for s in standings if s.value is None)
    behind = [s for s in above if s not in front]
    lowest = behind[-1].value if behind and not zero and not none else None
    last = tuple(s for s in behind if s.value == lowest) if lowest is not None else ()
    return Board(front, last, zero, none)


def competes(result: UnitResult) -> bool:
    """Whether a unit is ranked, or would be with a submission: it bears duties and has joined no other."""
    return result.is_bound


def ties(standings: Sequence[Standing]) -> Iterator[tuple[Standing, ...]]:
    """Yield standings of one value together."""
    for _, held in groupby(standings, key=lambda s: s.value):
        yield tuple(held)


# ── supervision ──────────────────────────────────────────────────────────────────────────────────


def flagged(outcome: Outcome, flag: Flag) -> tuple[Evidence, ...]:
    """Return the evidence of one flag, in list order."""
    return tuple(e for e in outcome.evidence if e.flag == flag)


def flags_in_order(outcome: Outcome) -> tuple[Flag, ...]:
    """Return the flags that some unit bears, in the order in which they are judged."""
    raised = {e.flag for e in outcome.evidence}
    return tuple(f for f in Flag if f in raised)


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def line(account: Account, sheet: AnySheet, record: Record, value: Decimal, label: str = "") -> Line:
    """Return a record of a unit as a line behind a figure."""
    file = account.submission.file if account.submission else ""
    return Line(account.unit.code, file, sheet.name, record.row, value, label)


def dated(account: Account, sheet: Sheet[R], span: Span) -> list[R]:
    """Return the rows of a sheet that count and whose own date lies in a span."""
    return [r for r in account.rows(sheet) if span.holds(sheet.day_of(r))]


@dataclass(frozen=True, slots=True)
class Deal:
    """A signed project of one unit, with its share of the money."""

    unit: Unit  # that has it now: the reporting one, or the one that it joined
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
        own = line(self.result.account, PROJECTS, self.project, value or ZERO, self.project.name)
        return Figure(name, value, (own,))


def deals(outcome: Outcome, book: Rulebook, *also: Measure) -> tuple[Deal, ...]:
    """Return the signed projects of all units that count, in list order, then by row; `also` those of other measures."""
    return tuple(deal for r in outcome.results for deal in deals_of(r, book, outcome, *also))


def deals_of(result: UnitResult, book: Rulebook, outcome: Outcome, *also: Measure) -> Iterator[Deal]:
    """Yield the signed projects of one unit, and of those that became part of it; `also` those of other measures."""
    for single in result.singles:
        if SIGNED.name in single.figures:
            rows = dict.fromkeys(x.row for m in (SIGNED, *also) for x in single.figures[m.name].lines)
            yield from own_deals(result.unit, single, rows, book, outcome)


def own_deals(
    unit: Unit, result: UnitResult, rows: Iterable[int], book: Rulebook, outcome: Outcome
) -> Iterator[Deal]:
    """Yield some projects that one unit reports, for the unit that has them now."""
    account = result.account
    projects = {p.row: p for p in account.all_rows(PROJECTS)}
    vouchers = account.book()
    for row in rows:
        project = projects[row]
        own = [x for x in result.figures[AMOUNT.name].lines if x.row == project.row]
        paid = [x for x in result.figures[PAID.name].lines if vouchers[x.file, x.row][0] == project.number]
        yield Deal(
            unit, result, project, stage_by(project, book, outcome.day),
            summed("项目签约金额", own), summed("项目到位资金", paid),
        )  # fmt: skip


def paid_elsewhere(paid: Figure, held: Iterable[Deal]) -> Figure | None:
    """Return what of the money in place is of none of some projects, None if nothing is.

    A voucher that one partner lists is a line of each partner's: as many are left out as the projects have.
    """
    listed = Counter(line for deal in held for line in deal.paid.lines)
    rest = []
    for line in paid.lines:
        if listed[line]:
            listed[line] -= 1
        else:
            rest.append(line)
    found = summed(PAID_ELSEWHERE, rest)
    return found if found.value else None


def stage_by(project: Project, book: Rulebook, day: date) -> Stage:
    """Return how far a signed project had come on a day."""
    late = (stage for stage in (Stage.COMPLETED, Stage.STARTED) if has_reached(project, stage, book, day))
    return next(late, Stage.SIGNED)


def under_construction(outcome: Outcome, book: Rulebook) -> Figure:
    """Return the projects started in the window and not completed by the day, whatever 竣工率 counts."""
    lines: list[Line] = []
    for result in (single for r in outcome.results for single in r.singles):
        if STARTED.name in result.figures:
            projects = {p.row: p for p in result.account.all_rows(PROJECTS)}
            lines += [
                x
                for x in result.figures[STARTED.name].lines
                if not has_reached(projects[x.row], Stage.COMPLETED, book, outcome.day)
            ]
    return summed(UNDER_CONSTRUCTION, lines)


def procedures_of(result: UnitResult) -> Iterator[tuple[Procedure, Project | None]]:
    """Yield a unit's procedures that count, each with its project of the register; none of one that is ruled out."""
    out, projects = ruled_out(result.account), by_number(result.account.all_rows(PROJECTS))
    return ((p, projects.get(p.project)) for p in result.account.rows(PROCEDURES) if p.project not in out)


def ruled_out(account: Account) -> frozenset[str]:
    """Return the numbers of a unit's projects that claim nothing: a ruling keeps them from counting."""
    return frozenset(
        p.number for p in account.all_rows(PROJECTS) if account.is_ruled_out(PROJECTS.name, p.row)
    )


def open_problems(outcome: Outcome) -> Iterator[tuple[UnitResult, Problem]]:
    """Yield (unit's result, problem) of the difficulties raised by the day and not yet solved."""
    for result in outcome.results:
        out = ruled_out(result.account)
        for problem in result.account.rows(PROBLEMS):
            is_open = problem.state != ProblemState.SOLVED and problem.project not in out
            if is_open and problem.day and problem.day <= outcome.day:
                yield result, problem


Select = Callable[[UnitResult], bool]


def units_where(outcome: Outcome, holds: Select) -> tuple[Unit, ...]:
    """Return the units whose results meet a condition, in list order."""
    return tuple(r.unit for r in outcome.results if holds(r))
