"""发文: who sends each kind of paper, under which series of numbers, to whom, and within how many days an answer is asked for.

The console's sheet 发文 says so, a row a kind; what it leaves empty follows from 规则 and from the form of the paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from baiti_xl.contest.choices import Seal
from baiti_xl.contest.periods import working_day
from baiti_xl.contest.rulebook import Rulebook, Sending


class Sender(StrEnum):
    """Who sends a kind of paper where the console does not say otherwise."""

    GOVERNMENT = "发文机关"
    OFFICE = "领导小组办公室"


@dataclass(frozen=True, slots=True)
class Usual:
    """How a kind of paper is sent: by whom, under which series (what stands behind the sender's 代字), working days to answer."""

    sender: Sender
    numbered: bool = True
    letter: str = ""
    days: int = 0


KINDS: Mapping[str, Usual] = {
    "转发通知": Usual(Sender.GOVERNMENT),
    "调度会通知": Usual(Sender.GOVERNMENT),
    "进展通报": Usual(Sender.GOVERNMENT),
    "说明通知书": Usual(Sender.OFFICE, days=3),
    "补正通知": Usual(Sender.OFFICE, numbered=False, days=3),
    "协办函": Usual(Sender.GOVERNMENT, letter="函", days=5),
    "考核评价表": Usual(Sender.OFFICE, numbered=False),
    "考核总结": Usual(Sender.OFFICE),
    "表彰通报": Usual(Sender.GOVERNMENT),
    "曝光送审稿": Usual(Sender.OFFICE, numbered=False),
}


ANSWERED = tuple(kind for kind, usual in KINDS.items() if usual.days)  # kinds that ask for a reply


def usual_sending(book: Rulebook, kind: str) -> Sending:
    """Return how a kind is sent where the sheet 发文 says nothing of it."""
    usual = KINDS[kind]
    by_office = usual.sender is Sender.OFFICE
    issuer = book.office if by_office else book.issuer
    code = office_code(book) if by_office else book.issuer_code
    return Sending(kind, issuer, code + usual.letter, usual.numbered, days=usual.days)


def office_code(book: Rulebook) -> str:
    """Return the 机关代字 of the 领导小组办公室, a series of its own: 台竞办 beside 台政办."""
    return f"{book.issuer_code[:1]}竞办"


def sending_of(book: Rulebook, kind: str) -> Sending:
    """Return how a kind is sent: what the sheet 发文 says, and what follows where it says nothing."""
    usual = usual_sending(book, kind)
    held = next((row for row in book.sendings if row.kind == kind), usual)
    return replace(held, issuer=held.issuer or usual.issuer, code=held.code or usual.code)


def sendings(book: Rulebook) -> tuple[Sending, ...]:
    """Return how every kind is sent, in the order of the kinds."""
    return tuple(sending_of(book, kind) for kind in KINDS)


def as_sent(book: Rulebook, kind: str) -> Rulebook:
    """Return the rules as a paper of a kind has them: its sender, series and seal."""
    held = sending_of(book, kind)
    seal = Seal(held.seal) if held.seal else book.seal
    return replace(book, issuer=held.issuer, issuer_code=held.code, seal=seal)


def answer_by(book: Rulebook, kind: str, dated: date) -> date:
    """Return the last day for an answer to a paper of a kind: so many working days after its 成文日期."""
    return working_day(dated, sending_of(book, kind).days)
