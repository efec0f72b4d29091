"""Checks of single cells: filled, of their kind, plausible (C01–C09)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Finding, Place, finding
from baiti_xl.contest.records import Reading, Table
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.sheets import Column, Kind, Sheet

YUAN = Decimal(1_000_000)
YI = Decimal(10)
PHONE = re.compile(r"1\d{10}|0\d{2,3}[- ]?\d{7,8}")


def blank_rows(table: Table, column: Column) -> Iterator[int]:
    """Yield the index of every row whose cell under a column is empty; unreadable is not empty."""
    values = table.columns.get(column.field, ())
    blank = "" if column.kind in (Kind.TEXT, Kind.KEY, Kind.CHOICE) else None
    if blank in values:
        for at, value in enumerate(values):
            if (value is None or value == "") and (table.rows[at], column.field) not in table.bad:
                yield at


def required_cells(case: Case) -> Iterator[Finding]:
    """C01: a required cell is empty."""
    for column in sheets.COVER_FIELDS:
        known = not any(r.field == column.field for r in case.submission.cover_readings)
        if column.required and column.field != "code" and known:
            if getattr(case.submission.cover, column.field) in (None, ""):
                yield case.find_cover("C01", column.field)
    for sheet in sheets.DATA_SHEETS:
        table = case.table(sheet.name)
        for column in sheet.columns:
            if column.required and column.field in table.letters:
                for at in blank_rows(table, column):
                    yield case.find("C01", sheet.name, table.records[at], column.field)


def conditional_cells(case: Case) -> Iterator[Finding]:
    """C02, P03, P05: a cell is empty that another cell of the row makes necessary."""
    for sheet in sheets.DATA_SHEETS:
        for column in sheet.columns:
            if column.when:
                yield from conditional_column(case, sheet, column)


def conditional_column(case: Case, sheet: Sheet, column: Column) -> Iterator[Finding]:
    """Yield the rows where a column's condition holds and its cell is empty."""
    table, when = case.table(sheet.name), column.when
    if when is None or column.field not in table.letters:
        return
    field = sheet.column(when.heading).field
    for at in blank_rows(table, column):
        record = table.records[at]
        state = getattr(record, field)
        if state in when.values:
            because = f"{when.heading}为“{state}”"
            yield case.find(when.rule, sheet.name, record, column.field, because=because, stage=state)


def readings(case: Case) -> Iterator[Finding]:
    """C03, C04, C06–C08: what could not be read, and what was read with a note."""
    for reading in case.submission.cover_readings:
        yield case.find_cover(reading.rule, reading.field, reading.raw, **reading.slots)
    cover = case.submission.cover
    if cover.batch is not None and cover.batch < 1:
        yield case.find_cover("C03/whole", "batch", cover.batch, low=1)
    for sheet in sheets.DATA_SHEETS:
        table = case.table(sheet.name)
        for reading in table.readings:
            yield sheet_reading(case, sheet, reading)
        yield from too_small(case, sheet)


def sheet_reading(case: Case, sheet: Sheet, reading: Reading) -> Finding:
    """Return the finding of one odd reading, of a cell or of a whole sheet."""
    record = case.record_at(sheet.name, reading.row)
    if record is not None and reading.field:
        return case.find(reading.rule, sheet.name, record, reading.field, reading.raw, **reading.slots)
    heading = sheet.fields[reading.field].heading if reading.field else ""
    cell = f"A{reading.row}" if reading.row else ""
    place = Place(case.submission.file, sheet.name, cell, heading)
    identity = sheets.record_id(case.unit, sheet, record) if record is not None else ""
    return finding(
        reading.rule, place, reading.raw, row=reading.row, unit=case.unit, record=identity, **reading.slots
    )


def too_small(case: Case, sheet: Sheet) -> Iterator[Finding]:
    """C03: a whole number below its least value, or a text too short to say anything."""
    table = case.table(sheet.name)
    for column in sheet.columns:
        if not column.low or column.field not in table.letters:
            continue
        text = column.kind is Kind.TEXT
        for record, value in zip(table.records, table.columns[column.field], strict=True):
            if value not in (None, "") and (len(value.strip()) if text else value) < column.low:
                rule = "C03/short" if text else "C03/whole"
                yield case.find(rule, sheet.name, record, column.field, low=column.low)


def suspicious_amounts(case: Case) -> Iterator[Finding]:
    """C05: an amount that looks like 元 or 亿元 instead of 万元."""
    for sheet in sheets.DATA_SHEETS:
        table = case.table(sheet.name)
        for column in sheet.columns:
            if column.kind is not Kind.MONEY or column.field == "foreign":
                continue
            for record, value in zip(table.records, table.columns.get(column.field, ()), strict=False):
                if value is not None and value >= YUAN:
                    yield case.find("C05/yuan", sheet.name, record, column.field, reading=f"{value:f}")
                elif value is not None and 0 < value < YI:
                    yield case.find("C05/yi", sheet.name, record, column.field, reading=f"{value:f}")


def phone_number(case: Case) -> Iterator[Finding]:
    """C03: the cover's telephone is neither a mobile number nor an area code with a number."""
    phone = case.submission.cover.phone.strip()
    if phone and not PHONE.fullmatch(phone.replace("－", "-").replace("—", "-")):
        yield case.find_cover("C03/phone", "phone", phone)


def total_rows(case: Case) -> Iterator[Finding]:
    """C09: a row of totals was skipped."""
    for sheet in sheets.DATA_SHEETS:
        for row in case.table(sheet.name).skipped:
            place = Place(case.submission.file, sheet.name, f"A{row}")
            yield finding("C09", place, "合计", row=row, unit=case.unit)
