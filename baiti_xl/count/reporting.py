"""Reporting status: for each period of 调度 who reported, in time or late (方案四（四）); each unit stands in exactly one class.

A file counts for the period that its 填报截止日期 lies in, and is in time if it arrived by the end of the 报送截止日
(报送宽限天数) or nobody knows when it did. What was made public of a period does not change: a file that comes afterwards makes up for it (补报).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from baiti_xl.contest.choices import Reported, Status
from baiti_xl.contest.periods import ONE_DAY, cutoff_of, cutoffs
from baiti_xl.contest.records import Account, Ledger, PeriodReport, Receipt
from baiti_xl.contest.rulebook import Rulebook

Receipts = Mapping[str, Sequence[Receipt]]
Closed = Mapping[date, Mapping[str, Reported]]


def period_reports(
    receipts: Receipts, ledger: Ledger, book: Rulebook, closed: Closed
) -> tuple[PeriodReport, ...]:
    """Return the reporting of each period up to the ledger's day.

    `receipts` are all usable submissions by unit; `closed` gives the states that were made public by 报送截止日. An earlier
    period of which no file of any unit is known is left out: nobody is said not to have reported then.
    """
    seen = [receipt.cutoff for held in receipts.values() for receipt in held]

    def is_known(span: tuple[date, date]) -> bool:
        first, last = span
        return last in (ledger.day, *closed) or any(first <= cutoff <= last for cutoff in seen)

    def states(span: tuple[date, date]) -> dict[str, Reported]:
        if span[1] in closed and span[1] < ledger.day:
            return {
                code: since(known, receipts.get(code, ()), span) for code, known in closed[span[1]].items()
            }
        return {
            account.unit.code: state(
                account, receipts.get(account.unit.code, ()), span, ledger.day, book, ledger.is_early
            )
            for account in ledger.accounts
            if not account.unit.is_merged(span[1])
        }

    return tuple(
        PeriodReport(number, *span, states(span))
        for number, span in enumerate(spans(ledger.day, book), 1)
        if is_known(span)
    )


def spans(day: date, book: Rulebook) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each period up to a day, which ends the last one."""
    first = book.start
    for cutoff in cutoffs(book):
        if cutoff >= day or cutoff == book.end:
            break
        yield first, cutoff
        first = cutoff + ONE_DAY
    yield first, day


def state(
    account: Account,
    receipts: Sequence[Receipt],
    span: tuple[date, date],
    day: date,
    book: Rulebook,
    is_early: bool = False,
) -> Reported:
    """Return a unit's standing in one period."""
    first, last = span
    cutoff = cutoff_of(book, last)
    due = cutoff + timedelta(days=book.report_days)
    sent = [r for r in receipts if first <= r.cutoff <= cutoff]
    if sent:
        in_time = any(r.arrived is None or r.arrived <= due for r in sent)
        return Reported.IN_TIME if in_time else Reported.LATE
    return without(account, is_early) if last == day else Reported.MISSING


def since(known: Reported, receipts: Sequence[Receipt], span: tuple[date, date]) -> Reported:
    """Return a unit's standing in a period that was made public: as it was, 补报 where what was missing came afterwards."""
    came = any(span[0] <= r.cutoff <= span[1] for r in receipts)
    return Reported.MADE_UP if came and known in (Reported.MISSING, Reported.CARRIED) else known


def without(account: Account, is_early: bool) -> Reported:
    """Return how a unit stands that has no usable submission for the current period; nobody is 未报送 before its cutoff."""
    if account.status is Status.RETROSPECT and is_early:
        return Reported.NOT_DUE
    if account.status in (Status.RETURNED, Status.CONFLICT, Status.NOT_DUE):
        return Reported(account.status.value)
    return Reported.CARRIED if account.is_carried else Reported.MISSING
