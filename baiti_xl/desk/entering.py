"""What is entered through the reporting desk, kept in the register: access codes, replies, answers of the review, and who did what.

An entry names the act, who did it, what it is about and, as JSON, what was said. Entries are only ever added, so that
they are the log too. Answers and replies of the register stand beside those of the console's sheets 会审 and 回复登记.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from baiti_xl.contest.choices import Reviewed
from baiti_xl.contest.records import Reply, ReviewAnswer
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.database import DATABASE, WAIT_SECONDS
from baiti_xl.desk.entries import ENTERED_COLUMNS, Entered, add_entries, second_after
from baiti_xl.desk.heads import read_only
from baiti_xl.desk.outputs import OutputError
from baiti_xl.desk.store import Store
from baiti_xl.errors import UserError


class Act(StrEnum):
    """What can be done through the reporting desk."""

    CODE = "访问码"  # made or changed; without a hash: revoked
    SIGN_IN = "登录"
    SIGN_OUT = "退出"
    LOCKED = "锁定"
    CHECKED = "校验"
    HANDED_IN = "交送"
    TAKEN = "下载"
    REPLY = "回复"
    ANSWER = "会审答复"
    ACTION = "操作"
    SENT_BACK = "退回补正"


KEPT = (Act.CODE, Act.REPLY, Act.ANSWER, Act.SENT_BACK)  # what no Excel copy has
HOLDING = (Act.CODE, Act.ANSWER)  # of what one is about, the last holds


def entry(act: Act, who: str, about: str, body: Mapping[str, Any], moment: datetime) -> Entered:
    """Return an entry of the register."""
    text = json.dumps(body, ensure_ascii=False)
    return Entered(act, who, about, text, moment.isoformat(" ", "seconds"))


def enter(store: Store, entries: Iterable[Entered]) -> None:
    """Add entries to the register, which is backed up if nothing else has what they say. Raises OutputError or StoreError.

    Once they are entered, a backup that cannot be made says nothing; the next is made with whatever comes.
    """
    held = list(entries)
    with store.locked() as connection:
        add_entered(connection, held)
    if any(one.act in KEPT for one in held):
        with suppress(UserError):
            store.back_up()


def add_entered(connection: sqlite3.Connection, entries: Iterable[Entered]) -> None:
    """Add entries under a lock that is held; one that is to hold is later than what it stands for, whatever the clock says."""
    for one in entries:
        add_entries(connection, "entered", ENTERED_COLUMNS, [after_others(connection, one)])


def after_others(connection: sqlite3.Connection, one: Entered) -> Entered:
    """Return an entry with a moment after the last of its act and what it is about: by that two registers made one are read."""
    query = "SELECT MAX(moment) FROM entered WHERE act = ? AND about = ?"
    last = connection.execute(query, (one.act, one.about)).fetchone()[0] if one.act in HOLDING else None
    if last is None or one.moment > last:
        return one
    return replace(one, moment=second_after(last))


def looked_up(store: Store, query: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
    """Return rows of the register without waiting for whoever writes it. Raises OutputError."""
    try:
        address = read_only((store.root / DATABASE).absolute())
        with closing(sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS)) as connection:
            return connection.execute(query, tuple(values)).fetchall()
    except sqlite3.Error as error:
        raise OutputError(f"无法读取归档登记 {store.root / DATABASE}。请稍后再试。") from error


def entered(store: Store, *acts: Act, last: int = 0) -> list[Entered]:
    """Return the entries of some acts (default: all) in order of entry, or the last so many of them."""
    chosen = f"WHERE act IN ({', '.join('?' * len(acts))})" if acts else ""
    newest = f"ORDER BY id DESC LIMIT {last}" if last else "ORDER BY id DESC"
    rows = looked_up(store, f"SELECT {', '.join(ENTERED_COLUMNS)} FROM entered {chosen} {newest}", acts)
    return [Entered(*row) for row in reversed(rows)]


def in_time(held: Iterable[Entered]) -> list[Entered]:
    """Return entries in order of their moments, so that the last holds on whichever PC it was entered.

    Of one moment, a code that is revoked comes last.
    """
    return sorted(held, key=lambda one: (one.moment, is_revoked(one)))


def is_revoked(one: Entered) -> bool:
    """Whether an entry revokes a code."""
    return one.act == Act.CODE and not json.loads(one.body)["hash"]


def with_entered(book: Rulebook, store: Store) -> Rulebook:
    """Return the rules with the answers and replies that the register holds beside those of the console."""
    if not store.exists:
        return book
    store.create()  # of an earlier version, it had no such table
    held = in_time(entered(store, Act.ANSWER, Act.REPLY))
    answers = tuple(answer_of(one) for one in held if one.act == Act.ANSWER)
    replies = tuple(reply_of(one) for one in held if one.act == Act.REPLY)
    return replace(book, answers=(*book.answers, *answers), replies=(*book.replies, *replies))


def answer_of(one: Entered) -> ReviewAnswer:
    """Return an answer of the review as the console would hold it; `about` is the matter's mark."""
    said = json.loads(one.body)
    day = date.fromisoformat(one.moment[:10])
    return ReviewAnswer(
        one.about, Reviewed(said["answer"]), said["reason"], said["name"], day, said.get("what", "")
    )


def reply_of(one: Entered) -> Reply:
    """Return a reply as the console would hold it; `about` is the kind and the 统计日 of the paper."""
    said = json.loads(one.body)
    kind, _, day = one.about.partition("/")
    arrived = date.fromisoformat(one.moment[:10])
    return Reply(kind, date.fromisoformat(day), said["unit"], arrived, said["text"], f"网上（{one.who}）")
