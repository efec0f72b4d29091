"""C: single cells are filled, of their kind, plausible."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from baiti_xl.contest.columns import AnySheet, Column, Kind, R, When
from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.records import Reading, Table
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.rules.rule import ERROR, NOTE, WARNING, Rule, Shown
from baiti_xl.contest.sheets import COVER_FIELDS, DATA_SHEETS
from baiti_xl.contest.spellings import phone_digits, visible

YI = Decimal(10)
PHONE = re.compile(r"1[0-9]{10}|0[0-9]{9,11}")
LOCAL = re.compile(r"[0-9]{7,8}")
LOOKED_UP = ("code", "name", "group")
AMOUNTS = tuple(
    (s, c) for s in DATA_SHEETS for c in s.columns if c.kind is Kind.MONEY and c.field != "foreign"
)


# ── empty cells ──────────────────────────────────────────────────────────────────────────────────


def blank_rows(table: Table[R], column: Column) -> Iterator[R]:
    """Yield every row whose cell under a column is empty; unreadable is not empty."""
    values = table.columns.get(column.field, ())
    if column.field in table.letters and column.empty in values:
        for row, value in zip(table.records, values, strict=True):
            if (value is None or value == "") and (row.row, column.field) not in table.bad:
                yield row


def required_cells(case: Case, rule: Rule) -> Iterator[Finding]:
    """C01: a required cell is empty, on the cover or in a row."""
    for column in COVER_FIELDS:
        known = not any(r.field == column.field for r in case.submission.cover_readings)
        asked = column.required and column.field not in LOOKED_UP and column.since <= case.submission.form
        if asked and known:
            if getattr(case.cover, column.field) in (None, ""):
                yield rule.on_cover(case, column.field)
    for sheet in DATA_SHEETS:
        for column in sheet.columns:
            if column.required:
                for row in blank_rows(case.table(sheet), column):
                    yield rule.in_row(case, sheet, row, column.field)


def required_shown(book: Rulebook) -> Iterator[Shown]:
    """Yield C01 for every cell that must always be filled."""
    for column in COVER_FIELDS:
        if column.required and column.field not in LOOKED_UP:
            yield Shown(None, column.field, f"NOT([{column.field}?])")
    for sheet in DATA_SHEETS:
        yield from (Shown(sheet, c.field, f"NOT([{c.field}?])") for c in sheet.columns if c.required)


def conditional_cells(case: Case, rule: Rule) -> Iterator[Finding]:
    """C02, P03, P05: a cell is empty that another cell of the row makes necessary."""
    for sheet, column, when in conditional_columns(rule):
        for row in blank_rows(case.table(sheet), column):
            state = getattr(row, when.field)
            if state in when.values:
                trigger = sheet.fields[when.field].heading
                slots = {"trigger": trigger, "because": f"{trigger}为“{state}”"}
                yield rule.in_row(case, sheet, row, column.field, **slots)


def conditional_columns(rule: Rule) -> Iterator[tuple[AnySheet, Column, When]]:
    """Yield the columns whose need a rule tells, with their conditions."""
    for sheet in DATA_SHEETS:
        for column in sheet.columns:
            if column.when and column.when.rule == rule.id:
                yield sheet, column, column.when


def conditional_shown(rule_id: str) -> Callable[[Rulebook], Iterator[Shown]]:
    """Return how the template shows the columns whose need a rule tells."""

    def shown(book: Rulebook) -> Iterator[Shown]:
        for sheet in DATA_SHEETS:
            for c in sheet.columns:
                if c.when and c.when.rule == rule_id:
                    states = ",".join(f'[{c.when.field}]="{value}"' for value in c.when.values)
                    trigger = {"trigger": sheet.fields[c.when.field].heading}
                    yield Shown(sheet, c.field, f"AND(NOT([{c.field}?]),OR({states}))", trigger)

    return shown


# ── cells that are not of their kind ─────────────────────────────────────────────────────────────


def readings(case: Case, rule: Rule) -> Iterator[Finding]:
    """C03, C04, C06–C08: what could not be read, and what was read with a note."""
    for reading in case.submission.cover_readings:
        if reading.rule == rule.id:
            yield rule.on_cover(case, reading.field, reading.raw, **reading.slots)
    for sheet in DATA_SHEETS:
        for reading in case.table(sheet).readings:
            if reading.rule == rule.id:
                yield of_reading(case, rule, sheet, reading)


def of_reading(case: Case, rule: Rule, sheet: AnySheet, reading: Reading) -> Finding:
    """Return the finding of one odd reading, of a cell or of a whole sheet."""
    row = case.by_row[sheet.name].get(reading.row)
    if row is not None and reading.field:
        return rule.in_row(case, sheet, row, reading.field, reading.raw, **reading.slots)
    heading = sheet.fields[reading.field].heading if reading.field else ""
    place = Place(case.submission.file, sheet.name, f"A{reading.row}" if reading.row else "", heading)
    identity = sheet.identity(case.unit, row) if row is not None else ""
    return rule.at(place, reading.raw, row=reading.row, unit=case.unit, record=identity, **reading.slots)


def whole_numbers(case: Case, rule: Rule) -> Iterator[Finding]:
    """C03: what is no whole number, or below its least value."""
    yield from readings(case, rule)
    for column in COVER_FIELDS:
        value = getattr(case.cover, column.field)
        if column.kind is Kind.WHOLE and value is not None and value < column.low:
            yield rule.on_cover(case, column.field, value, low=column.low)
    yield from below_least(case, rule, Kind.WHOLE)


def short_texts(case: Case, rule: Rule) -> Iterator[Finding]:
    """C03: a text too short to say anything."""
    yield from below_least(case, rule, Kind.TEXT)


NAMES = ("enterprise", "name", "investor", "payer")  # the columns in which records are named, and told apart


def nameless(case: Case, rule: Rule) -> Iterator[Finding]:
    """C12: what stands for a name and has neither a letter nor a character nor a digit."""
    for sheet in DATA_SHEETS:
        for row in case.rows(sheet):
            for field in NAMES:
                value = getattr(row, field, "")
                if value and not any(letter.isalnum() for letter in value):
                    yield rule.in_row(case, sheet, row, field)


def below_least(case: Case, rule: Rule, kind: Kind) -> Iterator[Finding]:
    """Yield the cells of a kind that are less, or shorter, than their least."""
    for sheet in DATA_SHEETS:
        table = case.table(sheet)
        for column in sheet.columns:
            if column.kind is kind and column.low and column.field in table.letters:
                for row, value in zip(table.records, table.columns[column.field], strict=True):
                    if value not in (None, "") and size_of(value) < column.low:
                        yield rule.in_row(case, sheet, row, column.field, low=column.low)


def size_of(value: object) -> int:
    """Return a whole number, or how long a text is."""
    return value if isinstance(value, int) else len(visible(str(value)))


def unreadable_shown(*kinds: Kind, condition: str) -> Callable[[Rulebook], Iterator[Shown]]:
    """Return how the template shows filled cells of some kinds that cannot be read; `〈f〉` stands for the field."""

    def shown(book: Rulebook) -> Iterator[Shown]:
        for sheet, column in of_kinds(*kinds):
            told = condition.replace("〈f〉", column.field).replace("〈low〉", str(column.low))
            slots = {"measure": column.unit, "low": column.low, "choices": choices_of(column, book)}
            yield Shown(sheet, column.field, f"AND([{column.field}+],{told})", slots)

    return shown


def of_kinds(*kinds: Kind) -> Iterator[tuple[AnySheet | None, Column]]:
    """Yield the columns of some kinds, of the cover (sheet None) and of the data sheets."""
    yield from ((None, c) for c in COVER_FIELDS if c.kind in kinds and c.field not in LOOKED_UP)
    yield from ((s, c) for s in DATA_SHEETS for c in s.columns if c.kind in kinds)


def choices_of(column: Column, book: Rulebook) -> str:
    """Return what a choice column offers, for its sentence."""
    return "、".join(column.choices or book.industries) if column.kind is Kind.CHOICE else ""


def suspicious(case: Case, rule: Rule, *, holds: Callable[[Decimal, Rulebook], bool]) -> Iterator[Finding]:
    """C05, C11: an amount that looks like 亿元 or 元 instead of 万元."""
    for sheet, column in AMOUNTS:
        table = case.table(sheet)
        for row, value in zip(table.records, table.columns.get(column.field, ()), strict=False):
            if value is not None and holds(value, case.book):
                yield rule.in_row(case, sheet, row, column.field, reading=f"{value:f}")


def suspicious_shown(condition: Callable[[Rulebook], str]) -> Callable[[Rulebook], Iterator[Shown]]:
    """Return how the template shows doubtful amounts; `〈f〉` stands for the field."""
    return lambda book: (Shown(s, c.field, condition(book).replace("〈f〉", c.field)) for s, c in AMOUNTS)


def phone_number(case: Case, rule: Rule) -> Iterator[Finding]:
    """C03: the cover's telephone is no mobile number, and no number of the county or with its area code."""
    phone = case.cover.phone
    digits = phone_digits(phone)
    digits = case.book.area_code + digits if LOCAL.fullmatch(digits) else digits
    if visible(phone) and not PHONE.fullmatch(digits):
        yield rule.on_cover(case, "phone", phone)


def phone_shown(book: Rulebook) -> list[Shown]:
    """Return how the template shows a telephone number that cannot be one."""
    mobile = 'AND(LEFT(〈phone〉,1)="1",〈phone marks〉=REPT("0",11))'
    fixed = 'AND(LEFT(〈phone〉,1)="0",OR(〈phone marks〉=REPT("0",10),〈phone marks〉=REPT("0",11),〈phone marks〉=REPT("0",12)))'
    local = 'OR(〈phone marks〉=REPT("0",7),〈phone marks〉=REPT("0",8))'
    return [Shown(None, "phone", f"AND([phone?],NOT(OR({mobile},{fixed},{local})))")]


def errors_shown(book: Rulebook) -> Iterator[Shown]:
    """Yield C06 for every cell of a data sheet."""
    return (Shown(sheet, c.field, f"[{c.field}#]") for sheet in DATA_SHEETS for c in sheet.columns)


def total_rows(case: Case, rule: Rule) -> Iterator[Finding]:
    """C09: a row of totals was skipped."""
    for sheet in DATA_SHEETS:
        for row in case.table(sheet).skipped:
            yield rule.at(Place(case.submission.file, sheet.name, f"A{row}"), "合计", row=row, unit=case.unit)


SEEN_BY_EXCEL = "公式看不到隐藏、合并和没有算出的公式"
RULES = (
    Rule(
        "C01", ERROR, "必填项为空", "必填项「{heading}」没有填", "请补填", find=required_cells, shown=required_shown,
        wrong={"拜访客商": "目的地\n'　"}, right={"拜访客商": "目的地 | 备注\n广东佛山 | "},
    ),
    Rule(
        "C02", ERROR, "条件必填项为空", "按「{trigger}」所填的内容，「{heading}」必须填写", "请补填，或改正「{trigger}」",
        detail="（{because}）", find=conditional_cells, shown=conditional_shown("C02"),
        wrong={"困难问题": "状态 | 解决日期\n已解决 | "}, right={"困难问题": "状态 | 解决日期\n未解决 | "},
    ),
    Rule(
        "C03/date", ERROR, "日期无法识别", "「{heading}」不是可以确定的日期", "请写成“年-月-日”的完整日期",
        detail="（{why}）", find=readings, shown=unreadable_shown(Kind.DATE, condition="[〈f〉]=0"),
        wrong={"拜访客商": "返回日期\n'9/5"}, right={"拜访客商": "返回日期\n'2011年5月12日"},
    ),
    Rule(
        "C03/number", ERROR, "数字无法识别", "「{heading}」不是可以确定的数字", "请只填不小于 0 的数字，单位统一为{measure}",
        detail="（{why}）", find=readings, shown=unreadable_shown(Kind.MONEY, Kind.PERCENT, condition="[〈f〉]<0"),
        wrong={"到位资金": "到位金额\n'1e3"}, right={"到位资金": "到位金额\n'1,200万元"},
    ),
    Rule(
        "C03/rate", ERROR, "汇率无法识别", "「{heading}」应为大于 0 的数字", "请核对后改正", detail="（{why}）",
        find=readings, shown=unreadable_shown(Kind.RATE, condition="[〈f〉]<=0"),
        wrong={"到位资金": "币种 | 汇率\n美元 | 0"}, right={"到位资金": "币种 | 汇率 | 原币金额 | 到位金额\n美元 | '6.5 | 20 | 130"},
    ),
    Rule(
        "C03/whole", ERROR, "不是整数", "「{heading}」应为不小于 {low} 的整数", "请核对后改正",
        find=whole_numbers, shown=unreadable_shown(Kind.WHOLE, condition="[〈f〉]<〈low〉"),
        wrong={"拜访客商": "外出人数\n2.5"}, right={"拜访客商": "外出人数\n1"},
    ),
    Rule(
        "C03/choice", ERROR, "不在选项内", "「{heading}」只能填：{choices}", "请从下拉列表里选择",
        find=readings, shown=unreadable_shown(Kind.CHOICE, condition="ISNA(MATCH([〈f〉],[〈f〉…],0))"),
        wrong={"拜访客商": "领导层级\n县长"}, right={"拜访客商": "领导层级\n班子成员"},
    ),
    Rule(
        "C03/short", ERROR, "内容过短", "「{heading}」至少要写 {low} 个字", "请写清楚具体内容", find=short_texts,
        shown=lambda book: (
            Shown(s, c.field, f"AND([{c.field}+],LEN([{c.field}])<{c.low})", {"low": c.low})
            for s, c in of_kinds(Kind.TEXT) if c.low
        ),
        wrong={"拜访客商": "洽谈内容\n洽谈项目"}, right={"拜访客商": "洽谈内容\n洽谈羽绒服装加工项目"},
    ),
    Rule(
        "C03/phone", ERROR, "电话号码不对", "「{heading}」应是 11 位手机号，或区号加座机号", "请核对后改正",
        find=phone_number, shown=phone_shown,
        wrong={"封面": "联系电话\n'138000"}, right={"封面": "联系电话\n'+86 138-0000 0000"},
    ),
    Rule(
        "C04", NOTE, "已按规范写法读取", "「{heading}」写法不规范，已读作 {reading}", "读得对就不必处理；不对请改成规范写法",
        find=readings, unseen="只是提示办公室怎样读了这一格",
    ),
    Rule(
        "C04/text", NOTE, "日期或数字按文本存放", "「{heading}」是按文本存放的，已读作 {reading}", "读得对就不必处理", find=readings,
        unseen="只是提示办公室怎样读了这一格",
    ),
    Rule(
        "C04/mark", WARNING, "有看不见的控制符", "「{heading}」里有看不见的控制符（{code}），已按空格读取", "请重新输入这一格的文字",
        find=readings, unseen="公式认不出这些符号",
    ),
    Rule(
        "C04/year", WARNING, "日期没有年份", "「{heading}」没有写年份", "请补上年份", detail="，暂读作 {reading}", find=readings,
        shown=lambda book: (
            Shown(s, c.field, f"AND([{c.field}?],[{c.field}]>0,OR([{c.field}~]=\"月日\",[{c.field}~]=\"月目\",[{c.field}~]=\"月号\"))")
            for s, c in of_kinds(Kind.DATE)
        ),
        wrong={"拜访客商": "返回日期\n'5月12日"}, right={"拜访客商": "返回日期\n'2011.5.12"},
    ),
    Rule(
        "C04/percent", WARNING, "份额疑为比例", "「{heading}」填的数小于 1，按百分之零点几计", "如指百分之几十，请改填如 60",
        detail="（现为百分之 {reading}）", find=readings,
        shown=lambda book: (
            Shown(s, c.field, f'AND([{c.field}]>0,[{c.field}]<1,ISERROR(FIND("%",[{c.field}~])))') for s, c in of_kinds(Kind.PERCENT)
        ),
        wrong={"项目台账": "引进方式 | 本单位份额\n联合 | 0.6"}, right={"项目台账": "引进方式 | 本单位份额\n联合 | '60%"},
    ),
    Rule(
        "C05", WARNING, "金额疑为亿元", "「{heading}」数额过小，疑似按亿元填写", "请核对；如确是万元，请在备注说明",
        detail="（{reading} 万元）", find=partial(suspicious, holds=lambda value, book: 0 < value < YI),
        shown=suspicious_shown(lambda book: f"AND([〈f〉]>0,[〈f〉]<{YI})"),
        wrong={"到位资金": "到位金额\n1.2"}, right={"到位资金": "到位金额\n10"},
    ),
    Rule(
        "C06", ERROR, "单元格公式出错", "「{heading}」显示错误值", "请改填实际内容", detail=" {value}",
        find=readings, shown=errors_shown,
        wrong={"到位资金": "备注\n=1/0"}, right={"到位资金": "备注\n分期到位"},
    ),
    Rule(
        "C07", ERROR, "公式没有结果", "「{heading}」是没有计算出结果的公式", "请打开文件重新计算并保存，或直接填数",
        find=readings, unseen=SEEN_BY_EXCEL,
    ),
    Rule(
        "C08/row", WARNING, "隐藏行有数据", "第 {rows} 行被隐藏或筛掉，但有数据（仍然计入）", "请取消隐藏后核对",
        find=readings, unseen=SEEN_BY_EXCEL,
    ),
    Rule(
        "C08/column", WARNING, "隐藏列有数据", "「{heading}」列被隐藏，但有数据（仍然计入）", "请取消隐藏后核对",
        find=readings, unseen=SEEN_BY_EXCEL,
    ),
    Rule(
        "C08/unseen", WARNING, "内容看不见", "{cells} 里有看不见的内容（字与底色相同、字号太小，或格式不显示），仍然计入",
        "请改成看得见的字体和格式，核对后再报", find=readings, unseen=SEEN_BY_EXCEL,
    ),
    Rule(
        "C08/merge", WARNING, "单元格被合并", "{range} 被上下合并，只有最上一行有值", "请取消合并，逐行填写",
        find=readings, unseen=SEEN_BY_EXCEL,
    ),
    Rule(
        "C09", NOTE, "合计行已跳过", "这一行是合计，没有计入", "不必处理；模板里不用写合计",
        find=total_rows, unseen="只是提示，合计行在自检里也不算行数",
    ),
    Rule(
        "C10", ERROR, "长数字丢了尾数", "「{heading}」是超过 15 位的数字，Excel 已经把末尾几位变成 0", "请把单元格设为文本，再按原件重新输入",
        find=readings, shown=lambda book: (
            Shown(s, c.field, f"MAX([{c.field}!])>=1E15") for s, c in of_kinds(Kind.TEXT, Kind.KEY)
        ),
        wrong={"到位资金": "凭证号\n622202100111624000"}, right={"到位资金": "凭证号\n'622202100111624012"},
    ),
    Rule(
        "C11", ERROR, "金额疑为元", "「{heading}」超过单笔金额上限，多半是按元填写", "请改成万元；确是万元的，请办公室裁定后计入",
        own="请改成万元；确是万元的，书面说明并附材料", detail="（{reading} 万元）", find=partial(suspicious, holds=lambda value, book: value > book.largest),
        shown=suspicious_shown(lambda book: f"[〈f〉]>{book.largest:f}"),
        wrong={"项目台账": "总投资\n200000.01"}, right={"项目台账": "总投资\n200000"},
    ),
    Rule(
        "C12", ERROR, "名称里没有字", "「{heading}」里没有一个字", "请填写名称", find=nameless,
        unseen="公式认不出一段文字里有没有字",
    ),
)  # fmt: skip
