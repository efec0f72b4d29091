"""Sets every kind of paper for generated contests and looks at the pages: `python tests/hundred.py [FIRST] [LAST]`.

A hundred contests take LibreOffice minutes, so no test does it.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
from docx.oxml.ns import qn
from pages import Page, set_pages
from test_documents import template
from test_issuing import worked_out

from baiti_xl.papers import catalogue
from baiti_xl.papers.due import not_due
from baiti_xl.press.layout_check import check_layout

NUMBER = "台政办〔2011〕9号"
DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日")


def documents(seed: int) -> dict[str, bytes]:
    """Return a paper of each kind that is due in a generated contest, by its name."""
    outcome, book = worked_out(seed)
    made = {}
    for kind in catalogue.NAMES:
        for paper in [] if not_due(kind, outcome, book) else catalogue.papers(kind, outcome, book)[:1]:
            made[f"{seed}_{kind}"] = catalogue.finish(paper, template(kind), NUMBER).data
    return made


def figures(content: bytes) -> set[str]:
    """Return the figures that a document prints, as printed."""
    body = docx.Document(BytesIO(content)).element.body
    runs = (start.getnext() for start in body.iter(qn("w:bookmarkStart")))
    texts = ("".join(t.text or "" for t in run.iter(qn("w:t"))) for run in runs if run is not None)
    return {found[0] for text in texts if (found := re.search(r"\d[\d,.]*%?", text))}


def cells(content: bytes) -> set[str]:
    """Return the days, and the spans of days, that stand alone in a cell of a table."""
    tables = docx.Document(BytesIO(content)).element.body.iter(qn("w:tc"))
    texts = ("".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in tables)
    return {text for text in texts if re.fullmatch(f"{DATE.pattern}(至{DATE.pattern})?", text)}


def faults(content: bytes, pages: list[Page]) -> Iterator[str]:
    """Yield what is wrong with a document as it stands on its pages."""
    lines = [re.sub(r"\s", "", line.text) for page in pages for line in page.lines]
    text = "\n".join(lines)
    yield from (f"断开的数 {figure}" for figure in sorted(figures(content)) if figure not in text)
    yield from (f"断开的日期 {day}" for day in sorted(cells(content)) if day not in text)
    yield from (f"版式 {fault}" for fault in check_layout(content))
    signed = [
        n
        for n, page in enumerate(pages)
        if any(DATE.fullmatch(re.sub(r"\s", "", x.text)) for x in page.lines)
    ]
    for number in signed[:1]:
        above = [x for x in pages[number].lines if x.top < 200]
        if len(above) < 3:
            yield f"第{number + 1}页署名没有正文"
    body = [line for line in pages[-1].lines if not re.match(r"—\s*\d+", line.text)]
    behind = (
        len(pages) > 1 and pages[-2].is_landscape
    )  # 版记 stands upright, so it has a page of its own there
    if len(pages) > 1 and len(body) < 2 and not behind:
        yield "最后一页几乎是空的"
    yield from (f"第{n}页版记横置" for n, page in enumerate(pages, 1) if page.is_landscape and _issued(page))


def _issued(page: Page) -> bool:
    """Whether 印发 of 版记 stands on a page."""
    return any(re.search(r"日印发$", re.sub(r"\s", "", line.text)) for line in page.lines)


def main(first: int = 0, last: int = 9) -> None:
    """Print the faults of each paper of the contests first to last, and how many papers and pages were looked at."""
    papers = leaves = bad = 0
    for seed in range(first, last + 1):
        if not (made := documents(seed)):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for name, pages in set_pages(made, Path(folder)).items():
                papers, leaves = papers + 1, leaves + len(pages)
                for fault in faults(made[name], pages):
                    bad += 1
                    print(name, fault)
    print(f"{papers} 份，{leaves} 面，{bad} 处")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
