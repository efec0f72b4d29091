"""The checks across units (X01–X04): one claim in two places, and partners who do not agree."""

from collections.abc import Iterator

from baiti_xl.contest.columns import R, Sheet
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Ledger, Pair
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import DATA_SHEETS, INVITATIONS, PAYMENTS, PROJECTS, Project
from baiti_xl.count.across.claims import Claim, Rulings
from baiti_xl.count.across.joint import disagreements
from baiti_xl.count.across.pairs import same_projects, undecided
from baiti_xl.count.across.repeats import same_guests, same_vouchers

__all__ = ["across"]
SHEET_ORDER = {sheet.name: at for at, sheet in enumerate(DATA_SHEETS)}


def across(ledger: Ledger, book: Rulebook) -> tuple[tuple[Finding, ...], tuple[Pair, ...]]:
    """Return the findings across units, in order of unit list, sheet and row, and the likely same projects.

    A pair of projects that a ruling settled is still listed, with the ruling, but yields no finding; so does
    a row that a ruling accepted (认定) or gave to its own unit (归属). Rules switched off find nothing.
    """
    rulings = Rulings(book)
    projects = claims(ledger, PROJECTS)
    found = () if "X01" in book.disabled else same_projects(projects, rulings, book)
    raised = [f for f in run(ledger, projects, found, rulings) if f.rule not in book.disabled]
    order = {account.unit.code: at for at, account in enumerate(ledger.accounts)}
    raised.sort(
        key=lambda f: (
            order[f.unit],
            SHEET_ORDER[f.place.sheet],
            f.row,
            f.rule,
            len(f.place.cell),
            f.place.cell,
        )
    )
    return tuple(raised), found


def run(
    ledger: Ledger, projects: list[Claim[Project]], found: tuple[Pair, ...], rulings: Rulings
) -> Iterator[Finding]:
    """Yield the findings of every check across units."""
    yield from undecided(found, projects)
    yield from disagreements(projects, rulings)
    yield from same_vouchers(claims(ledger, PAYMENTS), projects, rulings)
    yield from same_guests(claims(ledger, INVITATIONS), rulings)


def claims(ledger: Ledger, sheet: Sheet[R]) -> list[Claim[R]]:
    """Return the rows of a sheet of all units, in order of unit list and row; none dated after the day."""
    rows = (
        Claim(account, sheet, record) for account in ledger.accounts for record in account.all_rows(sheet)
    )
    return [c for c in rows if not sheet.own_day or (sheet.day_of(c.record) or ledger.day) <= ledger.day]
