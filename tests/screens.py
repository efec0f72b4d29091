"""Make the pictures of the handbook, and the handbook as one HTML page: `python tests/screens.py`.

The pictures come from the demonstration data, shown by LibreOffice on a private screen in the stand-in fonts of
tests/fonts; Excel looks alike.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt
from office import convert
from pages import fonts_conf

sys.path.insert(0, str(Path(__file__).parent))
import desktop

DOCS = Path(__file__).parents[1] / "docs"
HTML = DOCS / "handbook" / "使用手册.html"
PICTURES = HTML.parent / "图"
CHAPTERS = (
    "handbook/乡镇填报.md",
    "handbook/网上交送.md",
    "handbook/办公室.md",
    "reference/校验规则.md",
    "reference/指标.md",
    "reference/报送表.md",
    "reference/参数.md",
    "plan/实施方案.md",
)
LINK = re.compile(r"\]\((?:\.\./\w+/)?(\w+)\.md(#[^)]+)?\)")
SMALL = ("<img ", '<img height="150" ')
STYLE = """body{font-family:"宋体","Noto Serif CJK SC",serif;line-height:1.7;max-width:46em;margin:2em auto;padding:0 1em}
h1,h2,h3{font-family:"黑体","Noto Sans CJK SC",sans-serif}h1{page-break-before:always}h1:first-of-type{page-break-before:auto}
img{max-width:100%;border:1px solid #bbb}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}th{background:#ddebf7}
.sheet{font-size:10.5pt;line-height:1.45}.sheet img{max-width:none}
code{background:#f2f2f2;padding:0 .2em}pre{background:#f2f2f2;padding:.6em;overflow:auto}"""


def take(folder: Path) -> None:
    """Photograph what the handbook shows, from a demonstration folder."""
    unit = next((folder / "校验").glob("X05_*_校验.xlsx"))
    form = next((folder / "报送").glob("X05_*_报送表.xlsx"))
    results = max((folder / "输出").glob("汇总结果_*.xlsx"))
    sheets = [
        (folder / "操作台.xlsm", "首页", "首页.png", 1130),
        (folder / "操作台.xlsm", "单位名录", "单位名录.png", 700),
        (form, "封面", "封面.png", 560),
        (form, "自检", "自检.png", 620),
        (unit, "校验结果", "校验结果.png", 900),
        (results, "总览", "总览.png", 1130),
        (results, "对账", "对账.png", 700),
        (folder / "操作台.xlsm", "发文", "发文.png", 560),
        (folder / "操作台.xlsm", "会审", "会审.png", 620),
        (folder / "发文登记.xlsx", "发文登记", "发文登记.png", 620),
    ]
    desktop.photograph(sheets, PICTURES)


def page_of(document: Path, page: int, picture: Path, dots: int = 60) -> Path:
    """Make a picture of a page of a document, of so many dots an inch; return it."""
    with tempfile.TemporaryDirectory() as out:
        pdf = convert([document], "pdf", Path(out))[0]
        at = ["-f", str(page), "-singlefile", "-png", str(pdf), str(picture.with_suffix(""))]
        subprocess.run(["pdftoppm", "-r", str(dots), *at], check=True)
    subprocess.run(["mogrify", "-colors", "32", "-strip", str(picture)], check=True)
    return picture


def front(results: Path, circular: Path, picture: Path) -> None:
    """Make the picture of the README: the two pages of 总览, and the circular's first beside them."""
    with tempfile.TemporaryDirectory() as out:
        pages = [
            str(page_of(results, 1, Path(out, "1.png"), 52)), str(page_of(results, 2, Path(out, "2.png"), 52)),
            str(page_of(circular, 1, Path(out, "3.png"), 74)),
        ]  # fmt: skip
        wide = ["convert", "-background", "#808080", "-bordercolor", "#808080", "-border", "4"]
        left = ["(", *pages[:2], "-append", ")"]
        subprocess.run([*wide, *left, pages[2], "+append", "-colors", "64", str(picture)], check=True)


def bound() -> str:
    """Return the chapters as one HTML page that any computer can show and print; the first is one sheet of paper."""
    render = MarkdownIt("commonmark").enable("table").render
    first, *rest = (render(chapter(DOCS / name)) for name in CHAPTERS)
    first = f'<div class="sheet">{first.replace(SMALL[0], SMALL[1])}</div>'
    body = "\n".join([first, *rest])
    head = f'<meta charset="utf-8"><title>使用手册</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="zh-CN"><head>{head}</head><body>\n{body}</body></html>\n'


def chapter(path: Path) -> str:
    """Return a chapter with a place to link to; its links to other chapters become links within the page."""
    text = path.read_text(encoding="utf-8")
    within = LINK.sub(lambda link: f"]({link[2] or '#' + link[1]})", text)
    return f'<div id="{path.stem}"></div>\n\n{within}'


def bind() -> None:
    """Write the handbook as one page."""
    HTML.write_text(bound(), encoding="utf-8")


def main() -> None:
    """Build the demonstration, take the pictures, bind the handbook."""
    if "--bind" not in sys.argv:
        conf = fonts_conf()
        assert conf, "先运行 tests/fonts/fetch.sh"
        os.environ["FONTCONFIG_FILE"] = str(conf)
        with tempfile.TemporaryDirectory() as place:
            subprocess.run([sys.executable, "-m", "baiti_xl", "demo", place], check=True)
            take(Path(place))
            made = Path(place) / "输出"
            circular = next((made / "公文").glob("进展通报_*.docx"))
            page_of(circular, 1, PICTURES / "进展通报.png")
            front(max(made.glob("汇总结果_*.xlsx")), circular, DOCS / "images" / "results.png")
    bind()


if __name__ == "__main__":
    main()
