"""Checks of visits (V01–V03)."""

from collections.abc import Iterator
from itertools import combinations

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Visit, comparison_key, row_list
from baiti_xl.contest.rules.case import Case, group


def same_day_twice(case: Case) -> Iterator[Finding]:
    """V01: the same enterprise was visited twice on one day."""
    for (name, day), rows in group(
        case.records("拜访客商"), lambda v: (comparison_key(v.enterprise), v.day)
    ).items():
        if name and day and len(rows) > 1:
            for visit in rows:
                others = row_list([v.row for v in rows if v is not visit])
                yield case.find("V01", "拜访客商", visit, "enterprise", day=day, rows=others)


def leader_in_two_places(case: Case) -> Iterator[Finding]:
    """V02: one leader leads two trips to different places on overlapping days."""
    for leader, visits in group(case.records("拜访客商"), lambda v: comparison_key(v.leader)).items():
        trips = group((v for v in visits if v.day), lambda v: v.trip) if leader else {}
        for first, second in combinations(trips.values(), 2):
            clash = next(((a, b) for a in first for b in second if apart(a, b)), None)
            if clash:
                one, other = clash
                yield case.find(
                    "V02", "拜访客商", other, "leader",
                    leader=other.leader, day=other.day, where=one.destination, rows=one.row,
                )  # fmt: skip


def apart(one: Visit, other: Visit) -> bool:
    """Whether two visits overlap in time and lie in different places."""
    if (
        one.day is None
        or other.day is None
        or comparison_key(one.destination) == comparison_key(other.destination)
    ):
        return False
    return one.day <= (other.back or other.day) and other.day <= (one.back or one.day)


def county_unit(case: Case) -> Iterator[Finding]:
    """V03: the enterprise visited or invited is a unit of the county itself."""
    for sheet in ("拜访客商", "邀请客商"):
        for record in case.records(sheet):
            if comparison_key(record.enterprise) in case.book.own_names:
                yield case.find("V03", sheet, record, "enterprise")
