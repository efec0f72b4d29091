"""Dirty text → typed value: each cell on its own, so that one bad cell never spoils a column.

A reading that had to guess at a spelling carries rule C04 and says what was read; one that could not
be made carries C03 and says why. The marks, words and units it knows are in `contest/spellings.py`.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from baiti_xl.contest.columns import TEXTS, Column, Kind
from baiti_xl.contest.records import Reading
from baiti_xl.contest.sheets import UNIT_CODES
from baiti_xl.contest.spellings import (
    COMPACT_SHAPE,
    DATE_PARTS,
    DATE_SHAPES,
    GROUPING,
    LONGEST_NUMBER,
    MIDNIGHTS,
    MONEY_ENDINGS,
    MONEY_SIGNS,
    MOST_MONEY,
    MOST_WHOLE,
    NUMBER_SHAPES,
    NUMERALS,
    TAIL_LOST,
    YEARLESS_SHAPES,
    YEARS_NEAR,
    folded,
    masked,
    swapped,
    visible,
)

EPOCH = date(1899, 12, 30)
TEXTUAL, NUMERIC_OR_TEXT, DATED = {str, type(None)}, {float, str, type(None)}, {date, str, type(None)}
NUMERIC = (Kind.MONEY, Kind.WHOLE, Kind.RATE)
# Controls but tab and line break, lone halves of characters, and what is none: no Word file may hold or show them.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
PLAIN_KEY = re.compile("[0-9A-Z-]*")


class Typed(NamedTuple):
    """A typed value; `rule` is "" when the cell was plainly right, else a catalogue id with its slots."""

    value: Any
    rule: str = ""
    slots: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Context:
    """What typing needs of the rulebook: the contest's year and the lists of choices by name."""

    year: int
    lists: Mapping[str, Collection[str]] = field(default_factory=dict)

    def choices(self, column: Column) -> Collection[str]:
        """Return the allowed values of a choice column."""
        return self.lists[column.list_name] if column.list_name else column.choices

    def is_near(self, year: int) -> bool:
        """Whether a year is near enough to the contest's to be meant."""
        return abs(year - self.year) <= YEARS_NEAR


def shown(value: object) -> str:
    """Return a cell as a person typed it, for messages and text columns: 201.0 is “201”."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        midnight = value.time() == datetime.min.time()
        return str(value.date()) if midnight else value.isoformat(" ", "seconds")
    return str(value)


def without_marks(value: object) -> tuple[object, str]:
    """Return a value without the marks that no document can hold, each a blank, and the code of the first, "" if none."""
    if not isinstance(value, str) or not (found := UNWRITABLE.search(value)):
        return value, ""
    return UNWRITABLE.sub(" ", value), f"U+{ord(found[0]):04X}"


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing a person can see."""
    return value is None or value == "" or (isinstance(value, str) and not visible(value))


# ── dates ────────────────────────────────────────────────────────────────────────────────────────


def read_date(value: object, context: Context) -> Typed:
    """Return a day; spellings that leave no doubt are read with a note, all others are an error."""
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return Typed(day) if context.is_near(day.year) else date_fault(f"{day.year} 年离竞赛太远")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return date_fault("不是日期")
    return read_text_date(value, context) if isinstance(value, str) else read_numeric_date(value, context)


def date_fault(why: str) -> Typed:
    """Return a date that could not be read."""
    return Typed(None, "C03/date", {"why": why})


def how_read(value: object, text: str) -> str:
    """Return the note on a cell that was read as some text: that its form is not the usual one, or just that it holds text."""
    return "C04/text" if value == text else "C04"


def noted_date(context: Context, *parts: str, rule: str = "C04") -> Typed:
    """Return the day of a year, month and day with a note, or the fault of a day that does not exist."""
    try:
        day = date(*map(int, parts))
    except ValueError:
        return date_fault("没有这一天")
    read = read_date(day, context)
    return read if read.rule else Typed(day, rule, {"reading": str(day)})


def read_numeric_date(value: float, context: Context) -> Typed:
    """Read 20110425 and the serial numbers of days, as cells without a date's format hold them."""
    if not isfinite(value) or value < 1:
        return date_fault(f"数字 {shown(value)} 不是日期")
    text = str(int(value))
    if len(text) == len(COMPACT_SHAPE) and value == int(value):
        return noted_date(context, text[:4], text[4:6], text[6:])
    day = EPOCH + timedelta(days=int(value)) if value < 200000 else date.min
    if not context.is_near(day.year):
        return date_fault(f"数字 {shown(value)} 不是日期")
    return Typed(day, "C04", {"reading": str(day)})


def read_text_date(value: str, context: Context) -> Typed:
    """Read the spellings of a whole date, and of a month and day with the contest's year assumed."""
    text = folded(swapped(value, {**MIDNIGHTS, **NUMERALS}))
    shape = masked(text)
    if shape == COMPACT_SHAPE:
        return noted_date(context, text[:4], text[4:6], text[6:])
    parts = swapped(text, DATE_PARTS).split("-")
    if shape in DATE_SHAPES:
        read = noted_date(context, *parts)
        return read._replace(rule=how_read(value, str(read.value))) if read.rule == "C04" else read
    if shape in YEARLESS_SHAPES:
        return noted_date(context, str(context.year), *parts, rule="C04/year")
    return date_fault("看不出确定的年月日")


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def number_of(value: float) -> Decimal:
    """Return a stored number as Excel shows it: at most 15 significant digits."""
    whole = int(value)
    return Decimal(whole) if whole == value and abs(whole) < 10**15 else Decimal(f"{value:.15g}")


def stored_number(value: object) -> Decimal | None:
    """Return a number that a cell holds as one, None for all else."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
    return number_of(value) if is_number else None  # type: ignore[arg-type]


def parse_number(text: str) -> Decimal | None:
    """Return the number of a folded text: digits, perhaps with a point and grouped by commas; None for all else."""
    shape = masked(text)
    if not (shape[:1] == shape[-1:] == "0" and len(text) <= LONGEST_NUMBER):
        return None
    kind, whole = shape.replace("0", ""), shape.partition(".")[0]
    if kind not in NUMBER_SHAPES or ("," in kind and not GROUPING.endswith(whole)):
        return None
    return Decimal(text.replace(",", ""))


def parse_money(text: str) -> Decimal | None:
    """Return the 万元 of a folded text: a number with its unit behind it if at all."""
    for sign in MONEY_SIGNS:
        if text.startswith(sign):
            text = text.removeprefix(sign)
            break
    digits = text.rstrip("".join(MONEY_ENDINGS))
    ending = text[len(digits) :]
    number = parse_number(digits)
    if number is None or not ending:
        return number
    return (number * Decimal(MONEY_ENDINGS[ending])).normalize() + 0 if ending in MONEY_ENDINGS else None


def read_number(value: object, parse: Callable[[str], Decimal | None]) -> Typed:
    """Return a number ≥ 0, as stored or as plainly typed; one that was typed carries a note."""
    number = stored_number(value)
    if number is None:
        number = parse(folded(value)) if isinstance(value, str) else None
        if number is None:
            return number_fault(f"“{shown(value)}”")
        fault = bounded(number)
        return (
            fault if fault.rule else Typed(number, how_read(value, text := f"{number:f}"), {"reading": text})
        )
    return bounded(number)


def number_fault(why: str) -> Typed:
    """Return a number that could not be read."""
    return Typed(None, "C03/number", {"why": why})


def bounded(number: Decimal) -> Typed:
    """Return a number unless it is negative or beyond any money there is."""
    if number < 0:
        return number_fault("是负数；冲减请改原记录并说明")
    if number >= MOST_MONEY:
        return number_fault("数额超出范围")
    return Typed(number)


def read_money(value: object, context: Context) -> Typed:
    """Return an amount in 万元; 万, 亿 and 元 behind the number are converted, with a note."""
    return read_number(value, parse_money)


def read_percent(value: object, context: Context) -> Typed:
    """Return a percentage as a number: 50 and “50%” are 50; a cell in percent format is scaled before."""
    typed = read_number(value, lambda text: parse_number(text.removesuffix("%")))
    is_fraction = typed.value is not None and 0 < typed.value < 1
    if is_fraction and not (isinstance(value, str) and folded(value).endswith("%")):
        return Typed(typed.value, "C04/percent", {"reading": f"{typed.value:f}"})
    return typed


def read_whole(value: object, context: Context) -> Typed:
    """Return a whole number ≥ 0."""
    typed = read_number(value, lambda text: None if "." in text else parse_number(text))
    number = typed.value
    if number is None or number != number.to_integral_value() or number >= MOST_WHOLE:
        return Typed(None, "C03/whole")
    return Typed(int(number), typed.rule, typed.slots)


def read_rate(value: object, context: Context) -> Typed:
    """Return an exchange rate as a number > 0; no unit may stand behind it."""
    typed = read_number(value, parse_number)
    return typed if typed.value else Typed(None, "C03/rate", {"why": f"“{shown(value)}”"})


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def read_text(value: object) -> Typed:
    """Return text as typed; numbers and dates in a text column as a person would read them."""
    return Typed(shown(value))


def read_key(value: object) -> Typed:
    """Return a key: capitals, narrow widths, no blanks, dashes of all kinds as “-”."""
    typed = shown(value)
    key = folded(typed)
    return Typed(key) if key == typed.strip() else Typed(key, "C04", {"reading": key})


def read_choice(value: object, column: Column, context: Context) -> Typed:
    """Return one of the column's choices; blanks and small letters are forgiven, and the widths of a code, with a note."""
    typed, choices = shown(value), context.choices(column)
    if typed in choices:
        return Typed(answer(column, typed))
    seen = folded(typed) if column.list_name == UNIT_CODES else visible(typed)
    meant = seen if seen in choices else {choice.upper(): choice for choice in choices}.get(seen.upper())
    if meant is not None:
        found = answer(column, meant)
        return Typed(found) if meant == typed.strip() else Typed(found, "C04", {"reading": meant})
    named = "、".join(choices) if len(choices) <= 12 else "单位名录里的代码"
    return Typed(column.empty, "C03/choice", {"choices": named})


def answer(column: Column, text: str) -> str:
    """Return a choice as the member of its enumeration; a choice of a console's list as it is."""
    return column.answers(text) if column.answers else text


READERS: Mapping[Kind, Callable[[object, Context], Typed]] = {
    Kind.DATE: read_date,
    Kind.MONEY: read_money,
    Kind.PERCENT: read_percent,
    Kind.WHOLE: read_whole,
    Kind.RATE: read_rate,
}


def read_cell(value: object, column: Column, context: Context) -> Typed:
    """Return the typed value of one cell of a column; a blank cell is None (text kinds: "")."""
    value, _ = without_marks(value)
    if is_blank(value):
        return Typed(column.empty)
    if column.kind is Kind.CHOICE:
        return read_choice(value, column, context)
    if isinstance(value, float) and value >= TAIL_LOST and column.kind in TEXTS:
        return Typed(column.empty, "C10")
    if column.kind is Kind.KEY:
        return read_key(value)
    if column.kind is Kind.TEXT:
        return read_text(value)
    typed = READERS[column.kind](value, context)
    if typed.rule in ("C03/number", "C03/whole"):
        return typed._replace(slots={**typed.slots, "measure": column.unit, "low": column.low})
    return typed


# ── whole columns ────────────────────────────────────────────────────────────────────────────────


def read_column(
    column: Column, values: Sequence[object], rows: Sequence[int], context: Context
) -> tuple[list[Any], list[Reading]]:
    """Return the typed values of a column and a reading for every cell that was not plainly right.

    Columns that are plainly right, which is nearly all of them, take the first, cheap road; so do the filled cells
    of a column of numbers or dates whose others are empty.
    """
    if UNWRITABLE.search("".join(v for v in values if isinstance(v, str))):
        return read_marked(column, values, rows, context)
    types = set(map(type, values))
    if types <= TEXTUAL:
        if not any(values):
            return [column.empty] * len(values), []
        if types == {str} and is_plain(column, values, context):  # type: ignore[arg-type]
            return answered(column, values), []  # type: ignore[arg-type]
    elif column.kind in NUMERIC and types <= NUMERIC_OR_TEXT:
        filled = [v for v in values if v.__class__ is float]
        if all(v == "" for v in values if v.__class__ is str) and is_plain_number(column.kind, filled):
            convert = int if column.kind is Kind.WHOLE else number_of
            return [convert(v) if v.__class__ is float else None for v in values], []
    elif column.kind is Kind.DATE and types <= DATED and all(v == "" for v in values if v.__class__ is str):
        if all(map(context.is_near, {v.year for v in values if v})):  # type: ignore[attr-defined]
            return [v or None for v in values], []
    return read_each(column, values, rows, context)


def read_marked(
    column: Column, values: Sequence[object], rows: Sequence[int], context: Context
) -> tuple[list[Any], list[Reading]]:
    """Type a column of which some cells hold marks that no document can hold: read without them, and named."""
    clean, codes = zip(*map(without_marks, values), strict=True)
    typed, readings = read_column(column, clean, rows, context)
    marked = [
        Reading(row, column.field, shown(value), "C04/mark", {"code": code})
        for row, value, code in zip(rows, clean, codes, strict=True)
        if code and not is_blank(value)
    ]
    return typed, [*marked, *readings]


def answered(column: Column, texts: Sequence[str]) -> list[Any]:
    """Return texts that are plainly right, those of an enumeration as its members."""
    if column.answers is None:
        return list(texts)
    members = {text: column.answers(text) for text in set(texts)}
    return [members[text] for text in texts]


def is_plain(column: Column, texts: Sequence[str], context: Context) -> bool:
    """Whether texts are plainly right in a column that holds text."""
    if column.kind is Kind.TEXT:
        firsts = {text[:1] for text in texts}
        return all(first == "" or first.isalnum() for first in firsts) or not any(map(unseen, texts))
    if column.kind is Kind.KEY:
        return all(map(PLAIN_KEY.fullmatch, texts))
    choices = context.choices(column) if column.kind is Kind.CHOICE else ()
    return column.kind is Kind.CHOICE and all(text == "" or text in choices for text in {*texts})


def unseen(text: str) -> bool:
    """Whether a text that is not empty shows nothing."""
    return text != "" and not visible(text)


def is_plain_number(kind: Kind, numbers: Sequence[float]) -> bool:
    """Whether stored numbers are plainly right: finite, within bounds, and whole where they must be."""
    if not all(map(isfinite, numbers)):
        return False
    low, high = min(numbers, default=1), max(numbers, default=1)
    if kind is Kind.WHOLE:
        return low >= 0 and high < MOST_WHOLE and all(map(float.is_integer, numbers))
    return (low >= 0 if kind is Kind.MONEY else low > 0) and high < MOST_MONEY - 1


def read_each(
    column: Column, values: Sequence[object], rows: Sequence[int], context: Context
) -> tuple[list[Any], list[Reading]]:
    """Type a column cell by cell."""
    typed: list[Any] = []
    readings: list[Reading] = []
    for value, row in zip(values, rows, strict=True):
        cell = read_cell(value, column, context)
        typed.append(cell.value)
        if cell.rule:
            readings.append(Reading(row, column.field, shown(value), cell.rule, cell.slots))
    return typed, readings
