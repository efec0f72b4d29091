"""Matching the tags that open, divide and close blocks, and finding the level each block works at."""

from dataclasses import dataclass

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.scan import TOKEN, Scan, Tag, home_of, text_of, unit_of
from baiti_xl.press.engine.tags import ENDINGS, OPENERS
from baiti_xl.press.engine.wordxml import nearest, parent_of, w

DEEPEST = 12
UNITS = {"p": "段落", "tr": "表格行", "tc": "单元格"}


@dataclass(slots=True, eq=False)
class Block:
    """An if or a for with all its tags, opening one first and closing one last."""

    tags: list[Tag]

    @property
    def head(self) -> Tag:
        """The opening tag."""
        return self.tags[0]


def match(scan: Scan) -> list[Block]:
    """The blocks of a part, inner before outer; complains of what does not match."""
    return _Matcher(scan).blocks()


class _Matcher:
    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self.open: list[Block] = []
        self.done: list[Block] = []

    def blocks(self) -> list[Block]:
        for tag in self.scan.tags.values():
            if tag.keyword in OPENERS:
                self.start(tag)
            elif tag.keyword in ENDINGS:
                self.end(tag)
            elif tag.is_block:
                self.divide(tag)
        for block in self.open:
            self.leave_open(block)
        return self.done

    def start(self, tag: Tag) -> None:
        if len(self.open) >= DEEPEST:
            self.scan.refuse(tag, f"嵌套超过{DEEPEST}层", "把条件放进事实里算好")
        self.open.append(Block([tag]))

    def end(self, tag: Tag) -> None:
        wanted = ENDINGS[tag.keyword]
        if all(block.head.keyword != wanted for block in self.open):
            self.scan.refuse(tag, f"没有与它配对的 {wanted}", f"补上 {{% {wanted} … %}}，或删去它")
            return
        while self.open[-1].head.keyword != wanted:
            self.leave_open(self.open.pop())
        block = self.open.pop()
        block.tags.append(tag)
        self.done.append(block)

    def leave_open(self, block: Block) -> None:
        ending = f"end{block.head.keyword}"
        self.scan.refuse(
            block.head, f"没有写 {ending}", f"在它管到的地方之后补上 {{%{block.head.level} {ending} %}}"
        )

    def divide(self, tag: Tag) -> None:
        if not self.open:
            self.scan.refuse(tag, f"「{tag.keyword}」不在 if 或 for 里面", "补上 {% if … %}，或删去它")
            return
        block = self.open[-1]
        if any(one.keyword == "else" for one in block.tags):
            self.scan.refuse(tag, "写在了 else 之后", "把它移到 else 之前，else 只能有一个")
        elif tag.keyword == "elif" and block.head.keyword == "for":
            self.scan.refuse(tag, "for 里不能直接写 elif", "先写 {% if … %}")
        block.tags.append(tag)


def settle_levels(scan: Scan, blocks: list[Block]) -> None:
    """Check that each block keeps to one level and one container.

    A block whose plain tags each stand alone in a paragraph of their own works on whole paragraphs.
    """
    alone = _Alone()
    for block in blocks:
        levels = {tag.level for tag in block.tags}
        if len(levels) > 1:
            _refuse_mixed(scan, block)
        elif levels == {""}:
            _settle_plain(scan, block, alone)
        elif all(unit_of(tag) is not None for tag in block.tags):
            _must_share_home(scan, block)


def _refuse_mixed(scan: Scan, block: Block) -> None:
    odd = next(tag for tag in block.tags if tag.level != block.head.level)
    scan.refuse(
        odd,
        f"与开头的「{block.head.raw}」不是同一种标签",
        "开头、中间和结尾都写成同一种（都带 p、tr、tc 或都不带）",
    )


class _Alone:
    """Whether a paragraph holds nothing but plain block tags and level-p tags."""

    def __init__(self) -> None:
        self._known: dict[Element, bool] = {}

    def __call__(self, tag: Tag, tags: dict[int, Tag]) -> bool:
        if tag.paragraph not in self._known:
            self._known[tag.paragraph] = _holds_only_blocks(tag.paragraph, tags)
        return self._known[tag.paragraph]


def _holds_only_blocks(paragraph: Element, tags: dict[int, Tag]) -> bool:
    def blank(number: str) -> bool:
        tag = tags[int(number)]
        return tag.is_block and tag.level in ("", "p")

    return not TOKEN.sub(lambda token: "" if blank(token[1]) else "x", text_of(paragraph)).strip()


def _settle_plain(scan: Scan, block: Block, alone: _Alone) -> None:
    if len({tag.paragraph for tag in block.tags}) == 1:
        _must_share_home(scan, block)
        return
    stands_alone = all(alone(tag, scan.tags) for tag in block.tags)
    if stands_alone and len({parent_of(tag.paragraph) for tag in block.tags}) == 1:
        for tag in block.tags:
            tag.level = "p"
        return
    last = block.tags[-1]
    scan.refuse(block.head, f"与「{last.raw}」（{last.place}）不在同一段", _how_to_span(block))


def _how_to_span(block: Block) -> str:
    head, last = block.head, block.tags[-1]
    tables = [nearest(tag.paragraph, "tbl") for tag in (head, last)]
    level = "tr" if tables[0] is not None and tables[0] is tables[1] else "p"
    ending = f"end{head.keyword}"
    return f"要管到几个{UNITS[level]}时，写成 {{%{level} {head.keyword} … %}} 和 {{%{level} {ending} %}}，各占一{'行' if level == 'tr' else '段'}"


def _must_share_home(scan: Scan, block: Block) -> None:
    home = home_of(block.head)
    for tag in block.tags[1:]:
        if home_of(tag) is not home:
            scan.refuse(
                tag,
                f"与开头的「{block.head.raw}」（{block.head.place}）不在同一个{_outside(block.head)}里",
                f"把两头放进同一个{_outside(block.head)}",
            )


def _outside(tag: Tag) -> str:
    if tag.level == "":
        return "段落、超链接或修订"
    return {"tr": "表格", "tc": "表格行"}.get(tag.level, "正文、单元格或文本框")


@dataclass(frozen=True, slots=True)
class Layout:
    """What becomes of a unit (paragraph, row, cell) with tags of its level.

    With `keep` the unit stays, `before` and `after` go around it; else they take its place.
    """

    unit: Element
    before: list[Tag]
    after: list[Tag]
    keep: bool


def lay_out(scan: Scan) -> list[Layout]:
    """How each unit that has tags of its level is to be handled; complains of text beside a tag."""
    units: dict[Element, list[Tag]] = {}
    for tag in scan.tags.values():
        unit = unit_of(tag)
        if unit is not None:
            units.setdefault(unit, []).append(tag)
        elif tag.level:
            scan.refuse(tag, "不在表格里", "移到表格里，或改用 {%p … %}")
    return [layout for unit, tags in units.items() if (layout := _layout(scan, unit, tags))]


def _layout(scan: Scan, unit: Element, tags: list[Tag]) -> Layout | None:
    before, after, middle, alone = _around(unit, tags)
    blocks = [tag for tag in tags if tag.is_block]
    if alone and not _is_whole(blocks):
        return _instead(scan, unit, tags)
    if alone:
        before, after = blocks[: len(blocks) // 2], blocks[len(blocks) // 2 :]
    if middle or len(blocks) != len(tags) or not _is_whole([*before, *after]):
        _refuse_company(scan, tags)
        return None
    return Layout(unit, before, after, keep=True)


def _instead(scan: Scan, unit: Element, tags: list[Tag]) -> Layout | None:
    if next(unit.iter(w("sectPr")), None) is not None:
        scan.refuse(tags[0], "所在段落带有分节符", "把标签移到单独的一段")
        return None
    return Layout(unit, tags, [], keep=False)


def _refuse_company(scan: Scan, tags: list[Tag]) -> None:
    for tag in tags:
        name = UNITS[tag.level]
        scan.refuse(
            tag,
            f"所在{name}里还有别的内容",
            f"让它独占一个{name}，或把开头写在{name}最前、结尾写在{name}最后",
        )


def _is_whole(tags: list[Tag]) -> bool:
    """Whether these are openings followed by as many closings that match them."""
    half = len(tags) // 2
    opened = [tag.keyword for tag in tags[:half]]
    closed = [ENDINGS.get(tag.keyword) for tag in tags[half:]]
    return bool(tags) and opened == closed[::-1]


def _around(unit: Element, tags: list[Tag]) -> tuple[list[Tag], list[Tag], bool, bool]:
    """The tags before and after the unit's content, whether any are amid it, and whether there is none."""
    mine = {tag.number: tag for tag in tags}
    parts = TOKEN.split(_unit_text(unit, tags[0].level))
    items: list[Tag | None] = []
    for text, number in zip(parts[::2], [*parts[1::2], None], strict=True):
        items += [None] if text.strip() else []
        items += [mine.get(int(number))] if number else []
    contents = [at for at, item in enumerate(items) if item is None]
    if not contents:
        return [], [], False, True
    before = [item for item in items[: contents[0]] if item]
    after = [item for item in items[contents[-1] + 1 :] if item]
    return before, after, len(before) + len(after) < len(tags), False


def _unit_text(unit: Element, level: str) -> str:
    paragraphs = [unit] if level == "p" else list(unit.iter(w("p")))
    return "".join(map(text_of, paragraphs))
