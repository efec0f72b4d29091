"""生成文书: which documents are written for whom, under which numbers, from which templates, and what is refused."""

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from answers import CLERK, REASON, answer_all, write
from sheets import BOOK, grids_of, workbook_of

from baiti_xl import desk
from baiti_xl.books.console import write_console
from baiti_xl.contest.choices import Reviewed
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.records import Reply
from baiti_xl.contest.rulebook import Sending
from baiti_xl.contest.sending import sendings
from baiti_xl.desk import ActionError, computing, documents, keeping, printing, register, templates
from baiti_xl.desk.entries import ARCHIVED_COLUMNS, Issued, add_entries
from baiti_xl.desk.factory import remember
from baiti_xl.desk.issuing import next_number
from baiti_xl.desk.store import Store
from baiti_xl.ooxml.package import Package
from baiti_xl.papers import catalogue
from baiti_xl.press.engine import rendering
from baiti_xl.press.listing import QUICK

SOUND = {"项目台账": "签约日期\n 2011-5-1"}
WRONG = {"项目台账": "总投资 | 固定资产投资\n 12000 | 13000"}
LAST = date(2011, 7, 12)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder of three units: a sound file, two wrong ones."""
    with (tmp_path / "操作台.xlsx").open("wb") as target:
        write_console(target, replace(BOOK, units=BOOK.units[:3]), macros=False)
    (tmp_path / "报送").mkdir()
    for unit, tables in (("X01", SOUND), ("X02", WRONG), ("X03", WRONG)):
        (tmp_path / "报送" / f"{unit}.xlsx").write_bytes(workbook_of(grids_of(tables, unit, {})))
    answer_all(tmp_path / "操作台.xlsx", tmp_path / "报送", as_of=LAST)
    return tmp_path


def written(folder: Path, *kinds: str, out: str = "公文", **options: Any) -> printing.Documents:
    """Write documents of the working folder."""
    options = {"console": folder / "操作台.xlsx", "as_of": LAST, **options}
    return documents(kinds, folder / "报送", folder / out, **options)


def told(done: printing.Documents) -> list[str]:
    """Return each document with its number."""
    return [" ".join(filter(None, (w.paper.kind, w.paper.unit, w.number))) for w in done.written]


def texts(path: Path) -> list[str]:
    """Return the paragraphs of a document."""
    return [p.text for p in docx.Document(str(path)).paragraphs if p.text]


def issued(folder: Path) -> list[Issued]:
    """Return what the register of papers holds."""
    return Store(folder).issued()


# ── papers that are too long ─────────────────────────────────────────────────────────────────────


def test_a_paper_that_is_too_long_is_refused_and_the_others_are_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all its kinds a run says which paper it did not make; asked for by name it makes nothing."""
    monkeypatch.setattr(rendering, "LONGEST", 60_000)
    done = written(folder, "all", draft=True)
    assert done.refused == ("进展通报",)
    assert "进展通报" not in {w.paper.kind for w in done.written} >= {"说明通知书", "补正通知"}
    assert done.left_out["进展通报"].startswith("内容超过 1 亿个字符")
    assert sorted(p.name for p in (folder / "公文").glob("*进展通报*")) == []
    assert next(w.figures.name for w in done.written if w.paper.kind == "补正通知").startswith(
        "核稿_补正通知"
    )
    with pytest.raises(ActionError, match="^进展通报没有生成：内容超过 1 亿个字符"):
        written(folder, "进展通报", "补正通知", draft=True, out="其他")
    assert not (folder / "其他").exists()


def test_a_number_is_not_spent_on_a_paper_that_is_too_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "LONGEST", 60_000)
    done = written(folder, "all")
    assert "进展通报" in done.refused
    assert {entry.kind for entry in issued(folder)} == {"说明通知书"}


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────

NOTICES = ["说明通知书 X02 台竞办〔2011〕1号", "说明通知书 X03 台竞办〔2011〕2号"]


def test_documents_are_numbered_by_series_in_the_order_of_the_catalogue(folder: Path) -> None:
    """发文: the government office's series, that of the 领导小组办公室, and notices to put right without a number."""
    done = written(folder, "补正通知", "说明通知书", "进展通报", units=["X02", "X03"])
    assert told(done) == ["进展通报 台政办〔2011〕1号", *NOTICES, "补正通知 X02", "补正通知 X03"]
    assert [w.file.name for w in done.written][:2] == [
        "进展通报_2011-07-12_台政办〔2011〕1号.docx", "说明通知书_X02_侯庙镇_2011-07-12_台竞办〔2011〕1号.docx",
    ]  # fmt: skip
    for w in done.written:
        assert w.figures == w.file.with_name(f"核稿_{w.paper.kind}_2011-07-12.xlsx")
        assert not w.number or any(w.number in text for text in texts(w.file))
    papers = openpyxl.load_workbook(done.written[1].figures)["公文清单"].iter_rows(
        min_row=2, values_only=True
    )
    assert [row[:4] for row in papers] == [
        (name, w.paper.title, w.file.name, w.number)
        for name, w in zip(("侯庙镇", "孙口镇"), done.written[1:3], strict=True)
    ]
    assert (done.left_out, done.note) == ({}, "")


def test_the_register_says_what_was_issued_and_as_which_bytes(folder: Path) -> None:
    (one,) = written(folder, "说明通知书", units=["X02"], dated=date(2011, 7, 13)).written
    written(folder, "说明通知书", units=["X02"], dated=date(2011, 7, 13), out="再来")
    (entry,) = issued(folder)
    digest = hashlib.sha256(one.file.read_bytes()).hexdigest()
    assert (entry.text, entry.kind, entry.unit, entry.day, entry.dated) == (
        "台竞办〔2011〕1号", "说明通知书", "X02", "2011-07-12", "2011-07-13",
    )  # fmt: skip
    assert (entry.title, entry.file, entry.hash) == (one.paper.title, one.file.name, digest)
    assert [a[2:5] for a in json.loads(entry.answers)] == [["照发", REASON, CLERK]] * len(
        json.loads(entry.answers)
    )
    assert json.loads(entry.answers)


def test_the_same_document_keeps_its_number_and_a_new_one_gets_the_next(folder: Path) -> None:
    written(folder, "说明通知书", units=["X03"])
    again = written(folder, "说明通知书", units=["X02", "X03"], out="再来")
    assert told(again) == ["说明通知书 X02 台竞办〔2011〕2号", "说明通知书 X03 台竞办〔2011〕1号"]


def test_a_paper_bears_witness_of_what_was_numbered_before_it(folder: Path, tmp_path: Path) -> None:
    """A register put back with all that knew of it, and gone on with, has the number; the same paper has the same bytes."""
    kinds, console = ("说明通知书", "进展通报"), folder / "操作台.xlsx"
    written(folder, kinds[0], units=["X02"])
    shutil.copytree(folder / "归档", tmp_path / "旧" / "归档")
    written(folder, kinds[0], units=["X03"])
    (circular,) = written(folder, kinds[1]).written
    assert written(folder, kinds[1]).written[0].file == circular.file
    assert keeping.verify(folder) == []
    shutil.rmtree(folder / "归档")
    (folder / "发文登记.xlsx").unlink()
    (tmp_path / "旧" / "归档").rename(folder / "归档")
    register.void("台竞办〔2011〕1号", "错发", folder, console=console)
    assert written(folder, kinds[1], out="又").written[0].number == circular.number
    unknown, forked = keeping.verify(folder)
    assert "发文登记里没有这个号" in unknown
    said = "那时发文登记的前 2 条与现在的不同：登记换过，或这是在另一台电脑上做的"
    assert forked == f"{circular.file}：{said}"


def test_papers_numbered_before_papers_bore_witness_are_the_same_papers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = printing.Press.finish
    written(folder, "说明通知书", units=["X02"])
    with monkeypatch.context() as earlier:
        earlier.setattr(printing.Press, "finish", lambda *given: finish(*given[:4]))
        (one,) = written(folder, "说明通知书", units=["X03"]).written
    assert written(folder, "说明通知书", units=["X03"]).written[0].file == one.file
    assert len(issued(folder)) == 2


def enter_later(folder: Path) -> None:
    """Enter a submission of a later day."""
    later = replace(Store(folder).archived()[0], file="后.xlsx", result="退回", as_of="2011-07-20")
    with Store(folder).locked() as connection:
        add_entries(connection, "submissions", ARCHIVED_COLUMNS, [later])


def test_results_bear_witness_of_the_submissions_up_to_their_day(folder: Path) -> None:
    """What is entered as of a later day changes no results of this one."""
    console, out = folder / "操作台.xlsx", folder / "输出"
    (results,) = desk.consolidate(folder / "报送", out, console=console, as_of=LAST).outputs
    enter_later(folder)
    assert desk.consolidate(folder / "报送", out, console=console, as_of=LAST).outputs == (results,)
    shutil.rmtree(folder / "归档")
    for unit in ("X02", "X03"):
        (folder / "报送" / f"{unit}.xlsx").unlink()
    desk.consolidate(folder / "报送", folder / "又", console=console, as_of=LAST)
    assert keeping.verify(folder) == [
        f"{results}：那时报送登记有 3 条，现在只有 1 条：登记被换成了旧的，或丢了几条"
    ]


def test_a_series_begins_at_its_first_number(folder: Path) -> None:
    """起始号, sender, addressees and signer of the sheet 发文."""
    book = desk.load_rules(folder / "操作台.xlsx")
    row = Sending("进展通报", "县招商办", "县招", True, 57, "各有关单位", "县委办", "", 0, "")
    others = (s for s in sendings(book) if s.kind != "进展通报")
    write(folder / "操作台.xlsx", replace(book, sendings=(row, *others)))
    (done,) = written(folder, "进展通报").written
    assert done.number == "县招〔2011〕57号"
    lines = texts(done.file)
    assert "县招商办关于" in "".join(lines) and any(line.startswith("各有关单位") for line in lines)
    assert next_series(folder, "台政办") == 1


def next_series(folder: Path, series: str) -> int:
    """Return the next number of a series."""
    with Store(folder).locked() as connection:
        return next_number(connection, series, 2011, 1, was_first=True)


@pytest.mark.parametrize(
    ("changes", "dated", "what"),
    [
        (0, LAST, "数字没有变，文字、模板或设置变了"),
        (1, LAST, "数字有变：1"),
        (6, LAST, "数字有变：1；2；3；4；5；6"),
        (8, LAST, "数字有变：1；2；3；4；5；6；还有 2 处"),
        (1, date(2011, 7, 13), "发出时的成文日期是 2011-07-12，现在是 2011-07-13；数字有变：1"),
    ],
)
def test_a_refusal_says_what_differs_from_the_paper_issued(changes: int, dated: date, what: str) -> None:
    entry = Issued("台政办", 2011, 1, 1, "发文", "进展通报", "", "2011-07-12", "2011-07-12", *[""] * 9)
    assert printing.already_issued(entry, [str(n) for n in range(1, changes + 1)], dated) == (
        "进展通报 2011-07-12 已编为 台政办〔2011〕1号 发出，现在生成的内容与发出的不同，没有写出任何文件。"
        f"{what}。要改发，用 --reissue 写明原因（首页“改发原因”），仍用原号，标明更正。"
    )


def test_other_contents_are_refused_unless_there_is_a_reason(folder: Path) -> None:
    """更正: an entry of its own, the same number marked, the changed figures listed."""
    (first,) = written(folder, "进展通报").written
    own_template(folder / "doc_templates" / "进展通报.docx", "{{ 文号 }} 改过的模板 {{ 应报数|数 }}")
    with pytest.raises(
        ActionError, match="进展通报 2011-07-12 已编为 台政办〔2011〕1号 发出，.*数字没有变，.*--reissue"
    ):
        written(folder, "进展通报")
    assert [e.act for e in issued(folder)] == ["发文"]
    anew = written(folder, "进展通报", reissue="模板有误", out="改发")
    assert told(anew) == ["进展通报 台政办〔2011〕1号（更正）"]
    assert texts(anew.written[0].file)[0].startswith("台政办〔2011〕1号（更正）")
    assert [(e.version, e.act, e.reason) for e in issued(folder)] == [
        (1, "发文", ""),
        (2, "更正", "模板有误"),
    ]
    assert first.file.is_file()


def test_a_correction_lists_the_figures_that_changed(folder: Path) -> None:
    written(folder, "进展通报")
    tables = {"项目台账": "签约日期 | 签约金额\n 2011-5-1 | 7000"}
    (folder / "报送" / "X01.xlsx").write_bytes(workbook_of(grids_of(tables, "X01", {"batch": 2})))
    answer_all(folder / "操作台.xlsx", folder / "报送", as_of=LAST, reissue="改")
    anew = written(folder, "进展通报", reissue="城关镇重报", out="改发")
    assert any("签约金额" in change and "→" in change for change in anew.changes)


def test_a_voided_number_is_gone_and_its_paper_gets_another(folder: Path) -> None:
    written(folder, "进展通报")
    said = desk.void("台政办〔2011〕1号", "印错抬头", folder, console=folder / "操作台.xlsx")
    assert said.startswith("台政办〔2011〕1号（进展通报，2011-07-12）已作废：印错抬头。")
    assert told(written(folder, "进展通报", out="再发")) == ["进展通报 台政办〔2011〕2号"]
    assert [e.act for e in desk.listed(folder)] == ["发文", "作废", "发文"]
    with pytest.raises(ActionError, match="台政办〔2011〕1号 已经作废"):
        desk.void("台政办〔2011〕1号", "再来", folder, console=folder / "操作台.xlsx")
    with pytest.raises(ActionError, match="发文登记里没有 台政办〔2011〕9号"):
        desk.void("台政办〔2011〕9号", "没有", folder, console=folder / "操作台.xlsx")
    with pytest.raises(ActionError, match="作废要写明理由"):
        desk.void("台政办〔2011〕2号", " ", folder, console=folder / "操作台.xlsx")


def test_a_draft_takes_no_number(folder: Path) -> None:
    draft = written(folder, "说明通知书", units=["X02"], draft=True)
    assert told(draft) == ["说明通知书 X02"]
    assert any("台竞办〔____〕____号" in text for text in texts(draft.written[0].file))
    assert told(written(folder, "说明通知书", units=["X03"])) == ["说明通知书 X03 台竞办〔2011〕1号"]


def test_files_of_staff_are_only_overwritten_when_asked(folder: Path) -> None:
    first = written(folder, "补正通知", units=["X02"]).written[0]
    first.file.write_bytes(b"edited by staff")
    first.figures.write_bytes(b"edited by staff")
    kept = written(folder, "补正通知", units=["X02"]).written[0]
    assert (kept.file.name, kept.figures.name) == (
        "补正通知_X02_侯庙镇_2011-07-12(2).docx", "核稿_补正通知_2011-07-12(2).xlsx",
    )  # fmt: skip
    assert openpyxl.load_workbook(kept.figures)["公文清单"]["C2"].value == kept.file.name
    assert first.file.read_bytes() == first.figures.read_bytes() == b"edited by staff"
    again = written(folder, "补正通知", units=["X02"], overwrite=True).written[0]
    assert again.file == first.file and again.figures == first.figures
    assert again.file.read_bytes() == kept.file.read_bytes()
    assert openpyxl.load_workbook(again.figures)["公文清单"]["C2"].value == again.file.name


# ── 会审 ──────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_numbered_while_a_matter_is_open(folder: Path) -> None:
    """The list, with each matter's mark and effect; nothing is written, no number is used up; drafts and unnumbered papers come."""
    console = folder / "操作台.xlsx"
    answered = desk.load_rules(console)
    write(console, replace(answered, answers=answered.answers[1:]))
    (waiting,) = desk.review(folder / "报送", console=console, as_of=LAST).open
    with pytest.raises(
        ActionError, match="会审还有 1 件没有答复，2011-07-12 的文书没有编号，也没有写出任何文件"
    ) as refused:
        written(folder, "all")
    assert waiting.mark in str(refused.value) and waiting.what in str(refused.value)
    assert not (folder / "公文").exists() and not (folder / "归档").exists()
    draft = written(folder, "all", draft=True)
    assert (draft.open, {w.number for w in draft.written}) == (1, {""})
    assert told(written(folder, "补正通知", units=["X02"])) == ["补正通知 X02"]
    write(console, answered)
    assert written(folder, "进展通报").written[0].number


def test_an_answer_holds_until_the_facts_change(folder: Path) -> None:
    console = folder / "操作台.xlsx"
    assert not desk.review(folder / "报送", console=console, as_of=LAST).open
    (folder / "报送" / "X02.xlsx").write_bytes(b"not a workbook")
    assert desk.review(folder / "报送", console=console, as_of=LAST).open


def test_answers_that_settle_nothing(folder: Path) -> None:
    """已改 on a matter that is still there, 裁定 without a ruling: open as before, and told."""
    console = folder / "操作台.xlsx"
    book = desk.load_rules(console)
    for answer in (Reviewed.MENDED, Reviewed.RULED):
        write(console, replace(book, answers=(replace(book.answers[0], answer=answer), *book.answers[1:])))
        found = desk.review(folder / "报送", console=console, as_of=LAST)
        assert [m.mark for m in found.open] == [book.answers[0].mark]
        assert f"{book.answers[0].mark} 答复为“{answer}”，但事实没有变" in found.strays[0]


def test_replies_are_those_of_now_and_must_belong_to_a_paper(folder: Path) -> None:
    """回复登记: the answer to a summons, entered after its period was closed; one of no paper is told."""
    console, may = folder / "操作台.xlsx", date(2011, 7, 25)
    written(folder, "说明通知书", "进展通报")

    def overdue() -> set[str]:
        found = desk.review(folder / "报送", console=console, as_of=LAST, dated=may)
        return {m.unit for m in found.matters if m.kind == "回复逾期"}

    assert overdue() == {"X01", "X02", "X03"}
    book = desk.load_rules(console)
    reply = Reply("说明通知书", LAST, "侯庙镇", date(2011, 7, 14), "已说明", CLERK)
    write(console, replace(book, replies=(reply, replace(reply, about=date(2011, 7, 1)))))
    assert overdue() == {"X01", "X03"}
    found = desk.review(folder / "报送", console=console, as_of=LAST, dated=may)
    assert any(
        "侯庙镇 对 2011-07-01 的说明通知书的回复，登记簿里没有这份文书" in stray for stray in found.strays
    )


def test_a_summons_numbered_first_does_not_keep_the_circular_from_closing(folder: Path) -> None:
    written(folder, "说明通知书")
    written(folder, "进展通报")
    assert [f.kinds for f in Store(folder).frozen()] == ["说明通知书", "进展通报"]


def test_a_voided_circular_holds_nothing(folder: Path) -> None:
    """The day is worked out from what is known now, and its figures are no 上期公布."""
    written(folder, "进展通报")
    desk.void("台政办〔2011〕1号", "数字错了", folder, console=folder / "操作台.xlsx")
    tables = {"项目台账": "签约日期 | 签约金额\n 2011-5-1 | 11900"}
    (folder / "报送" / "X01.xlsx").write_bytes(workbook_of(grids_of(tables, "X01", {"batch": 2})))
    answer_all(folder / "操作台.xlsx", folder / "报送", as_of=LAST)
    (anew,) = written(folder, "进展通报", out="再发").written
    assert anew.number == "台政办〔2011〕2号"
    assert any(note.shown == "11900.00" for note in anew.paper.figures)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"since": date(2011, 6, 1)}, "编号发出的文书只与上期比较，不能用 --since"),
        (
            {"as_of": date(2011, 7, 31), "today": date(2011, 7, 20)},
            "统计日 2011-07-31 还没有到，不能编号发出",
        ),
    ],
)
def test_what_cannot_be_numbered(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], said: str
) -> None:
    class Today(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            today: date = options.get("today", date(2026, 1, 1))
            return today

    monkeypatch.setattr(printing, "date", Today)
    with pytest.raises(ActionError, match=said):
        written(folder, "进展通报", **{k: v for k, v in options.items() if k != "today"})


def test_a_template_without_a_place_for_the_number_is_refused(folder: Path) -> None:
    own_template(folder / "doc_templates" / "进展通报.docx", "手写的文号 {{ 应报数|数 }}")
    with pytest.raises(ActionError, match="进展通报的模板里没有 {{ 文号 }} 这个字段，编不了号"):
        written(folder, "进展通报")


def test_figures_of_a_paper_already_issued_for_the_day_are_held_against_the_next(folder: Path) -> None:
    """考核总结 first, then other data: the circular's review says what the two print."""
    end = date(2011, 7, 31)
    answer_all(folder / "操作台.xlsx", folder / "报送", as_of=end)
    written(folder, "考核总结", as_of=end)
    tables = {"项目台账": "签约日期 | 签约金额\n 2011-5-1 | 7000"}
    (folder / "报送" / "X01.xlsx").write_bytes(workbook_of(grids_of(tables, "X01", {"batch": 2})))
    found = desk.review(folder / "报送", console=folder / "操作台.xlsx", as_of=end)
    told = [m.what for m in found.open if m.kind == "文书不一致"]
    assert any("签约金额" in what and "台竞办〔2011〕1号 印的是" in what for what in told)


# ── what and for whom ────────────────────────────────────────────────────────────────────────────


def test_a_kind_with_nothing_to_say_is_named(folder: Path) -> None:
    done = written(folder, "补正通知", "进展通报", units=["X01"])
    assert told(done) == ["进展通报 台政办〔2011〕1号"]
    assert done.left_out == {"补正通知": "没有要补正的报送表"}


def test_all_kinds_that_are_due_and_why_the_others_are_not(folder: Path) -> None:
    done = written(folder, "all", draft=True)
    kinds = {w.paper.kind for w in done.written}
    assert kinds | set(done.left_out) == set(catalogue.NAMES)
    assert not kinds & set(done.left_out)
    assert done.left_out["转发通知"] == "竞赛已于 2011-04-13 开始，转发通知应在开始以前发"
    assert done.left_out["调度会通知"] == "以后没有调度会了"
    assert done.left_out["考核总结"] == "到总结考核阶段（2011-07-21 起）再写"


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("转发通知", {}, "竞赛已于 2011-04-13 开始"),
        ("调度会通知", {"as_of": date(2011, 5, 13)}, "下一次调度会在 2011-06-12，会前 15 天以内再发"),
        (
            "进展通报",
            {"as_of": date(2011, 7, 11)},
            "统计日 2011-07-11 不是报送截止日，本期到 2011-07-12 截止",
        ),
        ("考核总结", {}, "到总结考核阶段（2011-07-21 起）再写"),
    ],
)
def test_a_kind_that_is_not_due_comes_as_a_draft_only(
    folder: Path, kind: str, options: dict[str, Any], why: str
) -> None:
    with pytest.raises(ActionError, match=f"现在不能编号发出。{kind}：{why}.*先看草稿用 --draft"):
        written(folder, kind, **options)
    assert written(folder, kind, draft=True, **options).written


def test_the_launching_notice_needs_no_submission(folder: Path) -> None:
    """Before the contest, from the console alone; dated as asked."""
    shutil.rmtree(folder / "报送")
    (folder / "报送").mkdir()
    (done,) = written(folder, "转发通知", as_of=None, dated=date(2011, 4, 12)).written
    assert done.number == "台政办〔2011〕1号"
    assert any("2011年4月12日" in text for text in texts(done.file))
    both = written(folder, "all", as_of=None, dated=date(2011, 4, 12), out="全部")
    assert told(both) == ["转发通知 台政办〔2011〕1号"]
    assert both.left_out["进展通报"] == "还没有报送表"


def test_the_notice_of_a_meeting_is_dated_before_it(folder: Path) -> None:
    """On the day of a meeting the next one is meant."""
    answer_all(folder / "操作台.xlsx", folder / "报送", as_of=date(2011, 6, 3))
    (done,) = written(folder, "调度会通知", as_of=date(2011, 6, 3)).written
    assert done.paper.facts["会议日期"] == date(2011, 6, 12)
    (draft,) = written(folder, "调度会通知", as_of=date(2011, 6, 12), draft=True).written
    assert draft.paper.facts["会议日期"] == date(2011, 7, 12)


def test_a_deadline_counts_working_days(folder: Path) -> None:
    """答复期限 of the sheet 发文, from 成文日期: Tuesday and three working days make Friday."""
    (done,) = written(folder, "说明通知书", units=["X02"]).written
    assert done.paper.facts["回复期限"] == date(2011, 7, 15)
    (later,) = written(folder, "说明通知书", units=["X02"], dated=date(2011, 7, 14), draft=True).written
    assert later.paper.facts["回复期限"] == date(2011, 7, 19)


def test_the_period_compared_begins_at_the_last_meeting(folder: Path) -> None:
    assert written(folder, "进展通报", draft=True).outcome.since == date(2011, 6, 12)
    since = written(folder, "进展通报", draft=True, since=date(2011, 5, 1)).outcome
    assert (since.day, since.since) == (LAST, date(2011, 5, 1))
    first, second = (
        written(folder, "进展通报", draft=True, as_of=date(2011, 5, day)).outcome for day in (13, 14)
    )
    assert (first.since, second.since) == (None, date(2011, 5, 13))


def test_progress_tells_each_document(folder: Path) -> None:
    labels: list[str] = []

    def progress(items: Any, label: str) -> Any:
        for item in items:
            labels.append(label)
            yield item

    written(folder, "补正通知", draft=True, progress=progress)
    assert labels.count("生成公文") == 2
    assert len(labels) > 2


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kinds", "options", "said"),
    [
        (
            ["简报", "快报", "进展通报"],
            {},
            "没有这种公文：简报、快报。可用的有：转发通知、.*、曝光送审稿，或 all。",
        ),
        (["进展通报"], {"units": ["X01", "X98", "X99"]}, "单位名录里没有代码：X98、X99。请核对 --unit。"),
        (["进展通报"], {"out": "报送/公文"}, "在报送文件夹"),
    ],
)
def test_what_cannot_be_asked_for(folder: Path, kinds: list[str], options: dict[str, Any], said: str) -> None:
    with pytest.raises(ActionError, match=f"^{said}" if options.get("out") is None else said):
        written(folder, *kinds, **options)
    assert not (folder / "公文").exists()


def test_a_broken_identity_stops_everything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = computing.compute

    def broken(*arguments: Any, **options: Any) -> Any:
        outcome = real(*arguments, **options)
        first, *others = outcome.identities
        return replace(outcome, identities=(replace(first, typed=first.typed + 1), *others))

    monkeypatch.setattr(computing, "compute", broken)
    with pytest.raises(
        ActionError, match="对账不符，这是程序的缺陷，没有生成公文。请把报送文件发给维护人员。"
    ):
        written(folder, "进展通报")
    assert not (folder / "公文").exists()


# ── templates ────────────────────────────────────────────────────────────────────────────────────


def own_template(path: Path, text: str) -> Path:
    """Write a template of one paragraph."""
    path.parent.mkdir(exist_ok=True)
    file = docx.Document()
    file.add_paragraph(text)
    file.save(str(path))
    return path


def test_a_template_of_the_working_folder_goes_before_the_shipped_one(folder: Path) -> None:
    own_template(folder / "doc_templates" / "补正通知.docx", "自己的模板：{{ 单位名称 }}")
    done = written(folder, "补正通知", units=["X02"])
    assert texts(done.written[0].file) == ["自己的模板：侯庙镇"]
    assert told(done) == ["补正通知 X02"]  # It has no place for a number.


def test_the_layout_of_an_edited_template_is_told_and_stops_nothing(folder: Path) -> None:
    own_template(folder / "doc_templates" / "补正通知.docx", "自己的模板：{{ 单位名称 }}")
    done = written(folder, "补正通知", "说明通知书", units=["X02"])
    (line,) = (line for line in done.note.splitlines() if "版式" in line)
    assert line.startswith("补正通知的模板做出的版式有问题：") and done.written[1].file.is_file()


def test_every_paper_is_looked_at_and_those_of_a_kind_share_what_was_seen(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[str, object]] = []

    def faults(package: Package, seen: object) -> list[str]:
        looked.append((hashlib.sha256(package.close(QUICK)).hexdigest(), seen))
        return ["有错"]

    monkeypatch.setattr(catalogue, "layout_faults", faults)
    done = written(folder, "考核评价表", "进展通报")
    made = [hashlib.sha256(one.file.read_bytes()).hexdigest() for one in done.written]
    assert [digest for digest, _ in looked] == made  # as it was written, each once
    by_kind = dict(
        zip((id(seen) for _, seen in looked), (one.paper.kind for one in done.written), strict=True)
    )
    assert sorted(by_kind.values()) == ["考核评价表", "进展通报"]
    assert [line for line in done.note.splitlines() if "有错" in line] == [
        f"{kind}的模板做出的版式有问题：有错" for kind in ("进展通报", "考核评价表")
    ]


def test_a_template_made_from_a_paper_brings_none_of_its_figures(folder: Path) -> None:
    """The old paper's marks and list go; a paper made with it lists its own figures alone."""
    (old,) = written(folder, "进展通报", out="旧").written
    template = folder / "doc_templates" / "进展通报.docx"
    template.parent.mkdir()
    file = docx.Document(str(old.file))
    file.add_paragraph("{{ 文号 }} 应报 {{ 应报数|数值 }} 个")
    file.save(str(template))
    (done,) = written(folder, "进展通报", out="新", draft=True).written
    sheet = openpyxl.load_workbook(done.figures)["数字清单"]
    assert [row[6] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["单位个数"]
    assert desk.verify([done.file], console=folder / "操作台.xlsx")[0].count == 1 < old.count


def test_the_register_keeps_each_figure_as_it_was_printed(folder: Path) -> None:
    (done,) = written(folder, "进展通报").written
    rows = json.loads(issued(folder)[0].figures)
    assert [tuple(row[:3]) for row in rows] == [(n.place, n.name, n.shown) for n in done.paper.figures]
    sheet = openpyxl.load_workbook(done.figures)["数字清单"]
    listed = {str(row[13]): row[5] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert listed == {
        str(number) if nth == 1 else f"{number}_{nth}": text
        for number, row in enumerate(rows, 1)
        for nth, text in enumerate(row[3], 1)
    }
    assert desk.verify([done.file], console=folder / "操作台.xlsx")[0].by == "发文登记"


def test_the_summary_names_the_figure_sheet_of_each_document(folder: Path) -> None:
    told = desk.documents_summary(written(folder, "补正通知", "进展通报", units=["X02", "X03"], draft=True))
    names = [Path(one["figures_file"]).name for one in told["documents"]]
    assert names == ["核稿_进展通报_2011-07-12.xlsx", *["核稿_补正通知_2011-07-12.xlsx"] * 2]
    assert len(told["outputs"]) == len(set(told["outputs"])) == 5
    assert all(Path(path).is_file() for path in told["outputs"])


def test_a_template_as_it_was_shipped_follows_the_rules(folder: Path) -> None:
    """Staff who changed the format of paper in the rules, and no template, get the new format."""
    shipped = catalogue.template_for("补正通知", default_rulebook())
    (folder / "doc_templates").mkdir()
    (folder / "doc_templates" / "补正通知.docx").write_bytes(shipped)
    remember(folder, {"doc_templates/补正通知.docx": shipped})
    book = replace(BOOK, paper_format=next(f for f in type(BOOK.paper_format) if f != BOOK.paper_format))
    expected = catalogue.template_for("补正通知", book)
    assert expected != shipped
    found = templates.template_of("补正通知", book, folder)
    alone = templates.template_of("补正通知", book, folder / "没有")
    (paper, *_) = (w.paper for w in written(folder, "补正通知", draft=True).written)
    assert catalogue.finish(paper, found, "1") == catalogue.finish(paper, alone, "1")


def test_what_is_wrong_with_templates(tmp_path: Path) -> None:
    strange = own_template(tmp_path / "a" / "随便.docx", "{{ 单位名称 }}")
    wrong = own_template(tmp_path / "a" / "补正通知_改.docx", "{{ 没有这个字段 }}")
    good = tmp_path / "a" / "协办函.docx"
    good.write_bytes(catalogue.template_for("协办函", BOOK))
    broken = tmp_path / "a" / "进展通报.docx"
    broken.write_bytes(b"not a document")
    found = templates.check_templates([strange, wrong, good, broken])
    assert list(found) == [strange, wrong, good, broken]
    assert found[strange][0] == "看不出是哪种公文，没有检查字段。请把文件命名为公文种类，如 转发通知.docx。"
    assert "没有这个字段" in found[wrong][0] and len(found[wrong]) > 1
    assert found[good] == []
    assert len(found[broken]) == 2 and found[broken][1].startswith("无法检查版式：")


def test_the_fields_of_a_kind() -> None:
    assert templates.fields_of("补正通知")["单位名称"] == "收文单位"
    with pytest.raises(ActionError, match="没有这种公文：简报"):
        templates.fields_of("简报")
