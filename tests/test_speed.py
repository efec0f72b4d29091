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
from sheets import BOOK, ledger_of, submission_of
from typical import write_submissions
from unix import needs_fork

from baiti_xl import desk as actions
from baiti_xl.books.console import write_console
from baiti_xl.contest import rules
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count.across import across
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


def best(call: Callable[[], object], turns: int = 3, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the least time that a call took, in seconds; that of the process that reads is in it."""
    spent = []
    for _ in range(turns):
        start = clock()
        call()
        spent.append(clock() - start)
    return min(spent)


def busy(call: Callable[[], object], turns: int = 3) -> float:
    """Return the least processor time of this process that a call took, in seconds: other work on the machine is not in it."""
    return best(call, turns, time.process_time)


def by_calamine(folder: Path) -> None:
    """Read every cell of every file."""
    for path in sorted(folder.iterdir()):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for name in workbook.sheet_names:
            workbook.get_sheet_by_name(name).to_python()


def by_openpyxl(files: list[Path]) -> None:
    """Read every cell of some files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in files:
            openpyxl.load_workbook(path, data_only=True)


def test_reading_and_checking_takes_at_most_twice_as_long_as_bare_reading(
    desk: tuple[Path, Rulebook],
) -> None:
    """Half as long, really (`make bench`): of an issued form 计算 is not read."""
    place, book = desk
    sources = actions.sources(place / "报送")
    ours = best(lambda: actions.read_all(sources, book))
    assert ours <= 2 * best(lambda: by_calamine(place / "报送"))


def test_a_whole_consolidation_is_eight_times_faster_than_openpyxl_reading(
    desk: tuple[Path, Rulebook], tmp_path: Path
) -> None:
    place, _ = desk
    outs = iter(range(9))
    run = best(
        lambda: actions.consolidate(place / "报送", tmp_path / str(next(outs)), console=place / "操作台.xlsx")
    )
    quarter = sorted((place / "报送").iterdir())[::4]
    assert 8 * run <= 4 * best(lambda: by_openpyxl(quarter), 1)


def test_a_packed_submission_is_a_tenth_of_an_open_one(desk: tuple[Path, Rulebook]) -> None:
    """So that thousands are held at once: some 30 KB each, whatever their forms weigh."""
    place, book = desk
    (submission,) = actions.read_all(actions.sources(place / "报送")[:1], book)
    assert len(pickle.dumps(packed(submission))) < 60_000


def like_rows(rows: int) -> list[Submission]:
    """Return the submissions of two units: like vouchers, visits and projects, and projects of one investor by many names."""
    tables = {
        "到位资金": "凭证号 | 付款方\n" + "PZ-1 | 恒羽公司\n" * rows,
        "拜访客商": "拜访日期 | 客商名称 | 带队领导\n" + "2011-5-15 | 跃步 | 林海\n" * rows,
        "邀请客商": "来访日期 | 客商名称\n" + "2011-5-15 | 跃步\n" * rows,
        "项目台账": "项目名称 | 投资方\n" + "羽绒服装产业园 | 佛山恒羽\n" * rows,
    }
    many = "\n".join(f"第{chr(0x4E00 + n)}个厂 | 佛山恒羽" for n in range(rows))
    others = tables | {"项目台账": "项目名称 | 投资方\n羽绒服装产业园 | 佛山恒羽\n" + many}
    return [submission_of(tables, unit="X01"), submission_of(others, unit="X02")]


def test_like_rows_take_time_in_proportion() -> None:
    """Eight times as many take about eight times as long: no rule compares every row with every other."""

    def spent(rows: int) -> float:
        files = like_rows(rows)
        return busy(lambda: (across(ledger_of(*files), BOOK), [rules.check(one, BOOK) for one in files]))

    assert spent(800) < 16 * spent(100)


def like_investors(names: int) -> list[Submission]:
    """Return the submissions of two units: one investor with many names in each, then many brands that are nearly one."""
    marks = [chr(0x4E00 + n) for n in range(names)]
    one = "\n".join(f"第{mark}个厂 | 佛山恒羽" for mark in marks)
    other = "\n".join(f"羽绒服装厂 | 佛山金梭{mark}" for mark in marks)
    tables = {"项目台账": f"项目名称 | 投资方\n{one}\n{other}"}
    return [submission_of(tables, unit="X01"), submission_of(tables, unit="X02")]


def test_many_names_of_one_investor_and_many_like_brands_take_time_in_proportion() -> None:
    """Eight times as many take about eight times as long: X01 compares no name or brand with every other."""

    def spent(names: int) -> float:
        ledger = ledger_of(*like_investors(names))
        return busy(lambda: across(ledger, BOOK), 2)

    assert spent(1600) < 16 * spent(200)


@needs_fork
def test_help_comes_within_three_tenths_of_a_second() -> None:
    import resource

    def ask() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "baiti_xl", "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(ask() for _ in range(3)) < 0.3
