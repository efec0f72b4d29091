"""Hands on a form: what people do to its rows in LibreOffice, done through UNO without a screen.

The part that speaks UNO runs under the system's Python, as in desktop.py: this file is both the module that tests
import and the script that they run. An order is a list of forms, each with its gestures and where to save it.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from desktop import SYSTEM_PYTHON, office, opened, options

CLEARED = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: VALUE, DATETIME, STRING, FORMULA
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xls": "MS Excel 97"}
DOWN = 0  # com.sun.star.sheet.FillDirection.TO_BOTTOM
Gesture = Sequence[Any]


def handled(
    forms: Sequence[tuple[Path, Sequence[Gesture], Path]], password: str = "", seconds: int = 600
) -> None:
    """Open each form, do its gestures one by one, and save it under the third name, as .xlsx or .xls.

    LibreOffice computes as it does for a person: on opening what has no result yet, then what a gesture changes.
    """
    order = [(str(source), gestures, str(target), password) for source, gestures, target in forms]
    with tempfile.TemporaryDirectory() as place:
        listed = Path(place, "order.json")
        listed.write_text(json.dumps(order), encoding="utf-8")
        done = subprocess.run(
            [str(SYSTEM_PYTHON), __file__, str(listed)], capture_output=True, timeout=seconds, check=False
        )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-3000:]
    missing = [target for *_, target in forms if not target.exists()]
    assert not missing, missing


# ── under the system's Python ────────────────────────────────────────────────────────────────────


def block(sheet: Any, left: int, top: int, right: int, bottom: int) -> Any:
    """Return a block of cells, counted from 0."""
    return sheet.getCellRangeByPosition(left, top, right, bottom)


def insert(sheet: Any, row: int, count: int) -> None:
    """Insert empty rows above one."""
    sheet.Rows.insertByIndex(row, count)


def delete(sheet: Any, row: int, count: int) -> None:
    """Delete whole rows."""
    sheet.Rows.removeByIndex(row, count)


def sort(sheet: Any, row: int, count: int, width: int, column: int, upwards: bool) -> None:
    """Sort rows by a column."""
    import uno

    field = uno.createUnoStruct("com.sun.star.table.TableSortField")
    field.Field, field.IsAscending = column, upwards
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    chosen = options(SortFields=fields, ContainsHeader=False, IsSortColumns=False, BindFormatsToContent=False)
    block(sheet, 0, row, width - 1, row + count - 1).sort(chosen)


def move(sheet: Any, row: int, count: int, width: int, to: int) -> None:
    """Cut rows and paste them elsewhere in the sheet."""
    source = block(sheet, 0, row, width - 1, row + count - 1).RangeAddress
    sheet.moveRange(sheet.getCellByPosition(0, to).CellAddress, source)


def copy(sheet: Any, row: int, count: int, left: int, right: int, to: int) -> None:
    """Copy a block of cells and paste it at another row."""
    source = block(sheet, left, row, right, row + count - 1).RangeAddress
    sheet.copyRange(sheet.getCellByPosition(left, to).CellAddress, source)


def paste(sheet: Any, row: int, column: int, cells: Sequence[Sequence[Any]]) -> None:
    """Paste values from elsewhere: numbers as numbers, texts as texts."""
    block(sheet, column, row, column + len(cells[0]) - 1, row + len(cells) - 1).setDataArray(
        tuple(map(tuple, cells))
    )


def key_in(sheet: Any, row: int, column: int, typed: str) -> None:
    """Type into a cell; the program makes of it a date, a number or a text, as it does for a person."""
    sheet.getCellByPosition(column, row).setFormula(typed)


def fill(sheet: Any, row: int, count: int, column: int) -> None:
    """Fill a cell down."""
    block(sheet, column, row, column, row + count - 1).fillAuto(DOWN, 1)


def clear(sheet: Any, row: int, count: int, left: int, right: int) -> None:
    """Empty a block of cells."""
    block(sheet, left, row, right, row + count - 1).clearContents(CLEARED)


def merge(sheet: Any, row: int, count: int, left: int, right: int) -> None:
    """Merge a block of cells; only the first keeps its content."""
    block(sheet, left, row, right, row + count - 1).merge(True)
    for at in range(row, row + count):
        for column in range(left, right + 1):
            if (at, column) != (row, left):
                sheet.getCellByPosition(column, at).clearContents(CLEARED)


def hide(sheet: Any, row: int, count: int) -> None:
    """Hide rows, as a filter does."""
    for at in range(row, row + count):
        sheet.Rows.getByIndex(at).IsVisible = False


def percent(sheet: Any, row: int, column: int, document: Any) -> None:
    """Give a cell the percent format."""
    import uno

    key = document.NumberFormats.queryKey("0%", uno.createUnoStruct("com.sun.star.lang.Locale"), False)
    sheet.getCellByPosition(column, row).NumberFormat = key


HANDS: Mapping[str, Callable[..., None]] = {
    hand.__name__: hand
    for hand in (insert, delete, sort, move, copy, paste, key_in, fill, clear, merge, hide, percent)
}


def handle(desktop: Any, source: str, gestures: Sequence[Gesture], target: str, password: str) -> None:
    """Carry out the gestures on one form."""
    document = opened(desktop, source, hidden=True)
    for name in document.Sheets.ElementNames:
        document.Sheets.getByName(name).unprotect("")
    for hand, name, *rest in gestures:
        sheet = document.Sheets.getByName(name)
        more = (document,) if hand == percent.__name__ else ()
        HANDS[hand](sheet, *rest, *more)
    locked = {"Password": password} if password else {}
    place = Path(target)
    document.storeToURL(place.as_uri(), options(FilterName=FILTERS[place.suffix], **locked))
    document.close(False)


if __name__ == "__main__":
    ordered = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as profile, office(Path(profile), headless=True) as running:
        for form in ordered:
            handle(running, *form)
