"""One project, one voucher book; always a lead; credit moves by 归属; a project ruled out stays out (本系统约定)."""

from datetime import date
from decimal import Decimal

import pytest
from sheets import rules, submission_of

from baiti_xl import desk
from baiti_xl.books.overview import inspected
from baiti_xl.contest.choices import Decision, Inspected
from baiti_xl.contest.loading import HEADINGS, RulebookError, console_rows, load
from baiti_xl.contest.measures import PAID
from baiti_xl.contest.records import Inspection, Outcome, Ruling, Submission
from baiti_xl.papers.measures import deals, paid_elsewhere, total

DAY, JUNE_12 = date(2011, 5, 13), date(2011, 6, 12)
HEAD = "项目编号 | 项目名称 | 投资方 | 引进方式 | 本单位份额 | 联合标识 | 联合单位代码 | 合同编号 | 签约金额"
MONEY = "项目编号 | 凭证号 | 付款方 | 到位日期 | 到位金额"
JOINT = "{unit}-001 | 羽绒园 | 恒羽有限公司 | 联合 | {share} | {id} | {others} | HT-1 | 10000"


def ruling(record: str, decision: str, value: str = "", rule: str = "", day: date = DAY) -> Ruling:
    """Return a ruling, in the cell A4."""
    return Ruling(record, rule, Decision(decision), value, "已核实", "刘主任", day, "裁定!A4")


def sent(unit: str, projects: str, money: str = "", cutoff: date = DAY, batch: int = 1) -> Submission:
    """Return a unit's submission."""
    tables = {"项目台账": f"{HEAD}\n{projects}"} | ({"到位资金": f"{MONEY}\n{money}"} if money else {})
    name = f"{unit}_{cutoff:%m-%d}_{batch}.xlsx"
    return submission_of(tables, unit=unit, file=name, cover={"cutoff": cutoff, "batch": batch})


def partner(unit: str, share: float, money: str = "", joint_id: str = "羽绒联合") -> Submission:
    """Return a partner of the joint project with its share and its list of vouchers."""
    others = "、".join(code for code in ("X01", "X02", "X03") if code != unit)
    row = JOINT.format(unit=unit, share=share, id=joint_id, others=others)
    return sent(unit, row, money)


def outcome_of(*files: Submission, day: date = DAY, **changes: object) -> Outcome:
    """Return what comes of files."""
    return desk.evaluate(list(files), rules(**changes), day)


def value(outcome: Outcome, name: str) -> str:
    """Return a figure of the units that have one: `X01 600，X02 400`."""
    held = ((r.unit.code, r.value(name)) for r in outcome.results)
    return "，".join(f"{code} {v.normalize():f}" for code, v in held if v is not None)


def found(outcome: Outcome, rule: str) -> list[str]:
    """Return the findings of a rule: unit, severity and sentence."""
    findings = (f for account in outcome.ledger.accounts for f in account.findings)
    return [f"{f.unit} {f.severity} {f.message.split('。')[0]}" for f in findings if f.rule == rule]


# ── one voucher book ─────────────────────────────────────────────────────────────────────────────

P1, P2 = "P1 | 恒羽 | 2011-5-1 | 600", "P2 | 恒羽 | 2011-5-2 | 400"


def vouchers(unit: str, *rows: str) -> str:
    """Return rows of 到位资金 on the unit's joint project."""
    return "\n".join(f"{unit}-001 | {row}" for row in rows)


@pytest.mark.parametrize(
    ("first", "second"), [((P1,), (P2,)), ((P1, P2), (P1, P2)), ((P1, P2), ()), ((P1,), (P1, P2))]
)
def test_partners_share_the_union_of_their_vouchers(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    """600 + 400 = 1,000 万元 at 60 and 40 %, whoever lists which voucher; 对账 proves it."""
    outcome = outcome_of(
        partner("X01", 60, vouchers("X01", *first)), partner("X02", 40, vouchers("X02", *second))
    )
    assert value(outcome, "到位资金") == "X01 600，X02 400"
    assert all(identity.holds for identity in outcome.identities)
    said = {f"X0{i}": [v for v in (P1, P2) if v not in own] for i, own in ((1, first), (2, second))}
    assert [line.split()[0] for line in found(outcome, "X02") if "联合单位还报了" in line] == [
        unit for unit, missing in said.items() if missing
    ]


def test_a_missing_voucher_is_named() -> None:
    outcome = outcome_of(partner("X01", 60, vouchers("X01", P1, P2)), partner("X02", 40, vouchers("X02", P1)))
    assert found(outcome, "X02") == [
        "X02 警 联合标识「羽绒联合」的联合单位还报了这些凭证，本单位没有：P2（恒羽）"
    ]
    line = outcome.result("X02").figures["到位资金"].lines[-1]
    assert (line.unit, line.file, line.row, line.value) == ("X01", "X01_05-13_1.xlsx", 5, Decimal(160))


def test_a_voucher_told_otherwise_counts_for_nobody() -> None:
    """X02: 600 here and 500 there, or two days."""
    other = P1.replace("600", "500")
    outcome = outcome_of(partner("X01", 60, vouchers("X01", P1)), partner("X02", 40, vouchers("X02", other)))
    assert value(outcome, "到位资金") == "X01 0，X02 0"
    assert found(outcome, "X02") == [
        "X01 错 联合项目的同一张凭证，「到位金额」与侯庙镇填的不同（500），暂不计入",
        "X02 错 联合项目的同一张凭证，「到位金额」与城关镇填的不同（600），暂不计入",
    ]


def test_a_number_is_told_by_its_marks() -> None:
    """1-11 is not 11-1, nor 111; width, case and blanks are no difference."""
    first = partner("X01", 60, vouchers("X01", "p1-11 | 恒羽 | 2011-5-1 | 600"))
    second = partner(
        "X02", 40, vouchers("X02", "Ｐ１ -11 | 恒羽 | 2011-5-1 | 600", "P11-1 | 恒羽 | 2011-5-1 | 400")
    )
    assert value(outcome_of(first, second), "到位资金") == "X01 600，X02 400"


def test_a_voucher_ruled_out_at_one_partner_is_out_of_the_book() -> None:
    files = [partner(u, s, vouchers(u, P1, P2)) for u, s in (("X01", 60), ("X02", 40))]
    out = ruling("X02/到位资金/P2|恒羽", "不予认定")
    outcome = outcome_of(*files, rulings=(out,))
    assert value(outcome, "到位资金") == "X01 360，X02 240"
    assert outcome.result("X01").account.blocked["到位资金", 5] == "裁定不予认定（联合单位的同一张凭证）"


def test_shares_over_100_count_for_nobody_until_mended() -> None:
    """方案二: 60 + 60; a ruling that sets a share mends it, one that accepts the row does not."""
    files = [partner(u, 60, vouchers(u, P1, P2)) for u in ("X01", "X02")]
    assert value(outcome_of(*files), "到位资金") == "X01 0，X02 0"
    accepted = ruling("X01/项目台账/X01-001", "认定")
    assert value(outcome_of(*files, rulings=(accepted,)), "签约金额") == "X01 0，X02 0"
    mended = ruling("X02/项目台账/X02-001", "份额", "40")
    assert value(outcome_of(*files, rulings=(mended,)), "到位资金") == "X01 600，X02 400"


# ── a lead ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("shares", "joint_id", "lead"),
    [
        ("40 30 30", "羽绒联合", "X01"),
        ("30 30 40", "羽绒联合", "X03"),
        ("30 35 35", "羽绒联合", "X02"),
        ("40 30 30", "X02-001", "X02"),
    ],
)
def test_a_joint_project_counts_for_its_lead(shares: str, joint_id: str, lead: str) -> None:
    """只计首报, and 基本任务 for the lead alone: once in the county, never nowhere."""
    files = [partner(f"X0{i}", int(share), joint_id=joint_id) for i, share in enumerate(shares.split(), 1)]
    outcome = outcome_of(*files, joint_basis="只计首报")
    assert [r.unit.code for r in outcome.results if r.value("签约项目数") == 1] == [lead]
    assert [r.unit.code for r in outcome.results if r.task_met] == [lead]


# ── 归属 ─────────────────────────────────────────────────────────────────────────────────────────

ALONE = "{unit}-001 | 羽绒服装加工项目 | 恒羽有限公司 | 独立 | | | | HT-1 | 10000"
CLAIMS = [sent(unit, ALONE.format(unit=unit)) for unit in ("X01", "X02", "X03")]
OTHER = "{unit}-001 | 精细化工园 | 濮阳乙化工有限公司 | 独立 | | | | HT-2 | 10000"


@pytest.mark.parametrize("winner", ["X01", "X02", "X03"])
def test_credit_moves_to_the_unit_that_is_named(winner: str) -> None:
    outcome = outcome_of(*CLAIMS, rulings=(ruling("X01/项目台账/X01-001", "归属", winner),))
    counted = {r.unit.code: r.value("签约项目数") for r in outcome.results if r.is_ranked}
    assert counted == {unit: int(unit == winner) for unit in ("X01", "X02", "X03")}
    assert found(outcome, "X01") == []


def test_naming_a_unit_that_never_claimed_it_is_an_error_of_the_console() -> None:
    files = [*CLAIMS[:2], sent("X03", OTHER.format(unit="X03"))]
    with pytest.raises(
        RulebookError, match="裁定」A4：裁定归属 X03，但它没有报过这条记录；报了的是 X01、X02"
    ):
        outcome_of(*files, rulings=(ruling("X01/项目台账/X01-001", "归属", "X03"),))


def test_a_claim_that_has_gone_since_stops_nothing() -> None:
    later = sent("X02", OTHER.format(unit="X02"), cutoff=JUNE_12)
    files = [*CLAIMS[:2], later]
    outcome = outcome_of(*files, day=JUNE_12, rulings=(ruling("X01/项目台账/X01-001", "归属", "X02"),))
    assert value(outcome, "签约项目数") == "X01 0，X02 1"


@pytest.mark.parametrize("winner", ["X01", "X02"])
def test_a_voucher_belongs_to_one(winner: str) -> None:
    files = [
        sent(u, f"{u}-001 | {name} | 独立 | | | | HT-{u} | 9000", f"{u}-001 | {P1}")
        for u, name in (("X01", "羽绒园 | 恒羽公司"), ("X02", "化工园 | 乙化工公司"))
    ]
    outcome = outcome_of(*files, rulings=(ruling("X01/到位资金/P1|恒羽", "归属", winner),))
    assert value(outcome, "到位资金") == ("X01 600，X02 0" if winner == "X01" else "X01 0，X02 600")


@pytest.mark.parametrize(("stage", "elsewhere"), [("签约", None), ("洽谈", 240), ("终止", None)])
def test_what_an_annex_does_not_list_of_a_joint_voucher_is_said_below(
    stage: str, elsewhere: int | None
) -> None:
    """Only X01 lists the voucher of 600, of which 40 % is X02's: its line is X01's row, too."""
    row = JOINT.format(unit="X02", share=40, id="羽绒联合", others="X01、X03")
    tables = {"项目台账": f"{HEAD} | 项目阶段\n{row} | {stage}"}
    theirs = submission_of(tables, unit="X02", file="X02.xlsx", cover={"cutoff": DAY})
    outcome = outcome_of(partner("X01", 60, vouchers("X01", P1)), theirs)
    found = paid_elsewhere(total(PAID, outcome.results), deals(outcome, rules()))
    assert (found and found.value) == elsewhere
    listed = sum(deal.paid.value or 0 for deal in deals(outcome, rules()))
    assert listed + (elsewhere or 0) == total(PAID, outcome.results).value


# ── X05 ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_project_ruled_out_stays_out_under_another_number() -> None:
    """X05 警 at the new row, and the ruling goes on applying until the new one is decided."""
    first, again = sent("X01", ALONE.format(unit="X01")), ALONE.format(unit="X01").replace("-001", "-009")
    second = sent("X01", again, cutoff=JUNE_12)
    out = ruling("X01/项目台账/X01-001", "不予认定")
    outcome = outcome_of(first, second, day=JUNE_12, rulings=(out,))
    assert value(outcome, "签约项目数") == "X01 0"
    assert found(outcome, "X05") == [
        "X01 警 与裁定“不予认定”的项目 X01-001「羽绒服装加工项目」疑似同一个，裁定继续适用"
    ]
    assert [done for _, done in outcome.ledger.applied] == ["已执行（现编号 X01-009）"]
    taken = ruling("X01/项目台账/X01-009", "认定", rule="X05")
    outcome = outcome_of(first, second, day=JUNE_12, rulings=(out, taken))
    assert (value(outcome, "签约项目数"), found(outcome, "X05")) == ("X01 1", [])
    assert [done for _, done in outcome.ledger.applied] == ["记录已不在报送中", "已执行"]


def test_another_project_of_the_unit_is_not_meant() -> None:
    files = [sent("X01", ALONE.format(unit="X01") + "\n" + OTHER.format(unit="X01").replace("-001", "-002"))]
    outcome = outcome_of(*files, rulings=(ruling("X01/项目台账/X01-001", "不予认定"),))
    assert (value(outcome, "签约项目数"), found(outcome, "X05")) == ("X01 1", [])


def test_a_ruling_holds_from_its_date() -> None:
    """Decided on 06-12 it does not change what is said of 05-13; decided on 05-14 or 06-11, over the reports of 05-13, it does."""
    out = ruling("X01/项目台账/X01-001", "不予认定", day=JUNE_12)
    before = outcome_of(CLAIMS[0], rulings=(out,))
    assert (value(before, "签约项目数"), [did for _, did in before.ledger.applied]) == (
        "X01 1",
        ["自 2011-06-12 起执行"],
    )
    for decided in (date(2011, 5, 13), date(2011, 5, 14), date(2011, 6, 11)):
        outcome = outcome_of(CLAIMS[0], rulings=(ruling("X01/项目台账/X01-001", "不予认定", day=decided),))
        assert value(outcome, "签约项目数") == "X01 0"


def test_what_is_ruled_out_breaks_through_nowhere() -> None:
    """Flags ask what the figures ask: money of a project ruled out is none."""
    file = sent("X01", ALONE.format(unit="X01"), f"X01-001 | {P1}")
    out = ruling("X01/项目台账/X01-001", "不予认定")
    flags = {e.flag for e in outcome_of(file, rulings=(out,)).evidence if e.unit.code == "X01"}
    assert "未取得实质性突破" in flags
    assert not {e.flag for e in outcome_of(file).evidence if e.unit.code == "X01"} & {"未取得实质性突破"}


# ── what an independent model of the contest found ───────────────────────────────────────────────


def holds(outcome: Outcome) -> bool:
    """Whether every identity of 对账 holds."""
    return all(identity.holds for identity in outcome.identities)


def test_x02_one_unit_uses_a_joint_id_twice() -> None:
    """Neither row counts, nor its vouchers; 对账 holds."""
    row = "{n} | 羽绒园{n} | 恒羽有限公司 | 联合 | 30 | X01-001 | X02 | HT-{n} | 10000"
    projects = "\n".join(row.format(n=n) for n in ("X01-001", "X01-002"))
    outcome = outcome_of(sent("X01", projects, "X01-001 | P1 | 恒羽 | 2011-5-1 | 100"))
    assert holds(outcome)
    assert (value(outcome, "到位资金"), value(outcome, "签约金额")) == ("X01 0", "X01 0")
    assert [line for line in found(outcome, "X02") if "错" in line] == [
        "X01 错 本单位有两行项目用了同一个联合标识「X01-001」"
    ] * 2


@pytest.mark.parametrize("amounts", [(100, 100), (100, 110)])
@pytest.mark.parametrize("mode", ["独立", "联合"])
def test_a_voucher_accepted_twice_counts_twice_and_the_proof_holds(
    mode: str, amounts: tuple[int, int]
) -> None:
    """认定 M04: the office says that both rows are money."""
    row = f"X01-001 | 羽绒园 | 恒羽有限公司 | {mode} | {60 if mode == '联合' else ''} | X01-001 | X02 | HT-1 | 10000"
    money = "\n".join(f"X01-001 | P1 | 恒羽 | 2011-5-1 | {amount}" for amount in amounts)
    accepted = ruling("X01/到位资金/P1|恒羽", "认定", rule="M04")
    outcome = outcome_of(sent("X01", row, money), rulings=(accepted,))
    paid = Decimal(sum(amounts)) * (Decimal("0.6") if mode == "联合" else 1)
    assert (holds(outcome), outcome.result("X01").value("到位资金")) == (True, paid)


def test_a_project_accepted_without_its_investment_counts() -> None:
    """认定 C01: without 计入门槛 a project is one whatever it costs."""
    row = "项目编号 | 固定资产投资 | 签约金额\n X01-001 | | 12000"
    file = submission_of({"项目台账": row}, unit="X01", file="X01.xlsx", cover={"cutoff": DAY})
    outcome = outcome_of(file, rulings=(ruling("X01/项目台账/X01-001", "认定"),))
    assert (holds(outcome), value(outcome, "签约项目数"), value(outcome, "签约金额")) == (
        True,
        "X01 1",
        "X01 12000",
    )


@pytest.mark.parametrize("stages", ["终止 签约", "终止 终止"])
def test_money_of_ended_joint_projects_has_one_book_too(stages: str) -> None:
    files = []
    for (unit, share, amount), stage in zip(
        (("X01", 60, 100), ("X02", 40, 110)), stages.split(), strict=True
    ):
        other = "X02" if unit == "X01" else "X01"
        row = f"{unit}-001 | 羽绒园 | 恒羽有限公司 | 联合 | {share} | X01-001 | {other} | HT-1 | 10000 | {stage}"
        tables = {
            "项目台账": f"{HEAD} | 项目阶段\n{row}",
            "到位资金": f"{MONEY}\n{unit}-001 | P1 | 恒羽 | 2011-5-1 | {amount}",
        }
        files.append(submission_of(tables, unit=unit, file=f"{unit}.xlsx", cover={"cutoff": DAY}))
    outcome = outcome_of(*files, ended_money_counts=True)
    assert (holds(outcome), value(outcome, "到位资金")) == (True, "X01 0，X02 0")


def test_the_credit_of_a_joint_project_moves_whole() -> None:
    """归属 to one partner: its share and those of the others."""
    files = [partner(u, s, vouchers(u, P1, P2), "X01-001") for u, s in (("X01", 60), ("X02", 40))]
    outcome = outcome_of(*files, rulings=(ruling("X01/项目台账/X01-001", "归属", "X02"),))
    assert (holds(outcome), value(outcome, "签约项目数"), value(outcome, "到位资金")) == (
        True,
        "X01 0，X02 1",
        "X01 0，X02 1000",
    )


def test_a_voucher_ruled_out_at_a_partner_whose_project_is_out_stays_out() -> None:
    files = [partner(u, s, vouchers(u, P1), "X01-001") for u, s in (("X01", 60), ("X02", 40))]
    rulings = (ruling("X01/到位资金/P1|恒羽", "不予认定"), ruling("X01/项目台账/X01-001", "不予认定"))
    assert value(outcome_of(*files, rulings=rulings), "到位资金") == "X01 0，X02 0"


def test_a_ruling_in_favour_of_a_unit_that_sent_nothing_says_so() -> None:
    outcome = outcome_of(CLAIMS[0], rulings=(ruling("X01/项目台账/X01-001", "归属", "X02"),))
    assert [did for _, did in outcome.ledger.applied] == ["归属的单位没有有效报送，暂无单位计入"]


# ── 督查记录 ─────────────────────────────────────────────────────────────────────────────────────


def test_what_an_inspection_found_untrue_is_not_recognised() -> None:
    """方案四（一）: 不属实 counts as 不予认定; 属实 and 存疑 count and are told apart."""
    seen = [
        Inspection(
            DAY,
            "",
            f"X0{n}/项目台账/X0{n}-001",
            "到现场看过",
            Inspected(verdict),
            "督查组甲",
            f"督查记录!C{n}",
        )
        for n, verdict in ((1, "属实"), (2, "不属实"), (3, "存疑"))
    ]
    files = [sent(u, OTHER.format(unit=u).replace("精细化工园", f"{u}园")) for u in ("X01", "X02", "X03")]
    outcome = outcome_of(*files, inspections=tuple(seen))
    assert value(outcome, "签约项目数") == "X01 1，X02 0，X03 1"
    assert outcome.result("X02").account.blocked["项目台账", 4] == "裁定不予认定"
    assert [(r.reason, did) for r, did in outcome.ledger.applied] == [("督查不属实：到现场看过", "已执行")]
    told = list(inspected(outcome, rules(inspections=tuple(seen))))
    assert told[0] == "督查核实：签约项目上报 2 个，已核 1 个，存疑 1 个。"


def test_inspections_are_read_back_from_the_console_and_faults_are_named() -> None:
    seen = Inspection(
        DAY, "城关镇", "X01/项目台账/X01-001", "看过", Inspected.TRUE, "督查组甲", "督查记录!C2"
    )
    book = rules(inspections=(seen,))
    grids = {sheet: [HEADINGS[sheet], *rows] for sheet, rows in console_rows(book).items()}
    assert load(grids).inspections == (seen,)
    grids["督查记录"] = [HEADINGS["督查记录"], ("五月", "", "", "", "也许", "")]
    with pytest.raises(RulebookError) as raised:
        load(grids)
    assert [f.cell for f in raised.value.faults] == ["C2", "F2", "A2", "E2"]
