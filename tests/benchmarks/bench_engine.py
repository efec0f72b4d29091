"""How much faster than docxtpl the document engine is: same template, same facts, files on disk.

    python tests/benchmarks/bench_engine.py [N]

Writes N notices (1000 unless told) with each engine in one run, in alternating blocks, then tables of
300, 1,000 and 3,000 rows with ours. Times include compiling. Prints Markdown.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import jinja2
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Pt
from docxtpl import DocxTemplate

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from baiti_xl.press.engine import CompiledTemplate, FieldSpec, Rows, Scalar, compile_template
from baiti_xl.press.engine.formats import FORMATS

Engine = Callable[[Path, Path, Iterable[int]], None]
BLOCKS = 10
COLUMNS = ("名次", "单位", "新上项目数", "拜访客商数", "邀请客商数", "签约项目数", "签约金额", "备注")
PLAIN = ("文号", "单位名称", "会议地点", "联系股室", "成文日期")
SENTENCE = (
    "根据《招商引资百日竞赛活动实施方案》，现就{{ 单位名称 }}报送情况通知如下，请于{{ 成文日期 }}前反馈。"
)
SPEC = FieldSpec({**dict.fromkeys(PLAIN, Scalar()), "排名": Rows(dict.fromkeys(COLUMNS, Scalar()))})


def notice() -> bytes:
    """A two-page notice with a table of eight columns and a row loop."""
    document = docx.Document()
    _slim(document)
    document.styles["Normal"].font.size = Pt(12)
    document.sections[0].header.paragraphs[0].text = "{{ 文号 }}"
    document.sections[0].footer.paragraphs[0].text = "{{ 联系股室 }}"
    document.add_heading("关于{{ 单位名称 }}有关情况的通知", 1)
    for number in range(1, 10):
        paragraph = document.add_paragraph(f"{number}. {SENTENCE}")
        paragraph.add_run("地点：{{ 会议地点 }}。").bold = True
    _add_table(document)
    document.add_paragraph("{{ 成文日期 }}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _slim(document: Any) -> None:
    """Take out python-docx's hundred table styles and its second copy of all styles, as no office has them."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    for ident, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            del document.part.rels[ident]


def _add_table(document: Any) -> None:
    table = document.add_table(rows=4, cols=len(COLUMNS), style="Table Grid")
    for column, name in enumerate(COLUMNS):
        table.cell(0, column).text = name
        form = "|万元" if name == "签约金额" else ""
        table.cell(2, column).text = f"{{{{ 行.{name}{form} }}}}"
    table.cell(1, 0).text = "{%tr for 行 in 排名 %}"
    table.cell(3, 0).text = "{%tr endfor %}"


def facts(number: int, rows: int = 10) -> dict[str, object]:
    """Facts that differ from notice to notice."""
    row = {name: f"{name}{number}" for name in COLUMNS}
    return {
        **{name: f"{name}第{number}号" for name in PLAIN},
        "排名": [{**row, "名次": at, "签约金额": Decimal(at * number)} for at in range(1, rows + 1)],
    }


def with_docxtpl(template: Path, out: Path, numbers: Iterable[int]) -> None:
    """The notices by docxtpl, as its manual says."""
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update(FORMATS)
    for number in numbers:
        document = DocxTemplate(template)
        document.render(facts(number), environment, autoescape=True)
        document.save(out / f"{number}.docx")


class Ours:
    """The notices by our engine; the template is compiled once, within the time of the first block."""

    def __init__(self) -> None:
        self.compiled: CompiledTemplate | None = None

    def __call__(self, template: Path, out: Path, numbers: Iterable[int]) -> None:
        compiled = self.compiled or compile_template(template.read_bytes(), fields=SPEC, name="通知")
        self.compiled = compiled
        for number in numbers:
            (out / f"{number}.docx").write_bytes(compiled.render(facts(number)))


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall time."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(total: int) -> None:
    """Both engines in alternating blocks."""
    engines: dict[str, Engine] = {"docxtpl": with_docxtpl, "ours": Ours()}
    spent = dict.fromkeys(engines, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.docx"
        template.write_bytes(notice())
        for name in engines:
            (Path(folder) / name).mkdir()
        for block in range(BLOCKS):
            numbers = range(block * total // BLOCKS, (block + 1) * total // BLOCKS)
            for name, engine in engines.items():
                spent[name] += timed(lambda e=engine, o=Path(folder) / name, n=numbers: e(template, o, n))  # type: ignore[misc]
    print(f"\n{total} notices on disk, {BLOCKS} alternating blocks, ours compiled once (counted)\n")
    print("| engine | total s | ms/document | times faster |\n|---|---:|---:|---:|")
    for name, seconds in spent.items():
        print(f"| {name} | {seconds:.2f} | {seconds / total * 1000:.2f} | {spent['docxtpl'] / seconds:.1f} |")


def grow() -> None:
    """Long tables with our engine: time a row should not grow."""
    import resource

    compiled = compile_template(notice(), fields=SPEC, name="通知")
    print("\n| rows | ms | µs/row | peak RSS MB |\n|---:|---:|---:|---:|")
    for rows in (300, 1000, 3000):
        given = facts(1, rows)
        seconds = min(timed(lambda f=given: compiled.render(f)) for _ in range(3))  # type: ignore[misc]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"| {rows} | {seconds * 1000:.1f} | {seconds / rows * 1e6:.1f} | {peak:.0f} |")


if __name__ == "__main__":
    grow()
    compare(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
