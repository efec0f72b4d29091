"""X05: a project that was ruled out stays out when its unit gives it a new number."""

from collections.abc import Iterator, Sequence

from baiti_xl.contest.choices import Decision
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import FORMERLY, RULED, Barred, Ledger, Ruling, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PROJECTS, Project
from baiti_xl.count.across.belonging import Sent
from baiti_xl.count.across.claims import Claim, Rulings, claims
from baiti_xl.count.across.likeness import Comparer

RULE = "X05"


def renumbered(ledger: Ledger, book: Rulebook, sent: Sent) -> tuple[tuple[Finding, ...], Barred]:
    """Return X05 at every project that comes back under another number, and that the ruling goes on applying to it.

    It does until the office decides the new record. `sent` gives a unit's accepted submissions.
    """
    out = {} if RULE in book.disabled else projects_ruled_out(ledger, book, sent)
    if not out:
        return (), {}
    found: list[Finding] = []
    barred: dict[tuple[str, str, int], str] = {}
    alike, rulings = Comparer(book), Rulings(book)
    for claim in claims(ledger, PROJECTS):
        for ruling, old in out.get(claim.unit, ()):
            if is_new(claim, ruling, old, rulings) and alike(old, claim.record):
                found.append(claim.find(RULE, "name", old=old.number, name=old.name, decision=told(ruling)))
                reason = f"{RULED}{told(ruling)}（{FORMERLY} {old.number}）"
                barred[claim.unit, PROJECTS.name, claim.record.row] = reason
                break
    return tuple(found), barred


def is_new(claim: Claim[Project], ruling: Ruling, old: Project, rulings: Rulings) -> bool:
    """Whether a row has another number than the project ruled out, and nothing was decided of it."""
    return (
        claim.id != ruling.record and claim.record.number != old.number and not rulings.decision(claim, RULE)
    )


def told(ruling: Ruling) -> str:
    """Return what was decided, in a word."""
    return f"归属 {ruling.value}" if ruling.decision == Decision.BELONG else ruling.decision.value


def projects_ruled_out(ledger: Ledger, book: Rulebook, sent: Sent) -> dict[str, list[tuple[Ruling, Project]]]:
    """Return by unit the projects that a ruling keeps from counting there, as they were last reported."""
    found: dict[str, list[tuple[Ruling, Project]]] = {}
    submissions = {a.unit.code: a.submission for a in ledger.accounts if a.submission}
    for ruling in book.rulings:
        unit, _, rest = ruling.record.partition("/")
        lost = ruling.decision == Decision.REJECT or (
            ruling.decision == Decision.BELONG and ruling.value != unit
        )
        if lost and rest.partition("/")[0] == PROJECTS.name and unit in submissions:
            old = next(holding(ruling.record, [submissions[unit], *reversed(sent(unit))]), None)
            if old is not None:
                found.setdefault(unit, []).append((ruling, old))
    return found


def holding(record: str, submissions: Sequence[Submission]) -> Iterator[Project]:
    """Yield a project by its 记录标识 from each submission that holds it."""
    for submission in submissions:
        for project in submission.rows(PROJECTS):
            if PROJECTS.identity(submission.cover.code, project) == record:
                yield project
