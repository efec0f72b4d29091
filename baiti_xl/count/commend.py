"""Honours and proposals for exposure, in one place, so that no unit can be in both (方案四（四）、三（四）).

Exposure is only ever proposed. It takes a finding at 约谈 in closed periods running (督查等级), or an explanation that was
asked for at an earlier meeting and never given. Honours go to those who meet 表彰须完成基本任务, have no finding at
表彰限制等级 or above, and are not proposed for exposure.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from baiti_xl.contest.choices import Level, RankingField, Said
from baiti_xl.contest.measures import active
from baiti_xl.contest.periods import cutoffs, period
from baiti_xl.contest.records import (
    SUMMONS,
    Evidence,
    Explained,
    Exposed,
    Honours,
    Outcome,
    Score,
    Standing,
    UnitResult,
)
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import comparison_key, numeral

GRAVE = tuple(Level)  # from the lightest up
NEVER_EXPLAINED = "应在{meetings}调度会说明情况，至今没有说明"


def commended(outcome: Outcome, book: Rulebook, published: Collection[date] = ()) -> Outcome:
    """Return an outcome with the units proposed for exposure, and those to be commended.

    `published` are the days of which papers were numbered: only then was an explanation asked for. What came in writing counts.
    """
    outcome = replace(outcome, explained=with_replies(outcome, book))
    grounds = tuple(proposals(outcome, book, published))
    exposed = grounds if outcome.day in cutoffs(book) else ()
    before = outcome.earlier.exposed if outcome.earlier else ()
    barred = {book.current(x.unit.code) for x in (*grounds, *before)}
    found = replace(outcome, exposed=exposed)
    return replace(found, honours=honours(found, book, barred))


# ── exposure ─────────────────────────────────────────────────────────────────────────────────────


def proposals(outcome: Outcome, book: Rulebook, published: Collection[date]) -> Iterator[Exposed]:
    """Yield the units with grounds for exposure, in list order; within a period none is proposed for them."""
    least = {item.flag: item.exposed for item in book.levels}
    asked: dict[str, list[Explained]] = defaultdict(list)
    for explained in outcome.explained:
        if explained.meeting.cutoff in published:
            asked[explained.unit.code].append(explained)
    for result in outcome.results:
        if not result.is_bound:
            continue
        grave = tuple(e for e in outcome.evidence_of(result.unit.code) if 0 < least[e.flag] <= e.talks)
        unexplained = tuple(e for e in asked[result.unit.code] if is_owed(e, result, outcome, book))
        if grave or unexplained:
            yield Exposed(result.unit, (*map(grave_words, grave), *owed_words(unexplained)), grave)


def grave_words(item: Evidence) -> str:
    """Return why a finding leads to exposure."""
    return f"{item.flag}{'已' if item.running > 1 else ''}{item.lasting}"


def owed_words(owed: Sequence[Explained]) -> list[str]:
    """Return in a sentence, if in any, at which meetings a unit owed an explanation that it never gave."""
    told = "、".join(f"第{numeral(e.meeting.number)}次（{e.meeting.day}）" for e in owed)
    return [NEVER_EXPLAINED.format(meetings=told)] if owed else []


def is_owed(item: Explained, result: UnitResult, outcome: Outcome, book: Rulebook) -> bool:
    """Whether a unit that was asked to explain at a meeting was asked before this period and, as far as its data reach, never did."""
    first, _ = period(book, outcome.day)
    submission = result.account.submission
    speaks = submission is not None and submission.key[0] >= item.meeting.day
    late = item.meeting.day < first
    return item.state is Said.MISSING and late and speaks


def with_replies(outcome: Outcome, book: Rulebook) -> tuple[Explained, ...]:
    """Return the explanations; one that is missing or late is in writing where a reply came in by the day papers bear.

    A reply is to the 说明通知书 of a 统计日, so it answers for the meetings on the periods up to that day.
    """
    came: dict[str, date] = {}
    for reply in book.replies:
        if reply.kind == SUMMONS and reply.day <= outcome.paper_day:
            sender = comparison_key(reply.sender)
            came[sender] = max(reply.about, came.get(sender, reply.about))

    def is_written(item: Explained) -> bool:
        about = [day for name in item.unit.names if (day := came.get(comparison_key(name)))]
        return item.state in (Said.MISSING, Said.LATE) and any(item.meeting.cutoff <= day for day in about)

    return tuple(replace(e, state=Said.WRITTEN) if is_written(e) else e for e in outcome.explained)


# ── honours ──────────────────────────────────────────────────────────────────────────────────────


def honours(outcome: Outcome, book: Rulebook, barred: Collection[str]) -> Honours:
    """Return who is commended: the first of each field overall, and the best of each single board; none with grounds for exposure."""
    groups = book.groups if book.ranking == RankingField.GROUP else ("",)
    bar = GRAVE.index(book.honours_bar)
    out = {*barred, *(e.unit.code for e in outcome.evidence if GRAVE.index(e.level) >= bar)}
    able = {r.unit.code for r in outcome.results if r.unit.code not in out and may_be_commended(r, book)}
    overall = {group: in_front(group, outcome, book, able) for group in groups}
    single = {
        (item.name, group): best(item.name, group, outcome, able) for item in active(book) for group in groups
    }
    return Honours(overall, single)


def may_be_commended(result: UnitResult, book: Rulebook) -> bool:
    """Whether a unit without grave findings meets what honours ask."""
    return result.is_ranked and (not book.honours_need_task or result.task_met is True)


def in_front(group: str, outcome: Outcome, book: Rulebook, able: Collection[str]) -> tuple[Score, ...]:
    """Return the first 表彰前几名 of a field among those that may be commended, with all that share a place."""
    held = [s for s in outcome.contenders(group) if s.score and s.unit.code in able]
    scores = sorted(s.score for s in held)
    return tuple(s for s in held if len(scores) - bisect_right(scores, s.score) < book.honoured)


def best(name: str, group: str, outcome: Outcome, able: Collection[str]) -> tuple[Standing, ...]:
    """Return the units with the best value above zero on a board among those that may be commended."""
    standings: Sequence[Standing] = outcome.ranking.board(name, group)
    held = [s for s in standings if s.value and s.unit.code in able]
    most = max((s.value for s in held if s.value), default=None)
    return tuple(s for s in held if s.value == most)
