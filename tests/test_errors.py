"""Every error with a sentence for people has one base, and both shells show the sentence, whichever it is."""

import ast
import errno
import importlib
import os
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings_memory as memory
from click.testing import CliRunner

import baiti_xl
from baiti_xl import desk, excel
from baiti_xl.cli import main
from baiti_xl.desk.errors import cannot_write
from baiti_xl.errors import UserError
from baiti_xl.excel import buttons

PACKAGE = Path(baiti_xl.__file__).parent
CHINESE = re.compile("[一-鿿]")
# What is caught where it is understood and has no sentence of its own.
SIGNALS = {
    "BadXml": "a part of a template; who opens the template names the part and what to do",
    "BadZip": "no zip, or a part that is cut; who opens the file says which file and what to do",
    "Cancelled": "staff chose not to go on: there is nothing to say",
    "Damaged": "an old workbook; the guard refuses the file with a finding",
    "Hanging": "a piece of a long paper hangs on its neighbours; the paper is mended whole",
    "NotAlone": "a paper written otherwise than the press does; the layout check reads it whole",
    "OddZip": "a zip that no program writes; the guard refuses the file with a finding",
    "Refused": "carries the id and the words of a finding, which is the sentence",
    "Unfit": "a step of the self-test failed; the page says which and what was found",
    "Untried": "a step of the self-test that cannot be tried here; the page says why",
}


class Odd(UserError):
    """An error that no shell can know."""


def classes() -> Iterator[type[Exception]]:
    """Yield every kind of exception that the package defines."""
    for module in pkgutil.walk_packages(baiti_xl.__path__, "baiti_xl."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Exception) and value.__module__ == module.name:
                yield value


def test_every_error_has_the_one_base_but_for_signals() -> None:
    found = list(classes())
    assert {kind.__name__ for kind in found if not issubclass(kind, UserError)} == set(SIGNALS)
    assert sum(issubclass(kind, UserError) for kind in found) > 5


def test_no_sentence_is_raised_as_anything_else() -> None:
    ours = {kind.__name__ for kind in classes()}
    said = [
        (path.name, node.lineno, node.exc.func.id)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
        and CHINESE.search(ast.unparse(node.exc))
    ]  # fmt: skip
    assert len(said) > 30
    assert [where for where in said if where[2] not in ours] == []


FAULTS = ("第2行：甲。请改。", "第9行：乙。请改。")


@pytest.mark.parametrize(
    ("error", "typed", "clicked"),
    [
        (Odd("某处错了。请改。"), "错误：某处错了。请改。", "没有完成。某处错了。请改。"),
        (
            Odd(faults=FAULTS),
            "错误：有以下问题，请改正后再试：\n  第2行：甲。请改。\n  第9行：乙。请改。",
            "没有完成，请先改正以下各处再试：\n· 第2行：甲。请改。\n· 第9行：乙。请改。",
        ),
    ],
)
def test_both_shells_show_the_sentence(
    error: Odd, typed: str, clicked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(desk, "init", fail)
    answer = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert (answer.exit_code, answer.stdout, answer.stderr.strip()) == (2, "", typed)
    monkeypatch.setattr(buttons, "handlers", lambda: {"check": ("正在", fail)})
    with memory.running_excel() as app:
        app.new()
        excel.run("check")
        assert [alert.prompt for alert in app.alerts] == [clicked]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "磁盘已满"),
        (errno.EDQUOT, "限额"),
        (errno.EACCES, "没有写入权限"),
        (errno.EROFS, "只读"),
        (errno.EBUSY, "正被别的程序打开"),
        (errno.ENAMETOOLONG, "太长"),
        (errno.EISDIR, "同名的是文件夹"),
        (errno.EIO, "读写出错"),
        (errno.EMFILE, "同时打开的文件太多"),
        (errno.EBADMSG, "Bad message"),
    ],
)
def test_each_error_of_the_system_is_told_as_what_it_is(tmp_path: Path, number: int, said: str) -> None:
    """And as nothing else: only one of the reasons stands in the sentence."""
    sentence = cannot_write(tmp_path / "a.xlsx", OSError(number, os.strerror(number)))
    reason, remedy = sentence.removeprefix(f"无法写入 {tmp_path / 'a.xlsx'}（").split("）。", 1)
    assert said in reason and remedy.endswith("。")


def test_a_disk_without_room_for_more_files_is_not_called_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = os.statvfs(tmp_path)
    values = list(held)
    values[4], values[5], values[7] = 1000, 1000, 0  # f_bavail, f_files, f_favail
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(values))
    assert "文件个数已到上限" in cannot_write(tmp_path, OSError(errno.ENOSPC, "No space left"))
    values[7] = 1
    assert "磁盘已满" in cannot_write(tmp_path, OSError(errno.ENOSPC, "No space left"))


def test_a_file_held_open_on_windows_is_told(tmp_path: Path) -> None:
    error = PermissionError(errno.EACCES, "denied")
    error.winerror = 32  # type: ignore[attr-defined,unused-ignore]
    assert "正被别的程序打开" in cannot_write(tmp_path, error)
