"""How values are rounded, and how names and keys are compared: each once."""

import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

TEN_THOUSAND = Decimal(10000)
CENT = Decimal("0.01")
COUNTY = "全县合计与去重合计"
NUMERALS = "〇一二三四五六七八九"
WEEKDAYS = "一二三四五六日"


def half_up(value: Decimal) -> Decimal:
    """Round to two decimals, halves away from zero: the one rounding, applied only to what is shown."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def numeral(number: int) -> str:
    """Return 1–99 as written in headings: 一, 十, 十二, 三十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens]}十"
    return head + (NUMERALS[ones] if ones else "")


def numeral_of_things(number: int) -> str:
    """Return 1–99 as it counts what follows it: 两 for 二, else as in headings."""
    return "两" if number == 2 else numeral(number)


SUFFIXES = ("有限责任公司", "股份有限公司", "有限公司", "股份公司", "股份")
PUNCTUATION = dict.fromkeys(map(ord, "()[]{}<>〈〉《》【】〔〕“”\"'·.,、。-_—*?~"))
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@lru_cache(maxsize=65536)
def comparison_key(text: str) -> str:
    """Return what two spellings of a name share: NFKC, no blanks, brackets or company suffixes."""
    folded = (
        "".join(unicodedata.normalize("NFKC", text).translate(INVISIBLE).split())
        .translate(PUNCTUATION)
        .upper()
    )
    for suffix in SUFFIXES:
        folded = folded.replace(suffix, "")
    return folded


LISTED_ROWS = 8  # that a sentence names


def row_list(rows: Sequence[int], but: int = 0, count: int = 0) -> str:
    """Return row numbers for a sentence; a long list is cut with its count.

    One of them can be left out; `count` says how many there are where not all are given.
    """
    shown = [row for row in rows[: LISTED_ROWS + 1] if row != but][:LISTED_ROWS]
    count = count or len(rows) - bool(but)
    text = "、".join(map(str, shown))
    return text if count <= len(shown) else f"{text} 等 {count}"


def column_letter(index: int) -> str:
    """Return the letter of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def as_text(value: object) -> str:
    """Return a console cell as trimmed text; 2012.0 is “2012”."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def listed(value: object) -> tuple[str, ...]:
    """Return a text split at 顿号, commas and blanks; empty parts dropped."""
    text = as_text(value)
    for mark in "，,；;\n":
        text = text.replace(mark, "、")
    return tuple(dict.fromkeys(part.strip() for part in text.split("、") if part.strip()))
