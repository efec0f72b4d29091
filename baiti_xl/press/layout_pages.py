"""Sheets of an official paper: their size and margins, the page numbers, a letter's first page."""

from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Mm, Twips
from docx.text.paragraph import Paragraph

from baiti_xl.press.layout_parts import (
    BOTTOM,
    LEFT,
    PAGE,
    RIGHT,
    SMALL_CHAR,
    TOP,
    edge,
    mm,
    page_number,
    paragraph,
    rule,
    shape,
)

FOOTER = mm(25)
LETTER_FOOTER, LETTER_HEADER = mm(18.7), mm(29.5)
LETTER_INDENTS: dict[str, Any] = {"left": mm(20) - LEFT, "right": mm(20) - RIGHT}
"""Indents that make a line 170 mm wide, centred on the sheet."""
LETTER_RULE_GAP = 100
"""Twips below the line of the name: its ink then ends 4 mm above the rule."""
LETTER_GAP = 138
"""Twips above the line of 文号, whose ink then stands seven eighths of a 3号 character below the double rule."""
MORE = (
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def set_sheet(section: Section, *, landscape: bool = False, letter: bool = False) -> None:
    """Paper, margins, and page numbers: odd at the right, even at the left, turned with a landscape page."""
    width, height = PAGE[::-1] if landscape else PAGE
    top, right, bottom, left = (LEFT, TOP, RIGHT, BOTTOM) if landscape else (TOP, RIGHT, BOTTOM, LEFT)
    lengths = {
        "page_width": width,
        "page_height": height,
        "top_margin": top,
        "right_margin": right,
        "bottom_margin": bottom,
        "left_margin": left,
        "header_distance": LETTER_HEADER if letter else mm(15),
        "footer_distance": LETTER_FOOTER if letter else FOOTER,
        "gutter": 0,
    }
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    for name, length in lengths.items():
        setattr(section, name, Twips(length))
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        if landscape:
            _turned_number(footer, side)
            continue
        inset: dict[str, Any] = {side: SMALL_CHAR}
        page_number(paragraph(footer.paragraphs[0], "页码", jc=side, **inset))
        if letter:
            paragraph(footer, "间隔", line=FOOTER - LETTER_FOOTER)


def add_section(document: Document, *, landscape: bool, letter: bool) -> None:
    """Start a section; what closed the last one goes into its last paragraph, or into a line of its own."""
    section = document.add_section()
    section.different_first_page_header_footer = False
    set_sheet(section, landscape=landscape, letter=letter)
    closing = document.element.body.p_lst[-1]
    last = closing.getprevious()
    if last.tag == qn("w:p") and "{%" not in last.text:
        last.set_sectPr(closing.pPr.sectPr)
        closing.getparent().remove(closing)
    else:
        paragraph(document.paragraphs[-1], "版记位")


def set_letter_page(section: Section, name: str) -> Any:
    """A letter's first page: the name over a double rule, thick above thin, and at the foot thin above thick; return its head."""
    section.different_first_page_header_footer = True
    header, footer = section.first_page_header, section.first_page_footer
    for each in (header, footer):
        each.is_linked_to_previous = False
    paragraph(header.paragraphs[0], "信函标志", name, **LETTER_INDENTS)
    _double_rule(header.add_paragraph(), 24, 6, LETTER_RULE_GAP)
    _double_rule(footer.paragraphs[0], 6, 24)
    return header._element


def _double_rule(line: Paragraph, upper: int, lower: int, above: int = 0) -> None:
    """Two red rules of 170 mm: the edges of a thin empty line, since compound borders are drawn either way up."""
    paragraph(line, "间隔")
    rule(line, edge("top", upper), edge("bottom", lower))
    shape(line.paragraph_format, line=30, before=above, **LETTER_INDENTS)


def _turned_number(footer: Any, side: str) -> None:
    """The page number of a landscape page, where it stands when the sheet is turned upright.

    The head of the table lies at the sheet's left edge, so the sheet's foot is the page's left edge:
    the number reads downwards there, at the bottom of an odd page and at the top of an even one.
    """
    holder = paragraph(footer.paragraphs[0], "间隔")
    number = paragraph(footer, "页码", jc=side)
    page_number(number)
    inset = SMALL_CHAR * 25.4 / 1440
    top = 28 + inset if side == "left" else 210 - 26 - inset - 30
    width, height, left, down = (Mm(length) for length in (8, 30, 28 - 4, top))
    box = parse_xml(
        f'<w:r {nsdecls("w", "wp", "a")} {MORE}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0"'
        ' layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="page"><wp:posOffset>{left}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="page"><wp:posOffset>{down}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:wrapNone/><wp:docPr id="{9001 if side == "left" else 9002}" name="页码"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        f'<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
        "<wps:txbx><w:txbxContent/></wps:txbx>"
        '<wps:bodyPr vert="vert" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/></wps:wsp></a:graphicData></a:graphic>'
        "</wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>"
    )
    next(box.iter(qn("w:txbxContent"))).append(number._p)
    holder._p.append(box)
