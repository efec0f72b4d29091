"""The native charts of 总览: each stands in a row as high as itself, so that no page can cut it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from xlsxwriter.worksheet import Worksheet

from baiti_xl.books import style
from baiti_xl.books.style import Book
from baiti_xl.contest.measures import AMOUNT, PAID
from baiti_xl.contest.records import Outcome, Score, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import half_up

DATA_COLUMN = 40
PALETTE = ("#1F4E79", "#9DC3E6", "#7F7F7F", "#D9D9D9")
LEAST, BETWEEN = 250, 10  # pixels: the height of the lowest chart, and what parts two
MOST_LABELS = 10  # days beside each other below a chart
HIGHEST_ROW = 540  # pixels that Excel takes
GRID = {"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}, "min": 0}
BARS = {"reverse": True, "num_font": {"size": 8}, "interval_unit": 1}


@dataclass(frozen=True, slots=True)
class Place:
    """Where charts may stand: beside each other between columns, in rows of these heights in pixels from the first one on."""

    row: int
    height: int
    left: tuple[int, int]  # the first column and how many pixels wide
    right: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its title and the height in pixels that it should have."""

    chart: Any
    title: str
    height: int


class Charts:
    """Makes the charts; their data stands to the right, outside the printed area."""

    def __init__(self, file: Book, page: Worksheet) -> None:
        self.file, self.page, self.column = file, page, DATA_COLUMN

    def block(self, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[int, int]:
        """Write a block of chart data; return its first column and last row."""
        first = self.column
        for at, heading in enumerate(headings):
            self.page.write_string(0, first + at, heading)
        for row, values in enumerate(rows, 1):
            for at, value in enumerate(values):
                if isinstance(value, str):
                    self.page.write_string(row, first + at, value)
                else:
                    self.page.write_number(row, first + at, float(value))
        self.column += len(headings) + 1
        return first, max(len(rows), 1)

    def series(
        self, chart: Any, block: tuple[int, int], at: int, name: str, colour: str, **extra: Any
    ) -> None:
        """Add one column of a data block as a series."""
        (first, last), sheet = block, self.page.get_name()
        bars = {"fill": {"color": colour}, "border": {"color": "#404040", "width": 0.5}, "gap": 60}
        chart.add_series(
            {
                "name": name,
                "categories": [sheet, 1, first, last, first],
                "values": [sheet, 1, first + at, last, first + at],
                **({} if "line" in extra else bars),
                **extra,
            }
        )

    def tiers(self, outcome: Outcome) -> Drawn:
        """Chart the signed projects by tier, stacked by group."""
        names = list(next((r.tiers for r in outcome.results if r.tiers), {}))
        groups = tuple(dict.fromkeys(r.unit.group for r in outcome.results))
        rows = [[name, *(tier_total(outcome.results, name, group) for group in groups)] for name in names]
        chart = self.file.file.add_chart({"type": "column", "subtype": "stacked"})
        block = self.block(["档次", *groups], rows)
        for at, group in enumerate(groups, 1):
            self.series(chart, block, at, group, PALETTE[(at - 1) % len(PALETTE)])
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis(GRID)
        return Drawn(chart, "签约项目按档次（个）", LEAST)

    def trend(self, outcome: Outcome, book: Rulebook) -> Drawn:
        """Chart signed money and money in place, cumulated by week."""
        weeks = week_ends(book.start, min(outcome.day, book.end))
        money = [outcome.daily[name] for name in (AMOUNT.name, PAID.name)]
        labels = thinned([f"{end:%m/%d}" for end in weeks])
        rows = [
            [label, *(until(amounts, end) for amounts in money)]
            for label, end in zip(labels, weeks, strict=True)
        ]
        chart = self.file.file.add_chart({"type": "line"})
        block = self.block(["周末", AMOUNT.name, PAID.name], rows)
        for at, (name, dash) in enumerate(((AMOUNT.name, "solid"), (PAID.name, "dash")), 1):
            line = {"color": PALETTE[0] if at == 1 else PALETTE[2], "width": 2, "dash_type": dash}
            marker = {"type": "circle" if at == 1 else "square", "size": 5}
            self.series(chart, block, at, name, PALETTE[0], line=line, marker=marker)
        chart.set_legend({"position": "bottom"})
        chart.set_x_axis({"num_font": {"size": 9}, "interval_unit": 1})
        chart.set_y_axis({"num_format": "#,##0", **GRID})
        return Drawn(chart, f"{AMOUNT.name}与{PAID.name}逐周累计（万元）", LEAST)

    def scores(self, group: str, scores: Sequence[Score]) -> Drawn:
        """Chart the overall score of a group's units, the best on top."""
        chart = self.file.file.add_chart({"type": "bar"})
        block = self.block(["单位", "综合得分"], [[s.unit.name, half_up(s.score)] for s in scores])
        labels = {"value": True, "num_format": "0.00", "font": {"size": 9}}
        self.series(chart, block, 1, "综合得分", PALETTE[0], data_labels=labels)
        chart.set_legend({"none": True})
        chart.set_y_axis(BARS)
        chart.set_x_axis({**GRID, "max": 100, "label_position": "high"})
        return Drawn(chart, f"综合得分（{group}）", bar_height(len(scores)))

    def money(self, outcome: Outcome) -> Drawn:
        """Chart signed money and money in place of the units that have any."""
        names = (AMOUNT.name, PAID.name)
        held = [r for r in outcome.results if any(r.value(name) for name in names)]
        rows = [[r.unit.name, *(half_up(r.value(name) or Decimal(0)) for name in names)] for r in held]
        chart = self.file.file.add_chart({"type": "bar"})
        block = self.block(["单位", *names], rows)
        for at, name in enumerate(names, 1):
            self.series(chart, block, at, name, PALETTE[at - 1])
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis(BARS)
        chart.set_x_axis({"num_format": "#,##0", **GRID, "label_position": "high"})
        return Drawn(chart, f"{AMOUNT.name}与{PAID.name}（万元）", bar_height(len(held)) + 40)

    def stand(self, place: Place, columns: Sequence[Sequence[Drawn]]) -> int:
        """Stand charts in one or two columns at a place, stretched to fill it; return the next row."""
        rows = -(-place.height // HIGHEST_ROW)
        for row in range(place.row, place.row + rows):
            self.page.set_row_pixels(row, place.height // rows)
        for (first, width), drawn in zip((place.left, place.right), columns, strict=False):
            room = place.height - BETWEEN * len(drawn)
            top = BETWEEN // 2
            for one in drawn:
                height = room * one.height // sum(d.height for d in drawn)
                self.insert(one, place.row, first, top, width, height)
                top += height + BETWEEN
        return place.row + rows

    def insert(self, drawn: Drawn, row: int, column: int, top: int, width: int, height: int) -> None:
        """Place a chart so many pixels below the top of a row."""
        font = {"name": style.HEAD_FONT, "size": 13, "bold": False}
        drawn.chart.set_title({"name": drawn.title, "name_font": font, "overlay": False})
        drawn.chart.set_size({"width": width, "height": height})
        offset = {"x_offset": 2, "y_offset": top, "object_position": 2}
        self.page.insert_chart(row, column, drawn.chart, offset)


def in_columns(charts: Sequence[Drawn], height: int) -> list[list[Drawn]]:
    """Return charts in order, in columns of at most so many pixels."""
    columns: list[list[Drawn]] = []
    for one in charts:
        held = sum(d.height + BETWEEN for d in columns[-1]) if columns else height
        if held + one.height > height:
            columns.append([])
        columns[-1].append(one)
    return columns


def week_ends(start: date, end: date) -> list[date]:
    """Return the last day of each week from the start, and the end."""
    days = [start + timedelta(days=n) for n in range(6, (end - start).days + 1, 7)]
    return days if days and days[-1] == end else [*days, end]


def thinned(labels: Sequence[str]) -> list[str]:
    """Return an axis's labels with so many left empty that no two touch; the last one stays."""
    step, last = -(-len(labels) // MOST_LABELS), len(labels) - 1
    return [label if (last - at) % step == 0 else "" for at, label in enumerate(labels)]


def until(amounts: Mapping[date, Decimal], end: date) -> Decimal:
    """Return the sum of the amounts up to a day."""
    return sum((amount for day, amount in amounts.items() if day <= end), Decimal(0))


def bar_height(bars: int) -> int:
    """Return a height in pixels at which every bar keeps its label, within a printed page."""
    return min(max(240, 22 * bars + 90), 700)


def tier_total(results: Sequence[UnitResult], name: str, group: str) -> Decimal:
    """Return how many signed projects of a group are in a tier, share-weighted."""
    return sum(
        (r.tiers[name].value or Decimal(0) for r in results if r.tiers and r.unit.group == group), Decimal(0)
    )
