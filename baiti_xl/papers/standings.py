"""The single boards in words, and the full table of figures, ranks and scores."""

from collections.abc import Sequence

from baiti_xl.contest.choices import RankingField
from baiti_xl.contest.measures import NEW, Measure, active, comparisons
from baiti_xl.contest.periods import cutoff_of
from baiti_xl.contest.records import Account, Figure, Line, Outcome, Score, Standing, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import numeral
from baiti_xl.papers.fields import Declared, Each, Num, Truth
from baiti_xl.papers.head import Facts
from baiti_xl.papers.measures import board, fields, figure_of, rank_of, ties, total
from baiti_xl.papers.notes import NAMED, Notes
from baiti_xl.papers.phrases import COUNTY_WIDE

NAMING: Declared = {
    "名称": f"如 {NEW.name}",
    "称谓": f"行文中的叫法，如 {NEW.spoken}",
    "单位": "个、家、万元；比率为空",
}
PLACE: Declared = {
    "名次": Num("名次"),
    "并列": Truth("是否几个单位并列"),
    "数值": Num("这些单位的数值"),
    **NAMED,
}
BOARDS: Declared = {
    "单项": Each(
        "有完成数的各项竞赛内容",
        {
            "序": "一、二、三……",
            **NAMING,
            "全县": Num("全县数值"),
            "各组": Each(
                "分组名次",
                {
                    "类别": "乡镇、县直或全县",
                    "居前": Each("前三名，并列的合为一行", PLACE),
                    "居末": Each("末位；有单位为零或没有数值时没有", PLACE),
                    "零单位": Each("数值为零的单位，一行或没有", NAMED),
                    "缺数单位": Each("没有数值的单位，一行或没有", NAMED),
                },
            ),
        },
    ),
    "无完成数": "各单位都没有完成数的各项，顿号分开，如 新上项目、到位资金",
}


CARRIED = "数字取自其他期的报送表"
PARTS = ("居前", "零单位", "缺数单位")


def boards(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the fields of `BOARDS`; what nobody has anything of is told together, a group in which nobody competes not at all."""
    rows: list[Facts] = []
    none: list[str] = []
    for comparison in active(book):
        here = f"{place} {comparison.spoken}"
        found = (group_facts(here, comparison, g, outcome, book, notes) for g in fields(book))
        groups = [row for row in found if any(row[part] for part in PARTS)]
        if not any(row["居前"] for row in groups):
            none.append(comparison.spoken)
            continue
        county = notes.value(f"{here} 全县", total(comparison, outcome.results))
        rows.append(
            {"序": numeral(len(rows) + 1), **naming(comparison, book), "全县": county, "各组": groups}
        )
    return {"单项": rows, "无完成数": "、".join(none)}


def naming(comparison: Measure, book: Rulebook) -> Facts:
    """Return the fields of `NAMING`."""
    return {
        "名称": comparison.name,
        "称谓": comparison.spoken,
        "单位": comparison.unit(book),
    }


def group_facts(
    place: str, comparison: Measure, group: str, outcome: Outcome, book: Rulebook, notes: Notes
) -> Facts:
    """Return one group's part of a board."""
    found = board(outcome, comparison.name, group, book)
    here = f"{place} {group or COUNTY_WIDE}"

    def places(standings: Sequence[Standing]) -> list[Facts]:
        return [place_row(here, comparison, held, outcome, book, notes) for held in ties(standings)]

    def without(word: str, standings: Sequence[Standing]) -> list[Facts]:
        return [notes.named(f"{here} {word}", [s.unit for s in standings])] if standings else []

    return {
        "类别": group or COUNTY_WIDE,
        "居前": places(found.front),
        "居末": places(found.last),
        "零单位": without("为零", found.zero),
        "缺数单位": without("无", found.none),
    }


def place_row(
    place: str,
    comparison: Measure,
    held: Sequence[Standing],
    outcome: Outcome,
    book: Rulebook,
    notes: Notes,
) -> Facts:
    """Return the units of one rank with what they have: the first one's figure stands for all of them."""
    units, first = [s.unit for s in held], held[0]
    here = f"{place} {first.unit.name}"
    return {
        "名次": notes.plain(here, "名次", rank_of(first, book)),
        "并列": len(held) > 1,
        "数值": notes.value(here, figure_of(outcome, first.unit, comparison.name)),
        **notes.named(f"{here} 并列", units),
    }


# ── the full table of ranks ──────────────────────────────────────────────────────────────────────


def ranking_fields() -> Declared:
    """Return the fields of a row of the full table: each comparison and its rank."""
    each = {
        name: Num(text)
        for m in comparisons()
        for name, text in ((m.name, f"{m.name}；没有数值或未启用时没有"), (f"{m.name}名次", "名次"))
    }
    return {
        "单位": "单位名称",
        "类别": "乡镇或县直",
        **each,
        "综合得分": Num("综合得分；没有有效报送时没有"),
        "名次": Num("综合名次；没有有效报送时没有"),
    }


RANKING: Declared = {
    "排名": Each("各单位各项竞赛内容、名次和综合得分", ranking_fields),
    "名次范围": "组内或全县",
    "沿用": Each("没有本期的可用报送表、数字取自其他期的单位，一行或没有", NAMED),
}


def ranking(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the fields of `RANKING`."""
    carried = [r.unit for r in outcome.results if is_of_another_period(r.account, outcome, book)]
    return {
        "排名": ranking_rows(place, outcome, book, notes),
        "名次范围": "组内" if book.ranking == RankingField.GROUP else COUNTY_WIDE,
        "沿用": [notes.named(f"{place} 沿用", carried, CARRIED)] if carried else [],
    }


def is_of_another_period(account: Account, outcome: Outcome, book: Rulebook) -> bool:
    """Whether a unit's figures are of another period than the last one told of: carried over, or cut out of a later form (回溯)."""
    held = None if account.is_merged or not outcome.reports else account.submission
    last = max(outcome.day, cutoff_of(book, outcome.day))
    return held is not None and not outcome.reports[-1].first <= held.key[0] <= last


def ranking_rows(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> list[Facts]:
    """Return every unit with its figures, ranks and score: by group, then by rank."""
    ranks = {
        (name, s.unit.code): rank_of(s, book)
        for name, held in outcome.ranking.boards.items()
        for s in held
        if s.value is not None
    }
    rows = []
    for group in fields(book):
        for score in outcome.ranking.overall:
            if group in ("", score.unit.group) and not outcome.result(score.unit.code).account.is_merged:
                rows.append(ranking_row(place, score, ranks, outcome, book, notes))
    return rows


def ranking_row(
    place: str,
    score: Score,
    ranks: dict[tuple[str, str], int],
    outcome: Outcome,
    book: Rulebook,
    notes: Notes,
) -> Facts:
    """Return one unit's row of the full table."""
    unit: Unit = score.unit
    here, row = f"{place} {unit.name}", Facts({"单位": unit.name, "类别": unit.group})
    for name in (m.name for m in comparisons()):
        rank = ranks.get((name, unit.code))
        row[name] = notes.value(here, figure_of(outcome, unit, name)) if rank else None
        row[f"{name}名次"] = notes.plain(here, f"{name}名次", rank)
    ranked = outcome.result(unit.code).is_ranked
    row["综合得分"] = notes.value(here, score_figure(score)) if ranked else None
    row["名次"] = notes.plain(here, "名次", rank_of(score, book)) if ranked else None
    return row


def score_figure(score: Score) -> Figure:
    """Return a score with its workings: what each comparison adds."""
    lines = tuple(Line(score.unit.code, "", "综合得分", 0, p.points, p.comparison) for p in score.points)
    return Figure("综合得分", score.score, lines)
