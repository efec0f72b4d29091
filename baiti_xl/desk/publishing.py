"""What was made public by numbered papers, kept in the register: the figures, and the files and rules behind them.

A later day is compared with what was published, and the figures of that day are worked out again from the same files
under the same rules, so that every change can be told.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from baiti_xl.contest.choices import Flag, Level, Reported
from baiti_xl.contest.loading import HEADINGS, console_rows, load
from baiti_xl.contest.records import CIRCULAR, KeptFile, Outcome, Published, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.entries import AFTER, VOID, Frozen
from baiti_xl.desk.reading import read_all
from baiti_xl.desk.store import Store
from baiti_xl.scale.reader import Source


def frozen(
    outcome: Outcome,
    book: Rulebook,
    files: Sequence[KeptFile],
    kinds: Sequence[str],
    reason: str,
    who: str,
    moment: str,
) -> Frozen:
    """Return the entry that keeps what the numbered papers of a run rest on."""
    body = {
        "figures": {
            r.unit.code: {name: text_of(figure.value) for name, figure in r.figures.items()}
            for r in outcome.singles
        },
        "files": [(f.file, f.digest, f.is_kept, text_of(f.arrived)) for f in files],
        "states": dict(outcome.reports[-1].states) if outcome.reports else {},
        "rules": {
            name: [list(map(text_of, row)) for row in rows] for name, rows in console_rows(book).items()
        },
        "flags": [(e.unit.code, e.flag, e.level, e.running, e.talks) for e in outcome.evidence],
        "reason": reason,
    }
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return Frozen(str(outcome.day), "、".join(dict.fromkeys(kinds)), text, who, moment)


def text_of(value: object) -> str | None:
    """Return a value as the register keeps it; no float comes near an amount."""
    if value is None:
        return None
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def published_days(store: Store) -> Mapping[date, Published]:
    """Return what was made public by day: by the last circular of the day, or the last of its other papers; none by one that was voided."""
    found: dict[date, Published] = {}
    acts = {entry.day: entry.act for entry in store.standing() if entry.kind == CIRCULAR}
    for entry in store.frozen():
        held = published(entry)
        if acts.get(entry.day) == VOID:
            held = replace(held, kinds=tuple(kind for kind in held.kinds if kind != CIRCULAR))
        known = found.get(held.day)
        if known is None or held.is_closed or not known.is_closed:
            found[held.day] = held
    return found


def published(entry: Frozen) -> Published:
    """Return an entry of the register as it was."""
    body: dict[str, Any] = json.loads(entry.body)
    figures = {
        unit: {name: None if value is None else Decimal(value) for name, value in held.items()}
        for unit, held in body["figures"].items()
    }
    kinds = tuple(entry.kinds.split("、"))
    files = tuple(
        KeptFile(name, digest, kept, date.fromisoformat(arrived) if arrived else None)
        for name, digest, kept, arrived in body["files"]
    )
    states = {unit: Reported(state) for unit, state in body["states"].items()}
    flags = {
        (unit, Flag(flag)): (Level(level), running, talks)
        for unit, flag, level, running, talks in body.get("flags", ())
    }
    day = date.fromisoformat(entry.day)
    return Published(
        day,
        kinds,
        figures,
        files,
        body["rules"],
        states,
        entry.moment,
        body["reason"],
        flags,
        body.get(AFTER, ""),
    )


def rules_of(held: Published) -> Rulebook:
    """Return the rules that were in force when something was made public."""
    return load({sheet: [HEADINGS[sheet], *rows] for sheet, rows in held.rules.items()})


def files_of(held: Published, store: Store, book: Rulebook) -> list[Submission]:
    """Return the submissions that something made public rests on, read again from the archive. Raises StoreError."""
    read = read_all([Source(f.file, store.path(f.digest)) for f in held.files], book)
    return [replace(s, is_kept=f.is_kept) for s, f in zip(read, held.files, strict=True)]
