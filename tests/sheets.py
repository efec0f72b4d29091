"""Submissions for tests: a sheet is shown as a small table, its outcome as lines of text.

A table names only the columns that matter; every other cell is filled with a sound default, so that what
a test expects comes from what it shows. In a table, `2011-5-1` is a real date, `12.5` a number, `'12.5`
the text (as an apostrophe does in Excel), an empty cell is empty. The first row below the headings is row
4, as in the form. `submission_of` reads the same cells in memory, or through a real workbook.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from string import ascii_uppercase
from typing import Any, cast

import xlsxwriter
from python_calamine import CalamineWorkbook

from baiti_xl.books.template import Filling, write_template
from baiti_xl.contest import measures, sheets
from baiti_xl.contest.choices import Answer
from baiti_xl.contest.columns import AnySheet, Column, heading_key
from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.measures import figures_of as counted
from baiti_xl.contest.records import Account, Figure, Ledger, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import check
from baiti_xl.contest.tally import Tally
from baiti_xl.count.ledger import build_ledger
from baiti_xl.read import guard
from baiti_xl.read.cells import Workbook, assemble, read_submission

NEW, VISITED, INVITED = measures.NEW.name, measures.VISITED.name, measures.INVITED.name
SIGNED, STARTED, COMPLETED = measures.SIGNED.name, measures.STARTED.name, measures.COMPLETED.name
AMOUNT, PAID, COMPLETION = measures.AMOUNT.name, measures.PAID.name, measures.COMPLETION.name
BOOK = default_rulebook()
CUTOFF = date(2011, 7, 12)
Grid = list[list[Any]]
Tables = Mapping[str, str]

DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
COVER: Mapping[str, Any] = {
    "cutoff": CUTOFF,
    "batch": 1,
    "reporter": "李明",
    "phone": "13800000000",
    "head": "张伟",
    "deputy": "王芳",
}
# A date that follows another one is the same day unless a test says otherwise.
SAME_DAY = {"返回日期": "拜访日期", "离开日期": "来访日期"}
# Sound values by heading; `{n}` is the row's number in its table from 1, `{u}` the unit's code.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "组织发动": {
        "事项": "动员会议", "日期": date(2011, 4, 15), "内容": "召开第{n}次动员大会", "负责人": "张伟", "佐证材料": "会议纪要",
    },
    "拜访客商": {
        "外出批次号": "2011-W{n}", "拜访日期": date(2011, 5, 10), "返回日期": date(2011, 5, 12), "目的地": "广东佛山",
        "客商名称": "佛山第{n}纺织有限公司", "接洽人": "陈强", "职务": "经理", "带队领导": "领导{n}", "领导层级": "班子成员",
        "外出人数": 3, "招商方式": "小分队招商", "产业": "化工", "洽谈内容": "洽谈羽绒服装加工项目落地事宜", "佐证材料": "照片",
    },
    "邀请客商": {
        "来访日期": date(2011, 5, 15), "离开日期": date(2011, 5, 16), "客商名称": "温州第{n}制鞋有限公司", "客商姓名": "林海",
        "职务": "董事长", "来源地": "浙江温州", "来访人数": 4, "接待领导": "张伟", "领导层级": "党政主职", "考察内容": "考察产业集聚区",
        "佐证材料": "照片",
    },
    "项目台账": {
        "项目编号": "{u}-{n:03}", "项目名称": "第{n}羽绒加工项目", "投资方": "佛山第{n}纺织有限公司", "投资方所在地": "广东佛山",
        "产业": "羽绒及服饰加工", "招商方式": "以商招商", "建设内容": "厂房及生产线", "建设地点": "产业集聚区", "总投资": 12000,
        "固定资产投资": 10000, "签约金额": 11000, "项目阶段": "签约", "签约日期": date(2011, 5, 10), "合同编号": "HT-{n:03}",
        "合同性质": "正式", "开工日期": date(2011, 6, 1), "竣工日期": date(2011, 6, 20), "引进方式": "独立", "联合单位代码": "X02",
        "本单位份额": 60, "联合标识": "{u}-{n:03}", "责任领导": "张伟", "责任人": "李明", "责任人电话": "13800000000", "佐证材料": "合同",
    },
    "到位资金": {
        "项目编号": "{u}-001", "到位日期": date(2011, 5, 20), "到位金额": 100, "资金性质": "注册资本", "凭证类型": "银行进账单",
        "凭证号": "PZ-{u}-{n:03}", "付款方": "佛山第1纺织有限公司", "币种": "人民币", "原币金额": 20, "汇率": 5, "佐证材料": "进账单",
    },
    "手续办理": {
        "项目编号": "{u}-001", "手续类别": "立项备案", "状态": "已办结", "责任部门": "县发改委", "责任人": "赵军",
        "计划办结日期": date(2011, 7, 15), "实际办结日期": date(2011, 5, 15), "文号": "台发改〔2011〕{n}号",
    },
    "困难问题": {
        "提出日期": date(2011, 5, 20), "问题": "第{n}个用地问题", "需协调部门": "县国土资源局", "状态": "未解决",
        "解决日期": date(2011, 6, 10), "跟踪责任人": "李明",
    },
    "跟踪服务": {
        "走访日期": date(2011, 5, 20), "企业名称": "台前第{n}羽绒有限公司", "走访人": "李明", "生产经营状况": "正常开工",
    },
    "情况说明": {
        "调度会日期": date(2011, 6, 12), "未取得突破原因": "客商仍在考察", "下步措施": "再次登门洽谈", "完成时间": date(2011, 7, 12),
        "主要负责人": "张伟",
    },
}  # fmt: skip


# ── tables as text ───────────────────────────────────────────────────────────────────────────────


def table(text: str) -> list[dict[str, Any]]:
    """Return the rows of a table written as text, values by heading."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    headings, *rows = lines
    for row in rows:
        assert len(row) == len(headings), f"uneven row: {row}"
    return [dict(zip(headings, map(value_of, row), strict=True)) for row in rows]


def value_of(cell: str) -> Any:
    """Return what a cell of a table as text stands for."""
    if cell.startswith("'"):
        return cell[1:]
    if match := DATE.fullmatch(cell):
        return date(*map(int, match.groups()))
    return float(cell) if NUMBER.fullmatch(cell) else cell


def filled(sheet: AnySheet, given: Mapping[str, Any], n: int, unit: str) -> list[Any]:
    """Return a whole row of a sheet: what a test gives, and sound defaults where it says nothing."""
    unknown = set(given) - {c.heading for c in sheet.columns}
    assert not unknown, f"no such heading: {unknown}"
    row = dict(given)

    def default(column: Column) -> Any:
        if isinstance(row.get(SAME_DAY.get(column.heading, "")), date):
            return row[SAME_DAY[column.heading]]
        if column.when and row.get(sheet.fields[column.when.field].heading) not in column.when.values:
            return ""
        if not (column.required or column.when):
            return ""
        value = DEFAULTS[sheet.name][column.heading]
        return value.format(n=n, u=unit) if isinstance(value, str) else value

    for column in sorted(sheet.columns, key=lambda c: c.when is not None):
        row.setdefault(column.heading, default(column))
    return [row[c.heading] for c in sheet.columns]


def rows_of(tables: Tables, unit: str) -> dict[str, Grid]:
    """Return the full rows of every sheet that the tables name."""
    return {
        name: [filled(sheets.SHEETS[name], given, n, unit) for n, given in enumerate(table(text), 1)]
        for name, text in tables.items()
    }


def cover_of(rows: Mapping[str, Grid], unit: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a cover; zero reports agree with the rows unless a test says otherwise."""
    zero = {s.zero: Answer.NO if rows.get(s.name) else Answer.YES for s in sheets.ZERO_SHEETS}
    return {"code": unit, **COVER, **zero, **changes}


# ── grids: the cells of a whole submission ───────────────────────────────────────────────────────


def grids_of(tables: Tables, unit: str = "X01", cover: Mapping[str, Any] | None = None) -> dict[str, Grid]:
    """Return the cells of every sheet from A1, laid out as the form lays them out."""
    rows = rows_of(tables, unit)
    values = cover_of(rows, unit, cover or {})
    grids = {sheets.COVER: [[], [], [], *([c.label, values.get(c.field, "")] for c in sheets.COVER_FIELDS)]}
    for sheet in sheets.DATA_SHEETS:
        grids[sheet.name] = [
            [sheet.name], [sheet.instruction], [c.label for c in sheet.columns], *rows.get(sheet.name, []),
        ]  # fmt: skip
    grids[sheets.META] = [["模板标识", sheets.TEMPLATE_ID], ["模板版本", str(sheets.FORM_VERSION)]]
    return grids


class MemorySheet:
    """A sheet as the value reader gives it: rows of equal length, numbers as floats, nothing as ""."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid

    def to_python(self, *, skip_empty_area: bool) -> Grid:
        assert not skip_empty_area, "row numbers would shift"
        width = max(map(len, self.grid), default=0)
        return [[*map(stored, row), *[""] * (width - len(row))] for row in self.grid]


class MemoryReader:
    """A workbook as the value reader gives it."""

    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self.grids = grids

    def get_sheet_by_name(self, name: str) -> MemorySheet:
        return MemorySheet(self.grids[name])


def stored(value: Any) -> Any:
    """Return a value as a cell stores it."""
    if value is None:
        return ""
    return float(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


def read_grids(grids: Mapping[str, Grid], file: str = "X01.xlsx", book: Rulebook = BOOK) -> Submission:
    """Read and check cells as if they stood in a plain workbook."""
    package = guard.Package(b"", {}, frozenset(), {})
    reader = cast(CalamineWorkbook, MemoryReader(grids))
    workbook = Workbook(package, reader, {heading_key(name): name for name in grids})
    return check(assemble(workbook, file, f"digest of {file}", book), book)


def submission_of(
    tables: Tables,
    *,
    unit: str = "X01",
    file: str = "",
    book: Rulebook = BOOK,
    cover: Mapping[str, Any] | None = None,
    through: str = "memory",
) -> Submission:
    """Return the checked submission that holds the tables, read in memory or `through="file"`."""
    file = file or f"{unit}.xlsx"
    if through == "memory":
        return read_grids(grids_of(tables, unit, cover), file, book)
    return read_file(template_of(tables, unit, book, cover), file, book)


def by_field(rows: Mapping[str, Iterable[Iterable[Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return rows written in the order of the columns as a filling wants them."""
    return {
        name: [dict(zip(sheets.SHEETS[name].fields, row, strict=True)) for row in given]
        for name, given in rows.items()
    }


def template_of(
    tables: Tables, unit: str = "X01", book: Rulebook = BOOK, cover: Mapping[str, Any] | None = None
) -> bytes:
    """Return the standard template filled in with the tables."""
    rows = rows_of(tables, unit)
    target = io.BytesIO()
    write_template(target, book, None, Filling(cover_of(rows, unit, cover or {}), by_field(rows)))
    return target.getvalue()


def form_of(tables: Tables, unit: str = "X01") -> bytes:
    """Return the standard template filled in with tables; equal ones are drawn once."""
    return drawn(tuple(tables.items()), unit, sheets.DATA_SHEETS[0].capacity)


@lru_cache(maxsize=16)
def drawn(tables: tuple[tuple[str, str], ...], unit: str, capacity: int) -> bytes:
    """Return a form; one of another capacity is another."""
    return template_of(dict(tables), unit)


def read_file(data: bytes, file: str = "X01.xlsx", book: Rulebook = BOOK) -> Submission:
    """Read and check a file."""
    return check(read_submission(data, file, book), book)


# ── small plain workbooks, and what can be done to them ──────────────────────────────────────────


def workbook_of(
    grids: Mapping[str, Grid],
    touch: Mapping[str, Callable[[Any], object]] | None = None,
    percent: Iterable[tuple[str, str]] = (),
) -> bytes:
    """Return a workbook of plain cells, as another program may save the form.

    `touch` gets the XlsxWriter worksheet of a sheet after its cells; `percent` lists (sheet, cell) in percent format.
    """
    target = io.BytesIO()
    file = xlsxwriter.Workbook(target, {"in_memory": True})
    file.set_properties({"created": datetime(2011, 4, 13)})
    day, share = file.add_format({"num_format": "yyyy-mm-dd"}), file.add_format({"num_format": "0%"})
    shapes = dict.fromkeys(percent, share)
    for name, grid in grids.items():
        page = file.add_worksheet(name)
        for r, row in enumerate(grid):
            for c, value in enumerate(map(stored, row)):
                shape = shapes.get((name, f"{chr(65 + c)}{r + 1}"))
                if isinstance(value, date):
                    page.write_datetime(r, c, value, day)
                elif isinstance(value, str):
                    page.write_string(r, c, value, shape) if value else None
                else:
                    page.write_number(r, c, value, shape)
        if touch and name in touch:
            touch[name](page)
    file.close()
    return target.getvalue()


Change = Callable[[str, bytes], tuple[str, bytes]]


def repacked(data: bytes, change: Change) -> bytes:
    """Return a zip with every part's (name, bytes) changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    return target.getvalue()


def replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return a zip with some bytes of one part replaced; they must be there."""

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name != part:
            return name, content
        assert old in content, content[:400]
        return name, content.replace(old, new)

    return repacked(data, change)


# ── what came of it, as text ─────────────────────────────────────────────────────────────────────


def lines(findings: Submission | Iterable[Finding], *rules: str) -> list[str]:
    """Return findings (of the rules named, or all) as lines: `K01 错 项目台账 项目编号4 X01-001`."""
    found = findings.findings if isinstance(findings, Submission) else findings
    return [
        " ".join(filter(None, (f.rule, f.severity.value, f.place.sheet, where(f.place), f.value)))
        for f in found
        if not rules or f.rule in rules
    ]


def where(place: Place) -> str:
    """Return a cell by its heading, which stays when columns are added: 项目编号4, 联系电话 on the cover."""
    if not (place.heading and place.cell):
        return place.cell
    return (
        place.heading if place.sheet == sheets.COVER else place.heading + place.cell.lstrip(ascii_uppercase)
    )


def text_lines(text: str) -> list[str]:
    """Return the lines of a text, trimmed, empty ones dropped."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def ledger_of(*submissions: Submission, book: Rulebook = BOOK, day: date = CUTOFF) -> Ledger:
    """Return the ledger of some submissions as of a day."""
    return build_ledger(submissions, book, day)


def account_of(
    *submissions: Submission, book: Rulebook = BOOK, day: date = CUTOFF, unit: str = "X01"
) -> Account:
    """Return one unit's account."""
    return next(a for a in ledger_of(*submissions, book=book, day=day).accounts if a.unit.code == unit)


def figures_of(
    *submissions: Submission, book: Rulebook = BOOK, day: date = CUTOFF, unit: str = "X01"
) -> dict[str, Figure]:
    """Return one unit's figures."""
    return counted(Tally(account_of(*submissions, book=book, day=day, unit=unit), book, day))


def told(found: Mapping[str, Figure], names: Sequence[str]) -> str:
    """Return figures as text: `新上项目数 1，竣工率 —`; exact, not rounded."""
    return "，".join(f"{name} {plain(found[name].value)}" for name in names)


def plain(value: Decimal | None) -> str:
    """Return a figure's value as text, — for 无."""
    return "—" if value is None else f"{value.normalize():f}"


def rules(**changes: Any) -> Rulebook:
    """Return the default rulebook with some parameters changed."""
    return replace(BOOK, **changes)
