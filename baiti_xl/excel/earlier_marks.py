"""Marks that version 0.1 made: fills, notes and a list, with what was there before kept on the very hidden sheet 校验标记.

A fill comes back only where all its cells still have the colour of the mark; elsewhere rows were sorted or cells painted
since, and what is said of them is where they are. 0.1 took the fill of cells of several colours for black: that stays too.
While a protected sheet keeps a fill or a note, what is written down of them stays too, for the next click.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import xlwings as xw

from baiti_xl.books.listing import RESULT
from baiti_xl.excel import cells
from baiti_xl.excel.cells import Page
from baiti_xl.excel.click import done

STATE, STATE_HEAD = "校验标记", "百日竞赛校验标记 1"
NOTE_HEAD = "【本机校验】"
BLACK = "#000000"


@dataclass(frozen=True, slots=True)
class Group:
    """Cells of one sheet that had one fill and got one mark, and the name that they bear."""

    name: str
    sheet: str
    address: str
    was: str | None
    mark: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What 0.1 added: groups of coloured cells, the sheets with notes, and the list's name."""

    groups: tuple[Group, ...]
    noted: tuple[str, ...]
    result: str


def earlier(pages: Mapping[str, Page]) -> Earlier | None:
    """Return what 0.1 wrote down in a book, None if it made no marks there."""
    if STATE not in pages:
        return None
    head, *pieces = [str(row[0]) for row in cells.values(pages[STATE].sheet)]
    try:
        held = json.loads("".join(pieces)) if head == STATE_HEAD else None
        return held and Earlier(
            tuple(Group(**g) for g in held["groups"]), tuple(held["noted"]), held["result"]
        )
    except (ValueError, KeyError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class Fills:
    """Where fills did not come back: places that keep the colour of a mark, or may, and sheets that take no fill now."""

    lost: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def marks(state: Earlier, pages: Mapping[str, Page]) -> Iterator[tuple[str, Any]]:
    """Yield what is to be deleted before the hidden sheet, each with its sheet: names of cells, notes the last first, the list."""
    ours = {group.name for group in state.groups}
    yield from [(STATE, name) for name in pages[STATE].sheet.book.names if name.name in ours]
    for page in (pages[name] for name in state.noted if name in pages):
        yield from [(page.name, note) for note in page.sheet.notes if note.text.startswith(NOTE_HEAD)][::-1]
    if state.result in pages and pages[state.result].sheet.range("A1").value == RESULT:
        yield state.result, pages[state.result].sheet


def repaint(state: Earlier, pages: Mapping[str, Page]) -> Fills:
    """Give cells their fills back, and return where that could not be done."""
    lost, refused = [], []
    for group in state.groups:
        page = pages.get(group.sheet)
        if page is None or not is_known(page.sheet, group):
            lost.append(f"“{group.sheet}” {group.address}")
        elif not done(give_back, page.sheet, group):
            refused.append(page.name)
    return Fills(tuple(dict.fromkeys(lost)), tuple(dict.fromkeys(refused)))


def is_known(sheet: xw.Sheet, group: Group) -> bool:
    """Whether cells still have the colour of the mark, or have their own back already, and it is known what that was."""
    if group.was == BLACK:
        return False
    colour = sheet.range(group.address).color
    return colour in (rgb(group.mark), rgb(group.was))


def give_back(sheet: xw.Sheet, group: Group) -> None:
    """Give cells their fill back, unless they have it."""
    area = sheet.range(group.address)
    if area.color != rgb(group.was):
        area.color = group.was


def rgb(colour: str | None) -> tuple[int, ...] | None:
    """Return a colour as Excel tells it."""
    return tuple(bytes.fromhex(colour.removeprefix("#"))) if colour else None
