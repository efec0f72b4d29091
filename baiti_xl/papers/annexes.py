"""Which annexes a paper has: those with nothing in them are left out, the others are numbered on."""

from baiti_xl.papers.fields import Declared, Num
from baiti_xl.papers.head import Facts

COUNT = "附件数"


def annex_fields(*names: str) -> Declared:
    """Return the declaration of the fields that `numbered` gives for these annexes."""
    each = {field(name): f"附件“{name}”的序号，如 2；没有内容、不附时为空" for name in names}
    return {**each, COUNT: Num("附件个数")}


def numbered(**there: bool) -> Facts:
    """Return each annex's number as text, in their order, "" for one that is left out; and how many there are."""
    held = [name for name, has in there.items() if has]
    numbers = {name: str(number) for number, name in enumerate(held, 1)}
    return {**{field(name): numbers.get(name, "") for name in there}, COUNT: len(held)}


def field(name: str) -> str:
    """Return the field of an annex's number."""
    return f"{name}附件"
