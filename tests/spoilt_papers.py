"""One fault each, put into a good paper as staff would by hand; and other ways of writing what a good paper holds.

A change takes a paper opened by python-docx and alters one thing. It finds lines by the names of their styles, so
that it works on a paper as made and on one saved again by another program.
"""

import copy
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from baiti_xl.press.layout import PageStyle, build_template

HEAD = """版式: {form}
份号: 000001
密级: 秘密★1年
紧急程度: 特急
发文机关标志: {name}
文号: 台政办〔2011〕9号
签发人: 王建国
标题: 关于竞赛情况的通报
主送: 各乡镇人民政府，县直有关单位
署名: 台前县人民政府办公室
成文日期: {date}
附注: 此件公开发布
主题词: 经济管理　通报
抄送: 县委办公室
印发机关: 台前县人民政府办公室
印发日期: 2011年5月13日

现将有关情况通报如下。
一、情况
（一）进展。有进展。
（二）问题。有问题。
1.项目
（1）签约
二、要求
各单位抓好落实，于2011年6月1日前报送。
落实情况另行通报。
表题 各单位项目数
| 单位 | 项目 |
| 城关镇 | 3 |
| 侯庙镇 | 2 |
| 马楼镇 | 2 |
| 吴坝镇 | 1 |
| 孙口镇 | 0 |
特此通报。
#附件 名单
| 单位 | 项目 |
| 城关镇 | 3 |
#附件 各单位排名 [横向]
城关镇。
#附件 说明
侯庙镇。
[图 进度 150×80]
"""


def source(form: str = "公文", *, old: bool = False) -> str:
    """The wording of a paper in a form."""
    name = "台前县人民政府办公室" + ("" if form == "信函" else "文件")
    return HEAD.format(form=form, name=name, date="二〇一一年五月十三日" if old else "2011年5月13日")


PAPERS = {
    "公文": build_template(source()),
    "章": build_template(source(), style=PageStyle(seal=True)),
    "上行文": build_template(source("上行文")),
    "信函": build_template(source("信函")),
    "1999": build_template(source(old=True), style=PageStyle("1999")),
    "送审稿": build_template(source("送审稿")),
    "表格": build_template(source("表格")),
}
"""A good paper in each form."""

Change = Callable[[Document], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """A change to a paper, the rule that must be named, and others that it cannot help breaking."""

    paper: str
    rule: str
    change: Change
    also: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.rule}-{self.change.__name__}"


FAULTS: list[Fault] = []
SAME: list[tuple[str, Change]] = []


def spoils(rule: str, paper: str = "公文", *also: str) -> Callable[[Change], Change]:
    """Enter a change that must be found."""

    def enter(change: Change) -> Change:
        FAULTS.append(Fault(paper, rule, change, frozenset(also)))
        return change

    return enter


def keeps(paper: str = "公文") -> Callable[[Change], Change]:
    """Enter a change after which the paper is as good as before."""

    def enter(change: Change) -> Change:
        SAME.append((paper, change))
        return change

    return enter


def changed(content: bytes, change: Change) -> bytes:
    """A paper with a change made to it; the change must find its place."""
    paper = docx.Document(BytesIO(content))
    change(paper)
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


# ── finding and altering ─────────────────────────────────────────────────────────────────────────


def every(paper: Document, role: str) -> list[Paragraph]:
    """The lines in a role, in tables too."""
    found = (Paragraph(element, paper._body) for element in paper.element.body.iter(qn("w:p")))
    return [line for line in found if line.style is not None and line.style.name == role]


def line(paper: Document, role: str, at: int = 0) -> Paragraph:
    """One line in a role that prints something."""
    return [each for each in every(paper, role) if each.text.strip()][at]


def style(paper: Document, name: str) -> Any:
    """A style by name."""
    return paper.styles[name]


def write(target: Paragraph, text: str) -> None:
    """Put another text into a line, in the look of its first run."""
    first, *rest = [run for run in target.runs if run.text.strip()]
    for run in rest:
        remove(run._r)
    first.text = text


def reword(target: Paragraph, old: str, new: str) -> None:
    """Change a part of a line's text."""
    assert old in target.text, f"“{target.text}”中没有“{old}”"
    write(target, target.text.replace(old, new))


def insert(before: Any, text: str = "", name: str = "Normal") -> Paragraph:
    """A new line before a paragraph or a table, in a style."""
    element: Any = OxmlElement("w:p")
    getattr(before, "_p", before).addprevious(element)
    added = Paragraph(element, before._parent)
    properties = element.get_or_add_pPr()
    if name != "Normal":
        properties.style = name
    if text:
        added.add_run(text)
    return added


def remove(element: Any) -> None:
    """Take an element out."""
    element.getparent().remove(element)


def font(target: Any, name: str) -> None:
    """Set the Chinese font of a style or a run."""
    properties = (
        target.element.get_or_add_rPr() if not isinstance(target, Run) else target._r.get_or_add_rPr()
    )
    fonts = properties.get_or_add_rFonts()
    for slot in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{slot}"), name)


def find(element: Any, path: str) -> Any:
    """The first element below by `a/b` of w: names, anywhere."""
    found = element.find(".//" + "/".join(qn(f"w:{part}") for part in path.split("/")))
    assert found is not None, f"没有 {path}"
    return found


def imprint(paper: Document) -> Any:
    """版记 as an element."""
    return next(line(paper, "印发机关")._p.iterancestors(qn("w:tbl")))


def foot(paper: Document, kind: str = "footer") -> Any:
    """The first section's foot of odd pages, of even pages, or of the first page."""
    section = paper.sections[0]
    return getattr(section, kind)


def sizes(target: Paragraph, points: float) -> None:
    """Set the size of every run of a line."""
    for run in target.runs:
        run.font.size = Pt(points)


def border(side: str, color: str = "000000", size: int = 8, val: str = "single") -> str:
    """A border as XML."""
    return f'<w:{side} w:val="{val}" w:sz="{size}" w:space="0" w:color="{color}"/>'


def element_of(xml: str) -> Any:
    """An element from XML in w:."""
    return parse_xml(re.sub(r"^<w:(\w+)", rf"<w:\1 {nsdecls('w')}", xml, count=1))


def blank_lines(target: Paragraph, count: int) -> None:
    """Blank lines of the body's pitch above a line, instead of the space before it."""
    for _ in range(count):
        added = insert(target)
        added.paragraph_format.line_spacing = Twips(579)
        added.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    target.paragraph_format.space_before = Pt(0)


# ── 5 幅面与版面 ─────────────────────────────────────────────────────────────────────────────────


@spoils("paper")
def a_letter_sheet(paper: Document) -> None:
    paper.sections[0].page_width = Mm(216)


@spoils("margins")
def the_upper_margin_of_word(paper: Document) -> None:
    paper.sections[0].top_margin = Mm(25.4)


@spoils("margins")
def the_margin_of_a_landscape_page_not_turned(paper: Document) -> None:
    paper.sections[1].left_margin = Mm(28)


@spoils("theme")
def a_theme_font_in_a_style(paper: Document) -> None:
    fonts = style(paper, "一级标题").element.rPr.rFonts
    fonts.set(qn("w:eastAsiaTheme"), "minorEastAsia")


@spoils("theme")
def a_theme_font_in_one_run(paper: Document) -> None:
    run = line(paper, "公文正文").runs[0]
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsiaTheme"), "majorEastAsia")


@spoils("body-font")
def the_body_in_songti(paper: Document) -> None:
    font(style(paper, "公文正文"), "宋体")


@spoils("body-font")
def a_few_words_in_heiti(paper: Document) -> None:
    font(line(paper, "公文正文").add_run("特别是"), "黑体")


@spoils("body-font")
def the_number_in_heiti(paper: Document) -> None:
    for run in line(paper, "发文字号").runs:
        font(run, "黑体")


@spoils("body-size")
def the_body_in_4(paper: Document) -> None:
    style(paper, "公文正文").font.size = Pt(14)


@spoils("body-size")
def one_heading_in_2(paper: Document) -> None:
    sizes(line(paper, "一级标题"), 18)


@spoils("emphasis")
def a_bold_body(paper: Document) -> None:
    line(paper, "公文正文").runs[0].bold = True


@spoils("emphasis")
def a_bold_heading_style(paper: Document) -> None:
    style(paper, "二级标题").font.bold = True


@spoils("emphasis")
def an_underlined_word(paper: Document) -> None:
    line(paper, "公文正文").runs[0].underline = True


@spoils("emphasis")
def an_italic_addressee(paper: Document) -> None:
    line(paper, "主送机关").runs[0].italic = True


@spoils("pitch")
def one_and_a_half_lines(paper: Document) -> None:
    line(paper, "公文正文").paragraph_format.line_spacing = 1.5


@spoils("pitch")
def thirty_points(paper: Document) -> None:
    style(paper, "公文正文").paragraph_format.line_spacing = Pt(30)


@spoils("pitch")
def half_a_line_after_a_paragraph(paper: Document) -> None:
    line(paper, "公文正文").paragraph_format.space_after = Pt(15.6)


@spoils("tighten")
def characters_at_their_full_width(paper: Document) -> None:
    remove(find(style(paper, "公文正文").element, "rPr/spacing"))


@spoils("colour")
def a_blue_body(paper: Document) -> None:
    style(paper, "公文正文").font.color.rgb = RGBColor(0, 0, 255)


@spoils("colour")
def a_red_cell(paper: Document) -> None:
    line(paper, "表文").runs[0].font.color.rgb = RGBColor(255, 0, 0)


# ── 7.2 版头 ─────────────────────────────────────────────────────────────────────────────────────


@spoils("marks")
def urgency_above_secrecy(paper: Document) -> None:
    secrecy, urgency = line(paper, "密级"), line(paper, "紧急程度")
    secrecy._p.addprevious(urgency._p)


@spoils("mark-font")
def secrecy_in_fangsong(paper: Document) -> None:
    font(style(paper, "密级"), "仿宋_GB2312")


@spoils("name-missing")
def no_mark(paper: Document) -> None:
    remove(line(paper, "发文机关标志")._p)


@spoils("name-missing", "信函")
def no_mark_on_a_letter(paper: Document) -> None:
    remove(paper.sections[0].first_page_header.paragraphs[0]._p)


@spoils("name-font")
def the_mark_in_heiti(paper: Document) -> None:
    font(style(paper, "发文机关标志"), "黑体")


@spoils("name-font", "信函")
def the_mark_of_a_letter_in_songti(paper: Document) -> None:
    font(style(paper, "信函标志"), "宋体")


@spoils("name-colour")
def a_black_mark(paper: Document) -> None:
    style(paper, "发文机关标志").font.color.rgb = RGBColor(0, 0, 0)


@spoils("name-size")
def a_mark_too_wide_for_its_line(paper: Document) -> None:
    sizes(line(paper, "发文机关标志"), 48)


@spoils("name-size")
def a_mark_as_small_as_a_title(paper: Document) -> None:
    sizes(line(paper, "发文机关标志"), 22)


@spoils("name-centre")
def the_mark_at_the_left(paper: Document) -> None:
    line(paper, "发文机关标志").alignment = WD_ALIGN_PARAGRAPH.LEFT


@spoils("name-place")
def the_mark_5_mm_lower(paper: Document) -> None:
    mark = line(paper, "发文机关标志").paragraph_format
    mark.space_before = (mark.space_before or 0) + Mm(5)


@spoils("name-place", "1999")
def a_mark_of_1999_at_the_place_of_2012(paper: Document) -> None:
    mark = line(paper, "发文机关标志").paragraph_format
    mark.space_before = (mark.space_before or 0) + Mm(10)


@spoils("name-place")
def a_blank_line_above_the_mark(paper: Document) -> None:
    insert(line(paper, "发文机关标志"), name=str(line(paper, "份号")._p.style))


@spoils("number-brackets")
def square_brackets(paper: Document) -> None:
    reword(line(paper, "发文字号"), "〔2011〕", "[2011]")


@spoils("number-brackets")
def round_brackets(paper: Document) -> None:
    reword(line(paper, "发文字号"), "〔2011〕", "（2011）")


@spoils("number-ordinal")
def an_ordinal(paper: Document) -> None:
    reword(line(paper, "发文字号"), "9号", "第9号")


@spoils("number-zero")
def a_leading_zero(paper: Document) -> None:
    reword(line(paper, "发文字号"), "9号", "09号")


@spoils("number-form")
def a_short_year(paper: Document) -> None:
    reword(line(paper, "发文字号"), "2011", "11")


@spoils("number-missing")
def no_number(paper: Document) -> None:
    remove(line(paper, "发文字号")._p)


@spoils("number-gap")
def one_line_above_the_number(paper: Document) -> None:
    line(paper, "发文字号").paragraph_format.space_before = Twips(579)


@spoils("number-gap")
def three_blank_lines_above_the_number(paper: Document) -> None:
    blank_lines(line(paper, "发文字号"), 3)


@spoils("number-side")
def the_number_at_the_left(paper: Document) -> None:
    line(paper, "发文字号").alignment = WD_ALIGN_PARAGRAPH.LEFT


@spoils("number-side", "信函")
def the_number_of_a_letter_in_the_middle(paper: Document) -> None:
    line(paper, "发文字号").alignment = WD_ALIGN_PARAGRAPH.CENTER


@spoils("name-place", "信函")
def the_mark_of_a_letter_too_high(paper: Document) -> None:
    paper.sections[0].header_distance = Mm(20)


@spoils("signer-font", "上行文")
def the_signer_in_fangsong(paper: Document) -> None:
    font(line(paper, "发文字号").runs[-1], "仿宋_GB2312")


@spoils("red-rule")
def no_red_rule(paper: Document) -> None:
    remove(find(line(paper, "发文字号")._p, "pPr/pBdr"))


@spoils("red-rule")
def a_black_rule(paper: Document) -> None:
    find(line(paper, "发文字号")._p, "pBdr/bottom").set(qn("w:color"), "000000")


@spoils("red-rule")
def a_rule_too_near(paper: Document) -> None:
    find(line(paper, "发文字号")._p, "pBdr/bottom").set(qn("w:space"), "1")


@spoils("red-rule")
def a_rule_narrower_than_the_text(paper: Document) -> None:
    line(paper, "发文字号").paragraph_format.right_indent = Mm(10)


# ── 7.3 主体 ─────────────────────────────────────────────────────────────────────────────────────


@spoils("title-missing")
def no_title(paper: Document) -> None:
    remove(line(paper, "公文标题")._p)


@spoils("title-font")
def the_title_in_heiti(paper: Document) -> None:
    font(style(paper, "公文标题"), "黑体")


@spoils("title-size")
def the_title_in_small_2(paper: Document) -> None:
    style(paper, "公文标题").font.size = Pt(18)


@spoils("title-centre")
def the_title_at_the_left(paper: Document) -> None:
    line(paper, "公文标题").alignment = WD_ALIGN_PARAGRAPH.LEFT


@spoils("title-gap")
def one_line_above_the_title(paper: Document) -> None:
    line(paper, "公文标题").paragraph_format.space_before = Twips(579)


@spoils("title-gap")
def a_blank_line_more_above_the_title(paper: Document) -> None:
    insert(line(paper, "公文标题"), name=str(line(paper, "公文正文")._p.style))


@spoils("addressee-colon")
def a_half_width_colon_after_the_addressee(paper: Document) -> None:
    reword(line(paper, "主送机关"), "：", ":")


@spoils("addressee-indent")
def the_addressee_indented(paper: Document) -> None:
    line(paper, "主送机关").paragraph_format.first_line_indent = Twips(630)


@spoils("addressee-gap")
def no_line_above_the_addressee(paper: Document) -> None:
    line(paper, "主送机关").paragraph_format.space_before = Twips(0)


@spoils("heading-font")
def a_first_level_in_kaiti(paper: Document) -> None:
    font(style(paper, "一级标题"), "楷体_GB2312")


@spoils("heading-font")
def a_second_level_in_heiti(paper: Document) -> None:
    font(line(paper, "二级标题").runs[0], "黑体")


@spoils("heading-number")
def a_first_level_in_figures(paper: Document) -> None:
    reword(line(paper, "一级标题"), "一、", "1、")


@spoils("heading-number")
def a_second_level_with_a_comma(paper: Document) -> None:
    reword(line(paper, "三级标题"), "1.", "1、")


@spoils("heading-order")
def a_first_level_skipped(paper: Document) -> None:
    reword(line(paper, "一级标题", 1), "二、", "三、")


@spoils("heading-order")
def a_second_level_repeated(paper: Document) -> None:
    reword(line(paper, "二级标题", 1), "（二）", "（一）")


@spoils("heading-order")
def a_level_that_does_not_start_anew(paper: Document) -> None:
    added = copy.deepcopy(line(paper, "二级标题")._p)
    line(paper, "一级标题", 1)._p.addnext(added)
    reword(Paragraph(added, paper._body), "（一）", "（三）")


@spoils("heading-order")
def a_heading_deleted(paper: Document) -> None:
    remove(line(paper, "二级标题")._p)


@spoils("indent")
def the_body_flush_left(paper: Document) -> None:
    style(paper, "公文正文").paragraph_format.first_line_indent = Twips(0)


@spoils("indent")
def one_paragraph_in_by_one_character(paper: Document) -> None:
    line(paper, "公文正文").paragraph_format.first_line_indent = Twips(315)


@spoils("align")
def a_centred_paragraph(paper: Document) -> None:
    line(paper, "公文正文").alignment = WD_ALIGN_PARAGRAPH.CENTER


@spoils("align")
def a_paragraph_in_from_the_left(paper: Document) -> None:
    line(paper, "公文正文").paragraph_format.left_indent = Twips(630)


@spoils("half-width")
def a_half_width_comma(paper: Document) -> None:
    reword(line(paper, "公文正文", 1), "，", ",")


@spoils("half-width")
def half_width_brackets(paper: Document) -> None:
    reword(line(paper, "公文正文", 1), "各单位", "各单位(含县直单位)")


@spoils("half-width")
def a_half_width_stop_at_the_end(paper: Document) -> None:
    reword(line(paper, "公文正文"), "。", ".")


@spoils("annex-end")
def a_stop_after_the_name_of_an_annex(paper: Document) -> None:
    reword(line(paper, "附件说明"), "名单", "名单。")


@spoils("annex-start")
def an_annex_list_without_its_word(paper: Document) -> None:
    reword(line(paper, "附件说明"), "附件：", "附：")


@spoils("annex-gap")
def no_line_above_the_annex_list(paper: Document) -> None:
    line(paper, "附件说明").paragraph_format.space_before = Twips(0)


@spoils("annex-names")
def an_annex_by_another_name(paper: Document) -> None:
    write(line(paper, "附件标题"), "名单表")


@spoils("annex-names")
def an_annex_not_listed(paper: Document) -> None:
    remove(line(paper, "附件说明", -1)._p)


@spoils("annex-names")
def an_annex_listed_that_is_not_there(paper: Document) -> None:
    last = line(paper, "附件说明", -1)
    added = copy.deepcopy(last._p)
    last._p.addnext(added)
    write(Paragraph(added, paper._body), "4.考核办法")


@spoils("sign-gap")
def four_lines_above_the_signature(paper: Document) -> None:
    line(paper, "发文机关署名").paragraph_format.space_before = Twips(4 * 579)


@spoils("seal-place", "章")
def the_date_of_a_sealed_paper_at_the_edge(paper: Document) -> None:
    line(paper, "成文日期").paragraph_format.right_indent = Twips(0)


@spoils("sign-place")
def the_signature_at_the_edge(paper: Document) -> None:
    line(paper, "发文机关署名").paragraph_format.right_indent = Twips(0)


@spoils("sign-place")
def the_date_below_the_signatures_left(paper: Document) -> None:
    line(paper, "成文日期").paragraph_format.left_indent = Twips(2000)


@spoils("date-missing")
def no_date(paper: Document) -> None:
    remove(line(paper, "成文日期")._p)


@spoils("date-form")
def a_padded_month(paper: Document) -> None:
    reword(line(paper, "成文日期"), "5月", "05月")


@spoils("date-form")
def a_date_in_chinese_numerals(paper: Document) -> None:
    write(line(paper, "成文日期"), "二〇一一年五月十三日")


@spoils("date-form-1999", "1999")
def a_date_of_1999_in_figures(paper: Document) -> None:
    write(line(paper, "成文日期"), "2011年5月13日")


@spoils("date-real")
def the_thirtieth_of_february(paper: Document) -> None:
    reword(line(paper, "成文日期"), "5月13日", "2月30日")


@spoils("date-real", "1999")
def the_thirtieth_of_february_in_1999(paper: Document) -> None:
    write(line(paper, "成文日期"), "二〇一一年二月三十日")


@spoils("date-real")
def an_impossible_deadline(paper: Document) -> None:
    reword(line(paper, "公文正文", 1), "6月1日", "6月31日")


@spoils("sign-alone")
def the_last_line_let_go(paper: Document) -> None:
    line(paper, "附件说明", -1).paragraph_format.keep_with_next = False


@spoils("note-brackets")
def a_note_without_brackets(paper: Document) -> None:
    write(line(paper, "附注"), "此件公开发布")


@spoils("annex-page")
def an_annex_on_the_same_page(paper: Document) -> None:
    line(paper, "附件标识").paragraph_format.page_break_before = False
    for broken in list(paper.element.body.iter(qn("w:br"))):
        if broken.get(qn("w:type")) == "page":
            remove(broken)


@spoils("annex-label")
def a_label_in_chinese_numerals(paper: Document) -> None:
    write(line(paper, "附件标识"), "附件一")


@spoils("annex-label")
def a_label_with_a_colon(paper: Document) -> None:
    write(line(paper, "附件标识", 1), "附件2：")


@spoils("annex-label")
def labels_out_of_order(paper: Document) -> None:
    write(line(paper, "附件标识", 1), "附件3")


@spoils("annex-font")
def a_label_in_fangsong(paper: Document) -> None:
    font(style(paper, "附件标识"), "仿宋_GB2312")


@spoils("annex-after", "公文", "annex-page", "imprint-place")
def an_annex_after_the_imprint(paper: Document) -> None:
    label = line(paper, "附件标识", -1)._p
    moved = [label, *label.itersiblings(qn("w:p"))][:3]
    end = paper.element.body.sectPr
    for element in moved:
        end.addprevious(element)


# ── 7.4 版记 ─────────────────────────────────────────────────────────────────────────────────────


@spoils("imprint-missing")
def no_imprint(paper: Document) -> None:
    remove(imprint(paper))


def edges(paper: Document, side: str) -> list[Any]:
    """The borders along a side of 版记, whether the table or its cells state them."""
    table = imprint(paper)
    whole = table.find("/".join(qn(f"w:{tag}") for tag in ("tblPr", "tblBorders", side)))
    rows = table.findall(qn("w:tr"))
    row, name = {"top": (rows[0], "top"), "bottom": (rows[-1], "bottom"), "insideH": (rows[0], "bottom")}[
        side
    ]
    cells = (
        []
        if whole is not None
        else [edge for edge in row.iter(qn(f"w:{name}")) if edge.getparent().tag == qn("w:tcBorders")]
    )
    if side == "insideH" and whole is None:
        cells += [edge for edge in rows[1].iter(qn("w:top")) if edge.getparent().tag == qn("w:tcBorders")]
    return [whole] if whole is not None else cells


@spoils("imprint-rules")
def a_first_rule_too_thick(paper: Document) -> None:
    for edge in edges(paper, "top"):
        edge.set(qn("w:sz"), "18")


@spoils("imprint-rules")
def no_last_rule(paper: Document) -> None:
    for edge in edges(paper, "bottom"):
        edge.set(qn("w:val"), "nil")


@spoils("imprint-rules")
def an_inner_rule_as_thick_as_the_outer(paper: Document) -> None:
    for edge in edges(paper, "insideH"):
        edge.set(qn("w:sz"), "12")


@spoils("imprint-rules")
def rules_narrower_than_the_text(paper: Document) -> None:
    find(imprint(paper), "tblPr/tblW").set(qn("w:w"), "8000")


@spoils("imprint-place")
def an_imprint_that_follows_the_text(paper: Document) -> None:
    remove(find(imprint(paper), "tblPr/tblpPr"))


@spoils("imprint-place")
def a_line_after_the_imprint(paper: Document) -> None:
    imprint(paper).addnext(copy.deepcopy(line(paper, "公文正文", -1)._p))


@spoils("copies-start")
def copies_without_their_word(paper: Document) -> None:
    reword(line(paper, "抄送机关"), "抄送：", "抄报：")


@spoils("copies-end")
def copies_without_a_stop(paper: Document) -> None:
    reword(line(paper, "抄送机关"), "。", "")


@spoils("imprint-font")
def copies_in_heiti(paper: Document) -> None:
    font(style(paper, "抄送机关"), "黑体")


@spoils("imprint-size")
def copies_in_3(paper: Document) -> None:
    style(paper, "抄送机关").font.size = Pt(16)


@spoils("imprint-indent")
def the_issuer_flush_left(paper: Document) -> None:
    line(paper, "印发机关").paragraph_format.left_indent = Twips(0)


@spoils("issue-end")
def an_issue_without_its_word(paper: Document) -> None:
    line(paper, "印发机关").runs[-1].text = line(paper, "印发机关").runs[-1].text.replace("印发", "")


# ── 7.5 页码 ─────────────────────────────────────────────────────────────────────────────────────


@spoils("page-number")
def no_page_number(paper: Document) -> None:
    foot_line = foot(paper).paragraphs[0]._p
    for child in list(foot_line)[1:]:
        remove(child)


@spoils("page-number")
def a_hyphen_beside_the_number(paper: Document) -> None:
    for run in foot(paper, "even_page_footer").paragraphs[0].runs:
        run.text = run.text.replace("—", "-")


@spoils("page-number")
def page_numbers_in_5(paper: Document) -> None:
    style(paper, "页码").font.size = Pt(10.5)


@spoils("page-side")
def a_page_number_in_the_middle(paper: Document) -> None:
    foot(paper).paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


@spoils("page-side")
def odd_and_even_alike(paper: Document) -> None:
    paper.settings.odd_and_even_pages_header_footer = False


@spoils("page-side")
def a_page_number_at_the_very_edge(paper: Document) -> None:
    foot(paper).paragraphs[0].paragraph_format.right_indent = Twips(0)


@spoils("page-distance")
def the_foot_too_low(paper: Document) -> None:
    paper.sections[0].footer_distance = Mm(15)


# ── 10.1 信函 ────────────────────────────────────────────────────────────────────────────────────


@spoils("letter-rules", "信函")
def an_upper_rule_of_two_thin_lines(paper: Document) -> None:
    find(foot(paper, "first_page_header")._element, "pBdr/top").set(qn("w:sz"), "6")


@spoils("letter-rules", "信函")
def no_lower_rule(paper: Document) -> None:
    remove(find(foot(paper, "first_page_footer")._element, "pBdr"))


@spoils("letter-first", "信函")
def the_first_page_of_a_letter_like_the_others(paper: Document) -> None:
    paper.sections[0].different_first_page_header_footer = False


@spoils("letter-imprint", "信函")
def a_rule_above_the_imprint_of_a_letter(paper: Document) -> None:
    table = next(line(paper, "抄送机关")._p.iterancestors(qn("w:tbl")))
    find(table, "tblPr/tblW").addnext(element_of(f"<w:tblBorders>{border('top')}</w:tblBorders>"))
    for inner in table.iter(qn("w:tcBorders")):
        remove(inner)


# ── 表格和图 ─────────────────────────────────────────────────────────────────────────────────────


@spoils("table-head")
def a_head_that_does_not_repeat(paper: Document) -> None:
    remove(find(paper.tables[0]._tbl, "trPr/tblHeader"))


@spoils("table-split")
def a_row_that_breaks(paper: Document) -> None:
    remove(find(paper.tables[0]._tbl, "trPr/cantSplit"))


@spoils("table-pitch")
def a_fixed_pitch_in_a_table(paper: Document) -> None:
    line(paper, "表文").paragraph_format.line_spacing = Pt(12)


@spoils("table-small")
def a_table_in_small_6(paper: Document) -> None:
    sizes(line(paper, "表文"), 6.5)


@spoils("table-wide")
def a_table_wider_than_the_text(paper: Document) -> None:
    find(paper.tables[0]._tbl, "tblPr/tblW").set(qn("w:w"), "9500")


@spoils("picture")
def a_picture_wider_than_the_text(paper: Document) -> None:
    paper.inline_shapes[0].width = Mm(170)


@spoils("picture")
def a_picture_in_a_line_of_fixed_height(paper: Document) -> None:
    line_spacing = every(paper, "图")[0].paragraph_format
    line_spacing.line_spacing = Pt(28.95)


# ── a stranger's hand ────────────────────────────────────────────────────────────────────────────


@spoils("pitch", "公文", "indent", "tighten")
def a_new_paragraph_in_the_default_style(paper: Document) -> None:
    insert(line(paper, "一级标题", 1), "各单位要高度重视。")


@spoils("body-font", "公文", "pitch", "indent", "tighten", "body-size")
def a_paragraph_pasted_from_the_web(paper: Document) -> None:
    run = insert(line(paper, "一级标题", 1), "各单位要高度重视。").runs[0]
    font(run, "微软雅黑")
    run.font.size = Pt(12)


@spoils("heading-font", "公文", "pitch", "indent", "tighten")
def a_heading_typed_in_the_default_style(paper: Document) -> None:
    insert(line(paper, "附件说明"), "三、其他")


@spoils("heading-order", "公文", "heading-font", "pitch", "indent", "tighten")
def a_heading_typed_out_of_order(paper: Document) -> None:
    insert(line(paper, "附件说明"), "五、其他")


# ── other ways of writing the same ───────────────────────────────────────────────────────────────


def dressed(target: Paragraph, face: str, *, first: int = 0, size: float = 16) -> Paragraph:
    """A line formatted by hand as our styles do it."""
    for run in target.runs:
        font(run, face)
        run.font.size = Pt(size)
        run._r.get_or_add_rPr().append(element_of('<w:spacing w:val="-5"/>'))
    setting = target.paragraph_format
    setting.line_spacing, setting.first_line_indent = Twips(579), Twips(first)
    return target


def restyled(
    paper: Document, role: str, face: str, *, first: int = 0, size: float = 16, at: int = 0
) -> Paragraph:
    """A line of a role turned into “Normal” with the role's look by hand."""
    target = line(paper, role, at)
    settings = paper.styles[role].paragraph_format
    kept = target.paragraph_format.alignment, target.paragraph_format.keep_with_next
    target.style = paper.styles["Normal"]
    dressed(target, face, first=first, size=size)
    target.alignment = settings.alignment if kept[0] is None else kept[0]
    target.paragraph_format.keep_with_next = settings.keep_with_next if kept[1] is None else kept[1]
    return target


@keeps()
def nothing(paper: Document) -> None:
    """Opened and saved by python-docx."""


@keeps()
def a_number_in_the_default_style(paper: Document) -> None:
    restyled(paper, "发文字号", "仿宋_GB2312")


@keeps()
def a_first_level_in_the_default_style(paper: Document) -> None:
    restyled(paper, "一级标题", "黑体", first=630)


@keeps()
def a_first_level_in_the_style_of_the_body(paper: Document) -> None:
    target = restyled(paper, "一级标题", "黑体", first=630)
    target.style = paper.styles["公文正文"]


@keeps()
def the_title_in_the_default_style(paper: Document) -> None:
    restyled(paper, "公文标题", "方正小标宋简体", size=22)


@keeps()
def the_addressee_in_the_default_style(paper: Document) -> None:
    restyled(paper, "主送机关", "仿宋_GB2312").paragraph_format.space_before = Twips(579)


@keeps()
def the_body_in_the_default_style(paper: Document) -> None:
    restyled(paper, "公文正文", "仿宋_GB2312", first=630)


@keeps()
def signature_and_date_in_the_default_style(paper: Document) -> None:
    restyled(paper, "发文机关署名", "仿宋_GB2312")
    restyled(paper, "成文日期", "仿宋_GB2312")


@keeps()
def an_annex_in_the_default_style(paper: Document) -> None:
    restyled(paper, "附件标识", "黑体").paragraph_format.page_break_before = True
    restyled(paper, "附件标题", "方正小标宋简体", size=22)


@keeps()
def the_mark_in_the_default_style(paper: Document) -> None:
    target = restyled(paper, "发文机关标志", "方正小标宋简体", size=36)
    target.paragraph_format.line_spacing = Twips(794)
    target.runs[0].font.color.rgb = RGBColor(255, 0, 0)


@keeps("章")
@keeps("上行文")
@keeps("1999")
@keeps()
def the_whole_paper_in_the_default_style(paper: Document) -> None:
    """Every line of the text formatted by hand as its style would, on paragraph and runs."""
    for each in paper.paragraphs:
        look: Any = each.style.element if each.style is not None else None
        own: Any = each._p.get_or_add_pPr()
        flatten(own, look.pPr)
        for run in each.runs:
            own = run._r.get_or_add_rPr()
            flatten(own, look.rPr, but=("rFonts",) if own.rStyle is not None else ())
        each.style = paper.styles["Normal"]


def flatten(own: Any, stated: Any, but: tuple[str, ...] = ()) -> None:
    """Put a style's settings under direct ones."""
    for setting in () if stated is None else stated:
        mine = own.find(setting.tag)
        if setting.tag in [qn(f"w:{name}") for name in but]:
            continue
        if mine is None:
            own.append(copy.deepcopy(setting))
        else:
            mine.attrib.update({**dict(setting.items()), **dict(mine.items())})


@keeps()
def another_fangsong(paper: Document) -> None:
    font(style(paper, "公文正文"), "方正仿宋_GBK")


@keeps()
def style_ids_as_word_writes_them(paper: Document) -> None:
    body = style(paper, "公文正文")
    for each in every(paper, "公文正文"):
        find(each._p, "pPr/pStyle").set(qn("w:val"), "a3")
    body.element.set(qn("w:styleId"), "a3")


@keeps()
def a_theme_font_that_no_line_uses(paper: Document) -> None:
    added = paper.styles.add_style("List Paragraph", 1)
    added.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsiaTheme"), "minorEastAsia")


@keeps()
def a_page_break_at_the_end_of_the_page_before(paper: Document) -> None:
    label = line(paper, "附件标识")
    label.paragraph_format.page_break_before = False
    insert(label).add_run().add_break(WD_BREAK.PAGE)


@keeps()
def a_page_break_before_the_label(paper: Document) -> None:
    label = line(paper, "附件标识")
    label.paragraph_format.page_break_before = False
    broken = OxmlElement("w:r")
    broken.append(element_of('<w:br w:type="page"/>'))
    label.runs[0]._r.addprevious(broken)


@keeps()
def blank_lines_instead_of_space(paper: Document) -> None:
    blank_lines(line(paper, "公文标题"), 2)
    blank_lines(line(paper, "发文字号"), 2)
    blank_lines(line(paper, "主送机关"), 1)
    blank_lines(line(paper, "附件说明"), 1)


@keeps()
def space_in_lines(paper: Document) -> None:
    title = line(paper, "公文标题")
    title.paragraph_format.space_before = Pt(31.2)
    find(title._p, "pPr/spacing").set(qn("w:beforeLines"), "200")


@keeps()
def indents_in_characters(paper: Document) -> None:
    target = line(paper, "公文正文")
    target.paragraph_format.first_line_indent = Pt(32)
    find(target._p, "pPr/ind").set(qn("w:firstLineChars"), "200")


@keeps()
def two_spaces_typed_for_an_indent(paper: Document) -> None:
    target = line(paper, "公文正文")
    target.paragraph_format.first_line_indent = Twips(0)
    write(target, "　　" + target.text)


@keeps()
def start_and_end(paper: Document) -> None:
    target = line(paper, "成文日期")
    inset = find(target._p, "pPr/ind")
    for old, new in (("left", "start"), ("right", "end")):
        inset.set(qn(f"w:{new}"), inset.attrib.pop(qn(f"w:{old}"), "0"))
    jc = find(line(paper, "发文机关署名")._p, "pPr/jc")
    jc.set(qn("w:val"), {"right": "end"}.get(jc.get(qn("w:val")), jc.get(qn("w:val"))))


@keeps()
def rules_as_cell_borders(paper: Document) -> None:
    table = imprint(paper)
    for old in (*table.iter(qn("w:tblBorders")), *table.iter(qn("w:tcBorders"))):
        remove(old)
    rows = table.findall(qn("w:tr"))
    for at, row in enumerate(rows):
        top, bottom = (8 if at == 0 else 6), (8 if at == len(rows) - 1 else 6)
        borders = element_of(
            f"<w:tcBorders>{border('top', size=top)}{border('bottom', size=bottom)}</w:tcBorders>"
        )
        find(row, "tcPr/tcW").addnext(borders)


@keeps()
def an_imprint_of_the_full_width_in_parts(paper: Document) -> None:
    width = find(imprint(paper), "tblPr/tblW")
    width.set(qn("w:w"), "5000")
    width.set(qn("w:type"), "pct")


def unruled(paper: Document) -> Paragraph:
    """文号 without its rule."""
    number = line(paper, "发文字号")
    remove(find(number._p, "pPr/pBdr"))
    return number


@keeps()
def the_red_rule_as_a_line_of_its_own(paper: Document) -> None:
    unruled(paper)
    ruled = insert(line(paper, "公文标题"))
    ruled.paragraph_format.line_spacing = Pt(4)
    ruled._p.get_or_add_pPr().insert(0, element_of(f"<w:pBdr>{border('bottom', 'FF0000', 12)}</w:pBdr>"))


@keeps()
def the_red_rule_as_a_drawn_line(paper: Document) -> None:
    number = unruled(paper)
    drawn = (
        f'<w:r {nsdecls("w")}><w:pict><v:line xmlns:v="urn:schemas-microsoft-com:vml" id="红线" from="0,4pt" to="442pt,4pt"'
        ' strokecolor="red" strokeweight="1.5pt"/></w:pict></w:r>'
    )
    number._p.append(parse_xml(drawn))


@keeps()
def the_red_rule_as_a_shape(paper: Document) -> None:
    number = unruled(paper)
    shape = (
        f'<w:r {nsdecls("w", "wp", "a")}><w:drawing><wp:anchor><wp:extent cx="5616000" cy="0"/><wp:docPr id="99" name="直线"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        '<a:ln w="19050"><a:solidFill><a:srgbClr val="FF0000"/></a:solidFill></a:ln></a:graphicData></a:graphic>'
        "</wp:anchor></w:drawing></w:r>"
    )
    number._p.append(parse_xml(shape))


@keeps()
def the_red_rule_as_a_table(paper: Document) -> None:
    unruled(paper)
    table = paper.add_table(1, 1)
    find(table._tbl, "tblPr").append(
        element_of(f"<w:tblBorders>{border('top', 'FF0000', 12)}</w:tblBorders>")
    )
    row = table._tbl.tr_lst[0].get_or_add_trPr()
    row.append(element_of("<w:cantSplit/>"))
    line(paper, "公文标题")._p.addprevious(table._tbl)


@keeps()
def a_line_in_a_content_control(paper: Document) -> None:
    wrapped = line(paper, "公文正文")._p
    control = element_of("<w:sdt><w:sdtContent/></w:sdt>")
    wrapped.addprevious(control)
    control[0].append(wrapped)


@keeps()
def figures_in_content_controls(paper: Document) -> None:
    for run in line(paper, "二级标题").runs:
        control = element_of('<w:sdt><w:sdtPr><w:tag w:val="f1"/></w:sdtPr><w:sdtContent/></w:sdt>')
        run._r.addprevious(control)
        control[-1].append(run._r)


@keeps()
def a_tracked_change(paper: Document) -> None:
    target = line(paper, "公文正文")._p
    author = 'w:id="7" w:author="甲" w:date="2011-05-13T00:00:00Z"'
    target.append(element_of(f"<w:ins {author}><w:r><w:t>请认真落实。</w:t></w:r></w:ins>"))
    target.append(
        element_of(f"<w:del {author}><w:r><w:rPr><w:b/></w:rPr><w:delText>略,略</w:delText></w:r></w:del>")
    )


@keeps()
def marks_that_print_nothing(paper: Document) -> None:
    target = line(paper, "一级标题")._p
    target.insert(1, element_of('<w:bookmarkStart w:id="5" w:name="f5"/>'))
    target.append(element_of('<w:bookmarkEnd w:id="5"/>'))
    target.append(element_of('<w:proofErr w:type="spellStart"/>'))
    target.append(element_of("<w:r><w:rPr><w:b/><w:vanish/></w:rPr><w:t>(隐藏)</w:t></w:r>"))


@keeps()
def page_numbers_in_a_frame(paper: Document) -> None:
    for kind in ("footer", "even_page_footer"):
        target = foot(paper, kind).paragraphs[0]
        for old in target._p.pPr.findall(qn("w:ind")):
            remove(old)
        frame = element_of(
            '<w:framePr w:wrap="around" w:vAnchor="text" w:hAnchor="margin" w:xAlign="outside" w:y="1"/>'
        )
        target._p.pPr.pStyle.addnext(frame)


def boxed(holder: Paragraph, content: Any, side: str, axis: str) -> None:
    """Put something into a text box that is set to a side of the text block."""
    box = parse_xml(
        f'<w:r {nsdecls("w", "wp", "a")} xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f'<w:drawing><wp:anchor><wp:position{axis} relativeFrom="margin"><wp:align>{side}</wp:align></wp:position{axis}>'
        '<wp:extent cx="5616000" cy="900000"/><wp:docPr id="98" name="框"/><a:graphic><a:graphicData uri="wps"><wps:wsp>'
        "<wps:txbx><w:txbxContent/></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )
    holder._p.append(box)
    find(box, "txbxContent").append(content)


@keeps()
def page_numbers_in_text_boxes(paper: Document) -> None:
    for kind in ("footer", "even_page_footer"):
        number = foot(paper, kind).paragraphs[0]
        holder = insert(number)
        number.alignment, number.paragraph_format.right_indent = WD_ALIGN_PARAGRAPH.LEFT, Twips(0)
        boxed(holder, number._p, "outside", "H")


@keeps()
def the_imprint_in_a_text_box(paper: Document) -> None:
    table = imprint(paper)
    holder = insert(line(paper, "附件标题", -1))
    table.addnext(holder._p)
    remove(find(table, "tblPr/tblpPr"))
    boxed(holder, table, "bottom", "V")


@keeps()
def the_mark_in_a_text_box(paper: Document) -> None:
    mark = line(paper, "发文机关标志")
    boxed(insert(mark), mark._p, "top", "V")


@keeps("信函")
def the_rules_of_a_letter_as_compound_borders(paper: Document) -> None:
    for kind, name in (
        ("first_page_header", "thickThinSmallGap"),
        ("first_page_footer", "thinThickSmallGap"),
    ):
        edges_of = find(foot(paper, kind)._element, "pBdr")
        for edge in list(edges_of)[1:]:
            remove(edge)
        edges_of[0].set(qn("w:val"), name)


def with_parts(content: bytes) -> bytes:
    """A paper with parts that Word writes and that print nothing: theme fonts in a glossary and in stylesWithEffects."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for entry in before.infolist():
            after.writestr(entry, before.read(entry))
        themed = f'<w:styles {nsdecls("w")}><w:style><w:rPr><w:rFonts w:eastAsiaTheme="minorEastAsia"/></w:rPr></w:style></w:styles>'
        for name in ("word/stylesWithEffects.xml", "word/glossary/styles.xml"):
            after.writestr(name, themed)
    return stream.getvalue()
