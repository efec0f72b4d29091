"""Files read by openpyxl, each once: formulas, and beside them what they gave when the file was saved."""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet import _reader as reader

from . import values
from .errors import ExcelError

WITH_MACROS, WITHOUT_MACROS = {".xlsm", ".xltm", ".xlam"}, {".xlsx", ".xltx"}
Results = list[dict[tuple[int, int], values.Stored]]


def load(path: Path) -> tuple[Workbook, Results]:
    """Return a file's book, and the results of its formulas sheet by sheet."""
    suffix = path.suffix.lower()
    if suffix not in WITH_MACROS | WITHOUT_MACROS:
        raise NotImplementedError(f"opening {path.suffix} files")
    try:
        return read(path, keep_vba=suffix in WITH_MACROS)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ExcelError(f"cannot open {path}: {error}") from error


def read(path: Path, *, keep_vba: bool) -> tuple[Workbook, Results]:
    """Read a file; openpyxl's warnings of what it drops are nothing that Excel would say."""
    with warnings.catch_warnings(), parsers_that_keep_results() as parsers:
        warnings.simplefilter("ignore")
        wb = load_workbook(path, keep_vba=keep_vba)
    found = [{spot: values.stored(cell, wb.epoch) for spot, cell in one.results.items()} for one in parsers]
    return wb, found


class Parser(reader.WorkSheetParser):  # untyped in its stubs
    """Parses a sheet, and keeps what each formula gave, as openpyxl gives it when it is asked for data only."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.results: dict[tuple[int, int], Any] = {}

    def parse_cell(self, element: Any) -> Any:
        before = self.col_counter
        cell: Any = super().parse_cell(element)
        if cell["data_type"] == "f":
            self.col_counter, self.data_only = before, True
            given: Any = super().parse_cell(element)
            self.data_only = False
            self.results[cell["row"], cell["column"]] = SimpleNamespace(**given)
        return cell


@contextmanager
def parsers_that_keep_results() -> Iterator[list[Parser]]:
    """Have openpyxl parse sheets with ours for a while; the list is that of the sheets, in their order."""
    made: list[Parser] = []

    def make(*args: Any, **kwargs: Any) -> Parser:
        made.append(Parser(*args, **kwargs))
        return made[-1]

    usual = reader.WorkSheetParser
    reader.WorkSheetParser = make  # type: ignore[misc,assignment]
    try:
        yield made
    finally:
        reader.WorkSheetParser = usual  # type: ignore[misc]
