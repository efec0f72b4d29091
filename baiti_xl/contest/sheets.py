"""The standard template declared once: sheets, headings, kinds, needs and choices.

The reader, the checks and the blank workbook all follow this declaration. Headings match after
NFKC, without blanks, line breaks and stars, and by their aliases; position never matters.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from baiti_xl.contest import records

FORM_VERSION = "1"
TEMPLATE_ID = "baiti-xl-baosong"
COVER, CHECK, INDEX, GUIDE, LISTS, META = "封面", "自检", "指标", "填报说明", "字典", "元数据"
HEADING_ROW = 3
FIRST_ROW = 4
YES, NO = "是", "否"
GROUPS = ("乡镇", "县直")
INDUSTRIES, UNIT_CODES = "产业", "单位代码"


class Kind(StrEnum):
    """What a cell holds; the letters are those of the design of the form."""

    DATE = "D"
    MONEY = "M"
    WHOLE = "I"
    PERCENT = "P"
    CHOICE = "E"
    TEXT = "T"
    KEY = "K"
    RATE = "R"


@dataclass(frozen=True, slots=True)
class When:
    """The condition under which a cell must be filled: `heading` holds one of `values`."""

    heading: str
    values: tuple[str, ...]
    rule: str = "C02"


@dataclass(frozen=True, slots=True)
class Column:
    """One heading: its field of the record, kind and need.

    `when` makes it conditionally required; `choices` are fixed ones, or the one name of a list kept in
    the console; `low` is the least whole number, or the least number of characters of a text.
    """

    heading: str
    field: str
    kind: Kind = Kind.TEXT
    required: bool = True
    when: When | None = None
    choices: tuple[str, ...] = ()
    list_name: str = ""
    low: int = 0
    width: int = 12
    aliases: tuple[str, ...] = ()
    hint: str = ""

    @property
    def label(self) -> str:
        """The heading as staff see it, with a star if it is always required."""
        return f"{self.heading}*" if self.required else self.heading

    @property
    def unit(self) -> str:
        """The unit of measure of a number, for messages."""
        return {Kind.MONEY: "万元", Kind.PERCENT: "百分数", Kind.WHOLE: "个", Kind.RATE: "元/外币"}.get(
            self.kind, ""
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One data sheet: its columns, the record a row becomes, and the headings that identify a row."""

    name: str
    instruction: str
    record: type[records.Record]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    capacity: int = 500
    source: str = ""

    def column(self, heading: str) -> Column:
        """Return the column of a heading; KeyError if there is none."""
        return next(c for c in self.columns if c.heading == heading)

    @property
    def fields(self) -> Mapping[str, Column]:
        """The columns by the field they fill."""
        return {c.field: c for c in self.columns}


RANKS = ("党政主职", "班子成员", "其他")
METHODS = (
    "小分队招商",
    "以商招商",
    "以情招商",
    "委托招商",
    "网络招商",
    "产业链招商",
    "走访园区企业",
    "节会招商",
    "其他",
)
MATTERS = ("动员会议", "实施方案", "工作机构", "招商小分队", "宣传活动", "其他")
REQUIRED_MATTERS = MATTERS[:3]
STAGES = ("洽谈", "签约", "开工", "竣工", "终止")
NATURES = ("意向", "框架", "正式")
PROCEDURE_KINDS = ("立项备案", "土地", "规划", "环评", "施工许可", "其他")
PROCEDURE_STATES = ("未启动", "办理中", "已办结", "不需要")
LOCAL_CURRENCY = "人民币"
FOREIGN = ("美元", "欧元", "港元", "日元", "其他")

SIGNED = When("项目阶段", records.Project.SIGNED, "P03")
STARTED = When("项目阶段", records.Project.STARTED, "P03")
COMPLETED = When("项目阶段", ("竣工",), "P03")
JOINT = When("引进方式", ("联合",), "P05/missing")
IN_FOREIGN = When("币种", FOREIGN)

COVER_FIELDS = (
    Column("单位代码", "code", Kind.CHOICE, list_name=UNIT_CODES, hint="从单位名录选择；下发的模板已填好"),
    Column("单位名称", "name", required=False, hint="按单位代码自动带出"),
    Column("单位类别", "group", required=False, hint="按单位代码自动带出"),
    Column("填报截止日期", "cutoff", Kind.DATE, hint="本表数据截至哪一天，如 2011-5-13"),
    Column("报送批次", "batch", Kind.WHOLE, low=1, hint="同一截止日期再次报送时加 1"),
    Column("填报人", "reporter"),
    Column("联系电话", "phone", hint="11 位手机号，或区号加座机号"),
    Column("主要负责人", "head"),
    Column("分管负责人", "deputy"),
    Column(
        "零报告 拜访客商",
        "zero_visits",
        Kind.CHOICE,
        choices=(YES, NO),
        hint="“是”表示至今没有内容，表也应为空",
    ),
    Column("零报告 邀请客商", "zero_invitations", Kind.CHOICE, choices=(YES, NO), hint="同上"),
    Column("零报告 项目台账", "zero_projects", Kind.CHOICE, choices=(YES, NO), hint="同上"),
    Column("零报告 到位资金", "zero_payments", Kind.CHOICE, choices=(YES, NO), hint="同上"),
)
ZERO_REPORTS = {
    "拜访客商": "zero_visits",
    "邀请客商": "zero_invitations",
    "项目台账": "zero_projects",
    "到位资金": "zero_payments",
}

MOBILISATION = Sheet(
    "组织发动",
    "一件事一行：动员会议、实施方案、工作机构三项都要有，并写明佐证材料（文件名或文号）。",
    records.Mobilisation,
    (
        Column("事项", "matter", Kind.CHOICE, choices=MATTERS),
        Column("日期", "day", Kind.DATE),
        Column("内容", "content", width=36),
        Column("文号", "paper", required=False, width=18),
        Column("负责人", "responsible"),
        Column("参加人数", "attendance", Kind.WHOLE, required=False, width=10),
        Column("佐证材料", "evidence", required=False, when=When("事项", REQUIRED_MATTERS), width=24),
    ),
    key=("事项", "日期", "内容"),
    source="方案三（一）、四（一）",
)
VISITS = Sheet(
    "拜访客商",
    "一家客商一行；同一次外出用同一个外出批次号；客商名称写企业全称。",
    records.Visit,
    (
        Column("外出批次号", "trip", width=14, hint="自定，如 2011-W01", aliases=("批次号", "外出批次")),
        Column("拜访日期", "day", Kind.DATE, aliases=("走访日期",)),
        Column("返回日期", "back", Kind.DATE),
        Column("目的地", "destination", width=16, hint="省市，如 广东佛山"),
        Column("客商名称", "enterprise", width=28, aliases=("企业名称", "客商单位")),
        Column(
            "信用代码", "credit_code", required=False, width=20, aliases=("统一社会信用代码", "组织机构代码")
        ),
        Column("接洽人", "contact"),
        Column("职务", "position"),
        Column("联系电话", "phone", required=False, width=14),
        Column("带队领导", "leader"),
        Column("领导层级", "leader_rank", Kind.CHOICE, choices=RANKS),
        Column("外出人数", "people", Kind.WHOLE, low=1, width=10),
        Column("招商方式", "method", Kind.CHOICE, choices=METHODS, width=14),
        Column("产业", "industry", Kind.CHOICE, list_name=INDUSTRIES, width=18, aliases=("所属产业", "行业")),
        Column("洽谈内容", "talks", low=10, width=36, hint="不少于 10 个字"),
        Column("意向项目编号", "project", Kind.KEY, required=False, width=14),
        Column("佐证材料", "evidence", width=24),
        Column("备注", "remark", required=False, width=20),
    ),
    key=("外出批次号", "拜访日期", "客商名称"),
    capacity=2000,
    source="方案二、三（二）",
)
INVITATIONS = Sheet(
    "邀请客商",
    "客商来县考察一次一行；来访人数写实际到县人数。",
    records.Invitation,
    (
        Column("来访日期", "day", Kind.DATE),
        Column("离开日期", "back", Kind.DATE),
        Column("客商名称", "enterprise", width=28, aliases=("企业名称", "客商单位")),
        Column("客商姓名", "guest"),
        Column("职务", "position"),
        Column("来源地", "origin", width=16),
        Column("来访人数", "people", Kind.WHOLE, low=1, width=10),
        Column("接待领导", "leader"),
        Column("领导层级", "leader_rank", Kind.CHOICE, choices=RANKS),
        Column("考察内容", "content", width=36),
        Column("意向项目编号", "project", Kind.KEY, required=False, width=14),
        Column("意向投资额", "intended", Kind.MONEY, required=False, width=13, hint="万元"),
        Column("佐证材料", "evidence", width=24),
        Column("备注", "remark", required=False, width=20),
    ),
    key=("来访日期", "客商名称", "客商姓名"),
    source="方案二、三（二）",
)
PROJECTS = Sheet(
    "项目台账",
    "一个项目一行，金额单位万元；项目阶段变化时改同一行，不要另起一行；联合引进的项目各单位都报，联合标识相同。",
    records.Project,
    (
        Column("项目编号", "number", Kind.KEY, width=12, hint="本单位代码-三位数字，如 X01-001"),
        Column("项目名称", "name", width=28),
        Column("投资方", "investor", width=28),
        Column("投资方所在地", "origin", width=16),
        Column("产业", "industry", Kind.CHOICE, list_name=INDUSTRIES, width=18, aliases=("所属产业", "行业")),
        Column("招商方式", "method", Kind.CHOICE, choices=METHODS, width=14),
        Column("建设内容", "content", width=36),
        Column("建设地点", "site", width=18),
        Column("总投资", "total", Kind.MONEY, width=13, aliases=("计划总投资", "总投资额"), hint="万元"),
        Column("固定资产投资", "fixed_investment", Kind.MONEY, width=15, hint="万元；决定档次"),
        Column(
            "签约金额",
            "contract_amount",
            Kind.MONEY,
            required=False,
            when=SIGNED,
            width=13,
            hint="万元",
            aliases=("合同金额",),
        ),
        Column("项目阶段", "stage", Kind.CHOICE, choices=STAGES),
        Column("签约日期", "signed", Kind.DATE, required=False, when=SIGNED),
        Column("合同编号", "contract", required=False, when=SIGNED, width=16),
        Column("合同性质", "nature", Kind.CHOICE, required=False, when=SIGNED, choices=NATURES),
        Column("开工日期", "started", Kind.DATE, required=False, when=STARTED),
        Column("竣工日期", "completed", Kind.DATE, required=False, when=COMPLETED),
        Column("引进方式", "mode", Kind.CHOICE, choices=("独立", "联合")),
        Column("联合单位代码", "partners", required=False, when=JOINT, width=14, hint="多个单位用顿号分开"),
        Column(
            "本单位份额", "share", Kind.PERCENT, required=False, when=JOINT, width=12, hint="百分数，如 60"
        ),
        Column(
            "联合标识",
            "joint_id",
            required=False,
            when=JOINT,
            width=14,
            hint="各单位填同一个，如牵头单位的项目编号",
        ),
        Column("责任领导", "leader"),
        Column("责任人", "responsible"),
        Column("责任人电话", "phone", width=14),
        Column("佐证材料", "evidence", required=False, when=SIGNED, width=24),
        Column("备注", "remark", required=False, width=20),
    ),
    key=("项目编号",),
    source="方案二、四（二）",
)
PAYMENTS = Sheet(
    "到位资金",
    "一张凭证一行，到位金额为折合人民币万元；外币另填原币金额（万）和汇率。",
    records.Payment,
    (
        Column("项目编号", "project", Kind.KEY),
        Column("到位日期", "day", Kind.DATE),
        Column("到位金额", "amount", Kind.MONEY, width=13, hint="万元人民币"),
        Column(
            "资金性质",
            "nature",
            Kind.CHOICE,
            choices=("注册资本", "固定资产投资", "土地款", "流动资金", "其他"),
            width=14,
        ),
        Column(
            "凭证类型",
            "voucher_kind",
            Kind.CHOICE,
            choices=("银行进账单", "验资报告", "发票", "结算单", "其他"),
            width=13,
        ),
        Column("凭证号", "voucher", width=18),
        Column("付款方", "payer", width=28),
        Column("币种", "currency", Kind.CHOICE, choices=(LOCAL_CURRENCY, *FOREIGN), width=10),
        Column("原币金额", "foreign", Kind.MONEY, required=False, when=IN_FOREIGN, width=13, hint="万"),
        Column("汇率", "rate", Kind.RATE, required=False, when=IN_FOREIGN, width=10),
        Column("佐证材料", "evidence", width=24),
        Column("备注", "remark", required=False, width=20),
    ),
    key=("凭证号", "付款方"),
    source="方案二",
)
PROCEDURES = Sheet(
    "手续办理",
    "一个项目的一项手续一行，写清责任部门、责任人和计划办结日期。",
    records.Procedure,
    (
        Column("项目编号", "project", Kind.KEY),
        Column("手续类别", "kind", Kind.CHOICE, choices=PROCEDURE_KINDS),
        Column("状态", "state", Kind.CHOICE, choices=PROCEDURE_STATES),
        Column("责任部门", "department", width=20),
        Column("责任人", "responsible"),
        Column(
            "计划办结日期",
            "planned",
            Kind.DATE,
            required=False,
            when=When("状态", ("未启动", "办理中")),
            width=14,
        ),
        Column("实际办结日期", "done", Kind.DATE, required=False, when=When("状态", ("已办结",)), width=14),
        Column("文号", "paper", required=False, when=When("状态", ("已办结",)), width=20),
        Column("备注", "remark", required=False, width=24),
    ),
    key=("项目编号", "手续类别"),
    source="方案三（三）",
)
PROBLEMS = Sheet(
    "困难问题",
    "一个问题一行；解决后改状态并填解决日期，不要删除。",
    records.Problem,
    (
        Column("项目编号", "project", Kind.KEY, required=False),
        Column("提出日期", "day", Kind.DATE),
        Column("问题", "problem", width=40),
        Column("需协调部门", "department", width=20),
        Column("处理措施", "measure", required=False, width=36),
        Column("状态", "state", Kind.CHOICE, choices=("未解决", "办理中", "已解决")),
        Column("解决日期", "solved", Kind.DATE, required=False, when=When("状态", ("已解决",))),
        Column("跟踪责任人", "responsible"),
    ),
    key=("提出日期", "问题"),
    source="方案四（三）",
)
EXPLANATIONS = Sheet(
    "情况说明",
    "调度周期内没有取得实质性突破的单位填写：原因、下步措施和完成时间。",
    records.Explanation,
    (
        Column("调度会日期", "meeting", Kind.DATE),
        Column("未取得突破原因", "reason", width=44),
        Column("下步措施", "measures", width=44),
        Column("完成时间", "due", Kind.DATE),
        Column("主要负责人", "head"),
    ),
    key=("调度会日期",),
    source="方案四（四）",
)
DATA_SHEETS = (MOBILISATION, VISITS, INVITATIONS, PROJECTS, PAYMENTS, PROCEDURES, PROBLEMS, EXPLANATIONS)
SHEETS = {sheet.name: sheet for sheet in DATA_SHEETS}

# The date by which a row belongs to the contest's window, and the dates that may not come out of order.
OWN_DAY = {
    "组织发动": "day",
    "拜访客商": "day",
    "邀请客商": "day",
    "到位资金": "day",
    "困难问题": "day",
    "情况说明": "meeting",
}
DATE_ORDER = {
    "拜访客商": (("拜访日期", "返回日期"),),
    "邀请客商": (("来访日期", "离开日期"),),
    "项目台账": (("签约日期", "开工日期"), ("开工日期", "竣工日期")),
    "困难问题": (("提出日期", "解决日期"),),
}
# Dates that lie ahead by nature and may come after 填报截止日期.
PLANNED_DATES = frozenset({"计划办结日期", "完成时间", "调度会日期"})
MONEY_TYPED = (("项目台账", "contract_amount"), ("到位资金", "amount"))


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """Return what two spellings of a heading share: NFKC, no blanks, no line breaks, no stars."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("*", "").replace("\u200b", "")


def heading_index(columns: tuple[Column, ...]) -> dict[str, Column]:
    """Map every spelling that stands for a column (heading and aliases) to the column."""
    return {heading_key(name): c for c in columns for name in (c.heading, *c.aliases)}


COVER_HEADINGS = heading_index(COVER_FIELDS)
HEADINGS = {sheet.name: heading_index(sheet.columns) for sheet in DATA_SHEETS}


def record_key(sheet: Sheet, record: records.Record) -> str:
    """Return what identifies a row for rulings: its key columns joined by “|”."""
    fields = (sheet.column(heading).field for heading in sheet.key)
    return "|".join(str(value) if (value := getattr(record, name)) is not None else "" for name in fields)


def record_id(unit: str, sheet: Sheet, record: records.Record) -> str:
    """Return the 记录标识 of a row as rulings write it: unit/sheet/key."""
    return f"{unit}/{sheet.name}/{record_key(sheet, record)}"
