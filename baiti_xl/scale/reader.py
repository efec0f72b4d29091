"""One file read and checked: what the processes do that read the files of others."""

import hashlib
import logging
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Place
from baiti_xl.contest.records import Submission, Table
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import check as run_checks
from baiti_xl.contest.rules import finding
from baiti_xl.contest.sheets import Cover
from baiti_xl.read import guard
from baiti_xl.read.cells import read_submission
from baiti_xl.scale.limits import OVER_MEMORY
from baiti_xl.scale.places import Address, Stat

log = logging.getLogger(__name__)
PIPE = "不是普通文件，而是文件夹、管道或设备"  # which would wait for ever


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be read, and the name by which staff know it."""

    name: str
    path: Path | Address


@dataclass(frozen=True, slots=True)
class Held:
    """A file's bytes, or why there are none; stands where a Path does if all that is asked of it is its bytes."""

    size: int
    data: bytes = b""
    error: OSError | None = None

    def stat(self) -> Stat:
        """Return what is known of the file."""
        return Stat(self.size)

    def read_bytes(self) -> bytes:
        """Return the file's bytes."""
        if self.error:
            raise self.error
        return self.data


def brought(file: Source) -> Source:
    """Return a file as a process in another folder can be given it: a whole path, or the bytes of what lies elsewhere."""
    path = file.path
    if isinstance(path, Path):
        return replace(file, path=path.absolute())
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= guard.MAX_FILE else b""
        held = Held(max(size, len(data)), data)
    except OSError as error:
        held = Held(0, error=error)
    return replace(file, path=cast(Any, held))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads and checks one file; a value, so that processes and workers can be given it."""

    book: Rulebook

    def __call__(self, source: Source) -> Submission:
        """Return the file as a checked submission; a file that cannot be opened is one with a finding."""
        try:
            held = source.path.stat()
            if not stat.S_ISREG(held.st_mode):
                return unreadable(source.name, PIPE)
            size = held.st_size
            data = source.path.read_bytes() if size <= guard.MAX_FILE else b""
            if max(size, len(data)) > guard.MAX_FILE:
                what = f"{max(size, len(data)) >> 20} MB，上限 {guard.MAX_FILE >> 20} MB"
                return unreadable(source.name, what, "F03")
        except OSError as error:
            return unreadable(source.name, why_unopened(error))
        try:
            return run_checks(read_submission(data, source.name, self.book), self.book)
        except Exception as error:
            log.debug("%s", source.name, exc_info=True)
            digest = hashlib.sha256(data).hexdigest()
            what = OVER_MEMORY if isinstance(error, MemoryError) else type(error).__name__
            return unreadable(source.name, what, "F04/program", digest)


def why_unopened(error: OSError) -> str:
    """Return in a few words why a file's bytes cannot be had."""
    if isinstance(error, FileNotFoundError):
        return "找不到这个文件"
    if isinstance(error, PermissionError):
        return "正被别的程序打开，或没有权限"
    return error.strerror or "读不出来"


def unreadable(name: str, what: str, rule: str = "F04/unopened", digest: str = "") -> Submission:
    """Return a file of which nothing could be read, with the one finding that says why."""
    fault = finding(rule, Place(name), what=what)
    return Submission(
        name, digest, Cover(), {}, {s.name: Table(s.name) for s in sheets.DATA_SHEETS}, (fault,)
    )
