"""Checks against the contest's targets (T01, T02)."""

from collections.abc import Iterator

from baiti_xl.checks.case import Case
from baiti_xl.findings import Finding
from baiti_xl.rulebook import NO_TIER


def basic_task(case: Case) -> Iterator[Finding]:
    """T01: no project large enough has reached the stage at which the basic task is met (方案二)."""
    unit, book, cutoff = case.book.unit(case.unit), case.book, case.submission.cover.cutoff
    if unit is None or not unit.has_task or cutoff is None:
        return
    large = [p for p in case.records("项目台账") if book.meets_task(p) and book.leads(p, unit.code)]
    done = [p for p in large if (day := book.reached(p, book.task_stage)) and book.start <= day <= cutoff]
    if len(done) < book.task_count:
        what = (
            f"{book.task_basis}达到 {book.task_threshold:f} 万元且已{book.task_stage}的项目有 {len(done)} 个"
        )
        yield case.find_cover("T01", "code", case.unit, day=cutoff, what=what)


def below_tiers(case: Case) -> Iterator[Finding]:
    """T02: a project is below the lowest tier (方案二)."""
    low = case.book.tiers[-1].lower
    for project in case.records("项目台账"):
        amount = project.fixed_investment
        if amount is not None and case.book.tier_of(amount) == NO_TIER:
            yield case.find(
                "T02", "项目台账", project, "fixed_investment", part=f"{amount:f}", low=f"{low:f}"
            )
