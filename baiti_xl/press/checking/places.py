"""Where lines stand: blank lines above them, the mark's ink, 署名 and 成文日期, new pages (clauses 7.2 and 7.3)."""

from itertools import pairwise

from baiti_xl.press.checking.lines import Line, Table
from baiti_xl.press.checking.looks import MM, W, attribute, number, on
from baiti_xl.press.checking.reading import Document
from baiti_xl.press.checking.roles import BY_NAME
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_parts import CHAR, LINE, TOP, WIDTH, text_width
from baiti_xl.press.settle import name_half_points, signature_places

BLANKS = {
    "发文字号": ("number-gap", ("发文机关标志",), 2, 2),
    "公文标题": ("title-gap", (), 2, 2),
    "主送机关": ("addressee-gap", ("公文标题",), 1, 1),
    "附件说明": ("annex-gap", (), 1, 1),
    "发文机关署名": ("sign-gap", (), 1, 3),
}
"""By role: the rule, what must stand above (anything if nothing is named), the fewest and the most blank lines."""
BASELINE, ASCENT = 0.8, 0.835
"""Where in a fixed line the baseline lies, and how high Chinese ink rises above it, in parts of the line and the size."""
DEPTHS = {(False, False): 72, (False, True): 72, (True, False): 62, (True, True): 117}
"""Millimetres from the sheet's edge to the mark's ink, by whether it follows 1999 and whether it goes upwards."""


def _above(document: Document, line: Line) -> tuple[Line | Table | None, int]:
    """What stands above a line of the flow, a rule too, and the space between in twips; blank lines count by their height."""
    space = line.spacing("before")
    for item in reversed(document.flow[: document.at[line.number]]):
        if isinstance(item, Table):
            return item, space
        if item.prints or on(item.look, "bottom.val") or on(item.look, "top.val"):
            return item, space + item.spacing("after")
        space += item.height
    return None, space


def check_blanks(document: Document) -> Faults:
    """Blank lines above the first line of some roles."""
    for role, (rule, wanted, least, most) in BLANKS.items():
        for line in [line for line in document.of(role) if line.number in document.at][:1]:
            above, space = _above(document, line)
            fits = isinstance(above, Line) and above.role in wanted if wanted else above is not None
            if fits and not least - 0.4 <= space / LINE <= most + 0.4:
                yield fault(rule, line.place, found=space / LINE, due=least)


def check_name(document: Document) -> Faults:
    """7.2.4, 10.1: the mark's size fits its line, and its ink begins where it should, within 2 mm."""
    for line in (*document.letter_names, *document.of("发文机关标志"))[:1]:
        size, usual = line.runs[0].size, BY_NAME[line.role].size
        full = (name_half_points(line.text) / 2 or usual) if line.known else usual
        if line.known and text_width(line.text) * size * 20 > WIDTH + CHAR:
            yield fault("name-size", line.place, found=size, due=full, what="一行排不下")
        elif size < full * 0.75:
            yield fault("name-size", line.place, found=size, due=full, what="不够醒目")
        elif line.exact and (line.role == "信函标志" or line.number in document.at):
            ink = (_top(document, line) + BASELINE * line.spacing("line") - ASCENT * size * 20) / MM
            upward = any("签发人" in each.text for each in document.of("发文字号"))
            due = 30 if document.is_letter else DEPTHS[document.old, upward]
            if abs(ink - due) > 2:
                yield fault("name-place", line.place, found=ink, due=due)


def _top(document: Document, line: Line) -> int:
    """Twips from the sheet's edge to the top of the mark's line; the margin has a rule of its own."""
    if line.role == "信函标志":
        head = number(attribute(document.sections[0].find(f"{W}pgMar"), "header"))
        return head + line.spacing("before")
    above = (item.height for item in document.flow[: document.at[line.number]] if isinstance(item, Line))
    return TOP + sum(above) + line.spacing("before")


def check_number_place(document: Document) -> Faults:
    """7.2.5, 10.1: in the middle above the red rule; in a letter at the right, with 签发人 at the left."""
    for line in document.of("发文字号")[:1]:
        due = "right" if document.is_letter else "center"
        headed = document.is_letter or document.of("发文机关标志")
        if headed and "签发人" not in line.text and line.jc != due:
            yield fault("number-side", line.place)


def check_signature(document: Document) -> Faults:
    """7.3.5.1, 7.3.5.2: where 署名 and 成文日期 stand, judged only when both texts are known."""
    signers, dates = document.of("发文机关署名")[-1:], document.of("成文日期")[-1:]
    if not dates or not all(line.known for line in signers + dates):
        return
    sealed = not signers or signers[0].jc == "center"
    widths = [text_width(line.text) for line in signers + dates]
    places = signature_places(sum(widths[:-1]), widths[-1], seal=sealed)
    for line, width, place in zip(signers + dates, widths, places[-len(widths) :], strict=True):
        due = _inset(place.jc, place.left, place.right, width)
        typed = len(line.raw) - len(line.raw.rstrip("\u3000"))
        left = (line.indent("left") + max(0, line.indent("first"))) / CHAR
        found = _inset(line.jc, left, line.indent("right") / CHAR, width + typed) + typed
        if abs(found - due) > 0.6:
            yield fault(
                "seal-place" if sealed else "sign-place", line.place, what=line.role, found=found, due=due
            )


def _inset(jc: str, left: float, right: float, width: float) -> float:
    """How many characters a line ends before the right edge of the text block."""
    free = WIDTH / CHAR - left - right - width
    return right + {"right": 0.0, "center": free / 2}.get(jc, free)


def check_signature_kept(document: Document) -> Faults:
    """7.3.5.5: 署名 is never alone on a page."""
    for before, line in pairwise(document.lines):
        signs = line.role in ("发文机关署名", "成文日期") and before.role != "成文日期"
        if signs and not on(before.look, "keepNext.val"):
            yield fault("sign-alone", before.place)


def check_new_pages(document: Document) -> Faults:
    """7.3.7: an annex begins on a new page, however it is broken."""
    for line in document.of("附件标识"):
        if line.number in document.at and not _starts_page(document, line):
            yield fault("annex-page", line.place)


def _starts_page(document: Document, line: Line) -> bool:
    """Whether a page or a section ends between the text above and a line."""
    if "\f" in line.raw.partition(line.text)[0] or on(line.look, "pageBreakBefore.val"):
        return True
    for item in reversed(document.flow[: document.at[line.number]]):
        raw = item.raw.rstrip(" \t\n\u3000") if isinstance(item, Line) else "表"
        if raw.endswith("\f") or item.element.find(f"{W}pPr/{W}sectPr") is not None:
            return True
        if isinstance(item, Table) or item.prints:
            return False
        if on(item.look, "pageBreakBefore.val"):
            return True
    return False
