"""The wording of a document as plain text with simple marks, read into a record the layout can set.

A source is a head, one blank line, and a body. Lines that start with `//` are comments.

**Head**: one `键: 值` a line (full- or half-width colon). Only what is given is printed.

    版式: 公文 | 上行文 | 信函 | 表格 | 送审稿        (default 公文)
    种类: 通报                                       (a note for people; goes into the file's properties)
    份号: 000001        密级: 秘密★1年        紧急程度: 特急
    发文机关标志: 台前县人民政府办公室文件            (信函: the name without 文件)
    文号: {{ 文号 }}     签发人: {{ 签发人 }}          (签发人 only in 上行文)
    标题: {{ 标题 }}                                 (plain text is broken into lines by sense)
    主送: {{ 主送 }}                                 (the final ： is added when missing)
    署名: {{ 署名 }}     署名字数: 10                  (the length to reckon with while 署名 is a tag)
    成文日期: {{ 成文日期 }}   附注: 联系人……          (brackets are added)
    主题词: 招商引资　竞赛　通报                       (printed in the 1999 layout only)
    抄送: {{ 抄送 }}     印发机关: {{ 印发机关 }}   印发日期: {{ 印发日期 }}
    附件: 名称                                        (may repeat; only for annexes that travel apart)

A head value that is one tag (`抄送: {{ 抄送 }}`, `附注: {{ 附注 }}`) is printed only when it is not empty.

**Body**: a line is a paragraph. Its level follows from its number:

    一、总体情况            first level, 黑体        #1 {{ 序 }}、总体情况      the same, level stated
    （一）新上项目。……      second level, 楷体 up to the first 。; the rest 仿宋
    1. ……  （1）……        third and fourth level
    #正文 1995年……         a plain paragraph whatever it starts with
    #顶格 ……  #居中 ……     flush left; centred
    {%p if 问题 %}          a paragraph tag: a paragraph of its own that disappears
    {{ 文号 }}              any other tag is text and stays in one run

**Annex**: `#附件 名称` starts an annex on a new page; `#附件 名称 [横向]` on a landscape page. The lines
below it are its body. 附件说明 after the main text is written from these lines. `#附件 名称 [号 名单附件]`: the field
名单附件 holds the annex's number; where it is empty the annex is left out, and 附件数 says how many there are. The
first annex of several is always there.

**Table**: an optional line of settings, then its rows, one a line.

    表题 各单位新上项目数排名
    表 宽=15,60,30 对齐=中左右 表头=1 字号=小四 行高=8
    | 名次 | 单位 | 新上项目数 |
    {%tr for 行 in 新上项目.前列 %}
    | {{ 行.名次 }} | {{ 行.单位 }} | {{ 行.数值 }} |
    {%tr endfor %}
    注：数值相同的，名次并列。

宽 are proportions of the line; 对齐 is one of 左中右 for each column; 字号 is 四号, 小四, 五号 or 小五. A cell `<` joins the cell on its left, `^` the cell above; a cell that starts with `#` is a label (黑体,
centred). `\\n` in a cell is a line break, `\\|` a bar. `注：` below a table, or below a tag there, is its note.

The final ： of 主送, the 。 of 抄送, 印发 after 印发日期 and the brackets of 附注 are the layout's: values come bare.
End the main text with a short paragraph that is always printed (特此通报。): it is what stays on one page with
the signature. A landscape annex that comes last leaves 版记 on a page of its own, so put it before upright ones.

**Picture**: `[图 名称 150×80]` keeps a slot of 150 × 80 mm whose alt text is 名称.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from baiti_xl.errors import UserError
from baiti_xl.press.numerals import NUMERAL

Form = Literal["公文", "上行文", "信函", "表格", "送审稿"]
FORMS: tuple[Form, ...] = ("公文", "上行文", "信函", "表格", "送审稿")

KEYS = (
    *("版式", "种类", "份号", "密级", "紧急程度", "发文机关标志", "文号", "签发人", "标题", "主送"),
    *("署名", "署名字数", "成文日期", "附注", "主题词", "抄送", "印发机关", "印发日期", "附件"),
)

LEVELS = ("一级标题", "二级标题", "三级标题", "四级标题")
SIZES = {"四号": 14.0, "小四": 12.0, "五号": 10.5, "小五": 9.0}
_LEVEL_MARKS = (
    re.compile(f"{NUMERAL}、"),
    re.compile(f"（{NUMERAL}）"),
    re.compile(r"\d+[.．](?!\d)"),
    re.compile(r"（\d+）"),
)
_STATED = {"#1": LEVELS[0], "#2": LEVELS[1], "#3": LEVELS[2], "#4": LEVELS[3]} | {
    "#正文": "公文正文",
    "#顶格": "顶格正文",
    "#居中": "居中正文",
}
_PICTURE = re.compile(r"\[图\s+(\S+)\s+(\d+)[×xX*](\d+)\]")
_ANNEX = re.compile(r"#附件\s+(.+?)\s*(\[横向\])?\s*(?:\[号\s+(\S+)\])?")
_PARAGRAPH_TAG = re.compile(r"\{%-?\s*p\s")
_ROW_TAG = re.compile(r"\{%-?\s*tr\s")
TAG = r"[{｛](?:[{｛].*?[}｝]|[%％].*?[%％]|[#＃].*?[#＃])[}｝]"
"""A tag of a template as the engine reads it, in braces of either width."""
_BRACES = ("{", "｛")
_OPENING = re.compile("[{｛][{｛%％#＃]")
_STEERS = re.compile("[{｛](?:[%％].*[%％]|[#＃].*[#＃])[}｝]")
_STEERS_ROW = re.compile(r"[{｛][%％]\s*[-－]?\s*tr\s.*[%％][}｝]")
_ONE_TAG = re.compile(r"\{\{\s*([^{}|]+?)\s*(\|[^{}]*)?\}\}")


class WordingError(UserError):
    """The source cannot be set; `faults` holds every fault with its line."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph and the name of the style that sets it."""

    style: str
    text: str

    @property
    def is_tag(self) -> bool:
        """Whether it only steers the template and prints nothing."""
        return self.style == "标签"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells, or the row tag that stands in for them."""

    cells: tuple[str, ...] = ()
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns' proportions and alignments (左中右), text size in points, height in mm."""

    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    aligns: str
    head_rows: int = 1
    size: float = 12.0
    row_height: float = 8.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A slot for a picture, in millimetres; `name` becomes its alt text."""

    name: str
    width: int
    height: int


Block = Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Annex:
    """One annex; each starts on a new page."""

    name: str
    landscape: bool
    blocks: tuple[Block, ...]
    number: str = ""  # the field of its number, if that is known only with the facts


@dataclass(frozen=True, slots=True)
class Wording:
    """A whole source."""

    form: Form
    head: Mapping[str, str]
    apart: tuple[str, ...]
    blocks: tuple[Block, ...]
    annexes: tuple[Annex, ...]

    def get(self, key: str) -> str:
        """The head's value, or nothing."""
        return self.head.get(key, "")

    @property
    def annex_names(self) -> tuple[str, ...]:
        """What 附件说明 lists."""
        return tuple(annex.name for annex in self.annexes) + self.apart


@dataclass(slots=True)
class _Lines:
    """The body's lines with their numbers, read one after the other; faults are gathered on the way."""

    lines: list[tuple[int, str]]
    faults: list[str] = field(default_factory=list)
    at: int = 0

    def peek(self) -> str:
        return self.lines[self.at][1] if self.at < len(self.lines) else ""

    def take(self) -> str:
        self.at += 1
        return self.lines[self.at - 1][1]

    def fault(self, sentence: str) -> None:
        """Note a fault at the line just taken."""
        self.faults.append(f"第{self.lines[max(self.at, 1) - 1][0]}行：{sentence}")


def read_wording(source: str) -> Wording:
    """Read a source; raises WordingError with every fault at once."""
    head_lines, body_lines = _split(source)
    lines = _Lines(body_lines)
    head, apart = _read_head(head_lines, lines.faults)
    blocks = tuple(_blocks(lines))
    annexes = tuple(_annexes(lines))
    form = _form(head, lines.faults)
    if lines.faults:
        raise WordingError(faults=lines.faults)
    return Wording(form, head, apart, blocks, annexes)


def has_tag(text: str) -> bool:
    """Whether a template tag stands in the text, so that its final wording is not known yet."""
    return may_hold_tag(text) and _OPENING.search(text) is not None


def may_hold_tag(text: str) -> bool:
    """Whether a piece of a text has a brace that may belong to a tag; quick, for each text of long tables."""
    return "{" in text or "｛" in text


def only_steers(text: str) -> bool:
    """Whether a line is only tags that print nothing."""
    return text[:1] in _BRACES and _STEERS.fullmatch(text) is not None


def is_row_tag(text: str) -> bool:
    """Whether a row's text is only a row tag."""
    return text[:1] in _BRACES and _STEERS_ROW.fullmatch(text) is not None


def tag_expression(text: str) -> str:
    """What decides whether a value that is one tag (`{{ 抄送 }}`) is printed; nothing for other text."""
    match = _ONE_TAG.fullmatch(text.strip())
    return match.group(1) if match else ""


def _split(source: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The head's lines and the body's, numbered, without comments and blank lines."""
    numbered = [(n, line.strip()) for n, line in enumerate(source.splitlines(), 1)]
    kept = [(n, line) for n, line in numbered if not line.startswith("//")]
    while kept and not kept[0][1]:
        kept.pop(0)
    blank = next((i for i, (_, line) in enumerate(kept) if not line), len(kept))
    return kept[:blank], [(n, line) for n, line in kept[blank:] if line]


def _read_head(lines: list[tuple[int, str]], faults: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The head as a mapping, and the annexes that travel apart."""
    head: dict[str, str] = {}
    apart: list[str] = []
    for number, line in lines:
        key, _, value = (part.strip() for part in _partition(line))
        if key not in KEYS:
            faults.append(f"第{number}行：不认识的键“{key}”，可用的有：{'、'.join(KEYS)}")
        elif key == "附件":
            apart.append(value)
        elif key in head:
            faults.append(f"第{number}行：“{key}”重复")
        else:
            head[key] = value
    return head, tuple(apart)


def _partition(line: str) -> tuple[str, str, str]:
    """Split at the first colon of either width."""
    key, colon, value = re.match(r"([^:：]*)([:：]?)(.*)", line).groups()  # type: ignore[union-attr]
    return key, colon, value


def _form(head: Mapping[str, str], faults: list[str]) -> Form:
    """The layout the head asks for."""
    wanted = head.get("版式", "公文")
    for form in FORMS:
        if form == wanted:
            return form
    faults.append(f"版式“{wanted}”不可用，可用的有：{'、'.join(FORMS)}")
    return "公文"


def _annexes(lines: _Lines) -> Iterator[Annex]:
    """Each `#附件` line with the blocks below it."""
    while lines.peek():
        match = _ANNEX.fullmatch(lines.take())
        if match is None:
            lines.fault("附件要写成“#附件 名称”，后面可加“[横向]”和“[号 字段]”")
            tuple(_blocks(lines))
            continue
        yield Annex(match.group(1), match.group(2) is not None, tuple(_blocks(lines)), match.group(3) or "")


def _blocks(lines: _Lines) -> Iterator[Block]:
    """Blocks up to the next annex or the end."""
    after_table = False
    while lines.peek() and not lines.peek().startswith("#附件"):
        block = _block(lines, after_table)
        is_tag = isinstance(block, Paragraph) and block.style == "标签"
        after_table = isinstance(block, Table) or (after_table and is_tag)
        yield block


def _block(lines: _Lines, after_table: bool) -> Block:
    """The next block."""
    line = lines.peek()
    if line.startswith(("|", "表 ")) or _ROW_TAG.match(line):
        return _table(lines)
    lines.take()
    picture = _PICTURE.fullmatch(line)
    if picture:
        return Picture(picture.group(1), int(picture.group(2)), int(picture.group(3)))
    if line.startswith("[图"):
        lines.fault("图要写成“[图 名称 宽×高]”，以毫米计")
    if after_table and line.startswith("注："):
        return Paragraph("表注", line)
    return _paragraph(line)


def _paragraph(line: str) -> Paragraph:
    """A line of text with the style its mark or number asks for."""
    if _PARAGRAPH_TAG.match(line):
        return Paragraph("标签", line)
    mark, _, rest = line.partition(" ")
    if mark in _STATED:
        return Paragraph(_STATED[mark], rest.strip())
    if mark == "表题":
        return Paragraph("表题", rest.strip())
    for style, pattern in zip(LEVELS, _LEVEL_MARKS, strict=True):
        if pattern.match(line):
            return Paragraph(style, line)
    return Paragraph("公文正文", line)


def _table(lines: _Lines) -> Table:
    """Settings, if any, and the rows that follow."""
    settings = _settings(lines) if lines.peek().startswith("表 ") else {}
    rows: list[Row] = []
    while lines.peek().startswith("|") or _ROW_TAG.match(lines.peek()):
        rows.append(_row(lines.take()))
    return _fitted(rows, settings, lines)


def _row(line: str) -> Row:
    """One row of cells, or a row tag."""
    if not line.startswith("|"):
        return Row(tag=line)
    cells = re.split(r"(?<!\\)\|(?![^{]*[}%]\})", line.strip().removeprefix("|").removesuffix("|"))
    return Row(tuple(cell.strip().replace("\\|", "|") for cell in cells))


def _settings(lines: _Lines) -> dict[str, str]:
    """`表 宽=… 对齐=…` as a mapping."""
    pairs = [part.partition("=") for part in lines.take().split()[1:]]
    for name, _, _ in pairs:
        if name not in ("宽", "对齐", "表头", "字号", "行高"):
            lines.fault(f"表没有“{name}”这项设置，可用的有：宽、对齐、表头、字号、行高")
    return {name: value for name, _, value in pairs}


def _fitted(rows: list[Row], settings: Mapping[str, str], lines: _Lines) -> Table:
    """The table, once its rows and settings agree on the number of columns."""
    columns = max((len(row.cells) for row in rows), default=0)
    if not columns or any(row.cells and len(row.cells) != columns for row in rows):
        lines.fault("表的各行列数不一致" if columns else "表没有行")
    widths = _widths(settings.get("宽", ""), columns, lines)
    aligns = settings.get("对齐", "中" * columns)
    if len(aligns) != columns or set(aligns) - set("左中右"):
        lines.fault(f"对齐“{aligns}”应为{columns}个“左中右”")
    size = SIZES.get(settings.get("字号", "小四"))
    if size is None:
        lines.fault(f"字号“{settings['字号']}”不可用，可用的有：{'、'.join(SIZES)}")
    head_rows, height = _number(settings, "表头", "1", lines), _number(settings, "行高", "8", lines)
    return Table(tuple(rows), widths, aligns, int(head_rows), size or 12.0, height)


def _widths(text: str, columns: int, lines: _Lines) -> tuple[float, ...]:
    """The columns' proportions; equal ones when none are given."""
    if not text:
        return (1.0,) * columns
    if not re.fullmatch(r"\d+(\.\d+)?(,\d+(\.\d+)?)*", text) or len(text.split(",")) != columns:
        lines.fault(f"宽“{text}”应为{columns}个用逗号隔开的数")
        return (1.0,) * columns
    return tuple(float(part) for part in text.split(","))


def _number(settings: Mapping[str, str], name: str, default: str, lines: _Lines) -> float:
    """A setting that must be a number."""
    text = settings.get(name, default)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    lines.fault(f"{name}“{text}”应为数字")
    return float(default)
