"""Sixty hostile files, made anew, among sixty good submissions.

    python tests/fuzz/hostile.py [KIND …]

Each is read as `consolidate` reads, by the process beside this one, which tells the most memory it held; then all together.
Wrong is: over 5 s of computing or 512 MB, a file that is neither read nor refused, or a good submission read otherwise.
"""

import io
import random
import re
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from sheets import BOOK, grids_of, template_of, workbook_of  # noqa: E402

from baiti_xl import desk  # noqa: E402
from baiti_xl.contest.records import Submission  # noqa: E402
from baiti_xl.read import ole  # noqa: E402
from baiti_xl.scale import processes  # noqa: E402
from baiti_xl.scale.reader import Source, brought  # noqa: E402

SECONDS, MEMORY = 5, 512 << 20
TABLES = {"项目台账": "项目阶段\n签约\n开工", "到位资金": "到位金额\n100\n200"}
Parts = dict[str, bytes]
SHEETS = list(grids_of({}))
MONEY = f"xl/worksheets/sheet{SHEETS.index('到位资金') + 1}.xml"
BOOK_PART, RELS, ROOT, TYPES = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
    "[Content_Types].xml",
)
STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
HUGE, MINUS = b"999999999999", b"-1"


@cache
def base() -> bytes:
    """Return a plain submission of X01."""
    return workbook_of(grids_of(TABLES))


def parts_of(data: bytes) -> Parts:
    """Return the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(parts: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return parts as a workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return target.getvalue()


def changed(part: str, pattern: bytes, new: bytes, count: int = 1) -> Callable[[], bytes]:
    """Return how a file is made in which a pattern of one part stands otherwise."""

    def make() -> bytes:
        parts = parts_of(base())
        parts[part], times = re.subn(pattern, new, parts[part], count=count, flags=re.S)
        if not times:
            raise LookupError(f"{part}: {pattern!r}")
        return zipped(parts)

    return make


def rows(xml: Callable[[int], str], count: int, part: str = MONEY) -> Callable[[], bytes]:
    """Return how a file is made with more rows in one sheet."""

    def make() -> bytes:
        parts = parts_of(base())
        more = "".join(map(xml, range(1, count + 1))).encode()
        parts[part] = parts[part].replace(b"</sheetData>", more + b"</sheetData>")
        return zipped(parts)

    return make


def added(name: str, data: bytes) -> Callable[[], bytes]:
    """Return how a file is made with one more part."""
    return lambda: zipped({**parts_of(base()), name: data})


def without(*names: str) -> Callable[[], bytes]:
    """Return how a file is made that lacks parts."""
    return lambda: zipped({name: data for name, data in parts_of(base()).items() if name not in names})


def old(stream: bytes) -> bytes:
    """Return an old .xls whose workbook is a stream of records."""
    return ole.packed({"Workbook": stream})


def record(kind: int, body: bytes) -> bytes:
    """Return one record of an old .xls."""
    return struct.pack("<HH", kind, len(body)) + body


def old_strings(total: int, unique: int) -> bytes:
    """Return an .xls that says to hold so many shared strings."""
    bof = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    sheet_at = len(bof) + 4 + 8 + 6 + 4 + 8 + 4
    bound = record(0x85, struct.pack("<IBBBB", sheet_at, 0, 0, 6, 0) + b"Sheet1")
    strings = record(0xFC, struct.pack("<II", total, unique))
    end = record(0x0A, b"")
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + end
    return old(bof + bound + strings + end + sheet)


def open_document(body: str) -> bytes:
    """Return an .ods with one table."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()}
    )


def nested(name: str, depth: int, head: bytes = b"<a>", tail: bytes = b"</a>") -> Callable[[], bytes]:
    """Return how a file is made with one part of elements inside each other."""
    return added(name, head * depth + tail * depth)


def lying(change: Callable[[bytearray], None]) -> Callable[[], bytes]:
    """Return how a file is made whose directory says otherwise than its entries."""

    def make() -> bytes:
        data = bytearray(base())
        change(data)
        return bytes(data)

    return make


def stated_size(data: bytearray) -> None:
    """Say that the first entry unpacks to nothing."""
    at = data.index(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<I", 1)


def stated_place(data: bytearray) -> None:
    """Let two entries lie at one place."""
    first = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]


def stated_count(data: bytearray) -> None:
    """Say that there are sixty thousand entries."""
    at = data.index(b"PK\5\6")
    data[at + 8 : at + 12] = b"\xff\xf0\xff\xf0"


TEXT_CELL = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c></row>'
FIRST_CELL = rb'<c r="([A-Z]+5)"((?: s="\d+")?)><v>([^<>]*)</v></c>'
KINDS: dict[str, Callable[[], bytes]] = {
    # counts
    "strings: huge uniqueCount": changed(STRINGS, rb'uniqueCount="\d+"', b'uniqueCount="' + HUGE + b'"'),
    "strings: huge count": changed(STRINGS, rb' count="\d+"', b' count="' + HUGE + b'"'),
    "strings: negative uniqueCount": changed(STRINGS, rb'uniqueCount="\d+"', b'uniqueCount="' + MINUS + b'"'),
    "strings: uniqueCount twice": changed(STRINGS, rb'uniqueCount="\d+"', b"uniqueCount='9999999999'"),
    "styles: huge cellXfs": changed(STYLES, rb'<cellXfs count="\d+"', b'<cellXfs count="' + HUGE + b'"'),
    "styles: huge fonts": changed(STYLES, rb'<fonts count="\d+"', b'<fonts count="4294967295"'),
    "styles: 200,000 formats": changed(
        STYLES, rb"(<cellXfs[^<>]*>)", b"\\1" + b'<xf numFmtId="10"/>' * 200_000
    ),
    "sheet: dimension to the end": changed(MONEY, rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"'),
    "sheet: dimension of nonsense": changed(MONEY, rb'<dimension ref="[^"]*"', b'<dimension ref="ZZZZZZ0:A99999999999"'),
    "sheet: a hundred dimensions": changed(MONEY, rb"(<dimension [^<>]*>)", b'<dimension ref="A1:XFD1048576"/>' * 100),
    "sheet: columns to the end": changed(
        MONEY, rb"<sheetData>", b'<cols><col min="1" max="4294967295" hidden="1"/></cols><sheetData>'
    ),
    "sheet: 100,000 column ranges": changed(
        MONEY, rb"<sheetData>", b"<cols>" + b'<col min="1" max="16384" hidden="1"/>' * 100_000 + b"</cols><sheetData>"
    ),
    "sheet: merges counted wrongly": changed(
        MONEY, rb"</sheetData>", b'</sheetData><mergeCells count="' + HUGE + b'"><mergeCell ref="A5:B6"/></mergeCells>'
    ),
    "sheet: merge of everything": changed(
        MONEY, rb"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "sheet: 50,000 merges": changed(
        MONEY, rb"</sheetData>",
        b"</sheetData><mergeCells>" + b'<mergeCell ref="A5:L90000"/>' * 50_000 + b"</mergeCells>",
    ),
    "sheet: spans of nonsense": changed(MONEY, rb'<row r="5"', b'<row spans="1:99999999999" r="5"'),
    "workbook: 100,000 names": changed(
        BOOK_PART, rb"</sheets>", b"</sheets><definedNames>" + b'<definedName name="a">$A$1:$XFD$1048576</definedName>' * 100_000 + b"</definedNames>",
    ),
    "workbook: a name of 1 MB": changed(
        BOOK_PART, rb"</sheets>", b'</sheets><definedNames><definedName name="' + b"a" * 1_000_000 + b'">1</definedName></definedNames>',
    ),
    "workbook: 20,000 sheets": changed(
        BOOK_PART, rb"</sheets>",
        b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n + 50) for n in range(20_000)) + b"</sheets>",
    ),
    # relations
    "relations: one id twice": changed(RELS, rb'Id="rId2"', b'Id="rId1"'),
    "relations: all ids alike": changed(RELS, rb'Id="rId\d+"', b'Id="rId1"', 99),
    "relations: a sheet leads to the strings": changed(RELS, rb'Target="worksheets/sheet2.xml"', b'Target="sharedStrings.xml"'),
    "relations: a sheet leads to the workbook": changed(RELS, rb'Target="worksheets/sheet2.xml"', b'Target="workbook.xml"'),
    "relations: a sheet lies outside": changed(
        RELS, rb'Target="worksheets/sheet2.xml"', b'Target="file:///etc/passwd" TargetMode="External"'
    ),
    "relations: a target far up": changed(RELS, rb'Target="worksheets/sheet2.xml"', b'Target="' + b"../" * 5000 + b'etc/passwd"'),
    "relations: 100,000 of them": changed(
        RELS, rb"</Relationships>",
        b"".join(b'<Relationship Id="x%d" Type="a/image" Target="../a.png"/>' % n for n in range(100_000)) + b"</Relationships>",
    ),
    "root: two workbooks": changed(
        ROOT, rb"</Relationships>",
        b'<Relationship Id="z" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
        b' Target="xl/worksheets/sheet1.xml"/></Relationships>',
    ),
    "root: leads to itself": changed(ROOT, rb'Target="/?xl/workbook.xml"', b'Target="_rels/.rels"'),
    "root: leads nowhere": changed(ROOT, rb'Target="/?xl/workbook.xml"', b'Target="xl/nowhere.xml"'),
    "no relations": without(RELS),
    "no strings": without(STRINGS),
    "no styles": without(STYLES),
    "no content types": without(TYPES),
    # what is seen is not what is stored
    "value: parted by a comment": changed(MONEY, FIRST_CELL, rb'<c r="\1"\2><v>\3<!-- -->0</v></c>'),
    "value: parted by an instruction": changed(MONEY, FIRST_CELL, rb'<c r="\1"\2><v>\3<?a?>0</v></c>'),
    "value: in a CDATA section": changed(MONEY, FIRST_CELL, rb'<c r="\1"\2><v><![CDATA[\3]]>0</v></c>'),
    "value: twice in one cell": changed(MONEY, FIRST_CELL, rb'<c r="\1"\2><v>\3</v><v>7</v></c>'),
    "value: a string that is not there": changed(MONEY, FIRST_CELL, rb'<c r="\1" t="s"><v>4294967295</v></c>'),
    "value: a string before the first": changed(MONEY, FIRST_CELL, rb'<c r="\1" t="s"><v>-1</v></c>'),
    "value: a style that is not there": changed(MONEY, FIRST_CELL, rb'<c r="\1" s="99999999999"><v>1</v></c>'),
    "row: of no height": changed(MONEY, rb'<row r="5"', b'<row ht="0" customHeight="1" r="5"'),
    "row: all of no height": changed(MONEY, rb"<sheetData>", b'<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/><sheetData>'),
    "column: of no width": changed(MONEY, rb"<sheetData>", b'<cols><col min="3" max="3" width="0"/></cols><sheetData>'),
    "sheet: hidden": changed(BOOK_PART, rb'(<sheet name="[^"]*") (sheetId="6")', rb'\1 state="veryHidden" \2'),
    "cell: 30,000 marks": rows(lambda n: TEXT_CELL.format(n=n + 10, text="_x000B_" * 30_000), 1),
    "cell: raw control marks": changed(STRINGS, rb"<t>([^<>]{2})", b"<t>\\1\x0b\x01"),
    "cell: escaped control marks": changed(STRINGS, rb"<t>(?=\xe7\xbe\xbd|[^<>]*\xe9\xa1\xb9\xe7\x9b\xae</t>)", rb"<t>_x000B_", 99),
    "cell: 40 shared strings of 1 MB": changed(STRINGS, rb"</sst>", (b"<si><t>" + b"a" * 1_000_000 + b"</t></si>") * 40 + b"</sst>"),
    # depth and breadth
    "nested: 100,000 deep in a sheet": changed(MONEY, rb"</sheetData>", b"</sheetData>" + b"<a>" * 100_000 + b"</a>" * 100_000),
    "nested: a rich text of 50,000 runs": changed(
        STRINGS, rb"<si><t>([^<>]*)</t></si>", rb"<si>" + b"<r><t>a</t></r>" * 50_000 + b"</si>"
    ),
    "nested: 100,000 deep in the workbook": changed(BOOK_PART, rb"</workbook>", b"<a>" * 100_000 + b"</a>" * 100_000 + b"</workbook>"),
    "attributes: 50,000 of one row": changed(
        MONEY, rb'<row r="5"', b"<row " + b"".join(b'a%d="1" ' % n for n in range(50_000)) + b'r="5"'
    ),
    "names: 5,000 name spaces": changed(
        MONEY, rb"<sheetData>", b"<sheetData " + b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(5_000)) + b">"
    ),
    # the zip
    "zip: a size that is a lie": lying(stated_size),
    "zip: two entries at one place": lying(stated_place),
    "zip: sixty thousand entries": lying(stated_count),
    "zip: a bomb of nothing": added("xl/media/a.xml", b" " * (60 << 20)),
    "zip: noise for a sheet": lambda: zipped({**parts_of(base()), MONEY: random.Random(1).randbytes(2 << 20)}),
    # others
    "xls: 4 billion strings": lambda: old_strings(1, 0x7FFFFFFF),
    "xls: a negative count of strings": lambda: old_strings(0xFFFFFFFF, 0xFFFFFFFF),
    "ods: 2 billion columns of a text": lambda: open_document(
        '<table:table table:name="封面"><table:table-row><table:table-cell table:number-columns-repeated="2147483647">'
        "<text:p>a</text:p></table:table-cell></table:table-row></table:table>"
    ),
    "ods: rows times columns": lambda: open_document(
        '<table:table table:name="封面"><table:table-row table:number-rows-repeated="90000"><table:table-cell '
        'table:number-columns-repeated="500"><text:p>a</text:p></table:table-cell></table:table-row></table:table>'
    ),
    "gzip named .xlsx": lambda: zlib.compress(b"a" * 1000),
}  # fmt: skip
# What must be told of a file that shows one thing and holds another.
TOLD = {
    "value: parted by a comment": "F05",
    "value: parted by an instruction": "F05",
    "value: in a CDATA section": "F05",
    "value: twice in one cell": "F04",
    "row: of no height": "C08",
    "row: all of no height": "C08",
    "column: of no width": "C08",
    "sheet: hidden": "F09",
    "relations: one id twice": "F05",
    "root: two workbooks": "F05",
    "cell: raw control marks": "F04",
    "cell: escaped control marks": "C04",
}


def measured(source: Source) -> tuple[Submission, float, int]:
    """Return one file as read, with the seconds of computing and the bytes that reading it took."""
    import time

    def held() -> int:
        told = Path("/proc/self/status").read_text(encoding="ascii")
        return int(told.partition("VmHWM:")[2].split()[0]) << 10

    Path("/proc/self/clear_refs").write_text("5")  # the most held until now is forgotten
    before, start = held(), time.process_time()
    submission = desk.Reader(BOOK)(source)
    return submission, time.process_time() - start, held() - before


def wrong_with(kind: str, place: Path) -> str:
    """Return what is wrong with how one kind is read, "" if nothing."""
    path = place / "X01.xlsx"
    path.write_bytes(KINDS[kind]())
    try:
        submission, seconds, memory = processes.aside(measured, brought(Source(path.name, path)))
    except processes.Died as death:
        return f"the reader died: {death.why}"
    told = ", ".join(
        dict.fromkeys(f.rule for f in submission.findings if f.rule[0] == "F" or f.rule in TOLD.values())
    )
    print(f"{kind}: {seconds:.2f} s, {memory >> 20} MB; {told}", flush=True)
    if seconds > SECONDS or memory > MEMORY:
        return f"{seconds:.1f} s, {memory >> 20} MB"
    if kind in TOLD and TOLD[kind] not in {f.rule for f in submission.findings}:
        return f"{TOLD[kind]} is not told"
    return (
        ""
        if submission.digest and (submission.usable or any(f.blocks for f in submission.findings))
        else "no fate"
    )


def wrong_together(kinds: list[str], good: int, place: Path) -> str:
    """Return what is wrong with good submissions read among hostile ones, "" if nothing."""
    sound = [Source(f"{u.code}.xlsx", place / f"{u.code}.xlsx") for u in BOOK.units[-good:]]
    for source in sound:
        Path(str(source.path)).write_bytes(template_of(TABLES, source.name.partition(".")[0], BOOK))
    alone = desk.read_all(sound, BOOK)
    mixed = list(sound)
    for number, kind in enumerate(kinds):
        path = place / f"敌{number:02}.xlsx"
        path.write_bytes(KINDS[kind]())
        mixed.insert(2 * number, Source(path.name, path))
    read = desk.read_all(mixed, BOOK)
    if [s for s in read if not s.file.startswith("敌")] != alone:
        return "a good submission was read otherwise"
    return "" if len(read) == len(mixed) else "a file is lost"


def main(kinds: list[str]) -> int:
    """Run all kinds or those named; return 1 if anything is wrong."""
    with tempfile.TemporaryDirectory() as name:
        place, chosen = Path(name), kinds or list(KINDS)
        faults = [f"{kind}: {fault}" for kind in chosen if (fault := wrong_with(kind, place))]
        faults += filter(None, [wrong_together(chosen, min(60, len(BOOK.units)), place)])
    print(f"{len(chosen)} kinds, {len(faults)} faults", *faults, sep="\n  ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent)]
    from hostile import main as run  # by its own name, so that a process beside this one can find it

    sys.exit(run(sys.argv[1:]))
