"""Submissions and results kept small: packed bytes that are opened again whenever a stage asks for what is in them.

A typical submission takes 400 KB as records and 27 KB packed, so that thousands fit into memory and travel
cheaply between processes. What comes out is equal to what went in, to the last digit of every number.
"""

import pickle
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, overload

from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.records import AnyTable, Figure, Line, Money, RowFate, Submission, Table, UnitResult
from baiti_xl.scale import typed

OPEN_TABLES = 64  # tables held open at a time: those of eight submissions
LEVEL = 1
OPEN_RESULTS = 32


def packed(submission: Submission) -> Submission:
    """Return an equal submission whose tables are packed and whose findings share their words."""
    if isinstance(submission.tables, PackedTables):
        return submission
    shared: dict[str, str] = {}
    return replace(
        submission,
        tables=PackedTables({name: pack(table) for name, table in submission.tables.items()}),
        findings=tuple(slim(f, shared) for f in submission.findings),
    )


def opened(submission: Submission) -> Submission:
    """Return an equal submission whose tables are open."""
    if not isinstance(submission.tables, PackedTables):
        return submission
    parts = submission.tables.parts
    return replace(submission, tables={name: unpack.__wrapped__(data) for name, data in parts.items()})


@dataclass(frozen=True, slots=True, eq=False)
class PackedTables(Mapping[str, AnyTable]):
    """The tables of one submission by sheet, as packed bytes."""

    parts: Mapping[str, bytes]

    def __getitem__(self, sheet: str) -> AnyTable:
        return unpack(self.parts[sheet])

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


def pack(table: AnyTable) -> bytes:
    """Return a table as bytes; its records only where its columns do not tell them."""
    shared: dict[Any, Any] = {}
    columns = {
        name: [shared.setdefault((v.__class__, v), v) if isinstance(v, (str, date)) else v for v in values]
        for name, values in table.columns.items()
    }
    records = () if columns else table.records
    about = (table.letters, table.readings, table.bad, table.skipped, table.heading_row)
    raw = pickle.dumps((table.sheet, table.rows, columns, records, about), pickle.HIGHEST_PROTOCOL)
    return zlib.compress(raw, LEVEL)


@lru_cache(OPEN_TABLES)
def unpack(data: bytes) -> AnyTable:
    """Return a table from what `pack` made of it."""
    sheet, rows, columns, records, about = typed.loads(zlib.decompress(data))
    if columns:
        records = made(sheets.SHEETS[sheet].record, (rows, *columns.values()))
    return Table(sheet, rows, {name: tuple(values) for name, values in columns.items()}, records, *about)


def made(kind: Any, columns: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """Return records from their fields in order, each a column: filled column by column, which takes half the time of calls."""
    records = tuple(map(object.__new__, repeat(kind, len(columns[0]))))
    for name, values in zip(kind.__match_args__, columns, strict=True):
        deque(map(getattr(kind, name).__set__, records, values), 0)
    return records


def slim(item: Finding, shared: dict[str, str]) -> Finding:
    """Return an equal finding whose texts are the same objects as those of its neighbours."""

    def one(text: str) -> str:
        return shared.setdefault(text, text)

    place = item.place
    return replace(
        item,
        rule=one(item.rule),
        place=Place(one(place.file), one(place.sheet), one(place.cell), one(place.heading)),
        value=one(item.value),
        message=one(item.message),
        unit=one(item.unit),
        record=one(item.record),
    )


# ── results ──────────────────────────────────────────────────────────────────────────────────────

Columns = Sequence[tuple[Any, ...]]
FIELDS: Mapping[type, Any] = {kind: attrgetter(*kind.__match_args__) for kind in (Line, RowFate, Money)}


def packed_result(result: UnitResult) -> UnitResult:
    """Return an equal result whose lines and fates are packed; its values stay as they are."""
    lines, fates = Shelf(), Shelf()
    figures = {name: lines.figure(figure) for name, figure in result.figures.items()}
    tiers = {name: lines.figure(figure) for name, figure in result.tiers.items()}
    task = lines.figure(result.task) if result.task else None
    rows, money = fates.put(RowFate, result.rows), fates.put(Money, result.money)
    lines.close()
    fates.close()
    return replace(result, figures=figures, tiers=tiers, task=task, rows=rows, money=money)


class PackedItems(Sequence[Any]):
    """One of the lists of a unit's result, opened when it is asked for; equal to a tuple of the same items."""

    __slots__ = ("at", "size", "store")

    def __init__(self, store: "Shelf", at: int, size: int) -> None:
        self.store, self.at, self.size = store, at, size

    def items(self) -> tuple[Any, ...]:
        """Return the items."""
        return open_shelf(self.store.data).items(self.at)

    def joined(self, parts: Sequence[Sequence[Any]]) -> Sequence[Any]:
        """Return lists as one, of which this is one; none is opened."""
        return JoinedItems(parts)

    def opposite(self) -> Sequence[Any]:
        """Return lines that count negatively; none is opened."""
        return OppositeItems(self)

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self.items()[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (tuple, PackedItems)) and self.items() == tuple(other)

    def __hash__(self) -> int:
        return hash(self.items())

    def __repr__(self) -> str:
        return repr(self.items())


class Shelf:
    """Lists of one unit's result that are wanted together, packed together."""

    __slots__ = ("data", "held", "known")

    def __init__(self) -> None:
        self.data = b""
        self.held: list[tuple[type, Columns]] = []
        self.known: dict[int, tuple[int, Sequence[Any]]] = {}  # with the list, so that no other gets its id

    def figure(self, figure: Figure) -> Figure:
        """Return a figure whose lines lie here."""
        return replace(
            figure,
            lines=self.put(Line, figure.lines),
            denominator_lines=self.put(Line, figure.denominator_lines),
        )

    def put(self, kind: type, items: Sequence[Any]) -> Any:
        """Put a list here, once if it comes twice, and return what stands for it; an empty one stands for itself."""
        if not items:
            return ()
        if id(items) not in self.known:
            self.known[id(items)] = len(self.held), items
            self.held.append((kind, list(zip(*map(FIELDS[kind], items), strict=True))))
        return PackedItems(self, self.known[id(items)][0], len(items))

    def close(self) -> None:
        """Pack what was put here."""
        self.data = zlib.compress(pickle.dumps(self.held, pickle.HIGHEST_PROTOCOL), LEVEL)
        self.held, self.known = [], {}


class Lines:
    """The lines behind several figures of one unit, packed together once all are put here."""

    __slots__ = ("shelf",)

    def __init__(self) -> None:
        self.shelf = Shelf()

    def put(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Put lines here and return what stands for them."""
        found: Sequence[Line] = self.shelf.put(Line, lines)
        return found

    def close(self) -> None:
        """Pack what was put here."""
        self.shelf.close()


class JoinedItems(PackedItems):
    """Lists of several units as one, opened one after the other."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Sequence[Any]]) -> None:
        self.parts, self.size = parts, sum(map(len, parts))

    def items(self) -> tuple[Any, ...]:
        """Return the items of all."""
        return tuple(self)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.parts)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if at in (0, -1):
            return self.parts[at][at]
        return self.items()[at]


class OppositeItems(PackedItems):
    """Lines that count negatively, opened when they are asked for."""

    __slots__ = ("lines",)

    def __init__(self, lines: PackedItems) -> None:
        self.lines, self.size = lines, len(lines)

    def items(self) -> tuple[Any, ...]:
        """Return the lines."""
        return tuple(self)

    def __iter__(self) -> Iterator[Any]:
        return (replace(line, value=-line.value) for line in self.lines)


def joined(parts: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """Return lists as one."""
    return JoinedItems(parts) if parts else ()


class OpenShelf:
    """The lists of a unit's result, each made when it is first asked for."""

    __slots__ = ("columns", "made")

    def __init__(self, columns: Sequence[tuple[type, Columns]]) -> None:
        self.columns = columns
        self.made: dict[int, tuple[Any, ...]] = {}

    def items(self, at: int) -> tuple[Any, ...]:
        """Return one of the lists."""
        if at not in self.made:
            self.made[at] = made(*self.columns[at])
        return self.made[at]


@lru_cache(OPEN_RESULTS)
def open_shelf(data: bytes) -> OpenShelf:
    """Return the lists of a unit's result."""
    return OpenShelf(pickle.loads(zlib.decompress(data)))
