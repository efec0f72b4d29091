"""核稿表: every figure a document prints, what it means, and the records behind it, down to the cell's row."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import ceil
from typing import Any, BinaryIO

from xlsxwriter.worksheet import Worksheet

from baiti_xl.books import style
from baiti_xl.books.style import Book
from baiti_xl.contest.records import FigureNote, Line, Paper

FIGURES, RECORDS, BASIS = "数字清单", "来源记录", "依据"
FIGURE_COLUMNS = (
    *(("序号", 7), ("位置", 34), ("文中写法", 14), ("指标", 18), ("口径", 56)),
    *(("数值", 14), ("分子", 12), ("分母", 12), ("来源条数", 9)),
)
RECORD_COLUMNS = (
    *(("序号", 7), ("指标", 18), ("用于", 8), ("单位代码", 9), ("来源文件", 46)),
    *(("来源表", 12), ("来源行", 8), ("内容", 34), ("计入数值", 14)),
)
CHECKED = (("核对人", ""), ("核对日期", ""))
NUMBER = "0.##########"
LINE = 15.5


def write_figures(target: BinaryIO, paper: Paper, stamp: Sequence[tuple[str, str]]) -> None:
    """Write the figure sheet of a paper; `stamp` says on what it rests (version, rules, day, submissions)."""
    file = Book(target, f"{paper.title}核稿表")
    figures, records, basis = (file.sheet(name) for name in (FIGURES, RECORDS, BASIS))
    firsts = write_records(file, records, paper.figures)
    write_list(file, figures, paper, firsts)
    write_basis(file, basis, paper, stamp)
    figures.activate()
    file.close()


def head(file: Book, page: Worksheet, columns: Sequence[tuple[str, float]], row: int) -> None:
    """Write headings that repeat on every page, and set the widths."""
    for at, (heading, width) in enumerate(columns):
        page.set_column(at, at, width)
        page.write_string(row, at, heading, file.format(**style.HEADING))
    page.set_row(row, 24)
    page.freeze_panes(row + 1, 1)
    page.repeat_rows(row)


def write_list(file: Book, page: Worksheet, paper: Paper, firsts: Sequence[int]) -> None:
    """Write one row a figure; its number leads to its records."""
    page.write_string(0, 0, paper.title, file.format(**style.TITLE))
    page.set_row(0, 30)
    head(file, page, FIGURE_COLUMNS, 1)
    if not paper.figures:
        page.write_string(2, 0, "本件没有引用统计数字。", file.format(**style.HINT))
    for number, note in enumerate(paper.figures, 1):
        row = number + 1
        link(
            file, page, (row, 0), number, f"{RECORDS}!A{firsts[number - 1] + 1}" if firsts[number - 1] else ""
        )
        texts = (note.place, note.shown, note.name, note.definition)
        page.set_row(row, LINE * lines_needed(texts))
        for at, text in enumerate(texts, 1):
            page.write_string(row, at, text, file.format(**style.CELL, text_wrap=True, **aligned(at == 2)))
        for at, value in enumerate((note.value, note.numerator, note.denominator), 5):
            write_number(file, page, row, at, value)
        page.write_number(row, 8, len(sources(note)), file.format(**style.CELL, align="center"))
    page.autofilter(1, 0, max(len(paper.figures) + 1, 2), len(FIGURE_COLUMNS) - 1)


def lines_needed(texts: Sequence[str]) -> int:
    """Return how many lines the longest text takes in its column, the first of them in the second column."""
    widths = (width for _, width in FIGURE_COLUMNS[1:])
    return (
        max(ceil(style.text_width(text) / (width - 1)) for text, width in zip(texts, widths, strict=False))
        or 1
    )


def aligned(right: bool) -> dict[str, Any]:
    """Return the alignment of a text that is a number as printed."""
    return {"align": "right"} if right else {}


def link(file: Book, page: Worksheet, cell: tuple[int, int], number: int, target: str) -> None:
    """Write a figure's number, as a link inside the workbook if it leads anywhere."""
    shape = file.format(**style.CELL, align="center")
    if target:
        sheet, _, address = target.partition("!")
        linked = file.format(**style.CELL, align="center", font_color=style.BLUE, underline=1)
        page.write_url(*cell, f"internal:'{sheet}'!{address}", linked, str(number))
    page.write_number(*cell, number, linked if target else shape)


def write_number(file: Book, page: Worksheet, row: int, at: int, value: Decimal | None) -> None:
    """Write an exact number, or an empty cell."""
    shape = file.format(**style.CELL, num_format=NUMBER, align="right")
    if value is None:
        page.write_blank(row, at, None, shape)
    elif value == value.to_integral_value():
        page.write_number(row, at, float(value), file.format(**style.CELL, num_format="0", align="right"))
    else:
        page.write_number(row, at, float(value), shape)


def sources(note: FigureNote) -> list[tuple[str, Line]]:
    """Return the records behind a figure with what they are for: 数值, or 分子 and 分母."""
    top = "数值" if note.denominator is None else "分子"
    return [*((top, line) for line in note.lines), *(("分母", line) for line in note.denominator_lines)]


def write_records(file: Book, page: Worksheet, notes: Sequence[FigureNote]) -> list[int]:
    """Write one row a record; return for each figure the row of its first record, 0 if it has none."""
    head(file, page, RECORD_COLUMNS, 0)
    firsts, row = [], 0
    for number, note in enumerate(notes, 1):
        held = sources(note)
        firsts.append(row + 1 if held else 0)
        for at, (use, line) in enumerate(held):
            row += 1
            link(file, page, (row, 0), number, "" if at else f"{FIGURES}!A{number + 2}")
            write_record(file, page, row, (note.name, use), line)
    page.autofilter(0, 0, max(row, 1), len(RECORD_COLUMNS) - 1)
    return firsts


def write_record(file: Book, page: Worksheet, row: int, used: tuple[str, str], line: Line) -> None:
    """Write one record: where it stands, and how much of the figure it is."""
    text, middle = file.format(**style.CELL), file.format(**style.CELL, align="center")
    for at, value in enumerate((*used, line.unit, line.file, line.sheet), 1):
        page.write_string(row, at, value, middle if at in (2, 3) else text)
    if line.row:
        page.write_number(row, 6, line.row, middle)
    else:
        page.write_blank(row, 6, None, middle)
    page.write_string(row, 7, line.label, text)
    write_number(file, page, row, 8, line.value)


def write_basis(file: Book, page: Worksheet, paper: Paper, stamp: Sequence[tuple[str, str]]) -> None:
    """Write what the paper rests on, and lines for whoever checks it."""
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 110)
    for row, (name, value) in enumerate(basis_rows(paper, stamp)):
        page.write_string(row, 0, name, file.format(**style.HEADING))
        page.write_string(row, 1, value, file.format(**style.CELL, text_wrap=True))


def basis_rows(paper: Paper, stamp: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of the sheet 依据."""
    yield "公文", paper.title
    yield "种类", paper.kind
    yield "数字个数", str(len(paper.figures))
    yield from stamp
    yield from CHECKED
