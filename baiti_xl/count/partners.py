"""Joint projects over all their partners: one voucher book, one lead, and shares that make at most the whole.

Partners report the whole project. Its vouchers are the union over partners, of which each gets its share, so that the
sum over units is the sum over distinct projects.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from baiti_xl.contest.choices import Stage
from baiti_xl.contest.predicates import ONE, by_number, counting_weight, joint_key, lead_of, voucher_of
from baiti_xl.contest.records import REJECTED, Account, Ledger, PartnerVoucher
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS, Payment, Project


@dataclass(frozen=True, slots=True)
class Partner:
    """One unit's row of a joint project."""

    account: Account
    project: Project

    @property
    def share(self) -> Decimal | None:
        """The unit's share as a fraction, None if it cannot be known."""
        return self.account.shares.get(self.project.number)


Group = Sequence[Partner]
Voucher = tuple[str, str]
STRUCK = f"{REJECTED}（联合单位的同一张凭证）"


def joined(ledger: Ledger, book: Rulebook) -> Ledger:
    """Return the ledger with every joint project settled between its partners."""
    by_unit: dict[str, list[tuple[Project, Group]]] = defaultdict(list)
    for group in groups(ledger, book).values():
        for partner in group:
            by_unit[partner.account.unit.code].append((partner.project, group))
    return replace(ledger, accounts=tuple(settled(a, by_unit[a.unit.code], book) for a in ledger.accounts))


def groups(ledger: Ledger, book: Rulebook) -> Mapping[str, Group]:
    """Return the joint projects that are still claimed by 联合标识, each unit's first row of a number; ended ones aside
    whose money does not count."""
    found: dict[str, list[Partner]] = defaultdict(list)
    for account in ledger.accounts:
        for project in by_number(account.all_rows(PROJECTS)).values():
            key, out = joint_key(project), account.is_ruled_out(PROJECTS, project.row)
            ended = project.stage == Stage.ENDED and not book.ended_money_counts
            if key and not (ended or out):
                found[key].append(Partner(account, project))
    return found


def settled(account: Account, projects: Sequence[tuple[Project, Group]], book: Rulebook) -> Account:
    """Return an account with the leads, counts and vouchers of its joint projects; none of too many shares counts."""
    if not projects:
        return account
    shares, counts, leads = dict(account.shares), dict(account.counts), dict(account.leads)
    blocked, vouchers = dict(account.blocked), list[PartnerVoucher]()
    excessive = frozenset(project.number for project, group in projects if is_excessive(group))
    for project, group in projects:
        number = project.number
        leads[number] = leader(group, book)
        if number in excessive:
            shares.pop(number, None)
            counts.pop(number, None)
        elif number in shares:
            counts[number] = counting_weight(
                project, shares[number], leads[number] == account.unit.code, book
            )
        out = struck_out(group)
        for payment in account.rows(PAYMENTS):
            if payment.project == number and voucher_of(payment) in out:
                blocked[PAYMENTS.name, payment.row] = STRUCK
        vouchers.extend(missing(account, number, group, out))
    return replace(
        account, shares=shares, counts=counts, leads=leads, blocked=blocked, excessive=excessive, vouchers=tuple(vouchers)
    )  # fmt: skip


def leader(group: Group, book: Rulebook) -> str:
    """Return the unit that leads a joint project."""
    shares = {p.account.unit.code: p.share for p in group if p.share is not None}
    return lead_of({p.account.unit.code: p.project for p in group}, shares, book)


def is_excessive(group: Group) -> bool:
    """Whether the shares of the partners add to more than the whole."""
    return sum((p.share for p in group if p.share is not None), Decimal(0)) > ONE


def book_of(partner: Partner) -> Iterator[Payment]:
    """Yield the vouchers that a partner reports of the joint project, whether they count or not."""
    return (p for p in partner.account.all_rows(PAYMENTS) if p.project == partner.project.number)


def struck_out(group: Group) -> frozenset[Voucher]:
    """Return the vouchers that a ruling on any partner's row keeps from counting: one book, one ruling."""
    return frozenset(
        key
        for partner in group
        for payment in book_of(partner)
        if partner.account.blocked.get((PAYMENTS.name, payment.row)) == REJECTED
        and (key := voucher_of(payment))
    )


def missing(account: Account, number: str, group: Group, out: frozenset[Voucher]) -> Iterator[PartnerVoucher]:
    """Yield the vouchers of a joint project that count at a partner and not in the unit's own rows, each once."""
    known = out | {key for p in account.rows(PAYMENTS) if p.project == number and (key := voucher_of(p))}
    for partner in group:
        if partner.account.unit.code == account.unit.code or partner.account.submission is None:
            continue
        for payment in book_of(partner):
            key = voucher_of(payment)
            counts = (PAYMENTS.name, payment.row) not in partner.account.blocked
            if counts and key and key not in known:
                known |= {key}
                yield PartnerVoucher(
                    partner.account.unit.code, partner.account.submission.file, number, payment
                )
