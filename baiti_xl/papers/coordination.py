"""协办函: asks one department to help with the procedures that wait for it, overdue ones first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from baiti_xl.contest.predicates import days_overdue, is_waiting
from baiti_xl.contest.records import Figure, Outcome, Paper, Unit, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sending import sending_of
from baiti_xl.contest.sheets import PROCEDURES, Procedure
from baiti_xl.contest.values import comparison_key
from baiti_xl.papers.fields import Declared, Each, Num
from baiti_xl.papers.head import HEAD, Facts, head, wanted
from baiti_xl.papers.measures import ONE, line, procedures_of, summed
from baiti_xl.papers.notes import Notes, count_of
from baiti_xl.papers.phrases import table_day, you

KIND = "协办函"
FIELDS: Declared = {
    **HEAD,
    "部门": "收函部门",
    "称呼": "你局、你委、你公司等，看部门名称",
    "手续数": Num("待办手续项数"),
    "逾期数": Num("其中已逾期的项数"),
    "单位数": Num("涉及的引资单位个数"),
    "项目数": Num("涉及的项目个数"),
    "类别": "涉及的手续类别，顿号分开",
    "回复天数": Num("请在几个工作日内函复"),
    "手续": Each(
        "待办手续，逾期的在前",
        {
            "序": "序号",
            "单位": "引资单位",
            "项目": "项目名称",
            "类别": "如 土地、环评",
            "状态": "未启动或办理中",
            "计划": "计划办结日期，如 6月5日",
            "逾期": Num("逾期天数；没有逾期时没有"),
            "备注": "备注",
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One procedure not yet done, with the unit that reports it and how many days it is overdue."""

    result: UnitResult
    procedure: Procedure
    project: str
    overdue: int


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield one letter a department of the unit list, in order of first mention; units limit whose procedures are told."""
    directory = departments(book)
    by_department: dict[str, list[Waiting]] = {}
    for item in every_waiting(outcome, units):
        unit = directory.get(comparison_key(item.procedure.department))
        if unit and unit.code != outcome.holder(item.result.unit).code:
            by_department.setdefault(unit.code, []).append(item)
    for code, held in by_department.items():
        yield paper(book.by_code[code], held, outcome, book)


def every_waiting(outcome: Outcome, units: Collection[str] = ()) -> Iterator[Waiting]:
    """Yield the pending procedures of the units asked for."""
    for result in wanted(outcome, units):
        yield from waiting(result, outcome.day)


def departments(book: Rulebook) -> Mapping[str, Unit]:
    """Return the units by every name under which a form may mean them: name, 全称, 别名, without 县, with the county's name."""
    found: dict[str, Unit] = {}
    for unit in book.units:
        short = unit.name.removeprefix("县")
        for name in (unit.name, unit.full_name, *unit.aliases, short, f"{book.county}{short}"):
            if name:
                found.setdefault(comparison_key(name), unit)
    return found


def strangers(outcome: Outcome, book: Rulebook) -> Mapping[str, list[str]]:
    """Return the departments that procedures wait for and the unit list does not know, with the units that name them."""
    directory = departments(book)
    found: dict[str, list[str]] = {}
    for item in every_waiting(outcome):
        name = item.procedure.department
        if comparison_key(name) and comparison_key(name) not in directory:
            units = found.setdefault(name, [])
            if (told := outcome.called(item.result.unit)) not in units:
                units.append(told)
    return found


def waiting(result: UnitResult, day: date) -> Iterator[Waiting]:
    """Yield a unit's pending procedures of projects that go on, overdue as far as the unit's data speak."""
    reached = result.account.covered(day)
    for procedure, project in procedures_of(result):
        if project and is_waiting(procedure, project):
            yield Waiting(result, procedure, project.name, days_overdue(procedure, project, reached))


def paper(unit: Unit, found: Sequence[Waiting], outcome: Outcome, book: Rulebook) -> Paper:
    """Return one department's letter."""
    held = sorted(found, key=lambda w: (-w.overdue, w.procedure.planned or date.max))
    department, notes = unit.name, Notes(book)
    title = f"{book.issuer}关于商请{department}协助办理招商引资项目手续的函"
    facts = {
        **head(title, outcome, book, department),
        "部门": unit.formal_name,
        "称呼": you(unit),
        "手续数": notes.value("正文 待办", pieces(held)),
        "逾期数": notes.value("正文 逾期", pieces([w for w in held if w.overdue])),
        **scope(held, outcome, notes),
        "回复天数": sending_of(book, KIND).days,
        "手续": [row(n, w, outcome, book, notes) for n, w in enumerate(held, 1)],
    }
    return Paper(KIND, unit.code, f"{KIND}_{department}_{outcome.day}", title, facts, notes.all())


def pieces(held: Sequence[Waiting]) -> Figure:
    """Return how many procedures there are."""
    return summed(
        "手续项数",
        (line(w.result.account, PROCEDURES, w.procedure, ONE, w.procedure.kind) for w in held),
    )


def scope(held: Sequence[Waiting], outcome: Outcome, notes: Notes) -> Facts:
    """Return how many units and projects, and which kinds of procedures, are concerned."""
    units = outcome.holders(w.result.unit for w in held)
    first = {(w.result.unit.code, w.procedure.project): w for w in reversed(held)}
    projects = summed(
        "项目个数",
        (line(w.result.account, PROCEDURES, w.procedure, ONE, w.project) for w in first.values()),
    )
    return {
        "单位数": notes.value("正文 单位", count_of("单位个数", units)),
        "项目数": notes.value("正文 项目", projects),
        "类别": "、".join(dict.fromkeys(w.procedure.kind for w in held)),
    }


def row(number: int, item: Waiting, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return one procedure; days overdue are a figure, the rest is text."""
    procedure = item.procedure
    days = Figure(
        "逾期天数",
        Decimal(item.overdue),
        (line(item.result.account, PROCEDURES, procedure, Decimal(item.overdue), procedure.kind),),
    )
    return {
        "序": number,
        "单位": outcome.called(item.result.unit),
        "项目": item.project,
        "类别": procedure.kind,
        "状态": procedure.state,
        "计划": table_day(procedure.planned, book),
        "逾期": notes.value(f"附件 第{number}项", days) if item.overdue else None,
        "备注": procedure.remark,
    }
