"""退回补正: a marked copy of each submission with 错, and drafts of the notices to put them right."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from baiti_xl.contest.records import Submission
from baiti_xl.desk.checking import check, copies_of
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.printing import documents
from baiti_xl.desk.reading import Progress, silent, sources
from baiti_xl.papers.correction import KIND


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
        return tuple(sorted({s.cover.code for s in self.faulty if s.cover.code}))

    def of(self, unit: str) -> tuple[Path, ...]:
        """Return the files that a unit gets."""
        copies = (path for path, s in zip(self.copies, self.faulty, strict=True) if s.cover.code == unit)
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
    """Write the copies and notices for a folder of submissions; nothing if none has 错. Raises as `documents`."""
    files = [source.path for source in sources(folder) if isinstance(source.path, Path)]
    if not files:
        raise ActionError(f"“{folder}”里没有报送表。")
    submissions, _ = check(files, console=console, progress=progress)
    faulty = [
        (path, s) for path, s in zip(files, submissions, strict=True) if any(f.blocks for f in s.findings)
    ]
    found = SentBack(tuple(s for _, s in faulty))
    if not faulty:
        return found
    copies = copies_of([path for path, _ in faulty], found.faulty, out)
    if not found.units:
        return SentBack(found.faulty, tuple(copies))
    done = documents(
        [KIND],
        folder,
        out,
        console=console,
        as_of=as_of,
        since=since,
        dated=dated,
        units=found.units,
        draft=True,
        progress=progress,
    )
    notices = tuple(written.file for written in done.written)
    return SentBack(found.faulty, tuple(copies), notices, done.outcome.day)
