"""核稿表: every figure that the papers of a kind print, where, what it means, and the records behind it, down to the cell's row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from baiti_xl.books import bulk, style
from baiti_xl.books.bulk import Link
from baiti_xl.books.style import Book
from baiti_xl.books.table import Field, Row, write_table
from baiti_xl.contest.records import FigureNote, Line, Paper
from baiti_xl.press.marks import Mark

FIGURES, RECORDS, PAPERS, BASIS = "数字清单", "来源记录", "公文清单", "依据"
FILE, PRINT, PLACE, NAME, SHOWN = "文件", "标记", "位置", "指标", "文中写法"
FIGURE_FIELDS = (
    *(Field("序号", "whole", 7), Field("单位", width=16), Field(FILE, width=30), Field("文号", width=18)),
    *(Field(PLACE, width=34), Field(SHOWN, width=14), Field(NAME, width=18), Field("口径", width=56)),
    *(Field("数值", "share", 14), Field("分子", "share"), Field("分母", "share")),
    *(Field("来源条数", "whole", 9, linked=True), Field("来源序号", "whole", 9), Field(PRINT, width=7)),
)
RECORD_FIELDS = (
    *(Field("来源序号", "whole", 9, linked=True), Field(NAME, width=28, breaks=False)),
    *(Field("用于", width=8), Field("单位代码", width=9), Field("来源文件", width=46, breaks=False)),
    *(Field("来源表", width=12, breaks=False), Field("来源行", "whole", 8)),
    *(Field("内容", width=34, breaks=False), Field("计入数值", "share", 14)),
)
PAPER_FIELDS = (
    *(Field("单位", width=16), Field("公文", width=56), Field(FILE, width=46)),
    *(Field("文号", width=20), Field("数字个数", "whole", 9)),
)
CHECKED = (("核对人", ""), ("核对日期", ""))
NONE = ("", "", "", "", "没有引用统计数字。", *[None] * 9)


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper as it was made: for whom, its file, its number, and the figures it prints in its order."""

    paper: Paper
    whom: str
    file: str
    number: str
    marks: Sequence[Mark]

    def notes(self) -> Iterator[tuple[Mark, FigureNote]]:
        """Yield each print with its figure."""
        for mark in self.marks:
            yield mark, self.paper.figures[int(mark.ident) - 1]


@dataclass(slots=True)
class Sources:
    """The records behind figures, those of equal figures once: `firsts` are the rows where they begin."""

    notes: list[FigureNote] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    count: int = 0
    known: dict[tuple[object, ...], list[int]] = field(default_factory=dict)

    def take(self, note: FigureNote, number: int) -> int | None:
        """Return which records are a figure's, under the number of the first that has them; None if it has none."""
        size = len(note.lines) + len(note.denominator_lines)
        if not size:
            return None
        ends = [lines[at] for lines in (note.lines, note.denominator_lines) if lines for at in (0, -1)]
        alike = self.known.setdefault((note.name, size, note.value, *ends), [])
        for at in alike:
            held = self.notes[at]
            if (held.lines, held.denominator_lines) == (note.lines, note.denominator_lines):
                return at
        alike.append(len(self.notes))
        self.notes.append(note)
        self.numbers.append(number)
        self.firsts.append(self.count)
        self.count += size
        return len(self.notes) - 1

    def rows(self) -> Iterator[Row]:
        """Yield one row a record; the first of a figure leads back to it."""
        for note, number in zip(self.notes, self.numbers, strict=True):
            shown: int | Link = Link(number, f"{FIGURES}!A{number + 1}")
            for use, line in used(note):
                file, row = line.file, line.row or None
                yield shown, note.name, use, line.unit, file, line.sheet, row, line.label, line.value
                shown = number


def used(note: FigureNote) -> Iterator[tuple[str, Line]]:
    """Yield the records behind a figure with what they are for: 数值, or 分子 and 分母."""
    top = "数值" if note.denominator is None else "分子"
    for line in note.lines:
        yield top, line
    for line in note.denominator_lines:
        yield "分母", line


def write_figures(
    target: BinaryIO, kind: str, printed: Sequence[Printed], stamp: Sequence[tuple[str, str]]
) -> None:
    """Write the figures of a kind's papers; `stamp` says on what they rest (version, rules, day, submissions).

    Raises UserError if a sheet of Excel cannot hold them.
    """
    file, sources = Book(target, f"{kind}核稿表"), Sources()
    write_table(file, FIGURES, FIGURE_FIELDS, figure_rows(printed, sources), NONE)
    rows = sources.rows()
    for at in range(max(1, -(-sources.count // bulk.MOST_ROWS))):
        write_table(file, sheet_name(at), RECORD_FIELDS, islice(rows, bulk.MOST_ROWS))
    write_table(file, PAPERS, PAPER_FIELDS, paper_rows(printed))
    write_basis(file, kind, len(printed), stamp)
    file.close()


def sheet_name(at: int) -> str:
    """Return the name of a sheet of records; there is a second if there are more than one can hold."""
    return RECORDS if at == 0 else f"{RECORDS}{at + 1}"


def figure_rows(printed: Sequence[Printed], sources: Sources) -> Iterator[Row]:
    """Yield one row a printed figure, which leads to its records."""
    number = 0
    for one in printed:
        for mark, note in one.notes():
            number += 1
            at = sources.take(note, number)
            count = len(note.lines) + len(note.denominator_lines)
            yield (
                number, one.whom, one.file, one.number, mark.place, mark.text, note.name, note.definition,
                note.value, note.numerator, note.denominator,
                0 if at is None else Link(count, address(sources.firsts[at])),
                None if at is None else sources.numbers[at], mark.key,
            )  # fmt: skip


def address(first: int) -> str:
    """Return the cell of the records' row of this number."""
    at, row = divmod(first, bulk.MOST_ROWS)
    return f"{sheet_name(at)}!A{row + 2}"


def paper_rows(printed: Sequence[Printed]) -> Iterator[Row]:
    """Yield one row a paper."""
    for one in printed:
        yield one.whom, one.paper.title, one.file, one.number, len(one.marks)


def write_basis(file: Book, kind: str, count: int, stamp: Sequence[tuple[str, str]]) -> None:
    """Write what the papers rest on, and lines for whoever checks them."""
    page = file.sheet(BASIS)
    file.head(page, BASIS)
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 110)
    rows = (("种类", kind), ("份数", str(count)), *stamp, *CHECKED)
    for row, (name, value) in enumerate(rows):
        page.write_string(row, 0, name, file.format(**style.HEADING))
        page.write_string(row, 1, value, file.format(**style.CELL, text_wrap=True))
