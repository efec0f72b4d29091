"""The ledger: which submission stands for a unit on a day, and what of it may count.

A record may count if its row has no open 错 and it is not ruled out. Rulings of the console overrule
findings, exclude records, decide to whom a record belongs, and set the share of a joint project.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from baiti_xl.contest import sheets
from baiti_xl.contest.choices import Decision, Status
from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.loading import RulebookError, RuleFault
from baiti_xl.contest.periods import cutoff_of, holds_from, period
from baiti_xl.contest.predicates import by_number, counting_weight, lead_of, share_of
from baiti_xl.contest.records import (
    APPLIED,
    FORMERLY,
    GONE,
    OUT,
    REJECTED,
    Account,
    Barred,
    Ledger,
    Ruling,
    Submission,
    Unit,
)
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding, in_order
from baiti_xl.contest.sheets import PROJECTS
from baiti_xl.contest.spellings import folded

NONE_BARRED: Barred = {}
Clashes = list[tuple[Submission, Finding]]
UNCLAIMED = "归属的单位没有有效报送，暂无单位计入"


def reporting_day(submissions: Iterable[Submission], book: Rulebook) -> date | None:
    """Return the cutoff of the period that the newest usable submission of most units belongs to; the later of two equals.

    One cover dated a day late, or a month early, turns nobody else into 未报送. None without a usable submission.
    """
    newest: dict[str, date] = {}
    for submission in submissions:
        if submission.usable:
            unit, day = submission.cover.code, submission.key[0]
            newest[unit] = max(day, newest.get(unit, day))
    units = Counter(cutoff_of(book, day) for day in newest.values())
    return max(units, key=lambda day: (units[day], day), default=None)


@dataclass(frozen=True, slots=True)
class SentByUnit:
    """What was sent, by unit and in order of file: what can stand for the unit, and what cannot be used."""

    usable: Mapping[str, Sequence[Submission]]
    returned: Mapping[str, Sequence[Submission]]


def by_unit(submissions: Iterable[Submission]) -> SentByUnit:
    """Return submissions by unit; the outcome does not depend on their order."""
    held: dict[bool, dict[str, list[Submission]]] = {True: defaultdict(list), False: defaultdict(list)}
    for submission in sorted(submissions, key=lambda s: (s.file, s.digest)):
        usable = submission.usable
        held[usable][submission.cover.code if usable else submission.unit].append(submission)
    return SentByUnit(held[True], held[False])


def account_on(unit: Unit, sent: SentByUnit, book: Rulebook, day: date) -> Account:
    """Return a unit's account as of a day."""
    return standing(unit, sent, book, day)[0]


def standing(
    unit: Unit, sent: SentByUnit, book: Rulebook, day: date, is_early: bool = False
) -> tuple[Account, list[Submission], Clashes]:
    """Return a unit's account as of a day, perhaps before its cutoff, its files that are not in force, and those in conflict."""
    chosen, status, spare, clashes = choose(sent.usable.get(unit.code, ()), day)
    returned = sent.returned.get(unit.code, ())
    if status is Status.RETROSPECT and any(clash.key[0] <= day for clash, _ in clashes):
        status = Status.CONFLICT
    if status is Status.RETROSPECT:
        back = any(s.cover.cutoff and book.start <= s.cover.cutoff <= day for s in returned)
    else:
        back = status in (Status.MISSING, Status.REPORTED) and newer(returned, chosen, book, day)
    if back:
        status = Status.RETURNED
    status = Status.MERGED if unit.is_merged(day) else status
    return (
        open_account(unit, of_the_period(status, chosen, book, day, is_early), chosen, book),
        spare,
        clashes,
    )


def build_ledger(
    submissions: Iterable[Submission], book: Rulebook, day: date, today: date | None = None
) -> Ledger:
    """Return every unit's account as of a day, and what became of every file; before its cutoff nobody is 未报送."""
    is_early = min(day, today or day) < cutoff_of(book, day)
    sent = by_unit(submissions)
    accounts: list[Account] = []
    superseded: list[Submission] = []
    later: list[Submission] = []
    clashes: Clashes = []
    for unit in book.units:
        account, spare, clash = standing(unit, sent, book, day, is_early)
        chosen = account.submission
        accounts.append(account)
        clashes.extend(clash)
        spare = [s for s in spare if not s.is_kept]
        superseded.extend(s for s in spare if s.key[0] <= day or chosen is None or s.key == chosen.key)
        later.extend(s for s in spare if not (s.key[0] <= day or chosen is None or s.key == chosen.key))
    unusable = (s for held in sent.returned.values() for s in held)
    rejected = sorted(unusable, key=lambda s: (s.file, s.digest))
    rejected += [replace(s, findings=(*s.findings, f)) for s, f in clashes]
    return Ledger(day, tuple(accounts), tuple(rejected), tuple(superseded), tuple(later), is_early=is_early)


def reopen(
    ledger: Ledger, findings: Iterable[Finding], book: Rulebook, barred: Barred = NONE_BARRED
) -> Ledger:
    """Return the ledger with further findings on the submissions in force (across units, against the past).

    `barred` are the rows that a ruling on another record keeps from counting.
    """
    extra: dict[str, list[Finding]] = defaultdict(list)
    for item in findings:
        extra[item.unit].append(item)
    return replace(
        ledger, accounts=tuple(reopened(a, extra.get(a.unit.code, []), book, barred) for a in ledger.accounts)
    )


def reopened(account: Account, findings: Sequence[Finding], book: Rulebook, barred: Barred) -> Account:
    """Return an account opened again with further findings on its submission."""
    if account.submission is None or not (findings or barred):
        return account
    submission = replace(
        account.submission, findings=tuple(in_order([*account.submission.findings, *findings]))
    )
    return open_account(account.unit, account.status, submission, book, barred)


# ── which submission stands ──────────────────────────────────────────────────────────────────────


def choose(
    submissions: Sequence[Submission], day: date
) -> tuple[Submission | None, Status, list[Submission], Clashes]:
    """Return a unit's submission in force, its status, the others, and those in conflict.

    In force is the greatest (填报截止日期, 报送批次) up to the day that can be used; failing that the earliest later one,
    which is then cut at the day (回溯). Different contents under one day and batch are a conflict (F08): none of them
    counts, and what the unit sent before stays in force (沿用); of them one that was accepted before stays too.
    """
    groups: dict[tuple[date, int], list[Submission]] = defaultdict(list)
    for submission in submissions:
        groups[submission.key].append(submission)
    if not groups:
        return None, Status.MISSING, [], []
    clashes = [clash for group in groups.values() for clash in conflicts(group)]
    refused = {id(s) for s, _ in clashes}
    clashing = {s.key for s, _ in clashes}
    standing = {key: first for key, group in groups.items() if (first := first_of(group, refused))}
    due = [key for key in standing if key[0] <= day]
    key = max(due) if due else min(standing, default=None)
    chosen = standing[key] if key else None
    spare = [s for s in submissions if s is not chosen and id(s) not in refused]
    if chosen is None or (due and any(chosen.key <= clash and clash[0] <= day for clash in clashing)):
        return chosen, Status.CONFLICT, spare, clashes
    return chosen, Status.REPORTED if due else Status.RETROSPECT, spare, clashes


def first_of(group: Sequence[Submission], refused: Collection[int]) -> Submission | None:
    """Return the submission that stands of those of one day and batch: one accepted before, else the first not refused (by `id`)."""
    sound = [s for s in group if id(s) not in refused]
    return next((s for s in sound if s.is_accepted), sound[0] if sound else None)


def of_the_period(
    status: Status, chosen: Submission | None, book: Rulebook, day: date, is_early: bool
) -> Status:
    """Return a unit's status as the current period has it: with nothing of the period 未报送, or 未到报送日 before its cutoff."""
    if status is Status.MERGED:
        return status
    old = chosen is None or chosen.key[0] < period(book, day)[0]
    if status not in (Status.REPORTED, Status.MISSING) or not old:
        return status
    return Status.NOT_DUE if is_early else Status.MISSING


def newer(returned: Sequence[Submission], chosen: Submission | None, book: Rulebook, day: date) -> bool:
    """Whether a file that was returned would have stood for the unit; one without a day of the contest, if its period lacks one."""
    if chosen is None:
        return bool(returned)
    first = period(book, day)[0]

    def beats(submission: Submission) -> bool:
        sent = submission.cover.cutoff
        if sent is None or not book.start <= sent <= book.end:
            return chosen.key[0] < first
        return chosen.key < submission.key and sent <= day

    return any(map(beats, returned))


def conflicts(same_batch: Sequence[Submission]) -> Clashes:
    """Return (submission, F08) for every file of one day and batch if their contents differ; not for one accepted before."""
    if (
        len(same_batch) < 2
        or len({s.digest for s in same_batch}) == 1
        or len({s.content for s in same_batch}) == 1
    ):
        return []
    found = []
    accepted = next((s for s in same_batch if s.is_accepted), None)
    for submission in same_batch:
        if accepted and (submission is accepted or submission.content == accepted.content):
            continue
        other = accepted.file if accepted else next(s.file for s in same_batch if s is not submission)
        cell = submission.cover_cells.get("batch", "")
        place = Place(submission.file, sheets.COVER, cell, "报送批次")
        day, batch = submission.key
        unit = submission.cover.code
        rule = "F08/late" if accepted else "F08"
        found.append((submission, finding(rule, place, batch, unit=unit, day=day, batch=batch, other=other)))
    return found


# ── what of it may count ─────────────────────────────────────────────────────────────────────────


def open_account(
    unit: Unit, status: Status, submission: Submission | None, book: Rulebook, barred: Barred = NONE_BARRED
) -> Account:
    """Return a unit's account with its rulings applied, as far as its own file tells; `barred` are rows that another's rule out."""
    if submission is None:
        return Account(unit, status)
    rulings = rulings_of(unit.code, book)
    blocked = blocked_rows(submission, rulings)
    blocked |= {(sheet, row): reason for (code, sheet, row), reason in barred.items() if code == unit.code}
    shares: dict[str, Decimal] = {}
    counts: dict[str, Decimal] = {}
    leads: dict[str, str] = {}
    for number, project in by_number(submission.rows(PROJECTS)).items():
        share = share_of(project, ruled_share(rulings, PROJECTS.identity(unit.code, project)))
        if share is None:
            continue
        shares[number] = share
        if project.is_joint:
            leads[number] = lead_of({unit.code: project}, {unit.code: share}, book)
        leading = leads.get(number, unit.code) == unit.code
        counts[number] = counting_weight(project, share, leading, book)
    mended = tuple(settled(submission, rulings, blocked))
    return Account(
        unit, status, submission, blocked, shares, counts, leads, submission.findings, settled=mended
    )


def rulings_of(unit: str, book: Rulebook) -> Mapping[str, list[Ruling]]:
    """Return the rulings on a unit's records by 记录标识."""
    found: dict[str, list[Ruling]] = defaultdict(list)
    for ruling in book.rulings:
        if ruling.record.startswith(f"{unit}/"):
            found[ruling.record].append(ruling)
    return found


def blocked_rows(submission: Submission, rulings: Mapping[str, list[Ruling]]) -> dict[tuple[str, int], str]:
    """Return why each row that may not count may not: its open errors, or a ruling."""
    errors: dict[tuple[str, int], list[str]] = defaultdict(list)
    for item in submission.findings:
        if item.blocks and item.row and item.place.sheet in sheets.SHEETS and not overruled(item, rulings):
            errors[item.place.sheet, item.row].append(item.rule)
    blocked = {place: f"有错误 {'、'.join(dict.fromkeys(rules))}" for place, rules in errors.items()}
    for sheet in sheets.DATA_SHEETS:
        for record in submission.rows(sheet) if rulings else ():
            reason = excluded(rulings.get(sheet.identity(submission.cover.code, record), ()), submission)
            if reason:
                blocked[sheet.name, record.row] = reason
    return blocked


def settled(
    submission: Submission, rulings: Mapping[str, list[Ruling]], blocked: Mapping[tuple[str, int], str]
) -> Iterator[Finding]:
    """Yield the errors that nobody need mend: those a ruling accepts, and those of records of a project that is ruled out."""
    out = {
        p.number for p in submission.rows(PROJECTS) if blocked.get((PROJECTS.name, p.row), "").startswith(OUT)
    }
    theirs = {
        (sheet.name, row.row)
        for sheet in sheets.DATA_SHEETS
        for row in (submission.rows(sheet) if out and "project" in sheet.fields else ())
        if row.project in out
    }
    for item in submission.findings:
        if item.blocks and (overruled(item, rulings) or (item.place.sheet, item.row) in theirs):
            yield item


def overruled(item: Finding, rulings: Mapping[str, list[Ruling]]) -> bool:
    """Whether the office decided to accept a record in spite of a finding, or set the share in which an error stands."""
    is_share = item.place.heading == PROJECTS.fields["share"].heading
    return any(
        (r.decision == Decision.ACCEPT and r.rule in ("", item.rule))
        or (r.decision == Decision.SHARE and is_share)
        for r in rulings.get(item.record, ())
    )


def excluded(rulings: Sequence[Ruling], submission: Submission) -> str:
    """Return why a ruling keeps a record from counting, or ""."""
    for ruling in rulings:
        if ruling.decision == Decision.REJECT:
            return REJECTED
        if ruling.decision == Decision.BELONG and ruling.value != submission.cover.code:
            return f"裁定归属 {ruling.value}"
    return ""


def ruled_share(rulings: Mapping[str, list[Ruling]], record: str) -> Decimal | None:
    """Return the share the office set for a project, as a percentage."""
    shares = [Decimal(r.value) for r in rulings.get(record, ()) if r.decision == Decision.SHARE]
    return shares[-1] if shares else None


def applied(ledger: Ledger, book: Rulebook) -> tuple[tuple[Ruling, str], ...]:
    """Return each ruling with what it did on the ledger's day: it holds from its own date."""
    by_unit = {a.unit.code: a for a in ledger.accounts}
    named = {ruling.record.split("/")[0] for ruling in book.decisions}
    held = {code: record_ids(by_unit[code].submission) for code in named if code in by_unit}
    found = []
    for ruling in book.decisions:
        code = ruling.record.split("/")[0]
        account = by_unit.get(code)
        first = holds_from(book, ruling.day)
        waiting = f"自 {first} 起执行" if first > ledger.day else ""
        receiver = by_unit.get(ruling.value) if ruling.decision == Decision.BELONG else account
        nobody = UNCLAIMED if receiver is not None and receiver.submission is None else ""
        done = APPLIED if ruling.record in held.get(code, ()) else effect_elsewhere(account, ruling.record)
        found.append((ruling, waiting or (nobody if nobody and done != GONE else done)))
    return tuple(found)


def effect_elsewhere(account: Account | None, record: str) -> str:
    """Return what became of a ruling whose record is gone: executed under the number that its project bears now, or nothing."""
    if account is None:
        return GONE
    for project in account.all_rows(PROJECTS):
        _, _, former = account.blocked.get((PROJECTS.name, project.row), "").partition(f"（{FORMERLY} ")
        if former and record == f"{account.unit.code}/{PROJECTS.name}/{folded(former[:-1])}":
            return f"{APPLIED}（现编号 {project.number}）"
    return GONE


def record_ids(submission: Submission | None) -> frozenset[str]:
    """Return the 记录标识 of every row of a submission."""
    if submission is None:
        return frozenset()
    unit = submission.cover.code
    return frozenset(s.identity(unit, r) for s in sheets.DATA_SHEETS for r in submission.rows(s))


def check_rulings(book: Rulebook) -> None:
    """Raise RulebookError naming the cell of every ruling that cannot be of any record, or gives it to nobody.

    A record that is no longer in the files stops nothing: 裁定记录 and 总览 say so.
    """
    faults = []
    for ruling in book.decisions:
        sheet, _, cell = ruling.cell.partition("!")
        unit, _, rest = ruling.record.partition("/")
        if book.unit(unit) is None or rest.partition("/")[0] not in sheets.SHEETS:
            faults.append(
                RuleFault(sheet, cell, f"记录标识“{ruling.record}”应是 单位代码/表名/主键；请从问题清单复制")
            )
        if ruling.decision == Decision.BELONG and book.unit(ruling.value) is None:
            faults.append(RuleFault(sheet, cell, f"裁定归属的单位代码“{ruling.value}”不在单位名录里"))
    if faults:
        raise RulebookError(faults)
