"""Compound files, in which old workbooks are kept: which stream is the workbook, and how far a file is followed.

Every container is made here.
"""

import struct
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sheets import lines, read_file

from baiti_xl.read import ole
from baiti_xl.read.guard import Refused, inspect

WHOLE = (Path(__file__).parent / "fuzz" / "seeds" / "报送.xls").read_bytes()
BOOK = ole.Compound(WHOLE).stream("Workbook")
JUNK = b"nothing that anyone should read" * 200
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, STORAGE, STREAM, ROOT = 512, 1, 2, 5
SECONDS = 2


def container(tree: Mapping[str, Any], backwards: bool = False) -> bytes:
    """Return a compound file of a tree of storages and streams; its directory may list the deepest first."""
    found = list(walk(tree, 0))
    order = [0, *(range(len(found) - 1, 0, -1) if backwards else range(1, len(found)))]
    place = {number: at for at, number in enumerate(order)}
    tables = -(-sum(sectors(content) for *_, content in found) // 100) + 1
    directory = -(-len(found) * 128 // SECTOR)
    chain = [FAT] * tables + [*range(tables + 1, tables + directory), END]
    entries: dict[int, bytes] = {}
    body = b""
    for number, (name, kind, child, right, content) in enumerate(found):
        start = len(chain) if content else END
        if content:
            chain += [*range(start + 1, start + sectors(content)), END]
            body += content.ljust(sectors(content) * SECTOR, b"\0")
        size = max(len(content), 4096) if content else 0
        entries[place[number]] = entry(
            name, kind, place.get(child, FREE), place.get(right, FREE), start, size
        )
    chain += [FREE] * (tables * 128 - len(chain))
    table = struct.pack(f"<{len(chain)}I", *chain)
    listed = b"".join(entries[at] for at in range(len(found)))
    return header(tables, tables) + table + listed.ljust(directory * SECTOR, b"\0") + body


def walk(tree: Mapping[str, Any], number: int) -> Iterator[tuple[str, int, int, int, bytes]]:
    """Yield (name, kind, first child, next brother, content) of a tree, a storage before what it holds."""
    flat: list[list[Any]] = [["Root Entry", ROOT, FREE, FREE, b""]]

    def add(branch: Mapping[str, Any], parent: int) -> None:
        before = -1
        for name, held in branch.items():
            own = len(flat)
            inside = isinstance(held, Mapping)
            flat.append([name, STORAGE if inside else STREAM, FREE, FREE, b"" if inside else held])
            if before < 0:
                flat[parent][2] = own
            else:
                flat[before][3] = own
            before = own
            if inside:
                add(held, own)

    add(tree, number)
    yield from (tuple(one) for one in flat)


def sectors(content: bytes) -> int:
    """Return how many sectors a stream takes; a small one is padded, so that there are no small sectors."""
    return -(-max(len(content), 4096) // SECTOR) if content else 0


def header(tables: int, directory: int, more: int = END, of_more: int = 0) -> bytes:
    """Return a header whose tables come first in the file."""
    head = ole.SIGNATURE + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, tables, directory, 0, 4096, END, 0, more, of_more)
    listed = range(min(tables, 109))
    return head + struct.pack("<109I", *listed, *[FREE] * (109 - len(listed)))


def entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    """Return one entry of the directory."""
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


# ── which stream is the workbook ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "tree",
    [
        {"Workbook": BOOK},
        {"WORKBOOK": BOOK},
        {"Book": BOOK},
        {"Workbook": BOOK, "Book": JUNK},
        {"Workbook": BOOK, "MBD00A1B2C3": {"Workbook": JUNK}},
        {"MBD00A1B2C3": {"Workbook": JUNK}, "Workbook": BOOK},
        {"ObjectPool": {"_1234567890": {"Workbook": JUNK}}, "Workbook": BOOK},
        {"MBD00A1B2C3": {"WordDocument": JUNK}, "Workbook": BOOK},
        {"MBD00A1B2C3": {"EncryptedPackage": JUNK, "EncryptionInfo": JUNK}, "Workbook": BOOK},
    ],
)
def test_the_workbook_is_the_stream_in_the_root(tree: Mapping[str, Any], backwards: bool) -> None:
    """Whatever an embedded object holds, and wherever the directory lists it."""
    submission = read_file(container(tree, backwards))
    assert submission.tables == read_file(WHOLE).tables
    assert lines(submission) == lines(read_file(WHOLE))


@pytest.mark.parametrize(
    ("tree", "rule", "what"),
    [
        ({"MBD00A1B2C3": {"Workbook": BOOK}}, "F01", "格式无法识别"),
        ({"WordDocument": JUNK, "ObjectPool": {"_1": {"Workbook": BOOK}}}, "F01", "是 Word 文档"),
        ({"PowerPoint Document": JUNK, "MBD1": {"Workbook": BOOK}}, "F01", "是演示文稿"),
        ({"EncryptionInfo": JUNK, "EncryptedPackage": JUNK}, "F02", None),
        ({"Workbook": JUNK}, "F04", ole.BROKEN),
        ({"Workbook": {"Workbook": BOOK}}, "F04", ole.BROKEN),
    ],
)
def test_what_has_no_workbook_in_its_root_is_told_apart(
    tree: Mapping[str, Any], rule: str, what: str | None
) -> None:
    with pytest.raises(Refused) as refusal:
        inspect(container(tree))
    assert (refusal.value.rule, refusal.value.slots.get("what")) == (rule, what)


@pytest.mark.parametrize(
    ("tree", "macros"),
    [
        ({"Workbook": BOOK}, False),
        ({"Workbook": BOOK, "_VBA_PROJECT_CUR": {"VBA": {"dir": JUNK}}}, True),
        ({"Workbook": BOOK, "MBD1": {"_VBA_PROJECT_CUR": {"VBA": {"dir": JUNK}}}}, True),
    ],
)
def test_macros_are_seen_wherever_they_are(tree: Mapping[str, Any], macros: bool) -> None:
    assert inspect(container(tree)).has_macros is macros


# ── how far a file is followed ───────────────────────────────────────────────────────────────────


def tables_without_end() -> bytes:
    """Return a file whose header states two thousand million tables, listed in a sector that follows itself."""
    listed = struct.pack("<128I", *[0] * 127, 1)
    stated = 0x7FFFFFFF
    return header(stated, 0, 1, (stated - 109 + 126) // 127) + bytes(SECTOR) + listed + bytes(SECTOR * 100)


def entries_without_number(count: int) -> bytes:
    """Return a file whose directory holds so many streams in a well-balanced tree."""
    entries = [entry("Root Entry", ROOT, (count + 1) // 2, FREE, END, 0)] * (count + 1)
    open_ranges = [(1, count)]
    while open_ranges:
        low, high = open_ranges.pop()
        middle = (low + high) // 2
        left, right = (low, middle - 1), (middle + 1, high)
        brothers = [(a + b) // 2 if a <= b else FREE for a, b in (left, right)]
        made = bytearray(entry(f"{middle:08}", STREAM, FREE, brothers[1], middle, 5000))
        struct.pack_into("<I", made, 68, brothers[0])
        entries[middle] = bytes(made)
        open_ranges += [side for side in (left, right) if side[0] <= side[1]]
    listed = b"".join(entries)
    needed = -(-len(listed) // SECTOR)
    tables = -(-needed // 126) + 1
    chain = [FAT] * tables + [*range(tables + 1, tables + needed), END]
    chain += [FREE] * (tables * 128 - len(chain))
    return (
        header(tables, tables) + struct.pack(f"<{len(chain)}I", *chain) + listed.ljust(needed * SECTOR, b"\0")
    )


def round_and_round(size: int) -> bytes:
    """Return a file whose workbook states a size, and whose sectors follow themselves."""
    chain = struct.pack("<128I", FAT, END, 2, *[END] * 125)
    listed = entry("Root Entry", ROOT, 1, FREE, END, 0) + entry("Workbook", STREAM, FREE, FREE, 2, size)
    return header(1, 1) + chain + listed.ljust(SECTOR, b"\0") + bytes(SECTOR)


def small_sectors_without_end() -> bytes:
    """Return a file that states four thousand million bytes of small sectors."""
    chain = struct.pack("<128I", FAT, END, 2, *[END] * 125)
    listed = entry("Root Entry", ROOT, 1, FREE, 2, 0xFFFFFFFF) + entry("Workbook", STREAM, FREE, FREE, 2, 100)
    made = header(1, 1) + chain + listed.ljust(SECTOR, b"\0") + bytes(SECTOR)
    return made[:60] + struct.pack("<2I", 2, 0xFFFFFFF) + made[68:]


def one_below_the_other() -> bytes:
    """Return a file of streams that are each the only brother of the one before, deeper than Python goes."""
    return container({f"{number:08}": JUNK for number in range(1500)} | {"Workbook": BOOK})


@pytest.mark.parametrize(
    "make",
    [
        tables_without_end,
        lambda: entries_without_number(20_000),
        lambda: round_and_round(0xFFFFFFF),
        lambda: round_and_round(0x7FFFFFFF),
        small_sectors_without_end,
        one_below_the_other,
    ],
)
def test_a_file_is_followed_no_further_than_it_reaches(make: Callable[[], bytes]) -> None:
    """Each of these keeps a trusting reader going for minutes, or makes it take gigabytes."""
    data = make()
    start = time.process_time()
    with pytest.raises(Refused) as refusal:
        inspect(data)
    assert refusal.value.rule in ("F01", "F04")
    assert time.process_time() - start < SECONDS


def test_many_streams_that_are_soundly_listed_are_read() -> None:
    """As many as a package may have parts."""
    assert len(ole.Compound(entries_without_number(1900)).paths) == 1900
