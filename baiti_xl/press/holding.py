"""Keeps paragraphs together on a page, as Word and LibreOffice both read it."""

from collections.abc import Iterable, Mapping
from typing import Any

from docx.oxml.ns import nsmap, qn
from docx.text.paragraph import Paragraph
from lxml.etree import XPath

KEEP, LINE_OF_TEXT, TABLE = map(qn, ("w:keepNext", "w:p", "w:tbl"))
PROPERTIES, STYLE = map(qn, ("w:pPr", "w:pStyle"))
GAP = "间隔"
LOOSE: Any = XPath("(self::w:p | self::w:tr/descendant::w:p)[not(w:pPr/w:keepNext)]", namespaces=nsmap)
BETWEEN = ("附件说明", GAP)
NOWHERE: Any = None
"""The parent of a paragraph that is only reshaped."""


def hold_above(element: Any, names: Mapping[str, str]) -> bool:
    """Keep the last text above an element on its page; whether it was not kept yet.

    What stands between them, 附件说明 keeps itself. `names` has the names of styles by their ids.
    """
    held, above = [], element.getprevious()
    while above is not None and names.get(getattr(above, "style", "") or "") in BETWEEN:
        if names[above.style] == GAP:
            held.append(above)
        above = above.getprevious()
    if above is not None and above.tag == LINE_OF_TEXT:
        held.append(above)
        Paragraph(above, NOWHERE).paragraph_format.widow_control = True
    elif above is not None and above.tag == TABLE:
        held.append(above.tr_lst[-1])
    return keep(held)


def keep(parts: Iterable[Any]) -> bool:
    """Keep these paragraphs, and all in these rows, each with the next one; whether one was not kept yet."""
    loose = [paragraph for part in parts for paragraph in LOOSE(part)]
    for paragraph in loose:
        properties = paragraph[0] if len(paragraph) else paragraph
        if properties.tag != PROPERTIES:
            properties = paragraph.get_or_add_pPr()
        styled = len(properties) > 0 and properties[0].tag == STYLE
        properties.insert(int(styled), properties.makeelement(KEEP))
    return bool(loose)
