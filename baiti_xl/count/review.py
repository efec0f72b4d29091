"""会审: every matter that should be answered before papers are numbered, with its evidence and its effect on figures.

A matter is known by its mark, made of its facts: an answer holds until they change. What only the papers or the
register know (figures that differ, replies overdue, days) is added by the desk.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from baiti_xl.contest.choices import Decision, Kept, Reported, Reviewed, Said, Status
from baiti_xl.contest.findings import Finding, Severity
from baiti_xl.contest.measures import AMOUNT, PAID, active
from baiti_xl.contest.periods import cutoff_of, cutoffs
from baiti_xl.contest.records import (
    Account,
    Correction,
    Line,
    Matter,
    Outcome,
    ReviewAnswer,
    Submission,
    UnitResult,
)
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import RULES
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS

ZERO = Decimal(0)
MOST_FLAGGED = Decimal("0.8")  # of the county; more, and the list is no list
FEW = 5  # units, of which nobody is surprised that all or none are flagged
TOLD_ELSEWHERE = ("X01", "P06", "P07")  # a matter of its own, and what says nothing of a figure
MOST_NAMED = 8
Place = tuple[str, str, int]
RULE = re.compile(r"[A-Z][0-9]{2}")
CLASH, RETURNED, TWIN, WARNED, LARGE, LEAP, CORRECTED, CARRIED, WIDE, BROKEN, COMMENDED = (
    "冲突", "退回", "疑似重复", "警示", "大额", "突增", "更正", "沿用", "督查面", "承诺", "表彰",
)  # fmt: skip


def matters(outcome: Outcome, book: Rulebook) -> tuple[Matter, ...]:
    """Return what an outcome gives to answer, with the answers that hold, in the order of the kinds, then of the units."""
    return answered(unanswered(outcome, book), book)


def unanswered(outcome: Outcome, book: Rulebook) -> tuple[Matter, ...]:
    """Return what an outcome gives to answer, whatever was answered."""
    worth = effects(outcome, book)
    return (
        *files(outcome, book),
        *twins(outcome, worth),
        *warnings(outcome, worth),
        *amounts(outcome, book),
        *leaps(outcome, book),
        *corrections(outcome),
        *carried(outcome, book),
        *breadth(outcome, book),
        *promises(outcome),
    )


def answered(found: Iterable[Matter], book: Rulebook) -> tuple[Matter, ...]:
    """Return matters, each once, with the last answer given to it."""
    once = {matter.mark: matter for matter in found}
    ruled = [ruling.record for ruling in book.decisions]
    given = {a.mark: a for a in book.answers if a.mark in once and settles(a, once[a.mark], ruled)}
    return tuple(replace(matter, answer=given.get(mark)) for mark, matter in once.items())


def settles(answer: ReviewAnswer, matter: Matter, ruled: Sequence[str]) -> bool:
    """Whether an answer settles a matter that is still there: nothing was mended then, and 裁定 needs a ruling on its record."""
    if answer.answer is Reviewed.RULED:
        return any(record in matter.evidence for record in ruled)
    return answer.answer is Reviewed.ISSUE


# ── what a record is worth ───────────────────────────────────────────────────────────────────────

Worth = Mapping[Place, Sequence[tuple[str, Decimal]]]


def effects(outcome: Outcome, book: Rulebook) -> Worth:
    """Return of each record that a matter may be of in which comparisons it counts, and with how much."""
    found: dict[Place, list[tuple[str, Decimal]]] = defaultdict(list)
    wanted = asked_of(outcome)
    files = {file for file, _, _ in wanted}
    for single in outcome.singles:
        submission = single.account.submission
        own = {submission.file} if submission else set()
        if files.isdisjoint(own | {voucher.file for voucher in single.account.vouchers}):
            continue
        for item in active(book):
            figure = single.figures.get(item.name)
            for line in figure.lines if figure and not item.is_rate else ():
                if line.value and (place := (line.file, line.sheet, line.row)) in wanted:
                    found[place].append((item.name, line.value))
    return found


def asked_of(outcome: Outcome) -> frozenset[Place]:
    """Return the records that may be matters: those of likely duplicates, and those of which a warning tells."""
    twins = (
        (file, PROJECTS.name, row)
        for pair in outcome.pairs
        for file, row in zip(pair.files, pair.rows, strict=True)
    )
    warned = (
        (item.place.file, item.place.sheet, item.row)
        for account in outcome.ledger.accounts
        for item in account.findings
        if is_telling(item)
    )
    return frozenset((*twins, *warned))


def told(held: Sequence[tuple[str, Decimal]]) -> str:
    """Return in words what a record counts: 计入 签约项目数 1、签约金额 9000."""
    return f"计入 {'、'.join(f'{name} {plain(value)}' for name, value in held)}" if held else "不计入"


def plain(value: Decimal) -> str:
    """Return a number without useless zeros."""
    return f"{value.normalize():f}"


def at(line: Line) -> str:
    """Return where a record stands."""
    return f"{line.file} {line.sheet} 第 {line.row} 行" if line.row else line.file or line.sheet


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def files(outcome: Outcome, book: Rulebook) -> Iterator[Matter]:
    """Yield the units whose newest files are in conflict or sent back, and the files of nobody."""
    returned: dict[str, list[Submission]] = defaultdict(list)
    for submission in outcome.ledger.rejected:
        returned[submission.unit].append(submission)
    known = {r.unit.code for r in outcome.results}
    for unit, held in returned.items():
        for submission in held if unit not in known else ():
            what = f"{unit or '单位不明'}的文件不能用：{why(submission)}"
            yield Matter(
                RETURNED, unit, what, submission.file, "没有计入", submission.digest or submission.file
            )
    for result in outcome.results:
        held = returned.get(result.unit.code, [])
        status = status_of(result, held)
        if held and status in (Status.RETURNED, Status.CONFLICT):
            kind = CLASH if status is Status.CONFLICT else RETURNED
            what = f"{outcome.called(result.unit)}的报送{kind}：{why(held[0])}"
            since = result.unit.merged_on if result.account.is_merged else cutoff_of(book, outcome.day)
            facts = f"{since} {' '.join(sorted(s.digest for s in held))}"
            yield Matter(
                kind, result.unit.code, what, "；".join(s.file for s in held), standing(result), facts
            )


def status_of(result: UnitResult, refused: Sequence[Submission]) -> Status:
    """Return a unit's status; of one that has become part of another what its newest files would give it, for no newer will come."""
    account, known = result.account, result.account.submission
    if not account.is_merged or not any(known is None or s.key > known.key for s in refused):
        return account.status
    clash = any(f.rule.startswith("F08") for s in refused for f in s.findings)
    return Status.CONFLICT if clash else Status.RETURNED


def why(submission: Submission) -> str:
    """Return in a sentence why a file cannot be used."""
    faults = [
        f.message.partition("。")[0] for f in submission.findings if f.blocks and f.rule.startswith("F")
    ]
    return faults[0] if faults else "封面的单位、日期或批次读不出来"


def standing(result: UnitResult) -> str:
    """Return what of a unit counts though its newest file does not."""
    held = result.account.submission
    return f"数字沿用截至 {held.key[0]} 的报送" if held else "没有数字计入"


def carried(outcome: Outcome, book: Rulebook) -> Iterator[Matter]:
    """Yield the units whose figures are of an earlier period."""
    states = outcome.reports[-1].states if outcome.reports else {}
    for result in outcome.results:
        held = result.account.submission
        if held and states.get(result.unit.code) is Reported.CARRIED:
            what = f"{result.unit.name}本期没有报送"
            facts = f"{cutoff_of(book, outcome.day)} {held.digest}"
            yield Matter(CARRIED, result.unit.code, what, held.file, standing(result), facts)


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def twins(outcome: Outcome, worth: Worth) -> Iterator[Matter]:
    """Yield the likely duplicates on which nothing is ruled."""
    names = {r.unit.code: r.unit.name for r in outcome.results}
    for pair in outcome.pairs:
        if pair.ruling:
            continue
        sides = zip(pair.units, pair.files, pair.rows, pair.projects, strict=True)
        held = [
            (
                f"{names[unit]}“{project.name}”",
                f"{file} {PROJECTS.name} 第 {row} 行",
                worth.get((file, PROJECTS.name, row), ()),
            )
            for unit, file, row, project in sides
        ]
        if not any(value for _, _, value in held):
            continue
        what = f"{'与'.join(name for name, _, _ in held)}疑似同一项目（相似度 {pair.score}），没有裁定"
        effect = "；".join(f"{name}{told(value)}" for name, _, value in held)
        facts = f"{pair.records} {[(p.name, p.investor, p.stage) for p in pair.projects]}"
        yield Matter(TWIN, pair.units[0], what, "；".join(place for _, place, _ in held), effect, facts)


def warnings(outcome: Outcome, worth: Worth) -> Iterator[Matter]:
    """Yield the warnings on records that count, a matter a record and rule."""
    ruled = {r.record for r, _ in outcome.ledger.applied if r.decision == Decision.ACCEPT}
    for account in outcome.ledger.accounts:
        held: dict[str, list[Finding]] = defaultdict(list)
        for item in account.findings:
            counts = (item.place.file, item.place.sheet, item.row) in worth
            if is_telling(item) and counts and item.record not in ruled:
                held[item.rule].append(item)
        for rule, found in held.items():
            yield warning(account, rule, found, worth)


def warning(account: Account, rule: str, found: Sequence[Finding], worth: Worth) -> Matter:
    """Return the matter of one unit's warnings of one rule."""
    rows = list(dict.fromkeys((f.place.file, f.place.sheet, f.row) for f in found))
    first = found[0]
    about = f"“{first.value}”" if first.value and first.value not in first.message else ""
    more = f"，等 {len(found)} 处" if len(found) > 1 else ""
    what = f"{account.unit.name}：{about}{first.message.partition('。')[0]}{more}（{rule}）"
    evidence = "；".join(f"{f.place.file} {f.place.sheet} {f.place.cell}" for f in found[:MOST_NAMED])
    total: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        for name, value in worth[row]:
            total[name] += value
    effect = f"{'这些行' if len(rows) > 1 else '该行'}{told(list(total.items()))}"
    facts = f"{rule} {sorted((f.record, f.value, f.place.heading) for f in found)}"
    return Matter(
        WARNED, account.unit.code, what, evidence + ("等" if len(found) > MOST_NAMED else ""), effect, facts
    )


def is_telling(item: Finding) -> bool:
    """Whether a finding is a warning that a figure may be wrong."""
    return item.severity is Severity.WARNING and bool(item.record) and item.rule not in TOLD_ELSEWHERE


def amounts(outcome: Outcome, book: Rulebook) -> Iterator[Matter]:
    """Yield the single amounts that count and are out of proportion: more than 会审突增倍数 times the highest tier's bound."""
    most = book.leap * max(tier.lower for tier in book.tiers)
    ruled = {r.record for r, _ in outcome.ledger.applied if r.decision == Decision.ACCEPT}
    for single in outcome.singles:
        if not any(money.amount > most for money in single.money):
            continue
        rows = {
            PROJECTS.name: {
                p.row: (p.contract_amount, PROJECTS.identity(single.unit.code, p))
                for p in single.account.all_rows(PROJECTS)
            },
            PAYMENTS.name: {
                p.row: (p.amount, PAYMENTS.identity(single.unit.code, p))
                for p in single.account.all_rows(PAYMENTS)
            },
        }
        for name in (AMOUNT.name, PAID.name):
            for line in single.figures[name].lines if name in single.figures else ():
                amount, record = (
                    rows[line.sheet].get(line.row, (None, ""))
                    if line.unit == single.unit.code
                    else (None, "")
                )
                if amount is not None and amount > most and record not in ruled:
                    what = (
                        f"{single.unit.name}“{line.label}”一笔 {plain(amount)} 万元，超过 {plain(most)} 万元"
                    )
                    effect = f"{name}计入 {plain(line.value)}"
                    yield Matter(LARGE, single.unit.code, what, at(line), effect, f"{record} {amount}")


def leaps(outcome: Outcome, book: Rulebook) -> Iterator[Matter]:
    """Yield the units whose money is 会审突增倍数 times what it was in the period before, and more by the highest tier's bound."""
    least = max(tier.lower for tier in book.tiers)
    earlier = outcome.earlier.by_unit if outcome.earlier else {}
    for result in outcome.results:
        before = earlier.get(result.unit.code)
        for name in (AMOUNT.name, PAID.name):
            then = before.value(name) if before else None
            now = result.value(name)
            grown = (now or ZERO) - (then or ZERO)
            multiple = bool(then) and (now or ZERO) >= (then or ZERO) * book.leap and grown >= least
            if earlier and (multiple or (not then and grown >= least * book.leap)):
                what = (
                    f"{result.unit.name}的{name}由上期的 {plain(then or ZERO)} 增到 {plain(now or ZERO)} 万元"
                )
                yield Matter(LEAP, result.unit.code, what, "指标汇总", f"比上期多 {plain(grown)} 万元")


def corrections(outcome: Outcome) -> Iterator[Matter]:
    """Yield what was published and is no longer so, a matter a record."""
    held: dict[tuple[str, str], list[Correction]] = defaultdict(list)
    for item in outcome.corrections if outcome.published else ():
        held[item.unit.code, item.record].append(item)
    for (unit, record), found in held.items():
        first = found[0]
        detail = titled(first.detail.removeprefix(first.kind))
        reason = f"{first.kind}{f'：{detail}' if detail else ''}"
        then = "上期已公布，现有更正" if any(c.before for c in found) else "上期报了没有计入，现在计入"
        what = f"{first.unit.name}“{first.label}”{then}（{reason}）"
        effect = "；".join(f"{c.measure}由 {plain(c.before)} 改为 {plain(c.after)}" for c in found)
        facts = f"{record} {outcome.since} {first.kind} {first.detail}"
        yield Matter(CORRECTED, unit, what, f"{at(first.line)}（{record}）", effect, facts)


def titled(text: str) -> str:
    """Return a reason with what each rule it names is called: 有错误 K01（项目编号重复）."""
    titles = {rule.number: rule.title for rule in reversed(RULES)}
    return RULE.sub(
        lambda found: f"{found[0]}（{titles[found[0]]}）" if found[0] in titles else found[0], text
    )


# ── supervision ──────────────────────────────────────────────────────────────────────────────────


def breadth(outcome: Outcome, book: Rulebook) -> Iterator[Matter]:
    """Yield that nobody is flagged, or so many that the list is no list."""
    bound = [r for r in outcome.results if r.is_bound]
    flagged = {e.unit.code for e in outcome.evidence}
    if len(bound) < FEW or outcome.day not in cutoffs(book):
        return
    if len(flagged) >= MOST_FLAGGED * len(bound):
        what = f"{len(bound)} 个单位中有 {len(flagged)} 个有督查情形，名单起不到督促作用"
        effect = "说明通知书和曝光送审稿的名单过长；请核对规则的天数和督查等级"
        yield Matter(WIDE, "", what, "督查名单", effect, f"{outcome.day} {sorted(flagged)}")
    elif not flagged and outcome.ledger.reporting:
        what = f"{len(bound)} 个单位没有一个有督查情形"
        yield Matter(WIDE, "", what, "督查名单", "没有说明通知书；请核对规则", f"{outcome.day}")


def promises(outcome: Outcome) -> Iterator[Matter]:
    """Yield the promises made at meetings that were not kept, and the explanations asked for and not given."""
    for item in outcome.owed:
        where = f"第 {item.meeting.number} 次调度会（{item.meeting.day}）"
        if item.kept is Kept.BROKEN and item.explanation:
            what = f"{item.unit.name}在{where}承诺 {item.explanation.due} 前完成，没有兑现"
            yield Matter(
                BROKEN,
                item.unit.code,
                what,
                at(item.line) if item.line else "督查名单",
                "列入下一次调度会通知",
            )
        elif item.state is Said.MISSING and item.meeting.day < outcome.day:
            what = f"{item.unit.name}应在{where}说明情况，没有说明"
            yield Matter(BROKEN, item.unit.code, what, "督查名单", "列入下一次调度会通知")


def doubtful_honours(outcome: Outcome) -> Iterator[Matter]:
    """Yield the units that would be commended though they bear findings too light to bar them, or had a file sent back."""
    returned: dict[str, list[str]] = defaultdict(list)
    for submission in outcome.ledger.rejected:
        returned[submission.unit].append(submission.file)
    honoured = outcome.honours.units
    for result in outcome.results:
        code = result.unit.code
        held, sent_back = outcome.evidence_of(code), returned[code]
        reasons = [f"{e.flag}（{e.level}）" for e in held] + ["有文件被退回"] * bool(sent_back)
        if code in honoured and reasons:
            what = f"{result.unit.name}拟表彰，同时{'、'.join(reasons)}"
            evidence = "；".join([*["督查名单"] * bool(held), *sent_back])
            yield Matter(
                COMMENDED, code, what, evidence, "仍列入表彰通报；不宜表彰的先商定，再改“表彰限制等级”"
            )
