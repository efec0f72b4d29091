"""Builds a .docx template from a wording in the official layout of GB/T 9704-2012 or 9704-1999.

`build_template(source, style=PageStyle())` is the whole of it; `wording.py` describes the source.
The same source and style give the same bytes. The numbers are the standard's, measured on pages set by
LibreOffice (tests/test_layout.py).
"""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Literal

from docx.enum.section import WD_ORIENT
from docx.shared import Mm
from docx.text.paragraph import Paragraph as Line

from baiti_xl.press.layout_pages import LETTER_GAP, add_section, set_letter_page, set_sheet
from baiti_xl.press.layout_parts import (
    BIAOSONG,
    CHAR,
    FANGSONG,
    HEITI,
    KAITI,
    LEAST_LINE,
    LINE,
    LONG_WIDTH,
    RED,
    SONGTI,
    WIDTH,
    Style,
    blank_document,
    edge,
    mm,
    paragraph,
    rule,
    run,
    saved,
    shape,
    tabs,
)
from baiti_xl.press.layout_tables import add_imprint, add_table
from baiti_xl.press.settle import (
    NAME_LINE,
    NAME_RISE,
    NAME_SIZE,
    Place,
    Settling,
    name_half_points,
    put_in_place,
    signature_places,
)
from baiti_xl.press.title import LONGEST, break_title
from baiti_xl.press.wording import (
    LEVELS,
    Annex,
    Block,
    Paragraph,
    Picture,
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


TITLE_LINE = 660
FORM_GAP = 60
"""Twips above a heading between the tables of a form, half of it below: a form is to stay on one page."""

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
    return _Builder(read_wording(source), style).build()


class _Builder:
    """Sets one wording from the top to the foot of its last page."""

    def __init__(self, wording: Wording, style: PageStyle) -> None:
        self.wording, self.style = wording, style
        self.letter = wording.form == "信函"
        self.document = blank_document(_styles(style), wording.get("种类"), f"GB/T 9704-{style.standard}")

    def build(self) -> bytes:
        """The package."""
        section = self.document.sections[0]
        set_sheet(section, letter=self.letter)
        parts = [self.document.element]
        if self.letter:
            parts.append(set_letter_page(section, self.wording.get("发文机关标志")))
        self._head()
        self._main()
        self._annexes()
        self._imprint()
        names = {each.name: each.name for each in STYLES}
        signer, date = self.wording.get("署名字数"), 10 if self.style.old else 6.5
        known = Settling(self.style.seal, self.style.old, float(signer or 10), date)
        for part in parts:
            put_in_place(part, names, known)
        return saved(self.document)

    def _add(self, style: str, text: str = "", **lengths: Any) -> Line:
        """One more paragraph of the body."""
        return paragraph(self.document, style, text, **lengths)

    # ── 版头 ──

    def _head(self) -> None:
        """Everything above the title."""
        if self.letter:
            self._letter_head()
        elif self.wording.form in ("公文", "上行文"):
            self._red_head()
        elif self.wording.form == "送审稿":
            self._add("送审标识", "送审稿")

    def _red_head(self) -> None:
        """份号 to the red rule; 文号 above it, with 签发人 at its right in 上行文."""
        get, upward = self.wording.get, self.wording.form == "上行文"
        marks = self._marks_1999() if self.style.old else self._marks()
        depth = 35 if not self.style.old else 80 if upward else 25
        above = mm(depth) - LINE * max(marks, 1) - NAME_RISE
        if not marks:
            self._add("份号")
        self._add("发文机关标志", get("发文机关标志"), before=above)
        number = self.document.add_paragraph(style="发文字号")
        rule(number, edge("bottom", 12, space=5))
        shape(number.paragraph_format, before=2 * LINE)
        if not upward:
            run(number, get("文号"))
            return
        tabs(number, left=CHAR, right=WIDTH - CHAR)
        shape(number.paragraph_format, jc="left")
        run(number, f"\t{get('文号')}\t签发人：")
        run(number, get("签发人"), style="楷体字")

    def _marks(self, above: int = 0) -> int:
        """份号, 密级, 紧急程度 one under the other at the left; return how many there are."""
        given = [key for key in ("份号", "密级", "紧急程度") if self.wording.get(key)]
        for at, key in enumerate(given):
            self._add(key, self.wording.get(key), before=0 if at else above)
        return len(given)

    def _marks_1999(self) -> int:
        """份号 at the left; 密级, below it 紧急程度, at the right; return how many lines they take."""
        get = self.wording.get
        right = [key for key in ("密级", "紧急程度") if get(key)]
        for at, key in enumerate(right):
            tabs(self._add(key, f"{'' if at else get('份号')}\t{get(key)}"), right=WIDTH)
        if not right and get("份号"):
            self._add("份号", get("份号"))
        return len(right) or int(bool(get("份号")))

    def _letter_head(self) -> None:
        """The marks at the left and 文号 at the right, below the first double rule."""
        marks = self._marks(LETTER_GAP)
        self._add("发文字号", self.wording.get("文号"), before=0 if marks else LETTER_GAP, jc="right")

    # ── 主体 ──

    def _main(self) -> None:
        """Title to 附注."""
        get, form = self.wording.get, self.wording.form == "表格"
        if get("标题"):
            below = LINE // 2 if form and not get("文号") else 0
            self._add("公文标题", _title(get("标题")), before=0 if form else 2 * LINE, after=below)
        if form and get("文号"):
            run(self._add("发文字号"), get("文号"), style="楷体字")
        if get("主送"):
            self._add("主送机关", _ending(get("主送"), "："))
        self._blocks(self.wording.blocks, WIDTH)
        self._annex_list()
        for style, key in (("发文机关署名", "署名"), ("成文日期", "成文日期")):
            if get(key):
                self._add(style, get(key))
        self._note(get("附注"))

    def _blocks(self, blocks: tuple[Block, ...], width: int) -> None:
        """Blocks one under the other."""
        below_table = False
        for block, follower in zip(blocks, (*blocks[1:], None), strict=True):
            if isinstance(block, Table):
                add_table(self.document, block, width)
                if not isinstance(follower, Paragraph) or follower.is_tag:
                    gap = self._add("间隔")
                    if not follower:  # the line that Word asks for must not go to a page of its own
                        shape(gap.paragraph_format, line=LEAST_LINE)
            elif isinstance(block, Picture):
                self._picture(block)
            else:
                self._text(block, below_table=below_table)
            below_table = isinstance(block, Table)

    def _text(self, block: Paragraph, *, below_table: bool) -> None:
        """A paragraph; of a heading that runs on, only the first sentence is set as a heading."""
        line = self._add("公文正文" if block.is_tag else block.style)
        if block.style == "表题" and self.wording.form == "表格":
            shape(line.paragraph_format, before=FORM_GAP, after=FORM_GAP // 2)
        elif below_table and block.style != "表注":
            shape(line.paragraph_format, line=LINE, before=120, after=0)
        if block.style in LEVELS and "。" not in block.text:
            line.paragraph_format.keep_with_next = line.paragraph_format.widow_control = True
        head, stop, rest = block.text.partition("。")
        if block.style in LEVELS[:2] and rest:
            run(line, head + stop)
            run(line, rest, style="正文字")
        else:
            run(line, block.text)

    def _annex_list(self) -> None:
        """附件说明, each name wrapped under itself and without final punctuation."""
        several = len(self.wording.annex_names) > 1
        apart = (Annex(name, False, ()) for name in self.wording.apart)
        for number, annex in enumerate((*self.wording.annexes, *apart), 1):
            mark = "附件：" if number == 1 else ""
            count = _numbered(annex, ".\t") or (f"{number}.\t" if several else "")
            hanging = CHAR * len(mark)
            if count:
                hanging += CHAR + CHAR // 3 + (CHAR // 2 if len(self.wording.annex_names) > 9 else 0)
            left = 2 * CHAR + (0 if mark else 3 * CHAR) + hanging
            with self._if_there(annex):
                above = LINE if mark else 0
                self._add("附件说明", mark + count + annex.name, left=left, first=-hanging, before=above)

    @contextmanager
    def _if_there(self, annex: Annex) -> Iterator[None]:
        """What is set meanwhile is left out with an annex whose number is empty."""
        if annex.number:
            self._add("公文正文", f"{{%p if {annex.number} %}}")
        yield
        if annex.number:
            self._add("公文正文", "{%p endif %}")

    def _note(self, text: str) -> None:
        """附注 in brackets, which a template drops when its one value is empty."""
        with_brackets = text if text.startswith("（") else f"（{text}）"
        for style, line in _optional(text, "p", "附注", with_brackets) if text else ():
            self._add(style, line)

    def _annexes(self) -> None:
        """Each annex on a new page, upright or landscape, under its number and name."""
        several, was = len(self.wording.annex_names) > 1, False
        for number, annex in enumerate(self.wording.annexes, 1):
            fresh, was = annex.landscape != was, annex.landscape
            if fresh:
                add_section(self.document, landscape=annex.landscape, letter=self.letter)
            with self._if_there(annex):
                label = self._add("附件标识", f"附件{_numbered(annex) or (number if several else '')}")
                if not fresh:
                    label.paragraph_format.page_break_before = True
                self._add("附件标题", _title(annex.name, LONG_TITLE if annex.landscape else LONGEST))
                self._blocks(annex.blocks, LONG_WIDTH if annex.landscape else WIDTH)

    # ── 表格和图 ──

    def _picture(self, picture: Picture) -> None:
        """A reserved slot, filled with a grey placeholder; its alt text is its name."""
        shown = (
            self._add("图").add_run().add_picture(BytesIO(PLACEHOLDER), Mm(picture.width), Mm(picture.height))
        )
        for name in ("name", "descr"):
            shown._inline.docPr.set(name, picture.name)
        for side in "TBLR":
            shown._inline.set(f"dist{side}", "0")

    # ── 版记 ──

    def _imprint(self) -> None:
        """版记, on an upright page."""
        lines = list(self._imprint_lines())
        if lines and self.document.sections[-1].orientation == WD_ORIENT.LANDSCAPE:
            add_section(self.document, landscape=False, letter=self.letter)
            self._add("版记位")
        if lines:
            add_imprint(self.document, lines, old=self.style.old, letter=self.letter)

    def _imprint_lines(self) -> Iterator[tuple[str, str]]:
        """主题词 (1999), 抄送, 印发, each with its style."""
        get = self.wording.get
        if self.style.old and get("主题词"):
            yield "主题词", get("主题词")
        if get("抄送"):
            yield from _optional(get("抄送"), "tr", "抄送机关", f"抄送：{_ending(get('抄送'), '。')}")
        if get("印发机关") and not self.letter:
            yield "印发机关", f"{get('印发机关')}\t{_ending(get('印发日期'), '印发')}"


def _styles(style: PageStyle) -> tuple[Style, ...]:
    """The named styles; 1999 sets 抄送 and 印发 in 3号."""
    large = ("抄送机关", "印发机关") if style.old else ()
    return tuple(replace(each, size=16) if each.name in large else each for each in STYLES)


def _numbered(annex: Annex, mark: str = "") -> str:
    """An annex's number and what follows it, as a tag that prints them if there are several; "" for one numbered beforehand."""
    return f"{{% if 附件数 > 1 %}}{{{{ {annex.number} }}}}{mark}{{% endif %}}" if annex.number else ""


def _ending(text: str, mark: str) -> str:
    """The text with the final mark it must have."""
    return text if text.endswith(mark) else text + mark


LONG_TITLE = 28
"""2号 characters on a line of a landscape page."""


def _title(text: str, longest: int = LONGEST) -> str:
    """A title broken by sense, unless its text is not known yet."""
    return text if has_tag(text) else "\n".join(break_title(text, longest))


def _optional(value: str, tag: str, style: str, text: str) -> Iterator[tuple[str, str]]:
    """A line with its style, between tags that drop it when its one value is empty."""
    expression = tag_expression(value)
    around = "公文正文" if tag == "p" else style
    if expression:
        yield around, f"{{%{tag} if {expression} %}}"
    yield style, text
    if expression:
        yield around, f"{{%{tag} endif %}}"


PLACEHOLDER = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mN4BgAA6ADnilP9cwAAAABJRU5ErkJggg=="
)
"""A PNG of one light grey dot."""
