"""汇总: a folder of submissions becomes the results workbook, an archive entry a file, and the registers."""

import getpass
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from baiti_xl.books.registers import write_archive_register, write_issue_register
from baiti_xl.books.results import is_too_long, write_results
from baiti_xl.contest.records import Outcome, PassedOver, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count.review import answered, unanswered
from baiti_xl.desk.computing import work_out
from baiti_xl.desk.entering import with_entered
from baiti_xl.desk.entries import IN_FORCE, LATER, SHOWN, SUPERSEDED, Archived
from baiti_xl.desk.errors import cannot_write
from baiti_xl.desk.gathering import Gathered, check_places
from baiti_xl.desk.heads import ALWAYS, Until, results_head
from baiti_xl.desk.outputs import (
    OutputError,
    contents,
    free_name,
    render,
    temporary_folder,
    write_file,
)
from baiti_xl.desk.reading import Progress, rare_collections, silent
from baiti_xl.desk.rules import load_rules, working_folder
from baiti_xl.desk.staging import Output
from baiti_xl.desk.store import Store, foretold

CLOSED = "本竞赛已结束（操作台「规则」“竞赛已结束”为“是”）：结果只供查看，归档没有变动。"


@dataclass(frozen=True, slots=True)
class Consolidation:
    """What a consolidation did: the outcome, every submission read, the files written, what to tell beside, how many matters
    of the review wait for an answer, and what lies in the folder now and was not read, also on a day made public before."""

    outcome: Outcome
    submissions: tuple[Submission, ...]
    outputs: tuple[Path, ...]
    note: str = ""
    open_matters: int = 0
    skipped: tuple[PassedOver, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether every identity of 对账 holds."""
        return all(identity.holds for identity in self.outcome.identities)


@rare_collections()
def consolidate(
    folder: Path | str,
    out: Path,
    *,
    console: Path | None = None,
    as_of: date | None = None,
    since: date | None = None,
    jobs: int = 1,
    cluster: str = "",
    plain_cluster: bool = False,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Consolidation:
    """Read, check and compute the submissions of a folder or an fsspec address, and write the results workbook.

    With the address of a Dask scheduler its workers read and check, and the ledger is written as Parquet parts
    too, as it is when a table is too long for Excel. Raises ActionError, RulebookError, StoreError, OutputError
    or ClusterError; then nothing is written. Nothing is written either if an identity of 对账 fails, since that
    would be our bug.
    """
    check_places(folder, out)
    book = load_rules(console)
    store = Store(working_folder(console, folder, out))
    book = with_entered(book, store)
    with connection(cluster, plain=plain_cluster) if cluster else nullcontext() as client:
        done = work_out(folder, store, book, as_of, since, jobs=jobs, client=client, progress=progress)
        read, world, outcome = done.read, done.world, done.outcome
        console_rules, book = book, world.book
        if not all(identity.holds for identity in outcome.identities):
            return Consolidation(outcome, tuple(read.submissions), (), skipped=read.passed_over)
        with (
            parts_of(outcome, book, out, store, overwrite, client, progress) as parts,
            unnamed(out) as draft,
        ):
            beside, source = parts.folder.name if parts else None, as_seen_from(out, folder, store)
            entries = [] if console_rules.closed else archive_entries(folder, store, outcome, read)
            found = unanswered(outcome, book)
            told = answered(found, book)
            written = partial(write_results, book=book, parts=beside, folder=source, found=told)
            day = str(outcome.day)
            until = Until(world.held.moment, world.held.after) if world.held else ALWAYS
            heads = foretold(store, entries, day, until)
            drafted(out, draft, partial(written, outcome=outcome, heads=heads))

            def results(connection: sqlite3.Connection) -> list[Output]:
                """Hand the workbook over, made anew if others entered something meanwhile."""
                now = results_head(connection, day, until)
                if now != heads:
                    drafted(out, draft, partial(written, outcome=outcome, heads=now))
                workbook = Output(out, f"汇总结果_{day}.xlsx", draft, overwrite)
                return [workbook, *(parts.outputs() if parts else ())]

            paths = store.publish(results, {e.hash: read.paths[e.hash] for e in entries}, entries)
    outputs = (paths[0], parts.folder) if parts else tuple(paths)
    note = "\n".join(
        filter(
            None,
            (world.note(read), CLOSED if console_rules.closed else "", notes_after(store, console_rules)),
        )
    )
    now = replace(book, answers=console_rules.answers)
    waiting = sum(matter.answer is None for matter in answered(found, now))
    read_now = tuple(s for s in world.submissions if not s.is_kept)
    return Consolidation(outcome, read_now, outputs, note, waiting, read.passed_over)


@contextmanager
def unnamed(folder: Path) -> Iterator[IO[bytes]]:
    """Give a file without a name on the disk of a folder: nothing is left of it, however the program ends. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = TemporaryFile(dir=folder)  # noqa: SIM115 - what goes wrong in its use is another's
    except OSError as error:
        raise OutputError(cannot_write(folder, error)) from error
    with file:
        yield file


def drafted(out: Path, draft: IO[bytes], write: Callable[..., None]) -> None:
    """Write the results into a draft; neither they nor their long tables are held. Raises OutputError."""
    draft.seek(0)
    draft.truncate()
    try:
        with unnamed(out) as spool:
            write(draft, spool=spool)
            draft.flush()
    except OSError as error:
        raise OutputError(cannot_write(out, error)) from error


def as_seen_from(out: Path, folder: Path | str, store: Store) -> str:
    """Return where submissions lie as seen from a folder; "" for an address, the archive, whose files bear no names, or another drive."""
    if isinstance(folder, str) or folder.resolve() == store.root.resolve():
        return ""
    try:
        return Path(os.path.relpath(folder, out)).as_posix()
    except ValueError:
        return ""


def connection(address: str, *, plain: bool) -> AbstractContextManager[Any]:
    """Hold a connection to the cluster at an address, a plain one only if asked for. Raises ClusterError."""
    from baiti_xl.scale.workers import connected

    return connected(address, plain=plain)


@dataclass(frozen=True, slots=True)
class Parts:
    """The ledger's Parquet parts as they were written, and the folder in which they are to lie."""

    draft: Path
    folder: Path
    replace: bool

    def outputs(self) -> list[Output]:
        """Return the parts as outputs, each read when it is staged."""
        return [
            Output(
                self.folder / file.parent.relative_to(self.draft),
                file.name,
                lambda _, file=file: file.read_bytes(),  # type: ignore[misc]
                self.replace,
            )
            for file in sorted(self.draft.glob("*/*.parquet"))
        ]

    def clear(self) -> None:
        """Remove the folders that were made for parts that never came."""
        for place in (*(self.folder / inner.name for inner in self.draft.glob("*")), self.folder):
            with suppress(OSError):  # one that holds anything stays
                place.rmdir()


@contextmanager
def parts_of(
    outcome: Outcome,
    book: Rulebook,
    out: Path,
    store: Store,
    overwrite: bool,
    client: Any,
    progress: Progress,
) -> Iterator[Parts | None]:
    """Give the ledger's parts, None if none are needed; they are published with the workbook that names them, or not at all.

    What an earlier run left to be placed is placed before, so that its parts are known when a folder is chosen.
    """
    if client is None and not is_too_long(outcome):
        yield None
        return
    from baiti_xl.scale.parts import write_parts

    with temporary_folder(out) as draft:
        write_parts(outcome, book, str(draft), progress, client)
        if store.waiting():
            store.finish()
        parts = Parts(draft, parts_folder(draft, out, f"分片台账_{outcome.day}", overwrite), overwrite)
        try:
            yield parts
        except BaseException as error:
            if not getattr(error, "committed", False):
                parts.clear()
            raise


def parts_folder(draft: Path, out: Path, name: str, overwrite: bool) -> Path:
    """Return where parts go: to their name if they may take the place of all that lies there, else to a free one."""
    there = out / name
    if overwrite and there.is_dir() and contents(there).keys() <= contents(draft).keys():
        return there
    return free_name(draft, out, name)


def archive_entries(folder: Path | str, store: Store, outcome: Outcome, read: Gathered) -> list[Archived]:
    """Return one entry per file read, with what became of it; none for the archive's own files.

    A file that came after the day was made public is entered as being of a later day.
    """
    if isinstance(folder, Path) and folder.resolve() == store.root.resolve():
        return []
    who, moment = getpass.getuser(), datetime.now().isoformat(" ", "seconds")
    entries = []
    for result, submissions in results_by_file(outcome, read):
        for s in submissions:
            if s.digest and s.is_ours and not s.is_kept:
                cutoff = s.cover.cutoff.isoformat() if s.cover.cutoff else ""
                about = (s.digest, s.file, s.cover.code, cutoff, s.cover.batch, result)
                entries.append(Archived(*about, who, moment, str(outcome.day)))
    return entries


def results_by_file(outcome: Outcome, read: Gathered) -> Iterator[tuple[str, Sequence[Submission]]]:
    """Yield (result, files) of the files at hand: in force, superseded, of a later day, and sent back."""
    told: set[str] = set()
    for result, submissions in told_by(outcome):
        held = [s for s in submissions if s.digest in read.paths]
        told |= {s.digest for s in held}
        yield result, held
    rest = [s for s in read.submissions if s.digest not in told]
    sound = {id(s) for s in rest if s.usable and s.digest not in read.past.clashing}
    yield LATER, [s for s in rest if id(s) in sound]
    yield "退回", [s for s in rest if id(s) not in sound]


def told_by(outcome: Outcome) -> Iterator[tuple[str, Sequence[Submission]]]:
    """Yield (result, files) as an outcome has them."""
    yield IN_FORCE, [a.submission for a in outcome.ledger.accounts if a.submission]
    yield SUPERSEDED, outcome.ledger.superseded
    yield LATER, outcome.ledger.later
    yield "退回", outcome.ledger.rejected


def notes_after(store: Store, book: Rulebook) -> str:
    """Write the registers' Excel copies; return what is to be told after a run, a line each.

    That is which rules the console did not say, and whether a copy is held open, since all else is done.
    """
    waiting = [f"上次没有放好：{place}，正被打开或放不进去；下次运行会再放" for place in store.waiting()]
    return "\n".join((*book.notes, *copy_registers(store), *waiting))


def copy_registers(store: Store) -> Iterator[str]:
    """Write the registers' Excel copies; yield what to tell if one is held open."""
    try:
        write_registers(store)
    except OutputError as error:
        yield f"已完成，但登记簿的 Excel 副本没有更新：{error}"


def write_registers(store: Store) -> None:
    """Write the registers' Excel copies for reading."""
    archive = [[getattr(one, name) for name in SHOWN["submissions"]] for one in store.archived()]
    head, (first, second) = store.heads(), store.copies
    data = render(lambda target: write_archive_register(target, archive, head))
    write_file(first.parent, first.name, data, replace=True)
    issued = [[getattr(one, name) for name in SHOWN["papers"]] for one in store.issued()]
    if issued:
        data = render(lambda target: write_issue_register(target, issued, head))
        write_file(second.parent, second.name, data, replace=True)
