"""Tests a template or a finished document against GB/T 9704-2012 and names the clause.

`check_layout(content)` reads what the .docx says of itself: page, named styles, fonts, indents, rules.
It does not set pages. Where a template tag stands in a text, the text's form is not judged.
A paragraph's role is the *name* of its style (Word rewrites style ids when it saves); a paragraph in
any other style counts as body text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from lxml import etree

from baiti_xl.errors import UserError
from baiti_xl.ooxml.markup import BadXml
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import BadZip
from baiti_xl.press.layout import STYLES, signature_places
from baiti_xl.press.layout_parts import (  # fmt: skip
    BOTTOM,
    CHAR,
    LEFT,
    PAGE,
    RIGHT,
    SMALL_CHAR,
    TOP,
    WIDTH,
    mm,
    text_width,
)
from baiti_xl.press.wording import LEVELS, has_tag

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STANDARD = "GB/T 9704-2012"
_OURS = "本系统约定"

RULES: Mapping[str, tuple[str, str, str]] = {
    "paper": (f"{_STANDARD} 5.1 幅面尺寸", "纸张为{found}", "页面设置改为 A4，210 毫米×297 毫米"),
    "margins": (
        f"{_STANDARD} 5.2.1 页边与版心尺寸",
        "{side}为{found:.1f}毫米，应为{due:.0f}毫米",
        "页边距改为上 37、下 35、左 28、右 26 毫米（横排页随纸转动）",
    ),
    "theme": (
        f"{_STANDARD} 5.2.2 字体和字号",
        "用了主题字体，会盖过指定的字体",
        "在“字体”里直接选定字体，不用“正文”“标题”主题字体",
    ),
    "body-font": (f"{_STANDARD} 5.2.2 字体和字号", "字体是{found}，应为{due}", "选中文字，字体改为{due}"),
    "body-size": (f"{_STANDARD} 5.2.2 字体和字号", "字号是{found:g}磅，应为{due}", "选中文字，字号改为{due}"),
    "pitch": (
        f"{_STANDARD} 5.2.3 行数和字数",
        "行距{found}，一面排不成 22 行",
        "行距改为固定值 28.95 磅，并取消“对齐到网格”",
    ),
    "tighten": (
        f"{_STANDARD} 5.2.3 行数和字数",
        "字距没有紧缩，一行排不下 28 字",
        "字符间距改为紧缩 0.25 磅",
    ),
    "colour": (f"{_STANDARD} 5.2.4 文字的颜色", "文字颜色是{found}，应为黑色", "字体颜色改为黑色"),
    "marks": (
        f"{_STANDARD} 7.2.3 紧急程度",
        "份号、密级、紧急程度的先后不对",
        "按份号、密级和保密期限、紧急程度的顺序自上而下分行排列",
    ),
    "name-font": (f"{_STANDARD} 7.2.4 发文机关标志", "字体是{found}，应为小标宋", "字体改为方正小标宋简体"),
    "name-colour": (f"{_STANDARD} 7.2.4 发文机关标志", "颜色是{found}，应为红色", "字体颜色改为红色（FF0000）"),
    "number-brackets": (
        f"{_STANDARD} 7.2.5 发文字号",
        "“{text}”的年份没有用六角括号",
        "写成“台政办〔2011〕9号”的形式",
    ),
    "number-ordinal": (f"{_STANDARD} 7.2.5 发文字号", "“{text}”的顺序号加了“第”字", "删去“第”字"),
    "number-zero": (f"{_STANDARD} 7.2.5 发文字号", "“{text}”的顺序号编了虚位", "1 不编为 01"),
    "number-form": (
        f"{_STANDARD} 7.2.5 发文字号",
        "“{text}”不是机关代字、年份、顺序号的形式",
        "写成“台政办〔2011〕9号”的形式",
    ),
    "signer-font": (f"{_STANDARD} 7.2.6 签发人", "签发人姓名不是楷体", "姓名用 3 号楷体，“签发人：”用 3 号仿宋"),
    "red-rule": (
        f"{_STANDARD} 7.2.7 版头中的分隔线",
        "发文字号下{found}",
        "给发文字号一段加红色下边框，距正文 5 磅，左右缩进为 0，使其与版心等宽",
    ),
    "title-font": (f"{_STANDARD} 7.3.1 标题", "字体是{found}，应为小标宋", "字体改为方正小标宋简体"),
    "title-size": (f"{_STANDARD} 7.3.1 标题", "字号是{found:g}磅，应为2号（22磅）", "字号改为二号"),
    "title-centre": (f"{_STANDARD} 7.3.1 标题", "标题没有居中", "段落改为居中，不设缩进"),
    "addressee-colon": (f"{_STANDARD} 7.3.2 主送机关", "“{text}”末尾没有全角冒号", "在最后一个机关名称后加“：”"),
    "addressee-indent": (f"{_STANDARD} 7.3.2 主送机关", "主送机关没有顶格", "左缩进和首行缩进改为 0"),
    "heading-font": (f"{_STANDARD} 7.3.3 正文", "{level}的字体是{found}，应为{due}", "字体改为{due}"),
    "heading-number": (
        f"{_STANDARD} 7.3.3 正文",
        "“{text}”的序数不是{level}的写法",
        "依次用“一、”“（一）”“1.”“（1）”标注",
    ),
    "indent": (f"{_STANDARD} 7.3.3 正文", "段首没有左空二字", "首行缩进改为 2 字符（31.5 磅）"),
    "annex-end": (f"{_STANDARD} 7.3.4 附件说明", "“{text}”末尾加了标点", "附件名称后不加标点符号"),
    "annex-start": (f"{_STANDARD} 7.3.4 附件说明", "“{text}”没有以“附件：”起头", "左空二字写“附件：”和附件名称"),
    "seal-place": (
        f"{_STANDARD} 7.3.5.1 加盖印章的公文",
        "{what}右空{found:.1f}字，应为{due:.1f}字",
        "成文日期右空四字，署名以成文日期为准居中",
    ),
    "sign-place": (
        f"{_STANDARD} 7.3.5.2 不加盖印章的公文",
        "{what}右空{found:.1f}字，应为{due:.1f}字",
        "署名右空二字，成文日期首字比署名首字右移二字",
    ),
    "date-form": (
        f"{_STANDARD} 7.3.5.4 成文日期中的数字",
        "“{text}”不合成文日期的写法",
        "用阿拉伯数字将年、月、日标全，月、日不编虚位，如“2011年4月3日”",
    ),
    "date-form-1999": (
        "GB/T 9704-1999 成文时间",
        "“{text}”不合成文时间的写法",
        "用汉字将年、月、日标全，“零”写为“〇”，如“二〇一一年四月十三日”",
    ),
    "sign-alone": (
        f"{_STANDARD} 7.3.5.5 特殊情况说明",
        "{what}没有与下段同页，署名可能独占一页",
        "段落中勾选“与下段同页”",
    ),
    "note-brackets": (f"{_STANDARD} 7.3.6 附注", "“{text}”没有加圆括号", "居左空二字，加全角圆括号"),
    "annex-page": (f"{_STANDARD} 7.3.7 附件", "附件没有另面编排", "给“附件”一段勾选“段前分页”，或在其前插入分节符"),
    "annex-label": (f"{_STANDARD} 7.3.7 附件", "“{text}”不是“附件”或“附件1”的写法", "用 3 号黑体顶格写“附件”及顺序号，不加标点"),
    "annex-after": (f"{_STANDARD} 7.3.7 附件", "附件排在版记之后", "把附件移到版记之前"),
    "imprint-rules": (
        f"{_STANDARD} 7.4.1 版记中的分隔线",
        "{what}{found}",
        "首末两条线用 0.35 毫米（1 磅），中间用 0.25 毫米（0.75 磅），与版心等宽",
    ),
    "imprint-place": (
        f"{_STANDARD} 7.4.1 版记中的分隔线",
        "版记没有落在最后一面版心的下边缘",
        "表格属性中把垂直位置设为相对“页边距”的“底端”，并放在全文最后",
    ),
    "copies-end": (f"{_STANDARD} 7.4.2 抄送机关", "“{text}”末尾没有句号", "最后一个抄送机关名称后标句号"),
    "copies-start": (f"{_STANDARD} 7.4.2 抄送机关", "“{text}”没有以“抄送：”起头", "左空一字写“抄送：”"),
    "imprint-font": (f"{_STANDARD} 7.4.2 抄送机关", "字体是{found}，应为仿宋", "字体改为仿宋_GB2312"),
    "imprint-size": (f"{_STANDARD} 7.4.2 抄送机关", "字号是{found:g}磅，应为{due:g}磅", "抄送、印发两行用 4 号仿宋（1999 版式为 3 号）"),
    "imprint-indent": (f"{_STANDARD} 7.4.2 抄送机关", "左边没有空一字", "左缩进改为 1 字"),
    "issue-end": (f"{_STANDARD} 7.4.3 印发机关和印发日期", "“{text}”末尾没有“印发”二字", "印发日期后加“印发”"),
    "page-number": (f"{_STANDARD} 7.5 页码", "{what}", "页脚写“— 页码 —”，用 4 号宋体"),
    "page-side": (
        f"{_STANDARD} 7.5 页码",
        "{what}",
        "设“奇偶页不同”，单页码居右空一字，双页码居左空一字",
    ),
    "page-distance": (
        f"{_STANDARD} 7.5 页码",
        "页脚距边界{found:.1f}毫米，一字线不在版心下 7 毫米处",
        "页脚距边界改为 25 毫米",
    ),
    "letter-rules": (
        f"{_STANDARD} 10.1 信函格式",
        "{what}",
        "首页标志下 4 毫米、距下页边 20 毫米处各印一条 170 毫米长的红色双线，上一条上粗下细，下一条上细下粗",
    ),
    "letter-first": (f"{_STANDARD} 10.1 信函格式", "首页没有不同的页眉页脚，会显示页码", "勾选“首页不同”，首页页脚不放页码"),
    "letter-imprint": (f"{_STANDARD} 10.1 信函格式", "版记{found}", "信函的版记不加印发机关和印发日期、分隔线"),
    "table-head": (_OURS, "表格跨页时表头不重复", "选中表头各行，勾选“在各页顶端以标题行形式重复出现”"),
    "table-split": (_OURS, "有的行会跨页断开", "选中全表，取消“允许跨页断行”"),
    "table-pitch": (_OURS, "表内行距为固定值，文字可能被裁", "表内行距改为单倍行距"),
}  # fmt: skip

_FANGSONG = ("仿宋_GB2312", "仿宋", "方正仿宋_GBK", "方正仿宋简体", "华文仿宋", "FangSong", "FangSong_GB2312")
_KAITI = ("楷体_GB2312", "楷体", "方正楷体_GBK", "方正楷体简体", "华文楷体", "KaiTi", "KaiTi_GB2312")
_HEITI = ("黑体", "方正黑体_GBK", "方正黑体简体", "华文黑体", "SimHei")
_SONGTI = ("宋体", "SimSun", "新宋体", "方正书宋_GBK")
_BIAOSONG = (
    "方正小标宋简体",
    "方正小标宋_GBK",
    "小标宋",
    "小标宋体",
    "FZXiaoBiaoSong-B05S",
    "FZXiaoBiaoSong-B05",
)

_HEADINGS = {
    LEVELS[0]: (_HEITI, "黑体", r"[一二三四五六七八九十百]+、"),
    LEVELS[1]: (_KAITI, "楷体", r"（[一二三四五六七八九十百]+）"),
    LEVELS[2]: (_FANGSONG, "仿宋", r"\d+[.．]"),
    LEVELS[3]: (_FANGSONG, "仿宋", r"（\d+）"),
}
_BODY = ("公文正文", *LEVELS)
_PLAIN = ("公文正文", "顶格正文", "居中正文", "主送机关", "附件说明", "发文机关署名", "成文日期", "附注")
_KNOWN = frozenset(style.name for style in STYLES)
_DATE = r"\d{4}年[1-9]\d?月[1-9]\d?日"
_CHINESE_DATE = r"[〇一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,4}日"


class LayoutError(UserError):
    """The file is no Word document whose layout can be looked at; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LayoutFault:
    """One departure from the layout: the rule's id, its clause, where, what, and what to do."""

    rule: str
    clause: str
    place: str
    fault: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}：{self.fault}。{self.remedy}。（{self.clause}）"


def check_layout(content: bytes) -> tuple[LayoutFault, ...]:
    """Every departure found in a .docx, in the order of the clauses; raises LayoutError for another file."""
    document = _Document.read(content)
    return tuple(fault for check in CHECKS for fault in check(document))


def _fault(rule: str, place: str, **words: object) -> LayoutFault:
    """A fault with its sentences filled in."""
    clause, fault, remedy = RULES[rule]
    return LayoutFault(rule, clause, place, fault.format(**words), remedy.format(**words))


# the document as read


def _get(element: etree._Element | None, name: str) -> str:
    """A w: attribute, or nothing."""
    return "" if element is None else element.get(_W + name, "")


def _whole(text: str) -> int:
    """A number of twips; 0 when absent. Raises LayoutError for what is no number."""
    try:
        return int(float(text)) if text else 0
    except (ValueError, OverflowError) as error:
        raise LayoutError(f"尺寸“{text}”不是数字，请用 Word 另存后再试") from error


@dataclass(frozen=True, slots=True)
class _Styles:
    """styles.xml by id."""

    by_id: Mapping[str, etree._Element]
    default: etree._Element | None

    def name(self, identifier: str) -> str:
        """The name staff see."""
        style = self.by_id.get(identifier)
        return "" if style is None else _get(style.find(_W + "name"), "val")

    def chain(self, identifier: str) -> Iterator[etree._Element]:
        """A style and what it is based on, ending with the document's defaults."""
        seen = set()
        while identifier in self.by_id and identifier not in seen:
            seen.add(identifier)
            style = self.by_id[identifier]
            yield style
            identifier = _get(style.find(_W + "basedOn"), "val")
        if self.default is not None:
            yield self.default


@dataclass(frozen=True)
class _Paragraph:
    """A paragraph with its role and a name for its place."""

    element: etree._Element
    styles: _Styles
    place: str
    in_table: bool

    @cached_property
    def style_id(self) -> str:
        return _get(self.element.find(f"{_W}pPr/{_W}pStyle"), "val")

    @cached_property
    def role(self) -> str:
        """The style's name; body text for any style that is not ours."""
        name = self.styles.name(self.style_id)
        return name if name in _KNOWN else "公文正文"

    @cached_property
    def text(self) -> str:
        return "".join(node.text or "" for node in self.element.iter(_W + "t")).strip()

    @property
    def known(self) -> bool:
        """Whether its wording stands, with no tag to be filled in."""
        return bool(self.text) and not has_tag(self.text)

    @property
    def steers(self) -> bool:
        """Whether it is only a paragraph or row tag."""
        return re.fullmatch(r"\{%.*%\}", self.text) is not None

    def runs(self) -> Iterator[etree._Element]:
        """Runs that print something."""
        for run in self.element.iter(_W + "r"):
            if "".join(node.text or "" for node in run.iter(_W + "t")).strip():
                yield run

    def setting(self, tag: str, attribute: str) -> str:
        """A paragraph property, looked up from the paragraph to the defaults."""
        sources = [self.element.find(_W + "pPr")]
        sources += [style.find(f".//{_W}pPr") for style in self.styles.chain(self.style_id or "Normal")]
        return _first(sources, tag, attribute)

    def on(self, tag: str) -> bool:
        """Whether a paragraph property that is a switch is on."""
        sources = [self.element.find(_W + "pPr")]
        sources += [style.find(f".//{_W}pPr") for style in self.styles.chain(self.style_id or "Normal")]
        found = next(
            (s.find(_W + tag) for s in sources if s is not None and s.find(_W + tag) is not None), None
        )
        return found is not None and _get(found, "val") not in ("0", "false", "off")

    def font(self, run: etree._Element, tag: str, attribute: str) -> str:
        """A run property, looked up from the run to the defaults."""
        own = run.find(_W + "rPr")
        character = _get(None if own is None else own.find(_W + "rStyle"), "val")
        named = [s.find(f".//{_W}rPr") for s in self.styles.chain(character)][:-1] if character else []
        inherited = [s.find(f".//{_W}rPr") for s in self.styles.chain(self.style_id or "Normal")]
        return _first([own, *named, *inherited], tag, attribute)

    def face(self, run: etree._Element) -> str:
        """The Chinese font of a run."""
        return self.font(run, "rFonts", "eastAsia") or "未指定"

    def size(self, run: etree._Element) -> float:
        """The size of a run in points."""
        return _whole(self.font(run, "sz", "val")) / 2

    def indent(self, side: str) -> int:
        """An indent in twips; `first` is negative when it hangs."""
        if side != "first":
            other = {"left": "start", "right": "end"}[side]
            return _whole(self.setting("ind", side) or self.setting("ind", other))
        hanging = _whole(self.setting("ind", "hanging"))
        by_count = _whole(self.setting("ind", "firstLineChars")) * CHAR // 100
        return -hanging if hanging else by_count or _whole(self.setting("ind", "firstLine"))


def _first(sources: Iterable[etree._Element | None], tag: str, attribute: str) -> str:
    """The first value stated along a chain of property elements."""
    for source in sources:
        value = "" if source is None else _get(source.find(_W + tag), attribute)
        if value:
            return value
    return ""


@dataclass(frozen=True)
class _Document:
    """The parts the checks read."""

    body: etree._Element
    styles: _Styles
    parts: Mapping[str, etree._Element]
    standard: str

    @classmethod
    def read(cls, content: bytes) -> "_Document":
        """Open the package."""
        parts = _parts(content)
        sheet = parts["word/styles.xml"]
        by_id = {_get(style, "styleId"): style for style in sheet.iter(_W + "style")}
        core = parts.get("docProps/core.xml")
        old = core is not None and "9704-1999" in "".join(map(str, core.itertext()))
        return cls(
            next(parts["word/document.xml"].iterchildren(_W + "body")),
            _Styles(by_id, sheet.find(_W + "docDefaults")),
            parts,
            "1999" if old else "2012",
        )

    @cached_property
    def paragraphs(self) -> tuple[_Paragraph, ...]:
        """Every paragraph of the body and its tables, in order, boxes left out."""
        found = self.body.iter(_W + "p")
        return tuple(self._paragraph(element, at) for at, element in enumerate(found, 1))

    def _paragraph(self, element: etree._Element, at: int) -> _Paragraph:
        """A paragraph with its place named."""
        text = "".join(node.text or "" for node in element.iter(_W + "t")).strip()
        shown = f"「{text[:12]}{'…' if len(text) > 12 else ''}」" if text else ""
        in_table = next(element.iterancestors(_W + "tc"), None) is not None
        return _Paragraph(element, self.styles, f"第{at}段{shown}", in_table)

    def roles(self, *names: str) -> list[_Paragraph]:
        """Paragraphs that print something in one of the roles."""
        return [p for p in self.paragraphs if p.text and not p.steers and p.role in names]

    def sections(self) -> Iterator[tuple[str, etree._Element]]:
        """Section properties with the name of their place."""
        for number, section in enumerate(self.body.iter(_W + "sectPr"), 1):
            yield f"第{number}节页面设置", section

    def tables(self) -> Iterator[tuple[str, etree._Element]]:
        """Tables other than 版记."""
        ordinary = [table for table in self.body.iter(_W + "tbl") if not self.is_imprint(table)]
        for number, table in enumerate(ordinary, 1):
            yield f"第{number}个表", table

    def is_imprint(self, table: etree._Element) -> bool:
        """Whether a table is 版记."""
        names = {self.styles.name(_get(style, "val")) for style in table.iter(_W + "pStyle")}
        return bool(names & {"抄送机关", "印发机关", "主题词"})

    def imprints(self) -> list[etree._Element]:
        """版记, once."""
        return [table for table in self.body.iter(_W + "tbl") if self.is_imprint(table)]

    def footers(self, kind: str) -> Iterator[tuple[str, etree._Element, etree._Element]]:
        """The footers of one kind: place, the part, and the section that uses it."""
        yield from self._linked("footerReference", kind)

    def headers(self, kind: str) -> Iterator[tuple[str, etree._Element, etree._Element]]:
        """The headers of one kind."""
        yield from self._linked("headerReference", kind)

    def _linked(self, tag: str, kind: str) -> Iterator[tuple[str, etree._Element, etree._Element]]:
        relations = self.parts["word/_rels/document.xml.rels"]
        targets = {str(relation.get("Id")): relation.get("Target", "") for relation in relations}
        for place, section in self.sections():
            for reference in section.iter(_W + tag):
                identifier = next(
                    value for key, value in reference.attrib.items() if str(key).endswith("}id")
                )
                part = self.parts.get(f"word/{str(targets.get(str(identifier), '')).removeprefix('/word/')}")
                if _get(reference, "type") == kind and part is not None:
                    yield place, part, section

    @cached_property
    def is_letter(self) -> bool:
        """Whether it is in 信函格式: its name stands in a first page's header."""
        return any(self._has_role(part, "信函标志") for _, part, _ in self.headers("first"))

    def _has_role(self, part: etree._Element, role: str) -> bool:
        return any(self.styles.name(_get(style, "val")) == role for style in part.iter(_W + "pStyle"))

    def part_paragraphs(self, part: etree._Element, place: str) -> list[_Paragraph]:
        """The printing paragraphs of a header or footer."""
        found = (_Paragraph(element, self.styles, place, False) for element in part.iter(_W + "p"))
        return [p for p in found if p.text and p.element.find(f".//{_W}p") is None]


_NEEDED = {"word/document.xml", "word/styles.xml", "word/settings.xml", "word/_rels/document.xml.rels"}


def _parts(content: bytes) -> dict[str, etree._Element]:
    """Every XML part by name; raises LayoutError for anything but a .docx."""
    try:
        package = Package.open(content)
        parts = {name: package.read(name) for name in package.entries if name.endswith((".xml", ".rels"))}
    except (BadZip, BadXml) as error:
        raise LayoutError("不是可读的 Word 文档（.docx），请用 Word 另存后再试") from error
    if _NEEDED - parts.keys() or parts["word/document.xml"].find(_W + "body") is None:
        raise LayoutError("不是 Word 文档（.docx），请用 Word 另存后再试")
    return parts


Faults = Iterator[LayoutFault]


# 5 幅面与版面


def check_paper(document: _Document) -> Faults:
    """5.1: A4, upright or turned."""
    for place, section in document.sections():
        size = section.find(_W + "pgSz")
        found = _whole(_get(size, "w")), _whole(_get(size, "h"))
        if any(abs(a - b) > 30 for a, b in zip(sorted(found), PAGE, strict=True)):
            shown = "×".join(f"{twips / 56.693:.0f}" for twips in found)
            yield _fault("paper", place, found=f"{shown}毫米")


def check_margins(document: _Document) -> Faults:
    """5.2.1: 37, 35, 28, 26 mm, each within 1 mm; they turn with a landscape page."""
    upright = {"top": TOP, "bottom": BOTTOM, "left": LEFT, "right": RIGHT}
    turned = {"top": LEFT, "bottom": RIGHT, "left": BOTTOM, "right": TOP}
    names = {"top": "上边距", "bottom": "下边距", "left": "左边距", "right": "右边距"}
    for place, section in document.sections():
        landscape = _get(section.find(_W + "pgSz"), "orient") == "landscape"
        for side, due in (turned if landscape else upright).items():
            found = _whole(_get(section.find(_W + "pgMar"), side))
            if abs(found - due) > mm(1):
                yield _fault("margins", place, side=names[side], found=found / 56.693, due=due / 56.693)


def check_theme(document: _Document) -> Faults:
    """5.2.2: no theme font stands over a named one."""
    for name, part in document.parts.items():
        if not name.startswith("word/") or "theme/" in name:
            continue
        if any("Theme" in str(key) for fonts in part.iter(_W + "rFonts") for key in fonts.attrib):
            yield _fault("theme", name.removeprefix("word/"))


def check_body_font(document: _Document) -> Faults:
    """5.2.2: 3号仿宋 wherever nothing else is said."""
    for paragraph in document.roles(*_PLAIN):
        yield from () if paragraph.in_table else _plain_faults(paragraph)
    for paragraph in document.roles(*LEVELS):
        yield from _size_faults(paragraph)


def _plain_faults(paragraph: _Paragraph) -> Faults:
    """The first run of a paragraph that is not 仿宋, and the first of another size."""
    face = next((f for run in paragraph.runs() if (f := paragraph.face(run)) not in _FANGSONG), "")
    if face:
        yield _fault("body-font", paragraph.place, found=face, due="仿宋_GB2312")
    yield from _size_faults(paragraph)


def _size_faults(paragraph: _Paragraph) -> Faults:
    """The first size that is not 3号."""
    size = next((s for run in paragraph.runs() if (s := paragraph.size(run)) != 16), None)
    if size is not None:
        yield _fault("body-size", paragraph.place, found=size, due="3号（16磅）")


def check_pitch(document: _Document) -> Faults:
    """5.2.3: 22 lines a page, 28 characters a line."""
    for paragraph in document.roles(*_BODY):
        if paragraph.in_table:
            continue
        line, rule = _whole(paragraph.setting("spacing", "line")), paragraph.setting("spacing", "lineRule")
        if rule != "exact" or not 567 <= line <= 580:
            yield _fault(
                "pitch", paragraph.place, found=f"{line / 20:g}磅" if rule == "exact" else "不是固定值"
            )
        loose = [run for run in paragraph.runs() if _whole(paragraph.font(run, "spacing", "val")) > -4]
        if loose:
            yield _fault("tighten", paragraph.place)


def check_colour(document: _Document) -> Faults:
    """5.2.4: black, but for 发文机关标志."""
    for paragraph in document.roles(*(_KNOWN - {"发文机关标志", "信函标志"})):
        colours = (paragraph.font(run, "color", "val") for run in paragraph.runs())
        found = next((colour for colour in colours if colour not in ("", "auto", "000000")), "")
        if found:
            yield _fault("colour", paragraph.place, found=found)


# 7.2 版头


def check_marks(document: _Document) -> Faults:
    """7.2.1 to 7.2.3: 份号, 密级, 紧急程度 from the top."""
    order = ("份号", "密级", "紧急程度")
    found = [order.index(paragraph.role) for paragraph in document.roles(*order)]
    if found != sorted(found):
        yield _fault("marks", document.roles(*order)[0].place)


def _names(document: _Document) -> list[_Paragraph]:
    """发文机关标志, also the one in a letter's header."""
    letter = [
        p for place, part, _ in document.headers("first") for p in document.part_paragraphs(part, "首页页眉")
    ]
    return document.roles("发文机关标志") + [p for p in letter if p.role == "信函标志"]


def check_name(document: _Document) -> Faults:
    """7.2.4: 小标宋, red."""
    for paragraph in _names(document):
        for run in list(paragraph.runs())[:1]:
            face, colour = paragraph.face(run), paragraph.font(run, "color", "val") or "黑色"
            if face not in _BIAOSONG:
                yield _fault("name-font", paragraph.place, found=face)
            if colour.upper() != "FF0000":
                yield _fault("name-colour", paragraph.place, found=colour)


def check_number(document: _Document) -> Faults:
    """7.2.5: 〔〕, no 第, no leading zero; a blank still to be filled is let through."""
    for paragraph in document.roles("发文字号"):
        text = re.split(r"签发人", paragraph.text)[0].strip()
        rule = _number_rule(text) if paragraph.known and "_" not in text else ""
        if rule:
            yield _fault(rule, paragraph.place, text=text)


def _number_rule(text: str) -> str:
    """Which rule a 发文字号 breaks, or none."""
    if re.fullmatch(r"[^\d〔〕\s]+〔\d{4}〕[1-9]\d*号", text) and "第" not in text:
        return ""
    if re.search(r"[\[［(（【]\s*\d{4}\s*[\]］)）】]", text):
        return "number-brackets"
    if re.search(r"第\s*\d", text):
        return "number-ordinal"
    return "number-zero" if re.search(r"〕0\d*号", text) else "number-form"


def check_signer(document: _Document) -> Faults:
    """7.2.6: the name in 楷体."""
    for paragraph in document.roles("发文字号"):
        last = list(paragraph.runs())[-1]
        if "签发人" in paragraph.text and paragraph.face(last) not in _KAITI:
            yield _fault("signer-font", paragraph.place)


def check_red_rule(document: _Document) -> Faults:
    """7.2.7: red, as wide as the text block, 4 mm below."""
    if not document.roles("发文机关标志"):
        return
    for paragraph in document.roles("发文字号")[:1]:
        border = paragraph.element.find(f"{_W}pPr/{_W}pBdr/{_W}bottom")
        found = _rule_fault(paragraph, border)
        if found:
            yield _fault("red-rule", paragraph.place, found=found)


def _rule_fault(paragraph: _Paragraph, border: etree._Element | None) -> str:
    """What is wrong with the red rule, or nothing."""
    if border is None or _get(border, "val") in ("", "none", "nil"):
        return "没有红色分隔线"
    if _get(border, "color").upper() != "FF0000":
        return "的分隔线不是红色"
    if paragraph.indent("left") or paragraph.indent("right"):
        return "的分隔线与版心不等宽"
    return "" if 4 <= _whole(_get(border, "space")) <= 6 else "的分隔线不在 4 毫米处"


# 7.3 主体


def check_title(document: _Document) -> Faults:
    """7.3.1: 2号小标宋, centred."""
    for paragraph in document.roles("公文标题", "附件标题"):
        for run in list(paragraph.runs())[:1]:
            face, size = paragraph.face(run), paragraph.size(run)
            if face not in _BIAOSONG:
                yield _fault("title-font", paragraph.place, found=face)
            if size != 22:
                yield _fault("title-size", paragraph.place, found=size)
        if paragraph.setting("jc", "val") != "center" or paragraph.indent("first"):
            yield _fault("title-centre", paragraph.place)


def check_addressee(document: _Document) -> Faults:
    """7.3.2: flush left, ends with ：."""
    for paragraph in document.roles("主送机关"):
        if not paragraph.text.endswith("："):
            yield _fault("addressee-colon", paragraph.place, text=paragraph.text)
        if paragraph.indent("left") or paragraph.indent("first") > 0:
            yield _fault("addressee-indent", paragraph.place)


def check_headings(document: _Document) -> Faults:
    """7.3.3: 一、黑体, （一）楷体, 1. and （1）仿宋, with the numbers that go with them."""
    for paragraph in document.roles(*LEVELS):
        faces, due, number = _HEADINGS[paragraph.role]
        face = next((paragraph.face(run) for run in paragraph.runs()), due)
        if face not in faces:
            yield _fault("heading-font", paragraph.place, level=paragraph.role, found=face, due=due)
        if paragraph.known and not re.match(number, paragraph.text):
            yield _fault("heading-number", paragraph.place, text=paragraph.text[:12], level=paragraph.role)


def check_indent(document: _Document) -> Faults:
    """7.3.3: each paragraph two characters in."""
    for paragraph in document.roles(*_BODY):
        if not paragraph.in_table and abs(paragraph.indent("first") - 2 * CHAR) > 40:
            yield _fault("indent", paragraph.place)


def check_annex_list(document: _Document) -> Faults:
    """7.3.4: `附件：` first, no punctuation last."""
    for at, paragraph in enumerate(document.roles("附件说明")):
        if paragraph.text[-1] in "。，、；：,.;:":
            yield _fault("annex-end", paragraph.place, text=paragraph.text)
        if at == 0 and not paragraph.text.startswith("附件："):
            yield _fault("annex-start", paragraph.place, text=paragraph.text)


def check_signature(document: _Document) -> Faults:
    """7.3.5.1 and 7.3.5.2: where 署名 and 成文日期 stand, judged only when both texts are known."""
    signers, dates = document.roles("发文机关署名"), document.roles("成文日期")
    if not dates or not all(paragraph.known for paragraph in signers + dates):
        return
    date = dates[-1]
    sealed = not signers or signers[-1].setting("jc", "val") == "center"
    signer_width = text_width(signers[-1].text) if signers else 0.0
    due = signature_places(signer_width, text_width(date.text), seal=sealed)
    rule = "seal-place" if sealed else "sign-place"
    for paragraph, place in zip([*signers[-1:], date], due[-len(signers[-1:]) - 1 :], strict=True):
        wanted = _inset(place.jc, place.left, place.right, text_width(paragraph.text))
        left, right = (paragraph.indent(side) / CHAR for side in ("left", "right"))
        found = _inset(paragraph.setting("jc", "val"), left, right, text_width(paragraph.text))
        if abs(found - wanted) > 0.6:
            yield _fault(rule, paragraph.place, what=paragraph.role, found=found, due=wanted)


def _inset(jc: str, left: float, right: float, width: float) -> float:
    """How many characters a line ends before the right edge of the text block."""
    free = WIDTH / CHAR - left - right - width
    return right + {"right": 0.0, "end": 0.0, "center": free / 2}.get(jc, free)


def check_date(document: _Document) -> Faults:
    """7.3.5.4: figures without padding; Chinese numerals in the layout of 1999."""
    old = document.standard == "1999"
    rule, pattern = ("date-form-1999", _CHINESE_DATE) if old else ("date-form", _DATE)
    for paragraph in document.roles("成文日期"):
        if paragraph.known and not re.fullmatch(pattern, paragraph.text):
            yield _fault(rule, paragraph.place, text=paragraph.text)


def check_signature_kept(document: _Document) -> Faults:
    """7.3.5.5: 署名 is never alone on a page."""
    printed = [paragraph for paragraph in document.paragraphs if paragraph.text and not paragraph.steers]
    for before, paragraph in pairwise(printed):
        if (
            paragraph.role in ("发文机关署名", "成文日期")
            and before.role != "成文日期"
            and not before.on("keepNext")
        ):
            yield _fault("sign-alone", before.place, what="这一段")


def check_note(document: _Document) -> Faults:
    """7.3.6: in brackets."""
    for paragraph in document.roles("附注"):
        if not re.fullmatch(r"（.*）", paragraph.text):
            yield _fault("note-brackets", paragraph.place, text=paragraph.text)


def check_annexes(document: _Document) -> Faults:
    """7.3.7: a new page each, labelled, before 版记."""
    labels = document.roles("附件标识")
    for paragraph in labels:
        if not (paragraph.on("pageBreakBefore") or _starts_section(paragraph.element)):
            yield _fault("annex-page", paragraph.place)
        if paragraph.known and not re.fullmatch(r"附件\d*", paragraph.text):
            yield _fault("annex-label", paragraph.place, text=paragraph.text)
    order = {element: at for at, element in enumerate(document.body)}
    ends = [order[table] for table in document.imprints() if table in order]
    late = [p for p in labels if ends and order.get(p.element, 0) > max(ends)]
    yield from (_fault("annex-after", paragraph.place) for paragraph in late)


def _starts_section(element: etree._Element) -> bool:
    """Whether the paragraph before carries a section break."""
    before = element.getprevious()
    while before is not None and re.fullmatch(r"\{%.*%\}", "".join(map(str, before.itertext())).strip()):
        before = before.getprevious()
    return before is not None and before.find(f"{_W}pPr/{_W}sectPr") is not None


# 7.4 版记


def check_imprint_rules(document: _Document) -> Faults:
    """7.4.1: thick outside, thin between, 156 mm; in 1999 one below each element."""
    due = (
        {"top": 8, "bottom": 8, "insideH": 6} if document.standard == "2012" else {"bottom": 8, "insideH": 8}
    )
    names = {"top": "首条分隔线", "bottom": "末条分隔线", "insideH": "中间的分隔线"}
    for table in () if document.is_letter else document.imprints():
        for side, size in due.items():
            border = table.find(f"{_W}tblPr/{_W}tblBorders/{_W}{side}")
            if _get(border, "val") in ("", "none", "nil"):
                yield _fault("imprint-rules", "版记", what=names[side], found="没有画出")
            elif abs(_whole(_get(border, "sz")) - size) > 1:
                yield _fault("imprint-rules", "版记", what=names[side], found="粗细不对")
        if abs(_whole(_get(table.find(f"{_W}tblPr/{_W}tblW"), "w")) - WIDTH) > mm(1):
            yield _fault("imprint-rules", "版记", what="分隔线", found="与版心不等宽")


def check_imprint_place(document: _Document) -> Faults:
    """7.4.1: at the foot of the last page."""
    for table in document.imprints():
        place = table.find(f"{_W}tblPr/{_W}tblpPr")
        at_foot = _get(place, "vertAnchor") == "margin" and _get(place, "tblpYSpec") == "bottom"
        after = [element for element in table.itersiblings() if element.tag != _W + "sectPr"]
        if not at_foot or any("".join(node.text or "" for node in e.iter(_W + "t")).strip() for e in after):
            yield _fault("imprint-place", "版记")


def check_imprint_text(document: _Document) -> Faults:
    """7.4.2 and 7.4.3: 4号仿宋 (3号 in 1999), one character in, 抄送：……。, ……印发."""
    due = 14 if document.standard == "2012" else 16
    for paragraph in document.roles("抄送机关", "印发机关"):
        for run in list(paragraph.runs())[:1]:
            face, size = paragraph.face(run), paragraph.size(run)
            if face not in _FANGSONG:
                yield _fault("imprint-font", paragraph.place, found=face)
            if size != due:
                yield _fault("imprint-size", paragraph.place, found=size, due=due)
        start = paragraph.indent("left") + min(paragraph.indent("first"), 0)
        if not SMALL_CHAR - 40 <= start <= CHAR + 40:
            yield _fault("imprint-indent", paragraph.place)
        yield from _imprint_ends(paragraph)


def _imprint_ends(paragraph: _Paragraph) -> Faults:
    """How a line of 版记 must begin and end; the marks stand outside the tags."""
    text = paragraph.text
    if paragraph.role == "抄送机关" and not text.startswith("抄送："):
        yield _fault("copies-start", paragraph.place, text=text)
    if paragraph.role == "抄送机关" and not text.endswith("。"):
        yield _fault("copies-end", paragraph.place, text=text)
    if paragraph.role == "印发机关" and not text.endswith("印发"):
        yield _fault("issue-end", paragraph.place, text=text)


# 7.5 页码


def check_page_numbers(document: _Document) -> Faults:
    """7.5: — 1 — in 4号宋体, odd pages right, even pages left, 7 mm below."""
    for kind, side, jc in (("default", "单页", "right"), ("even", "双页", "left")):
        footers = list(document.footers(kind))
        if not footers:
            yield _fault("page-number", f"{side}页脚", what=f"没有{side}页脚")
        for place, part, _ in footers:
            yield from _page_number_faults(document, part, f"{place}{side}页脚", jc)
    if document.parts["word/settings.xml"].find(_W + "evenAndOddHeaders") is None:
        yield _fault("page-side", "全文", what="没有设“奇偶页不同”")
    for place, section in document.sections():
        found = _whole(_get(section.find(_W + "pgMar"), "footer"))
        if not document.is_letter and abs(found - mm(25)) > mm(1):
            yield _fault("page-distance", place, found=found / 56.693)


def _page_number_faults(document: _Document, part: etree._Element, place: str, jc: str) -> Faults:
    """What is wrong with one footer."""
    lines = document.part_paragraphs(part, place)
    fields = [_get(field, "instr") for field in part.iter(_W + "fldSimple")]
    fields += [node.text or "" for node in part.iter(_W + "instrText")]
    if not lines or not any("PAGE" in field for field in fields):
        yield _fault("page-number", place, what="没有页码")
        return
    line = lines[0]
    if not re.fullmatch(r"—\s?.*\s?—", line.text):
        yield _fault("page-number", place, what=f"“{line.text}”两边没有一字线")
    if any(line.size(run) != 14 or line.face(run) not in _SONGTI for run in line.runs()):
        yield _fault("page-number", place, what="页码不是4号宋体")
    found = {"start": "left", "end": "right"}.get(
        line.setting("jc", "val"), line.setting("jc", "val") or "left"
    )
    boxed = next(line.element.iterancestors(_W + "txbxContent"), None) is not None
    if found != jc or not (boxed or abs(line.indent(jc) - SMALL_CHAR) <= 60):
        yield _fault("page-side", place, what=f"页码没有居{'右' if jc == 'right' else '左'}空一字")


# 10.1 信函, 表格


def check_letter(document: _Document) -> Faults:
    """10.1: double rules of 170 mm, no number on the first page, a bare 版记."""
    if not document.is_letter:
        return
    for linked, thick, name in ((document.headers, "top", "上"), (document.footers, "bottom", "下")):
        if not any(_has_double_rule(document, part, thick) for _, part, _ in linked("first")):
            yield _fault("letter-rules", "首页", what=f"{name}一条红色双线不合规定")
    first = next(document.sections())[1]
    numbered = any(
        "PAGE" in etree.tostring(part, encoding="unicode") for _, part, _ in document.footers("first")
    )
    if first.find(_W + "titlePg") is None or numbered:
        yield _fault("letter-first", "首页")
    for table in document.imprints():
        if table.find(f"{_W}tblPr/{_W}tblBorders") is not None:
            yield _fault("letter-imprint", "版记", found="有分隔线")
        if any(document.styles.name(_get(s, "val")) == "印发机关" for s in table.iter(_W + "pStyle")):
            yield _fault("letter-imprint", "版记", found="有印发机关和印发日期")


def _has_double_rule(document: _Document, part: etree._Element, thick: str) -> bool:
    """Whether a part holds the red double rule, 170 mm wide, with the thick line on that side."""
    thin = "bottom" if thick == "top" else "top"
    for borders in part.iter(_W + "pBdr"):
        edges = {side: borders.find(_W + side) for side in (thick, thin)}
        red = all(_get(each, "color").upper() == "FF0000" for each in edges.values())
        line = _Paragraph(_ancestor(borders), document.styles, "", False)
        width = WIDTH - line.indent("left") - line.indent("right")
        if red and _whole(_get(edges[thick], "sz")) > _whole(_get(edges[thin], "sz")):
            return abs(width - mm(170)) <= mm(1)
    return False


def _ancestor(borders: etree._Element) -> etree._Element:
    """The paragraph a border belongs to."""
    return next(borders.iterancestors(_W + "p"))


def check_tables(document: _Document) -> Faults:
    """Ours: the head repeats, no row breaks, no fixed pitch."""
    for place, table in document.tables():
        rows = [row for row in table.findall(_W + "tr") if not _steers(row)]
        if len(rows) > 1 and _is_head(document, rows[0]) and rows[0].find(f"{_W}trPr/{_W}tblHeader") is None:
            yield _fault("table-head", place)
        if any(row.find(f"{_W}trPr/{_W}cantSplit") is None for row in rows):
            yield _fault("table-split", place)
        lines = (_Paragraph(element, document.styles, place, True) for element in table.iter(_W + "p"))
        if any(line.text and line.setting("spacing", "lineRule") == "exact" for line in lines):
            yield _fault("table-pitch", place)


def _steers(row: etree._Element) -> bool:
    """Whether a row holds only a row tag."""
    text = "".join(node.text or "" for node in row.iter(_W + "t")).strip()
    return re.fullmatch(r"\{%-?\s*tr\s.*%\}", text) is not None


def _is_head(document: _Document, row: etree._Element) -> bool:
    """Whether every cell of a row is set as a heading."""
    ids = [_get(cell.find(f"{_W}p/{_W}pPr/{_W}pStyle"), "val") for cell in row.findall(_W + "tc")]
    return all(document.styles.name(identifier) == "表头" for identifier in ids)


CHECKS: tuple[Callable[[_Document], Faults], ...] = (
    check_paper,
    check_margins,
    check_theme,
    check_body_font,
    check_pitch,
    check_colour,
    check_marks,
    check_name,
    check_number,
    check_signer,
    check_red_rule,
    check_title,
    check_addressee,
    check_headings,
    check_indent,
    check_annex_list,
    check_signature,
    check_date,
    check_signature_kept,
    check_note,
    check_annexes,
    check_imprint_rules,
    check_imprint_place,
    check_imprint_text,
    check_page_numbers,
    check_letter,
    check_tables,
)
