"""Marks that version 0.1 made: fills, notes and a list, with what was there before kept on the very hidden sheet 校验标记.

A fill comes back only where all its cells still have the colour of the mark; elsewhere rows were sorted or cells painted
since, and what is said of them is where they are. 0.1 took the fill of cells of several colours for black: that stays too.
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


def marks(state: Earlier, pages: Mapping[str, Page]) -> Iterator[Any]:
    """Yield what is to be deleted: names of cells, notes the last first, the list, and the hidden sheet at the end."""
    ours = {group.name for group in state.groups}
    yield from [name for name in pages[STATE].sheet.book.names if name.name in ours]
    for page in (pages[name] for name in state.noted if name in pages):
        yield from [note for note in page.sheet.notes if note.text.startswith(NOTE_HEAD)][::-1]
    if state.result in pages and pages[state.result].sheet.range("A1").value == RESULT:
        yield pages[state.result].sheet
    yield pages[STATE].sheet


def repaint(state: Earlier, pages: Mapping[str, Page]) -> tuple[str, ...]:
    """Give cells their fills back; return the places of those that keep the colour of a mark, or may."""
    places = (f"“{g.sheet}” {g.address}" for g in state.groups if not restored(g, pages))
    return tuple(dict.fromkeys(places))


def restored(group: Group, pages: Mapping[str, Page]) -> bool:
    """Give a group of cells its fill back, and return whether that could be done."""
    page = pages.get(group.sheet)
    return page is not None and group.was != BLACK and done(give_back, page.sheet, group)


def give_back(sheet: xw.Sheet, group: Group) -> None:
    """Give cells their fill back. Raises ValueError if they no longer have the colour of the mark."""
    area = sheet.range(group.address)
    if area.color != tuple(bytes.fromhex(group.mark.removeprefix("#"))):
        raise ValueError(group.address)
    area.color = group.was
