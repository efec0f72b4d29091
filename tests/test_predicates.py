"""One notion, one answer: what checks, supervision and papers say of the same input.

Source: 方案三（三） for procedures, 方案二 for the basic task; one fact, one place (CONTRIBUTING.md, “Habits”).
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sheets import BOOK, Tables, rules, submission_of

from baiti_xl import desk
from baiti_xl.contest.choices import Decision, Flag, JointTask, TaskBasis, TaskStage
from baiti_xl.contest.records import Outcome, Ruling
from baiti_xl.contest.rulebook import Days, Rulebook
from baiti_xl.contest.sheets import PROCEDURES
from baiti_xl.count.outcome import with_own_task
from baiti_xl.papers import catalogue

DAY = date(2011, 6, 12)
DEPARTMENTS = {"县国土资源局": (), "县环境保护局": ("县环保局",)}
ONE_UNIT = replace(
    BOOK,
    units=(
        BOOK.units[0],
        *(
            replace(u, has_task=False, aliases=DEPARTMENTS[u.name])
            for u in BOOK.units
            if u.name in DEPARTMENTS
        ),
    ),
    procedure_days=Days(0),
)


def outcome_of(tables: Tables, book: Rulebook = ONE_UNIT) -> Outcome:
    """Return everything worked out from one unit's submission, on its own day."""
    return desk.evaluate([submission_of(tables, book=book, cover={"cutoff": DAY})], book, DAY)


# ── overdue procedures ───────────────────────────────────────────────────────────────────────────

REGISTER = "项目编号 | 项目阶段\n X01-001 | 签约\n X01-002 | 终止"


def told_by_the_circular(outcome: Outcome) -> int:
    """Return how many procedures 进展通报 calls overdue."""
    (paper,) = catalogue.papers("进展通报", outcome, ONE_UNIT)
    return int(paper.facts["逾期手续数"])


def told_by_the_letters(outcome: Outcome) -> int:
    """Return how many procedures the 协办函 of all departments call overdue, and show as such."""
    papers = catalogue.papers("协办函", outcome, ONE_UNIT)
    shown = [row for paper in papers for row in paper.facts["手续"] if row["逾期"] is not None]
    counted = sum(int(paper.facts["逾期数"]) for paper in papers)
    assert len(shown) == counted
    return counted


def told_by_supervision(outcome: Outcome) -> int:
    """Return how many procedures 措施不到位 calls overdue; with no days of grace, those that are not at a department."""
    lacking = [e for e in outcome.evidence if e.flag == Flag.LACKING]
    return sum(line.sheet == PROCEDURES.name for evidence in lacking for line in evidence.lines)


def told_by_the_check(outcome: Outcome) -> int:
    """Return how many procedures P07 finds."""
    return sum(finding.rule == "P07" for a in outcome.ledger.accounts for finding in a.findings)


@pytest.mark.parametrize(
    ("procedures", "overdue"),
    [
        ("X01-001 | 土地 | 办理中 | 2011-6-11 | 县国土资源局", 1),
        ("X01-001 | 土地 | 办理中 | 2011-6-12 | 县国土资源局", 0),
        ("X01-001 | 土地 | 未启动 | 2011-6-11 | 县国土资源局", 1),
        ("X01-001 | 土地 | 已办结 | 2011-6-11 | 县国土资源局", 0),
        ("X01-001 | 土地 | 不需要 | 2011-6-11 | 县国土资源局", 0),
        ("X01-002 | 土地 | 办理中 | 2011-6-11 | 县国土资源局", 0),  # 终止
        (
            "X01-001 | 土地 | 办理中 | 2011-6-1 | 县国土资源局\nX01-002 | 环评 | 办理中 | 2011-6-1 | 县环保局",
            1,
        ),
        (
            "X01-001 | 土地 | 办理中 | 2011-6-1 | 县国土资源局\nX01-001 | 环评 | 未启动 | 2011-6-11 | 县环保局",
            2,
        ),
        ("X01-009 | 土地 | 办理中 | 2011-6-1 | 县国土资源局", 0),  # of no project
    ],
)
def test_everybody_counts_the_same_overdue_procedures(procedures: str, overdue: int) -> None:
    outcome = outcome_of(
        {
            "项目台账": REGISTER,
            "手续办理": f"项目编号 | 手续类别 | 状态 | 计划办结日期 | 责任部门\n{procedures}",
        }
    )
    told = (told_by_the_circular, told_by_the_letters, told_by_the_check)
    assert [count(outcome) for count in told] == [overdue] * 3
    begun = sum("办理中" in line and line.startswith("X01-001") for line in procedures.splitlines())
    assert told_by_supervision(outcome) == max(overdue - begun, 0)


@pytest.mark.parametrize(
    ("day", "overdue"), [(date(2011, 6, 30), 1), (date(2011, 7, 12), 1), (date(2011, 7, 31), 1)]
)
def test_what_was_carried_over_is_overdue_only_as_far_as_it_speaks(day: date, overdue: int) -> None:
    """Filled in up to 06-12: what was planned for 06-12 or later may have been done since."""
    rows = "".join(
        f"\nX01-001 | {kind} | 办理中 | 2011-6-{planned} | 县国土资源局"
        for kind, planned in (("土地", 11), ("环评", 12), ("规划许可", 13))
    )
    tables = {"项目台账": REGISTER, "手续办理": f"项目编号 | 手续类别 | 状态 | 计划办结日期 | 责任部门{rows}"}
    held = [submission_of(tables, book=ONE_UNIT, cover={"cutoff": DAY})]
    outcome = desk.evaluate(held, ONE_UNIT, day)
    assert (told_by_the_circular(outcome), told_by_the_letters(outcome)) == (overdue, overdue)


# ── the basic task ───────────────────────────────────────────────────────────────────────────────


def ruling(decision: Decision, rule: str = "", value: str = "") -> Ruling:
    """Return a ruling on the unit's first project."""
    return Ruling("X01/项目台账/X01-001", rule, decision, value, "已核实", "刘主任", DAY, "")


FIXED = "总投资 | 固定资产投资 | 签约金额\n"
JOINT = "引进方式 | 本单位份额 | 联合标识 | 联合单位代码\n"
HALF = JOINT + "联合 | 50 | X02-001 | X02"


@pytest.mark.parametrize(
    ("projects", "changes", "met"),
    [
        (FIXED + "20000 | 10000 | 9000", {}, True),
        (FIXED + "20000 | 9999.99 | 9000", {}, False),
        (FIXED + "10000 | 1 | 9000", {"task_basis": TaskBasis.TOTAL}, True),
        (FIXED + "9999.99 | 1 | 9000", {"task_basis": TaskBasis.TOTAL}, False),
        ("签约日期\n2011-6-12", {}, True),
        ("签约日期\n2011-6-13", {}, False),
        ("签约日期\n2011-4-13", {}, True),
        ("签约日期\n2011-4-12", {}, False),
        ("项目阶段\n开工", {"task_stage": TaskStage.STARTED}, True),
        ("项目阶段\n签约", {"task_stage": TaskStage.STARTED}, False),
        ("合同性质\n框架", {"framework_counts": True}, True),
        ("合同性质\n框架", {}, False),
        ("项目阶段\n签约\n签约", {"task_count": Decimal(2)}, True),
        ("项目阶段\n签约", {"task_count": Decimal(2)}, False),
        (HALF, {"joint_task": JointTask.SHARE, "task_count": Decimal("0.5")}, True),
        (HALF, {"joint_task": JointTask.SHARE, "task_count": Decimal("0.51")}, False),
        (JOINT + "联合 | 10 | X01-001 | X02", {}, True),
        (JOINT + "联合 | 90 | X02-001 | X02", {}, False),
        (FIXED + "9000 | 10000 | 8000", {}, False),  # P01: the row does not count
        (FIXED + "9000 | 10000 | 8000", {"rulings": (ruling(Decision.ACCEPT, "P01"),)}, True),
        (FIXED + "20000 | 10000 | 9000", {"rulings": (ruling(Decision.REJECT),)}, False),
        ("项目阶段\n洽谈", {}, False),
        ("项目阶段\n终止", {}, False),
    ],
)
def test_who_met_the_task_is_not_told_that_it_is_unmet(
    projects: str, changes: dict[str, Any], met: bool
) -> None:
    """`task_met` and T01 say the same of one unit, with all that rulings and other units change."""
    outcome = outcome_of({"项目台账": projects}, rules(**changes))
    result = outcome.result("X01")
    assert result.task_met is met
    assert [f.rule for f in result.account.findings if f.rule == "T01"] == ([] if met else ["T01"])


@pytest.mark.parametrize("fixed", ["10000", "9999.99"])
def test_a_file_checked_alone_is_told_the_same(fixed: str) -> None:
    submission = submission_of({"项目台账": f"{FIXED}20000 | {fixed} | 9000"}, cover={"cutoff": DAY})
    met = desk.evaluate([submission], BOOK, DAY).result("X01").task_met
    alone = with_own_task(submission, BOOK)
    assert any(f.rule == "T01" for f in alone.findings) is not met


def test_a_unit_without_the_task_is_told_nothing_of_it() -> None:
    book = replace(BOOK, units=(replace(BOOK.units[0], has_task=False),))
    result = outcome_of({"项目台账": "项目阶段\n洽谈"}, book).result("X01")
    assert result.task_met is None
    assert not [f for f in result.account.findings if f.rule == "T01"]
