"""The checks of one submission: small pure functions, all run, all their findings collected.

`CHECKS` lists them in the order of the rule ids. Each takes a `Case` and yields findings; none raises.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import cells, dates, keys, money, projects, targets, visits
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.sheets import COVER, DATA_SHEETS

Check = Callable[[Case], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    cells.required_cells,
    cells.conditional_cells,
    cells.readings,
    cells.suspicious_amounts,
    cells.phone_number,
    cells.total_rows,
    keys.duplicate_numbers,
    keys.number_form,
    keys.unknown_projects,
    keys.zero_reports,
    dates.order,
    dates.after_cutoff,
    dates.before_contest,
    projects.investment_parts,
    projects.informal_contract,
    projects.joint_share,
    projects.started_without_approval,
    projects.overdue_procedures,
    money.beyond_total,
    money.beyond_contract,
    money.foreign_conversion,
    money.repeated_vouchers,
    money.before_signing,
    visits.same_day_twice,
    visits.leader_in_two_places,
    visits.county_unit,
    targets.basic_task,
    targets.below_tiers,
)
SHEET_ORDER = {name: i for i, name in enumerate(["", COVER, *(s.name for s in DATA_SHEETS)])}


def check(submission: Submission, book: Rulebook) -> Submission:
    """Return the submission with the findings of every check that is switched on, in sheet and row order.

    A file that was refused as a whole keeps just the finding that says so.
    """
    if any(f.blocks and f.rule < "F06" for f in submission.findings if f.rule.startswith("F")):
        return submission
    case = Case(submission, book)
    found = [f for run in CHECKS for f in run(case) if f.rule not in book.disabled]
    found.sort(
        key=lambda f: (SHEET_ORDER.get(f.place.sheet, 99), f.row, f.rule, len(f.place.cell), f.place.cell)
    )
    unit = submission.cover.code
    return replace(submission, findings=(*(replace(f, unit=unit) for f in submission.findings), *found))
