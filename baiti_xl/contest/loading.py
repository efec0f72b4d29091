"""The rulebook from the console's sheets, and back: every value checked, every fault named with its cell.

The sheets 规则 阶段 档次 指标 单位名录 调度 裁定 are the source at run time. A console of an earlier version is read: a
parameter, a comparison or a sheet it does not know yet takes its default, and `Rulebook.notes` says so. Whatever else
is missing or wrong is reported, and nothing runs.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from baiti_xl.contest.choices import Decision, Flag, Inspected, Level, Reviewed, Seal
from baiti_xl.contest.measures import comparisons
from baiti_xl.contest.periods import calendar, usual_periods
from baiti_xl.contest.records import Arrival, Inspection, Reply, ReviewAnswer, Ruling, Unit
from baiti_xl.contest.rulebook import (
    DEFAULT_LEVELS,
    DEFAULT_PHASES,
    DEFAULT_TIERS,
    DEPARTMENTS,
    PARAMETERS,
    TOWNSHIPS,
    Comparison,
    Days,
    DaySpan,
    FlagLevel,
    Parameter,
    Period,
    Phase,
    Rulebook,
    Sending,
    Tier,
    parameter_text,
    usual_id,
)
from baiti_xl.contest.rules import RULE_IDS
from baiti_xl.contest.sending import ANSWERED, KINDS, sendings
from baiti_xl.contest.values import as_text, column_letter, listed
from baiti_xl.errors import UserError

RULES, PHASES, TIERS, COMPARISONS, UNITS, SCHEDULE, LEVELS, INSPECTIONS, RULINGS, ARRIVALS, SENDING, REVIEW, REPLIES = (
    "规则", "阶段", "档次", "指标", "单位名录", "调度", "督查等级", "督查记录", "裁定", "到达登记", "发文", "会审", "回复登记"
)  # fmt: skip
LATER_SHEETS = (
    SCHEDULE,
    LEVELS,
    INSPECTIONS,
    ARRIVALS,
    SENDING,
    REVIEW,
    REPLIES,
)  # that earlier consoles lack
FULL_NAME, FORMER, MERGED, MERGED_ON, TARGET_PROJECTS, TARGET_PAID = (
    "全称", "曾用代码", "并入", "并入日期", "目标项目数", "目标到位资金"
)  # fmt: skip
ALIASES, MAIL, EXPOSED = "别名", "邮箱", "连续几期建议曝光"
LATER_HEADINGS = {  # nor these
    UNITS: (FULL_NAME, FORMER, MERGED, MERGED_ON, TARGET_PROJECTS, TARGET_PAID, ALIASES, MAIL),
    LEVELS: (EXPOSED,),
}
GROUPS = ("乡镇", "县直")
EXPOSED_AFTER = 2  # periods at 约谈 that lead to 建议曝光
ID, ID_NAME = "contest_id", "竞赛标识"
HEADING_SEARCH = 20
SERIES = re.compile("[\u4e00-\u9fff]{1,12}")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
AREA_CODE = re.compile("0[0-9]{2,3}")
ONE_DAY, LONGEST = timedelta(days=1), timedelta(days=3 * 366)
FIRST_YEAR, LAST_YEAR = 1990, 2200
MOST_PERIODS = 60  # each is worked out again in every run
MOST_DIGITS, MOST_DECIMALS = 40, 20  # of a number, as it is typed
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
LINES = re.compile("[\t\n\r\x0b\x0c\u2028\u2029]")
MOST_TEXT = 1000  # characters of any cell
NAME, LIST = 30, 200  # of what stands in titles and names of files, and of several names
OFFICE = 60  # of an office: that of a county with a long name and its contest has 34
OFFICES = frozenset({"organiser", "office", "inspectors", "issuer"})

Grid = Sequence[Sequence[object]]


def default_units() -> tuple[Unit, ...]:
    """Return the factory unit list: the nine townships, and usual departments to be edited."""
    towns = tuple(Unit(f"X{i:02}", name, "乡镇", copied=False) for i, name in enumerate(TOWNSHIPS, 1))
    offices = tuple(Unit(f"Z{i:02}", name, "县直", copied=False) for i, name in enumerate(DEPARTMENTS, 1))
    return towns + offices


def default_rulebook() -> Rulebook:
    """Return the factory default: 台前县 2011."""
    return Rulebook(
        **{p.field: p.value for p in PARAMETERS},
        phases=DEFAULT_PHASES,
        tiers=DEFAULT_TIERS,
        comparisons=tuple(Comparison(m.name, Decimal(1)) for m in comparisons()),
        units=default_units(),
    )


# ── loading from the console's sheets ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong in the console, at its cell."""

    sheet: str
    cell: str
    message: str

    def __str__(self) -> str:
        return f"操作台「{self.sheet}」{self.cell}：{self.message}"


class RulebookError(UserError):
    """The console cannot be used; `faults` names every cell to mend."""

    faults: tuple[RuleFault, ...]

    def __init__(self, faults: Sequence[RuleFault]) -> None:
        super().__init__(faults=faults)


@dataclass(frozen=True, slots=True)
class ConsoleRow:
    """One row of a console sheet: values by heading, and the cell of each; none under one that an earlier version lacks."""

    sheet: str
    number: int
    values: Mapping[str, object]
    letters: Mapping[str, str]

    def cell(self, heading: str) -> str:
        """Return the address of the cell under a heading."""
        return f"{self.letters.get(heading, 'A')}{self.number}"

    def text(self, heading: str) -> str:
        """Return a cell as text, trimmed; whole numbers without a decimal point."""
        return as_text(self.values.get(heading))


class Faults(list[RuleFault]):
    """Collects faults while loading goes on."""

    def note(self, row: ConsoleRow, heading: str, message: str) -> None:
        """Record what is wrong with one cell."""
        self.append(RuleFault(row.sheet, row.cell(heading), message))


LACKING = {
    SCHEDULE: "调度会和报送截止日按“调度会间隔”推算",
    LEVELS: "督查等级按默认的处理",
    INSPECTIONS: "按没有督查记录处理",
    ARRIVALS: "报送的到达日期按程序第一次读到的日期算",
    SENDING: "发文机关和编号按默认的处理",
    REVIEW: "会审事项按都没有答复处理",
    REPLIES: "按没有收到回复处理",
}
HEADINGS = {
    RULES: ("参数", "值", "单位", "说明", "依据"),
    PHASES: ("阶段", "开始日", "结束日"),
    TIERS: ("档次", "下限（万元）", "名称"),
    COMPARISONS: ("指标", "权重", "启用"),
    UNITS: ("单位代码", "单位名称", "类别", "是否承担任务", "负责人", "抄送", *LATER_HEADINGS[UNITS]),
    SCHEDULE: ("期次", "报送截止日", "调度会日期", "时间", "地点", "备注"),
    LEVELS: ("督查情形", "等级", "连续几期升为约谈", EXPOSED),
    INSPECTIONS: ("日期", "单位", "记录标识", "核查内容", "结论", "督查人"),
    RULINGS: ("记录标识", "规则编号", "裁定", "值", "理由", "裁定人", "日期"),
    ARRIVALS: ("单位代码", "填报截止日期", "报送批次", "到达日期", "理由", "登记人"),
    SENDING: (
        "文种",
        "发文机关",
        "机关代字",
        "编号",
        "起始号",
        "主送",
        "抄送",
        "签发人",
        "答复期限（工作日）",
        "印章",
    ),
    REVIEW: ("事项标识", "答复", "理由", "答复人", "日期", "事项"),
    REPLIES: ("文种", "统计日", "回复单位", "回复日期", "回复内容", "登记人"),
}
LENGTHS: Mapping[str, Mapping[str, int]] = {  # of what is printed as a name, in one line
    PHASES: {"阶段": NAME},
    TIERS: {"名称": NAME},
    UNITS: {"单位名称": NAME, "类别": NAME, "负责人": NAME, FULL_NAME: LIST, ALIASES: LIST},
    SCHEDULE: {"时间": NAME, "地点": LIST},
    INSPECTIONS: {"单位": NAME, "督查人": NAME},
    RULINGS: {"裁定人": NAME},
    ARRIVALS: {"登记人": NAME},
    SENDING: {"发文机关": OFFICE, "主送": LIST, "抄送": LIST, "签发人": NAME},
    REVIEW: {"答复人": NAME},
    REPLIES: {"回复单位": NAME, "登记人": NAME},
}


def load(grids: Mapping[str, Grid]) -> Rulebook:
    """Read the rulebook from the console's sheets (cell grids from A1, empty cells None or "").

    Raises RulebookError naming every wrong cell.
    """
    faults = Faults()
    lacking = [sheet for sheet in LATER_SHEETS if grids.get(sheet) is None]
    rows = {
        sheet: list(read_rows(sheet, grids.get(sheet), faults)) if sheet not in lacking else []
        for sheet in HEADINGS
    }
    if faults:
        raise RulebookError(faults)
    values, notes = load_parameters(rows[RULES], faults)
    phases = load_phases(rows[PHASES], values, faults)
    tiers = load_tiers(rows[TIERS], faults)
    compared, unknown = load_comparisons(rows[COMPARISONS], faults)
    units = load_units(rows[UNITS], faults)
    schedule = load_schedule(rows[SCHEDULE], values, faults)
    rulings = load_rulings(rows[RULINGS], faults)
    arrivals = load_arrivals(rows[ARRIVALS], faults)
    levels = load_levels(rows[LEVELS], faults)
    inspections = load_inspections(rows[INSPECTIONS], faults)
    answers = load_answers(rows[REVIEW], faults)
    replies = load_replies(rows[REPLIES], faults)
    sent = load_sendings(rows[SENDING], faults)
    if faults:
        raise RulebookError(faults)
    book = Rulebook(
        **values,
        phases=phases,
        tiers=tiers,
        comparisons=compared,
        units=units,
        rulings=rulings,
        schedule=schedule,
        arrivals=arrivals,
        levels=levels,
        inspections=inspections,
        answers=answers,
        replies=replies,
        notes=(
            *notes,
            *unknown,
            *(f"操作台没有“{sheet}”这张表，{LACKING[sheet]}" for sheet in lacking),
            *(
                f"操作台「{sheet}」没有这几列，按没有填写处理：{'、'.join(names)}"
                for sheet, names in absent(rows)
            ),
        ),
    )
    told = sendings(replace(book, sendings=sent))  # what is left empty follows from 规则
    return replace(book, sendings=told if told != sendings(book) else ())


def absent(rows: Mapping[str, Sequence[ConsoleRow]]) -> Iterator[tuple[str, list[str]]]:
    """Yield (sheet, headings) of what a console of an earlier version does not have."""
    for sheet, names in LATER_HEADINGS.items():
        missing = [name for name in names if rows[sheet] and name not in rows[sheet][0].letters]
        if missing:
            yield sheet, missing


def read_rows(sheet: str, grid: Grid | None, faults: Faults) -> Iterator[ConsoleRow]:
    """Yield the filled rows of a console sheet below its headings, wherever the headings stand."""
    if grid is None:
        faults.append(RuleFault(sheet, "A1", "缺少这张工作表；请从新的操作台复制过来"))
        return
    headings = HEADINGS[sheet]
    titles = [{as_text(value): i for i, value in enumerate(row)} for row in grid[:HEADING_SEARCH]]
    at = max(range(len(titles)), key=lambda i: sum(h in titles[i] for h in headings), default=None)
    if at is None or headings[0] not in titles[at]:
        faults.append(RuleFault(sheet, "A1", f"找不到标题“{headings[0]}”；请恢复标题行"))
        return
    found = titles[at]
    missing = [h for h in headings if h not in (*found, *LATER_HEADINGS.get(sheet, ()))]
    if missing:
        faults.append(RuleFault(sheet, f"A{at + 1}", f"缺少标题：{'、'.join(missing)}；请补回"))
        return
    letters = {h: column_letter(found[h]) for h in headings if h in found}
    for number, cells in enumerate(grid[at + 1 :], at + 2):
        values = {h: cells[found[h]] if found.get(h, len(cells)) < len(cells) else None for h in headings}
        if any(as_text(v) for v in values.values()):
            row = ConsoleRow(sheet, number, values, letters)
            check_texts(row, faults)
            yield row


def check_texts(row: ConsoleRow, faults: Faults) -> None:
    """Note cells whose text is too long for where it is printed, or holds marks that nobody sees and no file can hold."""
    longest = LENGTHS.get(row.sheet, {})
    for heading, value in row.values.items():
        if not isinstance(value, str):
            continue
        bad, most = UNPRINTABLE.search(value), longest.get(heading, MOST_TEXT)
        if bad:
            mark = f"U+{ord(bad[0]):04X}"
            faults.note(row, heading, f"“{heading}”含有看不见的控制字符 {mark}；请删去这个单元格重新输入")
        if heading in longest and LINES.search(value.strip()):
            faults.note(row, heading, f"“{heading}”里有换行；请写在一行")
        if len(value) > most:
            faults.note(row, heading, f"“{heading}”有 {len(value)} 个字，不能超过 {most} 个；请改短")


def as_day(value: object) -> date | None:
    """Return a console cell as a day of 1990 to 2200 if it is a real date or an ISO date text."""
    day = value.date() if isinstance(value, datetime) else value
    if not isinstance(day, date):
        try:
            year, month, day = map(int, as_text(value)[:MOST_DIGITS].split("-"))
            day = date(year, month, day)
        except ValueError:
            return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def as_number(value: object) -> Decimal | None:
    """Return a console cell as a number ≥ 0 that can be written out, or None."""
    text = as_text(value)
    try:
        number = Decimal(text if len(text) <= MOST_DIGITS else "")
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number < Decimal(10) ** 12:
        return None
    exponent = number.as_tuple().exponent
    return number if isinstance(exponent, int) and exponent >= -MOST_DECIMALS else None


def as_whole(value: object) -> int | None:
    """Return a console cell as a whole number from 1 to 100000, or None."""
    number = as_number(value)
    if number is None or number != int(number) or not 1 <= number <= 100_000:
        return None
    return int(number)


def as_days(value: object) -> int | None:
    """Return a console cell as a number of days from 0 to 1000, or None."""
    number = as_number(value)
    return int(number) if number is not None and number == int(number) and number <= 1000 else None


def as_spans(value: object) -> tuple[DaySpan, ...] | None:
    """Return a console cell as spans of days, 2011-5-1至2011-5-3 separated by 顿号, or None."""
    found = []
    for text in listed(value):
        start, end = (as_day(part.strip()) for part in (text.partition("至")[::2]))
        if start is None or end is None or end < start:
            return None
        found.append(DaySpan(start, end))
    return tuple(found)


def as_yes(value: object) -> bool | None:
    """Return 是 as True and 否 as False, else None."""
    return {"是": True, "否": False}.get(as_text(value))


CONVERTERS: Mapping[Any, tuple[Callable[[object], Any], str]] = {
    str: (lambda v: as_text(v) or None, "不能为空"),
    date: (as_day, "应为日期，如 2011-4-13"),
    Days: (as_days, "应为 0 到 1000 的整数"),
    int: (as_whole, "应为 1 到 100000 的整数"),
    Decimal: (as_number, "应为不小于 0 的数字"),
    bool: (as_yes, "只能填“是”或“否”"),
    tuple[str, ...]: (listed, ""),
    tuple[DaySpan, ...]: (as_spans, "应写成 2011-5-1至2011-5-3，几段用顿号分开"),
}


def load_parameters(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[dict[str, Any], list[str]]:
    """Return the value of every parameter by its field, and a note for each that the console does not know yet.

    Unknown and repeated parameters are faults.
    """
    known = {p.name: p for p in PARAMETERS}
    values: dict[str, Any] = {}
    for row in rows:
        parameter = known.get(row.text("参数"))
        if parameter is None:
            faults.note(row, "参数", f"没有“{row.text('参数')}”这个参数；请改正或删去这一行")
        elif parameter.field in values:
            faults.note(row, "参数", f"参数“{parameter.name}”重复；请只留一行")
        else:
            values[parameter.field] = load_parameter(parameter, row, faults)
    missing = [p for p in PARAMETERS if p.field not in values]
    values |= {p.field: p.value for p in missing}
    if not values[ID] or known[ID_NAME] in missing:
        values[ID] = usual_id(values["county"] or "", values["year"] or 0)
    if not faults:
        check_parameters(values, {row.text("参数"): row for row in rows}, faults)
    return values, [
        f"操作台「{RULES}」没有参数“{p.name}”，按{usual_words(parameter_cell(values[p.field]))}处理"
        for p in missing
    ]


def usual_words(value: object) -> str:
    """Return what a parameter that the console lacks is taken to be."""
    return f"默认值“{value}”" if value not in ("", None) else "空着"


def load_parameter(parameter: Parameter, row: ConsoleRow, faults: Faults) -> Any:
    """Return one parameter's value, noting what is wrong with it."""
    if parameter.type not in CONVERTERS:
        return load_choice(parameter, row, faults)
    convert, problem = CONVERTERS[parameter.type]
    value = convert(row.values["值"])
    if value is None and parameter.field != ID:  # which follows from others where nothing is written
        faults.note(row, "值", f"“{parameter.name}”{problem}")
    return value


def load_choice(parameter: Parameter, row: ConsoleRow, faults: Faults) -> str | None:
    """Return one of a parameter's answers, noting what is none of them."""
    answers: dict[str, str] = {answer: answer for answer in parameter.answers}
    text = row.text("值")
    if not text:
        faults.note(row, "值", f"“{parameter.name}”不能为空")
    elif text not in answers:
        faults.note(row, "值", f"“{parameter.name}”只能填：{'、'.join(answers)}")
    return answers.get(text)


def check_parameters(values: Mapping[str, Any], rows: Mapping[str, ConsoleRow], faults: Faults) -> None:
    """Note values that contradict each other or make no sense, at the row that says so or must be put in."""

    def note(name: str, message: str) -> None:
        if name in rows:
            faults.note(rows[name], "值", message)
        else:
            faults.append(RuleFault(RULES, "A1", f"没有参数“{name}”，按默认值处理时{message}；请补上这一行"))

    check_lengths(values, note)
    if values["start"] > values["end"]:
        note("结束日", "结束日早于开始日")
    elif values["end"] - values["start"] > LONGEST:
        note("结束日", "竞赛不能长于三年；请核对开始日和结束日")
    if not FIRST_YEAR <= values["year"] <= LAST_YEAR:
        note("年份", f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
    elif not values["start"].year <= values["year"] <= values["end"].year:
        note("年份", "年份与开始日、结束日不符")
    if (values["end"] - values["start"]).days > MOST_PERIODS * values["meeting_interval"]:
        note("调度会间隔", f"照这样有 {MOST_PERIODS} 期以上；请把间隔改大")
    if values["task_count"] <= 0:
        note("任务个数", "任务个数应大于 0")
    if values["largest"] <= 0:
        faults.note(rows["单笔金额上限"], "值", "单笔金额上限应大于 0")
    if not AREA_CODE.fullmatch(values["area_code"]):
        faults.note(rows["区号"], "值", "区号应为 0 开头的 3 或 4 位数字，如 0393（单元格设为文本）")
    if not values["industries"]:
        note("产业目录", "产业目录至少要有一项")
    if not 50 <= values["duplicate_threshold"] <= 100:
        note("查重阈值", "查重阈值应在 50 到 100 之间")
    unknown = [r for r in values["disabled"] if r not in RULE_IDS]
    if unknown:
        note("停用规则", f"没有这些规则：{'、'.join(unknown)}")
    files = [r for r in values["disabled"] if r.startswith("F")]
    if files:
        note("停用规则", f"文件级规则不能停用：{'、'.join(files)}")


def check_lengths(values: Mapping[str, Any], note: Callable[[str, str], None]) -> None:
    """Note names that are longer than what they are printed on."""
    for parameter in PARAMETERS:
        value = values[parameter.field]
        each = "每项" if isinstance(value, tuple) else ""
        most = OFFICE if parameter.field in OFFICES else NAME
        if any(isinstance(t, str) and len(t) > most for t in (value if each else (value,))):
            note(parameter.name, f"“{parameter.name}”{each}不能超过 {most} 个字；请改短")


def load_phases(rows: Sequence[ConsoleRow], values: Mapping[str, Any], faults: Faults) -> tuple[Phase, ...]:
    """Return the four phases; they must follow each other without gap or overlap from start to end."""
    phases: list[Phase] = []
    for row in rows:
        start, end = as_day(row.values["开始日"]), as_day(row.values["结束日"])
        if not row.text("阶段") or row.text("阶段") in [s.name for s in phases]:
            faults.note(row, "阶段", "阶段名称为空或重复")
        for heading, day in (("开始日", start), ("结束日", end)):
            if day is None:
                faults.note(row, heading, "应为日期，如 2011-4-13")
        if start and end:
            if start > end:
                faults.note(row, "结束日", "结束日早于开始日")
            follows = phases and min(phases[-1].end, date.max - ONE_DAY) + ONE_DAY
            if phases and start != follows:
                faults.note(row, "开始日", f"应紧接上一阶段，为 {follows}")
            phases.append(Phase(row.text("阶段"), start, end))
    if len(rows) != 4:
        faults.append(RuleFault(PHASES, "A1", f"应有四个阶段，现有 {len(rows)} 个"))
    elif len(phases) == 4:
        check_phase_ends(rows, phases, values, faults)
    return tuple(phases)


def check_phase_ends(
    rows: Sequence[ConsoleRow], phases: Sequence[Phase], values: Mapping[str, Any], faults: Faults
) -> None:
    """Note phases that do not begin and end with the contest."""
    start, end = values.get("start"), values.get("end")
    if start and phases[0].start != start:
        faults.note(rows[0], "开始日", f"第一阶段应从竞赛开始日 {start} 起")
    if end and phases[-1].end != end:
        faults.note(rows[-1], "结束日", f"最后阶段应到竞赛结束日 {end} 止")


def load_tiers(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[Tier, ...]:
    """Return the three tiers from the highest lower bound down; only lower bounds, so none overlap."""
    tiers: list[Tier] = []
    for row in rows:
        lower = as_number(row.values["下限（万元）"])
        if lower is None or lower <= 0:
            faults.note(row, "下限（万元）", "应为大于 0 的数字")
            continue
        tiers.append(Tier(row.text("档次"), lower, row.text("名称")))
    if [t.name for t in tiers] != [t.name for t in DEFAULT_TIERS] and len(tiers) == len(rows):
        faults.append(RuleFault(TIERS, "A1", "应依次为一档、二档、三档"))
    for (_, above), (row, below) in pairwise(zip(rows, tiers, strict=False)):
        if above.lower <= below.lower:
            faults.note(row, "下限（万元）", f"应小于上一档的 {above.lower}")
    return tuple(tiers)


def load_comparisons(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[tuple[Comparison, ...], list[str]]:
    """Return the comparisons in the plan's order, at least one of positive weight on, and a note for each missing one."""
    names = [m.name for m in comparisons()]
    found: dict[str, Comparison] = {}
    for row in rows:
        name, weight, on = row.text("指标"), as_number(row.values["权重"]), as_yes(row.values["启用"])
        if name not in names or name in found:
            faults.note(row, "指标", f"“{name}”不是竞赛指标之一，或已出现过")
        if weight is None:
            faults.note(row, "权重", "应为不小于 0 的数字")
        if on is None:
            faults.note(row, "启用", "只能填“是”或“否”")
        found[name] = Comparison(name, weight or Decimal(0), bool(on))
    missing = [name for name in names if name not in found]
    if not faults and not any(c.on and c.weight > 0 for c in found.values()):
        place = f"{rows[0].cell('权重')}" if rows else "A1"
        faults.append(RuleFault(COMPARISONS, place, "至少要启用一项权重大于 0 的指标"))
    known = {name: found.get(name, Comparison(name, Decimal(1), on=False)) for name in names}
    return tuple(known.values()), [
        f"操作台「{COMPARISONS}」没有指标“{name}”，按不启用处理" for name in missing
    ]


def load_units(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[Unit, ...]:
    """Return the unit list in its order; codes and names are unique and safe as file names."""
    units: list[Unit] = []
    codes: set[str] = set()
    names: set[str] = set()
    for row in rows:
        code, name, group = row.text("单位代码").upper(), row.text("单位名称"), row.text("类别")
        check_unit_code(row, code, codes, faults)
        if not name or name in names:
            faults.note(row, "单位名称", "单位名称为空或重复")
        if set(name) & set('\\/:*?"<>|') or name.startswith("."):
            faults.note(row, "单位名称", '单位名称不能含 \\ / : * ? " < > | 或以点开头')
        if not group:
            faults.note(row, "类别", f"类别不能为空，如 {'、'.join(GROUPS)}")
        flags = {h: as_yes(row.values[h]) if row.text(h) else False for h in ("是否承担任务", "抄送")}
        for heading, flag in flags.items():
            if flag is None:
                faults.note(row, heading, "只能填“是”或“否”")
        codes.add(code)
        names.add(name)
        unit = Unit(code, name, group, bool(flags["是否承担任务"]), row.text("负责人"), bool(flags["抄送"]))
        units.append(replace(unit, **load_changes(row, faults)))
    if not units:
        faults.append(RuleFault(UNITS, "A1", "单位名录是空的；至少要有一个单位"))
    check_changes(units, rows, faults)
    return tuple(units)


def load_changes(row: ConsoleRow, faults: Faults) -> dict[str, Any]:
    """Return what an entry says of a unit's full name, its former codes, its merger and its targets (方案一)."""
    day = as_day(row.values[MERGED_ON]) if row.text(MERGED_ON) else None
    if row.text(MERGED_ON) and day is None:
        faults.note(row, MERGED_ON, "应为日期，如 2011-6-1")
    if bool(row.text(MERGED)) != bool(row.text(MERGED_ON)):
        faults.note(row, MERGED_ON, f"“{MERGED}”和“{MERGED_ON}”要么都填，要么都空着")
    targets = {h: as_number(row.values[h]) if row.text(h) else None for h in (TARGET_PROJECTS, TARGET_PAID)}
    for heading, target in targets.items():
        if row.text(heading) and not target:
            faults.note(row, heading, "应为大于 0 的数字；没有目标就空着")
    return {
        "full_name": row.text(FULL_NAME),
        "former": tuple(map(str.upper, listed(row.text(FORMER)))),
        "merged_into": row.text(MERGED).upper(),
        "merged_on": day,
        "target_projects": targets[TARGET_PROJECTS],
        "target_paid": targets[TARGET_PAID],
        "aliases": listed(row.text(ALIASES)),
        "mail": load_mail(row, faults),
    }


def load_mail(row: ConsoleRow, faults: Faults) -> tuple[str, ...]:
    """Return the addresses to which a unit's mail goes."""
    addresses = listed(row.text(MAIL))
    if not all(ADDRESS.fullmatch(address) for address in addresses):
        faults.note(row, MAIL, "应为邮箱地址，如 zsj@example.com；几个用顿号分开")
    return addresses


def check_changes(units: Sequence[Unit], rows: Sequence[ConsoleRow], faults: Faults) -> None:
    """Note a former code that is another unit's, and a merger with no unit of the list, with itself or with one merged too."""
    held = Counter(code for unit in units for code in (unit.code, *unit.former))
    named = Counter(name for unit in units for name in {unit.name, unit.full_name, *unit.aliases} if name)
    merged = {unit.code: bool(unit.merged_into) for unit in units}
    for unit, row in zip(units, rows, strict=True):
        if any(held[code] > 1 for code in unit.former):
            faults.note(row, FORMER, "曾用代码与别的代码相同；一个代码只能属于一个单位")
        if any(named[name] > 1 for name in unit.aliases):
            faults.note(row, ALIASES, "别名与别的单位的名称或别名相同；一个名称只能指一个单位")
        if unit.merged_into and merged.get(unit.merged_into, True):
            faults.note(row, MERGED, "应填单位名录里另一个没有并入别处的单位的代码")


def check_unit_code(row: ConsoleRow, code: str, seen: set[str], faults: Faults) -> None:
    """Note a unit code that is empty, repeated, or not letters and digits."""
    if not (code.isascii() and code.isalnum() and len(code) <= 12):
        faults.note(row, "单位代码", "单位代码应为不超过 12 位的字母或数字")
    elif code in seen:
        faults.note(row, "单位代码", f"单位代码“{code}”重复")


def load_schedule(
    rows: Sequence[ConsoleRow], values: Mapping[str, Any], faults: Faults
) -> tuple[Period, ...]:
    """Return the periods of the sheet 调度; none where it says what follows from 调度会间隔, or nothing."""
    periods: list[Period] = []
    for row in rows:
        days = {h: as_day(row.values[h]) if row.text(h) else None for h in ("报送截止日", "调度会日期")}
        cutoff, meeting = days["报送截止日"], days["调度会日期"]
        for heading, day in days.items():
            if row.text(heading) and day is None:
                faults.note(row, heading, "应为日期，如 2011-5-13")
        if cutoff is None and meeting is None:
            continue
        cutoff = cutoff or meeting
        if cutoff is not None:
            check_period(row, cutoff, meeting, periods, values, faults)
            periods.append(Period(cutoff, meeting, row.text("时间"), row.text("地点"), row.text("备注")))
    start, end = values.get("start"), values.get("end")
    if len(periods) > MOST_PERIODS:
        faults.note(rows[MOST_PERIODS], "报送截止日", f"最多 {MOST_PERIODS} 期")
    if periods and end and periods[-1].cutoff != end and not faults:
        faults.note(rows[len(periods) - 1], "报送截止日", f"最后一期应到竞赛结束日 {end} 截止")
    if (
        start
        and end
        and not faults
        and tuple(periods) == usual_periods(start, end, values["meeting_interval"])
    ):
        return ()
    return tuple(periods)


def check_period(
    row: ConsoleRow,
    cutoff: date,
    meeting: date | None,
    before: Sequence[Period],
    values: Mapping[str, Any],
    faults: Faults,
) -> None:
    """Note a period whose days lie outside the contest, are not in order, or whose reports are due after the meeting."""
    start, end = values.get("start"), values.get("end")
    if start and end and not start <= cutoff <= end:
        faults.note(row, "报送截止日", f"应在竞赛期内，{start} 到 {end}")
    if before and cutoff <= before[-1].cutoff:
        faults.note(row, "报送截止日", f"应晚于上一期的 {before[-1].cutoff}")
    if meeting and meeting < cutoff:
        faults.note(row, "报送截止日", f"不能晚于调度会日期 {meeting}")
    earlier = [p.meeting for p in before if p.meeting]
    if meeting and earlier and meeting <= earlier[-1]:
        faults.note(row, "调度会日期", f"应晚于上一次的 {earlier[-1]}")


def load_rulings(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[Ruling, ...]:
    """Return the rulings in order; whether they point at a record is checked when they are applied."""
    rulings = []
    for row in rows:
        texts = {h: row.text(h) for h in HEADINGS[RULINGS]}
        for heading in ("记录标识", "理由", "裁定人"):
            if not texts[heading]:
                faults.note(row, heading, f"“{heading}”不能为空")
        if texts["裁定"] not in Decision.answers():
            faults.note(row, "裁定", f"只能填：{'、'.join(Decision.answers())}")
        if texts["规则编号"] and texts["规则编号"] not in RULE_IDS:
            faults.note(row, "规则编号", f"没有规则“{texts['规则编号']}”")
        day = as_day(row.values["日期"])
        if day is None:
            faults.note(row, "日期", "应为日期，如 2011-5-13")
        check_ruling_value(row, texts, faults)
        rulings.append(
            Ruling(
                texts["记录标识"], texts["规则编号"], decision_of(texts["裁定"]), texts["值"], texts["理由"], texts["裁定人"],
                day or date.min, f"{RULINGS}!{row.cell('记录标识')}",
            )
        )  # fmt: skip
    return tuple(rulings)


def load_levels(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[FlagLevel, ...]:
    """Return the level of each supervision finding; one that the sheet does not name keeps its default."""
    found = {item.flag: item for item in DEFAULT_LEVELS}
    for row in rows:
        name, level, running = row.text("督查情形"), row.text("等级"), as_days(row.values["连续几期升为约谈"])
        if name not in set(Flag):
            faults.note(row, "督查情形", f"只能填：{'、'.join(Flag)}")
        if level not in Level.answers():
            faults.note(row, "等级", f"只能填：{'、'.join(Level.answers())}")
        if running is None:
            faults.note(row, "连续几期升为约谈", "应为 0 到 1000 的整数，0 为不升")
        exposed = as_days(row.values[EXPOSED]) if row.text(EXPOSED) else EXPOSED_AFTER
        if exposed is None:
            faults.note(row, EXPOSED, "应为 0 到 1000 的整数，0 为不建议")
        if not faults:
            found[Flag(name)] = FlagLevel(Flag(name), Level(level), running or 0, exposed or 0)
    return tuple(found.values())


def load_inspections(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[Inspection, ...]:
    """Return what the 督查考评组 saw; whether it is of a record is checked as of a ruling."""
    found = []
    for row in rows:
        day, verdict = as_day(row.values["日期"]), row.text("结论")
        for heading in ("记录标识", "督查人"):
            if not row.text(heading):
                faults.note(row, heading, f"“{heading}”不能为空")
        if day is None:
            faults.note(row, "日期", "应为日期，如 2011-5-13")
        if verdict not in Inspected.answers():
            faults.note(row, "结论", f"只能填：{'、'.join(Inspected.answers())}")
        if day and verdict in Inspected.answers():
            texts = (row.text("单位"), row.text("记录标识"), row.text("核查内容"))
            cell = f"{INSPECTIONS}!{row.cell('记录标识')}"
            found.append(Inspection(day, *texts, Inspected(verdict), row.text("督查人"), cell))
    return tuple(found)


def load_arrivals(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[Arrival, ...]:
    """Return the arrivals that the office entered by hand; each has a reason and a name."""
    found = []
    for row in rows:
        cutoff, day = as_day(row.values["填报截止日期"]), as_day(row.values["到达日期"])
        batch = as_whole(row.values["报送批次"])
        for heading in ("单位代码", "理由", "登记人"):
            if not row.text(heading):
                faults.note(row, heading, f"“{heading}”不能为空")
        for heading, value in (("填报截止日期", cutoff), ("到达日期", day)):
            if value is None:
                faults.note(row, heading, "应为日期，如 2011-5-13")
        if batch is None:
            faults.note(row, "报送批次", "应为 1 到 100000 的整数")
        if cutoff and day and batch:
            code = row.text("单位代码").upper()
            found.append(Arrival(code, cutoff, batch, day, row.text("理由"), row.text("登记人")))
    return tuple(found)


def load_answers(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[ReviewAnswer, ...]:
    """Return the answers to matters of the review; a row without an answer is a matter that waits for it."""
    found = []
    for row in rows:
        text, day = row.text("答复"), as_day(row.values["日期"])
        if not text:
            continue
        if text not in Reviewed.answers():
            faults.note(row, "答复", f"只能填：{'、'.join(Reviewed.answers())}")
        for heading in ("事项标识", "答复人"):
            if not row.text(heading):
                faults.note(row, heading, f"“{heading}”不能为空")
        if text == Reviewed.ISSUE and not row.text("理由"):
            faults.note(row, "理由", "照发的要写明理由")
        if day is None:
            faults.note(row, "日期", "应为日期，如 2011-5-13")
        if text in Reviewed.answers() and day:
            about = (row.text("理由"), row.text("答复人"))
            found.append(ReviewAnswer(row.text("事项标识"), Reviewed(text), *about, day, row.text("事项")))
    return tuple(found)


def load_replies(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[Reply, ...]:
    """Return the replies that came to notices and letters."""
    found = []
    for row in rows:
        days = {h: as_day(row.values[h]) for h in ("统计日", "回复日期")}
        if row.text("文种") not in ANSWERED:
            faults.note(row, "文种", f"只能填：{'、'.join(ANSWERED)}")
        if not row.text("回复单位"):
            faults.note(row, "回复单位", "“回复单位”不能为空")
        for heading, day in days.items():
            if day is None:
                faults.note(row, heading, "应为日期，如 2011-5-13")
        about, day = days["统计日"], days["回复日期"]
        if about and day:
            texts = (row.text("回复内容"), row.text("登记人"))
            found.append(Reply(row.text("文种"), about, row.text("回复单位"), day, *texts))
    return tuple(found)


def load_sendings(rows: Sequence[ConsoleRow], faults: Faults) -> tuple[Sending, ...]:
    """Return how each kind of paper is sent, in the order of the kinds; one that the sheet does not name is left out."""
    found: dict[str, Sending] = {}
    for row in rows:
        kind, numbered = row.text("文种"), as_yes(row.values["编号"])
        first = as_whole(row.values["起始号"]) if row.text("起始号") else 1
        usual = KINDS[kind].days if kind in KINDS else 0
        days = as_days(row.values["答复期限（工作日）"]) if row.text("答复期限（工作日）") else usual
        if row.text("机关代字") and not SERIES.fullmatch(row.text("机关代字")):
            faults.note(row, "机关代字", "应是一到十二个汉字，如 台政办；不写年份和号")
        if kind not in KINDS or kind in found:
            faults.note(row, "文种", f"只能填：{'、'.join(KINDS)}，每种一行")
        if numbered is None:
            faults.note(row, "编号", "只能填“是”或“否”")
        if first is None:
            faults.note(row, "起始号", "应为 1 到 100000 的整数")
        if days is None:
            faults.note(row, "答复期限（工作日）", "应为 0 到 1000 的整数")
        if row.text("印章") not in ("", *Seal.answers()):
            faults.note(row, "印章", f"只能填：{'、'.join(Seal.answers())}；空着按规则")
        texts = (row.text("主送"), row.text("抄送"), row.text("签发人"))
        about = (row.text("发文机关"), row.text("机关代字"), bool(numbered), first or 1, *texts, days or 0)
        found[kind] = Sending(kind, *about, row.text("印章"))
    return tuple(found[kind] for kind in KINDS if kind in found)


def decision_of(text: str) -> Decision:
    """Return a decision; what is none has been noted and is never used."""
    return Decision(text) if text in Decision.answers() else Decision.ACCEPT


def check_ruling_value(row: ConsoleRow, texts: Mapping[str, str], faults: Faults) -> None:
    """Note a 份额 that is no percentage and a 归属 without a unit."""
    if texts["裁定"] == Decision.SHARE:
        share = as_number(row.values["值"])
        if share is None or not 0 < share <= 100:
            faults.note(row, "值", "裁定份额应大于 0、不超过 100")
    if texts["裁定"] == Decision.BELONG and not texts["值"]:
        faults.note(row, "值", "裁定归属时要填单位代码")


# ── the same rules as the console's rows ─────────────────────────────────────────────────────────


def yes_no(value: bool) -> str:
    """Return 是 or 否."""
    return "是" if value else "否"


def parameter_cell(value: Any) -> Any:
    """Return a parameter's value as the console shows it."""
    if isinstance(value, bool):
        return yes_no(value)
    return parameter_text(value) if isinstance(value, tuple) else value


def unit_row(unit: Unit) -> tuple[Any, ...]:
    """Return a unit as a row of 单位名录."""
    blank = (
        "" if value is None else value for value in (unit.merged_on, unit.target_projects, unit.target_paid)
    )
    merged_on, projects, paid = blank
    return (
        unit.code, unit.name, unit.group, yes_no(unit.has_task), unit.head, yes_no(unit.copied),
        unit.full_name, "、".join(unit.former), unit.merged_into, merged_on, projects, paid, "、".join(unit.aliases),
        "、".join(unit.mail),
    )  # fmt: skip


def console_rows(book: Rulebook) -> dict[str, list[tuple[Any, ...]]]:
    """Return the console's sheets as rows below their headings; `load` reads them back unchanged."""
    return {
        RULES: [
            (p.name, parameter_cell(getattr(book, p.field)), p.unit, p.note, p.source) for p in PARAMETERS
        ],
        PHASES: [(s.name, s.start, s.end) for s in book.phases],
        TIERS: [(t.name, t.lower, t.label) for t in book.tiers],
        COMPARISONS: [(c.name, c.weight, yes_no(c.on)) for c in book.comparisons],
        UNITS: [unit_row(u) for u in book.units],
        SCHEDULE: [
            (f"第{n}期", p.cutoff, p.meeting or "", p.time, p.place, p.remark)
            for n, p in enumerate(calendar(book), 1)
        ],
        RULINGS: [
            (r.record, r.rule, r.decision, r.value, r.reason, r.decided_by, r.day) for r in book.rulings
        ],
        LEVELS: [
            (item.flag, item.level, Decimal(item.running), Decimal(item.exposed)) for item in book.levels
        ],
        INSPECTIONS: [(i.day, i.unit, i.record, i.seen, i.verdict, i.inspector) for i in book.inspections],
        ARRIVALS: [(a.unit, a.cutoff, a.batch, a.day, a.reason, a.entered_by) for a in book.arrivals],
        SENDING: [
            (
                s.kind,
                s.issuer,
                s.code,
                yes_no(s.numbered),
                Decimal(s.first),
                s.to,
                s.copied,
                s.signer,
                Decimal(s.days) if s.days else "",
                s.seal,
            )
            for s in sendings(book)
        ],
        REVIEW: [(a.mark, a.answer, a.reason, a.answered_by, a.day, a.what) for a in book.answers],
        REPLIES: [(r.kind, r.about, r.sender, r.day, r.content, r.entered_by) for r in book.replies],
    }
