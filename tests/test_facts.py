"""Facts: exactly the declared fields, every number noted with records that add up, sentences that follow figures."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import docx
import pytest
from docx.oxml.ns import qn
from sheets import BOOK, Tables, read_file, submission_of

from baiti_xl import desk
from baiti_xl.contest.choices import Decision, Flag, Inspected, Level, RankingField
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.findings import Place
from baiti_xl.contest.records import (
    Evidence,
    FigureNote,
    Inspection,
    Outcome,
    Paper,
    Ruling,
    Submission,
    Unit,
)
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding
from baiti_xl.contest.sheets import INVITATIONS, PROJECTS, SHEETS
from baiti_xl.contest.sheets import VISITS as VISIT_SHEET
from baiti_xl.contest.values import numeral, numeral_of_things
from baiti_xl.count.commend import grave_words
from baiti_xl.demo import PERIODS, sample_rulebook, samples
from baiti_xl.errors import UserError
from baiti_xl.papers import catalogue, phrases
from baiti_xl.papers.exposure import grounds
from baiti_xl.papers.notes import Notes, count_of, shown, spoken
from baiti_xl.press.engine import compile_template, fields

MAY, JUNE, JULY, END = date(2011, 5, 13), date(2011, 6, 12), date(2011, 7, 12), date(2011, 7, 31)
CODES = ("X01", "X02", "X03", "X04", "Z01", "Z02")
ALIASES = {"Z01": ("县发改委",)}
SMALL = replace(
    BOOK, units=tuple(replace(u, aliases=ALIASES.get(u.code, ())) for u in BOOK.units if u.code in CODES)
)
MEASURES = """
事项     | 日期
动员会议 | 2011-4-15
实施方案 | 2011-4-16
工作机构 | 2011-4-17
"""
VISITS = """
拜访日期  | 返回日期  | 领导层级
2011-5-20 | 2011-5-22 | 党政主职
"""
GUESTS = """
来访日期  | 离开日期
2011-5-25 | 2011-5-26
"""
DONE = """
项目编号 | 手续类别
{u}-001  | 立项备案
"""
WAITING = """
项目编号 | 手续类别 | 状态   | 责任部门     | 计划办结日期
{u}-001  | 土地     | 未启动 | 县发改委     | 2011-6-1
{u}-001  | 环评     | 未启动 | 县工业和信息化局 | 2011-6-30
"""


def projects(amount: str, fixed: str, *stages: str) -> str:
    """Return a project register as a table: one project a stage, all signed on 20 May."""
    lines = ["项目名称 | 项目阶段 | 总投资 | 固定资产投资 | 签约金额 | 签约日期 | 竣工日期"]
    for number, stage in enumerate(stages, 1):
        completed = "2011-6-8" if stage == "竣工" else ""
        lines.append(f"第{number}项目 | {stage} | {fixed} | {fixed} | {amount} | 2011-5-20 | {completed}")
    return "\n".join(lines)


def busy(unit: str, amount: str = "11000", fixed: str = "12000", procedures: str = DONE) -> Tables:
    """Return the sheets of a unit that did everything in time."""
    return {
        "组织发动": MEASURES,
        "拜访客商": VISITS,
        "邀请客商": GUESTS,
        "项目台账": projects(amount, fixed, "开工", "竣工"),
        "到位资金": f"项目编号 | 到位日期 | 到位金额\n{unit}-001 | 2011-5-30 | 1234.56\n",
        "手续办理": procedures.replace("{u}", unit),
    }


def sent(unit: str, tables: Tables, day: date = JUNE, book: Rulebook = SMALL) -> Submission:
    """Return a unit's submission as of a day."""
    return submission_of(tables, unit=unit, book=book, cover={"cutoff": day}, file=f"{unit}_{day}.xlsx")


def nothing_yet() -> tuple[list[Submission], Rulebook]:
    """No unit has sent anything."""
    return [], SMALL


def one_unit() -> tuple[list[Submission], Rulebook]:
    """A contest of a single unit."""
    book = replace(BOOK, units=(BOOK.units[0],))
    return [sent("X01", busy("X01"), book=book)], book


def ties() -> tuple[list[Submission], Rulebook]:
    """Two townships are equal, one lags, one is silent; departments differ; procedures are overdue."""
    slow = {"组织发动": MEASURES, "拜访客商": VISITS}
    return [
        sent("X01", busy("X01")),
        sent("X02", busy("X02", procedures=WAITING)),
        sent("X03", slow),
        sent("Z01", busy("Z01", "20000", "20000")),
        sent("Z02", busy("Z02", "5000", "5000")),
    ], SMALL


def all_zero() -> tuple[list[Submission], Rulebook]:
    """Every unit reports that there is nothing."""
    return [sent(code, {"组织发动": MEASURES}) for code in CODES], SMALL


def no_flags() -> tuple[list[Submission], Rulebook]:
    """Every unit did everything, all alike."""
    return [sent(code, busy(code)) for code in CODES], SMALL


def faulty() -> tuple[list[Submission], Rulebook]:
    """One submission has errors, another cannot be used at all."""
    wrong = {**busy("X01"), "到位资金": "项目编号 | 到位金额\nX01-009 | 不详\n"}
    broken = sent("X02", busy("X02"))
    locked = replace(broken, findings=(finding("F02", Place(broken.file)),))
    return [sent("X01", wrong), locked], SMALL


def seen(unit: str, verdict: Inspected, row: int) -> Inspection:
    """Return what the inspectors found of a unit's first project."""
    return Inspection(
        date(2011, 7, 1), unit, f"{unit}/项目台账/{unit}-001", "看过现场", verdict, "样例甲", f"督查!A{row}"
    )


def two_periods() -> tuple[list[Submission], Rulebook]:
    """One unit did nothing over two periods and one was silent; inspectors were there; a department has a full name."""
    full = {"Z01": "台前县发展和改革委员会"}
    verdicts = (("X01", Inspected.TRUE), ("X02", Inspected.DOUBTFUL), ("Z02", Inspected.UNTRUE))
    units = tuple(replace(u, full_name=full.get(u.code, "")) for u in SMALL.units)
    inspections = tuple(seen(unit, verdict, row) for row, (unit, verdict) in enumerate(verdicts, 4))
    book = replace(SMALL, units=units, inspections=inspections)
    idle = {"组织发动": MEASURES}
    files = [sent("X03", idle, day, book) for day in (MAY, JUNE, JULY)]
    for unit, procedures in (("X01", DONE), ("X02", WAITING), ("Z01", DONE), ("Z02", DONE)):
        files += [sent(unit, busy(unit, procedures=procedures), day, book) for day in (JUNE, JULY)]
    return files, book


SITUATIONS = {
    "空": nothing_yet,
    "一家": one_unit,
    "并列": ties,
    "全零": all_zero,
    "无旗": no_flags,
    "有错": faulty,
    "两期": two_periods,
}
DAYS = {"两期": (JULY, JUNE)}
Case = tuple[Outcome, Rulebook]


@cache
def case(name: str) -> Case:
    """Return a situation worked out as of 12 June, compared with 13 May, if it has no days of its own."""
    submissions, book = SITUATIONS[name]()
    return desk.compute(submissions, book, *DAYS.get(name, (JUNE, MAY))), book


@cache
def demo(day: date = JUNE, since: date = MAY) -> Case:
    """Return the sample submissions worked out."""
    book = sample_rulebook()
    files = [sample for period in PERIODS if period <= day for sample in dated(period, book)]
    return desk.compute([read_file(data, name, book) for name, data in files], book, day, since), book


def dated(period: date, book: Rulebook) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of the samples of a period, names told apart by the period."""
    for sample in samples(book, period):
        yield f"{period}/{sample.file}", sample.data


SAMPLE_DAYS = {"样例6月": (JUNE, MAY), "样例7月": (END, date(2011, 7, 12))}


@cache
def papers_of(name: str, kind: str) -> list[Paper]:
    """Return the papers of a kind in a situation."""
    return catalogue.papers(kind, *(demo(*SAMPLE_DAYS[name]) if name in SAMPLE_DAYS else case(name)))


NAMES = (*SITUATIONS, *SAMPLE_DAYS)


# ── fields ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", catalogue.NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_for_whom_there_is_a_paper_is_told_without_making_it(name: str, kind: str) -> None:
    """However a kind tells it, it is for whom papers are made, in their order."""
    worked_out = demo(*SAMPLE_DAYS[name]) if name in SAMPLE_DAYS else case(name)
    assert list(catalogue.whom(kind, *worked_out)) == [paper.unit for paper in papers_of(name, kind)]


@pytest.mark.parametrize("kind", catalogue.NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_facts_are_exactly_the_declared_fields(name: str, kind: str) -> None:
    spec = catalogue.kind_of(kind).fields
    for paper in papers_of(name, kind):
        assert "文号" not in paper.facts
        _, faults = fields.checked_facts(spec, {**paper.facts, "文号": "台政办〔2011〕9号", "更正原因": ""})
        assert [str(fault) for fault in faults] == []


@pytest.mark.parametrize("kind", catalogue.KINDS, ids=lambda k: k.name)
def test_every_field_is_explained(kind: catalogue.Kind) -> None:
    assert tuple(kind.explanations) == kind.fields.paths()
    assert all(kind.explanations.values())


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(UserError, match="没有“简报”这种公文"):
        catalogue.kind_of("简报")


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────

WITHOUT_RECORDS = ("名次", "最好值")


def added(lines: object) -> Decimal:
    """Return records added up."""
    return sum((line.value for line in lines), Decimal(0))  # type: ignore[attr-defined]


def adds_up(note: FigureNote) -> bool:
    """Whether a figure's records add up to it; scores are kept to ten decimals."""
    if note.denominator is not None and note.numerator is not None:
        whole = note.value is None or note.value == note.numerator / note.denominator
        return (
            whole
            and added(note.lines) == note.numerator
            and added(note.denominator_lines) == note.denominator
        )
    if note.value is None or note.name.endswith(WITHOUT_RECORDS):
        return not note.lines
    return abs(added(note.lines) - note.value) < Decimal("1e-9")


@pytest.mark.parametrize("kind", catalogue.NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_the_records_behind_every_figure_add_up(name: str, kind: str) -> None:
    for paper in papers_of(name, kind):
        assert [note for note in paper.figures if not adds_up(note)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_noted_once_and_defined(name: str) -> None:
    for kind in catalogue.NAMES:
        for paper in papers_of(name, kind):
            places = [(note.place, note.name) for note in paper.figures]
            assert len(places) == len(set(places))
            assert [note.name for note in paper.figures if not note.definition] == []


def test_records_lead_to_cells_of_the_submissions() -> None:
    outcome, book = case("并列")
    (paper,) = catalogue.papers("进展通报", outcome, book)
    note = next(n for n in paper.figures if n.name == "签约金额" and n.place.endswith("表1 全县"))
    assert (note.shown, note.value) == ("94000.00", Decimal(94000))
    assert {(x.file, x.sheet, x.row) for x in note.lines} >= {("X01_2011-06-12.xlsx", "项目台账", 4)}
    growth = next(n for n in paper.figures if n.name == "签约金额（本期增加）")
    assert growth.definition.startswith("统计日数值减比较日数值。")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("签约金额", "1234.565", "1234.57"),
        ("新上项目数", "2.50", "2.5"),
        ("竣工率", "0.33335", "33.34%"),
        ("竣工率", None, "—"),
        ("本单位份额", "0.6", "60%"),
        ("综合得分", "85.714285", "85.71"),
        ("名次", "3", "3"),
        ("签约金额（本期增加）", "0", "0.00"),
        ("签约金额（本期增加）", "-5", "－5.00"),
    ],
)
def test_a_figure_is_printed_by_its_kind(name: str, value: str | None, text: str) -> None:
    assert shown(name, None if value is None else Decimal(value)) == text


# ── words ────────────────────────────────────────────────────────────────────────────────────────

MANY = [Unit(f"U{n}", f"第{n}局", "县直") for n in range(1, 13)]


def test_more_names_than_a_sentence_takes_go_to_an_annex() -> None:
    notes = Notes(BOOK)
    eight, nine = ("、".join(u.name for u in MANY[:n]) for n in (8, 9))
    assert notes.named("少", MANY[:8], "未报送") == {"个数": 8, "单位": eight, "全部": eight}
    assert notes.lists == []
    assert notes.named("多", MANY[:9], "未报送") == {"个数": 9, "单位": "", "全部": nine}
    assert notes.lists == [{"事项": "未报送", "个数": 9, "单位": "", "全部": nine}]
    assert [n.value for n in notes.all()] == [8, 9]
    assert count_of("单位个数", MANY).value == 12


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("签约金额", "366500", "36.65亿元"),
        ("签约金额", "10000", "1亿元"),
        ("签约金额", "9999.99", "9,999.99万元"),
        ("签约金额", "1247.50", "1,247.5万元"),
        ("签约金额", "-12000", "-1.2亿元"),
        ("签约金额（本期增加）", "3000.00", "3,000万元"),
        ("新上项目数", "2.50", "2.5个"),
        ("拜访客商数", "1197", "1,197家"),
        ("竣工率", "1", "100%"),
        ("报送率", "0.4762", "47.62%"),
        ("单位个数", "12", "12"),
    ],
)
def test_a_figure_in_a_sentence(name: str, value: str, text: str) -> None:
    assert spoken(name, Decimal(value), BOOK) == text


@pytest.mark.parametrize(
    ("plain", "spoken"),
    [
        ("2011-05-14 至 2011-06-12 没有有效报送（冲突）", "2011年5月14日至2011年6月12日没有有效报送（冲突，即同一批次报送内容不一致）"),
        ("最近 30 天没有拜访；竞赛以来没有活动", "最近30天没有拜访；竞赛以来没有活动"),
        ("没有：工作机构", "没有工作机构"),
        ("没有：实施方案，逾期完成：工作机构", "没有实施方案，逾期完成工作机构"),
        ("另一个是 2011-07-31/X01_2011-07-31.xlsx", "另一个是2011-07-31/X01_2011-07-31.xlsx"),
    ],
)  # fmt: skip
def test_sentences_of_the_program_become_official(plain: str, spoken: str) -> None:
    assert phrases.official(plain) == spoken


def test_a_unit_name_is_not_split_in_a_title() -> None:
    title = "台前县人民政府办公室关于商请县住房和城乡建设局协助办理招商引资项目手续的函"
    lines = phrases.title_lines(title, "县住房和城乡建设局").split("\n")
    assert "".join(lines) == title
    assert any("县住房和城乡建设局" in line for line in lines)


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (30, "三十"), (45, "四十五")]
)
def test_numerals_of_headings(number: int, text: str) -> None:
    assert numeral(number) == text


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (2, "两"), (3, "三"), (12, "十二")])
def test_numerals_that_count(number: int, text: str) -> None:
    assert numeral_of_things(number) == text


# ── what each kind says, and when it is silent ───────────────────────────────────────────────────


def count(name: str) -> Mapping[str, int]:
    """Return how many papers of each kind there are."""
    return {kind: len(papers_of(name, kind)) for kind in catalogue.NAMES}


@pytest.mark.parametrize(
    ("name", "silent"),
    [
        ("空", {"补正通知", "协办函", "表彰通报", "说明通知书"}),
        ("一家", {"说明通知书", "补正通知", "协办函", "曝光送审稿"}),
        ("无旗", {"说明通知书", "补正通知", "协办函", "曝光送审稿"}),
        ("全零", {"补正通知", "协办函", "表彰通报"}),
    ],
)
def test_a_kind_with_nothing_to_say_is_silent(name: str, silent: set[str]) -> None:
    assert {kind for kind, papers in count(name).items() if not papers} == silent


def test_nobody_must_speak_at_a_meeting_if_all_broke_through() -> None:
    (paper,) = papers_of("无旗", "调度会通知")
    assert (paper.facts["说明单位数"], paper.facts["说明单位"], paper.facts["都待报"]) == (0, [], True)


@pytest.mark.parametrize(
    ("sent_since", "waiting", "all_wait"), [((), 6, True), (("X01",), 5, False), (("X01", "X02"), 4, False)]
)
def test_a_meeting_counts_who_sent_nothing_of_its_own_period(
    sent_since: tuple[str, ...], waiting: int, all_wait: bool
) -> None:
    """The second meeting's period begins on 14 May; X03 reported last up to the 13th."""
    read = [
        *(sent(unit, busy(unit), date(2011, 5, 20)) for unit in sent_since),
        sent("X03", busy("X03"), MAY),
    ]
    outcome = desk.compute(read, SMALL, date(2011, 5, 20))
    (paper,) = catalogue.papers("调度会通知", outcome, SMALL)
    assert (paper.facts["待报单位数"], paper.facts["都待报"]) == (waiting, all_wait)


def test_who_is_at_a_talk_is_asked_to_explain_whatever_else_was_found() -> None:
    outcome, book = case("两期")
    for level, asked in ((Level.TALK, ["X03"]), (Level.REMINDER, [])):
        found = Evidence(Flag.IDLE, outcome.result("X03").unit, "没有活动", level=level)
        papers = catalogue.papers("说明通知书", replace(outcome, evidence=(found,)), book)
        assert [paper.unit for paper in papers] == asked


def test_a_unit_is_told_only_what_it_can_do_itself() -> None:
    """What the office must do beside it stands in 问题清单."""
    back = replace(
        sent("X01", busy("X01")), findings=(finding("F04/program", Place("X01.xlsx"), what="缺样式"),)
    )
    (paper,) = catalogue.papers("补正通知", desk.compute([back], SMALL, JUNE, MAY), SMALL)
    assert [row["问题"] for row in paper.facts["差错"]] == [
        "读取这个文件时程序出错（缺样式）。请另存为 .xlsx 后再报。"
    ]


def test_no_meeting_is_called_after_the_last() -> None:
    assert papers_of("样例7月", "调度会通知") == []


def test_papers_of_a_unit_keep_list_order_and_can_be_chosen() -> None:
    outcome, book = case("并列")
    assert [p.unit for p in catalogue.papers("考核评价表", outcome, book)] == list(CODES)
    assert [p.unit for p in catalogue.papers("考核评价表", outcome, book, ["Z01", "X02"])] == ["X02", "Z01"]
    assert [p.unit for p in catalogue.papers("说明通知书", outcome, book, ["X03"])] == ["X03"]


@pytest.mark.parametrize(
    ("record", "called"),
    [
        ("X01/项目台账/X01-001", "项目台账：第1项目，1.1亿元"),
        ("X01/到位资金/{}", "到位资金：第1项目，5月30日，1,234.56万元"),
        ("X01/拜访客商/{}", "拜访客商：佛山第1纺织有限公司，5月20日"),
        ("X01/拜访客商/2011-W07|2011-05-09|样例公司", "拜访客商：2011-W07、2011年5月9日、样例公司"),
        ("X01/项目台账/X01-009", "项目台账：X01-009"),
    ],
)
def test_a_ruling_is_on_a_record_as_the_office_calls_it(record: str, called: str) -> None:
    """No 记录标识 in a paper that a leader signs."""
    submissions, book = ties()
    sheet = record.split("/")[1]
    rows = submissions[0].rows(SHEETS[sheet])
    ruling = Ruling(
        record.format(SHEETS[sheet].key_of(rows[0])), "", Decision.REJECT, "", "已核", "甲", JUNE, "裁定!A5"
    )
    book = replace(book, rulings=(ruling,))
    (paper,) = catalogue.papers("考核评价表", desk.compute(submissions, book, JUNE, MAY), book, ["X01"])
    assert [row["记录"] for row in paper.facts["裁定"]] == [called]


def test_letters_go_to_departments_with_overdue_procedures_first() -> None:
    land, environment = papers_of("并列", "协办函")
    assert (land.facts["部门"], environment.facts["部门"]) == ("县发展和改革委员会", "县工业和信息化局")
    assert [(r["类别"], r["逾期"]) for r in land.facts["手续"]] == [("土地", 11)]
    assert (environment.facts["逾期数"], environment.facts["手续"][0]["逾期"]) == (0, None)
    assert len({p.unit for p in (land, environment)}) == 2


ANNEXED = {  # a count that a paper says, and the annex of as many rows
    "进展通报": {"在谈数": ("在谈",), "困难数": ("困难",)},
    "协办函": {"手续数": ("手续",)},
    "补正通知": {"差错数": ("差错",)},
    "曝光送审稿": {"督查数": ("附表",), "拟列数": ("名单",)},
    "调度会通知": {"说明单位数": ("说明单位",), "未兑现数": ("未兑现",)},
}


def assert_annexes(paper: Paper) -> None:
    """Assert that each annex has as many rows as the text says, a project counted once whoever reports it."""
    facts, kind = paper.facts, paper.kind
    for count, (annex,) in ANNEXED.get(kind, {}).items():
        assert facts[count] == len(facts[annex]), (kind, count)
    for row in facts.get("名单", ()) if "名单附件" in facts else ():
        assert row["个数"] == len(row["全部"].split("、"))
    if kind == "进展通报":
        assert facts["外出数"] + facts["来访数"] == len(facts["活动"])
        assert {row["单位"] for row in facts["督查明细"]} == {
            unit for row in facts["督查"] for unit in row["全部"].split("、")
        }
    if kind in ("进展通报", "考核总结"):
        numbers = [row["序"] for row in facts["项目"]]
        assert sorted(set(numbers)) == [*range(1, int(facts["项目数"]) + 1)]
        assert facts["联合引进"] or (len(numbers) == len(set(numbers)))
        if not facts["另有开工"]:
            assert facts["签约数"] == sum(row["份额"] for row in facts["项目"]) == facts["项目数"]


@pytest.mark.parametrize("name", NAMES)
def test_an_annex_has_as_many_rows_as_the_text_says(name: str) -> None:
    for kind in catalogue.NAMES:
        for paper in papers_of(name, kind):
            assert_annexes(paper)


def test_a_share_of_a_joint_project_is_explained_where_no_other_unit_reports_it() -> None:
    """The text counts 0.5, the annex numbers it as one."""
    half = (
        "项目编号 | 项目名称 | 项目阶段 | 签约日期 | 引进方式 | 联合单位代码 | 本单位份额 | 联合标识\n"
        "X01-001 | 甲项目 | 签约 | 2011-5-6 | 联合 | X02 | 50% | X01-001"
    )
    outcome = desk.compute([submission_of({"项目台账": half})], BOOK, date(2011, 7, 12))
    (paper,) = catalogue.papers("进展通报", outcome, BOOK)
    assert (paper.facts["签约数"], paper.facts["项目数"]) == (Decimal("0.5"), 1)
    assert paper.facts["联合引进"]


def test_a_joint_project_has_one_number_with_all_its_units() -> None:
    (paper,) = papers_of("样例7月", "进展通报")
    rows = {(row["单位"], row["序"]) for row in paper.facts["项目"] if row["名称"].startswith("腾雁羽绒")}
    assert rows == {("城关镇", 1), ("县产业集聚区管委会", 1)}


def test_a_unit_that_sent_an_unusable_file_is_told_to_mend_it() -> None:
    wrong, locked = papers_of("有错", "补正通知")
    assert (wrong.unit, wrong.facts["是否退回"]) == ("X01", False)
    assert {r["工作表"] for r in wrong.facts["差错"]} == {"到位资金"}
    assert (locked.unit, locked.facts["是否退回"]) == ("X02", True)
    assert "取消密码" in locked.facts["差错"][0]["问题"]


@pytest.mark.parametrize(
    ("has_errors", "files"), [(False, "X02.xlsx"), (True, "X02.xlsx，截至2011年5月13日的一份、X02.xlsx")]
)
def test_a_unit_whose_new_file_is_sent_back_is_told_which_one_stands_in(has_errors: bool, files: str) -> None:
    """Also where both bear one name, as units mostly name them, and where the one that stands in has errors of its own."""
    wrong = {"到位资金": "项目编号 | 到位金额\nX02-009 | 1\n"} if has_errors else {}
    before = replace(sent("X02", {"组织发动": MEASURES, **wrong}, MAY), file="X02.xlsx")
    back = replace(
        sent("X02", busy("X02")), file="X02.xlsx", findings=(finding("F02", Place("X02.xlsx"), unit="X02"),)
    )
    (paper,) = catalogue.papers("补正通知", desk.compute([before, back], SMALL, JUNE), SMALL, ["X02"])
    assert (paper.facts["沿用日"], paper.facts["文件"]) == (MAY, files)
    assert paper.facts["几个文件"] == 1 + has_errors


def test_equal_units_share_a_place_in_words() -> None:
    (paper,) = papers_of("并列", "进展通报")
    signed = next(row for row in paper.facts["单项"] if row["名称"] == "签约项目数")
    assert [
        (g["类别"], row["名次"], row["并列"], row["单位"], row["数值"].spoken)
        for g in signed["各组"]
        for row in g["居前"]
    ] == [
        ("乡镇", 1, True, "城关镇、侯庙镇", "2个"),
        ("县直", 1, True, "县发展和改革委员会、县工业和信息化局", "2个"),
    ]
    (zero,), (none,) = signed["各组"][0]["零单位"], signed["各组"][0]["缺数单位"]
    assert (zero["单位"], none["单位"]) == ("孙口镇", "打渔陈镇")


def test_all_that_tie_for_third_are_commended() -> None:
    (paper,) = papers_of("无旗", "表彰通报")
    assert [(g["类别"], g["个数"]) for g in paper.facts["综合"]] == [("乡镇", 4), ("县直", 2)]


def test_exposure_is_only_proposed_and_every_flagged_unit_is_listed() -> None:
    (paper,) = papers_of("并列", "曝光送审稿")
    assert (paper.facts["拟列数"], paper.facts["名单"]) == (0, [])  # nobody was at 约谈 in two closed periods
    assert [row["单位"] for row in paper.facts["附表"]] == ["孙口镇", "侯庙镇", "打渔陈镇"]
    assert "送审稿" in paper.title


@pytest.mark.parametrize(
    ("running", "talks", "words"),
    [
        (1, 0, ""),
        (1, 1, "本期为约谈"),
        (2, 0, "连续两期"),
        (2, 1, "连续两期，其中本期为约谈"),
        (2, 2, "连续两期，均为约谈"),
        (4, 3, "连续四期，其中最近三期为约谈"),
    ],
)
def test_how_long_a_finding_holds_is_said_once(running: int, talks: int, words: str) -> None:
    """Two counts that stand in one paper are told apart where they are told."""
    level = Level.TALK if talks else Level.REMINDER
    item = Evidence(Flag.BEHIND, BOOK.units[0], "未完成", level=level, running=running, talks=talks)
    assert item.lasting == words
    assert grounds([item]) == f"未达时间进度{f'（{words}）' if running > 1 else ''}：未完成。"
    assert grave_words(item) == f"未达时间进度{'已' if running > 1 else ''}{words}"


def test_the_task_of_a_unit_without_a_submission_is_left_open() -> None:
    (paper,) = [p for p in papers_of("并列", "考核评价表") if p.unit == "X04"]
    assert (paper.facts["任务结果"], paper.facts["最高档次"], paper.facts["填报截止日"]) == (
        "无报送",
        "",
        None,
    )


def test_stages_of_the_report_add_up_to_the_contest() -> None:
    (paper,) = papers_of("样例7月", "考核总结")
    parts = [n.value for n in paper.figures if n.name == "签约金额（本阶段）"]
    whole = next(n.value for n in paper.figures if n.name == "签约金额" and n.place.endswith("表1 全县"))
    assert sum(v for v in parts if v) == whole


def test_ranks_over_the_county_when_the_rules_say_so() -> None:
    submissions, book = ties()
    county = replace(book, ranking=RankingField.COUNTY)
    (paper,) = catalogue.papers("进展通报", desk.compute(submissions, county, JUNE), county)
    assert [g["类别"] for g in paper.facts["单项"][0]["各组"]] == ["全县"]
    assert (paper.facts["名次范围"], paper.facts["比较日"]) == ("全县", None)


def test_a_comparison_that_is_switched_off_is_a_dash() -> None:
    submissions, book = ties()
    off = replace(book, comparisons=tuple(replace(c, on=c.name != "到位资金") for c in book.comparisons))
    (paper,) = catalogue.papers("进展通报", desk.compute(submissions, off, JUNE), off)
    assert {row["到位资金"] for row in paper.facts["排名"]} == {None}
    assert "到位资金" not in {row["名称"] for row in paper.facts["指标"]}


PRIVATE_SHEETS: tuple[tuple[AnySheet, tuple[str, ...]], ...] = (
    (VISIT_SHEET, ("contact", "phone")),
    (INVITATIONS, ("guest",)),
    (PROJECTS, ("phone",)),
)


def private(outcome: Outcome) -> set[str]:
    """Return every telephone number and every name of an investor's people in the submissions."""
    found = {
        getattr(record, field)
        for account in outcome.ledger.accounts
        for sheet, names in PRIVATE_SHEETS
        for record in account.all_rows(sheet)
        for field in names
    }
    return {text for text in found if len(text) > 2}


def texts(value: object) -> Iterator[str]:
    """Yield every text in facts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


@pytest.mark.parametrize("kind", catalogue.NAMES)
def test_no_telephone_number_reaches_a_paper(kind: str) -> None:
    outcome, book = demo()
    numbers = private(outcome)
    assert numbers
    for paper in catalogue.papers(kind, outcome, book):
        assert not [text for text in texts(paper.facts) if any(number in text for number in numbers)]


# ── what an independent model found otherwise ────────────────────────────────────────────────────

JOINT = "引进方式 | 联合单位代码 | 本单位份额 | 联合标识"


def joint(partner: str, share: int, vouchers: int) -> Tables:
    """Return the sheets of a unit with one joint project, signed on an informal contract and completed, and some vouchers."""
    rows = "\n".join(f"X01-001 | 2011-5-{day} | 100 | 凭{day} | 样例公司" for day in range(10, 10 + vouchers))
    return {
        "组织发动": "事项 | 日期\n招商小分队 | 2011-4-8\n招商小分队 | 2011-5-8\n",
        "项目台账": f"项目编号 | 项目阶段 | 签约日期 | 开工日期 | 竣工日期 | {JOINT}\n"
        f"X01-001 | 签约 | 2011-5-6 | | | 联合 | {partner} | {share} | L1\n"
        "X01-002 | 竣工 | 2011-4-1 | 2011-5-9 | 2011-6-1 | 独立 | | | \n",
        "到位资金": f"项目编号 | 到位日期 | 到位金额 | 凭证号 | 付款方\n{rows}\n",
    }


def test_the_report_takes_a_partners_vouchers_by_their_own_days() -> None:
    """A voucher that the partner alone reports stands in a row that the unit has not."""
    tables = joint("X02", 60, 6)
    other = {k: v.replace("X01-", "X02-") for k, v in joint("X01", 40, 1).items()}
    outcome = desk.compute([sent("X01", tables), sent("X02", other)], SMALL, JUNE, MAY)
    (paper,) = catalogue.papers("考核总结", outcome, SMALL)
    found = [n.value for n in paper.figures if n.name == "到位资金（本阶段）"]
    whole = next(n.value for n in paper.figures if n.name == "到位资金" and n.place.endswith("表1 全县"))
    assert sum(v for v in found if v) == whole


def test_what_is_completed_is_no_longer_under_construction_and_no_rate_passes_its_whole() -> None:
    """Signed before the window, completed in it: not in the 竣工率, nor 在建, nor among the signed that were started."""
    outcome = desk.compute([sent("X01", joint("X02", 60, 2))], SMALL, JUNE, MAY)
    (paper,) = catalogue.papers("考核总结", outcome, SMALL)
    assert (paper.facts["开工数"], paper.facts["在建数"], paper.facts["开工率"]) == (1, 0, 0)
    assert [row["数值"] for row in paper.facts["组织"]] == [1]  # what was done before the contest is not told


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (JUNE - timedelta(days=1), "本期应报送单位6个，已报送1个，报送率16.67%。尚在报送期内的5个："),
        (JUNE, "本期应报送单位6个，已报送1个，报送率16.67%。未报送的5个："),
    ],
)
def test_before_its_cutoff_nobody_is_told_to_have_reported_or_not(day: date, said: str) -> None:
    outcome = desk.compute([sent("X01", busy("X01"), day)], SMALL, day, MAY)
    for kind in ("进展通报", "考核总结"):
        (paper,) = catalogue.papers(kind, outcome, SMALL)
        assert said in text_of(paper)


def test_nobody_has_reported_yet() -> None:
    day = JUNE - timedelta(days=1)
    (paper,) = catalogue.papers("进展通报", desk.compute([], SMALL, day, MAY), SMALL)
    assert "本期尚在报送期内，还没有单位报送。" in text_of(paper)
    assert "补报" not in text_of(paper)


def test_one_file_sent_back_blames_nobody_whose_day_has_not_come() -> None:
    """Before the cutoff nobody else has failed to report, and nobody else is told to make up for it."""
    day = JUNE - timedelta(days=1)
    back = replace(sent("X01", busy("X01"), day), findings=(finding("F02", Place("X01.xlsx")),))
    (paper,) = catalogue.papers("进展通报", desk.compute([back], SMALL, day, MAY), SMALL)
    said = text_of(paper)
    assert "本期应报送单位6个，已报送0个" in said and "退回的1个" in said and "尚在报送期内的5个" in said
    assert "均未按期报送" not in said and "各单位要立即补报" not in said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((MAY, JUNE, JULY), ""),
        ((MAY, JULY), "注：第二期没有留存报送表，表中不列。"),
        ((JUNE, JULY), "注：第一期没有留存报送表，表中不列。"),
        ((JULY,), ""),  # one period makes no table
    ],
)
def test_a_period_of_which_nothing_is_kept_is_named_below_the_table(
    days: tuple[date, ...], said: str
) -> None:
    files = [sent("X01", busy("X01"), day) for day in days]
    (paper,) = catalogue.papers("进展通报", desk.compute(files, SMALL, JULY), SMALL)
    notes = [line for line in text_of(paper).splitlines() if "没有留存" in line]
    assert notes == ([said] if said else [])


def text_of(paper: Paper) -> str:
    """Return the text of a paper made from the shipped template."""
    fields = catalogue.kind_of(paper.kind).fields
    template = compile_template(catalogue.template_for(paper.kind, SMALL), fields=fields, name=paper.kind)
    made = docx.Document(io.BytesIO(catalogue.finish(paper, template, "台政办〔2011〕9号").data))
    return "\n".join("".join(t.text or "" for t in p._p.iter(qn("w:t"))) for p in made.paragraphs)


def test_units_of_other_groups_are_in_the_county_alone_and_it_is_said() -> None:
    streets = replace(SMALL, units=(*SMALL.units, Unit("J01", "凤凰街道", "街道")))
    (paper,) = catalogue.papers(
        "进展通报", desk.compute([sent("X01", busy("X01"))], streets, JUNE, MAY), streets
    )
    assert "注：全县数包括街道；" in text_of(paper)
    assert paper.facts["主送"] == "各乡（镇）人民政府，县直有关单位，各街道办事处"


def test_a_rate_alone_is_not_compared() -> None:
    submissions, book = ties()
    rate = replace(book, comparisons=tuple(replace(c, on=c.name == "竣工率") for c in book.comparisons))
    (paper,) = catalogue.papers("进展通报", desk.compute(submissions, rate, JUNE, MAY), rate)
    assert "全县累计竣工率50%" in text_of(paper) and "相比" not in text_of(paper)
