"""Joint projects over all their partners: one voucher book, one lead, and shares that make at most the whole.

Partners report the whole project. Its vouchers are the union over partners, of which each gets its share, so that the
sum over units is the sum over distinct projects.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from baiti_xl.contest.choices import Stage
from baiti_xl.contest.predicates import ONE, counting_weight, joint_key, lead_of, voucher_of
from baiti_xl.contest.records import OUT, REJECTED, RULED, Account, Ledger, PartnerVoucher
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS, Payment, Project

Voucher = tuple[str, str]
Entry = tuple[Voucher | None, date | None, Decimal | None]
BELONGS = f"{RULED}归属 "
EXCESSIVE, DOUBLED = "联合各方份额合计超过100", "本单位有两行用同一联合标识"
STRUCK = f"{REJECTED}（联合单位的同一张凭证）"


@dataclass(frozen=True, slots=True)
class Partner:
    """One unit's row of a joint project."""

    account: Account
    project: Project

    @property
    def unit(self) -> str:
        """The unit's code."""
        return self.account.unit.code

    @property
    def share(self) -> Decimal | None:
        """The unit's share as a fraction, None if it cannot be known."""
        return self.account.shares.get(self.project.number)

    @property
    def reason(self) -> str:
        """Why the row may not count, ""."""
        return self.account.blocked.get((PROJECTS.name, self.project.row), "")

    @property
    def is_out(self) -> bool:
        """Whether a ruling keeps the row from counting."""
        return self.reason.startswith(OUT)

    def has_ended(self, book: Rulebook) -> bool:
        """Whether the project has ended and its money does not count."""
        return self.project.stage == Stage.ENDED and not book.ended_money_counts


Group = Sequence[Partner]


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint project: the rows still pursued, the vouchers ruled out, and the shares that rulings move to a unit."""

    group: Group
    struck: frozenset[Voucher]
    given: Mapping[str, Decimal]

    def fault(self, unit: str) -> str:
        """Return why the shares of a unit's row cannot be used, ""."""
        if sum(partner.unit == unit for partner in self.group) > 1:
            return DOUBLED
        whole = sum((p.share for p in self.group if p.share is not None), Decimal(0))
        return EXCESSIVE if whole + sum(self.given.values()) > ONE else ""

    def leader(self, book: Rulebook) -> str:
        """Return the unit that leads, of those whose rows may count if there are any."""
        sound = [p for p in self.group if not p.reason] or self.group
        shares = {p.unit: p.share for p in sound if p.share is not None}
        return lead_of({p.unit: p.project for p in reversed(sound)}, shares, book)


def entry_of(payment: Payment) -> Entry:
    """Return what one entry of the voucher book is: payer, number, day and amount."""
    return voucher_of(payment), payment.day, payment.amount


def joined(ledger: Ledger, book: Rulebook) -> Ledger:
    """Return the ledger with every joint project settled between its partners."""
    by_unit: dict[str, list[tuple[Project, Joint]]] = defaultdict(list)
    for joint in joints(ledger, book):
        for partner in joint.group:
            by_unit[partner.unit].append((partner.project, joint))
    return replace(ledger, accounts=tuple(settled(a, by_unit[a.unit.code], book) for a in ledger.accounts))


def joints(ledger: Ledger, book: Rulebook) -> Iterator[Joint]:
    """Yield the joint projects that some unit still claims, with all rows that bear their 联合标识.

    Those that are ruled out or have ended take no part (终止项目资金计入), but a voucher ruled out there is out everywhere.
    """
    rows: dict[str, list[Partner]] = defaultdict(list)
    for account in ledger.accounts:
        for project in account.all_rows(PROJECTS):
            if key := joint_key(project):
                rows[key].append(Partner(account, project))
    for held in rows.values():
        group = [p for p in held if not (p.is_out or p.has_ended(book))]
        if group:
            yield Joint(group, struck_out(held), given(held))


def given(rows: Group) -> Mapping[str, Decimal]:
    """Return the shares that rulings move to a unit from others (归属)."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for partner in rows:
        winner = partner.reason.removeprefix(BELONGS)
        if winner != partner.reason and partner.share is not None:
            found[winner] += partner.share
    return found


def settled(account: Account, projects: Sequence[tuple[Project, Joint]], book: Rulebook) -> Account:
    """Return an account with the leads, shares, counts and vouchers of its joint projects."""
    if not projects:
        return account
    shares, counts, leads = dict(account.shares), dict(account.counts), dict(account.leads)
    blocked, vouchers, unshared = dict(account.blocked), list[PartnerVoucher](), dict[str, str]()
    for project, joint in projects:
        number = project.number
        leads[number] = joint.leader(book)
        if reason := joint.fault(account.unit.code):
            unshared[number] = reason
            shares.pop(number, None)
            counts.pop(number, None)
            continue
        if number in shares:
            shares[number] += joint.given.get(account.unit.code, Decimal(0))
            leading = leads[number] == account.unit.code
            counts[number] = counting_weight(project, shares[number], leading, book)
        for payment in account.rows(PAYMENTS):
            if payment.project == number and voucher_of(payment) in joint.struck:
                blocked[PAYMENTS.name, payment.row] = STRUCK
        vouchers.extend(missing(account, number, joint))
    return replace(
        account, shares=shares, counts=counts, leads=leads, blocked=blocked, unshared=unshared, vouchers=tuple(vouchers)
    )  # fmt: skip


def book_of(partner: Partner) -> Iterator[Payment]:
    """Yield the vouchers that a partner reports of the joint project, whether they count or not."""
    return (p for p in partner.account.all_rows(PAYMENTS) if p.project == partner.project.number)


def struck_out(rows: Group) -> frozenset[Voucher]:
    """Return the vouchers that a ruling on any partner's row keeps from counting: one book, one ruling."""
    return frozenset(
        key
        for partner in rows
        for payment in book_of(partner)
        if partner.account.blocked.get((PAYMENTS.name, payment.row)) == REJECTED
        and (key := voucher_of(payment))
    )


def missing(account: Account, number: str, joint: Joint) -> Iterator[PartnerVoucher]:
    """Yield the vouchers of a joint project that count at a partner and not in the unit's own rows, each as often as there."""
    own = Counter(entry_of(p) for p in account.rows(PAYMENTS) if p.project == number)
    for partner in joint.group:
        if partner.unit == account.unit.code or partner.account.submission is None:
            continue
        theirs: Counter[Entry] = Counter()
        for payment in book_of(partner):
            key, entry = voucher_of(payment), entry_of(payment)
            counts = (PAYMENTS.name, payment.row) not in partner.account.blocked
            if counts and key and key not in joint.struck:
                theirs[entry] += 1
                if theirs[entry] > own[entry]:
                    own[entry] += 1
                    yield PartnerVoucher(partner.unit, partner.account.submission.file, number, payment)
