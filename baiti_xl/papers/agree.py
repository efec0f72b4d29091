"""Papers of one set must not contradict each other: what two of them print under one name must be one number."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from baiti_xl.contest.records import Matter, Paper
from baiti_xl.papers.annexes import COUNT

KIND = "文书不一致"


def disagreements(papers: Sequence[Paper]) -> Iterator[Matter]:
    """Yield the numbers that two papers for the whole county print differently."""
    first: dict[str, tuple[Paper, object]] = {}
    for paper in papers:
        for name, value in paper.facts.items() if not paper.unit else ():
            if name == COUNT or isinstance(value, bool) or not isinstance(value, (int, Decimal)):
                continue
            known = first.setdefault(name, (paper, value))
            if known[1] != value:
                what = f"“{name}”在{known[0].kind}里是 {known[1]}，在{paper.kind}里是 {value}"
                yield Matter(KIND, "", what, f"{known[0].kind}、{paper.kind}", "两份文书的数字不一致")
