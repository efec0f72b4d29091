"""Templates and values for the document engine, right, broken and hostile, as short text.

A line is a paragraph; lines that start with ║ are table rows with cells between ║; « in a cell starts a new
paragraph; ⁞ cuts a run in two. In results ⏎ is a line break and ⇥ a tab. A case whose `expected` starts
with ✗ is refused at compile time, with ‼ at render time; the rest are pieces the message must have.
"""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from docx import Document as new_document
from lxml import etree

from baiti_xl.press.engine import FieldSpec, Group, Rows, Scalar, Value

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" mc:Ignorable="w14"'
)
SECTION = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATION_TYPE = R
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff"
    b"\xff?\0\5\xfe\2\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82"
)

ROW = Rows(
    {"名次": Scalar(), "单位": Scalar(), "资金": Scalar(), "备注": Scalar(), "项目": Rows({"名称": Scalar()})}
)
SPEC = FieldSpec(
    {
        "文号": Scalar(),
        "标题": Scalar(),
        "金额": Scalar(),
        "比例": Scalar(),
        "日子": Scalar(),
        "有奖": Scalar(),
        "县": Group({"名称": Scalar(), "人口": Scalar()}),
        "排名": ROW,
        "议题": Rows(),
    }
)


def ranked(*units: str) -> list[dict[str, object]]:
    """Rows of the ranking, one a unit, with one project each."""
    return [
        {
            "名次": number,
            "单位": unit,
            "资金": Decimal(number),
            "备注": None,
            "项目": [{"名称": f"{unit}厂"}],
        }
        for number, unit in enumerate(units, 1)
    ]


DECLARED = FieldSpec(
    {
        "文": Scalar(Value.TEXT),
        "数字": Scalar(Value.NUMBER),
        "日子": Scalar(Value.DATE),
        "有奖": Scalar(Value.TRUTH),
        "不定": Scalar(),
        "行": Rows({"数": Scalar(Value.NUMBER), "名": Scalar(Value.TEXT)}),
    }
)

FACTS: dict[str, Any] = {
    "文号": "台政办〔2011〕9号",
    "标题": "通报",
    "金额": Decimal("12345.6"),
    "比例": Decimal("0.5"),
    "日子": date(2011, 4, 13),
    "有奖": True,
    "县": {"名称": "台县", "人口": 70},
    "排名": ranked("甲", "乙"),
    "议题": ["一事", "二事"],
}


def run(text: str, properties: str = "") -> str:
    """A run."""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(text: str) -> str:
    """A paragraph; ⁞ cuts it into runs, with a spelling mark between them."""
    bold = ["", "<w:rPr><w:b/></w:rPr>"]
    runs = [run(piece, bold[at % 2]) for at, piece in enumerate(text.split("⁞"))]
    return "<w:p>" + '<w:proofErr w:type="spellStart"/>'.join(runs) + "</w:p>"


def table(rows: list[str]) -> str:
    """A table."""
    cells = [row.strip().strip("║").split("║") for row in rows]
    grid = "<w:gridCol/>" * max(len(row) for row in cells)
    body = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in cells)
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'


def cell(text: str) -> str:
    """A cell."""
    inner = "".join(paragraph(piece.strip()) for piece in text.split("«"))
    return f'<w:tc><w:tcPr><w:tcW w:w="100" w:type="dxa"/></w:tcPr>{inner}</w:tc>'


def body_xml(markup: str) -> str:
    """Block content; a line that starts with < is taken as XML."""
    out: list[str] = []
    rows: list[str] = []
    for line in [*markup.strip("\n").split("\n"), ""]:
        if line.startswith("║"):
            rows.append(line)
            continue
        if rows:
            out.append(table(rows))
            rows = []
        out.append(line if line.startswith("<") else paragraph(line))
    return "".join(out[:-1])


@dataclass
class Docx:
    """A small docx under construction: parts by name, relationships of the document, content types."""

    body: str = ""
    header: str = ""
    footer: str = ""
    footnote: str = ""
    endnote: str = ""
    title: str = ""
    company: str = ""
    custom: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    relations: list[tuple[str, str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    extra_relations: str = ""
    main_type: str = f"{WORD_TYPE}.document.main+xml"

    def parts(self) -> dict[str, bytes]:
        """All parts, content types first."""
        found: dict[str, bytes] = {}
        kinds: dict[str, str] = {"word/document.xml": self.main_type, **self.kinds}
        references = self._around(found, kinds)
        properties = self._properties(found, kinds)
        section = SECTION.replace("<w:sectPr>", f"<w:sectPr>{references}")
        document = f"<w:document {NAMESPACES}><w:body>{body_xml(self.body)}{section}</w:body></w:document>"
        found["word/document.xml"] = document.encode()
        found.update(self.files)
        return {"[Content_Types].xml": _types(kinds), "_rels/.rels": _root_rels(properties), **found}

    def _around(self, found: dict[str, bytes], kinds: dict[str, str]) -> str:
        relations = list(self.relations)
        references = ""
        for name, root, text in (("header", "hdr", self.header), ("footer", "ftr", self.footer)):
            if text:
                found[f"word/{name}1.xml"] = f"<w:{root} {NAMESPACES}>{body_xml(text)}</w:{root}>".encode()
                kinds[f"word/{name}1.xml"] = f"{WORD_TYPE}.{name}+xml"
                relations.append((name, f"{name}1.xml"))
                references += f'<w:{name}Reference w:type="default" r:id="rId{len(relations)}"/>'
        for name, text in (("footnote", self.footnote), ("endnote", self.endnote)):
            if text:
                found[f"word/{name}s.xml"] = _notes(name, text).encode()
                kinds[f"word/{name}s.xml"] = f"{WORD_TYPE}.{name}s+xml"
                relations.append((f"{name}s", f"{name}s.xml"))
        found["word/_rels/document.xml.rels"] = _rels(relations, self.extra_relations)
        return references

    def _properties(self, found: dict[str, bytes], kinds: dict[str, str]) -> list[tuple[str, str]]:
        out: list[tuple[str, str]] = []
        if self.title:
            found["docProps/core.xml"] = CORE.format(escape(self.title)).encode()
            kinds["docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
            out.append((f"{RELATIONS}/metadata/core-properties", "docProps/core.xml"))
        office = "application/vnd.openxmlformats-officedocument"
        for name, kind, text in (("app", "extended", self.company), ("custom", "custom", self.custom)):
            if text:
                found[f"docProps/{name}.xml"] = (
                    {"app": APP, "custom": CUSTOM}[name].format(escape(text)).encode()
                )
                kinds[f"docProps/{name}.xml"] = f"{office}.{kind}-properties+xml"
                out.append((f"{RELATION_TYPE}/{kind}-properties", f"docProps/{name}.xml"))
        return out

    def data(self) -> bytes:
        """The file."""
        return zipped(self.parts())


FURNITURE = {"styles": "styles", "settings": "settings", "fontTable": "fontTable", "theme": "theme/theme1"}


@cache
def furniture() -> dict[str, bytes]:
    """The styles, settings, fonts and theme of python-docx's blank document."""
    blank = io.BytesIO()
    new_document().save(blank)
    with zipfile.ZipFile(blank) as archive:
        return {f"word/{name}.xml": archive.read(f"word/{name}.xml") for name in FURNITURE.values()}


def furnished(docx: Docx) -> Docx:
    """The same document with the styles, settings, fonts and theme that Word expects."""
    docx.files.update(furniture())
    for kind, name in FURNITURE.items():
        family = "application/vnd.openxmlformats-officedocument" if kind == "theme" else WORD_TYPE
        docx.kinds[f"word/{name}.xml"] = f"{family}.{kind}+xml"
        docx.relations.append((kind, f"{name}.xml"))
    return docx


CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{}</dc:title></cp:coreProperties>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
APP = f'<Properties xmlns="{OFFICE}/extended-properties"><Company>{{}}</Company></Properties>'
CUSTOM = (
    f'<Properties xmlns="{OFFICE}/custom-properties" xmlns:vt="{OFFICE}/docPropsVTypes">'
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="编号">'
    "<vt:lpwstr>{}</vt:lpwstr></property></Properties>"
)


def _notes(name: str, text: str) -> str:
    return f'<w:{name}s {NAMESPACES}><w:{name} w:id="1">{body_xml(text)}</w:{name}></w:{name}s>'


def _types(kinds: dict[str, str]) -> bytes:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    return (
        f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="png" ContentType="image/png"/>{overrides}</Types>'
    ).encode()


def _root_rels(properties: list[tuple[str, str]]) -> bytes:
    main = [(f"{RELATION_TYPE}/officeDocument", "word/document.xml"), *properties]
    return _rels([], "".join(_relation(f"rId{n}", kind, target) for n, (kind, target) in enumerate(main, 1)))


def _rels(relations: list[tuple[str, str]], extra: str) -> bytes:
    inner = "".join(
        _relation(f"rId{number}", f"{RELATION_TYPE}/{kind}", target)
        for number, (kind, target) in enumerate(relations, 1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{inner}{extra}</Relationships>'.encode()


def _relation(ident: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{ident}" Type="{kind}" Target="{target}"/>'


def zipped(parts: dict[str, bytes]) -> bytes:
    """The parts as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def part(docx: bytes, name: str) -> bytes:
    """One part of a file."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read(name)


def shown(docx: bytes, name: str = "word/document.xml") -> str:
    """The part's blocks in the markup of this file."""
    root = etree.fromstring(part(docx, name))
    top = root.find(f"{{{W}}}body")
    if top is None:
        top = root[0] if root[0].tag in (f"{{{W}}}footnote", f"{{{W}}}endnote") else root
    return "\n".join(_shown_blocks(top))


def _shown_blocks(top: Any) -> list[str]:
    lines: list[str] = []
    for block in top:
        if block.tag == f"{{{W}}}p":
            lines.append(_shown_text(block))
        elif block.tag == f"{{{W}}}tbl":
            lines += [
                "║" + "║".join("«".join(_shown_blocks(cell)) for cell in row.iter(f"{{{W}}}tc")) + "║"
                for row in block.iter(f"{{{W}}}tr")
            ]
        elif block.tag == f"{{{W}}}sdt":
            lines += _shown_blocks(block.find(f"{{{W}}}sdtContent"))
    return lines


def _shown_text(block: Any) -> str:
    signs = {f"{{{W}}}br": "⏎", f"{{{W}}}tab": "⇥"}
    return "".join(
        one.text or "" if one.tag == f"{{{W}}}t" else signs.get(one.tag, "") for one in block.iter()
    )


@dataclass(frozen=True)
class Case:
    """A template body, what differs from FACTS, and what must come of it."""

    name: str
    body: str
    expected: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)


def case(name: str, body: str, *expected: str, **facts: Any) -> Case:
    """A case; keyword arguments replace facts."""
    return Case(name, body, expected, facts)


def raw(*runs: str) -> str:
    """A paragraph of raw XML."""
    return f"<w:p>{''.join(runs)}</w:p>"


def coded(*code: str) -> tuple[str, ...]:
    """The runs of a field whose code is split so; a piece in tags stands as it is."""
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    pieces = (p if p.startswith("<") else f"<w:r><w:instrText>{escape(p)}</w:instrText></w:r>" for p in code)
    return (begin, *pieces, end)


def deep(count: int, opening: str, closing: str) -> str:
    """Nested tags."""
    return opening * count + "甲" + closing * count


RENDERS = (
    case("文字", "关于{{ 标题 }}的函", "关于通报的函"),
    case("整数", "共{{ 县.人口 }}人", "共70人"),
    case("空值不印", "[{{ 标题 }}]", "[]", 标题=None),
    case("空串", "[{{ 标题 }}]", "[]", 标题=""),
    case("标签断在三段里", "{⁞{ 文⁞号 }⁞}到", "台政办〔2011〕9号到"),
    case("断在符号中间", "{{ 金额⁞|万⁞元 }}", "12345.60"),
    case("全角括号", "｛｛ 标题 ｝｝", "通报"),
    case("全角百分号", "｛％ if 有奖 ％｝奖｛％ endif ％｝", "奖"),
    case("全角竖线", "{{ 金额｜万元 }}", "12345.60"),
    case("弯引号", "{{ “共” ~ 标题 ~ ‘号’ }}", "共通报号"),
    case("全角等号和括号", "{% if （标题 ＝＝ “通报”） %}是{% endif %}", "是"),
    case("引号里的全角不变", "{{ “（一）” ~ 标题 }}", "（一）通报"),
    case("不断行空格", "{{\xa0标题\u3000}}", "通报"),
    case("换行和制表", "{{ 标题 }}", "甲⏎乙⇥丙", 标题="甲\n乙\t丙"),
    case("回车换行", "{{ 标题 }}", "甲⏎乙", 标题="甲\r\n乙"),
    case("尖括号", "{{ 标题 }}", "<w:p>&amp;\"'", 标题="<w:p>&amp;\"'"),
    case("值里有标签", "{{ 标题 }}", "{{ 文号 }}{% for x in y %}", 标题="{{ 文号 }}{% for x in y %}"),
    case("值里有全角标签", "{{ 标题 }}", "｛｛ 文号 ｝｝", 标题="｛｛ 文号 ｝｝"),
    case("值里有空格", "{{ 标题 }}", "  甲  ", 标题="  甲  "),
    case("四字节字", "{{ 标题 }}", "𠮷🎉", 标题="𠮷🎉"),
    case("单个花括号", "{甲}{ {乙} }", "{甲}{ {乙} }"),
    case("注释", "甲{# 给{{ 自己 }}看 #}乙", "甲乙"),
    case("段注释", "甲\n{#p 说明 #}\n乙", "甲\n乙"),
    case("万元半进", "{{ 金额|万元 }}", "0.13", 金额=Decimal("0.125")),
    case("负零", "{{ 金额|万元 }}", "0.00", 金额=Decimal("-0.001")),
    case("数", "{{ 金额|数 }}", "0.6", 金额=Decimal("0.60")),
    case("数去尾零", "{{ 金额|数 }}", "100", 金额=Decimal("1E+2")),
    case("整数格式", "{{ 金额|整数 }}", "12346"),
    case("百分比", "{{ 比例|百分比 }}", "50.00%"),
    case("百分比空", "{{ 比例|百分比 }}", "—", 比例=None),
    case("日期", "{{ 日子|日期 }}", "2011年4月13日"),
    case("汉字日期", "{{ 日子|汉字日期 }}", "二〇一一年四月十三日"),
    case("汉字日期二十一", "{{ 日子|汉字日期 }}", "二〇二〇年十月二十一日", 日子=date(2020, 10, 21)),
    case("汉字日期三十", "{{ 日子|汉字日期 }}", "二〇二〇年十二月三十日", 日子=date(2020, 12, 30)),
    case("空值换横线", "{{ 金额|万元 or “—” }}", "—", 金额=None),
    case("条件内联", "{% if 有奖 %}有{% else %}无{% endif %}奖", "无奖", 有奖=False),
    case("条件跨格式", "甲{% if 有奖 %}⁞乙⁞{% endif %}丙", "甲丙", 有奖=False),
    case("多路条件", "{% if 县.人口 > 99 %}大{% elif 县.人口 > 50 %}中{% else %}小{% endif %}", "中"),
    case("在其中", "{% if 标题 in [“通报”, “通知”] %}是{% endif %}", "是"),
    case("内联选择", "{{ 标题 if 有奖 else “无” }}", "无", 有奖=False),
    case(
        "段内循环",
        "{% for 行 in 排名 %}{{ 行.单位 }}{% if not loop.last %}、{% endif %}{% endfor %}",
        "甲、乙",
    ),
    case("合并", '{{ 排名|join("、", attribute="单位") }}等{{ 排名|length }}个', "甲、乙等2个"),
    case("合并单值", "{{ 议题|join(“；”) }}", "一事；二事"),
    case("单值循环", "{%p for 事 in 议题 %}\n{{ loop.index }}.{{ 事 }}\n{%p endfor %}", "1.一事\n2.二事"),
    case("首行", "{{ (排名|first).单位 }}{{ (排名|last).单位 }}", "甲乙"),
    case("段条件", "首\n{%p if 有奖 %}\n奖\n{%p endif %}\n尾", "首\n尾", 有奖=False),
    case("段标签同在一段", "{%p for 行 in 排名 %}{{ 行.单位 }}{%p endfor %}", "甲\n乙"),
    case("普通标签独占段", "首\n{% for 行 in 排名 %}\n{{ 行.单位 }}\n{% endfor %}\n尾", "首\n甲\n乙\n尾"),
    case("带空格的段标签", "{% p if 有奖 %}\n奖\n{% p endif %}", "奖"),
    case(
        "行循环独占行",
        "║名║\n║{%tr for 行 in 排名 %}║\n║{{ 行.单位 }}║\n║{%tr endfor %}║",
        "║名║\n║甲║\n║乙║",
    ),
    case(
        "行循环写在一行里",
        "║名║次║\n║{%tr for 行 in 排名 %}{{ 行.单位 }}║{{ 行.名次 }}{%tr endfor %}║",
        "║名║次║\n║甲║1║\n║乙║2║",
    ),
    case(
        "行标签在格内另起段",
        "║{%tr for 行 in 排名 %}«{{ 行.单位 }}║{{ 行.名次 }}«{%tr endfor %}║",
        "║甲║1║\n║乙║2║",
    ),
    case(
        "行循环套行条件",
        "║{%tr for 行 in 排名 %}{%tr if 行.名次 > 1 %}{{ 行.单位 }}║{%tr endif %}{%tr endfor %}║",
        "║乙║║",
    ),
    case(
        "行循环套行循环",
        "║{%tr for 行 in 排名 %}║\n║{{ 行.单位 }}║\n║{%tr for 项 in 行.项目 %}║\n║{{ 项.名称 }}║\n"
        "║{%tr endfor %}║\n║{%tr endfor %}║",
        "║甲║\n║甲厂║\n║乙║\n║乙厂║",
    ),
    case("空表消失", "首\n║{%tr for 行 in 排名 %}{{ 行.单位 }}{%tr endfor %}║\n尾", "首\n尾", 排名=[]),
    case("列循环", "║{%tc for 行 in 排名 %}║{{ 行.单位 }}║{%tc endfor %}║", "║甲║乙║"),
    case("空列则无行", "首\n║{%tc for 行 in 排名 %}║{{ 行.单位 }}║{%tc endfor %}║", "首", 排名=[]),
    case("空格子补段", "║{%p if 有奖 %}«奖«{%p endif %}║乙║", "║║乙║", 有奖=False),
    case("循环里的否则", "{% for 行 in 排名 %}{{ 行.单位 }}{% else %}无{% endfor %}", "无", 排名=[]),
    case("空正文补段", "{%p if 有奖 %}\n奖\n{%p endif %}", "", 有奖=False),
    case("筛选循环", "{% for 行 in 排名 if 行.名次 > 1 %}{{ 行.单位 }}{% endfor %}", "乙"),
    case("是否空", "{% if 标题 is none %}空{% endif %}", "空", 标题=None),
    case("制表符在标签里", raw(run("{{"), "<w:r><w:tab/></w:r>", run("标题 }}")), "通报"),
    case("书签穿过标签", raw(run("{{ 标"), '<w:bookmarkStart w:id="1" w:name="a"/>', run("题 }}")), "通报"),
    case("印空", "[{{ none }}{{ none if true else 1 }}]", "[]"),
    case(
        "行条件二选一", "║{%tr if 有奖 %}║\n║甲║\n║{%tr else %}║\n║乙║\n║{%tr endif %}║", "║乙║", 有奖=False
    ),
    case("表在段循环里", "{%p for 行 in 排名 %}\n║{{ 行.单位 }}║\n{%p endfor %}", "║甲║\n║乙║"),
    case("一段几个段标签", "{%p if 有奖 %}{%p if 标题 %}\n甲\n{%p endif %}{%p endif %}\n尾", "甲\n尾"),
    case("比较不受转义影响", "{% if 标题 ~ “” == “<>&” %}等{% endif %}", "等", 标题="<>&"),
    case("连接也转义", "{{ 标题 ~ “&” }}", "<a⏎b>&", 标题="<a\nb>"),
    case("docxtpl 的 r", "{%r if 有奖 %}甲{%r endif %}", "甲"),
    case(
        "XML 里有换行", "<w:p>&#10;<w:r>&#10;<w:t>{{ 标题 }}</w:t></w:r></w:p>".replace("&#10;", "\r"), "通报"
    ),
    case(
        "收缩到上下行",
        "在\n{%- if 有奖 -%}\n城里\n{%- else -%}\n乡下\n{%- endif -%}\n，很好\n尾",
        "在城里，很好\n尾",
    ),
    case("只收缩前面", "在 \n{%- if 有奖 %}城里{% endif %}\n尾", "在城里\n尾"),
    case("只收缩后面", "在{% if 有奖 -%}\n\u3000城里{% endif %} \n尾", "在城里 \n尾"),
    case("行内收缩", "甲 {%- if 有奖 -%} 乙 {%- endif -%} 丙", "甲乙丙"),
    case("全角收缩", "甲\n｛％－ if 有奖 －％｝\n乙{% endif %}", "甲乙"),
    case("收缩不去不断行空格", "甲\xa0{%- if 有奖 -%}\xa0乙{% endif %}", "甲\xa0\xa0乙"),
    case(
        "收缩换行符",
        raw(
            run("甲"),
            "<w:r><w:br/></w:r>",
            run("{%- if 有奖 -%}"),
            "<w:r><w:br/></w:r>",
            run("乙{% endif %}"),
        ),
        "甲乙",
    ),
    case("格子里收缩", "║甲«{%- if 有奖 -%}«乙«{%- endif %}║{%- if 有奖 -%}丙{% endif %}║", "║甲乙║丙║"),
    case("循环里收缩", "{% for 行 in 排名 -%}\n{{ 行.单位 }}\n{%- endfor %}", "甲乙"),
    case("连接里的空值", "{{ 标题 ~ “号” }}", "号", 标题=None),
)

COMPILE_FAULTS = (
    case("未知字段", "{{ 文好 }}", "✗", "正文 第1段「{{ 文好 }}」", "没有「文好」", "「文号」"),
    case("未知子字段", "{{ 县.名字 }}", "✗", "「县」没有「名字」", "「名称」"),
    case(
        "行里未知字段",
        "首\n║名║注║\n║{%tr for r in 排名 %}{{ r.单位 }}║{{ r.备住 }}{%tr endfor %}║",
        "✗",
        "正文 表1 第2行第2列「{{ r.备住 }}」",
        "「备注」",
    ),
    case("循环外用行", "{%p for 行 in 排名 %}\n甲\n{%p endfor %}\n{{ 行.单位 }}", "✗", "第4段", "没有「行」"),
    case("印列表", "{{ 排名 }}", "✗", "「排名」是列表"),
    case("印一组", "{{ 县 }}", "✗", "「县」是一组字段"),
    case("列表取字段", "{{ 排名.单位 }}", "✗", "是列表，不能直接取「单位」"),
    case("循环非列表", "{% for x in 标题 %}{% endfor %}", "✗", "只能循环一张列表"),
    case("循环文字", "{% for x in “甲乙” %}{% endfor %}", "✗", "只能循环一张列表"),
    case("未知格式", "{{ 金额|万圆 }}", "✗", "没有", "万圆"),
    case("格式带括号", "{{ 金额|万元(3) }}", "✗", "后面不带括号"),
    case("语法错", "{{ 标题 标题 }}", "✗", "{{ 标题 标题 }}", "多出了内容"),
    case("空标签", "{{ }}", "✗", "{{ }}", "缺少内容"),
    case("标签跨段", "{{ 标\n题 }}", "✗", "第1段「{{」", "没有结束", "第2段「}}」", "多出了"),
    case("漏了结束", "甲{{ 标题 乙{{ 文号 }}", "✗", "「{{ 标题 乙」", "没有结束"),
    case("多余的结束", "甲}}乙", "✗", "第1段「}}」", "多出了"),
    case("没有 endif", "{% if 有奖 %}甲", "✗", "「{% if 有奖 %}」", "没有写 endif"),
    case("没有 if", "甲{% endif %}", "✗", "「{% endif %}」", "没有与它配对的 if"),
    case("交错", "{% if 有奖 %}{% for 行 in 排名 %}{% endif %}{% endfor %}", "✗", "没有写 endfor"),
    case(
        "行标签旁有文字",
        "║甲{%tr for 行 in 排名 %}║\n║乙║\n║{%tr endfor %}║",
        "✗",
        "表1 第1行第1列",
        "还有别的内容",
    ),
    case(
        "段标签旁有文字", "甲{%p if 有奖 %}\n乙\n{%p endif %}", "✗", "第1段「{%p if 有奖 %}」", "还有别的内容"
    ),
    case(
        "两头不同类", "║{%tr for 行 in 排名 %}║\n║乙║\n║{%p endfor %}║", "✗", "第3行第1列", "不是同一种标签"
    ),
    case(
        "离开表格",
        "║{%tr for 行 in 排名 %}║\n中\n║{%tr endfor %}║",
        "✗",
        "表2 第1行第1列",
        "不在同一个表格里",
    ),
    case("行标签不在表里", "{%tr for 行 in 排名 %}\n{%tr endfor %}", "✗", "第1段", "不在表格里"),
    case("普通循环跨行", "║{% for 行 in 排名 %}║\n║甲║\n║{% endfor %}║", "✗", "{%tr for … %}"),
    case("普通条件跨段有文字", "甲{% if 有奖 %}\n乙{% endif %}", "✗", "不在同一段", "{%p if … %}"),
    case("单元格间的条件", "║{% if 有奖 %}甲║乙{% endif %}║", "✗", "不在同一段"),
    case("未知指令", "{% fro 行 in 排名 %}", "✗", "不认识的指令「fro」", "「for」"),
    case("赋值", "{% set x = 1 %}", "✗", "不认识的指令「set」"),
    case("宏", "{% macro m() %}{% endmacro %}", "✗", "不认识的指令「macro」"),
    case("引入", "{% include “/etc/passwd” %}", "✗", "不认识的指令「include」"),
    case("导入", "{% import “os” as os %}", "✗", "不认识的指令「import」"),
    case("继承", "{% extends “x” %}", "✗", "不认识的指令「extends」"),
    case("原样", "{% raw %}甲{% endraw %}", "✗", "不认识的指令「raw」"),
    case("调用", "{{ 标题.upper() }}", "✗", "调用函数"),
    case("下划线", "{{ 标题.__class__.__mro__ }}", "✗", "__class__"),
    case("下划线字段", "{{ __import__ }}", "✗", "没有「__import__」"),
    case("方括号", "{{ 县[“名称”] }}", "✗", "用方括号取值"),
    case("过滤器逃逸", "{{ 标题|attr(“__class__”) }}", "✗", "没有", "attr"),
    case("自身逃逸", "{{ self.__init__.__globals__ }}", "✗", "没有「self」"),
    case("循环逃逸", "{% for x in 排名 %}{{ loop.__init__ }}{% endfor %}", "✗", "__init__"),
    case("乘法炸弹", "{{ 'x'*10**9 }}", "✗", "计算"),
    case("范围炸弹", "{% for i in range(10**9) %}{% endfor %}", "✗", "调用函数"),
    case("加法", "{{ 县.人口 + 1 }}", "✗", "计算"),
    case("小数", "{{ 1.5 }}", "✗", "小数"),
    case("字典", "{{ {'a': 1} }}", "✗", "字典"),
    case("超深括号", "{{ " + "(" * 300 + "1" + ")" * 300 + " }}", "✗", "正文 第1段"),
    case("超长否定", "{{ " + "not " * 200 + "1 }}", "✗", "共1处", "太复杂"),
    case("超深嵌套", deep(20, "{% if 有奖 %}", "{% endif %}"), "✗", "嵌套超过"),
    case("三层不相干循环", deep(3, "{% for 行 in 排名 %}", "{% endfor %}"), "✗", "膨胀"),
    case("递归循环", "{% for 行 in 排名 recursive %}{% endfor %}", "✗", "recursive"),
    case("收缩符号", "甲 {{- 标题 -}} 乙", "✗", "「-」"),
    case(
        "收缩带级",
        "甲\n{%-p if 有奖 %}\n乙\n{%p endif %}",
        "✗",
        "第2段「{%-p if 有奖 %}」",
        "「-」不能和 p 同用",
    ),
    case(
        "收缩后的位置",
        "甲\n{%- if 无此 -%}\n乙{{ 也无 }}\n{%- endif %}",
        "✗",
        "第2段「{%- if",
        "第3段「{{ 也无",
    ),
    case(
        "合并不在格里", "{% for 行 in 排名 %}{% vm %}{% endfor %}", "✗", "不在行循环的格子里", "{%tr for … %}"
    ),
    case("合并不在循环里", "║甲{% vm %}║", "✗", "表1 第1行第1列「{% vm %}」", "不在行循环的格子里"),
    case("合并带字", "║{%tr for 行 in 排名 %}{% vm 行 %}{%tr endfor %}║", "✗", "「vm」后面多了「行」"),
    case("后半收缩", "{{ 标题 -}}", "✗", "「-」"),
    case("文字里的控制符", r"{{ “\x07” }}", "✗", "U+0007"),
    case("没有 else 的选择", "{{ 标题 if 有奖 }}", "✗", "缺少 else"),
    case("else 带条件", "{% if 有奖 %}{% else 标题 %}{% endif %}", "✗", "else", "elif"),
    case("两个 else", "{% if 有奖 %}{% else %}{% else %}{% endif %}", "✗", "else 之后"),
    case(
        "修订的删除",
        raw('<w:del w:id="1" w:author="a">', "<w:r><w:delText>{{ 标题 }}</w:delText></w:r></w:del>"),
        "✗",
        "修订",
    ),
    case(
        "夹着脚注", raw(run("{{ 标"), '<w:r><w:footnoteReference w:id="1"/></w:r>', run("题 }}")), "✗", "夹着"
    ),
    case("域代码", raw("<w:r><w:instrText>REF {{ 标题 }}</w:instrText></w:r>"), "✗", "域代码"),
    case("公式", raw("<m:oMath><m:r><m:t>{{ 标题 }}</m:t></m:r></m:oMath>"), "✗", "公式"),
    case(
        "超链接内外",
        raw(run("{% if 有奖 %}"), f'<w:hyperlink w:anchor="a">{run("甲{% endif %}")}</w:hyperlink>'),
        "✗",
        "不在同一个",
    ),
    case(
        "分节段上的开头标签",
        "<w:p><w:pPr>" + SECTION + "</w:pPr>" + run("{%p if 有奖 %}") + "</w:p>\n甲\n{%p endif %}",
        "✗",
        "分节符",
    ),
    case(
        "循环里的脚注",
        raw(run("{% for 行 in 排名 %}"), '<w:r><w:footnoteReference w:id="1"/></w:r>', run("{% endfor %}")),
        "✗",
        "脚注",
    ),
    case(
        "收缩之后循环里的脚注",
        "甲\n{%- if 有奖 %}乙{% endif %}\n"
        + raw(run("{% for 行 in 排名 %}"), '<w:r><w:footnoteReference w:id="1"/></w:r>', run("{% endfor %}")),
        "✗",
        "正文 第3段：脚注或尾注放在了循环里",
    ),
    case("三重括号", "{{{ 标题 }}}", "✗", "不成对"),
    case("文字的属性", "{{ “”.__class__ }}", "✗", "「这个值」没有「__class__」"),
    case("属性里的标签", raw('<w:hyperlink w:anchor="{{ 标题 }}"/>'), "✗", "对象属性"),
    case(
        "取用外部文件的域",
        raw("<w:r><w:instrText> INCLUDE</w:instrText><w:instrText>TEXT c:/a </w:instrText></w:r>"),
        "✗",
        "INCLUDETEXT",
    ),
    case("DDE 域没有空格", raw(*coded(r'DDEAUTO"c:\\x" "y"')), "✗", "DDEAUTO"),
    case("小写的域", raw(*coded('ddeauto"c:/x"')), "✗", "DDEAUTO"),
    case("拆开的域", raw(*coded("D", "DE", "AUTO c:/x")), "✗", "DDEAUTO"),
    case("嵌套的域", raw(*coded("PAGE ", *coded("INCLUDEPICTURE c:/x"))), "✗", "INCLUDEPICTURE"),
    case("拼出来的域", raw(*coded(*coded("QUOTE 68 68 69"), " c:/x")), "✗", "QUOTE"),
    case("跨段的域", raw(*coded("LI")[:2]) + raw(*coded("NK c:/x")[1:]), "✗", "LINK"),
    case("域里的正文", raw(*coded("PAGE", run("甲"))), "✗", "夹有别的文字"),
    case("没用过的域", raw(*coded("GREETINGLINE")), "✗", "GREETINGLINE", "不是公文要用的域"),
    case("嵌入的对象", raw("<w:r><w:object/></w:r>"), "✗", "嵌入或链接的对象"),
    case("DDE 域", raw('<w:fldSimple w:instr="DDEAUTO c:/cmd.exe a"/>'), "✗", "DDEAUTO"),
    case("常量是否值", "{{ 3 > 2 }}", "✗", "「{{ 3 > 2 }}」", "是否值不能直接印出"),
    case("列表或文字", "{{ 排名 or “无” }}", "✗", "「排名」是列表，不能直接印出"),
    case("一次报全", "{{ 甲 }}\n{{ 乙| }}\n{% endif %}", "✗", "共3处", "第1段", "第2段", "第3段"),
    case(
        "嵌套表格的位置",
        "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>"
        + table(["║甲║{{ 无此 }}║"])
        + "<w:p/></w:tc></w:tr></w:tbl>",
        "✗",
        "正文 表1 第1行第1列 表1 第1行第2列「{{ 无此 }}」",
    ),
)

# What is refused of fields whose kind is declared, as if they were rendered; the last column is nothing if it is fine.
KINDS = (
    ("{{ 文 }}{{ 数字|数值 }}{{ 日子|日期 }}{% if 有奖 %}有{% endif %}", ""),
    ("{{ 数字 }}", "数字不能直接印出；请加格式：|数值"),
    ("{{ 日子 }}", "日期不能直接印出；请加格式：|日期"),
    ("{{ 有奖 }}", "是否值不能直接印出；请写成 {% if"),
    ("{{ not 有奖 }}{{ 文 is none }}{{ 文 in [“甲”] }}", "共3处问题"),
    ("{{ 行 }}", "「行」是列表，不能直接印出"),
    ("{{ 不定 }}{{ 不定|万元 }}{{ 不定|日期 }}", ""),
    ("{{ 数字 or “无” }}", "数字不能直接印出"),
    ("{{ 数字|行文 or “无” }}{{ 数字|数 if 有奖 else “无” }}", ""),
    ("{{ 文 if 有奖 else 日子 }}", "日期不能直接印出"),
    ("{{ “共” ~ 数字 }}", "数字不能用 ~ 连接"),
    ("{{ “共” ~ 数字|数 }}", ""),
    ("{{ 文|万元 }}", "「万元」只能用于数字，这里是文字"),
    ("{{ 日子|数值 }}", "「数值」只能用于数字，这里是日期"),
    ("{{ 有奖|百分比 }}", "「百分比」只能用于数字，这里是是否值"),
    ("{{ 数字|日期 }}", "「日期」只能用于日期，这里是数字"),
    ("{{ 文|汉字日期 }}", "「汉字日期」只能用于日期，这里是文字"),
    ("{{ (数字 or “无”)|万元 }}", "「万元」只能用于数字，这里是文字"),
    ("{{ 数字|数|数 }}", "「数」只能用于数字，这里是文字"),
    ("{{ “甲”|数 }}", "「数」只能用于数字，这里是文字"),
    ("{{ 5 }}{{ 5|数 }}{{ none|数 }}{{ 行|length }}{{ 行|length|数 }}", ""),
    ("{% for 一 in 行 %}{{ loop.index }}{{ 一.数|数值 }}{{ 一.名 }}{% endfor %}", ""),
    ("{% for 一 in 行 %}{{ loop.first }}{% endfor %}", "是否值不能直接印出"),
    ("{% for 一 in 行 %}{{ 一.数 }}{% endfor %}", "数字不能直接印出"),
    ("{{ (行|first).数 }}", "数字不能直接印出"),
    ("{{ 行|join(“、”, attribute=“名”) }}", ""),
    ("{{ 行|join(“、”, attribute=“数”) }}", "数字不能直接印出"),
    ("{% if 数字 > 3 and 日子 < 日子 and 文 >= “甲” and 不定 < 3 and 不定 < 文 and 数字 < 有奖 %}{% endif %}", ""),
    ("{% if 文 > 3 %}{% endif %}", "两个值不是一类，不能这样比较"),
    ("{% if 日子 <= 数字 %}{% endif %}", "两个值不是一类，不能这样比较"),
    ("{% if 文 == 3 or 日子 != 数字 or 数字 in [1, 2] %}{% endif %}", ""),
    ("{% if “甲” in 文 or 文 in 不定 %}{% endif %}", ""),
    ("{% if 3 in 文 %}{% endif %}", "「in」只能用于文字，这里是整数"),
    ("{% if “甲” in 数字 %}{% endif %}", "「in」只能用于文字，这里是数字"),
    ("{% if 数字 is odd or 文 is even %}{% endif %}", "「is even」只能用于数字，这里是文字"),
)  # fmt: skip

RENDER_FAULTS = (
    case(
        "小数不带格式",
        "║甲║{{ 金额 }}║",
        "‼",
        "正文 表1 第1行第2列「{{ 金额 }}」",
        "小数不能直接印出",
        "|万元",
    ),
    case("日期不带格式", "{{ 日子 }}", "‼", "「{{ 日子 }}」", "日期不能直接印出"),
    case("是否值", "{{ 有奖 }}", "‼", "是否值不能直接印出"),
    case("连接小数", "{{ 标题 ~ 金额 }}", "‼", "「{{ 标题 ~ 金额 }}」", "小数不能直接印出"),
    case("格式不合", "{{ 标题|万元 }}", "‼", "「万元」只能用于数字"),
    case("日期当数", "{{ 日子|百分比 }}", "‼", "「百分比」只能用于数字"),
    case("日期成文", "{{ 日子|行文 }}", "‼", "「行文」只能用于数字，这里是日期"),
    case("数当日期", "{{ 金额|日期 }}", "‼", "「日期」只能用于日期"),
    case("比大小类型不同", "{% if 标题 > 3 %}{% endif %}", "‼", "「{% if 标题 > 3 %}」", "比较"),
    case("空值比大小", "{% for 行 in 排名 %}{% if 行.备注 > 1 %}{% endif %}{% endfor %}", "‼", "行.备注 > 1"),
    case("空列表的首行", "{{ (排名|first).单位 }}", "‼", "列表是空的", 排名=[]),
    case(
        "换行后的位置",
        "<w:p>\r<w:r>\r<w:t>甲</w:t></w:r></w:p>\n{{ 标题 }}{{ 金额 }}",
        "‼",
        "第2段「{{ 金额 }}」",
    ),
    case("两处同时报", "{{ 金额 }}\n{{ 标题 }}{{ 日子 }}", "‼", "共2处", "第1段", "第2段"),
    case("浮点数", "甲", "‼", "字段「金额」", "浮点数", "Decimal", 金额=1.5),
    case("行里的浮点数", "甲", "‼", "字段「排名[1].资金」", 排名=[{**ranked("甲")[0], "资金": 0.1}]),
    case("控制符", "甲", "‼", "字段「标题」", "U+0007", 标题="\a"),
    case("单独回车", "甲", "‼", "字段「标题」", "U+000D", 标题="甲\r乙"),
    case("空字符", "甲", "‼", "字段「标题」", "U+0000", 标题="\0"),
    case("半个代理对", "甲", "‼", "字段「标题」", "U+D83D", 标题="\ud83d"),
    case("非字符", "甲", "‼", "字段「标题」", "U+FFFE", 标题="\ufffe"),
    case("子字段控制符", "甲", "‼", "字段「县.名称」", "U+001B", 县={"名称": "\x1b", "人口": 1}),
    case("多给", "甲", "‼", "字段「文好」", "没有这个字段", "「文号」", 文好="甲"),
    case("少给", "甲", "‼", "字段「县.人口」", "缺少", 县={"名称": "台"}),
    case("列表给成文字", "甲", "‼", "字段「排名」", "应是一张列表", 排名="甲乙"),
    case("一组给成空", "甲", "‼", "字段「县」", "应是一组字段", 县=None),
    case("无穷大", "甲", "‼", "字段「金额」", "不是数", 金额=Decimal("Infinity")),
    case("指数炸弹", "甲", "‼", "字段「金额」", 金额=Decimal("1E+999999")),
    case("不认的类型", "甲", "‼", "字段「标题」", "object", 标题=object()),
    case("可调用的值", "甲", "‼", "字段「标题」", 标题=print),
)
