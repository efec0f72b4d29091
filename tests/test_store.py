"""The registers: kept byte for byte, only ever added to, published all or nothing (docs/decisions/archive.md).

A run that dies at any step is either as if it had not been, or is completed by the next one.
"""

import hashlib
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from answers import answer_all
from click.testing import CliRunner
from sheets import BOOK, grids_of, rules, workbook_of
from unix import needs_fork

from baiti_xl import desk as actions
from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.desk import database
from baiti_xl.desk.database import DATABASE, REPAIR, StoreError
from baiti_xl.desk.entries import NUMBER_COLUMNS, Archived, Issued
from baiti_xl.desk.handing import Examined, hand_in
from baiti_xl.desk.heads import Until, link
from baiti_xl.desk.issuing import issue, last_issue, next_number
from baiti_xl.desk.keeping import repair
from baiti_xl.desk.merging import merge
from baiti_xl.desk.outputs import OutputError
from baiti_xl.desk.staging import Output, stage
from baiti_xl.desk.store import FILES, FOLDER, STAGING, Store

MAY_13, JUNE_12 = date(2011, 5, 13), date(2011, 6, 12)


def sha(data: bytes) -> str:
    """Return the hash by which a file is kept."""
    return hashlib.sha256(data).hexdigest()


def entry(data: bytes = b"one", file: str = "a.xlsx", result: str = "采用", **changes: Any) -> Archived:
    """Return an entry of the register of submissions."""
    base = Archived(
        sha(data), file, "X01", "2011-05-13", 1, result, "刘主任", "2011-05-13 09:00:00", "2011-05-13"
    )
    return replace(base, **changes)


def archive(place: Path, *contents: bytes, entries: Iterable[Archived] = ()) -> Store:
    """Archive some files, each entered as accepted, and return the store."""
    kept = Store(place)
    files = {}
    for at, data in enumerate(contents):
        source = place / f"{at}.xlsx"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(data)
        files[sha(data)] = source
    new = [*entries] or [entry(data, f"{at}.xlsx", batch=at) for at, data in enumerate(contents)]
    kept.publish(lambda _: [], files, new)
    return kept


def visible(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder that staff see, by its path."""
    paths = sorted(folder.rglob("*")) if folder.is_dir() else []
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in paths
        if p.is_file() and not p.name.startswith(".~")
    }


# ── kept byte for byte ───────────────────────────────────────────────────────────────────────────


def test_a_file_is_kept_under_its_hash(tmp_path: Path) -> None:
    kept = archive(tmp_path, b"one", b"two")
    assert visible(kept.files) == {f"{sha(d)[:2]}/{sha(d)}": d for d in sorted([b"one", b"two"], key=sha)}
    assert kept.read(sha(b"one")) == b"one"
    assert [e.file for e in kept.archived()] == ["0.xlsx", "1.xlsx"]
    assert kept.faults() == []


def test_the_same_file_is_kept_once_and_never_written_again(tmp_path: Path) -> None:
    kept = archive(tmp_path, b"one")
    before = kept.path(sha(b"one")).stat()
    archive(tmp_path, b"one", entries=[entry(file="another name.xlsx")])
    after = kept.path(sha(b"one")).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert len(visible(kept.files)) == 1


@pytest.mark.parametrize("change", [b"changed", None])
def test_a_file_changed_or_moved_since_it_was_read_is_not_kept(tmp_path: Path, change: bytes | None) -> None:
    source = tmp_path / "a.xlsx"
    if change:
        source.write_bytes(change)
    kept = Store(tmp_path)
    with pytest.raises(StoreError, match="a.xlsx 在汇总过程中被改动或移走。请确认文件后再汇总一次。"):
        kept.publish(lambda _: [Output(tmp_path / "out", "r", b"r")], {sha(b"one"): source}, [entry()])
    assert kept.archived() == []
    assert visible(kept.files) == visible(tmp_path / "out") == {}


def test_entries_are_only_added_when_they_say_something_new(tmp_path: Path) -> None:
    """The same result again is no news; another result, name or content is, and so is a return into force."""
    kept = Store(tmp_path)
    steps = [
        entry(),
        entry(moment="later", as_of="2011-06-12"),
        entry(result="被替代"),
        entry(result="采用"),
        entry(file="b.xlsx"),
        entry(b"two"),
        entry(),
        entry(),
    ]
    (tmp_path / "1").write_bytes(b"one")
    (tmp_path / "2").write_bytes(b"two")
    files = {sha(b"one"): tmp_path / "1", sha(b"two"): tmp_path / "2"}
    counts = []
    for step in steps:
        kept.publish(lambda _: [], files, [step])
        counts.append(len(kept.archived()))
    assert counts == [1, 1, 2, 3, 4, 5, 6, 6]


SERIES = "台政办"

# ── append-only ──────────────────────────────────────────────────────────────────────────────────


def number(year: int, value: int, kind: str = "进展通报", unit: str = "", day: str = "2011-05-13") -> Issued:
    """Return an entry of the register of papers."""
    about = (
        kind,
        unit,
        day,
        day,
        "",
        "标题",
        "a.docx",
        sha(b"a"),
        "[]",
        "[]",
        "",
        "刘主任",
        "2011-05-13 09:00:00",
    )
    return Issued(SERIES, year, value, 1, "发文", *about)


@pytest.fixture
def filled(tmp_path: Path) -> Store:
    """A store with two submissions and two numbers."""
    kept = archive(tmp_path, b"one", b"two")
    with kept.locked() as connection:
        issue(connection, number(2011, 1))
        issue(connection, number(2011, 2, unit="X01"))
    return kept


@pytest.mark.parametrize("table", ["submissions", "papers"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET who = '别人'", "DELETE FROM {}", "DELETE FROM {} WHERE id = 2"]
)
def test_the_register_refuses_changes(filled: Store, table: str, statement: str) -> None:
    connection = sqlite3.connect(filled.root / DATABASE)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(statement.format(table))
    connection.close()
    assert filled.faults() == []


def tamper(kept: Store, statement: str) -> None:
    """Change the register as someone with a database program may."""
    connection = sqlite3.connect(kept.root / DATABASE)
    for name in ("keep_submissions", "hold_submissions", "keep_papers", "hold_papers"):
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE submissions SET who = '别人' WHERE id = 1", "报送登记第 1 条"),
        ("UPDATE submissions SET cutoff = '2011-05-12' WHERE id = 2", "报送登记第 2 条"),
        ("DELETE FROM submissions WHERE id = 1", "报送登记第 1 条"),
        ("UPDATE papers SET number = 9 WHERE id = 2", "发文登记第 2 条"),
        ("UPDATE papers SET title = '' WHERE id = 1", "发文登记第 1 条"),
        ("DELETE FROM papers WHERE id = 1", "发文登记第 1 条"),
        ("UPDATE papers SET chain = '' WHERE id = 1", "发文登记第 1 条"),
    ],
)
def test_a_broken_chain_is_named(filled: Store, statement: str, named: str) -> None:
    """A change or a loss shows at the entry, and nothing goes on until it is mended."""
    tamper(filled, statement)
    assert filled.faults() == [f"{named}或它之前有被改动、删除的记录"]


def test_a_damaged_and_a_missing_file_are_named(filled: Store) -> None:
    filled.path(sha(b"one")).write_bytes(b"onE")
    filled.path(sha(b"two")).unlink()
    assert filled.faults() == [
        f"0.xlsx（X01，2011-05-13）：归档文件被改动或损坏：{sha(b'one')}。请从备份恢复。",
        f"1.xlsx（X01，2011-05-13）：归档文件缺失：{sha(b'two')}。请从备份恢复。",
    ]


def test_a_lost_register_is_named(filled: Store) -> None:
    """Without it numbers would begin again at 1."""
    (filled.root / DATABASE).unlink()
    assert filled.faults() == [f"归档登记 {filled.root / DATABASE} 不见了。请从备份恢复：{REPAIR}。"]
    (filled.root / DATABASE).touch()
    assert filled.faults() == [f"归档登记 {filled.root / DATABASE} 是空文件。请从备份恢复：{REPAIR}。"]


def test_a_register_that_is_no_database(filled: Store) -> None:
    (filled.root / DATABASE).write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="归档登记 .* 已损坏"):
        filled.archived()


# ── document numbers ─────────────────────────────────────────────────────────────────────────────


def next_of(connection: sqlite3.Connection, year: int, first: int = 1) -> int:
    """Return the next number of the series."""
    return next_number(connection, SERIES, year, first, was_first=True)


def given(kept: Store, kind: str, unit: str, day: str) -> int:
    """Return the number of a document, new if it has none yet."""
    with kept.locked() as connection:
        known = last_issue(connection, kind, unit, day)
        if known is None:
            known = number(int(day[:4]), next_of(connection, int(day[:4])), kind, unit, day)
            issue(connection, known)
        return known.number


def test_numbers_run_without_gaps_over_kinds_and_units_and_begin_anew_each_year(tmp_path: Path) -> None:
    kept = Store(tmp_path)
    asked = [
        ("进展通报", "", "2011-05-13"),
        ("补正通知", "X01", "2011-05-13"),
        ("补正通知", "X02", "2011-05-13"),
        ("进展通报", "", "2011-06-12"),
        ("进展通报", "", "2012-01-05"),
        ("进展通报", "", "2011-07-12"),
    ]
    assert [given(kept, *x) for x in asked] == [1, 2, 3, 4, 1, 5]
    assert [given(kept, *x) for x in asked] == [1, 2, 3, 4, 1, 5]
    assert len(kept.issued()) == 6


def test_each_series_runs_by_itself_from_its_first_number(tmp_path: Path) -> None:
    """发文: 起始号 holds for the first number of a series in a year, and never gives one again."""
    with Store(tmp_path).locked() as connection:

        def next_in(series: str, first: int) -> int:
            return next_number(connection, series, 2011, first, was_first=False)

        assert (next_in("台政办", 57), next_in("台政办函", 1)) == (57, 1)
        issue(connection, replace(number(2011, 57), series="台政办"))
        assert [next_in("台政办", first) for first in (1, 57, 58, 60)] == [58, 58, 58, 60]
        assert next_in("台政办函", 1) == 1


def test_a_voided_number_is_not_given_again(tmp_path: Path) -> None:
    with Store(tmp_path).locked() as connection:
        issue(connection, number(2011, 1))
        issue(connection, replace(number(2011, 1), version=2, act="作废", reason="印错"))
        assert last_issue(connection, "进展通报", "", "2011-05-13") is None
        assert next_of(connection, 2011) == 2


def test_the_register_of_version_01_is_read_and_goes_on(tmp_path: Path) -> None:
    """Its numbers are those of the first series; their papers keep them."""
    kept = Store(tmp_path)
    with kept.locked() as connection:
        row = (
            2011,
            7,
            "进展通报",
            "",
            "2011-05-13",
            "标题",
            "a.docx",
            sha(b"a"),
            "刘主任",
            "2011-05-13 09:00:00",
        )
        marks = ", ".join("?" * (len(NUMBER_COLUMNS) + 1))
        names = ", ".join((*NUMBER_COLUMNS, "chain"))
        connection.execute(f"INSERT INTO numbers ({names}) VALUES ({marks})", (*row, link("", row)))
        known = last_issue(connection, "进展通报", "", "2011-05-13")
        assert known and (known.number, known.version, known.hash) == (7, 1, sha(b"a"))
        assert next_of(connection, 2011) == 8
        assert next_number(connection, "台政办函", 2011, 1, was_first=False) == 1
    assert [e.number for e in kept.issued()] == [7]
    assert kept.faults() == []


@pytest.mark.parametrize("second", [number(2011, 1, kind="曝光送审稿"), number(2011, 1, unit="X01")])
def test_a_version_of_a_number_is_never_given_twice(tmp_path: Path, second: Issued) -> None:
    """The register itself refuses; the run is undone."""
    kept = Store(tmp_path)
    with kept.locked() as connection:
        issue(connection, number(2011, 1))
    with pytest.raises(StoreError), kept.locked() as connection:
        issue(connection, second)
    assert kept.issued() == [number(2011, 1)]


def test_a_place_in_the_register_goes_by_no_clock(tmp_path: Path) -> None:
    """By the chain where the register has it; else, as what an earlier version or another PC made public, by the moment."""
    entries = [
        entry(file=f"{at}", batch=at, moment=f"2011-05-13 {hour}:00:00")
        for at, hour in enumerate(("09", "11", "10", "12"))
    ]
    kept = archive(tmp_path, b"one", entries=entries)
    with kept.locked() as connection:
        chains = [row[0] for row in connection.execute("SELECT chain FROM submissions ORDER BY id")]

    def until(moment: str, chain: str) -> str:
        return "".join(one.file for one in kept.archived(Until(moment, chain)))

    assert until("2011-05-13 11:00:00", chains[1]) == "01"
    assert until("2011-05-13 11:00:00", "") == until("2011-05-13 11:00:00", "elsewhere") == "012"
    assert until("", "") == "0123"


# ── all or nothing ───────────────────────────────────────────────────────────────────────────────


class Killer:
    """Kills this process at the n-th step that touches the disk; counts the steps if n is 0."""

    def __init__(self, at: int) -> None:
        self.at, self.seen = at, 0

    def step(self) -> None:
        """Take one step."""
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Watch every step to come: statements of the register, and changes of files and folders."""
        killer = self

        class Connection(sqlite3.Connection):
            def execute(self, *given: Any) -> sqlite3.Cursor:
                killer.step()
                return super().execute(*given)

        real: Any = sqlite3.connect
        database.sqlite3.connect = lambda *a, **k: real(*a, factory=Connection, **k)  # type: ignore[attr-defined]
        touching = ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod")

        def hook(event: str, given: tuple[Any, ...]) -> None:
            writes = event == "open" and isinstance(given[2], int) and given[2] & (os.O_CREAT | os.O_WRONLY)
            if event in touching or writes:
                killer.step()

        sys.addaudithook(hook)


def run_killed(run: Callable[[], object], at: int) -> bool:
    """Run something in a process that is killed at its n-th step; return whether it came to its end before."""
    pid = os.fork()
    if pid == 0:
        try:
            Killer(at).watch()
            run()
            os._exit(0)
        except BaseException:
            os._exit(3)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0, "the run itself failed"
    return True


def every_step(stride: int = 1) -> Iterator[int]:
    """Yield step after step, each if BAITI_KILLS is set (an hour); whoever asks stops when the run survives."""
    yield from range(1, 4000, 1 if os.environ.get("BAITI_KILLS") else stride)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one, for runs by the hundred: a kill is no power cut."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        yield Path(name)


RESULTS = {"结果.xlsx": b"R" * 5000, "通报.docx": b"D" * 5000}


def publish(place: Path, out: Path) -> list[Path]:
    """Archive two files and publish two outputs, one of which replaces an old one, with a number given."""
    kept = Store(place)

    def prepare(connection: sqlite3.Connection) -> list[Output]:
        if last_issue(connection, "进展通报", "", "2011-05-13") is None:
            issue(connection, number(2011, next_of(connection, 2011)))
        return [Output(out, name, data, name == "通报.docx") for name, data in RESULTS.items()]

    files = {sha(d): place / f"{at}.xlsx" for at, d in enumerate((b"one", b"two"))}
    entries = [entry(d, f"{at}.xlsx", batch=at) for at, d in enumerate((b"one", b"two"))]
    return kept.publish(prepare, files, entries)


@needs_fork
def test_killed_at_any_step_and_run_again(memory: Path) -> None:
    """No half-written file is ever seen, and the next run leaves what one whole run leaves."""
    survived = False
    for at in every_step():
        place, out = memory / f"{at}", memory / f"{at}" / "输出"
        out.mkdir(parents=True)
        for n, data in enumerate((b"one", b"two")):
            (place / f"{n}.xlsx").write_bytes(data)
        (out / "通报.docx").write_bytes(b"old")
        survived = run_killed(lambda place=place, out=out: publish(place, out), at)  # type: ignore[misc]
        seen = visible(out)
        assert seen["通报.docx"] in (b"old", RESULTS["通报.docx"]), at
        assert set(seen) <= set(RESULTS) and seen.get("结果.xlsx") in (None, RESULTS["结果.xlsx"]), at
        kept = Store(place)
        assert all(sha(data) == Path(name).name for name, data in visible(kept.files).items()), at
        assert (len(kept.archived()), len(kept.issued())) in ((0, 0), (2, 1)), at
        assert kept.faults() == [], at
        publish(place, out)
        assert visible(out) == RESULTS, at
        assert [(e.file, e.result) for e in kept.archived()] == [("0.xlsx", "采用"), ("1.xlsx", "采用")], at
        assert [i.number for i in kept.issued()] == [1], at
        assert sorted(visible(kept.files).values()) == [b"one", b"two"], at
        assert not kept.staging.exists() and not [*kept.files.rglob(".~*")], at
        if survived:
            break
        shutil.rmtree(place)
    assert survived and at > 60


@needs_fork
def test_killed_twice_what_was_not_committed_is_never_published(tmp_path: Path) -> None:
    """The first run dies after its commit, the second, which found that, before its own."""
    out = tmp_path / "输出"
    first = [Output(out, "结果.xlsx", b"first")]

    def die(*_: Any) -> None:
        os._exit(0)

    def committed() -> None:
        Store.finish = die  # type: ignore[assignment, method-assign]
        Store(tmp_path).publish(lambda _: first)

    def staged(connection: sqlite3.Connection) -> list[Output]:
        outputs = [Output(out, "结果.xlsx", b"second")]
        stage(connection, Store(tmp_path).staging, outputs)
        os._exit(0)

    assert run_killed(committed, 0)
    assert visible(out) == {} and [*Store(tmp_path).staging.iterdir()]
    assert run_killed(lambda: Store(tmp_path).publish(staged), 0)
    Store(tmp_path).publish(lambda _: [Output(out, "别的.xlsx", b"third")])
    assert visible(out) == {"结果.xlsx": b"first", "别的.xlsx": b"third"}


def test_an_output_held_open_elsewhere_is_completed_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel keeps its file open, so it cannot be replaced: one sentence, and nothing is lost."""
    out, real = tmp_path / "输出", os.replace
    kept = Store(tmp_path)
    kept.publish(lambda _: [Output(out, "a.xlsx", b"old")])

    def held(source: Any, target: Any) -> None:
        if Path(target).name == "a.xlsx":
            raise PermissionError(13, "Permission denied", str(target))
        real(source, target)

    outputs = [Output(out, "a.xlsx", b"new", replace=True), Output(out, "b.xlsx", b"b")]
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", held)
        with pytest.raises(
            OutputError, match="无法写入 .*a.xlsx，可能正被打开。请关闭后再运行一次，会接着完成。"
        ):
            kept.publish(lambda _: outputs)
        assert visible(out) == {"a.xlsx": b"old", "b.xlsx": b"b"}
        assert kept.waiting() == [str(out / "a.xlsx")]
        kept.publish(lambda _: [Output(out, "c.xlsx", b"c")])
        assert kept.waiting() == [str(out / "a.xlsx")]
    (out / "c.xlsx").unlink()
    kept.publish(lambda _: [])
    assert visible(out) == {"a.xlsx": b"new", "b.xlsx": b"b"}
    assert not kept.staging.exists()


def test_an_error_while_preparing_undoes_everything(tmp_path: Path) -> None:
    kept = Store(tmp_path)

    def prepare(connection: sqlite3.Connection) -> list[Output]:
        issue(connection, number(2011, 1))
        raise ValueError

    with pytest.raises(ValueError):
        kept.publish(prepare, {}, [entry()])
    assert (kept.archived(), kept.issued()) == ([], [])


@pytest.mark.parametrize("blocked", [FOLDER, f"{FOLDER}/{FILES}", f"{FOLDER}/{STAGING}", "输出"])
def test_a_file_in_the_place_of_a_folder(tmp_path: Path, blocked: str) -> None:
    """Like a folder that cannot be written: one sentence, and nothing is changed."""
    source = tmp_path / "0.xlsx"
    source.write_bytes(b"one")
    (tmp_path / blocked).parent.mkdir(exist_ok=True)
    (tmp_path / blocked).write_bytes(b"a file")
    kept = Store(tmp_path)
    with pytest.raises(OutputError, match="无法写入|没有写入权限"):
        kept.publish(lambda _: [Output(tmp_path / "输出", "a", b"a")], {sha(b"one"): source}, [entry()])
    assert (tmp_path / blocked).read_bytes() == b"a file"
    assert not [*tmp_path.glob("输出/*")]


def test_outputs_of_one_run_under_one_name(tmp_path: Path) -> None:
    paths = Store(tmp_path).publish(lambda _: [Output(tmp_path, "a.txt", d) for d in (b"1", b"1", b"2")])
    assert [p.name for p in paths] == ["a.txt", "a(2).txt", "a(3).txt"]
    assert [p.read_bytes() for p in paths] == [b"1", b"1", b"2"]


def test_many_runs_at_once(tmp_path: Path) -> None:
    """Eight threads, each with its own connection: every number once, every output there."""
    place = tmp_path / "工作 文件夹"

    def run(at: int) -> None:
        def prepare(connection: sqlite3.Connection) -> list[Output]:
            issue(connection, number(2011, next_of(connection, 2011), unit=f"X{at:02}"))
            return [Output(tmp_path / "输出", "a.txt", f"{at}".encode())]

        Store(place).publish(prepare, {}, [entry(file=f"{at}")])

    threads = [threading.Thread(target=run, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Store(place)
    assert [i.number for i in kept.issued()] == list(range(1, 9))
    assert sorted(e.file for e in kept.archived()) == [f"{at}" for at in range(8)]
    assert sorted(visible(tmp_path / "输出").values()) == [f"{at}".encode() for at in range(8)]


# ── whole runs of the program ────────────────────────────────────────────────────────────────────


def desk(place: Path, *units: str, cutoff: date = MAY_13) -> tuple[Path, Path]:
    """Make a working folder with a console of three units and their files; return console and submissions."""
    folder = place / "报送"
    folder.mkdir(parents=True, exist_ok=True)
    console = place / "操作台.xlsx"
    with console.open("wb") as target:
        write_console(target, rules(units=BOOK.units[:3]), macros=False)
    for unit in units:
        grids = grids_of({"项目台账": "签约日期\n 2011-5-1"}, unit, {"cutoff": cutoff})
        (folder / f"{unit}_报送表.xlsx").write_bytes(workbook_of(grids))
    if units:
        answer_all(console, folder)
    return console, folder


def after(place: Path) -> dict[str, bytes]:
    """Return what a run leaves in a working folder, but for the database and the registers' copies."""
    files = visible(place)
    return {name: data for name, data in files.items() if not name.endswith(("登记.xlsx", ".db", "-journal"))}


PAPERS = ("进展通报", "说明通知书")
ELSEWHERE = "另一台"


def consolidate(place: Path) -> object:
    """Consolidate the submissions of a working folder."""
    return actions.consolidate(place / "报送", place / "输出", console=place / "操作台.xlsx")


def number_papers(place: Path) -> object:
    """Write papers with numbers."""
    return actions.documents(PAPERS, place / "报送", place / "输出", console=place / "操作台.xlsx")


def take_over(place: Path) -> object:
    """Merge the register of the other PC."""
    return merge(place, place.parent / ELSEWHERE)


def hand_in_a_form(place: Path, name: str = "乙") -> object:
    """Hand in a form through the desk on the web."""
    data = workbook_of(grids_of({"项目台账": f"项目名称\n {name}"}, "X03", {"cutoff": MAY_13}))
    seen = Examined("X03.xlsx", sha(data), "X03", MAY_13, 1)
    book, moment = rules(units=BOOK.units[:3]), datetime(2011, 5, 12, 9)
    return hand_in(data, seen, "X03", moment, place / "报送", place, book)


def handed_in_before(place: Path) -> None:
    """Hand in a form whose place another takes."""
    hand_in_a_form(place, "甲")


def apart(place: Path) -> None:
    """Let this PC and another go on from one register, each by itself."""
    consolidate(place)
    other = Path(shutil.copytree(place, place.parent / ELSEWHERE))
    desk(other, "X03")
    number_papers(other)


def spoiled(place: Path) -> None:
    """Lose the register and an archived file."""
    number_papers(place)
    kept = Store(place)
    kept.path(kept.archived()[0].hash).unlink()
    (kept.root / DATABASE).unlink()


def untouched(_: Path) -> None:
    """Leave the working folder as it was made."""


JOBS: Mapping[str, tuple[Callable[[Path], object], Callable[[Path], object], int]] = {
    "consolidate": (untouched, consolidate, 11),
    "documents": (untouched, number_papers, 41),
    "merge": (apart, take_over, 149),
    "repair": (spoiled, repair, 149),
    "hand in": (handed_in_before, hand_in_a_form, 37),
}


@needs_fork
@pytest.mark.parametrize("job", JOBS)
def test_the_program_killed_at_many_steps_and_run_again(memory: Path, job: str) -> None:
    """What is seen after a kill is whole, and the run after it leaves what an undisturbed one leaves."""
    prepare, run, stride = JOBS[job]
    desk(memory / "原样", "X01", "X02")
    prepare(memory / "原样")
    before = after(memory / "原样")
    shutil.copytree(memory / "原样", memory / "整个")
    run(memory / "整个")
    whole = after(memory / "整个")
    registers = [len(Store(memory / "整个").archived()), len(Store(memory / "整个").issued())]
    survived = False
    for at in every_step(stride):
        place = memory / "工作"
        shutil.copytree(memory / "原样", place)
        survived = run_killed(lambda place=place: run(place), at)  # type: ignore[misc]
        seen = after(place)
        torn = {name for name, data in seen.items() if data not in (whole.get(name), before.get(name))}
        assert not {name for name in torn if "/." not in name}, at
        run(place)
        kept = Store(place)
        assert after(place) == whole, at
        assert [len(kept.archived()), len(kept.issued())] == registers and kept.faults() == [], at
        papers = [e for e in kept.issued() if (place / "输出" / e.file).exists()]
        assert all(sha((place / "输出" / e.file).read_bytes()) == e.hash for e in papers), at
        assert len(papers) == registers[1] or job == "merge", at
        shutil.rmtree(place)
        if survived:
            break
    assert survived


@needs_fork
def test_six_runs_at_once(tmp_path: Path) -> None:
    """Both finish, with one register, no number twice, and the outputs of a run alone."""
    console, folder = desk(tmp_path, "X01", "X02")

    def run() -> None:
        actions.consolidate(folder, tmp_path / "输出", console=console)
        actions.documents(["进展通报", "说明通知书"], folder, tmp_path / "输出", console=console)

    children = []
    for _ in range(6):
        pid = os.fork()
        if pid == 0:
            try:
                run()
                os._exit(0)
            except BaseException:
                os._exit(3)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0] * 6
    kept = Store(tmp_path)
    assert kept.faults() == []
    assert [e.unit for e in kept.archived()] == ["X01", "X02"]
    by_series: dict[str, list[int]] = {}
    for entry in kept.issued():
        by_series.setdefault(entry.series, []).append(entry.number)
    assert by_series and all(n == list(range(1, len(n) + 1)) for n in by_series.values())
    assert all(sha((tmp_path / "输出" / e.file).read_bytes()) == e.hash for e in kept.issued())
    assert not [name for name in visible(tmp_path / "输出") if "(2)" in name]


def refused(*words: object) -> str:
    """Run a command that cannot be carried out; return its one sentence."""
    result = CliRunner().invoke(main, list(map(str, words)))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.strip()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda kept: kept.path(kept.archived()[0].hash).unlink(), "归档文件缺失"),
        (lambda kept: kept.path(kept.archived()[0].hash).write_bytes(b"?"), "归档文件被改动或损坏"),
        (lambda kept: (kept.root / DATABASE).unlink(), "不见了"),
        (lambda kept: (kept.root / DATABASE).write_bytes(b"?" * 4096), "已损坏"),
        (lambda kept: tamper(kept, "UPDATE submissions SET unit = 'X09'"), "报送登记第 1 条"),
    ],
)
def test_a_damaged_archive_is_refused(tmp_path: Path, spoil: Callable[[Store], object], said: str) -> None:
    """Exit code 2 and one sentence that names it; nothing is written over it."""
    console, folder = desk(tmp_path, "X01", "X02")
    actions.consolidate(folder, tmp_path / "输出", console=console)
    spoil(Store(tmp_path))
    before = after(tmp_path)
    for words in (("consolidate", folder), ("documents", "进展通报", "--from", folder)):
        sentence = refused(*words, "--console", console, "--out", tmp_path / "另外")
        assert said in sentence and "\n" not in sentence
    assert after(tmp_path) == before


@pytest.mark.parametrize("blocked", ["输出", FOLDER])
def test_where_nothing_can_be_written(tmp_path: Path, blocked: str) -> None:
    """A file in the place of the folder stands for a folder that cannot be written, which root can."""
    console, folder = desk(tmp_path, "X01")
    (tmp_path / blocked).write_bytes(b"a file")
    sentence = refused("consolidate", folder, "--console", console, "--out", tmp_path / "输出")
    assert sentence.startswith("错误：") and "\n" not in sentence
    assert (tmp_path / blocked).read_bytes() == b"a file"


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    console, folder = desk(tmp_path, "X01")
    locked = tmp_path / "只读"
    locked.mkdir()
    locked.chmod(0o555)
    sentence = refused("consolidate", folder, "--console", console, "--out", locked)
    assert "没有写入权限" in sentence


# ── past days from the archive ───────────────────────────────────────────────────────────────────


def periods(place: Path) -> Path:
    """Consolidate two periods from a folder whose files are replaced in between; return the archive."""
    for cutoff in (MAY_13, JUNE_12):
        console, folder = desk(place, "X01", "X02", cutoff=cutoff)
        actions.consolidate(folder, place / "输出", console=console)
    return place / FOLDER


def test_a_past_day_from_the_archive_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    """consolidate 归档 --as-of D: what stood on that day, though the folder holds only the newest files."""
    kept, console = periods(tmp_path), tmp_path / "操作台.xlsx"
    runs = [
        actions.consolidate(kept, tmp_path / name, console=console, as_of=MAY_13) for name in ("一", "二")
    ]
    assert [r.outputs[0].name for r in runs] == ["汇总结果_2011-05-13.xlsx"] * 2
    assert runs[0].outputs[0].read_bytes() == runs[1].outputs[0].read_bytes()
    accounts = runs[0].outcome.ledger.accounts
    assert [(a.unit.code, a.status.value) for a in accounts] == [
        ("X01", "已报送"), ("X02", "已报送"), ("X03", "未报送"),
    ]  # fmt: skip
    assert Store(tmp_path).faults() == []


def test_a_run_over_the_archive_adds_nothing_to_it(tmp_path: Path) -> None:
    """Looking at a past day is no new report; the files keep the names under which they came."""
    kept, console = periods(tmp_path), tmp_path / "操作台.xlsx"
    before = Store(tmp_path).archived()
    actions.consolidate(kept, tmp_path / "一", console=console, as_of=MAY_13)
    assert Store(tmp_path).archived() == before


def test_before_the_first_report_a_unit_is_shown_in_retrospect(tmp_path: Path) -> None:
    kept, console = periods(tmp_path), tmp_path / "操作台.xlsx"
    done = actions.consolidate(kept, tmp_path / "一", console=console, as_of=date(2011, 5, 1))
    assert done.outcome.ledger.accounts[0].status.value == "回溯"
    assert done.outcome.result("X01").value("签约项目数") == 1
    done = actions.consolidate(kept, tmp_path / "一", console=console, as_of=date(2011, 4, 30))
    assert done.outcome.result("X01").value("签约项目数") == 0


def test_since_gives_the_change_of_a_period(tmp_path: Path) -> None:
    """All figures are functions of the ledger and a day: this period = value(t₂) − value(t₁)."""
    console, folder = desk(tmp_path, "X02")
    for cutoff, rows in ((MAY_13, "\n 2011-5-1"), (JUNE_12, "\n 2011-5-1 \n 2011-6-1 \n 2011-6-2")):
        grids = grids_of({"项目台账": f"签约日期{rows}"}, cover={"cutoff": cutoff})
        (folder / f"X01 {cutoff}.xlsx").write_bytes(workbook_of(grids))
    done = actions.consolidate(folder, tmp_path / "输出", console=console, since=MAY_13)
    now, then = done.outcome, done.outcome.earlier
    assert then and (now.day, now.since) == (JUNE_12, MAY_13)
    assert [x.result("X01").value("签约项目数") for x in (now, then)] == [3, 1]
    assert now.total("签约金额") - then.total("签约金额") == 22000


def test_a_correction_of_one_day_and_batch_is_no_conflict_in_the_archive(tmp_path: Path) -> None:
    """The office put a better file in place of the first; the archive holds both, the last one stands."""
    console, folder = desk(tmp_path, "X01")
    actions.consolidate(folder, tmp_path / "输出", console=console)
    grids = grids_of({"项目台账": "签约日期\n 2011-5-1 \n 2011-5-2"}, cover={"cutoff": MAY_13})
    (folder / "X01_报送表.xlsx").write_bytes(workbook_of(grids))
    actions.consolidate(folder, tmp_path / "输出", console=console)
    done = actions.consolidate(tmp_path / FOLDER, tmp_path / "一", console=console)
    assert done.outcome.ledger.accounts[0].status.value == "已报送"
    assert done.outcome.result("X01").value("签约项目数") == 2
