"""How long papers with their proof take beyond the consolidation: an evaluation table a unit, its figures, its register.

    python tests/benchmarks/bench_papers.py [UNITS [PROJECTS]]

A unit has six projects unless told, sixty visits, invitations and payments. The working folder was consolidated before, so that its archive is there. docxtpl renders the same tables from the same
facts through a template of its dialect, and nothing else. Times by the clock and by the processor, the best of three;
beyond the consolidation means less what reading, checking and working out the day take. Prints Markdown.
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jinja2
from docxtpl import DocxTemplate
from typical import write_submissions

from baiti_xl import desk
from baiti_xl.books.console import write_console
from baiti_xl.contest.records import Paper
from baiti_xl.desk import computing, printing
from baiti_xl.papers import catalogue
from baiti_xl.papers.assessment import KIND
from baiti_xl.press.engine.formats import FORMATS

RUNS, DAY = 3, date(2011, 7, 12)
Spent = tuple[float, float]


def clocks() -> Spent:
    """Return the time by the clock and by the processor."""
    return time.perf_counter(), time.process_time()


def less(one: Spent, other: Spent) -> Spent:
    """Return the difference of two times."""
    return one[0] - other[0], one[1] - other[1]


def timed(call: Callable[[], object]) -> Spent:
    """Return what a call takes, with nothing left to tidy up of the one before."""
    gc.collect()
    start = clocks()
    call()
    return less(clocks(), start)


@contextmanager
def watched(spent: list[Spent]) -> Iterator[None]:
    """Note what working out the day takes inside a run of documents."""

    def work_out(*given: Any, **more: Any) -> Any:
        start = clocks()
        done = computing.work_out(*given, **more)
        spent.append(less(clocks(), start))
        return done

    with patch.object(printing, "work_out", work_out):
        yield


def ours(place: Path, at: int) -> tuple[Spent, Sequence[Paper]]:
    """Return what papers, figures and register take beyond the consolidation, and the papers."""
    inner: list[Spent] = []
    held: list[printing.Documents] = []

    def run() -> None:
        held.append(
            desk.documents(
                [KIND], place / "报送", place / f"公文{at}", console=place / "操作台.xlsx", as_of=DAY
            )
        )

    with watched(inner):
        whole = timed(run)
    return less(whole, inner[0]), [w.paper for w in held[0].written]


def by_docxtpl(template: Path, papers: Sequence[Paper], out: Path) -> None:
    """Render the papers with docxtpl and our formats, as its users write it."""
    out.mkdir()
    formats = jinja2.Environment(autoescape=True)
    formats.filters.update({name: lenient(made) for name, made in FORMATS.items()})
    for number, paper in enumerate(papers):
        document = DocxTemplate(template)
        document.render({**paper.facts, "文号": "", "更正原因": ""}, jinja_env=formats)
        document.save(out / f"{number}.docx")


def lenient(form: Callable[..., object]) -> Callable[..., object]:
    """Return a format that passes on what it cannot format."""

    def formatted(value: Any, *given: Any) -> object:
        return form(value, *given) if isinstance(value, int | Decimal | date) else value

    return formatted


def main(units: int = 600, projects: int = 6) -> None:
    """Measure both and print the table."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        book = write_submissions(place / "报送", units, "bare", projects)
        with (place / "操作台.xlsx").open("wb") as target:
            write_console(target, book, macros=False)
        desk.consolidate(place / "报送", place / "输出", console=place / "操作台.xlsx", as_of=DAY)
        template = place / "模板.docx"
        template.write_bytes(catalogue.template_for(KIND, book))
        mine: list[Spent] = []
        theirs: list[Spent] = []
        for at in range(RUNS):
            spent, papers = ours(place, at)
            mine.append(spent)
            theirs.append(timed(partial(by_docxtpl, template, papers, place / f"docxtpl{at}")))
            for label, times in (("ours", mine), ("docxtpl", theirs)):
                print(f"run {at + 1}: {label} {told(times[-1], units)}", file=sys.stderr)
    print("| | ms a paper by the clock | ms a paper by the processor |\n|---|--:|--:|")
    quick = [tuple(min(spent[at] for spent in times) for at in (0, 1)) for times in (theirs, mine)]
    labels = ("docxtpl, the papers alone", "ours, with figure sheet and register")
    for label, best in zip(labels, quick, strict=True):
        print(f"| {label} | " + " | ".join(f"{1000 * seconds / units:.1f}" for seconds in best) + " |")
    ratios = (one / other for one, other in zip(*quick, strict=True))
    print("| times faster | " + " | ".join(f"{ratio:.1f}" for ratio in ratios) + " |")


def told(spent: Spent, units: int) -> str:
    """Return a time a paper."""
    return f"{1000 * spent[0] / units:.1f} ms ({1000 * spent[1] / units:.1f} of the processor)"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
