"""生成文书: documents with their figure sheets and numbers, and templates checked before they are used."""

import getpass
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from baiti_xl.books.figures import Printed, write_figures
from baiti_xl.books.results import stamp
from baiti_xl.contest.records import Matter, Outcome, Paper
from baiti_xl.contest.rulebook import Rulebook, Sending
from baiti_xl.contest.sending import sending_of
from baiti_xl.desk.computing import work_out
from baiti_xl.desk.consolidating import archive_entries, notes_after
from baiti_xl.desk.entering import with_entered
from baiti_xl.desk.entries import CORRECT, ISSUE, Issued, freeze
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import Past, check_places
from baiti_xl.desk.heads import Said
from baiti_xl.desk.issuing import issue as issue_number
from baiti_xl.desk.issuing import last_issue, next_number, next_version
from baiti_xl.desk.outputs import render
from baiti_xl.desk.publishing import frozen
from baiti_xl.desk.reading import Progress, rare_collections, silent
from baiti_xl.desk.reviewing import Numbered, check_answered, every_matter, numbered
from baiti_xl.desk.rules import check_open, load_rules, working_folder
from baiti_xl.desk.staging import Output
from baiti_xl.desk.store import Store
from baiti_xl.desk.templates import known_kinds, other_formats, template_of
from baiti_xl.papers import catalogue
from baiti_xl.papers.catalogue import Finished
from baiti_xl.papers.coordination import KIND as LETTER
from baiti_xl.papers.due import CONSOLE_ONLY, NOTHING_TO_SAY, not_due
from baiti_xl.papers.phrases import COUNTY_WIDE
from baiti_xl.press.engine import CompiledTemplate
from baiti_xl.press.engine.rendering import TooLong
from baiti_xl.press.layout_check import Seen
from baiti_xl.press.marks import Mark

MOST_CHANGES = 6  # named in a message
TOO_LONG = "内容超过 1 亿个字符，这么长的公文本程序检查不了、也核对不了。请在模板里删去逐单位、逐项目列的附件表，这些数字都在汇总结果里"


@dataclass(frozen=True, slots=True)
class Written:
    """One document written: its paper, its number ("" for none or a draft), its file, the figure sheet of its kind, and how many
    figures it prints."""

    paper: Paper
    number: str
    file: Path
    figures: Path
    count: int


@dataclass(frozen=True, slots=True)
class Documents:
    """What a run of documents wrote, from what, why the other kinds were left out, and the matters that wait for an answer.

    `changes` are the figures that papers issued anew print otherwise; `quiet` are the kinds that were due with nothing to say,
    `refused` those of which a paper could not be made; `papers` says how many of all that are due have their numbers now.
    """

    outcome: Outcome
    written: tuple[Written, ...]
    left_out: Mapping[str, str]
    note: str = ""
    matters: tuple[Matter, ...] = ()
    changes: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    papers: Numbered | None = None
    refused: tuple[str, ...] = ()

    @property
    def open(self) -> int:
        """How many matters of the review wait for an answer."""
        return sum(matter.answer is None for matter in self.matters)


@rare_collections()
def documents(
    kinds: Sequence[str],
    folder: Path | str,
    out: Path,
    *,
    console: Path | None = None,
    as_of: date | None = None,
    since: date | None = None,
    dated: date | None = None,
    units: Sequence[str] = (),
    draft: bool = False,
    reissue: str = "",
    overwrite: bool = False,
    progress: Progress = silent,
) -> Documents:
    """Write the documents of some kinds (or `all` that are due), each with its figure sheet, from a folder of submissions.

    The period compared begins at the last 报送截止日 unless `since` is given; papers bear the day `dated` (default: the
    统计日). Nothing is numbered while a matter of the review is open, nor a kind that is not due; drafts always come. The
    same bytes are the same paper; others for the same kind, unit and day are refused unless `reissue` gives a reason. Raises
    as `consolidate`, and ActionError for an unknown kind or unit or a template that is wrong.
    """
    check_places(folder, out)
    book, reissue = load_rules(console), reissue.strip()
    if not draft:
        check_open(book, "编号")
    names = known_kinds(kinds)
    unknown = [code for code in units if book.unit(code) is None]
    if unknown:
        raise ActionError(f"单位名录里没有代码：{'、'.join(unknown)}。请核对 --unit。")
    place = working_folder(console, folder, out)
    store = Store(place)
    book = with_entered(book, store)
    done = work_out(
        folder,
        store,
        book,
        as_of,
        since,
        anew=draft or bool(reissue),
        by_period=True,
        dated=dated,
        may_be_empty="all" in kinds or set(names) <= set(CONSOLE_ONLY),
        progress=progress,
    )
    read, world, outcome, console_rules = done.read, done.world, done.outcome, book
    book = world.book
    if not all(identity.holds for identity in outcome.identities):
        raise ActionError("对账不符，这是程序的缺陷，没有生成公文。请把报送文件发给维护人员。")
    left_out = {name: reason for name in names if (reason := not_due(name, outcome, book))}
    if "all" not in kinds:
        left_out = kept_out(left_out, book, draft=draft)
    papers = [
        p for name in names if name not in left_out for p in catalogue.papers(name, outcome, book, units)
    ]
    templates = {name: template_of(name, book, place) for name in dict.fromkeys(p.kind for p in papers)}
    quiet = {n: NOTHING_TO_SAY.get(n, "没有内容") for n in names if n not in templates and n not in left_out}
    found = every_matter(outcome, book, papers, store, console_rules)
    to_number = {p.kind for p in papers if sending_of(book, p.kind).numbered}
    if not draft and to_number:
        check_numbering(to_number, templates, outcome, since, units)
        check_answered(found, outcome.day)
    press = Press(book, outcome, out, templates, draft, overwrite, reissue, world.past, found, "all" in kinds)
    entries = [] if draft else archive_entries(folder, store, outcome, read)
    files = {e.hash: read.paths[e.hash] for e in entries}
    paths = store.publish(
        lambda connection: press.outputs(connection, progress(HandedOver(papers), "生成公文")), files, entries
    )
    formats = other_formats(templates, book, place)
    told = (world.note(read), *formats, notes_after(store, book), *press.faults)
    note = "\n".join(filter(None, told))
    sheets = dict(zip(press.kinds, paths[len(press.made) :], strict=True))
    written = tuple(
        Written(one.paper, one.number, path, sheets[one.paper.kind], one.done.count)
        for one, path in zip(press.made, paths, strict=False)
    )
    refused = dict.fromkeys(press.refused, TOO_LONG)
    return Documents(
        outcome,
        written,
        left_out | quiet | refused,
        note,
        found,
        changes=tuple(press.changes),
        quiet=tuple(quiet),
        papers=numbered(outcome, book, store),
        refused=tuple(refused),
    )


def check_numbering(
    kinds: Collection[str],
    templates: Mapping[str, CompiledTemplate],
    outcome: Outcome,
    since: date | None,
    units: Sequence[str],
) -> None:
    """Raise ActionError if papers cannot be numbered: of a day to come, compared otherwise than with the period before, of part of
    what a letter says, or from a template without a place for the number."""
    if outcome.day > date.today():
        raise ActionError(f"统计日 {outcome.day} 还没有到，不能编号发出。先看草稿用 --draft。")
    if since:
        raise ActionError(
            "编号发出的文书只与上期比较，不能用 --since（首页“比较日”）。要看别的比较，先出草稿用 --draft。"
        )
    if units and LETTER in kinds:
        raise ActionError(
            "协办函按部门写全部手续，编号时不能用 --unit（首页“只为这些单位”）。先看草稿用 --draft。"
        )
    for kind in kinds:
        if "文号" not in templates[kind].used_fields:
            raise ActionError(
                f"{kind}的模板里没有 {{{{ 文号 }}}} 这个字段，编不了号。请补回，或在“发文”表把编号改为“否”。"
            )


def kept_out(left_out: Mapping[str, str], book: Rulebook, *, draft: bool) -> dict[str, str]:
    """Return nothing of kinds that were asked for by name; raises ActionError if one would be numbered before it is due."""
    early = {name: reason for name, reason in left_out.items() if sending_of(book, name).numbered}
    if early and not draft:
        told = "；".join(f"{name}：{reason}" for name, reason in early.items())
        raise ActionError(f"现在不能编号发出。{told}。先看草稿用 --draft。")
    return {}


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Papers taken from a list one by one, so that what is refused is not held any longer."""

    papers: list[Paper]

    def __len__(self) -> int:
        return len(self.papers)

    def __iter__(self) -> Iterator[Paper]:
        while self.papers:
            yield self.papers.pop(0)


@dataclass(frozen=True, slots=True)
class Made:
    """A paper that was made: its number ("" for none or a draft), and its document."""

    paper: Paper
    number: str
    done: Finished

    @property
    def stem(self) -> str:
        """The name of its file without ending; one with a number has it in its name, so that no draft passes for it."""
        return stem_of(self.paper, self.number)


@dataclass
class Press:
    """Prints papers under the register's lock: gives numbers, renders, and enters what was issued.

    Of `every` kind a paper that is too long is refused, and the others are made.
    """

    book: Rulebook
    outcome: Outcome
    out: Path
    templates: Mapping[str, CompiledTemplate]
    draft: bool
    overwrite: bool
    reissue: str
    past: Past
    matters: Sequence[Matter] = ()
    every: bool = False
    made: list[Made] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    numbered: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    said: Said = field(default_factory=lambda: Said("papers"))
    seen: tuple[str, Seen | None] = ("", None)

    def outputs(self, connection: sqlite3.Connection, papers: Iterable[Paper]) -> list[Output]:
        """Return the documents, then the figure sheet of each kind. Raises ActionError if one was issued with other contents."""
        for paper in papers:
            try:
                self.made.append(self.document(connection, paper))
            except TooLong as error:
                if not self.every:
                    raise ActionError(f"{paper.kind}没有生成：{TOO_LONG}。") from error
                self.refused.append(paper.kind)
        self.seen = "", None
        outputs = [Output(self.out, f"{one.stem}.docx", one.done.data, self.overwrite) for one in self.made]
        for kind in self.kinds:
            name = f"核稿_{kind}_{self.outcome.day}.xlsx"
            outputs.append(Output(self.out, name, partial(self.sheet, kind), self.overwrite))
            self.faults.append(self.layout_faults(kind))
        if self.numbered:
            who, moment = who_and_when()
            files = self.past.rests_on()
            entry = frozen(self.outcome, self.book, files, self.numbered, self.reissue, who, moment)
            freeze(connection, entry)
        return outputs

    @property
    def kinds(self) -> list[str]:
        """The kinds of which papers were made, in their order."""
        made = {one.paper.kind for one in self.made}
        return [kind for kind in self.templates if kind in made]

    def sheet(self, kind: str, paths: Sequence[Path]) -> bytes:
        """Return the figure sheet of a kind, whose papers go where these paths say."""
        of_kind = [
            Printed(one.paper, self.whom(one.paper), path.name, one.number, one.done.marks)
            for one, path in zip(self.made, paths, strict=False)
            if one.paper.kind == kind
        ]
        return render(lambda target: write_figures(target, kind, of_kind, stamp(self.outcome, self.book)))

    def whom(self, paper: Paper) -> str:
        """Return for whom a paper is."""
        unit = self.book.unit(paper.unit) if paper.unit else None
        return unit.name if unit else paper.unit or COUNTY_WIDE

    def layout_faults(self, kind: str) -> str:
        """Return what is wrong with the layout of the papers of a kind as they were made, each fault once; "" for nothing."""
        made = (one.done for one in self.made if one.paper.kind == kind)
        faults = list(dict.fromkeys(fault for done in made for fault in done.faults))
        more = f"；还有 {len(faults) - MOST_CHANGES} 处" if len(faults) > MOST_CHANGES else ""
        return f"{kind}的模板做出的版式有问题：{'；'.join(faults[:MOST_CHANGES])}{more}" if faults else ""

    def document(self, connection: sqlite3.Connection, paper: Paper) -> Made:
        """Return a paper as a document; a new number, or a new version of one, is entered with the document's hash."""
        sending, template = sending_of(self.book, paper.kind), self.templates[paper.kind]
        if self.draft or not sending.numbered or "文号" not in template.used_fields:
            number = f"{sending.code}〔____〕____号" if sending.numbered else ""
            return Made(paper, "", self.finish(paper, number))
        known = last_issue(connection, paper.kind, paper.unit, str(self.outcome.day))
        entry = replace(known, series=known.series or self.book.issuer_code) if known else None
        entry = entry or self.first(connection, paper, sending)
        done = self.issued(connection, paper, entry)
        if known and done.digest != known.hash:  # perhaps numbered by a version that put no head into papers
            plain = self.finish(paper, entry.text, entry.reason)
            done = plain if plain.digest == known.hash else done
        if known and done.digest == known.hash:
            return Made(paper, entry.text, done)
        if known:
            changed = differences(known, paper)
            if not self.reissue:
                raise ActionError(already_issued(entry, changed, self.outcome.paper_day))
            entry = self.again(connection, entry, paper, sending)
            done = self.issued(connection, paper, entry)
            self.changes += [f"{entry.text}　{change}" for change in changed]
        self.numbered.append(paper.kind)
        figures = json.dumps(printed(paper, done.marks), ensure_ascii=False)
        issue_number(connection, replace(entry, hash=done.digest, figures=figures))
        return Made(paper, entry.text, done)

    def issued(self, connection: sqlite3.Connection, paper: Paper, entry: Issued) -> Finished:
        """Return a paper finished as an entry has it, with the head of the register before that entry."""
        said = self.said.read(connection)
        head = said.before.get((entry.series, entry.year, entry.number, entry.version), said.head)
        return self.finish(paper, entry.text, entry.reason, head)

    def finish(self, paper: Paper, number: str, correction: str = "", head: str = "") -> Finished:
        """Return a paper finished under a number."""
        if paper.kind != self.seen[0]:
            self.seen = paper.kind, Seen()
        day, template = str(self.outcome.day), self.templates[paper.kind]
        return catalogue.finish(paper, template, number, correction, day, head, self.seen[1])

    def first(self, connection: sqlite3.Connection, paper: Paper, sending: Sending) -> Issued:
        """Return the entry of a paper that gets a new number, its hash still to come."""
        year = self.outcome.paper_day.year
        was_first = sending.code == self.book.issuer_code
        number = next_number(connection, sending.code, year, sending.first, was_first=was_first)
        return self.entry(Issued(sending.code, year, number, 1, ISSUE, *[""] * 13), paper, sending)

    def again(self, connection: sqlite3.Connection, known: Issued, paper: Paper, sending: Sending) -> Issued:
        """Return the entry of a paper that is issued anew under its number."""
        return self.entry(
            replace(known, version=next_version(connection, known), act=CORRECT), paper, sending
        )

    def entry(self, number: Issued, paper: Paper, sending: Sending) -> Issued:
        """Return an entry of the register filled in for a paper."""
        who, moment = who_and_when()
        answers = [
            (m.mark, m.what, a.answer, a.reason, a.answered_by, str(a.day))
            for m in self.matters
            if (a := m.answer)
        ]
        return replace(
            number,
            kind=paper.kind,
            unit=paper.unit,
            day=str(self.outcome.day),
            dated=str(self.outcome.paper_day),
            signer=sending.signer,
            title=paper.title,
            file=f"{stem_of(paper, number.text)}.docx",
            answers=json.dumps(answers, ensure_ascii=False),
            reason=self.reissue,
            who=who,
            moment=moment,
        )


def stem_of(paper: Paper, number: str) -> str:
    """Return the file name of a paper without ending, with its number if it has one."""
    return f"{paper.stem}_{number}" if number else paper.stem


def who_and_when() -> tuple[str, str]:
    """Return who runs the program, and the moment."""
    return getpass.getuser(), datetime.now().isoformat(" ", "seconds")


def printed(paper: Paper, marks: Iterable[Mark]) -> list[tuple[str, str, str, list[str]]]:
    """Return the figures of a paper as the register keeps them: place, name, as noted, as printed each time."""
    texts: dict[str, list[str]] = {}
    for mark in marks:
        texts.setdefault(mark.ident, []).append(mark.text)
    return [
        (note.place, note.name, note.shown, texts.get(str(number), []))
        for number, note in enumerate(paper.figures, 1)
    ]


def differences(known: Issued, paper: Paper) -> list[str]:
    """Return the figures that a paper prints otherwise than its last version."""
    before = {(place, name): shown for place, name, shown, *_ in json.loads(known.figures)}
    now = {(note.place, note.name): note.shown for note in paper.figures}
    return [
        f"{place} {name}：{before.get((place, name), '—')} → {now.get((place, name), '—')}"
        for place, name in dict.fromkeys((*before, *now))
        if before.get((place, name)) != now.get((place, name))
    ]


def already_issued(entry: Issued, changed: Sequence[str], dated: date) -> str:
    """Return that a paper was issued with other contents, what differs, and the way out."""
    shown = "；".join(changed[:MOST_CHANGES]) + (
        f"；还有 {len(changed) - MOST_CHANGES} 处" if len(changed) > MOST_CHANGES else ""
    )
    what = f"数字有变：{shown}" if changed else "数字没有变，文字、模板或设置变了"
    if entry.dated != str(dated):
        what = f"发出时的成文日期是 {entry.dated}，现在是 {dated}；{what}"
    return (
        f"{entry.kind} {entry.day} 已编为 {entry.text} 发出，现在生成的内容与发出的不同，没有写出任何文件。{what}。"
        "要改发，用 --reissue 写明原因（首页“改发原因”），仍用原号，标明更正。"
    )
