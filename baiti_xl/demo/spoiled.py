"""Files that are no submissions: an encrypted workbook, a text in disguise, what programs leave behind."""

import random
import re

from baiti_xl.contest import sheets
from baiti_xl.ooxml.package import Package
from baiti_xl.read import ole


def encrypted() -> bytes:
    """Return the container Excel writes for a workbook with a password, with random content inside."""
    noise = random.Random(2011)
    return ole.packed({name: noise.randbytes(4096) for name in ("EncryptionInfo", "EncryptedPackage")})


def text_file(unit: str) -> bytes:
    """Return a text that someone renamed to .xlsx."""
    return f"{unit}报送情况（样例）：本期内容见附件，表格稍后补报。\r\n".encode()


def renamed_sheet(data: bytes, sheet: str, name: str) -> bytes:
    """Return a workbook in which someone renamed a tab; the formulas follow, as they do in Excel."""
    package = Package.open(data)
    for part in list(package.entries):
        content = package.data(part)
        quoted = content.replace(f"'{sheet}'!".encode(), f"{sheet}!".encode())
        content = quoted.replace(f"{sheet}!".encode(), f"{name}!".encode())
        package.put(part, content.replace(f'name="{sheet}"'.encode(), f'name="{name}"'.encode()))
    return package.close()


def lock_file() -> bytes:
    """Return what Excel leaves beside a workbook that is open: the user's name, twice."""
    user = "样例用户"
    return bytes([len(user)]) + user.encode("gbk").ljust(54) + user.ljust(55).encode("utf-16-le")


def thumbnails() -> bytes:
    """Return something like the Thumbs.db that Windows leaves in folders."""
    return ole.SIGNATURE + bytes(504)


def with_error(data: bytes, sheet: str, cell: str) -> bytes:
    """Return the workbook with a cell of a data sheet showing #N/A, as a broken lookup leaves it."""
    part = f"xl/worksheets/sheet{2 + list(sheets.SHEETS).index(sheet)}.xml"
    old = re.compile(rf'<c r="{cell}"( s="\d+")?[^>]*>.*?</c>'.encode())
    package = Package.open(data)
    shown = rb'<c r="%s"\1 t="e"><v>#N/A</v></c>' % cell.encode()
    package.put(part, old.sub(shown, package.data(part), count=1))
    return package.close()
