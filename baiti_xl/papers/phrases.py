"""Small pieces of official Chinese: days, numerals, names and what units and groups are called."""

import re
from collections.abc import Sequence
from datetime import date

from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import WEEKDAYS
from baiti_xl.press.numerals import plain_date
from baiti_xl.press.title import break_title

GROUP_NAMES = {"乡镇": "各乡（镇）人民政府", "街道": "各街道办事处", "县直": "县直有关单位"}
COUNTY_WIDE = "全县"
YOU = (
    ("委员会", "你委"),
    ("管委会", "你委"),
    ("办公室", "你办"),
    ("公司", "你公司"),
    ("银行", "你行"),
    ("局", "你局"),
    ("委", "你委"),
)
SMOOTHED = (
    ("没有：", "没有"),
    ("逾期完成：", "逾期完成"),
    ("「", "“"),
    ("」", "”"),
    ("（冲突）", "（冲突，即同一批次报送内容不一致）"),
)
PHONE = re.compile(r"(?<![\d.])(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8})(?![\d.])")
_ISO_DAY = re.compile(r"\s*(?<![A-Za-z0-9_./-])(\d{4})-(\d{2})-(\d{2})(?![A-Za-z0-9_./-])\s*")
_SPACED_NUMBER = re.compile(r"(?<=[^\x00-\x7f]) (?=\d)|(?<=\d) (?=[^\x00-\x7f])")


def short_day(day: date | None) -> str:
    """Return 5月13日; — for no day."""
    return f"{day.month}月{day.day}日" if day else "—"


def table_day(day: date | None, book: Rulebook) -> str:
    """Return a day for a narrow column: without the year if it is the contest's; — for none."""
    return plain_date(day) if day and day.year != book.year else short_day(day)


def you(unit: Unit) -> str:
    """Return how a letter speaks to a department: 你局, 你委 …, or 你单位."""
    return next((word for ending, word in YOU if unit.name.endswith(ending)), "你单位")


def weekday(day: date) -> str:
    """Return 星期五."""
    return f"星期{WEEKDAYS[day.weekday()]}"


def official(text: str) -> str:
    """Return a sentence of the program as a paper writes it: 2011年5月13日 for 2011-05-13, no stray blanks."""
    text = _ISO_DAY.sub(lambda m: plain_date(date(*map(int, m.groups()))), text)
    text = _SPACED_NUMBER.sub("", text)
    for plain, spoken in SMOOTHED:
        text = text.replace(plain, spoken)
    return text


def without_phones(text: str) -> str:
    """Return what a unit wrote without telephone numbers, which no paper that goes to many may bear."""
    return PHONE.sub("（略）", text)


def title_lines(text: str, *whole: str) -> str:
    """Return a title broken by sense, for a field that fills the whole title; names in `whole` are not split.

    `break_title` keeps a run of one letter together, so a name stands as such a run while lines are found.
    """
    masks = {name: letter * len(name) for name, letter in zip(whole, "XYZ", strict=False) if name}
    for name, mask in masks.items():
        text = text.replace(name, mask)
    lines = "\n".join(break_title(text))
    for name, mask in masks.items():
        lines = lines.replace(mask, name)
    return lines


def addressees(units: Sequence[Unit]) -> str:
    """Return 主送 for all units: one name a group, in the order of the unit list."""
    groups = dict.fromkeys(unit.group for unit in units)
    return "，".join(GROUP_NAMES.get(group, f"{group}单位") for group in groups)
