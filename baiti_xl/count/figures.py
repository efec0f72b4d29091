"""The seven comparisons of one unit as of a day (方案二), each with the records it was made of.

Window = [start, min(day, end)]. A record counts if it may (see the ledger) and its own business date
lies in the window. `share` is 1 for a project brought in alone. Nothing is rounded here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from baiti_xl.contest import sheets
from baiti_xl.contest.records import Account, Figure, Line, Money, Payment, Project, RowFate, comparison_key
from baiti_xl.contest.rulebook import AMOUNT, COMPLETION, INVITED, NEW, PAID, SIGNED, VISITED, Rulebook

TRIPS, TRAVELLERS, GUESTS, STARTED, COMPLETED = "拜访批次", "拜访人次", "邀请人次", "开工项目数", "竣工项目数"
ENTERPRISES, INVITATIONS, VISITED_HOMES = "拜访家数", "邀请批次", "邀请家数"
ONE, ZERO = Decimal(1), Decimal(0)
EARLY, LATE, UNDATED = "早于竞赛开始日", "晚于统计日", "没有日期"
UNKNOWN_SHARE = "份额无法确定"


def figures(account: Account, book: Rulebook, day: date) -> dict[str, Figure]:
    """Return the unit's figures by name: the seven comparisons and what is shown beside them."""
    if account.submission is None:
        return {}
    count = Counter(account, book, day)
    visits, invitations = count.dated("拜访客商"), count.dated("邀请客商")
    found = [
        distinct(ENTERPRISES, count, "拜访客商", visits, lambda v: v.enterprise),
        distinct(TRIPS, count, "拜访客商", visits, lambda v: v.trip),
        travellers(count, visits),
        distinct(VISITED_HOMES, count, "邀请客商", invitations, lambda v: v.enterprise),
        total(INVITATIONS, count, "邀请客商", ((v, ONE) for v in invitations)),
        total(GUESTS, count, "邀请客商", ((v, Decimal(v.people or 0)) for v in invitations)),
        total(NEW, count, "项目台账", count.projects(count.new_day, book.minimum)),
        total(SIGNED, count, "项目台账", count.projects(lambda p: book.reached(p, "签约"))),
        total(STARTED, count, "项目台账", count.projects(lambda p: book.reached(p, "开工"))),
        total(COMPLETED, count, "项目台账", count.projects(lambda p: book.reached(p, "竣工"))),
        total(AMOUNT, count, "项目台账", count.amounts()),
        total(PAID, count, "到位资金", count.payments()),
    ]
    by_name = {figure.name: figure for figure in found}
    by_name[VISITED] = renamed(
        by_name[{"家": ENTERPRISES, "人次": TRAVELLERS, "批次": TRIPS}[book.visitor_basis]], VISITED
    )
    by_name[INVITED] = renamed(
        by_name[{"家": VISITED_HOMES, "人次": GUESTS, "批次": INVITATIONS}[book.visitor_basis]], INVITED
    )
    denominator = by_name[SIGNED if book.completion_basis == "签约" else STARTED]
    by_name[COMPLETION] = completion_rate(by_name[COMPLETED], denominator)
    return by_name


class Counter:
    """What of one account counts on one day."""

    def __init__(self, account: Account, book: Rulebook, day: date) -> None:
        self.account, self.book = account, book
        self.first, self.last = book.start, min(day, book.end)

    def in_window(self, day: date | None) -> bool:
        """Whether a business date lies in the window."""
        return day is not None and self.first <= day <= self.last

    def window_fault(self, day: date | None) -> str:
        """Return why a date is not in the window, or ""."""
        if day is None:
            return UNDATED
        if day < self.first:
            return EARLY
        return LATE if day > self.last else ""

    def dated(self, sheet: str) -> list[Any]:
        """Return the rows of a sheet that count, by their own date."""
        field = sheets.OWN_DAY[sheet]
        return [r for r in self.account.records(sheet) if self.in_window(getattr(r, field))]

    def line(self, sheet: str, record: Any, value: Decimal) -> Line:
        """Return a record as a line behind a figure."""
        submission = self.account.submission
        label = (
            getattr(record, "name", "") or getattr(record, "enterprise", "") or getattr(record, "voucher", "")
        )
        return Line(
            self.account.unit.code, submission.file if submission else "", sheet, record.row, value, label
        )

    def new_day(self, project: Project) -> date | None:
        """Return the day a project became new by 新上认定."""
        if self.book.new_basis != "立项备案":
            return self.book.reached(project, self.book.new_basis)
        if project.stage == "终止":
            return None
        return self.approved.get(project.number)

    @cached_property
    def approved(self) -> Mapping[str, date]:
        """The first day on which each project's 立项备案 was done."""
        days: dict[str, date] = {}
        for item in self.account.records("手续办理"):
            if item.kind == "立项备案" and item.state == "已办结" and item.done:
                days[item.project] = min(item.done, days.get(item.project, item.done))
        return days

    def projects(
        self, day_of: Callable[[Project], date | None], minimum: Decimal = ZERO
    ) -> Iterator[tuple[Project, Decimal]]:
        """Yield (project, counting weight) of the projects whose day lies in the window."""
        for project in self.account.records("项目台账"):
            weight = self.account.counts.get(project.number)
            large = project.fixed_investment is not None and project.fixed_investment >= minimum
            if weight is not None and large and self.in_window(day_of(project)):
                yield project, weight

    def amounts(self) -> Iterator[tuple[Project, Decimal]]:
        """Yield (project, share × 签约金额) of the projects signed in the window."""
        for project in self.account.records("项目台账"):
            if project.contract_amount is not None and not self.contract_fault(project):
                yield project, self.account.shares[project.number] * project.contract_amount

    def contract_fault(self, project: Project) -> str:
        """Return why a project's 签约金额 does not count, or ""."""
        if reason := self.account.blocked.get(("项目台账", project.row)):
            return reason
        if project.stage not in project.SIGNED:
            return f"阶段为{project.stage}"
        if self.book.reached(project, "签约") is None:
            return f"合同性质为{project.nature}" if project.signed else UNDATED
        return self.window_fault(project.signed) or (
            "" if project.number in self.account.shares else UNKNOWN_SHARE
        )

    def payments(self) -> Iterator[tuple[Payment, Decimal]]:
        """Yield (voucher, share × 到位金额) of the vouchers dated in the window."""
        for payment in self.account.records("到位资金"):
            if payment.amount is not None and not self.payment_fault(payment):
                yield payment, self.account.shares[payment.project] * payment.amount

    def payment_fault(self, payment: Payment) -> str:
        """Return why a voucher does not count, or ""."""
        if reason := self.account.blocked.get(("到位资金", payment.row)):
            return reason
        if reason := self.ruled_out(payment.project):
            return f"所属项目{reason}"
        return self.window_fault(payment.day) or (
            "" if payment.project in self.account.shares else UNKNOWN_SHARE
        )

    def ruled_out(self, number: str) -> str:
        """Return the ruling that excludes a project, or ""."""
        return self.rulings.get(number, "")

    @cached_property
    def rulings(self) -> Mapping[str, str]:
        """The rulings that exclude projects, by number; the first of a repeated one."""
        blocked = self.account.blocked
        reasons = (
            (p.number, blocked.get(("项目台账", p.row), "")) for p in self.account.all_records("项目台账")
        )
        return {number: reason for number, reason in reversed(list(reasons)) if reason.startswith("裁定")}


def total(name: str, count: Counter, sheet: str, weighted: Iterable[tuple[Any, Decimal]]) -> Figure:
    """Return the sum over records as a figure."""
    lines = tuple(count.line(sheet, record, value) for record, value in weighted)
    return Figure(name, sum((line.value for line in lines), ZERO), lines)


def distinct(
    name: str, count: Counter, sheet: str, records: Sequence[Any], text: Callable[[Any], str]
) -> Figure:
    """Return the number of different names; the first record of each is worth 1, its repeats 0."""
    seen: set[str] = set()
    lines = []
    for record in records:
        key = comparison_key(text(record))
        lines.append(count.line(sheet, record, ZERO if key in seen else ONE))
        seen.add(key)
    return Figure(name, Decimal(len(seen)), tuple(lines))


def travellers(count: Counter, visits: Sequence[Any]) -> Figure:
    """Return 人次 of the visits: the 外出人数 of each trip's first row, so that a trip is counted once."""
    trips = distinct(TRIPS, count, "拜访客商", visits, lambda v: v.trip)
    first = {line.row for line in trips.lines if line.value}
    return total(
        TRAVELLERS, count, "拜访客商", ((v, Decimal(v.people or 0)) for v in visits if v.row in first)
    )


def renamed(figure: Figure, name: str) -> Figure:
    """Return a figure under another name."""
    return Figure(name, figure.value, figure.lines)


def completion_rate(completed: Figure, base: Figure) -> Figure:
    """Return 竣工率 as a fraction, None where there is no denominator."""
    done, of = completed.value or ZERO, base.value or ZERO
    rate = done / of if of else None
    return Figure(COMPLETION, rate, completed.lines, done, of, base.lines)


# ── nothing is lost ──────────────────────────────────────────────────────────────────────────────


def row_fates(account: Account, book: Rulebook, day: date) -> tuple[RowFate, ...]:
    """Return for every data row of the submission in force whether it counts, or why not."""
    count = Counter(account, book, day)
    fates = []
    for sheet in sheets.DATA_SHEETS:
        for record in account.all_records(sheet.name):
            reason = account.blocked.get((sheet.name, record.row)) or row_fault(count, sheet.name, record)
            fates.append(RowFate(sheet.name, record.row, reason))
    return tuple(fates)


def row_fault(count: Counter, sheet: str, record: Any) -> str:
    """Return why a row that may count lies outside the window, or ""."""
    if sheet == "到位资金":
        return count.payment_fault(record)
    if sheet == "情况说明":
        return ""
    if sheet in sheets.OWN_DAY:
        return count.window_fault(getattr(record, sheets.OWN_DAY[sheet]))
    return project_fault(count, record) if sheet == "项目台账" else ""


def project_fault(count: Counter, project: Project) -> str:
    """Return why a project adds to no comparison though it is past 洽谈, or ""."""
    if project.stage == "终止":
        return "项目已终止"
    days = [d for d in (project.signed, project.started, project.completed, count.new_day(project)) if d]
    if project.stage == "洽谈" or any(map(count.in_window, days)):
        return ""
    return count.window_fault(max(days)) if days else UNDATED


def money_fates(account: Account, book: Rulebook, day: date) -> tuple[Money, ...]:
    """Return every amount typed under 签约金额 and 到位金额, before shares, and whether it counts."""
    count = Counter(account, book, day)
    contracts = (
        Money("项目台账", p.row, p.contract_amount, count.contract_fault(p))
        for p in account.all_records("项目台账")
        if p.contract_amount is not None
    )
    payments = (
        Money("到位资金", p.row, p.amount, count.payment_fault(p))
        for p in account.all_records("到位资金")
        if p.amount is not None
    )
    return (*contracts, *payments)
