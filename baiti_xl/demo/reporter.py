"""One unit's clerk on one reporting day: turns the unit's rows into the file it sends."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from baiti_xl.books.template import Filling, write_template
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.demo.plans import BY_CODE, PLANS
from baiti_xl.demo.rows import Row, Rows, Story, build_cover, build_rows


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample file as a unit sends it; `note` says in Chinese what is wrong with it on purpose, or ""."""

    file: str
    data: bytes
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reporter:
    """The clerk of one unit, which must have a plan, on one reporting day."""

    book: Rulebook
    unit: Unit
    period: date

    @property
    def story(self) -> Story:
        """What the unit has to tell by that day."""
        plan = BY_CODE[self.unit.code]
        return Story(plan, self.unit.name, PLANS.index(plan), self.period, self.book)

    def rows(self) -> Rows:
        """Return the unit's rows by sheet, fresh, so that a fault may change them."""
        return build_rows(self.story)

    def file(self, suffix: str = "") -> str:
        """Return the name of the file as issued, as X01_城关镇_报送表.xlsx."""
        return f"{self.unit.code}_{self.unit.name}_报送表{suffix}.xlsx"

    def write(
        self,
        rows: Rows | None = None,
        cover: Mapping[str, Any] | None = None,
        batch: int = 1,
    ) -> bytes:
        """Return the unit's workbook; `rows` and `cover` stand for the true ones where they are given."""
        rows = self.rows() if rows is None else rows
        filled = {**build_cover(self.story, rows, batch), **(cover or {})}
        target = io.BytesIO()
        write_template(target, self.book, self.unit, Filling(filled, rows))
        return target.getvalue()

    def sample(
        self, note: str = "", rows: Rows | None = None, cover: Mapping[str, Any] | None = None
    ) -> Sample:
        """Return the one file the unit sends."""
        return Sample(self.file(), self.write(rows, cover), note)

    def on(self, period: date) -> "Reporter":
        """Return the same clerk on another day."""
        return replace(self, period=period)


def alter(rows: Rows, sheet: AnySheet, index: int, **values: Any) -> None:
    """Replace some values of one row, by field."""
    rows[sheet.name][index] = {**rows[sheet.name][index], **values}


def identity(unit: str, sheet: AnySheet, row: Row) -> str:
    """Return the 记录标识 of a row, as `Sheet.identity` does for a record."""
    key = (row.get(name) for name in sheet.key)
    return f"{unit}/{sheet.name}/" + "|".join("" if value is None else str(value) for value in key)
