"""Reads a paper's figures back: which hold, and which were changed, lost, exchanged or moved since it was made."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from baiti_xl.press.listing import Listed
from baiti_xl.press.marks import FIGURE, Mark

NUMBER = re.compile(r"[-－]?\d[\d,]*(?:\.\d+)?(?:亿元|万元|%)?|—")
SURE = 2  # characters of words that tell a place


class Became(StrEnum):
    """What became of a figure."""

    CHANGED = "改动"
    LOST = "丢失"
    EXCHANGED = "对调"
    MOVED = "移动"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that is not as it was made: its place, what it was, what stands there now ("" for nothing) and what it is now exchanged with."""

    became: Became
    place: str
    name: str
    was: str
    now: str
    other: str = ""

    def __str__(self) -> str:
        """The change in words."""
        told = f"{self.place}　{self.name}：原为“{self.was}”，"
        if self.became == Became.EXCHANGED:
            return f"{told}与 {self.other} 对调，现为“{self.now}”"
        if self.became == Became.MOVED:
            return f"{told}移到了 {self.other}"
        if self.became == Became.LOST and self.now:
            return f"{told}标记没有了，现在那里写的是“{self.now}”"
        return f"{told}现为“{self.now}”" if self.now else f"{told}现在没有了"


def changes(made: Sequence[Listed], now: Sequence[Mark], lines: Sequence[str]) -> list[Change]:
    """Return what became of a paper's figures, in the order in which it was made; `lines` are those it has now."""
    held = {mark.key: mark for mark in now}
    known = {one.key: one for one in made}
    order = [key for key in dict.fromkeys(mark.key for mark in now) if key in known]
    pairs = exchanged_values(made, held) | exchanged_places(known, held, order)
    moved = set(wandered(known, held, [key for key in order if key not in pairs]))
    return [change for one in made if (change := became(one, held, known, pairs, moved, lines))]


def became(
    one: Listed,
    held: Mapping[str, Mark],
    known: Mapping[str, Listed],
    pairs: Mapping[str, str],
    moved: set[str],
    lines: Sequence[str],
) -> Change | None:
    """Return what became of one figure; None if it holds."""
    mark = held.get(one.key)
    if mark is None or not mark.text.strip():
        return Change(Became.LOST, one.place, one.name, one.text, stands_there(one, lines))
    if one.key in pairs:
        other = known[pairs[one.key]]
        return Change(Became.EXCHANGED, one.place, one.name, one.text, other.text, other.place)
    if mark.text != one.text:
        return Change(Became.CHANGED, one.place, one.name, one.text, mark.text)
    if one.key in moved:
        return Change(Became.MOVED, one.place, one.name, one.text, one.text, mark.place)
    return None


def exchanged_values(made: Sequence[Listed], held: Mapping[str, Mark]) -> dict[str, str]:
    """Return the pairs of figures that show each other's text."""
    changed = [one for one in made if one.key in held and held[one.key].text != one.text]
    pairs: dict[str, str] = {}
    for at, one in enumerate(changed):
        shows = held[one.key].text
        for other in changed[at + 1 :] if one.key not in pairs else ():
            if other.key not in pairs and (other.text, held[other.key].text) == (shows, one.text):
                pairs |= {one.key: other.key, other.key: one.key}
                break
    return pairs


def exchanged_places(
    known: Mapping[str, Listed], held: Mapping[str, Mark], order: Sequence[str]
) -> dict[str, str]:
    """Return the pairs of figures that stand where the other stood, unless what is before them went with them."""
    was = [key for key in known if key in held]
    at = {key: number for number, key in enumerate(was)}
    pairs = {}
    for number, key in enumerate(order):
        other = was[number]
        if key != other and order[at[key]] == other and held[key].text != held[other].text:
            if not (went_along(known[key], held[key]) and went_along(known[other], held[other])):
                pairs[key] = other
    return pairs


def went_along(one: Listed, mark: Mark) -> bool:
    """Whether the words before a figure are still those with which it was made; where they are not known, its place."""
    return one.before == mark.before if one.before else one.place == mark.place


def wandered(known: Mapping[str, Listed], held: Mapping[str, Mark], order: Sequence[str]) -> Iterator[str]:
    """Yield the figures that stand elsewhere among the others, with other words before them."""
    at = {key: number for number, key in enumerate(known)}
    stayed = longest_run([at[key] for key in order])
    for key in order:
        if at[key] not in stayed and not went_along(known[key], held[key]):
            yield key


def longest_run(numbers: Sequence[int]) -> set[int]:
    """Return the longest rising part of a row of different numbers."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(tails, number)
        before[number] = tails[place - 1] if place else None
        tails[place : place + 1] = [number]
    found, last = set(), tails[-1] if tails else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found


def stands_there(one: Listed, lines: Sequence[str]) -> str:
    """Return the number that stands where a figure without its mark stood; "" if none does or more than one may."""
    words = one.before.rpartition(FIGURE)[2]
    if len(words.strip()) < SURE:
        return ""
    found = [
        number[0]
        for line in lines
        for at in re.finditer(re.escape(words), line)
        if (number := NUMBER.match(line, at.end()))
    ]
    return found[0] if len(found) == 1 else ""
