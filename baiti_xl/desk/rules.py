"""Which rules are in force, and where the working folder is."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from baiti_xl.contest.findings import Place
from baiti_xl.contest.loading import HEADINGS, default_rulebook, load
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.store import is_archive
from baiti_xl.read import guard
from baiti_xl.read.bounds import MAX_FILE
from baiti_xl.read.cells import Grid, read_grids
from baiti_xl.scale.processes import aside

CONSOLE, PLAIN_CONSOLE, RIBBON = "操作台.xlsm", "操作台.xlsx", "百日竞赛.xlam"
CONSOLE_NAMES = (CONSOLE, PLAIN_CONSOLE)


def load_rules(console: Path | None, folder: Path | None = None) -> Rulebook:
    """Return the rules in force: the console given, else 操作台 in the folder, else the factory default.

    Raises ActionError if the file cannot be read and RulebookError if its rules are wrong.
    """
    console = console_in_use(console, folder)
    return load(grids_of(console, tuple(HEADINGS))) if console else default_rulebook()


def console_in_use(console: Path | None, folder: Path | None = None) -> Path | None:
    """Return the console given, else 操作台 in the folder (by default the current one), None if there is none."""
    here = folder or Path.cwd()
    return console or next((here / name for name in CONSOLE_NAMES if (here / name).is_file()), None)


def grids_of(console: Path, sheets: tuple[str, ...]) -> dict[str, Grid]:
    """Return some sheets of a console. Raises ActionError if it cannot be read."""
    data = read_bytes(console)
    try:
        found: dict[str, Grid] = aside(read_grids, data, sheets)
        return found
    except guard.Refused as refusal:
        fault = finding(refusal.rule, Place(console.name), **refusal.slots)
        raise ActionError(f"操作台 {console} 无法读取：{fault.message}") from refusal


def check_open(book: Rulebook, what: str) -> None:
    """Raise ActionError if the contest is closed, so that nothing more may be done that the register keeps."""
    if book.closed:
        raise ActionError(
            f"本竞赛已结束，不能再{what}。确要继续，请把操作台「规则」的“竞赛已结束”改为“否”；只看结果或草稿不受影响。"
        )


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; raises ActionError, at once for what is no plain file or too large to be one of ours."""
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_FILE:
            raise ActionError(
                f"{path} 有 {size >> 20} MB，超过 {MAX_FILE >> 20} MB，不会是报送表或公文。请核对文件。"
            )
        return file.read()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Hold a plain file open for reading. Raises ActionError for what is none, or cannot be read."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise ActionError(f"{path} 不是普通文件（管道或设备），无法读取。请给出文件。")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise ActionError(f"找不到文件 {path}。请检查路径。") from error
    except IsADirectoryError as error:
        raise ActionError(f"{path} 是文件夹，不是文件。请给出文件。") from error
    except OSError as error:
        raise ActionError(f"无法读取 {path}，可能正被打开或没有权限。请关闭后再试。") from error


def working_folder(console: Path | None, folder: Path | str, out: Path) -> Path:
    """Return where the archive and the registers belong: beside the console in use, else the output folder."""
    if console is not None:
        return console.parent
    if isinstance(folder, Path) and is_archive(folder):
        return folder.parent
    here = Path.cwd()
    return here if any((here / name).is_file() for name in CONSOLE_NAMES) else out
