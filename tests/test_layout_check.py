"""The layout checker: a good paper passes however it was saved, and each single fault put into one is named.

The faults are in spoilt_faults.py, the other ways of writing the same in spoilt_ways.py.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
import spoilt_faults
import spoilt_ways
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree
from office import convert, needs_office
from spoilt_papers import FAULTS, PAPERS, SAME, Change, Fault, changed, find, line, reword, source
from test_documents import BOOK, FORMATS, finished
from test_facts import papers_of
from test_layout import samples

from baiti_xl.contest.choices import PaperFormat, Seal
from baiti_xl.ooxml.package import Package
from baiti_xl.papers import catalogue
from baiti_xl.press.checking.cutting import cut
from baiti_xl.press.checking.kept import Kept
from baiti_xl.press.checking.looks import styles_of
from baiti_xl.press.checking.outline import NotAlone, outlined_row
from baiti_xl.press.checking.roles import BY_NAME
from baiti_xl.press.checking.styled import CLAUSES
from baiti_xl.press.engine import compile_template
from baiti_xl.press.layout import build_template
from baiti_xl.press.layout_check import CHECKS, RULES, LayoutError, Seen, check_layout
from baiti_xl.press.listing import document_of
from baiti_xl.press.wording import TAG


def sentences(content: bytes) -> list[str]:
    """The faults of a paper as staff read them."""
    return [str(fault) for fault in check_layout(content)]


def rules(content: bytes) -> set[str]:
    """The rules that a paper breaks."""
    return {fault.rule for fault in check_layout(content)}


# ── good papers ──────────────────────────────────────────────────────────────────────────────────


def template(kind: str, paper_format: str, seal: str) -> list[bytes]:
    """The shipped template of a kind in one format."""
    book = replace(BOOK, paper_format=PaperFormat(paper_format), seal=Seal(seal))
    return [catalogue.template_for(kind, book)]


def papers(kind: str, case: str) -> list[bytes]:
    """Up to two finished papers of a kind in one case."""
    return [finished(paper) for paper in papers_of(case, kind)[:2]]


def sources() -> Iterator[tuple[str, Callable[[], list[bytes]]]]:
    """Yield what makes good papers: samples of each form, every shipped template in each format, finished papers."""
    for name, content in (*samples().items(), *PAPERS.items()):
        yield f"样张_{name}", partial(list, (content,))
    for kind in catalogue.NAMES:
        for paper_format, seal in FORMATS:
            yield f"模板_{kind}_{paper_format}_{seal}", partial(template, kind, paper_format, seal)
        for case in ("样例6月", "空", "并列"):
            yield f"公文_{kind}_{case}", partial(papers, kind, case)


SOURCES = dict(sources())


@cache
def good(name: str) -> list[bytes]:
    """Return the papers of one source, made when a test asks for them."""
    return SOURCES[name]()


@pytest.fixture(scope="module")
def resaved(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[bytes]]:
    """The papers of all sources, saved again by LibreOffice in one run."""
    folder, out = tmp_path_factory.mktemp("原件"), tmp_path_factory.mktemp("重存")
    files = {name: [folder / f"{name}_{at}.docx" for at, _ in enumerate(good(name))] for name in SOURCES}
    for name, paths in files.items():
        for path, content in zip(paths, good(name), strict=True):
            path.write_bytes(content)
    convert(sorted(folder.iterdir()), "docx:MS Word 2007 XML", out)
    return {name: [(out / path.name).read_bytes() for path in paths] for name, paths in files.items()}


@pytest.mark.office
@needs_office
@pytest.mark.parametrize("kind", catalogue.NAMES)
def test_what_libreoffice_makes_of_a_template_is_understood(
    kind: str, resaved: Mapping[str, list[bytes]]
) -> None:
    for paper_format, seal in FORMATS:
        (content,) = resaved[f"模板_{kind}_{paper_format}_{seal}"]
        compile_template(content, fields=catalogue.kind_of(kind).fields, name=kind)


@pytest.mark.parametrize("name", SOURCES)
def test_a_good_paper_passes(name: str) -> None:
    assert [sentences(content) for content in good(name)] == [[] for _ in good(name)]


@pytest.mark.office
@needs_office
@pytest.mark.parametrize("name", SOURCES)
def test_a_good_paper_passes_as_libreoffice_saves_it(name: str, resaved: Mapping[str, list[bytes]]) -> None:
    assert [sentences(content) for content in resaved[name]] == [[] for _ in resaved[name]]


WAYS = pytest.mark.parametrize(
    ("name", "change"), SAME, ids=[f"{change.__name__}-{name}" for name, change in SAME]
)


@WAYS
def test_another_way_of_writing_the_same_passes(name: str, change: Change) -> None:
    content = changed(PAPERS[name], change)
    assert (content == changed(PAPERS[name], spoilt_ways.nothing)) == (change is spoilt_ways.nothing)
    assert sentences(content) == []


@pytest.mark.office
@needs_office
@WAYS
def test_another_way_passes_as_libreoffice_saves_it(
    name: str, change: Change, resaved: Mapping[str, list[bytes]]
) -> None:
    assert sentences(changed(resaved[f"样张_{name}"][0], change)) == []


def test_parts_that_print_nothing_are_not_judged() -> None:
    assert sentences(spoilt_ways.with_parts(PAPERS["公文"])) == []


@pytest.mark.parametrize("number", ["台政办〔2011〕____号", "〔____〕"])
def test_a_draft_without_a_number_passes(number: str) -> None:
    draft = changed(
        PAPERS["公文"], lambda paper: reword(line(paper, "发文字号"), "台政办〔2011〕9号", number)
    )
    assert sentences(draft) == []


WIDE = str.maketrans("{}%#", "｛｝％＃")


@pytest.mark.parametrize("wide", [False, True])
def test_text_under_a_tag_is_not_judged(wide: bool) -> None:
    """In full-width braces neither, as an input method writes them: the engine reads both."""
    tags = {
        "台政办〔2011〕9号": "{{ 文号 }}",
        "成文日期: 2011年5月13日": "成文日期: {{ 成文日期 }}",
        "台前县人民政府办公室\n成文": "{{ 署名 }}\n成文",
        "县委办公室": "{{ 抄送 }}",
        "一、情况": "{%p if 情况 %}\n#1 {{ 序 }}、情况\n{%p endif %}",
        "#附件 说明": "#附件 {{ 附件名 }}",
        "| 城关镇 | 3 |": "{%tr for 行 in 单位 %}\n| {{ 行.名 }} | {{ 行.数 }} |\n{%tr endfor %}",
    }
    text = source()
    for old, new in tags.items():
        assert old in text
        text = text.replace(old, new)
    template = build_template(text.replace("有进展。", "有{{ '甲,乙' }}{# 丙,丁 #}进展。"))
    assert sentences(changed(template, widen) if wide else template) == []


def widen(paper: Document) -> None:
    """Write every tag in full-width braces."""
    for text in paper.element.body.iter(qn("w:t")):
        text.text = re.sub(TAG, lambda found: found[0].translate(WIDE), text.text or "")


@pytest.mark.parametrize(
    "tag",
    [
        "{%tr for 行 in 单位 %}",
        " {%tr for 行 in 单位 %} ",
        "｛％tr for 行 in 单位 ％｝",
        "{% - tr for 行 in 单位 %}",
    ],
)
def test_a_row_that_holds_only_a_row_tag_may_break(tag: str) -> None:
    """It is not printed, and blanks slip in around the tag."""

    def retype(paper: Document) -> None:
        row = next(row for row in paper.element.body.iter(qn("w:tr")) if "{%tr" in "".join(row.itertext()))
        find(row, "t").text = tag
        for setting in row.xpath("./w:trPr"):
            row.remove(setting)

    text = source().replace("| 城关镇 | 3 |", "{%tr for 行 in 单位 %}\n| {{ 行.名 }} | 3 |\n{%tr endfor %}")
    assert sentences(changed(build_template(text), retype)) == []


# ── spoilt papers ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("spoilt", FAULTS, ids=str)
def test_a_fault_is_named_and_no_other(spoilt: Fault) -> None:
    assert rules(changed(PAPERS[spoilt.paper], spoilt.change)) == {spoilt.rule} | spoilt.also


@pytest.mark.office
@needs_office
@pytest.mark.parametrize("spoilt", FAULTS, ids=str)
def test_a_fault_is_named_in_a_paper_saved_by_libreoffice(
    spoilt: Fault, resaved: Mapping[str, list[bytes]]
) -> None:
    content = changed(resaved[f"样张_{spoilt.paper}"][0], spoilt.change)
    assert rules(content) == {spoilt.rule} | spoilt.also


def test_every_rule_has_a_fault() -> None:
    assert {spoilt.rule for spoilt in FAULTS} == set(RULES)
    assert len(CHECKS) == len(set(CHECKS))


def test_every_role_that_is_asked_for_is_a_style() -> None:
    assert set(CLAUSES) <= set(BY_NAME)


# ── sentences, refusals, time ────────────────────────────────────────────────────────────────────


def test_a_fault_reads_as_place_fault_remedy_clause() -> None:
    (fault,) = check_layout(changed(PAPERS["公文"], spoilt_faults.an_ordinal))
    assert str(fault) == (
        "第5段「台政办〔2011〕第9号」：“台政办〔2011〕第9号”的顺序号加了“第”字。删去“第”字。"
        "（GB/T 9704-2012 7.2.5 发文字号）"
    )


SENTENCES = [
    (spoilt_faults.a_heading_deleted, "“（二）”的序数不连贯，应为“（一）”。"),
    (spoilt_faults.a_second_level_repeated, "“（一）”的序数不连贯，应为“（二）”。"),
    (spoilt_faults.the_thirtieth_of_february, "没有“2011年2月30日”这一天。"),
    (spoilt_faults.an_annex_by_another_name, "附件1：附件说明写作“名单”，所附附件的标题是“名单表”。"),
    (spoilt_faults.an_annex_not_listed, "附件3：附件说明写作“（无）”，所附附件的标题是“说明”。"),
    (spoilt_faults.the_mark_5_mm_lower, "上边缘距纸边约77毫米，应为72毫米。"),
    (spoilt_faults.a_half_width_comma, "“实,于”用了半角标点。"),
    (spoilt_faults.a_table_in_small_6, "第1个表：表内字号只有6.5磅，看不清。表内字号不小于小五号（9磅）"),
]


@pytest.mark.parametrize(("change", "said"), SENTENCES, ids=[change.__name__ for change, _ in SENTENCES])
def test_what_is_said_of_a_fault(change: Change, said: str) -> None:
    (sentence,) = sentences(changed(PAPERS["公文"], change))
    assert said in sentence


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a document"])
def test_another_file_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(LayoutError, match="不是可读的 Word 文档"):
        check_layout(content)


def test_a_workbook_is_refused_in_one_sentence() -> None:
    workbook = (Path(__file__).parents[1] / "workbook").glob("*.xlsx")
    with pytest.raises(LayoutError, match="不是 Word 文档"):
        check_layout(next(workbook).read_bytes())


@pytest.mark.parametrize("size", ["十六", "inf"])
def test_a_measure_that_is_no_number_is_refused_in_one_sentence(size: str) -> None:
    def spoil(paper: Document) -> None:
        find(paper.element.body, "sectPr/pgSz").set(qn("w:w"), size)

    with pytest.raises(LayoutError, match=f"尺寸“{size}”不是数字"):
        check_layout(changed(PAPERS["公文"], spoil))


@pytest.mark.parametrize("name", PAPERS)
def test_a_damaged_paper_is_judged_or_refused(name: str) -> None:
    """Elements and attributes lost or changed at random: no other error comes out."""
    with zipfile.ZipFile(BytesIO(PAPERS[name])) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    chance = Random(name)
    for _ in range(60):
        damaged = dict(parts)
        part = chance.choice([entry for entry in parts if entry.endswith((".xml", ".rels"))])
        root = etree.fromstring(parts[part])
        for element in chance.sample([e for e in root.iter() if e is not root], 2 if len(root) > 1 else 0):
            above = element.getparent()
            if chance.random() < 0.5 and above is not None:
                above.remove(element)
            for key in element.attrib:
                element.set(key, chance.choice(["", "x", "-1", "99999", "nan"]))
        damaged[part] = etree.tostring(root)
        with suppress(LayoutError):
            check_layout(packed(damaged))


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Parts as a file."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


# ── papers of one run ────────────────────────────────────────────────────────────────────────────

TEXTS = (
    "", "2011年2月30日", "\u3000\u3000字", "{%tr if 有 %}", "{{ 数 }}", "一、情况", "附件：名单", "抄送：县委。", "注：无",
    "办公室2011年5月1日印发", "实,于", "台政办〔2011〕第3号", "甲 & 乙", "\ufffc", "附件2", "（一）好。", " ",
)  # fmt: skip


def reworded(content: bytes, chance: Random) -> bytes:
    """A paper with some texts changed and perhaps an element lost, as the press writes it."""
    package = Package.open(content)
    tree = package.edit(document_of(package))
    for text in chance.sample(list(tree.iter(qn("w:t"))), 3):
        text.text = chance.choice(TEXTS)
    lost = chance.choice([*tree.iter(qn("w:pPr"), qn("w:trPr"), qn("w:tr"), qn("w:rPr"), qn("w:tblHeader"))])
    above = lost.getparent()
    if above is not None and chance.random() < 0.5:
        above.remove(lost)
    return package.close()


@pytest.mark.parametrize(
    "name", ["样张_公文", "公文_考核评价表_样例6月", "公文_进展通报_样例6月", "公文_补正通知_样例6月"]
)
def test_papers_of_one_run_are_judged_as_each_alone_and_whole(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [reworded(content, Random(f"{name}{at}")) for content in good(name)[:1] for at in range(40)]
    seen = Seen()
    together = [[str(fault) for fault in check_layout(paper, seen)] for paper in papers]
    assert any(together)
    monkeypatch.setattr("baiti_xl.press.checking.outline.cut", lambda _: None)
    assert together == [sentences(paper) for paper in papers]


def test_styles_are_read_once_even_of_papers_looked_at_one_by_one() -> None:
    """As those that somebody sends back; what is found of the papers themselves is forgotten with each."""
    data = Package.open(good("公文_考核评价表_样例6月")[0]).data("word/styles.xml")
    one, other = styles_of(data), styles_of(bytes(bytearray(data)))
    assert one.looks is other.looks and one.dressings is not other.dressings


def test_a_paper_is_cut_into_frame_rows_and_texts_unless_written_otherwise() -> None:
    package = Package.open(good("公文_考核评价表_样例6月")[0])
    data = package.data(document_of(package))
    parts = cut(data)
    assert parts and parts.rows and all(text not in parts.frame for text in parts.texts if len(text) > 3)
    assert cut(data.replace(b"UTF-8", b"GB18030", 1)) is None and cut(b"\xff") is None


def test_a_row_without_cells_is_no_part_of_the_next() -> None:
    package = Package.open(good("公文_考核评价表_样例6月")[0])
    parts = cut(package.data(document_of(package)))
    assert parts
    with pytest.raises(NotAlone):
        row = '<w:tr w:rsidR="1"/><w:tr><w:tc><w:p/></w:tc></w:tr>'
        outlined_row(row, parts.root, styles_of(package.data("word/styles.xml")))


def test_what_is_kept_is_bounded() -> None:
    kept = Kept[int, str](3)
    assert [kept.made(at, lambda: "新") for at in (1, 2, 3, 4, 4)] == ["新"] * 5 and list(kept) == [4]


def test_a_paper_that_is_read_whole_leaves_nothing_behind() -> None:
    """A run of such papers would else hold the trees of dozens."""
    seen, held = Seen(), []
    for text in ("甲", "乙"):
        package = Package.open(good("公文_考核评价表_样例6月")[0])
        package.edit(document_of(package)).append(etree.Comment(text))
        check_layout(package.close(), seen)
        (styles,) = seen.styles.values()
        held.append([len(getattr(styles, one.name)) for one in fields(styles)])
    assert held[0] == held[1]
