"""A function run in a process of its own, under bounds of time and memory, and thrown away after it.

What a form or an action does there cannot harm the server: a process that dies, hangs or grows is ended, and one plain
sentence is said. Processes are forked from a clean one where the system can, which takes some milliseconds.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from time import monotonic
from typing import Any, TypeVar

from baiti_xl.desk import ActionError
from baiti_xl.errors import UserError

T = TypeVar("T")
DONE, FAILED, STEP = "done", "failed", "step"
PRELOADED = ["__main__", "baiti_xl.serve.work"]
TOO_MUCH = "处理这份文件用的时间或内存太多，没有读。请在 Excel 里另存一份再试；还不行，把文件发给办公室。"
Told = Callable[[str, int, int], None]


def context() -> SpawnContext | ForkServerContext:
    """Return how processes are started here."""
    if sys.platform == "win32":
        return get_context("spawn")
    found = get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found


def run(
    action: Callable[..., T],
    *arguments: Any,
    seconds: float,
    memory: int = 0,
    told: Told | None = None,
    **named: Any,
) -> T:
    """Return what a function returns, called in a process of its own; if `told` is given, `progress` says how far it is.

    `memory` bounds its address space in bytes, where the system can. What the function cannot do is an ActionError, as is
    a process that takes too long or dies.
    """
    here, there = context().Pipe(duplex=False)
    process = context().Process(target=work, args=(there, action, arguments, named, memory, told is not None))
    process.start()
    there.close()
    until = monotonic() + seconds
    try:
        while here.poll(max(0.0, until - monotonic())):
            what, *said = here.recv()
            if what == STEP:
                told and told(*said)
            elif what == DONE:
                return said[0]  # type: ignore[no-any-return]
            elif what == FAILED:
                raise ActionError(said[0])
    except EOFError:
        pass
    finally:
        here.close()
        end(process)
    raise ActionError(TOO_MUCH)


def end(process: Any) -> None:
    """End a process that may be over already."""
    process.join(0.2)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()


def work(
    line: Connection, action: Callable[..., Any], arguments: Any, named: Any, memory: int, tells: bool
) -> None:
    """Call a function and send what it returns; what is done inside is told step by step."""
    if memory:
        bound(memory)
    try:
        steps = {"progress": Steps(line)} if tells else {}
        answer = (DONE, action(*arguments, **named, **steps))
    except UserError as error:
        answer = (FAILED, "\n".join(map(str, error.faults)) or str(error))
    except MemoryError:
        return
    except Exception as error:
        answer = (FAILED, f"程序出错（{type(error).__name__}：{error}）。请把当时的操作告诉维护人员。")
    line.send(answer)


def bound(memory: int) -> None:
    """Hold this process to a size, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Steps:
    """Hands items on one by one and sends how far a run is; a value that a process can be given."""

    def __init__(self, line: Any) -> None:
        self.line = line

    def __call__(self, items: Iterable[T], label: str, /) -> Iterator[T]:
        """Yield the items."""
        total = len(items) if isinstance(items, Sized) else 0
        for at, item in enumerate(items, 1):
            if total < 40 or at % (total // 20) == 0:
                self.line.send((STEP, label, at, total))
            yield item
