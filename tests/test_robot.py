"""A few dozen runs of the robot over the form (robot.py); thousands are done by hand, with other seeds."""

from collections import Counter
from pathlib import Path

import pytest
from desktop import missing
from hands import HANDS
from office import GNUMERIC, needs_gnumeric, recalculated_by_gnumeric
from robot import BOOKS, CAPACITY, compared, rounds, run_of
from template_judge import short_forms

SEED, RUNS, FIRST = 20110413, 24, 413
needs_both = pytest.mark.skipif(
    bool(missing()) or GNUMERIC is None, reason="LibreOffice or Gnumeric is missing"
)


@needs_both
@pytest.mark.office
def test_whatever_is_done_to_a_form_it_says_what_the_office_says() -> None:
    kinds: Counter[str] = Counter()
    assert rounds(SEED, RUNS, kinds) == {}
    assert set(kinds) == set(HANDS)


@needs_gnumeric
def test_forms_as_they_are_filled_in_say_what_the_office_says(tmp_path: Path) -> None:
    """Without gestures, and so in a few seconds: what a change of a formula is tried with first."""
    with short_forms(CAPACITY):
        runs = [run_of(seed) for seed in range(FIRST, FIRST + 12)]
    files = [tmp_path / f"{run.seed}.xlsx" for run in runs]
    for run, file in zip(runs, files, strict=True):
        file.write_bytes(run.form)
    out = tmp_path / "复核"
    out.mkdir()
    with short_forms(CAPACITY):
        assert compared(runs, files, {"Gnumeric": recalculated_by_gnumeric(files, out)}) == {}


def test_a_run_is_the_same_whenever_it_is_done() -> None:
    with short_forms(CAPACITY):
        assert run_of(SEED) == run_of(SEED)
        assert len({run_of(SEED + at).book.start for at in range(len(BOOKS))}) == 3
