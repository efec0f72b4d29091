"""The rules of the contest as data, each with the article it comes from.

The console's sheets 规则 阶段 档次 指标 单位名录 裁定 are the source at run time; what is declared here
is their factory default (台前县 2011) and how they are checked on loading. There is no fallback: a
sheet, a row or a value that is missing or wrong is reported with its cell, and nothing runs.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import pairwise
from typing import Any

from baiti_xl.contest.findings import RULE_IDS
from baiti_xl.contest.records import Project, Ruling, Unit, comparison_key, key_text
from baiti_xl.errors import UserError

PLAN = "台政办〔2011〕9号"
OWN = "本系统约定"
RULES, STAGES, TIERS, COMPARISONS, UNITS, RULINGS = "规则", "阶段", "档次", "指标", "单位名录", "裁定"
DECISIONS = ("认定", "不予认定", "归属", "份额")
NO_TIER = "未入档"
HEADING_SEARCH = 20
ONE_DAY, LONGEST = timedelta(days=1), timedelta(days=3 * 366)

Grid = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the sheet 规则: its name, the field it sets, kind, default and authority.

    `kind` is one of text, date, day count (whole), money, choice, list, yesno.
    """

    name: str
    field: str
    kind: str
    default: Any
    unit: str
    note: str
    source: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the contest (方案 三), both days included."""

    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier by its lower bound in 万元 (方案 二)."""

    name: str
    lower: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One of the seven comparisons with its relative weight."""

    name: str
    weight: Decimal
    on: bool = True
    unit: str = ""


PARAMETERS = (
    Parameter("竞赛名称", "contest", "text", "招商引资百日竞赛", "", "出现在各表和公文标题里", PLAN),
    Parameter("县名", "county", "text", "台前县", "", "", PLAN),
    Parameter("主办单位", "organiser", "text", "县商务局", "", "", "方案四（一）"),
    Parameter(
        "领导小组办公室",
        "office",
        "text",
        "县招商引资“百日竞赛”活动领导小组办公室",
        "",
        "公文署名和联系单位",
        "方案四（一）",
    ),
    Parameter(
        "督查考评组", "inspectors", "text", "县招商引资“百日竞赛”活动督查考评组", "", "", "方案四（一）"
    ),
    Parameter("发文机关", "issuer", "text", "台前县人民政府办公室", "", "公文的发文机关", PLAN),
    Parameter("发文机关代字", "issuer_code", "text", "台政办", "", "发文字号的机关代字", PLAN),
    Parameter("年份", "year", "whole", 2011, "年", "没有年份的日期按这一年读", PLAN),
    Parameter("开始日", "start", "date", date(2011, 4, 13), "", "竞赛第一天，当天计入", "方案三（一）"),
    Parameter("结束日", "end", "date", date(2011, 7, 31), "", "竞赛最后一天，当天计入", "方案三（四）"),
    Parameter(
        "调度会间隔", "meeting_interval", "whole", 30, "天", "从开始日起每隔若干天一次", "方案四（四）"
    ),
    Parameter(
        "任务认定口径",
        "task_basis",
        "choice",
        "固定资产投资",
        "",
        "基本任务“投资过亿元”按哪个数认定",
        OWN,
        ("固定资产投资", "总投资"),
    ),
    Parameter("任务门槛", "task_threshold", "money", Decimal(10000), "万元", "达到即算", "方案二"),
    Parameter("任务个数", "task_count", "money", Decimal(1), "个", "", "方案二"),
    Parameter(
        "任务认定阶段", "task_stage", "choice", "签约", "", "项目到这个阶段才算引进", OWN, ("签约", "开工")
    ),
    Parameter("档次界限含等于", "tier_inclusive", "yesno", True, "", "恰好等于界限的项目算入该档", OWN),
    Parameter(
        "客商计数口径",
        "visitor_basis",
        "choice",
        "家",
        "",
        "拜访、邀请客商数按家、人次还是批次计",
        OWN,
        ("家", "人次", "批次"),
    ),
    Parameter(
        "新上认定", "new_basis", "choice", "开工", "", "项目到哪一步算新上", OWN, ("开工", "签约", "立项备案")
    ),
    Parameter(
        "竣工率分母",
        "completion_basis",
        "choice",
        "签约",
        "",
        "竣工率的分母用签约项目还是开工项目",
        OWN,
        ("签约", "开工"),
    ),
    Parameter(
        "联合项目计数",
        "joint_basis",
        "choice",
        "按份额",
        "",
        "联合引进的项目个数怎样计；金额始终按份额",
        OWN,
        ("按份额", "各计一个", "只计首报"),
    ),
    Parameter(
        "联合项目任务认定",
        "joint_task",
        "choice",
        "只认牵头单位",
        "",
        "联合项目能否抵基本任务",
        OWN,
        ("只认牵头单位", "按份额"),
    ),
    Parameter("计入门槛", "minimum", "money", Decimal(0), "万元", "固定资产投资低于此数的项目不算新上", OWN),
    Parameter("框架意向计入签约", "framework_counts", "yesno", False, "", "意向、框架合同是否算签约", OWN),
    Parameter("无活动天数", "idle_days", "whole", 30, "天", "连续这么多天没有任何活动即为工作不力", OWN),
    Parameter(
        "名次分组",
        "ranking",
        "choice",
        "按类别",
        "",
        "综合得分以组内最好值为满分；按类别分乡镇、县直两组",
        OWN,
        ("按类别", "全县"),
    ),
    Parameter(
        "公文格式",
        "paper_format",
        "choice",
        "2012",
        "",
        "GB/T 9704 的版本",
        "GB/T 9704—2012",
        ("2012", "1999"),
    ),
    Parameter("印章", "seal", "choice", "无", "", "成文日期处是否留印章位置", "GB/T 9704—2012", ("有", "无")),
    Parameter(
        "产业目录",
        "industries",
        "list",
        ("化工", "羽绒及服饰加工", "其他制造业", "现代服务业", "现代农业", "其他"),
        "",
        "各表“产业”一栏可选的内容，用顿号分开",
        "方案四（二）",
    ),
    Parameter(
        "查重阈值",
        "duplicate_threshold",
        "whole",
        88,
        "分",
        "项目名称和投资方的相似度达到这个分数即列入疑似重复（0—100）",
        OWN,
    ),
    Parameter(
        "停用规则", "disabled", "list", (), "", "不执行的校验规则编号，用顿号分开；停用情况会写入结果", OWN
    ),
)

DEFAULT_STAGES = (
    Stage("宣传发动", date(2011, 4, 13), date(2011, 4, 20)),
    Stage("洽谈招商", date(2011, 4, 21), date(2011, 6, 25)),
    Stage("签约落地", date(2011, 6, 26), date(2011, 7, 20)),
    Stage("总结考核", date(2011, 7, 21), date(2011, 7, 31)),
)
DEFAULT_TIERS = (
    Tier("一档", Decimal(20000), "二亿元档"),
    Tier("二档", Decimal(10000), "亿元档"),
    Tier("三档", Decimal(5000), "五千万元档"),
)
NEW, VISITED, INVITED, SIGNED, AMOUNT, PAID, COMPLETION = (
    "新上项目数",
    "拜访客商数",
    "邀请客商数",
    "签约项目数",
    "签约金额",
    "到位资金",
    "竣工率",
)
COMPARISON_UNITS = {
    NEW: "个",
    VISITED: "家",
    INVITED: "家",
    SIGNED: "个",
    AMOUNT: "万元",
    PAID: "万元",
    COMPLETION: "%",
}
DEFAULT_COMPARISONS = tuple(
    Comparison(name, Decimal(1), True, unit) for name, unit in COMPARISON_UNITS.items()
)

TOWNSHIPS = ("城关镇", "侯庙镇", "孙口镇", "打渔陈镇", "马楼镇", "后方乡", "清水河乡", "吴坝镇", "夹河乡")
DEPARTMENTS = tuple(
    "县发展和改革委员会 县工业和信息化局 县教育局 县科学技术局 县公安局 县民政局 县司法局 县财政局 "
    "县人力资源和社会保障局 县国土资源局 县住房和城乡建设局 县交通运输局 县水利局 县农业局 县林业局 县商务局 "
    "县文化广电新闻出版局 县卫生局 县人口和计划生育委员会 县审计局 县环境保护局 县统计局 县安全生产监督管理局 "
    "县粮食局 县畜牧局 县旅游局 县体育局 县城市管理局 县房产管理中心 县产业集聚区管委会 县工商行政管理局 "
    "县质量技术监督局 县国家税务局 县地方税务局 县气象局 县供电公司 县邮政局 县供销合作社 县农业机械管理局 "
    "县农业综合开发办公室 县扶贫开发办公室 县机关事务管理局 县总工会 团县委 县妇女联合会 县工商业联合会 "
    "县科学技术协会 县残疾人联合会 县信访局 县档案局".split()
)


@dataclass(frozen=True)
class Rulebook:
    """Every rule in force. Money is 万元; days are included at both ends; codes are unique.

    `comparisons` hold the plan's seven in its order; use `active` for those switched on.
    """

    contest: str
    county: str
    organiser: str
    office: str
    inspectors: str
    issuer: str
    issuer_code: str
    year: int
    start: date
    end: date
    meeting_interval: int
    task_basis: str
    task_threshold: Decimal
    task_count: Decimal
    task_stage: str
    tier_inclusive: bool
    visitor_basis: str
    new_basis: str
    completion_basis: str
    joint_basis: str
    joint_task: str
    minimum: Decimal
    framework_counts: bool
    idle_days: int
    ranking: str
    paper_format: str
    seal: str
    industries: tuple[str, ...]
    duplicate_threshold: int
    disabled: tuple[str, ...]
    stages: tuple[Stage, ...]
    tiers: tuple[Tier, ...]
    comparisons: tuple[Comparison, ...]
    units: tuple[Unit, ...]
    rulings: tuple[Ruling, ...] = ()

    @property
    def active(self) -> tuple[Comparison, ...]:
        """The comparisons that are switched on, in the plan's order."""
        return tuple(c for c in self.comparisons if c.on)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in the order of the unit list."""
        return tuple(dict.fromkeys(u.group for u in self.units))

    def unit(self, code: str) -> Unit | None:
        """Return the unit with this code, or None."""
        return self.by_code.get(code)

    @cached_property
    def by_code(self) -> Mapping[str, Unit]:
        """The units by code, in the order of the unit list."""
        return {unit.code: unit for unit in self.units}

    def tier_of(self, amount: Decimal | None) -> str:
        """Return the tier of a project by its 固定资产投资 in 万元 (方案二)."""
        if amount is not None:
            for tier in self.tiers:
                if amount > tier.lower or (self.tier_inclusive and amount == tier.lower):
                    return tier.name
        return NO_TIER

    def reached(self, project: Project, stage: str) -> date | None:
        """Return the day a project reached 签约, 开工 or 竣工 by the rules; an informal contract is no signing."""
        if stage == "签约" and not self.framework_counts and project.nature != "正式":
            return None
        return project.reached(stage)

    def task_amount(self, project: Project) -> Decimal | None:
        """Return the amount by which a project is held against the task's threshold, 万元 (任务认定口径)."""
        return project.fixed_investment if self.task_basis == "固定资产投资" else project.total

    def meets_task(self, project: Project) -> bool:
        """Whether a project is large enough for the basic task (方案二), whatever its stage and unit."""
        amount = self.task_amount(project)
        return amount is not None and amount >= self.task_threshold

    def leads(self, project: Project, unit: str) -> bool:
        """Whether the unit is the lead (首报) of a project: always of its own, and of a joint one by 联合标识.

        A 联合标识 that is a project number names the lead; otherwise the partner with more than half leads,
        and of two halves the unit that comes first in the unit list (本系统约定).
        """
        joint_id = key_text(project.joint_id)
        if not project.is_joint or joint_id == project.number:
            return True
        owner = joint_id.rpartition("-")[0]
        if self.unit(owner) is not None:
            return False
        if project.share == 50:
            codes = {unit, *as_list(project.partners)}
            return next((u.code for u in self.units if u.code in codes), unit) == unit
        return project.share is not None and project.share > 50

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The names, as they are compared, by which the county and its own units go; no investor can have them."""
        names = {self.county, f"{self.county}人民政府"}
        for unit in self.units:
            short = unit.name.removeprefix("县")
            names |= {
                unit.name,
                self.county + short,
                short,
                f"{unit.name}人民政府",
                f"{self.county}{short}人民政府",
            }
        return frozenset(map(comparison_key, names))

    @property
    def digest(self) -> str:
        """The SHA-256 of every rule, by which two outputs can be told to rest on the same rules."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def default_units() -> tuple[Unit, ...]:
    """Return the factory unit list: the nine townships, and usual departments to be edited."""
    towns = tuple(Unit(f"X{i:02}", name, "乡镇", copied=False) for i, name in enumerate(TOWNSHIPS, 1))
    offices = tuple(Unit(f"Z{i:02}", name, "县直", copied=False) for i, name in enumerate(DEPARTMENTS, 1))
    return towns + offices


def default_rulebook() -> Rulebook:
    """Return the factory default: 台前县 2011."""
    values = {p.field: p.default for p in PARAMETERS}
    return Rulebook(
        **values,
        stages=DEFAULT_STAGES,
        tiers=DEFAULT_TIERS,
        comparisons=DEFAULT_COMPARISONS,
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
class Row:
    """One row of a console sheet: values by heading, and the cell of each."""

    sheet: str
    number: int
    values: Mapping[str, object]
    letters: Mapping[str, str]

    def cell(self, heading: str) -> str:
        """Return the address of the cell under a heading."""
        return f"{self.letters[heading]}{self.number}"

    def text(self, heading: str) -> str:
        """Return a cell as text, trimmed; whole numbers without a decimal point."""
        return as_text(self.values.get(heading))


class Faults(list[RuleFault]):
    """Collects faults while loading goes on."""

    def note(self, row: Row, heading: str, message: str) -> None:
        """Record what is wrong with one cell."""
        self.append(RuleFault(row.sheet, row.cell(heading), message))


HEADINGS = {
    RULES: ("参数", "值", "单位", "说明", "依据"),
    STAGES: ("阶段", "开始日", "结束日"),
    TIERS: ("档次", "下限（万元）", "名称"),
    COMPARISONS: ("指标", "权重", "启用"),
    UNITS: ("单位代码", "单位名称", "类别", "是否承担任务", "负责人", "抄送"),
    RULINGS: ("记录标识", "规则编号", "裁定", "值", "理由", "裁定人", "日期"),
}


def load(grids: Mapping[str, Grid]) -> Rulebook:
    """Read the rulebook from the console's sheets (cell grids from A1, empty cells None or "").

    Raises RulebookError naming every wrong cell.
    """
    faults = Faults()
    rows = {sheet: list(read_rows(sheet, grids.get(sheet), faults)) for sheet in HEADINGS}
    if faults:
        raise RulebookError(faults)
    values = load_parameters(rows[RULES], faults)
    stages = load_stages(rows[STAGES], values, faults)
    tiers = load_tiers(rows[TIERS], faults)
    comparisons = load_comparisons(rows[COMPARISONS], faults)
    units = load_units(rows[UNITS], faults)
    rulings = load_rulings(rows[RULINGS], faults)
    if faults:
        raise RulebookError(faults)
    return Rulebook(
        **values, stages=stages, tiers=tiers, comparisons=comparisons, units=units, rulings=rulings
    )


def read_rows(sheet: str, grid: Grid | None, faults: Faults) -> Iterator[Row]:
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
    missing = [h for h in headings if h not in found]
    if missing:
        faults.append(RuleFault(sheet, f"A{at + 1}", f"缺少标题：{'、'.join(missing)}；请补回"))
        return
    letters = {h: column_letter(found[h]) for h in headings}
    for number, cells in enumerate(grid[at + 1 :], at + 2):
        values = {h: cells[found[h]] if found[h] < len(cells) else None for h in headings}
        if any(as_text(v) for v in values.values()):
            yield Row(sheet, number, values, letters)


def column_letter(index: int) -> str:
    """Return the letter of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def as_text(value: object) -> str:
    """Return a console cell as trimmed text; 2012.0 is “2012”."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def as_day(value: object) -> date | None:
    """Return a console cell as a day if it is a real date or an ISO date text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        year, month, day = map(int, as_text(value).split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def as_number(value: object) -> Decimal | None:
    """Return a console cell as a finite number ≥ 0, or None."""
    try:
        number = Decimal(as_text(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < Decimal(10) ** 12 else None


def as_whole(value: object) -> int | None:
    """Return a console cell as a whole number from 1 to 100000, or None."""
    number = as_number(value)
    if number is None or number != int(number) or not 1 <= number <= 100_000:
        return None
    return int(number)


def as_list(value: object) -> tuple[str, ...]:
    """Return a console cell split at 顿号, commas and blanks; empty parts dropped."""
    text = as_text(value)
    for mark in "，,；;\n":
        text = text.replace(mark, "、")
    return tuple(dict.fromkeys(part.strip() for part in text.split("、") if part.strip()))


def as_yes(value: object) -> bool | None:
    """Return 是 as True and 否 as False, else None."""
    return {"是": True, "否": False}.get(as_text(value))


CONVERTERS: Mapping[str, tuple[Callable[[object], Any], str]] = {
    "text": (lambda v: as_text(v) or None, "不能为空"),
    "date": (as_day, "应为日期，如 2011-4-13"),
    "whole": (as_whole, "应为 1 到 100000 的整数"),
    "money": (as_number, "应为不小于 0 的数字"),
    "choice": (lambda v: as_text(v) or None, "不能为空"),
    "list": (as_list, ""),
    "yesno": (as_yes, "只能填“是”或“否”"),
}


def load_parameters(rows: Sequence[Row], faults: Faults) -> dict[str, Any]:
    """Return the value of every parameter by its field, noting unknown, repeated and missing ones."""
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
    for parameter in PARAMETERS:
        if parameter.field not in values:
            faults.append(RuleFault(RULES, "A1", f"缺少参数“{parameter.name}”；请补上这一行"))
    if not faults:
        check_parameters(values, {row.text("参数"): row for row in rows}, faults)
    return values


def load_parameter(parameter: Parameter, row: Row, faults: Faults) -> Any:
    """Return one parameter's value, noting what is wrong with it."""
    convert, problem = CONVERTERS[parameter.kind]
    value = convert(row.values["值"])
    if value is None:
        faults.note(row, "值", f"“{parameter.name}”{problem}")
    elif parameter.choices and value not in parameter.choices:
        faults.note(row, "值", f"“{parameter.name}”只能填：{'、'.join(parameter.choices)}")
    return value


def check_parameters(values: Mapping[str, Any], rows: Mapping[str, Row], faults: Faults) -> None:
    """Note values that contradict each other or make no sense."""
    if values["start"] > values["end"]:
        faults.note(rows["结束日"], "值", "结束日早于开始日")
    elif values["end"] - values["start"] > LONGEST:
        faults.note(rows["结束日"], "值", "竞赛不能长于三年；请核对开始日和结束日")
    if not 1990 <= values["year"] <= 2200:
        faults.note(rows["年份"], "值", "年份应在 1990 到 2200 之间")
    elif not values["start"].year <= values["year"] <= values["end"].year:
        faults.note(rows["年份"], "值", "年份与开始日、结束日不符")
    if values["task_count"] <= 0:
        faults.note(rows["任务个数"], "值", "任务个数应大于 0")
    if not values["industries"]:
        faults.note(rows["产业目录"], "值", "产业目录至少要有一项")
    if not 50 <= values["duplicate_threshold"] <= 100:
        faults.note(rows["查重阈值"], "值", "查重阈值应在 50 到 100 之间")
    unknown = [r for r in values["disabled"] if r not in RULE_IDS]
    if unknown:
        faults.note(rows["停用规则"], "值", f"没有这些规则：{'、'.join(unknown)}")
    files = [r for r in values["disabled"] if r.startswith("F")]
    if files:
        faults.note(rows["停用规则"], "值", f"文件级规则不能停用：{'、'.join(files)}")


def load_stages(rows: Sequence[Row], values: Mapping[str, Any], faults: Faults) -> tuple[Stage, ...]:
    """Return the four stages; they must follow each other without gap or overlap from start to end."""
    stages: list[Stage] = []
    for row in rows:
        start, end = as_day(row.values["开始日"]), as_day(row.values["结束日"])
        if not row.text("阶段") or row.text("阶段") in [s.name for s in stages]:
            faults.note(row, "阶段", "阶段名称为空或重复")
        for heading, day in (("开始日", start), ("结束日", end)):
            if day is None:
                faults.note(row, heading, "应为日期，如 2011-4-13")
        if start and end:
            if start > end:
                faults.note(row, "结束日", "结束日早于开始日")
            follows = stages and min(stages[-1].end, date.max - ONE_DAY) + ONE_DAY
            if stages and start != follows:
                faults.note(row, "开始日", f"应紧接上一阶段，为 {follows}")
            stages.append(Stage(row.text("阶段"), start, end))
    if len(rows) != 4:
        faults.append(RuleFault(STAGES, "A1", f"应有四个阶段，现有 {len(rows)} 个"))
    elif len(stages) == 4:
        check_stage_ends(rows, stages, values, faults)
    return tuple(stages)


def check_stage_ends(
    rows: Sequence[Row], stages: Sequence[Stage], values: Mapping[str, Any], faults: Faults
) -> None:
    """Note stages that do not begin and end with the contest."""
    start, end = values.get("start"), values.get("end")
    if start and stages[0].start != start:
        faults.note(rows[0], "开始日", f"第一阶段应从竞赛开始日 {start} 起")
    if end and stages[-1].end != end:
        faults.note(rows[-1], "结束日", f"最后阶段应到竞赛结束日 {end} 止")


def load_tiers(rows: Sequence[Row], faults: Faults) -> tuple[Tier, ...]:
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


def load_comparisons(rows: Sequence[Row], faults: Faults) -> tuple[Comparison, ...]:
    """Return the seven comparisons in the plan's order, with at least one of positive weight on."""
    found: dict[str, Comparison] = {}
    for row in rows:
        name, weight, on = row.text("指标"), as_number(row.values["权重"]), as_yes(row.values["启用"])
        if name not in COMPARISON_UNITS or name in found:
            faults.note(row, "指标", f"“{name}”不是七项指标之一，或已出现过")
        if weight is None:
            faults.note(row, "权重", "应为不小于 0 的数字")
        if on is None:
            faults.note(row, "启用", "只能填“是”或“否”")
        found[name] = Comparison(name, weight or Decimal(0), bool(on), COMPARISON_UNITS.get(name, ""))
    missing = [name for name in COMPARISON_UNITS if name not in found]
    if missing:
        faults.append(RuleFault(COMPARISONS, "A1", f"缺少指标：{'、'.join(missing)}"))
    elif not any(c.on and c.weight > 0 for c in found.values()):
        faults.note(rows[0], "权重", "至少要启用一项权重大于 0 的指标")
    return tuple(found[name] for name in COMPARISON_UNITS if name in found)


def load_units(rows: Sequence[Row], faults: Faults) -> tuple[Unit, ...]:
    """Return the unit list in its order; codes and names are unique and safe as file names."""
    units: list[Unit] = []
    codes: set[str] = set()
    names: set[str] = set()
    for row in rows:
        code, name, group = row.text("单位代码"), row.text("单位名称"), row.text("类别")
        check_unit_code(row, code, codes, faults)
        if not name or name in names:
            faults.note(row, "单位名称", "单位名称为空或重复")
        if set(name) & set('\\/:*?"<>|') or name.startswith("."):
            faults.note(row, "单位名称", '单位名称不能含 \\ / : * ? " < > | 或以点开头')
        if group not in ("乡镇", "县直"):
            faults.note(row, "类别", "只能填：乡镇、县直")
        flags = {h: as_yes(row.values[h]) if row.text(h) else False for h in ("是否承担任务", "抄送")}
        for heading, flag in flags.items():
            if flag is None:
                faults.note(row, heading, "只能填“是”或“否”")
        codes.add(code)
        names.add(name)
        units.append(
            Unit(code, name, group, bool(flags["是否承担任务"]), row.text("负责人"), bool(flags["抄送"]))
        )
    if not units:
        faults.append(RuleFault(UNITS, "A1", "单位名录是空的；至少要有一个单位"))
    return tuple(units)


def check_unit_code(row: Row, code: str, seen: set[str], faults: Faults) -> None:
    """Note a unit code that is empty, repeated, or not letters and digits."""
    if not (code.isascii() and code.isalnum() and len(code) <= 12):
        faults.note(row, "单位代码", "单位代码应为不超过 12 位的字母或数字")
    elif code in seen:
        faults.note(row, "单位代码", f"单位代码“{code}”重复")


def load_rulings(rows: Sequence[Row], faults: Faults) -> tuple[Ruling, ...]:
    """Return the rulings in order; whether they point at a record is checked when they are applied."""
    rulings = []
    for row in rows:
        texts = {h: row.text(h) for h in HEADINGS[RULINGS]}
        for heading in ("记录标识", "理由", "裁定人"):
            if not texts[heading]:
                faults.note(row, heading, f"“{heading}”不能为空")
        if texts["裁定"] not in DECISIONS:
            faults.note(row, "裁定", f"只能填：{'、'.join(DECISIONS)}")
        if texts["规则编号"] and texts["规则编号"] not in RULE_IDS:
            faults.note(row, "规则编号", f"没有规则“{texts['规则编号']}”")
        day = as_day(row.values["日期"])
        if day is None:
            faults.note(row, "日期", "应为日期，如 2011-5-13")
        check_ruling_value(row, texts, faults)
        rulings.append(
            Ruling(
                texts["记录标识"], texts["规则编号"], texts["裁定"], texts["值"], texts["理由"], texts["裁定人"],
                day or date.min, f"{RULINGS}!{row.cell('记录标识')}",
            )
        )  # fmt: skip
    return tuple(rulings)


def check_ruling_value(row: Row, texts: Mapping[str, str], faults: Faults) -> None:
    """Note a 份额 that is no percentage and a 归属 without a unit."""
    if texts["裁定"] == "份额":
        share = as_number(row.values["值"])
        if share is None or not 0 < share <= 100:
            faults.note(row, "值", "裁定份额应大于 0、不超过 100")
    if texts["裁定"] == "归属" and not texts["值"]:
        faults.note(row, "值", "裁定归属时要填单位代码")


# ── the same rules as the console's rows ─────────────────────────────────────────────────────────


def yes_no(value: bool) -> str:
    """Return 是 or 否."""
    return "是" if value else "否"


def parameter_cell(parameter: Parameter, value: Any) -> Any:
    """Return a parameter's value as the console shows it."""
    if parameter.kind == "yesno":
        return yes_no(value)
    if parameter.kind == "list":
        return "、".join(value)
    return value


def console_rows(book: Rulebook) -> dict[str, list[tuple[Any, ...]]]:
    """Return the console's six sheets as rows below their headings; `load` reads them back unchanged."""
    return {
        RULES: [
            (p.name, parameter_cell(p, getattr(book, p.field)), p.unit, p.note, p.source) for p in PARAMETERS
        ],
        STAGES: [(s.name, s.start, s.end) for s in book.stages],
        TIERS: [(t.name, t.lower, t.label) for t in book.tiers],
        COMPARISONS: [(c.name, c.weight, yes_no(c.on)) for c in book.comparisons],
        UNITS: [(u.code, u.name, u.group, yes_no(u.has_task), u.head, yes_no(u.copied)) for u in book.units],
        RULINGS: [
            (r.record, r.rule, r.decision, r.value, r.reason, r.decided_by, r.day) for r in book.rulings
        ],
    }
