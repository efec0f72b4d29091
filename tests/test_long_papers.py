"""Papers whose tables are long: made piece by piece in bounded memory, and the same bytes as if they were made whole."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_corpus import FACTS, SPEC, Docx, shown
from lxml import etree
from test_printing import folder, written

from baiti_xl.ooxml.markup import parse
from baiti_xl.ooxml.zips import packed, stored
from baiti_xl.press import long_tables, settle
from baiti_xl.press.engine import compile_template, rendering
from baiti_xl.press.engine.mending import MERGE
from baiti_xl.press.long_tables import parts_of, restored, rows_in, set_aside

__all__ = ["folder"]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def papers(place: Path, out: str) -> dict[str, bytes]:
    """Return every paper of a working folder as a draft, by its file's name."""
    return {
        one.file.name: one.file.read_bytes() for one in written(place, "all", draft=True, out=out).written
    }


@pytest.mark.parametrize(("piece", "batch"), [(3000, 50), (12_000, 7), (30_000, 2000)])
def test_papers_mended_in_pieces_are_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch, piece: int, batch: int
) -> None:
    """Bookmarks and identifiers are counted on from piece to piece, the second print of a figure too."""
    whole = papers(folder, "整份")
    several: list[int] = []
    mend = rendering.Pieces.mended

    def counting(self: rendering.Pieces, first: int) -> Iterator[bytes]:
        several.append(len(self.held))
        return mend(self, first)

    monkeypatch.setattr(rendering.Pieces, "mended", counting)
    monkeypatch.setattr(rendering, "PIECE", piece)
    monkeypatch.setattr(rendering, "BATCH", batch)
    assert papers(folder, "分段") == whole
    assert any(several)


@pytest.mark.parametrize("piece", [300, 3000])
def test_papers_whose_rows_are_set_aside_are_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    """Settled, marked and listed as if every row stood in the tree."""
    whole = papers(folder, "整份")
    aside: list[bytes] = []
    fold = long_tables.folded

    def counting(text: bytes) -> bytes:
        aside.append(text)
        return fold(text)

    monkeypatch.setattr(long_tables, "folded", counting)
    monkeypatch.setattr(settle, "LONG", 0)
    monkeypatch.setattr(long_tables, "KEPT", 3)
    monkeypatch.setattr(long_tables, "PIECE", piece)
    assert papers(folder, "分段") == whole
    assert aside


def test_a_text_goes_on_behind_what_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a foot, whose figures have no runs of their own, many empty values may follow each other."""
    monkeypatch.setattr(rendering, "BATCH", 2)
    docx = Docx(body="正文", footer="{{ 文号 }}" * 9 + "末")
    made = compile_template(docx.data(), fields=SPEC, name="x").render({**FACTS, "文号": None})
    assert shown(made, "word/footer1.xml") == "末"


def document(*tables: str) -> bytes:
    """Return the text of a document with some tables of these rows."""
    body = "".join(f"<w:p/><w:tbl><w:tblPr/>{rows}</w:tbl>" for rows in tables)
    return f'<w:document xmlns:w="{W}"><w:body>{body}<w:sectPr/></w:body></w:document>'.encode()


def row(text: str, more: str = "") -> str:
    """Return a row of one cell."""
    properties = f"<w:trPr>{more}</w:trPr>" if more else "<w:trPr/>"
    return f"<w:tr>{properties}<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr>"


def test_rows_are_cut_out_wherever_the_text_is_parted() -> None:
    inner = row("<w:tbl><w:tr><w:tc/></w:tr></w:tbl>")
    text = document(row("一") + inner, row("二") * 3)
    dice = random.Random(7)
    for _ in range(200):
        cuts = sorted(dice.sample(range(len(text)), 9))
        pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        parts = list(parts_of(pieces))
        assert b"".join(parts) == text
        found = [part.decode() for part in parts if part.startswith(b"<w:tr")]
        assert found == [row("一"), inner, *[row("二")] * 3]


def test_rows_in_a_text_box_stay() -> None:
    """What a line holds is read as one, with the figures in its boxes."""
    box = f"<w:txbxContent><w:tbl>{row('一') * 9}</w:tbl></w:txbxContent>"
    parts = list(parts_of([document(row("二")).replace(b"<w:p/>", f"<w:p>{box}</w:p>".encode())]))
    assert [part.decode() for part in parts if part.startswith(b"<w:tr")] == [row("二")]


def test_the_middle_of_a_long_table_is_set_aside_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not its head, nor rows that hold a table or a styled line; a short table stays."""
    monkeypatch.setattr(long_tables, "PIECE", 8000)
    head, styled = (
        row("头", "<w:tblHeader/>"),
        row('</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="a1"/></w:pPr><w:r><w:t>'),
    )
    long = head + "".join(row(f"第{n}行") for n in range(900)) + styled
    text = document(row("短") * 9, long)
    for entry in (stored("x", text), packed("x", text)):
        assert b"".join(entry.pieces(99)) == text
        short = set_aside(entry, ["a1"])
        assert short is not None and len(short) < len(text) / 2
        assert short.count("短".encode()) == 9 and head.encode() in short and styled.encode() in short
        assert b"".join(restored(short)) == text
        tree = parse(short)
        rows = [r for one in tree.iter(etree.PI) for r in rows_in(one)]
        told = ["".join(map(str, r.itertext())) for r in rows]
        assert told == [f"第{n}行" for n in range(8, 8 + len(rows))] and 800 < len(rows) <= 884
    assert set_aside(stored("x", document(row("短") * 16)), []) is None
    assert set_aside(stored("x", b"<x/>"), []) is None


def test_a_text_with_merged_cells_is_mended_whole() -> None:
    pieces = rendering.Pieces()
    pieces.add(b"<w:tr>" + MERGE + b"</w:tr>")
    with pytest.raises(rendering.Hanging):
        next(pieces.mended(1))
