"""Dirty text → typed value: each cell on its own, so that one bad cell never spoils a column.

A reading that had to guess at a spelling carries rule C04 and says what was read; one that could not
be made carries C03 and says why. See “Reading dirty text” in the handbook's chapter on checks.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from baiti_xl.contest.columns import Column, Kind
from baiti_xl.contest.records import Reading

EPOCH = date(1899, 12, 30)
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
CHINESE_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0"}
MAX_MONEY, MAX_WHOLE = Decimal(10) ** 10, 10**9
TEXTUAL, NUMERIC_OR_TEXT, DATED = {str, type(None)}, {float, str, type(None)}, {date, str, type(None)}
NUMERIC = (Kind.MONEY, Kind.WHOLE, Kind.RATE)
PLAIN_KEY = re.compile("[0-9A-Z-]*")

SEPARATED_DATE = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})")
CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日目号]?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
YEARLESS_DATE = re.compile(r"(\d{1,2})月(\d{1,2})[日目号]")
TIMED_DATE = re.compile(r"(.+?)[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?")
NUMERAL_DATE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
NUMBER = re.compile(r"[+-]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
MONEY_UNITS = (
    ("万元", Decimal(1)),
    ("亿元", Decimal(10000)),
    ("万", Decimal(1)),
    ("亿", Decimal(10000)),
    ("元", Decimal("0.0001")),
)


class Typed(NamedTuple):
    """A typed value; `rule` is "" when the cell was plainly right, else a catalogue id with its slots."""

    value: Any
    rule: str = ""
    slots: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Context:
    """What typing needs of the rulebook: the contest's years and the lists of choices by name."""

    year: int
    first_year: int
    last_year: int
    lists: Mapping[str, Collection[str]] = field(default_factory=dict)

    def choices(self, column: Column) -> Collection[str]:
        """Return the allowed values of a choice column."""
        return self.lists[column.list_name] if column.list_name else column.choices


def plain(value: object) -> str:
    """Return text normalised for reading: NFKC, no invisible characters, single outer blanks gone."""
    return unicodedata.normalize("NFKC", str(value)).translate(INVISIBLE).strip()


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


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing a person can see."""
    return value is None or value == "" or (isinstance(value, str) and not plain(value))


# ── dates ────────────────────────────────────────────────────────────────────────────────────────


def read_date(value: object, context: Context) -> Typed:
    """Return a day; spellings that leave no doubt are read with a note, all others are an error."""
    if isinstance(value, datetime):
        return Typed(value.date())
    if isinstance(value, date):
        return Typed(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return date_fault("不是日期")
    return read_numeric_date(value, context) if not isinstance(value, str) else read_text_date(value, context)


def date_fault(why: str) -> Typed:
    """Return a date that could not be read."""
    return Typed(None, "C03/date", {"why": why})


def noted_date(day: date | None) -> Typed:
    """Return a day read from a spelling, or the fault of a day that does not exist."""
    return date_fault("没有这一天") if day is None else Typed(day, "C04", {"reading": str(day)})


def read_numeric_date(value: float, context: Context) -> Typed:
    """Read 20110425 and serial numbers of the contest's years."""
    if not isfinite(value):
        return date_fault("不是数字")
    if value != int(value):
        value = int(value) if value > 10000 else value
    if 19000101 <= value <= 22001231 and value == int(value):
        return noted_date(build_day(*COMPACT_DATE.fullmatch(str(int(value))).groups()))  # type: ignore[union-attr]
    if 1 <= value < 200000 and value == int(value):
        day = EPOCH + timedelta(days=int(value))
        if context.first_year <= day.year <= context.last_year:
            return noted_date(day)
    return date_fault(f"数字 {shown(value)} 不是日期")


def read_text_date(value: str, context: Context) -> Typed:
    """Read the spellings of a whole date, and of a month and day with the contest's year assumed."""
    text = "".join(plain(value).split(" ")) if not TIMED_DATE.fullmatch(plain(value)) else plain(value)
    if timed := TIMED_DATE.fullmatch(text):
        text = timed.group(1).strip()
    for pattern in (SEPARATED_DATE, CHINESE_DATE, COMPACT_DATE):
        if match := pattern.fullmatch(text):
            return noted_date(build_day(*match.groups()))
    if match := NUMERAL_DATE.fullmatch(unicodedata.normalize("NFC", text)):
        return noted_date(build_day(*map(numeral, match.groups())))
    if match := YEARLESS_DATE.fullmatch(text):
        day = build_day(str(context.year), *match.groups())
        return Typed(day, "C04/year", {"reading": str(day)}) if day else date_fault("没有这一天")
    return date_fault("看不出确定的年月日")


def build_day(year: str, month: str, day: str) -> date | None:
    """Return the day, or None if the calendar has none such."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def numeral(text: str) -> str:
    """Return the digits of a Chinese numeral: 二〇一一 is “2011”, 二十五 is “25”; “0” for what is none."""
    if "十" not in text:
        return "".join(CHINESE_DIGITS[c] for c in text)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return "0"
    return str(int(CHINESE_DIGITS.get(tens, "1")) * 10 + int(CHINESE_DIGITS.get(ones, "0")))


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def number_of(value: float) -> Decimal:
    """Return a stored number as Excel shows it: at most 15 significant digits."""
    whole = int(value)
    return Decimal(whole) if whole == value and abs(whole) < 10**15 else Decimal(f"{value:.15g}")


def parse_number(text: str) -> Decimal | None:
    """Return the number of a plain or comma-grouped spelling, else None."""
    return Decimal(text.replace(",", "")) if len(text) <= 40 and NUMBER.fullmatch(text) else None


def read_money(value: object, context: Context) -> Typed:
    """Return an amount in 万元; 万, 亿 and 元 behind the number are converted, with a note."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return bounded(number_of(value)) if isfinite(value) else number_fault("不是数字", "万元")
    if not isinstance(value, str):
        return number_fault("不是金额", "万元")
    text = "".join(plain(value).split())
    for suffix, factor in MONEY_UNITS:
        if text.endswith(suffix) and (number := parse_number(text.removesuffix(suffix))) is not None:
            return noted(bounded((number * factor).normalize() + 0))
    number = parse_number(text)
    return number_fault(f"“{value}”", "万元") if number is None else noted(bounded(number))


def number_fault(why: str, unit: str) -> Typed:
    """Return a number that could not be read."""
    return Typed(None, "C03/number", {"why": why, "measure": unit})


def bounded(number: Decimal) -> Typed:
    """Return the amount unless it is negative or beyond any money there is."""
    if number < 0:
        return number_fault("是负数；冲减请改原记录并说明", "万元")
    if number >= MAX_MONEY:
        return number_fault("数额超出范围", "万元")
    return Typed(number)


def noted(typed: Typed) -> Typed:
    """Return a right reading with the note that says what was read."""
    return typed if typed.rule else Typed(typed.value, "C04", {"reading": f"{typed.value:f}"})


def read_percent(value: object, context: Context) -> Typed:
    """Return a percentage as a number: 50 and “50%” are 50; a cell in percent format is scaled before."""
    typed = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
    text = "".join(plain(value).split()) if isinstance(value, str) else ""
    number = number_of(value) if typed else parse_number(text.removesuffix("%"))  # type: ignore[arg-type]
    if number is None:
        return number_fault(f"“{shown(value)}”", "百分数")
    if 0 < number < 1 and not text.endswith("%"):
        return Typed(number, "C04/percent", {"reading": f"{number:f}"})
    return Typed(number) if typed else noted(Typed(number))


def read_whole(value: object, context: Context) -> Typed:
    """Return a whole number ≥ 0."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = number_of(value) if isfinite(value) else None
        clean = True
    else:
        number = parse_number(plain(value)) if isinstance(value, str) else None
        clean = False
    if number is None or number < 0 or number != number.to_integral_value() or number >= MAX_WHOLE:
        return Typed(None, "C03/whole", {"low": 0})
    return Typed(int(number)) if clean else Typed(int(number), "C04", {"reading": int(number)})


def read_rate(value: object, context: Context) -> Typed:
    """Return an exchange rate as a number > 0; no unit may stand behind it."""
    if isinstance(value, str):
        number = parse_number("".join(plain(value).split()))
        typed = Typed(None) if number is None else noted(bounded(number))
    else:
        typed = read_money(value, context)
    if typed.value is None or typed.value <= 0:
        return Typed(None, "C03/rate", {"why": f"“{shown(value)}”"})
    return typed


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def read_text(value: object) -> Typed:
    """Return text as typed; numbers and dates in a text column as a person would read them."""
    return Typed(shown(value))


def read_key(value: object) -> Typed:
    """Return a key: NFKC, no blanks, capital letters, dashes of all kinds as “-”."""
    typed = shown(value)
    key = re.sub(r"[‐‑‒–—―－]", "-", "".join(plain(typed).split())).upper()
    return Typed(key) if key == typed.strip() else Typed(key, "C04", {"reading": key})


def read_choice(value: object, column: Column, context: Context) -> Typed:
    """Return one of the column's choices; blanks and full-width letters are forgiven, with a note."""
    typed, choices = shown(value), context.choices(column)
    if typed in choices:
        return Typed(answer(column, typed))
    normal = "".join(plain(typed).split())
    if normal in choices:
        found = answer(column, normal)
        return Typed(found) if normal == typed.strip() else Typed(found, "C04", {"reading": normal})
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
    if is_blank(value):
        return Typed(column.empty)
    if column.kind is Kind.CHOICE:
        return read_choice(value, column, context)
    if column.kind is Kind.KEY:
        return read_key(value)
    if column.kind is Kind.TEXT:
        return read_text(value)
    typed = READERS[column.kind](value, context)
    return typed._replace(slots={"low": column.low}) if typed.rule == "C03/whole" else typed


# ── whole columns ────────────────────────────────────────────────────────────────────────────────


def read_column(
    column: Column, values: Sequence[object], rows: Sequence[int], context: Context
) -> tuple[list[Any], list[Reading]]:
    """Return the typed values of a column and a reading for every cell that was not plainly right.

    Columns that are plainly right, which is nearly all of them, take the first, cheap road; so do the filled cells
    of a column of numbers or dates whose others are empty.
    """
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
        return [v or None for v in values], []
    return read_each(column, values, rows, context)


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
    return text != "" and not plain(text)


def is_plain_number(kind: Kind, numbers: Sequence[float]) -> bool:
    """Whether stored numbers are plainly right: finite, within bounds, and whole where they must be."""
    if not all(map(isfinite, numbers)):
        return False
    low, high = min(numbers, default=1), max(numbers, default=1)
    if kind is Kind.WHOLE:
        return low >= 0 and high < MAX_WHOLE and all(map(float.is_integer, numbers))
    return (low >= 0 if kind is Kind.MONEY else low > 0) and high < MAX_MONEY - 1


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
