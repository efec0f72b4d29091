"""校验: single files read, checked and marked."""

from collections.abc import Sequence
from pathlib import Path

from baiti_xl.books.annotate import annotate
from baiti_xl.contest import rules
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count.outcome import with_own_task
from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.reading import Progress, silent
from baiti_xl.desk.rules import load_rules, read_bytes
from baiti_xl.read.cells import read_submission


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
        submission = checked(read_submission(data, path.name, book), book)
        submissions.append(submission)
        if annotated:
            name = f"{path.stem}_校验.xlsx"
            copies.append(write_file(annotated, name, annotate(data, submission.findings)))
    return submissions, copies


def checked(submission: Submission, book: Rulebook) -> Submission:
    """Return a single submission with all that is found of it alone: by the rules, and of its basic task."""
    return with_own_task(rules.check(submission, book), book)
