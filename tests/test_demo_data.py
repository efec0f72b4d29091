"""The samples: invented, marked, the same each time, and wrong only where they say so."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from baiti_xl.contest.choices import Stage, Status
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.measures import figures_of
from baiti_xl.contest.records import GONE, Submission
from baiti_xl.contest.rules import CATALOGUE, check
from baiti_xl.contest.sheets import DATA_SHEETS, SHEETS
from baiti_xl.contest.tally import Tally
from baiti_xl.count.ledger import applied, build_ledger, check_rulings
from baiti_xl.demo import PERIODS, Sample, reporters, sample_rulebook, sample_rulings, samples
from baiti_xl.demo.plans import PLANS
from baiti_xl.demo.reporter import Reporter
from baiti_xl.demo.spoiled import encrypted
from baiti_xl.desk import is_skipped
from baiti_xl.read.cells import read_submission

BOOK = sample_rulebook()
MAY, JUNE, JULY, LAST = PERIODS
# What is wrong on purpose, as the rules of severity 错 that find it; “示” and “警” where they are the point.
FAULTS = """
2011-05-13 X05 C04
2011-05-13 X06 C01 C03
2011-05-13 Z02 M03
2011-05-13 Z14 D01 V03
2011-05-13 Z21 C03 Z02
2011-06-12 X09 D02
2011-06-12 Z02 M03
2011-06-12 Z08 P01 P03
2011-07-12 Z02 M03
2011-07-12 Z14 C11 M01
2011-07-12 Z36 K03
2011-07-31 X05 C03 C04 C09 C11
2011-07-31 X06 K01
2011-07-31 Z02 M03
2011-07-31 Z08 F02
2011-07-31 Z14 C06
2011-07-31 Z21 F09
2011-07-31 Z36 F01
"""
EXPECTED = {(line.split()[0], line.split()[1]): set(line.split()[2:]) for line in FAULTS.split("\n") if line}
# Columns that hold the name of an enterprise or a person, by what marks it.
ENTERPRISES = {
    "拜访客商": ("客商名称",),
    "邀请客商": ("客商名称",),
    "项目台账": ("投资方", "项目名称"),
    "到位资金": ("付款方",),
}
PERSONS = {
    "组织发动": ("负责人",),
    "拜访客商": ("接洽人", "带队领导"),
    "邀请客商": ("客商姓名", "接待领导"),
    "项目台账": ("责任领导", "责任人"),
    "手续办理": ("责任人",),
    "困难问题": ("跟踪责任人",),
    "情况说明": ("主要负责人",),
}
# What may change in a later submission: a project and its procedures move on, problems are solved.
MOVING = {"项目台账": "number", "手续办理": "project", "困难问题": "problem"}


@pytest.fixture(scope="module")
def sent() -> dict[date, list[Sample]]:
    """All files of the four periods."""
    return {period: samples(BOOK, period) for period in PERIODS}


@pytest.fixture(scope="module")
def read(sent: dict[date, list[Sample]]) -> dict[date, list[tuple[Sample, Submission]]]:
    """The files that are read at all, checked."""
    return {
        period: [
            (s, check(read_submission(s.data, s.file, BOOK), BOOK))
            for s in files
            if not is_skipped(Path(s.file))
        ]
        for period, files in sent.items()
    }


def all_desks() -> list[Reporter]:
    """Return every unit's reporter on the last day."""
    return reporters(BOOK, LAST)


def values(reporter: Reporter, sheet: str, heading: str) -> list[Any]:
    """Return one column of what a unit reports."""
    field = SHEETS[sheet].column(heading).field
    return [row.get(field) for row in reporter.rows()[sheet]]


def test_the_units_are_the_nine_townships_and_twelve_departments() -> None:
    groups = [u.group for u in BOOK.units]
    assert (groups.count("乡镇"), groups.count("县直")) == (9, 12)
    assert {u.head for u in BOOK.units} == {"（样例）"}
    assert [p.code for p in PLANS] == [u.code for u in BOOK.units]
    assert BOOK.contest == default_rulebook().contest


def test_the_same_bytes_come_out_each_time(sent: dict[date, list[Sample]]) -> None:
    again = {
        s.file: s.data
        for reporter in all_desks()
        if reporter.unit.code in ("X04", "Z08")
        for s in [reporter.sample()]
    }
    made = {s.file: s.data for s in sent[LAST]}
    assert again["X04_打渔陈镇_报送表.xlsx"] == made["X04_打渔陈镇_报送表.xlsx"]
    assert made["Z08_县财政局_报送表.xlsx"] == encrypted()
    assert sample_rulings() == BOOK.rulings


def test_each_fault_is_found_and_nothing_else_is_wrong(
    read: dict[date, list[tuple[Sample, Submission]]],
) -> None:
    for period, files in read.items():
        for sample, submission in files:
            expected = EXPECTED.get((str(period), sample.file[:3]), set())
            found = {f.rule for f in submission.findings}
            errors = {f.rule for f in submission.findings if f.blocks}
            assert expected <= found, (sample.file, sample.note)
            assert errors <= expected | ({"K03"} if "K01" in expected else set()), (sample.file, errors)
            assert sample.note or not expected, sample.file


def test_a_sound_file_has_no_note_and_a_faulty_one_has(sent: dict[date, list[Sample]]) -> None:
    noted = {s.file[:3] for s in sent[LAST] if s.note}
    assert noted == {"~$X", "Thu"} | set(
        "X02 X05 X06 X07 X08 Z01 Z02 Z08 Z11 Z14 Z16 Z21 Z36 Z46 Z50".split()
    )
    assert {rule for rules in EXPECTED.values() for rule in rules} <= {r.split("/")[0] for r in CATALOGUE}


def test_the_last_period_shows_every_way_of_reporting(
    read: dict[date, list[tuple[Sample, Submission]]], sent: dict[date, list[Sample]]
) -> None:
    ledger = build_ledger([s for _, s in read[LAST]], BOOK, LAST)
    status = {a.unit.code: a.status for a in ledger.accounts}
    assert status["Z11"] is Status.CONFLICT
    assert status["Z21"] is Status.RETURNED
    assert status["Z10"] is Status.MISSING
    assert [s.file for s in ledger.superseded] == ["X02_侯庙镇_报送表_第1批.xlsx"]
    old = next(s for _, s in read[LAST] if s.cover.code == "Z46")
    assert old.cover.cutoff == JULY
    assert [s.file for s in sent[LAST] if is_skipped(Path(s.file))] == [
        "~$X01_城关镇_报送表.xlsx",
        "Thumbs.db",
    ]


def test_seven_townships_are_sound_at_the_end_and_two_of_them_tie(
    read: dict[date, list[tuple[Sample, Submission]]],
) -> None:
    ledger = build_ledger([s for _, s in read[LAST]], BOOK, LAST)
    sound = [
        a
        for a in ledger.accounts
        if a.unit.group == "乡镇" and a.submission and not any(f.blocks for f in a.findings)
    ]
    assert len(sound) == 7
    signed = [figures_of(Tally(a, BOOK, LAST))["签约项目数"].value for a in sound]
    assert signed.count(Decimal("3.5")) == 2


def test_every_ruling_finds_its_record_in_every_period(
    read: dict[date, list[tuple[Sample, Submission]]],
) -> None:
    for period, files in read.items():
        submissions = [s for _, s in files]
        check_rulings(BOOK)
        assert {what for _, what in applied(build_ledger(submissions, BOOK, period), BOOK)} <= {
            "已执行",
            "自 2011-07-12 起执行",
            *([GONE] if period == LAST else []),  # Z16 gives its project another number
        }


def test_a_later_submission_holds_all_earlier_rows() -> None:
    for earlier, later in pairwise(PERIODS):
        for reporter in all_desks():
            before, now = reporter.on(earlier).rows(), reporter.on(later).rows()
            for sheet in SHEETS:
                if sheet in MOVING:
                    keys = [row[MOVING[sheet]] for row in before[sheet]]
                    assert keys == [row[MOVING[sheet]] for row in now[sheet]][: len(keys)]
                else:
                    assert before[sheet] == now[sheet][: len(before[sheet])], (reporter.unit.name, sheet)


def test_a_project_only_moves_forward() -> None:
    order = {stage: at for at, stage in enumerate(Stage.answers())}
    for reporter in all_desks():
        for earlier, later in pairwise(PERIODS):
            before, now = (values(reporter.on(day), "项目台账", "项目阶段") for day in (earlier, later))
            assert all(order[a] <= order[b] for a, b in zip(before, now, strict=False))


def test_every_name_is_marked_as_a_sample() -> None:
    for reporter in all_desks():
        for sheet, headings in ENTERPRISES.items():
            assert all("样例" in v for h in headings for v in values(reporter, sheet, h)), (
                reporter.unit.name,
                sheet,
            )
        for sheet, headings in PERSONS.items():
            assert all(v.endswith("某") and len(v) == 2 for h in headings for v in values(reporter, sheet, h))


def test_every_row_is_as_wide_as_its_sheet_and_within_its_capacity() -> None:
    for reporter in all_desks():
        for sheet in DATA_SHEETS:
            rows = reporter.rows()[sheet.name]
            assert {field for row in rows for field in row} <= set(sheet.fields)
            assert len(rows) <= sheet.capacity


def test_townships_report_as_much_as_townships_do() -> None:
    ranges = {"拜访客商": (10, 35), "邀请客商": (4, 12), "项目台账": (3, 8), "到位资金": (3, 15)}
    for reporter in all_desks():
        if reporter.unit.group == "乡镇":
            rows = reporter.rows()
            assert all(low <= len(rows[sheet]) <= high for sheet, (low, high) in ranges.items()), (
                reporter.unit.name
            )


def test_joint_projects_are_told_alike_by_both_partners_and_shares_make_100() -> None:
    shares: dict[str, list[int]] = defaultdict(list)
    told: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    vouchers: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    same = ("项目名称", "投资方", "总投资", "固定资产投资", "签约金额", "签约日期", "合同编号", "开工日期")
    for reporter in all_desks():
        rows = reporter.rows()
        for row in rows["项目台账"]:
            label = row.get(SHEETS["项目台账"].column("联合标识").field)
            if label:
                shares[label].append(row["share"])
                told[label].add(tuple(row.get(SHEETS["项目台账"].column(h).field) for h in same))
                own = (p for p in rows["到位资金"] if p["project"] == row["number"])
                vouchers[label].add(tuple(tuple(p.items())[1:] for p in own))
    assert sorted(map(sorted, shares.values())) == [[40, 60], [50, 50]]
    assert all(len(one) == 1 for one in (*told.values(), *vouchers.values()))


def test_every_tier_boundary_and_stage_occurs() -> None:
    fixed = {v for reporter in all_desks() for v in values(reporter, "项目台账", "固定资产投资")}
    assert set(map(Decimal, "4999.99 5000 9999 9999.99 10000 19999 20000".split())) <= fixed
    stages = {v for reporter in all_desks() for v in values(reporter, "项目台账", "项目阶段")}
    assert stages == set(Stage.answers())


def test_who_explains_and_who_does_not() -> None:
    explained = {reporter.unit.code: values(reporter, "情况说明", "调度会日期") for reporter in all_desks()}
    assert explained["X07"] == [MAY, JUNE]
    assert explained["X08"] == [MAY]
    assert explained["Z50"] == []


def test_two_pairs_of_units_claim_the_same_thing(read: dict[date, list[tuple[Sample, Submission]]]) -> None:
    tables = {s.cover.code: s.tables for _, s in read[LAST]}
    vouchers = {
        code: {(p.voucher, p.payer) for p in tables[code]["到位资金"].records} for code in ("X06", "Z14")
    }
    assert len(vouchers["X06"] & vouchers["Z14"]) == 1
    investors = {code: {p.investor for p in tables[code]["项目台账"].records} for code in ("X09", "Z02")}
    assert investors["X09"] & investors["Z02"] == {"常州样例纯度化工材料有限公司"}
