"""PDF: papers converted by what is at hand, one call for all, within a time; nothing half written, nothing left running."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from office import needs_office
from pypdf import PdfReader, PdfWriter

from baiti_xl.cli import main
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.desk import ActionError, pdf, to_pdf, word
from baiti_xl.papers import catalogue
from baiti_xl.press.binding import bound, steady


def pages(count: int, moment: str = "D:20110712000000Z") -> bytes:
    """Return a PDF of some empty pages that says when it was made."""
    writer, target = PdfWriter(), io.BytesIO()
    for _ in range(count):
        writer.add_blank_page(595, 842)
    writer.add_metadata({"/CreationDate": moment})
    writer.write(target)
    return target.getvalue()


# ── bound into one ───────────────────────────────────────────────────────────────────────────────


def outline(data: bytes) -> list[tuple[str, int]]:
    """Return the bookmarks of a PDF with the pages they lead to, from 1."""
    reader = PdfReader(io.BytesIO(data))
    return [(str(o.title), (reader.get_destination_page_number(o) or 0) + 1) for o in reader.outline]  # type: ignore[union-attr, arg-type]


@pytest.mark.parametrize(
    ("counts", "starts", "whole"),
    [((2,), [1], 2), ((1,), [1], 2), ((1, 2), [1, 3], 4), ((2, 1), [1, 3], 4), ((3, 3), [1, 5], 8)],
)
def test_each_part_begins_on_a_sheet_of_its_own(
    counts: tuple[int, ...], starts: list[int], whole: int
) -> None:
    titles = ["X01 城关镇", "X02 侯庙镇"][: len(counts)]
    data = bound(zip(titles, map(pages, counts), strict=True))
    assert outline(data) == list(zip(titles, starts, strict=True))
    assert len(PdfReader(io.BytesIO(data)).pages) == whole


def test_the_same_pages_give_the_same_bytes_whenever_they_were_converted() -> None:
    early, late = pages(2), pages(2, "D:20110713000000Z")
    assert early != late
    assert steady(early) == steady(late)
    assert bound([("甲", early)]) == bound([("甲", late)]) != bound([("乙", early)])


# ── what converts ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice and Word."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(pdf, "USUAL_PLACES", ())
    monkeypatch.setattr(pdf, "has_word", lambda: False)


@pytest.mark.usefixtures("nothing")
def test_what_is_found_is_taken_word_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ActionError, match="没有找到 LibreOffice 或 Word，不能转成 PDF。请安装"):
        pdf.converter()
    usual = tmp_path / "soffice.com"
    monkeypatch.setattr(pdf, "USUAL_PLACES", (tmp_path / "另一处", usual))
    with pytest.raises(ActionError):
        pdf.converter()
    usual.write_bytes(b"")
    assert pdf.converter() == pdf.LibreOffice(str(usual))
    monkeypatch.setattr("shutil.which", {"libreoffice": "/usr/bin/libreoffice"}.get)
    assert pdf.converter() == pdf.LibreOffice("/usr/bin/libreoffice")
    monkeypatch.setattr(pdf, "has_word", lambda: True)
    assert pdf.converter() == pdf.Word()


@dataclass
class Fake:
    """A converter that is a little program of ours: what it does with each name, as Python, and the names it was asked for."""

    does: str
    asked: list[list[str]] = field(default_factory=list)
    name: str = "样例程序"

    def command(self, folder: Path, names: Any) -> list[str]:
        """Return the command."""
        self.asked.append(list(names))
        (folder / "made").write_bytes(pages(1))
        head = "import os, sys, time\ndef make(n): os.replace('made', n + '.pdf') if n == sys.argv[-1] else open(n + '.pdf', 'wb').write(open('made', 'rb').read())\n"
        return [sys.executable, "-c", f"{head}for n in sys.argv[1:]:\n    {self.does}", *names]


Use = Callable[[str], Fake]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Have a fake convert."""

    def used(does: str) -> Fake:
        fake = Fake(does)
        monkeypatch.setattr(pdf, "converter", lambda: fake)
        return fake

    return used


@pytest.fixture
def papers(tmp_path: Path) -> list[Path]:
    """Three files that are called papers."""
    paths = [tmp_path / f"{name}.docx" for name in ("通报", "通知", "函")]
    for path in paths:
        path.write_bytes(path.stem.encode())
    return paths


def test_pdfs_stand_beside_their_papers_or_in_a_folder(use: Use, papers: list[Path], tmp_path: Path) -> None:
    fake = use("make(n)")
    done = to_pdf(papers)
    assert done == pdf.Pdfs(tuple(p.with_suffix(".pdf") for p in papers))
    assert fake.asked == [["00001", "00002", "00003"]], "one call for all"
    assert to_pdf(papers[:1], tmp_path / "另处").written == (tmp_path / "另处" / "通报.pdf",)


def test_a_pdf_with_other_pages_stays_unless_it_may_be_overwritten(use: Use, papers: list[Path]) -> None:
    use("make(n)")
    mine = papers[0].with_suffix(".pdf")
    mine.write_bytes(b"signed")
    assert to_pdf(papers[:1]).written == (mine.with_name("通报(2).pdf"),)
    assert to_pdf(papers[:1]).written == (mine.with_name("通报(2).pdf"),), "the same bytes are the same file"
    assert mine.read_bytes() == b"signed"
    assert to_pdf(papers[:1], overwrite=True).written == (mine,)
    assert mine.read_bytes() != b"signed"


@pytest.mark.parametrize(
    ("does", "calls"),
    [
        ("make(n) if n != '00002' else None", 1),  # it says no and goes on
        ("make(n) if n != '00002' else os._exit(9)", 3),  # it goes down, and would take the third along
        ("make(n) if n != '00002' else (open(n + '.pdf', 'wb').write(b'%PDF-1.7'), os._exit(9))", 3),
    ],
)
def test_one_paper_that_fails_takes_no_other_with_it(
    use: Use, papers: list[Path], does: str, calls: int
) -> None:
    fake = use(does)
    done = to_pdf(papers)
    assert done.written == (papers[0].with_suffix(".pdf"), papers[2].with_suffix(".pdf"))
    assert done.failed == (papers[1],)
    assert len(fake.asked) == calls


def test_a_program_that_hangs_is_ended_with_all_it_started(use: Use, tmp_path: Path) -> None:
    beats = tmp_path / "beats"
    child = f"import time\nwhile True:\n    open({str(beats)!r}, 'a').write('.')\n    time.sleep(0.02)"
    start = f"__import__('subprocess').Popen([sys.executable, '-c', {child!r}])"
    use(f"make(n) if n == '00001' else ({start}, time.sleep(60))")
    said = "样例程序 没有在规定的时间内转完，停在 通知.docx，已经停止，没有写出 PDF"
    with pytest.raises(ActionError, match=said):
        pdf.converted([("通报.docx", b""), ("通知.docx", b"")], seconds=1)
    heard = beats.read_text()
    time.sleep(0.2)
    assert beats.read_text() == heard != ""


def test_what_is_no_paper_or_not_there_is_told(use: Use, tmp_path: Path) -> None:
    use("make(n)")
    with pytest.raises(ActionError, match=r"汇总\.xlsx 不是 \.docx 文件"):
        to_pdf([tmp_path / "汇总.xlsx"])
    with pytest.raises(ActionError, match=r"找不到文件 .*没有\.docx"):
        to_pdf([tmp_path / "没有.docx"])
    assert to_pdf([]) == pdf.Pdfs()


def test_the_command_tells_what_it_wrote_and_what_failed(use: Use, papers: list[Path]) -> None:
    use("make(n) if n != '00002' else None")
    result = CliRunner().invoke(main, ["pdf", *map(str, papers)])
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"已写入 {papers[0].with_suffix('.pdf')}",
        f"已写入 {papers[2].with_suffix('.pdf')}",
        f"没有转成 PDF：{papers[1]}。请用 Word 打开检查，另存后再试。",
    ]


@pytest.mark.usefixtures("nothing")
def test_papers_that_are_written_stay_whatever_becomes_of_their_pdfs(papers: list[Path]) -> None:
    assert pdf.pdfs_of(papers) == pdf.Pdfs((), tuple(papers), pdf.NONE_AT_HAND)
    assert pdf.pdfs_of([]) == pdf.Pdfs()


# ── LibreOffice ──────────────────────────────────────────────────────────────────────────────────


@needs_office
def test_libreoffice_converts_what_is_a_paper_and_no_other(tmp_path: Path) -> None:
    papers = [tmp_path / name for name in ("进展 通报.docx", "坏.docx", "字.docx")]
    data = catalogue.template_for("进展通报", default_rulebook())
    for path, content in zip(papers, (data, data[:3000], b"hello"), strict=True):
        path.write_bytes(content)
    before = set(tmp_path.iterdir())
    program = pdf.converter()
    assert program.name == "LibreOffice"
    done = to_pdf(papers)
    assert done.failed == tuple(papers[1:])
    assert len(PdfReader(done.written[0]).pages) > 1
    assert set(tmp_path.iterdir()) == {*before, *done.written}, "no lock, no profile beside the papers"


# ── Word, on a double: not seen in Word ──────────────────────────────────────────────────────────


@dataclass
class FakeWord:
    """Word as its object model has it: what was asked of it, in order; it cannot open “坏”."""

    said: list[str] = field(default_factory=list)

    @property
    def Documents(self) -> "FakeWord":
        return self

    def Open(self, path: str, **how: bool) -> "FakeWord":
        if "坏" in path:
            raise OSError("damaged")
        self.said.append(f"open {Path(path).name} {how['ReadOnly']}")
        self.path = Path(path)
        return self

    def ExportAsFixedFormat(self, path: str, kind: int) -> None:
        self.said.append(f"export {kind}")
        Path(path).write_bytes(b"%PDF")

    def Close(self, save: int) -> None:
        self.said.append(f"close {save}")

    def Quit(self, save: int) -> None:
        self.said.append(f"quit {save}")


def test_word_opens_each_paper_to_read_and_is_closed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeWord()
    client = SimpleNamespace(DispatchEx=lambda name: fake)
    monkeypatch.setitem(sys.modules, "win32com", SimpleNamespace(client=client))
    monkeypatch.setitem(sys.modules, "win32com.client", client)
    assert word.convert(tmp_path, ["甲", "坏", "乙"]) == 1
    each = ["export 17", "close 0"]
    assert fake.said == ["open 甲.docx True", *each, "open 乙.docx True", *each, "quit 0"]
    assert [p.name for p in sorted(tmp_path.glob("*.pdf"))] == ["乙.pdf", "甲.pdf"]


def test_word_is_asked_by_a_python_of_its_own(tmp_path: Path) -> None:
    """Where there is no Word the process ends with a failure, and every paper is told."""
    command = pdf.Word().command(tmp_path, ["00001"])
    assert command[0] == sys.executable and command[-2:] == [str(tmp_path), "00001"]
    done = subprocess.run(
        command, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    assert done.returncode == 1 and b"win32com" in done.stderr
