"""The shared strings of a workbook, written by us: whatever staff typed is text, and their number is bounded.

XlsxWriter would take a text that happens to begin and end like rich text for markup, and keeps every string of a
province in memory. What no XML can hold becomes “�”.
"""

import re
from typing import Any

from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.worksheet import Worksheet

PART = "xl/sharedStrings.xml"
MOST_SHARED = 200_000  # different strings; all beyond them are written where they stand
LONGEST = 32767
ESCAPED = re.compile(r"_x[0-9a-fA-F]{4}_")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
NO_XML = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
MARKUP = re.compile(r"[&<>]")
SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f&<>_]")
HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="{}" uniqueCount="{}">'
)


class Strings(SharedStringTable):  # type: ignore[misc]
    """XlsxWriter's table of strings, which knows the rich texts of our own making from those that were typed."""

    def __init__(self) -> None:
        super().__init__()
        self.string_table: dict[str, int]
        self.rich: set[str] = set()
        self.texts: list[str] = []

    def _get_shared_string_index(self, string: str) -> int:
        return int(super()._get_shared_string_index(NO_XML.sub("�", string)))

    def _get_shared_string(self, index: int) -> str:
        return self.texts[index]

    def _sort_string_data(self) -> None:
        self.texts, self.string_table = list(self.string_table), {}

    def index(self, text: str) -> int | None:
        """Return the index of a text, None for a new one that finds no room."""
        text = cut(text)
        if text not in self.string_table and self.unique_count >= MOST_SHARED:
            return None
        return self._get_shared_string_index(text)

    def part(self) -> bytes:
        """Return the part that holds them, once the workbook is closed."""
        items = (f"<si>{text if text in self.rich else marked_up(text)}</si>" for text in self.texts)
        return "".join([HEAD.format(self.count, self.unique_count), *items, "</sst>"]).encode()


class Page(Worksheet):  # type: ignore[misc]
    """A worksheet that tells its table of strings which are rich text."""

    def _write_rich_string(self, *given: Any) -> Any:
        known = self.str_table.unique_count
        answer = super()._write_rich_string(*given)
        if self.str_table.unique_count > known:
            self.str_table.rich.add(next(reversed(self.str_table.string_table)))
        return answer


def cut(text: str) -> str:
    """Return a text no longer than a cell can hold, which Excel counts in UTF-16."""
    if 2 * len(text) <= LONGEST:
        return text
    return text.encode("utf-16-le", "replace")[: 2 * LONGEST].decode("utf-16-le", "ignore")


def inline(text: str) -> str:
    """Return a text as it is written in its cell."""
    return f"<is>{marked_up(NO_XML.sub('�', cut(text)))}</is>"


def marked_up(text: str) -> str:
    """Return a text as an element, such that it is read again as it is."""
    preserved = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{preserved}>{escaped(text)}</t>"


def escaped(text: str) -> str:
    """Return a text as the content of an element."""
    if not SPECIAL.search(text):
        return text
    text = ESCAPED.sub(lambda match: f"_x005F{match[0]}", text)
    text = CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return MARKUP.sub(lambda match: {"&": "&amp;", "<": "&lt;", ">": "&gt;"}[match[0]], text)
