"""What came to the office another way than through the reporting desk: by mail, on a stick, put into the folder by hand.

A unit that hands in must be told of it: of one day and batch two files are in conflict, and a greater one stands for both.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from threading import Lock

from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.entering import looked_up
from baiti_xl.desk.reading import ACCEPTED, read_one, sources
from baiti_xl.desk.receipts import HandedIn, codes_of, handed_in
from baiti_xl.desk.store import Store
from baiti_xl.scale.reader import Source

TAKEN = (
    "SELECT 0, unit, cutoff, batch, file, hash, '', moment FROM submissions WHERE result IN ({}) ORDER BY id"
)
State = tuple[str, int, int]


class Mailbox:
    """The folder of submissions and the archive, as far as they did not come through the desk.

    A file that the register does not know is read once for each console.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.book: Rulebook | None = None
        self.known: dict[State, HandedIn | None] = {}

    def of(self, unit: Unit, folder: Path, store: Store, book: Rulebook) -> tuple[HandedIn, ...]:
        """Return what came of a unit another way, accepted or not looked at yet. Raises ActionError, OutputError or StoreError."""
        receipts = {one.hash for one in handed_in(store)}
        found = {one.hash: one for one in accepted(store) if one.hash not in receipts}
        with self.lock:
            if self.book is not book:
                self.book, self.known = book, {}
            found |= {one.hash: one for one in self.lying(folder, book, receipts | found.keys())}
        return tuple(one for one in found.values() if one.unit in codes_of(unit))

    def lying(self, folder: Path, book: Rulebook, registered: Collection[str]) -> list[HandedIn]:
        """Return what lies in the folder, can be used and is not registered."""
        if not folder.is_dir():
            return []
        held = {state: source for source in sources(folder) if (state := state_of(source))}
        self.known = {state: one for state, one in self.known.items() if state in held}
        for state, source in held.items():
            if state not in self.known:
                self.known[state] = None if digest_of(place_of(source)) in registered else read(source, book)
        return [one for one in self.known.values() if one and one.hash not in registered]


def place_of(source: Source) -> Path:
    """Return where a file of the folder lies."""
    return Path(str(source.path))


def state_of(source: Source) -> State | None:
    """Return by what a file is known again, None if it is gone."""
    try:
        stat = place_of(source).stat()
    except OSError:
        return None
    return source.name, stat.st_mtime_ns, stat.st_size


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, "" if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def read(source: Source, book: Rulebook) -> HandedIn | None:
    """Return a file by its cover, None if it cannot be used."""
    found = read_one(source, book)
    if not found.usable:
        return None
    cutoff, batch = found.key
    return HandedIn(0, found.cover.code, cutoff, batch, source.name, found.digest, "", "", place_of(source))


def accepted(store: Store) -> Sequence[HandedIn]:
    """Return what was accepted on consolidation, whether it still lies in the folder or not."""
    rows = looked_up(store, TAKEN.format(", ".join("?" * len(ACCEPTED))), sorted(ACCEPTED))
    return [
        HandedIn(0, unit, date.fromisoformat(cutoff), batch or 0, file, digest, "", moment)
        for _, unit, cutoff, batch, file, digest, _, moment in rows
    ]
