"""The XML of parts: parsed without entities or network, and written again."""

from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class BadXml(ValueError):
    """The XML is broken, or of a kind that is not accepted; the message says which."""


def parse(data: bytes, *, bare: bool = False) -> Element:
    """The root, if bare without comments and instructions; raises BadXml for broken XML, a DOCTYPE or an entity."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadXml("含有 DOCTYPE 或 ENTITY 声明")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=bare, remove_pis=bare
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise BadXml("XML 损坏") from error
    info: Any = root.getroottree().docinfo
    if info.doctype:  # written in an encoding of its own
        raise BadXml("含有 DOCTYPE 或 ENTITY 声明")
    return root


def serialise(root: Element) -> bytes:
    """A tree as a part."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute as text."""
    return str(element.get(name, default))
