"""V: visits and invitations."""

from collections.abc import Iterator
from itertools import combinations

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.predicates import is_own
from baiti_xl.contest.rules.case import Case, group
from baiti_xl.contest.rules.rule import ERROR, WARNING, Rule, Shown
from baiti_xl.contest.sheets import INVITATIONS, VISITS, Visit
from baiti_xl.contest.values import comparison_key, row_list


def same_day_twice(case: Case, rule: Rule) -> Iterator[Finding]:
    """V01: the same enterprise was visited twice on one day."""
    visits = group(case.rows(VISITS), lambda v: (comparison_key(v.enterprise), v.day))
    for (name, day), rows in visits.items():
        if name and day and len(rows) > 1:
            for visit in rows:
                others = row_list([v.row for v in rows if v is not visit])
                yield rule.in_row(case, VISITS, visit, "enterprise", day=day, rows=others)


def leader_in_two_places(case: Case, rule: Rule) -> Iterator[Finding]:
    """V02: one leader leads two trips to different places on overlapping days."""
    for leader, visits in group(case.rows(VISITS), lambda v: comparison_key(v.leader)).items():
        trips = group((v for v in visits if v.day), lambda v: v.trip) if leader else {}
        for first, second in combinations(trips.values(), 2):
            clash = next(((a, b) for a in first for b in second if are_apart(a, b)), None)
            if clash:
                one, other = clash
                slots = {"leader": other.leader, "day": other.day, "where": one.destination, "rows": one.row}
                yield rule.in_row(case, VISITS, other, "leader", **slots)


def are_apart(one: Visit, other: Visit) -> bool:
    """Whether two visits overlap in time and lie in different places."""
    if one.day is None or other.day is None:
        return False
    if comparison_key(one.destination) == comparison_key(other.destination):
        return False
    return one.day <= (other.back or other.day) and other.day <= (one.back or one.day)


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
            Shown(VISITS, "enterprise", "AND([客商键]<>\"\",[day]>0,COUNTIF({同日首},[同日首])>1)")
        ],
        wrong={"拜访客商": "客商名称 | 拜访日期\n甲公司 | 2011-5-10\n甲有限公司 | 2011-5-10"},
        right={"拜访客商": "客商名称 | 拜访日期\n甲公司 | 2011-5-10\n甲公司 | 2011-5-11"},
    ),
    Rule(
        "V02", WARNING, "带队领导行程重叠", "{leader}在 {day} 另有去{where}的行程（第 {rows} 行）", "请核对带队领导和日期",
        find=leader_in_two_places, unseen="要把各次行程两两比较，公式太慢",
    ),
    Rule(
        "V03", ERROR, "客商是本县单位", "填的是本县单位，不是外来客商", "请改填真正的客商，或删去这一行",
        find=county_units,
        shown=lambda book: [
            Shown(s, "enterprise", "AND([客商键]<>\"\",ISNUMBER(MATCH([客商键],本县单位,0)))") for s in (VISITS, INVITATIONS)
        ],
        wrong={"拜访客商": "客商名称\n县财政局"}, right={"拜访客商": "客商名称\n佛山财源公司"},
    ),
)  # fmt: skip
