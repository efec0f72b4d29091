"""Builds a .docx template from a wording in the official layout of GB/T 9704-2012 or 9704-1999.

`build_template(source, style=PageStyle())` is the whole of it; `wording.py` describes the source.
The same source and style give the same bytes. The numbers are the standard's, measured on pages set by
LibreOffice (tests/test_layout.py).
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from baiti_xl.press.layout_parts import (
    BIAOSONG,
    BOTTOM,
    CHAR,
    FANGSONG,
    HEITI,
    KAITI,
    LEFT,
    LINE,
    LONG_WIDTH,
    PAGE,
    RED,
    RIGHT,
    SMALL_CHAR,
    SONGTI,
    TOP,
    WIDTH,
    Part,
    Style,
    edge,
    emu,
    fonts_part,
    indent,
    mm,
    package,
    page_number,
    paragraph,
    root,
    run,
    settings_part,
    spacing,
    styles_part,
    text_width,
    theme_part,
)
from baiti_xl.press.title import LONGEST, break_title
from baiti_xl.press.wording import (
    LEVELS,
    Annex,
    Block,
    Paragraph,
    Picture,
    Row,
    Table,
    Wording,
    has_tag,
    read_wording,
    tag_expression,
)

__all__ = [
    "STYLES",
    "PageStyle",
    "Place",
    "break_title",
    "build_template",
    "name_half_points",
    "signature_places",
]


@dataclass(frozen=True, slots=True)
class PageStyle:
    """Which standard the page follows, and whether a seal will be put on it."""

    standard: Literal["2012", "1999"] = "2012"
    seal: bool = False

    @property
    def old(self) -> bool:
        """Whether it is the standard of 1999."""
        return self.standard == "1999"


NAME_SIZE = 36.0
"""Points of 发文机关标志: the largest at which twelve characters fit on the line."""
NAME_LINE = mm(14)
TITLE_LINE = 660

STYLES = (
    Style("份号", HEITI),
    Style("密级", HEITI),
    Style("紧急程度", HEITI),
    Style("发文机关标志", BIAOSONG, NAME_SIZE, "center", NAME_LINE, color=RED),
    Style("信函标志", BIAOSONG, NAME_SIZE, "center", NAME_LINE, color=RED),
    Style("发文字号", jc="center"),
    Style("送审标识", HEITI),
    Style("公文标题", BIAOSONG, 22, "center", TITLE_LINE),
    Style("主送机关", jc="both", before=LINE),
    Style("公文正文", jc="both", first=2 * CHAR),
    Style("顶格正文", jc="both"),
    Style("居中正文", jc="center"),
    Style(LEVELS[0], HEITI, jc="both", first=2 * CHAR, level=0),
    Style(LEVELS[1], KAITI, jc="both", first=2 * CHAR, level=1),
    Style(LEVELS[2], jc="both", first=2 * CHAR),
    Style(LEVELS[3], jc="both", first=2 * CHAR),
    Style("附件说明", keep=True),
    Style("发文机关署名", keep=True),
    Style("成文日期"),
    Style("附注", jc="both", first=2 * CHAR),
    Style("附件标识", HEITI, keep=True),
    Style("附件标题", BIAOSONG, 22, "center", TITLE_LINE, before=LINE, after=LINE // 2, keep=True),
    Style("表题", HEITI, 14, "center", 0, before=160, after=80, keep=True),
    Style("表头", HEITI, 12, "center", 0, before=20, after=20),
    Style("表文", FANGSONG, 12, "left", 0, before=20, after=20),
    Style("表注", FANGSONG, 10.5, "left", 0, before=40, after=120),
    Style("图", jc="center", line=0, before=80, after=80),
    Style("主题词", HEITI, jc="left", line=480),
    Style("抄送机关", size=14, jc="both", line=480),
    Style("印发机关", size=14, line=480),
    Style("页码", SONGTI, 14, line=0),
    Style("间隔", size=1, line=100),
    Style("版记位", size=1, line=20),
)


def build_template(source: str, *, style: PageStyle = PageStyle()) -> bytes:
    """The template of one document; raises WordingError when the source cannot be set."""
    wording = read_wording(source)
    return _Builder(wording, style).build()


@dataclass(slots=True)
class _Section:
    """Pages of one orientation and what stands on them, one element a string."""

    landscape: bool
    elements: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """Sets one wording; holds the pictures met on the way."""

    wording: Wording
    style: PageStyle
    pictures: list[Part] = field(default_factory=list)

    def build(self) -> bytes:
        """The package."""
        letter = self.wording.form == "信函"
        body = "".join(self._sections())
        parts = [
            _part("document.xml", "document", root("document", f"<w:body>{body}</w:body>")),
            _part("styles.xml", "styles", styles_part(_styles(self.style))),
            _part("settings.xml", "settings", settings_part()),
            _part("fontTable.xml", "fontTable", fonts_part()),
            _part("theme/theme1.xml", "theme", theme_part()),
            *_footers(letter, turned=any(annex.landscape for annex in self.wording.annexes)),
            *(_letter_parts(self.wording) if letter else ()),
            *self.pictures,
        ]
        return package(parts, self.wording.get("种类"), f"GB/T 9704-{self.style.standard}")

    def _sections(self) -> Iterator[str]:
        """Every section's elements, closed by its properties; 版记 ends the last, which is upright."""
        letter = self.wording.form == "信函"
        sections = self._pages()
        imprint = _imprint(self.wording, self.style)
        if imprint and sections[-1].landscape:
            sections.append(_Section(landscape=False, elements=[paragraph("版记位")]))
        for number, section in enumerate(sections):
            properties = _section_properties(section.landscape, letter, first=number == 0)
            if number < len(sections) - 1:
                yield from _closed(section.elements, properties)
            else:
                yield "".join(section.elements) + imprint + properties

    def _pages(self) -> list[_Section]:
        """The main text and the annexes, those of one orientation together."""
        sections = [_Section(landscape=False, elements=[*_head(self.wording, self.style), *self._main()])]
        several = len(self.wording.annex_names) > 1
        for number, annex in enumerate(self.wording.annexes, 1):
            fresh = annex.landscape != sections[-1].landscape
            if fresh:
                sections.append(_Section(annex.landscape))
            label = f"附件{_numbered(annex, '') or (number if several else '')}"
            page_break = "" if fresh else "<w:pageBreakBefore/>"
            sections[-1].elements += _if_there(
                annex,
                paragraph("附件标识", run(label), pageBreakBefore=page_break),
                paragraph("附件标题", run(_title(annex.name, LONG_TITLE if annex.landscape else LONGEST))),
                *self._blocks(annex.blocks, LONG_WIDTH if annex.landscape else WIDTH),
            )
        return sections

    def _main(self) -> Iterator[str]:
        """Title to 附注."""
        wording = self.wording
        if wording.get("标题"):
            yield _title_paragraph(wording)
        if wording.form == "表格" and wording.get("文号"):
            yield paragraph("发文字号", run(wording.get("文号"), style="楷体字"))
        if wording.get("主送"):
            yield paragraph("主送机关", run(_ending(wording.get("主送"), "：")))
        yield from self._blocks(wording.blocks, WIDTH, closing=bool(wording.get("成文日期")))
        yield from _annex_list(wording)
        yield from _signature(wording, self.style)
        yield from _note(wording.get("附注"))

    def _blocks(self, blocks: tuple[Block, ...], width: int, *, closing: bool = False) -> Iterator[str]:
        """Blocks one under the other; with `closing` the last text stays with the signature below."""
        kept = _last_text(blocks) if closing else len(blocks)
        below_table = False
        for number, block in enumerate(blocks):
            if isinstance(block, Table):
                yield _table(block, width, keep=number >= kept)
                follower = blocks[number + 1] if number + 1 < len(blocks) else None
                if not isinstance(follower, Paragraph) or follower.is_tag:
                    yield paragraph("间隔")
            elif isinstance(block, Picture):
                yield self._picture(block)
            else:
                yield _text_paragraph(block, keep=number >= kept, below_table=below_table)
            below_table = isinstance(block, Table)

    def _picture(self, picture: Picture) -> str:
        """A reserved slot, filled with a grey placeholder of its own."""
        number = len(self.pictures) + 1
        part = Part(f"media/image{number}.png", "image", _placeholder())
        self.pictures.append(part)
        return paragraph("图", f"<w:r>{_drawing(picture, number, part.relation)}</w:r>")


def _part(name: str, kind: str, xml: str) -> Part:
    """An XML part."""
    return Part(name, kind, xml.encode())


def _styles(style: PageStyle) -> tuple[Style, ...]:
    """The named styles; 1999 sets 抄送 and 印发 in 3号."""
    if not style.old:
        return STYLES
    large = {"抄送机关", "印发机关"}
    return tuple(_resized(each, 16) if each.name in large else each for each in STYLES)


def _resized(style: Style, size: float) -> Style:
    """The same style in another size."""
    return Style(style.name, style.font, size, style.jc, style.line)


# 版头


def _head(wording: Wording, style: PageStyle) -> Iterator[str]:
    """Everything above the title."""
    if wording.form in ("公文", "上行文"):
        yield from _red_head(wording, style)
    elif wording.form == "信函":
        yield from _letter_head(wording)
    elif wording.form == "送审稿":
        yield paragraph("送审标识", run("送审稿"))


def _red_head(wording: Wording, style: PageStyle) -> Iterator[str]:
    """份号 to the red rule."""
    marks = _marks_1999(wording) if style.old else _marks_2012(wording)
    lines = marks or [paragraph("份号")]
    yield from lines
    yield _name(wording, mm(_name_depth(wording, style)) - LINE * len(lines))
    yield _number_line(wording)


def _marks_2012(wording: Wording) -> list[str]:
    """份号, 密级, 紧急程度 one under the other at the left."""
    return [paragraph(key, run(wording.get(key))) for key in ("份号", "密级", "紧急程度") if wording.get(key)]


def _marks_1999(wording: Wording) -> list[str]:
    """份号 at the left; 密级, below it 紧急程度, at the right."""
    right = [key for key in ("密级", "紧急程度") if wording.get(key)]
    number = wording.get("份号")
    lines = [
        paragraph(
            key, run("\t".join((number if not row else "", wording.get(key)))), tabs=_tabs(("right", WIDTH))
        )
        for row, key in enumerate(right)
    ]
    return lines or ([paragraph("份号", run(number))] if number else [])


def _name_depth(wording: Wording, style: PageStyle) -> float:
    """Millimetres from the top of the text block to the top of 发文机关标志."""
    if not style.old:
        return 35
    return 80 if wording.form == "上行文" else 25


def _name(wording: Wording, above: int) -> str:
    """发文机关标志, its ink starting `above` twips below the line before."""
    text = wording.get("发文机关标志")
    return paragraph(
        "发文机关标志", run(text, extra=_name_size(text)), spacing=spacing(NAME_LINE, above - NAME_RISE)
    )


NAME_RISE = mm(0.6)
"""Twips between the top of the exact line and the top of the name's ink."""


def _name_size(text: str) -> str:
    """A smaller size when the name would not fit on the line at the usual one."""
    half_points = 0 if has_tag(text) else name_half_points(text)
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if half_points else ""


def name_half_points(text: str) -> int:
    """The size, in half points, at which a long name still fits on its line; 0 for one that fits anyway."""
    count = text_width(text)
    return 0 if count * NAME_SIZE * 20 <= WIDTH else int(WIDTH / count / 10)


def _number_line(wording: Wording) -> str:
    """文号 above the red rule; with 签发人 at its right in 上行文."""
    rule = f"<w:pBdr>{edge('bottom', 12, space=5)}</w:pBdr>"
    above = spacing(LINE, 2 * LINE)
    signer, number = wording.get("签发人"), wording.get("文号")
    if wording.form != "上行文":
        return paragraph("发文字号", run(number), pBdr=rule, spacing=above)
    tabs = _tabs(("left", CHAR), ("right", WIDTH - CHAR))
    runs = (run(f"\t{number}\t签发人："), run(signer, style="楷体字"))
    return paragraph("发文字号", *runs, pBdr=rule, spacing=above, tabs=tabs, jc='<w:jc w:val="left"/>')


def _letter_head(wording: Wording) -> Iterator[str]:
    """The marks at the left and 文号 at the right, below the first double rule."""
    gap = spacing(LINE, LETTER_GAP)
    for key in ("份号", "密级", "紧急程度"):
        if wording.get(key):
            yield paragraph(key, run(wording.get(key)), spacing=gap)
            gap = spacing(LINE)
    yield paragraph("发文字号", run(wording.get("文号")), spacing=gap, jc='<w:jc w:val="right"/>')


LETTER_GAP = 138
"""Twips above the line of 文号, whose ink then stands seven eighths of a 3号 character below the double rule."""


def _tabs(*stops: tuple[str, int]) -> str:
    """Tab stops."""
    inner = "".join(f'<w:tab w:val="{kind}" w:pos="{at}"/>' for kind, at in stops)
    return f"<w:tabs>{inner}</w:tabs>"


# 主体


LONG_TITLE = 28
"""2号 characters on a line of a landscape page."""


def _title(text: str, longest: int = LONGEST) -> str:
    """A title broken by sense, unless its text is not known yet."""
    return text if has_tag(text) else "\n".join(break_title(text, longest))


def _title_paragraph(wording: Wording) -> str:
    """The title, two lines below what stands above it; at the top of a form."""
    above = 0 if wording.form == "表格" else 2 * LINE
    below = LINE // 2 if wording.form == "表格" and not wording.get("文号") else 0
    return paragraph("公文标题", run(_title(wording.get("标题"))), spacing=spacing(TITLE_LINE, above, below))


def _ending(text: str, mark: str) -> str:
    """The text with the final mark it must have."""
    return text if text.endswith(mark) else text + mark


def _text_paragraph(block: Paragraph, *, keep: bool, below_table: bool) -> str:
    """A paragraph of the body."""
    parts = {}
    if below_table and block.style != "表注":
        parts["spacing"] = spacing(LINE, 120)
    if keep or _is_heading_line(block):
        parts |= {"keepNext": "<w:keepNext/>", "widowControl": "<w:widowControl/>"}
    style = "公文正文" if block.is_tag else block.style
    return paragraph(style, *_runs(block), **parts)


def _is_heading_line(block: Paragraph) -> bool:
    """Whether it is a heading that stands alone on its line."""
    return block.style in LEVELS and "。" not in block.text


def _runs(block: Paragraph) -> Iterator[str]:
    """The paragraph's runs: of a heading that runs on, only the first sentence is set as a heading."""
    head, stop, rest = block.text.partition("。")
    if block.style not in LEVELS[:2] or not rest:
        yield run(block.text)
        return
    yield run(head + stop)
    yield run(rest, style="正文字")


def _last_text(blocks: tuple[Block, ...]) -> int:
    """The index of the last block that is always printed: from there on text stays with the signature."""
    depth = 0
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        if isinstance(block, Paragraph) and block.is_tag:
            depth += 1 if "end" in block.text else -1
        elif depth <= 0:
            return index
    return 0


def _numbered(annex: Annex, mark: str) -> str:
    """An annex's number with what follows it, as a tag that prints it if there are several; "" for one numbered beforehand."""
    return f"{{% if 附件数 > 1 %}}{{{{ {annex.number} }}}}{mark}{{% endif %}}" if annex.number else ""


def _if_there(annex: Annex, *elements: str) -> list[str]:
    """The elements of an annex, between tags that leave it out if its number is empty."""
    if not annex.number:
        return list(elements)
    return [
        paragraph("公文正文", run(f"{{%p if {annex.number} %}}")),
        *elements,
        paragraph("公文正文", run("{%p endif %}")),
    ]


def _annex_list(wording: Wording) -> Iterator[str]:
    """附件说明, each name wrapped under itself and without final punctuation."""
    names = wording.annex_names
    apart = (Annex(name, False, ()) for name in wording.apart)
    for number, annex in enumerate((*wording.annexes, *apart), 1):
        mark = "附件：" if number == 1 else ""
        count = _numbered(annex, ".\t") or (f"{number}.\t" if len(names) > 1 else "")
        hanging = CHAR * len(mark) + (CHAR + CHAR // 3 + (CHAR // 2 if len(names) > 9 else 0) if count else 0)
        left = 2 * CHAR + (0 if mark else 3 * CHAR) + hanging
        line = paragraph(
            "附件说明",
            run(mark + count + annex.name),
            ind=indent(left, first=-hanging),
            spacing=spacing(LINE, LINE if number == 1 else 0),
        )
        yield from _if_there(annex, line)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line of the signature stands, in characters from the block's edges; beyond them if negative."""

    jc: str
    left: float = 0
    right: float = 0


def signature_places(signer: float, date: float, *, seal: bool) -> tuple[Place, Place]:
    """署名 and 成文日期 for texts of the given widths in characters (7.3.5.1, 7.3.5.2)."""
    line = WIDTH / CHAR
    if seal:
        inset = max(4.0, (signer - date) / 2)
        return Place("center", left=line - 2 * inset - date), Place("right", right=inset)
    if date > signer:
        return Place("left", left=line - date - 4), Place("right", right=2)
    return Place("right", right=2), Place("left", left=line - signer, right=-2)


def _signature(wording: Wording, style: PageStyle) -> Iterator[str]:
    """署名 and 成文日期; a sealed paper of 1999 bears the date alone."""
    signer, date = wording.get("署名"), wording.get("成文日期")
    widths = _signer_width(wording), _date_width(date, style)
    signer_place, date_place = signature_places(*widths, seal=style.seal)
    gap = LINE * (2 if style.seal else 1)
    if signer and not (style.old and style.seal):
        yield _placed("发文机关署名", signer, signer_place, gap)
        gap = 0
    elif style.old and style.seal:
        gap = 3 * LINE
    if date:
        yield _placed("成文日期", date, date_place, gap)


def _placed(style: str, text: str, place: Place, above: int) -> str:
    """A line of the signature at its place."""
    return paragraph(
        style,
        run(text),
        jc=f'<w:jc w:val="{place.jc}"/>',
        ind=indent(max(0, round(place.left * CHAR)), round(place.right * CHAR)),
        spacing=spacing(LINE, above),
    )


def _signer_width(wording: Wording) -> float:
    """The width of 署名: its own, or what 署名字数 says while it is a tag."""
    signer = wording.get("署名")
    return float(wording.get("署名字数") or 10) if has_tag(signer) else text_width(signer)


def _date_width(date: str, style: PageStyle) -> float:
    """The width of 成文日期: its own, or that of a usual one."""
    if not has_tag(date):
        return text_width(date)
    return 10 if style.old else 6.5


def _note(text: str) -> Iterator[str]:
    """附注 in brackets."""
    if not text:
        return
    expression = tag_expression(text)
    bracketed = text if text.startswith("（") else f"（{text}）"
    if expression:
        yield paragraph("公文正文", run(f"{{%p if {expression} %}}"))
    yield paragraph("附注", run(bracketed))
    if expression:
        yield paragraph("公文正文", run("{%p endif %}"))


# 表格


def _table(table: Table, width: int, *, keep: bool) -> str:
    """A table of half-point black lines whose head repeats and whose rows do not break."""
    total = sum(table.widths)
    columns = [round(width * share / total) for share in table.widths]
    borders = "".join(
        edge(side, 4, color="000000") for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rows = "".join(_rows(table, columns, keep=keep))
    grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in columns)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _rows(table: Table, columns: list[int], *, keep: bool) -> Iterator[str]:
    """The rows; `keep` holds the last one to the text below the table."""
    filled = [row for row in table.rows if row.cells]
    head_rows = _head_rows(table, filled)
    at = 0
    for row in table.rows:
        if row.tag:
            yield _tag_row(row.tag, columns)
            continue
        below = filled[at + 1].cells if at + 1 < len(filled) else ()
        is_head = at < head_rows
        at += 1
        yield _row(table, row, below, columns, is_head=is_head, keep=keep and at == len(filled))


def _head_rows(table: Table, filled: list[Row]) -> int:
    """How many rows repeat: those asked for, and those joined to them from below."""
    count = table.head_rows
    while count and count < len(filled) and "^" in filled[count].cells:
        count += 1
    return count


def _tag_row(tag: str, columns: list[int]) -> str:
    """A row that holds nothing but a row tag."""
    return f"<w:tr>{_cell(paragraph('表文', run(tag)), sum(columns), len(columns))}</w:tr>"


def _row(
    table: Table, row: Row, below: tuple[str, ...], columns: list[int], *, is_head: bool, keep: bool
) -> str:
    """One row of cells, with its joins."""
    head = "<w:tblHeader/>" if is_head else ""
    height = f'<w:trHeight w:val="{mm(table.row_height)}" w:hRule="atLeast"/>'
    cells = []
    for at, text in enumerate(row.cells):
        if text == "<" and at:
            continue
        span = 1
        while at + span < len(row.cells) and row.cells[at + span] == "<":
            span += 1
        joined = "continue" if text == "^" else "restart" if below[at : at + 1] == ("^",) else ""
        content = _cell_text(table, "" if text == "^" else text, at, is_head=is_head, keep=keep)
        cells.append(_cell(content, sum(columns[at : at + span]), span, joined))
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{head}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(content: str, width: int, span: int = 1, joined: str = "") -> str:
    """One cell."""
    spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merge = f'<w:vMerge w:val="{joined}"/>' if joined else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f"{content}</w:tc>"
    )


_JC = {"左": "left", "中": "center", "右": "right"}


def _cell_text(table: Table, text: str, at: int, *, is_head: bool, keep: bool) -> str:
    """A cell's paragraph."""
    label = is_head or text.startswith("#")
    half_points = round(table.size * 2)
    size = "" if table.size == 12 else f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    content = run(text.removeprefix("#").strip().replace("\\n", "\n"), extra=size)
    held = "<w:keepNext/>" if keep else ""
    if label:
        return paragraph("表头", content, keepNext=held)
    return paragraph("表文", content, keepNext=held, jc=f'<w:jc w:val="{_JC[table.aligns[at]]}"/>')


# 图


def _placeholder() -> bytes:
    """A PNG of one light grey dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\xe6", 9))
        + chunk(b"IEND", b"")
    )


def _drawing(picture: Picture, number: int, relation: str) -> str:
    """An inline picture whose alt text is its name."""
    size = f'cx="{emu(picture.width)}" cy="{emu(picture.height)}"'
    label = f'id="{number}" name="{picture.name}" descr="{picture.name}"'
    return (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/><wp:docPr {label}/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr {label}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


# 版记


def _imprint(wording: Wording, style: PageStyle) -> str:
    """版记 as a table at the foot of the page on which the text ends, and the line that carries it."""
    rows = "".join(_imprint_rows(wording, style))
    if not rows:
        return ""
    return (
        '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="page"'
        f' w:tblpX="{LEFT}" w:tblpYSpec="bottom"/><w:tblOverlap w:val="never"/><w:tblW w:w="{WIDTH}" w:type="dxa"/>'
        f"{_imprint_rules(wording, style)}"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        f'</w:tblPr><w:tblGrid><w:gridCol w:w="{WIDTH}"/></w:tblGrid>{rows}</w:tbl>{paragraph("版记位")}'
    )


def _imprint_rules(wording: Wording, style: PageStyle) -> str:
    """0.35 mm outside and 0.25 mm between; in 1999 one below each element; none in a letter."""
    if wording.form == "信函":
        return ""
    sides = (("bottom", 8), ("insideH", 8)) if style.old else (("top", 8), ("bottom", 8), ("insideH", 6))
    return f"<w:tblBorders>{''.join(edge(side, size, color='000000') for side, size in sides)}</w:tblBorders>"


def _imprint_rows(wording: Wording, style: PageStyle) -> Iterator[str]:
    """主题词 (1999), 抄送, 印发."""
    char = CHAR if style.old else SMALL_CHAR
    subject, copies = wording.get("主题词"), wording.get("抄送")
    if style.old and subject:
        yield _imprint_row(paragraph("主题词", run("主题词："), run(subject, BIAOSONG)))
    if copies:
        inset = indent(4 * char, char, -3 * char)
        yield from _optional_row(
            copies, paragraph("抄送机关", run("抄送：" + _ending(copies, "。")), ind=inset)
        )
    if wording.get("印发机关") and wording.form != "信函":
        text = f"{wording.get('印发机关')}\t{_ending(wording.get('印发日期'), '印发')}"
        tabs = _tabs(("right", WIDTH - char))
        yield _imprint_row(paragraph("印发机关", run(text), tabs=tabs, ind=indent(char, 0)))


def _optional_row(value: str, content: str) -> Iterator[str]:
    """A row that a template drops when its one value is empty."""
    expression = tag_expression(value)
    if expression:
        yield _imprint_row(paragraph("抄送机关", run(f"{{%tr if {expression} %}}")))
    yield _imprint_row(content)
    if expression:
        yield _imprint_row(paragraph("抄送机关", run("{%tr endif %}")))


def _imprint_row(content: str) -> str:
    """A row of 版记."""
    cell = f'<w:tc><w:tcPr><w:tcW w:w="{WIDTH}" w:type="dxa"/></w:tcPr>{content}</w:tc>'
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell}</w:tr>"


# 页


def _closed(elements: list[str], properties: str) -> Iterator[str]:
    """A section's elements, its properties in the last paragraph or in a line of their own."""
    last = elements[-1]
    if last.startswith("<w:p>") and "{%" not in last:
        yield from elements[:-1]
        yield last.replace("</w:pPr>", f"{properties}</w:pPr>", 1)
        return
    yield from elements
    yield paragraph("版记位", sectPr=properties)


FOOTER = mm(25)
LETTER_FOOTER = mm(18.7)


def _section_properties(landscape: bool, letter: bool, *, first: bool) -> str:
    """Paper, margins and footers; the first page of a letter has its own head and foot."""
    turned = "Long" if landscape else ""
    references = "".join(
        f'<w:footerReference w:type="{kind}" r:id="footer{turned}{name}"/>'
        for kind, name in (("default", "Odd"), ("even", "Even"))
    )
    if letter and first:
        references += '<w:headerReference w:type="first" r:id="headerFirst"/><w:footerReference w:type="first" r:id="footerFirst"/>'
    width, height = PAGE[::-1] if landscape else PAGE
    edges = (LEFT, TOP, RIGHT, BOTTOM) if landscape else (TOP, RIGHT, BOTTOM, LEFT)
    top, right, bottom, left = edges
    return (
        f'<w:sectPr>{references}<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"'
        f"{' w:orient=' + chr(34) + 'landscape' + chr(34) if landscape else ''}/>"
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="{LETTER_HEADER if letter else mm(15)}"'
        f' w:footer="{LETTER_FOOTER if letter else FOOTER}" w:gutter="0"/>'
        f'{"<w:titlePg/>" if letter and first else ""}<w:docGrid w:linePitch="{LINE}"/></w:sectPr>'
    )


def _footers(letter: bool, *, turned: bool) -> Iterator[Part]:
    """Page numbers: odd at the right, even at the left, turned with a landscape page."""
    lift = paragraph("间隔", spacing=spacing(FOOTER - LETTER_FOOTER)) if letter else ""
    for name, jc in (("Odd", "right"), ("Even", "left")):
        inset = indent(right=SMALL_CHAR) if jc == "right" else indent(left=SMALL_CHAR)
        line = paragraph("页码", page_number(), jc=f'<w:jc w:val="{jc}"/>', ind=inset)
        yield _part(f"footer{name}.xml", "footer", root("ftr", line + lift))
        if turned:
            yield _part(f"footerLong{name}.xml", "footer", root("ftr", _turned_number(jc)))


def _turned_number(jc: str) -> str:
    """The page number of a landscape page, where it stands when the sheet is turned upright.

    The head of the table lies at the sheet's left edge, so the sheet's foot is the page's left edge:
    the number reads downwards there, at the bottom of an odd page and at the top of an even one.
    """
    inset = SMALL_CHAR * 25.4 / 1440
    top = 28 + inset if jc == "left" else 210 - 26 - inset - 30
    number = paragraph("页码", page_number(), jc=f'<w:jc w:val="{jc}"/>')
    box = (
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0"'
        ' layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="page"><wp:posOffset>{emu(28 - 4)}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="page"><wp:posOffset>{emu(top)}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{emu(8)}" cy="{emu(30)}"/><wp:wrapNone/><wp:docPr id="{9001 if jc == "left" else 9002}" name="页码"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        f'<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{emu(8)}" cy="{emu(30)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
        f"<wps:txbx><w:txbxContent>{number}</w:txbxContent></wps:txbx>"
        '<wps:bodyPr vert="vert" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/></wps:wsp></a:graphicData></a:graphic></wp:anchor>'
    )
    choice = f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice></mc:AlternateContent>'
    return paragraph("间隔", f"<w:r>{choice}</w:r>")


LETTER_HEADER = mm(29.5)


def _letter_parts(wording: Wording) -> Iterator[Part]:
    """The first page's head (name over a double rule, thick above thin) and foot (thin above thick)."""
    text = wording.get("发文机关标志")
    name = paragraph("信函标志", run(text, extra=_name_size(text)), ind=LETTER_INDENT)
    above = _double_rule(24, 6, LETTER_RULE_GAP)
    yield _part("headerFirst.xml", "header", root("hdr", name + above))
    yield _part("footerFirst.xml", "footer", root("ftr", _double_rule(6, 24)))


LETTER_INDENT = indent(mm(20) - LEFT, mm(20) - RIGHT)
"""Indents that make a line 170 mm wide, centred on the sheet."""
LETTER_RULE_GAP = 100
"""Twips below the line of the name: its ink then ends 4 mm above the rule."""


def _double_rule(upper: int, lower: int, above: int = 0) -> str:
    """Two red rules of 170 mm: the edges of a thin empty line, since compound borders are drawn either way up."""
    edges = edge("top", upper) + edge("bottom", lower)
    return paragraph("间隔", pBdr=f"<w:pBdr>{edges}</w:pBdr>", ind=LETTER_INDENT, spacing=spacing(30, above))
