"""H01–H03: a submission against the unit's last accepted one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sheets import (
    AMOUNT,
    BOOK,
    PAID,
    SIGNED,
    figures_of,
    grids_of,
    lines,
    rules,
    submission_of,
    told,
    workbook_of,
)

from baiti_xl import desk
from baiti_xl.contest.choices import Decision
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Ruling, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PROJECTS
from baiti_xl.count.history import compare
from baiti_xl.desk.store import Store

MAY_13, JUNE_12, JULY_12 = date(2011, 5, 13), date(2011, 6, 12), date(2011, 7, 12)


def sent(cutoff: date, batch: int = 1, file: str = "", /, **tables: str) -> Submission:
    """Return a submission of a day."""
    name = file or f"{cutoff:%m-%d}.xlsx"
    return submission_of(tables, file=name, cover={"cutoff": cutoff, "batch": batch})


def changes(sheet: str, old: str, new: str, book: Rulebook = BOOK) -> list[str]:
    """Return what the change of a sheet from May to June gives: `H01 警 项目台账 投资方4 新 | 差异`."""
    return shown(compare([sent(MAY_13, 1, "", **{sheet: old})], sent(JUNE_12, 1, "", **{sheet: new}), book))


def shown(found: tuple[Finding, ...]) -> list[str]:
    """Return findings as lines with their facts."""
    return [f"{line} | {f.message.split('。')[0]}" for f, line in zip(found, lines(found), strict=True)]


# ── H01 ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sheet", "old", "new", "expected"),
    [
        (
            "项目台账",
            "投资方\n 甲公司",
            "投资方\n 乙公司",
            ["H01 警 项目台账 投资方4 乙公司 | 与 2011-05-13 报送相比，「投资方」由“甲公司”改为“乙公司”"],
        ),
        ("项目台账", "投资方\n 甲公司", "投资方\n 甲公司", []),
        (
            "项目台账",
            "总投资 | 固定资产投资\n 12000 | 10000",
            "总投资 | 固定资产投资\n 15000 | 9000",
            [
                "H01 警 项目台账 总投资4 15000 | 与 2011-05-13 报送相比，「总投资」由“12000”改为“15000”",
                "H01 警 项目台账 固定资产投资4 9000 | 与 2011-05-13 报送相比，「固定资产投资」由“10000”改为“9000”",
            ],
        ),
        (
            "项目台账",
            "签约日期\n 2011-5-1",
            "签约日期\n 2011-5-2",
            [
                "H01 警 项目台账 签约日期4 2011-05-02 | 与 2011-05-13 报送相比，「签约日期」由“2011-05-01”改为“2011-05-02”"
            ],
        ),
        (
            "项目台账",
            "项目阶段 | 合同编号\n 签约 | HT-1",
            "项目阶段 | 合同编号\n 签约 | ",
            ["H01 警 项目台账 合同编号4 空 | 与 2011-05-13 报送相比，「合同编号」由“HT-1”改为“空”"],
        ),
        (
            "到位资金",
            "到位金额\n 100",
            "到位金额\n 100.01",
            ["H01 警 到位资金 到位金额4 100.01 | 与 2011-05-13 报送相比，「到位金额」由“100”改为“100.01”"],
        ),
        (
            "拜访客商",
            "外出人数\n 3",
            "外出人数\n 30",
            ["H01 警 拜访客商 外出人数4 30 | 与 2011-05-13 报送相比，「外出人数」由“3”改为“30”"],
        ),
        (
            "手续办理",
            "状态 | 实际办结日期\n 已办结 | 2011-5-1",
            "状态 | 实际办结日期\n 已办结 | 2011-5-2",
            [
                "H01 警 手续办理 实际办结日期4 2011-05-02 | 与 2011-05-13 报送相比，「实际办结日期」由“2011-05-01”改为“2011-05-02”"
            ],
        ),
    ],
)
def test_h01_a_past_record_says_something_else(sheet: str, old: str, new: str, expected: list[str]) -> None:
    """At the cell as it stands now, with both values."""
    assert changes(sheet, old, new) == expected


@pytest.mark.parametrize(
    ("sheet", "old", "new", "gone"),
    [
        ("项目台账", "项目编号\n X01-001 \n X01-002", "项目编号\n X01-001", "X01-002"),
        ("项目台账", "项目编号\n X01-001", "项目编号\n X01-003", "X01-001"),
        ("到位资金", "凭证号\n A1 \n A2", "凭证号\n A1", "A2|佛山第1纺织有限公司"),
        ("拜访客商", "拜访日期\n 2011-5-1", "拜访日期\n 2011-5-2", "2011-W1|2011-05-01|佛山第1纺织有限公司"),
        ("邀请客商", "客商姓名\n 林海", "客商姓名\n 林江", "2011-05-15|温州第1制鞋有限公司|林海"),
        ("组织发动", "内容\n 召开大会", "内容\n 召开第二次大会", "动员会议|2011-04-15|召开大会"),
        ("困难问题", "问题\n 用地", "问题\n 用电", "2011-05-20|用地"),
        ("情况说明", "调度会日期\n 2011-5-13", "调度会日期\n 2011-6-12", "2011-05-13"),
    ],
)
def test_h01_a_past_record_is_gone(sheet: str, old: str, new: str, gone: str) -> None:
    """Rows are matched by their key; the row where it stood is told."""
    row = 5 if "\n X01-002" in old or "A2" in old else 4
    assert changes(sheet, old, new) == [
        f"H01 警 {sheet} {gone} | 与 2011-05-13 报送相比，第 {row} 行“{gone}”不见了"
    ]


def test_h01_a_row_may_move_and_new_ones_may_come() -> None:
    """Rows are matched by key, not by place: sorting, inserting and growth are silent."""
    old = "项目编号 | 项目名称 | 投资方 | 合同编号\n X01-001 | 一 | 甲 | 1 \n X01-002 | 二 | 乙 | 2"
    new = "项目编号 | 项目名称 | 投资方 | 合同编号\n X01-003 | 三 | 丙 | 3 \n X01-002 | 二 | 乙 | 2 \n X01-001 | 一 | 甲 | 1"
    assert changes("项目台账", old, new) == []


def test_h01_an_empty_cell_may_be_filled() -> None:
    assert changes("到位资金", "币种 | 备注\n 人民币 | ", "币种 | 备注\n 人民币 | 已核") == []
    old = "项目阶段 | 开工日期\n 签约 | "
    assert changes("项目台账", old, "项目阶段 | 开工日期\n 开工 | 2011-6-1") == []


def test_h01_what_changes_as_work_goes_on_is_silent() -> None:
    """阶段, 备注, 责任人 of a project; state and plan of a procedure; measure and state of a problem."""
    old = {
        "项目台账": "项目阶段 | 责任人 | 备注\n 签约 | 李明 | 一",
        "手续办理": "手续类别 | 状态 | 计划办结日期\n 土地 | 办理中 | 2011-6-1",
        "困难问题": "状态 | 处理措施\n 未解决 | 一",
    }
    new = {
        "项目台账": "项目阶段 | 责任人 | 备注\n 开工 | 王强 | 二",
        "手续办理": "手续类别 | 状态 | 计划办结日期\n 土地 | 未启动 | 2011-7-1",
        "困难问题": "状态 | 处理措施\n 办理中 | 二",
    }
    assert shown(compare([sent(MAY_13, 1, "", **old)], sent(JUNE_12, 1, "", **new), BOOK)) == []
    assert {"stage", "remark", "responsible"} <= set(PROJECTS.living)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("项目编号 | 投资方\n X01-001 | 甲 \n X01-001 | 乙", "项目编号 | 投资方\n X01-001 | 丙"),
        ("项目编号 | 投资方\n X01-001 | 甲", "项目编号 | 投资方\n X01-001 | 甲 \n X01-001 | 乙"),
        ("项目编号 | 投资方\n | 甲", "项目编号 | 投资方\n | 乙"),
    ],
)
def test_h01_rows_without_a_key_or_with_a_repeated_one_tell_nothing(old: str, new: str) -> None:
    """K01 and C01 say what is wrong there already."""
    assert changes("项目台账", old, new) == []


# ── H02 ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("11000", "11000", []),
        ("11000", "11000.01", []),
        (
            "11000",
            "10999.99",
            [
                "H02 错 项目台账 签约金额4 10999.99 | 项目 X01-001 的签约金额由 11000 减为 10999.99 万元，没有裁定依据"
            ],
        ),
        (
            "11000",
            "",
            ["H02 错 项目台账 签约金额4 空 | 项目 X01-001 的签约金额由 11000 减为 0 万元，没有裁定依据"],
        ),
        (
            "11000",
            "待定",
            ["H02 错 项目台账 签约金额4 待定 | 项目 X01-001 的签约金额由 11000 减为 0 万元，没有裁定依据"],
        ),
        ("", "11000", []),
    ],
)
def test_h02_the_contract_amount_fell(old: str, new: str, expected: list[str]) -> None:
    """By a cent or wholly; what grew is silent."""
    table = "项目阶段 | 签约金额\n 签约 | "
    assert changes("项目台账", f"{table}{old}", f"{table}{new}") == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("P1 | 100 \n P2 | 50", "P1 | 100 \n P2 | 50", []),
        ("P1 | 100", "P1 | 100 \n P2 | 50", []),
        ("P1 | 100 \n P2 | 50", "P1 | 150", ["H01 警 到位资金 P2|佛山第1纺织有限公司"]),
        (
            "P1 | 100 \n P2 | 50",
            "P1 | 100",
            ["H01 警 到位资金 P2|佛山第1纺织有限公司", "H02 错 到位资金"],
        ),
        ("P1 | 100", "P1 | 99.99", ["H01 警 到位资金 到位金额4 99.99", "H02 错 到位资金 到位金额4 99.99"]),
        (
            "P1 | 100 \n P2 | 50",
            "P1 | 100 \n P2 | 40",
            ["H01 警 到位资金 到位金额5 40", "H02 错 到位资金 到位金额5 40"],
        ),
    ],
)
def test_h02_the_money_in_place_of_a_project_fell(old: str, new: str, expected: list[str]) -> None:
    """Summed by project, so that a voucher split in two is no fall."""
    project = "项目编号\n X01-001"
    before = sent(JUNE_12, 项目台账=project, 到位资金=f"凭证号 | 到位金额\n {old}")
    now = sent(JULY_12, 项目台账=project, 到位资金=f"凭证号 | 到位金额\n {new}")
    found = [line for line in lines(compare([before], now, BOOK)) if "到位金额4 150" not in line]
    assert found == expected


def test_h02_sending_the_fall_again_changes_nothing() -> None:
    """The last accepted amount stays what is compared with, however often the refused one is sent."""
    project = "项目阶段 | 签约金额\n 签约 | {}"
    before, fallen, again = (
        sent(day, 项目台账=project.format(amount))
        for day, amount in ((MAY_13, 800), (JUNE_12, 500), (JULY_12, 500))
    )
    assert shown(compare([before, fallen], again, BOOK)) == [
        "H02 错 项目台账 签约金额4 500 | 项目 X01-001 的签约金额由 800 减为 500 万元，没有裁定依据"
    ]
    more = sent(JULY_12, 项目台账=project.format(800))
    assert not [f for f in compare([before, fallen], more, BOOK) if f.rule == "H02"]


def test_h02_an_amount_in_error_was_never_counted_and_may_be_put_right() -> None:
    """C11: 8,000,000 was typed in 元 and did not count; 800 is no fall."""
    project = "项目阶段 | 总投资 | 签约金额\n 签约 | 9000000 | {}"
    before = sent(JUNE_12, 项目台账=project.format(8000000))
    assert not [
        f for f in compare([before], sent(JUNE_12, 项目台账=project.format(800)), BOOK) if f.rule == "H02"
    ]


def test_h02_says_which_amount_fell_from_what_to_what() -> None:
    project, money = "项目编号\n X01-001", "凭证号 | 到位金额\n P1 | {}"
    before = sent(JUNE_12, 项目台账=project, 到位资金=money.format("100.50"))
    now = sent(JULY_12, 项目台账=project, 到位资金=money.format("30"))
    found = [f for f in compare([before], now, BOOK) if f.rule == "H02"]
    assert [f.message for f in found] == [
        "项目 X01-001 的到位资金合计由 100.5 减为 30 万元，没有裁定依据。请说明原因，由办公室在“裁定”里写明。"
    ]
    assert found[0].record == "X01/到位资金/P1|佛山第1纺织有限公司"


# ── H03 ──────────────────────────────────────────────────────────────────────────────────────────

ORDER = ("洽谈", "签约", "开工", "竣工")


@pytest.mark.parametrize("old", [*ORDER, "终止"])
@pytest.mark.parametrize("new", [*ORDER, "终止"])
def test_h03_the_stage_went_back(old: str, new: str) -> None:
    """洽谈 → 签约 → 开工 → 竣工 only forward; a project may be given up, or taken up again."""
    found = [x for x in changes("项目台账", f"项目阶段\n {old}", f"项目阶段\n {new}") if x.startswith("H03")]
    back = "终止" not in (old, new) and ORDER.index(new) < ORDER.index(old)
    expected = f"H03 警 项目台账 项目阶段4 {new} | 项目 X01-001 的阶段由“{old}”退为“{new}”"
    assert found == ([expected] if back else [])


# ── switched off, and ruled ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("disabled", "left"),
    [
        ((), ["H01", "H02", "H03"]),
        (("H01",), ["H02", "H03"]),
        (("H02",), ["H01", "H03"]),
        (("H03",), ["H01", "H02"]),
    ],
)
def test_rules_switched_off_find_nothing(disabled: tuple[str, ...], left: list[str]) -> None:
    old = sent(JUNE_12, 项目台账="项目阶段 | 投资方 | 签约金额\n 开工 | 甲 | 11000")
    new = sent(JULY_12, 项目台账="项目阶段 | 投资方 | 签约金额\n 签约 | 乙 | 9000")
    assert list(dict.fromkeys(f.rule for f in compare([old], new, rules(disabled=disabled)))) == left


FELL = (
    {"项目台账": "签约金额\n 11000 \n 5000", "到位资金": "项目编号 | 到位金额\n X01-001 | 100"},
    {"项目台账": "签约金额\n 9000 \n 5000", "到位资金": "项目编号 | 到位金额\n X01-001 | 100"},
)


def fell(*rulings: Ruling) -> tuple[str, dict[tuple[str, int], str]]:
    """Return the figures of a unit whose first project's amount fell, and what is blocked."""
    book = rules(rulings=rulings)
    outcome = desk.evaluate([sent(MAY_13, 1, "", **FELL[0]), sent(JUNE_12, 1, "", **FELL[1])], book, JUNE_12)
    result = outcome.result("X01")
    return told(result.figures, [SIGNED, AMOUNT, PAID]), dict(result.account.blocked)


def ruling(decision: str, rule: str = "") -> Ruling:
    """Return a ruling on the first project."""
    return Ruling(
        "X01/项目台账/X01-001", rule, Decision(decision), "", "已核实", "刘主任", JUNE_12, "裁定!A4"
    )


def test_h02_keeps_the_project_from_counting_until_it_is_decided() -> None:
    """Without the earlier submission the same file counts in full."""
    alone = figures_of(sent(JUNE_12, 1, "", **FELL[1]), day=JUNE_12)
    assert told(alone, [SIGNED, AMOUNT, PAID]) == "签约项目数 2，签约金额 14000，到位资金 100"
    assert fell() == (
        "签约项目数 1，签约金额 5000，到位资金 100",
        {("项目台账", 4): "有错误 H02"},
    )


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        (ruling("认定", "H02"), "签约项目数 2，签约金额 14000，到位资金 100"),
        (ruling("认定"), "签约项目数 2，签约金额 14000，到位资金 100"),
        (ruling("认定", "H01"), "签约项目数 1，签约金额 5000，到位资金 100"),
        (ruling("不予认定"), "签约项目数 1，签约金额 5000，到位资金 0"),
    ],
)
def test_a_ruling_overrules_h02(decided: Ruling, expected: str) -> None:
    """“A cumulative amount fell with no ruling”: 认定 of the record (of that rule, or of any) lets it count."""
    assert fell(decided)[0] == expected


# ── the last accepted submission ─────────────────────────────────────────────────────────────────


def against(*submissions: Submission, day: date = JULY_12) -> list[str]:
    """Return the H findings of X01 on a day."""
    outcome = desk.evaluate(submissions, BOOK, day)
    account = next(a for a in outcome.ledger.accounts if a.unit.code == "X01")
    return lines([f for f in account.findings if f.rule.startswith("H")])


def investor(cutoff: date, name: str, batch: int = 1, file: str = "") -> Submission:
    """Return a submission whose one project has an investor."""
    return sent(cutoff, batch, file, 项目台账=f"投资方\n {name}")


CHANGED = ["H01 警 项目台账 投资方4 丙公司"]


def test_the_last_one_before_is_compared() -> None:
    """Not the first, and not a later one; batches of one day follow each other."""
    assert against(investor(MAY_13, "甲公司"), investor(JUNE_12, "丙公司"), investor(JULY_12, "丙公司")) == []
    assert (
        against(investor(MAY_13, "丙公司"), investor(JUNE_12, "甲公司"), investor(JULY_12, "丙公司"))
        == CHANGED
    )
    assert against(investor(JULY_12, "甲公司", 1, "a"), investor(JULY_12, "丙公司", 2, "b")) == CHANGED
    assert against(investor(JULY_12, "丙公司")) == []


def test_a_returned_file_is_passed_over() -> None:
    bad = sent(JUNE_12, 1, "bad.xlsx", 项目台账="投资方\n 乙公司")
    bad = replace(bad, cover=replace(bad.cover, batch=None))
    assert against(investor(MAY_13, "丙公司"), bad, investor(JULY_12, "丙公司")) == []


def test_files_in_conflict_are_passed_over() -> None:
    """Neither of two contents of one day and batch was accepted, so neither is the past."""
    clash = [investor(JUNE_12, "乙公司", file="a.xlsx"), investor(JUNE_12, "丁公司", file="b.xlsx")]
    assert against(investor(MAY_13, "丙公司"), *clash, investor(JULY_12, "丙公司")) == []


def test_a_submission_cut_at_an_earlier_day_is_not_held_against_itself() -> None:
    assert against(investor(JULY_12, "丙公司"), day=MAY_13) == []


# ── through the archive ──────────────────────────────────────────────────────────────────────────


def put(folder: Path, cutoff: date, batch: int = 1, **tables: str) -> Path:
    """Write a unit's file into a folder, under the name it always has."""
    folder.mkdir(exist_ok=True)
    path = folder / "X01_城关镇_报送表.xlsx"
    path.write_bytes(workbook_of(grids_of(tables, cover={"cutoff": cutoff, "batch": batch})))
    return path


def found_in(done: desk.Consolidation) -> list[str]:
    """Return the H findings of a consolidation."""
    return lines([f for a in done.outcome.ledger.accounts for f in a.findings if f.rule.startswith("H")])


def consolidated(folder: Path, tables: Mapping[str, str], cutoff: date, batch: int = 1) -> list[str]:
    """Replace the unit's one file, consolidate, and return the H findings."""
    put(folder / "报送", cutoff, batch, **tables)
    return found_in(desk.consolidate(folder / "报送", folder / "输出"))


def test_the_archive_remembers_what_the_folder_no_longer_holds(tmp_path: Path) -> None:
    """The office replaces each unit's file every period; the past is in the archive."""
    assert consolidated(tmp_path, {"项目台账": "投资方\n 甲公司"}, MAY_13) == []
    assert consolidated(tmp_path, {"项目台账": "投资方\n 丙公司"}, JUNE_12) == CHANGED
    assert consolidated(tmp_path, {"项目台账": "投资方\n 丙公司"}, JUNE_12) == CHANGED
    assert consolidated(tmp_path, {"项目台账": "投资方\n 丙公司"}, JULY_12) == []


def test_a_file_returned_into_the_archive_is_not_the_past(tmp_path: Path) -> None:
    """A file that was sent back is archived too, but nothing is compared with it."""
    assert consolidated(tmp_path, {"项目台账": "投资方\n 丙公司"}, MAY_13) == []
    path = put(tmp_path / "报送", JUNE_12, 项目台账="投资方\n 乙公司")
    grids = grids_of({"项目台账": "投资方\n 乙公司"}, cover={"cutoff": JUNE_12, "batch": ""})
    path.write_bytes(workbook_of(grids))
    desk.consolidate(tmp_path / "报送", tmp_path / "输出", as_of=JUNE_12)
    assert [e.result for e in Store(tmp_path / "输出").archived()] == ["采用", "退回"]
    assert consolidated(tmp_path, {"项目台账": "投资方\n 丙公司"}, JULY_12) == []


def test_a_correction_under_the_same_day_and_batch_replaces_what_it_corrects(tmp_path: Path) -> None:
    """The next submission is held against the file that came into force last, also after a step back."""
    for name, seen in (("甲公司", False), ("丙公司", True), ("丙公司", True), ("甲公司", False)):
        found = consolidated(tmp_path, {"项目台账": f"投资方\n {name}"}, MAY_13)
        assert bool(found) == seen, "what was changed under one batch is seen, against what stood before it"
    assert [e.result for e in Store(tmp_path / "输出").archived()] == ["采用"] * 3
    assert consolidated(tmp_path, {"项目台账": "投资方\n 丙公司"}, JUNE_12) == CHANGED
