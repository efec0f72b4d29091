"""Checks against the contest's targets (T01, T02)."""

from collections.abc import Iterator
from decimal import Decimal

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Project
from baiti_xl.contest.rulebook import NO_TIER, Rulebook
from baiti_xl.contest.rules.case import Case


def basic_task(case: Case) -> Iterator[Finding]:
    """T01: no project large enough has reached the stage at which the basic task is met (方案二)."""
    unit, book, cutoff = case.book.unit(case.unit), case.book, case.submission.cover.cutoff
    if unit is None or not unit.has_task or cutoff is None:
        return
    last = min(cutoff, book.end)
    large = [p for p in case.records("项目台账") if book.meets_task(p)]
    done = [p for p in large if (day := book.reached(p, book.task_stage)) and book.start <= day <= last]
    if sum((weight(p, unit.code, book) for p in done), Decimal(0)) < book.task_count:
        what = (
            f"{book.task_basis}达到 {book.task_threshold:f} 万元且已{book.task_stage}的项目有 {len(done)} 个"
        )
        yield case.find_cover("T01", "code", case.unit, day=cutoff, what=what)


def weight(project: Project, unit: str, book: Rulebook) -> Decimal:
    """Return what a project adds to the basic task (联合项目任务认定)."""
    if project.is_joint and book.joint_task == "按份额":
        return (project.share or Decimal(0)) / 100
    return Decimal(1 if book.leads(project, unit) else 0)


def below_tiers(case: Case) -> Iterator[Finding]:
    """T02: a project is below the lowest tier (方案二)."""
    low = case.book.tiers[-1].lower
    for project in case.records("项目台账"):
        amount = project.fixed_investment
        if amount is not None and case.book.tier_of(amount) == NO_TIER:
            yield case.find(
                "T02", "项目台账", project, "fixed_investment", part=f"{amount:f}", low=f"{low:f}"
            )
