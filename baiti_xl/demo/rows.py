"""A unit's plan → the rows it would hand in as of a day, by the fields of the form.

All is cumulative: a later day gives the same rows, more of them, and projects further on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from baiti_xl.contest.choices import Answer, FundNature, Method, Mode, Rank, Stage, VoucherKind
from baiti_xl.contest.periods import meetings
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import ZERO_SHEETS
from baiti_xl.contest.values import half_up
from baiti_xl.demo.names import CITIES, POSITIONS, ROUTE, City, met_on_the_road, mobile, person
from baiti_xl.demo.plans import RATES, Deal, Plan

Row = dict[str, Any]  # by field of the record
Rows = dict[str, list[Row]]
FIRST_TRIP, TRIP_DAYS, LAST_TRIP = date(2011, 4, 16), 2, date(2011, 7, 27)
VISITORS_FROM, VISITORS_TO = date(2011, 4, 22), date(2011, 7, 28)
PARTS = tuple(map(Decimal, ("0.12", "0.08", "0.15", "0.10", "0.06")))
TALKS = (
    "介绍本地{trade}配套和用工情况，对方有意扩大产能",
    "就厂房租赁、税收政策和用地条件交换意见",
    "参观{trade}生产线，商定组团来县考察",
    "推介产业集聚区，对方要求提供地价和水电价格",
)
FOLLOW_UP = "跟进{name}，商谈合同条款和开工准备"
SHOWN = ("考察产业集聚区和标准化厂房", "考察羽绒加工企业和原料市场", "察看地块，座谈优惠政策")
VOUCHERS = (VoucherKind.AUDIT, VoucherKind.BANK, VoucherKind.SETTLEMENT, VoucherKind.INVOICE)
STEPS = (("立项备案", 20, "县发展和改革委员会"), ("土地", 50, "县国土资源局"), ("环评", 70, "县环境保护局"), ("施工许可", 95, "县住房和城乡建设局"))  # fmt: skip
TROUBLES = (
    ("地块上有附属物未清表，进场时间推迟", "县国土资源局", "会同所在村三日内清点补偿"),
    ("临时用电容量不足，设备无法调试", "县供电公司", "架设专线，先接临时变压器"),
    ("招工不足，缺熟练缝纫工", "县人力资源和社会保障局", "组织专场招聘和岗前培训"),
    ("进场道路未硬化，雨天车辆难行", "县交通运输局", "列入本月道路整修计划"),
)
REASONS = (
    ("在谈项目尚在选址，投资方未定合同文本", "领导带队再赴对方总部，商定选址后签订合同"),
    ("前期线索多、成熟项目少，客商资金安排未落实", "筛选三条重点线索，每周走访一次，专人跟踪"),
    ("项目用地指标未落实，投资方暂缓签约", "与国土部门对接用地，协调进驻标准化厂房"),
)


def day(number: int) -> date:
    """Return the day of 2011 that 506 stands for: 6 May."""
    return date(2011, *divmod(number, 100))


def after(start: date, days: float) -> date:
    """Return the day so many days later."""
    return start + timedelta(days=int(days))


@dataclass(frozen=True, slots=True)
class Story:
    """One unit as of one day; `order` is its place among the plans, by which names and numbers vary."""

    plan: Plan
    name: str
    order: int
    cutoff: date
    book: Rulebook

    def staff(self, number: int) -> str:
        """Return one of the unit's own people; 0 is its head, 1 the deputy, 2 the clerk."""
        return person(self.order * 5 + number % 5)

    def known(self) -> Iterator[tuple[str, Deal]]:
        """Yield (项目编号, project) of the projects that have come up."""
        return ((number, deal) for number, deal in self.plan.numbered() if day(deal.met) <= self.cutoff)

    def past(self, number: int) -> bool:
        """Whether something happens at all and has happened."""
        return bool(number) and day(number) <= self.cutoff


def build_rows(story: Story) -> Rows:
    """Return all rows of a unit by sheet."""
    return {sheet: list(tell(story)) for sheet, tell in TELLERS.items()}


def build_cover(story: Story, rows: Mapping[str, list[Row]], batch: int = 1) -> dict[str, Any]:
    """Return the cover that goes with the rows: a sheet without rows is a zero report."""
    zero = {s.zero: Answer.NO if rows[s.name] else Answer.YES for s in ZERO_SHEETS}
    return {
        "code": story.plan.code, "cutoff": story.cutoff, "batch": batch, "reporter": story.staff(2),
        "phone": f"0393-{story.order:07}", "head": story.staff(0), "deputy": story.staff(1), "members": 5 + story.order % 5, **zero,
    }  # fmt: skip


# ── 组织发动 ─────────────────────────────────────────────────────────────────────────────────────


def mobilisation(story: Story) -> Iterator[Row]:
    """Yield the measures of stage 1 and what followed."""
    first = after(story.book.start, 1 + story.order % 3 + story.plan.late)
    paper = f"样例〔2011〕{story.order + 3}号"
    planned = (
        ("动员会议", 0, f"{story.name}招商引资百日竞赛动员会，部署任务", "", 0, 60, "会议记录、签到册、照片"),
        ("实施方案", 1, "印发百日竞赛实施方案，任务分解到人", paper, 1, None, f"{paper}文件"),
        ("工作机构", 2, "成立百日竞赛领导小组和办公室", paper, 1, None, f"{paper}文件附件"),
        ("招商小分队", 6, "抽调人员组成两支招商小分队", "", 1, 8, "小分队名单"),
        ("宣传活动", 22, "在集市设宣传台，发放招商手册", "", 3, 20, "照片"),
    )
    for matter, days, content, number, who, people, evidence in planned:
        on = after(first, days)
        if on <= story.cutoff and matter not in story.plan.lacks:
            count = people + story.order if people else None
            yield {
                "matter": matter, "day": on, "content": content, "paper": number, "responsible": story.staff(who),
                "attendance": count, "evidence": evidence,
            }  # fmt: skip


# ── 拜访客商, 邀请客商 ───────────────────────────────────────────────────────────────────────────


def visits(story: Story) -> Iterator[Row]:
    """Yield the enterprises visited, trip by trip; every other trip goes to an investor at hand."""
    count = story.plan.trips
    step = (LAST_TRIP - FIRST_TRIP).days / count if count else 0
    for trip in range(count):
        start = after(FIRST_TRIP, story.order % 4 + trip * step)
        if after(start, TRIP_DAYS) <= story.cutoff:
            yield from one_trip(story, trip, start)


def one_trip(story: Story, trip: int, start: date) -> Iterator[Row]:
    """Yield the rows of one trip: two to four enterprises of one city."""
    met = [(n, d) for n, d in story.plan.numbered() if day(d.met) <= start and not d.ended]
    number, deal = met[trip // 2 % len(met)] if met and trip % 2 else ("", None)
    city = CITIES[deal.city if deal else ROUTE[(story.order * 3 + trip) % len(ROUTE)]]
    for at in range(2 + (story.order + trip) % 3):
        on = after(start, at // 2)
        if deal and at == 0:
            name, talks = deal.investor, FOLLOW_UP.format(name=deal.name)
        else:
            name = met_on_the_road(city.name, story.order * 5 + trip * 3 + at)
            talks = TALKS[(trip + at) % len(TALKS)].format(trade=city.trade)
        yield one_visit(story, trip, at, city, (on, after(start, TRIP_DAYS)), name, talks, number if at == 0 else "")  # fmt: skip


def one_visit(
    story: Story, trip: int, at: int, city: City, days: tuple[date, date], name: str, talks: str, project: str
) -> Row:
    """Return one row of 拜访客商."""
    seed = story.order * 40 + trip * 4 + at
    methods = Method.answers()[:8]
    return {
        "trip": f"2011-W{trip + 1:02}", "day": days[0], "back": days[1], "destination": city.place, "enterprise": name,
        "contact": person(seed + 7), "position": POSITIONS[seed % 5], "phone": mobile(seed + 1),
        "leader": story.staff(trip % 3), "leader_rank": Rank.HEAD if trip % 3 == 0 else Rank.BOARD,
        "people": 2 + trip % 3, "method": methods[(story.order + trip) % len(methods)], "industry": city.industry,
        "talks": talks, "project": project, "evidence": "客商名片、洽谈照片",
    }  # fmt: skip


def invitations(story: Story) -> Iterator[Row]:
    """Yield the enterprises received: every investor once, and others to make up the number."""
    plan = story.plan
    guests = [(after(day(d.met), 3), d.city, d.investor, n, Decimal(d.total)) for n, d in plan.numbered()]
    spare = max(plan.guests - len(guests), 0)
    span = (VISITORS_TO - VISITORS_FROM).days
    for at in range(spare):
        city = ROUTE[(story.order * 5 + at * 2 + 1) % len(ROUTE)]
        on = after(VISITORS_FROM, story.order % 5 + at * span / spare)
        guests.append((on, city, met_on_the_road(city, story.order * 3 + at + 11), "", Decimal(0)))
    for at, (on, city, name, number, intended) in enumerate(sorted(guests)):
        if after(on, 1) <= story.cutoff:
            seed = story.order * 20 + at
            yield {
                "day": on, "back": after(on, 1), "enterprise": name, "guest": person(seed + 3),
                "position": POSITIONS[seed % 4], "origin": CITIES[city].place, "people": 2 + seed % 4,
                "leader": story.staff(at % 2), "leader_rank": Rank.answers()[at % 2], "content": SHOWN[at % 3],
                "project": number, "intended": intended or None, "evidence": "接待方案、考察照片",
            }  # fmt: skip


# ── 项目台账, 到位资金 ───────────────────────────────────────────────────────────────────────────


def projects(story: Story) -> Iterator[Row]:
    """Yield the register of projects as it stands."""
    for at, (number, deal) in enumerate(story.known()):
        signed, started, completed = (story.past(d) for d in (deal.signed, deal.started, deal.completed))
        city, joint = CITIES[deal.city], deal.joint
        signing = {
            "contract_amount": Decimal(deal.contract), "signed": day(deal.signed), "nature": deal.nature,
            "contract": f"样例〔2011〕{label_of(number, deal)}", "evidence": "合同复印件、投资方执照",
        } if signed else {}  # fmt: skip
        shared = {"partners": joint.partner, "share": joint.share, "joint_id": joint.label} if joint else {}
        yield {
            "number": number, "name": deal.name, "investor": deal.investor, "origin": city.place,
            "industry": city.industry, "method": Method.answers()[(story.order + at) % 6],
            "content": f"建设{deal.product}生产车间及配套设施", "site": f"{story.name}样例工业园",
            "total": Decimal(deal.total), "fixed_investment": Decimal(deal.fixed), "stage": stage_of(story, deal),
            **signing, "started": day(deal.started) if started else None,
            "completed": day(deal.completed) if completed else None, "mode": Mode.JOINT if joint else Mode.ALONE,
            **shared, "leader": story.staff(at % 2), "responsible": story.staff(3 + at % 2),
            "phone": mobile(story.order * 5 + 3),
        }  # fmt: skip


def label_of(number: str, deal: Deal) -> str:
    """Return what papers of a project are numbered by; the partners of a joint one share it."""
    return deal.joint.label if deal.joint else number


def stage_of(story: Story, deal: Deal) -> Stage:
    """Return the stage a project has reached."""
    days = {
        Stage.ENDED: deal.ended, Stage.COMPLETED: deal.completed, Stage.STARTED: deal.started, Stage.SIGNED: deal.signed,
    }  # fmt: skip
    return next((stage for stage, number in days.items() if story.past(number)), Stage.TALKS)


def payments(story: Story) -> Iterator[Row]:
    """Yield the vouchers, in order of their days."""
    vouchers = [
        (day(paid), number, at, deal)
        for number, deal in story.known()
        for at, paid in enumerate(deal.paid)
        if story.past(paid)
    ]
    for on, number, at, deal in sorted(vouchers, key=lambda v: v[:3]):
        amount, foreign, rate = amounts(deal, at)
        yield {
            "project": number, "day": on, "amount": amount, "nature": FundNature.answers()[at % 4],
            "voucher_kind": VOUCHERS[at % 4], "voucher": f"样例{on:%m%d}-{label_of(number, deal)}-{at + 1}",
            "payer": deal.investor, "currency": deal.currency, "foreign": foreign, "rate": rate,
            "evidence": "凭证复印件", "remark": "联合引进，按项目全额填报" if deal.joint else "",
        }  # fmt: skip


def amounts(deal: Deal, at: int) -> tuple[Decimal, Decimal | None, Decimal | None]:
    """Return (到位金额, 原币金额, 汇率) of a project's voucher: a part of what was signed for."""
    amount = half_up(Decimal(deal.contract) * PARTS[at])
    rate = RATES.get(deal.currency)
    if rate is None:
        return amount, None, None
    foreign = (amount / rate).quantize(Decimal(1))
    return half_up(foreign * rate), foreign, rate


# ── 手续办理, 困难问题, 情况说明 ─────────────────────────────────────────────────────────────────


def procedures(story: Story) -> Iterator[Row]:
    """Yield the procedures of every signed project, in the order of signing."""
    signed = [(day(d.signed), n, d) for n, d in story.known() if story.past(d.signed)]
    for start, number, deal in sorted(signed, key=lambda s: s[:2]):
        span = (day(deal.started) - start).days if deal.started else 45
        for at, (kind, part, office) in enumerate(STEPS):
            stuck = deal.slow and kind == "环评"
            done = after(start, span * part / 100)
            finished = done <= story.cutoff and not stuck
            state = "已办结" if finished else ("办理中" if stuck or at == 0 else "未启动")
            yield {
                "project": number, "kind": kind, "state": state, "department": office,
                "responsible": story.staff(3 + at % 2), "planned": after(start, 5) if stuck else after(done, 2),
                "done": done if finished else None, "paper": f"样例备〔2011〕{number}-{at + 1}" if finished else "",
                "remark": "等待补正材料" if stuck else "",
            }  # fmt: skip


def problems(story: Story) -> Iterator[Row]:
    """Yield a difficulty for every other signed project, solved after three weeks unless it is a slow one."""
    raised = [(after(day(d.signed), 8), n, d) for n, d in story.known() if d.signed and int(n[-3:]) % 2]
    for at, (on, number, deal) in enumerate(sorted(raised, key=lambda r: r[:2])):
        if on <= story.cutoff:
            problem, office, measure = TROUBLES[(story.order + at) % len(TROUBLES)]
            solved = after(on, 21)
            over = solved <= story.cutoff and not deal.slow
            state = "已解决" if over else "办理中"
            yield {
                "project": number, "day": on, "problem": problem, "department": office, "measure": measure,
                "state": state, "solved": solved if over else None, "responsible": story.staff(3),
            }  # fmt: skip


def follow_ups(story: Story) -> Iterator[Row]:
    """Yield a call on the investor of every started project, three weeks after the start."""
    started = [(after(day(d.started), 21), n, d) for n, d in story.known() if d.started]
    for on, number, deal in sorted(started, key=lambda s: s[:2]):
        if on <= story.cutoff:
            yield {
                "day": on, "project": number, "enterprise": deal.investor, "visitor": story.staff(3),
                "operation": "正常开工" if deal.completed and day(deal.completed) <= on else "建设中",
                "reported": "用工紧张" if deal.slow else "", "measures": "联系人社部门组织招工" if deal.slow else "",
            }  # fmt: skip


def explanations(story: Story) -> Iterator[Row]:
    """Yield what the unit explains at each meeting before which it had no breakthrough."""
    for at, meeting in enumerate(meetings(story.book)):
        told = meeting.day <= story.cutoff and meeting.day not in map(day, story.plan.silent)
        if told and not has_breakthrough(story.plan, meeting.first, meeting.cutoff):
            reason, measures = REASONS[(story.order + at) % len(REASONS)]
            due = after(meeting.day, 20)
            yield {
                "meeting": meeting.day,
                "reason": reason,
                "measures": measures,
                "due": due,
                "head": story.staff(0),
            }


def has_breakthrough(plan: Plan, first: date, last: date) -> bool:
    """Whether a formal signing, a start or money in place falls between two days."""
    marks = [(d.signed if d.nature == "正式" else 0, d.started, *d.paid) for d in plan.deals]
    return any(first <= day(mark) <= last for of_deal in marks for mark in of_deal if mark)


TELLERS: Mapping[str, Callable[[Story], Iterator[Row]]] = {
    "组织发动": mobilisation,
    "拜访客商": visits,
    "邀请客商": invitations,
    "项目台账": projects,
    "到位资金": payments,
    "手续办理": procedures,
    "困难问题": problems,
    "跟踪服务": follow_ups,
    "情况说明": explanations,
}
