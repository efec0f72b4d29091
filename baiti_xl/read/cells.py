"""Cells → typed records: sheets and columns are found by their names, never by position."""

import hashlib
import io
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from baiti_xl.contest import sheets as form
from baiti_xl.contest.columns import AnySheet, Kind, heading_key
from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.records import AnyTable, Reading, Submission, Table
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding
from baiti_xl.contest.sheets import Cover
from baiti_xl.contest.spellings import NOTE_WORDS, TOTAL_WORDS, label_of, note_word, visible
from baiti_xl.contest.values import column_letter, row_list
from baiti_xl.read import guard
from baiti_xl.read.text import Context, is_blank, read_column, shown

Grid = list[list[Any]]
T = TypeVar("T")
KNOWN = frozenset({form.COVER, form.META, *form.SHEETS})
SEEN = {heading_key(name): name for name in (form.COVER, *form.SHEETS)}
HEADING_SEARCH = 40
TOTALS, NOTES = frozenset(TOTAL_WORDS), frozenset(NOTE_WORDS)


def context_of(book: Rulebook) -> Context:
    """Return what typing needs of the rulebook."""
    lists = {form.INDUSTRIES: book.industries, form.UNIT_CODES: (*book.by_code, *book.renamed)}
    return Context(book.year, lists)


def read_submission(data: bytes, file: str, book: Rulebook) -> Submission:
    """Read one file as a submission; what is wrong with the file as a whole comes as its first findings."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        workbook = Workbook.open(data)
        return assemble(workbook, file, digest, book)
    except guard.Refused as refusal:
        fault = finding(refusal.rule, Place(file), **refusal.slots)
        return Submission(
            file, digest, Cover(), {}, {s.name: Table(s.name) for s in form.DATA_SHEETS}, (fault,)
        )


def read_grids(data: bytes, sheets: Sequence[str]) -> dict[str, Grid]:
    """Return the cell grids of the named sheets that exist, from A1, empty cells as "".

    Raises guard.Refused if the file is not a workbook that can be read.
    """
    workbook = Workbook.open(data, frozenset(map(heading_key, sheets)))
    return {name: workbook.grid(real) for name in sheets if (real := workbook.find(name))}


# ── the workbook ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Workbook:
    """A guarded file opened for reading; sheets are found by name after folding blanks and widths."""

    package: guard.Package
    reader: CalamineWorkbook
    names: Mapping[str, str]

    @classmethod
    def open(cls, data: bytes, wanted: Collection[str] = guard.SUBMISSION_SHEETS) -> "Workbook":
        """Open a file to read the wanted sheets (by heading key); raises guard.Refused."""
        package = guard.inspect(data, wanted)
        reader = calm(lambda: CalamineWorkbook.from_filelike(io.BytesIO(package.data)))
        return cls(package, reader, {heading_key(name): name for name in in_turn(reader.sheet_names)})

    def find(self, name: str) -> str:
        """Return the sheet's name as it stands in the file, or "" if it is missing."""
        return self.names.get(heading_key(name), "")

    def grid(self, name: str) -> Grid:
        """Return the values of a sheet from A1, as a list of rows of equal length."""
        return calm(lambda: self.reader.get_sheet_by_name(name).to_python(skip_empty_area=False))


def in_turn(names: Sequence[str]) -> Iterator[str]:
    """Yield the names of sheets, of several alike last the one to read: that written as ours, else the first."""
    yield from reversed(names)
    yield from (name for name in names if name in KNOWN)


def calm(call: Callable[[], T]) -> T:
    """Call the reader; what it trips over cannot be read, though the file may be sound."""
    try:
        return call()
    except MemoryError as error:
        raise guard.Refused("F05", what="内容过多") from error
    except Exception as error:
        raise guard.Refused("F04", what="工作簿内部不完整") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise guard.Refused("F04", what="工作簿内部错乱") from error


# ── one submission ───────────────────────────────────────────────────────────────────────────────


def assemble(workbook: Workbook, file: str, digest: str, book: Rulebook) -> Submission:
    """Read cover and data sheets into a submission with the findings about the file."""
    if not any(map(workbook.find, (form.COVER, *form.SHEETS))):
        raise guard.Refused("F01/foreign")
    context, about = context_of(book), about_form(workbook)
    version, other = version_of(about), other_contest(about, book)
    notes = (*package_notes(workbook.package, file), *sheet_notes(workbook, file))
    faults = [*version_faults(version, file), *notes]
    if other:
        faults.append(finding("F06/contest", Place(file), contest=other))
    cover, cells, readings = read_cover(workbook, context)
    if not workbook.find(form.COVER):
        faults.append(finding("F09/sheet", Place(file, form.COVER)))
    elif "code" not in cells:
        faults.append(finding("F09/heading", Place(file, form.COVER, "", "单位代码")))
    elif book.unit(cover.code) is None:
        place = Place(file, form.COVER, cells["code"], "单位代码")
        faults.append(finding("F07", place, next((r.raw for r in readings if r.field == "code"), cover.code)))
    tables = {}
    for sheet in form.DATA_SHEETS:
        tables[sheet.name], found = read_sheet(workbook, sheet, file, context, version)
        faults.extend(found)
    faults.extend(form_faults(about, cover, cells, book, file))
    unit = book.unit(cover.code)
    if unit:
        if unit.code != cover.code:
            place = Place(file, form.COVER, cells["code"], "单位代码")
            faults.append(finding("F07/former", place, cover.code, code=unit.code))
        cover = replace(cover, code=unit.code, name=unit.name, group=unit.group)
    readings = tuple(r for r in readings if r.field not in ("code", "name", "group"))
    return Submission(
        file, digest, cover, cells, tables, tuple(faults), readings, version or form.FORM_VERSION, not other
    )


def about_form(workbook: Workbook) -> Mapping[str, str]:
    """Return what the hidden sheet says of the form and its contest; nothing without it."""
    real = workbook.find(form.META)
    return {shown(row[0]): shown(row[1]) for row in workbook.grid(real) if len(row) > 1} if real else {}


def other_contest(about: Mapping[str, str], book: Rulebook) -> str:
    """Return which other contest a form was issued for, "" for this one; forms of version 1 tell only the year."""
    told, year = about.get(form.CONTEST_ID, ""), about.get(form.YEAR, "").partition(".")[0]
    if told == book.contest_id if told else year in ("", str(book.year)):
        return ""
    return f"{year}年{about.get(form.COUNTY, '')}{about.get('竞赛名称', '')}".removeprefix("年") or told


def form_faults(
    about: Mapping[str, str], cover: Cover, cells: Mapping[str, str], book: Rulebook, file: str
) -> Iterator[Finding]:
    """Yield where the cover says otherwise than the form that was issued: its unit, and its contest's year."""
    unit, issued = book.unit(cover.code), book.unit(about.get(form.UNIT_CODES, ""))
    if unit and issued and unit.code != issued.code:
        place = Place(file, form.COVER, cells.get("code", ""), "单位代码")
        yield finding("F07/issued", place, cover.code, code=issued.code, name=issued.name)
    year = about.get(form.YEAR, "").partition(".")[0]
    if about.get(form.CONTEST_ID) == book.contest_id and year not in ("", str(book.year)):
        yield finding("F06/year", Place(file, form.META), year=year, own=book.year)


def version_of(values: Mapping[str, str]) -> int | None:
    """Return the version of our form that the hidden sheet tells, 0 for one that is no number; None if it is not ours."""
    if values.get("模板标识") != form.TEMPLATE_ID:
        return None
    version = values.get("模板版本", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 4 else 0


def version_faults(version: int | None, file: str) -> Iterator[Finding]:
    """Yield F06 for a form that is not ours or too new, and what one of an earlier version does not have."""
    if not version:
        what = (
            "没有版本号，或版本号不是数字"
            if version == 0
            else "不是本竞赛下发的模板，或隐藏的“元数据”表被删去"
        )
        yield finding("F06", Place(file), what=what)
    elif version > form.FORM_VERSION:
        yield finding("F06/later", Place(file), version=version, known=form.FORM_VERSION)
    elif missing := form.added_after(version):
        yield finding("F06/earlier", Place(file), version=version, what="、".join(missing))


def package_notes(package: guard.Package, file: str) -> Iterator[Finding]:
    """Yield what the guard let pass but the unit should know."""
    if package.has_macros:
        yield finding("F05/macros", Place(file))
    for sheet, count in package.padding.items():
        yield finding("F03/empty", Place(file, sheet), count=count)
    for sheet, cells in package.split.items():
        for cell in cells:
            yield finding("F05/split", Place(file, sheet, cell))


def sheet_notes(workbook: Workbook, file: str) -> Iterator[Finding]:
    """Yield the sheets of the form that stand twice, told apart by blanks only, and those that nobody sees."""
    alike: dict[str, list[str]] = {}
    for about in getattr(workbook.reader, "sheets_metadata", ()):
        key = heading_key(about.name)
        if key in SEEN:
            alike.setdefault(key, []).append(about.name)
            if about.visible is not SheetVisibleEnum.Visible and about.name == workbook.names[key]:
                yield finding("F09/hidden", Place(file, SEEN[key]))
    for key, names in alike.items():
        if len(names) > 1:
            yield finding("F09/twin", Place(file, SEEN[key]), names="”“".join(names))


def read_cover(workbook: Workbook, context: Context) -> tuple[Cover, dict[str, str], tuple[Reading, ...]]:
    """Return the cover, the cell of each field found, and its odd readings."""
    real = workbook.find(form.COVER)
    grid = workbook.grid(real) if real else []
    unseen = workbook.package.unseen.get(real, frozenset())
    index = form.COVER_HEADINGS
    cells: dict[str, str] = {}
    values: dict[str, Any] = {}
    readings: list[Reading] = []
    for number, row in enumerate(grid, 1):
        for at, label in enumerate(row[:4]):
            column = index.get(heading_key(label)) if isinstance(label, str) and label else None
            if column is None or column.field in cells:
                continue
            cells[column.field] = cell = f"{column_letter(at + 1)}{number}"
            beside = row[at + 1] if at + 1 < len(row) else ""
            (value,), odd = read_column(column, [beside], [number], context)
            values[column.field] = value
            readings.extend(odd)
            if cell in unseen and not is_blank(beside):
                readings.append(Reading(0, column.field, shown(beside), "C08/unseen", {"cells": cell}))
    return Cover(**values), cells, tuple(readings)


# ── one data sheet ───────────────────────────────────────────────────────────────────────────────


def read_sheet(
    workbook: Workbook, sheet: AnySheet, file: str, context: Context, version: int | None
) -> tuple[AnyTable, list[Finding]]:
    """Return a data sheet as a table, with F09 for what a form of its version should have and has not."""
    real = workbook.find(sheet.name)
    known = version or form.FORM_VERSION
    if not real:
        return Table(sheet.name), (
            [] if sheet.since > known else [finding("F09/sheet", Place(file, sheet.name))]
        )
    grid = workbook.grid(real)
    heading_row, found = find_headings(grid, sheet)
    faults = list(heading_faults(sheet, found, file, grid[heading_row] if found else [], known))
    if not found:
        return Table(sheet.name), faults
    detail = workbook.package.detail(real)
    return build_table(Source(workbook, sheet, real, grid, heading_row, found, detail, context)), faults


def find_headings(grid: Grid, sheet: AnySheet) -> tuple[int, dict[str, int]]:
    """Return the index of the row that holds most headings, and the column index of each heading."""
    index = sheet.headings
    best: tuple[int, dict[str, int]] = (0, {})
    for number, row in enumerate(grid[:HEADING_SEARCH]):
        found: dict[str, int] = {}
        for at, value in enumerate(row):
            column = index.get(heading_key(value)) if isinstance(value, str) and value else None
            if column:
                found.setdefault(column.heading, at)
        if len(found) > len(best[1]):
            best = (number, found)
        if len(found) == len(sheet.columns):
            break
    return best if len(best[1]) >= 2 else (0, {})


def heading_faults(
    sheet: AnySheet, found: Mapping[str, int], file: str, row: Sequence[Any], version: int
) -> Iterator[Finding]:
    """Yield F09 for each missing heading (an optional column may go) and each that stands twice."""
    for column in sheet.columns:
        if column.heading not in found and column.needed and column.since <= version:
            yield finding("F09/heading", Place(file, sheet.name, "", column.heading))
    index = sheet.headings
    seen = [
        index[key].heading for value in row if isinstance(value, str) and (key := heading_key(value)) in index
    ]
    for heading in dict.fromkeys(h for h in seen if seen.count(h) > 1):
        yield finding("F09/twice", Place(file, sheet.name, "", heading))


@dataclass(frozen=True, slots=True)
class Source:
    """Everything one data sheet is built from."""

    workbook: Workbook
    sheet: AnySheet
    real: str
    grid: Grid
    heading_row: int
    found: Mapping[str, int]
    detail: guard.Detail | None
    context: Context


def build_table(source: Source) -> AnyTable:
    """Type the data rows below the headings column by column."""
    rows, skipped = data_rows(source)
    numbers = tuple(number for number, _ in rows)
    typed_in = list(zip(*(row for _, row in rows), strict=True))
    columns: dict[str, tuple[Any, ...]] = {}
    readings: list[Reading] = []
    letters: dict[str, str] = {}
    for column in source.sheet.columns:
        at = source.found.get(column.heading)
        if at is None:
            columns[column.field] = (column.empty,) * len(rows)
            continue
        letters[column.field] = column_letter(at)
        values: Sequence[Any] = typed_in[at] if rows else ()
        if column.kind is Kind.PERCENT:
            values = scale_percents(source, letters[column.field], numbers, values)
        typed, odd = read_column(column, values, numbers, source.context)
        columns[column.field] = tuple(typed)
        readings.extend(odd)
    readings = [*unseen_readings(source, rows, letters), *readings]
    if source.detail:
        readings = [*closer_readings(source, source.detail, rows, letters), *readings]
    records = tuple(map(source.sheet.record, numbers, *columns.values()))
    bad = frozenset(
        (r.row, r.field) for r in readings if r.field and r.rule[:3] in ("C03", "C06", "C07", "C10")
    )
    return Table(
        source.sheet.name,
        numbers,
        columns,
        records,
        letters,
        tuple(readings),
        bad,
        skipped,
        source.heading_row + 1,
    )


def data_rows(source: Source) -> tuple[list[tuple[int, list[Any]]], tuple[int, ...]]:
    """Return (row number, values) of every filled row below the headings, and the rows of totals."""
    used = sorted(source.found.values())
    key = source.found.get(source.sheet.fields[source.sheet.key[0]].heading, used[0])
    odd = odd_rows(source)
    rows: list[tuple[int, list[Any]]] = []
    skipped: list[int] = []
    for number, row in enumerate(source.grid[source.heading_row + 1 :], source.heading_row + 2):
        first = row[used[0]]
        if not (type(first) is str and is_telling(first)):
            if number not in odd and all(is_blank(row[at]) for at in used):
                continue
            if is_total(row, used, key):
                skipped.append(number)
                continue
        rows.append((number, row))
    return rows, tuple(skipped)


def odd_rows(source: Source) -> frozenset[int]:
    """Return the rows that only look empty to the value reader: they hold errors or lost formulas."""
    if source.detail is None:
        return frozenset()
    used = {at + 1 for at in source.found.values()}
    corners = map(corner, (*source.detail.errors, *source.detail.uncalculated))
    return frozenset(at[1] for at in corners if at and at[0] in used)


def is_total(row: Sequence[Any], used: Sequence[int], key: int) -> bool:
    """Whether a row is no record: its first filled cells say 合计 or 注：, and its key says nothing else."""
    filled = islice((at for at in used if not is_blank(row[at])), 3)
    labels = [
        at
        for i, at in enumerate(filled)
        if isinstance(text := row[at], str)
        and (label_of(text) in TOTALS or (i == 0 and note_word(text) in NOTES))
    ]
    return bool(labels) and (is_blank(row[key]) or key in labels)


def is_telling(first: str) -> bool:
    """Whether a row's first cell alone tells that it is a record: its text is no word for totals or notes."""
    if first[:1].isascii() and first[:1].isalnum():
        return True
    return bool(visible(first)) and label_of(first) not in TOTALS and note_word(first) not in NOTES


def scale_percents(
    source: Source, letter: str, numbers: Sequence[int], values: Sequence[Any]
) -> Sequence[Any]:
    """Return shares with those in a percent format scaled to whole percents: 0.5 shown as 50% is 50."""
    percent = (
        source.workbook.package.percent_cells(source.real)
        if any(isinstance(v, float) for v in values)
        else ()
    )
    if not percent:
        return values
    return [
        round(v * 100, 10) if isinstance(v, float) and f"{letter}{n}" in percent else v
        for n, v in zip(numbers, values, strict=True)
    ]


def closer_readings(
    source: Source, detail: guard.Detail, rows: Sequence[tuple[int, list[Any]]], letters: Mapping[str, str]
) -> Iterator[Reading]:
    """Yield C06, C07 and C08 for what the value reader could not see."""
    numbers = {number for number, _ in rows}
    for column in source.sheet.columns:
        letter = letters.get(column.field, "")
        for number in sorted(numbers):
            if f"{letter}{number}" in detail.errors:
                yield Reading(number, column.field, detail.errors[f"{letter}{number}"], "C06", {})
            elif f"{letter}{number}" in detail.uncalculated:
                yield Reading(number, column.field, "", "C07", {})
    yield from hidden_readings(detail, numbers, source, rows)
    yield from merge_readings(detail, numbers, source)


def hidden_readings(
    detail: guard.Detail, numbers: set[int], source: Source, rows: Sequence[tuple[int, list[Any]]]
) -> Iterator[Reading]:
    """Yield C08 for hidden rows and columns that hold data."""
    hidden = sorted(detail.hidden_rows & numbers)
    if hidden:
        yield Reading(hidden[0], "", "", "C08/row", {"rows": row_list(hidden)})
    for column in source.sheet.columns:
        at = source.found.get(column.heading)
        if (
            at is not None
            and at + 1 in detail.hidden_columns
            and any(not is_blank(row[at]) for _, row in rows)
        ):
            yield Reading(0, column.field, "", "C08/column", {})


def unseen_readings(
    source: Source, rows: Sequence[tuple[int, list[Any]]], letters: Mapping[str, str]
) -> Iterator[Reading]:
    """Yield C08 for each row with cells that hold what nobody sees, at the first of them."""
    unseen = source.workbook.package.unseen.get(source.real, frozenset())
    for number, row in rows if unseen else ():
        held = {field: row[source.found[source.sheet.fields[field].heading]] for field in letters}
        cells = {
            field: cell
            for field, letter in letters.items()
            if (cell := f"{letter}{number}") in unseen and not is_blank(held[field])
        }
        for field in list(cells)[:1]:
            yield Reading(
                number, field, shown(held[field]), "C08/unseen", {"cells": "、".join(cells.values())}
            )


def merge_readings(detail: guard.Detail, numbers: set[int], source: Source) -> Iterator[Reading]:
    """Yield C08 for every data row that a vertical merge over input columns covers.

    No row can lie in more merges than it has cells; what a broken file says beyond that is left out.
    """
    used = {at + 1 for at in source.found.values()}
    rows = sorted(number for number in numbers if number > source.heading_row + 1)
    told: Counter[int] = Counter()
    for ref in detail.merges:
        corners = [corner(part) for part in ref.split(":")]
        if len(corners) != 2 or None in corners:
            continue
        (left, top), (right, bottom) = corners  # type: ignore[misc]
        if top < bottom and not used.isdisjoint(range(left, right + 1)):
            covered = rows[bisect_left(rows, top) : bisect_right(rows, bottom)]
            for number in covered:
                yield Reading(number, "", ref, "C08/merge", {"range": ref})
            told.update(covered)
            if any(told[number] >= len(used) for number in covered):
                rows = [number for number in rows if told[number] < len(used)]


def corner(cell: str) -> tuple[int, int] | None:
    """Return (column, row) of an address, or None if it is none."""
    letters = cell.rstrip("0123456789")
    if not letters.isalpha() or not letters.isascii() or letters == cell:
        return None
    if len(letters) > 3 or len(cell) - len(letters) > 7:
        return None
    column, row = guard.column_number(letters.upper().encode()), int(cell[len(letters) :])
    return (column, row) if column <= 16384 and row <= 1 << 20 else None
