"""PDF: papers converted by what is at hand, Word or LibreOffice, in one call and within a time; nothing is half written."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Protocol

from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.rules import read_bytes
from baiti_xl.errors import UserError

COMMANDS = ("soffice", "libreoffice")
USUAL_PLACES = (  # where LibreOffice is when it is not on PATH; on Windows .com waits for its end
    Path(os.environ.get("PROGRAMFILES", r"C:\Program Files"), "LibreOffice", "program", "soffice.com"),
    Path(
        os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)"),
        "LibreOffice",
        "program",
        "soffice.com",
    ),
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
)
TO_START, A_FILE = 120, 10  # seconds a conversion may take
DOCX, PDF = ".docx", ".pdf"
NONE_AT_HAND = "这台电脑上没有找到 LibreOffice 或 Word，不能转成 PDF。请安装 LibreOffice（免费），或在有 Word 的 Windows 电脑上运行。"


class Converter(Protocol):
    """A program that converts: its name, and how it is run."""

    @property
    def name(self) -> str:
        """As staff know it."""
        ...

    def command(self, folder: Path, names: Sequence[str]) -> list[str]:
        """Return the command that turns the .docx of these names in a folder into .pdf beside them."""
        ...


@dataclass(frozen=True, slots=True)
class LibreOffice:
    """LibreOffice without a window, in a profile of its own, so that one that is open stays as it is."""

    program: str
    name: str = "LibreOffice"

    def command(self, folder: Path, names: Sequence[str]) -> list[str]:
        """Return the command; names without folder keep it short."""
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        options = ("--headless", "--norestore", "--nologo", "--nolockcheck", "--infilter=MS Word 2007 XML")
        files = (f"{name}{DOCX}" for name in names)
        return [self.program, profile, *options, "--convert-to", "pdf", "--outdir", str(folder), *files]


@dataclass(frozen=True, slots=True)
class Word:
    """Word on Windows; not seen in Word."""

    name: str = "Word"

    def command(self, folder: Path, names: Sequence[str]) -> list[str]:
        """Return the command: a Python that talks to Word, and takes no module from the current folder."""
        return [sys.executable, "-P", "-m", "baiti_xl.desk.word", str(folder), *names]


@dataclass(frozen=True, slots=True)
class Pdfs:
    """The PDFs written, the papers that could not be converted, and why if it is the same for all."""

    written: tuple[Path, ...] = ()
    failed: tuple[Path, ...] = ()
    why: str = ""


def converter() -> Converter:
    """Return what converts on this machine: Word, for which the papers are made, else LibreOffice. Raises ActionError if neither is there."""
    if has_word():
        return Word()
    found = next(filter(None, map(shutil.which, COMMANDS)), None)
    found = found or next((str(place) for place in USUAL_PLACES if place.is_file()), None)
    if found is None:
        raise ActionError(NONE_AT_HAND)
    return LibreOffice(found)


def has_word() -> bool:
    """Whether Word is registered on this Windows and can be talked to."""
    if sys.platform != "win32" or find_spec("win32com") is None:
        return False
    import winreg

    try:
        winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, r"Word.Application\CLSID"))
    except OSError:
        return False
    return True


def to_pdf(files: Sequence[Path], out: Path | None = None, *, overwrite: bool = False) -> Pdfs:
    """Convert papers to PDFs of the same name, beside them or in a folder. Raises ActionError or OutputError.

    The same paper gives the same bytes, and a PDF with other bytes stays unless it may be overwritten.
    """
    from baiti_xl.press.binding import steady  # takes a quarter of a second, which no other action needs

    for file in files:
        if file.suffix.lower() != DOCX:
            raise ActionError(f"{file} 不是 .docx 文件，不能转成 PDF。请给出 Word 公文。")
    made = converted([(file.name, read_bytes(file)) for file in files])
    done = [(file, steady(data)) for file, data in zip(files, made, strict=True) if data is not None]
    written = [
        write_file(out or file.parent, f"{file.stem}{PDF}", data, replace=overwrite) for file, data in done
    ]
    return Pdfs(tuple(written), tuple(file for file, data in zip(files, made, strict=True) if data is None))


def pdfs_of(papers: Sequence[Path], *, overwrite: bool = False) -> Pdfs:
    """Convert papers that have just been written, and perhaps numbered: what goes wrong now is told beside that, and raises nothing."""
    try:
        return to_pdf(papers, overwrite=overwrite)
    except UserError as error:
        return Pdfs((), tuple(papers), str(error))


def converted(papers: Sequence[tuple[str, bytes]], seconds: float = 0) -> list[bytes | None]:
    """Return papers, each a name to tell it by and its bytes, as PDFs; None for one that cannot be converted.

    A paper that brings the program down does not take the others with it: those are tried again one by one. Raises
    ActionError if there is no program, or it takes longer than `seconds` (0: by their number).
    """
    if not papers:
        return []
    program = converter()
    until = monotonic() + (seconds or TO_START + A_FILE * len(papers))
    with tempfile.TemporaryDirectory(prefix="baiti-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        names = [f"{number:05}" for number in range(1, len(papers) + 1)]
        for name, (_, data) in zip(names, papers, strict=True):
            (folder / f"{name}{DOCX}").write_bytes(data)
        try:
            if run(program.command(folder, names), folder, until):
                for name in missing(folder, names):
                    run(program.command(folder, [name]), folder, until)
        except subprocess.TimeoutExpired as error:
            stuck = papers[names.index(missing(folder, names)[0])][0] if missing(folder, names) else ""
            raise ActionError(too_slow(program.name, stuck)) from error
        lost = missing(folder, names)
        return [None if name in lost else (folder / f"{name}{PDF}").read_bytes() for name in names]


def missing(folder: Path, names: Sequence[str]) -> list[str]:
    """Return the names of which there is no whole PDF yet."""
    return [name for name in names if not is_whole(folder / f"{name}{PDF}")]


def is_whole(path: Path) -> bool:
    """Whether a PDF is there to its end."""
    return path.is_file() and path.read_bytes().rstrip().endswith(b"%%EOF")


def too_slow(program: str, stuck: str) -> str:
    """Return that a program did not come to an end, and at which paper."""
    where = f"，停在 {stuck}" if stuck else ""
    return f"{program} 没有在规定的时间内转完{where}，已经停止，没有写出 PDF。请关闭其他程序再试，或用 Word 打开这份文件检查。"


def run(command: Sequence[str], folder: Path, until: float) -> int:
    """Run a command in a folder and return its exit code; raises TimeoutExpired if it has not ended by then.

    Whatever happens, it and what it started do not outlive this call.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(max(until - monotonic(), 0))
    except BaseException:
        stop(process)
        raise


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process of ours and those that it started, and no others."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/PID", str(process.pid), "/T", "/F"], capture_output=True, check=False)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
