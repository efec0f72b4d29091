"""会审: the matters to answer before papers are numbered, as a sheet that the clerk reads and copies marks from."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from baiti_xl.books.style import Book
from baiti_xl.books.table import Field, Row, write_table
from baiti_xl.contest.records import Matter, Outcome

REVIEW = "会审"
FIELDS = (
    Field("事项标识", width=28), Field("类别", width=11), Field("单位代码", width=9), Field("单位名称", width=22), Field("事项", width=60),
    Field("依据", width=44), Field("影响", width=44), Field("答复", width=8), Field("理由", width=30), Field("答复人", width=12),
    Field("日期", "date"),
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
            matter.mark, matter.kind, matter.unit, names.get(matter.unit, ""), matter.what, matter.evidence,
            matter.effect, *said,
        )  # fmt: skip
