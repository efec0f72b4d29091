"""A kind's fields declared once with what they mean: the engine's FieldSpec and the list for staff come of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from baiti_xl.press.engine import Field, FieldSpec, Rows, Scalar, Value


class Num(str):
    """What a field is that holds a number, to be printed with a format."""


class Day(str):
    """What a field is that holds a date, to be printed with a format."""


class Truth(str):
    """What a field is that holds a yes or no, to be asked and not printed."""


VALUES = {Num: Value.FIGURE, Day: Value.DATE, Truth: Value.TRUTH}


@dataclass(frozen=True, slots=True)
class Each:
    """A list to loop over: what its rows are, and the fields of a row (none: each row is a text), or what tells them."""

    text: str
    fields: "Declared | Callable[[], Declared]"

    @property
    def row(self) -> "Declared":
        """The fields of a row."""
        return self.fields() if callable(self.fields) else self.fields


Declared: TypeAlias = Mapping[str, str | Each]


def spec_of(declared: Declared) -> FieldSpec:
    """Return the declaration as the engine wants it."""
    return FieldSpec(_fields(declared))


def _fields(declared: Declared) -> dict[str, Field]:
    return {
        name: Rows(_fields(kind.row)) if isinstance(kind, Each) else Scalar(VALUES.get(type(kind), Value.ANY))
        for name, kind in declared.items()
    }


def explained(declared: Declared, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield (field as written in a list for staff, what it is): 排名, 排名.名次."""
    for name, kind in declared.items():
        if isinstance(kind, Each):
            yield above + name, f"列表：{kind.text}"
            yield from explained(kind.row, f"{above}{name}.")
        else:
            yield above + name, kind
