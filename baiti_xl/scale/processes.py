"""Files read and checked by processes of this machine, so that one that kills its reader is found and named.

When a process dies, the batches under way are read again file by file; the file to blame is refused, and all
others are as if nothing had happened.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Protocol

from baiti_xl.contest.records import Submission
from baiti_xl.scale.errors import ClusterError
from baiti_xl.scale.packing import packed

BATCH = 20  # files a task; half a second of work
LIVES = 2  # processes that a file may kill before it is to blame, since one may die by chance
MOST_PROCESSES = 61  # that Windows can wait for


class Refusal(Protocol):
    """Makes the submission that stands for a file nobody can read: (name, why, rule)."""

    def __call__(self, name: str, why: str, rule: str, /) -> Submission: ...


Reader = Callable[[Any], Submission]
Progress = Callable[[Any, str], Any]
LABEL = "读取报送表"


def read_packed(reader: Reader, file: Any) -> Submission:
    """Return one file as a packed submission."""
    return packed(reader(file))


def read_one_by_one(reader: Reader, files: Sequence[Any], refuse: Refusal) -> Iterator[Submission]:
    """Yield files read one at a time in a process beside this one; a file that kills two of them is refused."""
    pool = processes(1)
    try:
        for file in files:
            for _ in range(LIVES):
                try:
                    found = pool.submit(read_packed, reader, file).result()
                    break
                except BrokenProcessPool:
                    pool = processes(1)
            else:
                found = refuse(file.name, "异常终止", "F04/program")
            yield found
    finally:
        pool.shutdown(cancel_futures=True)


def processes(count: int) -> ProcessPoolExecutor:
    """Return so many new processes, started afresh as on every system. Raises ClusterError if none starts."""
    pool = ProcessPoolExecutor(min(count, MOST_PROCESSES), mp_context=get_context("spawn"))
    try:
        pool.submit(int).result()
    except BrokenProcessPool as error:
        raise ClusterError("启动不了并行进程。请去掉 --jobs 再试。") from error
    return pool


@dataclass
class Shared:
    """The submissions of several processes, in the order of the files, so that progress can be shown.

    At most a few batches are under way or waiting, so that memory does not grow with the files.
    """

    jobs: int
    reader: Reader
    files: Sequence[Any]
    refuse: Refusal

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[Submission]:
        """Yield the submissions."""
        pool = processes(self.jobs)
        waiting: list[tuple[Future[list[Submission]], Sequence[Any]]] = []
        try:
            for at in range(0, len(self.files), BATCH):
                files = self.files[at : at + BATCH]
                try:
                    waiting.append((pool.submit(read_many, self.reader, files), files))
                except BrokenProcessPool:
                    pool = processes(self.jobs)
                    waiting.append((pool.submit(read_many, self.reader, files), files))
                if len(waiting) > 2 * self.jobs:
                    yield from self.finished(*waiting.pop(0))
            for one in waiting:
                yield from self.finished(*one)
        finally:
            pool.shutdown(cancel_futures=True)

    def finished(self, task: Future[list[Submission]], files: Sequence[Any]) -> Iterator[Submission]:
        """Yield a batch; one whose process died is read file by file."""
        try:
            yield from task.result()
        except BrokenProcessPool:
            yield from read_one_by_one(self.reader, files, self.refuse)


def read_many(reader: Reader, files: Sequence[Any]) -> list[Submission]:
    """Return files as packed submissions."""
    return [read_packed(reader, file) for file in files]


def read_in_processes(
    jobs: int, reader: Reader, files: Sequence[Any], refuse: Refusal, progress: Progress
) -> list[Submission]:
    """Read and check files in several processes of this machine, in the order of the files."""
    return list(progress(Shared(jobs, reader, files, refuse), LABEL))
