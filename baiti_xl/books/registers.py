"""The registers' Excel copies: for reading only; the registers themselves are in the archive."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from baiti_xl.books.style import Book
from baiti_xl.books.table import Field, write_table

ARCHIVE = (
    Field("登记时间", width=20), Field("登记人", width=12), Field("单位代码", width=9), Field("填报截止日期", width=13),
    Field("报送批次", "whole", 9), Field("结果", width=11), Field("统计日", width=12), Field("文件", width=40),
    Field("文件摘要（SHA-256）", width=36),
)  # fmt: skip
ISSUES = (
    Field("机关代字", width=10), Field("年份", "whole", 8), Field("顺序号", "whole", 8), Field("版次", "whole", 6), Field("事由", width=8),
    Field("文种", width=14), Field("单位代码", width=9), Field("标题", width=50), Field("统计日", width=12), Field("成文日期", width=12),
    Field("签发人", width=10), Field("更正或作废理由", width=30), Field("文件", width=40), Field("文件摘要（SHA-256）", width=36),
    Field("登记人", width=12), Field("登记时间", width=20),
)  # fmt: skip


def write_archive_register(target: BinaryIO, rows: Iterable[Sequence[Any]], heads: Mapping[str, str]) -> None:
    """Write the register of submissions; `heads` are properties that nobody sees, by which it bears witness."""
    file = Book(target, "报送登记")
    write_table(file, "报送登记", ARCHIVE, rows)
    file.bear(heads)
    file.close()


def write_issue_register(target: BinaryIO, rows: Iterable[Sequence[Any]], heads: Mapping[str, str]) -> None:
    """Write the register of document numbers, as that of submissions."""
    file = Book(target, "发文登记")
    write_table(file, "发文登记", ISSUES, rows)
    file.bear(heads)
    file.close()
