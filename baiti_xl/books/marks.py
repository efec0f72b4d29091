"""Colours on the cells of a unit's sheet, and taking away those of an earlier check."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from baiti_xl.books.listing import MARKS, WEIGHT, Address, cell_name
from baiti_xl.books.notes import add_notes, clear_notes
from baiti_xl.books.sheetml import SHEET_ORDER, Grid, forget, insert, local, make, ordered, q
from baiti_xl.contest.findings import Finding, Severity
from baiti_xl.ooxml.markup import Element, attribute
from baiti_xl.ooxml.package import Package

FONT_ORDER = (
    "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme".split()
)
STYLE_ORDER = (
    "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst".split()
)

STILL_EMPTY = 'AND(LEN(TRIM({cell}))=0,N("校验标记")=0)'


class Styles:
    """The workbook's styles, to which ours are added; what is there already is used again."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.known: dict[str, dict[bytes, int]] = {}

    def put(self, group: str, element: Element) -> int:
        """Return the index of an element in a group of styles, adding it if it is new."""
        parent = ordered(self.root, group, STYLE_ORDER)
        if group not in self.known:
            self.known[group] = {canonical(e): at for at, e in reversed(list(enumerate(parent)))}
        known = self.known[group]
        key = canonical(element)
        if key not in known:
            parent.append(element)
            known[key] = len(parent) - 1
            parent.set("count", str(len(parent)))
        return known[key]

    def fill(self, colour: str) -> int:
        """Return the index of a plain fill."""
        shade = make(
            "patternFill", make("fgColor", rgb=colour), make("bgColor", indexed=64), patternType="solid"
        )
        return self.put("fills", make("fill", shade))

    def marked(self, base: int, severity: Severity) -> int:
        """Return a cell style that differs from another only by its colour."""
        styles = ordered(self.root, "cellXfs", STYLE_ORDER)
        shape = copy.deepcopy(styles[base if base < len(styles) else 0])
        shape.tail = None
        shape.set("fillId", str(self.fill(MARKS[severity])))
        shape.set("applyFill", "1")
        return self.put("cellXfs", shape)

    def unmarked(self) -> dict[str, str]:
        """Map the cell styles that carry a colour of ours to their like without it."""
        fills = ordered(self.root, "fills", STYLE_ORDER)
        ours = {
            str(at)
            for at, fill in enumerate(fills)
            if any(attribute(e, "rgb").upper() in MARKS.values() for e in fill.iter(q("fgColor")))
        }
        found = {}
        for at, shape in enumerate(list(ordered(self.root, "cellXfs", STYLE_ORDER))):
            if shape.get("fillId") in ours:
                plain = copy.deepcopy(shape)
                plain.set("fillId", "0")
                forget(plain, "applyFill")
                found[str(at)] = str(self.put("cellXfs", plain))
        return found

    def overlay(self, severity: Severity) -> int:
        """Return the conditional style with the colour of a severity."""
        fill = make("fill", make("patternFill", make("bgColor", rgb=MARKS[severity])))
        return self.put("dxfs", make("dxf", fill))

    def adopt(self, other: Element, index: int) -> int:
        """Return the like of a cell style of another workbook's styles."""
        shape = copy.deepcopy(other.findall(q("cellXfs", "xf"))[index])
        for group, key in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
            part = copy.deepcopy(other.findall(q(group, "*"))[int(attribute(shape, key))])
            if group == "fonts":  # openpyxl's order is its own
                part[:] = sorted(part, key=lambda e: FONT_ORDER.index(local(e)))
            shape.set(key, str(self.put(group, part)))
            shape.set(f"apply{group[:-1].capitalize()}", "1")
        shape.set("xfId", "0")
        return self.put("cellXfs", shape)


def canonical(element: Element) -> bytes:
    """Return what two equal elements share."""
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)


# ── one sheet ────────────────────────────────────────────────────────────────────────────────────


def mark_sheet(
    package: Package, styles: Styles, part: str, marks: Mapping[Address, Sequence[Finding]]
) -> None:
    """Colour the cells of one sheet and put notes on them; a merged cell is marked where it begins."""
    root = package.edit(part)
    grid = Grid(root)
    cells: dict[Address, list[Finding]] = defaultdict(list)
    for address in sorted(marks, key=lambda a: (a[1], a[0])):
        cells[grid.anchor(address)].extend(marks[address])
    empty: dict[tuple[int, Severity], list[int]] = defaultdict(list)
    for (column, row), items in cells.items():
        severity = min((f.severity for f in items), key=WEIGHT.__getitem__)
        cell = grid.cell((column, row))
        cell.set("s", str(styles.marked(int(attribute(cell, "s", "0")), severity)))
        if not len(cell):
            empty[column, severity].append(row)
    overlay_empty(root, styles, empty)
    add_notes(package, part, cells)


def overlay_empty(root: Element, styles: Styles, empty: Mapping[tuple[int, Severity], Sequence[int]]) -> None:
    """Show our colour over the form's own yellow of lacking cells while they are still empty.

    Ours come first of all conditional formats; the others move back by as many.
    """
    rules = [e for e in root.iter() if local(e) == "cfRule" and e.get("priority")]
    for rule in rules:
        rule.set("priority", str(int(attribute(rule, "priority")) + len(empty)))
    for priority, ((column, severity), rows) in enumerate(empty.items(), 1):
        rule = make("cfRule", type="expression", dxfId=styles.overlay(severity), priority=priority)
        formula = make("formula")
        formula.text = STILL_EMPTY.format(cell=cell_name((column, rows[0])))
        rule.append(formula)
        area = " ".join(cell_name((column, row)) for row in rows)
        ours = insert(root, make("conditionalFormatting", rule, sqref=area), SHEET_ORDER)
        first = root.find(q("conditionalFormatting"))
        if first is not None and first is not ours:  # LibreOffice goes by their order in the file
            first.addprevious(ours)


def clear_marks(package: Package, styles: Styles, parts: Iterable[str]) -> None:
    """Take away the colours and notes of an earlier check, so that a copy sent back starts clean."""
    plain = styles.unmarked()
    for part in parts:
        content = package.data(part)
        if plain and any(cell.get("s") in plain for cell in package.read(part).iter(q("c"))):
            for cell in package.edit(part).iter(q("c")):
                if cell.get("s") in plain:
                    cell.set("s", plain[attribute(cell, "s")])
        if "校验标记".encode() in content:
            clear_overlays(package.edit(part))
        clear_notes(package, part)


def clear_overlays(root: Element) -> None:
    """Remove our conditional formats."""
    for area in list(root.iterfind(q("conditionalFormatting"))):
        for rule in list(area):
            if "校验标记" in "".join(str(text) for text in rule.itertext()):
                area.remove(rule)
        if not len(area):
            root.remove(area)
