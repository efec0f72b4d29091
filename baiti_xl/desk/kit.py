"""A kit for computers without internet: wheels, an installer and a page of instructions, to be carried on a stick.

The list of wheels has the digest of each, so that pip installs nothing that was spoilt or exchanged on the way.
The installer is plain ASCII: a batch file is read in whatever code page the window has. Not seen on Windows.
"""

import codecs
import hashlib
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.utils import parse_wheel_filename

from baiti_xl import __version__
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.outputs import placed_folder, temporary_folder
from baiti_xl.desk.wheels import THIS, WINDOWS, Target, fetch, own_wheel

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (WINDOWS, THIS)
WHEELS, LIST = "wheels", "list.txt"
HEAD = "# baiti-xl {version} {platform} {pythons}"
HEADED = re.compile(r"# baiti-xl (\S+) (\S+)")
INSTALLER, PAGE = "安装.bat", "安装说明.txt"
BY_PIP = f"python -m pip install --no-index --find-links {WHEELS} --require-hashes -r {WHEELS}/{LIST}"
SOURCES = Path(__file__).with_name("kit_files")


def make(
    out: Path,
    platform: str = WINDOWS,
    pythons: Sequence[str] = PYTHONS,
    progress: Callable[[Iterable[Target], str], Iterator[Target]] = lambda items, label: iter(items),
) -> Path:
    """Write the kit into a folder and return its own; either all of it or nothing. Raises ActionError or OutputError."""
    for asked, known in (((platform,), PLATFORMS), (pythons, PYTHONS)):
        if strange := [one for one in asked if one not in known]:
            raise ActionError(f"做不了 {strange[0]} 用的安装包。可以写的是：{'、'.join(known)}。")
    if platform == THIS:
        pythons = (f"{sys.version_info[0]}.{sys.version_info[1]}",)
    ordered = sorted(pythons, key=lambda python: tuple(map(int, python.split("."))))
    targets = [Target(platform, python) for python in ordered]
    with tempfile.TemporaryDirectory(prefix="baiti-", ignore_cleanup_errors=True) as place:
        own_wheel(Path(place))
        for target in progress(targets, "取安装包"):
            fetch(Path(place), target)
        with temporary_folder(out) as draft:
            lay(draft, sorted(Path(place).glob("*.whl")), targets)
            with placed_folder(draft, out, f"百日竞赛安装包_{__version__}_{platform}") as placed:
                return placed


def lay(draft: Path, wheels: Sequence[Path], targets: Sequence[Target]) -> None:
    """Lay the kit out in a folder."""
    (draft / WHEELS).mkdir()
    for wheel in wheels:
        shutil.copyfile(wheel, draft / WHEELS / wheel.name)
    (draft / WHEELS / LIST).write_text(listing(wheels, targets), encoding="utf-8", newline="\n")
    words = words_of([target.python for target in targets])
    (draft / PAGE).write_bytes(codecs.BOM_UTF8 + text_of("instructions.txt", words, "utf-8"))
    if targets[0].platform == WINDOWS:
        (draft / INSTALLER).write_bytes(text_of("install.bat", words, "ascii"))


def listing(wheels: Sequence[Path], targets: Sequence[Target]) -> str:
    """Return the wheels as requirements with their digests, under a line that says what the kit is."""
    packages: dict[tuple[str, str], list[Path]] = {}
    for wheel in wheels:
        name, version, _, _ = parse_wheel_filename(wheel.name)
        packages.setdefault((name, str(version)), []).append(wheel)
    pythons = " ".join(target.python for target in targets)
    head = HEAD.format(version=__version__, platform=targets[0].platform, pythons=pythons)
    lines = (line(f"{name}=={version}", found, targets) for (name, version), found in packages.items())
    return "\n".join([head, *lines]) + "\n"


def line(package: str, wheels: Sequence[Path], targets: Sequence[Target]) -> str:
    """Return one requirement; one whose wheels fit only some Pythons says which."""
    users = [target.python for target in targets if any(map(target.fits, wheels))]
    told = " or ".join(f'python_version == "{python}"' for python in users)
    marker = f" ; {told}" if len(users) < len(targets) else ""
    digests = (hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels)
    return " ".join([f"{package}{marker}", *(f"--hash=sha256:{digest}" for digest in digests)])


def words_of(pythons: Sequence[str]) -> dict[str, str]:
    """Return what the installer and the page say of this kit."""
    return {
        "version": __version__,
        "pythons": "、".join(pythons),
        "tags": " ".join(reversed(pythons)),
        "tuples": ", ".join(f"({python.replace('.', ', ')})" for python in pythons),
        "first": pythons[0],
        "last": pythons[-1],
    }


def text_of(source: str, words: Mapping[str, str], encoding: str) -> bytes:
    """Return one of the kit's texts as Windows has it."""
    text = (SOURCES / source).read_text(encoding="utf-8").format_map(words)
    return text.replace("\n", "\r\n").encode(encoding)


class Found(NamedTuple):
    """A kit that lies somewhere: the version that it installs, and for which computers."""

    version: str
    platform: str

    @property
    def for_windows(self) -> bool:
        """Whether it is for Windows alone; otherwise for computers such as made it."""
        return self.platform == WINDOWS

    @property
    def way(self) -> str:
        """How staff install it; only that for Windows has an installer."""
        if self.for_windows:
            return f"双击其中的 {INSTALLER}"
        return f"在它的文件夹里运行 {BY_PIP}，再运行 baiti-xl excel install"


def beside(folder: Path) -> Found | None:
    """Return the kit that is this folder or lies in it, the newest by name; None if there is none."""
    lists = [folder / WHEELS / LIST, *sorted(folder.glob(f"*/{WHEELS}/{LIST}"), reverse=True)]
    for path in lists:
        if path.is_file() and (found := HEADED.match(path.read_text(encoding="utf-8", errors="replace"))):
            return Found(found[1], found[2])
    return None
