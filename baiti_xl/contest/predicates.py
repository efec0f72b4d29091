"""Each notion of the plan once: signed, overdue, in the window, large enough, leading. Checks, count and papers ask here.

Nothing is rounded. A notion that needs a record of another sheet is given it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from baiti_xl.contest.choices import (
    AS_FAR_AS,
    PENDING,
    JointBasis,
    JointTask,
    Mode,
    Nature,
    ProcedureState,
    Stage,
    TaskBasis,
)
from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import NO_TIER, Rulebook
from baiti_xl.contest.sheets import Payment, Procedure, Project
from baiti_xl.contest.spellings import JOKERS, folded, swapped
from baiti_xl.contest.values import comparison_key, listed

ONE, HUNDRED = Decimal(1), Decimal(100)
EARLY, LATE, UNDATED = "早于竞赛开始日", "晚于统计日", "没有日期"


# ── days ─────────────────────────────────────────────────────────────────────────────────────────


def outside_window(day: date | None, book: Rulebook, until: date) -> str:
    """Return why a business date does not lie in the window [开始日, min(until, 结束日)], or ""."""
    if day is None:
        return UNDATED
    if day < book.start:
        return EARLY
    return LATE if day > min(until, book.end) else ""


def in_window(day: date | None, book: Rulebook, until: date) -> bool:
    """Whether a business date lies in the window [开始日, min(until, 结束日)]."""
    return not outside_window(day, book, until)


# ── projects ─────────────────────────────────────────────────────────────────────────────────────

DAY_OF: dict[Stage, Callable[[Project], date | None]] = {
    Stage.SIGNED: lambda project: project.signed,
    Stage.STARTED: lambda project: project.started,
    Stage.COMPLETED: lambda project: project.completed,
}


def day_reached(project: Project, stage: Stage, book: Rulebook) -> date | None:
    """Return the day a project was signed, started or completed, None if it is not that far.

    An informal contract is no signing unless 框架意向计入签约 says so.
    """
    informal = stage == Stage.SIGNED and not book.framework_counts and project.nature != Nature.FORMAL
    if project.stage not in AS_FAR_AS[stage] or informal:
        return None
    return DAY_OF[stage](project)


def has_reached(project: Project, stage: Stage, book: Rulebook, day: date) -> bool:
    """Whether a project was signed, started or completed by a day."""
    reached = day_reached(project, stage, book)
    return reached is not None and reached <= day


def is_informal(project: Project, book: Rulebook) -> bool:
    """Whether a project calls itself signed on a contract that does not count (框架意向计入签约)."""
    signed = project.stage in AS_FAR_AS[Stage.SIGNED]
    return signed and not book.framework_counts and project.nature in (Nature.INTENT, Nature.FRAMEWORK)


def tier_of(amount: Decimal | None, book: Rulebook) -> str:
    """Return the tier of a project by its 固定资产投资 in 万元 (方案二)."""
    if amount is not None:
        for tier in book.tiers:
            if amount > tier.lower or (book.tier_inclusive and amount == tier.lower):
                return tier.name
    return NO_TIER


def partners_of(project: Project) -> tuple[str, ...]:
    """Return the codes of the units that a joint project is shared with."""
    return tuple(map(folded, listed(project.partners))) if project.is_joint else ()


def joint_key(project: Project) -> str:
    """Return a joint project's 联合标识 as it is compared, "" if the project is not joint."""
    return comparison_key(project.joint_id) if project.is_joint else ""


def by_number(projects: Iterable[Project]) -> dict[str, Project]:
    """Return projects by their number; of a repeated number (K01) the first row speaks, here and in the form."""
    found: dict[str, Project] = {}
    for project in projects:
        if project.number:
            found.setdefault(project.number, project)
    return found


def lead_of(projects: Mapping[str, Project], shares: Mapping[str, Decimal], book: Rulebook) -> str:
    """Return the unit that leads (首报) a joint project, told from what each unit that reports it says; there is always one.

    A 联合标识 that is a project number names the lead; otherwise the greatest share leads, and of equal ones the unit that
    comes first in the unit list (本系统约定). Partners that do not report are taken as one, with what is left of the whole,
    so that no lead changes when they do.
    `shares` are fractions by unit, and lack those that cannot be known.
    """
    for unit, project in projects.items():
        joint_id = folded(project.joint_id)
        owner = book.unit(joint_id.rpartition("-")[0])
        if joint_id == project.number:
            return unit
        if owner is not None:
            return owner.code
    order = {unit.code: at for at, unit in enumerate(book.units)}
    partners = (book.current(code) for project in projects.values() for code in partners_of(project))
    named = {*partners, *projects}
    silent = sorted((named & order.keys()) - shares.keys(), key=order.__getitem__)
    held = {**shares, **{unit: ONE - sum(shares.values()) for unit in silent[:1]}}
    return max(held or projects, key=lambda unit: (held.get(unit, ONE), -order.get(unit, len(order))))


def share_of(project: Project, ruled: Decimal | None = None) -> Decimal | None:
    """Return the unit's share of a project as a fraction, or None if it cannot be known; a ruled one is a percentage."""
    if ruled is not None:
        return ruled / HUNDRED
    if project.mode == Mode.ALONE:
        return ONE
    if project.is_joint and project.share is not None and 0 < project.share <= HUNDRED:
        return project.share / HUNDRED
    return None


def counting_weight(project: Project, share: Decimal, leading: bool, book: Rulebook) -> Decimal:
    """Return what a project adds to a count of projects (联合项目计数); `share` is a fraction."""
    if book.joint_basis == JointBasis.SHARE:
        return share
    if not project.is_joint or book.joint_basis == JointBasis.EACH:
        return ONE
    return Decimal(leading)


# ── the basic task ───────────────────────────────────────────────────────────────────────────────


def is_large_enough(project: Project, book: Rulebook) -> bool:
    """Whether a project reaches the basic task's threshold (方案二), by 任务认定口径."""
    amount = project.fixed_investment if book.task_basis == TaskBasis.FIXED else project.total
    return amount is not None and amount >= book.task_threshold


def task_weight(project: Project, share: Decimal, leading: bool, book: Rulebook) -> Decimal:
    """Return what a large enough project adds to the basic task (联合项目任务认定); `share` is a fraction."""
    if not project.is_joint:
        return ONE
    return share if book.joint_task == JointTask.SHARE else Decimal(leading)


# ── vouchers ─────────────────────────────────────────────────────────────────────────────────────


def voucher_of(payment: Payment) -> tuple[str, str] | None:
    """Return by what two vouchers are told to be one, number and payer, or None where either lacks.

    Of a number only width, case and blanks are folded: 1-11 is not 11-1.
    """
    number, payer = swapped(folded(payment.voucher), JOKERS), comparison_key(payment.payer)
    return (number, payer) if number and payer else None


# ── procedures ───────────────────────────────────────────────────────────────────────────────────


def is_waiting(procedure: Procedure, project: Project | None) -> bool:
    """Whether a procedure is still to be done: pending, of a project of the register that has not ended."""
    return procedure.state in PENDING and project is not None and project.stage != Stage.ENDED


def days_overdue(procedure: Procedure, project: Project | None, day: date) -> int:
    """Return by how many days a waiting procedure is past its planned date, 0 if it is not."""
    if procedure.planned is None or not is_waiting(procedure, project):
        return 0
    return max((day - procedure.planned).days, 0)


def is_overdue(procedure: Procedure, project: Project | None, day: date) -> bool:
    """Whether a waiting procedure is past its planned date on a day (方案三（三）)."""
    return days_overdue(procedure, project, day) > 0


def is_own_push(procedure: Procedure, unit: Unit) -> bool:
    """Whether a waiting procedure is the unit's own to push: not begun, or lying with the unit itself (本系统约定).

    One under way at a department is asked for there (协办函) and not held against the unit.
    """
    return procedure.state == ProcedureState.IDLE or comparison_key(procedure.department) in (
        "", comparison_key(unit.name), unit.code
    )  # fmt: skip


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def is_own(enterprise: str, book: Rulebook) -> bool:
    """Whether an enterprise is the county or one of its own units."""
    return comparison_key(enterprise) in book.own_names
