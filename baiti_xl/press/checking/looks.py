"""What paragraphs and their runs look like in effect: the defaults, their styles and their own settings, merged.

Settings are a flat mapping `tag.attribute` → text; ways of saying the same are made one on reading.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from baiti_xl.errors import UserError
from baiti_xl.ooxml.markup import Element, parse
from baiti_xl.press.layout_parts import CHAR, LINE, NAMESPACES

W = f"{{{NAMESPACES['w']}}}"
MM = 1440 / 25.4
"""Twips in a millimetre."""
Settings = Mapping[str, str]
_OFF = ("", "0", "false", "off", "none", "nil")
_SAME = {"start": "left", "end": "right", "begin": "left"}
_SLOTS = ("ascii", "eastAsia", "hAnsi", "cs")


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


def on(settings: Settings, tag: str) -> bool:
    """Whether a setting that is a switch is on."""
    return settings.get(f"{tag}.val", "") not in _OFF


def settings_of(properties: Element | None) -> dict[str, str]:
    """The settings of a w:pPr or w:rPr; borders as `bottom.color`, indents in twips, a hanging one negative."""
    found: dict[str, str] = {}
    for child in () if properties is None else properties.iterchildren(f"{W}*"):
        tag = str(child.tag)[len(W) :]
        if tag == "pBdr":
            found |= settings_of(child)
        elif tag == "ind":
            found.update(_indents(child))
        elif not child.attrib:
            found[f"{tag}.val"] = "1"
        else:
            found.update((f"{tag}.{str(name)[len(W) :]}", str(value)) for name, value in child.items())
    if "jc.val" in found:
        found["jc.val"] = _SAME.get(found["jc.val"], found["jc.val"])
    for side in ("before", "after"):
        if number(found.get(f"spacing.{side}Lines", "")):
            found[f"spacing.{side}"] = str(number(found[f"spacing.{side}Lines"]) * LINE // 100)
    return found


def _indents(element: Element) -> Iterator[tuple[str, str]]:
    """Indents in twips: w:start is w:left, a count of characters outweighs a length."""
    for name, value in element.items():
        side, chars = str(name)[len(W) :].removesuffix("Chars"), str(name).endswith("Chars")
        if chars and not number(str(value)):
            continue
        sign = -1 if side == "hanging" else 1
        key = {"hanging": "first", "firstLine": "first"}.get(side, _SAME.get(side, side))
        counted = element.get(f"{W}{side}Chars", "")
        if chars or not number(counted):
            yield (
                f"ind.{key}",
                str(sign * (number(str(value)) * CHAR // 100 if chars else number(str(value)))),
            )


def merged(base: Settings, own: Settings) -> Settings:
    """Settings with those nearer the text put over them; a named font also covers a theme's."""
    if not own:
        return base
    both = {**base, **own}
    for slot in _SLOTS:
        if f"rFonts.{slot}" in own and f"rFonts.{slot}Theme" not in own:
            both.pop(f"rFonts.{slot}Theme", None)
    return both


@dataclass(frozen=True, slots=True)
class Styles:
    """styles.xml: by style id its name and its settings, for paragraphs (their own, their runs') and for characters."""

    names: Mapping[str, str]
    paragraphs: Mapping[str, tuple[Settings, Settings]]
    characters: Mapping[str, Settings]
    tables: Mapping[str, Element]
    default: str


@lru_cache(maxsize=32)
def styles_of(data: bytes) -> Styles:
    """Read a styles part; those of one template are read once."""
    sheet = parse(data)
    every = {attribute(style, "styleId"): style for style in sheet.iterchildren(f"{W}style")}
    defaults = {
        kind: settings_of(sheet.find(f"{W}docDefaults/{W}{kind}Default/{W}{kind}")) for kind in ("pPr", "rPr")
    }

    def settled(ident: str, kind: str, root: Settings, seen: tuple[str, ...] = ()) -> Settings:
        style = every.get(ident)
        if style is None or ident in seen:
            return root
        base = settled(attribute(style.find(f"{W}basedOn"), "val"), kind, root, (*seen, ident))
        return merged(base, settings_of(style.find(f"{W}{kind}")))

    def idents(kind: str) -> list[str]:
        return [ident for ident, style in every.items() if attribute(style, "type") == kind]

    plain = idents("paragraph")
    return Styles(
        {ident: attribute(style.find(f"{W}name"), "val") for ident, style in every.items()},
        {
            ident: (settled(ident, "pPr", defaults["pPr"]), settled(ident, "rPr", defaults["rPr"]))
            for ident in ("", *plain)
        },
        {ident: settled(ident, "rPr", {}) for ident in idents("character")},
        {ident: every[ident] for ident in idents("table")},
        next((ident for ident in plain if attribute(every[ident], "default") in ("1", "true")), ""),
    )
