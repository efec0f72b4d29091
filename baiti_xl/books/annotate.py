"""An annotated copy of a unit's workbook: coloured cells, notes, and the sheet 校验结果 that lists all.

Only the parts that change are patched; every other part is copied byte for byte. A round trip through
openpyxl would drop the last value of every formula (a copy sent back would read as never calculated), the
red stars of the headings, pictures, shapes and x14 validations. Marking a copy that was marked before
first takes the old marks away. A file that cannot be patched yields a workbook with just the list.
"""

import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from lxml import etree

from baiti_xl.books import style
from baiti_xl.books.listing import HEADING_ROW, RESULT, Address, Listing, address_of
from baiti_xl.books.marks import Styles, clear_marks, mark_sheet
from baiti_xl.books.sheetml import MAIN, SHEET_ORDER, SPREADSHEET, WORKBOOK, forget, insert, make, ordered, q
from baiti_xl.contest.columns import heading_key
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.sheets import COVER
from baiti_xl.ooxml.markup import OFFICE, Element, attribute
from baiti_xl.ooxml.package import Package

MACRO_PARTS = (
    "vbaProject",
    "extensibility",
    "attachedToolbars",
    "xlMacrosheet",
    "xlIntlMacrosheet",
    "origin",
)
CALLING = ("oleObject", "control", "connections", "queryTable")
CALLING_LINKS = ("ddeLink", "oleLink")
WORKBOOK_ORDER = (
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups "
    "externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes "
    "webPublishing fileRecoveryPr webPublishObjects extLst"
).split()
SELECTED = re.compile(rb"""(<(?:\w+:)?sheetView\b[^>]*?)\stabSelected\s*=\s*["'](?:1|true)["']""")


def annotate(data: bytes, findings: Sequence[Finding]) -> bytes:
    """Return a copy of a workbook with its findings marked, or only their list if it cannot be patched.

    Never raises for what is in the file. The same input gives the same bytes. Macros are left out.
    """
    title = next((f.place.file for f in findings if f.place.file), "")
    if any(f.blocks and "F01" <= f.rule <= "F05" for f in findings):
        return findings_only(findings, title)
    try:
        return mark_workbook(Package.open(data), findings, title)
    except Exception:  # whatever an odd file trips over, its unit still gets the list
        return findings_only(findings, title)


def findings_only(findings: Sequence[Finding], title: str) -> bytes:
    """Return a workbook that holds just the sheet 校验结果; `title` is the file it speaks of."""
    blank = io.BytesIO()
    book = style.Book(blank, RESULT)
    book.sheet(RESULT).write(0, 0, RESULT)
    book.close()
    package = Package.open(blank.getvalue())
    styles = Styles(package.edit(package.related(WORKBOOK, "styles")[0]))
    hint = "这个文件无法直接标注，请在原文件里逐条改正后重新报送。"
    place_listing(package, styles, Listing(tuple(findings), title, {}, hint))
    return package.close()


def mark_workbook(package: Package, findings: Sequence[Finding], title: str) -> bytes:
    """Return the package with cells, notes and list; raises for packages that are not plain .xlsx or .xlsm."""
    if etree.QName(package.read(WORKBOOK)).namespace != MAIN:
        raise ValueError("not a transitional workbook")
    if calls_out(package):
        raise ValueError("calls out")
    drop_macros(package)
    sheets = worksheets(package)
    styles = Styles(package.edit(package.related(WORKBOOK, "styles")[0]))
    clear_marks(package, styles, sheets.values())
    names = {heading_key(name): name for name in reversed(sheets)}
    marks: dict[str, dict[Address, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for item in findings:
        name, address = names.get(heading_key(item.place.sheet), ""), address_of(item)
        if name and address:
            marks[name][address].append(item)
    for name, cells in marks.items():
        mark_sheet(package, styles, sheets[name], cells)
    hint = "点“单元格”一列跳到该格。格子的颜色与本表一致：红色是错，黄色是警，蓝色是示；原因见格子的批注。"
    place_listing(package, styles, Listing(tuple(findings), title, names, hint))
    return package.close()


def calls_out(package: Package) -> bool:
    """Whether a workbook starts programs or fetches data when it is opened; a copy of it would do so in the office's name."""
    parts = [name for name in package.entries if name.lower().endswith((".rels", ".xml"))]
    relations = (one for name in parts if name.endswith(".rels") for one in package.read(name))
    if any(attribute(one, "Type").rpartition("/")[2] in CALLING for one in relations):
        return True
    links = (package.read(name) for name in parts if "externallink" in name.lower())
    return any(
        etree.QName(one).localname in CALLING_LINKS for link in links for one in link.iterchildren("*")
    )


# ── the workbook: its sheets, without macros ─────────────────────────────────────────────────────


def worksheets(package: Package) -> dict[str, str]:
    """Map the names of the worksheets to their parts, in the workbook's order."""
    parts = set(package.related(WORKBOOK, "worksheet"))
    targets = {r.ident: r.target for r in package.relations(WORKBOOK) if r.target in parts}
    sheets = package.read(WORKBOOK).iterfind(q("sheets", "sheet"))
    idents = {attribute(s, "name"): attribute(s, f"{{{OFFICE}}}id") for s in sheets}
    return {name: targets[ident] for name, ident in idents.items() if ident in targets}


def drop_macros(package: Package) -> None:
    """Leave out macros, their ribbon and any signature (which would no longer hold).

    Raises ValueError for sheets of Excel 4 macros: without them the workbook would not stand.
    """
    if any("acrosheet" in one.kind for one in package.relations(WORKBOOK)):
        raise ValueError("macro sheet")
    for source in ("", WORKBOOK):
        package.cut(source, lambda one: one.kind in MACRO_PARTS)
    package.declare(WORKBOOK, f"{SPREADSHEET}.sheet.main+xml")


def place_listing(package: Package, styles: Styles, listing: Listing) -> None:
    """Put 校验结果 behind the cover, in place of an older one, and open the workbook on it."""
    for one in list(package.relations(WORKBOOK)):
        deselect(package, one.target)
    book = package.edit(WORKBOOK)
    sheets = ordered(book, "sheets", WORKBOOK_ORDER)
    before = list(sheets)
    drop_listing(package, sheets)
    name = package.free("xl/worksheets/sheet{}.xml")
    sheet = in_looks_of(styles, listing)
    ident = package.add(WORKBOOK, "worksheet", name, sheet, f"{SPREADSHEET}.worksheet+xml")
    number = max((int(attribute(s, "sheetId", "0")) for s in before), default=0) + 1
    entry = make("sheet", name=RESULT, sheetId=number)
    entry.set(f"{{{OFFICE}}}id", ident)
    covers = [at for at, s in enumerate(sheets) if heading_key(attribute(s, "name")) == COVER]
    position = covers[0] + 1 if covers else 0
    sheets.insert(position, entry)
    renumber(book, {str(at): list(sheets).index(s) for at, s in enumerate(before) if s in list(sheets)})
    name_listing(book, position, listing.last)
    views = ordered(book, "bookViews", WORKBOOK_ORDER)
    view = views[0] if len(views) else etree.SubElement(views, q("workbookView"))
    view.set("activeTab", str(position))
    forget(view, "firstSheet")


def deselect(package: Package, part: str) -> None:
    """Take the selection from a sheet, so that it is not grouped with ours."""
    if part in package.trees:
        for view in package.trees[part].iter(q("sheetView")):
            forget(view, "tabSelected")
    elif part in package.entries and SELECTED.search(content := package.data(part)):
        package.put(part, SELECTED.sub(rb"\1", content))


def in_looks_of(styles: Styles, listing: Listing) -> bytes:
    """Return the list as a sheet of a workbook that has other styles, to which its looks are added."""
    drawn = Package.open(listing.draw())
    (part,), (looks,) = (drawn.related(WORKBOOK, kind) for kind in ("worksheet", "styles"))
    sheet = drawn.edit(part)
    adopted: dict[str, str] = {}
    for cell in sheet.iter(q("c")):
        look = attribute(cell, "s", "0")
        if look not in adopted:
            adopted[look] = str(styles.adopt(drawn.read(looks), int(look)))
        cell.set("s", adopted[look])
    typed = make("ignoredError", sqref=f"A{HEADING_ROW}:H{listing.last}", numberStoredAsText=1)
    insert(sheet, make("ignoredErrors", typed), SHEET_ORDER)
    return drawn.data(part)


def drop_listing(package: Package, sheets: Element) -> None:
    """Remove an older 校验结果 with its parts; Excel rebuilds the order of calculation."""
    for old in [s for s in sheets if s.get("name") == RESULT]:
        sheets.remove(old)
        cut_sheet(package, old.get(f"{{{OFFICE}}}id"))


def cut_sheet(package: Package, ident: str | None) -> None:
    """Remove a sheet's part, and the order of calculation that may name its cells."""
    package.cut(WORKBOOK, lambda one: one.ident == ident or one.kind == "calcChain")


def renumber(book: Element, moved: Mapping[str, int]) -> None:
    """Give every name of one sheet that sheet's new position; names of a removed sheet go."""
    names = book.find(q("definedNames"))
    for name in list(names) if names is not None else []:
        position = attribute(name, "localSheetId")
        if position in moved:
            name.set("localSheetId", str(moved[position]))
        elif position:
            name.getparent().remove(name)  # type: ignore[union-attr]


def name_listing(book: Element, position: int, last: int) -> None:
    """Name the filter and the repeated heading of 校验结果."""
    names = ordered(book, "definedNames", WORKBOOK_ORDER)
    texts = {
        "_xlnm._FilterDatabase": f"{RESULT}!$A${HEADING_ROW}:$H${last}",
        "_xlnm.Print_Titles": f"{RESULT}!${HEADING_ROW}:${HEADING_ROW}",
    }
    for label, text in texts.items():
        name = make("definedName", name=label, localSheetId=position)
        name.text = text
        if label == "_xlnm._FilterDatabase":
            name.set("hidden", "1")
        names.append(name)
