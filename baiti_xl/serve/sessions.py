"""Who is signed in, what is asked too often, and the tokens without which nothing is done."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from ipaddress import ip_address
from threading import Lock
from time import monotonic

from itsdangerous import BadData, URLSafeTimedSerializer

from baiti_xl.serve.accounts import Account

IDLE_SECONDS, LONGEST_SECONDS = 2 * 3600, 12 * 3600
MOST_SESSIONS, MOST_KEYS = 5000, 20_000
MOST_OF_ACCOUNT = 10  # sign-ins of one account; one more ends the one that was used longest ago
TURNS = 64  # codes of so many accounts and addresses are tried at once
WINDOW_SECONDS = 15 * 60
WRONG = {"both": 5, "address": 30, "account": 50}  # codes within a window, before nobody is let try
MOST_TOLD, TOLD_SECONDS = (
    20,
    300,
)  # so much is kept to be told, and so long: a page opened again tells it again
UPLOADS = 40  # of one unit within a window


@dataclass
class Session:
    """One sign-in."""

    account: Account
    ident: str
    began: float
    last: float
    said: OrderedDict[str, tuple[float, object]] = field(default_factory=OrderedDict)
    taken: set[str] = field(default_factory=set)


class Sessions:
    """The sign-ins of this server, by the hash of the secret that the browser keeps; gone when it ends."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock, self.lock = clock, Lock()
        self.held: OrderedDict[str, Session] = OrderedDict()
        self.signer = URLSafeTimedSerializer(secrets.token_bytes(32), salt="form")

    def begin(self, account: Account) -> str:
        """Begin a session and return its secret."""
        secret, now = secrets.token_urlsafe(32), self.clock()
        with self.lock:
            mine = [(held.last, key) for key, held in self.held.items() if held.account.name == account.name]
            for _, key in sorted(mine)[: max(0, len(mine) + 1 - MOST_OF_ACCOUNT)]:
                del self.held[key]
            self.held[key_of(secret)] = Session(account, secrets.token_hex(8), now, now)
            while len(self.held) > MOST_SESSIONS:
                self.held.popitem(last=False)
        return secret

    def find(self, secret: str) -> Session | None:
        """Return the session of a secret, None if there is none or it is over."""
        key, now = key_of(secret), self.clock()
        with self.lock:
            session = self.held.get(key)
            if session and (now - session.last > IDLE_SECONDS or now - session.began > LONGEST_SECONDS):
                session = self.held.pop(key, None) and None
            if session:
                session.last = now
            return session

    def end(self, secret: str) -> None:
        """End a session."""
        with self.lock:
            self.held.pop(key_of(secret), None)

    def tell(self, session: Session, what: object) -> str:
        """Keep what the next page tells, and return by what its address asks for it."""
        key = secrets.token_urlsafe(9)
        with self.lock:
            session.said[key] = self.clock(), what
            while len(session.said) > MOST_TOLD:
                session.said.popitem(last=False)
        return key

    def told(self, session: Session, key: str) -> object:
        """Return what a page tells that was asked for by its key, None if nothing or no longer."""
        moment, what = session.said.get(key, (0.0, None))
        return what if self.clock() - moment < TOLD_SECONDS else None

    def is_first(self, session: Session, path: str) -> bool:
        """Whether a file is taken for the first time in a session."""
        with self.lock:
            is_new = path not in session.taken
            session.taken.add(path)
            return is_new

    def token(self, session: Session, path: str) -> str:
        """Return what a form must send along to be taken: good for one session and one address."""
        return str(self.signer.dumps([session.ident, path]))

    def accepts(self, session: Session, path: str, token: str) -> bool:
        """Whether a token was given to this session for this address."""
        try:
            return bool(self.signer.loads(token, max_age=LONGEST_SECONDS) == [session.ident, path])
        except BadData:
            return False


def key_of(secret: str) -> str:
    """Return what a session is kept by, so that the server holds no secret of a browser."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


class Tries:
    """How often something happened within a window, by key; old keys make room for new ones."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock, self.lock = clock, Lock()
        self.held: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self.turns = [Lock() for _ in range(TURNS)]

    @contextmanager
    def in_turn(self, keys: Iterable[str]) -> Iterator[None]:
        """Hold the turn of some keys, so that what is tried is counted before the next of the same key is tried."""
        with ExitStack() as held:
            for at in sorted({hash(key) % TURNS for key in keys}):
                held.enter_context(self.turns[at])
            yield

    def count(self, key: str) -> int:
        """Return how often it happened."""
        began, number = self.held.get(key, (0.0, 0))
        return number if self.clock() - began < WINDOW_SECONDS else 0

    def add(self, key: str) -> int:
        """Count once more; return how often by now."""
        with self.lock:
            number = self.count(key) + 1
            began = self.held[key][0] if number > 1 else self.clock()
            self.held[key] = (began, number)
            self.held.move_to_end(key)
            while len(self.held) > MOST_KEYS:
                self.held.popitem(last=False)
            return number

    def forget(self, key: str) -> None:
        """Begin anew."""
        with self.lock:
            self.held.pop(key, None)


class Tried(Enum):
    """What came of a code that was tried: `LAST` is a wrong one after which nobody is let try for a while."""

    RIGHT, WRONG, LAST, LOCKED = range(4)


@dataclass(frozen=True, slots=True)
class Knock:
    """One who tries to sign in: from where, under which name."""

    address: str
    name: str

    def keys(self) -> dict[str, str]:
        """Return what wrong codes are counted by: the name from this address, the address, the name from anywhere."""
        place = network(self.address)
        return {"both": f"b {place} {self.name}", "address": f"a {place}", "account": f"n {self.name}"}

    def tried(self, tries: Tries, fits: Callable[[], bool]) -> Tried:
        """Try a code when it is its turn: one at a time of a name and of an address, so that none slips past the count."""
        with tries.in_turn((self.address, self.name)):
            if self.is_locked(tries):
                return Tried.LOCKED
            if not fits():
                return Tried.LAST if self.wrong(tries) else Tried.WRONG
            self.right(tries)
            return Tried.RIGHT

    def is_locked(self, tries: Tries) -> bool:
        """Whether nobody is let try for now."""
        return any(tries.count(key) >= WRONG[kind] for kind, key in self.keys().items())

    def wrong(self, tries: Tries) -> bool:
        """Count a wrong code; return whether it was the last one let try."""
        counts = {kind: tries.add(key) for kind, key in self.keys().items()}
        return any(count == WRONG[kind] for kind, count in counts.items())

    def right(self, tries: Tries) -> None:
        """Forget the wrong codes of this name from here."""
        tries.forget(self.keys()["both"])


def network(address: str) -> str:
    """Return what an address is counted as: of IPv6 the network, since everybody there has many."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else found.exploded[:19]
