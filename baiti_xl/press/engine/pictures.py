"""Reserved picture places: pictures of the template known by their alternative text."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from baiti_xl.ooxml.markup import OFFICE, Element, serialise
from baiti_xl.ooxml.package import Package, relations_name, source_name
from baiti_xl.ooxml.zips import LEVEL, TYPES
from baiti_xl.press.engine.faults import TemplateFault, did_you_mean
from baiti_xl.press.engine.wordxml import WP, A

EMBEDS = f"{{{OFFICE}}}embed"
SVG = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip"
SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "bmp": (b"BM",),
    "emf": (b"\x01\x00\x00\x00",),
    "wmf": (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00"),
}


def find_slots(package: Package, parts: Mapping[str, Element]) -> Mapping[str, tuple[str, ...]]:
    """The picture places of these parts by name, each with the media parts that are its own.

    A file that something else shows too is copied for each, in the package and the elements of `parts`.
    """
    shown: dict[str, set[str]] = defaultdict(set)
    blips: list[tuple[str, str, Element, str]] = []
    for part in [source_name(name) for name in package.entries if name.endswith(".rels")]:
        images = {one.ident: one.target for one in package.relations(part) if one.kind == "image"}
        found = [*parts[part].iter(f"{{{A}}}blip")] if part in parts else []
        for blip in found:
            target = images.get(blip.get(EMBEDS, ""), "")
            name = "" if target not in package.entries else _alternative_text(blip)
            shown[target].add(name)
            blips += [(name, part, blip, target)] if name else []
        for ident in images.keys() - {blip.get(EMBEDS) for blip in found}:
            shown[images[ident]].add("")
    media: dict[str, dict[str, None]] = defaultdict(dict)
    changed: dict[str, None] = {}
    copies = 0
    for name, part, blip, target in blips:
        own = target
        if len(shown[target]) > 1:
            copies += 1
            folder, _, file = target.rpartition("/")
            own = f"{folder}/slot{copies}.{file.rpartition('.')[2]}"
            package.entries[own] = replace(package.entries[target], name=own)
            package.declare(own, package.content_type(target))
            blip.set(EMBEDS, package.relate(part, "image", own, f"rIdSlot{copies}"))
            changed |= dict.fromkeys((TYPES, relations_name(part), part))
        media[name][own] = None
    for part in changed:
        package.put(part, serialise(package.trees[part]), LEVEL)
    return {name: tuple(targets) for name, targets in media.items()}


def _alternative_text(blip: Element) -> str:
    """The name of a picture's place; none if Word would show the picture's other form."""
    around = next(blip.iterancestors(f"{{{WP}}}inline", f"{{{WP}}}anchor"), None)
    properties = None if around is None else around.find(f"{{{WP}}}docPr")
    if properties is None or next(blip.iter(SVG), None) is not None:
        return ""
    return properties.get("descr", "").strip() or properties.get("title", "").strip()


def check_pictures(
    slots: Mapping[str, tuple[str, ...]], pictures: Mapping[str, bytes]
) -> tuple[dict[str, bytes], list[TemplateFault]]:
    """The new content of each media part, and what is wrong with the pictures given."""
    contents: dict[str, bytes] = {}
    faults: list[TemplateFault] = []
    for name, data in pictures.items():
        where = f"图片「{name}」"
        if name not in slots:
            faults.append(TemplateFault(where, "模板里没有替代文字是它的图片", did_you_mean(name, slots)))
        for target in slots.get(name, ()):
            kind = target.rpartition(".")[2].lower()
            if not data.startswith(SIGNATURES.get(kind, ())):
                faults.append(TemplateFault(where, f"不是 {kind} 格式", "给与模板占位图相同格式的图片"))
            contents[target] = data
    return contents, faults
