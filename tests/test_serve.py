"""The reporting desk: a unit hands in, the office works, the leader looks (issue: nothing is lost, nothing is told twice)."""

import hashlib
import html
import io
import json
import re
import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import uvicorn
from click.testing import CliRunner
from serving import CODES, FIRST, SOUND, Office, blank, form, office, serve, text_of
from sheets import grids_of, workbook_of
from unix import needs_fork

from baiti_xl import desk
from baiti_xl.cli import main
from baiti_xl.contest.choices import Reported
from baiti_xl.desk import rules
from baiti_xl.desk.database import DATABASE
from baiti_xl.desk.entering import Act, entered
from baiti_xl.desk.entries import CLASH, Issued
from baiti_xl.desk.issuing import issue
from baiti_xl.desk.outputs import contents
from baiti_xl.desk.receipts import HANDED_IN, handed_in
from baiti_xl.desk.store import Store
from baiti_xl.scale import processes
from baiti_xl.serve import accounts, run, work
from baiti_xl.serve import place as places
from baiti_xl.serve.place import STALE_SECONDS, Place
from baiti_xl.serve.sessions import TOLD_SECONDS, Sessions
from baiti_xl.serve.slips import give_out

__all__ = ["blank", "office", "serve"]
WRONG = {"项目台账": "项目阶段 | 签约金额 | 签约日期\n签约 | 12000 | 2011-5-1\n签约 | abc | 2011-5-1"}


# ── a unit errs, mends and hands in ──────────────────────────────────────────────────────────────


def test_a_dropped_form_is_told_with_cells_figures_and_tier_and_nothing_is_kept(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.drop(form(tables=WRONG))
    said = visitor.said()
    assert "有 1 处“错”" in said
    assert re.search(r"错 项目台账 K5 签约金额", said)
    assert "签约项目数 1 个" in said
    assert "签约金额 12,000 万元" in said
    assert "最高档次 二档" in said
    assert "基本任务 已完成" in said
    assert office.files() == {}
    assert office.place.store.archived() == []


def test_what_is_handed_in_is_kept_to_the_byte_and_its_receipt_is_the_register(office: Office) -> None:
    data, visitor = form(), office.visitor("X01")
    visitor.hand_in(data)
    (entry,) = office.place.store.archived()
    digest = hashlib.sha256(data).hexdigest()
    assert (entry.hash, entry.unit, entry.cutoff, entry.batch) == (digest, "X01", "2011-05-13", 1)
    assert (entry.result, entry.moment) == (HANDED_IN, "2011-05-12 09:30:00")
    for part in ("台前-2011-00001", "X01 城关镇", "2011-05-12 09:30:00（按时）", "第一期", digest):
        assert part in visitor.said()
    name = "第一期/X01_城关镇_2011-05-13_第1批.xlsx"
    assert office.files() == {name: data}
    assert office.place.store.read(digest) == data
    assert visitor.get("/unit/receipt/1/file").content == data
    assert (Act.HANDED_IN, "X01", "X01") in office.log()
    assert office.place.store.faults() == []


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime(2011, 5, 13, 23, 59, 59), Reported.IN_TIME),
        (datetime(2011, 5, 14, 0, 0, 0), Reported.LATE),
    ],
)
def test_the_moment_of_handing_in_is_the_arrival(office: Office, moment: datetime, state: Reported) -> None:
    office.now = moment
    assert ("按时" in office.visitor("X01").hand_in(form()).text) is (state is Reported.IN_TIME)
    found = desk.consolidate(
        office.place.settings.submissions, office.place.folder / "输出", console=office.place.settings.console
    )
    assert found.outcome.reports[-1].states["X01"] is state


def test_until_the_cutoff_a_newer_one_takes_its_place_and_both_are_kept(office: Office) -> None:
    visitor, first, second = office.visitor("X01"), form(), form(tables={})
    visitor.hand_in(first)
    office.now += timedelta(hours=1)
    visitor.hand_in(second)
    assert list(office.files().values()) == [second]
    assert [r.number for r in handed_in(office.place.store, "X01")] == [1, 2]
    assert {office.place.store.read(r.hash) for r in handed_in(office.place.store)} == {first, second}
    office.now += timedelta(hours=1)
    visitor.hand_in(first)
    assert list(office.files().values()) == [first]
    assert [r.number for r in handed_in(office.place.store, "X01")] == [1, 2, 3]
    rows = re.findall(
        r"台前-2011-0000(\d).*?(这一期以它为准|已被后来的替代)", visitor.get("/unit").text, re.DOTALL
    )
    assert rows == [("3", "这一期以它为准"), ("2", "已被后来的替代"), ("1", "已被后来的替代")]


def test_the_same_file_again_is_the_same_receipt(office: Office) -> None:
    visitor = office.visitor("X01")
    assert [str(visitor.hand_in(form()).url)[-2:] for _ in range(2)] == ["/1", "/1"]
    assert len(handed_in(office.place.store)) == 1


def test_the_button_pressed_twice_is_the_same_receipt(office: Office) -> None:
    visitor = office.visitor("X01")
    page = visitor.drop(form())
    digest = hashlib.sha256(form()).hexdigest()
    for _ in range(2):
        visitor.page = page
        assert str(visitor.post("/unit/hand-in", digest=digest).url).endswith("/unit/receipt/1")


@pytest.mark.parametrize(
    ("later", "batch", "said"),
    [
        (timedelta(days=0), 1, "排在它前面，不会被采用。请把封面的报送批次改成 3，再放一次"),
        (
            timedelta(days=2),
            2,
            "报送截止日 2011-05-13 已过，第 2 批不能再换。请把封面的报送批次改成 3，再放一次",
        ),
        (timedelta(days=2), 3, ""),
    ],
)
def test_what_would_not_come_into_force_is_told_before_it_is_handed_in(
    office: Office, later: timedelta, batch: int, said: str
) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form(batch=2))
    office.now += later
    page = visitor.drop(form(tables={}, batch=batch))
    assert said in visitor.said()
    assert ('action="/unit/hand-in"' in page.text) == (not said)
    assert "上次" in visitor.said()  # its figures are shown all the same


def test_a_form_looked_at_in_time_and_handed_in_too_late_is_not_taken(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form(batch=2))
    found = re.search(r'name="digest" value="(\w+)"', visitor.drop(form(tables={}, batch=2)).text)
    assert found
    office.now += timedelta(days=2)
    visitor.post("/unit/hand-in", digest=found[1])
    assert "第 2 批不能再换" in visitor.said()
    assert (len(handed_in(office.place.store)), len(office.files())) == (1, 1)


@pytest.mark.parametrize("name", ["x01", " X01 ", "Ｘ０１"])
def test_a_name_is_read_in_any_case_and_width(office: Office, name: str) -> None:
    assert "城关镇" in text_of(office.visitor().sign_in(name, CODES["X01"]))


def test_a_clerks_file_whose_place_is_taken_goes_to_the_archive_first(office: Office) -> None:
    target = office.place.settings.submissions / "第一期" / "X01_城关镇_2011-05-13_第1批.xlsx"
    target.parent.mkdir()
    target.write_bytes(b"by hand")
    office.visitor("X01").hand_in(form())
    assert target.read_bytes() == form()
    assert office.place.store.read(hashlib.sha256(b"by hand").hexdigest()) == b"by hand"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (form("X02"), "封面的单位代码是 X02，不是本单位（X01）的报送表"),
        (form(cutoff=date(2012, 1, 1)), "填报截止日期不在竞赛期内"),
        (workbook_of(grids_of(SOUND, "X01", {"cutoff": FIRST, "batch": ""})), "不能交"),
        (b"", "这份文件不能交"),
        ("单位,项目".encode("gbk"), "这份文件不能交"),
    ],
)
def test_what_cannot_stand_for_the_unit_cannot_be_handed_in(office: Office, data: bytes, said: str) -> None:
    visitor = office.visitor("X01")
    visitor.drop(data)
    assert said in visitor.said()
    assert 'name="digest"' not in visitor.page.text
    visitor.get("/unit")
    office.place.store.create()
    assert handed_in(office.place.store) == []


def test_what_changed_since_the_last_one_is_told_by_row(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form())
    more = {"项目台账": "项目阶段 | 签约金额 | 签约日期\n签约 | 11000 | 2011-5-1\n签约 | 6000 | 2011-5-2"}
    visitor.drop(form(tables=more, batch=2))
    said = visitor.said()
    assert "与上一次（截至 2011-05-13 第 1 批）相比" in said
    assert "「项目台账」新增第 5 行：X01-002" in said
    assert "「项目台账」K4「签约金额」由“12000”改为“11000”" in said
    assert "签约金额 17,000 万元 上次 12,000 万元" in said


def test_the_form_comes_with_the_units_rows(office: Office) -> None:
    visitor = office.visitor("X01")
    empty = visitor.get("/unit/form")
    assert "UTF-8''X01_" in empty.headers["content-disposition"]
    visitor.hand_in(form())
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/unit/form").content))
    assert book["项目台账"]["K4"].value == 12000
    cover = {row[0].value: row[1].value for row in book["封面"].iter_rows(max_col=2) if row[0].value}
    told = {str(name).rstrip("*"): value for name, value in cover.items()}
    assert (told["单位代码"], told["报送批次"], told["填报人"]) == ("X01", None, "李明")


def test_the_marked_copy_shows_the_findings(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.drop(form(tables=WRONG))
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/unit/draft/marked").content))
    assert "校验结果" in book.sheetnames
    visitor.get("/unit/draft")
    visitor.post("/unit/hand-in", digest=hashlib.sha256(form(tables=WRONG)).hexdigest())
    assert visitor.get("/unit/receipt/1/marked").status_code == 200


# ── the office ───────────────────────────────────────────────────────────────────────────────────


def acted(office: Office, clerk: Any, action: str, **asked: str) -> Any:
    """Carry out an action as a clerk does, and return what came of it."""
    clerk.post("/office/act", at="/office/actions", action=action, **asked)
    assert clerk.page.status_code == 200, clerk.said()
    return office.done()


def test_the_office_consolidates_reviews_answers_and_issues_and_the_unit_replies(office: Office) -> None:
    unit, idle, clerk = office.visitor("X01"), office.visitor("X02"), office.visitor("办公室")
    unit.hand_in(form(tables=WRONG))
    idle.hand_in(form("X02", {}))
    job = acted(office, clerk, "consolidate")
    assert "统计日 2011-05-13（第一期）：2 份中 2 份填到这一天" in job.done.text
    assert "汇总结果_2011-05-13.xlsx" in text_of(clerk.get("/office/actions"))
    job = acted(office, clerk, "return")
    assert "1 份报送表有错" in job.done.text
    assert "补正通知" in text_of(unit.get("/unit"))
    links = re.findall(r'href="(/unit/post/\d+/\d+)">([^<]+)<', unit.page.text)
    assert [Path(name).suffix for _, name in links] == [".xlsx", ".docx"]
    assert all(unit.get(link).content.startswith(b"PK") for link, _ in links)
    unit.post("/unit/reply", at="/unit", about="补正通知/2011-05-13", text="已改好，见第2批。")
    assert "回复已登记" in unit.said()
    assert "X01 补正通知 2011-05-13：已改好，见第2批。" in text_of(clerk.get("/office"))
    job = acted(office, clerk, "review", dated="2011-05-16")
    waiting = [m for m in job.done.matters if m.answer is None]
    assert waiting
    job = acted(office, clerk, "documents", kind="说明通知书", dated="2011-05-16", numbered="yes", sure="yes")
    assert f"会审还有 {len(waiting)} 件没有答复" in job.failed
    clerk.get("/office/matters")
    answers: dict[str, str] = {}
    for at in re.findall(r'name="mark(\d+)"', clerk.page.text):
        mark = re.search(rf'name="mark{at}" value="([^"]+)"', clerk.page.text)
        answers |= {f"mark{at}": mark[1] if mark else "", f"answer{at}": "照发", f"reason{at}": "已核实"}
    clerk.post("/office/answers", name="样例甲", **answers)
    assert f"已登记 {len(waiting)} 件答复" in clerk.said()
    job = acted(office, clerk, "documents", kind="说明通知书", dated="2011-05-16", numbered="yes", sure="yes")
    assert not job.failed, job.failed
    assert [entry.unit for entry in office.place.store.issued()] == ["X02"]

    def owing() -> list[str]:
        settings, dated = office.place.settings, date(2011, 6, 13)
        found = desk.review(settings.submissions, console=settings.console, as_of=FIRST, dated=dated)
        return [m.unit for m in found.matters if m.kind == "回复逾期"]

    assert owing() == ["X02"]
    assert "说明通知书 台竞办〔2011〕1号" in text_of(idle.get("/unit"))
    paper = re.search(r'href="(/unit/post/\d+/\d+)">说明通知书', idle.page.text)
    assert paper
    assert idle.get(paper[1]).content.startswith(b"PK")
    office.now = datetime(2011, 5, 18, 10)
    idle.post("/unit/reply", at="/unit", about="说明通知书/2011-05-13", text="客商仍在考察")
    assert owing() == []


def reviewed(office: Office, clerk: Any) -> list[str]:
    """Review two units' forms, which are alike, and return the marks of what waits for an answer."""
    office.visitor("X01").hand_in(form(tables=WRONG))
    office.visitor("X02").hand_in(form("X02"))
    acted(office, clerk, "review", dated="2011-05-16")
    page = clerk.get("/office/matters").text
    return [html.unescape(mark) for mark in re.findall(r'name="mark\d+" value="([^"]+)"', page)]


@pytest.mark.parametrize(
    ("said", "why", "told"),
    [
        ("照发", "已核实", "已登记 1 件答复"),
        ("照发", "", "答复“照发”的要写明理由。没有登记任何答复"),
        ("已改", "", "已登记 1 件答复"),
        ("裁定", "", "已登记 1 件答复"),
        ("随便", "已核实", "答复“随便”不在列表里。没有登记任何答复"),
        ("", "已核实", "请至少答复一件"),
    ],
)
def test_only_an_answer_to_issue_all_the_same_needs_a_reason(
    office: Office, said: str, why: str, told: str
) -> None:
    clerk = office.visitor("办公室")
    mark = reviewed(office, clerk)[0]
    clerk.post("/office/answers", name="样例甲", mark7=mark, answer7=said, reason7=why)
    assert told in clerk.said()
    assert [about for _, _, about in office.log(Act.ANSWER)] == ([mark] if "已登记" in told else [])


def test_answers_go_by_the_marks_of_their_matters_and_one_of_other_facts_is_told(office: Office) -> None:
    clerk = office.visitor("办公室")
    marks = reviewed(office, clerk)
    two = {"mark0": marks[1], "answer0": "照发", "reason0": "甲", "mark1": marks[0], "answer1": "照发", "reason1": "乙"}  # fmt: skip
    clerk.post("/office/answers", name="样例甲", **{**two, "mark1": "更正/X01/不再有"})
    assert "事项“更正/X01/不再有”不在最近一次会审里" in clerk.said()
    assert office.log(Act.ANSWER) == []
    clerk.post("/office/answers", at="/office/matters", name="样例甲", **two)
    assert [(one.about, json.loads(one.body)["reason"]) for one in entered(office.place.store, Act.ANSWER)] == [
        (marks[1], "甲"), (marks[0], "乙"),
    ]  # fmt: skip


def test_papers_of_one_kind_leave_the_list_of_the_review_as_it_was(office: Office) -> None:
    clerk = office.visitor("办公室")
    reviewed(office, clerk)
    listed = office.place.review
    job = acted(office, clerk, "documents", kind="进展通报", dated="2011-05-17")
    assert not job.failed
    assert office.place.review is listed


def test_a_page_that_is_of_before_says_so_and_one_who_acts_sees_what_came_of_it(office: Office) -> None:
    changed = "这以后报送、答复或操作台又有变动"
    office.visitor("X02").hand_in(form("X02"))
    clerk = office.visitor("办公室")
    assert changed not in text_of(clerk.get("/office"))
    office.visitor("X01").hand_in(form())
    assert changed in text_of(clerk.get("/office"))
    assert clerk.page.headers["refresh"] == "10"
    office.now += timedelta(seconds=STALE_SECONDS)
    assert re.search(r"X01 城关镇 按时", text_of(clerk.get("/office")))
    assert changed not in clerk.said()
    office.visitor("X03").hand_in(form("X03"))
    acted(office, clerk, "consolidate")
    assert changed not in text_of(clerk.get("/office"))
    assert re.search(r"X03 \S+ 按时", clerk.said())


def test_a_day_that_is_worked_out_while_others_write_says_that_it_is_of_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_out = work.outcome

    def slow(*asked: Any) -> Any:
        found = work_out(*asked)  # of what was there when it began
        (office.place.settings.submissions / "后到.xlsx").write_bytes(form("X02"))
        return found

    office.visitor("X01").hand_in(form())
    monkeypatch.setattr(work, "outcome", slow)
    made = office.place.picture()
    assert made
    assert not made.is_now


def test_what_is_still_worked_out_leads_to_the_page_that_was_asked_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "picture", lambda *_: None)
    clerk = office.visitor("办公室")
    for path in ("/office?day=2011-06-12", "/figure/%E5%85%A8%E5%8E%BF/6?day=2011-06-12", "/totals"):
        assert f'href="{path}">现在刷新' in clerk.get(path).text


def test_a_console_that_cannot_be_read_or_is_another_contests_is_told_to_the_office_alone(
    office: Office,
) -> None:
    clerk, unit, console = office.visitor("办公室"), office.visitor("X01"), office.place.settings.console
    sound = console.read_bytes()
    console.write_bytes(b"half saved")
    said = text_of(clerk.get("/office"))
    assert "操作台现在读不出来，网页仍按上一次读到的规则" in said
    assert str(office.place.folder) not in said
    assert "操作台现在读不出来" not in unit.get("/unit").text
    console.write_bytes(sound)
    assert "操作台现在读不出来" not in clerk.get("/office").text
    desk.write_rules(console, replace(desk.load_rules(console), contest_id="别处-2012"))
    said = text_of(clerk.get("/office"))
    assert "操作台的竞赛标识原来是 台前-2011，现在是 别处-2012，网页已经照现在的算" in said


def test_a_paper_is_found_where_a_page_that_is_open_has_it_though_others_came_since(office: Office) -> None:
    unit, outputs = office.visitor("X01"), office.place.settings.outputs

    def come(name: str) -> None:
        (outputs / name).write_text(name)
        office.place.log(Act.SENT_BACK, "样例甲", "X01", day="2011-05-13", files=[name])
        office.now += timedelta(hours=1)

    come("一.docx")
    links = re.findall(r'href="(/unit/post/\d+/\d+)">([^<]+)<', unit.get("/unit").text)
    come("二.docx")
    assert [(unit.get(link).text, name) for link, name in links] == [("一.docx", "一.docx")]
    shown = re.findall(r'href="/unit/post/(\d+)/0">([^<]+)<', unit.get("/unit").text)
    assert shown == [("1", "二.docx"), ("0", "一.docx")]  # the newest first, numbered from the oldest


def test_a_paper_of_another_pc_that_lost_its_number_is_no_post(office: Office) -> None:
    entry = Issued("台竞办", 2011, 1, 1, "发文", "说明通知书", "X01", "2011-05-13", "2011-05-16", "", "", "", "", "", "", "", "样例甲", "2011-05-16 10:00:00")  # fmt: skip
    with office.place.store.locked() as connection:
        issue(connection, replace(entry, act=CLASH, version=2))
    unit = office.visitor("X01")
    assert "说明通知书" not in unit.said()
    with office.place.store.locked() as connection:
        issue(connection, entry)
    assert "说明通知书 台竞办〔2011〕1号" in text_of(unit.get("/unit"))


def test_looking_changes_nothing(office: Office) -> None:
    unit = office.visitor("X01")
    unit.hand_in(form())
    unit.client.head("/unit/form")
    assert office.log(Act.TAKEN) == []
    for _ in range(2):
        unit.get("/unit/form")
    assert office.log(Act.TAKEN) == [
        (Act.TAKEN, "X01", "X01_城关镇_报送表.xlsx")
    ]  # that a file was taken, once
    before = office.log()
    office.place.log(Act.SENT_BACK, "样例甲", "X01", day="2011-05-13", files=[])
    unit.post("/unit/reply", at="/unit", about="补正通知/2011-05-13", text="已改好")
    told = str(unit.page.url)
    for _ in range(3):
        assert "回复已登记" in text_of(unit.get(told))
        assert "回复已登记" not in text_of(unit.get("/unit"))
    assert len(office.log()) == len(before) + 2


def test_numbering_needs_a_second_word(office: Office) -> None:
    clerk = office.visitor("办公室")
    clerk.post("/office/act", at="/office/actions", action="documents", numbered="yes")
    assert "编号发出不能收回" in clerk.said()
    assert office.place.job is None


def test_a_figure_leads_to_its_cell(office: Office) -> None:
    office.visitor("X01").hand_in(form())
    leader = office.visitor("领导")
    assert "签约金额 12,000 万元" in text_of(leader.get("/totals"))
    link = re.search(r'href="(/figure/X01/\d+)" aria-label="城关镇 签约金额', leader.get("/units").text)
    assert link
    page = leader.get(link[1])
    cell = re.search(r'href="(/row/[^"]+)"[^>]*>K4<', page.text)
    assert cell
    assert "第一期/X01_城关镇_2011-05-13_第1批.xlsx 项目台账 K4 12,000" in text_of(page)
    assert "K4 签约金额 12000 ← 这一格" in text_of(leader.get(cell[1].replace("&amp;", "&")))
    for path in ("/boards", "/tiers", "/figure/全县/6", "/figure/全县/0"):
        assert leader.get(path).status_code == 200


def test_the_board_tells_who_has_reported_by_period(office: Office) -> None:
    office.visitor("X01").hand_in(form())
    said = text_of(office.visitor("办公室").get("/office?day=2011-06-12"))
    assert re.search(r"X01 城关镇 按时 沿用", said)
    assert re.search(r"X02 侯庙镇 未报送 未报送", said)


def test_every_page_of_the_office_opens(office: Office) -> None:
    clerk = office.visitor("办公室")
    for path in (
        "/office",
        "/office/actions",
        "/office/matters",
        "/office/files",
        "/office/codes",
        "/office/log",
    ):
        assert clerk.get(path).status_code == 200, path
    office.visitor("X01").hand_in(form())
    assert "规则没有问题" in acted(office, clerk, "rules").done.text
    assert not acted(office, clerk, "consolidate").failed
    link = re.search(r'href="(/office/files/\w+)">输出/汇总结果', clerk.get("/office/files").text)
    assert link
    assert clerk.get(link[1]).content.startswith(b"PK")


# ── codes ────────────────────────────────────────────────────────────────────────────────────────


def test_codes_are_given_out_once_and_kept_only_as_hashes(office: Office, tmp_path: Path) -> None:
    console = str(office.place.settings.console)
    done = CliRunner().invoke(main, ["issue", "--console", console, "--out", str(tmp_path), "--new-code", "X04", "--new-code", "办公室甲"])  # fmt: skip
    assert done.exit_code == 0, done.output
    mail = message_from_bytes((tmp_path / "访问码" / "X04_打渔陈镇_访问码.eml").read_bytes())
    body = next(part for part in mail.walk() if part.get_content_type() == "text/plain").get_payload(
        decode=True
    )
    assert isinstance(body, bytes)
    found = re.search(r"访问码　(\S+)", body.decode())
    assert found
    assert office.visitor().sign_in("X04", found[1].lower()).url.path == "/unit"
    (slips,) = (tmp_path / "访问码").glob("*清单.txt")
    assert found[1] in slips.read_text("utf-8-sig")
    assert "办公室甲" in slips.read_text("utf-8-sig")
    kept = (office.place.store.root / DATABASE).read_bytes()
    assert found[1].encode() not in kept
    assert found[1].replace("-", "").encode() not in kept


def test_issue_gives_every_unit_without_a_code_one(office: Office, tmp_path: Path) -> None:
    console = str(office.place.settings.console)
    accounts.set_codes(
        office.place.store, office.place.book, [(u.code, "K7QM-3XRD-9PWT") for u in office.place.book.units[5:]], "甲", office.now,
    )  # fmt: skip
    assert give_out(tmp_path, console=Path(console), who="样例甲").count == 2
    assert {p.name[:3] for p in (tmp_path / "访问码").glob("*.eml")} == {"X04", "X05"}


def test_a_code_is_changed_and_revoked_and_sessions_under_it_end(office: Office) -> None:
    unit, clerk = office.visitor("X01"), office.visitor("办公室")
    unit.post(
        "/code", at="/code", old="wrong", new="春风 又绿江南岸 2011 年", again="春风 又绿江南岸 2011 年"
    )
    assert "现在的访问码不对" in unit.said()
    unit.post("/code", old=CODES["X01"], new="aaaaaaaaaaaaa", again="aaaaaaaaaaaaa")
    assert "访问码至少 12 位" in unit.said()
    fine = "春风又绿江南岸-2011-年"
    unit.post("/code", at="/code", old=CODES["X01"], new=fine, again=fine)
    assert unit.get("/unit").url.path == "/"
    assert unit.sign_in("X01").status_code == 401
    assert unit.sign_in("X01", fine).url.path == "/unit"
    clerk.post("/office/codes", at="/office/codes", name="X01", act="revoke")
    assert "起用的访问码立即停用" in clerk.said()
    assert unit.get("/unit").url.path == "/unit"  # asked, and nothing done
    asked = clerk.page
    clerk.post("/office/codes", act="revoke")
    assert "X01 的访问码已经停用" in clerk.said()
    assert unit.get("/unit").url.path == "/"
    assert unit.sign_in("X01", fine).status_code == 401
    clerk.post("/office/codes", at="/office/codes", name="X01", act="new")
    fresh = re.search(r"X01 的新访问码：<strong>([^<]+)<", clerk.page.text)
    assert fresh
    assert unit.sign_in("X01", fresh[1]).url.path == "/unit"
    assert clerk.page.request.method == "GET"
    assert fresh[1] in clerk.get(str(clerk.page.url)).text  # opened again, nothing is done again
    assert unit.get("/unit").url.path == "/unit"
    assert fresh[1] not in clerk.get("/office/codes").text
    clerk.page = asked
    clerk.post("/office/codes", act="revoke")  # what was asked of another code
    assert "起用的访问码立即停用" in clerk.said()
    assert unit.get("/unit").url.path == "/unit"


def test_a_new_code_for_one_in_use_is_asked_about_and_ends_the_old_one_at_once(office: Office) -> None:
    unit, clerk = office.visitor("X01"), office.visitor("办公室")
    clerk.post("/office/codes", at="/office/codes", name="X01", act="new")
    assert "立即失效" in clerk.said()
    assert unit.get("/unit").url.path == "/unit"
    clerk.post("/office/codes", act="new")
    assert "X01 的新访问码" in clerk.said()
    assert unit.get("/unit").url.path == "/"


def test_names_that_differ_in_case_or_width_are_one_account(office: Office) -> None:
    """Whoever writes the second changes the code of the first, and is asked about it."""
    clerk = office.visitor("办公室")
    found: list[Any] = []
    for name in ("办公室A", "办公室a", "办公室Ａ"):
        clerk.post("/office/codes", at="/office/codes", name=name, act="new")
        assert ("立即失效" in clerk.said()) == bool(found)
        if found:
            clerk.post("/office/codes", act="new")
        code = re.search(r"办公室A 的新访问码：<strong>([^<]+)<", clerk.page.text)
        assert code, clerk.said()
        found.append(code[1])
    held = accounts.accounts(office.place.store, office.place.book)
    assert set(held) == {*CODES, "办公室A"}
    for name in ("办公室A", "办公室a"):
        assert [office.visitor().sign_in(name, code).status_code for code in found] == [401, 401, 200]


def test_two_accounts_of_an_earlier_version_that_differ_in_case_are_one(office: Office) -> None:
    place = office.place
    for name, code in (("办公室A", "AAAA-BBBB-CCCC"), ("办公室a", "DDDD-EEEE-FFFF")):
        office.now += timedelta(minutes=1)
        place.log(Act.CODE, "办公室", name, role="办公室", hash=accounts.hashed(code))
    held = accounts.accounts(place.store, place.book)
    assert "办公室a" not in held and accounts.fits("DDDD-EEEE-FFFF", held["办公室A"].hash)


@pytest.mark.parametrize("name", ["办公室\n甲", "办公室\u200b甲", "办公室\u202e甲"])
def test_no_account_has_a_name_that_cannot_be_seen(office: Office, name: str) -> None:
    clerk = office.visitor("办公室")
    clerk.post("/office/codes", at="/office/codes", name=name, act="new")
    assert "账号里有换行或看不见的字符" in clerk.said()
    assert set(accounts.accounts(office.place.store, office.place.book)) == set(CODES)


def test_a_code_is_shown_five_minutes(serve: Callable[..., Office]) -> None:
    now = [1000.0]
    office = serve(sessions=Sessions(lambda: now[0]))
    clerk = office.visitor("办公室")
    clerk.post("/office/codes", at="/office/codes", name="办公室乙", act="new")
    address = str(clerk.page.url)
    for later, is_shown in ((TOLD_SECONDS - 1, True), (1, False)):
        now[0] += later
        assert ("办公室乙 的新访问码" in text_of(clerk.get(address))) is is_shown


def renamed(place: Place, code: str, former: str) -> None:
    """Give a unit another code in the console."""
    console = place.settings.console
    book = desk.load_rules(console)
    units = tuple(replace(u, code=code, former=(former,)) if u.code == former else u for u in book.units)
    desk.write_rules(console, replace(book, units=units))


@pytest.mark.parametrize("name", ["X01", "X91", "x91"])
def test_a_unit_that_has_another_code_by_now_signs_in_with_either_and_keeps_what_is_its_own(
    office: Office, name: str
) -> None:
    before = office.visitor("X01")
    before.hand_in(form())
    office.place.log(Act.REPLY, "X01", "补正通知/2011-05-13", unit="X01", text="已改好")
    renamed(office.place, "X91", "X01")
    assert "X91 城关镇" in text_of(before.get("/unit"))
    visitor = office.visitor()
    visitor.sign_in(name, CODES["X01"])
    assert "X91 城关镇" in visitor.said()
    assert "第一期已交：2011-05-12 09:30:00 收到" in visitor.said()
    assert "已改好" in visitor.said()
    assert visitor.get("/unit/receipt/1/file").content == form()
    visitor.hand_in(form(batch=2))
    assert visitor.get("/unit/receipt/2").status_code == 200
    assert office.visitor().sign_in("X91", "wrong").status_code == 401
    board = text_of(office.visitor("办公室").get("/office"))
    assert "台前-2011-00002（共 2 次）" in board


# ── started twice, killed, disk full, two clerks at once ─────────────────────────────────────────


def test_a_second_server_of_the_folder_is_one_sentence(office: Office) -> None:
    with pytest.raises(desk.ActionError, match="已经开着，不用再开"):
        Place(office.place.folder)


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with run.listening("127.0.0.1", 0) as line, pytest.raises(desk.ActionError, match="用 --port 换一个"):
        run.listening("127.0.0.1", line.getsockname()[1])


def test_a_folder_without_a_console_is_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["serve", str(tmp_path)])
    assert (done.exit_code, "没有操作台，不是工作文件夹" in done.output) == (2, True)


@needs_fork
@pytest.mark.parametrize("starts", [True, False])
def test_a_machine_without_readers_is_told_before_the_desk_opens(
    blank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starts: bool
) -> None:
    """Whatever else the start needs a process for: the console is read here without one."""
    shutil.copytree(blank, folder := tmp_path / "竞赛")
    before = contents(folder)
    for module in (rules, places):
        monkeypatch.setattr(module, "aside", lambda function, *given: function(*given))
    monkeypatch.setattr(uvicorn.Server, "run", lambda _, sockets: [line.close() for line in sockets])
    processes.end_all()
    if not starts:
        monkeypatch.setattr(processes, "interpreter", lambda: "/bin/false")
    done = CliRunner().invoke(main, ["serve", str(folder), "--port", "0"])
    assert ("网上交送已打开" in done.output, done.exit_code) == (starts, 0 if starts else 2)
    if not starts:
        assert done.output == "错误：启动不了读取文件的进程。请重新安装程序再试。\n"
        assert contents(folder) == before


def test_without_the_extra_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "baiti_xl.serve.run")
    monkeypatch.delattr("baiti_xl.serve.run")
    done = CliRunner().invoke(main, ["serve", str(tmp_path)])
    assert done.exit_code == 2
    assert "缺少 uvicorn。请先安装：pip install 'baiti-xl[serve]'" in done.output


def test_killed_between_commit_and_place_the_next_start_completes_it(
    office: Office, serve: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Store, "finish", lambda self: None)
        office.visitor("X01").hand_in(form())
    assert office.files() == {}
    office.place.close()
    again = serve()
    assert list(again.files().values()) == [form()]
    assert len(handed_in(again.place.store)) == 1


def test_a_full_disk_keeps_nothing_and_is_one_sentence(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = office.visitor("X01")
    visitor.drop(form())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("baiti_xl.desk.store.stage", full)
        visitor.post("/unit/hand-in", digest=hashlib.sha256(form()).hexdigest())
    assert "无法写入 工作文件夹/归档（磁盘已满）" in visitor.said()
    assert (handed_in(office.place.store), office.files()) == ([], {})
    visitor.hand_in(form())
    assert len(handed_in(office.place.store)) == 1


def test_a_file_held_open_gives_its_receipt_and_is_put_in_place_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_open(*_: object, **__: object) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as open_in_excel:
        open_in_excel.setattr("baiti_xl.desk.staging.hand_over", held_open)
        visitor = office.visitor("X01")
        visitor.hand_in(form())
        assert "台前-2011-00001" in visitor.said()
    assert office.files() == {}
    office.place.store.finish()
    assert list(office.files().values()) == [form()]


def test_two_clerks_at_once_the_second_is_told_who_is_at_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, held = office.visitor("办公室"), office.visitor("办公室"), threading.Event()
    monkeypatch.setattr("baiti_xl.serve.work.act", lambda *_: held.wait(20))
    one.post("/office/act", at="/office/actions", action="consolidate")
    two.post("/office/act", at="/office/actions", action="issue")
    assert "正在汇总报送（办公室，09:30:00 开始），请等它做完再点" in two.said()
    assert "正在开始" in text_of(one.get("/office/actions"))
    assert one.page.headers["refresh"] == "2"
    held.set()


def test_the_console_works_on_the_folder_while_a_unit_hands_in(office: Office) -> None:
    visitor, order = office.visitor("X01"), []
    visitor.drop(form())

    def console() -> None:
        with office.place.store.locked():
            time.sleep(0.5)
            order.append("console")

    thread = threading.Thread(target=console)
    thread.start()
    time.sleep(0.1)
    visitor.post("/unit/hand-in", digest=hashlib.sha256(form()).hexdigest())
    order.append("unit")
    thread.join()
    assert order == ["console", "unit"]
    assert len(handed_in(office.place.store)) == 1


def test_the_register_shows_a_changed_entry_of_the_desk(office: Office) -> None:
    office.visitor("X01").hand_in(form())
    with sqlite3.connect(office.place.store.root / DATABASE) as connection:
        connection.execute("DROP TRIGGER keep_entered")
        connection.execute("UPDATE entered SET who = 'X02' WHERE act = ?", (Act.HANDED_IN,))
    assert any("网上登记" in fault for fault in office.place.store.faults())


def test_rules_changed_in_the_console_hold_at_the_next_page(office: Office) -> None:
    visitor, place = office.visitor("X01"), office.place
    console = place.settings.console
    desk.write_rules(
        console, desk.load_rules(console).__class__(**{**vars(desk.load_rules(console)), "contest": "新名称"})
    )
    assert "新名称" in visitor.get("/unit").text
    console.write_bytes(b"half saved")
    assert "新名称" in visitor.get("/unit").text


# ── many at once ─────────────────────────────────────────────────────────────────────────────────


def test_twelve_units_hand_in_at_once_while_the_office_consolidates(office: Office) -> None:
    units = [u.code for u in office.place.book.units[:12]]
    known = {
        name: account.hash
        for name, account in accounts.accounts(office.place.store, office.place.book).items()
    }
    for code in units:
        if known.get(code) != known["X01"]:
            office.place.log(Act.CODE, "样例甲", code, role="单位", hash=known["X01"])
    told: dict[str, str] = {}

    def hand_in(code: str) -> None:
        visitor = office.visitor()
        visitor.sign_in(code, CODES["X01"])
        visitor.hand_in(form(code))
        told[code] = visitor.said()

    clerk = office.visitor("办公室")
    office.visitor("X01").hand_in(form(tables={}))
    clerk.post("/office/act", at="/office/actions", action="consolidate")
    threads = [threading.Thread(target=hand_in, args=(code,)) for code in units]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not office.done().failed
    held = {r.unit: r for r in handed_in(office.place.store)}
    assert sorted(held) == sorted(told) == sorted(units)
    for code, receipt in held.items():
        assert f"台前-2011-{receipt.number:05}" in told[code]
        assert receipt.hash in told[code]
        assert office.files()[receipt.file] == form(code) == office.place.store.read(receipt.hash)
    assert json.dumps(office.place.store.faults()) == "[]"
