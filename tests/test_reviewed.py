"""What whoever checks a paper goes by: each figure with its place and its records, and what a template may use."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby

import pytest
from test_documents import finished, lines_of
from test_facts import case, papers_of

from baiti_xl.contest.choices import Flag, Said
from baiti_xl.contest.records import Explained, Exposed, FigureNote, Meeting, Paper
from baiti_xl.count.commend import grave_words, owed_words
from baiti_xl.papers import catalogue


def sources_of(note: FigureNote) -> str:
    """Return the records of a figure: unit, sheet and rows; a share of less than a row behind its row."""
    parts = [note.lines, note.denominator_lines] if note.denominator is not None else [note.lines]
    return " ÷ ".join(
        "；".join(
            f"{unit} {sheet}{'、'.join(f'{line.row}={round(line.value, 4).normalize():f}' for line in lines)}"
            for (unit, sheet), lines in groupby(part, key=lambda line: (line.unit, line.sheet))
        )
        for part in parts
    )


def reviewed(paper: Paper) -> Iterator[str]:
    """Yield every figure of a paper with its place and its records, then every record with what it is."""
    for note in paper.figures:
        yield " | ".join((note.place, note.name, note.shown, sources_of(note)))
    held = {line for note in paper.figures for line in (*note.lines, *note.denominator_lines)}
    for place in sorted({(line.unit, line.file, line.sheet, line.row, line.label) for line in held}):
        yield " ".join(map(str, place))


def written(paper: Paper) -> str:
    """Return how a paper reads, then its figures and records."""
    return "\n".join((*lines_of(finished(paper)), "", *reviewed(paper))) + "\n"


def test_units_proposed_for_exposure_stand_with_what_was_found_and_those_without_findings(
    golden: Callable[[str, str], None],
) -> None:
    """One at 约谈 in two periods running, one that owes an explanation, one that was only reminded."""
    outcome, book = case("两期")
    idle = next(e for e in outcome.evidence_of("X03") if e.flag is Flag.IDLE)
    lacking = next(e for e in outcome.evidence_of("X02") if e.flag is Flag.LACKING)
    idle = replace(idle, running=2, talks=2, lines=lacking.lines)
    meetings = [
        Meeting(n, date(2011, 4 + n, 13), date(2011, 4 + n, 1), date(2011, 4 + n, 13)) for n in (1, 2)
    ]
    owed = [Explained(outcome.result("X04").unit, meeting, Said.MISSING) for meeting in meetings]
    proposed = (
        Exposed(idle.unit, (grave_words(idle),), (idle,)),
        Exposed(outcome.result("X04").unit, tuple(owed_words(owed))),
    )
    changed = replace(outcome, evidence=(lacking, idle), exposed=proposed)
    (paper,) = catalogue.papers("曝光送审稿", changed, book)
    golden("figures/曝光送审稿_建议.txt", written(paper))


def test_where_the_figures_of_a_report_with_inspections_stand(golden: Callable[[str, str], None]) -> None:
    (paper,) = papers_of("两期", "考核总结")
    golden("figures/考核总结_两期.txt", "\n".join(reviewed(paper)) + "\n")


@pytest.mark.parametrize("kind", catalogue.NAMES)
def test_where_each_figure_stands_and_what_it_rests_on(kind: str, golden: Callable[[str, str], None]) -> None:
    papers = papers_of("并列", kind) or papers_of("有错", kind)
    golden(
        f"figures/{kind}.txt",
        "\n".join(reviewed(papers[0]) if papers[0].figures else ["（没有数字）"]) + "\n",
    )


def test_what_may_stand_in_a_template(golden: Callable[[str, str], None]) -> None:
    """Staff write their own templates with these names: one that goes, or changes its meaning, is seen here."""
    lines = [
        f"{kind.name} {path} {meaning}"
        for kind in catalogue.KINDS
        for path, meaning in kind.explanations.items()
    ]
    golden("fields.txt", "\n".join(lines) + "\n")
