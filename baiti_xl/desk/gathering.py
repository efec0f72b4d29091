"""A folder of submissions, and what each unit sent before: from the files at hand and from the archive."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count import ledger
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.publishing import published_days
from baiti_xl.desk.reading import (
    Progress,
    Reader,
    Source,
    accepted_entries,
    is_large,
    read_all,
    silent,
    sources,
)
from baiti_xl.desk.store import Archived, Store, StoreError

if TYPE_CHECKING:
    from baiti_xl.scale.places import Address


def check_places(folder: Path | str, out: Path) -> None:
    """Raise ActionError if outputs would be put among the submissions, where the next run would read them."""
    if isinstance(folder, Path) and out.resolve().is_relative_to(folder.resolve()):
        raise ActionError(
            f"输出文件夹 {out} 在报送文件夹 {folder} 里，下次会被当成报送表。请换一个输出文件夹。"
        )


class Past:
    """What each unit sent before, from the files at hand and the archive, which is read when needed; no file in conflict."""

    def __init__(self, submissions: Iterable[Submission], store: Store | None, book: Rulebook) -> None:
        self.reader = Reader(book)
        self.store = store
        self.published = published_days(store) if store else {}
        self.known: dict[str, dict[tuple[date, int], Submission | Archived]] = defaultdict(dict)
        for entry in accepted_entries(store) if store else ():
            self.known[entry.unit][date.fromisoformat(entry.cutoff), entry.batch or 0] = entry
        batches: dict[tuple[str, tuple[date, int]], list[Submission]] = defaultdict(list)
        ordered = sorted(submissions, key=lambda s: (s.file, s.digest))
        self.keep = keeper(ordered)
        for submission in ordered:
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
            found = self.keep(self.reader(Source(found.file, self.store.path(found.hash))))
            self.known[unit][key] = found
        if isinstance(found, Archived):
            raise StoreError(f"归档文件缺失：{found.file}。请从备份恢复。")
        return found

    def before(self, submission: Submission) -> list[Submission]:
        """Return the unit's accepted submissions before this one, the earliest first."""
        return [s for s in self.sent(submission.cover.code) if s.key < submission.key]

    def sent(self, unit: str) -> list[Submission]:
        """Return every accepted submission of a unit, the earliest first."""
        return [s for key in sorted(self.known.get(unit, ())) if (s := self.read(unit, key)).usable]

    def cutoffs(self) -> dict[str, list[date]]:
        """Return the 填报截止日期 of every accepted submission by unit."""
        return {unit: [key[0] for key in keys] for unit, keys in self.known.items()}


def keeper(submissions: Sized) -> Callable[[Submission], Submission]:
    """Return how a submission is kept in a run of so many: packed in a large one, else as it is."""
    if not is_large(submissions):
        return lambda submission: submission
    from baiti_xl.scale.packing import packed

    return packed


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a folder holds: its submissions, what the units sent before, and each file's path by hash."""

    submissions: list[Submission]
    past: Past
    paths: "dict[str, Path | Address]"


def gather(
    folder: Path | str,
    store: Store,
    book: Rulebook,
    *,
    jobs: int = 1,
    client: Any = None,
    progress: Progress = silent,
) -> Gathered:
    """Read the submissions of a folder or an address, on a cluster if its client is given.

    Raises ActionError if there are none, StoreError if the archive is damaged, ClusterError.
    """
    faults = store.faults()
    if faults:
        raise StoreError("归档有损坏，没有汇总：" + "；".join(faults))
    files = sources(folder)
    if not files:
        raise ActionError(f"{folder} 里没有报送表。请把各单位的报送表放进去再汇总。")
    submissions = read_all(files, book, jobs=jobs, client=client, progress=progress)
    paths = {s.digest: source.path for s, source in zip(submissions, files, strict=True) if s.digest}
    return Gathered(submissions, Past(submissions, store, book), paths)
