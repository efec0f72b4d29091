"""结期: a period closed by the clerk, without a circular; its figures and reporting are data from then on."""

import getpass
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from baiti_xl.contest import periods
from baiti_xl.contest.records import CLOSING
from baiti_xl.desk.computing import work_out
from baiti_xl.desk.consolidating import archive_entries, notes_after
from baiti_xl.desk.entering import with_entered
from baiti_xl.desk.entries import freeze
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import check_places
from baiti_xl.desk.publishing import frozen
from baiti_xl.desk.reading import Progress, silent
from baiti_xl.desk.reviewing import check_answered, every_matter
from baiti_xl.desk.rules import check_open, load_rules, working_folder
from baiti_xl.desk.staging import Output
from baiti_xl.desk.store import Store


def close(
    folder: Path | str,
    out: Path,
    *,
    console: Path | None = None,
    as_of: date | None = None,
    reason: str = "",
    progress: Progress = silent,
) -> str:
    """Close the period that ends on a day (default: as `consolidate` has it), and return what to tell.

    From then on the day is worked out from what it rests on now. Raises ActionError if the day ends no period, was closed
    before, its cutoff has not come or a matter of the review is open, and as `consolidate`.
    """
    check_places(folder, out)
    book = load_rules(console)
    check_open(book, "结期")
    store = Store(working_folder(console, folder, out))
    book = with_entered(book, store)
    done = work_out(folder, store, book, as_of, progress=progress)
    outcome, day = done.outcome, done.outcome.day
    if done.world.held:
        raise ActionError(
            f"{day} 已经结期或发出通报，不用再结。要改发通报，用 documents --reissue 写明原因。"
        )
    if day not in periods.cutoffs(book):
        raise ActionError(f"{day} 不是任何一期的报送截止日，不能结期。请用 --as-of 写明报送截止日。")
    if day > date.today():
        raise ActionError(f"{day} 还没有到，不能结期。")
    if not all(identity.holds for identity in outcome.identities):
        raise ActionError("对账不符，这是程序的缺陷，没有结期。请把报送文件发给维护人员。")
    check_answered(every_matter(outcome, done.world.book, (), store, book), day, "结期")
    who, moment = getpass.getuser(), datetime.now().isoformat(" ", "seconds")
    entries = archive_entries(folder, store, outcome, done.read)
    entry = frozen(outcome, book, done.world.past.rests_on(), [CLOSING], reason, who, moment)

    def keep(connection: sqlite3.Connection) -> Sequence[Output]:
        freeze(connection, entry)
        return ()

    store.publish(keep, {e.hash: done.read.paths[e.hash] for e in entries}, entries)
    told = f"{outcome.period}已结期（{day}）：数字和报送情况从此不变，迟来的报送记为补报，计入下一期。"
    return "\n".join(filter(None, (told, notes_after(store, book))))
