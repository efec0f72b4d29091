"""The contest's calendar: scheduling meetings and the periods between them (方案四（四）)."""

from datetime import date, timedelta

from baiti_xl.contest.records import Meeting
from baiti_xl.contest.rulebook import Phase, Rulebook
from baiti_xl.contest.values import numeral

ONE_DAY = timedelta(days=1)


def meetings(book: Rulebook) -> tuple[Meeting, ...]:
    """Return the scheduling meetings: every 调度会间隔 days from the start, up to the end."""
    found: list[Meeting] = []
    step, previous = timedelta(days=book.meeting_interval), book.start
    day = book.start + step
    while day <= book.end:
        found.append(Meeting(len(found) + 1, day, previous))
        previous, day = day, day + step
    return tuple(found)


def cutoffs(book: Rulebook) -> tuple[date, ...]:
    """Return the 报送截止日 of each period: the meetings' days, and the contest's last day (本系统约定)."""
    days = [meeting.day for meeting in meetings(book)]
    return (*days, book.end) if not days or days[-1] < book.end else tuple(days)


def cutoff_of(book: Rulebook, day: date) -> date:
    """Return the 报送截止日 of the period a day lies in; after the contest its last day."""
    return next((cutoff for cutoff in cutoffs(book) if day <= cutoff), book.end)


def holds_from(book: Rulebook, decided: date) -> date:
    """Return from which day's figures on a ruling holds: the last 报送截止日 before it, whose reports were being worked on (本系统约定)."""
    return max((cutoff for cutoff in cutoffs(book) if cutoff <= decided), default=decided)


def named(book: Rulebook, day: date) -> str:
    """Return the period a day ends or lies in: 第一期, 第一期内; 竞赛开始前 or 竞赛结束后 for a day of none."""
    if not book.start <= day <= book.end:
        return "竞赛开始前" if day < book.start else "竞赛结束后"
    cutoff = cutoff_of(book, day)
    return f"第{numeral(cutoffs(book).index(cutoff) + 1)}期" + ("" if cutoff == day else "内")


def period(book: Rulebook, day: date) -> tuple[date, date]:
    """Return the first and last day of the current period: since the last meeting before the day."""
    last = max((m.day for m in meetings(book) if m.day < day), default=None)
    return (last + ONE_DAY if last else book.start), day


def phase_on(book: Rulebook, day: date) -> Phase:
    """Return the phase a day lies in; before the contest the first, after it the last."""
    return next((s for s in book.phases if day <= s.end), book.phases[-1])
