"""Whatever is typed comes out of a workbook as it went in, and is nothing but text."""

import io
from collections.abc import Sequence

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from baiti_xl.books import bulk
from baiti_xl.books.style import Book
from baiti_xl.books.table import Field, write_table

ODD = (
    "<r>坏&<x></r>", "<r><t>富文本</t></r>", "a & b < c > d", " 前后有空格 ", "_x0041_", "换\n行", "=1+1", "<t>", "]]>", "&amp;", "1",
)  # fmt: skip
GONE = (("\ufffe", "�"), ("a\uffffb", "a�b"), ("\ud800", "�"))


def table_of(texts: Sequence[str]) -> bytes:
    """Return a workbook with the texts below each other in a long table, and beside it the last one written singly."""
    target = io.BytesIO()
    file = Book(target, "样例")
    write_table(file, "表", [Field("甲", width=30), Field("乙", width=30)], [(text, text) for text in texts])
    page = file.sheet("单")
    for row, text in enumerate(texts):
        page.write_string(row, 0, text)
    file.close()
    return target.getvalue()


def read(data: bytes) -> tuple[list[str], list[str]]:
    """Return the texts of the long table and of the single cells, as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    long, single = (
        book["表"].iter_rows(min_row=2, max_col=1, values_only=True),
        book["单"].iter_rows(max_col=1, values_only=True),
    )
    return [str(value) for (value,) in long], [str(value) for (value,) in single]


def test_odd_texts_come_out_as_they_went_in() -> None:
    """Openpyxl leaves Excel's own escapes as they stand, calamine undoes them."""
    data = table_of(ODD)
    assert [text.replace("_x005F_", "_") for text in read(data)[0]] == list(ODD)
    for name, first in (("表", 1), ("单", 0)):
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name)
        assert [row[0] for row in sheet.to_python()[first:]] == list(ODD)


@pytest.mark.parametrize(("typed", "shown"), GONE)
def test_what_no_workbook_can_hold_is_replaced(typed: str, shown: str) -> None:
    assert read(table_of([typed])) == ([shown], [shown])


def test_a_text_longer_than_a_cell_is_cut_where_excel_counts() -> None:
    """Excel counts a pictograph twice."""
    assert len(bulk.cut("字" * 40000)) == bulk.LONGEST
    assert len(bulk.cut("😀" * 20000)) == bulk.LONGEST // 2
    assert bulk.text_element("短") == "<t>短</t>"
    assert len(read(table_of(["字" * 40000]))[0][0]) == bulk.LONGEST
