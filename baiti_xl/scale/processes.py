"""Files of others read in processes that may die, so that one that kills its reader costs nobody but itself.

A process is started with the program, kept while it behaves, and bounded in memory and time (`limits`). What it sends
back is taken apart as records and nothing else (`typed`). It is a plain child with two pipes, since `multiprocessing`
needs a main module that Python under Excel does not have.
"""

import atexit
import logging
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO, Any, Protocol, cast

from baiti_xl.contest.records import Submission
from baiti_xl.errors import UserError
from baiti_xl.read.bounds import Refused
from baiti_xl.scale import typed
from baiti_xl.scale.errors import ClusterError
from baiti_xl.scale.limits import OVER_MEMORY, SECONDS, Limits, is_overdue
from baiti_xl.scale.packing import packed

log = logging.getLogger(__name__)
LIVES = 2  # processes that a file may kill before it is to blame, since one may die by chance
PATIENCE = 60  # seconds for an answer, of whatever the process waits for; and for its start
LABEL = "读取报送表"
LENGTH = 8  # bytes that tell how long a message is
GOES_ON, SPENT = b"+", b"-"  # how an answer begins
BOOT = "import sys; sys.path[:] = sys.argv[1:]; from baiti_xl.scale.processes import serve; serve()"
HIDDEN = 0x08000000  # Windows: no console window
OVER_TIME, KILLED = f"超过 {SECONDS} 秒没有读完", "异常终止"
NO_START = "启动不了读取文件的进程。请重新安装程序再试。"
LATE_START = (
    f"读取文件的进程 {PATIENCE} 秒还没有启动起来。请看电脑是否太忙、安全软件是否拦住了 Python，再试。"
)


class Refusal(Protocol):
    """Makes the submission that stands for a file nobody can read: (name, why, rule)."""

    def __call__(self, name: str, why: str, rule: str, /) -> Submission: ...


Reader = Callable[[Any], Submission]
Progress = Callable[[Any, str], Any]


class LateStart(ClusterError):
    """A process has not begun in time."""


class Died(UserError):
    """What was asked of a process ended it, or went wrong in it; `why` says how in a few words."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"读取文件时程序出错（{why}）。请在 Excel 或 Word 里打开它另存一次再试，并把原件发给维护人员。"
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to: its value or the error that it has a sentence for; else what went wrong, and where."""

    value: Any = None
    error: UserError | Refused | None = None
    fault: str = ""
    trace: str = ""


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write one message."""
    pipe.write(len(message).to_bytes(LENGTH, "big") + message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Return the next message, None at the end."""
    head = pipe.read(LENGTH)
    size = int.from_bytes(head, "big")
    body = pipe.read(size) if len(head) == LENGTH else b""
    return body if len(head) == LENGTH and len(body) == size else None


# ── in the process ───────────────────────────────────────────────────────────────────────────────


def serve() -> None:
    """Answer calls until there are no more; tell with each answer whether the process has grown too large for another."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    for stream in (0, 1):  # whatever a library prints is no answer
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    import baiti_xl.scale.reader  # noqa: F401 - what nearly every call needs

    limits = Limits()
    send(answers, b"")
    function: Callable[..., Any] = int
    with suppress(KeyboardInterrupt):
        while call := receive(calls):
            limits.renew()
            told, arguments = pickle.loads(call)
            function = pickle.loads(told) if told else function
            answer = pickle.dumps(answer_to(function, arguments), pickle.HIGHEST_PROTOCOL)
            send(answers, (SPENT if limits.is_spent else GOES_ON) + answer)
    os._exit(0)


def answer_to(function: Callable[..., Any], arguments: Sequence[Any]) -> Answer:
    """Return what a call comes to."""
    try:
        return Answer(function(*arguments))
    except (UserError, Refused) as error:
        return Answer(error=error)
    except MemoryError:
        return Answer(fault=OVER_MEMORY)
    except Exception as error:
        from traceback import format_exc

        return Answer(fault=type(error).__name__, trace=format_exc())


# ── beside it ────────────────────────────────────────────────────────────────────────────────────


class Child:
    """One process that answers calls, one at a time. Raises ClusterError if it does not start."""

    def __init__(self) -> None:
        ours = str(Path(__file__).parents[2])
        places = [place for place in sys.path if place and Path(place).is_absolute()]
        try:
            self.process = subprocess.Popen(
                [interpreter(), "-I", "-X", "utf8", "-c", BOOT, *dict.fromkeys([ours, *places])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ours,  # Windows keeps the folder that a process stands in
                creationflags=HIDDEN if sys.platform == "win32" else 0,
            )
        except OSError as error:
            raise ClusterError(NO_START) from error
        self.calls, self.answers = cast(IO[bytes], self.process.stdin), cast(IO[bytes], self.process.stdout)
        self.is_ready = self.is_late = False
        self.function = b""

    def ask(self, function: bytes, arguments: Sequence[Any]) -> bytes:
        """Return a call's answer as it was sent. Raises Died, and ClusterError for a process that never began."""
        overdue = Timer(PATIENCE, self.give_up)
        overdue.start()
        try:
            self.await_start()
            send(self.calls, pickle.dumps((function if function != self.function else b"", arguments)))
            self.function = function
            found = receive(self.answers)
        except OSError:
            found = None
        finally:
            overdue.cancel()
        if not found or found.startswith(SPENT):
            self.end()
        if not found:
            raise Died(OVER_TIME if self.is_late or is_overdue(self.process.returncode) else KILLED)
        return found[1:]

    def await_start(self) -> None:
        """Wait until the process is ready."""
        if not self.is_ready and receive(self.answers) is None:
            self.end()
            raise LateStart(LATE_START) if self.is_late else ClusterError(NO_START)
        self.is_ready = True

    def give_up(self) -> None:
        """End a process that does not answer."""
        self.is_late = True
        self.process.kill()

    @property
    def lives(self) -> bool:
        """Whether the process can be asked more."""
        return self.process.poll() is None

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.calls, self.answers):
            with suppress(OSError):
                pipe.close()


def interpreter() -> str:
    """Return the Python that runs this, also where it was started by another program."""
    here = Path(sys.executable or "python")
    if here.stem.lower().startswith("python"):
        return str(here)
    names = ("pythonw.exe", "python.exe") if sys.platform == "win32" else ("bin/python3",)
    return next((str(found) for name in names if (found := Path(sys.exec_prefix, name)).is_file()), str(here))


idle: list[Child] = []  # processes at hand; one that is at work is in none's reach


def warm() -> None:
    """Start a process now, so that it is ready when the first file is to be read."""
    if not idle:
        idle.append(Child())


def check_start() -> None:
    """Raise ClusterError at once if no process can be started, for whoever reads files only much later."""
    aside(int)


def end_all() -> None:
    """End the processes at hand."""
    while idle:
        idle.pop().end()


atexit.register(end_all)
if sys.platform != "win32":
    os.register_at_fork(after_in_child=idle.clear)


def taken() -> Child:
    """Return a process that is at hand, or a new one."""
    while True:
        try:
            child = idle.pop()
        except IndexError:
            return Child()
        if child.lives:
            return child
        child.end()


def asked(function: bytes, arguments: Sequence[Any]) -> bytes:
    """Return the answer to a call as it was sent; a process that dies, or ends before it begins, is tried again, since it may do
    so by chance; one that is only slow is not. Raises Died, and ClusterError if none begins."""
    for life in range(LIVES, 0, -1):
        try:
            child = taken()
            found = child.ask(function, arguments)
        except ClusterError as error:
            if life == 1 or isinstance(error, LateStart):
                raise
            continue
        except Died as death:
            if life == 1 or death.why == OVER_TIME:
                raise
            continue
        if child.lives:
            idle.append(child)
        return found
    raise AssertionError


def value_of(answer: bytes) -> Any:
    """Return the value that was answered, or raise the error. Raises Died for a fault."""
    try:
        found = typed.loads(answer)
    except Exception as error:
        raise Died(KILLED) from error
    if not isinstance(found, Answer):
        raise Died(KILLED)
    if found.error:
        raise found.error
    if found.fault:
        log.debug("%s", found.trace)
        raise Died(found.fault)
    return found.value


def aside(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a call comes to in a process beside this one; function and arguments travel, records come back.

    Raises Died, and what the function raises of UserError and Refused.
    """
    return value_of(asked(pickle.dumps(function), arguments))


# ── many files ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Packing:
    """A reader whose submissions travel well."""

    reader: Reader

    def __call__(self, file: Any) -> Submission:
        """Return one file as a packed submission."""
        return packed(self.reader(file))


@dataclass
class Shared:
    """The submissions of several processes, packed, in the order of the files, so that progress can be shown.

    At most a few files are under way or waiting, so that memory does not grow with the files.
    """

    jobs: int
    reader: Reader
    files: Sequence[Any]
    refuse: Refusal

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[Submission]:
        """Yield the submissions."""
        function = pickle.dumps(Packing(self.reader))
        waiting: deque[tuple[Future[bytes], Any]] = deque()
        pool = ThreadPoolExecutor(self.jobs)
        try:
            for file in self.files:
                waiting.append((pool.submit(ask_of, function, file), file))
                if len(waiting) > 2 * self.jobs:
                    yield self.finished(*waiting.popleft())
            while waiting:
                yield self.finished(*waiting.popleft())
        finally:
            pool.shutdown(cancel_futures=True)

    def finished(self, task: Future[bytes], file: Any) -> Submission:
        """Return a file's submission; one that ended its readers is refused."""
        try:
            found = value_of(task.result())
        except Died as death:
            return self.refuse(file.name, death.why, "F04/program")
        return found if isinstance(found, Submission) else self.refuse(file.name, KILLED, "F04/program")


def ask_of(function: bytes, file: Any) -> bytes:
    """Return the answer of a reader that is given a file. Raises Died."""
    from baiti_xl.scale.reader import brought

    return asked(function, (brought(file),))


def read_in_processes(
    jobs: int, reader: Reader, files: Sequence[Any], refuse: Refusal, progress: Progress
) -> list[Submission]:
    """Return files read and checked by processes of this machine, in the order of the files."""
    return list(progress(Shared(jobs, reader, files, refuse), LABEL))
