"""Signed money and money in place by day, over all units."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from baiti_xl.contest.measures import AMOUNT, PAID
from baiti_xl.contest.records import Account, UnitResult
from baiti_xl.contest.sheets import PROJECTS

Days = Mapping[tuple[str, int], date | None]


def days_signed(account: Account) -> Days:
    """Return the day each project was signed, by file and row."""
    file = account.submission.file if account.submission else ""
    return {(file, p.row): p.signed for p in account.all_rows(PROJECTS)}


def days_paid(account: Account) -> Days:
    """Return the day of each voucher, partners' with them, by file and row."""
    return {place: payment.day for place, (_, payment) in account.book().items()}


DAYS: Mapping[str, Callable[[Account], Days]] = {AMOUNT.name: days_signed, PAID.name: days_paid}


class Daily:
    """Adds up, one unit after the other, what the records behind a figure are worth by their day, in 万元."""

    def __init__(self) -> None:
        self.amounts: dict[str, dict[date, Decimal]] = {name: {} for name in DAYS}

    def add(self, result: UnitResult) -> None:
        """Add one account's records; those without a day are left out."""
        for name, days_of in DAYS.items():
            if name in result.figures:
                held, days = self.amounts[name], days_of(result.account)
                for line in result.figures[name].lines:
                    if day := days[line.file, line.row]:
                        held[day] = held.get(day, Decimal(0)) + line.value
