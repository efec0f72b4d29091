"""What is drawn and set around the lines: rules, 版记, tables and pictures (clauses 7.2.7, 7.4 and ours)."""

import re
from collections.abc import Iterator

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.checking.looks import MM, W, attribute, number
from baiti_xl.press.checking.reading import Document, Line, Table, lines_of, opened
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_parts import NAMESPACES, RED, WIDTH, mm
from baiti_xl.press.wording import SIZES

_NONE = ("", "none", "nil")
_WP, _A = (f"{{{NAMESPACES[prefix]}}}" for prefix in ("wp", "a"))
_V = "{urn:schemas-microsoft-com:vml}"
_REDS = ("FF0000", "RED", "#FF0000")
SMALLEST = min(SIZES.values())


def check_red_rule(document: Document) -> Faults:
    """7.2.7: red, as wide as the text block, 4 mm below; as a border of a paragraph, a table or a cell, or a line drawn."""
    if not document.of("发文机关标志"):
        return
    for line in [line for line in lines_of(document.items) if line.role == "发文字号"][:1]:
        found = list(_rules_below(document, line))
        if "" not in found:
            yield fault("red-rule", line.place, found=found[0] if found else "没有红色分隔线")


def _rules_below(document: Document, line: Line) -> Iterator[str]:
    """What is wrong with each rule from 文号 to the title, nothing for a good one."""
    for item in document.flow[document.at.get(line.element, 0) :]:
        if isinstance(item, Line):
            if item.role == "公文标题":
                yield from _border_faults(item, "top")
                return
            yield from _border_faults(item, "bottom" if item is line else "top", "bottom")
        else:
            yield from _table_faults(item)
        yield from _drawn_faults(item.element)


def _border_faults(line: Line, *sides: str) -> Iterator[str]:
    """What is wrong with each border of a paragraph."""
    for side in sides:
        if line.look.get(f"{side}.val", "") in _NONE:
            continue
        if line.look.get(f"{side}.color", "").upper() != RED:
            yield "的分隔线不是红色"
        elif line.indent("left") or line.indent("right"):
            yield "的分隔线与版心不等宽"
        elif line.role == "发文字号" and not 4 <= number(line.look.get(f"{side}.space", "")) <= 6:
            yield "的分隔线不在 4 毫米处"
        else:
            yield ""


def _table_faults(table: Table) -> Iterator[str]:
    """What is wrong with the borders of a table that serves as a rule."""
    for edge in table.element.iter(f"{W}top", f"{W}bottom", f"{W}insideH"):
        if attribute(edge, "val") not in _NONE:
            yield "" if attribute(edge, "color").upper() == RED else "的分隔线不是红色"


def _drawn_faults(element: Element) -> Iterator[str]:
    """What is wrong with each line drawn in a paragraph."""
    for drawing in element.iter(f"{W}drawing"):
        colours = {colour.get("val", "").upper() for colour in drawing.iter(f"{_A}srgbClr")}
        yield (
            ("" if _drawn_width(drawing) > WIDTH - mm(3) else "的分隔线与版心不等宽")
            if RED in colours
            else "的分隔线不是红色"
        )
    for shape in element.iter(f"{_V}line", f"{_V}rect"):
        yield (
            ""
            if shape.get("strokecolor", shape.get("fillcolor", "")).upper() in _REDS
            else "的分隔线不是红色"
        )


def _drawn_width(element: Element) -> int:
    """How wide the first drawing in an element is, in twips."""
    return max(
        (number(str(extent.get("cx", ""))) // 635 for extent in element.iter(f"{_WP}extent")), default=0
    )


# 版记


def border(document: Document, table: Table, side: str) -> list[Element | None]:
    """The effective borders along a side of a table (between its rows for insideH), one a cell."""
    whole = table.element.find(f"{W}tblPr/{W}tblBorders")
    if whole is None:
        style = document.styles.tables.get(attribute(table.element.find(f"{W}tblPr/{W}tblStyle"), "val"))
        whole = None if style is None else style.find(f"{W}tblPr/{W}tblBorders")
    general = None if whole is None else whole.find(W + side)
    rows, own = table.rows, {"insideH": "bottom"}.get(side, side)
    chosen = {"top": rows[:1], "bottom": rows[-1:], "insideH": rows[:-1]}[side]
    found = []
    for at, row in enumerate(chosen):
        for cell in (cell for cell in opened(row) if cell.tag == f"{W}tc"):
            edge = cell.find(f"{W}tcPr/{W}tcBorders/{W}{own}")
            if side == "insideH" and attribute(edge, "val") in _NONE:
                edge = next(rows[at + 1].iterfind(f"{W}tc/{W}tcPr/{W}tcBorders/{W}top"), edge)
            found.append(general if edge is None else edge)
    return found


def check_imprint_rules(document: Document) -> Faults:
    """7.4.1: thick outside, thin between, 156 mm; in 1999 one below each element."""
    due = {"bottom": 8, "insideH": 8} if document.old else {"top": 8, "bottom": 8, "insideH": 6}
    names = {"top": "首条分隔线", "bottom": "末条分隔线", "insideH": "中间的分隔线"}
    for table in () if document.is_letter else _imprints(document):
        for side, size in due.items():
            edges = border(document, table, side)
            if any(attribute(edge, "val") in _NONE for edge in edges):
                yield fault("imprint-rules", "版记", what=names[side], found="没有画出")
            elif any(abs(number(attribute(edge, "sz")) - size) > 1 for edge in edges):
                yield fault("imprint-rules", "版记", what=names[side], found="粗细不对")
        if abs(_width(table, document) - WIDTH) > mm(1):
            yield fault("imprint-rules", "版记", what="分隔线", found="与版心不等宽")


def _imprints(document: Document) -> list[Table]:
    """版记, once."""
    return [table for table in document.tables if table.is_imprint]


def _width(table: Table, document: Document) -> int:
    """How wide a table is, in twips: as stated, a share of the text block, or the sum of its columns."""
    stated = table.element.find(f"{W}tblPr/{W}tblW")
    width, kind = number(attribute(stated, "w").rstrip("%")), attribute(stated, "type")
    if kind == "pct":
        share = width / (100 if attribute(stated, "w").endswith("%") else 5000)
        return round(share * document.width(table.section))
    columns = sum(
        number(attribute(column, "w")) for column in table.element.iterfind(f"{W}tblGrid/{W}gridCol")
    )
    return width if kind == "dxa" and width else columns


def check_imprint_place(document: Document) -> Faults:
    """7.4.1: at the foot of the last page."""
    for table in _imprints(document):
        place = table.element.find(f"{W}tblPr/{W}tblpPr")
        at_foot = attribute(place, "vertAnchor") == "margin" and attribute(place, "tblpYSpec") == "bottom"
        after = document.items[document.items.index(table) + 1 :]
        if not (at_foot or _box_at_foot(table)) or any(
            isinstance(item, Table) or item.text for item in after
        ):
            yield fault("imprint-place", "版记")


def _box_at_foot(table: Table) -> bool:
    """Whether a table stands in a text box at the bottom."""
    for holder in (
        () if table.box is None else table.box.iterancestors(f"{_WP}anchor", f"{_V}shape", f"{_V}rect")
    ):
        if (
            "vertical:bottom" in str(holder.get("style"))
            or holder.findtext(f"{_WP}positionV/{_WP}align") == "bottom"
        ):
            return True
    return False


def check_letter_imprint(document: Document) -> Faults:
    """10.1: 版记 of a letter is bare."""
    for table in _imprints(document) if document.is_letter else ():
        edges = [edge for side in ("top", "bottom", "insideH") for edge in border(document, table, side)]
        if any(attribute(edge, "val") not in _NONE for edge in edges):
            yield fault("letter-imprint", "版记", found="有分隔线")
        if any(line.role == "印发机关" for line in table.lines):
            yield fault("letter-imprint", "版记", found="有印发机关和印发日期")


# 表格和图


def check_tables(document: Document) -> Faults:
    """Ours: the head repeats, no row breaks, no fixed pitch, 小五 at least, no wider than the text block."""
    for at, table in enumerate((table for table in document.tables if not table.is_imprint), 1):
        place = f"第{at}个表"
        rows = [row for row in table.rows if not _steers(row)]
        heads = {line.element for line in table.lines if line.role == "表头"}
        long = len(rows) > 5 or len(rows) < len(table.rows)
        first = list(rows[0].iter(f"{W}p")) if long else []
        if first and heads.issuperset(first) and rows[0].find(f"{W}trPr/{W}tblHeader") is None:
            yield fault("table-head", place)
        if any(row.find(f"{W}trPr/{W}cantSplit") is None for row in rows):
            yield fault("table-split", place)
        if any(line.text and line.exact for line in table.lines):
            yield fault("table-pitch", place)
        size = min((run.size for line in table.lines for run in line.runs), default=SMALLEST)
        if size < SMALLEST:
            yield fault("table-small", place, found=size, due=SMALLEST)
        wide, room = _width(table, document), document.width(table.section)
        if wide > room + mm(1):
            yield fault("table-wide", place, found=wide / MM, due=room / MM)


def _steers(row: Element) -> bool:
    """Whether a row holds only a row tag."""
    text = "".join(node.text or "" for node in row.iter(f"{W}t")).strip()
    return re.fullmatch(r"\{%-?\s*tr\s.*%\}", text) is not None


def check_pictures(document: Document) -> Faults:
    """Ours: a picture in the text is not wider than the text block, nor cut by a fixed line height."""
    for line in document.items:
        if isinstance(line, Line) and any(True for _ in line.element.iter(f"{_WP}inline")):
            wide, room = _drawn_width(line.element), document.width(line.section)
            if wide > room + mm(1):
                yield fault(
                    "picture", line.place, found=f"宽{wide / MM:.0f}毫米，超出{room / MM:.0f}毫米的版心"
                )
            if line.exact:
                yield fault("picture", line.place, found="所在段落是固定行距，图会被裁去")
