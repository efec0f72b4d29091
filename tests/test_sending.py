"""发送: the outbox as it lies in its folder — drafts as mail programs read them, papers as they were issued, nothing half written."""

import email
import email.policy
import io
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from answers import answer_all
from click.testing import CliRunner
from pypdf import PdfReader, PdfWriter
from sheets import BOOK, grids_of, workbook_of

from baiti_xl import desk
from baiti_xl.cli import main
from baiti_xl.desk import ActionError, Outbox, pdf, sending
from baiti_xl.desk.mail import Attached, draft
from baiti_xl.desk.outputs import OutputError
from baiti_xl.desk.pdf import NONE_AT_HAND

DAY = date(2011, 7, 12)
SOUND = {"项目台账": "签约日期\n 2011-5-1"}
WRONG = {"项目台账": "总投资 | 固定资产投资\n 12000 | 13000"}
ADDRESS = "x01@example.com"
UNITS = (replace(BOOK.units[0], mail=(ADDRESS,)), *BOOK.units[1:3])
KINDS = ("进展通报", "说明通知书", "补正通知", "考核评价表")


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder in which the papers of a day were issued: X01 is sound, X02 has errors, X03 has sent nothing."""
    folder = tmp_path_factory.mktemp("发送")
    (folder / "报送").mkdir()
    for unit, tables in (("X01", SOUND), ("X02", WRONG)):
        (folder / "报送" / f"{unit}.xlsx").write_bytes(workbook_of(grids_of(tables, unit, {"cutoff": DAY})))
    answer_all(folder / "操作台.xlsx", folder / "报送", replace(BOOK, units=UNITS), as_of=DAY)
    write(folder)
    return folder


def write(folder: Path, **options: Any) -> desk.Documents:
    """Write the papers of the day."""
    console, out = folder / "操作台.xlsx", folder / "输出" / "公文"
    return desk.documents(KINDS, folder / "报送", out, console=console, as_of=DAY, **options)


@pytest.fixture
def folder(issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own, the current one; its papers are printed by a fake, a page each."""
    shutil.copytree(issued, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sending, "converter", lambda: None)
    monkeypatch.setattr(sending, "converted", printed)
    return tmp_path


def printed(papers: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
    """Return a page for each paper."""
    writer, target = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(target)
    return [target.getvalue() for _ in papers]


def sent(**options: Any) -> Outbox:
    """Make the outbox of the current folder."""
    return desk.send(Path("报送"), Path("发送"), as_of=DAY, **{"console": Path("操作台.xlsx"), **options})


@pytest.fixture(scope="module")
def box(issued: Path, tmp_path_factory: pytest.TempPathFactory) -> Outbox:
    """The outbox of the papers as they were issued."""
    out = tmp_path_factory.mktemp("发件箱")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "converter", lambda: None)
        patch.setattr(sending, "converted", printed)
        papers, console = issued / "输出", issued / "操作台.xlsx"
        return desk.send(issued / "报送", out, as_of=DAY, papers=papers, console=console)


def opened(path: Path) -> EmailMessage:
    """Return a draft as a mail program reads it."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def files_of(mail: EmailMessage) -> dict[str, bytes]:
    """Return what is attached to a mail."""
    return {str(part.get_filename()): part.get_content() for part in mail.iter_attachments()}


def left_out(done: Outbox) -> list[str]:
    """Return what was left out."""
    return [f"{item.kind} {' '.join(filter(None, item.units))}：{item.reason}" for item in done.left_out]


# ── a draft ──────────────────────────────────────────────────────────────────────────────────────

LONG = "说明通知书_X02_县发展和改革委员会招商引资工作领导小组办公室_2011-07-12_台竞办〔2011〕1号.docx"


def test_a_draft_reads_back_as_it_was_meant() -> None:
    """The name of a file is said as RFC 2231 has it, and encoded in the type for readers that know only that."""
    files = [Attached(LONG, bytes(range(256)) * 9), Attached("a.xls", b"1")]
    data = draft([ADDRESS, "b@example.com"], "报送" * 40, "各单位：\n请查收。\n", files, DAY)
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert (mail["X-Unsent"], mail["Subject"], mail["To"]) == ("1", "报送" * 40, f"{ADDRESS}, b@example.com")
    assert mail["Date"].datetime.isoformat() == "2011-07-12T09:00:00+08:00"
    body = mail.get_body()
    assert body is not None and body.get_content() == "各单位：\r\n请查收。\r\n"
    assert files_of(mail) == {file.name: file.data for file in files}
    parts = list(mail.iter_attachments())
    assert [part.get_param("name") for part in parts] == [file.name for file in files]
    assert [part.get_content_subtype() for part in parts][1] == "vnd.ms-excel"
    assert not mail.defects and not any(part.defects for part in mail.walk())
    assert {name for name in ("From", "Message-ID") if mail[name]} == set(), "those are for whoever sends it"


def test_a_draft_is_lines_that_every_mail_program_takes() -> None:
    """CRLF, ASCII, no line of more than 998 characters (RFC 5322), no encoded word of more than 75 (RFC 2047)."""
    data = draft([], "报送" * 40, "好", [Attached(LONG, b"1" * 999)], DAY)
    lines = data.split(b"\r\n")
    assert data.isascii() and b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 998
    words = re.findall(rb"=\?utf-8\?b\?[^?]*\?=", data)
    assert words and max(map(len, words)) <= 75


def test_the_same_draft_is_the_same_bytes_and_another_parts_its_files_otherwise() -> None:
    one, same, other = (draft([], "甲", "乙", [Attached("a", data)], DAY) for data in (b"1", b"1", b"2"))
    assert one == same
    assert one.split(b"\r\n")[0] != other.split(b"\r\n")[0]


# ── the outbox ───────────────────────────────────────────────────────────────────────────────────

CIRCULAR = "进展通报_2011-07-12_台政办〔2011〕1号.docx"
X02 = [
    CIRCULAR,
    "说明通知书_X02_侯庙镇_2011-07-12_台竞办〔2011〕2号.docx",
    "补正通知_X02_侯庙镇_2011-07-12.docx",
    "考核评价表_X02_侯庙镇_2011-07-12.docx",
    "X02_校验.xlsx",
]


def test_each_unit_has_its_draft(box: Outbox, issued: Path) -> None:
    mails = {path.name: opened(path) for path in sorted(box.folder.glob("*.eml"))}
    assert list(mails) == ["X01_城关镇.eml", "X02_侯庙镇.eml", "X03_孙口镇.eml"]
    assert [mail["To"] for mail in mails.values()] == [ADDRESS, None, None]
    assert list(files_of(mails["X02_侯庙镇.eml"])) == X02
    assert list(files_of(mails["X03_孙口镇.eml"]))[-1] == "X03_孙口镇_报送表.xlsx"
    assert [d.attached for d in box.drafts] == [tuple(files_of(mail)) for mail in mails.values()]
    assert (box.left_out, box.note) == ((), "")
    circular = files_of(mails["X01_城关镇.eml"])[CIRCULAR]
    assert circular == (issued / "输出" / "公文" / CIRCULAR).read_bytes()


def test_a_marked_copy_and_a_form_are_the_units_own(box: Outbox) -> None:
    copy = files_of(opened(box.drafts[1].file))["X02_校验.xlsx"]
    assert "校验结果" in openpyxl.load_workbook(io.BytesIO(copy)).sheetnames
    form = files_of(opened(box.drafts[2].file))["X03_孙口镇_报送表.xlsx"]
    assert openpyxl.load_workbook(io.BytesIO(form))["封面"]["B4"].value == "X03"


def test_the_list_opens_in_notepad(box: Outbox) -> None:
    data = box.chase_file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n") > 1
    assert data.decode("utf-8-sig").replace("\r\n", "\n") == box.chase_list
    assert [(unit.code, state) for unit, state in box.chased] == [("X03", "未报送")]


def test_the_print_run_has_a_bookmark_a_unit(box: Outbox) -> None:
    assert [path.name for path in box.print_runs.values()] == [
        f"打印_{kind}_2011-07-12.pdf" for kind in KINDS
    ]
    reader = PdfReader(box.print_runs["考核评价表"])
    assert [str(o.title) for o in reader.outline] == ["X01 城关镇", "X02 侯庙镇", "X03 孙口镇"]  # type: ignore[union-attr]
    assert len(reader.pages) == 6, "each begins on a sheet of its own"
    circular = PdfReader(box.print_runs["进展通报"])
    assert [str(o.title) for o in circular.outline] == [  # type: ignore[union-attr]
        "台前县人民政府办公室关于全县招商引资百日竞赛进展情况的通报"
    ]


def test_without_a_program_to_print_there_are_drafts_and_a_word_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise ActionError(NONE_AT_HAND)

    monkeypatch.setattr(sending, "converter", none)
    done = sent()
    assert not done.print_runs and len(done.drafts) == 3
    assert f"没有做打印用的 PDF：{NONE_AT_HAND}" in done.note


def test_a_paper_that_cannot_be_printed_is_told_and_mailed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "converted", lambda papers: [None, *printed(papers[1:])])
    done = sent()
    assert list(done.print_runs) == list(KINDS[1:])
    assert f"没有转成 PDF，不在打印件里：{CIRCULAR}。" in done.note
    assert CIRCULAR in done.drafts[0].attached


def test_who_has_reported_since_the_papers_were_issued_is_not_reminded(folder: Path) -> None:
    """The circular holds what was known when it was issued; it still goes to the unit, and no form does."""
    data = workbook_of(grids_of(SOUND, "X03", {"cutoff": DAY}))
    (folder / "报送" / "X03.xlsx").write_bytes(data)
    done = sent()
    assert (done.chased, "已全部收齐" in done.chase_list) == ((), True)
    assert done.drafts[2].attached[0] == CIRCULAR
    assert not any(name.endswith(".xlsx") for name in done.drafts[2].attached)


def test_a_unit_goes_on_with_its_last_form_though_only_the_archive_has_it(folder: Path) -> None:
    may = date(2011, 5, 13)
    data = workbook_of(grids_of(SOUND, "X03", {"cutoff": may}))
    (folder / "报送" / "X03.xlsx").write_bytes(data)
    desk.consolidate(folder / "报送", folder / "输出", console=folder / "操作台.xlsx", as_of=may)
    (folder / "报送" / "X03.xlsx").unlink()
    assert files_of(opened(sent().drafts[2].file))["X03.xlsx"] == data


def test_two_files_of_one_name_are_told_apart() -> None:
    files = [Attached("X01_校验.xlsx", b"1"), Attached("X01_校验.xlsx", b"2"), Attached("通报.docx", b"3")]
    assert [f.name for f in sending.apart(files)] == ["X01_校验.xlsx", "X01_校验(2).xlsx", "通报.docx"]


# ── which file of a paper ────────────────────────────────────────────────────────────────────────


def test_a_draft_of_a_paper_that_takes_a_number_stays_here(folder: Path) -> None:
    """A number that was voided is none: only its drafts and its former file lie about."""
    desk.void("台竞办〔2011〕2号", "写错", folder, console=folder / "操作台.xlsx")
    assert left_out(sent()) == ["说明通知书 X02：还没有生成"]
    write(folder, draft=True)
    done = sent()
    assert left_out(done) == ["说明通知书 X02：只有草稿，没有编号，不放进邮件"]
    assert list(done.drafts[1].attached) == [X02[0], *X02[2:]]


def test_what_was_issued_is_taken_and_not_what_lies_under_its_name(folder: Path) -> None:
    papers = folder / "输出" / "公文"
    original = (papers / CIRCULAR).read_bytes()
    for other in (papers / f"{CIRCULAR.removesuffix('.docx')}(2).docx", folder / "输出" / CIRCULAR):
        other.write_bytes(b"changed later")
    (papers / f"~${CIRCULAR}").write_bytes(b"lock")
    done = sent()
    assert files_of(opened(done.drafts[0].file))[CIRCULAR] == original
    assert "改过" not in done.note


def test_an_issued_paper_that_was_edited_goes_out_as_it_is_and_is_told(folder: Path) -> None:
    path = folder / "输出" / "公文" / CIRCULAR
    path.write_bytes(b"edited")
    done = sent()
    assert files_of(opened(done.drafts[0].file))[CIRCULAR] == b"edited"
    assert f"{Path('输出/公文', CIRCULAR)} 编号发出后改过，与登记的不同，发以前请核对。" in done.note


def test_of_a_kind_without_numbers_the_file_written_last_is_taken(folder: Path) -> None:
    notice = folder / "输出" / "公文" / X02[2]
    later = notice.with_name(f"{notice.stem}(2).docx")
    later.write_bytes(b"later")
    os.utime(later, ns=(notice.stat().st_mtime_ns + 1,) * 2)
    assert files_of(opened(sent().drafts[1].file))[X02[2]] == b"later"
    os.utime(notice, ns=(later.stat().st_mtime_ns + 1,) * 2)
    assert files_of(opened(sent(overwrite=True).drafts[1].file))[X02[2]] == notice.read_bytes()


def test_a_paper_whose_file_is_gone_is_told(folder: Path) -> None:
    for name in (CIRCULAR, X02[2]):
        (folder / "输出" / "公文" / name).unlink()
    assert left_out(sent()) == [
        f"进展通报 ：“输出”里没有 {CIRCULAR}", "补正通知 X02：还没有生成",
    ]  # fmt: skip


def test_the_internal_paper_goes_to_nobody(folder: Path) -> None:
    console = folder / "操作台.xlsx"
    made = desk.documents(["曝光送审稿"], folder / "报送", folder / "输出", console=console, as_of=DAY)
    done = sent()
    assert made.written and not any("曝光" in name for d in done.drafts for name in d.attached)
    assert list(done.print_runs) == list(KINDS)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_day_gives_the_same_bytes_and_a_changed_outbox_a_folder_of_its_own(folder: Path) -> None:
    first = sent()
    assert sent().folder == first.folder
    assert [path.name for path in Path("发送").iterdir()] == ["发送_2011-07-12"]
    (folder / "输出" / "公文" / CIRCULAR).unlink()
    assert sent().folder.name == "发送_2011-07-12(2)"
    assert sent(overwrite=True).folder == first.folder
    assert sorted(path.name for path in Path("发送").iterdir()) == ["发送_2011-07-12", "发送_2011-07-12(2)"]


def test_an_interrupted_run_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(papers: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "converted", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sent()
    assert list(Path("发送").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"papers": Path("没有")}, "找不到公文所在的文件夹 没有。请用 --papers 给出。"),
        ({"out": Path("报送/发送")}, "在报送文件夹 报送 里"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_written(
    folder: Path, options: dict[str, Any], said: str
) -> None:
    before = set(folder.rglob("*"))
    with pytest.raises((ActionError, OutputError), match=said):
        desk.send(**{"folder": Path("报送"), "out": Path("发送"), "console": Path("操作台.xlsx"), **options})
    assert set(folder.rglob("*")) == before


# ── papers with their PDFs ───────────────────────────────────────────────────────────────────────


def typed(*words: str) -> Any:
    """Run a command."""
    return CliRunner().invoke(main, list(words))


DRAFTS = (
    "documents",
    "补正通知",
    "--draft",
    "--from",
    "报送",
    "--as-of",
    "2011-07-12",
    "--out",
    "草稿",
    "--pdf",
)


def test_documents_have_pdfs_beside_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "converter", lambda: None)
    monkeypatch.setattr(desk, "converter", lambda: None)
    monkeypatch.setattr(pdf, "converted", printed)
    result = typed(*DRAFTS, "--json")
    made = [str(Path("草稿", X02[2]).with_suffix(".pdf"))]
    assert (result.exit_code, json.loads(result.stdout)["pdfs"]) == (0, made)
    assert f"已写入 {made[0]}" in result.stderr and Path(made[0]).is_file()
    assert "pdfs" in json.loads(typed(*DRAFTS[:-1], "--json").stdout)


def test_nothing_is_numbered_where_nothing_can_be_converted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise ActionError(NONE_AT_HAND)

    monkeypatch.setattr(desk, "converter", none)
    result = typed(*DRAFTS)
    assert (result.exit_code, result.stderr) == (2, f"错误：{NONE_AT_HAND}\n")
    assert not Path("草稿").exists()


def test_a_failure_afterwards_is_told_beside_what_was_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(papers: object) -> None:
        raise ActionError("没有在规定的时间内转完。")

    monkeypatch.setattr(desk, "converter", lambda: None)
    monkeypatch.setattr(pdf, "converted", slow)
    result = typed(*DRAFTS)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "公文已经写出，没有转成 PDF：没有在规定的时间内转完。"
    assert Path("草稿", X02[2]).is_file()


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def test_the_command_says_what_lies_there_and_shows_the_list(folder: Path) -> None:
    (folder / "输出" / "公文" / CIRCULAR).unlink()
    result = typed("send", "报送", "--as-of", "2011-07-12", "--out", "发送")
    assert result.exit_code == 0, result.output
    box = Path("发送", "发送_2011-07-12")
    assert result.stdout.splitlines() == [
        f"统计日 2011-07-12（第三期）：邮件草稿 3 份，在“{box}”。逐份打开看过再发，程序不发送。",
        "2 份没有收件人：单位名录没有填“邮箱”。",
        f"没有放进去 进展通报：“输出”里没有 {CIRCULAR}",
        *(f"打印 {kind}：{box / f'打印_{kind}_2011-07-12.pdf'}" for kind in KINDS[1:]),
        "",
        "【催报】招商引资百日竞赛第三期报送表，应报3个单位，已收到2个，还缺1个。第三期报送截止日为2011年7月12日，请下列单位抓紧报送：",
        "还没有报送的（1个）",
        "乡镇：孙口镇",
        "县招商引资“百日竞赛”活动领导小组办公室",
    ]


def test_the_object_for_scripts(folder: Path) -> None:
    result = typed("send", "报送", "--as-of", "2011-07-12", "--out", "发送", "--json")
    told = json.loads(result.stdout)
    assert list(told) == "as_of period folder mails chased print_runs left_out outputs".split()
    assert told["mails"][1] == {
        "code": "X02",
        "name": "侯庙镇",
        "to": [],
        "subject": "招商引资百日竞赛第三期：有关文件、请补正报送表（侯庙镇）",
        "file": str(Path("发送", "发送_2011-07-12", "X02_侯庙镇.eml")),
        "attached": X02,
    }
    assert told["chased"] == [{"code": "X03", "name": "孙口镇", "group": "乡镇", "status": "未报送"}]
    assert all(Path(path).is_file() for path in told["outputs"]) and len(told["outputs"]) == 3 + 1 + 4
