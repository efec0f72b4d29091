"""Numbers and dates as official papers write them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ONE, CENT = Decimal(1), Decimal("0.01")
DIGITS = "〇一二三四五六七八九"


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
    """A number below a hundred in Chinese: 十二."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")
