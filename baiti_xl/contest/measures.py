"""The comparisons of the contest (方案二) and the figures shown beside them, one declaration a measure.

A measure is declared once: its name, what it is called in running text, unit, kind of number, calculation,
definition and article. Results, papers, annexes, charts, 口径说明, the sheet 指标 and the JSON follow the tables
`comparisons()` and `measures()`; what lacks a part cannot be declared.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import Any

from baiti_xl.contest.choices import CompletedBasis, CompletionBasis, JointBasis, Rank, Stage, VisitorBasis
from baiti_xl.contest.records import Figure, Line
from baiti_xl.contest.rulebook import OWN, Rulebook, parameter_text
from baiti_xl.contest.sheets import COVER, INVITATIONS, PROJECTS, VISITS
from baiti_xl.contest.tally import ONE, ZERO, Tally
from baiti_xl.contest.terms import counted, plain
from baiti_xl.contest.values import comparison_key


class Number(StrEnum):
    """What kind of number a figure is, by which it is formatted and added up."""

    WHOLE = "whole"
    SHARED = "share"  # a count in which joint projects weigh by their share
    MONEY = "money"  # 万元
    RATE = "rate"  # a fraction; over several units its parts are added up
    POINTS = "points"  # of a score, to the cent
    PORTION = "portion"  # a unit's share of a project, a fraction


Text = Callable[[Rulebook], str]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a unit: `count` makes it of a tally, `definition` says what it means under a rulebook.

    `brief` is how the plan puts it, `term` its formula on the sheet 指标 (see `terms.py`), `spoken` its name in running
    text, `unit` what it is counted in there ("" for a rate), `parts` the measures that a rate divides; a `compared` one
    is a comparison of the contest, in the plan's order.
    """

    name: str
    number: Number
    unit: Text
    count: Callable[[Tally], Figure]
    definition: Text
    article: str = "方案二"
    brief: Text | None = None
    spoken: str = ""
    term: Text | None = None
    compared: bool = False
    parts: "Parts | None" = None

    def __post_init__(self) -> None:
        if not (self.name and callable(self.count) and callable(self.definition) and callable(self.unit)):
            raise ValueError(f"measure “{self.name}” lacks a name, a unit, a calculation or a definition")
        if self.compared and not (self.spoken and self.brief and self.term):
            raise ValueError(f"measure “{self.name}”: a comparison needs `spoken`, `brief` and `term`")
        if self.is_rate != (self.parts is not None):
            raise ValueError(f"measure “{self.name}”: a rate, and only a rate, has `parts`")

    @property
    def is_rate(self) -> bool:
        """Whether it is a fraction of two figures."""
        return self.number == Number.RATE

    @property
    def heading(self) -> str:
        """The heading of its column in workbooks; money says that it is 万元."""
        return f"{self.name}(万元)" if self.number == Number.MONEY else self.name


Parts = Callable[[Rulebook], tuple[Measure, Measure]]


def always(text: str) -> Text:
    """Return a text that no rulebook changes."""
    return lambda _: text


def rate(name: str, parts: Parts, definition: Text, **more: Any) -> Measure:
    """Declare a measure that divides two others, which stand before it in the table."""

    def count(tally: Tally) -> Figure:
        return quotient(name, *(tally.figures[part.name] for part in parts(tally.book)))

    return Measure(name, Number.RATE, always(""), count, definition, parts=parts, **more)


# ── visits and invitations ───────────────────────────────────────────────────────────────────────

VISITED_TERM = {
    VisitorBasis.FIRMS: "SUM({拜访客商.首次})",
    VisitorBasis.PEOPLE: "SUMPRODUCT({拜访客商.首次外出},{拜访客商.people})",
    VisitorBasis.TRIPS: "SUM({拜访客商.首次外出})",
}
INVITED_TERM = {
    VisitorBasis.FIRMS: "SUM({邀请客商.首次})",
    VisitorBasis.PEOPLE: 'SUMPRODUCT(({邀请客商.计键}<>"")*{邀请客商.people})',
    VisitorBasis.TRIPS: 'SUMPRODUCT(({邀请客商.计键}<>"")*1)',
}


def firms_visited(tally: Tally) -> Figure:
    """Return how many different enterprises were visited."""
    return tally.distinct(VISITS, tally.dated(VISITS), lambda v: v.enterprise)


def trips(tally: Tally) -> Figure:
    """Return how many trips were made."""
    return tally.distinct(VISITS, tally.dated(VISITS), lambda v: v.trip)


def travellers(tally: Tally) -> Figure:
    """Return 人次 of the visits: the 外出人数 of each trip's first row, so that a trip is counted once."""
    first = {line.row for line in trips(tally).lines if line.value}
    rows = (v for v in tally.dated(VISITS) if v.row in first)
    return tally.total(VISITS, ((v, Decimal(v.people or 0)) for v in rows))


def firms_invited(tally: Tally) -> Figure:
    """Return how many different enterprises were received."""
    return tally.distinct(INVITATIONS, tally.dated(INVITATIONS), lambda i: i.enterprise)


def receptions(tally: Tally) -> Figure:
    """Return how many receptions there were."""
    return tally.total(INVITATIONS, ((i, ONE) for i in tally.dated(INVITATIONS)))


def guests(tally: Tally) -> Figure:
    """Return 人次 of the receptions."""
    return tally.total(INVITATIONS, ((i, Decimal(i.people or 0)) for i in tally.dated(INVITATIONS)))


def board_members_out(tally: Tally) -> Figure:
    """Return how many members of the unit's leading group led a trip: different names, by 领导层级."""
    led = [v for v in tally.dated(VISITS) if v.leader_rank in (Rank.HEAD, Rank.BOARD)]
    return tally.distinct(VISITS, led, lambda v: v.leader)


def board_members(tally: Tally) -> Figure:
    """Return how many members the leading group has by the cover (班子成员数)."""
    submission = tally.account.submission
    count = submission.cover.members if submission else None
    if submission is None or count is None:
        return Figure("", None)
    row = int("".join(filter(str.isdigit, submission.cover_cells.get("members", ""))) or 0)
    line = Line(tally.account.unit.code, submission.file, COVER, row, Decimal(count), "班子成员数")
    return Figure("", Decimal(count), (line,))


def trips_in_key_periods(tally: Tally) -> Figure:
    """Return how many trips visited somebody in 关键时段; nothing where the console lists none."""
    spans = tally.book.key_periods
    if not spans:
        return Figure("", None)
    rows = [v for v in tally.dated(VISITS) if v.day and any(s.start <= v.day <= s.end for s in spans)]
    return tally.distinct(VISITS, rows, lambda v: v.trip)


def target(field: str) -> Callable[[Tally], Figure]:
    """Return the calculation of a target of the unit list (年初确定的招商引资目标任务)."""

    def count(tally: Tally) -> Figure:
        unit = tally.account.unit
        value: Decimal | None = getattr(unit, field)
        lines = () if value is None else (Line(unit.code, "操作台", "单位名录", 0, value, unit.name),)
        return Figure("", value, lines)

    return count


# ── projects and money ───────────────────────────────────────────────────────────────────────────


def new_projects(tally: Tally) -> Figure:
    """Return the projects that became new in the window (新上认定, 计入门槛)."""
    return tally.total(PROJECTS, tally.projects(tally.new_day, tally.book.minimum))


def projects_at(stage: Stage) -> Callable[[Tally], Figure]:
    """Return the calculation of the projects that reached a stage in the window."""
    return lambda tally: tally.total(PROJECTS, tally.projects_at(stage))


def completed_projects(tally: Tally) -> Figure:
    """Return the completed projects that 竣工率 counts (竣工率分子)."""
    return tally.total(PROJECTS, tally.completed())


def completed_words(book: Rulebook) -> str:
    """Return which completed projects are counted, in words."""
    return {
        CompletedBasis.OF_DENOMINATOR: f"期内{book.completion_basis}的项目中已竣工的",
        CompletedBasis.IN_WINDOW: f"期内竣工的全部项目，含期前{book.completion_basis}的，比率可以超过100%",
    }[CompletedBasis(book.completed_basis)]


def completion_parts(book: Rulebook) -> tuple[Measure, Measure]:
    """Return what 竣工率 divides (竣工率分母)."""
    return COMPLETED, SIGNED if book.completion_basis == CompletionBasis.SIGNED else STARTED


def quotient(name: str, part: Figure, whole: Figure) -> Figure:
    """Return a rate with the records of both its parts; 无 without a denominator."""
    above, below = part.value or ZERO, whole.value or ZERO
    return Figure(name, above / below if below else None, part.lines, above, below, whole.lines)


def joint_words(book: Rulebook) -> str:
    """Return how joint projects are counted, in words."""
    return {
        JointBasis.SHARE: "联合项目按本单位份额折算个数",
        JointBasis.EACH: "联合项目各单位各计一个",
        JointBasis.LEAD: "联合项目只计给牵头单位",
    }[JointBasis(book.joint_basis)]


def joint_briefly(book: Rulebook) -> str:
    """Return how joint projects are counted, as the plan puts it."""
    return {
        JointBasis.SHARE: "联合引进的按份额折算",
        JointBasis.EACH: "联合引进的各单位各计一个",
        JointBasis.LEAD: "联合引进的只计牵头单位",
    }[JointBasis(book.joint_basis)]


def visitors_briefly(book: Rulebook) -> str:
    """Return what is counted of visitors, as the plan puts it."""
    return {
        VisitorBasis.FIRMS: "同一客商只计一家",
        VisitorBasis.PEOPLE: "按人次计",
        VisitorBasis.TRIPS: "按批次计",
    }[VisitorBasis(book.visitor_basis)]


def least_briefly(book: Rulebook) -> str:
    """Return how large a new project must be, as the plan puts it; nothing if there is no bound."""
    return f"，固定资产投资不低于{book.minimum.normalize():f}万元" if book.minimum else ""


def formal_words(book: Rulebook) -> str:
    """Return which contracts count as signed, in words."""
    return "意向、框架、正式合同都算" if book.framework_counts else "只算正式合同"


# ── the tables ───────────────────────────────────────────────────────────────────────────────────

STARTED = Measure(
    "开工项目数", Number.SHARED, always("个"), projects_at(Stage.STARTED),
    always("开工日期在期内的项目个数，联合项目计数办法同签约项目数。"),
)  # fmt: skip
COMPLETED = Measure(
    "竣工项目数", Number.SHARED, always("个"), completed_projects,
    lambda book: f"{completed_words(book)}，按竣工日期；联合项目计数办法同签约项目数。",
)  # fmt: skip
FIRMS_VISITED = Measure(
    "拜访家数", Number.WHOLE, always("家"), firms_visited, always("期内拜访的不同客商家数。")
)
TRIPS = Measure("拜访批次", Number.WHOLE, always("批"), trips, always("期内不同外出批次号的个数。"))
TRAVELLERS = Measure(
    "拜访人次", Number.WHOLE, always("人次"), travellers, always("期内各外出批次首行外出人数之和。")
)
FIRMS_INVITED = Measure(
    "邀请家数", Number.WHOLE, always("家"), firms_invited, always("期内邀请的不同客商家数。")
)
RECEPTIONS = Measure(
    "邀请批次", Number.WHOLE, always("批"), receptions, always("期内来访批次，邀请客商表一行计一批。")
)
GUESTS = Measure("邀请人次", Number.WHOLE, always("人次"), guests, always("期内来访人数之和。"))
VISITED_BY = {VisitorBasis.FIRMS: FIRMS_VISITED, VisitorBasis.PEOPLE: TRAVELLERS, VisitorBasis.TRIPS: TRIPS}
INVITED_BY = {VisitorBasis.FIRMS: FIRMS_INVITED, VisitorBasis.PEOPLE: GUESTS, VisitorBasis.TRIPS: RECEPTIONS}


def visited(book: Rulebook) -> Measure:
    """Return the measure of visits that is compared (客商计数口径)."""
    return VISITED_BY[VisitorBasis(book.visitor_basis)]


def invited(book: Rulebook) -> Measure:
    """Return the measure of invitations that is compared (客商计数口径)."""
    return INVITED_BY[VisitorBasis(book.visitor_basis)]


def by_basis(book: Rulebook) -> str:
    """Return what visitors are counted in (客商计数口径)."""
    return visited(book).unit(book)


NEW = Measure(
    "新上项目数", Number.SHARED, always("个"), new_projects,
    lambda book: f"按“{book.new_basis}”认定，日期在期内的项目个数{least_briefly(book)}；{joint_words(book)}。",
    article=f"方案二；认定为{OWN}", brief=lambda book: f"竞赛期内{book.new_basis}的项目个数{least_briefly(book)}，{joint_briefly(book)}",
    spoken="新上项目",
    term=plain(counted("新上")), compared=True,
)  # fmt: skip
VISITED = Measure(
    "拜访客商数", Number.WHOLE, by_basis, lambda tally: tally.figures[visited(tally.book).name],
    lambda book: f"期内拜访的不同客商，按“{book.visitor_basis}”计；名称去掉空格、括号和公司后缀后相同的算一家。人次按每批次首行的外出人数计。并入的单位另行归并，两数相加。",
    brief=lambda book: f"竞赛期内外出拜访的客商，{visitors_briefly(book)}",
    spoken="拜访客商",
    term=lambda book: VISITED_TERM[VisitorBasis(book.visitor_basis)], compared=True,
)  # fmt: skip
INVITED = Measure(
    "邀请客商数", Number.WHOLE, by_basis, lambda tally: tally.figures[invited(tally.book).name],
    lambda book: f"期内来县考察的不同客商，按“{book.visitor_basis}”计，归并办法同上。并入的单位另行归并，两数相加。",
    brief=lambda book: f"竞赛期内邀请来县考察的客商，{visitors_briefly(book)}",
    spoken="邀请客商",
    term=lambda book: INVITED_TERM[VisitorBasis(book.visitor_basis)], compared=True,
)  # fmt: skip
SIGNED = Measure(
    "签约项目数", Number.SHARED, always("个"), projects_at(Stage.SIGNED),
    lambda book: f"项目阶段到签约及以后、签约日期在期内的项目个数；{formal_words(book)}；{joint_words(book)}；已终止的项目不算。",
    brief=lambda book: f"竞赛期内签约的项目个数，{'含意向、框架协议' if book.framework_counts else '以正式合同为准'}，{joint_briefly(book)}",
    spoken="签约项目",
    term=plain(counted("签约")), compared=True,
)  # fmt: skip
AMOUNT = Measure(
    "签约金额", Number.MONEY, always("万元"), lambda tally: tally.total(PROJECTS, tally.amounts()),
    always("上述签约项目的签约金额乘以本单位份额之和，万元。"), brief=always("上述签约项目的合同金额，联合引进的按份额计算"),
    spoken="签约金额",
    term=plain("SUMPRODUCT({项目台账.签约},{项目台账.份额},{项目台账.contract_amount})"), compared=True,
)  # fmt: skip
PAID = Measure(
    "到位资金", Number.MONEY, always("万元"), lambda tally: tally.sum_of(line for _, line in tally.payments()),
    always("到位日期在期内的各凭证到位金额乘以项目份额之和，万元；联合项目的凭证取各方所报的全部，同一张只算一次。"), brief=always("竞赛期内凭有效凭证到位的资金，联合引进的按份额计算"),
    spoken="到位资金",
    term=plain("SUM({到位资金.计入额})"), compared=True,
)  # fmt: skip
COMPLETION = rate(
    "竣工率", completion_parts,
    lambda book: f"竣工项目数（{completed_words(book)}）÷ 期内{book.completion_basis}项目数；没有分母时为“—”，不排名。",
    article=f"方案二；分子、分母为{OWN}", brief=lambda book: f"竞赛{completed_words(book)}，与{book.completion_basis}项目数之比",
    spoken="竣工率",
    term=lambda book: f'IF({counted(book.completion_basis)}=0,"—",{counted("竣工")}/{counted(book.completion_basis)})',
    compared=True,
)  # fmt: skip
BOARD_OUT = Measure(
    "外出班子成员", Number.WHOLE, always("人"), board_members_out,
    always("期内带队外出拜访客商的党政主职和班子成员，同一人只计一次。"), article="方案三（二）“二分之一”工作法",
)  # fmt: skip
BOARD = Measure(
    "班子成员数",
    Number.WHOLE,
    always("人"),
    board_members,
    always("封面填的领导班子人数。"),
    article="方案三（二）",
)
BOARD_SHARE = rate(
    "外出班子成员占比", lambda _: (BOARD_OUT, BOARD),
    always("外出班子成员 ÷ 班子成员数；封面没有填班子成员数时为“—”。"), article="方案三（二）“二分之一”工作法",
)  # fmt: skip
KEY_TRIPS = Measure(
    "关键时段拜访批次", Number.WHOLE, always("批"), trips_in_key_periods,
    lambda book: f"在关键时段（{parameter_text(book.key_periods) or '操作台没有列出'}）拜访客商的外出批次数。", article="方案三（二）",
)  # fmt: skip
TARGET_PROJECTS = Measure(
    "目标项目数",
    Number.SHARED,
    always("个"),
    target("target_projects"),
    always("单位名录里的目标项目数。"),
    article="方案一",
)
TARGET_PAID = Measure(
    "目标到位资金",
    Number.MONEY,
    always("万元"),
    target("target_paid"),
    always("单位名录里的目标到位资金，万元。"),
    article="方案一",
)
PROJECTS_DONE = rate(
    "项目目标完成率",
    lambda _: (SIGNED, TARGET_PROJECTS),
    always("签约项目数 ÷ 目标项目数；没有目标时为“—”。"),
    article="方案一",
)
PAID_DONE = rate(
    "资金目标完成率",
    lambda _: (PAID, TARGET_PAID),
    always("到位资金 ÷ 目标到位资金；没有目标时为“—”。"),
    article="方案一",
)
BESIDE = (FIRMS_VISITED, TRIPS, TRAVELLERS, KEY_TRIPS, FIRMS_INVITED, RECEPTIONS, GUESTS, STARTED, COMPLETED)
BOARDS_AND_TARGETS = (BOARD_OUT, BOARD, BOARD_SHARE, TARGET_PROJECTS, PROJECTS_DONE, TARGET_PAID, PAID_DONE)
# Every measure, each after those it is made of.
MEASURES: tuple[Measure, ...] = (
    *BESIDE, NEW, VISITED, INVITED, SIGNED, AMOUNT, PAID, COMPLETION, *BOARDS_AND_TARGETS
)  # fmt: skip


def measures() -> tuple[Measure, ...]:
    """Return every measure, each after those it is made of."""
    return MEASURES


def comparisons() -> tuple[Measure, ...]:
    """Return the comparisons of the contest in the plan's order."""
    return tuple(m for m in measures() if m.compared)


def measure(name: str) -> Measure | None:
    """Return the measure of a name, or None."""
    for item in measures():
        if item.name == name:
            return item
    return None


def active(book: Rulebook) -> tuple[Measure, ...]:
    """Return the comparisons that are switched on, in the plan's order."""
    on = {c.name for c in book.comparisons if c.on}
    return tuple(m for m in comparisons() if m.name in on)


DIFFERENT = "涉及客商家数"


def added(item: Measure, figures: Iterable[Figure]) -> Figure:
    """Return a figure over several units, without a value where none has one; a rate from its numerators and denominators added up."""
    parts = tuple(figures)
    lines = joined([f.lines for f in parts])
    if not item.is_rate:
        known = [f.value for f in parts if f.value is not None]
        return Figure(item.name, sum(known, ZERO) if known or not parts else None, lines)
    above, below = (
        sum((getattr(f, part) or ZERO for f in parts), ZERO) for part in ("numerator", "denominator")
    )
    under = joined([f.denominator_lines for f in parts])
    return Figure(item.name, above / below if below else None, lines, above, below, under)


def different(figures: Iterable[Figure]) -> Figure:
    """Return how many different enterprises several units' figures of visitors come to: the first record of each is worth 1."""
    found: dict[str, Line] = {}
    for line in chain.from_iterable(figure.lines for figure in figures):
        if line.value:
            found.setdefault(comparison_key(line.label), line)
    return Figure(DIFFERENT, Decimal(len(found)), tuple(found.values()))


def joined(parts: Sequence[Sequence[Line]]) -> Any:
    """Return lines behind several figures as one list; those that are kept packed stay so, since a county has millions."""
    held = [lines for lines in parts if lines]
    packed: Any = next((lines for lines in held if not isinstance(lines, tuple)), None)
    return tuple(chain.from_iterable(held)) if packed is None else packed.joined(held)


def opposite(lines: Sequence[Line]) -> Any:
    """Return lines that count negatively; those that are kept packed stay so."""
    packed: Any = lines
    if isinstance(lines, tuple):
        return tuple(replace(line, value=-line.value) for line in lines)
    return packed.opposite()


def comparison(name: str) -> Measure:
    """Return the comparison of a name; KeyError if there is none."""
    return {m.name: m for m in comparisons()}[name]


def figures_of(tally: Tally) -> dict[str, Figure]:
    """Return every figure of a unit by name; none if it has no submission."""
    if tally.account.submission is not None:
        for item in measures():
            tally.figures[item.name] = replace(item.count(tally), name=item.name)
    return tally.figures
