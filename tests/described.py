"""A workbook in words, for golden files: what its cells say, what they take, and what may be done to them.

Columns go by their headings, so that a column more does not change the lines of the others. Looks are left out.
"""

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

EMPTY = re.compile(r"( \| ){4,}")
REFERENCE = re.compile(r"\$?\b([A-Z]{1,2})\$?(\d+)\b")
CHANGING = ((re.compile(r"baiti_xl \d[\d.]*"), "baiti_xl 版本"), (re.compile(r"\b[0-9a-f]{12,64}\b"), "摘要"))
ALLOWED = "formatCells formatColumns formatRows insertRows deleteRows sort autoFilter".split()
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
KINDS = ("barChart", "lineChart")


def described(
    data: bytes, heading_rows: Mapping[str, int], lists: str = "", unseen: Collection[str] = ()
) -> str:
    """Return a workbook in words.

    `heading_rows` says where a sheet's headings stand, `lists` is a sheet whose columns are lists, and of sheets that
    are `unseen` only the frame is told, as of formulas that lead to them.
    """
    book = openpyxl.load_workbook(io.BytesIO(data))
    lines: list[str] = []
    for page in book.worksheets:
        lines += ["", f"■ {page.title}", *frame(page)]
        row = heading_rows.get(page.title, 0)
        heads = headings(page, row)
        if page.title == lists:
            lines += columns(page)
        elif page.title not in unseen:
            lines += [*cells(page, unseen), *(formats(page, row, heads) if row else open_cells(page))]
            lines += [*validations(page, heads), *conditions(page, heads)]
    lines += ["", "■ 名称", *names(book, unseen), *charts(data)]
    text = "\n".join(lines).strip() + "\n"
    for pattern, word in CHANGING:
        text = pattern.sub(word, text)
    return text


def headings(page: Worksheet, row: int) -> dict[str, str]:
    """Return the headings of a row by their letters."""
    return {get_column_letter(c.column): str(c.value) for c in page[row] if c.value} if row else {}


def frame(page: Worksheet) -> Iterator[str]:
    """Yield whether a sheet is seen, what may be done to it, what stays in view and what is printed."""
    if page.sheet_state != "visible":
        yield f"隐藏：{page.sheet_state}"
    if page.protection.sheet:
        allowed = [name for name in ALLOWED if not getattr(page.protection, name)]
        yield f"保护，可以：{' '.join(allowed) or '无'}"
    if page.freeze_panes:
        yield f"冻结：{page.freeze_panes}"
    if page.auto_filter.ref:
        yield f"筛选：{page.auto_filter.ref}"
    yield from (f"表格：{table.name} {table.ref}" for table in page.tables.values())
    if page.print_title_rows or page.print_area:
        yield f"打印：{page.print_area or '全部'}，标题行 {page.print_title_rows or '无'}，{page.page_setup.orientation}"
    top: Any = page.oddHeader
    parts = [part.text for part in (top.left, top.center, top.right) if part.text]
    if parts:
        yield f"页眉：{' | '.join(parts)}"


def cells(page: Worksheet, unseen: Collection[str]) -> Iterator[str]:
    """Yield each row that says something, rows that say the same once."""
    rows = [(cells[0].row, said) for cells in page.iter_rows() if (said := row_of(cells, unseen))]
    for said, same in groupby(rows, key=lambda row: row[1]):
        numbers = [number for number, _ in same]
        yield f"{'–'.join(dict.fromkeys(map(str, (numbers[0], numbers[-1]))))}: {said}"


def row_of(cells: Iterable[Any], unseen: Collection[str]) -> str:
    """Return what a row says."""
    return EMPTY.sub(" ⋯ ", " | ".join(shown(cell, unseen) for cell in cells).rstrip(" |"))


def shown(cell: Any, unseen: Collection[str]) -> str:
    """Return a cell as text; a link with where it leads, a formula that leads to what is unseen without its words."""
    value = getattr(cell.value, "text", cell.value)
    if isinstance(value, str) and value.startswith("=") and any(f"{name}!" in value for name in unseen):
        return "（算）"
    text = "" if value is None else f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value)
    text = f"{value:.10g}" if isinstance(value, float) else text.replace("\n", "／")
    return f"{text} → {cell.hyperlink.location or cell.hyperlink.target}" if cell.hyperlink else text


def columns(page: Worksheet) -> Iterator[str]:
    """Yield each list with its length and its first items."""
    for head, *items in page.iter_cols(values_only=True):
        held = [str(item) for item in items if item is not None]
        yield f"{head}（{len(held)}）：{'、'.join(held[:4])}"


def formats(page: Worksheet, row: int, heads: Mapping[str, str]) -> Iterator[str]:
    """Yield the number format of each column below its heading, and whether it can be typed into."""
    for letter, heading in heads.items():
        cell, at = page[f"{letter}{row + 1}"], column_index_from_string(letter)
        wide = (d for d in page.column_dimensions.values() if (d.min or 0) <= at <= (d.max or 0))
        style = cell if cell.has_style else next(wide, cell)
        yield f"{heading}：{style.number_format}{'' if style.protection.locked else '，可填'}"


def open_cells(page: Worksheet) -> Iterator[str]:
    """Yield the cells that can be typed into, with their formats."""
    for row in page.iter_rows():
        for cell in row:
            if page.protection.sheet and not cell.protection.locked:
                yield f"{cell.coordinate}：{cell.number_format}，可填"


def validations(page: Worksheet, heads: Mapping[str, str]) -> Iterator[str]:
    """Yield what each range takes, with what is said before and after."""
    for rule in page.data_validations.dataValidation:
        takes = " ".join(filter(None, (rule.type, rule.operator, rule.formula1, rule.formula2)))
        kind = (rule.errorStyle or "stop") if rule.showErrorMessage else "不拦"
        said = " / ".join(filter(None, (rule.promptTitle, rule.prompt, rule.errorTitle, rule.error)))
        yield f"{place(str(rule.sqref), heads)} 填：{takes}（{kind}）{said}".strip()


def conditions(page: Worksheet, heads: Mapping[str, str]) -> Iterator[str]:
    """Yield when each range changes its look."""
    for area in page.conditional_formatting:
        for rule in area.rules:
            takes = " ".join(filter(None, (rule.type, rule.operator, *rule.formula)))
            yield f"{place(str(area.sqref), heads)} 变色：{worded(takes, heads)}"


def place(reference: str, heads: Mapping[str, str]) -> str:
    """Return a range within one column by its heading."""
    found = REFERENCE.findall(reference)
    letters = {letter for letter, _ in found}
    if len(letters) == 1 and letters <= set(heads):
        return f"{heads[letters.pop()]} {'–'.join(row for _, row in found)}"
    return reference


def worded(formula: str, heads: Mapping[str, str]) -> str:
    """Return a formula with headings in place of letters."""
    return REFERENCE.sub(lambda m: f"[{heads[m[1]]}]" if m[1] in heads else m[0], formula)


def names(book: openpyxl.Workbook, unseen: Collection[str]) -> Iterator[str]:
    """Yield the defined names of a workbook, but for those of the sheets left out."""
    for name, defined in sorted(book.defined_names.items()):
        if not any(f"{sheet}!" in defined.attr_text for sheet in unseen):
            yield f"{name} = {defined.attr_text}"


def charts(data: bytes) -> Iterator[str]:
    """Yield each chart: kind, title, and of each series its name and where its categories and values stand."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in sorted(parts.namelist(), key=lambda n: (len(n), n)):
            if name.startswith("xl/charts/chart"):
                yield from chart(etree.fromstring(parts.read(name)))


def chart(root: etree._Element) -> Iterator[str]:
    """Yield the lines of one chart."""
    kind = next(str(node.tag) for node in root.iter() if str(node.tag).removeprefix(CHART) in KINDS)
    title = next(root.iter(f"{CHART}title"), root)
    yield f"图 {kind.removeprefix(CHART)}：{''.join(node.text or '' for node in title.iter(f'{DRAWN}t'))}"
    for series in root.iter(f"{CHART}ser"):
        refs = [
            "".join(node.text or "" for node in part.iter(f"{CHART}{tag}"))
            for part, tag in (
                (p, t)
                for n, t in (("tx", "v"), ("cat", "f"), ("val", "f"))
                for p in series.iter(f"{CHART}{n}")
            )
        ]
        yield f"  {' | '.join(refs)}"
