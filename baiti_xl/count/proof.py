"""对账: the proof that nothing was lost between what units typed and what was counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from baiti_xl.contest import sheets
from baiti_xl.contest.choices import JointBasis, Stage
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.measures import AMOUNT, PAID, SIGNED
from baiti_xl.contest.predicates import by_number, joint_key, voucher_of
from baiti_xl.contest.records import Identity, Ledger, Money, PassedOver, RowFate, Submission, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS
from baiti_xl.contest.tally import UNKNOWN_SHARE
from baiti_xl.contest.values import COUNTY

FILES, ROWS, CONTRACTS, VOUCHERS = "文件数", "行数", "签约金额（万元）", "到位金额（万元）"
ZERO, ONE = Decimal(0), Decimal(1)


def identities(results: Iterable[UnitResult], book: Rulebook) -> tuple[Identity, ...]:
    """Return every identity: rows by unit and sheet, typed money by unit, and the county's totals."""
    proof = Proof(book)
    for result in results:
        proof.add(result)
    return proof.identities()


def file_identity(present: int, ledger: Ledger, passed_over: Sequence[PassedOver]) -> Identity:
    """Return the identity of the folder: files that lie there = files in force + files that are not, each with its reason."""
    lost = Counter(map(why_refused, ledger.rejected)) + Counter(other.why for other in passed_over)
    lost += Counter({"已被替代": len(ledger.superseded), "晚于统计日": len(ledger.later)})
    told = "；".join(f"{why} {count}" for why, count in sorted(lost.items()))
    held = (account.submission for account in ledger.accounts)
    in_force = sum(submission is not None and not submission.is_kept for submission in held)
    return Identity(FILES, "", "", Decimal(present), Decimal(in_force), Decimal(lost.total()), told)


def why_refused(submission: Submission) -> str:
    """Return why a file that was sent back counts nothing: what could not be read, 冲突 or 退回."""
    grave = [f for f in submission.findings if f.blocks]
    unread = next((f.message.partition("。")[0] for f in grave if "F01" <= f.rule <= "F05"), "")
    return unread or ("冲突" if any(f.rule == "F08" for f in grave) else "退回")


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


# ── the county ───────────────────────────────────────────────────────────────────────────────────


Parts = dict[str, list[tuple[Decimal, Decimal]]]  # by 联合标识: (share, value) of each partner
Vouchers = Counter[tuple[object, Decimal]]  # (what tells a voucher, amount), and how often


class Proof:
    """Gathers the identities of one unit after the other, and what the county's are told from.

    Money in place is told from what became of each row, and not from the figures that it proves. What only one unit
    reports is added up at once; joint projects are kept until all partners are known.
    """

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.found: list[Identity] = []
        names = (AMOUNT.name, PAID.name, SIGNED.name)
        self.by_units, self.alone = dict.fromkeys(names, ZERO), dict.fromkeys(names, ZERO)
        self.amounts: Parts = defaultdict(list)
        self.counts: Parts = defaultdict(list)
        self.shares: dict[str, Decimal] = defaultdict(Decimal)
        self.books: dict[str, Vouchers] = defaultdict(Counter)

    def add(self, result: UnitResult) -> None:
        """Add one unit's account."""
        self.found += [*row_identities(result), *money_identities(result)]
        for name in self.by_units:
            self.by_units[name] += result.value(name) or ZERO
        self.add_signed(result)
        self.add_vouchers(result)

    def add_signed(self, result: UnitResult) -> None:
        """Add the projects behind a unit's 签约项目数."""
        if SIGNED.name not in result.figures:
            return
        by_row = {p.row: p for p in result.account.all_rows(PROJECTS)}
        for line in result.figures[SIGNED.name].lines:
            project = by_row[line.row]
            share, amount = result.account.shares[project.number], project.contract_amount or ZERO
            if project.is_joint:
                self.amounts[joint_key(project)].append((share, amount))
                self.counts[joint_key(project)].append((share, ONE))
            else:
                self.alone[AMOUNT.name] += share * amount
                self.alone[SIGNED.name] += share

    def add_vouchers(self, result: UnitResult) -> None:
        """Add a unit's shares in projects, and what it knows of their vouchers."""
        account, unit = result.account, result.unit.code
        ended = frozenset() if self.book.ended_money_counts else frozenset({Stage.ENDED})
        projects = by_number(account.all_rows(PROJECTS))
        shares: dict[str, Decimal] = defaultdict(Decimal)
        for number, share in account.shares.items():
            out = account.is_ruled_out(PROJECTS.name, projects[number].row) or projects[number].stage in ended
            shares[number] = ZERO if out else share
        payments = {p.row: p for p in account.all_rows(PAYMENTS)}
        own: dict[str, Vouchers] = defaultdict(Counter)
        for money in result.money:
            if money.sheet == PAYMENTS.name and money.reason in ("", UNKNOWN_SHARE):
                payment = payments[money.row]
                entry = (voucher_of(payment) or (unit, payment.row), payment.day)
                own[payment.project][entry, money.amount] += 1
        joint = {number: key for number, p in projects.items() if (key := joint_key(p))}
        for number, key in joint.items():
            self.shares[key] += shares[number]
        merged: dict[str, Vouchers] = defaultdict(Counter)
        for number, held in own.items():
            if number in joint:
                merged[joint[number]] += held
            else:
                self.alone[PAID.name] += worth(held, shares[number])
        for key, held in merged.items():
            self.books[key] |= held

    def identities(self) -> tuple[Identity, ...]:
        """Return those of the units, then the county's."""
        return (*self.found, *self.county())

    def county(self) -> Iterator[Identity]:
        """Yield for signed money and projects: the sum over units = the sum over distinct projects.

        A joint project is taken once where its partners' shares add to 100; otherwise by the shares reported.
        """
        distinct = {
            AMOUNT.name: self.alone[AMOUNT.name] + joint_total(self.amounts),
            PAID.name: sum(
                (worth(held, self.shares[key]) for key, held in self.books.items()), self.alone[PAID.name]
            ),
        }
        if self.book.joint_basis == JointBasis.SHARE:
            distinct[SIGNED.name] = self.alone[SIGNED.name] + joint_total(self.counts)
        for name, total in distinct.items():
            yield Identity(COUNTY, "", name, self.by_units[name], total, ZERO)


def worth(vouchers: Vouchers, share: Decimal) -> Decimal:
    """Return a share of what vouchers amount to."""
    return sum((share * amount * times for (_, amount), times in vouchers.items()), ZERO)


def joint_total(joint: Parts) -> Decimal:
    """Return the sum over joint projects of what their partners report."""
    total = ZERO
    for parts in joint.values():
        whole = sum((share for share, _ in parts), ZERO) == 1 and len({value for _, value in parts}) == 1
        total += parts[0][1] if whole else sum((share * value for share, value in parts), ZERO)
    return total
