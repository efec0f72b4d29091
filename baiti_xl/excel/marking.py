"""Marks on the open submission: fills, notes and the sheet 校验结果; and taking exactly those away again.

What was there before is kept in the very hidden sheet 校验标记, written first, so that marks can be taken
away in another session, and after a failure half-way. Each group of coloured cells has a name (bt_mark_1 …),
which Excel moves along when rows are inserted or deleted; after sorting, cells are told by their colour. A
cell that has a note keeps it and gets none of ours, because a note that is deleted cannot be restored with
its looks. A theme colour comes back as the same colour by its numbers.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import xlwings as xw

from baiti_xl.books.listing import (
    HEADINGS,
    MARKS,
    RESULT,
    WEIGHT,
    WIDTHS,
    address_of,
    advice,
    cell_text,
    line,
)
from baiti_xl.contest.findings import Finding, Severity, count_by_severity
from baiti_xl.contest.values import column_number
from baiti_xl.excel import cells
from baiti_xl.excel.cells import Area, Page
from baiti_xl.excel.click import Trouble

STATE = "校验标记"
STATE_HEAD = "百日竞赛校验标记 1"
NOTE_HEAD = "【本机校验】"
NAME = "bt_mark_"
MORE = "\n（本列到第 {row} 行都是同类问题，逐条见“校验结果”）"
MAX_NOTES, MAX_LISTED, MAX_GROUPS, MAX_NOTE = 100, 3000, 60, 600
PIECE = 8_000  # Excel takes longer texts, but not in an array
TEXT = "@"
HIDDEN = False if sys.platform == "darwin" else 2  # 2: very hidden, which a Mac cannot set
LISTED_FROM = 5


@dataclass(frozen=True, slots=True)
class Group:
    """Cells of one sheet that had one fill and get one mark."""

    name: str
    sheet: str
    address: str
    was: str | None
    mark: str


@dataclass(frozen=True, slots=True)
class State:
    """What was added, and what was there before."""

    groups: tuple[Group, ...]
    noted: tuple[str, ...]
    result: str

    def rows(self) -> list[list[str]]:
        """Return the state as cells of one column; none holds more than Excel takes."""
        text = json.dumps(asdict(self), ensure_ascii=False)
        return [[STATE_HEAD], *([text[at : at + PIECE]] for at in range(0, len(text), PIECE))]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> "State | None":
        """Read the state back; None if these cells hold none."""
        if not rows or rows[0][0] != STATE_HEAD:
            return None
        held = json.loads("".join(str(row[0]) for row in rows[1:]))
        return cls(tuple(Group(**g) for g in held["groups"]), tuple(held["noted"]), held["result"])


# ── marking ──────────────────────────────────────────────────────────────────────────────────────


def mark(
    book: xw.Book, findings: Sequence[Finding], found: Mapping[str, Page], taken: Collection[str]
) -> None:
    """Mark an unmarked book with findings; `found` are its sheets by the names that findings use.

    `taken` are the names of all its sheets. If marking fails, what was marked so far is taken away again.
    Raises Trouble.
    """
    plan = State(tuple(groups(findings, found)), tuple(noted_sheets(findings, found)), free_name(taken))
    here = book.sheets.active
    try:
        keep(book, plan)
        write_result(book, findings, found, plan.result)
        for group, page in with_pages(plan.groups, found):
            paint(page.sheet, group)
        add_notes(findings, found)
    except Exception as error:
        clear(book, cells.pages(book))
        here.select()
        raise Trouble(
            "有的工作表不让加标记（可能设了密码保护，或锁定了工作簿结构），已恢复原样。请撤销保护后再试。"
        ) from error
    show_first(book, findings, found, plan.result)


def with_pages(groups: Iterable[Group], found: Mapping[str, Page]) -> Iterator[tuple[Group, Page]]:
    """Yield each group with its sheet."""
    by_name = {page.name: page for page in found.values()}
    for group in groups:
        yield group, by_name[group.sheet]


def groups(findings: Sequence[Finding], pages: Mapping[str, Page]) -> Iterator[Group]:
    """Yield the cells to colour, by sheet, severity and present fill; a few dozen groups at most."""
    number = 0
    for sheet, by_severity in worst_cells(findings, pages).items():
        page = pages[sheet]
        for severity, found in by_severity.items():
            for chunk in cells.chunks(cells.runs(found)):
                for areas, was in cells.uniform(page.sheet, chunk, cells.fill):
                    number += 1
                    if number > MAX_GROUPS:
                        return
                    colour = f"#{MARKS[severity][-6:]}"
                    yield Group(f"{NAME}{number}", page.name, cells.address(areas), was, colour)


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


def keep(book: xw.Book, plan: State) -> None:
    """Write down what will be changed, before anything is."""
    sheet = new_sheet(book, STATE)
    rows = plan.rows()
    sheet.range((1, 1), (len(rows), 1)).raw_value = rows
    sheet.visible = HIDDEN  # type: ignore[assignment]


def paint(sheet: xw.Sheet, group: Group) -> None:
    """Colour a group and give it its name."""
    area = sheet.range(group.address)
    area.color = group.mark
    area.name = group.name


# ── notes ────────────────────────────────────────────────────────────────────────────────────────


def noted_sheets(findings: Sequence[Finding], pages: Mapping[str, Page]) -> list[str]:
    """Return the real names of the sheets that may get notes."""
    found = dict.fromkeys(f.place.sheet for f in findings if f.place.sheet in pages and address_of(f))
    return [pages[name].name for name in found]


def add_notes(findings: Sequence[Finding], pages: Mapping[str, Page]) -> None:
    """Add a note to the first cell of each run of like findings; the rest of the run says the same."""
    for sheet, top, column, text in list(notes(findings, pages))[:MAX_NOTES]:
        try:
            pages[sheet].sheet.range((top, column)).add_note(text)
        except ValueError:
            continue  # the cell has a note of its own: that stays, and 校验结果 says what is wrong


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
        runs.append((grave, sheet, top, column, f"{NOTE_HEAD}{text[:MAX_NOTE]}{more}"))
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


def free_name(taken: Collection[str]) -> str:
    """Return a name for the list of findings that no sheet has yet."""
    names = (RESULT, *(f"{RESULT}{number}" for number in range(2, 100)))
    return next(name for name in names if name not in taken)


def new_sheet(book: xw.Book, name: str) -> xw.Sheet:
    """Return a new sheet of a name that is free, in front of the one that staff look at."""
    sheet = book.sheets.add()
    sheet.name = name
    return sheet


def write_result(book: xw.Book, findings: Sequence[Finding], pages: Mapping[str, Page], name: str) -> None:
    """Write the list of findings on a new sheet, with links to the cells."""
    page = new_sheet(book, name)
    items = sorted(findings, key=lambda f: WEIGHT[f.severity])[:MAX_LISTED]
    counts = "　".join(f"{label} {count}" for label, count in count_by_severity(findings).items())
    rest = f"　只列出前 {MAX_LISTED} 条。" if len(findings) > MAX_LISTED else ""
    head = [[RESULT], [counts + rest], [advice(count_by_severity(findings))], list(HEADINGS)]
    width = len(HEADINGS)
    rows = [
        *(row + [""] * (width - len(row)) for row in head),
        *(row_of(number, item, pages) for number, item in enumerate(items, 1)),
    ]
    table = page.range((1, 1), (len(rows), width))
    table.number_format = TEXT
    link = HEADINGS.index("单元格") + 1
    page.range((LISTED_FROM, link), (max(len(rows), LISTED_FROM), link)).number_format = "General"
    table.raw_value = rows
    dress(page, len(rows))


def row_of(number: int, item: Finding, pages: Mapping[str, Page]) -> list[str]:
    """Return one finding as a row."""
    severity, rule, sheet, cell, heading, value, message = line(item)
    real = pages.get(item.place.sheet)
    if real is not None:
        target = cell_text(item) if address_of(item) else "A1"
        quoted = real.name.replace("'", "''").replace('"', '""')
        cell = f'=HYPERLINK("#\'{quoted}\'!{target}","{cell}")'
    return [str(number), severity, rule, sheet, cell, heading, value, message]


def dress(page: xw.Sheet, rows: int) -> None:
    """Give the list widths, wrapping and bold headings."""
    for first, last in ((1, 6), (7, 8)):
        page.range((1, first), (1, last)).column_width = max(WIDTHS[first - 1 : last])
    page.range((LISTED_FROM, 7), (max(rows, LISTED_FROM), 8)).wrap_text = True
    page.range((1, 1), (LISTED_FROM - 1, len(HEADINGS))).font.bold = True


def show_first(book: xw.Book, findings: Sequence[Finding], pages: Mapping[str, Page], result: str) -> None:
    """Select the gravest finding's cell, or show the list if none has a cell."""
    for item in sorted(findings, key=lambda f: WEIGHT[f.severity]):
        place = address_of(item)
        if place and item.place.sheet in pages:
            pages[item.place.sheet].sheet.select()
            pages[item.place.sheet].sheet.range((place[1], place[0])).select()
            return
    book.sheets[result].select()


# ── clearing ─────────────────────────────────────────────────────────────────────────────────────


def clear(book: xw.Book, pages: Mapping[str, Page]) -> bool:
    """Take away what `mark` added and put back what was there; return whether there was anything.

    `pages` are all sheets of the book by their names.
    """
    kept = pages.get(STATE)
    state = State.of(cells.values(kept.sheet)) if kept else None
    if kept is None or state is None:
        return False
    for group in state.groups:
        name, where = name_of(book, group)
        if group.sheet in pages:
            restore(pages[group.sheet].sheet, group, where)
        if name is not None:
            name.delete()
    for page in (pages[name] for name in state.noted if name in pages):
        remove_notes(page.sheet)
    if state.result in pages:
        pages[state.result].sheet.delete()
    kept.sheet.visible = True  # Excel deletes no sheet that is very hidden
    kept.sheet.delete()
    return True


def name_of(book: xw.Book, group: Group) -> tuple[xw.Name | None, str]:
    """Return the name of a group's cells and where it leads now.

    None and "" if someone deleted the name, or the cells were never coloured.
    """
    try:
        name = book.names[group.name]
        return name, str(name.refers_to or "")
    except Exception:  # each platform has its own
        return None, ""


def restore(sheet: xw.Sheet, group: Group, where: str) -> None:
    """Give a group its fill back, wherever its cells are now."""
    stale = not where
    for chunk in cells.chunks(areas_now(where or group.address)):
        for areas, colour in cells.uniform(sheet, chunk, cells.fill):
            if colour == group.mark:
                sheet.range(cells.address(areas)).color = group.was
            else:
                stale = True
    if stale:
        sweep(sheet, group)


def areas_now(text: str) -> Iterator[Area]:
    """Yield the areas of a reference such as =拜访客商!$B$4:$B$9,拜访客商!#REF!, without those that are gone."""
    for piece in text.removeprefix("=").split(","):
        if area := parsed(piece.rpartition("!")[2].replace("$", "")):
            yield area


def parsed(text: str) -> Area | None:
    """Return the area of an address such as B4:C9, None for #REF!."""
    corners = [address_parts(corner) for corner in text.split(":")]
    if None in corners or len(corners) > 2:
        return None
    first, last = corners[0], corners[-1]
    return Area(first[0], first[1], last[0], last[1]) if first and last else None


def address_parts(corner: str) -> tuple[int, int] | None:
    """Return (row, column) of a cell's address, or None."""
    letters = corner.rstrip("0123456789")
    if not (letters.isascii() and letters.isalpha() and letters != corner):
        return None
    return int(corner[len(letters) :]), column_number(letters.upper())


def sweep(sheet: xw.Sheet, group: Group) -> None:
    """Find a mark that moved, as by sorting, by its colour, and give those cells the group's fill back."""
    last = sheet.used_range.last_cell
    everything = Area(1, 1, last.row, last.column)
    for areas, colour in cells.uniform(sheet, [everything], cells.fill):
        if colour == group.mark:
            sheet.range(cells.address(areas)).color = group.was


def remove_notes(sheet: xw.Sheet) -> None:
    """Delete our notes from a sheet."""
    ours = [note for note in sheet.notes if note.text.startswith(NOTE_HEAD)]
    for note in ours:
        note.delete()
