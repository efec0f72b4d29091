"""What each role must look like, held against the styles that build the layout (clauses 5.2 and the like of 7)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from baiti_xl.press.checking.looks import number, on
from baiti_xl.press.checking.reading import Document, Line, Run
from baiti_xl.press.checking.roles import BY_NAME, FAMILIES
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_parts import CHAR, FANGSONG, KAITI, LINE, SMALL_CHAR, TIGHTEN, Style
from baiti_xl.press.wording import LEVELS

Found = Iterator[tuple[Run | None, dict[str, object]]]
"""What is not as the style wants: the run, if it is one, and the words of the fault."""
SLACK = 40
"""Twips that an indent may be out."""


def _face(line: Line, style: Style) -> Found:
    """Another font; the text after a heading's first sentence is 仿宋, 签发人 is 楷体."""
    for at, run in enumerate(line.runs):
        theme, face = run.look.get("rFonts.eastAsiaTheme", ""), run.look.get("rFonts.eastAsia", "未指定")
        by_style = at or "rStyle.val" in run.look
        also = (
            {"发文字号": KAITI}.get(style.name, FANGSONG if style.name in LEVELS else "")
            if by_style
            else style.font
        )
        if theme or face not in FAMILIES[style.font] + FAMILIES.get(also, ()):
            yield run, {"found": theme or face, "due": style.font}


def _size(line: Line, style: Style) -> Found:
    """Another size."""
    for run in line.runs:
        if run.size != style.size:
            yield run, {"found": f"{run.size:g}", "due": f"{style.size:g}"}


def _colour(line: Line, style: Style) -> Found:
    """Another colour than the style's, black if it has none."""
    due = (style.color,) if style.color else ("AUTO", "000000")
    for run in line.runs:
        found = run.look.get("color.val", "auto").upper()
        if found not in due:
            yield run, {"found": "黑色" if found in ("AUTO", "000000") else found, "due": due[0]}


def _emphasis(line: Line, _: Style) -> Found:
    """Bold, italic or underlined."""
    for run in line.runs:
        for tag, name in (("b", "加粗"), ("i", "倾斜"), ("u", "下划线")):
            if on(run.look, tag):
                yield run, {"found": name}


def _tighten(line: Line, _: Style) -> Found:
    """Characters not drawn together."""
    for run in line.runs:
        if number(run.look.get("spacing.val", "")) > TIGHTEN + 1:
            yield run, {}


def _centre(line: Line, _: Style) -> Found:
    """Not in the middle."""
    if line.jc != "center" or line.indent("first"):
        yield None, {}


def _first(line: Line, style: Style) -> Found:
    """The first line not so far in."""
    if abs(line.indent("first") - style.first) > SLACK:
        yield None, {}


def _block(line: Line, _: Style) -> Found:
    """Not justified over the whole width."""
    if line.jc in ("center", "right"):
        yield None, {"found": "居中" if line.jc == "center" else "居右"}
    elif abs(line.indent("left")) > SLACK or abs(line.indent("right")) > SLACK:
        yield None, {"found": "左右有缩进"}


def _flush(line: Line, _: Style) -> Found:
    """Not at the left edge."""
    if line.indent("left") or line.indent("first") > 0:
        yield None, {}


def _pitch(line: Line, style: Style) -> Found:
    """Lines that do not make 22 a page."""
    height = line.spacing("line")
    if not line.exact or not -12 <= height - style.line <= 1:
        yield None, {"found": f"{height / 20:g}磅" if line.exact else "不是固定值"}
    elif line.spacing("before") + line.spacing("after") > LINE // 2:
        yield None, {"found": "外另加了段前段后的空"}


def _one_in(line: Line, _: Style) -> Found:
    """Not one character in, of 4号 or 3号."""
    if not SMALL_CHAR - SLACK <= line.indent("left") + min(line.indent("first"), 0) <= CHAR + SLACK:
        yield None, {}


_Check = tuple[Callable[[Line, Style], Found], str]
_PLAIN: tuple[_Check, ...] = ((_colour, "colour"), (_emphasis, "emphasis"))
_TEXT: tuple[_Check, ...] = (*_PLAIN, (_face, "body-font"), (_size, "body-size"))
_RUNNING: tuple[_Check, ...] = (
    *_TEXT,
    (_first, "indent"),
    (_block, "align"),
    (_pitch, "pitch"),
    (_tighten, "tighten"),
)
_MARK: tuple[_Check, ...] = (*_PLAIN, (_face, "mark-font"), (_size, "mark-font"))
_NAME: tuple[_Check, ...] = (
    (_face, "name-font"),
    (_colour, "name-colour"),
    (_centre, "name-centre"),
    (_emphasis, "emphasis"),
)
_TITLE: tuple[_Check, ...] = (
    *_PLAIN,
    (_face, "title-font"),
    (_size, "title-size"),
    (_centre, "title-centre"),
)
_HEADING = tuple((check, "heading-font" if check is _face else rule) for check, rule in _RUNNING)
_IMPRINT: tuple[_Check, ...] = (
    *_PLAIN,
    (_face, "imprint-font"),
    (_size, "imprint-size"),
    (_one_in, "imprint-indent"),
)
CLAUSES: Mapping[str, tuple[_Check, ...]] = {
    **dict.fromkeys(("份号", "密级", "紧急程度"), _MARK),
    **dict.fromkeys(("发文机关标志", "信函标志"), _NAME),
    **dict.fromkeys(("公文标题", "附件标题"), _TITLE),
    **dict.fromkeys(
        ("发文字号", "顶格正文", "居中正文", "附件说明", "发文机关署名", "成文日期", "附注"), _TEXT
    ),
    "主送机关": (*_TEXT, (_flush, "addressee-indent")),
    "公文正文": _RUNNING,
    **dict.fromkeys(LEVELS, _HEADING),
    "附件标识": (*_PLAIN, (_face, "annex-font"), (_size, "annex-font")),
    **dict.fromkeys(("抄送机关", "印发机关"), _IMPRINT),
    **dict.fromkeys(("送审标识", "表题", "表头", "表文", "表注", "主题词"), _PLAIN[:1]),
}
"""What of its style each role must keep, and the rule that says so; the values are the style's own."""


def check_styled(document: Document) -> Faults:
    """The first departure of each kind in every line."""
    for line in (*document.letter_names, *document.lines):
        for check, rule in _clauses(line):
            run, words = next(check(line, _due(line.role, document.old)), (None, None))
            if words is not None:
                themed = run is not None and check is _face and "rFonts.eastAsiaTheme" in run.look
                yield fault("theme" if themed else rule, line.place, **{"role": line.role, **words})


def _clauses(line: Line) -> tuple[_Check, ...]:
    """What is asked of a line; of one in a table only its colour, unless it is 版记."""
    clauses = CLAUSES.get(line.role, ())
    return clauses if clauses is _IMPRINT or not line.in_table else clauses and _PLAIN[:1]


def _due(role: str, old: bool) -> Style:
    """The style of a role; 1999 sets 抄送 and 印发 in 3号."""
    style = BY_NAME[role]
    return replace(style, size=16.0) if old and role in ("抄送机关", "印发机关") else style
