"""Buttons on live LibreOffice workbooks, through xlwings' public interface; what they say is what they say on the double."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import wraps
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
from tried import in_memory, live, tried
from xlwings_uno import Office

from baiti_xl import excel
from baiti_xl.books.listing import HEADINGS
from baiti_xl.excel import buttons, marking
from baiti_xl.excel.selftest import Outcome, Step, Verdict
from baiti_xl.excel.selftest_steps import STEPS, currency, second_excel

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
def running() -> Iterator[Office]:
    with pytest.MonkeyPatch.context() as patch, xlwings_uno.running_office() as office:
        patch.setattr(buttons, "log", lambda: logging.getLogger("baiti_xl.test"))
        yield office


@pytest.fixture
def office(running: Office) -> Office:
    """A LibreOffice that answers, whatever the test before met."""
    if not running.answers:
        running.begin_again()
    return running


def again_if_it_dies(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test once more if LibreOffice died of it, which is no fault of the program; a second time it is told."""

    @wraps(test)
    def run(office: Office, **given: Any) -> None:
        try:
            test(office, **given)
        except Exception:
            if office.answers:
                raise
            office.begin_again()
            test(office, **given)

    return run


def press(office: Office, name: str) -> str:
    """Click a button and return what is said."""
    excel.run(name)
    return office.alerts[-1].prompt


@contextmanager
def the_double() -> Iterator[xlwings_memory.Excel]:
    """Put the Excel in memory in the place of LibreOffice for a while."""
    active, caller = xw.engines.active, getattr(xw.Book, "_mock_caller", None)
    try:
        with xlwings_memory.running_excel() as app:
            yield app
    finally:
        xw.engines.active, xw.Book._mock_caller = active, caller  # type: ignore[attr-defined]


def on_the_double(path: Path, name: str) -> str:
    """Return what a button says on the Excel in memory."""
    with the_double() as app:
        book = app.open(path)
        xlwings_memory.unlock(book)
        excel.run(name)
        return app.alerts[-1].prompt


@again_if_it_dies
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


@again_if_it_dies
def test_figures_are_those_of_the_double(office: Office, folder: Path) -> None:
    path = folder / "报送" / "一.xlsx"
    book = office.open(path)
    said = press(office, "figures")
    assert "签约项目数　1 个" in said
    assert said == on_the_double(path, "figures")
    book.close()


@again_if_it_dies
def test_consolidating_from_a_live_console(office: Office, folder: Path) -> None:
    book = office.open(folder / "操作台.xlsx")
    assert "文件：共 2 个" in press(office, "consolidate")
    state: Any = book.sheets["首页"].range("bt_state").formula
    assert state[0][1] in ("汇总报送", "'汇总报送")
    assert (folder / "输出" / "汇总结果_2011-07-12.xlsx").is_file()
    book.close()


# ── the self-test ────────────────────────────────────────────────────────────────────────────────

THEIR_OWN = (second_excel, currency)  # what these tell is the version, and how an amount crosses
SOON = ("空白工作簿", "日期读成", "货币读成", "错误值读出", "另一个 Excel", "校验后存盘")


def told_by(outcomes: Sequence[Outcome], steps: Sequence[Step]) -> list[tuple[str, Verdict, str]]:
    """Return what steps came to and told, where that is to be the same in each program."""
    return [
        (one.name, one.verdict, "" if step.run in THEIR_OWN or one.verdict is Verdict.LEFT_OUT else one.told)
        for one, step in zip(outcomes, steps, strict=True)
    ]


def on_both(folder: Path, steps: Sequence[Step]) -> tuple[list[tuple[str, Verdict, str]], ...]:
    """Return what steps tell on the double and in LibreOffice."""
    found = []
    with short_forms(4):
        for program, host in (("双", in_memory(lambda _: None)), ("真", live())):
            (place := folder / program).mkdir()
            with the_double() if program == "双" else nullcontext():
                found.append(told_by(tried(place, host, steps)[1], steps))
    return tuple(found)


@again_if_it_dies
def test_steps_of_the_self_test_tell_in_libreoffice_what_they_tell_on_the_double(
    office: Office, tmp_path: Path
) -> None:
    steps = [step for step in STEPS if step.name.startswith(SOON)]
    double, here = on_both(tmp_path, steps)
    assert here == double
    assert [verdict for _, verdict, _ in here] == [Verdict.GOOD] * len(SOON)
    assert [app.pid for app in xw.apps] == [office.app.pid]


@pytest.mark.skipif(not os.environ.get("BAITI_WHOLE"), reason="set BAITI_WHOLE=1: takes two minutes")
@pytest.mark.usefixtures("opened")
@again_if_it_dies
def test_every_step_of_the_self_test_tells_in_libreoffice_what_it_tells_on_the_double(
    office: Office, tmp_path: Path
) -> None:
    double, here = on_both(tmp_path, STEPS)
    assert here == double
    assert [name for name, verdict, _ in here if verdict is Verdict.BAD] == []


# ── a LibreOffice that dies ──────────────────────────────────────────────────────────────────────


def test_a_test_is_run_once_more_where_libreoffice_died_of_it(office: Office, folder: Path) -> None:
    died: list[int] = []
    read: list[object] = []

    @again_if_it_dies
    def once(office: Office) -> None:
        book = office.open(folder / "报送" / "一.xlsx")
        if not died:
            died.append(office.app.pid)
            office.impl.office.kill()
        with book.app.properties(screen_updating=False):
            read.append(book.sheets["项目台账"]["A4"].value)

    once(office)
    assert (read, office.app.pid in died) == (["X01-001"], False)


@pytest.mark.parametrize("dies", [True, False])
def test_a_second_death_and_a_fault_are_told_as_they_are(office: Office, folder: Path, dies: bool) -> None:
    """A context manager on the way makes no other error of it."""
    runs: list[int] = []

    @again_if_it_dies
    def always(office: Office) -> None:
        runs.append(office.app.pid)
        book = office.open(folder / "报送" / "一.xlsx")
        with book.app.properties(screen_updating=False):
            if dies:
                office.impl.office.kill()
            book.impl.sheets("没有这张表")

    with pytest.raises(Exception) as told:
        always(office)
    assert "traceback" not in str(told.value)
    assert dies or type(told.value).__name__.endswith("NoSuchElementException")
    assert len(runs) == (2 if dies else 1)
