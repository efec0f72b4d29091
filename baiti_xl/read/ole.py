"""Compound files, in which .xls and .et keep their workbook: its stream taken out, checked and put in a clean one.

A reader trusts lengths and chains that a file states of itself, and makes room for them. So the one stream that
matters is followed here with every step bounded, its records are looked at, and the reader gets a new compound file
with nothing else in it.
"""

import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from baiti_xl.read.bounds import MAX_CELLS_AT_ONCE, MAX_TEXT, Refused, check_area

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST_SECTOR, END, FREE, FAT_SECTOR = 0xFFFFFFFA, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
IN_HEADER, ENTRY, MINI, CUTOFF, SECTOR = 109, 128, 64, 4096, 4096
ROOT, STREAM = 5, 2
BOUND_SHEET, BOF, EOF, FILE_PASS, DIMENSIONS = 0x85, 0x809, 0x0A, 0x2F, 0x200
STRINGS, CONTINUE = 0xFC, 0x3C
FORMULA, NUMBER, LABEL, LOGICAL, RK, MANY_RK, SHARED_LABEL = 0x06, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xFD
CELLS = frozenset({FORMULA, NUMBER, LABEL, LOGICAL, RK, MANY_RK, SHARED_LABEL})
BROKEN = "工作簿内部不完整"


class Damaged(Exception):
    """The compound file does not hold together."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a stream lies, as its directory entry states it."""

    kind: int
    start: int
    size: int


class Compound:
    """A compound file; raises Damaged for whatever does not hold together."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise Damaged
        shift, mini = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini != 6:
            raise Damaged
        self.data, self.size = data, 1 << shift
        self.count = len(data) // self.size + 1
        self.fat = self.read_fat()
        (start,) = struct.unpack_from("<I", data, 48)
        self.entries = dict(self.read_directory(self.follow(start)))
        (self.mini_start,) = struct.unpack_from("<I", data, 60)

    def sector(self, number: int) -> bytes:
        """Return a sector; the last one of a file may be short."""
        start = (number + 1) * self.size
        if number > LAST_SECTOR or start >= len(self.data):
            raise Damaged
        return self.data[start : start + self.size]

    def read_fat(self) -> tuple[int, ...]:
        """Return the table of sectors: which one follows each."""
        numbers = list(struct.unpack_from(f"<{IN_HEADER}I", self.data, 76))
        (more,) = struct.unpack_from("<I", self.data, 68)
        for _ in range(self.count):
            if more > LAST_SECTOR:
                break
            *listed, more = words(self.sector(more))
            numbers += listed
        known = [n for n in numbers if n <= LAST_SECTOR]
        if len(known) > self.count:
            raise Damaged
        return tuple(word for n in known for word in words(self.sector(n)))

    def follow(self, start: int, most: int | None = None) -> bytes:
        """Return a chain of sectors; a chain longer than the file is none."""
        found: list[bytes] = []
        while start <= LAST_SECTOR and (most is None or len(found) * self.size < most):
            if start >= len(self.fat) or len(found) >= self.count:
                raise Damaged
            found.append(self.sector(start))
            start = self.fat[start]
        return b"".join(found)

    def read_directory(self, table: bytes) -> Iterator[tuple[str, Stored]]:
        """Yield (name, where) of every entry; the root's name is as the file has it."""
        for at in range(0, len(table) - ENTRY + 1, ENTRY):
            length, kind = struct.unpack_from("<HB", table, at + 64)
            start, size = struct.unpack_from("<II", table, at + 116)
            name = table[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind:
                yield name, Stored(kind, start, size)

    def stream(self, name: str) -> bytes:
        """Return a stream by its name."""
        stored = self.entries[name]
        if stored.size >= CUTOFF:
            found = self.follow(stored.start, stored.size)
        else:
            root = next((e for e in self.entries.values() if e.kind == ROOT), None)
            if root is None:
                raise Damaged
            found = self.small(stored.start, self.follow(root.start), words(self.follow(self.mini_start)))
        if len(found) < stored.size:
            raise Damaged
        return found[: stored.size]

    @staticmethod
    def small(start: int, pool: bytes, chain: tuple[int, ...]) -> bytes:
        """Return a chain of the small sectors."""
        found: list[bytes] = []
        while start <= LAST_SECTOR:
            if start >= len(chain) or len(found) > len(chain):
                raise Damaged
            found.append(pool[start * MINI : (start + 1) * MINI])
            start = chain[start]
        return b"".join(found)


def words(data: bytes) -> tuple[int, ...]:
    """Return bytes as numbers of four."""
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def workbook_of(compound: Compound) -> bytes:
    """Return a clean compound file that holds the workbook's stream alone. Raises Damaged or Refused."""
    names = ("Workbook", "Book")
    name = next((n for n in names if n in compound.entries and compound.entries[n].kind == STREAM), None)
    if name is None:
        raise Damaged
    return packed(name, checked(bytearray(compound.stream(name))))


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
    check_text(strings, shown)
    if not sheets or not starts.issuperset(sheets):
        raise Damaged
    return bytes(stream)


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


def packed(name: str, stream: bytes) -> bytes:
    """Return a compound file with one stream."""
    size = max(len(stream), CUTOFF)
    body = -(-size // SECTOR)
    tables = 1
    while tables * (SECTOR // 4) < tables + 2 + body:
        tables += 1
    if tables > IN_HEADER:
        raise Damaged
    directory, pool, first = tables, tables + 1, tables + 2
    chain = [FAT_SECTOR] * tables + [END, END, *range(first + 1, first + body), END]
    chain += [FREE] * (tables * (SECTOR // 4) - len(chain))
    header = SIGNATURE + bytes(16) + struct.pack("<5H", 0x3E, 4, 0xFFFE, 12, 6) + bytes(6)
    header += struct.pack("<9I", 1, tables, directory, 0, CUTOFF, END, 0, END, 0)
    header += struct.pack(f"<{IN_HEADER}I", *range(tables), *[FREE] * (IN_HEADER - tables))
    entries = entry("Root Entry", ROOT, pool, MINI, child=1) + entry(name, STREAM, first, size)
    return b"".join(
        [
            header.ljust(SECTOR, b"\0"),
            struct.pack(f"<{len(chain)}I", *chain),
            entries.ljust(SECTOR, b"\0"),
            bytes(SECTOR),
            stream.ljust(body * SECTOR, b"\0"),
        ]
    )


def entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    """Return one entry of the directory."""
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    return head + struct.pack("<3I", FREE, FREE, child) + bytes(36) + struct.pack("<IQ", start, size)
