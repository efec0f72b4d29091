"""Which submission stands on a day, and what of it may count after rulings.

裁定 and 联合 are 本系统约定: see docs/decisions/counting.md.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import (
    AMOUNT,
    BOOK,
    NEW,
    PAID,
    SIGNED,
    account_of,
    figures_of,
    ledger_of,
    lines,
    rules,
    submission_of,
    told,
)

from baiti_xl.contest.choices import Decision, Status
from baiti_xl.contest.findings import Place
from baiti_xl.contest.loading import RulebookError
from baiti_xl.contest.measures import figures_of as counted
from baiti_xl.contest.records import GONE, Account, Ledger, Ruling, Submission
from baiti_xl.contest.rules import finding
from baiti_xl.contest.sheets import PROJECTS
from baiti_xl.contest.tally import Tally
from baiti_xl.count.ledger import applied, build_ledger, check_rulings, reopen, reporting_day

MAY_13, JUNE_12, JUNE_30 = date(2011, 5, 13), date(2011, 6, 12), date(2011, 6, 30)


def sent(cutoff: date, batch: int = 1, *, projects: int = 0, file: str = "", unit: str = "X01") -> Submission:
    """Return a submission of a day and batch that holds some signed projects."""
    rows = "".join("\n 2011-5-1" for _ in range(projects))
    tables = {"项目台账": f"签约日期{rows}"}
    name = file or f"{unit} {cutoff} {batch} {projects}.xlsx"
    return submission_of(tables, unit=unit, file=name, cover={"cutoff": cutoff, "batch": batch})


def standing(ledger: Ledger, unit: str = "X01") -> str:
    """Return a unit's status and the file in force: `已报送 a.xlsx`."""
    account = next(a for a in ledger.accounts if a.unit.code == unit)
    return f"{account.status} {account.submission.file if account.submission else ''}".strip()


# ── the submission in force ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2011, 5, 12), "回溯 5-13.xlsx"),
        (date(2011, 5, 13), "已报送 5-13.xlsx"),
        (date(2011, 6, 11), "未到报送日 5-13.xlsx"),
        (date(2011, 6, 12), "已报送 6-12 第2批.xlsx"),
        (date(2011, 6, 29), "未到报送日 6-12 第2批.xlsx"),
        (date(2011, 6, 30), "已报送 6-30.xlsx"),
        (date(2012, 1, 1), "未报送 6-30.xlsx"),
    ],
)
def test_the_greatest_day_and_batch_up_to_the_day(day: date, expected: str) -> None:
    files = [
        sent(MAY_13, file="5-13.xlsx"),
        sent(JUNE_12, file="6-12.xlsx"),
        sent(JUNE_12, 2, file="6-12 第2批.xlsx"),
        sent(JUNE_30, file="6-30.xlsx"),
    ]
    assert standing(ledger_of(*files, day=day)) == expected


def test_a_later_batch_of_an_older_day_does_not_stand() -> None:
    files = [sent(MAY_13, 9, file="old.xlsx"), sent(JUNE_12, 1, file="new.xlsx")]
    ledger = ledger_of(*files, day=JUNE_30)
    assert standing(ledger) == "未到报送日 new.xlsx"
    assert [s.file for s in ledger.superseded] == ["old.xlsx"]
    assert ledger.later == ledger.rejected == ()


def test_files_of_a_later_day_are_named_apart_from_superseded_ones() -> None:
    files = [sent(MAY_13, file="a.xlsx"), sent(JUNE_12, file="b.xlsx"), sent(JUNE_30, file="c.xlsx")]
    ledger = ledger_of(*files, day=JUNE_12)
    assert [s.file for s in ledger.superseded] == ["a.xlsx"]
    assert [s.file for s in ledger.later] == ["c.xlsx"]


def test_only_later_files_the_earliest_of_them_is_cut_at_the_day() -> None:
    """回溯: what is dated after the day does not count yet."""
    tables = {"项目台账": "签约日期\n 2011-5-10 \n 2011-5-13 \n 2011-5-14 \n 2011-6-1"}
    early = submission_of(tables, file="6-12.xlsx", cover={"cutoff": JUNE_12})
    late = submission_of(tables, file="6-30.xlsx", cover={"cutoff": JUNE_30})
    ledger = ledger_of(late, early, day=MAY_13)
    assert standing(ledger) == "回溯 6-12.xlsx"
    assert told(figures_of(early, late, day=MAY_13), [SIGNED, AMOUNT]) == "签约项目数 2，签约金额 22000"
    assert told(figures_of(early, late, day=JUNE_12), [SIGNED, AMOUNT]) == "签约项目数 4，签约金额 44000"


def test_a_unit_without_a_file() -> None:
    ledger = ledger_of(sent(MAY_13), day=MAY_13)
    assert standing(ledger, "X02") == "未报送"
    assert [a.unit.code for a in ledger.accounts] == [u.code for u in BOOK.units]
    assert [a.unit.code for a in ledger.reporting] == ["X01"]
    assert Account(BOOK.units[0], Status.MISSING).rows(PROJECTS) == ()


@pytest.mark.parametrize(
    ("cover", "expected"),
    [
        ({"cutoff": ""}, "退回"),
        ({"cutoff": "月底"}, "退回"),
        ({"batch": ""}, "退回"),
        ({"code": "X99"}, "未报送"),
    ],
)
def test_a_file_that_cannot_stand_is_returned(cover: dict[str, object], expected: str) -> None:
    """A fault of the file, or a cover without day or batch: the unit reported, but nothing of it counts."""
    ledger = ledger_of(submission_of({}, cover=cover), day=MAY_13)
    assert standing(ledger) == expected
    assert len(ledger.rejected) == 1


@pytest.mark.parametrize(
    ("cover", "expected"),
    [
        ({"cutoff": JUNE_12, "batch": ""}, "退回 good.xlsx"),
        ({"cutoff": ""}, "退回 good.xlsx"),
        ({"cutoff": date(2012, 6, 12)}, "退回 good.xlsx"),
        ({"cutoff": MAY_13, "batch": ""}, "未报送 good.xlsx"),
        ({"cutoff": JUNE_30, "batch": ""}, "未报送 good.xlsx"),
    ],
    ids=["newer", "without a day", "of another year", "of the same day", "of a later day"],
)
def test_a_returned_file_takes_nothing_away(cover: dict[str, object], expected: str) -> None:
    """沿用: what the unit sent before stays in force; a newer file that cannot be used is said beside it."""
    bad = submission_of({}, file="bad.xlsx", cover=cover)
    ledger = ledger_of(sent(MAY_13, file="good.xlsx"), bad, day=JUNE_12)
    assert standing(ledger) == expected
    assert ledger.accounts[0].is_carried


def test_a_file_without_a_day_says_nothing_against_a_unit_that_reported_in_the_period() -> None:
    bad = submission_of({}, file="bad.xlsx", cover={"cutoff": ""})
    assert standing(ledger_of(sent(JUNE_12, file="good.xlsx"), bad, day=JUNE_12)) == "已报送 good.xlsx"


def test_f08_two_contents_of_one_day_and_batch() -> None:
    """Neither counts until one is removed; each is told of the other."""
    one, two = sent(MAY_13, projects=1, file="a.xlsx"), sent(MAY_13, projects=2, file="b.xlsx")
    ledger = ledger_of(one, two, day=MAY_13)
    assert standing(ledger) == "冲突"
    assert [(s.file, *lines(s, "F08")) for s in ledger.rejected] == [
        ("a.xlsx", "F08 错 封面 报送批次 1"),
        ("b.xlsx", "F08 错 封面 报送批次 1"),
    ]
    assert ledger.rejected[0].findings[-1].message == (
        "本单位 2011-05-13 第 1 批有内容不同的两个文件（另一个是 b.xlsx），两个都暂不计入。"
        "请删去作废的一个，或把新的一份批次加 1。"
    )
    assert figures_of(one, two, day=MAY_13) == {}


def test_f08_in_an_older_batch_does_not_touch_the_newer_one() -> None:
    one, two = sent(MAY_13, projects=1, file="a.xlsx"), sent(MAY_13, projects=2, file="b.xlsx")
    ledger = ledger_of(one, two, sent(MAY_13, 2, file="c.xlsx"), day=MAY_13)
    assert standing(ledger) == "已报送 c.xlsx"
    assert [s.file for s in ledger.rejected] == ["a.xlsx", "b.xlsx"]


def test_f08_a_clash_leaves_what_was_sent_before_in_force() -> None:
    """沿用: two files of one batch are a fault of files; they take nothing of what the unit had reported."""
    files = [
        sent(MAY_13, projects=2, file="old.xlsx"),
        sent(JUNE_12, file="a.xlsx"),
        sent(JUNE_12, projects=1, file="b.xlsx"),
    ]
    ledger = ledger_of(*files, day=JUNE_12)
    assert standing(ledger) == "冲突 old.xlsx"
    assert ledger.accounts[0].standing == "冲突，沿用截至 2011-05-13 的报送"
    assert ledger.superseded == ()
    assert standing(ledger_of(*files, day=MAY_13)) == "已报送 old.xlsx"
    assert standing(ledger_of(*files[1:], day=JUNE_12)) == "冲突"


def test_the_same_content_twice_is_no_clash() -> None:
    """The same file under two names, or saved again by another program; the first name stands."""
    one, two = sent(MAY_13, projects=1, file="a.xlsx"), sent(MAY_13, projects=1, file="b.xlsx")
    assert one.digest != two.digest
    ledger = ledger_of(two, one, day=MAY_13)
    assert standing(ledger) == "已报送 a.xlsx"
    assert [s.file for s in ledger.superseded] == ["b.xlsx"]
    assert ledger.rejected == ()


FILES = [
    sent(MAY_13, projects=1, file="a.xlsx"),
    sent(JUNE_12, projects=1, file="b.xlsx"),
    sent(JUNE_12, projects=1, file="c.xlsx"),
    sent(JUNE_12, projects=2, file="d.xlsx", unit="X02"),
    sent(JUNE_12, projects=1, file="e.xlsx", unit="X02"),
]


@pytest.mark.parametrize("day", [MAY_13, JUNE_12])
def test_the_order_of_files_does_not_matter(day: date) -> None:
    ledgers = [build_ledger(order, BOOK, day) for order in permutations(FILES)]
    assert all(ledger == ledgers[0] for ledger in ledgers)


@given(
    st.lists(st.tuples(st.integers(1, 28), st.integers(1, 2), st.integers(0, 1)), max_size=6),
    st.integers(1, 28),
    st.randoms(use_true_random=False),
)
def test_every_file_is_in_one_place(files: list[tuple[int, int, int]], day: int, chance: Random) -> None:
    """In force, superseded, later or rejected: never lost, never twice, whatever the order."""
    submissions = [
        replace(
            FILES[0],
            file=f"{i}",
            digest=f"{i}",
            cover=replace(FILES[0].cover, cutoff=date(2011, 5, d), batch=b + 10 * c),
        )
        for i, (d, b, c) in enumerate(files)
    ]
    ledger = build_ledger(submissions, BOOK, date(2011, 5, day))
    shuffled = chance.sample(submissions, len(submissions))
    assert build_ledger(shuffled, BOOK, date(2011, 5, day)) == ledger
    in_force = [a.submission.file for a in ledger.accounts if a.submission]
    others = [s.file for s in (*ledger.superseded, *ledger.later, *ledger.rejected)]
    assert sorted(in_force + others) == sorted(s.file for s in submissions)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("5-13 5-13 5-13 5-14", MAY_13),
        ("5-13 5-13 5-13 4-30 6-30", MAY_13),
        ("5-10 5-12", MAY_13),
        ("5-14 5-13", JUNE_12),
        ("5-13 6-30 7-12", date(2011, 7, 12)),
        ("7-13 7-31", date(2011, 7, 31)),
    ],
)
def test_the_default_day_is_the_cutoff_of_the_period_of_most_units(days: str, expected: date) -> None:
    """One cover that is a day late or a month early accuses nobody else; of two equals the later stands."""
    given = [date(2011, *map(int, day.split("-"))) for day in days.split()]
    files = [submission_of({}, unit=f"X0{n}", cover={"cutoff": day}) for n, day in enumerate(given, 1)]
    assert reporting_day(files, BOOK) == expected


def test_a_unit_speaks_once_for_the_day_by_its_newest_usable_file() -> None:
    past = [sent(MAY_13, batch, file=f"{batch}.xlsx") for batch in (1, 2, 3)]
    strange = submission_of({}, cover={"code": "X99", "cutoff": MAY_13})
    assert reporting_day([*past, sent(JUNE_12), strange], BOOK) == JUNE_12
    assert reporting_day([strange], BOOK) is None


# ── rulings ──────────────────────────────────────────────────────────────────────────────────────


TABLES = {
    "项目台账": """固定资产投资 | 引进方式 | 本单位份额
        10000 | 独立 |
        12001 | 独立 |
        8000 | 联合 | 40""",
    "到位资金": "项目编号 | 到位金额\n X01-001 | 100 \n X01-002 | 200 \n X01-003 | 300",
}
NAMES = [SIGNED, AMOUNT, PAID]


def ruling(record: str, decision: str, value: str = "", rule: str = "") -> Ruling:
    """Return a ruling on a record."""
    return Ruling(record, rule, Decision(decision), value, "已核实", "刘主任", MAY_13, "裁定!A2")


def ruled(*rulings: Ruling) -> str:
    """Return the figures after some rulings."""
    return told(figures_of(submission_of(TABLES), book=rules(rulings=rulings)), NAMES)


def test_figures_before_any_ruling() -> None:
    """X01-002 has an open P01 (固定资产投资 > 总投资), its voucher has none; X01-003 counts by its share."""
    assert ruled() == "签约项目数 1.4，签约金额 15400，到位资金 420"


@pytest.mark.parametrize(
    ("rulings", "expected"),
    [
        (
            [ruling("X01/项目台账/X01-002", "认定", rule="P01")],
            "签约项目数 2.4，签约金额 26400，到位资金 420",
        ),
        ([ruling("X01/项目台账/X01-002", "认定")], "签约项目数 2.4，签约金额 26400，到位资金 420"),
        (
            [ruling("X01/项目台账/X01-002", "认定", rule="P02")],
            "签约项目数 1.4，签约金额 15400，到位资金 420",
        ),
        ([ruling("X01/项目台账/X01-001", "不予认定")], "签约项目数 0.4，签约金额 4400，到位资金 320"),
        (
            [ruling("X01/到位资金/PZ-X01-001|佛山第1纺织有限公司", "不予认定")],
            "签约项目数 1.4，签约金额 15400，到位资金 320",
        ),
        ([ruling("X01/项目台账/X01-001", "归属", "X02")], "签约项目数 0.4，签约金额 4400，到位资金 320"),
        ([ruling("X01/项目台账/X01-001", "归属", "X01")], "签约项目数 1.4，签约金额 15400，到位资金 420"),
        ([ruling("X01/项目台账/X01-003", "份额", "60")], "签约项目数 1.6，签约金额 17600，到位资金 480"),
        (
            [ruling("X01/项目台账/X01-003", "份额", "60"), ruling("X01/项目台账/X01-003", "份额", "50")],
            "签约项目数 1.5，签约金额 16500，到位资金 450",
        ),
        (
            [ruling("X01/项目台账/X01-002", "认定"), ruling("X01/项目台账/X01-002", "不予认定")],
            "签约项目数 1.4，签约金额 15400，到位资金 220",
        ),
        ([ruling("X02/项目台账/X01-001", "不予认定")], "签约项目数 1.4，签约金额 15400，到位资金 420"),
        ([ruling("X01/项目台账/X01-009", "不予认定")], "签约项目数 1.4，签约金额 15400，到位资金 420"),
    ],
)
def test_a_ruling_changes_exactly_the_figures_it_should(rulings: list[Ruling], expected: str) -> None:
    """认定 overrules a finding, 不予认定 excludes a record (a project with its money), 归属 gives it away, 份额 sets a share."""
    assert ruled(*rulings) == expected


def test_why_a_row_may_not_count() -> None:
    book = rules(
        rulings=(ruling("X01/项目台账/X01-001", "归属", "X02"), ruling("X01/项目台账/X01-003", "不予认定"))
    )
    account = account_of(submission_of(TABLES), book=book)
    assert account.blocked == {
        ("项目台账", 4): "裁定归属 X02",
        ("项目台账", 5): "有错误 P01",
        ("项目台账", 6): "裁定不予认定",
    }


def test_warnings_and_findings_of_the_cover_block_no_row() -> None:
    tables = {"项目台账": "签约日期 | 合同性质\n 2011-4-1 | 意向"}
    submission = submission_of(tables, cover={"zero_projects": "是"})
    assert lines(submission, "D03", "P04", "Z01") == [
        "Z01 错 封面 零报告 项目台账 是",
        "D03 警 项目台账 签约日期4 2011-04-01",
        "P04 警 项目台账 合同性质4 意向",
    ]
    assert account_of(submission).blocked == {}


def test_what_became_of_each_ruling() -> None:
    there, gone = ruling("X01/项目台账/X01-001", "认定"), ruling("X01/项目台账/X01-009", "认定")
    ledger = ledger_of(submission_of(TABLES), book=rules(rulings=(there, gone)))
    assert applied(ledger, rules(rulings=(there, gone))) == ((there, "已执行"), (gone, GONE))


def test_a_ruling_of_no_possible_record_is_named_with_its_cell() -> None:
    """One whose record is no longer in the files stops nothing (see above)."""
    made = [
        ("X77/项目台账/X77-001", "认定"),
        ("X01/项目/X01-001", "认定"),
        ("X01/项目台账/X01-001", "归属", "X99"),
    ]
    with pytest.raises(RulebookError) as error:
        check_rulings(rules(rulings=tuple(ruling(*words) for words in made)))
    assert [str(f) for f in error.value.faults] == [
        "操作台「裁定」A2：记录标识“X77/项目台账/X77-001”应是 单位代码/表名/主键；请从问题清单复制",
        "操作台「裁定」A2：记录标识“X01/项目/X01-001”应是 单位代码/表名/主键；请从问题清单复制",
        "操作台「裁定」A2：裁定归属的单位代码“X99”不在单位名录里",
    ]
    check_rulings(BOOK)
    check_rulings(rules(rulings=(ruling("X01/项目台账/X01-009", "认定"),)))


def test_a_finding_is_ruled_on_by_the_record_it_names() -> None:
    """The 记录标识 of a finding, copied into 裁定, overrules just that finding."""
    submission = submission_of(TABLES)
    found = next(f for f in submission.findings if f.rule == "P01")
    assert found.record == "X01/项目台账/X01-002"
    account = account_of(submission, book=rules(rulings=(ruling(found.record, "认定", rule=found.rule),)))
    assert account.blocked == {}


@pytest.mark.parametrize(
    ("decision", "rule", "open_rules"),
    [
        ("认定", "P01", []),
        ("认定", "", []),
        ("不予认定", "", []),
        ("认定", "P05", ["P01"]),
        (None, "", ["P01"]),
    ],
)
def test_nobody_is_asked_to_mend_what_a_ruling_has_settled(
    decision: str | None, rule: str, open_rules: list[str]
) -> None:
    """An error that was accepted, or whose row was ruled out, is still told in 问题清单, but not in 补正通知."""
    held = (ruling("X01/项目台账/X01-002", decision, rule=rule),) if decision else ()
    account = account_of(submission_of(TABLES), book=rules(rulings=held))
    assert [f.rule for f in account.open_findings if f.blocks] == open_rules
    assert [f.rule for f in account.findings if f.blocks] == ["P01"]


def test_records_of_a_project_that_is_ruled_out_need_no_mending() -> None:
    tables = {"项目台账": "项目编号\n X01-001", "到位资金": "项目编号 | 到位金额\n X01-001 | 不详"}
    submission = submission_of(tables)
    assert [f.rule for f in account_of(submission).open_findings if f.blocks] == ["C03"]
    for decision, value in (("不予认定", ""), ("归属", "X02")):
        held = (ruling("X01/项目台账/X01-001", decision, value),)
        account = account_of(submission, book=rules(rulings=held))
        assert [f for f in account.open_findings if f.blocks] == []


def test_a_share_that_the_office_set_stands_for_one_that_cannot_be_read() -> None:
    submission = submission_of(
        {"项目台账": "项目编号 | 引进方式 | 本单位份额 | 联合标识\n X01-001 | 联合 | 六成 | X01-001"}
    )
    assert account_of(submission).blocked == {("项目台账", 4): "有错误 C03"}
    held = (ruling("X01/项目台账/X01-001", "份额", "60"),)
    account = account_of(submission, book=rules(rulings=held))
    assert (account.blocked, account.shares) == ({}, {"X01-001": Decimal("0.6")})
    assert [f for f in account.open_findings if f.blocks] == []


def test_findings_across_units_block_like_those_of_the_file() -> None:
    place = Place("X01.xlsx", "到位资金", "F4", "凭证号")
    extra = finding("C07", place, "", row=4, unit="X01", record="X01/到位资金/PZ")
    ledger = ledger_of(submission_of(TABLES))
    again = reopen(ledger, [extra], BOOK)
    account = next(a for a in again.accounts if a.unit.code == "X01")
    assert account.blocked["到位资金", 4] == "有错误 C07"
    assert counted(Tally(account, BOOK, JUNE_30))[PAID].value == 320
    assert account.findings[-1] == extra


# ── shares ───────────────────────────────────────────────────────────────────────────────────────


def shared(row: str) -> Account:
    """Return the account of one project with its 引进方式, share and 联合标识."""
    return account_of(submission_of({"项目台账": f"引进方式 | 本单位份额 | 联合标识\n {row}"}))


@pytest.mark.parametrize(
    ("row", "share", "lead"),
    [
        ("独立 | | ", "1", False),
        ("独立 | 30 | ", "1", False),
        ("联合 | 60 | X01-001", "0.6", True),
        ("联合 | 40 | X02-001", "0.4", False),
        ("联合 | 100 | X01-001", "1", True),
        ("联合 | 0.01 | X01-001", "0.0001", True),
        ("联合 | 0 | X01-001", None, False),
        ("联合 | 100.01 | X01-001", None, False),
        ("联合 | | X01-001", None, False),
        ("合伙 | 60 | X01-001", None, False),
    ],
)
def test_the_share_of_a_project(row: str, share: str | None, lead: bool) -> None:
    """A fraction in (0, 1]; 1 for a project of one's own; unknown where it cannot be told."""
    account = shared(row)
    assert account.shares == ({} if share is None else {"X01-001": Decimal(share)})
    joint = share is not None and "联合" in row
    assert (account.is_lead("X01-001") and joint) is lead
    assert set(account.leads) == ({"X01-001"} if joint else set())


@pytest.mark.parametrize(
    ("basis", "first", "second"),
    [("按份额", "0.6", "0.4"), ("各计一个", "1", "1"), ("只计首报", "1", "0")],
)
def test_what_a_joint_project_adds_to_a_count(basis: str, first: str, second: str) -> None:
    """联合项目计数; money always goes by the share."""
    book = rules(joint_basis=basis)
    lead = submission_of(
        {
            "项目台账": "项目阶段 | 引进方式 | 本单位份额 | 联合标识\n 开工 | 联合 | 60 | X01-001",
            "到位资金": "到位金额\n 1000",
        }
    )
    partner = submission_of(
        {
            "项目台账": "项目阶段 | 引进方式 | 联合单位代码 | 本单位份额 | 联合标识\n 开工 | 联合 | X01 | 40 | X01-001",
            "到位资金": "到位金额\n 1000",
        },
        unit="X02",
    )
    names = [NEW, SIGNED, AMOUNT, PAID]
    assert (
        told(figures_of(lead, partner, book=book), names)
        == f"新上项目数 {first}，签约项目数 {first}，签约金额 6600，到位资金 600"
    )
    assert (
        told(figures_of(lead, partner, book=book, unit="X02"), names)
        == f"新上项目数 {second}，签约项目数 {second}，签约金额 4400，到位资金 400"
    )
