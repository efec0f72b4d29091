"""Where in the document a paragraph is, in the words of whoever edits it: 正文 表1 第2行第8列."""

from collections import Counter

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.wordxml import local, w

COUNTED = frozenset(("p", "tbl", "tr", "tc"))
CONTAINERS = frozenset(("body", "hdr", "ftr", "footnote", "endnote", "tc", "txbxContent", "tbl", "tr"))
NOTES = {"footnote": "脚注", "endnote": "尾注"}


class Places:
    """The places of one part, counted once."""

    def __init__(self, root: Element, label: str) -> None:
        self.label = label
        self.number: dict[Element, int] = {}
        self._totals: Counter[tuple[Element, str]] = Counter()
        for element in root.iter("*"):
            name = local(element)
            if name in COUNTED or (name in NOTES and _is_written_note(element)):
                key = (_container(element), name)
                self._totals[key] += 1
                self.number[element] = self._totals[key]

    def of(self, element: Element) -> str:
        """The place of a paragraph, or of anything in it."""
        chain = [one for one in (element, *element.iterancestors()) if local(one) in CONTAINERS | {"p"}]
        words = [word for one in reversed(chain) if (word := self._word(one))]
        return " ".join([self.label, *words]).replace("行 第", "行第")

    def _word(self, element: Element) -> str:
        name, number = local(element), self.number.get(element, 0)
        if name in NOTES:
            return f"第{number}条"
        if name == "p":
            return self._paragraph(element, number)
        words = {"tbl": f"表{number}", "tr": f"第{number}行", "tc": f"第{number}列", "txbxContent": "文本框"}
        return words.get(name, "")

    def _paragraph(self, element: Element, number: int) -> str:
        container = _container(element)
        only = self._totals[(container, "p")] == 1 and local(container) in ("tc", "footnote", "endnote")
        return "" if only else f"第{number}段"


def _container(element: Element) -> Element:
    return next((one for one in element.iterancestors() if local(one) in CONTAINERS), element)


def _is_written_note(element: Element) -> bool:
    """Whether this is a note and not the line that separates notes from the text."""
    return element.get(w("type")) is None
