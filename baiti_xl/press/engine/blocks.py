"""Tags in the order of the text: what each may say where it stands, which belong together, and where each block works.

Those of paragraphs, rows and cells are moved to where their effect is balanced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.expressions import LOOP, Expression, Known
from baiti_xl.press.engine.fields import FieldSpec
from baiti_xl.press.engine.scan import Line, Part, holds_only_blocks
from baiti_xl.press.engine.tags import ENDINGS, OPENERS, Tag
from baiti_xl.press.engine.wordxml import Sign, is_mark, local, mark, nearest, replace, w

DEEPEST = 12
MOST_FREE_LOOPS = 2
UNITS = {"p": "段落", "tr": "表格行", "tc": "单元格"}
WITHIN = {"": "段落、超链接或修订", "p": "正文、单元格或文本框", "tr": "表格", "tc": "表格行"}
BEFORE_MERGE = frozenset(map(w, ("cnfStyle", "tcW", "gridSpan", "hMerge")))
Scope = Mapping[str, Known]


@dataclass(slots=True, eq=False)
class Block:
    """An if or a for with all its tags, opening one first and closing one last, and the names known around and in it.

    `free` if it is a loop that does not run over the rows of the loop around it.
    """

    tags: list[Tag]
    around: Scope
    scope: Scope
    variable: str = ""
    free: bool = False

    @property
    def head(self) -> Tag:
        """The opening tag."""
        return self.tags[0]


class Blocks:
    """Walks the tags of a part; complaints go to the part, the paths of fields to `used`."""

    def __init__(self, part: Part, spec: FieldSpec, used: dict[str, None]) -> None:
        self.part = part
        self.used = used
        self.fields = {name: Known(kind, name, name) for name, kind in spec.fields.items()}
        self.open: list[Block] = []
        self.done: list[Block] = []

    def walk(self) -> None:
        """Check each tag in its scope, match the blocks, and find the level each works at."""
        for tag in self.part.tags.values():
            if tag.keyword in OPENERS:
                self._start(tag)
            elif tag.keyword in ENDINGS:
                self._end(tag)
            elif tag.keyword == "vm":
                row_loops = [b for b in self.open if (b.head.keyword, b.head.level) == ("for", "tr")]
                if nearest(tag.paragraph, "tc") is None or not row_loops:
                    remedy = "写在 {%tr for … %} 和 {%tr endfor %} 之间的格子里"
                    self.part.refuse(tag, "不在行循环的格子里", remedy)
            elif tag.is_block:
                self._divide(tag)
            elif not tag.keyword:
                tag.code = self._check(tag).printed(tag.code)
        for block in self.open:
            self._leave_open(block)
        alone = {one for one, line in self.part.lines.items() if holds_only_blocks(line)}
        for block in self.done:
            self._settle_level(block, alone)

    # ── scopes ──

    @property
    def _scope(self) -> Scope:
        return self.open[-1].scope if self.open else self.fields

    def _check(self, tag: Tag) -> Expression:
        return Expression(self._scope, partial(self.part.refuse, tag), self.used.setdefault)

    def _start(self, tag: Tag) -> None:
        block = Block([tag], self._scope, self._scope)
        if len(self.open) >= DEEPEST:
            self.part.refuse(tag, f"嵌套超过{DEEPEST}层", "把条件放进事实里算好")
        if tag.keyword == "if":
            self._check(tag).condition(tag.code)
        elif found := self._check(tag).loop(tag.code):
            row, root = found
            block.variable = row.root
            block.scope = {**block.around, row.root: row, "loop": Known(LOOP, root="loop")}
            block.free = root != next((b.variable for b in reversed(self.open) if b.variable), "")
        self.open.append(block)
        if block.free and sum(one.free for one in self.open) > MOST_FREE_LOOPS:
            self.part.refuse(tag, "互不相干的循环套得太深，行数会成倍膨胀", "在事实里先把行组织好")

    def _divide(self, tag: Tag) -> None:
        if tag.keyword == "elif":
            self._check(tag).condition(tag.code)
        if not self.open:
            self.part.refuse(tag, f"「{tag.keyword}」不在 if 或 for 里面", "补上 {% if … %}，或删去它")
            return
        block = self.open[-1]
        if any(one.keyword == "else" for one in block.tags):
            self.part.refuse(tag, "写在了 else 之后", "把它移到 else 之前，else 只能有一个")
        elif tag.keyword == "elif" and block.head.keyword == "for":
            self.part.refuse(tag, "for 里不能直接写 elif", "先写 {% if … %}")
        block.tags.append(tag)
        if tag.keyword == "else":
            block.scope = block.around  # a loop's variable is gone

    def _end(self, tag: Tag) -> None:
        wanted = ENDINGS[tag.keyword]
        if all(block.head.keyword != wanted for block in self.open):
            self.part.refuse(tag, f"没有与它配对的 {wanted}", f"补上 {{% {wanted} … %}}，或删去它")
            return
        while self.open[-1].head.keyword != wanted:
            self._leave_open(self.open.pop())
        self.open[-1].tags.append(tag)
        self.done.append(self.open.pop())

    def _leave_open(self, block: Block) -> None:
        ending = f"end{block.head.keyword}"
        remedy = f"在它管到的地方之后补上 {{%{block.head.level} {ending} %}}"
        self.part.refuse(block.head, f"没有写 {ending}", remedy)

    # ── levels ──

    def _settle_level(self, block: Block, alone: set[Element]) -> None:
        """Check that a block keeps to one level and one container.

        One whose plain tags each stand alone in a paragraph of their own works on whole paragraphs.
        """
        head, last = block.head, block.tags[-1]
        paragraphs = {tag.paragraph for tag in block.tags}
        odd = next((tag for tag in block.tags if tag.level != head.level), None)
        if odd is not None:
            problem = f"与开头的「{head.raw}」不是同一种标签"
            self.part.refuse(odd, problem, "开头、中间和结尾都写成同一种（都带 p、tr、tc 或都不带）")
        elif head.level or len(paragraphs) == 1:
            homes = [_home_of(tag) for tag in block.tags]
            within = WITHIN[head.level]
            for tag, home in zip(block.tags, homes, strict=True):
                if home is not homes[0] and None not in homes:
                    problem = f"与开头的「{head.raw}」（{head.place}）不在同一个{within}里"
                    self.part.refuse(tag, problem, f"把两头放进同一个{within}")
        elif paragraphs <= alone and len({one.getparent() for one in paragraphs}) == 1:
            for tag in block.tags:
                tag.level = "p"
        else:
            self.part.refuse(head, f"与「{last.raw}」（{last.place}）不在同一段", _how_to_span(head, last))


def _unit_of(tag: Tag) -> Element | None:
    """The paragraph, row or cell that a tag with a level belongs to; None if it has none or is not in one."""
    return nearest(tag.paragraph, tag.level) if tag.level else None


def _home_of(tag: Tag) -> Element | None:
    """The element in which the tag's mark will stand: its two ends must have the same one."""
    unit = _unit_of(tag) if tag.level else tag.holder.getparent()
    return None if unit is None else unit.getparent()


def _how_to_span(head: Tag, last: Tag) -> str:
    table = nearest(head.paragraph, "tbl")
    level = "tr" if table is not None and table is nearest(last.paragraph, "tbl") else "p"
    wanted = f"写成 {{%{level} {head.keyword} … %}} 和 {{%{level} end{head.keyword} %}}"
    return f"要管到几个{UNITS[level]}时，{wanted}，各占一{'行' if level == 'tr' else '段'}"


# ── marks ──


def hoist(part: Part) -> None:
    """Mark the cells to be merged, and put the tags of paragraphs, rows and cells around these or in their place.

    Complains of what stands beside a tag.
    """
    units: dict[Element, list[Tag]] = {}
    for tag in part.tags.values():
        unit = _unit_of(tag)
        if unit is not None:
            units.setdefault(unit, []).append(tag)
        elif tag.level:
            part.refuse(tag, "不在表格里", "移到表格里，或改用 {%p … %}")
    lines = [_line_of(part, unit, tags) for unit, tags in units.items()]
    for tag in part.tags.values():
        if tag.keyword == "vm":
            _merge_cell(tag)
    for (unit, tags), line in zip(units.items(), lines, strict=True):
        _hoist(part, unit, tags, line)


def _line_of(part: Part, unit: Element, tags: list[Tag]) -> Line:
    """What a unit shows: its own tags, and None for anything else."""
    mine, paragraphs = set(tags), [unit] if tags[0].level == "p" else unit.iter(w("p"))
    return [one if one in mine else None for paragraph in paragraphs for one in part.lines[paragraph]]


def _hoist(part: Part, unit: Element, tags: list[Tag], line: Line) -> None:
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
            part.refuse(tag, f"所在{name}里还有别的内容", remedy)
    elif next(unit.iter(w("sectPr")), None) is None:
        replace(unit, marks)
    elif all(tag.keyword in ENDINGS for tag in tags):  # LibreOffice ends a section in the last line before it
        for text in list(unit.iter(w("t"))):  # plain tags that work on paragraphs stand in it still
            replace(text)
        replace(unit, [*marks, unit])
    else:
        part.refuse(tags[0], "所在段落带有分节符", "把标签移到单独的一段")


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
    if cell is None or any(is_mark(child) and child.text == Sign.CELL_END.name for child in cell):
        return
    _drop_emptied(tag)
    properties = cell.find(w("tcPr"))
    if properties is None:
        properties = cell.makeelement(w("tcPr"), {})
        cell.insert(0, properties)
    for old in properties.findall(w("vMerge")):
        properties.remove(old)
    properties.insert(sum(child.tag in BEFORE_MERGE for child in properties), mark(tag.number))
    cell.append(mark(Sign.CELL_END))
