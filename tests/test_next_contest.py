"""A new contest: its own 竞赛标识, its calendar, and what comes along from the one before (本系统约定)."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from office import needs_gnumeric, recalculated_by_gnumeric
from openpyxl import load_workbook
from sheets import BOOK, CUTOFF, lines, read_file, rules, submission_of, template_of

from baiti_xl import desk
from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.contest.loading import RulebookError, console_rows, load
from baiti_xl.contest.periods import calendar, cutoffs, idle_meetings, is_working, meetings
from baiti_xl.contest.rulebook import Period, Rulebook
from baiti_xl.contest.sheets import META
from baiti_xl.desk.rules import CONSOLE_NAMES
from baiti_xl.desk.store import Store
from baiti_xl.read.cells import read_submission

MAY_10, MAY_13, JUNE_12, END = date(2011, 5, 10), date(2011, 5, 13), date(2011, 6, 12), date(2011, 7, 31)


# ── 调度 ─────────────────────────────────────────────────────────────────────────────────────────


def loaded(*rows: str, **changes: Any) -> Rulebook:
    """Return the rules with a sheet 调度 of these rows: `报送截止日 | 调度会日期`."""
    book = rules(**changes)
    grids: dict[str, list[list[Any]]] = {s: [*map(list, held)] for s, held in grids_of(book).items()}
    grids["调度"] = [grids["调度"][0], *(["", *row.split(" | "), "", "", ""] for row in rows)]
    return load(grids)


def grids_of(book: Rulebook) -> Mapping[str, list[tuple[Any, ...]]]:
    """Return a console's sheets with their headings."""
    from baiti_xl.contest.loading import HEADINGS

    return {sheet: [HEADINGS[sheet], *rows] for sheet, rows in console_rows(book).items()}


def test_without_days_of_ones_own_the_periods_follow_the_interval() -> None:
    """方案四（四）: every 30 days from the start; the last period ends with the contest."""
    usual = [(MAY_13, MAY_13), (JUNE_12, JUNE_12), (CUTOFF, CUTOFF), (END, None)]
    assert [(p.cutoff, p.meeting) for p in calendar(BOOK)] == usual
    assert loaded().schedule == ()
    assert load(grids_of(BOOK)).schedule == ()


def test_days_of_ones_own_hold() -> None:
    """A meeting three days after its cutoff; the period it is about is that of the cutoff."""
    book = loaded("2011-5-10 | 2011-5-13", "2011-7-31 | ")
    assert book.schedule == (Period(MAY_10, MAY_13), Period(END))
    assert cutoffs(book) == (MAY_10, END)
    (meeting,) = meetings(book)
    assert (meeting.day, meeting.first, meeting.cutoff) == (MAY_13, date(2011, 4, 13), MAY_10)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["2011-5-14 | 2011-5-13", "2011-7-31 | "], "「调度」B2：不能晚于调度会日期 2011-05-13"),
        (["2011-4-12 | 2011-5-13", "2011-7-31 | "], "「调度」B2：应在竞赛期内，2011-04-13 到 2011-07-31"),
        (["2011-8-1 | "], "「调度」B2：应在竞赛期内"),
        (["2011-5-13 | ", "2011-5-13 | "], "「调度」B3：应晚于上一期的 2011-05-13"),
        (
            ["2011-5-10 | 2011-6-1", "2011-5-20 | 2011-6-1", "2011-7-31 | "],
            "「调度」C3：应晚于上一次的 2011-06-01",
        ),
        (["2011-5-13 | "], "「调度」B2：最后一期应到竞赛结束日 2011-07-31 截止"),
        (["五月中旬 | ", "2011-7-31 | "], "「调度」B2：应为日期，如 2011-5-13"),
    ],
)
def test_a_calendar_that_cannot_be_is_named_with_its_cell(rows: list[str], fault: str) -> None:
    with pytest.raises(RulebookError, match=fault):
        loaded(*rows)


def test_a_console_without_the_sheet_is_read_and_told() -> None:
    grids = {sheet: rows for sheet, rows in grids_of(BOOK).items() if sheet != "调度"}
    assert load(grids).notes == ("操作台没有“调度”这张表，调度会和报送截止日按“调度会间隔”推算",)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ((2026, 10, 1), False),  # 国庆节
        ((2026, 10, 10), True),  # a Saturday worked for it
        ((2011, 6, 12), False),  # a Sunday
        ((2099, 1, 3), False),  # a Saturday of a year not known
        ((2099, 1, 1), True),  # a Thursday, holidays not known
    ],
)
def test_working_days(day: tuple[int, int, int], working: bool) -> None:
    assert is_working(date(*day)) is working


def test_a_meeting_on_a_day_off_is_told() -> None:
    assert list(idle_meetings(BOOK)) == [
        "第二次调度会 2011-06-12（星期日）不是工作日；要改的写在操作台“调度”表里"
    ]


# ── the console follows its own cells ────────────────────────────────────────────────────────────


def console_of(book: Rulebook) -> Any:
    """Return the console without macros as openpyxl opens it."""
    target = io.BytesIO()
    write_console(target, book, macros=False)
    return load_workbook(target)


def test_contest_id_and_days_are_formulas_until_they_are_written_over() -> None:
    sheet = console_of(BOOK)
    assert str(sheet["规则"]["B4"].value).startswith("=SUBSTITUTE(规则!$B$")
    assert str(sheet["调度"]["C4"].value).startswith("=IF(规则!$B$")
    own = console_of(rules(contest_id="台前-春季", schedule=(Period(MAY_10, MAY_13), Period(END))))
    assert own["规则"]["B4"].value == "台前-春季"
    assert [own["调度"][cell].value.date() for cell in ("B4", "C4", "B5")] == [MAY_10, MAY_13, END]


def test_a_console_saved_by_a_program_that_keeps_no_results_is_read(tmp_path: Path) -> None:
    """openpyxl forgets what formulas came to: what follows from others is worked out again."""
    path = tmp_path / "操作台.xlsx"
    console_of(BOOK).save(path)
    book = desk.load_rules(path)
    assert (book.contest_id, book.schedule, book.notes) == ("台前-2011", (), ())


@needs_gnumeric
@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_days_follow_when_the_contest_is_moved(tmp_path: Path) -> None:
    """Another spreadsheet program works out 竞赛标识 and 调度 of the new county and its dates."""
    book = console_of(BOOK)
    values = {"县名": "示例县", "年份": 2026, "开始日": datetime(2026, 9, 1), "结束日": datetime(2026, 12, 9)}
    for row in book["规则"].iter_rows(min_row=4):
        row[1].value = values.get(row[0].value, row[1].value)
    ends = ((9, 1, 9, 10), (9, 11, 11, 5), (11, 6, 11, 30), (12, 1, 12, 9))
    for row, (m, d, n, e) in zip(book["阶段"].iter_rows(min_row=4, max_row=7), ends, strict=True):
        row[1].value, row[2].value = datetime(2026, m, d), datetime(2026, n, e)
    path = tmp_path / "操作台.xlsx"
    book.save(path)
    out = tmp_path / "out"
    out.mkdir()
    (moved,) = recalculated_by_gnumeric([path], out)
    sheet = load_workbook(moved, data_only=True)["调度"]
    days = [[c.value.date() if c.value else None for c in row] for row in sheet["B4:C7"]]
    assert days == [
        [date(2026, 10, 1), date(2026, 10, 1)],
        [date(2026, 10, 31), date(2026, 10, 31)],
        [date(2026, 11, 30), date(2026, 11, 30)],
        [date(2026, 12, 9), None],
    ]
    loaded_book = desk.load_rules(moved)
    assert (loaded_book.contest_id, loaded_book.schedule) == ("示例-2026", ())


# ── a submission of another contest ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("form", "office", "told"),
    [
        ({}, {}, ""),
        ({"contest_id": "台前-春季"}, {}, "这是2011年台前县招商引资百日竞赛的报送表，不是本竞赛的"),
        ({}, {"contest_id": "台前-秋季"}, "这是2011年台前县招商引资百日竞赛的报送表，不是本竞赛的"),
    ],
)
def test_a_form_of_another_contest_is_returned(
    form: dict[str, Any], office: dict[str, Any], told: str
) -> None:
    """F06: by the 竞赛标识 it was issued under."""
    data = template_of({}, "X01", rules(**form))
    submission = read_submission(data, "X01.xlsx", rules(**office))
    assert [f.message.split("。")[0] for f in submission.findings if f.rule == "F06"] == [told] * bool(told)
    assert (submission.is_ours, submission.usable) == (not told, not told)


@pytest.mark.parametrize(
    ("issued", "told"), [("台前-秋季", ["C03 错", "F07 错", "F10 错"]), ("台前-春季", ["F06 错"])]
)
def test_a_form_of_another_contest_is_one_finding(issued: str, told: list[str]) -> None:
    """Its unit, days and amounts are not ours, and nobody is told so of each."""
    wrong = {"项目台账": "总投资 | 产业\n 若干 | 化工"}
    sent = template_of(wrong, "Q01", rules(contest_id=issued), {"cutoff": date(2011, 12, 1)})
    found = lines(read_file(sent, book=rules(contest_id="台前-秋季")), "C03", "F06", "F07", "F10")
    assert sorted(line[:5] for line in found) == told


def test_a_form_of_version_1_is_told_by_its_year() -> None:
    data = without_id(template_of({}, "X01", BOOK))
    assert read_submission(data, "X01.xlsx", BOOK).is_ours
    assert not read_submission(data, "X01.xlsx", rules(year=2012)).is_ours


def without_id(data: bytes) -> bytes:
    """Return a form whose hidden sheet does not tell its contest, as those of version 1 do not."""
    book = load_workbook(io.BytesIO(data))
    for row in book[META].iter_rows(max_col=2):
        if row[0].value == "竞赛标识":
            row[1].value = None
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_nothing_of_another_contest_is_archived(tmp_path: Path) -> None:
    desk.init(tmp_path)
    for name, book in (("X01", BOOK), ("X02", rules(contest_id="台前-春季"))):
        (tmp_path / "报送" / f"{name}.xlsx").write_bytes(template_of({}, name, book))
    done = desk.consolidate(tmp_path / "报送", tmp_path / "输出", console=console_in(tmp_path))
    assert [s.unit for s in done.outcome.ledger.rejected] == ["X02"]
    assert [entry.unit for entry in Store(tmp_path).archived()] == ["X01"]


def console_in(folder: Path) -> Path:
    """Return the console of a working folder."""
    return next(folder / name for name in CONSOLE_NAMES if (folder / name).is_file())


# ── init --from ──────────────────────────────────────────────────────────────────────────────────


def test_a_new_contest_takes_over_what_is_not_the_past(tmp_path: Path) -> None:
    """Unit list, rules, settings and edited templates; no rulings, no archive, no numbers, and days that follow the new start."""
    old, new = tmp_path / "旧", tmp_path / "新"
    desk.init(old, rules(units=BOOK.units[:5], idle_days=20, schedule=(Period(MAY_10, MAY_13), Period(END))))
    edited = old / "doc_templates" / "协办函.docx"
    edited.write_bytes(edited.read_bytes() + b"edited")
    result = CliRunner().invoke(main, ["init", str(new), "--from", str(old)])
    assert result.exit_code == 0, result.output
    assert "单位名录（5 个单位）" in result.stderr and "改过的公文模板 1 个" in result.stderr
    book = desk.load_rules(console_in(new))
    assert (len(book.units), book.idle_days, book.rulings, book.schedule) == (5, 20, (), ())
    assert (new / "doc_templates" / "协办函.docx").read_bytes() == edited.read_bytes()
    assert Store(new).archived() == []
    assert not list((new / "报送").iterdir())


def test_a_new_contest_from_no_working_folder_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["init", str(tmp_path / "新"), "--from", str(tmp_path)])
    assert (result.exit_code, "里没有操作台" in result.stderr) == (2, True)
    assert not (tmp_path / "新").exists()


def test_no_finding_speaks_of_the_earlier_contest() -> None:
    """Forms issued anew are clean: years, days and examples are of the contest they were issued for."""
    year = rules(
        year=2012,
        contest_id="台前-2012",
        start=date(2012, 9, 1),
        end=date(2012, 12, 9),
    )
    submission = submission_of({}, book=year, cover={"cutoff": date(2012, 10, 1)})
    assert lines(submission, "F06", "F10", "F11") == []
