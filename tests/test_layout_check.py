"""The layout checker: a good paper passes each clause, a broken one is named with its place."""

import re
import zipfile
from io import BytesIO

import pytest

from baiti_xl.press.layout import PageStyle, build_template
from baiti_xl.press.layout_check import CHECKS, RULES, LayoutError, check_layout

HEAD = """版式: {form}
份号: 000001
密级: 秘密★1年
紧急程度: 特急
发文机关标志: 台前县人民政府办公室文件
文号: 台政办〔2011〕9号
签发人: 王建国
标题: 关于竞赛情况的通报
主送: 各乡镇人民政府
署名: 台前县人民政府办公室
成文日期: 2011年5月13日
附注: 此件公开发布
抄送: 县委办公室
印发机关: 台前县人民政府办公室
印发日期: 2011年5月13日

一、情况
（一）进展。有进展。
1.项目
（1）签约
各单位抓好落实。
#附件 名单
| 单位 | 项目 |
| 城关镇 | 3 |
#附件 排名
城关镇。
"""
PAPERS = {
    "公文": build_template(HEAD.format(form="公文")),
    "章": build_template(HEAD.format(form="公文"), style=PageStyle(seal=True)),
    "上行文": build_template(HEAD.format(form="上行文")),
    "信函": build_template(HEAD.format(form="信函")),
    "1999": build_template(
        HEAD.format(form="公文").replace("成文日期: 2011年5月13日", "成文日期: 二〇一一年五月十三日"),
        style=PageStyle("1999"),
    ),
}
BODY, STYLES, SETTINGS = "document.xml", "styles.xml", "settings.xml"


def text(old: str, new: str) -> tuple[str, str, str]:
    """A change of one text of the body."""
    return BODY, f">{re.escape(old)}<", f">{new}<"


def style(name: str, old: str, new: str) -> tuple[str, str, str]:
    """A change inside one named style."""
    return STYLES, rf'(w:styleId="{name}">(?:(?!</w:style>).)*?){old}', rf"\g<1>{new}"


def line(role: str, old: str, new: str) -> tuple[str, str, str]:
    """A change in the first paragraph of a role."""
    return BODY, rf'(<w:pStyle w:val="{role}"/>(?:(?!</w:p>).)*?){old}', rf"\g<1>{new}"


BROKEN = [
    ("公文", "paper", (BODY, 'w:w="11906"', 'w:w="12240"')),
    ("公文", "margins", (BODY, 'w:top="2098"', 'w:top="1440"')),
    ("公文", "theme", (STYLES, 'w:ascii="黑体"', 'w:ascii="黑体" w:eastAsiaTheme="minorEastAsia"')),
    ("公文", "body-font", style("公文正文", 'w:eastAsia="仿宋_GB2312"', 'w:eastAsia="宋体"')),
    ("公文", "body-size", style("公文正文", '<w:sz w:val="32"/>', '<w:sz w:val="28"/>')),
    ("公文", "pitch", style("公文正文", 'w:line="579" w:lineRule="exact"', 'w:line="360" w:lineRule="auto"')),
    ("公文", "pitch", style("公文正文", 'w:line="579"', 'w:line="600"')),
    ("公文", "tighten", style("公文正文", '<w:spacing w:val="-5"/>', "")),
    ("公文", "colour", style("公文正文", "<w:sz ", '<w:color w:val="0000FF"/><w:sz ')),
    ("公文", "marks", (BODY, '(<w:pStyle w:val=")密级("/>.*?<w:pStyle w:val=")紧急程度"', r'\1紧急程度\2密级"')),
    ("公文", "name-font", style("发文机关标志", 'w:eastAsia="方正小标宋简体"', 'w:eastAsia="黑体"')),
    ("公文", "name-colour", style("发文机关标志", "FF0000", "000000")),
    ("公文", "number-brackets", text("台政办〔2011〕9号", "台政办[2011]9号")),
    ("公文", "number-brackets", text("台政办〔2011〕9号", "台政办（2011）9号")),
    ("公文", "number-ordinal", text("台政办〔2011〕9号", "台政办〔2011〕第9号")),
    ("公文", "number-zero", text("台政办〔2011〕9号", "台政办〔2011〕09号")),
    ("公文", "number-form", text("台政办〔2011〕9号", "台政办〔11〕9号")),
    ("上行文", "signer-font", (BODY, '<w:rStyle w:val="楷体字"/>', "")),
    ("公文", "red-rule", (BODY, "<w:pBdr>.*?</w:pBdr>", "")),
    ("公文", "red-rule", line("发文字号", 'w:color="FF0000"', 'w:color="000000"')),
    ("公文", "red-rule", line("发文字号", 'w:space="5"', 'w:space="1"')),
    ("公文", "red-rule", line("发文字号", "</w:pPr>", '<w:ind w:left="315"/></w:pPr>')),
    ("公文", "title-font", style("公文标题", 'w:eastAsia="方正小标宋简体"', 'w:eastAsia="黑体"')),
    ("公文", "title-size", style("公文标题", '<w:sz w:val="44"/>', '<w:sz w:val="36"/>')),
    ("公文", "title-centre", style("公文标题", '<w:jc w:val="center"/>', '<w:jc w:val="left"/>')),
    ("公文", "addressee-colon", text("各乡镇人民政府：", "各乡镇人民政府:")),
    ("公文", "addressee-indent", style("主送机关", 'w:firstLine="0"', 'w:firstLine="630"')),
    ("公文", "heading-font", style("一级标题", 'w:eastAsia="黑体"', 'w:eastAsia="楷体_GB2312"')),
    ("公文", "heading-font", style("二级标题", 'w:eastAsia="楷体_GB2312"', 'w:eastAsia="黑体"')),
    ("公文", "heading-number", text("一、情况", "1、情况")),
    ("公文", "indent", style("公文正文", 'w:firstLine="630"', 'w:firstLine="0"')),
    ("公文", "annex-end", line("附件说明", "名单<", "名单。<")),
    ("公文", "annex-start", line("附件说明", "附件：", "附：")),
    ("章", "seal-place", line("成文日期", 'w:right="1260"', 'w:right="0"')),
    ("公文", "sign-place", line("发文机关署名", 'w:right="630"', 'w:right="0"')),
    ("公文", "date-form", line("成文日期", "2011年5月13日", "2011年05月13日")),
    ("公文", "date-form", line("成文日期", "2011年5月13日", "二〇一一年五月十三日")),
    ("1999", "date-form-1999", line("成文日期", "二〇一一年五月十三日", "2011年5月13日")),
    ("公文", "sign-alone", style("附件说明", "<w:keepNext/>", "")),
    ("公文", "note-brackets", text("（此件公开发布）", "此件公开发布")),
    ("公文", "annex-page", (BODY, "<w:pageBreakBefore/>", "")),
    ("公文", "annex-label", text("附件1", "附件一：")),
    ("公文", "annex-after", (BODY, '(<w:p><w:pPr><w:pStyle w:val="附件标识"/>.*?</w:p>)(.*)(<w:sectPr>)', r"\2\1\3")),
    ("公文", "imprint-rules", (BODY, '<w:top w:val="single" w:sz="8"', '<w:top w:val="single" w:sz="18"')),
    ("公文", "imprint-rules", (BODY, '<w:top w:val="single" w:sz="8"', '<w:top w:val="none" w:sz="8"')),
    ("公文", "imprint-place", (BODY, "<w:tblpPr [^>]*/>", "")),
    ("公文", "imprint-font", style("抄送机关", 'w:eastAsia="仿宋_GB2312"', 'w:eastAsia="黑体"')),
    ("公文", "imprint-size", style("抄送机关", '<w:sz w:val="28"/>', '<w:sz w:val="32"/>')),
    ("公文", "imprint-indent", line("印发机关", 'w:left="280"', 'w:left="0"')),
    ("公文", "copies-end", text("抄送：县委办公室。", "抄送：县委办公室")),
    ("公文", "copies-start", text("抄送：县委办公室。", "县委办公室。")),
    ("公文", "issue-end", line("印发机关", "2011年5月13日印发", "2011年5月13日")),
    ("公文", "page-number", ("footer1.xml", "<w:fldSimple.*?</w:fldSimple>", "")),
    ("公文", "page-number", ("footer2.xml", "—", "-")),
    ("公文", "page-number", style("页码", '<w:sz w:val="28"/>', '<w:sz w:val="21"/>')),
    ("公文", "page-side", ("footer1.xml", '<w:jc w:val="right"/>', '<w:jc w:val="center"/>')),
    ("公文", "page-side", (SETTINGS, "<w:evenAndOddHeaders/>", "")),
    ("公文", "page-distance", (BODY, 'w:footer="1417"', 'w:footer="850"')),
    ("信函", "letter-rules", ("header1.xml", 'w:sz="24"', 'w:sz="6"')),
    ("信函", "letter-rules", ("footer3.xml", "<w:pBdr>.*?</w:pBdr>", "")),
    ("信函", "letter-first", (BODY, "<w:titlePg/>", "")),
    ("信函", "letter-imprint", (BODY, '(<w:tblW w:w="8845" w:type="dxa"/>)(<w:tblLayout)', r"\1<w:tblBorders/>\2")),
    ("公文", "table-head", (BODY, "<w:tblHeader/>", "")),
    ("公文", "table-split", (BODY, "<w:trPr><w:cantSplit/>", "<w:trPr>")),
    ("公文", "table-pitch", style("表文", 'w:line="240" w:lineRule="auto"', 'w:line="400" w:lineRule="exact"')),
]  # fmt: skip


def broken(content: bytes, change: tuple[str, str, str]) -> bytes:
    """The paper with one change made to one part; the change must find its place."""
    name, old, new = change
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename == f"word/{name}":
                changed, count = re.subn(old, new, data.decode(), count=1, flags=re.DOTALL)
                assert count == 1, f"没有找到要改的地方：{old}"
                data = changed.encode()
            after.writestr(entry, data)
    return stream.getvalue()


@pytest.mark.parametrize("name", PAPERS)
def test_a_good_paper_passes(name: str) -> None:
    assert [str(fault) for fault in check_layout(PAPERS[name])] == []


@pytest.mark.parametrize(
    ("paper", "rule", "change"), BROKEN, ids=[f"{b[1]}-{n}" for n, b in enumerate(BROKEN)]
)
def test_a_broken_clause_is_named(paper: str, rule: str, change: tuple[str, str, str]) -> None:
    found = {fault.rule for fault in check_layout(broken(PAPERS[paper], change))}
    assert found == {rule} | ({"imprint-place"} if rule == "annex-after" else set())


def test_every_rule_has_a_broken_paper() -> None:
    assert {rule for _, rule, _ in BROKEN} == set(RULES)
    assert len(CHECKS) == len(set(CHECKS))


def test_a_fault_reads_as_place_fault_remedy_clause() -> None:
    (fault,) = check_layout(broken(PAPERS["公文"], text("台政办〔2011〕9号", "台政办〔2011〕第9号")))
    assert str(fault) == (
        "第5段「台政办〔2011〕第9号」：“台政办〔2011〕第9号”的顺序号加了“第”字。删去“第”字。"
        "（GB/T 9704-2012 7.2.5 发文字号）"
    )


def test_text_under_a_tag_is_not_judged() -> None:
    tags = {
        "台政办〔2011〕9号": "{{ 文号 }}",
        "成文日期: 2011年5月13日": "成文日期: {{ 成文日期 }}",
        "台前县人民政府办公室\n成文": "{{ 署名 }}\n成文",
        "县委办公室": "{{ 抄送 }}",
        "一、情况": "{%p if 情况 %}\n#1 {{ 序 }}、情况\n{%p endif %}",
        "| 城关镇 | 3 |": "{%tr for 行 in 单位 %}\n| {{ 行.名 }} | {{ 行.数 }} |\n{%tr endfor %}",
    }
    source = HEAD.format(form="公文")
    for old, new in tags.items():
        assert old in source
        source = source.replace(old, new)
    assert [str(fault) for fault in check_layout(build_template(source))] == []


@pytest.mark.parametrize("number", ["台政办〔2011〕____号", "〔____〕"])
def test_a_draft_without_a_number_passes(number: str) -> None:
    assert check_layout(broken(PAPERS["公文"], text("台政办〔2011〕9号", number))) == ()


def test_style_ids_may_change_as_word_changes_them() -> None:
    """Word rewrites ids when it saves; the name stays."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(PAPERS["公文"])) as before, zipfile.ZipFile(stream, "w") as after:
        for entry in before.infolist():
            data = before.read(entry).decode()
            data = data.replace('w:styleId="公文正文"', 'w:styleId="a3"')
            after.writestr(entry, data.replace('<w:pStyle w:val="公文正文"/>', '<w:pStyle w:val="a3"/>'))
    assert check_layout(stream.getvalue()) == ()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a document"])
def test_another_file_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(LayoutError, match="不是可读的 Word 文档"):
        check_layout(content)


@pytest.mark.parametrize("size", ["十六", "inf"])
def test_a_measure_that_is_no_number_is_refused_in_one_sentence(size: str) -> None:
    spoilt = broken(PAPERS["公文"], (BODY, 'w:w="11906"', f'w:w="{size}"'))
    with pytest.raises(LayoutError, match=f"尺寸“{size}”不是数字"):
        check_layout(spoilt)
