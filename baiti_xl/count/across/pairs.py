"""X01: projects of two units that are likely one, found without comparing everything with everything.

Investors are met through an inverted index of the rare character pairs of their brands; projects are then
compared only where their investors are alike enough for the whole to reach the threshold. Whatever a file holds, time grows
with its rows: what very many have in common is a crowd, of which only those meet that have more in common, and of these
some of each unit. No county comes near that, whatever one of its units sends; where it happens, the projects are named.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

from baiti_xl.contest.choices import Stage
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Pair
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import Project
from baiti_xl.count.across.claims import Claim, Rulings
from baiti_xl.count.across.likeness import SHORT, investor_likeness, must_be_twins, score
from baiti_xl.count.across.meeting import Meeting, Regions, pairs_of
from baiti_xl.count.across.names import Investor, NameReader, Title
from baiti_xl.count.across.sounds import by_shape

RULE = "X01"
REACH = 3  # characters of a brand this near to one another form a pair
RAREST = 4  # character pairs by which a brand is looked up
MET = 20  # rows of one unit with one investor and name, each of which meets every like row of another unit
EACH = 500  # other investors that each may meet on the average, whatever they have in common
NAMED = 200  # other names that each name of one investor, or of two, may be compared with on the average


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A project to be compared, with its place in the order of units and rows."""

    order: int
    claim: Claim[Project]


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """All projects of one investor whose names say the same; they are compared as one."""

    title: Title
    members: Sequence[Candidate]
    units: Mapping[str, Sequence[Candidate]]

    @property
    def home(self) -> str:
        """The one unit that they stand in, "" if there are several."""
        return next(iter(self.units)) if len(self.units) == 1 else ""


class Crowd(NamedTuple):
    """The investors and the names that have so many like them that they were compared only with the nearest."""

    investors: set[Investor]
    names: set[Written]


Match = tuple[int, Candidate, Candidate]


class Compared(NamedTuple):
    """The pairs of projects of two units that reach the threshold, and the projects that may be in more of them."""

    pairs: tuple[Pair, ...]
    crowded: tuple[Claim[Project], ...]


def same_projects(claims: Sequence[Claim[Project]], rulings: Rulings, book: Rulebook) -> Compared:
    """Return what comparing the projects of all units found, in order of units and rows."""
    named, crowd = by_investor(claims, NameReader(book)), Crowd(set(), set())
    found = sorted(likely(named, book.duplicate_threshold, crowd), key=lambda f: (f[1].order, f[2].order))
    pairs = tuple(as_pair(points, one.claim, other.claim, rulings) for points, one, other in found)
    lots = ((i, name) for i, names in named.items() for name in names)
    left = [m for i, n in lots if i in crowd.investors or n in crowd.names for m in n.members]
    return Compared(pairs, tuple(m.claim for m in sorted(left, key=lambda m: m.order)))


def by_investor(claims: Sequence[Claim[Project]], reader: NameReader) -> dict[Investor, list[Written]]:
    """Return the projects still pursued by investor and name; those without a known investor are left out."""
    named: dict[Investor, dict[Title, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for order, claim in enumerate(claims):
        project = claim.record
        investor = reader.investor(project)
        if project.stage != Stage.ENDED and project.name and investor:
            named[investor][reader.title(project, investor)].append(Candidate(order, claim))
    return {i: [written(t, members) for t, members in titles.items()] for i, titles in named.items()}


def written(title: Title, members: Sequence[Candidate]) -> Written:
    """Return the projects of one name."""
    units: dict[str, list[Candidate]] = defaultdict(list)
    for member in members:
        units[member.claim.unit].append(member)
    return Written(title, members, units)


def likely(named: Mapping[Investor, Sequence[Written]], threshold: int, crowd: Crowd) -> Iterator[Match]:
    """Yield (score, project, other) for projects that reach the threshold; no two are compared twice. Fills the crowd."""
    homes = {investor: by_home(names) for investor, names in named.items()}
    for names in named.values():
        yield from alike(100.0, within(names, crowd.names), threshold)
    least = 2 * threshold - 101  # what the investors must reach even if the names are the same
    lived = [next(iter(held)) if len(held) == 1 else "" for held in homes.values()]
    for one, other in neighbours(tuple(named), lived, crowd.investors, least):
        likeness = investor_likeness(one, other, least)
        if likeness >= least:
            yield from alike(likeness, between(homes[one], homes[other], crowd.names), threshold)


Homes = Mapping[str, Sequence[Written]]


def by_home(names: Iterable[Written]) -> Homes:
    """Return names by the one unit that they stand in, "" for those of several: what one unit reports is never compared."""
    homes: dict[str, list[Written]] = defaultdict(list)
    for one in names:
        homes[one.home].append(one)
    return homes


def between(first: Homes, second: Homes, crowded: set[Written]) -> Iterator[tuple[Written, Written]]:
    """Yield each name of one investor with each of another that another unit has.

    Of very many names those that have more in common; `crowded` takes up those that may have missed some.
    """
    mine, theirs = ([name for names in side.values() for name in names] for side in (first, second))
    if len(mine) * len(theirs) > NAMED * (len(mine) + len(theirs)):
        sides = {id(name) for name in mine}
        yield from (
            (a, b) for a, b in of_names([*mine, *theirs], crowded) if (id(a) in sides) != (id(b) in sides)
        )
        return
    for (one, ours), (other, others) in product(first.items(), second.items()):
        if not one or one != other:
            yield from product(ours, others)


def within(names: Sequence[Written], crowded: set[Written]) -> Iterator[tuple[Written, Written]]:
    """Yield each two names of one investor that two units have, and each name that two units have with itself.

    Of very many names those that have more in common; `crowded` takes up those that may have missed some.
    """
    homes = by_home(names)
    shared = homes.get("", ())
    yield from ((one, one) for one in shared)
    if pairs_of({home: len(held) for home, held in homes.items()}) > NAMED * len(names):
        yield from of_names(names, crowded)
        return
    yield from combinations(shared, 2)
    for mine, theirs in combinations(homes.values(), 2):
        yield from product(mine, theirs)


def of_names(names: Sequence[Written], crowded: set[Written]) -> Iterator[tuple[Written, Written]]:
    """Yield each two of very many names that share a rare pair of characters, of a crowd those that begin or end alike."""
    sounds = [name.title.sound for name in names]
    nearer = [
        (f"{sound[:1]}…", f"…{sound[-1:]}", name.title.letters)
        for name, sound in zip(names, sounds, strict=True)
    ]
    meeting = Meeting([name.home for name in names], rare_keys(sounds), nearer, NAMED)
    yield from ((names[one], names[other]) for one, other in meeting.pairs())
    crowded.update(names[at] for at in meeting.crowded)


def alike(investors: float, compared: Iterable[tuple[Written, Written]], threshold: int) -> Iterator[Match]:
    """Yield the projects of two units without 联合 between them whose score reaches the threshold."""
    for one, other in compared:
        points = score(investors, one.title, other.title)
        if points >= threshold:
            yield from ((points, first, second) for first, second in apart(one, other))


def apart(one: Written, other: Written) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the members of two names (or each two of one) that stand in two units without 联合 between them."""
    units = combinations(one.units, 2) if one is other else product(one.units, other.units)
    for mine, theirs in units:
        for two in met(one.units[mine], other.units[theirs]) if mine != theirs else ():
            first, second = sorted(two, key=lambda candidate: candidate.order)
            if not first.claim.is_partner(second.claim):
                yield first, second


def met(mine: Sequence[Candidate], theirs: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield each row of one unit with each of another that says the same; rows beyond `MET` only with the other's first."""
    for at, one in enumerate(mine):
        yield from ((one, other) for other in (theirs if at < MET else theirs[:MET]))


# ── which investors are worth comparing ──────────────────────────────────────────────────────────


def neighbours(
    investors: Sequence[Investor], homes: Sequence[str], crowded: set[Investor], least: float = 0.0
) -> Iterator[tuple[Investor, Investor]]:
    """Yield each two investors whose brands share a rare pair of characters, once, in a fixed order.

    `homes` gives the one unit that reports each ("" for several); two of the same are not compared. Two that cannot be as
    alike as `least`, since they are from different provinces, need not be among them. Of a crowd those that share the trade
    or the place as well; `crowded` takes up those that may have missed some.
    """
    keys = rare_keys([investor.sound for investor in investors])
    nearer = [(f"{i.province}：", *words_of(i.trade)) for i in investors]
    meeting = Meeting(homes, keys, nearer, EACH, regions_of(investors) if must_be_twins(least) else None)
    yield from ((investors[one], investors[other]) for one, other in meeting.pairs())
    crowded.update(investors[at] for at in meeting.crowded)


def regions_of(investors: Sequence[Investor]) -> Regions:
    """Return the province of each investor, "" for one that says nothing of it or has a long brand, and how the brand looks."""
    provinces = [i.province if len(i.brand) <= SHORT else "" for i in investors]
    return Regions(provinces, ([i.sound for i in investors], [by_shape(i.brand) for i in investors]))


def words_of(trade: str) -> Collection[str]:
    """Return the adjacent pairs of characters of a trade, itself if it has no two."""
    return dict.fromkeys(trade[at : at + 2] for at in range(max(1, len(trade) - 1)))


def rare_keys(sounds: Sequence[str]) -> Iterator[Collection[str]]:
    """Yield for each text, by sound, the whole of it and the rarest of its character pairs, as far as some other has them."""
    counts = Counter(key for sound in sounds for key in character_pairs(sound))
    whole = Counter(sounds)
    for sound in sounds:
        keys = character_pairs(sound)
        shared = sorted((key for key in keys if counts[key] > 1), key=lambda key: (counts[key], key))
        yield dict.fromkeys([sound] * (whole[sound] > 1) + shared[:RAREST])


def character_pairs(text: str) -> frozenset[str]:
    """Return the pairs of near characters of a text, whatever their order; a single character is its own."""
    near = {"".join(sorted(text[i] + c)) for i in range(len(text)) for c in text[i + 1 : i + REACH]}
    return frozenset(near or {text})


# ── what comes of a pair ─────────────────────────────────────────────────────────────────────────


def as_pair(points: int, one: Claim[Project], other: Claim[Project], rulings: Rulings) -> Pair:
    """Return a pair with both sides and what the console says of either."""
    decided = (rulings.decision(claim, RULE) for claim in (one, other))
    return Pair(
        score=points,
        units=(one.unit, other.unit),
        files=(one.file, other.file),
        rows=(one.record.row, other.record.row),
        projects=(one.record, other.record),
        records=(one.id, other.id),
        ruling="；".join(filter(None, decided)),
    )


def undecided(found: Sequence[Pair], claims: Sequence[Claim[Project]]) -> Iterator[Finding]:
    """Yield X01 at both projects of every pair that no ruling has settled."""
    by_place = {(c.unit, c.record.row): c for c in claims}
    for pair in found:
        one, other = (by_place[place] for place in zip(pair.units, pair.rows, strict=True))
        if not pair.ruling:
            yield accused(one, other, pair.score)
            yield accused(other, one, pair.score)


def accused(claim: Claim[Project], other: Claim[Project], points: int) -> Finding:
    """Return X01 at a project's name."""
    project = other.record
    return claim.find(RULE, "name", other=other.name, number=project.number, name=project.name, score=points)


def uncompared(crowded: Sequence[Claim[Project]]) -> Iterator[Finding]:
    """Yield X01/crowd at the first project of each unit that was compared only with the nearest of very many."""
    counts = Counter(claim.unit for claim in crowded)
    first: dict[str, Claim[Project]] = {}
    for claim in crowded:
        first.setdefault(claim.unit, claim)
    yield from (claim.find(f"{RULE}/crowd", "investor", count=counts[unit]) for unit, claim in first.items())
