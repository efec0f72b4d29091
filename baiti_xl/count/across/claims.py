"""One row of one unit among the rows of all, and what the console has decided about it."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Generic, TypeAlias

from baiti_xl.contest.choices import Decision
from baiti_xl.contest.columns import R, Sheet
from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.predicates import joint_key
from baiti_xl.contest.records import TAKEN_OVER, Account, Barred, Ledger, Ruling
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding
from baiti_xl.contest.sheets import Project
from baiti_xl.contest.values import LISTED_ROWS

NONE_BARRED: Barred = {}
NAMED = 5  # units a sentence names before it only counts


@dataclass(frozen=True, slots=True, eq=False)
class Claim(Generic[R]):
    """One row of a unit's submission in force."""

    account: Account
    sheet: Sheet[R]
    record: R

    @property
    def unit(self) -> str:
        """The unit's code."""
        return self.account.unit.code

    @property
    def name(self) -> str:
        """The unit's name."""
        return self.account.unit.name

    @property
    def file(self) -> str:
        """The file it stands in."""
        return self.account.submission.file if self.account.submission else ""

    @property
    def id(self) -> str:
        """The 记录标识 of the row."""
        return self.sheet.identity(self.unit, self.record)

    @property
    def joint(self) -> str:
        """The 联合标识 of a project brought in jointly, else ""."""
        return joint_key(self.record) if isinstance(self.record, Project) else ""

    def is_partner(self, other: "Claim[Any]") -> bool:
        """Whether two projects are one by their 联合标识."""
        return bool(self.joint) and self.joint == other.joint

    def find(self, rule: str, field: str, value: object = None, **slots: object) -> Finding:
        """Return a finding at one cell of the row, with the value typed there unless another is given."""
        submission = self.account.submission
        letter = submission.table(self.sheet).letters.get(field, "") if submission else ""
        heading = self.sheet.fields[field].heading
        shown = getattr(self.record, field) if value is None else value
        place = Place(self.file, self.sheet.name, f"{letter}{self.record.row}", heading)
        return finding(
            rule, place, "" if shown is None else shown, row=self.record.row, unit=self.unit, record=self.id, **slots
        )  # fmt: skip


AnyClaim: TypeAlias = Claim[Any]


class Rulings:
    """The console's rulings by record; `barred` are the rows that a ruling on another record keeps from counting."""

    def __init__(self, book: Rulebook, barred: Barred = NONE_BARRED) -> None:
        self.barred = barred
        self.rulings: Mapping[str, list[Ruling]] = defaultdict(list)
        for ruling in book.rulings:
            self.rulings[ruling.record].append(ruling)
        self.units = {ruling.record.split("/")[0] for ruling in book.rulings}

    def of(self, claim: "Claim[Any]") -> Sequence[Ruling]:
        """Return the rulings on a row."""
        return self.rulings.get(claim.id, ()) if claim.unit in self.units else ()

    def excludes(self, claim: "Claim[Any]") -> bool:
        """Whether a row was ruled out, or ruled to belong to another unit; then it claims nothing."""
        return (claim.unit, claim.sheet.name, claim.record.row) in self.barred or any(
            r.decision == Decision.REJECT or (r.decision == Decision.BELONG and r.value != claim.unit)
            for r in self.of(claim)
        )

    def decision(self, claim: "Claim[Any]", rule: str) -> str:
        """Return what was decided about a row that settles a rule, in the console's words, or ""."""
        return "；".join(
            f"{claim.id}：{r.decision}{r.value if r.decision == Decision.BELONG else ''}"
            for r in self.of(claim)
            if r.decision in (Decision.REJECT, Decision.BELONG)
            or (r.decision == Decision.ACCEPT and r.rule in ("", rule))
        )


def claims(ledger: Ledger, sheet: Sheet[R]) -> Iterator[Claim[R]]:
    """Yield the rows of a sheet of all units, in order of unit list and row; none dated after the day."""
    return (claim for account in ledger.accounts for claim in claims_of(account, sheet, ledger.day))


def claims_of(account: Account, sheet: Sheet[R], day: date) -> Iterator[Claim[R]]:
    """Yield the rows of a sheet of one unit, in order; none dated after a day."""
    for record in account.all_rows(sheet):
        taken_over = account.blocked.get((sheet.name, record.row)) == TAKEN_OVER
        if not taken_over and (not sheet.own_day or (sheet.day_of(record) or day) <= day):
            yield Claim(account, sheet, record)


def sharing(
    ledger: Ledger,
    sheet: Sheet[R],
    key: Callable[[R], Hashable],
    wanted: Callable[[Claim[R]], object] = lambda _: False,
) -> list[Claim[R]]:
    """Return the rows whose key a row of another unit has too, those without a key left out, and those wanted besides.

    All rows are gone through, and only these are held: of a province's vouchers few recur. Keys are told apart by their hash,
    so that a row may come along whose key is its own.
    """
    first: dict[int, int] = {}
    several: set[int] = set()
    units: set[int] = set()
    for at, account in enumerate(ledger.accounts):
        for claim in claims_of(account, sheet, ledger.day):
            if wanted(claim):
                units.add(at)
            if (held := key(claim.record)) is not None:
                code = hash(held)
                if (other := first.setdefault(code, at)) != at:
                    several.add(code)
                    units |= {at, other}
    rows = (c for at in sorted(units) for c in claims_of(ledger.accounts[at], sheet, ledger.day))
    return [c for c in rows if wanted(c) or ((held := key(c.record)) is not None and hash(held) in several)]


def others(units: "Iterable[Iterator[Claim[Any]]]", count: int) -> str:
    """Return the rows of each other unit for a sentence, as 侯庙镇第 4、6 行、孙口镇第 5 行; `count` is how many there are.

    A long list is cut with its count.
    """
    lots = (list(islice(rows, LISTED_ROWS)) for rows in units)
    shown = list(islice(filter(None, lots), NAMED))
    text = "、".join(f"{lot[0].name}第 {'、'.join(str(c.record.row) for c in lot)} 行" for lot in shown)
    return text if sum(map(len, shown)) == count else f"{text}等 {count} 行"
