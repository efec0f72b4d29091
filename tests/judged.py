"""What the program says of one file by itself, for tests that hold another judge against it."""

from baiti_xl import desk
from baiti_xl.contest.records import Submission, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.demo import base_rulebook


def alone(submission: Submission, book: Rulebook | None = None) -> UnitResult:
    """Return the result of a unit whose only file is this one, on its own day, without rulings."""
    day = submission.cover.cutoff
    assert day
    return desk.evaluate([submission], book or base_rulebook(), day).result(submission.cover.code)
