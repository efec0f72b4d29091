"""单项排名: the board of each comparison, one beside the other, each in its own order."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise, zip_longest

from baiti_xl.books.style import Book, across, parted
from baiti_xl.books.table import Field, Row, fill
from baiti_xl.contest.measures import Measure, Number, active
from baiti_xl.contest.records import Outcome
from baiti_xl.contest.rulebook import Rulebook

GAP = Field("", width=1.5)


def write_boards(file: Book, name: str, outcome: Outcome, book: Rulebook) -> None:
    """Write the boards, parted by narrow columns and never cut by a page.

    They are no Excel tables: a filter on one would hide the rows of the others. Raises UserError.
    """
    page = file.sheet(name)
    items = active(book)
    boards = [board_fields(item) for item in items]
    fields = [field for board in boards for field in (*board, GAP)][:-1]
    rows = zip_longest(*(board_rows(outcome, item) for item in items))
    empty = [(None,) * len(board) for board in boards]
    fill(file, page, name, fields, (beside(row, empty) for row in rows))
    page.freeze_panes(1, 0)
    file.head(page, name)
    apart = [[field.width for field in (*board, GAP)] for board in boards]
    starts = accumulate(parted(list(map(across, apart))), initial=0)
    pages = [[*chain.from_iterable(apart[at:end])] for at, end in pairwise(starts)]
    file.scale(page, max(pages, key=sum))
    page.set_v_pagebreaks([sum(map(len, pages[:at])) for at in range(1, len(pages))])


def beside(row: tuple[Row | None, ...], empty: Sequence[Row]) -> Row:
    """Return the rows of several boards as one, a narrow empty cell between them; a board that is shorter is empty."""
    cells = [cell for part, none in zip(row, empty, strict=True) for cell in (*(part or none), None)]
    return cells[:-1]


def board_fields(item: Measure) -> tuple[Field, ...]:
    """Return the fields of one board; no two of the sheet are the same."""
    kind, width = item.number, 15 if item.number == Number.MONEY else 11
    places = (Field(f"{item.name}·{rank}", "whole", 8) for rank in ("组内名次", "全县名次"))
    unit = (("单位代码", 8.0), ("单位名称", 20.0), ("类别", 7.0))
    named = (Field(f"{item.name}·{what}", width=wide) for what, wide in unit)
    return (*places, *named, Field(item.heading, kind, width))


def board_rows(outcome: Outcome, item: Measure) -> Iterator[Row]:
    """Yield one board in order of rank, by group unless ranks are over the county (名次分组).

    无 of a unit that reported is a dash, and what is no value has no rank.
    """
    ranking = outcome.ranking
    groups = list(dict.fromkeys(r.unit.group for r in outcome.results))
    board = ranking.boards[item.name]
    grouped = sorted(board, key=lambda s: (groups.index(s.unit.group), s.group_rank))
    for standing in board if ranking.over_county else grouped:
        unit, value = standing.unit, standing.value
        named = (unit.code, unit.name, unit.group)
        if value is not None:
            over_county = standing.county_rank if ranking.over_county else "—"
            yield (standing.group_rank, over_county, *named, value)
        elif item.is_rate and item.name in outcome.result(unit.code).figures:
            yield ("—", "—", *named, "—")
        else:
            yield (None, None, *named, None)
