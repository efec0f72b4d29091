"""What staff see of a click on a button: the status bar, the message, the list of findings, notes and links."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import xlwings as xw
import xlwings_memory as memory
from marked import mark_of, marks_on
from sheets import BOOK, form_of, template_of
from template_judge import short_forms
from xlwings_memory import Excel

from baiti_xl import desk as actions
from baiti_xl import excel
from baiti_xl.books.annotate import annotate
from baiti_xl.books.console import STATE_ROWS, write_console
from baiti_xl.books.listing import HEADINGS
from baiti_xl.books.macros import CONSOLE_BUTTONS, RIBBON_BUTTONS
from baiti_xl.contest.columns import heading_key
from baiti_xl.contest.findings import Finding, Place, Severity
from baiti_xl.contest.loading import RuleFault
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding
from baiti_xl.desk import opening
from baiti_xl.errors import UserError
from baiti_xl.excel import buttons, cells, click, functions, marking, office, reading, unit
from baiti_xl.excel.cells import Area, Page
from baiti_xl.excel.click import Click, Trouble

SOUND = {"项目台账": "项目编号\nX01-001", "到位资金": "项目编号 | 到位金额\nX01-001 | 100"}
FAULTY = {"项目台账": "项目编号 | 总投资 | 固定资产投资\nX01-001 | 12000 | 13000\nX01-002 | 12000 | 13000"}


@pytest.fixture
def app() -> Iterator[Excel]:
    with memory.running_excel() as running, short_forms(20):
        yield running


def press(app: Excel, name: str) -> str:
    """Click a button of a book that is not protected; return what the message box said, besides questions."""
    before = len(app.alerts)
    memory.unlock(xw.Book.caller())
    excel.run(name)
    said = [alert.prompt for alert in app.alerts[before:] if alert.buttons == "ok"]
    return said[-1] if said else ""


def form(app: Excel, folder: Path, tables: dict[str, str], **cover: Any) -> xw.Book:
    """Open a filled form."""
    path = folder / "X01_报送表.xlsx"
    path.write_bytes(template_of(tables, cover=cover) if cover else form_of(tables))
    return app.open(path)


def console(app: Excel, folder: Path, book: Rulebook = BOOK) -> xw.Book:
    """Open a console of two units in a working folder, with one sound and one faulty submission."""
    (folder / "报送").mkdir(parents=True)
    (folder / "报送" / "一.xlsx").write_bytes(form_of(SOUND, "X01"))
    (folder / "报送" / "二.xlsx").write_bytes(form_of(FAULTY, "X02"))
    return app.open(written(folder / "操作台.xlsx", replace(book, units=book.units[:2])))


def written(path: Path, book: Rulebook) -> Path:
    """Write a console."""
    target = io.BytesIO()
    write_console(target, book, macros=False)
    path.write_bytes(target.getvalue())
    return path


def say(book: xw.Book, name: str, value: Any) -> None:
    """Fill in a setting of 首页."""
    book.sheets["首页"].range(name).value = value


def state(book: xw.Book) -> list[tuple[str, str]]:
    """Return what 首页 says of the last run."""
    rows: Any = book.sheets["首页"].range("bt_state").formula
    return [row for row in rows if any(row)]


# ── the status bar and the message ───────────────────────────────────────────────────────────────

DOING = {
    "check": "正在校验", "clear": "正在清除标记", "figures": "正在计算指标", "preview": "正在预览汇总",
    "issue": "正在生成报送表", "consolidate": "正在汇总", "results": "正在打开结果", "documents": "正在生成文书",
    "review": "正在会审", "verify": "正在核对文书", "send": "正在做发件", "upgrade": "正在升级",
    "return": "正在生成退回件", "rules": "正在检查规则", "folder": "正在打开文件夹", "help": "正在打开说明",
}  # fmt: skip


@pytest.mark.parametrize("name", [b.name for b in (*CONSOLE_BUTTONS, *RIBBON_BUTTONS)])
def test_the_status_bar_says_what_is_done(app: Excel, opened: list[Path], name: str) -> None:
    """While the click works, and on any book: here on an empty one, where nothing comes of it."""
    del opened
    app.new()
    press(app, name)
    assert app.status_messages[0] == f"百日竞赛：{DOING[name]}……"
    assert ("screen_updating", False) in app.history
    assert [(a.title, a.mode) for a in app.alerts] in ([("百日竞赛", "critical")], [("百日竞赛", "info")], [])


def test_a_long_task_is_told_in_twenty_steps_at_most(app: Excel) -> None:
    here = Click(app.app, app.new())
    assert list(here.progress("ab", "读取")) == ["a", "b"]
    assert app.status_messages == ["百日竞赛：读取 1/2……", "百日竞赛：读取 2/2……"]
    assert list(here.progress(range(100), "核对")) == list(range(100))
    told = app.status_messages[2:]
    assert (len(told), told[0], told[-1]) == (20, "百日竞赛：核对 1/100……", "百日竞赛：核对 96/100……")
    assert list(here.progress(iter("ab"), "数不清")) == ["a", "b"]
    assert len(app.status_messages) == 22


def faults(count: int) -> UserError:
    """Return an error of many cells."""
    return UserError(faults=tuple(RuleFault("规则", f"B{row}", "不对") for row in range(1, count + 1)))


def test_wrong_cells_are_listed_fifteen_at_most() -> None:
    few, many = (buttons.explain(faults(count), "rules").splitlines() for count in (15, 17))
    assert few[0] == many[0] == "没有完成，请先改正以下各处再试："
    assert few[1:] == [f"· {fault}" for fault in faults(15).faults]
    assert many[1:16] == few[1:] and many[16:] == ["……共 17 处"]
    assert buttons.explain(Trouble("请先保存。"), "issue") == "没有完成。请先保存。"


def test_a_bug_leads_to_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On Windows it stands in the user's profile, whatever `home` says."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "家")
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "李明"))
    assert buttons.data_folder() == tmp_path / "家" / ".baiti"
    monkeypatch.setattr(sys, "platform", "win32")
    assert buttons.data_folder() == tmp_path / "李明" / ".baiti"
    for name, left in [
        ("figures", "工作簿没有改动。"),
        ("check", "填报的内容没有改动；标记可能只做了一部分，请点“清除标记”。"),
        ("consolidate", "可能只做了一部分，请排除原因后再点一次。"),
    ]:
        assert buttons.explain(KeyError("x"), name) == (
            f"没有完成：程序遇到了没有料到的情况。{left}\n"
            f"请把这个文件发给维护人员：{tmp_path / '李明' / '.baiti' / 'excel.log'}"
        )


@contextmanager
def own_log(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Path]:
    """Keep the log in a folder of the test; yield its file, which nobody has written yet."""
    monkeypatch.setattr(buttons, "data_folder", lambda: folder)
    logger = logging.getLogger("baiti_xl.excel")
    kept, logger.handlers = logger.handlers, []
    yield folder / "excel.log"
    for handler in logger.handlers:
        handler.close()
    logger.handlers = kept


def test_the_log_keeps_when_and_what(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with own_log(monkeypatch, tmp_path / "日志") as file:
        for _ in range(2):
            buttons.log().error("出错了")
        lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(" ERROR 出错了")
    assert datetime.fromisoformat(lines[0].split(",")[0]).year >= 2024
    assert not logging.getLogger("baiti_xl.excel").propagate


def test_without_a_place_for_the_log_a_click_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "日志").write_text("a file")
    with own_log(monkeypatch, tmp_path / "日志"):
        buttons.log().error("出错了")
        assert [type(h) for h in buttons.log().handlers] == [logging.NullHandler]


class Macros:
    """Stands for a running Excel: remembers which macros were called."""

    def __init__(self, is_there: bool = True) -> None:
        self.called: list[str] = []
        self.is_there = is_there

    def macro(self, name: str) -> Any:
        """Return a macro."""
        if not self.is_there:
            raise KeyError(name)
        return lambda: self.called.append(name)


def test_a_mac_protects_the_sheets_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There the VBA does not wait for Python; elsewhere it locks by itself."""
    for platform, called in (("win32", []), ("darwin", ["'百日竞赛.xlam'!BtLock"])):
        monkeypatch.setattr(sys, "platform", platform)
        macros: Any = Macros()
        buttons.lock_again(macros)
        assert macros.called == called
    without: Any = Macros(is_there=False)
    with own_log(monkeypatch, tmp_path) as file:
        buttons.lock_again(without)
        assert "BtLock" in file.read_text(encoding="utf-8")


# ── the list of findings ─────────────────────────────────────────────────────────────────────────

MARKED = Place("X01.xlsx", "项目台账", "J4", "固定资产投资")


def wrong(row: int, sheet: str = "项目台账") -> Finding:
    """Return 错 P01 of a row."""
    place = replace(MARKED, sheet=sheet, cell=f"J{row}")
    return finding("P01", place, "200", part=200, whole=100, total=100)


def sheet_named(app: Excel, *names: str) -> tuple[xw.Book, dict[str, Page]]:
    """Return a new book with sheets of some names."""
    book = app.new()
    book.sheets[0].name = names[0]
    for name in names[1:]:
        book.sheets.add(name, after=book.sheets[-1])
    return book, cells.pages(book)


def test_the_list_says_how_many_what_to_do_and_leads_to_each_cell(app: Excel, tmp_path: Path) -> None:
    book = form(app, tmp_path, FAULTY)
    assert press(app, "check").splitlines()[2] == (
        "颜色：红=错，黄=警，蓝=示。每条都列在“校验结果”表，点单元格一栏可以跳过去。"
    )
    page = book.sheets["校验结果"]
    assert page["A1"].value == "校验结果　X01_报送表.xlsx"
    assert page["A2"].value == "错 2 条，警 1 条，示 0 条"
    assert page["A3"].value.startswith("“错”必须改正")
    assert page["A4"].value == marking.HINT
    assert page["A5:H5"].value == list(HEADINGS)
    assert page["A6:D7"].value == [[1, "错", "P01", "项目台账"], [2, "错", "P01", "项目台账"]]
    assert page["E6:G7"].value == [["J4", "固定资产投资", "13000"], ["J5", "固定资产投资", "13000"]]


def test_the_list_on_screen_is_that_of_an_annotated_copy(app: Excel, tmp_path: Path) -> None:
    """Values, looks, links, widths and heights, frozen and filtered headings, paper and print titles."""
    path = tmp_path / "X01_报送表.xlsx"
    book = form(app, tmp_path, FAULTY)
    press(app, "check")
    drawn = book.impl._wb["校验结果"]
    findings = reading.submission(book, cells.pages(book), BOOK).submission.findings
    copy: Any = openpyxl.load_workbook(io.BytesIO(annotate(path.read_bytes(), findings)))["校验结果"]
    drawn["A4"].value = copy["A4"].value  # how to read it differs by where it is
    assert [look_of(drawn, cell) for cell in used(drawn)] == [look_of(copy, cell) for cell in used(copy)]
    for part in ("freeze_panes", "print_title_rows"):
        assert getattr(drawn, part) == getattr(copy, part)
    assert drawn.auto_filter.ref == copy.auto_filter.ref
    assert drawn.page_setup.orientation == copy.page_setup.orientation == "landscape"
    assert drawn.sheet_properties.tabColor.rgb == copy.sheet_properties.tabColor.rgb
    assert "题" not in book.impl._wb.named_styles


def used(ws: Any) -> list[Any]:
    """Return the cells of a sheet, row by row."""
    return [cell for row in ws.iter_rows() for cell in row]


def look_of(ws: Any, cell: Any) -> tuple[Any, ...]:
    """Return all that is seen of a cell, with the size of its row and column."""
    looks = (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format)
    size = ws.row_dimensions[cell.row].height, ws.column_dimensions[cell.column_letter].width
    return cell.value, cell.hyperlink and cell.hyperlink.location, size, *map(str, looks)


def test_a_book_without_findings_is_not_marked(
    app: Excel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = form(app, tmp_path, {"项目台账": "项目编号\nX01-001"})
    monkeypatch.setattr(reading, "checked", lambda submission, rules: replace(submission, findings=()))
    before = memory.snapshot(book)
    assert press(app, "check").splitlines() == [
        "错 0 条，警 0 条，示 0 条。", "没有发现问题，可以计入统计。", "规则：出厂规则（旁边没有操作台）",
    ]  # fmt: skip
    assert memory.snapshot(book) == before


def test_a_sheet_name_with_quotes_is_linked_and_a_finding_without_a_cell_leads_to_the_sheet(
    app: Excel,
) -> None:
    book, pages = sheet_named(app, "王家's")
    whole = finding("F06", Place("X01.xlsx", "项目台账"), what="2")
    found = [wrong(4), whole, finding("F05/macros", Place("X01.xlsx"))]
    listing: Any = marking.add_listing(book, found, {"项目台账": pages["王家's"]}).impl._ws
    rows = [listing.cell(row, 5) for row in (6, 7, 8)]
    assert sorted((cell.value, cell.hyperlink and cell.hyperlink.location) for cell in rows) == [
        ("J4", "'王家''s'!J4"), ("—", None), ("整表", "'王家''s'!A1"),
    ]  # fmt: skip


def test_the_gravest_come_first_in_the_list_and_are_shown(app: Excel) -> None:
    book, pages = sheet_named(app, "封面", "项目台账")
    mild = replace(wrong(9), severity=finding("F05/macros", Place("a")).severity)
    marking.mark(book, [mild, wrong(6)], pages)
    assert book.sheets["校验结果"]["B6:B7"].value == ["错", "示"]
    assert book.sheets.active.name == "项目台账"
    selection: Any = app.app.selection
    assert selection.get_address(False, False) == "J6"


def test_findings_without_cells_show_the_list(app: Excel) -> None:
    book, pages = sheet_named(app, "封面")
    marking.mark(book, [finding("F05/macros", Place("X01.xlsx"))], pages)
    assert book.sheets.active.name == "校验结果"


# ── colours and notes ────────────────────────────────────────────────────────────────────────────


def test_a_cell_of_two_findings_has_the_colour_of_the_graver(app: Excel) -> None:
    _, pages = sheet_named(app, "项目台账")
    mild = replace(wrong(4), severity=finding("F05/macros", Place("a")).severity)
    for order in ([mild, wrong(4)], [wrong(4), mild]):
        assert list(marking.groups(order, pages)) == [
            ("项目台账", Severity.ERROR, [cells.Area(4, 10, 4, 10)])
        ]


def test_cells_of_one_severity_are_one_mark_above_the_rules_of_the_form(app: Excel) -> None:
    _, pages = sheet_named(app, "项目台账")
    sheet = pages["项目台账"].sheet
    sheet["J4:J9"].conditional_formats.add_custom("=$J4>0", fill_color=(0, 176, 240))
    assert marking.paint([wrong(row) for row in (4, 5, 7)], pages) == marking.Marked()
    rules = [(rule.formula, rule.fill_color) for rule in sheet["J4"].conditional_formats]
    assert rules == [(marking.FORMULA, (255, 163, 163)), ("=$J4>0", (0, 176, 240))]
    assert [mark_of(sheet[f"J{row}"]) is not None for row in (4, 5, 6, 7, 8)] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert len(sheet.cells.conditional_formats) == 2


def test_one_note_stands_for_a_run_of_like_findings(app: Excel) -> None:
    _, pages = sheet_named(app, "项目台账")
    other = replace(wrong(8), rule="P02")
    found = list(marking.notes([wrong(5), wrong(4), wrong(6), other, wrong(7)], pages))
    assert [(sheet, row, column) for sheet, row, column, _ in found] == [
        ("项目台账", 4, 10),
        ("项目台账", 8, 10),
    ]
    assert found[0][3] == (
        f"【本机校验】错 P01 {wrong(4).message}\n（本列到第 7 行都是同类问题，逐条见“校验结果”）"
        "\n（点“清除标记”时删去）"
    )
    assert found[1][3] == f"【本机校验】错 P02 {wrong(4).message}\n（点“清除标记”时删去）"


def test_a_note_is_no_longer_than_can_be_read_and_there_are_a_hundred_at_most(
    app: Excel, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, pages = sheet_named(app, "项目台账")
    long = replace(wrong(4), message="长" * 2000)
    ((_, _, _, text),) = marking.notes([long], pages)
    assert text == "【本机校验】" + f"错 P01 {'长' * 2000}"[:600] + marking.NOTE_TAIL
    monkeypatch.setattr(marking, "MAX_NOTES", 2)
    assert marking.add_notes([wrong(row) for row in (4, 6, 8)], pages) == []
    sheet = pages["项目台账"].sheet
    assert [sheet[f"J{row}"].note is not None for row in (4, 6, 8)] == [True, True, False]


def test_notes_go_to_sheets_that_are_there(app: Excel) -> None:
    _, pages = sheet_named(app, "项 目台账")
    found = {"项目台账": pages["项 目台账"]}
    whole = finding("F06", Place("X01.xlsx", "拜访客商"), what="2")
    assert marking.add_notes([whole, wrong(4), wrong(5), wrong(4, "手续办理")], found) == []
    assert [note.location.address for note in pages["项 目台账"].sheet.notes] == ["$J$4"]
    assert list(marking.notes([whole, wrong(4, "手续办理")], found)) == []
    assert marking.worst_cells([whole, wrong(4, "手续办理")], found) == {}


# ── clearing ─────────────────────────────────────────────────────────────────────────────────────


def test_clearing_takes_what_is_ours_and_nothing_else(app: Excel) -> None:
    """A list that came with the file, other people's notes, colours and conditional formats stay."""
    book, pages = sheet_named(app, "项目台账", "校验结果")
    sheet = book.sheets["项目台账"]
    sheet["J4"].add_note("问过王局长")
    sheet["J6"].color = (0, 176, 240)
    sheet["J6"].conditional_formats.add_custom("=$J6>0", fill_color=(255, 163, 163))
    before = memory.snapshot(book)
    assert marking.mark(book, [wrong(4), wrong(6)], pages) == marking.Marked()
    assert [page.name for page in book.sheets] == ["项目台账", "校验结果 (2)", "校验结果"]
    assert mark_of(sheet["J4"]) == mark_of(sheet["J6"]) == (255, 163, 163)
    assert marking.clear(cells.pages(book)) == marking.Cleared(3, ())  # colour, note and list
    assert memory.snapshot(book) == before
    assert marking.clear(cells.pages(book)) == marking.Cleared(0, ())


def test_a_sheet_that_was_deleted_meanwhile_is_passed_over(app: Excel) -> None:
    book, pages = sheet_named(app, "项目台账", "拜访客商")
    marking.mark(book, [wrong(4), wrong(4, "拜访客商")], pages)
    book.sheets["拜访客商"].delete()
    assert marking.clear(cells.pages(book)).kept == ()
    assert [page.name for page in book.sheets] == ["项目台账"]
    assert marks_on(book) == []


# ── the rules that are gone by ───────────────────────────────────────────────────────────────────


def test_an_open_console_goes_before_one_beside_the_book_and_that_before_one_above(
    app: Excel, tmp_path: Path
) -> None:
    folder = tmp_path / "报送"
    folder.mkdir()
    here = Click(app.app, form(app, folder, SOUND))
    assert unit.rules_for(here) == (BOOK, "规则：出厂规则（旁边没有操作台）")
    above = written(tmp_path / "操作台.xlsx", replace(BOOK, idle_days=21))
    rules, source = unit.rules_for(here)
    assert (rules.idle_days, source) == (21, f"规则：{above}")
    beside = written(folder / "操作台.xlsx", replace(BOOK, idle_days=22))
    rules, source = unit.rules_for(here)
    assert (rules.idle_days, source) == (22, f"规则：{beside}")
    shown = app.app.books.open(str(written(tmp_path / "操作台_新.xlsx", replace(BOOK, idle_days=23))))
    shown.sheets["规则"]["A1"].value = "屏幕上"
    rules, source = unit.rules_for(here)
    assert (rules.idle_days, source) == (23, "规则：已打开的 操作台_新.xlsx")


def test_a_book_on_the_web_has_no_folders() -> None:
    web: Any = SimpleNamespace()
    assert unit.folders_of(web) == ()
    new: Any = SimpleNamespace(fullname="工作簿1")
    assert unit.folders_of(new) == ()
    saved: Any = SimpleNamespace(fullname="/甲/乙/丙.xlsx")
    assert unit.folders_of(saved) == (Path("/甲/乙"), Path("/甲"))


def test_figures_and_preview_say_by_which_rules(app: Excel, tmp_path: Path) -> None:
    form(app, tmp_path, SOUND)
    for name in ("figures", "preview"):
        assert press(app, name).splitlines()[-1] == "规则：出厂规则（旁边没有操作台）"


def test_a_sheet_used_too_far_out_is_refused(
    app: Excel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = form(app, tmp_path, SOUND)
    held = max(page.used_range.last_cell.row * page.used_range.last_cell.column for page in book.sheets)
    monkeypatch.setattr(cells, "MAX_CELLS", held)
    assert "没有完成" not in press(app, "figures")
    monkeypatch.setattr(cells, "MAX_CELLS", 20)
    said = press(app, "figures")
    assert said.startswith("没有完成。") and "有效区域过大，请删去末尾的空白行列" in said


# ── 首页 of the console ───────────────────────────────────────────────────────────────────────────


def test_what_the_first_sheet_says(app: Excel, tmp_path: Path) -> None:
    book = console(app, tmp_path / "工作")
    base = tmp_path / "工作"
    assert office.settings_of(book) == office.Settings(
        base / "操作台.xlsx", base / "报送", base / "输出", None, None, ("全部",), (), True
    )
    given = {
        "bt_submissions": " 收件 ", "bt_outputs": "结果", "bt_day": datetime(2011, 6, 15), "bt_since": "'2011-5-13",
        "bt_kinds": "进展通报、补正通知", "bt_units": "X01、X02", "bt_draft": "否",
    }  # fmt: skip
    for name, value in given.items():
        say(book, name, value)
    assert office.settings_of(book) == office.Settings(
        base / "操作台.xlsx", base / "收件", base / "结果", date(2011, 6, 15), date(2011, 5, 13),
        ("进展通报", "补正通知"), ("X01", "X02"), False,
    )  # fmt: skip
    for name in ("bt_submissions", "bt_outputs"):
        say(book, name, None)
    assert office.settings_of(book).submissions == base / "报送"
    assert office.settings_of(book).outputs == base / "输出"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (None, None),
        ("", None),
        (datetime(2011, 5, 13, 8, 0), date(2011, 5, 13)),
        ("2011-5-13", date(2011, 5, 13)),
        (" 2011-05-13 ", date(2011, 5, 13)),
    ],
)
def test_a_day_of_the_first_sheet(value: Any, day: date | None) -> None:
    """Also as it is written in the message that asks for one."""
    assert actions.days_of({"bt_day": value}) == ({"as_of": day} if day else {})


@pytest.mark.parametrize("value", ["五月", "2011-13-1", 40673.0])
def test_what_is_no_day_is_named(value: Any) -> None:
    with pytest.raises(actions.ActionError) as told:
        actions.days_of({"bt_day": value})
    assert str(told.value) == f"首页的“统计日”不是日期：{value}。请写成 2011-5-13 这样的日期，或清空。"


def test_a_console_that_lost_its_first_sheet_or_its_place(app: Excel, tmp_path: Path) -> None:
    book = console(app, tmp_path / "工作")
    book.sheets["首页"].delete()
    assert press(app, "consolidate") == "没有完成。操作台缺少“首页”。请用新的操作台，把规则各表复制过去。"
    (tmp_path / "工作" / "操作台.xlsx").unlink()
    assert press(app, "folder") == "没有完成。操作台还没有保存。请先把它保存到工作文件夹。"
    web: Any = SimpleNamespace()
    with pytest.raises(Trouble, match="操作台开在网盘上.*请另存到本机的工作文件夹。"):
        office.folder_of(web)


def test_a_run_leaves_what_it_did_when_and_its_links(app: Excel, tmp_path: Path) -> None:
    book = console(app, tmp_path / "工作")
    said = press(app, "issue")
    out = tmp_path / "工作" / "下发"
    assert said == f"已生成 2 份报送表，在“{out}”。"
    what, when, text, link = state(book)
    assert (what, text) == (("做了什么", "下发模板"), ("结果", said))
    assert when[0] == "时间" and datetime.strptime(when[1], "%Y-%m-%d %H:%M").year >= 2024
    assert link == ("打开", f'=HYPERLINK("{out}","下发")')


def test_many_links_stop_at_the_end_of_the_block_and_old_ones_go(app: Excel, tmp_path: Path) -> None:
    here = Click(app.app, console(app, tmp_path / "工作"))
    paths = [tmp_path / f"{n}.docx" for n in range(STATE_ROWS)]
    office.finish(here, "生成文书", "好了", paths)
    assert len(state(here.book)) == STATE_ROWS
    assert state(here.book)[-1][1] == f'=HYPERLINK("{paths[-4]}","{STATE_ROWS - 4}.docx")'
    office.finish(here, "生成文书", "好了", [])
    assert [row[0] for row in state(here.book)] == ["做了什么", "时间", "结果"]


def test_a_long_answer_is_cut_in_the_box_and_whole_on_the_first_sheet(app: Excel, tmp_path: Path) -> None:
    here = Click(app.app, console(app, tmp_path / "工作"))
    assert office.finish(here, "汇总报送", "长" * 900, []) == "长" * 900
    assert office.finish(here, "汇总报送", "=" * 901, []) == "=" * 900 + "……\n全文见“首页”的“上次运行”。"
    assert state(here.book)[2] == ("结果", "=" * 901)


def test_a_path_too_long_for_a_link_is_text() -> None:
    long = Path("/" + "长" * 250)
    assert office.link(Path('/a"b')) == '=HYPERLINK("/a""b","a""b")'
    assert office.link(Path(str(long)[:-1])).startswith("=HYPERLINK(")
    assert office.link(long) == f"'{long}"


def test_consolidating_goes_by_the_days_and_folders_of_the_first_sheet(
    app: Excel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = console(app, tmp_path / "工作")
    say(book, "bt_day", datetime(2011, 6, 30))
    say(book, "bt_since", datetime(2011, 6, 12))
    said = press(app, "consolidate")
    assert said.splitlines()[:2] == [
        "统计日 2011-06-30（第三期内）：2 份中 0 份填到这一天",
        "文件：共 2 个，采用 2，退回 0，被新报送替代 0",
    ]
    assert "已写入" not in said
    assert state(book)[0] == ("做了什么", "汇总报送")
    asked: list[dict[str, Any]] = []
    real = actions.consolidate

    def unsound(*arguments: Any, **options: Any) -> Any:
        asked.append(options)
        done = real(*arguments, **options)
        monkeypatch.setattr(type(done), "sound", False)
        return done

    monkeypatch.setattr(actions, "consolidate", unsound)
    assert press(app, "consolidate") == (
        "没有完成。对账不符，这是程序的缺陷。请不要使用这次结果，并把报送文件发给维护人员。"
    )
    assert (asked[0]["as_of"], asked[0]["since"]) == (date(2011, 6, 30), date(2011, 6, 12))
    assert asked[0]["console"] == tmp_path / "工作" / "操作台.xlsx"


def open_work(book: xw.Book) -> dict[str, str]:
    """Return what 首页 says beside each step of the work, by the step's character; when it was is 刚才."""
    rows: Any = book.sheets["首页"].range("B1:C40").value
    told = {head[0]: said or "" for head, said in rows if head and head[1:2] == "　"}
    return {step: re.sub(r"\d\d-\d\d \d\d:\d\d", "刚才", said) for step, said in told.items()}


def test_the_first_sheet_says_what_is_open_of_which_day_and_since_when(app: Excel, tmp_path: Path) -> None:
    """Each action writes what it knows; what nobody worked out yet says so."""
    book = console(app, tmp_path / "工作")
    assert open_work(book) == dict.fromkeys("收查汇审发", "尚未汇总")
    press(app, "consolidate")
    said = open_work(book)
    told, when = said["收"].split("　")
    assert told == "第三期：应报 2 个单位，已报 2，退回 0，冲突 0，未报 0"
    assert when == "（统计日 2011-07-12，刚才 汇总报送）"
    assert said["查"].startswith("错 4 条，警 3 条；退回的报送表 0 份　")
    assert said["汇"].startswith("共 4 行，计入 2；疑似重复未裁定 1 对；对账相符　")
    assert said["审"] == said["发"] == "尚未汇总"
    press(app, "review")
    said = open_work(book)
    assert re.match(r"会审事项 (\d+) 件，没有答复 \1 件　.*会审）$", said["审"])
    assert re.match(r"到期要编号的文书 [1-9]\d* 份，已编号 0，未编号 [1-9]\d*　.*会审）$", said["发"])
    press(app, "documents")
    assert open_work(book) == {**said, "发": said["发"].replace("会审）", "生成文书）")}
    press(app, "send")
    told = "；邮件草稿 2 份，要催报 0 个单位　"
    assert open_work(book) == {**said, "发": said["发"].replace("会审）", "发送）").replace("　", told)}


def test_a_console_of_an_earlier_layout_goes_on_working(app: Excel, tmp_path: Path) -> None:
    """It has no steps to write beside: its cells stay, and the run is told below as before."""
    book = console(app, tmp_path / "工作")
    home = book.sheets["首页"]
    for row in range(1, 17):
        home.range(f"B{row}").value = "下发模板"
    before: Any = home.range("A1:E16").value
    assert "统计日 2011-07-12" in press(app, "consolidate")
    assert home.range("A1:E16").value == before
    assert state(book)[0] == ("做了什么", "汇总报送")


def test_papers_are_read_back(app: Excel, tmp_path: Path) -> None:
    book = console(app, tmp_path / "工作")
    out = tmp_path / "工作" / "输出" / "公文"
    assert press(app, "verify") == f"没有完成。没有文件夹“{out}”。请先点“生成文书…”。"
    out.mkdir(parents=True)
    assert press(app, "verify") == f"没有完成。“{out}”里没有文书。请先生成文书，或者换一个文件夹。"
    say(book, "bt_kinds", "补正通知")
    press(app, "documents")
    assert press(app, "verify") == "读回 1 份文书，1 份与成文时一致。"
    bad = out / "抄来的.docx"
    bad.write_bytes(b"PK")
    assert press(app, "verify").splitlines() == [
        "读回 2 份文书，1 份与成文时一致，1 份不是：", f"■ {bad}",
        "  抄来的.docx 不是完好的 Word 文件（.docx），无法核对。请用 Word 另存为 .docx 再试。",
    ]  # fmt: skip
    assert state(book)[3:] == [("打开", f'=HYPERLINK("{bad}","抄来的.docx")')]


def test_the_outbox_is_made_and_nothing_is_sent(app: Excel, tmp_path: Path) -> None:
    book = console(app, tmp_path / "工作")
    assert "找不到公文所在的文件夹" in press(app, "send")
    out = tmp_path / "工作" / "输出"
    out.mkdir()
    said = press(app, "send").splitlines()
    assert said[0].startswith("统计日 2011-07-12（第三期）：邮件草稿 ")
    assert said[0].endswith(f"，在“{out / '发送_2011-07-12'}”。逐份打开看过再发，程序不发送。")
    assert state(book)[0] == ("做了什么", "发送")
    assert [row[1] for row in state(book)[3:5]] == [
        office.link(out / "发送_2011-07-12"), office.link(out / "发送_2011-07-12" / "催报名单_2011-07-12.txt"),
    ]  # fmt: skip


def test_an_upgrade_leaves_the_console_that_is_open(app: Excel, tmp_path: Path) -> None:
    base = tmp_path / "工作"
    book = console(app, base)
    book.sheets["首页"].range("B3").value = "下发模板"
    book.save()
    before = (base / "操作台.xlsx").read_bytes()
    said = press(app, "upgrade").splitlines()
    assert said[0] == "操作台.xlsx正开着，没有换。请保存、关闭它，在命令行运行 baiti-xl upgrade，再打开。"
    assert "doc_templates/进展通报.docx：补上了缺少的模板。" in said
    assert (base / "操作台.xlsx").read_bytes() == before


def test_a_long_result_is_seen_whole_on_the_first_sheet(app: Excel, tmp_path: Path) -> None:
    """A merged cell does not grow by itself."""
    here = Click(app.app, console(app, tmp_path / "工作"))
    height = here.book.sheets["首页"].range("bt_state")[2, 0]
    for text, lines in (("好了", 1), ("甲\n乙\n丙", 3)):
        office.finish(here, "发送", text, [])
        assert height.row_height == 15 * lines


def test_documents_are_drafts_until_staff_say_otherwise(app: Excel, tmp_path: Path) -> None:
    book = console(app, tmp_path / "工作")
    say(book, "bt_kinds", "补正通知")
    out = tmp_path / "工作" / "输出" / "公文"
    text = press(app, "documents")
    assert text.startswith(f"已生成 1 份草稿，每类一份核稿表，在“{out}”。")
    assert text.endswith("\n会审还有 3 件没有答复，正式编号以前要答复。")
    assert state(book)[0] == ("做了什么", "生成文书")
    assert state(book)[3] == ("打开", f'=HYPERLINK("{out}","公文")')
    assert state(book)[4][1].startswith(f'=HYPERLINK("{out / "补正通知_X02"}')
    say(book, "bt_units", "X01")
    assert "\n没有生成 补正通知：没有要补正的报送表\n" in press(app, "documents")
    say(book, "bt_draft", "否")
    app.answer("no")
    assert press(app, "documents") == ""
    assert app.alerts[-1].prompt == "将登记并编发文号，编过的号不能收回。现在生成正式文书吗？"
    assert (app.alerts[-1].buttons, app.alerts[-1].title) == ("yes_no", "百日竞赛")


def test_documents_go_by_what_the_first_sheet_says(
    app: Excel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, asked = tmp_path / "工作", []

    def ask(*arguments: Any, **options: Any) -> Any:
        asked.append((arguments, options))
        list(options.pop("progress")(["a"], "生成公文"))
        return actions.Documents(None, (), {})  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "documents", ask)
    book = console(app, base)
    say(book, "bt_day", datetime(2011, 6, 30))
    say(book, "bt_since", datetime(2011, 6, 12))
    say(book, "bt_units", "X02")
    press(app, "documents")
    assert asked == [
        (
            (["all"], base / "报送", base / "输出" / "公文"),
            {
                "console": base / "操作台.xlsx", "as_of": date(2011, 6, 30), "since": date(2011, 6, 12),
                "units": ("X02",), "draft": True, "reissue": "", "dated": None,
            },
        )
    ]  # fmt: skip
    assert app.status_messages[-1] == "百日竞赛：生成公文 1/1……"


def test_what_goes_back_to_units(app: Excel, tmp_path: Path) -> None:
    book = console(app, tmp_path / "工作")
    out = tmp_path / "工作" / "输出" / "退回补正"
    assert press(app, "return") == (
        f"1 份报送表有错，已各做一份标了颜色的副本，另生成 1 份补正通知，在“{out}”。"
    )
    names = sorted(path.name for path in out.iterdir())
    assert "二_校验.xlsx" in names and "一_校验.xlsx" not in names
    assert any(name.startswith("补正通知_X02_侯庙镇") for name in names)
    assert not [name for name in names if name.startswith("补正通知_X01")]
    assert any("1/2" in text for text in app.status_messages)
    assert [row[1] for row in state(book)][3:5] == [
        f'=HYPERLINK("{out}","退回补正")', f'=HYPERLINK("{out / "二_校验.xlsx"}","二_校验.xlsx")',
    ]  # fmt: skip
    for path in (tmp_path / "工作" / "报送").iterdir():
        path.unlink()
    assert press(app, "return") == f"没有完成。“{tmp_path / '工作' / '报送'}”里没有报送表。"


def test_rules_that_are_not_saved_are_asked_about(app: Excel, tmp_path: Path) -> None:
    """Also where those in the file are wrong; then saving is the cure."""
    book = console(app, tmp_path / "工作")
    book.sheets["规则"]["B5"].value = ""
    book.save()
    book.sheets["规则"]["B5"].value = "另一次竞赛"
    app.answer("no")
    assert press(app, "issue") == ""
    assert app.alerts[-1].prompt == "操作台的规则有改动，还没有保存。保存后继续吗？"
    assert not (tmp_path / "工作" / "下发").exists()
    app.answer("yes")
    assert press(app, "issue").startswith("已生成 2 份报送表")
    assert actions.load_rules(tmp_path / "工作" / "操作台.xlsx").contest == "另一次竞赛"


def test_opening_says_nothing(app: Excel, tmp_path: Path, opened: list[Path]) -> None:
    console(app, tmp_path / "工作")
    assert [press(app, "folder"), press(app, "help")] == ["", ""]
    assert opened == [tmp_path / "工作", opening.handbook()]


def test_a_fault_on_a_sheet_that_is_gone_selects_nothing(app: Excel, tmp_path: Path) -> None:
    book = console(app, tmp_path / "工作")
    book.sheets["档次"].delete()
    book.sheets["首页"].activate()
    assert "缺少这张工作表" in press(app, "rules")
    assert book.sheets.active.name == "首页"


# ── functions for cells ──────────────────────────────────────────────────────────────────────────


def test_an_empty_cell_gives_an_empty_answer() -> None:
    for empty in (None, ""):
        assert [excel.BT_TIER(empty), excel.BT_TASK(empty), excel.BT_KEY(empty)] == ["", "", ""]
        assert excel.BT_SCORE("签约项目数", empty, 2) == 0
    assert excel.BT_SCORE("签约项目数", 1, 0) == 0
    assert excel.BT_SCORE("签约项目数", 2, 2) == pytest.approx(100 / 7)


@pytest.mark.parametrize(
    ("value", "number"), [(0.1, "0.1"), (3, "3"), (Decimal("1.50"), "1.50"), (1e15, "1e+15")]
)
def test_a_number_is_taken_as_excel_shows_it(value: Any, number: str) -> None:
    assert functions.amount(value) == Decimal(number)


@pytest.mark.parametrize("value", [True, "三", [1]])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(Trouble, match="不是数字"):
        functions.amount(value)


def test_a_console_that_changed_is_read_again(app: Excel, tmp_path: Path) -> None:
    import os

    form(app, tmp_path, SOUND)
    for at, days in enumerate((21, 22)):
        path = written(tmp_path / "操作台.xlsx", replace(BOOK, idle_days=days))
        os.utime(path, (at, at))
        assert functions.rules_in_force().idle_days == days
    written(tmp_path / "操作台.xlsm", replace(BOOK, idle_days=23))
    assert functions.rules_in_force().idle_days == 23


# ── ranges ───────────────────────────────────────────────────────────────────────────────────────


def test_halves_of_a_rectangle() -> None:
    """Across the longer side; every cell stays in one of them."""
    assert [a.address for a in Area(4, 2, 9, 3).halves()] == ["B4:C6", "B7:C9"]
    assert [a.address for a in Area(4, 2, 5, 6).halves()] == ["B4:D5", "E4:F5"]
    assert [a.address for a in Area(1, 1, 2, 2).halves()] == ["A1:B1", "A2:B2"]
    assert Area(4, 2, 9, 3).size == 12
    assert Area(4, 2, 4, 2).address == "B4"


def test_cells_that_share_a_value_are_told_in_parts(app: Excel) -> None:
    _, pages = sheet_named(app, "表")
    sheet = pages["表"].sheet
    sheet["B4:B7"].number_format = "0%"
    sheet["B6"].number_format = "0.00"
    found = {
        cells.address(areas): value
        for areas, value in cells.uniform(sheet, [Area(4, 2, 7, 2), Area(4, 4, 5, 4)], cells.number_format)
    }
    assert found == {"B4:B5": "0%", "B6": "0.00", "B7": "0%", "D4:D5": "General"}
    assert list(cells.uniform(sheet, [Area(4, 4, 5, 4), Area(9, 9, 9, 9)], cells.number_format)) == [
        ((Area(4, 4, 5, 4), Area(9, 9, 9, 9)), "General")
    ]


def test_runs_of_cells_become_rectangles() -> None:
    assert cells.runs([]) == []
    assert list(cells.spans([])) == []
    assert list(cells.spans([4, 5, 6, 8])) == [(4, 6), (8, 8)]
    assert cells.address(cells.runs([(4, 2), (4, 2), (4, 4), (5, 4), (4, 3), (5, 3)])) == "B4,C4:D5"


def test_merged_cells_are_found_whole_or_by_halves(app: Excel) -> None:
    _, pages = sheet_named(app, "表")
    sheet = pages["表"].sheet
    sheet["B4:C6"].merge()
    assert cells.merged(sheet["B4:C6"]) == cells.merged(sheet["B4:C5"]) == "B4:C6"
    assert cells.merged(sheet["D4:D6"]) == ""
    for part in ("B4:C7", "B4:D6", "A4:C6"):
        assert cells.merged(sheet[part]) is cells.MIXED
    found = {merge for _, merge in cells.uniform(sheet, [Area(2, 1, 9, 5)], cells.merged)}
    assert found == {"", "B4:C6"}


def test_values_start_at_a1_and_errors_have_their_names(app: Excel) -> None:
    _, pages = sheet_named(app, "表")
    sheet = pages["表"].sheet
    sheet["C3"].value = 2.5
    sheet["B2"].value = "#N/A"
    assert cells.values(sheet) == [["", "", ""], ["", "#N/A", ""], ["", "", 2.5]]


def test_what_values_do_not_show_goes_along_with_them(app: Excel) -> None:
    _, pages = sheet_named(app, "表")
    sheet = pages["表"].sheet
    sheet["A1:B1"].value = ["#N/A", "甲"]
    grid, part = reading.read_sheet(sheet, None)
    assert grid == [["", "甲"]]
    assert (
        part == b'<worksheet><row><c r="A1" t="e"><v>#N/A</v></c></row><mergeCells></mergeCells></worksheet>'
    )
    assert reading.part([], ["T4"], ["B4:B5"]) == (
        b'<worksheet><row><c r="T4" s="1"/></row><mergeCells><mergeCell ref="B4:B5"/></mergeCells></worksheet>'
    )


def test_sheets_are_found_whatever_blanks_their_names_hold(app: Excel) -> None:
    """The first of two that are alike."""
    _, pages = sheet_named(app, "项目 台账", "项目台账", "别的")
    found = reading.wanted(pages, ["项目台账", "封面"])
    assert {name: page.name for name, page in found.items()} == {"项目台账": "项目 台账"}
    assert heading_key("项目 台账") == heading_key("项目台账")
    assert click.STEPS == 20


# ── 会审 ──────────────────────────────────────────────────────────────────────────────────────────


def matters_on_screen(book: xw.Book) -> list[tuple[Any, ...]]:
    """Return the filled rows of the console's sheet 会审."""
    rows: Any = book.sheets["会审"].range("A4:F40").value
    return [tuple(row) for row in rows if row[0]]


def test_the_review_puts_open_matters_on_the_sheet_and_nothing_is_numbered_before(
    app: Excel, tmp_path: Path
) -> None:
    """As with the command: a click on 生成文书 tells the list; after the answers and 保存 it numbers."""
    book = console(app, tmp_path / "工作")
    text = press(app, "review")
    count = len(matters_on_screen(book))
    assert count and text.startswith(f"会审 {count} 件，{count} 件没有答复，已列在“会审”表第 4 行起：")
    assert (tmp_path / "工作" / "输出" / "会审_2011-07-12.xlsx").is_file()
    say(book, "bt_kinds", "进展通报")
    say(book, "bt_draft", "否")
    app.answer("yes")
    refused = press(app, "documents")
    assert f"会审还有 {count} 件没有答复，2011-07-12 的文书没有编号，也没有写出任何文件" in refused
    page = book.sheets["会审"]
    for row in range(4, 4 + count):
        page.range(f"B{row}").value = ["照发", "已核实", "刘主任", datetime(2011, 7, 13)]
    app.answer("yes")
    text = press(app, "review")
    assert text == f"会审 {count} 件，0 件没有答复，可以正式编号。"
    assert [row[1] for row in matters_on_screen(book)] == ["照发"] * count
    app.answer("yes")
    assert press(app, "documents").startswith("已生成 1 份文书")
