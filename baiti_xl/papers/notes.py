"""Collects every number a paper prints, as it is taken, with what it means and the records behind it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from baiti_xl.contest.definitions import base_name, definition, number_of, part_definition
from baiti_xl.contest.measures import Measure, Number, measure
from baiti_xl.contest.records import Figure, FigureNote, Line, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.papers.fields import Declared, Each, Num
from baiti_xl.press.engine.printed import PrintedNumber
from baiti_xl.press.numerals import CENT, half_up, percentage, plain_number, wan_yuan, whole_number

NOTHING = "—"
ONE = Decimal(1)
MOST_NAMES = 8  # in a sentence; more of them go to an annex
YI = Decimal(10000)  # 万元 in 亿元

PRINTED: Mapping[Number, Callable[[Decimal], str]] = {
    Number.WHOLE: whole_number,
    Number.SHARED: plain_number,
    Number.MONEY: wan_yuan,
    Number.POINTS: wan_yuan,
    Number.RATE: percentage,
    Number.PORTION: lambda value: f"{plain_number(value * 100)}%",
}
NAMED: Declared = {
    "个数": Num("单位个数"),
    "单位": f"单位名称，顿号分开；多于{MOST_NAMES}个时为空，名单在附件",
    "全部": "单位名称，不论多少",
}
LISTS: Declared = {"名单": Each("正文里列不下的名单", {"事项": "如 已完成基本任务", **NAMED})}


def shown(name: str, value: Decimal | None) -> str:
    """Return a figure as tables print it: money and points to the cent, rates in percent, － for minus, — for 无."""
    return NOTHING if value is None else signed(PRINTED[number_of(name)](value))


def signed(text: str) -> str:
    """Return a number with the minus of Chinese text."""
    return text.replace("-", "－")


def grouped(value: Decimal) -> str:
    """Return a number as a sentence has it: at most two decimals, no useless ones, thousands parted: 1,247.5."""
    text = f"{half_up(value, CENT):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal) -> str:
    """Return 万元 as a sentence has them: 36.65亿元, or 1,247.5万元 below a 亿."""
    return f"{grouped(value / YI)}亿元" if abs(value) >= YI else f"{grouped(value)}万元"


def spoken(name: str, value: Decimal, book: Rulebook) -> str:
    """Return a figure as sentences print it, a measure with its unit: 36.65亿元, 5个, 47.62%."""
    kind = number_of(name)
    if kind in (Number.RATE, Number.PORTION):
        return f"{grouped(value * 100)}%"
    if kind == Number.MONEY:
        return money(value)
    item = measure(base_name(name))
    return grouped(value) + (item.unit(book) if item else "")


def amount(value: Decimal) -> PrintedNumber:
    """Return an amount of the rulebook in 万元, which is no figure of the contest."""
    return PrintedNumber(value, ident="", tabular=plain_number(value), spoken=money(value))


@dataclass(slots=True)
class Notes:
    """The figures taken so far for one paper, each known by its place and name and noted once, and its long lists of names."""

    book: Rulebook
    taken: dict[tuple[str, str], FigureNote] = field(default_factory=dict)
    idents: dict[tuple[str, str], str] = field(default_factory=dict)
    lists: list[dict[str, Any]] = field(default_factory=list)

    def value(self, place: str, figure: Figure, *, like: str = "", meaning: str = "") -> PrintedNumber | None:
        """Note a figure and return it as a number that knows how it is printed, None for 无.

        `like` names the figure in whose form it is printed, `meaning` what it means here.
        """
        if figure.value is None:
            return None
        form = like or figure.name
        note = FigureNote(
            place, shown(form, figure.value), figure.name, meaning or definition(figure.name, self.book), figure.value,
            figure.lines, figure.numerator, figure.denominator, figure.denominator_lines,
        )  # fmt: skip
        key = (place, figure.name)
        self.taken.setdefault(key, note)
        ident = self.idents.setdefault(key, str(len(self.idents) + 1))
        speech = spoken(form, figure.value, self.book)
        return PrintedNumber(figure.value, ident=ident, tabular=note.shown, spoken=speech)

    def part(
        self, place: str, rate: Measure, at: int, value: Decimal | None, lines: tuple[Line, ...]
    ) -> PrintedNumber | None:
        """Note a rate's numerator (0) or denominator (1); None for what is no rate."""
        if value is None or rate.parts is None:
            return None
        part = rate.parts(self.book)[at]
        name, meaning = part_definition(rate, part, at)
        return self.value(place, Figure(name, value, lines), like=part.name, meaning=meaning)

    def plain(self, place: str, name: str, value: Decimal | int | None) -> PrintedNumber | None:
        """Note a number that has no records of its own, such as a rank."""
        return self.value(place, Figure(name, None if value is None else Decimal(value)))

    def count(self, place: str, units: Iterable[Unit]) -> PrintedNumber | None:
        """Note how many units there are."""
        return self.value(place, count_of("单位个数", units))

    def named(self, place: str, units: Sequence[Unit], matter: str = "") -> dict[str, Any]:
        """Return the fields of `NAMED`: how many units, noted if any, and their names.

        More than a sentence takes are left to the annex of lists under `matter`, or to an annex that has them anyway.
        """
        facts: dict[str, Any] = {"个数": self.count(place, units) if units else 0}
        facts |= {"单位": sentence_names(units), "全部": all_names(units)}
        if matter and len(units) > MOST_NAMES:
            self.lists.append({"事项": matter, **facts})
        return facts

    def all(self) -> tuple[FigureNote, ...]:
        """Return the notes in the order they were taken, which numbers them."""
        return tuple(self.taken.values())


def all_names(units: Iterable[Unit]) -> str:
    """Return unit names joined, however many."""
    return "、".join(unit.name for unit in units)


def sentence_names(units: Sequence[Unit]) -> str:
    """Return unit names joined; "" for more than a sentence takes."""
    return all_names(units) if len(units) <= MOST_NAMES else ""


def count_of(name: str, units: Iterable[Unit]) -> Figure:
    """Return how many units there are, one record a unit."""
    lines = tuple(Line(unit.code, "", "单位名录", 0, ONE, unit.name) for unit in units)
    return Figure(name, Decimal(len(lines)), lines)
