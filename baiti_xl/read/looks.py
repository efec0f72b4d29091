"""What a sheet counts and nobody sees: text in the colour of its ground, in letters of two points, or under a format that shows nothing.

Looked at are the font and fill of a cell, the fonts of the runs of its text, and its number format; what conditional
formats and table styles change on the screen is not.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from baiti_xl.ooxml.markup import BadXml, Element, parse
from baiti_xl.read.bounds import MAX_PARSED
from baiti_xl.read.walking import closed_elements, whole

Colour = tuple[int, int, int]
T = TypeVar("T")
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
TINY = 2.0  # points that nobody reads
ALIKE = 16  # of 255, in each of red, green and blue: no eye tells the two apart
CLEAR = ("FF000000", "FFFFFFFF", "FFFF0000", "FF00FF00", "FF0000FF", "FFFFFF00", "FFFF00FF", "FF00FFFF")
SYSTEM = {64: BLACK, 65: WHITE}  # of the palette: the window's text and ground
NAMED = {
    "black": BLACK, "white": WHITE, "red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255),
    "yellow": (255, 255, 0), "magenta": (255, 0, 255), "cyan": (0, 255, 255),
    "黑色": BLACK, "白色": WHITE, "红色": (255, 0, 0), "绿色": (0, 255, 0), "蓝色": (0, 0, 255),
    "黄色": (255, 255, 0), "洋红": (255, 0, 255), "蓝绿色": (0, 255, 255),
}  # fmt: skip
# The colours of a theme stand in this order; a part counts them as 1, 0, 3, 2 and on.
THEME = (BLACK, WHITE, (31, 73, 125), (238, 236, 225))
SECTION = re.compile(r'(?:[^;"\\!]|"[^"]*"|[\\!].)*', re.S)
LITERAL = re.compile(r'"[^"]*"?|[\\!_*].?|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.S | re.I)
PLACEHOLDER = re.compile(r"[0#?@ymdhsegab]|常规|通用格式", re.I)
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)\s*\]")
HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b,
}  # fmt: skip
PROPERTIES = re.compile(rb"<(?:[^\s<>/!?:=]*+:)?+rPr(?:\s[^<>]*+)?+>(.*?)</", re.S)


@dataclass(frozen=True, slots=True)
class Font:
    """The size of letters in points, and their colour; None where it cannot be told."""

    size: float
    colour: Colour | None


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell is shown: its font, the colour behind it (None where it cannot be told), its number format."""

    font: Font
    ground: Colour | None
    code: str = ""

    def hides(self, value: str, is_text: bool, runs: Sequence[Font | None] = ()) -> bool:
        """Whether nobody sees a value so shown, or one of the runs of a text; a run of None has the font of the cell."""
        section = section_of(self.code, value, is_text) if self.code else None
        if section is not None and not PLACEHOLDER.search(LITERAL.sub("", section)):
            return True
        if runs:
            return any(self.hides_run(font or self.font) for font in runs)
        names = (inner.strip().lower() for inner in re.findall(r"\[([^\]]*)\]", section or ""))
        colour = next((NAMED[name] for name in names if name in NAMED), self.font.colour)
        return self.hides_run(Font(self.font.size, colour))

    def hides_run(self, font: Font) -> bool:
        """Whether nobody sees letters on the ground of this cell."""
        return font.size <= TINY or are_alike(font.colour, self.ground)


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The styles of a workbook by their index, those that hide some value, all grounds, and the colours to understand others by."""

    styles: tuple[Style, ...]
    hiding: frozenset[str]
    grounds: frozenset[Colour | None]
    colours: "Colours"


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a workbook's theme and palette."""

    theme: tuple[Colour, ...]
    palette: tuple[str, ...]

    def of(self, element: Element | None, otherwise: Colour | None) -> Colour | None:
        """Return the colour that an element states."""
        if element is None:
            return otherwise
        stated = {name: str(element.get(name, "")) for name in ("rgb", "theme", "indexed", "tint")}
        if stated["rgb"]:
            base = written(stated["rgb"])
        elif stated["theme"].isdecimal():
            at = whole(stated["theme"])
            base = self.theme[at ^ 1 if at < 4 else at] if at < len(self.theme) else None
        elif stated["indexed"].isdecimal():
            at = whole(stated["indexed"])
            base = SYSTEM.get(at) or (written(self.palette[at]) if at < len(self.palette) else None)
        else:
            base = otherwise
        return tinted(base, number_of(stated["tint"])) if base else None

    def font(self, element: Element) -> Font:
        """Return the font that an element states."""
        size = element.find("{*}sz")
        stated = number_of(str(size.get("val", ""))) if size is not None else 0
        return Font(stated or 11, self.of(element.find("{*}color"), BLACK))


def are_alike(one: Colour | None, other: Colour | None) -> bool:
    """Whether no eye tells two colours apart."""
    return bool(one and other) and all(
        abs(a - b) <= ALIKE for a, b in zip(one or (), other or (), strict=True)
    )


def written(text: str) -> Colour | None:
    """Return a colour written as AARRGGBB or RRGGBB."""
    digits = text[-6:]
    if len(digits) != 6 or not re.fullmatch("[0-9A-Fa-f]{6}", digits):
        return None
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def tinted(colour: Colour, tint: float) -> Colour:
    """Return a colour made darker (below 0) or lighter."""
    if not -1 <= tint <= 1:
        return colour
    red, green, blue = (round(c * (1 + tint) if tint < 0 else c + (255 - c) * tint) for c in colour)
    return red, green, blue


def number_of(text: str) -> float:
    """Return a number that a part states, 0 if it is none."""
    try:
        return float(text)
    except ValueError:
        return 0


# ── number formats ───────────────────────────────────────────────────────────────────────────────


def section_of(code: str, value: str, is_text: bool) -> str | None:
    """Return the section of a number format that shows a value; None where none does, so that it is shown as it is."""
    sections = sections_of(code)
    has_text = len(sections) > 3 or "@" in LITERAL.sub("", sections[-1])
    if is_text:
        return sections[-1] if has_text else None
    numbers = sections[: len(sections) - has_text] or sections
    try:
        number = float(value)
    except ValueError:
        return None
    if number == 0:
        return None
    usual = [">", "<"] if len(numbers) > 2 else [">="]
    for at, section in enumerate(numbers[:-1]):
        stated = CONDITION.search(section)
        sign, bound = (stated[1], number_of(stated[2])) if stated else (usual[min(at, len(usual) - 1)], 0.0)
        if HOLDS[sign](number, bound):
            return section
    return numbers[-1]


def sections_of(code: str) -> list[str]:
    """Return the sections of a number format."""
    found, at = list[str](), 0
    while at <= len(code) and len(found) < 4:
        section = SECTION.match(code, at)
        found.append(section[0] if section else "")
        at = (section.end() if section else at) + 1
    return found


# ── the parts ────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=32)
def looks_of(styles: bytes, theme: bytes) -> Looks:
    """Return how a workbook's cells are shown; nothing of a part that is too large or no sound XML."""
    try:
        root = parse(styles) if 0 < len(styles) <= MAX_PARSED else None
    except BadXml:
        root = None
    if root is None:
        return Looks((), frozenset(), frozenset({WHITE}), Colours(THEME, ()))
    palette = [str(c.get("rgb", "")) for c in root.iterfind("{*}colors/{*}indexedColors/{*}rgbColor")]
    colours = Colours(theme_of(theme), tuple(palette) or (*CLEAR, *CLEAR))
    fonts = [colours.font(font) for font in root.iterfind("{*}fonts/{*}font")]
    grounds = [ground_of(fill, colours) for fill in root.iterfind("{*}fills/{*}fill")]
    codes = {
        str(f.get("numFmtId")): str(f.get("formatCode", "")) for f in root.iterfind("{*}numFmts/{*}numFmt")
    }
    found = []
    for xf in root.iterfind("{*}cellXfs/{*}xf"):
        font, ground = of_index(fonts, xf.get("fontId")), of_index(grounds, xf.get("fillId"))
        found.append(Style(font or Font(11, BLACK), ground, codes.get(str(xf.get("numFmtId")), "")))
    hiding = {str(at) for at, style in enumerate(found) if may_hide(style)}
    behind = frozenset({WHITE, *(style.ground for style in found)})
    return Looks(tuple(found), frozenset(hiding), behind, colours)


def may_hide(style: Style) -> bool:
    """Whether a style hides some value."""
    return (
        style.hides("x", True)
        or any(style.hides(value, False) for value in ("1", "-1", "1E9", "-1E9"))
        or bool(CONDITION.search(style.code))
    )


def of_index(held: Sequence[T], index: object) -> T | None:
    """Return what stands at an index that a part states."""
    at = whole(index)
    return held[at] if at < len(held) else None


def ground_of(fill: Element, colours: Colours) -> Colour | None:
    """Return the colour that a fill gives a cell; None for patterns and gradients."""
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return None
    kind = pattern.get("patternType", "none")
    return (
        WHITE if kind == "none" else colours.of(pattern.find("{*}fgColor"), None) if kind == "solid" else None
    )


def theme_of(part: bytes) -> tuple[Colour, ...]:
    """Return the colours of a theme in the order in which they stand; the usual ones of a part that tells none."""
    try:
        root = parse(part) if 0 < len(part) <= MAX_PARSED else None
    except BadXml:
        root = None
    scheme = root.find(".//{*}clrScheme") if root is not None else None
    if scheme is None:
        return THEME
    stated = [next(iter(one.iterfind("*")), None) for one in scheme.iterfind("*")]
    told = ["" if one is None else str(one.get("lastClr") or one.get("val") or "") for one in stated]
    usual = (*THEME, *[BLACK] * len(told))
    return tuple(written(text) or other for text, other in zip(told, usual, strict=False))


# ── cells ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Strings:
    """The shared strings that have a run which some ground may hide: by their index, the fonts of their runs with text."""

    looks: Looks
    runs: Mapping[str, tuple[Font | None, ...]]


def strings_of(part: bytes, looks: Looks) -> Strings:
    """Return the shared strings with runs that some cell of a workbook may hide."""
    if not any(hidden_by_some(inner, looks) for inner in properties_in(part)):
        return Strings(looks, {})
    found, at = {}, 0
    for tag, item in closed_elements(part, "si"):
        if tag == "si":
            if runs := runs_of(item, looks):
                found[str(at)] = runs
            at += 1
    return Strings(looks, found)


def properties_in(part: bytes) -> set[bytes]:
    """Return what stands in the properties of runs, each once."""
    usual = part.split(b"<rPr>")
    if part.count(b"rPr") == 2 * (len(usual) - 1):
        return {piece.partition(b"</rPr>")[0] for piece in usual[1:]}
    return {*PROPERTIES.findall(part)}


@lru_cache(maxsize=256)
def hidden_by_some(inner: bytes, looks: Looks) -> bool:
    """Whether some ground of a workbook hides letters of a run with such properties."""
    try:
        font = looks.colours.font(parse(re.sub(rb"(</?)[^\s<>/:]+:", rb"\1", b"<rPr>" + inner + b"</rPr>")))
    except BadXml:
        return True
    return font.size <= TINY or any(are_alike(font.colour, ground) for ground in looks.grounds)


def runs_of(item: Element, looks: Looks) -> tuple[Font | None, ...]:
    """Return the fonts of the runs of a text that have something to show; None for a run with the font of its cell."""
    found = []
    for run in item.iterfind("{*}r"):
        text, properties = run.find("{*}t"), run.find("{*}rPr")
        if text is not None and (text.text or "").strip():
            found.append(looks.colours.font(properties) if properties is not None else None)
    return tuple(found)


def unseen_cells(part: bytes, strings: Strings) -> frozenset[str]:
    """Return the cells of a sheet that hold a value, or a part of one, that nobody sees."""
    looks = strings.looks
    styled = "0" in looks.hiding or (  # a cell that states no style has the first
        looks.hiding and re.search(rb"""\ss\s*=\s*["'](?:%s)["']""" % "|".join(looks.hiding).encode(), part)
    )
    if not (styled or strings.runs or b"rPr" in part):
        return frozenset()
    cells = (element for tag, element in closed_elements(part) if tag == "c")
    return frozenset(str(cell.get("r", "")) for cell in cells if is_unseen(cell, strings))


def is_unseen(cell: Element, strings: Strings) -> bool:
    """Whether a cell holds something that nobody sees."""
    held, within = cell.find("{*}v"), cell.find("{*}is")
    value = (held.text or "") if held is not None else ""
    kind, looks = cell.get("t", "n"), strings.looks
    style = of_index(looks.styles, cell.get("s", "0")) or Style(Font(11, BLACK), WHITE)
    runs = strings.runs.get(value.strip(), ()) if kind == "s" else ()
    if within is not None:
        runs, value = runs_of(within, looks), "".join(map(str, within.itertext()))
    return bool(value.strip()) and kind != "e" and style.hides(value, kind not in ("n", "d"), runs)
