"""Which kinds of papers are due on a day, and why another is not (docs/plan, 方案四（四）)."""

from collections.abc import Callable

from baiti_xl.contest.periods import cutoff_of, cutoffs
from baiti_xl.contest.records import Outcome
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.papers.head import next_meeting

NOTICE_DAYS = 15  # before its meeting, in which a notice is sent
CONSOLE_ONLY = ("转发通知", "调度会通知")  # kinds that can be made before any unit has reported
Due = Callable[[Outcome, Rulebook], str]


def not_due(kind: str, outcome: Outcome, book: Rulebook) -> str:
    """Return in a sentence why a kind is not due on the outcome's day, "" if it is."""
    if kind not in CONSOLE_ONLY and not outcome.ledger.reporting and not outcome.ledger.rejected:
        return "还没有报送表"
    return DUE.get(kind, always)(outcome, book)


def due_when(kind: str) -> str:
    """Return in words when a kind is due."""
    return WHEN[DUE.get(kind, always)]


def always(outcome: Outcome, book: Rulebook) -> str:
    """Any time."""
    return ""


def launching(outcome: Outcome, book: Rulebook) -> str:
    """Before the contest, or on its first day."""
    return "" if outcome.paper_day <= book.start else f"竞赛已于 {book.start} 开始，转发通知应在开始以前发"


def before_meeting(outcome: Outcome, book: Rulebook) -> str:
    """Before a meeting, and not too long before."""
    meeting = next_meeting(outcome, book)
    if meeting is None:
        return "以后没有调度会了"
    early = (meeting.day - outcome.paper_day).days > NOTICE_DAYS
    return f"下一次调度会在 {meeting.day}，会前 {NOTICE_DAYS} 天以内再发" if early else ""


def after_period(outcome: Outcome, book: Rulebook) -> str:
    """After a period's cutoff."""
    day = outcome.day
    if day in cutoffs(book):
        return ""
    return f"统计日 {day} 不是报送截止日，本期到 {cutoff_of(book, day)} 截止"


def at_the_end(outcome: Outcome, book: Rulebook) -> str:
    """In the last stage, or after it."""
    last = book.phases[-1]
    return "" if outcome.day >= last.start else f"到{last.name}阶段（{last.start} 起）再写"


DUE: dict[str, Due] = {
    "转发通知": launching,
    "调度会通知": before_meeting,
    "进展通报": after_period,
    "说明通知书": after_period,
    "考核评价表": after_period,
    "考核总结": at_the_end,
    "表彰通报": at_the_end,
    "曝光送审稿": after_period,
}
WHEN: dict[Due, str] = {
    launching: "竞赛开始以前，不用等报送",
    before_meeting: f"调度会以前 {NOTICE_DAYS} 天以内",
    after_period: "报送截止日以后",
    at_the_end: "最后一个阶段",
    always: "随时",
}
NOTHING_TO_SAY = {
    "说明通知书": "没有要说明情况的单位",
    "补正通知": "没有要补正的报送表",
    "协办函": "没有要部门协助办理的手续",
    "表彰通报": "没有符合表彰条件的单位",
    "曝光送审稿": "没有有督查情形的单位",
}
