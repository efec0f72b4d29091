"""What an action did, as the JSON objects of the contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from baiti_xl.contest.findings import Finding, count_by_severity
from baiti_xl.contest.measures import comparisons
from baiti_xl.contest.records import Bridge, Outcome, Submission, UnitResult
from baiti_xl.desk.consolidating import Consolidation
from baiti_xl.desk.pdf import Pdfs
from baiti_xl.desk.printing import Documents
from baiti_xl.desk.reviewing import Review
from baiti_xl.desk.sending import Outbox
from baiti_xl.desk.verifying import Verified

NO_PDFS = Pdfs()


def summary(done: Consolidation) -> dict[str, Any]:
    """Return a consolidation as the contract's JSON object."""
    outcome = done.outcome
    levels = {(item.unit.code, str(item.flag)): item.level.value for item in outcome.evidence}
    rows = [fate for result in outcome.results for fate in result.rows]
    amounts = [money for result in outcome.results for money in result.money]
    counted_rows = sum(not fate.reason for fate in rows)
    typed = sum((m.amount for m in amounts), Decimal(0))
    counted = sum((m.amount for m in amounts if not m.reason), Decimal(0))
    rejected, superseded = len(outcome.ledger.rejected), len(outcome.ledger.superseded)
    seen = len(done.submissions)
    return {
        "as_of": str(outcome.day),
        "day_reason": outcome.day_reason,
        "period": outcome.period,
        "files": {
            "seen": seen,
            "accepted": seen - rejected - superseded,
            "rejected": rejected,
            "superseded": superseded,
            "other_day": len(outcome.other_days),
        },
        "skipped": [{"file": other.file, "why": other.why} for other in done.skipped],
        "bridge": {bridge.measure: bridge_summary(bridge) for bridge in outcome.bridges},
        "rows": {"seen": len(rows), "counted": counted_rows, "not_counted": len(rows) - counted_rows},
        "money": {"typed": number(typed), "counted": number(counted), "not_counted": number(typed - counted)},
        "findings": count_by_severity(all_findings(outcome)),
        "open_matters": done.open_matters,
        "units": [unit_summary(outcome, result, levels) for result in outcome.results],
        "outputs": [str(path) for path in done.outputs],
    }


def number(value: Decimal | None) -> int | float | None:
    """Return a number as JSON writes it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def bridge_summary(bridge: Bridge) -> dict[str, Any]:
    """Return how one figure came from what was published."""
    parts = {
        "published": bridge.published,
        "new": bridge.new,
        "corrected": bridge.corrected,
        "now": bridge.now,
    }
    return {name: number(figure.value) for name, figure in parts.items()}


def unit_summary(
    outcome: Outcome, result: UnitResult, levels: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    """Return one unit's part of the JSON object."""
    score, submission = outcome.ranking.score(result.unit.code), result.account.submission
    return {
        "code": result.unit.code,
        "name": result.unit.name,
        "group": result.unit.group,
        "status": result.account.status.value,
        "metrics": {m.name: number(result.value(m.name)) for m in comparisons()},
        "score": number(score.score) if result.is_ranked else None,
        "rank": outcome.ranking.rank(result.unit.code) if result.is_ranked else None,
        "tier": result.tier or None,
        "task_met": result.task_met,
        "covered_until": str(submission.key[0]) if submission else None,
        "carried_over": result.account.is_carried,
        "flags": [
            {"name": flag.value, "answer": verdict.value, "level": levels.get((result.unit.code, str(flag)))}
            for flag, verdict in outcome.verdicts.get(result.unit.code, {}).items()
        ],
    }


def all_findings(outcome: Outcome) -> Iterator[Finding]:
    """Yield the findings of the files in force, across units, and of the files sent back."""
    for account in outcome.ledger.accounts:
        yield from account.findings
    yield from outcome.ledger.findings
    for submission in outcome.ledger.rejected:
        yield from submission.findings


def documents_summary(done: Documents, pdfs: Pdfs = NO_PDFS) -> dict[str, Any]:
    """Return a run of documents, and the PDFs made of them, as a JSON object."""
    return {
        "as_of": str(done.outcome.day),
        "day_reason": done.outcome.day_reason,
        "period": done.outcome.period,
        "since": str(done.outcome.since) if done.outcome.since else None,
        "documents": [
            {
                "kind": w.paper.kind,
                "unit": w.paper.unit or None,
                "title": w.paper.title,
                "number": w.number or None,
                "file": str(w.file),
                "figures": w.count,
                "figures_file": str(w.figures),
            }
            for w in done.written
        ],
        "nothing_to_say": list(done.quiet),
        "left_out": dict(done.left_out),
        "pdfs": [str(path) for path in pdfs.written],
        "open_matters": done.open,
        "changes": list(done.changes),
        "outputs": list(dict.fromkeys(str(path) for w in done.written for path in (w.file, w.figures))),
    }


def verify_summary(found: Sequence[Verified]) -> dict[str, Any]:
    """Return papers read back as a JSON object."""
    return {
        "files": [
            {
                "file": str(one.file),
                "kind": one.about.about.get("kind") if one.about else None,
                "unit": (one.about.about.get("unit") or None) if one.about else None,
                "as_of": one.about.about.get("day") if one.about else None,
                "number": (one.about.about.get("number") or None) if one.about else None,
                "by": one.by or None,
                "figures": one.count,
                "changes": [
                    {
                        "became": c.became.value,
                        "place": c.place,
                        "name": c.name,
                        "was": c.was,
                        "now": c.now,
                        "other": c.other or None,
                    }
                    for c in one.changes
                ],
                "register": list(one.register),
                "layout": list(one.layout),
                "problem": one.problem or None,
            }
            for one in found
        ]
    }


def review_summary(done: Review) -> dict[str, Any]:
    """Return a review as a JSON object."""
    return {
        "as_of": str(done.outcome.day),
        "day_reason": done.outcome.day_reason,
        "period": done.outcome.period,
        "open": len(done.open),
        "matters": [
            {
                "mark": m.mark,
                "kind": m.kind,
                "unit": m.unit or None,
                "what": m.what,
                "evidence": m.evidence,
                "effect": m.effect,
                "answer": m.answer.answer.value if m.answer else None,
                "reason": m.answer.reason if m.answer else None,
                "answered_by": m.answer.answered_by if m.answer else None,
            }
            for m in done.matters
        ],
        "strays": list(done.strays),
        "outputs": [str(path) for path in done.outputs],
    }


def send_summary(done: Outbox) -> dict[str, Any]:
    """Return an outbox as a JSON object."""
    return {
        "as_of": str(done.outcome.day),
        "period": done.outcome.period,
        "folder": str(done.folder),
        "mails": [
            {
                "code": d.letter.unit.code,
                "name": d.letter.unit.name,
                "to": list(d.to),
                "subject": d.letter.subject,
                "file": str(d.file),
                "attached": list(d.attached),
            }
            for d in done.drafts
        ],
        "chased": [
            {"code": unit.code, "name": unit.name, "group": unit.group, "status": state.value}
            for unit, state in done.chased
        ],
        "print_runs": {kind: str(path) for kind, path in done.print_runs.items()},
        "left_out": [
            {"kind": item.kind, "units": list(filter(None, item.units)), "reason": item.reason}
            for item in done.left_out
        ],
        "outputs": list(map(str, done.outputs)),
    }


def check_summary(submissions: Iterable[Submission]) -> dict[str, Any]:
    """Return checked files as the contract's JSON object."""
    return {
        "files": [
            {
                "file": s.file,
                "unit": s.cover.code or None,
                "status": file_status(s),
                "findings": [
                    {
                        "rule": f.rule,
                        "severity": f.severity.value,
                        "sheet": f.place.sheet,
                        "cell": f.place.cell,
                        "heading": f.place.heading,
                        "value": f.value,
                        "message": f.message,
                    }
                    for f in s.findings
                ],
            }
            for s in submissions
        ]
    }


def file_status(submission: Submission) -> str:
    """Return whether a file can be accepted, in one word."""
    if not submission.usable:
        return "退回"
    return "有错" if any(f.blocks for f in submission.findings) else "通过"
