"""校验: single files read, checked and marked."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from baiti_xl.books.annotate import annotate, findings_only
from baiti_xl.contest import rules
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count.outcome import with_own_task
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.reading import Progress, is_skipped, read_all, silent
from baiti_xl.desk.rules import load_rules, opened, read_bytes
from baiti_xl.scale.processes import Died, aside
from baiti_xl.scale.reader import Source


def check(
    files: Sequence[Path],
    *,
    console: Path | None = None,
    annotated: Path | None = None,
    progress: Progress = silent,
) -> tuple[list[Submission], list[Path]]:
    """Read and check single files; write coloured copies if a folder is given.

    One that cannot be opened is a finding beside the others. Raises ActionError if none can.
    """
    book = load_rules(console)
    files = [path for path in files if not is_skipped(path)] or files
    sources = [Source(path.name, path) for path in files]
    submissions = [with_own_task(s, book) for s in read_all(sources, book, progress=progress)]
    if not any(s.digest for s in submissions):
        check_any_opens(files)
    return submissions, copies_of(files, submissions, annotated) if annotated else []


def copies_of(files: Iterable[Path], submissions: Iterable[Submission], folder: Path) -> list[Path]:
    """Write a coloured copy of each file that was checked, and return where they are. Raises OutputError."""
    copies = []
    for path, submission in zip(files, submissions, strict=True):
        data = read_bytes(path) if submission.digest else b""
        copies.append(write_file(folder, f"{path.stem}_校验.xlsx", marked_copy(data, submission.findings)))
    return copies


def check_any_opens(files: Iterable[Path]) -> None:
    """Raise ActionError for the first file if none at all can be opened."""
    faults = []
    for path in files:
        try:
            with opened(path):
                return
        except ActionError as fault:
            faults.append(fault)
    raise faults[0]


def checked(submission: Submission, book: Rulebook) -> Submission:
    """Return a single submission with all that is found of it alone: by the rules, and of its basic task."""
    return with_own_task(rules.check(submission, book), book)


def marked_copy(data: bytes, findings: Sequence[Finding]) -> bytes:
    """Return a workbook with its findings marked, or only their list if it cannot be patched; never raises for what is in it."""
    try:
        copy: bytes = aside(annotate, data, findings)
    except Died:
        title = next((f.place.file for f in findings if f.place.file), "")
        return findings_only(findings, title)
    return copy
