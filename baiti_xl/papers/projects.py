"""Tiers, the basic task, and signed projects one by one."""

from decimal import Decimal

from baiti_xl.contest.measures import COMPLETED, SIGNED, STARTED, quotient
from baiti_xl.contest.predicates import tier_of
from baiti_xl.contest.records import Figure, Outcome
from baiti_xl.contest.rulebook import NO_TIER, Rulebook
from baiti_xl.papers.fields import Declared, Each
from baiti_xl.papers.head import Facts
from baiti_xl.papers.measures import Deal, deals, total, under_construction
from baiti_xl.papers.notes import Notes, count_of, some_names
from baiti_xl.papers.phrases import table_day
from baiti_xl.papers.standings import numbered_names

TIERS: Declared = {
    "档次": Each(
        "各档次的签约项目个数",
        {"档次": "如 一档", "说明": "如 二亿元档", "乡镇": "个数", "县直": "个数", "全县": "个数"},
    ),
    "承担数": "承担基本任务的单位个数",
    "完成数": "完成基本任务的单位个数",
    "完成率": "完成数 ÷ 承担数；用 |百分比",
    "完成单位": "完成基本任务的单位",
    "未完成单位": "没有完成基本任务的单位",
    "未完成数": "没有完成基本任务的单位个数",
    "任务门槛": "规则表“任务门槛”，万元",
    "任务个数": "规则表“任务个数”",
    "任务口径": "规则表“任务认定口径”",
}


def tiers(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the fields of `TIERS`."""
    bound = [r for r in outcome.results if r.is_bound]
    met = [r.unit for r in bound if r.task_met]
    unmet = [r.unit for r in bound if not r.task_met]
    part, whole = count_of("单位个数", met), count_of("单位个数", [r.unit for r in bound])
    return {
        "档次": [tier_row(place, n, label, outcome, notes) for n, label in tier_labels(book)],
        "承担数": notes.value(f"{place} 承担任务", whole),
        "完成数": notes.value(f"{place} 完成任务", part),
        "完成率": notes.value(place, quotient("任务完成率", part, whole)),
        "完成单位": some_names(met),
        **numbered_names(f"{place} 未完成任务", "未完成单位", "未完成数", unmet, notes),
        "任务门槛": book.task_threshold,
        "任务个数": book.task_count,
        "任务口径": book.task_basis,
    }


def tier_labels(book: Rulebook) -> list[tuple[str, str]]:
    """Return (tier, what it is called), from the highest down."""
    lowest = min((t.lower for t in book.tiers), default=Decimal(0))
    return [*((t.name, t.label) for t in book.tiers), (NO_TIER, f"不足{plain_amount(lowest)}万元")]


def plain_amount(value: Decimal) -> str:
    """Return an amount of the rulebook without a useless decimal point."""
    return f"{value.normalize():f}"


def tier_row(place: str, name: str, label: str, outcome: Outcome, notes: Notes) -> Facts:
    """Return one tier's counts by group and over the county."""
    counts = {}
    for column, group in (("乡镇", "乡镇"), ("县直", "县直"), ("全县", "")):
        held = [r.tiers[name] for r in outcome.results if r.tiers and group in ("", r.unit.group)]
        lines = tuple(line for figure in held for line in figure.lines)
        value = sum((f.value or Decimal(0) for f in held), Decimal(0))
        counts[column] = notes.text(f"{place} {column}", Figure(f"{name}项目", value, lines))
    return {"档次": name, "说明": label, **counts}


PROJECT_ROW: Declared = {
    "序": "序号",
    "单位": "引资单位",
    "名称": "项目名称",
    "投资方": "投资方",
    "产业": "产业",
    "固定资产投资": "万元，全额",
    "签约金额": "万元，按份额",
    "到位资金": "万元，按份额",
    "档次": "一档、二档……",
    "阶段": "签约、开工或竣工",
    "签约日期": "如 5月6日",
    "份额": "本单位份额，独立引进为 100%",
}


def project_rows(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> list[Facts]:
    """Return every signed project with its money, in list order."""
    return [project_row(place, n, deal, book, notes) for n, deal in enumerate(deals(outcome, book), 1)]


def project_row(place: str, number: int, deal: Deal, book: Rulebook, notes: Notes) -> Facts:
    """Return one project's row."""
    project, unit = deal.project, deal.result.unit
    here = f"{place} {unit.name} {project.number} {project.name}"
    fixed = deal.figure("项目固定资产投资", project.fixed_investment)
    return {
        "序": number,
        "单位": unit.name,
        "名称": project.name,
        "投资方": project.investor,
        "产业": project.industry,
        "固定资产投资": notes.text(here, fixed),
        "签约金额": notes.text(here, deal.amount),
        "到位资金": notes.text(here, deal.paid),
        "档次": tier_of(project.fixed_investment, book),
        "阶段": deal.stage,
        "签约日期": table_day(project.signed, book),
        "份额": notes.text(here, deal.figure("本单位份额", deal.share)),
    }


BUILDING_FIELDS: Declared = {
    "签约数": "累计签约项目个数；用 |数",
    "开工数": "累计开工项目个数；用 |数",
    "竣工数": "累计竣工项目个数；用 |数",
    "在建数": "在建项目个数；用 |数",
    "项目": Each("签约和在建项目，按名录先后", PROJECT_ROW),
}


def building(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return how many projects are signed, started, completed and under construction, and which."""
    return {
        "签约数": notes.value(place, total(SIGNED, outcome.results)),
        "开工数": notes.value(place, total(STARTED, outcome.results)),
        "竣工数": notes.value(place, total(COMPLETED, outcome.results)),
        "在建数": notes.value(place, under_construction(outcome.results)),
        "项目": project_rows("附件 签约和在建项目", outcome, book, notes),
    }
