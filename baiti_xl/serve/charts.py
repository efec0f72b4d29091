"""Charts as inline SVG, drawn by the server; each says in words what it shows, and a table beside it has the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

WIDTH, LABEL, LINE, NUMBER = 420, 136, 26, 84
TILE, GAP, ACROSS = (132, 46), 8, 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length, and the number as it is written."""

    label: str
    value: Decimal
    shown: str
    kind: str = "bar"


@dataclass(frozen=True, slots=True)
class Tile:
    """One unit on the map of tiers: its name, its tier, and which of the tiers that is from the highest, from 0."""

    name: str
    tier: str
    step: int


def bars(title: str, items: Sequence[Bar], whole: Decimal = Decimal(0)) -> Markup:
    """Return a chart of lying bars; as wide as there is room is the whole, or else the longest."""
    most = whole or max([item.value for item in items] or [Decimal(0)]) or Decimal(1)
    room = WIDTH - LABEL - NUMBER
    drawn = Markup("").join(
        bar(item, at, int(room * max(item.value, Decimal(0)) / most)) for at, item in enumerate(items)
    )
    return svg(title, WIDTH, LINE * max(len(items), 1), drawn)


def bar(item: Bar, at: int, width: int) -> Markup:
    """Return one bar with its label and number."""
    top, middle = at * LINE + 4, at * LINE + 18
    return Markup(
        '<text x="{0}" y="{2}" text-anchor="end">{4}</text>'
        '<rect class="{6}" x="{1}" y="{3}" width="{7}" height="18"/>'
        '<text x="{8}" y="{2}">{5}</text>'
    ).format(
        LABEL - 8,
        LABEL,
        middle,
        top,
        item.label[:10],
        item.shown,
        item.kind,
        max(width, 1),
        LABEL + width + 6,
    )


def tiles(title: str, items: Sequence[Tile]) -> Markup:
    """Return a map: a tile a unit, coloured and named by its tier."""
    wide, high = TILE[0] + GAP, TILE[1] + GAP
    drawn = Markup("").join(
        Markup(
            '<g><rect class="tier{0}" x="{1}" y="{2}" width="{3}" height="{4}" rx="4"/>'
            '<text class="on{0}" x="{5}" y="{6}" text-anchor="middle">{7}</text>'
            '<text class="on{0}" x="{5}" y="{8}" text-anchor="middle">{9}</text></g>'
        ).format(
            min(item.step, 3), at % ACROSS * wide, at // ACROSS * high, *TILE, at % ACROSS * wide + TILE[0] // 2,
            at // ACROSS * high + 19, item.name[:8], at // ACROSS * high + 38, item.tier,
        )
        for at, item in enumerate(items)
    )  # fmt: skip
    rows = -(-len(items) // ACROSS)
    return svg(title, ACROSS * wide - GAP, max(rows, 1) * high, drawn)


def svg(title: str, width: int, height: int, inside: Markup) -> Markup:
    """Return a drawing with its title."""
    return Markup(
        '<svg role="img" aria-label="{0}" viewBox="0 0 {1} {2}"><title>{0}</title>{3}</svg>'
    ).format(title, width, height, inside)
