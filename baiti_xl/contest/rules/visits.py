"""V: visits and invitations."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import islice

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.predicates import is_own
from baiti_xl.contest.rules.case import Case, group
from baiti_xl.contest.rules.rule import ERROR, WARNING, Rule, Shown
from baiti_xl.contest.sheets import INVITATIONS, VISITS, Visit
from baiti_xl.contest.values import LISTED_ROWS, comparison_key, row_list


def same_day_twice(case: Case, rule: Rule) -> Iterator[Finding]:
    """V01: the same enterprise was visited twice on one day."""
    visits = group(case.rows(VISITS), lambda v: (comparison_key(v.enterprise), v.day))
    for (name, day), rows in visits.items():
        if name and day and len(rows) > 1:
            numbers = [visit.row for visit in rows]
            for visit in rows:
                others = row_list(numbers, but=visit.row)
                yield rule.in_row(case, VISITS, visit, "enterprise", day=day, rows=others)


def leader_in_two_places(case: Case, rule: Rule) -> Iterator[Finding]:
    """V02: one leader leads two trips to different places on overlapping days; told at every row of both."""
    dated = (v for v in case.rows(VISITS) if v.day and v.back and v.day <= v.back)
    led = group(dated, lambda v: comparison_key(v.leader))
    for leader, visits in led.items():
        trips = Trips(visits if leader and len(visits) > 1 else ())
        for visit in trips.visits:
            count = trips.count(visit)
            if count:
                rows = list(islice(trips.apart(visit), min(count, LISTED_ROWS)))
                yield rule.in_row(case, VISITS, visit, "leader", rows=row_list(rows, count=count))


class Trips:
    """The dated visits of one leader; which of them overlap in time with one, on another trip and in another place.

    They are counted without looking at each, and found by counting them in ever smaller halves, so that thousands of like
    rows take little longer than their number.
    """

    def __init__(self, visits: Sequence[Visit]) -> None:
        self.visits = visits
        self.begun: dict[Hashable, list[date]] = defaultdict(list)
        self.ended: dict[Hashable, list[date]] = defaultdict(list)
        for visit in visits:
            for lot in lots(visit):
                self.begun[lot].append(visit.day or date.min)
                self.ended[lot].append(visit.back or date.max)
        for days in (*self.begun.values(), *self.ended.values()):
            days.sort()

    @cached_property
    def halves(self) -> "tuple[Trips, Trips]":
        """The first and the second half of the visits."""
        middle = len(self.visits) // 2
        return Trips(self.visits[:middle]), Trips(self.visits[middle:])

    def during(self, visit: Visit, lot: Hashable) -> int:
        """Return how many visits of a lot overlap in time with one."""
        begun = bisect_right(self.begun.get(lot, ()), visit.back or date.max)
        return begun - bisect_left(self.ended.get(lot, ()), visit.day or date.min)

    def count(self, visit: Visit) -> int:
        """Return how many visits lie apart from one."""
        everywhere, same_trip, same_place, same_both = lots(visit)
        alike = self.during(visit, same_trip) + self.during(visit, same_place) - self.during(visit, same_both)
        return self.during(visit, everywhere) - alike

    def apart(self, visit: Visit) -> Iterator[int]:
        """Yield the rows of the visits that lie apart from one, in their order."""
        if not self.count(visit):
            return
        if len(self.visits) == 1:
            yield self.visits[0].row
            return
        for half in self.halves:
            yield from half.apart(visit)


def lots(visit: Visit) -> tuple[Hashable, Hashable, Hashable, Hashable]:
    """Return the lots that a visit belongs to: all, those of its trip, of its place, and of both."""
    trip, place = comparison_key(visit.trip), comparison_key(visit.destination)
    return (), ("trip", trip), ("place", place), (trip, place)


def uneven_parties(case: Case, rule: Rule) -> Iterator[Finding]:
    """V04: the rows of one trip give different numbers of people; told at every row of it."""
    for trip, visits in group(case.rows(VISITS), lambda v: comparison_key(v.trip)).items():
        counts = sorted({v.people for v in visits if v.people})
        for visit in visits if trip and len(counts) > 1 else ():
            if visit.people:
                yield rule.in_row(case, VISITS, visit, "people", counts="、".join(map(str, counts)))


def county_units(case: Case, rule: Rule) -> Iterator[Finding]:
    """V03: the enterprise visited or invited is a unit of the county itself."""
    for visit in case.rows(VISITS):
        if is_own(visit.enterprise, case.book):
            yield rule.in_row(case, VISITS, visit, "enterprise")
    for guest in case.rows(INVITATIONS):
        if is_own(guest.enterprise, case.book):
            yield rule.in_row(case, INVITATIONS, guest, "enterprise")


RULES = (
    Rule(
        "V01", WARNING, "同日重复拜访", "同一天拜访同一客商填了不止一行", "请核对是否重复填写",
        detail="（{day}，还有第 {rows} 行）", find=same_day_twice,
        shown=lambda book: [
            Shown(VISITS, "enterprise", 'AND([客商键]<>"",[day]>0,COUNTIFS({客商键},[客商键],{day},[day])>1)')
        ],
        wrong={"拜访客商": "客商名称 | 拜访日期\n甲有限公司 | 2011-5-10\n甲有限责任公司 | 2011-5-10"},
        right={"拜访客商": "客商名称 | 拜访日期\n甲公司 | 2011-5-10\n甲公司 | 2011-5-11"},
    ),
    Rule(
        "V02", WARNING, "带队领导行程重叠", "带队领导在这几天还带队去了别处", "请核对带队领导和日期",
        detail="（第 {rows} 行）", find=leader_in_two_places,
        shown=lambda book: [
            Shown(
                VISITS, "leader",
                'AND([带队键]<>"",COUNTIFS({带队键},[带队键],{批键},"<>"&[批键],{目的键},"<>"&[目的键],'
                '{day},"<="&[back],{back},">="&[day])>0)',
            )
        ],
        wrong={"拜访客商": "外出批次号 | 带队领导 | 目的地 | 拜访日期 | 返回日期\nA | 张伟 | 广东佛山 | 2011-5-10 | 2011-5-12\nB | 张伟 | 浙江温州 | 2011-5-12 | 2011-5-13"},
        right={"拜访客商": "外出批次号 | 带队领导 | 目的地 | 拜访日期 | 返回日期\nA | 张伟 | 广东佛山 | 2011-5-10 | 2011-5-12\nB | 张伟 | 浙江温州 | 2011-5-13 | 2011-5-14"},
    ),
    Rule(
        "V03", ERROR, "客商是本县单位", "填的是本县单位，不是外来客商", "请改填真正的客商，或删去这一行",
        find=county_units,
        shown=lambda book: [
            Shown(s, "enterprise", 'AND([客商键]<>"",ISNUMBER(MATCH(MID([客商键],2,200),本县单位,0)))') for s in (VISITS, INVITATIONS)
        ],
        wrong={"拜访客商": "客商名称\n县财政局"}, right={"拜访客商": "客商名称\n佛山财源公司"},
    ),
    Rule(
        "V04", WARNING, "同批次人数不一", "同一外出批次各行的外出人数不一样", "请核对外出人数和批次号；不是同一次外出的，批次号要分开",
        detail="（{counts}）", find=uneven_parties,
        shown=lambda book: [
            Shown(
                VISITS, "people",
                'AND([people]>=1,[批键]<>"k",COUNTIFS({批键},[批键],{people},">=1",{people},"<>"&[people])>0)',
            )
        ],
        wrong={"拜访客商": "外出批次号 | 外出人数\nA | 3\nA | 4"}, right={"拜访客商": "外出批次号 | 外出人数\nA | 3\nA | 3"},
    ),
)  # fmt: skip
