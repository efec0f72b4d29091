"""What the program makes for others to fill in: templates, the console, the ribbon, a working folder."""

from dataclasses import dataclass
from pathlib import Path

from baiti_xl.books.console import write_console
from baiti_xl.books.macros import MacroError
from baiti_xl.books.ribbon import write_ribbon
from baiti_xl.books.template import write_template
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.comparing import same
from baiti_xl.desk.factory import remember
from baiti_xl.desk.outputs import render, write_file
from baiti_xl.desk.printing import TEMPLATES
from baiti_xl.desk.reading import Progress, silent
from baiti_xl.desk.rules import CONSOLE, PLAIN_CONSOLE, RIBBON, load_rules
from baiti_xl.desk.store import Store
from baiti_xl.papers import catalogue

BLANK = "报送模板.xlsx"
PLAIN = (
    "注意：操作台没有按钮，写成了 {name}。{why}"
    "装好后换一个新文件夹再运行 init，就有按钮；不装也能用：首页上每个按钮的位置写着作用相同的命令。"
)
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

    Raises MacroError if the macros cannot be built here.
    """
    from baiti_xl.books.reference import pages

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
    """Write one template per unit, code and name filled in."""
    book = load_rules(console)
    written = []
    for unit in progress(book.units, "下发模板"):
        data = render(lambda target, unit=unit: write_template(target, book, unit))  # type: ignore[misc]
        written.append(write_file(out, form_name(unit), data, replace=overwrite))
    return written


def console_file(book: Rulebook) -> tuple[str, bytes, str]:
    """Return the console's name, its bytes and what to tell: with buttons, or why there are none."""
    try:
        return CONSOLE, render(lambda target: write_console(target, book, kinds=catalogue.NAMES)), ""
    except MacroError as error:
        plain = render(lambda target: write_console(target, book, macros=False, kinds=catalogue.NAMES))
        return PLAIN_CONSOLE, plain, PLAIN.format(name=PLAIN_CONSOLE, why=error)


def init(folder: Path, book: Rulebook | None = None) -> WorkingFolder:
    """Make a working folder: console, template, and the folders for submissions, archive and outputs."""
    book = book or default_rulebook()
    console, data, note = console_file(book)
    made = {
        console: data,
        BLANK: render(lambda target: write_template(target, book)),
        **{f"{TEMPLATES}/{kind}.docx": catalogue.template_for(kind, book) for kind in catalogue.NAMES},
    }
    written = [write_file((folder / n).parent, Path(n).name, data) for n, data in made.items()]
    remember(
        folder, {n: data for (n, data), path in zip(made.items(), written, strict=True) if path == folder / n}
    )
    for name in ("报送", "输出"):
        (folder / name).mkdir(exist_ok=True)
    Store(folder).create()
    return WorkingFolder(tuple(written), note)
