"""The workbooks as staff get them, in words: what changes in the form, the console or the results is seen here."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from described import described
from sheets import BOOK
from template_judge import short_forms
from test_facts import case

from baiti_xl.books.bulk import LINE_HEIGHT
from baiti_xl.books.console import write_console
from baiti_xl.books.results import write_results
from baiti_xl.books.template import Filling, write_template
from baiti_xl.books.worksheet import WORK
from baiti_xl.contest.choices import Decision
from baiti_xl.contest.loading import HEADINGS
from baiti_xl.contest.records import Ruling
from baiti_xl.contest.sheets import DATA_SHEETS, FIRST_ROW, HEADING_ROW, LISTS

FEW = replace(BOOK, units=BOOK.units[:2], disabled=("T02",))


def test_the_form_in_words(golden: Callable[[str, str], None]) -> None:
    """As it is issued to a unit, with some rows filled in; the hidden sheet 计算 is judged by other programs."""
    project = {"number": "X01-001", "name": "陶瓷生产线", "total": 12000, "signed": date(2011, 5, 20)}
    filling = Filling(
        {"cutoff": date(2011, 6, 12), "batch": 1, "reporter": "李明"},
        {
            "项目台账": [project, {**project, "number": "X01-002", "remark": "=1+1"}],
            "拜访客商": [{"trip": f"2011-W{n:02}"} for n in range(1, 15)],
        },
    )
    target = io.BytesIO()
    with short_forms(20):
        write_template(target, FEW, FEW.units[0], filling)
    rows = {sheet.name: HEADING_ROW for sheet in DATA_SHEETS}
    golden("form.txt", described(target.getvalue(), rows, LISTS, (WORK,)))


def test_title_instruction_and_headings_of_a_form_cannot_be_typed_over() -> None:
    """Whole columns are open for input; the first three rows are not."""
    target = io.BytesIO()
    with short_forms(20):
        write_template(target, FEW)
    book = openpyxl.load_workbook(target)
    for sheet in DATA_SHEETS:
        page = book[sheet.name]
        head = page.iter_rows(max_row=HEADING_ROW, max_col=len(sheet.columns))
        assert all(cell.protection.locked for row in head for cell in row), sheet.name
        assert page.protection.sheet and not page.protection.password
    assert not book["封面"]["B4"].protection.locked  # A blank form is for any unit.


@pytest.mark.parametrize(
    ("field", "letters", "lines"),
    [
        ("responsible", 5, 1),
        ("responsible", 6, 2),
        ("content", 17, 1),
        ("content", 18, 2),
        ("content", 40, 3),
    ],
)
def test_a_row_is_as_high_as_its_longest_text(field: str, letters: int, lines: int) -> None:
    """Columns of 12 and of 36 half-width letters, of which one is lost to the margins."""
    target = io.BytesIO()
    with short_forms(20):
        write_template(target, FEW, None, Filling({}, {"组织发动": [{field: "招" * letters, "paper": ""}]}))
    page = openpyxl.load_workbook(target)["组织发动"]
    assert page.row_dimensions[FIRST_ROW].height == (LINE_HEIGHT * lines if lines > 1 else None)


def test_the_console_in_words(golden: Callable[[str, str], None]) -> None:
    """With a ruling; the buttons are another matter."""
    ruling = Ruling(
        "X01/项目台账/X01-002", "P01", Decision.ACCEPT, "", "已核实", "刘主任", date(2011, 6, 30), "裁定!A4"
    )
    target = io.BytesIO()
    write_console(target, replace(FEW, rulings=(ruling,)), macros=False, kinds=("进展通报", "补正通知"))
    golden("console.txt", described(target.getvalue(), dict.fromkeys(HEADINGS, 3)))


def test_the_results_in_words(golden: Callable[[str, str], None]) -> None:
    """Six units, two of them equal, compared with an earlier day."""
    target = io.BytesIO()
    outcome, book = case("并列")
    write_results(target, outcome, book)
    rows = dict.fromkeys(openpyxl.load_workbook(target, read_only=True).sheetnames, 1)
    golden(
        "results.txt",
        described(target.getvalue(), {**rows, "总览": 0, "口径说明": 0}),
    )
