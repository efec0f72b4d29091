"""Fields and objects through which a document fetches from other files, or runs them, when it is opened or its fields are renewed.

Only fields that papers need are let through, each told by its whole code: however it is split, spelt or put into another,
and whether or not a blank follows its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from baiti_xl.ooxml.markup import Element
from baiti_xl.press.engine.wordxml import local

HARMLESS = frozenset(
    "= AUTHOR CREATEDATE DATE HYPERLINK LISTNUM NOTEREF NUMPAGES PAGE PAGEREF PRINTDATE REF SAVEDATE SECTION SECTIONPAGES SEQ "
    "STYLEREF SYMBOL TIME TITLE TOC".split()
)
REACHING = "DDEAUTO DDE INCLUDETEXT INCLUDEPICTURE INCLUDE LINK EMBED IMPORT DATABASE AUTOTEXT MACROBUTTON FILLIN ASK".split()
NAME = re.compile(r"\s*([^\W\d_]+|=)")
NAMED = re.compile(rf"(?<![A-Z])({'|'.join(REACHING)})(?![A-Z])", re.IGNORECASE)
LINKED = "嵌入或链接的对象"
OBJECTS = {"object": LINKED, "OLEObject": LINKED, "control": "控件", "mailMerge": "邮件合并的数据源"}


@dataclass(slots=True)
class Code:
    """The code of a field as it is gathered: where it begins, its text, whether it is over, whether it holds another field."""

    start: Element
    text: str = ""
    over: bool = False
    nests: bool = False
    broken: bool = False

    def complaint(self) -> str:
        """What is wrong with it, "" for one that reaches nowhere."""
        named, begun = NAMED.search(self.text), NAME.match(self.text)
        if named:
            return f"域 {named[1].upper()} 会取用文件外的内容"
        if begun and begun[1].upper() not in HARMLESS:
            return f"域 {begun[1].upper()[:20]} 不是公文要用的域"
        if self.broken or (not begun and (self.nests or self.text.strip())):
            return "域代码不完整，或夹有别的文字"
        return ""


def reaching(root: Element) -> Iterator[tuple[Element, str, str]]:
    """Yield (element, problem, remedy) of what reaches out of a part, or might."""
    for code in _codes(root):
        if problem := code.complaint():
            yield code.start, problem, "删去这个域"
    for element in root.iter("*"):
        if found := OBJECTS.get(local(element)):
            yield element, f"含有{found}", "删去它，改用文字或图片"


def _codes(root: Element) -> Iterator[Code]:
    """Yield every field of a part, those inside others too, in the order in which they end; then code outside of any."""
    around: list[Code] = []
    astray: list[Code] = []
    for element in root.iter("*"):
        name, last = local(element), around[-1] if around else None
        kind = _value(element, "fldCharType") if name == "fldChar" else ""
        if name == "fldSimple":
            yield Code(element, _value(element, "instr"))
        elif name in ("instrText", "delInstrText"):
            if not around and not astray:
                astray.append(Code(element, broken=True))
            (last or astray[0]).text += element.text or ""
        elif kind == "begin":
            if last and not last.over:
                last.nests = True
            around.append(Code(element))
        elif last and kind == "separate":
            last.over = True
        elif last and kind == "end":
            yield around.pop()
        elif last and name == "t" and not last.over and (element.text or "").strip():
            last.broken = True
    yield from around + astray


def _value(element: Element, name: str) -> str:
    """An attribute by its name in any namespace."""
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), "")
