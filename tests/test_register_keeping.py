"""The register outlives its file: verified against its witnesses, mended from them, and two of them made one."""

import hashlib
import os
import shutil
import sqlite3
import time
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from click.testing import CliRunner
from register_corruptions import DAYS, contents, filled, outcome, without_triggers
from sheets import replaced

from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.desk import ActionError, database, handing, keeping, merging, register, staging
from baiti_xl.desk.consolidating import copy_registers
from baiti_xl.desk.database import DATABASE, StoreError
from baiti_xl.desk.entering import Act, add_entered, enter, entered, entry, looked_up, with_entered
from baiti_xl.desk.entries import ARCHIVED_COLUMNS, CLASH, Archived, Issued, add_entries, freeze
from baiti_xl.desk.heads import BACKUPS, backups, read_only
from baiti_xl.desk.issuing import issue, last_issue, next_number
from baiti_xl.desk.outputs import OutputError, render
from baiti_xl.desk.receipts import HANDED_IN, all_received, handed_in, newest, number_text
from baiti_xl.desk.restoring import read_rows
from baiti_xl.desk.staging import Output
from baiti_xl.desk.store import Store
from baiti_xl.scale.processes import Died
from baiti_xl.serve import accounts


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder whose register has entries of three days."""
    place = tmp_path_factory.mktemp("整个")
    filled(place)
    return place


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(whole, tmp_path / "工作"))


@pytest.mark.parametrize("seed", range(40))
def test_no_spoiled_register_is_silent(whole: Path, tmp_path: Path, seed: int) -> None:
    """As `python tests/register_corruptions.py 2000` does it: named, nothing overwritten, nothing made up by mending."""
    outcome(whole, tmp_path / "坏的", seed)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (PurePosixPath("/甲/登记.db"), "file:///%E7%94%B2/%E7%99%BB%E8%AE%B0.db?mode=ro"),
        (PurePosixPath("/a?b#c%d/e.db"), "file:///a%3Fb%23c%25d/e.db?mode=ro"),
        (PureWindowsPath("C:/a b/e.db"), "file:///C:/a%20b/e.db?mode=ro"),
        (PureWindowsPath("//server/share/e.db"), "file:////server/share/e.db?mode=ro"),
    ],
)
def test_the_address_of_a_register_names_no_server(path: PurePath, address: str) -> None:
    """SQLite refuses file://server/…; a share is file:////server/…."""
    assert read_only(path) == address
    assert read_only(path, immutable=True) == f"{address}&immutable=1"


def test_a_register_is_read_whatever_its_folder_is_called(place: Path, tmp_path: Path) -> None:
    odd = Path(shutil.move(place, tmp_path / "甲?乙#丙%41 丁"))
    assert Store(odd).faults() == []
    assert looked_up(Store(odd), "SELECT COUNT(*) FROM papers") == [(12,)]
    assert len(read_rows(Store(odd).root / DATABASE)["papers"]) == 12


def back_to(place: Path, count: int) -> None:
    """Put the register back to where it was after so many papers."""
    without_triggers(Store(place), [f"DELETE FROM papers WHERE id > {count}"])


@pytest.mark.parametrize("witness", ["both", "copies", "backups"])
def test_a_register_put_back_is_named_and_gives_no_number_again(place: Path, witness: str) -> None:
    back_to(place, 8)
    store = Store(place)
    if witness == "copies":
        shutil.rmtree(store.root / BACKUPS)
    if witness == "backups":
        for path in store.copies:
            path.unlink()
    (fault,) = store.faults()
    assert fault.startswith("发文登记只有 8 条，") and "记着 12 条：登记被换成了旧的，或丢了最后几条" in fault
    with pytest.raises(StoreError, match="没有写入任何东西"):
        store.publish(lambda _: [])
    told = keeping.repair(place)
    assert store.faults() == []
    with store.locked() as connection:
        assert next_number(connection, "台政办", 2011, 1, was_first=True) == 13
    lost = [line for line in told if "已失" in line]
    assert bool(lost) == (witness == "copies")


def test_what_was_mended_keeps_what_was_there(place: Path) -> None:
    back_to(place, 8)
    spoiled = (Store(place).root / DATABASE).read_bytes()
    keeping.repair(place)
    (kept,) = (Store(place).root / BACKUPS).glob("修复前_*")
    assert (kept / DATABASE).read_bytes() == spoiled
    assert {p.name for p in kept.iterdir()} >= {DATABASE, "报送登记.xlsx", "发文登记.xlsx"}


def replies(place: Path, count: int) -> None:
    """Enter replies of units, each of which is backed up."""
    for number in range(1, count + 1):
        body = {"unit": f"X0{number}", "text": f"回复{number}"}
        enter(Store(place), [entry(Act.REPLY, f"X0{number}", f"通报/{DAYS[0]}", body, at(number))])


def changed(place: Path, number: int) -> None:
    """Change a reply in the register, as someone with a database program may."""
    without_triggers(Store(place), [f"UPDATE entered SET body = '{{}}' WHERE id = {number}"])


@pytest.mark.parametrize("is_backed_up", [False, True])
def test_what_stands_behind_a_break_is_restored_or_told(place: Path, *, is_backed_up: bool) -> None:
    replies(place, 5)
    changed(place, 2)
    if not is_backed_up:
        shutil.rmtree(Store(place).root / BACKUPS)
    told = "\n".join(keeping.repair(place))
    held = [one.who for one in entered(Store(place), Act.REPLY)]
    assert held == (["X01", "X02", "X03", "X04", "X05"] if is_backed_up else ["X01"])
    lost = "网上登记应有 5 条，只找回 1 条：其余还读得出，但它们或之前的记录被改动过，没有采用，请核对后重新登记：第 2 条 回复 X02"
    assert (lost in told) != is_backed_up
    assert ("第 5 条 回复 X05 通报/2011-05-13 X05，回复5 2011-07-13 05:00:00" in told) != is_backed_up
    kept = [*(Store(place).root / BACKUPS).glob("修复前_*/没有采用的记录.txt")]
    assert [path.read_text("utf-8").count("第 ") for path in kept] == ([] if is_backed_up else [4])
    assert keeping.verify(place) == []


def test_a_backup_that_is_spoiled_itself_is_a_witness_no_more(place: Path) -> None:
    """It knew of five entries, so that the register mended to one would not be sound beside it."""
    replies(place, 5)
    changed(place, 2)
    (newest,) = backups(Store(place).root)
    shutil.copy(Store(place).root / DATABASE, newest)
    told = "\n".join(keeping.repair(place))
    assert (
        f"“备份/{newest.name}”也有损坏，不再当作备份，改名为“{newest.with_name(f'损坏_{newest.name}')}”"
        in told
    )
    assert "网上登记应有 5 条，只找回 1 条" in told
    assert keeping.verify(place) == [] and keeping.repair(place) == ["登记和归档都是好的，没有要修的。"]


@pytest.mark.parametrize("is_revoked", [False, True])
def test_a_revocation_that_is_lost_is_told(
    place: Path, monkeypatch: pytest.MonkeyPatch, *, is_revoked: bool
) -> None:
    monkeypatch.setitem(accounts.COST, "n", 2)
    book, store = default_rulebook(), Store(place)
    accounts.set_codes(store, book, [("X01", "AAAA-BBBB-CCCC")], "办公室", at(9))
    replies(place, 1)
    accounts.set_codes(store, book, [("X01", "")] if is_revoked else [], "办公室", at(12))
    changed(place, 2)
    shutil.rmtree(store.root / BACKUPS)
    told = "\n".join(keeping.repair(place))
    assert not is_revoked or accounts.fits("AAAA-BBBB-CCCC", accounts.accounts(store, book)["X01"].hash)
    assert ("X01 的访问码改过或撤销过，没有找回，原来的访问码又能用" in told) == is_revoked
    assert "scrypt" not in told


@pytest.mark.parametrize(
    ("act", "is_kept"), [(Act.REPLY, True), (Act.ANSWER, True), (Act.CODE, True), (Act.SIGN_IN, False)]
)
def test_what_no_copy_shows_is_backed_up_at_once(place: Path, act: Act, *, is_kept: bool) -> None:
    enter(Store(place), [entry(act, "X01", "X01", {"hash": ""}, NOON)])
    (newest,) = backups(Store(place).root)
    assert [row[0] for row in read_rows(newest)["entered"]] == ([act] if is_kept else [])


@pytest.mark.parametrize("way", ["changed", "put back"])
def test_a_register_that_is_not_sound_replaces_no_backup(place: Path, way: str) -> None:
    replies(place, 3)
    (newest,) = backups(Store(place).root)
    before = newest.read_bytes()
    if way == "changed":
        changed(place, 2)
    else:
        without_triggers(Store(place), ["DELETE FROM entered WHERE id > 1"])
    replies(place, 1)
    Store(place).finish()
    assert newest.read_bytes() == before


@pytest.mark.parametrize("is_in_place", [True, False])
def test_what_is_entered_while_a_register_is_mended_is_not_lost(
    place: Path, monkeypatch: pytest.MonkeyPatch, *, is_in_place: bool
) -> None:
    """Whoever enters waits for the lock; where there is none to hold, another register than was read is not replaced."""
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)
    replies(place, 2)
    back_to(place, 8)
    whole, tried = (Store(place).root / DATABASE).read_bytes(), list[str]()
    if not is_in_place:
        (Store(place).root / DATABASE).write_bytes(b"no database" * 100)

    def meanwhile(*given: object) -> object:
        if is_in_place:
            with pytest.raises(OutputError, match="正被另一个程序使用"):
                replies(place, 1)
        else:
            (Store(place).root / DATABASE).write_bytes(whole)
        tried.append("")
        return read(*given)  # type: ignore[arg-type]

    read = keeping.read_pending
    monkeypatch.setattr(keeping, "read_pending", meanwhile)
    if is_in_place:
        keeping.repair(place)
        assert len(Store(place).issued()) == 12 and Store(place).faults() == []
    else:
        with pytest.raises(ActionError, match="修复时登记又有变动，没有改动它"):
            keeping.repair(place)
        assert (Store(place).root / DATABASE).read_bytes() == whole
    assert tried == [""]


def test_nothing_is_mended_while_the_reporting_desk_is_open(place: Path) -> None:
    back_to(place, 8)
    before = (Store(place).root / DATABASE).read_bytes()
    desk = database.desk_held(Store(place).root)
    with pytest.raises(ActionError, match="的网上交送开着，没有修复.*请先关掉网上交送，再修复"):
        keeping.repair(place)
    assert (Store(place).root / DATABASE).read_bytes() == before
    desk.close()
    assert keeping.repair(place) and Store(place).faults() == []


def test_a_sound_register_is_left_as_it_is(place: Path) -> None:
    before = (Store(place).root / DATABASE).read_bytes()
    assert keeping.verify(place) == []
    assert keeping.repair(place) == ["登记和归档都是好的，没有要修的。"]
    assert (Store(place).root / DATABASE).read_bytes() == before


def test_a_lost_file_is_fetched_by_its_hash_or_named(place: Path) -> None:
    store = Store(place)
    first, second = store.archived()[:2]
    for lost in (first, second):
        store.path(lost.hash).unlink()
    (place / "报送" / second.file).unlink()
    told = keeping.repair(place)
    assert f"归档文件 {first.file} 找回自“{place / '报送' / first.file}”" in told
    assert any(second.file in line and "已失" in line for line in told)
    assert store.read(first.hash) and len(store.faults()) == 1


def test_the_register_is_backed_up_each_day_it_changes(place: Path) -> None:
    store = Store(place)
    (today,) = backups(store.root)
    before = today.read_bytes()
    store.publish(lambda _: [])
    assert today.read_bytes() == before
    numbered(place, paper(store, 13, "X09"))
    assert today.read_bytes() != before
    assert read_rows(today) == read_rows(store.root / DATABASE)


def test_a_move_that_can_never_be_made_is_set_aside(place: Path) -> None:
    """A folder stands where a file should: told at every run, and mended by repair."""
    store, out = Store(place), place / "输出"
    (out / "a.docx" / "里面").mkdir(parents=True)
    with pytest.raises(Exception, match="可能正被打开"):
        store.publish(lambda _: [Output(out, "a.docx", b"paper", replace=True)])
    store.publish(lambda _: [Output(out, "b.docx", b"other")])
    assert (out / "b.docx").read_bytes() == b"other"
    assert store.waiting() == [str(out / "a.docx")]
    (told,) = keeping.repair(place)
    assert "放不进去" in told and store.waiting() == []
    (kept,) = (store.root / BACKUPS / "没有放好").iterdir()
    assert kept.read_bytes() == b"paper"


def test_what_dead_runs_left_is_removed(place: Path) -> None:
    store = Store(place)
    old, new = store.root / ".~old.tmp", store.root / ".~new.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    store.publish(lambda _: [])
    assert not old.exists() and new.exists()


# ── two PCs ──────────────────────────────────────────────────────────────────────────────────────


def paper(store: Store, number: int, unit: str, digest: str = "1" * 64, day: str = DAYS[2]) -> Issued:
    """Return the entry of a paper like the last of a register."""
    last = store.issued()[-1]
    return replace(
        last,
        number=number,
        unit=unit,
        day=day,
        hash=digest,
        file=f"{number}_{unit}.docx",
        moment="2011-07-13",
    )


def numbered(place: Path, *entries: Issued) -> None:
    """Number papers on one of the PCs."""
    store = Store(place)

    def enter(connection: object) -> list[Output]:
        for paper in entries:
            issue(connection, paper)  # type: ignore[arg-type]
        return []

    store.publish(enter)
    list(copy_registers(store))


def test_two_pcs_that_gave_one_number_are_told_what_to_void(place: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    mine = Store(place)
    numbered(place, paper(mine, 13, "X05"), paper(mine, 14, "X06"))
    theirs = [
        paper(mine, 13, "X07", "2" * 64),
        paper(mine, 14, "X06"),
        paper(mine, 15, "X05", "3" * 64),
        paper(mine, 16, "X08"),
    ]
    numbered(other, *theirs)
    told = "\n".join(merging.merge(place, other))
    assert (
        "重号：台政办〔2011〕13号 本机给了 通知 X05" in told
        and "另一台电脑的 台政办〔2011〕13号（通知 X07" in told
    )
    assert "一文两号：本机已编为 台政办〔2011〕13号；另一台电脑的 台政办〔2011〕15号（通知 X05" in told
    assert "发文登记并入 台政办〔2011〕16号 通知X08（发文）" in told
    assert mine.faults() == []
    after = [(e.number, e.unit, e.act) for e in mine.issued()[12:]]
    assert after == [
        (13, "X05", "发文"),
        (14, "X06", "发文"),
        (13, "X07", CLASH),
        (15, "X05", CLASH),
        (16, "X08", "发文"),
    ]
    with mine.locked() as connection:
        assert next_number(connection, "台政办", 2011, 1, was_first=True) == 17
        assert last_issue(connection, "通知", "X07", DAYS[2]) is None
        standing = last_issue(connection, "通知", "X05", DAYS[2])
        assert standing is not None and standing.number == 13
    assert merging.merge(place, other)[0].startswith("已合并")  # again it finds nothing new


def versions(place: Path, *changes: tuple[str, str, str]) -> None:
    """Enter versions of the number 12 on one of the PCs: what was done, the document's hash and the moment of each."""
    last = next(e for e in reversed(Store(place).issued()) if e.number == 12)
    made = [
        replace(last, version=at, act=act, hash=digest * 64, moment=moment, reason="改数")
        for at, (act, digest, moment) in enumerate(changes, 2)
    ]
    numbered(place, *made)


def test_merging_both_ways_calls_no_paper_of_ones_own_back(place: Path, tmp_path: Path) -> None:
    """What the other PC entered as 重号 of a paper of this one is no paper of the other."""
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    numbered(place, paper(Store(place), 13, "X05"))
    numbered(other, paper(Store(other), 13, "X07", "2" * 64))
    assert "通知 X07，2011-07-12，2011-07-13 刘主任）应收回作废，要发就在本机重新生成" in "\n".join(
        merging.merge(place, other)
    )
    back = "\n".join(merging.merge(other, place))
    assert (
        "通知 X05，2011-07-12，2011-07-13 刘主任）在那台电脑上仍有效，那台电脑合并时也以它自己的为准：只能留一份"
        in back
    )
    assert back.count("另一台电脑的") == 1
    for one, two in ((place, other), (other, place)):
        assert merging.merge(one, two) == [f"已合并过：{two} 里没有新的登记，没有改动"]


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (
            [("更正", "3", "2011-08-01")],
            [("更正", "4", "2011-08-02")],
            "12号（更正） 两边各出了一版，以本机的为准（2011-08-01 刘主任）；另一台电脑的 台政办〔2011〕12号（更正）"
            "（通知 X03，2011-07-12，2011-08-02 刘主任）应收回作废",
        ),
        (
            [("更正", "3", "2011-08-01")],
            [("作废", "0", "2011-08-02")],
            "另一台电脑把 台政办〔2011〕12号（通知 X03，2011-07-12，2011-08-02 刘主任）作废了：改数；"
            "本机登记里它仍是 台政办〔2011〕12号（更正）（更正，2011-08-01），没有改动，确要作废的请在本机也作废一次",
        ),
        (
            [("作废", "0", "2011-08-01")],
            [("更正", "4", "2011-08-02")],
            "12号 本机已作废（2011-08-01 刘主任）；另一台电脑的 台政办〔2011〕12号（更正）"
            "（通知 X03，2011-07-12，2011-08-02 刘主任）应收回作废",
        ),
        (
            [("更正", "3", "2011-08-01"), ("作废", "3", "2011-08-03")],
            [("作废", "0", "2011-08-02")],
            "12号（通知 X03，2011-07-12，2011-08-02 刘主任）作废了：改数；本机也已作废，不用再作废",
        ),
        (
            [("更正", "3", "2011-08-01")],
            [("更正", "4", "2011-08-02"), ("作废", "4", "2011-08-03")],
            "（通知 X03，2011-07-12，2011-08-02 刘主任）在那台电脑上已作废，发出过的应收回",
        ),
        ([], [("作废", "0", "2011-08-02")], "发文登记并入 台政办〔2011〕12号 通知X03（作废）"),
    ],
)
def test_what_both_did_to_one_number_is_told_as_it_is(
    place: Path,
    tmp_path: Path,
    mine: list[tuple[str, str, str]],
    theirs: list[tuple[str, str, str]],
    said: str,
) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    versions(place, *mine)
    versions(other, *theirs)
    assert said in "\n".join(merging.merge(place, other))
    assert Store(place).faults() == []


def test_a_witness_of_the_other_pc_shows_the_fork(place: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    numbered(place, paper(Store(place), 13, "X05"))
    numbered(other, paper(Store(other), 13, "X07", "2" * 64))
    shutil.copy(Store(other).copies[1], Store(place).copies[1])
    assert Store(place).faults() == ["发文登记到第 13 条与“发文登记.xlsx”不同：两处各自登记过，分了叉"]


def submitted(place: Path, text: str, unit: str = "X01", day: str = DAYS[2]) -> str:
    """Archive a submission in the working folder of one of the PCs; return its hash."""
    path = place / "报送" / f"{text}.xlsx"
    path.write_bytes(text.encode())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = Archived(digest, path.name, unit, day, 1, "采用", "刘主任", f"{day} 10:00:00", day)
    Store(place).publish(lambda _: [], {digest: path}, [entry])
    list(copy_registers(Store(place)))
    return digest


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_backup_that_went_on_by_itself_is_merged_and_locks_nothing(
    place: Path, tmp_path: Path, is_lost: bool
) -> None:
    """As where a folder is kept on two PCs by a service that copies it; told as `merge` tells it."""
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    numbered(place, paper(Store(place), 13, "X05"))
    numbered(other, paper(Store(other), 13, "X07", "2" * 64))
    theirs = submitted(other, "另一台的")
    if not is_lost:
        shutil.copy(other / "报送" / "另一台的.xlsx", place / "报送")
    (newest,) = backups(Store(place).root)
    shutil.copy(Store(other).root / DATABASE, newest)
    assert "分了叉" in "".join(Store(place).faults())
    told = keeping.repair(place)
    said = "\n".join(told)
    assert "以“登记.db”为准" in said and "重号：台政办〔2011〕13号 本机给了 通知 X05" in said
    assert ("原件找不到，没有并入" in said) == is_lost
    assert (theirs in {entry.hash for entry in Store(place).archived()}) == (not is_lost)
    assert Store(place).faults() == []
    assert [(e.number, e.unit, e.act) for e in Store(place).issued()[12:]] == [
        (13, "X05", "发文"),
        (13, "X07", CLASH),
    ]
    assert keeping.repair(place) == ["登记和归档都是好的，没有要修的。"]


def test_merging_again_enters_nothing(place: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    mine = submitted(place, "本机的")
    theirs = submitted(other, "另一台的")
    numbered(place, paper(Store(place), 13, "X05"))
    numbered(other, paper(Store(other), 13, "X07", "2" * 64))
    assert "仍用本机的 本机的.xlsx" in "\n".join(merging.merge(place, other))
    assert {mine, theirs} <= {entry.hash for entry in Store(place).archived()}
    before, kept = contents(Store(place)), sorted((Store(place).root / BACKUPS).iterdir())
    assert merging.merge(place, other) == [f"已合并过：{other} 里没有新的登记，没有改动"]
    assert contents(Store(place)) == before
    assert sorted((Store(place).root / BACKUPS).iterdir()) == kept


def test_the_register_of_another_contest_is_not_merged(place: Path, tmp_path: Path) -> None:
    """Told by the consoles where both have one, else by the days of the submissions."""
    before = contents(Store(place))
    next_year = tmp_path / "下一年"
    (next_year / "报送").mkdir(parents=True)
    Store(next_year).create()
    submitted(next_year, "明年的", day="2012-05-13")
    with pytest.raises(
        ActionError, match="里登记的报送都不在本竞赛的日期（2011-04-13 至 .*不能合并，没有改动"
    ):
        merging.merge(place, next_year)
    same_days = Path(shutil.copytree(place, tmp_path / "别的县"))
    for folder, county in ((place, "台前县"), (same_days, "范县")):
        console_of(folder, county)
    with pytest.raises(ActionError, match="是另一个竞赛的工作文件夹（.*），不能合并，没有改动"):
        merging.merge(place, same_days)
    assert contents(Store(place)) == before


def console_of(folder: Path, county: str) -> None:
    """Put the console of a county's contest into a working folder."""
    book = replace(default_rulebook(), county=county, contest_id=f"{county}-2011")
    (folder / "操作台.xlsx").write_bytes(render(partial(write_console, book=book, macros=False)))


# ── Excel copies ─────────────────────────────────────────────────────────────────────────────────


def edit(path: Path, old: str, new: str, part: str = "xl/worksheets/sheet1.xml") -> None:
    """Change a text of an Excel copy, as staff may."""
    path.write_bytes(replaced(path.read_bytes(), part, old.encode(), new.encode()))


ADDED = '<row r="14"><c r="A14" t="inlineStr"><is><t>台政办</t></is></c><c r="B14"><v>2011</v></c></row>'


def test_a_copy_that_was_edited_is_not_believed(place: Path) -> None:
    """Its entries are named as lost; what was typed into it is nowhere in the register."""
    store = Store(place)
    back_to(place, 8)
    shutil.rmtree(store.root / BACKUPS)
    edit(store.copies[1], "第2期", "改过的")
    told = "\n".join(keeping.repair(place))
    assert "“发文登记.xlsx”的发文登记后面 4 条与它自己记着的不符：副本被改过，没有采用" in told
    assert "发文登记应有 12 条，只找回 8 条，其余已失；编号前请核对已发出的公文" in told
    assert len(store.issued()) == 8 and "改过的" not in str(contents(store))
    assert store.faults() == []


def test_an_edited_copy_of_submissions_is_not_believed(place: Path) -> None:
    store = Store(place)
    without_triggers(store, ["DELETE FROM submissions WHERE id > 16"])
    shutil.rmtree(store.root / BACKUPS)
    edit(store.copies[0], f"X08_{DAYS[2]}.xlsx", "X99.xlsx")
    told = "\n".join(keeping.repair(place))
    assert "“报送登记.xlsx”的报送登记后面 8 条与它自己记着的不符：副本被改过，没有采用" in told
    assert len(store.archived()) == 16 and "X99.xlsx" not in str(contents(store))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<v>12</v>", "<v>12.5</v>", "有的行读不懂：副本被改过"),
        ('<c r="C13"', '<c r="AA13"', "后面 4 条与它自己记着的不符：副本被改过"),
        ("</sheetData>", f"{ADDED}</sheetData>", "有 13 条，而它自己记着 12 条：副本被改过"),
        ("<v>2011</v>", "<v>2010</v>", "第 1 条与登记不同：副本被改过，或是另一处登记的"),
    ],
)
def test_an_edited_copy_is_a_sentence_whatever_was_typed(place: Path, old: str, new: str, fault: str) -> None:
    store = Store(place)
    back_to(place, 8)
    shutil.rmtree(store.root / BACKUPS)
    edit(store.copies[1], old, new)
    assert f"“发文登记.xlsx”的发文登记{fault}，没有采用" in "\n".join(keeping.repair(place))
    assert store.faults() == []


def test_a_copy_of_the_other_pc_is_named_and_put_aside(place: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    numbered(place, paper(Store(place), 13, "X05"))
    numbered(other, paper(Store(other), 13, "X07", "2" * 64))
    shutil.copy(Store(other).copies[1], Store(place).copies[1])
    before = contents(Store(place))
    told = "\n".join(keeping.repair(place))
    assert "“发文登记.xlsx”的发文登记到第 13 条与登记不同，是另一处登记的，没有采用" in told
    assert "登记恢复自" not in told and contents(Store(place)) == before
    assert Store(place).faults() == []


@pytest.mark.parametrize("missing", ["copies", "backups"])
def test_only_what_is_missing_is_restored(place: Path, missing: str) -> None:
    store = Store(place)
    before = (store.root / DATABASE).read_bytes()
    if missing == "copies":
        for path in store.copies:
            path.unlink()
        assert keeping.repair(place) == [
            "登记簿的 Excel 副本 报送登记.xlsx、发文登记.xlsx 不见了，已按登记重新写出"
        ]
    else:
        shutil.rmtree(store.root / BACKUPS)
        assert keeping.repair(place) == ["备份不见了，已按现在的登记补上今天的"]
    assert (store.root / DATABASE).read_bytes() == before
    assert all(path.exists() for path in store.copies) and len(backups(store.root)) == 1
    assert not [*(store.root / BACKUPS).glob("修复前_*")]


def test_a_lost_file_rewrites_no_register(place: Path) -> None:
    store = Store(place)
    before = (store.root / DATABASE).read_bytes()
    next(store.files.glob("*/*")).unlink()
    (told,) = keeping.repair(place)
    assert "找回自" in told
    assert (store.root / DATABASE).read_bytes() == before


def test_what_the_longest_source_lacks_another_has(place: Path) -> None:
    """Each register is taken from where it is longest, since one source may be longest in all and short in one."""
    store = Store(place)
    (newest,) = backups(store.root)
    shutil.copy(newest, newest.with_name("登记_2011-07-01.db"))
    submitted(place, "新的")
    back_to(place, 8)
    for path in store.copies:
        path.unlink()
    keeping.repair(place)
    assert (len(store.archived()), len(store.issued())) == (25, 12)


def test_a_paper_too_large_to_be_one_is_named_and_not_read(place: Path) -> None:
    with (place / "大.docx").open("wb") as file:
        file.truncate(60 << 20)
    (told,) = keeping.verify(place)
    assert told.startswith(f"{place / '大.docx'} 没有核对：") and "60 MB" in told


def test_papers_and_results_are_read_aside(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends its reader costs that file alone."""

    def died(*_: object) -> None:
        raise Died("异常终止")

    (place / "汇总结果_2011-05-13.xlsx").write_bytes(b"?")
    (place / "1.docx").write_bytes(b"?")
    assert keeping.verify(place) == []
    monkeypatch.setattr(keeping, "aside", died)
    assert [line.partition("：")[0] for line in keeping.verify(place)] == [
        f"{place / '1.docx'} 没有核对",
        f"{place / '汇总结果_2011-05-13.xlsx'} 没有核对",
    ]


# ── two PCs, once more ───────────────────────────────────────────────────────────────────────────


def test_merging_keeps_what_each_made_public(place: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    mine, theirs = Store(place), Store(other)
    same_day, new_day = (
        replace(theirs.frozen()[-1], day=day, body='{"figures": {"X01": {}}}')
        for day in (DAYS[2], "2011-07-31")
    )
    with theirs.locked() as connection:
        freeze(connection, same_day)
        freeze(connection, new_day)
    told = "\n".join(merging.merge(place, other))
    assert f"{DAYS[2]} 两边公布的数字不同，以本机的为准" in told and "并入 2011-07-31 公布的数字" in told
    assert [entry.day for entry in mine.frozen()] == [*DAYS, "2011-07-31"]
    assert [*(mine.root / BACKUPS).glob("合并_*.db")]


NOON = datetime(2011, 7, 13, 12)


def at(hour: int) -> datetime:
    """Return an hour of the day."""
    return NOON.replace(hour=hour)


@pytest.mark.parametrize(
    ("mine", "theirs", "fits"),
    [
        (
            (17, ""),
            (10, "OLDB-OLDB-OLDB"),
            "",
        ),  # revoked here, later: what the other PC gave before is no way in
        ((10, ""), (17, "NEWB-NEWB-NEWB"), "NEWB-NEWB-NEWB"),
        ((10, "MINE-MINE-MINE"), (17, ""), ""),
        ((10, ""), (10, "SAME-SAME-SAME"), ""),  # of one moment, revoked
        ((10, "SAME-SAME-SAME"), (10, ""), ""),
    ],
)
def test_of_codes_on_two_pcs_the_latest_holds(
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mine: tuple[int, str],
    theirs: tuple[int, str],
    fits: str,
) -> None:
    monkeypatch.setitem(accounts.COST, "n", 2)
    book, store = default_rulebook(), Store(place)
    accounts.set_codes(store, book, [("X01", "FIRS-FIRS-FIRS")], "办公室", at(9))
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    for folder, (hour, code) in ((place, mine), (other, theirs)):
        accounts.set_codes(Store(folder), book, [("X01", code)], "办公室", at(hour))
    assert "网上登记并入 1 条" in "\n".join(merging.merge(place, other))
    merging.merge(other, place)
    for folder in (place, other):
        held = accounts.accounts(Store(folder), book)["X01"].hash
        assert accounts.fits(fits, held) if fits else not held
        assert merging.merge(folder, other if folder == place else place)[0].startswith("已合并过")


def test_a_code_that_is_entered_holds_whatever_the_clock_says(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that was ahead and was set right; two acts within one second."""
    monkeypatch.setitem(accounts.COST, "n", 2)
    book, store = default_rulebook(), Store(place)
    for hour, code in ((17, "AHEA-AHEA-AHEA"), (9, ""), (9, "AGAI-AGAI-AGAI")):
        accounts.set_codes(store, book, [("X01", code)], "办公室", at(hour))
        held = accounts.accounts(store, book)["X01"]
        assert accounts.fits(code, held.hash) if code else not held.hash
    assert held.moment == "2011-07-13 17:00:02"


def answered(folder: Path, answer: str, moment: datetime) -> None:
    """Enter an answer of the review on one of the PCs, and a reply."""
    body = {"answer": answer, "reason": "已核", "name": "甲"}
    reply = {"unit": "X01", "text": answer}
    enter(
        Store(folder),
        [
            entry(Act.ANSWER, "办公室", "M1", body, moment),
            entry(Act.REPLY, "X01", f"通报/{DAYS[0]}", reply, moment),
        ],
    )


def test_of_answers_on_two_pcs_the_latest_holds(place: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    answered(place, "已改", at(18))
    answered(other, "照发", at(9))
    merging.merge(place, other)
    book = with_entered(default_rulebook(), Store(place))
    assert [one.answer for one in book.answers] == ["照发", "已改"]
    assert [one.content for one in book.replies] == ["照发", "已改"]


def handed(
    folder: Path,
    unit: str,
    text: str,
    moment: datetime,
    batch: int = 1,
    *,
    day: str = DAYS[2],
    file: str = "",
) -> str:
    """Hand a form in through the desk of one of the PCs; return its hash."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    stamp, store = moment.isoformat(" ", "seconds"), Store(folder)
    name = file or f"第3期/{unit}.xlsx"
    one = Archived(digest, name, unit, day, batch, HANDED_IN, unit, stamp, DAYS[2])

    def put(connection: sqlite3.Connection) -> list[Output]:
        add_entries(connection, "submissions", ARCHIVED_COLUMNS, [one])
        number = max(each.number for each in all_received(connection))
        body = {"number": number, "hash": digest, "file": one.file}
        add_entered(connection, [entry(Act.HANDED_IN, unit, unit, body, moment)])
        return []

    store.publish(put, {digest: handing.Bytes(text.encode())})
    return digest


def test_the_same_form_twice_within_one_second_has_two_receipts_of_this_pc(place: Path) -> None:
    for text in ("甲", "乙", "甲"):
        handed(place, "X01", text, at(10))
    assert [(one.number, one.given) for one in handed_in(Store(place))] == [(25, 0), (26, 0), (27, 0)]


@pytest.mark.parametrize("is_later_there", [False, True])
def test_receipts_of_two_pcs_keep_their_numbers_and_the_latest_is_in_force(
    place: Path, tmp_path: Path, is_later_there: bool
) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    handed(place, "X02", "别的单位", at(10))
    mine = handed(place, "X01", "本机的", at(11))
    theirs = handed(other, "X01", "另一台的", at(12 if is_later_there else 9))
    before = {
        one.hash: number_text(default_rulebook(), one) for f in (place, other) for one in handed_in(Store(f))
    }
    told = "\n".join(merging.merge(place, other))
    held = handed_in(Store(place), "X01")
    after = {one.hash: number_text(default_rulebook(), one) for one in held}
    assert after == {mine: before[mine], theirs: f"{before[theirs]}（另一台电脑）"}
    assert before[theirs].endswith("-00025") and before[mine].endswith("-00026")
    best = newest(held)
    assert best and best.hash == (theirs if is_later_there else mine)
    assert "X01 的回执 00025（截至 2011-07-12 第 1 批，另一台电脑 2011-07-13" in told and "仍用原号" in told
    copied = place / "报送" / "第3期" / "X01.xlsx"
    assert (f"在这一期排在最后，现在以它为准，已放进“{copied}”" in told) == is_later_there
    assert copied.is_file() == is_later_there
    assert not is_later_there or hashlib.sha256(copied.read_bytes()).hexdigest() == theirs


def test_a_form_of_the_other_pc_takes_the_place_of_no_file(place: Path, tmp_path: Path) -> None:
    """It is told which to copy where; one that lies there already is left, and so is a place outside the folder."""
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    target = place / "报送" / "第3期" / "X01.xlsx"
    for unit in ("X01", "X02", "X03"):
        file = f"第3期/{unit}.xlsx" if unit != "X03" else "../../外面.xlsx"
        theirs = handed(other, unit, unit, at(12), file=file)
        if unit != "X03":
            target.with_name(f"{unit}.xlsx").parent.mkdir(parents=True, exist_ok=True)
            target.with_name(f"{unit}.xlsx").write_text("本机的" if unit == "X01" else unit, encoding="utf-8")
    told = "\n".join(merging.merge(place, other))
    first = Store(place).path(hashlib.sha256(b"X01").hexdigest())
    assert (
        f"但“{target}”已有另一个文件，没有覆盖：核对后请把那个文件移走，把“{first}”复制到“{target.parent}”，改名为“X01.xlsx”"
    ) in told
    assert "但“../../外面.xlsx”不能放进本机的报送文件夹：核对后请把" in told
    assert f"复制到“{place / '报送'}”，改名为“外面.xlsx”" in told
    assert f"它已经在“{target.with_name('X02.xlsx')}”" in told
    assert target.read_text(encoding="utf-8") == "本机的"
    assert theirs and not (tmp_path / "外面.xlsx").exists() and not (place.parent / "外面.xlsx").exists()


def test_what_a_merge_tells_is_told_though_a_form_cannot_be_put_in_its_place(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is entered by then, so that a second merge says nothing; the form is put there by the next run."""
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    handed(other, "X01", "另一台的", at(12), file=f"第3期/{'长' * 70}.xlsx")
    copied = place / "报送" / "第3期" / f"{'长' * 58}.xlsx"

    def fail(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as held:
        held.setattr(staging, "hand_over", fail)
        told = "\n".join(merging.merge(place, other))
    assert f"以它为准，已放进“{copied}”" in told and "已合并" in told
    assert f"无法写入 {copied}，可能正被打开。请关闭后再运行一次，会接着完成。" in told
    assert not copied.exists() and Store(place).finish() == []
    assert copied.read_text(encoding="utf-8") == "另一台的"


@pytest.mark.parametrize(("batch", "is_told"), [(1, True), (2, False)])
def test_a_form_of_the_same_day_and_batch_under_another_name_is_told(
    place: Path, tmp_path: Path, batch: int, is_told: bool
) -> None:
    """As a unit that handed in .xls there and .xlsx here: both would be in conflict, and neither would count."""
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    handed(place, "X01", "本机的", at(11))
    lying = place / "报送" / "第3期" / "X01.xlsx"
    lying.parent.mkdir(parents=True, exist_ok=True)
    lying.write_text("本机的", encoding="utf-8")
    handed(other, "X01", "另一台的", at(12), batch, file="第3期/X01.xls")
    told = "\n".join(merging.merge(place, other))
    assert f"已放进“{lying.with_suffix('.xls')}”" in told
    said = f"；“{lying}”是同一截止日期、同一批次的另一份，请移走，不然两份冲突，都不计入"
    assert (said in told) == is_told and lying.read_text(encoding="utf-8") == "本机的"


@pytest.mark.parametrize(("mine", "theirs", "is_theirs"), [(10, 9, False), (9, 10, True)])
def test_of_receipts_of_two_days_of_one_period_that_of_the_later_day_is_in_force(
    place: Path, tmp_path: Path, mine: int, theirs: int, is_theirs: bool
) -> None:
    """Whatever came last: as on one PC, and as a consolidation chooses."""
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    handed(place, "X01", "本机的", at(11), day=f"2011-07-{mine:02}")
    handed(other, "X01", "另一台的", at(12), day=f"2011-07-{theirs:02}", file="第3期/另.xlsx")
    told = "\n".join(merging.merge(place, other))
    assert ("以它为准" in told, (place / "报送/第3期/另.xlsx").exists()) == (is_theirs, is_theirs)


def test_a_batch_of_the_other_pc_that_a_greater_one_stands_for_is_not_called_in_force(
    place: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    mine = handed(place, "X01", "第二批", at(11), batch=2)
    handed(other, "X01", "第一批", at(12))
    assert "以它为准" not in "\n".join(merging.merge(place, other))
    best = newest(handed_in(Store(place), "X01"))
    assert best and best.hash == mine


def test_a_voided_number_of_a_pair_stays_with_the_paper_of_this_pc(place: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(place, tmp_path / "另一台"))
    numbered(place, paper(Store(place), 13, "X05"))
    numbered(other, paper(Store(other), 13, "X07", "2" * 64))
    merging.merge(place, other)
    found = register.voided("台政办〔2011〕13号", "台政办", Store(place).issued())
    assert (found.unit, found.version) == ("X05", 3)


def test_the_commands(place: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    done = run(main, ["archive", "verify", str(place)])
    assert (done.exit_code, done.output) == (0, "登记、归档、副本、备份和公文都对得上。\n")
    back_to(place, 8)
    assert run(main, ["archive", "verify", str(place)]).exit_code == 1
    assert "登记恢复自" in run(main, ["archive", "repair", str(place)]).output
    assert run(main, ["archive", "verify", str(place)]).exit_code == 0
    assert run(main, ["archive", "merge", str(place), "--from", str(place)]).exit_code == 2
    assert run(main, ["archive", "verify", str(tmp_path / "无")]).exit_code == 2
    assert contents(Store(place))
