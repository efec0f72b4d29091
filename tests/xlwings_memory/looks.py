"""Colours and fonts of openpyxl cells, in Excel's terms."""

import colorsys
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.colors import COLOR_INDEX, Color

RGB = tuple[int, int, int]
BLACK: RGB = (0, 0, 0)
# The Office theme: light 1, dark 1, light 2, dark 2, six accents, link, visited link.
OFFICE_THEME = "FFFFFF 000000 E7E6E6 44546A 4472C4 ED7D31 A5A5A5 FFC000 5B9BD5 70AD47 0563C1 954F72".split()


# Colours


def rgb(colour: str | int | Iterable[int]) -> RGB:
    """Return red, green and blue of `#rrggbb`, of Excel's number, or of three numbers."""
    if isinstance(colour, str):
        red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    elif isinstance(colour, int):
        red, green, blue = colour.to_bytes(3, "little")
    else:
        red, green, blue = colour
    return red, green, blue


def rgb_of(colour: Color | None) -> RGB:
    """Return what a colour in the file looks like; theme colours by the Office theme."""
    if colour is None or colour.type == "auto":
        return BLACK
    if colour.type == "theme":
        return _tinted(rgb(OFFICE_THEME[colour.theme]), colour.tint)
    text = _indexed(colour.indexed) if colour.type == "indexed" else colour.rgb
    return rgb(text[-6:])


def _indexed(number: int) -> str:
    return COLOR_INDEX[number] if number < len(COLOR_INDEX) else "00000000"


def _tinted(colour: RGB, tint: float) -> RGB:
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, light, saturation))
    return red, green, blue


def hex_of(colour: Any) -> str:
    return "FF{:02X}{:02X}{:02X}".format(*rgb(colour))


# Cells


def fill_colour(cell: Any) -> RGB | None:
    """Return the background of a cell, or None when it has no fill."""
    kind = cell.fill.fill_type
    if kind is None:
        return None
    return rgb_of(cell.fill.fgColor if kind == "solid" else cell.fill.bgColor)


def set_fill(cell: Any, colour: Any) -> None:
    cell.fill = PatternFill() if colour is None else PatternFill("solid", fgColor=hex_of(colour))


def set_font(cell: Any, **changes: Any) -> None:
    cell.font = _changed(cell.font, changes)


def set_alignment(cell: Any, **changes: Any) -> None:
    cell.alignment = _changed(cell.alignment, changes)


def _changed(style: Any, changes: dict[str, Any]) -> Font | Alignment:
    style = copy(style)
    for name, value in changes.items():
        setattr(style, name, value)
    return style  # type: ignore[no-any-return]


def clear_format(cell: Any) -> None:
    cell._style = StyleArray()


def restyle(cells: Iterable[Any], change: Callable[[Any], None]) -> None:
    """Change the look of many cells, working out each distinct look once."""
    done: dict[bytes, Any] = {}
    for cell in cells:
        before = (cell._style or StyleArray()).tobytes()
        if before in done:
            cell._style = copy(done[before])
        else:
            change(cell)
            done[before] = copy(cell._style)
