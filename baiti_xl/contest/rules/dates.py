"""Checks of dates against each other, the submission's day and the contest (D01–D03)."""

from collections.abc import Iterator

from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.sheets import Kind

OWN_DAYS = {
    **{sheet: (field,) for sheet, field in sheets.OWN_DAY.items()},
    "项目台账": ("signed", "started", "completed"),
}


def order(case: Case) -> Iterator[Finding]:
    """D01: two dates of a row are out of order."""
    for name, pairs in sheets.DATE_ORDER.items():
        sheet = sheets.SHEETS[name]
        for earlier, later in pairs:
            first, second = sheet.column(earlier).field, sheet.column(later).field
            for record in case.records(name):
                early, late = getattr(record, first), getattr(record, second)
                if early and late and late < early:
                    yield case.find(
                        "D01",
                        name,
                        record,
                        second,
                        earlier=earlier,
                        later=later,
                        early_day=early,
                        late_day=late,
                    )


def after_cutoff(case: Case) -> Iterator[Finding]:
    """D02: something is dated after 填报截止日期, though it cannot have happened yet."""
    cutoff = case.submission.cover.cutoff
    if cutoff is None:
        return
    for sheet in sheets.DATA_SHEETS:
        table = case.table(sheet.name)
        for column in sheet.columns:
            if column.kind is not Kind.DATE or column.heading in sheets.PLANNED_DATES:
                continue
            for record, day in zip(table.records, table.columns.get(column.field, ()), strict=False):
                if day is not None and day > cutoff:
                    yield case.find("D02", sheet.name, record, column.field, day=day, cutoff=cutoff)


def before_contest(case: Case) -> Iterator[Finding]:
    """D03: something is dated before the contest began, so it does not count."""
    start = case.book.start
    for sheet, fields in OWN_DAYS.items():
        for record in case.records(sheet):
            for field in fields:
                day = getattr(record, field)
                if day is not None and day < start:
                    yield case.find("D03", sheet, record, field, day=day, start=start)
