"""The page: paper, margins, page numbers, and the first page of a letter (clauses 5.1, 5.2.1, 7.5, 10.1)."""

import re

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.checking.lines import Line, side_of_box
from baiti_xl.press.checking.looks import MM, W, attribute, number, on
from baiti_xl.press.checking.reading import Document
from baiti_xl.press.checking.roles import BY_NAME, FAMILIES
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_pages import FOOTER
from baiti_xl.press.layout_parts import BOTTOM, LEFT, PAGE, RED, RIGHT, SMALL_CHAR, TOP, WIDTH, mm

_SIDES = {"top": "上边距", "bottom": "下边距", "left": "左边距", "right": "右边距"}
_UPRIGHT, _TURNED = (TOP, BOTTOM, LEFT, RIGHT), (LEFT, RIGHT, BOTTOM, TOP)


def check_paper(document: Document) -> Faults:
    """5.1, 5.2.1, 7.5: A4, upright or turned; 37, 35, 28, 26 mm, turning with the page; the foot 25 mm; within 1 mm."""
    for at, section in enumerate(document.sections, 1):
        place, size, edges = f"第{at}节页面设置", section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        width, height = (number(attribute(size, side)) for side in ("w", "h"))
        if any(abs(a - b) > 30 for a, b in zip(sorted((width, height)), PAGE, strict=True)):
            yield fault("paper", place, found=f"{width / MM:.0f}×{height / MM:.0f}毫米")
        for (side, name), due in zip(_SIDES.items(), _TURNED if width > height else _UPRIGHT, strict=True):
            found = number(attribute(edges, side))
            if abs(found - due) > mm(1):
                yield fault("margins", place, side=name, found=found / MM, due=due / MM)
        foot = number(attribute(edges, "footer"))
        if not document.is_letter and abs(foot - FOOTER) > mm(1):
            yield fault("page-distance", place, found=foot / MM)


def check_page_numbers(document: Document) -> Faults:
    """7.5: — 1 — in 4号宋体, odd pages right, even pages left."""
    own_first = not document.is_letter and any(s.find(f"{W}titlePg") is not None for s in document.sections)
    sides = (("default", "单页", "right"), ("even", "双页", "left"), ("first", "首页", "right"))
    for kind, side, jc in sides if own_first else sides[:2]:
        feet = document.linked.get(("footer", kind), [])
        if not feet:
            yield fault("page-number", f"{side}页脚", found=f"没有{side}页脚")
        for place, part in feet:
            yield from _number_faults(document, part, f"{place}{side}页脚", jc)
    if not document.facing:
        yield fault("page-side", "全文", found="没有设“奇偶页不同”")


def _number_faults(document: Document, part: Element, place: str, jc: str) -> Faults:
    """What is wrong with one foot."""
    line = next(
        (line for line in document.part_lines(part, place) if line.text and _counts(line.element)), None
    )
    if line is None:
        yield fault("page-number", place, found="没有页码")
        return
    style = BY_NAME["页码"]
    if not re.fullmatch(r"—\s?.*\s?—", line.text):
        yield fault("page-number", place, found=f"“{line.text}”两边没有一字线")
    fonts = FAMILIES[style.font]
    if any(run.size != style.size or run.look.get("rFonts.eastAsia") not in fonts for run in line.runs):
        yield fault("page-number", place, found="页码不是4号宋体")
    framed = line.look.get("framePr.xAlign", "") or side_of_box(line.element, "horizontal")
    boxed = framed or next(line.element.iterancestors(f"{W}txbxContent"), None) is not None
    if (framed or line.jc) not in (jc, "outside") or not (boxed or abs(line.indent(jc) - SMALL_CHAR) <= 60):
        yield fault("page-side", place, found=f"页码没有居{'右' if jc == 'right' else '左'}空一字")


def _counts(element: Element) -> bool:
    """Whether a PAGE field stands in an element."""
    fields = (
        attribute(field, "instr") or field.text or ""
        for field in element.iter(f"{W}fldSimple", f"{W}instrText")
    )
    return any("PAGE" in field for field in fields)


def check_letter(document: Document) -> Faults:
    """10.1: red double rules of 170 mm, no number on the first page."""
    if not document.is_letter:
        return
    for kind, thick, name in (("header", "top", "上"), ("footer", "bottom", "下")):
        parts = [part for _, part in document.linked.get((kind, "first"), [])]
        drawn = any("thin" in str(line.get("cmpd")).lower() for part in parts for line in part.iter("{*}ln"))
        lines = [line for part in parts for line in document.part_lines(part, "")]
        if not drawn and not any(_is_double(line, thick) for line in lines):
            yield fault("letter-rules", "首页", found=name)
    feet = document.linked.get(("footer", "first"), [])
    if document.sections[0].find(f"{W}titlePg") is None or any(_counts(part) for _, part in feet):
        yield fault("letter-first", "首页")


def _is_double(line: Line, thick: str) -> bool:
    """Whether a paragraph's borders make the red double rule, with the thick line on that side or as one of two lines."""
    thin = "bottom" if thick == "top" else "top"
    edges = [side for side in (thick, thin) if on(line.look, f"{side}.val")]
    red = all(line.look.get(f"{side}.color", "").upper() == RED for side in edges)
    upper, lower = (number(line.look.get(f"{side}.sz", "")) for side in (thick, thin))
    compound = any("thin" in line.look[f"{side}.val"].lower() for side in edges)
    width = WIDTH - line.indent("left") - line.indent("right")
    return red and (compound or (len(edges) == 2 and upper > lower)) and abs(width - mm(170)) <= mm(1)
