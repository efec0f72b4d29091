"""Checks of projects and their procedures (P01–P07; P03 and a part of P05 are needs of the form)."""

from collections.abc import Iterator

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.rulebook import as_list
from baiti_xl.contest.rules.case import Case

PENDING = ("未启动", "办理中")


def investment_parts(case: Case) -> Iterator[Finding]:
    """P01, P02: a part of the investment is larger than the whole."""
    for project in case.records("项目台账"):
        for rule, field in (("P01", "fixed_investment"), ("P02", "contract_amount")):
            part, whole = getattr(project, field), project.total
            if part is not None and whole is not None and part > whole:
                yield case.find(rule, "项目台账", project, field, part=f"{part:f}", whole=f"{whole:f}")


def informal_contract(case: Case) -> Iterator[Finding]:
    """P04: a project counts itself signed with an informal contract."""
    if case.book.framework_counts:
        return
    for project in case.records("项目台账"):
        if project.stage in project.SIGNED and project.nature in ("意向", "框架"):
            yield case.find("P04", "项目台账", project, "nature", nature=project.nature)


def joint_share(case: Case) -> Iterator[Finding]:
    """P05: the share of a joint project is not in (0, 100], or a partner is not a unit."""
    for project in case.records("项目台账"):
        if not project.is_joint:
            continue
        if project.share is not None and not 0 < project.share <= 100:
            yield case.find("P05/share", "项目台账", project, "share")
        for code in as_list(project.partners):
            if code == case.unit or case.book.unit(code) is None:
                yield case.find("P05/partner", "项目台账", project, "partners", code)


def started_without_approval(case: Case) -> Iterator[Finding]:
    """P06: a project was started and no 立项备案 is done."""
    approved = {p.project for p in case.records("手续办理") if p.kind == "立项备案" and p.state == "已办结"}
    for project in case.records("项目台账"):
        if project.stage in project.STARTED and project.number and project.number not in approved:
            yield case.find("P06", "项目台账", project, "stage")


def overdue_procedures(case: Case) -> Iterator[Finding]:
    """P07: a procedure is past its planned date and not done."""
    cutoff = case.submission.cover.cutoff
    for procedure in case.records("手续办理"):
        if cutoff and procedure.planned and procedure.state in PENDING and procedure.planned < cutoff:
            yield case.find(
                "P07",
                "手续办理",
                procedure,
                "planned",
                kind=procedure.kind,
                day=procedure.planned,
                cutoff=cutoff,
            )
