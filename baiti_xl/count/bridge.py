"""The bridge from what was published to what holds now: published + new + corrected = now, for every figure.

What is new happened since, or was never reported before; a correction changes what was reported then, and names the
record and the reason. Both are told from today's records counted up to the earlier day.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from baiti_xl.contest.choices import Status
from baiti_xl.contest.columns import AnySheet, Record
from baiti_xl.contest.measures import Measure, active
from baiti_xl.contest.records import (
    APPLIED,
    RULED,
    TAKEN_OVER,
    Account,
    Bridge,
    Correction,
    Figure,
    Line,
    Outcome,
    Published,
    Unit,
    UnitResult,
)
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import (
    INVITATIONS,
    PAYMENTS,
    PROJECTS,
    SHEETS,
    VISITS,
    Invitation,
    Payment,
    Visit,
)
from baiti_xl.contest.values import comparison_key
from baiti_xl.count.figures import result_of
from baiti_xl.count.mergers import as_now, together

CHANGED, DELETED, RULING, RULES_CHANGED, RETURNED, MERGED = (
    "原记录改动", "删除", "裁定", "规则调整", "改为退回", "单位并入"
)  # fmt: skip
ZERO = Decimal(0)
Key = tuple[str, str]  # (sheet, what identifies a record there)
Values = Mapping[Key, Decimal]
Figures = Mapping[str, Decimal | None]
Found = tuple[Account, Record]
GONE_UNIT = "单位名录里没有这个单位"


def compared(book: Rulebook) -> tuple[Measure, ...]:
    """Return the figures that are bridged: the comparisons, a rate by the parts that it divides."""
    whole = [m for m in active(book) if not m.is_rate]
    parts = [p for m in active(book) if m.parts for p in m.parts(book) if p not in whole]
    return (*whole, *dict.fromkeys(parts))


class Holder(Protocol):
    """How lines of one unit are held: `put` what is behind a figure, `close` once all is put."""

    def put(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Return what stands for lines."""

    def close(self) -> None:
        """Hold what was put."""


class AsTheyAre:
    """Holds lines as they are."""

    def put(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Return the lines."""
        return lines

    def close(self) -> None:
        """Do nothing more."""


def in_one(parts: Sequence[Sequence[Line]]) -> Sequence[Line]:
    """Return lines of several units as one list."""
    return tuple(line for part in parts for line in part)


def bridged(
    earlier: Outcome,
    now: Outcome,
    book: Rulebook,
    published: Published | None,
    same_rules: bool,
    holder: Callable[[], Holder] = AsTheyAre,
    joined: Callable[[Sequence[Sequence[Line]]], Any] = in_one,
) -> Outcome:
    """Return an outcome with its bridge from an earlier day, and every correction on the way.

    Units that became part of another since are taken together with it, so that a merger is neither growth nor a
    correction. One unit is looked at after the other; `holder` and `joined` say how the lines behind are held.
    """
    before = as_now(earlier, book, now.day)
    then = {r.unit.code: r for r in before.results if not r.account.is_merged}
    made_public: dict[str, Figures] = {}
    for code, held in (published.figures if published else {}).items():
        made_public[book.current(code)] = held
    ruled = rulings_between(earlier, now)
    totals = {item.name: Total(item.name) for item in compared(book)}

    def add(result: UnitResult, again: UnitResult, known: UnitResult | None) -> None:
        codes, lines = [single.unit.code for single in (result.members or (result,))], holder()
        for item in compared(book):
            told = [v for code in codes if (v := made_public.get(code, {}).get(item.name)) is not None]
            public = sum(told, ZERO) if told else None
            span = Span(item.name, result, again, known, public, same_rules, ruled)
            totals[item.name].add(span, lines)
        lines.close()

    for result in now.results:
        if not result.account.is_merged:
            singles = (result_of(m.account, book, earlier.day) for m in result.members or (result,))
            add(result, together(tuple(singles), book), then.pop(result.unit.code, None))
    for known in then.values():
        gone = replace(known, figures={}, members=(), account=Account(known.unit, Status.MISSING))
        add(gone, gone, known)
    bridges = tuple(total.bridge(joined) for total in totals.values())
    corrections = tuple(c for total in totals.values() for c in total.corrections)
    return replace(now, earlier=before, published=published, bridges=bridges, corrections=corrections)


def rulings_between(earlier: Outcome, now: Outcome) -> Mapping[str, str]:
    """Return the records of which something was ruled since, or is ruled no more, with what."""

    def held(outcome: Outcome) -> dict[tuple[str, str, str], str]:
        return {
            (r.record, r.decision, r.value): f"{RULED}{r.decision}{r.value}"
            for r, effect in outcome.ledger.applied
            if effect.startswith(APPLIED)
        }

    then, since = held(earlier), held(now)
    changed = {key: since.get(key) or f"{then[key]}已取消" for key in then.keys() ^ since.keys()}
    return {record: words for (record, _, _), words in changed.items()}


class Total:
    """One figure of the county as the units' parts are added to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sums = [ZERO] * 4
        self.lines: list[list[Sequence[Line]]] = [[] for _ in self.sums]
        self.corrections: list[Correction] = []

    def add(self, span: "Span", held: Holder) -> None:
        """Add one unit's part."""
        corrections = tuple(span.corrections())
        self.corrections += corrections
        corrected = tuple(replace(c.line, value=c.change) for c in corrections)
        published, now = span.published(), span.now()
        new = (*now, *(replace(line, value=-line.value) for line in (*published, *corrected)))
        for at, lines in enumerate((published, new, corrected, now)):
            self.sums[at] = sum((line.value for line in lines), self.sums[at])
            if lines:
                self.lines[at].append(held.put(lines))

    def bridge(self, joined: Callable[[Sequence[Sequence[Line]]], Any]) -> Bridge:
        """Return the county's bridge."""
        figures = (
            Figure(self.name, value, joined(lines))
            for value, lines in zip(self.sums, self.lines, strict=True)
        )
        return Bridge(self.name, *figures)


@dataclass(frozen=True, slots=True)
class Span:
    """One figure of one unit: as it is `result`, today's records up to the earlier day `again`, as it was `then`, as published.

    `ruled` are the records of which something was ruled in between.
    """

    name: str
    result: UnitResult
    again: UnitResult
    then: UnitResult | None
    told: Decimal | None
    same_rules: bool
    ruled: Mapping[str, str]

    def now(self) -> tuple[Line, ...]:
        """Return the records behind the figure now."""
        return lines_of(self.result, self.name)

    def published(self) -> tuple[Line, ...]:
        """Return the records behind what was published; what they do not explain stands as a line of its own."""
        lines = lines_of(self.then, self.name)
        rest = (
            (self.told or ZERO) - sum((line.value for line in lines), ZERO) if self.told is not None else ZERO
        )
        return (*lines, self.residue(rest)) if rest else lines

    def residue(self, value: Decimal) -> Line:
        """Return a line for what was published and cannot be found in the records kept."""
        return Line(self.result.unit.code, "发文登记", "", 0, value, "按归档重新计算的差额")

    def corrections(self) -> Iterator[Correction]:
        """Yield what was published of each record and is no longer so."""
        if self.then is None:
            return
        earlier, later = Keyed(self.then, self.name), Keyed(self.again, self.name)
        before, after = earlier.values(), later.values()
        lines = {**earlier.places(), **later.places()}
        for key in dict.fromkeys((*before, *after)):
            was, is_now = before.get(key, ZERO), after.get(key, ZERO)
            if was != is_now and self.was_told(key, was):
                kind, detail = self.reason(key)
                yield self.correction(key, was, is_now, kind, detail, lines[key])
        rest = sum((line.value for line in self.published()), ZERO) - sum(before.values(), ZERO)
        if rest:
            line = self.residue(rest)
            yield self.correction(("", ""), rest, ZERO, RULES_CHANGED, line.label, line)

    def was_told(self, key: Key, was: Decimal) -> bool:
        """Whether a record was published, or reported and kept from counting; what only came so far since is new."""
        if self.then is None or was:
            return self.then is not None
        known = records(self.then, key)
        faulty = any(account.blocked.get((key[0], r.row)) for account, r in known)
        same = not differences(SHEETS[key[0]], rows(known), rows(records(self.result, key)))
        return bool(known) and (faulty or same)

    def correction(
        self, key: Key, was: Decimal, is_now: Decimal, kind: str, detail: str, line: Line
    ) -> Correction:
        """Return a correction of one record."""
        record = "/".join(filter(None, (self.unit.code, *key)))
        return Correction(self.name, self.unit, record, line.label, was, is_now, kind, detail, line)

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.result.unit

    def reason(self, key: Key) -> tuple[str, str]:
        """Return why a record counts otherwise than when it was published, and the particulars."""
        held, known = (standing(records(result, key), key[0]) for result in (self.result, self.then))
        if not any(account.submission for account in accounts_of(self.result)):
            listed = self.result.account.status is not Status.MISSING or not known
            return (RETURNED, self.result.account.status.value) if listed else (DELETED, GONE_UNIT)
        if words := next(filter(None, (self.ruled.get(r) for r in self.concerned(key, (*held, *known)))), ""):
            return RULING, words
        if not held:
            return DELETED, ""
        sheet = SHEETS[key[0]]
        faults = [account.blocked.get((sheet.name, r.row), "") for account, r in held]
        if TAKEN_OVER in faults:
            return MERGED, TAKEN_OVER
        if ruled := next((f for f in faults if f.startswith(RULED)), ""):
            return RULING, ruled
        if any(faults):
            return RETURNED, next(filter(None, faults))
        if changed := differences(sheet, rows(known), rows(held)):
            return CHANGED, changed
        if changed := self.of_its_project(key, held, known):
            return CHANGED, f"所属项目{changed}"
        return (CHANGED, "有关的其他记录改动") if self.same_rules else (RULES_CHANGED, "")

    def concerned(self, key: Key, found: Iterable[Found]) -> Iterator[str]:
        """Yield the 记录标识 of a record and of its project."""
        sheet = SHEETS[key[0]]
        for account, record in found:
            yield sheet.identity(account.unit.code, record)
            if isinstance(record, Payment):
                yield f"{account.unit.code}/{PROJECTS.name}/{record.project}"

    def of_its_project(self, key: Key, held: Sequence[Found], known: Sequence[Found]) -> str:
        """Return what changed of the project that a voucher belongs to."""
        numbers = [[r.project for _, r in found if isinstance(r, Payment)] for found in (known, held)]
        if key[0] != PAYMENTS.name or not all(numbers):
            return ""
        before, now = (
            rows(records(result, (PROJECTS.name, number[0])))
            for result, number in zip((self.then, self.result), numbers, strict=True)
        )
        return differences(PROJECTS, before, now)


# ── the records behind a figure ──────────────────────────────────────────────────────────────────


def lines_of(result: UnitResult | None, name: str) -> tuple[Line, ...]:
    """Return the records behind a figure of a unit."""
    figure = result.figures.get(name) if result else None
    return tuple(figure.lines) if figure else ()


def accounts_of(result: UnitResult | None) -> list[Account]:
    """Return the accounts whose records stand behind a unit's figures."""
    return [single.account for single in result.members or (result,)] if result else []


class Keyed:
    """The records behind a figure of a unit, by what identifies each in every file of the unit."""

    def __init__(self, result: UnitResult, name: str) -> None:
        self.accounts = accounts_of(result)
        self.vouchers: dict[tuple[str, int], Key] = {}
        self.rows: dict[tuple[str, str], dict[int, Key]] = {}
        self.lines = [(self.key_of(line), line) for line in lines_of(result, name)]

    def values(self) -> Values:
        """Return what each record is worth."""
        found: dict[Key, Decimal] = defaultdict(Decimal)
        for key, line in self.lines:
            found[key] += line.value
        return found

    def places(self) -> Mapping[Key, Line]:
        """Return where each record stands."""
        return dict(reversed(self.lines))

    def key_of(self, line: Line) -> Key:
        """Return what identifies a line's record: an enterprise by name, all else by its key."""
        if line.sheet in (VISITS.name, INVITATIONS.name):
            return line.sheet, comparison_key(line.label)
        if line.sheet == PAYMENTS.name:
            if not self.vouchers:
                for account in reversed(self.accounts):
                    for place, (_, payment) in account.book().items():
                        self.vouchers[place] = (line.sheet, PAYMENTS.key_of(payment))
            return self.vouchers[line.file, line.row]
        if (line.file, line.sheet) not in self.rows:
            sheet = SHEETS[line.sheet]
            owner = next(a for a in self.accounts if a.submission and a.submission.file == line.file)
            keys = {r.row: (sheet.name, sheet.key_of(r)) for r in owner.all_rows(sheet)}
            self.rows[line.file, line.sheet] = keys
        return self.rows[line.file, line.sheet][line.row]


def records(result: UnitResult | None, key: Key) -> list[Found]:
    """Return the rows of a record in the submissions behind a unit's figures, whether they count or not; partners' vouchers too."""
    name, ident = key
    return [
        (account, r)
        for account in accounts_of(result)
        for r in rows_of(account, name)
        if is_of(name, r, ident)
    ]


def standing(found: list[Found], name: str) -> list[Found]:
    """Return the rows of a record without those that another unit reports on, unless there are no others."""
    return [(a, r) for a, r in found if a.blocked.get((name, r.row)) != TAKEN_OVER] or found


def rows_of(account: Account, name: str) -> Iterable[Record]:
    """Return the rows of a sheet of an account, with the vouchers that only its partners report."""
    return (
        [p for _, p in account.book().values()] if name == PAYMENTS.name else account.all_rows(SHEETS[name])
    )


def is_of(name: str, record: Record, ident: str) -> bool:
    """Whether a row is of a record."""
    if isinstance(record, (Visit, Invitation)):
        return comparison_key(record.enterprise) == ident
    return bool(SHEETS[name].key_of(record) == ident)


def rows(found: Sequence[Found]) -> list[Record]:
    """Return records without whose they are."""
    return [record for _, record in found]


def differences(sheet: AnySheet, before: Sequence[Record], now: Sequence[Record]) -> str:
    """Return what of a record says something else than before: 「签约金额」由 800 改为 500."""
    if len(before) != 1 or len(now) != 1:
        plain = [[replace(r, row=0) for r in rows] for rows in (before, now)]
        return "行数或内容有改动" if plain[0] != plain[1] else ""
    told = []
    for column in sheet.columns:
        was, is_now = getattr(before[0], column.field), getattr(now[0], column.field)
        if was != is_now:
            told.append(f"「{column.heading}」由 {shown(was)} 改为 {shown(is_now)}")
    return "；".join(told)


def shown(value: object) -> str:
    """Return a value for a sentence."""
    if value in (None, ""):
        return "空"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
