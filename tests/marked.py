"""What of the marks on an open book belongs to us: for tests on the double and on a live engine."""

import xlwings as xw

from baiti_xl.excel import marking


def mark_of(cell: xw.Range) -> tuple[int, ...] | None:
    """Return the colour that we gave a cell, None if it has none of ours."""
    ours = [rule for rule in cell.conditional_formats if marking.OURS in (rule.formula or "")]
    assert len(ours) < 2, f"marked more than once: {cell.address}"
    return ours[0].fill_color if ours else None


def marks_on(book: xw.Book) -> list[str]:
    """Return where there is anything of ours in a book: sheets with colours, notes, and lists."""
    found = []
    for sheet in book.sheets:
        found += [f"{sheet.name} colour" for _ in marking.our_colours(sheet)]
        found += [f"{sheet.name} note" for _ in marking.our_notes(sheet)]
        found += [sheet.name] if sheet.range(marking.HINT_CELL).value == marking.HINT else []
    return found
