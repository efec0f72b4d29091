"""D: dates against each other, the submission's day and the contest."""

from collections.abc import Iterator
from datetime import date

from baiti_xl.contest.columns import AnySheet, Column, Kind
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.rules.rule import ERROR, WARNING, Rule, Shown
from baiti_xl.contest.sheets import DATA_SHEETS, PROJECTS

# The dates by which a row belongs to the contest or not.
OWN_DAYS: tuple[tuple[AnySheet, str], ...] = (
    *((sheet, sheet.own_day) for sheet in DATA_SHEETS if sheet.own_day),
    *((PROJECTS, name) for name in ("signed", "started", "completed")),
)
EVENTS = tuple((s, c) for s in DATA_SHEETS for c in s.columns if c.kind is Kind.DATE and not c.planned)


def order(case: Case, rule: Rule) -> Iterator[Finding]:
    """D01: two dates of a row are out of order."""
    for sheet in DATA_SHEETS:
        for first, second in sheet.order:
            for row in case.rows(sheet):
                early, late = getattr(row, first), getattr(row, second)
                if early and late and late < early:
                    slots = {**headings(sheet, first, second), "early_day": early, "late_day": late}
                    yield rule.in_row(case, sheet, row, second, **slots)


def headings(sheet: AnySheet, first: str, second: str) -> dict[str, str]:
    """Return what two dates are called."""
    return {"earlier": sheet.fields[first].heading, "later": sheet.fields[second].heading}


def order_shown(book: Rulebook) -> Iterator[Shown]:
    """Yield D01 for each pair of dates."""
    for sheet in DATA_SHEETS:
        for first, second in sheet.order:
            told = f"AND([{first}]>0,[{second}]>0,[{second}]<[{first}])"
            yield Shown(sheet, second, told, headings(sheet, first, second))


def dated(case: Case, sheet: AnySheet, column: Column) -> Iterator[tuple[object, date]]:
    """Yield (row, day) of the rows that have a day in a column."""
    table = case.table(sheet)
    for row, day in zip(table.records, table.columns.get(column.field, ()), strict=False):
        if day is not None:
            yield row, day


def after_cutoff(case: Case, rule: Rule) -> Iterator[Finding]:
    """D02: something is dated after 填报截止日期, though it cannot have happened yet."""
    cutoff = case.cover.cutoff
    if cutoff is not None:
        for sheet, column in EVENTS:
            for row, day in dated(case, sheet, column):
                if day > cutoff:
                    yield rule.in_row(case, sheet, row, column.field, day=day, cutoff=cutoff)


def before_contest(case: Case, rule: Rule) -> Iterator[Finding]:
    """D03: something is dated before the contest began, so it does not count."""
    start = case.book.start
    for sheet, name in OWN_DAYS:
        for row, day in dated(case, sheet, sheet.fields[name]):
            if day < start:
                yield rule.in_row(case, sheet, row, name, day=day, start=start)


RULES = (
    Rule(
        "D01", ERROR, "日期先后颠倒", "{later}早于{earlier}", "请核对两个日期", detail="（{late_day} 早于 {early_day}）",
        find=order, shown=order_shown,
        wrong={"拜访客商": "拜访日期 | 返回日期\n2011-5-10 | 2011-5-9"}, right={"拜访客商": "拜访日期 | 返回日期\n2011-5-10 | 2011-5-10"},
    ),
    Rule(
        "D02", ERROR, "日期晚于截止日", "「{heading}」晚于填报截止日期", "请核对日期；尚未发生的事不要填报",
        detail="（{day} 晚于 {cutoff}）", find=after_cutoff,
        shown=lambda book: (Shown(s, c.field, f"[{c.field}]>〈cutoff〉") for s, c in EVENTS),
        wrong={"到位资金": "到位日期\n2011-7-13"}, right={"到位资金": "到位日期\n2011-7-12"},
    ),
    Rule(
        "D03", WARNING, "早于竞赛开始", "「{heading}」早于竞赛开始日，不计入竞赛成绩", "日期无误就不必处理", "方案三",
        detail="（{day} 早于 {start}）", find=before_contest,
        shown=lambda book: (Shown(s, name, f"AND([{name}]>0,[{name}]<〈start〉)") for s, name in OWN_DAYS),
        wrong={"到位资金": "到位日期\n2011-4-12"}, right={"到位资金": "到位日期\n2011-4-13"},
    ),
)  # fmt: skip
