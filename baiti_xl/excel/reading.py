"""The open workbook as a submission: what is on the screen, saved or not, typed as a file would be.

What values cannot show (error cells, percent formats, merges) is handed on as the sheet's part of a file
would hold it, since that is where the reader looks for it. Hidden rows and columns are not looked for:
Excel takes a call for each row. The office's check of the file finds them (C08).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from xml.sax.saxutils import escape

import xlwings as xw

from baiti_xl.contest import sheets
from baiti_xl.contest.columns import AnySheet, Kind, heading_key
from baiti_xl.contest.loading import HEADINGS, load
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import column_letter
from baiti_xl.desk import checked
from baiti_xl.excel import cells
from baiti_xl.excel.cells import Area, Page
from baiti_xl.read import guard
from baiti_xl.read.cells import Grid, Workbook, assemble, find_headings

ERRORS = frozenset(cells.ERRORS.values())
WANTED = (sheets.COVER, sheets.META, *sheets.SHEETS)
STYLES = b'<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/></cellXfs></styleSheet>'
PERCENT = 1


@dataclass(frozen=True, slots=True)
class Read:
    """An open book read as a submission, with its sheets by the names that findings use."""

    submission: Submission
    pages: Mapping[str, Page]


def submission(book: xw.Book, pages: Mapping[str, Page], rules: Rulebook) -> Read:
    """Read and check the open book. What is wrong with its contents becomes findings.

    Raises guard.Refused for a sheet too large to read.
    """
    found = wanted(pages, WANTED)
    name = book.name
    grids: dict[str, Grid] = {}
    parts: dict[str, bytes] = {}
    for real, page in found.items():
        grids[real], parts[real] = read_sheet(page.sheet, sheets.SHEETS.get(real))
    digest = hashlib.sha256(repr(grids).encode()).hexdigest()
    package = guard.Package(b"", parts, frozenset(parts), {}, False, STYLES)
    workbook = Workbook(package, cast(Any, Reader(grids)), {heading_key(n): n for n in grids})
    return Read(checked(assemble(workbook, name, digest, rules), rules), found)


def rules_on_screen(book: xw.Book) -> Rulebook:
    """Return the rules as an open console shows them. Raises RulebookError."""
    found = wanted(cells.pages(book), HEADINGS)
    return load({name: cells.values(page.sheet) for name, page in found.items()})


def wanted(pages: Mapping[str, Page], names: Iterable[str]) -> dict[str, Page]:
    """Return the sheets of some names, found after folding blanks and widths."""
    found = {heading_key(name): page for name, page in reversed(list(pages.items()))}
    return {name: found[heading_key(name)] for name in names if heading_key(name) in found}


class Reader:
    """Gives the grids as the value reader of files does."""

    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self.grids = grids

    def get_sheet_by_name(self, name: str) -> "Values":
        """Return a sheet."""
        return Values(self.grids[name])


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one sheet."""

    grid: Grid

    def to_python(self, *, skip_empty_area: bool) -> Grid:
        """Return the rows from A1."""
        return self.grid


def read_sheet(sheet: xw.Sheet, declared: AnySheet | None) -> tuple[Grid, bytes]:
    """Return a sheet's values, and the part that holds what they do not show. Raises guard.Refused."""
    grid = cells.values(sheet)
    errors = list(take_errors(grid))
    shares = list(percent_cells(sheet, declared, grid)) if declared else []
    merges = list(merged_areas(sheet, declared, grid)) if declared else []
    return grid, part(errors, shares, merges)


def take_errors(grid: Grid) -> Iterator[tuple[str, str]]:
    """Yield the error cells with their errors, leaving blanks in their place."""
    for number, row in enumerate(grid, 1):
        for at, value in enumerate(row):
            if isinstance(value, str) and value in ERRORS:
                row[at] = ""
                yield f"{column_letter(at)}{number}", value


def percent_cells(sheet: xw.Sheet, declared: AnySheet, grid: Grid) -> Iterator[str]:
    """Yield the cells of percentage columns that are shown as percentages; columns without numbers are not asked."""
    top, found = find_headings(grid, declared)
    for column in declared.columns:
        at = found.get(column.heading)
        if column.kind is not Kind.PERCENT or at is None:
            continue
        if any(isinstance(row[at], float) and 0 < row[at] <= 2 for row in grid[top + 1 :]):
            area = Area(top + 2, at + 1, len(grid), at + 1)
            for areas, shown in cells.uniform(sheet, [area], cells.number_format):
                if "%" in shown:
                    yield from (
                        f"{column_letter(at)}{row}" for a in areas for row in range(a.top, a.bottom + 1)
                    )


def merged_areas(sheet: xw.Sheet, declared: AnySheet, grid: Grid) -> Iterator[str]:
    """Yield the merged areas below the headings; one call where there are none."""
    top, found = find_headings(grid, declared)
    if not found or len(grid) < top + 2:
        return
    area = Area(top + 2, min(found.values()) + 1, len(grid), max(found.values()) + 1)
    yield from sorted({merge for _, merge in cells.uniform(sheet, [area], cells.merged) if merge})


def part(errors: list[tuple[str, str]], shares: list[str], merges: list[str]) -> bytes:
    """Return a sheet's part with just these cells and merges."""
    lines = [f'<c r="{cell}" t="e"><v>{escape(error)}</v></c>' for cell, error in errors]
    lines += [f'<c r="{cell}" s="{PERCENT}"/>' for cell in shares]
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in merges)
    return f"<worksheet><row>{''.join(lines)}</row><mergeCells>{merged}</mergeCells></worksheet>".encode()
