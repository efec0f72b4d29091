"""Numbers and dates as official papers write them."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ONE, CENT = Decimal(1), Decimal("0.01")
DIGITS = "〇一二三四五六七八九"
NUMERAL = "[一二三四五六七八九十百千零]+"
"""The pattern of what `numeral` writes."""


def half_up(value: Decimal | int, step: Decimal) -> Decimal:
    """Rounded half-up, without a negative zero."""
    rounded = Decimal(value).quantize(step, rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def wan_yuan(value: Decimal | int) -> str:
    """万元 with two decimals and no thousands separators: 12345.60."""
    return f"{half_up(value, CENT):f}"


def plain_number(value: Decimal | int) -> str:
    """At most two decimals, no trailing zeros: 0.6, 12, 3.25."""
    whole, _, part = wan_yuan(value).partition(".")
    return f"{whole}.{part.rstrip('0')}".rstrip(".")


def whole_number(value: Decimal | int) -> str:
    """Rounded half-up to a whole number."""
    return f"{half_up(value, ONE):f}"


def percentage(value: Decimal | int) -> str:
    """A fraction as a percentage, 0.5 as 50.00%."""
    return f"{wan_yuan(value * 100)}%"


def plain_date(day: date) -> str:
    """2011年4月13日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_date(day: date) -> str:
    """二〇一一年四月十三日."""
    year = "".join(DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{numeral(day.month)}月{numeral(day.day)}日"


def numeral(number: int) -> str:
    """A number below ten thousand in Chinese: 十二, 一百零五."""
    places = zip(f"{number:04d}", ("千", "百", "十", ""), strict=True)
    text = "".join("零" if digit == "0" else DIGITS[int(digit)] + place for digit, place in places)
    return re.sub("^零*(一(?=十))?|零+$", "", re.sub("零+", "零", text))
