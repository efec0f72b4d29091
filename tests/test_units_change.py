"""单位变动: a unit that takes another code, or becomes part of another, loses nothing and counts once (本系统约定)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sheets import BOOK, read_file, rules, template_of
from template_judge import short_forms
from test_bridge import FIRST, JUNE, MAY, PROJECTS, told
from test_template_formulas import JUDGES, Judge, assert_agreed

from baiti_xl import desk
from baiti_xl.contest.loading import HEADINGS, UNITS, RulebookError, console_rows, load
from baiti_xl.contest.records import Matter, Outcome, Submission, Unit
from baiti_xl.contest.rulebook import DaySpan, Rulebook
from baiti_xl.count.review import matters
from baiti_xl.papers import catalogue

DAY = date(2011, 6, 1)
OURS = BOOK.units[:3]


def listed(**changes: object) -> Rulebook:
    """Return a rulebook of X01–X03 with changes to entries of 单位名录: `X02={"merged_into": "X01", …}`."""
    units = tuple(replace(u, **changes.get(u.code, {})) for u in OURS)  # type: ignore[arg-type]
    return rules(units=units)


PLAIN = rules(units=OURS)
MERGED = listed(X02={"merged_into": "X01", "merged_on": DAY})


def sent(
    unit: str, cutoff: date, book: Rulebook, *projects: str, batch: int = 1, **tables: str
) -> Submission:
    """Return a unit's form with these projects, as the office reads it under its rules."""
    held = {"项目台账": "\n".join((PROJECTS, *projects)), **tables} if projects else tables
    form = rules(units=(*OURS, Unit("X09", "原侯庙镇", "乡镇")))
    data = template_of(held, unit, form, {"cutoff": cutoff, "batch": batch})
    return read_file(data, f"{unit}_{cutoff:%m-%d}_{batch}.xlsx", book)


def numbers(outcome: Outcome, name: str = "签约金额") -> str:
    """Return a figure by unit: `X01 9000，X02 —`."""
    held = ((r.unit.code, r.value(name)) for r in outcome.results)
    return "，".join(f"{code} {'—' if v is None else f'{v.normalize():f}'}" for code, v in held)


def standings(outcome: Outcome) -> str:
    """Return how each unit stands in the last period."""
    return "，".join(f"{code} {state}" for code, state in outcome.reports[-1].states.items())


# ── 并入 ──────────────────────────────────────────────────────────────────────────────────────────

OTHER = "X02-001 | 丁项目 | 丁有限公司 | 2011-5-3 | 5000 | 签约 | HT-9"


def merged(*more: Submission, day: date = JUNE, since: date | None = MAY) -> Outcome:
    """Return what comes of a file of X01 and one of X02 in May, and of more, when X02 joins X01 on 1 June."""
    may = (sent("X01", MAY, MERGED, FIRST), sent("X02", MAY, MERGED, OTHER))
    return desk.compute([*may, *more], MERGED, day, since)


def test_from_the_day_of_the_merger_the_past_counts_for_the_other_unit() -> None:
    june = sent("X01", JUNE, MERGED, FIRST)
    before, after = merged(day=MAY, since=None), merged(june)
    assert numbers(before) == "X01 9000，X02 5000，X03 —"
    assert numbers(after) == "X01 14000，X02 —，X03 —"
    assert all(identity.holds for identity in after.identities)
    assert after.total("签约金额") == Decimal(14000)


def test_a_unit_that_was_merged_is_not_due_not_judged_and_not_ranked() -> None:
    outcome = merged(sent("X01", JUNE, MERGED, FIRST))
    assert standings(outcome) == "X01 按时，X03 未报送"
    assert {e.unit.code for e in outcome.evidence} <= {"X01", "X03"}
    assert [s.unit.code for s in outcome.contenders()] == ["X01"]
    assert outcome.result("X02").account.standing == "2011-06-01 并入 X01"
    assert [p.unit for p in catalogue.papers("考核评价表", outcome, MERGED)] == ["X01", "X03"]


ASKED: dict[str, Any] = {
    "项目台账": "项目编号 | 项目名称 | 项目阶段 | 签约日期\nX02-001 | 丁项目 | 签约 | 2011-5-20\nX02-002 | 戊项目 | 洽谈 | ",
    "困难问题": "项目编号 | 提出日期 | 问题 | 需协调部门 | 状态\nX02-001 | 2011-5-6 | 进场道路没有硬化 | 孙口镇 | 未解决",
    "手续办理": "项目编号 | 手续类别 | 状态 | 责任部门 | 计划办结日期\nX02-001 | 土地 | 未启动 | 孙口镇 | 2011-5-9",
    "拜访客商": "拜访日期 | 返回日期 | 领导层级\n2011-5-20 | 2011-5-22 | 党政主职",
}


def test_what_a_merged_unit_reported_stands_under_the_unit_that_has_it_now() -> None:
    """Under the new name, with the old one by which it is known; a unit that is no more owes nothing."""
    may = [sent("X01", MAY, MERGED, FIRST), sent("X02", date(2011, 5, 23), MERGED, **ASKED)]
    outcome = desk.compute([*may, sent("X01", JUNE, MERGED, FIRST)], MERGED, JUNE, MAY)
    now = "城关镇（原侯庙镇）"
    (circular,) = catalogue.papers("进展通报", outcome, MERGED)
    for annex in ("困难", "在谈", "活动"):
        assert [row["单位"] for row in circular.facts[annex]] == [now], annex
    assert [row["单位"] for row in circular.facts["项目"]] == ["城关镇", now]
    assert [row["全部"] for row in circular.facts["外出"]] == ["城关镇"]
    (letter,) = catalogue.papers("协办函", outcome, MERGED)
    assert [row["单位"] for row in letter.facts["手续"]] == [now]
    assert all("X02" not in {s.unit.code for s in board} for board in outcome.ranking.boards.values())
    told = [{e.unit.code for e in held} for held in (outcome.explained, outcome.owed)]
    assert "X02" in told[0] and told[1] == told[0] - {"X02"}
    for kind in ("补正通知", "说明通知书", "考核评价表"):
        assert "X02" not in {paper.unit for paper in catalogue.papers(kind, outcome, MERGED)}


def without_batch(submission: Submission) -> Submission:
    """Return a form whose 报送批次 cannot be read, so that it is sent back."""
    return replace(submission, cover=replace(submission.cover, batch=None))


def asked_of(unit: str, files: Sequence[Submission]) -> list[Matter]:
    """Return the matters of a unit on a day after the merger."""
    outcome = desk.compute(files, MERGED, JUNE, MAY)
    return [matter for matter in matters(outcome, MERGED) if matter.unit == unit]


UNUSABLE = {
    "冲突": [
        sent("X02", MAY, MERGED, OTHER),
        replace(sent("X02", MAY, MERGED, OTHER.replace("5000", "6000")), file="另一份.xlsx"),
    ],
    "退回": [without_batch(sent("X02", MAY, MERGED, OTHER))],
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_file_of_a_merged_unit_that_cannot_be_used_is_asked_about(kind: str) -> None:
    """会审: the unit is no more and gets no notice, so the office would not learn what is missing of the other's figures."""
    files = [sent("X01", MAY, MERGED, FIRST), sent("X01", JUNE, MERGED, FIRST)]
    (found,) = asked_of("X02", [*files, *UNUSABLE[kind]])
    told = (found.kind, found.what.partition("：")[0], found.effect)
    assert told == (kind, f"城关镇（原侯庙镇）的报送{kind}", "没有数字计入")
    assert not asked_of("X02", [*files, *UNUSABLE[kind], sent("X02", date(2011, 5, 20), MERGED, OTHER)])


def test_the_period_before_still_has_both() -> None:
    outcome = merged(sent("X01", JUNE, MERGED, FIRST))
    assert outcome.reports[0].states == {"X01": "按时", "X02": "按时", "X03": "未报送"}


def test_a_merger_is_no_growth_and_no_correction() -> None:
    outcome = merged(sent("X01", JUNE, MERGED, FIRST))
    assert told(outcome, "签约金额") == "14000 + 0 + 0 = 14000"
    assert outcome.corrections == ()
    assert outcome.earlier
    assert numbers(outcome.earlier) == "X01 14000，X02 —，X03 —"


def test_a_project_reported_on_under_its_old_number_counts_once() -> None:
    """The other unit may go on with the number; the old row then counts no more, and is no duplicate of the new one."""
    going_on = OTHER.replace("5000", "6000")
    outcome = merged(sent("X01", JUNE, MERGED, FIRST, going_on))
    assert numbers(outcome) == "X01 15000，X02 —，X03 —"
    assert not outcome.pairs
    assert told(outcome, "签约金额") == "14000 + 0 + 1000 = 15000"
    assert [(c.unit.code, c.kind, c.detail) for c in outcome.corrections if c.measure == "签约金额"] == [
        ("X01", "原记录改动", "「签约金额」由 5000 改为 6000")
    ]


def test_a_project_reported_on_unchanged_is_neither_growth_nor_correction() -> None:
    outcome = merged(sent("X01", JUNE, MERGED, FIRST, OTHER))
    assert numbers(outcome) == "X01 14000，X02 —，X03 —"
    assert told(outcome, "签约金额") == "14000 + 0 + 0 = 14000"
    assert outcome.corrections == ()


def test_a_merger_entered_after_the_fact_loses_nothing() -> None:
    """并入日期 before the day of a file that was accepted: it counts for the other unit."""
    book = listed(X02={"merged_into": "X01", "merged_on": date(2011, 5, 1)})
    may = [sent("X01", MAY, book, FIRST), sent("X02", MAY, book, OTHER)]
    assert numbers(desk.compute(may, book, MAY)) == "X01 14000，X02 —，X03 —"


def test_two_halves_of_the_task_make_one() -> None:
    """基本任务 is met by the projects of both (方案二)."""
    tasks = "项目编号 | 固定资产投资 | 签约日期 | 项目阶段\n{}-001 | 12000 | 2011-5-3 | 签约"
    may = [sent("X01", MAY, MERGED), sent("X02", MAY, MERGED, 项目台账=tasks.format("X02"))]
    outcome = desk.compute([*may, sent("X01", JUNE, MERGED)], MERGED, JUNE)
    assert outcome.result("X01").task_met is True
    assert outcome.result("X01").tier == "二档"
    assert not [f for f in outcome.result("X01").account.findings if f.rule == "T01"]


def test_f12_the_old_unit_need_report_no_more() -> None:
    for cutoff, rules_broken in ((date(2011, 5, 31), []), (DAY, ["F12"])):
        found = sent("X02", cutoff, MERGED, OTHER).findings
        assert [f.rule for f in found if f.rule == "F12"] == rules_broken
        assert not [f for f in found if f.blocks]
    message = next(f.message for f in sent("X02", JUNE, MERGED, OTHER).findings if f.rule == "F12")
    assert message.startswith("本单位自 2011-06-01 起已并入城关镇，不必再单独填报（2011-06-12）")


def test_a_ruling_on_a_record_of_the_old_unit_still_holds() -> None:
    from test_bridge import ruling

    book = replace(MERGED, rulings=(ruling("X02/项目台账/X02-001", "不予认定", day=MAY),))
    files = [sent("X01", MAY, book, FIRST), sent("X02", MAY, book, OTHER), sent("X01", JUNE, book, FIRST)]
    assert numbers(desk.compute(files, book, JUNE)) == "X01 9000，X02 —，X03 —"


# ── 曾用代码 ──────────────────────────────────────────────────────────────────────────────────────

RENAMED = listed(X02={"former": ("X09",)})
OLD = OTHER.replace("X02", "X09")


def test_a_form_under_a_former_code_is_the_units_own() -> None:
    found = sent("X09", MAY, RENAMED, OLD)
    assert (found.cover.code, found.usable) == ("X02", True)
    assert [f.message.split("。")[0] for f in found.findings if f.rule == "F07"] == [
        "单位代码「X09」是曾用代码，按 X02 处理"
    ]
    assert not [f for f in found.findings if f.blocks]


def test_what_it_reported_before_stays_its_own() -> None:
    files = [sent("X09", MAY, RENAMED, OLD), sent("X02", JUNE, RENAMED, OLD, OTHER)]
    outcome = desk.compute(files, RENAMED, JUNE, MAY)
    assert numbers(outcome) == "X01 —，X02 10000，X03 —"
    assert told(outcome, "签约金额") == "5000 + 5000 + 0 = 10000"


def test_a_ruling_by_the_former_code_still_holds() -> None:
    from test_bridge import ruling

    book = replace(RENAMED, rulings=(ruling("X09/项目台账/X09-001", "不予认定", day=MAY),))
    outcome = desk.compute([sent("X09", MAY, book, OLD)], book, JUNE)
    assert numbers(outcome) == "X01 —，X02 0，X03 —"
    assert [effect for _, effect in outcome.ledger.applied] == ["已执行"]


def test_an_unknown_code_is_still_unknown() -> None:
    assert [f.rule for f in sent("X09", MAY, PLAIN, OLD).findings if f.blocks][:1] == ["F07"]


@pytest.mark.parametrize("judge", JUDGES)
def test_the_form_takes_inherited_numbers_as_the_office_does(judge: Judge, tmp_path: Path) -> None:
    """K02: the unit's own number, a former one, one of a unit merged into it; none of a third."""
    book = listed(X01={"former": ("X09",)}, X02={"merged_into": "X01", "merged_on": DAY})
    rows = "\n".join(
        f"{number} | {number} | 2000" for number in ("X01-001", "X09-002", "X02-003", "X03-004", "X02-5")
    )
    path = tmp_path / "X01.xlsx"
    held = {"项目台账": f"项目编号 | 项目名称 | 固定资产投资\n{rows}"}
    with short_forms(12):
        path.write_bytes(template_of(held, "X01", book, {"cutoff": JUNE}))
    read = read_file(path.read_bytes(), path.name, book)
    assert [f.value for f in read.findings if f.rule == "K02"] == ["X03-004", "X02-5"]
    (tmp_path / "算").mkdir()
    assert_agreed(judge, {path: read}, tmp_path / "算", book)


# ── the console ──────────────────────────────────────────────────────────────────────────────────


def faults(**cells: object) -> list[str]:
    """Return what is said of X01's entry in 单位名录 with these cells, of a list of X01–X03."""
    grids = {sheet: [HEADINGS[sheet], *rows] for sheet, rows in console_rows(PLAIN).items()}
    headings = HEADINGS[UNITS]
    row = list(grids[UNITS][1])
    for heading, value in cells.items():
        row[headings.index(heading)] = value
    grids[UNITS] = [headings, tuple(row), *grids[UNITS][2:]]
    try:
        load(grids)
    except RulebookError as error:
        return [f"{f.cell} {f.message}" for f in error.faults]
    return []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"全称": "城关镇人民政府", "曾用代码": "X11、X12"}, []),
        ({"并入": "X02", "并入日期": DAY}, []),
        ({"目标项目数": 3, "目标到位资金": Decimal("12000.5")}, []),
        ({"曾用代码": "X02"}, ["H2 曾用代码与别的代码相同；一个代码只能属于一个单位"]),
        ({"并入": "X02"}, ["J2 “并入”和“并入日期”要么都填，要么都空着"]),
        ({"并入日期": DAY}, ["J2 “并入”和“并入日期”要么都填，要么都空着"]),
        ({"并入": "X01", "并入日期": DAY}, ["I2 应填单位名录里另一个没有并入别处的单位的代码"]),
        ({"并入": "X09", "并入日期": DAY}, ["I2 应填单位名录里另一个没有并入别处的单位的代码"]),
        ({"并入": "X02", "并入日期": "六月"}, ["J2 应为日期，如 2011-6-1"]),
        ({"目标项目数": 0}, ["K2 应为大于 0 的数字；没有目标就空着"]),
        ({"目标到位资金": "三亿"}, ["L2 应为大于 0 的数字；没有目标就空着"]),
        ({"邮箱": "zsj@example.com；x.01@sub.example.cn"}, []),
        ({"邮箱": "zsj＠example"}, ["N2 应为邮箱地址，如 zsj@example.com；几个用顿号分开"]),
        (
            {"邮箱": "zsj@example.com>\u2028Bcc: a@b.c"},
            ["N2 应为邮箱地址，如 zsj@example.com；几个用顿号分开"],
        ),
        ({"类别": ""}, ["C2 类别不能为空，如 乡镇、县直"]),
        ({"类别": "园区"}, []),
    ],
)
def test_every_fault_of_an_entry_is_named_with_its_cell(cells: dict[str, object], said: list[str]) -> None:
    assert faults(**cells) == said


def test_the_console_keeps_all_of_it() -> None:
    book = listed(
        X01={"full_name": "城关镇人民政府", "former": ("X11", "X12"), "target_projects": Decimal(3)},
        X02={
            "merged_into": "X01",
            "merged_on": DAY,
            "target_paid": Decimal("12000.5"),
            "mail": ("a@b.cn", "c@d.cn"),
        },
    )
    assert load({sheet: [HEADINGS[sheet], *rows] for sheet, rows in console_rows(book).items()}) == book


def test_no_figure_rests_on_an_address() -> None:
    """A unit's new 邮箱 does not make the rules others than those under which figures were published."""
    assert listed(X01={"mail": ("a@b.cn",)}).digest == PLAIN.digest != listed(X01={"head": "样例甲"}).digest


def test_a_console_of_an_earlier_version_has_none_of_it() -> None:
    grids = {sheet: [HEADINGS[sheet], *rows] for sheet, rows in console_rows(PLAIN).items()}
    grids[UNITS] = [row[:6] for row in grids[UNITS]]
    book = load(grids)
    assert book == PLAIN
    assert book.notes == (
        "操作台「单位名录」没有这几列，按没有填写处理：全称、曾用代码、并入、并入日期、目标项目数、目标到位资金、别名、邮箱",
    )


# ── what is shown beside the comparisons ─────────────────────────────────────────────────────────

VISITS = """外出批次号 | 拜访日期 | 返回日期 | 客商名称 | 带队领导 | 领导层级
    A1 | 2011-5-1 | 2011-5-2 | 甲公司 | 张甲 | 党政主职
    A1 | 2011-5-2 | 2011-5-2 | 乙公司 | 张甲 | 党政主职
    A2 | 2011-5-6 | 2011-5-6 | 丙公司 | 李乙 | 班子成员
    A3 | 2011-5-7 | 2011-5-7 | 丁公司 | 王丙 | 其他"""


def beside(name: str, *, members: object = 5, **changes: object) -> str:
    """Return a figure of X01 with these visits: `2/5 = 0.4`."""
    book = replace(listed(X01={"target_projects": Decimal(4), "target_paid": Decimal(1000)}), **changes)  # type: ignore[arg-type]
    data = template_of({"拜访客商": VISITS}, "X01", book, {"cutoff": MAY, "members": members})
    figure = desk.compute([read_file(data, "X01.xlsx", book)], book, MAY).result("X01").figures[name]
    value = "—" if figure.value is None else f"{figure.value.normalize():f}"
    if figure.denominator is None:
        return value
    above, below = (
        f"{(part or Decimal(0)).normalize():f}" for part in (figure.numerator, figure.denominator)
    )
    return f"{above}/{below} = {value}"


def test_half_of_the_board_goes_out() -> None:
    """“二分之一”工作法 (方案三（二）): who led, once each, 党政主职 and 班子成员; 无 where the cover does not say how many."""
    assert beside("外出班子成员占比") == "2/5 = 0.4"
    assert beside("外出班子成员占比", members="") == "2/0 = —"


@pytest.mark.parametrize(
    ("spans", "trips"),
    [
        ((), "—"),
        ((DaySpan(date(2011, 5, 1), date(2011, 5, 3)),), "1"),
        ((DaySpan(date(2011, 5, 2), date(2011, 5, 6)),), "2"),
        ((DaySpan(date(2011, 5, 3), date(2011, 5, 5)),), "0"),
    ],
)
def test_trips_in_key_periods(spans: tuple[DaySpan, ...], trips: str) -> None:
    """“五一”、麦收等关键时间段 (方案三（二）), as the console lists them; nothing where it lists none."""
    assert beside("关键时段拜访批次", key_periods=spans) == trips


def test_targets_of_the_year() -> None:
    """年初确定的招商引资目标任务 (方案一): what is reached over the target of the unit list."""
    assert beside("项目目标完成率") == "0/4 = 0"
    assert beside("资金目标完成率") == "0/1000 = 0"
