"""Who reported, and the county's figures with their growth."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from baiti_xl.documents.facts.fields import Declared, Each
from baiti_xl.documents.facts.head import Facts
from baiti_xl.documents.facts.measures import (
    COMPLETED,
    GUESTS,
    NOT_REPORTED,
    STARTED,
    TRAVELLERS,
    TRIPS,
    change,
    flagged,
    of_group,
    quotient,
    span_of,
    total,
)
from baiti_xl.documents.facts.notes import NOTHING, Notes, count_of, some_names
from baiti_xl.documents.facts.standings import naming
from baiti_xl.records import Figure, Outcome, Status
from baiti_xl.rulebook import SIGNED, Rulebook

REPORTING: Declared = {
    "应报数": "应报送单位个数",
    "已报数": "本期已报送单位个数",
    "报送率": "已报数 ÷ 应报数；用 |百分比",
    "未报": Each(
        "没有按期报送的单位，按情形分列", {"情形": "如 未报送、退回", "个数": "单位个数", "单位": "单位名称"}
    ),
}
STATES = {
    Status.MISSING: "未报送",
    Status.RETURNED: "报送表退回修改",
    Status.CONFLICT: "同一批次报送内容不一致",
    Status.REPORTED: "未更新本期数据",
    Status.RETROSPECT: "只报有以后日期的数据",
}


def reporting(place: str, outcome: Outcome, notes: Notes) -> Facts:
    """Return the fields of `REPORTING`: a unit has reported unless it bears the flag 未报送."""
    late = {e.unit.code for e in flagged(outcome, NOT_REPORTED)}
    every = count_of("单位个数", [r.unit for r in outcome.results])
    done = count_of("单位个数", [r.unit for r in outcome.results if r.unit.code not in late])
    rows = []
    for status, label in STATES.items():
        units = [r.unit for r in outcome.results if r.account.status is status and r.unit.code in late]
        if units:
            count = notes.text(f"{place} {label}", count_of("单位个数", units))
            rows.append({"情形": label, "个数": count, "单位": some_names(units)})
    return {
        "应报数": notes.value(f"{place} 应报", every),
        "已报数": notes.value(f"{place} 已报", done),
        "报送率": notes.value(place, quotient("报送率", done, every)),
        "未报": rows,
    }


# ── totals ───────────────────────────────────────────────────────────────────────────────────────

TOTAL_FIELDS: Declared = {
    "比较日": "日期：与哪一天比较，没有则为空",
    "本期首日": "日期：“本期”的第一天",
    "指标": Each(
        "启用的各项竞赛内容的全县数",
        {
            "名称": "如 新上项目数",
            "称谓": "行文中的叫法，如 新上项目",
            "单位": "个、家、万元；竣工率为空",
            "全县": "全县数值",
            "乡镇": "乡镇合计",
            "县直": "县直合计",
            "本期增加": "比较日以来的增加数，不比较时为 —",
            "变化": "增加、减少或持平；不比较时为空",
            "变化数": "增加或减少的数，不带正负号",
        },
    ),
    "全无": "是否各项全为零",
    "拜访批次": "全县外出招商批次；用 |数",
    "拜访人次": "全县外出招商人次；用 |数",
    "邀请人次": "全县邀请来访人次；用 |数",
    "竣工项目": "竣工率的分子；用 |数",
    "竣工分母": "竣工率的分母；用 |数",
    "竣工分母口径": "签约或开工",
}


def totals(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the county's figures with their growth."""
    rows = [total_row(place, c, outcome, book, notes) for c in book.active]
    rate = total("竣工率", outcome.results)
    return {
        "比较日": outcome.since,
        "本期首日": span_of(outcome, book).first,
        "指标": rows,
        "全无": not any(total(c.name, outcome.results).value for c in book.active),
        "拜访批次": notes.value(place, total(TRIPS, outcome.results)),
        "拜访人次": notes.value(place, total(TRAVELLERS, outcome.results)),
        "邀请人次": notes.value(place, total(GUESTS, outcome.results)),
        "竣工项目": notes.value(f"{place} 竣工率", Figure(COMPLETED, rate.numerator, rate.lines)),
        "竣工分母": notes.value(f"{place} 竣工率", base_of(rate, book)),
        "竣工分母口径": book.completion_basis,
    }


def base_of(rate: Figure, book: Rulebook) -> Figure:
    """Return the denominator of 竣工率 as a figure."""
    name = SIGNED if book.completion_basis == "签约" else STARTED
    return Figure(name, rate.denominator, rate.denominator_lines)


def total_row(place: str, comparison: Any, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return one comparison's totals."""
    name, table = comparison.name, f"{place} 表1"
    growth = change(name, outcome)
    return {
        **naming(comparison, book),
        "全县": notes.text(f"{table} 全县", total(name, outcome.results)),
        "乡镇": notes.text(f"{table} 乡镇", total(name, of_group(outcome, "乡镇"))),
        "县直": notes.text(f"{table} 县直", total(name, of_group(outcome, "县直"))),
        "本期增加": notes.text(f"{table} 本期增加", growth) if growth else NOTHING,
        **growth_words(place, growth, notes),
    }


def growth_words(place: str, growth: Figure | None, notes: Notes) -> Facts:
    """Return whether a figure grew, and by how much."""
    if growth is None or growth.value is None:
        return {"变化": "", "变化数": ""}
    if not growth.value:
        return {"变化": "持平", "变化数": ""}
    if growth.value > 0:
        return {"变化": "增加", "变化数": notes.text(f"{place} 本期", growth)}
    fall = Figure(growth.name, -growth.value, tuple(negated(growth)))
    return {"变化": "减少", "变化数": notes.text(f"{place} 本期减少", fall)}


def negated(figure: Figure) -> Iterator[Any]:
    """Yield a figure's records with their signs turned."""
    return (replace(x, value=-x.value) for x in figure.lines)
