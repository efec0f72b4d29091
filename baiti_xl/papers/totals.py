"""Who reported, and the county's figures with their growth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from baiti_xl.contest.choices import COUNTED_AS_REPORTED, CompletedBasis, Reported
from baiti_xl.contest.definitions import ADDED, CORRECTED, PUBLISHED
from baiti_xl.contest.measures import (
    COMPLETED,
    COMPLETION,
    FIRMS_INVITED,
    FIRMS_VISITED,
    GUESTS,
    TRAVELLERS,
    TRIPS,
    Measure,
    active,
    completion_parts,
    different,
    measure,
    quotient,
)
from baiti_xl.contest.records import Bridge, Correction, Figure, Line, Outcome, PeriodReport, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import numeral
from baiti_xl.papers.fields import Day, Declared, Each, Num, Truth
from baiti_xl.papers.head import Facts
from baiti_xl.papers.measures import change, of_group, span_of, total
from baiti_xl.papers.notes import NAMED, Notes, count_of
from baiti_xl.papers.phrases import table_day
from baiti_xl.papers.standings import NAMING, naming

WORDS: Mapping[str, tuple[Reported, ...]] = {
    "按时": (Reported.IN_TIME,),
    "逾期": (Reported.LATE,),
    "退回": (Reported.RETURNED,),
    "冲突": (Reported.CONFLICT,),
    "未报送": (Reported.MADE_UP, Reported.CARRIED, Reported.MISSING),
}
UNUSABLE = ("退回", "冲突", "未报送")
PERIOD_ROW: Declared = {
    "期": "一、二……",
    "起": "如 5月14日",
    "止": "如 6月12日",
    "应报": Num("应报送单位个数"),
    "按时": Num("单位个数"),
    "逾期": Num("单位个数"),
    "退回": Num("单位个数，包括冲突的"),
    "仅退回": Num("单位个数，不包括冲突的"),
    "冲突": Num("单位个数，同一批次报送内容不一致的"),
    "未报": Num("单位个数"),
    "报送率": Num("按时和逾期 ÷ 应报"),
}
REPORTING: Declared = {
    "应报数": Num("本期应报送单位个数"),
    "已报数": Num("本期已报送（按时和逾期）单位个数"),
    "报送率": Num("已报数 ÷ 应报数"),
    "未报": Each(
        "本期没有按时报送的单位，按情形分列", {"情形": "逾期、退回、冲突、未报送或尚在报送期内", **NAMED}
    ),
    "有退回": Truth("本期是否有退回或冲突的报送表"),
    "有冲突": Truth("本期是否有冲突（同一批次报送内容不一致）的报送表"),
    "仅冲突": Truth("本期是否只有冲突、没有退回的报送表"),
    "须补报": Truth("本期是否有没有报送、退回或者冲突的单位"),
    "有未到期": Truth("本期是否有还没到报送截止日的单位"),
    "各期报送": Each("竞赛以来各期的报送情况", PERIOD_ROW),
    "并入单位": Each(
        "竞赛以来并入其他单位、不再单独报送的单位",
        {"单位": "单位名称", "日期": Day("并入的日期"), "并入": "并入哪个单位"},
    ),
    "缺期": "没有留存任何报送表、各期报送不列的以前各期，顿号分开，没有时为空",
}


def reporting(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the fields of `REPORTING`; 本期 is the last period."""
    now = outcome.reports[-1] if outcome.reports else PeriodReport(1, outcome.day, outcome.day, {})
    every, done = (
        count_of("单位个数", in_states(now, book)),
        count_of("单位个数", in_states(now, book, *COUNTED_AS_REPORTED)),
    )
    returned, clashing = (bool(in_states(now, book, *WORDS[word])) for word in ("退回", "冲突"))
    return {
        "应报数": notes.value(f"{place} 应报", every),
        "已报数": notes.value(f"{place} 已报", done),
        "报送率": notes.value(place, quotient("报送率", done, every)),
        "未报": [
            {"情形": word, **notes.named(f"{place} {word}", units, f"本期{word}")}
            for word, states in {**WORDS, "尚在报送期内": (Reported.NOT_DUE,)}.items()
            if Reported.IN_TIME not in states and (units := in_states(now, book, *states))
        ],
        "有退回": returned or clashing,
        "有冲突": clashing,
        "仅冲突": clashing and not returned,
        "须补报": bool(in_states(now, book, *(s for word in UNUSABLE for s in WORDS[word]))),
        "有未到期": bool(in_states(now, book, Reported.NOT_DUE)),
        "各期报送": [period_row(place, report, book, notes) for report in outcome.reports],
        "并入单位": [
            {"单位": u.name, "日期": u.merged_on, "并入": joined.name}
            for u in book.units
            if u.merged_on
            and book.start < u.merged_on <= outcome.day
            and (joined := book.unit(u.merged_into))
        ],
        "缺期": unknown_periods(outcome.reports),
    }


def unknown_periods(reports: Sequence[PeriodReport]) -> str:
    """Return the earlier periods of which nothing is known, "" if there are none."""
    known = {report.number for report in reports}
    return "、".join(f"第{numeral(n)}期" for n in range(1, max(known, default=1)) if n not in known)


def in_states(report: PeriodReport, book: Rulebook, *states: Reported) -> list[Unit]:
    """Return the units in one of some states (all units if none is named), in list order."""
    held = report.states
    listed = (*book.units, *(Unit(code, code, "") for code in held if book.unit(code) is None))
    return [u for u in listed if u.code in held and (not states or held[u.code] in states)]


def period_row(place: str, report: PeriodReport, book: Rulebook, notes: Notes) -> Facts:
    """Return one period's reporting in numbers."""
    here = f"{place} 第{numeral(report.number)}期"
    every = count_of("单位个数", in_states(report, book))
    done = count_of("单位个数", in_states(report, book, *COUNTED_AS_REPORTED))
    pending = {**WORDS, "未报": (*WORDS["未报送"], Reported.NOT_DUE)}
    states = {
        **{label: pending[label] for label in ("按时", "逾期", "冲突", "未报")},
        "退回": (*WORDS["退回"], *WORDS["冲突"]),
        "仅退回": WORDS["退回"],
    }
    counts = {
        label: notes.count(f"{here} {label}", in_states(report, book, *held))
        for label, held in states.items()
    }
    return {
        "期": numeral(report.number),
        "起": table_day(report.first, book),
        "止": table_day(report.last, book),
        "应报": notes.value(f"{here} 应报", every),
        **counts,
        "报送率": notes.value(here, quotient("报送率", done, every)),
    }


# ── totals ───────────────────────────────────────────────────────────────────────────────────────

BRIDGING: Declared = {
    "已公布": Truth("比较日的数是否公布过，否则是按留存的报送表重新计算的"),
    "比较依据": "公布的数、结期时的数或（按归档重新计算）",
    "衔接": Each(
        "各项数怎样从上期公布到本期累计：上期 + 新增 + 更正 = 累计；不比较时没有",
        {
            **NAMING,
            "上期": Num("上期公布数"),
            "新增": Num("本期新增"),
            "更正": Num("对上期公布数的更正"),
            "累计": Num("本期累计"),
        },
    ),
    "更正": Each(
        "对上期公布数的更正，一条记录一行",
        {
            "单位": "单位名称",
            "指标": "指标名称",
            "记录": "记录名称",
            "原公布": Num("上期公布的数"),
            "现为": Num("现在的数"),
            "原因": "原记录改动、删除、裁定、规则调整或改为退回；改了什么见结果工作簿“更正”",
        },
    ),
}
TOTAL_FIELDS: Declared = {
    "比较日": Day("与哪一天比较，没有则为空"),
    "本期首日": Day("“本期”的第一天"),
    "指标": Each(
        "启用的各项竞赛内容的全县数",
        {
            **NAMING,
            "全县": Num("全县数值"),
            "乡镇": Num("乡镇合计"),
            "县直": Num("县直合计"),
            "本期增加": Num("比较日以来的增加数，减少为负；不比较时没有"),
            "增加": Num("增加的数；没有增加时没有"),
            "减少": Num("减少的数，不带负号；没有减少时没有"),
        },
    ),
    "其他类别": "乡镇、县直以外的单位类别，顿号分开；没有则为空",
    "全无": Truth("是否各项全为零"),
    "无数据": Truth("是否没有一个单位有有效报送，因此没有数可说"),
    "为零项": "为零的各项（比率除外），顿号分开，如 新上项目、到位资金",
    "有变化": Truth("与比较日相比是否有增减"),
    "持平": Truth("与比较日相比是否有的项没有增减"),
    "拜访批次": Num("全县外出招商批次"),
    "拜访人次": Num("全县外出招商人次"),
    "邀请人次": Num("全县邀请来访人次"),
    "拜访家次": Num("各单位拜访的不同客商家数之和"),
    "拜访涉及": Num("全县拜访的不同客商家数"),
    "邀请家次": Num("各单位邀请的不同客商家数之和"),
    "邀请涉及": Num("全县邀请的不同客商家数"),
    "竣工项目": Num(f"{COMPLETION.name}的分子"),
    "竣工分母": Num(f"{COMPLETION.name}的分母"),
    "竣工分母口径": "签约或开工",
    "竣工可超": Truth("竣工率的分子是否算期内竣工的全部项目，因而可以超过100%"),
}


def totals(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the county's figures with their growth."""
    rows = [total_row(place, c, outcome, book, notes) for c in active(book)]
    compared = [row for row in rows if row["本期增加"] is not None]
    none = [c.spoken for c, row in zip(active(book), rows, strict=True) if not (c.is_rate or row["全县"])]
    rate = total(COMPLETION, outcome.results)
    return {
        "比较日": outcome.since,
        "本期首日": span_of(outcome, book).first,
        "指标": rows,
        "有变化": any(row["本期增加"] for row in compared),
        "持平": any(not row["本期增加"] for row in compared),
        "其他类别": "、".join(g for g in book.groups if g not in ("乡镇", "县直")),
        "全无": not any(row["全县"] for row in rows),
        "无数据": all(r.account.submission is None for r in outcome.results),
        "为零项": "、".join(none),
        "拜访批次": notes.value(place, total(TRIPS, outcome.results)),
        "拜访人次": notes.value(place, total(TRAVELLERS, outcome.results)),
        "邀请人次": notes.value(place, total(GUESTS, outcome.results)),
        **firms("拜访", FIRMS_VISITED, place, outcome, notes),
        **firms("邀请", FIRMS_INVITED, place, outcome, notes),
        "竣工项目": notes.value(f"{place} {rate.name}", Figure(COMPLETED.name, rate.numerator, rate.lines)),
        "竣工分母": notes.value(f"{place} {rate.name}", base_of(rate, book)),
        "竣工分母口径": book.completion_basis,
        "竣工可超": book.completed_basis != CompletedBasis.OF_DENOMINATOR,
    }


def firms(word: str, item: Measure, place: str, outcome: Outcome, notes: Notes) -> Facts:
    """Return the county's enterprises both ways: added up over the units, and how many different ones these are."""
    held = [r.figures[item.name] for r in outcome.results if item.name in r.figures]
    return {
        f"{word}家次": notes.value(place, total(item, outcome.results)),
        f"{word}涉及": notes.value(f"{place} {word}", different(held)),
    }


def base_of(rate: Figure, book: Rulebook) -> Figure:
    """Return the denominator of 竣工率 as a figure."""
    return Figure(completion_parts(book)[1].name, rate.denominator, rate.denominator_lines)


def total_row(place: str, comparison: Measure, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return one comparison's totals."""
    table, growth = f"{place} 表1", change(comparison, outcome)
    return {
        **naming(comparison, book),
        "全县": notes.value(f"{table} 全县", total(comparison, outcome.results)),
        "乡镇": notes.value(f"{table} 乡镇", total(comparison, of_group(outcome, "乡镇"))),
        "县直": notes.value(f"{table} 县直", total(comparison, of_group(outcome, "县直"))),
        "本期增加": notes.value(f"{table} 本期增加", growth) if growth else None,
        **growth_words(place, growth, notes),
    }


def bridging(place: str, outcome: Outcome, notes: Notes) -> Facts:
    """Return the fields of `BRIDGING`."""
    return {
        "已公布": outcome.published is not None,
        "比较依据": outcome.basis,
        "衔接": [bridge_row(place, bridge, notes) for bridge in outcome.bridges],
        "更正": [correction_row(place, n, c, notes) for n, c in enumerate(outcome.corrections, 1)],
    }


def bridge_row(place: str, bridge: Bridge, notes: Notes) -> Facts:
    """Return how one figure came from what was published."""
    item, here = measure(bridge.measure), f"{place} 衔接"

    def part(suffix: str, figure: Figure) -> Decimal | None:
        return notes.value(f"{here}{suffix}", replace(figure, name=f"{bridge.measure}{suffix}"))

    return {
        **(naming(item, notes.book) if item else {}),
        "上期": part(PUBLISHED, bridge.published),
        "新增": part(ADDED, bridge.new),
        "更正": part(CORRECTED, bridge.corrected),
        "累计": notes.value(here, bridge.now),
    }


def correction_row(place: str, number: int, correction: Correction, notes: Notes) -> Facts:
    """Return one correction."""
    here = f"{place} 更正第{number}项"

    def part(label: str, suffix: str, value: Decimal) -> Decimal | None:
        line = replace(correction.line, value=value)
        return notes.value(f"{here} {label}", Figure(f"{correction.measure}{suffix}", value, (line,)))

    return {
        "单位": correction.unit.name,
        "指标": correction.measure,
        "记录": correction.label,
        "原公布": part("原公布", PUBLISHED, correction.before),
        "现为": part("现为", "", correction.after),
        "原因": correction.kind,
    }


def growth_words(place: str, growth: Figure | None, notes: Notes) -> Facts:
    """Return by how much a figure grew or fell."""
    value = growth.value if growth else None
    if growth is None or not value:
        return {"增加": None, "减少": None}
    if value > 0:
        return {"增加": notes.value(f"{place} 本期", growth), "减少": None}
    fall = Figure(growth.name, -value, tuple(negated(growth)))
    return {"增加": None, "减少": notes.value(f"{place} 本期减少", fall)}


def negated(figure: Figure) -> Iterator[Line]:
    """Yield a figure's records with their signs turned."""
    return (replace(x, value=-x.value) for x in figure.lines)
