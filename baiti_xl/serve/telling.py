"""What pages say of files: never where on the server they lie, which is nobody's business who only has a browser."""

import re
from collections.abc import Iterable
from pathlib import Path

FOLDER = "工作文件夹"
END = r"\s“”‘’\"'，。；：、（）()<>|"  # what no path of ours goes on behind
ROOTED = re.compile(rf"(?<![\w./:<])(?:[A-Za-z]:)?(?:[\\/][^\\/{END}]+)+[\\/](?=[^\\/{END}])")


def without_paths(text: str, folder: Path, others: Iterable[Path] = ()) -> str:
    """Return a sentence with the working folder called so, and of every other path only its last part."""
    for place in (folder, *others):
        name = FOLDER if place == folder else place.name
        for written in {str(place), place.as_posix()}:
            text = re.sub(rf"{re.escape(written)}(?![^\\/{END}])", name.replace("\\", r"\\"), text)
    return ROOTED.sub("", text)
