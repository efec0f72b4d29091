"""Figures in a paper: printed as their table or sentence says, each between bookmarks that carry its id."""

import copy
import io
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document as open_docx
from engine_corpus import FACTS, SPEC, Docx, W, case, furnished, part, ranked, raw, run, shown
from lxml import etree
from office import convert, needs_office
from openxml_audit import OpenXmlValidator

from baiti_xl.press.engine import RenderErrors, compile_template
from baiti_xl.press.engine.printed import PrintedNumber, PrintedText

DOCUMENT = "word/document.xml"
MONEY = PrintedNumber(Decimal("1247.5"), "12", "1,247.50", "1,247.5万元")
SHARE = PrintedNumber(Decimal("0.605"), "7", "60.5%", "60.5%")
COUNT = PrintedNumber(3, "", "3", "3个")
ROWS = [
    {**row, "资金": PrintedNumber(Decimal(at), str(at), f"{at}.00", f"{at}万元")}
    for at, row in enumerate(ranked("甲", "乙"), 1)
]
BOLD = '<w:rPr><w:b/><w:sz w:val="32"/></w:rPr>'


def rendered(docx: Docx | str, **facts: Any) -> bytes:
    """The template rendered with FACTS, with money, a share and a number that is no figure among them."""
    docx = Docx(docx) if isinstance(docx, str) else docx
    given = {**FACTS, "金额": MONEY, "比例": SHARE, "标题": COUNT, "排名": ROWS, **facts}
    return compile_template(docx.data(), fields=SPEC, name="试").render(given)


def marked(docx: bytes) -> list[str]:
    """Each bookmark with the text between its ends: _F12=1,247.50."""
    root = etree.fromstring(part(docx, DOCUMENT))
    found = []
    for start in root.iter(f"{{{W}}}bookmarkStart"):
        figure = start.getnext()
        end = figure.getnext() if figure is not None else None
        assert figure is not None and figure.tag == f"{{{W}}}r"
        assert end is not None and end.tag == f"{{{W}}}bookmarkEnd"
        assert end.get(f"{{{W}}}id") == start.get(f"{{{W}}}id")
        found.append(f"{start.get(f'{{{W}}}name')}={''.join(map(str, figure.itertext()))}")
    return found


CASES = (
    case("表里", "{{ 金额|数值 }}", "_F12=1,247.50"),
    case("句里", "到位{{ 金额|行文 }}，占{{ 比例|行文 }}。", "_F12=1,247.5万元", "_F7=60.5%"),
    case("别的格式也带着", "{{ 金额|万元 }}{{ 金额|数 }}{{ 金额|整数 }}", "_F12=1247.50", "_F12_2=1247.5", "_F12_3=1248"),
    case("百分比", "{{ 比例|百分比 }}", "_F7=60.50%"),
    case("没有编号的数不标", "{{ 标题|数值 }}{{ 标题|行文 }}"),
    case("没有数", "{{ 金额|数值 }}", 金额=None),
    case("普通的数照「数」印", "{{ 金额|数值 }}{{ 县.人口|行文 }}", 金额=Decimal("0.60")),
    case("选择", "{{ 金额|行文 if 比例 > 0 else “无” }}", "_F12=1,247.5万元"),
    case("或者", "{{ 金额|行文 or “无” }}", "_F12=1,247.5万元"),
    case("给的就是印好的字", "共{{ 文号 }}个", "_F9=5&<6", 文号=PrintedText("5&<6", "9")),
    case("断在几段里", "甲{{ 金⁞额|⁞数值 }}⁞乙", "_F12=1,247.50"),
    case("循环里", "{% for 行 in 排名 %}{{ 行.单位 }}{{ 行.资金|行文 }}；{% endfor %}", "_F1=1万元", "_F2=2万元"),
    case(
        "循环里同一个数",
        "{% for 行 in 排名 %}{{ 金额|数值 }}{% endfor %}",
        "_F12=1,247.50",
        "_F12_2=1,247.50",
    ),
    case(
        "表格行循环",
        "║单位║资金║\n║{%tr for 行 in 排名 %}{{ 行.单位 }}║{{ 行.资金|数值 }}{%tr endfor %}║",
        "_F1=1.00",
        "_F2=2.00",
    ),
    case("格子里夹着字", "║约{{ 金额|数值 }}万元║{{ 比例|数值 }}║", "_F12=1,247.50", "_F7=60.5%"),
    case("段循环", "{%p for 行 in 排名 %}\n{{ 行.资金|数值 }}\n{%p endfor %}", "_F1=1.00", "_F2=2.00"),
    case("条件里", "{% if 金额 > 1000 and 比例 is not none %}{{ 金额|数值 }}{% endif %}", "_F12=1,247.50"),
    case("一段里带格式", raw(run("前{{ 金额|数值 }}后{{ 比例|数值 }}", BOLD)), "_F12=1,247.50", "_F7=60.5%"),
    case(
        "超链接和修订里",
        raw(
            f'<w:hyperlink w:anchor="a">{run("{{ 金额|数值 }}")}</w:hyperlink>',
            f'<w:ins w:id="40" w:author="a">{run("{{ 金额|数值 }}")}</w:ins>',
        ),
        "_F12=1,247.50",
        "_F12_2=1,247.50",
    ),
)  # fmt: skip
NAMES = [one.name for one in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_figures_are_bookmarked(case: Any) -> None:
    assert marked(rendered(case.body, **case.facts)) == list(case.expected)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_is_seen_is_the_same_without_ids(case: Any, tmp_path: Path) -> None:
    """Text and looks of every character; the file opens and is valid."""

    def anonymous(value: Any) -> Any:
        if isinstance(value, PrintedNumber):
            return PrintedNumber(value, "", value.tabular, value.spoken)
        if isinstance(value, list):
            return [{name: anonymous(one) for name, one in row.items()} for row in value]
        return str(value) if isinstance(value, PrintedText) else value

    given = {"金额": MONEY, "比例": SHARE, "标题": COUNT, "排名": ROWS, **case.facts}
    path = tmp_path / "甲.docx"
    path.write_bytes(rendered(furnished(Docx(case.body)), **given))
    plain = rendered(case.body, **{name: anonymous(value) for name, value in given.items()})
    assert looks(path.read_bytes()) == looks(plain)
    assert shown(path.read_bytes()) == shown(plain)
    open_docx(str(path))
    assert [str(error) for error in OpenXmlValidator().validate(path).errors] == []


def looks(docx: bytes) -> list[tuple[str, str]]:
    """Every character of the document with the properties of its run."""
    found = []
    for one in etree.fromstring(part(docx, DOCUMENT)).iter(f"{{{W}}}r"):
        properties = one.find(f"{{{W}}}rPr")
        look = "" if properties is None else etree.tostring(properties).decode()
        found += [(letter, look) for letter in "".join(map(str, one.itertext()))]
    return found


def test_ids_are_unique_in_the_document() -> None:
    body = raw(
        '<w:bookmarkStart w:id="70" w:name="留"/>', run("{{ 金额|数值 }}"), '<w:bookmarkEnd w:id="70"/>'
    )
    root = etree.fromstring(part(rendered(body + "\n{{ 比例|数值 }}{{ 比例|数值 }}"), DOCUMENT))
    starts = [one.get(f"{{{W}}}id") for one in root.iter(f"{{{W}}}bookmarkStart")]
    assert len(set(starts)) == len(starts) == 4


def test_only_the_text_is_marked() -> None:
    text = "甲{{ 金额|数值 }}乙"
    done = rendered(Docx(text, text, text, text, text, title=text, company=text, custom=text))
    assert marked(done) == ["_F12=1,247.50"]
    for name in ("header1", "footer1", "footnotes", "endnotes"):
        found = part(done, f"word/{name}.xml").decode()
        assert "1,247.50" in found and "bookmark" not in found and "\x17" not in found
    for name in ("core", "app", "custom"):
        assert "甲1,247.50乙" in part(done, f"docProps/{name}.xml").decode()


def test_a_paper_made_a_template_again_loses_the_old_marks() -> None:
    old = raw(
        '<w:bookmarkStart w:id="5" w:name="_F12"/>', run("{{ 金额|数值 }}"), '<w:bookmarkEnd w:id="5"/>'
    )
    assert marked(rendered(old)) == ["_F12=1,247.50"]
    assert b"_Fig1" in part(rendered(old.replace("_F12", "_Fig1")), DOCUMENT)


def test_a_sentence_must_ask_whether_there_is_a_number() -> None:
    with pytest.raises(RenderErrors, match="第2段「{{ 金额|行文 }}」：「行文」没有数可印，这里是空值"):
        rendered("甲\n{{ 金额|行文 }}", 金额=None)
    assert shown(rendered("{% if 金额 is none %}无{% else %}{{ 金额|行文 }}{% endif %}", 金额=None)) == "无"


def test_a_figure_without_a_format_is_printed_as_its_table_does() -> None:
    """Templates of earlier versions print figures so, which were texts; other numbers need a format."""
    assert marked(rendered("{{ 金额 }}")) == ["_F12=1,247.50"]
    with pytest.raises(RenderErrors, match="不能直接印出"):
        rendered("{{ 金额 }}", 金额=Decimal("1.5"))
    with pytest.raises(RenderErrors, match=r"字段「金额」：含有不能写进文档的字符 U\+0007"):
        rendered("甲", 金额=PrintedNumber(1, "1", "\a", "1"))
    with pytest.raises(ValueError, match="cannot be the id"):
        PrintedNumber(1, '1"/>', "1", "1")


def test_figures_count_and_copy_as_numbers() -> None:
    assert MONEY > 1000 and Decimal("1247.5") == MONEY and type(MONEY + 1) is Decimal
    for twin in (copy.deepcopy(MONEY), pickle.loads(pickle.dumps(MONEY))):
        assert (twin, twin.ident, twin.tabular, twin.spoken) == (MONEY, "12", "1,247.50", "1,247.5万元")
    text = pickle.loads(pickle.dumps(PrintedText("5个", "3")))
    assert (text, text.ident) == ("5个", "3")


@needs_office
@pytest.mark.office
def test_libreoffice_reads_the_same_text(tmp_path: Path) -> None:
    body = "到位{{ 金额|行文 }}，占{{ 比例|行文 }}，共{{ 金额|数值 }}。\n║{%tr for 行 in 排名 %}{{ 行.单位 }}║{{ 行.资金|数值 }}{%tr endfor %}║"
    path = tmp_path / "甲.docx"
    path.write_bytes(rendered(furnished(Docx(body))))
    (made,) = convert([path], "docx:MS Word 2007 XML", tmp_path / "再存")
    saved = open_docx(io.BytesIO(made.read_bytes()))
    assert saved.paragraphs[0].text == "到位1,247.5万元，占60.5%，共1,247.50。"
    assert [cell.text for row in saved.tables[0].rows for cell in row.cells] == ["甲", "1.00", "乙", "2.00"]
    kept = [one.get(f"{{{W}}}name") for one in saved.element.iter(f"{{{W}}}bookmarkStart")]
    assert {"_F12", "_F12_2", "_F7", "_F1", "_F2"} <= set(kept)
