"""documents verify: an edited paper read back — what was changed, lost and exchanged by hand is named, in Word's ways and LibreOffice's."""

import copy
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn
from office import convert, needs_office
from test_documents import template
from test_facts import papers_of

from baiti_xl.books.figures import Printed, write_figures
from baiti_xl.cli import main
from baiti_xl.contest.records import Paper
from baiti_xl.desk import verify
from baiti_xl.desk.issuing import issue
from baiti_xl.desk.report import verified_lines
from baiti_xl.desk.store import Store
from baiti_xl.desk.verifying import Verified
from baiti_xl.ooxml.package import Package
from baiti_xl.papers import catalogue
from baiti_xl.papers.catalogue import Finished
from baiti_xl.press.listing import Listed, listing_of
from baiti_xl.press.marks import Mark
from baiti_xl.press.proofread import Became, changes
from baiti_xl.press.readback import read_back

NUMBER, DAY = "台政办〔2011〕9号", "2011-06-12"


@cache
def made() -> tuple[Paper, Finished]:
    """Return a circular as it was made."""
    (paper,) = papers_of("样例6月", "进展通报")
    return paper, catalogue.finish(paper, template("进展通报"), NUMBER, day=DAY)


def prose() -> list[Mark]:
    """Return prints in sentences, whose texts and words before them all differ."""
    found: dict[str, Mark] = {}
    for mark in made()[1].marks:
        if "|" not in mark.before and mark.before.rpartition("#")[2].strip("，、"):
            if mark.before not in {m.before for m in found.values()}:
                found.setdefault(mark.text, mark)
    return list(found.values())


class Hand:
    """A clerk's hand on a paper in Word."""

    def __init__(self) -> None:
        self.file = docx.Document(io.BytesIO(made()[1].data))

    def start(self, mark: Mark) -> Any:
        """Return where a bookmark begins."""
        name = f"_F{mark.key}"
        return next(b for b in self.file.element.iter(qn("w:bookmarkStart")) if b.get(qn("w:name")) == name)

    def pieces(self, mark: Mark) -> list[Any]:
        """Return a bookmark with its runs."""
        start = self.start(mark)
        found = [start]
        while found[-1].tag != qn("w:bookmarkEnd"):
            found.append(found[-1].getnext())
        return found

    def write(self, mark: Mark, text: str) -> None:
        """Type another number over one."""
        texts = [t for piece in self.pieces(mark) for t in piece.iter(qn("w:t"))]
        for at, node in enumerate(texts):
            node.text = text if at == 0 else ""

    def retype(self, mark: Mark, text: str) -> None:
        """Mark a number whole and type over it: the bookmark goes, as in Word."""
        self.write(mark, text)
        for piece in self.pieces(mark):
            if piece.tag != qn("w:r"):
                piece.getparent().remove(piece)

    def drop(self, mark: Mark) -> None:
        """Delete a number with its bookmark."""
        for piece in self.pieces(mark):
            piece.getparent().remove(piece)

    def exchange(self, one: Mark, other: Mark) -> None:
        """Cut two numbers out and paste each in the place of the other."""
        first, second = self.pieces(one), self.pieces(other)
        here, there = copy.copy(first[0]), copy.copy(second[0])
        first[0].addprevious(here)
        second[0].addprevious(there)
        for piece in second:
            here.addprevious(piece)
        for piece in first:
            there.addprevious(piece)
        for stand_in in (here, there):
            stand_in.getparent().remove(stand_in)

    def save(self, path: Path) -> Path:
        """Save the paper."""
        self.file.save(str(path))
        return path


def told(found: Verified) -> set[tuple[Became, str, str, str]]:
    """Return what became of each figure: how, where, what it was, what stands there."""
    return {(c.became, c.place, c.was, c.now) for c in found.changes}


def by_hand(path: Path) -> tuple[Path, set[tuple[Became, str, str, str]]]:
    """Change three figures, drop one and exchange two; return the paper and what must be named."""
    a, b, c, lost, one, other, *_ = prose()
    hand = Hand()
    for mark in (a, b, c):
        hand.write(mark, f"{mark.text}7")
    hand.drop(lost)
    hand.exchange(one, other)
    wanted = {(Became.CHANGED, m.place, m.text, f"{m.text}7") for m in (a, b, c)}
    wanted |= {(Became.LOST, lost.place, lost.text, "")}
    wanted |= {(Became.EXCHANGED, m.place, m.text, n.text) for m, n in ((one, other), (other, one))}
    return hand.save(path), wanted


def test_a_paper_as_it_was_made_holds(tmp_path: Path) -> None:
    path = tmp_path / "通报.docx"
    path.write_bytes(made()[1].data)
    (found,) = verify([path])
    assert (found.count, found.changes, found.register, found.problem) == (len(made()[1].marks), [], [], "")
    assert found.about and found.about.about["day"] == DAY and found.count > 100


def test_three_changed_one_dropped_two_exchanged_are_each_named(tmp_path: Path) -> None:
    path, wanted = by_hand(tmp_path / "通报.docx")
    (found,) = verify([path])
    assert told(found) == wanted and len(found.changes) == 6


@needs_office
def test_the_same_after_libreoffice_saved_it(tmp_path: Path) -> None:
    """What is untouched holds after a re-save, what was changed is named after one."""
    whole, (edited, wanted) = tmp_path / "原样.docx", by_hand(tmp_path / "改过.docx")
    whole.write_bytes(made()[1].data)
    (tmp_path / "再存").mkdir()
    first, second = verify(convert([whole, edited], "docx:MS Word 2007 XML", tmp_path / "再存"))
    assert (first.changes, first.problem, first.count) == ([], "", len(made()[1].marks))
    assert told(second) == wanted


def test_values_typed_over_each_other_are_an_exchange(tmp_path: Path) -> None:
    one, other, *_ = prose()
    hand = Hand()
    hand.write(one, other.text)
    hand.write(other, one.text)
    (found,) = verify([hand.save(tmp_path / "a.docx")])
    assert told(found) == {
        (Became.EXCHANGED, m.place, m.text, n.text) for m, n in ((one, other), (other, one))
    }
    assert f"与 {other.place} 对调，现为“{other.text}”" in str(found.changes[0])


def test_a_number_typed_over_whole_is_lost_with_what_stands_there_now(tmp_path: Path) -> None:
    """Word takes the bookmark away with the text; the words before it still tell the place."""
    mark = next(m for m in prose() if len(m.before.rpartition("#")[2]) > 6)
    hand = Hand()
    hand.retype(mark, "98765")
    (found,) = verify([hand.save(tmp_path / "a.docx")])
    assert told(found) == {(Became.LOST, mark.place, mark.text, "98765")}
    assert "标记没有了，现在那里写的是“98765”" in str(found.changes[0])


def test_words_rows_and_paragraphs_may_be_edited(tmp_path: Path) -> None:
    """A new paragraph, a table's rows in another order and a word changed leave every figure as it was."""
    hand = Hand()
    hand.file.paragraphs[6].insert_paragraph_before("新增的一段话，说明12个情况。")
    table = next(
        t for t in hand.file.tables if len(t.rows) > 4 and t._tbl.findall(f".//{qn('w:bookmarkStart')}")
    )
    first, second = table.rows[1]._tr, table.rows[2]._tr
    first.addprevious(second)
    (found,) = verify([hand.save(tmp_path / "a.docx")])
    assert found.changes == []


LISTED = tuple(Listed(str(n), f"处{n}", "名", str(10 * n), f"词{n}共", str(10 * n)) for n in range(1, 6))


def now(*order: int, **texts: str) -> list[Mark]:
    """Return marks in an order, each with the words before the place at which it now stands."""
    return [
        Mark(str(n), 1, f"处{at}", texts.get(f"t{n}", str(10 * n)), f"词{at}共")
        for at, n in enumerate(order, 1)
    ]


@pytest.mark.parametrize(
    ("marks", "became"),
    [
        (now(1, 2, 3, 4, 5), []),
        (now(1, 2, 3, 4, 5, t2="21"), ["改动 2"]),
        (now(1, 4, 3, 2, 5), ["对调 2", "对调 4"]),
        (now(1, 2, 3, 4, 5, t2="40", t4="20"), ["对调 2", "对调 4"]),
        (now(1, 2, 3, 4, 5, t2="40"), ["改动 2"]),
        (now(2, 3, 4, 1, 5), ["移动 1"]),
        (now(1, 2, 3, 4, 5)[:4], ["丢失 5"]),
        (now(1, 2, 3, 4, 5, t3=" "), ["丢失 3"]),
        ([], [f"丢失 {n}" for n in range(1, 6)]),
    ],
)
def test_what_became_of_each(marks: list[Mark], became: list[str]) -> None:
    assert [f"{c.became} {c.place[1:]}" for c in changes(LISTED, marks, [])] == became


def test_a_paragraph_moved_whole_is_no_exchange() -> None:
    """Its words went with its figure."""
    second, fourth = (replace(m, before=f"词{m.ident}共") for m in (now(2)[0], now(4)[0]))
    one, _, three, _, five = now(1, 2, 3, 4, 5)
    assert changes(LISTED, [one, fourth, three, second, five], []) == []


# ── register, 核稿表, and what is none of ours ────────────────────────────────────────────────────


def without_list(data: bytes) -> bytes:
    """Return a paper that lost the list it carried."""
    package = Package.open(data)
    for name in [n for n in package.entries if n.startswith("customXml/")]:
        package.entries.pop(name)
    return package.close()


def registered(place: Path, **changed: Any) -> None:
    """Enter the circular in a register."""
    from test_store import number

    from baiti_xl.desk.printing import printed

    paper, done = made()
    entry = replace(
        number(2011, 9),
        figures=json.dumps(printed(paper, done.marks)),
        file="通报.docx",
        hash=done.digest,
        **changed,
    )
    with Store(place).locked() as connection:
        issue(connection, entry)


def edited(path: Path, change: Callable[[bytes], bytes] = lambda data: data) -> tuple[Path, Mark]:
    """Change one figure of the circular; return it with the figure as it was."""
    mark = prose()[0]
    hand = Hand()
    hand.write(mark, "98765")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(change(hand.save(path).read_bytes()))
    return path, mark


def test_the_register_decides(tmp_path: Path) -> None:
    registered(tmp_path)
    path, mark = edited(tmp_path / "公文" / "通报.docx")
    (found,) = verify([path])
    assert (found.by, found.register) == ("发文登记", [])
    assert told(found) == {(Became.CHANGED, mark.place, mark.text, "98765")}


def test_the_register_decides_without_the_list(tmp_path: Path) -> None:
    registered(tmp_path)
    path, mark = edited(tmp_path / "公文" / "通报.docx", without_list)
    (found,) = verify([path])
    assert [(c.became, c.was, c.now) for c in found.changes] == [(Became.CHANGED, mark.text, "98765")]


def test_a_list_tampered_with_is_told(tmp_path: Path) -> None:
    registered(tmp_path)
    mark = prose()[0]

    def tampered(data: bytes) -> bytes:
        package = Package.open(data)
        name = next(n for n in package.entries if b"urn:baiti-xl:printed" in package.data(n))
        old = f'key="{mark.key}" '
        head, tail = package.data(name).decode().split(old, 1)
        package.put(
            name, (head + old + tail.replace(f">{mark.text}</figure>", ">98765</figure>", 1)).encode()
        )
        return package.close()

    path, _ = edited(tmp_path / "公文" / "通报.docx", tampered)
    (found,) = verify([path])
    assert told(found) == {(Became.CHANGED, mark.place, mark.text, "98765")}
    (line,) = found.register
    assert line.endswith(f"登记的是“{mark.text}”，文件自带的清单里是“98765”")


def test_a_voided_or_older_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "公文" / "通报.docx"
    path.parent.mkdir()
    path.write_bytes(made()[1].data)
    registered(tmp_path)
    registered(tmp_path, version=2, act="更正", reason="城关镇重报")
    assert verify([path])[0].register == [f"{NUMBER} 已改发（城关镇重报），这不是最后一版"]
    registered(tmp_path, version=3, act="作废", reason="印错")
    assert verify([path])[0].register == [f"{NUMBER} 已作废：印错"]


def test_the_figure_sheet_beside_it_stands_in_for_a_lost_list(tmp_path: Path) -> None:
    path, mark = edited(tmp_path / "通报.docx", without_list)
    paper, done = made()
    with (tmp_path / "核稿_进展通报_2011-06-12.xlsx").open("wb") as target:
        write_figures(target, "进展通报", [Printed(paper, "全县", "通报.docx", NUMBER, done.marks)], [])
    (found,) = verify([path])
    assert (found.by, found.count) == ("核稿表", len(done.marks))
    assert told(found) == {(Became.CHANGED, mark.place, mark.text, "98765")}


def foreign(path: Path) -> Path:
    """Write a paper that is not the program's."""
    docx.Document().save(str(path))
    return path


def broken(path: Path) -> Path:
    """Write a file that is no document."""
    path.write_bytes(b"PK no document")
    return path


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda p: edited(p, without_list)[0], "的数字清单丢失了.*请把成文时的核稿表放在它旁边"),
        (foreign, "不是本程序生成的公文，没有数字清单，无法核对。"),
        (broken, "不是完好的 Word 文件（.docx），无法核对。请用 Word 另存为 .docx 再试。"),
        (lambda p: p, "找不到文件"),
    ],
)
def test_what_cannot_be_read_back_is_one_sentence(
    tmp_path: Path, write: Callable[[Path], Path], said: str
) -> None:
    path = write(tmp_path / "a.docx")
    result = CliRunner().invoke(main, ["documents", "verify", str(path)])
    head, sentence = result.output.splitlines()
    assert result.exit_code == 2 and head.startswith("■ ")
    assert re.search(said, sentence) and "Traceback" not in result.output


@pytest.mark.parametrize("held", ["", " !!!", " eJwDAAAAAAE="])
def test_instructions_that_others_put_into_a_paper_are_not_followed(held: str) -> None:
    """Those by which our rows are set aside are never in a file."""
    package = Package.open(made()[1].data)
    text = package.data("word/document.xml")
    package.put("word/document.xml", text.replace(b"</w:tbl>", f"<?baiti-rows{held}?></w:tbl>".encode()))
    read, plain = read_back(package.close()), read_back(made()[1].data)
    assert read is not None and plain is not None
    assert (read.found, read.lines) == (plain.found, plain.lines)


def run(*words: str) -> tuple[int, str]:
    """Run documents verify."""
    result = CliRunner().invoke(main, ["documents", "verify", *words])
    return result.exit_code, result.stdout


def test_a_paper_without_figures_is_not_said_to_agree() -> None:
    lines = [*verified_lines(Verified(Path("表.docx"), None, "文件自带的清单", 0))]
    assert lines[1:] == ["  按文件自带的清单，文中没有统计数字，没有可核对的。"]


def test_what_the_command_prints(tmp_path: Path) -> None:
    whole, (changed, mark) = tmp_path / "原样.docx", edited(tmp_path / "改过.docx")
    whole.write_bytes(made()[1].data)
    code, text = run(str(whole))
    assert (code, text.splitlines()[1]) == (
        0,
        f"  按文件自带的清单，{len(made()[1].marks)} 处数字都与成文时一致。",
    )
    code, text = run(str(whole), str(changed))
    assert code == 1 and f"改动　{mark.place}　" in text and f"原为“{mark.text}”，现为“98765”" in text
    code, text = run(str(changed), "--json")
    (one,) = json.loads(text)["files"]
    (change,) = one["changes"]
    assert code == 1 and (one["kind"], one["number"], one["as_of"]) == ("进展通报", NUMBER, DAY)
    assert (change["became"], change["was"], change["now"]) == ("改动", mark.text, "98765")


def test_of_a_folder_all_papers_in_it_are_read(tmp_path: Path) -> None:
    """As the button 核对文书 does; what Word and systems leave there is none."""
    whole, (changed, _) = tmp_path / "公文" / "原样.docx", edited(tmp_path / "改过.docx")
    (tmp_path / "公文" / "已签").mkdir(parents=True)
    whole.write_bytes(made()[1].data)
    (tmp_path / "公文" / "~$样.docx").write_bytes(b"")
    below = changed.rename(tmp_path / "公文" / "已签" / "改过.docx")
    code, text = run(str(tmp_path / "公文"))
    heads = [line.partition("　")[0] for line in text.splitlines() if line.startswith("■")]
    assert (code, heads) == (1, [f"■ {whole}", f"■ {below}"])
    code, text = run(str(tmp_path / "公文" / "已签"), "--json")
    assert [one["file"] for one in json.loads(text)["files"]] == [str(below)]


def test_a_folder_without_papers_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["documents", "verify", str(tmp_path)])
    assert result.exit_code == 2 and f"“{tmp_path}”里没有文书" in result.stderr


def test_verify_without_a_file_is_one_sentence() -> None:
    result = CliRunner().invoke(main, ["documents", "verify"])
    assert result.exit_code == 2 and "请给出要核对的公文" in result.stderr


def test_the_list_of_a_paper_comes_back_as_it_was_written() -> None:
    own = listing_of(Package.open(made()[1].data))
    paper, done = made()
    assert own and [(f.key, f.text, f.place, f.before) for f in own.figures] == [
        (m.key, m.text, m.place, m.before) for m in done.marks
    ]
    assert own.about == {"kind": "进展通报", "unit": "", "day": DAY, "number": NUMBER, "title": paper.title}


def keys(marks: Iterable[Mark]) -> list[str]:
    """Return the keys of marks."""
    return [mark.key for mark in marks]


def test_every_key_is_told_once() -> None:
    assert len(set(keys(made()[1].marks))) == len(made()[1].marks)
