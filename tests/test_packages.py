"""Packages of Office files: entries are what they state, relations lead where they say, the same parts give the same bytes."""

import io
import zipfile
import zlib
from dataclasses import replace

import pytest

from baiti_xl.ooxml.markup import BadXml, parse
from baiti_xl.ooxml.package import Package, relations_name, source_name
from baiti_xl.ooxml.zips import (
    TYPES,
    BadZip,
    Entry,
    OddZip,
    entries_of,
    joined,
    laid_out,
    packed,
    segment,
    stored,
    streamed,
    zipped,
)

TEXT = "样例".encode() * 500
MAIN = "word/document.xml"
KIND = "application/xml"


def package() -> Package:
    """Return a package of a document with two pictures, one of which a header shows too."""
    made = Package.new()
    made.declare(".png", "image/png")
    made.add("", "officeDocument", MAIN, b"<a/>", KIND)
    made.add(MAIN, "header", "word/header1.xml", b"<b/>", KIND)
    for name, sources in {"one": (MAIN,), "both": (MAIN, "word/header1.xml")}.items():
        made.put(f"word/media/{name}.png", name.encode())
        for source in sources:
            made.relate(source, "image", f"word/media/{name}.png")
    return made


def names(data: bytes) -> list[str]:
    """Return the parts of a file as zipfile sees them, each of which it can read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return archive.namelist()


# ── entries ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "entry", [packed("甲/a", TEXT), packed("a", TEXT, 9), stored("a", TEXT), packed("a", b"")]
)
def test_an_entry_comes_back_as_it_was(entry: Entry) -> None:
    data = zipped([entry])
    assert names(data) == [entry.name]
    (back,) = entries_of(data)
    assert (back.name, back.data(), bytes(back.raw)) == (entry.name, entry.data(), bytes(entry.raw))


def test_an_entry_packed_in_pieces_is_that_of_the_whole() -> None:
    assert streamed("a", [TEXT[:7], b"", TEXT[7:]]) == packed("a", TEXT)


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (replace(packed("a", TEXT), size=len(TEXT) - 1), OddZip),
        (replace(packed("a", TEXT), size=len(TEXT) + 1), BadZip),
        (replace(packed("a", TEXT), crc=1), BadZip),
        (replace(packed("a", TEXT), raw=b"no deflate"), BadZip),
        (replace(packed("a", TEXT), raw=packed("a", TEXT).raw[:20]), BadZip),
        (replace(packed("a", TEXT), method=zipfile.ZIP_LZMA), OddZip),
        (replace(stored("a", TEXT), size=10), OddZip),
        (replace(stored("a", TEXT), size=len(TEXT) + 1), BadZip),
    ],
)
def test_an_entry_that_is_not_what_it_states_is_refused(entry: Entry, error: type[Exception]) -> None:
    with pytest.raises(error):
        entry.data()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        zipped([packed("a", TEXT)])[:-1],
        zipped([packed("a", TEXT)])[10:],
        b"\0" * 4 + zipped([packed("a", TEXT)])[4:],
    ],
)
def test_what_is_no_whole_zip_is_refused(data: bytes) -> None:
    with pytest.raises(BadZip):
        Package.open(data).data("a")


def test_entries_laid_out_before_come_first() -> None:
    whole = laid_out([packed("b", TEXT), packed(TYPES, b"<t/>")]).with_entries([packed("a", b"1")])
    assert names(whole) == [TYPES, "b", "a"]


# ── parts ────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_parts_give_the_same_bytes() -> None:
    data = package().close()
    assert data == package().close() == Package.open(data).close()
    assert names(data)[0] == TYPES


def test_markup_that_is_not_what_it_states_is_not_packed_anew() -> None:
    """Else it would get a checksum of what it was changed to."""
    made = package()
    made.entries[MAIN] = replace(stored(MAIN, b"<a/>"), raw=b"<z/>")
    with pytest.raises(BadZip):
        made.close()


def test_a_part_that_is_only_looked_at_is_copied_as_it_is() -> None:
    odd = b"<?xml version='1.0'?>\n<a  b = 'c'><!-- d --></a>"
    made = package()
    made.put(MAIN, odd)
    again = Package.open(made.close())
    assert again.read(MAIN).get("b") == "c"
    assert Package.open(again.close()).data(MAIN) == odd
    again.edit(MAIN).set("b", "e")
    assert b'b="e"' in Package.open(again.close()).data(MAIN)


def test_a_part_goes_when_nothing_leads_to_it_any_more() -> None:
    made = package()
    made.declare("word/media/one.png", "image/png")
    made.cut(MAIN, lambda one: one.kind == "image")
    assert "word/media/one.png" not in made.entries and "word/media/both.png" in made.entries
    assert b"one.png" not in made.data(TYPES)
    made.cut(MAIN, lambda one: one.kind == "header")
    assert not [name for name in made.entries if "header" in name or "media" in name]


@pytest.mark.parametrize(
    ("part", "relations"),
    [("", "_rels/.rels"), (MAIN, "word/_rels/document.xml.rels"), ("a.xml", "_rels/a.xml.rels")],
)
def test_relations_stand_beside_their_part(part: str, relations: str) -> None:
    assert (relations_name(part), source_name(relations)) == (relations, part)


@pytest.mark.parametrize(
    ("target", "mode", "leads_to"),
    [
        ("media/a.png", "", "word/media/a.png"),
        ("/word/media/a.png", "", "word/media/a.png"),
        ("../word/./media/a.png", "", "word/media/a.png"),
        ("media\\a.png", "", "word/media/a.png"),
        ("../../../a.png", "", "a.png"),
        ("http://example.com/a.png", ' TargetMode="External"', None),
    ],
)
def test_a_relation_leads_to_a_part_of_the_file(target: str, mode: str, leads_to: str | None) -> None:
    made = package()
    text = f'<Relationships><!-- x --><Relationship Id="r" Type="x/image" Target="{target}"{mode}/></Relationships>'
    made.put(relations_name(MAIN), text.encode())
    assert [one.target for one in made.relations(MAIN)] == ([leads_to] if leads_to else [])


def test_ids_and_names_that_are_taken_are_not_given_again() -> None:
    made = package()
    made.relate(MAIN, "image", "word/media/one.png", "rId4")
    assert made.relate(MAIN, "http://example.com/kind", "word/media/one.png") == "rId5"
    assert made.free("WORD/header{}.xml") == "WORD/header2.xml"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("word/document.xml", KIND), ("WORD/Document.XML", KIND), ("a.PNG", "image/png"), ("a.bin", "")],
)
def test_a_content_type_is_that_of_the_part_or_of_its_ending(name: str, kind: str) -> None:
    assert package().content_type(name) == kind


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE a><a/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "<a>",
        "",
        '<?xml version="1.0" encoding="no such"?><a/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_markup_that_is_broken_or_declares_anything_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(BadXml):
        parse(text.encode(encoding))


def test_segments_join_to_what_they_hold_and_its_checksum() -> None:
    """zlib unpacks and counts what we only reckon with."""
    for pieces in ([], [b""], [b"a"], [b"head", b"", b"x" * 70_001, bytes(range(256)) * 300, b"tail"]):
        entry = joined("xl/a.xml", map(segment, pieces))
        assert (entry.data(), entry.crc, entry.size) == (
            (whole := b"".join(pieces)),
            zlib.crc32(whole),
            len(whole),
        )
