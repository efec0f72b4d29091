"""A few dozen runs of the robot over the form (robot.py); thousands are done by hand, with other seeds."""

from collections import Counter

import pytest
from desktop import missing
from hands import HANDS
from office import GNUMERIC
from robot import BOOKS, rounds, run_of
from template_judge import short_forms

SEED, RUNS = 20110413, 24
needs_both = pytest.mark.skipif(
    bool(missing()) or GNUMERIC is None, reason="LibreOffice or Gnumeric is missing"
)


@needs_both
@pytest.mark.office
def test_whatever_is_done_to_a_form_it_says_what_the_office_says() -> None:
    kinds: Counter[str] = Counter()
    assert rounds(SEED, RUNS, kinds) == {}
    assert set(kinds) == set(HANDS)


def test_a_run_is_the_same_whenever_it_is_done() -> None:
    with short_forms(18):
        assert run_of(SEED) == run_of(SEED)
        assert len({run_of(SEED + at).book.start for at in range(len(BOOKS))}) == 3
