"""Times the main job against what openpyxl and python-calamine need merely to read the same files.

    python tests/benchmarks/bench_pipeline.py [FILES [bare|issued]]

One run, the readers interleaved in blocks; prints a Markdown table. Milliseconds a file, and ratios.
"""

import gc
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

import bench_scale
import openpyxl
from python_calamine import CalamineWorkbook
from typical import write_submissions

from baiti_xl import desk
from baiti_xl.contest.rulebook import Rulebook

BLOCK = 20


def by_openpyxl(sources: Sequence[desk.Source]) -> None:
    """Read every cell with openpyxl."""
    for source in sources:
        openpyxl.load_workbook(BytesIO(source.path.read_bytes()), data_only=True)


def by_calamine(sources: Sequence[desk.Source]) -> None:
    """Read every cell with python-calamine."""
    for source in sources:
        workbook = CalamineWorkbook.from_filelike(BytesIO(source.path.read_bytes()))
        for name in workbook.sheet_names:
            workbook.get_sheet_by_name(name).to_python()


def timed(call: Callable[[], object]) -> float:
    """Return how many seconds a call takes, with nothing left to tidy up of the one before."""
    gc.collect()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measure(folder: Path, book: Rulebook, place: Path) -> dict[str, float]:
    """Return seconds for each way over all files of a folder; consolidation in a process of its own."""
    sources = desk.sources(folder)
    spent: dict[str, float] = defaultdict(float)
    for at in range(0, len(sources), BLOCK):
        block = sources[at : at + BLOCK]
        spent["openpyxl"] += timed(partial(by_openpyxl, block))
        spent["calamine"] += timed(partial(by_calamine, block))
        spent["read"] += timed(partial(desk.read_all, block, book))
    spent["consolidate"] = bench_scale.measure_there(place, bench_scale.Run(len(sources)))["seconds"]
    return spent


def main(count: int, only: str = "") -> None:
    """Measure both sorts of files, or one, and print the table."""
    warnings.simplefilter("ignore")
    print(
        "| files | number | openpyxl reads | calamine reads | ours reads and checks | ÷ calamine | whole consolidation | openpyxl ÷ consolidation |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for sort, label in (("issued", "issued forms"), ("bare", "without 计算")):
        if only not in ("", sort):
            continue
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            book = write_submissions(place / "报送", count, sort)
            spent = measure(place / "报送", book, place)
        each = {way: 1000 * seconds / count for way, seconds in spent.items()}
        print(
            f"| {label} | {count} | {each['openpyxl']:.1f} ms | {each['calamine']:.1f} ms | {each['read']:.1f} ms "
            f"| {each['read'] / each['calamine']:.2f} | {each['consolidate']:.1f} ms "
            f"| {each['openpyxl'] / each['consolidate']:.1f} × |"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, *sys.argv[2:3])
