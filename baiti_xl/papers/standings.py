"""The single boards in words, and the full table of figures, ranks and scores."""

from collections.abc import Sequence

from baiti_xl.contest.measures import NEW, Measure, active, comparisons
from baiti_xl.contest.records import Figure, Line, Outcome, Score, Standing, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import numeral
from baiti_xl.papers.fields import Declared, Each
from baiti_xl.papers.head import Facts
from baiti_xl.papers.measures import board, fields, figure_of, rank_of, ties, total
from baiti_xl.papers.notes import NOTHING, Notes, count_of, shown, some_names
from baiti_xl.papers.phrases import COUNTY_WIDE

NAMING: Declared = {
    "名称": f"如 {NEW.name}",
    "称谓": f"行文中的叫法，如 {NEW.spoken}",
    "单位": "个、家、万元；比率为空",
}
BOARDS: Declared = {
    "单项": Each(
        "启用的各项竞赛内容",
        {
            "序": "一、二、三……",
            **NAMING,
            "全县": "全县数值",
            "有数": "是否有单位大于零",
            "各组": Each(
                "分组名次",
                {
                    "类别": "乡镇、县直或全县",
                    "前列": "前三名及数值，并列的合写；没有则为空",
                    "末位": "末位及数值；有单位为零或没有数值时为空",
                    "为零": "数值为零的单位",
                    "为零数": "数值为零的单位个数",
                    "无数": "没有数值的单位",
                    "无数个数": "没有数值的单位个数",
                },
            ),
        },
    ),
}


def boards(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the fields of `BOARDS`."""
    rows = []
    for number, comparison in enumerate(active(book), 1):
        here = f"{place}（{numeral(number)}）{comparison.spoken}"
        groups = [group_words(here, comparison, g, outcome, book, notes) for g in fields(book)]
        rows.append(
            {
                "序": numeral(number),
                **naming(comparison, book),
                "全县": notes.text(f"{here} 全县", total(comparison, outcome.results)),
                "有数": any(row["前列"] for row in groups),
                "各组": groups,
            }
        )
    return {"单项": rows}


def naming(comparison: Measure, book: Rulebook) -> Facts:
    """Return the fields of `NAMING`."""
    return {
        "名称": comparison.name,
        "称谓": comparison.spoken,
        "单位": comparison.unit(book),
    }


def group_words(
    place: str, comparison: Measure, group: str, outcome: Outcome, book: Rulebook, notes: Notes
) -> Facts:
    """Return one group's part of a board in words."""
    found = board(outcome, comparison.name, group, book)
    here = f"{place} {group or COUNTY_WIDE}"
    return {
        "类别": group or COUNTY_WIDE,
        "前列": standing_words(here, comparison, found.front, outcome, book, notes),
        "末位": standing_words(here, comparison, found.last, outcome, book, notes),
        **numbered_names(f"{here} 为零", "为零", "为零数", [s.unit for s in found.zero], notes),
        **numbered_names(f"{here} 无", "无数", "无数个数", [s.unit for s in found.none], notes),
    }


def numbered_names(place: str, names: str, count: str, units: Sequence[Unit], notes: Notes) -> Facts:
    """Return a list of units and how many they are; the count is noted only if there are any."""
    if not units:
        return {names: "", count: 0}
    return {
        names: some_names(units),
        count: int(notes.value(place, count_of("单位个数", units)) or 0),
    }


def standing_words(
    place: str,
    comparison: Measure,
    standings: Sequence[Standing],
    outcome: Outcome,
    book: Rulebook,
    notes: Notes,
) -> str:
    """Return 城关镇5个，侯庙镇、孙口镇各3个."""
    word, parts = comparison.unit(book), []
    for held in ties(standings):
        for s in held:
            notes.text(f"{place} {s.unit.name}", figure_of(outcome, s.unit, comparison.name))
        value = shown(comparison.name, held[0].value) + word
        names = notes.names(f"{place} 并列", [s.unit for s in held])
        parts.append(f"{names}{'各' if len(held) > 1 else ''}{value}")
    return "，".join(parts)


# ── the full table of ranks ──────────────────────────────────────────────────────────────────────


def ranking_fields() -> Declared:
    """Return the fields of a row of the full table: each comparison and its rank."""
    each = {
        name: text
        for m in comparisons()
        for name, text in ((m.name, f"{m.name}，没有数值或未启用为 —"), (f"{m.name}名次", "名次"))
    }
    return {
        "单位": "单位名称",
        "类别": "乡镇或县直",
        **each,
        "综合得分": "综合得分",
        "名次": "综合名次",
    }


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
            if group in ("", score.unit.group):
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
    here, row = f"{place} {unit.name}", {"单位": unit.name, "类别": unit.group}
    for name in (m.name for m in comparisons()):
        rank = ranks.get((name, unit.code))
        row[name] = notes.text(here, figure_of(outcome, unit, name)) if rank else NOTHING
        row[f"{name}名次"] = notes.plain(here, f"{name}名次", rank) if rank else NOTHING
    ranked = outcome.result(unit.code).is_ranked
    row["综合得分"] = notes.text(here, score_figure(score)) if ranked else NOTHING
    row["名次"] = notes.plain(here, "名次", rank_of(score, book)) if ranked else NOTHING
    return row


def score_figure(score: Score) -> Figure:
    """Return a score with its workings: what each comparison adds."""
    lines = tuple(Line(score.unit.code, "", "综合得分", 0, p.points, p.comparison) for p in score.points)
    return Figure("综合得分", score.score, lines)
