"""Tiers and the basic task of one unit (方案二): each project by 固定资产投资, the unit by its highest."""

from decimal import Decimal
from typing import Any

import pytest
from sheets import CUTOFF, SIGNED, Tables, account_of, rules, submission_of

from baiti_xl.contest.measures import figures_of
from baiti_xl.contest.tally import Tally
from baiti_xl.count.figures import basic_task, tier_counts, tier_names, unit_tier


def tiers(tables: Tables, **options: Any) -> str:
    """Return a unit's tier and counts as text: `二档: 一档 0，二档 1，三档 0.4，未入档 0`."""
    book = rules(**options)
    account = account_of(submission_of(tables, book=book), book=book)
    signed = figures_of(Tally(account, book, CUTOFF))[SIGNED]
    counts = tier_counts(account, signed, book)
    assert sum((f.value or Decimal(0) for f in counts.values()), Decimal(0)) == signed.value
    text = "，".join(f"{name} {figure.value}" for name, figure in counts.items())
    return f"{unit_tier(counts)}: {text}"


def task(tables: Tables, unit: str = "X01", **options: Any) -> str:
    """Return how much of the basic task is met as text: `1/1`, or — for a unit that bears none."""
    book = rules(**options)
    account = account_of(submission_of(tables, book=book, unit=unit), book=book, unit=unit)
    found = figures_of(Tally(account, book, CUTOFF))
    figure = basic_task(account, found[SIGNED if book.task_stage == "签约" else "开工项目数"], book)
    return "—" if figure is None else f"{figure.value}/{figure.denominator}"


def test_the_tiers_from_the_highest_down() -> None:
    assert tier_names(rules()) == ("一档", "二档", "三档", "未入档")


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([20000], "一档: 一档 1，二档 0，三档 0，未入档 0"),
        ([19999.99], "二档: 一档 0，二档 1，三档 0，未入档 0"),
        ([10000], "二档: 一档 0，二档 1，三档 0，未入档 0"),
        ([9999.99], "三档: 一档 0，二档 0，三档 1，未入档 0"),
        ([5000], "三档: 一档 0，二档 0，三档 1，未入档 0"),
        ([4999.99], "未入档: 一档 0，二档 0，三档 0，未入档 1"),
        ([4000, 10000, 20000, 5000, 6000], "一档: 一档 1，二档 1，三档 2，未入档 1"),
        ([], "未入档: 一档 0，二档 0，三档 0，未入档 0"),
    ],
)
def test_a_units_tier_is_that_of_its_largest_signed_project(amounts: list[float], expected: str) -> None:
    """方案二: 二亿元档、亿元档、五千万元档; projects do not add up to a tier."""
    rows = "".join(f"\n 20000 | {amount}" for amount in amounts)
    assert tiers({"项目台账": f"总投资 | 固定资产投资{rows}"}) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (20000, "二档"),
        (20000.01, "一档"),
        (10000, "三档"),
        (10000.01, "二档"),
        (5000, "未入档"),
        (5000.01, "三档"),
    ],
)
def test_bounds_that_are_not_included(amount: float, expected: str) -> None:
    """档次界限含等于 = 否."""
    tables = {"项目台账": f"总投资 | 固定资产投资\n 30000 | {amount}"}
    assert tiers(tables, tier_inclusive=False).startswith(f"{expected}: ")


@pytest.mark.parametrize(
    "row",
    [
        "洽谈 | 正式 | 2011-5-1",
        "签约 | 意向 | 2011-5-1",
        "签约 | 正式 | 2011-4-12",
        "签约 | 正式 | 2011-7-13",
        "终止 | 正式 | 2011-5-1",
    ],
)
def test_only_projects_signed_in_the_window_make_a_tier(row: str) -> None:
    tables = {"项目台账": f"项目阶段 | 合同性质 | 签约日期\n {row}"}
    assert tiers(tables) == "未入档: 一档 0，二档 0，三档 0，未入档 0"


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("按份额", "二档: 一档 0，二档 0.4，三档 0，未入档 0"),
        ("各计一个", "二档: 一档 0，二档 1，三档 0，未入档 0"),
    ],
)
def test_a_joint_project_is_counted_in_its_tier_as_it_is_counted(basis: str, expected: str) -> None:
    """The whole project's size decides the tier, the share only how much of one it is."""
    assert tiers({"项目台账": "引进方式 | 本单位份额\n 联合 | 40"}, joint_basis=basis) == expected


@pytest.mark.parametrize(
    ("tables", "options", "expected"),
    [
        ({"项目台账": "固定资产投资\n 10000"}, {}, "1/1"),
        ({"项目台账": "固定资产投资\n 9999.99"}, {}, "0/1"),
        ({"项目台账": "固定资产投资\n 6000 \n 6000"}, {}, "0/1"),
        ({"项目台账": "固定资产投资\n 10000 \n 10000"}, {}, "2/1"),
        ({"项目台账": "固定资产投资\n 10000"}, {"task_count": Decimal(2)}, "1/2"),
        ({"项目台账": "固定资产投资 | 总投资 | 签约金额\n 1 | 10000 | 1"}, {"task_basis": "总投资"}, "1/1"),
        ({"项目台账": "固定资产投资 | 总投资 | 签约金额\n 1 | 9999.99 | 1"}, {"task_basis": "总投资"}, "0/1"),
        ({"项目台账": "项目阶段\n 签约"}, {"task_stage": "开工"}, "0/1"),
        ({"项目台账": "项目阶段\n 开工"}, {"task_stage": "开工"}, "1/1"),
        ({"项目台账": "合同性质\n 意向"}, {}, "0/1"),
        ({"项目台账": "合同性质\n 意向"}, {"framework_counts": True}, "1/1"),
        ({"项目台账": "固定资产投资\n 8000"}, {"task_threshold": Decimal(8000)}, "1/1"),
        ({}, {}, "0/1"),
    ],
)
def test_the_basic_task(tables: Tables, options: dict[str, Any], expected: str) -> None:
    """方案二: a project of at least 一亿元; 任务认定口径, 任务门槛, 任务个数, 任务认定阶段."""
    assert task(tables, **options) == expected


@pytest.mark.parametrize(
    ("share", "joint_id", "by_lead", "by_share"),
    [(60, "X01-001", "1/1", "0.6/1"), (40, "X02-001", "0/1", "0.4/1"), (100, "X02-001", "0/1", "1/1")],
)
def test_a_joint_project_and_the_task(share: int, joint_id: str, by_lead: str, by_share: str) -> None:
    """联合项目任务认定: one for the lead and none for its partners, or by share; 联合项目计数 does not touch it."""
    tables = {"项目台账": f"引进方式 | 本单位份额 | 联合标识\n 联合 | {share} | {joint_id}"}
    for basis in ("按份额", "各计一个", "只计首报"):
        assert task(tables, joint_basis=basis) == by_lead
        assert task(tables, joint_basis=basis, joint_task="按份额") == by_share


def test_two_halves_make_one_only_if_the_rulebook_says_so() -> None:
    tables = {"项目台账": "引进方式 | 本单位份额 | 联合标识\n 联合 | 50 | X02-001 \n 联合 | 50 | X02-002"}
    assert task(tables) == "0/1"
    assert task(tables, joint_task="按份额") == "1.0/1"


def test_a_unit_without_a_task() -> None:
    """是否承担任务 = 否."""
    units = (rules().units[0], *(u for u in rules().units[1:3]))
    free = tuple(type(u)(u.code, u.name, u.group, has_task=False) for u in units)
    assert task({"项目台账": "固定资产投资\n 10000"}, units=free) == "—"
