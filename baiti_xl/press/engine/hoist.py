"""Moving block tags out of the text to where their effect is balanced: between runs, paragraphs, rows, cells."""

from copy import deepcopy

from lxml import etree

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.blocks import Layout
from baiti_xl.press.engine.scan import TOKEN, Scan, Tag
from baiti_xl.press.engine.wordxml import local, mark, remove, replace, w


def hoist(scan: Scan, root: Element, layouts: list[Layout]) -> None:
    """Replace the tokens of all block tags by marks in the right places; print tags stay tokens."""
    for layout in layouts:
        _place(layout)
    for text in [one for one in root.iter(w("t")) if TOKEN.search(one.text or "")]:
        text.set(SPACE, "preserve")
        _free_the_controls(text)
    for run in list(root.iter(w("r"))):
        if any(_has_block(scan, child) for child in run if local(child) == "t"):
            replace(run, _split(scan, run))


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


def _has_block(scan: Scan, text: Element) -> bool:
    return any(scan.tags[int(number)].is_block for number in TOKEN.findall(text.text or ""))


def _split(scan: Scan, run: Element) -> list[Element]:
    """The run cut at each block tag, with marks between the cuts."""
    out: list[Element] = []
    current = _like(run)
    for child in list(run):
        if local(child) == "rPr":
            continue
        if local(child) != "t":
            current.append(child)
            continue
        for text, number in _stretches(scan, child.text or ""):
            if text:
                _add_text(current, text)
            if number:
                out += [current, mark(number)]
                current = _like(run)
    return [one for one in [*out, current] if not _is_empty_run(one)]


def _stretches(scan: Scan, text: str) -> list[tuple[str, str]]:
    """The text cut at its block tags: (text before, number of the tag), the last with no number."""
    out: list[tuple[str, str]] = []
    start = 0
    for token in TOKEN.finditer(text):
        if scan.tags[int(token[1])].is_block:
            out.append((text[start : token.start()], token[1]))
            start = token.end()
    return [*out, (text[start:], "")]


def _like(run: Element) -> Element:
    empty = run.makeelement(w("r"), {str(key): str(value) for key, value in run.attrib.items()})
    empty.extend(deepcopy(child) for child in run if local(child) == "rPr")
    return empty


def _add_text(run: Element, text: str) -> None:
    made = etree.SubElement(run, w("t"))
    made.text = text
    made.set(SPACE, "preserve")


def _is_empty_run(element: Element) -> bool:
    return local(element) == "r" and all(local(child) == "rPr" for child in element)
