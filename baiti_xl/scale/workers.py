"""Files read and checked by the workers of a Dask cluster.

The workers return packed submissions, as bytes that are taken apart here (`typed`); everything that follows is worked out here, by the same functions as in
a local run, so that the figures are the same to the last digit. A worker that dies costs time, nothing else:
its batch goes to another one, and a batch that keeps killing workers is read file by file beside this process,
so that only the file to blame is refused. What a worker cannot see is read here.
"""

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, TypeGuard

from baiti_xl import __version__
from baiti_xl.contest.records import Submission
from baiti_xl.scale.errors import ClusterError, library
from baiti_xl.scale.packing import opened, packed
from baiti_xl.scale.places import LOCAL, Address
from baiti_xl.scale.processes import (
    LABEL,
    Died,
    Progress,
    Reader,
    Refusal,
    Shared,
    answer_to,
    value_of,
)

CONNECT_SECONDS, WORKERS_SECONDS = 20, 60
BATCH = 20  # files a task; half a second of work
HERE, SAFE = "localhost", ("tls", "wss")  # the machine itself; ways to a scheduler that are encrypted
CARRIED = ["dask", "msgpack"]  # ways to send results that run nothing here; bytes need no other
DEATHS = 5  # workers a batch may outlive before it is read here

NO_ANSWER = (
    "工作节点送回的不是报送表的内容{}，没有写入任何文件。请检查各节点的程序，或不用 --cluster 再运行。"
)

# ── on a worker ──────────────────────────────────────────────────────────────────────────────────


def read_batch(reader: Reader, files: Sequence[Any], version: str) -> bytes:
    """Return an answer as `processes.value_of` takes it apart: what `batch_of` comes to."""
    return pickle.dumps(answer_to(batch_of, (reader, files, version)), pickle.HIGHEST_PROTOCOL)


def batch_of(reader: Reader, files: Sequence[Any], version: str) -> list[Submission | None]:
    """Return the files as packed submissions, None for those that cannot be seen from here."""
    if version != __version__:
        raise ClusterError(f"工作节点的程序版本是 {__version__}，本机是 {version}。请装成同一版本再试。")
    return [read_seen(reader, file) for file in files]


def read_seen(reader: Reader, file: Any) -> Submission | None:
    """Return one file as a packed submission, None if its bytes cannot be had here."""
    submission = reader(file)
    return packed(submission) if submission.digest else None


# ── a cluster ────────────────────────────────────────────────────────────────────────────────────


def check_door(address: str, *, plain: bool) -> None:
    """Raise ClusterError for a scheduler that is neither on this machine nor reached by an encrypted way, unless asked for:
    anybody between could read it and command it."""
    scheme, _, place = address.rpartition("://")
    if not (plain or scheme in SAFE or is_here(place)):
        raise ClusterError(
            f"{address} 是明文连接，没有认证：同一网络里的人能在各节点和本机上运行程序。请改用 tls://；"
            "确知网络可信的，另加 --plain-cluster。"
        )


def is_here(place: str) -> bool:
    """Whether host and port are of this machine; a name that only begins like its address is not."""
    host = (place.rpartition(":")[0] or place).strip("[]")
    try:
        return host == HERE or ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def connected(address: str, *, plain: bool = False) -> Iterator[Any]:
    """Hold a connection to a scheduler that has workers; a `plain` one beyond this machine only if asked for. Raises ClusterError."""
    check_door(address, plain=plain)
    connect = library("distributed").Client
    try:
        client = connect(
            address,
            timeout=CONNECT_SECONDS,
            set_as_default=False,
            serializers=CARRIED,
            deserializers=CARRIED,
        )
    except Exception as error:
        raise ClusterError(f"连接不上集群 {address}（{error}）。请核对地址，并确认调度器已启动。") from error
    try:
        try:
            client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError as error:
            raise ClusterError(f"集群 {address} 里没有可用的工作节点。请先启动 dask worker。") from error
        yield client
    finally:
        client.close()


@dataclass
class Arrivals:
    """The submissions of a cluster run one by one as they arrive, so that progress can be shown."""

    client: Any
    reader: Reader
    files: Sequence[Any]
    refuse: Refusal
    batch: int = BATCH
    chance: Random = field(
        default_factory=SystemRandom
    )  # that no worker can foresee which file of a batch is read again

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[tuple[int, Submission]]:
        """Yield (place in the order of files, submission)."""
        reader = self.client.submit(same, self.reader, pure=False)
        sent = list(map(travelling, self.files))
        starts = range(0, len(self.files), self.batch)
        tasks = {
            self.client.submit(
                read_batch, reader, sent[at : at + self.batch], __version__, pure=False, retries=DEATHS
            ): at
            for at in starts
        }
        for task in library("distributed").as_completed(list(tasks), loop=self.client.loop):
            at = tasks.pop(task)
            batch = self.files[at : at + self.batch]
            yield from enumerate(self.completed(self.result(task, len(batch)), batch), at)
            task.release()

    def result(self, task: Any, size: int) -> list[Submission | None]:
        """Return a batch's submissions, as many as files; nothing at all if it killed every worker it was given to."""
        try:
            told = task.result()
        except library("distributed").KilledWorker:
            return []
        except ClusterError:
            raise
        except Exception as error:
            raise ClusterError(
                f"与集群的连接中断或任务出错（{type(error).__name__}：{error}）。没有写入任何文件，请再运行一次。"
            ) from error
        return untied(told, size)

    def completed(self, found: list[Submission | None], files: Sequence[Any]) -> Iterator[Submission]:
        """Yield a batch whole: what the workers could not see or read is read here."""
        if not found:
            found = [None] * len(files)
        again = self.chance.randrange(len(files))
        for at, (file, submission) in enumerate(zip(files, found, strict=True)):
            if is_of(submission, file):
                if at == again:
                    self.compare(submission, file)
                yield submission
            else:
                yield from self.here(file)

    def here(self, file: Any) -> Iterator[Submission]:
        """Yield one file read by a process of this machine."""
        yield from Shared(1, self.reader, [file], self.refuse)

    def compare(self, submission: Submission, file: Any) -> None:
        """Read one file of a batch again here; raises ClusterError if a worker read it otherwise, or another file."""
        (mine,) = map(opened, self.here(file))
        if mine.digest != submission.digest:
            raise ClusterError(
                f"{file.name}：工作节点读的不是本机读到的那份文件，没有写入任何文件。请确认文件没有正被改动、各节点看到的是同一个文件夹，"
                "再运行一次。"
            )
        if opened(submission) != mine:
            raise ClusterError(
                f"{file.name}：工作节点读出的与本机读出的不同，没有写入任何文件。请检查各节点的程序，或不用 --cluster 再运行。"
            )


def untied(told: object, size: int) -> list[Submission | None]:
    """Return the submissions of a worker's answer. Raises ClusterError for one that is no answer, or tells of a fault."""
    try:
        found = value_of(told) if isinstance(told, bytes) else None
    except Died as death:
        raise ClusterError(NO_ANSWER.format(f"（{death.why}）")) from death
    if not isinstance(found, list) or len(found) != size:
        raise ClusterError(NO_ANSWER.format(""))
    return [one if isinstance(one, Submission) else None for one in found]


def travelling(file: Any) -> Any:
    """Return a file as a worker can be given it, of whatever system: a local path as an absolute address."""
    if not isinstance(file.path, Path):
        return file
    return replace(file, path=Address(f"{LOCAL}{file.path.absolute().as_posix()}"))


def is_of(submission: Submission | None, file: Any) -> TypeGuard[Submission]:
    """Whether a submission was read from this very file: a worker may see another one under the same path."""
    if submission is None or not isinstance(file.path, Path):
        return submission is not None
    try:
        return hashlib.sha256(file.path.read_bytes()).hexdigest() == submission.digest
    except OSError:
        return False


def same(reader: Reader) -> Reader:
    """Return the reader: a task of its own, so that it travels once to each worker and is made again if lost."""
    return reader


def read_on_cluster(
    client: Any, reader: Reader, files: Sequence[Any], refuse: Refusal, progress: Progress, batch: int = BATCH
) -> list[Submission]:
    """Read and check files on a cluster; return their submissions in the order of the files. Raises ClusterError."""
    arrived: list[Submission | None] = [None] * len(files)
    for at, submission in progress(Arrivals(client, reader, files, refuse, batch), LABEL):
        arrived[at] = submission
    return [submission for submission in arrived if submission]
