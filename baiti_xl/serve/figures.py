"""Totals, boards, the map of tiers, and each figure down to the cell it stands in: for the leader, and for the office."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from baiti_xl.contest import measures
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.measures import Measure, Number
from baiti_xl.contest.records import Figure, Line, Outcome, Submission, UnitResult
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS, SHEETS
from baiti_xl.contest.values import column_letter, numeral
from baiti_xl.count.figures import tier_names
from baiti_xl.desk.brief import shown, shown_as
from baiti_xl.serve.charts import Bar, Tile, bars, tiles
from baiti_xl.serve.visit import Visit

COUNTY = "全县"
RENEWED_SECONDS = 10  # a page that is of before renews itself
AMOUNTS = {PROJECTS.name: "contract_amount", PAYMENTS.name: "amount"}  # what a figure in money adds up


def day_asked(visit: Visit) -> date | None:
    """Return the period's cutoff that the address asks for, None for the usual day."""
    wanted = visit.query("day")
    return next((day for _, day in visit.place.days() if str(day) == wanted), None)


def with_outcome(visit: Visit, template: str, **facts: Any) -> Response:
    """Return a page about a day; while it is being worked out, one that says so."""
    day = day_asked(visit)
    picture = visit.place.picture(day)
    if picture is None:
        return visit.page("wait.html", refresh=3)
    return visit.page(
        template,
        refresh=0 if picture.is_now else RENEWED_SECONDS,
        outcome=picture.outcome,
        moment=picture.moment,
        is_now=picture.is_now,
        days=visit.place.days(),
        asked=str(day or ""),
        suffix=f"?day={day}" if day else "",
        **{name: fact(picture.outcome) for name, fact in facts.items()},
    )


# ── totals ───────────────────────────────────────────────────────────────────────────────────────


def totals(visit: Visit) -> Response:
    """Show the comparisons of the county and of each group, and how each period was reported."""
    book = visit.book
    groups = (COUNTY, *book.groups)

    def table(outcome: Outcome) -> list[tuple[Measure, list[str]]]:
        return [
            (m, [total_text(outcome, m, "" if g == COUNTY else g, visit) for g in groups])
            for m in measures.comparisons()
        ]

    def change(outcome: Outcome) -> dict[str, str]:
        return {b.measure: shown(b.new.value, "") for b in outcome.bridges}

    def rates(outcome: Outcome) -> Any:
        found = [
            Bar(f"第{numeral(r.number)}期", r.rate or Decimal(0), f"{(r.rate or 0) * 100:.0f}%")
            for r in outcome.reports
        ]
        return bars("各期报送率", found, Decimal(1))

    def scores(outcome: Outcome) -> Any:
        found = [Bar(s.unit.name, s.score, f"{s.score:.2f}") for s in outcome.contenders()[:10]]
        return bars("综合得分前十名", found)

    return with_outcome(
        visit, "totals.html", table=table, groups=lambda _: groups, rates=rates, scores=scores, change=change
    )


def total_text(outcome: Outcome, item: Measure, group: str, visit: Visit) -> str:
    """Return a comparison added up over a group, as it is printed."""
    members = [r for r in outcome.results if group in ("", r.unit.group) and r.figures]
    added = measures.added(item, [r.figures[item.name] for r in members])
    return shown_as(item, added.value, visit.book)


def boards(visit: Visit) -> Response:
    """Show the overall board and that of each comparison."""

    def overall(outcome: Outcome) -> list[tuple[str, list[Any]]]:
        groups = ("",) if outcome.ranking.over_county else visit.book.groups
        return [(g or COUNTY, outcome.contenders(g)) for g in groups]

    def single(outcome: Outcome) -> list[tuple[int, Measure, Any]]:
        return [(at, m, board_chart(outcome, m, visit)) for at, m in enumerate(measures.comparisons())]

    return with_outcome(visit, "boards.html", overall=overall, single=single)


def board_chart(outcome: Outcome, item: Measure, visit: Visit) -> Any:
    """Return one board as a chart, none if the comparison is switched off."""
    if item.name not in outcome.ranking.boards:
        return ""
    ranked = [s for s in outcome.ranking.board(item.name) if outcome.result(s.unit.code).is_ranked]
    found = [
        Bar(s.unit.name, s.value or Decimal(0), shown_as(item, s.value, visit.book)) for s in ranked[:10]
    ]
    return bars(f"{item.name}前十名", found)


def tier_map(visit: Visit) -> Response:
    """Show which tier each unit reaches, and who met the basic task."""
    names = tier_names(visit.book)

    def maps(outcome: Outcome) -> list[tuple[str, Any]]:
        return [
            (
                group,
                tiles(
                    f"{group}各单位最高档次",
                    [
                        Tile(r.unit.name, r.tier or "没有报送", names.index(r.tier) if r.tier in names else 3)
                        for r in outcome.results
                        if r.unit.group == group
                    ],
                ),
            )
            for group in visit.book.groups
        ]

    def counts(outcome: Outcome) -> list[tuple[str, int]]:
        return [(name, sum(r.tier == name for r in outcome.results)) for name in names]

    return with_outcome(visit, "tiers.html", maps=maps, counts=counts, names=lambda _: names)


# ── one figure, down to its cells ────────────────────────────────────────────────────────────────


def units(visit: Visit) -> Response:
    """Show every unit's figures, each a way to its cells."""
    book = visit.book

    def table(outcome: Outcome) -> list[tuple[UnitResult, list[str]]]:
        return [
            (r, [shown_as(m, r.value(m.name), book) for m in measures.comparisons()]) for r in outcome.results
        ]

    return with_outcome(visit, "units.html", table=table, measures=lambda _: measures.comparisons())


@dataclass(frozen=True, slots=True)
class Step:
    """One record behind a figure: the line, its unit's name and its cell."""

    line: Line
    unit: str
    cell: str
    sheet: int


def figure(visit: Visit) -> Response:
    """Show what a figure is made of: every record with its file, sheet and cell."""
    code, at = visit.request.path_params["unit"], int(visit.request.path_params["measure"])
    compared = measures.comparisons()
    if at >= len(compared) or (code != COUNTY and visit.book.unit(code) is None):
        return visit.missing()
    item = compared[at]

    def parts(outcome: Outcome) -> list[tuple[str, list[Step]]]:
        held = (
            [outcome.by_unit[code]] if code in outcome.by_unit else [] if code != COUNTY else outcome.results
        )
        figures = [r.figures[item.name] for r in held if item.name in r.figures]
        titles = ("分子", "分母") if item.is_rate else ("构成",)
        return [
            (title, [step(line, item, outcome, visit) for f in figures for line in lines_of(f, title)])
            for title in titles
        ]

    def value(outcome: Outcome) -> str:
        if code == COUNTY:
            return total_text(outcome, item, "", visit)
        return (
            shown_as(item, outcome.by_unit[code].value(item.name), visit.book)
            if code in outcome.by_unit
            else "—"
        )

    unit = visit.book.unit(code)
    return with_outcome(
        visit,
        "figure.html",
        parts=parts,
        value=value,
        item=lambda _: item,
        name=lambda _: unit.name if unit else COUNTY,
        definition=lambda _: item.definition(visit.book),
    )


def lines_of(held: Figure, title: str) -> tuple[Line, ...]:
    """Return the lines behind a figure, or behind the lower part of a rate."""
    return held.denominator_lines if title == "分母" else held.lines


def step(line: Line, item: Measure, outcome: Outcome, visit: Visit) -> Step:
    """Return a line with its cell."""
    unit, submission = visit.book.unit(line.unit), submission_of(outcome, line.file)
    sheet = SHEETS.get(line.sheet)
    cell = cell_of(line, item, sheet, submission) if sheet and submission else f"第{line.row}行"
    number = list(SHEETS).index(line.sheet) if sheet else 0
    return Step(line, unit.name if unit else line.unit, cell, number)


def submission_of(outcome: Outcome, file: str) -> Submission | None:
    """Return the submission in force of a file's name."""
    held = (a.submission for r in outcome.singles for a in [r.account])
    return next((s for s in held if s and s.file == file), None)


def cell_of(line: Line, item: Measure, sheet: AnySheet, submission: Submission) -> str:
    """Return the cell of a line: of the amount for a figure in money, else of what its row is told by."""
    name = AMOUNTS.get(sheet.name, sheet.key[0]) if item.number is Number.MONEY else sheet.key[0]
    return f"{submission.table(sheet).letters.get(name, 'A')}{line.row}"


def row(visit: Visit) -> Response:
    """Show one row of a form as it was read, each cell with its address."""
    params = visit.request.path_params
    code, number = params["unit"], int(params["row"])
    sheet = list(SHEETS.values())[int(params["sheet"])] if int(params["sheet"]) < len(SHEETS) else None
    if sheet is None or visit.book.unit(code) is None:
        return visit.missing()
    at = visit.query("cell")

    def cells(outcome: Outcome) -> list[tuple[str, str, str, bool]]:
        held = next((r.account.submission for r in outcome.singles if r.unit.code == code), None)
        return list(cells_of(held, sheet, number, at)) if held else []

    def file(outcome: Outcome) -> str:
        held = next((r.account.submission for r in outcome.singles if r.unit.code == code), None)
        return held.file if held else ""

    unit = visit.book.unit(code)
    return with_outcome(
        visit,
        "row.html",
        cells=cells,
        file=file,
        sheet=lambda _: sheet.name,
        number=lambda _: number,
        unit=lambda _: unit,
    )


def cells_of(
    submission: Submission, sheet: AnySheet, number: int, at: str
) -> Iterator[tuple[str, str, str, bool]]:
    """Yield (cell, heading, value, whether it was asked for) of a row."""
    letters = submission.table(sheet).letters
    record = next((r for r in submission.rows(sheet) if r.row == number), None)
    for place, column in enumerate(sheet.columns if record else ()):
        cell = f"{letters.get(column.field) or column_letter(place + 1)}{number}"
        value = getattr(record, column.field)
        yield cell, column.heading, "" if value is None else str(value), cell == at
