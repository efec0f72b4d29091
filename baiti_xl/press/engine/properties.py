"""Document properties: title, author and the rest, set by name in docProps."""

from collections.abc import Iterable, Mapping

from lxml import etree

from baiti_xl.ooxml.markup import Element, parse
from baiti_xl.press.engine.faults import TemplateFault, did_you_mean, forbidden_character
from baiti_xl.press.engine.wordxml import as_xml

CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
DC = "http://purl.org/dc/elements/1.1/"
TERMS = "http://purl.org/dc/terms/"
APP = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
TEXT_TYPE = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}lpwstr"
CORE_NAMES: Mapping[str, str] = {
    **{name: f"{{{DC}}}{name}" for name in ("title", "subject", "creator", "description", "language")},
    **{name: f"{{{CP}}}{name}" for name in ("keywords", "category", "contentStatus", "lastModifiedBy")},
    **{name: f"{{{TERMS}}}{name}" for name in ("created", "modified")},
}
APP_NAMES: Mapping[str, str] = {name: f"{{{APP}}}{name}" for name in ("Company", "Manager")}
APP_ORDER_LAST = ("AppVersion", "DocSecurity", "DigSig", "HyperlinkBase")
DOC_PROPS = {
    "core-properties": "核心属性",
    "extended-properties": "扩展属性",
    "custom-properties": "自定义属性",
}


class Properties:
    """The property parts of one document about to be written, by kind."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self.roots = {name: parse(data, bare=True) for name, data in parts.items()}
        self.changed: set[str] = set()
        self.faults: list[TemplateFault] = []

    def set(self, properties: Mapping[str, str]) -> None:
        """Set all; what cannot be set becomes a fault."""
        for name, value in properties.items():
            bad = forbidden_character(value)
            if bad:
                self._refuse(name, f"含有不能写进文档的字符 {bad}", "删去这个字符")
            elif not self._set_one(name, value):
                self._refuse(name, "没有这个属性", did_you_mean(name, self._known()))

    def written(self) -> Iterable[tuple[str, bytes]]:
        """The parts that were changed."""
        return [(name, as_xml(self.roots[name]).encode()) for name in sorted(self.changed)]

    def _set_one(self, name: str, value: str) -> bool:
        for part, root in self.roots.items():
            element = self._element(root, name)
            if element is not None:
                element.text = value
                self.changed.add(part)
                return True
        return False

    def _element(self, root: Element, name: str) -> Element | None:
        if root.tag == f"{{{CP}}}coreProperties" and name in CORE_NAMES:
            return _core(root, CORE_NAMES[name])
        if root.tag == f"{{{APP}}}Properties" and name in APP_NAMES:
            return _found_or_made(root, APP_NAMES[name])
        if root.tag == f"{{{CUSTOM}}}Properties":
            return _custom(root, name)
        return None

    def _known(self) -> list[str]:
        custom = [str(one.get("name")) for root in self.roots.values() for one in root if one.get("name")]
        return [*CORE_NAMES, *APP_NAMES, *custom]

    def _refuse(self, name: str, problem: str, remedy: str) -> None:
        self.faults.append(TemplateFault(f"文档属性「{name}」", problem, remedy))


def _found_or_made(root: Element, tag: str) -> Element:
    found = root.find(tag)
    return etree.SubElement(root, tag) if found is None else found


def _core(root: Element, tag: str) -> Element:
    element = _found_or_made(root, tag)
    if tag.startswith(f"{{{TERMS}}}"):
        element.set(XSI_TYPE, "dcterms:W3CDTF")
    return element


def _custom(root: Element, name: str) -> Element | None:
    return next((one.find(TEXT_TYPE) for one in root if one.get("name") == name), None)
