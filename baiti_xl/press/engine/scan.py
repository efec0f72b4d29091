"""Finding the tags of a part: joined where Word split them, each replaced by a token in its text."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.faults import TemplateFault
from baiti_xl.press.engine.printed import BOOKMARK
from baiti_xl.press.engine.reaching import reaching
from baiti_xl.press.engine.tags import BRACES, OBJECT, Tag, find_tags
from baiti_xl.press.engine.wordxml import Places, local, replace, token, w

TOKEN = re.compile("\ufdd0(\\d+)\ufdd1")
RESERVED = re.compile("[\ufdd0-\ufdef]")
BLANKS = frozenset(("", " ", "\t", "\n", "\u3000"))
STARTS_TRIMMED = re.compile(r"\s*[{｛][%％]\s*[-－]")
ENDS_TRIMMED = re.compile(r"[-－]\s*[%％][}｝]\s*$")
BOOKMARKED = re.compile(BOOKMARK + r"\d+(?:_\d+)?")
DELETED = frozenset(("del", "moveFrom"))
INLINE = DELETED | set("r hyperlink ins moveTo sdt sdtContent fldSimple dir bdo".split())
SILENT = frozenset(
    "pPr rPr sdtPr sdtEndPr lastRenderedPageBreak bookmarkStart bookmarkEnd commentRangeStart commentRangeEnd "
    "permStart permEnd moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd".split()
)
PRINTED_AS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(slots=True)
class Scan:
    """The tags of a part in document order, its faults with the number that orders them, and where things are in it."""

    where: Callable[[Element], str]
    tags: dict[int, Tag] = field(default_factory=dict)
    numbered_faults: list[tuple[int, TemplateFault]] = field(default_factory=list)
    count: int = 0

    def refuse(self, tag: Tag, problem: str, remedy: str) -> None:
        """Note a fault of a tag."""
        self.numbered_faults.append((tag.number, TemplateFault(tag.where, problem, remedy)))

    def refuse_at(self, element: Element, problem: str, remedy: str, shown: str = "") -> None:
        """Note a fault that no tag can be named for."""
        self.numbered_faults.append((self.count, TemplateFault(self.where(element) + shown, problem, remedy)))

    def faults(self) -> list[TemplateFault]:
        """The faults in document order."""
        return [fault for _, fault in sorted(self.numbered_faults, key=lambda one: one[0])]


@dataclass(slots=True)
class Piece:
    """A stretch of a paragraph's text, and the element it comes from."""

    node: Element
    text: str
    deleted: bool = False


def pieces_of(node: Element, deleted: bool = False) -> Iterator[Piece]:
    """The own text of what is in a paragraph, text boxes left out; what is not text counts as one object."""
    for child in node:
        name = local(child)
        if name in ("t", "delText"):
            yield Piece(child, child.text or "", deleted)
        elif name in INLINE:
            yield from pieces_of(child, deleted or name in DELETED)
        elif name not in SILENT:
            is_plain = name != "br" or child.get(w("type")) is None
            yield Piece(child, PRINTED_AS.get(name, OBJECT) if is_plain else OBJECT, deleted)


def text_of(paragraph: Element) -> str:
    """The paragraph's own text with tokens for its tags."""
    return "".join(piece.text for piece in pieces_of(paragraph))


def scan_document(root: Element, label: str) -> Scan:
    """Find the tags of a document, header, footer or notes part; its text holds tokens afterwards."""
    places = Places(root, label)
    scan = Scan(places.of)
    _simplify(root)
    _join_trimmed(root, places)
    broken = {one for one in root.iter(w("p")) if not _scan_text(scan, one, list(pieces_of(one)))}
    for element in root.iter(
        "*"
    ):  # tags in formulas, field codes, phonetic guides and attributes would stay as they are
        for text in (element.text or "", *map(str, element.attrib.values())):
            found = BRACES.search(text)
            if found and found["open"] and not broken.intersection(element.iterancestors()):
                problem = "标签写在了公式、域代码、拼音或对象属性里"
                scan.refuse_at(element, problem, "移到普通文字里", f"「{_shown(text)}」")
    for complaint in reaching(root):
        scan.refuse_at(*complaint)
    return scan


def scan_properties(root: Element, label: str) -> Scan:
    """Find the tags of a document-property part; every text is by itself."""
    scan = Scan(lambda element: f"{label} {local(element)}")
    for element in root.iter("*"):
        _scan_text(scan, element, [Piece(element, element.text or "")])
    return scan


def _simplify(root: Element) -> None:
    """Take out what only marks spelling, smart tags or the figures of a paper: it splits tags and is never seen."""
    figures = [one for one in root.iter(w("bookmarkStart")) if BOOKMARKED.fullmatch(one.get(w("name"), ""))]
    ended = {one.get(w("id")) for one in figures}
    ends = [one for one in root.iter(w("bookmarkEnd")) if one.get(w("id")) in ended]
    for element in [*root.iter(w("proofErr"), w("smartTagPr"), w("customXmlPr")), *figures, *ends]:
        replace(element)
    for element in list(root.iter(w("smartTag"), w("customXml"))):
        replace(element, element)


def _join_trimmed(root: Element, places: Places) -> None:
    """Join lines at {%- and -%}; what is so moved keeps its place."""
    texts: dict[Element, str] = {}
    for paragraph in list(root.iter(w("p"))):
        texts[paragraph] = text_of(paragraph)
        before = paragraph.getprevious()
        section = f"{w('pPr')}/{w('sectPr')}"
        if (
            before is None
            or before not in texts
            or any(one.find(section) is not None for one in (before, paragraph))
        ):
            continue
        if STARTS_TRIMMED.match(texts[paragraph]) or ENDS_TRIMMED.search(texts[before]):
            content = [one for one in paragraph if local(one) != "pPr"]
            places.moved |= dict.fromkeys(content, places.of(paragraph))
            before.extend(content)
            replace(paragraph)
            texts[before] = texts[paragraph]


def _scan_text(scan: Scan, paragraph: Element, pieces: Sequence[Piece]) -> bool:
    """Replace the tags of a paragraph by tokens; what is trimmed around them goes too. Whether all were sound."""
    text = "".join(piece.text for piece in pieces)
    sound = True
    if not BRACES.search(text):
        return sound
    owners = [piece for piece in pieces for _ in piece.text]
    letters = list(text)
    for tag in find_tags(text):
        within = owners[tag.start : max(tag.end, tag.start + 1)]
        scan.count += 1
        tag.number, tag.raw = scan.count, _shown(text[tag.start : tag.end])
        tag.paragraph, tag.holder, tag.place = paragraph, within[0].node, scan.where(within[0].node)
        if any(piece.deleted for piece in within):
            tag.fault = "标签在修订的删除内容里", "接受或拒绝修订后再用"
        if tag.fault:
            scan.refuse(tag, *tag.fault)
            sound = False
            continue
        letters[tag.start : tag.end] = [""] * (tag.end - tag.start)
        if tag.keyword != "#" or tag.level:
            scan.tags[tag.number] = tag
            letters[tag.start] = token(tag.number)
        around = ((tag.trims[0], range(tag.start - 1, -1, -1)), (tag.trims[1], range(tag.end, len(text))))
        for trims, places in around:
            for at in places if trims else ():
                if letters[at] not in BLANKS:
                    break
                letters[at] = ""
    _write_back(pieces, letters)
    return sound


def _shown(raw: str) -> str:
    plain = re.sub(r"\s+", " ", raw.replace(OBJECT, "□"))
    return plain if len(plain) <= 60 else f"{plain[:60]}…"


def _write_back(pieces: Sequence[Piece], letters: list[str]) -> None:
    rest = iter(letters)
    for piece in pieces:
        text = "".join(next(rest) for _ in piece.text)
        if text == piece.text:
            continue
        if piece.node.text == piece.text:
            piece.node.text = text
            if local(piece.node) == "t":
                piece.node.set(SPACE, "preserve")
        elif not text:
            replace(piece.node)
