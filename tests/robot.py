"""A robot that fills forms as people do, and then inserts, deletes, sorts, pastes and merges: do form and office still agree?

    python tests/robot.py --seed 2026 --runs 2000

A run is one form with messy rows and up to eight gestures, all drawn from its seed. LibreOffice does the gestures,
recalculates and saves; Gnumeric recalculates what was saved; 自检 and 指标 of both are compared with what the office's
program says of the same file, cell by cell. The suite does a few dozen runs (test_robot.py). Not seen in Excel.
"""

import argparse
import io
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hands import Gesture, handled
from office import recalculated_by_gnumeric
from sheets import BOOK, DEFAULTS, by_field, cover_of, filled, read_file, rules, value_of
from template_judge import disagreements, short_forms
from typed import AMOUNTS, DATES, SHARES, WHOLES

from baiti_xl.books.template import Filling, write_template
from baiti_xl.contest import sheets
from baiti_xl.contest.columns import AnySheet, Column, Kind
from baiti_xl.contest.rulebook import Rulebook

CAPACITY, MOST_ROWS, MOST_GESTURES = 18, 7, 8
UNIT = "X01"
TOP = sheets.FIRST_ROW - 1  # the first data row, counted from 0
TEXTS = (
    "",
    " ",
    "　",
    "甲公司",
    "-",
    "合计",
    "注：待核",
    "0",
    "/",
    "佛山第1纺织有限公司",
    "有限公司",
    "'=1+1",
    "五",
    "X02",
)
KEYS = (
    "X01-001",
    "x01-001",
    "X01-002",
    "X02-001",
    "Ｘ０１—００３",
    "X01 004",
    "X01-1",
    "001",
    "",
    "2011-W1",
    "x01-00１",
)
PHONES = ("13800000000", "138 0000 0001", "+86 13800000002", "0393-2212345", "2212345", "1380000", "无")
DAYS: Sequence[Callable[[date], Any]] = (
    lambda d: d,
    lambda d: d,
    lambda d: f"{d:%Y.%m.%d}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.month}月{d.day}日",
    lambda d: f"{d:%Y%m%d}",
    lambda d: (d - date(1899, 12, 30)).days,
    lambda d: f"{d.month}.{d.day}",
)
# Contests that differ in their days and in every parameter that 指标 depends on.
AUTUMN = {"start": date(2026, 9, 20), "end": date(2026, 12, 28)}
OVER_THE_YEAR = {"start": date(2027, 11, 15), "end": date(2028, 2, 22)}
BOOKS: Sequence[Rulebook] = (
    BOOK,
    rules(
        **AUTUMN, new_basis="立项备案", joint_basis="只计首报", visitor_basis="人次", completion_basis="开工"
    ),
    rules(
        **OVER_THE_YEAR, new_basis="签约", joint_basis="各计一个", visitor_basis="批次", framework_counts=True
    ),
    rules(task_basis="总投资", task_stage="开工", joint_task="按份额", tier_inclusive=False),
)


@dataclass(frozen=True)
class Run:
    """One form as it was filled in by the rules of a contest, and what is then done to it."""

    seed: int
    book: Rulebook
    form: bytes
    gestures: Sequence[Gesture]


def run_of(seed: int) -> Run:
    """Return the run of a seed."""
    random, book = Random(seed), BOOKS[seed % len(BOOKS)]
    chosen = random.sample(sheets.DATA_SHEETS, random.randint(1, 4))
    rows = {sheet.name: list(messy_rows(random, sheet, book)) for sheet in chosen}
    cover = cover_of(rows, UNIT, {"cutoff": some_day(random, book, late=0)})
    if random.random() < 0.2:
        field = random.choice(sheets.COVER_FIELDS[4:])
        cover[field.field] = messy(random, field, book, PHONES)
    target = io.BytesIO()
    write_template(target, book, None, Filling(cover, by_field(rows)))
    gestures = [gesture(random, random.choice(chosen), book) for _ in range(random.randint(0, MOST_GESTURES))]
    return Run(seed, book, target.getvalue(), gestures)


# ── messy rows ───────────────────────────────────────────────────────────────────────────────────


def some_day(random: Random, book: Rulebook, late: int = 12) -> date:
    """Return a day of the contest, or one a little before or after it."""
    return book.start + timedelta(random.randint(-late, (book.end - book.start).days + late))


def messy_rows(random: Random, sheet: AnySheet, book: Rulebook) -> Iterator[list[Any]]:
    """Yield rows of a sheet: mostly sound, here and there something that people type, now and then nothing."""
    count, mess = random.randint(1, MOST_ROWS), random.choice((0.0, 0.05, 0.15, 0.5))
    for n in range(1, count + 1):
        if random.random() < 0.08:
            yield [""] * len(sheet.columns)
            continue
        given = {
            column.heading: messy(random, column, book) for column in sheet.columns if random.random() < mess
        }
        days = [c.heading for c in sheet.columns if c.kind is Kind.DATE and c.heading in DEFAULTS[sheet.name]]
        day = some_day(random, book)
        given = {heading: day for heading in days if random.random() < 0.8} | given
        row = filled(sheet, given, random.choice((n, n, n, 1)), UNIT)
        yield [
            value if not isinstance(value, date) or random.random() < 0.9 else random.choice(DAYS)(value)
            for value in row
        ]


def messy(random: Random, column: Column, book: Rulebook, more: Sequence[Any] = ()) -> Any:
    """Return something that people type into a column."""
    if random.random() < 0.2:
        return ""
    if more and random.random() < 0.5:
        return random.choice(more)
    typed: Mapping[Kind, Callable[[], Any]] = {
        Kind.DATE: lambda: random.choice((random.choice(DAYS)(some_day(random, book)), value_of(random.choice(DATES)))),
        Kind.MONEY: lambda: random.choice((random.randint(0, 30_000), value_of(random.choice(AMOUNTS)))),
        Kind.WHOLE: lambda: value_of(random.choice(WHOLES)),
        Kind.PERCENT: lambda: value_of(random.choice(SHARES)),
        Kind.RATE: lambda: value_of(random.choice((*SHARES, *AMOUNTS))),
        Kind.CHOICE: lambda: random.choice((*answers_of(column, book), *TEXTS)),
        Kind.KEY: lambda: random.choice(KEYS),
        Kind.TEXT: lambda: random.choice((*TEXTS, *PHONES)),
    }  # fmt: skip
    return typed[column.kind]()


def answers_of(column: Column, book: Rulebook) -> Sequence[str]:
    """Return what a drop-down offers."""
    return column.choices or (book.industries if column.list_name else ())


# ── gestures ─────────────────────────────────────────────────────────────────────────────────────


def gesture(random: Random, sheet: AnySheet, book: Rulebook) -> Gesture:
    """Return something a clerk does to the rows of a sheet."""
    width, last = len(sheet.columns), MOST_ROWS - 1
    row, count = TOP + random.randint(0, last), random.randint(1, 3)
    left = random.randrange(width)
    right = min(width - 1, left + random.randint(0, 4))
    column = sheet.columns[left]
    return random.choice(
        (
            lambda: ("insert", sheet.name, random.choice((TOP, row)), count),
            lambda: ("delete", sheet.name, random.choice((TOP, row)), count),
            lambda: ("sort", sheet.name, TOP, MOST_ROWS, width, left, random.random() < 0.5),
            lambda: ("move", sheet.name, row, count, width, TOP + random.randint(0, MOST_ROWS)),
            lambda: ("copy", sheet.name, row, count, 0, width - 1, TOP + random.randint(0, MOST_ROWS)),
            lambda: ("copy", sheet.name, row, count, left, right, TOP + random.randint(0, last)),
            lambda: ("paste", sheet.name, row, left, pasted(random, sheet, left, right, count, book)),
            lambda: ("key_in", sheet.name, row, left, keyed(messy(random, column, book))),
            lambda: ("fill", sheet.name, row, count + 1, left),
            lambda: ("clear", sheet.name, row, count, left, right),
            lambda: ("merge", sheet.name, row, count, left, right),
            lambda: ("hide", sheet.name, row, count),
            lambda: ("percent", sheet.name, row, left),
        )
    )()


def pasted(
    random: Random, sheet: AnySheet, left: int, right: int, count: int, book: Rulebook
) -> list[list[Any]]:
    """Return a block as it comes from another workbook: days as numbers or texts."""
    columns = sheet.columns[left : right + 1]
    return [[plain(messy(random, column, book)) for column in columns] for _ in range(count)]


def plain(value: Any) -> Any:
    """Return a value as a cell without format holds it."""
    return (value - date(1899, 12, 30)).days if isinstance(value, date) else value


def keyed(value: Any) -> str:
    """Return a value as fingers type it; never a formula, which the form has no place for."""
    return str(value).lstrip("=+@")


# ── the comparison ───────────────────────────────────────────────────────────────────────────────


def disagreeing(runs: Sequence[Run], place: Path) -> dict[int, list[str]]:
    """Do the runs in LibreOffice, have both programs count, and return by seed where they disagree with ours."""
    saved = {run.seed: place / "存" / f"{run.seed}.xlsx" for run in runs}
    counted = place / "复核"
    for folder in (place / "存", counted):
        folder.mkdir()
    orders = []
    for run in runs:
        source = place / f"{run.seed}.xlsx"
        source.write_bytes(run.form)
        orders.append((source, run.gestures, saved[run.seed]))
    handled(orders)
    files = [saved[run.seed] for run in runs]
    return compared(runs, files, {"LibreOffice": files, "Gnumeric": recalculated_by_gnumeric(files, counted)})


def compared(
    runs: Sequence[Run], files: Sequence[Path], counted: Mapping[str, Sequence[Path]]
) -> dict[int, list[str]]:
    """Return by seed where what each program counted of the files disagrees with ours."""
    found: dict[int, list[str]] = {}
    for at, (run, file) in enumerate(zip(runs, files, strict=True)):
        submission = read_file(file.read_bytes(), file.name, run.book)
        for engine, paths in counted.items():
            if differ := disagreements(submission, paths[at], run.book):
                found.setdefault(run.seed, []).extend(f"{engine}: {line}" for line in differ)
    return found


def rounds(first: int, count: int, kinds: Counter[str]) -> dict[int, list[str]]:
    """Do so many runs from a seed on, in forms of few rows; count the gestures by kind."""
    with tempfile.TemporaryDirectory() as place, short_forms(CAPACITY):
        runs = [run_of(seed) for seed in range(first, first + count)]
        kinds.update(gesture[0] for run in runs for gesture in run.gestures)
        return disagreeing(runs, Path(place))


def main() -> None:
    """Do the runs asked for, and print what was done and where anybody disagreed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=40)
    wanted = parser.parse_args()
    kinds: Counter[str] = Counter()
    done = failed = 0
    begun = time.monotonic()
    while done < wanted.runs:
        count = min(wanted.batch, wanted.runs - done)
        for seed, lines in rounds(wanted.seed + done, count, kinds).items():
            failed += 1
            print(f"■ {seed}", *lines[:6], sep="\n  ")
        done += count
        print(f"{done} runs, {failed} disagree, {time.monotonic() - begun:.0f} s", flush=True)
    print(json.dumps(kinds))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
