"""Numbers the headings of a finished paper on: what was left out leaves no gap, and a lone （一） takes no number.

Works on styles by name, so that an edited template is numbered too. Each annex starts anew.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from docx.oxml.ns import qn

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.numerals import NUMERAL, numeral
from baiti_xl.press.wording import LEVELS

_MARKS: Mapping[str, tuple[re.Pattern[str], Callable[[int], str]]] = {
    LEVELS[0]: (re.compile(f"{NUMERAL}、"), lambda n: f"{numeral(n)}、"),
    LEVELS[1]: (re.compile(f"（{NUMERAL}）"), lambda n: f"（{numeral(n)}）"),
    LEVELS[2]: (re.compile(r"\d+[.．]\s*(?!\d)"), lambda n: f"{n}. "),
    LEVELS[3]: (re.compile(r"（\d+）"), lambda n: f"（{n}）"),
}
_STYLE = f"{qn('w:pPr')}/{qn('w:pStyle')}"
_FRESH = "附件标识"
_BODY = "公文正文"


@dataclass(slots=True)
class _Heading:
    """A numbered paragraph: its level, its number as it stands, and its place among its siblings."""

    level: int
    paragraph: Element
    mark: str
    number: int
    alone: bool = True


def renumber(tree: Element, names: Mapping[str, str]) -> bool:
    """Number the headings of a part on; whether anything was changed. `names` has the names of styles by their ids."""
    body = tree.find(qn("w:body"))
    if body is None:
        return False
    ids = {name: identifier for identifier, name in names.items()}
    headings: list[_Heading] = []
    last: list[_Heading | None] = [None] * len(LEVELS)
    for paragraph in body.iterchildren(qn("w:p")):
        role = _role(paragraph, names)
        if role == _FRESH:
            last = [None] * len(LEVELS)
        mark = _mark(paragraph, role) if role in _MARKS else ""
        if mark:
            level = LEVELS.index(role)
            before = last[level]
            heading = _Heading(level, paragraph, mark, before.number + 1 if before else 1, alone=not before)
            if before:
                before.alone = False
            last[level + 1 :] = [None] * (len(LEVELS) - level - 1)
            last[level] = heading
            headings.append(heading)
    changed = [_write(heading, ids) for heading in headings]
    return any(changed)


def _role(paragraph: Element, names: Mapping[str, str]) -> str:
    """The name of a paragraph's style."""
    style = paragraph.find(_STYLE)
    return "" if style is None else names.get(style.get(qn("w:val"), ""), "")


def _mark(paragraph: Element, role: str) -> str:
    """The number with which a heading starts, over as many runs as it takes."""
    found = _MARKS[role][0].match("".join(node.text or "" for node in paragraph.iter(qn("w:t"))))
    return found[0] if found else ""


def _write(heading: _Heading, ids: Mapping[str, str]) -> bool:
    """Write a heading's number if it is another; a lone one below the first level takes none and becomes plain text."""
    lone = heading.alone and heading.level > 0
    mark = "" if lone else _MARKS[LEVELS[heading.level]][1](heading.number)
    if mark == heading.mark:
        return False
    left = len(heading.mark)
    for node in heading.paragraph.iter(qn("w:t")):
        text = node.text or ""
        node.text, mark = mark + text[left:], ""
        left -= min(left, len(text))
        if not left:
            break
    if lone:
        _make_plain(heading.paragraph, ids)
    return True


def _make_plain(paragraph: Element, ids: Mapping[str, str]) -> None:
    """Give a paragraph the style of the body."""
    style = paragraph.find(_STYLE)
    if style is not None and _BODY in ids:
        style.set(qn("w:val"), ids[_BODY])
