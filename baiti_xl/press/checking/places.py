"""Where lines stand: blank lines above them, the mark's ink, 署名 and 成文日期, new pages (clauses 7.2 and 7.3)."""

from collections.abc import Iterator
from itertools import pairwise

from baiti_xl.press.checking.looks import MM, W, on
from baiti_xl.press.checking.reading import Document, Line, Table
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout import NAME_SIZE, name_half_points, signature_places
from baiti_xl.press.layout_parts import CHAR, LINE, TOP, WIDTH, text_width

_ENDS_PAGE = "\f"
_BLANKS = {
    "发文字号": ("number-gap", ("发文机关标志",), 2, 2),
    "公文标题": ("title-gap", (), 2, 2),
    "主送机关": ("addressee-gap", ("公文标题",), 1, 1),
    "附件说明": ("annex-gap", (), 1, 1),
    "发文机关署名": ("sign-gap", (), 1, 3),
}
"""By role: the rule, what must stand above (anything if nothing is named), the fewest and the most blank lines."""
BASELINE, ASCENT = 0.8, 0.835
"""Where in a fixed line the baseline lies, and how high Chinese ink rises above it, in parts of the line and the size."""
DEPTHS = {"2012": 72, "1999": 62, "1999上行文": 117}
"""Millimetres from the page's edge to the mark's ink."""


def _above(document: Document, line: Line) -> tuple[Line | Table | None, float]:
    """What prints above a line of the body, a rule too, and the space between in twips; blank lines count by their height."""
    space, at = float(line.spacing("before")), document.at[line.element] - 1
    while at >= 0:
        item = document.flow[at]
        if isinstance(item, Table) or item.has_rule or (item.text and not item.steers):
            return item, space + (item.spacing("after") if isinstance(item, Line) else 0)
        if not item.steers:
            space += item.spacing("before") + item.height + item.spacing("after")
        at -= 1
    return None, space


def check_blanks(document: Document) -> Faults:
    """Blank lines above 文号, 标题, 主送, 附件说明 and 署名, the first line of each."""
    for role, (rule, wanted, least, most) in _BLANKS.items():
        for line in [line for line in document.of(role) if line.element in document.at][:1]:
            above, space = _above(document, line)
            found = space / LINE
            anything = not wanted and above is not None
            fits = isinstance(above, Line) and above.role in wanted
            if (anything or fits) and not least - 0.4 <= found <= most + 0.4:
                yield fault(rule, line.place, found=found, due=least)


def check_name(document: Document) -> Faults:
    """7.2.4: the mark's size fits its line, and its ink begins where it should."""
    for line in (*document.letter_names, *document.of("发文机关标志"))[:1]:
        size, full = line.runs[0].size, (name_half_points(line.text) / 2 or NAME_SIZE)
        if line.known and text_width(line.text) * size * 20 > WIDTH + CHAR:
            yield fault("name-size", line.place, found=size, due=full, what="一行排不下")
        elif line.known and size < full * 0.75:
            yield fault("name-size", line.place, found=size, due=full, what="不够醒目")
        elif line.known and line.element in document.at and line.exact:
            yield from _ink(document, line, size)


def _ink(document: Document, line: Line, size: float) -> Faults:
    """Whether the mark's ink begins 2 mm or more off its place below the top of the text block."""
    top = float(TOP)
    for item in document.flow[: document.at[line.element]]:
        if isinstance(item, Table):
            return
        if not item.steers:
            top += item.spacing("before") + item.height + item.spacing("after")
    ink = (top + line.spacing("before") + BASELINE * line.spacing("line") - ASCENT * size * 20) / MM
    upward = any("签发人" in each.text for each in document.of("发文字号"))
    due = DEPTHS["1999上行文" if upward and document.old else "1999" if document.old else "2012"]
    if abs(ink - due) > 2:
        yield fault("name-place", line.place, found=ink, due=due)


def check_number_centre(document: Document) -> Faults:
    """7.2.5: in the middle above the red rule; in a letter at the right, with 签发人 at the left."""
    for line in document.of("发文字号")[:1]:
        if document.of("发文机关标志") and "签发人" not in line.text and line.jc != "center":
            yield fault("number-centre", line.place)


def check_signature(document: Document) -> Faults:
    """7.3.5.1 and 7.3.5.2: where 署名 and 成文日期 stand, judged only when both texts are known."""
    signers, dates = document.of("发文机关署名")[-1:], document.of("成文日期")[-1:]
    if not dates or not all(line.known for line in signers + dates):
        return
    sealed = not signers or signers[0].jc == "center"
    widths = [text_width(line.text) for line in signers + dates]
    places = signature_places(widths[0] if signers else 0.0, widths[-1], seal=sealed)
    for line, place in zip(signers + dates, places[-len(widths) :], strict=True):
        width = text_width(line.text)
        due = _inset(place.jc, place.left, place.right, width)
        typed = len(line.raw) - len(line.raw.rstrip("\u3000"))
        left, right = ((line.indent(side)) / CHAR for side in ("left", "right"))
        found = _inset(line.jc, left + max(0, line.indent("first")) / CHAR, right, width + typed) + typed
        if abs(found - due) > 0.6:
            rule = "seal-place" if sealed else "sign-place"
            yield fault(rule, line.place, what=line.role, found=found, due=due)


def _inset(jc: str, left: float, right: float, width: float) -> float:
    """How many characters a line ends before the right edge of the text block."""
    free = WIDTH / CHAR - left - right - width
    return right + {"right": 0.0, "center": free / 2}.get(jc, free)


def check_signature_kept(document: Document) -> Faults:
    """7.3.5.5: 署名 is never alone on a page."""
    for before, line in pairwise(document.lines):
        if line.role in ("发文机关署名", "成文日期") and before.role != "成文日期":
            if not on(before.look, "keepNext"):
                yield fault("sign-alone", before.place)


def check_new_pages(document: Document) -> Faults:
    """7.3.7: an annex begins on a new page, however it is broken."""
    for line in document.of("附件标识"):
        if line.element in document.at and not (on(line.look, "pageBreakBefore") or _broken(document, line)):
            yield fault("annex-page", line.place)


def _broken(document: Document, line: Line) -> bool:
    """Whether a page or a section ends between the text above and a line."""
    if _ENDS_PAGE in line.raw[: len(line.raw) - len(line.raw.lstrip())]:
        return True
    for item in _upwards(document, line):
        if item.element.find(f"{W}pPr/{W}sectPr") is not None:
            return True
        shown = item.raw.rstrip(" \t\n\u3000") if isinstance(item, Line) else "表"
        if shown:
            return shown.endswith(_ENDS_PAGE)
        if isinstance(item, Line) and on(item.look, "pageBreakBefore"):
            return True
    return False


def _upwards(document: Document, line: Line) -> Iterator[Line | Table]:
    """The items above a line, the nearest first."""
    return reversed(document.flow[: document.at[line.element]])
