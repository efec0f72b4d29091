"""Notes on the cells of a unit's sheet, their yellow boxes, and cutting ours out again."""

import copy
import re
from collections.abc import Callable, Mapping, Sequence

from lxml import etree

from baiti_xl.books import style
from baiti_xl.books.listing import INKS, MAX_COLUMN, RESULT, Address, address_in, cell_name
from baiti_xl.books.sheetml import SHEET_ORDER, SPREADSHEET, insert, local, make, ordered, q, text_element
from baiti_xl.contest.findings import Finding
from baiti_xl.ooxml.markup import OFFICE, Element, attribute, serialise
from baiti_xl.ooxml.package import Package

NOTE_HEAD = "【校验】"
MAX_IN_NOTE = 12
SHAPE = re.compile(rb"<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.DOTALL)
SHAPE_KIND = re.compile(rb"""<v:shapetype\b[^>]*?\bid\s*=\s*["']_x0000_t202["']""")
IDMAP = re.compile(rb"""(<o:idmap\b[^>]*?\bdata\s*=\s*["'])([\d,]*)""")


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
        if NOTE_HEAD.encode() not in package.data(name):
            continue
        gone = []
        for note in list(package.edit(name).iter(q("comment"))):
            if cut_note(note):
                note.getparent().remove(note)  # type: ignore[union-attr]
                gone.append(attribute(note, "ref"))
        for drawing in package.related(part, "vmlDrawing"):
            package.put(drawing, without_shapes(package.data(drawing), gone))


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


# ── the boxes ────────────────────────────────────────────────────────────────────────────────────

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
        (b for n in package.entries if n.endswith(".vml") for b in blocks(package.data(n))), default=0
    )
    shapes, used = [], []
    for at, (address, text) in enumerate(notes.items()):
        block, place = first + at // 1000, at % 1000
        used += [] if block in used else [block]
        shapes.append(note_shape(root, address, text, block * 1024 + place + 1))
    drawing = package.data(name)
    kind = b"" if SHAPE_KIND.search(drawing) else SHAPE_TYPE.encode()
    head, end, tail = drawing.rpartition(b"</")
    drawing = head + kind + "".join(shapes).encode() + end + tail
    drawing = IDMAP.sub(lambda m: m.group(1) + joined(m.group(2), used), drawing, count=1)
    package.put(name, drawing)


def drawing_of(package: Package, part: str, root: Element) -> str:
    """Return the sheet's drawing of notes, made if it is missing."""
    anchor = root.find(q("legacyDrawing"))
    if anchor is not None:
        ident = anchor.get(f"{{{OFFICE}}}id")
        return next(one.target for one in package.relations(part) if one.ident == ident)
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
