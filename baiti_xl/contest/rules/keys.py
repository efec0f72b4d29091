"""Checks of keys and of what the cover declares (K01–K03, Z01, Z02)."""

import re
from collections.abc import Iterator

from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import row_list
from baiti_xl.contest.rules.case import Case, group
from baiti_xl.contest.sheets import Kind

REFERENCES = tuple(
    (sheet.name, column.field)
    for sheet in sheets.DATA_SHEETS
    for column in sheet.columns
    if column.kind is Kind.KEY and column.field == "project"
)


def duplicate_numbers(case: Case) -> Iterator[Finding]:
    """K01: a project number stands in more than one row; none of them counts."""
    for number, projects in group(case.records("项目台账"), lambda p: p.number).items():
        if number and len(projects) > 1:
            rows = row_list([p.row for p in projects])
            for project in projects:
                yield case.find("K01", "项目台账", project, "number", rows=rows)


def number_form(case: Case) -> Iterator[Finding]:
    """K02: a project number is not the unit's code, a dash and three digits."""
    if not case.unit:
        return
    own = re.compile(re.escape(case.unit.upper()) + r"-[0-9]{3}")
    for project in case.records("项目台账"):
        if project.number and not own.fullmatch(project.number):
            yield case.find("K02", "项目台账", project, "number", code=case.unit)


def unknown_projects(case: Case) -> Iterator[Finding]:
    """K03: a row refers to a project that is not in 项目台账."""
    for sheet, field in REFERENCES:
        for record in case.records(sheet):
            number = getattr(record, field)
            if number and number not in case.projects:
                yield case.find("K03", sheet, record, field)


def zero_reports(case: Case) -> Iterator[Finding]:
    """Z01, Z02: a zero report and the sheet it speaks of contradict each other."""
    for sheet, field in sheets.ZERO_REPORTS.items():
        declared, count = getattr(case.submission.cover, field), len(case.records(sheet))
        if declared == sheets.YES and count:
            yield case.find_cover("Z01", field, declared, sheet=sheet, count=count)
        if declared == sheets.NO and not count:
            yield case.find_cover("Z02", field, declared, sheet=sheet)
