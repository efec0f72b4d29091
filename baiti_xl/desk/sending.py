"""发送: the outbox of a day — a mail draft to each unit, the list of whom to remind, and the print run. Nothing is sent."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from baiti_xl.books.template import write_template
from baiti_xl.contest.choices import Reported
from baiti_xl.contest.records import Outcome, Paper, Submission, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sending import sending_of
from baiti_xl.desk.checking import marked_copy
from baiti_xl.desk.computing import Worked, work_out
from baiti_xl.desk.entering import with_entered
from baiti_xl.desk.entries import VOID, Issued
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import check_places
from baiti_xl.desk.mail import Attached, draft
from baiti_xl.desk.making import form_name
from baiti_xl.desk.outputs import names, placed_folder, render, temporary_folder, write_file
from baiti_xl.desk.pdf import converted, converter
from baiti_xl.desk.reading import Progress, is_skipped, rare_collections, silent
from baiti_xl.desk.reviewing import Numbered, numbered
from baiti_xl.desk.rules import load_rules, read_bytes, working_folder
from baiti_xl.desk.store import Store
from baiti_xl.papers import catalogue
from baiti_xl.papers.due import not_due
from baiti_xl.papers.outbox import IN_HOUSE, Letter, Sendable, chase_list, chased, letters

NUMBERED_NAME = re.compile(r"(.+?)(?:\(\d+\))?\.docx")  # a further version of a file is called 通报(2).docx
ONLY_A_DRAFT = "只有草稿，没有编号，不放进邮件"
NOT_MADE = "还没有生成"
SHOWN = 6  # files named in a message
NO_PRINT_RUN = "没有做打印用的 PDF："


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Papers of a kind that do not go out, for which units ("" for all), and why."""

    kind: str
    units: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A mail draft: to whom it goes, its file and the names of what is attached."""

    letter: Letter
    to: tuple[str, ...]
    file: Path
    attached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outbox:
    """The outbox of a day: its folder, the drafts, whom to remind and the text for it, the print run by kind, what was left out,
    and how many papers of the day have their numbers."""

    outcome: Outcome
    folder: Path
    drafts: tuple[Drafted, ...]
    chased: tuple[tuple[Unit, Reported], ...]
    chase_list: str
    chase_file: Path
    print_runs: Mapping[str, Path]
    left_out: tuple[LeftOut, ...]
    papers: Numbered
    note: str = ""

    @property
    def lists(self) -> tuple[Path, ...]:
        """The list of whom to remind and the print runs."""
        return self.chase_file, *self.print_runs.values()

    @property
    def outputs(self) -> tuple[Path, ...]:
        """Every file of it: the drafts, then the lists."""
        return *(draft.file for draft in self.drafts), *self.lists


@rare_collections()
def send(
    folder: Path | str,
    out: Path,
    *,
    papers: Path = Path("输出"),
    console: Path | None = None,
    as_of: date | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Outbox:
    """Make the outbox 发送_<day> of a folder of submissions and the papers of the day, wherever below `papers` they are.

    Who is asked for what follows from the submissions as they are now, whatever was made public of the day: who has reported
    since is not reminded.
    Raises as `consolidate`, and ActionError if there is no folder of papers; then nothing is written.
    """
    check_places(folder, out)
    book = load_rules(console)
    store = Store(working_folder(console, folder, out))
    book = with_entered(book, store)
    if not papers.is_dir():
        raise ActionError(f"找不到公文所在的文件夹 {papers}。请用 --papers 给出。")
    done = work_out(
        folder, store, book, as_of, anew=True, by_period=True, may_be_empty=True, progress=progress
    )
    issued = in_force(store.standing(), done.outcome.day, book)
    outcome = replace(done.outcome, dated=dated(issued))
    chosen = Chosen(issued, versions(papers), outcome, book, papers)
    post = Post(replace(done, outcome=outcome), store, book, chosen.ready)
    drafts = []
    with temporary_folder(out) as place:
        for letter in progress(list(letters(outcome, book, list(chosen.ready))), "写邮件"):
            drafts.append(post.write(letter, place))
        reminder = chase_list(outcome, book)
        chase = write_file(place, f"催报名单_{outcome.day}.txt", as_notepad(reminder)).name
        runs, told = print_runs(chosen.ready, outcome, place)
        with placed_folder(place, out, f"发送_{outcome.day}", replace=overwrite) as target:
            pass
    return Outbox(
        outcome,
        target,
        tuple(replace(d, file=target / d.file.name) for d in drafts),
        tuple(chased(outcome)),
        reminder,
        target / chase,
        {kind: target / name for kind, name in runs.items()},
        tuple(chosen.left_out),
        numbered(outcome, done.world.book, store),
        "\n".join(filter(None, (*chosen.notes, told))),
    )


def as_notepad(text: str) -> bytes:
    """Return a text as every Notepad of Windows shows it."""
    return text.replace("\n", "\r\n").encode("utf-8-sig")


# ── which papers go out ──────────────────────────────────────────────────────────────────────────

Key = tuple[str, str]  # kind and unit


def in_force(issued: Iterable[Issued], day: date, book: Rulebook) -> dict[Key, Issued]:
    """Return the last version of each paper that was numbered for a day; none that was voided."""
    last = {(e.kind, e.unit): e for e in issued if e.day == str(day)}
    return {key: replace(e, series=e.series or book.issuer_code) for key, e in last.items() if e.act != VOID}


def dated(issued: Mapping[Key, Issued]) -> date | None:
    """Return the day that the papers of a day bear, None if none was numbered."""
    return max((date.fromisoformat(entry.dated) for entry in issued.values()), default=None)


def versions(folder: Path) -> dict[str, list[Path]]:
    """Return the Word files below a folder by the name they were first given, the one written last at the end."""
    found: dict[str, list[Path]] = defaultdict(list)
    paths = (p for p in folder.rglob("*.docx") if not is_skipped(p.relative_to(folder)) and p.is_file())
    for path in sorted(paths, key=lambda p: (p.stat().st_mtime_ns, str(p))):
        if named := NUMBERED_NAME.fullmatch(path.name):
            found[f"{named[1]}.docx"].append(path)
    return found


class Chosen:
    """The papers of a day that go out, each with its file; what is left out and why; and what to look at before they go."""

    def __init__(
        self,
        issued: Mapping[Key, Issued],
        files: Mapping[str, Sequence[Path]],
        outcome: Outcome,
        book: Rulebook,
        folder: Path,
    ) -> None:
        self.files, self.folder = files, folder
        self.ready: dict[Sendable, bytes] = {}
        self.notes: list[str] = []
        self.missed: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind in catalogue.NAMES:
            if kind in IN_HOUSE:
                continue
            made = (
                {}
                if not_due(kind, outcome, book)
                else {p.unit: p for p in catalogue.papers(kind, outcome, book)}
            )
            entries = {unit: entry for (of, unit), entry in issued.items() if of == kind}
            for entry in entries.values():
                self.take_issued(entry)
            for unit, paper in made.items():
                if unit not in entries:
                    self.take(paper, is_numbered=sending_of(book, kind).numbered)

    @property
    def left_out(self) -> list[LeftOut]:
        """What does not go out, by kind and reason."""
        return [LeftOut(kind, tuple(units), reason) for (kind, reason), units in self.missed.items()]

    def take_issued(self, entry: Issued) -> None:
        """Take the file of a paper that has a number: as it was issued, else as it was written last."""
        held = [(path, read_bytes(path)) for path in self.files.get(entry.file, ())]
        if not held:
            self.missed[entry.kind, f"“{self.folder}”里没有 {entry.file}"].append(entry.unit)
            return
        same = [data for _, data in held if hashlib.sha256(data).hexdigest() == entry.hash]
        if not same:
            self.notes.append(f"{held[-1][0]} 编号发出后改过，与登记的不同，发以前请核对。")
        sendable = Sendable(entry.kind, entry.unit, entry.title, entry.text, entry.file)
        self.ready[sendable] = same[0] if same else held[-1][1]

    def take(self, paper: Paper, *, is_numbered: bool) -> None:
        """Take the file of a paper of a kind without numbers, the one written last; a draft of another kind stays here."""
        name = f"{paper.stem}.docx"
        if name not in self.files:
            self.missed[paper.kind, NOT_MADE].append(paper.unit)
        elif is_numbered:
            self.missed[paper.kind, ONLY_A_DRAFT].append(paper.unit)
        else:
            sendable = Sendable(paper.kind, paper.unit, paper.title, "", name)
            self.ready[sendable] = read_bytes(self.files[name][-1])


# ── the mails ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Post:
    """Writes the drafts: from what was read, the archive, the rules, and the papers that go out."""

    done: Worked
    store: Store
    book: Rulebook
    ready: Mapping[Sendable, bytes]

    def write(self, letter: Letter, place: Path) -> Drafted:
        """Write the draft of a mail into a folder."""
        files = apart(self.files(letter))
        to = letter.unit.mail
        data = draft(to, letter.subject, letter.body, files, self.done.outcome.paper_day)
        path = write_file(place, f"{letter.unit.code}_{letter.unit.name}.eml", data)
        return Drafted(letter, to, path, tuple(file.name for file in files))

    def files(self, letter: Letter) -> Iterator[Attached]:
        """Yield what comes with a mail: papers, marked copies, and the form to go on with."""
        yield from (Attached(paper.name, self.ready[paper]) for paper in letter.papers)
        for marked in letter.marked:
            name = f"{PurePosixPath(marked.submission.file).stem}_校验.xlsx"
            yield Attached(name, marked_copy(self.data_of(marked.submission), marked.findings))
        if letter.last is not None:
            yield Attached(PurePosixPath(letter.last.file).name, self.data_of(letter.last))
        elif letter.needs_form:
            data = render(lambda target: write_template(target, self.book, letter.unit))
            yield Attached(form_name(letter.unit), data)

    def data_of(self, submission: Submission) -> bytes:
        """Return the bytes of a submission, from where it was read. Raises StoreError or ActionError; b"" for a file that could not be read."""
        if not submission.digest:
            return b""
        held = self.done.read.paths.get(submission.digest)
        try:
            return held.read_bytes() if held else self.store.read(submission.digest)
        except OSError as error:
            raise ActionError(f"无法读取 {submission.file}，可能正被打开或移走了。请关闭后再试。") from error


def apart(files: Iterable[Attached]) -> list[Attached]:
    """Return what comes with a mail, a second file of one name told apart by a number."""
    found: dict[str, Attached] = {}
    for file in files:
        name = next(name for name in names(file.name) if name not in found)
        found[name] = replace(file, name=name)
    return list(found.values())


# ── the print run ────────────────────────────────────────────────────────────────────────────────


def print_runs(ready: Mapping[Sendable, bytes], outcome: Outcome, place: Path) -> tuple[dict[str, str], str]:
    """Write a PDF a kind, its bookmarks the units; return their names, and what to tell if something could not be printed."""
    from baiti_xl.press.binding import bound

    try:
        converter()
        made = converted([(paper.name, data) for paper, data in ready.items()])
    except ActionError as error:
        return {}, f"{NO_PRINT_RUN}{error}"
    kinds: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    failed = []
    for paper, data in zip(ready, made, strict=True):
        if data is None:
            failed.append(paper.name)
        else:
            kinds[paper.kind].append((bookmark(paper, outcome), data))
    runs = {kind: f"打印_{kind}_{outcome.day}.pdf" for kind in kinds}
    for kind, parts in kinds.items():
        write_file(place, runs[kind], bound(parts))
    return runs, not_printed(failed) if failed else ""


def not_printed(failed: Sequence[str]) -> str:
    """Return which papers are not in the print run."""
    more = f"，还有 {len(failed) - SHOWN} 份" if len(failed) > SHOWN else ""
    return f"没有转成 PDF，不在打印件里：{'、'.join(failed[:SHOWN])}{more}。请用 Word 打开检查。"


def bookmark(paper: Sendable, outcome: Outcome) -> str:
    """Return what a paper is found by in the print run: its unit, else its title."""
    result = outcome.by_unit.get(paper.unit)
    return f"{result.unit.code} {result.unit.name}" if result else paper.title
