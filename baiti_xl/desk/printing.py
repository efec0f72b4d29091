"""生成文书: documents with their figure sheets and numbers, and templates checked before they are used."""

import getpass
import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from baiti_xl.books.figures import write_figures
from baiti_xl.books.results import stamp
from baiti_xl.contest.records import Outcome, Paper
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.computing import work_out
from baiti_xl.desk.consolidating import archive_entries, notes_after
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.factory import is_untouched
from baiti_xl.desk.gathering import Past, check_places
from baiti_xl.desk.outputs import render
from baiti_xl.desk.publishing import frozen
from baiti_xl.desk.reading import Progress, rare_collections, silent
from baiti_xl.desk.rules import check_open, load_rules, read_bytes, working_folder
from baiti_xl.desk.store import Issued, Output, Store, freeze, next_number, number_of
from baiti_xl.desk.store import issue as issue_number
from baiti_xl.papers import catalogue
from baiti_xl.press.engine import CompiledTemplate, TemplateErrors, compile_template
from baiti_xl.press.layout_check import LayoutError, check_layout

TEMPLATES = "doc_templates"


@dataclass(frozen=True, slots=True)
class Written:
    """One document written: its paper, its number ("" for none or a draft), and its two files."""

    paper: Paper
    number: str
    file: Path
    figures: Path


@dataclass(frozen=True, slots=True)
class Documents:
    """What a run of documents wrote, and from what."""

    outcome: Outcome
    written: tuple[Written, ...]
    silent: tuple[str, ...]
    note: str = ""


@rare_collections()
def documents(
    kinds: Sequence[str],
    folder: Path | str,
    out: Path,
    *,
    console: Path | None = None,
    as_of: date | None = None,
    since: date | None = None,
    units: Sequence[str] = (),
    draft: bool = False,
    reissue: str = "",
    overwrite: bool = False,
    progress: Progress = silent,
) -> Documents:
    """Write the documents of some kinds (or `all`), each with its figure sheet, from a folder of submissions.

    The period compared begins at the last scheduling meeting unless `since` is given. A document of the same
    kind, unit and day keeps its number. A day of which papers were numbered is worked out from what it was made public
    from, unless `reissue` gives a reason to issue it anew, or for a draft. Raises as `consolidate`, and ActionError for an unknown kind or unit
    or a template that is wrong.
    """
    check_places(folder, out)
    book = load_rules(console)
    if not draft:
        check_open(book, "编号")
    names = known_kinds(kinds)
    unknown = [code for code in units if book.unit(code) is None]
    if unknown:
        raise ActionError(f"单位名录里没有代码：{'、'.join(unknown)}。请核对 --unit。")
    place = working_folder(console, folder, out)
    store = Store(place)
    anew = draft or bool(reissue)
    done = work_out(folder, store, book, as_of, since, anew=anew, by_period=True, progress=progress)
    read, world, outcome = done.read, done.world, done.outcome
    book = world.book
    if not all(identity.holds for identity in outcome.identities):
        raise ActionError("对账不符，这是程序的缺陷，没有生成公文。请把报送文件发给维护人员。")
    papers = [paper for name in names for paper in catalogue.papers(name, outcome, book, units)]
    templates = {name: template_of(name, book, place) for name in dict.fromkeys(p.kind for p in papers)}
    press = Press(book, outcome, out, templates, draft, overwrite, reissue, world.past)
    entries = [] if draft else archive_entries(folder, store, outcome, read)
    files = {e.hash: read.paths[e.hash] for e in entries}
    paths = store.publish(
        lambda connection: press.outputs(connection, progress(papers, "生成公文")), files, entries
    )
    note = "\n".join(filter(None, (world.note, notes_after(store, book))))
    written = tuple(
        Written(paper, press.numbers[at], paths[2 * at], paths[2 * at + 1]) for at, paper in enumerate(papers)
    )
    quiet = tuple(name for name in names if name not in templates)
    return Documents(outcome, written, quiet, note)


def known_kinds(kinds: Sequence[str]) -> list[str]:
    """Return the kinds asked for in the order of the catalogue. Raises ActionError for an unknown one."""
    unknown = [kind for kind in kinds if kind not in (*catalogue.NAMES, "all")]
    if unknown:
        raise ActionError(
            f"没有这种公文：{'、'.join(unknown)}。可用的有：{'、'.join(catalogue.NAMES)}，或 all。"
        )
    return [name for name in catalogue.NAMES if "all" in kinds or name in kinds]


def template_of(kind: str, book: Rulebook, place: Path) -> CompiledTemplate:
    """Return a kind's template, compiled: the working folder's own if staff changed it, else the shipped one.

    Raises TemplateErrors naming every fault with its place.
    """
    shipped = catalogue.template_for(kind, book)
    own = place / TEMPLATES / f"{kind}.docx"
    data = shipped
    if own.is_file():
        held = read_bytes(own)
        data = shipped if is_untouched(place, f"{TEMPLATES}/{own.name}", held) else held
    return compile_template(data, fields=catalogue.kind_of(kind).fields, name=kind)


@dataclass
class Press:
    """Prints papers under the register's lock: gives numbers, renders, and enters what was issued."""

    book: Rulebook
    outcome: Outcome
    out: Path
    templates: Mapping[str, CompiledTemplate]
    draft: bool
    overwrite: bool
    reissue: str
    past: Past
    numbers: list[str] = field(default_factory=list)
    numbered: list[str] = field(default_factory=list)

    def outputs(self, connection: sqlite3.Connection, papers: Iterable[Paper]) -> list[Output]:
        """Return each paper's document and figure sheet."""
        basis = stamp(self.outcome, self.book)
        outputs = []
        for paper in papers:
            outputs.append(self.document(connection, paper))
            sheet = render(lambda target, paper=paper: write_figures(target, paper, basis))  # type: ignore[misc]
            outputs.append(Output(self.out, f"{paper.stem}_核稿.xlsx", sheet, self.overwrite))
        if self.numbered:
            who, moment = getpass.getuser(), datetime.now().isoformat(" ", "seconds")
            files = self.past.rests_on()
            entry = frozen(self.outcome, self.book, files, self.numbered, self.reissue, who, moment)
            freeze(connection, entry)
        return outputs

    def document(self, connection: sqlite3.Connection, paper: Paper) -> Output:
        """Return a paper as a document; a new number is entered with the document's hash."""
        template, day = self.templates[paper.kind], str(self.outcome.day)
        numbered = "文号" in template.used_fields
        if self.draft or not numbered:
            self.numbers.append("")
            data = catalogue.finish(paper, template, f"{self.book.issuer_code}〔____〕____号")
            return Output(self.out, f"{paper.stem}.docx", data, self.overwrite)
        year = self.outcome.day.year
        known = number_of(connection, paper.kind, paper.unit, day)
        number = known or next_number(connection, year)
        self.numbers.append(f"{self.book.issuer_code}〔{year}〕{number}号")
        data = catalogue.finish(paper, template, self.numbers[-1])
        if known is None or self.reissue:
            self.numbered.append(paper.kind)
        if known is None:
            name, digest = f"{paper.stem}.docx", hashlib.sha256(data).hexdigest()
            about = (year, number, paper.kind, paper.unit, day, paper.title, name, digest)
            issue_number(
                connection, Issued(*about, getpass.getuser(), datetime.now().isoformat(" ", "seconds"))
            )
        return Output(self.out, f"{paper.stem}.docx", data, self.overwrite)


def fields_of(kind: str) -> Mapping[str, str]:
    """Return every field a kind's template may use, with what it is. Raises ActionError for an unknown kind."""
    return catalogue.kind_of(known_kinds([kind])[0]).explanations


def check_templates(files: Sequence[Path]) -> dict[Path, list[str]]:
    """Return what is wrong with each Word template: its tags (if its name tells the kind) and its layout."""
    return {path: template_faults(path) for path in files}


def template_faults(path: Path) -> list[str]:
    """Return the faults of one template as sentences; raises ActionError if the file cannot be read."""
    data = read_bytes(path)
    kind = next((name for name in catalogue.NAMES if path.stem.startswith(name)), None)
    faults: list[str] = []
    if kind is None:
        faults.append(
            f"看不出是哪种公文，没有检查字段。请把文件命名为公文种类，如 {catalogue.NAMES[0]}.docx。"
        )
    else:
        try:
            compile_template(data, fields=catalogue.kind_of(kind).fields, name=kind)
        except TemplateErrors as errors:
            faults.extend(map(str, errors.faults))
    try:
        faults.extend(str(fault) for fault in check_layout(data))
    except LayoutError as error:
        faults.append(f"无法检查版式：{error}")
    return faults
