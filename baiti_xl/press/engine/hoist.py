"""Moving block tags out of the text to where their effect is balanced: between runs, paragraphs, rows, cells."""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.blocks import Layout
from baiti_xl.press.engine.scan import TOKEN, Scan, Tag
from baiti_xl.press.engine.wordxml import local, mark, remove, replace, w

FIGURE_START, FIGURE_END = "figure", "/figure"


def hoist(scan: Scan, root: Element, layouts: list[Layout]) -> None:
    """Replace the tokens of all block tags by marks in the right places; print tags stay tokens."""
    for layout in layouts:
        _place(layout)
    for text in [one for one in root.iter(w("t")) if TOKEN.search(one.text or "")]:
        text.set(SPACE, "preserve")
        _free_the_controls(text)
    _cut_runs(scan, root, lambda tag: tag.is_block, lambda number, _: [mark(number)])


def _marks(tags: list[Tag]) -> list[Element]:
    return [mark(str(tag.number)) for tag in tags]


def _place(layout: Layout) -> None:
    if not layout.keep:
        replace(layout.unit, _marks(layout.before))
        return
    _drop_tokens(layout)
    replace(layout.unit, [*_marks(layout.before), layout.unit, *_marks(layout.after)])


def _drop_tokens(layout: Layout) -> None:
    numbers = {tag.number for tag in (*layout.before, *layout.after)}
    for tag in (*layout.before, *layout.after):
        text = tag.holder.text or ""
        tag.holder.text = TOKEN.sub(lambda token: "" if int(token[1]) in numbers else token[0], text)
        if tag.level != "p" and _is_spare(tag.paragraph):
            remove(tag.paragraph)


def _is_spare(paragraph: Element) -> bool:
    """Whether the paragraph held nothing but tags and its cell has another one after it or before it."""
    parent = paragraph.getparent()
    if parent is None or next(paragraph.iter(w("sectPr")), None) is not None:
        return False
    if any((text.text or "") for text in paragraph.iter(w("t"))) or list(paragraph.iter(w("drawing"))):
        return False
    beside = (paragraph.getnext(), paragraph.getprevious())
    following = beside[0] if beside[0] is not None else beside[1]
    return following is not None and local(following) == "p"


def _free_the_controls(text: Element) -> None:
    """A content control bound to a data store would put the stored text over ours: cut the binding."""
    for control in text.iterancestors(w("sdt")):
        for properties in control.iterchildren(w("sdtPr")):
            for child in list(properties):
                if local(child) in ("dataBinding", "showingPlcHdr"):
                    properties.remove(child)


def frame_figures(scan: Scan, root: Element) -> None:
    """Give each print tag a run of its own between marks, so that what it prints can be bookmarked."""
    _cut_runs(scan, root, lambda tag: not tag.keyword, _framed)


def _framed(number: str, run: Element) -> list[Element]:
    _add_text(run, f"\ufdd0{number}\ufdd1")
    return [mark(FIGURE_START), run, mark(FIGURE_END)]


def _cut_runs(
    scan: Scan, root: Element, cut: Callable[[Tag], bool], put: Callable[[str, Element], list[Element]]
) -> None:
    """Cut runs at such tags; between the cuts goes what `put` makes of a tag's number and an empty run."""

    def numbers(text: str) -> list[str]:
        return [number for number in TOKEN.findall(text) if cut(scan.tags[int(number)])]

    for run in list(root.iter(w("r"))):
        if any(numbers(child.text or "") for child in run.iterchildren(w("t"))):
            replace(run, _cut(run, numbers, put))


def _cut(
    run: Element, numbers: Callable[[str], list[str]], put: Callable[[str, Element], list[Element]]
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
            before, _, text = text.partition(f"\ufdd0{number}\ufdd1")
            _add_text(current, before)
            out += [current, *put(number, _like(run))]
            current = _like(run)
        _add_text(current, text)
    return [one for one in [*out, current] if not _is_empty_run(one)]


def _like(run: Element) -> Element:
    empty = run.makeelement(w("r"), {str(key): str(value) for key, value in run.attrib.items()})
    empty.extend(deepcopy(child) for child in run if local(child) == "rPr")
    return empty


def _add_text(run: Element, text: str) -> None:
    if text:
        made = etree.SubElement(run, w("t"))
        made.text = text
        made.set(SPACE, "preserve")


def _is_empty_run(element: Element) -> bool:
    return local(element) == "r" and all(local(child) == "rPr" for child in element)
