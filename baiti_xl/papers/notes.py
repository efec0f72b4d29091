"""Collects every number a paper prints, as it is taken, with what it means and the records behind it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from baiti_xl.contest.definitions import definition, number_of, part_definition
from baiti_xl.contest.measures import Measure, Number
from baiti_xl.contest.records import Figure, FigureNote, Line, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.press.engine.formats import percentage, plain_number, wan_yuan, whole_number

NOTHING = "—"
ONE = Decimal(1)
MOST_NAMES = 10


PRINTED: Mapping[Number, Callable[[Decimal], str]] = {
    Number.WHOLE: whole_number,
    Number.SHARED: plain_number,
    Number.MONEY: wan_yuan,
    Number.POINTS: wan_yuan,
    Number.RATE: percentage,
    Number.PORTION: lambda value: f"{plain_number(value * 100)}%",
}


def shown(name: str, value: Decimal | None) -> str:
    """Return a figure as documents print it: money and points to the cent, rates in percent, — for 无."""
    if value is None:
        return NOTHING
    return PRINTED[number_of(name)](value)


@dataclass(slots=True)
class Notes:
    """The figures taken so far for one paper; each is known by its place and name and noted once."""

    book: Rulebook
    taken: dict[tuple[str, str], FigureNote] = field(default_factory=dict)

    def value(self, place: str, figure: Figure) -> Decimal | None:
        """Note a figure and return its value, for a field that is printed with a format."""
        self.text(place, figure)
        return figure.value

    def text(self, place: str, figure: Figure) -> str:
        """Note a figure and return it as printed."""
        return self.printed(place, shown(figure.name, figure.value), figure)

    def part(self, place: str, rate: Measure, at: int, value: Decimal | None, lines: tuple[Line, ...]) -> str:
        """Note a rate's numerator (0) or denominator (1) and return it as printed; — for what is no rate."""
        if value is None or rate.parts is None:
            return NOTHING
        part = rate.parts(self.book)[at]
        name, meaning = part_definition(rate, part, at)
        return self.printed(place, PRINTED[part.number](value), Figure(name, value, lines), meaning)

    def printed(self, place: str, text: str, figure: Figure, meaning: str = "") -> str:
        """Note a figure that is printed in a way of its own, or means something of its own."""
        note = FigureNote(
            place, text, figure.name, meaning or definition(figure.name, self.book), figure.value, figure.lines,
            figure.numerator, figure.denominator, figure.denominator_lines,
        )  # fmt: skip
        self.taken.setdefault((place, figure.name), note)
        return text

    def plain(self, place: str, name: str, value: Decimal | int | None) -> str:
        """Note a number that has no records of its own, such as a rank, and return it as printed."""
        return self.text(place, Figure(name, None if value is None else Decimal(value)))

    def names(self, place: str, units: Sequence[Unit]) -> str:
        """Return unit names joined; a long list is cut with its count, which is noted."""
        if len(units) <= MOST_NAMES:
            return all_names(units)
        count = self.text(place, count_of("单位个数", units))
        return f"{all_names(units[:MOST_NAMES])}等{count}个单位"

    def all(self) -> tuple[FigureNote, ...]:
        """Return the notes in the order they were taken."""
        return tuple(self.taken.values())


def all_names(units: Iterable[Unit]) -> str:
    """Return unit names joined, however many."""
    return "、".join(unit.name for unit in units)


def some_names(units: Sequence[Unit]) -> str:
    """Return unit names joined, for where their count stands beside them; a long list ends in 等."""
    return all_names(units[:MOST_NAMES]) + ("等" if len(units) > MOST_NAMES else "")


def count_of(name: str, units: Iterable[Unit]) -> Figure:
    """Return how many units there are, one record a unit."""
    lines = tuple(Line(unit.code, "", "单位名录", 0, ONE, unit.name) for unit in units)
    return Figure(name, Decimal(len(lines)), lines)
