"""报送模板.xlsx: the blank form, one form per unit, and (for samples) a filled one."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, BinaryIO

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from baiti_xl.books import style
from baiti_xl.books.bulk import LINE_HEIGHT, lines_of
from baiti_xl.books.readings import YEAR
from baiti_xl.books.selfcheck import faults, names, with_rows, work_rows, write_check, write_index
from baiti_xl.books.style import BLUE, GREY, PALE_AMBER, PALE_GREY, PALE_RED, RED, Book, to_cell
from baiti_xl.books.worksheet import END, FAULTS, OWN_NAMES, START, WORK, layout, list_name
from baiti_xl.contest import sheets, spellings
from baiti_xl.contest.columns import AnySheet, Column, Kind
from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import COVER_FIRST, FIRST_ROW, HEADING_ROW
from baiti_xl.contest.spellings import YEARS_NEAR
from baiti_xl.contest.values import column_letter
from baiti_xl.ooxml.zips import Entry, entries_of, laid_out, packed

WRAPPED = 12
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
    version: str = sheets.FORM_VERSION


def write_template(
    target: BinaryIO, book: Rulebook, unit: Unit | None = None, filling: Filling | None = None
) -> None:
    """Write the standard template: blank, or issued to a unit (code filled in and locked), or filled."""
    draft = io.BytesIO()
    write_unworked(draft, book, unit, filling or Filling())
    work = worked_part(book)
    entries = (work if entry.name == work.name else entry for entry in entries_of(draft.getvalue()))
    target.write(laid_out(entries).with_entries(()))


@lru_cache(maxsize=4)
def worked_part(book: Rulebook) -> Entry:
    """Return the sheet 计算 as a packed part: the same in every form of a rulebook, and by far the largest."""
    draft = io.BytesIO()
    at = write_unworked(draft, book, None, Filling())
    (empty,) = (entry for entry in entries_of(draft.getvalue()) if entry.name == at)
    return packed(at, with_rows(empty.data(), work_rows(layout(book))), level=9)


def write_unworked(target: BinaryIO, book: Rulebook, unit: Unit | None, filling: Filling) -> str:
    """Write every sheet, but 计算 empty; return the name of its part."""
    file = Book(target, f"{book.contest}报送表")
    parts = Writer(file, book, unit, filling)
    parts.cover()
    for sheet in sheets.DATA_SHEETS:
        parts.data_sheet(sheet)
    write_check(file, parts.place)
    write_index(file, parts.place)
    parts.guide()
    parts.lists()
    parts.meta()
    work = file.file.add_worksheet(WORK)
    work.very_hidden()
    work.protect("")
    file.close()
    return f"xl/worksheets/sheet{work.index + 1}.xml"


class Writer:
    """Writes the sheets of one form."""

    def __init__(self, file: Book, book: Rulebook, unit: Unit | None, filling: Filling) -> None:
        self.file, self.book, self.unit, self.filling = file, book, unit, filling
        self.place = layout(book)

    def protect(self, sheet: Worksheet) -> None:
        """Lock all but the input cells, leaving the freedoms a clerk needs; there is no password."""
        freedoms = (
            "format_cells",
            "format_columns",
            "format_rows",
            "insert_rows",
            "delete_rows",
            "sort",
            "autofilter",
        )
        sheet.protect("", dict.fromkeys(freedoms, True))

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
            "填写白色格子；带红星的必填。填完看“自检”和“指标”两张表，没有红色再报送。",
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
        sheet.print_area(0, 0, note, 2)
        self.protect(sheet)
        sheet.activate()

    def cover_row(self, sheet: Worksheet, row: int, column: Column) -> None:
        """Write one label, its input cell with validation, and its hint."""
        sheet.set_row(row, 24)
        self.heading(sheet, row, 0, column, align="left")
        computed = column.field in ("name", "group")
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
        sheet.write(row, 2, column.hint, self.file.format(**style.HINT, indent=1))

    def looked_up(self, sheet: Worksheet, row: int, column: Column, shape: Any) -> None:
        """Write the formula that looks a unit's name or group up from its code."""
        at = {"name": "单位名称", "group": "单位类别"}[column.field]
        code = xl_rowcol_to_cell(COVER_FIRST - 1, 1, row_abs=True, col_abs=True)
        cached = getattr(self.unit, column.field) if self.unit else ""
        sheet.write_formula(
            row, 1, f'=IFERROR(INDEX(名录.{at},MATCH({code},选项.{sheets.UNIT_CODES},0)),"")', shape, cached
        )

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
        page.write(0, 0, f"{self.book.contest}　{sheet.name}", self.file.format(**style.TITLE))
        page.write(1, 0, f"{sheet.instruction}（依据：{sheet.source}）", self.file.format(**style.HINT))
        page.set_row(HEADING_ROW - 1, 32)
        for at, column in enumerate(sheet.columns):
            shape = self.input_format(column)
            page.set_column(at, at, column.width, shape)
            page.write_blank(0, at, None, self.file.format()) if at else None
            page.write_blank(1, at, None, self.file.format()) if at else None
            self.heading(page, HEADING_ROW - 1, at, column)
            self.validate(page, sheet.name, column, FIRST_ROW - 1, at, last - 1)
        self.fill_rows(page, sheet)
        self.colour(page, sheet, last)
        page.freeze_panes(HEADING_ROW, 1)
        page.autofilter(HEADING_ROW - 1, 0, last - 1, len(sheet.columns) - 1)
        page.repeat_rows(HEADING_ROW - 1)
        self.file.spread(page, [c.width for c in sheet.columns], 2)
        filled = max(len(self.filling.rows.get(sheet.name, ())), 12)
        page.print_area(HEADING_ROW - 1, 0, HEADING_ROW - 1 + filled, len(sheet.columns) - 1)
        page.set_header(f"&L&14{self.book.contest}　{sheet.name}&R{self.unit.name if self.unit else ''}")
        self.protect(page)

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
        rule = validation(sheet, column, self.book)
        if column.hint and sheet != sheets.COVER:
            rule = {"validate": "any", **rule, "input_title": column.heading, "input_message": column.hint}
        if rule:
            page.data_validation(row, at, last, at, {"ignore_blank": True, **rule})

    # ── 填报说明, 字典, 元数据 ──

    def guide(self) -> None:
        """Write how to fill the form in, sheet by sheet and column by column."""
        page = self.file.sheet(sheets.GUIDE, landscape=False)
        page.set_column("A:A", 16)
        page.set_column("B:B", 18)
        page.set_column("C:C", 12)
        page.set_column("D:D", 52)
        page.write(0, 0, "填报说明", self.file.format(**style.TITLE))
        for at, line in enumerate(GUIDE, 1):
            page.merge_range(at, 0, at, 3, line, self.file.format(text_wrap=True))
            page.set_row(at, 18 if style.text_width(line) <= 92 else 34)
        row = len(GUIDE) + 2
        for at, label in enumerate(("工作表", "标题", "是否必填", "怎么填")):
            page.write(row, at, label, self.file.format(**style.HEADING))
        for sheet, column in chain.from_iterable(((s, c) for c in s.columns) for s in sheets.DATA_SHEETS):
            row += 1
            for at, text in enumerate(
                (sheet.name, column.heading, need(column), explain(sheet, column, self.book))
            ):
                page.write_string(row, at, text, self.file.format(**style.CELL, text_wrap=at == 3))
            if style.text_width(explain(sheet, column, self.book)) > 50:
                page.set_row(row, 16 * (1 + int(style.text_width(explain(sheet, column, self.book)) // 50)))
        page.repeat_rows(len(GUIDE) + 2)
        page.print_area(0, 0, row, 3)
        page.protect("")

    def lists(self) -> None:
        """Write the lists behind drop-downs and formulas on a hidden sheet, each a named range."""
        page = self.file.file.add_worksheet(sheets.LISTS)
        told = list(faults(self.place))
        columns: dict[str, Sequence[str | float]] = {
            **all_lists(self.book),
            f"{FAULTS}.表": [fault.sheet for fault in told],
            f"{FAULTS}.列": [fault.column for fault in told],
            f"{FAULTS}.差": [fault.offset for fault in told],
            f"{FAULTS}.句": [fault.sentence for fault in told],
        }
        for at, (name, values) in enumerate(columns.items()):
            page.write_string(0, at, name)
            for row, value in enumerate(values, 1):
                if isinstance(value, str):
                    write = page.write_formula if value.startswith("=") else page.write_string
                    write(row, at, value)
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
            "模板版本": self.filling.version,
            "规则摘要": self.book.digest,
            "单位代码": self.unit.code if self.unit else "",
            "竞赛名称": self.book.contest,
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
        page.write_string(start + 2, 0, YEAR)
        page.write_number(start + 2, 1, self.book.year)
        self.file.file.define_name(YEAR, f"={sheets.META}!$B${start + 3}")
        for name, formula in names(self.place).items():
            self.file.file.define_name(name, formula)
        page.very_hidden()


# ── what the declaration says, in Excel's words ──────────────────────────────────────────────────


def needed(sheet: AnySheet, column: Column, started: str) -> str:
    """Return the condition under which a cell of the first data row must be filled, "" for never."""
    if column.required:
        return started
    if column.when is None:
        return ""
    state = f"${letter(sheet, column.when.field)}{FIRST_ROW}"
    return "OR(" + ",".join(f'{state}="{value}"' for value in column.when.values) + ")"


def letter(sheet: AnySheet, name: str) -> str:
    """Return the letter of a field's column in the form."""
    return column_letter(list(sheet.fields).index(name))


def conflicts(sheet: AnySheet) -> list[tuple[str, str]]:
    """Return (field, condition) of the contradictions shown in red at once."""

    def cell(name: str) -> str:
        return f"${letter(sheet, name)}{FIRST_ROW}"

    def both(one: str, other: str, sign: str) -> str:
        return f"AND(ISNUMBER({cell(one)}),ISNUMBER({cell(other)}),{cell(one)}{sign}{cell(other)})"

    found = [(later, both(later, earlier, "<")) for earlier, later in sheet.order]
    if sheet is sheets.PROJECTS:
        at = letter(sheet, "number")
        found.append(("number", f"COUNTIF(${at}:${at},{cell('number')})>1"))
        found += [(part, both(part, "total", ">")) for part in ("fixed_investment", "contract_amount")]
    return found


def validation(sheet: str, column: Column, book: Rulebook) -> dict[str, Any]:
    """Return XlsxWriter's data validation for a column, {} for free text."""
    stop = {"error_type": "stop", "error_title": column.heading}
    if column.kind is Kind.CHOICE:
        source = f"={list_name(sheet, column)}"
        return {"validate": "list", "source": source, **stop, "error_message": "请从下拉列表里选择。"}
    if column.kind is Kind.DATE:
        years = (book.year - YEARS_NEAR, book.year + YEARS_NEAR)
        span = {"minimum": date(years[0], 1, 1), "maximum": date(years[1], 12, 31)}
        return {
            "validate": "date",
            "criteria": "between",
            **span,
            **stop,
            "error_message": "请填完整日期，如 2011-4-25。",
        }
    if column.kind is Kind.MONEY:
        span_money = {"minimum": 0, "maximum": 9999999999}
        return {
            "validate": "decimal",
            "criteria": "between",
            **span_money,
            **stop,
            "error_message": "请只填数字，单位万元。",
        }
    if column.kind is Kind.WHOLE:
        return {
            "validate": "integer",
            "criteria": ">=",
            "value": column.low,
            **stop,
            "error_message": f"请填不小于 {column.low} 的整数。",
        }
    if column.kind is Kind.PERCENT:
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0.01,
            "maximum": 100,
            **stop,
            "error_message": "请填 0 到 100 的数，如 60。",
        }
    if column.kind is Kind.RATE:
        return {
            "validate": "decimal",
            "criteria": ">",
            "value": 0,
            **stop,
            "error_message": "请填大于 0 的数字。",
        }
    if column.low:
        return {
            "validate": "length",
            "criteria": ">=",
            "value": column.low,
            **stop,
            "error_message": f"至少写 {column.low} 个字。",
        }
    return {}


def all_lists(book: Rulebook) -> dict[str, Sequence[str | float]]:
    """Return every list behind a drop-down or a formula, by its defined name."""
    lists: dict[str, Sequence[str | float]] = {
        f"选项.{sheets.UNIT_CODES}": [u.code for u in book.units],
        "名录.单位名称": [u.name for u in book.units],
        "名录.单位类别": [u.group for u in book.units],
        f"选项.{sheets.INDUSTRIES}": book.industries,
        OWN_NAMES: sorted(book.own_names),
        **spellings.lists(),
    }
    groups = [(sheets.COVER, sheets.COVER_FIELDS), *((s.name, s.columns) for s in sheets.DATA_SHEETS)]
    for sheet, columns in groups:
        for column in columns:
            if column.choices:
                lists[list_name(sheet, column)] = column.choices
    return lists


def need(column: Column) -> str:
    """Return whether a column must be filled, in words."""
    if column.required:
        return "必填"
    return "条件必填" if column.when else "选填"


KIND_WORDS = {
    Kind.DATE: "日期，如 2011-4-25",
    Kind.MONEY: "万元，两位小数",
    Kind.WHOLE: "整数",
    Kind.PERCENT: "百分数，如 60",
    Kind.RATE: "汇率，如 6.5",
    Kind.KEY: "项目编号，如 X01-001",
}


def explain(sheet: AnySheet, column: Column, book: Rulebook) -> str:
    """Return how to fill a column in."""
    parts = [KIND_WORDS.get(column.kind, "")]
    choices = book.industries if column.list_name == sheets.INDUSTRIES else column.choices
    if choices:
        parts.append("从列表选：" + "、".join(choices))
    if column.when:
        parts.append(f"{sheet.fields[column.when.field].heading}为{'、'.join(column.when.values)}时必填")
    if column.hint and column.hint not in parts[0]:
        parts.append(column.hint)
    return "；".join(part for part in parts if part) or "文字"


GUIDE = (
    "1. 先填“封面”，再按实际情况填各表；没有内容的表不要删除，拜访、邀请、项目、资金四张表没有内容时在封面选零报告“是”。",
    "2. 各表从第 4 行开始填，一行一条；不要合并单元格，不要插入合计行，不要改标题。可以插入、删除行，可以排序和筛选。",
    "3. 金额一律为万元人民币，日期填到年月日，能选的从下拉列表选。",
    "4. 一行开始填写后，还缺的必填格会变成黄色；矛盾的内容会变成红色。",
    "5. 填完看“自检”：缺必填项、错误值、违规行应当都是 0；再看“指标”：是本单位七项指标、档次和基本任务。",
    "6. 每次都在上一次报送的文件上接着填（累计），改“填报截止日期”；同一截止日期再报一次时，“报送批次”加 1。",
    "7. 联合引进的项目，参加的单位都填这个项目和它的全部凭证，填相同的联合标识和各自的份额，系统按份额计算。",
)
