"""What the layout is made of: measures, the blank document, named styles, and what python-docx has no word for.

The blank document is made here: python-docx's own brings theme fonts, latent styles and a stylesWithEffects part
that override the official fonts.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph
from docx.text.parfmt import ParagraphFormat
from docx.text.run import Run

from baiti_xl.ooxml.markup import RELATIONS
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import entries_of, zipped

FANGSONG, KAITI, HEITI, SONGTI = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
BIAOSONG = "方正小标宋简体"
STAND_INS = {
    FANGSONG: "仿宋",
    KAITI: "楷体",
    HEITI: "SimHei",
    SONGTI: "SimSun",
    BIAOSONG: "方正小标宋_GBK",
}
RED = "FF0000"

LINE = 579
"""Twips from line to line: 28.95 pt exactly, so that 22 lines fill 225 mm."""
LEAST_LINE = 20
"""Twips of the lowest line, 1 pt: for one that must be there but is not seen."""
CHAR = 315
"""Twips one 3号 character takes: 16 pt less 0.25 pt, so that 28 fill 156 mm."""
SMALL_CHAR = 280
"""Twips of one 4号 character."""
TIGHTEN = -5
"""Character spacing of 3号 text, in twips."""
PAGE = (11906, 16838)
TOP, BOTTOM, LEFT, RIGHT = 2098, 1984, 1587, 1474
WIDTH = 8845
"""The text block is 156 mm wide."""
LONG_WIDTH = 12756
"""On a landscape page the line is the text block's height, 225 mm."""
CORE_TIME = datetime(2012, 7, 1)
ALIGNMENTS: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def mm(length: float) -> int:
    """Millimetres in twips."""
    return round(length * 1440 / 25.4)


def text_width(text: str) -> float:
    """How many characters wide a text is set; a half-width letter or figure takes half."""
    return sum(0.5 if ord(char) < 0x2000 else 1.0 for char in text)


@dataclass(frozen=True, slots=True)
class Style:
    """One named paragraph style; lengths in twips, `size` in points, `line` 0 for single spacing."""

    name: str
    font: str = FANGSONG
    size: float = 16.0
    jc: str = "left"
    line: int = LINE
    before: int = 0
    after: int = 0
    left: int = 0
    right: int = 0
    first: int = 0
    keep: bool = False
    color: str = ""
    level: int | None = None
    tighten: int = TIGHTEN


# ── the blank document ──

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"
_MAIN = "word/document.xml"
_FONTS = "".join(f'w:{slot}="{FANGSONG}" ' for slot in ("ascii", "eastAsia", "hAnsi", "cs"))
# overflowPunct is stated although it is Word's default: without it LibreOffice 7.4 hangs a final comma outside
# the line and loses it in the PDF (it reads the setting the wrong way round).
_STYLES = f"""<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:hint="eastAsia" {_FONTS}/><w:sz w:val="32"/><w:szCs w:val="32"/>
<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/>
<w:overflowPunct w:val="1"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/></w:pPr></w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/>
<w:semiHidden/></w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:semiHidden/><w:tblPr>
<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>"""
# Word's own characters that may not end or begin a line, with those that would part a date: 10月31/日.
# LibreOffice 7.4 does not read them.
_NEVER_LAST = "$([{£¥·‘“〈《「『【〔〖〝﹙﹛﹝＄（．［｛￡￥年月"
_NEVER_FIRST = "!%),.:;&gt;?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠年月日"
_SETTINGS = f"""<w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="doNotCompress"/>
<w:noLineBreaksAfter w:lang="zh-CN" w:val="{_NEVER_LAST}"/><w:noLineBreaksBefore w:lang="zh-CN" w:val="{_NEVER_FIRST}"/><w:compat><w:doNotLeaveBackslashAlone/><w:doNotExpandShiftReturn/><w:useFELayout/><w:compatSetting w:name="compatibilityMode"
w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>"""
_FONT_TABLE = "".join(
    f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
    for name, other in STAND_INS.items()
)


@cache
def _blank(styles: tuple[Style, ...]) -> bytes:
    """A .docx without text, with the defaults of an official paper, the named styles and nothing else."""
    made = Package.new()
    body = _root("document", "<w:body><w:sectPr/></w:body>")
    made.add("", "officeDocument", _MAIN, body, f"{_WORD}.document.main+xml")
    core = f"<cp:coreProperties {nsdecls('cp', 'dc', 'dcterms', 'xsi')}/>".encode()
    made.add("", f"{RELATIONS}/metadata/core-properties", "docProps/core.xml", core, _CORE)
    for kind, tag, inner in (
        ("styles", "styles", _STYLES),
        ("settings", "settings", _SETTINGS),
        ("fontTable", "fonts", _FONT_TABLE),
    ):
        made.add(_MAIN, kind, f"word/{kind}.xml", _root(tag, inner), f"{_WORD}.{kind}+xml")
    theme = docx.Document().part.part_related_by(RELATIONSHIP_TYPE.THEME)
    # The official font here too, so that “正文”“标题” fonts are not Latin ones.
    ours = re.sub('(<a:(?:latin|ea|cs) typeface=)"[^"]*"', rf'\1"{FANGSONG}"', theme.blob.decode())
    made.add(_MAIN, "theme", "word/theme/theme1.xml", ours.encode(), theme.content_type)
    document = docx.Document(BytesIO(made.close()))
    document.settings.odd_and_even_pages_header_footer = True
    for name, font in (("正文字", FANGSONG), ("楷体字", KAITI)):
        set_fonts(document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER).element, font)
    for style in styles:
        _add_style(document, style)
    return saved(document)


def _root(tag: str, inner: str) -> bytes:
    """A part with its root element, which names the namespace of relations for what is added to it."""
    return f"<w:{tag} {nsdecls('w', 'r')}>{inner}</w:{tag}>".encode()


def blank_document(styles: tuple[Style, ...], title: str, subject: str) -> Document:
    """An empty document with the named styles; `subject` names the standard it follows."""
    document = docx.Document(BytesIO(_blank(styles)))
    core = document.core_properties
    core.title, core.subject, core.created, core.modified = title, subject, CORE_TIME, CORE_TIME
    return document


def _add_style(document: Document, style: Style) -> None:
    """Add one paragraph style."""
    made: Any = document.styles.add_style(style.name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style, made.quick_style = document.styles["Normal"], True
    lengths = {name: getattr(style, name) for name in LENGTHS}
    shape(made.paragraph_format, **lengths, jc=style.jc, keep=style.keep)
    if style.level is not None:
        made.element.pPr.append(xml(f'<w:outlineLvl w:val="{style.level}"/>'))
    set_fonts(made.element, style.font)
    if style.color:
        made.font.color.rgb = RGBColor.from_string(style.color)
    if style.tighten and style.size == 16:
        made.element.rPr.append(xml(f'<w:spacing w:val="{style.tighten}"/>'))
    made.font.size = Pt(style.size)


def saved(document: Document) -> bytes:
    """The file: the same document gives the same bytes, whatever the clock says."""
    stream = BytesIO()
    document.save(stream)
    return zipped(entries_of(stream.getvalue()))


# ── paragraphs and runs ──


LENGTHS = {
    "line": "line_spacing",
    "before": "space_before",
    "after": "space_after",
    "left": "left_indent",
    "right": "right_indent",
    "first": "first_line_indent",
}
"""What a style's lengths are called in python-docx."""


def shape(form: ParagraphFormat, *, jc: str = "", keep: bool = False, **lengths: int) -> None:
    """Set what is given; lengths as in a style: `line` exactly, or single when 0; a negative `first` hangs."""
    for name, twips in lengths.items():
        setattr(form, LENGTHS[name], 1.0 if name == "line" and not twips else Twips(twips))
    if jc:
        form.alignment = ALIGNMENTS[jc]
    if keep:
        form.keep_with_next = True


def paragraph(holder: Any, style: str, text: str = "", **lengths: Any) -> Paragraph:
    """A new paragraph of a document, header or footer (or one that is there) in a style, with direct properties."""
    made: Paragraph = holder if isinstance(holder, Paragraph) else holder.add_paragraph()
    made._p.style = style
    if text:
        run(made, text)
    shape(made.paragraph_format, **lengths)
    return made


def run(line: Paragraph, text: str, *, font: str = "", style: str | None = None, size: float = 0) -> Run:
    """One more run; a line break and a tab in the text become elements."""
    made = line.add_run(text, style)
    set_fonts(made._r, font)
    if size:
        made.font.size = Pt(size)
    return made


def set_fonts(element: Any, name: str = "") -> None:
    """The fonts of a run or style; the hint keeps quotes and dashes Chinese."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:hint"), "eastAsia")
    for slot in ("ascii", "eastAsia", "hAnsi", "cs") if name else ():
        fonts.set(qn(f"w:{slot}"), name)


# ── what python-docx has no word for ──


def xml(text: str) -> Any:
    """An element of WordprocessingML."""
    return parse_xml(re.sub(r"^<[\w:]+", rf"\g<0> {nsdecls('w')}", text))


def edge(side: str, size: int, *, space: int = 0, color: str = RED) -> str:
    """One border; `size` in eighths of a point, `space` in points."""
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{color}"/>'


def tabs(line: Paragraph, **stops: int) -> None:
    """Tab stops: `left` or `right` so many twips from the left edge."""
    for side, at in stops.items():
        line.paragraph_format.tab_stops.add_tab_stop(Twips(at), getattr(WD_TAB_ALIGNMENT, side.upper()))


def rule(line: Paragraph, *edges: str) -> None:
    """Rules along a paragraph that has nothing but its style yet."""
    line._p.get_or_add_pPr().append(xml(f"<w:pBdr>{''.join(edges)}</w:pBdr>"))


def page_number(line: Paragraph) -> None:
    """— 1 —, the number a field."""
    run(line, "— ")
    field = xml('<w:fldSimple w:instr=" PAGE "></w:fldSimple>')
    field.append(run(line, "1")._r)
    line._p.append(field)
    run(line, " —")
