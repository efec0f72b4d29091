"""What each role must look like, held against the styles that build the layout (clauses 5.2 and the like of 7)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from baiti_xl.press.checking.looks import number, on
from baiti_xl.press.checking.reading import Document, Line
from baiti_xl.press.checking.roles import BY_NAME, FAMILIES
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_parts import CHAR, FANGSONG, KAITI, LINE, SMALL_CHAR, TIGHTEN, Style
from baiti_xl.press.wording import LEVELS

Found = Iterator[dict[str, str]]
"""The words of each fault."""
SLACK = 40
"""Twips that an indent may be out."""
_BLACK = ("AUTO", "000000")


def _face(line: Line, style: Style) -> Found:
    """Another font; the text after a heading's first sentence may be 仿宋, 签发人 and what has a style of its own 楷体."""
    for at, run in enumerate(line.runs):
        later = (
            style.font
            if not at and "rStyle.val" not in run.look
            else KAITI
            if style.name == "发文字号"
            else ""
        )
        also = FANGSONG if at and style.name in LEVELS else later
        theme, face = run.look.get("rFonts.eastAsiaTheme"), run.look.get("rFonts.eastAsia", "未指定")
        if theme or face not in FAMILIES[style.font] + FAMILIES.get(also, ()):
            yield {"found": theme or face, "due": style.font} | ({"rule": "theme"} if theme else {})


def _size(line: Line, style: Style) -> Found:
    """Another size."""
    yield from ({"found": f"{r.size:g}", "due": f"{style.size:g}"} for r in line.runs if r.size != style.size)


def _colour(line: Line, style: Style) -> Found:
    """Another colour than the style's, black if it has none."""
    due = (style.color,) if style.color else _BLACK
    for run in line.runs:
        found = run.look.get("color.val", "auto").upper()
        if found not in due:
            yield {"found": "黑色" if found in _BLACK else found, "due": due[0]}


def _emphasis(line: Line, _: Style) -> Found:
    """Bold, italic or underlined."""
    names = {"b.val": "加粗", "i.val": "倾斜", "u.val": "下划线"}
    yield from ({"found": name} for run in line.runs for key, name in names.items() if on(run.look, key))


def _tighten(line: Line, _: Style) -> Found:
    """Characters not drawn together."""
    yield from ({} for run in line.runs if number(run.look.get("spacing.val", "")) > TIGHTEN + 1)


def _centre(line: Line, _: Style) -> Found:
    """Not in the middle."""
    if line.jc != "center" or line.indent("first"):
        yield {}


def _first(line: Line, style: Style) -> Found:
    """The first line not so far in."""
    if abs(line.indent("first") - style.first) > SLACK:
        yield {}


def _block(line: Line, _: Style) -> Found:
    """Not justified over the whole width."""
    if line.jc in ("center", "right"):
        yield {"found": "居中" if line.jc == "center" else "居右"}
    elif abs(line.indent("left")) > SLACK or abs(line.indent("right")) > SLACK:
        yield {"found": "左右有缩进"}


def _flush(line: Line, _: Style) -> Found:
    """Not at the left edge."""
    if line.indent("left") or line.indent("first") > 0:
        yield {}


def _one_in(line: Line, _: Style) -> Found:
    """Not one character in, of 4号 or 3号."""
    if not SMALL_CHAR - SLACK <= line.indent("left") + min(line.indent("first"), 0) <= CHAR + SLACK:
        yield {}


def _pitch(line: Line, style: Style) -> Found:
    """Lines that do not make 22 a page."""
    height = line.spacing("line")
    if not line.exact or not -12 <= height - style.line <= 1:
        yield {"found": f"{height / 20:g}磅" if line.exact else "不是固定值"}
    elif line.spacing("before") + line.spacing("after") > LINE // 2:
        yield {"found": "外另加了段前段后的空"}


_Clauses = tuple[tuple[Callable[[Line, Style], Found], str], ...]
_PRINT: _Clauses = ((_colour, "colour"),)
_PLAIN: _Clauses = (*_PRINT, (_emphasis, "emphasis"))
_TEXT: _Clauses = (*_PLAIN, (_face, "body-font"), (_size, "body-size"))
_RUNNING: _Clauses = (*_TEXT, (_first, "indent"), (_block, "align"), (_pitch, "pitch"), (_tighten, "tighten"))
_TITLE: _Clauses = (*_PLAIN, (_face, "title-font"), (_size, "title-size"), (_centre, "title-centre"))
_IMPRINT: _Clauses = (*_PLAIN, (_face, "imprint-font"), (_size, "imprint-size"), (_one_in, "imprint-indent"))
CLAUSES: Mapping[str, _Clauses] = {
    **dict.fromkeys(("份号", "密级", "紧急程度"), (*_PLAIN, (_face, "mark-font"), (_size, "mark-font"))),
    **dict.fromkeys(
        ("发文机关标志", "信函标志"),
        ((_face, "name-font"), (_colour, "name-colour"), (_centre, "name-centre"), (_emphasis, "emphasis")),
    ),
    **dict.fromkeys(("公文标题", "附件标题"), _TITLE),
    **dict.fromkeys(
        ("发文字号", "顶格正文", "居中正文", "附件说明", "发文机关署名", "成文日期", "附注"), _TEXT
    ),
    "主送机关": (*_TEXT, (_flush, "addressee-indent")),
    "公文正文": _RUNNING,
    **dict.fromkeys(LEVELS, tuple((ask, "heading-font" if ask is _face else rule) for ask, rule in _RUNNING)),
    "附件标识": (*_PLAIN, (_face, "annex-font"), (_size, "annex-font")),
    **dict.fromkeys(("抄送机关", "印发机关"), _IMPRINT),
    **dict.fromkeys(("送审标识", "表题", "表头", "表文", "表注", "主题词"), _PRINT),
}
"""What of its style each role must keep, and the rule that says so; the values are the style's own."""


def check_styled(document: Document) -> Faults:
    """The first departure of each kind in every line; in a table only its colour, unless it is 版记."""
    for line in (*document.letter_names, *document.lines):
        clauses = CLAUSES.get(line.role, ())
        for ask, rule in clauses if clauses is _IMPRINT or not line.inside else clauses and _PRINT:
            words = next(ask(line, _due(line.role, document.old)), None)
            if words is not None:
                yield fault(words.pop("rule", rule), line.place, role=line.role, **words)


def _due(role: str, old: bool) -> Style:
    """The style of a role; 1999 sets 抄送 and 印发 in 3号."""
    style = BY_NAME[role]
    return replace(style, size=16.0) if old and role in ("抄送机关", "印发机关") else style
