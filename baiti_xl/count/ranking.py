"""The single boards and the overall score, within groups and over the county.

Equal values share a rank (as RANK.EQ); the order shown among them follows the unit list. A unit without
a value (无, or nothing reported) comes behind all that have one; sheets and papers show no rank of it.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from baiti_xl.contest.choices import RankingField
from baiti_xl.contest.measures import Measure, active
from baiti_xl.contest.records import Points, Ranking, Score, Standing, UnitResult
from baiti_xl.contest.rulebook import Rulebook

PRECISION = Decimal("1e-10")
Value = Decimal | None


def rank(results: Sequence[UnitResult], book: Rulebook) -> Ranking:
    """Return all boards for units in the order of the unit list; one that has become part of another is on none."""
    own = [r for r in results if not r.account.is_merged]
    boards = {c.name: board(own, c) for c in active(book)}
    return Ranking(boards, overall(results, book), book.ranking == RankingField.COUNTY)


def judged(result: UnitResult, name: str) -> Value:
    """Return the value by which a unit is judged, None if it has none or bears no duties."""
    return result.value(name) if result.is_ranked else None


def competition_ranks(values: Sequence[Value]) -> list[int]:
    """Return each value's rank from 1, equal values sharing it; None behind all numbers."""
    better: dict[Value, int] = {}
    for place, value in enumerate(sorted(values, key=descending), 1):
        better.setdefault(value, place)
    return [better[value] for value in values]


def descending(value: Value) -> tuple[bool, Decimal]:
    """Sort key: the greatest number first, None last."""
    return (value is None, -(value or Decimal(0)))


def group_ranks(groups: Sequence[str], values: Sequence[Value]) -> list[int]:
    """Return each value's rank among those of its own group."""
    ranks = [0] * len(values)
    for group in dict.fromkeys(groups):
        members = [i for i, g in enumerate(groups) if g == group]
        for i, place in zip(members, competition_ranks([values[i] for i in members]), strict=True):
            ranks[i] = place
    return ranks


def board(results: Sequence[UnitResult], comparison: Measure) -> tuple[Standing, ...]:
    """Return one comparison's board in order of county rank."""
    values = [judged(r, comparison.name) for r in results]
    in_group = group_ranks([r.unit.group for r in results], values)
    places = zip(results, values, in_group, competition_ranks(values), strict=True)
    standings = [Standing(r.unit, value, g, c) for r, value, g, c in places]
    return tuple(sorted(standings, key=lambda s: s.county_rank))


def overall(results: Sequence[UnitResult], book: Rulebook) -> tuple[Score, ...]:
    """Return the overall scores, in order of county rank: Σ weight × value ÷ best ÷ Σ weight × 100."""
    bests = {
        g: best_values([r for r in results if field_of(r, book) == g], book) for g in fields(results, book)
    }
    points = [workings(r, bests[field_of(r, book)], book) for r in results]
    scores = [sum((p.points for p in of_unit), Decimal(0)).quantize(PRECISION) for of_unit in points]
    in_group = group_ranks([r.unit.group for r in results], scores)
    places = zip(results, scores, points, in_group, competition_ranks(scores), strict=True)
    found = [Score(r.unit, score, of_unit, g, c) for r, score, of_unit, g, c in places]
    return tuple(sorted(found, key=lambda s: s.county_rank))


def field_of(result: UnitResult, book: Rulebook) -> str:
    """Return the field a unit competes in: its group, or the county (名次分组)."""
    return result.unit.group if book.ranking == RankingField.GROUP else ""


def fields(results: Sequence[UnitResult], book: Rulebook) -> tuple[str, ...]:
    """Return the fields in order of first appearance."""
    return tuple(dict.fromkeys(field_of(r, book) for r in results))


def best_values(results: Sequence[UnitResult], book: Rulebook) -> dict[str, Value]:
    """Return the best value of each comparison in a field, None where nobody has one."""
    values = {c.name: [v for r in results if (v := judged(r, c.name)) is not None] for c in active(book)}
    return {name: max(held, default=None) for name, held in values.items()}


def workings(result: UnitResult, best: Mapping[str, Value], book: Rulebook) -> tuple[Points, ...]:
    """Return what each comparison adds to a unit's score."""
    weights = sum(book.weights.values(), Decimal(0))
    found = []
    for comparison in active(book):
        value, top = judged(result, comparison.name), best[comparison.name]
        share = value / top if value is not None and top else Decimal(0)
        found.append(
            Points(comparison.name, value, top, book.weights[comparison.name] * share / weights * 100)
        )
    return tuple(found)
