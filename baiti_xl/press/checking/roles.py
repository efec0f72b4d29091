"""The role of a line whose style does not tell it: by where it stands, what it says and how it looks.

Staff type new paragraphs in “Normal” or in the body's style and format them by hand, or write a whole paper so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from baiti_xl.press.checking.lines import Item, Line, Table
from baiti_xl.press.layout import STYLES
from baiti_xl.press.layout_parts import BIAOSONG, FANGSONG, HEITI, KAITI, RED, SONGTI
from baiti_xl.press.numerals import NUMERAL
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
HEADINGS = dict(
    zip(
        LEVELS, (f"({NUMERAL})、", f"（({NUMERAL})）", r"(\d{1,3})[.．](?!\d)", r"（(\d{1,3})）"), strict=True
    )
)
"""How the number of a heading is written on each level."""
_BODY = ("", "公文正文", "顶格正文", "居中正文")
_YEAR = r"[\[［(（【〔]\s*\d{2,4}\s*[\]］)）】〕]"
_HEAD = {
    "份号": r"\d{6}",
    "密级": r"(\d{6})?(绝密|机密|秘密)(★.{1,6})?",
    "紧急程度": r"特急|加急|特提|平急",
    "发文字号": rf".{{1,12}}{_YEAR}\s*第?\s*\d+\s*号(\s*签发人[：:].*)?",
}
_DATE = r"[\d〇○零一二三四五六七八九]{2,4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,4}日"


def recognise(items: tuple[Item, ...]) -> Mapping[int, str]:
    """The roles of lines that play another than their style says, by their number."""
    cells = [line for item in items if isinstance(item, Table) for line in item.lines if line.text]
    main = [item for item in items if isinstance(item, Line) and item.prints]
    foreign = [line for line in main if line.role in _BODY]
    found = {line.number: "表文" for line in cells if not line.role}
    found |= {line.number: "公文正文" for line in foreign if not line.role}
    for part in (
        _headings(foreign),
        _beside(items),
        _head(main),
        _foot(main),
        _imprint([*cells, *main[-3:]]),
    ):
        found |= dict(part)
    return found


def _imprint(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """抄送 and 印发, in a table or at the very end."""
    for line in lines:
        if line.role in _BODY and re.match("抄送[：:]", line.text):
            yield line.number, "抄送机关"
        elif line.role in _BODY and re.fullmatch(rf".{{2,40}}{_DATE}印发", line.text):
            yield line.number, "印发机关"


def _beside(items: Sequence[Item]) -> Iterator[tuple[int, str]]:
    """表题 and 表注 above and below a table."""
    for above, below in pairwise(items):
        if (
            isinstance(above, Line)
            and isinstance(below, Table)
            and above.role in _BODY
            and above.jc == "center"
        ):
            yield above.number, "表题"
        if (
            isinstance(above, Table)
            and isinstance(below, Line)
            and below.role in _BODY
            and below.text[:1] == "注"
        ):
            yield below.number, "表注"


def _head(main: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """From 份号 to 主送机关: what stands above the body."""
    styled = any(line.role == "公文标题" for line in main)
    titles = [line.role == "公文标题" or (not styled and _is_title(line)) for line in main]
    start = titles.index(True) if any(titles) else 0
    for line in main[:start]:
        role = next((role for role, form in _HEAD.items() if re.fullmatch(form, line.text)), "")
        if line.role in _BODY and (role or _is_name(line)):
            yield line.number, role or "发文机关标志"
    end = titles.index(False, start) if False in titles[start:] else len(main)
    yield from ((line.number, "公文标题") for line in main[start:end] if line.role in _BODY)
    for line in main[end : end + 1] if end > start else ():
        if line.role in _BODY and re.fullmatch("[^。；]{2,80}(?<!如下)[：:]", line.text):
            yield line.number, "主送机关"


def _is_name(line: Line) -> bool:
    """Whether a line looks like 发文机关标志."""
    return any(run.size > 22 and run.look.get("color.val", "").upper() == RED for run in line.runs)


def _is_title(line: Line) -> bool:
    """Whether a line looks like a title."""
    large = all(18 <= run.size <= 26 for run in line.runs)
    return line.role in _BODY and large and line.jc == "center" and not _is_name(line)


def _foot(main: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """附件说明, 署名 and 成文日期, 附注, and the labels and titles of annexes."""
    listing, dated = False, any(line.role == "成文日期" for line in main)
    for above, line, below in zip([None, *main], main, [*main[1:], None], strict=False):
        listing = bool(re.match("附件[：:].", line.text)) or (
            listing and bool(re.match(r"\d+[.．]", line.text))
        )
        if line.role not in _BODY:
            continue
        if listing:
            yield line.number, "附件说明"
        elif re.fullmatch(r"附件\s*[\d一二三四五六七八九十]*[：:]?", line.text):
            yield line.number, "附件标识"
            if below is not None and _is_title(below):
                yield below.number, "附件标题"
        elif (
            dated
            and above is not None
            and re.fullmatch(_DATE, above.text)
            and re.fullmatch("（.*）", line.text)
        ):
            yield line.number, "附注"
        elif not dated and re.fullmatch(_DATE, line.text):
            dated = True
            yield line.number, "成文日期"
            if above is not None and above.role in _BODY and re.fullmatch(".{2,30}(?<![。：；])", above.text):
                yield above.number, "发文机关署名"


def _headings(foreign: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Lines numbered as headings: any not in a style of ours, and those of the body's set in a heading's own font."""
    for line in foreign:
        for level, form in HEADINGS.items():
            face = line.runs[0].look.get("rFonts.eastAsia") if line.runs else ""
            styled = level in LEVELS[:2] and face in FAMILIES[BY_NAME[level].font]
            if re.match(form, line.text) and (styled or not line.role):
                yield line.number, level
