"""The rules of the contest as data, each with the article it comes from; here is their factory default.

A parameter is declared once, as a field of the `Rulebook`: its name in the console, its default, unit, note and
authority. The kind of value follows from the field's type. What the plan leaves open is marked 本系统约定.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NewType, TypeVar, dataclass_transform, get_type_hints

from baiti_xl.contest.choices import (
    Answer,
    Choice,
    CompletedBasis,
    CompletionBasis,
    Flag,
    Inspected,
    JointBasis,
    JointTask,
    Level,
    NewBasis,
    PaperFormat,
    RankingField,
    Seal,
    TaskBasis,
    TaskStage,
    VisitorBasis,
)
from baiti_xl.contest.records import Arrival, Inspection, Reply, ReviewAnswer, Ruling, Unit
from baiti_xl.contest.spellings import folded
from baiti_xl.contest.values import comparison_key

Days = NewType("Days", int)  # a number of days, 0 too
PLAN = "台政办〔2011〕9号"
OWN = "本系统约定"
LAYOUT = "GB/T 9704—2012"
NO_TIER = "未入档"
NO_RULES = ("notes", "answers", "replies", "sendings")  # of the console, that no figure rests on


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the sheet 规则: its name, default, unit, note and authority, and the field with its type."""

    name: str
    value: Any
    unit: str = ""
    note: str = ""
    source: str = OWN
    field: str = ""
    type: Any = None

    @property
    def answers(self) -> tuple[str, ...]:
        """What can be chosen; none for a value that is written freely."""
        if self.type is bool:
            return Answer.answers()
        return self.type.answers() if isinstance(self.type, type) and issubclass(self.type, Choice) else ()


def parameter(name: str, value: object, **more: str) -> Any:
    """Declare a field of the rulebook as a parameter of the console."""
    return field(metadata={"parameter": Parameter(name, value, **more)})


T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(parameter, field))
def rules(cls: type[T]) -> type[T]:
    """Make a frozen record of a class whose fields are parameters; it may keep what it works out."""
    return dataclass(frozen=True)(cls)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the contest (方案三), both days included."""

    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Period:
    """One period (期次) of the sheet 调度: reports are due on its cutoff, and its meeting is held then or later (方案四（四）)."""

    cutoff: date
    meeting: date | None = None
    time: str = ""
    place: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Some days running, both ends included: 2011-05-01至2011-05-03."""

    start: date
    end: date

    def __str__(self) -> str:
        """As the console shows it."""
        return f"{self.start}至{self.end}"


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier by its lower bound in 万元 (方案 二)."""

    name: str
    lower: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class FlagLevel:
    """The level at which a supervision finding starts, and in how many periods running it makes it 约谈 (0: never).

    `exposed` is in how many closed periods running a finding at 约谈 leads to 建议曝光 (0: never).
    """

    flag: Flag
    level: Level
    running: int = 0
    exposed: int = 2


@dataclass(frozen=True, slots=True)
class Sending:
    """How a kind of paper is sent (发文): sender, series, first number, addressees, signer, working days to answer, seal ("" follows 规则)."""

    kind: str
    issuer: str
    code: str
    numbered: bool
    first: int = 1
    to: str = ""
    copied: str = ""
    signer: str = ""
    days: int = 0
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of the contest with its relative weight."""

    name: str
    weight: Decimal
    on: bool = True


DEFAULT_PHASES = (
    Phase("宣传发动", date(2011, 4, 13), date(2011, 4, 20)),
    Phase("洽谈招商", date(2011, 4, 21), date(2011, 6, 25)),
    Phase("签约落地", date(2011, 6, 26), date(2011, 7, 20)),
    Phase("总结考核", date(2011, 7, 21), date(2011, 7, 31)),
)
DEFAULT_TIERS = (
    Tier("一档", Decimal(20000), "二亿元档"),
    Tier("二档", Decimal(10000), "亿元档"),
    Tier("三档", Decimal(5000), "五千万元档"),
)
DEFAULT_LEVELS = (
    FlagLevel(Flag.NOT_REPORTED, Level.REMINDER, 2),
    FlagLevel(Flag.BEHIND, Level.REMINDER, 2),
    FlagLevel(Flag.IDLE, Level.TALK),
    FlagLevel(Flag.LACKING, Level.REMINDER, 2),
    FlagLevel(Flag.INACTIVE, Level.TALK),
    FlagLevel(Flag.NO_BREAKTHROUGH, Level.AT_MEETING, 2),
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


@rules
class Rulebook:
    """Every rule in force. Money is 万元; days are included at both ends; codes are unique.

    `comparisons` hold all of the plan's in its order; `measures.active` gives those switched on. `schedule` is empty where
    the periods follow 调度会间隔; `arrivals` are those that the office entered by hand. `notes` tell what an earlier console did not say, and so took its default.
    """

    contest_id: str = parameter(
        "竞赛标识", "台前-2011", note="报送表和归档认它；默认是县名加年份，模板下发以后不要再改"
    )
    contest: str = parameter("竞赛名称", "招商引资百日竞赛", note="出现在各表和公文标题里", source=PLAN)
    county: str = parameter("县名", "台前县", source=PLAN)
    organiser: str = parameter("主办单位", "县商务局", source="方案四（一）")
    office: str = parameter(
        "领导小组办公室",
        "县招商引资“百日竞赛”活动领导小组办公室",
        note="公文署名和联系单位",
        source="方案四（一）",
    )
    inspectors: str = parameter("督查考评组", "县招商引资“百日竞赛”活动督查考评组", source="方案四（一）")
    issuer: str = parameter("发文机关", "台前县人民政府办公室", note="公文的发文机关", source=PLAN)
    issuer_code: str = parameter("发文机关代字", "台政办", note="发文字号的机关代字", source=PLAN)
    year: int = parameter("年份", 2011, unit="年", note="没有年份的日期按这一年读", source=PLAN)
    start: date = parameter("开始日", date(2011, 4, 13), note="竞赛第一天，当天计入", source="方案三（一）")
    end: date = parameter("结束日", date(2011, 7, 31), note="竞赛最后一天，当天计入", source="方案三（四）")
    closed: bool = parameter(
        "竞赛已结束", False, note="改为“是”以后只能查看：不再归档、编号、下发；下一次竞赛用 init --from 另建"
    )
    meeting_interval: int = parameter(
        "调度会间隔", 30, unit="天", note="从开始日起每隔若干天一次", source="方案四（四）"
    )
    task_basis: TaskBasis = parameter(
        "任务认定口径", TaskBasis.FIXED, note="基本任务“投资过亿元”按哪个数认定"
    )
    task_threshold: Decimal = parameter(
        "任务门槛", Decimal(10000), unit="万元", note="达到即算", source="方案二"
    )
    task_count: Decimal = parameter("任务个数", Decimal(1), unit="个", source="方案二")
    task_stage: TaskStage = parameter("任务认定阶段", TaskStage.SIGNED, note="项目到这个阶段才算引进")
    tier_inclusive: bool = parameter("档次界限含等于", True, note="恰好等于界限的项目算入该档")
    visitor_basis: VisitorBasis = parameter(
        "客商计数口径", VisitorBasis.FIRMS, note="拜访、邀请客商数按家、人次还是批次计"
    )
    new_basis: NewBasis = parameter("新上认定", NewBasis.STARTED, note="项目到哪一步算新上")
    completion_basis: CompletionBasis = parameter(
        "竣工率分母", CompletionBasis.SIGNED, note="竣工率的分母用签约项目还是开工项目"
    )
    completed_basis: CompletedBasis = parameter(
        "竣工率分子",
        CompletedBasis.OF_DENOMINATOR,
        note="分子只算分母里的项目，不会超过100%；或算期内竣工的全部项目",
    )
    joint_basis: JointBasis = parameter(
        "联合项目计数", JointBasis.SHARE, note="联合引进的项目个数怎样计；金额始终按份额"
    )
    joint_task: JointTask = parameter("联合项目任务认定", JointTask.LEAD, note="联合项目能否抵基本任务")
    minimum: Decimal = parameter(
        "计入门槛", Decimal(0), unit="万元", note="固定资产投资低于此数的项目不算新上"
    )
    largest: Decimal = parameter(
        "单笔金额上限",
        Decimal(200000),
        unit="万元",
        note="高于此数的金额多半是按元填的，裁定以前不计入；默认为最高档下限的十倍",
    )
    report_days: Days = parameter("报送宽限天数", 0, unit="天", note="报送截止日以后这么多天内收到的仍算按时")
    area_code: str = parameter("区号", "0393", note="本县固定电话的区号；只填 7、8 位座机号的按本地号码认")
    framework_counts: bool = parameter("框架意向计入签约", False, note="意向、框架合同是否算签约")
    ended_money_counts: bool = parameter("终止项目资金计入", False, note="已终止的项目的到位资金是否还算")
    idle_days: int = parameter("无活动天数", 30, unit="天", note="连续这么多天没有任何活动即为工作不力")
    procedure_days: Days = parameter(
        "手续宽限天数", 10, unit="天", note="应由单位自己推动的手续逾期超过这么多天才算措施不到位"
    )
    honoured: int = parameter("表彰前几名", 3, unit="名", note="综合先进取每组综合得分的前几名，并列的都算")
    honours_need_task: bool = parameter("表彰须完成基本任务", True, note="没有完成基本任务的不列入先进")
    honours_bar: Level = parameter(
        "表彰限制等级", Level.TALK, note="督查等级到了这一级或更高的不列入先进；建议曝光的一律不列入"
    )
    leap: int = parameter(
        "会审突增倍数",
        5,
        unit="倍",
        note="金额比上期多出这么多倍，或单笔超过最高档下限这么多倍，会审时要答复",
    )
    ranking: RankingField = parameter(
        "名次分组", RankingField.GROUP, note="综合得分以组内最好值为满分；按类别分乡镇、县直两组"
    )
    key_periods: tuple[DaySpan, ...] = parameter(
        "关键时段",
        (),
        note="外出招商的关键时间段，如“五一”、麦收，写成 2011-5-1至2011-5-3，用顿号分开；空着就不另外统计",
        source="方案三（二）",
    )
    paper_format: PaperFormat = parameter("公文格式", PaperFormat.NEW, note="GB/T 9704 的版本", source=LAYOUT)
    seal: Seal = parameter("印章", Seal.NO, note="成文日期处是否留印章位置", source=LAYOUT)
    industries: tuple[str, ...] = parameter(
        "产业目录",
        ("化工", "羽绒及服饰加工", "其他制造业", "现代服务业", "现代农业", "其他"),
        note="各表“产业”一栏可选的内容，用顿号分开",
        source="方案四（二）",
    )
    duplicate_threshold: int = parameter(
        "查重阈值", 88, unit="分", note="项目名称和投资方的相似度达到这个分数即列入疑似重复（0—100）"
    )
    disabled: tuple[str, ...] = parameter(
        "停用规则", (), note="不执行的校验规则编号，用顿号分开；停用情况会写入结果"
    )
    phases: tuple[Phase, ...]
    tiers: tuple[Tier, ...]
    comparisons: tuple[Comparison, ...]
    units: tuple[Unit, ...]
    rulings: tuple[Ruling, ...] = ()
    schedule: tuple[Period, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    levels: tuple[FlagLevel, ...] = DEFAULT_LEVELS
    inspections: tuple[Inspection, ...] = ()
    sendings: tuple[Sending, ...] = ()
    answers: tuple[ReviewAnswer, ...] = ()
    replies: tuple[Reply, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def decisions(self) -> tuple[Ruling, ...]:
        """The rulings, and what inspections found untrue, which is not recognised either."""
        untrue = (i.as_ruling() for i in self.inspections if i.verdict == Inspected.UNTRUE)
        held = (*self.rulings, *untrue)
        return tuple(replace(r, record=self.current(r.record), value=self.current(r.value)) for r in held)

    @property
    def usual_id(self) -> str:
        """The 竞赛标识 made of county and year: 台前-2011."""
        return usual_id(self.county, self.year)

    @cached_property
    def weights(self) -> Mapping[str, Decimal]:
        """The weights of the comparisons that are switched on."""
        return {c.name: c.weight for c in self.comparisons if c.on}

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in the order of the unit list."""
        return tuple(dict.fromkeys(u.group for u in self.units))

    def unit(self, code: str) -> Unit | None:
        """Return the unit with this code, now or formerly, or None."""
        return self.by_code.get(code) or self.by_code.get(self.renamed.get(code, ""))

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The code of each unit by each that it had before (曾用代码)."""
        return {former: unit.code for unit in self.units for former in unit.former}

    def current(self, record: str) -> str:
        """Return a 记录标识, or a unit's code, as records are told by it: with the codes that units have now."""
        code, slash, rest = folded(record).partition("/")
        return f"{self.renamed.get(code, code)}{slash}{rest}"

    @property
    def inherits(self) -> bool:
        """Whether a unit goes by further codes than its own."""
        return any(len(codes) > 1 for codes in self.prefixes.values())

    @cached_property
    def prefixes(self) -> Mapping[str, tuple[str, ...]]:
        """The codes with which each unit's project numbers may begin: its own, former ones, those of units merged into it."""
        found = {unit.code: (unit.code, *unit.former) for unit in self.units}
        for unit in self.units:
            if unit.merged_into in found:
                found[unit.merged_into] += (unit.code, *unit.former)
        return found

    @cached_property
    def by_code(self) -> Mapping[str, Unit]:
        """The units by code, in the order of the unit list."""
        return {unit.code: unit for unit in self.units}

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
        """The SHA-256 of every rule, by which two outputs can be told to rest on the same rules; none of what only papers need."""
        values = {name: value for name, value in asdict(self).items() if name not in NO_RULES}
        # A rule is the same wherever on the console it stands, and wherever its unit's mail goes.
        for name, needless in (("rulings", "cell"), ("inspections", "cell"), ("units", "mail")):
            values[name] = [{k: v for k, v in item.items() if k != needless} for item in values[name]]
        text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def usual_id(county: str, year: int) -> str:
    """Return the 竞赛标识 of a county's contest of a year."""
    return f"{county.replace('县', '')}-{year}"


def parameter_text(values: tuple[object, ...]) -> str:
    """Return a parameter of several values as one text."""
    return "、".join(map(str, values))


def parameters_of(cls: type) -> tuple[Parameter, ...]:
    """Return the parameters a class declares, in order, each with its field and type filled in."""
    hints = get_type_hints(cls)
    declared = ((f.name, f.metadata["parameter"]) for f in fields(cls) if "parameter" in f.metadata)
    return tuple(replace(p, field=name, type=hints[name]) for name, p in declared)


PARAMETERS = parameters_of(Rulebook)
