"""The same submission in every format that staff save it in: same content, same findings; or one sentence that helps.

Strict workbooks are made here as Excel writes them (ISO/IEC 29500-1 annex A and ECMA-376 part 1, 18.18.11), old and
open ones by LibreOffice, locked ones by msoffcrypto-tool and LibreOffice. Nothing here was saved by Excel.
"""

import io
import re
import time
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desktop import missing
from hands import handled
from msoffcrypto.format.ooxml import OOXMLFile
from office import convert, needs_office
from sheets import (
    Grid,
    form_of,
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
from baiti_xl.contest.values import column_letter
from baiti_xl.read import locks

TABLES = {"项目台账": "项目阶段 | 引进方式 | 备注\n 竣工 | 联合 | 甲 \n 竣工 | 联合 | 乙"}
GRIDS: dict[str, Grid] = grids_of(TABLES)
PLAIN = workbook_of(GRIDS)
CONTENT = submission_of(TABLES).content
FORM = template_of(TABLES)
NAMESPACES = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    b"http://schemas.openxmlformats.org/drawingml/2006/main": b"http://purl.oclc.org/ooxml/drawingml/main",
}
SERIAL = re.compile(rb'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"><v>(4[0-9]{4})</v></c>')


def told(data: bytes) -> list[tuple[str, str]]:
    """Return the findings of a file and where they stand."""
    return [(f.rule, str(f.place)) for f in read_file(data).findings]


# ── what other programs save ─────────────────────────────────────────────────────────────────────


@needs_office
@pytest.mark.office
def test_old_and_foreign_kinds_of_workbook(tmp_path: Path) -> None:
    """A real .xls and .ods, saved by LibreOffice from our content, under the name .xlsx."""
    source = tmp_path / "报送.xlsx"
    source.write_bytes(PLAIN)
    for kind in ("xls", "ods"):
        (made,) = convert([source], kind, tmp_path)
        submission = read_file(made.read_bytes())
        assert submission.content == CONTENT, kind
        assert lines(submission, "F01", "F02", "F03", "F04", "F05", "F06") == []


@needs_office
@pytest.mark.office
def test_what_a_reader_hides_is_seen_in_every_kind_of_workbook(tmp_path: Path) -> None:
    """A share of 60 %, a hidden row, a merge, #N/A: an .ods is no way round them, and 60 % are not 0.6."""
    project = "项目编号 | 引进方式 | 本单位份额 | 联合标识 | 签约金额"
    form = form_of(
        {
            "项目台账": f"{project}\n X01-001 | 联合 | 60 | X01-001 | 9000",
            "到位资金": "项目编号 | 到位金额\n X01-001 | 500\n X01-001 | 400\n X01-001 | 300",
        }
    )
    book = openpyxl.load_workbook(io.BytesIO(form))
    register, money = book["项目台账"], book["到位资金"]
    columns = {
        page.title: {str(c.value): c.column for row in page["1:3"] for c in row if c.value}
        for page in (register, money)
    }
    share = register.cell(4, next(n for k, n in columns["项目台账"].items() if k.startswith("本单位份额")))
    share.value, share.number_format = 0.6, "0%"
    money.row_dimensions[5].hidden = True
    money.cell(6, next(n for k, n in columns["到位资金"].items() if k.startswith("到位金额"))).value = "=NA()"
    money.merge_cells("B4:B5")
    book.save(tmp_path / "报送.xlsx")
    (ods,) = convert([tmp_path / "报送.xlsx"], "ods", tmp_path)
    (old,) = convert([ods], "xls", tmp_path)
    (tmp_path / "再存").mkdir()
    (new,) = convert([ods], "xlsx", tmp_path / "再存")
    seen = [read_file(path.read_bytes()) for path in (new, old, ods)]
    assert [s.rows(sheets.PROJECTS)[0].share for s in seen] == [60, 60, 60]
    rules = [{f.rule for f in s.findings if f.rule in ("C06", "C07", "C08")} for s in seen]
    assert rules[0] == rules[1] == rules[2] == {"C06", "C08"}


def test_an_open_document_with_a_line_for_each_tag_is_read() -> None:
    """SheetJS writes so; the blanks between the tags are no content."""
    seed = (Path(__file__).parent / "fuzz" / "seeds" / "报送.ods").read_bytes()
    for tag in (b"<table:table-cell", b"</table:table-row", b"<table:table-row"):
        ours = read_file(replaced(seed, "content.xml", tag, b"\n      " + tag))
        assert (ours.content, ours.findings) == (read_file(seed).content, read_file(seed).findings)
    assert ours.tables


@needs_office
@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsm"])
def test_the_issued_form_saved_in_another_format_is_the_same_submission(kind: str, tmp_path: Path) -> None:
    """With the template's own formulas, lists and hidden sheets: content, findings and where they stand."""
    source = tmp_path / "报送.xlsx"
    source.write_bytes(template_of(TABLES))
    (made,) = convert([source], "xlsm:Calc MS Excel 2007 VBA XML" if kind == "xlsm" else kind, tmp_path)
    ours, theirs = read_file(source.read_bytes()), read_file(made.read_bytes())
    assert theirs.content == ours.content
    assert [(f.rule, str(f.place)) for f in theirs.findings] == [
        (f.rule, str(f.place)) for f in ours.findings
    ]


@needs_office
@pytest.mark.office
def test_an_old_workbook_hides_nothing_that_a_new_one_shows(tmp_path: Path) -> None:
    """Percent formats, hidden rows and columns, merges and error cells of an .xls are seen as those of an .xlsx."""
    share = [c.heading for c in sheets.PROJECTS.columns].index("本单位份额")

    def touch(page: Any) -> None:
        page.set_row(4, None, None, {"hidden": True})
        page.set_column(1, 1, 20, None, {"hidden": True})
        page.merge_range(6, 2, 7, 2, "某客商")
        page.write_formula(3, 4, "=1/0", None, "#DIV/0!")

    grids = grids_of({"项目台账": "引进方式 | 本单位份额" + "\n 联合 | 0.6" * 5})
    source = tmp_path / "报送.xlsx"
    percent = [("项目台账", f"{column_letter(share)}4")]
    source.write_bytes(workbook_of(grids, {"项目台账": touch}, percent))
    (made,) = convert([source], "xls", tmp_path)
    ours, theirs = read_file(source.read_bytes()), read_file(made.read_bytes())
    assert lines(theirs) == lines(ours)
    assert {"C06", "C08"} <= {f.rule for f in theirs.findings}
    assert [p.share for p in theirs.rows(sheets.PROJECTS)][:2] == [60, Decimal("0.6")]


# ── strict workbooks ─────────────────────────────────────────────────────────────────────────────


def strict(moment: str) -> Callable[[str, bytes], tuple[str, bytes]]:
    """Return a change of every part to the strict kind: other namespaces, and days as text with `moment` behind."""

    def day(cell: re.Match[bytes]) -> bytes:
        written = (date(1899, 12, 30) + timedelta(int(cell[3]))).isoformat() + moment
        return b'<c r="%s" s="%s" t="d"><v>%s</v></c>' % (cell[1], cell[2], written.encode())

    def change(name: str, part: bytes) -> tuple[str, bytes]:
        for transitional, purl in NAMESPACES.items():
            part = part.replace(transitional, purl)
        return name, SERIAL.sub(day, part) if name.startswith("xl/worksheets/") else part

    return change


@pytest.mark.parametrize("moment", ["", "T00:00:00", "T00:00:00.000", "T00:00:00Z"])
def test_a_strict_workbook_is_the_same_submission(moment: str) -> None:
    made = repacked(FORM, strict(moment))
    assert made != FORM
    assert read_file(made).content == CONTENT
    assert told(made) == told(FORM)
    assert read_file(made).cover.cutoff == read_file(FORM).cover.cutoff


def test_a_binary_workbook_is_told_what_to_do() -> None:
    renamed = repacked(FORM, lambda name, part: (name.replace("workbook.xml", "workbook.bin"), part))
    assert [f.message for f in read_file(renamed).findings] == [
        "这个文件不是能读的工作簿（是二进制工作簿 .xlsb）。请用报送模板填好后另存为 .xlsx 再报。"
    ]


# ── parts under other names ──────────────────────────────────────────────────────────────────────


def in_another_folder(name: str, part: bytes) -> tuple[str, bytes]:
    """Return a part of a package whose workbook does not stand in xl."""
    return name.replace("xl/", "book/"), part.replace(b"/xl/", b"/book/").replace(b'"xl/', b'"book/')


def shown(name: str, part: bytes) -> tuple[str, bytes]:
    """Return a catalogue whose visible sheets say so in a word of their own."""
    said = re.sub(rb'(<sheet name="[^"]+" sheetId="[0-9]+") r:id', rb'\1 state="show" r:id', part)
    return name, said if name == "xl/workbook.xml" else part


@pytest.mark.parametrize(
    "change",
    [
        lambda name, part: (name.replace("xl/", "XL/"), part),
        lambda name, part: (name.replace("worksheets/sheet", "Worksheets/Sheet"), part),
        lambda name, part: (name.replace("workbook.xml", "Workbook.xml"), part),
        in_another_folder,
        shown,
    ],
    ids=["XL", "Worksheets", "Workbook.xml", "in another folder", "shown"],
)
def test_parts_are_found_as_excel_finds_them(change: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    """By the package's relations, in any letter case (ECMA-376 part 2, 9.1.1); a sheet's odd state is no damage."""
    made = repacked(FORM, change)
    assert made != FORM
    assert (read_file(made).content, told(made)) == (CONTENT, told(FORM))


def test_macros_are_noticed_wherever_the_workbook_stands() -> None:
    """A part that is no XML is not handed to the reader under a name of XML."""
    relation = b'<Relationship Id="rIdM" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
    made = replaced(FORM, "xl/_rels/workbook.xml.rels", b"</Relationships>", relation + b"</Relationships>")
    target = io.BytesIO(made)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"<!DOCTYPE \0\1")
    for data in (target.getvalue(), repacked(target.getvalue(), in_another_folder)):
        assert lines(read_file(data), "F05") == ["F05 示"]
        assert read_file(data).content == CONTENT


def test_a_state_within_a_name_is_no_state() -> None:
    """And many of them cost no time: they are looked for once."""
    many = (
        b'<definedNames><definedName name="_many" comment="' + b" state='q'" * 100_000 + b'">1</definedName>'
    )
    many = replaced(FORM, "xl/workbook.xml", b"<definedNames>", many)
    start = time.perf_counter()
    assert read_file(many).content == CONTENT
    assert time.perf_counter() - start < 5


def test_the_workbook_is_the_one_that_the_relations_lead_to() -> None:
    """Another workbook where most have theirs is not read: Excel does not show it either."""
    decoy = template_of({"项目台账": "项目名称\n 假的"})
    target = io.BytesIO(repacked(FORM, in_another_folder))
    with zipfile.ZipFile(io.BytesIO(decoy)) as other, zipfile.ZipFile(target, "a") as archive:
        for name in other.namelist():
            if name.startswith("xl/"):
                archive.writestr(name, other.read(name))
    assert read_file(target.getvalue()).content == CONTENT


# ── locked without a password of its own ─────────────────────────────────────────────────────────


def locked(password: str) -> bytes:
    """Return the form as Excel encrypts it."""
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(FORM)).encrypt(password, target)
    return target.getvalue()


def test_a_form_locked_with_excels_own_password_is_read() -> None:
    """保护工作簿 and 建议只读 leave such files, which Excel opens without asking."""
    assert read_file(locked(locks.DEFAULT)).content == CONTENT
    assert told(locked(locks.DEFAULT)) == told(FORM)


def test_a_form_locked_by_somebody_is_sent_back() -> None:
    assert [rule for rule, _ in told(locked("0393"))] == ["F02"]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b'spinCount="100000"', b'spinCount="999999"'), (b'saltSize="16"', b'<!--ltSize="16')],
    ids=["to keep it busy", "no description"],
)
def test_what_would_keep_the_reader_busy_stays_locked(was: bytes, becomes: bytes) -> None:
    data = locked(locks.DEFAULT)
    assert was in data
    assert [rule for rule, _ in told(data.replace(was, becomes))] == ["F02"]


@pytest.mark.office
@pytest.mark.skipif(bool(missing()), reason="no LibreOffice with UNO")
@pytest.mark.parametrize(("password", "rules"), [(locks.DEFAULT, []), ("0393", ["F02"])])
def test_an_old_workbook_with_a_password(password: str, rules: list[str], tmp_path: Path) -> None:
    source, target = tmp_path / "报送.xlsx", tmp_path / "报送.xls"
    source.write_bytes(PLAIN)
    handled([(source, [], target)], password)
    submission = read_file(target.read_bytes())
    assert [f.rule for f in submission.findings if f.rule == "F02"] == rules
    assert (submission.content == CONTENT) is not bool(rules)
