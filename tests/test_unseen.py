"""What a form counts and nobody sees is asked about (C08/unseen), and nothing that somebody sees is."""

import io
import re
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from office import convert, needs_gnumeric, needs_office, recalculated_by_gnumeric
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Color, Font, PatternFill
from sheets import form_of, grids_of, lines, read_file, replaced, workbook_of

from baiti_xl.books.annotate import annotate
from baiti_xl.demo import PERIODS, base_rulebook, samples
from baiti_xl.ooxml.markup import RELATIONS
from baiti_xl.read.looks import looks_of, section_of

PROJECTS, COVER = "项目台账", "封面"
TWO = {PROJECTS: "项目名称 | 总投资\n 羽绒项目 | 12000 \n 制鞋项目 | -13000"}
NAME4, TOTAL4, TOTAL5 = "B4", "I4", "I5"
PART, THEME = "xl/worksheets/sheet5.xml", "xl/theme/theme1.xml"
BLUE = PatternFill("solid", fgColor="FF1F4E79")


def styled(change: Callable[[Any], object], sheet: str = PROJECTS) -> bytes:
    """Return a plain form in which one sheet was styled by hand."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(grids_of(TWO))))
    change(book[sheet])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def found(data: bytes) -> list[str]:
    """Return where something is that nobody sees."""
    return [f.place.sheet + f.place.cell for f in read_file(data).findings if f.rule == "C08"]


def dressed(cell: str, **looks: Any) -> Callable[[Any], None]:
    """Return the change of a cell's font, fill or format."""

    def change(page: Any) -> None:
        for name, value in looks.items():
            setattr(page[cell], name, value)

    return change


def rich(
    cell: str, *runs: str | TextBlock, fill: PatternFill | None = None, code: str = "General"
) -> Callable[[Any], None]:
    """Return the change of a cell into a text of several runs."""

    def change(page: Any) -> None:
        page[cell] = CellRichText(*runs)
        page[cell].number_format = code
        if fill:
            page[cell].fill = fill

    return change


def run(text: str, **font: Any) -> TextBlock:
    """Return a run of its own font."""
    return TextBlock(InlineFont(**font), text)


@pytest.mark.parametrize(
    ("change", "is_unseen"),
    [
        (dressed(NAME4, font=Font(color="FFFFFFFF")), True),
        (dressed(NAME4, font=Font(color="FFF5F5F5")), True),
        (dressed(NAME4, font=Font(color="FFD9D9D9")), False),
        (dressed(NAME4, font=Font(color=Color(theme=0))), True),
        (dressed(NAME4, font=Font(color=Color(theme=0, tint=-0.5))), False),
        (dressed(NAME4, font=Font(color=Color(theme=1))), False),
        (dressed(NAME4, font=Font(color=Color(indexed=9))), True),
        (dressed(NAME4, font=Font(color=Color(indexed=65))), True),
        (dressed(NAME4, font=Font(color=Color(indexed=64))), False),
        (dressed(NAME4, font=Font(color=Color(auto=True))), False),
        (dressed(NAME4, font=Font(color="FFFFFFFF"), fill=BLUE), False),
        (dressed(NAME4, font=Font(color="FF1F4E79"), fill=BLUE), True),
        (dressed(NAME4, font=Font(color="FFFFFFFF"), fill=PatternFill("gray125")), False),
        (dressed(NAME4, font=Font(sz=2)), True),
        (dressed(NAME4, font=Font(sz=3)), False),
        (dressed(NAME4, number_format=";;;"), True),
        (dressed(NAME4, number_format=";;"), False),
        (dressed(NAME4, number_format='0;0;0;"已填"'), True),
        (dressed(TOTAL4, number_format=";;;"), True),
        (dressed(TOTAL4, number_format=";;"), True),
        (dressed(TOTAL4, number_format='"100"'), True),
        (dressed(TOTAL4, number_format="0;;0"), False),
        (dressed(TOTAL5, number_format="0;;0"), True),
        (dressed(TOTAL5, number_format='0.00;[Red]-0.00;"-";@'), False),
        (dressed(TOTAL4, number_format="[White]0"), True),
        (dressed(TOTAL4, number_format="[白色]0", fill=BLUE), False),
        (dressed(TOTAL4, number_format="[Red]0", font=Font(color="FFFFFFFF")), False),
        (dressed(TOTAL4, number_format='[>10000]"";General'), True),
        (dressed(TOTAL4, number_format='[<10000]"";General'), False),
        (dressed("B9", font=Font(color="FFFFFFFF"), number_format=";;;"), False),
        (dressed("C5", value="\u200b", font=Font(color="FFFFFFFF")), False),
        (dressed("B3", font=Font(color="FFFFFFFF")), False),
        (rich(NAME4, "羽绒", run("项目", color="FFFFFFFF")), True),
        (rich(NAME4, "羽绒", run("项目", sz=1)), True),
        (rich(NAME4, "羽绒", run("项目", color="FFC00000", b=True)), False),
        (rich(NAME4, "羽绒", run("  ", color="FFFFFFFF")), False),
        (rich(NAME4, "羽绒", run("项目", b=True), code=";;;"), True),
        (rich(NAME4, "羽绒", run("项目", b=True), code=";;;@"), False),
        (rich(NAME4, run("羽绒", color="FFFFFFFF"), run("项目", color="FFFFFFFF"), fill=BLUE), False),
        (rich(NAME4, run("羽绒", color="FF1F4E79"), run("项目", color="FFFFFFFF"), fill=BLUE), True),
    ],
)
def test_what_nobody_sees_is_asked_about_at_its_cell(
    change: Callable[[Any], object], is_unseen: bool
) -> None:
    """Beside each that hides is the nearest that does not; headings and empty cells are nobody's business."""
    data = styled(change)
    assert bool(found(data)) == is_unseen
    assert len(read_file(data).tables[PROJECTS].records) == 2


def test_the_sentence_names_every_cell_of_the_row() -> None:
    def hide(page: Any) -> None:
        for cell in (NAME4, TOTAL4, TOTAL5):
            page[cell].font = Font(color="FFFFFFFF")

    submission = read_file(styled(hide))
    assert lines(submission, "C08") == [
        "C08 警 项目台账 项目名称4 羽绒项目",
        "C08 警 项目台账 总投资5 -13000",
    ]
    assert next(f.message for f in submission.findings if f.rule == "C08") == (
        "B4、I4 里有看不见的内容（字与底色相同、字号太小，或格式不显示），仍然计入。请改成看得见的字体和格式，核对后再报。"
    )


def test_the_cover_is_looked_at_too() -> None:
    data = workbook_of(grids_of(TWO))
    cell = next(
        cell.coordinate
        for row in openpyxl.load_workbook(io.BytesIO(data))[COVER].iter_rows()
        for cell in row
        if cell.value == "李明"
    )
    assert found(styled(dressed(cell, font=Font(color="FFFFFFFF")), COVER)) == [COVER + cell]


def test_runs_that_stand_in_the_cell_itself() -> None:
    inline = '<c r="B4" t="inlineStr"><is><r><t>羽绒</t></r><r><rPr><color rgb="FFFFFFFF"/></rPr><t>项目</t></r></is></c>'
    data = workbook_of(grids_of(TWO))
    cell = re.search(rb'<c r="B4"[^>]*><v>[0-9]+</v></c>', zipfile.ZipFile(io.BytesIO(data)).read(PART))
    assert cell
    submission = read_file(replaced(data, PART, cell[0], inline.encode()))
    assert lines(submission, "C08") == ["C08 警 项目台账 项目名称4 羽绒项目"]


def test_a_cell_that_states_no_style_has_the_first() -> None:
    data = replaced(workbook_of(grids_of(TWO)), PART, b' s="1"', b"")
    white = replaced(data, "xl/styles.xml", b'<color theme="1"/>', b'<color theme="0"/>')
    assert [place for place in found(white) if place.startswith(PROJECTS)] == [
        PROJECTS + "A4",
        PROJECTS + "A5",
    ]
    assert found(data) == []


@pytest.mark.parametrize("name", ["theme", "indexed"])
def test_an_index_of_thousands_of_digits_is_no_reason_to_refuse_a_form(name: str) -> None:
    data = styled(dressed(NAME4, font=Font(color="FFFFFFFF")))
    odd = f'{name}="{"9" * 5000}"'.encode()
    submission = read_file(replaced(data, "xl/styles.xml", b'rgb="FFFFFFFF"', odd))
    assert len(submission.tables[PROJECTS].records) == 2


def test_a_theme_of_its_own_and_a_palette_of_its_own() -> None:
    """Colours are those of the workbook, not the usual ones."""
    styles = (
        b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts><font><color theme="5"/></font>'
        b'<font><color indexed="9"/></font></fonts><fills><fill/></fills><cellXfs><xf fontId="0" fillId="0"/><xf fontId="1"/>'
        b"</cellXfs><colors><indexedColors>%s</indexedColors></colors></styleSheet>"
        % (b'<rgbColor rgb="00112233"/>' * 10)
    )
    colours = "".join(
        f'<c><srgbClr val="{c}"/></c>' for c in ("000000", "FFFFFF", "111111", "EEEEEE", "222222", "FEFEFE")
    )
    theme = f'<theme xmlns="a"><clrScheme>{colours}</clrScheme></theme>'.encode()
    fonts = [style.font.colour for style in looks_of(styles, theme).styles]
    assert fonts == [(254, 254, 254), (0x11, 0x22, 0x33)]


def test_a_theme_with_pictures_of_its_own_is_found_behind_their_list() -> None:
    """As designers make them; their relations may stand before it in the package."""
    data = styled(dressed(NAME4, font=Font(color=Color(theme=5))))
    accent = re.search(rb"<a:accent2>.*?</a:accent2>", zipfile.ZipFile(io.BytesIO(data)).read(THEME))
    assert accent and found(data) == []
    pale = replaced(data, THEME, accent[0], b'<a:accent2><a:srgbClr val="FEFEFE"/></a:accent2>')
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package, zipfile.ZipFile(io.BytesIO(pale)) as parts:
        package.writestr("xl/theme/_rels/theme1.xml.rels", f'<Relationships xmlns="{RELATIONS}"/>')
        for name in parts.namelist():
            package.writestr(name, parts.read(name))
    assert found(pale) == found(target.getvalue()) == [PROJECTS + NAME4]


@pytest.mark.parametrize(
    ("code", "value", "section"),
    [
        ("0", "1", "0"),
        ("0;-0", "-1", "-0"),
        ("0;-0;;@", "0", None),
        ("0;-0;;@", "x", "@"),
        ('"a;b"0;-0', "1", '"a;b"0'),
        ("[<=10]a;[>20]b;c", "10", "[<=10]a"),
        ("[<=10]a;[>20]b;c", "21", "[>20]b"),
        ("[<=10]a;[>20]b;c", "15", "c"),
        ("0", "x", None),
        ("@", "x", "@"),
        ("@", "5", "@"),
    ],
)
def test_which_section_of_a_format_shows_a_value(code: str, value: str, section: str | None) -> None:
    assert section_of(code, value, value == "x") == section


@pytest.mark.parametrize(
    "part",
    [b"", b"<a", b"<styleSheet/>", b"<styleSheet><cellXfs><xf fontId='9999999999'/></cellXfs></styleSheet>"],
)
def test_broken_styles_hide_nothing(part: bytes) -> None:
    assert not looks_of(part, part).hiding


def test_no_sample_form_hides_anything() -> None:
    for sample in samples(base_rulebook(), PERIODS[-1]):
        assert [f for f in read_file(sample.data).findings if "看不见" in f.message] == [], sample.file


@needs_office
@needs_gnumeric
@pytest.mark.office
def test_nothing_is_unseen_in_what_other_programs_save(tmp_path: Path) -> None:
    """The issued form and its annotated copy re-saved by LibreOffice and Gnumeric; what is hidden is hidden there, too."""
    form = form_of(TWO)
    marked = annotate(form, read_file(form).findings)
    hidden = styled(rich(NAME4, "羽绒", run("项目", color="FFFFFFFF")))
    files = [tmp_path / f"{name}.xlsx" for name in ("form", "marked", "hidden")]
    for file, data in zip(files, (form, marked, hidden), strict=True):
        file.write_bytes(data)
    for folder, save in (
        ("libre", partial(convert, files, "xlsx")),
        ("gnumeric", partial(recalculated_by_gnumeric, files)),
    ):
        (tmp_path / folder).mkdir()
        saved = [file.read_bytes() for file in save(tmp_path / folder)]
        assert list(map(found, saved)) == [[], [], [PROJECTS + NAME4]], folder
