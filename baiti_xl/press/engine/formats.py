"""How a value becomes text: the named formats, and what may be printed without one.

A fault here does not stop the rendering: it is noted against the tag being rendered, so that all are
reported together. `noting` is what the renderer sets around one part.
"""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter

from markupsafe import Markup, escape

from baiti_xl.press.engine.printed import PrintedNumber, PrintedText, Value, value_of
from baiti_xl.press.engine.wordxml import Sign

ONE, CENT = Decimal(1), Decimal("0.01")
DIGITS = "〇一二三四五六七八九"
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


def _number(value: object, form: str) -> Decimal | None:
    """The number as Decimal; None (with a note) for anything that is not an exact number."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    _refuse(f"「{form}」只能用于数字，这里是{_said(value)}", "换一个格式或换一个字段")
    return None


def half_up(value: Decimal, step: Decimal) -> Decimal:
    """Rounded half-up, without a negative zero."""
    rounded = value.quantize(step, rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def _rounded(value: object, form: str, step: Decimal) -> str:
    number = None if value is None else _number(value, form)
    return "" if number is None else f"{half_up(number, step):f}"


def wan_yuan(value: object) -> str:
    """万元 with two decimals and no thousands separators: 12345.60."""
    return _rounded(value, "万元", CENT)


def plain_number(value: object) -> str:
    """At most two decimals, no trailing zeros: 0.6, 12, 3.25."""
    whole, _, part = _rounded(value, "数", CENT).partition(".")
    return f"{whole}.{part.rstrip('0')}".rstrip(".")


def whole_number(value: object) -> str:
    """Rounded half-up to a whole number."""
    return _rounded(value, "整数", ONE)


def percentage(value: object) -> str:
    """A fraction as a percentage, 0.5 as 50.00%; — when there is none."""
    if value is None:
        return "—"
    number = _number(value, "百分比")
    return "" if number is None else f"{half_up(number * 100, CENT):f}%"


def tabular(value: object) -> str:
    """A number as its table prints it, — when there is none; one without forms of its own as |数 does."""
    if value is None:
        return "—"
    return value.tabular if isinstance(value, PrintedNumber) else plain_number(value)


def spoken(value: object) -> str:
    """A number as a sentence says it, with its unit; one without forms of its own as |数 does."""
    if value is None:
        return _refuse("「行文」没有数可印，这里是空值", "先用 {% if … is none %} 排除空值")
    return value.spoken if isinstance(value, PrintedNumber) else plain_number(value)


def _keeping_ident(form: Callable[[object], str]) -> Callable[[object], str]:
    """The format, with the figure's id on what it makes of a figure."""

    def keeping(value: object) -> str:
        text = form(value)
        return PrintedText(text, value.ident) if isinstance(value, PrintedNumber) else text

    return keeping


def plain_date(value: object) -> str:
    """2011年4月13日."""
    day = _date(value, "日期")
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def chinese_date(value: object) -> str:
    """二〇一一年四月十三日."""
    day = _date(value, "汉字日期")
    if day is None:
        return ""
    year = "".join(DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{numeral(day.month)}月{numeral(day.day)}日"


def _date(value: object, form: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    _refuse(f"「{form}」只能用于日期，这里是{_said(value)}", "换一个格式或换一个字段")
    return None


def numeral(number: int) -> str:
    """A number below a hundred in Chinese: 十二."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


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


def in_run(value: object) -> str:
    """The value as the content of a w:t; line breaks and tabs become their Word elements, a figure tells its id.

    Text without them is returned as it is: the environment escapes whatever is not Markup.
    """
    text = value if type(value) is str else as_text(value)
    if type(text) is PrintedText and text.ident:
        return Markup(f"{Sign.IDENT}{text.ident}{Sign.IDENT_END}{escape(in_run(str(text)))}")
    if "\n" in text or "\t" in text:
        return Markup(str(escape(text)).replace("\n", BREAK).replace("\t", TAB))
    return text


def in_property(value: object) -> str:
    """The value as the content of a document property, which has no line breaks."""
    return as_text(value).replace("\n", " ").replace("\t", " ")


def _said(value: object) -> str:
    if isinstance(value, Decimal):
        return "小数"
    return (
        "列表"
        if isinstance(value, list)
        else "一组字段"
        if isinstance(value, dict)
        else SAID[value_of(value)]
    )


def joined(rows: Iterable[object], between: str = "", attribute: str | None = None) -> str:
    """The rows' texts, one after the other; `attribute` names the field to take of each row."""
    return between.join(as_text(row[attribute] if isinstance(row, dict) else row) for row in rows)


NUMBER_FORMATS: Mapping[str, Callable[[object], str]] = {
    "数值": tabular,
    "行文": spoken,
    "万元": wan_yuan,
    "数": plain_number,
    "整数": whole_number,
    "百分比": percentage,
}
FORMATS: Mapping[str, Callable[..., object]] = {
    **{name: _keeping_ident(form) for name, form in NUMBER_FORMATS.items()},
    "日期": plain_date,
    "汉字日期": chinese_date,
}
LIST_FILTERS: Mapping[str, Callable[..., object]] = {
    "length": len,
    "first": itemgetter(0),
    "last": itemgetter(-1),
    "join": joined,
}
