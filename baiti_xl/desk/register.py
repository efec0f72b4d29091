"""发文登记: what was numbered, and a number voided with its reason, never given again."""

import getpass
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from baiti_xl.desk.consolidating import notes_after
from baiti_xl.desk.database import StoreError, damaged
from baiti_xl.desk.entries import CLASH, ISSUE, VOID, Issued, bare_text
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.issuing import issue, issued_papers
from baiti_xl.desk.rules import check_open, load_rules
from baiti_xl.desk.staging import Output
from baiti_xl.desk.store import Store


def listed(folder: Path, *, console: Path | None = None) -> tuple[Issued, ...]:
    """Return every entry of the register of a working folder, in order of entry. Raises StoreError if it is damaged."""
    store, first_series = opened(folder), load_rules(console, folder).issuer_code
    if faults := store.faults():
        raise StoreError(damaged(faults))
    return tuple(replace(entry, series=entry.series or first_series) for entry in store.issued())


def opened(folder: Path) -> Store:
    """Return the archive of a working folder. Raises ActionError if there is none."""
    store = Store(folder)
    if not store.exists:
        raise ActionError(f"{folder} 里没有归档，不是工作文件夹。请给出操作台所在的文件夹。")
    return store


def void(number: str, reason: str, folder: Path, *, console: Path | None = None) -> str:
    """Void a number, as 台政办〔2011〕9号, and return what to tell; the paper it stood on may get another.

    Raises ActionError if there is no such number, or it was voided before, and StoreError.
    """
    book = load_rules(console, folder)
    check_open(book, "作废")
    if not reason.strip():
        raise ActionError("作废要写明理由，请用 --reason 写明。")
    store = opened(folder)
    wanted = unicodedata.normalize("NFKC", bare_text(number.strip())).replace("[", "〔").replace("]", "〕")
    told: list[str] = []

    def enter(connection: sqlite3.Connection) -> Sequence[Output]:
        entry = voided(wanted, book.issuer_code, issued_papers(connection))
        who, moment = getpass.getuser(), datetime.now().isoformat(" ", "seconds")
        issue(connection, replace(entry, reason=reason.strip(), who=who, moment=moment))
        told.append(
            f"{wanted}（{entry.kind}，{entry.day}）已作废：{reason.strip()}。这个号不再使用；要重发就再生成一次，编新号。"
        )
        return ()

    store.publish(enter)
    return "\n".join(filter(None, (*told, notes_after(store, book))))


def voided(number: str, first_series: str, issued: Sequence[Issued]) -> Issued:
    """Return the entry that voids a number, without reason and name. Raises ActionError."""
    held = [replace(entry, series=entry.series or first_series) for entry in issued]
    mine = [entry for entry in held if entry.act != CLASH and replace(entry, act=ISSUE).text == number]
    if not mine:
        raise ActionError(f"发文登记里没有 {number}。请照登记簿上的写法，如 台政办〔2011〕9号。")
    if mine[-1].act == VOID:
        raise ActionError(f"{number} 已经作废，不用再作废。")
    last = max(entry.version for entry in held if replace(entry, act=ISSUE).text == number)
    return replace(mine[-1], act=VOID, version=last + 1, figures="[]", answers="[]")
