"""Templates in the layout of GB/T 9704: what the package holds, and what the set pages measure."""

import re
import zipfile
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import pytest
from openxml_audit import OpenXmlValidator
from pages import Line, Page, need_office, set_pages

from baiti_xl.press.layout import PageStyle, build_template, signature_places
from baiti_xl.press.layout_check import check_layout

SENTENCE = "各乡镇人民政府和县直有关单位要对照差距查找不足，切实加大招商引资工作力度。"
HEAD = """版式: {form}
种类: 通报
发文机关标志: {name}
文号: 台政办〔2011〕9号
签发人: 王建国
标题: 台前县人民政府办公室关于全县招商引资百日竞赛活动进展情况的通报
主送: 各乡镇人民政府，县直有关单位
署名: 台前县人民政府办公室
成文日期: {date}
主题词: 经济管理　招商引资　通报
抄送: 县委各部门，县人大常委会办公室，县政协办公室，县法院，县检察院，县人武部，各人民团体
印发机关: 台前县人民政府办公室
印发日期: 2011年5月13日
"""
BODY = f"""
{SENTENCE}
一、总体情况
（一）新上项目。{SENTENCE}
1.重大活动。{SENTENCE}
（1）赴外招商。{SENTENCE}
表题 各单位新上项目数排名
表 宽=15,60,30 对齐=中左右
| 名次 | 单位 | 新上项目数 |
| 1 | 城关镇 | 3 |
{SENTENCE}
"""
ROWS = "\n".join(f"| {n} | 第{n}单位 | {n * 10} |" for n in range(1, 40))
ANNEX = f"""#附件 各单位招商引资百日竞赛活动七项指标完成情况汇总表 [横向]
表 宽=10,30,20 对齐=中左右
| 名次 | 单位 | 金额 |
{ROWS}
"""
FULL = "进" * 28 * 60


def source(form: str = "公文", *, old: bool = False, body: str = BODY, extra: str = "") -> str:
    """A sample source; `extra` are further lines of the head."""
    name = "台前县人民政府办公室" + ("" if form == "信函" else "文件")
    date = "二〇一一年五月十三日" if old else "2011年5月13日"
    return HEAD.format(form=form, name=name, date=date) + extra + body


@cache
def samples() -> dict[str, bytes]:
    """Every 版式 × standard × seal, and a few special cases, by name."""
    documents = {}
    for form in ("公文", "上行文", "信函", "表格", "送审稿"):
        for standard in ("2012", "1999"):
            for seal in (False, True):
                style = PageStyle("1999" if standard == "1999" else "2012", seal)
                text = source(form, old=style.old)
                documents[f"{form}{standard}{'章' if seal else ''}"] = build_template(text, style=style)
    documents["满页"] = build_template(source(body="\n" + FULL))
    documents["横向附件"] = build_template(source(body=BODY + ANNEX))
    documents["信函长文"] = build_template(source("信函", body=f"\n{FULL}\n特此函达。"))
    documents["三标"] = build_template(source(extra="份号: 000001\n密级: 秘密★1年\n紧急程度: 特急\n"))
    for count in (6, 7, 20, 21):
        documents[f"{count}段"] = build_template(source(body="\n" + f"{SENTENCE[:20]}。\n" * count))
    return documents


def part(content: bytes, name: str) -> str:
    """One part of the package as text."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(name).decode()


def paragraphs(content: bytes) -> list[tuple[str, str]]:
    """(style name, text) of each paragraph, as python-docx reads them."""
    document = docx.Document(BytesIO(content))
    return [(str(p.style and p.style.name), p.text) for p in document.paragraphs]


# what the package holds


def test_the_same_source_gives_the_same_bytes() -> None:
    assert build_template(source()) == build_template(source())


@pytest.mark.parametrize("name", list(samples()))
def test_every_form_passes_its_own_checker(name: str) -> None:
    assert [str(fault) for fault in check_layout(samples()[name])] == []


def test_no_theme_font_and_no_part_of_the_blank_document() -> None:
    with zipfile.ZipFile(BytesIO(build_template(source()))) as archive:
        names = archive.namelist()
        text = b"".join(archive.read(name) for name in names)
    assert names[0] == "[Content_Types].xml"
    assert not [name for name in names if "stylesWithEffects" in name]
    assert b"Theme=" not in text and b"asciiTheme" not in text
    assert text.count(b"<w:r>") == text.count(b'<w:rFonts w:hint="eastAsia"') - _style_fonts(text)


@pytest.mark.parametrize(
    "name", ["公文2012", "上行文1999章", "信函2012", "表格2012", "送审稿2012", "横向附件"]
)
def test_word_opens_the_package_cleanly(name: str, tmp_path: Path) -> None:
    path = tmp_path / "sample.docx"
    path.write_bytes(samples()[name])
    assert [str(error) for error in OpenXmlValidator().validate(path).errors] == []


def _style_fonts(text: bytes) -> int:
    """Fonts that styles state, and runs that hold a picture or a box and no text."""
    return len(re.findall(rb"<w:style .*?<w:rFonts", text)) + 1 - text.count(b"<w:r><mc:AlternateContent")


def test_a_tag_is_one_run() -> None:
    text = "{{ 总体.新上项目数|个 }}"
    content = build_template(
        f"标题: {{{{ 标题 }}}}\n\n截至{text}，增加{{{{ 增加 }}}}个。\n{{%p if 问题 %}}\n有问题。\n{{%p endif %}}"
    )
    runs = re.findall(r"<w:r>.*?<w:t(?: [^>]*)?>(.*?)</w:t></w:r>", part(content, "word/document.xml"))
    assert runs[1:] == [
        f"截至{text}，增加{{{{ 增加 }}}}个。",
        "{%p if 问题 %}",
        "有问题。",
        "{%p endif %}",
    ]


def test_order_of_the_paragraphs_of_a_circular() -> None:
    content = build_template(
        source(
            body="\n一、情况\n（一）好的方面。有进展。\n#附件 名单\n甲。\n#附件 汇总表\n乙。",
            extra="附注: 此件公开发布\n",
        )
    )
    assert paragraphs(content)[1:-1] == [
        ("发文机关标志", "台前县人民政府办公室文件"),
        ("发文字号", "台政办〔2011〕9号"),
        ("公文标题", "台前县人民政府办公室关于全县\n招商引资百日竞赛活动进展情况的通报"),
        ("主送机关", "各乡镇人民政府，县直有关单位："),
        ("一级标题", "一、情况"),
        ("二级标题", "（一）好的方面。有进展。"),
        ("附件说明", "附件：1.\t名单"),
        ("附件说明", "2.\t汇总表"),
        ("发文机关署名", "台前县人民政府办公室"),
        ("成文日期", "2011年5月13日"),
        ("附注", "（此件公开发布）"),
        ("附件标识", "附件1"),
        ("附件标题", "名单"),
        ("公文正文", "甲。"),
        ("附件标识", "附件2"),
        ("附件标题", "汇总表"),
        ("公文正文", "乙。"),
    ]


def test_a_run_on_heading_is_kaiti_only_to_its_first_full_stop() -> None:
    content = build_template("标题: 通报\n\n（一）新上项目。共3个。比上期多1个。")
    runs = docx.Document(BytesIO(content)).paragraphs[-1].runs
    assert [(run.text, run.style.name) for run in runs] == [
        ("（一）新上项目。", "Default Paragraph Font"),
        ("共3个。比上期多1个。", "正文字"),
    ]


def test_optional_lines_stand_under_a_condition() -> None:
    head = "标题: 通报\n抄送: {{ 抄送 }}\n附注: {{ 附注 }}\n印发机关: 办公室\n印发日期: {{ 日 }}\n"
    content = build_template(head + "\n正文。")
    texts = re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", part(content, "word/document.xml"))
    assert texts[2:5] == ["{%p if 附注 %}", "（{{ 附注 }}）", "{%p endif %}"]
    assert texts[5:8] == ["{%tr if 抄送 %}", "抄送：{{ 抄送 }}。", "{%tr endif %}"]
    assert texts[8:] == ["办公室", "{{ 日 }}印发"]


def test_a_table_repeats_its_whole_head_and_breaks_no_row() -> None:
    content = build_template("标题: 表\n\n| 名次 | 金额 | < |\n| ^ | 签约 | 到位 |\n| 1 | 2 | 3 |")
    xml = part(content, "word/document.xml")
    assert (xml.count("<w:tblHeader/>"), xml.count("<w:cantSplit/>")) == (2, 3)
    table = docx.Document(BytesIO(content)).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["名次", "金额", "金额"],
        ["名次", "签约", "到位"],
        ["1", "2", "3"],
    ]


def test_each_picture_slot_has_its_name_and_one_placeholder_serves_them_all() -> None:
    content = build_template("标题: 总结\n\n[图 排名图 150×80]\n[图 进度图 150×80]")
    xml = part(content, "word/document.xml")
    assert re.findall(r'<wp:docPr [^>]*descr="(.*?)"', xml) == ["排名图", "进度图"]
    assert len(re.findall(r'r:embed="(.*?)"', xml)) == 2
    assert part(content, "word/_rels/document.xml.rels").count("media/image") == 1


def test_the_imprint_never_stands_on_a_landscape_page() -> None:
    sections = docx.Document(BytesIO(build_template(source(body=BODY + ANNEX)))).sections
    assert [section.orientation for section in sections] == [0, 1, 0]


@pytest.mark.parametrize(
    ("signer", "date", "seal", "insets"),
    [
        (10, 6.5, False, (2, 3.5)),  # 日期首字比署名首字右移二字
        (5, 6.5, False, (5.5, 2)),  # 日期长于署名：日期右空二字
        (10, 6.5, True, (2.3, 4)),  # 日期右空四字，署名居中于日期之上
        (20, 6.5, True, (0, 6.8)),  # 署名过长：日期相应左移
    ],
)
def test_signature_places(signer: float, date: float, seal: bool, insets: tuple[float, float]) -> None:
    """7.3.5.1 and 7.3.5.2: how far from the right edge each line ends, in characters."""
    line = 8845 / 315
    found = []
    for place, width in zip(signature_places(signer, date, seal=seal), (signer, date), strict=True):
        free = line - place.left - place.right - width
        found.append(place.right + {"right": 0, "center": free / 2, "left": free}[place.jc])
    assert found == pytest.approx(insets, abs=0.1)


# what the set pages measure, within 1 mm


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Page]]:
    """All samples, set in one run of LibreOffice."""
    need_office()
    folder: Path = tmp_path_factory.mktemp("pages")
    # LibreOffice 7.4 sets a gap between figures and characters, whatever autoSpaceDE says: a date without figures.
    numerals = build_template(source(old=True), style=PageStyle(seal=True))
    return set_pages(samples() | {"汉字日期章": numerals}, folder)


office = pytest.mark.office
near = pytest.approx
MM = 1.0


@office
def test_a_full_page_holds_22_lines_of_28_characters(pages: Mapping[str, list[Page]]) -> None:
    """5.2.1, 5.2.3."""
    lines = [line for line in pages["满页"][2].lines if line.size == 16]
    assert [len(line.text) for line in lines] == [28] * 22
    assert [lines[0].left, lines[0].right] == near([28, 184], abs=MM)
    assert [lines[0].top, lines[-1].bottom] == near([37, 262], abs=3)


@office
@pytest.mark.parametrize(
    ("name", "depth"),
    [("公文2012", 35), ("三标", 35), ("公文1999", 25), ("上行文2012", 35), ("上行文1999", 80)],
)
def test_the_red_head(pages: Mapping[str, list[Page]], name: str, depth: float) -> None:
    """7.2.4, 7.2.5, 7.2.7: the name's ink, two lines, the number, 4 mm, the rule."""
    page = pages[name][0]
    title, number, rule = page.line("文件"), page.line("〔2011〕9号"), page.rules[0]
    assert page.ink(True, below=title.bottom + 5).top == near(37 + depth, abs=MM)
    assert (title.left + title.right) / 2 == near(106, abs=MM)
    assert number.top - title.bottom == near(2 * 10.2 + 5, abs=2)
    assert rule.top - number.bottom == near(4, abs=MM)
    assert [rule.left, rule.right] == near([28, 184], abs=0.3)
    if "上行" in name:
        assert [number.left, number.right] == near([28 + 5.556, 184 - 5.556], abs=MM)


@office
def test_title_and_body_of_the_first_page(pages: Mapping[str, list[Page]]) -> None:
    """7.3.1 to 7.3.3: two lines below the rule; 2号 and 3号; the body begins on page one."""
    page = pages["公文2012"][0]
    title, last, address, body = (page.line(text) for text in ("关于全县", "的通报", "各乡镇", "对照差距"))
    assert (title.size, address.size, body.size) == (22, 16, 16)
    assert title.top - page.rules[0].top == near(2 * 10.2 + 2, abs=MM)
    assert [(line.left + line.right) / 2 for line in (title, last)] == near([106, 106], abs=MM)
    assert address.left == near(28, abs=MM)
    assert page.lines[page.lines.index(address) + 1].left == near(28 + 2 * 5.556, abs=MM)
    fonts = [page.line(text).font for text in ("一、总体", "（一）新上", "对照差距")]
    assert [font.removesuffix("-Regular") for font in fonts] == ["FandolHei", "FandolKai", "FandolFang"]


@office
def test_page_numbers(pages: Mapping[str, list[Page]]) -> None:
    """7.5: the dash 7 mm below the text block; odd at the right, even at the left, one character in."""
    for page, left, right in zip(pages["满页"][:2], (None, 28 + 4.94), (184 - 4.94, None), strict=True):
        number = page.lines[-1]
        assert (number.size, number.font) == (14, "FandolSong-Regular")
        assert number.right == near(right or number.right, abs=MM)
        assert number.left == near(left or number.left, abs=MM)
        dash = page.ink(False, above=264, until=number.left + 4)
        assert (dash.top + dash.bottom) / 2 == near(262 + 7, abs=MM)


@office
@pytest.mark.parametrize("name", ["公文2012", "公文1999", "满页", "6段", "7段", "20段", "21段", "横向附件"])
def test_the_imprint_ends_the_text_block_of_the_last_page(pages: Mapping[str, list[Page]], name: str) -> None:
    """7.4: 156 mm wide, last rule on the block's lower edge, nothing under or over it; only on the last page."""
    *others, last = pages[name]
    assert not [line for page in others for line in page.lines if line.text.startswith("抄送：")]
    rules = [rule for rule in last.rules if rule.top > 200]
    assert rules[-1].top == near(262, abs=MM)
    assert {round(rule.width) for rule in rules} == {156}
    copies, issue = last.line("抄送："), last.line("印发")
    assert copies.size == issue.size == (16 if "1999" in name else 14)
    assert [copies.left, issue.right] == near([28 + 5.2, 184 - 5.2], abs=MM)
    above = [line for line in last.lines if line.bottom <= copies.top and "主题词" not in line.text]
    assert all(line.bottom < rules[0].top for line in above)


@office
def test_the_signature(pages: Mapping[str, list[Page]]) -> None:
    """7.3.5.1: date four characters in, 署名 centred over it. 7.3.5.2: two in, date two to the right."""
    char = 5.556
    signer, date = _signature(pages["汉字日期章"])
    assert date.right == near(184 - 4 * char, abs=MM)
    assert (signer.left + signer.right) / 2 == near((date.left + date.right) / 2, abs=MM)
    signer, date = _signature(pages["公文2012"])
    assert signer.right == near(184 - 2 * char, abs=MM)
    assert date.left - signer.left == near(2 * char, abs=MM)
    assert date.top - signer.top == near(10.2, abs=MM)


@office
def test_a_sealed_paper_of_1999_bears_the_date_alone(pages: Mapping[str, list[Page]]) -> None:
    lines = [line for page in pages["公文1999章"] for line in page.lines]
    date = next(line for line in lines if line.text == "二〇一一年五月十三日")
    assert date.right == near(184 - 4 * 5.556, abs=MM)
    assert not [line for line in lines if line.text == "台前县人民政府办公室"]


def _signature(pages: list[Page]) -> tuple[Line, Line]:
    """署名 and 成文日期 as set."""
    lines = [line for page in pages for line in page.lines if line.size == 16]
    at = next(n for n, line in enumerate(lines) if line.text in ("2011年5月13日", "二〇一一年五月十三日"))
    return lines[at - 1], lines[at]


@office
@pytest.mark.parametrize("name", ["6段", "7段", "20段", "21段", "满页"])
def test_the_signature_is_never_alone_on_its_page(pages: Mapping[str, list[Page]], name: str) -> None:
    """7.3.5.5."""
    page = next(page for page in pages[name] if any(line.text == "2011年5月13日" for line in page.lines))
    body = [line for line in page.lines if line.size == 16 and line.text[:2] in (SENTENCE[:2], "进进")]
    assert body


@office
def test_a_letter(pages: Mapping[str, list[Page]]) -> None:
    """10.1: name 30 mm from the sheet's edge, double rules of 170 mm, no number on page one, a bare 版记."""
    first, second, *_, last = pages["信函长文"]
    upper = [rule for rule in first.rules if rule.top < 100]
    lower = [rule for rule in first.rules if rule.top > 200]
    name = first.line("台前县人民政府办公室")
    ink = first.ink(True, below=upper[0].top - 1)
    assert ink.top == near(30, abs=MM)
    assert upper[0].top - ink.bottom == near(4, abs=MM)
    assert lower[0].top == near(297 - 20, abs=MM)
    assert {(round(rule.left), round(rule.right)) for rule in upper + lower} == {(20, 190)}
    weights = {rule["top"]: rule["linewidth"] for rule in first.raw.lines}
    assert [weights[top] for top in sorted(weights)] == near([3, 0.75, 0.75, 3], abs=0.1)
    number = first.line("〔2011〕")
    assert number.right == near(184, abs=MM)
    assert number.top - upper[-1].bottom == near(7 / 8 * 5.64, abs=MM)
    assert (name.left + name.right) / 2 == near(105, abs=MM)
    assert "—" not in "".join(line.text for line in first.lines)
    number = second.lines[-1]
    dash = second.ink(False, above=264, below=275, until=number.left + 4)
    assert number.text == "—2—"
    assert (dash.top + dash.bottom) / 2 == near(262 + 7, abs=MM)
    assert not last.rules and last.line("抄送：").bottom < 262


@office
def test_a_landscape_annex_keeps_the_number_where_the_sheet_has_it(pages: Mapping[str, list[Page]]) -> None:
    """8: on the left of the turned page, reading down; odd at the bottom, even at the top."""
    turned = [(n, page) for n, page in enumerate(pages["横向附件"], 1) if page.is_landscape]
    assert len(turned) > 1
    for number, page in turned:
        chars = [char for char in page.raw.chars if not char["upright"]]
        assert "".join(char["text"] for char in chars if char["text"].strip()) == f"—{number}—"
        assert all(abs(char["x0"] / 72 * 25.4 + 2.5 - 28) < 2 for char in chars)
        top, bottom = (edge * 25.4 / 72 for edge in (chars[0]["top"], chars[-1]["bottom"]))
        assert bottom == near(210 - 26 - 4.94, abs=1.5) if number % 2 else top == near(28 + 4.94, abs=1.5)
    heads = [page.line("名次").text for _, page in turned]
    assert heads == ["名次单位金额"] * len(turned)


@office
def test_a_form_and_a_draft_have_no_red(pages: Mapping[str, list[Page]]) -> None:
    for name, first in (("表格2012", "台前县人民政府"), ("送审稿2012", "送审稿")):
        page = pages[name][0]
        assert page.lines[0].text.startswith(first)
        assert page.lines[0].top == near(40, abs=4)
        with pytest.raises(ValueError):
            page.ink(True)
