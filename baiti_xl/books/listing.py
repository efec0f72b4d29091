"""The sheet 校验结果: all that was found in one list, drawn with openpyxl as a workbook of its own."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from baiti_xl.books import style
from baiti_xl.books.bulk import lines_of
from baiti_xl.contest.columns import heading_key
from baiti_xl.contest.findings import Finding, Severity, count_by_severity
from baiti_xl.contest.values import column_letter, column_number

if TYPE_CHECKING:
    from openpyxl.styles import NamedStyle
    from openpyxl.worksheet.worksheet import Worksheet

RESULT = "校验结果"
MARKS = {Severity.ERROR: "FFFFA3A3", Severity.WARNING: "FFFFD680", Severity.NOTE: "FFB8D8F0"}
INKS = {Severity.ERROR: "FFC00000", Severity.WARNING: "FF9C5700", Severity.NOTE: "FF1F4E79"}
WEIGHT = {severity: at for at, severity in enumerate(Severity)}
HEADINGS = ("序号", "严重程度", "规则", "工作表", "单元格", "标题", "填写内容", "问题与处理")
WIDTHS = (6, 10, 7, 12, 9, 16, 26, 58)
HEADING_ROW = 5
MAX_VALUE, MAX_MESSAGE = 200, 2000
MAX_COLUMN, MAX_ROW = 512, 100_000

CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

Address = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed: findings, the file they speak of, the sheets that can be jumped to by their folded names, a hint."""

    findings: tuple[Finding, ...]
    title: str
    names: Mapping[str, str]
    hint: str

    @property
    def last(self) -> int:
        """The last row of the table; it has one even if nothing was found."""
        return HEADING_ROW + max(len(self.findings), 1)

    def draw(self) -> bytes:
        """Return a workbook that holds the list: summary, headings, then the findings, errors first."""
        from openpyxl import Workbook

        book = Workbook()
        page: Any = book.active
        page.title = RESULT
        for look in looks():
            book.add_named_style(look)
        self.head(page)
        self.body(page)
        set_up(page, self.last, self.title)
        unname(book)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    def head(self, page: "Worksheet") -> None:
        """Write title, counts, what to do, how to read the list, and the headings."""
        counts = count_by_severity(self.findings)
        worst = next((s for s in Severity if counts[s.value]), "无")
        tally = "，".join(f"{name} {count} 条" for name, count in counts.items())
        lines = (
            (f"{RESULT}　{self.title}", "题", 28),
            (tally, f"计{worst}", 24),
            (advice(counts), "话", 20),
            (self.hint, "注", 20),
        )
        for row, (text, look, height) in enumerate(lines, 1):
            write(page, row, 1, text, look)
            page.row_dimensions[row].height = height
        for column, label in enumerate(HEADINGS, 1):
            write(page, HEADING_ROW, column, label, "头")
        page.row_dimensions[HEADING_ROW].height = 24

    def body(self, page: "Worksheet") -> None:
        """Write a row for each finding, or one that says there is none."""
        if not self.findings:
            for column, text in enumerate(("", "", "", "", "", "", "", "没有发现问题"), 1):
                write(page, self.last, column, text, "左")
        for number, item in enumerate(sorted(self.findings, key=lambda f: WEIGHT[f.severity]), 1):
            row, texts = HEADING_ROW + number, line(item)
            write(page, row, 1, number, "中")
            looks = (f"重{item.severity}", "中", "中", "中", "左", "值", "左")
            for column, (text, look) in enumerate(zip(texts, looks, strict=True), 2):
                write(page, row, column, text, look)
            page.row_dimensions[row].height = row_height(texts)
            self.link(page, row, item)

    def link(self, page: "Worksheet", row: int, item: Finding) -> None:
        """Let a finding's place jump to its cell, if there is somewhere to go."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        name = self.names.get(heading_key(item.place.sheet), "") if item.place.sheet else ""
        if name:
            quoted = name.replace("'", "''")
            target = f"'{quoted}'!{cell_name(address_of(item) or (1, 1))}"
            cell: Any = page.cell(row, HEADINGS.index("单元格") + 1)
            cell.style = "链"
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target, display=cell_text(item))


def looks() -> Iterator["NamedStyle"]:
    """Yield the looks of the list by name."""
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
    from openpyxl.styles.borders import DEFAULT_BORDER

    blue, thin = f"FF{style.BLUE[1:]}", Side("thin", f"FF{style.GREY[1:]}")
    frame = Border(thin, thin, thin, thin)

    def look(called: str, fill: str = "", align: str = "left", framed: bool = True, **ink: Any) -> NamedStyle:
        font = Font(**{"name": style.FONT, "sz": 11, "color": "FF000000", "charset": 134, **ink})
        indent = int(framed and align == "left")
        place = Alignment(horizontal=align, vertical="center", wrap_text=framed, indent=indent)
        made = NamedStyle(called, font=font, border=frame if framed else DEFAULT_BORDER, alignment=place)
        if fill:
            made.fill = PatternFill("solid", fill)
        return made

    yield look("题", framed=False, name=style.HEAD_FONT, sz=16, color=blue)
    for severity, ink in (*INKS.items(), ("无", blue)):
        yield look(f"计{severity}", framed=False, name=style.HEAD_FONT, sz=14, color=ink)
    yield look("话", framed=False)
    yield look("注", framed=False, sz=10, color="FF595959")
    yield look("头", f"FF{style.PALE_BLUE[1:]}", "center", name=style.HEAD_FONT, b=True)
    for severity, colour in MARKS.items():
        yield look(f"重{severity}", colour, "center", b=True)
    yield look("中", align="center")
    yield look("左")
    yield look("链", align="center", color="FF0563C1", u="single")
    value = look("值")
    value.number_format = "@"
    yield value


def unname(book: Any) -> None:
    """Leave the looks without their names, which would stay in a workbook that the sheet was copied to and from which it went."""
    for cell in book.active._cells.values():
        cell._style.xfId = 0
    del book._named_styles[1:]


def write(page: "Worksheet", row: int, column: int, value: str | int, look: str) -> None:
    """Write a value, text so that it can never be a formula, a number or an error."""
    cell: Any = page.cell(row, column)
    cell.style = look
    if isinstance(value, int):
        cell.value = value
    elif value:
        cell.value, cell.data_type = typed_text(value), "s"
    if look == "值":
        cell.quotePrefix = True


def set_up(page: Any, last: int, title: str) -> None:
    """Set widths, tab, frozen and filtered headings, and A4 landscape with the file's name and page numbers."""
    from openpyxl.worksheet.properties import PageSetupProperties

    for at, width in enumerate(WIDTHS):
        page.column_dimensions[column_letter(at)].width = width + 0.7109375
    page.sheet_properties.tabColor = f"FF{style.RED[1:]}"
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.sheet_view.showGridLines, page.sheet_view.tabSelected = False, True
    page.freeze_panes = f"A{HEADING_ROW + 1}"
    page.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    page.auto_filter.ref = f"A{HEADING_ROW}:{column_letter(len(HEADINGS) - 1)}{last}"
    page.page_setup.paperSize, page.page_setup.orientation = style.A4, "landscape"
    page.page_setup.fitToHeight = 0
    margins = page.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 0.4, 0.4, 0.6, 0.6
    margins.header = margins.footer = 0.3
    page.oddHeader.left.text = style.in_head(CONTROL.sub(" ", title[: style.LONGEST_HEAD])) or None
    page.oddFooter.left.text, page.oddFooter.right.text = RESULT, "第 &P 页 共 &N 页"


# ── what is said of one finding ──────────────────────────────────────────────────────────────────


def advice(counts: Mapping[str, int]) -> str:
    """Return what to do, by the worst there is."""
    if counts[Severity.ERROR.value]:
        return "“错”必须改正，改正前所在的行不计入统计；“警”请逐条核实，属实的在备注说明；“示”只作提示。改好后重新报送。"
    if counts[Severity.WARNING.value]:
        return "没有错，可以计入统计。“警”请逐条核实，填错的改正后重新报送，属实的在备注说明；“示”只作提示。"
    if counts[Severity.NOTE.value]:
        return "没有错，可以计入统计。“示”只作提示，看过即可。"
    return "没有发现问题，可以计入统计。"


def line(item: Finding) -> tuple[str, ...]:
    """Return a finding as the texts of its row, without the number."""
    place = item.place
    return (
        str(item.severity),
        item.rule,
        place.sheet or "整个文件",
        cell_text(item),
        place.heading,
        item.value if len(item.value) <= MAX_VALUE else f"{item.value[:MAX_VALUE]}……",
        item.message,
    )


def row_height(texts: Sequence[str]) -> int:
    """Return how high a row must be, in points, for its texts to be seen whole in any program."""
    lines = (lines_of(text, width - 2) for text, width in zip(texts, WIDTHS[1:], strict=True))
    return min(16 * max(lines) + 4, 400)


def cell_text(item: Finding) -> str:
    """Return how a finding's place is shown."""
    address = address_of(item) if item.place.sheet else None
    if address is None:
        return "整表" if item.place.sheet else "—"
    return cell_name(address)


def address_of(finding: Finding) -> Address | None:
    """Return (column, row) of a finding's cell, or the first cell of its row; None for a whole sheet."""
    address = address_in(finding.place.cell)
    if address is None:
        address = 1, int(finding.place.cell) if finding.place.cell.isdecimal() else finding.row
    return address if 1 <= address[0] <= MAX_COLUMN and 1 <= address[1] <= MAX_ROW else None


def address_in(ref: str) -> Address | None:
    """Return the address of A1, or None."""
    found = CELL.fullmatch(ref)
    return (column_number(found.group(1)), int(found.group(2))) if found else None


def cell_name(address: Address) -> str:
    """Return an address as A1."""
    return f"{column_letter(address[0] - 1)}{address[1]}"


def typed_text(text: str) -> str:
    """Return text as XML may hold it and Excel reads it back unchanged, cut to a length."""
    text = text if len(text) <= MAX_MESSAGE else f"{text[:MAX_MESSAGE]}……"
    return ESCAPE.sub("_x005F_", CONTROL.sub(" ", text))
