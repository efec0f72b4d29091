"""Files that are no submissions: an encrypted workbook, a text in disguise, what programs leave behind."""

import io
import random
import re
import struct
import zipfile

from baiti_xl.contest import sheets

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR, STREAM = 512, 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def encrypted() -> bytes:
    """Return the container Excel writes for a workbook with a password, with random content inside."""
    noise = random.Random(2011)
    streams = [(name, noise.randbytes(STREAM)) for name in ("EncryptionInfo", "EncryptedPackage")]
    return compound_file(streams)


def compound_file(streams: list[tuple[str, bytes]]) -> bytes:
    """Return a compound file (MS-CFB, version 3) of up to three streams of 4,096 bytes each.

    Sector 0 is the FAT, sector 1 the directory, the streams follow. Names go from the shortest to the
    longest, so that a chain of right siblings is a valid tree.
    """
    header = MAGIC + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<10I", 0, 1, 1, 0, STREAM, END, 0, END, 0, 0) + struct.pack("<108I", *[FREE] * 108)
    table = [FAT, END]
    entries = [entry("Root Entry", 5, child=1, start=END)]
    for number, (name, data) in enumerate(streams, 1):
        start = len(table)
        table += [*range(start + 1, start + STREAM // SECTOR), END]
        right = number + 1 if number < len(streams) else FREE
        entries.append(entry(name, 2, right=right, start=start, size=len(data)))
    table += [FREE] * (SECTOR // 4 - len(table))
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    return header + struct.pack("<128I", *table) + directory + b"".join(data for _, data in streams)


def entry(name: str, kind: int, *, child: int = FREE, right: int = FREE, start: int, size: int = 0) -> bytes:
    """Return one directory entry: kind 5 is the root, 2 a stream."""
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def text_file(unit: str) -> bytes:
    """Return a text that someone renamed to .xlsx."""
    return f"{unit}报送情况（样例）：本期内容见附件，表格稍后补报。\r\n".encode()


def renamed_sheet(data: bytes, sheet: str, name: str) -> bytes:
    """Return a workbook in which someone renamed a tab; the formulas follow, as they do in Excel."""
    in_formula, on_tab = f"{sheet}!".encode(), f'name="{sheet}"'.encode()
    quoted = f"'{sheet}'!".encode()
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for item in source.infolist():
            part = source.read(item).replace(quoted, in_formula).replace(in_formula, f"{name}!".encode())
            out.writestr(item, part.replace(on_tab, f'name="{name}"'.encode()))
    return target.getvalue()


def lock_file() -> bytes:
    """Return what Excel leaves beside a workbook that is open: the user's name, twice."""
    user = "样例用户"
    return bytes([len(user)]) + user.encode("gbk").ljust(54) + user.ljust(55).encode("utf-16-le")


def thumbnails() -> bytes:
    """Return something like the Thumbs.db that Windows leaves in folders."""
    return MAGIC + bytes(504)


def with_error(data: bytes, sheet: str, cell: str) -> bytes:
    """Return the workbook with a cell of a data sheet showing #N/A, as a broken lookup leaves it."""
    part = f"xl/worksheets/sheet{2 + list(sheets.SHEETS).index(sheet)}.xml"
    old = re.compile(rf'<c r="{cell}"( s="\d+")?[^>]*>.*?</c>'.encode())
    source = zipfile.ZipFile(io.BytesIO(data))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == part:
                content = old.sub(rb'<c r="%s"\1 t="e"><v>#N/A</v></c>' % cell.encode(), content, count=1)
            archive.writestr(info, content)
    return target.getvalue()
