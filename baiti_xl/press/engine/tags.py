"""Tags in a piece of text: finding them, and putting what Word and the input method did to them right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.faults import did_you_mean

BRACES = re.compile(r"\{(?P<open>[{%#])|[}%#]\}")
CLOSED = {"{": "}}", "%": "%}", "#": "#}"}
WIDE = str.maketrans("｛｝％＃－", "{}%#-")
LEVEL = re.compile(r"\s*(?P<level>p|tr|tc|r)(?:\s+|$)")
KEYWORD = re.compile(r"[^\W\d]\w*")
OPENERS = ("for", "if")
ENDINGS = {"endfor": "for", "endif": "if"}
KEYWORDS = ("for", "if", "elif", "else", "endif", "endfor", "vm")
LONGEST = 1000
OBJECT = "\ufffc"
"""What stands in a text for anything that is no text."""
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    map(ord, "\n\t\xa0\u3000\u2002\u2003\u200b"), " "
)
PLAIN = NARROW | str.maketrans("“”‘’", "\"\"''")
LITERAL = re.compile(
    r'"((?:\\.|[^"\\])*)"|["“”＂]((?:\\.|[^"“”＂\\])*)["“”＂]'
    r"|'((?:\\.|[^'\\])*)'|['‘’＇]((?:\\.|[^'‘’＇\\])*)['‘’＇]|.",
    re.DOTALL,
)
"""A text in quotes, or one character. A straight quote is closed by a straight one if there is one; a curly one by
whichever comes first."""


@dataclass(slots=True, eq=False)
class Tag:
    """A tag in a text, or half of one: its level (p, tr, tc or none), keyword and code, or its problem and remedy.

    The keyword is empty for a print tag and # for a comment; `trims` says whether it takes the blanks and the line
    before it, and those after it. The rest says where in a part it was found.
    """

    start: int
    end: int
    level: str = ""
    keyword: str = ""
    code: str = ""
    trims: tuple[bool, bool] = (False, False)
    fault: tuple[str, str] | None = None
    number: int = 0
    raw: str = ""
    place: str = ""
    paragraph: Element = field(init=False)
    holder: Element = field(init=False)

    @property
    def where(self) -> str:
        """Its place and itself."""
        return f"{self.place}「{self.raw}」"

    @property
    def is_block(self) -> bool:
        """Whether it opens, divides or closes a block."""
        return self.keyword not in ("", "#", "vm")


def find_tags(text: str) -> Iterator[Tag]:
    """Every tag, and every half tag, in the order of the text."""
    plain, position = text.translate(WIDE), 0
    while found := BRACES.search(plain, position):
        (start, position), kind = found.span(), found["open"]
        if kind is None:
            remedy = "补上标签的开头，或删去它；一个标签要写在同一段里"
            yield Tag(start, position, fault=(f"多出了「{text[start:position]}」", remedy))
            continue
        end = plain.find(CLOSED[kind], position)
        again = BRACES.search(plain, position, end) if end > 0 and kind != "#" else None
        if end > 0 and not (again and again["open"]):
            yield _read(Tag(start, end + 2), kind, text[position:end])
            position = end + 2
        else:
            position = again.start() if again else position
            remedy = f"在同一段里补上「{CLOSED[kind]}」，标签不能跨段"
            yield Tag(start, position, fault=("标签在本段里没有结束", remedy))


def _read(tag: Tag, kind: str, inner: str) -> Tag:
    """The tag taken apart; its expression is not looked at yet."""
    if OBJECT in inner:
        tag.fault = "标签中间夹着图片、脚注、域或其他对象", "把标签重新连着输入一遍"
    elif kind == "#":
        tag.keyword, (tag.level, _) = "#", _levelled(inner)
    elif len(inner) > LONGEST:
        tag.fault = "标签太长", "把内容写在标签外面"
    else:
        code = normalised(inner)
        if kind == "%":
            tag.trims = code.startswith("-"), code.endswith("-")
            code = code.removeprefix("-").removesuffix("-").strip()
        tag.code = code
        if code[:1] in ("-", "+") or code[-1:] in ("-", "+"):
            tag.fault = "不支持在标签的边上写「-」或「+」", "删去这个符号"
        elif kind == "%":
            tag.level, tag.code = _levelled(code)
            _read_statement(tag)
    return tag


def _levelled(code: str) -> tuple[str, str]:
    """The level before the keyword, and the rest; docxtpl's r (between runs) is where an ordinary tag works anyway."""
    found = LEVEL.match(code)
    if found is None:
        return "", code
    return found["level"] if found["level"] != "r" else "", code[found.end() :]


def _read_statement(tag: Tag) -> None:
    found = KEYWORD.match(tag.code)
    tag.keyword = found.group() if found else tag.code[:8]
    rest = tag.code[len(tag.keyword) :].strip()
    if tag.keyword not in KEYWORDS:
        meant = f"{did_you_mean(tag.keyword, KEYWORDS)}，只可用 {'、'.join(KEYWORDS)}"
        remedy = meant if tag.keyword else "写上 for、if、elif、else、endif 或 endfor"
        tag.fault = f"不认识的指令「{tag.keyword}」", remedy
    elif rest and tag.keyword in ("else", "endif", "endfor", "vm"):
        remedy = "另起条件写 {% elif 条件 %}，其余只留关键字"
        tag.fault = f"「{tag.keyword}」后面多了「{rest}」", remedy
    elif tag.level and any(tag.trims):
        tag.fault = f"「-」不能和 {tag.level} 同用", f"删去「-」或「{tag.level}」"


def normalised(inner: str) -> str:
    """The tag's code with full-width forms and typographic quotes made plain, outside string literals."""
    return LITERAL.sub(_plain, inner).strip()


def _plain(found: re.Match[str]) -> str:
    if found.lastindex is None:
        return found.group().translate(PLAIN)
    quote = '"' if found.lastindex <= 2 else "'"
    return quote + re.sub(r"[\n\t]", " ", found[found.lastindex]) + quote
