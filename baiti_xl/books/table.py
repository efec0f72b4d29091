"""One table on a sheet of its own: headings, typed rows, frozen, filtered and ready to print."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

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


class Shown(NamedTuple):
    """A value with a number format of its own, where a column mixes units."""

    value: Decimal
    kind: str


Row = Sequence[Any]


def write_table(file: Book, name: str, fields: Sequence[Field], rows: Iterable[Row]) -> None:
    """Write headings in row 1 and typed rows below, frozen, filtered and ready to print. Raises UserError."""
    page = file.sheet(name)
    page.set_row(0, 32)
    for at, field in enumerate(fields):
        page.set_column(at, at, field.width)
        page.write_string(0, at, field.heading, file.format(**style.HEADING))
    own = {kind: cell_format(file, Field("", kind)) for kind in ("share", "money", "rate")}
    if any(field.linked for field in fields):
        own[bulk.LINKED] = file.format(**style.CELL, align="center", font_color=style.BLUE, underline=1)
    wrapped = [(at, field.width) for at, field in enumerate(fields) if is_wrapped(field)]
    table = file.rows(page, [cell_format(file, field) for field in fields], own, wrapped)
    table.fill(rows)
    if table.count > bulk.MOST_ROWS:
        raise UserError(f"「{name}」有 {table.count:,} 行，超过 Excel 的行数上限。请分几次汇总。")
    last = max(table.count, 1)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, last, len(fields) - 1)
    page.repeat_rows(0)
    file.spread(page, [field.width for field in fields], 2)
    page.print_area(0, 0, last, len(fields) - 1)


def is_wrapped(field: Field) -> bool:
    """Whether a field's text breaks into lines."""
    return field.breaks and field.kind == "text" and field.width >= 10


def cell_format(file: Book, field: Field) -> Any:
    """Return the format of a field's cells."""
    if field.kind == "text":
        return file.format(**style.CELL, text_wrap=is_wrapped(field))
    align = "center" if field.kind in ("date", "whole") else "right"
    return file.format(**style.CELL, num_format=NUMBER_FORMATS[field.kind], align=align)
