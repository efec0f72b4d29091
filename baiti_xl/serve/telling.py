"""What pages say of files: never where on the server they lie, which is nobody's business who only has a browser."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import gettempdir

FOLDER = "工作文件夹"
END = r"\s“”‘’\"'，。；：、（）()<>|"  # what no path of ours goes on behind
OWN = (Path(sys.prefix, "x"), Path(__file__), Path(gettempdir(), "x"), Path.home() / "x")
CUT = "\ue000"  # where the beginning of a path was
START = rf"{CUT}?(?:[A-Za-z]:)?[\\/]"
QUOTED = re.compile(rf"(?<=[“‘\"'])(?:{START}[^“”‘’\"'\n]*)[\\/](?=[^\\/“”‘’\"'\n]+[”’\"'])")
ROOTED = re.compile(rf"(?<![\w./:<])(?:[A-Za-z]:)?(?:[\\/][^\\/{END}]+)+[\\/](?=[^\\/{END}])")


def without_paths(text: str, folder: Path, others: Iterable[Path] = ()) -> str:
    """Return a sentence with the working folder called so, and of every other path only its last part.

    A path in quotation marks ends at them; one without at a blank, unless it lies beside or below one of the others or the
    working folder, or where the program and its user have their files, which are known.
    """
    for place in (folder, *others):
        name = FOLDER if place == folder else place.name
        for written in {str(place), place.as_posix()}:
            text = re.sub(rf"{re.escape(written)}(?![^\\/{END}])", name.replace("\\", r"\\"), text)
    text = ROOTED.sub("", QUOTED.sub("", without_parents(text, (folder, *others, *OWN))))
    return re.sub(rf"{CUT}[\\/]?", "", text)


def without_parents(text: str, places: Iterable[Path]) -> str:
    """Return a sentence in which paths begin where they leave those that lead to some places, whatever blanks these hold;
    there stands a mark (CUT)."""
    parents = {parent for place in places for parent in place.parents if parent.name}
    for place in sorted(parents, key=lambda parent: len(str(parent)), reverse=True):
        for written in {str(place), place.as_posix()}:
            known = rf"(?<![\w./:<]){re.escape(written)}"
            text = re.sub(rf"{known}(?=[\\/])", CUT, text)
            name = place.name.replace("\\", r"\\")
            text = re.sub(rf"{known}(?![^\\/{END}])", name, text)
    return text


def files_named(error: BaseException | None) -> Iterator[Path]:
    """Yield the files that an error of the system behind an error names, each with its folder after it."""
    while error is not None:
        if isinstance(error, OSError):
            names = (error.filename, error.filename2)
            for path in (Path(name) for name in names if isinstance(name, str | Path)):
                yield from (place for place in (path, path.parent) if path.is_absolute() and place.name)
        error = error.__cause__
