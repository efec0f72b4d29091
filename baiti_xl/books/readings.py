"""Formulas that read a typed cell as `read/text.py` reads it: the same steps over the same lists (`spellings.py`).

`raw` is a cell as typed, `text` its text folded, `marks` the folded text with every digit as 0. A day is 0 and a
number −1 where there is none.
"""

from collections.abc import Iterable, Mapping
from functools import reduce

from baiti_xl.contest.columns import Column, Kind
from baiti_xl.contest.sheets import YEAR
from baiti_xl.contest.spellings import (
    BLANKS,
    COMPACT_SHAPE,
    DATE_PARTS,
    FOLDING,
    GROUPING,
    JOKERS,
    LONGEST_NUMBER,
    MIDNIGHTS,
    MOST_MONEY,
    MOST_WHOLE,
    NUMERALS,
    YEARS_NEAR,
)
from baiti_xl.contest.values import PUNCTUATION, SUFFIXES


def quoted(text: str) -> str:
    """Return a text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'


def replaced(text: str, pairs: Mapping[str, str]) -> str:
    """Return a formula that replaces each mark in a text, one after the other."""
    return reduce(
        lambda inner, pair: f"SUBSTITUTE({inner},{quoted(pair[0])},{quoted(pair[1])})", pairs.items(), text
    )


def without(text: str, marks: Iterable[str]) -> str:
    """Return a formula that takes marks out of a text."""
    return replaced(text, dict.fromkeys(marks, ""))


def listed(text: str, name: str) -> str:
    """Return the condition that a text stands in a list of the workbook."""
    return f"ISNUMBER(MATCH({text},{name},0))"


# ── texts ────────────────────────────────────────────────────────────────────────────────────────


def visible(text: str) -> str:
    """Return what can be seen of a text."""
    return f"CLEAN({without(text, BLANKS)})"


def fold(text: str) -> str:
    """Return a text folded: capitals, narrow widths, plain dashes, no blanks, no jokers."""
    return replaced(f"UPPER(CLEAN({text}))", {**FOLDING, **JOKERS})


def dated(text: str) -> str:
    """Return a text that may be a date, ready to be folded: no midnight behind it, Chinese numerals as digits."""
    return replaced(text, {**MIDNIGHTS, **NUMERALS})


def masked(text: str) -> str:
    """Return a folded text with every digit as 0."""
    return replaced(text, {str(digit): "0" for digit in range(1, 10)})


def name_of(text: str) -> str:
    """Return a folded name as names are compared: no brackets, marks or company suffixes."""
    return without(text, [*map(chr, PUNCTUATION), *"［］｛｝＜＞＊？～", *SUFFIXES])


def without_digits(marks: str) -> str:
    """Return the marks between the digits."""
    return f'SUBSTITUTE({marks},"0","")'


# ── days ─────────────────────────────────────────────────────────────────────────────────────────


def day_of(raw: str, text: str, marks: str) -> str:
    """Return a date's day: a real date, or a whole date written out."""
    digits = f'TEXT({raw},"0")'
    near = f"IF(ABS(YEAR({raw})-{YEAR})<={YEARS_NEAR},INT({raw}),0)"
    stored = f"IF(AND({raw}>=10000000,{raw}<100000000,INT({raw})={raw}),{compact(digits)},{near})"
    typed = f"IF(OR({listed(marks, '式样.日期')},{listed(marks, '式样.无年')}),{spelled(text, marks)},0)"
    return f'IF(ISNUMBER({raw}),{stored},IF({marks}="{COMPACT_SHAPE}",{compact(text)},{typed}))'


def compact(text: str) -> str:
    """Return the day of 20110425."""
    return valid_day(f"LEFT({text},4)", f"MID({text},5,2)", f"RIGHT({text},2)")


def spelled(text: str, marks: str) -> str:
    """Return the day of 2011-4-25, and of 4-25 in the contest's year: its parts are counted from the end."""
    wide = f'SUBSTITUTE({replaced(text, DATE_PARTS)},"-",REPT(" ",9))'
    year = f"IF(ISNUMBER(--LEFT({text},4)),LEFT({text},4),{YEAR})"
    return valid_day(year, f"LEFT(RIGHT({wide},18),9)", f"RIGHT({wide},9)")


def valid_day(year: str, month: str, day: str) -> str:
    """Return the day of a year, month and day, 0 if the calendar has none such or the year is far off."""
    made = f"DATE({year},{month},{day})"
    sound = f"ABS({year}-{YEAR})<={YEARS_NEAR},MONTH({made})=--{month},DAY({made})=--{day}"
    return f"IF(AND({sound}),{made},0)"


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def number_of(column: Column, raw: str, text: str, marks: str) -> str:
    """Return a number: as stored, or as plainly typed with what may stand behind it."""
    most, shown, whole = MOST_MONEY, raw, ""
    if column.kind is Kind.WHOLE:
        most, whole = MOST_WHOLE, f",INT({raw})={raw}"
        typed = f'IF(ISNUMBER(FIND(".",{marks})),-1,{digits(text, marks, most)})'
    elif column.kind is Kind.MONEY:
        typed = amount(text, marks)
    elif column.kind is Kind.PERCENT:
        shown = f'IF(LEFT(CELL("format",{raw}),1)="P",ROUND({raw}*100,10),{raw})'
        bare, shape = (f'LEFT({part},LEN({part})-IF(RIGHT({part},1)="%",1,0))' for part in (text, marks))
        typed = digits(bare, shape)
    else:
        typed = digits(text, marks)
    return f"IF(ISNUMBER({raw}),IF(AND({raw}>=0,{raw}<{most}{whole}),{shown},-1),{typed})"


def digits(text: str, marks: str, most: int = MOST_MONEY) -> str:
    """Return the number of plainly typed digits, with a point and grouped by commas if at all."""
    ends = f'LEFT({marks},1)="0",RIGHT({marks},1)="0",LEN({marks})<={LONGEST_NUMBER}'
    known = listed(f'{without_digits(marks)}&"|"', "式样.数字")
    whole = f'LEFT({marks},FIND(".",{marks}&".")-1)'
    grouped = f'OR(ISERROR(FIND(",",{marks})),{whole}=RIGHT("{GROUPING}",LEN({whole})))'
    number = f'--SUBSTITUTE({text},",","")'
    return f"IF(AND({ends},{known},{grouped}),IF({number}<{most},{number},-1),-1)"


def amount(text: str, marks: str) -> str:
    """Return an amount in 万元: digits with 万, 亿 or 元 behind them, and ￥, 人民币 or 整 about them.

    What is no digit, comma or point tells how long the sign before is, how long all of it, and by what to multiply.
    """
    around = f'MATCH({without(marks, "0,.")}&"|",式样.金额,0)'
    sign, both, factor = (f"INDEX(式样.金额{part},{around})" for part in ("号", "长", "倍"))
    number, shape = (f"MID({part},{sign}+1,LEN({part})-{both})" for part in (text, marks))
    return f"IFERROR(ROUND({digits(number, shape)}*{factor},10),-1)"
