"""From submissions to the outcome of a day: the order of the stages, and no rule of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from baiti_xl.contest import periods
from baiti_xl.contest.choices import Reported, Status
from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.records import (
    Account,
    Evidence,
    Ledger,
    Meeting,
    Outcome,
    Pair,
    Receipt,
    Submission,
    UnitResult,
)
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding, in_order
from baiti_xl.contest.sheets import COVER, COVER_BY_FIELD
from baiti_xl.count import across, duty, history, ledger, mergers, partners, ranking, reporting
from baiti_xl.count.daily import Daily
from baiti_xl.count.duty import Verdicts
from baiti_xl.count.figures import result_of, task_words
from baiti_xl.count.proof import Proof

T01 = "T01"


class Past(Protocol):
    """What each unit sent before, wherever it is kept; `today` is None where nobody asks for it."""

    today: date | None

    def before(self, submission: Submission) -> Sequence[Submission]:
        """Return the unit's accepted submissions before this one, the earliest first."""

    def sent(self, unit: str) -> Sequence[Submission]:
        """Return every accepted submission of a unit, the earliest first."""

    def receipts(self) -> Mapping[str, Sequence[Receipt]]:
        """Return every accepted submission by unit, with the days it is filled in up to and arrived."""

    def arrived(self, submission: Submission) -> date | None:
        """Return the day a file arrived, None if that is not known."""

    def closed(self) -> Mapping[date, Mapping[str, Reported]]:
        """Return how each unit stood in the periods of which something was made public, by their last day."""


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
    """Return everything worked out from submissions for a day; `keep` says how a unit's result is held.

    All that is asked of one unit alone is asked in one pass, in which its rows and figures are open.
    """
    accounts, pairs = settle_accounts(submissions, ruled_by(book, day), day, past)
    accounts = replace(accounts, applied=ledger.applied(accounts, book))
    reports = reporting.period_reports(past.receipts(), accounts, book, past.closed())
    span, states, proof, daily = periods.period(book, day), reports[-1].states, Proof(book), Daily()
    results: list[UnitResult] = []
    evidence: list[Evidence] = []
    verdicts: dict[str, Verdicts] = {}
    due = Owing(submissions, book, day)
    counts = (result_of(account, book, day) for account in due.looked_at(accounts.accounts))
    for counted in mergers.folded(counts, book, day):
        result = with_task(counted, book, day)
        code = result.unit.code
        found, verdict = duty.flags(result, book, day, span, states.get(code), accounts.is_early)
        evidence += found
        verdicts |= {code: verdict} if verdict else {}
        for single in result.singles:
            proof.add(single)
            daily.add(single)
        results.append(keep(result))
    return Outcome(
        day,
        replace(accounts, accounts=tuple(r.account for r in results)),
        tuple(results),
        ranking.rank(results, book),
        proof.identities(),
        evidence=tuple(evidence),
        verdicts=verdicts,
        arrivals={s.digest: came for s in accounts.files if (came := past.arrived(s))},
        explained=duty.followed(
            duty.explanations(due.found, past.sent, past.arrived),
            {r.unit.code: r for r in results},
            book,
            day,
        ),
        pairs=pairs,
        reports=reports,
        period=periods.named(book, day),
        daily=daily.amounts,
    )


def ruled_by(book: Rulebook, day: date) -> Rulebook:
    """Return the rules with the rulings that hold on a day: each from its own date."""
    return replace(
        book,
        inspections=(),
        rulings=tuple(r for r in book.decisions if periods.holds_from(book, r.day) <= day),
    )


def with_task(result: UnitResult, book: Rulebook, day: date) -> UnitResult:
    """Return a unit's result with T01 told on its cover if the basic task is not met yet."""
    submission = result.account.submission
    if submission is None or result.task_met is not False or T01 in book.disabled:
        return result
    place = Place(
        submission.file, COVER, submission.cover_cells.get("code", ""), COVER_BY_FIELD["code"].heading
    )
    unit = result.unit.code
    told = finding(T01, place, unit, unit=unit, day=min(day, book.end), what=task_words(result, book))
    findings = tuple(in_order([*result.account.findings, told]))
    return replace(result, account=replace(result.account, findings=findings))


def with_own_task(submission: Submission, book: Rulebook) -> Submission:
    """Return a checked submission with T01 if by itself, on its own day, it does not meet the basic task."""
    unit, day = book.unit(submission.cover.code), submission.cover.cutoff
    if unit is None or day is None or not submission.usable:
        return submission
    account = ledger.open_account(unit, Status.REPORTED, submission, book)
    return replace(submission, findings=with_task(result_of(account, book, day), book, day).account.findings)


def settle_accounts(
    submissions: Sequence[Submission], book: Rulebook, day: date, past: Past
) -> tuple[Ledger, tuple[Pair, ...]]:
    """Return the ledger of a day after the checks across units and against the past, and the likely duplicates."""
    opened = ledger.build_ledger(submissions, book, day, past.today)
    continued = mergers.taken_over(opened)
    opened = ledger.reopen(opened, (), book, continued)
    found = across.across(opened, book, past.sent)
    changes: list[Finding] = list(found.findings)
    for account in opened.reporting:
        now = account.submission
        changes.extend(history.compare(past.before(now), now, book) if now else ())
    return partners.joined(
        ledger.reopen(opened, changes, book, {**continued, **found.barred}), book
    ), found.pairs


class Owing:
    """Each scheduling meeting held up to a day with the units that had to explain there, one unit after the other.

    Each unit is looked at once for all meetings, while its rows are open.
    """

    def __init__(self, submissions: Sequence[Submission], book: Rulebook, day: date) -> None:
        held = [meeting for meeting in periods.meetings(book) if meeting.day <= day]
        self.found: list[tuple[Meeting, list[Evidence]]] = [(meeting, []) for meeting in held]
        self.rules = [ruled_by(book, meeting.cutoff) for meeting in held]
        self.sent = ledger.by_unit(submissions)

    def looked_at(self, accounts: Iterable[Account]) -> Iterator[Account]:
        """Yield accounts, each after looking whether its unit had to explain."""
        for account in accounts:
            for (meeting, found), ruled in zip(self.found, self.rules, strict=True):
                then = ledger.account_on(account.unit, self.sent, ruled, meeting.cutoff)
                if evidence := duty.owing(then, ruled, meeting):
                    found.append(evidence)
            yield account
