"""Buttons on live LibreOffice workbooks, through xlwings' public interface; what they say is what they say on the double."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
import xlwings_memory
import xlwings_uno
from marked import mark_of, marks_on
from sheets import BOOK, template_of
from template_judge import short_forms
from test_buttons import written
from xlwings_uno import Office

from baiti_xl import excel
from baiti_xl.books.listing import HEADINGS
from baiti_xl.excel import buttons, marking

LACKING = xlwings_uno.missing()
pytestmark = [pytest.mark.office, pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {LACKING}")]
FAULTY = {
    "项目台账": "项目编号 | 总投资 | 固定资产投资\nX01-001 | 12000 | 13000\nX01-002 | 12000 | 13000",
    "拜访客商": "外出批次号 | 拜访日期 | 返回日期 | 目的地\n2011-W01 | 2011-5-10 | 2011-5-9 | 广东佛山",
}
SOUND = {"项目台账": "项目编号\nX01-001", "到位资金": "项目编号 | 到位金额\nX01-001 | 100"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder: a console of two units, a sound and a faulty submission."""
    made = tmp_path_factory.mktemp("工作")
    (made / "报送").mkdir()
    with short_forms(20):
        (made / "报送" / "一.xlsx").write_bytes(template_of(SOUND, "X01"))
        (made / "报送" / "二.xlsx").write_bytes(template_of(FAULTY, "X02"))
    written(made / "操作台.xlsx", replace(BOOK, units=BOOK.units[:2]))
    return made


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with pytest.MonkeyPatch.context() as patch, xlwings_uno.running_office() as running:
        patch.setattr(buttons, "log", lambda: logging.getLogger("baiti_xl.test"))
        yield running


def press(office: Office, name: str) -> str:
    """Click a button and return what is said."""
    excel.run(name)
    return office.alerts[-1].prompt


def on_the_double(path: Path, name: str) -> str:
    """Return what a button says on the Excel in memory."""
    active, caller = xw.engines.active, xw.Book._mock_caller  # type: ignore[attr-defined]
    try:
        with xlwings_memory.running_excel() as app:
            book = app.open(path)
            for ws in book.impl._wb.worksheets:
                ws.protection.sheet = False
            excel.run(name)
            return app.alerts[-1].prompt
    finally:
        xw.engines.active, xw.Book._mock_caller = active, caller  # type: ignore[attr-defined]


def test_check_and_clear_twice(office: Office, folder: Path) -> None:
    path = folder / "报送" / "二.xlsx"
    book = office.open(path)
    for sheet in book.impl.sheets:
        sheet._held.unprotect("")  # as the VBA does
    page = book.sheets["项目台账"]
    page["B5"].add_note("问过王局长")
    before = contents(book)
    assert page["J4"].value == 13000
    said = on_the_double(path, "check")
    for _ in range(2):
        assert press(office, "check") == said
        assert mark_of(page["J4"]) == (255, 163, 163)
        assert book.sheets["校验结果"]["A5:H5"].value == list(HEADINGS)
        assert book.sheets["校验结果"].range(marking.HINT_CELL).value == marking.HINT
        assert press(office, "clear") == "标记已清除，其他内容没有动。"
        assert (contents(book), marks_on(book)) == (before, [])
    book.close()


def contents(book: xw.Book) -> dict[str, Any]:
    """Return formulas, notes and conditional formats of a live book."""
    found: dict[str, Any] = {}
    for sheet in book.sheets:
        rules = [
            (r.impl._held.Range.RangeAddressesAsString, r.formula) for r in sheet.cells.conditional_formats
        ]
        notes = [(note.location.address, note.text) for note in sheet.notes]
        found[sheet.name] = sheet.used_range.formula, sorted(rules, key=str), notes, sheet.visible
    return found


def test_figures_are_those_of_the_double(office: Office, folder: Path) -> None:
    path = folder / "报送" / "一.xlsx"
    book = office.open(path)
    said = press(office, "figures")
    assert "签约项目数　1 个" in said
    assert said == on_the_double(path, "figures")
    book.close()


def test_consolidating_from_a_live_console(office: Office, folder: Path) -> None:
    book = office.open(folder / "操作台.xlsx")
    assert "文件：共 2 个" in press(office, "consolidate")
    state: Any = book.sheets["首页"].range("bt_state").formula
    assert state[0][1] in ("汇总报送", "'汇总报送")
    assert (folder / "输出" / "汇总结果_2011-07-12.xlsx").is_file()
    book.close()
