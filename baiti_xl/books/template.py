"""报送模板.xlsx: the blank form, one form per unit, and (for samples) a filled one."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, BinaryIO

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from baiti_xl.books import style
from baiti_xl.books.bulk import LINE_HEIGHT, lines_of
from baiti_xl.books.guide import write_codes, write_guide
from baiti_xl.books.inputs import conflicts, letter, needed, validation
from baiti_xl.books.selfcheck import faults, names, with_rows, work_rows, write_check, write_index
from baiti_xl.books.style import BLUE, GREY, PALE_AMBER, PALE_GREY, PALE_RED, RED, UNKNOWN, Book, to_cell
from baiti_xl.books.worksheet import (
    END,
    FAULTS,
    OWN_NAMES,
    START,
    UNIT_CODES,
    UNIT_LISTS,
    WORK,
    layout,
    list_name,
)
from baiti_xl.contest import sheets, spellings
from baiti_xl.contest.columns import AnySheet, Column, Kind
from baiti_xl.contest.examples import examples_of
from baiti_xl.contest.periods import cutoffs, meetings
from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import COVER_FIRST, FIRST_ROW, HEADING_ROW
from baiti_xl.contest.values import column_letter
from baiti_xl.ooxml.zips import Entry, entries_of, packed, zipped

WRAPPED = 12
# The last columns of a data sheet, and the columns up to XFD that they become.
LAST_COLUMNS = re.compile(rb'(<col min="[0-9]+" max=")[0-9]+("[^>]*/></cols>)')
ALL_COLUMNS = rb"\g<1>16384\g<2>"
LOOKS = ("format_cells", "format_columns", "format_rows")
# What is signed and sealed on paper, by (row, column): room to sign beside, to seal above the date.
SIGN = {
    (0, 0): "主要负责人（签字）：",
    (0, 2): "单位（盖章）：",
    (1, 2): "日期：　　　　年　　月　　日",
}
TABS = {
    "组织发动": "#7F7F7F",
    "拜访客商": "#2E75B6",
    "邀请客商": "#2E75B6",
    "项目台账": "#C55A11",
    "到位资金": "#C55A11",
}
SHORT = {Kind.DATE: 12, Kind.WHOLE: 9}


@dataclass(frozen=True, slots=True)
class Filling:
    """What to write into a form: cover values by field, and rows by sheet, each with its values by field."""

    cover: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def write_template(
    target: BinaryIO, book: Rulebook, unit: Unit | None = None, filling: Filling | None = None
) -> None:
    """Write the standard template: blank, or issued to a unit (code filled in and locked), or filled."""
    draft = io.BytesIO()
    _, *parts = write_unworked(draft, book, unit, filling or Filling())
    work, open_parts = worked_part(book), parts[: len(sheets.DATA_SHEETS)]

    def finished(entry: Entry) -> Entry:
        if entry.name in open_parts:
            return packed(entry.name, LAST_COLUMNS.sub(ALL_COLUMNS, entry.data()))
        return work if entry.name == work.name else entry

    target.write(zipped(map(finished, entries_of(draft.getvalue()))))


@lru_cache(maxsize=4)
def worked_part(book: Rulebook) -> Entry:
    """Return the sheet 计算 as a packed part: the same in every form of a rulebook, and by far the largest."""
    draft = io.BytesIO()
    *_, at = write_unworked(draft, book, None, Filling())
    (empty,) = (entry for entry in entries_of(draft.getvalue()) if entry.name == at)
    return packed(empty.name, with_rows(empty.data(), work_rows(layout(book))), level=9)


def write_unworked(target: BinaryIO, book: Rulebook, unit: Unit | None, filling: Filling) -> list[str]:
    """Write every sheet and return their parts in order; 计算 is still empty, and rows of data open to one column only."""
    file = Book(target, f"{book.county}{book.contest}报送表", whom=unit.name if unit else "")
    parts = Writer(file, book, unit, filling)
    parts.cover()
    for sheet in sheets.DATA_SHEETS:
        parts.data_sheet(sheet)
    write_check(file, parts.place)
    write_index(file, parts.place)
    write_guide(file, book, parts.examples)
    write_codes(file, book)
    parts.lists()
    parts.meta()
    work = file.file.add_worksheet(WORK)
    work.very_hidden()
    work.protect("")
    file.close()
    return [f"xl/worksheets/sheet{page.index + 1}.xml" for page in file.file.worksheets()]


class Writer:
    """Writes the sheets of one form."""

    def __init__(self, file: Book, book: Rulebook, unit: Unit | None, filling: Filling) -> None:
        self.file, self.book, self.unit, self.filling = file, book, unit, filling
        self.place, self.examples = layout(book), examples_of(book, unit)

    def protect(self, sheet: Worksheet, *freedoms: str) -> None:
        """Lock all but the input cells, leaving the freedoms a clerk needs; there is no password."""
        sheet.protect("", dict.fromkeys((*LOOKS, *freedoms), True))

    # ── 封面 ──

    def cover(self) -> None:
        """Write the cover: labels in A, values in B, what to mind in C."""
        sheet = self.file.sheet(sheets.COVER, landscape=False, tab=BLUE)
        sheet.set_column("A:A", 22)
        sheet.set_column("B:B", 32)
        sheet.set_column("C:C", 40)
        sheet.set_row(0, 34)
        sheet.write(0, 0, f"{self.book.county}{self.book.contest}报送表", self.file.format(**style.TITLE))
        sheet.write(
            1,
            0,
            "先看“填报说明”。填写白色格子；带红星的必填。填完看“自检”：“错”为 0、“警”逐处核对后再报送。",
            self.file.format(**style.HINT),
        )
        for at, column in enumerate(sheets.COVER_FIELDS):
            self.cover_row(sheet, COVER_FIRST - 1 + at, column)
        note = COVER_FIRST + len(sheets.COVER_FIELDS)
        sheet.write(
            note,
            0,
            "每次报送的内容都是从竞赛开始累计到截止日期的全部内容，新报送代替旧报送。",
            self.file.format(**style.HINT),
        )
        self.sign(sheet, note + 2)
        sheet.print_area(0, 0, note + 3, 2)
        self.protect(sheet)
        sheet.activate()

    def sign(self, sheet: Worksheet, row: int) -> None:
        """Write the lines that are signed and sealed on paper."""
        shape = self.file.format(valign="bottom")
        for (down, at), text in SIGN.items():
            sheet.set_row(row + down, 48)
            sheet.write(row + down, at, text, shape)

    def cover_row(self, sheet: Worksheet, row: int, column: Column) -> None:
        """Write one label, its input cell with validation, and its hint."""
        sheet.set_row(row, 24)
        self.heading(sheet, row, 0, column, align="left")
        computed = column.heading in sheets.LOOKED_UP
        locked = computed or (column.field == "code" and self.unit is not None)
        shape = {
            **style.CELL,
            "align": "left",
            "locked": locked,
            "bg_color": PALE_GREY if locked else "#FFFFFF",
        }
        shape["num_format"] = {"D": "yyyy-mm-dd", "I": "0"}.get(column.kind.value, "@")
        value = self.filling.cover.get(
            column.field, self.unit.code if self.unit and column.field == "code" else None
        )
        if computed:
            self.looked_up(sheet, row, column, self.file.format(**{**shape, "num_format": "General"}))
        else:
            self.put(sheet, row, 1, value, self.file.format(**shape))
            self.validate(sheet, sheets.COVER, column, row, 1, row)
        sheet.write(row, 2, self.examples.within(column.hint), self.file.format(**style.HINT, indent=1))

    def looked_up(self, sheet: Worksheet, row: int, column: Column, shape: Any) -> None:
        """Write the formula that looks a unit's name or group up from its code."""
        at = UNIT_LISTS[1 + ("name", "group").index(column.field)]
        code = xl_rowcol_to_cell(COVER_FIRST - 1, 1, row_abs=True, col_abs=True)
        cached = getattr(self.unit, column.field) if self.unit else ""
        sheet.write_formula(row, 1, f'=IFERROR(INDEX({at},MATCH({code},{UNIT_CODES},0)),"")', shape, cached)

    def heading(self, sheet: Worksheet, row: int, at: int, column: Column, **extra: Any) -> None:
        """Write a heading, with a red star if the cell is always required."""
        shape = self.file.format(**{**style.HEADING, **extra})
        if not column.required:
            sheet.write_string(row, at, column.heading, shape)
            return
        plain = self.file.format(bold=True, font_name=style.HEAD_FONT)
        star = self.file.format(bold=True, font_name=style.HEAD_FONT, font_color=RED)
        sheet.write_rich_string(row, at, plain, column.heading, star, "*", shape)

    def put(self, sheet: Worksheet, row: int, at: int, value: Any, shape: Any) -> None:
        """Write an input value by its type; text is never taken as a formula."""
        if value is None or value == "":
            sheet.write_blank(row, at, None, shape)
        elif isinstance(value, str):
            sheet.write_string(row, at, value, shape)
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, shape)
        else:
            sheet.write_number(row, at, to_cell(value), shape)

    # ── data sheets ──

    def data_sheet(self, sheet: AnySheet) -> None:
        """Write one data sheet: title, instruction, headings in row 3, input rows from row 4."""
        page = self.file.sheet(sheet.name, tab=TABS.get(sheet.name, "#7F6000"))
        last = HEADING_ROW + sheet.capacity
        page.set_row(0, 30)
        page.set_row(1, 18)
        page.set_row(HEADING_ROW - 1, 32)
        for at, column in enumerate(sheet.columns):
            shape = self.input_format(column)
            page.set_column(at, at, column.width, shape)
            page.write_blank(0, at, None, self.file.format())
            page.write_blank(1, at, None, self.file.format())
            self.heading(page, HEADING_ROW - 1, at, column)
            self.validate(page, sheet.name, column, FIRST_ROW - 1, at, last - 1)
        page.set_column(len(sheet.columns), len(sheet.columns), None, self.file.format(locked=False))
        self.fill_rows(page, sheet)
        self.colour(page, sheet, last)
        page.freeze_panes(HEADING_ROW, 1)
        page.autofilter(HEADING_ROW - 1, 0, last - 1, len(sheet.columns) - 1)
        self.head(page, sheet)
        self.protect(page, "insert_rows", "delete_rows", "sort", "autofilter")

    def head(self, page: Worksheet, sheet: AnySheet) -> None:
        """Write title and instruction so that no page of a wide sheet cuts them: the title in the columns that each repeats."""
        widths = [column.width for column in sheet.columns]
        page.write(0, 0, sheet.name, self.file.format(**style.TITLE))
        told = f"{sheet.instruction}（依据：{sheet.source}）"
        self.file.tell(page, told, widths, self.file.spread(page, widths, 2))
        page.repeat_rows(0, HEADING_ROW - 1)

    def input_format(self, column: Column) -> Any:
        """Return the unlocked format of a column's input cells."""
        kinds = {
            Kind.DATE: "yyyy-mm-dd",
            Kind.MONEY: "#,##0.00",
            Kind.WHOLE: "0",
            Kind.PERCENT: "General",
            Kind.RATE: "0.0000",
        }
        wrap = column.width >= WRAPPED
        centred = column.kind in (Kind.DATE, Kind.KEY, Kind.CHOICE, Kind.WHOLE)
        return self.file.format(
            align="center" if centred else "general",
            locked=False,
            num_format=kinds.get(column.kind, "@"),
            text_wrap=wrap,
        )

    def fill_rows(self, page: Worksheet, sheet: AnySheet) -> None:
        """Write the rows of a filling."""
        for row, values in enumerate(self.filling.rows.get(sheet.name, ()), FIRST_ROW - 1):
            for at, column in enumerate(sheet.columns):
                if (value := values.get(column.field)) not in (None, ""):
                    self.put(page, row, at, value, self.input_format(column))
            wrapped = (c for c in sheet.columns if c.width >= WRAPPED)
            lines = max(lines_of(values.get(c.field), c.width) for c in wrapped)
            if lines > 1:
                page.set_row(row, LINE_HEIGHT * lines)

    def colour(self, page: Worksheet, sheet: AnySheet, last: int) -> None:
        """Show at once what a started row lacks or contradicts, by conditional formats."""
        first, end = "A", xl_col_to_name(len(sheet.columns) - 1)
        started = f"COUNTA(${first}{FIRST_ROW}:${end}{FIRST_ROW})>0"
        lacking = self.file.file.add_format({"bg_color": PALE_AMBER})
        wrong = self.file.file.add_format({"bg_color": PALE_RED, "font_color": RED})
        for name, condition in conflicts(sheet):
            at = letter(sheet, name)
            page.conditional_format(
                f"{at}{FIRST_ROW}:{at}{last}",
                {"type": "formula", "criteria": f"={condition}", "format": wrong},
            )
        for column in sheet.columns:
            condition = needed(sheet, column, started)
            if condition:
                at = letter(sheet, column.field)
                cells = f"{at}{FIRST_ROW}:{at}{last}"
                page.conditional_format(
                    cells,
                    {
                        "type": "formula",
                        "criteria": f"=AND({condition},LEN(TRIM({at}{FIRST_ROW}))=0)",
                        "format": lacking,
                    },
                )
        lines = self.file.file.add_format({"border": 1, "border_color": GREY})
        page.conditional_format(
            f"A{FIRST_ROW}:{end}{last}", {"type": "formula", "criteria": f"={started}", "format": lines}
        )

    def validate(self, page: Worksheet, sheet: str, column: Column, row: int, at: int, last: int) -> None:
        """Attach a drop-down or a date or number validation with a Chinese message."""
        rule = validation(sheet, column, self.book, self.examples)
        if column.hint and sheet != sheets.COVER:
            hint = self.examples.within(column.hint)
            rule = {"validate": "any", **rule, "input_title": column.heading, "input_message": hint}
        if rule:
            page.data_validation(row, at, last, at, {"ignore_blank": True, **rule})

    # ── 字典, 元数据 ──

    def lists(self) -> None:
        """Write the lists behind drop-downs and formulas on a hidden sheet, each a named range."""
        page = self.file.file.add_worksheet(sheets.LISTS)
        told = list(faults(self.place))
        columns: dict[str, Sequence[str | float | date]] = {
            **all_lists(self.book),
            f"{FAULTS}.表": [fault.sheet for fault in told],
            f"{FAULTS}.列": [fault.column for fault in told],
            f"{FAULTS}.差": [fault.offset for fault in told],
            f"{FAULTS}.句": [fault.sentence for fault in told],
        }
        for at, (name, values) in enumerate(columns.items()):
            page.write_string(0, at, name)
            for row, value in enumerate(values, 1):
                if isinstance(value, str) and value.startswith("="):
                    page.write_formula(row, at, value, None, UNKNOWN)
                elif isinstance(value, str):
                    page.write_string(row, at, value)
                elif isinstance(value, date):
                    page.write_datetime(row, at, value, self.file.format(num_format="yyyy-mm-dd"))
                else:
                    page.write_number(row, at, value)
            column = column_letter(at)
            self.file.file.define_name(name, f"={sheets.LISTS}!${column}$2:${column}${len(values) + 1}")
        page.hide()
        page.protect("")

    def meta(self) -> None:
        """Write what tells this form and its rules apart, on a very hidden sheet."""
        page = self.file.file.add_worksheet(sheets.META)
        day = self.file.format(num_format="yyyy-mm-dd")
        texts = {
            "模板标识": sheets.TEMPLATE_ID,
            "模板版本": str(sheets.FORM_VERSION),
            "规则摘要": self.book.digest,
            sheets.UNIT_CODES: self.unit.code if self.unit else "",
            "竞赛名称": self.book.contest,
            sheets.CONTEST_ID: self.book.contest_id,
            sheets.COUNTY: self.book.county,
        }
        for row, (label, value) in enumerate(texts.items()):
            page.write_string(row, 0, label)
            page.write_string(row, 1, value)
        start = len(texts)
        days = {START: self.book.start, END: self.book.end}
        for row, (label, edge) in enumerate(days.items(), start):
            page.write_string(row, 0, label)
            page.write_datetime(row, 1, edge, day)
            self.file.file.define_name(label, f"={sheets.META}!$B${row + 1}")
        page.write_string(start + 2, 0, sheets.YEAR)
        page.write_number(start + 2, 1, self.book.year)
        self.file.file.define_name(sheets.YEAR, f"={sheets.META}!$B${start + 3}")
        for name, formula in names(self.place).items():
            self.file.file.define_name(name, formula)
        page.very_hidden()


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def all_lists(book: Rulebook) -> dict[str, Sequence[str | float | date]]:
    """Return every list behind a drop-down or a formula that staff need not see, by its defined name."""
    lists: dict[str, Sequence[str | float | date]] = {
        f"选项.{sheets.INDUSTRIES}": book.industries,
        f"选项.{sheets.MEETING_DAYS}": [m.day for m in meetings(book)] or [book.end],
        f"选项.{sheets.CUTOFFS}": cutoffs(book),
        OWN_NAMES: sorted(book.own_names),
        **spellings.lists(),
    }
    for name, _, columns in sheets.PARTS:
        lists |= {list_name(name, column): column.choices for column in columns if column.choices}
    return lists
