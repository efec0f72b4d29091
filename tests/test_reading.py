"""Every path in the folder of submissions is read, or named with why it was not."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sheets import BOOK, grids_of, workbook_of

from baiti_xl import desk
from baiti_xl.books.results import write_results
from baiti_xl.desk import reading
from baiti_xl.desk.computing import work_out
from baiti_xl.desk.reading import found_in
from baiti_xl.desk.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything that people and programs leave in one."""
    place = tmp_path / "报送"
    (place / "乡镇" / ".隐藏").mkdir(parents=True)
    (place / "归档").mkdir()
    (place / "村" / "登记.db").mkdir(parents=True)
    (place / "X01.xlsx").write_bytes(workbook_of(grids_of({})))
    for name in (
        "~$X01.xlsx",
        ".~lock.X01.xlsx#",
        "Thumbs.db",
        "操作台.xlsx",
        "乡镇/.隐藏/X02.xlsx",
        "乡镇/说明.txt",
    ):
        (place / name).write_bytes(b"?")
    (place / "归档" / "登记.db").write_bytes(b"SQLite format 3\0")
    (place / "登记.db").write_bytes(b"")
    (place / "乡镇" / "登记.db").write_bytes(b"SQLite format 3\0")
    (place / "村" / "登记.db" / "X03.xlsx").write_bytes(b"?")
    (place / "链接.xlsx").symlink_to(place / "X01.xlsx")
    return place


FATES = {
    "~$X01.xlsx": "文件打开时留下的锁定文件",
    ".~lock.X01.xlsx#": "文件打开时留下的锁定文件",
    "Thumbs.db": "系统文件",
    "操作台.xlsx": "操作台，不是报送表",
    "乡镇/.隐藏/X02.xlsx": "隐藏文件",
    "归档": "归档文件夹",
    "链接.xlsx": "链接，请放入文件本身",
}


def test_every_path_has_a_fate(folder: Path) -> None:
    """Only the folder 归档 with its register is an archive; a register that strayed hides nothing beside it."""
    files, others = found_in(folder)
    assert [file.name for file in files] == [
        "X01.xlsx",
        "乡镇/登记.db",
        "乡镇/说明.txt",
        "村/登记.db/X03.xlsx",
        "登记.db",
    ]
    assert {other.file: other.why for other in others} == FATES


def test_a_register_among_the_submissions_hides_none(folder: Path) -> None:
    (folder / "登记.db").write_bytes(b"SQLite format 3\0")
    assert "X01.xlsx" in [file.name for file in found_in(folder)[0]]


@pytest.mark.parametrize("lost", ["X01.xlsx", "~$X01.xlsx", "链接.xlsx"])
def test_a_path_that_reading_loses_shows_in_the_proof(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """What lies in the folder is counted apart from what is listed to be read."""
    walked = reading.walked
    monkeypatch.setattr(reading, "walked", lambda f: [(p, why) for p, why in walked(f) if p.name != lost])
    files = work_out(folder, Store(tmp_path), BOOK, date(2011, 7, 31)).outcome.identities[-1]
    assert (files.name, int(files.typed), files.holds) == ("文件数", 12, False)


def test_fates_are_listed_and_add_up(folder: Path, tmp_path: Path) -> None:
    done = desk.consolidate(folder, tmp_path / "输出")
    (files,) = (one for one in done.outcome.identities if one.name == "文件数")
    assert list(map(int, (files.typed, files.counted, files.not_counted))) == [12, 1, 11]
    assert files.holds
    book = openpyxl.load_workbook(io.BytesIO(desk.render(lambda t: write_results(t, done.outcome, BOOK))))
    listed = {str(row[-1]) for row in book["报送情况"].iter_rows(values_only=True)}
    assert FATES.keys() <= listed
