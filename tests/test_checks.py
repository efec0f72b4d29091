"""Every check of one submission on both sides of its condition: the sheet as a table, the findings as lines.

Sources: 方案 (台政办〔2011〕9号) by article where a rule rests on it, else the form (报送模板) or 本系统约定, as the
catalogue says. What a table does not show is sound (see `sheets`), and only the rule under test is listed.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from sheets import (
    BOOK,
    CUTOFF,
    Tables,
    figures_of,
    grids_of,
    lines,
    read_grids,
    rules,
    submission_of,
    table,
    text_lines,
)

from baiti_xl.contest.choices import Decision
from baiti_xl.contest.records import Ruling
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import RULE_IDS, RULES
from baiti_xl.contest.rules.visits import Trips
from baiti_xl.contest.sheets import SHEETS
from baiti_xl.count.outcome import with_own_task


def assert_found(
    rule: str,
    tables: Tables,
    expected: str,
    cover: Mapping[str, Any] | None = None,
    book: Rulebook = BOOK,
    unit: str = "X01",
) -> None:
    """Compare the findings of one rule with the lines expected."""
    submission = with_own_task(submission_of(tables, cover=cover, book=book, unit=unit), book)
    assert lines(submission, *rule.split()) == text_lines(expected)


EVERYTHING = {
    "组织发动": "事项\n动员会议\n实施方案\n工作机构",
    "拜访客商": "外出人数\n3\n2",
    "邀请客商": "来访人数\n4",
    "项目台账": "项目阶段 | 引进方式\n签约|独立\n竣工|联合\n洽谈|独立",
    "到位资金": "币种\n人民币\n美元",
    "手续办理": "项目编号 | 状态\nX01-002 | 已办结\nX01-001 | 办理中",
    "困难问题": "状态\n未解决\n已解决",
    "情况说明": "主要负责人\n张伟",
}


def test_a_sound_submission_has_no_findings() -> None:
    assert lines(submission_of(EVERYTHING)) == []


def test_both_ways_of_reading_give_the_same_submission() -> None:
    """In memory and through the standard template: the same cells, the same findings at the same places."""
    wrong = EVERYTHING | {"到位资金": "到位金额 | 到位日期\n13000 | 2011.5.20\n5 | 2011-7-13\n '1.2亿 | '无"}
    memory, file = submission_of(wrong), submission_of(wrong, through="file")
    assert file.content == memory.content
    assert file.findings == memory.findings
    assert {f.rule for f in file.findings} == {"C03", "C04", "C05", "D02", "M01"}
    assert all(f.place.cell and f.place.file == "X01.xlsx" for f in file.findings)


# ── cells ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"项目台账": "项目名称 | 总投资 | 建设地点\n 羽绒项目 | 12000 | 园区\n | | '\u3000"},
            "C01 错 项目台账 项目名称5 \n C01 错 项目台账 建设地点5 \n C01 错 项目台账 总投资5",
        ),
        ({"项目台账": "备注 | 合同编号 | 项目阶段\n | | 洽谈"}, ""),
        (
            {"拜访客商": "外出批次号 | 返回日期\n | "},
            "C01 错 拜访客商 外出批次号4 \n C01 错 拜访客商 返回日期4",
        ),
        ({"到位资金": "项目编号 | 币种\n | 人民币"}, "C01 错 到位资金 项目编号4"),
    ],
)
def test_c01_required_cells(tables: Tables, expected: str) -> None:
    """报送模板: a cell marked R is filled, whatever else the row holds; blanks are not a filling."""
    assert_found("C01", tables, expected)


def test_c01_required_cells_of_the_cover() -> None:
    """报送模板·封面: name and group are looked up, the code is F07's."""
    empty = dict.fromkeys(
        ["code", "cutoff", "batch", "reporter", "phone", "head", "deputy", "zero_visits"], ""
    )
    assert_found(
        "C01",
        {},
        """
        C01 错 封面 填报截止日期
        C01 错 封面 报送批次
        C01 错 封面 填报人
        C01 错 封面 联系电话
        C01 错 封面 主要负责人
        C01 错 封面 分管负责人
        C01 错 封面 零报告 拜访客商
        """,
        cover=empty,
    )


def test_c01_an_unreadable_cell_is_not_an_empty_one() -> None:
    tables = {"项目台账": "签约日期 | 产业 | 总投资\n 四月底 | 化工业 | 12000"}
    assert_found(
        "C01 C02 C03 P03", tables, "C03 错 项目台账 产业4 化工业 \n C03 错 项目台账 签约日期4 四月底"
    )
    assert_found("C01 C03", {}, "C03 错 封面 填报截止日期 月底", cover={"cutoff": "月底"})


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"组织发动": "事项 | 佐证材料\n 动员会议 | \n 招商小分队 | \n 其他 | "},
            "C02 错 组织发动 佐证材料4",
        ),
        (
            {"组织发动": "事项 | 佐证材料\n 实施方案 | \n 工作机构 | "},
            "C02 错 组织发动 佐证材料4 \n C02 错 组织发动 佐证材料5",
        ),
        (
            {"到位资金": "币种 | 原币金额 | 汇率\n 美元 | | 6.5 \n 其他 | 20 | \n 人民币 | | "},
            "C02 错 到位资金 原币金额4 \n C02 错 到位资金 汇率5",
        ),
        (
            {"手续办理": "状态 | 计划办结日期\n 未启动 | \n 办理中 | \n 已办结 | \n 不需要 | "},
            "C02 错 手续办理 计划办结日期4 \n C02 错 手续办理 计划办结日期5",
        ),
        (
            {"手续办理": "状态 | 实际办结日期 | 文号\n 已办结 | | \n 办理中 | | "},
            "C02 错 手续办理 实际办结日期4 \n C02 错 手续办理 文号4",
        ),
        ({"困难问题": "状态 | 解决日期\n 已解决 | \n 办理中 | "}, "C02 错 困难问题 解决日期4"),
    ],
)
def test_c02_conditional_cells(tables: Tables, expected: str) -> None:
    """报送模板: a cell marked C is filled when its condition holds, and may be empty when it does not."""
    assert_found("C02", tables, expected)


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"项目台账": "签约日期\n '2011.4.31"}, "C03 错 项目台账 签约日期4 2011.4.31"),
        ({"项目台账": "总投资 | 固定资产投资\n -1 | 0"}, "C03 错 项目台账 总投资4 -1"),
        ({"项目台账": "总投资\n 10000000000\n 9999999999.99"}, "C03 错 项目台账 总投资4 10000000000"),
        (
            {"项目台账": "项目阶段 | 合同性质\n 已签约 | 协议"},
            "C03 错 项目台账 项目阶段4 已签约 \n C03 错 项目台账 合同性质4 协议",
        ),
        (
            {"拜访客商": "外出人数\n 0 \n 1 \n 1.5"},
            "C03 错 拜访客商 外出人数4 0 \n C03 错 拜访客商 外出人数6 1.5",
        ),
        ({"邀请客商": "来访人数 \n 0 \n 1"}, "C03 错 邀请客商 来访人数4 0"),
        ({"组织发动": "参加人数 \n 0 \n -1"}, "C03 错 组织发动 参加人数5 -1"),
        (
            {"拜访客商": "洽谈内容\n 洽谈羽绒加工项目事\n 洽谈羽绒加工项目事宜"},
            "C03 错 拜访客商 洽谈内容4 洽谈羽绒加工项目事",
        ),
        ({"到位资金": "币种 | 汇率\n 美元 | 5"}, ""),
    ],
)
def test_c03_values_not_of_their_kind(tables: Tables, expected: str) -> None:
    """报送模板: dates, amounts, choices, whole numbers from their least value, texts long enough."""
    assert_found("C03", tables, expected)


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"项目台账": "总投资\n 约1200"}, "C03 错 项目台账 总投资4 约1200"),
        ({"拜访客商": "外出人数\n 三人"}, "C03 错 拜访客商 外出人数4 三人"),
        ({"项目台账": "引进方式 | 本单位份额\n 联合 | 一半"}, "C03 错 项目台账 本单位份额4 一半"),
        ({"到位资金": "币种 | 汇率\n 美元 | 0"}, "C03 错 到位资金 汇率4 0"),
    ],
)
def test_c03_numbers_that_cannot_be_read(tables: Tables, expected: str) -> None:
    assert_found("C03", tables, expected)


@pytest.mark.parametrize(
    ("phone", "sound"),
    [
        ("13800000000", True),
        (13800000000, True),
        ("0393-2211000", True),
        ("0393－2211000", True),
        ("03932211000", True),
        ("010-62211000", True),
        ("1380000000", False),
        ("138000000000", False),
        ("2211000", True),
        ("22110000", True),
        ("221100", False),
        ("221100000", False),
        ("无", False),
    ],
)
def test_c03_the_telephone_of_the_cover(phone: object, sound: bool) -> None:
    """报送模板·封面: an 11-digit mobile number, or a number of the county or with its area code."""
    assert_found("C03", {}, "" if sound else f"C03 错 封面 联系电话 {phone}", cover={"phone": phone})


def test_c03_the_batch_counts_from_one() -> None:
    assert_found("C03", {}, "C03 错 封面 报送批次 0", cover={"batch": 0})
    assert_found("C03", {}, "C03 错 封面 报送批次 1.5", cover={"batch": 1.5})
    assert_found("C03", {}, "", cover={"batch": 1})


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"项目台账": "签约日期 | 总投资\n '2011.5.10 | '1.2亿"},
            "C04 示 项目台账 总投资4 1.2亿 \n C04 示 项目台账 签约日期4 2011.5.10",
        ),
        ({"项目台账": "签约日期\n 5月10日"}, "C04 警 项目台账 签约日期4 5月10日"),
        (
            {"项目台账": "引进方式 | 本单位份额\n 联合 | 0.5 \n 联合 | '50% \n 联合 | 50"},
            "C04 警 项目台账 本单位份额4 0.5 \n C04 示 项目台账 本单位份额5 50%",
        ),
        ({"项目台账": "项目编号\n x01-001"}, "C04 示 项目台账 项目编号4 x01-001"),
        ({"项目台账": "签约日期 | 总投资\n 2011-5-10 | 12000"}, ""),
    ],
)
def test_c04_dirty_text_is_read_with_a_note(tables: Tables, expected: str) -> None:
    """Each reading that took a guess at the spelling says what was read."""
    assert_found("C04", tables, expected)


def test_c04_says_what_was_read() -> None:
    submission = submission_of(
        {"项目台账": "签约日期 | 总投资 | 引进方式 | 本单位份额\n 5月10日 | '1.2亿 | 联合 | 0.5"}
    )
    assert [f.message for f in submission.findings if f.rule == "C04"] == text_lines("""
        「总投资」写法不规范，已读作 12000。读得对就不必处理；不对请改成规范写法。
        「签约日期」没有写年份，暂读作 2011-05-10。请补上年份。
        「本单位份额」填的数小于 1，按百分之零点几计（现为百分之 0.5）。如指百分之几十，请改填如 60。
    """)


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"项目台账": "总投资\n 200000 \n 200000.01"}, "C11 错 项目台账 总投资5 200000.01"),
        (
            {"到位资金": "到位金额\n 0 \n 0.01 \n 9.99 \n 10"},
            "C05 警 到位资金 到位金额5 0.01 \n C05 警 到位资金 到位金额6 9.99",
        ),
        ({"到位资金": "到位金额\n '12000元"}, "C05 警 到位资金 到位金额4 1.2"),
        ({"到位资金": "到位金额\n 12345678"}, "C11 错 到位资金 到位金额4 12345678"),
        ({"到位资金": "币种 | 原币金额 | 汇率\n 美元 | 1 | 100"}, ""),
        ({"邀请客商": "意向投资额\n 2"}, "C05 警 邀请客商 意向投资额4 2"),
    ],
)
def test_c05_c11_amounts_in_the_wrong_unit(tables: Tables, expected: str) -> None:
    """An amount above 单笔金额上限 looks like 元, one between 0 and 10 like 亿元 (a cell whose format only
    shows 万元 holds 元); foreign currency and rates are not in 万元."""
    assert_found("C05 C11", tables, expected)


def test_c11_counts_once_the_office_has_ruled() -> None:
    """It is 错 until ruled, since it was most likely typed in 元; 单笔金额上限 is the console's."""
    table = {"项目台账": "总投资 | 固定资产投资 | 签约金额\n 300000 | 10000 | 10000"}
    file, raised = submission_of(table), rules(largest=Decimal(300000))
    ruled = rules(
        rulings=(
            Ruling("X01/项目台账/X01-001", "C11", Decision.ACCEPT, "", "确为三十亿元", "办公室", CUTOFF, ""),
        )
    )
    counts = [figures_of(file, book=book)["签约项目数"].value for book in (BOOK, ruled)]
    assert counts == [0, 1]
    assert lines(submission_of(table, book=raised), "C11") == []


@pytest.mark.parametrize(
    ("number", "lost"),
    [(622202100111624000, True), (10**15, True), (999999999999999, False), ("'622202100111624012", False)],
)
def test_c10_a_long_number_lost_its_tail(number: object, lost: bool) -> None:
    """Excel keeps 15 digits: two vouchers that lost theirs are not told to be one (M04)."""
    tables = {"项目台账": "项目阶段\n签约", "到位资金": f"凭证号\n {number} \n {number}"}
    found = lines(submission_of(tables), "C10", "M04", "C01")
    assert [line[:3] for line in found] == (["C10"] * 2 if lost else ["M04"] * 2)


# ── keys and zero reports ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"项目台账": "项目编号\n X01-001 \n X01-002 \n X01-001"},
            "K01 错 项目台账 项目编号4 X01-001 \n K01 错 项目台账 项目编号6 X01-001",
        ),
        (
            {"项目台账": "项目编号\n X01-001 \n x01—001"},
            "K01 错 项目台账 项目编号4 X01-001 \n K01 错 项目台账 项目编号5 X01-001",
        ),
        ({"项目台账": "项目编号\n X01-001 \n X01-002"}, ""),
        ({"项目台账": "项目编号 | 项目名称\n | 甲 \n | 乙"}, ""),
    ],
)
def test_k01_a_project_number_stands_once(tables: Tables, expected: str) -> None:
    assert_found("K01", tables, expected)


@pytest.mark.parametrize("number", ["X01-001", "X01-000", "X01-999"])
def test_k02_the_units_own_numbers(number: str) -> None:
    assert_found("K02", {"项目台账": f"项目编号\n {number}"}, "")


@pytest.mark.parametrize("number", ["X02-001", "X01-01", "X01-0001", "X01001", "X01-00A", "X011-001", "1"])
def test_k02_other_numbers(number: str) -> None:
    """报送模板·项目台账: unit code, a dash, three digits."""
    assert_found("K02", {"项目台账": f"项目编号\n '{number}"}, f"K02 错 项目台账 项目编号4 {number}")


def test_k02_a_unit_code_in_small_letters() -> None:
    """The unit list may hold any letters and digits."""
    book = rules(units=(replace(BOOK.units[0], code="a1"),))
    assert_found("K02", {"项目台账": "项目编号\n a1-001"}, "", book=book, unit="a1")


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"项目台账": "项目编号\n X01-001", "到位资金": "项目编号\n X01-001 \n X01-002"},
            "K03 错 到位资金 项目编号5 X01-002",
        ),
        (
            {"项目台账": "项目编号\n X01-001", "手续办理": "项目编号\n X01-003"},
            "K03 错 手续办理 项目编号4 X01-003",
        ),
        ({"困难问题": "项目编号\n X01-001 \n "}, "K03 错 困难问题 项目编号4 X01-001"),
        ({"拜访客商": "意向项目编号\n X01-001 \n "}, "K03 错 拜访客商 意向项目编号4 X01-001"),
        ({"邀请客商": "意向项目编号\n X01-001 \n "}, "K03 错 邀请客商 意向项目编号4 X01-001"),
    ],
)
def test_k03_a_project_referred_to_is_registered(tables: Tables, expected: str) -> None:
    assert_found("K03", tables, expected)


ZERO_ROWS = {
    "拜访客商": "外出人数\n 3",
    "邀请客商": "来访人数\n 4",
    "项目台账": "项目阶段\n 洽谈",
    "到位资金": "币种\n 人民币",
}


@pytest.mark.parametrize("sheet", ZERO_ROWS)
def test_z01_a_zero_report_beside_rows(sheet: str) -> None:
    field = SHEETS[sheet].zero
    assert_found("Z01 Z02", {sheet: ZERO_ROWS[sheet]}, f"Z01 错 封面 零报告 {sheet} 是", cover={field: "是"})
    assert_found("Z01 Z02", {sheet: ZERO_ROWS[sheet]}, "", cover={field: "否"})


@pytest.mark.parametrize("sheet", ZERO_ROWS)
def test_z02_no_zero_report_and_no_rows(sheet: str) -> None:
    field = SHEETS[sheet].zero
    assert_found("Z01 Z02", {}, f"Z02 错 封面 零报告 {sheet} 否", cover={field: "否"})
    assert_found("Z01 Z02", {}, "", cover={field: "是"})
    assert_found("Z01 Z02", {}, "", cover={field: ""})


# ── dates ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"拜访客商": "拜访日期 | 返回日期\n 2011-5-10 | 2011-5-10 \n 2011-5-10 | 2011-5-9"},
            "D01 错 拜访客商 返回日期5 2011-05-09",
        ),
        (
            {"邀请客商": "来访日期 | 离开日期\n 2011-5-10 | 2011-5-10 \n 2011-5-10 | 2011-5-9"},
            "D01 错 邀请客商 离开日期5 2011-05-09",
        ),
        (
            {
                "项目台账": """项目阶段 | 签约日期 | 开工日期 | 竣工日期
                竣工 | 2011-5-10 | 2011-5-10 | 2011-5-10
                竣工 | 2011-5-10 | 2011-5-9 | 2011-5-8
                签约 | 2011-5-10 | |"""
            },
            "D01 错 项目台账 开工日期5 2011-05-09 \n D01 错 项目台账 竣工日期5 2011-05-08",
        ),
        (
            {
                "困难问题": "提出日期 | 状态 | 解决日期\n 2011-5-10 | 已解决 | 2011-5-10 \n 2011-5-10 | 已解决 | 2011-5-9"
            },
            "D01 错 困难问题 解决日期5 2011-05-09",
        ),
    ],
)
def test_d01_dates_in_order(tables: Tables, expected: str) -> None:
    """Two things may fall on one day; the later may not come first."""
    assert_found("D01", tables, expected)


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"组织发动": "日期\n 2011-7-12 \n 2011-7-13"}, "D02 错 组织发动 日期5 2011-07-13"),
        (
            {"拜访客商": "拜访日期 | 返回日期\n 2011-7-12 | 2011-7-12 \n 2011-7-12 | 2011-7-13"},
            "",
        ),
        (
            {
                "拜访客商": "拜访日期 | 返回日期\n 2011-7-13 | 2011-7-2",
                "邀请客商": "来访日期 | 离开日期\n 2011-7-13 | 2011-7-2",
            },
            "D02 错 拜访客商 拜访日期4 2011-07-13 \n D02 错 邀请客商 来访日期4 2011-07-13",
        ),
        ({"项目台账": "签约日期\n 2011-7-12 \n 2011-7-13"}, "D02 错 项目台账 签约日期5 2011-07-13"),
        ({"到位资金": "到位日期\n 2011-7-12 \n 2011-7-13"}, "D02 错 到位资金 到位日期5 2011-07-13"),
        ({"手续办理": "状态 | 计划办结日期\n 办理中 | 2011-7-15"}, ""),
        (
            {"手续办理": "状态 | 实际办结日期\n 已办结 | 2011-7-13"},
            "D02 错 手续办理 实际办结日期4 2011-07-13",
        ),
        ({"情况说明": "调度会日期 | 完成时间\n 2011-7-12 | 2011-8-1"}, ""),
    ],
)
def test_d02_nothing_is_dated_after_the_submissions_day(tables: Tables, expected: str) -> None:
    """The day itself is not after it; planned dates lie ahead by nature, and so does the end of a trip under way."""
    assert CUTOFF.isoformat() == "2011-07-12"
    assert_found("D02", tables, expected)


def test_d02_needs_a_readable_day() -> None:
    assert_found("D02", {"项目台账": "签约日期\n 2011-7-1"}, "", cover={"cutoff": "月底"})


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2011-5-13", ""),
        ("2011-5-14", "F11 警 封面 填报截止日期 2011-05-14"),
        ("2011-6-12", ""),
        ("2011-7-31", ""),
        ("2011-8-1", ""),
        ("月底", ""),
    ],
)
def test_f11_a_file_is_filled_in_up_to_a_cutoff(day: str, expected: str) -> None:
    """调度: the 报送截止日 of a period; what lies outside the contest is F10."""
    assert_found("F11", {}, expected, cover={"cutoff": table(f"日\n{day}")[0]["日"]})


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2011-4-12", "F10 错 封面 填报截止日期 2011-04-12"),
        ("2011-4-13", ""),
        ("2011-7-31", ""),
        ("2011-8-1", "F10 错 封面 填报截止日期 2011-08-01"),
        ("2021-5-13", "F10 错 封面 填报截止日期 2021-05-13"),
        ("月底", ""),
    ],
)
def test_f10_a_file_speaks_of_a_day_of_the_contest(day: str, expected: str) -> None:
    """方案三: from the first day to the last, both included; any other file is returned."""
    assert_found("F10", {}, expected, cover={"cutoff": table(f"日\n{day}")[0]["日"]})
    if expected:
        assert not submission_of({}, cover={"cutoff": table(f"日\n{day}")[0]["日"]}).usable


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"拜访客商": "拜访日期 | 返回日期\n 2011-4-12 | 2011-4-13 \n 2011-4-13 | 2011-4-13"},
            "D03 警 拜访客商 拜访日期4 2011-04-12",
        ),
        ({"邀请客商": "来访日期\n 2011-4-12 \n 2011-4-13"}, "D03 警 邀请客商 来访日期4 2011-04-12"),
        (
            {
                "项目台账": "项目阶段 | 签约日期 | 开工日期\n 开工 | 2011-4-12 | 2011-4-13 \n 开工 | 2011-4-13 | 2011-4-13"
            },
            "D03 警 项目台账 签约日期4 2011-04-12",
        ),
        ({"到位资金": "到位日期\n 2011-4-12 \n 2011-4-13"}, "D03 警 到位资金 到位日期4 2011-04-12"),
    ],
)
def test_d03_before_the_contest(tables: Tables, expected: str) -> None:
    """方案三(一): the contest begins on 2011-04-13, that day included."""
    assert_found("D03", tables, expected)


# ── projects ─────────────────────────────────────────────────────────────────────────────────────


def test_p01_fixed_investment_is_part_of_the_whole() -> None:
    tables = {"项目台账": "总投资 | 固定资产投资\n 12000 | 12000 \n 12000 | 12000.01 \n 12000 | 0"}
    assert_found("P01", tables, "P01 错 项目台账 固定资产投资5 12000.01")


def test_p02_the_contract_is_no_larger_than_the_whole() -> None:
    tables = {"项目台账": "总投资 | 签约金额\n 12000 | 12000 \n 12000 | 12000.01"}
    assert_found("P02", tables, "P02 错 项目台账 签约金额5 12000.01")


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {
                "项目台账": "项目阶段 | 签约日期 | 合同编号 | 合同性质 | 签约金额 | 佐证材料\n 签约 | | | | | \n 洽谈 | | | | | \n 终止 | | | | | "
            },
            """
            P03 错 项目台账 签约金额4
            P03 错 项目台账 签约日期4
            P03 错 项目台账 合同编号4
            P03 错 项目台账 合同性质4
            P03 错 项目台账 佐证材料4
            """,
        ),
        (
            {"项目台账": "项目阶段 | 开工日期\n 签约 | \n 开工 | \n 竣工 | "},
            "P03 错 项目台账 开工日期5 \n P03 错 项目台账 开工日期6",
        ),
        ({"项目台账": "项目阶段 | 竣工日期\n 开工 | \n 竣工 | "}, "P03 错 项目台账 竣工日期5"),
    ],
)
def test_p03_a_stage_has_its_evidence(tables: Tables, expected: str) -> None:
    """方案三(三): from each stage on its date, contract and evidence; before it none is asked for."""
    assert_found("P03", tables, expected)


@pytest.mark.parametrize(
    ("stage", "nature", "framework", "expected"),
    [
        ("签约", "正式", False, ""),
        ("签约", "意向", False, "P04 警 项目台账 合同性质4 意向"),
        ("开工", "框架", False, "P04 警 项目台账 合同性质4 框架"),
        ("洽谈", "意向", False, ""),
        ("签约", "框架", True, ""),
    ],
)
def test_p04_informal_contracts(stage: str, nature: str, framework: bool, expected: str) -> None:
    """本系统约定·框架意向计入签约: an informal contract is no signing unless the rulebook says so."""
    tables = {"项目台账": f"项目阶段 | 合同性质\n {stage} | {nature}"}
    assert_found("P04", tables, expected, book=rules(framework_counts=framework))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("联合 | X02 | 60 | X01-001", ""),
        ("联合 | X02 | 0.01 | X01-001", ""),
        ("联合 | X02 | 100 | X01-001", ""),
        ("联合 | X02 | 0 | X01-001", "P05 错 项目台账 本单位份额4 0"),
        ("联合 | X02 | 100.01 | X01-001", "P05 错 项目台账 本单位份额4 100.01"),
        ("联合 | X02 | -5 | X01-001", ""),
        (
            "联合 | | | ",
            "P05 错 项目台账 联合单位代码4 \n P05 错 项目台账 本单位份额4 \n P05 错 项目台账 联合标识4",
        ),
        ("联合 | X02、Z03 | 60 | X01-001", ""),
        ("联合 | X02，Z99 | 60 | X01-001", "P05 警 项目台账 联合单位代码4 Z99"),
        ("联合 | X01 | 60 | X01-001", "P05 错 项目台账 联合单位代码4 X01"),
        ("独立 | | | ", ""),
        ("独立 | X99 | 0 | ", ""),
    ],
)
def test_p05_joint_projects(row: str, expected: str) -> None:
    """本系统约定: partners from the unit list, a share in (0, 100], and one 联合标识."""
    assert_found("P05", {"项目台账": f"引进方式 | 联合单位代码 | 本单位份额 | 联合标识\n {row}"}, expected)


@pytest.mark.parametrize(
    ("stage", "procedure", "expected"),
    [
        ("开工", "X01-001 | 立项备案 | 已办结", ""),
        ("开工", "X01-001 | 立项备案 | 办理中", "P06 警 项目台账 项目阶段4 开工"),
        ("竣工", "X01-001 | 土地 | 已办结", "P06 警 项目台账 项目阶段4 竣工"),
        ("开工", "X01-002 | 立项备案 | 已办结", "P06 警 项目台账 项目阶段4 开工"),
        ("签约", "X01-001 | 土地 | 已办结", ""),
    ],
)
def test_p06_started_without_approval(stage: str, procedure: str, expected: str) -> None:
    """方案三(三): a started project has its 立项备案 done."""
    tables = {"项目台账": f"项目阶段\n {stage}", "手续办理": f"项目编号 | 手续类别 | 状态\n {procedure}"}
    assert_found("P06", tables, expected)


@pytest.mark.parametrize(
    ("state", "planned", "expected"),
    [
        ("办理中", "2011-7-12", ""),
        ("办理中", "2011-6-29", "P07 警 手续办理 计划办结日期4 2011-06-29"),
        ("未启动", "2011-6-29", "P07 警 手续办理 计划办结日期4 2011-06-29"),
        ("已办结", "2011-6-29", ""),
        ("不需要", "2011-6-29", ""),
    ],
)
def test_p07_overdue_procedures(state: str, planned: str, expected: str) -> None:
    """方案三(三): on its planned day a procedure is still in time."""
    tables = {"项目台账": "项目编号\n X01-001", "手续办理": f"状态 | 计划办结日期\n {state} | {planned}"}
    assert_found("P07", tables, expected)


# ── money ────────────────────────────────────────────────────────────────────────────────────────


PAID = "到位金额\n 7000 \n "


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("4000", ""),
        ("4000.01", "M02 警 项目台账 签约金额4 X01-001"),
        ("5000", "M02 警 项目台账 签约金额4 X01-001"),
        ("5000.01", "M01 错 到位资金 到位金额4 X01-001 \n M01 错 到位资金 到位金额5 X01-001"),
    ],
)
def test_m01_m02_money_beyond_the_investment_and_the_contract(second: str, expected: str) -> None:
    """All vouchers of a project together against 签约金额 11000 and 总投资 12000: equal is not more."""
    tables = {"项目台账": "总投资 | 签约金额\n 12000 | 11000", "到位资金": f"到位金额\n 7000 \n {second}"}
    assert_found("M01 M02", tables, expected)


def test_m01_vouchers_of_different_projects_do_not_add_up() -> None:
    tables = {
        "项目台账": "总投资\n 12000 \n 12000",
        "到位资金": "项目编号 | 到位金额\n X01-001 | 7000 \n X01-002 | 7000",
    }
    assert_found("M01 M02", tables, "")


def test_m01_m02_a_project_without_a_contract() -> None:
    tables = {"项目台账": "项目阶段 | 总投资\n 洽谈 | 12000", "到位资金": "到位金额\n 11999"}
    assert_found("M01 M02", tables, "")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("美元 | 20 | 5 | 100", ""),
        ("美元 | 20.1 | 5 | 100", ""),
        ("美元 | 19.9 | 5 | 100", ""),
        ("美元 | 20.102 | 5 | 100", "M03 错 到位资金 到位金额4 100"),
        ("美元 | 19.898 | 5 | 100", "M03 错 到位资金 到位金额4 100"),
        ("人民币 | 20.102 | 5 | 100", ""),
        ("其他 | 20 | 5 | 0", "M03 错 到位资金 到位金额4 0"),
    ],
)
def test_m03_foreign_money(row: str, expected: str) -> None:
    """原币金额 × 汇率 = 到位金额; exactly 0.5 % of 到位金额 is near enough, the least more is not."""
    assert_found("M03", {"到位资金": f"币种 | 原币金额 | 汇率 | 到位金额\n {row}"}, expected)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("PZ1 | 佛山甲公司 \n PZ1 | 佛山乙公司 \n PZ2 | 佛山甲公司", ""),
        (
            "PZ1 | 佛山甲公司 \n PZ2 | 佛山甲公司 \n PZ1 | 佛山甲公司",
            "M04 错 到位资金 凭证号4 PZ1 \n M04 错 到位资金 凭证号6 PZ1",
        ),
        (
            "PZ1 | 佛山甲有限公司 \n ＰＺ１ | 佛山（甲）有限责任公司",
            "M04 错 到位资金 凭证号4 PZ1 \n M04 错 到位资金 凭证号5 ＰＺ１",
        ),
        (" | 佛山甲公司 \n | 佛山甲公司", ""),
    ],
)
def test_m04_a_voucher_stands_once(rows: str, expected: str) -> None:
    """The same number and payer, compared without widths, brackets and company suffixes."""
    assert_found("M04", {"到位资金": f"凭证号 | 付款方\n {rows}"}, expected)


def test_m05_money_before_the_signing() -> None:
    tables = {"项目台账": "签约日期\n 2011-5-10", "到位资金": "到位日期\n 2011-5-10 \n 2011-5-9"}
    assert_found("M05", tables, "M05 警 到位资金 到位日期5 2011-05-09")
    assert_found("M05", tables | {"项目台账": "项目阶段\n 洽谈"}, "")


# ── visits ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("佛山甲有限公司 | 2011-5-10 \n 佛山甲公司 | 2011-5-10", ""),
        (
            "佛山甲有限公司 | 2011-5-10 \n 佛山（甲）有限责任公司 | 2011-5-10",
            "V01 警 拜访客商 客商名称4 佛山甲有限公司 \n V01 警 拜访客商 客商名称5 佛山（甲）有限责任公司",
        ),
        ("佛山甲有限公司 | 2011-5-10 \n 佛山甲有限公司 | 2011-5-11", ""),
        ("佛山甲有限公司 | 2011-5-10 \n 佛山乙有限公司 | 2011-5-10", ""),
    ],
)
def test_v01_one_enterprise_twice_on_a_day(rows: str, expected: str) -> None:
    assert_found("V01", {"拜访客商": f"客商名称 | 拜访日期\n {rows}"}, expected)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            "W1|王刚|2011-5-10|2011-5-12|佛山 \n W2|王刚|2011-5-12|2011-5-13|温州",
            "V02 警 拜访客商 带队领导4 王刚 \n V02 警 拜访客商 带队领导5 王刚",
        ),
        ("W1|王刚|2011-5-10|2011-5-12|佛山 \n W2|王刚|2011-5-13|2011-5-14|温州", ""),
        ("W1|王刚|2011-5-12|2011-5-13|佛山 \n W2|王刚|2011-5-10|2011-5-11|温州", ""),
        ("W1|王刚|2011-5-10|2011-5-12|佛山 \n W2|李强|2011-5-12|2011-5-13|温州", ""),
        ("W1|王刚|2011-5-10|2011-5-12|佛山 \n W2|王刚|2011-5-11|2011-5-12|佛 山", ""),
        ("W1|王刚|2011-5-10|2011-5-12|佛山 \n W1|王刚|2011-5-11|2011-5-12|温州", ""),
        pytest.param(
            "W1|王刚|2011-5-10|2011-5-10|佛山 \n W2|王 刚|2011-5-10|2011-5-11|温州",
            "V02 警 拜访客商 带队领导4 王刚 \n V02 警 拜访客商 带队领导5 王 刚",
        ),
        ("W1|王刚|2011-5-10||佛山 \n W2|王刚|2011-5-10|2011-5-11|温州", ""),
    ],
)
def test_v02_one_leader_in_two_places(rows: str, expected: str) -> None:
    """Two trips to different places that share a day; a leader's own trip may go on to another place."""
    assert_found("V02", {"拜访客商": f"外出批次号|带队领导|拜访日期|返回日期|目的地\n {rows}"}, expected)


def visits_of(keys: Sequence[tuple[str, str, int, int]]) -> list[Any]:
    """Return visits by trip, place, first and last day of May, as far as rule V02 looks at them."""
    return [
        SimpleNamespace(row=row, trip=t, destination=p, day=date(2011, 5, a), back=date(2011, 5, b))
        for row, (t, p, a, b) in enumerate(keys, 4)
    ]


def test_v02_finds_what_each_pair_says() -> None:
    """Found by halves, the rows are those that a look at every pair gives, in their order."""
    chance = Random(1)
    for _ in range(200):
        days = [sorted((chance.randint(1, 9), chance.randint(1, 9))) for _ in range(chance.randint(0, 12))]
        visits = visits_of([(chance.choice("甲乙丙"), chance.choice("东西南"), a, b) for a, b in days])
        found = Trips(visits)
        for one in visits:
            apart = [
                other.row
                for other in visits
                if other.trip != one.trip and other.destination != one.destination
                if one.day <= other.back and other.day <= one.back
            ]
            assert [*found.apart(one)] == apart
            assert found.count(one) == len(apart)


def seconds_of_v02(count: int) -> float:
    """Return the time that rows take of which each is apart from the very last alone."""
    visits = visits_of([*(("W1", f"P{n}", 5, 5) for n in range(count)), ("W2", "P", 5, 5)])
    start = time.process_time()
    found = Trips(visits)
    assert {next(found.apart(one)) for one in visits[:-1]} == {visits[-1].row}
    return time.process_time() - start


def test_v02_takes_time_in_proportion_to_its_rows() -> None:
    """Eight times the rows take some nine times as long; looking at every pair takes sixty-four."""
    assert seconds_of_v02(12_000) < 25 * seconds_of_v02(1_500)


@pytest.mark.parametrize(
    "name",
    [
        "城关镇",
        "台前县城关镇",
        "城关镇人民政府",
        "台前县城关镇人民政府",
        "县商务局",
        "商务局",
        "台前县商务局",
        "台前县人民政府",
        "台 前 县 商务局",
    ],
)
def test_v03_the_countys_own_units(name: str) -> None:
    """本县单位 are no investors, by whichever of their names."""
    assert_found("V03", {"拜访客商": f"客商名称\n {name}"}, f"V03 错 拜访客商 客商名称4 {name}")
    assert_found("V03", {"邀请客商": f"客商名称\n {name}"}, f"V03 错 邀请客商 客商名称4 {name}")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A | 3 \n A | 3 \n B | 4", ""),
        ("A | 3 \n a | 4", "V04 警 拜访客商 外出人数4 3 \n V04 警 拜访客商 外出人数5 4"),
        ("A | 3 \n A | 3 \n A | 4", "V04 警 拜访客商 外出人数4 3 \n V04 警 拜访客商 外出人数5 3 \n V04 警 拜访客商 外出人数6 4"),
        ("A | 3 \n A | 2.5", ""),
        (" | 3 \n | 4", ""),
    ],
)  # fmt: skip
def test_v04_one_trip_is_made_by_so_many(rows: str, expected: str) -> None:
    """Told at every row of the trip; a number that cannot be read contradicts nobody."""
    assert_found("V04", {"拜访客商": f"外出批次号 | 外出人数\n {rows}"}, expected)


@pytest.mark.parametrize("name", ["范县商务局", "台前县羽绒制品有限公司", "城关镇羽绒厂", "佛山市商务局"])
def test_v03_others(name: str) -> None:
    assert_found("V03", {"拜访客商": f"客商名称\n {name}"}, "")


# ── targets ──────────────────────────────────────────────────────────────────────────────────────


NOT_MET = "T01 警 封面 单位代码 X01"


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"项目台账": "总投资 | 固定资产投资\n 20000 | 10000"}, ""),
        ({"项目台账": "总投资 | 固定资产投资\n 20000 | 9999.99"}, NOT_MET),
        ({"项目台账": "总投资 | 固定资产投资\n 12000 | 6000 \n 12000 | 6000"}, NOT_MET),
        ({"项目台账": "项目阶段\n 洽谈"}, NOT_MET),
        ({"项目台账": "项目阶段\n 终止"}, NOT_MET),
        ({"项目台账": "合同性质\n 意向"}, NOT_MET),
        ({"项目台账": "签约日期\n 2011-4-13"}, ""),
        ({"项目台账": "签约日期\n 2011-4-12"}, NOT_MET),
        ({"项目台账": "签约日期\n 2011-7-12"}, ""),
        ({"项目台账": "签约日期\n 2011-7-13"}, NOT_MET),
        ({"项目台账": "引进方式 | 本单位份额 | 联合标识\n 联合 | 10 | X01-001"}, ""),
        ({"项目台账": "引进方式 | 本单位份额 | 联合标识\n 联合 | 90 | X02-001"}, NOT_MET),
        ({}, NOT_MET),
    ],
)
def test_t01_the_basic_task(tables: Tables, expected: str) -> None:
    """方案二: a project of at least 一亿元 brought in, in the window; a joint one for its lead."""
    assert_found("T01", tables, expected)


@pytest.mark.parametrize(
    ("tables", "changes", "expected"),
    [
        ({"项目台账": "总投资 | 固定资产投资 | 签约金额\n 10000 | 1 | 9000"}, {"task_basis": "总投资"}, ""),
        (
            {"项目台账": "总投资 | 固定资产投资 | 签约金额\n 9999.99 | 1 | 9000"},
            {"task_basis": "总投资"},
            NOT_MET,
        ),
        ({"项目台账": "项目阶段\n 签约"}, {"task_stage": "开工"}, NOT_MET),
        ({"项目台账": "项目阶段\n 开工"}, {"task_stage": "开工"}, ""),
        ({"项目台账": "合同性质\n 意向"}, {"framework_counts": True}, ""),
        ({"项目台账": "固定资产投资\n 5000"}, {"task_threshold": 5000}, ""),
        ({"项目台账": "项目阶段\n 签约"}, {"task_count": 2}, NOT_MET),
        ({"项目台账": "项目阶段\n 签约\n 签约"}, {"task_count": 2}, ""),
        ({}, {"units": (replace(BOOK.units[0], has_task=False),)}, ""),
    ],
)
def test_t01_by_the_rulebook(tables: Tables, changes: Mapping[str, Any], expected: str) -> None:
    """任务认定口径, 任务认定阶段, 任务门槛, 任务个数, 框架意向计入签约, 是否承担任务."""
    assert_found("T01", tables, expected, book=rules(**changes))


@pytest.mark.parametrize(
    ("tables", "changes", "cutoff"),
    [
        ({"项目台账": "引进方式 | 本单位份额\n 联合 | 60"}, {"joint_task": "按份额"}, "2011-6-30"),
        ({"项目台账": "签约日期\n 2011-8-1"}, {"disabled": ("F10",)}, "2011-8-5"),
    ],
)
def test_t01_agrees_with_the_figures(tables: Tables, changes: Mapping[str, Any], cutoff: str) -> None:
    """The finding is told of the unit's basic task, which is worked out once (count.figures.basic_task)."""
    assert_found("T01", tables, NOT_MET, cover={"cutoff": cutoff}, book=rules(**changes))


def test_t02_below_the_lowest_tier() -> None:
    """方案二: 五千万元档 is the lowest; with 档次界限含等于 a project of exactly that is in it."""
    tables = {"项目台账": "固定资产投资\n 4999.99 \n 5000 \n 0"}
    assert_found("T02", tables, "T02 示 项目台账 固定资产投资4 4999.99 \n T02 示 项目台账 固定资产投资6 0")
    below = "T02 示 项目台账 固定资产投资4 4999.99 \n T02 示 项目台账 固定资产投资5 5000 \n T02 示 项目台账 固定资产投资6 0"
    assert_found("T02", tables, below, book=rules(tier_inclusive=False))


# ── all together ─────────────────────────────────────────────────────────────────────────────────


WRONG = {
    "拜访客商": "客商名称 | 洽谈内容\n 台前县商务局 | 短",
    "项目台账": "项目编号 | 总投资 | 固定资产投资\n X02-001 | 5 | 6 \n X02-001 | 12000 | 4000",
    "到位资金": "项目编号 | 到位金额\n X01-009 | 5",
}


def test_all_faults_of_a_file_come_at_once_in_the_order_of_sheets_and_rows() -> None:
    assert lines(with_own_task(submission_of(WRONG), BOOK)) == text_lines("""
        T01 警 封面 单位代码 X01
        C03 错 拜访客商 洽谈内容4 短
        V03 错 拜访客商 客商名称4 台前县商务局
        C05 警 项目台账 总投资4 5
        C05 警 项目台账 固定资产投资4 6
        K01 错 项目台账 项目编号4 X02-001
        K02 错 项目台账 项目编号4 X02-001
        P01 错 项目台账 固定资产投资4 6
        P02 错 项目台账 签约金额4 11000
        T02 示 项目台账 固定资产投资4 6
        K01 错 项目台账 项目编号5 X02-001
        K02 错 项目台账 项目编号5 X02-001
        T02 示 项目台账 固定资产投资5 4000
        C05 警 到位资金 到位金额4 5
        K03 错 到位资金 项目编号4 X01-009
    """)


def test_a_finding_has_all_that_a_person_needs() -> None:
    """Place, value as typed, a sentence with the remedy, and the 记录标识 that a ruling is written with."""
    found = next(f for f in submission_of(WRONG).findings if f.rule == "P01")
    assert str(found.place) == "X01.xlsx 项目台账 J4「固定资产投资」"
    assert found.message == "固定资产投资大于总投资（6 万元大于 5 万元）。请核对两个数字和单位。"
    assert (found.unit, found.record, found.row) == ("X01", "X01/项目台账/X02-001", 4)


@pytest.mark.parametrize("off", ["C05", "K01", "P01", "T02"])
def test_a_rule_switched_off_in_the_console_is_not_run(off: str) -> None:
    """停用规则: the others still run."""
    on = lines(submission_of(WRONG))
    without = lines(submission_of(WRONG, book=rules(disabled=(off,))))
    assert without == [line for line in on if not line.startswith(off)]
    assert len(without) < len(on)


def test_the_checks_are_listed_once_each() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert {"C01", "T02"} <= set(RULE_IDS)


def test_a_check_adds_nothing_to_what_it_is_given() -> None:
    """The same cells read twice give the same findings."""
    grids = grids_of(WRONG)
    once, again = read_grids(grids), read_grids(grids)
    assert once.findings == again.findings
    assert isinstance(once.findings, Sequence)


@pytest.mark.parametrize(
    ("name", "wrong"), [("——", True), ("……", True), ("（）", True), ("·", True), ("3M", False), ("恒", False)]
)
def test_c12_a_name_has_a_letter_or_a_character(name: str, wrong: bool) -> None:
    submission = submission_of(
        {
            "拜访客商": f"客商名称\n {name}",
            "项目台账": f"项目名称 | 投资方\n {name} | {name}",
            "到位资金": f"付款方\n {name}",
        }
    )
    assert len(lines(submission, "C12")) == (4 if wrong else 0)
