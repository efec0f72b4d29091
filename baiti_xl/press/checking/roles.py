"""The role of a line whose style does not tell it: by where it stands, what it says and how it looks.

Staff type new paragraphs in “Normal” or in the body's style and format them by hand, or write a whole paper so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.checking.reading import Item, Line, Table
from baiti_xl.press.layout import STYLES
from baiti_xl.press.layout_parts import BIAOSONG, FANGSONG, HEITI, KAITI, SONGTI
from baiti_xl.press.wording import LEVELS

FAMILIES: Mapping[str, tuple[str, ...]] = {
    FANGSONG: (FANGSONG, "仿宋", "方正仿宋_GBK", "方正仿宋简体", "华文仿宋", "FangSong", "FangSong_GB2312"),
    KAITI: (KAITI, "楷体", "方正楷体_GBK", "方正楷体简体", "华文楷体", "KaiTi", "KaiTi_GB2312"),
    HEITI: (HEITI, "方正黑体_GBK", "方正黑体简体", "华文黑体", "SimHei"),
    SONGTI: (SONGTI, "SimSun", "新宋体", "方正书宋_GBK"),
    BIAOSONG: (BIAOSONG, "方正小标宋_GBK", "小标宋", "小标宋体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
}
"""A font and those that are as good."""
BY_NAME = {style.name: style for style in STYLES}
NUMERAL = "[一二三四五六七八九十百]+"
HEADINGS = dict(
    zip(LEVELS, (f"({NUMERAL})、", f"（({NUMERAL})）", r"(\d+)[.．](?!\d)", r"（(\d+)）"), strict=True)
)
"""How the number of a heading is written on each level."""
_BODY = ("", "公文正文", "顶格正文", "居中正文")
_HEAD = {
    "份号": r"\d{6}",
    "密级": r"(绝密|机密|秘密)(★.{1,6})?",
    "紧急程度": r"特急|加急|特提|平急",
    "发文字号": r".{1,12}[\[［(（【〔]\s*\d{2,4}\s*[\]］)）】〕]\s*第?\s*\d+\s*号(\s*签发人[：:].*)?",
}
_DATE = r"[\d〇○零一二三四五六七八九]{2,4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,4}日"
_ADDRESSEE = "[^。；]{2,80}(?<!如下)[：:]"
_LABEL = r"附件\s*[\d一二三四五六七八九十]*[：:]?"


def recognise(items: tuple[Item, ...]) -> Mapping[Element, str]:
    """The roles of lines that play another than their style says, by paragraph."""
    cells = [line for item in items if isinstance(item, Table) for line in item.lines]
    main = [item for item in items if isinstance(item, Line) and item.text and not item.steers]
    foreign = [line for line in main if line.role in _BODY]
    found = {line.element: "表文" for line in cells if not line.role}
    found |= {line.element: "公文正文" for line in foreign if not line.role}
    for part in (_of_headings(foreign), _of_head(main), _of_foot(main), _of_imprints([*cells, *main[-3:]])):
        found |= dict(part)
    return found


def _of_imprints(lines: Sequence[Line]) -> Iterator[tuple[Element, str]]:
    """抄送 and 印发, in a table or at the very end."""
    for line in lines:
        if line.role in _BODY and re.match("抄送[：:]", line.text):
            yield line.element, "抄送机关"
        elif line.role in _BODY and re.fullmatch(rf".{{2,40}}{_DATE}印发", line.text):
            yield line.element, "印发机关"


def _of_head(main: Sequence[Line]) -> Iterator[tuple[Element, str]]:
    """From 份号 to 主送机关: what stands above the body."""
    styled = any(line.role == "公文标题" for line in main)
    starts = [line.role == "公文标题" or (not styled and _is_title(line)) for line in main]
    start = starts.index(True) if any(starts) else 0
    for line in main[:start]:
        role = next((role for role, form in _HEAD.items() if re.fullmatch(form, line.text)), "")
        if line.role in _BODY and (role or _is_name(line)):
            yield line.element, role or "发文机关标志"
    while start < len(main) and starts[start]:
        yield main[start].element, "公文标题"
        start += 1
    if (
        any(starts)
        and start < len(main)
        and main[start].role in _BODY
        and re.fullmatch(_ADDRESSEE, main[start].text)
    ):
        yield main[start].element, "主送机关"


def _is_name(line: Line) -> bool:
    """Whether a line looks like 发文机关标志."""
    return (
        bool(line.runs)
        and line.runs[0].size > 22
        and line.runs[0].look.get("color.val", "").upper() == "FF0000"
    )


def _is_title(line: Line) -> bool:
    """Whether a line looks like a title."""
    return (
        line.role in _BODY
        and bool(line.runs)
        and 18 <= line.runs[0].size <= 26
        and line.jc == "center"
        and not _is_name(line)
    )


def _of_foot(main: Sequence[Line]) -> Iterator[tuple[Element, str]]:
    """附件说明, 署名, 成文日期, 附注, and the labels of annexes."""
    dated = [at for at, line in enumerate(main) if re.fullmatch(_DATE, line.text)]
    date = next((at for at in dated if main[at].role in _BODY), None)
    if date is not None and not any(line.role == "成文日期" for line in main):
        yield main[date].element, "成文日期"
        above = main[date - 1]
        if date and above.role in _BODY and len(above.text) <= 30 and above.text[-1] not in "。：；":
            yield above.element, "发文机关署名"
    listing = False
    for at, line in enumerate(main):
        listing = bool(re.match("附件[：:].", line.text)) or (
            listing and bool(re.match(r"\d+[.．]", line.text))
        )
        if listing and line.role in _BODY:
            yield line.element, "附件说明"
        if line.role in _BODY and re.fullmatch(_LABEL, line.text):
            yield line.element, "附件标识"
            yield from ((after.element, "附件标题") for after in main[at + 1 : at + 2] if _is_title(after))


def _of_headings(foreign: Sequence[Line]) -> Iterator[tuple[Element, str]]:
    """Lines numbered as headings: any not in a style of ours, and those of the body's set in a heading's font."""
    for line in foreign:
        for level, form in HEADINGS.items():
            styled = (
                bool(line.runs) and line.runs[0].look.get("rFonts.eastAsia") in FAMILIES[BY_NAME[level].font]
            )
            if re.match(form, line.text) and (not line.role or (styled and level in LEVELS[:2])):
                yield line.element, level
