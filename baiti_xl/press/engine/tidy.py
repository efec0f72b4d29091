"""Keeping the output valid: what loops would repeat and must not, what conditions would leave empty."""

from collections.abc import Iterator

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.hoist import is_empty_run
from baiti_xl.press.engine.places import Places
from baiti_xl.press.engine.scan import Scan
from baiti_xl.press.engine.tags import ENDINGS, OPENERS
from baiti_xl.press.engine.wordxml import (
    W14,
    WP,
    WP14,
    Sign,
    is_mark,
    local,
    mark,
    nearest,
    parent_of,
    remove,
    replace,
    token,
    w,
)  # fmt: skip

Branch = tuple[int, ...]
BOXES = frozenset(("body", "hdr", "ftr", "footnote", "endnote", "txbxContent", "tc"))
LISTS = frozenset(("tbl", "tr"))
PROPERTIES = frozenset(("tcPr", "tblPr", "tblGrid", "trPr", "tblPrEx"))
UNIQUE = [f"{{{W14}}}{name}" for name in ("paraId", "textId")]
UNIQUE += [f"{{{WP14}}}{name}" for name in ("anchorId", "editId")]
CHANGES = frozenset("ins del moveFrom moveTo rPrChange pPrChange tblPrChange trPrChange tcPrChange".split())
RANGES = {
    "bookmarkStart": "bookmark",
    "bookmarkEnd": "bookmark",
    "commentRangeStart": "comment",
    "commentRangeEnd": "comment",
    "commentReference": "comment",
    "permStart": "permission",
    "permEnd": "permission",
}
NOTE = ("脚注或尾注放在了循环里", "把注移到循环外面")
ONCE = {
    "footnoteReference": NOTE,
    "endnoteReference": NOTE,
    "sectPr": ("分节符放在了循环里", "把分节符移到循环外面"),
}


def tidy(scan: Scan, root: Element, places: Places) -> None:
    """Dissolve controls around blocks, make identifiers safe, mark what may come out empty."""
    for control in list(root.iter(w("sdt"))):
        content = control.find(w("sdtContent"))
        if content is not None and any(map(is_mark, content)):
            replace(control, list(content))
    ends: dict[tuple[str, str], list[tuple[Element, Branch]]] = {}
    for element, branch in list(_branches(scan, root, ())):
        if kind := RANGES.get(local(element)):
            ends.setdefault((kind, element.get(w("id"), "")), []).append((element, branch))
        if _is_looped(scan, branch):
            _tidy_in_loop(scan, element, places)
    for group in ends.values():
        branches = {branch for _, branch in group}
        if len(branches) > 1 or len(group) < 2 or any(_is_looped(scan, one) for one in branches):
            for element, _ in group:
                run = parent_of(element)
                run.remove(element)
                if is_empty_run(run):
                    remove(run)
    for element in reversed(list(root.iter("*"))):
        _mark_if_changing(element)


def _branches(scan: Scan, parent: Element, branch: Branch) -> Iterator[tuple[Element, Branch]]:
    """Every element with the branches it stands in, as the numbers of the tags that opened them."""
    for child in parent:
        if not is_mark(child):
            yield child, branch
            yield from _branches(scan, child, branch)
        elif (child.text or "").isdigit():
            tag = scan.tags[int(child.text or 0)]
            if tag.keyword in ENDINGS:
                branch = branch[:-1]
            elif tag.is_block:
                branch = (*(branch if tag.keyword in OPENERS else branch[:-1]), tag.number)


def _is_looped(scan: Scan, branch: Branch) -> bool:
    return any(scan.tags[number].keyword == "for" for number in branch)


def _tidy_in_loop(scan: Scan, element: Element, places: Places) -> None:
    for name in UNIQUE:
        element.attrib.pop(name, "")
    name = local(element)
    if element.tag == f"{{{WP}}}docPr":
        element.set("id", token(Sign.NEW_ID))
    elif name in CHANGES:
        element.set(w("id"), token(Sign.NEW_ID))
    elif name == "id" and nearest(element, "sdtPr") is not None:
        remove(element)
    elif name in ONCE:
        scan.refuse_at(places.of(element), *ONCE[name])


def _mark_if_changing(element: Element) -> None:
    """Marks around the content of a box, table or row in which something may come out or not."""
    name = local(element)
    if name in BOXES | LISTS and any(map(is_mark, element)):
        start, end = (
            (Sign.LIST, Sign.LIST_END)
            if name in LISTS
            else (Sign.BOX, Sign.BODY_END if name == "body" else Sign.BOX_END)
        )
        lead = next((at for at, child in enumerate(element) if local(child) not in PROPERTIES), len(element))
        last = len(element) - (local(element[-1]) == "sectPr")
        element.insert(last, mark(end))
        element.insert(lead, mark(start))
        if name in LISTS:
            element.addprevious(mark(Sign.VANISHES))
