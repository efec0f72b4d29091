"""Every button, where Excel refuses something or does otherwise: what is said is so, and nothing is left half done.

What Excel does is in xlwings_memory, with its sources. Work that is not Excel's is stood for by quick answers.
"""

import atexit
import io
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import xlwings as xw
import xlwings_memory as memory
from marked import marks_on
from openpyxl.workbook.protection import WorkbookProtection
from python_calamine import CalamineWorkbook
from sheets import BOOK, template_of
from template_judge import short_forms
from xlwings_memory import Excel

from baiti_xl import desk, excel
from baiti_xl.books.console import write_console
from baiti_xl.books.macros import CONSOLE_BUTTONS, RIBBON_BUTTONS, Step
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import opening, report
from baiti_xl.excel import buttons, cells, reading
from baiti_xl.excel.buttons import handlers

FAULTY = {
    "项目台账": "项目编号 | 总投资 | 固定资产投资\nX01-001 | 12000 | 13000\nX01-002 | 12000 | 13000",
    "拜访客商": "外出批次号 | 拜访日期 | 返回日期 | 目的地\n2011-W01 | 2011-5-10 | 2011-5-9 | 广东佛山",
}
RIBBON = {button.name for button in RIBBON_BUTTONS}
BEYOND = 2_958_466  # 10000-01-01


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled form of few sheets without formulas, and a console of two units, drawn once."""
    folder = tmp_path_factory.mktemp("files")
    with short_forms(12):
        wb = openpyxl.load_workbook(io.BytesIO(template_of(FAULTY)), data_only=True)
    for sheet in set(wb.sheetnames) - {"封面", "元数据", *FAULTY}:
        del wb[sheet]
    wb.save(folder / "X01_报送表.xlsx")
    target = io.BytesIO()
    write_console(target, replace(BOOK, units=BOOK.units[:2]), macros=False)
    (folder / "操作台.xlsx").write_bytes(target.getvalue())
    (folder / "输出" / "公文").mkdir(parents=True)
    (folder / "输出" / "公文" / "一.docx").touch()
    return folder


@pytest.fixture(scope="module")
def saved(files: Path) -> Rulebook:
    """The rules that the console holds as it is saved."""
    return desk.load_rules(files / "操作台.xlsx")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, saved: Rulebook) -> Iterator[Excel]:
    """An Excel whose office work is done at once."""
    outcome = SimpleNamespace(day=date(2011, 5, 13))
    done = SimpleNamespace(
        outcome=outcome, sound=True, note="", outputs=[tmp_path], open=[MATTER], matters=[MATTER], papers=None
    )
    sent = SimpleNamespace(outcome=outcome, folder=tmp_path, lists=[tmp_path], note="")
    submission = SimpleNamespace(findings=(), cover=SimpleNamespace(code=""))
    quick = {
        "issue": [tmp_path], "consolidate": done, "review": done, "documents": desk.Documents(None, (), {}),  # type: ignore[arg-type]
        "load_rules": saved, "sources": [SimpleNamespace(path=tmp_path)], "check": ([submission], []), "summary": {},
        "status": OPEN, "status_of": OPEN, "status_of_outbox": OPEN, "upgrade": SimpleNamespace(told=(), kept=None), "verify": [],
        "send": sent, "send_summary": {},
    }  # fmt: skip
    for name, answer in quick.items():
        monkeypatch.setattr(desk, name, lambda *_, answer=answer, **__: answer)
    monkeypatch.setattr(report, "consolidation_text", lambda _: "汇总好了")
    monkeypatch.setattr(report, "send_text", lambda *_: "做好了")
    monkeypatch.setattr(opening, "open_path", lambda _: None)
    monkeypatch.setattr(buttons, "log", lambda: logging.getLogger("baiti_xl.test"))
    with memory.running_excel() as running:
        yield running


MATTER = SimpleNamespace(mark="甲", what="事项", evidence="依据", effect="影响")
OPEN = {Step.COUNT: "共 2 行"}


# ── what is the matter ───────────────────────────────────────────────────────────────────────────


def nothing(app: Excel, book: xw.Book) -> None:
    """Excel does as it is told; sheets are not protected, as VBA leaves them."""
    memory.unlock(book)


def protected(app: Excel, book: xw.Book) -> None:
    """Sheets have passwords, so that VBA cannot take the protection off."""
    for ws in book.impl._wb.worksheets:
        ws.protection.sheet = True


def locked(app: Excel, book: xw.Book) -> None:
    nothing(app, book)
    book.impl._wb.security = WorkbookProtection(lockStructure=True)


def hidden(app: Excel, book: xw.Book) -> None:
    """Only the last sheet is to be seen."""
    nothing(app, book)
    book.sheets[-1].visible = True
    for sheet in list(book.sheets)[:-1]:
        sheet.visible = False


def merged(app: Excel, book: xw.Book) -> None:
    nothing(app, book)
    for sheet in book.sheets:
        if sheet.name in FAULTY:
            sheet["A4:A6"].merge()
            sheet["I3:J5"].merge()


def odd_date(app: Excel, book: xw.Book) -> None:
    """A day after 9999 and one before 1900 that are formatted as dates, and the time that pywin32 cannot round."""
    nothing(app, book)
    for ws in book.impl._wb.worksheets[1:3]:
        for row, days in ((30, BEYOND), (31, -1), (32, 43318.1247685135)):
            ws.cell(row, 2).number_format = "yyyy-m-d"
            ws.cell(row, 2)._value, ws.cell(row, 2).data_type = days, "n"


def odd_values(app: Excel, book: xw.Book) -> None:
    """Currency, and errors of which xlwings does not know the name."""
    nothing(app, book)
    for ws in book.impl._wb.worksheets[1:3]:
        ws.cell(30, 2).number_format, ws.cell(30, 2).value = "¥#,##0.00", 12.5
        for row, error in ((31, "#SPILL!"), (32, "#CALC!"), (33, "#N/A")):
            ws.cell(row, 2)._value, ws.cell(row, 2).data_type = error, "e"


def many_colours(app: Excel, book: xw.Book) -> None:
    nothing(app, book)
    for sheet in book.sheets:
        sheet["A4:F4"].color, sheet["B4"].color = (0, 176, 240), (255, 255, 0)


def read_only(app: Excel, book: xw.Book) -> None:
    nothing(app, book)
    book.impl._read_only = True
    if "规则" in (sheet.name for sheet in book.sheets):
        book.sheets["规则"]["B5"].value = "另一次竞赛"  # so that it would have to be saved
        app.answer("yes")


def very_hidden_list(app: Excel, book: xw.Book) -> None:
    """Someone has hidden the list of an earlier click very deep."""
    nothing(app, book)
    excel.run("check")
    if "校验结果" in (sheet.name for sheet in book.sheets):
        book.sheets["校验结果"].visible = 2  # type: ignore[assignment]


def other_instance(app: Excel, book: xw.Book) -> None:
    """A second Excel is in front, with a book of its own."""
    nothing(app, book)
    xw.App(add_book=True).books[0].sheets[0]["A1"].value = "别人的"


def edited(after: int) -> Callable[[Excel, xw.Book], None]:
    def begin(app: Excel, book: xw.Book) -> None:
        """Staff begin to edit a cell meanwhile."""
        nothing(app, book)
        app.edits(after)

    return begin


def closed(after: int) -> Callable[[Excel, xw.Book], None]:
    def begin(app: Excel, book: xw.Book) -> None:
        """Staff close the book meanwhile."""
        nothing(app, book)
        app.closes(book, after)

    return begin


@dataclass(frozen=True)
class Refusal:
    """What is the matter with Excel or a book, what a click on 校验本表 then says, and the buttons that can meet it."""

    name: str
    happens: Callable[[Excel, xw.Book], None]
    check: str
    met_by: Iterable[str]


EVERY = tuple(handlers())
READERS = [
    name for name in EVERY if name not in ("folder", "help")
]  # they open something and look at no cell
MARKERS = ("check", "clear")
SHOWERS = (*MARKERS, "review", "rules")
WRITERS = [name for name in READERS if name not in ("figures", "preview", "results", "rules")]
REFUSALS = (
    Refusal("nothing", nothing, "错 ", EVERY),
    Refusal(
        "passwords",
        protected,
        "有的格子加不上颜色或批注（可能设了保护，或者格里另有批注），请撤销保护后再点一次。",
        WRITERS,
    ),
    Refusal("locked structure", locked, "这份工作簿加不了“校验结果”表，没有加任何标记", MARKERS),
    Refusal("hidden sheets", hidden, "错 ", SHOWERS),
    Refusal("merged cells", merged, "错 ", RIBBON),
    Refusal("date that is none", odd_date, "错 ", READERS),
    Refusal("currency and errors", odd_values, "错 ", READERS),
    Refusal("many colours", many_colours, "错 ", MARKERS),
    Refusal("read only", read_only, "错 ", WRITERS),
    Refusal("very hidden list", very_hidden_list, "错 ", MARKERS),
    Refusal("several instances", other_instance, "错 ", EVERY),
    Refusal("edited at once", edited(9), "没有完成。Excel 正在编辑单元格", EVERY),
    Refusal("edited while marking", edited(170), "没有完成。Excel 正在编辑单元格", MARKERS),
    Refusal("closed at once", closed(9), "没有完成。工作簿或 Excel 在处理的时候关闭了", EVERY),
    Refusal("closed while marking", closed(170), "没有完成。工作簿或 Excel 在处理的时候关闭了", MARKERS),
)


def opened(app: Excel, files: Path, name: str) -> xw.Book:
    """Open the book that a button belongs to."""
    return app.open(files / ("X01_报送表.xlsx" if name in RIBBON else "操作台.xlsx"))


def is_open(book: xw.Book) -> bool:
    return book.impl._open_wb is not None


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        pytest.param(name, r, id=f"{name}-{r.name}")
        for r in REFUSALS
        for name in handlers()
        if name in r.met_by
    ],
)
def test_what_a_button_says_is_so(app: Excel, files: Path, name: str, refusal: Refusal) -> None:
    book = opened(app, files, name)
    refusal.happens(app, book)
    marked: list[str] = []
    before, told = None, len(app.alerts)
    if "closed" not in refusal.name and "edited" not in refusal.name:
        marked, before = marks_on(book), memory.snapshot(book)
    app.answer("yes")
    excel.run(name)
    memory.reset_calls()
    said = app.alerts[-1].prompt if len(app.alerts) > told else ""
    assert "没有料到的情况" not in said
    assert "Traceback" not in said and "Error" not in said
    assert (app.app.status_bar, app.app.screen_updating) == (False, True)
    half_done = not said.startswith("没有完成") or "可能只做了一部分" in said
    if before and ("工作簿没有改动" in said or not half_done):
        assert memory.snapshot(book) == before
    if name == "check":
        assert refusal.check in said
    if name == "clear" and is_open(book) and "没有完成" not in said and "没有清" not in said:
        assert (marks_on(book), bool(marked)) == ([], "已清除" in said)
    assert all("baiti_" not in other.name for app_ in xw.apps for other in app_.books)


@pytest.mark.parametrize("refusal", REFUSALS[:11], ids=lambda refusal: refusal.name)
def test_check_clear_check_clear_leaves_the_book_as_it_was(app: Excel, files: Path, refusal: Refusal) -> None:
    book = opened(app, files, "check")
    refusal.happens(app, book)
    excel.run("clear")
    before = memory.snapshot(book)
    for _ in range(2):
        excel.run("check")
        assert bool(marks_on(book)) == (refusal.name != "locked structure")
        excel.run("clear")
        assert (memory.snapshot(book), marks_on(book)) == (before, [])


@pytest.mark.parametrize("after", range(9, 200, 19))
def test_an_edit_at_any_time_leaves_no_marks_but_those_that_clearing_takes(
    app: Excel, files: Path, after: int
) -> None:
    book = opened(app, files, "check")
    nothing(app, book)
    before = memory.snapshot(book)
    app.edits(after)
    excel.run("check")
    said = app.alerts[-1].prompt
    assert "Excel 正在编辑单元格" in said or said.startswith("错 ")
    memory.reset_calls()
    excel.run("clear")
    assert memory.snapshot(book) == before


def test_what_was_in_a_form_before_is_equal_after_saving_too(app: Excel, files: Path, tmp_path: Path) -> None:
    """Notes, fills, conditional formats, merges, hidden rows, columns and sheets of its own."""
    book = opened(app, files, "check")
    nothing(app, book)
    page = book.sheets["项目台账"]
    page["B5"].add_note("问过王局长")
    page["C4:D6"].color = (146, 208, 80)
    page["J4:J9"].conditional_formats.add_custom("=$J4>9000", fill_color=(0, 176, 240))
    page["K6:L7"].merge()
    page["8:9"].rows.hidden = page["N:N"].columns.hidden = True
    book.sheets.add("留底", after=book.sheets[-1]).visible = False
    book.save(tmp_path / "前.xlsx")
    for _ in range(2):
        excel.run("check")
        excel.run("clear")
    book.save(tmp_path / "后.xlsx")
    before, after = (parts(tmp_path / name) for name in ("前.xlsx", "后.xlsx"))
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert set(before) == set(after)


def parts(path: Path) -> dict[str, Any]:
    """Return all that openpyxl keeps of a file, by what it is."""
    wb: Any = openpyxl.load_workbook(path)
    found: dict[str, Any] = {"names": sorted(wb.defined_names), "styles": sorted(wb.named_styles)}
    for ws in wb:
        rules = [
            (str(area.sqref), [(r.type, r.formula) for r in area.rules]) for area in ws.conditional_formatting
        ]
        found[ws.title] = ws.sheet_state, sorted(map(str, ws.merged_cells.ranges)), sorted(rules)
        sizes = (*ws.row_dimensions.items(), *ws.column_dimensions.items())
        found[f"{ws.title} lines"] = [(key, line.hidden) for key, line in sizes if line.hidden]
        found[f"{ws.title} validations"] = sorted(str(v.sqref) for v in ws.data_validations.dataValidation)
        for cell in ws._cells.values():
            looks = (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format, cell.protection)
            note = cell.comment and cell.comment.text
            text = getattr(cell.value, "text", cell.value)
            if text is not None or note or cell.has_style:
                found[f"{ws.title}!{cell.coordinate}"] = text, note, *map(str, looks)
    return found


# ── one conversion ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (datetime(2011, 5, 13, tzinfo=UTC), datetime(2011, 5, 13)),
        (datetime(2011, 5, 13, 8), datetime(2011, 5, 13, 8)),
        (datetime(1899, 12, 30, 12), time(12)),
        (datetime(1899, 12, 31), datetime(1900, 1, 1)),
        (datetime(1900, 2, 27, 8), datetime(1900, 2, 28, 8)),
        (datetime(1900, 2, 28), datetime(1900, 2, 28)),
        (datetime(1900, 3, 1), datetime(1900, 3, 1)),
        (Decimal("12.5"), 12.5),
        (-2146826243, "#SPILL!"),
        (-2146826238, "#CALC!"),
        (-2146826246, "#N/A"),
        (-2146826188, "#VALUE!"),
        (-2146816288, -2146816288),
        (3, 3),
        (True, True),
        ("", ""),
        ("甲", "甲"),
    ],
)
def test_whichever_way_excel_hands_a_value_over_it_is_read_as_from_a_file(value: Any, read: Any) -> None:
    assert (cells.plain(value), type(cells.plain(value))) == (read, type(read))


def test_a_date_that_is_none_is_read_alone_and_found_as_in_the_file(app: Excel) -> None:
    book = app.new()
    page = book.impl._wb.worksheets[0]
    for row, (value, shown) in enumerate(
        [(BEYOND - 1, "yyyy-m-d"), (BEYOND, "yyyy-m-d"), (-1, "yyyy-m-d"), (43318.1247685135, "yyyy-m-d"), (BEYOND, "0")], 1
    ):  # fmt: skip
        page.cell(row, 2).number_format = shown
        page.cell(row, 2)._value, page.cell(row, 2).data_type = value, "n"
    page["A7"], page["C3"] = "末行", "旁边"
    book.sheets[0]["B6"].formula = "=10^9"
    book.sheets[0]["B6"].number_format = "yyyy-m-d"
    memory.set_result(book.sheets[0]["B6"], 10**9)
    days = [
        datetime(9999, 12, 31),
        float(BEYOND),
        -1.0,
        datetime(2018, 8, 6, 2, 59, 40),
        float(BEYOND),
        "########",
        "",
    ]
    assert [row[1] for row in cells.values(book.sheets[0])] == days
    assert cells.values(book.sheets[0])[2] == ["", -1.0, "旁边"]


def test_the_first_days_of_excel_are_those_of_the_file(app: Excel, tmp_path: Path) -> None:
    """Excel takes 1900 for a leap year; Windows, which hands the days over, does not."""
    days = (0, 0.5, 1, 1.5, 31, 59, 59.5, 60, 61, 40676.25)
    wb = openpyxl.Workbook()
    for row, day in enumerate(days, 1):
        wb.worksheets[0].cell(row, 1, day).number_format = "yyyy-m-d"
    wb.save(tmp_path / "日.xlsx")
    sheet = CalamineWorkbook.from_path(tmp_path / "日.xlsx").get_sheet_by_index(0)
    of_file = [whole(row[0]) for row in sheet.to_python(skip_empty_area=False)]
    book = app.open(tmp_path / "日.xlsx")
    assert [row[0] for row in cells.values(book.sheets[0])] == of_file
    assert [cells.alone(str(day)) for day in days] == of_file


def whole(value: Any) -> Any:
    """Return a day as its first moment."""
    return datetime.combine(value, time()) if type(value) is date else value


@pytest.mark.parametrize("odd", [range(777, 778), range(1, 2001), range(5, 2001, 500)])
def test_odd_dates_cost_few_calls_however_many(app: Excel, odd: range) -> None:
    """As 20110513 pasted down a column of dates."""
    book = app.new()
    page = book.impl._wb.worksheets[0]
    for row in range(1, 2001):
        page.cell(row, 3).value = row
    for row in odd:
        cell = page.cell(row, 2)
        cell.number_format, cell.value = "yyyy-m-d", BEYOND
    memory.reset_calls()
    found = cells.values(book.sheets[0])
    assert [row for row, held in enumerate(found, 1) if held[1] == BEYOND] == list(odd)
    assert memory.engine_calls() < 100


def test_errors_that_xlwings_does_not_name_are_found_as_the_office_finds_them(
    app: Excel, files: Path
) -> None:
    book = opened(app, files, "check")
    odd = book.impl._wb["项目台账"]["I4"]
    odd._value, odd.data_type = "#SPILL!", "e"
    found = reading.submission(book, cells.pages(book), BOOK).submission.findings
    assert ("C06", "I4", "#SPILL!") in [(f.rule, f.place.cell, f.value) for f in found]


# ── what is not of one handler ───────────────────────────────────────────────────────────────────


def test_no_other_excel_is_ended_when_python_ends(app: Excel, monkeypatch: pytest.MonkeyPatch) -> None:
    """xlwings' exit handler runs taskkill on every Excel that it cannot see (xlwings #2456)."""
    spared: list[Any] = []
    engine: Any = SimpleNamespace(cleanup="taskkill")
    monkeypatch.setitem(sys.modules, "xlwings._xlwindows", engine)
    monkeypatch.setattr(atexit, "unregister", spared.append)
    app.new()
    excel.run("folder")
    assert spared == ["taskkill"]


def test_a_message_that_nobody_can_be_shown_ends_the_process_with_it(
    app: Excel, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = opened(app, files, "figures")
    monkeypatch.setattr(type(book.app.impl), "alert", lambda *_, **__: 1 / 0)
    with pytest.raises(SystemExit, match="没有完成"):
        excel.run("figures")


def test_every_button_is_here() -> None:
    assert {b.name for b in (*CONSOLE_BUTTONS, *RIBBON_BUTTONS)} == set(handlers())
