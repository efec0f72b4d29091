"""调度会通知: calls the next scheduling meeting and names the units that must explain there."""

from collections.abc import Collection, Iterator, Sequence

from baiti_xl.contest.choices import Flag, Kept, Said
from baiti_xl.contest.records import Figure, Meeting, Outcome, Paper, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PROBLEMS
from baiti_xl.contest.values import numeral
from baiti_xl.papers.annexes import annex_fields, numbered
from baiti_xl.papers.fields import Day, Declared, Each, Num, Truth
from baiti_xl.papers.head import COPIED, HEAD, Facts, copied, head, next_meeting
from baiti_xl.papers.measures import ONE, flagged, line, open_problems, summed
from baiti_xl.papers.notes import LISTS, NAMED, Notes, count_of
from baiti_xl.papers.phrases import addressees, official, weekday

KIND = "调度会通知"
PLACE = "三、说明情况的单位"
FIELDS: Declared = {
    **HEAD,
    "主送": "主送机关",
    "抄送单位": COPIED,
    "会次": "第几次，如 二",
    "会议日期": Day("会议的日期"),
    "星期": "如 星期日",
    "周期首日": Day("上次报送截止日的第二天或竞赛首日"),
    "报送截止日": Day("这一期的报送截止日"),
    "会议时间": "如 上午9时；“调度”表没有写时为空",
    "会议地点": "“调度”表没有写时为空",
    "说明单位数": Num("须说明情况的单位个数"),
    "说明单位": Each(
        "须在会上说明情况的单位", {"序": "序号", "单位": "单位名称", "类别": "乡镇或县直", "依据": "认定依据"}
    ),
    "待报单位数": Num("没有本期有效报送、因此还不能判定的单位个数"),
    "都待报": Truth("没有一个单位有本期的有效报送"),
    "前次": Each(
        "前几次应说明而没有按时说明的单位，按会次和情形合并",
        {"会次": "第几次，如 一", "情形": "未说明或逾期说明", **NAMED},
    ),
    "未兑现数": Num("承诺的完成时间已到而没有兑现的单位个数"),
    "未兑现": Each(
        "承诺到期没有兑现的单位",
        {"单位": "单位名称", "会次": "在第几次调度会上承诺", "完成时间": Day("承诺的完成时间")},
    ),
    "困难数": Num("各单位尚未解决的困难问题个数"),
    **LISTS,
    **annex_fields("名单"),
}


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield the notice of the next meeting; none when no meeting is left."""
    meeting = next_meeting(outcome, book)
    if meeting is None:
        return
    notes = Notes(book)
    title = f"{book.issuer}关于召开全县{book.contest}第{numeral(meeting.number)}次调度会的通知"
    facts = {
        **head(title, outcome, book),
        "主送": addressees(book.units),
        "抄送单位": copied(book),
        **timing(meeting),
        **speakers(outcome, meeting, notes),
        **unjudged(outcome, meeting, notes),
        "前次": overdue_explanations(outcome, meeting, notes),
        **broken_promises(outcome, meeting, notes),
        "困难数": notes.value("二、会议内容", difficulties(outcome)),
    }
    facts |= {"名单": notes.lists, **numbered(名单=bool(notes.lists))}
    yield Paper(KIND, "", f"{KIND}_第{meeting.number}次_{outcome.day}", title, facts, notes.all())


def timing(meeting: Meeting) -> Facts:
    """Return which meeting it is, when, and since when units are held to account."""
    return {
        "会次": numeral(meeting.number),
        "会议日期": meeting.day,
        "星期": weekday(meeting.day),
        "周期首日": meeting.first,
        "报送截止日": meeting.cutoff,
        "会议时间": meeting.time,
        "会议地点": meeting.place,
    }


def speakers(outcome: Outcome, meeting: Meeting, notes: Notes) -> Facts:
    """Return the units that must explain, with the reason; those of an earlier period were called to its meeting."""
    held = flagged(outcome, Flag.NO_BREAKTHROUGH) if outcome.day >= meeting.first else ()
    rows = [
        {"序": n, "单位": e.unit.name, "类别": e.unit.group, "依据": official(e.facts)}
        for n, e in enumerate(held, 1)
    ]
    count = notes.value(PLACE, count_of("单位个数", [e.unit for e in held])) if held else 0
    return {"说明单位数": count, "说明单位": rows}


def unjudged(outcome: Outcome, meeting: Meeting, notes: Notes) -> Facts:
    """Return how many units sent nothing of the meeting's period, so that nobody can say whether they broke through."""
    sent = {
        a.unit.code for a in outcome.ledger.reporting if a.submission and a.submission.key[0] >= meeting.first
    }
    units = [r.unit for r in outcome.results if r.is_bound and r.unit.code not in sent]
    count = notes.value(f"{PLACE} 待报送", count_of("单位个数", units)) if units and sent else len(units)
    return {"待报单位数": count, "都待报": not sent}


def overdue_explanations(outcome: Outcome, meeting: Meeting, notes: Notes) -> list[Facts]:
    """Return the units whose explanation for an earlier meeting is missing or came late."""
    held: dict[tuple[int, str], list[Unit]] = {}
    for e in outcome.owed:
        if e.state in (Said.MISSING, Said.LATE) and e.meeting.number < meeting.number:
            held.setdefault((e.meeting.number, e.state), []).append(e.unit)
    return [overdue_row(number, state, units, notes) for (number, state), units in sorted(held.items())]


def overdue_row(number: int, state: str, units: Sequence[Unit], notes: Notes) -> Facts:
    """Return the units of one meeting whose explanation has one standing."""
    here = f"第{numeral(number)}次调度会{state}"
    return {"会次": numeral(number), "情形": state, **notes.named(f"{PLACE} {here}", units, here)}


def broken_promises(outcome: Outcome, meeting: Meeting, notes: Notes) -> Facts:
    """Return the units that promised a breakthrough at an earlier meeting by a day that has come, and had none."""
    held = [e for e in outcome.owed if e.kept is Kept.BROKEN and e.meeting.number < meeting.number]
    newest = list({e.unit.code: e for e in held}.values())
    rows = [
        {
            "单位": e.unit.name,
            "会次": numeral(e.meeting.number),
            "完成时间": e.explanation and e.explanation.due,
        }
        for e in newest
    ]
    count = notes.value(f"{PLACE} 未兑现", count_of("单位个数", [e.unit for e in newest])) if newest else 0
    return {"未兑现数": count, "未兑现": rows}


def difficulties(outcome: Outcome) -> Figure:
    """Return how many difficulties wait to be solved."""
    lines = (line(r.account, PROBLEMS, p, ONE, p.problem) for r, p in open_problems(outcome))
    return summed("问题个数", lines)
