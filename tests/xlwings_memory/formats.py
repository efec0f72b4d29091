"""Conditional formats; they are kept and listed, their formulas are not computed."""

from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.worksheet import Worksheet
from xlwings import base_classes

from . import looks
from .areas import Area, parse
from .meter import cost, counted
from .protection import refuse_if_protected

TYPES = {"expression": "custom", "cellIs": "cell_value", "colorScale": "color_scale", "dataBar": "data_bar"}


def ordered(ws: Worksheet) -> list[tuple[str, Rule]]:
    """Return the rules of a sheet with their addresses, the first to be applied first."""
    held: Any = ws.conditional_formatting
    found = [(str(area.sqref), rule) for area in held for rule in area.rules]
    return sorted(found, key=lambda pair: pair[1].priority)


@counted
class ConditionalFormats(base_classes.ConditionalFormats):
    """The rules that apply to any cell of a range, the first to be applied first."""

    def __init__(self, ws: Worksheet, areas: Sequence[Area]):
        self._ws = ws
        self._areas = areas

    def _all(self) -> list["ConditionalFormat"]:
        return [
            ConditionalFormat(self._ws, rule) for address, rule in ordered(self._ws) if self._touches(address)
        ]

    def _touches(self, address: str) -> bool:
        theirs = parse(address.replace(" ", ","), longest=None) or ()
        return any(ours.common(area) for ours in self._areas for area in theirs)

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator["ConditionalFormat"]:
        cost(len(self._all()))
        return iter(self._all())

    def __call__(self, index: int) -> "ConditionalFormat":
        return self._all()[index - 1]

    def add_custom(self, spec: dict[str, Any]) -> "ConditionalFormat":
        """Add a rule above all others, as xlwings does; a sheet that may not be formatted refuses it."""
        refuse_if_protected(self._ws, "formatCells")
        look = DifferentialStyle(fill=PatternFill(bgColor=looks.hex_of(spec["fill_color"])))
        rule: Any = Rule("expression", dxf=look, formula=[spec["formula"].removeprefix("=")], priority=1)
        rule.stopIfTrue = spec["stop_if_true"] or None
        for _, other in ordered(self._ws):
            other.priority += 1
        self._ws.conditional_formatting.add(" ".join(a.address(False, False) for a in self._areas), rule)
        return ConditionalFormat(self._ws, rule)

    def clear(self) -> None:
        for rule in self._all():
            rule.delete()


@counted
class ConditionalFormat(base_classes.ConditionalFormat):
    """One rule."""

    def __init__(self, ws: Worksheet, rule: Any):
        self._ws = ws
        self._rule = rule

    @property
    def type(self) -> str:
        return TYPES.get(self._rule.type, "unknown")

    @property
    def formula(self) -> str | None:
        return f"={self._rule.formula[0]}" if self._rule.type == "expression" else None

    @property
    def fill_color(self) -> looks.RGB | None:
        fill = self._rule.dxf and self._rule.dxf.fill
        return looks.rgb_of(fill.bgColor) if fill else None

    def delete(self) -> None:
        """Delete the rule from all cells that it applies to."""
        refuse_if_protected(self._ws, "formatCells")
        held: Any = self._ws.conditional_formatting
        for area in list(held):
            area.rules[:] = [rule for rule in area.rules if rule is not self._rule]
            if not area.rules:
                del held._cf_rules[area]
