"""From submissions to the outcome of a day: the order of the stages, and no rule of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from baiti_xl.actions.errors import ActionError
from baiti_xl.actions.gathering import Past
from baiti_xl.contest import periods
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Account, Evidence, Ledger, Meeting, Outcome, Pair, Submission, UnitResult
from baiti_xl.contest.rulebook import SIGNED, Rulebook
from baiti_xl.count import across, duty, history, ledger, ranking, reporting, tiers
from baiti_xl.count import figures as metrics
from baiti_xl.count.proof import identities
from baiti_xl.packing import OPEN_SUBMISSIONS, packed_result


def compute(
    submissions: Sequence[Submission],
    book: Rulebook,
    as_of: date | None = None,
    since: date | None = None,
    past: Past | None = None,
) -> Outcome:
    """Return the outcome of a day (default: the latest 填报截止日期), compared with an earlier one if asked.

    Raises ActionError if no day can be told or the period is turned round, RulebookError if a ruling
    points at nothing.
    """
    day = as_of or ledger.latest_day(submissions)
    if day is None:
        raise ActionError("没有一份可用的报送表，无法确定统计日。请先看各文件的问题，或用 --as-of 指定日期。")
    if since and since >= day:
        raise ActionError(f"比较日 {since} 应早于统计日 {day}。请核对 --since。")
    ledger.check_rulings(submissions, book)
    outcome = evaluate(submissions, book, day, past)
    return replace(outcome, earlier=evaluate(submissions, book, since, past)) if since else outcome


def evaluate(
    submissions: Sequence[Submission], book: Rulebook, day: date, past: Past | None = None
) -> Outcome:
    """Return everything worked out from submissions for a day."""
    past = past or Past(submissions, None, book)
    accounts, pairs = settle_accounts(submissions, book, day, past)
    found = (result_of(account, book, day) for account in accounts.accounts)
    results = tuple(map(packed_result, found) if len(submissions) > OPEN_SUBMISSIONS else found)
    meetings = [m.day for m in periods.meetings(book)]
    return Outcome(
        day,
        accounts,
        results,
        ranking.rank(results, book),
        identities(results, book),
        evidence=duty.flags(results, book, day, periods.period(book, day)),
        explained=duty.explanations(owing(submissions, book, day), past.sent),
        pairs=pairs,
        reports=reporting.period_reports(past.cutoffs(), accounts, book.units, meetings, book.start),
    )


def settle_accounts(
    submissions: Sequence[Submission], book: Rulebook, day: date, past: Past
) -> tuple[Ledger, tuple[Pair, ...]]:
    """Return the ledger of a day after the checks across units and against the past, and the likely duplicates."""
    opened = ledger.build_ledger(submissions, book, day)
    found, pairs = across.across(opened, book)
    changes: list[Finding] = list(found)
    for account in opened.reporting:
        now = account.submission
        before = past.before(now) if now else None
        changes.extend(history.compare(before, now, book) if before and now else ())
    return ledger.reopen(opened, changes, book), pairs


def owing(
    submissions: Sequence[Submission], book: Rulebook, day: date
) -> Iterator[tuple[Meeting, Sequence[Evidence]]]:
    """Yield each scheduling meeting up to a day with the units that must explain there."""
    for meeting in periods.meetings(book):
        if meeting.day <= day:
            accounts = ledger.build_ledger(submissions, book, meeting.day).accounts
            first, _ = periods.period(book, meeting.day)
            yield meeting, duty.owing(accounts, book, meeting, first)


def result_of(account: Account, book: Rulebook, day: date) -> UnitResult:
    """Return one unit's figures, tier, task and the fate of its rows."""
    figures = metrics.figures(account, book, day)
    if not figures:
        return UnitResult(account, {}, "", {}, None, None, (), ())
    counts = tiers.tier_counts(account, figures[SIGNED], book)
    task = tiers.basic_task(account, figures[SIGNED if book.task_stage == "签约" else metrics.STARTED], book)
    met = None if task is None else (task.value or Decimal(0)) >= book.task_count
    rows, money = metrics.row_fates(account, book, day), metrics.money_fates(account, book, day)
    return UnitResult(account, figures, tiers.unit_tier(counts), counts, task, met, rows, money)
