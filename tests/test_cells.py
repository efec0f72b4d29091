"""Cells → records: sheets and columns are found by name, and what a value reader hides is found as well.

Source: 报送模板 (matching by heading); F06–F09 and C06–C09 of docs/reference/校验规则.md.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sheets import (
    CUTOFF,
    Grid,
    Tables,
    grids_of,
    lines,
    read_file,
    read_grids,
    replaced,
    submission_of,
    template_of,
    workbook_of,
)

from baiti_xl.contest import sheets
from baiti_xl.contest.columns import Column, record, text_column
from baiti_xl.contest.records import Submission
from baiti_xl.read.cells import corner, find_headings, is_total
from baiti_xl.read.cells import read_grids as read_console

PROJECTS = "项目台账"
TWO = {PROJECTS: "项目名称 | 总投资\n 羽绒项目 | 12000 \n 制鞋项目 | 13000"}
AT = {c.heading: i for i, c in enumerate(sheets.PROJECTS.columns)}
META, COVER = sheets.META, sheets.COVER


def changed(change: Callable[[Grid], object], tables: Tables = TWO, sheet: str = PROJECTS) -> dict[str, Grid]:
    """Return the cells of a submission with one sheet changed."""
    grids = grids_of(tables)
    change(grids[sheet])
    return grids


def put(row: int, heading: str, value: Any) -> Callable[[Grid], None]:
    """Return the change of one cell of 项目台账."""

    def change(grid: Grid) -> None:
        grid[row - 1][AT[heading]] = value

    return change


def names(submission: Submission, sheet: str = PROJECTS) -> list[tuple[int, str, Any]]:
    """Return (row, name, total) of the projects read."""
    return [(r.row, r.name, r.total) for r in submission.tables[sheet].records]


READ = [(4, "羽绒项目", Decimal(12000)), (5, "制鞋项目", Decimal(13000))]


# ── matching by heading ──────────────────────────────────────────────────────────────────────────


def insert_column(grid: Grid) -> None:
    for row in grid[2:]:
        row.insert(1, "自加一列")


def move_column(grid: Grid) -> None:
    for row in grid[2:]:
        row.append(row.pop(AT["项目名称"]))


def rename_by_alias(grid: Grid) -> None:
    grid[2][AT["总投资"]] = "计划总投资"
    grid[2][AT["产业"]] = "所属产业"
    grid[2][AT["签约金额"]] = "合同金额"


def dress_headings(grid: Grid) -> None:
    grid[2][AT["总投资"]] = " 总 投\n资 *"
    grid[2][AT["项目名称"]] = "项目名称＊"
    grid[2][AT["固定资产投资"]] = "固定资产\u3000投资"


@pytest.mark.parametrize("change", [insert_column, move_column, rename_by_alias, dress_headings])
def test_position_and_spelling_of_headings_do_not_matter(change: Callable[[Grid], None]) -> None:
    submission = read_grids(changed(change))
    assert names(submission) == READ
    assert lines(submission) == []


def test_a_finding_names_the_cell_where_it_really_stands() -> None:
    grids = changed(insert_column, {PROJECTS: "总投资 | 固定资产投资\n 5000 | 6000"})
    (found,) = (f for f in read_grids(grids).findings if f.rule == "P01")
    assert (found.place.heading, found.place.cell) == ("固定资产投资", "K4")


@pytest.mark.parametrize("above", [1, 3, 36])
def test_rows_inserted_above_the_headings(above: int) -> None:
    """“A unit that inserts a row breaks nothing”: the headings are looked for in the first 40 rows."""
    submission = read_grids(changed(lambda grid: grid.__setitem__(slice(0, 0), [["附注"]] * above)))
    assert names(submission) == [(row + above, name, total) for row, name, total in READ]


def test_rows_deleted_above_the_headings() -> None:
    assert names(read_grids(changed(lambda grid: grid.__delitem__(slice(0, 2))))) == [
        (2, "羽绒项目", Decimal(12000)),
        (3, "制鞋项目", Decimal(13000)),
    ]


def test_empty_rows_between_are_no_rows() -> None:
    submission = read_grids(changed(lambda grid: grid.insert(4, ["", "  ", "\u3000", "\u200b"])))
    assert [row for row, _, _ in names(submission)] == [4, 6]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("项目名称", ["F09 错 项目台账"]),
        ("签约日期", ["F09 错 项目台账"]),
        ("本单位份额", ["F09 错 项目台账"]),
        ("备注", []),
    ],
)
def test_f09_a_missing_heading(heading: str, expected: list[str]) -> None:
    """A required or conditionally required column that is gone is a fault of the file; an optional one may go."""
    grids = changed(lambda grid: [row.pop(AT[heading]) for row in grid[2:]])
    submission = read_grids(grids)
    assert lines(submission, "F09") == expected
    assert submission.usable is not bool(expected)
    assert len(submission.tables[PROJECTS].records) == 2
    assert all(
        f.message == f"「项目台账」缺少标题「{heading}」。请按模板补回这一列的标题。"
        for f in submission.findings[:1]
    )


def test_f09_a_renamed_heading_is_a_missing_one() -> None:
    submission = read_grids(changed(put(3, "总投资", "投资总规模")))
    assert [f.place.heading for f in submission.findings if f.rule == "F09"] == ["总投资"]


@pytest.mark.parametrize(
    ("heading", "second"), [("总投资", "总投资"), ("总投资", "计划总投资"), ("项目名称", "项目名称*")]
)
def test_f09_a_doubled_heading(heading: str, second: str) -> None:
    """Two columns of one name leave a doubt which counts."""
    submission = read_grids(changed(lambda grid: grid[2].append(second)))
    assert [f.message for f in submission.findings] == [
        f"「项目台账」有两列都叫「{heading}」。请只保留一列。"
    ]
    assert not submission.usable


def test_f09_headings_gone_altogether() -> None:
    submission = read_grids(changed(lambda grid: grid.__delitem__(slice(2, 3))))
    required = [c.heading for c in sheets.PROJECTS.columns if c.required or c.when]
    assert [f.place.heading for f in submission.findings if f.rule == "F09"] == required
    assert submission.tables[PROJECTS].records == ()


@pytest.mark.parametrize("sheet", [COVER, PROJECTS, "情况说明"])
def test_f09_a_missing_or_renamed_sheet(sheet: str) -> None:
    renamed = {("新" + name if name == sheet else name): grid for name, grid in grids_of(TWO).items()}
    submission = read_grids(renamed)
    assert lines(submission, "F09") == [f"F09 错 {sheet}"]
    assert not submission.usable
    assert f"缺少工作表「{sheet}」。请从模板里补回这张表，没有内容也要保留。" in [
        f.message for f in submission.findings
    ]


def test_a_sheets_name_is_folded_like_a_heading() -> None:
    renamed = {(" 项目 台账" if name == PROJECTS else name): grid for name, grid in grids_of(TWO).items()}
    assert names(read_grids(renamed)) == READ


def test_the_cover_without_its_code() -> None:
    grids = changed(lambda grid: grid.pop(3), sheet=COVER)
    submission = read_grids(grids)
    assert [(f.rule, f.place.heading) for f in submission.findings if f.rule[0] == "F"] == [
        ("F09", "单位代码")
    ]


def test_the_cover_is_found_by_its_labels() -> None:
    """Labels may move down or right; name and group come from the unit list, whatever is typed there."""

    def change(grid: Grid) -> None:
        grid.insert(3, ["说明"])
        grid[4] = ["", "单位代码", "X01"]
        grid[5][1] = "别的镇"

    submission = read_grids(changed(change, sheet=COVER))
    assert (submission.cover.code, submission.cover.name, submission.cover.group) == ("X01", "城关镇", "乡镇")
    assert submission.cover_cells["code"] == "C5"
    assert lines(submission) == []


# ── version and unit ─────────────────────────────────────────────────────────────────────────────


OURS, UNKNOWN = (
    ["模板标识", "baiti-xl-baosong"],
    "不认识这个文件的模板版本（{}）。请用办公室最近下发的模板重填。",
)
NOT_OURS = UNKNOWN.format("不是本竞赛下发的模板，或隐藏的“元数据”表被删去")
NUMBERLESS = UNKNOWN.format("没有版本号，或版本号不是数字")


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ([OURS, ["模板版本", str(sheets.FORM_VERSION)]], ""),
        ([OURS, ["模板版本", sheets.FORM_VERSION]], ""),
        ([OURS, ["模板版本", "99"]], f"这是第 99 版模板，本程序只认识到第 {sheets.FORM_VERSION} 版。请办公室升级程序后再读取，单位不用重填。"),
        ([OURS, ["模板版本", ""]], NUMBERLESS),
        ([OURS, ["模板版本", "二"]], NUMBERLESS),
        ([OURS], NUMBERLESS),
        ([["模板标识", "自制表"], ["模板版本", "1"]], NOT_OURS),
        (None, NOT_OURS),
    ],
)  # fmt: skip
def test_f06_the_templates_version(meta: Grid | None, message: str) -> None:
    grids = grids_of(TWO)
    del grids[META]
    submission = read_grids(grids if meta is None else grids | {META: meta})
    assert [f.message for f in submission.findings] == ([message] if message else [])
    assert submission.usable is not bool(message)


def test_f06_a_form_of_an_earlier_version_is_read_with_a_note() -> None:
    """What it could not have is not asked for; the note says what that is."""
    grids = grids_of(TWO) | {META: [OURS, ["模板版本", "1"]]}
    del grids["跟踪服务"]
    grids[COVER] = [row for row in grids[COVER] if row[:1] != ["班子成员数"]]
    submission = read_grids(grids)
    (message,) = (f.message for f in submission.findings)
    before, after = "这是第 1 版模板，没有", "，按没有填写处理。不影响其他内容；下次请用新下发的模板。"
    assert message.startswith(before) and message.endswith(after)
    lacking = message.removeprefix(before).removesuffix(after).split("、")
    assert {"「封面」的班子成员数", "「跟踪服务」表"} <= set(lacking)
    assert (submission.usable, submission.form, submission.cover.members) == (True, 1, None)


def test_f06_a_required_column_of_a_later_version_is_not_missed_in_an_earlier_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A form issued before a required column was declared is read; one of its version without it is not."""

    @record
    class Grown(sheets.Problem):
        cause: str = text_column("原因分类", since=3)

    grown = replace(sheets.PROBLEMS, record=Grown)
    grids = grids_of({"困难问题": "问题\n 用地"})
    everything = tuple(grown if sheet is sheets.PROBLEMS else sheet for sheet in sheets.DATA_SHEETS)
    monkeypatch.setattr(sheets, "DATA_SHEETS", everything)
    monkeypatch.setattr(sheets, "FORM_VERSION", 3)
    monkeypatch.setattr("baiti_xl.contest.rules.cells.DATA_SHEETS", everything)
    for version, expected in (("2", []), ("3", ["F09 错 困难问题"])):
        found = read_grids(grids | {META: [OURS, ["模板版本", version]]})
        assert lines(found, "F09", "C01") == expected
        assert found.tables["困难问题"].records[0].cause == ""


def test_f01_another_workbook_is_one_finding() -> None:
    """A salary sheet is told to be no form, not to lack every sheet of one."""
    assert lines(read_file(workbook_of({"工资": [["姓名", "实发"], ["样例", 1]]}))) == ["F01 错"]


@pytest.mark.parametrize(
    ("code", "known"),
    [("X01", True), (" X01", True), ("Ｘ０１", True), ("X99", False), ("", False), ("城关镇", False)],
)
def test_f07_the_unit_is_on_the_list(code: str, known: bool) -> None:
    submission = submission_of({}, cover={"code": code}, unit="X01")
    assert lines(submission, "F07") == ([] if known else [f"F07 错 封面 单位代码 {code}".strip()])
    assert submission.usable is known
    if not known:
        assert (
            submission.findings[0].message == f"单位代码「{code}」不在单位名录里。请在封面选择本单位的代码。"
        )


# ── totals ───────────────────────────────────────────────────────────────────────────────────────


PAID = {"项目台账": "项目阶段\n签约", "到位资金": "到位金额\n 100 \n 200"}


def total_row(at: int, label: str, amount: float = 300) -> Callable[[Grid], None]:
    """Return the change that puts a row of totals under 到位资金."""
    row: list[Any] = [""] * len(sheets.PAYMENTS.columns)
    row[at], row[2] = label, amount
    return lambda grid: grid.append(row)


@pytest.mark.parametrize(
    ("at", "label"),
    [(0, "合计"), (0, "总计"), (0, "小计"), (1, "合计"), (1, "合 计"), (1, "合计："), (1, "合\u3000计")],
)
def test_c09_a_row_of_totals_is_skipped(at: int, label: str) -> None:
    """Totals never count; the label stands among the first filled cells and the row has no key."""
    submission = read_grids(changed(total_row(at, label), PAID, "到位资金"))
    assert lines(submission) == ["C09 示 到位资金 A6 合计"]
    assert [p.amount for p in submission.tables["到位资金"].records] == [100, 200]
    assert submission.findings[0].message == "这一行是合计，没有计入。不必处理；模板里不用写合计。"


@pytest.mark.parametrize("label", ["合 计", "合计：", "合\u3000计", "合计\u200b"])
def test_c09_the_label_in_the_first_column_may_be_spaced(label: str) -> None:
    submission = read_grids(changed(total_row(0, label), PAID, "到位资金"))
    assert lines(submission) == ["C09 示 到位资金 A6 合计"]


def test_c09_a_row_with_a_key_is_no_total() -> None:
    """A payer called 合计 with a voucher number is a payer; a project called 合计 has its number."""
    assert lines(submission_of(PAID | {"到位资金": "付款方\n 合计"}), "C09") == []
    assert lines(submission_of({PROJECTS: "项目名称\n 合计"}), "C09") == []


@pytest.mark.parametrize(
    ("row", "key", "expected"),
    [
        (["合计", "", 5.0], 0, True),
        (["", "合计", 5.0], 0, True),
        (["X01-001", "合计", 5.0], 0, False),
        (["", "甲", "乙", "丙", "合计"], 0, False),
        (["", "本页合计", 5.0], 0, True),
        (["注：本表数据为初步统计", "", ""], 0, True),
        (["填表人：李明", "审核人：王芳", ""], 2, True),
        (["注", "乙公司", 5.0], 0, False),
        (["", "甲公司", "注：分期到位"], 0, False),
        (["", 5.0, 6.0], 0, False),
    ],
)
def test_what_a_total_is(row: list[object], key: int, expected: bool) -> None:
    assert is_total(row, range(len(row)), key) is expected


def test_a_row_nobody_can_see_is_no_row() -> None:
    submission = read_grids(changed(lambda grid: grid.append(["\u200b", *[""] * 25])))
    assert names(submission) == READ


# ── what a value reader hides ────────────────────────────────────────────────────────────────────


def file_lines(
    touch: Callable[[Any], object], *rules: str, tables: Tables = TWO, sheet: str = PROJECTS
) -> list[str]:
    """Return the findings of a plain workbook in which one sheet was changed by hand."""
    return lines(read_file(workbook_of(grids_of(tables), {sheet: touch})), *rules)


@pytest.mark.parametrize("code", ["#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"])
def test_c06_error_cells(code: str) -> None:
    """The row does not count: an error is neither empty nor a number."""
    found = file_lines(lambda page: page.write_formula("I5", "=1/0", None, code))
    assert found == [f"C06 错 项目台账 总投资5 {code}"]


def test_c06_an_error_in_the_only_filled_cell_of_a_row() -> None:
    found = file_lines(lambda page: page.write_formula("B9", "=NA()", None, "#N/A"), "C06")
    assert found == ["C06 错 项目台账 项目名称9 #N/A"]


def test_c06_an_error_beside_the_form_is_not_the_forms() -> None:
    """The form ends at column Z; what a clerk reckons beside it in AC is his own."""
    assert file_lines(lambda page: page.write_formula("AC9", "=NA()", None, "#N/A")) == []


def test_c07_formulas_that_were_never_calculated() -> None:
    """A program that only writes formulas leaves no result; a reader takes the cell for empty."""
    grids = changed(put(5, "总投资", "=6500*2"))
    file = openpyxl.Workbook()
    file.remove(file.worksheets[0])
    for name, grid in grids.items():
        page = file.create_sheet(name)
        for row in grid:
            page.append(row)
    target = io.BytesIO()
    file.save(target)
    submission = read_file(target.getvalue())
    assert lines(submission) == ["C07 错 项目台账 总投资5"]
    assert (
        submission.findings[0].message
        == "「总投资」是没有计算出结果的公式。请打开文件重新计算并保存，或直接填数。"
    )


def test_formulas_with_a_result_are_read() -> None:
    """Also one whose result is an empty text, as IF(…,"") gives."""

    def touch(page: Any) -> None:
        page.write_formula("I5", "=6500*2", None, 13000)
        page.write_formula("Z5", '=""', None, "x")

    data = workbook_of(grids_of(TWO), {PROJECTS: touch})
    submission = read_file(replaced(data, sheet_part(PROJECTS), b"<v>x</v>", b"<v></v>"))
    assert lines(submission) == []
    assert names(submission) == READ


def hide_rows(page: Any) -> None:
    page.set_row(3, None, None, {"hidden": True})
    page.set_row(4, None, None, {"hidden": True})
    page.set_row(8, None, None, {"hidden": True})


def test_c08_hidden_rows_hold_data() -> None:
    """They count, and the unit is asked; hidden empty rows are nobody's business."""
    data = workbook_of(grids_of(TWO), {PROJECTS: hide_rows})
    submission = read_file(data)
    assert lines(submission) == ["C08 警 项目台账 A4"]
    assert (
        submission.findings[0].message == "第 4、5 行被隐藏或筛掉，但有数据（仍然计入）。请取消隐藏后核对。"
    )
    assert names(submission) == READ


def test_c08_filtered_rows_hold_data() -> None:
    def filter_rows(page: Any) -> None:
        page.autofilter("A3:Z5")
        page.filter_column("B", "x == 羽绒项目")
        page.set_row(4, None, None, {"hidden": True})

    assert file_lines(filter_rows) == ["C08 警 项目台账 A5"]


def test_c08_hidden_columns_hold_data() -> None:
    assert file_lines(lambda page: page.set_column("I:J", None, None, {"hidden": True})) == [
        "C08 警 项目台账",
        "C08 警 项目台账",
    ]
    assert file_lines(lambda page: page.set_column("Z:AB", None, None, {"hidden": True})) == []
    data = workbook_of(
        grids_of(TWO), {PROJECTS: lambda page: page.set_column("I:I", None, None, {"hidden": True})}
    )
    assert [f.place.heading for f in read_file(data).findings] == ["总投资"]


@pytest.mark.parametrize(
    ("area", "text", "expected"),
    [
        ("C4:C5", "佛山甲有限公司", ["C08 警 项目台账 A4 C4:C5", "C08 警 项目台账 A5 C4:C5"]),
        ("C3:C4", "投资方", ["C08 警 项目台账 A4 C3:C4"]),
        ("C4:D4", "佛山甲有限公司", []),
        ("A1:Z1", "项目台账", []),
        ("AB4:AB5", "自用", []),
        ("C7:C8", "", []),
    ],
)
def test_c08_a_vertical_merge_over_data(area: str, text: str, expected: list[str]) -> None:
    """Only its uppermost row has the value: a warning at every row it covers, beside what those rows then lack."""
    assert file_lines(lambda page: page.merge_range(area, text), "C08") == expected


def joint(first: float, second: float) -> dict[str, Grid]:
    """Return a submission of two joint projects with their shares."""
    return grids_of({PROJECTS: f"引进方式 | 本单位份额\n 联合 | {first} \n 联合 | {second}"})


def shares(data: bytes) -> tuple[Decimal | None, ...]:
    """Return the shares read."""
    return tuple(p.share for p in read_file(data).tables[PROJECTS].records)


@pytest.mark.parametrize(
    ("first", "second", "percent", "expected"),
    [
        (0.5, 0.6, ("T4", "T5"), (50, 60)),
        (0.333, 1, ("T4", "T5"), (Decimal("33.3"), 100)),
        (0.5, 60, ("T4",), (50, 60)),
        (0.5, 0.6, ("T5",), (Decimal("0.5"), 60)),
        (0.5, 60, (), (Decimal("0.5"), 60)),
    ],
)
def test_shares_in_a_percent_format_are_scaled(
    first: float, second: float, percent: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    """50, 50% and 0.5 shown as 50% are all 50; 0.5 in a plain cell is half a percent."""
    data = workbook_of(joint(first, second), percent=[(PROJECTS, cell) for cell in percent])
    assert shares(data) == expected


def test_a_share_is_read_alike_whatever_stands_beside_it() -> None:
    """Each cell on its own: 60 in a percent format (it shows 6000%) is the same beside 0.5 and beside 50."""
    percent = [(PROJECTS, "T4"), (PROJECTS, "T5")]
    _, beside_half = shares(workbook_of(joint(0.5, 60), percent=percent))
    _, beside_fifty = shares(workbook_of(joint(50, 60), percent=percent))
    assert beside_half == beside_fifty


# ── whole files ──────────────────────────────────────────────────────────────────────────────────


EVERY_SHEET = {
    "组织发动": "事项\n 动员会议",
    "拜访客商": "备注\n '=1+1 \n '+1 \n '@SUM(A1)",
    "邀请客商": "来访人数\n 4",
    "项目台账": "项目阶段\n 竣工",
    "到位资金": "到位金额\n 100.5",
    "手续办理": "状态\n 已办结",
    "困难问题": "状态\n 未解决",
    "情况说明": "主要负责人\n 张伟",
}


def test_the_standard_template_is_read_without_a_finding() -> None:
    """Text that looks like a formula stays text."""
    submission = submission_of(EVERY_SHEET, through="file")
    assert lines(submission) == []
    assert [v.remark for v in submission.tables["拜访客商"].records] == ["=1+1", "+1", "@SUM(A1)"]
    project = submission.tables[PROJECTS].records[0]
    assert (project.number, project.total, project.signed) == ("X01-001", Decimal(12000), date(2011, 5, 10))
    assert submission.cover.cutoff == CUTOFF


def test_the_same_content_saved_by_another_program_is_the_same_content() -> None:
    template, again = submission_of(TWO, through="file"), read_file(workbook_of(grids_of(TWO)))
    assert template.content == again.content
    assert template.digest != again.digest
    other = submission_of({PROJECTS: "项目名称 | 总投资\n 羽绒项目 | 12000.01 \n 制鞋项目 | 13000"})
    assert other.content != template.content


def test_content_is_not_changed_by_rows_moved_down() -> None:
    moved = read_grids(changed(lambda grid: grid.insert(3, [])))
    assert moved.content == submission_of(TWO).content


def test_a_template_issued_and_left_empty() -> None:
    submission = read_file(template_of({}))
    assert submission.usable
    assert {name: table.rows for name, table in submission.tables.items()} == dict.fromkeys(sheets.SHEETS, ())


def test_the_consoles_sheets_are_read_from_a1() -> None:
    data = workbook_of({"规则": [[], ["参数", "值"], ["年份", 2011]], "别的": [["x"]]})
    assert read_console(data, ["规则", "阶段"]) == {"规则": [["", ""], ["参数", "值"], ["年份", 2011.0]]}


@pytest.mark.parametrize(
    "part",
    [
        b'<row r="4"><c r="I4"><v>NaN</v></c></row>',
        b'<row r="4"><c r="I4"><v>1e999</v></c></row>',
        b'<row r="4"><c r="M4"><v>inf</v></c></row>',
        b'<row r="4"><c r="A4" t="e"><!-- x --><v>#N/A</v></c></row>',
    ],
)
def test_odd_cells_of_a_broken_writer_stop_nothing(part: bytes) -> None:
    """A fault in a submission is a value with its cell, never an exception."""
    data = workbook_of(grids_of({}))
    broken = replaced(data, sheet_part(PROJECTS), b"</sheetData>", part + b"</sheetData>")
    assert lines(read_file(broken), "C03", "C06", "F04", "F05")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<sheetData>", b'<cols><col min="a" max="b" hidden="1"/></cols><sheetData>'),
        (
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A4:A' + b"9" * 5000 + b'"/></mergeCells>',
        ),
    ],
)
def test_odd_marks_of_a_broken_writer_stop_nothing(old: bytes, new: bytes) -> None:
    data = workbook_of(grids_of(TWO))
    broken = replaced(data, sheet_part(PROJECTS), old, new)
    assert names(read_file(broken)) in (READ, [])


def sheet_part(name: str) -> str:
    """Return the part of a plain workbook that holds a sheet."""
    return f"xl/worksheets/sheet{list(grids_of({})).index(name) + 1}.xml"


# ── small ones ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("A1", (1, 1)),
        ("Z9", (26, 9)),
        ("aa10", (27, 10)),
        ("XFD1048576", (16384, 1048576)),
        ("A", None),
        ("7", None),
        ("$A$1", None),
        ("", None),
    ],
)
def test_corners(cell: str, expected: tuple[int, int] | None) -> None:
    assert corner(cell) == expected


@pytest.mark.parametrize("cell", ["XFE1", "ZZZZZZZZZZZZZ9", "A1048577"])
def test_no_corner_lies_beyond_what_a_sheet_can_hold(cell: str) -> None:
    assert corner(cell) is None


def test_headings_are_the_row_that_has_most_of_them() -> None:
    """A single match above, as a title that repeats a heading's word, does not mislead."""
    grid: Grid = [
        ["项目名称"],
        ["说明"],
        [c.heading for c in sheets.PROJECTS.columns],
        ["X01-001", "项目名称"],
    ]
    assert find_headings(grid, sheets.PROJECTS)[0] == 2
    assert find_headings([["项目名称"]], sheets.PROJECTS) == (0, {})


def test_every_alias_of_every_heading_is_read() -> None:
    columns: list[tuple[str, Column, str]] = [
        (sheet.name, column, alias)
        for sheet in sheets.DATA_SHEETS
        for column in sheet.columns
        for alias in column.aliases
    ]
    assert columns
    for sheet, column, alias in columns:
        grids = grids_of(EVERY_SHEET)
        at = sheets.SHEETS[sheet].columns.index(column)
        grids[sheet][2][at] = alias
        submission = read_grids(grids)
        assert lines(submission, "F09") == [], alias
        assert column.field in submission.tables[sheet].letters


def test_tables_account_for_every_row() -> None:
    """Rows seen = rows read + totals skipped; all columns are of one length."""
    submission = read_grids(changed(total_row(0, "合计"), PAID, "到位资金"))
    table = submission.tables["到位资金"]
    assert (table.rows, table.skipped, table.heading_row) == ((4, 5), (6,), 3)
    assert {len(values) for values in table.columns.values()} == {2}
