"""Every kind of hostile or broken file that was thought of, made here, alone and all together among sound ones.

Source: docs/decisions/threat-model.md, “Bounds”, and T1 there. Alone, each is read in a process of its
own that is held to 5 seconds of its own time and 512 MB. Together, the sound ones count in full, the bad ones are named,
and nothing is lost. test_guard.py has the finer variants with their sentences.
"""

import io
import json
import os
import random
import re
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sheets import BOOK, Grid, grids_of, lines, read_file, repacked, replaced, template_of, workbook_of
from unix import needs_fork

sys.path.append(str(Path(__file__).parent / "fuzz"))

import hostile

from baiti_xl import desk
from baiti_xl.books.template import Filling, write_template
from baiti_xl.contest import sheets as form
from baiti_xl.contest.records import Submission
from baiti_xl.desk import reading
from baiti_xl.desk.store import Store
from baiti_xl.read import ole
from baiti_xl.scale import reader
from baiti_xl.scale.places import Stat

SECONDS, MEMORY = 5, 512 << 20
SEEDS = Path(__file__).parent / "fuzz" / "seeds"
TABLES = {"项目台账": "项目阶段 | 签约金额\n签约 | 5000\n开工 | 6000", "到位资金": "到位金额\n100\n200"}
REGISTER = f"xl/worksheets/sheet{list(grids_of(TABLES)).index('项目台账') + 1}.xml"
READ, SKIPPED = "read", "skipped"
FAR = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>'


def plain(unit: str) -> bytes:
    """Return a sound submission of a unit as a plain workbook."""
    return workbook_of(grids_of(TABLES, unit))


def adding(text: str) -> Callable[[str], bytes]:
    """Return a maker of submissions with something more at the end of the register."""
    return lambda unit: replaced(plain(unit), REGISTER, b"</sheetData>", text.encode() + b"</sheetData>")


def in_place(part: str, old: str, new: str) -> Callable[[str], bytes]:
    """Return a maker of submissions with something replaced in a part."""
    return lambda unit: replaced(plain(unit), part, old.encode(), new.encode())


def changing(change: Callable[[str, bytes], tuple[str, bytes]]) -> Callable[[str], bytes]:
    """Return a maker of submissions with every part changed."""
    return lambda unit: repacked(plain(unit), change)


def on_sheets(pattern: bytes, new: bytes) -> Callable[[str], bytes]:
    """Return a maker of submissions whose sheets are spelled otherwise."""
    return changing(lambda n, p: (n, re.sub(pattern, new, p) if n.startswith("xl/worksheets/") else p))


def with_part(name: str, content: bytes) -> Callable[[str], bytes]:
    """Return a maker of submissions with one more part."""

    def make(unit: str) -> bytes:
        target = io.BytesIO(plain(unit))
        with (
            pytest.warns(UserWarning) if name in ZipFile(target).namelist() else nothing(),
            ZipFile(target, "a", ZIP_DEFLATED) as archive,
        ):
            archive.writestr(name, content)
        return target.getvalue()

    return make


class nothing:
    """A context in which nothing is expected."""

    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def with_grids(change: Callable[[dict[str, Grid]], object]) -> Callable[[str], bytes]:
    """Return a maker of submissions whose cells are changed."""

    def make(unit: str) -> bytes:
        grids = grids_of(TABLES, unit)
        change(grids)
        return workbook_of(grids)

    return make


def insert_column(grids: dict[str, Grid]) -> None:
    """Put an empty column into the register."""
    for row in grids["项目台账"]:
        row.insert(1, "")


def turn_columns(grids: dict[str, Grid]) -> None:
    """Turn the order of the columns of 到位资金 round."""
    for row in grids["到位资金"]:
        row.reverse()


def touched(touch: Callable[[Any], object]) -> Callable[[str], bytes]:
    """Return a maker of submissions whose register is touched after its cells are written."""
    return lambda unit: workbook_of(grids_of(TABLES, unit), {"项目台账": touch})


def without(*parts: str) -> Callable[[str], bytes]:
    """Return a maker of submissions that lack parts."""

    def make(unit: str) -> bytes:
        target = io.BytesIO()
        with ZipFile(io.BytesIO(plain(unit))) as old, ZipFile(target, "w") as new:
            for name in old.namelist():
                if name not in parts:
                    new.writestr(name, old.read(name))
        return target.getvalue()

    return make


def zip_of(**parts: bytes) -> bytes:
    """Return a zip of parts; __ stands for / in the names and _DOT_ for a dot."""
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return target.getvalue()


def empty_rows(unit: str) -> bytes:
    """Return a submission with a million rows of mere format."""
    return adding("".join(f'<row r="{i}"><c r="A{i}" s="0"/></row>' for i in range(7, 1_000_001)))(unit)


def many_cells(unit: str) -> bytes:
    """Return a submission with ten million cells, far more than it weighs."""
    chance = random.Random(1)
    rows = (f'<row r="{i}">{"<c/>" * 1000}<c><v>{chance.random()}</v></c></row>' for i in range(7, 10_007))
    return adding("".join(rows))(unit)


def in_old_format(unit: str, change: Callable[[bytearray], object] = lambda stream: None) -> bytes:
    """Return the .xls that LibreOffice saved, in the name of a unit, its records changed."""
    stream = bytearray(ole.Compound((SEEDS / "报送.xls").read_bytes()).stream("Workbook"))
    stream[:] = stream.replace(b"X01", unit.encode())
    change(stream)
    return ole.packed({"Workbook": bytes(stream)})


def locked(stream: bytearray) -> None:
    """Say in the second record that the workbook has a password."""
    at = list(ole.records(stream))[1][0]
    struct.pack_into("<H", stream, at, ole.FILE_PASS)


def far_away(stream: bytearray) -> None:
    """Move the first text as far away as a record can say."""
    at = next(at for at, kind, _ in ole.records(stream) if kind == ole.SHARED_LABEL)
    struct.pack_into("<HH", stream, at + 4, 0xFFFF, 0xFFFF)


def endless(stream: bytearray) -> None:
    """State dimensions for which no memory is large enough."""
    for at, kind, _ in ole.records(stream):
        if kind == ole.DIMENSIONS:
            struct.pack_into("<IIHH", stream, at + 4, 0, 0x7FFFFFFF, 0, 0xFFFF)


def repeated(unit: str) -> bytes:
    """Return the .ods that LibreOffice saved, a cell of which is repeated without end."""
    cell = b"<table:table-cell office:"
    many = b'<table:table-cell table:number-columns-repeated="2000000000" office:'
    return replaced((SEEDS / "报送.ods").read_bytes(), "content.xml", cell, many)


def addressless(unit: str) -> bytes:
    """Return a submission whose rows and cells leave out their addresses, empty cells written out."""
    grids = grids_of(TABLES, unit)
    for grid in grids.values():
        for row in grid:
            row[:] = [value or " " for value in row] or [" "]
    return repacked(
        workbook_of(grids),
        lambda n, p: (n, re.sub(rb'<(c|row) r="[A-Z]*\d+"', rb"<\1", p) if "worksheets/" in n else p),
    )


@dataclass(frozen=True)
class Case:
    """One file of the table: its row, its name in the folder, how to make it for a unit, and what is to come of it."""

    row: str
    file: str
    make: Callable[[str], bytes]
    outcome: str = READ
    rule: str = ""


CASES = (
    Case("一格在 XFD1048576", "远.xlsx", adding(FAR), "F05"),
    Case("一格在 XFD1048576", "远_行号.xlsx", adding('<row r="4294967295"><c><v>1</v></c></row>'), "F05"),
    Case("一格在 XFD1048576", "远_两个地址.xlsx", adding('<row r="9"><c r="A9" r="XFD1048576"><v>1</v></c></row>'), "F05"),
    Case("一格在 XFD1048576", "远_地址过长.xlsx", adding('<row r="9"><c r="A12345678"><v>1</v></c></row>'), "F05"),
    Case("一格在 XFD1048576", "远_别的前缀.xlsx", adding('<row r="9"><c x:r="A9" r="XFD1048576"><v>1</v></c></row>'), "F05"),
    Case("一格在 XFD1048576", "远_引号里.xlsx", adding("""<row r="9"><c x=' r="A9"' r="XFD1048576"><v>1</v></c></row>"""), "F05"),
    Case("一格在 XFD1048576", "远_没有地址.xlsx", adding(f"<row>{'<c/>' * 60000}<c><v>1</v></c></row>{'<row/>' * 60000}<row><c><v>1</v></c></row>"), "F05"),
    Case("一格在 XFD1048576", "远_旧格式.xls", lambda unit: in_old_format(unit, far_away), "F05"),
    Case("一格在 XFD1048576", "远_开放格式.ods", repeated, "F05"),
    Case("百万空行", "空行.xlsx", empty_rows, READ, "F03"),
    Case("压缩炸弹", "炸弹.xlsx", with_part("xl/worksheets/sheet99.xml", b" " * (1 << 28)), "F05"),
    Case("压缩炸弹", "炸弹_同一部件.xlsx", with_part("xl/media/a.png", bytes(1 << 26)), "F05"),
    Case("千万格", "千万格.xlsx", many_cells, "F05"),
    Case("千万格", "千万格_旧格式.xls", lambda unit: in_old_format(unit, endless), READ),
    Case("实体", "实体.xlsx", in_place(REGISTER, "<worksheet", '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><worksheet'), "F05"),
    Case("实体", "外部实体.xlsx", in_place("xl/sharedStrings.xml", "<sst", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><sst'), "F05"),
    Case("同名部件", "同名.xlsx", with_part(REGISTER, b"<worksheet/>"), "F05"),
    Case("不同写法", "反斜杠.xlsx", changing(lambda n, p: (n.replace("/", "\\"), p))),
    Case("不同写法", "没有地址.xlsx", addressless),
    Case("不同写法", "前缀.xlsx", changing(lambda n, p: (n, re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", p).replace(b" xmlns=", b" xmlns:x=") if "worksheets/s" in n else p))),
    Case("不同写法", "范围写错.xlsx", on_sheets(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"')),
    Case("改了后缀", "旧格式.xlsx", in_old_format),
    Case("改了后缀", "新格式.xls", plain),
    Case("改了后缀", "新格式.et", plain),
    Case("密码", "密码.xlsx", lambda _: ole.packed({"EncryptedPackage": bytes(5000)}), "F02"),
    Case("密码", "密码_旧格式.xls", lambda unit: in_old_format(unit, locked), "F02"),
    Case("不是工作簿", "空.xlsx", lambda _: b"", "F01"),
    Case("不是工作簿", "半截.xlsx", lambda unit: plain(unit)[:5000], "F04"),
    Case("不是工作簿", "文档.xlsx", lambda _: zip_of(_Content_DOT_xml=b"", word__document_DOT_xml=b"<a/>"), "F01"),
    Case("不是工作簿", "网页.xlsx", lambda _: "<html><table><tr><td>城关镇".encode(), "F01"),
    Case("不是工作簿", "文本.xlsx", lambda _: "单位,项目\n城关镇,羽绒".encode("gbk"), "F01"),
    Case("不是工作簿", "缺部件.xlsx", without("xl/workbook.xml"), "F04"),
    Case("系统文件", "~$报送.xlsx", lambda _: b"\x07office", SKIPPED),
    Case("系统文件", ".~lock.报送.xlsx#", lambda _: b",root", SKIPPED),
    Case("系统文件", "._报送.xlsx", lambda _: b"\0\5\x16\7", SKIPPED),
    Case("系统文件", "Thumbs.db", lambda _: ole.packed({"Catalog": b""}), SKIPPED),
    Case("正被打开", "正被打开.xlsx", plain, "F04"),
    Case("列和表被动过", "插列.xlsx", with_grids(insert_column)),
    Case("列和表被动过", "移列.xlsx", with_grids(turn_columns)),
    Case("列和表被动过", "删列.xlsx", with_grids(lambda g: [row.pop(2) for row in g["项目台账"][2:]]), "F09"),
    Case("列和表被动过", "改表名.xlsx", with_grids(lambda g: g.update(项目=g.pop("项目台账"))), "F09"),
    Case("隐藏、合并、合计", "隐藏行.xlsx", touched(lambda page: page.set_row(4, None, None, {"hidden": True})), READ, "C08"),
    Case("隐藏、合并、合计", "合计.xlsx", with_grids(lambda g: g["到位资金"].append(["", "合计", 300])), READ, "C09"),
    Case("显示成万元的元", "显示成万元.xlsx", with_grids(lambda g: g["到位资金"][3].__setitem__(2, 12345678)), READ, "C11"),
    Case("文字像公式", "像公式.xlsx", with_grids(lambda g: g["项目台账"][3].__setitem__(1, "=cmd|'/c calc'!A0"))),
    Case("宏", "宏.xlsm", with_part("xl/vbaProject.bin", b"\0" * 100), READ, "F05"),
    Case("重存", "重存.xlsx", changing(lambda n, p: (n, p))),
)  # fmt: skip


# ── each alone ───────────────────────────────────────────────────────────────────────────────────


def measured(data: bytes) -> tuple[list[str], bool, float, int]:
    """Read a file in a process of its own; return its file and cell findings, if it is usable, seconds and bytes."""
    import resource

    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        before, began = usage.ru_maxrss, time.process_time()
        submission = read_file(data)
        spent = time.process_time() - began
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os.write(
            theirs, json.dumps([lines(submission), submission.usable, spent, used << 10]).encode()[: 1 << 15]
        )
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        text = told.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the reading process died: {status}"
    found = json.loads(text)
    return found[0], found[1], found[2], found[3]


@needs_fork
@pytest.mark.parametrize("case", [c for c in CASES if c.outcome != SKIPPED], ids=lambda c: c.file)
def test_alone_within_time_and_memory(case: Case) -> None:
    found, usable, seconds, memory = measured(case.make("X01"))
    assert seconds < SECONDS
    assert memory < MEMORY
    if case.row == "正被打开":
        return
    files = [line for line in found if line[0] == "F" and " 错" in line]
    if case.outcome == READ:
        assert usable and files == [], found
        assert not case.rule or any(line.startswith(case.rule) for line in found), found
    else:
        assert not usable and {line[:3] for line in files} == {case.outcome}, found


@needs_fork
@pytest.mark.parametrize(
    "make",
    [
        lambda: merged("".join(f'<mergeCell ref="A4:B{i + 100_000}"/>' for i in range(50_000))),
        lambda: adding(f'<row r="15000"><c r="SR15000"><v>{random.Random(1).random()}</v></c></row>')("X01"),
        lambda: in_place("xl/sharedStrings.xml", "</sst>", "".join(f"<si><t>{i}</t></si>" for i in range(1_000_000)) + "</sst>")("X01"),
        lambda: in_place("xl/styles.xml", "</cellXfs>", "".join(f'<xf numFmtId="{i}"/>' for i in range(400_000)) + "</cellXfs>")("X01"),
        lambda: adding("".join(f'<row\tr="{i}"><c r="A{i}" s="0"/></row>' for i in range(7, 200_000)))("X01"),
        lambda: adding("<c\t" + "<c '\t" * 200_000)("X01"),
        lambda: adding("\t<!--" * 200_000)("X01"),
        lambda: adding("<a>" * 100_000 + "</a>" * 100_000)("X01"),
    ],
    ids=["merges over merges", "widest sheet", "many texts", "many styles", "rows spelled oddly", "quotes unclosed", "comments unclosed", "deep"],
)  # fmt: skip
def test_what_is_heavy_stays_bounded(make: Callable[[], bytes]) -> None:
    """Found by thinking what each step of the reading has to go through; each was slower or larger before."""
    _, _, seconds, memory = measured(make())
    assert seconds < SECONDS
    assert memory < MEMORY


def merged(merges: str) -> bytes:
    """Return a submission with merges in its register."""
    return in_place(REGISTER, "</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>")("X01")


# ── old workbooks whose insides do not hold together ─────────────────────────────────────────────

OLD = (SEEDS / "报送.xls").read_bytes()


def compound(at: int, form: str, value: int) -> bytes:
    """Return the old workbook with a number of its header changed."""
    return OLD[:at] + struct.pack(form, value) + OLD[at + struct.calcsize(form) :]


def chained_to_itself() -> bytes:
    """Return the old workbook every sector of which follows itself."""
    table = (struct.unpack_from("<I", OLD, 76)[0] + 1) * 512
    return OLD[:table] + struct.pack("<128I", *range(128)) + OLD[table + 512 :]


@needs_fork
@pytest.mark.parametrize(
    "make",
    [
        lambda: compound(30, "<H", 31),
        lambda: compound(32, "<H", 0),
        lambda: compound(40, "<I", 0xFFFFFFFF),
        lambda: compound(44, "<I", 0xFFFFFFFF),
        lambda: compound(48, "<I", 0xFFFFFFF0),
        lambda: compound(60, "<I", 0),
        lambda: compound(64, "<I", 0xFFFFFFFF),
        lambda: compound(68, "<I", 0),
        lambda: compound(72, "<I", 0xFFFFFFFF),
        lambda: compound(76, "<I", 0x7FFFFFFF),
        chained_to_itself,
        lambda: OLD[:2000],
        lambda: OLD[:512],
    ],
)
def test_an_old_workbook_that_does_not_hold_together(make: Callable[[], bytes]) -> None:
    """Numbers by which a reader would make room or go round for ever: damaged, or not needed at all."""
    found, usable, seconds, memory = measured(make())
    assert usable or {line for line in found if line[0] == "F"} <= {"F01 错", "F04 错"}
    assert seconds < SECONDS and memory < MEMORY


def test_a_clean_compound_file_is_what_it_was_made_from() -> None:
    """Small and large streams, and a table of sectors that needs more than one sector itself."""
    for size in (1, 4095, 4096, 4097, 3_999_999, 5_000_000):
        stream = random.Random(size).randbytes(size)
        assert ole.Compound(ole.packed({"Workbook": stream})).stream("Workbook")[:size] == stream


# ── all together ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every file of the table, each in the name of a unit of its own, among sound submissions of the rest."""
    place = tmp_path / "报送"
    place.mkdir()
    for unit, case in zip(BOOK.units, CASES, strict=False):
        (place / case.file).write_bytes(case.make(unit.code))
    for unit in BOOK.units[len(CASES) :]:
        (place / f"{unit.code}.xlsx").write_bytes(template_of(TABLES, unit.code))
    monkeypatch.setattr(reading, "Reader", Barred)
    return place


class Locked:
    """A file that another program holds open."""

    def stat(self) -> Stat:
        """Return its size, which anybody may ask."""
        return Stat(1)

    def read_bytes(self) -> bytes:
        """Refuse to be read."""
        raise PermissionError(13, "Permission denied")


class Barred(desk.Reader):
    """A reader that finds one file held open."""

    def __call__(self, source: desk.Source) -> Submission:
        held = source.name == "正被打开.xlsx"
        return super().__call__(replace(source, path=cast(Any, Locked())) if held else source)


def test_a_batch_with_all_of_them(folder: Path, tmp_path: Path) -> None:
    """The sound files and the odd ones that can be read count in full; every bad one is named with its rule."""
    assert len(BOOK.units) > len(CASES) + 5
    done = desk.consolidate(folder, tmp_path / "输出")
    assert done.sound and len(done.outputs) == 1
    by_file = {s.file: s for s in done.submissions}
    skipped = {c.file for c in CASES if c.outcome == SKIPPED}
    assert by_file.keys() == {p.name for p in folder.iterdir()} - skipped
    refused = {s.file for s in done.outcome.ledger.rejected}
    assert refused == {c.file for c in CASES if c.outcome not in (READ, SKIPPED)}
    for case in CASES:
        if case.file in refused:
            assert {f.rule for f in by_file[case.file].findings if f.rule[0] == "F" and f.blocks} == {
                case.outcome
            }
    in_force = {a.unit.code: a.submission for a in done.outcome.ledger.accounts if a.submission}
    odd = {u.code for u, c in zip(BOOK.units, CASES, strict=False) if c.outcome == READ}
    assert in_force.keys() == odd | {u.code for u in BOOK.units[len(CASES) :]}
    for code, submission in in_force.items():
        assert rows(submission).items() >= {"项目台账": 2, "到位资金": 2}.items(), code
    summary = desk.summary(done)
    assert summary["rows"]["seen"] == sum(sum(rows(s).values()) for s in in_force.values())
    assert summary["rows"]["seen"] == summary["rows"]["counted"] + summary["rows"]["not_counted"]
    # A file that cannot even be opened has no content to keep; every other is archived, whatever became of it.
    assert {e.file for e in Store(tmp_path / "输出").archived()} == by_file.keys() - {"正被打开.xlsx"}


def rows(submission: Submission) -> Mapping[str, int]:
    """Return how many rows each sheet that has any holds."""
    return {name: len(table.rows) for name, table in submission.tables.items() if table.rows}


# ── a file that ends the process ─────────────────────────────────────────────────────────────────


class Poisoned(desk.Reader):
    """A reader that some files kill, as a fault in a reading library would."""

    def __call__(self, source: desk.Source) -> Submission:
        if "毒" in source.name:
            os._exit(7)
        return super().__call__(source)


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[desk.Source]:
    """Thirty files, two of which kill whoever reads them."""
    monkeypatch.setattr(reading, "Reader", Poisoned)
    data = plain("X01")
    found = []
    for number in range(30):
        path = tmp_path / f"{number:02}{'毒' if number in (5, 17) else ''}.xlsx"
        path.write_bytes(data)
        found.append(desk.Source(path.name, path))
    return found


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_kills_its_process_is_found_and_named(batch: list[desk.Source], jobs: int) -> None:
    read = desk.read_all(batch, BOOK, jobs=jobs)
    assert [s.file for s in read] == [source.name for source in batch]
    assert [lines(s) for s in read if not s.usable] == [["F04 错"], ["F04 错"]]
    assert [s.file for s in read if not s.usable] == ["05毒.xlsx", "17毒.xlsx"]
    assert {s.findings[0].message for s in read if not s.usable} == {
        "读取这个文件时程序出错（异常终止）。请另存为 .xlsx 后再报，并把原件发给维护人员。"
    }


def test_an_unforeseen_fault_in_one_file_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be our bug; the file is named, and sixty units need not wait for the mending."""

    def fail(data: bytes, file: str, book: object) -> Submission:
        raise ZeroDivisionError

    monkeypatch.setattr(reader, "read_submission", fail)
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK")
    submission = desk.Reader(BOOK)(desk.Source("a.xlsx", path))
    assert "程序出错（ZeroDivisionError）" in submission.findings[0].message
    assert (submission.usable, submission.tables.keys()) == (False, form.SHEETS.keys())
    assert submission.digest


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    with path.open("wb") as file:
        file.truncate(20 << 30)
    (submission,) = desk.read_all([desk.Source("大.xlsx", path)], BOOK)
    assert lines(submission) == ["F03 错"]
    assert submission.digest == ""


# ── kinds that were made up afterwards ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "kind", sorted({*hostile.TOLD, "strings: huge uniqueCount", "xls: 4 billion strings"})
)
def test_what_a_file_hides_or_states_is_told(kind: str, tmp_path: Path) -> None:
    """`python tests/fuzz/hostile.py` does so for all sixty kinds."""
    path = tmp_path / "X01.xlsx"
    path.write_bytes(hostile.KINDS[kind]())
    submission = desk.Reader(BOOK)(desk.Source(path.name, path))
    assert hostile.TOLD.get(kind, "") in {"", *(f.rule for f in submission.findings)}
    assert submission.digest


@needs_fork
def test_good_submissions_do_not_move_among_them(tmp_path: Path) -> None:
    assert not hostile.wrong_together([*hostile.KINDS][::9], 4, tmp_path)


WORKSHEET = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def test_a_twin_that_only_blanks_tell_apart_is_not_read(tmp_path: Path) -> None:
    """What is written as ours is read, and both are named."""
    data = template_of(TABLES)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/twin.xml"] = parts["xl/worksheets/sheet2.xml"]
    changes = {
        "xl/workbook.xml": ("<sheets>", '<sheets><sheet name="到位 资金" sheetId="99" state="veryHidden" r:id="rIdT"/>'),
        "xl/_rels/workbook.xml.rels": ("</Relationships>", f'<Relationship Id="rIdT" Type="{WORKSHEET}" Target="worksheets/twin.xml"/></Relationships>'),
        "[Content_Types].xml": ("</Types>", f'<Override PartName="/xl/worksheets/twin.xml" ContentType="{SHEET_TYPE}"/></Types>'),
    }  # fmt: skip
    for name, (old, new) in changes.items():
        parts[name] = parts[name].replace(old.encode(), new.encode(), 1)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    submission = read_file(target.getvalue())
    assert lines(submission, "F09") == ["F09 错 到位资金"]
    assert len(submission.tables["到位资金"].rows) == 2


@pytest.mark.parametrize(
    ("issued", "rules"),
    [("", []), ("X01", []), ("X02", ["F07 警 封面 B4"])],
)
def test_the_unit_that_a_form_was_issued_to_is_compared(issued: str, rules: list[str]) -> None:
    data = io.BytesIO()
    write_template(data, BOOK, BOOK.unit(issued) if issued else None, Filling({"code": "X01"}, {}))
    found = [f for f in read_file(data.getvalue()).findings if f.rule == "F07"]
    assert [(f.place.sheet, f.severity.value) for f in found] == [("封面", "警")] * len(rules)
