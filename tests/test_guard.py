"""Hostile and broken files: each is told apart from its bytes, in bounded time, with one clear sentence.

Source: docs/decisions/threat-model.md, “Bounds”, and T1 there. Every file is made here. A file
that would abort the process if the value reader saw it is only shown to the guard.
"""

import io
import random
import re
import struct
import time
import timeit
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest
from python_calamine import CalamineWorkbook
from sheets import (
    Grid,
    grids_of,
    lines,
    read_file,
    repacked,
    replaced,
    submission_of,
    template_of,
    workbook_of,
)

from baiti_xl.contest import sheets
from baiti_xl.contest.records import Submission
from baiti_xl.ooxml.zips import Archive, Entry, entries_of, laid_out, stored
from baiti_xl.read import guard, ole
from baiti_xl.read.guard import Refused, check_directory, inspect

SECONDS = 5.0
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
# Every column of the register is filled, so that cells may lose their addresses without moving.
TABLES = {"项目台账": "项目阶段 | 引进方式 | 备注\n 竣工 | 联合 | 甲 \n 竣工 | 联合 | 乙"}
GRIDS: dict[str, Grid] = grids_of(TABLES)
PLAIN = workbook_of(GRIDS)
SHEET = f"xl/worksheets/sheet{list(GRIDS).index('项目台账') + 1}.xml"
CONTENT = submission_of(TABLES).content
FAR = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>'


def adding(row: bytes, data: bytes = PLAIN) -> bytes:
    """Return the workbook with a row appended to the register."""
    return replaced(data, SHEET, b"</sheetData>", row + b"</sheetData>")


def with_part(name: str, content: bytes, how: int = ZIP_DEFLATED, data: bytes = PLAIN) -> bytes:
    """Return the workbook with one more part, even of a name that is there."""
    target = io.BytesIO(data)
    with warnings.catch_warnings(), ZipFile(target, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(name, content, how)
    return target.getvalue()


def zip_of(parts: dict[str, bytes]) -> bytes:
    """Return a zip of some parts."""
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def directory_says(data: bytes, part: str, at: int, value: bytes) -> bytes:
    """Return a zip whose directory entry of a part holds other bytes at an offset."""
    entry = data.rindex(part.encode()) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    return data[: entry + at] + value + data[entry + at + len(value) :]


def size_says(part: str, size: int) -> bytes:
    """Return the workbook with another uncompressed size of a part in its directory."""
    return directory_says(PLAIN, part, 24, size.to_bytes(4, "little"))


def without(*names: str) -> bytes:
    """Return the workbook without some parts."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(PLAIN)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
    return target.getvalue()


def real_size(part: str) -> int:
    """Return the size of a part."""
    return ZipFile(io.BytesIO(PLAIN)).getinfo(part).file_size


def overlapping() -> bytes:
    """Return the workbook with a part that its directory lists under a hundred names."""
    whole = laid_out([*entries_of(PLAIN), stored("xl/a00.bin", random.Random(1).randbytes(100_000))])
    record = whole.directory[whole.directory.rindex(b"PK\1\2") :]
    more = [record.replace(b"a00", b"a%02d" % number) for number in range(1, 100)]
    return Archive(whole.head, b"".join([whole.directory, *more]), whole.count + 99).with_entries(())


def utf_16(name: str, part: bytes) -> tuple[str, bytes]:
    """Return a part with a document type, in UTF-16."""
    if name != SHEET:
        return name, part
    text = part.decode().replace("UTF-8", "UTF-16").replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>', 1)
    return name, text.encode("utf-16")


BILLION_LAUGHS = b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><worksheet'
XXE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><sst'

NOT_A_WORKBOOK = "这个文件不是能读的工作簿（{}）。请用报送模板填好后另存为 .xlsx 再报。"
DAMAGED = "文件读不出来，可能已损坏（{}）。请在电脑上重新打开并另存为 .xlsx 后再报。"
HOSTILE = "文件内部结构异常，为安全起见没有读取（{}）。请把内容复制到新下发的模板里重报。"
ENCRYPTED = "文件加密，打不开。请取消密码后重报。"


@pytest.mark.parametrize(
    ("make", "rule", "sentence"),
    [
        # what is no workbook
        (lambda: b"", "F01", NOT_A_WORKBOOK.format("空文件")),
        (lambda: "单位,项目\r\n城关镇,羽绒".encode("gbk"), "F01", NOT_A_WORKBOOK.format("是文本或其他格式")),
        (lambda: b"a,b\n1,2\n", "F01", NOT_A_WORKBOOK.format("是文本或其他格式")),
        (lambda: b"\r\n <HTML><body><table></table>", "F01", NOT_A_WORKBOOK.format("是网页")),
        (lambda: b"<!DOCTYPE html><html>", "F01", NOT_A_WORKBOOK.format("是网页")),
        (lambda: b"<table><tr><td>1</td></tr></table>", "F01", NOT_A_WORKBOOK.format("是网页")),
        (lambda: b"%PDF-1.4\n", "F01", NOT_A_WORKBOOK.format("是 PDF")),
        (lambda: b"\x89PNG\r\n\x1a\n\0\0", "F01", NOT_A_WORKBOOK.format("是图片")),
        (lambda: b"\xff\xd8\xff\xe0\0\x10JFIF", "F01", NOT_A_WORKBOOK.format("是图片")),
        (lambda: b"Rar!\x1a\x07\0", "F01", NOT_A_WORKBOOK.format("是压缩包")),
        (lambda: b"7z\xbc\xaf\x27\x1c", "F01", NOT_A_WORKBOOK.format("是压缩包")),
        (lambda: bytes(100), "F01", NOT_A_WORKBOOK.format("格式无法识别")),
        (lambda: zip_of({"照片.jpg": b"x"}), "F01", NOT_A_WORKBOOK.format("是压缩包，里面没有工作簿")),
        (
            lambda: zip_of({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}),
            "F01",
            NOT_A_WORKBOOK.format("是 Word 文档"),
        ),
        (
            lambda: zip_of({"[Content_Types].xml": b"<a/>", "ppt/presentation.xml": b"<a/>"}),
            "F01",
            NOT_A_WORKBOOK.format("是演示文稿"),
        ),
        (lambda: OLE + "WordDocument".encode("utf-16-le"), "F01", NOT_A_WORKBOOK.format("是 Word 文档")),
        (lambda: OLE, "F01", NOT_A_WORKBOOK.format("格式无法识别")),
        # locked
        (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "F02", ENCRYPTED),
        (lambda: OLE + "EncryptionInfo".encode("utf-16-le"), "F02", ENCRYPTED),
        (lambda: directory_says(PLAIN, SHEET, 8, b"\x01\x00"), "F02", ENCRYPTED),
        # too large
        (
            lambda: b"PK" + bytes(guard.MAX_FILE),
            "F03",
            "文件过大（48 MB，上限 48 MB）。请删去多余的图片、空白行和无关工作表后重报。",
        ),
        # damaged
        (lambda: b"PK", "F04", DAMAGED.format("压缩结构不完整")),
        (lambda: PLAIN[: len(PLAIN) // 2], "F04", DAMAGED.format("压缩结构不完整")),
        (lambda: PLAIN[:-30], "F04", DAMAGED.format("压缩结构不完整")),
        (lambda: size_says(SHEET, real_size(SHEET) + 1), "F04", DAMAGED.format("压缩结构不完整")),
        (lambda: directory_says(PLAIN, SHEET, 16, b"\0\0\0\0"), "F04", DAMAGED.format("压缩结构不完整")),
        (lambda: directory_says(PLAIN, SHEET, 42, b"\x01\0\0\0"), "F04", DAMAGED.format("压缩结构不完整")),
        (lambda: zip_of({"[Content_Types].xml": b"<a/>"}), "F04", DAMAGED.format("缺少工作簿部件")),
        pytest.param(
            lambda: without("xl/workbook.xml"),
            "F04",
            DAMAGED.format("缺少工作簿部件"),
        ),
        (lambda: without(SHEET), "F04", DAMAGED.format("工作簿内部不完整")),
        (
            lambda: replaced(PLAIN, "xl/workbook.xml", b"</workbook>", b""),
            "F04",
            DAMAGED.format("工作簿目录不完整"),
        ),
        (lambda: replaced(PLAIN, SHEET, b"</sheetData>", b""), "F04", DAMAGED.format("工作簿内部不完整")),
        (lambda: OLE + "Workbook".encode("utf-16-le"), "F04", DAMAGED.format("工作簿内部不完整")),
        # hostile
        (
            lambda: replaced(
                PLAIN, "xl/_rels/workbook.xml.rels", b"worksheets/sheet4.xml", b"worksheets/sheet3.xml"
            ),
            "F05",
            HOSTILE.format("「邀请客商」和另一张工作表用同一个部件"),
        ),
        (lambda: adding(FAR), "F05", HOSTILE.format("「项目台账」有内容远在第 1048576 行、第 16384 列")),
        (
            lambda: adding(b'<row r="100001"><c r="A100001"><v>1</v></c></row>'),
            "F05",
            HOSTILE.format("「项目台账」有内容远在第 100001 行、第 26 列"),
        ),
        (
            lambda: adding(b"<row r='9'><c r='AAA9'><v>1</v></c></row>"),
            "F05",
            HOSTILE.format("「项目台账」有内容远在第 9 行、第 703 列"),
        ),
        (
            lambda: replaced(PLAIN, SHEET, b"<worksheet", BILLION_LAUGHS),
            "F05",
            HOSTILE.format(f"部件 {SHEET} 含有实体声明"),
        ),
        (
            lambda: replaced(PLAIN, "xl/sharedStrings.xml", b"<sst", XXE),
            "F05",
            HOSTILE.format("部件 xl/sharedStrings.xml 含有实体声明"),
        ),
        (lambda: repacked(PLAIN, utf_16), "F05", HOSTILE.format(f"部件 {SHEET} 含有实体声明")),
        (
            lambda: with_part("xl/media/image1.png", bytes(10 << 20)),
            "F05",
            HOSTILE.format("部件 xl/media/image1.png 压缩比异常"),
        ),
        (lambda: size_says(SHEET, 1 << 30), "F05", HOSTILE.format("解压后总量过大")),
        (lambda: size_says(SHEET, 65 << 20), "F05", HOSTILE.format(f"部件 {SHEET} 解压后 65 MB")),
        (
            lambda: size_says(SHEET, real_size(SHEET) - 1),
            "F05",
            HOSTILE.format(f"部件 {SHEET} 比目录所写的大"),
        ),
        (lambda: with_part(SHEET, b"<a/>"), "F05", HOSTILE.format("压缩包内有同名部件")),
        (lambda: with_part(SHEET.upper(), b"<a/>"), "F05", HOSTILE.format("压缩包内有同名部件")),
        (lambda: with_part(SHEET.replace("/", "\\"), b"<a/>"), "F05", HOSTILE.format("压缩包内有同名部件")),
        (lambda: with_part("xl/../../evil.xml", b"<a/>"), "F05", HOSTILE.format("部件路径异常")),
        (lambda: with_part("/etc/evil.xml", b"<a/>"), "F05", HOSTILE.format("部件路径异常")),
        (
            lambda: with_part("xl/odd.xml", b"<a/>" * 100, ZIP_LZMA),
            "F05",
            HOSTILE.format("部件 xl/odd.xml 用了不常见的压缩方法"),
        ),
        (overlapping, "F05", HOSTILE.format("部件相互重叠")),
        (
            lambda: zip_of({f"xl/p{i}.bin": b"" for i in range(2001)}),
            "F05",
            HOSTILE.format("部件多达 2001 个"),
        ),
    ],
)
def test_f01_f02_f03_f04_f05_what_cannot_be_read(make: Callable[[], bytes], rule: str, sentence: str) -> None:
    """One finding with one sentence, within seconds; nothing else is said of the file."""
    submission = timed(make())
    assert [(f.rule, f.message) for f in submission.findings] == [(rule, sentence)]
    assert not submission.usable
    assert submission.tables.keys() == sheets.SHEETS.keys()


def timed(data: bytes) -> Submission:
    """Read a file and hold the time against the bound."""
    start = time.perf_counter()
    submission = read_file(data)
    assert time.perf_counter() - start < SECONDS
    return submission


# ── what looks odd and is read ───────────────────────────────────────────────────────────────────


def prefixed(name: str, part: bytes) -> tuple[str, bytes]:
    """Return a sheet with every element under the prefix x:."""
    if not name.startswith("xl/worksheets/"):
        return name, part
    return name, re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", part).replace(b" xmlns=", b" xmlns:x=")


def unaddressed(name: str, part: bytes) -> tuple[str, bytes]:
    """Return a sheet whose rows and cells have no addresses."""
    if not name.startswith("xl/worksheets/"):
        return name, part
    return name, re.sub(rb'<(c|row) r="[A-Z]*\d+"', rb"<\1", part)


def mismeasured(extent: bytes) -> Callable[[str, bytes], tuple[str, bytes]]:
    """Return a change of every sheet's `dimension`."""
    return lambda name, part: (
        name,
        re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + extent + b'"', part),
    )


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        repacked(PLAIN, lambda name, part: (name.replace("/", "\\"), part)),
        repacked(PLAIN, prefixed),
        repacked(PLAIN, unaddressed),
        repacked(PLAIN, mismeasured(b"A1")),
        repacked(PLAIN, mismeasured(b"A1:XFD1048576")),
        adding(b'<row r="1048576"><c r="XFD1048576" s="0"/></row>'),
        adding(b'<row r="1048576"><c r="XFD1048576" s="0"></c></row>'),
        with_part("docProps/thumbnail.jpeg", b"x" * 1000, ZIP_STORED),
    ],
    ids=["plain", "backslashes", "prefix", "no addresses", "small dimension", "large dimension", "far style", "far empty", "stored"],
)  # fmt: skip
def test_odd_packages_are_read_as_they_are_meant(data: bytes) -> None:
    submission = timed(data)
    assert submission.content == CONTENT
    assert [f.rule for f in submission.findings if f.rule[0] == "F" and f.blocks] == []


@pytest.mark.parametrize(
    "text",
    [
        '共 count="30" 家',
        '接口返回 uniqueCount="4294967295"，count="1"',
        "<sst count='9'> 是标签",
        'a > count="5"',
        '<dimension ref="A1:B2"/>',
        "2011-05-20T00:00:00Z",
    ],
)
def test_a_text_that_looks_like_markup_stays_as_it_was_typed(text: str) -> None:
    """Only what a tag says of its size is taken out, in shared strings as in a cell's own."""
    tables = {"项目台账": f"项目阶段 | 引进方式 | 备注\n 竣工 | 联合 | {text}"}
    data = workbook_of(grids_of(tables))
    (project,) = read_file(data).table(sheets.PROJECTS).records
    assert project.remark == text
    (own,) = read_file(inline(data)).table(sheets.PROJECTS).records
    assert own.remark == text


def inline(data: bytes) -> bytes:
    """Return a workbook whose cells hold their texts themselves, as results of formulas, beside a moment (t="d")."""
    strings = ZipFile(io.BytesIO(data)).read("xl/sharedStrings.xml")
    texts = re.findall(rb"<si><t[^<>]*>(.*?)</t></si>", strings, re.S)

    def change(name: str, part: bytes) -> tuple[str, bytes]:
        own = re.sub(rb' t="s"><v>(\d+)<', lambda c: b' t="str"><v>' + texts[int(c[1])] + b"<", part)
        return name, own.replace(
            b"</row></sheetData>", b'<c r="AB9" t="d"><v>2011-05-20T00:00:00Z</v></c></row></sheetData>'
        )

    return repacked(data, change)


@pytest.mark.parametrize(
    ("spelling", "sentence"),
    [
        (b' uniqueCount="4294967295">', ""),
        (b" uniqueCount = '4294967295' >", ""),
        (b' a="count=&quot;9&quot;" uniqueCount="4294967295">', ""),
        (b' a=">" uniqueCount="4294967295">', ""),
        (b' a="1"uniqueCount="4294967295">', "不完整"),
        (b" uniqueCount=4294967295>", "不完整"),
        (b' a=" uniqueCount="4294967295">', "不完整"),
    ],
)
def test_no_spelling_of_a_size_reaches_a_reader(spelling: bytes, sentence: str) -> None:
    def stated(name: str, part: bytes) -> tuple[str, bytes]:
        return name, re.sub(rb"(<sst[^<>]*?) count=[^<>]*>", rb"\1" + spelling, part)

    data = repacked(PLAIN, stated)
    if sentence:
        with pytest.raises(Refused, match=sentence):
            inspect(data)
    else:
        strings = ZipFile(io.BytesIO(inspect(data).data)).read("xl/sharedStrings.xml")
        assert b"4294967295" not in strings
        assert read_file(data).content == CONTENT


@pytest.mark.parametrize("file", ["X01.xlsx", "X01.xls", "X01.et", "报送表"])
def test_the_kind_is_told_from_the_bytes_and_not_from_the_name(file: str) -> None:
    assert read_file(PLAIN, file).content == CONTENT


def test_f03_formatted_empty_rows() -> None:
    """A column formatted all the way down is read; the unit is told how to make the file smaller."""
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (i, i) for i in range(6, 300_001))
    submission = timed(adding(rows))
    assert submission.content == CONTENT
    found = [f for f in submission.findings if f.rule == "F03"]
    assert [f.message for f in found] == [
        "「项目台账」有约 299995 行只设了格式的空白行。不影响统计；删去后文件会小很多。"
    ]
    assert not found[0].blocks


def test_f05_macros_are_noted_and_never_kept() -> None:
    submission = timed(with_part("xl/vbaProject.bin", b"\0" * 100))
    assert submission.content == CONTENT
    assert [(f.rule, f.severity, f.message) for f in submission.findings if f.rule[0] == "F"] == [
        ("F05", "示", "文件里含有宏，已忽略，没有运行。下次请用不含宏的报送模板（.xlsx）。")
    ]
    assert submission.usable


def file_lines(submission: Submission) -> list[str]:
    """Return what is said of the file as a whole."""
    return [line for line in lines(submission) if line.startswith("F")]


def with_macro_sheet() -> bytes:
    """Return the workbook with a hidden sheet of Excel 4 macros, as an infected computer leaves it."""
    data = replaced(
        PLAIN,
        "xl/workbook.xml",
        b"</sheets>",
        b'<sheet name="Macro1" sheetId="99" state="veryHidden" r:id="rId999"/></sheets>',
    )
    kind = b"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
    relation = (
        b'<Relationship Id="rId999" Type="' + kind + b'" Target="macrosheets/sheet1.xml"/></Relationships>'
    )
    data = replaced(data, "xl/_rels/workbook.xml.rels", b"</Relationships>", relation)
    return with_part(
        "xl/macrosheets/sheet1.xml", b'<xm:macrosheet xmlns:xm="x"><sheetData/></xm:macrosheet>', data=data
    )


def test_f05_a_sheet_of_excel_4_macros_is_left_out() -> None:
    submission = timed(with_macro_sheet())
    assert submission.content == CONTENT
    assert file_lines(submission) == ["F05 示"]


@pytest.mark.parametrize("address", ["ZZ5", "ST5", "XFD99999", "AAA12"])
def test_a_stray_cell_far_to_the_right_refuses_nothing(address: str) -> None:
    """No sheet of ours reaches so far; what stands there is left out before reading."""
    number = re.sub("[A-Z]", "", address)
    row = f'<row r="{number}"><c r="{address}" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>'
    submission = timed(adding(row.encode()))
    assert (submission.content, file_lines(submission)) == (CONTENT, [])


@pytest.mark.parametrize("address", ["A100000", "CZ9999", "SR7812"])
def test_what_lies_just_within_the_bounds_is_let_through(address: str) -> None:
    row = re.sub("[A-Z]", "", address)
    inspect(adding(f'<row r="{row}"><c r="{address}"><v>1</v></c></row>'.encode()))


def test_a_sheet_that_nobody_asked_for_is_handed_on_empty() -> None:
    """Whatever stands there reaches no reader; asked for, it is held to the same bounds."""
    other = workbook_of({**GRIDS, "别的": [["x"]]})
    part = f"xl/worksheets/sheet{len(GRIDS) + 1}.xml"
    far = replaced(other, part, b"</sheetData>", FAR + b"</sheetData>")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(inspect(far).data)).get_sheet_by_name("别的")
    assert sheet.to_python() == []
    with pytest.raises(Refused):
        inspect(far, {"别的"})


@pytest.mark.parametrize(
    ("infos", "what"),
    [
        ([("a", 64 << 20, 1 << 20)], ""),
        ([("a", (64 << 20) + 1, 1 << 20)], "部件 a 解压后 64 MB"),
        ([(name, 64 << 20, 1 << 20) for name in "abcd"], ""),
        ([*((name, 64 << 20, 1 << 20) for name in "abcd"), ("e", 1, 1)], "解压后总量过大"),
        ([("a", 4 << 20, 10)], ""),
        ([("a", (4 << 20) + 1, 10)], "部件 a 压缩比异常"),
        ([("a", 300 << 14, 1 << 14)], ""),
        ([("a", (300 << 14) + 1, 1 << 14)], "部件 a 压缩比异常"),
        ([("a/b", 1, 1), ("A\\B", 1, 1)], "压缩包内有同名部件"),
    ],
)
def test_sizes_are_taken_from_the_directory_before_anything_is_unpacked(
    infos: list[tuple[str, int, int]], what: str
) -> None:
    """Part 64 MiB, total 256 MiB, ratio 300 once a part is larger than 4 MiB: both sides of each bound."""
    try:
        check_directory([Entry(name, ZIP_DEFLATED, 0, size, bytes(packed)) for name, size, packed in infos])
    except Refused as refusal:
        assert (refusal.rule, refusal.slots["what"]) == ("F05", what)
    else:
        assert what == ""


# ── holes ────────────────────────────────────────────────────────────────────────────────────────


def at_target(target: str, part: str = SHEET) -> bytes:
    """Return the workbook whose register is far too wide, and found under another target."""
    leaf = SHEET.rpartition("/")[2].encode()

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name == SHEET:
            return part, content.replace(b"</sheetData>", FAR + b"</sheetData>")
        return name, content.replace(b"worksheets/" + leaf, target.encode()) if name.endswith(
            ".rels"
        ) else content

    return repacked(PLAIN, change)


def twin_sheets() -> bytes:
    """Return a workbook with two sheets called 项目台账, of which the first is far too wide."""
    wide = adding(FAR)
    return replaced(wide, "xl/workbook.xml", 'name="到位资金"'.encode(), 'name="项目台账"'.encode())


@pytest.mark.parametrize(
    "make",
    [
        lambda: adding(FAR.replace(b"XFD", b"xfd")),
        lambda: adding(b'<row r="1048576">' + b"<c/>" * 16383 + b"<c><v>1</v></c></row>"),
        lambda: adding(b'<row r="1048576"><c x=">" r="XFD1048576"><v>1</v></c></row>'),
        lambda: at_target(SHEET.removeprefix("xl/").replace(".xml", ".foo"), SHEET.replace(".xml", ".foo")),
        lambda: at_target(SHEET.removeprefix("xl/").title()),
        twin_sheets,
    ],
    ids=["small letters", "row without cell addresses", "bracket in an attribute", "part of another ending", "target in other letters", "twin sheets"],
)  # fmt: skip
def test_no_spelling_of_a_far_cell_gets_past_the_guard(make: Callable[[], bytes]) -> None:
    """Each was tried under a memory limit: python-calamine aborts, which no except can catch."""
    with pytest.raises(Refused):
        inspect(make())


def test_the_area_of_a_sheet_is_bounded_too() -> None:
    with pytest.raises(Refused):
        inspect(adding(b'<row r="99999"><c r="SR99999"><v>1</v></c></row>'))


def test_a_part_whose_name_is_no_utf_8() -> None:
    data = zip_of({"xl/工.xml": b"<a/>"}).replace("工".encode(), b"\xff\xfe\xfd")
    assert lines(read_file(data)) == ["F04 错"]


def test_error_cells_are_found_in_a_sheet_without_addresses() -> None:
    broken = workbook_of(GRIDS, {"项目台账": lambda page: page.write_formula("I4", "=1/0", None, "#DIV/0!")})
    assert lines(read_file(repacked(broken, unaddressed)), "C06") == ["C06 错 项目台账 总投资4 #DIV/0!"]


# ── broken at random ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_a_part_cut_anywhere_raises_nothing(part: str) -> None:
    """What remains of a file is read, or refused with F04: never an exception."""
    content = ZipFile(io.BytesIO(PLAIN)).read(part)
    for at in range(0, len(content), max(1, len(content) // 12)):
        cut = repacked(PLAIN, lambda name, old, at=at: (name, old[:at] if name == part else old))  # type: ignore[misc]
        assert timed(cut).digest


TWICE = "有的单元格里有两个值"


@pytest.mark.parametrize(
    ("between", "sentence"),
    [
        (b"", TWICE),
        (b" ", TWICE),
        (b"<!-- -->", TWICE),
        (b"<?a?>", TWICE),
        (b"<f>1+1</f>", TWICE),
        (b"<f/>", TWICE),
        (b"<!-- --><f>1</f><!-- -->", TWICE),
        (b"<f>IF(A1>2,1)</f>", TWICE),
        (b'<f ca=">">1</f>', TWICE),
        (b"<f/><f/>", TWICE),
        (b"<is><t>1</t></is>", TWICE),
        (b"<extLst><ext/></extLst>", TWICE),
        (b"1", TWICE),
        (b"&#32;", TWICE),
        (b"<v/>", TWICE),
        (b'<c r="AD5"/>', TWICE),
        (b"</c><c>", ""),
        (b"<f>1</f></c><c><f>IF(A1>2,1)</f>", ""),
        (b'</c><c r="AD5"><f>1</f>', ""),
        (b'</c><c r="AD5"/><c r="AE5" t="inlineStr"><is><t>is v </t></is></c><c>', ""),
    ],
)
def test_a_cell_with_two_values_is_refused_whatever_parts_them(between: bytes, sentence: str) -> None:
    """A reader takes either; a value of the next cell is none of this."""
    data = replaced(
        PLAIN, SHEET, b"</row></sheetData>", b'<c r="AC5"><v>1</v>%s<v>2</v></c></row></sheetData>' % between
    )
    assert [f.message for f in read_file(data).findings if f.rule == "F04"] == (
        [f"文件读不出来，可能已损坏（{sentence}）。请在电脑上重新打开并另存为 .xlsx 后再报。"]
        if sentence
        else []
    )


@pytest.mark.parametrize(
    ("cell", "is_doubled"),
    [
        (b"<c><v/><v>2</v></c>", True),
        (b"<c><v>2</v><v/></c>", True),
        (b"<c><v>1<v>2</v></v></c>", True),
        (b'<c><v a="">1</v><v>2</v></c>', True),
        (b"<x:c><x:v>1</x:v><y-z:v>2</y-z:v></x:c>", True),
        (b"<c><is><t>1</t></is><v>2</v></c>", True),
        (b"<c><is/><v>2</v></c>", True),
        (b"<c><is><v>2</v></is></c>", True),
        (b"<c><is><t>1</t></is><is><t>2</t></is></c>", True),
        (b"<x:c><x:is><x:t>1</x:t></x:is><x:is/></x:c>", True),
        (b"<c><v>1</v><c><v>2</v></c></c>", True),
        (b"<c><v>1</v></c><c><v>2</v></c>", False),
        (b"<c><f>v > 1</f><v>1</v ></c ><c><v/></c><c/><c><v>2</v></c>", False),
        (b"<c><v>1</v>\n<extLst/>\n</c>\n<c><v>2</v></c>", False),
        (b"<x:c><x:v>1</x:v></x:c><x:c><x:f>is 1</x:f><x:v>2</x:v></x:c>", False),
        (b"<c><is><r><rPr><vertAlign/></rPr><t>this v</t></r></is></c><c><v>2</v></c>", False),
        (b"<c><v>1</v></c></row></sheetData><conditionalFormatting/>", False),
    ],
)
def test_two_values_are_told_from_two_cells(cell: bytes, is_doubled: bool) -> None:
    assert guard.has_two_values(b"<row>%s</row>" % cell) == is_doubled


@pytest.mark.parametrize(
    "again", [b"<v", b"<v><f>", b"<is ", b"is v <", b"<v>1</v></c>", b"<v>" + b"<f>" * 100]
)
def test_two_values_are_looked_for_once_through(again: bytes) -> None:
    """Sixteen times as much takes about sixteen times as long, whatever a sheet holds."""

    def spent(length: int) -> float:
        part = again * (length // len(again))
        return min(timeit.repeat(lambda: guard.has_two_values(part), number=1, repeat=3))

    assert spent(1 << 21) < 64 * spent(1 << 17)


@pytest.mark.parametrize(
    ("height", "is_hidden"),
    [
        ("0", True),
        ("0.75", True),
        ("1E-3", True),
        ("9.9e-1", True),
        ("0E0", True),
        (" 0", True),
        ("+0", True),
        ("-15", True),
        ("1", False),
        ("1E1", False),
        ("15.75", False),
        ("012", False),
        ("高", False),
    ],
)
def test_a_row_of_no_height_is_seen_however_it_is_written(height: str, is_hidden: bool) -> None:
    """Less than one point is hidden (C08), in any spelling of a number."""
    data = replaced(PLAIN, SHEET, b'<row r="5"', f'<row ht="{height}" customHeight="1" r="5"'.encode())
    assert ("C08" in {f.rule for f in read_file(data).findings}) == is_hidden


def test_a_file_cut_anywhere_is_damaged() -> None:
    for at in range(2, len(PLAIN), len(PLAIN) // 40):
        assert lines(timed(PLAIN[:at])) == ["F04 错"]


@pytest.mark.parametrize("last", [9_990, 10_009, 10_010])
def test_rows_of_mere_format_below_the_content_change_nothing(last: int) -> None:
    """On both sides of the number of rows from which they are left out before reading."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(10, last + 1))
    submission = read_file(adding(rows.encode()))
    assert submission.content == CONTENT
    assert lines(submission, "F01", "F02", "F04", "F05") == []


def test_a_file_with_bytes_changed_anywhere_raises_nothing() -> None:
    for at in range(0, len(PLAIN), len(PLAIN) // 60):
        spoiled = PLAIN[:at] + bytes([PLAIN[at] ^ 0x55]) + PLAIN[at + 1 :]
        submission = timed(spoiled)
        assert submission.content == CONTENT or lines(submission)


def test_the_standard_template_passes_the_guard_untouched() -> None:
    """Its own formulas and hidden sheets are outside the sheets that a unit fills in."""
    package = inspect(template_of({}))
    assert set(sheets.SHEETS) <= set(package.parts)
    assert not package.odd & set(sheets.SHEETS)
    assert (package.padding, package.has_macros) == ({}, False)


def test_a_refusal_carries_what_its_sentence_needs() -> None:
    with pytest.raises(Refused) as refused:
        inspect(b"")
    assert (refused.value.rule, refused.value.slots) == ("F01", {"what": "空文件"})
    assert zipfile.is_zipfile(io.BytesIO(PLAIN))


# ── what a reader forgives ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "rows",
    [
        b'<foo><row r="8"><c r="XFD1048576"></x><v>5</v></c></row>',
        b"".join(b'<row r="%d">' % n + b"<c><v>1</v></c>" * 500 for n in range(8, 1000)),
        b"".join(b"<row>" + b"<c><v>1</v></c>" * 10 for _ in range(100)) + b"</row>" * 100,
        b"<row>" + b"<a></row>" * 200_000 + b"<c><v>1</v></c></row>",
        b'<row r="8"><c><c r="A9"><v>1</v></c></c></row>',
    ],
    ids=[
        "wrong end of a cell",
        "rows without an end",
        "rows in rows",
        "ends without a row",
        "cell in a cell",
    ],
)
def test_markup_that_readers_count_in_their_own_way_is_refused(rows: bytes) -> None:
    """python-calamine forgives wrong ends and counts rows by them, so that a near cell lands far out."""
    with pytest.raises(Refused) as refusal:
        inspect(adding(rows))
    assert refusal.value.rule in ("F04", "F05")


def test_one_long_text_shown_by_many_cells_is_refused() -> None:
    """A reader copies a shared string into every cell that shows it: a few KB become gigabytes."""
    base = workbook_of(grids_of({"拜访客商": "备注\n" + "字" * 30_000}))
    strings = ZipFile(io.BytesIO(base)).read("xl/sharedStrings.xml")
    index = strings[: strings.index("字字".encode())].count(b"<si>") - 1
    sheet = f"xl/worksheets/sheet{list(grids_of({})).index('拜访客商') + 1}.xml"
    for copies, refused in ((300, False), (3000, True)):
        cells = b"".join(
            b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (n, n, index)
            for n in range(50, 50 + copies)
        )
        data = replaced(base, sheet, b"</sheetData>", cells + b"</sheetData>")
        if refused:
            with pytest.raises(Refused, match="文字过多"):
                inspect(data)
        else:
            inspect(data)


def test_tables_in_tables_are_refused() -> None:
    """Whatever ends a table for us and not for the reader would let it add up the rows of both."""
    old = (Path(__file__).parent / "fuzz" / "seeds" / "报送.ods").read_bytes()
    with pytest.raises(Refused):
        inspect(
            replaced(old, "content.xml", b"</table:table-row>", b"</table:table-row><foo:table></foo:table>")
        )


def record(kind: int, body: bytes) -> bytes:
    """Return one record of an old workbook."""
    return struct.pack("<HH", kind, len(body)) + body


def old_workbook(text: bytes, cells: int) -> bytes:
    """Return an .xls whose cells, a hundred a row, all show one text."""

    def head(start: int) -> bytes:
        strings = struct.pack("<IIHB", 1, 1, len(text), 0) + text
        sheet = struct.pack("<IBBBB", start, 0, 0, 2, 0) + b"S1"
        return beginning(5) + record(0x85, sheet) + record(0xFC, strings) + record(0x0A, b"")

    def beginning(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x1234, 2000, 0, 6))

    rows = b"".join(record(0xFD, struct.pack("<HHHI", n // 100, n % 100, 0, 0)) for n in range(cells))
    stream = head(len(head(0))) + beginning(0x10) + rows + record(0x0A, b"")
    return ole.packed({"Workbook": stream})


def test_an_old_workbook_that_shows_one_long_text_everywhere_is_refused() -> None:
    inspect(old_workbook(b"a" * 8000, 1000))
    with pytest.raises(Refused, match="文字过多"):
        inspect(old_workbook(b"a" * 8000, 10_000))


def test_strings_that_go_on_in_the_next_record_are_measured() -> None:
    """Ten characters, four of one byte before the end of the record and six of two bytes behind it; then three."""
    first = bytes(8) + struct.pack("<HB", 10, 0) + b"abcd"
    second = b"\1" + "efghij".encode("utf-16-le") + struct.pack("<HB", 3, 0) + b"xyz"
    assert list(ole.string_lengths([first, second])) == [10, 3]


def test_strings_with_fonts_and_readings_are_measured() -> None:
    """A run of fonts and an extension stand behind the characters."""
    rich = struct.pack("<HBHI", 2, 12, 1, 3) + b"ab" + bytes(4) + bytes(3) + struct.pack("<HB", 1, 0) + b"z"
    assert list(ole.string_lengths([bytes(8) + rich])) == [2, 1]


def test_a_name_of_endless_letters_takes_no_time() -> None:
    """A tag that never ends is looked at once, not once for each of its letters."""
    start = time.process_time()
    with pytest.raises(Refused):
        inspect(adding(b'<row r="99999"><' + b"x" * 200_000 + b'"'))
    assert time.process_time() - start < 2
