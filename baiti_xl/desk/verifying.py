"""核对成文: an edited or finished paper read back against what it was made with."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from baiti_xl.books.figures import FIGURES, FILE, NAME, PLACE, PRINT, SHOWN
from baiti_xl.desk.entries import CLASH, VOID, Issued, bare_text
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.reading import Progress, is_skipped, silent
from baiti_xl.desk.rules import read_bytes
from baiti_xl.desk.store import Store
from baiti_xl.press.listing import Listed, Listing
from baiti_xl.press.marks import Mark
from baiti_xl.press.proofread import Change, changes
from baiti_xl.press.readback import ReadBack, read_back
from baiti_xl.read import guard
from baiti_xl.read.cells import read_grids
from baiti_xl.scale.processes import Died, aside

OWN, BESIDE, REGISTER = "文件自带的清单", "核稿表", "发文登记"


@dataclass(frozen=True, slots=True)
class Verified:
    """One paper read back: what it is, by which list, how many figures that has, and what is wrong.

    `problem` says why it could not be read back; `register` is where the register says otherwise than the paper's own list.
    """

    file: Path
    about: Listing | None = None
    by: str = ""
    count: int = 0
    changes: Sequence[Change] = ()
    register: Sequence[str] = ()
    layout: Sequence[str] = ()
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether all is as it was made, and the layout in order."""
        return not (self.changes or self.register or self.layout or self.problem)


def papers_in(folder: Path) -> list[Path]:
    """Return the papers of a folder and of what lies below, in order of path. Raises ActionError if there is none."""
    found = [path for path in sorted(folder.rglob("*.docx")) if not is_skipped(path.relative_to(folder))]
    if not found:
        raise ActionError(f"“{folder}”里没有文书。请先生成文书，或者换一个文件夹。")
    return found


def verify(
    files: Sequence[Path], *, console: Path | None = None, progress: Progress = silent
) -> list[Verified]:
    """Read papers back, of a folder all that lie in it. The register of the working folder (the console's, else the one that a file stands in) decides for a
    numbered paper, else the list that it carries, else the 核稿表 beside it.
    Raises ActionError for a folder without papers, StoreError if a register is damaged.
    """
    papers = [path for file in files for path in (papers_in(file) if file.is_dir() else [file])]
    return [verified(path, store_of(path, console)) for path in progress(papers, "核对文书")]


def store_of(path: Path, console: Path | None) -> Store | None:
    """Return the archive of the working folder that a file belongs to."""
    folders = [console.parent] if console else [*path.absolute().parents, Path.cwd()]
    return next((store for store in map(Store, folders) if store.exists), None)


def verified(path: Path, store: Store | None) -> Verified:
    """Return one paper read back."""
    try:
        read: ReadBack | None = aside(read_back, read_bytes(path))
    except (ActionError, Died) as error:
        return Verified(path, problem=str(error))
    if read is None:
        return Verified(
            path,
            problem=f"{path.name} 不是完好的 Word 文件（.docx），无法核对。请用 Word 另存为 .docx 再试。",
        )
    own = read.listing
    entry = entry_of(store.issued() if store else (), own, path)
    made, by = expected(path, own, entry, read.found)
    if not made and own is None:
        return Verified(path, problem=unknown(path, read))
    return Verified(
        path,
        own,
        by,
        len(made),
        changes(made, read.found, read.lines),
        list(told_otherwise(own, entry)),
        read.layout,
    )


def unknown(path: Path, read: ReadBack) -> str:
    """Return why a paper without any list cannot be read back."""
    if read.found:
        return (
            f"{path.name} 的数字清单丢失了，发文登记和同一文件夹的核稿表里也没有这个文件。请把成文时的核稿表放在它旁边、"
            "文件名改回原来的，再核对。"
        )
    return f"{path.name} 不是本程序生成的公文，没有数字清单，无法核对。"


# ── what it was made with ────────────────────────────────────────────────────────────────────────


def entry_of(issued: Sequence[Issued], own: Listing | None, path: Path) -> Issued | None:
    """Return the last entry of the register about a paper: by its number, kind and unit, or by its file's name."""
    if own:
        about = own.about
        known = ("number", "kind", "unit")
        number, kind, unit = (about.get(name, "") for name in known)
        found = (e for e in issued if e.bare == bare_text(number) and (e.kind, e.unit) == (kind, unit))
    else:
        found = (e for e in issued if e.file == path.name)
    return next(iter([*found][::-1]), None)


def expected(
    path: Path, own: Listing | None, entry: Issued | None, marks: Sequence[Mark]
) -> tuple[Sequence[Listed], str]:
    """Return the figures that a paper should print, and by which list; where no list tells their places, those of now."""
    known = own.figures if own else tuple(beside(path))
    here = [Listed(mark.key, mark.place, "", mark.text, mark.before, "") for mark in marks]
    if registered := in_register(entry, known or here):
        return registered, REGISTER
    return known, OWN if own else BESIDE


def in_register(entry: Issued | None, known: Sequence[Listed]) -> list[Listed]:
    """Return the prints of figures that the register keeps of a paper, each where its own list says that it stood."""
    if entry is None:
        return []
    places = {one.key: one for one in known}
    order = {one.key: at for at, one in enumerate(known)}
    found = []
    for number, (place, name, shown, *more) in enumerate(json.loads(entry.figures), 1):
        for nth, text in enumerate(more[0] if more else (), 1):
            key = str(number) if nth == 1 else f"{number}_{nth}"
            one = places.get(key) or Listed(key, place, name, text, "", shown)
            found.append(Listed(key, one.place, name, text, one.before, shown))
    return sorted(found, key=lambda one: order.get(one.key, len(order)))


def told_otherwise(own: Listing | None, entry: Issued | None) -> Iterator[str]:
    """Yield where the register says otherwise than the list that a paper carries."""
    if entry is None:
        return
    if entry.act in (VOID, CLASH):
        yield f"{entry.bare} 已作废：{entry.reason}"
    elif own and own.about.get("number") != entry.text:
        yield f"{entry.bare} 已改发（{entry.reason}），这不是最后一版"
    registered = {one.key: one for one in in_register(entry, own.figures if own else ())}
    for one in own.figures if own and registered else ():
        held = registered.get(one.key)
        if held is None or held.text != one.text:
            noted = held.text if held else "没有这个数字"
            yield f"{one.place}　{one.name}：登记的是“{noted}”，文件自带的清单里是“{one.text}”"


def beside(path: Path) -> Iterator[Listed]:
    """Yield the figures of a paper that a 核稿表 in its folder lists."""
    for book in sorted(path.parent.glob("核稿_*.xlsx")):
        try:
            grid = aside(read_grids, book.read_bytes(), (FIGURES,)).get(FIGURES, [])
        except (guard.Refused, Died, OSError):
            continue
        heads = list(map(str, grid[0])) if grid else []
        if not {FILE, PRINT, PLACE, NAME, SHOWN} <= set(heads):
            continue
        columns = [heads.index(name) for name in (FILE, PRINT, PLACE, NAME, SHOWN)]
        rows = ([str(row[at]) for at in columns] for row in grid[1:])
        found = [
            Listed(key, place, name, text, "", text)
            for file, key, place, name, text in rows
            if file == path.name
        ]
        if found:
            yield from found
            return
