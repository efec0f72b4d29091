"""Supervision flags and explanations due (方案四（四）), each with the facts and records that raised it.

Each is judged only as far as the unit's data reach: a file filled in up to 05-13 cannot show idleness in June, and a
file that was returned shows nothing (不能判定: no flag). A unit without a valid submission is flagged for that alone, once
the period's cutoff has come. One fact raises one flag. A milestone is due on the last day of its phase. Media
exposure is only ever proposed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from baiti_xl.contest.choices import (
    REQUIRED_MATTERS,
    Answer,
    Flag,
    Kept,
    Level,
    Matter,
    Reported,
    Said,
    Stage,
    Status,
    Verdict,
)
from baiti_xl.contest.columns import AnySheet, R, Record, Sheet
from baiti_xl.contest.periods import cutoffs
from baiti_xl.contest.predicates import day_reached, days_overdue, in_window, is_own_push
from baiti_xl.contest.records import (
    Account,
    Evidence,
    Explained,
    Line,
    Meeting,
    Outcome,
    Submission,
    UnitResult,
)
from baiti_xl.contest.rulebook import Phase, Rulebook
from baiti_xl.contest.rules.dates import EVENTS
from baiti_xl.contest.sheets import (
    COVER,
    EXPLANATIONS,
    INVITATIONS,
    MOBILISATION,
    PAYMENTS,
    PROCEDURES,
    PROJECTS,
    VISITS,
    ZERO_SHEETS,
    Project,
)
from baiti_xl.contest.tally import Tally
from baiti_xl.count.figures import result_of

NOTHING, LATE = "没有有效报送", "逾期完成"
UNREPORTED = (Reported.RETURNED, Reported.CONFLICT, Reported.CARRIED, Reported.MISSING)
ONE = Decimal(1)
Behind = tuple[AnySheet, Record]
ACTIVITIES: tuple[AnySheet, ...] = (VISITS, INVITATIONS)
EVENT_SHEETS = tuple(sheet.name for sheet in (*ACTIVITIES, PROJECTS, PAYMENTS))


@dataclass(frozen=True, slots=True)
class Situation:
    """One unit on one day: what it reported, what counts, and the period since the last meeting."""

    account: Account
    book: Rulebook
    day: date
    period: tuple[date, date]
    task_met: bool | None = None
    reported: Reported | None = None
    is_early: bool = False

    @property
    def covered(self) -> date:
        """The last day that the unit's data speak of, at most the day."""
        return self.account.covered(self.day)

    @property
    def covered_period(self) -> tuple[date, date]:
        """The period as far as the unit's data speak of it; turned round if they do not."""
        return self.period[0], min(self.period[1], self.covered)

    def flag(
        self,
        name: Flag,
        facts: Iterable[str],
        records: Iterable[Behind] = (),
        looked: Iterable[str] = (),
        lacking: tuple[str, ...] | None = None,
    ) -> Evidence:
        """Return a flag with its facts, the records behind them, and the sheets in which others are missing."""
        lines = tuple(self.line(sheet, record) for sheet, record in records)
        return Evidence(
            name,
            self.account.unit,
            "；".join(facts),
            lines,
            lacking=lacking,
            looked=tuple(dict.fromkeys(looked)),
        )

    def line(self, sheet: AnySheet, record: Record) -> Line:
        """Return a record as a line of evidence."""
        submission = self.account.submission
        label = next((text for name in ("name", "matter", "kind") if (text := getattr(record, name, ""))), "")
        file = submission.file if submission else ""
        return Line(self.account.unit.code, file, sheet.name, record.row, ONE, label)

    @property
    def tally(self) -> Tally:
        """What counts of the unit's data on the day: flags ask what the figures ask."""
        return Tally(self.account, self.book, self.day)

    def paid_days(self) -> list[date]:
        """Return the days of the vouchers that count, partners' with them."""
        return [payment.day for payment, _ in self.tally.payments() if payment.day]

    def until_today(self, sheet: Sheet[R]) -> list[R]:
        """Return the rows of a sheet that count and are dated in the contest, up to the day."""
        return [r for r in self.account.rows(sheet) if in_window(sheet.day_of(r), self.book, self.day)]

    def measures(self, by: date | None = None) -> set[Matter]:
        """Return the matters of 组织发动 that are present, up to a day."""
        limit = min(by or self.day, self.day)
        return {r.matter for r in self.account.rows(MOBILISATION) if r.day and r.day <= limit}

    def events(self) -> Iterator[date]:
        """Yield the day of every visit, invitation, signing, start and payment that counts."""
        for sheet in ACTIVITIES:
            yield from (getattr(r, sheet.own_day) for r in self.until_today(sheet))
        yield from self.paid_days()
        yield from self.project_days(Stage.SIGNED)
        yield from self.project_days(Stage.STARTED)

    def recorded(self) -> Iterator[date]:
        """Yield every date of every row that is about something done, whether it has faults or not, unless it was ruled out."""
        for sheet, column in EVENTS:
            for record in self.account.all_rows(sheet):
                day = getattr(record, column.field)
                if day and not self.account.is_ruled_out(sheet.name, record.row):
                    yield day

    def project_days(self, stage: Stage) -> Iterator[date]:
        """Yield the days on which projects reached a stage, up to the day."""
        for project in self.account.rows(PROJECTS):
            day = day_reached(project, stage, self.book)
            if day and project.number in self.account.counts and in_window(day, self.book, self.day):
                yield day

    def signed(self) -> dict[str, Project]:
        """Return the projects signed in the window by number; those in error too, not those ruled out."""
        return {
            project.number: project
            for project in self.account.all_rows(PROJECTS)
            if not self.account.is_ruled_out(PROJECTS.name, project.row)
            and in_window(day_reached(project, Stage.SIGNED, self.book), self.book, self.covered)
        }

    def task_met_by(self, day: date) -> bool | None:
        """Whether the basic task was met by records dated up to a day; None for a unit that bears none."""
        return result_of(self.account, self.book, day).task_met


Check = Callable[[Situation], Evidence | None]


def not_reported(now: Situation) -> Evidence | None:
    """未报送: the period's cutoff has come, and by the reporting status there is no usable submission for it."""
    first, last = now.period
    submission = now.account.submission
    if now.reported not in UNREPORTED or now.is_early:
        return None
    if submission is None:
        state = now.account.status.value
        return now.flag(
            Flag.NOT_REPORTED,
            [f"{first} 至 {last} {NOTHING}" + (f"（{state}）" if state != Flag.NOT_REPORTED else "")],
        )
    cutoff = submission.key[0]
    wrong = now.account.status in (Status.RETURNED, Status.CONFLICT)
    bad = f"没有报送有效报表（{now.account.status.value}）" if wrong else "没有报送"
    other = "此前最近一次" if cutoff < first else "另有一份"
    return now.flag(Flag.NOT_REPORTED, [f"{first} 至 {last} {bad}，{other}填报截止日期为 {cutoff}"])


def behind_schedule(now: Situation) -> Evidence | None:
    """未达时间进度: a milestone due by the last day that the data speak of is unmet."""
    first, second, third = now.book.phases[:3]
    facts: list[str] = []
    missed: list[tuple[str, bool]] = []
    looked: list[str] = []
    if now.covered >= first.end:
        done = now.measures()
        missed += [(m.value, m in done) for m in REQUIRED_MATTERS if m not in now.measures(first.end)]
        facts += in_stage(first, "没有", missed)
        looked += [MOBILISATION.name] if missed else []
    if now.covered >= second.end:
        then, since = activity_counts(now, second.end), dict(activity_counts(now, now.day))
        absent = [(name, bool(since[name])) for name, count in then if not count]
        missed += absent
        looked += [PROJECTS.name if name == "项目" else name for name, _ in absent]
        facts += in_stage(second, "没有", absent)
    if now.covered >= third.end and now.task_met_by(third.end) is False:
        word = LATE if now.task_met else "未完成"
        missed.append(("基本任务", bool(now.task_met)))
        looked.append(PROJECTS.name)
        facts.append(f"{third.name}阶段（至 {third.end}）{word}基本任务")
    lacking = tuple(name for name, done in missed if not done)
    return now.flag(Flag.BEHIND, facts, looked=looked, lacking=lacking) if facts else None


def in_stage(phase: Phase, lacking: str, matters: Iterable[tuple[str, bool]]) -> list[str]:
    """Return in a sentence what was not done by the end of a stage: what still is not, and what was done later (逾期完成)."""
    held = list(matters)
    words = {lacking: [m for m, done in held if not done], LATE: [m for m, done in held if done]}
    told = "，".join(f"{word}：{'、'.join(found)}" for word, found in words.items() if found)
    return [f"{phase.name}阶段（至 {phase.end}）{told}"] if held else []


def activity_counts(now: Situation, day: date) -> list[tuple[str, int]]:
    """Return how many visits and invitations there are up to a day, and live projects: when a project's talks began nobody tells."""
    live = [p for p in now.account.rows(PROJECTS) if p.stage != Stage.ENDED]
    visits = [v for v in now.until_today(VISITS) if v.day and v.day <= day]
    invitations = [i for i in now.until_today(INVITATIONS) if i.day and i.day <= day]
    return [(VISITS.name, len(visits)), (INVITATIONS.name, len(invitations)), ("项目", len(live))]


def idle(now: Situation) -> Evidence | None:
    """工作不力: no activity dated in the last 无活动天数 days; not judged in the last stage or so early."""
    days, last_phase = now.book.idle_days, now.book.phases[-1]
    since = now.covered - timedelta(days=days) if now.covered >= now.period[0] else date.min
    if since < now.book.start - timedelta(days=1) or now.day >= last_phase.start:
        return None
    latest = max(now.events(), default=None)
    if latest is not None and latest > since:
        return None
    last = f"最近一次活动在 {latest}" if latest else "竞赛以来没有活动"
    return now.flag(
        Flag.IDLE, [f"最近 {days} 天没有拜访、邀请、签约、开工和资金到位；{last}"], looked=EVENT_SHEETS
    )


def measures_lacking(now: Situation) -> Evidence | None:
    """措施不到位: a required measure is missing, or a signed project lacks a person or a procedure is overdue."""
    if now.account.submission is None:
        return None
    facts: list[str] = []
    looked: list[str] = []
    records: list[Behind] = []
    if now.covered >= now.book.phases[0].end:
        missing = [m for m in REQUIRED_MATTERS if m not in now.measures()]
        facts += [f"没有：{'、'.join(missing)}"] if missing else []
        looked += [MOBILISATION.name] if missing else []
    signed = now.signed()
    sound = {p.number for p in now.account.rows(PROJECTS)}
    for project in signed.values():
        if not (project.leader.strip() and project.responsible.strip()):
            facts.append(f"签约项目“{project.name}”没有落实责任领导或责任人")
            records.append((PROJECTS, project))
    for procedure in now.account.rows(PROCEDURES):
        held = signed.get(procedure.project) if procedure.project in sound else None
        overdue = days_overdue(procedure, held, now.covered)
        if held and overdue > now.book.procedure_days and is_own_push(procedure, now.account.unit):
            facts.append(
                f"签约项目“{held.name}”的{procedure.kind}手续计划 {procedure.planned} 办结，已逾期 {overdue} 天"
            )
            records.append((PROCEDURES, procedure))
    return now.flag(Flag.LACKING, facts, records, looked) if facts else None


def inactive(now: Situation) -> Evidence | None:
    """未正常开展活动: zero reports on all four sheets, or a submission that covers the period without a record of it."""
    submission, (first, last) = now.account.submission, now.covered_period
    if submission is None or first > last:
        return None
    cover = submission.cover
    empty = not any(now.account.all_rows(sheet) for sheet in ZERO_SHEETS)
    if empty and all(getattr(cover, sheet.zero) == Answer.YES for sheet in ZERO_SHEETS):
        return now.flag(
            Flag.INACTIVE, [f"填报截止 {cover.cutoff}，拜访、邀请、项目、资金四项均为零报告"], looked=[COVER]
        )
    if idle(now) or any(first <= day <= last for day in now.recorded()):
        return None
    return now.flag(
        Flag.INACTIVE, [f"{first} 至 {last} 没有任何一条记录"], looked=(s.name for s, _ in EVENTS)
    )


def breakthroughs(now: Situation) -> list[date]:
    """Return the days of signings, starts and money in place."""
    return [*now.project_days(Stage.SIGNED), *now.project_days(Stage.STARTED), *now.paid_days()]


def no_breakthrough(now: Situation) -> Evidence | None:
    """未取得实质性突破: no new signing, start or money in place since the last scheduling meeting."""
    first, last = now.covered_period
    days = breakthroughs(now)
    if first > last or any(first <= day <= last for day in days):
        return None
    latest = f"最近一次在 {max(days)}" if days else "竞赛开始以来一直没有"
    return now.flag(
        Flag.NO_BREAKTHROUGH,
        [f"{first} 至 {last} 没有新签约、新开工和资金到位；{latest}"],
        looked=(PROJECTS.name, PAYMENTS.name),
    )


CHECKS: tuple[Check, ...] = (not_reported, behind_schedule, idle, measures_lacking, inactive, no_breakthrough)


JUDGED: Mapping[Flag, Check] = dict(zip(Flag, CHECKS, strict=True))


def is_judged(now: Situation, flag: Flag) -> bool:
    """Whether the unit's data reach far enough to say that a flag does not hold (否); otherwise 不能判定."""
    if flag is Flag.NOT_REPORTED:
        return not now.is_early
    if now.account.submission is None:
        return False
    if flag is Flag.BEHIND:
        return now.covered >= max((p.end for p in now.book.phases[:3] if p.end <= now.day), default=date.min)
    if flag is Flag.IDLE:
        return now.day >= now.book.phases[-1].start or now.covered >= now.period[0]
    first, last = now.covered_period
    return flag is Flag.LACKING or first <= last


Verdicts = Mapping[Flag, Verdict]


def flags(
    result: UnitResult,
    book: Rulebook,
    day: date,
    period: tuple[date, date],
    reported: Reported | None,
    is_early: bool,
) -> tuple[list[Evidence], Verdicts]:
    """Return every flag of a unit, in the order of the flags, and what can be said of each: 是, 否 or 不能判定.

    Of a unit that bears no duties (是否承担任务) nothing is said.
    """
    found: list[Evidence] = []
    verdicts: dict[Flag, Verdict] = {}
    if not result.is_bound:
        return found, verdicts
    levels = {item.flag: item.level for item in book.levels}
    now = Situation(result.account, book, day, period, result.task_met, reported, is_early)
    for flag, check in JUDGED.items():
        evidence = check(now)
        if evidence:
            found.append(replace(evidence, level=levels[flag]))
        verdicts[flag] = Verdict.YES if evidence else Verdict.NO if is_judged(now, flag) else Verdict.UNKNOWN
    return found, verdicts


def raised(outcome: Outcome, book: Rulebook) -> tuple[Evidence, ...]:
    """Return the flags of an outcome, those raised to 约谈 that held in the periods before too (督查等级).

    Only closed periods are counted, whose findings were made public; the last must have ended with the 报送截止日 before.
    """
    earlier = outcome.earlier if outcome.published else None
    last = max((cutoff for cutoff in cutoffs(book) if cutoff < outcome.day), default=None)
    held = {}
    if earlier is not None and earlier.day == last:
        held = {(book.current(e.unit.code), e.flag): e for e in earlier.evidence}
    most = {item.flag: item.running for item in book.levels}
    return tuple(grown(e, held.get((e.unit.code, e.flag)), most[e.flag]) for e in outcome.evidence)


def grown(item: Evidence, before: Evidence | None, most: int) -> Evidence:
    """Return a flag with how long it has held, at 约谈 if that is long enough; what was made up for since does not last."""
    if item.lacking == ():
        return item
    if before and before.lacking is not None and not set(before.lacking).intersection(item.lacking or ()):
        before = None
    running = before.running + 1 if before else 1
    level = Level.TALK if 0 < most <= running else item.level
    talks = (before.talks if before else 0) + 1 if level is Level.TALK else 0
    return replace(item, level=level, running=running, talks=talks)


# ── explanations ─────────────────────────────────────────────────────────────────────────────────


def owing(account: Account, book: Rulebook, meeting: Meeting) -> Evidence | None:
    """Return why a unit must explain at a meeting: no breakthrough in the period it is about; None if it need not."""
    if not account.is_bound:
        return None
    return no_breakthrough(Situation(account, book, meeting.cutoff, (meeting.first, meeting.cutoff)))


def explanations(
    owing: Iterable[tuple[Meeting, Sequence[Evidence]]],
    sent: Callable[[str], Sequence[Submission]],
    arrived: Callable[[Submission], date | None],
) -> tuple[Explained, ...]:
    """Return for each meeting and each unit without a breakthrough whether it explained, in time or late.

    `owing` pairs a meeting with the units that must explain there; `sent` gives a unit's accepted submissions in order. An
    explanation is in time if a submission with 填报截止日期 up to the meeting's day holds it that had `arrived` by then, if that is known.
    """
    held = list(owing)
    days = [meeting.day for meeting, _ in held]
    return tuple(
        explained(item, meeting, sent(item.unit.code), days, arrived)
        for meeting, evidence in held
        for item in evidence
    )


def is_about(day: date | None, meeting: Meeting, days: Sequence[date]) -> bool:
    """Whether an explanation is for a meeting: of its day, or, since a meeting may be moved, of a day nearest to it."""
    if day is None or day in days:
        return day == meeting.day
    return min(days, key=lambda other: abs(other - day)) == meeting.day


def followed(
    held: Iterable[Explained], results: Mapping[str, UnitResult], book: Rulebook, day: date
) -> tuple[Explained, ...]:
    """Return explanations with what became of the day each promised: a breakthrough since the period it was about, by then."""
    return tuple(
        replace(item, kept=promise(item, item.explanation.due, results[item.unit.code], book, day))
        if item.explanation and item.explanation.due
        else item
        for item in held
    )


def promise(item: Explained, due: date, result: UnitResult, book: Rulebook, day: date) -> Kept:
    """Return what became of a promise by a day, as far as the unit's data reach."""
    now = Situation(result.account, book, day, (book.start, day))
    first = min((d for d in breakthroughs(now) if d > item.meeting.cutoff), default=None)
    if first is not None:
        return Kept.KEPT if first <= due else Kept.LATE
    if due > day:
        return Kept.NOT_DUE
    return Kept.BROKEN if now.covered >= due else Kept.UNKNOWN


def explained(
    item: Evidence,
    meeting: Meeting,
    submissions: Sequence[Submission],
    days: Sequence[date],
    arrived: Callable[[Submission], date | None],
) -> Explained:
    """Return whether one unit explained at one meeting: the earliest submission that holds it tells."""
    for submission in submissions:
        for record in submission.rows(EXPLANATIONS):
            if (
                is_about(record.meeting, meeting, days)
                and record.reason.strip()
                and record.measures.strip()
                and record.due
            ):
                told = max(submission.key[0], arrived(submission) or date.min)
                state = Said.EXPLAINED if told <= meeting.day else Said.LATE
                line = Line(item.unit.code, submission.file, EXPLANATIONS.name, record.row, ONE)
                return Explained(item.unit, meeting, state, record, line)
    return Explained(item.unit, meeting, Said.MISSING)
