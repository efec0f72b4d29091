"""What the program says of one file by itself, for tests that hold another judge against it."""

from baiti_xl import desk
from baiti_xl.contest.records import Submission, UnitResult
from baiti_xl.demo import base_rulebook


def alone(submission: Submission) -> UnitResult:
    """Return the result of a unit whose only file is this one, on its own day, without rulings."""
    day = submission.cover.cutoff
    assert day
    return desk.evaluate([submission], base_rulebook(), day).result(submission.cover.code)
