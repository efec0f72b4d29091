"""退回补正: a marked copy of each submission with 错, and drafts of the notices to put them right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Outcome, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.checking import check, copies_of
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.printing import documents
from baiti_xl.desk.reading import Progress, silent, sources
from baiti_xl.desk.rules import load_rules
from baiti_xl.papers.correction import KIND
from baiti_xl.papers.outbox import to_put_right


@dataclass(frozen=True, slots=True)
class SentBack:
    """What was sent back: the submissions with 错, a marked copy of each in the same order, and the notices."""

    faulty: tuple[Submission, ...]
    copies: tuple[Path, ...] = ()
    notices: tuple[Path, ...] = ()
    day: date | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """The units they are from."""
        return tuple(sorted({s.unit for s in self.faulty if s.unit}))

    def of(self, unit: str) -> tuple[Path, ...]:
        """Return the files that a unit gets."""
        copies = (path for path, s in zip(self.copies, self.faulty, strict=True) if s.unit == unit)
        return *copies, *(path for path in self.notices if f"_{unit}_" in path.name)


def send_back(
    folder: Path,
    out: Path,
    *,
    console: Path | None = None,
    as_of: date | None = None,
    since: date | None = None,
    dated: date | None = None,
    progress: Progress = silent,
) -> SentBack:
    """Write the copies and notices for a folder of submissions: of what units must put right. Raises as `documents`."""
    files = [source.path for source in sources(folder) if isinstance(source.path, Path)]
    if not files:
        raise ActionError(f"“{folder}”里没有报送表。")
    submissions, _ = check(files, console=console, progress=progress)
    done = documents(
        [KIND],
        folder,
        out,
        console=console,
        as_of=as_of,
        since=since,
        dated=dated,
        draft=True,
        progress=progress,
    )
    found = to_mend(submissions, done.outcome, load_rules(console))
    faulty = [(path, s) for path, s in zip(files, submissions, strict=True) if s.digest in found]
    marked = [replace(s, findings=found[s.digest]) for _, s in faulty]
    copies = copies_of([path for path, _ in faulty], marked, out)
    notices = tuple(written.file for written in done.written)
    return SentBack(tuple(marked), tuple(copies), notices, done.outcome.day)


def to_mend(
    submissions: Iterable[Submission], outcome: Outcome, book: Rulebook
) -> Mapping[str, tuple[Finding, ...]]:
    """Return by digest what is to be put right in each file: what its unit is told, or, where it is of no unit, all of it."""
    known = {account.unit.code for account in outcome.ledger.accounts}
    strangers = {
        s.digest: s.findings for s in submissions if s.unit not in known and any(f.blocks for f in s.findings)
    }
    told = {
        marked.submission.digest: marked.findings
        for account in outcome.ledger.accounts
        for marked in to_put_right(account, outcome, book)
    }
    return {**strangers, **told}
