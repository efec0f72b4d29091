"""Fields and objects through which a document fetches from other files, or runs them, when it is opened or its fields are renewed.

Only fields that papers need are let through, each told by its whole code: however it is split, spelt or put into another,
and whether or not a blank follows its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.wordxml import local

HARMLESS = frozenset(
    "= AUTHOR CREATEDATE DATE HYPERLINK LISTNUM NOTEREF NUMPAGES PAGE PAGEREF PRINTDATE REF SAVEDATE SECTION SECTIONPAGES SEQ "
    "STYLEREF SYMBOL TIME TITLE TOC".split()
)
REACHING = "DDEAUTO DDE INCLUDETEXT INCLUDEPICTURE INCLUDE LINK EMBED IMPORT DATABASE AUTOTEXT MACROBUTTON FILLIN ASK".split()
NAME = re.compile(r"\s*([^\W\d_]+|=)")
NAMED = re.compile(rf"(?<![A-Z])({'|'.join(REACHING)})(?![A-Z])", re.IGNORECASE)
OBJECTS = {
    "object": "嵌入或链接的对象",
    "OLEObject": "嵌入或链接的对象",
    "control": "控件",
    "mailMerge": "邮件合并的数据源",
}


@dataclass(slots=True)
class Code:
    """The code of a field as it is gathered: where it begins, its text, whether it is over, whether it holds another field."""

    start: Element
    texts: list[str] = field(default_factory=list)
    over: bool = False
    nests: bool = False
    broken: bool = False


def reaching(root: Element) -> Iterator[tuple[Element, str, str]]:
    """Yield (element, problem, remedy) of what reaches out of a part, or might."""
    for code in codes_of(root):
        problem = complaint(code)
        if problem:
            yield code.start, problem, "删去这个域"
    for element in root.iter("*"):
        if local(element) in OBJECTS:
            yield element, f"含有{OBJECTS[local(element)]}", "删去它，改用文字或图片"


def codes_of(root: Element) -> Iterator[Code]:
    """Yield every field of a part, those inside others too, in the order in which they end."""
    open_ones: list[Code] = []
    astray: Code | None = None  # code outside of any field
    for element in root.iter("*"):
        name = local(element)
        if name == "fldSimple":
            yield Code(element, [value_of(element, "instr")])
        elif name in ("instrText", "delInstrText"):
            if not open_ones:
                astray = astray or Code(element, broken=True)
            code = open_ones[-1] if open_ones else astray
            code.texts.append(element.text or "")  # type: ignore[union-attr]
        elif name == "fldChar":
            yield from turned(element, open_ones)
        elif name == "t" and open_ones and not open_ones[-1].over and (element.text or "").strip():
            open_ones[-1].broken = True
    yield from open_ones
    if astray:
        yield astray


def turned(mark: Element, open_ones: list[Code]) -> Iterator[Code]:
    """Follow the mark at which a field begins, its code is over, or it ends; yield one that ends."""
    kind = value_of(mark, "fldCharType")
    if kind == "begin":
        if open_ones and not open_ones[-1].over:
            open_ones[-1].nests = True
        open_ones.append(Code(mark))
    elif open_ones and kind == "separate":
        open_ones[-1].over = True
    elif open_ones and kind == "end":
        yield open_ones.pop()


def complaint(code: Code) -> str:
    """Return what is wrong with a field, "" for one that reaches nowhere."""
    text = "".join(code.texts)
    named, begun = NAMED.search(text), NAME.match(text)
    if named:
        return f"域 {named[1].upper()} 会取用文件外的内容"
    if begun and begun[1].upper() not in HARMLESS:
        return f"域 {begun[1].upper()[:20]} 不是公文要用的域"
    if code.broken or (text.strip() and not begun) or (code.nests and not begun):
        return "域代码不完整，或夹有别的文字"
    return ""


def value_of(element: Element, name: str) -> str:
    """Return an attribute by its name in any namespace."""
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), "")
