"""Cell values as Excel keeps them and as it hands them out.

Sources: xlwings' _xlwindows (dates without a zone, blanks as None, errors as integers, of which it names seven),
XlCVError (learn.microsoft.com), Range.Value (learn.microsoft.com: Currency in cells of a currency format).
"""

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any, cast

from openpyxl.cell.cell import Cell
from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils import datetime as serials

from .errors import ExcelError

ERROR_CODES = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
}
UNNAMED_ERRORS = {"#SPILL!": -2146826243, "#CALC!": -2146826238}  # xlwings leaves these as numbers
ERROR_NAMES = {code: name for name, code in ERROR_CODES.items()}
LONGEST_TEXT, LONGEST_FORMULA = 32_767, 8_192
TEXT_FORMAT = "@"
LAST_DAY = 2_958_465  # 9999-12-31
NOT_A_SYMBOL = re.compile(r"\[\$-[^\]]*\]")
SYMBOL = re.compile(r"[$¥￥€£]")
NUMBER = re.compile(r"[+-]?(?=[.\d])(\d{1,3}(?:,\d{3})+|\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?(%?)")
DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?")


class ErrorText(str):
    """The name of an error value, such as `#N/A`, not text of the same letters."""


Stored = float | bool | str | ErrorText | None


# What a cell keeps


def is_formula(cell: Any) -> bool:
    return bool(cell.data_type == "f")


def stored(cell: Any, epoch: dt.datetime) -> Stored:
    """Return what a cell without a formula keeps: a date is a number of days."""
    value = cell.value
    if cell.data_type == "e":
        return ErrorText(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return _serial(value, epoch)
    return float(value) if isinstance(value, int | float) else str(value)


def _serial(value: dt.date | dt.time | dt.timedelta, epoch: dt.datetime) -> float:
    days: Any = serials.to_excel  # untyped in its stubs
    return float(days(value, epoch))


def formula_text(cell: Any) -> str:
    """Return the formula of a cell that has one; an array formula without its braces."""
    return str(getattr(cell.value, "text", cell.value))


def plain_text(value: Stored) -> str:
    """Return a stored value as `Range.Formula` shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, float) else value


# What Excel hands out


def handed_out(value: Stored, number_format: str, epoch: dt.datetime) -> Any:
    """Return what `Range.Value` gives: the number format decides between number, date and currency."""
    if isinstance(value, ErrorText):
        return ERROR_CODES.get(value) or UNNAMED_ERRORS.get(value, ERROR_CODES["#VALUE!"])
    if not isinstance(value, float) or isinstance(value, bool):
        return value
    if is_date_format(number_format) and not is_timedelta_format(number_format):
        return day_of(value, epoch)
    return _currency(value) if is_currency(number_format) else value


def is_currency(number_format: str) -> bool:
    return bool(SYMBOL.search(NOT_A_SYMBOL.sub("", number_format)))


def _currency(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.0001"))


def day_of(value: float, epoch: dt.datetime) -> dt.datetime:
    """Return a date as pywin32 makes one.

    It makes none before 1900 or after 9999 (xlwings #2003 and #920), and none where rounding to milliseconds gives a
    thousand (pywin32 #1466): then the whole block cannot be read. It counts from 1899-12-30 (VariantTimeToSystemTime,
    learn.microsoft.com), where Excel, which takes 1900 for a leap year, shows one day more until 1900-02-28.
    """
    if not 0 <= value < LAST_DAY + 1 or round(value * 86_400 % 1 * 1000) == 1000:
        raise ValueError(f"year or microsecond is out of range: {value}")
    if value < 60 and epoch == serials.CALENDAR_WINDOWS_1900:
        return epoch + dt.timedelta(milliseconds=round(value * 86_400_000))
    date = serials.from_excel(value, epoch)
    return dt.datetime.combine(epoch, date) if isinstance(date, dt.time) else cast(dt.datetime, date)


# What is put into a cell


def put(cell: Cell, value: Any, epoch: dt.datetime, parses_text: bool) -> None:
    """Put a value into a cell as `Range.Value = ...` does."""
    cell.quotePrefix = False
    if value is None or value == "":
        cell.value = None
    elif isinstance(value, str):
        _put_text(cell, value, epoch, parses_text)
    elif cell.number_format == TEXT_FORMAT:
        _put_plain(cell, _shown(value))
    elif isinstance(value, dt.date):
        _put_date(cell, value, epoch)
    else:
        _put_number(cell, value)


def _put_text(cell: Cell, text: str, epoch: dt.datetime, parses_text: bool) -> None:
    if cell.number_format == TEXT_FORMAT:
        _put_plain(cell, text)
    elif text.startswith("'"):
        cell.quotePrefix = True
        _put_plain(cell, text[1:])
    elif text.startswith("=") and len(text) > 1:
        _put_formula(cell, text)
    elif text in ERROR_CODES:
        cell.value = text
    elif not (parses_text and _put_as_typed(cell, text.strip(), epoch)):
        _put_plain(cell, text)


def _put_plain(cell: Any, text: str) -> None:
    """Put text; Excel takes control characters too, openpyxl only refuses them when saving."""
    if len(text) > LONGEST_TEXT:
        raise ExcelError(f"a cell holds at most {LONGEST_TEXT} characters")
    cell._value = text
    cell.data_type = "s"


def _put_formula(cell: Cell, text: str) -> None:
    if len(text) > LONGEST_FORMULA:
        raise ExcelError(f"a formula has at most {LONGEST_FORMULA} characters")
    cell.value = text


def _put_as_typed(cell: Cell, text: str, epoch: dt.datetime) -> bool:
    """Put text that Excel takes for a number, a date or a truth value; return whether it was one."""
    if text.upper() in ("TRUE", "FALSE"):
        cell.value = text.upper() == "TRUE"
    elif match := NUMBER.fullmatch(text):
        _put_typed_number(cell, text, has_commas=bool("," in match[1]), is_percent=bool(match[2]))
    elif date := _typed_date(text):
        _put_date(cell, date, epoch)
    else:
        return False
    return True


def _put_typed_number(cell: Cell, text: str, *, has_commas: bool, is_percent: bool) -> None:
    """Put a typed number; Excel keeps 15 digits."""
    number = float(f"{float(text.rstrip('%').replace(',', '')):.15g}")
    _suggest_format(cell, "0.00%" if "." in text else "0%", when=is_percent)
    _suggest_format(cell, "#,##0.00" if "." in text else "#,##0", when=has_commas)
    cell.value = number / 100 if is_percent else number


def _typed_date(text: str) -> dt.datetime | None:
    match = DATE.fullmatch(text)
    if not match:
        return None
    year, _, month, day, hour, minute, second = match.groups()
    try:
        return dt.datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
    except ValueError:
        return None


def _put_date(cell: Cell, value: dt.date, epoch: dt.datetime) -> None:
    """Put a date as a number of days; a time zone is cut off, as xlwings does."""
    day = value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value
    serial = _serial(day, epoch)
    _suggest_format(cell, "m/d/yyyy" if serial.is_integer() else "m/d/yyyy h:mm")
    cell.value = serial


def _put_number(cell: Cell, value: Any) -> None:
    if isinstance(value, Decimal):
        _suggest_format(cell, "¥#,##0.00")  # Decimal crosses as currency, with four decimals
        cell.value = float(_currency(float(value)))
    elif isinstance(value, bool):
        cell.value = value
    elif isinstance(value, int | float) and math.isfinite(value):
        cell.value = float(value)
    else:
        raise TypeError(f"{value!r} ({type(value).__name__}) cannot be passed to Excel")


def _suggest_format(cell: Cell, number_format: str, *, when: bool = True) -> None:
    if when and cell.number_format == "General":
        cell.number_format = number_format


def _shown(value: Any) -> str:
    """Return what a cell formatted as text keeps of a number or date (Chinese regional settings)."""
    if isinstance(value, dt.date):
        return f"{value.year}/{value.month}/{value.day}"
    return str(value).upper() if isinstance(value, bool) else f"{value:.15g}"
