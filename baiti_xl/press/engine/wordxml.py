"""Names and small steps in WordprocessingML, and the marks that a compiled part holds until it is rendered."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from lxml import etree

from baiti_xl.ooxml.markup import Element

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
WP14 = "http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
MARK = "baiti"
KEPT, CUT, TOKEN_END = "\ufdd0\ufdd2\ufdd1"
HEADING = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Sign(StrEnum):
    """Control characters, which no XML can hold, mark in a rendered text what is to be looked at again."""

    BOX = "\x0e"
    BOX_END = "\x0f"
    BODY_END = "\x14"
    VANISHES = "\x12"
    NEW_ID = "\x13"
    FIGURE = "\x15"
    FIGURE_END = "\x16"
    IDENT = "\x17"
    IDENT_END = "\x18"
    MERGE = "\x19"
    MERGE_HERE = "\x1a"
    CELL_END = "\x1c"


def w(name: str) -> str:
    """The name in the main WordprocessingML namespace."""
    return f"{{{W}}}{name}"


def as_xml(root: Element) -> str:
    """The whole part as text, with its XML declaration; namespaces stay as they were declared."""
    return HEADING + str(etree.tostring(root, encoding="unicode"))


def local(element: Element) -> str:
    """The name without its namespace; the marks we put in have an empty one."""
    return "" if is_mark(element) else str(element.tag).rpartition("}")[2]


def is_mark(element: Element) -> bool:
    """Whether this is a mark put in by the compiler, and not an element."""
    return not isinstance(element.tag, str)


def mark(of: int | str) -> Element:
    """What stands in the tree for a tag, by its number, or for a sign."""
    return etree.ProcessingInstruction(MARK, of.name if isinstance(of, Sign) else str(of))


def token(of: int | str, is_cut: bool = False) -> str:
    """What stands in a text or an attribute for a tag, by its number, or for a sign; its run may be to be cut there."""
    return f"{CUT if is_cut else KEPT}{of.name if isinstance(of, Sign) else of}{TOKEN_END}"


def replace(element: Element, others: Iterable[Element] = ()) -> None:
    """Put others, or nothing, where the element is; nothing happens if it is out already."""
    parent = element.getparent()
    if parent is not None:
        at = parent.index(element)
        parent[at : at + 1] = list(others)


def nearest(element: Element, name: str) -> Element | None:
    """The closest w: element of this name that an element is or is in."""
    return element if element.tag == w(name) else next(element.iterancestors(w(name)), None)


# ── places ──

NOTES = frozenset(map(w, ("footnote", "endnote")))
SAID = {w("tbl"): "表{}", w("tr"): "第{}行", w("tc"): "第{}列", w("p"): "第{}段", w("txbxContent"): "文本框"}
SAID |= dict.fromkeys(NOTES, "第{}条")
CONTAINERS = frozenset(map(w, ("body", "hdr", "ftr", "tc", "txbxContent", "tbl", "tr"))) | NOTES


class Places:
    """Where in a part everything is, in the words of whoever edits it: 正文 表1 第2行第8列. Counted once.

    `moved` are the places of what was since put into another paragraph.
    """

    def __init__(self, root: Element, label: str) -> None:
        self.label = label
        self.moved: dict[Element, str] = {}
        self.number: dict[Element, int] = {}
        self._totals: Counter[tuple[Element | None, str]] = Counter()
        for element in root.iter(*SAID):
            if element.get(w("type")) is None:  # a note, and not the line that separates notes from the text
                key = (_container(element), str(element.tag))
                self._totals[key] += 1
                self.number[element] = self._totals[key]

    def of(self, element: Element) -> str:
        """The place of an element."""
        words: list[str] = []
        for one in (element, *element.iterancestors()):
            if one in self.moved:
                return self.moved[one]
            if one.tag in SAID and not self._is_only_paragraph(one):
                words.insert(0, SAID[str(one.tag)].format(self.number.get(one, 0)))
        return " ".join([self.label, *words]).replace("行 第", "行第")

    def _is_only_paragraph(self, element: Element) -> bool:
        """Whether this is the paragraph of a cell or note that has no other."""
        container = _container(element)
        boxed = container is not None and container.tag in {w("tc"), *NOTES}
        return boxed and element.tag == w("p") and self._totals[(container, w("p"))] == 1


def _container(element: Element) -> Element | None:
    return next(element.iterancestors(*CONTAINERS), None)
