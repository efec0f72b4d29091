"""Dirty text → typed value: every spelling that is read, with its note, and every one that is refused.

Source: C03 and C04 of docs/reference/校验规则.md. A value without a note was plainly right.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baiti_xl.contest import sheets
from baiti_xl.contest.columns import Column, Kind
from baiti_xl.contest.findings import Place
from baiti_xl.contest.rules import CATALOGUE, finding
from baiti_xl.read.text import (
    Context,
    Typed,
    is_blank,
    read_cell,
    read_column,
    read_date,
    read_key,
    read_money,
    read_percent,
    read_rate,
    read_whole,
    shown,
)

CONTEXT = Context(2011, {sheets.INDUSTRIES: ("化工", "其他"), sheets.UNIT_CODES: ("X01", "X02")})
APRIL_25 = date(2011, 4, 25)


def told(typed: Typed) -> str:
    """Return a reading as text: `2011-04-25`, `C04 1200`, `C03/date 没有这一天`."""
    if typed.rule.startswith(("C03", "C10")):
        assert typed.value in (None, "")
        return f"{typed.rule} {typed.slots.get('why', '')}".strip()
    value = f"{typed.value:f}" if isinstance(typed.value, Decimal) else str(typed.value)
    return f"{typed.rule} {value}".strip()


# ── dates ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [APRIL_25, datetime(2011, 4, 25), datetime(2011, 4, 25, 16, 30)])
def test_real_dates_are_read_without_a_note(value: object) -> None:
    assert told(read_date(value, CONTEXT)) == "2011-04-25"


@pytest.mark.parametrize(
    "value",
    [
        "2011.4.25",
        "2011-4-25",
        "2011/4/25",
        "2011年4月25日",
        "2011年4月25目",
        "2011年04月25号",
        "2011年4月25",
        "20110425",
        20110425.0,
        20110425,
        40658.0,
        40658,
        40658.75,
        "二〇一一年四月二十五日",
        "二○一一年四月二十五日",
        "二零一一年四月二十五日",
        "２０１１．４．２５",
        "２０１１年４月２５日",
        "２０１１－０４－２５",
        "２０１１／４／２５",
        " 2011.4.25 ",
        "2011 年 4 月 25 日",
        "2011年4月25日\u200b",
        "\ufeff2011-4-25",
        "2011\u00a0年4月25日",
        "\u30002011-4-25\u3000",
        "2011-04-25 00:00:00",
        "2011-4-25 0:00",
    ],
)
def test_spellings_of_a_whole_date_are_read_with_a_note(value: object) -> None:
    assert told(read_date(value, CONTEXT)) == "C04 2011-04-25"


def test_a_date_that_is_but_text_is_called_that() -> None:
    """What was typed is the usual form: nothing is wrong with its spelling."""
    assert told(read_date("2011-04-25", CONTEXT)) == "C04/text 2011-04-25"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("二〇一一年十月十日", "C04 2011-10-10"),
        ("二〇一一年十二月三十一日", "C04 2011-12-31"),
        ("二〇一一年五月二十日", "C04 2011-05-20"),
        ("二〇一一年六月一日", "C04 2011-06-01"),
        ("2012.2.29", "C04 2012-02-29"),
        (40544.0, "C04 2011-01-01"),
        (40908.0, "C04 2011-12-31"),
        (36161.0, "C04 1999-01-01"),
        (45291.0, "C04 2023-12-31"),
    ],
)
def test_numerals_leap_days_and_the_ends_of_the_contest_year(value: object, read: str) -> None:
    assert told(read_date(value, CONTEXT)) == read


@pytest.mark.parametrize("value", ["4月25日", "4月25号", "04月25日", "４月２５日", "4 月 25 日"])
def test_a_date_without_a_year_takes_the_contests_year_with_a_warning(value: str) -> None:
    typed = read_date(value, CONTEXT)
    assert told(typed) == "C04/year 2011-04-25"
    assert CATALOGUE[typed.rule].severity == "警"


@pytest.mark.parametrize(
    ("value", "told_as"),
    [
        ("4.25", "C03/date 看不出确定的年月日"),
        ("2011-4-25 16:30", "C03/date 看不出确定的年月日"),
        ("2011年4月25日 8:30", "C03/date 看不出确定的年月日"),
        (4.25, "C03/date 数字 4.25 不是日期"),
        ("2011.4", "C03/date 看不出确定的年月日"),
        (2011.4, "C03/date 数字 2011.4 不是日期"),
        ("2011.4.31", "C03/date 没有这一天"),
        ("2011年2月29日", "C03/date 没有这一天"),
        ("2011-13-1", "C03/date 没有这一天"),
        ("20110431", "C03/date 没有这一天"),
        (20110431.0, "C03/date 没有这一天"),
        ("2月30日", "C03/date 没有这一天"),
        ("0000-1-1", "C03/date 没有这一天"),
        ("四月底", "C03/date 看不出确定的年月日"),
        ("2011年4月", "C03/date 看不出确定的年月日"),
        ("2011年4月底", "C03/date 看不出确定的年月日"),
        ("2011.4.25-4.28", "C03/date 看不出确定的年月日"),
        ("2011年4月25日至28日", "C03/date 看不出确定的年月日"),
        ("4月25-28日", "C03/date 看不出确定的年月日"),
        ("11.4.25", "C03/date 看不出确定的年月日"),
        ("待定", "C03/date 看不出确定的年月日"),
        ("无", "C03/date 看不出确定的年月日"),
        (0.0, "C03/date 数字 0 不是日期"),
        (-1.0, "C03/date 数字 -1 不是日期"),
        (2011.0, "C03/date 数字 2011 不是日期"),
        (36160.0, "C03/date 数字 36160 不是日期"),
        (45292.0, "C03/date 数字 45292 不是日期"),
        (date(1998, 12, 31), "C03/date 1998 年离竞赛太远"),
        (date(2024, 1, 1), "C03/date 2024 年离竞赛太远"),
        ("1911-4-25", "C03/date 1911 年离竞赛太远"),
        (99999999.0, "C03/date 没有这一天"),
        (True, "C03/date 不是日期"),
    ],
)
def test_what_leaves_a_doubt_is_no_date(value: object, told_as: str) -> None:
    assert told(read_date(value, CONTEXT)) == told_as


@pytest.mark.parametrize("text", ["二〇一一年四月十二五日", "二〇一一年四月一二十日", "二〇一一年十十月一日"])
def test_a_misspelt_numeral_is_no_date(text: str) -> None:
    assert told(read_date(text, CONTEXT)).startswith("C03/date")


# ── money ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1200.0, "1200"),
        (1200, "1200"),
        (0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1234.56, "1234.56"),
        (9999999999.0, "9999999999"),
        ("1200", "C04/text 1200"),
        ("1,200", "C04 1200"),
        ("1，200", "C04 1200"),
        ("1,234,567.89", "C04 1234567.89"),
        ("1200万", "C04 1200"),
        ("1200万元", "C04 1200"),
        ("1,200 万元", "C04 1200"),
        ("1.2亿", "C04 12000"),
        ("1.2亿元", "C04 12000"),
        ("12000000元", "C04 1200"),
        ("12,000,000 元", "C04 1200"),
        ("１２００", "C04 1200"),
        ("１２００．５万元", "C04 1200.5"),
        ("1200\u200b", "C04 1200"),
        (" 1 200 ", "C04 1200"),
        ("0元", "C04 0"),
        ("0.50", "C04/text 0.50"),
    ],
)
def test_amounts_are_read_in_ten_thousand_yuan(value: object, read: str) -> None:
    assert told(read_money(value, CONTEXT)) == read


@pytest.mark.parametrize(
    "value",
    [
        "约1200", "1200左右", "1200-1500", "1200～1500", "1000至1200", "待定", "1200美元", "1200万美元", "12,00", "1.2.3",
        "一千二百", "1200万（含设备）", "万元", "--5", "1e3", "NaN", "inf", "1200亿万", True, False, date(2011, 4, 25),
    ],
)  # fmt: skip
def test_what_leaves_a_doubt_is_no_amount(value: object) -> None:
    assert told(read_money(value, CONTEXT)).startswith("C03/number")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (-0.01, "C03/number"),
        ("-1,200", "C03/number"),
        ("－１２００万", "C03/number"),
        (1e10, "C03/number"),
        ("10000000000", "C03/number"),
        ("9" * 41, "C03/number"),
    ],
)
def test_negative_and_absurd_amounts_are_errors(value: object, rule: str) -> None:
    typed = read_money(value, CONTEXT)
    assert (typed.value, typed.rule) == (None, rule)


@pytest.mark.parametrize("read", [read_date, read_money, read_percent, read_whole, read_rate])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_an_error_and_never_raises(read: Any, value: float) -> None:
    """The value reader takes `<v>NaN</v>` and `<v>1e999</v>` in a file for numbers."""
    assert read(value, CONTEXT).rule.startswith("C03")


@pytest.mark.parametrize("read", [read_date, read_money, read_whole, read_rate])
@pytest.mark.parametrize("value", [1e15, 1e300, -1e300])
def test_a_number_beyond_all_bounds_is_an_error(read: Any, value: float) -> None:
    assert read(value, CONTEXT).rule.startswith("C03")


# ── percentages, whole numbers, rates ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (50.0, "50"),
        (100.0, "100"),
        (33.33, "33.33"),
        (1.0, "1"),
        (0.0, "0"),
        ("50", "C04/text 50"),
        ("50%", "C04 50"),
        ("50 %", "C04 50"),
        ("５０％", "C04 50"),
        ("33.3%", "C04 33.3"),
        (0.5, "C04/percent 0.5"),
        ("一半", "C03/number “一半”"),
        ("50%左右", "C03/number “50%左右”"),
        ("50-60", "C03/number “50-60”"),
        ("%", "C03/number “%”"),
        (True, "C03/number “TRUE”"),
    ],
)
def test_shares_are_percentages(value: object, read: str) -> None:
    """50, 50% and 0.5 in a percent format are all 50 (the last is scaled on reading the sheet: test_cells)."""
    assert told(read_percent(value, CONTEXT)) == read


def test_half_a_percent_written_as_text_gets_a_warning_too() -> None:
    assert told(read_percent("0.5", CONTEXT)) == "C04/percent 0.5"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (3.0, "3"),
        (0.0, "0"),
        ("3", "C04/text 3"),
        ("１２", "C04 12"),
        ("1,200", "C04 1200"),
        (3.5, "C03/whole"),
        (-1.0, "C03/whole"),
        ("3人", "C03/whole"),
        ("三", "C03/whole"),
        (1e9, "C03/whole"),
    ],
)
def test_whole_numbers(value: object, read: str) -> None:
    assert told(read_whole(value, CONTEXT)) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (6.5, "6.5"),
        ("6.5", "C04/text 6.5"),
        ("６．５", "C04 6.5"),
        (0.0, "C03/rate “0”"),
        ("0", "C03/rate “0”"),
        ("6.5元", "C03/rate “6.5元”"),
        (-6.5, "C03/rate “-6.5”"),
    ],
)
def test_exchange_rates(value: object, read: str) -> None:
    assert told(read_rate(value, CONTEXT)) == read


# ── text, keys, choices ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("X01-001", "X01-001"),
        ("x01-001", "C04 X01-001"),
        ("Ｘ０１－００１", "C04 X01-001"),
        ("X01—001", "C04 X01-001"),
        ("X01–001", "C04 X01-001"),
        ("X01 - 001", "C04 X01-001"),
        (101.0, "101"),
    ],
)
def test_keys_are_folded_with_a_note(value: object, read: str) -> None:
    assert told(read_key(value)) == read


@pytest.mark.parametrize(
    ("heading", "value", "read"),
    [
        ("项目阶段", "签约", "签约"),
        ("项目阶段", "签 约", "C04 签约"),
        ("项目阶段", "签约\u200b", "C04 签约"),
        ("项目阶段", "签约 ", "签约"),
        ("项目阶段", "已签约", "C03/choice"),
        ("项目阶段", 1.0, "C03/choice"),
        ("产业", "化工", "化工"),
        ("产业", "化工业", "C03/choice"),
    ],
)
def test_choices_forgive_blanks_and_nothing_else(heading: str, value: object, read: str) -> None:
    assert told(read_cell(value, sheets.PROJECTS.column(heading), CONTEXT)) == read


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  原样 保留 ", "  原样 保留 "),
        (201.0, "201"),
        (0.1 + 0.2, "0.3"),
        (410900123456789.0, "410900123456789"),
        (True, "TRUE"),
        (datetime(2011, 4, 25), "2011-04-25"),
        (datetime(2011, 4, 25, 8, 30), "2011-04-25 08:30:00"),
        (date(2011, 4, 25), "2011-04-25"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "@SUM(A1)"),
    ],
)
def test_text_is_stored_as_typed(value: object, text: str) -> None:
    assert shown(value) == text
    assert read_cell(value, sheets.PROJECTS.column("备注"), CONTEXT) == Typed(text)


@pytest.mark.parametrize("value", [None, "", " ", "\u3000", "\u00a0", "\n\t", "\u200b", "\ufeff \u200b"])
def test_what_nobody_can_see_is_an_empty_cell(value: object) -> None:
    assert is_blank(value)
    assert read_cell(value, sheets.PROJECTS.column("项目名称"), CONTEXT) == Typed("")
    assert read_cell(value, sheets.PROJECTS.column("总投资"), CONTEXT) == Typed(None)


def test_a_column_reads_its_cells_one_by_one() -> None:
    """One bad cell never spoils a column."""
    column = sheets.PROJECTS.column("总投资")
    values, readings = read_column(column, [1200.0, "约1200", "1.2亿", "", 5.0], [4, 5, 6, 7, 9], CONTEXT)
    assert values == [Decimal(1200), None, Decimal(12000), None, Decimal(5)]
    assert [(r.row, r.raw, r.rule) for r in readings] == [(5, "约1200", "C03/number"), (6, "1.2亿", "C04")]


COLUMNS = [column for sheet in sheets.DATA_SHEETS for column in sheet.columns]
CELLS = st.one_of(
    st.text(max_size=12),
    st.text("0123456789.,-+万亿元%年月日十〇二约 ０１", max_size=14),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 12, 31)),
    st.just(""),
    st.none(),
)


def assert_sound(typed: Typed, column: Column) -> None:
    """A reading is empty with C03, or a value of its kind with no rule or a C04; its sentence can be worded."""
    if typed.rule:
        place = Place("x.xlsx", "项目台账", "A4", column.heading)
        slots: dict[str, Any] = dict(typed.slots)
        assert finding(typed.rule, place, "x", **slots).message
    if typed.rule.startswith(("C03", "C10")):
        assert typed.value in (None, "")
        return
    assert typed.rule == "" or typed.rule.startswith("C04")
    value = typed.value
    if value is None:
        assert typed.rule == ""
    elif column.kind is Kind.DATE:
        assert type(value) is date
    elif column.kind is Kind.WHOLE:
        assert type(value) is int
        assert 0 <= value < 10**9
    elif column.kind in (Kind.MONEY, Kind.RATE):
        assert isinstance(value, Decimal)
        assert value.is_finite()
        assert 0 <= value < 10**10
    elif column.kind is Kind.PERCENT:
        assert isinstance(value, Decimal)
        assert value.is_finite()
    elif column.kind is Kind.CHOICE:
        assert value in ("", *CONTEXT.choices(column))
    else:
        assert isinstance(value, str)


@pytest.mark.parametrize(
    ("sheet", "heading", "measure"),
    [
        ("项目台账", "总投资", "万元"),
        ("项目台账", "本单位份额", "百分数"),
        ("到位资金", "原币金额", "万（外币）"),
    ],
)
def test_an_unreadable_number_says_what_it_is_counted_in(sheet: str, heading: str, measure: str) -> None:
    (column,) = (c for c in sheets.SHEETS[sheet].columns if c.heading == heading)
    typed = read_cell("约1200", column, CONTEXT)
    slots: dict[str, Any] = dict(typed.slots)
    assert finding(typed.rule, Place("x.xlsx", sheet, "I4", heading), "约1200", **slots).message == (
        f"「{heading}」不是可以确定的数字（“约1200”）。请只填不小于 0 的数字，单位统一为{measure}。"
    )


@given(CELLS, st.sampled_from([c for c in COLUMNS if c.kind is not Kind.TEXT]))
def test_any_cell_is_read_or_refused_and_nothing_raises(value: object, column: Column) -> None:
    assert_sound(read_cell(value, column, CONTEXT), column)


@given(st.lists(CELLS, max_size=5), st.sampled_from(COLUMNS))
def test_a_column_gives_the_values_of_its_cells(values: list[object], column: Column) -> None:
    """The quick road for clean columns agrees with reading each cell by itself."""
    if column.kind is Kind.TEXT and any(isinstance(v, str) and v and is_blank(v) for v in values):
        return  # see test_an_invisible_text_is_empty_whatever_stands_beside_it
    typed, readings = read_column(column, values, range(4, 4 + len(values)), CONTEXT)
    cells = [read_cell(value, column, CONTEXT) for value in values]
    assert typed == [cell.value for cell in cells]
    told = [(r.row, r.rule) for r in readings if r.rule != "C04/mark"]
    assert told == [(n, c.rule) for n, c in enumerate(cells, 4) if c.rule]


def test_an_invisible_text_is_empty_whatever_stands_beside_it() -> None:
    column = sheets.PROJECTS.column("项目名称")
    typed, _ = read_column(column, ["羽绒加工项目", "\u200b"], [4, 5], CONTEXT)
    assert typed == ["羽绒加工项目", ""]


@given(st.dates(date(2011, 1, 1), date(2011, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    serial = (day - date(1899, 12, 30)).days
    spellings = [
        f"{y}.{m}.{d}",
        f"{y}-{m:02}-{d:02}",
        f"{y}年{m}月{d}日",
        f"{y}{m:02}{d:02}",
        serial,
        f"{m}月{d}日",
    ]
    assert {read_date(s, CONTEXT).value for s in spellings} == {day}


@given(st.decimals(0, 999_999, places=2))
def test_every_spelling_of_an_amount_is_that_amount(amount: Decimal) -> None:
    spellings = [
        float(amount),
        f"{amount}",
        f"{amount:,}",
        f"{amount}万元",
        f"{amount * 10000:f}元",
        f"{amount / 10000:f}亿",
    ]
    assert {read_money(s, CONTEXT).value for s in spellings} == {amount}
