"""The contest's calendar, the console's sheet 调度: periods, their cutoffs, and the scheduling meetings (方案四（四）)."""

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar

from baiti_xl.contest.records import Meeting
from baiti_xl.contest.rulebook import Period, Phase, Rulebook
from baiti_xl.contest.values import WEEKDAYS, numeral

ONE_DAY = timedelta(days=1)
WEEKEND = 5


def usual_periods(start: date, end: date, interval: int) -> tuple[Period, ...]:
    """Return the periods that follow from 调度会间隔: a meeting every so many days from the start, up to the end.

    Reports are due on the day of the meeting; the last period ends with the contest (本系统约定).
    """
    days = [start + timedelta(days=n) for n in range(interval, (end - start).days + 1, interval)]
    found = [Period(day, day) for day in days]
    return (*found, Period(end)) if not days or days[-1] < end else tuple(found)


def calendar(book: Rulebook) -> tuple[Period, ...]:
    """Return the periods in order: those of the sheet 调度, else those that follow from 调度会间隔."""
    return book.schedule or usual_periods(book.start, book.end, book.meeting_interval)


def meetings(book: Rulebook) -> tuple[Meeting, ...]:
    """Return the scheduling meetings, each with the cutoff of the period it is about."""
    found: list[Meeting] = []
    for period in calendar(book):
        if period.meeting is not None:
            first = found[-1].cutoff + ONE_DAY if found else book.start
            about = (period.meeting, first, period.cutoff, period.time, period.place)
            found.append(Meeting(len(found) + 1, *about))
    return tuple(found)


def cutoffs(book: Rulebook) -> tuple[date, ...]:
    """Return the 报送截止日 of each period; the last is the contest's last day."""
    return tuple(period.cutoff for period in calendar(book))


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
    """Return the first and last day of the current period: since the last 报送截止日 before the day."""
    last = max((cutoff for cutoff in cutoffs(book) if cutoff < day), default=None)
    return (last + ONE_DAY if last else book.start), day


def phase_on(book: Rulebook, day: date) -> Phase:
    """Return the phase a day lies in; before the contest the first, after it the last."""
    return next((s for s in book.phases if day <= s.end), book.phases[-1])


# ── working days ─────────────────────────────────────────────────────────────────────────────────


def is_working(day: date) -> bool:
    """Whether offices work on a day: by the holidays the State Council gave notice of, weekends alone where a year is not known."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < WEEKEND


def working_day(day: date, count: int) -> date:
    """Return the day so many working days after a day; the day itself for none."""
    while count > 0:
        day += ONE_DAY
        count -= is_working(day)
    return day


def idle_meetings(book: Rulebook) -> Iterator[str]:
    """Yield a sentence for each scheduling meeting that falls on a weekend or a holiday."""
    for meeting in meetings(book):
        if not is_working(meeting.day):
            weekday = WEEKDAYS[meeting.day.weekday()]
            yield f"第{numeral(meeting.number)}次调度会 {meeting.day}（星期{weekday}）不是工作日；要改的写在操作台“调度”表里"
