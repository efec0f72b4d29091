"""Native Word charts: drawn from figures, put in the place of a picture whose alt text is their name.

`chart_part` writes one chart as DrawingML with its numbers inside; `insert_charts` puts charts into a finished
.docx, each with the workbook of its numbers, which Word's 编辑数据 opens. Shades of grey with outlines, every bar
labelled: they read as well in black and white.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Literal
from xml.sax.saxutils import escape

import xlsxwriter
from lxml import etree

from baiti_xl.ooxml.markup import OFFICE as R
from baiti_xl.ooxml.markup import Element, parse
from baiti_xl.ooxml.package import Package
from baiti_xl.press.numerals import half_up

Form = Literal["横条", "竖柱", "叠柱"]
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN = "word/document.xml"
SHEET, WORKBOOK = "数据", "rIdWorkbook"
BORN = datetime(2012, 7, 1)
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
        f"{text_xml('txPr', 900)}"
        f'<c:externalData r:id="{WORKBOOK}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
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
    series, column, last = chart.series[at], chr(ord("B") + at), len(chart.categories) + 1
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
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx>{texts_xml([series.name], f"${column}$1")}</c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{SHADES[at % 3]}"/></a:solidFill>{line}</c:spPr>'
        f'<c:invertIfNegative val="0"/><c:dLbls><c:numFmt formatCode="{label_code(chart)}" sourceLinked="0"/>'
        f"{label_text(chart, at)}{place}{shown}</c:dLbls>"
        f"<c:cat>{texts_xml(chart.categories, f'$A$2:$A${last}')}</c:cat>"
        f"<c:val>{numbers_xml(series.values, code, f'${column}$2:${column}${last}')}</c:val></c:ser>"
    )


def label_code(chart: Chart) -> str:
    """Return the number format of labels; a zero is not labelled."""
    return {0: "0.##;;", 2: "0.00;;"}.get(chart.decimals, "General")


def label_text(chart: Chart, at: int) -> str:
    """Return how labels look: white on the dark shade of a stack, else black."""
    white = chart.form == "叠柱" and at % 3 == 0
    colour = "FFFFFF" if white else "000000"
    return text_xml("txPr", 800).replace("000000", colour)


def texts_xml(texts: Sequence[str], cells: str) -> str:
    """Return texts with the cells of the workbook that hold them."""
    return f"<c:strRef><c:f>{SHEET}!{cells}</c:f><c:strCache>{points_xml(map(escape, texts))}</c:strCache></c:strRef>"


def numbers_xml(values: Sequence[Decimal], code: str, cells: str) -> str:
    """Return the values, rounded as they are labelled, with the cells of the workbook that hold them."""
    points = points_xml(f"{half_up(value, Decimal('0.01')):f}" for value in values)
    cache = f"<c:numCache><c:formatCode>{code}</c:formatCode>{points}</c:numCache>"
    return f"<c:numRef><c:f>{SHEET}!{cells}</c:f>{cache}</c:numRef>"


def points_xml(shown: Iterable[str]) -> str:
    """Return points in their order."""
    points = [f'<c:pt idx="{n}"><c:v>{text}</c:v></c:pt>' for n, text in enumerate(shown)]
    return f'<c:ptCount val="{len(points)}"/>{"".join(points)}'


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


def workbook_of(chart: bytes) -> bytes:
    """Return the workbook of a chart's numbers: its categories down column A, a column a series; the same bytes each time."""
    stream = BytesIO()
    file = xlsxwriter.Workbook(stream, {"in_memory": True})
    file.set_properties({"created": BORN})
    sheet = file.add_worksheet(SHEET)
    for column, series in enumerate(parse(chart).iter(f"{{{C}}}ser"), 1):
        name, categories, values = (
            [value.text or "" for value in series.iterfind(f"{{{C}}}{tag}//{{{C}}}v")]
            for tag in ("tx", "cat", "val")
        )
        sheet.write_string(0, column, name[0])
        for row, (category, value) in enumerate(zip(categories, values, strict=True), 1):
            sheet.write_string(row, 0, category)
            sheet.write_number(row, column, Decimal(value))
    file.close()
    return stream.getvalue()


# ── into a document ──────────────────────────────────────────────────────────────────────────────


def insert_charts(package: Package, charts: Mapping[str, bytes]) -> None:
    """Put charts into a finished document in the places of the pictures that bear their names.

    A chart without a place is left out; without any nothing is changed.
    """
    document = package.read(MAIN)
    places = [(name, frame) for frame in frames(document) if (name := name_of(frame)) in charts]
    if not places:
        return
    package.trees[MAIN] = document
    for number, (name, frame) in enumerate(places, 1):
        part = package.free("word/charts/chart{}.xml")
        put_chart(frame, package.add(MAIN, "chart", part, charts[name], CHART_TYPE, f"rIdChart{number}"))
        held = package.free("word/embeddings/chart{}.xlsx")
        package.add(part, "package", held, workbook_of(charts[name]), WORKBOOK_TYPE, WORKBOOK)
    used = {value for node in document.iter() for value in node.attrib.values()}
    package.cut(MAIN, lambda one: one.kind == "image" and one.ident not in used)


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
