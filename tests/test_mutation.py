"""The mutation script: which faults it puts in, which tests it asks, and that it tells a caught fault from a missed one.

The script itself runs for an hour and is no part of the suite; here it tries a toy.
"""

import os
from pathlib import Path

import pytest
from mutants import Mutant, mutants_of, mutated, sample
from mutate import HUNG, KILLED, SURVIVED, UNREACHED, Job, tried
from reach import Measured, Reach

TOY = '''"""A toy."""

LIMIT = 3


def fee(days: int, free: bool = False) -> int:
    """Return what days cost."""
    if free:
        return 0
    return days * 2 if days > LIMIT else max(days, LIMIT)


def bell() -> None:
    """Ring."""
    print("叮", end="！")
'''
TOY_TEST = """from toy import fee


def test_a_fee() -> None:
    assert fee(5) == 10
    assert fee(2) == 3


def test_free_days() -> None:
    assert fee(5, True) == 0
"""
TESTS = ("test_toy.py::test_a_fee", "test_toy.py::test_free_days")
EVERY = """
LIMIT: 3 → 4
fee: False → True
fee: if free: → if not free:
fee: return 0 → return None
fee: 0 → 1
fee: return days * 2 if days > LIMIT else max(days, LIMIT) → return None
fee: days > LIMIT → days >= LIMIT
fee: days * 2 if days > LIMIT else max(days, LIMIT) → days * 2 if not days > LIMIT else max(days, LIMIT)
fee: days * 2 → days // 2
fee: 2 → 3
fee: max(days, LIMIT) → max(LIMIT, days)
fee: max(days, LIMIT) → max(days)
bell: print('叮', end='！') → pass
bell: print('叮', end='！') → print(end='！')
bell: print('叮', end='！') → print('叮')
bell: '叮' → '叮×'
bell: '！' → '！×'
"""


def mutant(change: str) -> Mutant:
    """Return the toy's mutant that makes one change."""
    return next(m for m in mutants_of("toy.py", TOY) if f"{m.home}: {m.before} → {m.after}" == change)


def test_a_toy_has_these_faults_and_no_others() -> None:
    found = [f"{m.home}: {m.before} → {m.after}" for m in mutants_of("toy.py", TOY)]
    assert sorted(found) == sorted(EVERY.strip().splitlines())


def test_each_fault_changes_the_text_and_leaves_nothing_behind() -> None:
    texts = [mutated(TOY, m.number) for m in mutants_of("toy.py", TOY)]
    assert len(set(texts)) == len(texts)
    assert all('"""Return what days cost."""' in text for text in texts)
    assert "LIMIT = 4" in texts[0] and all("LIMIT = 3" in text for text in texts[1:])


def test_a_sample_is_repeatable_and_takes_from_each_file_its_share() -> None:
    every = [*mutants_of("a.py", TOY), *mutants_of("b.py", "X = 1\nY = 2\n" * 17)]
    taken = sample(every, 12, 2026)
    assert taken == sample(every, 12, 2026) != sample(every, 12, 2027)
    assert [m.path for m in taken] == ["a.py"] * 4 + ["b.py"] * 8
    assert len(set(taken)) == 12


def toy_reach() -> Reach:
    """What the toy's tests reach: line 10 by the first, line 9 by the second, line 8 by both; the second loaded the module."""
    measured = Measured("", dict(zip(TESTS, (0.2, 0.1), strict=True)))
    for line, tests in ((3, TESTS[1:]), (8, TESTS), (9, TESTS[1:]), (10, TESTS[:1])):
        measured.note("toy.py", line, tests)
    return Reach({"test_toy.py": measured}, {"toy.py": TOY}, {"test_toy.py": TOY_TEST})


@pytest.mark.parametrize(
    ("change", "direct"),
    [
        ("fee: days * 2 → days // 2", TESTS[:1]),
        ("fee: 0 → 1", TESTS[1:]),
        ("fee: if free: → if not free:", TESTS),
        ("LIMIT: 3 → 4", TESTS[:1]),  # Through the line that uses it, whoever loaded it.
        ("bell: '叮' → '叮×'", ()),
    ],
)
def test_the_tests_that_reach_a_fault(change: str, direct: tuple[str, ...]) -> None:
    assert toy_reach().direct(mutant(change)) == set(direct)


def test_the_tests_beside_them_come_after_and_within_the_time_given() -> None:
    change = mutant("fee: days * 2 → days // 2")
    assert toy_reach().rounds(change, budget=9) == ([list(TESTS)], 0)
    assert toy_reach().rounds(change, budget=0.45) == ([[TESTS[0]], [TESTS[1]]], 0)
    assert toy_reach().rounds(mutant("bell: '叮' → '叮×'"), budget=9) == ([], 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be split off here")
@pytest.mark.parametrize(
    ("change", "fate"),
    [
        ("fee: days * 2 → days // 2", KILLED),
        ("LIMIT: 3 → 4", KILLED),
        ("fee: max(days, LIMIT) → max(LIMIT, days)", SURVIVED),
        ("fee: days > LIMIT → days >= LIMIT", SURVIVED),
    ],
)
def test_a_fault_that_tests_catch_and_one_they_miss(
    change: str, fate: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "copy"
    place.mkdir()
    (place / "toy.py").write_text(TOY, encoding="utf-8")
    (place / "test_toy.py").write_text(TOY_TEST, encoding="utf-8")
    monkeypatch.chdir(place)
    assert tried(Job(mutant(change), [TESTS], 0, 60)).fate == fate
    assert (place / "toy.py").read_text(encoding="utf-8") == TOY
    assert tried(Job(mutant(change), [TESTS], 0, 60, for_real=False)).fate == SURVIVED
    assert tried(Job(mutant(change), (), 0, 60)).fate == UNREACHED


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be split off here")
def test_a_test_that_never_ends_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "copy"
    place.mkdir()
    (place / "toy.py").write_text(TOY, encoding="utf-8")
    (place / "test_loop.py").write_text("def test_loop():\n    while True:\n        pass\n", encoding="utf-8")
    monkeypatch.chdir(place)
    assert tried(Job(mutant("LIMIT: 3 → 4"), [["test_loop.py::test_loop"]], 0, 1)).fate == HUNG
