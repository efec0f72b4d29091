"""One test for each threat of docs/decisions/threat-model.md, by its number there.

Where a module's own tests go through the variants, the test here is the one that shows the threat and its defence.
"""

import io
import json
import os
import re
import socket
import sys
import threading
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from engine_corpus import Docx
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sheets import (
    BOOK,
    Grid,
    grids_of,
    lines,
    read_file,
    read_grids,
    replaced,
    rules,
    submission_of,
    workbook_of,
)

sys.path.append(str(Path(__file__).parent / "fuzz"))

import hostile

from baiti_xl import desk
from baiti_xl.books.annotate import annotate
from baiti_xl.books.results import write_results
from baiti_xl.cli import main
from baiti_xl.contest import loading
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.loading import HEADINGS, RulebookError, console_rows, load
from baiti_xl.contest.rulebook import PARAMETERS, Rulebook
from baiti_xl.desk.database import DATABASE, StoreError
from baiti_xl.desk.outputs import OutputError, write_file
from baiti_xl.desk.store import Store
from baiti_xl.papers import catalogue
from baiti_xl.press.engine import FieldSpec, Scalar, TemplateErrors, compile_template
from baiti_xl.read import guard
from baiti_xl.read.cells import read_grids as read_console
from baiti_xl.scale import places

DAY = date(2011, 6, 30)
TABLES = {"项目台账": "项目阶段\n签约", "到位资金": "到位金额\n100"}
FORMULAS = (
    "=cmd|'/c calc'!A0", '=HYPERLINK("http://x","y")', '=WEBSERVICE("http://x")', "+1+cmd|'/c calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1",
    "＝1+1", "=1+1", "http://x/", "file:///etc/passwd", "external:x.xlsx", "<r>&<x></r>",
)  # fmt: skip


def typed(text: str) -> dict[str, Grid]:
    """Return the cells of a submission with a text in three of them."""
    grids = grids_of(TABLES)
    for at in (1, 2, 25):
        grids["项目台账"][3][at] = text
    return grids


# ── T1 mailed-in files: what they make a reader do ───────────────────────────────────────────────


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_t1_no_entity_is_ever_resolved(head: str, part: str) -> None:
    data = replaced(workbook_of(grids_of(TABLES)), part, b"?>\n<", b"?>\n" + head.encode() + b"<")
    assert lines(read_file(data)) == ["F05 错"]


def test_t1_nothing_is_fetched_while_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook may point at other workbooks, pictures and templates on the net; none is asked for."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    link = b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="http://127.0.0.1/x.xlsx" TargetMode="External"/></Relationships>'
    data = replaced(workbook_of(grids_of(TABLES)), "xl/_rels/workbook.xml.rels", b"</Relationships>", link)
    submission = read_file(data)
    assert submission.usable
    annotate(data, submission.findings)


def test_t1_the_reader_sees_the_parts_that_were_looked_at_and_no_others() -> None:
    """Two directories in one zip would show one workbook to the guard and another to the reader."""
    good, other = workbook_of(grids_of(TABLES)), workbook_of(grids_of({}, "X02"))
    for data in (other + good, good + b"PK\5\6" + bytes(18), good[:-2] + b"\x05\0" + b"abcde"):
        try:
            package = guard.inspect(data)
        except guard.Refused:
            continue
        shown = zipfile.ZipFile(io.BytesIO(package.data))
        assert {shown.read(n) for n in shown.namelist() if "worksheets/sheet" in n} == set(
            package.parts.values()
        )
        assert read_file(data).cover.code == "X01"


def test_t1_an_old_workbook_with_a_zip_behind_it_is_the_old_workbook() -> None:
    """A reader that fails at the one would try the other, which nobody looked at."""
    old = (Path(__file__).parent / "fuzz" / "seeds" / "报送.xls").read_bytes()
    package = guard.inspect(old + workbook_of(grids_of(TABLES)))
    assert b"PK\x03\x04" not in package.data
    broken = old[:512] + bytes(512) + old[1024:] + workbook_of(grids_of(TABLES))
    assert {line[:3] for line in lines(read_file(broken))} <= {"F01", "F04"}


# ── T2 formula injection ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", FORMULAS)
def test_t2_what_a_unit_typed_is_nowhere_a_formula_or_a_link(text: str) -> None:
    submission = read_grids(typed(text))
    results = io.BytesIO()
    write_results(results, desk.evaluate([submission], BOOK, DAY), BOOK)
    marked = annotate(workbook_of(grids_of(TABLES)), [spoken(text, f) for f in submission.findings])
    for data in (results.getvalue(), marked):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for name in parts.namelist():
                content = parts.read(name)
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    assert not [
                        f for f in re.findall(rb"<f[^>]*>([^<]*)", content) if b"cmd" in f or b"x" in f
                    ]
                if name.endswith(".rels"):
                    assert b"http://x" not in content and b"etc/passwd" not in content
    rows = openpyxl.load_workbook(results, data_only=False)["项目总台账"]
    cells = [cell for row in rows for cell in row if cell.value and text.strip() in str(cell.value)]
    assert len(cells) >= 3 and {cell.data_type for cell in cells} == {"s"}


def spoken(text: str, found: Finding) -> Finding:
    """Return a finding whose value and sentence are a text."""
    return Finding(found.rule, found.severity, found.place, text, text, found.row, found.unit, found.record)


@pytest.mark.parametrize(
    "text", ["{{ 7*7 }}", "{% for x in y %}", "{{ ''.__class__ }}", "<w:p>", "]]>", "&amp;"]
)
def test_t2_what_a_unit_typed_is_no_tag_in_a_document(text: str) -> None:
    template = Docx("{{ 标题 }}")
    compiled = compile_template(template.data(), fields=FieldSpec({"标题": Scalar()}), name="t")
    docx = compiled.render({"标题": text})
    body = etree.fromstring(zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml"))
    assert "".join(map(str, body.itertext())) == text


# ── T3 names of units and files ──────────────────────────────────────────────────────────────────


def console(**changes: Any) -> dict[str, Grid]:
    """Return the console's sheets as grids, with a value of 规则 (by parameter) or a unit's cell changed."""
    grids: dict[str, Grid] = {
        sheet: [list(HEADINGS[sheet]), *map(list, rows)] for sheet, rows in console_rows(BOOK).items()
    }
    for row in grids[loading.RULES][1:]:
        row[1] = changes.pop(row[0], row[1])
    for heading, value in changes.items():
        grids[loading.UNITS][1][HEADINGS[loading.UNITS].index(heading)] = value
    return grids


@pytest.mark.parametrize(
    "name",
    ["../../x", "..\\..\\x", "/etc/passwd", "C:\\x", "a/b", ".bashrc", "a:b", "a|b", "a*b", 'a"b', "a<b"],
)
def test_t3_a_unit_name_that_is_a_path_is_refused(name: str) -> None:
    with pytest.raises(RulebookError, match="单位名称"):
        load(console(单位名称=name))


@pytest.mark.parametrize("code", ["../X01", "X 01", "X01/", "甲", "X" * 13, "X01\n"])
def test_t3_a_unit_code_is_letters_and_digits(code: str) -> None:
    if code.strip() == "X01":
        assert load(console(单位代码=code)).units[0].code == "X01"
        return
    with pytest.raises(RulebookError, match="单位代码"):
        load(console(单位代码=code))


def test_t3_a_name_too_long_for_the_disk_is_cut(tmp_path: Path) -> None:
    assert write_file(tmp_path, "长" * 300 + ".xlsx", b"").name == "长" * 58 + ".xlsx"


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' calc'!A0.xlsx",
        "a\nb.xlsx",
        "a\u202exslx.exe.xlsx",
        "'; DROP TABLE submissions;--.xlsx",
        "<b>.xlsx",
        "\x1b[31m.xlsx",
    ],
)
def test_t3_a_file_of_any_name_is_consolidated(name: str, tmp_path: Path) -> None:
    done = consolidated(name, tmp_path)
    assert done.sound and done.outcome.result("X01").account.submission
    (entry,) = Store(tmp_path / "输出").archived()
    assert not set(entry.file) & set("\n\x1b\u202e")


def test_t3_a_file_name_that_is_no_text_is_consolidated(tmp_path: Path) -> None:
    done = consolidated(os.fsdecode(b"\xff\xfe.xlsx"), tmp_path)
    json.dumps(desk.summary(done), ensure_ascii=False).encode()
    assert done.submissions[0].file == "\ufffd\ufffd.xlsx"


def consolidated(name: str, place: Path) -> desk.Consolidation:
    """Consolidate one sound submission of a name."""
    folder = place / "报送"
    folder.mkdir()
    (folder / name).write_bytes(workbook_of(grids_of(TABLES)))
    return desk.consolidate(folder, place / "输出")


# ── T4 the folder of submissions ─────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one sound submission, and a secret beside it."""
    place = tmp_path / "报送"
    place.mkdir()
    (place / "X01.xlsx").write_bytes(workbook_of(grids_of(TABLES)))
    (tmp_path / "秘密").mkdir()
    (tmp_path / "秘密" / "X02.xlsx").write_bytes(workbook_of(grids_of(TABLES, "X02")))
    return place


def test_t4_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "file.xlsx").symlink_to(tmp_path / "秘密" / "X02.xlsx")
    (folder / "folder").symlink_to(tmp_path / "秘密")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.xlsx").symlink_to(tmp_path / "nowhere")
    assert [source.name for source in desk.sources(folder)] == ["X01.xlsx"]


def test_t4_a_pipe_or_a_device_is_not_read(folder: Path) -> None:
    os.mkfifo(folder / "a.xlsx")
    (folder / "b.xlsx").mkdir()
    assert [source.name for source in desk.sources(folder)] == ["X01.xlsx"]


def test_t4_a_file_replaced_while_it_is_read_is_not_archived(folder: Path, tmp_path: Path) -> None:
    """What was checked is what is kept: the hash is of the bytes that were read."""
    store = Store(tmp_path)
    (submission,) = desk.read_all(desk.sources(folder), BOOK)
    (folder / "X01.xlsx").write_bytes(b"other")
    with pytest.raises(StoreError, match="被改动"):
        store.publish(lambda _: [], {submission.digest: folder / "X01.xlsx"})


# ── T5 Word templates ────────────────────────────────────────────────────────────────────────────

SPEC = catalogue.kind_of(catalogue.NAMES[0]).fields


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 标题.__class__ }}",
        "{{ 标题['__class__'] }}",
        "{{ 标题|attr('__class__') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__ }}",
        "{{ range(10**9) }}",
        "{{ 'a' * 10**9 }}",
        "{{ config }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% set x = 1 %}",
        "{% macro f() %}{% endmacro %}",
        "{{ 标题() }}",
        "{{ open('/etc/passwd') }}",
    ],
)
def test_t5_a_template_cannot_reach_the_system(tag: str) -> None:
    with pytest.raises(TemplateErrors):
        compile_template(Docx(tag).data(), fields=SPEC, name="t")


def test_t5_a_template_of_the_working_folder_is_held_to_the_same(folder: Path, tmp_path: Path) -> None:
    """Through the command line: one sentence, exit code 2, nothing written."""
    kind = catalogue.NAMES[0]
    own = tmp_path / "输出" / "doc_templates"
    own.mkdir(parents=True)
    for name in catalogue.NAMES:
        (own / f"{name}.docx").write_bytes(Docx("{{ cycler.__init__.__globals__.os }}").data())
    result = CliRunner().invoke(
        main, ["documents", kind, "--from", str(folder), "--out", str(tmp_path / "输出")]
    )
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert list((tmp_path / "输出").glob("*.docx")) == []


# ── T6 the console ───────────────────────────────────────────────────────────────────────────────

ABSURD: tuple[tuple[str, Any], ...] = (
    ("年份", 0), ("年份", 99999), ("年份", "二〇一一"), ("年份", 2011.5), ("年份", float("nan")), ("年份", float("inf")),
    ("开始日", "2011-7-31"), ("开始日", "开始"), ("开始日", date(1, 1, 1)), ("结束日", date(9999, 12, 31)), ("结束日", date(1, 1, 1)),
    ("调度会间隔", 0), ("调度会间隔", -1), ("调度会间隔", 10**9), ("调度会间隔", "1e9"), ("任务门槛", -1), ("任务门槛", "NaN"), ("任务门槛", "Infinity"),
    ("任务门槛", "1e999999999"), ("任务门槛", "9" * 5000), ("任务个数", 0), ("查重阈值", 0), ("查重阈值", 101), ("无活动天数", 0), ("停用规则", "F05"),
    ("停用规则", "Z99"), ("产业目录", ""), ("名次分组", "随便"), ("竞赛名称", ""), ("印章", True),
)  # fmt: skip


@pytest.mark.parametrize(("parameter", "value"), ABSURD)
def test_t6_absurd_rules_are_named_with_their_cell(parameter: str, value: Any) -> None:
    with pytest.raises(RulebookError) as refused:
        load(console(**{parameter: value}))
    assert refused.value.faults and all(fault.cell and fault.message for fault in refused.value.faults)


@given(
    st.sampled_from([p.name for p in PARAMETERS]),
    st.one_of(st.text(max_size=12), st.floats(), st.dates(), st.integers(), st.booleans()),
)
def test_t6_any_value_gives_rules_or_faults(parameter: str, value: Any) -> None:
    try:
        assert isinstance(load(console(**{parameter: value})), Rulebook)
    except RulebookError as refused:
        assert refused.faults


@pytest.mark.parametrize(
    ("parameter", "value", "sound"),
    [
        ("任务门槛", "1e-20", True),
        ("任务门槛", "1e-21", False),
        ("任务门槛", "1e-9999999999", False),
        ("竞赛名称", "竞" * 30, True),
        ("竞赛名称", "竞" * 31, False),
        ("领导小组办公室", "办" * 60, True),
        ("领导小组办公室", "办" * 61, False),
        ("县名", "台\u000b前县", False),
        ("县名", "台前\u202e县", False),
        ("产业目录", "化工、" + "羽" * 30, True),
        ("产业目录", "化工、" + "羽" * 31, False),
        ("产业目录", "、".join(f"业{n:07}" for n in range(111)), True),
        ("产业目录", "、".join(f"业{n:07}" for n in range(112)), False),
        ("调度会间隔", 2, True),
        ("调度会间隔", 1, False),
    ],
)
def test_t6_numbers_lengths_and_marks_are_bounded(parameter: str, value: Any, sound: bool) -> None:
    """What passes here can be printed, written to a file and worked out in the time of any other."""
    faults: Sequence[Any] = ()
    try:
        load(console(**{parameter: value}))
    except RulebookError as refused:
        faults = refused.faults
    assert [fault.sheet for fault in faults] == ([] if sound else [loading.RULES])


@pytest.mark.parametrize(
    ("heading", "value", "said"),
    [
        ("单位名称", "城\x08关", "“单位名称”含有看不见的控制字符 U+0008；请删去这个单元格重新输入"),
        ("单位名称", "城" * 31, "“单位名称”有 31 个字，不能超过 30 个；请改短"),
        ("单位名称", "城" * 30, ""),
        ("负责人", "张\n三", "“负责人”里有换行；请写在一行"),
        ("负责人", "张三\r\n", ""),
        ("类别", "乡\x00镇", "“类别”含有看不见的控制字符 U+0000；请删去这个单元格重新输入"),
    ],
)
def test_t6_control_marks_are_found_in_every_sheet(heading: str, value: str, said: str) -> None:
    grids = console()
    head = list(loading.HEADINGS[loading.UNITS])
    grids[loading.UNITS][1][head.index(heading)] = value
    messages = []
    try:
        load(grids)
    except RulebookError as refused:
        messages = [fault.message for fault in refused.faults]
    assert messages == ([said] if said else [])


def test_t6_a_contest_of_ages_does_not_hang() -> None:
    """Meetings every day over the longest contest that can be loaded."""
    grids = console(开始日=date(2011, 1, 1), 结束日=date(2200, 12, 31), 调度会间隔=1)
    stages = [["宣传发动", date(2011, 1, 1), date(2011, 1, 2)], ["洽谈招商", date(2011, 1, 3), date(2011, 1, 4)], ["签约落地", date(2011, 1, 5), date(2011, 1, 6)], ["总结考核", date(2011, 1, 7), date(2200, 12, 31)]]  # fmt: skip
    grids[loading.PHASES][1:] = stages
    with pytest.raises(RulebookError, match="三年"):
        load(grids)


def test_t6_a_stage_to_the_end_of_time_is_a_fault() -> None:
    grids = console()
    grids[loading.PHASES][1][2] = date(2200, 12, 31)
    with pytest.raises(RulebookError, match="应紧接上一阶段"):
        load(grids)


def test_t6_a_hostile_console_is_refused_as_a_submission_is(tmp_path: Path) -> None:
    path = tmp_path / "操作台.xlsx"
    path.write_bytes(
        replaced(
            workbook_of(console()),
            "xl/workbook.xml",
            b"<workbook",
            b'<!DOCTYPE a [<!ENTITY b "c">]><workbook',
        )
    )
    with pytest.raises(desk.ActionError, match="无法读取：文件内部结构异常"):
        desk.load_rules(path)
    with pytest.raises(guard.Refused):
        read_console(path.read_bytes(), tuple(HEADINGS))


def test_t6_a_ruling_changes_nothing_in_silence() -> None:
    """Rules switched off are named in the results; rules about files cannot be switched off."""
    book = rules(disabled=("C05",))
    target = io.BytesIO()
    write_results(target, desk.evaluate([submission_of(TABLES)], book, DAY), book)
    texts = [str(c.value) for row in openpyxl.load_workbook(target)["口径说明"] for c in row if c.value]
    assert any("C05" in text for text in texts)


# ── T7 the archive ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def archive(folder: Path, tmp_path: Path) -> Store:
    """An archive with one submission."""
    desk.consolidate(folder, tmp_path / "输出")
    return Store(tmp_path / "输出")


def test_t7_an_archived_file_that_was_changed_stops_the_next_run(archive: Store, folder: Path) -> None:
    (entry,) = archive.archived()
    path = archive.path(entry.hash)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(StoreError, match="损坏"):
        desk.consolidate(folder, archive.root.parent)


def test_t7_a_path_in_the_register_leads_nowhere_else(archive: Store) -> None:
    """An archive from elsewhere might name a file by a path instead of a hash."""
    assert archive.path("../../../etc/passwd") != Path("/etc/passwd")
    assert archive.faults() == []
    with pytest.raises(StoreError):
        archive.read("../../../../../../../../etc/passwd")


def test_t7_a_register_that_is_no_register_is_refused(archive: Store, folder: Path) -> None:
    (archive.root / DATABASE).write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    with pytest.raises((StoreError, OutputError)):
        desk.consolidate(folder, archive.root.parent)


# ── T8 Excel's side ──────────────────────────────────────────────────────────────────────────────

SHIPPED = Path(__file__).parent.parent / "workbook"


def test_t8_macros_of_a_submission_are_neither_run_nor_kept() -> None:
    """The file is read by its cells alone, and the copy that goes back to the unit has none."""
    link = b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>'
    target = io.BytesIO(
        replaced(workbook_of(grids_of(TABLES)), "xl/_rels/workbook.xml.rels", b"</Relationships>", link)
    )
    with zipfile.ZipFile(target, "a") as parts:
        parts.writestr("xl/vbaProject.bin", b"MACRO" * 100)
    submission = read_file(target.getvalue())
    assert "F05 示" in lines(submission)
    assert b"MACRO" not in guard.inspect(target.getvalue()).data
    marked = annotate(target.getvalue(), submission.findings)
    assert not [n for n in zipfile.ZipFile(io.BytesIO(marked)).namelist() if "vba" in n.lower()]


@pytest.mark.parametrize("name", ["操作台.xlsm", "百日竞赛.xlam", "报送模板.xlsx"])
def test_t8_what_we_ship_links_to_nothing_outside(name: str) -> None:
    with zipfile.ZipFile(SHIPPED / name) as parts:
        for part in parts.namelist():
            if part.endswith(".rels"):
                outside = re.findall(rb'Target="([^"]*)"[^>]*TargetMode="External"', parts.read(part))
                assert outside == [], (part, outside)


# ── T9 the command line's output ─────────────────────────────────────────────────────────────────


def test_t9_a_broken_file_shows_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook_of(grids_of(TABLES))[:3000])
    result = CliRunner().invoke(main, ["check", str(path), "--json"])
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    (file,) = json.loads(result.stdout)["files"]
    assert [f["rule"] for f in file["findings"]] == ["F04"]


# ── T10 a cell that costs far more than it weighs ────────────────────────────────────────────────


@pytest.fixture
def bounded() -> Iterator[None]:
    """Fail a test that takes longer than a minute, even inside the reading library."""
    timer = threading.Timer(60, os.abort)
    timer.start()
    yield
    timer.cancel()


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize(
    "text",
    [
        "9" * 20_000,
        "1," * 20_000,
        "一" * 30_000 + "年",
        "2011" + "年" * 30_000,
        " " * 32_000 + "x",
        "1" * 30_000 + "万元",
    ],
)
def test_t10_no_text_makes_the_readers_slow(text: str) -> None:
    grids = grids_of({"项目台账": "\n".join(["项目阶段", *["签约"] * 30])})
    for row in grids["项目台账"][3:]:
        row[:] = [text] * len(row)
    assert read_grids(grids).findings


# ── T11 files and workers elsewhere ──────────────────────────────────────────────────────────────


def test_t11_a_file_from_an_address_passes_the_same_guard() -> None:
    """In memory as on disk: too large to be fetched at all, hostile, and sound."""
    memory = pytest.importorskip("fsspec").filesystem("memory")
    entity = replaced(
        workbook_of(grids_of(TABLES)), "xl/styles.xml", b"<styleSheet", b"<!DOCTYPE x><styleSheet"
    )
    memory.pipe({"/t11/a.xlsx": entity, "/t11/b.xlsx": workbook_of(grids_of(TABLES))})
    hostile, sound = desk.read_all(desk.sources("memory://t11"), BOOK)
    assert lines(hostile)[0].startswith("F05")
    assert sound.usable
    (source, _) = desk.sources("memory://t11")
    large = places.Address(str(source.path), guard.MAX_FILE + 1)
    (refused,) = desk.read_all([desk.Source("大.xlsx", large)], BOOK)
    assert (lines(refused), refused.digest) == (["F03 错"], "")


def test_t11_an_address_that_breaks_off_refuses_one_file() -> None:
    (lost,) = desk.read_all([desk.Source("丢.xlsx", places.Address("memory://nowhere/x.xlsx"))], BOOK)
    assert lines(lost) == ["F04 错"]


# ── T19, T20 what is seen, what is there ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["value: parted by a comment", "relations: one id twice", "sheet: hidden"])
def test_t19_what_shows_otherwise_than_it_counts_is_told(kind: str) -> None:
    assert hostile.TOLD[kind] in {f.rule for f in read_file(hostile.KINDS[kind]()).findings}


def test_t20_an_emptied_register_hides_no_submission(folder: Path) -> None:
    (folder / "登记.db").write_bytes(b"")
    assert "X01.xlsx" in [source.name for source in desk.sources(folder)]
