"""The document engine: what renders, what is refused and in what words, and that nothing gets out of it.

The templates are in `engine_corpus.py`, as short text.
"""

import io
import re
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document as open_docx
from engine_corpus import (
    COMPILE_FAULTS,
    DECLARED,
    FACTS,
    KINDS,
    NAMESPACES,
    PNG,
    RENDER_FAULTS,
    RENDERS,
    SECTION,
    SPEC,
    Case,
    Docx,
    W,
    furnished,
    part,
    ranked,
    raw,
    run,
    shown,
    table,
    zipped,
)
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openxml_audit import OpenXmlValidator

from baiti_xl.papers.fields import Day, Each, Num, Truth, explained, spec_of
from baiti_xl.press.engine import (
    CompiledTemplate,
    FieldSpec,
    Group,
    RenderErrors,
    Rows,
    Scalar,
    TemplateErrors,
    TemplateFault,
    Value,
    compile_template,
)

DOCUMENT = "word/document.xml"
INERT = "{{ 文号 }}{% if 有奖 %}{%tr for 行 in 排名 %}｛｛ 标题 ｝｝{# 注 #}<w:t>"


def compiled(docx: Docx | str) -> CompiledTemplate:
    """The template compiled with the corpus's fields."""
    docx = Docx(docx) if isinstance(docx, str) else docx
    return compile_template(docx.data(), fields=SPEC, name="试")


def rendered(docx: Docx | str, **facts: Any) -> bytes:
    """The template rendered with FACTS, some of them replaced."""
    return compiled(docx).render({**FACTS, **facts})


def refusal(docx: Docx | str | bytes) -> str:
    """What compiling complains of."""
    data = docx if isinstance(docx, bytes) else (Docx(docx) if isinstance(docx, str) else docx).data()
    with pytest.raises(TemplateErrors) as caught:
        compile_template(data, fields=SPEC, name="试")
    return str(caught.value)


def names(cases: tuple[Case, ...]) -> list[str]:
    return [case.name for case in cases]


@pytest.mark.parametrize("case", RENDERS, ids=names(RENDERS))
def test_renders(case: Case) -> None:
    assert shown(rendered(case.body, **case.facts)) == case.expected[0]


BROKEN = "<w:p>" + run("{%p if 有奖 %}") + '<w:r><w:br w:type="page"/></w:r></w:p>\n'


@pytest.mark.parametrize(("prize", "breaks"), [(True, 1), (False, 0)])
@pytest.mark.parametrize("level", ["p", ""])
def test_a_page_break_behind_a_tag_goes_to_the_paragraph_after_it(
    level: str, prize: bool, breaks: int
) -> None:
    """LibreOffice writes 段前分页 of a paragraph at the end of the one before it."""
    data = rendered((BROKEN + "甲\n{%p endif %}\n乙").replace("{%p", f"{{%{level}"), 有奖=prize)
    assert shown(data) == ("甲\n乙" if prize else "乙")
    assert (
        zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").count(b"<w:pageBreakBefore/>") == breaks
    )


@pytest.mark.parametrize("after", ["{%p if 有奖 %}\n甲\n{%p endif %}", "║甲║"])
def test_a_page_break_that_no_paragraph_can_take_is_refused(after: str) -> None:
    assert "还有别的内容" in refusal(f"{BROKEN}{after}\n{{%p endif %}}")


@pytest.mark.parametrize("prize", [True, False])
def test_a_section_ends_behind_the_tag_that_ends_with_it(prize: bool) -> None:
    """LibreOffice ends a section in the line of the tag that was the last before it."""
    ended = f"<w:p><w:pPr>{SECTION}</w:pPr>{run('{%p endif %}')}</w:p>"
    data = rendered(f"{{%p if 有奖 %}}\n甲\n{ended}\n乙", 有奖=prize)
    assert shown(data).split() == (["甲", "乙"] if prize else ["乙"])
    parts = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").split(b"<w:sectPr>")
    assert [("甲" in text, "乙" in text) for text in map(bytes.decode, parts)][:2] == [
        (prize, False),
        (False, True),
    ]


@pytest.mark.parametrize("case", COMPILE_FAULTS, ids=names(COMPILE_FAULTS))
def test_refused_when_compiled(case: Case) -> None:
    message = refusal(case.body)
    assert [piece for piece in case.expected[1:] if piece not in message] == []


@pytest.mark.parametrize("case", RENDER_FAULTS, ids=names(RENDER_FAULTS))
def test_refused_when_rendered(case: Case) -> None:
    template = compiled(case.body)
    with pytest.raises(RenderErrors) as caught:
        template.render({**FACTS, **case.facts})
    assert [piece for piece in case.expected[1:] if piece not in str(caught.value)] == []


@pytest.mark.parametrize(("tags", "expected"), KINDS)
def test_what_a_declared_kind_does_not_allow_is_refused_when_compiled(tags: str, expected: str) -> None:
    data = Docx(tags).data()
    if not expected:
        compile_template(data, fields=DECLARED, name="试")
        return
    with pytest.raises(TemplateErrors) as caught:
        compile_template(data, fields=DECLARED, name="试")
    assert expected in str(caught.value)
    assert "正文 第1段「" in str(caught.value)


def test_facts_must_be_of_the_declared_kind() -> None:
    template = compile_template(Docx("甲").data(), fields=DECLARED, name="试")
    good: dict[str, Any] = {
        "文": "甲",
        "数字": 5,
        "日子": date(2011, 4, 13),
        "有奖": False,
        "不定": 1,
        "行": [],
    }
    template.render(good)
    template.render({**dict.fromkeys(good), "行": [{"数": Decimal("0.5"), "名": None}]})
    for name, value, said in (
        ("文", 5, "「文」：应是文字，给的是整数"),
        ("数字", "—", "「数字」：应是数字，给的是文字"),
        ("数字", True, "「数字」：应是数字，给的是是否值"),
        ("日子", Decimal(1), "「日子」：应是日期，给的是数字"),
        ("有奖", 1, "「有奖」：应是是否值，给的是整数"),
        ("行", [{"数": "1", "名": "甲"}], "「行[1].数」：应是数字，给的是文字"),
    ):
        with pytest.raises(RenderErrors, match=re.escape(said)):
            template.render({**good, name: value})


def test_every_refusal_has_a_place_a_fault_and_a_remedy() -> None:
    for case in COMPILE_FAULTS:
        with pytest.raises(TemplateErrors) as caught:
            compiled(case.body)
        for fault in caught.value.faults:
            assert fault.where
            assert fault.problem
            assert fault.remedy
            assert "\n" not in str(fault)


def test_the_sentence() -> None:
    fault = TemplateFault("正文 表1 第2行第8列「{{ r.备住 }}」", "「排名」没有「备住」", "核对是不是「备注」")
    body = "首\n║名║\n║甲║乙║丙║丁║戊║己║庚║{%tr for r in 排名 %}{{ r.备住 }}{%tr endfor %}║"
    assert str(fault) == "正文 表1 第2行第8列「{{ r.备住 }}」：「排名」没有「备住」；请核对是不是「备注」。"
    assert "表1 第2行第8列「{{ r.备住 }}」：「排名」没有「备住」；请核对是不是「备注」。" in refusal(body)


# Every part of the file


def everywhere(text: str) -> Docx:
    """The same text in every part that may hold tags."""
    return Docx(text, text, text, text, text, title=text, company=text, custom=text)


PARTS = (
    DOCUMENT,
    "word/header1.xml",
    "word/footer1.xml",
    "word/footnotes.xml",
    "word/endnotes.xml",
    "docProps/core.xml",
    "docProps/app.xml",
    "docProps/custom.xml",
)


@pytest.mark.parametrize("name", PARTS)
def test_a_value_with_braces_stays_text(name: str) -> None:
    root = etree.fromstring(part(rendered(everywhere("{{ 标题 }}"), 标题=INERT), name))
    assert INERT in "".join(str(text) for text in root.itertext())


def test_faults_name_the_part() -> None:
    message = refusal(everywhere("{{ 错 }}"))
    for place in ("正文 第1段", "页眉 第1段", "页脚 第1段", "脚注 第1条", "尾注 第1条", "核心属性 title"):
        assert f"{place}「{{{{ 错 }}}}」" in message
    assert "共8处" in message


def test_properties_hold_print_tags_only() -> None:
    assert "文档属性里只能写" in refusal(Docx("甲", title="{% if 有奖 %}甲{% endif %}"))


def test_namespaces_that_word_may_ignore_stay_declared() -> None:
    root = etree.fromstring(part(rendered("{{ 标题 }}"), DOCUMENT))
    assert root.get("{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable") == "w14"
    assert "w14" in root.nsmap


def test_text_boxes() -> None:
    box = raw(
        "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
        f"<w:p>{run('{{ 标题 }}')}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    assert "通报" in shown(rendered(box))
    assert "正文 第1段 文本框 第1段「{{ 标体 }}」" in refusal(box.replace("标题", "标体"))


def test_a_bound_content_control_is_cut_loose() -> None:
    control = (
        '<w:sdt><w:sdtPr><w:id w:val="5"/><w:dataBinding w:xpath="/a" w:storeItemID="{B}"/></w:sdtPr>'
        f"<w:sdtContent><w:p>{run('{{ 标题 }}')}</w:p></w:sdtContent></w:sdt>"
    )
    done = rendered(control)
    assert shown(done) == "通报"
    assert b"dataBinding" not in part(done, DOCUMENT)


def test_a_bound_content_control_around_looped_rows_is_cut_loose() -> None:
    rows = table(["║{%tr for 行 in 排名 %}甲{%tr endfor %}║"])
    control = '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a" w:storeItemID="{B}"/></w:sdtPr>'
    done = rendered(f"{control}<w:sdtContent>{rows}</w:sdtContent></w:sdt>")
    assert shown(done) == "║甲║\n║甲║"
    assert b"dataBinding" not in part(done, DOCUMENT)


# What loops would repeat


def loop(inside: str) -> str:
    return f"{{%p for 行 in 排名 %}}\n<w:p>{inside}{run('{{ 行.单位 }}')}</w:p>\n{{%p endfor %}}"


def values(docx: bytes, expression: str) -> list[str]:
    """XPath results in the document."""
    spaces = {
        name: str(uri) for name, uri in etree.fromstring(f"<a {NAMESPACES}/>".encode()).nsmap.items() if name
    }
    found: Any = etree.fromstring(part(docx, DOCUMENT)).xpath(expression, namespaces=spaces)
    return [str(one) for one in found]


def picture(name: str, ident: int, relation: str = "rId1") -> str:
    """A run with a picture."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="9" cy="9"/><wp:docPr id="{ident}" name="图" descr="{name}"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="0" name="图"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="9" cy="9"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def with_pictures(body: str) -> Docx:
    """A document whose rId1 is a picture."""
    return Docx(body, files={"word/media/a.png": PNG}, relations=[("image", "media/a.png")])


def test_identifiers_in_loops_are_renumbered_or_dropped() -> None:
    inside = '<w:bookmarkStart w:id="7" w:name="b"/><w:bookmarkEnd w:id="7"/>' + picture("图", 3)
    done = rendered(
        with_pictures(loop(inside).replace("<w:p>", '<w:p w14:paraId="00AB">') + "\n" + raw(picture("外", 4)))
    )
    idents = values(done, "//wp:docPr/@id")
    assert len(idents) == len(set(idents)) == 3
    assert values(done, "//w:bookmarkStart/@w:name") == []
    assert values(done, "//@w14:paraId") == []


def test_bookmarks_outside_blocks_stay() -> None:
    kept = raw('<w:bookmarkStart w:id="1" w:name="留"/>', run("{{ 标题 }}"), '<w:bookmarkEnd w:id="1"/>')
    cut = "{%p if 有奖 %}\n" + raw('<w:bookmarkStart w:id="2" w:name="去"/>', run("甲")) + "\n{%p endif %}\n"
    done = rendered(f"{kept}\n{cut}" + raw('<w:bookmarkEnd w:id="2"/>', run("乙")))
    assert values(done, "//w:bookmarkStart/@w:name") == ["留"]
    assert values(done, "//w:bookmarkEnd/@w:id") == ["1"]


# Cells merged

MERGED = "║部门║县║次║\n║{%tr for 行 in 排名 %}{{ 行.单位 }}{% vm %}║{% vm %}«{{ 县.名称 }}║{{ 行.名次 }}{%tr endfor %}║"
MERGES: tuple[tuple[str, str, list[str]], ...] = (
    ("", MERGED, []),
    ("甲", MERGED, ["甲＋ 台县＋ 1"]),
    ("甲 甲 乙 甲", MERGED, ["甲＋ 台县＋ 1", "｜ ｜ 2", "乙＋ ｜ 3", "甲＋ ｜ 4"]),
    (
        "甲 甲 乙",
        MERGED.replace("for 行 in 排名", "for 行 in 排名 if 行.名次 > 1"),
        ["甲＋ 台县＋ 2", "乙＋ ｜ 3"],
    ),
    # A row between, another loop in the same table, another table: not the cell above.
    (
        "甲 甲",
        "║{%tr for 行 in 排名 %}║\n║{{ 行.单位 }}{% vm %}║\n║中║\n║{%tr endfor %}║",
        ["甲＋", "中", "甲＋", "中"],
    ),
    (
        "甲 甲",
        "║{%tr for 行 in 排名 %}║\n║{%tr for 项 in 行.项目 %}{{ 项.名称 }}{% vm %}{%tr endfor %}║\n║{%tr endfor %}║",
        ["甲厂＋", "甲厂＋"],
    ),
    ("甲 甲", f"{{%p for 一 in 议题 %}}\n{MERGED}\n{{%p endfor %}}", ["甲＋ 台县＋ 1", "｜ ｜ 2"] * 2),
)


@pytest.mark.parametrize(("units", "body", "expected"), MERGES)
def test_equal_cells_of_a_looped_column_are_merged(
    units: str, body: str, expected: list[str], tmp_path: Path
) -> None:
    """＋ starts a merged cell, ｜ goes on with it and shows nothing."""
    path = tmp_path / "甲.docx"
    path.write_bytes(rendered(furnished(Docx(body)), 排名=ranked(*units.split())))
    rows = etree.fromstring(part(path.read_bytes(), DOCUMENT)).iter(f"{{{W}}}tr")
    assert [row for row in map(cells, rows) if "部门" not in row] == expected
    assert [str(error) for error in OpenXmlValidator().validate(path).errors] == []


def cells(row: Any) -> str:
    """A row's cells with how they are merged."""
    found = []
    for cell in row.iter(f"{{{W}}}tc"):
        merge = cell.find(f"{{{W}}}tcPr/{{{W}}}vMerge")
        sign = "" if merge is None else "｜" if merge.get(f"{{{W}}}val") is None else "＋"
        found.append("".join(map(str, cell.itertext())) + sign)
    return " ".join(found)


def test_a_merged_cell_keeps_its_look() -> None:
    cell = (
        '<w:tc><w:tcPr><w:tcW w:w="9" w:type="dxa"/><w:gridSpan w:val="1"/><w:vMerge/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{run("{%tr for 行 in 排名 %}{% vm %}{{ 县.名称 }}{%tr endfor %}")}</w:p></w:tc>'
    )
    table = f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr>{cell}</w:tr></w:tbl><w:p/>"
    done = part(rendered(table), DOCUMENT).decode()
    assert re.findall('<w:gridSpan w:val="1"/><w:vMerge[^>]*/><w:vAlign', done) == [
        '<w:gridSpan w:val="1"/><w:vMerge w:val="restart"/><w:vAlign',
        '<w:gridSpan w:val="1"/><w:vMerge/><w:vAlign',
    ]
    assert done.count('<w:jc w:val="center"/>') == 2


# Pictures


def test_pictures_are_replaced_by_their_alternative_text() -> None:
    template = compiled(with_pictures(raw(picture("排名图", 1)) + "\n" + raw(picture("进度图", 2))))
    assert sorted(template.picture_slots) == ["排名图", "进度图"]
    done = template.render(FACTS, pictures={"排名图": PNG + b"1"})
    assert sorted(picture_of(done, at) for at in (0, 1)) == [PNG, PNG + b"1"]


def picture_of(docx: bytes, at: int) -> bytes:
    """What the picture at this place shows, as python-docx reads it."""
    document = open_docx(io.BytesIO(docx))
    ident = values(docx, "//a:blip/@r:embed")[at]
    return bytes(document.part.related_parts[ident].blob)


def test_wrong_pictures_are_refused() -> None:
    template = compiled(with_pictures(raw(picture("排名图", 1))))
    with pytest.raises(RenderErrors) as caught:
        template.render(FACTS, pictures={"排名圖": PNG, "排名图": b"GIF89a"})
    assert "没有替代文字" in str(caught.value)
    assert "「排名图」" in str(caught.value)
    assert "不是 png 格式" in str(caught.value)


# Hostile files


def changed(**parts: bytes) -> bytes:
    """A good template with parts put in or replaced; __ stands for / in the names and _DOT_ for a dot."""
    found = Docx("{{ 标题 }}").parts()
    found.update({name.replace("__", "/").replace("_DOT_", "."): data for name, data in parts.items()})
    return zipped(found)


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in Docx("甲").parts().items():
            archive.writestr(name, data)
        archive.writestr("WORD/document.xml", b"<a/>")
    return out.getvalue()


def relation(kind: str, target: str, mode: str = "External") -> Docx:
    ident = f'Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
    return Docx("甲", extra_relations=f'<Relationship {ident} Target="{target}" TargetMode="{mode}"/>')


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
HOSTILE = {
    "空文件": (b"", "不是 Word 文档"),
    "文字": ("不是压缩包".encode(), "不是 Word 文档"),
    "加密": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "加密"),
    "半截": (Docx("甲").data()[:-200], "不是 Word 文档"),
    "别的压缩包": (zipped({"a.txt": b"1"}), "不是 Word 文档"),
    "没有正文": (zipped({"[Content_Types].xml": b"<a/>", "_rels/.rels": b"<a/>"}), "找不到正文"),
    "宏": (Docx("甲", main_type="application/vnd.ms-word.document.macroEnabled.main+xml").data(), "宏"),
    "宏部件": (relation("vbaProject", "vba.bin", "Internal").data(), "宏"),
    "dotx": (
        Docx(
            "甲", main_type="application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
        ).data(),
        ".dotx",
    ),
    "外部模板": (relation("attachedTemplate", "http://x/a.dotm").data(), "挂接了另一个模板"),
    "外部对象": (relation("oleObject", "file:///c:/a").data(), "oleObject"),
    "外部图片": (relation("image", "http://x/a.png").data(), "image"),
    "外部框架": (relation("frame", "http://x/a.htm").data(), "frame"),
    "嵌入文档": (relation("aFChunk", "a.html", "Internal").data(), "嵌入了外部文档"),
    "正文里的实体": (changed(word__document_DOT_xml=BOMB), "word/document.xml：含有 DOCTYPE"),
    "别处的实体": (changed(word__styles_DOT_xml=BOMB), "word/styles.xml：含有 DOCTYPE"),
    "UTF-16 实体": (changed(word__styles_DOT_xml=BOMB.decode().encode("utf-16")), "DOCTYPE"),
    "坏 XML": (changed(word__document_DOT_xml=b"<w:document>"), "XML 损坏"),
    "过深 XML": (changed(word__styles_DOT_xml=b"<a>" * 9000 + b"</a>" * 9000), "XML 损坏"),
    "压缩炸弹": (changed(word__media__a_DOT_bin=b"\0" * (60 * 1024 * 1024)), "压缩炸弹"),
    "部件太多": (zipped({f"{number}.bin": b"" for number in range(2100)}), "压缩炸弹"),
    "重名": (twice(), "重名"),
    "目录穿越": (zipped({**Docx("甲").parts(), "../a.txt": b""}), "不安全的路径"),
    "Strict 命名空间": (
        changed(
            word__document_DOT_xml=b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'
        ),
        "Strict",
    ),
    "占位字符": (Docx("甲\ufdd01\ufdd1", title="\ufdd09\ufdd1").data(), "核心属性：含有不可用的特殊字符"),
    "图表里的标签": (changed(word__charts__chart1_DOT_xml="<a>{{ 标题 }}</a>".encode()), "图表"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    data, expected = HOSTILE[name]
    assert expected in refusal(data)


def test_an_external_hyperlink_is_fine() -> None:
    assert shown(rendered(relation("hyperlink", "http://www.gov.cn/"))) == "甲"


def test_nothing_can_be_reached_through_a_value() -> None:
    """Even facts with live objects in them never get to the template."""
    with pytest.raises(RenderErrors, match="Path"):
        rendered("甲", 标题=Path())


# The file


@pytest.mark.parametrize("case", RENDERS, ids=names(RENDERS))
def test_word_could_open_it(case: Case, tmp_path: Path) -> None:
    docx = furnished(
        Docx(case.body, header="{{ 标题 }}", footer="{%p if 有奖 %}\n甲\n{%p endif %}", title="甲")
    )
    path = tmp_path / "甲.docx"
    path.write_bytes(rendered(docx, **case.facts))
    open_docx(str(path))
    found = OpenXmlValidator().validate(path)
    assert [str(error) for error in found.errors] == []


def test_pictures_in_loops_are_valid(tmp_path: Path) -> None:
    path = tmp_path / "甲.docx"
    path.write_bytes(
        rendered(furnished(with_pictures(loop(picture("图", 3)) + "\n" + raw(picture("外", 4)))))
    )
    assert [str(error) for error in OpenXmlValidator().validate(path).errors] == []


def test_same_facts_same_bytes() -> None:
    docx = everywhere("{{ 标题 }}")
    first, second = rendered(docx), rendered(docx)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        infos = archive.infolist()
        assert archive.testzip() is None
    assert first == second
    assert infos[0].filename == "[Content_Types].xml"
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_unchanged_entries_are_copied_raw() -> None:
    source = replace(Docx("{{ 标题 }}"), files={"word/media/甲.bin": bytes(range(256)) * 40})
    before, after = source.data(), rendered(source)
    assert raw_entry(before, "word/media/甲.bin") in after
    assert part(after, "word/media/甲.bin") == bytes(range(256)) * 40


def raw_entry(docx: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        info = archive.getinfo(name)
        start = docx.index(name.encode(), info.header_offset) + len(name.encode())
        return docx[start : start + info.compress_size]


def test_renders_from_several_threads_do_not_mix() -> None:
    template = compiled("{{ 标题 }}")
    with ThreadPoolExecutor(4) as pool:
        done = pool.map(lambda at: shown(template.render({**FACTS, "标题": str(at)})), range(40))
        assert list(done) == [str(at) for at in range(40)]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    if "\ufffe" not in text and "\uffff" not in text:
        assert shown(TEXT_TEMPLATE.render({"甲": text})) == text


@given(st.text())
def test_any_value_is_printed_or_refused_by_name(text: str) -> None:
    try:
        done = TEXT_TEMPLATE.render({"甲": text})
    except RenderErrors as refused:
        assert [fault.where for fault in refused.faults] == ["字段「甲」"]
    else:
        assert etree.fromstring(part(done, DOCUMENT)) is not None


TEXT_TEMPLATE = compile_template(Docx("{{ 甲 }}").data(), fields=FieldSpec({"甲": Scalar()}), name="字")


def seconds(template: CompiledTemplate, rows: int) -> float:
    facts = {**FACTS, "排名": ranked(*["甲"] * rows)}
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        template.render(facts)
        best = min(best, time.process_time() - start)
    return best


def test_time_is_linear_in_rows() -> None:
    """Ten times the rows may take thirty times as long of this process, never a hundred times."""
    template = compiled("║{%tr for 行 in 排名 %}{{ 行.单位 }}║{{ 行.资金|万元 }}{%tr endfor %}║")
    assert seconds(template, 3000) < 30 * seconds(template, 300)
    assert shown(template.render({**FACTS, "排名": ranked(*["甲"] * 3000)})).count("║甲║") == 3000


# Declaring fields


def test_the_fields_a_template_uses() -> None:
    body = "{{ 县.名称 }}{% for 行 in 排名 %}{{ 行.备注 }}{% endfor %}{{ 议题|join }}{% if 有奖 %}{% endif %}"
    assert compiled(body).used_fields == ("县", "县.名称", "排名", "排名.备注", "议题", "有奖")


def test_the_fields_a_template_may_use() -> None:
    spec = FieldSpec({"甲": Scalar(), "乙": Group({"丙": Scalar()}), "丁": Rows({"戊": Scalar()})})
    assert spec.paths() == ("甲", "乙", "乙.丙", "丁", "丁.戊")


def test_papers_declare_kinds_with_what_a_field_is() -> None:
    declared: dict[str, str | Each] = {
        "数": Num("个数"),
        "日": Day("哪天"),
        "否": Truth("有没有"),
        "文": "名称",
        "行": Each("行", {"数": Num("数")}),
    }
    spec = spec_of(declared)
    assert [getattr(kind, "value", kind) for kind in spec.fields.values()] == [
        Value.FIGURE, Value.DATE, Value.TRUTH, Value.ANY, Rows({"数": Scalar(Value.FIGURE)})
    ]  # fmt: skip
    assert dict(explained(declared))["数"] == "个数"


@pytest.mark.parametrize("name", ["", "for", "loop", "_甲", "甲 乙", "甲（乙）", "1甲", "Ａ"])
def test_names_that_no_tag_could_say(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        FieldSpec({name: Scalar()})
    with pytest.raises(ValueError, match="cannot be the name"):
        FieldSpec({"甲": Rows({name: Scalar()})})


# Templates nobody thought of

SCRAPS = (
    *("{{ 标题 }}", "{{ 金额|数值 }}", "{{ 行.单位 }}", "{{ 无此 }}", "甲", "　", "⁞", "{# 注 #}", "{{", "%}", "{% vm %}"),
    *("{% if 有奖 %}", "{% else %}", "{% endif %}", "{% for 行 in 排名 %}", "{% endfor %}", "{%- if 标题 -%}"),
    *("{%p if 有奖 %}", "{%p else %}", "{%p endif %}", "{%p for 行 in 排名 %}", "{%p endfor %}"),
    *("{%tr for 行 in 排名 %}", "{%tr endfor %}", "{%tr if 有奖 %}", "{%tr endif %}"),
    *("{%tc for 行 in 排名 %}", "{%tc endfor %}", "{%tr for 行 in 排名 %}{{ 行.单位 }}{% vm %}{%tr endfor %}"),
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(SCRAPS), max_size=3).map("".join)
ROWS = st.lists(TEXTS, min_size=1, max_size=3).map(lambda row: f"║{'║'.join(row)}║")
BODIES = st.lists(TEXTS | ROWS, max_size=7).map("\n".join)


@given(BODIES)
def test_any_template_is_refused_with_places_or_renders_to_something_sound(body: str) -> None:
    try:
        template = compiled(body)
    except TemplateErrors as refused:
        assert all(fault.where.startswith("正文 ") for fault in refused.faults)
        return
    for facts in (FACTS, {**FACTS, "有奖": False, "排名": []}, {**FACTS, "排名": ranked(*"甲甲乙")}):
        root = etree.fromstring(part(template.render(facts), DOCUMENT))
        assert all(row.findall(f"{{{W}}}tc") for row in root.iter(f"{{{W}}}tr"))
        assert all(table.findall(f"{{{W}}}tr") for table in root.iter(f"{{{W}}}tbl"))
        assert all(cell[-1].tag == f"{{{W}}}p" for cell in root.iter(f"{{{W}}}tc"))
        idents = [one.get(f"{{{W}}}id") for one in root.iter(f"{{{W}}}bookmarkStart")]
        assert len(set(idents)) == len(idents)
        assert not re.search("[\x0e-\x1c]", "".join(map(str, root.itertext())))


def test_a_plain_closing_tag_in_the_line_that_ends_a_section_goes_before_it() -> None:
    ends = raw("<w:pPr><w:sectPr/></w:pPr>", run("{% endif %}"))
    docx = Docx(body="{% if 有奖 %}\n甲\n" + ends + "\n乙").data()
    made = compile_template(docx, fields=SPEC, name="x").render({**FACTS, "有奖": False})
    assert shown(made).split() == ["乙"]
    assert part(made, "word/document.xml").count(b"<w:sectPr") == 2
