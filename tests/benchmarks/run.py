"""`make bench`: every measurement in one run, printed as one Markdown document.

    python tests/benchmarks/run.py [--quick] [--only WORD] [--out FILE]

The README's rows on growth alone: `--only "as they grow"`.

Rivals are measured side by side, in alternating blocks of one process. `--quick` takes small sizes: a few minutes
in place of half an hour. What cannot be measured here is said in its place, with the reason.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE), str(HERE.parent)]

RIVALS = "python-calamine openpyxl docxtpl docx-mailmerge2 xlsxwriter distributed pyarrow".split()
STARTS = 7


class Skipped(Exception):
    """A measurement that cannot be made here; the message says why."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its title, what it says, and how it is measured."""

    title: str
    about: str
    measure: Callable[[bool], None]


# ── the measurements ─────────────────────────────────────────────────────────────────────────────


def reading(quick: bool) -> None:
    """Reading and checking against the bare readers, over the same files."""
    import bench_pipeline

    bench_pipeline.main(40 if quick else 600)


def processes(quick: bool) -> None:
    """Consolidate with one process and with several."""
    import bench_scale

    jobs = dict.fromkeys((1, 2, os.cpu_count() or 1))
    bench_scale.report([bench_scale.Run(60 if quick else 600, jobs=n) for n in jobs])


def duplicates(quick: bool) -> None:
    """The checks across units."""
    import bench_duplicates

    if quick:
        raise Skipped("takes minutes; left out by --quick")
    bench_duplicates.main()


def documents(quick: bool) -> None:
    """Our document engine against docxtpl."""
    try:
        import bench_engine
    except ImportError as error:
        raise Skipped(f"{error.name} is not installed") from error
    bench_engine.grow()
    bench_engine.compare(100 if quick else 1000)


def merging(quick: bool) -> None:
    """Our document engine against docx-mailmerge2."""
    try:
        import bench_mailmerge
    except ImportError as error:
        raise Skipped(f"{error.name} is not installed") from error
    bench_mailmerge.compare(100 if quick else 1000)


def clicks(quick: bool) -> None:
    """A click's calls into Excel against rows, on an Excel in memory that counts them as the real one crosses."""
    try:
        import xlwings_memory as memory
        from typical import MODEL, rulebook_of, tokens

        from baiti_xl import excel
    except ImportError as error:
        raise Skipped(f"{error.name} cannot be imported") from error
    from baiti_xl.books.console import write_console
    from baiti_xl.books.template import Filling, write_unworked

    book = rulebook_of(1)
    book = replace(book, units=(*book.units, MODEL))
    print(
        "| rows in the workbook | check: calls | check: s | clear: calls | clear: s |\n|--:|--:|--:|--:|--:|"
    )
    for rows in (3, 30) if quick else (3, 15, 60):
        with tempfile.TemporaryDirectory() as name, memory.running_excel() as app:
            os.environ["XDG_DATA_HOME"] = name
            filled = tokens(12)
            few = Filling(filled.cover, {sheet: held[:rows] for sheet, held in filled.rows.items()})
            path = Path(name) / "报送表.xlsx"
            with path.open("wb") as file:
                write_unworked(file, book, MODEL, few)
            with (path.parent / "操作台.xlsx").open("wb") as file:
                write_console(file, book, macros=False)
            opened = app.open(path)
            memory.unlock(opened)
            cells = [str(sum(len(held) for held in few.rows.values()))]
            for button in ("check", "clear"):
                memory.reset_calls()
                start = time.perf_counter()
                excel.run(button)
                cells += [str(memory.engine_calls()), f"{time.perf_counter() - start:.2f}"]
        print(f"| {' | '.join(cells)} |")


def proofs(quick: bool) -> None:
    """Papers, figure sheets and register against docxtpl."""
    import bench_papers

    bench_papers.main(60 if quick else 600)


def starts(_: bool) -> None:
    """The start of the command line, in processes of its own, in alternating order."""
    commands = {
        "python -c pass": ["-c", "pass"],
        "baiti-xl --version": ["-m", "baiti_xl", "--version"],
        "baiti-xl --help": ["-m", "baiti_xl", "--help"],
        "baiti-xl check FILE": ["-m", "baiti_xl", "check", "workbook/报送模板.xlsx"],
        "import openpyxl": ["-c", "import openpyxl"],
    }
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for _turn in range(STARTS):
        for name, arguments in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
            spent[name].append(time.perf_counter() - start)
    print("| command | best ms | median ms |\n|---|--:|--:|")
    for name, seconds in spent.items():
        ordered = sorted(seconds)
        print(f"| `{name}` | {1000 * ordered[0]:.0f} | {1000 * ordered[len(ordered) // 2]:.0f} |")


def readme(quick: bool) -> None:
    """The rows of the README on growth."""
    try:
        import bench_table
    except ImportError as error:
        raise Skipped(f"{error.name} is not installed") from error
    bench_table.main(quick)


SECTIONS = (
    Section(
        "Consolidation and papers as they grow",
        "The README's rows on growth. A process of its own for each size; rivals over 60 files or papers, times the number.",
        readme,
    ),
    Section(
        "Reading and checking", "Milliseconds a file; readers interleaved in blocks of 20 files.", reading
    ),
    Section("Consolidate with several processes", "`--jobs N` on this machine.", processes),
    Section("Checks across units", "Same project, voucher or guest in two units.", duplicates),
    Section("Documents against docxtpl", "Same template, same facts, files on disk.", documents),
    Section(
        "Papers with their proof",
        "Evaluation tables of six projects each beyond the consolidation, against docxtpl rendering the tables alone.",
        proofs,
    ),
    Section(
        "Documents against docx-mailmerge2",
        "The same letter, as merge fields there and as tags here.",
        merging,
    ),
    Section("A click's calls into Excel", "Calls that cross into Excel, by rows of the sheet.", clicks),
    Section("Start of the command line", f"{STARTS} turns, in alternating order.", starts),
)


# ── the document ─────────────────────────────────────────────────────────────────────────────────


def heading() -> Iterator[str]:
    """Yield what the figures rest on."""
    yield "# Benchmarks\n"
    yield f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {processor()}, {os.cpu_count()} cores, load {load()}.  "
    yield "Versions: " + ", ".join(f"{name} {installed(name)}" for name in RIVALS) + ".\n"


def load() -> str:
    """Return how busy the machine is before anything is measured."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def processor() -> str:
    """Return the processor's name."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )


def installed(name: str) -> str:
    """Return a rival's version."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def table(section: Section, quick: bool) -> str:
    """Return one section, measured in a process of its own so that none weighs on another."""
    start = time.perf_counter()
    command = [sys.executable, __file__, "--inside", section.title, *["--quick"] * quick]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    text = done.stdout if done.returncode == 0 else f"Failed: {done.stderr.strip().splitlines()[-1]}\n"
    return f"## {section.title}\n\n{section.about} Measured in {took:.0f} s.\n\n{text.strip()}\n"


def inside(title: str, quick: bool) -> None:
    """Measure one section; a measurement that cannot be made gives its reason instead."""
    try:
        next(section for section in SECTIONS if section.title == title).measure(quick)
    except Skipped as reason:
        print(f"Skipped: {reason}.")


@contextmanager
def written_to(path: Path | None) -> Iterator[TextIO]:
    """Give where the document goes."""
    if path is None:
        yield sys.stdout
        return
    with path.open("w", encoding="utf-8") as file:
        yield file


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything and print the document, section by section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--only", help="sections whose title holds this word")
    parser.add_argument("--out", type=Path, help="write the document to a file")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    asked: Any = parser.parse_args(arguments)
    if asked.inside:
        inside(asked.inside, asked.quick)
        return
    with written_to(asked.out) as target:
        print("\n".join(heading()), file=target, flush=True)
        for section in SECTIONS:
            if asked.only is None or asked.only.lower() in section.title.lower():
                print(table(section, asked.quick), file=target, flush=True)


if __name__ == "__main__":
    main()
