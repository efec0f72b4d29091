"""One table on a sheet of its own: headings, typed rows, frozen, an Excel table by the sheet's name and ready to print."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.worksheet import Worksheet

from baiti_xl.books import bulk, style
from baiti_xl.books.style import NUMBER_FORMATS, Book
from baiti_xl.errors import UserError


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a results sheet: heading, kind (text or a key of NUMBER_FORMATS), width, whether it holds links, and
    whether long text breaks into lines."""

    heading: str
    kind: str = "text"
    width: float = 12
    linked: bool = False
    breaks: bool = True


Row = Sequence[Any]


NAMES, FIRST_FEW = ("单位名称", "顺序号", "项目编号"), 4  # by which a row is known
BUTTON = 2  # characters that Excel's filter button covers of a heading


def write_table(
    file: Book, name: str, fields: Sequence[Field], rows: Iterable[Row], none: Row | None = None
) -> None:
    """Write headings in row 1 and typed rows below as an Excel table of the sheet's name, frozen and ready to print.

    Without rows it prints as one page that says so; `none` is the row to write then. No two headings may be the same.
    Raises UserError.
    """
    page = file.sheet(name)
    count = fill(file, page, name, fields, rows, none)
    columns = [{"header": field.heading, "header_format": file.format(**style.HEADING)} for field in fields]
    look = {"name": name, "style": "Table Style Light 1", "columns": columns}
    page.add_table(0, 0, 1, len(fields) - 1, look)
    stretch(page, max(count, 1))
    page.freeze_panes(1, leading(fields))
    widths = [field.width for field in fields]
    if count:
        file.spread(page, widths, leading(fields))
    else:
        page.print_area(0, 0, 1, style.parted([style.across([width]) for width in widths])[0] - 1)
    file.head(page, name if count else f"{name}（没有记录）")


def leading(fields: Sequence[Field]) -> int:
    """Return how many of the first columns stay in sight and are printed again: up to what names the row, at least two."""
    return max((at for at, field in enumerate(fields[:FIRST_FEW], 1) if field.heading in NAMES), default=2)


def stretch(page: Worksheet, last: int) -> None:
    """Let the sheet's table reach down to a row: XlsxWriter notes every cell of a table it is told of, 97 bytes each."""
    (table,) = page.tables
    for part in ("range", "a_range", "autofilter"):
        table[part] = re.sub(r"\d+$", str(last + 1), table[part])


def fill(
    file: Book,
    page: Worksheet,
    name: str,
    fields: Sequence[Field],
    rows: Iterable[Row],
    none: Row | None = None,
) -> int:
    """Write headings and typed rows, or `none` without any, on a sheet and say what is printed; return how many they are."""
    page.set_row(0, heading_height(fields))
    for at, field in enumerate(fields):
        page.set_column(at, at, field.width)
        if field.heading:
            page.write_string(0, at, field.heading, file.format(**style.HEADING))
    formats = [cell_format(file, field) for field in fields]
    linked = any(field.linked for field in fields)
    link = file.format(**style.CELL, **style.LINK) if linked else formats[0]
    wrapped = [(at, field.width) for at, field in enumerate(fields) if is_wrapped(field)]
    table = file.rows(page, formats, link, wrapped)
    table.fill(rows)
    count = table.count
    if count > bulk.MOST_ROWS:
        raise UserError(f"「{name}」有 {count:,} 行，超过 Excel 的行数上限。请分几次汇总。")
    if none and not count:
        table.fill([none])
    page.repeat_rows(0)
    page.print_area(0, 0, max(count, 1), len(fields) - 1)
    return count


def heading_height(fields: Sequence[Field]) -> float:
    """Return how high the headings' row must be in points, so that none is cut by its column or a filter button."""
    lines = (bulk.lines_of(field.heading, field.width - BUTTON) for field in fields)
    return bulk.LINE_HEIGHT * max(2, *lines) + 2


def is_wrapped(field: Field) -> bool:
    """Whether a field's text breaks into lines."""
    return field.breaks and field.kind == "text" and field.width >= 10


def cell_format(file: Book, field: Field) -> Any:
    """Return the format of a field's cells; a column without heading is but a gap."""
    if field.kind == "text" and not field.heading:
        return file.format()
    if field.kind == "text":
        look = {"text_wrap": True} if is_wrapped(field) else {"align": "center"} if field.width < 10 else {}
        return file.format(**style.CELL, **look)
    align = "center" if field.kind in ("date", "whole") else "right"
    return file.format(**style.CELL, num_format=NUMBER_FORMATS[field.kind], align=align)
