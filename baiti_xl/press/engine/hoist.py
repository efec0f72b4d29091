"""Moving tags to where their effect is balanced, between runs, paragraphs, rows and cells, and keeping the output valid.

What loops would repeat and must not is taken out or renumbered; what conditions would leave empty is marked.
"""

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.blocks import UNITS, unit_of
from baiti_xl.press.engine.scan import Line, Scan
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

Branch = tuple[int, ...]
CUT_TOKEN = re.compile(f"{CUT}(\\d+){TOKEN_END}")
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


def hoist(scan: Scan) -> None:
    """Mark the cells to be merged, and put the tags of paragraphs, rows and cells around these or in their place.

    Complains of what stands beside a tag.
    """
    units: dict[Element, list[Tag]] = {}
    for tag in scan.tags.values():
        unit = unit_of(tag)
        if unit is not None:
            units.setdefault(unit, []).append(tag)
        elif tag.level:
            scan.refuse(tag, "不在表格里", "移到表格里，或改用 {%p … %}")
    lines = [_line_of(scan, unit, tags) for unit, tags in units.items()]
    for tag in scan.tags.values():
        if tag.keyword == "vm":
            _merge_cell(tag)
    for (unit, tags), line in zip(units.items(), lines, strict=True):
        _hoist(scan, unit, tags, line)


def _line_of(scan: Scan, unit: Element, tags: list[Tag]) -> Line:
    """What a unit shows: its own tags, and None for anything else."""
    paragraphs = [unit] if tags[0].level == "p" else unit.iter(w("p"))
    return [one if one in tags else None for paragraph in paragraphs for one in scan.lines[paragraph]]


def _hoist(scan: Scan, unit: Element, tags: list[Tag], line: Line) -> None:
    """Put the tags before and behind a unit with content, or half and half if it has none and they match; else in its place."""
    filled = [at for at, one in enumerate(line) if one is None]
    first, end = (filled[0], filled[-1] + 1) if filled else (len(tags) // 2,) * 2
    marks = [mark(tag.number) for tag in tags]
    if not any(line[first:end]) and _is_whole(tags):
        for tag in tags:
            _drop_emptied(tag)
        replace(unit, [*marks[:first], unit, *marks[first:]])
    elif filled or _is_whole([tag for tag in tags if tag.is_block]):
        name = UNITS[tags[0].level]
        remedy = f"让它独占一个{name}，或把开头写在{name}最前、结尾写在{name}最后"
        for tag in tags:
            scan.refuse(tag, f"所在{name}里还有别的内容", remedy)
    elif next(unit.iter(w("sectPr")), None) is not None:
        scan.refuse(tags[0], "所在段落带有分节符", "把标签移到单独的一段")
    else:
        replace(unit, marks)


def _is_whole(tags: list[Tag]) -> bool:
    """Whether these are openings followed by as many closings that match them."""
    half = len(tags) // 2
    opened = [tag.keyword for tag in tags[:half]]
    closed = [ENDINGS.get(tag.keyword) for tag in tags[half:]]
    return bool(tags) and opened == closed[::-1]


def _drop_emptied(tag: Tag) -> None:
    """Take out the paragraph of a cell that held nothing but tags of its row or cell."""
    paragraph = tag.paragraph
    held = next(paragraph.iter(w("sectPr"), w("drawing")), None) is not None
    if tag.level == "p" or held or any(text.text for text in paragraph.iter(w("t"))):
        return
    beside = [*paragraph.itersiblings("*"), *paragraph.itersiblings("*", preceding=True)][:1]
    if beside and local(beside[0]) == "p":
        replace(paragraph)


def _merge_cell(tag: Tag) -> None:
    """Mark the tag's cell as one to be merged with equal ones above it: where vMerge goes, and what it holds."""
    cell = nearest(tag.paragraph, "tc")
    if cell is None or any(is_mark(child) and child.text == Sign.CELL.name for child in cell):
        return
    _drop_emptied(tag)
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


def _cut_run(scan: Scan, run: Element) -> None:
    """Cut a run at its block tags, and around print tags, so that what each prints can be bookmarked."""
    out = [_like(run)]
    for child in [child for child in run if local(child) != "rPr"]:
        if local(child) != "t":
            out[-1].append(child)
            continue
        text, *rest = CUT_TOKEN.split(child.text or "")
        _add_text(out[-1], text)
        for number, behind in zip(map(int, rest[::2]), rest[1::2], strict=True):
            if scan.tags[number].is_block:
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


def tidy(scan: Scan, root: Element) -> None:
    """Make the output valid whatever comes of the tags: runs cut, controls loosened, identifiers safe.

    What may come out empty is marked.
    """
    for run in [one for one in root.iter(w("r")) if any(CUT in (text.text or "") for text in one)]:
        _cut_run(scan, run)
    for control in list(root.iter(w("sdt"))):
        _loosen(control)
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
                around = element.getparent()
                replace(element)
                if around is not None and _is_empty_run(around):
                    replace(around)
    for element in reversed(list(root.iter("*"))):
        if local(element) in BOXES | LISTS and any(map(is_mark, element)):
            _mark_changing(element)


def _loosen(control: Element) -> None:
    """Dissolve a content control around blocks; one that holds tags is not bound, as the data store would put its text over ours."""
    content = control.find(w("sdtContent"))
    if content is not None and any(map(_is_tag, content)):
        replace(control, content)
    elif any(is_mark(one) or KEPT in (one.text or "") for one in control.iter()):
        for bound in [
            *control.iterfind("{*}sdtPr/{*}dataBinding"),
            *control.iterfind("{*}sdtPr/{*}showingPlcHdr"),
        ]:
            replace(bound)


def _is_empty_run(element: Element) -> bool:
    return local(element) == "r" and all(local(child) == "rPr" for child in element)


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
