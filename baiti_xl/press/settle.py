"""Puts into place what a template could only reckon with: lines whose layout hangs on their final text.

A template is built for a name of twelve characters, a signature of ten and a usual date. Once they are
known, `settle` fits 发文机关标志 on its line (7.2.4) and puts 署名 and 成文日期 where 7.3.5 wants them.
"""

from collections.abc import Mapping

from lxml import etree

from baiti_xl.ooxml.markup import Element
from baiti_xl.ooxml.package import Package
from baiti_xl.press.layout import Place, name_half_points, signature_places
from baiti_xl.press.layout_parts import CHAR, NAMESPACES, text_width
from baiti_xl.press.numbering import renumber

_W = f"{{{NAMESPACES['w']}}}"
_AFTER_INDENT = ("jc", "textDirection", "textAlignment", "outlineLvl", "rPr", "sectPr", "pPrChange")


def settle(content: bytes) -> bytes:
    """A finished .docx with those lines in place; every other part is copied as it is."""
    package = Package.open(content)
    names = _style_names(package.read("word/styles.xml"))
    for name in list(package.entries):
        if name.startswith(("word/document", "word/header")):
            tree = package.read(name)
            if any([_settled(tree, names), _numbered(tree, names)]):
                package.trees[name] = tree
    return package.close()


def _style_names(styles: Element) -> dict[str, str]:
    """Style names by id; Word changes ids when it saves."""
    named = ((style.get(_W + "styleId", ""), style.find(_W + "name")) for style in styles.iter(_W + "style"))
    return {identifier: name.get(_W + "val", "") for identifier, name in named if name is not None}


def _numbered(tree: Element, names: Mapping[str, str]) -> bool:
    """Number the headings on; whether anything was changed."""
    body = tree.find(f"{_W}body")
    if body is None:
        return False

    def role(paragraph: Element) -> str:
        mark = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return "" if mark is None else names.get(mark.get(_W + "val", ""), "")

    return renumber(body, role, {name: ident for ident, name in names.items()})


def _settled(tree: Element, names: Mapping[str, str]) -> bool:
    """Put a part's last 标志, 署名 and 成文日期 in place; whether anything was changed."""
    lines: dict[str, Element] = {}
    for mark in tree.iter(_W + "pStyle"):
        lines[names.get(mark.get(_W + "val", ""), "")] = next(mark.iterancestors(_W + "p"))
    changed = [_fit_name(lines[role]) for role in ("发文机关标志", "信函标志") if role in lines]
    if "成文日期" in lines:
        changed.append(_place_signature(lines.get("发文机关署名"), lines["成文日期"]))
    return any(changed)


def _text(line: Element) -> str:
    """What a paragraph prints."""
    return "".join(node.text or "" for node in line.iter(_W + "t"))


def _fit_name(line: Element) -> bool:
    """Make a long name small enough for its line; whether it had to be."""
    half_points = name_half_points(_text(line))
    for properties in line.iter(_W + "rPr") if half_points else ():
        for tag in ("sz", "szCs"):
            size = properties.find(_W + tag)
            size = etree.SubElement(properties, _W + tag) if size is None else size
            size.set(_W + "val", str(half_points))
    return bool(half_points)


def _place_signature(signer: Element | None, date: Element) -> bool:
    """Put the two lines where their lengths ask for; 署名 set in the middle tells of a seal."""
    alignment = None if signer is None else signer.find(f"{_W}pPr/{_W}jc")
    seal = signer is None or (alignment is not None and alignment.get(_W + "val") == "center")
    signer_width = 0.0 if signer is None else text_width(_text(signer))
    places = signature_places(signer_width, text_width(_text(date)), seal=seal)
    for line, place in zip((signer, date), places, strict=True):
        if line is not None:
            _move(line, place)
    return True


def _move(line: Element, place: Place) -> None:
    """Set a paragraph's alignment and indents."""
    properties = line.find(_W + "pPr")
    if properties is None:
        return
    for tag in ("ind", "jc"):
        for old in properties.findall(_W + tag):
            properties.remove(old)
    at = sum(child.tag not in {_W + tag for tag in _AFTER_INDENT} for child in properties)
    inset = etree.Element(_W + "ind")
    inset.set(_W + "left", str(max(0, round(place.left * CHAR))))
    inset.set(_W + "right", str(round(place.right * CHAR)))
    inset.set(_W + "firstLine", "0")
    alignment = etree.Element(_W + "jc")
    alignment.set(_W + "val", place.jc)
    properties[at:at] = [inset, alignment]
