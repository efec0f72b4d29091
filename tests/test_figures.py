"""核稿表: the figures of a kind's papers on one sheet, their records on the next, linked both ways."""

import io
import time
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from openpyxl import Workbook, load_workbook
from test_documents import template
from test_facts import case, papers_of

from baiti_xl import __version__
from baiti_xl.books import bulk, figures
from baiti_xl.books.figures import Printed, write_figures
from baiti_xl.contest.records import FigureNote, Line, Paper
from baiti_xl.papers import catalogue
from baiti_xl.press.marks import Mark

STAMP = (
    ("程序版本", __version__),
    ("规则摘要", "abc123"),
    ("统计日", "2011-06-12"),
    ("报送表", "X01.xlsx 9f86d0"),
)
THIRD = Decimal(1) / Decimal(3)
NOTES = (
    FigureNote("键", "12.50", "签约金额", "签约金额之和", Decimal("12.5"), (
        Line("X01", "X01.xlsx", "项目台账", 4, Decimal(10), "=甲项目"), Line("X01", "X01.xlsx", "项目台账", 5, Decimal("2.5"), "乙项目"),
    )),
    FigureNote("键", "33.33%", "竣工率", "竣工 ÷ 签约", THIRD, (Line("X01", "X01.xlsx", "项目台账", 4, Decimal(1), "甲"),),
               Decimal(1), Decimal(3), (Line("X01", "X01.xlsx", "项目台账", 6, Decimal(3), "丙"),)),
    FigureNote("键", "1", "名次", "数值相同名次相同", Decimal(1)),
    FigureNote("键", "7", "项目个数", "没有印出来", Decimal(7), (Line("X01", "X01.xlsx", "项目台账", 9, Decimal(7), "戊"),)),
)  # fmt: skip
MARKS = (
    Mark("1", 1, "一、处 城关镇", "12.5万元", ""),
    Mark("2", 1, "表1 竣工率 城关镇", "33.33%", ""),
    Mark("1", 2, "附件1 城关镇 签约金额", "12.50", ""),
    Mark("3", 1, "附件1 城关镇 名次", "1", ""),
)
ONE = Printed(
    Paper("进展通报", "X01", "样", "某通报", {}, NOTES), "城关镇", "样_号.docx", "台政办〔2011〕1号", MARKS
)
TWO = Printed(
    Paper("进展通报", "X02", "二", "又一通报", {}, NOTES),
    "侯庙镇",
    "二.docx",
    "",
    (Mark("1", 1, "一、处", "12.50", ""),),
)
NONE = Printed(Paper("进展通报", "X03", "三", "空通报", {}, NOTES), "后方乡", "三.docx", "", ())


def written(*printed: Printed) -> bytes:
    """Return the figure sheet of papers."""
    target = io.BytesIO()
    write_figures(target, "进展通报", printed, STAMP)
    return target.getvalue()


@cache
def book(values: bool = True) -> Workbook:
    """Return the figure sheet of three small papers, read back: its values, or its formulas."""
    return load_workbook(io.BytesIO(written(ONE, TWO, NONE)), data_only=values)


def rows(sheet: str) -> list[tuple[object, ...]]:
    """Return a sheet's rows as values."""
    return [tuple(cell.value for cell in row) for row in book()[sheet].iter_rows()]


def test_the_sheets_and_their_headings() -> None:
    assert book().sheetnames == ["数字清单", "来源记录", "公文清单", "依据"]
    assert rows("数字清单")[0] == (
        "序号", "单位", "文件", "文号", "位置", "文中写法", "指标", "口径", "数值", "分子", "分母", "来源条数", "来源序号", "标记",
    )  # fmt: skip
    assert rows("来源记录")[0] == (
        "来源序号", "指标", "用于", "单位代码", "来源文件", "来源表", "来源行", "内容", "计入数值",
    )  # fmt: skip
    assert book()["数字清单"].tables["数字清单"].ref == "A1:N6"


def test_every_print_is_told_with_its_paper_its_place_and_its_parts() -> None:
    money, rate, again, rank, other = rows("数字清单")[1:]
    assert money == (
        1, "城关镇", "样_号.docx", "台政办〔2011〕1号", "一、处 城关镇", "12.5万元", "签约金额", "签约金额之和", 12.5, None, None, 2, 1, "1",
    )  # fmt: skip
    assert rate[4:] == (
        "表1 竣工率 城关镇", "33.33%", "竣工率", "竣工 ÷ 签约", float(THIRD), 1, 3, 2, 2, "2",
    )  # fmt: skip
    assert (again[0], again[4:6], again[11:]) == (3, ("附件1 城关镇 签约金额", "12.50"), (2, 1, "1_2"))
    assert rank[8:] == (1, None, None, 0, None, "3")
    assert other[1:4] == ("侯庙镇", "二.docx", None) and other[11:] == (2, 1, "1")


def test_a_figure_that_no_paper_prints_is_left_out_with_its_records() -> None:
    assert "项目个数" not in {row[6] for row in rows("数字清单")}
    assert "戊" not in {row[7] for row in rows("来源记录")}


def test_records_stand_once_by_use_file_sheet_and_row_and_never_become_formulas() -> None:
    """Equal figures share them, in one paper or in two."""
    assert rows("来源记录")[1:] == [
        (1, "签约金额", "数值", "X01", "X01.xlsx", "项目台账", 4, "=甲项目", 10),
        (1, "签约金额", "数值", "X01", "X01.xlsx", "项目台账", 5, "乙项目", 2.5),
        (2, "竣工率", "分子", "X01", "X01.xlsx", "项目台账", 4, "甲", 1),
        (2, "竣工率", "分母", "X01", "X01.xlsx", "项目台账", 6, "丙", 3),
    ]
    assert book(False)["来源记录"]["H2"].data_type == "s"


def links(sheet: str) -> dict[str, str]:
    """Return the links of a sheet by cell."""
    cells = (cell for row in book(False)[sheet].iter_rows() for cell in row if cell.data_type == "f")
    return {cell.coordinate: str(cell.value) for cell in cells}


def test_figures_lead_to_records_and_back() -> None:
    to = '=HYPERLINK("#来源记录!A{}",2)'
    assert links("数字清单") == {
        "L2": to.format(2), "L3": to.format(4), "L4": to.format(2), "L6": to.format(2),
    }  # fmt: skip
    assert links("来源记录") == {
        "A2": '=HYPERLINK("#数字清单!A2",1)', "A4": '=HYPERLINK("#数字清单!A3",2)',
    }  # fmt: skip


def test_records_equal_in_part_are_not_shared() -> None:
    """The same ends and the same sum, another record in the middle."""
    lines = tuple(Line("X01", "X01.xlsx", "项目台账", row, Decimal(1), "甲") for row in (4, 5, 6))
    other = (lines[0], replace(lines[1], row=9), lines[2])
    notes = [
        replace(NOTES[0], value=Decimal(3), lines=held) for held in (lines, other, tuple(map(replace, lines)))
    ]
    marks = [Mark(str(n), 1, "处", "3", "") for n in (1, 2, 3)]
    paper = replace(ONE.paper, figures=tuple(notes))
    sheet = load_workbook(io.BytesIO(written(replace(ONE, paper=paper, marks=marks))), data_only=True)
    assert [row[12] for row in sheet["数字清单"].iter_rows(min_row=2, values_only=True)] == [1, 2, 1]
    assert [row[6] for row in sheet["来源记录"].iter_rows(min_row=2, values_only=True)] == [4, 5, 6, 4, 9, 6]


def test_more_records_than_a_sheet_holds_go_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_ROWS", 3)
    sheet = load_workbook(io.BytesIO(written(replace(ONE, marks=MARKS[:2]))))
    assert sheet.sheetnames[:3] == ["数字清单", "来源记录", "来源记录2"]
    assert [sheet[name].max_row for name in sheet.sheetnames[1:3]] == [4, 2]
    assert sheet["数字清单"]["L3"].value == '=HYPERLINK("#来源记录!A4",2)'
    assert figures.address(3) == "来源记录2!A2"


def test_the_papers_and_the_basis() -> None:
    assert rows("公文清单") == [
        ("单位", "公文", "文件", "文号", "数字个数"),
        ("城关镇", "某通报", "样_号.docx", "台政办〔2011〕1号", 4),
        ("侯庙镇", "又一通报", "二.docx", None, 1),
        ("后方乡", "空通报", "三.docx", None, 0),
    ]
    assert rows("依据") == [("种类", "进展通报"), ("份数", "3"), *STAMP, ("核对人", ""), ("核对日期", "")]


def test_papers_without_figures_say_so() -> None:
    sheet = load_workbook(io.BytesIO(written(NONE)))["数字清单"]
    assert sheet["E2"].value == "没有引用统计数字。" and sheet.max_row == 2


def real() -> Printed:
    """Return a circular as it was made, made anew."""
    (paper,) = catalogue.papers("进展通报", *case("并列"))
    done = catalogue.finish(paper, template("进展通报"), "台政办〔2011〕9号")
    return Printed(paper, "全县", "通报.docx", "台政办〔2011〕9号", done.marks)


def test_the_same_papers_give_the_same_bytes() -> None:
    assert written(real()) == written(real())


def test_what_stands_in_the_cells_adds_up_for_a_real_paper() -> None:
    sheets = load_workbook(io.BytesIO(written(real())), read_only=True, data_only=True)
    sums: dict[tuple[object, object], float] = {}
    for number, _, use, *_, value in sheets["来源记录"].iter_rows(min_row=2, values_only=True):
        sums[number, use] = sums.get((number, use), 0) + float(str(value))
    checked = 0
    for row in sheets["数字清单"].iter_rows(min_row=2, values_only=True):
        value, above, below, count, number = row[8:13]
        if count and below is None:
            assert abs(sums[number, "数值"] - float(str(value))) < 1e-6
        elif count:
            assert sums.get((number, "分子"), 0) == float(str(above))
            assert sums[number, "分母"] == float(str(below))
        checked += 1
    assert checked > 100


def test_every_figure_of_a_real_paper_is_listed_as_it_is_printed() -> None:
    """The list is what the paper prints; the note's own text is one of its prints or its number in words."""
    (paper,) = papers_of("并列", "进展通报")
    sheet = load_workbook(io.BytesIO(written(real())))["数字清单"]
    listed = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len({row[13] for row in listed}) == len(listed)
    assert {str(row[13]).split("_")[0] for row in listed} <= {
        str(n) for n in range(1, len(paper.figures) + 1)
    }


def test_six_hundred_papers_take_seconds() -> None:
    """Two seconds on a quiet machine; the limit leaves room for a busy one, and none for a cell at a time."""
    lines = tuple(Line("X01", "X01.xlsx", "拜访客商", row, Decimal(1), f"客商{row}") for row in range(200))
    many = []
    for at in range(600):
        own = tuple(replace(line, unit=f"U{at:03}") for line in lines)
        notes = tuple(replace(NOTES[0], value=Decimal(n), lines=own if n == 0 else ()) for n in range(50))
        marks = [Mark(str(n), 1, "表1 处", "1", "") for n in range(1, 51)]
        many.append(replace(ONE, paper=replace(ONE.paper, figures=notes), marks=marks))
    start = time.process_time()
    written(*many)
    assert time.process_time() - start < 8
