"""What is drawn and set around the lines: rules, 版记, tables and pictures (clauses 7.2.7, 7.4 and ours)."""

from collections.abc import Iterator

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.checking.lines import DRAWN, WP, Line, Table, V, lines_of, opened, side_of_box
from baiti_xl.press.checking.looks import MM, W, attribute, number, on
from baiti_xl.press.checking.reading import Document
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_parts import RED, WIDTH, mm
from baiti_xl.press.settle import LONGEST_KEPT
from baiti_xl.press.wording import SIZES

_NONE = ("", "none", "nil")
SMALLEST = min(SIZES.values())


def check_red_rule(document: Document) -> Faults:
    """7.2.7: red, as wide as the text block, 4 mm below; as a border of a paragraph, a table or a cell, or a line drawn."""
    numbers = [line for line in lines_of(document.items) if line.role == "发文字号"]
    for line in numbers[:1] if document.of("发文机关标志") else ():
        found = list(_rules_below(document, line))
        if "" not in found:
            yield fault("red-rule", line.place, found=found[0] if found else "没有红色分隔线")


def _rules_below(document: Document, line: Line) -> Iterator[str]:
    """What is wrong with each rule from 文号 to the title, nothing for a good one."""
    for item in document.flow[document.at.get(line.number, 0) :]:
        if isinstance(item, Table):
            parts = dict.fromkeys((item.element, *(row.element for row in item.rows)))
            edges = (edge for part in parts for edge in part.iter(f"{W}top", f"{W}bottom", f"{W}insideH"))
            colours = [attribute(edge, "color") for edge in edges if attribute(edge, "val") not in _NONE]
            yield from ("" if colour.upper() == RED else "的分隔线不是红色" for colour in colours)
            continue
        title = item.role == "公文标题"
        yield from _border_faults(
            item, ("top",) if title else ("bottom",) if item is line else ("top", "bottom")
        )
        if title:
            return
        for drawing in item.element.iter(f"{W}drawing"):
            red = any(colour.get("val", "").upper() == RED for colour in drawing.iter("{*}srgbClr"))
            yield (
                "的分隔线不是红色"
                if not red
                else ""
                if _drawn(drawing) > WIDTH - mm(3)
                else "的分隔线与版心不等宽"
            )
        for shape in item.element.iter(f"{V}line", f"{V}rect"):
            red = str(shape.get("strokecolor", shape.get("fillcolor"))).lower() in ("red", "#ff0000")
            yield "" if red else "的分隔线不是红色"


def _border_faults(line: Line, sides: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with each border of a paragraph."""
    for side in sides:
        if on(line.look, f"{side}.val"):
            if line.look.get(f"{side}.color", "").upper() != RED:
                yield "的分隔线不是红色"
            elif line.indent("left") or line.indent("right"):
                yield "的分隔线与版心不等宽"
            else:
                far = line.role == "发文字号" and not 4 <= number(line.look.get(f"{side}.space", "")) <= 6
                yield "的分隔线不在 4 毫米处" if far else ""


def _drawn(element: Element) -> int:
    """How wide the widest drawing in an element is, in twips."""
    return max(
        (number(str(extent.get("cx", ""))) // 635 for extent in element.iter(f"{WP}extent")), default=0
    )


def borders(document: Document, table: Table, side: str) -> list[Element | None]:
    """The effective borders along a side of a table (between its rows for insideH), one a cell."""
    style = document.styles.elements.get(attribute(table.element.find(f"{W}tblPr/{W}tblStyle"), "val"))
    wholes = [
        each.find(f"{W}tblPr/{W}tblBorders/{W}{side}") for each in (table.element, style) if each is not None
    ]
    general = next((edge for edge in wholes if edge is not None), None)
    rows, found = [row.element for row in table.rows], []
    for at, row in list(enumerate(rows))[
        {"top": slice(1), "bottom": slice(-1, None), "insideH": slice(-1)}[side]
    ]:
        for cell in (cell for cell in opened(row) if cell.tag == f"{W}tc"):
            edge = cell.find(f"{W}tcPr/{W}tcBorders/{W}{'bottom' if side == 'insideH' else side}")
            if side == "insideH" and attribute(edge, "val") in _NONE:
                edge = next(rows[at + 1].iterfind(f"{W}tc/{W}tcPr/{W}tcBorders/{W}top"), edge)
            found.append(general if edge is None else edge)
    return found


def check_imprint(document: Document) -> Faults:
    """7.4.1: thick rules outside, thin between, 156 mm; in 1999 one below each element; at the foot of the last page."""
    due = {"首条分隔线": ("top", 8), "末条分隔线": ("bottom", 8), "中间的分隔线": ("insideH", 6)}
    if document.old:
        due = {"末条分隔线": ("bottom", 8), "中间的分隔线": ("insideH", 8)}
    for table in document.imprints:
        for what, (side, size) in due.items() if not document.is_letter else ():
            edges = borders(document, table, side)
            if any(attribute(edge, "val") in _NONE for edge in edges):
                yield fault("imprint-rules", "版记", what=what, found="没有画出")
            elif any(abs(number(attribute(edge, "sz")) - size) > 1 for edge in edges):
                yield fault("imprint-rules", "版记", what=what, found="粗细不对")
        if abs(_width(table.element, document.width(table.section)) - WIDTH) > mm(1):
            yield fault("imprint-rules", "版记", what="分隔线", found="与版心不等宽")
        after = document.items[document.items.index(table) + 1 :]
        if not _at_foot(table) or any(isinstance(item, Table) or item.text for item in after):
            yield fault("imprint-place", "版记")


def _at_foot(table: Table) -> bool:
    """Whether a table, or the text box that holds it, is set at the bottom of the text block."""
    if table.box is not None:
        return side_of_box(table.box, "vertical") == "bottom"
    place = table.element.find(f"{W}tblPr/{W}tblpPr")
    return attribute(place, "vertAnchor") == "margin" and attribute(place, "tblpYSpec") == "bottom"


def _width(table: Element, room: int) -> int:
    """How wide a table is, in twips: as stated, a share of the room, or the sum of its columns."""
    stated = table.find(f"{W}tblPr/{W}tblW")
    width, kind = attribute(stated, "w"), attribute(stated, "type")
    if kind == "pct":
        share = number(width.rstrip("%")) / (100 if width.endswith("%") else 5000)
        return round(share * room)
    columns = sum(number(attribute(column, "w")) for column in table.iterfind(f"{W}tblGrid/{W}gridCol"))
    return (number(width) if kind == "dxa" else 0) or columns


def check_letter_imprint(document: Document) -> Faults:
    """10.1: 版记 of a letter is bare."""
    for table in document.imprints if document.is_letter else ():
        edges = [edge for side in ("top", "bottom", "insideH") for edge in borders(document, table, side)]
        if any(attribute(edge, "val") not in _NONE for edge in edges):
            yield fault("letter-imprint", "版记", found="有分隔线")
        if any(line.role == "印发机关" for line in table.lines):
            yield fault("letter-imprint", "版记", found="有印发机关和印发日期")


def check_tables(document: Document) -> Faults:
    """Ours: the head of a table that may break repeats, no row breaks, no fixed pitch, 小五 at least, no wider than the text block."""
    for at, table in enumerate(document.tables, 1):
        place, rows = f"第{at}个表", [row for row in table.rows if not row.steers]
        grows = len(rows) > LONGEST_KEPT + 1 or len(rows) < len(table.rows)
        first = list(rows[0].element.iter(f"{W}p")) if grows and rows else []
        heads = {line.element for line in table.lines if line.role == "表头"} if first else set()
        if first and heads.issuperset(first) and not rows[0].heads:
            yield fault("table-head", place)
        if not all(row.whole for row in rows):
            yield fault("table-split", place)
        if any(look.exact for look in table.dresses) and any(
            line.text and line.exact for line in table.lines
        ):
            yield fault("table-pitch", place)
        size = min((look.smallest for look in table.dresses), default=SMALLEST)
        if size < SMALLEST:
            yield fault("table-small", place, found=size, due=SMALLEST)
        room = document.width(table.section)
        wide = _width(table.element, room)
        if wide > room + mm(1):
            yield fault("table-wide", place, found=wide / MM, due=room / MM)


def check_pictures(document: Document) -> Faults:
    """Ours: a picture in the text is not wider than the text block, nor cut by a fixed line height."""
    for line in lines_of(document.items):
        if DRAWN in line.raw and line.element.find(f".//{WP}inline") is not None:
            wide, room = _drawn(line.element), document.width(line.section)
            if wide > room + mm(1):
                yield fault(
                    "picture", line.place, found=f"宽{wide / MM:.0f}毫米，超出{room / MM:.0f}毫米的版心"
                )
            if line.exact:
                yield fault("picture", line.place, found="所在段落是固定行距，图会被裁去")
