"""The look shared by every workbook: fonts, colours, cell formats, page set-up."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from baiti_xl import __version__
from baiti_xl.books.bulk import NO_XML, Rows, lines_of
from baiti_xl.ooxml.zips import TYPES, entries_of, write_entries

FONT = "宋体"
HEAD_FONT = "黑体"
BLUE, PALE_BLUE, GREY, PALE_GREY = "#1F4E79", "#DDEBF7", "#BFBFBF", "#F2F2F2"
RED, PALE_RED, AMBER, PALE_AMBER, GREEN = "#C00000", "#FFC7CE", "#9C5700", "#FFEB9C", "#548235"
BORN = datetime(2011, 4, 13)
A4 = 9
FULL, SMALLEST = 11, 7.5  # points of text as it is written, and of 六号, the least that can be read on paper
ACROSS = 1045  # pixels between the margins of a landscape page
ROOM = ACROSS * FULL / SMALLEST  # pixels of the columns that go on it and can still be read
DOWN, LINE = 500, 15  # points between its margins, with a little left, and of a row
DIGIT, PADDING = 8, 5  # pixels of a digit of 宋体 and beside a column's text in Excel
LONGEST_HEAD = 60  # letters of a workbook's title; all three parts of a page header share 255


class Page(Worksheet):  # type: ignore[misc]
    """A worksheet on which all that was typed is text, even if it begins and ends as XlsxWriter's own markup does."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        text = NO_XML.sub("�", string)
        if text.startswith("<r>") and text.endswith("</r>"):
            shape = [cell_format] if cell_format else []
            return self._write_rich_string(row, col, *text[:2], text[2:], *shape)
        return super()._write_string(row, col, text, cell_format)


class Book:
    """A workbook being written: XlsxWriter with our formats by name and no text ever taken as a formula.

    Long tables are kept in a `spool` until it is closed, in memory if none is given. `whom` stands on each page beside the title.
    """

    def __init__(self, target: Any, title: str, spool: BinaryIO | None = None, whom: str = "") -> None:
        self.target, self.draft, self.spool = target, io.BytesIO(), spool
        self.name, self.whom = title, whom
        self.bulk: dict[str, Rows] = {}
        self.file = xlsxwriter.Workbook(
            self.draft,
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "in_memory": True,
            },
        )
        self.file.set_properties(
            {
                "title": title,
                "author": "",
                "company": "",
                "comments": f"baiti_xl {__version__}",
                "created": BORN,
            }
        )
        self.file.formats[0].set_font_name(FONT)
        self.file.formats[0].set_font_size(FULL)
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def bear(self, heads: Mapping[str, str]) -> None:
        """Give the file properties that nobody sees, by which it bears witness of the registers."""
        for name, text in heads.items():
            self.file.set_custom_property(name, text, "text")

    def format(self, **properties: Any) -> Any:
        """Return the cell format with these properties, made once."""
        known = tuple(sorted(properties.items()))
        if known not in self.formats:
            self.formats[known] = self.file.add_format(
                {"font_name": FONT, "font_size": 11, "valign": "vcenter", **properties}
            )
        return self.formats[known]

    def title(self, page: Worksheet, text: str) -> None:
        """Write the title of a sheet into its first row, which is as high as the letters need in every program."""
        page.set_row(0, TITLE_HEIGHT)
        page.write_string(0, 0, text, self.format(**TITLE))

    def sheet(self, name: str, *, landscape: bool = True, tab: str = "") -> Worksheet:
        """Add a sheet set up for printing on A4, all its columns on the width of a page, which says what it is of."""
        sheet = self.file.add_worksheet(name, Page)
        sheet.set_paper(A4)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        self.head(sheet)
        sheet.set_footer(f"&L{in_head(name)}&R第 &P 页 共 &N 页", {"scale_with_doc": False})
        sheet.hide_gridlines(2)
        if tab:
            sheet.set_tab_color(tab)
        return sheet

    def head(self, sheet: Worksheet, middle: str = "") -> None:
        """Put the workbook's title on top of each page, a table's in large letters beside it, and whose it is."""
        parts = [f"&L{in_head(self.name[:LONGEST_HEAD])}"]
        parts += [f'&C&"{HEAD_FONT},Regular"&14{in_head(middle)}'] if middle else []
        parts += [f"&R{in_head(self.whom[:LONGEST_HEAD])}"] if self.whom else []
        sheet.set_header("".join(parts), {"scale_with_doc": False, "margin": 0.25})

    def tell(self, sheet: Worksheet, text: str, widths: Sequence[float], again: int) -> None:
        """Write what is said below the title, beside the columns that each page repeats and such that no page cuts it."""
        look, last = self.format(**HINT), again + first_page(widths, again) - 1 if again else 0
        room = sum(widths[again : last + 1]) * FULL / HINT["font_size"]
        if not again or (lines := lines_of(text, room)) == 1:
            sheet.write_string(1, again, text, look)
            return
        sheet.merge_range(1, again, 1, last, text, self.format(**HINT, text_wrap=True))
        sheet.set_row(1, LINE * lines)

    def spread(self, sheet: Worksheet, widths: Sequence[float], repeated: int) -> int:
        """Let a wide sheet print over as many pages across as it needs to be readable; return how many first columns each repeats.

        The pages of a row follow each other.
        """
        pages = len(parted([across([width]) for width in widths[repeated:]], across(widths[:repeated])))
        sheet.fit_to_pages(pages, 0)
        if pages == 1:
            return 0
        sheet.print_across()
        sheet.repeat_columns(0, repeated - 1)
        return repeated

    def scale(self, sheet: Worksheet, widths: Sequence[float]) -> float:
        """Let columns of these widths fit on a landscape page, for a sheet whose pages are parted by hand; return the scale.

        Excel gives up such breaks where it fits a sheet to pages itself.
        """
        scale = min(100, int(100 * ACROSS / across(widths)))
        sheet.set_print_scale(scale)
        return scale / 100

    def rows(
        self,
        sheet: Worksheet,
        formats: Sequence[Any],
        link: Any,
        wrapped: Sequence[tuple[int, float]],
    ) -> Rows:
        """Return where to put the rows of a long table; the sheet's second row is given up as their marker."""
        for at, shape in enumerate(formats):
            sheet.write_blank(1, at, None, shape)
        styles = [shape._get_xf_index() for shape in formats]
        rows = Rows(styles, link._get_xf_index(), wrapped, self.spool or io.BytesIO())
        self.bulk[f"xl/worksheets/sheet{sheet.index + 1}.xml"] = rows
        return rows

    def close(self) -> None:
        """Finish the file: XlsxWriter's, with the long tables put in."""
        self.file.close()
        entries = sorted(entries_of(self.draft.getvalue()), key=lambda entry: entry.name != TYPES)
        bulk = self.bulk
        filled = (bulk.pop(e.name).into(e.name, e.data()) if e.name in bulk else e for e in entries)
        write_entries(self.target, filled)


def across(widths: Sequence[float]) -> float:
    """Return how many pixels columns take in Excel."""
    return sum(DIGIT * width + PADDING for width in widths)


def parted(sizes: Iterable[float], again: float = 0, room: float = ROOM) -> list[int]:
    """Return how many of what has these sizes go on each page, a landscape one unless `room` is given; `again` stands on each."""
    counts, used = [0], again
    for size in sizes:
        if counts[-1] and used + size > room:
            counts.append(0)
            used = again
        counts[-1] += 1
        used += size
    return counts


def first_page(widths: Sequence[float], again: int) -> int:
    """Return how many columns beside the repeated ones stand on the first page, as wide as the number of pages allows."""
    sizes, held = [across([width]) for width in widths[again:]], across(widths[:again])
    pages = len(parted(sizes, held))
    rooms = (parted(sizes, held, room) for room in range(ACROSS, ceil(ROOM) + 1))
    return next(counts[0] for counts in rooms if len(counts) <= pages)


def in_head(text: str) -> str:
    """Return a text as a page header or footer writes it: “&” begins what Excel puts in."""
    return text.replace("&", "&&")


HEADING: Mapping[str, Any] = {
    "bold": True, "font_name": HEAD_FONT, "bg_color": PALE_BLUE, "border": 1, "border_color": GREY,
    "align": "center", "text_wrap": True,
}  # fmt: skip
TITLE_HEIGHT = 28
TITLE: Mapping[str, Any] = {"font_name": HEAD_FONT, "font_size": 16, "font_color": BLUE}
LINK: Mapping[str, Any] = {"align": "center", "font_color": BLUE, "underline": 1}
HINT: Mapping[str, Any] = {"font_color": "#595959", "font_size": 10}
# What a formula shows that nobody computed yet: with a zero LibreOffice would believe it, and so would who looks in 受保护的视图.
UNKNOWN = ""
CELL: Mapping[str, Any] = {"border": 1, "border_color": GREY}
NUMBER_FORMATS = {
    "money": "#,##0.00",
    "share": "General",
    "whole": "0",
    "rate": "0.00%",
    "date": "yyyy-mm-dd",
    "points": "0.00",
}


def to_cell(value: Any) -> Any:
    """Return a value as a cell stores it: Decimal as a number, all else unchanged."""
    return float(value) if isinstance(value, Decimal) else value


def pixels(width: float) -> int:
    """Return how many pixels XlsxWriter takes a column of so many characters for."""
    return int(width * 7 + 0.5) + 5


def text_width(text: str) -> float:
    """Return how many character widths a text takes; Chinese characters take two."""
    return sum(2.0 if ord(c) > 0x2E7F else 1.0 for c in text)
