"""X03, X04: the same voucher, or the same guest of one day, in two units."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Generic

from baiti_xl.contest.columns import R
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.predicates import voucher_of
from baiti_xl.contest.sheets import Invitation, Payment, Project
from baiti_xl.contest.values import comparison_key
from baiti_xl.count.across.claims import Claim, Rulings, others

Projects = Mapping[str, Mapping[str, Claim[Project]]]


def same_vouchers(
    payments: Sequence[Claim[Payment]], projects: Sequence[Claim[Project]], rulings: Rulings
) -> Iterator[Finding]:
    """X03: one voucher number and payer in two units, unless both belong to one 联合标识.

    A voucher that was ruled out, or whose project was, takes no part.
    """
    known = by_number(projects)
    lively = [p for p in payments if not ruled_out(p, known, rulings)]

    def joint(payment: Claim[Payment]) -> str:
        project = known.get(payment.unit, {}).get(payment.record.project)
        return project.joint if project else ""

    for group in shared(lively, lambda p: voucher_of(p.record)):
        clashes = Clashes(group, joint)
        for payment in group:
            count = clashes.count(payment)
            if count and not rulings.decision(payment, "X03"):
                yield payment.find("X03", "voucher", others=others(clashes.rivals(payment), count))


def by_number(projects: Sequence[Claim[Project]]) -> Projects:
    """Return the projects by unit and number; the first of a repeated number."""
    known: dict[str, dict[str, Claim[Project]]] = defaultdict(dict)
    for claim in projects:
        known[claim.unit].setdefault(claim.record.number, claim)
    return known


def ruled_out(payment: Claim[Payment], projects: Projects, rulings: Rulings) -> bool:
    """Whether a voucher or its project was ruled out."""
    project = projects.get(payment.unit, {}).get(payment.record.project)
    return rulings.excludes(payment) or (project is not None and rulings.excludes(project))


def same_guests(invitations: Sequence[Claim[Invitation]], rulings: Rulings) -> Iterator[Finding]:
    """X04: one enterprise received on one day by two units."""
    lively = [i for i in invitations if not rulings.excludes(i)]
    for group in shared(lively, lambda i: guest_of(i.record)):
        clashes = Clashes(group, lambda _: "")
        for guest in group:
            count = clashes.count(guest)
            if count and not rulings.decision(guest, "X04"):
                rivals = others(clashes.rivals(guest), count)
                yield guest.find("X04", "enterprise", day=guest.record.day, others=rivals)


# ── rows that share a key ────────────────────────────────────────────────────────────────────────


def guest_of(invitation: Invitation) -> tuple[str, date] | None:
    """Return by what two guests are told to be one, enterprise and day, or None where either lacks."""
    enterprise, day = comparison_key(invitation.enterprise), invitation.day
    return (enterprise, day) if enterprise and day else None


def shared(claims: Iterable[Claim[R]], key: Callable[[Claim[R]], Hashable]) -> Iterator[list[Claim[R]]]:
    """Yield the rows that share a full key and stand in more than one unit."""
    groups: dict[Hashable, list[Claim[R]]] = defaultdict(list)
    for claim in claims:
        at = key(claim)
        if at is not None:
            groups[at].append(claim)
    for group in groups.values():
        if len({c.unit for c in group}) > 1:
            yield group


class Clashes(Generic[R]):
    """Rows of one key: which rows of other units, not of the same 联合标识, stand against each."""

    def __init__(self, group: Sequence[Claim[R]], joint: Callable[[Claim[R]], str]) -> None:
        self.joint = {id(c): joint(c) for c in group}
        self.units = Counter(c.unit for c in group)
        self.joints = Counter(filter(None, self.joint.values()))
        self.both = Counter((c.unit, self.joint[id(c)]) for c in group)
        self.lots: dict[str, dict[str, list[Claim[R]]]] = defaultdict(lambda: defaultdict(list))
        for claim in sorted(group, key=lambda claim: bool(self.joint[id(claim)])):
            self.lots[claim.unit][self.joint[id(claim)]].append(claim)
        self.size = len(group)

    def count(self, claim: Claim[R]) -> int:
        """Return how many rows stand against one."""
        joint = self.joint[id(claim)]
        partners = self.joints[joint] - self.both[claim.unit, joint] if joint else 0
        return self.size - self.units[claim.unit] - partners

    def rivals(self, claim: Claim[R]) -> Iterator[Iterator[Claim[R]]]:
        """Yield for each unit its rows that stand against one, those without 联合标识 first."""
        joint = self.joint[id(claim)]
        for unit, lots in self.lots.items():
            if unit != claim.unit:
                yield (row for lot, rows in lots.items() if not lot or lot != joint for row in rows)
