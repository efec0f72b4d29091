"""P: projects and their procedures."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from baiti_xl.contest import predicates
from baiti_xl.contest.choices import AS_FAR_AS, PENDING, Mode, Nature, ProcedureKind, ProcedureState, Stage
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.rules.cells import conditional_cells, conditional_shown
from baiti_xl.contest.rules.rule import ERROR, OWN, WARNING, Rule, Shown, in_rows
from baiti_xl.contest.sheets import PROCEDURES, PROJECTS, Procedure, Project

ARTICLE = "方案三（三）"


def one_of(name: str, values: tuple[str, ...]) -> str:
    """Return the condition that a cell is one of some values."""
    return "OR(" + ",".join(f'[{name}]="{value}"' for value in values) + ")"


def exceeds_total(name: str) -> Callable[[Project, Case], Mapping[str, Any] | None]:
    """Return the predicate of P01 and P02: a part of the investment is larger than the whole."""

    def broken(project: Project, case: Case) -> Mapping[str, Any] | None:
        part, whole = getattr(project, name), project.total
        exceeds = part is not None and whole is not None and part > whole
        return {"part": f"{part:f}", "whole": f"{whole:f}"} if exceeds else None

    return broken


def exceeds_shown(name: str) -> list[Shown]:
    """Return how the template shows that a part is larger than the whole."""
    return [Shown(PROJECTS, name, f"AND([{name}]>=0,[total]>=0,[{name}]>[total])")]


def informal_contract(project: Project, case: Case) -> Mapping[str, Any] | None:
    """P04: a project counts itself signed with an informal contract."""
    return {"nature": project.nature} if predicates.is_informal(project, case.book) else None


def wrong_share(project: Project, case: Case) -> bool:
    """P05: the share of a joint project is not in (0, 100]."""
    return project.is_joint and project.share is not None and not 0 < project.share <= 100


def partners(case: Case) -> Iterator[tuple[Project, str, str]]:
    """Yield (project, code as typed, code that the unit has now) of each partner, "" for none of the list."""
    for project in case.rows(PROJECTS):
        for code in predicates.partners_of(project):
            unit = case.book.unit(code)
            yield project, code, unit.code if unit else ""


def own_partner(case: Case, rule: Rule) -> Iterator[Finding]:
    """P05: a partner is the unit itself."""
    for project, code, known in partners(case):
        if case.unit and (known or code) == case.unit:
            yield rule.in_row(case, PROJECTS, project, "partners", code)


def unlisted_partner(case: Case, rule: Rule) -> Iterator[Finding]:
    """P05: a partner is no unit of the list; taking a unit off it hurts none of its partners."""
    for project, code, known in partners(case):
        if not known and code != case.unit:
            yield rule.in_row(case, PROJECTS, project, "partners", code)


def without_approval(case: Case, rule: Rule) -> Iterator[Finding]:
    """P06: a project was started and no 立项备案 is done."""
    done = (
        p
        for p in case.rows(PROCEDURES)
        if p.kind == ProcedureKind.APPROVAL and p.state == ProcedureState.DONE
    )
    approved = {p.project for p in done}
    for project in case.rows(PROJECTS):
        if project.stage in AS_FAR_AS[Stage.STARTED] and project.number and project.number not in approved:
            yield rule.in_row(case, PROJECTS, project, "stage")


def overdue(procedure: Procedure, case: Case) -> Mapping[str, Any] | None:
    """P07: a procedure is past its planned date and not done."""
    cutoff = case.cover.cutoff
    if cutoff and predicates.is_overdue(procedure, case.projects.get(procedure.project), cutoff):
        return {"kind": procedure.kind, "day": procedure.planned, "cutoff": cutoff}
    return None


RULES = (
    Rule(
        "P01", ERROR, "固定资产投资大于总投资", "固定资产投资大于总投资", "请核对两个数字和单位",
        detail="（{part} 万元大于 {whole} 万元）", find=in_rows(PROJECTS, "fixed_investment", exceeds_total("fixed_investment")),
        shown=lambda book: exceeds_shown("fixed_investment"),
        wrong={"项目台账": "总投资 | 固定资产投资\n12000 | 12000.01"}, right={"项目台账": "总投资 | 固定资产投资\n12000 | 12000"},
    ),
    Rule(
        "P02", ERROR, "签约金额大于总投资", "签约金额大于总投资", "请核对两个数字和单位",
        detail="（{part} 万元大于 {whole} 万元）", find=in_rows(PROJECTS, "contract_amount", exceeds_total("contract_amount")),
        shown=lambda book: exceeds_shown("contract_amount"),
        wrong={"项目台账": "总投资 | 签约金额\n12000 | 12001"}, right={"项目台账": "总投资 | 签约金额\n12000 | 12000"},
    ),
    Rule(
        "P03", ERROR, "阶段缺少依据", "按项目阶段，「{heading}」必须填写", "请补填，或改正项目阶段", ARTICLE,
        detail="（{because}）", find=conditional_cells, shown=conditional_shown("P03"),
        wrong={"项目台账": "项目阶段 | 开工日期\n开工 | "}, right={"项目台账": "项目阶段 | 开工日期\n签约 | "},
    ),
    Rule(
        "P04", WARNING, "非正式合同", "合同性质不是“正式”，不计入签约项目", "签订正式合同后请更新", OWN,
        detail="（{nature}）", find=in_rows(PROJECTS, "nature", informal_contract),
        shown=lambda book: [] if book.framework_counts else [
            Shown(PROJECTS, "nature", f"AND({one_of('stage', AS_FAR_AS[Stage.SIGNED])},{one_of('nature', (Nature.INTENT, Nature.FRAMEWORK))})")
        ],
        wrong={"项目台账": "合同性质\n框架"}, right={"项目台账": "合同性质\n正式"},
    ),
    Rule(
        "P05/missing", ERROR, "联合项目不完整", "联合引进的项目必须填写「{heading}」", "请与联合单位商定后补填", OWN,
        find=conditional_cells, shown=conditional_shown("P05/missing"),
        wrong={"项目台账": "引进方式 | 联合标识\n联合 | "}, right={"项目台账": "引进方式 | 联合标识\n独立 | "},
    ),
    Rule(
        "P05/share", ERROR, "联合份额不对", "本单位份额应大于 0、不超过 100", "请按商定的百分比填写，如 60", OWN,
        find=in_rows(PROJECTS, "share", wrong_share),
        shown=lambda book: [
            Shown(PROJECTS, "share", f'AND([mode]="{Mode.JOINT}",OR([share]=0,[share]>100))')
        ],
        wrong={"项目台账": "引进方式 | 本单位份额\n联合 | 100.5"}, right={"项目台账": "引进方式 | 本单位份额\n联合 | 100"},
    ),
    Rule(
        "P05/partner", ERROR, "联合单位不对", "联合单位代码就是本单位", "请填其他联合单位的代码，多个用顿号分开", OWN,
        detail="（{value}）", find=own_partner,
        shown=lambda book: [Shown(PROJECTS, "partners", f'AND([mode]="{Mode.JOINT}",[partners?],〈own partner〉)')],
        wrong={"项目台账": "引进方式 | 联合单位代码\n联合 | X02、X01"}, right={"项目台账": "引进方式 | 联合单位代码\n联合 | X02、X03"},
    ),
    Rule(
        "P05/unlisted", WARNING, "联合单位不在名录", "联合单位代码不在单位名录里", "请在“单位代码”表里核对；确实没有的，请告诉办公室", OWN,
        detail="（{value}）", find=unlisted_partner,
        shown=lambda book: [Shown(PROJECTS, "partners", f'AND([mode]="{Mode.JOINT}",[partners?],〈unlisted partner〉)')],
        wrong={"项目台账": "引进方式 | 联合单位代码\n联合 | X02、Q99"}, right={"项目台账": "引进方式 | 联合单位代码\n联合 | X02、X03"},
    ),
    Rule(
        "P06", WARNING, "开工未办立项", "项目已开工，但手续办理里没有办结的立项备案", "请补办或补填立项备案", ARTICLE,
        find=without_approval,
        shown=lambda book: [
            Shown(PROJECTS, "stage", f'AND([number]<>"",{one_of("stage", AS_FAR_AS[Stage.STARTED])},ISNA(MATCH([首],{{手续办理.立项}},0)))')
        ],
        wrong={"项目台账": "项目阶段\n开工", "手续办理": "手续类别 | 状态\n立项备案 | 办理中"},
        right={"项目台账": "项目阶段\n开工", "手续办理": "手续类别 | 状态\n立项备案 | 已办结"},
    ),
    Rule(
        "P07", WARNING, "手续逾期", "过了计划办结日期，手续还没有办结", "请说明原因并更新计划日期", ARTICLE,
        detail="（{kind}计划 {day} 办结，至 {cutoff} 仍未办结）", find=in_rows(PROCEDURES, "planned", overdue),
        shown=lambda book: [
            Shown(
                PROCEDURES, "planned",
                f'AND([planned]>0,[planned]<〈cutoff〉,{one_of("state", PENDING)},[位]>0,'
                f'IFERROR(INDEX({{项目台账.stage}},[位])<>"{Stage.ENDED}",FALSE))',
            )
        ],
        wrong={"项目台账": "项目编号\nX01-001", "手续办理": "状态 | 计划办结日期\n办理中 | 2011-6-29"},
        right={"项目台账": "项目编号\nX01-001", "手续办理": "状态 | 计划办结日期\n办理中 | 2011-7-12"},
    ),
)  # fmt: skip
