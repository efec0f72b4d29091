"""会审: each kind of matter, its mark, and when an answer holds."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from answers import issue_all
from sheets import BOOK, rules, submission_of
from test_bridge import FIRST, JUNE, MAY, PROJECTS, SECOND, UNITS, paid, sent

from baiti_xl import desk
from baiti_xl.contest.choices import Flag, Level
from baiti_xl.contest.records import Evidence, Matter, Outcome, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count.commend import commended
from baiti_xl.count.review import doubtful_honours, matters

BOOK3 = rules(units=UNITS)


def found(
    *files: Submission, kind: str, book: Rulebook = BOOK3, day: date = JUNE, since: date | None = MAY
) -> list[Matter]:
    """Return the matters of a kind."""
    return [m for m in matters(desk.compute(list(files), book, day, since), book) if m.kind == kind]


def test_a_warning_on_what_counts_is_a_matter_with_what_it_counts_for() -> None:
    """C05 “1.5” typed in 亿元, V04 an uneven party …: one matter a unit and rule; none on what counts for nothing."""
    small = FIRST.replace("9000", "1.5")
    (one,) = [m for m in found(sent(MAY, small), kind="警示", day=MAY, since=None) if "C05" in m.what]
    assert one.effect == "该行计入 签约项目数 1、签约金额 1.5"
    assert not [
        m
        for m in found(sent(MAY, small.replace("2011-5-1", "2010-5-1")), kind="警示", day=MAY, since=None)
        if "C05" in m.what
    ]


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ("9000", "44999", []),
        ("9000", "45000", ["城关镇的签约金额由上期的 9000 增到 45000 万元"]),
        ("100", "499", []),
        ("", "99999", []),
        ("", "100000", ["城关镇的签约金额由上期的 0 增到 100000 万元"]),
    ],
)
def test_a_jump_out_of_proportion(then: str, now: str, told: list[str]) -> None:
    """会审突增倍数 times the period before and more by the highest tier's bound; from nothing, that many times the bound."""
    may = sent(MAY, FIRST.replace("9000", then)) if then else sent(MAY)
    tables = f"{PROJECTS} | 总投资 | 固定资产投资\n{FIRST.replace('9000', now)} | 200000 | 6000"
    june = submission_of({"项目台账": tables}, file="X01_june.xlsx", cover={"cutoff": JUNE})
    assert [m.what for m in found(may, june, kind="突增")] == told


def test_an_answer_does_not_hold_for_the_next_period() -> None:
    """沿用 in June is another matter than 沿用 in July."""
    july = date(2011, 7, 12)
    one, other = sent(MAY, FIRST), sent(MAY, FIRST.replace("X01", "X02"), unit="X02")
    (june,) = found(one, other, sent(JUNE, SECOND), kind="沿用")
    (again,) = found(one, other, sent(july, SECOND), kind="沿用", day=july, since=JUNE)
    assert june.what == again.what
    assert june.mark != again.mark


@pytest.mark.parametrize(("units", "asked"), [(4, 0), (5, 1)])
def test_nobody_flagged_is_asked_again_each_period(units: int, asked: int) -> None:
    """That nobody of five units is flagged is a matter of its day: May's answer says nothing of June."""
    by_day = []
    for day in (MAY, JUNE):
        outcome = desk.compute([sent(day, FIRST)], BOOK3, day)
        quiet = replace(outcome, evidence=(), results=outcome.results[:1] * units)
        by_day.append([m.mark for m in matters(quiet, BOOK3) if m.kind == "督查面"])
    assert [len(marks) for marks in by_day] == [asked, asked]
    assert not set(by_day[0]) & set(by_day[1])


def test_an_answer_holds_whatever_file_and_row_a_record_stands_in() -> None:
    """The mark is made of the record and its values; a row above, another file name change nothing."""
    may = sent(MAY, FIRST)
    changed = FIRST.replace("甲有限公司", "乙股份公司")
    (one,) = found(may, sent(JUNE, changed), kind="警示")
    (other,) = found(may, replace(sent(JUNE, SECOND, changed), file="改名.xlsx"), kind="警示")
    assert one.evidence != other.evidence
    assert one.mark == other.mark
    third = found(may, sent(JUNE, changed.replace("乙股份", "丙股份")), kind="警示")
    assert [m.mark for m in third] != [one.mark]


def test_an_answered_matter_is_answered_once_and_kept() -> None:
    files = [paid(MAY, "P-1 | 甲公司"), paid(JUNE, "P-1 | 甲公司", "60")]
    outcome = desk.compute(files, BOOK3, JUNE, MAY)
    answers = issue_all(matters(outcome, BOOK3), JUNE)
    assert not [m for m in matters(outcome, replace(BOOK3, answers=answers)) if m.answer is None]


def test_honours_and_exposure_never_meet_within_a_period_either() -> None:
    """Between two cutoffs nobody is proposed, and nobody with grounds for it is commended."""
    outcome, grave = honoured()
    assert "X01" in commended(replace(outcome, evidence=()), BOOK3).honours.units
    found = commended(replace(outcome, evidence=(grave,)), BOOK3)
    assert (found.exposed, "X01" in found.honours.units) == ((), False)


def test_who_is_commended_with_light_findings_or_a_file_sent_back_is_asked_after() -> None:
    outcome, grave = honoured()
    light = replace(grave, talks=0)
    one = replace(commended(replace(outcome, evidence=(light,)), BOOK3), evidence=(light,))
    sent_back = replace(one.ledger, rejected=(replace(sent(MAY, FIRST), file="b.xlsx"),))
    clean = replace(one, evidence=())
    told = [
        [(m.what, m.evidence) for m in doubtful_honours(each)]
        for each in (clean, one, replace(clean, ledger=sent_back), replace(one, ledger=sent_back))
    ]
    light_words = f"城关镇拟表彰，同时{Flag.IDLE}（提醒）"
    assert told == [
        [],
        [(light_words, "督查名单")],
        [("城关镇拟表彰，同时有文件被退回", "b.xlsx")],
        [(f"{light_words}、有文件被退回", "督查名单；b.xlsx")],
    ]


def honoured() -> tuple[Outcome, Evidence]:
    """Return an outcome in which X01 is in front, and a finding that would bar it."""
    tables: dict[str, Any] = {
        "项目台账": f"{PROJECTS} | 总投资 | 固定资产投资\n{FIRST} | 12000 | 12000",
        "组织发动": "事项 | 日期\n 动员会议 | 2011-4-14 \n 实施方案 | 2011-4-15 \n 工作机构 | 2011-4-16",
    }
    day = date(2011, 7, 25)
    outcome = desk.compute([submission_of(tables, cover={"cutoff": day}, file="a.xlsx")], BOOK3, day)
    return outcome, replace(outcome.evidence[0], unit=UNITS[0], flag=Flag.IDLE, level=Level.REMINDER, talks=2)


def test_the_factory_unit_list_has_no_name_twice() -> None:
    names = [name for u in BOOK.units for name in (u.name, *u.aliases)]
    assert len(set(names)) == len(names)
