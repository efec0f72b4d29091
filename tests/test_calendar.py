"""Scheduling meetings, the periods between them, and stages (方案三、四（四）)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import BOOK, rules

from baiti_xl.contest.periods import meetings, period, phase_on
from baiti_xl.contest.rulebook import Rulebook


def days(book: Rulebook) -> str:
    """Return the meetings as text: `1 05-13（04-13 起）`."""
    return "，".join(f"{m.number} {m.day:%m-%d}（{m.first:%m-%d} 起）" for m in meetings(book))


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (30, "1 05-13（04-13 起），2 06-12（05-14 起），3 07-12（06-13 起）"),
        (54, "1 06-06（04-13 起），2 07-30（06-07 起）"),
        (55, "1 06-07（04-13 起）"),
        (108, "1 07-30（04-13 起）"),
        (109, "1 07-31（04-13 起）"),
        (110, ""),
        (100_000, ""),
    ],
)
def test_meetings_fall_every_so_many_days_up_to_the_end(interval: int, expected: str) -> None:
    """方案四（四）: every 30 days from the start; a meeting on the last day is held, one after it is not."""
    assert days(rules(meeting_interval=interval)) == expected


def test_a_meeting_every_day() -> None:
    found = meetings(rules(meeting_interval=1))
    assert [found[0].day, found[-1].day, len(found)] == [date(2011, 4, 14), date(2011, 7, 31), 109]


def test_a_contest_of_one_day_has_no_meeting() -> None:
    day = date(2011, 4, 13)
    book = rules(end=day)
    assert meetings(book) == ()
    assert period(book, day) == (day, day)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2011-04-13", "04-13 至 04-13"),
        ("2011-05-12", "04-13 至 05-12"),
        ("2011-05-13", "04-13 至 05-13"),
        ("2011-05-14", "05-14 至 05-14"),
        ("2011-06-12", "05-14 至 06-12"),
        ("2011-06-13", "06-13 至 06-13"),
        ("2011-07-12", "06-13 至 07-12"),
        ("2011-07-31", "07-13 至 07-31"),
        ("2011-09-01", "08-01 至 09-01"),
    ],
)
def test_a_period_ends_on_the_day_of_its_meeting(day: str, expected: str) -> None:
    """“The period since the previous scheduling meeting”: the meeting's own day still belongs to the old one."""
    first, last = period(BOOK, date.fromisoformat(day))
    assert f"{first:%m-%d} 至 {last:%m-%d}" == expected


@given(st.integers(1, 120))
def test_periods_cover_the_contest_without_gap_or_overlap(interval: int) -> None:
    book = rules(meeting_interval=interval)
    ends = [m.day for m in meetings(book)]
    periods = [period(book, day) for day in dict.fromkeys([*ends, book.end])]
    covered = [first + timedelta(n) for first, last in periods for n in range((last - first).days + 1)]
    assert covered == [book.start + timedelta(n) for n in range((book.end - book.start).days + 1)]


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        ("2011-04-01", "宣传发动"),
        ("2011-04-13", "宣传发动"),
        ("2011-04-20", "宣传发动"),
        ("2011-04-21", "洽谈招商"),
        ("2011-06-25", "洽谈招商"),
        ("2011-06-26", "签约落地"),
        ("2011-07-20", "签约落地"),
        ("2011-07-21", "总结考核"),
        ("2011-07-31", "总结考核"),
        ("2011-08-01", "总结考核"),
    ],
)
def test_the_stage_of_a_day(day: str, stage: str) -> None:
    """方案三: both ends of each stage; before the contest the first, after it the last."""
    assert phase_on(BOOK, date.fromisoformat(day)).name == stage
