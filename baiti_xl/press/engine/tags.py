"""Tags in a piece of text: finding them, and putting what Word and the input method did to them right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from baiti_xl.press.engine.faults import did_you_mean

MARK = re.compile(r"[{｛](?P<open>[{｛%％#＃])|(?:[}｝%％#＃][}｝])")
CLOSER = {"{": re.compile(r"[}｝]{2}"), "%": re.compile(r"[%％][}｝]"), "#": re.compile(r"[#＃][}｝]")}
CLOSED = {"{": "}}", "%": "%}", "#": "#}"}
LEVEL = re.compile(r"\s*(?P<level>p|tr|tc|r)(?:\s+|$)")
KEYWORD = re.compile(r"[^\W\d]\w*")
KEYWORDS = ("for", "if", "elif", "else", "endif", "endfor")
OPENERS = ("for", "if")
ENDINGS = {"endfor": "for", "endif": "if"}
LONGEST = 1000
WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
NARROW = WIDE | dict.fromkeys(map(ord, "\n\t\xa0\u3000\u2002\u2003\u200b"), " ")
QUOTES = {
    '"': ('"', '"“”＂'),
    "“": ('"', '"“”＂'),
    "”": ('"', '"“”＂'),
    "＂": ('"', '"“”＂'),
    "'": ("'", "'‘’＇"),
    "‘": ("'", "'‘’＇"),
    "’": ("'", "'‘’＇"),
    "＇": ("'", "'‘’＇"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A tag in a text: `kind` is the second character of its opener, `inner` what is between the braces."""

    start: int
    end: int
    kind: str
    inner: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Half a tag, with what to say of it."""

    start: int
    end: int
    problem: str
    remedy: str


def find_tags(text: str) -> Iterator[Found | Broken]:
    """Every tag, and every half tag, in the order of the text."""
    position = 0
    while mark := MARK.search(text, position):
        found = _tag_at(text, mark)
        yield found
        position = found.end


def _tag_at(text: str, mark: re.Match[str]) -> Found | Broken:
    if mark["open"] is None:
        return Broken(
            *mark.span(), f"多出了「{mark.group()}」", "补上标签的开头，或删去它；一个标签要写在同一段里"
        )
    kind = mark["open"].translate(NARROW)
    closer = CLOSER[kind].search(text, mark.end())
    inner = text[mark.end() : closer.start()] if closer else ""
    again = MARK.search(inner) if kind != "#" else None
    if closer is None or (again and again["open"]):
        end = mark.end() + (again.start() if closer and again else 0)
        return Broken(
            mark.start(), end, "标签在本段里没有结束", f"在同一段里补上「{CLOSED[kind]}」，标签不能跨段"
        )
    return Found(mark.start(), closer.end(), kind, inner)


def normalised(inner: str) -> str:
    """The tag's code with full-width forms and typographic quotes made plain, outside string literals."""
    out: list[str] = []
    position = 0
    while position < len(inner):
        end = _literal_end(inner, position)
        if end:
            quote = QUOTES[inner[position]][0]
            out.append(quote + re.sub(r"[\n\t]", " ", inner[position + 1 : end]) + quote)
            position = end
        else:
            out.append(QUOTES.get(inner[position], (inner[position],))[0].translate(NARROW))
        position += 1
    return "".join(out).strip()


def _literal_end(inner: str, start: int) -> int:
    """Where the literal that starts here ends; 0 if none starts here or it has no end.

    A straight quote is closed by a straight one if there is one; a curly one by whichever comes first.
    """
    quote, ends = QUOTES.get(inner[start], ("", ""))
    if not quote:
        return 0
    straight = inner[start] == quote and _next_quote(inner, start, quote)
    return straight or _next_quote(inner, start, ends)


def _next_quote(inner: str, start: int, ends: str) -> int:
    position = start + 1
    while position < len(inner):
        if inner[position] == "\\":
            position += 1
        elif inner[position] in ends:
            return position
        position += 1
    return 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a tag says: its level (p, tr, tc or none), keyword (none for a print tag) and code."""

    level: str
    keyword: str
    code: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a tag cannot be read."""

    problem: str
    remedy: str


def read_tag(found: Found) -> Reading | Unreadable:
    """The tag taken apart; its expression is not looked at yet."""
    code = normalised(found.inner)
    if found.kind == "#":
        return Reading(_level(found.inner), "#", "")
    if len(code) > LONGEST:
        return Unreadable("标签太长", "把内容写在标签外面")
    if code[:1] in ("-", "+") or code[-1:] in ("-", "+"):
        return Unreadable("不支持在标签的边上写「-」或「+」", "删去这个符号")
    if found.kind == "{":
        return Reading("", "", code)
    level = _level(code)
    return _statement(level, LEVEL.sub("", code, count=1) if LEVEL.match(code) else code)


def _level(code: str) -> str:
    """The level before the keyword; docxtpl's r (between runs) is where an ordinary tag works anyway."""
    found = LEVEL.match(code)
    return "" if found is None or found["level"] == "r" else found["level"]


def _statement(level: str, code: str) -> Reading | Unreadable:
    found = KEYWORD.match(code)
    keyword = found.group() if found else code[:8]
    if keyword not in KEYWORDS:
        return Unreadable(f"不认识的指令「{keyword}」", _which_keyword(keyword))
    rest = code[len(keyword) :].strip()
    if rest and keyword in ("else", "endif", "endfor"):
        return Unreadable(f"「{keyword}」后面多了「{rest}」", "另起条件写 {% elif 条件 %}，其余只留关键字")
    return Reading(level, keyword, code)


def _which_keyword(keyword: str) -> str:
    if not keyword:
        return "写上 for、if、elif、else、endif 或 endfor"
    return f"{did_you_mean(keyword, KEYWORDS)}，只可用 for、if、elif、else、endif、endfor"
