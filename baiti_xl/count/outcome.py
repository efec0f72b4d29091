"""From submissions to the outcome of a day: the order of the stages, and no rule of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from baiti_xl.contest import periods
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Account, Evidence, Ledger, Meeting, Outcome, Pair, Submission, UnitResult
from baiti_xl.contest.rulebook import SIGNED, Rulebook
from baiti_xl.count import across, duty, figures, history, ledger, ranking, reporting, tiers
from baiti_xl.count.proof import identities


class Past(Protocol):
    """What each unit sent before, wherever it is kept."""

    def before(self, submission: Submission) -> Submission | None:
        """Return the unit's last accepted submission before this one, or None."""

    def sent(self, unit: str) -> Sequence[Submission]:
        """Return every accepted submission of a unit, the earliest first."""

    def cutoffs(self) -> Mapping[str, Iterable[date]]:
        """Return the 填报截止日期 of every accepted submission by unit."""


def as_it_is(result: UnitResult) -> UnitResult:
    """Keep a result as it is."""
    return result


def evaluate(
    submissions: Sequence[Submission],
    book: Rulebook,
    day: date,
    past: Past,
    keep: Callable[[UnitResult], UnitResult] = as_it_is,
) -> Outcome:
    """Return everything worked out from submissions for a day; `keep` says how a unit's result is held."""
    accounts, pairs = settle_accounts(submissions, book, day, past)
    results = tuple(keep(result_of(account, book, day)) for account in accounts.accounts)
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
    found = figures.figures(account, book, day)
    if not found:
        return UnitResult(account, {}, "", {}, None, None, (), ())
    counts = tiers.tier_counts(account, found[SIGNED], book)
    task = tiers.basic_task(account, found[SIGNED if book.task_stage == "签约" else figures.STARTED], book)
    met = None if task is None else (task.value or Decimal(0)) >= book.task_count
    rows, money = figures.row_fates(account, book, day), figures.money_fates(account, book, day)
    return UnitResult(account, found, tiers.unit_tier(counts), counts, task, met, rows, money)
