"""What each role must look like, held against the styles that build the layout (clauses 5.2 and the like of 7)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from baiti_xl.press.checking.lines import Line
from baiti_xl.press.checking.looks import number, on
from baiti_xl.press.checking.reading import Document
from baiti_xl.press.checking.roles import BY_NAME, FAMILIES
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_parts import CHAR, FANGSONG, KAITI, LINE, SMALL_CHAR, TIGHTEN, Style
from baiti_xl.press.wording import LEVELS

SLACK = 40
"""Twips that an indent may be out."""
_BLACK = ("AUTO", "000000")
_EMPHASIS = {"b.val": "加粗", "i.val": "倾斜", "u.val": "下划线"}
_PRINT = {"colour": "colour"}
_PLAIN = _PRINT | {"emphasis": "emphasis"}
_TEXT = _PLAIN | {"face": "body-font", "size": "body-size"}
_RUNNING = _TEXT | {"first": "indent", "block": "align", "pitch": "pitch", "tighten": "tighten"}
_NAME = {"face": "name-font", "colour": "name-colour", "emphasis": "emphasis", "centre": "name-centre"}
_TITLE = _PLAIN | {"face": "title-font", "size": "title-size", "centre": "title-centre"}
_IMPRINT = _PLAIN | {"face": "imprint-font", "size": "imprint-size", "one in": "imprint-indent"}
CLAUSES: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("份号", "密级", "紧急程度"), _PLAIN | {"face": "mark-font", "size": "mark-font"}),
    **dict.fromkeys(("发文机关标志", "信函标志"), _NAME),
    **dict.fromkeys(("公文标题", "附件标题"), _TITLE),
    **dict.fromkeys(
        ("发文字号", "顶格正文", "居中正文", "附件说明", "发文机关署名", "成文日期", "附注"), _TEXT
    ),
    "主送机关": _TEXT | {"flush": "addressee-indent"},
    "公文正文": _RUNNING,
    **dict.fromkeys(LEVELS, _RUNNING | {"face": "heading-font"}),
    "附件标识": _PLAIN | {"face": "annex-font", "size": "annex-font"},
    **dict.fromkeys(("抄送机关", "印发机关"), _IMPRINT),
    **dict.fromkeys(("送审标识", "表题", "表头", "表文", "表注", "主题词"), _PRINT),
}
"""What of its style each role must keep, and the rule that says so; the values are the style's own."""


def check_styled(document: Document) -> Faults:
    """The first departure of each kind in every line; in a table only its colour, unless it is 版记."""
    for line in (*document.letter_names, *document.lines):
        asked = line.role, line.inside, document.old, line.typed if line.raw[:1] == "\u3000" else 0
        found = line.dress.judged.get(asked)
        if found is None:
            found = line.dress.judged.made(asked, partial(_first_departures, line, document.old))
        for rule, is_now, due in found:
            yield fault(rule, line.place, role=line.role, found=is_now, due=due)


Departure = tuple[str, str, str]
"""What is not as the style has it, or the rule that says so, how it is, and how it should be."""
Departures = Iterator[Departure]


def _first_departures(line: Line, old: bool) -> tuple[Departure, ...]:
    """The first departure of each kind, by rule; the same for lines of one look and role with as many spaces before them."""
    clauses = CLAUSES.get(line.role, {})
    if line.inside and clauses is not _IMPRINT:
        clauses = clauses and _PRINT
    found: dict[str, tuple[str, str]] = {}
    for what, is_now, due in _departures(line, clauses, old):
        found.setdefault(what, (is_now, due))
    return tuple(
        ("theme" if is_now.startswith(("minor", "major")) else clauses[what], is_now, due)
        for what, (is_now, due) in found.items()
    )


def _departures(line: Line, clauses: Mapping[str, str], old: bool) -> Departures:
    """Those that the clauses ask after; 1999 sets 抄送 and 印发 in 3号."""
    if clauses:
        style = BY_NAME[line.role]
        style = replace(style, size=16.0) if old and clauses is _IMPRINT else style
        asked = (_of_runs,) if clauses is _PRINT else (_of_runs, _of_line)
        yield from (found for ask in asked for found in ask(line, style) if found[0] in clauses)


def _of_runs(line: Line, style: Style) -> Departures:
    """Of the letters; after a heading's first sentence they may be 仿宋, 签发人 and what has a style of its own 楷体."""
    for at, run in enumerate(line.runs):
        later = KAITI if style.name == "发文字号" and (at or "rStyle.val" in run.look) else style.font
        also = FANGSONG if style.name in LEVELS and at else later
        face = run.look.get("rFonts.eastAsiaTheme") or run.look.get("rFonts.eastAsia", "未指定")
        if face not in FAMILIES[style.font] + FAMILIES[also]:
            yield "face", face, style.font
        if run.size != style.size:
            yield "size", f"{run.size:g}", f"{style.size:g}"
        colour = run.look.get("color.val", "auto").upper()
        if colour not in ((style.color,) if style.color else _BLACK):
            yield "colour", "黑色" if colour in _BLACK else colour, style.color
        if number(run.look.get("spacing.val", "")) > TIGHTEN + 1:
            yield "tighten", "", ""
        yield from (("emphasis", name, "") for key, name in _EMPHASIS.items() if on(run.look, key))


def _of_line(line: Line, style: Style) -> Departures:
    """Of the paragraph: in the middle, at the left edge, one or two characters in, justified, of 22 lines a page."""
    left, right, first = (line.indent(side) for side in ("left", "right", "first"))
    height = line.spacing("line")
    if line.jc != "center" or first:
        yield "centre", "", ""
    if left or first > 0:
        yield "flush", "", ""
    if not SMALL_CHAR - SLACK <= left + min(first, 0) <= CHAR + SLACK:
        yield "one in", "", ""
    if abs(first - style.first) > SLACK:
        yield "first", "", ""
    if line.jc in ("center", "right") or abs(left) > SLACK or abs(right) > SLACK:
        yield "block", {"center": "居中", "right": "居右"}.get(line.jc, "左右有缩进"), ""
    if not line.exact or not -12 <= height - style.line <= 1:
        yield "pitch", f"{height / 20:g}磅" if line.exact else "不是固定值", ""
    elif line.spacing("before") + line.spacing("after") > LINE // 2:
        yield "pitch", "外另加了段前段后的空", ""
