"""表彰通报: commends the units in front, by group and by single board."""

from collections.abc import Collection, Iterator

from baiti_xl.contest.measures import Measure, active
from baiti_xl.contest.records import Outcome, Paper
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import numeral
from baiti_xl.papers.fields import Declared, Each, Num, Truth
from baiti_xl.papers.head import COPIED, HEAD, Facts, copied, head
from baiti_xl.papers.measures import fields, figure_of, rank_of
from baiti_xl.papers.notes import Notes
from baiti_xl.papers.phrases import COUNTY_WIDE, addressees
from baiti_xl.papers.standings import NAMING, naming, score_figure

KIND = "表彰通报"
FIELDS: Declared = {
    **HEAD,
    "主送": "主送机关",
    "抄送单位": COPIED,
    "综合": Each(
        "各组综合先进单位（规则“表彰前几名”等）",
        {
            "序": "1、2……",
            "类别": "乡镇、县直或全县",
            "个数": Num("先进单位个数"),
            "单位": Each(
                "先进单位",
                {
                    "名次": Num("名次；中间有单位不能表彰时没有"),
                    "并列": Truth("是否与别的先进单位名次相同"),
                    "名称": "单位名称",
                    "得分": Num("综合得分"),
                },
            ),
        },
    ),
    "单项": Each(
        "各单项各组可以表彰的单位中最好的",
        {
            **NAMING,
            "类别": "乡镇、县直或全县",
            "先进": "第一名的单位，并列的都列",
            "数值": Num("第一名的数值"),
        },
    ),
    "先进数": Num("综合先进单位总个数"),
    "单位总数": Num("参加竞赛的单位个数"),
}


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield the circular; none if nobody may be commended."""
    notes = Notes(book)
    best = [row for g in fields(book) if (row := group_row(g, outcome, book, notes))["单位"]]
    if not best:
        return
    title = f"{book.issuer}关于表彰全县{book.contest}活动先进单位的通报"
    winners = [score for held in outcome.honours.overall.values() for score in held]
    facts = {
        **head(title, outcome, book),
        "主送": addressees(book.units),
        "抄送单位": copied(book),
        "综合": [{**row, "序": numeral(n)} for n, row in enumerate(best, 1)],
        "单项": [
            row for c in active(book) for g in fields(book) for row in first(c, g, outcome, book, notes)
        ],
        "先进数": notes.count("综合先进", [s.unit for s in winners]),
        "单位总数": len(outcome.holders(book.units)),
    }
    yield Paper(KIND, "", f"{KIND}_{outcome.day}", title, facts, notes.all())


def group_row(group: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return one group's advanced units."""
    label = group or COUNTY_WIDE
    held = outcome.honours.overall[group]
    ranks = [rank_of(s, book) for s in held]
    gapless = all(rank == 1 + sum(other < rank for other in ranks) for rank in ranks)
    rows = [
        {
            "名次": notes.plain(f"一、{label} {s.unit.name}", "名次", rank_of(s, book)) if gapless else None,
            "并列": ranks.count(rank_of(s, book)) > 1,
            "名称": s.unit.name,
            "得分": notes.value(f"一、{label} {s.unit.name}", score_figure(s)),
        }
        for s in held
    ]
    count = notes.count(f"一、{label}", [s.unit for s in held]) if held else 0
    return {"序": "", "类别": label, "个数": count, "单位": rows}


def first(comparison: Measure, group: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Iterator[Facts]:
    """Yield the row of a single board's first places, if anybody has anything."""
    held = outcome.honours.single[comparison.name, group]
    place = f"二、单项 {comparison.name} {group or COUNTY_WIDE}"
    values = [
        notes.value(f"{place} {s.unit.name}", figure_of(outcome, s.unit, comparison.name)) for s in held
    ]
    if held:
        yield {
            **naming(comparison, book),
            "类别": group or COUNTY_WIDE,
            "先进": "、".join(s.unit.name for s in held),
            "数值": values[0],
        }
