"""What is done to the text of a rendered part: figures marked, equal cells merged, what came out empty mended."""

import re
from collections import Counter
from itertools import count

from baiti_xl.press.engine.printed import BOOKMARK
from baiti_xl.press.engine.wordxml import Sign as S


def _pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(text.encode(), re.DOTALL)


IDENT = f"{S.IDENT}(\\w+){S.IDENT_END}"
LEFT_IDENT = _pattern(IDENT)
FIGURE = _pattern(f"{S.FIGURE}([^{S.FIGURE_END}{S.IDENT}]*){IDENT}([^{S.FIGURE_END}]*){S.FIGURE_END}")
MERGED = _pattern(
    f"{S.MERGE}(\\d+):(\\d+){S.MERGE_HERE}(.*?</w:tcPr>)([^{S.MERGE}{S.CELL_END}]*){S.CELL_END}"
)
LEFT_MERGE = _pattern(f"{S.MERGE}[^{S.MERGE_HERE}]*{S.MERGE_HERE}|{S.CELL_END}")
VANISHED = _pattern(f"{S.VANISHES}<w:(tbl|tr)\\b(?:[^<]++|<(?!w:t[rc]\\b|/w:\\1>))*+</w:\\1>")
UNSEEN = _pattern(f"<[^>]*>|{IDENT}")
ROW = _pattern(r"<w:tr\b")
FIRST_PROPERTIES = _pattern(r"<w:p\b[^>]*>(<w:pPr>.*?</w:pPr>)?")
EMPTY = _pattern(f"{S.BOX}[{S.BOX_END}{S.BODY_END}]")
SIGNS = "".join(S).encode()
NEW_ID, MERGE, FIGURED, BOX_END = (sign.encode() for sign in (S.NEW_ID, S.MERGE, S.IDENT, S.BOX_END))


def mended(text: bytes, first_new_id: int) -> bytes:
    """The text of a part as it is written, its new identifiers counted from the given one."""
    new_ids = count(first_new_id)
    if NEW_ID in text:
        text = re.sub(NEW_ID, lambda _: b"%d" % next(new_ids), text)
    if MERGE in text:
        text = _merged(text)
    if FIGURED in text:
        text = _bookmarked(text, new_ids)
    found = 1
    while found:  # a table whose rows vanish may leave a row empty that holds it
        text, found = VANISHED.subn(b"", text)
    text = EMPTY.sub(b"<w:p/>", text)
    if BOX_END in text:
        text = text.replace(b"</w:tbl>" + BOX_END, b"</w:tbl><w:p/>")
    return text.translate(None, SIGNS)


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
