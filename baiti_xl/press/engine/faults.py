"""What is wrong with a template or with its facts, said so that whoever edits it can mend it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from baiti_xl.errors import UserError

SHOWN = 40
NOT_ALIKE = ("两个值不是一类，不能这样比较", "核对字段的类型，空值先用 {% if %} 排除")


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """One fault: where it is, what is wrong there, what to do about it."""

    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}：{self.problem}；请{self.remedy}。"


class _Faults(UserError):
    """All faults found in one go; the message has one line a fault (the first 40)."""

    faults: tuple[TemplateFault, ...]

    def __init__(self, name: str, faults: Iterable[TemplateFault]) -> None:
        self.name = name
        super().__init__(faults=dict.fromkeys(faults))

    def __str__(self) -> str:
        more = len(self.faults) - SHOWN
        rest = [f"……另有{more}处"] if more > 0 else []
        return "\n".join([f"{self.name}：共{len(self.faults)}处问题", *map(str, self.faults[:SHOWN]), *rest])


class TemplateErrors(_Faults):
    """The template cannot be used; raised by `compile_template`."""


class RenderErrors(_Faults):
    """These facts, pictures or properties cannot be put into this template; raised by `render`."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The remedy for an unknown name: the closest known one, else the names there are."""
    names = sorted(known)
    best = process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=45)
    if best is not None:
        return f"核对是不是「{best[0]}」"
    listed = "、".join(names[:12])
    return f"改用这里可用的名称：{listed}" if names else "删去"


FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters no Word file may hold (or show): controls but tab and newline, lone surrogates, U+FFFE/FFFF."""


def forbidden_character(text: str) -> str | None:
    """The code point of the first character that may not be printed, as U+0007, or None."""
    found = FORBIDDEN.search(text)
    return f"U+{ord(found.group()):04X}" if found else None
