"""The page: paper, margins, page numbers, and the first page of a letter (clauses 5.1, 5.2.1, 7.5, 10.1)."""

import re

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.checking.looks import MM, W, attribute, number
from baiti_xl.press.checking.reading import Document, Line
from baiti_xl.press.checking.roles import BY_NAME, FAMILIES
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout import FOOTER
from baiti_xl.press.layout_parts import BOTTOM, LEFT, PAGE, RED, RIGHT, SMALL_CHAR, TOP, WIDTH, mm

_SIDES = {"top": "上边距", "bottom": "下边距", "left": "左边距", "right": "右边距"}
_UPRIGHT = {"top": TOP, "bottom": BOTTOM, "left": LEFT, "right": RIGHT}
_TURNED = {"top": LEFT, "bottom": RIGHT, "left": BOTTOM, "right": TOP}


def check_paper(document: Document) -> Faults:
    """5.1, 5.2.1: A4, upright or turned; margins of 37, 35, 28, 26 mm, each within 1 mm, turning with the page."""
    for at, section in enumerate(document.sections, 1):
        place, size = f"第{at}节页面设置", section.find(f"{W}pgSz")
        width, height = (number(attribute(size, side)) for side in ("w", "h"))
        if any(abs(a - b) > 30 for a, b in zip(sorted((width, height)), PAGE, strict=True)):
            yield fault("paper", place, found=f"{width / MM:.0f}×{height / MM:.0f}毫米")
        for side, due in (_TURNED if width > height else _UPRIGHT).items():
            found = number(attribute(section.find(f"{W}pgMar"), side))
            if abs(found - due) > mm(1):
                yield fault("margins", place, side=_SIDES[side], found=found / MM, due=due / MM)


def check_page_numbers(document: Document) -> Faults:
    """7.5: — 1 — in 4号宋体, odd pages right, even pages left, 7 mm below."""
    own_first = any(section.find(f"{W}titlePg") is not None for section in document.sections)
    first = [("first", "首页", "right")] if own_first and not document.is_letter else []
    for kind, side, jc in (("default", "单页", "right"), ("even", "双页", "left"), *first):
        feet = document.linked.get(("footer", kind), ())
        if not feet:
            yield fault("page-number", f"{side}页脚", found=f"没有{side}页脚")
        for place, part in feet:
            yield from _number_faults(document, part, f"{place}{side}页脚", jc)
    if not document.facing:
        yield fault("page-side", "全文", found="没有设“奇偶页不同”")
    for at, section in enumerate(document.sections, 1):
        found = number(attribute(section.find(f"{W}pgMar"), "footer"))
        if not document.is_letter and abs(found - FOOTER) > mm(1):
            yield fault("page-distance", f"第{at}节页面设置", found=found / MM)


def _number_faults(document: Document, part: Element, place: str, jc: str) -> Faults:
    """What is wrong with one foot."""
    lines = [line for line in document.part_lines(part, place) if _counts(line.element)]
    if not lines:
        yield fault("page-number", place, found="没有页码")
        return
    line, style = lines[0], BY_NAME["页码"]
    if not re.fullmatch(r"—\s?.*\s?—", line.text):
        yield fault("page-number", place, found=f"“{line.text}”两边没有一字线")
    if any(
        run.size != style.size or run.look.get("rFonts.eastAsia") not in FAMILIES[style.font]
        for run in line.runs
    ):
        yield fault("page-number", place, found="页码不是4号宋体")
    frame = line.element.find(f"{W}pPr/{W}framePr")
    boxed = frame is not None or next(line.element.iterancestors(f"{W}txbxContent"), None) is not None
    at_side = {"outside": jc}.get(attribute(frame, "xAlign"), attribute(frame, "xAlign") or line.jc) == jc
    if not at_side or not (boxed or abs(line.indent(jc) - SMALL_CHAR) <= 60):
        yield fault("page-side", place, found=f"页码没有居{'右' if jc == 'right' else '左'}空一字")


def _counts(element: Element) -> bool:
    """Whether a PAGE field stands in an element."""
    fields = [attribute(field, "instr") for field in element.iter(f"{W}fldSimple")]
    return any(
        "PAGE" in text for text in (*fields, *(node.text or "" for node in element.iter(f"{W}instrText")))
    )


def check_letter(document: Document) -> Faults:
    """10.1: red double rules of 170 mm, no number on the first page."""
    if not document.is_letter:
        return
    first = {kind: document.linked.get((kind, "first"), ()) for kind in ("header", "footer")}
    for kind, thick, name in (("header", "top", "上"), ("footer", "bottom", "下")):
        if not any(_has_double_rule(document, part, thick) for _, part in first[kind]):
            yield fault("letter-rules", "首页", found=name)
    if document.sections[0].find(f"{W}titlePg") is None or any(_counts(part) for _, part in first["footer"]):
        yield fault("letter-first", "首页")


def _has_double_rule(document: Document, part: Element, thick: str) -> bool:
    """Whether a part holds the red double rule, 170 mm wide: two borders, one of two lines, or a line drawn of two."""
    if any("thin" in str(line.get("cmpd", "")).lower() for line in part.iter("{*}ln")):
        return True
    return any(_is_double(line, thick) for line in document.part_lines(part, "", blank=True))


def _is_double(line: Line, thick: str) -> bool:
    """Whether a paragraph's borders make the rule, with the thick line on that side."""
    thin = "bottom" if thick == "top" else "top"
    edges = [side for side in (thick, thin) if line.look.get(f"{side}.val", "none") != "none"]
    red = all(line.look.get(f"{side}.color", "").upper() == RED for side in edges)
    widths = [number(line.look.get(f"{side}.sz", "")) for side in edges]
    double = len(edges) == 2 and widths[0] > widths[1]
    compound = any("thin" in line.look[f"{side}.val"].lower() for side in edges)
    width = WIDTH - line.indent("left") - line.indent("right")
    return bool(edges) and red and (double or compound) and abs(width - mm(170)) <= mm(1)
