"""The database of the registers: its tables, its one write lock, what its errors mean, and whether it is as it was made."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from baiti_xl.desk.entries import TABLES
from baiti_xl.desk.errors import cannot_write
from baiti_xl.desk.heads import link
from baiti_xl.desk.outputs import OutputError
from baiti_xl.errors import UserError

DATABASE = "登记.db"
DESK_LOCK = "网上交送.锁"  # beside the register: held as long as its reporting desk is open
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


def is_register(path: Path) -> bool:
    """Whether a file is a register; one that was emptied is none, and hides nothing."""
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(REGISTER)) == REGISTER
    except OSError:
        return False


@contextmanager
def locked(root: Path) -> Iterator[sqlite3.Connection]:
    """Hold the one write lock of an archive: commits at the end, undoes everything on an error.

    Raises OutputError if the folder cannot be written and StoreError if the register is damaged.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(root / DATABASE, timeout=WAIT_SECONDS, isolation_level=None)
    except OSError as error:
        raise OutputError(cannot_write(root, error)) from error
    except sqlite3.OperationalError as error:
        raise meaning(error, root) from error
    try:
        begin(connection)
        yield connection
        connection.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        raise meaning(error, root) from error
    except OSError as error:
        raise OutputError(cannot_write(error.filename or root, error)) from error
    finally:
        connection.close()


def desk_held(root: Path) -> sqlite3.Connection:
    """Hold an archive for its reporting desk until the connection is closed. Raises sqlite3.DatabaseError if another does."""
    held = sqlite3.connect(root / DESK_LOCK, timeout=0, check_same_thread=False, isolation_level=None)
    try:
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError:
        held.close()
        raise
    return held


@contextmanager
def standing(root: Path) -> Iterator[sqlite3.Connection | None]:
    """Hold the write lock of a register as it is, None if it cannot be opened as one; what is not committed is undone.

    Raises OutputError if somebody else writes it.
    """
    path = root / DATABASE
    if not path.is_file() or not path.stat().st_size:
        yield None
        return
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        is_open = not fails(connection, root, begin)
        if not is_open:
            connection.close()
        yield connection if is_open else None
    finally:
        connection.close()


def fails(connection: sqlite3.Connection, root: Path, step: Callable[[sqlite3.Connection], object]) -> bool:
    """Whether a step on a register fails because of damage. Raises OutputError if it fails for another reason."""
    try:
        step(connection)
    except UnicodeDecodeError:
        return True
    except sqlite3.DatabaseError as error:
        told = meaning(error, root)
        if isinstance(told, OutputError):
            raise told from error
        return True
    return False


def begin(connection: sqlite3.Connection) -> None:
    """Take the write lock, and make what tables are missing. Raises sqlite3.Error."""
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
        raise sqlite3.DatabaseError(str(error)) from error


def meaning(error: sqlite3.Error, root: Path) -> UserError:
    """Return what an error of the register means to whoever reads it."""
    code = meaning_code(error)
    if code in TEMPORARY:
        return OutputError(f"归档{TEMPORARY[code]}（{root}）。{REMEDIES.get(code, '请稍后再试')}。")
    return StoreError(f"归档登记 {root / DATABASE} 已损坏。请从备份恢复：{REPAIR}。")


def meaning_code(error: sqlite3.Error) -> int:
    """Return the number of an error of the register, without what tells its kinds apart."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables and triggers that are not there yet."""
    for statement in statements(SCHEMA):
        connection.execute(statement)


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a schema; a trigger's body holds a semicolon of its own."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


# ── whether it is as it was made ──────────────────────────────────────────────────────────────────


def own_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong with a register by itself: its file, and entries that were changed."""
    try:
        broken = next(file_faults(connection), "")
        chains = [fault for table in TABLES for fault in chain_faults(connection, table, *TABLES[table])]
    except UnicodeDecodeError:
        broken, chains = f"{DATABASE} 的内部结构损坏", []
    yield from filter(None, (broken, *chains))


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


def damaged(faults: Sequence[str]) -> str:
    """Return the sentence for an archive with these faults, said by what stops before it has written anything."""
    told = "；".join(fault.removesuffix("。") for fault in faults)
    return (
        f"归档有损坏或对不上，这一步没有写入任何东西：{told}。请先运行 {VERIFY} 核对，再运行 {REPAIR} 修复。"
    )
