"""What is wrong with the samples on purpose: one small function for each unit and day.

All other samples are sound: they hold no 错, though 警 such as an unmet task.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from baiti_xl.contest.sheets import FIRST_ROW
from baiti_xl.demo import spoiled
from baiti_xl.demo.desk import Desk, Sample, alter, at, changed
from baiti_xl.demo.plans import BY_CODE
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


def files_of(desk: Desk) -> list[Sample]:
    """Return what a unit sends on a day: usually one sound file."""
    fault = FAULTS.get((desk.unit.code, desk.period))
    return fault(desk) if fault else [desk.sample(shortcomings(desk))]


def shortcomings(desk: Desk) -> str:
    """Return what the unit falls short in by the desk's day, without breaking a rule of the form."""
    return "；".join(
        note for code, since, note in SHORTCOMINGS if code == desk.unit.code and since <= desk.period
    )


# ── spellings ────────────────────────────────────────────────────────────────────────────────────


def spell_dates(rows: Rows) -> None:
    """Write the days of the first visits in every spelling that can be read."""
    for index, (row, spell) in enumerate(zip(rows["拜访客商"], DATE_SPELLINGS, strict=False)):
        alter(rows, "拜访客商", index, 拜访日期=spell(row[at("拜访客商", "拜访日期")]))


def spell_money(rows: Rows) -> None:
    """Write amounts of projects and vouchers in every spelling that can be read."""
    for sheet, heading in (("项目台账", "总投资"), ("到位资金", "到位金额")):
        for index, (row, spell) in enumerate(zip(rows[sheet], MONEY_SPELLINGS, strict=False)):
            amount = Decimal(row[at(sheet, heading)]).normalize()
            alter(rows, sheet, index, **{heading: spell(amount)})


def odd_dates(desk: Desk) -> list[Sample]:
    """X05 in May: dates in odd spellings, all readable."""
    rows = desk.rows()
    spell_dates(rows)
    return [desk.sample("拜访日期写法不规范，都能识别", rows)]


def odd_spellings(desk: Desk) -> list[Sample]:
    """X05 at the end: every readable spelling, two unreadable ones, an amount in 元, and a row of totals."""
    rows = desk.rows()
    spell_dates(rows)
    spell_money(rows)
    alter(rows, "拜访客商", 9, 拜访日期="四月底", 返回日期="二〇一一年四月二十九日")
    total = sum((row[at("到位资金", "到位金额")] for row in desk.rows()["到位资金"]), Decimal(0))
    alter(rows, "到位资金", -1, 到位金额="约1200")
    rows["到位资金"].append(("合计", None, total, *[""] * 9))
    intended = rows["邀请客商"][1][at("邀请客商", "意向投资额")] or Decimal(6800)
    alter(rows, "邀请客商", 1, 意向投资额=intended * 10000)
    note = "日期、金额写法各异；“四月底”“约1200”无法识别；意向投资额按元填写；夹有合计行"
    return [desk.sample(note, rows)]


# ── rows that are wrong ──────────────────────────────────────────────────────────────────────────


def empty_and_unlisted(desk: Desk) -> list[Sample]:
    """X06 in May: a required cell is empty, and a choice is not in the list."""
    rows = desk.rows()
    alter(rows, "拜访客商", 1, 接洽人="")
    alter(rows, "拜访客商", 2, 招商方式="上门招商")
    return [desk.sample("缺接洽人；招商方式不在选项内", rows)]


def own_county(desk: Desk) -> list[Sample]:
    """Z14 in May: visits a unit of the county itself, and comes back before it left."""
    rows = desk.rows()
    sheet, base = "拜访客商", rows["拜访客商"][0]
    rows[sheet].append(
        changed(sheet, base, 外出批次号="2011-W90", 客商名称="县商务局", 拜访日期=MAY, 返回日期=MAY)
    )
    rows[sheet].append(changed(sheet, base, 外出批次号="2011-W91", 拜访日期=MAY, 返回日期=date(2011, 5, 10)))
    return [desk.sample("把本县单位当作客商；返回日期早于拜访日期", rows)]


def careless_cover(desk: Desk) -> list[Sample]:
    """Z21 in May: nothing received but no zero report, and a telephone number too short."""
    return [
        desk.sample(
            "邀请客商没有内容却不作零报告；电话号码不对", None, {"zero_invitations": "否", "phone": "0000001"}
        )
    ]


def unproved_signing(desk: Desk) -> list[Sample]:
    """Z08 in June: signed without a contract number, and a part of the investment above the whole."""
    rows = desk.rows()
    alter(rows, "项目台账", 0, 合同编号="", 固定资产投资=Decimal(45000))
    return [desk.sample("已签约而无合同编号；固定资产投资大于总投资", rows)]


def before_it_happened(desk: Desk) -> list[Sample]:
    """X09 in June: reports a visit that lies ahead."""
    rows = desk.rows()
    sheet, base = "拜访客商", rows["拜访客商"][0]
    ahead = changed(
        sheet, base, 外出批次号="2011-W90", 拜访日期=date(2011, 6, 14), 返回日期=date(2011, 6, 16)
    )
    rows[sheet].append(ahead)
    return [desk.sample("填报了截止日之后的拜访", rows)]


def unknown_project(desk: Desk) -> list[Sample]:
    """Z36 in July: a problem of a project that is not in the register."""
    rows = desk.rows()
    rows["困难问题"].append(
        ("Z36-009", JULY, "变压器增容审批未完成", "县供电公司", "", "办理中", None, desk.story.staff(3))
    )
    return [desk.sample("困难问题引用了台账里没有的项目", rows)]


def yuan(desk: Desk) -> list[Sample]:
    """Z14 in July: an amount typed in 元, so that more is in place than the whole investment."""
    rows = desk.rows()
    alter(rows, "到位资金", 0, 到位金额=rows["到位资金"][0][at("到位资金", "到位金额")] * 10000)
    return [desk.sample("到位金额按元填写，超过总投资", rows)]


def rate_gap(desk: Desk) -> list[Sample]:
    """Z02 always: the bank's charges make a voucher differ from amount × rate; the office accepts it."""
    rows = desk.rows()
    alter(rows, "到位资金", 0, 到位金额=rows["到位资金"][0][at("到位资金", "到位金额")] - Decimal("9.60"))
    return [desk.sample("外币折算相差超过 0.5%（手续费），办公室已裁定认定", rows)]


def same_number_twice(desk: Desk) -> list[Sample]:
    """X06 at the end: two projects under one number."""
    rows = desk.rows()
    alter(rows, "项目台账", 4, 项目编号="X06-002")
    return [desk.sample("项目编号 X06-002 重复", rows)]


def going_back(desk: Desk) -> list[Sample]:
    """Z01 at the end: less money and an earlier stage than it reported before."""
    rows = desk.rows()
    alter(rows, "项目台账", 0, 项目阶段="签约", 开工日期=None)
    alter(rows, "到位资金", 1, 到位金额=rows["到位资金"][1][at("到位资金", "到位金额")] - 500)
    return [desk.sample("与上期相比，项目阶段倒退、一笔到位资金减少 500 万元", rows)]


def error_cell(desk: Desk) -> list[Sample]:
    """Z14 at the end: a cell that shows #N/A, and a voucher that X06 claims too."""
    rows = desk.rows()
    theirs = next(payments(replace(desk.story, plan=BY_CODE["X06"])))
    copied = {h: theirs[at("到位资金", h)] for h in ("凭证号", "付款方")}
    alter(rows, "到位资金", -1, **copied)
    column = chr(ord("A") + at("邀请客商", "来访人数"))
    data = spoiled.with_error(desk.write(rows), "邀请客商", f"{column}{FIRST_ROW}")
    return [Sample(desk.file(), data, "来访人数显示 #N/A；一张凭证与后方乡（X06）重复")]


# ── files that are wrong ─────────────────────────────────────────────────────────────────────────


def with_litter(desk: Desk) -> list[Sample]:
    """X01 at the end: a sound file, with what Excel and Windows leave beside it."""
    return [
        desk.sample(),
        Sample(f"~${desk.file()}", spoiled.lock_file(), "Excel 打开时留下的锁定文件，应跳过"),
        Sample("Thumbs.db", spoiled.thumbnails(), "Windows 留下的缩略图，应跳过"),
    ]


def sent_again(desk: Desk) -> list[Sample]:
    """X02 at the end: sent twice; the second batch stands."""
    rows = desk.rows()
    for sheet in ("拜访客商", "到位资金"):
        rows[sheet].pop()
    first = Sample(desk.file("_第1批"), desk.write(rows), "同日第 1 批，已被第 2 批代替")
    return [first, Sample(desk.file(), desk.write(batch=2))]


def two_versions(desk: Desk) -> list[Sample]:
    """Z11 at the end: two files of one batch that differ."""
    rows = desk.rows()
    rows["拜访客商"].pop()
    note = "同日同批次有两个内容不同的文件"
    return [desk.sample(note), Sample(desk.file("(1)"), desk.write(rows), note)]


def locked(desk: Desk) -> list[Sample]:
    """Z08 at the end: the workbook has a password."""
    return [Sample(desk.file(), spoiled.encrypted(), "文件加密")]


def without_sheet(desk: Desk) -> list[Sample]:
    """Z21 at the end: the sheet 困难问题 was deleted."""
    return [Sample(desk.file(), desk.write(without=("困难问题",)), "删去了工作表“困难问题”")]


def disguised(desk: Desk) -> list[Sample]:
    """Z36 at the end: a text renamed to .xlsx."""
    return [Sample(desk.file(), spoiled.text_file(desk.unit.name), "文本文件改名为 .xlsx")]


def last_time(desk: Desk) -> list[Sample]:
    """Z46 at the end: only the file of the period before."""
    return [desk.on(JULY).sample("只有上期（7 月 12 日）的报送表")]


def nothing(desk: Desk) -> list[Sample]:
    """Send nothing."""
    return []


FAULTS: Mapping[tuple[str, date], Callable[[Desk], list[Sample]]] = {
    ("X05", MAY): odd_dates,
    ("X06", MAY): empty_and_unlisted,
    ("Z14", MAY): own_county,
    ("Z21", MAY): careless_cover,
    ("Z46", MAY): nothing,
    ("X09", JUNE): before_it_happened,
    ("Z08", JUNE): unproved_signing,
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
    ("Z36", LAST): disguised,
    ("Z46", LAST): last_time,
}
