"""操作台: with or without macros it holds the rules, the settings that the buttons read, and what to do."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from baiti_xl.books import console, macros
from baiti_xl.books.bulk import lines_of
from baiti_xl.books.console import FIELDS, HOME, STATE_ROWS, write_console
from baiti_xl.books.macros import CONSOLE_BUTTONS, PICKERS, TEXTS
from baiti_xl.contest.loading import HEADINGS, default_rulebook, load
from baiti_xl.read.cells import read_grids

BOOK = default_rulebook()


def written(book: Any = BOOK, **options: Any) -> bytes:
    target = io.BytesIO()
    write_console(target, book, **options)
    return target.getvalue()


@pytest.mark.parametrize("macros_in", [True, False])
def test_the_rules_come_back_as_they_were_written(macros_in: bool) -> None:
    changed = replace(BOOK, contest="另一次竞赛", idle_days=20, units=BOOK.units[:5])
    data = written(changed, macros=macros_in)
    assert load(read_grids(data, tuple(HEADINGS))) == changed


@pytest.mark.parametrize("macros_in", [True, False])
def test_the_same_rules_give_the_same_bytes(macros_in: bool) -> None:
    assert written(macros=macros_in) == written(macros=macros_in)


@pytest.mark.parametrize("name", ["操作台.xlsm", "报送模板.xlsx"])
def test_no_title_is_cut(name: str) -> None:
    """Not every program makes a row as high as its letters."""
    for page in openpyxl.load_workbook(Path("workbook") / name):
        for cell in (cell for row in page.iter_rows(max_row=8) for cell in row if cell.value):
            height = page.row_dimensions[cell.row].height or 15
            assert height >= 1.35 * cell.font.sz, (page.title, cell.coordinate)


def test_no_definition_of_the_form_is_cut() -> None:
    page = openpyxl.load_workbook("workbook/报送模板.xlsx")["指标"]
    for row in page.iter_rows(min_row=5):
        if note := row[3].value:
            assert page.row_dimensions[row[3].row].height >= 15 * lines_of(str(note), 52), note


@pytest.mark.parametrize("name", HEADINGS)
def test_no_heading_of_the_rules_is_cut(name: str) -> None:
    page = openpyxl.load_workbook(io.BytesIO(written(macros=False)))[name]
    lines = max(map(lines_of, HEADINGS[name], console.WIDTHS[name]))
    assert (page.row_dimensions[console.FIRST].height or 15) >= 15 * lines


def test_without_macros_there_is_no_trace_of_them() -> None:
    package = zipfile.ZipFile(io.BytesIO(written(macros=False)))
    names = package.namelist()
    assert not [n for n in names if "vba" in n.lower() or "ctrlProp" in n or "drawing" in n.lower()]
    assert b"macroEnabled" not in package.read("[Content_Types].xml")


def test_every_button_stands_on_the_first_sheet_with_its_macro() -> None:
    package = zipfile.ZipFile(io.BytesIO(written()))
    drawing = next(n for n in package.namelist() if n.endswith(".vml"))
    text = package.read(drawing).decode()
    for button in CONSOLE_BUTTONS:
        assert f"[0]!{button.macro}<" in text
        assert f">{button.label}</font>" in text
    for macro in PICKERS.values():
        assert f"[0]!{macro}<" in text
    assert text.count("<x:FmlaMacro>") == len(CONSOLE_BUTTONS) + len(PICKERS)


@pytest.mark.parametrize("macros_in", [True, False])
def test_every_button_says_what_it_does_and_which_command_does_the_same(macros_in: bool) -> None:
    home = openpyxl.load_workbook(io.BytesIO(written(macros=macros_in)))[HOME]
    texts = [str(cell.value) for row in home.iter_rows() for cell in row if cell.value]
    for button in CONSOLE_BUTTONS:
        assert "\n".join([button.tip, *button.commands]) in texts


def test_settings_and_state_have_names() -> None:
    wb = openpyxl.load_workbook(io.BytesIO(written()))
    for name, label, value, _ in FIELDS:
        cell = wb[HOME][wb.defined_names[name].attr_text.split("!")[1].replace("$", "")]
        assert (cell.value or "") == value
        assert wb[HOME].cell(cell.row, cell.column - 1).value == label
    area = wb[HOME][wb.defined_names["bt_state"].attr_text.split("!")[1].replace("$", "")]
    assert (len(area), len(area[0])) == (STATE_ROWS, 2)


def test_documents_can_be_chosen_from_the_list_given() -> None:
    wb = openpyxl.load_workbook(io.BytesIO(written(kinds=("进展通报", "补正通知"))))
    formulas = [str(v.formula1) for v in wb[HOME].data_validations.dataValidation]
    assert '"全部,进展通报,补正通知"' in formulas


@pytest.mark.parametrize(
    ("kinds", "hint"), [(("进展通报", "补正通知"), "进展通报、补正通知"), ((), "见使用说明")]
)
def test_the_hint_names_the_documents_or_where_they_are_named(kinds: tuple[str, ...], hint: str) -> None:
    home = openpyxl.load_workbook(io.BytesIO(written(kinds=kinds)))[HOME]
    texts = [str(cell.value) for row in home.iter_rows() for cell in row if cell.value]
    assert f"全部，或用顿号分开的几种：{hint}" in texts


def test_what_the_vba_needs_is_on_sheets_that_nobody_sees() -> None:
    wb = openpyxl.load_workbook(io.BytesIO(written()), keep_vba=True)
    assert wb["baiti.text"].sheet_state == wb["baiti.conf"].sheet_state == "veryHidden"
    texts = {row[0].value: row[1].value for row in wb["baiti.text"].iter_rows()}
    assert texts == TEXTS
    assert [[c.value for c in row] for row in wb["baiti.conf"].iter_rows()] == [
        ["ADD_WORKBOOK_TO_PYTHONPATH", "False"]
    ]


def test_no_sheet_is_named_like_python_code() -> None:
    wb = openpyxl.load_workbook(io.BytesIO(written()))
    assert not [name for name in wb.sheetnames if name.endswith(".py")]


def test_without_the_tools_to_build_macros_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(macros, "find_spec", lambda name: None)
    with pytest.raises(macros.MacroError, match='pip install "xlwings'):
        written()
    assert written(macros=False)
    assert console.HOME == "首页"
