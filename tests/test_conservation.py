"""对账: nothing is lost between what units typed and what was counted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import AMOUNT, BOOK, CUTOFF, PAID, SIGNED, ledger_of, plain, rules, submission_of

from baiti_xl import desk
from baiti_xl.contest.choices import Decision
from baiti_xl.contest.records import Identity, PassedOver, Ruling, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import COUNTY
from baiti_xl.count import proof


def told(item: Identity) -> str:
    """Return an identity as text: `行数 X01 项目台账 2 = 1 + 1 有错误 P01 1 行`."""
    words = [item.name, item.unit, item.sheet, plain(item.typed), "=", plain(item.counted), "+"]
    return " ".join(filter(None, [*words, plain(item.not_counted), item.reasons]))


def proved(*submissions: Submission, book: Rulebook = BOOK, day: date = CUTOFF) -> list[str]:
    """Return every identity of a day, all of which must hold."""
    found = desk.evaluate(submissions, book, day).identities
    assert all(item.holds for item in found), [told(item) for item in found if not item.holds]
    return [told(item) for item in found]


def test_every_row_and_every_amount_is_counted_or_has_its_reason() -> None:
    """Rows per sheet, then the two kinds of money before shares, then the county's totals."""
    submission = submission_of(
        {
            "拜访客商": "拜访日期 | 客商名称\n 2011-4-12 | 甲公司 \n 2011-4-13 | 乙公司 \n 2011-5-1 | 城关镇",
            "项目台账": """固定资产投资 | 签约金额 | 项目阶段 | 合同性质 | 引进方式 | 本单位份额
                10000 | 11000 | 签约 | 正式 | 独立 |
                12001 | 11000 | 签约 | 正式 | 独立 |
                10000 | 5000.5 | 签约 | 框架 | 独立 |
                10000 | 300 | 洽谈 | | 独立 |
                10000 | 8000 | 签约 | 正式 | 联合 | 60""",
            "到位资金": "项目编号 | 到位日期 | 到位金额\n X01-001 | 2011-5-20 | 100 \n X01-002 | 2011-5-20 | 200 "
            "\n X01-001 | 2011-4-1 | 30 \n X01-005 | 2011-5-20 | 10",
        }
    )
    assert proved(submission) == [
        "行数 X01 拜访客商 3 = 1 + 2 早于竞赛开始日 1 行；有错误 V03 1 行",
        "行数 X01 项目台账 5 = 4 + 1 有错误 P01 1 行",
        "行数 X01 到位资金 4 = 3 + 1 早于竞赛开始日 1 行",
        "签约金额（万元） X01 项目台账 35300.5 = 19000 + 16300.5 有错误 P01 1 行；合同性质为框架 1 行；阶段为洽谈 1 行",
        "到位金额（万元） X01 到位资金 340 = 310 + 30 早于竞赛开始日 1 行",
        f"{COUNTY} 签约金额 15800 = 15800 + 0",
        f"{COUNTY} 到位资金 306 = 306 + 0",
        f"{COUNTY} 签约项目数 1.6 = 1.6 + 0",
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2011, 5, 12), "行数 X01 拜访客商 2 = 0 + 2 晚于统计日 2 行"),
        (date(2011, 5, 13), "行数 X01 拜访客商 2 = 1 + 1 晚于统计日 1 行"),
        (date(2011, 5, 14), "行数 X01 拜访客商 2 = 2 + 0"),
    ],
)
def test_rows_after_the_day_are_left_out_and_named(day: date, expected: str) -> None:
    submission = submission_of({"拜访客商": "拜访日期\n 2011-5-13 \n 2011-5-14"})
    assert proved(submission, day=day)[0] == expected


def test_without_submissions_the_county_is_nothing() -> None:
    assert proved() == [f"{COUNTY} {name} 0 = 0 + 0" for name in (AMOUNT, PAID, SIGNED)]


def joint(unit: str, partner: str, share: object, amount: int = 8000) -> Submission:
    """Return one partner's submission of a joint project."""
    row = f"引进方式 | 联合单位代码 | 本单位份额 | 联合标识 | 签约金额\n 联合 | {partner} | {share} | X01-001 | {amount}"
    return submission_of({"项目台账": row}, unit=unit, file=f"{unit}.xlsx")


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((60, 40), ["8000", "1"]),
        ((60, 30), ["7200", "0.9"]),
        ((33.33, 66.67), ["8000", "1"]),
        ((60, 41), ["0", "0"]),
    ],
)
def test_the_county_is_the_sum_over_distinct_projects(
    shares: tuple[float, float], expected: list[str]
) -> None:
    """Shares that add to 100 make one whole project; to less, what was reported; to more, nothing counts (X02)."""
    county = proved(joint("X01", "X02", shares[0]), joint("X02", "X01", shares[1]))[-3:]
    assert [line.split()[2] for line in (county[0], county[2])] == expected


SHARE = Ruling("X01/项目台账/X01-001", "", Decision.SHARE, "50", "两家共同引进", "刘主任", CUTOFF, "裁定!A4")
DECISIONS = [
    SHARE,
    replace(SHARE, decision=Decision.REJECT, value=""),
    replace(SHARE, decision=Decision.BELONG, value="X02"),
    replace(SHARE, decision=Decision.ACCEPT, value=""),
]


ALONE, JOINT = "独立 | ", "联合 | 60"


@pytest.mark.parametrize(
    ("mode", "ruling", "basis"),
    list(product([ALONE, JOINT], DECISIONS, ["按份额", "各计一个", "只计首报"])),
)
def test_the_identities_hold_under_every_ruling(mode: str, ruling: Ruling, basis: str) -> None:
    """A share may also be ruled for a project that two units claim as brought in alone (X01)."""
    table = f"引进方式 | 本单位份额 | 签约金额\n {mode} | 8000"
    proved(submission_of({"项目台账": table}), book=rules(rulings=(ruling,), joint_basis=basis))


def test_a_share_ruled_for_a_project_brought_in_alone() -> None:
    """Its count follows its money: half a project, half its amount."""
    submission = submission_of({"项目台账": "签约金额\n 8000"})
    outcome = desk.evaluate([submission], rules(rulings=(SHARE,)), CUTOFF)
    figures = outcome.result("X01").figures
    assert (figures[AMOUNT].value, figures[SIGNED].value) == (Decimal(4000), Decimal("0.5"))


def test_an_identity_that_does_not_hold() -> None:
    item = Identity("行数", "X01", "项目台账", Decimal(2), Decimal(1), Decimal(0))
    assert not item.holds
    assert replace(item, not_counted=Decimal(1)).holds


def test_a_lost_amount_shows() -> None:
    """The counted side is taken from the figures, the other from the reasons: dropping a line breaks the sum."""
    result = desk.evaluate([submission_of({"项目台账": "签约金额\n 8000"})], BOOK, CUTOFF).result("X01")
    broken = replace(result, figures={**result.figures, AMOUNT: replace(result.figures[AMOUNT], lines=())})
    assert [told(i) for i in proof.identities([broken], BOOK) if not i.holds] == [
        "签约金额（万元） X01 项目台账 8000 = 0 + 0"
    ]
    lost = replace(result, rows=result.rows[1:])
    assert [told(i) for i in proof.identities([lost], BOOK) if not i.holds] == ["行数 X01 项目台账 1 = 0 + 0"]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["洽谈", "签约", "开工", "竣工", "终止", "完工", ""]),
        st.sampled_from(["正式", "框架", "意向", ""]),
        st.sampled_from(["2011-4-12", "2011-4-13", "2011-5-1", "2011-6-30", "2011-7-1", "四月底", ""]),
        st.sampled_from(["独立 | ", "联合 | 60", "联合 | 0", "联合 | ", "合伙 | 60"]),
        st.sampled_from(["0", "0.01", "8000", "99999", "'约800", "'1.2亿", ""]),
        st.sampled_from(["X01-001", "X01-002", "X01-003", "X01-009", "001", ""]),
    ),
    max_size=5,
)


@given(ROWS, st.sampled_from([date(2011, 5, 1), CUTOFF]))
def test_the_identities_hold_whatever_was_typed(rows: list[tuple[str, ...]], day: date) -> None:
    projects = "".join(
        f"\n {number} | {stage} | {nature} | {signed} | {mode} | {amount}"
        for stage, nature, signed, mode, amount, number in rows
    )
    payments = "".join(f"\n {number} | {signed} | {amount}" for _, _, signed, _, amount, number in rows)
    proved(
        submission_of(
            {
                "项目台账": f"项目编号 | 项目阶段 | 合同性质 | 签约日期 | 引进方式 | 本单位份额 | 签约金额{projects}",
                "到位资金": f"项目编号 | 到位日期 | 到位金额{payments}",
            }
        ),
        day=day,
    )


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_every_file_of_the_folder_counts_or_is_named_with_its_reason() -> None:
    """One in force a unit; what was replaced, clashes, speaks of a later day, was sent back or not read is told."""
    tables = {"项目台账": "签约日期\n 2011-5-1"}

    def sent(name: str, unit: str = "X01", **cover: object) -> Submission:
        return submission_of(tables, unit=unit, file=name, cover=cover)

    other = {"项目台账": "签约日期\n 2011-5-2"}
    held = [
        sent("a.xlsx"),
        sent("b.xlsx", batch=2),
        sent("c.xlsx", "X02"),
        submission_of(other, unit="X02", file="d.xlsx"),
        sent("e.xlsx", "X03"),
        sent("f.xlsx", "X03", cutoff=date(2011, 7, 20)),
        sent("g.xlsx", "X04", batch=""),
        replace(sent("h.xlsx", "X05"), is_kept=True),
    ]
    ledger = ledger_of(*held)
    found = proof.file_identity(8, ledger, [PassedOver("说明.docx", "不是表格")])
    assert list(map(int, (found.typed, found.counted, found.not_counted))) == [8, 2, 6]
    assert found.holds
    assert found.reasons == "不是表格 1；冲突 2；已被替代 1；晚于统计日 1；退回 1"
