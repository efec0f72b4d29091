"""An Excel in memory, for testing handlers that use only the public API of xlwings.

    @pytest.fixture
    def excel():
        with xlwings_memory.running_excel() as excel:
            yield excel

    def test_check_marks_the_first_fault(excel, tmp_path):
        book = excel.open(tmp_path / "a.xlsx")      # an xlwings Book, and the one that calls
        excel.answer("yes")                         # for the question to come
        xlwings_memory.reset_calls()
        handlers.check()                            # begins with xw.Book.caller()
        assert excel.alerts[-1].prompt == "…"
        assert book.sheets[0]["B3"].color == (255, 199, 206)
        assert xlwings_memory.engine_calls() < 100

Cells live in openpyxl. What Excel refuses raises `ExcelError`; what is not there raises
`NotImplementedError`. Formulas are not computed: a formula shows the result that the file was saved
with, or the one given by `set_result`, else None.

Not there: borders, validations, conditional formats but those of a formula, filters, find, sort, inserting
and deleting cells, pasting, charts, pictures, shapes, pivots, threaded comments, freeze panes, page setup,
macros, PDF, passwords, and .xls and .xlsb files.

Each call from xlwings into the engine counts as one. Writing a table to `.value` takes some 90 of them,
whatever its size up to 100,000 cells, since xlwings compares sheets and books again and again; reading
takes 7. Where Excel needs one call a row, cell or note (reading `rows.hidden`, `set_colors`, going
through `sheet.notes`), those count too.

It behaves like Excel for Windows, Chinese regional settings:
- numbers are floats; cells with a currency format give Decimal; dates give datetime, a time of day one on
  1899-12-30; error values give None, or their name with `err_to_str=True`
- text that looks like a number, a date (2026-1-5, 2026/1/5) or TRUE becomes one, unless the cell is
  formatted as text (`@`) or an apostrophe leads; `running_excel(parses_text=False)` keeps all text plain
- a protected sheet refuses changes to locked cells, formats and notes; a locked book refuses sheets
- an address has at most 255 characters; `select` needs the active sheet; part of a merged cell cannot be
  cleared; the last visible sheet stays
- looks given to whole rows or columns reach the used part only
- `sheet.visible` is -1, 0 or 2 (very hidden), so do not test it for truth; `name in book.sheets` is False
"""

from .app import Alert
from .errors import ExcelError
from .meter import calls_by_name, engine_calls, reset_calls
from .session import Excel, running_excel, set_result, snapshot, unlock, unlocked

__all__ = [
    "Alert",
    "Excel",
    "ExcelError",
    "calls_by_name",
    "engine_calls",
    "reset_calls",
    "running_excel",
    "set_result",
    "snapshot",
    "unlock",
    "unlocked",
]
