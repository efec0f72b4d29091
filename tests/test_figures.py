"""核稿表: every figure of a paper on one sheet, its records on the next, linked both ways."""

import io
from decimal import Decimal
from functools import cache

from openpyxl import Workbook, load_workbook
from test_facts import case, papers_of

from baiti_xl import __version__
from baiti_xl.books.figures import write_figures
from baiti_xl.contest.records import FigureNote, Line, Paper
from baiti_xl.papers import catalogue

STAMP = (
    ("程序版本", __version__),
    ("规则摘要", "abc123"),
    ("统计日", "2011-06-12"),
    ("报送表", "X01.xlsx 9f86d0"),
)
THIRD = Decimal(1) / Decimal(3)
NOTES = (
    FigureNote("一、处 城关镇", "12.50", "签约金额", "签约金额之和", Decimal("12.5"), (
        Line("X01", "X01.xlsx", "项目台账", 4, Decimal(10), "=甲项目"), Line("X01", "X01.xlsx", "项目台账", 5, Decimal("2.5"), "乙项目"),
    )),
    FigureNote("一、处", "33.33%", "竣工率", "竣工 ÷ 签约", THIRD, (Line("X01", "X01.xlsx", "项目台账", 4, Decimal(1), "甲"),),
               Decimal(1), Decimal(3), (Line("X01", "X01.xlsx", "项目台账", 6, Decimal(3), "丙"),)),
    FigureNote("附件", "1", "名次", "数值相同名次相同", Decimal(1)),
)  # fmt: skip


def written(paper: Paper) -> bytes:
    """Return a paper's figure sheet."""
    target = io.BytesIO()
    write_figures(target, paper, STAMP)
    return target.getvalue()


@cache
def book() -> Workbook:
    """Return the figure sheet of a small paper, read back."""
    return load_workbook(io.BytesIO(written(Paper("进展通报", "", "样", "某通报", {}, NOTES))))


def rows(sheet: str) -> list[tuple[object, ...]]:
    """Return a sheet's rows as values."""
    return [tuple(cell.value for cell in row) for row in book()[sheet].iter_rows()]


def test_the_sheets_and_their_headings() -> None:
    assert book().sheetnames == ["数字清单", "来源记录", "依据"]
    assert rows("数字清单")[0][0] == "某通报"
    assert rows("数字清单")[1] == (
        "序号", "位置", "文中写法", "指标", "口径", "数值", "分子", "分母", "来源条数",
    )  # fmt: skip
    assert rows("来源记录")[0] == (
        "序号", "指标", "用于", "单位代码", "来源文件", "来源表", "来源行", "内容", "计入数值",
    )  # fmt: skip


def test_a_figure_is_told_with_its_parts_and_its_count_of_records() -> None:
    money, rate, rank = rows("数字清单")[2:]
    assert money == (1, "一、处 城关镇", "12.50", "签约金额", "签约金额之和", 12.5, None, None, 2)
    assert rate[2:] == ("33.33%", "竣工率", "竣工 ÷ 签约", float(THIRD), 1, 3, 2)
    assert rank[5:] == (1, None, None, 0)


def test_records_are_told_by_use_file_sheet_and_row_and_never_become_formulas() -> None:
    assert rows("来源记录")[1:] == [
        (1, "签约金额", "数值", "X01", "X01.xlsx", "项目台账", 4, "=甲项目", 10),
        (1, "签约金额", "数值", "X01", "X01.xlsx", "项目台账", 5, "乙项目", 2.5),
        (2, "竣工率", "分子", "X01", "X01.xlsx", "项目台账", 4, "甲", 1),
        (2, "竣工率", "分母", "X01", "X01.xlsx", "项目台账", 6, "丙", 3),
    ]
    assert book()["来源记录"]["H2"].data_type == "s"


def test_numbers_lead_to_records_and_back() -> None:
    links = {
        cell.coordinate: cell.hyperlink.location
        for row in book()["数字清单"].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert links == {"A3": "'来源记录'!A2", "A4": "'来源记录'!A4"}
    back = {
        cell.coordinate: cell.hyperlink.location
        for row in book()["来源记录"].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert back == {"A2": "'数字清单'!A3", "A4": "'数字清单'!A4"}


def test_the_basis_holds_the_stamp_and_room_to_sign() -> None:
    assert rows("依据") == [
        ("公文", "某通报"), ("种类", "进展通报"), ("数字个数", "3"), *STAMP, ("核对人", ""), ("核对日期", ""),
    ]  # fmt: skip


def test_a_paper_without_figures_says_so() -> None:
    sheet = load_workbook(io.BytesIO(written(Paper("转发通知", "", "样", "某通知", {}))))["数字清单"]
    assert sheet["A3"].value == "本件没有引用统计数字。"


def test_the_same_paper_gives_the_same_bytes() -> None:
    (paper,) = papers_of("并列", "进展通报")
    (again,) = catalogue.papers("进展通报", *case("并列"))
    assert written(paper) == written(again)


def test_what_stands_in_the_cells_adds_up_for_a_real_paper() -> None:
    (paper,) = papers_of("并列", "进展通报")
    sheets = load_workbook(io.BytesIO(written(paper)), read_only=True)
    sums: dict[tuple[object, object], float] = {}
    for number, _, use, *_, value in sheets["来源记录"].iter_rows(min_row=2, values_only=True):
        sums[number, use] = sums.get((number, use), 0) + float(str(value))
    for number, _, _, _, _, value, above, below, count in sheets["数字清单"].iter_rows(
        min_row=3, values_only=True
    ):
        if count and below is None:
            assert abs(sums[number, "数值"] - float(str(value))) < 1e-6
        elif count:
            assert sums.get((number, "分子"), 0) == float(str(above))
            assert sums[number, "分母"] == float(str(below))
