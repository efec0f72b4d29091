"""What 自检 and 指标 say after another program recalculated a form, and what the office's program says of the same file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from judged import alone
from python_calamine import CalamineWorkbook

from baiti_xl.books import selfcheck, template, worksheet
from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Finding, Severity
from baiti_xl.contest.measures import comparisons
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import RULES, in_order
from baiti_xl.demo import base_rulebook

ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
Counts = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Said:
    """The counts by sheet (rows, errors, warnings, rows that count; of the cover errors and warnings), the first
    faults as (sheet, cell, severity, sentence), and the figures by label."""

    counts: Counts
    faults: list[tuple[str, ...]]
    figures: dict[str, Any]


@contextmanager
def short_forms(rows: int) -> Iterator[None]:
    """Make forms with so many rows a sheet: every row's formulas are alike, and fewer are judged sooner."""
    before, whole = {sheet: sheet.capacity for sheet in sheets.DATA_SHEETS}, template.worked_part
    for sheet in before:
        object.__setattr__(sheet, "capacity", rows)
    setattr(template, whole.__name__, worked_part_of(rows))
    try:
        yield
    finally:
        for sheet, capacity in before.items():
            object.__setattr__(sheet, "capacity", capacity)
        setattr(template, whole.__name__, whole)


@lru_cache(maxsize=8)
def worked_part_of(rows: int) -> Any:
    """Return the maker of 计算 for forms of so many rows, which keeps what it made as the real one does."""
    return lru_cache(maxsize=8)(template.worked_part.__wrapped__)


# ── the program ──────────────────────────────────────────────────────────────────────────────────


def shown_findings(submission: Submission) -> list[Finding]:
    """Return the findings whose rule the template shows, in the office's order."""
    shown = {(rule.number, rule.severity) for rule in RULES if rule.shown}
    return in_order([f for f in submission.findings if (f.rule, f.severity) in shown])


def office_says(submission: Submission, book: Rulebook | None = None) -> Said:
    """Return what the program says of a file by itself."""
    book = book or base_rulebook()
    found = shown_findings(submission)
    counts: Counts = {sheets.COVER: counted(found, sheets.COVER)}
    for sheet in sheets.DATA_SHEETS:
        rows = submission.tables[sheet.name].rows
        stopped = {f.row for f in found if f.blocks and f.place.sheet == sheet.name}
        counts[sheet.name] = (len(rows), *counted(found, sheet.name), len(rows) - len(stopped))
    ranked = sorted(found, key=lambda f: ORDER.index(f.severity))[: worksheet.LISTED]
    faults: list[tuple[str, ...]] = [
        (f.place.sheet, f.place.cell, f.severity.value, f.message) for f in ranked
    ]
    return Said(counts, faults, figures(submission, book))


def counted(found: list[Finding], sheet: str) -> tuple[int, int]:
    """Return the errors and warnings of a sheet."""
    here = [f.severity for f in found if f.place.sheet == sheet]
    return here.count(Severity.ERROR), here.count(Severity.WARNING)


def figures(submission: Submission, book: Rulebook) -> dict[str, Any]:
    """Return the figures of 指标 by label; none of a file that cannot be used."""
    if not submission.usable:
        return {}
    result = alone(submission, book)
    found: dict[str, Any] = {name: figure.value for name, figure in result.figures.items()}
    found |= {f"{name}项目": figure.value for name, figure in result.tiers.items()}
    found |= {m.name: "—" for m in comparisons() if m.is_rate and result.value(m.name) is None}
    found["最高档次"] = result.tier
    found["基本任务"] = "完成" if result.task_met else "未完成"
    return {item.label: found[item.label] for item in selfcheck.items(book)}


# ── a recalculated workbook ──────────────────────────────────────────────────────────────────────


def workbook_says(path: Path, book: Rulebook | None = None) -> Said:
    """Return what a recalculated workbook says."""
    file = CalamineWorkbook.from_path(str(path))
    check = file.get_sheet_by_name(sheets.CHECK).to_python(skip_empty_area=False)
    first, last = selfcheck.FIRST_COUNT - 1, selfcheck.FIRST_COUNT + len(sheets.DATA_SHEETS)
    counts = {str(row[0]): tuple(number(v) for v in row[1:5] if v != "") for row in check[first:last]}
    listed = check[selfcheck.FIRST_FAULT - 1 :][: worksheet.LISTED]
    faults = [tuple(map(str, row[:4])) for row in listed if row[0] != ""]
    index = file.get_sheet_by_name(sheets.INDEX).to_python(skip_empty_area=False)
    return Said(counts, faults, {str(row[0]): row[1] for row in index[4:] if row[0]})


def number(value: Any) -> Any:
    """Return a whole number as one, anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# ── the comparison ───────────────────────────────────────────────────────────────────────────────


def differences(ours: Said, theirs: Said) -> Iterator[str]:
    """Yield each point in which a workbook says something else than the program."""
    for name in {**ours.counts, **theirs.counts}:
        if ours.counts.get(name) != theirs.counts.get(name):
            yield f"{name}: 程序 {ours.counts.get(name)}，表里 {theirs.counts.get(name)}"
    for at in range(max(len(ours.faults), len(theirs.faults))):
        fault, told = (said.faults[at] if at < len(said.faults) else () for said in (ours, theirs))
        if not same_fault(fault, told):
            yield f"第 {at + 1} 处: 程序 {fault}，表里 {told}"
    for label in {**ours.figures, **theirs.figures} if ours.figures else ():
        mine, other = ours.figures.get(label), theirs.figures.get(label)
        if not same(other, mine):
            yield f"{label}: 程序 {mine}，表里 {other}"


def same_fault(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether two faults are one; the office's sentence may hold a detail more between fault and remedy."""
    if not ours or not theirs or ours[:3] != theirs[:3]:
        return False
    fault, _, remedy = theirs[3].partition("。")
    return ours[3].startswith(fault) and ours[3].endswith(remedy)


def same(theirs: Any, ours: Any) -> bool:
    """Whether a recalculated cell and our figure agree."""
    if isinstance(ours, Decimal):
        return isinstance(theirs, (int, float)) and abs(Decimal(repr(theirs)) - ours) < Decimal("1e-6")
    return bool(theirs == ours)


def disagreements(submission: Submission, path: Path, book: Rulebook | None = None) -> list[str]:
    """Return where a recalculated workbook and the program disagree about a file."""
    return list(differences(office_says(submission, book), workbook_says(path, book)))
