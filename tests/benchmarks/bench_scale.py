"""How consolidate grows: seconds and peak memory for 60, 600 and 6,000 submissions, one process a size.

    python tests/benchmarks/bench_scale.py [SUBMISSIONS …] [--projects N] [--jobs N …]

Every submission has 60 visits, 60 invitations, N projects (12 unless told) and 60 vouchers, all names different
from every other unit's (`typical.py`). Prints Markdown.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from typical import rulebook_of, write_submissions

PROJECTS = 12
SIZES = (60, 600, 6000)


# ── measuring ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Run:
    """How a consolidation is to be run, and of what."""

    submissions: int
    projects: int = PROJECTS
    jobs: int = 1
    cluster: str = ""


def consolidate(place: Path, run: Run) -> dict[str, float]:
    """Consolidate what was written, in this process, and return seconds, peak memory and what came of it."""
    from baiti_xl import desk
    from baiti_xl.books.console import write_console
    from baiti_xl.scale import processes

    book = rulebook_of(run.submissions)
    console = place / "操作台.xlsx"
    console.write_bytes(desk.render(lambda target: write_console(target, book, macros=False)))
    options: dict[str, Any] = {"jobs": run.jobs} | ({"cluster": run.cluster} if run.cluster else {})
    laps: list[float] = []

    def progress(items: Any, _: str) -> Iterator[Any]:
        yield from items
        laps.append(time.perf_counter())

    start, spent = time.perf_counter(), processor()
    done = desk.consolidate(place / "报送", place / "输出", console=console, progress=progress, **options)
    end = time.perf_counter()
    rows = sum(len(result.rows) for result in done.outcome.results)
    size = sum(path.stat().st_size for path in done.outputs if path.is_file())
    peak, reader = (
        peak_memory(),
        max((peak_memory(child.process.pid) for child in processes.idle), default=0.0),
    )
    processes.end_all()  # so that what reading took is told by the system
    return {
        "seconds": end - start,
        "processor": processor() - spent,
        "reading": laps[0] - start,
        "peak": peak,
        "reader": reader,
        "rows": rows,
        "megabytes": size / 1e6,
    }


def processor() -> float:
    """Return the processor time of this process and of those that it ended, in seconds."""
    return sum(os.times()[:4])


def measure(run: Run) -> dict[str, float]:
    """Measure a run in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        write_submissions(Path(name) / "报送", run.submissions, "issued", run.projects)
        return measure_there(Path(name), run)


def measure_there(place: Path, run: Run) -> dict[str, float]:
    """Measure a run over the submissions that lie in a place, in a process of its own."""
    given = [str(run.submissions), str(run.projects), str(run.jobs), run.cluster]
    command = [sys.executable, __file__, "--inside", str(place), *given]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def peak_memory(process: int | str = "self") -> float:
    """Return the most memory a process (default: this one) ever held, in MB; its parent's does not count."""
    import resource

    status = Path(f"/proc/{process}/status")
    held = re.search(r"VmHWM:\s*(\d+) kB", status.read_text()) if status.is_file() else None
    return int(held[1]) / 1024 if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(runs: Sequence[Run]) -> None:
    """Print the table of some runs, each beside the one before."""
    print(
        "| submissions | rows | processes | s | of it reading and checking, s | ms each | peak MB | peak KB each | results MB |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for run in runs:
        got = measure(run)
        count = run.submissions
        print(
            f"| {count:,} | {got['rows']:,.0f} | {run.jobs} | {got['seconds']:.1f} | {got['reading']:.1f} "
            f"| {1000 * got['seconds'] / count:.1f} | {got['peak']:.0f} | {1024 * got['peak'] / count:.0f} "
            f"| {got['megabytes']:.1f} |",
            flush=True,
        )


def main() -> None:
    """Print the table, or measure the one run asked for by another process."""
    if sys.argv[1:2] == ["--inside"]:
        place, count, projects, jobs, cluster = sys.argv[2:7]
        print(json.dumps(consolidate(Path(place), Run(int(count), int(projects), int(jobs), cluster))))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--projects", type=int, default=PROJECTS)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1])
    asked = parser.parse_args()
    report([Run(size, asked.projects, jobs) for size in asked.sizes for jobs in asked.jobs])


if __name__ == "__main__":
    main()
