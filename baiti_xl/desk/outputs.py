"""Files written whole: to a temporary name beside the target, then moved; nothing of the staff's is overwritten."""

import hashlib
import io
import os
import re
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from baiti_xl.desk.errors import cannot_write
from baiti_xl.errors import UserError

SYNCED_AT_ONCE = 8
DEAD_AFTER = 3600  # seconds after which a temporary file belongs to no run; a run writes each within seconds


class OutputError(UserError):
    """A file or folder could not be written; the message says which, why and what to do.

    `committed` tells that all else is done and will be completed by the next run.
    """

    committed = False


# Marks that part a path or that some system takes in no name, and what is written for them.
TELLING = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)
LONGEST_NAME = 180  # bytes, so that a number and the mark of a draft still fit


def file_name(text: str) -> str:
    """Return a text as the name of one file in its folder, on every system; a name that is one stays as it is.

    The one way by which what a unit wrote becomes part of a path.
    """
    seen = "".join("_" if unicodedata.category(mark) in UNSEEN else mark for mark in text)
    stem, dot, ending = seen.translate(TELLING).rpartition(".")
    if not stem or len(ending) > 5:
        stem, dot, ending = f"{stem}{dot}{ending}", "", ""
    room = LONGEST_NAME - len(ending.encode())
    short = stem.encode()[:room].decode(errors="ignore").strip(" .") or "_"
    name = f"{short}{dot}{ending}".rstrip(" .")
    if text == f".{name}":  # a file of ours that systems do not show
        return text
    return f"_{name}" if DEVICES.fullmatch(name) else name


def write_file(folder: Path, name: str, data: bytes, *, replace: bool = False) -> Path:
    """Write a file into a folder and return its path.

    An existing file with the same bytes is left as it is; one with other bytes stays, and the new file gets a
    numbered name, unless it is to be replaced. Raises OutputError if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary(folder, data) as draft:
            return place(draft, folder, name, data, replace)
    except OSError as error:
        raise OutputError(cannot_write(folder / name, error)) from error


class temporary:
    """A file beside its target, removed again unless it was moved."""

    def __init__(self, folder: Path, data: bytes) -> None:
        self.folder, self.data = folder, data

    def __enter__(self) -> Path:
        handle, name = tempfile.mkstemp(prefix=".~", suffix=".tmp", dir=self.folder)
        self.path = Path(name)
        try:
            write_through(handle, self.data)
            self.path.chmod(0o644)
        except OSError:
            self.path.unlink(missing_ok=True)
            raise
        return self.path

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)


def remove_dead(folder: Path) -> None:
    """Remove temporary files that runs left which were killed: those that nobody has written for an hour."""
    latest = time.time() - DEAD_AFTER
    for left in folder.glob(".~*.tmp"):
        with suppress(OSError):
            if left.stat().st_mtime > latest:
                continue
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def write_through(handle: int, data: bytes) -> None:
    """Write an open file, and wait until its bytes are on the disk."""
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_files(paths: Sequence[Path]) -> None:
    """Wait until the bytes of files are on the disk: of all at once, as a disk is not slower for ten than for one."""
    with ThreadPoolExecutor(SYNCED_AT_ONCE) as pool:
        list(pool.map(sync, paths))


def sync(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can tell."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folders, and writes their names itself
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_writable(folder: Path) -> None:
    """Make a folder if need be; raises OutputError if nothing can be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".~", suffix=".tmp", dir=folder)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error


def hand_over(staged: Path, target: Path, *, replace: bool) -> None:
    """Give a file that is on the disk its place elsewhere, as `write_file` does; copied only to another disk. Raises OSError."""
    folder = target.parent
    folder.mkdir(parents=True, exist_ok=True)
    data = staged.read_bytes() if target.exists() and not replace else b""
    if staged.stat().st_dev == folder.stat().st_dev:
        place(staged, folder, target.name, data, replace)
    else:
        write_file(folder, target.name, staged.read_bytes(), replace=replace)
    staged.unlink(missing_ok=True)


def place(draft: Path, folder: Path, name: str, data: bytes, replace: bool) -> Path:
    """Move a draft to its name, or to the first free numbered name."""
    if replace:
        target = folder / file_name(name)
        draft.replace(target)
        return target
    for candidate in names(name):
        target = folder / candidate
        if target.exists():
            if target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data:
                return target
            continue
        try:
            claim(draft, target)
        except FileExistsError:
            continue
        return target
    raise OutputError(f"{folder} 里同名文件太多：{name}。请清理后再试。")


def claim(draft: Path, target: Path) -> None:
    """Give the draft its name only if nobody took it meanwhile; raises FileExistsError."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:
        target.touch(exist_ok=False)
        draft.replace(target)


@contextmanager
def temporary_folder(folder: Path) -> Iterator[Path]:
    """Give a new folder inside another; it is removed again unless it was moved. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".~", suffix=".tmp", dir=folder))
        draft.chmod(0o755)
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def placed_folder(draft: Path, folder: Path, name: str, *, replace: bool = False) -> Iterator[Path]:
    """Give the path of a finished folder moved to its name in another; if anything fails inside, it is undone.

    An existing one with the same files is left as it is; one with other files stays, and the new one gets a
    numbered name, unless it is to be replaced. Raises OutputError.
    """
    old = None
    try:
        target = folder / name if replace else free_name(draft, folder, name)
        if replace and target.exists():
            old = target.rename(draft.with_suffix(".old"))
        if not target.exists():
            draft.rename(target)
    except OSError as error:
        if old:
            old.rename(folder / name)
        raise OutputError(cannot_write(folder / name, error)) from error
    moved = not draft.exists()
    try:
        yield target
    except BaseException as error:
        if not getattr(error, "committed", False):
            if moved:
                shutil.rmtree(target, ignore_errors=True)
            if old:
                old.rename(target)
        raise
    if old:
        shutil.rmtree(old, ignore_errors=True)


def free_folder(folder: Path, name: str) -> Path:
    """Make a new folder inside another, under its name or the first free numbered one. Raises OutputError."""
    for one in names(name):
        try:
            (folder / one).mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise OutputError(cannot_write(folder, error)) from error
        return folder / one
    raise OutputError(f"{folder} 里同名文件夹太多：{name}。请清理后再试。")


def free_name(draft: Path, folder: Path, name: str) -> Path:
    """Return where a folder can go: its name, one of the same files already there, or a free numbered name."""
    files = contents(draft)
    for one in names(name):
        target = folder / one
        if not target.exists() or (target.is_dir() and contents(target) == files):
            return target
    raise OutputError(f"{folder} 里同名文件夹太多：{name}。请清理后再试。")


def contents(folder: Path) -> dict[str, bytes]:
    """Return the digest of every file below a folder by its path there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).digest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def names(name: str) -> Iterator[str]:
    """Yield a name as it can be written, then its numbered siblings."""
    path = Path(file_name(name))
    yield path.name
    for number in range(2, 1000):
        yield f"{path.stem}({number}){path.suffix}"


def render(write: Callable[[io.BytesIO], None]) -> bytes:
    """Return what a writer writes."""
    target = io.BytesIO()
    write(target)
    return target.getvalue()
