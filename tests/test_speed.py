"""The bounds of speed and size that hold on any machine, since they are ratios; figures come from `make bench`."""

import io
import pickle
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from typical import write_submissions
from unix import needs_fork

from baiti_xl import desk as actions
from baiti_xl.books.console import write_console
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.scale.packing import packed

FILES = 12


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rulebook]:
    """A working folder with typical submissions, issued forms of 4 × 60 rows, and their rules."""
    place = tmp_path_factory.mktemp("竞赛")
    book = write_submissions(place / "报送", FILES, "issued")
    (place / "操作台.xlsx").write_bytes(
        actions.render(lambda target: write_console(target, book, macros=False))
    )
    return place, book


def best(call: Callable[[], object], turns: int = 3) -> float:
    """Return the least processor time that a call took, in seconds."""
    spent = []
    for _ in range(turns):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return min(spent)


def by_calamine(folder: Path) -> None:
    """Read every cell of every file."""
    for path in sorted(folder.iterdir()):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for name in workbook.sheet_names:
            workbook.get_sheet_by_name(name).to_python()


def by_openpyxl(folder: Path) -> None:
    """Read every cell of every file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted(folder.iterdir()):
            openpyxl.load_workbook(path, data_only=True)


def test_reading_and_checking_takes_no_longer_than_bare_reading(desk: tuple[Path, Rulebook]) -> None:
    """Half as long, really (`make bench`): of an issued form 计算 is not read."""
    place, book = desk
    sources = actions.sources(place / "报送")
    ours = best(lambda: actions.read_all(sources, book))
    assert ours <= best(lambda: by_calamine(place / "报送"))


def test_a_whole_consolidation_is_eight_times_faster_than_openpyxl_reading(
    desk: tuple[Path, Rulebook], tmp_path: Path
) -> None:
    place, _ = desk
    outs = iter(range(9))
    run = best(
        lambda: actions.consolidate(place / "报送", tmp_path / str(next(outs)), console=place / "操作台.xlsx")
    )
    assert 8 * run <= best(lambda: by_openpyxl(place / "报送"), 1)


def test_a_packed_submission_is_a_tenth_of_an_open_one(desk: tuple[Path, Rulebook]) -> None:
    """So that thousands are held at once: some 30 KB each, whatever their forms weigh."""
    place, book = desk
    (submission,) = actions.read_all(actions.sources(place / "报送")[:1], book)
    assert len(pickle.dumps(packed(submission))) < 60_000


@needs_fork
def test_help_comes_within_three_tenths_of_a_second() -> None:
    import resource

    def ask() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "baiti_xl", "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(ask() for _ in range(3)) < 0.3
