"""All figures of one unit on one day, its tiers and basic task, and what became of each of its rows."""

from collections.abc import Mapping
from datetime import date

from baiti_xl.contest.choices import TaskStage
from baiti_xl.contest.measures import SIGNED, STARTED, figures_of
from baiti_xl.contest.predicates import is_large_enough, task_weight, tier_of
from baiti_xl.contest.records import Account, Figure, Line, Money, RowFate, UnitResult
from baiti_xl.contest.rulebook import NO_TIER, Rulebook
from baiti_xl.contest.sheets import DATA_SHEETS, PAYMENTS, PROJECTS, Project
from baiti_xl.contest.tally import ZERO, Tally, row_fault

TASK = "基本任务"


def result_of(account: Account, book: Rulebook, day: date) -> UnitResult:
    """Return one unit's figures, tier, task and the fate of its rows; empty if it has no submission."""
    tally = Tally(account, book, day)
    found = figures_of(tally)
    if not found:
        return UnitResult(account, {}, "", {}, None, None, (), ())
    counts = tier_counts(account, found[SIGNED.name], book)
    reached = found[(SIGNED if book.task_stage == TaskStage.SIGNED else STARTED).name]
    task = basic_task(account, reached, book)
    met = None if task is None else (task.value or ZERO) >= book.task_count
    return UnitResult(
        account, found, unit_tier(counts), counts, task, met, row_fates(tally), money_fates(tally)
    )


# ── tiers and the basic task (方案二) ──────────────────────────────────────────────────────────────


def tier_names(book: Rulebook) -> tuple[str, ...]:
    """Return the tiers from the highest down, 未入档 last."""
    return (*(t.name for t in book.tiers), NO_TIER)


def projects_by_row(account: Account) -> dict[int, Project]:
    """Return the unit's projects by their row."""
    return {p.row: p for p in account.all_rows(PROJECTS)}


def tier_counts(account: Account, signed: Figure, book: Rulebook) -> dict[str, Figure]:
    """Return for each tier the signed projects in it, share-weighted; together they are 签约项目数."""
    projects = projects_by_row(account)
    lines: dict[str, list[Line]] = {name: [] for name in tier_names(book)}
    for line in signed.lines:
        lines[tier_of(projects[line.row].fixed_investment, book)].append(line)
    return {
        name: Figure(f"{name}项目", sum((line.value for line in of_tier), ZERO), tuple(of_tier))
        for name, of_tier in lines.items()
    }


def unit_tier(counts: Mapping[str, Figure]) -> str:
    """Return the highest tier among the signed projects, 未入档 if there is none."""
    return next((name for name, figure in counts.items() if figure.lines and name != NO_TIER), NO_TIER)


def basic_task(account: Account, reached: Figure, book: Rulebook) -> Figure | None:
    """Return how much of the basic task is met, or None for a unit that bears none.

    `reached` are the projects at 任务认定阶段. A joint project is one for its lead and none for its partners,
    unless the rulebook counts it by share.
    """
    if not account.unit.has_task:
        return None
    projects = projects_by_row(account)
    lines = []
    for line in reached.lines:
        project = projects[line.row]
        if is_large_enough(project, book):
            share, leading = account.shares[project.number], account.is_lead(project.number)
            weight = task_weight(project, share, leading, book)
            lines.append(Line(line.unit, line.file, line.sheet, line.row, weight, line.label))
    return Figure(TASK, sum((line.value for line in lines), ZERO), tuple(lines), denominator=book.task_count)


# ── nothing is lost ──────────────────────────────────────────────────────────────────────────────


def row_fates(tally: Tally) -> tuple[RowFate, ...]:
    """Return for every data row of the submission in force whether it counts, or why not."""
    return tuple(
        RowFate(sheet.name, row.row, row_fault(tally, sheet, row))
        for sheet in DATA_SHEETS
        for row in tally.account.all_rows(sheet)
    )


def money_fates(tally: Tally) -> tuple[Money, ...]:
    """Return every amount typed under 签约金额 and 到位金额, before shares, and whether it counts."""
    contracts = (
        Money(PROJECTS.name, p.row, p.contract_amount, tally.contract_fault(p))
        for p in tally.account.all_rows(PROJECTS)
        if p.contract_amount is not None
    )
    payments = (
        Money(PAYMENTS.name, p.row, p.amount, tally.payment_fault(p))
        for p in tally.account.all_rows(PAYMENTS)
        if p.amount is not None
    )
    return (*contracts, *payments)


def task_words(result: UnitResult, book: Rulebook) -> str:
    """Return how far a unit is from its basic task, for T01."""
    count = result.task.value or ZERO if result.task else ZERO
    amount = f"{book.task_basis}达到 {book.task_threshold:f} 万元"
    return f"{amount}且已{book.task_stage}的项目有 {count.normalize():f} 个"
