"""Reserved picture places: pictures of the template known by their alternative text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from baiti_xl.ooxml.markup import OFFICE, Element
from baiti_xl.ooxml.package import Package, relations_name, source_name
from baiti_xl.ooxml.zips import TYPES
from baiti_xl.press.engine.faults import TemplateFault, did_you_mean
from baiti_xl.press.engine.wordxml import WP, A

SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "bmp": (b"BM",),
    "emf": (b"\x01\x00\x00\x00",),
    "wmf": (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00"),
}
SVG = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip"
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Slot:
    """A picture with alternative text: the part that shows it, its blip, and the media part it shows."""

    name: str
    part: str
    blip: Element
    media: str


@dataclass(frozen=True, slots=True)
class Slots:
    """The picture places by name, each with the media parts that are its own; and the parts that were changed."""

    media: Mapping[str, tuple[str, ...]]
    copies: Mapping[str, str]
    changed: frozenset[str]


def find_slots(package: Package, parts: Mapping[str, Element]) -> Slots:
    """The picture places of these parts; where one file serves two places, the second gets a copy.

    Changes the elements of `parts`, of their relationships and of the content types.
    """
    slots = [slot for part, root in parts.items() for slot in _slots(package, part, root)]
    owners: dict[str, str] = {}
    media: dict[str, dict[str, None]] = {}
    copies: dict[str, str] = {}
    changed: set[str] = set()
    shared = _shown_without_name(package, parts, slots)
    for slot in slots:
        target = slot.media
        if target in shared or owners.setdefault(target, slot.name) != slot.name:
            target = _own_copy(package, slot, len(copies) + 1)
            copies[target] = slot.media
            changed |= {TYPES, relations_name(slot.part), slot.part}
        media.setdefault(slot.name, {})[target] = None
    return Slots({name: tuple(targets) for name, targets in media.items()}, copies, frozenset(changed))


def _slots(package: Package, part: str, root: Element) -> Iterator[Slot]:
    targets = {one.ident: one.target for one in package.relations(part) if one.kind == "image"}
    for blip in root.iter(f"{{{A}}}blip"):
        name = _alternative_text(blip)
        target = targets.get(blip.get(f"{{{OFFICE}}}embed", ""))
        if name and target in package.entries and next(blip.iter(SVG), None) is None:
            yield Slot(name, part, blip, str(target))


def _alternative_text(blip: Element) -> str:
    for around in blip.iterancestors(f"{{{WP}}}inline", f"{{{WP}}}anchor"):
        for properties in around.iterchildren(f"{{{WP}}}docPr"):
            return properties.get("descr", "").strip() or properties.get("title", "").strip()
    return ""


def _shown_without_name(package: Package, parts: Mapping[str, Element], slots: list[Slot]) -> set[str]:
    """Media that something else shows too: a picture without alternative text, or another part."""
    named = {(slot.part, slot.blip.get(f"{{{OFFICE}}}embed", "")) for slot in slots}
    others: set[str] = set()
    for name in package.entries:
        if name.endswith(".rels") and (part := source_name(name)):
            others |= {
                one.target
                for one in package.relations(part)
                if one.kind == "image" and (part, one.ident) not in named
            }
    return others | _unnamed(package, parts, {slot.blip for slot in slots})


def _unnamed(package: Package, parts: Mapping[str, Element], named: set[Element]) -> set[str]:
    found: set[str] = set()
    for part, root in parts.items():
        targets = {one.ident: one.target for one in package.relations(part)}
        for blip in root.iter(f"{{{A}}}blip"):
            if blip not in named:
                found.add(targets.get(blip.get(f"{{{OFFICE}}}embed", ""), ""))
    return found


def _own_copy(package: Package, slot: Slot, number: int) -> str:
    """A new name for the slot's media, related and typed like the old one."""
    folder, _, file = slot.media.rpartition("/")
    target = f"{folder}/slot{number}.{file.rpartition('.')[2]}"
    slot.blip.set(f"{{{OFFICE}}}embed", package.relate(slot.part, "image", target, f"rIdSlot{number}"))
    package.declare(target, package.content_type(slot.media))
    return target


def check_pictures(
    slots: Mapping[str, tuple[str, ...]], pictures: Mapping[str, bytes]
) -> tuple[dict[str, bytes], list[TemplateFault]]:
    """The new content of each media part, and what is wrong with the pictures given."""
    contents: dict[str, bytes] = {}
    faults: list[TemplateFault] = []
    for name, data in pictures.items():
        if name not in slots:
            faults.append(
                TemplateFault(f"图片「{name}」", "模板里没有替代文字是它的图片", did_you_mean(name, slots))
            )
        for target in slots.get(name, ()):
            kind = target.rpartition(".")[2].lower()
            if not data.startswith(SIGNATURES.get(kind, ())):
                faults.append(
                    TemplateFault(f"图片「{name}」", f"不是 {kind} 格式", "给与模板占位图相同格式的图片")
                )
            contents[target] = data
    return contents, faults
