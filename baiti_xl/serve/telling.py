"""What pages say of files: never where on the server they lie, which is nobody's business who only has a browser."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDER = "工作文件夹"
END = r"\s“”‘’\"'，。；：、（）()<>|"  # what no path of ours goes on behind
START = r"(?:[A-Za-z]:)?[\\/]"
QUOTED = re.compile(rf"(?<=[“‘\"'])(?:{START}[^“”‘’\"'\n]*)[\\/](?=[^\\/“”‘’\"'\n]+[”’\"'])")
ROOTED = re.compile(rf"(?<![\w./:<])(?:[A-Za-z]:)?(?:[\\/][^\\/{END}]+)+[\\/](?=[^\\/{END}])")


def without_paths(text: str, folder: Path, others: Iterable[Path] = ()) -> str:
    """Return a sentence with the working folder called so, and of every other path only its last part.

    A path in quotation marks ends at them; one without at a blank, unless it is among the others, which are known.
    """
    for place in (folder, *others):
        name = FOLDER if place == folder else place.name
        for written in {str(place), place.as_posix()}:
            text = re.sub(rf"{re.escape(written)}(?![^\\/{END}])", name.replace("\\", r"\\"), text)
    return ROOTED.sub("", QUOTED.sub("", text))


def files_named(error: BaseException | None) -> Iterator[Path]:
    """Yield the files that an error of the system behind an error names, each with its folder after it."""
    while error is not None:
        if isinstance(error, OSError):
            names = (error.filename, error.filename2)
            for path in (Path(name) for name in names if isinstance(name, str | Path)):
                yield from (place for place in (path, path.parent) if path.is_absolute() and place.name)
        error = error.__cause__
