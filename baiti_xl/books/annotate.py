"""An annotated copy of a unit's workbook: coloured cells, notes, and the sheet 校验结果 that lists all.

Only the parts that change are patched; every other part is copied byte for byte. A round trip through
openpyxl would drop the last value of every formula (a copy sent back would read as never calculated), the
red stars of the headings, pictures, shapes and x14 validations. Marking a copy that was marked before
first takes the old marks away. A file that cannot be patched yields a workbook with just the list.
"""

import copy
import io
import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from baiti_xl.books import style
from baiti_xl.contest.columns import heading_key
from baiti_xl.contest.findings import Finding, Severity, count_by_severity
from baiti_xl.contest.sheets import COVER

RESULT = "校验结果"
NOTE_HEAD = "【校验】"
MARKS = {Severity.ERROR: "FFFFA3A3", Severity.WARNING: "FFFFD680", Severity.NOTE: "FFB8D8F0"}
INKS = {Severity.ERROR: "FFC00000", Severity.WARNING: "FF9C5700", Severity.NOTE: "FF1F4E79"}
WEIGHT = {severity: at for at, severity in enumerate(Severity)}
HEADINGS = ("序号", "严重程度", "规则", "工作表", "单元格", "标题", "填写内容", "问题与处理")
WIDTHS = (6, 10, 7, 12, 9, 16, 26, 58)
HEADING_ROW = 5

MAX_TOTAL = 256 << 20
MAX_VALUE, MAX_MESSAGE, MAX_IN_NOTE = 200, 2000, 12
MAX_COLUMN, MAX_ROW = 512, 100_000
BORN = (1980, 1, 1, 0, 0, 0)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
NAMESPACES: Any = {None: MAIN}
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORKBOOK, CONTENTS = "xl/workbook.xml", "[Content_Types].xml"
MACRO_PARTS = (
    "vbaProject",
    "extensibility",
    "attachedToolbars",
    "xlMacrosheet",
    "xlIntlMacrosheet",
    "origin",
)

SHEET_ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
    "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
    "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
    "rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing "
    "legacyDrawingHF drawingHF picture oleObjects AlternateContent controls webPublishItems tableParts extLst"
).split()
WORKBOOK_ORDER = (
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups "
    "externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes "
    "webPublishing fileRecoveryPr webPublishObjects extLst"
).split()
STYLE_ORDER = (
    "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst".split()
)

CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
SELECTED = re.compile(rb"""(<(?:\w+:)?sheetView\b[^>]*?)\stabSelected\s*=\s*["'](?:1|true)["']""")
SHAPE = re.compile(rb"<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.DOTALL)
SHAPE_KIND = re.compile(rb"""<v:shapetype\b[^>]*?\bid\s*=\s*["']_x0000_t202["']""")
IDMAP = re.compile(rb"""(<o:idmap\b[^>]*?\bdata\s*=\s*["'])([\d,]*)""")
STILL_EMPTY = 'AND(LEN(TRIM({cell}))=0,N("校验标记")=0)'

Element = etree._Element
Address = tuple[int, int]


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
    listing = Listing(tuple(findings), title, {}, "这个文件无法直接标注，请在原文件里逐条改正后重新报送。")
    place_listing(package, listing.write(styles), len(findings))
    return package.close()


def mark_workbook(package: "Package", findings: Sequence[Finding], title: str) -> bytes:
    """Return the package with cells, notes and list; raises for packages that are not plain .xlsx or .xlsm."""
    if etree.QName(package.read(WORKBOOK)).namespace != MAIN:
        raise ValueError("not a transitional workbook")
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
    listing = Listing(tuple(findings), title, names, hint)
    place_listing(package, listing.write(styles), len(findings))
    return package.close()


# ── the package ──────────────────────────────────────────────────────────────────────────────────


@dataclass
class Package:
    """The parts of a workbook by name, in the file's order; `trees` are those being changed."""

    parts: dict[str, bytes]
    trees: dict[str, Element] = field(default_factory=dict)

    @classmethod
    def open(cls, data: bytes) -> "Package":
        """Unpack a file; raises whatever zipfile raises, and ValueError if it is absurdly large."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in infos) > MAX_TOTAL:
                raise ValueError("too large")
            return cls({info.filename.replace("\\", "/"): archive.read(info) for info in infos})

    def read(self, name: str) -> Element:
        """Return a part's tree, to look at only."""
        return self.trees[name] if name in self.trees else parse(self.parts[name])

    def edit(self, name: str) -> Element:
        """Return a part's tree, to be written back when the package is closed."""
        return self.trees.setdefault(name, self.read(name))

    def relations(self, source: str) -> Iterator[tuple[Element, str]]:
        """Yield the relations of a part ("" for the package) with the part each leads to."""
        name = relations_name(source)
        if name not in self.parts:
            return
        for relation in self.read(name):
            if relation.get("TargetMode") != "External":
                target = posixpath.join("/", posixpath.dirname(source), attribute(relation, "Target"))
                yield relation, posixpath.normpath(target).lstrip("/")

    def related(self, source: str, kind: str) -> list[str]:
        """Return the existing parts that a part is related to by a kind of relation."""
        return [
            target
            for relation, target in self.relations(source)
            if attribute(relation, "Type").endswith(f"/{kind}") and target in self.parts
        ]

    def declare(self, name: str, content_type: str) -> None:
        """Write the content type of a part."""
        types = self.edit(CONTENTS)
        found = [e for e in types if e.get("PartName") == f"/{name}"]
        entry = found[0] if found else etree.SubElement(types, f"{{{TYPES}}}Override", PartName=f"/{name}")
        entry.set("ContentType", content_type)

    def add(self, source: str, kind: str, name: str, content: bytes, content_type: str) -> str:
        """Add a part and relate it to another; return the relation's id."""
        self.parts[name] = content
        self.declare(name, content_type)
        index = relations_name(source)
        self.parts.setdefault(index, f'<Relationships xmlns="{RELATIONS}"/>'.encode())
        relations = self.edit(index)
        used, number = {r.get("Id") for r in relations}, len(relations) + 1
        while f"rId{number}" in used:
            number += 1
        target = posixpath.relpath(name, posixpath.dirname(source) or ".")
        etree.SubElement(
            relations,
            f"{{{RELATIONS}}}Relationship",
            Id=f"rId{number}",
            Type=f"{OFFICE}/{kind}",
            Target=target,
        )
        return f"rId{number}"

    def cut(self, source: str, wanted: Callable[[Element], bool]) -> None:
        """Remove relations of a part, and the parts that only they led to."""
        for relation, target in list(self.relations(source)):
            if wanted(relation):
                tree = self.edit(relations_name(source))
                tree[:] = [r for r in tree if r.get("Id") != relation.get("Id")]
                self.drop(target)

    def drop(self, name: str) -> None:
        """Remove a part that nothing leads to any more, and what hangs on it."""
        sources = [source_name(n) for n in self.parts if n.endswith(".rels")]
        if name not in self.parts or any(name == t for s in sources for _, t in self.relations(s)):
            return
        self.cut(name, lambda _: True)
        types = self.edit(CONTENTS)
        types[:] = [e for e in types if e.get("PartName") != f"/{name}"]
        for gone in (name, relations_name(name)):
            self.parts.pop(gone, None)
            self.trees.pop(gone, None)

    def free(self, pattern: str) -> str:
        """Return a part name that is not taken."""
        taken, number = {name.lower() for name in self.parts}, 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    def close(self) -> bytes:
        """Return the file, the same bytes for the same parts."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, part in self.parts.items():
                info = zipfile.ZipInfo(name, BORN)
                info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
                archive.writestr(info, serialise(self.trees[name]) if name in self.trees else part)
        return target.getvalue()


def relations_name(source: str) -> str:
    """Return the part that holds the relations of a part ("" for the package)."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def source_name(relations: str) -> str:
    """Return the part whose relations these are."""
    folder, name = posixpath.split(relations)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def parse(part: bytes) -> Element:
    """Parse a part; raises for broken XML and for document types."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise ValueError("document type")
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def serialise(root: Element) -> bytes:
    """Return a tree as a part."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def attribute(element: Element, name: str, default: str = "") -> str:
    """Return an attribute as text."""
    return str(element.get(name, default))


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


def typed_text(text: str, limit: int = MAX_MESSAGE) -> str:
    """Return text as XML may hold it and Excel reads it back unchanged, cut to a length."""
    text = text if len(text) <= limit else f"{text[:limit]}……"
    return ESCAPE.sub("_x005F_", CONTROL.sub(" ", text))


def text_element(text: str) -> Element:
    """Return a text element that keeps its blanks."""
    element = make("t")
    element.text = typed_text(text)
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element


# ── the workbook: its sheets, without macros ─────────────────────────────────────────────────────


def worksheets(package: Package) -> dict[str, str]:
    """Map the names of the worksheets to their parts, in the workbook's order."""
    parts = set(package.related(WORKBOOK, "worksheet"))
    targets = {attribute(r, "Id"): target for r, target in package.relations(WORKBOOK) if target in parts}
    sheets = package.read(WORKBOOK).iterfind(q("sheets", "sheet"))
    idents = {attribute(s, "name"): attribute(s, f"{{{OFFICE}}}id") for s in sheets}
    return {name: targets[ident] for name, ident in idents.items() if ident in targets}


def drop_macros(package: Package) -> None:
    """Leave out macros, their ribbon and any signature (which would no longer hold).

    Raises ValueError for sheets of Excel 4 macros: without them the workbook would not stand.
    """
    kinds = [attribute(r, "Type").rpartition("/")[2] for r, _ in package.relations(WORKBOOK)]
    if any("acrosheet" in kind for kind in kinds):
        raise ValueError("macro sheet")
    for source in ("", WORKBOOK):
        package.cut(source, lambda r: attribute(r, "Type").rpartition("/")[2] in MACRO_PARTS)
    package.declare(WORKBOOK, f"{SPREADSHEET}.sheet.main+xml")


def place_listing(package: Package, sheet: bytes, lines: int) -> None:
    """Put 校验结果 behind the cover, in place of an older one, and open the workbook on it."""
    for _, part in list(package.relations(WORKBOOK)):
        deselect(package, part)
    book = package.edit(WORKBOOK)
    sheets = ordered(book, "sheets", WORKBOOK_ORDER)
    before = list(sheets)
    drop_listing(package, sheets)
    name = package.free("xl/worksheets/sheet{}.xml")
    ident = package.add(WORKBOOK, "worksheet", name, sheet, f"{SPREADSHEET}.worksheet+xml")
    number = max((int(attribute(s, "sheetId", "0")) for s in before), default=0) + 1
    entry = make("sheet", name=RESULT, sheetId=number)
    entry.set(f"{{{OFFICE}}}id", ident)
    covers = [at for at, s in enumerate(sheets) if heading_key(attribute(s, "name")) == COVER]
    position = covers[0] + 1 if covers else 0
    sheets.insert(position, entry)
    renumber(book, {str(at): list(sheets).index(s) for at, s in enumerate(before) if s in list(sheets)})
    name_listing(book, position, lines)
    views = ordered(book, "bookViews", WORKBOOK_ORDER)
    view = views[0] if len(views) else etree.SubElement(views, q("workbookView"))
    view.set("activeTab", str(position))
    forget(view, "firstSheet")


def deselect(package: Package, part: str) -> None:
    """Take the selection from a sheet, so that it is not grouped with ours."""
    if part in package.trees:
        for view in package.trees[part].iter(q("sheetView")):
            forget(view, "tabSelected")
    elif SELECTED.search(package.parts.get(part, b"")):
        package.parts[part] = SELECTED.sub(rb"\1", package.parts[part])


def drop_listing(package: Package, sheets: Element) -> None:
    """Remove an older 校验结果 with its parts; Excel rebuilds the order of calculation."""
    for old in [s for s in sheets if s.get("name") == RESULT]:
        sheets.remove(old)
        cut_sheet(package, old.get(f"{{{OFFICE}}}id"))


def cut_sheet(package: Package, ident: str | None) -> None:
    """Remove a sheet's part, and the order of calculation that may name its cells."""
    package.cut(WORKBOOK, lambda r: r.get("Id") == ident or attribute(r, "Type").endswith("/calcChain"))


def renumber(book: Element, moved: Mapping[str, int]) -> None:
    """Give every name of one sheet that sheet's new position; names of a removed sheet go."""
    names = book.find(q("definedNames"))
    for name in list(names) if names is not None else []:
        position = attribute(name, "localSheetId")
        if position in moved:
            name.set("localSheetId", str(moved[position]))
        elif position:
            name.getparent().remove(name)  # type: ignore[union-attr]


def name_listing(book: Element, position: int, lines: int) -> None:
    """Name the filter and the repeated heading of 校验结果."""
    names = ordered(book, "definedNames", WORKBOOK_ORDER)
    last = HEADING_ROW + max(lines, 1)
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


# ── styles ───────────────────────────────────────────────────────────────────────────────────────


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

    def look(self, colour: str = "", border: bool = True, align: str = "left", **ink: Any) -> int:
        """Return a cell style of 校验结果; `ink` is its font: name, size, color, bold, underline."""
        indent = int(border and align == "left")
        shape = make(
            "xf",
            make("alignment", horizontal=align, vertical="center", wrapText=int(border), indent=indent),
            numFmtId=0,
            fontId=self.font(**ink),
            fillId=self.fill(colour) if colour else 0,
            borderId=self.border() if border else 0,
            xfId=0,
            applyFont=1,
            applyFill=1,
            applyBorder=1,
            applyAlignment=1,
        )
        return self.put("cellXfs", shape)

    def value_look(self) -> int:
        """Return the style of a value as typed: text, even if someone edits the cell."""
        shape = copy.deepcopy(ordered(self.root, "cellXfs", STYLE_ORDER)[self.look()])
        for name, value in {"numFmtId": "49", "quotePrefix": "1", "applyNumberFormat": "1"}.items():
            shape.set(name, value)
        return self.put("cellXfs", shape)

    def font(self, name: str = style.FONT, size: int = 11, color: str = "FF000000", **marks: Any) -> int:
        """Return the index of a font."""
        parts = [make(mark) for mark in ("b", "u") if marks.get(mark)]
        shape = (
            make("sz", val=size),
            make("color", rgb=color),
            make("name", val=name),
            make("charset", val=134),
        )
        return self.put("fonts", make("font", *parts, *shape))

    def border(self) -> int:
        """Return the index of a thin grey frame."""
        sides = [
            make(side, make("color", rgb=f"FF{style.GREY[1:]}"), style="thin")
            for side in ("left", "right", "top", "bottom")
        ]
        return self.put("borders", make("border", *sides, make("diagonal")))


def canonical(element: Element) -> bytes:
    """Return what two equal elements share."""
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)


# ── one sheet: colours ───────────────────────────────────────────────────────────────────────────


def address_of(finding: Finding) -> Address | None:
    """Return (column, row) of a finding's cell, or the first cell of its row; None for a whole sheet."""
    found = CELL.fullmatch(finding.place.cell)
    if found:
        address = column_number(found.group(1)), int(found.group(2))
    else:
        address = 1, int(finding.place.cell) if finding.place.cell.isdecimal() else finding.row
    return address if 1 <= address[0] <= MAX_COLUMN and 1 <= address[1] <= MAX_ROW else None


def column_number(letters: str) -> int:
    """Return the number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(address: Address) -> str:
    """Return an address as A1."""
    column, letters = address[0], ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{address[1]}"


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
    ends = [CELL.fullmatch(end) for end in ref.split(":")]
    if len(ends) != 2 or not (ends[0] and ends[1]):
        return None
    first, last = ((column_number(e.group(1)), int(e.group(2))) for e in ends if e)
    return first, last


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
        content = package.parts[part]
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


# ── one sheet: notes ─────────────────────────────────────────────────────────────────────────────


def add_notes(package: Package, part: str, cells: Mapping[Address, Sequence[Finding]]) -> None:
    """Write a note on each cell; an existing note of the unit's is kept above ours."""
    found = package.related(part, "comments")
    name = found[0] if found else new_comments(package, part)
    root = package.edit(name)
    authors, notes = ordered(root, "authors", ("authors", "commentList")), root[-1]
    if RESULT not in [a.text for a in authors]:
        etree.SubElement(authors, q("author")).text = RESULT
    author = [a.text for a in authors].index(RESULT)
    present = {attribute(note, "ref"): note for note in notes}
    fresh = {}
    for address, items in cells.items():
        runs = note_runs(items)
        if cell_name(address) in present:
            extend_note(present[cell_name(address)], runs)
        else:
            notes.append(
                make("comment", make("text", *runs), ref=cell_name(address), authorId=author, shapeId=0)
            )
            fresh[address] = "".join(map(wording, runs))
    if fresh:
        add_shapes(package, part, fresh)


def new_comments(package: Package, part: str) -> str:
    """Add an empty part of notes to a sheet."""
    name = package.free("xl/comments{}.xml")
    package.add(
        part, "comments", name, serialise(make("comments", make("authors"), make("commentList"))), f"{SPREADSHEET}.comments+xml"
    )  # fmt: skip
    return name


def note_runs(items: Sequence[Finding]) -> list[Element]:
    """Return the text of a note: our head, then severity, rule and sentence of each finding."""
    runs = [note_run(NOTE_HEAD, "FF000000", bold=True)]
    for item in items[:MAX_IN_NOTE]:
        runs.append(note_run(f"\n{item.severity} {item.rule}　", INKS[item.severity], bold=True))
        runs.append(note_run(item.message, "FF000000"))
    if len(items) > MAX_IN_NOTE:
        runs.append(note_run(f"\n还有 {len(items) - MAX_IN_NOTE} 条，见“{RESULT}”。", "FF000000"))
    return runs


def note_run(text: str, colour: str, bold: bool = False) -> Element:
    """Return one run of a note."""
    look = (
        make("sz", val=9),
        make("color", rgb=colour),
        make("rFont", val=style.FONT),
        make("charset", val=134),
    )
    return make("r", make("rPr", *([make("b")] if bold else []), *look), text_element(text))


def extend_note(note: Element, runs: Sequence[Element]) -> None:
    """Put our text under a note of the unit's."""
    text = ordered(note, "text", ("text", "commentPr"))
    for plain in text.findall(q("t")):
        text.replace(plain, make("r", copy.deepcopy(plain)))
    last = max((at for at, e in enumerate(text) if local(e) == "r"), default=-1)
    text[last + 1 : last + 1] = [make("r", text_element("\n")), *runs]


def clear_notes(package: Package, part: str) -> None:
    """Cut our text from the notes of a sheet; a note that was only ours goes with its shape."""
    for name in package.related(part, "comments"):
        if NOTE_HEAD.encode() not in package.parts[name]:
            continue
        gone = []
        for note in list(package.edit(name).iter(q("comment"))):
            if cut_note(note):
                note.getparent().remove(note)  # type: ignore[union-attr]
                gone.append(attribute(note, "ref"))
        for drawing in package.related(part, "vmlDrawing"):
            package.parts[drawing] = without_shapes(package.parts[drawing], gone)


def cut_note(note: Element) -> bool:
    """Cut a note at our head; return whether nothing else is left."""
    ours = False
    for text in list(note.iter(q("t"))):
        before, head, _ = (text.text or "").partition(NOTE_HEAD)
        text.text = "" if ours else before.rstrip("\n") if head else before
        ours = ours or bool(head)
    for run in list(note.iter(q("r"))):
        if ours and not wording(run).strip():
            run.getparent().remove(run)  # type: ignore[union-attr]
    return ours and not wording(note).strip()


def wording(element: Element) -> str:
    """Return the text of a note or of one of its runs."""
    return "".join(text.text or "" for text in element.iter(q("t")))


def without_shapes(drawing: bytes, refs: Sequence[str]) -> bytes:
    """Return a drawing without the shapes of the notes on some cells."""
    gone = {(str(a[0] - 1), str(a[1] - 1)) for ref in refs if (a := address_in(ref))}

    def keep(shape: re.Match[bytes]) -> bytes:
        column = re.search(rb"<x:Column>\s*(\d+)", shape.group())
        row = re.search(rb"<x:Row>\s*(\d+)", shape.group())
        known = column and row and (column.group(1).decode(), row.group(1).decode()) in gone
        return b"" if known else shape.group()

    return SHAPE.sub(keep, drawing)


def address_in(ref: str) -> Address | None:
    """Return the address of A1, or None."""
    found = CELL.fullmatch(ref)
    return (column_number(found.group(1)), int(found.group(2))) if found else None


# ── one sheet: the shapes behind the notes ───────────────────────────────────────────────────────

VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
)
SHAPE_TYPE = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
NOTE_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{ident}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:60pt;margin-top:2pt;width:{width}pt;height:{height}pt;z-index:{z};'
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
NOTE_WIDTH, LINE_HEIGHT, LINE_CHARACTERS = 330, 16, 46


def add_shapes(package: Package, part: str, notes: Mapping[Address, str]) -> None:
    """Add the yellow box of each new note to the sheet's drawing, with numbers no other sheet uses."""
    root = package.edit(part)
    name = drawing_of(package, part, root)
    first = 1 + max(
        (b for n in package.parts if n.endswith(".vml") for b in blocks(package.parts[n])), default=0
    )
    shapes, used = [], []
    for at, (address, text) in enumerate(notes.items()):
        block, place = first + at // 1000, at % 1000
        used += [] if block in used else [block]
        shapes.append(note_shape(root, address, text, block * 1024 + place + 1))
    drawing = package.parts[name]
    kind = b"" if SHAPE_KIND.search(drawing) else SHAPE_TYPE.encode()
    head, end, tail = drawing.rpartition(b"</")
    drawing = head + kind + "".join(shapes).encode() + end + tail
    package.parts[name] = IDMAP.sub(lambda m: m.group(1) + joined(m.group(2), used), drawing, count=1)


def drawing_of(package: Package, part: str, root: Element) -> str:
    """Return the sheet's drawing of notes, made if it is missing."""
    anchor = root.find(q("legacyDrawing"))
    if anchor is not None:
        ident = anchor.get(f"{{{OFFICE}}}id")
        return next(target for r, target in package.relations(part) if r.get("Id") == ident)
    name = package.free("xl/drawings/vmlDrawing{}.vml")
    kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
    ident = package.add(part, "vmlDrawing", name, VML.encode(), kind)
    insert(root, make("legacyDrawing"), SHEET_ORDER).set(f"{{{OFFICE}}}id", ident)
    return name


def blocks(drawing: bytes) -> list[int]:
    """Return the blocks of 1024 shape numbers that a drawing says are its own."""
    found = IDMAP.search(drawing)
    return [int(number) for number in found.group(2).split(b",") if number] if found else []


def joined(old: bytes, blocks: Sequence[int]) -> bytes:
    """Return a list of blocks with more of them."""
    return b",".join([*filter(None, old.split(b",")), *(str(b).encode() for b in blocks)])


def note_shape(root: Element, address: Address, text: str, ident: int) -> str:
    """Return the box of one note, beside its cell and large enough for its text."""
    column, row = address
    lines = sum(1 + int(style.text_width(line) // LINE_CHARACTERS) for line in text.split("\n"))
    height = LINE_HEIGHT * lines + 12
    tall = float(next((e.get("defaultRowHeight", "15") for e in root.iter(q("sheetFormatPr"))), "15"))
    right, inset = reach(column + 1, NOTE_WIDTH, column_widths(root))
    top = max(row - 2, 0)
    down, rest = divmod(height, max(int(tall * 4 / 3), 8))
    anchor = f"{column}, 15, {top}, 4, {right - 1}, {inset}, {top + down}, {rest}"
    return NOTE_SHAPE.format(
        ident=ident,
        z=ident % 1024,
        width=NOTE_WIDTH * 3 // 4,
        height=height * 3 // 4,
        anchor=anchor,
        row=row - 1,
        column=column - 1,
    )


def column_widths(root: Element) -> Callable[[int], int]:
    """Return how wide a column is, in pixels."""
    spans = [
        (int(attribute(e, "min")), int(attribute(e, "max")), 0 if e.get("hidden") in ("1", "true") else float(attribute(e, "width", "9")))
        for e in root.iterfind(q("cols", "col"))
    ]  # fmt: skip
    return lambda column: next((int(w * 7) for low, high, w in spans if low <= column <= high), 64)


def reach(column: int, width: int, of: Callable[[int], int]) -> tuple[int, int]:
    """Return the column, and the pixels into it, that lie a width to the right of a column's edge."""
    while width > of(column) and column < MAX_COLUMN:
        width -= of(column)
        column += 1
    return column, width


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Listing:
    """The sheet 校验结果; `names` are the sheets that can be jumped to, by their folded names."""

    findings: tuple[Finding, ...]
    title: str
    names: Mapping[str, str]
    hint: str

    def write(self, styles: Styles) -> bytes:
        """Return the sheet: summary, headings, then the findings, errors first."""
        items = sorted(self.findings, key=lambda f: WEIGHT[f.severity])
        data = make("sheetData", *self.head(styles), *self.body(items, styles))
        last = HEADING_ROW + max(len(items), 1)
        filtered = make("autoFilter", ref=f"A{HEADING_ROW}:H{last}")
        root = make("worksheet", *views(), columns(), data, filtered)
        links = [
            link
            for at, item in enumerate(items, HEADING_ROW + 1)
            if (link := self.link(item, at)) is not None
        ]
        if links:
            root.append(make("hyperlinks", *links))
        root.extend(page_setup(last))
        return serialise(root)

    def head(self, styles: Styles) -> Iterator[Element]:
        """Yield title, counts, what to do, how to read the list, and the headings."""
        counts = count_by_severity(self.findings)
        worst = next((s for s in Severity if counts[s.value]), None)
        tally = "，".join(f"{name} {count} 条" for name, count in counts.items())
        blue = f"FF{style.BLUE[1:]}"
        texts = (
            (f"{RESULT}　{self.title}", styles.look(border=False, name=style.HEAD_FONT, size=16, color=blue), 28),
            (tally, styles.look(border=False, name=style.HEAD_FONT, size=14, color=INKS[worst] if worst else blue), 24),
            (advice(counts), styles.look(border=False), 20),
            (self.hint, styles.look(border=False, size=10, color="FF595959"), 20),
        )  # fmt: skip
        for number, (text, look, height) in enumerate(texts, 1):
            yield make("row", text_cell(f"A{number}", text, look), r=number, ht=height, customHeight=1)
        look = styles.look(f"FF{style.PALE_BLUE[1:]}", align="center", name=style.HEAD_FONT, b=True)
        cells = [text_cell(cell_name((at, HEADING_ROW)), label, look) for at, label in enumerate(HEADINGS, 1)]
        yield make("row", *cells, r=HEADING_ROW, ht=24, customHeight=1)

    def body(self, items: Sequence[Finding], styles: Styles) -> Iterator[Element]:
        """Yield a row for each finding, or one that says there is none."""
        centre, left, value = styles.look(align="center"), styles.look(), styles.value_look()
        link = styles.look(align="center", color="FF0563C1", u=True)
        for number, item in enumerate(items, 1):
            row = HEADING_ROW + number
            severity = styles.look(MARKS[item.severity], align="center", b=True)
            cell = link if self.link(item, row) is not None else centre
            looks = (severity, centre, centre, cell, left, value, left)
            cells = [text_cell(cell_name((at, row)), text, look) for at, (text, look) in enumerate(zip(line(item), looks, strict=True), 2)]  # fmt: skip
            height = row_height(line(item))
            yield make(
                "row", number_cell(f"A{row}", number, centre), *cells, r=row, ht=height, customHeight=1
            )
        if not items:
            texts = ("", "", "", "", "", "", "", "没有发现问题")
            row = HEADING_ROW + 1
            yield make(
                "row",
                *(text_cell(cell_name((at, row)), text, left) for at, text in enumerate(texts, 1)),
                r=row,
            )

    def link(self, item: Finding, row: int) -> Element | None:
        """Return the jump to a finding's cell, or None if there is nowhere to go."""
        name = self.names.get(heading_key(item.place.sheet), "") if item.place.sheet else ""
        if not name:
            return None
        target = cell_name(address_of(item) or (1, 1))
        quoted = name.replace("'", "''")
        return make("hyperlink", ref=f"E{row}", location=f"'{quoted}'!{target}", display=cell_text(item))


def advice(counts: Mapping[str, int]) -> str:
    """Return what to do, by the worst there is."""
    if counts[Severity.ERROR.value]:
        return "“错”必须改正，改正前所在的行不计入统计；“警”请逐条核实，属实的在备注说明；“示”只作提示。改好后重新报送。"
    if counts[Severity.WARNING.value]:
        return "没有错，可以计入统计。“警”请逐条核实，填错的改正后重新报送，属实的在备注说明；“示”只作提示。"
    if counts[Severity.NOTE.value]:
        return "没有错，可以计入统计。“示”只作提示，看过即可。"
    return "没有发现问题，可以计入统计。"


def line(item: Finding) -> tuple[str, ...]:
    """Return a finding as the texts of its row, without the number."""
    place = item.place
    return (
        str(item.severity),
        item.rule,
        place.sheet or "整个文件",
        cell_text(item),
        place.heading,
        item.value if len(item.value) <= MAX_VALUE else f"{item.value[:MAX_VALUE]}……",
        item.message,
    )


def row_height(texts: Sequence[str]) -> int:
    """Return how high a row must be, in points, for its texts to be seen whole in any program."""
    pairs = [(text, width - 3) for text, width in zip(texts, WIDTHS[1:], strict=True)]
    lines = (
        sum(max(1, -int(-style.text_width(part) // width)) for part in text.split("\n"))
        for text, width in pairs
    )
    return min(16 * max(lines) + 4, 400)


def cell_text(item: Finding) -> str:
    """Return how a finding's place is shown."""
    address = address_of(item) if item.place.sheet else None
    if address is None:
        return "整表" if item.place.sheet else "—"
    return cell_name(address)


def text_cell(ref: str, text: str, look: int) -> Element:
    """Return a cell of text; inline, so that it can never be a formula."""
    return make("c", make("is", text_element(text)), r=ref, s=look, t="inlineStr")


def number_cell(ref: str, number: int, look: int) -> Element:
    """Return a cell with a whole number."""
    value = make("v")
    value.text = str(number)
    return make("c", value, r=ref, s=look)


def views() -> list[Element]:
    """Return tab colour, fit to the page's width, and the frozen heading."""
    pane = make(
        "pane", ySplit=HEADING_ROW, topLeftCell=f"A{HEADING_ROW + 1}", activePane="bottomLeft", state="frozen"
    )
    selection = make(
        "selection", pane="bottomLeft", activeCell=f"A{HEADING_ROW + 1}", sqref=f"A{HEADING_ROW + 1}"
    )
    view = make("sheetView", pane, selection, showGridLines=0, tabSelected=1, workbookViewId=0)
    first = make("sheetPr", make("tabColor", rgb=f"FF{style.RED[1:]}"), make("pageSetUpPr", fitToPage=1))
    return [first, make("sheetViews", view), make("sheetFormatPr", defaultRowHeight=15)]


def columns() -> Element:
    """Return the widths of the columns."""
    spans = [make("col", min=at, max=at, width=width + 0.7109375, customWidth=1) for at, width in enumerate(WIDTHS, 1)]  # fmt: skip
    return make("cols", *spans)


def page_setup(last: int) -> list[Element]:
    """Return margins, A4 landscape, page numbers, and no green corners on numbers typed as text."""
    footer = make("oddFooter")
    footer.text = f"&L{RESULT}&R第 &P 页 共 &N 页"
    return [
        make("pageMargins", left=0.4, right=0.4, top=0.6, bottom=0.6, header=0.3, footer=0.3),
        make("pageSetup", paperSize=style.A4, fitToHeight=0, orientation="landscape"),
        make("headerFooter", footer),
        make("ignoredErrors", make("ignoredError", sqref=f"A{HEADING_ROW}:H{last}", numberStoredAsText=1)),
    ]
