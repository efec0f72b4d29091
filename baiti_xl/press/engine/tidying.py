"""Keeping the output valid whatever comes of the tags: between runs are those of blocks, and what changes is marked.

What loops would repeat and must not is taken out or renumbered; what conditions would leave empty is marked.
"""

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.scan import Part
from baiti_xl.press.engine.tags import ENDINGS, OPENERS, Tag
from baiti_xl.press.engine.wordxml import (
    CUT,
    KEPT,
    TOKEN_END,
    W14,
    WP,
    WP14,
    Sign,
    is_mark,
    local,
    mark,
    nearest,
    replace,
    token,
    w,
)  # fmt: skip

Branch = tuple[Tag, ...]
CUT_TOKEN = re.compile(f"{CUT}(\\d+){TOKEN_END}")
BOXES = frozenset(("body", "hdr", "ftr", "footnote", "endnote", "txbxContent", "tc"))
UNIQUE = [f"{{{W14}}}paraId", f"{{{W14}}}textId", f"{{{WP14}}}anchorId", f"{{{WP14}}}editId"]
CHANGES = frozenset("ins del moveFrom moveTo rPrChange pPrChange tblPrChange trPrChange tcPrChange".split())
RANGES = {f"{kind}{end}": kind for kind in ("bookmark", "commentRange", "perm") for end in ("Start", "End")}
RANGES |= {"commentReference": "commentRange"}
BOUND = ("dataBinding", "showingPlcHdr")
NOTE = ("脚注或尾注放在了循环里", "把注移到循环外面")
ONCE = {
    "footnoteReference": NOTE,
    "endnoteReference": NOTE,
    "sectPr": ("分节符放在了循环里", "把分节符移到循环外面"),
}


# ── runs ──


def _cut_run(part: Part, run: Element) -> None:
    """Cut a run at its block tags, and around print tags, so that what each prints can be bookmarked."""
    out = [_like(run)]
    for child in [child for child in run if local(child) != "rPr"]:
        if local(child) != "t":
            out[-1].append(child)
            continue
        text, *rest = CUT_TOKEN.split(child.text or "")
        _add_text(out[-1], text)
        for number, behind in zip(rest[::2], rest[1::2], strict=True):
            if part.tags[number].is_block:
                out += [mark(number), _like(run, behind)]
            else:
                figure = _like(run, token(number))
                out += [mark(Sign.FIGURE), figure, mark(Sign.FIGURE_END), _like(run, behind)]
    replace(run, [one for one in out if not _is_empty_run(one)])


def _like(run: Element, text: str = "") -> Element:
    """A run with the same look."""
    made = run.makeelement(w("r"), {str(key): str(value) for key, value in run.attrib.items()})
    made.extend(deepcopy(child) for child in run.iterchildren(w("rPr")))
    _add_text(made, text)
    return made


def _add_text(run: Element, text: str) -> None:
    if text:
        made = etree.SubElement(run, w("t"))
        made.text = text
        made.set(SPACE, "preserve")


# ── what may be repeated or left out ──


def tidy(part: Part) -> None:
    """Make the output valid whatever comes of the tags: runs cut, controls loosened, identifiers safe.

    What may come out empty is marked.
    """
    for run in [one for one in part.root.iter(w("r")) if any(CUT in (text.text or "") for text in one)]:
        _cut_run(part, run)
    for control in list(part.root.iter(w("sdt"))):
        _loosen(part, control)
    looped = {tag for tag in part.tags.values() if tag.keyword == "for"}
    ends: dict[tuple[str, str], list[tuple[Element, Branch]]] = {}
    for element, branch in list(_branches(part, part.root, ())):
        if kind := RANGES.get(local(element)):
            ends.setdefault((kind, element.get(w("id"), "")), []).append((element, branch))
        if looped.intersection(branch):
            _tidy_in_loop(part, element)
    for group in ends.values():
        branches = {branch for _, branch in group}
        if len(branches) > 1 or len(group) < 2 or looped.intersection(*branches):
            for element, _ in group:
                around = element.getparent()
                replace(element)
                if around is not None and _is_empty_run(around):
                    replace(around)
    for element in reversed(list(part.root.iter("*"))):  # a table whose rows may vanish may do so, too
        if any(map(is_mark, element)):
            _mark_changing(element, local(element))


def _loosen(part: Part, control: Element) -> None:
    """Dissolve a content control around blocks; one that holds tags is not bound, as the data store would put its text over ours."""
    content = control.find(w("sdtContent"))
    if content is not None and any(is_mark(child) and child.text in part.tags for child in content):
        replace(control, content)
    elif any(is_mark(one) or KEPT in (one.text or "") for one in control.iter()):
        properties = control.find(w("sdtPr"))
        for bound in [] if properties is None else list(properties.iterchildren(*map(w, BOUND))):
            replace(bound)


def _is_empty_run(element: Element) -> bool:
    return local(element) == "r" and all(local(child) == "rPr" for child in element)


def _branches(part: Part, parent: Element, branch: Branch) -> Iterator[tuple[Element, Branch]]:
    """Every element with the branches it stands in, as the tags that opened them."""
    for child in parent:
        tag = part.tags.get(child.text or "") if is_mark(child) else None
        if not is_mark(child):
            yield child, branch
            yield from _branches(part, child, branch)
        elif tag and tag.is_block:
            branch = branch if tag.keyword in OPENERS else branch[:-1]
            branch = branch if tag.keyword in ENDINGS else (*branch, tag)


def _tidy_in_loop(part: Part, element: Element) -> None:
    for name in UNIQUE:
        element.attrib.pop(name, "")
    name = local(element)
    if element.tag == f"{{{WP}}}docPr":
        element.set("id", token(Sign.NEW_ID))
    elif name in CHANGES:
        element.set(w("id"), token(Sign.NEW_ID))
    elif name == "id" and nearest(element, "sdtPr") is not None:
        replace(element)
    elif name in ONCE:
        part.refuse_at(element, *ONCE[name])


def _mark_changing(element: Element, name: str) -> None:
    """Mark a table or row in which something may come out or not, and where a box that is so begins and ends."""
    if name in ("tbl", "tr"):
        element.addprevious(mark(Sign.VANISHES))
    elif name in BOXES:
        last = len(element) - (local(element[-1]) == "sectPr")
        element.insert(last, mark(Sign.BODY_END if name == "body" else Sign.BOX_END))
        element.insert(int(local(element[0]) == "tcPr"), mark(Sign.BOX))
