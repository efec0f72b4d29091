"""Handing in beside everything else that happens: mailed files, days that pass, other windows, faults (nothing is handed in blindly)."""

import io
import re
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace
from typing import Any, cast

import openpyxl
import pytest
from serving import FIRST, SOUND, Office, blank, form, hidden_of, office, serve, text_of

from baiti_xl import desk
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Days, Rulebook
from baiti_xl.desk import mailed as mailbox
from baiti_xl.desk.reading import read_one
from baiti_xl.desk.reading import sources as submissions_in
from baiti_xl.desk.receipts import handed_in, number_text
from baiti_xl.errors import UserError
from baiti_xl.scale.reader import Source
from baiti_xl.serve.office import key_of
from baiti_xl.serve.telling import without_paths
from baiti_xl.serve.visit import Visit

__all__ = ["blank", "office", "serve"]
SECOND = date(2011, 6, 12)  # the second period's cutoff
MORE = {"项目台账": "项目阶段 | 签约金额 | 签约日期\n签约 | 11000 | 2011-5-1\n签约 | 6000 | 2011-5-2"}
MOST = {**MORE, "项目台账": MORE["项目台账"] + "\n签约 | 7000 | 2011-5-3"}


def mailed(office: Office, name: str, data: bytes) -> Path:
    """Put a file that came by mail into the folder of submissions, as a clerk does."""
    path = office.place.settings.submissions / name
    path.write_bytes(data)
    return path


def consolidated(office: Office) -> Any:
    """Consolidate, as the console does."""
    settings = office.place.settings
    return desk.consolidate(settings.submissions, settings.outputs, console=settings.console)


def at(day: str, hour: int = 10) -> datetime:
    """Return a moment of the contest's year."""
    month, number = map(int, day.split("-"))
    return datetime(2011, month, number, hour)


# ── what came by mail ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_consolidated", [False, True])
@pytest.mark.parametrize(
    ("batch", "told"),
    [
        (1, "办公室另外收到了“邮件.xlsx”，截至 2011-05-13 第 2 批，这份是截至 2011-05-13 第 1 批，排在它前面，不会被采用。请把封面的报送批次改成 3，再放一次"),
        (2, "办公室另外收到了“邮件.xlsx”，也是截至 2011-05-13 第 2 批，内容不同，两份会冲突。请把封面的报送批次改成 3，再放一次"),
        (3, "交送以后，这一期以这一份为准，代替办公室另外收到的“邮件.xlsx”（截至 2011-05-13 第 2 批）"),
    ],
)  # fmt: skip
def test_what_came_by_mail_is_seen_before_handing_in(
    office: Office, batch: int, told: str, *, is_consolidated: bool
) -> None:
    path = mailed(office, "邮件.xlsx", form(tables=MORE, batch=2))
    if is_consolidated:
        consolidated(office)
        path.unlink()  # what was accepted counts on, wherever its file is
    visitor = office.visitor("X01")
    assert "第一期办公室已另外收到：“邮件.xlsx”，截至 2011-05-13 第 2 批" in visitor.said()
    page = visitor.drop(form(batch=batch))
    assert told in visitor.said()
    assert ('action="/unit/hand-in"' in page.text) is (batch == 3)
    if batch == 3:
        visitor.post("/unit/hand-in")
        (account,) = (r.account for r in consolidated(office).outcome.results if r.unit.code == "X01")
        assert account.submission is not None
        assert account.submission.cover.batch == 3


def test_the_same_file_by_mail_and_through_the_desk_is_one(office: Office) -> None:
    mailed(office, "邮件.xlsx", form())
    visitor = office.visitor("X01")
    visitor.hand_in(form())
    assert "台前-2011-00001" in visitor.said()
    assert "会冲突" not in text_of(visitor.get("/unit"))
    assert consolidated(office).outcome.ledger.rejected == ()


@pytest.mark.parametrize(("is_consolidated", "times"), [(False, 1), (True, 0)])
def test_mail_is_read_once_and_what_is_registered_not_at_all(
    office: Office, monkeypatch: pytest.MonkeyPatch, times: int, *, is_consolidated: bool
) -> None:
    mailed(office, "邮件.xlsx", form())
    if is_consolidated:
        consolidated(office)
    seen: list[str] = []

    def counted(source: Source, book: Rulebook) -> Submission:
        seen.append(source.name)
        return read_one(source, book)

    monkeypatch.setattr(mailbox, "read_one", counted)
    visitor = office.visitor("X01")
    for _ in range(2):
        assert "邮件.xlsx" in text_of(visitor.get("/unit"))
    assert seen == ["邮件.xlsx"] * times


def test_another_units_mail_and_what_cannot_be_used_hinder_nobody(office: Office) -> None:
    mailed(office, "别人.xlsx", form("X02", MORE))
    mailed(office, "坏.xlsx", b"by hand")
    visitor = office.visitor("X01")
    assert "第一期还没有交" in visitor.said()
    visitor.drop(form())
    assert "代替" not in visitor.said()
    visitor.post("/unit/hand-in")
    assert len(handed_in(office.place.store)) == 1


def test_mail_that_comes_after_a_receipt_and_clashes_with_it_is_told(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form())
    mailed(office, "后到.xlsx", form(tables=MORE))
    said = text_of(visitor.get("/unit"))
    assert (
        "办公室另外收到了“后到.xlsx”，也是截至 2011-05-13 第 1 批，内容不同，两份会冲突。请把封面的报送批次改成 2"
        in said
    )


def test_what_a_form_takes_the_place_of_is_told_with_its_receipt(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.drop(form())
    assert "交送以后" not in visitor.said()
    visitor.post("/unit/hand-in")
    visitor.drop(form(tables=MORE))
    told = "代替 2011-05-12 09:30:00 收到的那一份（截至 2011-05-13 第 1 批，回执 台前-2011-00001）"
    assert told in visitor.said()


def test_the_form_in_force_is_still_the_same_receipt_when_another_period_was_handed_in(
    office: Office,
) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form())
    office.now = at("6-12")
    visitor.hand_in(form(cutoff=SECOND))
    page = visitor.drop(form())
    assert "不能再换" not in visitor.said() and 'action="/unit/hand-in"' in page.text
    assert str(visitor.post("/unit/hand-in").url).endswith("/unit/receipt/1")
    assert len(handed_in(office.place.store)) == 2


# ── which period ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "has_first", "due", "missed"),
    [
        ("5-13", False, "第一期还没有交。报送截止日 2011-05-13。", False),
        ("5-14", False, "第二期还没有交。报送截止日 2011-06-12。", True),
        ("5-14", True, "第二期还没有交。报送截止日 2011-06-12。", False),
        ("6-13", False, "第三期还没有交。", True),
    ],
)
def test_the_page_tells_what_is_due_and_what_was_missed(
    office: Office, day: str, due: str, *, has_first: bool, missed: bool
) -> None:
    visitor = office.visitor("X01")
    if has_first:
        visitor.hand_in(form())
    office.now = at(day)
    said = text_of(visitor.get("/unit"))
    assert due in said
    assert ("第一期没有收到本单位的报送表，报送截止日 2011-05-13 已过" in said) is missed


@pytest.mark.parametrize(("day", "due"), [("5-15", "第一期"), ("5-16", "第二期")])
def test_within_the_days_of_grace_the_period_is_still_due(office: Office, day: str, due: str) -> None:
    console = office.place.settings.console
    book = desk.load_rules(console)
    desk.write_rules(console, replace(book, report_days=Days(2)))
    office.now = at(day)
    said = office.visitor("X01").said()
    assert f"{due}还没有交" in said
    assert ("2011-05-15（含当天）以前收到的仍算按时" in said) is (due == "第一期")


@pytest.mark.parametrize(
    ("day", "cutoff", "told"),
    [
        ("5-12", FIRST, ""),
        ("5-12", date(2011, 5, 10), ""),
        ("5-12", SECOND, "这份表的填报截止日期在第二期（报送截止日 2011-06-12，还没有到）；现在要交的是第一期（报送截止日 2011-05-13）"),
        ("5-14", FIRST, "这份表的填报截止日期在第一期（报送截止日 2011-05-13，报送截止日已过，交了算逾期或补报）；现在要交的是第二期"),
        ("5-14", SECOND, ""),
    ],
)  # fmt: skip
def test_a_form_of_another_period_than_the_one_due_is_told(
    office: Office, day: str, cutoff: date, told: str
) -> None:
    office.now = at(day)
    visitor = office.visitor("X01")
    visitor.drop(form(cutoff=cutoff))
    assert ("填报截止日期在第" in visitor.said()) is bool(told)
    assert told in visitor.said()


@pytest.mark.parametrize(
    ("cutoff", "told"),
    [
        (date(2011, 5, 10), "请把封面的填报截止日期改成 2011-05-13、报送批次改成 2，再放一次"),
        (FIRST, ""),
    ],
)
def test_the_advice_on_an_earlier_day_names_the_day_too(office: Office, cutoff: date, told: str) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form())
    visitor.drop(form(tables=MORE, cutoff=cutoff))
    assert ("请把封面的" in visitor.said()) is bool(told)
    assert told in visitor.said()


# ── what changed since a page was opened ─────────────────────────────────────────────────────────


def test_what_would_be_found_otherwise_by_now_is_shown_before_it_is_handed_in(office: Office) -> None:
    visitor, console = office.visitor("X01"), office.place.settings.console
    visitor.drop(form())
    book = desk.load_rules(console)
    desk.write_rules(console, replace(book, task_count=Decimal(5)))
    visitor.post("/unit/hand-in")
    assert "校验以后情况有变，没有交送" in visitor.said()
    assert handed_in(office.place.store) == []
    visitor.post("/unit/hand-in")
    assert len(handed_in(office.place.store)) == 1


def test_an_old_page_of_a_form_that_was_looked_at_again_hands_nothing_in(office: Office) -> None:
    one, two = office.visitor("X01"), office.visitor("X01")
    one.drop(form(batch=2))
    two.hand_in(form(tables=MORE))
    one.post("/unit/hand-in")
    assert "这一份不是刚才校验的那一份" in one.said()
    one.drop(form(batch=2))
    mailed(office, "邮件.xlsx", form(tables=MORE, batch=3))
    one.post("/unit/hand-in")
    assert "校验以后情况有变，没有交送" in one.said()
    assert "办公室另外收到了“邮件.xlsx”" in one.said()
    assert [r.batch for r in handed_in(office.place.store)] == [1]


def test_what_changes_nothing_in_the_result_lets_a_form_in(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.drop(form())
    office.visitor("X02").hand_in(form("X02"))
    office.place.settings.console.touch()
    visitor.post("/unit/hand-in")
    assert "台前-2011-00002" in visitor.said()


# ── what was sent last ───────────────────────────────────────────────────────────────────────────


def test_after_a_consolidation_a_form_is_compared_with_what_was_handed_in_last(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form(tables=MOST, batch=2))
    office.now += timedelta(hours=1)
    visitor.hand_in(form(tables=MORE, batch=3))
    mailed(office, "〇.xlsx", form(tables=SOUND))
    consolidated(office)
    visitor.drop(form(tables=MORE, batch=4))
    assert "与上一次（截至 2011-05-13 第 3 批）相比" in visitor.said()


@pytest.mark.parametrize("way", ["handed in", "mailed", "consolidated"])
def test_the_form_goes_on_from_what_was_compared_with(office: Office, way: str) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form(tables=SOUND))
    if way == "handed in":
        visitor.hand_in(form(tables=MORE, batch=2))
    else:
        mailed(office, "邮件.xlsx", form(tables=MORE, batch=2))
    if way == "consolidated":
        consolidated(office)
    carried = visitor.get("/unit/form").content
    visitor.drop(form(tables=MORE, batch=3))
    assert "与上一次（截至 2011-05-13 第 2 批）相比" in visitor.said()
    assert "各行没有变化" in visitor.said()
    sheet = openpyxl.load_workbook(io.BytesIO(carried))["项目台账"]
    assert [sheet[f"K{row}"].value for row in (4, 5)] == [11000, 6000]


def test_a_late_one_of_the_first_period_is_not_compared_with_the_second(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form())
    office.now = at("6-10")
    visitor.hand_in(form(tables=MORE, cutoff=SECOND))
    visitor.drop(form(tables=MORE, batch=2))
    assert "与上一次（截至 2011-05-13 第 1 批）相比" in visitor.said()


def test_a_receipt_names_the_contest_and_the_office(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.hand_in(form())
    (inside,) = re.findall(r"<dl>(.*?)</dl>", visitor.page.text, re.DOTALL)
    book = office.place.book
    assert f"<dd>{book.county}{book.contest}</dd>" in inside
    assert f"<dd>{book.office}</dd>" in inside


# ── faults and places ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fault", [RuntimeError("x"), UserError("x"), OSError(28, "x"), MemoryError()])
def test_of_a_form_that_could_not_be_looked_at_nothing_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def broken(*_: object) -> None:
        raise fault

    visitor = office.visitor("X01")
    monkeypatch.setattr("baiti_xl.desk.handing.examine", broken)
    assert visitor.drop(form()).status_code in (400, 500)
    assert list(office.place.drafts_folder.iterdir()) == []
    assert visitor.get("/unit").status_code == 200


def test_files_outside_the_working_folder_are_not_given_out_and_break_no_page(
    office: Office, tmp_path: Path
) -> None:
    outside = tmp_path / "别处"
    outside.mkdir()
    (outside / "结果.txt").write_text("x")
    office.place.settings = replace(office.place.settings, outputs=outside)
    clerk = office.visitor("办公室")
    said = text_of(clerk.get("/office/files"))
    assert "输出文件夹不在工作文件夹里" in said
    assert "结果.txt" not in said
    visit = cast("Visit", SimpleNamespace(place=office.place))
    with pytest.raises(desk.ActionError, match="“结果.txt”不在工作文件夹里"):
        key_of(visit, outside / "结果.txt")
    clerk.post("/office/act", at="/office/actions", action="issue")
    assert office.done().done
    assert clerk.get("/office/actions").status_code == 200


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("“/srv/desk/竞赛/报送”里没有报送表", "“工作文件夹/报送”里没有报送表"),
        ("/srv/desk/竞赛 不可写", "工作文件夹 不可写"),
        ("/srv/desk/竞赛2/操作台.xlsm", "操作台.xlsm"),
        ("无法读取 /tmp/a b/c.xlsx。", "无法读取 a b/c.xlsx。"),
        ("无法读取“/tmp/a b/c d.xlsx”和“D:\\县 办\\报送 表\\x.docx”，另见“说明/一 二”", "无法读取“c d.xlsx”和“x.docx”，另见“说明/一 二”"),
        ("无法写入 '/mnt/a b/c/' 和 \"/mnt/a b/c\"", "无法写入 'a b/c/' 和 \"c\""),
        ("打开 C:\\Users\\李\\x.docx 失败", "打开 x.docx 失败"),
        ("写在 /mnt/out/公文/通报.docx", "写在 out/公文/通报.docx"),
        ("2011/5/13，1/2，https://a/b/c，报送/第一期/X01.xlsx", "2011/5/13，1/2，https://a/b/c，报送/第一期/X01.xlsx"),
        ("第一期/X01_2011-05-13_第1批.xlsx", "第一期/X01_2011-05-13_第1批.xlsx"),
    ],
)  # fmt: skip
def test_no_sentence_tells_where_on_the_server_a_file_lies(text: str, told: str) -> None:
    assert without_paths(text, Path("/srv/desk/竞赛"), (Path("/mnt/out"),)) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("无法读取 /srv/我的 桌面/别的/x.xlsx。", "无法读取 x.xlsx。"),
        ("无法读取 /srv/我的 桌面/别的 夹/x y.xlsx。", "无法读取 别的 夹/x y.xlsx。"),
        ("/srv/我的 桌面 不可写", "我的 桌面 不可写"),
        ("无法写入 /srv/我的 桌面/竞赛 一/报送/a b.xlsx", "无法写入 工作文件夹/报送/a b.xlsx"),
        ("无法读取“/srv/我的 桌面/别的 夹/x y.xlsx”", "无法读取“x y.xlsx”"),
        ("/srv/我的 桌面2/x.xlsx", "我的 桌面2/x.xlsx"),
        (f"找不到 {sys.prefix}/lib/a/b.py", "找不到 b.py"),
        (f"找不到 {gettempdir()}/a b/c.xlsx", "找不到 a b/c.xlsx"),
    ],
)
def test_a_path_with_blanks_begins_where_it_leaves_what_is_known(text: str, told: str) -> None:
    """Unquoted, and named by no error: the server's own folders are known."""
    assert without_paths(text, Path("/srv/我的 桌面/竞赛 一")) == told


def test_the_folder_is_gone_through_once_for_a_form(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[Path] = []
    real = submissions_in

    def sources(folder: Path) -> object:
        walks.append(folder)
        return real(folder)

    visitor = office.visitor("X01")
    visitor.get("/unit")
    monkeypatch.setattr("baiti_xl.desk.mailed.sources", sources)
    place = office.place
    unit = place.book.unit("X01")
    assert unit
    path = place.drafts_folder / "x.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(form())
    place.looked_at(unit, "x.xlsx", path)
    assert len(walks) == 1


@pytest.mark.parametrize("told", ["{}（没有写入权限）", "{} 没有写入权限", "没有写入权限：{}"])
@pytest.mark.parametrize("is_folder", [False, True])
def test_a_file_that_the_system_names_is_known_with_its_blanks(
    office: Office, told: str, *, is_folder: bool
) -> None:
    path = Path("/mnt/县 办 公 用/输 出/通 报.docx")
    place = path.parent if is_folder else path
    error = UserError(told.format(f"无法写入 {place}"))
    error.__cause__ = PermissionError(13, "Permission denied", str(path))
    assert office.place.told(error) == told.format(f"无法写入 {place.name}")


def test_a_receipt_that_was_replaced_says_by_which(office: Office) -> None:
    """Two windows: the button of the older page, pressed once more, leads to the older receipt."""
    old, new = office.visitor("X01"), office.visitor("X01")
    old.drop(form())
    button = hidden_of(old.page.text, "/unit/hand-in")
    assert "为准" not in text_of(old.post("/unit/hand-in"))
    office.now += timedelta(minutes=5)
    assert "为准" not in text_of(new.hand_in(form(tables=MORE)))
    again = old.client.post("/unit/hand-in", data=button)
    assert str(again.url).endswith("/unit/receipt/1")
    number = number_text(office.place.book, handed_in(office.place.store)[-1])
    assert f"此后又交过，现在以回执 {number} 为准（2011-05-12 09:35:00 收到" in text_of(again)
    mailed(office, "邮件.xlsx", form(tables=MOST, batch=3))
    assert "办公室另外收到了“邮件.xlsx”（截至 2011-05-13 第 3 批），现在以它为准" in text_of(
        old.get(str(again.url))
    )


@pytest.mark.parametrize(
    ("action", "fails"), [("return", True), ("send", False), ("documents", False), ("issue", False)]
)
def test_what_an_action_did_tells_no_place_on_the_server(office: Office, action: str, *, fails: bool) -> None:
    clerk = office.visitor("办公室")
    if not fails:
        office.visitor("X01").hand_in(form())
    clerk.post("/office/act", at="/office/actions", action=action)
    job = office.done()
    assert bool(job.failed) is fails
    page = clerk.get("/office/actions").text
    assert str(office.place.folder.parent) not in page
    assert str(office.place.folder.parent) not in (job.failed or job.done.text)


def test_a_fault_before_a_page_tells_no_place_either(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise UserError(f"无法读取归档登记 {office.place.folder}/归档/登记.db。请稍后再试。")

    visitor = office.visitor("X01")
    monkeypatch.setattr("baiti_xl.serve.visit.account_of", broken)
    answer = visitor.get("/unit")
    assert answer.status_code == 503
    assert "无法读取归档登记 工作文件夹/归档/登记.db" in answer.text
