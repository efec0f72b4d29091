"""Good papers, and the tools to put one fault into one (spoilt_faults.py) or to write it in another way (spoilt_ways.py).

A change takes a paper opened by python-docx and alters one thing. It finds lines by the names of their styles, so
that it works on a paper as made and on one saved again by another program.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, Twips
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from baiti_xl.press.layout import PageStyle, build_template

HEAD = """版式: {form}
份号: 000001
密级: 秘密★1年
紧急程度: 特急
发文机关标志: {name}
文号: 台政办〔2011〕9号
签发人: 王建国
标题: 关于竞赛情况的通报
主送: 各乡镇人民政府，县直有关单位
署名: 台前县人民政府办公室
成文日期: {date}
附注: 此件公开发布
主题词: 经济管理　通报
抄送: 县委办公室
印发机关: 台前县人民政府办公室
印发日期: 2011年5月13日

现将有关情况通报如下。
一、情况
（一）进展。有进展。
（二）问题。有问题。
1.项目
（1）签约
二、要求
各单位抓好落实，于2011年6月1日前报送。
落实情况另行通报。
表题 各单位项目数
| 单位 | 项目 |
| 城关镇 | 3 |
| 侯庙镇 | 2 |
| 马楼镇 | 2 |
| 吴坝镇 | 1 |
| 孙口镇 | 0 |
| 打渔陈镇 | 0 |
特此通报。
#附件 名单
| 单位 | 项目 |
| 城关镇 | 3 |
#附件 各单位排名 [横向]
城关镇。
#附件 说明
侯庙镇。
[图 进度 150×80]
"""


def source(form: str = "公文", *, old: bool = False) -> str:
    """The wording of a paper in a form."""
    name = "台前县人民政府办公室" + ("" if form == "信函" else "文件")
    return HEAD.format(form=form, name=name, date="二〇一一年五月十三日" if old else "2011年5月13日")


PAPERS = {
    "公文": build_template(source()),
    "章": build_template(source(), style=PageStyle(seal=True)),
    "上行文": build_template(source("上行文")),
    "信函": build_template(source("信函")),
    "1999": build_template(source(old=True), style=PageStyle("1999")),
    "送审稿": build_template(source("送审稿")),
    "表格": build_template(source("表格")),
}
"""A good paper in each form."""

Change = Callable[[Document], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """A change to a paper, the rule that must be named, and others that it cannot help breaking."""

    paper: str
    rule: str
    change: Change
    also: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.rule}-{self.change.__name__}"


FAULTS: list[Fault] = []
SAME: list[tuple[str, Change]] = []


def spoils(rule: str, paper: str = "公文", *also: str) -> Callable[[Change], Change]:
    """Enter a change that must be found."""

    def enter(change: Change) -> Change:
        FAULTS.append(Fault(paper, rule, change, frozenset(also)))
        return change

    return enter


def keeps(paper: str = "公文") -> Callable[[Change], Change]:
    """Enter a change after which the paper is as good as before."""

    def enter(change: Change) -> Change:
        SAME.append((paper, change))
        return change

    return enter


def changed(content: bytes, change: Change) -> bytes:
    """A paper with a change made to it; the change must find its place."""
    paper = docx.Document(BytesIO(content))
    change(paper)
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


# ── finding and altering ─────────────────────────────────────────────────────────────────────────


def every(paper: Document, role: str) -> list[Paragraph]:
    """The lines in a role, in tables too."""
    found = (Paragraph(element, paper._body) for element in paper.element.body.iter(qn("w:p")))
    return [line for line in found if line.style is not None and line.style.name == role]


def line(paper: Document, role: str, at: int = 0) -> Paragraph:
    """One line in a role that prints something."""
    return [each for each in every(paper, role) if each.text.strip()][at]


def style(paper: Document, name: str) -> Any:
    """A style by name."""
    return paper.styles[name]


def write(target: Paragraph, text: str) -> None:
    """Put another text into a line, in the look of its first run."""
    first, *rest = [run for run in target.runs if run.text.strip()]
    for run in rest:
        remove(run._r)
    first.text = text


def reword(target: Paragraph, old: str, new: str) -> None:
    """Change a part of a line's text."""
    assert old in target.text, f"“{target.text}”中没有“{old}”"
    write(target, target.text.replace(old, new))


def insert(before: Any, text: str = "", name: str = "Normal") -> Paragraph:
    """A new line before a paragraph or a table, in a style."""
    element: Any = OxmlElement("w:p")
    getattr(before, "_p", before).addprevious(element)
    added = Paragraph(element, before._parent)
    properties = element.get_or_add_pPr()
    if name != "Normal":
        properties.style = name
    if text:
        added.add_run(text)
    return added


def remove(element: Any) -> None:
    """Take an element out."""
    element.getparent().remove(element)


def font(target: Any, name: str) -> None:
    """Set the Chinese font of a style or a run."""
    properties = (
        target.element.get_or_add_rPr() if not isinstance(target, Run) else target._r.get_or_add_rPr()
    )
    fonts = properties.get_or_add_rFonts()
    for slot in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{slot}"), name)


def find(element: Any, path: str) -> Any:
    """The first element below by `a/b` of w: names, anywhere."""
    found = element.find(".//" + "/".join(qn(f"w:{part}") for part in path.split("/")))
    assert found is not None, f"没有 {path}"
    return found


def imprint(paper: Document) -> Any:
    """版记 as an element."""
    return next(line(paper, "印发机关")._p.iterancestors(qn("w:tbl")))


def foot(paper: Document, kind: str = "footer") -> Any:
    """The first section's foot of odd pages, of even pages, or of the first page."""
    section = paper.sections[0]
    return getattr(section, kind)


def sizes(target: Paragraph, points: float) -> None:
    """Set the size of every run of a line."""
    for run in target.runs:
        run.font.size = Pt(points)


def border(side: str, color: str = "000000", size: int = 8, val: str = "single") -> str:
    """A border as XML."""
    return f'<w:{side} w:val="{val}" w:sz="{size}" w:space="0" w:color="{color}"/>'


def element_of(xml: str) -> Any:
    """An element from XML in w:."""
    return parse_xml(re.sub(r"^<w:(\w+)", rf"<w:\1 {nsdecls('w')}", xml, count=1))


def blank_lines(target: Paragraph, count: int) -> None:
    """Blank lines of the body's pitch above a line, instead of the space before it."""
    for _ in range(count):
        added = insert(target)
        added.paragraph_format.line_spacing = Twips(579)
        added.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    target.paragraph_format.space_before = Pt(0)
