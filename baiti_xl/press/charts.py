"""Native Word charts: drawn from figures, put in the place of a picture whose alt text is their name.

`chart_part` writes one chart as DrawingML with its numbers inside; `insert_charts` puts charts into a finished
.docx. Shades of grey with outlines, every bar labelled: they read as well in black and white.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from xml.sax.saxutils import escape

from lxml import etree

from baiti_xl.ooxml.markup import OFFICE as R
from baiti_xl.ooxml.markup import Element
from baiti_xl.ooxml.package import Package
from baiti_xl.press.engine.formats import half_up

Form = Literal["横条", "竖柱", "叠柱"]
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
MAIN = "word/document.xml"
SHADES = ("595959", "D9D9D9", "A6A6A6")


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars: its name and a value for each category."""

    name: str
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of bars: lying (横条), standing (竖柱) or stacked (叠柱); `decimals` of its labels."""

    title: str
    form: Form
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    decimals: int = 2


def is_chart(content: bytes) -> bool:
    """Whether the content of a picture slot is a chart of ours rather than a picture."""
    return content.startswith(b"<?xml") and b"chartSpace" in content[:300]


# ── one chart ────────────────────────────────────────────────────────────────────────────────────


def chart_part(chart: Chart) -> bytes:
    """Return a chart as a DrawingML part."""
    lying = chart.form == "横条"
    overlap = '<c:overlap val="100"/>' if chart.form == "叠柱" else ""
    grouping = "stacked" if chart.form == "叠柱" else "clustered"
    bars = "".join(series_xml(chart, at) for at in range(len(chart.series)))
    legend = (
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>' if len(chart.series) > 1 else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}" xmlns:r="{R}"><c:roundedCorners val="0"/><c:chart>'
        f'{title_xml(chart.title)}<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        f'<c:barChart><c:barDir val="{"bar" if lying else "col"}"/><c:grouping val="{grouping}"/>'
        f'<c:varyColors val="0"/>{bars}<c:gapWidth val="60"/>{overlap}<c:axId val="1"/><c:axId val="2"/></c:barChart>'
        f"{axes_xml(lying)}</c:plotArea>{legend}<c:plotVisOnly val=\"1\"/></c:chart>"
        f"{text_xml('txPr', 900)}</c:chartSpace>"
    ).encode()  # fmt: skip


def title_xml(title: str) -> str:
    """Return the title, in 黑体."""
    font = '<a:latin typeface="黑体"/><a:ea typeface="黑体"/>'
    return (
        '<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1200" b="0"/></a:pPr>'
        f'<a:r><a:rPr lang="zh-CN" sz="1200" b="0">{font}</a:rPr><a:t>{escape(title)}</a:t></a:r></a:p></c:rich></c:tx>'
        '<c:overlay val="0"/></c:title>'
    )


def text_xml(tag: str, size: int) -> str:
    """Return text properties in 宋体."""
    font = '<a:latin typeface="宋体"/><a:ea typeface="宋体"/>'
    return (
        f'<c:{tag}><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{size}" b="0"><a:solidFill><a:srgbClr val="000000"/></a:solidFill>'
        f'{font}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:{tag}>'
    )


def series_xml(chart: Chart, at: int) -> str:
    """Return one row of bars with its labels."""
    series = chart.series[at]
    code = "0" + ("." + "0" * chart.decimals if chart.decimals else ".##")
    line = '<a:ln w="6350"><a:solidFill><a:srgbClr val="404040"/></a:solidFill></a:ln>'
    place = '<c:dLblPos val="outEnd"/>' if chart.form != "叠柱" else ""
    shown = "".join(
        f'<c:{name} val="{int(name == "showVal")}"/>'
        for name in (
            "showLegendKey",
            "showVal",
            "showCatName",
            "showSerName",
            "showPercent",
            "showBubbleSize",
        )
    )
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:v>{escape(series.name)}</c:v></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{SHADES[at % 3]}"/></a:solidFill>{line}</c:spPr>'
        f'<c:invertIfNegative val="0"/><c:dLbls><c:numFmt formatCode="{label_code(chart)}" sourceLinked="0"/>'
        f"{label_text(chart, at)}{place}{shown}</c:dLbls>"
        f"<c:cat>{texts_xml(chart.categories)}</c:cat><c:val>{numbers_xml(series.values, code)}</c:val></c:ser>"
    )


def label_code(chart: Chart) -> str:
    """Return the number format of labels; a zero is not labelled."""
    return {0: "0.##;;", 2: "0.00;;"}.get(chart.decimals, "General")


def label_text(chart: Chart, at: int) -> str:
    """Return how labels look: white on the dark shade of a stack, else black."""
    white = chart.form == "叠柱" and at % 3 == 0
    colour = "FFFFFF" if white else "000000"
    return text_xml("txPr", 800).replace("000000", colour)


def texts_xml(texts: Sequence[str]) -> str:
    """Return the categories."""
    points = "".join(f'<c:pt idx="{n}"><c:v>{escape(text)}</c:v></c:pt>' for n, text in enumerate(texts))
    return f'<c:strLit><c:ptCount val="{len(texts)}"/>{points}</c:strLit>'


def numbers_xml(values: Sequence[Decimal], code: str) -> str:
    """Return the values, rounded as they are labelled."""
    points = "".join(
        f'<c:pt idx="{n}"><c:v>{half_up(value, Decimal("0.01")):f}</c:v></c:pt>'
        for n, value in enumerate(values)
    )
    return f'<c:numLit><c:formatCode>{code}</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'


def axes_xml(lying: bool) -> str:
    """Return the axes: categories named, the first on top of a lying chart; values only as labels."""
    places = ("l", "b") if lying else ("b", "l")
    order = "maxMin" if lying else "minMax"
    line = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="404040"/></a:solidFill></a:ln></c:spPr>'
    return (
        f'<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{places[0]}"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>{line}'
        f'<c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>'
        f'<c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="1"/>'
        f'<c:axPos val="{places[1]}"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
        '<c:crossAx val="1"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )


# ── into a document ──────────────────────────────────────────────────────────────────────────────


def insert_charts(content: bytes, charts: Mapping[str, bytes]) -> bytes:
    """Return a finished .docx with charts in the places of the pictures that bear their names.

    A chart without a place is left out; without any the same bytes come back.
    """
    package = Package.open(content)
    document = package.read(MAIN)
    places = [(name, frame) for frame in frames(document) if (name := name_of(frame)) in charts]
    if not places:
        return content
    package.trees[MAIN] = document
    for number, (name, frame) in enumerate(places, 1):
        part, ident = f"word/charts/chart{number}.xml", f"rIdChart{number}"
        put_chart(frame, package.add(MAIN, "chart", part, charts[name], CHART_TYPE, ident))
    used = {value for node in document.iter() for value in node.attrib.values()}
    package.cut(MAIN, lambda one: one.kind == "image" and one.ident not in used)
    return package.close()


def frames(document: Element) -> Iterator[Element]:
    """Yield the frames of pictures."""
    yield from document.iter(f"{{{WP}}}inline", f"{{{WP}}}anchor")


def name_of(frame: Element) -> str:
    """Return the alt text of a frame."""
    properties = frame.find(f"{{{WP}}}docPr")
    return "" if properties is None else properties.get("descr", "") or properties.get("title", "")


def put_chart(frame: Element, ident: str) -> None:
    """Replace what a frame shows by the chart of a relation."""
    shown = next(frame.iter(f"{{{A}}}graphicData"))
    for child in list(shown):
        shown.remove(child)
    shown.set("uri", C)
    etree.SubElement(shown, f"{{{C}}}chart", {f"{{{R}}}id": ident}, nsmap={"c": C, "r": R})
