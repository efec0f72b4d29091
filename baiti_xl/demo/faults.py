"""What is wrong with the samples on purpose: one small function for each unit and day.

All other samples are sound: they hold no 错, though 警 such as an unmet task.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from baiti_xl.contest.choices import Answer, ProblemState, Stage
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.sheets import FIRST_ROW, INVITATIONS, PAYMENTS, PROBLEMS, PROJECTS, VISITS
from baiti_xl.contest.values import column_letter
from baiti_xl.demo import spoiled
from baiti_xl.demo.plans import BY_CODE
from baiti_xl.demo.reporter import Reporter, Sample, alter
from baiti_xl.demo.rows import Rows, payments

MAY, JUNE, JULY, LAST = PERIODS = (
    date(2011, 5, 13),
    date(2011, 6, 12),
    date(2011, 7, 12),
    date(2011, 7, 31),
)
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
DATE_SPELLINGS: tuple[Callable[[date], Any], ...] = (
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}年{d.month}月{d.day}目",
    lambda d: int(f"{d:%Y%m%d}"),
    lambda d: f"{d.year}.{d.month}.{d.day}".translate(WIDE),
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d.month}月{d.day}日",
)
MONEY_SPELLINGS: tuple[Callable[[Decimal], Any], ...] = (
    lambda m: f"{m:,f}",
    lambda m: f"{m:f}万",
    lambda m: f"{m:f}万元",
    lambda m: f"{(m / 10000).normalize():f}亿",
    lambda m: f"{(m * 10000).normalize():f}元",
    lambda m: f"{m:f}".translate(WIDE),
    lambda m: f"{m:f}",
)
# Shortcomings that no check of a single file calls 错, with the day from which they show.
SHORTCOMINGS = (
    ("X07", MAY, "组织发动缺“工作机构”"),
    ("X07", JUNE, "前两个调度周期没有突破，已填情况说明"),
    ("X08", MAY, "动员会议迟于宣传发动阶段"),
    ("X08", JUNE, "只有框架合同"),
    ("X08", JULY, "第三个调度周期没有突破，也没有情况说明"),
    ("Z46", JUNE, "5 月 13 日没有报送，那次调度会的情况说明是补报的"),
    ("Z50", MAY, "四张表都是零报告，也没有情况说明"),
)


def files_of(reporter: Reporter) -> list[Sample]:
    """Return what a unit sends on a day: usually one sound file."""
    fault = FAULTS.get((reporter.unit.code, reporter.period))
    return fault(reporter) if fault else [reporter.sample(shortcomings(reporter))]


def shortcomings(reporter: Reporter) -> str:
    """Return what the unit falls short in by the reporter's day, without breaking a rule of the form."""
    return "；".join(
        note for code, since, note in SHORTCOMINGS if code == reporter.unit.code and since <= reporter.period
    )


# ── spellings ────────────────────────────────────────────────────────────────────────────────────


def spell_dates(rows: Rows) -> None:
    """Write the days of the first visits in every spelling that can be read."""
    for index, (row, spell) in enumerate(zip(rows[VISITS.name], DATE_SPELLINGS, strict=False)):
        alter(rows, VISITS, index, day=spell(row["day"]))


def spell_money(rows: Rows) -> None:
    """Write amounts of projects and vouchers in every spelling that can be read."""
    amounts: tuple[tuple[AnySheet, str], ...] = ((PROJECTS, "total"), (PAYMENTS, "amount"))
    for sheet, field in amounts:
        for index, (row, spell) in enumerate(zip(rows[sheet.name], MONEY_SPELLINGS, strict=False)):
            alter(rows, sheet, index, **{field: spell(Decimal(row[field]).normalize())})


def odd_dates(reporter: Reporter) -> list[Sample]:
    """X05 in May: dates in odd spellings, all readable."""
    rows = reporter.rows()
    spell_dates(rows)
    return [reporter.sample("拜访日期写法不规范，都能识别", rows)]


def odd_spellings(reporter: Reporter) -> list[Sample]:
    """X05 at the end: every readable spelling, two unreadable ones, an amount in 元, and a row of totals."""
    rows = reporter.rows()
    spell_dates(rows)
    spell_money(rows)
    alter(rows, VISITS, 9, day="四月底", back="二〇一一年四月二十九日")
    total = sum((row["amount"] for row in reporter.rows()[PAYMENTS.name]), Decimal(0))
    alter(rows, PAYMENTS, -1, amount="约1200")
    rows[PAYMENTS.name].append({"project": "合计", "amount": total})
    intended = rows[INVITATIONS.name][1]["intended"] or Decimal(6800)
    alter(rows, INVITATIONS, 1, intended=intended * 10000)
    note = "日期、金额写法各异；“四月底”“约1200”无法识别；意向投资额按元填写；夹有合计行"
    return [reporter.sample(note, rows)]


# ── rows that are wrong ──────────────────────────────────────────────────────────────────────────


def empty_and_unlisted(reporter: Reporter) -> list[Sample]:
    """X06 in May: a required cell is empty, and a choice is not in the list."""
    rows = reporter.rows()
    alter(rows, VISITS, 1, contact="")
    alter(rows, VISITS, 2, method="上门招商")
    return [reporter.sample("缺接洽人；招商方式不在选项内", rows)]


def own_county(reporter: Reporter) -> list[Sample]:
    """Z14 in May: visits a unit of the county itself, and comes back before it left."""
    rows = reporter.rows()
    visits = rows[VISITS.name]
    visits.append({**visits[0], "trip": "2011-W90", "enterprise": "县商务局", "day": MAY, "back": MAY})
    visits.append({**visits[0], "trip": "2011-W91", "day": MAY, "back": date(2011, 5, 10)})
    return [reporter.sample("把本县单位当作客商；返回日期早于拜访日期", rows)]


def careless_cover(reporter: Reporter) -> list[Sample]:
    """Z21 in May: nothing received but no zero report, and a telephone number too short."""
    return [
        reporter.sample(
            "邀请客商没有内容却不作零报告；电话号码不对",
            None,
            {"zero_invitations": Answer.NO, "phone": "000001"},
        )
    ]


def unproved_signing(reporter: Reporter) -> list[Sample]:
    """Z08 in June: signed without a contract number, and a part of the investment above the whole."""
    rows = reporter.rows()
    alter(rows, PROJECTS, 0, contract="", fixed_investment=Decimal(45000))
    return [reporter.sample("已签约而无合同编号；固定资产投资大于总投资", rows)]


def before_it_happened(reporter: Reporter) -> list[Sample]:
    """X09 in June: reports a visit that lies ahead."""
    rows = reporter.rows()
    days = {"day": date(2011, 6, 14), "back": date(2011, 6, 16)}
    rows[VISITS.name].append({**rows[VISITS.name][0], "trip": "2011-W90", **days})
    return [reporter.sample("填报了截止日之后的拜访", rows)]


def a_day_late(reporter: Reporter) -> list[Sample]:
    """X03 in July: the cover gives the day after the cutoff; nobody else is the worse for it."""
    return [reporter.sample("封面的填报截止日期错填成第二天", None, {"cutoff": date(2011, 7, 13)})]


def renumbered(reporter: Reporter) -> list[Sample]:
    """Z16 at the end: the project that was ruled out comes back under another number."""
    rows = reporter.rows()
    old, new = rows[PROJECTS.name][0]["number"], f"{reporter.unit.code}-009"
    alter(rows, PROJECTS, 0, number=new)
    for row in (row for held in rows.values() for row in held):
        if row.get("project") == old:
            row["project"] = new
        if row.get("joint_id") == old:
            row["joint_id"] = new
    return [reporter.sample(f"裁定不予认定的项目 {old} 换成编号 {new} 再报", rows)]


def unknown_project(reporter: Reporter) -> list[Sample]:
    """Z36 in July: a problem of a project that is not in the register."""
    rows = reporter.rows()
    rows[PROBLEMS.name].append(
        {
            "project": "Z36-009",
            "day": JULY,
            "problem": "变压器增容审批未完成",
            "department": "县供电公司",
            "state": ProblemState.UNDER_WAY,
            "responsible": reporter.story.staff(3),
        }
    )
    return [reporter.sample("困难问题引用了台账里没有的项目", rows)]


def yuan(reporter: Reporter) -> list[Sample]:
    """Z14 in July: an amount typed in 元, so that more is in place than the whole investment."""
    rows = reporter.rows()
    alter(rows, PAYMENTS, 0, amount=rows[PAYMENTS.name][0]["amount"] * 10000)
    return [reporter.sample("到位金额按元填写，超过总投资", rows)]


def rate_gap(reporter: Reporter) -> list[Sample]:
    """Z02 always: the bank's charges make a voucher differ from amount × rate; the office accepts it."""
    rows = reporter.rows()
    alter(rows, PAYMENTS, 0, amount=rows[PAYMENTS.name][0]["amount"] - Decimal("9.60"))
    return [reporter.sample("外币折算相差超过 0.5%（手续费），办公室已裁定认定", rows)]


def same_number_twice(reporter: Reporter) -> list[Sample]:
    """X06 at the end: two projects under one number."""
    rows = reporter.rows()
    alter(rows, PROJECTS, 4, number="X06-002")
    return [reporter.sample("项目编号 X06-002 重复", rows)]


def going_back(reporter: Reporter) -> list[Sample]:
    """Z01 at the end: less money and an earlier stage than it reported before."""
    rows = reporter.rows()
    alter(rows, PROJECTS, 0, stage=Stage.SIGNED, started=None)
    alter(rows, PAYMENTS, 1, amount=rows[PAYMENTS.name][1]["amount"] - 500)
    return [reporter.sample("与上期相比，项目阶段倒退、一笔到位资金减少 500 万元", rows)]


def error_cell(reporter: Reporter) -> list[Sample]:
    """Z14 at the end: a cell that shows #N/A, and a voucher that X06 claims too."""
    rows = reporter.rows()
    theirs = next(payments(replace(reporter.story, plan=BY_CODE["X06"])))
    copied = {field: theirs[field] for field in ("voucher", "payer")}
    alter(rows, PAYMENTS, -1, **copied)
    column = column_letter([c.field for c in INVITATIONS.columns].index("people"))
    data = spoiled.with_error(reporter.write(rows), INVITATIONS.name, f"{column}{FIRST_ROW}")
    return [Sample(reporter.file(), data, "来访人数显示 #N/A；一张凭证与后方乡（X06）重复")]


# ── files that are wrong ─────────────────────────────────────────────────────────────────────────


def with_litter(reporter: Reporter) -> list[Sample]:
    """X01 at the end: a sound file, with what Excel and Windows leave beside it."""
    return [
        reporter.sample(),
        Sample(f"~${reporter.file()}", spoiled.lock_file(), "Excel 打开时留下的锁定文件，应跳过"),
        Sample("Thumbs.db", spoiled.thumbnails(), "Windows 留下的缩略图，应跳过"),
    ]


def sent_again(reporter: Reporter) -> list[Sample]:
    """X02 at the end: sent twice; the second batch stands."""
    rows = reporter.rows()
    for sheet in (VISITS.name, PAYMENTS.name):
        rows[sheet].pop()
    first = Sample(reporter.file("_第1批"), reporter.write(rows), "同日第 1 批，已被第 2 批代替")
    return [first, Sample(reporter.file(), reporter.write(batch=2))]


def two_versions(reporter: Reporter) -> list[Sample]:
    """Z11 at the end: two files of one batch that differ."""
    rows = reporter.rows()
    rows[VISITS.name].pop()
    note = "同日同批次有两个内容不同的文件"
    return [reporter.sample(note), Sample(reporter.file("(1)"), reporter.write(rows), note)]


def locked(reporter: Reporter) -> list[Sample]:
    """Z08 at the end: the workbook has a password."""
    return [Sample(reporter.file(), spoiled.encrypted(), "文件加密")]


def without_sheet(reporter: Reporter) -> list[Sample]:
    """Z21 at the end: the sheet 困难问题 was renamed, so that it is missing."""
    data = spoiled.renamed_sheet(reporter.write(), PROBLEMS.name, f"{PROBLEMS.name}旧表")
    return [Sample(reporter.file(), data, "工作表“困难问题”被改了名")]


def disguised(reporter: Reporter) -> list[Sample]:
    """Z36 at the end: a text renamed to .xlsx."""
    return [Sample(reporter.file(), spoiled.text_file(reporter.unit.name), "文本文件改名为 .xlsx")]


def last_time(reporter: Reporter) -> list[Sample]:
    """Z46 at the end: only the file of the period before, since it has become part of Z16."""
    return [reporter.on(JULY).sample("只有上期（7 月 12 日）的报送表")]


def nothing(reporter: Reporter) -> list[Sample]:
    """Send nothing."""
    return []


FAULTS: Mapping[tuple[str, date], Callable[[Reporter], list[Sample]]] = {
    ("X05", MAY): odd_dates,
    ("X06", MAY): empty_and_unlisted,
    ("Z14", MAY): own_county,
    ("Z21", MAY): careless_cover,
    ("Z46", MAY): nothing,
    ("X09", JUNE): before_it_happened,
    ("Z08", JUNE): unproved_signing,
    ("X03", JULY): a_day_late,
    ("Z14", JULY): yuan,
    ("Z36", JULY): unknown_project,
    **{("Z02", period): rate_gap for period in PERIODS},
    ("X01", LAST): with_litter,
    ("X02", LAST): sent_again,
    ("X05", LAST): odd_spellings,
    ("X06", LAST): same_number_twice,
    ("Z01", LAST): going_back,
    ("Z08", LAST): locked,
    ("Z10", LAST): nothing,
    ("Z11", LAST): two_versions,
    ("Z14", LAST): error_cell,
    ("Z21", LAST): without_sheet,
    ("Z16", LAST): renumbered,
    ("Z36", LAST): disguised,
    ("Z46", LAST): last_time,
}
