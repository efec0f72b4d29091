"""What staff can ask for: each action knows the order of the stages, and holds no rule of its own.

Shells (`cli.py`, `excel.py`) parse what was asked, call one action and show its result. Files are read and
written here; the stages in between are pure.
"""

import getpass
import hashlib
import io
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from baiti_xl import (
    calendar,
    form,
    history,
    integrity,
    ledger,
    metrics,
    ranking,
    reporting,
    supervision,
    tiers,
)
from baiti_xl.checks import check as run_checks
from baiti_xl.conservation import identities
from baiti_xl.documents import catalogue
from baiti_xl.documents.engine import CompiledTemplate, TemplateErrors, compile_template
from baiti_xl.documents.layout_check import check_layout
from baiti_xl.findings import Finding, Place, count_by_severity, finding
from baiti_xl.intake import guard
from baiti_xl.intake.cells import read_grids, read_submission
from baiti_xl.outputs import OutputError, write_file
from baiti_xl.records import (
    Account,
    Cover,
    Evidence,
    Ledger,
    Meeting,
    Outcome,
    Pair,
    Paper,
    Submission,
    Table,
    UnitResult,
)
from baiti_xl.rulebook import HEADINGS, SIGNED, Rulebook, default_rulebook, load
from baiti_xl.store import (
    DATABASE,
    IN_FORCE,
    Archived,
    Issued,
    Output,
    Store,
    StoreError,
    next_number,
    number_of,
)
from baiti_xl.store import issue as issue_number
from baiti_xl.workbooks.annotate import annotate
from baiti_xl.workbooks.console import write_console
from baiti_xl.workbooks.figures import write_figures
from baiti_xl.workbooks.macros import MacroError
from baiti_xl.workbooks.registers import write_archive_register, write_issue_register
from baiti_xl.workbooks.results import stamp, write_results
from baiti_xl.workbooks.ribbon import write_ribbon
from baiti_xl.workbooks.submission import write_template

TEMPLATES = "doc_templates"
CONSOLE, RIBBON = "操作台.xlsm", "百日竞赛.xlam"
CONSOLE_NAMES = ("操作台.xlsm", "操作台.xlsx")
SKIPPED_PREFIXES = ("~$", ".~", "._", ".")
SKIPPED_NAMES = frozenset({"thumbs.db", "desktop.ini", *CONSOLE_NAMES})
ACCEPTED = frozenset({IN_FORCE, "被替代", "晚于统计日"})
Progress = Callable[[Iterable[Any], str], Iterable[Any]]


class ActionError(Exception):
    """The action could not be carried out; the message is one clear sentence for the operator."""


def silent(items: Iterable[Any], label: str) -> Iterable[Any]:
    """Show no progress."""
    return items


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def load_rules(console: Path | None, folder: Path | None = None) -> Rulebook:
    """Return the rules in force: the console given, else 操作台 in the folder, else the factory default.

    Raises ActionError if the file cannot be read and RulebookError if its rules are wrong.
    """
    if console is None:
        here = folder or Path.cwd()
        console = next((here / name for name in CONSOLE_NAMES if (here / name).is_file()), None)
        if console is None:
            return default_rulebook()
    data = read_bytes(console)
    try:
        return load(read_grids(data, tuple(HEADINGS)))
    except guard.Refused as refusal:
        fault = finding(refusal.rule, Place(console.name), **refusal.slots)
        raise ActionError(f"操作台 {console} 无法读取：{fault.message}") from refusal


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; raises ActionError."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ActionError(f"找不到文件 {path}。请检查路径。") from error
    except IsADirectoryError as error:
        raise ActionError(f"{path} 是文件夹，不是文件。请给出文件。") from error
    except OSError as error:
        raise ActionError(f"无法读取 {path}，可能正被打开或没有权限。请关闭后再试。") from error


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be read, and the name by which staff know it."""

    name: str
    path: Path


def sources(folder: Path) -> list[Source]:
    """Return the files of a folder and its subfolders that may be submissions, in order of path.

    Lock files, system files and the console are skipped by name, an archive inside too; links are not
    followed. An archive itself gives every submission it ever accepted. Raises ActionError or StoreError.
    """
    if not folder.is_dir():
        raise ActionError(f"找不到文件夹 {folder}。请检查路径。")
    if (folder / DATABASE).is_file():
        return archived_sources(Store(folder.parent))
    kept = [database.parent for database in folder.rglob(DATABASE)]
    paths = sorted(
        p
        for p in folder.rglob("*")
        if not is_skipped(p.relative_to(folder)) and not any(map(p.is_relative_to, kept))
    )
    return [Source(p.relative_to(folder).as_posix(), p) for p in paths if p.is_file() and not p.is_symlink()]


def archived_sources(store: Store) -> list[Source]:
    """Return the archive's accepted files; one name under two contents is told apart by its hash."""
    accepted = accepted_entries(store)
    names = Counter(e.file for e in accepted)
    return [
        Source(e.file if names[e.file] == 1 else f"{e.hash[:8]}/{e.file}", store.path(e.hash))
        for e in accepted
    ]


def accepted_entries(store: Store) -> list[Archived]:
    """Return the archive's accepted files: of one unit, day and batch the one that came into force last."""
    accepted = [e for e in store.archived() if e.result in ACCEPTED]
    accepted.sort(key=lambda e: e.result == IN_FORCE)
    return list({(e.unit, e.cutoff, e.batch): e for e in accepted}.values())


def is_skipped(path: Path) -> bool:
    """Whether a file is none that a person put there."""
    return any(part.startswith(SKIPPED_PREFIXES) for part in path.parts) or path.name.lower() in SKIPPED_NAMES


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads and checks one file; a value, so that worker processes can be given it."""

    book: Rulebook

    def __call__(self, source: Source) -> Submission:
        """Return the file as a checked submission; a file that cannot be opened is one with a finding."""
        try:
            data = source.path.read_bytes()
        except OSError as error:
            return unreadable(source.name, error.strerror or "无法打开")
        return run_checks(read_submission(data, source.name, self.book), self.book)


def unreadable(name: str, why: str) -> Submission:
    """Return a file that the system would not let us read."""
    fault = finding("F04", Place(name), what=f"文件正被打开或没有权限：{why}")
    return Submission(name, "", Cover(), {}, {s.name: Table(s.name) for s in form.DATA_SHEETS}, (fault,))


def read_all(
    files: Sequence[Source], book: Rulebook, *, jobs: int = 1, progress: Progress = silent
) -> list[Submission]:
    """Read and check files, in their order, in one process or several."""
    reader = Reader(book)
    if jobs <= 1 or len(files) < 2:
        return [reader(source) for source in progress(files, "读取报送表")]
    with ProcessPoolExecutor(jobs) as pool:
        return list(progress(pool.map(reader, files, chunksize=4), "读取报送表"))


class Past:
    """What each unit sent before, from the files at hand and the archive, which is read when needed; no file in conflict."""

    def __init__(self, submissions: Iterable[Submission], store: Store | None, book: Rulebook) -> None:
        self.reader = Reader(book)
        self.store = store
        self.known: dict[str, dict[tuple[date, int], Submission | Archived]] = defaultdict(dict)
        for entry in accepted_entries(store) if store else ():
            self.known[entry.unit][date.fromisoformat(entry.cutoff), entry.batch or 0] = entry
        batches: dict[tuple[str, tuple[date, int]], list[Submission]] = defaultdict(list)
        for submission in sorted(submissions, key=lambda s: (s.file, s.digest)):
            if submission.usable:
                batches[submission.cover.code, submission.key].append(submission)
        for (unit, key), same_batch in batches.items():
            if ledger.conflicts(same_batch):
                self.known[unit].pop(key, None)
            else:
                self.known[unit][key] = same_batch[0]

    def read(self, unit: str, key: tuple[date, int]) -> Submission:
        """Return one known submission, reading it from the archive if need be."""
        found = self.known[unit][key]
        if isinstance(found, Archived) and self.store:
            found = self.reader(Source(found.file, self.store.path(found.hash)))
            self.known[unit][key] = found
        if isinstance(found, Archived):
            raise StoreError(f"归档文件缺失：{found.file}。请从备份恢复。")
        return found

    def before(self, submission: Submission) -> Submission | None:
        """Return the unit's last accepted submission before this one, or None."""
        unit = submission.cover.code
        key = max((k for k in self.known.get(unit, ()) if k < submission.key), default=None)
        found = self.read(unit, key) if key else None
        return found if found and found.usable else None

    def sent(self, unit: str) -> list[Submission]:
        """Return every accepted submission of a unit, the earliest first."""
        return [s for key in sorted(self.known.get(unit, ())) if (s := self.read(unit, key)).usable]

    def cutoffs(self) -> dict[str, list[date]]:
        """Return the 填报截止日期 of every accepted submission by unit."""
        return {unit: [key[0] for key in keys] for unit, keys in self.known.items()}


# ── computing ────────────────────────────────────────────────────────────────────────────────────


def evaluate(
    submissions: Sequence[Submission], book: Rulebook, day: date, past: Past | None = None
) -> Outcome:
    """Return everything worked out from submissions for a day."""
    past = past or Past(submissions, None, book)
    accounts, pairs = settle_accounts(submissions, book, day, past)
    results = tuple(result_of(account, book, day) for account in accounts.accounts)
    meetings = [m.day for m in calendar.meetings(book)]
    return Outcome(
        day,
        accounts,
        results,
        ranking.rank(results, book),
        identities(results, book),
        evidence=supervision.flags(results, book, day, calendar.period(book, day)),
        explained=supervision.explanations(owing(submissions, book, day), past.sent),
        pairs=pairs,
        reports=reporting.period_reports(past.cutoffs(), accounts, book.units, meetings, book.start),
    )


def settle_accounts(
    submissions: Sequence[Submission], book: Rulebook, day: date, past: Past
) -> tuple[Ledger, tuple[Pair, ...]]:
    """Return the ledger of a day after the checks across units and against the past, and the likely duplicates."""
    opened = ledger.build_ledger(submissions, book, day)
    found, pairs = integrity.across(opened, book)
    changes: list[Finding] = list(found)
    for account in opened.reporting:
        now = account.submission
        before = past.before(now) if now else None
        changes.extend(history.compare(before, now, book) if before and now else ())
    return ledger.reopen(opened, changes, book), pairs


def owing(
    submissions: Sequence[Submission], book: Rulebook, day: date
) -> Iterator[tuple[Meeting, Sequence[Evidence]]]:
    """Yield each scheduling meeting up to a day with the units that must explain there."""
    for meeting in calendar.meetings(book):
        if meeting.day <= day:
            accounts = ledger.build_ledger(submissions, book, meeting.day).accounts
            first, _ = calendar.period(book, meeting.day)
            yield meeting, supervision.owing(accounts, book, meeting, first)


def result_of(account: Account, book: Rulebook, day: date) -> UnitResult:
    """Return one unit's figures, tier, task and the fate of its rows."""
    figures = metrics.figures(account, book, day)
    if not figures:
        return UnitResult(account, {}, "", {}, None, None, (), ())
    counts = tiers.tier_counts(account, figures[SIGNED], book)
    task = tiers.basic_task(account, figures[SIGNED if book.task_stage == "签约" else metrics.STARTED], book)
    met = None if task is None else (task.value or Decimal(0)) >= book.task_count
    rows, money = metrics.row_fates(account, book, day), metrics.money_fates(account, book, day)
    return UnitResult(account, figures, tiers.unit_tier(counts), counts, task, met, rows, money)


def compute(
    submissions: Sequence[Submission],
    book: Rulebook,
    as_of: date | None = None,
    since: date | None = None,
    past: Past | None = None,
) -> Outcome:
    """Return the outcome of a day (default: the latest 填报截止日期), compared with an earlier one if asked.

    Raises ActionError if no day can be told or the period is turned round, RulebookError if a ruling
    points at nothing.
    """
    day = as_of or ledger.latest_day(submissions)
    if day is None:
        raise ActionError("没有一份可用的报送表，无法确定统计日。请先看各文件的问题，或用 --as-of 指定日期。")
    if since and since >= day:
        raise ActionError(f"比较日 {since} 应早于统计日 {day}。请核对 --since。")
    ledger.check_rulings(submissions, book)
    outcome = evaluate(submissions, book, day, past)
    return replace(outcome, earlier=evaluate(submissions, book, since, past)) if since else outcome


def working_folder(console: Path | None, folder: Path, out: Path) -> Path:
    """Return where the archive and the registers belong: beside the console in use, else the output folder."""
    if console is not None:
        return console.parent
    if (folder / DATABASE).is_file():
        return folder.parent
    here = Path.cwd()
    return here if any((here / name).is_file() for name in CONSOLE_NAMES) else out


# ── actions ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Consolidation:
    """What a consolidation did: the outcome, every submission read, and the files written."""

    outcome: Outcome
    submissions: tuple[Submission, ...]
    outputs: tuple[Path, ...]
    note: str = ""

    @property
    def sound(self) -> bool:
        """Whether every identity of 对账 holds."""
        return all(identity.holds for identity in self.outcome.identities)


def consolidate(
    folder: Path,
    out: Path,
    *,
    console: Path | None = None,
    as_of: date | None = None,
    since: date | None = None,
    jobs: int = 1,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Consolidation:
    """Read, check and compute a folder of submissions, and write the results workbook.

    Raises ActionError, RulebookError, StoreError or OutputError; then nothing is written. Nothing is written
    either if an identity of 对账 fails, since that would be our bug.
    """
    check_places(folder, out)
    book = load_rules(console)
    store = Store(working_folder(console, folder, out))
    read = gather(folder, store, book, jobs=jobs, progress=progress)
    outcome = compute(read.submissions, book, as_of, since, read.past)
    data = render(lambda target: write_results(target, outcome, book))
    result = Output(out, f"汇总结果_{outcome.day}.xlsx", data, overwrite)
    if not all(identity.holds for identity in outcome.identities):
        return Consolidation(outcome, tuple(read.submissions), ())
    entries = [] if folder.resolve() == store.root.resolve() else archive_entries(outcome, read)
    paths = store.publish(lambda _: [result], {e.hash: read.paths[e.hash] for e in entries}, entries)
    return Consolidation(outcome, tuple(read.submissions), tuple(paths), copy_registers(store))


def check_places(folder: Path, out: Path) -> None:
    """Raise ActionError if outputs would be put among the submissions, where the next run would read them."""
    if out.resolve().is_relative_to(folder.resolve()):
        raise ActionError(
            f"输出文件夹 {out} 在报送文件夹 {folder} 里，下次会被当成报送表。请换一个输出文件夹。"
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a folder holds: its submissions, what the units sent before, and each file's path by hash."""

    submissions: list[Submission]
    past: Past
    paths: dict[str, Path]


def gather(
    folder: Path, store: Store, book: Rulebook, *, jobs: int = 1, progress: Progress = silent
) -> Gathered:
    """Read a folder of submissions. Raises ActionError if it holds none, StoreError if the archive is damaged."""
    faults = store.faults()
    if faults:
        raise StoreError("归档有损坏，没有汇总：" + "；".join(faults))
    files = sources(folder)
    if not files:
        raise ActionError(f"{folder} 里没有报送表。请把各单位的报送表放进去再汇总。")
    submissions = read_all(files, book, jobs=jobs, progress=progress)
    paths = {s.digest: source.path for s, source in zip(submissions, files, strict=True) if s.digest}
    return Gathered(submissions, Past(submissions, store, book), paths)


def archive_entries(outcome: Outcome, read: Gathered) -> list[Archived]:
    """Return one entry per file read, with what became of it."""
    who, moment = getpass.getuser(), datetime.now().isoformat(" ", "seconds")
    entries = []
    for result, submissions in results_by_file(outcome):
        for s in submissions:
            if s.digest:
                cutoff = s.cover.cutoff.isoformat() if s.cover.cutoff else ""
                about = (s.digest, s.file, s.cover.code, cutoff, s.cover.batch, result)
                entries.append(Archived(*about, who, moment, str(outcome.day)))
    return entries


def results_by_file(outcome: Outcome) -> Iterator[tuple[str, Sequence[Submission]]]:
    """Yield (result, files): in force, superseded, of a later day, and sent back."""
    yield IN_FORCE, [a.submission for a in outcome.ledger.accounts if a.submission]
    yield "被替代", outcome.ledger.superseded
    yield "晚于统计日", outcome.ledger.later
    yield "退回", outcome.ledger.rejected


def copy_registers(store: Store) -> str:
    """Write the registers' Excel copies; return what to tell if one is held open, since all else is done."""
    try:
        write_registers(store)
    except OutputError as error:
        return f"已完成，但登记簿的 Excel 副本没有更新：{error}"
    return ""


def write_registers(store: Store) -> None:
    """Write the registers' Excel copies for reading."""
    archive = [
        (e.moment, e.who, e.unit, e.cutoff, e.batch, e.result, e.as_of, e.file, e.hash)
        for e in store.archived()
    ]
    write_file(
        store.root,
        "报送登记.xlsx",
        render(lambda target: write_archive_register(target, archive)),
        replace=True,
    )
    issued = [
        (i.year, i.number, i.kind, i.unit, i.title, i.day, i.file, i.hash, i.who, i.moment)
        for i in store.issued()
    ]
    if issued:
        folder = store.root.parent
        write_file(
            folder, "发文登记.xlsx", render(lambda target: write_issue_register(target, issued)), replace=True
        )


# ── documents ────────────────────────────────────────────────────────────────────────────────────


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


def documents(
    kinds: Sequence[str],
    folder: Path,
    out: Path,
    *,
    console: Path | None = None,
    as_of: date | None = None,
    since: date | None = None,
    units: Sequence[str] = (),
    draft: bool = False,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Documents:
    """Write the documents of some kinds (or `all`), each with its figure sheet, from a folder of submissions.

    The period compared begins at the last scheduling meeting unless `since` is given. A document of the same
    kind, unit and day keeps its number. Raises as `consolidate`, and ActionError for an unknown kind or unit
    or a template that is wrong.
    """
    check_places(folder, out)
    book = load_rules(console)
    names = known_kinds(kinds)
    unknown = [code for code in units if book.unit(code) is None]
    if unknown:
        raise ActionError(f"单位名录里没有代码：{'、'.join(unknown)}。请核对 --unit。")
    place = working_folder(console, folder, out)
    store = Store(place)
    read = gather(folder, store, book, progress=progress)
    day = as_of or ledger.latest_day(read.submissions)
    outcome = compute(read.submissions, book, day, since or (day and period_before(book, day)), read.past)
    if not all(identity.holds for identity in outcome.identities):
        raise ActionError("对账不符，这是程序的缺陷，没有生成公文。请把报送文件发给维护人员。")
    papers = [paper for name in names for paper in catalogue.papers(name, outcome, book, units)]
    templates = {name: template_of(name, book, place) for name in dict.fromkeys(p.kind for p in papers)}
    press = Press(book, outcome, out, templates, draft, overwrite)
    paths = store.publish(lambda connection: press.outputs(connection, progress(papers, "生成公文")))
    note = copy_registers(store)
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


def period_before(book: Rulebook, day: date) -> date | None:
    """Return the scheduling meeting before a day, from which a period is counted; None in the first period."""
    return max((m.day for m in calendar.meetings(book) if m.day < day), default=None)


def template_of(kind: str, book: Rulebook, place: Path) -> CompiledTemplate:
    """Return a kind's template, compiled: the working folder's own if staff changed it, else the shipped one.

    Raises TemplateErrors naming every fault with its place.
    """
    shipped = catalogue.template_for(kind, book)
    own = place / TEMPLATES / f"{kind}.docx"
    data = shipped
    if own.is_file():
        found = read_bytes(own)
        data = shipped if found == catalogue.template_for(kind, default_rulebook()) else found
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
    numbers: list[str] = field(default_factory=list)

    def outputs(self, connection: sqlite3.Connection, papers: Iterable[Paper]) -> list[Output]:
        """Return each paper's document and figure sheet."""
        basis = stamp(self.outcome, self.book)
        outputs = []
        for paper in papers:
            outputs.append(self.document(connection, paper))
            sheet = render(lambda target, paper=paper: write_figures(target, paper, basis))  # type: ignore[misc]
            outputs.append(Output(self.out, f"{paper.stem}_核稿.xlsx", sheet, self.overwrite))
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
        if known is None:
            name, digest = f"{paper.stem}.docx", hashlib.sha256(data).hexdigest()
            about = (year, number, paper.kind, paper.unit, day, paper.title, name, digest)
            issue_number(
                connection, Issued(*about, getpass.getuser(), datetime.now().isoformat(" ", "seconds"))
            )
        return Output(self.out, f"{paper.stem}.docx", data, self.overwrite)


def documents_summary(done: Documents) -> dict[str, Any]:
    """Return a run of documents as a JSON object."""
    return {
        "as_of": str(done.outcome.day),
        "since": str(done.outcome.since) if done.outcome.since else None,
        "documents": [
            {
                "kind": w.paper.kind,
                "unit": w.paper.unit or None,
                "title": w.paper.title,
                "number": w.number or None,
                "file": str(w.file),
                "figures": len(w.paper.figures),
            }
            for w in done.written
        ],
        "nothing_to_say": list(done.silent),
        "outputs": [str(path) for w in done.written for path in (w.file, w.figures)],
    }


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
    except ValueError as error:
        faults.append(f"无法检查版式：{error}")
    return faults


# ── rendering ────────────────────────────────────────────────────────────────────────────────────


def render(write: Callable[[io.BytesIO], None]) -> bytes:
    """Return what a writer writes."""
    target = io.BytesIO()
    write(target)
    return target.getvalue()


def summary(done: Consolidation) -> dict[str, Any]:
    """Return a consolidation as the contract's JSON object."""
    outcome = done.outcome
    rows = [fate for result in outcome.results for fate in result.rows]
    amounts = [money for result in outcome.results for money in result.money]
    counted_rows = sum(not fate.reason for fate in rows)
    typed = sum((m.amount for m in amounts), Decimal(0))
    counted = sum((m.amount for m in amounts if not m.reason), Decimal(0))
    rejected, superseded = len(outcome.ledger.rejected), len(outcome.ledger.superseded)
    seen = len(done.submissions)
    return {
        "as_of": str(outcome.day),
        "files": {
            "seen": seen,
            "accepted": seen - rejected - superseded,
            "rejected": rejected,
            "superseded": superseded,
        },
        "rows": {"seen": len(rows), "counted": counted_rows, "not_counted": len(rows) - counted_rows},
        "money": {"typed": number(typed), "counted": number(counted), "not_counted": number(typed - counted)},
        "findings": count_by_severity(all_findings(outcome)),
        "units": [unit_summary(outcome, result) for result in outcome.results],
        "outputs": [str(path) for path in done.outputs],
    }


def number(value: Decimal | None) -> int | float | None:
    """Return a number as JSON writes it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def unit_summary(outcome: Outcome, result: UnitResult) -> dict[str, Any]:
    """Return one unit's part of the JSON object."""
    score = outcome.ranking.score(result.unit.code)
    names = ("新上项目数", "拜访客商数", "邀请客商数", "签约项目数", "签约金额", "到位资金", "竣工率")
    return {
        "code": result.unit.code,
        "name": result.unit.name,
        "group": result.unit.group,
        "status": result.account.status.value,
        "metrics": {name: number(result.value(name)) for name in names},
        "score": number(score.score),
        "rank": score.group_rank,
        "tier": result.tier or None,
        "task_met": result.task_met,
        "flags": [e.flag for e in outcome.evidence if e.unit.code == result.unit.code],
    }


def all_findings(outcome: Outcome) -> Iterator[Finding]:
    """Yield the findings of the files in force, across units, and of the files sent back."""
    for account in outcome.ledger.accounts:
        yield from account.findings
    yield from outcome.ledger.findings
    for submission in outcome.ledger.rejected:
        yield from submission.findings


def check(
    files: Sequence[Path],
    *,
    console: Path | None = None,
    annotated: Path | None = None,
    progress: Progress = silent,
) -> tuple[list[Submission], list[Path]]:
    """Read and check single files; write coloured copies if a folder is given. Raises ActionError."""
    book = load_rules(console)
    submissions, copies = [], []
    for path in progress(files, "校验"):
        data = read_bytes(path)
        submission = run_checks(read_submission(data, path.name, book), book)
        submissions.append(submission)
        if annotated:
            name = f"{path.stem}_校验.xlsx"
            copies.append(write_file(annotated, name, annotate(data, submission.findings)))
    return submissions, copies


def build(root: Path, *, compare: bool = False) -> list[Path]:
    """Rebuild what is shipped: workbook/ and doc_templates/; return the files written or, to compare, those that differ."""
    book = default_rulebook()
    made = {
        Path("workbook", "报送模板.xlsx"): render(lambda target: write_template(target, book)),
        Path("workbook", CONSOLE): console_file(book)[1],
        Path("workbook", RIBBON): render(write_ribbon),
        **{Path(TEMPLATES, f"{kind}.docx"): catalogue.template_for(kind, book) for kind in catalogue.NAMES},
    }
    if compare:
        stray = [
            p
            for d in ("workbook", TEMPLATES)
            for p in (root / d).glob("*")
            if p.relative_to(root) not in made
        ]
        changed = [
            p for p, data in made.items() if not (root / p).is_file() or (root / p).read_bytes() != data
        ]
        return [*changed, *(p.relative_to(root) for p in stray)]
    return [write_file(root / path.parent, path.name, data, replace=True) for path, data in made.items()]


def check_summary(submissions: Iterable[Submission]) -> dict[str, Any]:
    """Return checked files as the contract's JSON object."""
    return {
        "files": [
            {
                "file": s.file,
                "unit": s.cover.code or None,
                "status": file_status(s),
                "findings": [
                    {
                        "rule": f.rule,
                        "severity": f.severity.value,
                        "sheet": f.place.sheet,
                        "cell": f.place.cell,
                        "heading": f.place.heading,
                        "value": f.value,
                        "message": f.message,
                    }
                    for f in s.findings
                ],
            }
            for s in submissions
        ]
    }


def file_status(submission: Submission) -> str:
    """Return whether a file can be accepted, in one word."""
    if not submission.usable:
        return "退回"
    return "有错" if any(f.blocks for f in submission.findings) else "通过"


def issue(
    out: Path, *, console: Path | None = None, overwrite: bool = False, progress: Progress = silent
) -> list[Path]:
    """Write one template per unit, code and name filled in."""
    book = load_rules(console)
    written = []
    for unit in progress(book.units, "下发模板"):
        data = render(lambda target, unit=unit: write_template(target, book, unit))  # type: ignore[misc]
        written.append(write_file(out, f"{unit.code}_{unit.name}_报送表.xlsx", data, replace=overwrite))
    return written


def console_file(book: Rulebook) -> tuple[str, bytes]:
    """Return the console's name and bytes: with buttons if the macros can be built here, else plain."""
    try:
        return CONSOLE, render(lambda target: write_console(target, book, kinds=catalogue.NAMES))
    except MacroError:
        plain = render(lambda target: write_console(target, book, macros=False, kinds=catalogue.NAMES))
        return Path(CONSOLE).with_suffix(".xlsx").name, plain


def init(folder: Path, book: Rulebook | None = None) -> list[Path]:
    """Make a working folder: console, template, and the folders for submissions, archive and outputs."""
    book = book or default_rulebook()
    written = [
        write_file(folder, *console_file(book)),
        write_file(folder, "报送模板.xlsx", render(lambda target: write_template(target, book))),
    ]
    for kind in catalogue.NAMES:
        written.append(write_file(folder / TEMPLATES, f"{kind}.docx", catalogue.template_for(kind, book)))
    for name in ("报送", "输出"):
        (folder / name).mkdir(exist_ok=True)
    Store(folder).create()
    return written
