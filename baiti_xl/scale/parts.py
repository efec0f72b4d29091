"""The ledger as Parquet parts: one row a record with its unit, fields, fate and source, as in the results workbook.

    <address>/<sheet>/part-00000.parquet     of PART_UNITS units each, in the order of the unit list

The same columns under the same headings as the sheet; money and shares are exact decimals, days are dates.
Parts are made by the workers if there are any. Whatever a worker did not write where this machine can see it
is written here, so that a lost worker, or one without the shared folder, changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Any
from uuid import uuid4

from baiti_xl.books.results import FINDINGS_SHEET, RECORD_SHEETS, tables
from baiti_xl.books.table import Field, Row
from baiti_xl.contest.records import Ledger, Outcome, Ranking, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.scale.errors import ClusterError, library
from baiti_xl.scale.places import filesystems
from baiti_xl.scale.processes import Progress
from baiti_xl.scale.workers import DEATHS

PART_UNITS = 250
PART_SHEETS = (*RECORD_SHEETS, FINDINGS_SHEET)
PLACES = 18  # decimal places kept; amounts typed in 元 need ten at most
EXACT = ("money", "share", "points")


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of an outcome that goes into one part of each sheet."""

    outcome: Outcome
    number: int


def write_parts(
    outcome: Outcome, book: Rulebook, address: str, progress: Progress, client: Any = None
) -> Mapping[str, list[str]]:
    """Write the parts below an address and return their addresses by sheet. Raises ClusterError."""
    library("pyarrow.parquet")
    slices = list(sliced(outcome))
    try:
        files, root = filesystems().core.url_to_fs(address)
        for sheet in PART_SHEETS:
            files.makedirs(f"{root}/{sheet}", exist_ok=True)
        if client is None:
            for one in progress(slices, "写分片台账"):
                write_slice(one, book, address)
        else:
            on_workers(client, slices, book, address, progress)
            for one in slices:
                if not all(files.exists(f"{root}/{sheet}/{part_name(one)}") for sheet in PART_SHEETS):
                    write_slice(one, book, address)
            clear_drafts(files, root)
    except ClusterError:
        raise
    except Exception as error:
        raise ClusterError(
            f"无法写入分片台账 {address}（{type(error).__name__}：{error}）。请核对地址和权限。"
        ) from error
    names = [part_name(one) for one in slices]
    return {sheet: [f"{address}/{sheet}/{name}" for name in names] for sheet in PART_SHEETS}


def clear_drafts(files: Any, root: str) -> None:
    """Remove what a worker that was lost left half-written."""
    for sheet in PART_SHEETS:
        for path in files.ls(f"{root}/{sheet}", detail=False):
            if path.endswith(".tmp"):
                files.rm(path)


def on_workers(
    client: Any, slices: Sequence[Slice], book: Rulebook, address: str, progress: Progress
) -> None:
    """Have workers write the slices, a few under way at a time; one that fails is left for this machine."""
    rules = client.submit(keep, book, pure=False)
    waiting = iter(slices)

    def given(one: Slice) -> Any:
        return client.submit(write_slice, one, rules, address, pure=False, retries=DEATHS)

    ahead = 2 * max(1, len(client.ncores()))
    tasks = library("distributed").as_completed(
        [given(one) for _, one in zip(range(ahead), waiting, strict=False)], loop=client.loop
    )
    for _, task in zip(progress(slices, "写分片台账"), tasks, strict=False):
        task.exception()
        task.release()
        following = next(waiting, None)
        if following:
            tasks.add(given(following))


def keep(book: Rulebook) -> Rulebook:
    """Return the rules: a task of its own, so that they travel once to each worker."""
    return book


def sliced(outcome: Outcome) -> Iterator[Slice]:
    """Yield an outcome cut by units, without what no part holds; files of unknown units go with the first."""
    held, known = outcome.ledger, {r.unit.code for r in outcome.results}
    for number, at in enumerate(range(0, max(1, len(outcome.results)), PART_UNITS)):
        results = tuple(map(slim, outcome.results[at : at + PART_UNITS]))
        codes = {r.unit.code for r in results} | ({""} if number == 0 else set())

        def here(unit: str, codes: set[str] = codes) -> bool:
            return (unit if unit in known else "") in codes

        ledger = Ledger(
            held.day,
            tuple(r.account for r in results),
            rejected=tuple(replace(s, tables={}) for s in held.rejected if here(s.unit)),
            findings=tuple(f for f in held.findings if here(f.unit)),
        )
        yield Slice(Outcome(outcome.day, ledger, results, Ranking({}, ()), ()), number)


def slim(result: UnitResult) -> UnitResult:
    """Return a result without the figures, which no part holds."""
    return replace(result, figures={}, tiers={}, task=None, money=())


def write_slice(one: Slice, book: Rulebook, address: str) -> None:
    """Write one part of each sheet; each appears whole or not at all."""
    files, root = filesystems().core.url_to_fs(address)
    pyarrow, parquet = library("pyarrow"), library("pyarrow.parquet")
    for sheet, fields, rows in part_tables(one.outcome, book):
        target = f"{root}/{sheet}/{part_name(one)}"
        draft = f"{root}/{sheet}/.{part_name(one)}.{uuid4().hex}.tmp"
        table = pyarrow.table(columns(fields, rows), schema=schema(fields))
        with files.open(draft, "wb") as file:
            parquet.write_table(table, file, compression="zstd")
        files.mv(draft, target)


def part_tables(outcome: Outcome, book: Rulebook) -> Iterator[tuple[str, Sequence[Field], Iterable[Row]]]:
    """Yield (sheet, fields, rows) of what goes into parts."""
    yield from (table for table in tables(outcome, book) if table[0] in PART_SHEETS)


def part_name(one: Slice) -> str:
    """Return the file name of a slice's parts."""
    return f"part-{one.number:05}.parquet"


def schema(fields: Sequence[Field]) -> Any:
    """Return the Arrow schema of a sheet."""
    pyarrow = library("pyarrow")
    kinds = {"date": pyarrow.date32(), "whole": pyarrow.int64(), "text": pyarrow.string()}
    kinds |= dict.fromkeys(EXACT, pyarrow.decimal128(38, PLACES))
    return pyarrow.schema([(f.heading, kinds[f.kind]) for f in fields])


def columns(fields: Sequence[Field], rows: Iterable[Row]) -> dict[str, list[Any]]:
    """Return rows as columns by heading."""
    held: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * len(fields)
    return {f.heading: list(map(CONVERT[f.kind], column)) for f, column in zip(fields, held, strict=True)}


def exact(value: Decimal | None) -> Decimal | None:
    """Return a number with as many places as the schema has; None for one that no schema holds, which was never counted."""
    if value is None:
        return None
    with localcontext() as context:
        context.prec = 38
        return value.quantize(Decimal(1).scaleb(-PLACES)) if value.adjusted() < 38 - PLACES else None


def as_given(value: Any) -> Any:
    """Return a value unchanged."""
    return value


def whole(value: Any) -> int | None:
    """Return a count, None where there is none."""
    return None if value is None or value == "" else int(value)


CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "text": as_given, "date": as_given, "whole": whole, **dict.fromkeys(EXACT, exact),
}  # fmt: skip
