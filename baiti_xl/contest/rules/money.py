"""Checks of money in place (M01–M05)."""

from collections.abc import Iterator
from decimal import Decimal

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Payment, comparison_key, half_up, row_list
from baiti_xl.contest.rules.case import Case, group

TOLERANCE = Decimal("0.005")


def paid_projects(case: Case) -> Iterator[tuple[str, list[Payment], Decimal]]:
    """Yield (project number, its vouchers, their sum in 万元) for projects of the register."""
    for number, payments in case.payments.items():
        if number in case.projects:
            yield number, payments, sum((p.amount for p in payments if p.amount is not None), Decimal(0))


def beyond_total(case: Case) -> Iterator[Finding]:
    """M01: more money in place on a project than its whole investment; none of its vouchers counts."""
    for number, payments, paid in paid_projects(case):
        whole = case.projects[number].total
        if whole is not None and paid > whole:
            for payment in payments:
                yield case.find(
                    "M01", "到位资金", payment, "amount", number, part=f"{paid:f}", whole=f"{whole:f}"
                )


def beyond_contract(case: Case) -> Iterator[Finding]:
    """M02: more money in place on a project than was signed for (but not more than its investment)."""
    for number, _, paid in paid_projects(case):
        project = case.projects[number]
        whole, total = project.contract_amount, project.total
        if whole is not None and paid > whole and not (total is not None and paid > total):
            yield case.find(
                "M02", "项目台账", project, "contract_amount", number, part=f"{paid:f}", whole=f"{whole:f}"
            )


def foreign_conversion(case: Case) -> Iterator[Finding]:
    """M03: 原币金额 × 汇率 differs from 到位金额 by more than 0.5 %."""
    for payment in case.records("到位资金"):
        if (
            payment.amount is None
            or payment.foreign is None
            or payment.rate is None
            or payment.currency == "人民币"
        ):
            continue
        product = payment.foreign * payment.rate
        if abs(product - payment.amount) > TOLERANCE * payment.amount:
            yield case.find(
                "M03", "到位资金", payment, "amount",
                foreign=f"{payment.foreign:f}", rate=f"{payment.rate:f}", product=half_up(product), part=f"{payment.amount:f}",
            )  # fmt: skip


def repeated_vouchers(case: Case) -> Iterator[Finding]:
    """M04: the same voucher number and payer stand in more than one row; none of them counts."""
    vouchers = group(case.records("到位资金"), lambda p: (comparison_key(p.voucher), comparison_key(p.payer)))
    for (voucher, payer), rows in vouchers.items():
        if voucher and payer and len(rows) > 1:
            for payment in rows:
                others = row_list([p.row for p in rows if p is not payment])
                yield case.find("M04", "到位资金", payment, "voucher", rows=others)


def before_signing(case: Case) -> Iterator[Finding]:
    """M05: money is dated before its project was signed."""
    for payment in case.records("到位资金"):
        project = case.projects.get(payment.project)
        if project and project.signed and payment.day and payment.day < project.signed:
            yield case.find("M05", "到位资金", payment, "day", day=payment.day, signed=project.signed)
