"""Who may come in: units, clerks of the office and leaders, each by a name and an access code.

A code is made here, told once, and kept only as a hash, as an entry of the register; the latest entry of a name holds, and
one without a hash revokes it.
"""

import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import ActionError
from baiti_xl.desk.entering import Act, enter, entered, entry, in_time
from baiti_xl.desk.store import Store

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is mistaken for another
GROUPS, GROUP = 3, 4  # of a code as it is made: 59 bits
LEAST, MOST = 12, 128  # characters of a code of one's own, without dashes and blanks
COST = {"n": 2**14, "r": 8, "p": 1}  # 16 MB and some 50 ms a try


class Role(StrEnum):
    """What an account may do."""

    UNIT = "单位"
    OFFICE = "办公室"
    LEADER = "领导"


@dataclass(frozen=True)
class Account:
    """One who may come in: the name signed in with (a unit's code, 办公室…, 领导…) and the hash of the code, "" if revoked."""

    name: str
    role: Role
    hash: str
    moment: str

    @cached_property
    def mark(self) -> str:
        """What changes when the code does: sessions that began under another code end."""
        return hashlib.sha256(self.hash.encode()).hexdigest()


def role_of(name: str, book: Rulebook) -> Role:
    """Return the role of an account by its name: 办公室, 办公室甲 …, 领导 …, else a unit. Raises ActionError for a stranger."""
    if not name.isprintable():
        raise ActionError("账号里有换行或看不见的字符。请重新写一个。")
    for role in (Role.OFFICE, Role.LEADER):
        if name.startswith(role):
            return role
    if book.unit(name) is None:
        raise ActionError(f"没有账号“{name}”：写单位代码，或以“办公室”“领导”开头的名字。")
    return Role.UNIT


def made() -> str:
    """Return a new code, as K7QM-3XRD-9PWT."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def plain(code: str) -> str:
    """Return a code as it is compared: of one width, without dashes and blanks, in capitals."""
    return "".join(unicodedata.normalize("NFKC", code).split()).replace("-", "").upper()


def hashed(code: str, salt: bytes | None = None) -> str:
    """Return the hash of a code with its salt."""
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(plain(code).encode(), salt=salt, dklen=32, **COST)
    return f"scrypt${salt.hex()}${digest.hex()}"


NOBODY = hashed("nobody")


def fits(code: str, kept: str) -> bool:
    """Whether a code is the one of a hash; a revoked one takes as long, and no code fits it."""
    _, salt, _ = (kept or NOBODY).split("$")
    text = plain(code)
    is_same = hmac.compare_digest(hashed(text[:MOST], bytes.fromhex(salt)), kept or "")
    return is_same and bool(kept) and len(text) <= MOST


def accounts(store: Store, book: Rulebook) -> dict[str, Account]:
    """Return every account by its name, the revoked ones too; that of a unit by the code it has now (曾用代码).

    Names that differ in case or width alone are one, as first written.
    """
    found: dict[str, Account] = {}
    for one in in_time(entered(store, Act.CODE)):
        said, written = json.loads(one.body), name_now(one.about, book)
        key = folded(written)
        name = found[key].name if key in found else written
        found[key] = Account(name, Role(said["role"]), said["hash"], one.moment)
    return {one.name: one for one in found.values()}


def name_now(name: str, book: Rulebook) -> str:
    """Return the name of an account as it is now: of a unit the code it has, whichever it had."""
    unit = book.unit(name)
    return unit.code if unit else name


def account_of(store: Store, book: Rulebook, typed: str) -> Account | None:
    """Return the account of a name as somebody typed it, whatever its case and width, or a unit's former code."""
    held = {folded(name): account for name, account in accounts(store, book).items()}
    return held.get(folded(name_now(folded(typed), book)))


def name_of(store: Store, book: Rulebook, typed: str) -> str:
    """Return the name of the account that somebody typed the name of, as typed if there is none yet."""
    one = account_of(store, book, typed)
    return one.name if one else name_now(typed, book)


def folded(name: str) -> str:
    """Return a name without blanks around it, in capitals and of one width."""
    return unicodedata.normalize("NFKC", name).strip().upper()


def set_codes(
    store: Store, book: Rulebook, codes: Iterable[tuple[str, str]], who: str, moment: datetime
) -> None:
    """Enter the codes of accounts, "" to revoke one. Raises ActionError, OutputError or StoreError."""
    entries = [
        entry(
            Act.CODE,
            who,
            name_of(store, book, name),
            {"role": role_of(name, book), "hash": hashed(code) if code else ""},
            moment,
        )
        for name, code in codes
    ]
    enter(store, entries)


def check_own(code: str, name: str) -> None:
    """Raise ActionError if a code of one's own is too easy."""
    text = plain(code)
    if not LEAST <= len(text) <= MOST or len(set(text)) < 6 or plain(name) in text:
        raise ActionError(
            f"访问码至少 {LEAST} 位、至多 {MOST} 位（横线和空格不计），不能是重复的几个字，也不能含有账号。请另写一个。"
        )
