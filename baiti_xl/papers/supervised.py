"""Flags with their evidence, difficulties, and procedures that are overdue."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from baiti_xl.contest.choices import Flag
from baiti_xl.contest.predicates import by_number, is_overdue
from baiti_xl.contest.records import Evidence, Figure, Outcome, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PROBLEMS, PROCEDURES, PROJECTS, Problem
from baiti_xl.contest.values import numeral
from baiti_xl.papers.fields import Declared, Each, Num
from baiti_xl.papers.head import Facts
from baiti_xl.papers.measures import flagged, flags_in_order, line, open_problems, procedures_of, summed
from baiti_xl.papers.notes import MOST_NAMES, NAMED, NOTHING, ONE, Notes
from baiti_xl.papers.phrases import official, table_day, without_phones

FLAG_ROW: Declared = {"单位": "单位名称", "情形": "各种督查情形", "依据": "各种情形的依据，每种一行"}
PROBLEM_FIELDS: Declared = {
    "督查": Each(
        "各种督查情形及单位",
        {"序": "一、二……", "情形": "如 未达时间进度", **NAMED},
    ),
    "困难数": Num("尚未解决的困难问题个数"),
    "困难部门数": Num("这些困难问题需要协调的部门个数"),
    "协调部门": Each(
        f"各协调部门和问题个数，多的在前；多于{MOST_NAMES}个部门时没有",
        {"部门": "需协调部门", "个数": Num("问题个数")},
    ),
    "困难": Each(
        "尚未解决的困难问题",
        {"单位": "单位名称", "项目": "项目名称", "问题": "问题", "部门": "需协调部门", "提出日期": "如 5月6日", "状态": "未解决或办理中"},
    ),
    "逾期手续数": Num("逾期未办结的手续项数"),
    "督查明细": Each("有督查情形的单位，一个单位一行", FLAG_ROW),
}  # fmt: skip


def evidence_rows(evidence: Sequence[Evidence]) -> list[Facts]:
    """Return flags with their facts, one row a unit, in list order."""
    by_unit: dict[str, list[Evidence]] = {}
    for item in evidence:
        by_unit.setdefault(item.unit.code, []).append(item)
    return [evidence_row(held) for held in by_unit.values()]


def evidence_row(held: Sequence[Evidence]) -> Facts:
    """Return one unit's flags, each with its facts on a line of its own."""
    return {
        "单位": held[0].unit.name,
        "情形": "、".join(e.flag for e in held),
        "依据": "\n".join(f"{e.flag}：{official(e.facts)}。" for e in held),
    }


def problems(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the fields of `PROBLEM_FIELDS`."""
    order = flags_in_order(outcome)
    return {
        "督查": [flag_row(place, n, flag, outcome, notes) for n, flag in enumerate(order, 1)],
        **difficulties(f"{place} 困难问题", outcome, book, notes),
        "督查明细": evidence_rows(outcome.evidence),
        "逾期手续数": notes.value(f"{place} 逾期手续", overdue(outcome)),
    }


def flag_row(section: str, number: int, flag: Flag, outcome: Outcome, notes: Notes) -> Facts:
    """Return one flag with the units that bear it."""
    units, place = [e.unit for e in flagged(outcome, flag)], f"{section} {flag}"
    return {
        "序": numeral(number),
        "情形": flag,
        **notes.named(place, units),
    }


def difficulties(place: str, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the difficulties not yet solved, and the departments they wait for."""
    held = list(open_problems(outcome))
    lines = [line(r.account, PROBLEMS, p, ONE, p.problem) for r, p in held]
    counts = Counter(p.department for _, p in held)
    of = {d: [x for x, (_, p) in zip(lines, held, strict=True) if p.department == d] for d in counts}
    few = counts.most_common() if len(counts) <= MOST_NAMES else []
    return {
        "困难数": notes.value(place, summed("问题个数", lines)),
        "困难部门数": notes.value(
            f"{place} 部门", summed("部门个数", [replace(of[d][0], label=d) for d in counts])
        ),
        "协调部门": [
            {"部门": d, "个数": notes.value(f"{place} {d}", summed("问题个数", of[d]))} for d, _ in few
        ],
        "困难": [difficulty_row(r, p, outcome, book) for r, p in held],
    }


def difficulty_row(result: UnitResult, problem: Problem, outcome: Outcome, book: Rulebook) -> Facts:
    """Return one difficulty as a row of the annex."""
    names = {number: p.name for number, p in by_number(result.account.all_rows(PROJECTS)).items()}
    return {
        "单位": outcome.called(result.unit),
        "项目": names.get(problem.project, NOTHING),
        "问题": without_phones(problem.problem),
        "部门": problem.department,
        "提出日期": table_day(problem.day, book),
        "状态": problem.state,
    }


def overdue(outcome: Outcome) -> Figure:
    """Return the procedures still pending after the day they were planned for, as far as each unit's data speak."""
    found = (
        line(r.account, PROCEDURES, procedure, ONE, procedure.kind)
        for r in outcome.results
        for procedure, project in procedures_of(r)
        if is_overdue(procedure, project, r.account.covered(outcome.day))
    )
    return summed("手续项数", found)
