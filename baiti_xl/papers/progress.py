"""进展通报: how far the contest has come, what is lacking and what is asked for next."""

from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import groupby

from baiti_xl.contest import periods
from baiti_xl.contest.choices import Flag, Rank
from baiti_xl.contest.measures import VISITED
from baiti_xl.contest.records import CIRCULAR, Account, Outcome, Paper
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import INVITATIONS, VISITS, Invitation, Visit
from baiti_xl.contest.values import numeral
from baiti_xl.papers.annexes import annex_fields, numbered
from baiti_xl.papers.fields import Day, Declared, Each, Num, Truth
from baiti_xl.papers.head import COPIED, HEAD, Facts, copied, head, next_meeting
from baiti_xl.papers.measures import Span, dated, flagged, line, rank_of, span_of, summed
from baiti_xl.papers.notes import LISTS, NAMED, Notes
from baiti_xl.papers.phrases import addressees, short_day, without_phones
from baiti_xl.papers.projects import BUILDING_FIELDS, TALKS_FIELDS, TIERS, building, in_talks, tiers
from baiti_xl.papers.standings import BOARDS, RANKING, boards, ranking
from baiti_xl.papers.supervised import PROBLEM_FIELDS, problems
from baiti_xl.papers.totals import BRIDGING, REPORTING, TOTAL_FIELDS, bridging, reporting, totals

KIND = CIRCULAR
ONE = Decimal(1)

ACTIVITY_FIELDS: Declared = {
    "外出数": Num("本期党政主要负责人带队外出招商批次"),
    "外出": Each("这些批次的单位，一行或没有", NAMED),
    "来访数": Num("本期党政主要负责人接待来访批次"),
    "来访": Each("这些来访的接待单位，一行或没有", NAMED),
    "活动": Each(
        "本期重大招商活动",
        {"单位": "单位名称", "日期": "如 5月6日", "活动": "外出招商或客商来访", "地点": "目的地或来源地", "客商": "客商名称", "内容": "洽谈或考察内容"},
    ),
}  # fmt: skip
NEXT_FIELDS: Declared = {
    "未突破数": Num("未取得实质性突破的单位个数"),
    "未说明数": Num("其中还没有说明情况的单位个数"),
    "下次调度会": "下次调度会次数，如 二；没有则为空",
    "下次调度会日期": Day("没有则为空"),
    "阶段结束日": Day("本阶段最后一天"),
    "末阶段": Truth("是否已到最后一个阶段"),
    "已结束": Truth("竞赛是否已经结束"),
    "有差距": Truth("是否有单位在某一项上排在后面"),
}
ANNEXES = ("排名", "项目", "在谈", "活动", "督查", "困难", "衔接", "名单")
FIELDS: Declared = {
    **HEAD,
    "主送": "主送机关",
    "抄送单位": COPIED,
    **REPORTING,
    **TOTAL_FIELDS,
    **BRIDGING,
    **TIERS,
    **BOARDS,
    **ACTIVITY_FIELDS,
    **TALKS_FIELDS,
    **BUILDING_FIELDS,
    **PROBLEM_FIELDS,
    **NEXT_FIELDS,
    **LISTS,
    **annex_fields(*ANNEXES),
    **RANKING,
    "客商单位": "家、人次或批",
}


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield the circular; there always is one."""
    notes, span = Notes(book), span_of(outcome, book)
    title = f"{book.issuer}关于全县{book.contest}进展情况的通报"
    facts = {
        **head(title, outcome, book),
        "主送": addressees(book.units),
        "抄送单位": copied(book),
        **reporting("一、（一）报送情况", outcome, book, notes),
        **totals("一、（二）指标完成情况", outcome, book, notes),
        **bridging("一、（二）指标完成情况", outcome, notes),
        **tiers("一、（三）档次和基本任务", outcome, book, notes),
        **boards("二、单项进展", outcome, book, notes),
        **activities(outcome, span, notes),
        **in_talks("三、在谈项目", outcome, notes),
        **building("三、签约和在建项目", outcome, book, notes),
        **problems("四、存在问题", outcome, book, notes),
        **next_steps(outcome, book, notes),
        **ranking("附件 完成情况及名次", outcome, book, notes),
        "客商单位": VISITED.unit(book),
        "名单": notes.lists,
    }
    yield Paper(KIND, "", f"{KIND}_{outcome.day}", title, {**facts, **annexes_of(facts)}, notes.all())


def annexes_of(facts: Facts) -> Facts:
    """Return which annexes there are."""
    return numbered(
        排名=True,
        项目=bool(facts["项目"]),
        在谈=bool(facts["在谈"]),
        活动=bool(facts["活动"]),
        督查=bool(facts["督查明细"]),
        困难=bool(facts["困难"]),
        衔接=bool(facts["衔接"] and (facts["已公布"] or facts["更正"])),
        名单=bool(facts["名单"]),
    )


# ── activities ───────────────────────────────────────────────────────────────────────────────────


def activities(outcome: Outcome, span: Span, notes: Notes) -> Facts:
    """Return the trips led, and the guests received, by heads of units in this period."""
    accounts = [r.account for r in outcome.results]
    trips = [(a, rows) for a in accounts for rows in led_trips(a, span)]
    guests = [(a, g) for a in accounts for g in dated(a, INVITATIONS, span) if g.leader_rank == Rank.HEAD]
    out = summed("批次", (line(a, VISITS, rows[0], ONE, rows[0].trip) for a, rows in trips))
    received = summed("批次", (line(a, INVITATIONS, g, ONE, g.enterprise) for a, g in guests))
    place = "三、（一）重大活动"
    return {
        "外出数": notes.value(f"{place} 外出", out),
        "外出": who(f"{place} 外出", [a for a, _ in trips], outcome, notes),
        "来访数": notes.value(f"{place} 来访", received),
        "来访": who(f"{place} 来访", [a for a, _ in guests], outcome, notes),
        "活动": [
            *(trip_row(outcome.called(a.unit), rows) for a, rows in trips),
            *(guest_row(outcome.called(a.unit), g) for a, g in guests),
        ],
    }


def led_trips(account: Account, span: Span) -> Iterator[list[Visit]]:
    """Yield the rows of each trip of the period that the head of a unit led."""
    rows = sorted(dated(account, VISITS, span), key=lambda v: (v.trip, v.day, v.row))
    for _, held in groupby(rows, key=lambda v: v.trip):
        trip = list(held)
        if any(v.leader_rank == Rank.HEAD for v in trip):
            yield trip


def who(place: str, accounts: list[Account], outcome: Outcome, notes: Notes) -> list[Facts]:
    """Return the units that did something, each once, and how many, in one row; none if nobody did."""
    units = outcome.holders(a.unit for a in accounts)
    return [notes.named(f"{place} 单位", units)] if units else []


def trip_row(unit: str, rows: list[Visit]) -> Facts:
    """Return one trip as a row of the annex."""
    names = list(dict.fromkeys(v.enterprise for v in rows))
    return {
        "单位": unit,
        "日期": short_day(rows[0].day),
        "活动": "外出招商",
        "地点": "、".join(dict.fromkeys(v.destination for v in rows)),
        "客商": "、".join(names),
        "内容": without_phones(rows[0].talks),
    }


def guest_row(unit: str, guest: Invitation) -> Facts:
    """Return one reception as a row of the annex."""
    return {
        "单位": unit,
        "日期": short_day(guest.day),
        "活动": "客商来访",
        "地点": guest.origin,
        "客商": guest.enterprise,
        "内容": without_phones(guest.content),
    }


# ── what is asked for ────────────────────────────────────────────────────────────────────────────


def next_steps(outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return what the next steps rest on."""
    stuck = [e.unit for e in flagged(outcome, Flag.NO_BREAKTHROUGH)]
    silent = [unit for unit in stuck if unit.code not in outcome.has_spoken]
    meeting = next_meeting(outcome, book)
    place = f"五、下步要求 {Flag.NO_BREAKTHROUGH}"
    return {
        "未突破数": notes.count(place, stuck) if stuck else 0,
        "未说明数": notes.count(f"{place} 未说明", silent) if silent else 0,
        "下次调度会": numeral(meeting.number) if meeting else "",
        "下次调度会日期": meeting.day if meeting else None,
        "阶段结束日": periods.phase_on(book, outcome.day).end,
        "末阶段": periods.phase_on(book, outcome.day) == book.phases[-1],
        "已结束": outcome.day >= book.end,
        "有差距": any(
            rank_of(s, book) > 1 and s.value is not None for b in outcome.ranking.boards.values() for s in b
        ),
    }
