"""Keeps 版记 of a finished paper below text: what was left out may have emptied the sections before it.

A section whose annexes were all left out holds only the line that ends it, and would be an empty page. Where 版记 is
alone in the last one, it goes to the foot of the text before it (7.4); behind a landscape page it has a page of
its own, since it stands upright and behind the annexes (7.3.7). The last text above it is held to it.
"""

from collections.abc import Mapping
from typing import Any

from docx.oxml.ns import qn

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.holding import LINE_OF_TEXT, TABLE, hold_above

CARRIER = "版记位"
BODY, SECTION = map(qn, ("w:body", "w:sectPr"))
REFERENCES = tuple(map(qn, ("w:headerReference", "w:footerReference")))
Section = list[Any]


def gather(tree: Element, names: Mapping[str, str]) -> bool:
    """Take out the sections that hold nothing and put 版记 below text; whether anything was changed.

    `names` has the names of styles by their ids.
    """
    body: Any = tree.find(BODY)
    if body is None:
        return False
    sections = _sections(body)
    bare = [all(_carries(each, names) for each in section) for section in sections]
    for at in range(1, len(sections) - 1):
        if bare[at]:
            _drop(sections[at], sections[at + 1])
    held = [section for at, section in enumerate(sections) if at in (0, len(sections) - 1) or not bare[at]]
    imprint = _imprint(held[-1], names)
    changed = len(held) < len(sections)
    if len(held) > 1 and bare[-1]:
        _close(held[-2], held[-1])
        changed = True
    return any((changed, imprint is not None and _ground(held, imprint, names)))


def _sections(body: Any) -> list[Section]:
    """The elements of each section; the last is its properties, or the paragraph that has them."""
    found: list[Section] = [[]]
    for element in body:
        found[-1].append(element)
        if element.tag == LINE_OF_TEXT and _properties(element) is not None:
            found.append([])
    return found


def _properties(end: Any) -> Any:
    """The properties of the section that ends with an element."""
    return end if end.tag == SECTION else end.find(f"{qn('w:pPr')}/{SECTION}")


def _carries(element: Any, names: Mapping[str, str]) -> bool:
    """Whether an element prints nothing: properties, or the line that carries them or 版记."""
    return element.tag == SECTION or (
        element.tag == LINE_OF_TEXT and names.get(element.style or "") == CARRIER and not element.text
    )


def _drop(section: Section, follower: Section) -> None:
    """Take a section out; the next one keeps the headers and footers that it had from it."""
    own, gone = _properties(follower[-1]), _properties(section[-1])
    given = {(each.tag, each.get(qn("w:type"))) for each in own}
    inherited = [each for each in gone if (each.tag, each.get(qn("w:type"))) not in given]
    own[:0] = [each for each in inherited if each.tag in REFERENCES]
    for element in section:
        element.getparent().remove(element)


def _imprint(section: Section, names: Mapping[str, str]) -> Any:
    """版记 at the end of a section: the table whose place is fixed, with nothing below it but what carries it."""
    last = next((each for each in reversed(section) if not _carries(each, names)), None)
    floats = last is not None and last.tag == TABLE and last.tblPr.find(qn("w:tblpPr")) is not None
    return last if floats else None


def _ground(sections: list[Section], imprint: Any, names: Mapping[str, str]) -> bool:
    """Put 版记 where it belongs and hold the last text above to it; whether it was otherwise."""
    *before, section = sections
    above = section[: section.index(imprint)]
    moved = bool(before) and all(_carries(each, names) for each in above)
    if moved and _is_landscape(before[-1][-1]) == _is_landscape(section[-1]):
        _close(before[-1], section)
        for line in (*above, *filter(lambda end: _carries(end, names), before[-1][-1:])):
            line.getparent().remove(line)
    elif moved and not above:  # LibreOffice puts it on the page before unless a line precedes it
        line = section[-2].makeelement(LINE_OF_TEXT)
        imprint.addprevious(line)
        line.style = section[-2].style
    else:
        moved = False
    return any((moved, hold_above(imprint, names)))


def _close(section: Section, follower: Section) -> None:
    """End the text with a section: what is in the last one belongs to it."""
    follower[-1].getparent().replace(follower[-1], _properties(section[-1]))


def _is_landscape(end: Any) -> bool:
    """Whether the section that ends with an element lies across the sheet."""
    return bool(_properties(end).xpath("./w:pgSz[@w:orient='landscape']"))
