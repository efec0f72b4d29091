"""What paragraphs and their runs look like in effect: the defaults, their styles and their own settings, merged.

Settings are a flat mapping `tag.attribute` → text; ways of saying the same are made one on reading.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml.etree import tostring

from baiti_xl.errors import UserError
from baiti_xl.ooxml.markup import Element, parse
from baiti_xl.press.checking.kept import Kept
from baiti_xl.press.layout_parts import CHAR, LINE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MM = 1440 / 25.4
"""Twips in a millimetre."""
Settings = Mapping[str, str]
MOST = 5000
_OFF = ("", "0", "false", "off", "none", "nil")
_INDENTS = (("left", ("left", "start")), ("right", ("right", "end")), ("first", ("firstLine", "hanging")))


class LayoutError(UserError):
    """The file is no Word document whose layout can be looked at; the message says why and what to do."""


def attribute(element: Element | None, name: str) -> str:
    """A w: attribute, or nothing."""
    return "" if element is None else element.get(W + name, "")


def number(text: str) -> int:
    """A measure, in whatever unit it is written; 0 when absent. Raises LayoutError for what is no number."""
    try:
        return int(float(text)) if text else 0
    except (ValueError, OverflowError) as error:
        raise LayoutError(f"尺寸“{text}”不是数字，请用 Word 另存后再试") from error


def on(settings: Settings, name: str) -> bool:
    """Whether a setting is there and not switched off."""
    return settings.get(name, "") not in _OFF


def settings_of(properties: Element | None) -> dict[str, str]:
    """The settings of a w:pPr or w:rPr; borders as `bottom.color`, indents in twips, a hanging one negative."""
    found: dict[str, str] = {}
    for child in () if properties is None else properties.iterchildren(f"{W}*"):
        tag = str(child.tag)[len(W) :]
        if tag == "pBdr":
            found |= settings_of(child)
        elif tag == "ind":
            found.update(_indents({str(name)[len(W) :]: number(str(value)) for name, value in child.items()}))
        elif child.attrib:
            found.update((f"{tag}.{str(name)[len(W) :]}", str(value)) for name, value in child.items())
        else:
            found[f"{tag}.val"] = "1"
    for key, same in (("start", "left"), ("end", "right")):
        if found.get("jc.val") == key:
            found["jc.val"] = same
    for side in ("before", "after"):
        if lines := number(found.get(f"spacing.{side}Lines", "")):
            found[f"spacing.{side}"] = str(lines * LINE // 100)
    return found


def _indents(given: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Indents by side; a count of characters outweighs a length."""
    for key, names in _INDENTS:
        for name in names:
            chars = given.get(f"{name}Chars", 0) * CHAR // 100
            if chars or name in given:
                yield f"ind.{key}", str((chars or given[name]) * (-1 if name == "hanging" else 1))


def merged(base: Settings, own: Settings) -> Settings:
    """Settings with those nearer the text put over them; a named font also covers a theme's."""
    if not own:
        return base
    named = "rFonts.eastAsia" in own
    return {
        key: value for key, value in base.items() if not (named and key == "rFonts.eastAsiaTheme")
    } | dict(own)


@dataclass(frozen=True, slots=True)
class Styles:
    """styles.xml by style id: names, settings of a paragraph and of its runs, and the styles themselves.

    With them is kept what was read under them: settings, what is dressed alike, and parts of papers.
    """

    names: Mapping[str, str]
    looks: Mapping[str, tuple[Settings, Settings]]
    elements: Mapping[str, Element]
    default: str
    dressings: Kept[tuple[object, ...], Settings] = field(default_factory=lambda: Kept(MOST))
    dresses: Kept[tuple[int, ...], Any] = field(default_factory=lambda: Kept(MOST))
    frames: Kept[str, Any] = field(default_factory=lambda: Kept(64))
    rows: Kept[str, Any] = field(default_factory=lambda: Kept(8))
    parts: Kept[tuple[Element, str], Any] = field(default_factory=lambda: Kept(64))

    def dressed(self, base: Settings, own: Element | None) -> Settings:
        """A style's settings with direct ones put over them; what is formatted alike shares one mapping."""
        if own is None or not len(own):
            return base
        key = (id(base), *((child.tag, *child.items(), *map(tostring, child)) for child in own))
        return self.dressings.made(key, lambda: self._put_over(base, settings_of(own)))

    def _put_over(self, base: Settings, direct: Settings) -> Settings:
        named = self.looks.get(direct.get("rStyle.val", " "), ({}, {}))[1]
        return merged(merged(base, named), direct)


def styles_of(data: bytes) -> Styles:
    """Read a styles part."""
    return Styles(*_sheet(data))


@lru_cache(maxsize=32)
def _sheet(
    data: bytes,
) -> tuple[dict[str, str], dict[str, tuple[Settings, Settings]], dict[str, Element], str]:
    """What a styles part says, as `Styles` has it; that of one template is read once, whoever sends its papers back."""
    sheet = parse(data)
    every = {attribute(style, "styleId"): style for style in sheet.iterchildren(f"{W}style")}
    plain = [ident for ident, style in every.items() if attribute(style, "type") == "paragraph"]

    def settled(ident: str, kind: str, seen: tuple[str, ...]) -> Settings:
        style = every.get(ident)
        if style is None or ident in seen:
            root = sheet.find(f"{W}docDefaults/{W}{kind}Default/{W}{kind}")
            return settings_of(root) if not seen or seen[0] in plain else {}
        base = settled(attribute(style.find(f"{W}basedOn"), "val"), kind, (*seen, ident))
        return merged(base, settings_of(style.find(W + kind)))

    return (
        {ident: attribute(style.find(f"{W}name"), "val") for ident, style in every.items()},
        {ident: (settled(ident, "pPr", ()), settled(ident, "rPr", ())) for ident in ("", *every)},
        every,
        next((ident for ident in plain if on({"is": attribute(every[ident], "default")}, "is")), ""),
    )
