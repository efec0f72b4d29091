"""Which fields a template may use, and whether given facts are exactly those."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from baiti_xl.press.engine.faults import TemplateFault, did_you_mean, forbidden_character
from baiti_xl.press.engine.formats import SAID
from baiti_xl.press.engine.printed import VALUE_OF, PrintedNumber, PrintedText, Value

RESERVED = frozenset(
    "loop if elif else endif for endfor in not and or is none true false None True False recursive".split()
)
BIGGEST = 10**18
ALSO = {Value.WHOLE: (Value.NUMBER, Value.FIGURE), Value.FIGURE: (Value.NUMBER,)}
FITS = {known: (Value.ANY, kind, *ALSO.get(kind, ())) for known, kind in VALUE_OF.items()}
"""By the type of a value: the fields it may stand in."""
KINDS = {"str": "文字", "NoneType": "空值", "float": "浮点数", "list": "列表", "dict": "一组字段"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: str, int, Decimal, date, bool or None; if its kind is said, of that kind or None."""

    value: Value = Value.ANY


@dataclass(frozen=True, slots=True)
class _Named:
    """Fields by name; raises ValueError for a name that cannot be written in a tag."""

    fields: Mapping[str, "Field"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.fields:
            plain = unicodedata.normalize("NFKC", name) == name and not name.startswith("_")
            if not plain or not name.isidentifier() or name in RESERVED:
                raise ValueError(f"cannot be the name of a field: {name!r}")
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))


class Group(_Named):
    """Named values that belong together, as 县.名称."""


class Rows(_Named):
    """A list to loop over; each row has these fields, or is itself one value if there are none."""


Field: TypeAlias = Scalar | Group | Rows


class FieldSpec(_Named):
    """All fields a template may use."""

    def paths(self) -> tuple[str, ...]:
        """Every field as it is written in the list for staff: 县.名称, 排名, 排名.名次."""
        return tuple(_paths(self.fields, ""))


def _paths(fields: Mapping[str, Field], above: str) -> Iterator[str]:
    for name, kind in fields.items():
        yield above + name
        if not isinstance(kind, Scalar):
            yield from _paths(kind.fields, f"{above}{name}.")


def checked_facts(
    spec: FieldSpec, facts: Mapping[str, object]
) -> tuple[dict[str, object], list[TemplateFault]]:
    """A plain copy of the facts, safe to hand to the template, and every way they differ from the spec."""
    reader = _FactReader()
    return reader.record(spec.fields, facts, ""), reader.faults


class _FactReader:
    """Copies facts, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[TemplateFault] = []

    def record(self, fields: Mapping[str, Field], facts: object, path: str) -> dict[str, object]:
        if not isinstance(facts, Mapping):
            self._refuse(path, f"应是一组字段，给的是{_kind(facts)}", "按字段说明提供")
            return {}
        above = f"{path}." if path else ""
        if facts.keys() != fields.keys():
            for name in [name for name in fields if name not in facts]:
                self._refuse(above + name, "缺少这个字段", "补上，没有内容时给 None")
            for extra in [extra for extra in facts if extra not in fields]:
                self._refuse(f"{above}{extra}", "字段说明里没有这个字段", did_you_mean(str(extra), fields))
        return {
            name: self._value(kind, facts[name], above + name)
            for name, kind in fields.items()
            if name in facts
        }

    def _value(self, kind: Field, value: object, path: str) -> object:
        if isinstance(kind, Scalar):
            return value if value is None else self._scalar(kind.value, value, path)
        if isinstance(kind, Group):
            return self.record(kind.fields, value, path)
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            self._refuse(path, f"应是一张列表，给的是{_kind(value)}", "给列表，没有行时给空列表")
            return []
        row = partial(self.record, kind.fields) if kind.fields else partial(self._value, Scalar())
        return [row(one, f"{path}[{number}]") for number, one in enumerate(value, 1)]

    def _scalar(self, wanted: Value, value: object, path: str) -> object:
        known = type(value)
        if known not in FITS:
            known = next((one for one in FITS if isinstance(value, one)), known)
        if known not in FITS:
            remedy = "用 Decimal" if isinstance(value, float) else "给文字、整数、Decimal、日期或 None"
            self._refuse(path, f"不能用{_kind(value)}", remedy)
        elif wanted not in FITS[known]:
            self._refuse(path, f"应是{SAID[wanted]}，给的是{SAID[VALUE_OF[known]]}", "按字段说明提供")
        elif isinstance(value, str):
            text = self._text(str.__str__(value).replace("\r\n", "\n"), path)
            return PrintedText(text, value.ident) if isinstance(value, PrintedText) else text
        elif isinstance(value, int | Decimal) and known is not bool:
            if not _is_sane(value):
                self._refuse(path, "数字过大、过细或不是数", "核对这个数")
            if isinstance(value, PrintedNumber):
                self._text(value.tabular + value.spoken, path)
            return int(value) if isinstance(value, int) else value
        return value

    def _text(self, text: str, path: str) -> str:
        if bad := forbidden_character(text):
            self._refuse(path, f"含有不能写进文档的字符 {bad}", "在来源处删去这个字符")
        return text

    def _refuse(self, path: str, problem: str, remedy: str) -> None:
        self.faults.append(TemplateFault(f"字段「{path or '全部'}」", problem, remedy))


def _is_sane(value: int | Decimal) -> bool:
    if isinstance(value, int):
        return -BIGGEST < value < BIGGEST
    return value.is_finite() and (not value or -40 <= value.adjusted() < 18)


def _kind(value: object) -> str:
    name = type(value).__name__
    return KINDS.get(name, f"{name} 类型")
