"""A distributed run says what a local run says, to the last digit, whatever becomes of its workers.

The cluster is Dask's own, in processes on 127.0.0.1 that the test starts and ends.
"""

import gc
import json
import os
import pickle
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from unix import needs_fork

from baiti_xl import desk
from baiti_xl.books import bulk, results
from baiti_xl.books.results import RECORD_SHEETS, write_results
from baiti_xl.cli import main
from baiti_xl.contest.records import Outcome, Submission, Table
from baiti_xl.demo import base_rulebook, sample_rulebook, samples
from baiti_xl.desk import reading
from baiti_xl.desk.outputs import OutputError
from baiti_xl.desk.store import Store
from baiti_xl.errors import UserError
from baiti_xl.scale import packing, parts, places, processes, workers
from baiti_xl.scale.errors import ClusterError

MAY, LAST = date(2011, 5, 13), date(2011, 7, 31)
NOTHING_NEEDED = "import sys; import baiti_xl.cli; import baiti_xl.desk; import baiti_xl.scale.workers; print(sorted(sys.modules))"
needs_dask = pytest.mark.filterwarnings("ignore")


def silent(items: Iterable[Any], _: str) -> Iterable[Any]:
    """Show no progress."""
    return items


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's submissions of the last period."""
    place = tmp_path_factory.mktemp("报送")
    for sample in samples(sample_rulebook(), LAST):
        (place / sample.file).write_bytes(sample.data)
    return place


@pytest.fixture(scope="module")
def files(folder: Path) -> list[desk.Source]:
    return desk.sources(folder)


@pytest.fixture(scope="module")
def local(files: list[desk.Source]) -> list[Submission]:
    """The submissions as a plain local run reads them."""
    return [desk.Reader(base_rulebook())(file) for file in files]


@pytest.fixture(scope="module")
def outcome(local: list[Submission]) -> Outcome:
    return desk.evaluate(local, sample_rulebook(), LAST)


def shown(submissions: list[Submission]) -> list[str]:
    """Return submissions letter by letter: equal numbers with other digits differ here."""
    return [repr(replace(s, tables=dict(s.tables))) for s in submissions]


# ── packed ───────────────────────────────────────────────────────────────────────────────────────


def test_what_is_packed_comes_out_to_the_last_digit(local: list[Submission]) -> None:
    small = [packing.packed(s) for s in local]
    assert small == local
    assert shown(small) == shown(local)


def test_figures_from_packed_submissions_are_the_same(local: list[Submission], outcome: Outcome) -> None:
    small = [packing.packed(s) for s in local]
    again = desk.evaluate(small, sample_rulebook(), LAST)
    assert again == outcome
    assert workbook(again) == workbook(outcome)


@pytest.mark.parametrize("since", [None, MAY])
def test_a_run_of_thousands_says_what_a_run_of_few_says(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, since: date | None
) -> None:
    """Tried with a limit of three: beyond it submissions, results and what lies behind the bridge are kept packed."""
    few = desk.consolidate(folder, tmp_path / "少", as_of=LAST, since=since)
    monkeypatch.setattr(reading, "OPEN_SUBMISSIONS", 3)
    many = desk.consolidate(folder, tmp_path / "多", as_of=LAST, since=since)
    assert isinstance(many.submissions[0].tables, packing.PackedTables)
    assert many.outcome == few.outcome
    assert many.outputs[0].read_bytes() == few.outputs[0].read_bytes()


def test_papers_of_thousands_say_what_papers_of_few_say(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records behind a county's figures stay packed until the figure sheet lists them."""

    def made(out: str) -> tuple[desk.Documents, dict[str, bytes]]:
        done = desk.documents(["all"], folder, tmp_path / out, as_of=LAST, draft=True)
        return done, {path.name: path.read_bytes() for path in (tmp_path / out).glob("*.*")}

    _, few = made("少")
    monkeypatch.setattr(reading, "OPEN_SUBMISSIONS", 3)
    done, many = made("多")
    assert many == few
    behind = [note.lines for one in done.written for note in one.paper.figures]
    for kind in (packing.JoinedItems, packing.OppositeItems):
        parts = [part for lines in behind if isinstance(lines, packing.JoinedItems) for part in lines.parts]
        assert any(isinstance(lines, kind) for lines in (*behind, *parts))


def test_cycles_are_looked_for_rarely_until_the_last_run_ends() -> None:
    """Reading files within a run, or beside another, does not end what the other asked for."""
    usual = gc.get_threshold()
    with reading.rare_collections():
        rare = gc.get_threshold()
        with reading.rare_collections():
            pass
        assert gc.get_threshold() == rare != usual
    assert gc.get_threshold() == usual


def workbook(outcome: Outcome) -> bytes:
    """Return the results workbook."""
    return desk.render(partial(write_results, outcome=outcome, book=sample_rulebook()))


def test_one_equals_ten_tenths_but_keeps_its_own_digits() -> None:
    """1 and 1.0 are equal and hash alike; packing must not take one for the other."""
    table = replace(packing.unpack(packing.pack(Table("情况说明"))), rows=(4, 5), columns={}, records=())
    columns = {"meeting": (LAST, LAST), "reason": ("1", "1"), "measures": (Decimal("1"), Decimal("1.0"))}
    columns |= {"due": (None, None), "head": ("", "")}
    full = replace(table, columns=columns)
    assert [str(v) for v in packing.unpack(packing.pack(full)).columns["measures"]] == ["1", "1.0"]


def test_dask_is_imported_by_nobody_who_did_not_ask() -> None:
    done = subprocess.run([sys.executable, "-c", NOTHING_NEEDED], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in eval(done.stdout)}
    assert not loaded & {"dask", "distributed", "pyarrow", "fsspec", "tornado"}


# ── several processes ────────────────────────────────────────────────────────────────────────────


def test_processes_read_what_one_reads(files: list[desk.Source], local: list[Submission]) -> None:
    got = processes.read_in_processes(2, desk.Reader(base_rulebook()), files, desk.unreadable, silent)
    assert shown(got) == shown(local)


@dataclass(frozen=True)
class Fatal:
    """A reader that one file kills, as a fault in a library written in C would."""

    reader: desk.Reader
    victim: str

    def __call__(self, source: Any) -> Submission:
        if source.name == self.victim:
            os._exit(1)
        return self.reader(source)


def test_a_file_that_kills_its_reader_is_named_and_the_others_are_read(
    files: list[desk.Source], local: list[Submission]
) -> None:
    few, victim = files[:3], files[1].name
    reader = Fatal(desk.Reader(base_rulebook()), victim)
    got = processes.read_in_processes(2, reader, few, desk.unreadable, silent)
    assert shown([got[0], got[2]]) == shown([local[0], local[2]])
    assert [(f.rule, f.place.file) for f in got[1].findings] == [("F04", victim)]


def test_processes_that_cannot_start_are_one_sentence_and_blame_no_file(
    files: list[desk.Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.end_all()
    for broken in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr(processes, "interpreter", lambda broken=broken: broken)
        with pytest.raises(ClusterError, match="启动不了读取文件的进程"):
            desk.read_all(files, base_rulebook(), jobs=2)


# ── a cluster ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A scheduler with two worker processes on this machine."""
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=str(tmp_path_factory.mktemp("dask")),
            silence_logs=50,
        ) as running:
            yield running


@dataclass(frozen=True)
class Mortal:
    """A reader whose first worker is killed by the system in the middle of its batch; it leaves its mark."""

    reader: desk.Reader
    marks: Path

    def __call__(self, source: Any) -> Submission:
        if not any(self.marks.iterdir()):
            (self.marks / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.reader(source)


@needs_dask
def test_a_cluster_reads_what_one_process_reads(
    scheduler: Any, files: list[desk.Source], local: list[Submission]
) -> None:
    steps: list[str] = []

    def progress(items: Any, label: str) -> Iterator[Any]:
        for item in items:
            steps.append(f"{label} {len(items)}")
            yield item

    with workers.connected(scheduler.scheduler_address) as client:
        reader = desk.Reader(base_rulebook())
        got = workers.read_on_cluster(client, reader, files, desk.unreadable, progress, 3)
    assert shown(got) == shown(local)
    assert steps == [f"读取报送表 {len(files)}"] * len(files)


@needs_fork
@needs_dask
def test_a_worker_killed_in_the_middle_changes_nothing(
    scheduler: Any, files: list[desk.Source], local: list[Submission], tmp_path: Path
) -> None:
    reader = Mortal(desk.Reader(base_rulebook()), tmp_path)
    with workers.connected(scheduler.scheduler_address) as client:
        alive = set(client.run(os.getpid).values())
        got = workers.read_on_cluster(client, reader, files, desk.unreadable, silent, 2)
    killed = {int(mark.name) for mark in tmp_path.iterdir()}
    assert len(killed) == 1 and killed <= alive
    assert shown(got) == shown(local)


@needs_dask
def test_a_file_that_kills_every_worker_is_named_and_the_others_are_read(
    scheduler: Any, files: list[desk.Source], local: list[Submission]
) -> None:
    few, victim = files[:3], files[1].name
    reader = Fatal(desk.Reader(base_rulebook()), victim)
    with workers.connected(scheduler.scheduler_address) as client:
        got = workers.read_on_cluster(client, reader, few, desk.unreadable, silent, 3)
    assert shown([got[0], got[2]]) == shown([local[0], local[2]])
    assert [(f.rule, f.place.file) for f in got[1].findings] == [("F04", victim)]


@dataclass(frozen=True)
class Stale:
    """A reader that sees on a worker another file under the same path, as in an old copy of the folder."""

    reader: desk.Reader
    home: int
    other: Path

    def __call__(self, source: Any) -> Submission:
        is_worker = "distributed.worker" in sys.modules and os.getpid() != self.home
        return self.reader(replace(source, path=self.other) if is_worker else source)


@needs_dask
def test_a_worker_with_an_old_copy_of_the_folder_changes_nothing(
    scheduler: Any, files: list[desk.Source], local: list[Submission]
) -> None:
    reader = Stale(desk.Reader(base_rulebook()), os.getpid(), Path(str(files[0].path)))
    with workers.connected(scheduler.scheduler_address) as client:
        got = workers.read_on_cluster(client, reader, files[:4], desk.unreadable, silent, 2)
    assert shown(got) == shown(local[:4])


def test_files_travel_by_absolute_addresses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker has another current folder, and may be another system."""
    monkeypatch.chdir(folder.parent)
    sent = workers.travelling(desk.Source("甲.xlsx", Path(folder.name) / "甲.xlsx"))
    assert sent.path == places.Address(f"file://{folder.as_posix()}/甲.xlsx")


@needs_dask
def test_workers_of_another_version_are_refused(
    scheduler: Any, files: list[desk.Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "__version__", "0.0.0")
    refused = pytest.raises(ClusterError, match="程序版本")
    with workers.connected(scheduler.scheduler_address) as client, refused:
        workers.read_on_cluster(client, desk.Reader(base_rulebook()), files, desk.unreadable, silent)


@dataclass(frozen=True)
class Trap:
    """A value that leaves a mark wherever it is made from its pickle."""

    mark: Path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def trap(where: str) -> Trap:
    """Return a trap: what a worker sends that was made to."""
    return Trap(Path(where))


def wrapped(where: str) -> bytes:
    """Return a trap inside bytes."""
    return pickle.dumps(trap(where))


@needs_dask
def test_what_a_worker_sends_back_runs_nothing_here(scheduler: Any, tmp_path: Path) -> None:
    """Bytes travel as bytes, and nothing else travels: neither an object, nor one inside the bytes, is made here."""
    there, inside = tmp_path / "对象", tmp_path / "里面"
    with workers.connected(scheduler.scheduler_address) as client:
        assert client.submit(bytes, b"as it is", pure=False).result() == b"as it is"
        arrivals = workers.Arrivals(client, desk.Reader(base_rulebook()), [], desk.unreadable)
        for made, where in ((trap, there), (wrapped, inside)):
            task = client.submit(made, str(where), pure=False)
            with pytest.raises(ClusterError, match="没有写入任何文件"):
                arrivals.result(task, 1)
    assert not there.exists() and not inside.exists()


@pytest.mark.parametrize(
    "told", [None, "text", [], b"", pickle.dumps([]), pickle.dumps(processes.Answer([None, None]))]
)
def test_what_is_no_answer_is_one_sentence(told: object) -> None:
    with pytest.raises(ClusterError, match="工作节点送回的不是报送表的内容"):
        workers.untied(told, 1)
    assert workers.untied(pickle.dumps(processes.Answer(["text"])), 1) == [None]


@needs_dask
def test_nobody_at_the_address_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 0.3)
    with pytest.raises(ClusterError, match="连接不上集群"), workers.connected("tcp://127.0.0.1:9"):
        pass


# ── addresses ────────────────────────────────────────────────────────────────────────────────────


@needs_dask
def test_any_address_holds_submissions(folder: Path, local: list[Submission]) -> None:
    """In memory as on disk; lock files are skipped, subfolders are not."""
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    for path in folder.iterdir():
        memory.pipe(f"/county/乡镇/{path.name}", path.read_bytes())
    there = [f"乡镇/{source.name}" for source in desk.sources(folder)]
    memory.pipe("/county/~$锁.xlsx", b"")
    assert [source.name for source in desk.sources("memory://county")] == there
    found = places.listing("memory://county")
    assert {name for name, _ in found} >= {*there, "~$锁.xlsx"}
    found = [one for one in found if one[0] in there]
    reader = desk.Reader(base_rulebook())
    read = [reader(desk.Source(name.removeprefix("乡镇/"), file)) for name, file in found]
    assert shown(read) == shown(local)


@needs_dask
def test_what_no_worker_can_see_is_read_here(
    scheduler: Any, files: list[desk.Source], local: list[Submission]
) -> None:
    """An address in this process's memory is out of every worker's reach."""
    fsspec = pytest.importorskip("fsspec")
    for file in files:
        fsspec.filesystem("memory").pipe(f"/here/{file.name}", file.path.read_bytes())
    remote = [desk.Source(f.name, places.Address(f"memory://here/{f.name}")) for f in files]
    with workers.connected(scheduler.scheduler_address) as client:
        got = workers.read_on_cluster(client, desk.Reader(base_rulebook()), remote, desk.unreadable, silent)
    assert shown(got) == shown(local)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("报送", Path("报送")),
        ("file:///srv/报送", Path("/srv/报送")),
        ("s3://bucket/报送", "s3://bucket/报送"),
        (r"C:\报送", Path(r"C:\报送")),
    ],
)
def test_what_is_typed_is_a_folder_or_an_address(typed: str, place: Path | str) -> None:
    assert places.as_place(typed) == place


@needs_dask
def test_a_wrong_address_is_one_sentence() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(ClusterError, match="无法列出 nosuch://x"):
        places.listing("nosuch://x")
    with pytest.raises(OSError):
        places.Address("memory://nowhere/x.xlsx").read_bytes()


# ── parts ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of five units, so that the sample needs several."""
    monkeypatch.setattr(parts, "PART_UNITS", 5)


def rows_of(written: list[str]) -> list[dict[str, Any]]:
    """Return the rows of the parts of a sheet."""
    parquet = pytest.importorskip("pyarrow.parquet")
    return [row for path in written for row in parquet.read_table(path).to_pylist()]


@needs_dask
@pytest.mark.usefixtures("small_parts")
def test_parts_hold_the_rows_of_the_workbook(outcome: Outcome, tmp_path: Path) -> None:
    """Same headings, same rows in the same order, same values; written here."""
    pytest.importorskip("pyarrow")
    written = parts.write_parts(outcome, sample_rulebook(), str(tmp_path / "分片"), silent)
    (tmp_path / "r.xlsx").write_bytes(workbook(outcome))
    book = openpyxl.load_workbook(tmp_path / "r.xlsx", read_only=True)
    assert len(written["项目总台账"]) > 2
    for name in RECORD_SHEETS:
        head, *rows = (row[:-4] + row[-3:] for row in book[name].iter_rows(values_only=True))  # without 原表
        got = rows_of(written[name])
        assert [plain(tuple(row.values())) for row in got] == [plain(row) for row in rows], name
        assert not got or tuple(got[0]) == head
    found = (row[:-4] + row[-3:] for row in book["问题清单"].iter_rows(min_row=2, values_only=True))
    everything = sorted(map(plain, found), key=repr)
    assert sorted((plain(tuple(r.values())) for r in rows_of(written["问题清单"])), key=repr) == everything


def plain(row: Any) -> tuple[Any, ...]:
    """Return a row with numbers and days as both files can hold them."""

    def one(value: Any) -> Any:
        if hasattr(value, "date"):
            return value.date()
        return float(value) if isinstance(value, (int, Decimal)) else value or None

    return tuple(map(one, row))


@needs_dask
@pytest.mark.usefixtures("small_parts")
def test_workers_write_the_same_parts(scheduler: Any, outcome: Outcome, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    parts.write_parts(outcome, sample_rulebook(), str(here), silent)
    with workers.connected(scheduler.scheduler_address) as client:
        parts.write_parts(outcome, sample_rulebook(), str(there), silent, client)
    assert contents(here) == contents(there)


@needs_dask
@pytest.mark.usefixtures("small_parts")
def test_parts_no_worker_could_write_are_written_here(
    scheduler: Any, outcome: Outcome, tmp_path: Path
) -> None:
    """An address in this process's memory: the workers write theirs to their own."""
    memory = pytest.importorskip("fsspec").filesystem("memory")
    with workers.connected(scheduler.scheduler_address) as client:
        parts.write_parts(outcome, sample_rulebook(), "memory://ledger", silent, client)
    parts.write_parts(outcome, sample_rulebook(), str(tmp_path), silent)
    found = {path.removeprefix("/ledger/"): memory.cat(path) for path in memory.find("/ledger")}
    assert found == contents(tmp_path)


@needs_dask
def test_what_a_lost_worker_left_half_written_is_removed(tmp_path: Path) -> None:
    """A reader of the whole folder would take it for rows."""
    fsspec = pytest.importorskip("fsspec")
    for sheet in parts.PART_SHEETS:
        (tmp_path / sheet).mkdir()
        (tmp_path / sheet / ".part-00000.parquet.1f.tmp").touch()
        (tmp_path / sheet / "part-00000.parquet").touch()
    parts.clear_drafts(fsspec.filesystem("file"), str(tmp_path))
    assert contents(tmp_path).keys() == {f"{sheet}/part-00000.parquet" for sheet in parts.PART_SHEETS}


def test_a_number_that_no_column_holds_is_left_out() -> None:
    """Such a share is a 错 and never counted; it must not stop the run."""
    assert [parts.exact(Decimal(n)) for n in ("1e21", "60", "9" * 20)] == [
        None,
        Decimal(60),
        Decimal("9" * 20),
    ]


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("memory://joined", "memory://joined/乡镇/a.xlsx"),
        ("memory://joined/", "memory://joined/乡镇/a.xlsx"),
    ],
)
@needs_dask
def test_addresses_are_those_that_were_typed(address: str, url: str) -> None:
    """Some file systems forget the server's name when asked for a file's address."""
    pytest.importorskip("fsspec").filesystem("memory").pipe("/joined/乡镇/a.xlsx", b"x")
    assert places.listing(address) == [("乡镇/a.xlsx", places.Address(url, 1))]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# ── the command ──────────────────────────────────────────────────────────────────────────────────


@needs_dask
@pytest.mark.parametrize("address", ["folder", "file", "memory"])
def test_the_command_says_the_same_with_a_cluster(
    scheduler: Any, folder: Path, tmp_path: Path, address: str
) -> None:
    """Same JSON, same results workbook to the byte but that no link leads to an address; the parts are named as an output."""
    memory = pytest.importorskip("fsspec").filesystem("memory")
    for path in folder.iterdir():
        memory.pipe(f"/command/{path.name}", path.read_bytes())
    given = {"folder": str(folder), "file": f"file://{folder}", "memory": "memory://command"}[address]
    alone = run("consolidate", str(folder), "--out", str(tmp_path / "一"))
    extra = ["--cluster", scheduler.scheduler_address]
    spread = run("consolidate", given, *extra, "--out", str(tmp_path / "二"))
    (one,), (two, pieces) = alone.pop("outputs"), spread.pop("outputs")
    assert spread == alone
    if address == "folder":
        assert Path(two).read_bytes() == Path(one).read_bytes()
    assert without_links(two) == without_links(one)
    assert (Path(pieces) / "项目总台账" / "part-00000.parquet").is_file()


def without_links(path: str) -> list[list[Any]]:
    """Return every cell of a results workbook but those of 原表."""
    columns = (column for page in openpyxl.load_workbook(path) for column in page.iter_cols(values_only=True))
    return [list(column) for column in columns if column[0] != "原表"]


def run(*arguments: str) -> dict[str, Any]:
    """Run a command and return its JSON."""
    done = CliRunner().invoke(main, [*arguments, "--as-of", str(LAST), "--json"])
    assert done.exit_code == 1, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@needs_dask
def test_a_table_too_long_for_excel_says_where_its_parts_are(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried with a limit of twenty rows: the summaries stay, the long tables point to their parts."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(results, "PARTS_BEYOND", 20)
    workbook_path, pieces = desk.consolidate(folder, tmp_path, as_of=LAST).outputs
    book = openpyxl.load_workbook(workbook_path)
    assert book["指标汇总"].max_row > 20
    head, pointer = book["项目总台账"].iter_rows(values_only=True)
    assert head[:2] == ("单位代码", "单位名称")
    assert f"{pieces.name}/项目总台账/" in str(pointer[1])
    assert (pieces / "项目总台账" / "part-00000.parquet").is_file()


@needs_dask
@pytest.mark.parametrize("at", ["stage", "finish"])
def test_parts_are_published_with_the_workbook_or_not_at_all(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """What is not committed leaves neither workbook nor folder; what is comes whole with the next run."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(results, "PARTS_BEYOND", 20)
    out = tmp_path / "输出"

    def full(*_: object) -> None:
        raise OutputError("磁盘满了。")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "finish", full) if at == "finish" else broken.setattr(
            "baiti_xl.desk.staging.sync_files", full
        )
        with pytest.raises(OutputError):
            desk.consolidate(folder, out, as_of=LAST)
    assert [*out.glob("*.xlsx"), *out.rglob("*.parquet")] == []
    assert ((out / f"分片台账_{LAST}").is_dir()) == (at == "finish")
    workbook, pieces = desk.consolidate(folder, out, as_of=LAST).outputs
    assert {path.name for path in out.glob("*_*")} == {f"分片台账_{LAST}", f"汇总结果_{LAST}.xlsx"}
    assert (pieces.parent, workbook.parent) == (out, out)
    assert contents(pieces).keys() == {f"{sheet}/part-00000.parquet" for sheet in parts.PART_SHEETS}


@needs_dask
@pytest.mark.parametrize("stale", [False, True])
def test_parts_take_the_place_only_of_parts_that_they_replace_all(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stale: bool
) -> None:
    """A part of a longer ledger that stayed behind would be read as one of this one."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(results, "PARTS_BEYOND", 20)
    first = desk.consolidate(folder, tmp_path, as_of=LAST).outputs[1]
    (first / "项目总台账" / "part-00000.parquet").write_bytes(b"old")
    if stale:
        (first / "项目总台账" / "part-00001.parquet").write_bytes(b"old")
    second = desk.consolidate(folder, tmp_path, as_of=LAST, overwrite=True).outputs[1]
    assert second.name == f"分片台账_{LAST}{'(2)' if stale else ''}"
    assert b"old" not in [(second / name).read_bytes() for name in contents(second)]


def test_a_summary_too_long_for_excel_is_one_sentence_and_nothing_is_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts hold records, no summaries; a hundred and fifty thousand units want runs of their own."""
    monkeypatch.setattr(bulk, "MOST_ROWS", 50)
    with pytest.raises(UserError, match="「指标汇总」有 59 行，超过 Excel 的行数上限。请分几次汇总。"):
        desk.consolidate(folder, tmp_path, as_of=LAST)
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_the_command_says_what_to_install(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    command = ["consolidate", str(folder), "--out", str(tmp_path), "--cluster", "tcp://127.0.0.1:1"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "baiti-xl[cluster]" in done.stderr


@pytest.mark.parametrize(
    ("address", "open_door"),
    [
        ("tcp://10.0.0.1:8786", True),
        ("10.0.0.1:8786", True),
        ("tcp://cluster.example:8786", True),
        ("tcp://[2001:db8::1]:8786", True),
        ("tls://10.0.0.1:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tcp://[::1]:8786", False),
        ("127.0.0.1", False),
        ("wss://cluster.example:8786", False),
        ("tcp://127.0.0.1.cluster.example:8786", True),
        ("tcp://localhost.cluster.example:8786", True),
        ("TCP://10.0.0.1:8786", True),
        ("ucx://10.0.0.1:8786", True),
        ("tlss://10.0.0.1:8786", True),
        ("", True),
    ],
)
def test_a_plain_door_beyond_this_machine_is_only_used_when_asked_for(address: str, open_door: bool) -> None:
    """Whoever reaches such a scheduler runs code on every worker."""
    workers.check_door(address, plain=True)
    if not open_door:
        workers.check_door(address, plain=False)
        return
    with pytest.raises(ClusterError, match="明文连接，没有认证.*--plain-cluster"):
        workers.check_door(address, plain=False)


def test_a_worker_that_lies_is_found_by_the_file_read_again_here(
    files: list[desk.Source], local: list[Submission]
) -> None:
    """One file of each batch, which no worker can foresee, is read here too; the digest alone would not tell."""

    class First(Random):
        def randrange(self, *_: Any) -> int:
            return 0

    reader = desk.Reader(base_rulebook())
    told = [packing.packed(one) for one in local[:3]]
    arrivals = workers.Arrivals(None, reader, files[:3], desk.unreadable, chance=First())
    assert shown(list(arrivals.completed(list(told), files[:3]))) == shown(local[:3])
    told[0] = replace(told[0], tables={})
    with pytest.raises(ClusterError, match="工作节点读出的与本机读出的不同"):
        list(arrivals.completed(list(told), files[:3]))


def test_a_worker_that_read_another_file_is_found_too(
    files: list[desk.Source], local: list[Submission]
) -> None:
    """Of what lies elsewhere only the file read again here tells that the worker's was another."""
    elsewhere = [replace(f, path=places.Address(f"file://{f.path}", 1)) for f in files[:1]]
    arrivals = workers.Arrivals(None, desk.Reader(base_rulebook()), elsewhere, desk.unreadable)
    told = packing.packed(local[0])
    assert shown(list(arrivals.completed([told], elsewhere))) == shown(local[:1])
    with pytest.raises(ClusterError, match="工作节点读的不是本机读到的那份文件，没有写入任何文件"):
        list(arrivals.completed([replace(told, digest="0" * 64)], elsewhere))
