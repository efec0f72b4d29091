"""Moving tags to where their effect is balanced, between runs, paragraphs, rows and cells, and keeping the output valid.

What loops would repeat and must not is taken out or renumbered; what conditions would leave empty is marked.
"""

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.blocks import Layout
from baiti_xl.press.engine.scan import TOKEN, Scan
from baiti_xl.press.engine.tags import ENDINGS, OPENERS, Tag
from baiti_xl.press.engine.wordxml import (
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

Branch = tuple[int, ...]
BEFORE_MERGE = frozenset(map(w, ("cnfStyle", "tcW", "gridSpan", "hMerge")))
BOXES = frozenset(("body", "hdr", "ftr", "footnote", "endnote", "txbxContent", "tc"))
LISTS = frozenset(("tbl", "tr"))
PROPERTIES = frozenset(("tcPr", "tblPr", "tblGrid", "trPr", "tblPrEx"))
UNIQUE = [f"{{{W14}}}paraId", f"{{{W14}}}textId", f"{{{WP14}}}anchorId", f"{{{WP14}}}editId"]
CHANGES = frozenset("ins del moveFrom moveTo rPrChange pPrChange tblPrChange trPrChange tcPrChange".split())
RANGES = {f"{kind}{end}": kind for kind in ("bookmark", "commentRange", "perm") for end in ("Start", "End")}
RANGES |= {"commentReference": "commentRange"}
NOTE = ("脚注或尾注放在了循环里", "把注移到循环外面")
ONCE = {
    "footnoteReference": NOTE,
    "endnoteReference": NOTE,
    "sectPr": ("分节符放在了循环里", "把分节符移到循环外面"),
}


def hoist(scan: Scan, root: Element, layouts: list[Layout], with_figures: bool) -> None:
    """Replace the tokens of all block tags by marks in the right places, and make the output valid whatever comes of them.

    Print tags stay tokens; with figures each gets a run of its own between marks, so that what it prints can be bookmarked.
    """
    for layout in layouts:
        if layout.keep:
            _drop_tokens([*layout.before, *layout.after])
        before, after = ([mark(tag.number) for tag in tags] for tags in (layout.before, layout.after))
        replace(layout.unit, [*before, *[layout.unit] * layout.keep, *after])
    for tag in scan.tags.values():
        if tag.keyword == "vm":
            _merge_cells(tag)
    for text in [one for one in root.iter(w("t")) if TOKEN.search(one.text or "")]:
        text.set(SPACE, "preserve")
        for bound in [
            one for control in text.iterancestors(w("sdt")) for one in control.iterfind(w("sdtPr"))
        ]:
            for child in list(bound.iterchildren(w("dataBinding"), w("showingPlcHdr"))):
                replace(child)  # the data store would put its text over ours
    _cut_runs(scan, root, with_figures)
    _tidy(scan, root)


def _drop_tokens(tags: list[Tag]) -> None:
    """Take tags out of their text, and a paragraph of a cell that held nothing else."""
    for tag in tags:
        tag.holder.text = (tag.holder.text or "").replace(token(tag.number), "")
    for tag in tags:
        paragraph = tag.paragraph
        held = next(paragraph.iter(w("sectPr"), w("drawing")), None) is not None
        if tag.level == "p" or held or any(text.text for text in paragraph.iter(w("t"))):
            continue
        beside = paragraph.getnext() if paragraph.getnext() is not None else paragraph.getprevious()
        if beside is not None and local(beside) == "p":
            replace(paragraph)


def _merge_cells(tag: Tag) -> None:
    """Mark the tag's cell as one to be merged with equal ones above it: where vMerge goes, and what it holds."""
    cell = nearest(tag.paragraph, "tc")
    _drop_tokens([tag])
    if cell is None or any(is_mark(child) and child.text == Sign.CELL.name for child in cell):
        return
    properties = cell.find(w("tcPr"))
    if properties is None:
        properties = cell.makeelement(w("tcPr"), {})
        cell.insert(0, properties)
    for old in properties.findall(w("vMerge")):
        properties.remove(old)
    properties.insert(sum(child.tag in BEFORE_MERGE for child in properties), mark(tag.number))
    cell.insert(1, mark(Sign.CELL))
    cell.append(mark(Sign.CELL_END))


# ── runs ──


def _cut_runs(scan: Scan, root: Element, with_figures: bool) -> None:
    """Cut runs at block tags, and around print tags if there are figures."""

    def is_cut(number: str) -> bool:
        return scan.tags[int(number)].is_block or (with_figures and not scan.tags[int(number)].keyword)

    for run in list(root.iter(w("r"))):
        texts = [child.text or "" for child in run.iterchildren(w("t"))]
        if not any(map(is_cut, TOKEN.findall("".join(texts)))):
            continue
        out = [_like(run)]
        for child in [child for child in run if local(child) != "rPr"]:
            if local(child) != "t":
                out[-1].append(child)
                continue
            text = child.text or ""
            for number in filter(is_cut, TOKEN.findall(text)):
                before, cut, text = text.partition(token(int(number)))
                _add_text(out[-1], before)
                if scan.tags[int(number)].is_block:
                    out += [mark(int(number)), _like(run)]
                else:
                    out += [mark(Sign.FIGURE), _like(run), mark(Sign.FIGURE_END), _like(run)]
                    _add_text(out[-3], cut)
            _add_text(out[-1], text)
        replace(run, [one for one in out if not _is_empty_run(one)])


def _like(run: Element) -> Element:
    empty = run.makeelement(w("r"), {str(key): str(value) for key, value in run.attrib.items()})
    empty.extend(deepcopy(child) for child in run.iterchildren(w("rPr")))
    return empty


def _add_text(run: Element, text: str) -> None:
    if text:
        made = etree.SubElement(run, w("t"))
        made.text = text
        made.set(SPACE, "preserve")


def _is_empty_run(element: Element) -> bool:
    return local(element) == "r" and all(local(child) == "rPr" for child in element)


# ── what may be repeated or left out ──


def _tidy(scan: Scan, root: Element) -> None:
    """Dissolve controls around blocks, make identifiers safe, mark what may come out empty."""
    for control in list(root.iter(w("sdt"))):
        content = control.find(w("sdtContent"))
        if content is not None and any(map(_is_tag, content)):
            replace(control, content)
    looped = {number for number, tag in scan.tags.items() if tag.keyword == "for"}
    ends: dict[tuple[str, str], list[tuple[Element, Branch]]] = {}
    for element, branch in list(_branches(scan, root, ())):
        if kind := RANGES.get(local(element)):
            ends.setdefault((kind, element.get(w("id"), "")), []).append((element, branch))
        if looped.intersection(branch):
            _tidy_in_loop(scan, element)
    for group in ends.values():
        branches = {branch for _, branch in group}
        if len(branches) > 1 or len(group) < 2 or looped.intersection(*branches):
            for element, _ in group:
                run = element.getparent()
                replace(element)
                if run is not None and _is_empty_run(run):
                    replace(run)
    for element in reversed(list(root.iter("*"))):
        if local(element) in BOXES | LISTS and any(map(is_mark, element)):
            _mark_changing(element)


def _is_tag(element: Element) -> bool:
    """Whether this is the mark of a tag, and not of a sign."""
    return is_mark(element) and (element.text or "").isdigit()


def _branches(scan: Scan, parent: Element, branch: Branch) -> Iterator[tuple[Element, Branch]]:
    """Every element with the branches it stands in, as the numbers of the tags that opened them."""
    for child in parent:
        if not is_mark(child):
            yield child, branch
            yield from _branches(scan, child, branch)
        elif _is_tag(child):
            tag = scan.tags[int(child.text or 0)]
            if tag.keyword in ENDINGS:
                branch = branch[:-1]
            elif tag.is_block:
                branch = (*(branch if tag.keyword in OPENERS else branch[:-1]), tag.number)


def _tidy_in_loop(scan: Scan, element: Element) -> None:
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
        scan.refuse_at(element, *ONCE[name])


def _mark_changing(element: Element) -> None:
    """Marks around the content of a box, table or row in which something may come out or not."""
    name = local(element)
    start, end = (Sign.LIST, Sign.LIST_END) if name in LISTS else (Sign.BOX, Sign.BOX_END)
    lead = next((at for at, child in enumerate(element) if local(child) not in PROPERTIES), len(element))
    last = len(element) - (local(element[-1]) == "sectPr")
    element.insert(last, mark(Sign.BODY_END if name == "body" else end))
    element.insert(lead, mark(start))
    if name in LISTS:
        element.addprevious(mark(Sign.VANISHES))
