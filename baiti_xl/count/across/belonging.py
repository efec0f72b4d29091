"""归属: a ruling gives a record to one of the units that claim it; the credit moves there and the other claims are out."""

from collections.abc import Callable, Collection, Iterator, Sequence

from baiti_xl.contest.choices import Decision
from baiti_xl.contest.columns import Record
from baiti_xl.contest.loading import RulebookError, RuleFault
from baiti_xl.contest.predicates import voucher_of
from baiti_xl.contest.records import RULED, Barred, Ledger, Pair, Ruling, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PROJECTS, SHEETS, Invitation, Payment, Visit
from baiti_xl.contest.values import comparison_key
from baiti_xl.count.across.claims import AnyClaim, claims
from baiti_xl.count.across.likeness import Comparer

Sent = Callable[[str], Sequence[Submission]]


def given_away(ledger: Ledger, pairs: Sequence[Pair], book: Rulebook, sent: Sent) -> Barred:
    """Return the rows that lose their credit to another unit by a ruling.

    `sent` gives a unit's accepted submissions. Raises RulebookError naming the console's cell of a ruling that gives a
    record to a unit that never claimed it; one whose claim has since gone, or that sent nothing, stops nothing.
    """
    barred: dict[tuple[str, str, int], str] = {}
    faults = []
    for ruling, own, rivals in disputes(ledger, pairs, book):
        named = {claim.unit for claim in (own, *rivals)}
        if ruling.value not in named and never_claimed(own, sent(ruling.value), book):
            sheet, _, cell = ruling.cell.partition("!")
            who = "、".join(sorted(named))
            faults.append(
                RuleFault(sheet, cell, f"裁定归属 {ruling.value}，但它没有报过这条记录；报了的是 {who}")
            )
        for claim in (own, *rivals):
            if claim.unit != ruling.value:
                barred[claim.unit, claim.sheet.name, claim.record.row] = f"{RULED}归属 {ruling.value}"
    if faults:
        raise RulebookError(faults)
    return barred


def disputes(
    ledger: Ledger, pairs: Sequence[Pair], book: Rulebook
) -> Iterator[tuple[Ruling, AnyClaim, list[AnyClaim]]]:
    """Yield each ruling that gives a record to a unit, with the record's row and the rows of others that claim it too."""
    alike = frozenset(frozenset(zip(pair.units, pair.rows, strict=True)) for pair in pairs)
    for ruling in book.rulings:
        sheet = SHEETS.get(ruling.record.partition("/")[2].partition("/")[0])
        if ruling.decision == Decision.BELONG and sheet is not None:
            own = next((claim for claim in claims(ledger, sheet) if claim.id == ruling.record), None)
            if own is not None:
                rivals = [c for c in claims(ledger, sheet) if c.unit != own.unit and is_rival(own, c, alike)]
                yield ruling, own, rivals


def is_rival(own: AnyClaim, other: AnyClaim, alike: Collection[frozenset[tuple[str, int]]]) -> bool:
    """Whether two rows of two units claim the same: a project `alike` or joint, or the same voucher, guest or visit."""
    if own.sheet is PROJECTS:
        both = frozenset({(own.unit, own.record.row), (other.unit, other.record.row)})
        return own.is_partner(other) or both in alike
    key = claim_key(own.record)
    return key is not None and key == claim_key(other.record)


def claim_key(record: Record) -> object:
    """Return by what two units claim the same voucher, guest or visit; None where nothing tells."""
    if isinstance(record, Payment):
        return voucher_of(record)
    if isinstance(record, (Invitation, Visit)):
        return comparison_key(record.enterprise), record.day
    return None


def never_claimed(own: AnyClaim, submissions: Sequence[Submission], book: Rulebook) -> bool:
    """Whether a unit sent submissions and claimed in none of them what a row claims."""
    rows = [record for submission in submissions for record in submission.rows(own.sheet)]
    if own.sheet is PROJECTS:
        alike = Comparer(book)
        return bool(submissions) and not any(alike(own.record, project) for project in rows)
    key = claim_key(own.record)
    return bool(submissions) and not any(key is not None and claim_key(record) == key for record in rows)
