"""How the document engine compares with docx-mailmerge2: the notice of bench_engine, with Word's own merge fields.

    python tests/benchmarks/bench_mailmerge.py [N]

The same letter and the same facts; alternating blocks, files on disk, compiling counted. Prints Markdown.
"""

import io
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import docx
from bench_engine import BLOCKS, COLUMNS, Ours, facts, notice, timed
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from mailmerge import MailMerge

TAG = re.compile(r"\{\{ (?:行\.)?([^ |}]+)(?:\|[^ }]+)? \}\}")


def merge_notice() -> bytes:
    """Return the notice with a merge field in the place of each tag."""
    document = docx.Document(io.BytesIO(notice()))
    table = document.tables[0]
    for at in (3, 1):
        table._tbl.remove(table.rows[at]._tr)
    section = document.sections[0]
    paragraphs = [*document.paragraphs, *section.header.paragraphs, *section.footer.paragraphs]
    for paragraph in (*paragraphs, *(p for cell in table.rows[1].cells for p in cell.paragraphs)):
        for run in list(paragraph.runs):
            split(run)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def split(run: Any) -> None:
    """Put a run's text and merge fields in its place."""
    pieces = TAG.split(run.text)
    if len(pieces) == 1:
        return
    for at, piece in enumerate(pieces):
        if piece:
            run._r.addprevious(merge_field(piece) if at % 2 else plain(piece))
    run._r.getparent().remove(run._r)


def plain(text: str) -> Any:
    """Return a run."""
    run, content = OxmlElement("w:r"), OxmlElement("w:t")
    content.text = text
    content.set(qn("xml:space"), "preserve")
    run.append(content)
    return run


def merge_field(name: str) -> Any:
    """Return a merge field as Word writes a simple one."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" MERGEFIELD {name} ")
    field.append(plain(f"«{name}»"))
    return field


def with_mailmerge(template: Path, out: Path, numbers: Iterable[int]) -> None:
    """Write the notices with docx-mailmerge2."""
    for number in numbers:
        given = facts(number)
        rows: Any = given.pop("排名")
        texts = [
            {name: f"{row[name]:,.2f}" if name == "签约金额" else str(row[name]) for name in COLUMNS}
            for row in rows
        ]
        with MailMerge(template) as document:
            document.merge(**given)
            document.merge_rows(COLUMNS[0], texts)
            document.write(out / f"{number}.docx")


def text_of(path: Path) -> list[str]:
    """Return what a letter says."""
    document = docx.Document(str(path))
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    return [*(p.text for p in document.paragraphs), *cells]


def compare(total: int) -> None:
    """Both in alternating blocks; their letters must say the same."""
    ours = Ours()
    spent = {"docx-mailmerge2": 0.0, "ours": 0.0}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fields, tags = folder / "fields.docx", folder / "tags.docx"
        fields.write_bytes(merge_notice())
        tags.write_bytes(notice())
        for engine in spent:
            (folder / engine).mkdir()
        for block in range(BLOCKS):
            numbers = range(block * total // BLOCKS, (block + 1) * total // BLOCKS)
            spent["docx-mailmerge2"] += timed(
                lambda n=numbers: with_mailmerge(fields, folder / "docx-mailmerge2", n)  # type: ignore[misc]
            )
            spent["ours"] += timed(lambda n=numbers: ours(tags, folder / "ours", n))  # type: ignore[misc]
        same = text_of(folder / "ours" / "0.docx") == text_of(folder / "docx-mailmerge2" / "0.docx")
    print(f"{total} letters on disk, {BLOCKS} alternating blocks; same text: {'yes' if same else 'no'}\n")
    print("| engine | total s | ms/document | times faster |\n|---|---:|---:|---:|")
    for engine, seconds in spent.items():
        print(
            f"| {engine} | {seconds:.2f} | {seconds / total * 1000:.2f} | {spent['docx-mailmerge2'] / seconds:.1f} |"
        )


if __name__ == "__main__":
    compare(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
