"""Tables of an official paper: those of the text, and 版记 at the foot of the last page."""

from collections.abc import Iterable, Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.shared import Twips
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from baiti_xl.press.layout_parts import (
    BIAOSONG,
    CHAR,
    LEFT,
    SMALL_CHAR,
    WIDTH,
    edge,
    mm,
    paragraph,
    run,
    shape,
    tabs,
    xml,
)
from baiti_xl.press.wording import Row, Table

ALIGNED = {"左": "left", "中": "center", "右": "right"}


def add_table(document: Document, table: Table, width: int) -> None:
    """A table of half-point black lines whose head repeats and whose rows do not break."""
    total = sum(table.widths)
    columns = [round(width * share / total) for share in table.widths]
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    grid = _grid(
        document,
        columns,
        f'<w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>{_lines((side, 4) for side in sides)}',
        inset=85,
    )
    filled = [row for row in table.rows if row.cells]
    head_rows, at = _head_rows(table, filled), 0
    for row in table.rows:
        if row.tag:
            paragraph(_joined(grid.add_row().cells).paragraphs[0], "表文", row.tag)
            continue
        below = filled[at + 1].cells if at + 1 < len(filled) else ()
        _add_row(grid, table, row, below, is_head=at < head_rows)
        at += 1


def add_imprint(document: Document, lines: Iterable[tuple[str, str]], *, old: bool, letter: bool) -> None:
    """版记 as a table at the foot of the page on which the text ends, and the line that carries it.

    Rules of 0.35 mm outside and 0.25 mm between; in 1999 one below each element; none in a letter.
    """
    rules = (("bottom", 8), ("insideH", 8)) if old else (("top", 8), ("bottom", 8), ("insideH", 6))
    grid = _grid(
        document,
        [WIDTH],
        '<w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="page"'
        f' w:tblpX="{LEFT}" w:tblpYSpec="bottom"/><w:tblOverlap w:val="never"/><w:tblW w:w="{WIDTH}" w:type="dxa"/>'
        f"{'' if letter else _lines(rules)}",
        inset=0,
    )
    for style, text in lines:
        row = grid.add_row()
        _never_split(row)
        _imprint_line(row.cells[0].paragraphs[0], style, text, CHAR if old else SMALL_CHAR)
    paragraph(document, "版记位")


def _imprint_line(line: Paragraph, style: str, text: str, char: int) -> None:
    """One line of 版记, one character in on both sides."""
    paragraph(line, style)
    if style == "主题词":
        run(line, "主题词：")
        run(line, text, font=BIAOSONG)
    else:
        run(line, text)
    if text.startswith("抄送："):
        shape(line.paragraph_format, left=4 * char, right=char, first=-3 * char)
    elif style == "印发机关":
        tabs(line, right=WIDTH - char)
        shape(line.paragraph_format, left=char)


def _grid(document: Document, columns: list[int], properties: str, *, inset: int) -> Any:
    """A table without rows: its columns' widths, the space beside a cell's text, and what python-docx cannot say of it."""
    grid = document.add_table(0, len(columns))
    for column, width in zip(grid.columns, columns, strict=True):
        column.width = Twips(width)
    beside = "".join(f'<w:{side} w:w="{inset}" w:type="dxa"/>' for side in ("left", "right"))
    fixed = f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{beside}</w:tblCellMar>'
    grid._tbl.replace(grid._tbl.tblPr, xml(f"<w:tblPr>{properties}{fixed}</w:tblPr>"))
    return grid


def _lines(sides: Iterable[tuple[str, int]]) -> str:
    """Black borders."""
    return f"<w:tblBorders>{''.join(edge(side, size, color='000000') for side, size in sides)}</w:tblBorders>"


# ── rows ──


def _never_split(row: _Row, *, is_head: bool = False) -> None:
    """A row that stays on one page, and repeats as a head."""
    properties = row._tr.get_or_add_trPr()
    properties.append(xml("<w:cantSplit/>"))
    if is_head:
        properties.append(xml("<w:tblHeader/>"))


def _head_rows(table: Table, filled: list[Row]) -> int:
    """How many rows repeat: those asked for, and those joined to them from below."""
    count = table.head_rows
    while count and count < len(filled) and "^" in filled[count].cells:
        count += 1
    return count


def _add_row(grid: Any, table: Table, row: Row, below: tuple[str, ...], *, is_head: bool) -> None:
    """One row of cells, with its joins."""
    made = grid.add_row()
    _never_split(made, is_head=is_head)
    made.height, made.height_rule = Twips(mm(table.row_height)), WD_ROW_HEIGHT_RULE.AT_LEAST
    cells = made.cells
    for at, text in enumerate(row.cells):
        if text == "<" and at:
            continue
        last = at
        while last + 1 < len(row.cells) and row.cells[last + 1] == "<":
            last += 1
        cell = _joined(cells[at : last + 1])
        if text == "^" or below[at : at + 1] == ("^",):
            cell._tc.vMerge = "continue" if text == "^" else "restart"
        _fill(cell, table, "" if text == "^" else text, at, is_head=is_head)


def _joined(cells: Sequence[_Cell]) -> _Cell:
    """Neighbours as one cell; python-docx's own merging takes a quarter of the time of the whole."""
    first: Any = cells[0]._tc
    row = first.getparent()
    if len(cells) > 1:
        first.width = Twips(sum(cell.width.twips for cell in cells if cell.width))
        first.grid_span = len(cells)
    for cell in cells[1:]:
        row.remove(cell._tc)
    return cells[0]


def _fill(cell: _Cell, table: Table, text: str, at: int, *, is_head: bool) -> None:
    """A cell's paragraph: a label in 黑体, or text aligned as its column."""
    label = is_head or text.startswith("#")
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    jc = "" if label else ALIGNED[table.aligns[at]]
    line = paragraph(cell.paragraphs[0], "表头" if label else "表文", jc=jc)
    written = text.removeprefix("#").strip().replace("\\n", "\n")
    run(line, written, size=0 if table.size == 12 else table.size)
