"""The means by which a sheet of the form is declared: a record whose fields are its columns.

    @record
    class Problem(Record):
        project: str = key_column("项目编号", required=False)
        day: date | None = day_column("提出日期")

    PROBLEMS = Sheet("困难问题", Problem, …)

One declaration gives the reader its headings, the checks their needs, the template its drop-downs, and mypy the
type of every field. What contradicts itself cannot be imported (ValueError).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeAlias, TypeVar, dataclass_transform, get_type_hints

from baiti_xl.contest.choices import Choice, Term
from baiti_xl.contest.spellings import folded


class Kind(Term):
    """What a cell holds, by a letter."""

    DATE = "D"
    MONEY = "M"
    WHOLE = "I"
    PERCENT = "P"
    CHOICE = "E"
    TEXT = "T"
    KEY = "K"
    RATE = "R"


TEXTS = (Kind.TEXT, Kind.KEY, Kind.CHOICE)
UNITS = {Kind.MONEY: "万元", Kind.PERCENT: "百分数", Kind.WHOLE: "个", Kind.RATE: "元/外币"}


@dataclass(frozen=True, slots=True)
class When:
    """The condition under which a cell must be filled: the field holds one of `values`; `rule` tells if it is not."""

    field: str
    values: tuple[Choice, ...]
    rule: str = "C02"


@dataclass(frozen=True, slots=True)
class Column:
    """One heading: its field of the record, kind and need.

    `when` makes it conditionally required; `answers` are fixed ones, or `list_name` that of a list kept in the
    console; `suggested` names a list that may be chosen from, other texts being as good; `low` is the least whole
    number, or the least number of characters of a text; a `planned` date lies ahead by nature; `counted_in` is a unit other than the kind's; `since` is the version of the form that brought it.
    """

    heading: str
    kind: Kind
    field: str = ""
    required: bool = True
    when: When | None = None
    answers: type[Choice] | None = None
    list_name: str = ""
    suggested: str = ""
    low: int = 0
    width: int = 12
    aliases: tuple[str, ...] = ()
    hint: str = ""
    planned: bool = False
    counted_in: str = ""
    since: int = 1

    @property
    def choices(self) -> tuple[str, ...]:
        """The fixed answers; none for a list of the console."""
        return self.answers.answers() if self.answers else ()

    @property
    def label(self) -> str:
        """The heading as staff see it, with a star if it is always required."""
        return f"{self.heading}*" if self.required else self.heading

    @property
    def unit(self) -> str:
        """The unit of measure of a number, for messages."""
        return self.counted_in or UNITS.get(self.kind, "")

    @property
    def empty(self) -> Any:
        """What stands for an empty cell: "" for text, None for all else."""
        if self.answers:
            return self.answers("")
        return "" if self.kind in TEXTS else None

    @property
    def needed(self) -> bool:
        """Whether a file without the column cannot be read."""
        return self.required or self.when is not None


# ── fields of a record ───────────────────────────────────────────────────────────────────────────


def _column(kind: Kind, heading: str, more: Mapping[str, Any]) -> Any:
    """Return a dataclass field that carries its column."""
    more = dict(more)
    given = {"default": more.pop("default")} if "default" in more else {}
    return field(metadata={"column": Column(heading, kind, **more)}, **given)


def text_column(heading: str, **more: Any) -> Any:
    """Declare a column of text as typed."""
    return _column(Kind.TEXT, heading, more)


def key_column(heading: str, **more: Any) -> Any:
    """Declare a column of keys: capitals, no blanks, plain dashes."""
    return _column(Kind.KEY, heading, more)


def day_column(heading: str, **more: Any) -> Any:
    """Declare a column of dates."""
    return _column(Kind.DATE, heading, more)


def money_column(heading: str, **more: Any) -> Any:
    """Declare a column of amounts in 万元."""
    return _column(Kind.MONEY, heading, more)


def whole_column(heading: str, **more: Any) -> Any:
    """Declare a column of whole numbers ≥ 0."""
    return _column(Kind.WHOLE, heading, more)


def percent_column(heading: str, **more: Any) -> Any:
    """Declare a column of percentages, 60 for 60 %."""
    return _column(Kind.PERCENT, heading, more)


def rate_column(heading: str, **more: Any) -> Any:
    """Declare a column of exchange rates > 0."""
    return _column(Kind.RATE, heading, more)


def choice_column(heading: str, **more: Any) -> Any:
    """Declare a column of one of a list: the enumeration the field is annotated with, or `list_name`."""
    return _column(Kind.CHOICE, heading, more)


T = TypeVar("T")


@dataclass_transform(
    frozen_default=True,
    field_specifiers=(
        text_column,
        key_column,
        day_column,
        money_column,
        whole_column,
        percent_column,
        rate_column,
        choice_column,
    ),
)
def record(cls: type[T]) -> type[T]:
    """Make a frozen record of a class whose fields are columns."""
    return dataclass(frozen=True, slots=True)(cls)


@record
class Record:
    """One row of a data sheet; `row` is its number in the sheet."""

    row: int


def columns_of(cls: type) -> tuple[Column, ...]:
    """Return the columns a record declares, in order, each with its field and answers filled in."""
    hints = get_type_hints(cls)
    found = []
    for item in fields(cls):
        if column := item.metadata.get("column"):
            kind = hints[item.name]
            answers = kind if isinstance(kind, type) and issubclass(kind, Choice) else None
            found.append(replace(column, field=item.name, answers=answers))
    return tuple(found)


# ── sheets ───────────────────────────────────────────────────────────────────────────────────────

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, eq=False)
class Sheet(Generic[R]):
    """One data sheet: the record a row becomes, the fields that identify it, and what its dates mean.

    `own_day` is the field of the date by which a row belongs to the contest's window; `order` lists pairs of dates
    of which the second may not come first; `zero` is the cover's field that declares the sheet empty; `living` fields
    change as work goes on, and so say nothing about the past; `since` is the version of the form that brought it.
    """

    name: str
    record: type[R]
    instruction: str
    key: tuple[str, ...]
    own_day: str = ""
    order: tuple[tuple[str, str], ...] = ()
    zero: str = ""
    living: tuple[str, ...] = ()
    capacity: int = 500
    source: str = ""
    since: int = 1

    def __post_init__(self) -> None:
        named = {
            *self.key,
            *self.living,
            *(name for pair in self.order for name in pair),
            *filter(None, [self.own_day]),
        }
        named |= {c.when.field for c in self.columns if c.when}
        if unknown := named - set(self.fields):
            raise ValueError(f"{self.name}: no such field: {', '.join(sorted(unknown))}")
        if bad := [
            c.heading for c in self.columns if c.kind is Kind.CHOICE and bool(c.answers) == bool(c.list_name)
        ]:
            raise ValueError(f"{self.name}: {bad} needs an enumeration or the name of a list, and not both")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order of the form."""
        return columns_of(self.record)

    @cached_property
    def fields(self) -> Mapping[str, Column]:
        """The columns by the field they fill."""
        return {c.field: c for c in self.columns}

    @cached_property
    def by_heading(self) -> Mapping[str, Column]:
        """The columns by their heading."""
        return {c.heading: c for c in self.columns}

    @cached_property
    def headings(self) -> Mapping[str, Column]:
        """The columns by every spelling of heading and aliases, folded by `heading_key`."""
        return heading_index(self.columns)

    def column(self, heading: str) -> Column:
        """Return the column of a heading; KeyError if there is none."""
        return self.by_heading[heading]

    def day_of(self, row: R) -> date | None:
        """Return the date by which a row belongs to the contest's window."""
        found: date | None = getattr(row, self.own_day)
        return found

    def key_of(self, row: R) -> str:
        """Return what identifies a row over time and for rulings: its key columns joined by “|”; width, case and blanks fold."""
        values = (getattr(row, name) for name in self.key)
        return "|".join(folded(v) if isinstance(v, str) else "" if v is None else str(v) for v in values)

    def identity(self, unit: str, row: R) -> str:
        """Return the 记录标识 of a row as rulings write it: unit/sheet/key."""
        return f"{unit}/{self.name}/{self.key_of(row)}"


AnySheet: TypeAlias = Sheet[Any]


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """Return what two spellings of a heading share: NFKC, no blanks, no line breaks, no stars."""
    joined = "".join(unicodedata.normalize("NFKC", text).split()).replace("*", "").replace("\u200b", "")
    return unicodedata.normalize("NFKC", joined)


def heading_index(columns: tuple[Column, ...]) -> dict[str, Column]:
    """Map every spelling that stands for a column (heading and aliases) to the column."""
    return {heading_key(name): c for c in columns for name in (c.heading, *c.aliases)}
