"""Units that become part of another (并入): from that day their past counts for the unit they joined.

Each record stays with the unit that reported it, so that every figure can be followed; the figures of the two are added
up. What the other unit goes on reporting under the old number stands there alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from baiti_xl.contest.choices import Status
from baiti_xl.contest.measures import Measure, added, measures
from baiti_xl.contest.records import TAKEN_OVER, Account, Barred, Figure, Ledger, Outcome, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import DATA_SHEETS, PAYMENTS, PROJECTS
from baiti_xl.count.figures import unit_tier

ZERO = Decimal(0)


def taken_over(ledger: Ledger) -> Barred:
    """Return the rows of units that became part of another which that unit reports itself, by their keys."""
    by_code = {account.unit.code: account for account in ledger.accounts}
    return {
        (account.unit.code, name, row): TAKEN_OVER
        for account in ledger.accounts
        if account.is_merged and account.unit.merged_into in by_code
        for name, row in shared_rows(account, by_code[account.unit.merged_into])
    }


def shared_rows(old: Account, new: Account) -> Iterator[tuple[str, int]]:
    """Yield (sheet, row) of the projects of one account that another reports too, and of all that belongs to them."""
    held = {project.number for project in new.all_rows(PROJECTS) if project.number}
    for sheet in DATA_SHEETS:
        number = "number" if sheet is PROJECTS else "project" if "project" in sheet.fields else ""
        if (number and not sheet.zero) or sheet in (PROJECTS, PAYMENTS):
            yield from ((sheet.name, r.row) for r in old.all_rows(sheet) if getattr(r, number) in held)


def folded(results: Iterable[UnitResult], book: Rulebook, day: date) -> Iterator[UnitResult]:
    """Yield results with the figures of units that became part of another added to those of that unit."""
    if not any(unit.is_merged(day) for unit in book.units):
        yield from results
        return
    held = list(results)
    joining: dict[str, list[UnitResult]] = defaultdict(list)
    for result in held:
        if result.account.is_merged:
            joining[result.unit.merged_into].append(result)
    for result in held:
        if result.account.is_merged:
            yield replace(result, figures={}, tier="", tiers={}, task=None, task_met=None)
        else:
            yield together((result, *joining[result.unit.code]), book)


def together(members: Sequence[UnitResult], book: Rulebook) -> UnitResult:
    """Return the first result with the figures of all; a customer that two of them visited stays two."""
    known = [member for member in members if member.figures]
    if len(members) == 1 or not known:
        return members[0]
    figures = {item.name: joined(item, known) for item in measures()}
    tiers = {name: summed(name, [m.tiers[name] for m in known]) for name in known[0].tiers}
    tasks = [m.task for m in known if m.task]
    task = replace(summed(tasks[0].name, tasks), denominator=book.task_count) if tasks else None
    own = members[0]
    if not own.unit.has_task:
        task = None
    met = None if task is None else (task.value or ZERO) >= book.task_count
    return replace(
        own,
        figures=figures,
        tier=unit_tier(tiers),
        tiers=tiers,
        task=task,
        task_met=met,
        members=tuple(members),
    )


def joined(item: Measure, members: Sequence[UnitResult]) -> Figure:
    """Return a figure over several units, under its own name."""
    return added(item, (m.figures[item.name] for m in members))


def summed(name: str, figures: Sequence[Figure]) -> Figure:
    """Return figures added up, with the records behind all of them."""
    lines = tuple(line for f in figures for line in f.lines)
    return Figure(figures[0].name if figures else name, sum((f.value or ZERO for f in figures), ZERO), lines)


def as_now(earlier: Outcome, book: Rulebook, day: date) -> Outcome:
    """Return an earlier outcome with its figures by the units that there are on a later day, to be compared with."""
    if not (book.renamed or any(unit.is_merged(day) for unit in book.units)):
        return earlier
    return replace(
        earlier, results=tuple(folded((as_listed(s, book, day) for s in earlier.singles), book, day))
    )


def as_listed(result: UnitResult, book: Rulebook, day: date) -> UnitResult:
    """Return an earlier result under the unit that the list has for it on a day; as it was if there is none."""
    unit = book.unit(result.unit.code)
    if unit is None:
        return result
    status = Status.MERGED if unit.is_merged(day) else result.account.status
    return replace(result, account=replace(result.account, unit=unit, status=status))
