"""What the checks look at: lines as printed, rows and tables, each in the role it plays.

Wrappers (content controls, insertions, links) are looked through; deletions and hidden text are not read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.checking.kept import Kept
from baiti_xl.press.checking.looks import Settings, W, number
from baiti_xl.press.layout_parts import CHAR
from baiti_xl.press.wording import has_tag, is_row_tag, only_steers

IMPRINT = ("主题词", "抄送机关", "印发机关")
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"
DRAWN = "\ufffc"
"""Stands in a line for what is drawn there."""
_WRAPPERS = frozenset(
    W + tag for tag in "sdt sdtContent ins moveTo customXml smartTag hyperlink fldSimple dir bdo".split()
)


@dataclass(frozen=True, slots=True)
class Run:
    """The settings in effect of a run that prints something."""

    look: Settings

    @property
    def size(self) -> float:
        """Points."""
        return number(self.look.get("sz.val", "20")) / 2


@dataclass(frozen=True, eq=False)
class Dress:
    """How lines look that look alike: their settings in effect, and their runs.

    `judged` is what a check found of such lines before, by what else it asked.
    """

    look: Settings
    runs: tuple[Run, ...]
    judged: Kept[tuple[object, ...], tuple[tuple[str, str, str], ...]] = field(
        default_factory=lambda: Kept(64)
    )

    @cached_property
    def exact(self) -> bool:
        """Whether their lines have a fixed height."""
        return self.look.get("spacing.lineRule") == "exact"

    @cached_property
    def smallest(self) -> float:
        """Points of the smallest run, none being infinitely large."""
        return min((run.size for run in self.runs), default=float("inf"))


class Line(NamedTuple):
    """A paragraph: its role (a style's name; empty for one that is not ours), what it prints and how it looks.

    `text` is what it prints without breaks and the spaces around; `number` counts the paragraphs of a body, 0 in a
    part whose place `where` tells; `inside` tells that it stands in a cell or a box. Lines that are written alike
    share their element.
    """

    element: Element
    where: str
    number: int
    role: str
    raw: str
    text: str
    dress: Dress
    section: int
    inside: bool

    @property
    def place(self) -> str:
        """Its place in words."""
        shown = f"「{self.text[:12]}{'…' * (len(self.text) > 12)}」" if self.text else ""
        return self.where or f"第{self.number}段{shown}"

    @property
    def look(self) -> Settings:
        """Its settings in effect."""
        return self.dress.look

    @property
    def runs(self) -> tuple[Run, ...]:
        """Its runs that print something."""
        return self.dress.runs

    @property
    def known(self) -> bool:
        """Whether its wording stands, with no tag to be filled in."""
        return bool(self.text) and not has_tag(self.text)

    @property
    def prints(self) -> bool:
        """Whether it prints text and is not only a paragraph or row tag."""
        return self.text != "" and not only_steers(self.text)

    @property
    def jc(self) -> str:
        """Its alignment."""
        return self.look.get("jc.val", "left")

    @property
    def typed(self) -> int:
        """How many wide spaces are typed before its text."""
        return len(self.raw) - len(self.raw.lstrip("\u3000"))

    def indent(self, side: str) -> int:
        """An indent in twips; that of the first line counts from the others, with spaces typed before the text."""
        typed = self.typed if side == "first" else 0
        return number(self.look.get(f"ind.{side}", "")) + typed * CHAR

    def spacing(self, what: str) -> int:
        """Space before or after, or the height of a line, in twips."""
        return number(self.look.get(f"spacing.{what}", ""))

    @property
    def exact(self) -> bool:
        """Whether its lines have a fixed height."""
        return self.dress.exact

    @property
    def height(self) -> int:
        """What it takes up on the page when it is one line high, about, in twips; a tag takes nothing."""
        if self.text and not self.prints:
            return 0
        single = max((run.size for run in self.runs), default=16.0) * 26
        line = self.spacing("line") if self.exact else round(single * (self.spacing("line") or 240) / 240)
        return self.spacing("before") + line + self.spacing("after")


class Row(NamedTuple):
    """A row of a table: its element, what is written in it if a tag may be, and whether it stays whole and repeats on each page."""

    element: Element
    text: str
    whole: bool
    heads: bool

    @property
    def steers(self) -> bool:
        """Whether it holds only a row tag."""
        return is_row_tag(self.text)


@dataclass(frozen=True, eq=False)
class Table:
    """A table, its rows, and the lines in it, those of tables within it too; `box` is the text box that holds it.

    Its element need not hold its rows: theirs do.
    """

    element: Element
    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    section: int
    box: Element | None

    @property
    def inside(self) -> bool:
        """Whether it stands in a text box."""
        return self.box is not None

    @cached_property
    def dresses(self) -> tuple[Dress, ...]:
        """How its lines look, each look once."""
        return tuple(dict.fromkeys([line.dress for line in self.lines]))

    @cached_property
    def is_imprint(self) -> bool:
        """Whether it is 版记."""
        return not {line.role for line in self.lines}.isdisjoint(IMPRINT)


Item = Line | Table


def opened(element: Element) -> Iterator[Element]:
    """The children of an element, wrappers looked through."""
    for child in element:
        if child.tag in _WRAPPERS:
            yield from opened(child)
        else:
            yield child


def side_of_box(element: Element, axis: str) -> str:
    """To which side (`left`, `bottom` …) the text box around an element is set, horizontal or vertical; empty for none."""
    for holder in element.iterancestors(f"{WP}anchor", f"{V}shape", f"{V}rect"):
        stated = re.search(rf"mso-position-{axis}:(\w+)", str(holder.get("style")))
        found = holder.findtext(f"{WP}position{axis[0].upper()}/{WP}align")
        return found or (stated[1] if stated else "")
    return ""


def lines_of(items: Iterable[Item]) -> Iterator[Line]:
    """Every line, those in tables too."""
    for item in items:
        yield from (item,) if isinstance(item, Line) else item.lines
