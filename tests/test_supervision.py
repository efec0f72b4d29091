"""The six supervision flags and the explanations due, both sides of each condition, with their evidence (方案四（四）)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sheets import BOOK, rules, submission_of

from baiti_xl import desk
from baiti_xl.contest.choices import Answer, Flag
from baiti_xl.contest.records import CIRCULAR, Evidence, Outcome, Published, Reply, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count import duty
from baiti_xl.count.review import promises
from baiti_xl.papers import catalogue

NOT_REPORTED, BEHIND, IDLE, LACKING, INACTIVE, NO_BREAKTHROUGH = Flag

# A unit that has done everything, early; a test changes the one sheet it is about.
SOUND: Mapping[str, str] = {
    "组织发动": "事项 | 日期\n 动员会议 | 2011-4-14 \n 实施方案 | 2011-4-15 \n 工作机构 | 2011-4-20",
    "拜访客商": "拜访日期\n 2011-4-25",
    "邀请客商": "来访日期\n 2011-4-28",
    "项目台账": "项目阶段 | 签约日期\n 签约 | 2011-5-3",
}
APRIL_20, MAY_13, JUNE_12 = date(2011, 4, 20), date(2011, 5, 13), date(2011, 6, 12)
JUNE_25, JULY_12, JULY_20 = date(2011, 6, 25), date(2011, 7, 12), date(2011, 7, 20)


def day_of(text: str) -> date:
    """Return a day written `6-12`, of 2011."""
    month, day = map(int, text.split("-"))
    return date(2011, month, day)


def sent(
    cutoff: date, cover: Mapping[str, Any] | None = None, unit: str = "X01", **sheets: str
) -> Submission:
    """Return a sound submission with some sheets changed; "" leaves a sheet empty."""
    tables = {name: text for name, text in {**SOUND, **sheets}.items() if text}
    file = f"{unit} {cutoff:%m-%d}.xlsx"
    return submission_of(tables, unit=unit, file=file, cover={"cutoff": cutoff, **(cover or {})})


def outcome_of(*submissions: Submission, day: date, book: Rulebook = BOOK) -> Outcome:
    """Return everything worked out for a day."""
    return desk.evaluate(submissions, book, day)


def raised(*submissions: Submission, day: date, book: Rulebook = BOOK, unit: str = "X01") -> dict[str, str]:
    """Return a unit's flags with their facts."""
    evidence = outcome_of(*submissions, day=day, book=book).evidence
    return {e.flag: e.facts for e in evidence if e.unit.code == unit}


def flag(name: str, cutoff: date, book: Rulebook = BOOK, **sheets: str) -> str:
    """Return the facts of one flag on a unit that reported on the day, "" if it is not raised."""
    return raised(sent(cutoff, None, "X01", **sheets), day=cutoff, book=book).get(name, "")


def behind_records(outcome: Outcome, name: str) -> list[str]:
    """Return the records behind a flag: `X01.xlsx 项目台账 4 第1项目 1`."""
    lines = next(e.lines for e in outcome.evidence if e.flag == name)
    return [f"{line.file} {line.sheet} {line.row} {line.label} {line.value}" for line in lines]


def test_a_unit_that_did_everything_in_time_has_no_flag() -> None:
    assert raised(sent(MAY_13), day=MAY_13) == {}


# ── 未报送 ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cutoff", "day", "expected"),
    [
        ("5-13", "5-13", ""),
        ("4-13", "5-13", ""),
        ("5-13", "5-14", ""),
        ("5-13", "6-11", ""),
        ("5-13", "6-12", "2011-05-14 至 2011-06-12 没有报送，此前最近一次填报截止日期为 2011-05-13"),
        ("5-14", "6-12", ""),
        ("6-12", "6-12", ""),
        ("6-13", "6-12", "2011-05-14 至 2011-06-12 没有报送，另有一份填报截止日期为 2011-06-13"),
    ],
)
def test_not_reported_in_the_current_period(cutoff: str, day: str, expected: str) -> None:
    """未报送: the cutoff has come, and no usable submission is of the period; one of a later day is of the next, and is named."""
    assert raised(sent(day_of(cutoff)), day=day_of(day)).get(NOT_REPORTED, "") == expected


def test_a_unit_without_any_submission_is_flagged_for_that_alone() -> None:
    """What it did or failed to do otherwise cannot be judged: one fact raises one flag."""
    assert raised(day=JULY_12) == {NOT_REPORTED: "2011-06-13 至 2011-07-12 没有有效报送"}
    assert raised(day=date(2011, 7, 11)) == {}


def test_data_are_judged_as_far_as_they_reach() -> None:
    """A file filled in up to 05-13 cannot show idleness, a milestone or an overdue procedure of June (不能判定)."""
    table = "手续类别 | 状态 | 计划办结日期\n 土地 | 未启动 | 2011-5-20"
    early = sent(MAY_13, 拜访客商="", 邀请客商="", 项目台账="签约日期\n 2011-4-20", 手续办理=table)
    assert set(raised(early, day=MAY_13)) == set()
    assert set(raised(early, day=JUNE_12)) == {NOT_REPORTED}
    assert set(raised(early, day=JUNE_25)) == set()
    whole = sent(JUNE_25, 拜访客商="", 邀请客商="", 项目台账="签约日期\n 2011-4-20", 手续办理=table)
    assert set(raised(whole, day=JUNE_25)) == {BEHIND, IDLE, LACKING, NO_BREAKTHROUGH}


def test_a_file_of_the_period_is_judged_up_to_its_own_day() -> None:
    facts = raised(sent(date(2011, 6, 10), 项目台账="签约日期\n 2011-5-13"), day=JUNE_12)
    assert facts[NO_BREAKTHROUGH].startswith("2011-05-14 至 2011-06-10 没有新签约")


def test_a_returned_or_clashing_file_is_no_submission() -> None:
    bad = submission_of({}, file="bad.xlsx", cover={"batch": ""})
    one, two = sent(MAY_13), replace(sent(MAY_13, 拜访客商=""), file="b.xlsx", digest="b")
    assert raised(bad, day=MAY_13)[NOT_REPORTED] == "2011-04-13 至 2011-05-13 没有有效报送（退回）"
    assert raised(one, two, day=MAY_13)[NOT_REPORTED] == "2011-04-13 至 2011-05-13 没有有效报送（冲突）"


# ── 未达时间进度 ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("matters", "day", "expected"),
    [
        ("", "4-19", ""),
        ("", "4-20", "宣传发动阶段（至 2011-04-20）没有：动员会议、实施方案、工作机构"),
        (
            "事项 | 日期\n 动员会议 | 2011-4-20 \n 实施方案 | 2011-4-20",
            "4-20",
            "宣传发动阶段（至 2011-04-20）没有：工作机构",
        ),
        ("事项 | 日期\n 动员会议 | 2011-4-20 \n 实施方案 | 2011-4-20 \n 工作机构 | 2011-4-20", "4-20", ""),
        (
            "事项 | 日期\n 动员会议 | 2011-4-20 \n 实施方案 | 2011-4-20 \n 工作机构 | 2011-4-21",
            "4-21",
            "宣传发动阶段（至 2011-04-20）逾期完成：工作机构",
        ),
        (
            "事项 | 日期\n 动员会议 | 2011-4-20 \n 工作机构 | 2011-4-21",
            "4-21",
            "宣传发动阶段（至 2011-04-20）没有：实施方案，逾期完成：工作机构",
        ),
        ("事项 | 日期\n 动员会议 | 2011-4-12 \n 实施方案 | 2011-4-13 \n 工作机构 | 2011-4-13", "4-20", ""),
    ],
)
def test_behind_after_stage_1(matters: str, day: str, expected: str) -> None:
    """动员会议、实施方案、工作机构 all dated by the end of 宣传发动, due on its last day (方案三（一）)."""
    assert flag(BEHIND, day_of(day), 组织发动=matters, 拜访客商="", 邀请客商="", 项目台账="") == expected


TALKS = "项目阶段\n 洽谈"
GIVEN_UP = "项目阶段\n 终止"


@pytest.mark.parametrize(
    ("changes", "day", "expected"),
    [
        ({}, "6-25", ""),
        ({"拜访客商": ""}, "6-24", ""),
        ({"拜访客商": ""}, "6-25", "洽谈招商阶段（至 2011-06-25）没有：拜访客商"),
        ({"邀请客商": ""}, "6-25", "洽谈招商阶段（至 2011-06-25）没有：邀请客商"),
        ({"项目台账": ""}, "6-25", "洽谈招商阶段（至 2011-06-25）没有：项目"),
        ({"项目台账": TALKS}, "6-25", ""),
        ({"项目台账": GIVEN_UP}, "6-25", "洽谈招商阶段（至 2011-06-25）没有：项目"),
        ({"拜访客商": "拜访日期\n 2011-4-12"}, "6-25", "洽谈招商阶段（至 2011-06-25）没有：拜访客商"),
        ({"拜访客商": "拜访日期\n 2011-4-13"}, "6-25", ""),
        ({"邀请客商": "来访日期\n 2011-6-25"}, "6-25", ""),
        ({"拜访客商": "客商名称\n 城关镇"}, "6-25", "洽谈招商阶段（至 2011-06-25）没有：拜访客商"),
        (
            {"拜访客商": "", "邀请客商": "", "项目台账": ""},
            "6-26",
            "洽谈招商阶段（至 2011-06-25）没有：拜访客商、邀请客商、项目",
        ),
    ],
)
def test_behind_after_stage_2(changes: dict[str, Any], day: str, expected: str) -> None:
    """At least one visit, one invitation and one project that count, due on the last day of 洽谈招商 (方案三（二）)."""
    assert flag(BEHIND, day_of(day), **changes) == expected


@pytest.mark.parametrize(
    ("project", "day", "expected"),
    [
        ("固定资产投资 | 签约日期\n 9999.99 | 2011-5-3", "7-19", ""),
        (
            "固定资产投资 | 签约日期\n 9999.99 | 2011-5-3",
            "7-20",
            "签约落地阶段（至 2011-07-20）未完成基本任务",
        ),
        ("固定资产投资 | 签约日期\n 10000 | 2011-5-3", "7-20", ""),
        ("固定资产投资 | 签约日期\n 10000 | 2011-7-20", "7-20", ""),
    ],
)
def test_behind_after_stage_3(project: str, day: str, expected: str) -> None:
    """The basic task, due on the last day of 签约落地 (方案二、三（三）)."""
    assert flag(BEHIND, day_of(day), 项目台账=project) == expected


def test_a_unit_without_the_basic_task_is_not_behind_with_it() -> None:
    book = replace(BOOK, units=(replace(BOOK.units[0], has_task=False), *BOOK.units[1:]))
    small = "固定资产投资\n 5000"
    assert flag(BEHIND, JULY_20, 项目台账=small) == "签约落地阶段（至 2011-07-20）未完成基本任务"
    assert flag(BEHIND, JULY_20, book, 项目台账=small) == ""


def test_every_unmet_milestone_is_named() -> None:
    facts = flag(BEHIND, JULY_20, 组织发动="", 拜访客商="", 项目台账=TALKS)
    assert facts.split("；") == [
        "宣传发动阶段（至 2011-04-20）没有：动员会议、实施方案、工作机构",
        "洽谈招商阶段（至 2011-06-25）没有：拜访客商",
        "签约落地阶段（至 2011-07-20）未完成基本任务",
    ]


# ── 工作不力 ─────────────────────────────────────────────────────────────────────────────────────

NOTHING: dict[str, Any] = {"拜访客商": "", "邀请客商": "", "项目台账": TALKS}


@pytest.mark.parametrize(
    ("visit", "day", "expected"),
    [
        (
            "2011-5-13",
            "6-12",
            "最近 30 天没有拜访、邀请、签约、开工和资金到位；最近一次活动在 2011-05-13",
        ),
        ("2011-5-14", "6-12", ""),
        ("2011-5-14", "6-13", "最近 30 天没有拜访、邀请、签约、开工和资金到位；最近一次活动在 2011-05-14"),
        ("2011-6-12", "6-12", ""),
    ],
)
def test_idle_for_exactly_so_many_days(visit: str, day: str, expected: str) -> None:
    """工作不力: nothing dated in the last 无活动天数 days, the day itself the last of them."""
    assert flag(IDLE, day_of(day), **{**NOTHING, "拜访客商": f"拜访日期\n {visit}"}) == expected


@pytest.mark.parametrize(
    ("day", "idle"),
    [("5-11", False), ("5-12", True), ("7-20", True), ("7-21", False), ("7-31", False)],
)
def test_idle_is_not_judged_too_early_nor_in_the_last_stage(day: str, idle: bool) -> None:
    """The first 30 days must be over (04-13 to 05-12), and 总结考核 is for summing up."""
    facts = flag(IDLE, day_of(day), **NOTHING)
    assert facts == ("最近 30 天没有拜访、邀请、签约、开工和资金到位；竞赛以来没有活动" if idle else "")


@pytest.mark.parametrize(
    "activity",
    [
        {"拜访客商": "拜访日期\n 2011-6-1"},
        {"邀请客商": "来访日期\n 2011-6-1"},
        {"项目台账": "项目阶段 | 签约日期\n 签约 | 2011-6-1"},
        {"项目台账": "项目阶段 | 签约日期 | 开工日期\n 开工 | 2011-4-20 | 2011-6-1"},
        {"项目台账": TALKS, "到位资金": "到位日期\n 2011-6-1"},
    ],
)
def test_any_activity_will_do(activity: dict[str, Any]) -> None:
    assert flag(IDLE, JUNE_12, **{**NOTHING, **activity}) == ""


@pytest.mark.parametrize(
    "no_activity",
    [
        {"项目台账": "项目阶段 | 签约日期 | 合同性质\n 签约 | 2011-6-1 | 意向"},
        {"项目台账": "项目阶段 | 签约日期\n 洽谈 | 2011-6-1"},
        {"困难问题": "提出日期\n 2011-6-1"},
        {"拜访客商": "拜访日期 | 客商名称\n 2011-6-1 | 城关镇"},
    ],
)
def test_what_does_not_count_is_no_activity(no_activity: dict[str, Any]) -> None:
    assert flag(IDLE, JUNE_12, **{**NOTHING, **no_activity}) != ""


def test_the_number_of_idle_days_is_a_rule() -> None:
    visit: dict[str, Any] = {**NOTHING, "拜访客商": "拜访日期\n 2011-6-1"}
    assert flag(IDLE, JUNE_12, rules(idle_days=12), **visit) == ""
    assert flag(IDLE, JUNE_12, rules(idle_days=11), **visit) == (
        "最近 11 天没有拜访、邀请、签约、开工和资金到位；最近一次活动在 2011-06-01"
    )


# ── 措施不到位 ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("matters", "day", "expected"),
    [
        ("", "4-19", ""),
        ("", "4-20", "没有：动员会议、实施方案、工作机构"),
        ("事项 | 日期\n 动员会议 | 2011-4-14 \n 实施方案 | 2011-4-15", "5-13", "没有：工作机构"),
        ("事项 | 日期\n 动员会议 | 2011-4-14 \n 实施方案 | 2011-4-15 \n 工作机构 | 2011-5-13", "5-13", ""),
    ],
)
def test_a_required_measure_is_missing(matters: str, day: str, expected: str) -> None:
    """After stage 1; a measure that came late is behind schedule, but no longer missing (方案三（一）)."""
    assert flag(LACKING, day_of(day), 组织发动=matters) == expected


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        ("项目阶段 | 责任领导 | 责任人\n 签约 | 张伟 | 李明", ""),
        ("项目阶段 | 责任领导 | 责任人\n 签约 | | 李明", "签约项目“第1羽绒加工项目”没有落实责任领导或责任人"),
        (
            "项目阶段 | 责任领导 | 责任人\n 签约 | 张伟 | ",
            "签约项目“第1羽绒加工项目”没有落实责任领导或责任人",
        ),
        ("项目阶段 | 责任领导 | 责任人\n 洽谈 | | ", ""),
        ("项目阶段 | 责任领导 | 责任人 | 合同性质\n 签约 | | | 框架", ""),
    ],
)
def test_a_signed_project_lacks_a_person(project: str, expected: str) -> None:
    """方案三（三）: each signed project has a leader and a person; the open 错 of its row does not hide it."""
    assert flag(LACKING, MAY_13, 项目台账=project) == expected


@pytest.mark.parametrize(
    ("procedure", "day", "expected"),
    [
        ("未启动 | 2011-5-13 | 县国土资源局", "5-23", ""),
        (
            "未启动 | 2011-5-13 | 县国土资源局",
            "5-24",
            "签约项目“第1羽绒加工项目”的土地手续计划 2011-05-13 办结，已逾期 11 天",
        ),
        ("办理中 | 2011-5-13 | 县国土资源局", "5-24", ""),
        (
            "办理中 | 2011-5-13 | 城关镇",
            "5-24",
            "签约项目“第1羽绒加工项目”的土地手续计划 2011-05-13 办结，已逾期 11 天",
        ),
        ("已办结 | 2011-5-13 | 城关镇", "5-24", ""),
        ("不需要 | 2011-5-13 | 城关镇", "5-24", ""),
        ("未启动 | | 城关镇", "5-24", ""),
    ],
)
def test_a_procedure_of_ones_own_to_push_is_overdue_after_the_days_of_grace(
    procedure: str, day: str, expected: str
) -> None:
    """方案三（三）, 手续宽限天数 10: not begun, or lying with the unit itself; what lies at a department is asked for there."""
    table = f"手续类别 | 状态 | 计划办结日期 | 责任部门\n 土地 | {procedure}"
    assert flag(LACKING, day_of(day), 手续办理=table) == expected


def test_a_procedure_of_a_project_that_is_not_signed_is_not_overdue() -> None:
    table = "手续类别 | 状态 | 计划办结日期\n 土地 | 办理中 | 2011-5-1"
    assert flag(LACKING, MAY_13, 项目台账=TALKS, 手续办理=table) == ""


def test_the_records_behind_a_flag_are_named() -> None:
    submission = sent(
        MAY_13,
        项目台账="项目阶段 | 责任人\n 签约 | 李明 \n 签约 | ",
        手续办理="项目编号 | 手续类别 | 状态 | 计划办结日期\n X01-001 | 环评 | 未启动 | 2011-5-1",
    )
    assert behind_records(outcome_of(submission, day=MAY_13), LACKING) == [
        "X01 05-13.xlsx 项目台账 5 第2羽绒加工项目 1",
        "X01 05-13.xlsx 手续办理 4 环评 1",
    ]


# ── 未正常开展活动 ───────────────────────────────────────────────────────────────────────────────

ZERO: dict[str, Any] = {"拜访客商": "", "邀请客商": "", "项目台账": "", "到位资金": ""}


@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        ("", ""),
        ("拜访客商", "拜访日期\n 2011-5-1"),
        ("邀请客商", "来访日期\n 2011-5-1"),
        ("项目台账", TALKS),
        ("到位资金", "项目编号\n X01-001"),
    ],
)
def test_zero_reports_on_all_four_sheets(sheet: str, rows: str) -> None:
    """未正常开展活动: four zero reports; three are not enough."""
    facts = flag(INACTIVE, MAY_13, **{**ZERO, **({sheet: rows} if sheet else {})})
    assert facts == ("" if sheet else "填报截止 2011-05-13，拜访、邀请、项目、资金四项均为零报告")


def test_who_did_not_report_is_not_said_to_be_inactive() -> None:
    """A password or two files of one batch are faults of files."""
    one, two = sent(JUNE_12), replace(sent(JUNE_12, 拜访客商=""), file="b.xlsx", digest="b")
    locked = submission_of({}, file="X01.xlsx", cover={"cutoff": JUNE_12, "batch": ""})
    for files in ([sent(MAY_13)], [one, two], [sent(MAY_13), one, two], [sent(MAY_13), locked]):
        assert set(raised(*files, day=JUNE_12)) == {NOT_REPORTED}


def test_a_period_without_any_record() -> None:
    """In the last stage 工作不力 is not judged; a file that covers the period and holds nothing of it tells."""
    facts = raised(sent(date(2011, 7, 31)), day=date(2011, 7, 31))
    assert facts[INACTIVE] == "2011-07-13 至 2011-07-31 没有任何一条记录"
    assert IDLE not in facts
    problem = "提出日期\n 2011-7-13"
    assert INACTIVE not in raised(sent(date(2011, 7, 31), 困难问题=problem), day=date(2011, 7, 31))


# ── 未取得实质性突破 ─────────────────────────────────────────────────────────────────────────────

BEFORE = "2011-05-14 至 2011-06-12 没有新签约、新开工和资金到位；最近一次在 2011-05-13"


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({"项目台账": "签约日期\n 2011-5-13"}, BEFORE),
        ({"项目台账": "签约日期\n 2011-5-14"}, ""),
        ({"项目台账": "签约日期\n 2011-6-12"}, ""),
        ({"项目台账": "签约日期 | 合同性质\n 2011-5-13 | 正式 \n 2011-6-1 | 意向"}, BEFORE),
        ({"项目台账": "项目阶段 | 签约日期 | 开工日期\n 开工 | 2011-5-13 | 2011-5-14"}, ""),
        ({"项目台账": "项目阶段 | 签约日期 | 开工日期\n 签约 | 2011-5-13 | 2011-5-14"}, BEFORE),
        ({"项目台账": "签约日期\n 2011-5-13", "到位资金": "到位日期\n 2011-5-14"}, ""),
        ({"项目台账": "签约日期\n 2011-5-13", "到位资金": "到位日期\n 2011-5-13"}, BEFORE),
        (
            {"项目台账": TALKS},
            "2011-05-14 至 2011-06-12 没有新签约、新开工和资金到位；竞赛开始以来一直没有",
        ),
    ],
)
def test_breakthrough_in_the_period(sheets: dict[str, Any], expected: str) -> None:
    """A new formal signing, a start or money in place since the last scheduling meeting (方案四（四）)."""
    assert flag(NO_BREAKTHROUGH, JUNE_12, **sheets) == expected


# ── order ────────────────────────────────────────────────────────────────────────────────────────


def test_flags_follow_the_unit_list_and_exposure_is_only_proposed() -> None:
    """方案四（四）: the program never marks anything as published; no flag says so."""
    evidence = outcome_of(sent(JULY_12, 项目台账=TALKS, 组织发动=""), day=JULY_12).evidence
    units = [e.unit.code for e in evidence]
    assert units == sorted(units, key=[u.code for u in BOOK.units].index)
    assert [e.flag for e in evidence if e.unit.code == "X01"] == [BEHIND, IDLE, LACKING, NO_BREAKTHROUGH]
    assert not any("曝光" in e.flag + e.facts for e in evidence)


def test_retro_cuts_what_is_dated_after_the_day() -> None:
    """回溯: only a later submission; what it says of later days is not known yet."""
    facts = raised(sent(JUNE_25, 拜访客商="拜访日期\n 2011-5-14", 项目台账="签约日期\n 2011-6-1"), day=MAY_13)
    assert facts[NO_BREAKTHROUGH] == (
        "2011-04-13 至 2011-05-13 没有新签约、新开工和资金到位；竞赛开始以来一直没有"
    )


# ── explanations ─────────────────────────────────────────────────────────────────────────────────


def due(*submissions: Submission, day: date, unit: str = "X01") -> list[str]:
    """Return what a unit owed at each meeting: `1 05-13 已说明 X01 05-13.xlsx 4`."""
    explained = outcome_of(*submissions, day=day).explained
    return [
        " ".join(
            [
                f"{e.meeting.number} {e.meeting.day:%m-%d} {e.state}",
                *([f"{e.line.file} {e.line.row}"] if e.line else []),
            ]
        )
        for e in explained
        if e.unit.code == unit
    ]


IDLE_SHEETS: dict[str, Any] = {"项目台账": TALKS}
AT_JUNE_12 = "调度会日期\n 2011-6-12"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("5-12", []),
        ("5-13", ["1 05-13 未说明"]),
        ("6-11", ["1 05-13 未说明"]),
        ("6-12", ["1 05-13 未说明", "2 06-12 未说明"]),
        ("7-31", ["1 05-13 未说明", "2 06-12 未说明", "3 07-12 未说明"]),
    ],
)
def test_each_meeting_asks_the_units_without_a_breakthrough(day: str, expected: list[str]) -> None:
    assert due(sent(day_of(day), **IDLE_SHEETS), day=day_of(day)) == expected


def test_of_a_unit_that_sent_nothing_it_cannot_be_said_that_it_owes_an_explanation() -> None:
    assert due(day=JUNE_12) == []


def test_who_broke_through_owes_nothing() -> None:
    """Signed on 05-13: nothing owed at the first meeting, but at the second."""
    assert due(sent(JUNE_12, 项目台账="签约日期\n 2011-5-13"), day=JUNE_12) == ["2 06-12 未说明"]


@pytest.mark.parametrize(
    ("cutoff", "table", "expected"),
    [
        ("6-11", AT_JUNE_12, "2 06-12 已说明 X01 06-11.xlsx 4"),
        ("6-12", AT_JUNE_12, "2 06-12 已说明 X01 06-12.xlsx 4"),
        ("6-13", AT_JUNE_12, "2 06-12 逾期说明 X01 06-13.xlsx 4"),
        ("6-12", "调度会日期\n 2011-6-11", "2 06-12 已说明 X01 06-12.xlsx 4"),  # the meeting was moved
        ("6-12", "调度会日期\n 2011-5-20", "2 06-12 未说明"),  # nearer to the first meeting
        ("6-12", "调度会日期 | 未取得突破原因\n 2011-6-12 | ", "2 06-12 未说明"),
        ("6-12", "调度会日期 | 下步措施\n 2011-6-12 | ", "2 06-12 未说明"),
        ("6-12", "调度会日期 | 完成时间\n 2011-6-12 | ", "2 06-12 未说明"),
        ("6-12", "调度会日期\n 2011-5-13 \n 2011-6-12", "2 06-12 已说明 X01 06-12.xlsx 5"),
    ],
)
def test_an_explanation_has_reason_measures_and_time_and_comes_by_the_meeting(
    cutoff: str, table: str, expected: str
) -> None:
    """方案四（四）: reason, next measures, completion time; in time if sent with 填报截止日期 up to the meeting."""
    sheets: dict[str, Any] = {**IDLE_SHEETS, "情况说明": table}
    assert due(sent(day_of(cutoff), **sheets), day=date(2011, 6, 20))[-1] == expected


def test_the_earliest_submission_that_holds_it_tells() -> None:
    """Explained in time, repeated in the next submission: still in time."""
    early = sent(JUNE_12, **IDLE_SHEETS, 情况说明=AT_JUNE_12)
    late = sent(JUNE_25, **IDLE_SHEETS, 情况说明=AT_JUNE_12)
    assert due(late, early, day=JUNE_25) == ["1 05-13 未说明", "2 06-12 已说明 X01 06-12.xlsx 4"]
    assert due(late, day=JUNE_25)[-1] == "2 06-12 逾期说明 X01 06-25.xlsx 4"


def test_an_explanation_by_a_file_in_conflict_is_none() -> None:
    """Two contents of one day and batch: neither counts, so neither explains."""
    one = sent(JUNE_12, **IDLE_SHEETS, 情况说明=AT_JUNE_12)
    two = replace(sent(JUNE_12, **IDLE_SHEETS), file="b.xlsx", digest="b")
    before = sent(MAY_13, **IDLE_SHEETS)
    assert due(one, two, day=JUNE_12) == []
    assert due(before, one, two, day=JUNE_12) == ["1 05-13 未说明"]


# ── what an independent model of the contest found ───────────────────────────────────────────────


def test_a_unit_without_duties_is_listed_and_not_judged() -> None:
    """是否承担任务: no flag, no rank, no score; its figures stand."""
    free = replace(BOOK.units[0], has_task=False)
    book = rules(units=(free, *BOOK.units[1:3]))
    outcome = desk.evaluate([sent(MAY_13, 拜访客商="拜访日期\n 2011-5-1")], book, MAY_13)
    assert [e.flag for e in outcome.evidence if e.unit.code == "X01"] == []
    result = outcome.result("X01")
    assert not result.is_ranked
    assert result.value("拜访客商数") == 1
    assert not outcome.contenders(free.group)


YES = Answer.YES


def test_zero_reports_beside_rows_are_a_fault_of_the_cover_and_no_idleness() -> None:
    """Z01 says it; 零报告 alone does not make rows vanish."""
    file = sent(MAY_13, 拜访客商="拜访日期\n 2011-5-1")
    cover = replace(file.cover, zero_visits=YES, zero_invitations=YES, zero_projects=YES, zero_payments=YES)
    assert "未正常开展活动" not in raised(replace(file, cover=cover), day=MAY_13)


@pytest.mark.parametrize(
    ("kind", "sender", "about", "day", "state"),
    [
        ("说明通知书", "X01", MAY_13, "5-13", "书面说明"),
        ("说明通知书", "城关镇", MAY_13, "6-14", "书面说明"),  # by the day that papers bear
        ("说明通知书", "城关镇人民政府", JUNE_12, "6-14", "书面说明"),  # to a later notice
        ("说明通知书", "X01", MAY_13, "6-15", "未说明"),
        ("说明通知书", "X01", date(2011, 5, 12), "6-1", "未说明"),  # to a notice before
        ("说明通知书", "X02", MAY_13, "6-1", "未说明"),
        ("协办函", "X01", MAY_13, "6-1", "未说明"),
    ],
)
def test_a_reply_that_was_entered_is_an_explanation_in_writing(
    kind: str, sender: str, about: date, day: str, state: str
) -> None:
    """回复登记: who answered the 说明通知书 is neither called again, nor reminded, nor proposed for exposure."""
    reply = Reply(kind, about, sender, day_of(day), "已说明", "办公室")
    files = [sent(day, 项目台账="项目阶段\n 洽谈") for day in (MAY_13, JUNE_12)]
    book = replace(BOOK, replies=(reply,))
    outcome = desk.compute(files, book, JUNE_12, MAY_13, dated=date(2011, 6, 14))
    first = next(e for e in outcome.explained if e.unit.code == "X01" and e.meeting.number == 1)
    overdue = [m for m in promises(outcome) if m.unit == "X01" and "2011-05-13" in m.what]
    assert (first.state, len(overdue)) == (state, int(state == "未说明"))


def test_one_reply_answers_for_its_own_period_and_those_before() -> None:
    files = [sent(day, 项目台账="项目阶段\n 洽谈") for day in (MAY_13, JUNE_12)]
    book = replace(BOOK, replies=(Reply("说明通知书", MAY_13, "X01", JUNE_12, "已说明", "办公室"),))
    outcome = desk.compute(files, book, JUNE_12, MAY_13)
    mine = [(e.meeting.number, str(e.state)) for e in outcome.explained if e.unit.code == "X01"]
    assert mine == [(1, "书面说明"), (2, "未说明")]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, "工作机构", "提醒 1 0"),
        ("工作机构", "工作机构", "约谈 2 1"),
        ("工作机构 邀请客商", "邀请客商 基本任务", "约谈 2 1"),
        ("工作机构", "", "提醒 1 0"),
        ("", "", "提醒 1 0"),
        ("", "工作机构", "提醒 1 0"),
        ("工作机构", "邀请客商", "提醒 1 0"),
    ],
)
def test_only_what_is_missing_still_is_raised(before: str | None, now: str, expected: str) -> None:
    """未达时间进度 that was done since (逾期完成) stays where it starts, and what was missed next begins anew."""
    one = Evidence(Flag.BEHIND, BOOK.units[0], "")
    held = None if before is None else replace(one, lacking=tuple(before.split()))
    found = duty.grown(replace(one, lacking=tuple(now.split())), held, 2)
    assert f"{found.level} {found.running} {found.talks}" == expected


@pytest.mark.parametrize(("day", "lacking"), [("2011-6-12", ()), ("2011-6-13", ("工作机构",))])
def test_what_is_missing_still(day: str, lacking: tuple[str, ...]) -> None:
    table = f"事项 | 日期\n 动员会议 | 2011-4-19 \n 实施方案 | 2011-4-25 \n 工作机构 | {day}"
    outcome = outcome_of(sent(JUNE_12, 组织发动=table), day=JUNE_12)
    found = next(e for e in outcome.evidence if e.flag == BEHIND and e.unit.code == "X01")
    assert found.lacking == lacking


@pytest.mark.parametrize(
    ("cutoff", "changes", "expected"),
    [
        ("5-13", {"组织发动": ""}, {"未达时间进度": "组织发动", "措施不到位": "组织发动"}),
        (
            "7-20",
            {"邀请客商": "", "项目台账": ""},
            {"未达时间进度": "邀请客商 项目台账", "未取得实质性突破": "项目台账 到位资金"},
        ),
        ("7-12", {**NOTHING}, {"工作不力": "拜访客商 邀请客商 项目台账 到位资金"}),
    ],
)
def test_what_is_missing_can_be_looked_for(
    cutoff: str, changes: dict[str, str], expected: dict[str, str]
) -> None:
    """Evidence that something is not there names the sheets in which it was looked for."""
    outcome = outcome_of(sent(day_of(cutoff), None, **changes), day=day_of(cutoff))
    looked = {str(e.flag): " ".join(e.looked) for e in outcome.evidence if e.unit.code == "X01"}
    assert {flag: looked[flag] for flag in expected} == expected


# ── three answers, and levels ────────────────────────────────────────────────────────────────────


def answers(file: Submission | None, day: date, unit: str = "X01") -> list[str]:
    """Return what can be said of each finding in order: 是, 否 or 不能判定."""
    outcome = desk.evaluate([file] if file else [], BOOK, day)
    return [verdict.value for verdict in outcome.verdicts[unit].values()]


@pytest.mark.parametrize(
    ("cutoff", "day", "expected"),
    [
        ("", "5-12", "不能判定 不能判定 不能判定 不能判定 不能判定 不能判定"),
        ("", "5-13", "是 不能判定 不能判定 不能判定 不能判定 不能判定"),
        ("5-13", "5-13", "否 否 否 否 否 否"),
        ("5-13", "6-11", "不能判定 否 不能判定 否 不能判定 不能判定"),
        ("5-13", "6-12", "是 否 不能判定 否 不能判定 不能判定"),
        ("5-13", "6-25", "不能判定 不能判定 不能判定 否 不能判定 不能判定"),
    ],
)
def test_what_can_be_said(cutoff: str, day: str, expected: str) -> None:
    """是, 否, or 不能判定 where the data do not reach: 未报送 before the cutoff, a milestone or a period after the file's day."""
    file = sent(day_of(cutoff)) if cutoff else None
    assert answers(file, day_of(day)) == expected.split()


@pytest.mark.parametrize(("running", "level"), [(2, "约谈"), (0, "会上说明"), (3, "会上说明")])
def test_what_held_in_the_period_before_too_is_raised(running: int, level: str) -> None:
    """督查等级: 未取得实质性突破 starts at 会上说明."""
    book = rules(levels=(*BOOK.levels[:-1], replace(BOOK.levels[-1], running=running)))
    files = [sent(day, 项目台账="项目阶段\n 洽谈") for day in (MAY_13, JUNE_12)]
    outcome = desk.compute(files, book, JUNE_12, MAY_13)

    def levels(published: Published | None) -> list[str]:
        found = duty.raised(replace(outcome, published=published), book)
        return [e.level for e in found if e.flag == NO_BREAKTHROUGH]

    assert levels(Published(MAY_13, (CIRCULAR,), {}, (), {})) == [level]
    assert levels(None) == ["会上说明"]  # only closed periods are counted


# ── promises ─────────────────────────────────────────────────────────────────────────────────────

PROMISED = "调度会日期 | 完成时间\n 2011-5-13 | 2011-5-31"
SIGNED = "签约日期\n {}"


@pytest.mark.parametrize(
    ("covers", "day", "project", "kept"),
    [
        ("5-30", "5-30", "", "未到期"),
        ("5-31", "5-31", "", "未兑现"),
        ("6-12", "6-12", "", "未兑现"),
        ("5-30", "5-31", "", "不能判定"),
        ("6-12", "6-12", "2011-5-14", "已兑现"),
        ("6-12", "6-12", "2011-5-31", "已兑现"),
        ("6-12", "6-12", "2011-6-1", "逾期兑现"),
        ("5-30", "5-30", "2011-5-14", "已兑现"),
    ],
)
def test_a_promise_is_followed_up(covers: str, day: str, project: str, kept: str) -> None:
    """承诺的完成时间: a breakthrough after the period it was about, by the day promised, as far as the data reach."""
    first = sent(MAY_13, 项目台账=TALKS, 情况说明=PROMISED)
    table = SIGNED.format(project) if project else TALKS
    later = sent(day_of(covers), 项目台账=table, 情况说明=PROMISED)
    explained = outcome_of(first, later, day=day_of(day)).explained
    assert [e.kept for e in explained if e.unit.code == "X01" and e.meeting.number == 1] == [kept]


def test_the_next_notice_lists_the_broken_promises() -> None:
    files = [sent(day, 项目台账=TALKS, 情况说明=PROMISED) for day in (MAY_13, JUNE_12)]
    (paper,) = catalogue.papers("调度会通知", outcome_of(*files, day=JUNE_25), BOOK)
    assert paper.facts["未兑现数"] == 1
    assert paper.facts["未兑现"] == [{"单位": "城关镇", "会次": "一", "完成时间": date(2011, 5, 31)}]


def test_who_explained_in_time_is_not_asked_again() -> None:
    """Neither by the summons nor by the circular's last section; one at 约谈 is, and one who did not explain."""
    told = sent(MAY_13, 项目台账=TALKS, 情况说明=PROMISED)
    silent = sent(MAY_13, None, "X02", 项目台账=TALKS)
    outcome = outcome_of(told, silent, day=MAY_13)
    assert outcome.has_explained == {"X01"}
    asked = {p.unit for p in catalogue.papers("说明通知书", outcome, BOOK)}
    assert "X02" in asked and "X01" not in asked
    (circular,) = catalogue.papers("进展通报", outcome, BOOK)
    assert (circular.facts["未突破数"], circular.facts["未说明数"]) == (2, 1)
