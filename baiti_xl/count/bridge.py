"""The bridge from what was published to what holds now: published + new + corrected = now, for every figure.

What is new happened since, or was never reported before; a correction changes what was reported then, and names the
record and the reason. Both are told from today's records counted up to the earlier day.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from baiti_xl.contest.columns import AnySheet, Record
from baiti_xl.contest.measures import Measure, active
from baiti_xl.contest.records import (
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
from baiti_xl.contest.sheets import INVITATIONS, PAYMENTS, SHEETS, VISITS
from baiti_xl.contest.values import comparison_key
from baiti_xl.count.figures import result_of
from baiti_xl.count.mergers import as_now

CHANGED, DELETED, RULING, RULES_CHANGED, RETURNED, MERGED = (
    "原记录改动", "删除", "裁定", "规则调整", "改为退回", "单位并入"
)  # fmt: skip
ZERO = Decimal(0)
Key = tuple[str, str]  # (sheet, what identifies a record there)
Values = Mapping[Key, Decimal]
Count = Callable[[Account], UnitResult]


def compared(book: Rulebook) -> tuple[Measure, ...]:
    """Return the figures that are bridged: the comparisons, a rate by the parts that it divides."""
    whole = [m for m in active(book) if not m.is_rate]
    parts = [p for m in active(book) if m.parts for p in m.parts(book) if p not in whole]
    return (*whole, *dict.fromkeys(parts))


def bridged(
    earlier: Outcome, now: Outcome, book: Rulebook, published: Published | None, same_rules: bool
) -> Outcome:
    """Return an outcome with its bridge from an earlier day, and every correction on the way."""
    then = {book.current(r.unit.code): r for r in earlier.singles}
    made_public = {
        book.current(code): held for code, held in (published.figures if published else {}).items()
    }
    spans: dict[str, list[Span]] = defaultdict(list)
    for result in now.singles:
        before = then.pop(result.unit.code, None)
        again = result_of(result.account, book, earlier.day)
        for item in compared(book):
            told = made_public.get(result.unit.code, {}).get(item.name)
            spans[item.name].append(Span(item.name, result, again, before, told, same_rules))
    for known in then.values():
        gone = replace(known, figures={}, account=Account(known.unit, known.account.status))
        for item in compared(book):
            spans[item.name].append(Span(item.name, gone, gone, known, None, same_rules))
    bridges = tuple(bridge(name, held) for name, held in spans.items())
    corrections = tuple(c for held in spans.values() for span in held for c in span.corrections())
    return replace(
        now,
        earlier=as_now(earlier, book, now.day),
        published=published,
        bridges=bridges,
        corrections=corrections,
    )


def bridge(name: str, spans: Sequence["Span"]) -> Bridge:
    """Return the county's bridge of one figure."""

    def over(part: Callable[[Span], Iterable[Line]]) -> Figure:
        lines = tuple(line for span in spans for line in part(span))
        return Figure(name, sum((line.value for line in lines), ZERO), lines)

    return Bridge(name, over(Span.published), over(Span.new), over(Span.corrected), over(Span.now))


@dataclass(frozen=True, slots=True)
class Span:
    """One figure of one unit: as it is `result`, today's records up to the earlier day `again`, as it was `then`, as published."""

    name: str
    result: UnitResult
    again: UnitResult
    then: UnitResult | None
    told: Decimal | None
    same_rules: bool

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

    def corrected(self) -> Iterator[Line]:
        """Yield what is corrected, a line a record."""
        return (replace(c.line, value=c.change) for c in self.corrections())

    def new(self) -> Iterator[Line]:
        """Yield the records that are new: all behind the figure now, less what was published and its corrections."""
        taken = [*self.published(), *self.corrected()]
        yield from self.now()
        yield from (replace(line, value=-line.value) for line in taken)

    def corrections(self) -> Iterator[Correction]:
        """Yield what was published of each record and is no longer so."""
        if self.then is None:
            return
        before, after = values(self.then, self.name), values(self.again, self.name)
        lines = {**places(self.then, self.name), **places(self.again, self.name)}
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
        known = records(self.then.account, key)
        faulty = any((key[0], r.row) in self.then.account.blocked for r in known)
        same = not differences(SHEETS[key[0]], known, records(self.result.account, key))
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
        account, before = self.result.account, self.then.account if self.then else self.result.account
        held, known = records(account, key), records(before, key)
        if account.submission is None:
            return RETURNED, account.status.value
        if not held:
            return DELETED, ""
        sheet = SHEETS[key[0]]
        faults = [account.blocked.get((sheet.name, r.row), "") for r in held]
        earlier = [before.blocked.get((sheet.name, r.row), "") for r in known]
        if TAKEN_OVER in faults:
            return MERGED, TAKEN_OVER
        ruled = [f for f in (*faults, *earlier) if f.startswith(RULED)]
        if ruled:
            return RULING, ruled[0]
        if any(faults):
            return RETURNED, next(filter(None, faults))
        if changed := differences(sheet, known, held):
            return CHANGED, changed
        return (CHANGED, "有关的其他记录改动") if self.same_rules else (RULES_CHANGED, "")


# ── the records behind a figure ──────────────────────────────────────────────────────────────────


def lines_of(result: UnitResult | None, name: str) -> tuple[Line, ...]:
    """Return the records behind a figure of a unit."""
    figure = result.figures.get(name) if result else None
    return tuple(figure.lines) if figure else ()


def key_of(account: Account, line: Line) -> Key:
    """Return what identifies a line's record in every file of the unit: an enterprise by name, all else by its key."""
    if line.sheet in (VISITS.name, INVITATIONS.name):
        return line.sheet, comparison_key(line.label)
    if line.sheet == PAYMENTS.name:
        return line.sheet, PAYMENTS.key_of(account.book()[line.file, line.row][1])
    sheet = SHEETS[line.sheet]
    return sheet.name, next(sheet.key_of(r) for r in account.all_rows(sheet) if r.row == line.row)


def values(result: UnitResult, name: str) -> Values:
    """Return what each record is worth in a figure."""
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for line in lines_of(result, name):
        found[key_of(result.account, line)] += line.value
    return found


def places(result: UnitResult, name: str) -> Mapping[Key, Line]:
    """Return where each record behind a figure stands."""
    return {key_of(result.account, line): line for line in reversed(lines_of(result, name))}


def records(account: Account, key: Key) -> list[Record]:
    """Return the rows of a record in a unit's submission, whether they count or not; a partner's voucher with them."""
    name, ident = key
    if name == PAYMENTS.name:
        return [p for _, p in account.book().values() if PAYMENTS.key_of(p) == ident]
    sheet: AnySheet = SHEETS[name]
    if name in (VISITS.name, INVITATIONS.name):
        return [r for r in account.all_rows(sheet) if comparison_key(r.enterprise) == ident]
    return [r for r in account.all_rows(sheet) if sheet.key_of(r) == ident]


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
