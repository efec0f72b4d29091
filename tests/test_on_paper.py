"""The workbooks on paper: every page says what it is, can be read, and holds something."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Any

import openpyxl
import pdfplumber
import pytest
from office import convert
from openpyxl.utils import get_column_letter, range_boundaries
from pages import fonts_conf, need_office
from sheets import BOOK, by_field, rows_of, submission_of

from baiti_xl import desk
from baiti_xl.books.console import HOME, NOTES, write_console
from baiti_xl.books.figures import RECORD_FIELDS, Printed, write_figures
from baiti_xl.books.macros import Step
from baiti_xl.books.registers import write_archive_register, write_issue_register
from baiti_xl.books.results import write_results
from baiti_xl.books.review import write_review
from baiti_xl.books.template import Filling, write_template
from baiti_xl.contest.columns import Kind
from baiti_xl.contest.measures import measures
from baiti_xl.contest.records import Paper
from baiti_xl.contest.sheets import DATA_SHEETS, HEADING_ROW, SHEETS

SMALLEST, FULL = 7.5, 11  # points: of what can be read (六号), and of the workbooks' text
# Pixels of a digit of 宋体 and beside a column's text in Excel, and between the margins of A4 across and upright.
DIGIT, PADDING, ACROSS, UPRIGHT = 8, 5, 1045, 716
TOGETHER = ("自检",)  # whatever it lists, it is one page
TABLES = {
    "组织发动": "事项 | 日期\n 动员会议 | 2011-4-14",
    "拜访客商": "拜访日期\n" + "2011-5-1\n" * 40,
    "邀请客商": "来访日期\n 2011-5-15\n 2011-5-16",
    "项目台账": "项目阶段 | 签约金额\n 签约 | 11000\n 竣工 | 9000",
    "到位资金": "项目编号 | 到位金额\n X01-001 | 1234567.89",
    "手续办理": "手续类别 | 状态 | 计划办结日期\n 土地 | 未启动 | 2011-6-1",
}


def written(write: Callable[..., None], *given: Any, **options: Any) -> bytes:
    """Return a workbook."""
    target = io.BytesIO()
    write(target, *given, **options)
    return target.getvalue()


def form() -> bytes:
    """Return a form as issued to a unit, filled in."""
    return written(write_template, BOOK, BOOK.units[0], Filling({}, by_field(rows_of(TABLES, "X01"))))


def results() -> bytes:
    """Return results in which several tables have no rows."""
    outcome = desk.evaluate([submission_of(TABLES)], BOOK, BOOK.end)
    return written(write_results, outcome, BOOK)


def review() -> bytes:
    """Return what is to be reviewed."""
    return written(write_review, (), desk.evaluate([submission_of(TABLES)], BOOK, BOOK.end))


def figures() -> bytes:
    """Return the figure sheet of a paper that prints no figure."""
    paper = Paper("调度会通知", "", "样", "某通知", {}, ())
    return written(
        write_figures, "调度会通知", [Printed(paper, "全县", "样.docx", "", ())], [("统计日", "无")]
    )


WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "报送表": form,
    "操作台": lambda: written(write_console, BOOK, macros=False),
    "汇总结果": results,
    "会审": review,
    "核稿": figures,
    "报送登记": lambda: written(write_archive_register, [], {}),
    "发文登记": lambda: written(write_issue_register, [], {}),
}


@cache
def data_of(name: str) -> bytes:
    """Return a workbook, made once."""
    return WORKBOOKS[name]()


@cache
def book_of(name: str) -> Any:
    """Return a workbook as read again."""
    return openpyxl.load_workbook(io.BytesIO(data_of(name)))


def seen(name: str) -> Iterator[Any]:
    """Yield the sheets that print."""
    return (page for page in book_of(name).worksheets if page.sheet_state == "visible")


# ── the page set-up ──────────────────────────────────────────────────────────────────────────────


def widths_of(page: Any) -> list[float]:
    """Return the pixels of each column that prints, in Excel."""
    area: Any = (
        range_boundaries(page.print_area.split("!")[-1]) if page.print_area else (0, 0, page.max_column)
    )
    last = area[2]
    found = dict.fromkeys(range(1, last + 1), 8.43)
    for held in page.column_dimensions.values():
        found |= {at: held.width - 0.71 for at in range(held.min or 1, (held.max or 1) + 1) if at <= last}
    return [DIGIT * found[at] + PADDING for at in range(1, last + 1)]


def pages_needed(page: Any) -> int:
    """Return over how many pages across a sheet goes if its text is as small as can be read."""
    room = (ACROSS if page.page_setup.orientation == "landscape" else UPRIGHT) * FULL / SMALLEST
    widths, titles = widths_of(page), page.print_title_cols
    again = openpyxl.utils.column_index_from_string(titles.split("$")[-1]) if titles else 0
    count, used = 1, sum(widths[:again])
    for width in widths[again:]:
        if used + width > room:
            count, used = count + 1, sum(widths[:again])
        used += width
    return count


@pytest.mark.parametrize("name", WORKBOOKS)
def test_no_page_is_set_smaller_than_can_be_read(name: str) -> None:
    for page in seen(name):
        if page.sheet_properties.pageSetUpPr and page.sheet_properties.pageSetUpPr.fitToPage:
            assert page.title in TOGETHER or pages_needed(page) <= (page.page_setup.fitToWidth or 1), (
                page.title
            )
        else:
            assert page.page_setup.scale is None or page.page_setup.scale >= 100 * SMALLEST / FULL, page.title


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_page_says_what_it_is_of(name: str) -> None:
    """The workbook on top, the sheet and the page below; what a record lacks on a page is on the next one."""
    for page in seen(name):
        title, whom = book_of(name).properties.title, BOOK.units[0].name if name == "报送表" else None
        assert (page.oddHeader.left.text, page.oddHeader.right.text) == (title, whom)
        assert page.oddFooter.left.text == page.title
        assert page.oddFooter.right.text == "第 &P 页 共 &N 页"
        if (page.page_setup.fitToWidth or 1) > 1:
            assert page.page_setup.pageOrder == "overThenDown" and page.print_title_cols, page.title


@pytest.mark.parametrize("name", ["汇总结果", "会审", "核稿", "报送登记", "发文登记"])
def test_a_table_without_rows_is_one_page_that_says_so(name: str) -> None:
    empty = [page for page in seen(name) if page.tables and not any(c.value is not None for c in page[2])]
    assert empty
    for page in empty:
        assert page.page_setup.fitToWidth in (None, 1) and pages_needed(page) == 1
        assert page.oddHeader.center.text == f"{page.title}（没有记录）"
    filled = [page for page in seen(name) if page.tables and page not in empty]
    assert all(page.oddHeader.center.text == page.title for page in filled if page.title != "数字清单")


@pytest.mark.parametrize("name", ["项目总台账", "到位资金总表", "手续进度"])
def test_every_page_of_a_projects_records_has_its_number(name: str) -> None:
    page = book_of("汇总结果")[name]
    assert page["C1"].value == "项目编号"
    assert (page.print_title_cols, page.freeze_panes) == ("$A:$C", "D2")


def test_every_page_of_the_register_of_papers_has_their_numbers() -> None:
    entry = ("台政办", 2011, 1, 1, "发文", "进展通报", "", "某通报", *[""] * 8)
    page = openpyxl.load_workbook(io.BytesIO(written(write_issue_register, [entry], {})))["发文登记"]
    assert (page.print_title_cols, page.freeze_panes) == ("$A:$C", "D2")


def test_papers_without_figures_take_one_page() -> None:
    page = book_of("核稿")["数字清单"]
    assert (page["E2"].value, page.oddHeader.center.text) == ("没有引用统计数字。", "数字清单（没有记录）")
    assert pages_needed(page) == 1


def test_a_name_with_what_marks_a_page_header() -> None:
    """Excel takes “&D” in a header for today's day."""
    book = replace(BOOK, contest="R&D 竞赛")
    page: Any = openpyxl.load_workbook(io.BytesIO(written(write_console, book, macros=False)))[HOME]
    assert page.oddHeader.left.text == f"{BOOK.county}R&&D 竞赛操作台"


@pytest.mark.parametrize("sheet", DATA_SHEETS, ids=lambda sheet: sheet.name)
def test_title_and_instruction_of_a_form_are_cut_on_no_page(sheet: Any) -> None:
    """The title stands in what is printed again on each page, the instruction in what is not."""
    page = book_of("报送表")[sheet.name]
    again = ord(page.print_title_cols[-1]) - 64 if page.print_title_cols else 0
    assert page.print_title_rows == f"$1:${HEADING_ROW}"
    assert page["A1"].value == sheet.name
    if again:
        room = sum(page.column_dimensions[get_column_letter(at)].width for at in range(1, again + 1))
        assert 2 * len(sheet.name) * 16 / FULL < room
    (told,) = (cell for cell in page[2] if cell.value)
    assert told.column == again + 1 and told.value.startswith(sheet.instruction)
    assert not page.merged_cells.ranges


@pytest.mark.parametrize("sheet", DATA_SHEETS, ids=lambda sheet: sheet.name)
def test_millions_and_days_fit_their_columns(sheet: Any) -> None:
    """With a letter to spare, as a program shows #### for what does not fit."""
    room = {Kind.MONEY: "1,234,567.89", Kind.DATE: "2011-12-25", Kind.WHOLE: "12,345"}
    for column in sheet.columns:
        assert column.width > len(room.get(column.kind, "")), column.heading


def test_what_is_to_be_signed_has_room() -> None:
    page = book_of("报送表")["封面"]
    places = {
        c.value.split("：")[0]: c for row in page.iter_rows(min_row=15) for c in row if "：" in str(c.value)
    }
    signed, sealed, dated = (places[name] for name in ("主要负责人（签字）", "单位（盖章）", "日期"))
    assert (signed.row, sealed.column - signed.column, dated.column) == (sealed.row, 2, sealed.column)
    assert dated.row > sealed.row and page.row_dimensions[sealed.row].height >= 48


@pytest.mark.parametrize("name", [m.name for m in measures()])
def test_no_figures_name_is_cut_among_its_records(name: str) -> None:
    """Its column does not break, as one of hundreds of thousands of rows; the longest name is that of an increase."""
    width = next(field.width for field in RECORD_FIELDS if field.heading == "指标")
    assert 2 * len(f"{name}（本期增加）") <= width


# ── the pages ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Leaf:
    """A printed page: its sheet, and its lines from the top."""

    sheet: str
    lines: list[str]


@pytest.fixture(scope="session")
def leaves(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Leaf]]:
    """Return the printed pages of a workbook."""
    need_office()
    folder = tmp_path_factory.mktemp("paper")

    @cache
    def printed(name: str) -> list[Leaf]:
        file = folder / f"{name}.xlsx"
        file.write_bytes(data_of(name))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FONTCONFIG_FILE", str(fonts_conf()))
            (pdf,) = convert([file], "pdf", folder)
        with pdfplumber.open(pdf) as document:
            return [leaf_of(page) for page in document.pages]

    return printed


def leaf_of(page: Any) -> Leaf:
    """Return a page of a PDF."""
    foot = page.height - 45
    lines = [line["text"].replace(" ", "") for line in page.extract_text_lines() if line["top"] < foot]
    below = [char["text"] for char in page.chars if char["top"] > foot and char["x0"] < page.width / 2]
    return Leaf("".join(below), lines)


@pytest.mark.office
def test_each_page_of_a_form_has_unit_title_and_headings(leaves: Callable[[str], list[Leaf]]) -> None:
    for leaf in leaves("报送表"):
        if leaf.sheet in SHEETS:
            sheet = SHEETS[leaf.sheet]
            assert leaf.lines[0] == f"{BOOK.county}{BOOK.contest}报送表{BOOK.units[0].name}"
            assert leaf.lines[1] == sheet.name
            assert sheet.columns[0].heading in "".join(leaf.lines[2:4])
            assert any(line == f"{sheet.instruction}（依据：{sheet.source}）" for line in leaf.lines) == (
                sheet.columns[2].heading in "".join(leaf.lines[2:5])
            )


@pytest.mark.office
@pytest.mark.parametrize("name", ["报送表", "汇总结果", "核稿"])
def test_no_page_is_all_headings_unless_it_says_that_there_are_no_rows(
    name: str, leaves: Callable[[str], list[Leaf]]
) -> None:
    for sheet, group in groupby(leaves(name), key=lambda leaf: leaf.sheet):
        pages = list(group)
        bare = [leaf for leaf in pages if len(leaf.lines) <= 2]
        assert not bare or (len(pages) == 1 and "（没有记录）" in bare[0].lines[0]), sheet


@pytest.mark.office
def test_no_page_cuts_what_is_said_of_the_rules(leaves: Callable[[str], list[Leaf]]) -> None:
    for name, pages in groupby(leaves("操作台"), key=lambda leaf: leaf.sheet):
        if name != HOME:
            assert NOTES[name].replace(" ", "") in "".join(next(pages).lines[1:5]), name


@pytest.mark.office
def test_no_heading_of_the_console_stands_alone_at_the_foot_of_a_page(
    leaves: Callable[[str], list[Leaf]],
) -> None:
    headings = [*(step.value for step in Step), "设置（改白色格子）", "上次运行", "怎么用"]
    pages = [leaf for leaf in leaves("操作台") if leaf.sheet == HOME]
    for leaf in pages:
        assert not any(leaf.lines[-1].startswith(head.replace("　", "")) for head in headings)
    for leaf in pages[1:]:
        assert any(leaf.lines[1].startswith(head.replace("　", "")) for head in headings), leaf.lines[:3]
