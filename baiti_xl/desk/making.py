"""What the program makes for others to fill in: templates, the console, the ribbon, a working folder."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

from baiti_xl.books.carry import read_console
from baiti_xl.books.console import write_console
from baiti_xl.books.macros import MacroError
from baiti_xl.books.ribbon import write_ribbon
from baiti_xl.books.template import write_template
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.comparing import same
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.factory import is_untouched, remember
from baiti_xl.desk.outputs import render, write_file
from baiti_xl.desk.reading import Progress, silent
from baiti_xl.desk.rules import (
    CONSOLE,
    CONSOLE_NAMES,
    PLAIN_CONSOLE,
    RIBBON,
    check_open,
    load_rules,
    read_bytes,
)
from baiti_xl.desk.store import Store
from baiti_xl.desk.templates import TEMPLATES
from baiti_xl.papers import catalogue
from baiti_xl.scale.processes import aside

BLANK = "报送模板.xlsx"
PLAIN = (
    "注意：操作台没有按钮，写成了 {name}。{why}"
    "装好后换一个新文件夹再运行 init，就有按钮；不装也能用：首页上每个按钮的位置写着作用相同的命令。"
)
NEXT = "请在操作台改好“规则”里的年份、开始日、结束日和“阶段”的日期，竞赛标识和调度日期会跟着变；再点“规则检查”和“下发模板”。"
PAST_SETTINGS = (
    "bt_day",
    "bt_since",
    "bt_dated",
    "bt_reissue",
)  # of 首页, that speak of the contest that is over
REFERENCE = Path("docs", "reference")
BUILT = (Path("workbook"), Path(TEMPLATES), REFERENCE)


@dataclass(frozen=True, slots=True)
class WorkingFolder:
    """A new working folder: the files written, the console first; and what to tell of it, "" if all is as it should be."""

    files: tuple[Path, ...]
    note: str = ""


def form_name(unit: Unit) -> str:
    """Return the name of the form issued to a unit."""
    return f"{unit.code}_{unit.name}_报送表.xlsx"


def build(root: Path, *, compare: bool = False) -> list[Path]:
    """Rebuild what is shipped, in the folders of BUILT; return the files written or, to compare, those that differ.

    Raises MacroError if the macros cannot be built here, ActionError for a working folder, whose templates are the office's.
    """
    from baiti_xl.books.reference import pages

    if not compare and any((root / name).is_file() for name in CONSOLE_NAMES):
        raise ActionError(
            f"{root} 是工作文件夹，build 会改写您的公文模板。程序换了新版请用 upgrade；要自己生成文件，请在一个空文件夹里运行 build。"
        )

    book = default_rulebook()
    made = {
        Path("workbook", BLANK): render(lambda target: write_template(target, book)),
        Path("workbook", CONSOLE): render(lambda target: write_console(target, book, kinds=catalogue.NAMES)),
        Path("workbook", RIBBON): render(write_ribbon),
        **{Path(TEMPLATES, f"{kind}.docx"): catalogue.template_for(kind, book) for kind in catalogue.NAMES},
        **{REFERENCE / name: text.encode() for name, text in pages(book).items()},
    }
    if compare:
        stray = [p for d in BUILT for p in (root / d).glob("*") if p.relative_to(root) not in made]
        changed = [
            p
            for p, data in made.items()
            if not ((root / p).is_file() and same((root / p).read_bytes(), data))
        ]
        return [*changed, *(p.relative_to(root) for p in stray)]
    return [write_file(root / path.parent, path.name, data, replace=True) for path, data in made.items()]


def issue(
    out: Path, *, console: Path | None = None, overwrite: bool = False, progress: Progress = silent
) -> list[Path]:
    """Write one template per unit, code and name filled in; none for one that has become part of another by today.

    Raises ActionError if the contest is closed.
    """
    book = load_rules(console)
    check_open(book, "下发")
    written = []
    today = date.today()
    for unit in progress([u for u in book.units if not u.is_merged(today)], "下发模板"):
        data = render(lambda target, unit=unit: write_template(target, book, unit))  # type: ignore[misc]
        written.append(write_file(out, form_name(unit), data, replace=overwrite))
    return written


def is_elsewhere(value: Any) -> bool:
    """Whether a setting names a folder by its whole path, which belongs to the earlier contest."""
    return PurePath(str(value)).is_absolute() or PureWindowsPath(str(value)).is_absolute()


def console_file(book: Rulebook, settings: Mapping[str, Any] | None = None) -> tuple[str, bytes, str]:
    """Return the console's name, its bytes and what to tell: with buttons, or why there are none."""
    try:
        data = render(lambda target: write_console(target, book, kinds=catalogue.NAMES, settings=settings))
        return CONSOLE, data, ""
    except MacroError as error:
        plain = render(
            lambda target: write_console(target, book, macros=False, kinds=catalogue.NAMES, settings=settings)
        )
        return PLAIN_CONSOLE, plain, PLAIN.format(name=PLAIN_CONSOLE, why=error)


def write_rules(console: Path, book: Rulebook, settings: Mapping[str, Any] | None = None) -> None:
    """Write a console anew with other rules and some settings of 首页, the others kept. Raises ActionError or OutputError."""
    kept = aside(read_console, read_bytes(console)).settings
    name, data, _ = console_file(book, {**kept, **(settings or {})})
    write_file(console.parent, name, data, replace=True)


def init(folder: Path, book: Rulebook | None = None, source: Path | None = None) -> WorkingFolder:
    """Make a working folder: console, template, and the folders for submissions, archive and outputs.

    From the folder of an earlier contest its rules, unit list, settings and edited templates come along, and nothing of
    what was reported, ruled or issued. Raises ActionError or RulebookError.
    """
    old = brought(source) if source else None
    book = old.book if old else book or default_rulebook()
    console, data, note = console_file(book, old.settings if old else None)
    shipped = {f"{TEMPLATES}/{kind}.docx": catalogue.template_for(kind, book) for kind in catalogue.NAMES}
    made = {
        console: data,
        BLANK: render(lambda target: write_template(target, book)),
        **shipped,
        **(old.templates if old else {}),
    }
    written = [write_file((folder / n).parent, Path(n).name, data) for n, data in made.items()]
    mine = {n: data for (n, data), path in zip(made.items(), written, strict=True) if path == folder / n}
    remember(folder, {n: shipped.get(n, data) for n, data in mine.items()})
    for name in ("报送", "输出"):
        (folder / name).mkdir(exist_ok=True)
    Store(folder).create()
    return WorkingFolder(tuple(written), "\n".join(filter(None, (note, old.note if old else ""))))


@dataclass(frozen=True, slots=True)
class Brought:
    """What an earlier contest's folder gives to the next: rules, settings of 首页, templates that staff edited, and what to tell."""

    book: Rulebook
    settings: Mapping[str, Any]
    templates: Mapping[str, bytes]
    note: str


def brought(source: Path) -> Brought:
    """Return what a new contest takes over from the folder of an earlier one. Raises ActionError or RulebookError."""
    console = next((source / name for name in CONSOLE_NAMES if (source / name).is_file()), None)
    if console is None:
        raise ActionError(f"{source} 里没有操作台，不是工作文件夹。请给出上一次竞赛的工作文件夹。")
    before = load_rules(console)
    settings = aside(read_console, read_bytes(console)).settings
    kept = {n: v for n, v in settings.items() if n not in PAST_SETTINGS and not is_elsewhere(v)}
    names = [f"{TEMPLATES}/{kind}.docx" for kind in catalogue.NAMES]
    edited = {
        name: data
        for name in names
        if (source / name).is_file() and not is_untouched(source, name, data := read_bytes(source / name))
    }
    templates = f"，改过的公文模板 {len(edited)} 个" if edited else ""
    units = tuple(unit for unit in before.units if not unit.merged_into)
    joined = "、".join(unit.name for unit in before.units if unit.merged_into)
    gone = f"，已并入其他单位的（{joined}）除外" if joined else ""
    told = (
        f"规则、单位名录（{len(units)} 个单位{gone}）和设置已从 {source} 带来{templates}；"
        "报送、裁定、会审答复、回复登记、归档和文号没有带。"
    )
    book = replace(
        before,
        units=units,
        rulings=(), schedule=(), inspections=(), arrivals=(), answers=(), replies=(), key_periods=(), notes=(), closed=False, contest_id=before.usual_id,
    )  # fmt: skip
    return Brought(book, kept, edited, f"{told}\n{NEXT}")
