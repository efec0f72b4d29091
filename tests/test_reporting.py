"""Who reported in each period: in time, late, sent back or not at all (方案四（四）)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sheets import BOOK, grids_of, rules, submission_of, workbook_of

from baiti_xl import desk
from baiti_xl.contest.records import PeriodReport, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.count.reporting import state

MAY_13, JUNE_12, JULY_12, JULY_31 = date(2011, 5, 13), date(2011, 6, 12), date(2011, 7, 12), date(2011, 7, 31)
FIRST, LAST = date(2011, 5, 14), date(2011, 6, 12)


def sent(
    cutoff: date, unit: str = "X01", *, projects: int = 0, file: str = "", batch: object = 1
) -> Submission:
    """Return a submission of a day; without a batch it is sent back."""
    tables = {"项目台账": "签约日期" + "\n 2011-5-1" * projects}
    name = file or f"{unit}_{cutoff:%m-%d}.xlsx"
    return submission_of(tables, unit=unit, file=name, cover={"cutoff": cutoff, "batch": batch})


def reports(*submissions: Submission, day: date, book: Rulebook = BOOK) -> tuple[PeriodReport, ...]:
    """Return the reporting of each period up to a day."""
    return desk.evaluate(submissions, book, day).reports


def states(*submissions: Submission, day: date, unit: str = "X01") -> list[str]:
    """Return one unit's state in each period: `04-13 至 05-13 按时`."""
    return [f"{r.first:%m-%d} 至 {r.last:%m-%d} {r.states[unit]}" for r in reports(*submissions, day=day)]


@pytest.mark.parametrize(
    ("cutoffs", "returned", "expected"),
    [
        ([], False, "未报送"),
        ([], True, "退回"),
        ([date(2011, 5, 13)], False, "未报送"),
        ([date(2011, 5, 13)], True, "退回"),
        ([date(2011, 5, 14)], False, "按时"),
        ([date(2011, 6, 12)], False, "按时"),
        ([date(2011, 6, 13)], False, "逾期"),
        ([date(2011, 6, 13)], True, "逾期"),
        ([date(2011, 6, 12), date(2011, 6, 13)], False, "按时"),
        ([date(2011, 6, 12)], True, "按时"),
    ],
)
def test_a_unit_in_one_period(cutoffs: list[date], returned: bool, expected: str) -> None:
    """From 05-14 to 06-12, both days included: in time within, late after, sent back only if nothing stands."""
    assert state(cutoffs, FIRST, LAST, returned) == expected


@pytest.mark.parametrize(
    ("days", "day", "expected"),
    [
        ([], MAY_13, ["04-13 至 05-13 未报送"]),
        ([MAY_13], MAY_13, ["04-13 至 05-13 按时"]),
        ([MAY_13], date(2011, 5, 14), ["04-13 至 05-13 按时", "05-14 至 05-14 未报送"]),
        (
            [JULY_12],
            JULY_12,
            ["04-13 至 05-13 逾期", "05-14 至 06-12 逾期", "06-13 至 07-12 按时"],
        ),
        (
            [MAY_13, JULY_12],
            JULY_31,
            ["04-13 至 05-13 按时", "05-14 至 06-12 逾期", "06-13 至 07-12 按时", "07-13 至 07-31 未报送"],
        ),
        ([JUNE_12], MAY_13, ["04-13 至 05-13 逾期"]),
    ],
)
def test_every_period_up_to_the_day(days: list[date], day: date, expected: list[str]) -> None:
    """Periods end at the scheduling meetings, the last one at the day; a later submission makes up, late."""
    assert states(*map(sent, days), day=day) == expected


def test_a_returned_file_is_of_the_current_period_only() -> None:
    bad = sent(JUNE_12, batch="")
    assert states(sent(MAY_13), bad, day=JUNE_12) == ["04-13 至 05-13 按时", "05-14 至 06-12 退回"]
    assert states(bad, day=JUNE_12) == ["04-13 至 05-13 未报送", "05-14 至 06-12 退回"]


def test_a_returned_file_is_known_by_its_name_if_its_cover_is_not() -> None:
    """The code with which the file's name begins, as issue gives it."""
    bad = replace(sent(JUNE_12, batch=""), file="子文件夹/X02_侯庙镇_报送表.xlsx")
    bad = replace(bad, cover=replace(bad.cover, code=""))
    assert states(bad, day=JUNE_12, unit="X02")[-1] == "05-14 至 06-12 退回"


def test_files_in_conflict_count_as_sent_back() -> None:
    """Neither counts until one is removed; an older batch of the period still stands."""
    one, two = sent(JUNE_12, file="a.xlsx"), sent(JUNE_12, projects=1, file="b.xlsx")
    assert states(one, two, day=JUNE_12) == ["04-13 至 05-13 未报送", "05-14 至 06-12 退回"]
    assert states(sent(MAY_13), one, two, day=JUNE_12) == ["04-13 至 05-13 按时", "05-14 至 06-12 退回"]
    assert states(sent(date(2011, 6, 1)), one, two, day=JUNE_12)[-1] == "05-14 至 06-12 按时"


def test_the_reporting_rate() -> None:
    """In time and late, over all units of the list."""
    book = rules(units=BOOK.units[:3])
    period = reports(sent(MAY_13), sent(JUNE_12, "X02"), day=MAY_13, book=book)[0]
    assert [period.count("按时"), period.count("逾期"), period.count("未报送")] == [1, 1, 1]
    assert period.rate == Decimal(2) / 3
    assert reports(day=MAY_13, book=book)[0].rate == 0
    assert PeriodReport(1, MAY_13, MAY_13, {}).rate is None


def test_the_archive_knows_who_reported_before(tmp_path: Path) -> None:
    """A folder holds only this period's files; the earlier ones were archived."""
    folder = tmp_path / "报送"
    folder.mkdir()
    for cutoff in (MAY_13, JUNE_12):
        grids = grids_of({}, cover={"cutoff": cutoff})
        (folder / "X01_城关镇_报送表.xlsx").write_bytes(workbook_of(grids))
        done = desk.consolidate(folder, tmp_path / "输出")
    assert [r.states["X01"] for r in done.outcome.reports] == ["按时", "按时"]
