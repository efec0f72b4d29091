"""One file read and checked: what the processes do that read the files of others."""

import hashlib
import logging
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
            size = source.path.stat().st_size
            data = source.path.read_bytes() if size <= guard.MAX_FILE else b""
            if max(size, len(data)) > guard.MAX_FILE:
                what = f"{max(size, len(data)) >> 20} MB，上限 {guard.MAX_FILE >> 20} MB"
                return unreadable(source.name, what, "F03")
        except OSError as error:
            return unreadable(source.name, f"文件正被打开或没有权限：{error.strerror or '无法打开'}")
        try:
            return run_checks(read_submission(data, source.name, self.book), self.book)
        except Exception as error:
            log.debug("%s", source.name, exc_info=True)
            digest = hashlib.sha256(data).hexdigest()
            what = OVER_MEMORY if isinstance(error, MemoryError) else type(error).__name__
            return unreadable(source.name, what, "F04/program", digest)


def unreadable(name: str, what: str, rule: str = "F04", digest: str = "") -> Submission:
    """Return a file of which nothing could be read, with the one finding that says why."""
    fault = finding(rule, Place(name), what=what)
    return Submission(
        name, digest, Cover(), {}, {s.name: Table(s.name) for s in sheets.DATA_SHEETS}, (fault,)
    )
