"""The seven comparisons of one unit: what counts, by which option of the rulebook, on which days.

Source: 方案二 (the seven comparisons); the options are 本系统约定, each tested on all its values.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import (
    AMOUNT,
    COMPLETED,
    COMPLETION,
    CUTOFF,
    INVITED,
    NEW,
    PAID,
    SIGNED,
    STARTED,
    VISITED,
    Tables,
    account_of,
    figures_of,
    rules,
    submission_of,
    told,
)

from baiti_xl.contest.choices import Nature, Stage
from baiti_xl.contest.measures import (
    FIRMS_INVITED,
    FIRMS_VISITED,
    GUESTS,
    RECEPTIONS,
    TRAVELLERS,
    TRIPS,
    comparisons,
)
from baiti_xl.contest.measures import figures_of as counted
from baiti_xl.contest.records import Submission
from baiti_xl.contest.tally import Tally
from baiti_xl.contest.values import half_up
from baiti_xl.count.figures import money_fates, row_fates

LATE = date(2011, 8, 31)  # beyond the contest, which F10 refuses unless it is switched off
BOOK = rules(disabled=("F10",))


def assert_told(
    tables: Tables, expected: str, day: date = CUTOFF, cover: Mapping[str, Any] | None = None, **options: Any
) -> None:
    """Compare the figures that are named in the expected text, under some options of the rulebook."""
    names = [part.split()[0] for part in expected.split("，")]
    book = replace(BOOK, **options)
    submission = submission_of(tables, cover={"cutoff": LATE, **(cover or {})}, book=book)
    assert told(figures_of(submission, book=book, day=day), names) == expected


# ── the window ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("business", "as_of", "counts"),
    [
        ("2011-4-12", LATE, False),
        ("2011-4-13", LATE, True),
        ("2011-4-14", LATE, True),
        ("2011-7-30", LATE, True),
        ("2011-7-31", LATE, True),
        ("2011-8-1", LATE, False),
        ("2011-5-12", date(2011, 5, 13), True),
        ("2011-5-13", date(2011, 5, 13), True),
        ("2011-5-14", date(2011, 5, 13), False),
        ("2011-4-13", date(2011, 4, 12), False),
        ("2011-4-13", date(2011, 4, 13), True),
    ],
)
def test_the_first_and_last_day_count_and_those_beside_do_not(
    business: str, as_of: date, counts: bool
) -> None:
    """方案三(一)、(四): 2011-04-13 to 2011-07-31, cut at the as-of day; both ends included."""
    tables = {
        "拜访客商": f"拜访日期 | 返回日期\n {business} | {business}",
        "邀请客商": f"来访日期 | 离开日期\n {business} | {business}",
        "项目台账": f"项目阶段 | 签约日期 | 开工日期 | 竣工日期\n 竣工 | {business} | {business} | {business}",
        "到位资金": f"到位日期 | 到位金额\n {business} | 100",
    }
    one, amount, paid, rate = (1, 11000, 100, "1") if counts else (0, 0, 0, "—")
    expected = f"{NEW} {one}，{VISITED} {one}，{INVITED} {one}，{SIGNED} {one}，{AMOUNT} {amount}，{PAID} {paid}，{COMPLETION} {rate}"
    assert_told(tables, expected, as_of)


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"项目台账": "项目阶段 | 签约日期 | 开工日期\n 开工 | 2011-4-12 | 2011-4-13"},
            "新上项目数 1，签约项目数 0，签约金额 0",
        ),
        (
            {"项目台账": "项目阶段 | 签约日期 | 开工日期\n 开工 | 2011-4-13 | 2011-8-1"},
            "新上项目数 0，签约项目数 1，签约金额 11000",
        ),
    ],
)
def test_each_comparison_goes_by_its_own_day(tables: Tables, expected: str) -> None:
    assert_told(tables, expected, LATE)


@pytest.mark.parametrize("stage", ["洽谈", "终止"])
def test_a_project_that_is_not_signed_counts_nowhere_whatever_its_dates(stage: str) -> None:
    tables = {"项目台账": f"项目阶段 | 签约日期 | 签约金额 | 开工日期\n {stage} | 2011-5-1 | 100 | 2011-5-2"}
    assert_told(tables, "新上项目数 0，签约项目数 0，签约金额 0，竣工率 —")


# ── options ──────────────────────────────────────────────────────────────────────────────────────


NEW_TABLES = {
    "项目台账": """项目阶段 | 签约日期 | 开工日期 | 固定资产投资
        签约 | 2011-5-1 | | 500
        签约 | 2011-5-2 | | 499.99
        开工 | 2011-5-3 | 2011-6-1 | 500
        开工 | 2011-4-1 | 2011-6-2 | 10000""",
    "手续办理": """项目编号 | 手续类别 | 状态 | 实际办结日期
        X01-001 | 立项备案 | 已办结 | 2011-5-20
        X01-002 | 立项备案 | 办理中 |
        X01-003 | 土地 | 已办结 | 2011-5-20
        X01-004 | 立项备案 | 已办结 | 2011-4-12
        X01-004 | 立项备案 | 已办结 | 2011-5-12""",
}


@pytest.mark.parametrize(("basis", "count"), [("开工", 2), ("签约", 3), ("立项备案", 1)])
def test_what_makes_a_project_new(basis: str, count: int) -> None:
    """新上认定; by 立项备案 the first approval's day, so that X01-004 was new before the contest."""
    assert_told(NEW_TABLES, f"新上项目数 {count}，签约项目数 3", new_basis=basis)


@pytest.mark.parametrize(("minimum", "count"), [("0", 3), ("499.99", 3), ("500", 2), ("500.01", 0)])
def test_the_least_size_of_a_new_project(minimum: str, count: int) -> None:
    """计入门槛 by 固定资产投资: equal is enough; signed projects and their money are not held to it."""
    assert_told(
        NEW_TABLES,
        f"新上项目数 {count}，签约项目数 3，签约金额 33000",
        new_basis="签约",
        minimum=Decimal(minimum),
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (False, "新上项目数 2，签约项目数 1，签约金额 11000，开工项目数 2，竣工率 1"),
        (
            True,
            "新上项目数 2，签约项目数 3，签约金额 33000，开工项目数 2，竣工率 0.3333333333333333333333333333",
        ),
    ],
)
def test_informal_contracts(counts: bool, expected: str) -> None:
    """框架意向计入签约: letters of intent and frameworks; a start counts as a start either way."""
    tables = {"项目台账": "项目阶段 | 合同性质\n 竣工 | 正式 \n 签约 | 意向 \n 开工 | 框架"}
    assert_told(tables, expected, framework_counts=counts)


VISITS = {
    "拜访客商": """外出批次号 | 拜访日期 | 客商名称 | 外出人数
        W1 | 2011-5-10 | 佛山甲有限公司 | 3
        W1 | 2011-5-11 | 佛山乙有限公司 | 3
        W2 | 2011-6-10 | 佛山（甲）有限责任公司 | 5
        W3 | 2011-4-12 | 温州丙有限公司 | 7""",
    "邀请客商": """来访日期 | 客商名称 | 客商姓名 | 来访人数
        2011-5-15 | 佛山甲有限公司 | 林海 | 4
        2011-5-15 | 佛山甲股份有限公司 | 林江 | 2
        2011-5-20 | 佛山乙有限公司 | 林河 | 1
        2011-4-12 | 温州丙有限公司 | 林湖 | 9""",
}


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("家", "拜访客商数 2，邀请客商数 2"),
        ("人次", "拜访客商数 8，邀请客商数 7"),
        ("批次", "拜访客商数 2，邀请客商数 3"),
    ],
)
def test_how_visitors_are_counted(basis: str, expected: str) -> None:
    """客商计数口径: enterprises by comparison key; 人次 of a trip once, as its first row says; 批次."""
    assert_told(VISITS, expected, visitor_basis=basis)


def test_what_is_shown_beside_does_not_depend_on_the_option() -> None:
    for basis in ("家", "人次", "批次"):
        assert_told(
            VISITS,
            f"{FIRMS_VISITED.name} 2，{TRIPS.name} 2，{TRAVELLERS.name} 8，{FIRMS_INVITED.name} 2，{RECEPTIONS.name} 3，{GUESTS.name} 7",
            visitor_basis=basis,
        )


@pytest.mark.parametrize(
    ("basis", "rows", "expected"),
    [
        ("签约", "签约|2011-5-1|| \n 竣工|2011-5-1|2011-5-5|2011-6-1", "竣工率 0.5"),
        ("开工", "签约|2011-5-1|| \n 竣工|2011-5-1|2011-5-5|2011-6-1", "竣工率 1"),
        ("开工", "开工|2011-5-1|2011-5-5| \n 竣工|2011-5-1|2011-5-5|2011-6-1", "竣工率 0.5"),
        ("签约", "洽谈||| ", "竣工率 —"),
        ("开工", "签约|2011-5-1|| ", "竣工率 —"),
        ("签约", "签约|2011-5-1|| ", "竣工率 0"),
        ("签约", "竣工|2011-4-1|2011-4-2|2011-6-1", "竣工率 —"),
        ("签约", "竣工|2011-4-1|2011-4-2|2011-6-1 \n 签约|2011-5-1||", "竣工率 0"),
    ],
)
def test_the_completion_rate(basis: str, rows: str, expected: str) -> None:
    """方案二 竣工率, 竣工率分母; without a denominator 无, never 0 %."""
    tables = {"项目台账": f"项目阶段 | 签约日期 | 开工日期 | 竣工日期\n {rows}"}
    assert_told(tables, expected, completion_basis=basis)


@pytest.mark.parametrize(("basis", "expected"), [("分母中的", "竣工率 0.5"), ("期内竣工", "竣工率 1.5")])
def test_which_completed_projects_are_the_numerator(basis: str, expected: str) -> None:
    """竣工率分子: of the projects in the denominator, so that it never passes 100 %; or all completed in the window."""
    rows = [
        "竣工|2011-4-1|2011-4-2|2011-6-1",
        "竣工|2011-4-1|2011-4-2|2011-6-1",
        "竣工|2011-5-1|2011-5-2|2011-6-1",
        "签约|2011-5-1||",
    ]
    tables = {"项目台账": "项目阶段 | 签约日期 | 开工日期 | 竣工日期\n" + "\n".join(rows)}
    assert_told(tables, expected, completed_basis=basis)


@pytest.mark.parametrize(("counts", "paid"), [(False, "30"), (True, "130")])
def test_money_of_a_project_that_has_ended(counts: bool, paid: str) -> None:
    """终止项目资金计入."""
    tables = {
        "项目台账": "项目编号 | 项目阶段\n X01-001 | 终止 \n X01-002 | 签约",
        "到位资金": "项目编号 | 到位金额\n X01-001 | 100 \n X01-002 | 30",
    }
    assert_told(tables, f"到位资金 {paid}", ended_money_counts=counts)


def test_the_completion_rate_shows_its_parts() -> None:
    tables = {
        "项目台账": "项目阶段 | 引进方式 | 本单位份额\n 竣工 | 联合 | 60 \n 签约 | 独立 | \n 签约 | 联合 | 40"
    }
    rate = figures_of(submission_of(tables))[COMPLETION]
    assert (rate.numerator, rate.denominator) == (Decimal("0.6"), Decimal(2))
    assert rate.value == Decimal("0.3")
    assert [(line.row, line.value) for line in rate.lines] == [(4, Decimal("0.6"))]
    assert [line.row for line in rate.denominator_lines] == [4, 5, 6]


# ── money and shares ─────────────────────────────────────────────────────────────────────────────


def test_money_goes_by_the_share_and_is_not_rounded() -> None:
    """签约金额 = Σ share × amount, 到位资金 = Σ share × voucher; half-up to two decimals only when shown."""
    tables = {
        "项目台账": "引进方式 | 本单位份额 | 签约金额\n 联合 | 33.33 | 1000.01 \n 独立 | | 100",
        "到位资金": "项目编号 | 到位金额\n X01-001 | 10.01 \n X01-001 | 10.02 \n X01-002 | 50",
    }
    found = figures_of(submission_of(tables))
    assert found[AMOUNT].value == Decimal("433.303333")
    assert (
        found[PAID].value == Decimal("10.01") * Decimal("0.3333") + Decimal("10.02") * Decimal("0.3333") + 50
    )
    assert half_up(Decimal("433.303333")) == Decimal("433.30")


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.0049999", "0.00"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("1.115", "1.12"),
        ("1", "1.00"),
    ],
)
def test_rounding_is_half_up(value: str, rounded: str) -> None:
    assert half_up(Decimal(value)) == Decimal(rounded)


def test_two_partners_together_make_the_whole_project() -> None:
    """Shares 60 and 40: counts and money over the county are those of one project."""
    row = "项目阶段 | 引进方式 | 联合单位代码 | 本单位份额 | 联合标识\n 开工 | 联合 | {} | {} | X01-001"
    money = {"到位资金": "到位金额\n 1000"}
    lead = submission_of({"项目台账": row.format("X02", 60), **money})
    partner = submission_of({"项目台账": row.format("X01", 40), **money}, unit="X02")
    one, two = figures_of(lead, partner), figures_of(lead, partner, unit="X02")
    for name, whole in ((NEW, 1), (SIGNED, 1), (AMOUNT, 11000), (PAID, 1000)):
        assert (one[name].value or 0) + (two[name].value or 0) == whole


def test_rows_with_an_open_error_do_not_count() -> None:
    tables = {
        "项目台账": "总投资 | 固定资产投资 | 签约金额\n 12000 | 12001 | 500 \n 12000 | 12000 | 700",
        "到位资金": "项目编号 | 到位金额 | 佐证材料\n X01-002 | 100 | \n X01-002 | 200 | 进账单 \n X01-009 | 400 | 进账单",
    }
    assert_told(tables, "签约项目数 1，签约金额 700，到位资金 200")


def test_a_unit_without_a_submission_has_no_figures() -> None:
    assert counted(Tally(account_of(), BOOK, CUTOFF)) == {}
    assert not row_fates(Tally(account_of(), BOOK, CUTOFF))
    assert not money_fates(Tally(account_of(), BOOK, CUTOFF))


def test_every_figure_is_there() -> None:
    found = figures_of(submission_of({}))
    assert {m.name for m in comparisons()} <= set(found)
    assert {STARTED, COMPLETED, TRIPS.name, TRAVELLERS.name, GUESTS.name} <= set(found)
    assert {name: figure.name for name, figure in found.items()} == {name: name for name in found}


# ── what stands behind a figure, and what does not count ─────────────────────────────────────────


def test_a_figure_is_the_sum_of_its_lines() -> None:
    """Each line names the record it came from; a repeat of an enterprise stands there with 0."""
    found = figures_of(submission_of(VISITS, file="x.xlsx"))
    told_lines = [
        (line.file, line.sheet, line.row, str(line.value), line.label) for line in found[VISITED].lines
    ]
    assert told_lines == [
        ("x.xlsx", "拜访客商", 4, "1", "佛山甲有限公司"),
        ("x.xlsx", "拜访客商", 5, "1", "佛山乙有限公司"),
        ("x.xlsx", "拜访客商", 6, "0", "佛山（甲）有限责任公司"),
    ]


FATES = {
    "组织发动": "日期\n 2011-4-12 \n 2011-4-13",
    "拜访客商": "拜访日期\n 2011-5-10 \n 2011-4-12",
    "项目台账": """项目阶段 | 固定资产投资 | 签约日期 | 合同性质 | 引进方式 | 本单位份额
        签约 | 10000 | 2011-5-10 | 正式 | 独立 |
        签约 | 99999 | 2011-5-10 | 正式 | 独立 |
        终止 | 10000 | 2011-5-10 | 正式 | 独立 |
        签约 | 10000 | 2011-4-12 | 正式 | 独立 |
        签约 | 10000 | 2011-6-20 | 正式 | 独立 |
        洽谈 | 10000 | | | 独立 | """,
    "到位资金": "项目编号 | 到位日期 | 到位金额\n X01-001 | 2011-5-20 | 100 \n X01-001 | 2011-4-12 | 200 \n X01-001 | 2011-6-20 | 300 \n X01-099 | 2011-5-20 | 400",
}  # fmt: skip
FATE_DAY = date(2011, 6, 12)


def test_the_fate_of_every_row() -> None:
    """Nothing is lost: each row counts, or says why not."""
    account = account_of(submission_of(FATES), day=FATE_DAY)
    told_fates = [f"{f.sheet} {f.row} {f.reason}".strip() for f in row_fates(Tally(account, BOOK, FATE_DAY))]
    assert told_fates == [
        "组织发动 4 早于竞赛开始日",
        "组织发动 5",
        "拜访客商 4",
        "拜访客商 5 早于竞赛开始日",
        "项目台账 4",
        "项目台账 5 有错误 P01",
        "项目台账 6 项目已终止",
        "项目台账 7 早于竞赛开始日",
        "项目台账 8 晚于统计日",
        "项目台账 9",
        "到位资金 4",
        "到位资金 5 早于竞赛开始日",
        "到位资金 6 晚于统计日",
        "到位资金 7 有错误 K03",
    ]


def test_the_fate_of_every_amount() -> None:
    tables = FATES | {
        "项目台账": """项目阶段 | 签约日期 | 签约金额 | 合同性质 | 引进方式 | 本单位份额
            签约 | 2011-5-10 | 1000 | 正式 | 独立 |
            签约 | 2011-5-10 | 2000 | 意向 | 独立 |
            洽谈 | | 3000 | | 独立 |
            签约 | 2011-4-12 | 4000 | 正式 | 独立 |
            签约 | 2011-5-10 | 5000 | 正式 | 联合 | 0"""
    }
    account = account_of(submission_of(tables), day=FATE_DAY)
    told_money = [
        f"{m.sheet} {m.row} {m.amount} {m.reason}".strip()
        for m in money_fates(Tally(account, BOOK, FATE_DAY))
    ]
    assert told_money == [
        "项目台账 4 1000",
        "项目台账 5 2000 合同性质为意向",
        "项目台账 6 3000 阶段为洽谈",
        "项目台账 7 4000 早于竞赛开始日",
        "项目台账 8 5000 有错误 P05",
        "到位资金 4 100",
        "到位资金 5 200 早于竞赛开始日",
        "到位资金 6 300 晚于统计日",
        "到位资金 7 400 有错误 K03",
    ]


def assert_conserved(submission: Submission, day: date, **options: Any) -> None:
    """Rows and money behind the figures are those whose fate is to count; nothing counts without a fate."""
    book = replace(BOOK, **options)
    account = account_of(submission, book=book, day=day)
    found = counted(Tally(account, book, day))
    fates = {(f.sheet, f.row): f.reason for f in row_fates(Tally(account, book, day))}
    assert len(fates) == sum(len(t.records) for t in submission.tables.values())
    behind = {(line.sheet, line.row) for figure in found.values() for line in figure.lines}
    assert {place: fates[place] for place in behind if fates[place]} == {}
    money = money_fates(Tally(account, book, day))
    for sheet, name in (("项目台账", AMOUNT), ("到位资金", PAID)):
        rows = {m.row for m in money if m.sheet == sheet and not m.reason}
        assert rows == {line.row for line in found[name].lines}


def test_what_counts_and_what_does_not_make_up_the_whole() -> None:
    for day in (date(2011, 4, 12), date(2011, 4, 13), FATE_DAY, LATE):
        assert_conserved(submission_of(FATES), day)
        assert_conserved(submission_of(VISITS), day, visitor_basis="人次")


@pytest.mark.parametrize(
    "row",
    ["终止 | | ", "签约 | 2011-4-12 | "],
    ids=["given up after its approval", "signed before the contest"],
)
def test_what_counts_by_its_approval_is_a_row_that_counts(row: str) -> None:
    """新上认定 = 立项备案: a project given up is not new, and one that is new is a row that counts."""
    tables = {
        "项目台账": f"项目阶段 | 签约日期 | 备注\n {row}",
        "手续办理": "手续类别 | 实际办结日期\n 立项备案 | 2011-5-15",
    }
    assert_conserved(submission_of(tables), CUTOFF, new_basis="立项备案")


DAYS = st.dates(date(2011, 4, 1), date(2011, 8, 10))
STAGES = st.sampled_from(Stage.answers())
PROJECT = st.tuples(
    STAGES,
    st.sampled_from(Nature.answers()),
    st.sampled_from(["独立", "联合"]),
    st.sampled_from([0, 40, 60, 100, 120]),
    DAYS,
)
PAYMENT = st.tuples(st.sampled_from(["X01-001", "X01-002", "X01-009"]), DAYS, st.integers(0, 7000))


@given(st.lists(PROJECT, max_size=4), st.lists(PAYMENT, max_size=4), DAYS, st.sampled_from(["开工", "签约"]))
def test_nothing_is_ever_lost(
    projects: list[tuple[str, str, str, int, date]],
    payments: list[tuple[str, date, int]],
    day: date,
    basis: str,
) -> None:
    """Whatever is typed, fates and figures agree row by row."""
    rows = "".join(f"\n {s} | {n} | {m} | {p} | {d} | {d} | {d}" for s, n, m, p, d in projects)
    money = "".join(f"\n {number} | {d} | {amount}" for number, d, amount in payments)
    tables = {
        "项目台账": f"项目阶段 | 合同性质 | 引进方式 | 本单位份额 | 签约日期 | 开工日期 | 竣工日期{rows}",
        "到位资金": f"项目编号 | 到位日期 | 到位金额{money}",
    }
    assert_conserved(
        submission_of(tables, cover={"cutoff": LATE}, book=BOOK), day, new_basis=basis, completion_basis=basis
    )


@given(st.permutations(range(4)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    """Sums and distinct counts stay; only which row of an enterprise is the first may change."""
    lines = VISITS["拜访客商"].splitlines()
    tables = VISITS | {"拜访客商": "\n".join([lines[0], *(lines[1 + i] for i in order)])}
    assert_told(tables, "拜访客商数 2，拜访批次 2，拜访人次 8")


def test_figures_are_of_a_day_and_so_a_period_is_a_difference() -> None:
    """本期 = value(t₂) − value(t₁): every dated record falls in exactly one period."""
    submission = submission_of(FATES, cover={"cutoff": LATE}, book=BOOK)
    days = [date(2011, 4, 12), date(2011, 5, 13), date(2011, 6, 12), date(2011, 7, 31), LATE]
    values = [figures_of(submission, day=day)[PAID].value or Decimal(0) for day in days]
    assert values == [0, 0, 100, 400, 400]
