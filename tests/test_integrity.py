"""Checks across units (X01–X04): each shown as what units report, both sides of its condition.

All four rest on 本系统约定 (the plan says nothing of double claims); 方案二 makes every figure a unit's own.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations, product
from typing import Any
from unittest.mock import patch

import pytest
from bench_duplicates import ledger as invented
from labelled_pairs import PAIRS, Labelled, Written
from sheets import BOOK, CUTOFF, Tables, ledger_of, rules, submission_of, text_lines

from baiti_xl.contest.choices import Decision
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.predicates import voucher_of
from baiti_xl.contest.records import Ledger, Pair, Ruling, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import CATALOGUE
from baiti_xl.contest.sheets import PAYMENTS
from baiti_xl.count.across import across, likeness
from baiti_xl.count.across import meeting as meeting_module
from baiti_xl.count.across import pairs as pairs_module
from baiti_xl.count.across.claims import sharing
from baiti_xl.count.across.names import NameReader, Words, read_investor
from baiti_xl.count.across.pairs import neighbours
from baiti_xl.count.across.sounds import by_sound, first_codes

Units = Mapping[str, Tables]
SAME_NAME = "项目名称 | 投资方\n恒羽羽绒服装产业园项目 | 佛山恒羽羽绒制品有限公司"
SAME_AGAIN = "项目名称 | 投资方\n年产200万件羽绒服装产业园 | 佛山市恒羽羽绒"


def held(units: Units, book: Rulebook = BOOK, day: date = CUTOFF) -> Ledger:
    """Return the ledger of what units report."""
    files = (submission_of(tables, unit=unit, book=book) for unit, tables in units.items())
    return ledger_of(*files, book=book, day=day)


def found(units: Units, book: Rulebook = BOOK, day: date = CUTOFF) -> tuple[Finding, ...]:
    """Return the findings across units."""
    return across(held(units, book, day), book)[0]


def likely(units: Units, book: Rulebook = BOOK) -> tuple[Pair, ...]:
    """Return the pairs of projects that are likely one."""
    return across(held(units, book), book)[1]


def told(findings: tuple[Finding, ...]) -> list[str]:
    """Return findings as lines: `X03 错 X01 到位资金 F4 PZ-1`."""
    return [
        f"{f.rule} {f.severity.value} {f.unit} {f.place.sheet} {f.place.cell} {f.value}" for f in findings
    ]


def ruled(record: str, decision: str, value: str = "", rule: str = "") -> Rulebook:
    """Return the default rules with one ruling."""
    return rules(
        rulings=(Ruling(record, rule, Decision(decision), value, "已核实", "王芳", CUTOFF, "裁定!A2"),)
    )


# ── X01 likely the same project ──────────────────────────────────────────────────────────────────


def test_x01_one_project_claimed_twice() -> None:
    """本系统约定: two units name one project without 联合; both are told of the other's."""
    units = {"X01": {"项目台账": SAME_NAME}, "Z30": {"项目台账": SAME_AGAIN}}
    findings = found(units)
    assert told(findings) == [
        "X01 警 X01 项目台账 B4 恒羽羽绒服装产业园项目",
        "X01 警 Z30 项目台账 B4 年产200万件羽绒服装产业园",
    ]
    assert findings[0].message.startswith(
        "与县产业集聚区管委会的项目 Z30-001「年产200万件羽绒服装产业园」疑似同一个（相似度 "
    )
    assert [(f.row, f.record, str(f.place)) for f in findings] == [
        (4, "X01/项目台账/X01-001", "X01.xlsx 项目台账 B4「项目名称」"),
        (4, "Z30/项目台账/Z30-001", "Z30.xlsx 项目台账 B4「项目名称」"),
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("项目名称 | 投资方\n羽绒服装产业园 | 佛山恒羽", 1),
        ("项目名称 | 投资方\n羽绒服装产业园 | 佛山恒宇羽绒制品有限公司", 1),
        ("项目名称 | 投资方\n羽绒服装产业园（一期） | 佛山恒羽", 1),
        ("项目名称 | 投资方\n羽绒服装产业园二期 | 佛山恒羽", 0),
        ("项目名称 | 投资方\n羽绒服装产业园项目 | 佛山金梭羽绒制品有限公司", 0),
        ("项目名称 | 投资方\n汽车线束项目 | 佛山恒羽羽绒制品有限公司", 0),
        ("项目名称 | 投资方\n羽绒服装产业园 | 待定", 0),
        ("项目名称 | 投资方 | 项目阶段\n羽绒服装产业园 | 佛山恒羽 | 终止", 0),
    ],
)
def test_x01_what_is_the_same(other: str, expected: int) -> None:
    """本系统约定: investor and name both decide; a second phase, another investor, an ended one are others."""
    assert len(likely({"X01": {"项目台账": SAME_NAME}, "X02": {"项目台账": other}})) == expected


def test_x01_one_unit_never_clashes_with_itself() -> None:
    twice = SAME_NAME + "\n羽绒服装产业园 | 佛山恒羽"
    assert likely({"X01": {"项目台账": twice}}) == ()


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("联合 | X01-001", "联合 | X01-001", 0),
        ("联合 | X01-001", "联合 | ｘ01-001 ", 0),
        ("联合 | X01-001", "联合 | X02-001", 1),
        ("联合 | X01-001", "独立 | ", 1),
        ("独立 | X01-001", "独立 | X01-001", 1),
    ],
)
def test_x01_partners_of_one_joint_project(first: str, second: str, expected: int) -> None:
    """本系统约定: only two 联合 projects of one 联合标识 are no double claim."""
    shape = "项目名称 | 投资方 | 本单位份额 | 引进方式 | 联合标识\n羽绒服装产业园 | 佛山恒羽 | 50 | {}"
    units = {"X01": {"项目台账": shape.format(first)}, "X02": {"项目台账": shape.format(second)}}
    assert len(likely(units)) == expected


def test_x01_the_threshold_is_reached_or_not() -> None:
    """本系统约定: 查重阈值 is the least score that is reported, and the score shown is the one compared."""
    units = {"X01": {"项目台账": SAME_NAME}, "X02": {"项目台账": "项目名称 | 投资方\n羽绒产业园 | 佛山恒羽"}}
    (pair,) = likely(units)
    assert 88 <= pair.score < 100
    assert len(likely(units, rules(duplicate_threshold=pair.score))) == 1
    assert likely(units, rules(duplicate_threshold=pair.score + 1)) == ()


RECORD = "X02/项目台账/X02-001"


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        (ruled(RECORD, "归属", "X01"), f"{RECORD}：归属X01"),
        (ruled(RECORD, "归属", "X02"), f"{RECORD}：归属X02"),
        (ruled(RECORD, "认定", rule="X01"), f"{RECORD}：认定"),
        (ruled(RECORD, "认定"), f"{RECORD}：认定"),
        (ruled(RECORD, "不予认定"), f"{RECORD}：不予认定"),
        (ruled(RECORD, "认定", rule="P04"), ""),
        (ruled(RECORD, "份额", "50"), ""),
        (ruled("X03/项目台账/X03-001", "不予认定"), ""),
    ],
)
def test_x01_a_ruling_settles_a_pair(book: Rulebook, expected: str) -> None:
    """A decided pair stays in 疑似重复 with its ruling, and raises nothing."""
    units = {"X01": {"项目台账": SAME_NAME}, "X02": {"项目台账": SAME_AGAIN}}
    findings, listed, _ = across(held(units, book), book)
    assert [p.ruling for p in listed] == [expected]
    assert bool(findings) == (expected == "")


def test_x01_a_pair_shows_both_sides() -> None:
    units = {"X02": {"项目台账": SAME_AGAIN}, "X01": {"项目台账": SAME_NAME}}
    (pair,) = likely(units)
    assert (pair.units, pair.files, pair.rows) == (("X01", "X02"), ("X01.xlsx", "X02.xlsx"), (4, 4))
    assert pair.records == ("X01/项目台账/X01-001", "X02/项目台账/X02-001")
    assert [p.name for p in pair.projects] == ["恒羽羽绒服装产业园项目", "年产200万件羽绒服装产业园"]


# ── X02 partners of one joint project ────────────────────────────────────────────────────────────

JOINT = "引进方式 | 联合标识 | 本单位份额\n联合 | {} | {}"


def partners(**shares: str) -> Units:
    """Return units that each report one joint project, by share or `联合标识 share`."""
    split = {unit: text.rpartition(" ") for unit, text in shares.items()}
    return {
        u: {"项目台账": JOINT.format(label or "联合一号", share)} for u, (label, _, share) in split.items()
    }


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (partners(X01="60", X02="40"), ""),
        (partners(X01="33.33", X02="33.33", X03="33.34"), ""),
        (
            partners(X01="60", X02="40.01"),
            "X02 错 X01 项目台账 T4 联合一号 100.01 超过 100\n X02 错 X02 项目台账 T4 联合一号 100.01 超过 100",
        ),
        (
            partners(X01="60", X02="39.99"),
            "X02 警 X01 项目台账 T4 联合一号 99.99 不足 100\n X02 警 X02 项目台账 T4 联合一号 99.99 不足 100",
        ),
        (partners(X01="60"), "X02 警 X01 项目台账 T4 联合一号 60 不足 100"),
        (partners(X01="100"), ""),
        (partners(X01="联合 一号 60", X02="联合一号 40"), ""),
        (partners(X01="a-1 60", X02="Ａ-1 40"), ""),
        (partners(X01="60", X02=""), ""),
        (partners(X01="", X02="待定"), ""),
        ({"X01": {"项目台账": "引进方式 | 联合标识 | 本单位份额\n独立 | 联合一号 | 60"}}, ""),
        ({"X01": {"项目台账": "引进方式 | 联合标识 | 本单位份额\n联合 | | 60"}}, ""),
    ],
)
def test_x02_shares_add_up(units: Units, expected: str) -> None:
    """本系统约定: shares of one 联合标识 add to 100; less may be a partner who has not reported."""
    said = [
        f"{line} {f.message.split('合计 ')[1].split('。')[0].split('，可能')[0].replace('，', ' ')}"
        for line, f in zip(told(found(units)), found(units), strict=True)
    ]
    assert said == text_lines(expected)


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        (ruled("X02/项目台账/X02-001", "份额", "40"), []),
        (ruled("X02/项目台账/X02-001", "份额", "60"), ["X02/错", "X02/错"]),
        (ruled("X02/项目台账/X02-001", "份额", "30"), ["X02/警", "X02/警"]),
        (ruled("X02/项目台账/X02-001", "不予认定"), ["X02/警"]),
        (ruled("X02/项目台账/X02-001", "归属", "X01"), ["X02/警"]),
        (ruled("X02/项目台账/X02-001", "认定", rule="X02"), ["X02/错"]),
        (ruled("X02/项目台账/X02-001", "认定", rule="X03"), ["X02/错", "X02/错"]),
    ],
)
def test_x02_rulings(book: Rulebook, expected: list[str]) -> None:
    """A ruled share counts instead of the reported one; a ruled-out partner has none; a settled row is left."""
    assert [f"{f.rule}/{f.severity.value}" for f in found(partners(X01="60", X02="60"), book)] == expected


DIFFER = "引进方式 | 联合标识 | 本单位份额 | 总投资 | 固定资产投资 | 签约金额 | 项目阶段 | 签约日期 | 开工日期 | 竣工日期"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("12000 | 10000 | 11000 | 竣工 | 2011-5-10 | 2011-6-1 | 2011-6-20", ""),
        ("12000.00 | 10000 | 11000 | 竣工 | '2011年5月10日 | 2011-6-1 | 2011-6-20", ""),
        ("12000 | 10000 | 11000 | 签约 | 2011-5-10 | | ", ""),
        ("12001 | 10000 | 11000 | 竣工 | 2011-5-10 | 2011-6-1 | 2011-6-20", "I4 12000 12001"),
        ("12000 | 9999 | 11000 | 竣工 | 2011-5-10 | 2011-6-1 | 2011-6-20", "J4 10000 9999"),
        ("12000 | 10000 | 11000.5 | 竣工 | 2011-5-10 | 2011-6-1 | 2011-6-20", "K4 11000 11000.5"),
        ("12000 | 10000 | 11000 | 竣工 | 2011-5-11 | 2011-6-1 | 2011-6-20", "M4 2011-05-10 2011-05-11"),
        ("12000 | 10000 | 11000 | 竣工 | 2011-5-10 | 2011-6-2 | 2011-6-20", "P4 2011-06-01 2011-06-02"),
        ("12000 | 10000 | 11000 | 竣工 | 2011-5-10 | 2011-6-1 | 2011-6-21", "Q4 2011-06-20 2011-06-21"),
        ("待定 | 10000 | 11000 | 竣工 | 2011-5-10 | 2011-6-1 | 2011-6-20", ""),
    ],
)
def test_x02_partners_agree(other: str, expected: str) -> None:
    """本系统约定: amounts and dates are the whole project's and equal; what one has not filled is no difference."""
    ours = "12000 | 10000 | 11000 | 竣工 | 2011-5-10 | 2011-6-1 | 2011-6-20"
    units = {
        "X01": {"项目台账": f"{DIFFER}\n联合 | A | 50 | {ours}"},
        "X02": {"项目台账": f"{DIFFER}\n联合 | A | 50 | {other}"},
    }
    cell, mine, theirs = expected.split() if expected else ("", "", "")
    lines = [f"X02 错 X01 项目台账 {cell} {mine}", f"X02 错 X02 项目台账 {cell} {theirs}"]
    findings = found(units)
    assert told(findings) == (lines if expected else [])
    if expected:
        assert f"侯庙镇填的不同（{theirs}）" in findings[0].message
        assert f"城关镇填的不同（{mine}）" in findings[1].message


def test_x02_an_ended_partner_takes_no_part() -> None:
    ended = "引进方式 | 联合标识 | 本单位份额 | 总投资 | 项目阶段\n联合 | A | 60 | 500 | 终止"
    units = {"X01": {"项目台账": JOINT.format("A", 100)}, "X02": {"项目台账": ended}}
    assert found(units) == ()


def test_x02_three_partners_each_told_of_one_other() -> None:
    shape = "引进方式 | 联合标识 | 本单位份额 | 总投资\n联合 | A | {} | {}"
    values = {"X01": ("40", 12000), "X02": ("30", 12000), "X03": ("30", 13000)}
    findings = found({u: {"项目台账": shape.format(*v)} for u, v in values.items()})
    assert [(f.unit, f.message.split("与")[1].split("填")[0]) for f in findings] == [
        ("X01", "孙口镇"),
        ("X02", "孙口镇"),
        ("X03", "城关镇"),
    ]


# ── X03 one voucher in two units ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            "PZ-1 | 恒羽有限公司",
            "ＰＺ-1 | 恒羽有限责任公司",
            "X03 错 X01 到位资金 F4 PZ-1\n X03 错 X02 到位资金 F4 ＰＺ-1",
        ),
        ("PZ-1 | 恒羽有限公司", "PZ-2 | 恒羽有限公司", ""),
        ("PZ-1 | 恒羽有限公司", "PZ-1 | 金梭有限公司", ""),
        ("PZ-1 | ", "PZ-1 | ", ""),
        (" | 恒羽有限公司", " | 恒羽有限公司", ""),
    ],
)
def test_x03_voucher_and_payer_in_two_units(first: str, second: str, expected: str) -> None:
    """本系统约定: number and payer together tell a voucher; neither alone, and not when one is missing."""
    head = "凭证号 | 付款方\n"
    units = {"X01": {"到位资金": head + first}, "X02": {"到位资金": head + second}}
    assert told(found(units)) == text_lines(expected)


def paid(project: str, number: str = "PZ-1") -> str:
    """Return a voucher of the unit's first project."""
    return f"凭证号 | 付款方 | 项目编号\n{number} | 恒羽公司 | {project}"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("联合 | A | 60", "联合 | A | 40", []),
        ("联合 | A | 100", "联合 | B | 100", ["X03", "X03"]),
        ("联合 | A | 100", "独立 | | ", ["X03", "X03"]),
        ("独立 | | ", "独立 | | ", ["X03", "X03"]),
    ],
)
def test_x03_partners_report_the_same_vouchers(one: str, other: str, expected: list[str]) -> None:
    """Partners each report the whole project and its vouchers, so nothing fires within one 联合标识."""
    head = "项目名称 | 投资方 | 引进方式 | 联合标识 | 本单位份额\n"
    units = {
        "X01": {"项目台账": head + f"甲 | 张三 | {one}", "到位资金": paid("X01-001")},
        "X02": {"项目台账": head + f"乙 | 李四 | {other}", "到位资金": paid("X02-001")},
    }
    assert [f.rule for f in found(units)] == expected


def test_x03_names_every_row_involved() -> None:
    row = "凭证号 | 付款方\nPZ-1 | 恒羽有限公司"
    units = {"X01": {"到位资金": row}, "X02": {"到位资金": row + "\nPZ-1 | 恒羽"}, "Z30": {"到位资金": row}}
    said = [f.message.split("。")[0] for f in found(units)]
    assert said == [
        "凭证号和付款方与侯庙镇第 4、5 行、县产业集聚区管委会第 4 行相同",
        "凭证号和付款方与城关镇第 4 行、县产业集聚区管委会第 4 行相同",
        "凭证号和付款方与城关镇第 4 行、县产业集聚区管委会第 4 行相同",
        "凭证号和付款方与城关镇第 4 行、侯庙镇第 4、5 行相同",
    ]


def test_x03_a_long_list_is_cut_with_its_count() -> None:
    units = {f"X0{i}": {"到位资金": "凭证号 | 付款方\nPZ-1 | 恒羽公司"} for i in range(1, 10)}
    first = found(units)[0].message
    assert "侯庙镇第 4 行、孙口镇第 4 行、打渔陈镇第 4 行、马楼镇第 4 行、后方乡第 4 行等 8 行相同" in first


def test_x03_one_unit_alone_is_m04() -> None:
    twice = "凭证号 | 付款方\nPZ-1 | 恒羽公司\nPZ-1 | 恒羽公司"
    assert found({"X01": {"到位资金": twice}}) == ()


VOUCHER = "X02/到位资金/PZ-1|恒羽公司"


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        (ruled(VOUCHER, "归属", "X01"), []),
        (ruled(VOUCHER, "不予认定"), []),
        (ruled(VOUCHER, "归属", "X02"), []),
        (ruled(VOUCHER, "认定", rule="X03"), ["X01"]),
        (ruled(VOUCHER, "认定", rule="M05"), ["X01", "X02"]),
        (ruled("X02/项目台账/X02-001", "不予认定"), []),
    ],
)
def test_x03_rulings(book: Rulebook, expected: list[str]) -> None:
    """A voucher ruled out, or of a project ruled out, claims nothing; one accepted has no finding of its own."""
    head = "项目名称 | 投资方\n"
    units = {
        "X01": {"项目台账": head + "甲 | 张三", "到位资金": paid("X01-001")},
        "X02": {"项目台账": head + "乙 | 李四", "到位资金": paid("X02-001")},
    }
    assert [f.unit for f in found(units, book) if f.rule == "X03"] == expected


# ── X04 one guest of one day in two units ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (
            "2011-5-15 | 温州 跃步鞋服有限责任公司",
            "X04 警 X01 邀请客商 C4 温州跃步鞋服有限公司\n X04 警 X02 邀请客商 C4 温州 跃步鞋服有限责任公司",
        ),
        ("2011-5-16 | 温州跃步鞋服有限公司", ""),
        ("2011-5-15 | 温州轻足鞋服有限公司", ""),
        (" | 温州跃步鞋服有限公司", ""),
    ],
)
def test_x04_one_enterprise_one_day(other: str, expected: str) -> None:
    """本系统约定: the same enterprise (comparison key) received on the same day by two units."""
    head = "来访日期 | 客商名称\n"
    units = {
        "X01": {"邀请客商": head + "2011-5-15 | 温州跃步鞋服有限公司"},
        "X02": {"邀请客商": head + other},
    }
    findings = found(units)
    assert told(findings) == text_lines(expected)
    assert all(f.message.startswith("2011-05-15 邀请的客商与") for f in findings)


def test_x04_within_one_unit_is_no_double_claim() -> None:
    row = "2011-5-15 | 温州跃步鞋服有限公司"
    assert found({"X01": {"邀请客商": f"来访日期 | 客商名称\n{row}\n{row}"}}) == ()


def test_x04_rulings() -> None:
    units = {
        u: {"邀请客商": "来访日期 | 客商名称 | 客商姓名\n2011-5-15 | 跃步 | 林海"} for u in ("X01", "X02")
    }
    guest = "X02/邀请客商/2011-05-15|跃步|林海"
    assert [f.unit for f in found(units)] == ["X01", "X02"]
    assert [f.unit for f in found(units, ruled(guest, "认定", rule="X04"))] == ["X01"]
    assert found(units, ruled(guest, "不予认定")) == ()


# ── all of them ──────────────────────────────────────────────────────────────────────────────────

FAULTY: Units = {
    unit: {
        "项目台账": f"项目名称 | 投资方 | 引进方式 | 联合标识 | 本单位份额\n羽绒服装产业园 | 佛山恒羽 | 独立 | |\n{name} | 王五 | 联合 | A | 60",
        "到位资金": paid(f"{unit}-001"),
        "邀请客商": "来访日期 | 客商名称\n2011-5-15 | 跃步",
    }
    for unit, name in (("X02", "甲"), ("X01", "乙"), ("Z30", "丙"))
}  # fmt: skip
FILES = tuple(submission_of(tables, unit=unit) for unit, tables in FAULTY.items())


def test_the_order_is_that_of_units_sheets_and_rows() -> None:
    lines = [" ".join(line.split()[:5]) for line in told(found(FAULTY))]
    of_one = [
        "X04 警 {} 邀请客商 C4",
        "X01 警 {} 项目台账 B4",
        "X01 警 {} 项目台账 B4",
        "X02 错 {} 项目台账 T5",
        "X03 错 {} 到位资金 F4",
    ]
    assert lines == [line.format(unit) for unit in ("X01", "X02", "Z30") for line in of_one]


def test_the_outcome_does_not_depend_on_the_order_of_the_files() -> None:
    outcomes = {repr(across(ledger_of(*files), BOOK)) for files in permutations(FILES)}
    assert len(outcomes) == 1


@pytest.mark.parametrize("rule", ["X01", "X02", "X03", "X04"])
def test_a_rule_switched_off_finds_nothing(rule: str) -> None:
    book = rules(disabled=(rule,))
    findings, listed, _ = across(ledger_of(*FILES), book)
    assert {f.rule for f in findings} == {"X01", "X02", "X03", "X04"} - {rule}
    assert bool(listed) == (rule != "X01")


def test_rows_after_the_day_are_not_seen() -> None:
    """Where only a later submission is in force, it is cut at the day by business date."""
    row = "来访日期 | 客商名称\n2011-5-15 | 跃步"
    units = {"X01": {"邀请客商": row}, "X02": {"邀请客商": row}}
    assert len(found(units, day=date(2011, 5, 15))) == 2
    assert found(units, day=date(2011, 5, 14)) == ()


def test_nothing_reported_nothing_found() -> None:
    assert across(ledger_of(), BOOK) == ((), (), {})
    assert across(held({"X01": {}, "X02": {}}), BOOK) == ((), (), {})


def test_every_rule_cites_its_source() -> None:
    assert {r.source for r in CATALOGUE.values() if r.id.startswith("X")} == {"本系统约定"}


# ── how pairs are found ──────────────────────────────────────────────────────────────────────────


def test_no_two_projects_are_compared_twice() -> None:
    """A thousand invented projects: far fewer comparisons than pairs, and none of them repeated."""
    seen: list[frozenset[int]] = []
    compared = pairs_module.alike

    def counting(investors: float, lot: Iterable[tuple[Any, Any]], threshold: int) -> Iterator[Any]:
        listed = list(lot)
        seen.extend(frozenset((a.order, b.order)) for two in listed for a, b in pairs_module.apart(*two))
        return compared(investors, listed, threshold)

    with patch.object(pairs_module, "alike", counting):
        _, listed, _ = across(invented(50, 20, 0, 0), BOOK)
    assert len(listed) >= 20
    assert len(seen) == len(set(seen)) < 1000 * 999 / 2 / 20
    assert len({frozenset(p.records) for p in listed}) == len(listed)


def test_no_two_investors_are_compared_twice() -> None:
    names = [
        f"{city}{brand}纺织有限公司"
        for city in ("佛山", "温州", "")
        for brand in ("恒羽", "恒宇", "羽恒", "海澜屿")
    ]
    investors = [i for name in names if (i := read_investor(name))]
    met = [frozenset(map(id, two)) for two in neighbours(investors, [""] * len(investors), set())]
    assert len(met) == len(set(met))
    assert len(met) == 9 * 8 // 2 + 3


def test_the_index_misses_nothing_that_comparing_everything_finds() -> None:
    """The inverted index against all pairs, on five hundred invented projects."""
    held_ones = invented(25, 20, 0, 0)

    def everything(investors: Sequence[Any], *others: object) -> Iterator[tuple[Any, Any]]:
        return ((a, b) for at, b in enumerate(investors) for a in investors[:at])

    fast = across(held_ones, BOOK)
    with patch.object(pairs_module, "neighbours", everything):
        assert across(held_ones, BOOK) == fast


PLACES, BRANDS = (
    ("郑州", "河南", "佛山", "广东", "杭州", ""),
    ("宏达", "鸿达", "达宏", "宏达兴", "红达源", "金梭", "恒羽"),
)
MADE = ("机械", "机械制造", "羽绒", "农用机械", "服装", "")


def crowd(seed: int) -> Ledger:
    """Return what twenty units report who all name a few brands; one of them puts in as much as the others together."""
    dice = random.Random(seed)

    def row() -> str:
        investor = (
            f"{dice.choice(PLACES)}{dice.choice(BRANDS)}{dice.choice(MADE)}{dice.choice(('', '有限公司'))}"
        )
        name = f"{dice.choice(('', '年产5万台'))}{dice.choice(MADE)}{chr(0x4E00 + dice.randrange(60))}{dice.choice(MADE)}"
        return f"{name}生产线项目 | {investor}"

    def reported(unit: str, rows: int) -> Submission:
        listed = "\n".join(row() for _ in range(rows))
        return submission_of({"项目台账": f"项目名称 | 投资方\n{listed}"}, unit=unit)

    return ledger_of(*(reported(u.code, 380 if at == 0 else 20) for at, u in enumerate(BOOK.units[:20])))


def sharing_keys(
    investors: Sequence[Any], homes: Sequence[str], *others: object
) -> Iterator[tuple[Any, Any]]:
    """Yield each two investors of two units that share a key, without any index."""
    keys = [frozenset(mine) for mine in pairs_module.rare_keys([i.sound for i in investors])]
    for at, other in enumerate(investors):
        for before in range(at):
            if keys[before] & keys[at] and not (homes[at] and homes[at] == homes[before]):
                yield investors[before], other


def test_a_unit_hides_no_pair_however_much_it_puts_in() -> None:
    """At the size of a county the index finds each pair that comparing all who share a key finds."""
    for seed in range(3):
        ledger = crowd(seed)
        found = across(ledger, BOOK)
        with patch.object(pairs_module, "neighbours", sharing_keys):
            assert across(ledger, BOOK) == found
        assert len(found.pairs) > 100
        assert not [f for f in found.findings if "查重不全" in f.message or "过多" in f.message]


def test_investors_of_two_places_are_compared_only_if_they_can_be_alike_enough() -> None:
    """Against all who share a key: brands of like sounds and shapes, from none to eight characters, of many places."""
    for seed, threshold in product(range(4), (60, 84, 88, 89, 94, 100)):
        dice = random.Random(seed)
        names = [
            f"{dice.choice(PLACES)}{''.join(dice.choices('羽宇雨未末己已金今恒', k=dice.choice((2, 3, 3, 4, 6, 8))))}{dice.choice(MADE)}"
            for _ in range(300)
        ]
        investors = list(dict.fromkeys(filter(None, map(read_investor, names))))
        homes = [dice.choice(("X01", "X02", "X03", "")) for _ in investors]
        least = 2 * threshold - 101
        every = [frozenset(two) for two in sharing_keys(investors, homes)]
        met = [frozenset(two) for two in neighbours(investors, homes, set(), least)]
        assert len(met) == len(set(met))
        assert set(met) <= set(every)
        near = {two for two in every if likeness.investor_likeness(*two) >= least}
        assert near <= set(met)
        assert (len(met) < len(every)) == (threshold >= 88)


@pytest.mark.parametrize("others", [40, 60])
def test_projects_of_one_brand_are_found_however_many_others_bear_it(others: int) -> None:
    """Two units report one project; a third reports many of other companies of that name."""
    cities = "佛山 杭州 常州 青岛 晋江 温州".split()
    made = "羽绒 服装 化工 涂料 树脂 塑料 橡胶 木业 石材 陶瓷".split()
    flood = [f"{t}{c}项目 | {c}宏达{t}有限公司" for c in cities for t in made][:others]
    pair = [
        "年产5万台农用机械生产线项目 | 郑州宏达机械有限公司",
        "农用机械生产线建设项目 | 河南宏达机械有限公司",
    ]
    tables = ["\n".join(["项目名称 | 投资方", *rows]) for rows in (flood, pair[:1], pair[1:])]
    sent = [submission_of({"项目台账": t}, unit=f"X0{n}") for n, t in enumerate(tables, 1)]
    assert [p.units for p in across(ledger_of(*sent), BOOK).pairs] == [("X02", "X03")]


def test_who_has_too_many_like_it_still_meets_the_nearest_and_is_named() -> None:
    """Beyond any county: of a crowd those meet that share trade or place; each unit is told how many of its rows."""
    ledger = crowd(0)
    whole = across(ledger, BOOK)
    with patch.object(pairs_module, "EACH", 0), patch.object(meeting_module, "NEAR", 400):
        nearest = across(ledger, BOOK)
    with patch.object(pairs_module, "EACH", 0), patch.object(meeting_module, "NEAR", 1):
        least = across(ledger, BOOK)
    assert len(least.pairs) < len(nearest.pairs) <= len(whole.pairs)
    for pair in set(whole.pairs) - set(nearest.pairs):
        one, other = (read_investor(project.investor) for project in pair.projects)
        assert one and other and one.province != other.province
        assert not set(pairs_module.words_of(one.trade)) & set(pairs_module.words_of(other.trade))
    assert set(least.pairs) <= set(nearest.pairs) <= set(whole.pairs)
    told = [f for f in nearest.findings if f.rule == "X01" and "过多的项目相近" in f.message]
    assert [f.unit for f in told] == [u.code for u in BOOK.units[:20]]
    assert "本单位有 20 个项目" in told[1].message


def test_names_beyond_what_may_be_compared_meet_those_that_begin_or_end_alike() -> None:
    """Two investors, or one, with more names in two units than may each be compared."""
    rows = [
        f"{a}{b}羽绒厂 | 佛山恒羽{t}" for a in "甲乙丙丁" for b in "戊己庚辛" for t in ("", "公司", "羽绒")
    ]
    sent = [
        submission_of({"项目台账": "\n".join(["项目名称 | 投资方", *rows])}, unit=u) for u in ("X01", "X02")
    ]
    whole = across(ledger_of(*sent), BOOK)
    with patch.object(pairs_module, "NAMED", 0):
        capped = across(ledger_of(*sent), BOOK)
    assert set(capped.pairs) <= set(whole.pairs)
    same = {p for p in whole.pairs if p.projects[0].name == p.projects[1].name}
    assert same <= set(capped.pairs)
    assert {f.unit for f in capped.findings if "过多的项目相近" in f.message} == {"X01", "X02"}


# ── names ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("佛山样例恒羽羽绒制品有限公司", "广东 佛山 恒羽 羽绒制品"),
        ("恒羽羽绒制品（佛山）有限责任公司", "广东 佛山 恒羽 羽绒制品"),
        ("广东省佛山市恒羽集团", "广东 佛山 恒羽"),
        ("河北金华纺织有限公司", "河北 金华 纺织"),
        ("Ｈｅｎｇｙｕ Co., Ltd.", "hengyu"),
        ("台前县鑫源木业有限公司", "鑫源 木业"),
        ("上海化工有限公司", "上海 化工"),
        ("王某某", "王某某"),
        ("待定", "None"),
        ("有限公司", "None"),
        ("", "None"),
    ],
)
def test_an_investor_is_place_brand_and_trade(text: str, expected: str) -> None:
    found = read_investor(text)
    parts = (found.province, found.city, found.brand, found.trade) if found else ("None",)
    assert " ".join(filter(None, parts)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("台前县佛山恒羽年产200万件羽绒服装产业园建设项目", "羽绒服装 1"),
        ("年产二百万件羽绒服装加工项目（二期）", "羽绒服装 2"),
        ("侯庙镇羽绒服饰第三期工程", "羽绒服装 3 侯庙镇"),
        ("羽绒服装Ⅱ期", "羽绒服装 2"),
        ("2号羽绒服装项目", "羽绒服装 2"),
        ("恒羽投资项目", " 1"),
        ("大蒜项目", "大蒜 1"),
    ],
)
def test_a_name_is_what_is_made(name: str, expected: str) -> None:
    investor = read_investor("佛山恒羽羽绒制品有限公司")
    assert investor
    title = NameReader(BOOK).read_title(name, investor)
    assert " ".join((title.core, str(title.phase), *title.towns)) == expected


def test_sounds_follow_gb2312() -> None:
    """GB/T 2312 sorts its first level by syllable; 羽 宇 雨 are one, 律 and 路 are two."""
    assert first_codes() == sorted(first_codes())
    assert len(set(by_sound("羽宇雨"))) == len(set(by_sound("鑫新欣"))) == 1
    assert len(set(by_sound("律路女怒略"))) == 5
    assert by_sound("A1，") == "A1，"


def test_likeness_is_symmetric_and_bounded() -> None:
    for pair in PAIRS:
        points = judged(pair)
        assert points == judged(replace(pair, one=pair.other, other=pair.one))
        assert 0 <= points <= 100
        assert judged(replace(pair, other=pair.one)) >= 95


# ── how good it is: precision and recall on labelled pairs ───────────────────────────────────────

READER = NameReader(BOOK)


def judged(pair: Labelled) -> int:
    """Return the score of a labelled pair."""
    (one, first), (other, second) = map(read, (pair.one, pair.other))
    return likeness.score(likeness.investor_likeness(first, second), one, other)  # type: ignore[arg-type]


def read(written: Written) -> tuple[object, object]:
    """Return the (title, investor) of a project as written."""
    investor = read_investor(written.investor)
    assert investor
    return READER.read_title(written.name, investor), investor


def test_a_voucher_is_held_only_if_another_unit_has_its_number_or_it_is_asked_for() -> None:
    """Rows of one unit with one number are none; what is left out can clash with nothing."""
    held = ledger_of(
        *(
            submission_of({"到位资金": f"凭证号 | 付款方\n{rows}"}, unit=unit)
            for unit, rows in (
                ("X01", "PZ-1 | 恒羽\nPZ-2 | 恒羽\nPZ-2 | 恒羽\n | 恒羽"),
                ("X02", "PZ-3 | 恒羽\nPZ-1 | 恒羽"),
            )
        )
    )
    found = sharing(held, PAYMENTS, voucher_of)
    assert [(c.unit, c.record.voucher) for c in found] == [("X01", "PZ-1"), ("X02", "PZ-1")]
    found = sharing(held, PAYMENTS, voucher_of, lambda claim: claim.record.voucher == "PZ-3")
    assert [(c.unit, c.record.voucher) for c in found] == [("X01", "PZ-1"), ("X02", "PZ-3"), ("X02", "PZ-1")]


@pytest.mark.parametrize(
    ("text", "found", "left"),
    [
        ("侯庙镇羽绒", {"侯庙镇", "侯庙"}, "羽绒"),
        ("羽绒侯庙", {"侯庙"}, "羽绒"),
        ("侯羽庙", set(), "侯羽庙"),
        ("侯庙侯庙镇", {"侯庙镇", "侯庙"}, ""),
    ],
)
def test_words_are_taken_out_the_longest_first(text: str, found: set[str], left: str) -> None:
    words = Words(["侯庙", "侯庙镇", ""])
    assert words.found_in(text) == found
    assert words.removed_from(text) == left


def precision_and_recall(held_out: bool | None = None) -> tuple[float, float]:
    """Return both for the default threshold, on the pairs held out, on the others, or on all."""
    asked = [p for p in PAIRS if held_out is None or p.held_out == held_out]
    flagged = [p for p in asked if judged(p) >= BOOK.duplicate_threshold]
    right = sum(p.same for p in flagged)
    return right / len(flagged), right / sum(p.same for p in asked)


def test_the_labelled_set_is_large_and_balanced() -> None:
    assert len(PAIRS) >= 240
    assert 0.45 <= sum(p.same for p in PAIRS) / len(PAIRS) <= 0.55
    assert 0.3 <= sum(p.held_out for p in PAIRS) / len(PAIRS) <= 0.36


def test_precision_and_recall_on_pairs_never_tuned_on() -> None:
    precision, recall = precision_and_recall(held_out=True)
    print(f"held out: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.88
    assert recall >= 0.92


def test_precision_and_recall_on_all_pairs() -> None:
    precision, recall = precision_and_recall()
    print(f"all: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.92
    assert recall >= 0.94
