"""Tiers, the basic task, and signed projects one by one."""

from collections.abc import Sequence
from decimal import Decimal

from baiti_xl.contest.choices import Stage
from baiti_xl.contest.measures import COMPLETED, PAID, SIGNED, STARTED, joint_words, quotient
from baiti_xl.contest.predicates import joint_key, tier_of
from baiti_xl.contest.records import Figure, Outcome, UnitResult
from baiti_xl.contest.rulebook import NO_TIER, Rulebook
from baiti_xl.contest.sheets import PROJECTS, Project
from baiti_xl.papers.fields import Declared, Each, Num, Truth
from baiti_xl.papers.head import Facts
from baiti_xl.papers.measures import ONE, Deal, deals, line, paid_elsewhere, summed, total, under_construction
from baiti_xl.papers.notes import NAMED, Notes, amount, count_of, money
from baiti_xl.papers.phrases import table_day

TIERS: Declared = {
    "档次": Each(
        "各档次的签约项目个数",
        {
            "档次": "如 一档",
            "说明": "如 二亿元档",
            "乡镇": Num("个数"),
            "县直": Num("个数"),
            "全县": Num("个数"),
        },
    ),
    "承担数": Num("承担基本任务的单位个数"),
    "完成率": Num("完成的个数 ÷ 承担数"),
    "完成": Each("完成基本任务的单位，一行或没有", NAMED),
    "未完成": Each("没有完成基本任务的单位，一行或没有", NAMED),
    "不能认定": Each("没有有效报送、不能认定是否完成的单位，一行或没有", NAMED),
    "任务门槛": Num("规则表“任务门槛”，万元"),
    "任务个数": Num("规则表“任务个数”"),
    "任务口径": "规则表“任务认定口径”",
}


def tiers(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the fields of `TIERS`."""
    bound = [r for r in outcome.results if r.is_bound]
    met = [r.unit for r in bound if r.task_met]
    unmet = [r.unit for r in bound if r.task_met is False]
    unknown = [r.unit for r in bound if r.task_met is None]
    part, whole = count_of("单位个数", met), count_of("单位个数", [r.unit for r in bound])
    return {
        "档次": [tier_row(place, n, label, outcome, notes) for n, label in tier_labels(book)],
        "承担数": notes.value(f"{place} 承担任务", whole),
        "完成率": notes.value(place, quotient("任务完成率", part, whole)),
        "完成": [notes.named(f"{place} 完成任务", met, "已完成基本任务")] if met else [],
        "未完成": [notes.named(f"{place} 未完成任务", unmet, "未完成基本任务")] if unmet else [],
        "不能认定": [notes.named(f"{place} 不能认定", unknown, "不能认定基本任务")] if unknown else [],
        "任务门槛": amount(book.task_threshold),
        "任务个数": amount(book.task_count),
        "任务口径": book.task_basis,
    }


def tier_labels(book: Rulebook) -> list[tuple[str, str]]:
    """Return (tier, what it is called), from the highest down."""
    lowest = min((t.lower for t in book.tiers), default=Decimal(0))
    below = "不足" if book.tier_inclusive else "不超过"
    return [*((t.name, t.label) for t in book.tiers), (NO_TIER, f"{below}{money(lowest)}")]


def tier_row(place: str, name: str, label: str, outcome: Outcome, notes: Notes) -> Facts:
    """Return one tier's counts by group and over the county."""
    counts = {}
    for column, group in (("乡镇", "乡镇"), ("县直", "县直"), ("全县", "")):
        held = [r.tiers[name] for r in outcome.results if r.tiers and group in ("", r.unit.group)]
        lines = tuple(line for figure in held for line in figure.lines)
        value = sum((f.value or Decimal(0) for f in held), Decimal(0))
        counts[column] = notes.value(f"{place} {column}", Figure(f"{name}项目", value, lines))
    return {"档次": name, "说明": label, **counts}


PROJECT_ROW: Declared = {
    "序": "序号，一个项目一个；联合引进的各单位相同",
    "单位": "引资单位",
    "名称": "项目名称",
    "投资方": "投资方",
    "产业": "产业",
    "固定资产投资": Num("万元，全额"),
    "签约金额": Num("万元，按份额"),
    "到位资金": Num("万元，按份额"),
    "档次": "一档、二档……",
    "阶段": "签约、开工或竣工",
    "签约日期": "如 5月6日",
    "份额": Num("本单位份额，独立引进为 100%"),
}


def listed_projects(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return every project signed or started with its money, in list order, a joint one with each of its units; and how many they are."""
    held = deals(outcome, book, STARTED)
    numbers = project_numbers(held)
    first: dict[int, Deal] = {}
    for number, deal in zip(numbers, held, strict=True):
        first.setdefault(number, deal)
    lines = (line(d.result.account, PROJECTS, d.project, ONE, d.project.name) for d in first.values())
    annex = "附件 签约和在建项目"
    elsewhere = paid_elsewhere(total(PAID, outcome.results), held)
    return {
        "项目数": notes.value(place, summed("项目个数", lines)),
        "另有开工": len(held) > len(deals(outcome, book)),
        "联合引进": any(deal.project.is_joint for deal in held),
        "联合口径": joint_words(book),
        "表外到位": notes.value(f"{annex} 表外", elsewhere) if elsewhere else None,
        "项目": [
            {**project_row(annex, n, d, book, notes), "单位": outcome.called(d.result.unit)}
            for n, d in zip(numbers, held, strict=True)
        ],
    }


def project_numbers(held: Sequence[Deal]) -> list[int]:
    """Return which project each is, counted from 1: a joint one has one number with all its units."""
    known: dict[object, int] = {}
    keys = (joint_key(d.project) or (d.result.unit.code, d.project.row) for d in held)
    return [known.setdefault(key, len(known) + 1) for key in keys]


def project_row(place: str, number: int, deal: Deal, book: Rulebook, notes: Notes) -> Facts:
    """Return one project's row."""
    project, unit = deal.project, deal.unit
    here = f"{place} {unit.name} {project.number} {project.name}"
    fixed = deal.figure("项目固定资产投资", project.fixed_investment)
    return {
        "序": number,
        "单位": unit.name,
        "名称": project.name,
        "投资方": project.investor,
        "产业": project.industry,
        "固定资产投资": notes.value(here, fixed),
        "签约金额": notes.value(here, deal.amount),
        "到位资金": notes.value(here, deal.paid),
        "档次": tier_of(project.fixed_investment, book),
        "阶段": deal.stage,
        "签约日期": table_day(project.signed, book),
        "份额": notes.value(here, deal.figure("本单位份额", deal.share)),
    }


BUILDING_FIELDS: Declared = {
    "签约数": Num("累计签约项目个数"),
    "开工数": Num("累计开工项目个数"),
    "竣工数": Num("累计竣工项目个数"),
    "在建数": Num("在建项目个数"),
    "项目数": Num("附件列出的项目个数，联合引进的计一个"),
    "另有开工": Truth("附件是否还列有竞赛期间开工、但不在竞赛期间签约的项目"),
    "联合引进": Truth("附件是否有联合引进的项目；几个单位报送的在各单位名下分别列出"),
    "联合口径": "联合项目怎样计个数，如 联合项目按本单位份额折算个数",
    "表外到位": Num("到位资金中不属于附件所列项目的部分；没有时为空"),
    "项目": Each("签约和在建项目，按名录先后；联合引进的在各单位名下分别列出，序号相同", PROJECT_ROW),
}


def building(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return how many projects are signed, started, completed and under construction, and which."""
    return {
        "签约数": notes.value(place, total(SIGNED, outcome.results)),
        "开工数": notes.value(place, total(STARTED, outcome.results)),
        "竣工数": notes.value(place, total(COMPLETED, outcome.results)),
        "在建数": notes.value(place, under_construction(outcome, book)),
        **listed_projects(place, outcome, book, notes),
    }


TALKS_FIELDS: Declared = {
    "在谈数": Num("在谈项目个数，按项目台账，一行一个；联合引进的各单位都算"),
    "在谈单位数": Num("有在谈项目的单位个数"),
    "在谈投资": Num("在谈项目的总投资之和"),
    "在谈": Each(
        "在谈项目，按名录先后",
        {
            "序": "序号",
            "单位": "引资单位",
            "名称": "项目名称",
            "投资方": "投资方",
            "产业": "产业",
            "总投资": Num("万元"),
            "固定资产投资": Num("万元"),
        },
    ),
}


def in_talks(place: str, outcome: Outcome, notes: Notes) -> Facts:
    """Return the projects that are negotiated and not signed (方案四（四））; joint ones stand with each of their units."""
    held = [(r, p) for r in outcome.results for p in r.account.rows(PROJECTS) if p.stage == Stage.TALKS]
    lines = [line(r.account, PROJECTS, p, ONE, p.name) for r, p in held]
    money_lines = [line(r.account, PROJECTS, p, p.total, p.name) for r, p in held if p.total is not None]
    units = outcome.holders(r.unit for r, _ in held)
    return {
        "在谈数": notes.value(place, summed("在谈项目个数", lines)),
        "在谈单位数": notes.count(place, units),
        "在谈投资": notes.value(place, summed("在谈项目总投资", money_lines)),
        "在谈": [talks_row(n, outcome.called(r.unit), r, p, notes) for n, (r, p) in enumerate(held, 1)],
    }


def talks_row(number: int, unit: str, result: UnitResult, project: Project, notes: Notes) -> Facts:
    """Return one project in talks as a row of the annex."""
    here = f"附件 在谈项目 {result.unit.name} {project.number} {project.name}"

    def own(name: str, value: Decimal | None) -> Decimal | None:
        held = line(result.account, PROJECTS, project, value or Decimal(0), project.name)
        return notes.value(here, Figure(name, value, (held,)))

    return {
        "序": number,
        "单位": unit,
        "名称": project.name,
        "投资方": project.investor,
        "产业": project.industry,
        "总投资": own("项目总投资", project.total),
        "固定资产投资": own("项目固定资产投资", project.fixed_investment),
    }
