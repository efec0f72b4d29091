"""What each figure means, in the words of the rulebook in force; shared by workbooks and documents."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from baiti_xl.contest.choices import JointTask, RankingField
from baiti_xl.contest.loading import parameter_cell
from baiti_xl.contest.measures import AMOUNT, DIFFERENT, PAID, Measure, Number, comparisons, measure
from baiti_xl.contest.rulebook import OWN, PARAMETERS, Rulebook

PAID_ELSEWHERE = "表外到位资金"
CHANGE, IN_STAGE = "（本期增加）", "（本阶段）"
PUBLISHED, ADDED, CORRECTED = "（上期公布）", "（本期新增）", "（更正）"
OF_A_PART = {
    CHANGE: "统计日数值减比较日数值。",
    IN_STAGE: "日期在该阶段内的部分。",
    PUBLISHED: "比较日公布的数；没有公布过的按归档重新计算。",
    ADDED: "本期累计减上期公布和更正：比较日以后发生的，以及以前没有报过的。",
    CORRECTED: "上期公布的记录现在的数减当时的数，逐条见更正。",
}
SCORE = "综合得分"


class Told(NamedTuple):
    """A figure that papers print beside the measures: what kind of number it is, and what it means."""

    number: Number
    text: str


OTHERS = {
    "逾期天数": Told(
        Number.WHOLE, "统计日减计划办结日期的天数；报送表只填到统计日以前的，算到它的填报截止日期。"
    ),
    "在建项目数": Told(
        Number.SHARED, "期内已开工、截至统计日尚未竣工的项目个数，联合项目计数办法同签约项目数。"
    ),
    "单位个数": Told(Number.WHOLE, "符合所述情形的单位个数，一个单位计一个。"),
    "报送率": Told(Number.RATE, "本期已报送单位数 ÷ 应报送单位数。"),
    "任务完成率": Told(Number.RATE, "完成基本任务的单位数 ÷ 承担基本任务的单位数。"),
    "批次": Told(Number.WHOLE, "符合所述情形的外出批次或来访批次，一批计一个。"),
    "项目个数": Told(Number.WHOLE, "所涉及的不同项目的个数，一个项目计一个。"),
    DIFFERENT: Told(
        Number.WHOLE, "各单位拜访（邀请）的不同客商的家数；名称相同的算一家，不论有几个单位拜访（邀请）。"
    ),
    "走访家次": Told(Number.WHOLE, "跟踪服务表中截至统计日的走访，一行计一次。"),
    "走访企业家数": Told(Number.WHOLE, "走访的不同企业家数；生产经营状况取最近一次走访所见。"),
    "督查记录条数": Told(Number.WHOLE, "操作台“督查记录”截至统计日的条数，一行计一条。"),
    "部门个数": Told(Number.WHOLE, "困难问题表中尚未解决的问题所填的不同协调部门的个数。"),
    "在谈项目个数": Told(Number.WHOLE, "项目台账中阶段为洽谈的项目，一行计一个；联合引进的各单位都计。"),
    "在谈项目总投资": Told(Number.MONEY, "上述在谈项目所填总投资之和，万元，联合项目按全额列示。"),
    "项目总投资": Told(Number.MONEY, "项目台账所填总投资，万元，联合项目按全额列示。"),
    "问题个数": Told(Number.WHOLE, "困难问题表中未解决和办理中的问题，一行计一个。"),
    "手续项数": Told(Number.WHOLE, "手续办理表中未启动和办理中的手续，一行计一项。"),
    "差错个数": Told(Number.WHOLE, "报送表中严重程度为“错”的问题，一处计一个。"),
    "项目固定资产投资": Told(Number.MONEY, "项目台账所填固定资产投资，万元，联合项目按全额列示。"),
    "项目签约金额": Told(Number.MONEY, "项目台账所填签约金额乘以本单位份额，万元。"),
    "项目到位资金": Told(Number.MONEY, "期内该项目各凭证到位金额乘以本单位份额之和，万元。"),
    "本单位份额": Told(Number.PORTION, "本单位在联合引进项目中的份额；独立引进为 100%。"),
    "意向投资额": Told(Number.MONEY, "邀请客商表所填意向投资额，万元。"),
    "资金到位率": Told(Number.RATE, f"期内签约项目的{PAID.name} ÷ 这些项目的{AMOUNT.name}。"),
    "签约项目开工数": Told(Number.SHARED, "期内签约项目中期内已开工的个数。"),
    "签约项目到位资金": Told(
        Number.MONEY, "期内签约项目的到位资金，万元；不含其他项目（如竞赛以前签约的）在期内到位的资金。"
    ),
    PAID_ELSEWHERE: Told(
        Number.MONEY,
        "到位资金中不属于表中所列项目的部分（如竞赛以前签约的、只签意向或框架合同的、所在行有差错没有计入的项目），万元，按本单位份额计算。",
    ),
    "开工率": Told(Number.RATE, "期内签约项目中期内已开工的个数 ÷ 期内签约项目数。"),
    "占比": Told(Number.RATE, "该类数值 ÷ 全县数值。"),
    "单项得分": Told(Number.POINTS, "权重 × 本单位数值 ÷ 最好值 ÷ 权重之和 × 100。"),
    "最好值": Told(Number.SHARED, "组内（或全县）各单位该项数值中最大的一个。"),
    "组内平均": Told(Number.SHARED, "组内有数值的各单位数值之和 ÷ 单位数。"),
}


def counting(book: Rulebook) -> str:
    """Return which rows count."""
    window = f"{book.start} 至统计日（不超过 {book.end}），含首尾两天"
    return f"该行没有未处理的“错”，没有被裁定排除，业务日期在 {window}。"


def tiers(book: Rulebook) -> str:
    """Return which projects are of which tier."""
    bound = "不低于" if book.tier_inclusive else "高于"
    each = "；".join(f"{t.name}（{t.label}）{bound} {t.lower:f} 万元" for t in book.tiers)
    return f"按固定资产投资：{each}；以下为未入档。单位的档次取签约项目中最高的一档。（方案二）"


def task(book: Rulebook) -> str:
    """Return when the basic task is done."""
    lead = "联合项目只认牵头单位" if book.joint_task == JointTask.LEAD else "联合项目按份额"
    return f"{task_words(book)}；{lead}。（方案二）"


def score(book: Rulebook) -> str:
    """Return how the score is made of the comparisons."""
    best = "组内" if book.ranking == RankingField.GROUP else "全县"
    return f"各项（权重 × 本单位数值 ÷ {best}最好值）之和 ÷ 权重之和 × 100；最好值为 0 或没有数值的项得 0 分。（{OWN}）"


MAIN: Mapping[str, Callable[[Rulebook], str]] = {
    "计入条件": counting,
    "档次": tiers,
    "基本任务": task,
    "名次": lambda _: (
        "数值相同名次相同，其后名次顺延；没有数值的不排名，列在最后；同名次按单位名录先后列出。"
    ),
    SCORE: score,
    "取舍": lambda _: "金额和比率只在显示时四舍五入到两位小数，计算过程不取舍。",
}


def figure_definitions(book: Rulebook) -> Mapping[str, str]:
    """Return what each of the main figures means by name, in the order they are explained."""
    names = dict.fromkeys(("计入条件", *(m.name for m in comparisons()), *MAIN))
    return {name: meaning(name, book) for name in names}


def explanations(book: Rulebook) -> list[tuple[str, str]]:
    """Return (name, explanation) of every figure and of every parameter with its authority, as 口径说明 has them."""
    parameters = (
        (f"参数　{p.name}", f"{parameter_cell(getattr(book, p.field))}{p.unit}　（{p.source}）")
        for p in PARAMETERS
    )
    return [*figure_definitions(book).items(), *parameters]


def task_words(book: Rulebook) -> str:
    """Return what the basic task asks for."""
    return f"{book.task_basis}达到 {book.task_threshold:f} 万元、已{book.task_stage}的项目不少于 {book.task_count:f} 个"


def part_definition(rate: Measure, part: Measure, at: int) -> tuple[str, str]:
    """Return what a rate's numerator (0) or denominator (1) is called, and what it means."""
    if at == 0:
        return "分子", f"{rate.name}的分子：期内{part.name}。"
    return "分母", f"{rate.name}的分母，见{rate.name}。"


@lru_cache(maxsize=1024)
def base_name(name: str) -> str:
    """Return a figure's name without what says that it is of a period, a stage or a part only."""
    return next((name.removesuffix(part) for part in OF_A_PART if name.endswith(part)), name)


def definition(name: str, book: Rulebook) -> str:
    """Return what a figure that a document prints means; "" if there is nothing to say."""
    base = base_name(name)
    if base != name:
        return f"{OF_A_PART[name.removeprefix(base)]}{meaning(base, book)}"
    if name.endswith("名次"):
        return meaning("名次", book)
    if name.endswith("项目") and not meaning(name, book):
        return f"签约项目中属于该档次的个数。{meaning('档次', book)}"
    return meaning(name, book)


def meaning(name: str, book: Rulebook) -> str:
    """Return what a whole figure means; "" if there is nothing to say."""
    if item := measure(name):
        return f"{item.definition(book)}（{item.article}）" if item.compared else item.definition(book)
    if name in OTHERS:
        return OTHERS[name].text
    return MAIN[name](book) if name in MAIN else ""


def number_of(name: str) -> Number:
    """Return what kind of number a figure that a document prints is."""
    base = base_name(name)
    if item := measure(base):
        return item.number
    if base in OTHERS:
        return OTHERS[base].number
    return Number.POINTS if base == SCORE else Number.WHOLE if base.endswith("名次") else Number.SHARED
