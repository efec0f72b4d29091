"""What is true of each row of the form, in Excel's terms: the other engine of `predicates.py` and `tally.py`.

A unit has no Python, so the template works out for itself what the office's program will say. It does so on the
hidden sheet 计算, one row there for each row of the form, one idea a column. The formulas are written here in terms
of the declaration, and `books/worksheet.py` puts the cells in:

    [total]      the cell as read: a date as its day, a number (0 and −1 where there is none), a key or a choice as text
    [total?]     whether the cell is filled     [total+]   filled with no error     [total#]   an error
    [total!]     the cell as typed
    [signed~]    the marks between the digits of a date typed as text
    [stage…]     the list a choice is from      [份额]      another column of the same row
    {项目台账.份额}  such a column over all rows of a sheet; {份额} of the sheet itself
    〈cutoff〉 〈start〉 〈last day〉 〈unit〉   填报截止日期, 竞赛开始日, the window's last day, 单位代码
    〈valid〉     the row may count     〈place〉 the row's place in its sheet, from 1
    〈name payer〉  a name as names are compared     〈folded voucher〉  a text without blanks, in capitals and narrow widths
    〈joint id〉 〈own number〉 〈inherited number〉 〈own partner〉 〈unlisted partner〉 〈before partners〉   what the worksheet knows of 项目台账
    〈phone〉 〈phone marks〉   the cover's telephone number without its marks, and with every digit as 0

A truth never stands beside a number: in Excel FALSE is greater than every number. Truths are made 1 or 0 by IF.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from baiti_xl.contest.choices import (
    AS_FAR_AS,
    CompletedBasis,
    JointBasis,
    JointTask,
    Mode,
    Nature,
    NewBasis,
    ProcedureKind,
    ProcedureState,
    Stage,
    TaskBasis,
    TaskStage,
    VisitorBasis,
)
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import (
    DATA_SHEETS,
    INVITATIONS,
    PAYMENTS,
    PROCEDURES,
    PROJECTS,
    VISITS,
)

PAIRS = (
    ("签约", Stage.SIGNED, "signed"),
    ("开工", Stage.STARTED, "started"),
    ("竣工", Stage.COMPLETED, "completed"),
)


@dataclass(frozen=True, slots=True)
class Work:
    """One column of 计算: what it is called, and its formula for a row."""

    sheet: AnySheet
    name: str
    formula: str


def when(condition: str, then: str, otherwise: str = "0") -> str:
    """Return IF."""
    return f"IF({condition},{then},{otherwise})"


def one_of(name: str, values: tuple[str, ...]) -> str:
    """Return the condition that a cell is one of some values."""
    return "OR(" + ",".join(f'[{name}]="{value}"' for value in values) + ")"


def within(day: str) -> str:
    """Return the conditions that a day lies in the contest's window."""
    return f"{day}>=〈start〉,{day}<=〈last day〉"


def work_columns(book: Rulebook) -> Iterator[Work]:
    """Yield every column of 计算 beside the cells as read, sheet by sheet."""
    for sheet in DATA_SHEETS:
        if sheet in (PAYMENTS, PROCEDURES):
            yield Work(
                sheet, "位", when('[project]=""', "0", "IFERROR(MATCH([project],{项目台账.number},0),0)")
            )
    yield from visits(book)
    yield from projects(book)
    yield from payments(book)
    approval = f'AND([kind]="{ProcedureKind.APPROVAL}",[state]="{ProcedureState.DONE}")'
    yield Work(PROCEDURES, "立项", when(approval, "[位]"))
    if book.new_basis == NewBasis.APPROVED:
        yield Work(PROCEDURES, "立项日", when("AND(〈valid〉,[立项]>0)", "[done]"))


def visits(book: Rulebook) -> Iterator[Work]:
    """Yield which visits and invitations count, and which of them are the first of their name (客商计数口径)."""
    for sheet in (VISITS, INVITATIONS):
        yield Work(sheet, "客商键", when('〈name enterprise〉=""', '""', '"k"&〈name enterprise〉'))
        yield Work(sheet, "计键", when(f"AND(〈valid〉,{within('[day]')})", '"k"&[客商键]', '""'))
        if book.visitor_basis == VisitorBasis.FIRMS:
            yield Work(sheet, "首次", first_of("计键"))
    yield Work(VISITS, "批键", '"k"&〈name trip〉')
    if book.visitor_basis != VisitorBasis.FIRMS:
        yield Work(VISITS, "外出计键", when('[计键]=""', '""', "[批键]"))
        yield Work(VISITS, "首次外出", first_of("外出计键"))
    yield Work(
        VISITS, "带队键", when('OR(〈name leader〉="",[day]=0,[back]<[day])', '""', '"k"&〈name leader〉')
    )
    yield Work(VISITS, "目的键", '"k"&〈name destination〉')


def first_of(key: str) -> str:
    """Return 1 for a row whose key stands in no earlier row."""
    return when(f'[{key}]=""', "0", f"IF(MATCH([{key}],{{{key}}},0)=〈place〉,1,0)")


def projects(book: Rulebook) -> Iterator[Work]:
    """Yield the projects' shares and weights, and which were signed, started, completed and new in the window."""
    yield Work(PROJECTS, "首", when('[number]=""', "0", "MATCH([number],{number},0)"))
    shared = f'AND([mode]="{Mode.JOINT}",[share]>0,[share]<=100)'
    yield Work(PROJECTS, "份额", when(f'[mode]="{Mode.ALONE}"', "1", when(shared, "[share]/100")))
    if book.joint_basis == JointBasis.LEAD or book.joint_task == JointTask.LEAD:
        yield Work(PROJECTS, "牵头", leading())
    weight = {
        JointBasis.SHARE: "[份额]",
        JointBasis.EACH: "IF([份额]>0,1,0)",
        JointBasis.LEAD: "IF([份额]>0,[牵头],0)",
    }[JointBasis(book.joint_basis)]
    yield Work(PROJECTS, "计数", weight)
    for name, stage, field in PAIRS:
        formal = f',[nature]="{Nature.FORMAL}"' if stage == Stage.SIGNED and not book.framework_counts else ""
        whole = f",[{book.completion_basis}]=1" if name == "竣工" and within_denominator(book) else ""
        reached = f"AND(〈valid〉,{one_of('stage', AS_FAR_AS[stage])},{within(f'[{field}]')}{formal}{whole})"
        yield Work(PROJECTS, name, when(reached, "1"))
    yield Work(PROJECTS, "档次", tier_number(book))
    yield Work(PROJECTS, "新上", new_projects(book))
    yield Work(
        PROJECTS,
        "到位合计",
        when("[首]=0", "0", 'ROUND(SUMIFS({到位资金.amount},{到位资金.位},[首],{到位资金.amount},">0"),6)'),
    )
    yield Work(PROJECTS, "任务", task_weight(book))


def within_denominator(book: Rulebook) -> bool:
    """Whether only what was signed or started in the window counts as completed (竣工率分子)."""
    return book.completed_basis == CompletedBasis.OF_DENOMINATOR


def leading() -> str:
    """Return 1 for the lead of a project, as `predicates.leads` does."""
    last = '〈joint id〉,"-","|",LEN(〈joint id〉)-LEN(SUBSTITUTE(〈joint id〉,"-",""))'
    owner = f'IFERROR(LEFT(〈joint id〉,FIND("|",SUBSTITUTE({last}))-1),"")'
    owned = f"ISNUMBER(MATCH({owner},选项.单位代码,0))"
    half = when("〈before partners〉", "1")
    joint = when(
        "〈joint id〉=[number]", "1", when(owned, "0", when("[share]=50", half, when("[share]>50", "1")))
    )
    return when(f'[mode]="{Mode.JOINT}"', joint, "1")


def tier_number(book: Rulebook) -> str:
    """Return how many tiers' lower bounds a project's 固定资产投资 reaches, 0 for 未入档."""
    sign = ">=" if book.tier_inclusive else ">"
    return "+".join(when(f"[fixed_investment]{sign}{tier.lower:f}", "1") for tier in book.tiers)


def new_projects(book: Rulebook) -> str:
    """Return 1 for a project that became new in the window (新上认定, 计入门槛)."""
    large = f"[fixed_investment]>={book.minimum:f}"
    if book.new_basis != NewBasis.APPROVED:
        reached = "签约" if book.new_basis == NewBasis.SIGNED else "开工"
        return when(f"AND([{reached}]=1,{large})", "1")
    days = 'COUNTIFS({手续办理.位},[首],{手续办理.立项日},">="&〈start〉,{手续办理.立项日},"<="&〈last day〉)'
    early = 'COUNTIFS({手续办理.位},[首],{手续办理.立项日},">0",{手续办理.立项日},"<"&〈start〉)'
    return when(f'AND(〈valid〉,[首]>0,[stage]<>"{Stage.ENDED}",{large},{days}>0,{early}=0)', "1")


def task_weight(book: Rulebook) -> str:
    """Return what a project adds to the basic task."""
    stage = "签约" if book.task_stage == TaskStage.SIGNED else "开工"
    amount = "[fixed_investment]" if book.task_basis == TaskBasis.FIXED else "[total]"
    weight = "[份额]" if book.joint_task == JointTask.SHARE else "IF([份额]>0,[牵头],0)"
    return when(f"AND([{stage}]=1,{amount}>={book.task_threshold:f})", weight)


def payments(book: Rulebook) -> Iterator[Work]:
    """Yield what of each voucher counts, and its like among the others."""
    yield Work(PAYMENTS, "凭证键", voucher())
    yield Work(PAYMENTS, "凭证首", when('[凭证键]=""', "0", "MATCH([凭证键],{凭证键},0)"))
    ended = "" if book.ended_money_counts else f',INDEX({{项目台账.stage}},MAX(1,[位]))<>"{Stage.ENDED}"'
    counts = f"AND(〈valid〉,[位]>0,{within('[day]')}{ended})"
    yield Work(PAYMENTS, "计入额", when(counts, "[amount]*INDEX({项目台账.份额},[位])"))


def voucher() -> str:
    """Return by what two vouchers are told to be one: number and payer; nothing where either lacks."""
    return when('OR(〈folded voucher〉="",〈name payer〉="")', '""', '〈folded voucher〉&"|"&〈name payer〉')


# ── the unit's figures on 指标 ───────────────────────────────────────────────────────────────────

Term = Callable[[Rulebook], str]


def plain(formula: str) -> Term:
    """Return a formula that no rulebook changes."""
    return lambda book: formula


def counted(reached: str) -> str:
    """Return how many projects have reached something, weighed."""
    return f"SUMPRODUCT({{项目台账.{reached}}},{{项目台账.计数}})"
