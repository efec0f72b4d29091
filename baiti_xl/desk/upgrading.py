"""升级: brings a working folder of an earlier version up to date, keeps every file it replaces, and says what it did."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from baiti_xl import __version__
from baiti_xl.books.carry import OldConsole, filling_of, read_console
from baiti_xl.books.console import write_console
from baiti_xl.books.template import Filling, write_template
from baiti_xl.contest.records import Submission, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import FORM_VERSION
from baiti_xl.desk.comparing import same
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.factory import is_untouched, remember
from baiti_xl.desk.making import BLANK, form_name
from baiti_xl.desk.outputs import free_folder, render, write_file
from baiti_xl.desk.reading import Progress, read_all, read_one, silent, sources
from baiti_xl.desk.rules import CONSOLE_NAMES, load_rules, read_bytes
from baiti_xl.desk.store import Store
from baiti_xl.desk.templates import TEMPLATES
from baiti_xl.papers import catalogue
from baiti_xl.scale.processes import aside
from baiti_xl.scale.reader import Source

KEPT, ISSUED, SENT = "升级前", "下发", "报送"


@dataclass(frozen=True, slots=True)
class Change:
    """One file to be written, by its path in the folder, and what to tell staff."""

    name: str
    data: bytes
    told: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did, a sentence each, and the folder where the files before it are kept (None: nothing to do)."""

    told: tuple[str, ...]
    kept: Path | None


def upgrade(folder: Path, *, console_is_open: bool = False, progress: Progress = silent) -> Upgrade:
    """Bring the console, templates and forms of a working folder up to this version; all but the console if that is open.

    Units' submissions are never touched: they stay readable. Every file replaced is first copied to 升级前. Run again
    after it was interrupted, it completes. Raises ActionError, RulebookError, ConsoleError, OutputError or StoreError.
    """
    console = next((folder / name for name in CONSOLE_NAMES if (folder / name).is_file()), None)
    if console is None:
        raise ActionError(f"{folder} 里没有操作台，不是工作文件夹。请给出操作台所在的文件夹。")
    book = load_rules(console)
    found = [
        *(left_open(console, book) if console_is_open else console_changes(console, book)),
        *template_changes(folder, book),
        *form_changes(folder, book, progress),
    ]
    changes = [c for c in found if c.data and current(folder / c.name) != c.data]
    told = tuple(c.told for c in found if not c.data or c in changes)
    Store(folder).create()
    if not changes:
        return Upgrade(told, None)
    kept = keep(folder, [c.name for c in changes])
    for change in progress(changes, "升级"):
        write_file((folder / change.name).parent, Path(change.name).name, change.data, replace=True)
    remember(folder, {c.name: c.data for c in changes})
    return Upgrade(told, kept)


def current(path: Path) -> bytes | None:
    """Return a file's bytes, None if there is none."""
    return read_bytes(path) if path.is_file() else None


def keep(folder: Path, names: list[str]) -> Path | None:
    """Copy the files that will be replaced to a new folder; return it, None if all are new."""
    held = [name for name in names if (folder / name).is_file()]
    if not held:
        return None
    kept = free_folder(folder, KEPT)
    for name in held:
        write_file((kept / name).parent, Path(name).name, read_bytes(folder / name))
    return kept


# ── the console ──────────────────────────────────────────────────────────────────────────────────


def is_current(old: OldConsole, book: Rulebook) -> bool:
    """Whether a console is of this version, laid out as this version does and says everything."""
    return old.version == __version__ and old.has_steps and not book.notes


def left_open(console: Path, book: Rulebook) -> Iterator[Change]:
    """Yield what to tell of a console that is open and so cannot be replaced, nothing if it need not be."""
    if not is_current(aside(read_console, read_bytes(console)), book):
        yield Change(
            console.name,
            b"",
            f"{console.name}正开着，没有换。请保存、关闭它，在命令行运行 baiti-xl upgrade，再打开。",
        )


def console_changes(console: Path, book: Rulebook) -> Iterator[Change]:
    """Yield the console of this version with the rules, rulings and settings of the one at hand."""
    old = aside(read_console, read_bytes(console))
    if is_current(old, book):
        return
    macros = console.suffix == ".xlsm"
    data = render(
        lambda target: write_console(
            target, book, macros=macros, kinds=catalogue.NAMES, settings=old.settings
        )
    )
    before = f"由 {old.version} 版" if old.version not in ("", __version__) else ""
    yield Change(
        console.name,
        data,
        f"{console.name}：{before}升到 {__version__} 版，规则、名录、裁定和首页的设置都带过来了。",
    )
    for note in book.notes:
        yield Change(console.name, b"", f"{note}；请核对。")
    if old.own_sheets:
        sheets = "、".join(f"「{name}」" for name in old.own_sheets)
        yield Change(
            console.name, b"", f"操作台里自己加的表没有带过来：{sheets}。需要时从旧文件复制到新操作台。"
        )


# ── the templates of papers ──────────────────────────────────────────────────────────────────────


def template_changes(folder: Path, book: Rulebook) -> Iterator[Change]:
    """Yield the new wording of every template that staff left as it came; say which they edited."""
    for kind in catalogue.NAMES:
        name = f"{TEMPLATES}/{kind}.docx"
        held, new = current(folder / name), catalogue.template_for(kind, book)
        if held is None:
            yield Change(name, new, f"{name}：补上了缺少的模板。")
        elif same(held, new):
            continue
        elif is_untouched(folder, name, held):
            yield Change(name, new, f"{name}：没有改过，换成本版的模板。")
        else:
            yield Change(
                name,
                b"",
                f"{name}：您改过，保留不动。想用本版的措辞，把它移到别处后再升级一次；"
                f"旧字段是否还能用，请运行 baiti-xl template check。",
            )


# ── the forms ────────────────────────────────────────────────────────────────────────────────────


def form_changes(folder: Path, book: Rulebook, progress: Progress) -> Iterator[Change]:
    """Yield the blank form, and one for each unit with what it last reported carried over."""
    yield Change(
        BLANK, render(lambda target: write_template(target, book)), f"{BLANK}：换成第 {FORM_VERSION} 版。"
    )
    last = last_submissions(folder, book, progress)
    if not (folder / ISSUED).is_dir() and not any(s.form < FORM_VERSION for s in last.values()):
        return
    behind = [
        unit
        for unit in book.units
        if not unit.merged_into and is_behind(folder / ISSUED / form_name(unit), book)
    ]
    for unit in progress(behind, "下发模板"):
        filling = filling_of(last[unit.code]) if unit.code in last else None
        yield Change(f"{ISSUED}/{form_name(unit)}", render(form_writer(book, unit, filling)), "")
    if behind:
        carried = sum(unit.code in last for unit in behind)
        yield Change(
            ISSUED,
            b"",
            f"{ISSUED}：给 {len(behind)} 个单位各生成了一份第 {FORM_VERSION} 版报送表，其中 {carried} 份带上了最近一次报送的内容；"
            "请发给各单位，下次在上面接着填。已经报送的文件没有动，仍能汇总。",
        )


def is_behind(path: Path, book: Rulebook) -> bool:
    """Whether the form issued to a unit is missing or of an earlier version."""
    return not path.is_file() or read_one(Source(path.name, path), book).form < FORM_VERSION


def form_writer(book: Rulebook, unit: Unit, filling: Filling | None) -> Callable[[BinaryIO], None]:
    """Return how a unit's form is written."""
    return lambda target: write_template(target, book, unit, filling)


def last_submissions(folder: Path, book: Rulebook, progress: Progress) -> Mapping[str, Submission]:
    """Return the latest usable submission of each unit in 报送, the archive's if there is none."""
    last: dict[str, Submission] = {}
    places = [place for place in (Store(folder).root, folder / SENT) if place.is_dir()]
    files = [file for place in places for file in sources(place)]
    for submission in read_all(files, book, progress=progress):
        known = last.get(submission.cover.code)
        if submission.usable and (known is None or submission.key >= known.key):
            last[submission.cover.code] = submission
    return last
