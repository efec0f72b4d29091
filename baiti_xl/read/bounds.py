"""How large a file may be in every respect, and the refusal of one that is larger or broken."""

from collections.abc import Mapping
from typing import Any

MAX_FILE = 48 << 20
MAX_PART = 64 << 20
MAX_TOTAL = 256 << 20
MAX_PARSED = 8 << 20
MAX_RATIO = 300
RATIO_FLOOR = 4 << 20
MAX_PARTS = 2000
MAX_ROWS = 100_000
MAX_COLUMNS = 512
MAX_CELLS = 4_000_000
# Old and open formats are read whole when they are opened, values and formulas.
MAX_CELLS_AT_ONCE = 4_000_000
MAX_TAGS = 6_000_000
# More rows of mere format than this are left out before reading.
PADDING = 10_000
# So much text in all cells together, each string counted as often as cells show it.
MAX_TEXT = 64 << 20
# More blanks in one run than this are no text.
MAX_BLANKS = 10_000


class Refused(Exception):
    """The file cannot be read as a submission; `rule` and `slots` word the finding."""

    def __init__(self, rule: str, told: Mapping[str, Any] | None = None, /, **slots: Any) -> None:
        self.rule, self.slots = rule, {**(told or {}), **slots}
        super().__init__(rule, self.slots)


def check_area(sheet: str, rows: int, columns: int) -> None:
    """Refuse a sheet whose content reaches absurdly far."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise Refused("F05", what=f"「{sheet}」有内容远在第 {rows} 行、第 {columns} 列")
