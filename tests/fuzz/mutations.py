"""Ways to spoil a workbook: by bytes, by the zip, by the XML of a part, by the records of an old .xls.

Each takes the bytes and a source of chance and returns other bytes, the same for the same chance.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from random import Random

from baiti_xl.ooxml.zips import Entry, entries_of, laid_out, packed
from baiti_xl.read import ole

Parts = dict[str, bytes]
NUMBERS = (
    "", "0", "-1", "1", "2", "255", "256", "65535", "65536", "1048576", "1048577", "2147483648", "4294967295", "4294967296",
    "18446744073709551616", "9" * 30, "9" * 5000, "1e308", "-1e308", "1e309", "1e-320", "NaN", "inf", "-inf", "0x10", "1.5", " 1 ", "１２",
    "40000.5", "2958466", "-657435", "0.5", "1e15", "123456789012345678",
)  # fmt: skip
ADDRESSES = (
    "A1", "A4", "Z5", "XFD1048576", "XFE1048577", "ZZZZ1", "A0", "A", "1", "1A", "$A$4", "a4", "A4:B9", "A1:XFD1048576", "A99999999999",
    "ZZZZZZZZZ9", "&#65;4", " A4", "A 4", "Ａ4", "AAA4", "ZZ9999", "A100000", "A100001", "SR9999", "A-1",
)  # fmt: skip
TEXTS = (
    "=cmd|'/c calc'!A0", "+1", "@SUM(A1)", "合计", "总计", "#REF!", "#N/A", "1,200万元", "1.2亿", "约1200", "4月31日", "2011-02-30", "20110431",
    "二〇一一年四月二十五日", "十十", "²", "①", "٣", "1/0", "&#xD800;", "&#0;", "&#x10FFFF;", "&amp;", "&lt;c&gt;", "&nope;", "_x0000_", "_xD800_",
    "\u202e倒", "😀", "\u200b", "　", " ", "x" * 40000, "是", "否", "X01", "X01-001", "X02-001", "项目编号", "联合", "../../etc/passwd", "{{ 标题 }}",
    "9999-12-31", "0001-01-01", "10000-01-01", "2011-05-10T25:61:61", "P1Y", "TRUE", "None", "]]>", "%s%n", "-", "2011年13月1日", "1e5000", "9" * 400,
)  # fmt: skip
KINDS = ("s", "str", "inlineStr", "b", "e", "n", "d", "", "x", "S")
TAG = re.compile(r"<(/?)([\w:.-]+)([^<>]*)>")
ATTRIBUTE = re.compile(r"""([\w:.-]+)="([^"<>]*)\"""")
TEXT = re.compile(r">([^<>]+)<")
CELL = re.compile(r"<c [^<>]*?(?:/>|>.*?</c>)", re.S)
ROW = re.compile(r"<row [^<>]*?(?:/>|>.*?</row>)", re.S)


def spoil(data: bytes, others: list[bytes], chance: Random) -> bytes:
    """Return a workbook spoiled in one way, or in several."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = spoil_once(data, others, chance)
    return data


def spoil_once(data: bytes, others: list[bytes], chance: Random) -> bytes:
    """Return a workbook spoiled in one way; what is no workbook any more is spoiled by bytes."""
    try:
        if data.startswith(ole.SIGNATURE):
            return chance.choice((spoil_bytes, spoil_records, spoil_records, spoil_records))(data, chance)
        ways = (spoil_bytes, spoil_zip, *[spoil_declaration] * 4, *[spoil_part] * 12)
        way = chance.choice(ways)
        return splice(data, chance.choice(others), chance) if chance.random() < 0.03 else way(data, chance)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        ole.Damaged,
        LookupError,
        NotImplementedError,
        ValueError,
    ):
        return spoil_bytes(data, chance)


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────


def spoil_bytes(data: bytes, chance: Random) -> bytes:
    """Flip, drop, double, cut or overwrite some bytes."""
    if not data:
        return b"PK"
    at, length = chance.randrange(len(data)), chance.choice((1, 2, 4, 16, 200))
    way = chance.randrange(7)
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + data[at + length :]
    if way == 2:
        return data[: at + length] + data[at:]
    if way == 3:
        return data[:at] + chance.randbytes(length) + data[at + length :]
    if way == 4:
        return data[:at] + chance.choice((b"\0", b"\xff")) * length + data[at + length :]
    spoiled = bytearray(data)
    for _ in range(length):
        spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def splice(data: bytes, other: bytes, chance: Random) -> bytes:
    """Join pieces of two workbooks: cut anywhere, or one behind the other."""
    if chance.random() < 0.5:
        return data + other
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


# ── the zip ──────────────────────────────────────────────────────────────────────────────────────


def spoil_zip(data: bytes, chance: Random) -> bytes:
    """Drop, rename, swap, double or restate parts, or put something before or behind them."""
    parts = {e.name: e for e in entries_of(data)}
    one, two = chance.choice(list(parts)), chance.choice(list(parts))
    way = chance.randrange(10)
    if way == 0:
        del parts[one]
    elif way == 1:
        parts[one], parts[two] = parts[two], parts[one]
        parts = {n: Entry(n, e.method, e.crc, e.size, e.raw) for n, e in parts.items()}
    elif way == 2:
        name = chance.choice(
            (
                one.upper(),
                one.replace("/", "\\"),
                "../" + one,
                "/" + one,
                one + "\0",
                "xl/" + one,
                "工/" + one,
                "",
            )
        )
        old = parts.pop(one)
        parts[name] = Entry(name, old.method, old.crc, old.size, old.raw)
    elif way == 3:
        return written([*parts.values(), parts[one]])
    elif way == 4:
        old = parts[one]
        parts[one] = Entry(
            one, old.method, old.crc, chance.choice((0, old.size + 1, 1 << 20, 1 << 31, 0xFFFFFFFF)), old.raw
        )
    elif way == 5:
        old = parts[one]
        parts[one] = Entry(one, chance.choice((0, 1, 8, 9, 12, 14, 99)), old.crc, old.size, old.raw)
    elif way == 6:
        parts[one] = packed(
            one, chance.choice((b"", b"<", bytes(1 << 20), b"<a/>", b"\xef\xbb\xbf", chance.randbytes(300)))
        )
    elif way == 7:
        return chance.randbytes(chance.choice((1, 22, 512))) + written(list(parts.values()))
    elif way == 8:
        whole = written(list(parts.values()))
        return whole[:-2] + struct.pack("<H", 30) + chance.randbytes(chance.choice((0, 29, 30, 31)))
    else:
        spoiled = bytearray(written(list(parts.values())))
        tail = len(spoiled) - chance.randrange(1, min(len(spoiled), 60 * len(parts)))
        spoiled[tail] = chance.randrange(256)
        return bytes(spoiled)
    return written(list(parts.values()))


def written(entries: list[Entry]) -> bytes:
    """Return a zip of the entries."""
    return laid_out(entries).with_entries(())


# ── the XML of a part ────────────────────────────────────────────────────────────────────────────


def spoil_part(data: bytes, chance: Random) -> bytes:
    """Spoil the XML of one part, the sheets oftenest."""
    parts = {e.name: e for e in entries_of(data)}
    names = [n for n in parts if n.endswith((".xml", ".rels"))]
    small = [n for n in names if parts[n].size < 200_000]
    sheets = [n for n in small if "sheet" in n.lower() or n == "content.xml"] or small
    name = chance.choice(sheets if chance.random() < 0.7 else small)
    content = parts[name].data()
    if chance.random() < 0.06:
        spoiled = spoil_coding(content, chance)
    else:
        text = content.decode("utf-8", "surrogateescape")
        for _ in range(chance.choice((1, 1, 2, 5))):
            text = chance.choice(WAYS)(text, chance)
        spoiled = text.encode("utf-8", "surrogatepass" if "\ud800" in text else "surrogateescape")
    parts[name] = packed(name, spoiled)
    return written(list(parts.values()))


DECLARATIONS = tuple(
    re.compile(pattern)
    for pattern in (
        r'\b(?:uniqueCount|count)="([^"<>]*)"',
        r'<dimension ref="([^"<>]*)"',
        r'<col [^<>]*?(?:min|max)="([^"<>]*)"',
        r'<row [^<>]*?(?:spans|ht|outlineLevel)="([^"<>]*)"',
        r'<mergeCell ref="([^"<>]*)"',
        r"<definedName [^<>]*>([^<>]*)<",
        r'localSheetId="([^"<>]*)"',
        r'<sheet [^<>]*?(?:sheetId|state|name)="([^"<>]*)"',
        r'\br:id="([^"<>]*)"',
        r'\bId="([^"<>]*)"',
        r'\bTarget="([^"<>]*)"',
        r'\bType="([^"<>]*)"',
        r'\b(?:PartName|ContentType|Extension)="([^"<>]*)"',
        r'number-(?:columns|rows)-(?:repeated|spanned)="([^"<>]*)"',
        r'sqref="([^"<>]*)"',
        r'\b(?:numFmtId|xfId|fontId|s)="([^"<>]*)"',
    )
)


def spoil_declaration(data: bytes, chance: Random) -> bytes:
    """Spoil what a part says of others or of itself: counts, extents, names, relations."""
    parts = {e.name: e for e in entries_of(data)}
    names = [n for n in parts if n.endswith((".xml", ".rels")) and parts[n].size < 200_000]
    for _ in range(8):
        name = chance.choice(names)
        text = parts[name].data().decode("utf-8", "surrogateescape")
        found = pick(chance.choice(DECLARATIONS), text, chance)
        if found:
            others = [m[1] for m in found.re.finditer(text)]
            new = chance.choice(
                (chance.choice(NUMBERS), chance.choice(ADDRESSES), *[chance.choice(others)] * 2)
            )
            text = put(text, found, new, 1)
            if chance.random() < 0.2:
                text = put(text, found, found[0] + " " + found[0])
            parts[name] = packed(name, text.encode("utf-8", "surrogateescape"))
            break
    return written(list(parts.values()))


def pick(pattern: re.Pattern[str], text: str, chance: Random) -> re.Match[str] | None:
    """Return one match near a random place, or None."""
    at = chance.randrange(len(text) + 1)
    return pattern.search(text, at) or pattern.search(text)


def put(text: str, found: re.Match[str], new: str, group: int = 0) -> str:
    """Return a text with one match replaced."""
    return text[: found.start(group)] + new + text[found.end(group) :]


def tag_gone(text: str, chance: Random) -> str:
    """Delete, double or rename a tag."""
    found = pick(TAG, text, chance)
    if not found:
        return text
    new = chance.choice(
        (
            "",
            found[0] * 2,
            found[0].replace(found[2], "x:" + found[2]),
            found[0].replace(found[2], chance.choice(("c", "row", "v", "f", "is", "sheetData", "a"))),
        )
    )
    return put(text, found, new)


def element_moved(text: str, chance: Random) -> str:
    """Delete, double or move a row or a cell."""
    pattern = chance.choice((CELL, ROW))
    one, two = pick(pattern, text, chance), pick(pattern, text, chance)
    if not one or not two:
        return text
    return put(text, one, chance.choice(("", one[0] * 2, two[0], one[0] * 300)))


def attribute_changed(text: str, chance: Random) -> str:
    """Give an attribute another name, another value, or none; or a second one."""
    found = pick(ATTRIBUTE, text, chance)
    if not found:
        return text
    value = chance.choice(
        (*NUMBERS, *ADDRESSES, *ADDRESSES, "true", "false", "rId1", "rId999", "..\\..\\x", "http://x/")
    )
    other = pick(ATTRIBUTE, text, chance) or found
    new = chance.choice(
        ("", f'{found[1]}="{value}"', f'{found[1]}="{value}"', f"{found[1]}='{value}'", f'{other[1]}="{found[2]}"', f'{found[1]}="{other[2]}"',
         f'{found[0]} {found[1]}="{value}"', f'{found[1]} = "{value}"', f'x:{found[0]} {found[0]}', f"\n{found[1]}={value}")
    )  # fmt: skip
    return put(text, found, new)


def text_changed(text: str, chance: Random) -> str:
    """Put another text between two tags."""
    found = pick(TEXT, text, chance)
    return put(text, found, chance.choice(NUMBERS + TEXTS), 1) if found else text


def cell_changed(text: str, chance: Random) -> str:
    """Put another cell in the place of one."""
    found = pick(CELL, text, chance)
    if not found:
        return text
    address = re.search(r'r="([^"]*)"', found[0])
    where = address[1] if address and chance.random() < 0.8 else chance.choice(ADDRESSES)
    kind, style = (
        chance.choice(KINDS),
        chance.choice(("0", "1", "2", "3", "5", "8", "13", "21", "999999", "-1", "")),
    )
    value = chance.choice(NUMBERS + TEXTS)
    body = chance.choice(
        (f"<v>{value}</v>", f"<v>{value}</v>", f"<is><t>{value}</t></is>", f"<f>{value}</f>", f"<f>1</f><v>{value}</v>", "", "<v/>", "<is/>",
         f'<f t="shared" si="{chance.choice(NUMBERS)}" ref="A1:XFD1048576">1</f>', f"<v>{value}</v><v>1</v>", f"<v><!-- -->{value}</v>",
         f"<is><r><t>{value}</t></r><rPh><t>拼</t></rPh></is>", f"<v><![CDATA[{value}]]></v>", f"<x>{value}</x>")
    )  # fmt: skip
    return put(
        text,
        found,
        f'<c r="{where}" s="{style}" t="{kind}">{body}</c>'
        if kind
        else f'<c r="{where}" s="{style}">{body}</c>',
    )


def index_changed(text: str, chance: Random) -> str:
    """Let a cell or a list point elsewhere."""
    found = pick(re.compile(r"<v>(\d+)</v>"), text, chance)
    return put(text, found, chance.choice(NUMBERS), 1) if found else text


def something_added(text: str, chance: Random) -> str:
    """Put something where it may or may not belong."""
    value, address = chance.choice(NUMBERS), chance.choice(ADDRESSES)
    new = chance.choice(
        ("<!-- x -->", "<!-- <row r=\"1\"><c r=\"A1\"><v>1</v></c></row> -->", "<![CDATA[<c>]]>", "<?x y?>", '<!DOCTYPE a [<!ENTITY b "c">]>', "&b;", "&#0;", "\0", "<", ">",
         "&", '"', f'<row r="{value}"><c r="{address}"><v>1</v></c></row>', f'<row r="{value}"><c><v>1</v></c></row>', "<row/>" * 2000, "<c/>" * 2000,
         f'<mergeCells><mergeCell ref="{address}:{chance.choice(ADDRESSES)}"/></mergeCells>', f'<cols><col min="{value}" max="{chance.choice(NUMBERS)}" hidden="1"/></cols>',
         "<a>" * 3000, "<a>" * 300 + "</a>" * 300, f'<dimension ref="{address}"/>', '<row hidden="1" r="4">', "<sheetData>", "</sheetData>", "<si/>", "<is/>",
         f'<table:table-cell table:number-columns-repeated="{value}" office:value-type="float" office:value="1"/>', f'<table:table-row table:number-rows-repeated="{value}"/>')
    )  # fmt: skip
    found = pick(TAG, text, chance)
    at = found.start() if found and chance.random() < 0.9 else chance.randrange(len(text) + 1)
    return text[:at] + new + text[at:]


def piece_moved(text: str, chance: Random) -> str:
    """Cut, double or swap a piece of text, tags or no tags."""
    at, length = chance.randrange(len(text) + 1), chance.choice((1, 5, 50, 500, 5000))
    piece, to = text[at : at + length], chance.randrange(len(text) + 1)
    return chance.choice(
        (
            text[:at] + text[at + length :],
            text[:to] + piece + text[to:],
            text[:at],
            text[:at] + piece[::-1] + text[at + length :],
        )
    )


WAYS: tuple[Callable[[str, Random], str], ...] = (
    tag_gone, element_moved, attribute_changed, attribute_changed, attribute_changed, text_changed, text_changed, cell_changed, cell_changed, cell_changed,
    index_changed, something_added, something_added, piece_moved,
)  # fmt: skip


def spoil_coding(content: bytes, chance: Random) -> bytes:
    """Write a part in another encoding than it says, or say another."""
    text = content.decode("utf-8", "replace")
    coding = chance.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "utf-7", "utf-8-sig", "utf-8")
    )
    if chance.random() < 0.6:
        text = re.sub(
            r'encoding="[^"]*"',
            f'encoding="{chance.choice((coding, "gb2312", "UTF-16", "nonsense", "ascii", ""))}"',
            text,
            count=1,
        )
    return text.encode(coding, "replace")


# ── the records of an old .xls ───────────────────────────────────────────────────────────────────


def spoil_records(data: bytes, chance: Random) -> bytes:
    """Spoil some records of the workbook's stream, and put it in a sound compound file."""
    stream = bytearray(ole.Compound(data).stream("Workbook"))
    records = list(ole.records(stream))
    for _ in range(chance.choice((1, 1, 2, 8))):
        at, _, length = chance.choice(records)
        way = chance.randrange(6)
        if way == 0:
            struct.pack_into(
                "<H",
                stream,
                at,
                chance.choice(
                    (*ole.CELLS, ole.BOF, ole.EOF, ole.FILE_PASS, ole.DIMENSIONS, 0x3C, 0xFC, 0x207, 0xE5)
                ),
            )
        elif way == 1:
            struct.pack_into(
                "<H", stream, at + 2, chance.choice((0, 1, 2, 6, 65535, max(0, length - 1), length + 1))
            )
        elif way == 2 and length >= 2:
            struct.pack_into(
                "<H",
                stream,
                at + 4 + chance.randrange(length - 1),
                chance.choice((0, 1, 255, 256, 32767, 65535)),
            )
        elif way == 3 and length >= 4:
            struct.pack_into(
                "<I",
                stream,
                at + 4 + chance.randrange(length - 3),
                chance.choice((0, 0xFFFFFFFF, 0x7FFFFFFF, 1 << 24)),
            )
        elif way == 4:
            stream[at : at + 4 + length] = b""
            records = list(ole.records(stream)) or records
        elif length:
            stream[at + 4 + chance.randrange(length)] = chance.randrange(256)
    return ole.packed({"Workbook": bytes(stream)})
