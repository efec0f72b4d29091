"""Keeping the output valid: what loops would repeat and must not, what conditions would leave empty."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.places import Places
from baiti_xl.press.engine.scan import Scan
from baiti_xl.press.engine.tags import ENDINGS, OPENERS
from baiti_xl.press.engine.wordxml import W14, WP, WP14, is_mark, local, mark, nearest, remove, unwrap, w

Branch = tuple[int, ...]
BOXES = frozenset(("body", "hdr", "ftr", "footnote", "endnote", "txbxContent", "tc"))
ROWS = {"tbl": "tr", "tr": "tc"}
PROPERTIES = frozenset(("tcPr", "tblPr", "tblGrid", "trPr", "tblPrEx", "sectPr"))
UNIQUE_ATTRIBUTES = (
    f"{{{W14}}}paraId",
    f"{{{W14}}}textId",
    f"{{{WP14}}}anchorId",
    f"{{{WP14}}}editId",
)
CHANGES = frozenset(
    ["ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange"]
)
RANGES = {
    "bookmarkStart": "bookmark",
    "bookmarkEnd": "bookmark",
    "commentRangeStart": "comment",
    "commentRangeEnd": "comment",
    "commentReference": "comment",
    "permStart": "permission",
    "permEnd": "permission",
}
FRESH_ID = "\ufdd0id\ufdd1"
BOX_START, BOX_END, BODY_END = "box", "/box", "/body"
LIST_START, LIST_END, VANISHES = "list", "/list", "vanishes"


@dataclass(frozen=True, slots=True)
class Spot:
    """An element with the branches it stands in, and whether any of them is a loop."""

    element: Element
    branch: Branch
    in_loop: bool


class Tidying:
    """Puts one hoisted part in order."""

    def __init__(self, scan: Scan, root: Element, places: Places) -> None:
        self.scan = scan
        self.root = root
        self.places = places

    def tidy(self) -> None:
        """Dissolve controls around blocks, make identifiers safe, flag what may come out empty."""
        for control in list(self.root.iter(w("sdt"))):
            self._dissolve(control)
        spots = list(self._spots(self.root, ()))
        self._keep_whole_ranges(spots)
        for spot in spots:
            if spot.in_loop:
                self._tidy_in_loop(spot.element)
        for element in list(self.root.iter(etree.Element)):
            self._flag(element)

    def _dissolve(self, control: Element) -> None:
        content = control.find(w("sdtContent"))
        if content is not None and any(is_mark(child) for child in content):
            for child in list(control):
                if child is not content:
                    control.remove(child)
            unwrap(content)
            unwrap(control)

    def _spots(self, parent: Element, branch: Branch) -> Iterator[Spot]:
        for child in parent:
            if is_mark(child):
                branch = self._step(branch, int(child.text or 0))
            else:
                yield Spot(child, branch, any(self._is_loop(number) for number in branch))
                yield from self._spots(child, branch)

    def _step(self, branch: Branch, number: int) -> Branch:
        keyword = self.scan.tags[number].keyword
        if keyword == "#":
            return branch
        if keyword in OPENERS:
            return (*branch, number)
        return branch[:-1] if keyword in ENDINGS else (*branch[:-1], number)

    def _is_loop(self, number: int) -> bool:
        return self.scan.tags[number].keyword == "for"

    def _keep_whole_ranges(self, spots: list[Spot]) -> None:
        """Bookmarks and comments stay only if both ends are always printed together, and once."""
        ends: dict[tuple[str, str], list[Spot]] = {}
        for spot in spots:
            kind = RANGES.get(local(spot.element))
            if kind:
                ends.setdefault((kind, spot.element.get(w("id"), "")), []).append(spot)
        for group in ends.values():
            apart = len({spot.branch for spot in group}) > 1 or len(group) < 2
            if apart or any(spot.in_loop for spot in group):
                for spot in group:
                    _remove_range_end(spot.element)

    def _tidy_in_loop(self, element: Element) -> None:
        for name in UNIQUE_ATTRIBUTES:
            if name in element.attrib:
                del element.attrib[name]
        name = local(element)
        if element.tag == f"{{{WP}}}docPr":
            element.set("id", FRESH_ID)
        elif name in CHANGES:
            element.set(w("id"), FRESH_ID)
        elif name == "id" and nearest(element, "sdtPr") is not None:
            remove(element)
        elif name in ("footnoteReference", "endnoteReference"):
            self.scan.refuse_at(self.places.of(element), "脚注或尾注放在了循环里", "把注移到循环外面")
        elif name == "sectPr":
            self.scan.refuse_at(self.places.of(element), "分节符放在了循环里", "把分节符移到循环外面")

    def _flag(self, element: Element) -> None:
        name = local(element)
        if name in BOXES and self._may_lack_a_last_paragraph(element):
            _enclose(element, BOX_START, BODY_END if name == "body" else BOX_END)
        elif name in ROWS and self._may_be_empty(element):
            _enclose(element, LIST_START, LIST_END)
            element.addprevious(mark(VANISHES))

    def _may_lack_a_last_paragraph(self, box: Element) -> bool:
        changing = any(is_mark(child) for child in box) or self._has_vanishing_table(box)
        paragraphs = [child for child in self._always_printed(box) if local(child) == "p"]
        settled = paragraphs and all(local(after) != "tbl" for after in paragraphs[-1].itersiblings())
        return changing and not settled

    def _has_vanishing_table(self, box: Element) -> bool:
        return any(local(child) == "tbl" and self._may_be_empty(child) for child in box)

    def _may_be_empty(self, element: Element) -> bool:
        """Whether a table may come out without rows, or a row without cells."""
        inner = ROWS[local(element)]
        always = [child for child in self._always_printed(element) if local(child) in (inner, "sdt")]
        changing = bool(always) or any(is_mark(child) for child in element)
        return changing and all(local(child) == "tr" and self._may_be_empty(child) for child in always)

    def _always_printed(self, parent: Element) -> list[Element]:
        """The children that stand in no block."""
        out: list[Element] = []
        branch: Branch = ()
        for child in parent:
            if is_mark(child):
                branch = self._step(branch, int(child.text or 0))
            elif not branch:
                out.append(child)
        return out


def _remove_range_end(element: Element) -> None:
    parent = element.getparent()
    remove(element)
    if parent is not None and local(parent) == "r" and all(local(child) == "rPr" for child in parent):
        remove(parent)


def _enclose(element: Element, start: str, end: str) -> None:
    """Marks before the first and after the last content."""
    children = list(element)
    lead = 0
    while lead < len(children) and local(children[lead]) in PROPERTIES - {"sectPr"}:
        lead += 1
    last = len(children)
    if children and local(children[-1]) == "sectPr":
        last -= 1
    element.insert(last, mark(end))
    element.insert(lead, mark(start))
