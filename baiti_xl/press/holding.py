"""Keeps paragraphs together on a page, as Word and LibreOffice both read it."""

from collections.abc import Mapping
from typing import Any

from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

KEEP, LINE_OF_TEXT, TABLE = map(qn, ("w:keepNext", "w:p", "w:tbl"))
PROPERTIES, STYLE = map(qn, ("w:pPr", "w:pStyle"))
GAP = "间隔"
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
        held += above.tr_lst[-1].iter(LINE_OF_TEXT)
    loose = [each for each in held if keep(each)]
    return bool(loose)


def keep(paragraph: Any) -> bool:
    """Keep a paragraph with the next one; whether it was not kept yet."""
    properties = paragraph.find(PROPERTIES)
    if properties is None:
        properties = paragraph.get_or_add_pPr()
    if properties.find(KEEP) is not None:
        return False
    properties.insert(int(properties.find(STYLE) is not None), properties.makeelement(KEEP))
    return True
