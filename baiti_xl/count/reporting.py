"""Reporting status: for each period between scheduling meetings, who reported, in time or late (方案四（四）).

A unit is in time if an accepted submission's 填报截止日期 lies in the period, late if only a later one stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from baiti_xl.contest.records import Ledger, PeriodReport, Unit

IN_TIME, LATE, RETURNED, MISSING = "按时", "逾期", "退回", "未报送"


def period_reports(
    cutoffs: Mapping[str, Iterable[date]],
    ledger: Ledger,
    units: Sequence[Unit],
    ends: Sequence[date],
    start: date,
) -> tuple[PeriodReport, ...]:
    """Return the reporting of each period up to the ledger's day.

    `cutoffs` are the 填报截止日期 of all accepted submissions by unit; `ends` the scheduling meetings' days.
    """
    returned = {s.unit for s in ledger.rejected}
    found: list[PeriodReport] = []
    first = start
    for last in [*(d for d in ends if d < ledger.day), ledger.day]:
        current = last == ledger.day
        states = {
            u.code: state(list(cutoffs.get(u.code, ())), first, last, current and u.code in returned)
            for u in units
        }
        found.append(PeriodReport(len(found) + 1, first, last, states))
        first = last + timedelta(days=1)
    return tuple(found)


def state(cutoffs: Sequence[date], first: date, last: date, returned: bool) -> str:
    """Return a unit's standing in one period."""
    if any(first <= day <= last for day in cutoffs):
        return IN_TIME
    if any(day > last for day in cutoffs):
        return LATE
    return RETURNED if returned else MISSING
