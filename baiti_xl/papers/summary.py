"""考核总结: a report to the county government on how the contest went, what came of it and what is to be learnt."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic

from baiti_xl.contest.choices import REQUIRED_MATTERS, Inspected, Matter, Operation, Stage
from baiti_xl.contest.columns import R, Sheet
from baiti_xl.contest.definitions import IN_STAGE
from baiti_xl.contest.loading import INSPECTIONS
from baiti_xl.contest.measures import (
    AMOUNT,
    BOARD,
    BOARD_SHARE,
    COMPLETED,
    KEY_TRIPS,
    PAID,
    RECEPTIONS,
    SIGNED,
    STARTED,
    TRIPS,
    VISITED,
    Measure,
    added,
    quotient,
)
from baiti_xl.contest.predicates import DAY_OF
from baiti_xl.contest.records import (
    Account,
    Figure,
    Inspection,
    Line,
    Outcome,
    Paper,
    Score,
    Unit,
    UnitResult,
)
from baiti_xl.contest.rulebook import Phase, Rulebook
from baiti_xl.contest.sheets import (
    FOLLOW_UPS,
    INVITATIONS,
    MOBILISATION,
    PAYMENTS,
    PROJECTS,
    VISITS,
    FollowUp,
)
from baiti_xl.contest.values import comparison_key, numeral
from baiti_xl.papers.annexes import annex_fields, numbered
from baiti_xl.papers.fields import Day, Declared, Each, Num, Truth
from baiti_xl.papers.head import COPIED, HEAD, Facts, copied, head
from baiti_xl.papers.measures import (
    FRONT,
    ZERO,
    Deal,
    Span,
    deals,
    fields,
    line,
    of_group,
    rank_of,
    summed,
    total,
)
from baiti_xl.papers.notes import LISTS, MOST_NAMES, ONE, Notes
from baiti_xl.papers.phrases import COUNTY_WIDE
from baiti_xl.papers.projects import BUILDING_FIELDS, TIERS, building, tier_labels, tiers
from baiti_xl.papers.standings import BOARDS, RANKING, boards, ranking, score_figure
from baiti_xl.papers.supervised import PROBLEM_FIELDS, problems
from baiti_xl.papers.totals import REPORTING, TOTAL_FIELDS, reporting, totals
from baiti_xl.press.charts import Chart, Series, chart_part

KIND = "考核总结"
BLANK_NAME = "____"
SHOWN_IN_CHART = 12
SCORE_CHARTS = ("综合得分图一", "综合得分图二")
STAGE_CHART, TIER_CHART = "各阶段金额图", "档次分布图"
SCORED: Declared = {
    "类别": "乡镇、县直或全县",
    "得分单位": Each(
        "单位及得分；多于 8 个时没有，见排名附件", {"名称": "单位名称", "得分": Num("综合得分")}
    ),
    "个数": Num("单位个数"),
}
ANNEXES = ("排名", "项目", "督查", "名单")
FIELDS: Declared = {
    **HEAD,
    "主送": "主送机关",
    "签发人": "上行文的签发人，由承办人在 Word 里填写",
    "抄送单位": COPIED,
    **REPORTING,
    **TOTAL_FIELDS,
    **TIERS,
    **BOARDS,
    **BUILDING_FIELDS,
    **PROBLEM_FIELDS,
    "动员数": Num("按时召开动员会议、制定实施方案、成立工作机构的单位个数"),
    "各阶段": Each(
        "已经开始的各阶段的工作量",
        {
            "序": "一、二……",
            "名称": "如 签约落地",
            "起": Day("阶段第一天"),
            "止": Day("阶段最后一天，未结束的为统计日"),
            "已结束": Truth("是否已经结束"),
            "成果": Each("该阶段不为零的各项", {"名称": "如 外出招商", "数值": Num("数值，|行文 带单位"), "单位": "批、个、万元"}),
        },
    ),
    "组织": Each("竞赛以来不为零的组织工作", {"名称": "如 成立招商分局", "数值": Num("单位个数")}),
    "关键时段批次": Num("在关键时段外出招商的批次；操作台没有列关键时段时没有"),
    "外出班子占比": Num("带队外出的班子成员 ÷ 班子成员；没有填班子成员数时没有"),
    "走访数": Num("跟踪服务走访的家次"),
    "走访企业数": Num("走访的不同企业家数"),
    "经营": Each("走访时企业的生产经营状况，按最近一次走访", {"状况": "如 正常开工", "家数": Num("企业家数")}),
    "督查记录数": Num("督查考评组核实的记录条数"),
    "督查结论": Each("核实的结论，不为零的", {"结论": "属实、不属实或存疑", "条数": Num("记录条数")}),
    "先进": Each("各组综合得分前列的单位", SCORED),
    "后进": Each("各组综合得分靠后的单位", SCORED),
    "招商方式": Each("签约项目的招商方式，多的在前", {"名称": "招商方式", "个数": Num("签约项目个数"), "占比": Num("占签约项目的比例")}),
    "产业": Each("签约项目的产业，金额大的在前", {"名称": "产业", "个数": Num("签约项目个数"), "金额": Num("签约金额"), "占比": Num("占签约金额的比例")}),
    "签约项目开工": Num("签约项目中已开工的个数"),
    "签约总额": Num("签约项目的签约金额，同签约金额的全县数"),
    "签约项目到位": Num("签约项目的到位资金；其他项目到位的不在内"),
    "另有到位": Truth("是否另有其他项目（如竞赛以前签约的）到位的资金"),
    "资金到位率": Num("签约项目到位 ÷ 签约总额；没有签约金额则为空"),
    "开工率": Num("开工项目 ÷ 签约项目；没有签约项目则为空"),
    **RANKING,
    "客商单位": "家、人次或批",
    "得分图一": "第一组得分图的组名；没有得分则为空",
    "得分图二": "第二组得分图的组名；没有第二组或没有得分则为空",
    "有阶段图": Truth("是否有各阶段签约和到位金额图"),
    "有档次图": Truth("是否有档次分布图"),
    **LISTS,
    **annex_fields(*ANNEXES),
}  # fmt: skip


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield the report; there always is one."""
    notes = Notes(book)
    title = f"{book.issuer}关于全县{book.contest}活动情况的报告"
    phases = [phase_row(n, p, outcome, book, notes) for n, p in enumerate(begun(outcome, book), 1)]
    pictures = charts(outcome, book)
    facts = {
        **head(title, outcome, book),
        "主送": "县人民政府",
        "签发人": BLANK_NAME,
        "抄送单位": copied(book),
        **reporting("二、（一）报送情况", outcome, book, notes),
        **totals("二、（二）指标完成情况", outcome, book, notes),
        **tiers("二、（三）档次和基本任务", outcome, book, notes),
        **boards("三、单项", outcome, book, notes),
        **building("二、（四）签约和在建项目", outcome, book, notes),
        **services("二、（五）跟踪服务", outcome, notes),
        **inspected("二、（六）督查核实", outcome, book, notes),
        **problems("五、存在问题", outcome, book, notes),
        "动员数": notes.count("一、宣传发动", mobilised(outcome, book)),
        "各阶段": phases,
        **organised("一、组织推动", outcome, book, notes),
        **leaders(outcome, book, notes),
        **experience(outcome, book, notes),
        **ranking("附件 完成情况及名次", outcome, book, notes),
        "客商单位": VISITED.unit(book),
        **chart_fields(pictures, book),
        "名单": notes.lists,
    }
    facts |= numbered(
        排名=True, 项目=bool(facts["项目"]), 督查=bool(facts["督查明细"]), 名单=bool(notes.lists)
    )
    drawn = {name: chart_part(chart) for name, chart in pictures.items()}
    yield Paper(KIND, "", f"{KIND}_{outcome.day}", title, facts, notes.all(), drawn)


# ── stages ───────────────────────────────────────────────────────────────────────────────────────


def begun(outcome: Outcome, book: Rulebook) -> list[Phase]:
    """Return the phases that have begun."""
    return [s for s in book.phases if s.start <= outcome.day]


def mobilised(outcome: Outcome, book: Rulebook) -> list[Unit]:
    """Return the units that took every measure required by the end of the first stage."""
    end, found = book.phases[0].end, []
    for result in (r for r in outcome.results if not r.account.is_merged):
        held = {m.matter for m in result.account.rows(MOBILISATION) if m.day and m.day <= end}
        if held.issuperset(REQUIRED_MATTERS):
            found.append(result.unit)
    return found


@dataclass(frozen=True, slots=True)
class Part(Generic[R]):
    """One kind of work told by stage: its label, measure, the sheet of its records and the day of each."""

    label: str
    item: Measure
    sheet: Sheet[R]
    day_of: Callable[[R], date | None]


PARTS: tuple[Part[Any], ...] = (
    Part("外出招商", TRIPS, VISITS, VISITS.day_of),
    Part("客商来访", RECEPTIONS, INVITATIONS, INVITATIONS.day_of),
    Part(SIGNED.spoken, SIGNED, PROJECTS, DAY_OF[Stage.SIGNED]),
    Part(AMOUNT.spoken, AMOUNT, PROJECTS, DAY_OF[Stage.SIGNED]),
    Part("开工项目", STARTED, PROJECTS, DAY_OF[Stage.STARTED]),
    Part("竣工项目", COMPLETED, PROJECTS, DAY_OF[Stage.COMPLETED]),
    Part(PAID.spoken, PAID, PAYMENTS, PAYMENTS.day_of),
)


def in_phase(part: Part[R], phase: Phase, results: Sequence[UnitResult]) -> Figure:
    """Return the part of a measure whose records are dated in a phase."""
    span, lines, name = Span(phase.start, phase.end), [], part.item.name
    for result in (single for r in results for single in r.singles):
        if name in result.figures:
            days = days_of(part, result.account)
            lines += [x for x in result.figures[name].lines if span.holds(days[x.file, x.row])]
    return summed(f"{name}{IN_STAGE}", lines)


def days_of(part: Part[R], account: Account) -> dict[tuple[str, int], date | None]:
    """Return the day of each record of a kind by file and row; of a joint project's vouchers also those that a partner reports."""
    file = account.submission.file if account.submission else ""
    own = {(file, r.row): part.day_of(r) for r in account.all_rows(part.sheet)}
    if part.sheet.name != PAYMENTS.name:
        return own
    return own | {place: payment.day for place, (_, payment) in account.book().items()}


def phase_row(number: int, phase: Phase, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return what was done in one phase."""
    place = f"一、（{numeral(number)}）{phase.name}阶段"
    return {
        "序": numeral(number),
        "名称": phase.name,
        "起": phase.start,
        "止": min(phase.end, outcome.day),
        "已结束": phase.end <= outcome.day,
        "成果": [
            {"名称": part.label, "数值": notes.value(place, figure), "单位": part.item.unit(book)}
            for part in PARTS
            if (figure := in_phase(part, phase, outcome.results)).value
        ],
    }


# ── what was organised, followed up and verified ─────────────────────────────────────────────────

ORGANISED = {  # 方案三（一）至（三）: what is told of a matter
    Matter.BRANCH: "成立招商分局",
    Matter.TEAM: "组建招商小分队",
    Matter.PUBLICITY: "开展宣传活动",
    Matter.CEREMONY: "举行集中签约",
}


def organised(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return how many units set up what beside the measures required, and how their leading groups went out."""
    rows, span = [], Span(book.start, outcome.day)
    for matter, label in ORGANISED.items():
        units = outcome.holders(
            r.unit
            for r in outcome.results
            if any(m.matter == matter and span.holds(m.day) for m in r.account.rows(MOBILISATION))
        )
        if units:
            rows.append({"名称": label, "数值": notes.count(f"{place} {label}", units)})
    windows = [r.figures[KEY_TRIPS.name] for r in outcome.results if r.value(KEY_TRIPS.name) is not None]
    return {
        "组织": rows,
        "关键时段批次": notes.value(place, added(KEY_TRIPS, windows)) if windows else None,
        "外出班子占比": notes.value(place, total(BOARD_SHARE, told_boards(outcome))),
    }


def told_boards(outcome: Outcome) -> list[UnitResult]:
    """Return the units whose cover says how many members their leading group has."""
    return [r for r in outcome.results if r.value(BOARD.name) is not None]


def services(place: str, outcome: Outcome, notes: Notes) -> Facts:
    """Return the calls on enterprises (方案四（三）), and how each was doing when it was last seen."""
    calls = [
        (r, f) for r in outcome.results for f in r.account.rows(FOLLOW_UPS) if f.day and f.day <= outcome.day
    ]
    calls.sort(key=lambda call: call[1].day or outcome.day)
    last = {comparison_key(f.enterprise): (r, f) for r, f in calls}

    def figure(name: str, held: Iterable[tuple[UnitResult, FollowUp]]) -> Figure:
        return summed(name, [line(r.account, FOLLOW_UPS, f, ONE, f.enterprise) for r, f in held])

    by_state = {state: [c for c in last.values() if c[1].operation == state] for state in Operation}
    return {
        "走访数": notes.value(place, figure("走访家次", calls)),
        "走访企业数": notes.value(place, figure("走访企业家数", last.values())),
        "经营": [
            {"状况": state, "家数": notes.value(f"{place} {state}", figure("走访企业家数", held))}
            for state, held in by_state.items()
            if held
        ],
    }


def inspected(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return how many records the 督查考评组 verified by the day (督查记录), and with what result."""
    held = [i for i in book.inspections if i.day <= outcome.day]

    def count(name: str, rows: Sequence[Inspection]) -> Decimal | None:
        lines = [
            Line(i.unit, "操作台", INSPECTIONS, int("".join(filter(str.isdigit, i.cell)) or 0), ONE, i.record)
            for i in rows
        ]
        return notes.value(name, summed("督查记录条数", lines))

    verdicts = {verdict: [i for i in held if i.verdict == verdict] for verdict in Inspected}
    return {
        "督查记录数": count(place, held),
        "督查结论": [
            {"结论": verdict, "条数": count(f"{place} {verdict}", rows)}
            for verdict, rows in verdicts.items()
            if rows
        ],
    }


# ── who is in front, who behind ──────────────────────────────────────────────────────────────────


def leaders(outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the units in front and behind by score, in each field."""
    front, behind = [], []
    for group in fields(book):
        held = outcome.contenders(group)
        best = [s for s in held if s.score and rank_of(s, book) <= FRONT]
        front += scored("四、先进", group or COUNTY_WIDE, best, notes)
        behind += scored("四、后进", group or COUNTY_WIDE, lagging(held, best), notes)
    return {"先进": front, "后进": behind}


def lagging(held: Sequence[Score], best: Sequence[Score]) -> list[Score]:
    """Return the last three by score and those that equal the third from last; none if nobody is in front."""
    rest = [s for s in held if s not in best]
    if not rest or not best:
        return []
    limit = rest[-FRONT:][0].score
    return [s for s in rest if s.score <= limit]


def scored(place: str, label: str, held: Sequence[Score], notes: Notes) -> list[Facts]:
    """Return some units of a field with their scores as one row, none if there are none; too many are only counted."""
    if not held:
        return []
    here, few = f"{place} {label}", held if len(held) <= MOST_NAMES else ()
    names = [
        {"名称": s.unit.name, "得分": notes.value(f"{here} {s.unit.name}", score_figure(s))} for s in few
    ]
    return [{"类别": label, "得分单位": names, "个数": notes.count(here, [s.unit for s in held])}]


# ── what can be learnt ───────────────────────────────────────────────────────────────────────────


def experience(outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return by which ways and in which industries projects came, and how far money and work followed."""
    signed, amount = total(SIGNED, outcome.results), total(AMOUNT, outcome.results)
    place = "四、经验"
    held = deals(outcome, book)
    own = {(x.unit, x.file, x.row) for x in signed.lines}
    begun_of = (x for x in total(STARTED, outcome.results).lines if (x.unit, x.file, x.row) in own)
    started = summed("签约项目开工数", begun_of)
    paid = summed("签约项目到位资金", (x for deal in held for x in deal.paid.lines))
    return {
        "招商方式": by_key("招商方式", held, "method", (signed, None), notes),
        "产业": by_key("产业", held, "industry", (signed, amount), notes),
        "签约项目开工": notes.value(place, started),
        "签约总额": notes.value(place, amount),
        "签约项目到位": notes.value(place, paid),
        "另有到位": total(PAID, outcome.results).value != paid.value,
        "资金到位率": notes.value(place, quotient("资金到位率", paid, amount)) if amount.value else None,
        "开工率": notes.value(place, quotient("开工率", started, signed)) if signed.value else None,
    }


def by_key(
    label: str, held: Sequence[Deal], key: str, wholes: tuple[Figure, Figure | None], notes: Notes
) -> list[Facts]:
    """Return signed projects put together by one of their fields, the largest first."""
    groups: dict[str, list[Deal]] = {}
    for deal in held:
        groups.setdefault(getattr(deal.project, key), []).append(deal)
    counted, money = wholes
    rows = [
        group_row(f"四、{label} {name}", name, deals, counted, money, notes) for name, deals in groups.items()
    ]
    rows.sort(key=lambda row: -row[0])
    return [row for _, row in rows]


def group_row(
    place: str, name: str, held: Sequence[Deal], counted: Figure, money: Figure | None, notes: Notes
) -> tuple[Decimal, Facts]:
    """Return one way or industry with its share, and what it is sorted by."""
    own = {(d.result.unit.code, d.project.row) for d in held}
    count = summed(SIGNED.name, (x for x in counted.lines if (x.unit, x.row) in own))
    facts: Facts = {"名称": name, "个数": notes.value(place, count)}
    if money is None:
        return count.value or ZERO, facts | {"占比": notes.value(place, quotient("占比", count, counted))}
    amount = summed(AMOUNT.name, (x for x in money.lines if (x.unit, x.row) in own))
    share = notes.value(place, quotient("占比", amount, money))
    return amount.value or ZERO, facts | {"金额": notes.value(place, amount), "占比": share}


# ── charts ───────────────────────────────────────────────────────────────────────────────────────


def charts(outcome: Outcome, book: Rulebook) -> dict[str, Chart]:
    """Return the charts that have anything to show, by the name of their place."""
    found = dict(zip(SCORE_CHARTS, score_charts(outcome, book), strict=False))
    found |= {STAGE_CHART: stage_chart(outcome, book), TIER_CHART: tier_chart(outcome, book)}
    return {name: chart for name, chart in found.items() if any(any(s.values) for s in chart.series)}


def score_charts(outcome: Outcome, book: Rulebook) -> Iterator[Chart]:
    """Yield the overall scores of each field's first units."""
    for group in fields(book):
        held = outcome.contenders(group)[:SHOWN_IN_CHART]
        names, values = tuple(s.unit.name for s in held), tuple(s.score for s in held)
        yield Chart(f"综合得分（{group or COUNTY_WIDE}）", "横条", names, (Series("综合得分", values),))


def stage_chart(outcome: Outcome, book: Rulebook) -> Chart:
    """Return signed money and money in place by stage."""
    held = begun(outcome, book)
    rows = {
        part.item.name: tuple(in_phase(part, p, outcome.results).value or ZERO for p in held)
        for part in PARTS
        if part.item in (AMOUNT, PAID)
    }
    series = tuple(Series(name, values) for name, values in rows.items())
    return Chart(f"各阶段{AMOUNT.name}和{PAID.name}（万元）", "竖柱", tuple(s.name for s in held), series)


def tier_chart(outcome: Outcome, book: Rulebook) -> Chart:
    """Return signed projects by tier, stacked by group."""
    names = tuple(name for name, _ in tier_labels(book))
    series = tuple(
        Series(group, tuple(tier_value(name, of_group(outcome, group)) for name in names))
        for group in book.groups
    )
    return Chart("签约项目档次分布（个）", "叠柱", names, series, 0)


def tier_value(name: str, results: Sequence[UnitResult]) -> Decimal:
    """Return how many signed projects of some units are in a tier."""
    return sum((r.tiers[name].value or ZERO for r in results if r.tiers), ZERO)


def chart_fields(drawn: Collection[str], book: Rulebook) -> Facts:
    """Return which charts there are, so that a template can leave out the others."""
    groups = dict(zip(SCORE_CHARTS, fields(book), strict=False))
    first, second = (groups[n] or COUNTY_WIDE if n in drawn else "" for n in SCORE_CHARTS)
    return {
        "得分图一": first,
        "得分图二": second,
        "有阶段图": STAGE_CHART in drawn,
        "有档次图": TIER_CHART in drawn,
    }
