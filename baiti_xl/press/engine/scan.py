"""Finding the tags of a part: joined where Word split them, each replaced by a token in its text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.faults import TemplateFault
from baiti_xl.press.engine.places import Places
from baiti_xl.press.engine.printed import BOOKMARK
from baiti_xl.press.engine.tags import MARK, Broken, Found, Unreadable, find_tags, read_tag
from baiti_xl.press.engine.wordxml import elements, local, parent_of, remove, unwrap, w

TOKEN = re.compile("\ufdd0(\\d+)\ufdd1")
RESERVED = re.compile("[\ufdd0-\ufdef]")
OBJECT = "\ufffc"
REACHING = re.compile(
    r"(?:^|\s)(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|DATABASE)\s", re.IGNORECASE
)
BRACES = re.compile(r"[{｛}｝]")
DELETED = frozenset(("del", "moveFrom"))
INLINE = DELETED | frozenset(
    ["r", "hyperlink", "ins", "moveTo", "sdt", "sdtContent", "fldSimple", "dir", "bdo"]
)
SILENT = frozenset(
    [
        "pPr",
        "rPr",
        "sdtPr",
        "sdtEndPr",
        "lastRenderedPageBreak",
        "bookmarkStart",
        "bookmarkEnd",
        "commentRangeStart",
        "commentRangeEnd",
        "permStart",
        "permEnd",
        "moveFromRangeStart",
        "moveFromRangeEnd",
        "moveToRangeStart",
        "moveToRangeEnd",
    ]
)
PRINTED_AS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(slots=True, eq=False)
class Tag:
    """A tag of the template. `keyword` is empty for a print tag and # for a comment with a level."""

    number: int
    raw: str
    level: str
    keyword: str
    code: str
    place: str
    paragraph: Element
    holder: Element

    @property
    def where(self) -> str:
        """Its place and itself."""
        return f"{self.place}「{self.raw}」"

    @property
    def is_block(self) -> bool:
        """Whether it opens, divides or closes a block."""
        return self.keyword not in ("", "#")


@dataclass(slots=True)
class Scan:
    """The tags of a part in document order, and its faults with the number that orders them."""

    tags: dict[int, Tag] = field(default_factory=dict)
    numbered_faults: list[tuple[int, TemplateFault]] = field(default_factory=list)
    count: int = 0

    def refuse(self, tag: Tag, problem: str, remedy: str) -> None:
        """Note a fault of a tag."""
        self.numbered_faults.append((tag.number, TemplateFault(tag.where, problem, remedy)))

    def refuse_at(self, place: str, problem: str, remedy: str) -> None:
        """Note a fault that no tag can be named for."""
        self.numbered_faults.append((self.count, TemplateFault(place, problem, remedy)))

    def faults(self) -> list[TemplateFault]:
        """The faults in document order."""
        return [fault for _, fault in sorted(self.numbered_faults, key=lambda one: one[0])]


@dataclass(slots=True)
class Piece:
    """A stretch of a paragraph's text and the element it comes from."""

    node: Element
    text: str
    deleted: bool


def pieces_of(paragraph: Element) -> Iterator[Piece]:
    """The paragraph's own text, text boxes in it left out; anything that is not text counts as one object."""
    for child in paragraph:
        yield from _pieces(child, deleted=False)


def _pieces(node: Element, deleted: bool) -> Iterator[Piece]:
    name = local(node)
    if name in SILENT:
        return
    if name in ("t", "delText"):
        yield Piece(node, node.text or "", deleted)
    elif name in INLINE:
        for child in node:
            yield from _pieces(child, deleted or name in DELETED)
    else:
        yield Piece(node, PRINTED_AS.get(name, OBJECT), deleted)


def text_of(paragraph: Element) -> str:
    """The paragraph's own text with tokens for its tags."""
    return "".join(piece.text for piece in pieces_of(paragraph))


def scan_document(root: Element, places: Places) -> Scan:
    """Find the tags of a document, header, footer or notes part; its text holds tokens afterwards."""
    scan = Scan()
    _simplify(root)
    broken: set[Element] = set()
    for paragraph in root.iter(w("p")):
        before = len(scan.numbered_faults)
        _Paragraph(scan, paragraph, places).scan()
        if len(scan.numbered_faults) > before:
            broken.add(paragraph)
    _refuse_what_is_left(scan, root, places, broken)
    _refuse_reaching_fields(scan, root, places)
    return scan


def _simplify(root: Element) -> None:
    """Take out what only marks spelling, smart tags or the figures of a paper: it splits tags and is never seen."""
    for element in list(root.iter(w("proofErr"))):
        remove(element)
    for element in [*root.iter(w("smartTagPr")), *root.iter(w("customXmlPr"))]:
        remove(element)
    for element in [*root.iter(w("smartTag")), *root.iter(w("customXml"))]:
        unwrap(element)
    figures = [one for one in root.iter(w("bookmarkStart")) if one.get(w("name"), "").startswith(BOOKMARK)]
    gone = {one.get(w("id")) for one in figures}
    for element in [*figures, *(one for one in root.iter(w("bookmarkEnd")) if one.get(w("id")) in gone)]:
        remove(element)


class _Paragraph:
    """Scans one paragraph."""

    def __init__(self, scan: Scan, paragraph: Element, places: Places) -> None:
        self.scan_ = scan
        self.paragraph = paragraph
        self.places = places

    def scan(self) -> None:
        pieces = list(pieces_of(self.paragraph))
        text = "".join(piece.text for piece in pieces)
        if BRACES.search(text):
            self._replace_tags(pieces, text)

    def _replace_tags(self, pieces: list[Piece], text: str) -> None:
        place = self.places.of(self.paragraph)
        owners = [piece for piece in pieces for _ in piece.text]
        letters = list(text)
        for found in find_tags(text):
            within = owners[found.start : max(found.end, found.start + 1)]
            token = self._token(found, text[found.start : found.end], within, place)
            if token is not None:
                letters[found.start] = token
                letters[found.start + 1 : found.end] = [""] * (found.end - found.start - 1)
        _write_back(pieces, letters)

    def _token(self, found: Found | Broken, raw: str, within: list[Piece], place: str) -> str | None:
        self.scan_.count += 1
        tag = Tag(self.scan_.count, _shown(raw), "", "", "", place, self.paragraph, within[0].node)
        complaint = _complaint(found, raw, within)
        if complaint:
            self.scan_.refuse(tag, *complaint)
            return None
        reading = read_tag(found) if isinstance(found, Found) else Unreadable("", "")
        if isinstance(reading, Unreadable):
            self.scan_.refuse(tag, reading.problem, reading.remedy)
            return None
        tag.level, tag.keyword, tag.code = reading.level, reading.keyword, reading.code
        if tag.keyword == "#" and not tag.level:
            return ""
        self.scan_.tags[tag.number] = tag
        return f"\ufdd0{tag.number}\ufdd1"


def _complaint(found: Found | Broken, raw: str, within: list[Piece]) -> tuple[str, str] | None:
    if any(piece.deleted for piece in within):
        return "标签在修订的删除内容里", "接受或拒绝修订后再用"
    if isinstance(found, Broken):
        return found.problem, found.remedy
    if OBJECT in raw:
        return "标签中间夹着图片、脚注、域或其他对象", "把标签重新连着输入一遍"
    return None


def _shown(raw: str) -> str:
    plain = re.sub(r"\s+", " ", raw.replace(OBJECT, "□"))
    return plain if len(plain) <= 60 else f"{plain[:60]}…"


def _write_back(pieces: list[Piece], letters: list[str]) -> None:
    position = 0
    for piece in pieces:
        end = position + len(piece.text)
        text = "".join(letters[position:end])
        position = end
        if text == piece.text:
            continue
        if local(piece.node) == "t":
            piece.node.text = text
            piece.node.set(SPACE, "preserve")
        elif not text:
            remove(piece.node)


def _refuse_what_is_left(scan: Scan, root: Element, places: Places, broken: set[Element]) -> None:
    """Tags in formulas, field codes, phonetic guides and attributes would stay as they are: refuse them."""
    for element in elements(root):
        texts = (element.text or "", *(str(value) for value in element.attrib.values()))
        for text in texts:
            found = MARK.search(text) if BRACES.search(text) else None
            if found and found["open"] and not broken.intersection(element.iterancestors()):
                scan.refuse_at(
                    f"{places.of(element)}「{_shown(text)}」",
                    "标签写在了公式、域代码、拼音或对象属性里",
                    "移到普通文字里",
                )


def _refuse_reaching_fields(scan: Scan, root: Element, places: Places) -> None:
    """Fields that fetch from other files, or run them, when the document is opened."""
    for paragraph in root.iter(w("p")):
        codes = [str(field.get(w("instr"), "")) for field in paragraph.iter(w("fldSimple"))]
        codes.append("".join(code.text or "" for code in paragraph.iter(w("instrText"))))
        for code in codes:
            found = REACHING.search(code)
            if found:
                scan.refuse_at(
                    places.of(paragraph), f"域 {found[1].upper()} 会取用文件外的内容", "删去这个域"
                )


def scan_properties(root: Element, label: str) -> Scan:
    """Find the tags of a document-property part; every text is by itself."""
    scan = Scan()
    for element in elements(root):
        text = element.text or ""
        if BRACES.search(text):
            _scan_property(scan, element, f"{label} {local(element)}")
    return scan


def _scan_property(scan: Scan, element: Element, place: str) -> None:
    piece = Piece(element, element.text or "", False)
    paragraph = _Paragraph(scan, element, Places(element, place))
    letters = list(piece.text)
    for found in find_tags(piece.text):
        token = paragraph._token(found, piece.text[found.start : found.end], [piece], place)
        if token is not None:
            letters[found.start : found.end] = [token, *[""] * (found.end - found.start - 1)]
    element.text = "".join(letters)


def home_of(tag: Tag) -> Element:
    """The element in which the tag's mark will stand: its two ends must have the same one."""
    unit = unit_of(tag)
    if unit is not None:
        return parent_of(unit)
    return parent_of(parent_of(tag.holder))


def unit_of(tag: Tag) -> Element | None:
    """The paragraph, row or cell that a tag with a level belongs to; None if it has none or is not in one."""
    if tag.level == "p":
        return tag.paragraph
    return next(tag.paragraph.iterancestors(w(tag.level)), None) if tag.level else None
