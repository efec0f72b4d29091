"""The registers: every submission ever consolidated, kept byte for byte, and every document number given.

One SQLite file and a folder of files by content hash, both under 归档/. Entries are only ever added, each
carrying a hash over itself and the one before, so that a change or a loss shows. What an action writes is
staged here first, made final by one transaction, and moved to its place after it; a run that dies is either
as if it had not been, or is completed by the next one.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from baiti_xl.desk.errors import cannot_write
from baiti_xl.desk.heads import (
    BACKUP,
    BACKUPS,
    SAID,
    SAID_OF,
    TITLES,
    Heads,
    Said,
    backups,
    heads_of,
    link,
    otherwise,
    results_head,
    witnesses,
    written,
)
from baiti_xl.desk.outputs import (
    OutputError,
    check_writable,
    file_name,
    hand_over,
    names,
    remove_dead,
    sync_files,
    sync_folder,
    temporary,
)
from baiti_xl.errors import UserError

FOLDER, DATABASE, FILES, STAGING = "归档", "登记.db", "文件", ".暂存"
COPY_OF_SUBMISSIONS, COPY_OF_PAPERS = "报送登记.xlsx", "发文登记.xlsx"
REGISTER = b"SQLite format 3\0"  # how a register begins
WAIT_SECONDS = 60
VERIFY, REPAIR = "baiti-xl archive verify 工作文件夹", "baiti-xl archive repair 工作文件夹"
TEMPORARY = {  # errors of SQLite that are no damage
    sqlite3.SQLITE_BUSY: "正被另一个程序使用",
    sqlite3.SQLITE_LOCKED: "正被另一个程序使用",
    sqlite3.SQLITE_READONLY: "不可写，没有写入权限",
    sqlite3.SQLITE_CANTOPEN: "打不开，没有写入权限或同名的是文件夹",
    sqlite3.SQLITE_PERM: "没有写入权限",
    sqlite3.SQLITE_FULL: "写不进去，磁盘已满",
    sqlite3.SQLITE_IOERR: "读写出错，磁盘或网络有问题",
}
REMEDIES = {
    sqlite3.SQLITE_READONLY: "请检查权限，或换一个工作文件夹",
    sqlite3.SQLITE_CANTOPEN: "请检查权限，或换一个工作文件夹",
    sqlite3.SQLITE_PERM: "请检查权限，或换一个工作文件夹",
    sqlite3.SQLITE_FULL: "请清理磁盘后再试",
    sqlite3.SQLITE_IOERR: "请检查磁盘和网络后再试",
}
IN_FORCE, SUPERSEDED = "采用", "被替代"
SCHEMA = """
CREATE TABLE IF NOT EXISTS submissions (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL, file TEXT NOT NULL, unit TEXT NOT NULL, cutoff TEXT NOT NULL,
    batch INTEGER, result TEXT NOT NULL, who TEXT NOT NULL, moment TEXT NOT NULL, as_of TEXT NOT NULL,
    chain TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS numbers (
    -- what version 0.1 numbered; read, and no longer written
    id INTEGER PRIMARY KEY, year INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL,
    day TEXT NOT NULL, title TEXT NOT NULL, file TEXT NOT NULL, hash TEXT NOT NULL, who TEXT NOT NULL,
    moment TEXT NOT NULL, chain TEXT NOT NULL, UNIQUE (year, number), UNIQUE (kind, unit, day));
CREATE TABLE IF NOT EXISTS papers (
    id INTEGER PRIMARY KEY, series TEXT NOT NULL, year INTEGER NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL,
    act TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL, day TEXT NOT NULL, dated TEXT NOT NULL, signer TEXT NOT NULL,
    title TEXT NOT NULL, file TEXT NOT NULL, hash TEXT NOT NULL, figures TEXT NOT NULL, answers TEXT NOT NULL,
    reason TEXT NOT NULL, who TEXT NOT NULL, moment TEXT NOT NULL, chain TEXT NOT NULL, UNIQUE (series, year, number, version));
CREATE TABLE IF NOT EXISTS published (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, kinds TEXT NOT NULL, body TEXT NOT NULL, who TEXT NOT NULL,
    moment TEXT NOT NULL, chain TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entered (
    -- what was done and said through the reporting desk: by whom, about what, and its text as JSON
    id INTEGER PRIMARY KEY, act TEXT NOT NULL, who TEXT NOT NULL, about TEXT NOT NULL, body TEXT NOT NULL,
    moment TEXT NOT NULL, chain TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pending (id INTEGER PRIMARY KEY, staged TEXT NOT NULL, target TEXT NOT NULL, how TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS keep_submissions BEFORE UPDATE ON submissions BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS hold_submissions BEFORE DELETE ON submissions BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS keep_numbers BEFORE UPDATE ON numbers BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS hold_numbers BEFORE DELETE ON numbers BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS keep_papers BEFORE UPDATE ON papers BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS hold_papers BEFORE DELETE ON papers BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS keep_published BEFORE UPDATE ON published BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS hold_published BEFORE DELETE ON published BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS keep_entered BEFORE UPDATE ON entered BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS hold_entered BEFORE DELETE ON entered BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""


class StoreError(UserError):
    """The archive cannot be used; the message says what is damaged and what to do."""


@dataclass(frozen=True, slots=True)
class Archived:
    """One entry of the register of submissions: who consolidated which file, when, and with what result."""

    hash: str
    file: str
    unit: str
    cutoff: str
    batch: int | None
    result: str
    who: str
    moment: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Issued:
    """One entry of the register of papers: one version of one number, or that it was voided (`act`).

    `hash` is that of the document; `figures` (place, name, as printed) and `answers` of the review are JSON.
    """

    series: str
    year: int
    number: int
    version: int
    act: str
    kind: str
    unit: str
    day: str
    dated: str
    signer: str
    title: str
    file: str
    hash: str
    figures: str
    answers: str
    reason: str
    who: str
    moment: str

    @property
    def text(self) -> str:
        """The number as it is printed: 台政办〔2011〕9号; a later version is marked."""
        return f"{self.series}〔{self.year}〕{self.number}号" + ("（更正）" if self.act == CORRECT else "")


@dataclass(frozen=True, slots=True)
class Frozen:
    """One entry of what was made public: the kinds numbered in one run, and the figures, files and rules behind them as JSON."""

    day: str
    kinds: str
    body: str
    who: str
    moment: str


@dataclass(frozen=True, slots=True)
class Entered:
    """One entry of what was done through the reporting desk; `body` is JSON (see `desk/entering.py`)."""

    act: str
    who: str
    about: str
    body: str
    moment: str


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be published: where, its bytes, and whether it may replace one of the same name.

    Bytes that hang on where the outputs before it go are made of their paths.
    """

    folder: Path
    name: str
    data: bytes | Callable[[Sequence[Path]], bytes]
    replace: bool = False


ARCHIVED_COLUMNS = ("hash", "file", "unit", "cutoff", "batch", "result", "who", "moment", "as_of")
FROZEN_COLUMNS = ("day", "kinds", "body", "who", "moment")
ENTERED_COLUMNS = ("act", "who", "about", "body", "moment")
NUMBER_COLUMNS = ("year", "number", "kind", "unit", "day", "title", "file", "hash", "who", "moment")
ISSUED_COLUMNS = tuple(field.name for field in fields(Issued))


TABLES = {
    "submissions": (TITLES["submissions"], ARCHIVED_COLUMNS),
    "numbers": (TITLES["numbers"], NUMBER_COLUMNS),
    "papers": (TITLES["papers"], ISSUED_COLUMNS),
    "published": (TITLES["published"], FROZEN_COLUMNS),
    "entered": (TITLES["entered"], ENTERED_COLUMNS),
}


class Readable(Protocol):
    """Where a file's bytes come from: a path, or an address elsewhere."""

    def read_bytes(self) -> bytes:
        """Return them; raises OSError."""
        ...


def is_archive(folder: Path) -> bool:
    """Whether a folder is an archive of ours: it has the name that each has, and a register; a register alone hides nothing."""
    return folder.absolute().name == FOLDER and is_register(folder / DATABASE)


def is_register(path: Path) -> bool:
    """Whether a file is a register; one that was emptied is none, and hides nothing."""
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(REGISTER)) == REGISTER
    except OSError:
        return False


class Store:
    """The archive of one working folder."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / FOLDER
        self.files = self.root / FILES
        self.staging = self.root / STAGING

    @property
    def exists(self) -> bool:
        """Whether there is a register here; an empty file is none."""
        try:
            return (self.root / DATABASE).stat().st_size > 0
        except OSError:
            return False

    @property
    def copies(self) -> tuple[Path, Path]:
        """The registers' Excel copies."""
        return self.root / COPY_OF_SUBMISSIONS, self.root.parent / COPY_OF_PAPERS

    def lost(self) -> str:
        """Return that a register was here and is no more, "" if there is one or never was."""
        traces = (*self.copies, *backups(self.root), *islice(self.files.glob("*/*"), 1))
        if self.exists or not any(path.exists() for path in traces):
            return ""
        what = "是空文件" if (self.root / DATABASE).exists() else "不见了"
        return f"归档登记 {self.root / DATABASE} {what}。请从备份恢复：{REPAIR}。"

    @contextmanager
    def locked(self) -> Iterator[sqlite3.Connection]:
        """Hold the one write lock: commits at the end, undoes everything on an error.

        Raises OutputError if the folder cannot be written and StoreError if the register is damaged.
        """
        if lost := self.lost():
            raise StoreError(lost)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.root / DATABASE, timeout=WAIT_SECONDS, isolation_level=None)
        except OSError as error:
            raise OutputError(cannot_write(self.root, error)) from error
        except sqlite3.OperationalError as error:
            raise self.meaning(error) from error
        try:
            self.begin(connection)
            yield connection
            connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise self.meaning(error) from error
        except OSError as error:
            raise OutputError(cannot_write(error.filename or self.root, error)) from error
        finally:
            connection.close()

    def begin(self, connection: sqlite3.Connection) -> None:
        """Take the write lock, and make what tables are missing. Raises StoreError or an error of SQLite."""
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
                # By itself, so that a register is never empty once there is anything beside it.
                create_tables(connection)
                connection.execute("COMMIT")
                connection.execute("BEGIN IMMEDIATE")
            create_tables(connection)
        except UnicodeDecodeError as error:  # SQLite's own message quotes damaged bytes
            raise self.meaning(sqlite3.DatabaseError(str(error))) from error

    def meaning(self, error: sqlite3.Error) -> UserError:
        """Return what an error of the register means to whoever reads it."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in TEMPORARY:
            return OutputError(f"归档{TEMPORARY[code]}（{self.root}）。{REMEDIES.get(code, '请稍后再试')}。")
        return StoreError(f"归档登记 {self.root / DATABASE} 已损坏。请从备份恢复：{REPAIR}。")

    def create(self) -> None:
        """Make the archive with its empty register, if it is not there yet."""
        with self.locked():
            pass

    # ── publishing ──

    def publish(
        self,
        prepare: Callable[[sqlite3.Connection], Sequence[Output]],
        files: Mapping[str, Readable] | None = None,
        entries: Iterable[Archived] = (),
    ) -> list[Path]:
        """Archive files by hash, add entries and publish what is prepared, all or nothing; return its paths.

        `prepare` runs under the lock, so that it can give document numbers.
        """
        with self.locked() as connection:
            if found := list(self.register_faults(connection)):
                raise StoreError(damaged(found))
            self.clear_staging(connection)
            for digest, path in (files or {}).items():
                self.keep(digest, path)
            add_entries(connection, "submissions", ARCHIVED_COLUMNS, fresh(connection, entries))
            targets = self.stage(connection, prepare(connection))
        try:
            stuck = self.finish()
        except OutputError as error:
            error.committed = True
            raise
        mine = [held for held in stuck if Path(held) in {target.absolute() for target in targets}]
        if mine:
            held_open = OutputError(
                f"无法写入 {'、'.join(mine)}，可能正被打开。请关闭后再运行一次，会接着完成。"
            )
            held_open.committed = True
            raise held_open
        return targets

    def stage(self, connection: sqlite3.Connection, outputs: Sequence[Output]) -> list[Path]:
        """Write outputs to the staging folder, each once, and note where they belong."""
        self.staging.mkdir(exist_ok=True)
        for folder in dict.fromkeys(output.folder for output in outputs):
            check_writable(folder)
        targets: list[Path] = []
        for output in outputs:
            data = output.data if isinstance(output.data, bytes) else output.data(targets)
            target = self.choose(output, data, frozenset(targets))
            targets.append(target)
            if target.exists() and not output.replace:
                continue
            staged = self.staging / f"{uuid4().hex}.part"
            staged.write_bytes(data)
            staged.chmod(0o644)
            connection.execute(
                "INSERT INTO pending (staged, target, how) VALUES (?, ?, ?)",
                (staged.name, str(target.absolute()), "replace" if output.replace else "new"),
            )
        sync_files(list(self.staging.glob("*.part")))
        sync_folder(self.staging)
        return targets

    def choose(self, output: Output, data: bytes, taken: Collection[Path]) -> Path:
        """Return where an output goes: its name, the same file already there, or a free numbered name."""
        if output.replace:
            return output.folder / file_name(output.name)
        for name in names(output.name):
            target = output.folder / name
            if target in taken:
                continue
            if not target.exists() or (target.is_file() and target.read_bytes() == data):
                return target
        raise OutputError(f"{output.folder} 里同名文件太多：{output.name}。请清理后再试。")

    def finish(self) -> list[str]:
        """Move what committed runs staged to its place, and back the register up; return the places that are held open."""
        with self.locked() as connection:
            stuck = self.clear_staging(connection)
        self.back_up()
        return stuck

    def back_up(self) -> None:
        """Keep a copy of the register as it is now as that of today, unless it says nothing new. Raises OutputError."""
        with self.locked() as connection:
            target = self.root / BACKUPS / BACKUP.format(date.today())
            newest = next(iter(backups(self.root)), None)
            heads = heads_of(connection)
            known = next(
                (w.heads for w in witnesses(self.root, ()) if newest and w.name.endswith(newest.name)), {}
            )
            if known == heads:
                return
            target.parent.mkdir(exist_ok=True)
            with temporary(target.parent, b"") as draft:
                source, copy = sqlite3.connect(self.root / DATABASE), sqlite3.connect(draft)
                try:
                    source.backup(copy)
                finally:
                    source.close()
                    copy.close()
                draft.replace(target)

    def move(self, staged: Path, target: Path, how: str) -> None:
        """Put one staged file in its place, whole; a target that staff hold open keeps it staged for the next run."""
        if not staged.exists():
            return
        try:
            hand_over(staged, target, replace=how == "replace")
        except (OSError, OutputError) as error:
            raise OutputError(f"无法写入 {target}，可能正被打开。请关闭后再运行一次，会接着完成。") from error

    def clear_staging(self, connection: sqlite3.Connection) -> list[str]:
        """Complete what earlier runs committed and left, and drop what they did not commit; return the places held open.

        What cannot be moved stays for the next run, and stops nothing else.
        """
        folders, stuck = set(), {}
        for ident, staged, name, how in connection.execute(
            "SELECT id, staged, target, how FROM pending ORDER BY id"
        ).fetchall():
            target = Path(name)
            try:
                self.move(self.staging / staged, target, how)
            except OutputError:
                stuck[staged] = name
                continue
            folders.add(target.parent)
            connection.execute("DELETE FROM pending WHERE id = ?", (ident,))
        for folder in folders:
            sync_folder(folder)
        for left in self.staging.glob("*") if self.staging.is_dir() and stuck else ():
            if left.name not in stuck:
                left.unlink(missing_ok=True)
        if not stuck:
            shutil.rmtree(self.staging, ignore_errors=True)
        for draft in self.files.glob("*/.~*.tmp"):
            draft.unlink(missing_ok=True)
        for folder in {self.root, self.root.parent, self.root / BACKUPS, *folders}:
            remove_dead(folder)
        return list(stuck.values())

    def waiting(self) -> list[str]:
        """Return the places at which earlier runs could not put their files, and which the next will try again."""
        if not self.exists:
            return []
        with self.locked() as connection:
            return [row[0] for row in connection.execute("SELECT target FROM pending ORDER BY id")]

    def keep(self, digest: str, source: Readable) -> None:
        """Keep a file under its hash; one already kept is not touched, one changed since it was read is not kept."""
        path = self.path(digest)
        if path.exists():
            return
        try:
            data = source.read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise StoreError(f"{source} 在汇总过程中被改动或移走。请确认文件后再汇总一次。")
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary(path.parent, data) as draft:
            draft.replace(path)

    def path(self, digest: str) -> Path:
        """Return where a file of this hash is kept."""
        return self.files / digest[:2] / digest

    # ── reading and proving ──

    def entries(self, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the rows of a register in order of entry."""
        if not self.exists:
            return []
        with self.locked() as connection:
            return connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id").fetchall()

    def archived(self) -> list[Archived]:
        """Return the register of submissions in order of entry."""
        return [Archived(*row) for row in self.entries("submissions", ARCHIVED_COLUMNS)]

    def issued(self) -> list[Issued]:
        """Return the register of papers in order of entry, those that version 0.1 numbered first."""
        if not self.exists:
            return []
        with self.locked() as connection:
            return issued_papers(connection)

    def standing(self) -> list[Issued]:
        """Return the register of papers without those of another PC that lost their number."""
        return [entry for entry in self.issued() if entry.act != CLASH]

    def frozen(self) -> list[Frozen]:
        """Return what was made public, in order of entry."""
        return [Frozen(*row) for row in self.entries("published", FROZEN_COLUMNS)]

    def heads(self) -> Mapping[str, str]:
        """Return the heads of the registers as a copy carries them, by the property's name."""
        if not self.exists:
            return {}
        with self.locked() as connection:
            said = {SAID_OF + table: Said(table).read(connection).head for table in SAID}
            return written(heads_of(connection)) | {name: head for name, head in said.items() if head}

    def heads_of_copies(self) -> list[Heads]:
        """Return the heads that the Excel copies carry, of those that can be read."""
        return [witness.heads for witness in witnesses(self.root, self.copies, kept=0)]

    def read(self, digest: str) -> bytes:
        """Return an archived file; raises StoreError if it is missing or changed."""
        try:
            data = self.path(digest).read_bytes()
        except OSError as error:
            raise StoreError(f"归档文件缺失：{digest}。请从备份恢复。") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise StoreError(f"归档文件被改动或损坏：{digest}。请从备份恢复。")
        return data

    def faults(self) -> list[str]:
        """Return what is damaged: entries that were changed or lost, files that are missing or changed."""
        if not self.exists:
            return [lost] if (lost := self.lost()) else []
        try:
            with self.locked() as connection:
                found = list(self.register_faults(connection))
        except StoreError as error:
            return [str(error)]
        if found:
            return found
        for entry in {e.hash: e for e in self.archived()}.values():
            try:
                self.read(entry.hash)
            except StoreError as error:
                found.append(f"{entry.file}（{entry.unit}，{entry.cutoff}）：{error}")
        return found

    def register_faults(self, connection: sqlite3.Connection) -> Iterator[str]:
        """Yield what is wrong with the register itself: its file, its entries, and what its witnesses know of it."""
        own = list(own_faults(connection))
        yield from own or otherwise(connection, witnesses(self.root, self.copies))

    def is_broken(self) -> bool:
        """Whether the register is lost, its file damaged, or an entry changed. Raises OutputError if that cannot be told now."""
        try:
            with self.locked() as connection:
                return any(own_faults(connection))
        except StoreError:
            return True

    def witness_faults(self) -> list[str]:
        """Return what the witnesses of a sound register know that it does not say."""
        if not self.exists:
            return []
        with self.locked() as connection:
            return list(otherwise(connection, witnesses(self.root, self.copies)))


# ── document numbers ─────────────────────────────────────────────────────────────────────────────

ISSUE, CORRECT, VOID = "发文", "更正", "作废"
CLASH = (
    "重号"  # another PC's paper whose number stands for one of this: it holds the number, and says nothing
)
FIRST_SERIES = ""  # of the one series that version 0.1 had


def of_version_01(row: Sequence[Any]) -> Issued:
    """Return an entry of the register as version 0.1 kept it; its series is the console's 发文机关代字."""
    year, number, kind, unit, day, title, file, digest, who, moment = row
    about = (kind, unit, day, day, "", title, file, digest, "[]", "[]", "", who, moment)
    return Issued(FIRST_SERIES, year, number, 1, ISSUE, *about)


def issued_papers(connection: sqlite3.Connection) -> list[Issued]:
    """Return the register of papers in order of entry, those that version 0.1 numbered first."""

    def rows(table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        return connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id").fetchall()

    old = map(of_version_01, rows("numbers", NUMBER_COLUMNS))
    return [*old, *(Issued(*row) for row in rows("papers", ISSUED_COLUMNS))]


def last_issue(connection: sqlite3.Connection, kind: str, unit: str, day: str) -> Issued | None:
    """Return the last version of the paper of a kind, unit and day; None if there is none, or it was voided."""
    about = "WHERE kind = ? AND unit = ? AND day = ? ORDER BY id DESC LIMIT 1"
    row = connection.execute(
        f"SELECT {', '.join(ISSUED_COLUMNS)} FROM papers WHERE act <> '{CLASH}' AND {about[6:]}",
        (kind, unit, day),
    ).fetchone()
    if row:
        entry = Issued(*row)
        return entry if entry.act != VOID else None
    old = connection.execute(
        f"SELECT {', '.join(NUMBER_COLUMNS)} FROM numbers {about}", (kind, unit, day)
    ).fetchone()
    return of_version_01(old) if old else None


def next_number(
    connection: sqlite3.Connection, series: str, year: int, first: int, *, was_first: bool
) -> int:
    """Return the next running number of a series in a year: one more than the greatest ever given, else the first.

    `was_first` says whether the numbers of version 0.1 belong to the series.
    """
    query = "SELECT MAX(number) FROM papers WHERE series = ? AND year = ?"
    greatest = [connection.execute(query, (series, year)).fetchone()[0] or 0]
    if was_first:
        old = "SELECT MAX(number) FROM numbers WHERE year = ?"
        greatest.append(connection.execute(old, (year,)).fetchone()[0] or 0)
    return max(*greatest, first - 1, 0) + 1


def next_version(connection: sqlite3.Connection, known: Issued) -> int:
    """Return the version under which a number is issued anew."""
    query = "SELECT MAX(version) FROM papers WHERE series = ? AND year = ? AND number = ?"
    found = connection.execute(query, (known.series, known.year, known.number)).fetchone()[0]
    return max(found or 0, known.version) + 1


def issue(connection: sqlite3.Connection, entry: Issued) -> None:
    """Enter a version of a paper in the register; a number once given is never given again."""
    add_entries(connection, "papers", ISSUED_COLUMNS, [entry])


def freeze(connection: sqlite3.Connection, entry: Frozen) -> None:
    """Enter what was made public, unless the last entry of the day says the same."""
    last = connection.execute(
        "SELECT kinds, body FROM published WHERE day = ? ORDER BY id DESC LIMIT 1", (entry.day,)
    ).fetchone()
    if last is None or tuple(last) != (entry.kinds, entry.body):
        add_entries(connection, "published", FROZEN_COLUMNS, [entry])


def foretold(store: Store, entries: Iterable[Archived], day: str, until: str = "") -> dict[str, str]:
    """Return the property that results of a day will bear once these entries are added, if nobody adds others meanwhile."""
    with closing(sqlite3.connect(":memory:")) as trial:
        create_tables(trial)
        trial.execute("CREATE INDEX known ON submissions (hash, file)")
        add_entries(trial, "submissions", ARCHIVED_COLUMNS, store.archived())
        add_entries(trial, "submissions", ARCHIVED_COLUMNS, fresh(trial, entries))
        return results_head(trial, day, until)


# ── entries ──────────────────────────────────────────────────────────────────────────────────────


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a schema; a trigger's body holds a semicolon of its own."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def fresh(connection: sqlite3.Connection, entries: Iterable[Archived]) -> Iterator[Archived]:
    """Yield the entries that say something new: another result of the file, or its return into force."""
    for entry in entries:
        row = connection.execute(
            "SELECT result FROM submissions WHERE hash = ? AND file = ? ORDER BY id DESC LIMIT 1",
            (entry.hash, entry.file),
        ).fetchone()
        if row is None or row[0] != entry.result or was_replaced(connection, entry):
            yield entry


def was_replaced(connection: sqlite3.Connection, entry: Archived) -> bool:
    """Whether another file of the same unit, day and batch came into force after this one did."""
    row = connection.execute(
        "SELECT hash FROM submissions WHERE unit = ? AND cutoff = ? AND batch IS ? AND result = ? ORDER BY id DESC LIMIT 1",
        (entry.unit, entry.cutoff, entry.batch, IN_FORCE),
    ).fetchone()
    return entry.result == IN_FORCE and row is not None and row[0] != entry.hash


def add_entries(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], entries: Iterable[object]
) -> None:
    """Append entries, each chained to the one before."""
    last = connection.execute(f"SELECT chain FROM {table} ORDER BY id DESC LIMIT 1").fetchone()
    chain = last[0] if last else ""
    marks = ", ".join("?" * (len(columns) + 1))
    for entry in entries:
        values = [getattr(entry, column) for column in columns]
        chain = link(chain, values)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}, chain) VALUES ({marks})", (*values, chain)
        )


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables and triggers that are not there yet."""
    for statement in statements(SCHEMA):
        connection.execute(statement)


def file_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong with the register's file: pages, indexes, tables and triggers that are not as they were made."""
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        yield f"{DATABASE} 的内部结构损坏"
    fresh = sqlite3.connect(":memory:")
    create_tables(fresh)
    names = [*fresh.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]
    if names != [
        *connection.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    ]:
        yield f"{DATABASE} 里的表被改过"
    for table in (*TABLES, "pending"):
        shape = f"PRAGMA table_info({table})"
        if [row[1:4] for row in fresh.execute(shape)] != [row[1:4] for row in connection.execute(shape)]:
            yield f"{DATABASE} 里的表“{table}”被改过"
    triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    if [*fresh.execute(triggers)] != [*connection.execute(triggers)]:
        yield f"{DATABASE} 里防改动的设置被改过"
    fresh.close()


def damaged(faults: Sequence[str]) -> str:
    """Return the sentence for an archive with these faults, said by what stops before it has written anything."""
    told = "；".join(fault.removesuffix("。") for fault in faults)
    return (
        f"归档有损坏或对不上，这一步没有写入任何东西：{told}。请先运行 {VERIFY} 核对，再运行 {REPAIR} 修复。"
    )


def own_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong with a register by itself: its file, and entries that were changed."""
    try:
        broken = next(file_faults(connection), "")
        chains = [fault for table in TABLES for fault in chain_faults(connection, table, *TABLES[table])]
    except UnicodeDecodeError:
        broken, chains = f"{DATABASE} 的内部结构损坏", []
    yield from filter(None, (broken, *chains))


def chain_faults(
    connection: sqlite3.Connection, table: str, title: str, columns: Sequence[str]
) -> Iterator[str]:
    """Yield the entries at which the chain breaks."""
    previous = ""
    for number, row in enumerate(
        connection.execute(f"SELECT {', '.join(columns)}, chain FROM {table} ORDER BY id"), 1
    ):
        if row[-1] != link(previous, row[:-1]):
            yield f"{title}第 {number} 条或它之前有被改动、删除的记录"
            return
        previous = row[-1]
