"""The one base of every error that has a sentence for people; both shells show any of them as it is."""

from collections.abc import Iterable


class UserError(Exception):
    """Something could not be done; the message says in one clear sentence where, what and what to do.

    `faults` lists the places to mend when there are several; then they are shown instead of the message.
    """

    def __init__(self, message: str = "", faults: Iterable[object] = ()) -> None:
        self.faults = tuple(faults)
        super().__init__(message or "；".join(map(str, self.faults)))
