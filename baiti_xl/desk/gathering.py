"""A folder of submissions, and what each unit sent before: from the files at hand and from the archive."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baiti_xl.contest.choices import Reported
from baiti_xl.contest.records import CLOSING, KeptFile, PassedOver, Published, Receipt, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count import ledger
from baiti_xl.desk.database import StoreError, damaged
from baiti_xl.desk.entries import Archived
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.heads import ALWAYS, Until
from baiti_xl.desk.publishing import files_of, published_days, rules_of
from baiti_xl.desk.reading import (
    ACCEPTED,
    Progress,
    accepted_entries,
    found_in,
    is_large,
    lying_in,
    read_all,
    read_one,
    silent,
)
from baiti_xl.desk.store import Store
from baiti_xl.scale.reader import Source

MOST_TOLD = 8  # files named in a note
AFTERWARDS = timedelta(days=92)  # so long after the contest a file still tells when it arrived

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

    def __init__(
        self,
        submissions: Iterable[Submission],
        store: Store | None,
        book: Rulebook,
        today: date | None = None,
    ) -> None:
        self.book = book
        self.current = book.current
        self.store = store
        self.today = today
        self.arrivals = Arrivals(store, book, today)
        self.published = published_days(store) if store else {}
        self.known: dict[str, dict[tuple[date, int], Submission | Archived]] = defaultdict(dict)
        self.clashing: set[str] = set()  # of files at hand that are in conflict (F08)
        self.accepted: set[str] = set()  # of files at hand, that stand for their day and batch by the archive
        self.versions: dict[tuple[str, tuple[date, int]], list[Archived]] = defaultdict(list)
        for entry in accepted_entries(store) if store else ():
            self.known[book.current(entry.unit)][key_of(entry)] = entry
        if store:
            self.remember(store)
        batches: dict[tuple[str, tuple[date, int]], list[Submission]] = defaultdict(list)
        self.files = ordered = sorted(submissions, key=lambda s: (s.file, s.digest))
        self.keep = keeper(ordered)
        for submission in ordered:
            if submission.usable:
                batches[submission.cover.code, submission.key].append(submission)
        for (unit, key), same_batch in batches.items():
            known = self.known[unit].get(key)
            accepted = known.hash if isinstance(known, Archived) else ""
            standing = next((s for s in same_batch if s.digest == accepted), None)
            marked = [replace(s, is_accepted=s is standing) for s in same_batch]
            self.clashing |= {s.digest for s, _ in ledger.conflicts(marked)}
            if standing:
                self.accepted.add(accepted)
                self.known[unit][key] = standing
            elif not ledger.conflicts(same_batch):
                self.known[unit][key] = same_batch[0]
            elif known is None:
                self.known[unit].pop(key, None)

    def remember(self, store: Store, until: Until = ALWAYS) -> None:
        """Keep which files of one day and batch were accepted, in order of entry, up to a place in it if one is given."""
        for entry in store.archived(until):
            if entry.result in ACCEPTED:
                self.versions[self.current(entry.unit), key_of(entry)].append(entry)

    def read(self, unit: str, key: tuple[date, int]) -> Submission:
        """Return one known submission, reading it from the archive if need be."""
        found = self.known[unit][key]
        if isinstance(found, Archived):
            found = self.known[unit][key] = self.opened(found)
        return found

    def opened(self, entry: Archived) -> Submission:
        """Return an archived submission."""
        if self.store is None:
            raise StoreError(f"归档文件缺失：{entry.file}。请从备份恢复。")
        return self.keep(read_one(Source(entry.file, self.store.path(entry.hash)), self.book))

    def before(self, submission: Submission) -> list[Submission]:
        """Return the unit's accepted submissions before this one, the earliest first.

        The last may be of the same day and batch, accepted before it: what was changed under one batch is seen too.
        """
        unit, key = submission.cover.code, submission.key
        held = [s for s in self.sent(unit) if s.key < key]
        older = takewhile(lambda entry: entry.hash != submission.digest, self.versions.get((unit, key), ()))
        same_batch = (s for s in map(self.opened, older) if s.usable and s.content != submission.content)
        return [*held, *same_batch]

    def sent(self, unit: str) -> list[Submission]:
        """Return every accepted submission of a unit, the earliest first."""
        return [s for key in sorted(self.known.get(unit, ())) if (s := self.read(unit, key)).usable]

    def marked(self, submissions: Iterable[Submission]) -> list[Submission]:
        """Return submissions, those marked that were accepted before."""
        return [replace(s, is_accepted=True) if s.digest in self.accepted else s for s in submissions]

    @cached_property
    def kept(self) -> list[Submission]:
        """Return the usable submissions that only the archive has: a unit whose newest is missing is not without figures."""
        missing = [
            (unit, key)
            for unit, held in self.known.items()
            for key, submission in held.items()
            if isinstance(submission, Archived)
        ]
        read = (self.read(unit, key) for unit, key in sorted(missing))
        return [replace(s, is_kept=True, is_accepted=True) for s in read if s.usable]

    def rests_on(self) -> list[KeptFile]:
        """Return every submission that figures worked out now rest on, with the day it arrived; none of another contest."""
        return [
            KeptFile(s.file, s.digest, s.is_kept, self.arrivals.first(s.digest))
            for s in (*self.files, *self.kept)
            if s.digest and s.is_ours
        ]

    def receipts(self) -> dict[str, list[Receipt]]:
        """Return every accepted submission by unit, with the days it is filled in up to and arrived."""
        return {
            unit: [Receipt(key[0], self.arrivals.of(unit, key, digest_of(s))) for key, s in held.items()]
            for unit, held in self.known.items()
        }

    def arrived(self, submission: Submission) -> date | None:
        """Return the day a file arrived, None if that is not known."""
        if submission.usable:
            return self.arrivals.of(submission.cover.code, submission.key, submission.digest)
        return self.arrivals.first(submission.digest)

    def closed(self) -> dict[date, Mapping[str, Reported]]:
        """Return how each unit stood in the periods whose circular was issued, by their last day."""
        return {
            day: {self.current(code): state for code, state in held.states.items()}
            for day, held in self.published.items()
            if held.is_closed
        }


def key_of(entry: Archived) -> tuple[date, int]:
    """Return the day an archived submission is filled in up to, and its batch."""
    return date.fromisoformat(entry.cutoff), entry.batch or 0


def digest_of(submission: Submission | Archived) -> str:
    """Return the digest of a submission at hand or in the archive."""
    return submission.hash if isinstance(submission, Archived) else submission.digest


class Arrivals:
    """When each file arrived: the day the office entered, else the first on which the program saw its bytes.

    Seen for the first time more than three months after the contest a file tells nothing of its arrival.
    """

    def __init__(self, store: Store | None, book: Rulebook, today: date | None) -> None:
        self.entered = {(book.current(a.unit), (a.cutoff, a.batch)): a.day for a in book.arrivals}
        self.seen: dict[str, date] = {}
        for entry in store.archived() if store else ():
            self.seen.setdefault(entry.hash, date.fromisoformat(entry.moment[:10]))
        self.today, self.latest = today, book.end + AFTERWARDS

    def first(self, digest: str) -> date | None:
        """Return the day on which the program first saw a file, None if that tells nothing."""
        seen = self.seen.get(digest, self.today)
        return seen if seen is not None and seen <= self.latest else None

    def of(self, unit: str, key: tuple[date, int], digest: str) -> date | None:
        """Return the day a unit's file arrived, None if that is not known."""
        return self.entered.get((unit, key), self.first(digest))


def keeper(submissions: Sized) -> Callable[[Submission], Submission]:
    """Return how a submission is kept in a run of so many: packed in a large one, else as it is."""
    if not is_large(submissions):
        return lambda submission: submission
    from baiti_xl.scale.packing import packed

    return packed


def restored(held: Published, store: Store, published: Mapping[date, Published]) -> "World":
    """Return what something made public was worked out from: its files, rules and past, as they were. Raises StoreError."""
    book = rules_of(held)
    submissions = files_of(held, store, book)
    past = Past(submissions, None, book)
    past.store = store
    past.remember(store, Until(held.moment, held.after))
    past.arrivals.seen = {f.digest: f.arrived for f in held.files if f.arrived}
    past.published = {day: other for day, other in published.items() if day < held.day}
    return World(submissions, book, past, held)


@dataclass(frozen=True, slots=True)
class World:
    """What an outcome is worked out from; `held` is what the day's circular made public, None for what is known now."""

    submissions: list[Submission]
    book: Rulebook
    past: Past
    held: Published | None = None

    def files_of(self, read: "Gathered") -> "Gathered":
        """Return what lies in the folder; of a day that was made public what lay there then."""
        if self.held is None:
            return read
        then = [s for s in self.submissions if not s.is_kept]
        return replace(read, submissions=then, passed_over=(), present=len(then))

    def note(self, read: "Gathered") -> str:
        """Return what to tell of a day that was made public, and which files that lie in the folder now it does not rest on."""
        if self.held is None:
            return ""
        moment, kinds = self.held.moment[:16], "、".join(k for k in self.held.kinds if k != CLOSING)
        done = (
            f"{self.held.day} 的{kinds}已于 {moment} 编号发出"
            if kinds
            else f"{self.held.day} 已于 {moment} 结期"
        )
        return (
            f"{done}，结果是那时的报送、规则和裁定；之后的变动记在下一期的“更正”里。"
            "要改发，在首页“改发原因”或用 --reissue 写明原因。"
        ) + self.left_out(read)

    def left_out(self, read: "Gathered") -> str:
        """Return which files that were read now what was made public does not rest on."""
        then = {s.digest for s in self.submissions}
        names = [s.file for s in read.submissions if s.digest not in then]
        more = f" 等 {len(names)} 个" if len(names) > MOST_TOLD else ""
        told = "、".join(names[:MOST_TOLD])
        how = "要看它们的问题，用 baiti-xl check，或打开后点“校验本表”。"
        return f"\n报送文件夹里现在还有文件不在其中：{told}{more}。{how}" if names else ""


def world_of(
    read: "Gathered", book: Rulebook, store: Store, day: date | None, *, anew: bool = False
) -> World:
    """Return what a day is worked out from: one whose circular was issued from what it was made of, unless it is issued anew."""
    held = read.past.published.get(day) if day else None
    if held is None or anew or not held.is_closed:
        return World(read.submissions, book, read.past)
    return restored(held, store, read.past.published)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a folder holds: its submissions, what the units sent before, and each file's path by hash."""

    submissions: list[Submission]
    past: Past
    paths: "dict[str, Path | Address]"
    passed_over: tuple[PassedOver, ...] = ()
    present: int = 0


def gather(
    folder: Path | str,
    store: Store,
    book: Rulebook,
    *,
    jobs: int = 1,
    client: Any = None,
    may_be_empty: bool = False,
    progress: Progress = silent,
) -> Gathered:
    """Read the submissions of a folder or an address, on a cluster if its client is given.

    Raises ActionError if there are none and it may not be empty, StoreError if the archive is damaged, ClusterError.
    """
    faults = store.faults()
    if faults:
        raise StoreError(damaged(faults))
    files, others = found_in(folder)
    present = lying_in(folder)
    if not files and not may_be_empty:
        raise ActionError(f"{folder} 里没有报送表。请把各单位的报送表放进去再汇总。")
    submissions = read_all(files, book, jobs=jobs, client=client, progress=progress)
    paths = {s.digest: source.path for s, source in zip(submissions, files, strict=True) if s.digest}
    past = Past(submissions, store, book, date.today())
    return Gathered(submissions, past, paths, tuple(others), present)
