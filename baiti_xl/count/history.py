"""Checks of a submission against the unit's last accepted one (H01–H03): the past may not change unseen.

Submissions are cumulative, so every row of the earlier one should stand again in the later. Rows are matched
by their key, not by their place.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from baiti_xl.contest.choices import Stage
from baiti_xl.contest.columns import AnySheet, R, Record, Sheet
from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding
from baiti_xl.contest.sheets import DATA_SHEETS, PAYMENTS, PROJECTS

ORDER = (Stage.TALKS, Stage.SIGNED, Stage.STARTED, Stage.COMPLETED)
ZERO = Decimal(0)


def compare(earlier: Sequence[Submission], now: Submission, book: Rulebook) -> tuple[Finding, ...]:
    """Return what a submission changed of the past, as findings at the rows it stands at now.

    `earlier` are the unit's accepted submissions before it, the last of which it is compared with.
    """
    if not earlier:
        return ()
    before = earlier[-1]
    found = [f for sheet in DATA_SHEETS for f in changed_records(before, now, sheet)]
    found += [*fallen_contracts(earlier, now), *fallen_payments(earlier, now), *stages_back(before, now)]
    return tuple(f for f in found if f.rule not in book.disabled)


def keyed(submission: Submission, sheet: Sheet[R]) -> dict[str, R]:
    """Return the rows of a sheet by key; rows without a full key, or with a repeated one, tell nothing."""
    rows: dict[str, R] = {}
    repeated: set[str] = set()
    for record in submission.table(sheet).records:
        key = sheet.key_of(record)
        if key in rows:
            repeated.add(key)
        if all(key.split("|")):
            rows[key] = record
    return {key: record for key, record in rows.items() if key not in repeated}


def place(now: Submission, sheet: Sheet[R], record: R, field: str) -> Place:
    """Return the cell of a field in the submission as it is now."""
    letter = now.table(sheet).letters.get(field, "A")
    return Place(now.file, sheet.name, f"{letter}{record.row}", sheet.fields[field].heading)


def changed_records(before: Submission, now: Submission, sheet: AnySheet) -> Iterator[Finding]:
    """H01: a row of the earlier submission is gone, or says something else."""
    unit, day = now.cover.code, before.key[0]
    current = keyed(now, sheet)
    repeated = {sheet.key_of(record) for record in now.table(sheet).records} - set(current)
    for key, old in keyed(before, sheet).items():
        new = current.get(key)
        if key in repeated:
            continue
        if new is None:
            gone = f"第 {old.row} 行“{key}”不见了"
            where = Place(now.file, sheet.name)
            yield finding(
                "H01", where, key, unit=unit, record=f"{unit}/{sheet.name}/{key}", before=day, difference=gone
            )
            continue
        for column in sheet.columns:
            was, is_now = getattr(old, column.field), getattr(new, column.field)
            if column.field not in sheet.living and was not in (None, "") and was != is_now:
                said = written(now, sheet, new, column.field)
                difference = f"「{column.heading}」由“{text(was)}”改为“{said}”"
                where = place(now, sheet, new, column.field)
                identity = sheet.identity(unit, new)
                yield finding(
                    "H01",
                    where,
                    said,
                    row=new.row,
                    unit=unit,
                    record=identity,
                    before=day,
                    difference=difference,
                )


def written(submission: Submission, sheet: AnySheet, record: Record, field: str) -> str:
    """Return what stands in a cell of a record for a sentence, as it was typed if it could not be read."""
    table = submission.table(sheet)
    if (record.row, field) in table.bad:
        return next((r.raw for r in table.readings if (r.row, r.field) == (record.row, field)), "")
    return text(getattr(record, field))


def text(value: Any) -> str:
    """Return a value for a sentence."""
    if value in (None, ""):
        return "空"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def fallen_contracts(earlier: Sequence[Submission], now: Submission) -> Iterator[Finding]:
    """H02: a project's 签约金额 fell below the most it ever was; it may not count until it is decided."""
    ever = highest(earlier, PROJECTS, "contract_amount")
    what = PROJECTS.fields["contract_amount"].heading
    for number, new in keyed(now, PROJECTS).items():
        was, is_now = ever.get(number, ZERO), new.contract_amount or ZERO
        if is_now < was:
            yield fallen(now, PROJECTS, new, "contract_amount", f"项目 {number} 的{what}", was, is_now)


def fallen_payments(earlier: Sequence[Submission], now: Submission) -> Iterator[Finding]:
    """H02: the money in place on a project fell; the vouchers that fell may not count until it is decided.

    Summed by project, so that a voucher split in two is no fall. Where vouchers are gone there is no row to keep from
    counting: it is told of the sheet.
    """
    ever, totals, registered = highest(earlier, PAYMENTS, "amount"), paid(now), keyed(now, PROJECTS)
    for number, was in most_paid(earlier).items():
        is_now = totals.get(number, ZERO)
        if is_now >= was or number not in registered:
            continue
        what = f"项目 {number} 的{PAYMENTS.name}合计"
        rows = [
            record
            for key, record in keyed(now, PAYMENTS).items()
            if record.project == number and (record.amount or ZERO) < ever.get(key, ZERO)
        ]
        for record in rows:
            yield fallen(now, PAYMENTS, record, "amount", what, was, is_now)
        if not rows:
            unit, where = now.cover.code, Place(now.file, PAYMENTS.name)
            identity = PROJECTS.identity(unit, registered[number])
            slots: dict[str, Any] = {"what": what, "old": text(was), "new": text(is_now)}
            yield finding("H02", where, unit=unit, record=identity, **slots)


def highest(earlier: Sequence[Submission], sheet: AnySheet, field: str) -> Mapping[str, Decimal]:
    """Return the greatest amount that each key ever had in a row without an error, 万元.

    Looking at all that was sent, a file with a fall in it is not what the next is compared with.
    """
    found: dict[str, Decimal] = {}
    for submission in earlier:
        sound = sound_rows(submission, sheet)
        for key, record in keyed(submission, sheet).items():
            if record.row in sound:
                found[key] = max(getattr(record, field) or ZERO, found.get(key, ZERO))
    return found


def most_paid(earlier: Sequence[Submission]) -> Mapping[str, Decimal]:
    """Return the most money that was ever in place by project, 万元."""
    found: dict[str, Decimal] = {}
    for submission in earlier:
        for number, amount in paid(submission).items():
            found[number] = max(amount, found.get(number, ZERO))
    return found


def sound_rows(submission: Submission, sheet: AnySheet) -> frozenset[int]:
    """Return the rows of a sheet without an error of their own: what stood in error was never counted."""
    wrong = {f.row for f in submission.findings if f.blocks and f.place.sheet == sheet.name}
    return frozenset(submission.table(sheet).rows) - wrong


def fallen(
    now: Submission, sheet: AnySheet, record: Record, field: str, what: str, was: Decimal, is_now: Decimal
) -> Finding:
    """Return H02 at the row that fell."""
    unit, where = now.cover.code, place(now, sheet, record, field)
    identity = sheet.identity(unit, record)
    slots = {"what": what, "old": text(was), "new": text(is_now)}
    value = written(now, sheet, record, field)
    return finding("H02", where, value, row=record.row, unit=unit, record=identity, **slots)


def paid(submission: Submission) -> Mapping[str, Decimal]:
    """Return the money in place by project, of rows without an error, 万元."""
    sums: dict[str, Decimal] = {}
    sound = sound_rows(submission, PAYMENTS)
    for payment in submission.table(PAYMENTS).records:
        if payment.row in sound:
            sums[payment.project] = sums.get(payment.project, ZERO) + (payment.amount or ZERO)
    return sums


def stages_back(before: Submission, now: Submission) -> Iterator[Finding]:
    """H03: a project's stage went back."""
    unit, current = now.cover.code, keyed(now, PROJECTS)
    for number, old in keyed(before, PROJECTS).items():
        new = current.get(number)
        if new is None or old.stage not in ORDER or new.stage not in ORDER:
            continue
        if ORDER.index(new.stage) < ORDER.index(old.stage):
            where, identity = (
                place(now, PROJECTS, new, "stage"),
                PROJECTS.identity(unit, new),
            )
            slots = {"number": number, "old": old.stage, "new": new.stage}
            yield finding("H03", where, new.stage, row=new.row, unit=unit, record=identity, **slots)
