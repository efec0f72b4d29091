"""The annotated copy: marks at the right cells, a list that leads to them, and nothing else changed."""

import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from office import convert, needs_office
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from openxml_audit import OpenXmlValidator
from sheets import by_field
from template_judge import short_forms

from baiti_xl.books.annotate import annotate, findings_only
from baiti_xl.books.listing import HEADING_ROW, HEADINGS, MARKS, RESULT, row_height
from baiti_xl.books.notes import NOTE_HEAD
from baiti_xl.books.template import Filling, write_template
from baiti_xl.contest import sheets as form
from baiti_xl.contest.findings import Finding, Place, Severity
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.rules import check, finding
from baiti_xl.ooxml.markup import RELATIONS as PACKAGE
from baiti_xl.read.cells import read_submission

BOOK = default_rulebook()
UNIT = BOOK.units[0]
FILE = f"{UNIT.code}_{UNIT.name}_报送表.xlsx"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RED, AMBER, BLUE = (MARKS[s] for s in Severity)
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
KEPT = ("组织发动", "项目台账", "到位资金", "手续办理")
SIGNED: Mapping[str, Any] = {
    "name": "陶瓷生产线", "investor": "佛山陶瓷有限公司", "origin": "广东佛山", "industry": BOOK.industries[0],
    "method": "以商招商", "content": "年产五百万平方米陶瓷", "site": "产业集聚区", "total": 12000,
    "fixed_investment": 11000, "contract_amount": 12000, "stage": "开工", "signed": date(2011, 5, 20),
    "started": date(2011, 6, 1), "contract": "HT-1", "nature": "正式", "mode": "独立", "leader": "王刚",
    "responsible": "赵强", "phone": "13800000001", "evidence": "合同",
}  # fmt: skip
COVER = {
    "code": UNIT.code, "cutoff": date(2011, 7, 12), "batch": 1, "reporter": "李明", "phone": "13800000000",
    "head": "王刚", "deputy": "赵强", "zero_visits": "是", "zero_invitations": "是", "zero_projects": "否",
    "zero_payments": "否",
}  # fmt: skip


def row(sheet: str, **values: Any) -> list[Any]:
    return [values.get(column.field) for column in form.SHEETS[sheet].columns]


@cache
def submission() -> bytes:
    """A form with three projects (one faulty) and a voucher of an unknown project; all sheets."""
    projects = [
        row("项目台账", **{**SIGNED, "number": f"{UNIT.code}-001"}),
        row(
            "项目台账",
            **{**SIGNED, "number": f"{UNIT.code}-002", "fixed_investment": 13000, "contract": None},
        ),
        row("项目台账", **{**SIGNED, "number": f"{UNIT.code}-003", "fixed_investment": 3}),
    ]
    payment = row(
        "到位资金", project=f"{UNIT.code}-009", day=date(2011, 5, 25), amount=500, nature="注册资本",
        voucher_kind="银行进账单", voucher="PZ-1", payer="佛山陶瓷", currency="人民币", evidence="进账单",
    )  # fmt: skip
    rows = {"项目台账": projects, "到位资金": [payment]}
    target = io.BytesIO()
    with short_forms(12):
        write_template(target, BOOK, UNIT, Filling(COVER, by_field(rows)))
    return target.getvalue()


@cache
def found() -> tuple[Finding, ...]:
    return tuple(
        f for f in check(read_submission(submission(), FILE, BOOK), BOOK).findings if f.rule != "F09"
    )


def at(
    rule: str, sheet: str = "", cell: str = "", value: str = "", heading: str = "", **slots: Any
) -> Finding:
    return finding(rule, Place(FILE, sheet, cell, heading), value, **slots)


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def part_of(data: bytes, sheet: str) -> str:
    """The part of a sheet."""
    content = parts(data)
    book, links = (etree.fromstring(content[n]) for n in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
    entry = next(e for e in book.iter(f"{MAIN}sheet") if e.get("name") == sheet)
    ident = next(str(v) for k, v in entry.items() if str(k).endswith("}id"))
    return next(f"xl/{e.get('Target')}" for e in links if e.get("Id") == ident)


def packed(content: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return target.getvalue()


def changed_by(data: bytes, change: Any) -> bytes:
    """The workbook after openpyxl and a change to it: what another program might have saved."""
    book = opened(data)
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def colour(book: Workbook, sheet: str, cell: str) -> str:
    fill = book[sheet][cell].fill
    return str(fill.fgColor.rgb) if fill.patternType == "solid" else ""


def note(book: Workbook, sheet: str, cell: str) -> str:
    comment = book[sheet][cell].comment
    return str(comment.text) if comment else ""


def coloured(book: Workbook) -> dict[str, str]:
    return {
        f"{sheet.title}!{cell.coordinate}": str(cell.fill.fgColor.rgb)
        for sheet in book if sheet.title != RESULT for line in sheet.iter_rows() for cell in line
        if cell.fill.patternType == "solid" and cell.fill.fgColor.rgb in MARKS.values()
    }  # fmt: skip


def noted(book: Workbook) -> dict[str, str]:
    return {
        f"{sheet.title}!{cell.coordinate}": cell.comment.text
        for sheet in book for line in sheet.iter_rows() for cell in line if cell.comment
    }  # fmt: skip


def lines(data: bytes) -> list[tuple[Any, ...]]:
    rows = opened(data)[RESULT].iter_rows(min_row=HEADING_ROW + 1, values_only=True)
    return [tuple("" if value is None else value for value in line) for line in rows]


def faults(data: bytes, folder: Path) -> list[str]:
    file = folder / "audited.xlsx"
    file.write_bytes(data)
    return [f"{e.part_uri}: {e.description}" for e in OpenXmlValidator().validate(file).errors]


def new_faults(data: bytes, before: bytes, folder: Path) -> set[str]:
    """What the audit says only of the copy; openpyxl's files have no shared strings, which it dislikes."""
    return {f for f in faults(data, folder) if "inline-string" not in f} - set(faults(before, folder))


# ── marks ──


def test_cells_are_coloured_by_severity_and_carry_their_sentences() -> None:
    book = opened(annotate(submission(), found()))
    assert coloured(book) == {
        "项目台账!J5": RED,  # P01 固定资产投资 > 总投资
        "项目台账!N5": RED,  # P03 no contract number: an empty cell
        "项目台账!L4": AMBER,  # P06 started without 立项备案
        "项目台账!L5": AMBER,
        "项目台账!J6": AMBER,  # C05 and T02 together: the heavier colour
        "项目台账!L6": AMBER,
        "到位资金!A4": RED,  # K03
    }
    assert coloured(book).keys() == noted(book).keys()
    assert "错 P01　固定资产投资大于总投资（13000 万元大于 12000 万元）。请核对" in note(
        book, "项目台账", "J5"
    )


def test_several_findings_on_one_cell_share_a_note_in_their_order() -> None:
    text = note(opened(annotate(submission(), found())), "项目台账", "J6")
    assert text.startswith(f"{NOTE_HEAD}\n警 C05　")
    assert text.index("警 C05") < text.index("示 T02")


def test_marking_keeps_all_else_of_a_cells_style() -> None:
    before, after = opened(submission())["项目台账"], opened(annotate(submission(), found()))["项目台账"]
    for what in ("number_format", "font", "alignment", "border", "protection", "value"):
        assert repr(getattr(before["J5"], what)) == repr(getattr(after["J5"], what))
    assert not after["N5"].protection.locked  # a cell that was not there takes its column's style


@pytest.mark.parametrize(
    ("place", "marked"),
    [
        (at("C09", "项目台账", "A6", row=6), "项目台账!A6"),
        (at("C09", "项目台账", "", row=6), "项目台账!A6"),  # a row without a cell: its first cell
        (at("C09", "项目台账", "6", row=6), "项目台账!A6"),  # a column that the file lacks
        (at("C09", "项目台账", "AB900", row=900), "项目台账!AB900"),  # a cell that does not exist yet
        (at("C09", "项目台账", "XFD1048576", row=0), ""),
        (at("F09/heading", "项目台账", heading="总投资"), ""),
        (at("F09/sheet", "没有这张表"), ""),
        (at("F05/macros"), ""),
    ],
)
def test_a_finding_marks_its_cell_or_its_rows_first(place: Finding, marked: str, tmp_path: Path) -> None:
    data = annotate(submission(), [place])
    assert list(coloured(opened(data))) == ([marked] if marked else [])
    assert len(lines(data)) == 1
    assert faults(data, tmp_path) == []


def test_a_merged_cell_is_marked_where_it_begins() -> None:
    data = changed_by(submission(), lambda book: book["项目台账"].merge_cells("B4:B6"))
    items = [at("C08/merge", "项目台账", f"B{n}", row=n, range="B4:B6") for n in (4, 5, 6)]
    book = opened(annotate(data, items))
    assert list(coloured(book)) == ["项目台账!B4"]
    assert note(book, "项目台账", "B4").count("C08") == 3


def test_sheets_are_found_as_the_reader_finds_them() -> None:
    def rename(book: Workbook) -> None:
        book["项目台账"].title = " 项目台账's "
        book["到位资金"].title = "到位 资金"

    data = annotate(changed_by(submission(), rename), found())
    assert coloured(opened(data)) == {"到位 资金!A4": RED}
    links = {str(cell.hyperlink.location) for cell in opened(data)[RESULT]["E"] if cell.hyperlink}
    assert links == {"'到位 资金'!A4"}


def test_a_units_own_note_stays_above_ours_and_outlives_it() -> None:
    def write(book: Workbook) -> None:
        book["项目台账"]["J5"].comment = Comment("王镇长：数字待核", "王")
        book["项目台账"]["B4"].comment = Comment("另一条", "王")

    data = annotate(changed_by(submission(), write), found())
    assert note(opened(data), "项目台账", "J5").startswith(f"王镇长：数字待核\n{NOTE_HEAD}\n错 P01")
    assert note(opened(data), "项目台账", "B4") == "另一条"
    cleared = opened(annotate(data, []))
    assert noted(cleared) == {"项目台账!J5": "王镇长：数字待核", "项目台账!B4": "另一条"}


def test_a_long_list_on_one_cell_is_cut_in_the_note_only() -> None:
    data = annotate(submission(), [at("C09", "项目台账", "A6", row=6)] * 40)
    assert note(opened(data), "项目台账", "A6").endswith("还有 28 条，见“校验结果”。")
    assert len(lines(data)) == 40


# ── the list ──


def test_the_list_stands_behind_the_cover_and_is_what_opens() -> None:
    data = annotate(submission(), found())
    book = opened(data)
    assert book.sheetnames[:3] == [form.COVER, RESULT, "组织发动"]
    assert book.active is book[RESULT]
    assert [s.title for s in book if s.sheet_view.tabSelected] == [RESULT]
    page = book[RESULT]
    assert [cell.value for cell in page[HEADING_ROW]] == list(HEADINGS)
    assert page["A1"].value == f"校验结果　{FILE}"
    assert page["A2"].value == "错 3 条，警 4 条，示 1 条"
    assert page.freeze_panes == "A6"
    assert page.auto_filter.ref == "A5:H13"
    assert page.print_title_rows == "$5:$5"
    assert b'sqref="A5:H13" numberStoredAsText="1"' in parts(data)[part_of(data, RESULT)]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)


def test_the_list_names_errors_first_with_place_value_and_sentence() -> None:
    table = lines(annotate(submission(), found()))
    assert [(line[0], line[1], line[2], line[3], line[4]) for line in table] == [
        (1, "错", "P01", "项目台账", "J5"),
        (2, "错", "P03", "项目台账", "N5"),
        (3, "错", "K03", "到位资金", "A4"),
        (4, "警", "P06", "项目台账", "L4"),
        (5, "警", "P06", "项目台账", "L5"),
        (6, "警", "C05", "项目台账", "J6"),
        (7, "警", "P06", "项目台账", "L6"),
        (8, "示", "T02", "项目台账", "J6"),
    ]
    assert table[0][5:] == ("固定资产投资", "13000", found()[1].message)


def test_every_line_with_a_place_jumps_to_it() -> None:
    items = [
        *found(),
        at("F09/heading", "项目台账", heading="总投资"),
        at("F09/sheet", "没有"),
        at("F05/macros"),
    ]
    book = opened(annotate(submission(), items))
    page = book[RESULT]
    for cell in page["E"][HEADING_ROW:]:
        sheet = page.cell(cell.row, 4).value
        target = {"整表": "A1"}.get(cell.value, cell.value)
        if sheet in book.sheetnames:
            assert cell.hyperlink.location == f"'{sheet}'!{target}"
        else:
            assert cell.hyperlink is None
    assert {page.cell(r, 4).value for r in range(6, page.max_row + 1)} >= {"整个文件", "没有"}


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ([at("K03", "到位资金", "A4")], "“错”必须改正"),
        ([at("P04", "项目台账", "A4", nature="意向")], "没有错，可以计入统计。“警”请逐条核实"),
        ([at("C09", "项目台账", "A4")], "“示”只作提示"),
        ([], "没有发现问题"),
    ],
)
def test_the_head_says_what_to_do(items: Sequence[Finding], says: str, tmp_path: Path) -> None:
    data = annotate(submission(), items)
    assert says in str(opened(data)[RESULT]["A3"].value)
    assert faults(data, tmp_path) == []


HOSTILE = (
    '=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0", "\x00\x07坏\ud800", "_x0041_",
    "<v>]]>&amp;", "长" * 40000, "一\n二",
)  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_stay_text(value: str, tmp_path: Path) -> None:
    data = annotate(submission(), [at("K03", "到位资金", "A4", value, heading=value)])
    assert b"<f>" not in parts(data)[part_of(data, RESULT)]
    cell = opened(data)[RESULT]["G6"]
    assert (cell.data_type, cell.quotePrefix, cell.number_format) == ("s", True, "@")
    if value.isprintable() and len(value) < 100:
        assert str(cell.value).replace("_x005F_", "_") == value
    assert faults(data, tmp_path) == []


# ── nothing else changes ──

OURS = {f"{MAIN}{tag}" for tag in ("sheetData", "legacyDrawing", "conditionalFormatting", "sheetViews")}


def rest_of(sheet: bytes) -> list[bytes]:
    root = etree.fromstring(sheet)
    return [etree.tostring(e) for e in root if e.tag not in OURS]


def contents(sheet: bytes) -> dict[str, bytes]:
    """The filled cells of a sheet by address, without their style."""
    found = {}
    for cell in etree.fromstring(sheet).iter(f"{MAIN}c"):
        if len(cell):
            cell.set("s", "")
            found[str(cell.get("r"))] = etree.tostring(cell)
    return found


def test_only_marked_sheets_and_the_workbooks_own_lists_change() -> None:
    before, after = parts(submission()), parts(annotate(submission(), found()))
    differ = {name for name in before if before[name] != after[name]}
    sheets = [part_of(submission(), name) for name in (form.COVER, "项目台账", "到位资金")]
    assert differ == {  # the cover because it is no longer the selected sheet
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", *sheets,
    }  # fmt: skip
    for name in sheets:
        assert contents(before[name]) == contents(after[name])
        assert rest_of(before[name]) == rest_of(after[name])


def test_names_filters_and_print_titles_stay_with_their_sheets() -> None:
    before, after = opened(submission()), opened(annotate(submission(), found()))
    assert before.defined_names.keys() == after.defined_names.keys()
    for sheet in before:
        other = after[sheet.title]
        for what in ("print_title_rows", "print_area", "freeze_panes", "sheet_state"):
            assert getattr(sheet, what) == getattr(other, what)
        assert {n: d.value for n, d in sheet.defined_names.items()} == {
            n: d.value for n, d in other.defined_names.items()
        }
        assert sheet.protection.sheet == other.protection.sheet


def test_a_copy_sent_back_reads_as_the_original() -> None:
    again = read_submission(annotate(submission(), found()), FILE, BOOK)
    first = read_submission(submission(), FILE, BOOK)
    assert (again.cover, again.tables) == (first.cover, first.tables)
    assert check(again, BOOK).findings == check(first, BOOK).findings


def test_marking_a_marked_copy_replaces_its_marks() -> None:
    other = [at("K01", "项目台账", "A4", rows="4、5"), at("C01", "项目台账", "Z4", heading="备注")]
    copied = annotate(annotate(submission(), found()), other)
    book = opened(copied)
    assert book.sheetnames.count(RESULT) == 1
    assert coloured(book) == {"项目台账!A4": RED, "项目台账!Z4": RED}
    assert noted(book).keys() == {"项目台账!A4", "项目台账!Z4"}
    assert len(lines(copied)) == 2
    assert parts(copied)[part_of(copied, "项目台账")].count("校验标记".encode()) == 1
    once, bare = parts(annotate(submission(), other)), opened(submission())
    assert parts(copied).keys() - once.keys() <= {
        n for n in parts(copied) if "comments" in n or "vml" in n or "_rels/sheet" in n
    }
    assert repr(book["项目台账"]["J5"].fill) == repr(bare["项目台账"]["J5"].fill)


def test_a_units_own_sheet_of_that_name_is_replaced(tmp_path: Path) -> None:
    def write(book: Workbook) -> None:
        page = book.create_sheet(RESULT, 3)
        page["A1"], page["A2"] = "=1+1", "旧"
        page["A2"].comment = Comment("旧批注", "王")
        page.print_title_rows = "1:1"

    written = changed_by(submission(), write)
    data = annotate(written, found())
    book = opened(data)
    assert book.sheetnames[:3] == [form.COVER, RESULT, "组织发动"]
    assert len(book.sheetnames) == len(opened(submission()).sheetnames) + 1
    assert "旧批注" not in str(noted(book))
    assert book[RESULT].print_title_rows == "$5:$5"
    assert [s.print_title_rows for s in book if s.title != RESULT] == [
        s.print_title_rows for s in opened(written) if s.title != RESULT
    ]
    assert new_faults(data, written, tmp_path) == set()


def test_macros_are_left_out(tmp_path: Path) -> None:
    content = parts(submission())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    binary = b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    types = content["[Content_Types].xml"].replace(kind.encode(), macro.encode())
    content["[Content_Types].xml"] = types.replace(b"</Types>", binary)
    relation = b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
    rels = content["xl/_rels/workbook.xml.rels"]
    content["xl/_rels/workbook.xml.rels"] = rels.replace(b"</Relationships>", relation + b"</Relationships>")
    data = annotate(packed({**content, "xl/vbaProject.bin": b"macros"}), found())
    left = parts(data)
    assert not any("vba" in name for name in left)
    assert b"vba" not in left["[Content_Types].xml"] + left["xl/_rels/workbook.xml.rels"]
    assert b"macroEnabled" not in left["[Content_Types].xml"]
    assert coloured(opened(data)) == coloured(opened(annotate(submission(), found())))
    assert faults(data, tmp_path) == []


def test_the_same_input_gives_the_same_bytes() -> None:
    assert annotate(submission(), found()) == annotate(submission(), found())
    assert findings_only(found(), FILE) == findings_only(found(), FILE)
    with zipfile.ZipFile(io.BytesIO(annotate(submission(), found()))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_packages_are_valid(tmp_path: Path) -> None:
    once = annotate(submission(), found())
    resaved = changed_by(submission(), lambda book: None)
    for data in (once, annotate(once, found()), annotate(once, []), findings_only(found(), FILE)):
        assert faults(data, tmp_path) == []
    assert new_faults(annotate(resaved, found()), resaved, tmp_path) == set()


# ── files that cannot be marked ──


def test_the_list_alone() -> None:
    book = opened(findings_only(found(), "某乡.xls"))
    assert book.sheetnames == [RESULT]
    assert book[RESULT]["A1"].value == "校验结果　某乡.xls"
    assert "无法直接标注" in book[RESULT]["A4"].value
    assert all(cell.hyperlink is None for cell in book[RESULT]["E"])


BROKEN: Mapping[str, bytes] = {
    "empty": b"",
    "text": b"hello",
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "zip": packed({"a.txt": b"1"}),
    "no workbook": packed({"[Content_Types].xml": b"<Types/>", "xl/x.xml": b"<a/>"}),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_workbook_yields_the_list(kind: str) -> None:
    assert opened(annotate(BROKEN[kind], found())).sheetnames == [RESULT]


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", b"<workbook"),
        ("项目台账", b"<worksheet xmlns='x'"),
        ("项目台账", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("xl/styles.xml", b""),
        ("xl/workbook.xml", b"<workbook xmlns='http://purl.oclc.org/ooxml/spreadsheetml/main'/>"),
    ],
)
def test_a_damaged_part_yields_the_list(part: str, content: bytes) -> None:
    part = part if "/" in part else part_of(submission(), part)
    data = annotate(packed({**parts(submission()), part: content}), found())
    assert opened(data).sheetnames == [RESULT]
    assert len(lines(data)) == len(found())


@pytest.mark.parametrize("kind", ["xlMacrosheet", "xlIntlMacrosheet"])
def test_a_workbook_of_excel_4_macros_yields_the_list(kind: str) -> None:
    """Without its macro sheets it would not stand, and with them it would run what they say."""
    content = parts(submission())
    links = etree.fromstring(content["xl/_rels/workbook.xml.rels"])
    place = {"Id": "rId99", "Type": f"{MICROSOFT}/{kind}", "Target": "macrosheets/sheet1.xml"}
    etree.SubElement(links, f"{{{PACKAGE}}}Relationship", place)
    content |= {
        "xl/_rels/workbook.xml.rels": etree.tostring(links),
        "xl/macrosheets/sheet1.xml": b"<macrosheet/>",
    }
    assert opened_names(annotate(packed(content), found())) == [RESULT]


def test_a_file_the_guard_refused_is_not_opened() -> None:
    for item in (at("F02"), at("F05", what="压缩比异常")):
        assert opened(annotate(submission(), [item])).sheetnames == [RESULT]


def test_no_damage_raises() -> None:
    chance = random.Random(2011)
    for _ in range(40):
        data = bytearray(submission())
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert RESULT in opened_names(annotate(bytes(data[: chance.choice((None, 9000))]), found()))


def opened_names(data: bytes) -> list[str]:
    root = etree.fromstring(parts(data)["xl/workbook.xml"])
    return [str(e.get("name")) for e in root.iter(f"{MAIN}sheet")]


# ── in LibreOffice ──


def figures(file: Path) -> dict[str, Any]:
    book = openpyxl.load_workbook(file, data_only=True)
    return {
        f"{name}!{cell.coordinate}": cell.value
        for name in (form.INDEX, form.CHECK) for line in book[name].iter_rows() for cell in line
    }  # fmt: skip


@needs_office
@pytest.mark.office
def test_libreoffice_computes_the_same_and_shows_the_marks(tmp_path: Path) -> None:
    before, after, again = (tmp_path / f"{name}.xlsx" for name in ("before", "after", "again"))
    before.write_bytes(submission())
    after.write_bytes(annotate(submission(), found()))
    out = tmp_path / "out"
    saved = convert([before, after], "xlsx", out)
    old, new = (figures(file) for file in saved)
    assert old == new
    assert old["指标!B5"] == 2  # the formulas really ran
    assert [old[f"自检!{cell}"] for cell in ("B9", "C9", "D9", "E9")] == [3, 2, 4, 2]  # 项目台账
    book = openpyxl.load_workbook(saved[1])
    assert coloured(book) == coloured(opened(after.read_bytes()))
    assert noted(book).keys() == noted(opened(after.read_bytes())).keys()
    again.write_bytes(annotate(saved[1].read_bytes(), []))  # a copy that another program saved
    assert coloured(opened(again.read_bytes())) == {}
    assert noted(opened(again.read_bytes())) == {}
    assert figures(convert([again], "xlsx", out)[0]) == old


@needs_office
@pytest.mark.office
def test_the_list_prints_on_one_landscape_page(tmp_path: Path) -> None:
    import pdfplumber

    file = tmp_path / "list.xlsx"
    file.write_bytes(findings_only(found(), FILE))
    with pdfplumber.open(convert([file], "pdf", tmp_path)[0]) as pdf:
        assert len(pdf.pages) == 1
        page = pdf.pages[0]
        assert page.width > page.height
        text = page.extract_text()
    assert "错 3 条，警 4 条，示 1 条" in text
    assert "固定资产投资大于总投资（13000 万元大于 12000 万元）" in text


def test_a_row_of_the_list_is_as_high_as_a_number_that_takes_a_line_whole_needs() -> None:
    said = "「意向投资额」超过单笔金额上限，多半是按元填写（68000000 万元）。请改成万元；确是万元的，请办公室裁定后计入。"
    assert row_height(("错", "C11", "邀请客商", "L5", "意向投资额", "68000000", said)) == 16 * 3 + 4
    assert row_height(("错", "C11", "邀请客商", "L5", "意向投资额", "6", "短")) == 16 + 4


def test_every_page_of_the_list_names_its_file() -> None:
    """A list of many findings prints on several pages, of which the first has the title."""
    page: Any = opened(findings_only(found(), "R&D_报送表.xlsx"))[RESULT]
    assert page.oddHeader.left.text == "R&&D_报送表.xlsx"
    assert page.oddFooter.right.text == "第 &P 页 共 &N 页"


CALLS = {
    "an object": ("xl/worksheets/_rels/sheet9.xml.rels", f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="x/oleObject" Target="file:///c:/x" TargetMode="External"/></Relationships>'),
    "a query": ("xl/_rels/x.xml.rels", f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="x/connections" Target="c.xml"/></Relationships>'),
    "DDE": ("xl/externalLinks/externalLink1.xml", '<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'),
}  # fmt: skip


@pytest.mark.parametrize("what", CALLS)
def test_what_calls_out_is_in_no_copy(what: str) -> None:
    """A copy of such a workbook would start a program or fetch data in the office's name: its unit gets the list alone."""
    name, text = CALLS[what]
    content = parts(submission())
    left = parts(annotate(packed({**content, name: text.encode()}), found()))
    assert name not in left and len(left) < len(content)
    assert not any(b"ddeLink" in part or b"oleObject" in part for part in left.values())
