"""Who reported in each period: in time, late, sent back or not at all (方案四（四）)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sheets import BOOK, grids_of, rules, submission_of, workbook_of

from baiti_xl import desk
from baiti_xl.contest.choices import Flag, Reported, Status
from baiti_xl.contest.records import Account, Arrival, PeriodReport, Receipt, Submission
from baiti_xl.contest.rulebook import Days, Rulebook
from baiti_xl.count.reporting import since, state
from baiti_xl.desk.gathering import Past
from baiti_xl.desk.store import Store

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


def standing(
    *receipts: str,
    status: str = "未报送",
    before: bool = False,
    day: date = LAST,
    days: int = 0,
    known: str = "",
) -> str:
    """Return a unit's standing in the period from 05-14 to 06-12; a receipt is `6-12 arrived 6-13`, or its cutoff alone."""
    held = []
    for text in receipts:
        cutoff, _, arrived = text.partition(" arrived ")
        held.append(Receipt(day_of(cutoff), day_of(arrived) if arrived else None))
    submission = sent(MAY_13) if before else None
    account = Account(BOOK.units[0], Status(status), submission)
    if known:
        return since(Reported(known), held, (FIRST, LAST))
    return state(account, held, (FIRST, LAST), day, rules(report_days=Days(days)))


def day_of(text: str) -> date:
    """Return a day of 2011 from 6-12."""
    month, day = map(int, text.split("-"))
    return date(2011, month, day)


@pytest.mark.parametrize(
    ("receipts", "status", "before", "expected"),
    [
        ([], "未报送", False, "未报送"),
        ([], "未报送", True, "沿用"),
        ([], "退回", False, "退回"),
        ([], "冲突", True, "冲突"),
        ([], "未到报送日", True, "未到报送日"),
        (["5-13"], "未报送", True, "沿用"),
        (["5-14"], "已报送", False, "按时"),
        (["6-12"], "已报送", False, "按时"),
        (["6-12"], "退回", False, "按时"),
        (["6-13"], "回溯", True, "未报送"),
        (["6-13"], "未报送", True, "沿用"),
        (["6-12 arrived 6-12"], "已报送", False, "按时"),
        (["6-12 arrived 6-13"], "已报送", False, "逾期"),
        (["6-12 arrived 6-13", "6-1 arrived 6-2"], "已报送", False, "按时"),
    ],
)
def test_a_unit_in_one_period(receipts: list[str], status: str, before: bool, expected: str) -> None:
    """By the day a file is filled in up to, so that none counts for two periods; in time if it arrived by the cutoff's end."""
    assert standing(*receipts, status=status, before=before) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, "逾期"), (1, "逾期"), (2, "按时")])
def test_days_of_grace(days: int, expected: str) -> None:
    """报送宽限天数."""
    assert standing("6-12 arrived 6-14", status="已报送", days=days) == expected


@pytest.mark.parametrize(
    ("known", "receipts", "expected"),
    [
        ("按时", [], "按时"),
        ("逾期", ["6-12 arrived 6-12"], "逾期"),
        ("未报送", [], "未报送"),
        ("沿用", [], "沿用"),
        ("未报送", ["6-12 arrived 7-1"], "补报"),
        ("退回", ["6-12 arrived 7-1"], "退回"),
    ],
)
def test_what_was_made_public_of_a_period_does_not_change(
    known: str, receipts: list[str], expected: str
) -> None:
    """A file that comes afterwards makes up for it, and is not in the rate."""
    assert standing(*receipts, status="已报送", day=JULY_12, known=known) == expected


@pytest.mark.parametrize(
    ("days", "day", "expected"),
    [
        ([], MAY_13, ["04-13 至 05-13 未报送"]),
        ([MAY_13], MAY_13, ["04-13 至 05-13 按时"]),
        ([MAY_13], date(2011, 5, 14), ["04-13 至 05-13 按时", "05-14 至 05-14 未到报送日"]),
        (
            [JULY_12],
            JULY_12,
            ["06-13 至 07-12 按时"],
        ),
        (
            [MAY_13, JULY_12],
            JULY_31,
            ["04-13 至 05-13 按时", "06-13 至 07-12 按时", "07-13 至 07-31 沿用"],
        ),
        ([JUNE_12], MAY_13, ["04-13 至 05-13 未报送"]),
        ([JUNE_12], date(2011, 6, 1), ["05-14 至 06-01 按时"]),
        ([], date(2011, 5, 12), ["04-13 至 05-12 未到报送日"]),
    ],
)
def test_every_period_up_to_the_day(days: list[date], day: date, expected: list[str]) -> None:
    """Periods end at their cutoffs, the last one at the day; of a period without any file nothing is said."""
    assert states(*map(sent, days), day=day) == expected


def test_a_returned_file_is_of_the_current_period_only() -> None:
    bad = sent(JUNE_12, batch="")
    assert states(sent(MAY_13), bad, day=JUNE_12) == ["04-13 至 05-13 按时", "05-14 至 06-12 退回"]
    assert states(bad, sent(MAY_13, "X02"), day=JUNE_12) == ["04-13 至 05-13 未报送", "05-14 至 06-12 退回"]


def test_a_returned_file_is_known_by_its_name_if_its_cover_is_not() -> None:
    """The code with which the file's name begins, as issue gives it."""
    bad = replace(sent(JUNE_12, batch=""), file="子文件夹/X02_侯庙镇_报送表.xlsx")
    bad = replace(bad, cover=replace(bad.cover, code=""))
    assert states(bad, day=JUNE_12, unit="X02")[-1] == "05-14 至 06-12 退回"


def test_files_in_conflict() -> None:
    """Neither counts until one is removed; an older batch of the period still stands."""
    one, two = sent(JUNE_12, file="a.xlsx"), sent(JUNE_12, projects=1, file="b.xlsx")
    assert states(one, two, day=JUNE_12) == ["05-14 至 06-12 冲突"]
    assert states(sent(MAY_13), one, two, day=JUNE_12) == ["04-13 至 05-13 按时", "05-14 至 06-12 冲突"]
    assert states(sent(date(2011, 6, 1)), one, two, day=JUNE_12)[-1] == "05-14 至 06-12 按时"


def test_a_later_form_hides_neither_a_clash_nor_what_was_sent_back() -> None:
    """回溯: the figures are cut out of it, but for this period the unit stands as what it sent for it does."""
    one, two = sent(JUNE_12, file="a.xlsx"), sent(JUNE_12, projects=1, file="b.xlsx")
    assert states(one, two, sent(JULY_12), day=JUNE_12)[-1] == "05-14 至 06-12 冲突"
    assert states(sent(JUNE_12, batch=""), sent(JULY_12), day=JUNE_12)[-1] == "05-14 至 06-12 退回"
    assert states(sent(JULY_12), day=JUNE_12)[-1] == "05-14 至 06-12 未报送"
    assert states(sent(JULY_12), day=date(2011, 6, 1))[-1] == "05-14 至 06-01 未到报送日"


def test_the_reporting_rate() -> None:
    """What was reported, in time or late, over all units of the list."""
    book = rules(units=BOOK.units[:3])
    period = reports(sent(MAY_13), sent(JUNE_12, "X02"), day=MAY_13, book=book)[0]
    assert [period.count(Reported(s)) for s in ("按时", "逾期", "未报送")] == [1, 0, 2]
    assert period.rate == Decimal(1) / 3
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


def in_folder(place: Path, cutoff: date, **cover: object) -> Path:
    """Put a file of X01 into 报送, alone."""
    folder = place / "报送"
    folder.mkdir(exist_ok=True)
    grids = grids_of({"项目台账": "签约日期\n 2011-5-1"}, cover={"cutoff": cutoff, **cover})
    (folder / "X01_城关镇_报送表.xlsx").write_bytes(workbook_of(grids))
    return folder


def test_the_archive_stands_in_for_what_is_missing_or_returned(tmp_path: Path) -> None:
    """沿用: the folder holds only June's file, which is returned; the figures of May stand."""
    desk.consolidate(in_folder(tmp_path, MAY_13), tmp_path / "输出")
    done = desk.consolidate(in_folder(tmp_path, JUNE_12, batch=""), tmp_path / "输出", as_of=JUNE_12)
    result = done.outcome.result("X01")
    assert result.account.standing == "退回，沿用截至 2011-05-13 的报送"
    assert result.value("签约项目数") == 1
    assert [s.unit for s in done.outcome.ledger.superseded] == []
    assert (len(done.submissions), [e.cutoff for e in Store(tmp_path / "输出").archived()]) == (
        1,
        ["2011-05-13", "2011-06-12"],
    )


def test_arrival_is_what_the_register_or_the_office_says() -> None:
    """到达登记 goes before the day on which the program first saw the file; long after the contest nobody can tell."""
    entered = Arrival("X01", JUNE_12, 1, JUNE_12, "邮件先到", "王科员")
    for book, today, expected, arrived in (
        (BOOK, date(2011, 6, 13), "逾期", date(2011, 6, 13)),
        (rules(arrivals=(entered,)), date(2011, 6, 13), "按时", JUNE_12),
        (BOOK, date(2011, 10, 31), "逾期", date(2011, 10, 31)),
        (BOOK, date(2011, 11, 1), "按时", None),
    ):
        files = [sent(JUNE_12)]
        outcome = desk.evaluate(files, book, JUNE_12, Past(files, None, book, today))
        assert outcome.reports[-1].states["X01"] == expected
        assert outcome.arrivals.get(files[0].digest) == arrived


@pytest.mark.parametrize(
    ("today", "state", "flagged"),
    [
        (date(2011, 5, 9), "未到报送日", False),
        (date(2011, 5, 12), "未到报送日", False),
        (MAY_13, "未报送", True),
        (None, "未报送", True),
    ],
)
def test_nobody_is_late_before_the_cutoff_has_come(today: date | None, state: str, flagged: bool) -> None:
    """The day asked for may be the end of a period that goes on: most files are of it some days before."""
    files = [sent(MAY_13, "X02")]
    outcome = desk.evaluate(files, BOOK, MAY_13, Past(files, None, BOOK, today))
    assert outcome.reports[-1].states["X01"] == state
    flags = {(e.unit.code, e.flag.value) for e in outcome.evidence}
    assert (("X01", "未报送") in flags) is flagged
    assert outcome.verdicts["X01"][Flag.NOT_REPORTED] == ("是" if flagged else "不能判定")
