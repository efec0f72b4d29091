"""The list of its figures that a finished paper carries with it, as a custom XML part that Word neither shows nor changes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from baiti_xl.ooxml.markup import BadXml, attribute
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import BadZip
from baiti_xl.press.marks import unmark

NAMESPACE = "urn:baiti-xl:printed"
DOCUMENT = "word/document.xml"
PROPERTIES = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
ITEM = "{6B8F2C3A-9D41-4E57-8A1F-2011041300AA}"
UNSAFE = re.compile("[&<>\"']")
QUICK = 2  # of the levels of deflate, for what is made by the hundred
CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"


@dataclass(frozen=True, slots=True)
class Listed:
    """One print of a figure as it was made: its key, its place, what it is, its text, the words before it, and its value as noted."""

    key: str
    place: str
    name: str
    text: str
    before: str
    shown: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a paper is, and every figure it printed when it was made."""

    about: Mapping[str, str]
    figures: tuple[Listed, ...]


def document_of(package: Package) -> str:
    """Return the part that holds a document's text; Word Online calls it word/document2.xml."""
    return next(iter(package.related("", "officeDocument")), DOCUMENT)


def attach(package: Package, about: Mapping[str, str], figures: Sequence[Listed]) -> None:
    """Give a paper the list of its figures, in the place of one that its template has."""
    name = next(parts_with_list(package), "") or new_part(package)
    package.put(name, written(about, figures), QUICK)


def ready(template: bytes) -> bytes:
    """Return a template with a place for the list, so that its papers need not each be given one; a broken one as it is.

    Figures of a paper from which it was made are no longer marked.
    """
    try:
        package = Package.open(template)
        attach(package, {}, ())
        unmark(package.edit(document_of(package)))
        return package.close()
    except (BadZip, BadXml, KeyError):
        return template


def new_part(package: Package) -> str:
    """Return the name of a part for the list, related to the document."""
    number = package.free("customXml/item{}.xml").removeprefix("customXml/item").removesuffix(".xml")
    name, properties = f"customXml/item{number}.xml", f"customXml/itemProps{number}.xml"
    package.relate(document_of(package), "customXml", name)
    known = f'<ds:datastoreItem xmlns:ds="{CUSTOM}" ds:itemID="{ITEM}"><ds:schemaRefs/></ds:datastoreItem>'
    package.add(name, "customXmlProps", properties, known.encode(), PROPERTIES)
    return name


def parts_with_list(package: Package) -> Iterator[str]:
    """Yield the parts of a document that hold such a list."""
    for name in package.entries:
        if name.startswith("customXml/item") and NAMESPACE.encode() in package.data(name):
            yield name


def written(about: Mapping[str, str], figures: Sequence[Listed]) -> bytes:
    """Return a list as XML."""
    rows = (
        f'<figure key="{f.key}" place="{safe(f.place)}" name="{safe(f.name)}" before="{safe(f.before)}"'
        f' shown="{safe(f.shown)}">{safe(f.text)}</figure>'
        for f in figures
    )
    head = "".join(f' {name}="{safe(value)}"' for name, value in about.items())
    return f'<printed xmlns="{NAMESPACE}"{head}>{"".join(rows)}</printed>'.encode()


def safe(text: str) -> str:
    """Return a text as part of XML."""
    return escape(text) if UNSAFE.search(text) else text


def listing_of(package: Package) -> Listing | None:
    """Return the list that a paper carries; None if it has none."""
    for name in parts_with_list(package):
        try:
            root = package.read(name)
        except BadXml:
            continue
        fields = ("key", "place", "name", "before", "shown")
        figures = (Listed(**{f: attribute(e, f) for f in fields}, text=e.text or "") for e in root)
        return Listing({str(k): str(v) for k, v in root.attrib.items()}, tuple(figures))
    return None
