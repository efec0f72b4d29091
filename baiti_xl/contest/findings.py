"""What a check can say: places, severities, and the one catalogue of rules and sentences.

A finding is a value. Every sentence a user sees about a submission is written here: first what is
wrong, then what to do about it. A rule id may have variants (`C03/date`); the part before the
slash is the id that staff, rulings and scripts use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs: 错 keeps a row from counting, 警 counts but needs an answer."""

    ERROR = "错"
    WARNING = "警"
    NOTE = "示"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the submissions something stands; an empty part means the whole of it."""

    file: str
    sheet: str = ""
    cell: str = ""
    heading: str = ""

    def __str__(self) -> str:
        heading = f"「{self.heading}」" if self.heading else ""
        return " ".join(part for part in (self.file, self.sheet, self.cell + heading) if part)


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of the catalogue, with its severity and the article it rests on."""

    id: str
    severity: Severity
    title: str
    fault: str
    remedy: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one submission, at its cell, with the value as it was typed."""

    rule: str
    severity: Severity
    place: Place
    value: str
    message: str
    row: int = 0
    unit: str = ""
    record: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the row may not count while this finding is open."""
        return self.severity is Severity.ERROR


FORM = "报送模板"
OWN = "本系统约定"
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES = (
    # files
    Rule(
        "F01",
        ERROR,
        "不是工作簿",
        "这个文件不是 Excel 工作簿（{what}）",
        "请用报送模板填好后另存为 .xlsx 再报",
        FORM,
    ),
    Rule("F02", ERROR, "文件加密", "文件加密，打不开", "请取消密码后重报", FORM),
    Rule("F03", ERROR, "文件过大", "文件过大（{what}）", "请删去多余的图片、空白行和无关工作表后重报", FORM),
    Rule(
        "F03/empty",
        NOTE,
        "空白行过多",
        "「{sheet}」有约 {count} 行只设了格式的空白行",
        "不影响统计；删去后文件会小很多",
        FORM,
    ),
    Rule(
        "F04",
        ERROR,
        "文件损坏",
        "文件已损坏，无法读取（{what}）",
        "请在电脑上重新打开并另存为 .xlsx 后再报",
        FORM,
    ),
    Rule(
        "F04/program",
        ERROR,
        "程序读取出错",
        "读取这个文件时程序出错（{what}）",
        "请另存为 .xlsx 后再报，并把原件发给维护人员",
        FORM,
    ),
    Rule(
        "F05",
        ERROR,
        "文件异常",
        "文件内部结构异常，为安全起见没有读取（{what}）",
        "请把内容复制到新下发的模板里重报",
        FORM,
    ),
    Rule(
        "F05/macros",
        NOTE,
        "含有宏",
        "文件里含有宏，已忽略，没有运行",
        "下次请用不含宏的报送模板（.xlsx）",
        FORM,
    ),
    Rule(
        "F06",
        ERROR,
        "模板版本不符",
        "不认识这个文件的模板版本（{what}）",
        "请用办公室最近下发的模板重填",
        FORM,
    ),
    Rule("F07", ERROR, "单位不在名录", "单位代码「{value}」不在单位名录里", "请在封面选择本单位的代码", FORM),
    Rule(
        "F08",
        ERROR,
        "同批次重复",
        "本单位 {day} 第 {batch} 批有内容不同的两个文件（另一个是 {other}），两个都暂不计入",
        "请删去作废的一个，或把新的一份批次加 1",
        FORM,
    ),
    Rule(
        "F09/sheet",
        ERROR,
        "缺工作表",
        "缺少工作表「{sheet}」",
        "请从模板里补回这张表，没有内容也要保留",
        FORM,
    ),
    Rule(
        "F09/heading", ERROR, "缺标题", "「{sheet}」缺少标题「{heading}」", "请按模板补回这一列的标题", FORM
    ),
    Rule("F09/twice", ERROR, "标题重复", "「{sheet}」有两列都叫「{heading}」", "请只保留一列", FORM),
    # cells
    Rule("C01", ERROR, "必填项为空", "必填项「{heading}」没有填", "请补填", FORM),
    Rule("C02", ERROR, "条件必填项为空", "{because}，「{heading}」必须填写", "请补填，或改正前一项", FORM),
    Rule(
        "C03/date",
        ERROR,
        "日期无法识别",
        "「{heading}」不是可以确定的日期（{why}）",
        "请写成 2011-4-25 这样的完整日期",
        FORM,
    ),
    Rule(
        "C03/number",
        ERROR,
        "数字无法识别",
        "「{heading}」不是可以确定的数字（{why}）",
        "请只填数字，单位统一为{measure}",
        FORM,
    ),
    Rule(
        "C03/negative", ERROR, "数字为负", "「{heading}」是负数", "请填零或正数；冲减请改原记录并说明", FORM
    ),
    Rule("C03/range", ERROR, "数字超出范围", "「{heading}」应在 {low} 到 {high} 之间", "请核对后改正", FORM),
    Rule("C03/whole", ERROR, "不是整数", "「{heading}」应为不小于 {low} 的整数", "请核对后改正", FORM),
    Rule("C03/choice", ERROR, "不在选项内", "「{heading}」只能填：{choices}", "请从下拉列表里选择", FORM),
    Rule("C03/short", ERROR, "内容过短", "「{heading}」至少要写 {low} 个字", "请写清楚具体内容", FORM),
    Rule(
        "C03/phone",
        ERROR,
        "电话号码不对",
        "「{heading}」应是 11 位手机号，或区号加座机号",
        "请核对后改正",
        FORM,
    ),
    Rule(
        "C04",
        NOTE,
        "已按规范写法读取",
        "「{heading}」写法不规范，已读作 {reading}",
        "读得对就不必处理；不对请改成规范写法",
        FORM,
    ),
    Rule(
        "C04/year", WARNING, "日期没有年份", "「{heading}」没有写年份，暂读作 {reading}", "请补上年份", FORM
    ),
    Rule(
        "C04/percent",
        WARNING,
        "份额疑为比例",
        "「{heading}」填的是 {reading}，按百分之 {reading} 计",
        "如指 {percent}%，请改填 {percent}",
        FORM,
    ),
    Rule(
        "C05/yuan",
        WARNING,
        "金额疑为元",
        "「{heading}」为 {reading} 万元，数额过大，疑似按元填写",
        "请核对；如确是万元，请在备注说明",
        FORM,
    ),
    Rule(
        "C05/yi",
        WARNING,
        "金额疑为亿元",
        "「{heading}」为 {reading} 万元，数额过小，疑似按亿元填写",
        "请核对；如确是万元，请在备注说明",
        FORM,
    ),
    Rule("C06", ERROR, "单元格公式出错", "「{heading}」显示错误值 {value}", "请改填实际内容", FORM),
    Rule(
        "C07",
        ERROR,
        "公式没有结果",
        "「{heading}」是没有计算出结果的公式",
        "请打开文件重新计算并保存，或直接填数",
        FORM,
    ),
    Rule(
        "C08/row",
        WARNING,
        "隐藏行有数据",
        "第 {rows} 行被隐藏或筛掉，但有数据（仍然计入）",
        "请取消隐藏后核对",
        FORM,
    ),
    Rule(
        "C08/column",
        WARNING,
        "隐藏列有数据",
        "「{heading}」列被隐藏，但有数据（仍然计入）",
        "请取消隐藏后核对",
        FORM,
    ),
    Rule(
        "C08/merge",
        ERROR,
        "单元格被合并",
        "{range} 被上下合并，只有最上一行有值",
        "请取消合并，逐行填写",
        FORM,
    ),
    Rule("C09", NOTE, "合计行已跳过", "这一行是合计，没有计入", "不必处理；模板里不用写合计", FORM),
    # keys
    Rule(
        "K01",
        ERROR,
        "项目编号重复",
        "项目编号「{value}」在本表出现多次（第 {rows} 行）",
        "请给每个项目一个编号；同一项目只留一行",
        FORM,
    ),
    Rule(
        "K02",
        ERROR,
        "项目编号不合规",
        "项目编号「{value}」不是「{code}-三位数字」的形式",
        "请改成本单位代码加横线加三位数字，如 {code}-001",
        FORM,
    ),
    Rule(
        "K03",
        ERROR,
        "项目不在台账",
        "项目编号「{value}」不在本单位的项目台账里",
        "请先在项目台账登记，或改正编号",
        FORM,
    ),
    # zero reports
    Rule(
        "Z01",
        ERROR,
        "零报告与内容不符",
        "「{sheet}」声明零报告，但表里有 {count} 行内容",
        "请把零报告改为“否”，或删去多余内容",
        FORM,
    ),
    Rule(
        "Z02",
        ERROR,
        "无内容未作零报告",
        "「{sheet}」没有内容，但零报告填“否”",
        "请补填内容，或把零报告改为“是”",
        FORM,
    ),
    # dates
    Rule(
        "D01",
        ERROR,
        "日期先后颠倒",
        "{later}（{late_day}）早于{earlier}（{early_day}）",
        "请核对两个日期",
        FORM,
    ),
    Rule(
        "D02",
        ERROR,
        "日期晚于截止日",
        "「{heading}」{day} 晚于填报截止日期 {cutoff}",
        "请核对日期；尚未发生的事不要填报",
        FORM,
    ),
    Rule(
        "D03",
        WARNING,
        "早于竞赛开始",
        "「{heading}」{day} 早于竞赛开始日 {start}，不计入竞赛成绩",
        "日期无误就不必处理",
        "方案三",
    ),
    # projects
    Rule(
        "P01",
        ERROR,
        "固定资产投资大于总投资",
        "固定资产投资 {part} 万元大于总投资 {whole} 万元",
        "请核对两个数字和单位",
        FORM,
    ),
    Rule(
        "P02",
        ERROR,
        "签约金额大于总投资",
        "签约金额 {part} 万元大于总投资 {whole} 万元",
        "请核对两个数字和单位",
        FORM,
    ),
    Rule(
        "P03",
        ERROR,
        "阶段缺少依据",
        "项目阶段为“{stage}”，「{heading}」必须填写",
        "请补填，或改正项目阶段",
        "方案三（三）",
    ),
    Rule("P04", WARNING, "非正式合同", "合同性质为“{nature}”，不计入签约项目", "签订正式合同后请更新", OWN),
    Rule(
        "P05/missing",
        ERROR,
        "联合项目不完整",
        "联合引进的项目必须填写「{heading}」",
        "请与联合单位商定后补填",
        OWN,
    ),
    Rule(
        "P05/share",
        ERROR,
        "联合份额不对",
        "本单位份额应大于 0、不超过 100",
        "请按商定的百分比填写，如 60",
        OWN,
    ),
    Rule(
        "P05/partner",
        ERROR,
        "联合单位不对",
        "联合单位代码「{value}」不在单位名录里，或就是本单位",
        "请填其他联合单位的代码，多个用顿号分开",
        OWN,
    ),
    Rule(
        "P06",
        WARNING,
        "开工未办立项",
        "项目已开工，但手续办理里没有办结的立项备案",
        "请补办或补填立项备案",
        "方案三（三）",
    ),
    Rule(
        "P07",
        WARNING,
        "手续逾期",
        "{kind}计划 {day} 办结，至 {cutoff} 仍未办结",
        "请说明原因并更新计划日期",
        "方案三（三）",
    ),
    # money
    Rule(
        "M01",
        ERROR,
        "到位资金超总投资",
        "项目 {value} 到位资金合计 {part} 万元，超过总投资 {whole} 万元，这些凭证暂不计入",
        "请核对各笔金额和总投资",
        FORM,
    ),
    Rule(
        "M02",
        WARNING,
        "到位资金超签约额",
        "项目 {value} 到位资金合计 {part} 万元，超过签约金额 {whole} 万元",
        "请核对；确有追加请在备注说明",
        FORM,
    ),
    Rule(
        "M03",
        ERROR,
        "外币折算不符",
        "原币 {foreign} 万 × 汇率 {rate} = {product} 万元，与到位金额 {part} 万元相差超过 0.5%",
        "请核对原币金额、汇率和到位金额",
        FORM,
    ),
    Rule(
        "M04", ERROR, "凭证重复", "凭证号和付款方与第 {rows} 行相同", "请删去重复的一行，或改正凭证号", FORM
    ),
    Rule("M05", WARNING, "到位早于签约", "到位日期 {day} 早于项目签约日期 {signed}", "请核对日期", FORM),
    # visits
    Rule(
        "V01", WARNING, "同日重复拜访", "{day} 拜访同一客商的记录还有第 {rows} 行", "请核对是否重复填写", FORM
    ),
    Rule(
        "V02",
        WARNING,
        "带队领导行程重叠",
        "{leader}在 {day} 另有去{where}的行程（第 {rows} 行）",
        "请核对带队领导和日期",
        FORM,
    ),
    Rule(
        "V03",
        ERROR,
        "客商是本县单位",
        "「{value}」是本县单位，不是外来客商",
        "请改填真正的客商，或删去这一行",
        FORM,
    ),
    # across units
    Rule(
        "X01",
        WARNING,
        "疑似同一项目",
        "与{other}的项目 {number}「{name}」疑似同一个（相似度 {score}）",
        "请办公室核实并在“裁定”里写明归属，或由双方按联合引进填报",
        OWN,
    ),
    Rule(
        "X02/over",
        ERROR,
        "联合份额超过 100",
        "联合标识「{value}」各单位份额合计 {total}，超过 100",
        "请各联合单位重新商定份额",
        OWN,
    ),
    Rule(
        "X02/differ",
        ERROR,
        "联合各方数据不一致",
        "联合标识「{value}」的「{heading}」与{other}填的不同（{theirs}）",
        "请联合单位统一后重报",
        OWN,
    ),
    Rule(
        "X02/under",
        WARNING,
        "联合份额不足 100",
        "联合标识「{value}」各单位份额合计 {total}，不足 100，可能有联合单位未报",
        "请提醒联合单位补报",
        OWN,
    ),
    Rule(
        "X03",
        ERROR,
        "跨单位凭证重复",
        "凭证号和付款方与{others}相同",
        "请办公室核实归属并在“裁定”里写明",
        OWN,
    ),
    Rule(
        "X04",
        WARNING,
        "同日邀请同一客商",
        "{day} 邀请的客商与{others}相同",
        "请核对是否同一次来访",
        OWN,
    ),
    # history
    Rule("H01", WARNING, "往期记录有改动", "与 {before} 报送相比，{difference}", "请说明改动原因", OWN),
    Rule(
        "H02",
        ERROR,
        "累计金额减少",
        "{what}由 {old} 减为 {new} 万元，没有裁定依据",
        "请说明原因，由办公室在“裁定”里写明",
        OWN,
    ),
    Rule("H03", WARNING, "项目阶段倒退", "项目 {value} 的阶段由“{old}”退为“{new}”", "请说明原因", OWN),
    # targets
    Rule("T01", WARNING, "基本任务未完成", "至 {day}，{what}，基本任务尚未完成", "请加快推进", "方案二"),
    Rule("T02", NOTE, "未入档", "固定资产投资 {part} 万元，低于最低档次 {low} 万元", "不必处理", "方案二"),
)
CATALOGUE = {rule.id: rule for rule in RULES}
RULE_IDS = tuple(dict.fromkeys(rule.id.split("/")[0] for rule in RULES))


def finding(
    rule: str,
    place: Place,
    value: object = "",
    *,
    row: int = 0,
    unit: str = "",
    record: str = "",
    **slots: Any,
) -> Finding:
    """Return a finding worded by the catalogue; `rule` is an id with its variant, as in `C03/date`.

    Raises KeyError if the rule or a slot of its sentence is unknown: a programming error.
    """
    entry = CATALOGUE[rule]
    slots = {"value": value, "heading": place.heading, "sheet": place.sheet, **slots}
    message = f"{entry.fault.format_map(slots)}。{entry.remedy.format_map(slots)}。"
    return Finding(
        rule.split("/", maxsplit=1)[0], entry.severity, place, str(value), message, row, unit, record
    )


def count_by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each severity, all three named."""
    counts = {severity.value: 0 for severity in Severity}
    for item in findings:
        counts[item.severity.value] += 1
    return counts
