"""Submissions from a folder or the archive: which files are read, by whom, and what each unit sent before."""

import gc
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.rules import CONSOLE_NAMES
from baiti_xl.desk.store import DATABASE, IN_FORCE, Archived, Store
from baiti_xl.scale.packing import opened, packed
from baiti_xl.scale.processes import read_in_processes
from baiti_xl.scale.reader import Reader, Source, unreadable

OPEN_SUBMISSIONS = 1000  # a run of more keeps them packed; 400 MB as records
SKIPPED_PREFIXES = ("~$", ".~", "._", ".")
SKIPPED_NAMES = frozenset({"thumbs.db", "desktop.ini", *CONSOLE_NAMES})
ACCEPTED = frozenset({IN_FORCE, "被替代", "晚于统计日"})
T = TypeVar("T")


class Progress(Protocol):
    """Hands items on one by one and shows under a label how far a run is."""

    def __call__(self, items: Iterable[T], label: str, /) -> Iterable[T]: ...


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cycles a hundred times more rarely: records hold none, and a run makes millions of them."""
    usual = gc.get_threshold()
    gc.set_threshold(100 * usual[0], *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def silent(items: Iterable[T], label: str) -> Iterable[T]:
    """Show no progress."""
    return items


def sources(folder: Path | str) -> list[Source]:
    """Return the files of a folder or an address, and of what lies below, that may be submissions, in order of path.

    Lock files, system files and the console are skipped by name, an archive inside too; links are not
    followed. An archive itself gives every submission it ever accepted. Raises ActionError, StoreError or
    ClusterError.
    """
    if isinstance(folder, str):
        from baiti_xl.scale.places import listing

        return [Source(shown_name(Path(name)), file) for name, file in listing(folder, is_skipped)]
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
    return [Source(shown_name(p.relative_to(folder)), p) for p in paths if p.is_file() and not p.is_symlink()]


def shown_name(path: Path) -> str:
    """Return a file's name as it can be written anywhere, whatever bytes another system put into it."""
    text = path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join("�" if unicodedata.category(mark) in ("Cc", "Cf", "Cs") else mark for mark in text)


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


@rare_collections()
def read_all(
    files: Sequence[Source],
    book: Rulebook,
    *,
    jobs: int = 1,
    client: Any = None,
    progress: Progress = silent,
) -> list[Submission]:
    """Read and check files, in their order: in processes of this machine, or on a cluster's workers.

    Beyond OPEN_SUBMISSIONS files each is kept packed, so that memory does not grow with what is in them.
    """
    if client:
        from baiti_xl.scale.workers import read_on_cluster

        read: Iterable[Submission] = read_on_cluster(client, Reader(book), files, unreadable, progress)
    else:
        read = read_in_processes(jobs, Reader(book), files, unreadable, progress)
    return list(map(packed if is_large(files) else opened, read))


def read_one(file: Source, book: Rulebook) -> Submission:
    """Read and check one file."""
    return read_all([file], book)[0]


def is_large(files: Sized) -> bool:
    """Whether so many files are read that each is kept packed."""
    return len(files) > OPEN_SUBMISSIONS
