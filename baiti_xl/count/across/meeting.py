"""Who meets whom: each two of two units that share a key, found without going through everybody.

What very many share is a crowd, of which only those meet that have more in common, and of these some of each unit.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations, islice, product, zip_longest

NEAR = 50  # of a crowd, those who are met through one key and whatever else they share
Two = tuple[int, int]
Lots = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Regions:
    """Where everybody is from, "" for who meets all; of two regions only those meet who have a look in common."""

    of: Sequence[str]
    looks: Sequence[Sequence[str]]


class Meeting:
    """Who meets whom, by number: each two of two homes ("" for several) that share a key, as far as regions let them.

    Beyond `each` meetings for each on the average, the keys that most share bring together only those that share one of
    their `nearer` keys too, and through each NEAR of them at most, in turn from every home.
    """

    def __init__(
        self,
        homes: Sequence[str],
        keys: Iterable[Collection[str]],
        nearer: Sequence[Sequence[str]],
        each: int,
        regions: Regions | None = None,
    ) -> None:
        self.homes, self.keys, self.nearer = homes, [tuple(mine) for mine in keys], nearer
        self.regions = regions
        self.sharing: dict[str, list[int]] = defaultdict(list)
        for at, mine in enumerate(self.keys):
            for key in mine:
                self.sharing[key].append(at)
        self.crowds = self.crowds_beyond(each * len(homes))
        self.crowded = [at for at, mine in enumerate(self.keys) if not self.crowds.isdisjoint(mine)]

    def crowds_beyond(self, most: int) -> frozenset[str]:
        """Return the keys that more share than may meet, when those that fewest share come first."""
        if sum(len(held) ** 2 for held in self.sharing.values()) <= 2 * most:  # were all of different homes
            return frozenset()
        meant = sorted(
            (pairs_of(Counter(self.homes[at] for at in held)), key) for key, held in self.sharing.items()
        )
        reached = accumulate(count for count, _ in meant)
        return frozenset(key for (_, key), sum_ in zip(meant, reached, strict=True) if sum_ > most)

    def pairs(self) -> Iterator[Two]:
        """Yield each two, once, in a fixed order."""
        for key, held in self.sharing.items():
            if len(held) > 1 and key not in self.crowds:
                for one, other in self.through(held):
                    two = (one, other) if one < other else (other, one)
                    if self.first_shared(*two) == key:
                        yield two
        if self.crowds:
            yield from self.of_crowds()

    def first_shared(self, one: int, other: int) -> str | None:
        """Return the first key of one that another has too and through which all meet, None without any."""
        theirs = self.keys[other]
        return next((key for key in self.keys[one] if key in theirs and key not in self.crowds), None)

    def through(self, held: Sequence[int]) -> Iterator[Two]:
        """Yield each two of those who share one key that may meet, once."""
        if self.regions is None:
            yield from self.of_two_homes(held)
            return
        lots = grouped(held, self.regions.of)
        for region, mine in lots.items():
            yield from self.of_two_homes(mine)
            if region and "" in lots:
                yield from crossed(grouped(mine, self.homes), grouped(lots[""], self.homes))
        if len(lots) > 2 or (len(lots) == 2 and "" not in lots):
            yield from self.alike_afar([at for at in held if self.regions.of[at]], self.regions)

    def alike_afar(self, held: Sequence[int], regions: Regions) -> Iterator[Two]:
        """Yield each two of two regions who have a look in common, once."""
        for nth, looks in enumerate(regions.looks):
            for lot in grouped(held, looks).values():
                for one, other in self.of_two_homes(lot) if len(lot) > 1 else ():
                    told = any(look[one] == look[other] for look in regions.looks[:nth])
                    if not told and regions.of[one] != regions.of[other]:
                        yield one, other

    def of_two_homes(self, held: Sequence[int]) -> Iterator[Two]:
        """Yield each two that are not of one home."""
        lots = grouped(held, self.homes) if len(held) > 1 else {}
        if len(lots) == len(held):
            yield from combinations(held, 2)
            return
        yield from combinations(lots.get("", ()), 2)
        for mine, theirs in combinations(lots.values(), 2):
            yield from product(mine, theirs)

    def of_crowds(self) -> Iterator[Two]:
        """Yield each two who meet in a crowd alone."""
        index: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for at, (home, mine) in enumerate(zip(self.homes, self.keys, strict=True)):
            narrow = [(key, near) for key in mine if key in self.crowds for near in self.nearer[at]]
            met = {one for two in narrow for one in self.some(home, index[two])}
            yield from ((one, at) for one in sorted(met) if self.first_shared(one, at) is None)
            for two in narrow:
                index[two][home].append(at)

    def some(self, home: str, held: Lots) -> Iterator[int]:
        """Return those of a crowd whom one of a home meets."""
        homes = islice(held.items(), NEAR + 1)
        return islice(in_turn([theirs for other, theirs in homes if not home or other != home]), NEAR)


def grouped(held: Iterable[int], by: Sequence[str]) -> Lots:
    """Return numbers by what a list says of each, in their order."""
    lots: dict[str, list[int]] = {}
    for at in held:
        lots.setdefault(by[at], []).append(at)
    return lots


def crossed(first: Lots, second: Lots) -> Iterator[Two]:
    """Yield each of some homes with each of others that is not of the same."""
    for (home, mine), (other, theirs) in product(first.items(), second.items()):
        if not home or home != other:
            yield from product(mine, theirs)


def in_turn(lots: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield the first of each lot, then the second of each, and so on."""
    return (one for layer in zip_longest(*lots) for one in layer if one is not None)


def pairs_of(counts: Mapping[str, int]) -> int:
    """Return how many pairs of two homes there are of so many in each home, "" standing for several homes."""
    same = sum(count * (count if home else 1) for home, count in counts.items())
    return (sum(counts.values()) ** 2 - same) // 2
