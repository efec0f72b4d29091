"""The results workbook: every figure beside its workings, no text taken for a formula, nothing that looks broken."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openxml_audit import OpenXmlValidator
from sheets import BOOK, CUTOFF, rules, submission_of

from baiti_xl import desk
from baiti_xl.books import bulk, results
from baiti_xl.books.overview import PAGE
from baiti_xl.books.registers import write_archive_register, write_issue_register
from baiti_xl.books.results import link_to, write_results
from baiti_xl.books.style import pixels
from baiti_xl.contest.choices import CompletionBasis, Decision
from baiti_xl.contest.records import Outcome, PassedOver, Ruling, Submission
from baiti_xl.contest.rulebook import PARAMETERS, Rulebook

DAY = CUTOFF
TABLES = {
    "组织发动": "事项 | 日期\n 动员会议 | 2011-4-14",
    "拜访客商": "拜访日期 | 客商名称\n 2011-4-12 | 甲公司 \n 2011-5-1 | 乙公司",
    "邀请客商": "来访日期\n 2011-5-15",
    "项目台账": """项目阶段 | 总投资 | 固定资产投资 | 签约金额 | 引进方式 | 本单位份额
        签约 | 30000 | 20000 | 11000 | 独立 |
        竣工 | 12000 | 12001 | 9000 | 独立 |
        洽谈 | 7000 | 6000 | | 联合 | 60""",
    "到位资金": "项目编号 | 到位金额\n X01-001 | 100.125",
    "手续办理": "手续类别 | 状态 | 计划办结日期\n 土地 | 未启动 | 2011-6-1",
    "困难问题": "问题\n 用地指标",
    "情况说明": "调度会日期\n 2011-6-12",
}


def outcome_of(*submissions: Submission, book: Rulebook = BOOK, day: date = DAY) -> Outcome:
    """Return everything worked out for a day."""
    return desk.evaluate(submissions, book, day)


def data_of(outcome: Outcome, book: Rulebook = BOOK) -> bytes:
    """Return the results workbook."""
    target = io.BytesIO()
    write_results(target, outcome, book)
    return target.getvalue()


def workbook(*submissions: Submission, book: Rulebook = BOOK, day: date = DAY) -> Any:
    """Return the results workbook as read again, formulas as formulas."""
    return openpyxl.load_workbook(io.BytesIO(data_of(outcome_of(*submissions, book=book, day=day), book)))


def rows(file: Any, sheet: str) -> list[dict[str, Any]]:
    """Return a sheet's rows by heading."""
    heads, *rest = file[sheet].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rest]


def cells(file: Any) -> list[Any]:
    """Return every cell of a workbook that holds something."""
    return [c for page in file for row in page.iter_rows() for c in row if c.value is not None]


EMPTY = submission_of({}, file="空.xlsx")
FULL = submission_of(TABLES, file="X01.xlsx")
MANY = [replace(submission_of(TABLES, unit="X02"), file="X02.xlsx"), FULL]


# ── nothing looks broken ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("submissions", [[], [EMPTY], [FULL], MANY], ids=["none", "empty", "one", "two"])
def test_no_cell_shows_what_a_program_says_when_it_fails(submissions: list[Submission]) -> None:
    file = workbook(*submissions)
    bad = re.compile(r"nan|None|inf|-inf|#.*|.*(object at|Decimal\(|Traceback|Status\.).*")
    assert [c.coordinate for c in cells(file) if bad.fullmatch(str(c.value))] == []
    assert [c.coordinate for c in cells(file) if c.data_type in ("f", "e")] == []


def test_every_number_fits_its_column() -> None:
    """Else Excel shows ####: a thousand 亿 of one unit, against the width of each column."""
    huge = submission_of(
        {
            "项目台账": "总投资 | 固定资产投资 | 签约金额\n 9999999.99 | 9999999.99 | 9999999.99",
            "到位资金": "到位金额\n 9999999.99",
        }
    )
    file = workbook(huge)
    for page in file:
        if page.title == "总览":
            continue
        widths = {at: d.width for d in page.column_dimensions.values() for at in range(d.min, d.max + 1)}
        for row in page.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, (int, float)) and "," in cell.number_format:
                    shown = f"{cell.value:,.2f}"
                    assert len(shown) <= widths[cell.column], (page.title, cell.coordinate)


def test_numbers_are_numbers_and_days_are_days() -> None:
    """Ready to be added up and sorted in Excel; nothing is rounded before it is shown."""
    file = workbook(FULL)
    first = rows(file, "项目总台账")[0]
    assert (first["总投资"], first["签约日期"].date()) == (30000, date(2011, 5, 10))
    assert rows(file, "到位资金总表")[0]["到位金额"] == 100.125
    assert rows(file, "指标汇总")[0]["到位资金(万元)"] == 100.125
    page = file["指标汇总"]
    assert [page[c].number_format for c in ("H2", "I2", "J2")] == ["#,##0.00", "#,##0.00", "0.00%"]


@pytest.mark.parametrize(
    ("basis", "heading", "count"),
    [(CompletionBasis.SIGNED, "签约项目数(分母)", 2), (CompletionBasis.STARTED, "开工项目数(分母)", 1)],
)
def test_the_denominator_is_headed_by_what_it_is(basis: CompletionBasis, heading: str, count: int) -> None:
    """竣工率分母: two signed projects, one of them started."""
    file = workbook(submission_of({"项目台账": "项目阶段\n签约\n开工"}), book=rules(completion_basis=basis))
    assert rows(file, "指标汇总")[0][heading] == count


def test_a_unit_without_a_submission_has_empty_cells_and_a_rate_without_denominator_a_dash() -> None:
    file = workbook(submission_of({"拜访客商": "拜访日期\n 2011-5-1"}))
    one, other = rows(file, "指标汇总")[:2]
    assert (one["签约项目数"], one["竣工率"], one["基本任务"], one["最高档次"]) == (
        0,
        "—",
        "未完成",
        "未入档",
    )
    assert {
        other[name]
        for name in ("新上项目数", "签约金额(万元)", "竣工率", "竣工项目数", "基本任务", "最高档次")
    } == {None}


# ── text stays text ──────────────────────────────────────────────────────────────────────────────

EVIL = (
    "=1+1", "=HYPERLINK(\"http://example.com\",\"x\")", "+1", "-1", "@SUM(A1)", "\t=1+1", "{=1+1}", "http://example.com",
    "mailto:a@b.c", "internal:A1", "001", "1E5", "&C第1页", "<b>&amp;</b>", "_x0041_", "长" * 40_000,
)  # fmt: skip


@pytest.mark.parametrize("text", EVIL, ids=lambda t: t[:10])
def test_text_is_never_a_formula_a_link_or_a_number(text: str) -> None:
    """What a unit typed comes back as it was typed, up to what a cell holds."""
    base = submission_of(TABLES)
    project = replace(base.tables["项目台账"].records[0], name=text, investor=text, remark=text)
    table = replace(base.tables["项目台账"], records=(project, *base.tables["项目台账"].records[1:]))
    evil = replace(base, file=text[:200], tables={**base.tables, "项目台账": table})
    data = data_of(outcome_of(evil))
    first = rows(openpyxl.load_workbook(io.BytesIO(data)), "项目总台账")[0]
    assert (
        first["项目名称"].replace("_x005F_", "_") == text[:32767]
    )  # an escape that openpyxl leaves as it stands
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in parts.read(name)
                assert all(OWN_LINK.fullmatch(link) for link in links_in(parts.read(name)))


OWN_LINK = re.compile(r"(项目总台账|拜访总表|邀请总表|到位资金总表|更正|报送情况|综合排名)!A\d+(:C\d+)?")


def links_in(part: bytes) -> list[str]:
    """Return where the links of a sheet lead: a place in the workbook, else a number of a target outside."""
    found = re.findall(r"<hyperlink ([^>]*)/>", part.decode())
    return [dict(re.findall(r'(location|r:id)="([^"]*)"', one)).popitem()[1] for one in found]


@pytest.mark.parametrize("name", ["=1+1", "+县局", "@某局", "-某局", "&P某局", "'某局", "[某局]"])
def test_a_unit_or_contest_of_an_odd_name(name: str) -> None:
    """Names stand in charts, headers and sentences too."""
    units = (replace(BOOK.units[0], name=name), *BOOK.units[1:3])
    book = rules(units=units, contest=name, county=name)
    file = workbook(FULL, book=book)
    assert rows(file, "指标汇总")[0]["单位名称"] == name
    assert [c.coordinate for c in cells(file) if c.data_type == "f"] == []
    assert file["总览"]["A1"].value == f"{name}{name}汇总结果"


def test_registers_keep_text_too() -> None:
    target = io.BytesIO()
    write_archive_register(
        target, [("2011", "=cmd|' /C calc'!A0", "X01", "", None, "采用", "", "+a.xlsx", "00")], {}
    )
    page: Any = openpyxl.load_workbook(target).active
    assert [page["B2"].value, page["B2"].data_type, page["H2"].data_type] == ["=cmd|' /C calc'!A0", "s", "s"]
    target = io.BytesIO()
    write_issue_register(
        target,
        [
            (
                "台政办",
                2011,
                1,
                1,
                "发文",
                "进展通报",
                "",
                "=1+1",
                "2011-05-13",
                "2011-05-13",
                "",
                "",
                "a",
                "b",
                "c",
                "d",
            )
        ],
        {},
    )
    page = openpyxl.load_workbook(target).active
    assert page["E2"].data_type == "s"


# ── tables, links and pages ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("submissions", [[], [EMPTY], MANY], ids=["none", "empty", "two"])
def test_every_sheet_of_rows_is_an_excel_table_by_its_name(
    submissions: list[Submission], tmp_path: Path
) -> None:
    """Filters, pivots and slicers work on it: one area from A1, its headings told apart, nothing merged; never without a row."""
    path = tmp_path / "结果.xlsx"
    path.write_bytes(data_of(outcome_of(*submissions)))
    for page in openpyxl.load_workbook(path):
        if page.title in ("总览", "单项排名", "口径说明"):
            assert not page.tables
            continue
        (table,) = page.tables.values()
        heads = [str(cell.value) for cell in page[1]]
        assert (table.name, table.headerRowCount) == (page.title, 1)
        assert table.ref == f"A1:{page.cell(max(page.max_row, 2), len(heads)).coordinate}"
        assert [column.name for column in table.tableColumns] == heads
        assert len({head.casefold() for head in heads}) == len(heads)
        assert not page.merged_cells.ranges and page.auto_filter.ref is None
    assert [str(error) for error in OpenXmlValidator().validate(path).errors] == []


def test_a_figure_leads_to_its_rows() -> None:
    """On 总览: the county's to all rows of the sheet it counts, a group's to those of its units; none leads nowhere."""
    page = workbook(*MANY)["总览"]
    leads = {
        cell.coordinate: cell.hyperlink.location for row in page["B5:H7"] for cell in row if cell.hyperlink
    }
    signed = [leads.get(f"{column}{row}") for row in (5, 6, 7) for column in "EF"]
    assert signed == ["项目总台账!A2:C7"] * 4 + [None, None]
    assert (leads["C5"], leads["G6"]) == ("拜访总表!A2:C5", "到位资金总表!A2:C3")
    assert page["E5"].value == 2.0 and "K8" not in leads
    every = [cell.hyperlink for row in page for cell in row if cell.hyperlink]
    assert {link.tooltip for link in every} == {f"看“{link.location.partition('!')[0]}”" for link in every}


def test_no_figure_of_the_overview_stands_outside_the_lines_of_its_table() -> None:
    outcome = desk.compute(MANY, BOOK, DAY, date(2011, 6, 12))
    page = openpyxl.load_workbook(io.BytesIO(data_of(outcome)))["总览"]
    assert [page[f"A{row}"].value for row in (8, 9, 10)] == ["上期公布", "本期新增", "更正"]
    told_there = [
        cell for row in (*page["A4:H10"], *page["J4:Q20"]) for cell in row if cell.value is not None
    ]
    assert len(told_there) > 70
    assert [cell.coordinate for cell in told_there if not cell.border.left.style] == []


def test_a_row_leads_to_its_file() -> None:
    """By a formula that stays with the row when rows are sorted; what is contracted stays a plain value."""
    target = io.BytesIO()
    write_results(target, outcome_of(FULL), BOOK, folder="../报送")
    page = openpyxl.load_workbook(target)["拜访总表"]
    assert [cell.value for cell in page[2]][-4:] == [
        '=HYPERLINK("../报送/X01.xlsx#拜访客商!A4","打开")', "X01.xlsx", "拜访客商", 4,
    ]  # fmt: skip
    shown = openpyxl.load_workbook(target, data_only=True)["拜访总表"]
    assert [cell.value for cell in shown[2]][-4] == "打开"
    assert [cell.value for cell in shown[1]][-4:] == ["原表", "来源文件", "来源表", "来源行"]


LINK = '=HYPERLINK("../报送/X01.xlsx#拜访客商!A4","打开")'


@pytest.mark.parametrize(
    ("kept", "other", "cell"),
    [
        (True, None, "归档"),
        (True, "X01.xlsx", None),  # another file has its name
        (True, "X09.xlsx", "归档"),
        (False, "X01.xlsx", LINK),
    ],
)
def test_a_row_leads_to_no_file_but_its_own(kept: bool, other: str | None, cell: str | None) -> None:
    """沿用: the file that counts is in the archive alone; one of this period that has its name is another, perhaps another unit's."""
    outcome = outcome_of(replace(FULL, is_kept=kept))
    theirs = replace(FULL, file=other or "", digest="another", cover=replace(FULL.cover, code="X02"))
    outcome = replace(outcome, ledger=replace(outcome.ledger, rejected=(theirs,) if other else ()))
    target = io.BytesIO()
    write_results(target, outcome, BOOK, folder="../报送")
    page = openpyxl.load_workbook(target)["拜访总表"]
    assert [value.value for value in page[2]][-4:] == [cell, "X01.xlsx", "拜访客商", 4]


@pytest.mark.parametrize(
    ("folder", "name", "sheet", "row", "target"),
    [
        ("../报送", "甲/X01.xlsx", "项目台账", 4, "../报送/甲/X01.xlsx#项目台账!A4"),
        ("../报送", "X01.xlsx", "项目台账", None, "../报送/X01.xlsx#项目台账!A1"),
        ("../报送", "X01.xlsx", "自己加的表", 4, "../报送/X01.xlsx"),
        ("../报送", "X01.xlsx", "", None, "../报送/X01.xlsx"),
        ("../报送", "", "", None, None),
        ("", "X01.xlsx", "项目台账", 4, None),
        ("../报送", "1#.xlsx", "项目台账", 4, None),
        ("../报送", '1".xlsx', "项目台账", 4, None),
        ("..", f"{'长' * 241}.xlsx", "封面", 1, f"../{'长' * 241}.xlsx#封面!A1"),
        ("..", f"{'长' * 242}.xlsx", "封面", 12, None),
    ],
)
def test_a_link_that_excel_could_not_follow_is_none(
    folder: str, name: str, sheet: str, row: int | None, target: str | None
) -> None:
    link = link_to(folder, name, sheet, row)
    assert (link and link.target) == target


def test_the_boards_stand_side_by_side_each_in_its_own_order() -> None:
    """One line a place, a narrow column between two boards; ties share a rank, 无 and who did not report have none."""
    small = submission_of(
        {"拜访客商": "拜访日期 | 客商名称\n 2011-5-1 | 甲 \n 2011-5-2 | 乙"}, unit="X02", file="X02.xlsx"
    )
    file = workbook(FULL, small)
    page = file["单项排名"]
    assert page.max_row == len(BOOK.units) + 1
    assert told(file, "单项排名", "拜访客商数·单位名称", "拜访客商数", "签约金额·单位名称", "签约金额(万元)")[
        :2
    ] == [
        "侯庙镇 2 城关镇 11000",
        "城关镇 1 侯庙镇 0",
    ]
    heads = [cell.value for cell in page[1]]
    assert [at for at, head in enumerate(heads) if head is None] == [6, 13, 20, 27, 34, 41]
    assert [brk.id for brk in page.col_breaks.brk] == [14, 28, 42]
    rate = [f"竣工率·{part}" for part in ("组内名次", "全县名次", "单位代码")] + ["竣工率"]
    assert told(file, "单项排名", *rate)[:3] == ["1 — X01 0", "— — X02 —", "X03"]


def test_every_page_of_a_table_names_the_unit() -> None:
    """综合排名 begins with two ranks; what is printed again on each page, and stays on the screen, goes up to the name."""
    page = workbook(*MANY)["综合排名"]
    assert [cell.value for cell in page[1]][:4] == ["全县名次", "组内名次", "单位代码", "单位名称"]
    assert (page.print_title_cols, page.freeze_panes) == ("$A:$D", "E2")


def test_no_name_of_a_definition_is_cut() -> None:
    page = workbook(*MANY)["口径说明"]
    for (name,) in page.iter_rows(min_row=3, max_col=1, values_only=False):
        if name.value:
            assert name.alignment.wrap_text
            assert page.row_dimensions[name.row].height >= 16 * bulk.lines_of(name.value, 19), name.value


def test_the_overview_prints_on_two_pages_and_no_chart_is_cut() -> None:
    """Each chart stands in rows as high as itself; a page begins with such a row."""
    page = workbook(*MANY)["总览"]
    (after,) = (brk.id for brk in page.row_breaks.brk)
    last = page.print_area.rsplit("$", 1)[1]
    heights = [page.row_dimensions[row].height or 15 for row in range(1, int(last) + 1)]
    assert min(heights[after:]) > 200 and heights[after - 1] > 200
    printed = PAGE * sum(
        pixels(d.width - 0.71) * (d.max - d.min + 1) for d in page.column_dimensions.values() if d.max < 20
    )
    assert printed * 0.97 < sum(heights[:after]) * 4 / 3 <= printed + 1
    assert printed * 0.97 < sum(heights[after:]) * 4 / 3 <= printed + 1


def test_a_score_and_the_rank_beside_it_stand_apart() -> None:
    page = workbook(*MANY)["总览"]
    (head,) = (cell for row in page.iter_rows() for cell in row if cell.value == "乡镇末位")
    rank, score = page.cell(head.row + 1, head.column), page.cell(head.row + 1, head.column - 1)
    assert (rank.alignment.indent, score.alignment.indent, score.alignment.horizontal) == (1, 1, "right")


@pytest.mark.parametrize(("days", "labels"), [(6, 1), (69, 10), (70, 6), (108, 8), (364, 9)])
def test_the_days_below_a_chart_do_not_touch(days: int, labels: int) -> None:
    """A label a week while there is room; the last day always has one."""
    book = rules(end=BOOK.start + timedelta(days=400))
    page = workbook(*MANY, book=book, day=BOOK.start + timedelta(days=days))["总览"]
    (head,) = (cell for cell in page[1] if cell.value == "周末")
    drawn = page.iter_rows(2, None, head.column, head.column + 1, values_only=True)
    shown = [label for label, amount in drawn if label and amount is not None]
    assert shown[-1] == f"{BOOK.start + timedelta(days=days):%m/%d}"
    assert len(shown) == labels


# ── what each sheet says ─────────────────────────────────────────────────────────────────────────


def told(file: Any, sheet: str, *names: str) -> list[str]:
    """Return some columns of a sheet as lines."""
    return [" ".join(shown(row[n]) for n in names if row[n] is not None) for row in rows(file, sheet)]


def shown(value: Any) -> str:
    """Return a cell as text."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def test_conservation_rows() -> None:
    """对账: the totals first, then each unit and sheet, with why."""
    found = told(
        workbook(FULL),
        "对账",
        "对账项目",
        "单位代码",
        "工作表",
        "填报",
        "计入",
        "未计入",
        "差额",
        "结论",
        "未计入原因",
    )
    assert found == [
        "合计　行数 11 9 2 0 相符",
        "合计　签约金额（万元） 20000 11000 9000 0 相符",
        "合计　到位金额（万元） 100.125 100.125 0 0 相符",
        "行数 X01 组织发动 1 1 0 0 相符",
        "行数 X01 拜访客商 2 1 1 0 相符 早于竞赛开始日 1 行",
        "行数 X01 邀请客商 1 1 0 0 相符",
        "行数 X01 项目台账 3 2 1 0 相符 有错误 P01 1 行",
        "行数 X01 到位资金 1 1 0 0 相符",
        "行数 X01 手续办理 1 1 0 0 相符",
        "行数 X01 困难问题 1 1 0 0 相符",
        "行数 X01 情况说明 1 1 0 0 相符",
        "签约金额（万元） X01 项目台账 20000 11000 9000 0 相符 有错误 P01 1 行",
        "到位金额（万元） X01 到位资金 100.125 100.125 0 0 相符",
        "全县合计与去重合计 签约金额 11000 11000 0 0 相符",
        "全县合计与去重合计 到位资金 100.125 100.125 0 0 相符",
        "全县合计与去重合计 签约项目数 1 1 0 0 相符",
    ]


def test_every_row_says_whether_it_counts_and_where_it_came_from() -> None:
    assert told(
        workbook(FULL),
        "拜访总表",
        "单位代码",
        "单位名称",
        "是否计入",
        "未计入原因",
        "来源文件",
        "来源表",
        "来源行",
    ) == [
        "X01 城关镇 否 早于竞赛开始日 X01.xlsx 拜访客商 4",
        "X01 城关镇 是 X01.xlsx 拜访客商 5",
    ]
    assert told(workbook(FULL), "项目总台账", "项目编号", "档次", "份额", "是否计入", "未计入原因") == [
        "X01-001 一档 1 是", "X01-002 二档 1 否 有错误 P01", "X01-003 三档 0.6 是",
    ]  # fmt: skip


def test_the_definitions_name_every_figure_and_every_parameter() -> None:
    """口径说明: what each figure means under the rules in force, and what the workbook rests on."""
    names = [c.value for c in workbook(FULL)["口径说明"]["A"] if c.value]
    assert {"新上项目数", "拜访客商数", "邀请客商数", "签约项目数", "签约金额", "到位资金", "竣工率"} <= set(
        names
    )
    assert {"档次", "基本任务", "名次", "综合得分", "计入条件", "取舍"} <= set(names)
    assert {f"参数　{p.name}" for p in PARAMETERS} <= set(names)
    assert {"统计日", "程序版本", "规则摘要", "停用规则", "报送文件 X01"} <= set(names)


def test_the_definitions_follow_the_rules() -> None:
    book = rules(framework_counts=True, joint_basis="只计首报", disabled=("P01",), minimum=Decimal(500))
    page = workbook(FULL, book=book)["口径说明"]
    text = {row[0].value: row[1].value for row in page.iter_rows() if row[0].value}
    assert "意向、框架、正式合同都算" in text["签约项目数"] and "只计给牵头单位" in text["签约项目数"]
    assert "不低于500万元" in text["新上项目数"]
    assert (text["停用规则"], text["规则摘要"]) == ("P01", book.digest)


def test_supervision_findings_and_reporting() -> None:
    file = workbook(FULL)
    lines = told(file, "督查名单", "单位代码", "督查情形", "依据记录", "来源文件", "来源表", "来源行")
    assert "X01 措施不到位 手续办理第 4 行 X01.xlsx 手续办理 4" in lines
    meetings = told(file, "督查名单", "单位代码", "督查情形", "调度会", "说明情况")
    assert not any(line.startswith("X02 调度会说明") for line in meetings)  # It sent nothing: 不能判定.
    assert [line for line in told(file, "督查名单", "单位代码", "督查情形") if line.startswith("X02")] == [
        "X02 未报送"
    ]
    assert told(file, "问题清单", "单位代码", "规则编号", "工作表", "单元格", "来源文件", "来源行")[
        0
    ].startswith("X01 ")
    status = told(file, "报送情况", "单位代码", "状态", "本期", "来源文件")
    assert status[:2] == ["X01 已报送 按时 X01.xlsx", "X02 未报送 未报送"]
    assert len(status) == len(BOOK.units)


def test_files_not_in_force_stand_below_the_units() -> None:
    """报送情况 names every file read, with why it is not in force."""
    old = submission_of(TABLES, file="旧.xlsx", cover={"cutoff": date(2011, 5, 13)})
    late = submission_of(TABLES, file="新.xlsx", cover={"cutoff": date(2011, 7, 31)})
    bad = submission_of({}, unit="X02", file="X02 坏.xlsx", cover={"batch": ""})
    foreign = submission_of({}, unit="Q99", file="外.xlsx")
    unread = PassedOver("旧.doc", "不是表格")
    outcome = replace(outcome_of(FULL, old, late, bad, foreign), passed_over=(unread,))
    file = openpyxl.load_workbook(io.BytesIO(data_of(outcome)))
    names = [name for name in rows(file, "报送情况")[0] if name not in ("填报截止日期", "文件摘要")]
    found = told(file, "报送情况", *names)
    assert found[1].startswith("X02 侯庙镇 乡镇 退回")
    assert found[len(BOOK.units) :] == [
        "X02 侯庙镇 乡镇 退回 李明 1 0 0 X02 坏.xlsx",
        "退回 1 李明 1 0 0 单位代码「Q99」不在单位名录里。请在封面选择本单位的代码。 外.xlsx",
        "X01 城关镇 乡镇 已被替代 1 李明 6 2 0 旧.xlsx",
        "X01 城关镇 乡镇 晚于统计日 1 李明 1 3 0 新.xlsx",
        "未读取 不是表格 旧.doc",
    ]


def test_rulings_are_listed_with_what_they_did() -> None:
    made = Ruling("X01/项目台账/X01-002", "P01", Decision.ACCEPT, "", "已核实", "刘主任", DAY, "裁定!A4")
    gone = replace(made, record="X01/项目台账/X01-009", cell="裁定!A5")
    book = rules(rulings=(made, gone))
    file = workbook(FULL, book=book)
    assert told(
        file, "裁定记录", "单位名称", "记录标识", "裁定", "理由", "裁定人", "执行情况", "依据单元格"
    ) == [
        "城关镇 X01/项目台账/X01-002 认定 已核实 刘主任 已执行 裁定!A4",
        "城关镇 X01/项目台账/X01-009 认定 已核实 刘主任 记录已不在报送中 裁定!A5",
    ]


def test_likely_duplicates_stand_side_by_side() -> None:
    one = {"项目台账": "项目名称 | 投资方\n 年产五百万件羽绒服装加工项目 | 佛山甲纺织有限公司"}
    two = {"项目台账": "项目名称 | 投资方\n 年产500万件羽绒服装加工项目 | 佛山甲纺织公司"}
    file = workbook(submission_of(one), submission_of(two, unit="X02", file="X02.xlsx"))
    names = ("单位代码", "项目编号", "对方单位代码", "对方项目编号", "裁定")
    assert told(file, "疑似重复", *names) == ["X01 X01-001 X02 X02-001 未裁定"]


def test_a_broken_identity_is_shown_and_nothing_is_published() -> None:
    outcome = outcome_of(FULL)
    broken = replace(outcome, identities=(replace(outcome.identities[0], typed=Decimal(99)),))
    file = openpyxl.load_workbook(io.BytesIO(data_of(broken)))
    assert told(file, "对账", "结论") == ["不符", "不符"]
    assert any("请停止使用" in str(c.value) for c in cells(file))


def test_the_change_since_an_earlier_day_stands_on_the_overview() -> None:
    submission = submission_of({"项目台账": "签约日期\n 2011-5-1 \n 2011-6-20"})
    outcome = desk.compute([submission], BOOK, DAY, date(2011, 6, 12))
    page = openpyxl.load_workbook(io.BytesIO(data_of(outcome)))["总览"]
    rows = {row[0]: row for row in page.iter_rows(values_only=True)}
    assert [rows[label][4] for label in ("全县", "上期公布", "本期新增", "更正")] == [2, 1, 1, 0]
    assert "与 2011-06-12 （按归档重新计算）比较" in page["A2"].value


def test_charts_begin_at_zero_and_scores_end_at_a_hundred() -> None:
    """What is longer by half is drawn so, and two circulars' bars can be held beside each other."""
    with zipfile.ZipFile(io.BytesIO(data_of(outcome_of(FULL)))) as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/charts/chart")]
    axes = [
        (re.findall(r"<a:t>([^<]*)</a:t>", chart)[0], re.findall(r'<c:(?:min|max) val="([^"]*)"', chart))
        for chart in charts
    ]
    assert {tuple(sorted(bounds)) for title, bounds in axes if title.startswith("综合得分")} == {("0", "100")}
    assert {bounds[0] for title, bounds in axes if "100" not in bounds} == {"0"}


def test_a_table_too_long_for_excel_says_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two visits fit a sheet of two rows, three projects do not."""
    monkeypatch.setattr(results, "PARTS_BEYOND", 2)
    target = io.BytesIO()
    write_results(target, outcome_of(FULL), BOOK, "分片")
    file = openpyxl.load_workbook(target)
    assert len(rows(file, "拜访总表")) == 2
    (row,) = rows(file, "项目总台账")
    assert [cell for cell in row.values() if cell] == [
        "共 3 行，超过 Excel 的行数上限，全部在文件夹“分片/项目总台账/”的 Parquet 文件里。"
    ]


def test_the_same_outcome_gives_the_same_bytes() -> None:
    assert data_of(outcome_of(FULL)) == data_of(outcome_of(FULL))
