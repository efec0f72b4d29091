"""What holds of any contest in time, whatever units send and when (本系统约定; hypothesis draws the contests)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import BOOK, rules, submission_of

from baiti_xl import desk
from baiti_xl.contest.choices import Decision, Flag
from baiti_xl.contest.periods import cutoffs
from baiti_xl.contest.records import Outcome, Ruling, Submission
from baiti_xl.desk.gathering import Past

UNITS = BOOK.units[:3]
PERIODS = cutoffs(BOOK)
PROJECTS = "项目编号 | 项目名称 | 投资方 | 签约日期 | 签约金额 | 项目阶段 | 合同编号 | 引进方式 | 本单位份额 | 联合标识 | 联合单位代码"
MONEY = "项目编号 | 凭证号 | 付款方 | 到位日期 | 到位金额"
DAYS = st.integers(0, 109).map(lambda n: BOOK.start + timedelta(days=n))
FLAGGED_BY_DATA = {Flag.IDLE, Flag.INACTIVE, Flag.NO_BREAKTHROUGH}


@cache
def sent(
    unit: str,
    cutoff: date,
    batch: int,
    deals: tuple[tuple[int, date, int, str], ...],
    joint: int,
    sound: bool,
) -> Submission:
    """Return a unit's file: its deals (number, day, amount, stage), its share of a joint project (0: none), usable or not."""
    rows, money = [], []
    for number, day, amount, stage in deals:
        if day <= cutoff:
            name = f"{unit}-{number:03}"
            rows.append(
                f"{name} | {unit}第{number}项目 | {unit}第{number}公司 | {day} | {amount} | {stage} | HT-{number} | 独立 | | |"
            )
            money.append(f"{name} | P{number} | {unit}第{number}公司 | {day} | {amount // 2}")
    if joint:
        others = "、".join(u.code for u in UNITS if u.code != unit)
        rows.append(
            f"{unit}-900 | 联合园 | 联合公司 | 2011-5-1 | 9000 | 签约 | HT-900 | 联合 | {joint} | X01-900 | {others}"
        )
        money.append(f"{unit}-900 | J{joint} | 联合公司 | 2011-5-2 | {joint * 10}")
    visits = "\n".join(f"{day} | {unit}客商{number}" for number, day, _, _ in deals if day <= cutoff)
    tables = {"项目台账": f"{PROJECTS}\n" + "\n".join(rows), "到位资金": f"{MONEY}\n" + "\n".join(money)}
    if visits:
        tables["拜访客商"] = f"拜访日期 | 客商名称\n{visits}"
    cover = {"cutoff": cutoff, "batch": batch if sound else ""}
    return submission_of(tables, unit=unit, file=f"{unit}_{cutoff}_{batch}.xlsx", cover=cover)


DEALS = st.lists(
    st.tuples(
        st.integers(1, 4), DAYS, st.sampled_from([100, 5000, 12000]), st.sampled_from(["签约", "终止"])
    ),
    max_size=3,
    unique_by=lambda deal: deal[0],
).map(tuple)
FILES = st.lists(
    st.builds(
        sent,
        st.sampled_from([u.code for u in UNITS]),
        st.sampled_from(PERIODS),
        st.integers(1, 2),
        DEALS,
        st.sampled_from([0, 0, 40, 60]),
        st.sampled_from([True, True, True, False]),
    ),
    max_size=7,
)
RULINGS = st.lists(
    st.builds(
        lambda unit, number, day: Ruling(
            f"{unit}/项目台账/{unit}-{number:03}", "", Decision.REJECT, "", "已核实", "刘主任", day, "裁定!A4"
        ),
        st.sampled_from([u.code for u in UNITS]),
        st.integers(1, 4),
        DAYS,
    ),
    max_size=2,
).map(tuple)
TWO_DAYS = st.lists(st.sampled_from(PERIODS), min_size=2, max_size=2, unique=True).map(sorted)
BOOKS = st.builds(lambda rulings: rules(units=UNITS, rulings=rulings), RULINGS)


def figures(outcome: Outcome) -> dict[str, dict[str, Decimal | None]]:
    """Return every figure of every unit."""
    return {r.unit.code: {name: f.value for name, f in r.figures.items()} for r in outcome.results}


@settings(max_examples=60, deadline=None)
@given(FILES, BOOKS, TWO_DAYS)
def test_the_bridge_adds_up_between_any_two_days(
    files: list[Submission], book: object, days: Sequence[date]
) -> None:
    """And its corrections are those that are listed; 对账 holds on both days."""
    outcome = desk.compute(files, book, days[1], days[0])  # type: ignore[arg-type]
    for held in outcome.bridges:
        assert held.holds, held
        listed = sum((c.change for c in outcome.corrections if c.measure == held.measure), Decimal(0))
        assert listed == held.corrected.value
    for one in (outcome, outcome.earlier):
        assert one and all(identity.holds for identity in one.identities)


@settings(max_examples=60, deadline=None)
@given(FILES, BOOKS, st.sampled_from(PERIODS), st.sampled_from([u.code for u in UNITS]))
def test_a_bad_or_a_later_file_changes_no_figure_of_a_day(
    files: list[Submission], book: object, day: date, unit: str
) -> None:
    """What cannot be used takes nothing away (沿用); what speaks of a later day is not of this one, if the unit reported."""
    before = figures(desk.evaluate(files, book, day))  # type: ignore[arg-type]
    bad = sent(unit, day, 9, (), 0, sound=False)
    assert figures(desk.evaluate([*files, bad], book, day)) == before  # type: ignore[arg-type]
    if day < BOOK.end and any(s.usable and s.unit == unit and s.key[0] <= day for s in files):
        later = sent(unit, BOOK.end, 9, (), 0, sound=True)
        assert figures(desk.evaluate([*files, later], book, day)) == before  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(FILES, BOOKS, st.sampled_from(PERIODS))
def test_nobody_is_flagged_outside_what_its_data_cover(
    files: list[Submission], book: object, day: date
) -> None:
    """And each unit stands in one reporting class, 未报送 by it alone."""
    outcome = desk.evaluate(files, book, day)  # type: ignore[arg-type]
    covered = {a.unit.code: a.submission.key[0] for a in outcome.ledger.reporting if a.submission}
    first = outcome.reports[-1].first
    for item in outcome.evidence:
        if item.flag in FLAGGED_BY_DATA:
            assert covered[item.unit.code] >= first
    assert set(outcome.reports[-1].states) == {u.code for u in UNITS}


@settings(max_examples=40, deadline=None)
@given(FILES, BOOKS, st.sampled_from(PERIODS), st.randoms(use_true_random=False))
def test_order_and_names_of_files_change_nothing(
    files: list[Submission], book: object, day: date, chance: object
) -> None:
    """Figures, flags and reporting are the same; the file's name is only what staff know it by."""
    once = desk.evaluate(files, book, day)  # type: ignore[arg-type]
    again = [replace(s, file=f"{n:02}_{s.unit}.xlsx") if s.usable else s for n, s in enumerate(files)]
    chance.shuffle(again)  # type: ignore[attr-defined]
    other = desk.evaluate(again, book, day)  # type: ignore[arg-type]
    assert figures(once) == figures(other)
    assert [(e.unit, e.flag, e.facts) for e in once.evidence] == [
        (e.unit, e.flag, e.facts) for e in other.evidence
    ]
    assert once.reports == other.reports


@settings(max_examples=40, deadline=None)
@given(FILES, BOOKS, st.sampled_from(PERIODS))
def test_what_is_split_between_folder_and_archive_counts_the_same(
    files: list[Submission], book: object, day: date
) -> None:
    """A file that only the archive has stands as one in the folder does."""
    whole = desk.evaluate(files, book, day)  # type: ignore[arg-type]
    kept = [replace(s, is_kept=n % 2 == 0) if s.usable else s for n, s in enumerate(files)]
    parted = desk.evaluate(kept, book, day, Past(kept, None, book))  # type: ignore[arg-type]
    assert figures(whole) == figures(parted)
