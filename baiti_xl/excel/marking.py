"""Marks on the open submission: colours, notes and the sheet 校验结果; and taking exactly those away again.

Nothing that was there is changed, so nothing has to be kept or restored. A colour is a conditional format of
our own above those of the form: it moves along with its cells, and its formula says whose it is. A note of ours
goes to a cell that has none, and says the same of itself. The list is a sheet whose hint says that it was made here.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import xlwings as xw

from baiti_xl.books.listing import MARKS, RESULT, WEIGHT, Listing, address_of, cell_name
from baiti_xl.contest.columns import heading_key
from baiti_xl.contest.findings import Finding, Severity
from baiti_xl.excel import cells, earlier_marks
from baiti_xl.excel.cells import Area, Page
from baiti_xl.excel.click import Trouble, done, reason

OURS = "百日竞赛校验"
FORMULA = f'=LEN("{OURS}")>0'
NOTE_HEAD, NOTE_TAIL = "【本机校验】", "\n（点“清除标记”时删去）"
MORE = "\n（本列到第 {row} 行都是同类问题，逐条见“校验结果”）"
HINT = (
    "点“单元格”一列跳到该格。格子的颜色与本表一致：红色是错，黄色是警，蓝色是示；原因见下面各行，部分格子另有批注。"
    "点“清除标记”时删去本表。"
)
HINT_CELL = "A4"
MAX_NOTES, MAX_GROUPS, MAX_NOTE = 100, 60, 600


@dataclass(frozen=True, slots=True)
class Marked:
    """The sheets that do not take all marks, and how many cells got no colour since they lie too far apart."""

    refused: tuple[str, ...] = ()
    uncoloured: int = 0


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many marks were taken away, the sheets that kept some, as those with a password, where fills of 0.1 remain, and
    the sheets that were its own.
    """

    count: int
    kept: tuple[str, ...]
    coloured: tuple[str, ...] = ()
    sheets: frozenset[str] = frozenset()


# ── marking ──────────────────────────────────────────────────────────────────────────────────────


def mark(book: xw.Book, findings: Sequence[Finding], found: Mapping[str, Page]) -> Marked:
    """Mark an unmarked book with findings; `found` are its sheets by the names that findings use.

    If Excel stops answering, what was marked so far is taken away as far as it lets us. Raises Trouble if the list
    cannot be added; then nothing is.
    """
    listing = add_listing(book, findings, found)
    try:
        painted = paint(findings, found)
        refused = (*painted.refused, *add_notes(findings, found))
        show_first(findings, found, listing)
    except Exception:
        with suppress(Exception):
            clear(cells.pages(book))
        raise
    return Marked(tuple(dict.fromkeys(refused)), painted.uncoloured)


def paint(findings: Sequence[Finding], pages: Mapping[str, Page]) -> Marked:
    """Colour the cells of findings, the gravest first, as many groups of them as do not keep staff waiting."""
    refused = []
    by_weight = sorted(groups(findings, pages), key=lambda group: WEIGHT[group[1]])
    for sheet, severity, areas in by_weight[:MAX_GROUPS]:
        rules = pages[sheet].sheet.range(cells.address(areas)).conditional_formats
        if not done(rules.add_custom, FORMULA, fill_color=f"#{MARKS[severity][-6:]}"):
            refused.append(pages[sheet].name)
    return Marked(tuple(refused), sum(area.size for _, _, areas in by_weight[MAX_GROUPS:] for area in areas))


def groups(
    findings: Sequence[Finding], pages: Mapping[str, Page]
) -> Iterator[tuple[str, Severity, list[Area]]]:
    """Yield the cells to colour: (sheet, severity, areas), as few as addresses allow."""
    for sheet, by_severity in worst_cells(findings, pages).items():
        for severity, found in by_severity.items():
            for chunk in cells.chunks(cells.runs(found)):
                yield sheet, severity, chunk


def worst_cells(
    findings: Sequence[Finding], pages: Mapping[str, Page]
) -> dict[str, dict[Severity, list[tuple[int, int]]]]:
    """Return the cells of findings by sheet and by the gravest severity of each."""
    worst: dict[tuple[str, tuple[int, int]], Severity] = {}
    for item in findings:
        place = address_of(item)
        if place and item.place.sheet in pages:
            key = (item.place.sheet, (place[1], place[0]))
            worst[key] = min(worst.get(key, item.severity), item.severity, key=WEIGHT.__getitem__)
    found: dict[str, dict[Severity, list[tuple[int, int]]]] = {}
    for (sheet, cell), severity in worst.items():
        found.setdefault(sheet, {}).setdefault(severity, []).append(cell)
    return found


# ── notes ────────────────────────────────────────────────────────────────────────────────────────


def add_notes(findings: Sequence[Finding], pages: Mapping[str, Page]) -> list[str]:
    """Add a note to the first cell of each run of like findings, the gravest first.

    A cell that has a note keeps it and gets none of ours; a merged one takes it where it begins. Returns the
    names of the sheets that take no notes.
    """
    by_sheet: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for sheet, row, column, text in islice(notes(findings, pages), MAX_NOTES):
        by_sheet[sheet].append((row, column, text))
    refused = []
    for sheet, texts in by_sheet.items():
        page = pages[sheet].sheet
        rows, columns, _ = zip(*texts, strict=True)
        merged = page.range((min(rows), min(columns)), (max(rows), max(columns))).merge_cells is not False
        for row, column, text in texts:
            cell = page.range((row, column))
            place = cell.merge_area[0, 0] if merged else cell
            if place.note is None and not done(place.add_note, text):
                refused.append(pages[sheet].name)
    return refused


def notes(findings: Sequence[Finding], pages: Mapping[str, Page]) -> Iterator[tuple[str, int, int, str]]:
    """Yield (sheet, row, column, text) of the notes to add, the gravest first."""
    texts: dict[tuple[str, int, int], list[Finding]] = defaultdict(list)
    for item in findings:
        place = address_of(item)
        if place and item.place.sheet in pages:
            texts[item.place.sheet, place[0], place[1]].append(item)
    runs = []
    for cells_of_run in like_runs(sorted(texts), texts):
        sheet, column, top = cells_of_run[0]
        items = texts[cells_of_run[0]]
        more = MORE.format(row=cells_of_run[-1][2]) if len(cells_of_run) > 1 else ""
        text = "\n".join(f"{f.severity} {f.rule} {f.message}" for f in items)
        grave = min(WEIGHT[f.severity] for f in items)
        runs.append((grave, sheet, top, column, f"{NOTE_HEAD}{text[:MAX_NOTE]}{more}{NOTE_TAIL}"))
    for _, sheet, top, column, text in sorted(runs, key=lambda run: run[0]):
        yield sheet, top, column, text


def like_runs(
    places: Sequence[tuple[str, int, int]], texts: Mapping[tuple[str, int, int], Sequence[Finding]]
) -> Iterator[list[tuple[str, int, int]]]:
    """Yield cells below each other (sheet, column, row) that break the same rules."""
    if not places:
        return
    run = [places[0]]
    for before, after in pairwise(places):
        below = (before[0], before[1], before[2] + 1) == after
        if below and {f.rule for f in texts[before]} == {f.rule for f in texts[after]}:
            run.append(after)
        else:
            yield run
            run = [after]
    yield run


# ── 校验结果 ─────────────────────────────────────────────────────────────────────────────────────


def add_listing(book: xw.Book, findings: Sequence[Finding], pages: Mapping[str, Page]) -> xw.Sheet:
    """Add the list of findings in front of the sheet that staff look at: the very sheet of an annotated copy.

    It is drawn as a workbook and copied in, since xlwings sets neither print titles nor filters.
    Raises Trouble if the book takes no sheet.
    """
    names = {heading_key(name): page.name for name, page in pages.items()}
    data = Listing(tuple(findings), book.name, names, HINT).draw()
    with tempfile.TemporaryDirectory(prefix="baiti_", ignore_cleanup_errors=True) as folder:
        path = Path(folder, f"{Path(folder).name}.xlsx")  # Excel opens no two books of one name
        path.write_bytes(data)
        drawn = book.app.books.open(str(path))
        try:
            return drawn.sheets[0].copy(before=book.sheets.active)
        except Exception as error:
            if reason(error):
                raise
            raise Trouble(
                "这份工作簿加不了“校验结果”表，没有加任何标记（可能是旧格式 .xls，或者保护了工作簿的结构）。"
                "请另存为 .xlsx，或者撤销保护后再试。"
            ) from error
        finally:
            drawn.close()
            book.activate()


def show_first(findings: Sequence[Finding], pages: Mapping[str, Page], listing: xw.Sheet) -> None:
    """Select the cell of the gravest finding, or show the list if none can be shown."""
    for item in sorted(findings, key=lambda f: WEIGHT[f.severity]):
        place = address_of(item)
        if (
            place
            and item.place.sheet in pages
            and cells.show(pages[item.place.sheet].sheet, cell_name(place))
        ):
            return
    listing.activate()


# ── clearing ─────────────────────────────────────────────────────────────────────────────────────


def clear(pages: Mapping[str, Page]) -> Cleared:
    """Take away what `mark` added to a book, and what 0.1 did; `pages` are all its sheets by their names."""
    before = clear_earlier(pages)
    count, kept = before.count, [*before.kept]
    for page in (page for page in pages.values() if page.name not in before.sheets):
        marks: list[Any] = [page.sheet]
        if not is_listing(page):
            marks = [*our_colours(page.sheet), *our_notes(page.sheet)]
        gone = sum(done(delete, mark) for mark in marks)
        count += gone
        kept += [page.name] * (gone < len(marks))
    return Cleared(count, tuple(dict.fromkeys(kept)), before.coloured)


def clear_earlier(pages: Mapping[str, Page]) -> Cleared:
    """Take away what 0.1 added; the sheet on which it wrote that down goes last, once nothing else is left."""
    state = earlier_marks.earlier(pages)
    if state is None:
        return Cleared(0, ())
    fills, marks = earlier_marks.repaint(state, pages), list(earlier_marks.marks(state, pages))
    sheets = {name for name, mark in marks if isinstance(mark, xw.Sheet)} | {earlier_marks.STATE}
    refused = [name for name, mark in marks if not done(delete, mark)]
    count, kept = len(marks) - len(refused), [*fills.refused, *refused]
    if not kept:
        held = pages[earlier_marks.STATE]
        kept += [] if done(delete, held.sheet) else [held.name]
        count += not kept
    return Cleared(count, tuple(kept), fills.lost, frozenset(sheets))


def delete(mark: Any) -> None:
    """Delete a mark; Excel deletes no sheet that someone has hidden very deep."""
    if isinstance(mark, xw.Sheet) and mark.visible not in cells.VISIBLE:
        mark.visible = True
    mark.delete()


def is_listing(page: Page) -> bool:
    """Whether a sheet is the list of an earlier click, not one that came with an annotated copy."""
    return page.name.startswith(RESULT) and page.sheet.range(HINT_CELL).value == HINT


def our_colours(sheet: xw.Sheet) -> list[xw.main.ConditionalFormat]:
    """Return our conditional formats, the last first, since those behind a deleted one move up."""
    return [rule for rule in sheet.cells.conditional_formats if OURS in (rule.formula or "")][::-1]


def our_notes(sheet: xw.Sheet) -> list[xw.main.Note]:
    """Return our notes, the last first; one that staff wrote on is theirs."""
    found = [(note, note.text) for note in sheet.notes]
    return [n for n, text in found if text.startswith(NOTE_HEAD) and text.endswith(NOTE_TAIL)][::-1]
