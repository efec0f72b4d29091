"""Every list of answers that the plan or the form knows, as an enumeration: code compares members, staff see values.

A member is its Chinese value (`Stage.SIGNED == "签约"`). The member "" of an answer in the form stands for an
empty or unreadable cell and is never offered.
"""

from enum import StrEnum
from typing import NoReturn, Self


class Term(StrEnum):
    """One of a fixed list, shared by all that holds it: nothing that is read may give it another state."""

    def __setstate__(self, state: object) -> NoReturn:
        """Raise TypeError: a pickle that sets the state of a member would change it everywhere."""
        raise TypeError(self)


class Choice(Term):
    """One of the answers a drop-down offers."""

    @classmethod
    def answers(cls) -> tuple[Self, ...]:
        """Return what can be chosen, in the order it is offered."""
        return tuple(member for member in cls if member)


# ── the form ─────────────────────────────────────────────────────────────────────────────────────


class Answer(Choice):
    """是 or 否."""

    NONE = ""
    YES = "是"
    NO = "否"


class Matter(Choice):
    """What a unit did to set the contest going (组织发动, 方案三（一）、四（一）)."""

    NONE = ""
    MEETING = "动员会议"
    PLAN = "实施方案"
    BODY = "工作机构"
    BRANCH = "招商分局"
    TEAM = "招商小分队"
    PUBLICITY = "宣传活动"
    CEREMONY = "集中签约"
    OTHER = "其他"


REQUIRED_MATTERS = (Matter.MEETING, Matter.PLAN, Matter.BODY)


class Rank(Choice):
    """The rank of whoever leads a trip or receives guests (领导层级)."""

    NONE = ""
    HEAD = "党政主职"
    BOARD = "班子成员"
    OTHER = "其他"


class Method(Choice):
    """How investors are sought (招商方式, 方案三（二）)."""

    NONE = ""
    TEAM = "小分队招商"
    BUSINESS = "以商招商"
    TIES = "以情招商"
    COMMISSION = "委托招商"
    NETWORK = "网络招商"
    CHAIN = "产业链招商"
    PARKS = "走访园区企业"
    FAIRS = "节会招商"
    OTHER = "其他"


class Stage(Choice):
    """How far a project has come (项目阶段)."""

    NONE = ""
    TALKS = "洽谈"
    SIGNED = "签约"
    STARTED = "开工"
    COMPLETED = "竣工"
    ENDED = "终止"


# The stages at which a project has been signed, started, completed.
AS_FAR_AS = {
    Stage.SIGNED: (Stage.SIGNED, Stage.STARTED, Stage.COMPLETED),
    Stage.STARTED: (Stage.STARTED, Stage.COMPLETED),
    Stage.COMPLETED: (Stage.COMPLETED,),
}


class Nature(Choice):
    """What kind of contract was signed (合同性质)."""

    NONE = ""
    INTENT = "意向"
    FRAMEWORK = "框架"
    FORMAL = "正式"


class Mode(Choice):
    """Whether a unit brought a project in alone (引进方式)."""

    NONE = ""
    ALONE = "独立"
    JOINT = "联合"


class FundNature(Choice):
    """What money in place is for (资金性质)."""

    NONE = ""
    CAPITAL = "注册资本"
    ASSETS = "固定资产投资"
    LAND = "土地款"
    WORKING = "流动资金"
    OTHER = "其他"


class VoucherKind(Choice):
    """What proves money in place (凭证类型)."""

    NONE = ""
    BANK = "银行进账单"
    AUDIT = "验资报告"
    INVOICE = "发票"
    SETTLEMENT = "结算单"
    OTHER = "其他"


class Currency(Choice):
    """The currency in which money came (币种)."""

    NONE = ""
    CNY = "人民币"
    USD = "美元"
    EUR = "欧元"
    HKD = "港元"
    JPY = "日元"
    OTHER = "其他"


FOREIGN = tuple(c for c in Currency.answers() if c is not Currency.CNY)


class ProcedureKind(Choice):
    """A procedure a project needs (手续类别, 方案三（三）)."""

    NONE = ""
    APPROVAL = "立项备案"
    LAND = "土地"
    PLANNING = "规划"
    ENVIRONMENT = "环评"
    BUILDING = "施工许可"
    OTHER = "其他"


class ProcedureState(Choice):
    """How far a procedure is (状态)."""

    NONE = ""
    IDLE = "未启动"
    UNDER_WAY = "办理中"
    DONE = "已办结"
    NOT_NEEDED = "不需要"


PENDING = (ProcedureState.IDLE, ProcedureState.UNDER_WAY)


class Operation(Choice):
    """How an enterprise in the county was found to be doing (跟踪服务, 方案四（三）)."""

    NONE = ""
    WORKING = "正常开工"
    BUILDING = "建设中"
    NOT_STARTED = "未开工"
    STOPPED = "停产"
    OTHER = "其他"


class ProblemState(Choice):
    """Whether a difficulty is solved (困难问题·状态)."""

    NONE = ""
    OPEN = "未解决"
    UNDER_WAY = "办理中"
    SOLVED = "已解决"


# ── the rulebook ─────────────────────────────────────────────────────────────────────────────────


class TaskBasis(Choice):
    """The amount by which the basic task is judged (任务认定口径)."""

    FIXED = "固定资产投资"
    TOTAL = "总投资"


class TaskStage(Choice):
    """The stage from which a project meets the basic task (任务认定阶段)."""

    SIGNED = "签约"
    STARTED = "开工"


class VisitorBasis(Choice):
    """What is counted of visits and invitations (客商计数口径)."""

    FIRMS = "家"
    PEOPLE = "人次"
    TRIPS = "批次"


class NewBasis(Choice):
    """The step at which a project is new (新上认定)."""

    STARTED = "开工"
    SIGNED = "签约"
    APPROVED = "立项备案"


class CompletionBasis(Choice):
    """The denominator of 竣工率 (竣工率分母)."""

    SIGNED = "签约"
    STARTED = "开工"


class CompletedBasis(Choice):
    """Which completed projects are the numerator of 竣工率 (竣工率分子)."""

    OF_DENOMINATOR = "分母中的"
    IN_WINDOW = "期内竣工"


class JointBasis(Choice):
    """How joint projects are counted (联合项目计数)."""

    SHARE = "按份额"
    EACH = "各计一个"
    LEAD = "只计首报"


class JointTask(Choice):
    """For whom a joint project meets the basic task (联合项目任务认定)."""

    LEAD = "只认牵头单位"
    SHARE = "按份额"


class RankingField(Choice):
    """Among whom units are ranked (名次分组)."""

    GROUP = "按类别"
    COUNTY = "全县"


class PaperFormat(Choice):
    """The year of GB/T 9704 that papers follow (公文格式)."""

    NEW = "2012"
    OLD = "1999"


class Seal(Choice):
    """Whether room is left for the seal (印章)."""

    YES = "有"
    NO = "无"


class Decision(Choice):
    """What the office decided on one record (裁定)."""

    ACCEPT = "认定"
    REJECT = "不予认定"
    BELONG = "归属"
    SHARE = "份额"


class Inspected(Choice):
    """What the 督查考评组 found of a record (督查记录·结论)."""

    TRUE = "属实"
    UNTRUE = "不属实"
    DOUBTFUL = "存疑"


# ── what comes of it ─────────────────────────────────────────────────────────────────────────────


class Status(Term):
    """The standing of a unit's reporting on the as-of day."""

    REPORTED = "已报送"
    RETROSPECT = "回溯"
    CONFLICT = "冲突"
    RETURNED = "退回"
    MISSING = "未报送"
    NOT_DUE = "未到报送日"
    MERGED = "已并入"


class Reported(Term):
    """A unit's standing in one period's reporting; each unit has exactly one."""

    IN_TIME = "按时"
    LATE = "逾期"
    MADE_UP = "补报"
    RETURNED = "退回"
    CONFLICT = "冲突"
    CARRIED = "沿用"
    MISSING = "未报送"
    NOT_DUE = "未到报送日"


COUNTED_AS_REPORTED = (Reported.IN_TIME, Reported.LATE)


class Flag(Term):
    """What supervision may find of a unit (方案四（四）), in the order in which it is judged."""

    NOT_REPORTED = "未报送"
    BEHIND = "未达时间进度"
    IDLE = "工作不力"
    LACKING = "措施不到位"
    INACTIVE = "未正常开展活动"
    NO_BREAKTHROUGH = "未取得实质性突破"


class Reviewed(Choice):
    """How the clerk answers a matter of the review (会审)."""

    MENDED = "已改"
    RULED = "裁定"
    ISSUE = "照发"


class Kept(Term):
    """What became of a promise made at a scheduling meeting (情况说明的完成时间)."""

    NOT_DUE = "未到期"
    KEPT = "已兑现"
    LATE = "逾期兑现"
    BROKEN = "未兑现"
    UNKNOWN = "不能判定"


class Verdict(Term):
    """Whether a supervision finding holds of a unit, as far as its data reach."""

    YES = "是"
    NO = "否"
    UNKNOWN = "不能判定"


class Level(Choice):
    """How grave a supervision finding is (督查等级)."""

    REMINDER = "提醒"
    AT_MEETING = "会上说明"
    TALK = "约谈"


class Said(Term):
    """Whether a unit that had to explain at a scheduling meeting did."""

    EXPLAINED = "已说明"
    LATE = "逾期说明"
    WRITTEN = "书面说明"
    MISSING = "未说明"
