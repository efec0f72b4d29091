"""The outcome of a day from submissions: which day, and what is kept packed in a large run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from baiti_xl.contest.periods import cutoffs
from baiti_xl.contest.records import Outcome, Published, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count import duty, ledger, outcome
from baiti_xl.count.bridge import bridged
from baiti_xl.count.commend import commended
from baiti_xl.count.proof import file_identity
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import Gathered, Past, World, gather, restored, world_of
from baiti_xl.desk.reading import is_large
from baiti_xl.desk.store import Store


@dataclass(frozen=True, slots=True)
class Worked:
    """What was read, what the day is worked out from, and its outcome."""

    read: Gathered
    world: World
    outcome: Outcome


def work_out(
    folder: Path | str,
    store: Store,
    book: Rulebook,
    as_of: date | None = None,
    since: date | None = None,
    *,
    anew: bool = False,
    by_period: bool = False,
    dated: date | None = None,
    may_be_empty: bool = False,
    **reading: Any,
) -> Worked:
    """Return the outcome of a day from a folder or an address, as every action has it.

    `anew` works a day out again that was made public; `by_period` compares with the 报送截止日 before unless `since` is
    given; `dated` is the 成文日期 of papers. A folder that `may_be_empty` tells nothing of its day: the one asked for, else
    the 成文日期, else the first of the contest. Raises as `gather` and `compute`.
    """
    read = gather(folder, store, book, may_be_empty=may_be_empty, **reading)
    day = as_of or ledger.reporting_day(read.submissions, book)
    if day is None and may_be_empty and not read.submissions:
        day = dated or book.start
    world = world_of(read, book, store, day, anew=anew)
    if by_period and day and not since:
        since = max((cutoff for cutoff in cutoffs(world.book) if cutoff < day), default=None)
    outcome = compute(world.submissions, world.book, day, since, world.past, dated)
    there = world.files_of(read)
    if there.present:
        files = file_identity(there.present, outcome.ledger, there.passed_over)
        outcome = replace(outcome, identities=(*outcome.identities, files))
    outcome = replace(outcome, passed_over=there.passed_over)
    return Worked(read, world, outcome)


def compute(
    submissions: Sequence[Submission],
    book: Rulebook,
    as_of: date | None = None,
    since: date | None = None,
    past: Past | None = None,
    dated: date | None = None,
) -> Outcome:
    """Return the outcome of a day (default: see `reporting_day`), compared with an earlier one if asked or if one was published.

    `dated` is the 成文日期 of papers made of it, up to which replies count.

    Raises ActionError if no day can be told or the period is turned round, RulebookError if a ruling
    cannot be of any record.
    """
    day = as_of or ledger.reporting_day(submissions, book)
    if day is None:
        raise ActionError("没有一份可用的报送表，无法确定统计日。请先看各文件的问题，或用 --as-of 指定日期。")
    if since and since >= day:
        raise ActionError(f"比较日 {since} 应早于统计日 {day}。请核对 --since。")
    ledger.check_rulings(book)
    past = past or Past(submissions, None, book)
    submissions = [*past.marked(submissions), *past.kept]
    found = replace(evaluate(submissions, book, day, past), dated=dated)
    closed = (other for other, held in past.published.items() if held.is_closed and other < day)
    since = since or max(closed, default=None)
    if since is not None:
        found = compared(found, submissions, book, since, past)
    return commended(replace(found, evidence=duty.raised(found, book)), book, frozenset(past.published))


def compared(
    now: Outcome, submissions: Sequence[Submission], book: Rulebook, since: date, past: Past
) -> Outcome:
    """Return an outcome compared with an earlier day: with what was published of it, else worked out again."""
    held = past.published.get(since)
    if held is None or not held.is_closed or past.store is None:
        earlier = evaluate(submissions, book, since, past)
        earlier = replace(earlier, evidence=duty.raised(earlier, book))
        return bridged(earlier, now, book, None, True, *holding(submissions))
    then = restored(held, past.store, past.published)
    earlier = as_published(evaluate(then.submissions, then.book, since, then.past), held)
    earlier = commended(earlier, then.book, frozenset(then.past.published))
    same = replace(then.book, rulings=()).digest == replace(book, rulings=()).digest
    return bridged(earlier, now, book, held, same, *holding(submissions))


def holding(submissions: Sequence[Submission]) -> Sequence[Any]:
    """Return how the lines behind a bridge are held: packed in a large run, else as `bridged` has them."""
    if not is_large(submissions):
        return ()
    from baiti_xl.scale.packing import Lines, joined

    return Lines, joined


def as_published(outcome: Outcome, held: Published) -> Outcome:
    """Return an outcome whose findings have the levels that they had when it was made public."""
    known = (held.flags.get((e.unit.code, e.flag), (e.level, e.running, e.talks)) for e in outcome.evidence)
    evidence = (
        replace(e, level=level, running=running, talks=talks)
        for e, (level, running, talks) in zip(outcome.evidence, known, strict=True)
    )
    return replace(outcome, evidence=tuple(evidence))


def evaluate(
    submissions: Sequence[Submission], book: Rulebook, day: date, past: Past | None = None
) -> Outcome:
    """Return everything worked out from submissions for a day; in a large run each unit's result is kept packed."""
    past = past or Past(submissions, None, book)
    if not is_large(submissions):
        return outcome.evaluate(submissions, book, day, past)
    from baiti_xl.scale.packing import packed_result

    return outcome.evaluate(submissions, book, day, past, packed_result)
