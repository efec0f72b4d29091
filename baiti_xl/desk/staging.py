"""What an action writes: staged first, noted in the register as pending, and moved to its place after the commit."""

import shutil
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import IO
from uuid import uuid4

from baiti_xl.desk.outputs import (
    OutputError,
    check_writable,
    file_name,
    hand_over,
    names,
    sync_files,
    sync_folder,
)

PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be published: where, its bytes, and whether it may replace one of the same name.

    Bytes that are many lie in an open file; those that hang on where the outputs before it go are made of their paths.
    """

    folder: Path
    name: str
    data: bytes | IO[bytes] | Callable[[Sequence[Path]], bytes]
    replace: bool = False


def stage(connection: sqlite3.Connection, staging: Path, outputs: Sequence[Output]) -> list[Path]:
    """Write outputs to the staging folder, each once, and note where they belong."""
    staging.mkdir(exist_ok=True)
    for folder in dict.fromkeys(output.folder for output in outputs):
        check_writable(folder)
    targets: list[Path] = []
    taken: set[Path] = set()
    for output in outputs:
        data = output.data(targets) if callable(output.data) else output.data
        target = choose(output, data, taken)
        targets.append(target)
        taken.add(target)
        if target.exists() and not output.replace:
            continue
        staged = staging / f"{uuid4().hex}.part"
        if isinstance(data, bytes):
            staged.write_bytes(data)
        else:
            data.seek(0)
            with staged.open("wb") as file:
                shutil.copyfileobj(data, file)
        staged.chmod(0o644)
        connection.execute(
            "INSERT INTO pending (staged, target, how) VALUES (?, ?, ?)",
            (staged.name, str(target.absolute()), "replace" if output.replace else "new"),
        )
    sync_files(list(staging.glob("*.part")))
    sync_folder(staging)
    return targets


def choose(output: Output, data: bytes | IO[bytes], taken: Collection[Path]) -> Path:
    """Return where an output goes: its name, the same file already there, or a free numbered name."""
    if output.replace:
        return output.folder / file_name(output.name)
    for name in names(output.name):
        target = output.folder / name
        if target in taken:
            continue
        if not target.exists() or (target.is_file() and is_same(target, data)):
            return target
    raise OutputError(f"{output.folder} 里同名文件太多：{output.name}。请清理后再试。")


def is_same(file: Path, data: bytes | IO[bytes]) -> bool:
    """Whether a file holds just these bytes, or those of an open file."""
    if isinstance(data, bytes):
        return file.read_bytes() == data
    data.seek(0)
    with file.open("rb") as held:
        pieces = (iter(partial(one.read, PIECE), b"") for one in (held, data))
        return all(one == other for one, other in zip_longest(*pieces))


def settle(connection: sqlite3.Connection, staging: Path) -> tuple[set[Path], list[str]]:
    """Move what was committed to its place, and drop what was not; return the folders it went to and the places held open.

    What cannot be moved stays for the next run, and stops nothing else.
    """
    folders, stuck = set[Path](), dict[str, str]()
    for ident, staged, name, how in connection.execute(
        "SELECT id, staged, target, how FROM pending ORDER BY id"
    ).fetchall():
        target = Path(name)
        try:
            move(staging / staged, target, how)
        except OutputError:
            stuck[staged] = name
            continue
        folders.add(target.parent)
        connection.execute("DELETE FROM pending WHERE id = ?", (ident,))
    for folder in folders:
        sync_folder(folder)
    for left in staging.glob("*") if staging.is_dir() and stuck else ():
        if left.name not in stuck:
            left.unlink(missing_ok=True)
    if not stuck:
        shutil.rmtree(staging, ignore_errors=True)
    return folders, list(stuck.values())


def pending(connection: sqlite3.Connection) -> list[str]:
    """Return the places at which files are to be put yet."""
    return [row[0] for row in connection.execute("SELECT target FROM pending ORDER BY id")]


def move(staged: Path, target: Path, how: str) -> None:
    """Put one staged file in its place, whole; a target that staff hold open keeps it staged for the next run."""
    if not staged.exists():
        return
    try:
        hand_over(staged, target, replace=how == "replace")
    except (OSError, OutputError) as error:
        raise OutputError(f"无法写入 {target}，可能正被打开。请关闭后再运行一次，会接着完成。") from error
