"""Zip files written entry by entry: always the same bytes, and entries that do not change copied raw."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

LEVEL = 1
NEW_YEAR_1980 = 0x21
TYPES = "[Content_Types].xml"
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Entry:
    """One zip entry as it will be written: its name and its deflated (or stored) data."""

    name: str
    method: int
    crc: int
    size: int
    raw: bytes

    def data(self) -> bytes:
        """The content."""
        return self.raw if self.method == zipfile.ZIP_STORED else zlib.decompress(self.raw, -15)


def packed(name: str, data: bytes, level: int = LEVEL) -> Entry:
    """An entry deflated quickly rather than well, unless a higher level is asked for."""
    return Entry(name, zipfile.ZIP_DEFLATED, zlib.crc32(data), len(data), zlib.compress(data, level, -15))


def entries_of(data: bytes) -> list[Entry]:
    """Return the entries of a zip file of our own making, their data as it is packed."""
    found = []
    for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
        at = info.header_offset
        name_length, extra_length = struct.unpack("<HH", data[at + 26 : at + 30])
        start = at + LOCAL.size + name_length + extra_length
        raw = data[start : start + info.compress_size]
        found.append(Entry(info.filename, info.compress_type, info.CRC, info.file_size, raw))
    return found


@dataclass(frozen=True, slots=True)
class Archive:
    """The entries that never change, already laid out; the changing ones are written after them."""

    head: bytes
    directory: bytes
    count: int

    def with_entries(self, entries: Iterable[Entry]) -> bytes:
        """The whole file; the same entries give the same bytes."""
        body, directory, offset = [self.head], [self.directory], len(self.head)
        count = self.count
        for entry in entries:
            written = local_record(entry)
            directory.append(_central_record(entry, offset))
            body += (written, entry.raw)
            offset += len(written) + len(entry.raw)
            count += 1
        size = sum(map(len, directory))
        return b"".join([*body, *directory, END.pack(b"PK\5\6", 0, 0, count, count, size, offset, 0)])


def write_entries(target: BinaryIO, entries: Iterable[Entry]) -> None:
    """Write a whole file entry by entry, so that none but the one under way is held; content types should come first."""
    directory: list[bytes] = []
    offset = 0
    for entry in entries:
        directory.append(_central_record(entry, offset))
        written = local_record(entry)
        target.write(written)
        target.write(entry.raw)
        offset += len(written) + len(entry.raw)
    size, count = sum(map(len, directory)), len(directory)
    target.write(b"".join([*directory, END.pack(b"PK\5\6", 0, 0, count, count, size, offset, 0)]))


def laid_out(entries: Iterable[Entry]) -> Archive:
    """The unchanging entries, content types first."""
    body: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for entry in sorted(entries, key=lambda entry: entry.name != TYPES):
        directory.append(_central_record(entry, offset))
        body += (local_record(entry), entry.raw)
        offset += sum(map(len, body[-2:]))
    return Archive(b"".join(body), b"".join(directory), len(directory))


def _flags(entry: Entry) -> int:
    return 0 if entry.name.isascii() else 0x800


def local_record(entry: Entry) -> bytes:
    """The record before an entry's data."""
    name = entry.name.encode()
    return (
        LOCAL.pack(
            b"PK\3\4",
            20,
            _flags(entry),
            entry.method,
            0,
            NEW_YEAR_1980,
            entry.crc,
            len(entry.raw),
            entry.size,
            len(name),
            0,
        )
        + name
    )


def _central_record(entry: Entry, offset: int) -> bytes:
    name = entry.name.encode()
    sizes = (entry.crc, len(entry.raw), entry.size)
    return (
        CENTRAL.pack(
            b"PK\1\2",
            20,
            20,
            _flags(entry),
            entry.method,
            0,
            NEW_YEAR_1980,
            *sizes,
            len(name),
            0,
            0,
            0,
            0,
            0,
            offset,
        )
        + name
    )
