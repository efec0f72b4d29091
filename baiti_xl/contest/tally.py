"""What of one unit's account counts on one day, and why the rest does not: the ground every measure stands on.

Window = [start, min(day, end)]. A record counts if it may (see the ledger) and its own business date lies in the
window. `share` is 1 for a project brought in alone. Nothing is rounded here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from baiti_xl.contest.choices import AS_FAR_AS, CompletedBasis, NewBasis, ProcedureKind, ProcedureState, Stage
from baiti_xl.contest.columns import R, Record, Sheet
from baiti_xl.contest.predicates import UNDATED, by_number, day_reached, in_window, outside_window
from baiti_xl.contest.records import OUT, Account, Figure, Line
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PAYMENTS, PROCEDURES, PROJECTS, Payment, Project
from baiti_xl.contest.values import comparison_key

ONE, ZERO = Decimal(1), Decimal(0)
UNKNOWN_SHARE, ENDED = "份额无法确定", "项目已终止"


class Tally:
    """One account on one day; `figures` are those already counted, for measures made of others."""

    def __init__(self, account: Account, book: Rulebook, day: date) -> None:
        self.account, self.book, self.day = account, book, day
        self.figures: dict[str, Figure] = {}
        self.by_date: dict[str, list[Any]] = {}

    def is_within(self, day: date | None) -> bool:
        """Whether a business date lies in the window."""
        return in_window(day, self.book, self.day)

    def outside(self, day: date | None) -> str:
        """Return why a date does not lie in the window, or ""."""
        return outside_window(day, self.book, self.day)

    def dated(self, sheet: Sheet[R]) -> list[R]:
        """Return the rows of a sheet that count, by their own date."""
        if sheet.name not in self.by_date:
            rows = self.account.rows(sheet)
            self.by_date[sheet.name] = [r for r in rows if self.is_within(sheet.day_of(r))]
        return self.by_date[sheet.name]

    def line(self, sheet: Sheet[R], row: R, value: Decimal) -> Line:
        """Return a record as a line behind a figure."""
        submission = self.account.submission
        label = next(
            (text for name in ("name", "enterprise", "voucher") if (text := getattr(row, name, ""))), ""
        )
        file = submission.file if submission else ""
        return Line(self.account.unit.code, file, sheet.name, row.row, value, label)

    # ── figures ──

    def total(self, sheet: Sheet[R], weighted: Iterable[tuple[R, Decimal]]) -> Figure:
        """Return the sum over records as a figure; its measure names it."""
        return self.sum_of(self.line(sheet, record, value) for record, value in weighted)

    def sum_of(self, lines: Iterable[Line]) -> Figure:
        """Return the sum of lines as a figure."""
        held = tuple(lines)
        return Figure("", sum((line.value for line in held), ZERO), held)

    def distinct(self, sheet: Sheet[R], rows: Sequence[R], text: Callable[[R], str]) -> Figure:
        """Return the number of different names; the first record of each is worth 1, its repeats 0."""
        seen: set[str] = set()
        lines = []
        for row in rows:
            key = comparison_key(text(row))
            lines.append(self.line(sheet, row, ZERO if key in seen else ONE))
            seen.add(key)
        return Figure("", Decimal(len(seen)), tuple(lines))

    # ── projects ──

    def new_day(self, project: Project) -> date | None:
        """Return the day a project became new by 新上认定."""
        if self.book.new_basis != NewBasis.APPROVED:
            return day_reached(project, Stage(self.book.new_basis), self.book)
        return None if project.stage == Stage.ENDED else self.approved.get(project.number)

    @cached_property
    def approved(self) -> Mapping[str, date]:
        """The first day on which each project's 立项备案 was done."""
        days: dict[str, date] = {}
        for item in self.account.rows(PROCEDURES):
            if item.kind == ProcedureKind.APPROVAL and item.state == ProcedureState.DONE and item.done:
                days[item.project] = min(item.done, days.get(item.project, item.done))
        return days

    def projects(
        self, day_of: Callable[[Project], date | None], minimum: Decimal = ZERO
    ) -> Iterator[tuple[Project, Decimal]]:
        """Yield (project, counting weight) of the projects whose day lies in the window."""
        for project in self.account.rows(PROJECTS):
            weight = self.account.counts.get(project.number)
            amount = project.fixed_investment
            large = not minimum or (amount is not None and amount >= minimum)
            if weight is not None and large and self.is_within(day_of(project)):
                yield project, weight

    def projects_at(self, stage: Stage) -> Iterator[tuple[Project, Decimal]]:
        """Yield (project, counting weight) of the projects that reached a stage in the window."""
        return self.projects(lambda project: day_reached(project, stage, self.book))

    def completed(self) -> Iterator[tuple[Project, Decimal]]:
        """Yield (project, counting weight) of the completed projects that 竣工率 counts (竣工率分子)."""
        whole = Stage(self.book.completion_basis)
        every = self.book.completed_basis == CompletedBasis.IN_WINDOW
        for project, weight in self.projects_at(Stage.COMPLETED):
            if every or self.is_within(day_reached(project, whole, self.book)):
                yield project, weight

    # ── money ──

    def amounts(self) -> Iterator[tuple[Project, Decimal]]:
        """Yield (project, share × 签约金额) of the projects signed in the window."""
        for project in self.account.rows(PROJECTS):
            if project.contract_amount is not None and not self.contract_fault(project):
                yield project, self.account.shares[project.number] * project.contract_amount

    def contract_fault(self, project: Project) -> str:
        """Return why a project's 签约金额 does not count, or ""."""
        if reason := self.account.blocked.get((PROJECTS.name, project.row)):
            return reason
        if project.stage not in AS_FAR_AS[Stage.SIGNED]:
            return f"阶段为{project.stage}"
        if day_reached(project, Stage.SIGNED, self.book) is None:
            return f"合同性质为{project.nature}" if project.signed else UNDATED
        return self.outside(project.signed) or self.share_fault(project.number)

    def payments(self) -> Iterator[tuple[Payment, Line]]:
        """Yield each voucher dated in the window with its line: share × 到位金额, and where it stands.

        A joint project has one voucher book, so those that only a partner reports come after the unit's own.
        """
        for payment in self.account.rows(PAYMENTS):
            if payment.amount is not None and not self.payment_fault(payment):
                value = self.account.shares[payment.project] * payment.amount
                yield payment, self.line(PAYMENTS, payment, value)
        for held in self.account.vouchers:
            payment, share = held.payment, self.account.shares.get(held.number)
            if share is not None and self.is_within(payment.day) and payment.amount is not None:
                value = share * payment.amount
                yield payment, Line(held.unit, held.file, PAYMENTS.name, payment.row, value, payment.voucher)

    def payment_fault(self, payment: Payment) -> str:
        """Return why a voucher does not count, or ""."""
        if reason := self.account.blocked.get((PAYMENTS.name, payment.row)):
            return reason
        if reason := self.rulings.get(payment.project, ""):
            return f"所属项目{reason}"
        if payment.project in self.ended and not self.book.ended_money_counts:
            return f"所属{ENDED}"
        return self.outside(payment.day) or self.share_fault(payment.project)

    def share_fault(self, number: str) -> str:
        """Return why a project's share is unknown, or ""."""
        if number in self.account.shares:
            return ""
        return self.account.unshared.get(number, UNKNOWN_SHARE)

    @cached_property
    def ended(self) -> frozenset[str]:
        """The numbers of the projects that have ended; the first row of a repeated one speaks."""
        projects = by_number(self.account.all_rows(PROJECTS))
        return frozenset(number for number, p in projects.items() if p.stage == Stage.ENDED)

    @cached_property
    def rulings(self) -> Mapping[str, str]:
        """The rulings that exclude projects, by number; the first of a repeated one."""
        blocked = self.account.blocked
        reasons = [
            (p.number, blocked.get((PROJECTS.name, p.row), "")) for p in self.account.all_rows(PROJECTS)
        ]
        return {number: reason for number, reason in reversed(reasons) if reason.startswith(OUT)}


# ── nothing is lost ──────────────────────────────────────────────────────────────────────────────


def row_fault(tally: Tally, sheet: Sheet[R], row: Record) -> str:
    """Return why a row does not count, or "": an open error, a ruling, or a date outside the window."""
    if reason := tally.account.blocked.get((sheet.name, row.row)):
        return reason
    if isinstance(row, Payment):
        return tally.payment_fault(row)
    if isinstance(row, Project):
        return project_fault(tally, row)
    dated = sheet.own_day and not sheet.fields[sheet.own_day].planned
    return tally.outside(getattr(row, sheet.own_day)) if dated else ""


def project_fault(tally: Tally, project: Project) -> str:
    """Return why a project adds to no comparison though it is past 洽谈, or ""."""
    if project.stage == Stage.ENDED:
        return ENDED
    if project.stage != Stage.TALKS and (reason := tally.share_fault(project.number)):
        return reason
    days = [d for d in (project.signed, project.started, project.completed, tally.new_day(project)) if d]
    if project.stage == Stage.TALKS or any(map(tally.is_within, days)):
        return ""
    return tally.outside(max(days)) if days else UNDATED
