"""Submissions from a folder or the archive: which files are read, by whom, and what each unit sent before."""

import gc
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from baiti_xl.contest.records import PassedOver, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.entries import IN_FORCE, LATER, SUPERSEDED, Archived
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.rules import CONSOLE_NAMES
from baiti_xl.desk.store import Store, is_archive
from baiti_xl.scale.packing import opened, packed
from baiti_xl.scale.places import Address
from baiti_xl.scale.processes import read_in_processes
from baiti_xl.scale.reader import Reader, Source, unreadable

USUAL = gc.get_threshold()
OPEN_SUBMISSIONS = 1000  # a run of more keeps them packed; 400 MB as records
LOCKS, HIDDEN = ("~$", ".~"), ("~$", ".")
SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini"})
ACCEPTED = frozenset({IN_FORCE, SUPERSEDED, LATER})
T = TypeVar("T")
running: list[object] = []  # runs under way that make records


class Progress(Protocol):
    """Hands items on one by one and shows under a label how far a run is."""

    def __call__(self, items: Iterable[T], label: str, /) -> Iterable[T]: ...


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cycles a hundred times more rarely: records hold none, and a run makes millions of them.

    So it stays until the last of several runs at once, or of one inside another, has ended.
    """
    run = object()
    running.append(run)
    gc.set_threshold(100 * USUAL[0], *USUAL[1:])
    try:
        yield
    finally:
        running.remove(run)
        if not running:
            gc.set_threshold(*USUAL)


def silent(items: Iterable[T], label: str) -> Iterable[T]:
    """Show no progress."""
    return items


def sources(folder: Path | str) -> list[Source]:
    """Return the files of a folder or an address, and of what lies below, that may be submissions, in order of path.

    An archive gives every submission it ever accepted. Raises ActionError, StoreError or ClusterError.
    """
    return found_in(folder)[0]


def found_in(folder: Path | str) -> tuple[list[Source], list[PassedOver]]:
    """Return the files that may be submissions, and all others with why each is not read, in order of path.

    Lock files, system files and the console are told by name, an archive inside by its register; links are not followed.
    Raises ActionError, StoreError or ClusterError.
    """
    if isinstance(folder, str):
        from baiti_xl.scale.places import listing

        there = [(name, file, why_not_by_name(Path(name))) for name, file in listing(folder)]
        return split([(name, file, why) for name, file, why in there])
    if not folder.is_dir():
        raise ActionError(f"找不到文件夹 {folder}。请检查路径。")
    if is_archive(folder):
        return archived_sources(Store(folder.parent)), []
    return split(
        [
            (shown_name(path.relative_to(folder)), path, why or why_not(path, folder))
            for path, why in walked(folder)
        ]
    )


def split(found: Iterable[tuple[str, Path | Address, str]]) -> tuple[list[Source], list[PassedOver]]:
    """Return (files to be read, files passed over) of (name, file, why it is not read)."""
    every = list(found)
    return (
        [Source(name, file) for name, file, why in every if not why],
        [PassedOver(name, why) for name, _, why in every if why],
    )


def walked(folder: Path) -> list[tuple[Path, str]]:
    """Return every path below a folder that is no plain folder, in order, with why a folder could not be gone into."""
    closed: list[tuple[Path, str]] = []

    def note(error: OSError) -> None:
        closed.append((Path(error.filename), "文件夹没有权限，打不开"))

    found: list[tuple[Path, str]] = []
    for place, folders, files in os.walk(folder, onerror=note):
        here = Path(place)
        for name in [*folders]:
            if is_archive(here / name):
                folders.remove(name)
                found.append((here / name, "归档文件夹"))
        found.extend(
            (here / name, "") for name in (*files, *filter(lambda n: (here / n).is_symlink(), folders))
        )
    return sorted([*found, *closed])


def lying_in(folder: Path | str) -> int:
    """Return how many things lie in a folder or at an address, counted apart from what is read there, for 对账.

    An archive is one, as is a link, and a folder that cannot be gone into.
    """
    if isinstance(folder, str):
        from baiti_xl.scale.places import listing

        return len(listing(folder))
    if is_archive(folder):
        return len(archived_sources(Store(folder.parent)))
    return sum(map(things_in, listed(folder) or ()))


def things_in(entry: "os.DirEntry[str]") -> int:
    """Return how many things an entry of a folder stands for."""
    if not entry.is_dir(follow_symlinks=False) or is_archive(Path(entry.path)):
        return 1
    below = listed(entry.path)
    return 1 if below is None else sum(map(things_in, below))


def listed(folder: Path | str) -> "list[os.DirEntry[str]] | None":
    """Return the entries of a folder, None for one that cannot be gone into."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return None


def why_not(path: Path, folder: Path) -> str:
    """Return why a path is not read, "" if it is."""
    if path.is_symlink():
        return "链接，请放入文件本身"
    return why_not_by_name(path.relative_to(folder)) or ("" if path.is_file() else "不是普通文件")


def why_not_by_name(path: Path) -> str:
    """Return why a file of this name is none that a person put there, "" for any other."""
    if path.name.startswith(LOCKS):
        return "文件打开时留下的锁定文件"
    if any(part.startswith(HIDDEN) for part in path.parts):
        return "隐藏文件"
    if path.name.lower() in CONSOLE_NAMES:
        return "操作台，不是报送表"
    return "系统文件" if path.name.lower() in SYSTEM_NAMES else ""


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
    return bool(why_not_by_name(path))


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
