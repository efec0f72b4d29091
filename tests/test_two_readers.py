"""What we count beside what another reader sees: a corpus read by calamine behind the guard and by openpyxl.

Every cell in which they disagree is named. openpyxl takes 20110501 in a cell with a date's format for a fault.
"""

import io
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sheets import BOOK, template_of

sys.path.append(str(Path(__file__).parent / "fuzz"))

import hostile

from baiti_xl.contest.sheets import COVER, SHEETS
from baiti_xl.contest.values import column_letter
from baiti_xl.demo import PERIODS, base_rulebook, samples
from baiti_xl.read.cells import Workbook

READ = (COVER, *SHEETS)


def plain(value: Any) -> str:
    """Return a value by what it is, however a reader types it."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.12g}"
    return str(value)


def by_us(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield (sheet and cell, value) of every filled cell as we read it."""
    workbook = Workbook.open(data)
    for name in READ:
        for row, values in enumerate(workbook.grid(workbook.find(name)) if workbook.find(name) else (), 1):
            yield from ((f"{name}!{column_letter(at)}{row}", plain(v)) for at, v in enumerate(values))


def by_openpyxl(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the same as openpyxl reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for name in READ:
        for cell in (c for row in book[name].iter_rows() for c in row) if name in book else ():
            yield f"{name}!{cell.coordinate}", plain(cell.value)


def disagreements(data: bytes) -> list[str]:
    """Return every cell that the two readers give otherwise."""
    ours, theirs = dict(by_us(data)), dict(by_openpyxl(data))
    return [
        f"{cell}: {ours.get(cell, '')} ≠ {theirs.get(cell, '')}"
        for cell in sorted(ours.keys() | theirs.keys())
        if ours.get(cell, "") != theirs.get(cell, "")
    ]


def test_what_counts_as_the_same() -> None:
    assert plain(datetime(2011, 5, 1)) == plain(date(2011, 5, 1)) == "2011-05-01"
    assert plain(1) == plain(1.0) == "1" != plain(True)


@pytest.mark.parametrize(
    ("make", "cells"),
    [
        (hostile.base, []),
        (lambda: template_of(hostile.TABLES, "X01", BOOK), []),
        (hostile.KINDS["row: of no height"], []),
        (hostile.KINDS["sheet: hidden"], []),
        (hostile.KINDS["sheet: dimension to the end"], []),
        (hostile.KINDS["value: parted by a comment"], []),
    ],
)
def test_two_readers_agree(make: Callable[[], bytes], cells: list[str]) -> None:
    assert disagreements(make()) == cells


def test_two_readers_on_a_sample_full_of_odd_spellings() -> None:
    (sample,) = (s for s in samples(base_rulebook(), PERIODS[-1]) if s.file == "X05_马楼镇_报送表.xlsx")
    assert disagreements(sample.data) == ["拜访客商!B9: 20110501 ≠ #VALUE!"]
