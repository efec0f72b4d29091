"""What the tests ask of a process beside theirs; it imports little, since each new process imports it."""

import os
from pathlib import Path

from baiti_xl.errors import UserError
from baiti_xl.read.bounds import Refused
from baiti_xl.scale import limits


def die(_: object) -> None:
    """End the process at once."""
    os._exit(7)


def spin(_: object) -> None:
    """Never come to an end."""
    while True:
        pass


def swallow(_: object) -> int:
    """Take more memory than there is for a file."""
    return len(bytearray(limits.MEMORY + (64 << 20)))


def stumble(_: object) -> None:
    """Go wrong as only a fault of ours does."""
    raise ZeroDivisionError


def refuse(what: str) -> None:
    """Refuse a file."""
    raise Refused("F05", what=what)


def complain(_: object) -> None:
    """Say what is wrong."""
    raise UserError("不行。")


def chatter(text: str) -> str:
    """Print, as a library might, where the answers go."""
    os.write(1, b"\0" * 100)
    return text


def number(_: object) -> int:
    """Return the process's number."""
    return os.getpid()


def foreign(_: object) -> object:
    """Return what is no record."""
    return Path("a")
