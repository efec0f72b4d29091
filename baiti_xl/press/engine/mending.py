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

IDENT = f"{IDENT_START}(\\w+){IDENT_END}"


def _bytes(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.DOTALL)


FIGURE = _bytes(f"{FIGURE_START}([^{FIGURE_END}{IDENT_START}]*){IDENT}([^{FIGURE_END}]*){FIGURE_END}")
LEFT_IDENT = _bytes(IDENT)
MERGED = _bytes(
    f"{MERGE_START}(\\d+):(\\d+){MERGE_HERE}([^{CELL_START}]*){CELL_START}([^{MERGE_START}{CELL_END}]*){CELL_END}"
)
LEFT_MERGE = _bytes(f"{MERGE_START}[^{MERGE_HERE}]*{MERGE_HERE}|[{CELL_START}{CELL_END}]")
VANISHED = _bytes(
    f"{VANISHES}<w:(tbl|tr)\\b[^{LIST_START}{LIST_END}{VANISHES}]*{LIST_START}{LIST_END}</w:\\1>"
)
EMPTY = {
    (BOX_START + BOX_END).encode(): b"<w:p/>",
    (BOX_START + BODY_END).encode(): b"<w:p/>",
    f"</w:tbl>{BOX_END}".encode(): b"</w:tbl><w:p/>",
}
UNSEEN = _bytes(f"<[^>]*>|{IDENT}")
ROW = _bytes(r"<w:tr\b")
FIRST_PROPERTIES = _bytes("<w:p\\b[^>]*>(<w:pPr>.*?</w:pPr>)?")
SIGNS = "".join(
    [BOX_START, BOX_END, BODY_END, LIST_START, LIST_END, VANISHES, FIGURE_START, FIGURE_END]
).encode()


def mended(text: bytes, first_new_id: int) -> bytes:
    """The text of a part as it is written, its new identifiers counted from the given one."""
    new_ids = count(first_new_id)
    if NEW_ID.encode() in text:
        text = re.sub(NEW_ID.encode(), lambda _: b"%d" % next(new_ids), text)
    if MERGE_START.encode() in text:
        text = _merged(text)
    if IDENT_START.encode() in text:
        text = _bookmarked(text, new_ids)
    return _filled(text).translate(None, SIGNS)


def _bookmarked(text: bytes, new_ids: "count[int]") -> bytes:
    """Each run that prints a figure put between bookmarks: _F12, the second time _F12_2."""
    times: Counter[bytes] = Counter()

    def bookmarked(found: re.Match[bytes]) -> bytes:
        head, ident, tail = found.groups()
        times[ident] += 1
        name = ident if times[ident] == 1 else b"%b_%d" % (ident, times[ident])
        number = next(new_ids)
        start = b'<w:bookmarkStart w:id="%d" w:name="%b%b"/>' % (number, BOOKMARK.encode(), name)
        return b'%b%b%b<w:bookmarkEnd w:id="%d"/>' % (start, head, tail, number)

    return LEFT_IDENT.sub(b"", FIGURE.sub(bookmarked, text))


def _merged(text: bytes) -> bytes:
    """Cells of a looped column merged with the one of the row just above if they show the same."""
    last: dict[bytes, tuple[int, bytes, int]] = {}

    def merged(found: re.Match[bytes]) -> bytes:
        column, index, properties, content = found.groups()
        shown = UNSEEN.sub(b"", content)
        row, above, end = last.get(column, (0, b"", 0))
        last[column] = (int(index), shown, found.end())
        is_next = int(index) > row > 0 and len(ROW.findall(text, end, found.start())) == 1
        if not is_next or shown != above:
            return b'<w:vMerge w:val="restart"/>%b%b' % (properties, content)
        kept = FIRST_PROPERTIES.search(content)
        return b"<w:vMerge/>%b<w:p>%b</w:p>" % (properties, kept[1] or b"" if kept else b"")

    return LEFT_MERGE.sub(b"", MERGED.sub(merged, text))


def _filled(text: bytes) -> bytes:
    """What came out empty taken away or filled: tables and rows vanish, other boxes get a paragraph."""
    found = 1
    while found:
        text, found = VANISHED.subn(b"", text)
    for empty, filled in EMPTY.items():
        text = text.replace(empty, filled)
    return text
