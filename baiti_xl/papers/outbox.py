"""What goes out after a day's papers: to each unit one mail with what is its own, and whom to remind, as a text for a group chat.

Only issued papers go out: those with a number, and those of kinds that have none. Nothing here is sent by the program.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from baiti_xl.contest import periods
from baiti_xl.contest.choices import Reported
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Account, Outcome, Submission, Unit, open_errors
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import for_unit
from baiti_xl.contest.values import numeral
from baiti_xl.papers import correction, exposure, summary
from baiti_xl.papers.correction import still_open
from baiti_xl.press.numerals import plain_date

IN_HOUSE = (exposure.KIND,)  # goes to nobody outside
UPWARDS = (summary.KIND,)  # printed, and no unit's
UNREPORTED = (Reported.MISSING, Reported.CARRIED, Reported.NOT_DUE)


class Chased(StrEnum):
    """Why a unit is reminded, as a heading of the list."""

    MISSING = "还没有报送的"
    RETURNED = "报送表退回、等待重新报送的"
    CONFLICT = "同一批次报送了不同内容、等待确认的"


CHASED = {
    **dict.fromkeys(UNREPORTED, Chased.MISSING),
    Reported.RETURNED: Chased.RETURNED,
    Reported.CONFLICT: Chased.CONFLICT,
}


@dataclass(frozen=True, slots=True)
class Sendable:
    """A paper that can go out: its kind, the unit it is for ("" for all), its title, and its number ("" for a kind that has none)."""

    kind: str
    unit: str
    title: str
    number: str
    name: str

    @property
    def called(self) -> str:
        """What a mail calls it; a title within its title takes the inner marks."""
        title = self.title.replace("《", "〈").replace("》", "〉")
        return f"《{title}》" + (f"（{self.number}）" if self.number else "")


@dataclass(frozen=True, slots=True)
class Marked:
    """A submission that its unit must put right, with the findings that it is told of."""

    submission: Submission
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail to one unit: its papers, marked copies of what it must put right, and, if it has not reported for the period, the form
    that it goes on with: its last one, else a blank one (`last` is None)."""

    unit: Unit
    state: Reported
    papers: tuple[Sendable, ...]
    marked: tuple[Marked, ...]
    last: Submission | None
    subject: str = ""
    body: str = ""

    @property
    def needs_form(self) -> bool:
        """Whether the unit is asked to report."""
        return self.state in UNREPORTED


def states(outcome: Outcome) -> Iterator[tuple[Account, Reported]]:
    """Yield each unit that reports on the day with its standing in the period, in list order."""
    known = outcome.reports[-1].states if outcome.reports else {}
    return ((a, known[a.unit.code]) for a in outcome.ledger.accounts if a.unit.code in known)


def letters(outcome: Outcome, book: Rulebook, ready: Sequence[Sendable]) -> Iterator[Letter]:
    """Yield the mail to each unit that is to get something, in list order."""
    for account, state in states(outcome):
        code = account.unit.code
        papers = tuple(p for p in ready if p.unit in ("", code) and p.kind not in UPWARDS)
        marked = tuple(to_put_right(account, outcome, book))
        last = account.submission if state in UNREPORTED else None
        letter = Letter(account.unit, state, papers, marked, last)
        if papers or marked or letter.needs_form:
            yield replace(letter, subject=subject(letter, outcome, book), body=body(letter, outcome, book))


def to_put_right(account: Account, outcome: Outcome, book: Rulebook) -> Iterator[Marked]:
    """Yield the submissions of a unit of which a notice to put right speaks, with all that the unit is told of them."""
    first, held = periods.period(book, outcome.day)[0], account.submission
    if held is not None:
        yield from told(held, [f for f in account.open_findings if f.place.file in ("", held.file)])
    for submission in outcome.ledger.rejected:
        if submission.unit == account.unit.code and still_open(submission, held, first):
            yield from told(submission, submission.findings)


def told(submission: Submission, findings: Sequence[Finding]) -> Iterator[Marked]:
    """Yield a submission if the unit has something to put right in it."""
    own = tuple(replace(f, message=words) for f in findings if (words := for_unit(f)) is not None)
    if open_errors(own):
        yield Marked(submission, own)


# ── the mail ─────────────────────────────────────────────────────────────────────────────────────


def term(outcome: Outcome) -> str:
    """Return the period that the day ends or lies in: 第一期; "" before the contest and after it."""
    return outcome.period.removesuffix("内") if outcome.period.startswith("第") else ""


def subject(letter: Letter, outcome: Outcome, book: Rulebook) -> str:
    """Return the line that tells a mail: what it brings and what it asks for."""
    brings = [
        "有关文件" if letter.papers else "",
        "请补正报送表" if letter.marked else "",
        "请报送报送表" if letter.needs_form else "",
    ]
    return f"{book.contest}{term(outcome)}：{'、'.join(filter(None, brings))}（{letter.unit.name}）"


def body(letter: Letter, outcome: Outcome, book: Rulebook) -> str:
    """Return the text of a mail."""
    parts = [
        f"{letter.unit.formal_name}：",
        enclosed(letter.papers),
        put_right(letter, outcome),
        report(letter, outcome, book),
        f"{book.office}\n{plain_date(outcome.paper_day)}",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def enclosed(papers: Sequence[Sendable]) -> str:
    """Return what papers come with the mail, numbered if there are several."""
    if len(papers) < 2:
        return "".join(f"现将{paper.called}发给你单位，请查收。" for paper in papers)
    rows = (f"{number}. {paper.called}" for number, paper in enumerate(papers, 1))
    return "\n".join(("现将下列文件发给你单位，请查收：", *rows))


def put_right(letter: Letter, outcome: Outcome) -> str:
    """Return what the unit must do with the submission of which a marked copy is enclosed."""
    if not letter.marked:
        return ""
    what = {
        Reported.RETURNED: f"你单位{term(outcome)}报送表不能采用，已经退回",
        Reported.CONFLICT: f"你单位{term(outcome)}以同一批次报送了内容不同的报送表，确认以前都不计入",
    }.get(letter.state, "你单位的报送表有差错，有差错的行没有计入")
    noticed = any(paper.kind == correction.KIND for paper in letter.papers)
    until = "期限见补正通知" if noticed else "请尽快办理"
    return f"{what}。所附副本的“校验结果”表逐条写明问题和改法，请在自己的原文件里改正，批次加1，重新报送，{until}。"


def report(letter: Letter, outcome: Outcome, book: Rulebook) -> str:
    """Return that the unit is asked to report, by when, and on which form."""
    if not letter.needs_form:
        return ""
    form = (
        "随附你单位上一次的报送表，请在上面接着填"
        if letter.last
        else "随附你单位的空白报送表，请按填报说明填写"
    )
    return f"{asked('你单位', outcome, book)}。{form}。"


def asked(who: str, outcome: Outcome, book: Rulebook) -> str:
    """Return that units are asked to report; no day that is past is asked for."""
    cutoff = plain_date(periods.cutoff_of(book, outcome.day))
    if outcome.ledger.is_early:
        return f"请{who}在{cutoff}以前报送{term(outcome)}报送表"
    return f"{term(outcome)}报送截止日为{cutoff}，请{who}抓紧报送"


# ── the list for the group chat ──────────────────────────────────────────────────────────────────


def chased(outcome: Outcome) -> list[tuple[Unit, Reported]]:
    """Return whom to remind, in list order, with the standing for which."""
    return [(account.unit, state) for account, state in states(outcome) if state in CHASED]


def chase_list(outcome: Outcome, book: Rulebook) -> str:
    """Return the text that reminds units in a group chat: how many have reported, and who is wanted, by reason and group."""
    wanted = chased(outcome)
    whole = sum(1 for _ in states(outcome))
    head = f"{book.contest}{term(outcome)}报送表，应报{whole}个单位，"
    if not wanted:
        return f"{head}已全部收齐。\n"
    held = [(why, [unit for unit, state in wanted if CHASED[state] is why]) for why in Chased]
    parts = [(why, units) for why, units in held if units]
    single = len(parts) == 1
    lines = [
        f"【{'提醒' if outcome.ledger.is_early else '催报'}】{head}已收到{whole - len(wanted)}个，还缺{len(wanted)}个。"
        f"{asked('下列单位', outcome, book)}：",
        *(
            line
            for n, part in enumerate(parts, 1)
            for line in reminded(*part, "" if single else f"{numeral(n)}、")
        ),
        book.office,
    ]
    return "\n".join(lines) + "\n"


def reminded(why: Chased, units: Sequence[Unit], number: str) -> Iterator[str]:
    """Yield the lines of the units that are reminded for one reason."""
    yield f"{number}{why}（{len(units)}个）"
    for group in dict.fromkeys(unit.group for unit in units):
        yield f"{group}：{'、'.join(unit.name for unit in units if unit.group == group)}"
