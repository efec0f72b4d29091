"""The table of the README: consolidation and papers as they grow, beside openpyxl, python-calamine and docxtpl.

    python tests/benchmarks/bench_table.py [--quick]

Each of our runs is a process of its own; peak memory is the most that it, or the process that reads files for it, ever
held. The rivals merely read the same files, or render the same papers: `SAMPLE` of them, times the number. Prints Markdown.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bench_papers
import bench_pipeline
import bench_scale
from typical import write_submissions

from baiti_xl import desk
from baiti_xl.books.console import write_console
from baiti_xl.papers import catalogue
from baiti_xl.papers.assessment import KIND

SAMPLE = 60
CONSOLIDATED, PAPERS = (60, 600, 6000), (60, 600, 3000)
PROJECTS = 6  # a unit's, in the papers
Column = Mapping[str, float]


def consolidation(count: int) -> Column:
    """Return what the consolidation of so many issued forms takes, and what the rivals take to read them."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        write_submissions(Path(name) / "报送", count, "issued", bench_scale.PROJECTS)
        got = bench_scale.measure_there(Path(name), bench_scale.Run(count))
        sources = desk.sources(Path(name) / "报送")[:SAMPLE]
        times = count / len(sources)
        return {
            "our whole consolidation, s": got["seconds"],
            "of the processor, reading included, s": got["processor"],
            "of it reading and checking, s": got["reading"],
            "our peak, MB": got["peak"],
            "peak of the process that reads, MB": got["reader"],
            "rows": got["rows"],
            "results, MB": got["megabytes"],
            "openpyxl merely reads, s": times
            * bench_pipeline.timed(lambda: bench_pipeline.by_openpyxl(sources)),
            "python-calamine merely reads, s": times
            * bench_pipeline.timed(lambda: bench_pipeline.by_calamine(sources)),
        }


def papers(count: int) -> Column:
    """Return what so many papers take, with figure sheet and register, beyond working out the day; and docxtpl's alone."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        book = write_submissions(place / "报送", count, "bare", PROJECTS)
        with (place / "操作台.xlsx").open("wb") as target:
            write_console(target, book, macros=False)
        (place / "模板.docx").write_bytes(catalogue.template_for(KIND, book))
        answer = subprocess.run(
            [sys.executable, __file__, "--inside", name], capture_output=True, text=True, check=False
        )
        if answer.returncode:
            raise RuntimeError(answer.stderr)
        got = json.loads(answer.stdout.splitlines()[-1])
        return {
            "our papers, figures and register, s": got["seconds"],
            "of the processor, s": got["processor"],
            "the whole run, s": got["whole"],
            "our peak, MB": got["peak"],
            "docxtpl, the papers alone, s": got["docxtpl"] * count,
        }


def inside(place: Path) -> None:
    """Make the papers in this process and tell what they took; docxtpl renders some of them after the peak is told."""
    inner: list[bench_papers.Spent] = []
    held: list[Any] = []

    def run() -> None:
        out = place / "公文"
        held.append(
            desk.documents(
                [KIND],
                place / "报送",
                out,
                console=place / "操作台.xlsx",
                as_of=bench_papers.DAY,
            )
        )

    with bench_papers.watched(inner):
        whole = bench_papers.timed(run)
    peak = bench_scale.peak_memory()
    some = [written.paper for written in held[0].written[:SAMPLE]]
    theirs = bench_papers.timed(lambda: bench_papers.by_docxtpl(place / "模板.docx", some, place / "docxtpl"))
    beyond = bench_papers.less(whole, inner[0])
    print(
        json.dumps(
            {
                "seconds": beyond[0],
                "processor": beyond[1],
                "whole": whole[0],
                "peak": peak,
                "docxtpl": theirs[0] / len(some),
            }
        )
    )


def printed(what: str, sizes: Sequence[int], columns: Sequence[Column]) -> None:
    """Print one table, a column a size, and how the time grows from the size before."""
    print(f"| {what} | " + " | ".join(f"{size:,}" for size in sizes) + " |")
    print("|---|" + "--:|" * len(sizes))
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(shown(column[name]) for column in columns) + " |")
    first = next(iter(columns[0]))
    growth = [now[first] / before[first] for before, now in pairwise(columns)]
    print("| times the size before | — | " + " | ".join(f"{times:.1f}" for times in growth) + " |\n")


def shown(value: float) -> str:
    """Return a number with as many places as it bears."""
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def main(quick: bool = False) -> None:
    """Print both tables."""
    submissions, units = ((20, 60), (20, 60)) if quick else (CONSOLIDATED, PAPERS)
    printed("submissions", submissions, [consolidation(count) for count in submissions])
    printed("papers", units, [papers(count) for count in units])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--inside", type=Path)
    asked = parser.parse_args()
    if asked.inside:
        inside(asked.inside)
    else:
        main(asked.quick)
