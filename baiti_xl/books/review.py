"""会审: the matters to answer before papers are numbered, as a sheet that the clerk reads and copies marks from."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from baiti_xl.books.style import Book
from baiti_xl.books.table import Field, Row, write_table
from baiti_xl.contest.records import Matter, Outcome

REVIEW = "会审"
FIELDS = (  # the first six as on the console's sheet, so that rows can be copied there
    Field("事项标识", width=26), Field("答复", width=7), Field("理由", width=24), Field("答复人", width=9), Field("日期", "date", 11),
    Field("事项", width=56), Field("类别", width=10), Field("单位代码", width=9), Field("单位名称", width=20), Field("依据", width=40),
    Field("影响", width=40),
)  # fmt: skip


def write_review(target: BinaryIO, matters: Sequence[Matter], outcome: Outcome) -> None:
    """Write the matters of a day as a workbook."""
    file = Book(target, f"会审 {outcome.day}")
    write_table(file, REVIEW, FIELDS, review_rows(matters, outcome))
    file.close()


def review_rows(matters: Iterable[Matter], outcome: Outcome) -> Iterable[Row]:
    """Yield 会审: what must be answered, with the answers that hold; those that wait first."""
    names = {r.unit.code: r.unit.name for r in outcome.results}
    for matter in sorted(matters, key=lambda m: m.answer is not None):
        answer = matter.answer
        said = (
            (answer.answer, answer.reason, answer.answered_by, answer.day) if answer else ("", "", "", None)
        )
        yield (
            matter.mark, *said, matter.what, matter.kind, matter.unit, names.get(matter.unit, ""), matter.evidence, matter.effect,
        )  # fmt: skip
