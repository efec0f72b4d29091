"""X02: what the partners of one 联合标识 report has to fit together."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice

from baiti_xl.contest.choices import Stage
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.predicates import voucher_of
from baiti_xl.contest.sheets import Payment, Project
from baiti_xl.count.across.claims import NAMED, AnyClaim, Claim, Rulings

RULE = "X02"
WHOLE = Decimal(100)
AGREED = ("total", "fixed_investment", "contract_amount", "signed", "started", "completed")


def disagreements(claims: Sequence[Claim[Project]], rulings: Rulings) -> Iterator[Finding]:
    """Yield X02 for every 联合标识, at each partner's project; ended and ruled-out projects take no part.

    A project the office settled by a ruling still counts for its partners but gets no finding itself.
    """
    for partners in by_joint(claims, rulings).values():
        for found, claim in (*doubled(partners), *share_findings(partners), *differences(partners)):
            if not rulings.decision(claim, RULE):
                yield found


def by_joint(
    claims: Sequence[Claim[Project]], rulings: Rulings, ended: bool = False
) -> Mapping[str, list[Claim[Project]]]:
    """Return the joint projects still pursued by 联合标识; those that have `ended` too if their money counts."""
    groups: dict[str, list[Claim[Project]]] = defaultdict(list)
    for claim in claims:
        pursued = ended or claim.record.stage != Stage.ENDED
        if claim.joint and pursued and not rulings.excludes(claim):
            groups[claim.joint].append(claim)
    return groups


def doubled(partners: Sequence[Claim[Project]]) -> Iterator[tuple[Finding, Claim[Project]]]:
    """Yield X02/doubled at every row of a unit that uses one 联合标识 for more than one project."""
    units = Counter(claim.unit for claim in partners)
    for claim in partners:
        if units[claim.unit] > 1:
            yield claim.find("X02/doubled", "joint_id"), claim


def share_findings(partners: Sequence[Claim[Project]]) -> Iterator[tuple[Finding, Claim[Project]]]:
    """Yield X02/over or X02/under at each partner's share; under only when every share is known."""
    shares = shares_of(partners)
    total = sum((s for s in shares.values() if s is not None), Decimal(0)) * 100
    if total > WHOLE:
        rule = "X02/over"
    elif total < WHOLE and None not in shares.values():
        rule = "X02/under"
    else:
        return
    for claim in partners:
        yield claim.find(rule, "share", claim.record.joint_id, total=f"{total.normalize():f}"), claim


def shares_of(partners: Sequence[Claim[Project]]) -> Mapping[tuple[str, str], Decimal | None]:
    """Return the share in force of each unit's project (a ruled one before the reported), None if unknown."""
    return {(c.unit, c.record.number): c.account.shares.get(c.record.number) for c in partners}


def differences(partners: Sequence[Claim[Project]]) -> Iterator[tuple[Finding, Claim[Project]]]:
    """Yield X02/differ at every cell to which another unit's differs; an empty cell differs from none."""
    for field in AGREED:
        holders = by_value(partners, field)
        for claim in partners if len(holders) > 1 else ():
            other = opponent(claim, field, holders)
            if other:
                theirs = told(getattr(other.record, field))
                joint = claim.record.joint_id
                yield claim.find("X02/differ", field, joint=joint, other=other.name, theirs=theirs), claim


def different_books(
    projects: Sequence[Claim[Project]], payments: Sequence[Claim[Payment]], rulings: Rulings, ended: bool
) -> Iterator[Finding]:
    """Yield X02 for what the partners' lists of vouchers say otherwise: amounts or days, or vouchers that one lacks."""
    by_project: dict[tuple[str, str], list[Claim[Payment]]] = defaultdict(list)
    for payment in payments:
        if voucher_of(payment.record) and not rulings.excludes(payment):
            by_project[payment.unit, payment.record.project].append(payment)
    for partners in by_joint(projects, rulings, ended).values():
        books = {claim: by_project[claim.unit, claim.record.number] for claim in partners}
        for found, claim in (*other_amounts(books), *lacking(books)):
            if not rulings.decision(claim, RULE):
                yield found


Books = Mapping[Claim[Project], Sequence[Claim[Payment]]]


def other_amounts(books: Books) -> Iterator[tuple[Finding, AnyClaim]]:
    """Yield X02/voucher at every voucher whose amount or day a partner gives otherwise; it counts for nobody."""
    said: dict[object, list[Claim[Payment]]] = defaultdict(list)
    for payments in books.values():
        for payment in payments:
            said[voucher_of(payment.record)].append(payment)
    for same in said.values():
        telling = of_two_kinds(same)
        for payment in same:
            rival = next(
                (p for p in telling if p.unit != payment.unit and differs(p.record, payment.record)), None
            )
            if rival:
                field = "day" if rival.record.day != payment.record.day else "amount"
                theirs = told(getattr(rival.record, field))
                yield payment.find("X02/voucher", field, other=rival.name, theirs=theirs), payment


def of_two_kinds(same: Sequence[Claim[Payment]]) -> list[Claim[Payment]]:
    """Return of the rows of one voucher the first two of each unit and of each day and amount, all others saying nothing new.

    The first row of another unit that differs from a given one is always among them, and among their first five.
    """
    units: dict[str, set[object]] = defaultdict(set)
    values: dict[object, set[str]] = defaultdict(set)
    found = []
    for payment in same:
        unit, value = payment.unit, (payment.record.day, payment.record.amount)
        if value not in units[unit] and len(units[unit]) < 2 and len(values[value]) < 2:
            units[unit].add(value)
            values[value].add(unit)
            found.append(payment)
    return found


def differs(one: Payment, other: Payment) -> bool:
    """Whether two rows of one voucher give different amounts or days."""
    return (one.day, one.amount) != (other.day, other.amount)


def lacking(books: Books) -> Iterator[tuple[Finding, AnyClaim]]:
    """Yield X02/missing at every project whose unit lacks vouchers that a partner reports."""
    holders: dict[object, dict[str, Claim[Payment]]] = defaultdict(
        dict
    )  # the first row of each unit, by voucher
    for payments in books.values():
        for payment in payments:
            holders[voucher_of(payment.record)].setdefault(payment.unit, payment)
    alone = Counter(unit for held in holders.values() if len(held) == 1 for unit in held)
    for claim, payments in books.items():
        own = {voucher_of(p.record) for p in payments}
        shared = sum(len(holders[key]) > 1 for key in own)
        count = len(holders) - alone[claim.unit] - shared
        if count:
            theirs = (
                next(p for unit, p in held.items() if unit != claim.unit)
                for key, held in holders.items()
                if key not in own and set(held) != {claim.unit}
            )
            named = [f"{p.record.voucher}（{p.record.payer}）" for p in islice(theirs, NAMED)]
            shown = "、".join(named) + (f"等 {count} 张" if count > NAMED else "")
            yield claim.find("X02/missing", "number", claim.record.joint_id, vouchers=shown), claim


def by_value(partners: Sequence[Claim[Project]], field: str) -> Mapping[object, list[Claim[Project]]]:
    """Return for each value of a field the first projects that have it, of two units at most."""
    holders: dict[object, list[Claim[Project]]] = {}
    for claim in partners:
        value = getattr(claim.record, field)
        if value is not None:
            held = holders.setdefault(value, [])
            if not held or (len(held) == 1 and held[0].unit != claim.unit):
                held.append(claim)
    return holders


def opponent(
    claim: Claim[Project], field: str, holders: Mapping[object, list[Claim[Project]]]
) -> Claim[Project] | None:
    """Return the first project of another unit with another value, or None."""
    own = getattr(claim.record, field)
    if own is None:
        return None
    rivals = (c for value, held in holders.items() if value != own for c in held)
    return next((c for c in rivals if c.unit != claim.unit), None)


def told(value: object) -> str:
    """Return an amount or a day for a sentence."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
