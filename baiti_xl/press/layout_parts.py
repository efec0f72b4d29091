"""The WordprocessingML under the layout: measures, named styles, paragraphs, and the package itself.

The package is written by hand and not by python-docx, whose blank document brings theme fonts, a
stylesWithEffects part and Latin styles that override the official ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from baiti_xl.ooxml.markup import RELATIONS
from baiti_xl.ooxml.package import Package

FANGSONG, KAITI, HEITI, SONGTI = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
BIAOSONG = "方正小标宋简体"
RED = "FF0000"

LINE = 579
"""Twips from line to line: 28.95 pt exactly, so that 22 lines fill 225 mm."""
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

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
_XMLNS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CORE_TIME = "2012-07-01T00:00:00Z"

_PPR_ORDER = (
    *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "pBdr", "tabs", "kinsoku"),
    *("overflowPunct", "autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid", "spacing", "ind"),
    *("jc", "textAlignment", "outlineLvl", "rPr", "sectPr"),
)


def mm(length: float) -> int:
    """Millimetres in twips."""
    return round(length * 1440 / 25.4)


def emu(length: float) -> int:
    """Millimetres in the unit of drawings."""
    return round(length * 36000)


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


def ppr(parts: Mapping[str, str]) -> str:
    """Paragraph properties in the order the schema asks for; each part is a whole element."""
    inner = "".join(parts[name] for name in _PPR_ORDER if parts.get(name))
    return f"<w:pPr>{inner}</w:pPr>" if inner else ""


def spacing(line: int, before: int = 0, after: int = 0) -> str:
    """Line pitch, exact unless 0, and the space above and below."""
    pitch = f'w:line="{line}" w:lineRule="exact"' if line else 'w:line="240" w:lineRule="auto"'
    return f'<w:spacing w:before="{before}" w:after="{after}" {pitch}/>'


def indent(left: int = 0, right: int = 0, first: int = 0) -> str:
    """Indents; a negative `first` hangs."""
    special = f'w:firstLine="{first}"' if first >= 0 else f'w:hanging="{-first}"'
    return f'<w:ind w:left="{left}" w:right="{right}" {special}/>'


def fonts(name: str = "") -> str:
    """The run's fonts; the hint keeps quotes and dashes Chinese."""
    names = "".join(f' w:{slot}="{name}"' for slot in ("ascii", "eastAsia", "hAnsi", "cs")) if name else ""
    return f'<w:rFonts w:hint="eastAsia"{names}/>'


def run(text: str, font: str = "", style: str = "", extra: str = "") -> str:
    """One run; a line break and a tab in the text become elements."""
    named = f'<w:rStyle w:val="{style}"/>' if style else ""
    pieces = _text(text)
    return f"<w:r><w:rPr>{named}{fonts(font)}{extra}</w:rPr>{pieces}</w:r>"


def _text(text: str) -> str:
    """Text elements, with breaks and tabs between them."""
    marked = escape(text).replace("\n", "\0<w:br/>\0").replace("\t", "\0<w:tab/>\0").split("\0")
    return "".join(
        piece if piece.startswith("<w:") else f'<w:t xml:space="preserve">{piece}</w:t>'
        for piece in marked
        if piece
    )


def paragraph(style: str, *runs: str, **parts: str) -> str:
    """A paragraph in a named style, with direct properties where the style is not enough."""
    parts["pStyle"] = f'<w:pStyle w:val="{style}"/>'
    return f"<w:p>{ppr(parts)}{''.join(runs)}</w:p>"


def page_number(font: str = "") -> str:
    """— 1 —, the number a field."""
    field = f'<w:fldSimple w:instr=" PAGE ">{run("1", font)}</w:fldSimple>'
    return run("— ", font) + field + run(" —", font)


def edge(side: str, size: int, *, kind: str = "single", space: int = 0, color: str = RED) -> str:
    """One border; `size` in eighths of a point, `space` in points."""
    return f'<w:{side} w:val="{kind}" w:sz="{size}" w:space="{space}" w:color="{color}"/>'


def root(tag: str, inner: str) -> str:
    """A part with its root element."""
    return f"{_DECLARATION}<w:{tag} {_XMLNS}>{inner}</w:{tag}>"


def styles_part(styles: Iterable[Style]) -> str:
    """styles.xml: no theme fonts, no grid, no space between Chinese and figures.

    overflowPunct is stated although it is Word's default: without it LibreOffice 7.4 hangs a final comma
    outside the line and loses it in the PDF (it reads the setting the wrong way round).
    """
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}"
        '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    normal = ppr(
        {
            "widowControl": '<w:widowControl w:val="0"/>',
            "overflowPunct": '<w:overflowPunct w:val="1"/>',
            "autoSpaceDE": '<w:autoSpaceDE w:val="0"/>',
            "autoSpaceDN": '<w:autoSpaceDN w:val="0"/>',
            "adjustRightInd": '<w:adjustRightInd w:val="0"/>',
            "snapToGrid": '<w:snapToGrid w:val="0"/>',
        }
    )
    fixed = (
        f'<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>{normal}</w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        f'<w:style w:type="character" w:customStyle="1" w:styleId="正文字"><w:name w:val="正文字"/><w:rPr>{fonts(FANGSONG)}</w:rPr></w:style>'
        f'<w:style w:type="character" w:customStyle="1" w:styleId="楷体字"><w:name w:val="楷体字"/><w:rPr>{fonts(KAITI)}</w:rPr></w:style>'
    )
    return root("styles", defaults + fixed + "".join(_style(style) for style in styles))


def _style(style: Style) -> str:
    """One w:style."""
    level = "" if style.level is None else f'<w:outlineLvl w:val="{style.level}"/>'
    properties = ppr(
        {
            "keepNext": "<w:keepNext/>" if style.keep else "",
            "spacing": spacing(style.line, style.before, style.after),
            "ind": indent(style.left, style.right, style.first),
            "jc": f'<w:jc w:val="{style.jc}"/>',
            "outlineLvl": level,
        }
    )
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{style.name}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/>{properties}{_style_font(style)}</w:style>'
    )


def _style_font(style: Style) -> str:
    """A style's run properties."""
    color = f'<w:color w:val="{style.color}"/>' if style.color else ""
    tighten = f'<w:spacing w:val="{style.tighten}"/>' if style.tighten and style.size == 16 else ""
    half_points = round(style.size * 2)
    sizes = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    return f"<w:rPr>{fonts(style.font)}{color}{tighten}{sizes}</w:rPr>"


def settings_part() -> str:
    """settings.xml: odd and even footers, Word 2013 and later, breaks not stretched."""
    modern = 'w:uri="http://schemas.microsoft.com/office/word"'
    return root(
        "settings",
        '<w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        "<w:compat><w:doNotLeaveBackslashAlone/><w:doNotExpandShiftReturn/><w:useFELayout/>"
        f'<w:compatSetting w:name="compatibilityMode" {modern} w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>',
    )


def fonts_part() -> str:
    """fontTable.xml: what Word may use instead where an official font is missing."""
    stand_ins = {
        FANGSONG: "仿宋",
        KAITI: "楷体",
        HEITI: "SimHei",
        SONGTI: "SimSun",
        BIAOSONG: "方正小标宋_GBK",
    }
    entries = (
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in stand_ins.items()
    )
    return root("fonts", "".join(entries))


def theme_part() -> str:
    """theme1.xml, which Word expects: the official fonts here too, so that “正文”“标题” fonts are not Latin ones."""
    names = ("dk1", "lt1", "dk2", "lt2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
    colours = "".join(
        f'<a:{name}><a:srgbClr val="{"FFFFFF" if name.startswith("lt") else "000000"}"/></a:{name}>'
        for name in names
    )
    faces = "".join(
        f'<a:{kind}Font><a:latin typeface="{font}"/><a:ea typeface="{font}"/><a:cs typeface="{font}"/></a:{kind}Font>'
        for kind, font in (("major", BIAOSONG), ("minor", FANGSONG))
    )
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    lists = "".join(
        f"<a:{name}>{item * 3}</a:{name}>"
        for name, item in (
            ("fillStyleLst", fill),
            ("lnStyleLst", f'<a:ln w="6350">{fill}</a:ln>'),
            ("effectStyleLst", "<a:effectStyle><a:effectLst/></a:effectStyle>"),
            ("bgFillStyleLst", fill),
        )
    )
    return (
        f'{_DECLARATION}<a:theme xmlns:a="{NAMESPACES["a"]}" name="公文"><a:themeElements>'
        f'<a:clrScheme name="公文">{colours}</a:clrScheme><a:fontScheme name="公文">{faces}</a:fontScheme>'
        f'<a:fmtScheme name="公文">{lists}</a:fmtScheme></a:themeElements></a:theme>'
    )


_TYPE = "application/vnd.openxmlformats-officedocument"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of word/ with its kind (`footer`, `image` …); the file name's stem is its relation id."""

    name: str
    kind: str
    content: bytes

    @property
    def relation(self) -> str:
        """The id other parts call it by."""
        return self.name.rsplit("/", 1)[-1].split(".", 1)[0]


def package(parts: Iterable[Part], title: str, subject: str) -> bytes:
    """The .docx; the same parts give the same bytes. `subject` names the standard it follows."""
    made = Package.new()
    made.relate("", "officeDocument", "word/document.xml")
    core = _core(title, subject).encode()
    made.add("", f"{RELATIONS}/metadata/core-properties", "docProps/core.xml", core, _CORE)
    for part in parts:
        name = f"word/{part.name}"
        made.put(name, part.content)
        made.declare(".png" if part.kind == "image" else name, _content_type(part.kind))
        if part.kind != "document":
            made.relate("word/document.xml", part.kind, name, part.relation)
    return made.close()


def _content_type(kind: str) -> str:
    """The media type of a part."""
    if kind in ("theme", "image"):
        return f"{_TYPE}.theme+xml" if kind == "theme" else "image/png"
    return f"{_TYPE}.wordprocessingml.{'document.main' if kind == 'document' else kind}+xml"


def _core(title: str, subject: str) -> str:
    """docProps/core.xml with a fixed time."""
    times = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{_CORE_TIME}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:subject>{escape(subject)}</dc:subject>{times}</cp:coreProperties>"
    )
