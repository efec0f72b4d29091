"""What the papers of one run share, read once: bounded, and forgotten with the run."""

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(dict[Key, Value]):
    """What was made before, by what it was made of; once it holds `most`, all is forgotten and begun anew."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def made(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return what was made of a key, made now if it was not."""
        found = self.get(key)
        if found is None:
            found = make()
            if len(self) >= self.most:
                self.clear()
            self[key] = found
        return found
