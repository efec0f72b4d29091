"""Properties that hold for whatever a unit types: the text readers, ranking, shares and 对账.

The readers' own tests (test_text.py), the boards' (test_ranking.py) and the identities' (test_conservation.py) show
examples; here hypothesis looks for the case nobody thought of, the same ones in every run.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from sheets import AMOUNT, BOOK, PAID, SIGNED, grids_of, ledger_of, read_grids, rules, submission_of

from baiti_xl import desk
from baiti_xl.contest import sheets
from baiti_xl.contest.columns import Column, Kind, heading_key
from baiti_xl.contest.records import Outcome, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.spellings import YEARS_NEAR, folded, visible
from baiti_xl.contest.values import column_letter, comparison_key, listed
from baiti_xl.count.ranking import competition_ranks, group_ranks
from baiti_xl.read.cells import context_of, corner
from baiti_xl.read.extent import bounded, column_number, true_extent
from baiti_xl.read.guard import Refused
from baiti_xl.read.text import (
    is_blank,
    read_cell,
    read_column,
    read_date,
    read_key,
    read_money,
    read_percent,
    shown,
)

CONTEXT = context_of(BOOK)
COLUMNS = tuple(c for sheet in sheets.DATA_SHEETS for c in sheet.columns)
DIRTY = st.text(alphabet="0123456789０１９,，.。-/年月日万亿元%约 　\u200b一二十〇合计=+@", max_size=14)
CELLS = st.one_of(
    DIRTY,
    st.text(max_size=10),
    st.floats(),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
)
DAYS = st.dates(date(2011, 4, 1), date(2011, 8, 10))
AMOUNTS = st.decimals(0, 99_999, places=2)


# ── text readers ─────────────────────────────────────────────────────────────────────────────────


@given(CELLS, st.sampled_from(COLUMNS))
def test_a_cell_is_empty_a_value_or_an_error_and_never_two_of_them(value: Any, column: Column) -> None:
    """C03 leaves no value behind; a value is of its kind; a blank is nothing and carries no rule."""
    cell = read_cell(value, column, CONTEXT)
    if is_blank(value):
        assert (cell.value in (None, ""), cell.rule) == (True, "")
    elif cell.rule.startswith("C03"):
        assert cell.value in (None, "")
    else:
        kinds = {Kind.DATE: date, Kind.WHOLE: int, Kind.TEXT: str, Kind.KEY: str, Kind.CHOICE: str}
        assert isinstance(cell.value, kinds.get(column.kind, Decimal)) and not isinstance(
            cell.value, datetime
        )
        if isinstance(cell.value, Decimal):
            assert cell.value.is_finite()


@given(CELLS, st.sampled_from(COLUMNS))
def test_what_was_read_is_read_as_itself(value: Any, column: Column) -> None:
    """A value written back as the program shows it is read again as the same value, with nothing left to note."""
    cell = read_cell(value, column, CONTEXT)
    if cell.value in (None, "") or column.kind is Kind.TEXT:
        return
    clean = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
    again = read_cell(clean, column, CONTEXT)
    assert (
        abs(again.value - cell.value) <= abs(cell.value) * Decimal("1e-14")
        if isinstance(clean, float)
        else again.value == cell.value
    )
    assert again.rule in ("", "C04/percent")


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.sampled_from(COLUMNS))
def test_a_bad_cell_spoils_no_other(rows: list[tuple[Any, Any]], column: Column) -> None:
    """A column read with other cells put in between gives the same values for its own."""
    own, mixed = [a for a, _ in rows], [cell for pair in rows for cell in pair]
    alone, _ = read_column(column, own, range(len(own)), CONTEXT)
    together, _ = read_column(column, mixed, range(len(mixed)), CONTEXT)
    assert together[::2] == alone


@given(DIRTY)
def test_widths_and_blanks_change_no_reading(text: str) -> None:
    """Full-width digits, outer blanks and zero-width characters are one with the plain spelling."""
    wide = "".join(chr(ord(c) + 0xFEE0) if c in "0123456789,./%-" else c for c in text)
    for column in (
        sheets.PROJECTS.column("总投资"),
        sheets.PROJECTS.column("签约日期"),
        sheets.PROJECTS.column("本单位份额"),
    ):
        values = {read_cell(t, column, CONTEXT).value for t in (text, wide, f" \u200b{text}\u3000")}
        assert len(values) == 1


@given(st.integers(-400_000, 400_000))
def test_a_bare_number_is_a_day_only_near_the_contests_year(number: int) -> None:
    typed = read_date(float(number), CONTEXT)
    if typed.value is not None:
        assert abs(typed.value.year - CONTEXT.year) <= YEARS_NEAR
        assert typed.value == date(1899, 12, 30) + timedelta(days=number)


@given(
    st.decimals(0, 10**9, places=4),
    st.sampled_from([("", 1), ("万", 1), ("万元", 1), ("亿", 10_000), ("亿元", 10_000)]),
)
def test_a_unit_behind_an_amount_multiplies_it(amount: Decimal, unit: tuple[str, int]) -> None:
    suffix, factor = unit
    typed = read_money(f"{amount:f}{suffix}", CONTEXT)
    assert typed.value == amount * factor if amount * factor < 10**10 else typed.rule == "C03/number"


@given(st.decimals(0, 200, places=2))
def test_a_percentage_is_the_same_with_its_sign(share: Decimal) -> None:
    assert read_percent(f"{share}%", CONTEXT).value == read_percent(f"{share}", CONTEXT).value == share


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert folded(folded(text)) == folded(text)
    key = read_key(text).value
    assert read_key(key).value == key
    assert heading_key(heading_key(text)) == heading_key(text)


@given(st.text(alphabet="有限公司责任股份（）() 羽绒ａA", max_size=14))
def test_names_that_differ_in_width_and_blanks_are_one(name: str) -> None:
    assert comparison_key(f" {unicodedata.normalize('NFKC', name)} ") == comparison_key(name)


@given(CELLS)
def test_any_cell_can_be_shown(value: Any) -> None:
    assert isinstance(shown(value), str)


@given(st.integers(0, 20_000))
def test_columns_are_counted_as_excel_counts_them(index: int) -> None:
    letters = column_letter(index)
    assert column_number(letters.encode()) == index + 1
    assert corner(f"{letters}7") == ((index + 1, 7) if index < 16384 else None)


# ── the guard ────────────────────────────────────────────────────────────────────────────────────

CELL = st.tuples(st.integers(1, 200_000), st.integers(1, 1000), st.booleans(), st.booleans())


@given(
    st.lists(CELL, max_size=6),
    st.sampled_from(["", "x:"]),
    st.sampled_from([' r="{}"', "\tr='{}'", ' s="1" r = "{}"', ' r="A1" r="{}"']),
)
def test_no_spelling_lets_a_far_cell_through(
    cells: list[tuple[int, int, bool, bool]], prefix: str, spelling: str
) -> None:
    """Whatever passes reaches no further than the bounds, and the extent told is never less than the true one."""
    rows, columns, text = 0, 0, "<sheetData>"
    for row, column, filled, numbered in cells:
        address = spelling.format(f"{column_letter(column - 1)}{row}")
        start = f"<{prefix}row" + (spelling.format(row) if numbered else "") + ">"
        text += (
            f"{start}<{prefix}c{address}"
            + (f"><{prefix}v>1</{prefix}v></{prefix}c>" if filled else "/>")
            + f"</{prefix}row>"
        )
        if filled:
            rows, columns = max(rows, row), max(columns, column)
    part = (text + "</sheetData>").encode()
    found = true_extent(part)
    assert found[0] >= rows and found[1] >= columns
    try:
        bounded("表", part)
    except Refused:
        return
    assert rows <= 100_000 and columns <= 512 and rows * columns <= 4_000_000


# ── ranking ──────────────────────────────────────────────────────────────────────────────────────

VALUES = st.lists(st.one_of(st.none(), st.decimals(0, 1000, places=1)), min_size=1, max_size=12)


@given(VALUES)
def test_ranks_begin_at_one_and_skip_as_many_as_share(values: list[Decimal | None]) -> None:
    ranks = competition_ranks(values)
    assert min(ranks) == 1 and max(ranks) <= len(values)
    for rank in set(ranks):
        assert sum(r < rank for r in ranks) == rank - 1


@given(VALUES, st.decimals("0.1", 9, places=1))
def test_a_greater_value_never_ranks_worse(values: list[Decimal | None], more: Decimal) -> None:
    before = competition_ranks(values)
    for at, value in enumerate(values):
        better = [*values[:at], (value or Decimal(0)) + more, *values[at + 1 :]]
        assert competition_ranks(better)[at] <= before[at]


@given(VALUES, st.data())
def test_a_group_is_ranked_as_if_it_were_alone(values: list[Decimal | None], data: st.DataObject) -> None:
    groups = data.draw(
        st.lists(st.sampled_from(["乡镇", "县直"]), min_size=len(values), max_size=len(values))
    )
    ranks = group_ranks(groups, values)
    for group in set(groups):
        members = [i for i, g in enumerate(groups) if g == group]
        assert [ranks[i] for i in members] == competition_ranks([values[i] for i in members])


@given(st.lists(AMOUNTS, min_size=1, max_size=4))
def test_the_overall_order_is_the_order_of_scores(amounts: list[Decimal]) -> None:
    outcome = worked_out([paid(f"X{at:02}", amount) for at, amount in enumerate(amounts, 1)])
    scores = [s.score for s in outcome.ranking.overall]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)
    for one, two in pairwise(outcome.ranking.overall):
        assert (one.score == two.score) == (one.county_rank == two.county_rank)


# ── shares ───────────────────────────────────────────────────────────────────────────────────────

SHARES = (
    st.lists(st.integers(1, 98), min_size=1, max_size=3, unique=True)
    .filter(lambda s: sum(s) < 100)
    .map(lambda s: [*s, 100 - sum(s)])
)


@given(SHARES, st.decimals(1, 9999, places=2))
def test_shares_that_add_to_100_add_to_one_project_and_its_amount(shares: list[int], amount: Decimal) -> None:
    outcome = worked_out(joint(shares, amount))
    assert total(outcome, SIGNED) == 1
    assert total(outcome, AMOUNT) == amount


@given(st.lists(st.integers(1, 100), min_size=2, max_size=4), AMOUNTS)
@example([60, 60], Decimal(100))
def test_no_project_counts_for_more_than_itself(shares: list[int], amount: Decimal) -> None:
    """Shares beyond 100 count for nobody (X02); below, for what they say."""
    outcome = worked_out(joint(shares, amount))
    assert total(outcome, SIGNED) <= 1
    assert total(outcome, AMOUNT) <= amount


@given(SHARES, st.sampled_from(["按份额", "各计一个", "只计首报"]))
def test_money_goes_by_shares_however_projects_are_counted(shares: list[int], basis: str) -> None:
    outcome = worked_out(joint(shares, Decimal(1000)), rules(joint_basis=basis))
    assert total(outcome, AMOUNT) == 1000
    assert total(outcome, SIGNED) == {"按份额": 1, "各计一个": len(shares), "只计首报": 1}[basis]


def joint(shares: Sequence[int], amount: Decimal) -> list[Submission]:
    """Return the submissions of units that share one project, the first of them the lead."""
    codes = [f"X{at:02}" for at in range(1, len(shares) + 1)]
    return [
        submission_of(
            {
                "项目台账": f"项目名称 | 引进方式 | 本单位份额 | 联合标识 | 联合单位代码 | 总投资 | 固定资产投资 | 签约金额\n"
                f"羽绒园 | 联合 | {share} | X01-001 | {'、'.join(c for c in codes if c != code)} | 99999 | 9000 | {amount}"
            },
            unit=code,
        )
        for code, share in zip(codes, shares, strict=True)
    ]


# ── 对账 ─────────────────────────────────────────────────────────────────────────────────────────

ANY = st.one_of(
    st.sampled_from(
        [
            "",
            "甲",
            "X01-001",
            "X02-001",
            "签约",
            "开工",
            "竣工",
            "联合",
            "独立",
            "正式",
            "意向",
            "合计",
            "是",
            "2011-5-1",
            "60",
            "120",
            "1.2亿",
            "约1",
        ]
    ),
    DIRTY,
    st.floats(0, 1e6),
    DAYS,
)


@given(
    st.dictionaries(
        st.sampled_from([s.name for s in sheets.DATA_SHEETS]),
        st.lists(st.dictionaries(st.integers(0, 25), ANY, max_size=5), max_size=4),
    ),
    DAYS,
)
def test_every_row_and_amount_has_its_fate_whatever_is_typed(
    changes: dict[str, list[dict[int, Any]]], day: date
) -> None:
    """Sound rows with any cells spoiled: rows seen = counted + not counted with a reason, and so for money."""
    grids = spoiled(changes)
    submission = read_grids(grids)
    outcome = desk.evaluate([submission, paid("X02", Decimal(100))], BOOK, day)
    assert all(identity.holds for identity in outcome.identities)
    for result in outcome.results:
        assert all(fate.reason is not None for fate in result.rows)
    filled = sum(
        any(not is_blank(cell) for cell in row)
        for sheet in sheets.DATA_SHEETS
        for row in grids[sheet.name][3:]
    )
    tables = submission.tables.values()
    assert filled == sum(len(t.rows) + len(t.skipped) for t in tables)


def spoiled(changes: dict[str, list[dict[int, Any]]]) -> dict[str, list[list[Any]]]:
    """Return the cells of a submission with two sound projects, cells of its rows changed and rows added."""
    grids = grids_of({"项目台账": "项目阶段\n签约\n开工"})
    for name, rows in changes.items():
        grid, width = grids[name], len(sheets.SHEETS[name].columns)
        for at, cells in enumerate(rows, 3):
            if at == len(grid):
                grid.append([""] * width)
            for column, value in cells.items():
                grid[at][column % width] = value
    return grids


@given(st.permutations(range(4)), DAYS)
def test_the_order_of_files_changes_nothing(order: list[int], day: date) -> None:
    """The outcome of a folder does not depend on the order in which its files are read."""
    files = [*joint([60, 40], Decimal(500)), paid("X03", Decimal(7)), paid("X04", Decimal(7))]
    told = [worked_out(f, BOOK, day) for f in (files, [files[i] for i in order])]
    assert told[0].ranking == told[1].ranking
    assert told[0].identities == told[1].identities


@given(st.lists(AMOUNTS, min_size=1, max_size=5))
def test_the_countys_money_is_the_sum_of_what_was_typed(amounts: list[Decimal]) -> None:
    outcome = worked_out([paid(f"X{at:02}", amount) for at, amount in enumerate(amounts, 1)])
    assert total(outcome, PAID) == sum(amounts)


@given(st.integers(1, 5), DAYS)
def test_a_file_sent_twice_counts_once(batch: int, day: date) -> None:
    """The same content under two names is one submission; the other is superseded, never added."""
    one = paid("X01", Decimal(50))
    twice = [one, replace(one, file=f"副本{batch}.xlsx")]
    assert total(worked_out(twice), PAID) == total(worked_out([one]), PAID) == 50
    assert len(ledger_of(*twice).superseded) == 1


@given(st.text(alphabet="X01、，, ；;\n", max_size=12))
def test_lists_hold_no_blank_and_nothing_twice(text: str) -> None:
    parts = listed(text)
    assert len(set(parts)) == len(parts) and all(part == part.strip() != "" for part in parts)


def paid(unit: str, amount: Decimal) -> Submission:
    """Return a submission with one project and one voucher."""
    return submission_of(
        {"项目台账": "总投资 | 签约金额\n99999 | 99999", "到位资金": f"到位金额\n{amount}"}, unit=unit
    )


def worked_out(
    submissions: Sequence[Submission], book: Rulebook = BOOK, day: date = date(2011, 6, 30)
) -> Outcome:
    """Return the outcome of submissions, every identity of which must hold."""
    outcome = desk.evaluate(submissions, book, day)
    assert all(identity.holds for identity in outcome.identities)
    return outcome


def total(outcome: Outcome, name: str) -> Decimal:
    """Return a figure summed over all units."""
    return sum((result.value(name) or Decimal(0) for result in outcome.results), Decimal(0))
