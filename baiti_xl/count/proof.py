"""对账: the proof that nothing was lost between what units typed and what was counted."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from baiti_xl.contest import sheets
from baiti_xl.contest.choices import JointBasis, Stage
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.measures import AMOUNT, PAID, SIGNED
from baiti_xl.contest.predicates import by_number, joint_key, voucher_of
from baiti_xl.contest.records import Account, Identity, Money, PassedOver, RowFate, Submission, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS, Project
from baiti_xl.contest.tally import UNKNOWN_SHARE
from baiti_xl.contest.values import COUNTY

FILES, ROWS, CONTRACTS, VOUCHERS = "文件数", "行数", "签约金额（万元）", "到位金额（万元）"
ZERO, ONE = Decimal(0), Decimal(1)


def identities(results: Sequence[UnitResult], book: Rulebook) -> tuple[Identity, ...]:
    """Return every identity: rows by unit and sheet, typed money by unit, and the county's totals."""
    found: list[Identity] = []
    for result in results:
        found.extend(row_identities(result))
        found.extend(money_identities(result))
    return (*found, *county_identities(results, book))


def file_identity(present: int, read: Sequence[Submission], passed_over: Sequence[PassedOver]) -> Identity:
    """Return the identity of the folder: files that lie there = files read + files that were not, each with its reason."""
    refused = Counter(f.message.partition("。")[0] for s in read for f in s.findings if is_unread(f))
    lost = refused + Counter(other.why for other in passed_over)
    told = "；".join(f"{why} {count}" for why, count in sorted(lost.items()))
    sound = sum(not any(map(is_unread, s.findings)) for s in read)
    gone = len(read) - sound + len(passed_over)
    return Identity(FILES, "", "", Decimal(present), Decimal(sound), Decimal(gone), told)


def is_unread(item: Finding) -> bool:
    """Whether a finding says that nothing of a file could be read."""
    return item.blocks and "F01" <= item.rule <= "F05"


def row_identities(result: UnitResult) -> Iterator[Identity]:
    """Yield per data sheet: rows seen = rows counted + rows not counted."""
    for sheet in sheets.DATA_SHEETS:
        seen = len(result.account.submission.table(sheet).rows) if result.account.submission else 0
        fates = [f for f in result.rows if f.sheet == sheet.name]
        counted = sum(not f.reason for f in fates)
        if seen or fates:
            lost = reasons(fates)
            yield Identity(
                ROWS,
                result.unit.code,
                sheet.name,
                Decimal(seen),
                Decimal(counted),
                Decimal(len(fates) - counted),
                lost,
            )


def money_identities(result: UnitResult) -> Iterator[Identity]:
    """Yield per kind of money: typed = behind the figure + left out, the two found independently."""
    if result.account.submission is None:
        return
    kinds: tuple[tuple[str, AnySheet, str, str], ...] = (
        (CONTRACTS, PROJECTS, "contract_amount", AMOUNT.name),
        (VOUCHERS, PAYMENTS, "amount", PAID.name),
    )
    for name, sheet, field, figure in kinds:
        amounts = {
            r.row: value for r in result.account.all_rows(sheet) if (value := getattr(r, field)) is not None
        }
        if amounts:
            own = (line for line in result.figures[figure].lines if line.unit == result.unit.code)
            counted = sum((amounts[line.row] for line in own), ZERO)
            left_out = [m for m in result.money if m.sheet == sheet.name and m.reason]
            lost = sum((m.amount for m in left_out), ZERO)
            yield Identity(
                name,
                result.unit.code,
                sheet.name,
                sum(amounts.values(), ZERO),
                counted,
                lost,
                reasons(left_out),
            )


def reasons(items: Sequence[RowFate | Money]) -> str:
    """Return why items did not count, with how many for each reason."""
    counts = Counter(item.reason for item in items if item.reason)
    return "；".join(f"{reason} {count} 行" for reason, count in counts.items())


def county_identities(results: Sequence[UnitResult], book: Rulebook) -> Iterator[Identity]:
    """Yield for signed money and projects: the sum over units = the sum over distinct projects.

    A joint project is taken once where its partners' shares add to 100; otherwise by the shares reported.
    """
    projects = list(signed_projects(results))
    by_units = sum((r.value(AMOUNT.name) or ZERO for r in results), ZERO)
    yield Identity(
        COUNTY, "", AMOUNT.name, by_units, distinct_total(projects, lambda p: p.contract_amount or ZERO), ZERO
    )
    by_units = sum((r.value(PAID.name) or ZERO for r in results), ZERO)
    yield Identity(COUNTY, "", PAID.name, by_units, distinct_paid(results, book), ZERO)
    if book.joint_basis == JointBasis.SHARE:
        count = sum((r.value(SIGNED.name) or ZERO for r in results), ZERO)
        yield Identity(COUNTY, "", SIGNED.name, count, distinct_total(projects, lambda _: ONE), ZERO)


def signed_projects(results: Sequence[UnitResult]) -> Iterator[tuple[Account, Project, Decimal]]:
    """Yield (account, project, share) of every project behind 签约项目数."""
    for result in results:
        if SIGNED.name in result.figures:
            by_row = {p.row: p for p in result.account.all_rows(PROJECTS)}
            for line in result.figures[SIGNED.name].lines:
                project = by_row[line.row]
                yield result.account, project, result.account.shares[project.number]


def distinct_total(
    projects: Sequence[tuple[Account, Project, Decimal]], amount: Callable[[Project], Decimal]
) -> Decimal:
    """Return the sum over distinct projects."""
    joint: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    total = ZERO
    for _, project, share in projects:
        if project.is_joint:
            joint[joint_key(project)].append((share, amount(project)))
        else:
            total += share * amount(project)
    for parts in joint.values():
        whole = sum((share for share, _ in parts), ZERO) == 1 and len({value for _, value in parts}) == 1
        total += parts[0][1] if whole else sum((share * value for share, value in parts), ZERO)
    return total


def distinct_paid(results: Sequence[UnitResult], book: Rulebook) -> Decimal:
    """Return the money in place over distinct projects: what is known of each voucher once, times the shares of all partners.

    It is told from what became of each row, and not from the figures that it proves.
    """
    shares: dict[str, Decimal] = defaultdict(Decimal)
    books: dict[str, Counter[tuple[object, Decimal]]] = defaultdict(Counter)
    for result in results:
        account, unit = result.account, result.unit.code
        ended = frozenset() if book.ended_money_counts else frozenset({Stage.ENDED})
        projects = by_number(account.all_rows(PROJECTS))
        keys = {number: joint_key(p) or f"{unit} {number}" for number, p in projects.items()}
        for number, share in account.shares.items():
            out = account.is_ruled_out(PROJECTS, projects[number].row) or projects[number].stage in ended
            shares[keys[number]] += ZERO if out else share
        payments = {p.row: p for p in account.all_rows(PAYMENTS)}
        own: dict[str, Counter[tuple[object, Decimal]]] = defaultdict(Counter)
        for money in result.money:
            if money.sheet == PAYMENTS.name and money.reason in ("", UNKNOWN_SHARE):
                payment = payments[money.row]
                entry = (voucher_of(payment) or (unit, payment.row), payment.day)
                own[keys.get(payment.project, unit)][entry, money.amount] += 1
        for key, held in own.items():
            books[key] |= held
    return sum(
        (shares[key] * amount * times for key, held in books.items() for (_, amount), times in held.items()),
        ZERO,
    )
