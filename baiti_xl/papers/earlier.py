"""The fields of earlier versions: templates that staff edited under them print as before.

Until 0.2 a figure was a text, and a list of names was one too; each such field follows from those of now.
"""

from collections.abc import Callable, Mapping
from typing import Any

from baiti_xl.papers.fields import Declared, Each, Num, Truth
from baiti_xl.papers.head import Facts

Rows = list[dict[str, Any]]
NAMES: Mapping[
    str, tuple[str, str]
] = {  # a list of units in one row: what its names and their number were called
    "完成": ("完成单位", "完成数"),
    "未完成": ("未完成单位", "未完成数"),
    "外出": ("外出单位", "外出单位数"),
    "来访": ("来访单位", "来访单位数"),
    "零单位": ("为零", "为零数"),
    "缺数单位": ("无数", "无数个数"),
}


def places(rows: Rows) -> str:
    """Return 城关镇5个，侯庙镇、孙口镇各3个."""
    return "，".join(f"{row['全部']}{'各' if row['并列'] else ''}{row['数值'].spoken}" for row in rows)


def departments(rows: Rows) -> str:
    """Return 县供电公司2个、县国土资源局1个."""
    return "、".join(f"{row['部门']}{row['个数'].tabular}个" for row in rows)


def scores(rows: Rows) -> str:
    """Return 城关镇（85.71分）、侯庙镇（63.95分）."""
    return "、".join(f"{row['名称']}（{row['得分'].tabular}分）" for row in rows)


WORDS: Mapping[
    str, tuple[str, Callable[[Rows], str]]
] = {  # a list that was a text: its name then, and how it read
    "居前": ("前列", places),
    "居末": ("末位", places),
    "协调部门": ("困难部门", departments),
    "得分单位": ("单位", scores),
}
CHANGE, BOARD = "增加", "各组"


def with_fields(declared: Declared) -> Declared:
    """Return a declaration with the fields of earlier versions, in its lists too."""
    now: dict[str, str | Each] = {name: deepened(kind) for name, kind in declared.items()}
    for name in declared:
        if name in NAMES:
            names, count = NAMES[name]
            now |= {names: f"旧名，同“{name}”的全部单位", count: Num(f"旧名，同“{name}”的个数")}
        elif name in WORDS:
            now[WORDS[name][0]] = f"旧名，“{name}”写成的文字"
    if CHANGE in declared:
        now |= {"变化": "旧名：增加、减少或持平", "变化数": Num("旧名：增加或减少的数")}
    if BOARD in declared:
        now["有数"] = Truth("旧名：是否有单位大于零")
    return now


def deepened(kind: str | Each) -> str | Each:
    """Return a list with the fields of earlier versions in its rows."""
    return Each(kind.text, lambda: with_fields(kind.row)) if isinstance(kind, Each) else kind


def with_facts(facts: Facts) -> Facts:
    """Return facts with those of earlier versions, in their lists too."""
    now = {name: [*map(with_facts, value)] if is_list(value) else value for name, value in facts.items()}
    for name, value in facts.items():
        if name in NAMES and is_list(value):
            names, count = NAMES[name]
            now |= {names: value[0]["全部"] if value else "", count: value[0]["个数"] if value else 0}
        elif name in WORDS and is_list(value):
            now[WORDS[name][0]] = WORDS[name][1](value)
    if CHANGE in facts:
        grew, fell = facts[CHANGE], facts["减少"]
        word = "增加" if grew else "减少" if fell else "" if facts["本期增加"] is None else "持平"
        now |= {"变化": word, "变化数": grew or fell}
    if BOARD in facts:
        now["有数"] = True
    return now


def is_list(value: object) -> bool:
    """Whether a value is a list of rows."""
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)
