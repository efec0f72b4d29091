"""Files written whole, and nothing of the staff's overwritten."""

import ast
import errno
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from baiti_xl import desk
from baiti_xl.desk import outputs
from baiti_xl.desk.outputs import (
    OutputError,
    file_name,
    free_folder,
    names,
    placed_folder,
    temporary_folder,
    write_file,
)


def listing(folder: Path) -> dict[str, bytes]:
    """Return what stands in a folder, hidden files too."""
    return {p.name: p.read_bytes() if p.is_file() else b"folder" for p in sorted(folder.iterdir())}


def test_a_new_file_in_a_new_folder(tmp_path: Path) -> None:
    """Chinese paths with blanks; the folder is made; nothing is left beside the file."""
    folder = tmp_path / "招商 局" / "输 出"
    assert write_file(folder, "结 果.xlsx", b"1") == folder / "结 果.xlsx"
    assert listing(folder) == {"结 果.xlsx": b"1"}
    assert (folder / "结 果.xlsx").stat().st_mode & 0o777 == 0o644


def test_an_existing_file_gets_a_numbered_sibling(tmp_path: Path) -> None:
    written = [write_file(tmp_path, "a.xlsx", data).name for data in (b"1", b"2", b"1", b"2", b"3")]
    assert written == ["a.xlsx", "a(2).xlsx", "a.xlsx", "a(2).xlsx", "a(3).xlsx"]
    assert listing(tmp_path) == {"a.xlsx": b"1", "a(2).xlsx": b"2", "a(3).xlsx": b"3"}


def test_replacing_is_only_done_when_asked(tmp_path: Path) -> None:
    write_file(tmp_path, "a.xlsx", b"1")
    assert write_file(tmp_path, "a.xlsx", b"2", replace=True) == tmp_path / "a.xlsx"
    assert listing(tmp_path) == {"a.xlsx": b"2"}


def test_a_folder_of_the_same_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()
    assert write_file(tmp_path, "a.xlsx", b"1").name == "a(2).xlsx"
    with pytest.raises(OutputError, match="无法写入"):
        write_file(tmp_path, "a.xlsx", b"1", replace=True)
    assert sorted(listing(tmp_path)) == ["a(2).xlsx", "a.xlsx"]


@pytest.mark.parametrize("replace", [False, True])
def test_a_file_in_the_place_of_the_folder(tmp_path: Path, replace: bool) -> None:
    (tmp_path / "输出").write_text("a file")
    with pytest.raises(OutputError, match="无法写入 .*（已有同名文件）。请改名或移走它。"):
        write_file(tmp_path / "输出", "a.xlsx", b"1", replace=replace)
    with pytest.raises(OutputError, match="无法写入"):
        write_file(tmp_path / "输出" / "里面", "a.xlsx", b"1", replace=replace)


def failing(error: OSError) -> Callable[..., Any]:
    """Return a function that fails."""

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("fsync", OSError(errno.ENOSPC, "No space left"), "a.xlsx（磁盘已满）。请清理磁盘，或换一个盘。"),
        (
            "replace",
            PermissionError(errno.EACCES, "denied"),
            "a.xlsx（没有写入权限）。请关闭已打开的同名文件",
        ),
    ],
)
def test_a_failing_disk_leaves_nothing_and_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: OSError, message: str
) -> None:
    """A full disk, or a target held open elsewhere."""
    write_file(tmp_path, "a.xlsx", b"old")
    monkeypatch.setattr(os, name, failing(error))
    with pytest.raises(OutputError, match=message):
        write_file(tmp_path, "a.xlsx", b"new", replace=True)
    assert listing(tmp_path) == {"a.xlsx": b"old"}


def test_a_name_taken_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program writes the same name between our look and our move."""
    real = outputs.claim

    def claim(draft: Path, target: Path) -> None:
        if not (tmp_path / "a.xlsx").exists():
            (tmp_path / "a.xlsx").write_bytes(b"theirs")
        real(draft, target)

    monkeypatch.setattr(outputs, "claim", claim)
    assert write_file(tmp_path, "a.xlsx", b"ours").name == "a(2).xlsx"
    assert listing(tmp_path) == {"a.xlsx": b"theirs", "a(2).xlsx": b"ours"}


def test_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick formatted with FAT knows no links; the name is claimed all the same."""
    monkeypatch.setattr(os, "link", failing(OSError(errno.EPERM, "Operation not permitted")))
    assert [write_file(tmp_path, "a.xlsx", data).name for data in (b"1", b"2")] == ["a.xlsx", "a(2).xlsx"]
    assert listing(tmp_path) == {"a.xlsx": b"1", "a(2).xlsx": b"2"}


def test_numbered_names() -> None:
    found = list(names("a.b.xlsx"))
    assert found[:3] == ["a.b.xlsx", "a.b(2).xlsx", "a.b(3).xlsx"]
    assert found[-1] == "a.b(999).xlsx"


def test_too_many_siblings(tmp_path: Path) -> None:
    for name in names("a.xlsx"):
        (tmp_path / name).write_bytes(b"1")
    with pytest.raises(OutputError, match="同名文件太多：a.xlsx"):
        write_file(tmp_path, "a.xlsx", b"2")


@pytest.mark.parametrize("replace", [False, True])
def test_a_folder_that_has_too_many_siblings(tmp_path: Path, replace: bool) -> None:
    """Nothing is lost; one that is replaced needs no other name."""
    draft = draft_of(tmp_path, "新")
    for name in names("分片"):
        (tmp_path / name).mkdir()
    said = f"{re.escape(str(tmp_path))} 里同名文件夹太多：分片。请清理后再试。"
    with pytest.raises(OutputError, match=f"^{said}$"):
        free_folder(tmp_path, "分片")
    if replace:
        with placed_folder(draft, tmp_path, "分片", replace=True) as target:
            assert texts(target) == {"a": "新"}
    else:
        with pytest.raises(OutputError, match=f"^{said}$"), placed_folder(draft, tmp_path, "分片"):
            pass
        assert texts(draft) == {"a": "新"}


# ── folders ──────────────────────────────────────────────────────────────────────────────────────


def draft_of(folder: Path, text: str) -> Path:
    """Return a finished folder with one file."""
    draft = folder / f".~{text}.tmp"
    draft.mkdir()
    (draft / "a").write_text(text)
    return draft


def texts(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its text."""
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_folder_is_placed_once_and_overwrites_nothing(tmp_path: Path) -> None:
    for text in ("一", "一", "二"):
        with placed_folder(draft_of(tmp_path, text), tmp_path, "分片_2011-07-12") as target:
            assert (target / "a").read_text() == text
        shutil.rmtree(tmp_path / f".~{text}.tmp", ignore_errors=True)
    assert texts(tmp_path) == {"分片_2011-07-12/a": "一", "分片_2011-07-12(2)/a": "二"}


def test_a_folder_is_replaced_if_asked(tmp_path: Path) -> None:
    for text in ("一", "二"):
        with placed_folder(draft_of(tmp_path, text), tmp_path, "分片", replace=True):
            pass
    assert texts(tmp_path) == {"分片/a": "二"}


@pytest.mark.parametrize("replace", [False, True])
def test_a_run_that_fails_leaves_the_folders_as_they_were(tmp_path: Path, replace: bool) -> None:
    (tmp_path / "分片").mkdir()
    (tmp_path / "分片" / "a").write_text("旧")
    draft = draft_of(tmp_path, "新")
    with pytest.raises(ZeroDivisionError), placed_folder(draft, tmp_path, "分片", replace=replace):
        raise ZeroDivisionError
    assert texts(tmp_path) == {"分片/a": "旧"}


def test_the_same_folder_is_not_taken_away_by_a_run_that_fails(tmp_path: Path) -> None:
    (tmp_path / "分片").mkdir()
    (tmp_path / "分片" / "a").write_text("一")
    with pytest.raises(ZeroDivisionError), placed_folder(draft_of(tmp_path, "一"), tmp_path, "分片"):
        raise ZeroDivisionError
    assert texts(tmp_path / "分片") == {"a": "一"}


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="已有同名文件"), temporary_folder(tmp_path / "out"):
        pass


def test_a_run_that_was_committed_keeps_its_folder(tmp_path: Path) -> None:
    """The workbook held open is put in its place by the next run, and speaks of the new folder."""
    error = OutputError("正被打开")
    error.committed = True
    with pytest.raises(OutputError), placed_folder(draft_of(tmp_path, "新"), tmp_path, "分片"):
        raise error
    assert texts(tmp_path) == {"分片/a": "新"}


def test_the_old_folder_comes_back_if_the_new_one_cannot_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "分片").mkdir()
    (tmp_path / "分片" / "a").write_text("旧")
    draft, rename = draft_of(tmp_path, "新"), Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self == draft:
            raise PermissionError(13, "held")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OutputError), placed_folder(draft, tmp_path, "分片", replace=True):
        pass
    assert (tmp_path / "分片" / "a").read_text() == "旧"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("协办函_县国土局_2011-07-31.docx", "协办函_县国土局_2011-07-31.docx"),
        ("../../etc/passwd", "／..／etc／passwd"),
        ("C:\\a.xlsx", "C：＼a.xlsx"),
        ("a\x0bb\u202e.docx", "a_b_.docx"),
        ("a\u2028b\u2029c\ud800.docx", "a_b_c_.docx"),
        ("..", "_"),
        (".出厂.json", ".出厂.json"),
        (". a", "a"),
        ("", "_"),
        ("nul.txt", "_nul.txt"),
        ("局" * 100 + ".docx", "局" * 58 + ".docx"),
        ("名称. ", "名称"),
    ],
)
def test_a_text_as_the_name_of_a_file(text: str, name: str) -> None:
    assert file_name(text) == name == file_name(name)


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("name", ["../外.txt", "子/内.txt", "/绝对.txt", "..\\外.txt"])
def test_nothing_is_written_outside_its_folder(tmp_path: Path, name: str, replace: bool) -> None:
    path = write_file(tmp_path / "输出", name, b"x", replace=replace)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    assert path.parent == tmp_path / "输出"


WRITERS = {"write_bytes", "write_text"}
# Whoever writes by another way than `write_file`: each names its files itself.
ALLOWED = {
    "books/macros.py", "demo/show.py", "desk/kit.py", "desk/pdf.py", "desk/staging.py", "desk/wheels.py",
    "excel/marking.py", "excel/selftest_steps.py",
}  # fmt: skip


def test_files_are_written_by_one_way() -> None:
    """A unit's text becomes part of a path in `file_name`, and nowhere else."""
    package = Path(desk.__file__).parent.parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS
    }
    assert found <= ALLOWED
