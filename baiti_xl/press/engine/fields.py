"""Which fields a template may use, and whether given facts are exactly those."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from baiti_xl.press.engine.faults import FORBIDDEN, TemplateFault, did_you_mean, forbidden_character
from baiti_xl.press.engine.formats import SAID
from baiti_xl.press.engine.printed import PrintedNumber, PrintedText, Value, value_of

RESERVED = frozenset(
    "loop if elif else endif for endfor in not and or is none true false None True False recursive".split()
)
BIGGEST = 10**18
ALSO = {Value.WHOLE: Value.NUMBER | Value.FIGURE, Value.FIGURE: Value.NUMBER}
TEXTS, NUMBERS = (Value.ANY, Value.TEXT), (Value.ANY, Value.NUMBER)
WHOLES = (*NUMBERS, Value.WHOLE, Value.FIGURE)
FIGURES = (Value.ANY, Value.FIGURE, Value.NUMBER)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: str, int, Decimal, date, bool or None; if its kind is said, of that kind or None."""

    value: Value = Value.ANY


@dataclass(frozen=True, slots=True)
class Group:
    """Named values that belong together, as 县.名称."""

    fields: Mapping[str, "Field"]

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", _frozen(self.fields))


@dataclass(frozen=True, slots=True)
class Rows:
    """A list to loop over; each row has these fields, or is itself one value if there are none."""

    fields: Mapping[str, "Field"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", _frozen(self.fields))


Field: TypeAlias = Scalar | Group | Rows


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """All fields a template may use; raises ValueError for a name that cannot be written in a tag."""

    fields: Mapping[str, Field]

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", _frozen(self.fields))

    def paths(self) -> tuple[str, ...]:
        """Every field as it is written in the list for staff: 县.名称, 排名, 排名.名次."""
        return tuple(_paths(self.fields, ""))


def _frozen(fields: Mapping[str, Field]) -> Mapping[str, Field]:
    for name in fields:
        if not _may_be_a_name(name):
            raise ValueError(f"cannot be the name of a field: {name!r}")
    return MappingProxyType(dict(fields))


def _may_be_a_name(name: str) -> bool:
    plain = unicodedata.normalize("NFKC", name) == name
    return plain and name.isidentifier() and not name.startswith("_") and name not in RESERVED


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
            self._report_names(fields, facts, above)
        copy: dict[str, object] = {}
        for name, kind in fields.items():
            value = facts.get(name)
            if type(kind) is Scalar and _is_plain(value, kind.value) and (value is not None or name in facts):
                copy[name] = value
            elif name in facts:
                copy[name] = self._value(kind, value, above + name)
        return copy

    def _report_names(self, fields: Mapping[str, Field], facts: Mapping[object, object], above: str) -> None:
        for name in [name for name in fields if name not in facts]:
            self._refuse(above + name, "缺少这个字段", "补上，没有内容时给 None")
        for extra in [extra for extra in facts if extra not in fields]:
            self._refuse(f"{above}{extra}", "字段说明里没有这个字段", did_you_mean(str(extra), fields))

    def _value(self, kind: Field, value: object, path: str) -> object:
        if isinstance(kind, Scalar):
            return self._scalar(kind.value, value, path)
        if isinstance(kind, Group):
            return self.record(kind.fields, value, path)
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            self._refuse(path, f"应是一张列表，给的是{_kind(value)}", "给列表，没有行时给空列表")
            return []
        row = Group(kind.fields) if kind.fields else Scalar()
        return [self._value(row, one, f"{path}[{number}]") for number, one in enumerate(value, 1)]

    def _scalar(self, wanted: Value, value: object, path: str) -> object:
        found = value_of(value)
        if value is None:
            return None
        if not found:
            remedy = "用 Decimal" if isinstance(value, float) else "给文字、整数、Decimal、日期或 None"
            self._refuse(path, f"不能用{_kind(value)}", remedy)
        elif found is not wanted and wanted and not wanted & (found | ALSO.get(found, found)):
            said = "或".join(SAID[one] for one in wanted)
            self._refuse(path, f"应是{said}，给的是{SAID[found]}", "按字段说明提供")
        elif isinstance(value, str):
            return self._text(value, path)
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            return self._number(value, path)
        return value

    def _text(self, value: str, path: str) -> str:
        text = str.__str__(value).replace("\r\n", "\n")
        bad = forbidden_character(text)
        if bad:
            self._refuse(path, f"含有不能写进文档的字符 {bad}", "在来源处删去这个字符")
        return PrintedText(text, value.ident) if isinstance(value, PrintedText) else text

    def _number(self, value: int | Decimal, path: str) -> int | Decimal:
        if not _is_sane(value):
            self._refuse(path, "数字过大、过细或不是数", "核对这个数")
        if isinstance(value, PrintedNumber):
            self._text(value.tabular + value.spoken, path)
        return int(value) if isinstance(value, int) else value

    def _refuse(self, path: str, problem: str, remedy: str) -> None:
        self.faults.append(TemplateFault(f"字段「{path or '全部'}」", problem, remedy))


def _is_plain(value: object, wanted: Value) -> bool:
    """The quick answer for almost every value; the rest are looked at closely."""
    if type(value) is str:
        return wanted in TEXTS and not FORBIDDEN.search(value)
    if type(value) is int or type(value) is Decimal:
        return wanted in (NUMBERS if type(value) is Decimal else WHOLES) and _is_sane(value)
    if type(value) is PrintedNumber:
        forms = FORBIDDEN.search(value.tabular) or FORBIDDEN.search(value.spoken)
        return wanted in FIGURES and _is_sane(value) and not forms
    return value is None


def _is_sane(value: int | Decimal) -> bool:
    if isinstance(value, int):
        return -BIGGEST < value < BIGGEST
    return value.is_finite() and (not value or -40 <= value.adjusted() < 18)


def _kind(value: object) -> str:
    names = {"str": "文字", "NoneType": "空值", "float": "浮点数", "list": "列表", "dict": "一组字段"}
    name = type(value).__name__
    return names.get(name, f"{name} 类型")
