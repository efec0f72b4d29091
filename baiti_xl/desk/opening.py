"""Finding and opening what staff want to look at: the newest results, a folder, the handbook."""

import os
import subprocess
import sys
from pathlib import Path

from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.shipped import shipped

HANDBOOK = ("使用手册.html", "README.md")


def newest_results(out: Path) -> Path:
    """Return the results workbook written last into a folder. Raises ActionError if there is none."""
    found = sorted(out.glob("汇总结果_*.xlsx"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise ActionError(f"“{out}”里还没有汇总结果。请先汇总报送。")
    return found[-1]


def handbook() -> Path:
    """Return the handbook: that shipped with the program, or that of a checkout. Raises ActionError."""
    folder = shipped("handbook", checkout="docs/handbook")
    for name in HANDBOOK:
        if folder and (folder / name).is_file():
            return folder / name
    raise ActionError("找不到使用手册。请重新安装程序。")


def open_path(path: Path) -> None:
    """Open a file or folder with the program that the system has for it. Raises ActionError."""
    try:
        if sys.platform == "win32":
            os.startfile(path)
        else:
            subprocess.Popen(["open" if sys.platform == "darwin" else "xdg-open", str(path)])
    except OSError as error:
        raise ActionError(f"打不开 {path}。请在资源管理器里打开它。") from error
