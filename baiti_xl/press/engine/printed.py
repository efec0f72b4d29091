"""The values that a document prints: their kinds, and numbers that know how they are printed and which figure they are."""

import re
from datetime import date
from decimal import Decimal
from enum import Flag, auto
from typing import Any


class Value(Flag):
    """The kinds of value; a field of any kind is not judged before it is rendered."""

    ANY = 0
    TEXT = auto()
    NUMBER = auto()
    WHOLE = auto()
    DATE = auto()
    TRUTH = auto()
    FIGURE = auto()  # a number that knows its forms, so that it may be printed without a format


BOOKMARK = "_F"
"""How the name of a figure's bookmark starts; its id follows, and _2, _3 … where it is printed again."""


class PrintedNumber(Decimal):
    """A number with how a table and how a sentence print it, and the id of its figure ("" if it is none).

    Counts and compares as the number alone. Raises ValueError for an id that no bookmark could hold.
    """

    __slots__ = ("ident", "spoken", "tabular")
    ident: str
    tabular: str
    spoken: str

    def __new__(cls, value: Decimal | int, ident: str, tabular: str, spoken: str) -> "PrintedNumber":
        """Give a number its forms: `tabular` as "1,247.50", `spoken` with its unit, as "1,247.5万元"."""
        made = super().__new__(cls, value)
        made.ident, made.tabular, made.spoken = _sound(ident), tabular, spoken
        return made

    def __eq__(self, other: object) -> bool:
        """A text is compared with the form of a table, as templates did while figures were texts."""
        return self.tabular == other if isinstance(other, str) else super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = Decimal.__hash__

    def __reduce__(self) -> tuple[Any, Any]:
        """Copies keep the forms."""
        return PrintedNumber, (Decimal(self), self.ident, self.tabular, self.spoken)


class PrintedText(str):
    """A text that prints a figure, and the figure's id."""

    __slots__ = ("ident",)
    ident: str

    def __new__(cls, text: str, ident: str) -> "PrintedText":
        """Give a text the id of the figure it prints."""
        made = super().__new__(cls, text)
        made.ident = _sound(ident)
        return made

    def __getnewargs__(self) -> Any:
        """Copies keep the id."""
        return str(self), self.ident


VALUE_OF: dict[type, Value] = {
    str: Value.TEXT,
    bool: Value.TRUTH,
    int: Value.WHOLE,
    PrintedNumber: Value.FIGURE,
    Decimal: Value.NUMBER,
    date: Value.DATE,
}


def value_of(value: object) -> Value:
    """The kind of a value; any for None, which every kind may be."""
    found = VALUE_OF.get(type(value))  # at once for almost every value
    return found or next((kind for known, kind in VALUE_OF.items() if isinstance(value, known)), Value.ANY)


def _sound(ident: str) -> str:
    if re.fullmatch("[0-9]*", ident) is None:
        raise ValueError(f"cannot be the id of a figure: {ident!r}")
    return ident
