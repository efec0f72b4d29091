"""Zip files entry by entry: read within what they state, written always the same, unchanged entries copied as packed.

Written here and not by zipfile, which cannot copy an entry as it is packed: the document engine, the guard and an
annotated copy change one or two parts of many (figures: docs/decisions/libraries.md).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

LEVEL = 1
POLYNOMIAL = 0xEDB88320  # of CRC-32, its highest bit last
NEW_YEAR_1980 = 0x21
UTF8_NAME = 0x800
TYPES = "[Content_Types].xml"
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
VERSION = 20


class BadZip(ValueError):
    """The file is no zip, or it is cut or changed."""


class OddZip(BadZip):
    """The file is a zip as no program writes it; the message says what is odd."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One zip entry as its directory states it: its name, and its content as it is packed."""

    name: str
    method: int
    crc: int
    size: int
    raw: bytes | memoryview
    locked: bool = False

    def data(self) -> bytes:
        """The content, never more than stated. Raises BadZip."""
        if self.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise OddZip(f"部件 {self.name} 用了不常见的压缩方法")
        try:
            content = self.raw if self.method == zipfile.ZIP_STORED else unpacked(self.raw, self.size + 1)
        except zlib.error as error:
            raise BadZip(self.name) from error
        if len(content) > self.size:
            raise OddZip(f"部件 {self.name} 比目录所写的大")
        if len(content) < self.size or zlib.crc32(content) != self.crc:
            raise BadZip(self.name)
        return bytes(content)

    def pieces(self, most: int) -> Iterator[bytes]:
        """Yield the content of an entry of ours, so many bytes at a time."""
        if self.method == zipfile.ZIP_STORED:
            yield from (bytes(self.raw[at : at + most]) for at in range(0, len(self.raw), most))
            return
        unpacker, rest = zlib.decompressobj(-15), bytes(self.raw)
        while piece := unpacker.decompress(rest, most):
            yield piece
            rest = unpacker.unconsumed_tail


def unpacked(raw: bytes | memoryview, most: int) -> bytes:
    """Deflated data unpacked, but no more than so many bytes of it."""
    return zlib.decompressobj(-15).decompress(raw, most)


def stored(name: str, data: bytes) -> Entry:
    """An entry that is not deflated."""
    return Entry(name, zipfile.ZIP_STORED, zlib.crc32(data), len(data), data)


def packed(name: str, data: bytes, level: int = LEVEL) -> Entry:
    """An entry deflated quickly rather than well, unless a higher level is asked for."""
    return streamed(name, [data], level)


def streamed(name: str, pieces: Iterable[bytes], level: int = LEVEL) -> Entry:
    """An entry deflated piece by piece, so that its content is never held whole."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    crc = size = 0
    raw = []
    for piece in pieces:
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        raw.append(packer.compress(piece))
    return Entry(name, zipfile.ZIP_DEFLATED, crc, size, b"".join([*raw, packer.flush()]))


def entries_of(data: bytes) -> list[Entry]:
    """Return the entries of a zip file, folders left out, as they are packed. Raises BadZip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
        if sum(info.compress_size for info in infos) > len(data):
            raise OddZip("部件相互重叠")
        return [entry_of(memoryview(data), info) for info in infos]
    except (zipfile.BadZipFile, struct.error, NotImplementedError, OSError) as error:
        raise BadZip(str(error)) from error


def entry_of(data: memoryview, info: zipfile.ZipInfo) -> Entry:
    """Return the entry that the directory tells of; raises BadZip."""
    at = info.header_offset
    if bytes(data[at : at + 4]) != b"PK\3\4":
        raise BadZip(info.filename)
    start = at + LOCAL.size + sum(struct.unpack_from("<HH", data, at + LOCAL.size - 4))
    raw = data[start : start + info.compress_size]
    return Entry(info.filename, info.compress_type, info.CRC, info.file_size, raw, bool(info.flag_bits & 1))


class Segment(NamedTuple):
    """A part of an entry: deflated so that it can stand between others, and the checksum and size of what it holds."""

    raw: bytes
    crc: int
    size: int


def segment(data: bytes) -> Segment:
    """Data deflated as part of an entry."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    raw = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
    return Segment(raw, zlib.crc32(data), len(data))


def joined(name: str, segments: Iterable[Segment]) -> Entry:
    """An entry of segments, none of which is unpacked for it."""
    crc = size = 0
    raw = bytearray()
    for piece in segments:
        crc, size = joined_crc(crc, piece), size + piece.size
        raw += piece.raw
    raw += zlib.compressobj(LEVEL, zlib.DEFLATED, -15).flush()
    return Entry(name, zipfile.ZIP_DEFLATED, crc, size, memoryview(raw))


def joined_crc(crc: int, then: Segment) -> int:
    """The checksum of a text with a segment behind it.

    Checksums are polynomials, the highest bit for x to the 0: that of the text times x to the segment's bits, plus the segment's.
    """
    power, square, bits = 1 << 31, 1 << 30, 8 * then.size
    while bits:
        power = _times(power, square) if bits & 1 else power
        square, bits = _times(square, square), bits >> 1
    return _times(crc, power) ^ then.crc


def _times(one: int, other: int) -> int:
    """The product of two remainders in CRC's arithmetic."""
    product = 0
    for bit in range(31, -1, -1):
        product ^= other if one >> bit & 1 else 0
        other = other >> 1 ^ (POLYNOMIAL if other & 1 else 0)
    return product


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Archive:
    """Entries that never change, already laid out; the changing ones are written after them."""

    head: bytes = b""
    directory: bytes = b""
    count: int = 0

    def with_entries(self, entries: Iterable[Entry]) -> bytes:
        """The whole file; the same entries give the same bytes."""
        target = io.BytesIO()
        write_entries(target, entries, self)
        return target.getvalue()


def laid_out(entries: Iterable[Entry]) -> Archive:
    """The unchanging entries, content types first."""
    body = io.BytesIO()
    directory, count, _ = lay(body, sorted(entries, key=lambda entry: entry.name != TYPES), Archive())
    return Archive(body.getvalue(), directory, count)


def zipped(entries: Iterable[Entry]) -> bytes:
    """A whole file of entries, content types first; the same entries give the same bytes."""
    return laid_out(entries).with_entries(())


def write_entries(target: BinaryIO, entries: Iterable[Entry], start: Archive = Archive()) -> None:
    """Write a file entry by entry, so that none but the one under way is held; content types should come first."""
    target.write(start.head)
    directory, count, offset = lay(target, entries, start)
    target.write(directory + END.pack(b"PK\5\6", 0, 0, count, count, len(directory), offset, 0))


def lay(target: BinaryIO, entries: Iterable[Entry], start: Archive) -> tuple[bytes, int, int]:
    """Write entries behind those of an archive; return the directory of all, their number and where they end."""
    records, offset = [start.directory], len(start.head)
    for entry in entries:
        name = entry.name.encode()
        flags = 0 if entry.name.isascii() else UTF8_NAME
        sizes = (entry.crc, len(entry.raw), entry.size, len(name))
        about = (VERSION, flags, entry.method, 0, NEW_YEAR_1980, *sizes)
        head = LOCAL.pack(b"PK\3\4", *about, 0) + name
        target.write(head)
        target.write(entry.raw)
        records.append(CENTRAL.pack(b"PK\1\2", VERSION, *about, 0, 0, 0, 0, 0, offset) + name)
        offset += len(head) + len(entry.raw)
        del entry  # before the next is made
    return b"".join(records), start.count + len(records) - 1, offset
