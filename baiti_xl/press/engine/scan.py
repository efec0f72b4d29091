"""Finding the tags of a part: joined where Word split them, each replaced by a token in its text or taken out of it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from baiti_xl.ooxml.markup import SPACE, Element
from baiti_xl.press.engine.faults import TemplateFault
from baiti_xl.press.engine.printed import BOOKMARK
from baiti_xl.press.engine.reaching import reaching
from baiti_xl.press.engine.tags import BRACES, OBJECT, WIDE, Tag, find_tags
from baiti_xl.press.engine.wordxml import Places, W, as_xml, local, replace, token, w

RESERVED = re.compile("[\ufdd0-\ufdef]")
MOST_TAGS = 20_000
BLANKS = frozenset(("", " ", "\t", "\n", "\u3000"))
STARTS_TRIMMED = re.compile(r"\s*\{%\s*-")
ENDS_TRIMMED = re.compile(r"-\s*%\}\s*$")
BOOKMARKED = re.compile(BOOKMARK + r"\d+(?:_\d+)?")
BEFORE_BREAK = frozenset(map(w, ("pStyle", "keepNext", "keepLines")))
DELETED = frozenset(("del", "moveFrom"))
INLINE = DELETED | set("r hyperlink ins moveTo sdt sdtContent fldSimple dir bdo".split())
SILENT = frozenset(
    "pPr rPr sdtPr sdtEndPr lastRenderedPageBreak bookmarkStart bookmarkEnd commentRangeStart commentRangeEnd "
    "permStart permEnd moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd".split()
)
PRINTED_AS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
Line = Sequence[Tag | None]


@dataclass(slots=True)
class Part:
    """A part that may hold tags, and what messages call it; its tags by number in document order, and where things are in it.

    `lines` has what each paragraph shows: its tags, and None for anything between them. Faults are ordered by a number.
    """

    name: str
    label: str
    root: Element
    is_property: bool = False
    where: Callable[[Element], str] = str
    tags: dict[str, Tag] = field(default_factory=dict)
    lines: dict[Element, Line] = field(default_factory=dict)
    numbered_faults: list[tuple[int, TemplateFault]] = field(default_factory=list)
    count: int = 0

    def refuse(self, tag: Tag, problem: str, remedy: str) -> None:
        """Note a fault of a tag."""
        self.numbered_faults.append((tag.number, TemplateFault(tag.where, problem, remedy)))

    def refuse_at(self, element: Element, problem: str, remedy: str, shown: str = "") -> None:
        """Note a fault that no tag can be named for."""
        self.numbered_faults.append((self.count, TemplateFault(self.where(element) + shown, problem, remedy)))

    def refuse_whole(self, problem: str, remedy: str) -> None:
        """Note a fault of the part itself."""
        self.numbered_faults.append((0, TemplateFault(self.label, problem, remedy)))

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


def scan(part: Part, with_figures: bool) -> None:
    """Find the tags of a part; its text holds tokens afterwards.

    Runs are to be cut at the tokens of block tags, with figures at those of print tags, too.
    """
    if RESERVED.search(as_xml(part.root)):
        part.refuse_whole("含有不可用的特殊字符（U+FDD0 至 U+FDEF）", "删去这些字符")
    elif part.is_property:
        _scan_properties(part)
    else:
        _scan_document(part, with_figures)
    if part.count > MOST_TAGS:
        part.refuse_whole(f"标签多于{MOST_TAGS}个", "改用循环")


def _scan_document(part: Part, with_figures: bool) -> None:
    """A document, header, footer or notes part."""
    root = part.root
    if root.nsmap.get("w") != W:
        part.refuse_whole("不是通常的 Word 文档格式（可能是 Strict 格式）", "用 Word 另存为普通的 .docx")
    places = Places(root, part.label)
    part.where = places.of
    _simplify(root)
    _join_trimmed(root, places)
    lines = [(one, list(pieces_of(one))) for one in root.iter(w("p"))]
    broken = {one for one, pieces in lines if not _scan_text(part, one, pieces, with_figures)}
    _hand_on_breaks(part)
    for element in root.iter("*"):  # what no paragraph shows would stay as it is
        for text in (element.text or "", *map(str, element.attrib.values())):
            found = BRACES.search(text.translate(WIDE))
            if found and found["open"] and not broken.intersection(element.iterancestors()):
                problem = "标签写在了公式、域代码、拼音或对象属性里"
                part.refuse_at(element, problem, "移到普通文字里", f"「{_shown(text)}」")
    for complaint in reaching(root):
        part.refuse_at(*complaint)


def _scan_properties(part: Part) -> None:
    """A document-property part, where every text is by itself."""
    part.where = lambda element: f"{part.label} {local(element)}"
    for element in part.root.iter("*"):
        _scan_text(part, element, [Piece(element, element.text or "")])
    for tag in [tag for tag in part.tags.values() if tag.keyword]:
        part.refuse(part.tags.pop(str(tag.number)), "文档属性里只能写 {{ 字段 }}", "删去它")


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
        text = "".join(piece.text for piece in pieces_of(paragraph)).translate(WIDE)
        texts[paragraph] = text
        before = paragraph.getprevious()
        if before is None or before not in texts:
            continue
        if not STARTS_TRIMMED.match(text) and not ENDS_TRIMMED.search(texts[before]):
            continue
        if all(one.find(f"{w('pPr')}/{w('sectPr')}") is None for one in (before, paragraph)):
            content = [one for one in paragraph if local(one) != "pPr"]
            places.moved |= dict.fromkeys(content, places.of(paragraph))
            before.extend(content)
            replace(paragraph)
            texts[before] = text


def _hand_on_breaks(part: Part) -> None:
    """Give a page break behind tags that are alone to the paragraph after them: so LibreOffice writes its 段前分页."""
    for paragraph, line in part.lines.items():
        follower = paragraph.getnext()
        if (
            follower is None
            or not holds_only_blocks(line[:-1])
            or holds_only_blocks(part.lines.get(follower, line[:-1]))
        ):
            continue
        *_, last = pieces_of(paragraph)
        if last.node.get(w("type")) != "page":
            continue
        part.lines[paragraph] = line[:-1]
        replace(last.node)
        properties = follower.find(w("pPr"))
        if properties is None:
            properties = follower.makeelement(w("pPr"), {})
            follower.insert(0, properties)
        if properties.find(w("pageBreakBefore")) is None:
            at = sum(child.tag in BEFORE_BREAK for child in properties)
            properties.insert(at, properties.makeelement(w("pageBreakBefore"), {}))


def holds_only_blocks(line: Line) -> bool:
    """Whether these are nothing but tags that may work on a whole paragraph."""
    return bool(line) and all(tag and tag.is_block and tag.level in ("", "p") for tag in line)


def _scan_text(part: Part, paragraph: Element, pieces: Sequence[Piece], with_figures: bool = False) -> bool:
    """Replace the tags of a paragraph by tokens, those of a unit by nothing; what is trimmed around them goes too.

    Whether all were sound.
    """
    text = "".join(piece.text for piece in pieces)
    if not BRACES.search(text.translate(WIDE)):
        part.lines[paragraph] = [None] if text.strip() else []
        return True
    owners = [piece for piece in pieces for _ in piece.text]
    letters, found, sound = list(text), dict[int, Tag](), True
    for tag in find_tags(text):
        within = owners[tag.start : max(tag.end, tag.start + 1)]
        part.count += 1
        tag.number, tag.raw = part.count, _shown(text[tag.start : tag.end])
        tag.paragraph, tag.holder, tag.place = paragraph, within[0].node, part.where(within[0].node)
        if any(piece.deleted for piece in within):
            tag.fault = "标签在修订的删除内容里", "接受或拒绝修订后再用"
        if tag.fault:
            part.refuse(tag, *tag.fault)
            sound = False
            continue
        letters[tag.start : tag.end] = [""] * (tag.end - tag.start)
        if tag.keyword != "#" or tag.level:
            part.tags[str(tag.number)] = found[tag.start] = tag
            if not tag.level and tag.keyword != "vm":
                letters[tag.start] = token(tag.number, is_cut=tag.is_block or with_figures)
        around = ((tag.trims[0], range(tag.start - 1, -1, -1)), (tag.trims[1], range(tag.end, len(text))))
        for trims, places in around:
            for at in places if trims else ():
                if at in found or letters[at] not in BLANKS:
                    break
                letters[at] = ""
    part.lines[paragraph] = [found.get(at) for at, one in enumerate(letters) if at in found or one.strip()]
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
