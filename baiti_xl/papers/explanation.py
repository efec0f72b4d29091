"""说明通知书: asks one flagged unit to explain, with the evidence and a form for the reply."""

from collections.abc import Collection, Iterator, Sequence

from baiti_xl.contest.choices import Flag, Level
from baiti_xl.contest.records import SUMMONS, Evidence, Meeting, Outcome, Paper, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sending import answer_by
from baiti_xl.contest.values import numeral
from baiti_xl.papers.fields import Day, Declared, Each
from baiti_xl.papers.head import HEAD, Facts, head, next_meeting, wanted
from baiti_xl.papers.phrases import official

KIND = SUMMONS
FIELDS: Declared = {
    **HEAD,
    "主送": "收文单位的全称（单位名录“全称”）",
    "单位名称": "收文单位",
    "负责人": "名录中的负责人，没有则为空",
    "情形": Each(
        "该单位的各种督查情形",
        {
            "序": "一、二……",
            "情形": "如 未达时间进度",
            "依据": "认定依据",
            "记录": Each("依据的记录", {"出处": "报送表中的位置", "内容": "记录内容"}),
        },
    ),
    "情形名称": "各种情形，顿号分开",
    "回复期限": Day("书面说明的最后一天"),
    "会次": "须在会上说明的调度会，如 二；不须则为空",
    "会议日期": Day("不须则为空"),
}


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield one notice a unit at 约谈 or asked to explain, unless it has, with what was found of it and is not explained, in list order."""
    have_explained = outcome.has_explained
    for result in wanted(outcome, units):
        code = result.unit.code
        explained = code in have_explained
        held = [e for e in outcome.evidence_of(code) if not (explained and e.flag is Flag.NO_BREAKTHROUGH)]
        if any(e.level is Level.TALK or e.flag is Flag.NO_BREAKTHROUGH for e in held):
            yield paper(result.unit, held, outcome, book)


def paper(unit: Unit, held: Sequence[Evidence], outcome: Outcome, book: Rulebook) -> Paper:
    """Return one unit's notice."""
    title = f"{book.issuer}关于要求{unit.name}说明{book.contest}有关情况的通知"
    stuck = any(e.flag == Flag.NO_BREAKTHROUGH for e in held)
    facts = {
        **head(title, outcome, book, unit.name),
        "主送": unit.formal_name,
        "单位名称": unit.name,
        "负责人": unit.head,
        "情形": [flag_row(n, e) for n, e in enumerate(held, 1)],
        "情形名称": "、".join(e.flag for e in held),
        "回复期限": answer_by(book, KIND, outcome.paper_day),
        **meeting_fields(next_meeting(outcome, book) if stuck else None),
    }
    return Paper(KIND, unit.code, f"{KIND}_{unit.code}_{unit.name}_{outcome.day}", title, facts)


def meeting_fields(meeting: Meeting | None) -> Facts:
    """Return the meeting at which the unit must explain, if any."""
    if meeting is None:
        return {"会次": "", "会议日期": None}
    return {"会次": numeral(meeting.number), "会议日期": meeting.day}


def flag_row(number: int, evidence: Evidence) -> Facts:
    """Return one flag with its facts and the records behind it."""
    records = [{"出处": f"{x.sheet}第{x.row}行", "内容": x.label} for x in evidence.lines]
    return {
        "序": numeral(number),
        "情形": evidence.flag,
        "依据": official(evidence.facts),
        "记录": records,
    }
