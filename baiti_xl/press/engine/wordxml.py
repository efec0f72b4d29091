"""Names and small steps in WordprocessingML, and the marks that a compiled part holds until it is rendered."""

from enum import StrEnum

from lxml import etree

from baiti_xl.ooxml.markup import BadXml, Element

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
WP14 = "http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
MARK = "baiti"
HEADING = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Sign(StrEnum):
    """Control characters, which no XML can hold, mark in a rendered text what is to be looked at again."""

    BOX = "\x0e"
    BOX_END = "\x0f"
    BODY_END = "\x14"
    LIST = "\x10"
    LIST_END = "\x11"
    VANISHES = "\x12"
    NEW_ID = "\x13"
    FIGURE = "\x15"
    FIGURE_END = "\x16"
    IDENT = "\x17"
    IDENT_END = "\x18"
    MERGE = "\x19"
    MERGE_HERE = "\x1a"
    CELL = "\x1b"
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


def mark(of: int | Sign) -> Element:
    """What stands in the tree for a tag, by its number, or for a sign."""
    return etree.ProcessingInstruction(MARK, of.name if isinstance(of, Sign) else str(of))


def token(of: int | Sign) -> str:
    """What stands in a text or an attribute for a tag, by its number, or for a sign."""
    return f"\ufdd0{of.name if isinstance(of, Sign) else of}\ufdd1"


def parent_of(element: Element) -> Element:
    """The parent of an element that is known to have one."""
    parent = element.getparent()
    if parent is None:
        raise BadXml("XML 结构不对")
    return parent


def replace(element: Element, others: list[Element]) -> None:
    """Put others where the element is."""
    parent = parent_of(element)
    at = parent.index(element)
    parent[at : at + 1] = others


def remove(element: Element) -> None:
    """Take the element out; nothing happens if it is out already."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def nearest(element: Element, name: str) -> Element | None:
    """The closest w: ancestor of this name."""
    return next(element.iterancestors(w(name)), None)
