"""One fault each, put into a good paper as staff would by hand, in the order of the clauses: the rule it must be named by."""

import copy
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph
from spoilt_papers import (
    blank_lines,
    border,
    element_of,
    every,
    find,
    font,
    foot,
    imprint,
    insert,
    line,
    remove,
    reword,
    sizes,
    spoils,
    style,
    write,
)

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
