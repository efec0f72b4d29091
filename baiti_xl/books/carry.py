"""What a unit has filled in, carried into a form of this version; and what staff set on an earlier 操作台."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baiti_xl.books.console import FIELDS, HOME
from baiti_xl.books.macros import CONFIG_SHEET, TEXT_SHEET, Step
from baiti_xl.books.template import Filling
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.loading import HEADINGS
from baiti_xl.contest.records import Submission
from baiti_xl.contest.sheets import COVER_FIELDS, DATA_SHEETS
from baiti_xl.errors import UserError

AFRESH = ("code", "name", "group", "cutoff", "batch")
VERSION_MARK = "baiti_xl "
OURS = frozenset({HOME, TEXT_SHEET, CONFIG_SHEET, *HEADINGS})


def filling_of(submission: Submission) -> Filling:
    """Return a submission's cover and rows as a form is filled: each cell as read, or as typed if it could not be.

    填报截止日期 and 报送批次 are left for the next submission.
    """
    cover = {c.field: getattr(submission.cover, c.field) for c in COVER_FIELDS if c.field not in AFRESH}
    return Filling(cover, {sheet.name: rows_of(submission, sheet) for sheet in DATA_SHEETS})


def rows_of(submission: Submission, sheet: AnySheet) -> list[dict[str, Any]]:
    """Return the rows of a data sheet, values by field."""
    table = submission.table(sheet)
    typed = {(r.row, r.field): r.raw for r in table.readings if (r.row, r.field) in table.bad}
    return [
        {name: typed.get((row.row, name), getattr(row, name)) for name in sheet.fields}
        for row in submission.rows(sheet)
    ]


class ConsoleError(UserError):
    """A console cannot be opened to carry its settings over."""


@dataclass(frozen=True, slots=True)
class OldConsole:
    """What else an earlier 操作台 holds beside its rules: the version that wrote it, 首页's settings by name, own sheets, and
    whether 首页 is laid out by the steps of the work."""

    version: str
    settings: Mapping[str, Any]
    own_sheets: tuple[str, ...]
    has_steps: bool


def read_console(data: bytes) -> OldConsole:
    """Return what an earlier 操作台 holds. Raises ConsoleError."""
    from openpyxl import load_workbook  # a tenth of a second, which no other command needs

    try:
        book = load_workbook(io.BytesIO(data))
    except Exception as error:  # openpyxl stops at many kinds of odd parts
        raise ConsoleError("操作台打不开，没有升级。请在 Excel 里打开它另存一次，再升级。") from error
    comments = book.properties.description or ""
    version = comments.removeprefix(VERSION_MARK) if comments.startswith(VERSION_MARK) else ""
    settings = {}
    for name, *_ in FIELDS:
        if name in book.defined_names:
            for sheet, cells in book.defined_names[name].destinations:
                if sheet in book.sheetnames and (value := book[sheet][cells].value) is not None:
                    settings[name] = value
    own = tuple(name for name in book.sheetnames if name not in OURS)
    heads = {cell.value for cell in book[HOME]["B"]} if HOME in book.sheetnames else set()
    return OldConsole(version, settings, own, heads >= set(Step))
