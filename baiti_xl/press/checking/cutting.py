"""The XML of a paper taken apart: its frame, the rows of its tables, and its texts.

Papers of one template differ in their texts and in how many rows they have: frame and rows without the texts come
again and again. Only XML as `serialise` writes it is cut; what is cut says the same as the whole.
"""

import re
from dataclasses import dataclass

SLOT, ROW = '<w:t slot=""/>', "<w:tr/>"
"""What stands where a text or a row was taken out."""
_BEGINNING = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_ROOT = "<w:document "
_TEXT = re.compile(
    r'<w:t(?: xml:space="preserve")?(?:/>|>([^<>&\x00-\x1f\ufffe\uffff]*)</w:t>)'  # what no parser would change
)
_MARK = re.compile(r'<w:bookmark(?:Start w:id="\d+" w:name="\w+"|End w:id="\d+")/>')
_ROW_START, _ROW_END = re.compile("<w:tr[ >]"), "</w:tr>"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODD = re.compile(rf"<[!?]|xmlns:w=|{_WORD}|<w:tbl[ >]|<w:sectPr")
"""What a row must not hold to be read by itself: comments, other names for what is Word's, a table within, the end of a section."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part without its rows and texts; the rows, without their texts; the texts in order."""

    frame: str
    rows: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def root(self) -> str:
        """The tag of the root, with its namespaces."""
        return self.frame[: self.frame.index(">") + 1]


def cut(data: bytes) -> Cut | None:
    """Return a part cut, None if it is not written so that it can be; marks of figures, which no rule reads, are left out."""
    if not data.startswith((_BEGINNING + _ROOT).encode()):
        return None
    try:
        pieces = _TEXT.split(data.decode()[len(_BEGINNING) :])
    except UnicodeDecodeError:
        return None
    *chunks, last = _MARK.sub("", SLOT.join(pieces[::2])).split(_ROW_END)
    starts = [_ROW_START.search(chunk) for chunk in chunks]
    frame, rows = [], []
    for chunk, start in zip(chunks, starts, strict=True):
        if start is None:
            return None
        frame.append(chunk[: start.start()])
        rows.append(chunk[start.start() :] + _ROW_END)
    return Cut(ROW.join((*frame, last)), tuple(rows), tuple(text or "" for text in pieces[1::2]))


def reads_alone(row: str) -> bool:
    """Whether a row means by itself what it meant in its place."""
    return not _ODD.search(row)


def reads_so(frame: str) -> bool:
    """Whether a frame means without rows and texts what it meant with them."""
    return (
        not any(odd in frame for odd in ("<!", "<?")) and frame.count("xmlns:w=") == frame.count(_WORD) == 1
    )
