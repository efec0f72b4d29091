"""The steps of the self-test: what Excel is asked, and what it must answer. Each opens its own copies."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlwings as xw

from baiti_xl import desk
from baiti_xl.contest import sheets
from baiti_xl.contest.choices import Method, Rank
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.desk import install
from baiti_xl.desk.machine import ADDIN
from baiti_xl.desk.shipped import shipped
from baiti_xl.excel import buttons, cells, office
from baiti_xl.excel.click import Click
from baiti_xl.excel.selftest import CODE, Bench, Step, Unfit, Untried
from baiti_xl.papers import correction
from baiti_xl.read.cells import find_headings

VISITS, PROJECTS = "拜访客商", "项目台账"
COVER = {
    "cutoff": datetime(2011, 5, 13),
    "batch": 1,
    "reporter": "样例甲",
    "phone": "13800000000",
    "head": "样例乙",
}
A_VISIT = {
    "外出批次号": "2011-W01",
    "拜访日期": datetime(2011, 5, 10),
    "返回日期": datetime(2011, 5, 12),
    "目的地": "广东佛山",
    "客商名称": "样例公司",
    "接洽人": "样例丙",
    "职务": "经理",
    "带队领导": "样例丁",
    "领导层级": Rank.BOARD.value,
    "外出人数": 3,
    "招商方式": Method.TEAM.value,
    "产业": default_rulebook().industries[0],
    "洽谈内容": "样例：了解投资意向，介绍本地条件",
    "佐证材料": "样例材料",
}
A_PROJECT = {"项目编号": f"{CODE}-001", "总投资": 12000, "固定资产投资": 13000, "签约金额": 11000}
MANY, TOO_LATE = 2000, 3_000_000  # rows; a day after 9999-12-31
WAYS = ("info", "critical")


@dataclass(frozen=True, slots=True)
class Answering(Click):
    """A click whose questions are answered with yes, since nobody sits there."""

    def ask(self, question: str) -> bool:
        """Say yes."""
        return True


def expect(holds: bool, what: str) -> None:
    """Raise Unfit unless something holds."""
    if not holds:
        raise Unfit(what)


def press(bench: Bench, book: xw.Book, name: str, expected: str = "info") -> str:
    """Carry out a button as a click does, the protection off around it; return what staff would read."""
    with bench.host.unlocked(book):
        text, mode = buttons.carry_out(name, Answering(bench.app, book))
    expect(mode == expected, f"{buttons.handlers()[name][0]}：{text}")
    return text


def copy_of(bench: Bench, source: Path, name: str = "") -> Path:
    """Return a fresh copy of a file, in a folder of its own."""
    folder = bench.folder / "副本"
    folder.mkdir(exist_ok=True)
    target = folder / (name or source.name)
    shutil.copyfile(source, target)
    return target


def opened(bench: Bench, source: Path) -> xw.Book:
    """Open a fresh copy of a file."""
    return bench.app.books.open(str(copy_of(bench, source)))


def filled(bench: Bench) -> xw.Book:
    """Open a form with a few rows typed into it, some of them wrong."""
    book = opened(bench, bench.form)
    with bench.host.unlocked(book):
        for at, column in enumerate(sheets.COVER_FIELDS, sheets.COVER_FIRST):
            if column.field in COVER:
                book.sheets[sheets.COVER].range((at, 2)).value = COVER[column.field]
        back: dict[str, list[Any]] = {
            "返回日期": [A_VISIT["返回日期"], datetime(2011, 5, 9)],
            "客商名称": ["样例公司一", "样例公司二"],
        }
        type_in(book.sheets[VISITS], {**repeated(A_VISIT, 2), **back})
        type_in(book.sheets[PROJECTS], repeated(A_PROJECT, 1))
    return book


def repeated(row: Mapping[str, Any], times: int) -> dict[str, list[Any]]:
    """Return columns that hold the same row several times."""
    return {heading: [value] * times for heading, value in row.items()}


def type_in(sheet: xw.Sheet, columns: Mapping[str, list[Any]]) -> None:
    """Type values below their headings."""
    top, found = find_headings(cells.values(sheet), sheets.SHEETS[sheet.name])
    for heading, values in columns.items():
        first = (top + 2, found[heading] + 1)
        sheet.range(first, (first[0] + len(values) - 1, first[1])).value = [[value] for value in values]


def cell_below(sheet: xw.Sheet, heading: str, down: int = 0) -> xw.Range:
    """Return a data cell of a column."""
    top, found = find_headings(cells.values(sheet), sheets.SHEETS[sheet.name])
    return sheet.range((top + 2 + down, found[heading] + 1))


def contents(book: xw.Book) -> dict[str, Any]:
    """Return what a check must leave as it was: sheets, whether they show, what cells hold, notes, colours of the head.

    Formulas, not values: those of a block cannot be read while a date in it is beyond the year 9999.
    """
    return {
        sheet.name: (
            sheet.visible,
            sheet.used_range.formula,
            sorted(note.text for note in sheet.notes),
            [sheet.range((row, 1)).color for row in range(1, 8)],
        )
        for sheet in book.sheets
    }


# ── Excel itself ─────────────────────────────────────────────────────────────────────────────────


def chinese(bench: Bench) -> str:
    """Write and read Chinese."""
    sheet = bench.app.books.add().sheets[0]
    rows = [["单位名称", "𠮷〇㐂"], ["城关镇", "（甲）"]]
    sheet.range("A1:B2").value = rows
    expect(sheet.range("A1:B2").value == rows, f"读回的是 {sheet.range('A1:B2').value}")
    return ""


def dates(bench: Bench) -> str:
    """Read a date as a date."""
    sheet = bench.app.books.add().sheets[0]
    sheet.range("A1").value = datetime(2011, 5, 13)
    expect(sheet.range("A1").value == datetime(2011, 5, 13), f"读回的是 {sheet.range('A1').value!r}")
    return ""


def currency(bench: Bench) -> str:
    """Read an amount that is shown as currency as a number."""
    sheet = bench.app.books.add().sheets[0]
    sheet.range("A1").number_format = "¥#,##0.00"
    sheet.range("A1").value = 1234.5
    value = sheet.range("A1").value
    expect(isinstance(value, float | Decimal) and value == Decimal("1234.5"), f"读回的是 {value!r}")
    return type(value).__name__


def errors(bench: Bench) -> str:
    """Read error cells by their names."""
    sheet = bench.app.books.add().sheets[0]
    sheet.range("A1:B1").value = ["#N/A", "#REF!"]
    expect(cells.values(sheet) == [["#N/A", "#REF!"]], f"读回的是 {cells.values(sheet)}")
    return ""


def second_excel(bench: Bench) -> str:
    """Start another Excel and end it; ours stays."""
    other = bench.host.start()
    expect(other.pid != bench.pid, "又启动的 Excel 是同一个进程")
    other.quit()
    return f"{bench.app.version}"


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def opening(make: Callable[[Bench], Path]) -> Callable[[Bench], str]:
    """Return a step that opens a file with Excel's own questions on, saves and closes it.

    A prompt to repair waits for someone, and so ends with the time of the step.
    """

    def run(bench: Bench) -> str:
        path = copy_of(bench, make(bench))
        bench.app.display_alerts = True
        book = bench.app.books.open(str(path))
        expect(book.name == path.name, f"打开后的名称是 {book.name}")
        count = len(book.sheets)
        book.save()
        book.close()
        return f"{count} 张表"

    return run


def template(bench: Bench) -> Path:
    """Return the blank form."""
    return bench.console.parent / "报送模板.xlsx"


def addin(bench: Bench) -> Path:
    """Return the add-in, as `excel install` puts it in place."""
    if not bench.host.has_macros:
        raise Untried(f"{bench.host.name} 不开加载项")
    path = bench.folder / ADDIN
    path.write_bytes(install.addin())
    return path


def shipped_console(bench: Bench) -> Path:
    """Return the console as it is shipped."""
    return shipped(f"workbook/{desk.CONSOLE_NAMES[0]}") or bench.console


def submitted(bench: Bench) -> Path:
    """Return a submission with errors in the working folder, as a saved file."""
    target = bench.console.parent / "报送" / bench.form.name
    if not target.is_file():
        book = filled(bench)
        book.save()
        shutil.copyfile(book.fullname, target)
        book.close()
    return target


def annotated(bench: Bench) -> Path:
    """Return the marked copy of a submission."""
    _, copies = desk.check([submitted(bench)], console=bench.console, annotated=bench.folder / "退回")
    return copies[0]


def results(bench: Bench) -> Path:
    """Return a results workbook."""
    submitted(bench)
    done = desk.consolidate(bench.console.parent / "报送", bench.folder / "结果", console=bench.console)
    return done.outputs[0]


# ── the ribbon ───────────────────────────────────────────────────────────────────────────────────


def as_before(alter: Callable[[xw.Book], None] | None = None) -> Callable[[Bench], str]:
    """Return a step that checks and clears twice a form with something of its own: what was there is there after."""

    def run(bench: Bench) -> str:
        book = filled(bench)
        if alter:
            with bench.host.unlocked(book):
                alter(book)
        before = contents(book)
        for _ in range(2):
            told = press(bench, book, "check")
            press(bench, book, "clear")
        after = contents(book)
        changed = [name for name in before | after if before.get(name) != after.get(name)]
        expect(not changed, f"清除标记以后不同了：{'、'.join(changed)}")
        return told.partition("\n")[0]

    return run


def hide_sheet(book: xw.Book) -> None:
    """Hide a sheet with an error in it."""
    book.sheets[VISITS].visible = False


def merge(book: xw.Book) -> None:
    """Merge cells with an error in them."""
    cell = cell_below(book.sheets[VISITS], "返回日期")
    cell.resize(2, 1).merge()


def note(book: xw.Book) -> None:
    """Put a note of the unit's own beside an error."""
    cell_below(book.sheets[PROJECTS], "固定资产投资").add_note("问过，属实")


def paint(book: xw.Book) -> None:
    """Colour cells, one of them with an error."""
    cell_below(book.sheets[PROJECTS], "固定资产投资").color = (0, 176, 240)
    book.sheets[PROJECTS].range("A1").color = (146, 208, 80)


def odd_date(book: xw.Book) -> None:
    """Put a day beyond the year 9999 into a date column."""
    cell = cell_below(book.sheets[VISITS], "拜访日期", 1)
    cell.number_format = "yyyy-m-d"
    cell.value = TOO_LATE


def error_cell(book: xw.Book) -> None:
    """Put an error into a cell."""
    cell_below(book.sheets[PROJECTS], "签约金额").value = "#REF!"


def other_sheet(book: xw.Book) -> None:
    """Add a sheet of the unit's own, and look at it."""
    book.sheets.add("本单位草稿").range("A1").value = "随手记"


def many_rows(book: xw.Book) -> None:
    """Fill thousands of rows."""
    names = {
        heading: [f"{name}{number:04}" for number in range(MANY)]
        for heading, name in {"客商名称": "样例公司", "带队领导": "样例"}.items()
    }
    type_in(book.sheets[VISITS], {**repeated(A_VISIT, MANY), **names})


def twice(name: str) -> Callable[[Bench], str]:
    """Return a step that presses a button of the ribbon twice; the answer is the same."""

    def run(bench: Bench) -> str:
        book = filled(bench)
        told = press(bench, book, name)
        expect(press(bench, book, name) == told, "第二次的回答不同")
        return told.partition("\n")[0]

    return run


def saved_and_cleared(bench: Bench) -> str:
    """Check, save, close, open again, clear."""
    book = filled(bench)
    before = contents(book)
    press(bench, book, "check")
    book.save()
    path = book.fullname
    book.close()
    again = bench.app.books.open(path)
    press(bench, again, "clear")
    expect(contents(again) == before, "清除标记以后不同了")
    return ""


def no_form(bench: Bench) -> str:
    """Check a workbook that is no form: it is told so."""
    return press(bench, bench.app.books.add(), "check", "critical")


def still_locked(bench: Bench) -> str:
    """Check a form whose protection stays on: staff read a sentence, whatever it says."""
    book = filled(bench)
    text, mode = buttons.carry_out("check", Answering(bench.app, book))
    expect(mode in WAYS and bool(text), "没有回答")
    return text.partition("\n")[0]


def closed(bench: Bench) -> str:
    """Check a form that was closed meanwhile: staff read a sentence."""
    book = filled(bench)
    book.close()
    text, mode = buttons.carry_out("check", Answering(bench.app, book))
    expect(mode == "critical" and bool(text), "没有回答")
    return text.partition("\n")[0]


# ── the console ──────────────────────────────────────────────────────────────────────────────────


def on_console(name: str) -> Callable[[Bench], str]:
    """Return a step that presses a button of the console twice."""

    def run(bench: Bench) -> str:
        submitted(bench)
        READY.get(name, lambda _: None)(bench)
        book = bench.app.books.open(str(bench.console))
        press(bench, book, name)
        return press(bench, book, name).partition("\n")[0]

    return run


def results_here(bench: Bench) -> None:
    """Write results where the console looks for them."""
    base = bench.console.parent
    desk.consolidate(base / "报送", base / "输出", console=bench.console)


def papers_here(bench: Bench) -> None:
    """Write a draft where the console looks for papers, unless some are there."""
    base = bench.console.parent
    papers = base / "输出" / office.PAPERS
    if not any(papers.glob("*.docx")):
        desk.documents([correction.KIND], base / "报送", papers, console=bench.console, draft=True)


READY = {"results": results_here, "verify": papers_here, "send": papers_here}


def real_click(bench: Bench) -> str:
    """Run the VBA of a button, which starts Python, which opens the handbook: the one way to see whether that is let through."""
    if not bench.host.has_macros:
        raise Untried(f"{bench.host.name} 不运行宏")
    book = bench.app.books.open(str(copy_of(bench, bench.console)))
    bench.app.macro(f"'{book.name}'!BtHelp")()
    return "浏览器里应当打开了使用手册"


STEPS = (
    Step("空白工作簿写、读汉字", chinese),
    Step("日期读成日期", dates),
    Step("货币读成数", currency),
    Step("错误值读出名称", errors),
    Step("另一个 Excel 开、关，互不影响", second_excel),
    Step("打开 操作台（随程序带的）", opening(shipped_console)),
    Step("打开 操作台（本机生成的）", opening(lambda bench: bench.console)),
    Step("打开 报送模板", opening(template)),
    Step("打开 加载项", opening(addin)),
    Step("打开 下发的报送表", opening(lambda bench: bench.form)),
    Step("打开 填好的报送表", opening(submitted)),
    Step("打开 标了颜色的副本", opening(annotated)),
    Step("打开 汇总结果", opening(results)),
    Step("校验、清除各两遍", as_before()),
    Step("校验、清除各两遍：有隐藏的工作表", as_before(hide_sheet)),
    Step("校验、清除各两遍：有合并的单元格", as_before(merge)),
    Step("校验、清除各两遍：有原来的批注", as_before(note)),
    Step("校验、清除各两遍：有原来的底色", as_before(paint)),
    Step("校验、清除各两遍：有超出范围的日期", as_before(odd_date)),
    Step("校验、清除各两遍：有错误值", as_before(error_cell)),
    Step("校验、清除各两遍：有单位自己加的表", as_before(other_sheet)),
    Step("校验、清除各两遍：2,000 行", as_before(many_rows), 300),
    Step("校验后存盘，重开再清除", saved_and_cleared),
    Step("指标与档次，两遍", twice("figures")),
    Step("预览汇总，两遍", twice("preview")),
    Step("保护着的报送表上校验", still_locked),
    Step("不是报送表的工作簿上校验", no_form),
    Step("中途关闭的报送表上校验", closed),
    *(
        Step(f"{label}，两遍", on_console(name), 180)
        for name, label in {
            "rules": "规则检查",
            "issue": "下发模板",
            "consolidate": "汇总报送",
            "results": "打开结果",
            "review": "会审",
            "documents": "生成文书（草稿）",
            "verify": "核对文书",
            "send": "发送",
            "return": "退回补正",
            "upgrade": "升级",
        }.items()
    ),
    Step("真的点一次按钮（使用说明）", real_click),
)
