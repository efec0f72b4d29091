"""与上期公布相比: published + new + corrected = now, every correction with its record and reason (本系统约定)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from answers import issue_all
from sheets import BOOK, rules, submission_of, template_of

from baiti_xl import desk
from baiti_xl.books.console import write_console
from baiti_xl.contest.choices import Decision, Inspected
from baiti_xl.contest.records import Inspection, Outcome, Ruling, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import consolidating, printing, report
from baiti_xl.desk.store import Store
from baiti_xl.papers import catalogue

MAY, JUNE = date(2011, 5, 13), date(2011, 6, 12)
UNITS = BOOK.units[:3]
PROJECTS = "项目编号 | 项目名称 | 投资方 | 签约日期 | 签约金额 | 项目阶段 | 合同编号"
FIRST = "X01-001 | 甲项目 | 甲有限公司 | 2011-5-1 | 9000 | 签约 | HT-1"
SECOND = "X01-002 | 乙项目 | 乙有限公司 | 2011-6-1 | 5000 | 签约 | HT-2"


def sent(cutoff: date, *projects: str, unit: str = "X01", batch: int = 1, **tables: str) -> Submission:
    """Return a unit's submission with these projects."""
    rows = "\n".join(projects).replace("X01", unit)
    held = {"项目台账": f"{PROJECTS}\n{rows}"} | tables
    name = f"{unit}_{cutoff:%m-%d}_{batch}.xlsx"
    return submission_of(held, unit=unit, file=name, cover={"cutoff": cutoff, "batch": batch})


def ruling(record: str, decision: str, value: str = "", day: date = JUNE) -> Ruling:
    """Return a ruling."""
    return Ruling(record, "", Decision(decision), value, "已核实", "刘主任", day, "裁定!A4")


def outcome_of(*files: Submission, book: Rulebook | None = None) -> Outcome:
    """Return June compared with May."""
    return desk.compute(list(files), book or rules(units=UNITS), JUNE, MAY)


def told(outcome: Outcome, name: str) -> str:
    """Return a bridge: `9000 + 5000 + 0 = 14000`."""
    held = next(b for b in outcome.bridges if b.measure == name)
    assert held.holds
    published, new, corrected, now = (
        f"{(f.value or Decimal(0)).normalize():f}"
        for f in (held.published, held.new, held.corrected, held.now)
    )
    return f"{published} + {new} + {corrected} = {now}"


def corrections(outcome: Outcome) -> list[str]:
    """Return the corrections of 签约金额: `X01 甲项目 9000→8000 原记录改动 …`."""
    return [
        f"{c.unit.code} {c.label} {c.before.normalize():f}→{c.after.normalize():f} {c.kind} {c.detail}".strip()
        for c in outcome.corrections
        if c.measure == "签约金额"
    ]


MAY_FILE = sent(MAY, FIRST)


@pytest.mark.parametrize(
    ("june", "amount", "reasons"),
    [
        ((FIRST, SECOND), "9000 + 5000 + 0 = 14000", []),
        ((FIRST,), "9000 + 0 + 0 = 9000", []),
        (
            (FIRST.replace("9000", "9500"), SECOND),
            "9000 + 5000 + 500 = 14500",
            ["X01 甲项目 9000→9500 原记录改动 「签约金额」由 9000 改为 9500"],
        ),
        ((SECOND,), "9000 + 5000 + -9000 = 5000", ["X01 甲项目 9000→0 删除"]),
        (
            (FIRST.replace("9000", "8000"),),
            "9000 + 0 + -9000 = 0",
            ["X01 甲项目 9000→0 改为退回 有错误 H02"],
        ),
        (
            (FIRST.replace("2011-5-1", "2011-6-1"),),
            "9000 + 9000 + -9000 = 9000",
            ["X01 甲项目 9000→0 原记录改动 「签约日期」由 2011-05-01 改为 2011-06-01"],
        ),
        ((FIRST, "X01-003 | 丙项目 | 丙公司 | 2011-5-2 | 100 | 签约 | HT-3"), "9000 + 100 + 0 = 9100", []),
    ],
)
def test_every_change_is_new_or_a_correction_with_its_reason(
    june: tuple[str, ...], amount: str, reasons: list[str]
) -> None:
    """What was never reported before is new, whatever its date; what was reported and counts otherwise is corrected."""
    outcome = outcome_of(MAY_FILE, sent(JUNE, *june))
    assert told(outcome, "签约金额") == amount
    assert corrections(outcome) == reasons


def test_a_ruling_corrects() -> None:
    book = rules(units=UNITS, rulings=(ruling("X01/项目台账/X01-001", "不予认定"),))
    outcome = outcome_of(MAY_FILE, sent(JUNE, FIRST, SECOND), book=book)
    assert told(outcome, "签约金额") == "9000 + 5000 + -9000 = 5000"
    assert corrections(outcome) == ["X01 甲项目 9000→0 裁定 裁定不予认定"]


def test_a_project_that_moves_on_is_no_correction() -> None:
    """签约 in May, 开工 in June: new for 新上项目数, nothing for 签约项目数."""
    june = FIRST.replace("签约 | HT-1", "开工 | HT-1")
    outcome = outcome_of(MAY_FILE, sent(JUNE, june), book=rules(units=UNITS))
    assert (told(outcome, "新上项目数"), told(outcome, "签约项目数")) == ("0 + 1 + 0 = 1", "1 + 0 + 0 = 1")


def test_what_was_reported_late_is_new_and_what_was_in_error_is_corrected() -> None:
    """A project in talks that turns out to be signed before 05-13 was nothing published; one that was refused was told of."""
    talks = "X01-001 | 甲项目 | 甲有限公司 | | | 洽谈 | "
    outcome = outcome_of(sent(MAY, talks), sent(JUNE, FIRST))
    assert (told(outcome, "签约金额"), corrections(outcome)) == ("0 + 9000 + 0 = 9000", [])
    wrong = FIRST.replace("HT-1", "")
    outcome = outcome_of(sent(MAY, wrong), sent(JUNE, FIRST))
    assert (told(outcome, "签约金额"), corrections(outcome)) == (
        "0 + 0 + 9000 = 9000",
        ["X01 甲项目 0→9000 原记录改动 「合同编号」由 空 改为 HT-1"],
    )


def test_visits_are_told_by_the_enterprise_not_by_the_row() -> None:
    """Sorted otherwise, and visited again: no correction."""
    head = "拜访日期 | 客商名称"
    may = sent(MAY, FIRST, 拜访客商=f"{head}\n 2011-5-1 | 甲公司 \n 2011-5-2 | 乙公司")
    june = sent(
        JUNE,
        FIRST,
        拜访客商=f"{head}\n 2011-6-1 | 甲公司 \n 2011-5-2 | 乙公司 \n 2011-5-1 | 甲公司 \n 2011-6-2 | 丙公司",
    )
    outcome = outcome_of(may, june)
    assert told(outcome, "拜访客商数") == "2 + 1 + 0 = 3"
    assert outcome.corrections == ()


def test_a_unit_without_its_newest_file_keeps_its_figures() -> None:
    """沿用: what was published stands, and nothing is corrected."""
    outcome = outcome_of(MAY_FILE, submission_of({}, file="X01 坏.xlsx", cover={"cutoff": JUNE, "batch": ""}))
    assert (told(outcome, "签约金额"), outcome.corrections) == ("9000 + 0 + 0 = 9000", ())


def test_completion_is_bridged_by_its_parts() -> None:
    june = FIRST.replace("签约 | HT-1", "竣工 | HT-1")
    outcome = outcome_of(MAY_FILE, sent(JUNE, june))
    assert told(outcome, "竣工项目数").endswith(" = 0")  # the default day of completion is later
    assert "竣工率" not in [b.measure for b in outcome.bridges]


# ── what was published stays as it was ───────────────────────────────────────────────────────────


class Office:
    """A working folder in which files are put, papers issued and days consolidated."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "报送").mkdir()
        self.rules()

    def rules(self, **changes: Any) -> None:
        """Write the console."""
        self.changes = changes
        with (self.place / "操作台.xlsx").open("wb") as target:
            write_console(target, rules(units=UNITS, **changes), macros=False)

    def answer(self, day: date, **more: Any) -> None:
        """Answer every open matter of the review: 照发."""
        found = desk.review(self.place / "报送", console=self.place / "操作台.xlsx", as_of=day, **more)
        answers = issue_all(found.matters, day)
        self.rules(**{**self.changes, "answers": (*self.changes.get("answers", ()), *answers)})

    def put(self, cutoff: date, *projects: str, unit: str = "X01", batch: int = 1) -> None:
        """Put a file into 报送."""
        rows = "\n".join(projects).replace("X01", unit)
        tables = {"项目台账": f"{PROJECTS}\n{rows}"}
        data = template_of(tables, unit, rules(units=UNITS), {"cutoff": cutoff, "batch": batch})
        (self.place / "报送" / f"{unit}_{cutoff:%m-%d}_{batch}.xlsx").write_bytes(data)

    def circular(self, day: date, kinds: Sequence[str] = ("进展通报",), **more: Any) -> desk.Documents:
        """Issue the circular of a day, or other papers, the review answered."""
        if not more.get("draft"):
            self.answer(day, reissue=more.get("reissue", ""))
        return desk.documents(
            kinds,
            self.place / "报送",
            self.place / "输出",
            console=self.place / "操作台.xlsx",
            as_of=day,
            **more,
        )

    def consolidated(self, day: date) -> Outcome:
        """Return the outcome of a day."""
        return self.consolidation(day).outcome

    def consolidation(self, day: date) -> desk.Consolidation:
        """Return the consolidation of a day."""
        return desk.consolidate(
            self.place / "报送",
            self.place / "输出",
            console=self.place / "操作台.xlsx",
            as_of=day,
            overwrite=True,
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a working folder in which the circular of May was issued."""
    place = Office(tmp_path)
    place.put(MAY, FIRST)
    place.circular(MAY)
    return place


def test_a_published_day_is_compared_with_by_itself(office: Office) -> None:
    """Without --since the next consolidation bridges from what was published, though the file of May is gone from the folder."""
    (office.place / "报送" / "X01_05-13_1.xlsx").unlink()
    office.put(JUNE, FIRST.replace("9000", "9500"), SECOND)
    outcome = office.consolidated(JUNE)
    assert (outcome.since, outcome.published is not None) == (MAY, True)
    assert told(outcome, "签约金额") == "9000 + 5000 + 500 = 14500"
    assert corrections(outcome) == ["X01 甲项目 9000→9500 原记录改动 「签约金额」由 9000 改为 9500"]


def test_what_was_published_does_not_change_with_what_comes_later(office: Office) -> None:
    """A file of May that arrives afterwards, other rules and rulings: 上期公布 stays, the rest is told."""
    office.put(MAY, FIRST.replace("9000", "9900"), batch=2)
    office.put(JUNE, FIRST.replace("9000", "9900"))
    office.rules(framework_counts=True)
    assert told(office.consolidated(JUNE), "签约金额") == "9000 + 0 + 900 = 9900"


def test_what_lies_in_the_folder_beside_what_was_published_is_named(office: Office) -> None:
    """No file is passed over in silence, though of a published day none counts that came later."""
    assert "不在其中" not in office.consolidation(MAY).note
    (office.place / "报送" / "网页.xls").write_bytes(b"<!DOCTYPE html><html>")
    office.put(MAY, SECOND, unit="X02")
    (told,) = (line for line in office.consolidation(MAY).note.split("\n") if "不在其中" in line)
    assert told.startswith("报送文件夹里现在还有文件不在其中：X02_05-13_1.xlsx、网页.xls。")


class OneSecond(datetime):
    """A clock in whose one second everything happens."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return that second."""
        return datetime(2011, 6, 20, 9, 30, 15, tzinfo=tz)


class SetBack(OneSecond):
    """A clock that was set back by a month and a half."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return one and the same second of May."""
        return datetime(2011, 5, 1, 9, 30, 15, tzinfo=tz)


@pytest.mark.parametrize("afterwards", [datetime, OneSecond, SetBack])
def test_a_published_day_is_what_was_published_to_the_byte(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, afterwards: type[datetime]
) -> None:
    """As of May from the archive: other files, rules and rulings since then, in the same second, or by a clock that was set
    back, change nothing of it."""

    def clock(kind: type[datetime]) -> None:
        for module in (consolidating, printing):
            monkeypatch.setattr(module, "datetime", kind)

    clock(OneSecond if afterwards is not datetime else datetime)
    office: Office = request.getfixturevalue("office")
    clock(afterwards)
    book, paper = (
        office.place / "输出" / "汇总结果_2011-05-13.xlsx",
        office.place / "输出" / "进展通报_2011-05-13_台政办〔2011〕1号.docx",
    )
    office.consolidated(MAY)
    before, issued = book.read_bytes(), paper.read_bytes()
    (office.place / "报送" / "X01_05-13_1.xlsx").unlink()
    office.put(MAY, FIRST.replace("9000", "9900"), batch=2)
    office.put(MAY, SECOND, unit="X02")
    office.put(JUNE, FIRST.replace("9000", "9900"), SECOND)
    office.rules(framework_counts=True, rulings=(ruling("X01/项目台账/X01-001", "不予认定", day=MAY),))
    office.consolidated(JUNE)
    assert told(office.consolidated(JUNE), "签约金额") == "9000 + 5000 + -9000 = 5000"
    office.consolidated(MAY)
    office.circular(MAY, overwrite=True)
    assert (book.read_bytes() == before, paper.read_bytes() == issued) == (True, True)


def test_what_is_not_read_is_told_on_a_published_day_too(office: Office) -> None:
    """And stands in no results of that day, which stay what they were."""
    office.consolidated(MAY)
    book = office.place / "输出" / "汇总结果_2011-05-13.xlsx"
    before = book.read_bytes()
    (office.place / "报送" / "~$X02.xlsx").write_bytes(b"lock")
    done = desk.consolidate(
        office.place / "报送", office.place / "输出", console=office.place / "操作台.xlsx", as_of=MAY, overwrite=True
    )  # fmt: skip
    assert [one.file for one in done.skipped] == ["~$X02.xlsx"]
    assert "没有读取 1 个：~$X02.xlsx（文件打开时留下的锁定文件）" in report.consolidation_text(
        desk.summary(done)
    )
    assert book.read_bytes() == before


def test_a_notice_closes_no_period(tmp_path: Path) -> None:
    """A numbered notice, issued before most have reported, leaves the day open; the circular closes it."""
    office = Office(tmp_path)
    office.put(MAY, FIRST)
    office.put(MAY, FIRST.replace("2011-5-1", "2010-12-1"), unit="X02")
    notice = office.circular(MAY, kinds=["说明通知书"])
    assert notice.written[0].number
    office.put(MAY, SECOND.replace("2011-6-1", "2011-5-2"), unit="X03")
    assert office.consolidated(MAY).result("X03").value("签约金额") == 5000
    office.circular(MAY)
    office.put(MAY, SECOND.replace("2011-6-1", "2011-5-2"), unit="X02", batch=2)
    assert office.consolidated(MAY).result("X02").value("签约金额") == 0


def test_a_day_is_issued_anew_for_a_reason(office: Office) -> None:
    """--reissue: from what is known now, under the same number; the next period is compared with it."""
    office.put(MAY, FIRST.replace("9000", "9900"), batch=2)
    (kept,) = office.circular(MAY, overwrite=True).written
    (anew,) = office.circular(MAY, overwrite=True, reissue="更正城关镇数字").written
    assert (kept.number, anew.number) == ("台政办〔2011〕1号", "台政办〔2011〕1号（更正）")
    assert [json.loads(f.body)["reason"] for f in Store(office.place).frozen()] == ["", "更正城关镇数字"]
    office.put(JUNE, FIRST.replace("9000", "9900"))
    assert told(office.consolidated(JUNE), "签约金额") == "9900 + 0 + 0 = 9900"


def test_a_draft_of_a_published_day_shows_what_would_be_issued_anew(office: Office) -> None:
    office.put(MAY, FIRST.replace("9000", "9900"), batch=2)
    draft = office.circular(MAY, draft=True, overwrite=True)
    assert draft.outcome.result("X01").value("签约金额") == 9900


def test_a_late_file_of_a_published_period_is_made_up_for(office: Office) -> None:
    """补报: it is registered on sight, counts for the next period and does not touch the rate of its own."""
    office.put(MAY, SECOND, unit="X02")
    done = office.consolidated(MAY)
    assert done.reports[-1].states["X02"] == "未报送"
    office.put(JUNE, FIRST)
    states = [(r.number, r.states["X02"], r.rate) for r in office.consolidated(JUNE).reports]
    assert states == [(1, "补报", Decimal(1) / 3), (2, "沿用", Decimal(1) / 3)]


def test_other_rules_are_told_as_such(office: Office) -> None:
    office.put(JUNE, FIRST)
    office.rules(minimum=Decimal(1), joint_basis="各计一个", completion_basis="开工", new_basis="签约")
    outcome = office.consolidated(JUNE)
    assert told(outcome, "新上项目数") == "0 + 0 + 1 = 1"
    assert [(c.kind, c.measure) for c in outcome.corrections] == [("规则调整", "新上项目数")]


def test_a_draft_publishes_nothing(tmp_path: Path) -> None:
    place = Office(tmp_path)
    place.put(MAY, FIRST)
    place.circular(MAY, draft=True)
    assert Store(tmp_path).frozen() == []
    place.circular(MAY)
    place.circular(MAY)
    assert [(f.day, f.kinds) for f in Store(tmp_path).frozen()] == [("2011-05-13", "进展通报")]


def test_the_circular_shows_the_bridge(office: Office) -> None:
    office.put(JUNE, FIRST.replace("9000", "9500"), SECOND)
    (written,) = office.circular(JUNE).written
    facts = written.paper.facts
    assert facts["已公布"] is True
    rows = {row["名称"]: [row[x].tabular for x in ("上期", "新增", "更正", "累计")] for row in facts["衔接"]}
    assert rows["签约金额"] == ["9000.00", "5000.00", "500.00", "14500.00"]
    assert [(r["单位"], r["记录"], r["原公布"].tabular, r["现为"].tabular) for r in facts["更正"]] == [
        ("城关镇", "甲项目", "9000.00", "9500.00")
    ]
    assert facts["更正"][0]["原因"] == "原记录改动"


def test_where_nothing_was_published_the_circular_says_so() -> None:
    outcome = outcome_of(MAY_FILE, sent(JUNE, FIRST, SECOND))
    (paper,) = catalogue.papers("进展通报", outcome, rules(units=UNITS))
    assert (paper.facts["已公布"], outcome.published) == (False, None)


def test_a_changed_entry_of_what_was_published_is_found(office: Office) -> None:
    import sqlite3

    with sqlite3.connect(office.place / "归档" / "登记.db") as connection:
        connection.execute("DROP TRIGGER keep_published")
        connection.execute("UPDATE published SET body = replace(body, '9000', '9001')")
    connection.close()
    assert Store(office.place).faults() == ["公布登记第 1 条或它之前有被改动、删除的记录"]


def test_what_was_changed_under_one_batch_is_seen(tmp_path: Path) -> None:
    """The same day and batch with less money: as with a new batch nothing of it counts (H02), however often it is consolidated."""
    office = Office(tmp_path)
    office.put(MAY, FIRST, SECOND.replace("2011-6-1", "2011-5-2"))
    office.consolidated(MAY)
    office.put(MAY, FIRST.replace("9000", "8000"), SECOND.replace("2011-6-1", "2011-5-2"))
    for _ in range(3):
        outcome = office.consolidated(MAY)
        assert outcome.result("X01").value("签约金额") == 5000
        assert "H02" in {f.rule for f in outcome.result("X01").account.findings}
    office.put(MAY, FIRST, SECOND.replace("2011-6-1", "2011-5-2"))
    outcome = office.consolidated(MAY)
    assert outcome.result("X01").value("签约金额") == 14000
    assert "H02" not in {f.rule for f in outcome.result("X01").account.findings}


# ── closed by hand ───────────────────────────────────────────────────────────────────────────────


def closed(office: Office, day: date = MAY, **more: Any) -> str:
    """Close a period by hand and return what is told."""
    folders = (office.place / "报送", office.place / "输出")
    return desk.close(*folders, console=office.place / "操作台.xlsx", as_of=day, **more)


def test_the_clerk_closes_a_period_without_a_circular(tmp_path: Path) -> None:
    """结期: its figures and its reporting stay; what comes later is new or a correction, and made up for (补报)."""
    office = Office(tmp_path)
    office.put(MAY, FIRST)
    assert closed(office, reason="通报另行印发").startswith("第一期已结期（2011-05-13）")
    office.put(MAY, FIRST.replace("9000", "9900"), batch=2)
    office.put(MAY, SECOND.replace("2011-6-1", "2011-5-2"), unit="X02")
    assert office.consolidated(MAY).total("签约金额") == 9000
    office.put(JUNE, FIRST.replace("9000", "9900"))
    outcome = office.consolidated(JUNE)
    assert told(outcome, "签约金额") == "9000 + 5000 + 900 = 14900"
    assert outcome.reports[0].states["X02"] == "补报"
    assert [(f.day, f.kinds) for f in Store(office.place).frozen()] == [("2011-05-13", "结期")]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2011, 5, 12), "2011-05-12 不是任何一期的报送截止日，不能结期"),
        (MAY, "2011-05-13 已经结期或发出通报，不用再结"),
    ],
)
def test_what_cannot_be_closed(office: Office, day: date, said: str) -> None:
    with pytest.raises(desk.ActionError, match=said):
        closed(office, day)


def test_a_closed_contest_is_read_only(office: Office) -> None:
    """竞赛已结束: results and drafts can be seen; nothing is archived, numbered, closed or issued."""
    archive = office.place / "归档" / "登记.db"
    office.rules(closed=True)
    office.put(JUNE, SECOND, unit="X02")
    before = Store(office.place).archived()
    assert office.consolidated(JUNE).result("X02").value("签约金额") == 5000
    assert office.circular(JUNE, draft=True).written
    for action in (
        lambda: office.circular(JUNE),
        lambda: closed(office, JUNE),
        lambda: desk.issue(office.place / "下发", console=office.place / "操作台.xlsx"),
    ):
        with pytest.raises(desk.ActionError, match="本竞赛已结束，不能再"):
            action()
    assert Store(office.place).archived() == before
    assert archive.is_file()


# ── one record over time ─────────────────────────────────────────────────────────────────────────

VOUCHER = "项目编号 | 凭证号 | 付款方 | 到位日期 | 到位金额\nX01-001 | {} | 2011-5-2 | {}"


def paid(cutoff: date, voucher: str, amount: str = "100", **more: Any) -> Submission:
    """Return X01's file with one voucher."""
    return sent(cutoff, FIRST, 到位资金=VOUCHER.format(voucher, amount), **more)


@pytest.mark.parametrize("again", ["p-1 | 甲公司", "Ｐ－1 | 甲公司", "P-1 | 甲 公司"])
def test_a_voucher_written_otherwise_is_the_same_voucher(again: str) -> None:
    """Width, case and blanks fold over time too: no correction, a ruling and H02 go on holding."""
    may, june = paid(MAY, "P-1 | 甲公司"), paid(JUNE, again)
    outcome = outcome_of(may, june)
    assert told(outcome, "到位资金") == "100 + 0 + 0 = 100"
    ruled = rules(units=UNITS, rulings=(ruling("X01/到位资金/P-1|甲公司", "不予认定", day=MAY),))
    assert outcome_of(may, june, book=ruled).total("到位资金") == 0
    fallen = outcome_of(may, paid(JUNE, again, "60"))
    assert fallen.total("到位资金") == 0
    assert "H02" in {f.rule for f in fallen.ledger.accounts[0].findings}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rulings": (ruling("X01/项目台账/X01-001", "不予认定"),)}, ("裁定", "裁定不予认定")),
        (
            {
                "inspections": (
                    Inspection(JUNE, "X01", "X01/项目台账/X01-001", "", Inspected.UNTRUE, "赵督查", ""),
                )
            },
            ("裁定", "裁定不予认定"),
        ),
    ],
)
def test_a_ruling_on_a_project_is_the_reason_of_its_vouchers_too(
    changes: dict[str, Any], reason: tuple[str, str]
) -> None:
    book = rules(units=UNITS, minimum=Decimal(1), **changes)
    outcome = outcome_of(paid(MAY, "P-1 | 甲公司"), paid(JUNE, "P-1 | 甲公司"), book=book)
    assert {(c.kind, c.detail) for c in outcome.corrections} == {reason}
    assert {c.measure for c in outcome.corrections} >= {"签约金额", "到位资金"}


def test_what_changed_of_a_project_is_the_reason_of_its_vouchers() -> None:
    june = sent(JUNE, FIRST.replace("签约 |", "终止 |"), 到位资金=VOUCHER.format("P-1 | 甲公司", "100"))
    found = outcome_of(paid(MAY, "P-1 | 甲公司"), june).corrections
    (one,) = [c for c in found if c.measure == "到位资金"]
    assert one.kind == "原记录改动" and one.detail.startswith("所属项目「项目阶段」由 签约 改为 终止；")


def test_a_late_file_of_the_same_batch_puts_nothing_out_of_force(office: Office) -> None:
    """What was accepted stays in force; the other file is in conflict (F08), and is told so."""
    other = office.place / "报送" / "X01_05-13_1_再.xlsx"
    data = template_of(
        {"项目台账": f"{PROJECTS}\n{SECOND}"}, "X01", rules(units=UNITS), {"cutoff": MAY, "batch": 1}
    )
    other.write_bytes(data)
    outcome = office.consolidated(JUNE)
    assert outcome.result("X01").value("签约金额") == 9000
    assert told(outcome, "签约金额") == "9000 + 0 + 0 = 9000"
    (rejected,) = outcome.ledger.rejected
    assert (rejected.file, [f.message.split("。")[0] for f in rejected.findings if f.rule == "F08"]) == (
        other.name, ["本单位 2011-05-13 第 1 批已经采用了 X01_05-13_1.xlsx，这份内容不同，没有采用"],
    )  # fmt: skip


def test_a_closed_period_keeps_its_row_whatever_becomes_of_the_list(office: Office) -> None:
    """A unit taken off the list, or merged from an earlier day, was due and reported all the same."""
    office.put(JUNE, FIRST)
    before = office.consolidated(JUNE).reports[0].states
    for units in (UNITS[:2], (UNITS[0], replace(UNITS[1], merged_into="X01", merged_on=date(2011, 5, 1)))):
        with (office.place / "操作台.xlsx").open("wb") as target:
            write_console(target, rules(units=units), macros=False)
        assert office.consolidated(JUNE).reports[0].states == before


def test_a_unit_taken_off_the_list_hurts_no_partner() -> None:
    """P05 warns; the partner's share goes on counting."""
    joint = "项目编号 | 引进方式 | 本单位份额 | 联合标识 | 联合单位代码 | 签约日期 | 签约金额\nX01-001 | 联合 | 60 | L1 | X02 | 2011-5-1 | 5000"
    book = rules(units=(UNITS[0], UNITS[2]))
    files = [
        submission_of({"项目台账": joint}, file=f"{day}.xlsx", book=book, cover={"cutoff": day})
        for day in (MAY, JUNE)
    ]
    outcome = outcome_of(*files, book=book)
    assert told(outcome, "签约金额") == "3000 + 0 + 0 = 3000"
    assert [f.severity for f in outcome.ledger.accounts[0].findings if f.rule == "P05"] == ["警"]


def test_a_look_back_at_a_published_day_accepts_no_file_in_conflict(office: Office) -> None:
    """Consolidating a published day again registers what came since, and decides nothing between two files of one batch."""
    office.put(JUNE, FIRST)
    other = office.place / "报送" / "X01_06-12_1_再.xlsx"
    data = template_of(
        {"项目台账": f"{PROJECTS}\n{SECOND}"}, "X01", rules(units=UNITS), {"cutoff": JUNE, "batch": 1}
    )
    other.write_bytes(data)
    before = desk.summary(
        desk.consolidate(
            office.place / "报送", office.place / "输出", console=office.place / "操作台.xlsx", as_of=JUNE
        )
    )
    office.consolidated(MAY)
    done = desk.consolidate(
        office.place / "报送",
        office.place / "输出",
        console=office.place / "操作台.xlsx",
        as_of=JUNE,
        overwrite=True,
    )
    assert {**desk.summary(done), "outputs": []} == {**before, "outputs": []}


def test_a_file_changed_under_its_batch_before_publishing_stays_what_it_was(tmp_path: Path) -> None:
    """H02 against the file that it replaced holds for the published day too: the same bytes again."""
    office = Office(tmp_path)
    office.put(MAY, FIRST, SECOND.replace("2011-6-1", "2011-5-2"))
    office.consolidated(MAY)
    office.put(MAY, FIRST.replace("9000", "8000"), SECOND.replace("2011-6-1", "2011-5-2"))
    (first,) = office.circular(MAY).written
    (again,) = office.circular(MAY, overwrite=True).written
    assert (first.number, again.number) == ("台政办〔2011〕1号", "台政办〔2011〕1号")
    assert office.consolidated(MAY).total("签约金额") == 5000


def test_a_notice_is_no_published_figure(office: Office) -> None:
    """A numbered 调度会通知 of a day within the period prints no figures: nothing is compared with it."""
    office.circular(date(2011, 6, 3), kinds=["调度会通知"])
    office.put(JUNE, FIRST, SECOND)
    assert office.consolidated(JUNE).since == MAY
