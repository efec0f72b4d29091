"""转发通知: forwards the plan of the contest; its annex is the plan as the rulebook has it."""

from collections.abc import Collection, Iterator, Mapping

from baiti_xl.contest import periods
from baiti_xl.contest.choices import JointTask
from baiti_xl.contest.measures import active
from baiti_xl.contest.records import Outcome, Paper
from baiti_xl.contest.rulebook import NO_TIER, Rulebook
from baiti_xl.contest.values import numeral
from baiti_xl.papers.fields import Day, Declared, Each, Num
from baiti_xl.papers.head import COPIED, HEAD, Facts, copied, head
from baiti_xl.papers.notes import amount
from baiti_xl.papers.phrases import addressees
from baiti_xl.papers.projects import tier_labels

KIND = "转发通知"
FIELDS: Declared = {
    **HEAD,
    "主送": "主送机关",
    "抄送单位": COPIED,
    "方案名称": "附件名称",
    "竞赛内容": Each("启用的各项竞赛内容", {"序": "一、二……", "称谓": "如 新上项目", "口径": "怎样计算"}),
    "档次": Each("各档次，从高到低", {"档次": "如 一档", "说明": "如 二亿元档", "下限": Num("万元"), "上限": Num("上一档的下限，万元；最高一档没有")}),
    "界限": "不低于或高于",
    "任务门槛": Num("万元"),
    "任务个数": Num("项目个数"),
    "任务口径": "固定资产投资或总投资",
    "任务阶段": "签约或开工",
    "联合任务": "联合项目怎样抵基本任务",
    "承担范围": "承担基本任务的单位",
    "阶段表": Each(
        "四个阶段", {"序": "一、二、三、四", "名称": "如 宣传发动", "起": Day("第一天"), "止": Day("最后一天")}
    ),
    "调度会": Each("各次调度会", {"序": "一、二……", "日期": Day("会议的日期")}),
    "调度会次数": Num("调度会的次数"),
    "调度会间隔": Num("天数"),
    "关键时段": Each("集中外出招商的关键时段（规则“关键时段”）", {"起": Day("第一天"), "止": Day("最后一天")}),
    "无活动天数": Num("天数"),
    "名次分组": "按类别或全县",
    "产业": "规则表“产业目录”，顿号分开，不列“其他”",
}  # fmt: skip


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield the notice; there always is one."""
    plan = f"{book.county}{book.contest}活动实施方案"
    title = f"{book.issuer}关于转发《{plan}》的通知"
    facts = {
        **head(title, outcome, book),
        "主送": addressees(book.units),
        "抄送单位": copied(book),
        "方案名称": plan,
        **contents(book),
        **task(book),
        **schedule(book),
        "关键时段": [{"起": s.start, "止": s.end} for s in book.key_periods],
        "无活动天数": book.idle_days,
        "名次分组": book.ranking,
        "产业": "、".join(name for name in book.industries if name != "其他"),
    }
    yield Paper(KIND, "", f"{KIND}_{outcome.day}", title, facts)


def contents(book: Rulebook) -> Facts:
    """Return what is compared, and the tiers."""
    labels = dict(tier_labels(book))
    return {
        "竞赛内容": [
            {"序": numeral(n), "称谓": m.spoken, "口径": m.brief(book) if m.brief else ""}
            for n, m in enumerate(active(book), 1)
        ],
        "档次": tiers(book, labels),
        "界限": "不低于" if book.tier_inclusive else "高于",
    }  # fmt: skip


def tiers(book: Rulebook, labels: Mapping[str, str]) -> list[Facts]:
    """Return the tiers from the highest down, each with its bounds."""
    held = [t for t in book.tiers if t.name != NO_TIER]
    uppers = [None, *(amount(t.lower) for t in held)]
    return [
        {"档次": t.name, "说明": labels[t.name], "下限": amount(t.lower), "上限": upper}
        for t, upper in zip(held, uppers, strict=False)
    ]


def task(book: Rulebook) -> Facts:
    """Return the basic task."""
    bound = [unit for unit in book.units if unit.has_task]
    every = len(bound) == len(book.units)
    return {
        "任务门槛": amount(book.task_threshold),
        "任务个数": amount(book.task_count),
        "任务口径": book.task_basis,
        "任务阶段": book.task_stage,
        "联合任务": "联合引进的项目只认牵头单位"
        if book.joint_task == JointTask.LEAD
        else "联合引进的项目按份额认定",
        "承担范围": "各乡（镇）和县直有关单位" if every else "名录中承担任务的各单位",
    }


def schedule(book: Rulebook) -> Facts:
    """Return the stages and the scheduling meetings."""
    meetings = periods.meetings(book)
    return {
        "阶段表": [
            {"序": numeral(n), "名称": s.name, "起": s.start, "止": s.end} for n, s in enumerate(book.phases, 1)
        ],
        "调度会": [{"序": numeral(m.number), "日期": m.day} for m in meetings],
        "调度会次数": len(meetings),
        "调度会间隔": book.meeting_interval,
    }  # fmt: skip
