"""Elements of SpreadsheetML in the parts of a workbook that is being changed: made, and put where the schema wants them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lxml import etree

from baiti_xl.books.listing import Address, address_in, cell_name, typed_text
from baiti_xl.contest.values import column_number
from baiti_xl.ooxml.markup import SPACE, Element, attribute

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NAMESPACES: Any = {None: MAIN}
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORKBOOK = "xl/workbook.xml"

SHEET_ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
    "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
    "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
    "rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing "
    "legacyDrawingHF drawingHF picture oleObjects AlternateContent controls webPublishItems tableParts extLst"
).split()


def local(element: Element) -> str:
    """Return an element's tag without namespace; "" for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def q(*tags: str) -> str:
    """Return a spreadsheet tag, or a path of tags, with its namespace."""
    return "/".join(f"{{{MAIN}}}{tag}" for tag in tags)


def forget(element: Element, name: str) -> None:
    """Remove an attribute if it is there."""
    if name in element.attrib:
        del element.attrib[name]


def make(tag: str, *children: Element, **attributes: object) -> Element:
    """Return a spreadsheet element."""
    element = etree.Element(q(tag), nsmap=NAMESPACES)
    for name, value in attributes.items():
        element.set(name, str(value))
    element.extend(children)
    return element


def insert(parent: Element, child: Element, order: Sequence[str]) -> Element:
    """Insert a child where the schema's order wants it, behind those of its kind."""
    later = order[order.index(local(child)) + 1 :]
    at = next((i for i, e in enumerate(parent) if local(e) in later), len(parent))
    parent.insert(at, child)
    return child


def ordered(parent: Element, tag: str, order: Sequence[str]) -> Element:
    """Return a child, made in its place if it is missing."""
    found = parent.find(q(tag))
    return insert(parent, make(tag), order) if found is None else found


def text_element(text: str) -> Element:
    """Return a text element that keeps its blanks."""
    element = make("t")
    element.text = typed_text(text)
    element.set(SPACE, "preserve")
    return element


# ── the cells of a sheet ─────────────────────────────────────────────────────────────────────────


class Grid:
    """The cells of one sheet, found or made by address. Rows and cells may lack their number."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.data = ordered(root, "sheetData", SHEET_ORDER)
        self.rows = dict(numbered(self.data, lambda e: int(attribute(e, "r", "0"))))
        self.cells: dict[int, dict[int, Element]] = {}
        self.merges = [m for e in root.iter(q("mergeCell")) if (m := corners(attribute(e, "ref")))]

    def anchor(self, address: Address) -> Address:
        """Return the first cell of the merged range that covers an address, else the address."""
        column, row = address
        for (left, top), (right, bottom) in self.merges:
            if left <= column <= right and top <= row <= bottom:
                return left, top
        return address

    def row(self, number: int) -> Element:
        """Return a row, made if it is missing."""
        if number not in self.rows:
            later = next((e for n, e in self.rows.items() if n > number), None)
            self.data.insert(
                len(self.data) if later is None else self.data.index(later), made := make("row", r=number)
            )
            self.rows = dict(sorted({**self.rows, number: made}.items()))
        return self.rows[number]

    def cell(self, address: Address) -> Element:
        """Return a cell, made with the style of its row or column if it is missing."""
        column, number = address
        row = self.row(number)
        cells = self.cells.setdefault(number, dict(numbered(row, column_of)))
        if column not in cells:
            later = next((e for n, e in cells.items() if n > column), None)
            made = make("c", r=cell_name(address), s=self.default_style(row, column))
            row.insert(len(row) if later is None else row.index(later), made)
            forget(row, "spans")
            self.cells[number] = dict(sorted({**cells, column: made}.items()))
        return self.cells[number][column]

    def default_style(self, row: Element, column: int) -> str:
        """Return the style that an empty cell shows."""
        if row.get("customFormat") in ("1", "true"):
            return attribute(row, "s", "0")
        for span in self.root.iterfind(q("cols", "col")):
            if int(attribute(span, "min")) <= column <= int(attribute(span, "max")):
                return attribute(span, "style", "0")
        return "0"


def numbered(parent: Element, number: Callable[[Element], int]) -> Iterator[tuple[int, Element]]:
    """Yield children with their numbers; one that does not tell its number follows the one before."""
    last = 0
    for child in parent.iterchildren(q("row"), q("c")):
        last = number(child) or last + 1
        yield last, child


def column_of(cell: Element) -> int:
    """Return the column that a cell tells, 0 if it does not."""
    return column_number(attribute(cell, "r").rstrip("0123456789"))


def corners(ref: str) -> tuple[Address, Address] | None:
    """Return the first and last cell of a range, or None if it is none."""
    ends = [end for part in ref.split(":") if (end := address_in(part))]
    return (ends[0], ends[1]) if len(ends) == 2 and ref.count(":") == 1 else None
