"""T: the contest's targets."""

from collections.abc import Mapping
from typing import Any

from baiti_xl.contest.predicates import tier_of
from baiti_xl.contest.rulebook import NO_TIER
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.rules.rule import NOTE, WARNING, Rule, Shown, in_rows
from baiti_xl.contest.sheets import PROJECTS, Project

TASK_ARTICLE = "方案二"


def below_tiers(project: Project, case: Case) -> Mapping[str, Any] | None:
    """T02: a project is below the lowest tier."""
    amount = project.fixed_investment
    if amount is None or tier_of(amount, case.book) != NO_TIER:
        return None
    return {"part": f"{amount:f}", "low": f"{case.book.tiers[-1].lower:f}"}


RULES = (
    Rule(
        "T01", WARNING, "基本任务未完成", "至 {day}，{what}，基本任务尚未完成", "请加快推进", TASK_ARTICLE,
        unseen="在指标表的“基本任务”一行显示",
    ),
    Rule(
        "T02", NOTE, "未入档", "固定资产投资低于最低档次", "不必处理", TASK_ARTICLE,
        detail="（{part} 万元，最低 {low} 万元）", find=in_rows(PROJECTS, "fixed_investment", below_tiers),
        shown=lambda book: [Shown(PROJECTS, "fixed_investment", "AND([fixed_investment]>=0,[档次]=0)")],
        wrong={"项目台账": "固定资产投资\n4999.99"}, right={"项目台账": "固定资产投资\n5000"},
    ),
)  # fmt: skip
