"""Five hundred spoiled submissions, the same in every run; and the cases that once broke something.

`python tests/fuzz/harness.py 20000 --seed N` runs more. What it holds the program to stands at its head.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sheets import grids_of, lines, read_file, repacked, replaced, workbook_of
from unix import needs_fork

sys.path.append(str(Path(__file__).parent / "fuzz"))

import harness

from baiti_xl.read.guard import percent_cells
from baiti_xl.read.walking import closed_elements

PLAIN = workbook_of(grids_of({"项目台账": "本单位份额\n50"}))
REGISTER = f"xl/worksheets/sheet{list(grids_of({})).index('项目台账') + 1}.xml"
OPEN = (harness.OLD / "报送.ods").read_bytes()


@needs_fork
def test_500_spoiled_submissions() -> None:
    """No exception, no dead process, no case over 5 s or 512 MB, every identity holds."""
    tally = harness.run(500, seed=2011)
    assert not tally.faults, str(tally)
    assert tally.cases == 500
    assert tally.outcomes["read"] > 100, "too few of them got as far as the checks"


def test_a_case_is_made_anew_from_its_number() -> None:
    assert harness.case_of(7, 1) == harness.case_of(7, 1) != harness.case_of(8, 1)


@pytest.mark.parametrize(
    ("make", "rules"),
    [
        # A prefix that nobody declared: the detailed look raised ValueError.
        (
            lambda: replaced(
                PLAIN,
                REGISTER,
                b"</sheetData>",
                b'<row r="9" hidden="1"><x:c r="A9"><v>1</v></x:c></row></sheetData>',
            ),
            [],
        ),
        # A mark of markup inside an attribute of an OpenDocument table: its reader waited for the end for ever.
        (
            lambda: replaced(OPEN, "content.xml", b'value-type="string"', b'value-type="stri<!-- x -->ng"'),
            ["F04 错"],
        ),
        (
            lambda: repacked(OPEN, lambda n, p: (n, p[: len(p) // 2] if n == "content.xml" else p)),
            ["F04 错"],
        ),
    ],
)
def test_cases_that_once_broke_something(make: Callable[[], bytes], rules: list[str]) -> None:
    found = lines(read_file(make()), "F01", "F02", "F03", "F04", "F05")
    assert found == rules


def test_an_empty_list_of_styles() -> None:
    assert list(closed_elements(b"")) == []
    assert percent_cells(b'<a><c r="A1" s="0"/></a>', b"") == frozenset()
