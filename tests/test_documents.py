"""Finished documents: their wording as text, their layout, and that every number in them is a noted figure.

What each kind says is shown by the goldens, one for each kind and situation.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook
from openxml_audit import OpenXmlValidator
from pages import set_pages
from test_facts import JUNE, NAMES, SITUATIONS, busy, case, demo, papers_of, sent

from baiti_xl import desk
from baiti_xl.contest.choices import PaperFormat, Seal
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.records import Paper
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.ooxml.markup import OFFICE
from baiti_xl.ooxml.package import Package
from baiti_xl.papers import catalogue
from baiti_xl.papers.notes import money, spoken
from baiti_xl.press import charts
from baiti_xl.press.engine import CompiledTemplate, compile_template
from baiti_xl.press.layout_check import check_layout
from baiti_xl.press.numerals import plain_number

BOOK = default_rulebook()
NUMBER = "台政办〔2011〕9号"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMATS = [("2012", "无"), ("2012", "有"), ("1999", "无"), ("1999", "有")]


@cache
def template(kind: str) -> CompiledTemplate:
    """Return the shipped template of a kind, compiled."""
    return compile_template(
        catalogue.template_for(kind, BOOK), fields=catalogue.kind_of(kind).fields, name=kind
    )


def finished(paper: Paper) -> bytes:
    """Return a paper as a document."""
    return catalogue.finish(paper, template(paper.kind), NUMBER).data


# ── documents as text ────────────────────────────────────────────────────────────────────────────


def body_of(content: bytes) -> etree._Element:
    """Return the body of a .docx."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return next(etree.fromstring(archive.read("word/document.xml")).iter(f"{W}body"))


def text_of(element: etree._Element) -> str:
    """Return the text of a paragraph or a cell, a line break as ／."""
    marks = {f"{W}br": "／", f"{W}tab": " "}
    return "".join(
        node.text or "" if node.tag == f"{W}t" else marks.get(str(node.tag), "") for node in element.iter()
    )


def lines_of(content: bytes) -> Iterator[str]:
    """Yield a document as lines: a paragraph or a table row each; charts by name."""
    for element in body_of(content):
        if element.tag == f"{W}tbl":
            for row in element.iter(f"{W}tr"):
                yield "| " + " | ".join(text_of(cell) for cell in row.iter(f"{W}tc")) + " |"
        elif element.tag == f"{W}p":
            for place in element.iter(f"{{{charts.WP}}}docPr"):
                yield f"[图 {place.get('descr')}]"
            if text := text_of(element):
                yield text


@pytest.mark.parametrize("kind", catalogue.NAMES)
@pytest.mark.parametrize("name", SITUATIONS)
def test_the_wording_follows_the_figures(name: str, kind: str, golden: Callable[[str, str], None]) -> None:
    papers = papers_of(name, kind)
    text = "\n".join(lines_of(finished(papers[0]))) if papers else "（没有内容，不生成）"
    golden(f"documents/{kind}_{name}.txt", text + "\n")


@pytest.mark.parametrize("kind", ["进展通报", "考核总结"])
def test_the_wording_of_the_samples(kind: str, golden: Callable[[str, str], None]) -> None:
    (paper,) = papers_of("样例6月", kind)
    golden(f"documents/{kind}_样例6月.txt", "\n".join(lines_of(finished(paper))) + "\n")


ODD = re.compile(r"。。|，，|；。|，。|：。|：；|、。|、、|（）|None|Decimal|\{\{|\{%")


@pytest.mark.parametrize("kind", catalogue.NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_is_left_in_pieces(name: str, kind: str) -> None:
    for paper in papers_of(name, kind)[:4]:
        assert [line for line in lines_of(finished(paper)) if ODD.search(line.replace("　", ""))] == []


def test_a_clash_is_called_so_in_every_paper() -> None:
    """One state has one word (名词): two files of one batch are 冲突, what cannot be used is 退回."""
    submissions, book = SITUATIONS["有错"]()
    clash = sent("X03", busy("X03")), replace(sent("X03", {}), file="另一份.xlsx", digest="另")
    outcome = desk.compute([*submissions, *clash], book, JUNE)
    text = {
        kind: "\n".join(line for p in catalogue.papers(kind, outcome, book) for line in lines_of(finished(p)))
        for kind in ("进展通报", "考核总结", "补正通知", "考核评价表")
    }
    for kind in ("进展通报", "考核总结"):
        assert "退回的1个：侯庙镇；冲突（同一批次报送内容不一致）的1个：孙口镇；" in text[kind]
        assert "连同报送后被退回或者冲突的，" in text[kind]
    assert "没有报送、被退回和冲突的单位要立即补报" in text["进展通报"]
    assert "（冲突，即同一批次报送内容不一致）" in text["进展通报"]
    assert "同一批次的几份内容不一致（冲突），都不能使用，你单位目前没有可以计入的数据" in text["补正通知"]
    assert "| 报送情况 | 冲突 |" in text["考核评价表"] and "| 报送情况 | 退回 |" in text["考核评价表"]


def test_where_files_only_clash_nothing_is_said_to_be_returned() -> None:
    submissions, book = SITUATIONS["有错"]()
    kept = [s for s in submissions if s.unit == "X01"]
    clash = sent("X03", busy("X03")), replace(sent("X03", {}), file="另一份.xlsx", digest="另")
    for others, told in ((kept, "没有报送和冲突的单位要立即补报"), ([], "均未按期报送，或者报送后冲突。")):
        outcome = desk.compute([*others, *clash], book, JUNE)
        for kind in ("进展通报", "考核总结"):
            (paper,) = catalogue.papers(kind, outcome, book)
            text = "\n".join(lines_of(finished(paper)))
            assert "连同报送后冲突的，" in text and "退回的" not in text and "被退回" not in text
            assert told in text or (others and kind == "考核总结")


def test_the_columns_of_an_earlier_template_still_add_up() -> None:
    """退回 of a period counts both there, as it did before 冲突 had a column."""
    clash = sent("X03", busy("X03")), replace(sent("X03", {}), file="另一份.xlsx", digest="另")
    submissions, book = SITUATIONS["有错"]()
    (paper,) = catalogue.papers("进展通报", desk.compute([*submissions, *clash], book, JUNE), book)
    row = paper.facts["各期报送"][-1]
    assert row["应报"] == sum(row[name] for name in ("按时", "逾期", "退回", "未报"))
    assert (row["退回"], row["仅退回"], row["冲突"]) == (2, 1, 1)


# ── every number comes from facts ────────────────────────────────────────────────────────────────

DATE = r"\d{4}年\d+月\d+日|\d+月\d+日|\d{4}-\d\d-\d\d"
NOT_FIGURES = re.compile(
    rf"{DATE}|台政办〔2011〕9号|附件：?\d+\.?|附件\d+|表\d|^\d+\. |〔\d+〕|第\d+行|[A-Z]{{1,2}}\d+(-\d+)?"
)
VALUE = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
SEQUENCE = re.compile(r"^\| \d+ \|")
QUOTED = (
    "依据",
    "问题",
    "原值",
    "文件",
    "来源",
    "名称",
    "项目",
    "客商",
    "内容",
    "投资方",
    "单元格",
    "备注",
    "地点",
    "记录",
    "理由",
)


def constants(book: Rulebook) -> set[str]:
    """Return the numbers of the rulebook and the terms set in the wording's facts."""
    values = [Decimal(v) for v in (book.meeting_interval, book.idle_days, 3, 5)]
    values += [book.task_threshold, book.task_count, *(tier.lower for tier in book.tiers)]
    amounts = {
        money(value).rstrip("万亿元") for value in (book.task_threshold, *(t.lower for t in book.tiers))
    }
    return {f"{value.normalize():f}" for value in values} | amounts


def quoted(value: object, name: str = "") -> Iterator[str]:
    """Yield texts of facts that quote submissions, with numbers that are not ours."""
    if isinstance(value, str) and name in QUOTED:
        yield from value.split("\n")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from quoted(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from quoted(part, name)


def figures_in(content: bytes) -> dict[str, str]:
    """Return the figures of a document by their bookmarks, and take their text out of it."""
    found = {}
    for start in body_of(content).iter(f"{W}bookmarkStart"):
        run = start.getnext()
        assert run is not None
        found[start.get(f"{W}name") or ""] = text_of(run)
    return found


def without_figures(content: bytes) -> bytes:
    """Return a document without the text of its figures."""
    parts = parts_of(content)
    root = etree.fromstring(parts["word/document.xml"])
    for start in root.iter(f"{W}bookmarkStart"):
        run = start.getnext()
        assert run is not None
        for node in run.iter(f"{W}t"):
            node.text = ""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in {**parts, "word/document.xml": etree.tostring(root)}.items():
            archive.writestr(name, data)
    return target.getvalue()


def numbers(paper: Paper) -> set[str]:
    """Return the numbers a document prints beside its figures, without dates, document numbers and what is quoted."""
    own = sorted(set(quoted(paper.facts)), key=len, reverse=True)
    found: set[str] = set()
    for line in lines_of(without_figures(finished(paper))):
        text = SEQUENCE.sub("|", line)
        for part in own:
            text = text.replace(part, "") if len(part) > 3 and VALUE.search(part) else text
        found |= set(VALUE.findall(NOT_FIGURES.sub("", text)))
    return found - set(own)


@pytest.mark.parametrize("kind", catalogue.NAMES)
@pytest.mark.parametrize("name", ["并列", "样例6月", "样例7月"])
def test_every_number_printed_is_a_noted_figure(name: str, kind: str) -> None:
    if kind == "转发通知":
        pytest.skip("the plan holds numbers of the rulebook only")
    book = case("并列")[1]
    for paper in papers_of(name, kind)[:6]:
        assert numbers(paper) - constants(book) == set()
        printed = figures_in(finished(paper))
        for mark, text in printed.items():
            note = paper.figures[int(mark.removeprefix("_F").partition("_")[0]) - 1]
            assert note.value is not None
            assert text in (note.shown, spoken(note.name, note.value, book), plain_number(note.value)), note


def charted(content: bytes, tag: str) -> list[str]:
    """Return the values a chart holds under one kind of element."""
    space = f"{{{charts.C}}}"
    held = etree.fromstring(content).iter(f"{space}{tag}")
    return [value.text or "" for node in held for value in node.iter(f"{space}v")]


def test_numbers_of_charts_are_noted_too() -> None:
    (paper,) = papers_of("样例7月", "考核总结")
    known = {
        Decimal(note.shown) for note in paper.figures if VALUE.fullmatch(note.shown) and "%" not in note.shown
    }
    for content in paper.pictures.values():
        assert {Decimal(v) for v in charted(content, "val")} - known - {Decimal(0)} == set()


# ── templates and layout ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("paper_format", "seal"), FORMATS)
@pytest.mark.parametrize("kind", catalogue.NAMES)
def test_every_template_compiles_and_keeps_the_layout(kind: str, paper_format: str, seal: str) -> None:
    data = catalogue.template_for(
        kind, replace(BOOK, paper_format=PaperFormat(paper_format), seal=Seal(seal))
    )
    compile_template(data, fields=catalogue.kind_of(kind).fields, name=kind)
    assert data == catalogue.template_for(
        kind, replace(BOOK, paper_format=PaperFormat(paper_format), seal=Seal(seal))
    )
    if paper_format == "2012":
        assert [str(fault) for fault in check_layout(data)] == []


@pytest.mark.parametrize("kind", catalogue.NAMES)
def test_finished_documents_keep_the_layout_and_are_sound(kind: str, tmp_path: Path) -> None:
    for name in ("样例6月", "空"):
        for paper in papers_of(name, kind)[:1]:
            data = finished(paper)
            assert [str(fault) for fault in check_layout(data)] == []
            path = tmp_path / f"{name}.docx"
            path.write_bytes(data)
            assert [str(error) for error in OpenXmlValidator().validate(path).errors] == []


@pytest.mark.office
def test_the_boxes_to_sign_are_never_alone_on_a_page(tmp_path: Path) -> None:
    """7.3.5.5: a form of a few projects has one page; what is left of a longer one goes along."""
    forms = {p.unit: p for p in papers_of("样例7月", "考核评价表")}
    many = {**forms["X01"].facts, "项目": forms["X01"].facts["项目"] * 3}
    papers = {**forms, "多": replace(forms["X01"], facts=many)}
    pages = set_pages({unit: finished(paper) for unit, paper in papers.items()}, tmp_path)
    for unit, leaves in pages.items():
        if not papers[unit].facts["裁定"] and unit != "多":
            assert len(leaves) == 1, unit
        elif len(leaves) > 1:
            assert leaves[-1].lines[0].text.startswith(("五、裁定", "项目名称", "固定资产投资")), unit
            assert len(leaves[-1].lines) > 6


@pytest.mark.office
def test_a_reply_of_up_to_five_matters_has_one_page(tmp_path: Path) -> None:
    """With its boxes to sign and 版记, also below a long issuer."""
    paper = papers_of("样例7月", "说明通知书")[0]
    facts = {n: {**paper.facts, "情形": paper.facts["情形"][:1] * n} for n in range(1, 6)}
    papers = {str(n): finished(replace(paper, facts=held)) for n, held in facts.items()}
    for n, pages in set_pages(papers, tmp_path).items():
        last = [line.text for line in pages[-1].lines]
        assert any("附件" in text for text in last) and any("签字" in text for text in last), n
        assert any(text.endswith("印发") for text in last)


def test_the_same_outcome_gives_the_same_bytes() -> None:
    for kind in catalogue.NAMES:
        outcome, book = case("并列")
        again = catalogue.papers(kind, outcome, book)
        assert [finished(p) for p in again] == [finished(p) for p in papers_of("并列", kind)]


def test_the_date_of_a_paper_of_1999_is_in_chinese_numerals() -> None:
    book = replace(BOOK, paper_format=PaperFormat.OLD)
    data = catalogue.template_for("进展通报", book)
    made = compile_template(data, fields=catalogue.kind_of("进展通报").fields, name="进展通报")
    lines = list(lines_of(catalogue.finish(papers_of("并列", "进展通报")[0], made, NUMBER).data))
    assert "二〇一一年六月十二日" in lines
    assert [line for line in lines if line.endswith("2011年6月12日印发 |")]


def test_the_exposure_draft_is_marked_and_bears_no_number() -> None:
    (paper,) = papers_of("并列", "曝光送审稿")
    lines = list(lines_of(finished(paper)))
    assert lines[0] == "送审稿"
    assert not [line for line in lines if NUMBER in line or "已发布" in line]


# ── charts ───────────────────────────────────────────────────────────────────────────────────────


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_charts_take_the_place_of_their_pictures() -> None:
    outcome, book = demo()
    (paper,) = catalogue.papers("考核总结", outcome, book)
    parts = parts_of(finished(paper))
    drawn = sorted(name for name in parts if name.startswith("word/charts/chart"))
    assert len(drawn) == len(paper.pictures) == 4
    assert not [name for name in parts if name.startswith("word/media/")]
    relations = parts["word/_rels/document.xml.rels"].decode()
    assert all(f'Target="charts/chart{n}.xml"' in relations for n in range(1, 5))
    assert "/image" not in relations


def test_each_chart_opens_its_data() -> None:
    """Word's 编辑数据: the workbook inside, in the cells that the chart names, holds what the chart shows."""
    outcome, book = demo()
    (paper,) = catalogue.papers("考核总结", outcome, book)
    parts = parts_of(finished(paper))
    for number in range(1, 5):
        chart = etree.fromstring(parts[f"word/charts/chart{number}.xml"])
        (outside,) = chart.iter(f"{{{charts.C}}}externalData")
        (relation,) = etree.fromstring(parts[f"word/charts/_rels/chart{number}.xml.rels"])
        assert relation.get("Id") == outside.get(f"{{{OFFICE}}}id")
        assert str(relation.get("Type")).endswith("/package")
        held = load_workbook(
            BytesIO(parts[f"word/charts/{relation.get('Target')}".replace("charts/../", "")])
        )
        shown = list(chart.iter(f"{{{charts.C}}}f"))
        assert len(shown) >= 3
        for formula in shown:
            sheet, _, cells = str(formula.text).partition("!")
            cache = [value.text for value in formula.getparent().iter(f"{{{charts.C}}}v")]  # type: ignore[union-attr]
            found = held[sheet][cells.replace("$", "")]
            values = [cell.value for (cell,) in found] if isinstance(found, tuple) else [found.value]
            assert [as_shown(value) for value in values] == cache
    assert parts == parts_of(finished(paper))


def as_shown(value: object) -> str:
    """Return a cell as a chart holds it."""
    return value if isinstance(value, str) else f"{Decimal(str(value)):.2f}"


def test_each_chart_says_what_it_shows_and_names_its_rows() -> None:
    (paper,) = papers_of("两期", "考核总结")
    said = {
        name: (etree.fromstring(part).findtext(f".//{{{charts.A}}}t"), charted(part, "tx"))
        for name, part in paper.pictures.items()
    }
    assert said == {
        "综合得分图一": ("综合得分（乡镇）", ["综合得分"]),
        "综合得分图二": ("综合得分（县直）", ["综合得分"]),
        "各阶段金额图": ("各阶段签约金额和到位资金（万元）", ["签约金额", "到位资金"]),
        "档次分布图": ("签约项目档次分布（个）", ["乡镇", "县直"]),
    }


def test_a_report_without_figures_has_no_charts() -> None:
    (paper,) = papers_of("空", "考核总结")
    assert paper.pictures == {}
    assert not [line for line in lines_of(finished(paper)) if line.startswith("[图")]


def test_a_chart_without_a_place_changes_nothing() -> None:
    (paper,) = papers_of("并列", "表彰通报")
    package = Package.open(finished(paper))
    before = package.close()
    chart = charts.Chart("题", "横条", ("甲",), (charts.Series("数", (Decimal(1),)),))
    charts.insert_charts(package, {"没有": charts.chart_part(chart)})
    assert package.close() == before


@pytest.mark.parametrize("form", ["横条", "竖柱", "叠柱"])
def test_a_chart_holds_its_categories_and_rounded_values(form: charts.Form) -> None:
    series = (
        charts.Series("甲＆乙<", (Decimal("1.005"), Decimal(0))),
        charts.Series("丙", (Decimal(2), Decimal(3))),
    )
    part = charts.chart_part(charts.Chart("标题", form, ("一", "二"), series))
    assert charts.is_chart(part)
    assert not charts.is_chart(b"\x89PNG\r\n\x1a\n")
    assert charted(part, "tx") == ["甲＆乙<", "丙"]
    assert charted(part, "cat") == ["一", "二", "一", "二"]
    assert charted(part, "val") == ["1.01", "0.00", "2.00", "3.00"]
    assert len(list(etree.fromstring(part).iter(f"{{{charts.C}}}legend"))) == 1
