"""Records that another process sent, taken apart without running anything of its choosing.

A pickle names what it is made of. Here it may name our own records, enumerations and errors, and the few plain kinds
that they hold; whatever else it names is refused. A pickle may also give what it holds another state, even a class or
the member of an enumeration, which all share; so only classes come through that say themselves how a state is set: for
a class as such that fails, and a member refuses it (`choices.Term`).
"""

import io
import pickle
import sys
from dataclasses import is_dataclass
from enum import Enum
from importlib import import_module
from typing import Any

from baiti_xl.errors import UserError
from baiti_xl.read.bounds import Refused

PLAIN = frozenset(
    {
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("decimal", "Decimal"),
    }
)


class Unpickler(pickle.Unpickler):
    """Takes apart records, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that records are made of. Raises UnpicklingError for any other."""
        if (module, name) in PLAIN:
            return super().find_class(module, name)
        if module.startswith("baiti_xl."):
            found = getattr(sys.modules.get(module) or import_module(module), name, None)
            if isinstance(found, type) and is_record(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def is_record(kind: type) -> bool:
    """Whether a class of ours holds values, does nothing, and lets nobody change what is not his own; named tuples do not."""
    is_ours = is_dataclass(kind) or issubclass(kind, (Enum, UserError, Refused))
    return is_ours and hasattr(kind, "__setstate__")


def loads(data: bytes) -> Any:
    """Return the records that another process sent. Raises UnpicklingError for what is none."""
    return Unpickler(io.BytesIO(data)).load()
