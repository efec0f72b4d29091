"""How consolidate grows: seconds and peak memory for 60, 600 and 6,000 submissions, one process a size.

    python tests/benchmarks/bench_scale.py [SUBMISSIONS …] [--projects N] [--jobs N …]

Every submission has 60 visits, 60 invitations, N projects (12 unless told) and 60 vouchers, all names different
from every other unit's. One file is written by the program itself; the others are it with names and codes
changed, since writing thousands of workbooks would take longer than reading them. Prints Markdown.
"""

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench_duplicates import CITIES, GOODS, KINDS, TRADES
from typical import ROWS, filling, rulebook_of

from baiti_xl.records import Unit
from baiti_xl.workbooks.submission import Filling, write_template
from baiti_xl.zips import Archive, entries_of, laid_out, packed

PROJECTS = 12
SIZES = (60, 600, 6000)
MODEL = Unit("U99999", "样例单位99999", "乡镇")
STRINGS = "xl/sharedStrings.xml"
COMMON = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
BRANDS = random.Random(2011).sample(COMMON, 800)
TOKEN = re.compile(r"@([EP])(\d{3})@")


@dataclass(frozen=True, slots=True)
class Mould:
    """One written submission, from which others are cast by changing its strings; all other parts stay packed."""

    others: Archive
    strings: str

    def cast(self, unit: Unit, number: int) -> bytes:
        """Return the submission of another unit, with names of its own."""
        rng = random.Random(number)
        names: dict[str, str] = {}

        def fixed(match: re.Match[str]) -> str:
            if match[0] not in names:
                names[match[0]] = (enterprise if match[1] == "E" else project)(rng)
            return names[match[0]]

        strings = TOKEN.sub(fixed, self.strings).replace(MODEL.name, unit.name).replace(MODEL.code, unit.code)
        return self.others.with_entries([packed(STRINGS, strings.encode())])


def enterprise(rng: random.Random) -> str:
    """Return an invented enterprise."""
    return f"{rng.choice(CITIES)}{''.join(rng.sample(BRANDS, 3))}{rng.choice(TRADES)}有限公司"


def project(rng: random.Random) -> str:
    """Return an invented project's name."""
    return f"{rng.choice(KINDS)}{rng.choice(GOODS)}项目"


def mould(projects: int) -> Mould:
    """Return a submission with so many projects whose names are to be filled in."""
    target = BytesIO()
    write_template(target, rulebook_of(1), MODEL, tokens(projects))
    entries = {entry.name: entry for entry in entries_of(target.getvalue())}
    strings = entries.pop(STRINGS).data().decode()
    return Mould(laid_out(entries.values()), strings)


def tokens(projects: int) -> Filling:
    """Return the typical rows with a mark in the place of each name."""
    filled = filling(MODEL.code, 0)
    rows = {sheet: [list(row) for row in table] for sheet, table in filled.rows.items()}
    rows["项目台账"] = rows["项目台账"][:projects]
    for at in range(ROWS):
        rows["拜访客商"][at][4] = f"@E{at:03}@"
        rows["邀请客商"][at][2] = f"@E{ROWS + at:03}@"
    for at, row in enumerate(rows["项目台账"]):
        row[1], row[2] = f"@P{at:03}@", f"@E{2 * ROWS + at:03}@"
    for at, row in enumerate(rows["到位资金"]):
        of = rows["项目台账"][at % projects]
        row[0], row[6] = of[0], of[2]
    return Filling(filled.cover, rows)


# ── measuring ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Run:
    """How a consolidation is to be run, and of what."""

    submissions: int
    projects: int = PROJECTS
    jobs: int = 1
    cluster: str = ""


def write_all(folder: Path, run: Run) -> None:
    """Write the submissions of a run."""
    folder.mkdir(parents=True)
    cast = mould(run.projects)
    for number, unit in enumerate(rulebook_of(run.submissions).units):
        (folder / f"{unit.code}_{unit.name}_报送表.xlsx").write_bytes(cast.cast(unit, number))


def consolidate(place: Path, run: Run) -> dict[str, float]:
    """Consolidate what was written, in this process, and return seconds, peak memory and what came of it."""
    from baiti_xl import actions
    from baiti_xl.workbooks.console import write_console

    book = rulebook_of(run.submissions)
    console = place / "操作台.xlsx"
    console.write_bytes(actions.render(lambda target: write_console(target, book, macros=False)))
    options: dict[str, Any] = {"jobs": run.jobs} | ({"cluster": run.cluster} if run.cluster else {})
    laps: list[float] = []

    def progress(items: Any, _: str) -> Iterator[Any]:
        yield from items
        laps.append(time.perf_counter())

    start = time.perf_counter()
    done = actions.consolidate(place / "报送", place / "输出", console=console, progress=progress, **options)
    end = time.perf_counter()
    rows = sum(len(result.rows) for result in done.outcome.results)
    size = sum(path.stat().st_size for path in done.outputs if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": end - start,
        "reading": laps[0] - start,
        "peak": peak,
        "rows": rows,
        "megabytes": size / 1e6,
    }


def measure(run: Run) -> dict[str, float]:
    """Measure a run in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        write_all(Path(name) / "报送", run)
        given = [str(run.submissions), str(run.projects), str(run.jobs), run.cluster]
        command = [sys.executable, __file__, "--inside", name, *given]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def report(runs: Sequence[Run]) -> None:
    """Print the table of some runs, each beside the one before."""
    print("| 份数 | 行数 | 进程 | 合计 s | 其中读+校验 s | ms/份 | 内存峰值 MB | KB/份 | 结果 MB |")
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
