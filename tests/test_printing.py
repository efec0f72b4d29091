"""生成文书: which documents are written for whom, under which numbers, from which templates, and what is refused."""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from sheets import BOOK, grids_of, workbook_of

from baiti_xl.books.console import write_console
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.desk import ActionError, documents, printing
from baiti_xl.desk.factory import remember
from baiti_xl.papers import catalogue

SOUND = {"项目台账": "签约日期\n 2011-5-1"}
WRONG = {"项目台账": "总投资 | 固定资产投资\n 12000 | 13000"}
LAST = date(2011, 6, 30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder of three units: a sound file, two wrong ones."""
    with (tmp_path / "操作台.xlsx").open("wb") as target:
        write_console(target, replace(BOOK, units=BOOK.units[:3]), macros=False)
    (tmp_path / "报送").mkdir()
    for unit, tables in (("X01", SOUND), ("X02", WRONG), ("X03", WRONG)):
        (tmp_path / "报送" / f"{unit}.xlsx").write_bytes(workbook_of(grids_of(tables, unit, {})))
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


def issued(folder: Path) -> list[Sequence[Any]]:
    """Return what the register of issued documents holds."""
    with sqlite3.connect(folder / "归档" / "登记.db") as connection:
        columns = "year, number, kind, unit, day, title, file, hash"
        return connection.execute(f"select {columns} from numbers order by id").fetchall()


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def test_documents_are_numbered_in_the_order_of_the_catalogue(folder: Path) -> None:
    done = written(folder, "补正通知", "进展通报")
    assert told(done) == [
        "进展通报 台政办〔2011〕1号", "补正通知 X02 台政办〔2011〕2号", "补正通知 X03 台政办〔2011〕3号",
    ]  # fmt: skip
    assert [w.file.name for w in done.written] == [
        "进展通报_2011-06-30.docx", "补正通知_X02_侯庙镇_2011-06-30.docx", "补正通知_X03_孙口镇_2011-06-30.docx",
    ]  # fmt: skip
    for w in done.written:
        assert w.figures == w.file.with_name(f"{w.file.stem}_核稿.xlsx")
        assert any(w.number in text for text in texts(w.file))
        assert openpyxl.load_workbook(w.figures)["依据"]["B1"].value == w.paper.title
    assert (done.silent, done.note) == ((), "")


def test_the_register_says_what_was_issued_and_as_which_bytes(folder: Path) -> None:
    (one,) = written(folder, "补正通知", units=["X02"]).written
    written(folder, "补正通知", units=["X02"], out="再来")
    digest = hashlib.sha256(one.file.read_bytes()).hexdigest()
    assert issued(folder) == [
        (2011, 1, "补正通知", "X02", "2011-06-30", one.paper.title, one.file.name, digest)
    ]


def test_the_same_document_keeps_its_number_and_a_new_one_gets_the_next(folder: Path) -> None:
    written(folder, "补正通知", units=["X03"])
    again = written(folder, "补正通知", out="再来")
    assert told(again) == ["补正通知 X02 台政办〔2011〕2号", "补正通知 X03 台政办〔2011〕1号"]
    assert told(written(folder, "补正通知", out="七月", as_of=date(2011, 7, 12))) == [
        "补正通知 X02 台政办〔2011〕3号", "补正通知 X03 台政办〔2011〕4号",
    ]  # fmt: skip


def test_a_draft_takes_no_number(folder: Path) -> None:
    draft = written(folder, "补正通知", units=["X02"], draft=True)
    assert told(draft) == ["补正通知 X02"]
    assert any("台政办〔____〕____号" in text for text in texts(draft.written[0].file))
    assert told(written(folder, "补正通知", units=["X03"])) == ["补正通知 X03 台政办〔2011〕1号"]


def test_a_document_without_a_place_for_a_number_takes_none(folder: Path) -> None:
    assert told(written(folder, "曝光送审稿")) in (["曝光送审稿"], [])
    assert told(written(folder, "进展通报")) == ["进展通报 台政办〔2011〕1号"]


def test_files_of_staff_are_only_overwritten_when_asked(folder: Path) -> None:
    first = written(folder, "补正通知", units=["X02"]).written[0]
    first.file.write_bytes(b"edited by staff")
    first.figures.write_bytes(b"edited by staff")
    kept = written(folder, "补正通知", units=["X02"]).written[0]
    assert (kept.file.name, kept.figures.name) == (
        "补正通知_X02_侯庙镇_2011-06-30(2).docx", "补正通知_X02_侯庙镇_2011-06-30_核稿(2).xlsx",
    )  # fmt: skip
    assert first.file.read_bytes() == first.figures.read_bytes() == b"edited by staff"
    again = written(folder, "补正通知", units=["X02"], overwrite=True).written[0]
    assert again.file == first.file and again.figures == first.figures
    assert again.file.read_bytes() == kept.file.read_bytes()
    assert again.figures.read_bytes() == kept.figures.read_bytes()


# ── what and for whom ────────────────────────────────────────────────────────────────────────────


def test_a_kind_with_nothing_to_say_is_named(folder: Path) -> None:
    done = written(folder, "补正通知", "进展通报", units=["X01"])
    assert told(done) == ["进展通报 台政办〔2011〕1号"]
    assert done.silent == ("补正通知",)


def test_all_kinds(folder: Path) -> None:
    done = written(folder, "all", draft=True)
    kinds = {w.paper.kind for w in done.written}
    assert kinds | set(done.silent) == set(catalogue.NAMES)
    assert not kinds & set(done.silent)


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
    real = printing.compute  # type: ignore[attr-defined]

    def broken(*arguments: Any, **options: Any) -> Any:
        outcome = real(*arguments, **options)
        first, *others = outcome.identities
        return replace(outcome, identities=(replace(first, typed=first.typed + 1), *others))

    monkeypatch.setattr(printing, "compute", broken)
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


def test_a_template_as_it_was_shipped_follows_the_rules(folder: Path) -> None:
    """Staff who changed the format of paper in the rules, and no template, get the new format."""
    shipped = catalogue.template_for("补正通知", default_rulebook())
    (folder / "doc_templates").mkdir()
    (folder / "doc_templates" / "补正通知.docx").write_bytes(shipped)
    remember(folder, {"doc_templates/补正通知.docx": shipped})
    book = replace(BOOK, paper_format=next(f for f in type(BOOK.paper_format) if f != BOOK.paper_format))
    expected = catalogue.template_for("补正通知", book)
    assert expected != shipped
    found = printing.template_of("补正通知", book, folder)
    alone = printing.template_of("补正通知", book, folder / "没有")
    (paper, *_) = (w.paper for w in written(folder, "补正通知", draft=True).written)
    assert catalogue.finish(paper, found, "1") == catalogue.finish(paper, alone, "1")


def test_what_is_wrong_with_templates(tmp_path: Path) -> None:
    strange = own_template(tmp_path / "a" / "随便.docx", "{{ 单位名称 }}")
    wrong = own_template(tmp_path / "a" / "补正通知_改.docx", "{{ 没有这个字段 }}")
    good = tmp_path / "a" / "协办函.docx"
    good.write_bytes(catalogue.template_for("协办函", BOOK))
    broken = tmp_path / "a" / "进展通报.docx"
    broken.write_bytes(b"not a document")
    found = printing.check_templates([strange, wrong, good, broken])
    assert list(found) == [strange, wrong, good, broken]
    assert found[strange][0] == "看不出是哪种公文，没有检查字段。请把文件命名为公文种类，如 转发通知.docx。"
    assert "没有这个字段" in found[wrong][0] and len(found[wrong]) > 1
    assert found[good] == []
    assert len(found[broken]) == 2 and found[broken][1].startswith("无法检查版式：")


def test_the_fields_of_a_kind() -> None:
    assert printing.fields_of("补正通知")["单位名称"] == "收文单位"
    with pytest.raises(ActionError, match="没有这种公文：简报"):
        printing.fields_of("简报")
