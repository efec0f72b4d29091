"""Places in words, from the document's own headings, captions and header cells, whoever edited the template."""

import io
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from baiti_xl.press.marks import Mark, marks_of, read_through

Texts = list[str]


class Draft:
    """A document in which ⟦1⟧…⟧ marks figures: ⟦ident|text⟧."""

    def __init__(self) -> None:
        self.file, self.ids = docx.Document(), 0

    def write(self, paragraph: Any, text: str) -> None:
        """Write a line with its marks."""
        for at, piece in enumerate(text.replace("⟧", "⟦").split("⟦")):
            if at % 2 == 0:
                paragraph.add_run(piece)
                continue
            ident, shown = piece.split("|")
            self.ids += 1
            for tag in ("start", "", "end"):
                if not tag:
                    for part in (shown[:1], shown[1:]):  # Word splits runs as it likes
                        paragraph.add_run(part)
                    continue
                mark = OxmlElement(f"w:bookmark{tag.capitalize()}")
                mark.set(qn("w:id"), str(self.ids))
                if tag == "start":
                    mark.set(qn("w:name"), f"_F{ident}")
                paragraph._p.append(mark)

    def lines(self, *texts: str) -> "Draft":
        """Add lines."""
        for text in texts:
            self.write(self.file.add_paragraph(), text)
        return self

    def table(self, *rows: Texts, heads: int = 1) -> "Draft":
        """Add a table whose first rows are repeated on every page."""
        table = self.file.add_table(rows=len(rows), cols=max(map(len, rows)))
        for at, row in enumerate(rows):
            if at < heads:
                properties = table.rows[at]._tr.get_or_add_trPr()
                properties.append(OxmlElement("w:tblHeader"))
            for column, text in enumerate(row):
                self.write(table.cell(at, column).paragraphs[0], text)
        return self

    def marks(self) -> list[Mark]:
        """Return the marks of the document as it is saved and opened again."""
        data = io.BytesIO()
        self.file.save(data)
        return marks_of(docx.Document(io.BytesIO(data.getvalue())).element)

    def places(self) -> list[tuple[str, str, str]]:
        """Return each mark's key, place and text."""
        return [(mark.key, mark.place, mark.text) for mark in self.marks()]


CIRCULAR = ("关于进展情况的通报", "各单位：", "现将截至6月12日的情况通报如下，共⟦1|3⟧个单位。")


def test_headings_say_where_a_sentence_stands() -> None:
    made = Draft().lines(
        *CIRCULAR, "一、总体情况", "本期报送⟦2|21⟧个。", "（一）报送情况。已报送⟦3|20⟧个。", "其中按时⟦4|19⟧个。",
        "1. 新上项目。共⟦7|2⟧个。", "二、单项进展。共⟦5|8⟧个。", "附件1", "各单位名次", "注：共⟦6|9⟧家。",
    )  # fmt: skip
    assert made.places() == [
        ("1", "正文", "3"), ("2", "一、总体情况", "21"), ("3", "一、（一）报送情况", "20"), ("4", "一、总体情况", "19"),
        ("7", "一、总体情况1. 新上项目", "2"),
        ("5", "二、单项进展", "8"), ("6", "附件1", "9"),
    ]  # fmt: skip


def test_a_table_is_known_by_its_number_its_rows_and_its_columns() -> None:
    made = Draft().lines("一、总体情况", "（二）指标完成情况。如下。", "表 1　全县完成情况")
    made.table(["竞赛内容", "单位", "全县", "乡镇"], ["签约金额", "万元", "⟦1|1,247.50⟧", "⟦2|7⟧"])
    made.lines("附件2", "签约项目").table(
        ["序号", "单位", "金额"], ["1", "侯庙镇", "⟦3|5⟧"], ["2", "城关镇", "⟦4|6⟧"]
    )
    assert made.places() == [
        ("1", "表1 签约金额 全县", "1,247.50"), ("2", "表1 签约金额 乡镇", "7"),
        ("3", "附件2 侯庙镇 金额", "5"), ("4", "附件2 城关镇 金额", "6"),
    ]  # fmt: skip


def test_a_table_without_a_number_is_known_by_the_line_above_it() -> None:
    rows = (["期次", "应报"], ["一", "⟦1|21⟧"])
    assert (
        Draft().lines("一、总体情况", "各期报送情况（个）").table(*rows).places()[0][1]
        == "一、总体情况 各期报送情况（个） 一 应报"
    )
    assert Draft().lines("一、总体情况").table(*rows).places()[0][1] == "一、总体情况 一 应报"
    assert Draft().lines("情况如下：").table(*rows).places()[0][1] == "正文 一 应报"


def test_two_heads_name_a_column_from_the_top_down() -> None:
    made = (
        Draft()
        .lines("附件1")
        .table(["单位", "签约金额", ""], ["", "数值", "名次"], ["侯庙镇", "⟦1|5⟧", "⟦2|1⟧"], heads=2)
    )
    table = made.file.tables[0]
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    assert [place for _, place, _ in made.places()] == [
        "附件1 侯庙镇 签约金额 数值",
        "附件1 侯庙镇 签约金额 名次",
    ]


def test_rows_of_one_name_are_told_apart_by_their_number() -> None:
    made = (
        Draft()
        .lines("附件2")
        .table(["单位", "金额"], ["侯庙镇", "⟦1|5⟧"], ["侯庙镇", "⟦2|6⟧"], ["⟦3|7⟧", "⟦4|8⟧"])
    )
    assert [place for _, place, _ in made.places()] == [
        "附件2 第1行 侯庙镇 金额", "附件2 第2行 侯庙镇 金额", "附件2 第3行 单位", "附件2 第3行 金额",
    ]  # fmt: skip


def test_a_form_is_known_by_the_words_left_of_a_cell() -> None:
    made = (
        Draft()
        .lines("考核评价表")
        .table(["单位名称", "城关镇"], ["综合得分", "⟦1|99.5⟧", "名次", "乡镇第⟦2|1⟧名"], heads=0)
    )
    assert [place for _, place, _ in made.places()] == ["考核评价表 综合得分", "考核评价表 名次"]


def test_a_figure_printed_again_and_the_words_before_it() -> None:
    made = (
        Draft()
        .lines("签约⟦1|5⟧个，到位⟦2|3⟧万元，其中⟦1_2|5⟧个。")
        .table(["甲", "乙"], ["全县", "计⟦1_3|5⟧"])
    )
    assert [(m.ident, m.nth, m.key, m.before) for m in made.marks()] == [
        ("1", 1, "1", "签约"), ("2", 1, "2", "签约#个，到位"), ("1", 2, "1_2", "约#个，到位#万元，其中"), ("1", 3, "1_3", "全县|乙|计"),
    ]  # fmt: skip


def test_other_bookmarks_are_none_of_ours_and_lines_hide_figures() -> None:
    made = Draft().lines("签约⟦1|5⟧个。").table(["甲", "乙"], ["全县", "计⟦2|7⟧家"])
    other = OxmlElement("w:bookmarkStart")
    other.set(qn("w:id"), "99")
    other.set(qn("w:name"), "_GoBack")
    made.file.paragraphs[0]._p.insert(0, other)
    assert [m.key for m in made.marks()] == ["1", "2"]
    assert read_through(made.file.element).lines == ["签约#个。", "全县|甲|全县", "全县|乙|计#家"]
    assert Draft().lines("没有数字").marks() == []


@pytest.mark.parametrize("wrapper", ["w:sdt", "w:ins"])
def test_content_controls_and_tracked_insertions_are_read_through(wrapper: str) -> None:
    made = Draft().lines("一、总体情况", "签约⟦1|5⟧个。")
    paragraph = made.file.paragraphs[1]._p
    box, inner = OxmlElement(wrapper), OxmlElement("w:sdtContent")
    if wrapper == "w:sdt":
        paragraph.addprevious(box)
        box.append(inner)
        inner.append(paragraph)
    else:
        for run in list(paragraph):
            box.append(run)
        paragraph.append(box)
    assert made.places() == [("1", "一、总体情况", "5")]


def test_a_table_within_a_cell_is_part_of_its_text_and_a_row_may_lie_in_a_content_control() -> None:
    made = (
        Draft()
        .table(["单位", "金额"], ["城关镇", "共"], ["侯庙镇", "⟦1|6⟧"])
        .table(["其中", "⟦2|5⟧"], heads=0)
    )
    outer, inner = (table._tbl for table in made.file.tables)
    _, holder, wrapped = outer.tr_lst
    holder.tc_lst[1].append(inner)
    holder.append(OxmlElement("w:bookmarkEnd"))
    box, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    wrapped.addprevious(box)
    box.append(content)
    content.append(wrapped)
    read = read_through(made.file.element)
    assert read.lines == ["城关镇|单位|城关镇", "城关镇|金额|共其中#", "侯庙镇|单位|侯庙镇", "侯庙镇|金额|#"]
    assert [(mark.ident, mark.place) for mark in read.found] == [
        ("2", "正文 城关镇 金额"), ("1", "正文 侯庙镇 金额"),
    ]  # fmt: skip
