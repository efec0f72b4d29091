"""M: money in place."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from baiti_xl.contest.choices import Currency
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.predicates import voucher_of
from baiti_xl.contest.rules.case import Case, group
from baiti_xl.contest.rules.rule import ERROR, WARNING, Rule, Shown, in_rows
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS, Payment
from baiti_xl.contest.values import half_up, row_list

TOLERANCE = Decimal("0.005")


def paid_projects(case: Case) -> Iterator[tuple[str, list[Payment], Decimal]]:
    """Yield (project number, its vouchers, their sum in 万元) for projects of the register."""
    for number, payments in case.payments.items():
        if number in case.projects:
            yield number, payments, sum((p.amount for p in payments if p.amount is not None), Decimal(0))


def beyond_total(case: Case, rule: Rule) -> Iterator[Finding]:
    """M01: more money in place on a project than its whole investment; none of its vouchers counts."""
    for number, payments, paid in paid_projects(case):
        whole = case.projects[number].total
        if whole is not None and paid > whole:
            for payment in payments:
                yield rule.in_row(
                    case, PAYMENTS, payment, "amount", number, part=f"{paid:f}", whole=f"{whole:f}"
                )


def beyond_contract(case: Case, rule: Rule) -> Iterator[Finding]:
    """M02: more money in place on a project than was signed for (but not more than its investment)."""
    for number, _, paid in paid_projects(case):
        project = case.projects[number]
        whole, total = project.contract_amount, project.total
        if whole is not None and paid > whole and not (total is not None and paid > total):
            slots = {"part": f"{paid:f}", "whole": f"{whole:f}"}
            yield rule.in_row(case, PROJECTS, project, "contract_amount", number, **slots)


def wrong_conversion(payment: Payment, case: Case) -> Mapping[str, Any] | None:
    """M03: 原币金额 × 汇率 differs from 到位金额 by more than 0.5 %."""
    amount, foreign, rate = payment.amount, payment.foreign, payment.rate
    if amount is None or foreign is None or rate is None or payment.currency == Currency.CNY:
        return None
    product = foreign * rate
    if abs(product - amount) <= TOLERANCE * amount:
        return None
    return {
        "foreign": f"{foreign:f}",
        "rate": f"{rate:f}",
        "product": half_up(product),
        "part": f"{amount:f}",
    }


def repeated_vouchers(case: Case, rule: Rule) -> Iterator[Finding]:
    """M04: the same voucher number and payer stand in more than one row; none of them counts."""
    for voucher, rows in group(case.rows(PAYMENTS), voucher_of).items():
        if voucher and len(rows) > 1:
            numbers = [payment.row for payment in rows]
            for payment in rows:
                others = row_list(numbers, but=payment.row)
                yield rule.in_row(case, PAYMENTS, payment, "voucher", rows=others)


def before_signing(payment: Payment, case: Case) -> Mapping[str, Any] | None:
    """M05: money is dated before its project was signed."""
    project = case.projects.get(payment.project)
    if project and project.signed and payment.day and payment.day < project.signed:
        return {"day": payment.day, "signed": project.signed}
    return None


RULES = (
    Rule(
        "M01", ERROR, "到位资金超总投资", "这个项目的到位资金合计超过总投资，这些凭证暂不计入", "请核对各笔金额和总投资",
        detail="（{value} 合计 {part} 万元，总投资 {whole} 万元）", find=beyond_total,
        shown=lambda book: [
            Shown(
                PAYMENTS, "amount",
                "AND([amount]>=0,[位]>0,IFERROR(INDEX({项目台账.total},[位])>=0,FALSE),"
                "IFERROR(INDEX({项目台账.到位合计},[位])>INDEX({项目台账.total},[位]),FALSE))",
            )
        ],
        wrong={"项目台账": "项目编号 | 总投资\nX01-001 | 12000", "到位资金": "到位金额\n8000\n4000.01"},
        right={"项目台账": "项目编号 | 总投资\nX01-001 | 12000", "到位资金": "到位金额\n8000\n4000"},
    ),
    Rule(
        "M02", WARNING, "到位资金超签约额", "这个项目的到位资金合计超过签约金额", "请核对；确有追加请在备注说明",
        detail="（{value} 合计 {part} 万元，签约 {whole} 万元）", find=beyond_contract,
        shown=lambda book: [
            Shown(
                PROJECTS, "contract_amount",
                "AND([number]<>\"\",[首]=〈place〉,[contract_amount]>=0,[到位合计]>[contract_amount],"
                "NOT(AND([total]>=0,[到位合计]>[total])))",
            )
        ],
        wrong={"项目台账": "项目编号 | 签约金额\nX01-001 | 1000", "到位资金": "到位金额\n1000.5"},
        right={"项目台账": "项目编号 | 签约金额\nX01-001 | 1000", "到位资金": "到位金额\n1000"},
    ),
    Rule(
        "M03", ERROR, "外币折算不符", "原币金额 × 汇率与到位金额相差超过 0.5%", "请核对原币金额、汇率和到位金额",
        detail="（{foreign} 万 × {rate} = {product} 万元，到位金额 {part} 万元）", find=in_rows(PAYMENTS, "amount", wrong_conversion),
        shown=lambda book: [
            Shown(
                PAYMENTS, "amount",
                f'AND([currency]<>"{Currency.CNY}",[foreign]>=0,[rate]>0,[amount]>=0,'
                f"ROUND(ABS([foreign]*[rate]-[amount])-{TOLERANCE}*[amount],8)>0)",
            )
        ],
        wrong={"到位资金": "币种 | 原币金额 | 汇率 | 到位金额\n美元 | 20 | 6.5 | 129.3"},
        right={"到位资金": "币种 | 原币金额 | 汇率 | 到位金额\n美元 | 20 | 6.5 | 129.5"},
    ),
    Rule(
        "M04", ERROR, "凭证重复", "凭证号和付款方与本表另一行相同", "请删去重复的一行，或改正凭证号",
        detail="（第 {rows} 行）", find=repeated_vouchers,
        shown=lambda book: [Shown(PAYMENTS, "voucher", "AND([凭证键]<>\"\",COUNTIF({凭证首},[凭证首])>1)")],
        wrong={"到位资金": "凭证号 | 付款方\nP1 | 甲有限公司\nＰ1 | 甲有限责任公司"}, right={"到位资金": "凭证号 | 付款方\nP1 | 甲公司\nP1 | 乙公司"},
    ),
    Rule(
        "M05", WARNING, "到位早于签约", "到位日期早于项目签约日期", "请核对日期", detail="（{day} 早于 {signed}）",
        find=in_rows(PAYMENTS, "day", before_signing),
        shown=lambda book: [
            Shown(PAYMENTS, "day", "AND([day]>0,[位]>0,IFERROR(INDEX({项目台账.signed},[位])>[day],FALSE))")
        ],
        wrong={"项目台账": "项目编号 | 签约日期\nX01-001 | 2011-5-10", "到位资金": "到位日期\n2011-5-9"},
        right={"项目台账": "项目编号 | 签约日期\nX01-001 | 2011-5-10", "到位资金": "到位日期\n2011-5-10"},
    ),
)  # fmt: skip
