"""The standard template declared once: every sheet with its columns, and the record that a row becomes.

The reader, the checks and the blank workbook all follow this declaration. Headings match after NFKC, without
blanks, line breaks and stars, and by their aliases; position never matters. Money is 万元 in `Decimal`, a share a
percentage in (0, 100], days are `datetime.date`. A cell that is empty or unreadable is None (text: "").
"""

from datetime import date
from decimal import Decimal

from baiti_xl.contest.choices import (
    AS_FAR_AS,
    FOREIGN,
    PENDING,
    REQUIRED_MATTERS,
    Answer,
    Currency,
    FundNature,
    Matter,
    Method,
    Mode,
    Nature,
    Operation,
    ProblemState,
    ProcedureKind,
    ProcedureState,
    Rank,
    Stage,
    VoucherKind,
)
from baiti_xl.contest.columns import (
    AnySheet,
    Record,
    Sheet,
    When,
    choice_column,
    columns_of,
    day_column,
    heading_index,
    key_column,
    money_column,
    percent_column,
    rate_column,
    record,
    text_column,
    whole_column,
)

FORM_VERSION = 2
TEMPLATE_ID = "baiti-xl-baosong"
COVER, CHECK, INDEX, GUIDE, LISTS, META = "封面", "自检", "指标", "填报说明", "字典", "元数据"
HEADING_ROW = 3
FIRST_ROW = 4
COVER_FIRST = 4
CODES = "单位代码"
INDUSTRIES, UNIT_CODES = "产业", "单位代码"
LOOKED_UP = ("单位名称", "单位类别")  # of the cover: by the unit's code
OWN_PROJECTS, MEETING_DAYS, UNIT_NAMES, CUTOFFS = "项目编号", "调度会日期", "单位名称", "报送截止日"
CONTEST_ID, COUNTY, YEAR = "竞赛标识", "县名", "竞赛年份"  # what the hidden sheet says of the contest
INDUSTRY = ("所属产业", "行业")
ENTERPRISE = ("企业名称", "客商单位")

SIGNED = When("stage", AS_FAR_AS[Stage.SIGNED], "P03")
STARTED = When("stage", AS_FAR_AS[Stage.STARTED], "P03")
COMPLETED = When("stage", AS_FAR_AS[Stage.COMPLETED], "P03")
JOINT = When("mode", (Mode.JOINT,), "P05/missing")
IN_FOREIGN = When("currency", FOREIGN)


@record
class Cover:
    """The cover of one submission (封面)."""

    code: str = choice_column(
        "单位代码", default="", list_name=UNIT_CODES, hint="下发的模板已填好，不用改；空白模板从列表选"
    )
    name: str = text_column("单位名称", default="", required=False, hint="按单位代码自动带出")
    group: str = text_column("单位类别", default="", required=False, hint="按单位代码自动带出")
    cutoff: date | None = day_column("填报截止日期", default=None, hint="本表数据截至哪一天，如 {day}")
    batch: int | None = whole_column("报送批次", default=None, low=1, hint="同一截止日期再次报送时加 1")
    reporter: str = text_column("填报人", default="")
    phone: str = text_column("联系电话", default="", hint="11 位手机号，或区号加座机号")
    head: str = text_column("主要负责人", default="")
    deputy: str = text_column("分管负责人", default="")
    members: int | None = whole_column(
        "班子成员数",
        default=None,
        required=False,
        low=1,
        since=2,
        hint="领导班子共几人，用来算外出招商的占比",
    )
    zero_visits: Answer = choice_column(
        "零报告 拜访客商", default=Answer.NONE, hint="“是”表示至今没有内容，表也应为空"
    )
    zero_invitations: Answer = choice_column("零报告 邀请客商", default=Answer.NONE, hint="同上")
    zero_projects: Answer = choice_column("零报告 项目台账", default=Answer.NONE, hint="同上")
    zero_payments: Answer = choice_column("零报告 到位资金", default=Answer.NONE, hint="同上")


@record
class Mobilisation(Record):
    """One thing done to set the contest going (方案三（一）、四（一）)."""

    matter: Matter = choice_column("事项")
    day: date | None = day_column("日期")
    content: str = text_column("内容", width=36)
    paper: str = text_column("文号", required=False, width=18)
    responsible: str = text_column("负责人", hint="这件事的负责人")
    attendance: int | None = whole_column("参加人数", required=False, width=10)
    evidence: str = text_column("佐证材料", required=False, when=When("matter", REQUIRED_MATTERS), width=24)


@record
class Visit(Record):
    """One enterprise visited on one trip."""

    trip: str = text_column("外出批次号", width=14, hint="自定，如 {trip}", aliases=("批次号", "外出批次"))
    day: date | None = day_column("拜访日期", aliases=("走访日期",), hint="到这家企业的日期")
    back: date | None = day_column("返回日期", planned=True, hint="还没有返回的填预计日期")
    destination: str = text_column("目的地", width=16, hint="省市，如 广东佛山")
    enterprise: str = text_column("客商名称", width=28, aliases=ENTERPRISE)
    credit_code: str = text_column(
        "信用代码", required=False, width=20, aliases=("统一社会信用代码", "组织机构代码")
    )
    contact: str = text_column("接洽人")
    position: str = text_column("职务")
    phone: str = text_column("联系电话", required=False, width=14)
    leader: str = text_column("带队领导")
    leader_rank: Rank = choice_column("领导层级")
    people: int | None = whole_column("外出人数", low=1, width=10, hint="含带队领导；同一批次各行相同")
    method: Method = choice_column("招商方式", width=14)
    industry: str = choice_column("产业", list_name=INDUSTRIES, width=18, aliases=INDUSTRY)
    talks: str = text_column("洽谈内容", low=10, width=36, hint="不少于 10 个字")
    project: str = key_column("意向项目编号", required=False, width=14, suggested=OWN_PROJECTS)
    evidence: str = text_column("佐证材料", width=24)
    remark: str = text_column("备注", required=False, width=20)


@record
class Invitation(Record):
    """One enterprise received in the county."""

    day: date | None = day_column("来访日期")
    back: date | None = day_column("离开日期", planned=True, hint="还没有离开的填预计日期")
    enterprise: str = text_column("客商名称", width=28, aliases=ENTERPRISE)
    guest: str = text_column("客商姓名", hint="来人较多的写带队人")
    position: str = text_column("职务")
    origin: str = text_column("来源地", width=16)
    people: int | None = whole_column("来访人数", low=1, width=10)
    leader: str = text_column("接待领导")
    leader_rank: Rank = choice_column("领导层级")
    content: str = text_column("考察内容", width=36)
    project: str = key_column("意向项目编号", required=False, width=14, suggested=OWN_PROJECTS)
    intended: Decimal | None = money_column("意向投资额", required=False, width=13, hint="万元")
    evidence: str = text_column("佐证材料", width=24)
    remark: str = text_column("备注", required=False, width=20)


@record
class Project(Record):
    """One project of the unit's register, followed to the person (方案四（二）)."""

    number: str = key_column("项目编号", width=12, hint="本单位代码-三位数字，如 {number}")
    name: str = text_column("项目名称", width=28)
    investor: str = text_column("投资方", width=28)
    origin: str = text_column("投资方所在地", width=16)
    industry: str = choice_column("产业", list_name=INDUSTRIES, width=18, aliases=INDUSTRY)
    method: Method = choice_column("招商方式", width=14)
    content: str = text_column("建设内容", width=36)
    site: str = text_column("建设地点", width=18)
    total: Decimal | None = money_column("总投资", width=13, aliases=("计划总投资", "总投资额"), hint="万元")
    fixed_investment: Decimal | None = money_column("固定资产投资", width=15, hint="万元；决定档次")
    contract_amount: Decimal | None = money_column(
        "签约金额", required=False, when=SIGNED, width=13, hint="万元", aliases=("合同金额",)
    )
    stage: Stage = choice_column("项目阶段")
    signed: date | None = day_column("签约日期", required=False, when=SIGNED)
    contract: str = text_column("合同编号", required=False, when=SIGNED, width=16)
    nature: Nature = choice_column("合同性质", required=False, when=SIGNED)
    started: date | None = day_column("开工日期", required=False, when=STARTED)
    completed: date | None = day_column("竣工日期", required=False, when=COMPLETED)
    mode: Mode = choice_column("引进方式")
    partners: str = text_column(
        "联合单位代码", required=False, when=JOINT, width=14, hint="在“单位代码”表里查，多个单位用顿号分开"
    )
    share: Decimal | None = percent_column(
        "本单位份额", required=False, when=JOINT, width=12, hint="百分数，如 60；不填 60% 或 0.6"
    )
    joint_id: str = text_column(
        "联合标识", required=False, when=JOINT, width=14, hint="各单位填同一个，如牵头单位的项目编号"
    )
    leader: str = text_column("责任领导")
    responsible: str = text_column("责任人")
    phone: str = text_column("责任人电话", width=14)
    evidence: str = text_column("佐证材料", required=False, when=SIGNED, width=24)
    remark: str = text_column("备注", required=False, width=20)

    @property
    def is_joint(self) -> bool:
        """Whether several units brought the project in together."""
        return self.mode == Mode.JOINT


@record
class Payment(Record):
    """One voucher of money in place."""

    project: str = key_column("项目编号", suggested=OWN_PROJECTS)
    day: date | None = day_column("到位日期")
    amount: Decimal | None = money_column("到位金额", width=13, hint="万元人民币")
    nature: FundNature = choice_column("资金性质", width=14)
    voucher_kind: VoucherKind = choice_column("凭证类型")
    voucher: str = text_column("凭证号", width=18)
    payer: str = text_column("付款方", width=28)
    currency: Currency = choice_column("币种", width=10)
    foreign: Decimal | None = money_column(
        "原币金额",
        required=False,
        when=IN_FOREIGN,
        width=13,
        counted_in="万（外币）",
        hint="如 20 万美元填 20",
    )
    rate: Decimal | None = rate_column("汇率", required=False, when=IN_FOREIGN, width=10)
    evidence: str = text_column("佐证材料", width=20)
    remark: str = text_column("备注", required=False, width=20)


@record
class Procedure(Record):
    """One procedure of one project (方案三（三）)."""

    project: str = key_column("项目编号", suggested=OWN_PROJECTS)
    kind: ProcedureKind = choice_column("手续类别")
    state: ProcedureState = choice_column("状态")
    department: str = text_column("责任部门", width=20, suggested=UNIT_NAMES)
    responsible: str = text_column("责任人")
    planned: date | None = day_column(
        "计划办结日期", required=False, when=When("state", PENDING), width=14, planned=True
    )
    done: date | None = day_column(
        "实际办结日期", required=False, when=When("state", (ProcedureState.DONE,)), width=14
    )
    paper: str = text_column("文号", required=False, when=When("state", (ProcedureState.DONE,)), width=20)
    remark: str = text_column("备注", required=False, width=24)


@record
class Problem(Record):
    """One difficulty to be followed up (方案四（三）)."""

    project: str = key_column("项目编号", required=False, suggested=OWN_PROJECTS)
    day: date | None = day_column("提出日期")
    problem: str = text_column("问题", width=40)
    department: str = text_column("需协调部门", width=20, suggested=UNIT_NAMES)
    measure: str = text_column("处理措施", required=False, width=36)
    state: ProblemState = choice_column("状态")
    solved: date | None = day_column("解决日期", required=False, when=When("state", (ProblemState.SOLVED,)))
    responsible: str = text_column("跟踪责任人")


@record
class FollowUp(Record):
    """One call on an enterprise to learn how it is doing (方案四（三）)."""

    day: date | None = day_column("走访日期")
    project: str = key_column("项目编号", required=False, suggested=OWN_PROJECTS)
    enterprise: str = text_column("企业名称", width=28)
    visitor: str = text_column("走访人")
    operation: Operation = choice_column("生产经营状况", width=14)
    reported: str = text_column("反映的问题", required=False, width=36, hint="需要县里协调的另填“困难问题”")
    measures: str = text_column("采取措施", required=False, width=36)
    remark: str = text_column("备注", required=False, width=20)


@record
class Explanation(Record):
    """What a unit without a breakthrough explains at a scheduling meeting (方案四（四）)."""

    meeting: date | None = day_column("调度会日期", planned=True, suggested=MEETING_DAYS)
    reason: str = text_column("未取得突破原因", width=44)
    measures: str = text_column("下步措施", width=44)
    due: date | None = day_column("完成时间", planned=True)
    head: str = text_column("主要负责人")


MOBILISATION = Sheet(
    "组织发动",
    Mobilisation,
    "一件事一行：动员会议、实施方案、工作机构三项都要有，并写明佐证材料（文件名或文号）。",
    key=("matter", "day", "content"),
    own_day="day",
    living=("paper", "attendance", "evidence"),
    source="方案三（一）、四（一）",
)
VISITS = Sheet(
    "拜访客商",
    Visit,
    "一家客商一行；同一次外出用同一个外出批次号；客商名称写企业全称。",
    key=("trip", "day", "enterprise"),
    own_day="day",
    order=(("day", "back"),),
    zero="zero_visits",
    capacity=2000,
    living=("phone", "evidence", "credit_code", "project", "remark"),
    source="方案二、三（二）",
)
INVITATIONS = Sheet(
    "邀请客商",
    Invitation,
    "客商来县考察一次一行；来访人数写实际到县人数。",
    key=("day", "enterprise", "guest"),
    own_day="day",
    order=(("day", "back"),),
    zero="zero_invitations",
    living=("evidence", "project", "remark", "intended"),
    source="方案二、三（二）",
)
PROJECTS = Sheet(
    "项目台账",
    Project,
    "一个项目一行，金额单位万元；项目阶段变化时改同一行，不要另起一行；联合引进的项目各单位都报，联合标识相同。",
    key=("number",),
    order=(("signed", "started"), ("started", "completed")),
    zero="zero_projects",
    living=(
        "phone",
        "content",
        "responsible",
        "evidence",
        "leader",
        "remark",
        "site",
        "contract_amount",
        "stage",
        "nature",
    ),
    source="方案二、四（二）",
)
PAYMENTS = Sheet(
    "到位资金",
    Payment,
    "一张凭证一行，到位金额为折合人民币万元；外币另填原币金额（万）和汇率。",
    key=("voucher", "payer"),
    own_day="day",
    zero="zero_payments",
    living=("evidence", "remark"),
    source="方案二",
)
PROCEDURES = Sheet(
    "手续办理",
    Procedure,
    "一个项目的一项手续一行，写清责任部门、责任人和计划办结日期。",
    key=("project", "kind"),
    living=("paper", "responsible", "remark", "state", "department", "planned"),
    source="方案三（三）",
)
PROBLEMS = Sheet(
    "困难问题",
    Problem,
    "一个问题一行；解决后改状态并填解决日期，不要删除。",
    key=("day", "problem"),
    own_day="day",
    order=(("day", "solved"),),
    living=("responsible", "state", "department", "measure", "solved"),
    source="方案四（三）",
)
FOLLOW_UPS = Sheet(
    "跟踪服务",
    FollowUp,
    "主动上门了解企业生产经营状况，一次走访一行；没有走访的不用填。",
    key=("day", "enterprise"),
    own_day="day",
    living=("project", "measures", "remark"),
    source="方案四（三）",
    since=2,
)
EXPLANATIONS = Sheet(
    "情况说明",
    Explanation,
    "调度周期内没有取得实质性突破的单位填写：原因、下步措施和完成时间。",
    key=("meeting",),
    own_day="meeting",
    source="方案四（四）",
)
DATA_SHEETS: tuple[AnySheet, ...] = (
    MOBILISATION, VISITS, INVITATIONS, PROJECTS, PAYMENTS, PROCEDURES, PROBLEMS, FOLLOW_UPS, EXPLANATIONS,
)  # fmt: skip
PARTS = ((COVER, 1, columns_of(Cover)), *((s.name, s.since, s.columns) for s in DATA_SHEETS))
if unborn := [
    c.heading for _, since, columns in PARTS for c in columns if max(since, c.since) > FORM_VERSION
]:
    raise ValueError(f"since a later form than FORM_VERSION: {', '.join(unborn)}")
SHEETS = {sheet.name: sheet for sheet in DATA_SHEETS}
ZERO_SHEETS = tuple(sheet for sheet in DATA_SHEETS if sheet.zero)
COVER_FIELDS = columns_of(Cover)
COVER_BY_FIELD = {column.field: column for column in COVER_FIELDS}
COVER_HEADINGS = heading_index(COVER_FIELDS)


def added_after(version: int) -> tuple[str, ...]:
    """Return what forms have since a version did not: sheets, and columns of sheets it had."""
    found = []
    for name, since, columns in PARTS:
        if since > version:
            found.append(f"「{name}」表")
        else:
            found += [f"「{name}」的{c.heading}" for c in columns if c.since > version]
    return tuple(found)
