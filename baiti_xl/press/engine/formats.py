"""What a tag prints of a value: the named formats, and what may be printed without one.

A fault here does not stop the rendering: it is noted against the tag being rendered, so that all are
reported together. `noting` is what the renderer sets around one part.
"""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup, escape

from baiti_xl.press import numerals
from baiti_xl.press.engine.printed import PrintedNumber, PrintedText, Value, value_of
from baiti_xl.press.engine.wordxml import Sign

BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
SAID = {
    Value.ANY: "这种值",
    Value.TEXT: "文字",
    Value.NUMBER: "数字",
    Value.WHOLE: "整数",
    Value.DATE: "日期",
    Value.TRUTH: "是否值",
    Value.FIGURE: "数字",
}
HOW_TO_PRINT = dict.fromkeys(Value, "加格式：|数值、|行文、|万元、|数、|百分比 或 |整数") | {
    Value.ANY: "写在 for 循环里，或取其中一个字段",
    Value.DATE: "加格式：|日期 或 |汉字日期",
    Value.TRUTH: "写成 {% if … %}是{% else %}否{% endif %}",
}

noting: ContextVar[Callable[[str, str], None]] = ContextVar("noting")
"""Takes problem and remedy of a fault of the tag that is being rendered."""


def _refuse(problem: str, remedy: str) -> str:
    noting.get()(problem, remedy)
    return ""


def _formatted(name: str, value: Any) -> str:
    """The value in this format, with the id of the figure it is; what the format is not for is noted."""
    form = FORMS[name]
    if value is None and name == "行文":
        return _refuse("「行文」没有数可印，这里是空值", "先用 {% if … is none %} 排除空值")
    if value is None:
        return form.nothing
    if not isinstance(value, form.takes) or isinstance(value, bool):
        return _refuse(f"「{name}」只能用于{form.said}，这里是{_said(value)}", "换一个格式或换一个字段")
    if not isinstance(value, PrintedNumber):
        return form.write(value)
    text = value.tabular if name == "数值" else value.spoken if name == "行文" else form.write(value)
    return PrintedText(text, value.ident)


def as_text(value: object) -> str:
    """What a tag without a format prints: text and whole numbers as they are, nothing for None."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, PrintedNumber):
        return PrintedText(value.tabular, value.ident)
    return _refuse(f"{_said(value)}不能直接印出", HOW_TO_PRINT[value_of(value)])


@pass_context
def in_run(context: object, value: object) -> str:
    """The value as the content of a w:t; line breaks and tabs become their Word elements, a figure tells its id.

    Text without them is returned as it is: the environment escapes whatever is not Markup.
    """
    text = value if type(value) is str else as_text(value)
    if type(text) is PrintedText and text.ident:
        return Markup(f"{Sign.IDENT}{text.ident}{Sign.IDENT_END}{escape(in_run(context, str(text)))}")
    if "\n" in text or "\t" in text:
        return Markup(str(escape(text)).replace("\n", BREAK).replace("\t", TAB))
    return text


@pass_context
def in_property(_: object, value: object) -> str:
    """The value as the content of a document property, which has no line breaks."""
    return as_text(value).replace("\n", " ").replace("\t", " ")


def _said(value: object) -> str:
    others = {Decimal: "小数", list: "列表", dict: "一组字段"}
    return next((said for kind, said in others.items() if isinstance(value, kind)), SAID[value_of(value)])


def joined(rows: Iterable[object], between: str = "", attribute: str | None = None) -> str:
    """The rows' texts, one after the other; `attribute` names the field to take of each row."""
    return between.join(as_text(row[attribute] if isinstance(row, dict) else row) for row in rows)


@dataclass(frozen=True, slots=True)
class Form:
    """A format: what it makes of a value, of which type, what that is called, and what it prints of nothing."""

    write: Callable[[Any], str]
    takes: Any = int | Decimal
    said: str = "数字"
    nothing: str = ""


FORMS: Mapping[str, Form] = {
    "数值": Form(numerals.plain_number, nothing="—"),
    "行文": Form(numerals.plain_number),
    "万元": Form(numerals.wan_yuan),
    "数": Form(numerals.plain_number),
    "整数": Form(numerals.whole_number),
    "百分比": Form(numerals.percentage, nothing="—"),
    "日期": Form(numerals.plain_date, date, "日期"),
    "汉字日期": Form(numerals.chinese_date, date, "日期"),
}
FORMATS: Mapping[str, Callable[..., object]] = {name: partial(_formatted, name) for name in FORMS}
LIST_FILTERS: Mapping[str, Callable[..., object]] = {
    "length": len,
    "first": itemgetter(0),
    "last": itemgetter(-1),
    "join": joined,
}
