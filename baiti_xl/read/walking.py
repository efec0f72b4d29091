"""A part with cells gone through element by element, so that no large tree is held."""

import io
import re
from collections.abc import Iterator

from lxml import etree

from baiti_xl.contest.values import column_letter
from baiti_xl.ooxml.markup import Element
from baiti_xl.read.extent import column_number


def closed_elements(part: bytes, whole: str = "c") -> Iterator[tuple[str, Element]]:
    """Yield (local tag, element) as they close, freeing what lies behind; nothing from a broken tail.

    An element of the tag `whole` is freed only when it closes itself. A row or cell that leaves out its address is given
    it: one further than the one before.
    """
    row = column = held = 0
    safe = {"resolve_entities": False, "no_network": True, "remove_comments": True, "remove_pis": True}
    try:
        for event, element in etree.iterparse(io.BytesIO(part), events=("start", "end"), **safe):
            tag = local_name(element)
            if event == "start":
                held += tag == whole
                if tag == "row":
                    row, column = address_of_row(element, row + 1), 0
                continue
            held -= tag == whole
            if tag == "c":
                column = address_of_cell(element, row, column + 1)
            yield tag, element
            if not held:
                forget(element)
    except etree.XMLSyntaxError:
        return


def local_name(element: Element) -> str:
    """Return a tag without its namespace, or without a prefix that nobody declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def whole(text: object) -> int:
    """Return a number that a part states, 0 if it is none."""
    return int(str(text)) if re.fullmatch("[0-9]{1,7}", str(text)) else 0


def forget(element: Element) -> None:
    """Empty an element that has been dealt with, and drop the ones before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while parent[0] is not element:
            del parent[0]


def address_of_row(element: Element, number: int) -> int:
    """Return a row's number, writing it into a row that has none."""
    given = str(element.get("r", ""))
    if given.isascii() and given.isdigit() and len(given) <= 7:
        return int(given)
    element.set("r", str(number))
    return number


def address_of_cell(element: Element, row: int, column: int) -> int:
    """Return a cell's column, writing its address into a cell that has none."""
    letters = str(element.get("r", "")).rstrip("0123456789")
    if letters.isascii() and letters.isalpha() and len(letters) <= 3:
        return column_number(letters.upper().encode())
    element.set("r", f"{column_letter(column - 1)}{row}")
    return column
