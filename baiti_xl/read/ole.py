"""Compound files, in which .xls and .et keep their workbook: its stream taken out, checked and put in a clean one.

olefile reads the container, held here to what the file can hold; the workbook's records are looked at; and the reader
gets a new compound file with nothing else in it. The workbook is the stream in the root, never that of an object
embedded in it.
"""

import io
import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice

import olefile

from baiti_xl.read.biff import Hidden, hidden_of
from baiti_xl.read.bounds import MAX_CELLS_AT_ONCE, MAX_PARTS, MAX_TEXT, Refused, check_area

SIGNATURE: bytes = olefile.MAGIC
END, FREE, FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
HEADER, IN_HEADER, ENTRY, MINI, CUTOFF, SECTOR = 512, 109, 128, 64, 4096, 4096
ROOT, STREAM = 5, 2
BOUND_SHEET, BOF, EOF, FILE_PASS, DIMENSIONS = 0x85, 0x809, 0x0A, 0x2F, 0x200
STRINGS, CONTINUE = 0xFC, 0x3C
LEAST_STRING = 3  # bytes
FORMULA, NUMBER, LABEL, LOGICAL, RK, MANY_RK, SHARED_LABEL = 0x06, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xFD
CELLS = frozenset({FORMULA, NUMBER, LABEL, LOGICAL, RK, MANY_RK, SHARED_LABEL})
FIRST = 8  # records at the head of a workbook among which FILE_PASS stands
BROKEN = "工作簿内部不完整"


class Damaged(Exception):
    """The compound file does not hold together."""


class Container(olefile.OleFileIO):  # type: ignore[misc]
    """olefile's reader, held to a number of entries, since it compares each with all before."""

    def loaddirectory(self, sect: int) -> None:
        """Load the directory; raises Damaged if it is absurdly long or goes round."""
        at = sect
        for _ in range(MAX_PARTS * ENTRY // self.sectorsize):
            if at >= len(self.fat):
                super().loaddirectory(sect)
                return
            at = self.fat[at]
        raise Damaged


class Compound:
    """A compound file; raises Damaged for whatever does not hold together."""

    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        if self.size < HEADER:
            raise Damaged
        shift, mini, tables = struct.unpack_from("<HH10xI", data, 30)
        if shift not in (9, 12) or mini != 6 or tables > IN_HEADER + (self.size >> 2 * shift - 2):
            raise Damaged  # olefile would go round, or make room, as often as the file states
        try:
            self.file = Container(io.BytesIO(data))
            self.paths = self.file.listdir(streams=True, storages=True)
        except Exception as error:  # olefile trips over odd files in many ways
            raise Damaged from error

    def has(self, name: str) -> bool:
        """Whether there is something of this name in the root."""
        return bool(self.file.exists(name))

    @property
    def has_macros(self) -> bool:
        """Whether there is a project of macros anywhere."""
        return any(name.startswith("_VBA_PROJECT") for path in self.paths for name in path)

    def stream(self, name: str) -> bytes:
        """Return a stream of the root; raises Damaged."""
        file = self.file
        try:
            size = file.get_size(name)
            stated = max(size, file.root.size, file.num_mini_fat_sectors * file.sectorsize)
            found: bytes = file.openstream(name).read() if stated <= self.size else b""
        except Exception as error:
            raise Damaged from error
        if len(found) < max(size, 1):
            raise Damaged
        return found


def is_locked(compound: Compound) -> bool:
    """Whether the workbook's records are encrypted, which one of the first of them says. Raises Damaged."""
    first = islice(records(bytearray(compound.stream(name_of(compound)))), FIRST)
    return any(kind == FILE_PASS for _, kind, _ in first)


def name_of(compound: Compound) -> str:
    """Return the name of the stream that is the workbook."""
    return "Workbook" if compound.has("Workbook") else "Book"


def workbook_of(compound: Compound) -> tuple[bytes, Mapping[str, Hidden]]:
    """Return a clean compound file that holds the workbook's stream alone, and what a value reader hides of it.

    Raises Damaged or Refused.
    """
    name = name_of(compound)
    stream = bytearray(compound.stream(name))
    hidden = hidden_of(
        (at, kind, bytes(stream[at + 4 : at + 4 + size])) for at, kind, size in records(stream)
    )
    return packed({name: checked(stream)}), hidden


# ── the records of the workbook ──────────────────────────────────────────────────────────────────


def checked(stream: bytearray) -> bytes:
    """Return the stream with its stated dimensions taken out. Raises Refused or Damaged."""
    starts: set[int] = set()
    sheets: list[int] = []
    reach: dict[int, tuple[int, int]] = {}
    strings: list[bytes] = []
    shown: Counter[int] = Counter()
    start = before = -1
    for at, kind, length in records(stream):
        body = at + 4
        if kind == STRINGS or (kind == CONTINUE and before == STRINGS):
            strings.append(bytes(stream[body : body + length]))
            kind = STRINGS  # noqa: PLW2901
        elif kind == SHARED_LABEL and length >= 10:
            shown[struct.unpack_from("<I", stream, body + 6)[0]] += 1
        before = kind
        if kind == BOF:
            start = at
            starts.add(at)
        elif kind == FILE_PASS:
            raise Refused("F02")
        elif kind == BOUND_SHEET and length >= 4:
            sheets.append(struct.unpack_from("<I", stream, body)[0])
        elif kind == DIMENSIONS:
            stream[body : body + length] = bytes(length)
        elif kind in CELLS and length >= 6:
            row, column = struct.unpack_from("<HH", stream, body)
            if kind == MANY_RK:
                column = max(column, struct.unpack_from("<H", stream, body + length - 2)[0])
            rows, columns = reach.get(start, (0, 0))
            reach[start] = max(rows, row + 1), max(columns, column + 1)
    check_reach(reach)
    if strings and stated(strings[0]) > sum(map(len, strings)) // LEAST_STRING:
        raise Damaged  # a reader makes room for as many strings as there are said to be
    check_text(strings, shown)
    if not sheets or not starts.issuperset(sheets):
        raise Damaged
    return bytes(stream)


def stated(segment: bytes) -> int:
    """Return how many different strings there are said to be."""
    return int(struct.unpack_from("<I", segment, 4)[0]) if len(segment) >= 8 else 0


def check_text(segments: Sequence[bytes], shown: Mapping[int, int]) -> None:
    """Refuse shared strings that cells would show over and over until memory is full."""
    if sum(map(len, segments)) * sum(shown.values()) <= MAX_TEXT:
        return
    lengths = list(string_lengths(segments))
    if sum(lengths[index] * times for index, times in shown.items() if index < len(lengths)) > MAX_TEXT:
        raise Refused("F05", what="文字过多")


def string_lengths(segments: Sequence[bytes]) -> Iterator[int]:
    """Yield the characters of each shared string, up to the first that does not hold together.

    A string may go on in the next segment, which then begins with the width of its characters.
    """
    whole = b"".join(segments)
    ends = [*accumulate(map(len, segments))]
    at = 8
    while at + 3 <= len(whole):
        left, flags = struct.unpack_from("<HB", whole, at)
        at += 3
        extra = 4 * struct.unpack_from("<H", whole, at)[0] if flags & 8 and at + 2 <= len(whole) else 0
        at += 2 if flags & 8 else 0
        extra += struct.unpack_from("<I", whole, at)[0] if flags & 4 and at + 4 <= len(whole) else 0
        at += 4 if flags & 4 else 0
        yield left
        while left and at < len(whole):
            end = ends[bisect_right(ends, at)]
            width = 1 + (flags & 1)
            taken = min(left, max(1, (end - at) // width))
            left, at = left - taken, at + taken * width
            if left and at >= end and at < len(whole):
                flags, at = whole[at], at + 1
        at += extra


def records(stream: bytearray) -> Iterator[tuple[int, int, int]]:
    """Yield (offset, kind, length) of every record, up to the first that does not hold together."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > len(stream) or not (kind or length):
            return
        yield at, kind, length
        at += 4 + length


def check_reach(reach: Mapping[int, tuple[int, int]]) -> None:
    """Refuse sheets that reach absurdly far, each and together."""
    for number, (rows, columns) in enumerate(reach.values(), 1):
        check_area(f"第 {number} 张表", rows, columns)
    if sum(rows * columns for rows, columns in reach.values()) > MAX_CELLS_AT_ONCE:
        raise Refused("F05", what="内容过多")


# ── a clean compound file ────────────────────────────────────────────────────────────────────────


def packed(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file of streams, those with the shorter names first."""
    lengths = [max(1, -(-len(stream) // SECTOR)) for stream in streams.values()]
    tables = 1
    while tables * (SECTOR // 4) < tables + 2 + sum(lengths):
        tables += 1
    if tables > IN_HEADER:
        raise Damaged
    directory, pool = tables, tables + 1
    chain = [FAT_SECTOR] * tables + [END, END]
    entries = [entry("Root Entry", ROOT, pool, MINI, child=1)]
    for number, (name, length) in enumerate(zip(streams, lengths, strict=True), 1):
        start = len(chain)
        chain += [*range(start + 1, start + length), END]
        following = number + 1 if number < len(streams) else FREE
        entries.append(entry(name, STREAM, start, max(len(streams[name]), CUTOFF), right=following))
    chain += [FREE] * (tables * (SECTOR // 4) - len(chain))
    header = SIGNATURE + bytes(16) + struct.pack("<5H", 0x3E, 4, 0xFFFE, 12, 6) + bytes(6)
    header += struct.pack("<9I", 1, tables, directory, 0, CUTOFF, END, 0, END, 0)
    header += struct.pack(f"<{IN_HEADER}I", *range(tables), *[FREE] * (IN_HEADER - tables))
    return b"".join(
        [
            header.ljust(SECTOR, b"\0"),
            struct.pack(f"<{len(chain)}I", *chain),
            b"".join(entries).ljust(SECTOR, b"\0"),
            bytes(SECTOR),
            *(s.ljust(n * SECTOR, b"\0") for s, n in zip(streams.values(), lengths, strict=True)),
        ]
    )


def entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE) -> bytes:
    """Return one entry of the directory."""
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return head + struct.pack("<3I", FREE, right, child) + bytes(36) + struct.pack("<IQ", start, size)
