"""Document properties: title, author and the rest, set by name in docProps."""

from collections.abc import Mapping

from lxml import etree

from baiti_xl.ooxml.markup import Element, parse
from baiti_xl.press.engine.faults import TemplateFault, did_you_mean, forbidden_character
from baiti_xl.press.engine.wordxml import as_xml

CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
DC = "http://purl.org/dc/elements/1.1/"
TERMS = "http://purl.org/dc/terms/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
CORE, APP = f"{{{CP}}}coreProperties", f"{{{OFFICE}/extended-properties}}Properties"
# Each property that can be set: the element it is, by the root that holds it.
NAMES: Mapping[str, Mapping[str, str]] = {
    CORE: {
        **{name: f"{{{DC}}}{name}" for name in ("title", "subject", "creator", "description", "language")},
        **{name: f"{{{CP}}}{name}" for name in ("keywords", "category", "contentStatus", "lastModifiedBy")},
        **{name: f"{{{TERMS}}}{name}" for name in ("created", "modified")},
    },
    APP: {name: f"{{{OFFICE}/extended-properties}}{name}" for name in ("Company", "Manager")},
}
DOC_PROPS = {
    "core-properties": "核心属性",
    "extended-properties": "扩展属性",
    "custom-properties": "自定义属性",
}


def with_properties(
    parts: Mapping[str, bytes], properties: Mapping[str, str]
) -> tuple[dict[str, bytes], list[TemplateFault]]:
    """The property parts with these set, by OOXML name or by the name of a custom one; and what cannot be set."""
    roots = {name: parse(data, bare=True) for name, data in parts.items()}
    faults: list[TemplateFault] = []
    for name, value in properties.items():
        places = [place for root in roots.values() if (place := _place(root, name)) is not None]
        bad = forbidden_character(value)
        if bad:
            complaint = f"含有不能写进文档的字符 {bad}", "删去这个字符"
            faults.append(TemplateFault(f"文档属性「{name}」", *complaint))
        elif not places:
            known = [
                key for root in roots.values() for key in (*NAMES.get(str(root.tag), ()), *_custom(root))
            ]
            faults.append(TemplateFault(f"文档属性「{name}」", "没有这个属性", did_you_mean(name, known)))
        else:
            places[0].text = value
    return {name: as_xml(root).encode() for name, root in roots.items()}, faults


def _place(root: Element, name: str) -> Element | None:
    """The element that holds a property in this part, made if it is missing."""
    tag = NAMES.get(str(root.tag), {}).get(name)
    if tag is None:
        return _custom(root).get(name)
    found = root.find(tag)
    place = etree.SubElement(root, tag) if found is None else found
    if tag.startswith(f"{{{TERMS}}}"):
        place.set(XSI_TYPE, "dcterms:W3CDTF")
    return place


def _custom(root: Element) -> dict[str, Element]:
    texts = {str(one.get("name")): one.find(f"{{{OFFICE}/docPropsVTypes}}lpwstr") for one in root}
    return {name: text for name, text in texts.items() if text is not None}
