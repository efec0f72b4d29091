"""The ten kinds of documents: for whom, with which fields, made how; and their shipped templates."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from importlib.resources import files
from typing import Literal

from baiti_xl.contest.choices import PaperFormat, Seal
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.measures import Measure, Number, by_basis, comparisons
from baiti_xl.contest.records import FigureNote, Outcome, Paper
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sending import as_sent, sending_of
from baiti_xl.errors import UserError
from baiti_xl.papers import (
    assessment,
    coordination,
    correction,
    explanation,
    exposure,
    forwarding,
    honours,
    meeting,
    progress,
    summary,
)
from baiti_xl.papers.earlier import with_facts, with_fields
from baiti_xl.papers.fields import Declared, explained, spec_of
from baiti_xl.press.charts import insert_charts, is_chart
from baiti_xl.press.engine import CompiledTemplate, FieldSpec
from baiti_xl.press.layout import PageStyle, build_template
from baiti_xl.press.layout_check import Seen
from baiti_xl.press.listing import QUICK, Listed, attach
from baiti_xl.press.marks import Mark, marks_of
from baiti_xl.press.readback import layout_faults
from baiti_xl.press.settle import settle_in

Make = Callable[[Outcome, Rulebook, Collection[str]], Iterator[Paper]]
Per = Literal["全县", "单位", "部门"]
EACH = re.compile("⟦(.*?)⟧")
WIDTHS, RATES = "宽 ", "比率"
WIDEST = 217
# Of columns in mm: what they want, and the least in which a figure still stands on one line.
WIDTH_OF = {Number.WHOLE: (11, 9), Number.SHARED: (11, 9), Number.MONEY: (17, 16), Number.RATE: (15, 14)}
RANK_WIDTH = (10, 7)
OLD_DATE = ("{{ 成文日期|日期 }}", "{{ 成文日期|汉字日期 }}")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: one for all, one a unit or one a department; its fields, and what makes it.

    `always` tells for whom there is one whatever there is to say ("" for all), None if that hangs on the contents.
    """

    name: str
    per: Per
    declared: Declared
    make: Make
    always: Callable[[Outcome], Iterable[str]] | None = None

    @property
    def source_name(self) -> str:
        """The file of its wording in `wordings/`."""
        return f"{self.name}.txt"

    @property
    def fields(self) -> FieldSpec:
        """Every field its template may use."""
        return spec_of(with_fields(self.declared))

    @property
    def explanations(self) -> Mapping[str, str]:
        """Every field as it is written in a template, with what it is."""
        return dict(explained(with_fields(self.declared)))


def for_all(_: Outcome) -> tuple[str]:
    """Return that there is one for all."""
    return ("",)


KINDS = (
    Kind(forwarding.KIND, "全县", forwarding.FIELDS, forwarding.papers, for_all),
    Kind(meeting.KIND, "全县", meeting.FIELDS, meeting.papers),
    Kind(progress.KIND, "全县", progress.FIELDS, progress.papers, for_all),
    Kind(explanation.KIND, "单位", explanation.FIELDS, explanation.papers),
    Kind(correction.KIND, "单位", correction.FIELDS, correction.papers),
    Kind(coordination.KIND, "部门", coordination.FIELDS, coordination.papers),
    Kind(assessment.KIND, "单位", assessment.FIELDS, assessment.papers, assessment.units),
    Kind(summary.KIND, "全县", summary.FIELDS, summary.papers, for_all),
    Kind(honours.KIND, "全县", honours.FIELDS, honours.papers),
    Kind(exposure.KIND, "全县", exposure.FIELDS, exposure.papers),
)
NAMES = tuple(kind.name for kind in KINDS)


def kind_of(name: str) -> Kind:
    """Return the kind of this name; raises UserError if there is none."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise UserError(f"没有“{name}”这种公文，可用的有：{'、'.join(NAMES)}。")


def papers(kind: str, outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> list[Paper]:
    """Return the papers of a kind, of the units asked for if it is one a unit; none if there is nothing to say.

    Sender, addressees, signer and seal are those of the sheet 发文.
    """
    held, made = sending_of(book, kind), kind_of(kind).make
    own = {"主送": held.to, "抄送单位": held.copied, "签发人": held.signer}
    sent = as_sent(book, kind)
    return [
        replace(
            paper,
            facts=with_facts({n: own.get(n) or value for n, value in paper.facts.items()}),
            sealed=sent.seal == Seal.YES,
        )
        for paper in made(outcome, sent, units)
    ]


def whom(kind: str, outcome: Outcome, book: Rulebook) -> Iterator[str]:
    """Yield for whom there is a paper of a kind, "" for all; made only where that hangs on its contents."""
    always = kind_of(kind).always
    yield from always(outcome) if always else (paper.unit for paper in papers(kind, outcome, book))


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished .docx, the marks of the figures it prints, and what is wrong with its layout."""

    data: bytes
    marks: Sequence[Mark]
    faults: Sequence[str]

    @property
    def count(self) -> int:
        """How many times it prints a figure."""
        return len(self.marks)

    @property
    def digest(self) -> str:
        """The hash by which the register knows it."""
        return hashlib.sha256(self.data).hexdigest()


def finish(
    paper: Paper, template: CompiledTemplate, number: str, correction: str = "", day: str = "", head: str = "",
    seen: Seen | None = None,
) -> Finished:  # fmt: skip
    """Return a paper under a document number (or the draft's mark), made on the figures of a day, its layout looked at.

    `seen` is what papers of its kind share; `correction` says why it is issued anew. The paper carries the list of its
    figures, by which it can be read back, and the `head` of the register before it.
    """
    charts = {name: data for name, data in paper.pictures.items() if is_chart(data)}
    pictures = {name: data for name, data in paper.pictures.items() if name not in charts}
    package = template.opened({**paper.facts, "文号": number, "更正原因": correction}, pictures=pictures)
    if charts:
        insert_charts(package, charts)
    marks = marks_of(settle_in(package, seal=paper.sealed))
    about = {"kind": paper.kind, "unit": paper.unit, "day": day, "number": number, "title": paper.title}
    about |= {"head": head} if head else {}
    attach(package, about, [listed(mark, paper.figures[int(mark.ident) - 1]) for mark in marks])
    package.hold()
    faults = layout_faults(package, seen)
    return Finished(package.close(QUICK), marks, faults)


def listed(mark: Mark, note: FigureNote) -> Listed:
    """Return a printed figure as its paper lists it."""
    return Listed(mark.key, mark.place, note.name, mark.text, mark.before, note.shown)


def source_of(kind: str) -> str:
    """Return the wording of a kind as text, its columns a comparison written out."""
    text = (files("baiti_xl.papers") / "wordings" / kind_of(kind).source_name).read_text("utf-8")
    return EACH.sub(written_out, text)


def written_out(found: re.Match[str]) -> str:
    """Return what stands between ⟦ and ⟧ once a comparison, the widths of a table of such columns, or which are rates."""
    inner = found.group(1)
    if inner == RATES:
        return "、".join(m.name for m in comparisons() if m.is_rate)
    if inner.startswith(WIDTHS):
        return widths(*map(int, inner.removeprefix(WIDTHS).split(",")))
    return "".join(reduce(lambda text, part: text.replace(*part), names(m), inner) for m in comparisons())


def names(item: Measure) -> tuple[tuple[str, str], ...]:
    """Return what stands for a comparison in a wording: its names, and its unit on a line of its own."""
    visitors = item.unit is by_basis
    unit = "{{ 客商单位 }}" if visitors else item.unit(default_rulebook())
    return (
        ("〈名称〉", item.name),
        ("〈称谓〉", item.spoken),
        ("〈单位行〉", f"\\n（{unit}）" if unit else ""),
    )


def widths(first: int, second: int, score: int, rank: int) -> str:
    """Return the widths of a table as parts of its line: two columns a comparison between those before and the score's.

    Those of the plan have the width they want in mm. More of them share that room: what can be narrower gives way
    first, so that no figure is broken.
    """
    wanted, least = (
        [width for m in comparisons() for width in (WIDTH_OF[m.number][at], RANK_WIDTH[at])] for at in (0, 1)
    )
    room = WIDEST - first - second - score - rank
    slack = sum(wanted) - sum(least)
    excess = min(max(sum(wanted) - room, 0), slack)
    fitted = [w - -(-(w - low) * excess // slack) for w, low in zip(wanted, least, strict=True)]
    return ",".join(map(str, (first, second, *fitted, score, rank)))


def template_for(kind: str, book: Rulebook) -> bytes:
    """Return the shipped template of a kind in the layout that the rulebook asks for."""
    book = as_sent(book, kind)
    source = source_of(kind)
    old = book.paper_format == PaperFormat.OLD
    if old:
        source = "\n".join(map(dated_of_old, source.splitlines()))
    sealed = book.seal == Seal.YES
    return build_template(source, style=PageStyle("1999", sealed) if old else PageStyle(seal=sealed))


def dated_of_old(line: str) -> str:
    """Return a line of the head with 成文日期 in Chinese numerals, as in 1999."""
    return line.replace(*OLD_DATE) if line.startswith("成文日期") else line
