"""The Excel in memory behaves as its docstring says."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
import xlwings_memory as memory
from openpyxl.styles import PatternFill, Protection
from openpyxl.styles.colors import Color
from openpyxl.workbook.protection import WorkbookProtection
from xlwings_memory import Excel, ExcelError

RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture
def excel() -> Iterator[Excel]:
    with memory.running_excel() as running:
        yield running


@pytest.fixture
def book(excel: Excel) -> Any:
    return excel.new()


@pytest.fixture
def sheet(book: Any) -> Any:
    return book.sheets[0]


def saved(path: Path, cells: dict[str, Any], *, protect: bool = False) -> Path:
    """Save a file with one sheet of these cells."""
    wb = openpyxl.Workbook()
    ws: Any = wb.active
    ws.title = "填报"
    for address, value in cells.items():
        ws[address] = value
    ws.protection.sheet = protect
    wb.save(path)
    return path


# The engine


def test_xlwings_gets_its_engine_back_afterwards() -> None:
    before, count = xw.engines.active, len(xw.engines)
    with memory.running_excel() as excel:
        assert (excel.app.engine.name, excel.app.engine.type) == ("memory", "desktop")
        assert excel.new() == xw.books.active
    assert xw.engines.active is before
    assert len(xw.engines) == count
    assert not hasattr(xw.Book, "_mock_caller")


def test_the_calling_book_is_the_one_opened_last_or_named(excel: Excel) -> None:
    first, second = excel.new(), excel.new()
    assert xw.Book.caller() == second
    excel.call_from(first)
    assert xw.Book.caller() == first


def test_a_new_app_becomes_the_active_one(excel: Excel) -> None:
    with xw.App() as app:
        assert xw.apps.active == app
        assert app.books.active.name == "Book1"
        assert xw.apps[app.pid] == app
    assert xw.apps.active == excel.app


# What is read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (3, 3.0),
        (True, True),
        ("文字", "文字"),
        (None, None),
        ("", None),
        (float("nan"), None),
        (dt.datetime(2026, 3, 1, 12, 30), dt.datetime(2026, 3, 1, 12, 30)),
        (dt.date(2026, 3, 1), dt.datetime(2026, 3, 1)),
        ("#N/A", None),
        (Decimal("1.25"), Decimal("1.2500")),
        ("1,234", 1234.0),
        ("12.5%", 0.125),
        ("123456789012345678", 123456789012346000.0),
        ("2026-3-1", dt.datetime(2026, 3, 1)),
        ("2026-13-1", "2026-13-1"),
        ("false", False),
        ("'001", "001"),
        ("1-2号楼", "1-2号楼"),
        ("竖\x0b线", "竖\x0b线"),
    ],
)
def test_a_value_comes_back_as_excel_gives_it(sheet: Any, written: Any, read: Any) -> None:
    sheet["A1"].value = written
    assert sheet["A1"].value == read
    assert type(sheet["A1"].value) is type(read)


@pytest.mark.parametrize("written", [{1}, dt.time(8), float("inf"), object()])
def test_what_cannot_cross_to_excel_is_refused(sheet: Any, written: Any) -> None:
    with pytest.raises(TypeError):
        sheet["A1"].value = written


def test_text_can_be_kept_as_it_is() -> None:
    with memory.running_excel(parses_text=False) as excel:
        cell = excel.new().sheets[0]["A1"]
        cell.value = "001"
        assert cell.value == "001"


def test_a_cell_formatted_as_text_keeps_text(sheet: Any) -> None:
    sheet["A1:A4"].number_format = "@"
    sheet["A1"].value = [["001"], ["=A1"], [5], [dt.date(2026, 3, 1)]]
    assert sheet["A1:A4"].value == ["001", "=A1", "5", "2026/3/1"]


def test_the_number_format_decides_what_a_number_is(sheet: Any) -> None:
    sheet["A1:A5"].value = 0.5
    for cell, number_format in zip(
        sheet["A2:A5"], ["h:mm", "[h]:mm", '"¥"#,##0', "[$-804]0.00"], strict=True
    ):
        cell.number_format = number_format
    assert sheet["A1:A5"].value == [0.5, dt.datetime(1899, 12, 30, 12), 0.5, Decimal("0.5"), 0.5]


def test_options_shape_and_convert(sheet: Any) -> None:
    sheet["A1"].value = [[1, None], ["#DIV/0!", 4]]
    assert sheet["A1:B1"].options(ndim=2, numbers=int, empty="-").value == [[1, "-"]]
    assert sheet["A2:B2"].options(err_to_str=True).value == ["#DIV/0!", 4.0]
    assert sheet["A1:B2"].options(transpose=True).value == [[1.0, None], [None, 4.0]]
    assert sheet["A1:B2"].raw_value == ((1.0, None), (-2146826281, 4.0))


def test_a_date_can_come_back_as_a_date(sheet: Any) -> None:
    sheet["A1"].value = dt.date(2026, 3, 1)
    assert sheet["A1"].options(dates=dt.date).value == dt.date(2026, 3, 1)


def test_numbers_read_from_a_file_are_floats_and_dates_are_dates(excel: Excel, tmp_path: Path) -> None:
    cells = {"A1": 7, "B1": dt.date(2026, 3, 1), "C1": dt.time(8, 30), "D1": "#REF!", "E1": "报送"}
    sheet = excel.open(saved(tmp_path / "a.xlsx", cells)).sheets[0]
    morning = dt.datetime(1899, 12, 30, 8, 30)
    assert sheet["A1:E1"].value == [7.0, dt.datetime(2026, 3, 1), morning, None, "报送"]


# Formulas


def test_formulas_are_kept_not_computed(sheet: Any) -> None:
    sheet["A1"].value = 2
    sheet["B1"].formula = "=A1*2"
    assert sheet["B1"].value is None
    assert sheet["A1:C1"].formula == (("2", "=A1*2", ""),)
    memory.set_result(sheet["B1"], 4)
    assert sheet["B1"].value == 4.0
    sheet["B1"].value = "=A1*3"
    assert sheet["B1"].value is None


def test_one_formula_for_a_range_adjusts_itself(sheet: Any) -> None:
    sheet["B1:C2"].formula = "=A1+$A$1"
    assert sheet["B1:C2"].formula == (("=A1+$A$1", "=B1+$A$1"), ("=A2+$A$1", "=B2+$A$1"))


def test_a_formula_shows_the_result_that_was_saved_with_it(excel: Excel, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as wb:
        wb.add_worksheet().write_formula("A1", "=6*7", None, 42)
    sheet = excel.open(tmp_path / "a.xlsx").sheets[0]
    assert (sheet["A1"].value, sheet["A1"].formula) == (42.0, "=6*7")


# Where things are


def test_addresses(sheet: Any) -> None:
    cells = sheet["B2:C4"]
    assert (cells.row, cells.column, cells.shape, cells.count, cells.size) == (2, 2, (3, 2), 6, 6)
    assert cells.last_cell.address == "$C$4"
    assert cells.get_address(False, False) == "B2:C4"
    assert cells.get_address(external=True) == "[Book1]Sheet1!$B$2:$C$4"
    assert cells.offset(1, 1).address == "$C$3:$D$5"
    assert cells.resize(1).address == "$B$2:$C$2"
    assert cells[0, 1].address == "$C$2"
    assert cells(3).address == "$B$3"
    assert sheet.range((1, 2), (3, 4)).address == "$B$1:$D$3"
    assert sheet.range("B9", "A1").address == "$A$1:$B$9"
    assert sheet["A:C"].address == "$A:$C"
    assert sheet["2:3"].shape == (2, 16384)


@pytest.mark.parametrize("address", ["A0", "A1048577", "XFE1", "没有这个名", "Sheet9!A1", ""])
def test_an_unknown_address_is_refused(sheet: Any, address: str) -> None:
    with pytest.raises(ExcelError):
        sheet.range(address)


def test_the_used_range_counts_values_and_looks(sheet: Any) -> None:
    assert sheet.used_range.address == "$A$1"
    sheet["B2"].value = 1
    sheet["D5"].color = RED
    assert sheet.used_range.address == "$B$2:$D$5"
    assert sheet["A9"].value is None  # looking makes no cell
    assert sheet.used_range.last_cell.address == "$D$5"


def test_expand_end_and_current_region(sheet: Any) -> None:
    sheet["B2"].value = [[1, 2], [3, 4], [5, 6]]
    sheet["E9"].value = 1
    assert sheet["B2"].expand().address == "$B$2:$C$4"
    assert sheet["B2"].expand("down").address == "$B$2:$B$4"
    assert sheet["B2"].end("right").address == "$C$2"
    assert sheet["B2"].end("up").address == "$B$1"
    assert sheet["A9"].end("right").address == "$E$9"
    assert sheet["B1048576"].end("up").address == "$B$4"
    assert sheet["C3"].current_region.address == "$B$2:$C$4"
    assert sheet["B2"].options(expand="table").value == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def test_a_slice_without_rows_reads_nothing(sheet: Any) -> None:
    empty = sheet["A1:B3"][0:0, :]
    assert (empty.shape, len(empty), empty.raw_value) == ((0, 2), 0, None)


# Several areas


def test_several_areas_take_colour_values_and_clearing_together(sheet: Any) -> None:
    cells = sheet["A1,B3:B5"]
    cells.color = RED
    cells.value = "x"
    assert (cells.address, cells.count, cells.shape) == ("$A$1,$B$3:$B$5", 4, (1, 1))
    assert [sheet[a].color for a in ("A1", "B4", "B2")] == [RED, RED, None]
    assert sheet["B3:B5"].value == ["x", "x", "x"]
    cells.clear()
    assert (sheet["B3"].color, sheet["A1"].value) == (None, None)


def test_an_address_has_at_most_255_characters(sheet: Any) -> None:
    long = ",".join(["A1:B2"] * 43)
    assert len(long) == 257
    with pytest.raises(ExcelError, match="255"):
        sheet.range(long)
    assert sheet.range(long[:-6]).count == 42 * 4


# Clearing, copying


def test_clearing(sheet: Any) -> None:
    sheet["A1"].value, sheet["A1"].color = 0.5, RED
    sheet["A1"].number_format = "0%"
    sheet["A1"].clear_contents()
    assert (sheet["A1"].value, sheet["A1"].color) == (None, RED)
    sheet["A1"].value = 0.5
    sheet["A1"].clear_formats()
    assert (sheet["A1"].value, sheet["A1"].color, sheet["A1"].number_format) == (0.5, None, "General")
    sheet["A1"].add_note("说明")
    sheet.clear()
    assert (sheet["A1"].value, sheet["A1"].note) == (None, None)


def test_a_copy_takes_looks_notes_and_adjusted_formulas(sheet: Any) -> None:
    sheet["A1"].value = [[1, "=A1+1"]]
    sheet["A1"].color = RED
    sheet["B1"].add_note("注")
    sheet["A1:B1"].copy(sheet["A3"])
    assert sheet["A3:B3"].formula == (("1", "=A3+1"),)
    assert (sheet["A3"].color, sheet["B3"].note.text) == (RED, "注")


def test_leftover_cells_become_not_available(sheet: Any) -> None:
    sheet["A1:C2"].raw_value = [[1, 2]]
    assert sheet["A1:C2"].options(err_to_str=True).value == [[1.0, 2.0, "#N/A"]] * 2


# Looks


@pytest.mark.parametrize("colour", [RED, "#FF0000", 255])
def test_a_colour_can_be_said_three_ways(sheet: Any, colour: Any) -> None:
    sheet["A1"].color = colour
    sheet["A1"].font.color = colour
    assert (sheet["A1"].color, sheet["A1"].font.color) == (RED, RED)


def test_a_colour_can_be_taken_away(sheet: Any) -> None:
    sheet["A1"].color = RED
    sheet["A1"].color = None
    assert sheet["A1"].color is None


def test_theme_colours_of_a_file_are_seen(excel: Excel, tmp_path: Path) -> None:
    wb = openpyxl.load_workbook(saved(tmp_path / "a.xlsx", {"A1": 1}))
    wb["填报"]["A1"].fill = PatternFill("solid", fgColor=Color(theme=4, tint=0.4))
    wb.save(tmp_path / "a.xlsx")
    assert excel.open(tmp_path / "a.xlsx").sheets[0]["A1"].color == (143, 170, 220)


def test_colours_cell_by_cell_cost_a_call_each(sheet: Any) -> None:
    memory.reset_calls()
    sheet["A1:C1"].set_colors([[RED, ..., BLUE]])
    assert memory.calls_by_name()["Range.set_colors"] == 3
    assert [cell.color for cell in sheet["A1:C1"]] == [RED, None, BLUE]


def test_fonts_and_alignment(sheet: Any) -> None:
    cells = sheet["A1:B2"]
    cells.font.set(bold=True, italic=True, size=14, name="仿宋")
    cells.wrap_text, cells.horizontal_alignment, cells.vertical_alignment = True, "center", "top"
    assert (cells.font.bold, cells.font.italic, cells.font.size, cells.font.name) == (True, True, 14, "仿宋")
    assert (cells.wrap_text, cells.horizontal_alignment, cells.vertical_alignment) == (True, "center", "top")
    assert (sheet["C1"].font.bold, sheet["B1:C1"].font.bold) == (False, None)
    assert (sheet["C1"].horizontal_alignment, sheet["C1"].vertical_alignment) == ("general", "bottom")


def test_mixed_looks(sheet: Any) -> None:
    sheet["A1"].number_format = "0.00"
    sheet["A1"].color = RED
    assert sheet["A1:B1"].number_format is None
    assert sheet["A1:B1"].color == (0, 0, 0)  # not that any cell were black


def test_widths_heights_and_hiding(sheet: Any) -> None:
    sheet["B:C"].column_width = 20
    sheet["A2:A3"].row_height = 30
    sheet["C:C"].columns.hidden = True
    sheet["2:2"].rows.hidden = True
    assert [sheet[a].column_width for a in ("A1", "B1", "A1:B1")] == [8.43, 20, None]
    assert [sheet[a].row_height for a in ("A1", "A2", "A1:A2")] == [15, 30, None]
    assert [sheet[a].columns.hidden for a in ("B1", "C1", "B1:C1")] == [False, True, None]
    assert sheet["A1:A2"].rows.hidden is None
    sheet.autofit()
    with pytest.raises(ExcelError):
        sheet["A1"].column_width = 256


def test_a_width_that_columns_share_in_the_file_can_be_changed_for_one(excel: Excel, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as wb:
        wb.add_worksheet().set_column("B:D", 20)
    sheet = excel.open(tmp_path / "a.xlsx").sheets[0]
    sheet["C1"].column_width = 5
    assert [sheet[f"{letter}1"].column_width for letter in "ABCDE"] == [8.43, 20, 5, 20, 8.43]


# Merged cells


def test_merged_cells(sheet: Any) -> None:
    sheet["A1"].value = [[1, 2], [3, 4]]
    sheet["A1:B1"].merge()
    assert sheet["A1:B2"].value == [[1.0, None], [3.0, 4.0]]
    assert (sheet["B1"].merge_cells, sheet["A2"].merge_cells, sheet["A1:A2"].merge_cells) == (
        True,
        False,
        None,
    )
    assert sheet["B1"].merge_area.address == "$A$1:$B$1"
    sheet["B1"].value = 9
    assert sheet["B1"].value is None
    with pytest.raises(ExcelError, match="part of the merged"):
        sheet["B1:B2"].clear_contents()
    sheet["A1"].unmerge()
    assert sheet["A1"].merge_cells is False


def test_merging_across_merges_each_row(sheet: Any) -> None:
    sheet["A1:B2"].merge(across=True)
    assert sheet["A2"].merge_area.address == "$A$2:$B$2"


# Notes, links, names, tables


def test_notes(sheet: Any) -> None:
    assert sheet["A1"].note is None
    sheet["B2"].add_note("请核对")
    sheet["A1"].add_note("先看这里").text = "已改"
    assert [(note.location.address, note.text) for note in sheet.notes] == [
        ("$A$1", "已改"),
        ("$B$2", "请核对"),
    ]
    with pytest.raises(ValueError, match="already"):
        sheet["A1"].add_note("又一条")
    note: Any = sheet["A1"].note
    note.delete()
    assert sheet["A1"].note is None
    with pytest.raises(ExcelError, match="deleted"):
        _ = note.text


def test_links(sheet: Any) -> None:
    sheet["A1"].add_hyperlink("www.example.org", "网站")
    sheet["A2"].add_hyperlink("#'Sheet1'!B2", "转到")
    sheet["A3"].value = '=HYPERLINK("https://a.example","a")'
    assert (sheet["A1"].value, sheet["A1"].hyperlink) == ("网站", "http://www.example.org")
    assert (sheet["A2"].value, sheet["A2"].hyperlink) == ("转到", "")
    assert sheet["A3"].hyperlink == "https://a.example"
    with pytest.raises(Exception, match="hyperlink"):
        _ = sheet["A4"].hyperlink


def test_names(book: Any, sheet: Any) -> None:
    sheet["B2:C3"].name = "报送区"
    sheet.names.add("合计", "=Sheet1!$D$4")
    book.names.add("税率", "=0.13")
    assert [name.name for name in book.names] == ["报送区", "税率", "Sheet1!合计"]
    assert sheet["报送区"].address == "$B$2:$C$3"
    assert sheet["合计"].address == "$D$4"
    assert book.names["报送区"].refers_to_range == sheet["B2:C3"]
    assert sheet["B2:C3"].name.name == "报送区"
    assert ("税率" in book.names, "合计" in book.names, "没有" in book.names) == (True, False, False)
    del book.names["税率"]
    assert len(book.names) == 2
    with pytest.raises(ExcelError):
        book.names.add("A1", "=Sheet1!$A$1")


def test_tables(sheet: Any) -> None:
    sheet["A1"].value = [["单位", 2026], ["甲", 1]]
    table = sheet.tables.add(sheet["A1:B2"], name="清单")
    assert (table.name, table.range.address, table.data_body_range.address) == (
        "清单",
        "$A$1:$B$2",
        "$A$2:$B$2",
    )
    assert table.header_row_range.value == ["单位", "2026"]
    assert "清单" in sheet.tables
    assert sheet["B2"].table == table
    assert sheet["清单"].address == "$A$2:$B$2"


# Sheets


def test_sheets_are_added_before_the_active_one(book: Any) -> None:
    book.sheets.add("后", after=book.sheets[0])
    book.sheets.add()
    assert book.sheet_names == ["Sheet1", "Sheet2", "后"]
    assert book.sheets.active.name == "Sheet2"
    assert book.sheets["后"].index == 3
    book.sheets["后"].move(before=book.sheets["Sheet1"])
    assert book.sheet_names == ["后", "Sheet1", "Sheet2"]
    assert book.sheets["Sheet1"].copy().name == "Sheet1 (2)"
    del book.sheets["Sheet1"]
    assert book.sheet_names == ["后", "Sheet2", "Sheet1 (2)"]


def test_a_deleted_sheet_answers_nothing(book: Any, sheet: Any) -> None:
    book.sheets.add()
    sheet.delete()
    with pytest.raises(ExcelError, match="deleted"):
        _ = sheet.name


@pytest.mark.parametrize("name", ["", "a:b", "a/b", "字" * 32, "'引号"])
def test_a_bad_sheet_name_is_refused(book: Any, name: str) -> None:
    with pytest.raises(ExcelError):
        book.sheets.add(name)


def test_sheets_can_be_hidden_but_not_all(book: Any, sheet: Any) -> None:
    other = book.sheets.add("配置")
    other.visible = 2
    assert (sheet.visible, other.visible, book.sheets.active) == (-1, 2, sheet)
    with pytest.raises(ExcelError, match="hidden"):
        other.activate()
    with pytest.raises(ExcelError, match="visible"):
        sheet.visible = False
    with pytest.raises(ExcelError, match="visible"):
        sheet.delete()
    other.visible = True
    sheet.visible = False
    assert (sheet.visible, book.sheets.active) == (0, other)


def test_traps_of_the_sheets_collection(book: Any) -> None:
    assert "Sheet1" not in book.sheets  # xlwings compares objects, not names
    assert book.sheets["sheet1"].name == "Sheet1"
    with pytest.raises(ExcelError):
        _ = book.sheets["没有"]


# The selection


def test_selecting_needs_the_active_sheet(excel: Any, book: Any, sheet: Any) -> None:
    sheet["B2,D4"].select()
    assert excel.app.selection.address == "$B$2,$D$4"
    book.sheets.add()
    assert book.selection.address == "$A$1"
    with pytest.raises(ExcelError, match="active"):
        sheet["A1"].select()
    excel.new()
    with pytest.raises(ExcelError, match="active"):
        book.sheets[0]["A1"].select()
    book.activate()
    book.sheets[0]["A1"].select()


# Protection


def test_a_protected_sheet_refuses_locked_cells_looks_and_notes(excel: Excel, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", {"A1": 1, "B1": 2}, protect=True)
    wb = openpyxl.load_workbook(path)
    wb["填报"]["B1"].protection = Protection(locked=False)
    wb["填报"].protection.objects = True
    wb.save(path)
    sheet = excel.open(path).sheets[0]
    sheet["B1"].value = 3
    for refused in (
        lambda: setattr(sheet["A1:B1"], "value", 3),
        lambda: setattr(sheet["C1"], "value", 3),
        lambda: setattr(sheet["B1"], "color", RED),
        lambda: sheet["B1"].add_note("x"),
        sheet["A1"].clear,
    ):
        with pytest.raises(ExcelError, match="protected"):
            refused()


def test_untouched_cells_take_after_their_row_or_column(excel: Excel, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as wb:
        ws = wb.add_worksheet()
        ws.set_column("B:C", None, wb.add_format({"locked": False, "num_format": "@"}))
        ws.set_row(4, None, wb.add_format({"bg_color": "#FF0000"}))
        ws.protect()
    sheet = excel.open(tmp_path / "a.xlsx").sheets[0]
    sheet["C3"].value = "001"
    assert (sheet["C3"].value, sheet["C4"].number_format, sheet["C5"].color) == ("001", "@", RED)
    with pytest.raises(ExcelError, match="locked"):
        sheet["D3"].value = "001"


def test_a_book_with_a_locked_structure_refuses_sheets(excel: Excel, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", {"A1": 1})
    wb = openpyxl.load_workbook(path)
    wb.security = WorkbookProtection(lockStructure=True)
    wb.save(path)
    book = excel.open(path)
    with pytest.raises(ExcelError, match="structure"):
        book.sheets.add()


# Files


def test_a_book_is_edited_on_the_screen_until_it_is_saved(excel: Excel, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", {"A1": "旧"})
    before = path.read_bytes()
    book = excel.open(path)
    book.sheets[0]["A1"].value = "新"
    assert (book.name, book.fullname) == ("a.xlsx", str(path))
    assert path.read_bytes() == before
    book.save()
    assert openpyxl.load_workbook(path)["填报"]["A1"].value == "新"
    book.save(tmp_path / "b.xlsx")
    assert (book.name, (tmp_path / "b.xlsx").exists()) == ("b.xlsx", True)


def test_a_new_book_has_no_path_until_it_is_saved(book: Any, tmp_path: Path) -> None:
    assert (book.name, book.fullname) == ("Book1", "Book1")
    book.save(tmp_path / "新.xlsx")
    assert book.fullname == str(tmp_path / "新.xlsx")


def test_saving_is_refused_where_excel_refuses(excel: Excel, book: Any, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", {"A1": 1})
    only_read = excel.app.books.open(path, read_only=True)
    with pytest.raises(ExcelError, match="read-only"):
        only_read.save()
    with pytest.raises(ExcelError, match="open"):
        book.save(tmp_path / "elsewhere" / "b.xlsx")
    (tmp_path / "other").mkdir()
    with pytest.raises(ExcelError, match="open"):
        book.save(tmp_path / "other" / "a.xlsx")


def test_a_book_with_macros_keeps_them(excel: Excel, tmp_path: Path) -> None:
    source = Path(xw.__file__).parent / "quickstart.xlsm"
    book = excel.open(source)
    book.save(tmp_path / "a.xlsm")
    assert "xl/vbaProject.bin" in zipfile.ZipFile(tmp_path / "a.xlsm").namelist()
    book.save(tmp_path / "a.xlsx")
    assert "xl/vbaProject.bin" not in zipfile.ZipFile(tmp_path / "a.xlsx").namelist()
    with pytest.raises(NotImplementedError):
        excel.new().save(tmp_path / "b.xlsm")


def test_opening_twice_gives_the_open_book(excel: Excel, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", {"A1": 1})
    book = excel.open(path)
    assert excel.app.books.open(path) == book
    assert xw.Book(path) == book
    assert [open_book.name for open_book in xw.books] == ["a.xlsx"]
    book.close()
    assert len(excel.app.books) == 0
    with pytest.raises(ExcelError, match="closed"):
        _ = book.name


def test_a_broken_file_is_refused(excel: Excel, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(ExcelError, match="cannot open"):
        excel.open(tmp_path / "a.xlsx")


# The application


def test_settings_are_remembered(excel: Excel) -> None:
    with excel.app.properties(status_bar="正在校验…", screen_updating=False):
        assert (excel.app.status_bar, excel.app.screen_updating) == ("正在校验…", False)
    assert (excel.app.status_bar, excel.app.screen_updating) == (False, True)
    assert excel.status_messages == ["正在校验…"]
    assert ("screen_updating", False) in excel.history
    excel.app.calculation = "manual"
    excel.app.display_alerts = False
    with pytest.raises(KeyError):
        excel.app.calculation = "sometimes"


def test_message_boxes_are_recorded_and_answered(excel: Excel) -> None:
    excel.answer("no", "cancel")
    assert excel.app.alert("完成", title="校验") == "ok"
    assert excel.app.alert("继续？", buttons="yes_no", mode="critical") == "no"
    assert excel.alerts[0].title == "校验"
    assert excel.alerts[1] == memory.Alert("继续？", None, "yes_no", "critical", "no")
    with pytest.raises(LookupError, match="no button"):
        excel.app.alert("真的？", buttons="yes_no")
    with pytest.raises(LookupError, match="prepared no answer"):
        excel.app.alert("真的？", buttons="ok_cancel")


# Only the public API, and few calls


def test_the_native_api_is_refused(excel: Excel, book: Any, sheet: Any) -> None:
    for thing in (sheet["A1"], sheet["A1"].impl):
        with pytest.raises(ExcelError, match="public API"):
            _ = thing.api
    for other in (excel.app, book, sheet, sheet["A1"].font):
        with pytest.raises(NotImplementedError):
            _ = other.api


def test_reading_or_writing_values_is_one_call(sheet: Any) -> None:
    cells = sheet["A1:B50"]
    memory.reset_calls()
    cells.raw_value = [[1, 2]] * 50
    assert memory.engine_calls() == 1
    _ = cells.raw_value
    assert memory.calls_by_name() == {"Range.raw_value": 2}


def mark(sheet: Any, rows: int) -> int:
    """Do what a handler does to a sheet of so many rows, and return its calls."""
    memory.reset_calls()
    _ = sheet.used_range.options(ndim=2).value
    sheet["A1"].value = [["甲", 1, None]] * rows
    sheet["A1"].resize(rows, 3).color = RED
    return memory.engine_calls()


def test_calls_grow_with_neither_rows_nor_columns(sheet: Any) -> None:
    assert mark(sheet, 2) == mark(sheet, 2_000)


def test_cell_by_cell_work_shows_in_the_count(sheet: Any) -> None:
    memory.reset_calls()
    for cell in sheet["A1:A100"]:
        cell.value = 1
    assert memory.calls_by_name()["Range.raw_value"] == 100


def test_reading_row_states_and_notes_costs_a_call_each(sheet: Any) -> None:
    for row in range(1, 6):
        sheet.range((row, 1)).add_note("注")
    memory.reset_calls()
    _ = sheet["A1:A100"].rows.hidden
    assert memory.calls_by_name()["Range.row_hidden"] == 101
    assert [note.text for note in sheet.notes] == ["注"] * 5
    assert memory.calls_by_name()["Sheet.notes"] == 6  # list(sheet.notes) would go through them twice


def test_a_snapshot_shows_whether_a_book_is_as_before(book: Any, sheet: Any) -> None:
    sheet["A1"].value = 1
    before = memory.snapshot(book)
    sheet["A1"].color = RED
    sheet["B1"].add_note("注")
    assert memory.snapshot(book) != before
    sheet["A1"].color = None
    sheet["B1"].note.delete()
    assert memory.snapshot(book) == before
