"""Checks of a submission against the unit's last accepted one (H01–H03): the past may not change unseen.

Submissions are cumulative, so every row of the earlier one should stand again in the later. Rows are matched
by their key, not by their place.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Finding, Place, finding
from baiti_xl.contest.records import Project, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import Sheet

# Fields that change as work goes on, and so say nothing about the past.
LIVING = {
    "组织发动": {"attendance", "evidence", "paper"},
    "拜访客商": {"project", "remark", "evidence", "credit_code", "phone"},
    "邀请客商": {"project", "remark", "evidence", "intended"},
    "项目台账": {
        "stage",
        "content",
        "remark",
        "evidence",
        "phone",
        "leader",
        "responsible",
        "site",
        "nature",
        "contract_amount",
    },
    "到位资金": {"remark", "evidence"},
    "手续办理": {"state", "planned", "responsible", "department", "remark", "paper"},
    "困难问题": {"measure", "state", "responsible", "department", "solved"},
    "情况说明": set[str](),
}
ORDER = ("洽谈", "签约", "开工", "竣工")
ZERO = Decimal(0)


def compare(before: Submission, now: Submission, book: Rulebook) -> tuple[Finding, ...]:
    """Return what a submission changed of the past, as findings at the rows it stands at now."""
    found = [f for sheet in sheets.DATA_SHEETS for f in changed_records(before, now, sheet)]
    found += [*fallen_amounts(before, now), *stages_back(before, now)]
    return tuple(f for f in found if f.rule not in book.disabled)


def keyed(submission: Submission, sheet: Sheet) -> dict[str, Any]:
    """Return the rows of a sheet by key; rows without a full key, or with a repeated one, tell nothing."""
    rows: dict[str, Any] = {}
    repeated: set[str] = set()
    for record in submission.tables[sheet.name].records:
        key = sheets.record_key(sheet, record)
        if key in rows:
            repeated.add(key)
        if all(key.split("|")):
            rows[key] = record
    return {key: record for key, record in rows.items() if key not in repeated}


def place(now: Submission, sheet: Sheet, record: Any, field: str) -> Place:
    """Return the cell of a field in the submission as it is now."""
    letter = now.tables[sheet.name].letters.get(field, "A")
    return Place(now.file, sheet.name, f"{letter}{record.row}", sheet.fields[field].heading)


def changed_records(before: Submission, now: Submission, sheet: Sheet) -> Iterator[Finding]:
    """H01: a row of the earlier submission is gone, or says something else."""
    unit, day = now.cover.code, before.key[0]
    current = keyed(now, sheet)
    repeated = {sheets.record_key(sheet, record) for record in now.tables[sheet.name].records} - set(current)
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
            if column.field not in LIVING[sheet.name] and was not in (None, "") and was != is_now:
                difference = f"「{column.heading}」由“{text(was)}”改为“{text(is_now)}”"
                where = place(now, sheet, new, column.field)
                identity = sheets.record_id(unit, sheet, new)
                yield finding(
                    "H01",
                    where,
                    text(is_now),
                    row=new.row,
                    unit=unit,
                    record=identity,
                    before=day,
                    difference=difference,
                )


def text(value: Any) -> str:
    """Return a value for a sentence."""
    if value in (None, ""):
        return "空"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def fallen_amounts(before: Submission, now: Submission) -> Iterator[Finding]:
    """H02: a project's 签约金额 or its money in place fell; the project may not count until it is decided."""
    old_paid, new_paid = paid(before), paid(now)
    current = keyed(now, sheets.PROJECTS)
    for number, old in keyed(before, sheets.PROJECTS).items():
        new = current.get(number)
        if new is None:
            continue
        amounts = (
            ("签约金额", "contract_amount", old.contract_amount or ZERO, new.contract_amount or ZERO),
            ("到位资金合计", "number", old_paid.get(number, ZERO), new_paid.get(number, ZERO)),
        )
        for what, field, was, is_now in amounts:
            if is_now < was:
                yield fallen(now, new, field, f"项目 {number} 的{what}", was, is_now)


def fallen(
    now: Submission, project: Project, field: str, what: str, was: Decimal, is_now: Decimal
) -> Finding:
    """Return H02 at a project's row."""
    unit = now.cover.code
    where, identity = (
        place(now, sheets.PROJECTS, project, field),
        sheets.record_id(unit, sheets.PROJECTS, project),
    )
    return finding(
        "H02",
        where,
        text(is_now),
        row=project.row,
        unit=unit,
        record=identity,
        what=what,
        old=text(was),
        new=text(is_now),
    )


def paid(submission: Submission) -> Mapping[str, Decimal]:
    """Return the money in place by project, as typed, 万元."""
    sums: dict[str, Decimal] = {}
    for payment in submission.tables["到位资金"].records:
        sums[payment.project] = sums.get(payment.project, ZERO) + (payment.amount or ZERO)
    return sums


def stages_back(before: Submission, now: Submission) -> Iterator[Finding]:
    """H03: a project's stage went back."""
    unit, current = now.cover.code, keyed(now, sheets.PROJECTS)
    for number, old in keyed(before, sheets.PROJECTS).items():
        new = current.get(number)
        if new is None or old.stage not in ORDER or new.stage not in ORDER:
            continue
        if ORDER.index(new.stage) < ORDER.index(old.stage):
            where, identity = (
                place(now, sheets.PROJECTS, new, "stage"),
                sheets.record_id(unit, sheets.PROJECTS, new),
            )
            slots = {"old": old.stage, "new": new.stage}
            yield finding("H03", where, number, row=new.row, unit=unit, record=identity, **slots)
