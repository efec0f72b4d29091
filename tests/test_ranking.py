"""Boards and the overall score: ties, groups, weights, and the workings behind each score.

Source: 方案二 (seven single rankings and one overall); the score's formula and the groups are 本系统约定.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import BOOK, rules, table

from baiti_xl.contest.choices import Status
from baiti_xl.contest.records import Account, Figure, Ranking, Unit, UnitResult
from baiti_xl.contest.rulebook import Comparison
from baiti_xl.count.ranking import competition_ranks, group_ranks, rank

SIGNED, AMOUNT = "签约项目数", "签约金额"


def number(cell: object) -> Decimal | None:
    """Return a cell of a table as a value; — is 无."""
    return None if cell == "—" else Decimal(str(cell))


def results(text: str) -> list[UnitResult]:
    """Return the results of units from a table: 单位, 类别, then comparisons."""
    found = []
    for row in table(text):
        unit = Unit(row.pop("单位"), "", row.pop("类别"))
        figures = {name: Figure(name, number(cell)) for name, cell in row.items()}
        found.append(UnitResult(Account(unit, Status.REPORTED), figures, "", {}, None, None, (), ()))
    return found


def ranked(text: str, *comparisons: tuple[str, str], ranking: str = "按类别") -> Ranking:
    """Rank units by some comparisons."""
    weighted = tuple(Comparison(name, Decimal(weight)) for name, weight in comparisons)
    return rank(results(text), rules(comparisons=weighted, ranking=ranking))


def told_board(ranking: Ranking, name: str, group: str = "") -> list[str]:
    """Return a board as lines: `A1 3 组1 县1`."""
    return [
        f"{s.unit.code} {'—' if s.value is None else s.value.normalize():f} 组{s.group_rank} 县{s.county_rank}"
        if s.value is not None
        else f"{s.unit.code} — 组{s.group_rank} 县{s.county_rank}"
        for s in ranking.board(name, group)
    ]


def told_scores(ranking: Ranking) -> list[str]:
    """Return the overall board as lines: `A1 87.50 组1 县1`."""
    return [f"{s.unit.code} {s.score:.2f} 组{s.group_rank} 县{s.county_rank}" for s in ranking.overall]


FIVE = """单位 | 类别 | 签约项目数
    A1 | 乡镇 | 3
    A2 | 乡镇 | 5
    B1 | 县直 | 5
    A3 | 乡镇 | —
    B2 | 县直 | 0
    A4 | 乡镇 | 3"""


def test_equal_values_share_a_rank_and_the_next_is_left_out() -> None:
    """As RANK.EQ; among equals the order of the unit list; 无 behind zero."""
    assert told_board(ranked(FIVE, (SIGNED, "1")), SIGNED) == [
        "A2 5 组1 县1",
        "B1 5 组1 县1",
        "A1 3 组2 县3",
        "A4 3 组2 县3",
        "B2 0 组2 县5",
        "A3 — 组4 县6",
    ]


def test_a_board_of_one_group() -> None:
    ranking = ranked(FIVE, (SIGNED, "1"))
    assert told_board(ranking, SIGNED, "县直") == ["B1 5 组1 县1", "B2 0 组2 县5"]
    assert [s.unit.code for s in ranking.board(SIGNED, "乡镇")] == ["A2", "A1", "A4", "A3"]


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ([], []),
        (["1"], [1]),
        (["1", "1", "1"], [1, 1, 1]),
        (["3", "2", "2", "1"], [1, 2, 2, 4]),
        (["0", "—", "—", "1"], [2, 3, 3, 1]),
        (["—", "—"], [1, 1]),
        (["1.0", "1.00", "0.999"], [1, 1, 3]),
        (["0.1", "0.10000000000000000000001"], [2, 1]),
    ],
)
def test_ranks_as_excels_rank_eq(values: list[str], ranks: list[int]) -> None:
    assert competition_ranks([number(v) for v in values]) == ranks


TWO_GROUPS = """单位 | 类别 | 签约项目数 | 签约金额
    A1 | 乡镇 | 4 | 100
    A2 | 乡镇 | 2 | 200
    B1 | 县直 | 8 | 50
    B2 | 县直 | 4 | 0"""


def test_the_score_against_the_best_of_ones_group() -> None:
    """名次分组 = 按类别: Σ weight × value ÷ the group's best ÷ Σ weight × 100."""
    assert told_scores(ranked(TWO_GROUPS, (SIGNED, "1"), (AMOUNT, "1"))) == [
        "B1 100.00 组1 县1",
        "A1 75.00 组1 县2",
        "A2 75.00 组1 县2",
        "B2 25.00 组2 县4",
    ]


def test_the_score_against_the_best_of_the_county() -> None:
    """名次分组 = 全县."""
    assert told_scores(ranked(TWO_GROUPS, (SIGNED, "1"), (AMOUNT, "1"), ranking="全县")) == [
        "A2 62.50 组1 县1",
        "B1 62.50 组1 县1",
        "A1 50.00 组2 县3",
        "B2 25.00 组2 县4",
    ]


@pytest.mark.parametrize(
    ("weights", "scores"),
    [
        (("1", "1"), ["A1 75.00 组1 县2", "A2 75.00 组1 县2"]),
        (("3", "1"), ["A1 87.50 组1 县2", "A2 62.50 组2 县3"]),
        (("0.3", "0.1"), ["A1 87.50 组1 县2", "A2 62.50 组2 县3"]),
        (("0", "1"), ["A2 100.00 组1 县1", "A1 50.00 组2 县3"]),
    ],
)
def test_weights_are_relative(weights: tuple[str, str], scores: list[str]) -> None:
    told = told_scores(ranked(TWO_GROUPS, (SIGNED, weights[0]), (AMOUNT, weights[1])))
    assert [line for line in told if line.startswith("A")] == scores


def test_a_comparison_switched_off_is_neither_shown_nor_scored() -> None:
    off = (Comparison(SIGNED, Decimal(1)), Comparison(AMOUNT, Decimal(9), on=False))
    ranking = rank(results(TWO_GROUPS), rules(comparisons=off))
    assert list(ranking.boards) == [SIGNED]
    assert [(s.unit.code, int(s.score), len(s.points)) for s in ranking.overall] == [
        ("A1", 100, 1),
        ("B1", 100, 1),
        ("A2", 50, 1),
        ("B2", 50, 1),
    ]


def test_no_value_and_no_best_score_nothing() -> None:
    """0 where the best is 0 or the value is 无; the weight still weighs."""
    text = """单位 | 类别 | 签约项目数 | 竣工率
        A1 | 乡镇 | 0 | —
        A2 | 乡镇 | 0 | 0.5
        B1 | 县直 | 0 | —"""
    ranking = ranked(text, (SIGNED, "1"), ("竣工率", "1"))
    assert told_scores(ranking) == ["A2 50.00 组1 县1", "A1 0.00 组2 县2", "B1 0.00 组1 县2"]
    assert told_board(ranking, "竣工率") == ["A2 0.5 组1 县1", "A1 — 组2 县2", "B1 — 组1 县2"]


def test_the_workings_of_a_score() -> None:
    """得分过程: for each comparison value, best and points; the points add up to the score."""
    ranking = ranked(TWO_GROUPS, (SIGNED, "3"), (AMOUNT, "1"))
    score = ranking.score("A2")
    assert [(p.comparison, str(p.value), str(p.best), f"{p.points:.2f}") for p in score.points] == [
        (SIGNED, "2.0", "4.0", "37.50"),
        (AMOUNT, "200.0", "200.0", "25.00"),
    ]
    assert sum(p.points for p in score.points) == score.score


def test_thirds_tie() -> None:
    """Scores that are equal on paper tie, whatever the last digit of a division."""
    text = """单位 | 类别 | 签约项目数 | 签约金额 | 到位资金
        A1 | 乡镇 | 1 | 3 | 3
        A2 | 乡镇 | 3 | 1 | 3
        A3 | 乡镇 | 3 | 3 | 1"""
    ranking = ranked(text, (SIGNED, "1"), (AMOUNT, "1"), ("到位资金", "1"))
    assert {s.county_rank for s in ranking.overall} == {1}


def test_a_unit_that_did_not_report_ranks_last() -> None:
    silent = UnitResult(Account(Unit("A9", "", "乡镇"), Status.MISSING), {}, "", {}, None, None, (), ())
    ranking = rank([silent, *results(TWO_GROUPS)], rules(comparisons=(Comparison(SIGNED, Decimal(1)),)))
    last = ranking.boards[SIGNED][-1]
    assert (last.unit.code, last.value, last.group_rank, last.county_rank) == ("A9", None, 3, 5)
    assert ranking.score("A9").score == 0


def test_groups_are_ranked_by_themselves() -> None:
    values = [Decimal(v) for v in (1, 5, 3, 5)]
    assert group_ranks(["乡镇", "县直", "乡镇", "县直"], values) == [2, 1, 1, 1]


VALUES = st.one_of(st.none(), st.integers(0, 4).map(Decimal), st.decimals(0, 3, places=1))
FIELD = st.lists(st.tuples(st.sampled_from(["乡镇", "县直"]), VALUES, VALUES), min_size=1, max_size=8)


def field(rows: list[tuple[str, Decimal | None, Decimal | None]]) -> list[UnitResult]:
    """Return results of units U0, U1, …"""
    return [
        UnitResult(
            Account(Unit(f"U{i}", "", group), Status.REPORTED),
            {SIGNED: Figure(SIGNED, one), AMOUNT: Figure(AMOUNT, two)},
            "", {}, None, None, (), (),
        )
        for i, (group, one, two) in enumerate(rows)
    ]  # fmt: skip


RULES = rules(comparisons=(Comparison(SIGNED, Decimal(2)), Comparison(AMOUNT, Decimal(1))))


def places(ranking: Ranking) -> dict[tuple[str, str], tuple[object, ...]]:
    """Return every unit's value and ranks on every board."""
    boards: dict[tuple[str, str], tuple[object, ...]] = {
        (n, s.unit.code): (s.value, s.group_rank, s.county_rank) for n, b in ranking.boards.items() for s in b
    }
    return boards | {("综合", s.unit.code): (s.score, s.group_rank, s.county_rank) for s in ranking.overall}


@given(FIELD, st.data())
def test_ranks_do_not_depend_on_the_order_of_units(
    rows: list[tuple[str, Decimal | None, Decimal | None]], data: st.DataObject
) -> None:
    units = field(rows)
    shuffled = data.draw(st.permutations(units))
    assert places(rank(units, RULES)) == places(rank(shuffled, RULES))


@given(FIELD)
def test_a_rank_is_one_more_than_the_number_of_better_ones(
    rows: list[tuple[str, Decimal | None, Decimal | None]],
) -> None:
    """The meaning of RANK.EQ, stated over again; every board has every unit, best first."""
    units = field(rows)
    ranking = rank(units, RULES)
    for board in ranking.boards.values():
        assert [s.county_rank for s in board] == sorted(s.county_rank for s in board)
        assert {s.unit.code for s in board} == {u.unit.code for u in units}
        for one in board:
            better = [s for s in board if s.value is not None and (one.value is None or s.value > one.value)]
            assert one.county_rank == 1 + len(better)
            assert one.group_rank == 1 + sum(s.unit.group == one.unit.group for s in better)
    assert all(0 <= s.score <= 100 for s in ranking.overall)


@given(FIELD, st.integers(1, 9))
def test_a_common_factor_of_all_weights_changes_nothing(
    rows: list[tuple[str, Decimal | None, Decimal | None]], factor: int
) -> None:
    scaled = replace(
        RULES, comparisons=tuple(replace(c, weight=c.weight * factor) for c in RULES.comparisons)
    )
    assert places(rank(field(rows), RULES)) == places(rank(field(rows), scaled))


def test_the_default_ranks_by_seven() -> None:
    assert list(rank([], BOOK).boards) == [c.name for c in BOOK.comparisons]
