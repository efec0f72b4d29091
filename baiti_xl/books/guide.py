"""填报说明 and 单位代码: what a clerk looks up while filling the form in."""

from collections.abc import Iterator

from baiti_xl.books import style
from baiti_xl.books.bulk import LINE_HEIGHT, lines_of
from baiti_xl.books.style import Book
from baiti_xl.books.worksheet import PREFIXES, UNIT_LISTS
from baiti_xl.contest import sheets
from baiti_xl.contest.columns import AnySheet, Column, Kind
from baiti_xl.contest.examples import Examples
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import column_letter

WIDTHS, LINE = (16, 18, 12, 52), 92
CODE_WIDTHS, CODE_ROW = (14, 34, 14, 24), 3
KIND_WORDS = {
    Kind.DATE: "日期，如 {day}",
    Kind.MONEY: "{unit}，两位小数",
    Kind.WHOLE: "整数",
    Kind.PERCENT: "百分数，如 60",
    Kind.RATE: "汇率，如 6.5",
    Kind.KEY: "项目编号，如 {number}",
}
SUGGESTED_WORDS = {
    sheets.OWN_PROJECTS: "只填“项目台账”里登记了的编号，没有的先登记",
    sheets.MEETING_DAYS: "从列表选调度会的日期",
    sheets.UNIT_NAMES: "列表里有的选用；县外单位照实填写",
}
GUIDE = (
    "1. 竞赛从 {start} 到 {end}，只计这期间的活动。先填“封面”，再按实际情况填各表；没有内容的表不要删除，{zero}没有内容时在封面选零报告“是”。",
    "2. 各表从标题行下面填起，一行一条；不要合并单元格，不要插入合计行，不要改标题。可以插入、删除行，可以排序和筛选。",
    "3. 金额一律为万元人民币，日期填到年月日，能选的从下拉列表选；项目编号先在“项目台账”登记，其他表里才选得到。",
    "4. 一行开始填写后，还缺的必填格会变成黄色；矛盾的内容会变成红色。",
    "5. 填完看“自检”：逐条列出哪张表、哪一格、错在哪里，点单元格就能跳过去；“错”应当是 0，“警”要逐处核对，“示”只是提示。"
    "再看“指标”：是本单位的各项指标、档次和基本任务。",
    "6. 每次都在上一次报送的文件上接着填（累计），改“填报截止日期”；同一截止日期再报一次时，“报送批次”加 1。",
    "7. 联合引进的项目，参加的单位都填这个项目和它的全部凭证，填相同的联合标识和各自的份额，系统按份额计算；"
    "联合单位的代码在“单位代码”表里查。",
    "8. 打印：用 A4 纸，各表有几行打几行，宽的表从左到右接着打在几页上。封面下方由主要负责人签字、单位盖章后，纸质件按办公室要求报送。",
)


def write_guide(file: Book, book: Rulebook, examples: Examples) -> None:
    """Write how to fill the form in, sheet by sheet and column by column."""
    page = file.sheet(sheets.GUIDE, landscape=False)
    for at, width in enumerate(WIDTHS):
        page.set_column(at, at, width)
    file.title(page, "填报说明")
    for row, line in enumerate(guide_lines(book), 1):
        page.merge_range(row, 0, row, len(WIDTHS) - 1, line, file.format(text_wrap=True))
        page.set_row(row, 18 * (1 + int(style.text_width(line) // LINE)))
    first = row + 2
    for at, label in enumerate(("工作表", "标题", "是否必填", "怎么填")):
        page.write(first, at, label, file.format(**style.HEADING))
    for row, texts in enumerate(explained(book, examples), first + 1):
        for at, text in enumerate(texts):
            page.write_string(row, at, text, file.format(**style.CELL, text_wrap=at == len(texts) - 1))
        if (lines := lines_of(texts[-1], WIDTHS[-1])) > 1:
            page.set_row(row, LINE_HEIGHT * lines)
    page.repeat_rows(first)
    page.print_area(0, 0, row, len(WIDTHS) - 1)
    page.protect("")


def guide_lines(book: Rulebook) -> list[str]:
    """Return what holds for every sheet."""
    zero = "、".join(sheet.name for sheet in sheets.ZERO_SHEETS)
    return [line.format(zero=zero, start=book.start, end=book.end) for line in GUIDE]


def explained(book: Rulebook, examples: Examples) -> Iterator[tuple[str, str, str, str]]:
    """Yield (sheet, heading, whether it must be filled, how) of every column that units fill in."""
    for name, _, columns in sheets.PARTS:
        for column in columns:
            sheet = sheets.SHEETS.get(name)
            yield name, column.heading, need(column), examples.within(explain(sheet, column, book))


def need(column: Column) -> str:
    """Return whether a column must be filled, in words."""
    if column.heading in sheets.LOOKED_UP:
        return "自动"
    if column.required:
        return "必填"
    return "条件必填" if column.when else "选填"


def explain(sheet: AnySheet | None, column: Column, book: Rulebook) -> str:
    """Return how to fill a column in, its examples still to be put in."""
    parts = [KIND_WORDS.get(column.kind, "").replace("{unit}", column.unit)]
    choices = book.industries if column.list_name == sheets.INDUSTRIES else column.choices
    if choices:
        parts.append("从列表选：" + "、".join(choices))
    if sheet and column.when:
        parts.append(f"{sheet.fields[column.when.field].heading}为{'、'.join(column.when.values)}时必填")
    if column.suggested:
        parts.append(SUGGESTED_WORDS[column.suggested])
    hint = (
        column.hint.removeprefix(column.unit).removeprefix("；") if column.kind is Kind.MONEY else column.hint
    )
    if hint and hint not in parts[0]:
        parts.append(hint)
    return "；".join(part for part in parts if part) or "文字"


def write_codes(file: Book, book: Rulebook) -> None:
    """Write every unit with its code: what 联合单位代码 and the responsible departments are looked up in."""
    page = file.sheet(sheets.CODES, landscape=False)
    for at, width in enumerate(CODE_WIDTHS):
        page.set_column(at, at, width)
    file.title(page, "单位代码")
    page.write(1, 0, "填联合单位代码、责任部门、需协调部门时在这里查；只供查阅。", file.format(**style.HINT))
    more = book.inherits
    for at, label in enumerate(("单位代码", "单位名称", "类别", *(("也认的项目编号",) if more else ()))):
        page.write(CODE_ROW - 1, at, label, file.format(**style.HEADING))
    for row, unit in enumerate(book.units, CODE_ROW):
        prefixes = "、".join(book.prefixes[unit.code][1:])
        for at, text in enumerate((unit.code, unit.name, unit.group, *((prefixes,) if more else ()))):
            page.write_string(row, at, text, file.format(**style.CELL))
    for at, name in enumerate((*UNIT_LISTS, *((PREFIXES,) if more else ()))):
        letter, last = column_letter(at), CODE_ROW + len(book.units)
        file.file.define_name(name, f"={sheets.CODES}!${letter}${CODE_ROW + 1}:${letter}${last}")
    page.freeze_panes(CODE_ROW, 0)
    page.repeat_rows(CODE_ROW - 1)
    page.protect("", {"autofilter": True, "format_columns": True})
