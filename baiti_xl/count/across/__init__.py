"""The checks across units (X01–X05): one claim in two places, and partners who do not agree."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from baiti_xl.contest.choices import Decision
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.predicates import voucher_of
from baiti_xl.contest.records import Barred, Ledger, Pair, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import DATA_SHEETS, INVITATIONS, PAYMENTS, PROJECTS, Project
from baiti_xl.count.across.belonging import Sent, given_away
from baiti_xl.count.across.claims import Claim, Rulings, claims, sharing
from baiti_xl.count.across.joint import different_books, disagreements
from baiti_xl.count.across.pairs import Compared, same_projects, uncompared, undecided
from baiti_xl.count.across.renumbered import renumbered
from baiti_xl.count.across.repeats import guest_of, same_guests, same_vouchers

__all__ = ["across"]
SHEET_ORDER = {sheet.name: at for at, sheet in enumerate(DATA_SHEETS)}


class Across(NamedTuple):
    """What the checks across units found, in order of unit list, sheet and row; the likely same projects; the rows out."""

    findings: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    barred: Barred


def nobody(unit: str) -> Sequence[Submission]:
    """Return that a unit sent nothing before."""
    return ()


def across(ledger: Ledger, book: Rulebook, sent: Sent = nobody) -> Across:
    """Return what stands between the units of a ledger; `sent` gives a unit's accepted submissions.

    A pair of projects that a ruling settled is still listed, with the ruling, but yields no finding; so does
    a row that a ruling accepted (认定) or gave to its own unit (归属). Rules switched off find nothing.
    Raises RulebookError naming the cell of a ruling that gives a record to a unit that never claimed it.
    """
    projects = list(claims(ledger, PROJECTS))
    listed = "X01" not in book.disabled
    given = any(r.decision == Decision.BELONG for r in book.rulings)
    pairs, crowded = same_projects(projects, Rulings(book), book) if listed or given else Compared((), ())
    again, renamed = renumbered(ledger, book, sent)
    barred = {**renamed, **given_away(ledger, pairs, book, sent)}
    found = settled(pairs, barred) if listed else ()
    more = uncompared(crowded)
    raised = [*again, *more, *run(ledger, projects, found, Rulings(book, barred), book.ended_money_counts)]
    return Across(in_order(ledger, [f for f in raised if f.rule not in book.disabled]), found, barred)


def settled(pairs: Iterable[Pair], barred: Barred) -> tuple[Pair, ...]:
    """Return the pairs, each with what a ruling on another record says of it."""
    out = [
        [barred.get((u, PROJECTS.name, r), "") for u, r in zip(p.units, p.rows, strict=True)] for p in pairs
    ]
    return tuple(
        replace(p, ruling=p.ruling or "；".join(filter(None, sides)))
        for p, sides in zip(pairs, out, strict=True)
    )


def in_order(ledger: Ledger, raised: list[Finding]) -> tuple[Finding, ...]:
    """Return findings in order of unit list, sheet, row, rule and cell."""
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
    return tuple(raised)


def run(
    ledger: Ledger, projects: list[Claim[Project]], found: tuple[Pair, ...], rulings: Rulings, ended: bool
) -> Iterator[Finding]:
    """Yield the findings of every check across units."""
    yield from undecided(found, projects)
    joint = {(c.unit, c.record.number) for c in projects if c.joint}
    payments = sharing(ledger, PAYMENTS, voucher_of, lambda c: (c.unit, c.record.project) in joint)
    yield from disagreements(projects, rulings)
    yield from different_books(projects, payments, rulings, ended)
    yield from same_vouchers(payments, projects, rulings)
    yield from same_guests(sharing(ledger, INVITATIONS, guest_of), rulings)
