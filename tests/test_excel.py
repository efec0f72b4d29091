"""Every button, on an Excel in memory: what staff see, what changes, and how many calls it takes.

The calls that cross into Excel are what makes a click slow; none may grow with the rows of a sheet.
"""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
import xlwings_memory as memory
from marked import mark_of, marks_on
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from sheets import BOOK, form_of, submission_of, template_of
from template_judge import short_forms
from xlwings_memory import Excel

from baiti_xl import desk as actions
from baiti_xl import excel
from baiti_xl.books.console import write_console
from baiti_xl.books.listing import HEADINGS, MARKS
from baiti_xl.books.macros import CONSOLE_BUTTONS, RIBBON_BUTTONS
from baiti_xl.contest.findings import Severity
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import opening
from baiti_xl.excel import buttons, cells, click, functions, marking, reading
from baiti_xl.excel.cells import Area
from baiti_xl.excel.click import Trouble

RED, AMBER, BLUE = (255, 163, 163), (255, 214, 128), (184, 216, 240)
FAULTY = {
    "拜访客商": """
        外出批次号 | 拜访日期 | 返回日期 | 目的地
        2011-W01 | 2011-5-10 | 2011-5-9 | 广东佛山
        2011-W02 | '2011.5.11 | 2011-5-20 |
    """,
    "项目台账": """
        项目编号 | 总投资 | 固定资产投资 | 签约金额
        X01-001 | 12000 | 10000 | 11000
        X02-003 | 12000 | 13000 | 11000
    """,
}
SOUND = {"项目台账": "项目编号\nX01-001", "到位资金": "项目编号 | 到位金额\nX01-001 | 100"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the log and the opening of files away from the machine."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(buttons, "data_folder", lambda: home)
    monkeypatch.setattr(buttons, "log", lambda: logging.getLogger("baiti_xl.test"))
    monkeypatch.chdir(home)


@pytest.fixture(autouse=True)
def quick_forms() -> Iterator[None]:
    """Open forms of twenty rows a sheet: Excel in memory takes its time over formulas."""
    with short_forms(20):
        yield


@pytest.fixture
def app() -> Iterator[Excel]:
    with memory.running_excel() as running:
        yield running


def unit_file(tmp_path: Path, tables: dict[str, str] | None = None, **cover: Any) -> Path:
    path = tmp_path / "X01_城关镇_报送表.xlsx"
    wanted = FAULTY if tables is None else tables
    path.write_bytes(template_of(wanted, cover=cover) if cover else form_of(wanted))
    return path


def press(app: Excel, name: str) -> str:
    """Click a button and return what the message box said."""
    before = len(app.alerts)
    with memory.unlocked(xw.Book.caller()):
        excel.run(name)
    said = app.alerts[before:]
    return said[-1].prompt if said else ""


def selected(app: Excel) -> tuple[str, str]:
    """Return the sheet and the address of what is selected."""
    cells_: Any = app.app.selection
    return cells_.sheet.name, cells_.get_address(False, False)


def looks(book: xw.Book) -> dict[str, Any]:
    """Return all of a book that can be seen; a cell that only takes after its column is not there."""
    whole = memory.snapshot(book)
    found = {}
    for key, value in whole.items():
        empty = "!" in key and value[0] in (None, "") and value[2][0] is None and value[3] is None
        if not empty:
            found[key] = value
    return found


def saved_looks(path: Path) -> dict[str, Any]:
    """Return values, fills and notes of a saved file, with all that openpyxl knows of them."""
    wb = openpyxl.load_workbook(path)
    found: dict[str, Any] = {}
    for ws in wb.worksheets:
        found[ws.title] = ws.sheet_state, ws.protection.sheet, sorted(map(str, ws.merged_cells.ranges))
        for row in ws.iter_rows():
            for cell in row:
                fill = cell.fill if cell.fill.fill_type else None
                note = cell.comment and (cell.comment.text, cell.comment.author, cell.comment.width)
                if cell.value is not None or fill or note:
                    colour = fill and (fill.fill_type, fill.fgColor.rgb)
                    text = getattr(cell.value, "text", cell.value)
                    found[f"{ws.title}!{cell.coordinate}"] = text, colour, note, cell.number_format
    return found


# ── 校验本表, 清除标记 ────────────────────────────────────────────────────────────────────────────


def test_check_marks_cells_by_severity_and_lists_the_findings(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path))
    said = press(app, "check")
    assert said.startswith("错 ")
    assert "规则：出厂规则" in said
    assert mark_of(book.sheets["拜访客商"]["D5"]) == RED  # C01: no 目的地
    assert mark_of(book.sheets["拜访客商"]["B5"]) == BLUE  # C04: read as 2011-05-11
    assert mark_of(book.sheets["拜访客商"]["C4"]) == RED  # D01: back before it began
    note = book.sheets["项目台账"]["A5"].note
    assert note is not None
    assert note.text.startswith("【本机校验】错 K02")
    listing = book.sheets["校验结果"]
    assert listing["A5:H5"].value == list(HEADINGS)
    assert listing["B6"].color == RED


def test_check_selects_the_gravest_cell(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path))
    press(app, "check")
    sheet = book.sheets.active.name
    assert book.sheets["校验结果"]["D6:E6"].value == [sheet, selected(app)[1]]


def test_check_reads_the_screen_and_not_the_file(app: Excel, tmp_path: Path) -> None:
    path = unit_file(tmp_path, SOUND)
    book = app.open(path)
    assert "错 0 条" in press(app, "check")
    book.sheets["项目台账"]["J4"].value = 99999
    assert "错 0 条" not in press(app, "check")
    assert mark_of(book.sheets["项目台账"]["J4"]) == RED
    assert openpyxl.load_workbook(path)["项目台账"]["J4"].value == 10000


@pytest.mark.parametrize("tables", [FAULTY, SOUND])
def test_the_screen_gives_the_findings_of_the_file(
    app: Excel, tmp_path: Path, tables: dict[str, str]
) -> None:
    path = unit_file(tmp_path, tables)
    book = app.open(path)
    shown = reading.submission(book, cells.pages(book), BOOK).submission
    of_file = submission_of(tables, through="file", file=path.name)
    assert list(map(str, shown.findings)) == list(map(str, of_file.findings))
    assert shown.tables == of_file.tables


def test_what_values_do_not_show_is_read_too(app: Excel, tmp_path: Path) -> None:
    joint = {"项目台账": "项目编号 | 引进方式 | 本单位份额\nX01-001 | 联合 | 0.5\nX01-002 | 联合 | 60"}
    book = app.open(unit_file(tmp_path, joint))
    page = book.sheets["项目台账"]
    with memory.unlocked(book):
        page["T4"].number_format = "0%"
        page["I5"].value = "#REF!"
        page["B6:B7"].merge()
        page["A6:C7"].value = [["X01-003", "甲", "乙"], ["X01-004", None, "丁"]]
    read = reading.submission(book, cells.pages(book), BOOK).submission
    assert read.tables["项目台账"].columns["share"][:2] == (50, 60)
    rules = {(f.rule, f.place.cell) for f in read.findings if f.place.sheet == "项目台账"}
    assert {("C06", "I5"), ("C08", "A6"), ("C08", "A7")} <= rules


def test_clear_leaves_fills_notes_and_the_file_as_they_were(app: Excel, tmp_path: Path) -> None:
    path = unit_file(tmp_path)
    wb = openpyxl.load_workbook(path)
    page = wb["拜访客商"]
    page["D5"].fill = PatternFill("solid", fgColor="FF00B0F0")
    page["D4"].fill = PatternFill("solid", fgColor="FF92D050")
    page["B5"].comment = Comment("问过王局长", "李明")
    page["B5"].comment.width = 300
    wb["封面"]["B7"].comment = Comment("第二次报", "李明")
    wb.save(path)
    book = app.open(path)
    before = looks(book)
    book.save(tmp_path / "before.xlsx")
    press(app, "check")
    assert mark_of(book.sheets["拜访客商"]["D5"]) == RED
    assert book.sheets["拜访客商"]["D5"].color == (0, 176, 240)
    note = book.sheets["拜访客商"]["B5"].note
    assert note is not None
    assert note.text == "问过王局长"
    assert looks(book) != before
    assert press(app, "clear") == "标记已清除，其他内容没有动。"
    assert looks(book) == before
    book.save(tmp_path / "after.xlsx")
    assert saved_looks(tmp_path / "after.xlsx") == saved_looks(tmp_path / "before.xlsx")


def test_marks_survive_saving_and_are_cleared_in_another_session(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path))
    before = looks(book)
    press(app, "check")
    book.save(tmp_path / "b.xlsx")
    book.close()
    again = app.open(tmp_path / "b.xlsx")
    press(app, "clear")
    assert looks(again) == before


def test_checking_twice_leaves_no_trace_of_the_first(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path))
    before = looks(book)
    press(app, "check")
    once = looks(book)
    press(app, "check")
    assert looks(book) == once
    press(app, "clear")
    assert looks(book) == before


def test_marks_that_were_copied_along_with_cells_are_cleared(app: Excel, tmp_path: Path) -> None:
    """Also a rule that pasting has parted, on a sheet where nothing was found, and after the list was deleted."""
    book = app.open(unit_file(tmp_path))
    press(app, "check")
    with memory.unlocked(book):
        book.sheets["困难问题"]["D5:D9"].conditional_formats.add_custom(marking.FORMULA, fill_color=RED)
        book.sheets["校验结果"].delete()
    press(app, "clear")
    assert marks_on(book) == []


def test_a_note_that_staff_wrote_on_stays(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path))
    press(app, "check")
    note = book.sheets["项目台账"]["A5"].note
    assert note is not None
    with memory.unlocked(book):
        note.text += "\n已问过开发区，是同一项目"
    press(app, "clear")
    assert [n.text for n in book.sheets["项目台账"].notes] == [note.text]


def marked_by_01(book: xw.Book) -> None:
    """Mark a book as 0.1 did: fills under names, a note, a list, and what was there before on a very hidden sheet."""
    page, text = book.sheets["拜访客商"], "【本机校验】错 V01 没有目的地"
    groups = [("B4:B6", None), ("C4,C6", "#92D050"), ("D4:D6", "#000000"), ("E4:E6", None)]
    for number, (address, _) in enumerate(groups, 1):
        page.range(address).color = RED
        page.range(address).name = f"bt_mark_{number}"
    page["E5"].color = (1, 2, 3)  # since then
    page["B4"].add_note(text)
    page["F4"].add_note("问过")
    held = [
        {"name": f"bt_mark_{n}", "sheet": page.name, "address": address, "was": was, "mark": "#FFA3A3"}
        for n, (address, was) in enumerate(groups, 1)
    ]
    rows = json.dumps({"groups": held, "noted": [page.name], "result": "校验结果"}, ensure_ascii=False)
    book.sheets.add("校验结果").range("A1").value = "校验结果"
    state = book.sheets.add("校验标记")
    state.range("A1:A3").raw_value = [["百日竞赛校验标记 1"], [rows[:40]], [rows[40:]]]
    state.visible = 2  # type: ignore[assignment]
    book.sheets["拜访客商"].activate()


def test_marks_of_0_1_are_cleared_and_colours_that_cannot_be_are_named(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path))
    with memory.unlocked(book):
        page, sheets = book.sheets["拜访客商"], [sheet.name for sheet in book.sheets]
        names = {name.name for name in book.names}
        marked_by_01(book)
    assert press(app, "clear").splitlines() == [
        "标记已清除，其他内容没有动。",
        "0.1 版涂的底色（红、黄、蓝）还在 “拜访客商” D4:D6、“拜访客商” E4:E6，原来的颜色已无从知道："
        "请选中这些格，在“开始—填充颜色”里选“无填充”或原来的颜色。",
    ]
    assert [sheet.name for sheet in book.sheets] == sheets
    assert {name.name for name in book.names} == names
    assert [note.text for note in page.notes] == ["问过"]
    colours = [page[cell].color for cell in ("B4", "B6", "C4", "C6", "D4", "E4", "E5")]
    red = (255, 163, 163)
    assert colours == [None, None, (146, 208, 80), (146, 208, 80), red, red, (1, 2, 3)]
    assert press(app, "clear") == "这份工作簿没有校验标记。"


def test_marks_of_0_1_on_a_protected_sheet_get_their_colours_back_once_it_is_not(
    app: Excel, tmp_path: Path
) -> None:
    book = app.open(unit_file(tmp_path))
    with memory.unlocked(book):
        page, sheets = book.sheets["拜访客商"], [sheet.name for sheet in book.sheets]
        names = {name.name for name in book.names}
        marked_by_01(book)
    locked = page.impl._ws.protection
    with memory.unlocked(book):
        locked.sheet = locked.formatCells = True  # by a password that VBA does not have
        excel.run("clear")
    first, second, lost = app.alerts[-1].prompt.splitlines()
    assert first == "标记已清除，其他内容没有动。"
    assert [note.text[:6] for note in page.notes] == ["【本机校验】", "问过"]
    assert second == "“拜访客商”的标记没有清完（可能设了保护），请撤销保护后再点一次。"
    assert "“拜访客商” D4:D6、“拜访客商” E4:E6" in lost and "B4" not in lost and "C4" not in lost
    assert page["B4"].color == page["C4"].color == RED
    locked.sheet = False
    for _ in range(2):
        press(app, "clear")
    assert [page[cell].color for cell in ("B4", "B6", "C4", "C6")] == [
        None,
        None,
        (146, 208, 80),
        (146, 208, 80),
    ]
    assert [note.text for note in page.notes] == ["问过"]
    assert ([s.name for s in book.sheets], {name.name for name in book.names}) == (sheets, names)
    assert press(app, "clear") == "这份工作簿没有校验标记。"


@pytest.mark.parametrize(
    ("most", "told"), [(3, ""), (2, "\n要涂色的格子太零散，有 {} 格没有涂，请以“校验结果”表为准。")]
)
def test_cells_that_get_no_colour_are_told(
    app: Excel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, told: str
) -> None:
    """The gravest are coloured first."""
    monkeypatch.setattr(marking, "MAX_GROUPS", most)
    book = app.open(unit_file(tmp_path))
    said = press(app, "check")
    found = reading.submission(book, cells.pages(book), BOOK)
    groups = list(marking.groups(found.submission.findings, found.pages))
    cells_of = [c for sheet, _, areas in groups for a in areas for c in book.sheets[sheet].range(a.address)]
    left = sum(mark_of(cell) is None for cell in cells_of)
    assert (len(groups), left > 0) == (3, bool(told))
    assert told.format(left) in said and ("没有涂" in said) == bool(told)


@pytest.mark.parametrize(("cell", "text"), [("A1", "百日竞赛校验标记 2"), ("A1", "随手记"), ("A2", "{")])
def test_a_sheet_of_that_name_that_0_1_did_not_make_stays(
    app: Excel, tmp_path: Path, cell: str, text: str
) -> None:
    book = app.open(unit_file(tmp_path))
    with memory.unlocked(book):
        marked_by_01(book)
        book.sheets["校验标记"].range(cell).value = text
    before = memory.snapshot(book)
    assert press(app, "clear") == "这份工作簿没有校验标记。"
    assert memory.snapshot(book) == before


def test_clearing_an_unmarked_book_changes_nothing(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path))
    before = memory.snapshot(book)
    assert press(app, "clear") == "这份工作簿没有校验标记。"
    assert memory.snapshot(book) == before


def test_text_that_looks_like_a_formula_stays_text_in_the_list(app: Excel, tmp_path: Path) -> None:
    tables = {"项目台账": "项目编号 | 总投资\nX01-001 | '=1+1\nX01-002 | '001"}
    book = app.open(unit_file(tmp_path, tables))
    press(app, "check")
    values = [row[6] for row in book.sheets["校验结果"].used_range.value]
    assert "=1+1" in values


def visits(rows: int) -> dict[str, str]:
    """Return visits with faults in runs: no place in a third of the rows, dates as text in another."""
    lines = [
        f"2011-W{n} | {chr(39) if n > rows * 2 // 3 else ''}2011-5-{1 + n % 9} | 2011-5-20 | "
        f"{'' if n < rows // 3 else '广东佛山'}"
        for n in range(rows)
    ]
    return {"拜访客商": "\n".join(["外出批次号 | 拜访日期 | 返回日期 | 目的地", *lines])}


def calls(app: Excel, name: str) -> int:
    """Return the calls of a click."""
    memory.reset_calls()
    press(app, name)
    return memory.engine_calls()


def test_calls_do_not_grow_with_rows(app: Excel, tmp_path: Path) -> None:
    taken: dict[str, list[int]] = {}
    for rows in (12, 57, 192, 2000):
        app.open(unit_file(tmp_path, visits(rows))).activate()
        for name in ("check", "figures", "preview", "clear"):
            taken.setdefault(name, []).append(calls(app, name))
        app.app.books.active.close()
    assert all(len(set(numbers)) == 1 for numbers in taken.values()), taken
    assert max(map(max, taken.values())) < 1000, taken


def test_marking_and_clearing_2000_rows_take_few_calls(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path, visits(2000)))
    pages = cells.pages(book)
    read = reading.submission(book, pages, BOOK)
    findings = [f for f in read.submission.findings if f.place.sheet == "拜访客商"]
    assert len(findings) > 1000
    with memory.unlocked(book):
        memory.reset_calls()
        assert marking.mark(book, findings, read.pages) == marking.Marked()
        marked = memory.engine_calls()
        after = cells.pages(book)
        memory.reset_calls()
        assert marking.clear(after).count > 2
    assert (marked < 160, memory.engine_calls() < 400) == (True, True), (marked, memory.calls_by_name())


# ── 指标与档次, 预览汇总 ──────────────────────────────────────────────────────────────────────────


def test_figures_are_those_of_the_office(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path, SOUND))
    before = memory.snapshot(book)
    said = press(app, "figures")
    assert "X01 城关镇　截至 2011-07-12" in said
    assert "签约项目数　1 个" in said
    assert "到位资金　100 万元" in said
    assert "最高档次　二档" in said
    assert "基本任务　已完成" in said
    assert memory.snapshot(book) == before


def test_preview_says_what_counts_and_why_not(app: Excel, tmp_path: Path) -> None:
    book = app.open(unit_file(tmp_path))
    before = memory.snapshot(book)
    said = press(app, "preview")
    assert "共 4 行，计入 1 行，未计入 3 行" in said
    assert "有错误 K02、P01" in said
    assert memory.snapshot(book) == before


@pytest.mark.parametrize("name", ["figures", "preview"])
def test_without_a_unit_or_a_day_there_are_no_figures(app: Excel, tmp_path: Path, name: str) -> None:
    app.open(unit_file(tmp_path, SOUND, code="Q99"))
    assert "单位代码不在单位名录里" in press(app, name)


@pytest.mark.parametrize("name", ["check", "figures", "preview"])
def test_another_workbook_is_refused(app: Excel, name: str) -> None:
    book = app.new()
    before = memory.snapshot(book)
    assert "不是百日竞赛的报送表" in press(app, name)
    assert memory.snapshot(book) == before


def test_the_rules_of_a_console_beside_the_book_are_used(app: Excel, tmp_path: Path) -> None:
    write(tmp_path / "操作台.xlsx", replace(BOOK, task_count=BOOK.task_count + 1))
    app.open(unit_file(tmp_path, SOUND))
    said = press(app, "figures")
    assert "基本任务　未完成" in said
    assert "操作台.xlsx" in said


# ── the console ──────────────────────────────────────────────────────────────────────────────────


def write(path: Path, book: Rulebook = BOOK) -> Path:
    target = io.BytesIO()
    write_console(target, book, macros=False)
    path.write_bytes(target.getvalue())
    return path


@pytest.fixture
def desk(app: Excel, tmp_path: Path) -> xw.Book:
    """An open console in a working folder with one sound and one faulty submission."""
    folder = tmp_path / "工作"
    (folder / "报送").mkdir(parents=True)
    (folder / "报送" / "一.xlsx").write_bytes(form_of(SOUND, "X01"))
    (folder / "报送" / "二.xlsx").write_bytes(form_of(FAULTY, "X02"))
    few = replace(BOOK, units=BOOK.units[:4])
    return app.open(write(folder / "操作台.xlsx", few))


def set_cell(book: xw.Book, name: str, value: Any) -> None:
    book.sheets["首页"].range(name).value = value


def state(book: xw.Book) -> list[Any]:
    rows: Any = book.sheets["首页"].range("bt_state").formula
    return [row for row in rows if any(row)]


def test_issue_writes_a_template_for_each_unit(app: Excel, desk: xw.Book, tmp_path: Path) -> None:
    assert "已生成 4 份报送表" in press(app, "issue")
    assert len(list((tmp_path / "工作" / "下发").glob("*_报送表.xlsx"))) == 4
    assert state(desk)[0] == ("做了什么", "下发模板")
    assert state(desk)[3][1].startswith('=HYPERLINK("')
    assert any("下发模板 1/4" in text for text in app.status_messages)
    assert app.app.status_bar is False


def test_consolidate_leaves_its_state_and_links(app: Excel, desk: xw.Book, tmp_path: Path) -> None:
    said = press(app, "consolidate")
    assert "统计日 2011-07-12（第三期）" in said
    assert "文件：共 2 个" in said
    assert (tmp_path / "工作" / "输出" / "汇总结果_2011-07-12.xlsx").is_file()
    assert "汇总结果_2011-07-12.xlsx" in state(desk)[3][1]


def test_results_opens_the_newest(app: Excel, desk: xw.Book) -> None:
    assert "还没有汇总结果" in press(app, "results")
    press(app, "consolidate")
    assert press(app, "results") == ""
    assert app.app.books.active.name == "汇总结果_2011-07-12.xlsx"


def test_days_of_the_first_sheet_are_used(app: Excel, desk: xw.Book, tmp_path: Path) -> None:
    set_cell(desk, "bt_day", datetime(2011, 6, 15))
    press(app, "consolidate")
    assert not list((tmp_path / "工作" / "输出").glob("*07-12*"))
    set_cell(desk, "bt_since", "上个月")
    assert "“比较日”不是日期" in press(app, "consolidate")


class Asked:
    """Stands for `desk.documents`: remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def __call__(self, kinds: Any, folder: Path, out: Path, **options: Any) -> Any:
        self.calls.append({"kinds": list(kinds), "folder": folder.name, "out": out.name, **options})
        return actions.Documents(None, (), {"进展通报": "没有内容"})  # type: ignore[arg-type]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(actions, "documents", asked)
    return asked


def test_documents_asks_for_what_the_first_sheet_says(app: Excel, desk: xw.Book, asked: Asked) -> None:
    press(app, "documents")
    set_cell(desk, "bt_kinds", "进展通报、补正通知")
    set_cell(desk, "bt_units", "X01、X02")
    set_cell(desk, "bt_draft", "否")
    app.answer("yes")
    assert "已生成 0 份文书" in press(app, "documents")
    assert [(c["kinds"], c["units"], c["draft"]) for c in asked.calls] == [
        (["all"], (), True),
        (["进展通报", "补正通知"], ("X01", "X02"), False),
    ]


def test_declining_to_number_documents_does_nothing(app: Excel, desk: xw.Book, asked: Asked) -> None:
    set_cell(desk, "bt_draft", "否")
    before = memory.snapshot(desk)
    app.answer("no")
    press(app, "documents")
    assert asked.calls == []
    assert memory.snapshot(desk) == before


def test_return_marks_a_copy_of_each_faulty_file(
    app: Excel, desk: xw.Book, asked: Asked, tmp_path: Path
) -> None:
    assert "1 份报送表有错" in press(app, "return")
    assert sorted(p.name for p in (tmp_path / "工作" / "输出" / "退回补正").iterdir()) == [
        "二_校验.xlsx", "核稿_补正通知_2011-07-12.xlsx", "补正通知_X02_侯庙镇_2011-07-12.docx",
    ]  # fmt: skip
    assert [(c["kinds"], c["units"], c["draft"]) for c in asked.calls] in (
        [],
        [(["补正通知"], ["X02"], True)],
    )


def test_return_with_nothing_to_return(app: Excel, desk: xw.Book, tmp_path: Path) -> None:
    (tmp_path / "工作" / "报送" / "二.xlsx").unlink()
    assert press(app, "return") == "所有报送表都没有“错”，不用退回。"


def test_rules_names_and_selects_the_wrong_cell(app: Excel, desk: xw.Book) -> None:
    assert "规则没有问题：4 个单位" in press(app, "rules")
    desk.sheets["档次"]["B4"].value = "很多"
    said = press(app, "rules")
    assert "档次" in said
    assert selected(app) == ("档次", "B4")


def test_unsaved_rules_are_saved_first_or_nothing_is_done(app: Excel, desk: xw.Book, tmp_path: Path) -> None:
    desk.sheets["规则"]["B5"].value = "招商引资新竞赛"
    app.answer("no")
    press(app, "consolidate")
    assert not (tmp_path / "工作" / "输出").exists()
    app.answer("yes")
    press(app, "consolidate")
    assert actions.load_rules(tmp_path / "工作" / "操作台.xlsx").contest == "招商引资新竞赛"


def test_folder_and_help_open(app: Excel, desk: xw.Book, opened: list[Path], tmp_path: Path) -> None:
    press(app, "folder")
    press(app, "help")
    assert opened[0] == tmp_path / "工作"
    assert opened[1].name in ("使用手册.html", "README.md")


@pytest.mark.parametrize("button", CONSOLE_BUTTONS, ids=lambda b: b.label)
def test_a_console_that_was_never_saved_is_refused(app: Excel, button: Any, opened: list[Path]) -> None:
    app.new()
    said = press(app, button.name)
    assert opened if button.name == "help" else "没有完成" in said


@pytest.mark.parametrize("name", ["issue", "consolidate", "return", "documents"])
def test_calls_of_the_console_do_not_grow_with_files(
    app: Excel, desk: xw.Book, asked: Asked, tmp_path: Path, name: str
) -> None:
    few = calls(app, name)
    for number in range(40):
        (tmp_path / "工作" / "报送" / f"{number}.xlsx").write_bytes(b"not a workbook")
    assert calls(app, name) <= few + 2 * 2 * click.STEPS


# ── whatever goes wrong ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [b.name for b in (*CONSOLE_BUTTONS, *RIBBON_BUTTONS)])
def test_a_bug_shows_a_sentence_and_changes_nothing(
    app: Excel, desk: xw.Book, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def broken(_: Any) -> str:
        raise ZeroDivisionError("division by zero")

    found = buttons.handlers()
    assert name in found
    monkeypatch.setattr(buttons, "handlers", lambda: {name: ("正在", broken)})
    before = memory.snapshot(desk)
    excel.run(name)
    said = app.alerts[-1].prompt
    assert "没有料到的情况" in said
    assert ("工作簿没有改动" in said) == (name in buttons.LEFT and name not in ("check", "clear"))
    assert "excel.log" in said
    assert "ZeroDivisionError" not in said
    assert "Traceback" not in said
    assert memory.snapshot(desk) == before
    assert (app.app.status_bar, app.app.screen_updating) == (False, True)


def test_errors_are_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buttons, "data_folder", lambda: tmp_path / "new")
    handler = buttons.log_handler()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "出错了", (), None)
    handler.emit(record)
    handler.close()
    assert "出错了" in (tmp_path / "new" / "excel.log").read_text(encoding="utf-8")


def test_without_a_calling_book_the_process_ends_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="Excel 没有回应"):
        excel.run("check")


def test_what_the_system_cannot_open_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: Any) -> None:
        raise FileNotFoundError("xdg-open")

    monkeypatch.setattr("subprocess.Popen", refuse)
    with pytest.raises(actions.ActionError, match="打不开"):
        opening.open_path(tmp_path)


# ── functions for cells ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("function", "arguments", "value"),
    [
        (excel.BT_TIER, (20000,), "一档"),
        (excel.BT_TIER, (19999.99,), "二档"),
        (excel.BT_TIER, (4999,), "未入档"),
        (excel.BT_TIER, (None,), ""),
        (excel.BT_TASK, (10000,), "是"),
        (excel.BT_TASK, (9999.99,), "否"),
        (excel.BT_SCORE, ("签约项目数", 1, 2), 100 / 14),
        (excel.BT_SCORE, ("签约项目数", None, 2), 0),
        (excel.BT_KEY, ("佛山 纺织有限公司",), excel.BT_KEY("佛山纺织有限责任公司")),
    ],
)
def test_functions_for_cells(function: Any, arguments: Any, value: Any) -> None:
    assert function(*arguments) == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize("arguments", [("没有这项", 1, 2), ("签约项目数", "很多", 2)])
def test_functions_refuse_what_they_cannot_use(arguments: Any) -> None:
    with pytest.raises(Trouble, match=r"不是数字|没有启用"):
        excel.BT_SCORE(*arguments)


def test_functions_go_by_the_console_beside_the_book(app: Excel, tmp_path: Path) -> None:
    low = replace(BOOK, task_threshold=BOOK.task_threshold / 2)
    write(tmp_path / "操作台.xlsx", low)
    app.open(unit_file(tmp_path, SOUND))
    assert excel.BT_TASK(5000) == "是"
    assert functions.rules_in_force() == low


# ── rectangles ───────────────────────────────────────────────────────────────────────────────────


def test_cells_become_runs() -> None:
    found = cells.runs([(4, 2), (5, 2), (4, 3), (5, 3), (9, 2), (7, 1)])
    assert cells.address(found) == "B4:C5,A7,B9"


def test_addresses_stay_within_255_characters() -> None:
    areas = [Area(row, 700, row, 700) for row in range(1000, 1400, 2)]
    found = list(cells.chunks(areas))
    assert max(len(cells.address(chunk)) for chunk in found) <= 255
    assert [a for chunk in found for a in chunk] == areas


def test_every_severity_has_a_colour() -> None:
    assert set(MARKS) == set(Severity)
    assert date(2011, 4, 13) == BOOK.start
