"""Whether two built files say the same, whichever versions of the libraries wrote them.

Libraries may pack a file otherwise, write attributes in another order, order conditional formats otherwise and round
the height of a row to whole pixels (XlsxWriter from 3.3), and put their version into the VBA they bring (xlwings):
this is forgiven, all else is not.
"""

import io
import zipfile
import zlib

from lxml import etree

from baiti_xl.books.macros import PROJECT_PART, MacroError, module_texts

MARKUP = (".xml", ".rels", ".vml")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def same(kept: bytes, made: bytes) -> bool:
    """Whether a file that was kept says what the file made anew says; raises MacroError if that one cannot be read."""
    if kept == made or not zipfile.is_zipfile(io.BytesIO(made)):
        return kept == made
    wanted = meaning(made)
    try:
        return meaning(kept) == wanted
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, MacroError):
        return False


def meaning(data: bytes) -> dict[str, object]:
    """Return what each part of a package says, by the part's name."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return {
        name: module_texts(data) if name == PROJECT_PART else markup(part) if name.endswith(MARKUP) else part
        for name, part in parts.items()
    }


def markup(part: bytes) -> list[bytes]:
    """Return XML in canonical form, rows' heights in whole pixels; formats with a priority apart, in an order of their own."""
    root = etree.fromstring(part)
    for row in root.iter(f"{SHEET}row"):
        if "ht" in row.attrib:
            row.set("ht", str(int(float(row.attrib["ht"]) * 4 / 3 + 0.5)))
    formats = root.findall(f"{SHEET}conditionalFormatting")
    apart = sorted(map(canonical, formats))
    for one in formats:
        root.remove(one)
    return [canonical(root), *apart]


def canonical(element: etree._Element) -> bytes:
    """Return an element as text that is the same for the same content."""
    return etree.tostring(element, method="c14n")
