"""Moving tags out of the text to where their effect is balanced: between runs, paragraphs, rows, cells."""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.blocks import Layout
from baiti_xl.press.engine.scan import TOKEN, Scan
from baiti_xl.press.engine.tags import Tag
from baiti_xl.press.engine.wordxml import Sign, is_mark, local, mark, nearest, remove, replace, token, w

BEFORE_MERGE = frozenset(map(w, ("cnfStyle", "tcW", "gridSpan", "hMerge")))


def hoist(scan: Scan, root: Element, layouts: list[Layout]) -> None:
    """Replace the tokens of all block tags by marks in the right places; print tags stay tokens."""
    for layout in layouts:
        if layout.keep:
            _drop_tokens([*layout.before, *layout.after])
        kept = [layout.unit] if layout.keep else []
        marks = [[mark(tag.number) for tag in tags] for tags in (layout.before, layout.after)]
        replace(layout.unit, [*marks[0], *kept, *marks[1]])
    for tag in scan.tags.values():
        if tag.keyword == "vm":
            _merge_cells(tag)
    for text in [one for one in root.iter(w("t")) if TOKEN.search(one.text or "")]:
        text.set(SPACE, "preserve")
        _free_the_controls(text)
    _cut_runs(scan, root, lambda tag: tag.is_block, lambda number, _: [mark(number)])


def frame_figures(scan: Scan, root: Element) -> None:
    """Give each print tag a run of its own between marks, so that what it prints can be bookmarked."""
    _cut_runs(scan, root, lambda tag: not tag.keyword, _framed)


def _framed(number: int, run: Element) -> list[Element]:
    _add_text(run, token(number))
    return [mark(Sign.FIGURE), run, mark(Sign.FIGURE_END)]


def _drop_tokens(tags: list[Tag]) -> None:
    """Take tags out of their text, and a paragraph of a cell that held nothing else."""
    for tag in tags:
        tag.holder.text = (tag.holder.text or "").replace(token(tag.number), "")
    for tag in tags:
        if tag.level != "p" and _is_spare(tag.paragraph):
            remove(tag.paragraph)


def _is_spare(paragraph: Element) -> bool:
    """Whether the paragraph held nothing but tags and its cell has another one after it or before it."""
    if paragraph.getparent() is None or next(paragraph.iter(w("sectPr"), w("drawing")), None) is not None:
        return False
    if any(text.text for text in paragraph.iter(w("t"))):
        return False
    beside = paragraph.getnext() if paragraph.getnext() is not None else paragraph.getprevious()
    return beside is not None and local(beside) == "p"


def _merge_cells(tag: Tag) -> None:
    """Mark the tag's cell as one to be merged with equal ones above it: where vMerge goes, and what it holds."""
    cell = nearest(tag.paragraph, "tc")
    _drop_tokens([tag])
    if cell is None or any(is_mark(child) and child.text == mark(Sign.CELL).text for child in cell):
        return
    properties = cell.find(w("tcPr"))
    if properties is None:
        properties = cell.makeelement(w("tcPr"), {})
        cell.insert(0, properties)
    for old in list(properties.iterchildren(w("vMerge"))):
        properties.remove(old)
    properties.insert(sum(child.tag in BEFORE_MERGE for child in properties), mark(tag.number))
    cell.insert(1, mark(Sign.CELL))
    cell.append(mark(Sign.CELL_END))


def _free_the_controls(text: Element) -> None:
    """A content control bound to a data store would put the stored text over ours: cut the binding."""
    for control in text.iterancestors(w("sdt")):
        for properties in control.iterchildren(w("sdtPr")):
            for child in list(properties.iterchildren(w("dataBinding"), w("showingPlcHdr"))):
                remove(child)


def _cut_runs(
    scan: Scan, root: Element, cut: Callable[[Tag], bool], put: Callable[[int, Element], list[Element]]
) -> None:
    """Cut runs at such tags; between the cuts goes what `put` makes of a tag's number and an empty run."""

    def numbers(text: str) -> list[int]:
        return [number for number in map(int, TOKEN.findall(text)) if cut(scan.tags[number])]

    for run in list(root.iter(w("r"))):
        if any(numbers(child.text or "") for child in run.iterchildren(w("t"))):
            replace(run, _cut(run, numbers, put))


def _cut(
    run: Element, numbers: Callable[[str], list[int]], put: Callable[[int, Element], list[Element]]
) -> list[Element]:
    out, current = [], _like(run)
    for child in list(run):
        if local(child) == "rPr":
            continue
        if local(child) != "t":
            current.append(child)
            continue
        text = child.text or ""
        for number in numbers(text):
            before, _, text = text.partition(token(number))
            _add_text(current, before)
            out += [current, *put(number, _like(run))]
            current = _like(run)
        _add_text(current, text)
    return [one for one in [*out, current] if not is_empty_run(one)]


def _like(run: Element) -> Element:
    empty = run.makeelement(w("r"), {str(key): str(value) for key, value in run.attrib.items()})
    empty.extend(deepcopy(child) for child in run.iterchildren(w("rPr")))
    return empty


def _add_text(run: Element, text: str) -> None:
    if text:
        made = etree.SubElement(run, w("t"))
        made.text = text
        made.set(SPACE, "preserve")


def is_empty_run(element: Element) -> bool:
    """Whether this is a run with nothing in it."""
    return local(element) == "r" and all(local(child) == "rPr" for child in element)
