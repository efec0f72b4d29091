"""The registers: every submission ever consolidated, kept byte for byte, and every document number given.

One SQLite file and a folder of files by content hash, both under 归档/. Entries are only ever added, each
carrying a hash over itself and the one before, so that a change or a loss shows. What an action writes is
staged here first, made final by one transaction, and moved to its place after it; a run that dies is either
as if it had not been, or is completed by the next one.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from baiti_xl.desk import database
from baiti_xl.desk.database import (
    DATABASE,
    REPAIR,
    StoreError,
    create_tables,
    damaged,
    is_register,
    own_faults,
)
from baiti_xl.desk.entries import (
    ARCHIVED_COLUMNS,
    CLASH,
    FROZEN_COLUMNS,
    Archived,
    Frozen,
    Issued,
    add_entries,
    fresh,
)
from baiti_xl.desk.heads import (
    ALWAYS,
    BACKUP,
    BACKUPS,
    SAID,
    SAID_OF,
    Heads,
    Said,
    Until,
    backups,
    heads_of,
    otherwise,
    results_head,
    witnesses,
    written,
)
from baiti_xl.desk.issuing import issued_papers
from baiti_xl.desk.outputs import OutputError, remove_dead, temporary
from baiti_xl.desk.staging import Output, pending, settle, stage

FOLDER, FILES, STAGING = "归档", "文件", ".暂存"
COPY_OF_SUBMISSIONS, COPY_OF_PAPERS = "报送登记.xlsx", "发文登记.xlsx"


class Readable(Protocol):
    """Where a file's bytes come from: a path, or an address elsewhere."""

    def read_bytes(self) -> bytes:
        """Return them; raises OSError."""
        ...


def is_archive(folder: Path) -> bool:
    """Whether a folder is an archive of ours: it has the name that each has, and a register; a register alone hides nothing."""
    return folder.absolute().name == FOLDER and is_register(folder / DATABASE)


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
        with database.locked(self.root) as connection:
            yield connection

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
            targets = stage(connection, self.staging, prepare(connection))
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

    def finish(self) -> list[str]:
        """Move what committed runs staged to its place, and back the register up; return the places that are held open."""
        with self.locked() as connection:
            stuck = self.clear_staging(connection)
        self.back_up()
        return stuck

    def back_up(self) -> None:
        """Keep a copy of the register as it is now as that of today, unless it says nothing new or is not sound.

        Raises OutputError.
        """
        with self.locked() as connection:
            target = self.root / BACKUPS / BACKUP.format(date.today())
            known = next((witness.heads for witness in witnesses(self.root, (), kept=1)), {})
            if known == heads_of(connection) or any(self.register_faults(connection)):
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

    def clear_staging(self, connection: sqlite3.Connection) -> list[str]:
        """Complete what earlier runs committed and left, and drop what they did not commit; return the places held open.

        What cannot be moved stays for the next run, and stops nothing else.
        """
        folders, stuck = settle(connection, self.staging)
        for draft in self.files.glob("*/.~*.tmp"):
            draft.unlink(missing_ok=True)
        for folder in {self.root, self.root.parent, self.root / BACKUPS, *folders}:
            remove_dead(folder)
        return stuck

    def waiting(self) -> list[str]:
        """Return the places at which earlier runs could not put their files, and which the next will try again."""
        if not self.exists:
            return []
        with self.locked() as connection:
            return pending(connection)

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

    def archived(self, until: Until = ALWAYS) -> list[Archived]:
        """Return the register of submissions in order of entry, up to a place in it if one is given."""
        if not self.exists:
            return []
        with self.locked() as connection:
            condition, bounds = until.condition(connection, "submissions")
            query = f"SELECT {', '.join(ARCHIVED_COLUMNS)} FROM submissions WHERE {condition} ORDER BY id"
            return [Archived(*row) for row in connection.execute(query, bounds)]

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


def foretold(store: Store, entries: Iterable[Archived], day: str, until: Until = ALWAYS) -> dict[str, str]:
    """Return the property that results of a day will bear once these entries are added, if nobody adds others meanwhile."""
    with closing(sqlite3.connect(":memory:")) as trial:
        create_tables(trial)
        trial.execute("CREATE INDEX known ON submissions (hash, file)")
        add_entries(trial, "submissions", ARCHIVED_COLUMNS, store.archived())
        add_entries(trial, "submissions", ARCHIVED_COLUMNS, fresh(trial, entries))
        return results_head(trial, day, until)
