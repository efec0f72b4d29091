"""Other ways of writing what a good paper holds, as people and programs write it: none is a fault."""

import copy
import zipfile
from io import BytesIO
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor, Twips
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
    keeps,
    line,
    remove,
    style,
    write,
)

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
def the_annex_list_in_one_paragraph(paper: Document) -> None:
    first, *others = [each for each in every(paper, "附件说明") if each.text.strip()]
    for each in others:
        first.runs[-1].add_break()
        first.add_run(each.text)
        remove(each._p)


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
