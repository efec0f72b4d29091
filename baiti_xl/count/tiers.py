"""Tiers and the basic task of one unit (方案二), from its signed (or started) projects."""

from collections.abc import Mapping
from decimal import Decimal

from baiti_xl.contest.records import Account, Figure, Line, Project
from baiti_xl.contest.rulebook import NO_TIER, Rulebook

TASK = "基本任务"


def tier_names(book: Rulebook) -> tuple[str, ...]:
    """Return the tiers from the highest down, 未入档 last."""
    return (*(t.name for t in book.tiers), NO_TIER)


def project_rows(account: Account) -> dict[int, Project]:
    """Return the unit's projects by their row."""
    return {p.row: p for p in account.all_records("项目台账")}


def tier_counts(account: Account, signed: Figure, book: Rulebook) -> dict[str, Figure]:
    """Return for each tier the signed projects in it, share-weighted; together they are 签约项目数."""
    projects = project_rows(account)
    lines: dict[str, list[Line]] = {name: [] for name in tier_names(book)}
    for line in signed.lines:
        lines[book.tier_of(projects[line.row].fixed_investment)].append(line)
    return {
        name: Figure(f"{name}项目", sum((line.value for line in held), Decimal(0)), tuple(held))
        for name, held in lines.items()
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
    projects = project_rows(account)
    lines = []
    for line in reached.lines:
        project = projects[line.row]
        if book.meets_task(project):
            weight = task_weight(project, account, book)
            lines.append(Line(line.unit, line.file, line.sheet, line.row, weight, line.label))
    return Figure(
        TASK, sum((line.value for line in lines), Decimal(0)), tuple(lines), denominator=book.task_count
    )


def task_weight(project: Project, account: Account, book: Rulebook) -> Decimal:
    """Return what a project adds to the basic task."""
    if not project.is_joint:
        return Decimal(1)
    if book.joint_task == "按份额":
        return account.shares[project.number]
    return Decimal(1 if project.number in account.lead else 0)
