"""The records every stage passes on; what the office calls them is in `glossary.py` and the declarations.

Money is 万元 in `Decimal`; a share is a percentage in (0, 100]; days are `datetime.date`.
A field that a unit left empty or filled with something unreadable is None (text: "").
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, TypeAlias

from baiti_xl.contest.choices import (
    COUNTED_AS_REPORTED,
    Decision,
    Flag,
    Inspected,
    Kept,
    Level,
    Reported,
    Reviewed,
    Said,
    Status,
    Verdict,
)
from baiti_xl.contest.columns import R, Sheet
from baiti_xl.contest.findings import Finding, Severity
from baiti_xl.contest.sheets import FORM_VERSION, PAYMENTS, Cover, Explanation, Payment, Project
from baiti_xl.contest.values import numeral_of_things

TOWNSHIP_ENDINGS = ("乡", "镇", "街道")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of one cell that was not plainly right.

    `rule` is the catalogue's id with its variant; `slots` fill its sentence. Row 0 and field "" stand for
    the whole sheet.
    """

    row: int
    field: str
    raw: str
    rule: str
    slots: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """One data sheet as read: typed columns (all of one length), their records, and odd readings.

    `rows` are the sheet's row numbers; `letters` maps a field to its column's letter; `bad` holds the
    (row, field) of cells that were filled but unreadable, whose value is therefore None or "".
    `skipped` are rows of totals. `heading_row` is 0 when the sheet or its headings are missing.
    """

    sheet: str
    rows: tuple[int, ...] = ()
    columns: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    records: tuple[R, ...] = ()
    letters: Mapping[str, str] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    bad: frozenset[tuple[int, str]] = frozenset()
    skipped: tuple[int, ...] = ()
    heading_row: int = 0


AnyTable: TypeAlias = Table[Any]


@dataclass(frozen=True, slots=True)
class Submission:
    """One file a unit sent, as read and checked.

    `file` is the name staff know it by; `digest` is the SHA-256 of its bytes. `cover_readings` are the odd
    cells of the cover. `findings` begin with those of the file itself, then follow sheets and rows. `form` is the
    version of the form it was filled in; one of another contest is not ours.
    One that is kept comes from the archive and not from the folder.
    """

    file: str
    digest: str
    cover: Cover
    cover_cells: Mapping[str, str]
    tables: Mapping[str, AnyTable]
    findings: tuple[Finding, ...] = ()
    cover_readings: tuple[Reading, ...] = ()
    form: int = FORM_VERSION
    is_ours: bool = True
    is_kept: bool = False
    is_accepted: bool = False

    def table(self, sheet: Sheet[R]) -> Table[R]:
        """Return a data sheet as read."""
        return self.tables[sheet.name]

    def rows(self, sheet: Sheet[R]) -> tuple[R, ...]:
        """Return every data row of a sheet."""
        return self.table(sheet).records

    @property
    def unit(self) -> str:
        """The unit it is from: by its cover, or, if that cannot be read, by the code its file name begins with."""
        return self.cover.code or self.file.rpartition("/")[2].partition("_")[0]

    @property
    def content(self) -> str:
        """The SHA-256 of the typed cells: equal for the same content saved by another program."""
        typed = [
            self.cover,
            [(t.sheet, [replace(r, row=0) for r in t.records]) for t in self.tables.values()],
        ]
        return hashlib.sha256(repr(typed).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def usable(self) -> bool:
        """Whether it can stand for its unit: no file-level error, and unit, day and batch are known."""
        known = bool(self.cover.code) and self.cover.cutoff is not None and self.cover.batch is not None
        return known and not any(f.rule.startswith("F") and f.blocks for f in self.findings)

    @property
    def key(self) -> tuple[date, int]:
        """(填报截止日期, 报送批次), by which the latest submission is chosen; only for a usable one."""
        return self.cover.cutoff or date.min, self.cover.batch or 0


# ── what the office decides ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the unit list (单位名录); targets are a number of projects and 万元.

    `former` are the codes it had before, `merged_into` is the code of the unit that it became part of on `merged_on`.
    """

    code: str
    name: str
    group: str
    has_task: bool = True
    head: str = ""
    copied: bool = False
    full_name: str = ""
    former: tuple[str, ...] = ()
    merged_into: str = ""
    merged_on: date | None = None
    target_projects: Decimal | None = None
    target_paid: Decimal | None = None
    aliases: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()

    @property
    def formal_name(self) -> str:
        """The name under which papers address it: 全称, else that of the organ which a township means."""
        if self.full_name or not self.name.endswith(TOWNSHIP_ENDINGS):
            return self.full_name or self.name
        return f"{self.name}{'办事处' if self.name.endswith('街道') else '人民政府'}"

    @property
    def names(self) -> tuple[str, ...]:
        """All that may be written where it is meant: code, name, full name, aliases."""
        return (self.code, self.name, self.formal_name, *self.aliases)

    def is_merged(self, day: date) -> bool:
        """Whether it has become part of another unit by a day (并入)."""
        return self.merged_on is not None and self.merged_on <= day


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision of the office on one record (裁定), with the console cell it stands in."""

    record: str
    rule: str
    decision: Decision
    value: str
    reason: str
    decided_by: str
    day: date
    cell: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the 督查考评组 saw of one record (督查记录), with the console cell it stands in; untrue is not recognised."""

    day: date
    unit: str
    record: str
    seen: str
    verdict: Inspected
    inspector: str
    cell: str

    def as_ruling(self) -> Ruling:
        """Return the ruling that an untrue record amounts to."""
        reason = f"督查不属实：{self.seen}" if self.seen else "督查不属实"
        return Ruling(self.record, "", Decision.REJECT, "", reason, self.inspector, self.day, self.cell)


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a submission arrived, as the office entered it by hand (到达登记), with the reason."""

    unit: str
    cutoff: date
    batch: int
    day: date
    reason: str
    entered_by: str


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What the clerk answered to one matter of the review (会审): the matter's mark, the answer, its reason, name and day; `what`
    is the matter in words, as it stands beside the answer.
    """

    mark: str
    answer: Reviewed
    reason: str
    answered_by: str
    day: date
    what: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that came to a notice or a letter (回复登记): the kind and 统计日 of the paper, who replied and when, what."""

    kind: str
    about: date
    sender: str
    day: date
    content: str
    entered_by: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One usable submission of a unit: the day it is filled in up to, and the day it arrived, None where that is not known."""

    cutoff: date
    arrived: date | None


# ── what comes of it ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """One record behind a figure: where it stands and how much of the figure it is."""

    unit: str
    file: str
    sheet: str
    row: int
    value: Decimal
    label: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it was made of; `value` None means 无 (no denominator), shown as —."""

    name: str
    value: Decimal | None
    lines: tuple[Line, ...] = ()
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    denominator_lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class RowFate:
    """Whether a data row counts, and if not, why (对账)."""

    sheet: str
    row: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """One typed amount and whether it counted (对账); before shares, 万元."""

    sheet: str
    row: int
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PartnerVoucher:
    """A voucher of a joint project that only a partner reports: where it stands there, and the unit's own number of the project."""

    unit: str
    file: str
    number: str
    payment: Payment


CIRCULAR = "进展通报"  # the paper that makes a period's figures public
SUMMONS = "说明通知书"  # the paper that asks a unit to explain
CLOSING = "结期"  # what stands for a paper where the clerk closed a period by hand
REJECTED = "裁定不予认定"
RULED = "裁定"  # what the reason begins with of a row that a ruling keeps from counting
TAKEN_OVER = "由并入的单位接续填报"
FORMERLY = "原编号"  # in brackets behind the reason, with the number, where the ruling is on the project under another number
OUT = (RULED, TAKEN_OVER)  # of a row that claims nothing
Barred: TypeAlias = Mapping[
    tuple[str, str, int], str
]  # (unit, sheet, row) → by which ruling it does not count


@dataclass(frozen=True, slots=True)
class Account:
    """One unit on one day: its submission in force and what counts of it.

    `blocked` maps (sheet, row) to the reason it may not count; `shares` maps a project number to its
    share as a fraction in (0, 1], and lacks projects whose share is unknown; `counts` the same for
    counting projects (see 联合项目计数); `leads` maps the number of a joint project to the unit that leads it;
    `unshared` says why the share of some cannot be used, `vouchers` are those that only partners report;
    `settled` are the errors that nobody need mend, since a ruling accepts them or leaves out their project.
    """

    unit: Unit
    status: Status
    submission: Submission | None = None
    blocked: Mapping[tuple[str, int], str] = field(default_factory=dict)
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    counts: Mapping[str, Decimal] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unshared: Mapping[str, str] = field(default_factory=dict)
    vouchers: tuple[PartnerVoucher, ...] = ()
    settled: tuple[Finding, ...] = ()

    def book(self) -> Mapping[tuple[str, int], tuple[str, Payment]]:
        """Return every voucher by file and row, with the unit's own number of its project; those of partners with them."""
        file = self.submission.file if self.submission else ""
        own = {(file, p.row): (p.project, p) for p in self.all_rows(PAYMENTS)}
        return own | {(v.file, v.payment.row): (v.number, v.payment) for v in self.vouchers}

    def is_lead(self, number: str) -> bool:
        """Whether the unit leads a project: one of its own always."""
        return self.leads.get(number, self.unit.code) == self.unit.code

    @property
    def is_carried(self) -> bool:
        """Whether an earlier submission stays in force because a newer one cannot be used (沿用)."""
        in_order = (Status.REPORTED, Status.RETROSPECT, Status.MERGED)
        return self.submission is not None and self.status not in in_order

    def covered(self, day: date) -> date:
        """Return the last day up to a day that its data speak of; before everything if there are none."""
        return min(day, self.submission.key[0]) if self.submission else date.min

    @property
    def is_merged(self) -> bool:
        """Whether the unit has become part of another, for which its past counts (并入)."""
        return self.status is Status.MERGED

    @property
    def is_bound(self) -> bool:
        """Whether the unit bears duties (是否承担任务) and can be judged by them."""
        return self.unit.has_task and not self.is_merged

    @property
    def standing(self) -> str:
        """The status in words: 退回，沿用截至 2011-05-13 的报送."""
        if self.is_merged:
            return f"{self.unit.merged_on} 并入 {self.unit.merged_into}"
        carried = self.submission if self.is_carried else None
        return self.status.value + (f"，沿用截至 {carried.key[0]} 的报送" if carried else "")

    def is_ruled_out(self, sheet: str, row: int) -> bool:
        """Whether a row claims nothing: a ruling keeps it from counting, or another unit reports it on."""
        return self.blocked.get((sheet, row), "").startswith(OUT)

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings less the errors that a ruling settled, or whose row it keeps from counting: what is to be mended still."""
        settled = frozenset(self.settled)
        return tuple(
            f
            for f in self.findings
            if not f.blocks or (f not in settled and not self.is_ruled_out(f.place.sheet, f.row))
        )

    def rows(self, sheet: Sheet[R]) -> tuple[R, ...]:
        """Return the rows of a sheet that may count: readable, without open 错, not ruled out."""
        return tuple(r for r in self.all_rows(sheet) if (sheet.name, r.row) not in self.blocked)

    def all_rows(self, sheet: Sheet[R]) -> tuple[R, ...]:
        """Return every data row of a sheet."""
        return self.submission.rows(sheet) if self.submission else ()


APPLIED = "已执行"
GONE = "记录已不在报送中"  # what a ruling did whose record the files no longer hold


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every unit's account as of one day, and what became of every file.

    `accounts` follow the unit list. `superseded`, `rejected` and `later` name the files not in force; `is_early` says
    whether the cutoff of the period is still to come.
    """

    day: date
    accounts: tuple[Account, ...]
    rejected: tuple[Submission, ...] = ()
    superseded: tuple[Submission, ...] = ()
    later: tuple[Submission, ...] = ()
    findings: tuple[Finding, ...] = ()
    applied: tuple[tuple[Ruling, str], ...] = ()
    is_early: bool = False

    @property
    def reporting(self) -> tuple[Account, ...]:
        """The accounts that have a submission in force."""
        return tuple(a for a in self.accounts if a.submission is not None)

    @property
    def files(self) -> tuple[Submission, ...]:
        """The submissions in force, then those that are not."""
        in_force = (account.submission for account in self.accounts)
        return (*(s for s in in_force if s), *self.rejected, *self.superseded, *self.later)


@dataclass(frozen=True, slots=True)
class UnitResult:
    """All figures of one unit on one day, by name; the names are those of `measures.py`.

    Those of a unit that others became part of include theirs; `members` are then the results of each by itself.
    """

    account: Account
    figures: Mapping[str, Figure]
    tier: str
    tiers: Mapping[str, Figure]
    task: Figure | None
    task_met: bool | None
    rows: tuple[RowFate, ...]
    money: tuple[Money, ...]
    members: tuple["UnitResult", ...] = ()

    @property
    def unit(self) -> Unit:
        """The unit the figures are of."""
        return self.account.unit

    @property
    def is_bound(self) -> bool:
        """Whether the unit bears duties and can be judged by them."""
        return self.account.is_bound

    @property
    def is_ranked(self) -> bool:
        """Whether the unit has figures and bears duties, and so has a score and a rank."""
        return bool(self.figures) and self.is_bound

    @property
    def singles(self) -> tuple["UnitResult", ...]:
        """The results of one account each that make up the figures; none for a unit whose figures another has."""
        return () if self.account.is_merged else self.members or (self,)

    def value(self, name: str) -> Decimal | None:
        """Return a figure's value, None where there is none (or the unit has no submission)."""
        figure = self.figures.get(name)
        return figure.value if figure else None


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit's place on one board; `group_rank` within its group, `county_rank` over all."""

    unit: Unit
    value: Decimal | None
    group_rank: int
    county_rank: int


@dataclass(frozen=True, slots=True)
class Points:
    """How one comparison adds to a unit's score: value ÷ best × weight share × 100."""

    comparison: str
    value: Decimal | None
    best: Decimal | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """A unit's overall score (0–100) with its workings and ranks."""

    unit: Unit
    score: Decimal
    points: tuple[Points, ...]
    group_rank: int
    county_rank: int


@dataclass(frozen=True)
class Ranking:
    """All boards: `boards` by comparison, `overall` by score; both in order of county rank; `over_county` by 名次分组."""

    boards: Mapping[str, tuple[Standing, ...]]
    overall: tuple[Score, ...]
    over_county: bool = False

    def rank(self, code: str) -> int:
        """Return a unit's overall rank as 名次分组 asks for it: in its group, or over the county."""
        score = self.by_unit[code]
        return score.county_rank if self.over_county else score.group_rank

    def county_rank(self, code: str) -> int | None:
        """Return a unit's rank over the county, None where scores of different bests do not compare (名次分组)."""
        return self.by_unit[code].county_rank if self.over_county else None

    def score(self, code: str) -> Score:
        """Return a unit's overall score; KeyError if it has none."""
        return self.by_unit[code]

    @cached_property
    def by_unit(self) -> Mapping[str, Score]:
        """The scores by unit code."""
        return {score.unit.code: score for score in self.overall}

    def standing(self, name: str, code: str) -> Standing:
        """Return a unit's place on a board; KeyError if there is none."""
        return self.places[name][code]

    @cached_property
    def places(self) -> Mapping[str, Mapping[str, Standing]]:
        """The places on each board by unit code."""
        return {name: {s.unit.code: s for s in held} for name, held in self.boards.items()}

    def board(self, name: str, group: str = "") -> tuple[Standing, ...]:
        """Return a board, of one group or of the county, in order of rank."""
        return tuple(s for s in self.boards[name] if group in ("", s.unit.group))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One supervision flag on one unit, with the facts that raised it, the records behind them, and its level (督查等级).

    `running` counts the periods running in which it held, this one with them, `talks` those at 约谈; `lacking` names what
    is still not done of what was due, None where a flag is not about that; `looked` names the sheets in which something was looked for and not found.
    """

    flag: Flag
    unit: Unit
    facts: str
    lines: tuple[Line, ...] = ()
    level: Level = Level.REMINDER
    running: int = 1
    talks: int = 0
    lacking: tuple[str, ...] | None = None
    looked: tuple[str, ...] = ()

    @property
    def lasting(self) -> str:
        """How long it has held, in words: 连续四期，其中最近三期为约谈; nothing for a first time below 约谈."""
        if self.running == 1:
            return f"本期为{Level.TALK}" if self.talks else ""
        since = {0: "", self.running: f"，均为{Level.TALK}", 1: f"，其中本期为{Level.TALK}"}
        recent = f"，其中最近{numeral_of_things(self.talks)}期为{Level.TALK}"
        return f"连续{numeral_of_things(self.running)}期{since.get(self.talks, recent)}"


@dataclass(frozen=True, slots=True)
class Exposed:
    """A unit proposed for exposure, why, and the findings behind it; nothing is ever published by the program."""

    unit: Unit
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Honours:
    """Who is commended: overall by field ("" for the county), and by (comparison, field)."""

    overall: Mapping[str, tuple[Score, ...]] = field(default_factory=dict)
    single: Mapping[tuple[str, str], tuple[Standing, ...]] = field(default_factory=dict)

    @property
    def units(self) -> frozenset[str]:
        """The codes of all that are commended."""
        overall = {score.unit.code for held in self.overall.values() for score in held}
        return frozenset(overall | {s.unit.code for held in self.single.values() for s in held})


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of the review (会审): its kind, the unit, what is the matter, where it stands, its effect on figures.

    `facts` are what an answer holds for, where that is not what is said: a record's key and values, not the row it stands
    in. `answer` is what the clerk said to just these facts.
    """

    kind: str
    unit: str
    what: str
    evidence: str
    effect: str
    facts: str = ""
    answer: ReviewAnswer | None = None

    @property
    def mark(self) -> str:
        """What the matter is known by, made of its facts (事项标识): 更正/X01/3f2a91c0."""
        said = (self.facts, self.effect) if self.facts else (self.what, self.evidence, self.effect)
        facts = "\n".join((self.kind, self.unit, *said))
        return f"{self.kind}/{self.unit or '全县'}/{hashlib.sha256(facts.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One scheduling meeting: its number from 1, its day, the first day and the cutoff of the period it is about, time and place."""

    number: int
    day: date
    first: date
    cutoff: date
    time: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two projects of two units that are likely one (疑似重复); each tuple holds both sides, in unit order.

    `score` is 0–100; `records` are their 记录标识; `ruling` is what the console has decided of either, ""
    while undecided.
    """

    score: int
    units: tuple[str, str]
    files: tuple[str, str]
    rows: tuple[int, int]
    projects: tuple[Project, Project]
    records: tuple[str, str]
    ruling: str = ""


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """Who reported in one period: each unit's state by its code; days included."""

    number: int
    first: date
    last: date
    states: Mapping[str, Reported]

    def count(self, *states: Reported) -> int:
        """Return how many units are in one of some states."""
        return sum(state in states for state in self.states.values())

    @property
    def rate(self) -> Decimal | None:
        """The share of units that reported for the period, in time or late, None if none is due."""
        return Decimal(self.count(*COUNTED_AS_REPORTED)) / len(self.states) if self.states else None


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether a unit that had to explain at a scheduling meeting did: 已说明, 逾期说明, 书面说明 or 未说明.

    `kept` tells what became of the day it promised, None where it promised none.
    """

    unit: Unit
    meeting: Meeting
    state: Said
    explanation: Explanation | None = None
    line: Line | None = None
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class FigureNote:
    """One number a paper prints: where, as printed, what it means, and the records behind it.

    The `value`s of `lines` (and of `denominator_lines`) add up to value (numerator, denominator).
    """

    place: str
    shown: str
    name: str
    definition: str
    value: Decimal | None
    lines: tuple[Line, ...] = ()
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    denominator_lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One document to be written: its kind, the unit it is for ("" for all), its facts and figures.

    `stem` is the file name without ending; `facts` are exactly the fields of the kind's template, except
    文号, which the register gives; `pictures` fill image slots by name; `sealed` says whether a seal is put on it.
    """

    kind: str
    unit: str
    stem: str
    title: str
    facts: Mapping[str, Any]
    figures: tuple[FigureNote, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """One identity of 对账: what was typed equals what counted plus what did not; `reasons` say why not."""

    name: str
    unit: str
    sheet: str
    typed: Decimal
    counted: Decimal
    not_counted: Decimal
    reasons: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was lost."""
        return self.typed == self.counted + self.not_counted


@dataclass(frozen=True, slots=True)
class Correction:
    """What was published of one record in one figure and is no longer so (更正), and why.

    `line` is where the record stands now, or stood when it was published; `kind` is one of `count/bridge.py`.
    """

    measure: str
    unit: Unit
    record: str
    label: str
    before: Decimal
    after: Decimal
    kind: str
    detail: str
    line: Line

    @property
    def change(self) -> Decimal:
        """By how much the published figure is corrected."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Bridge:
    """How one figure of the county came from what was published: published + new + corrected = now."""

    measure: str
    published: Figure
    new: Figure
    corrected: Figure
    now: Figure

    @property
    def holds(self) -> bool:
        """Whether it adds up."""
        parts = (self.published, self.new, self.corrected)
        return sum((p.value or Decimal(0) for p in parts), Decimal(0)) == (self.now.value or Decimal(0))


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A submission that something made public rests on: name, digest, whether only the archive had it, and when it arrived."""

    file: str
    digest: str
    is_kept: bool
    arrived: date | None


@dataclass(frozen=True, slots=True)
class Published:
    """What was made public of one day by numbered papers: every figure and reporting state of each unit, files and rules behind them.

    `moment` is when the last of the papers was numbered, `reason` why they were issued again; `flags` gives of each unit's
    findings the level, and in how many periods running they held and were at 约谈; `after` is the chain of the last submission
    entered before, "" where an earlier version made it public.
    """

    day: date
    kinds: tuple[str, ...]
    figures: Mapping[str, Mapping[str, Decimal | None]]
    files: tuple[KeptFile, ...]
    rules: Mapping[str, Any]
    states: Mapping[str, Reported] = field(default_factory=dict)
    moment: str = ""
    reason: str = ""
    flags: Mapping[tuple[str, Flag], tuple[Level, int, int]] = field(default_factory=dict)
    after: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether the circular was issued or the clerk closed the period; a notice of a meeting or to put right does not."""
        return CIRCULAR in self.kinds or CLOSING in self.kinds


@dataclass(frozen=True, slots=True)
class PassedOver:
    """One path of the folder of submissions that was not read, and why."""

    file: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """Everything worked out for one day; `earlier` is the same for the day compared with.

    `dated` is the 成文日期 of papers where it is another. `published` says what was made public of that day, None where nothing was and it was worked out again; `bridges` and
    `corrections` lead from there to now. `daily` adds up by day what the records behind the figures of money are worth; `arrivals` has the day each
    file arrived, by digest, where it is known.
    """

    day: date
    ledger: Ledger
    results: tuple[UnitResult, ...]
    ranking: Ranking
    identities: tuple[Identity, ...]
    earlier: "Outcome | None" = None
    evidence: tuple[Evidence, ...] = ()
    explained: tuple[Explained, ...] = ()
    pairs: tuple[Pair, ...] = ()
    reports: tuple[PeriodReport, ...] = ()
    verdicts: Mapping[str, Mapping[Flag, Verdict]] = field(default_factory=dict)
    period: str = ""
    published: Published | None = None
    bridges: tuple[Bridge, ...] = ()
    corrections: tuple[Correction, ...] = ()
    exposed: tuple[Exposed, ...] = ()
    honours: Honours = Honours()
    dated: date | None = None
    passed_over: tuple[PassedOver, ...] = ()
    daily: Mapping[str, Mapping[date, Decimal]] = field(default_factory=dict)
    arrivals: Mapping[str, date] = field(default_factory=dict)

    @property
    def basis(self) -> str:
        """What the day compared with is told by: 公布的数, 结期时的数, or worked out again from the archive."""
        if self.published is None:
            return "（按归档重新计算）"
        return "公布的数" if CIRCULAR in self.published.kinds else "结期时的数"

    @property
    def paper_day(self) -> date:
        """The day that papers made of it bear (成文日期)."""
        return self.dated or self.day

    @property
    def has_explained(self) -> frozenset[str]:
        """The units that explained in time, at the meeting of the period that ends with the day, why they had no breakthrough."""
        return self.explained_as(Said.EXPLAINED)

    @property
    def has_spoken(self) -> frozenset[str]:
        """The units that explained it there, late or in writing."""
        return self.explained_as(Said.EXPLAINED, Said.LATE, Said.WRITTEN)

    def explained_as(self, *states: Said) -> frozenset[str]:
        """Return the units whose explanation at the meeting of the period that ends with the day has one of some states."""
        now = (e for e in self.explained if e.meeting.cutoff == self.day)
        return frozenset(e.unit.code for e in now if e.state in states)

    @property
    def other_days(self) -> tuple[Submission, ...]:
        """The submissions in force that speak of another day than this one."""
        sent = (account.submission for account in self.ledger.accounts)
        return tuple(s for s in sent if s and s.cover.cutoff != self.day)

    @property
    def day_reason(self) -> str:
        """How many of the files in force were filled in up to the day: 56 份中 55 份填到这一天."""
        count = len(self.ledger.reporting)
        if not count:
            return "没有一份可用的报送表"
        return f"{count} 份中 {count - len(self.other_days)} 份填到这一天"

    @property
    def since(self) -> date | None:
        """The day the period began, if two days are compared."""
        return self.earlier.day if self.earlier else None

    @property
    def singles(self) -> Iterator[UnitResult]:
        """The results of one account each, in which every record stands once and with its own unit."""
        return (single for result in self.results for single in result.singles)

    def result(self, code: str) -> UnitResult:
        """Return one unit's result; KeyError if there is none."""
        return self.by_unit[code]

    @cached_property
    def by_unit(self) -> Mapping[str, UnitResult]:
        """The results by unit code."""
        return {result.unit.code: result for result in self.results}

    def holder(self, unit: Unit) -> Unit:
        """Return the unit that has what a unit reported: the one that it became part of (并入), else itself."""
        result = self.by_unit.get(unit.code)
        into = self.by_unit.get(result.unit.merged_into) if result and result.account.is_merged else None
        return into.unit if into else unit

    def holders(self, units: Iterable[Unit]) -> tuple[Unit, ...]:
        """Return the units that have what some reported, each once, in the order of their first mention."""
        return tuple({held.code: held for held in map(self.holder, units)}.values())

    def called(self, unit: Unit) -> str:
        """Return what a unit whose record is told is called: 县商务局（原县工商业联合会） for one that has become part of another."""
        held = self.holder(unit)
        return unit.name if held.code == unit.code else f"{held.name}（原{unit.name}）"

    @property
    def owed(self) -> tuple[Explained, ...]:
        """The explanations of units that can be called to a meeting: not of those that have become part of another."""
        return tuple(e for e in self.explained if self.holder(e.unit).code == e.unit.code)

    def evidence_of(self, code: str) -> tuple[Evidence, ...]:
        """Return the findings of one unit, in the order of the flags."""
        return self.evidence_by_unit.get(code, ())

    @cached_property
    def evidence_by_unit(self) -> Mapping[str, tuple[Evidence, ...]]:
        """The findings by unit code."""
        found: dict[str, tuple[Evidence, ...]] = {}
        for item in self.evidence:
            found[item.unit.code] = (*found.get(item.unit.code, ()), item)
        return found

    def contenders(self, group: str = "") -> list[Score]:
        """Return the overall scores in order of rank, of the units that have figures; of a group, or of the county."""
        held = (s for s in self.ranking.overall if group in ("", s.unit.group))
        return [s for s in held if self.result(s.unit.code).is_ranked]

    @cached_property
    def ranks(self) -> Mapping[tuple[str, int], int]:
        """How many units that have figures share each (group, rank in it)."""
        return Counter((s.unit.group, s.group_rank) for s in self.contenders())

    def total(self, name: str, group: str = "") -> Decimal:
        """Return a figure added up over a group, or over the county."""
        members = (r for r in self.results if group in ("", r.unit.group))
        return sum((r.value(name) or Decimal(0) for r in members), Decimal(0))


def open_errors(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings that still keep a row from counting."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)
