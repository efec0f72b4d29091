"""What is done to the text of a rendered part: figures marked, equal cells merged, what came out empty mended."""

import re
from collections import Counter
from itertools import count

from baiti_xl.press.engine.printed import BOOKMARK
from baiti_xl.press.engine.wordxml import (
    BODY_END,
    BOX_END,
    BOX_START,
    CELL_END,
    CELL_START,
    FIGURE_END,
    FIGURE_START,
    IDENT_END,
    IDENT_START,
    LIST_END,
    LIST_START,
    MERGE_HERE,
    MERGE_START,
    NEW_ID,
    VANISHES,
)

IDENT = re.compile(f"{IDENT_START}(\\w+){IDENT_END}")
FIGURE = re.compile(
    f"{FIGURE_START}([^{FIGURE_END}{IDENT_START}]*){IDENT.pattern}([^{FIGURE_END}]*){FIGURE_END}"
)
VANISHED = re.compile(
    f"{VANISHES}<w:(tbl|tr)\\b[^{LIST_START}{LIST_END}{VANISHES}]*{LIST_START}{LIST_END}</w:\\1>"
)
MERGED = re.compile(
    f"{MERGE_START}(\\d+):(\\d+){MERGE_HERE}([^{CELL_START}]*){CELL_START}([^{MERGE_START}{CELL_END}]*){CELL_END}"
)
UNMERGED = re.compile(f"{MERGE_START}[^{MERGE_HERE}]*{MERGE_HERE}|[{CELL_START}{CELL_END}]")
LEFT = str.maketrans(dict.fromkeys(BOX_START + BOX_END + BODY_END + LIST_START + LIST_END + VANISHES))
UNSEEN = re.compile(f"<[^>]*>|{IDENT.pattern}")
FIRST_PROPERTIES = re.compile("<w:p\\b[^>]*>(<w:pPr>.*?</w:pPr>)?", re.DOTALL)
ROW = re.compile(r"<w:tr\b")
PARAGRAPH = "<w:p/>"


def mended(text: str, first_new_id: int) -> str:
    """The text of a part as it is written, its new identifiers counted from the given one."""
    new_ids = count(first_new_id)
    if NEW_ID in text:
        text = re.sub(NEW_ID, lambda _: str(next(new_ids)), text)
    if MERGE_START in text:
        text = _merged(text)
    if IDENT_START in text:
        text = _bookmarked(text, new_ids)
    text = text.replace(FIGURE_START, "").replace(FIGURE_END, "")
    return _filled(text) if BOX_END in text or BODY_END in text or LIST_END in text else text


def _bookmarked(text: str, new_ids: "count[int]") -> str:
    """Each run that prints a figure put between bookmarks: _F12, the second time _F12_2."""
    times: Counter[str] = Counter()

    def bookmarked(found: re.Match[str]) -> str:
        head, ident, tail = found.groups()
        times[ident] += 1
        name = ident if times[ident] == 1 else f"{ident}_{times[ident]}"
        number = next(new_ids)
        start = f'<w:bookmarkStart w:id="{number}" w:name="{BOOKMARK}{name}"/>'
        return f'{start}{head}{tail}<w:bookmarkEnd w:id="{number}"/>'

    return IDENT.sub("", FIGURE.sub(bookmarked, text))


def _merged(text: str) -> str:
    """Cells of a looped column merged with the one of the row just above if they show the same."""
    last: dict[str, tuple[int, str, int]] = {}

    def merged(found: re.Match[str]) -> str:
        column, index, properties, content = found.groups()
        shown = UNSEEN.sub("", content)
        row, above, end = last.get(column, (0, "", 0))
        last[column] = (int(index), shown, found.end())
        is_next = int(index) > row > 0 and len(ROW.findall(text, end, found.start())) == 1
        if not is_next or shown != above:
            return f'<w:vMerge w:val="restart"/>{properties}{content}'
        kept = FIRST_PROPERTIES.search(content)
        return f"<w:vMerge/>{properties}<w:p>{kept[1] or '' if kept else ''}</w:p>"

    return UNMERGED.sub("", MERGED.sub(merged, text))


def _filled(text: str) -> str:
    """What came out empty taken away or filled: tables and rows vanish, other boxes get a paragraph."""
    found = 1
    while found:
        text, found = VANISHED.subn("", text)
    for empty in (BOX_START + BOX_END, BOX_START + BODY_END):
        text = text.replace(empty, PARAGRAPH)
    return text.replace(f"</w:tbl>{BOX_END}", f"</w:tbl>{PARAGRAPH}").translate(LEFT)
