"""A paper as somebody sent it back: what it prints, the list that it carries, and its layout, as plain records."""

from collections.abc import Sequence
from dataclasses import dataclass

from baiti_xl.ooxml.markup import BadXml, parse
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import BadZip
from baiti_xl.press.layout_check import LayoutError, Seen, check_layout
from baiti_xl.press.listing import Listing, document_of, listing_of
from baiti_xl.press.marks import Mark, read_through


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A paper read through: the prints of figures, its lines, its own list if it has one, and the faults of its layout."""

    found: Sequence[Mark]
    lines: Sequence[str]
    listing: Listing | None
    layout: Sequence[str]


def read_back(data: bytes) -> ReadBack | None:
    """Return a paper read through, None for what is no sound document."""
    try:
        package = Package.open(data)
        text = parse(package.data(document_of(package)), bare=True)  # no rows set aside but our own
        reader, own = read_through(text), listing_of(package)
    except (BadZip, BadXml, KeyError):
        return None
    return ReadBack(reader.found, reader.lines, own, layout_faults(data))


def layout_faults(data: bytes | Package, seen: Seen | None = None) -> list[str]:
    """Return what is wrong with the layout of a template or a paper; papers of one run may share what was `seen`."""
    try:
        return [str(fault) for fault in check_layout(data, seen)]
    except LayoutError as error:
        return [f"无法检查版式：{error}"]
