"""A misspelt field of a record is found before the program runs: thirty at once, in a copy of the program.

Source: one fact, one place (CONTRIBUTING.md, “Habits”): records are declared, and mypy knows every field of them.
"""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from baiti_xl.contest import records, sheets

ROOT = Path(__file__).parent.parent
HOMES = ("contest", "count", "papers", "books", "desk")
FORM: tuple[type[Any], ...] = (sheets.Cover, *(sheet.record for sheet in sheets.DATA_SHEETS))
MADE: tuple[type[Any], ...] = tuple(
    kind
    for kind in vars(records).values()
    if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == records.__name__
)
THIRTY, AT_LEAST = 30, 28


@dataclass(frozen=True)
class Place:
    """Where a field is read by name: the file, and where the name ends, in bytes."""

    file: Path
    line: int
    end: int
    name: str

    @property
    def typo(self) -> str:
        """The name misspelt."""
        return self.name + self.name[-1]

    def misspell(self, root: Path) -> None:
        """Misspell the name in a copy of the program."""
        lines = (root / self.file).read_bytes().splitlines(keepends=True)
        text = lines[self.line - 1]
        lines[self.line - 1] = text[: self.end] + self.name[-1].encode() + text[self.end :]
        (root / self.file).write_bytes(b"".join(lines))


def read_by_name(file: Path) -> Iterator[Place]:
    """Yield every attribute that a file of the program reads."""
    for node in ast.walk(ast.parse((ROOT / file).read_bytes())):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield Place(file, node.end_lineno or 0, node.end_col_offset or 0, node.attr)


def declared_elsewhere(file: Path) -> Iterator[str]:
    """Yield every method and field that classes of a file declare."""
    for node in ast.walk(ast.parse((ROOT / file).read_bytes())):
        for part in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(part, ast.FunctionDef):
                yield part.name
            elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                yield part.target.id


def thirty_places() -> list[Place]:
    """Return one place for each of thirty fields, first of the form, then of the results, evenly spread.

    A name that a class beside the records also bears is left out: of that class it may be no misspelling of ours.
    """
    own = {Path(kind.__module__.replace(".", "/") + ".py") for kind in (*FORM, *MADE)}
    files = [
        path.relative_to(ROOT) for home in HOMES for path in sorted((ROOT / "baiti_xl" / home).rglob("*.py"))
    ]
    shared = {name for file in files if file not in own for name in declared_elsewhere(file)}
    places = [place for file in files for place in read_by_name(file)]
    names = list(dict.fromkeys(item.name for kind in (*FORM, *MADE) for item in fields(kind)))
    read = [held for name in names if name not in shared and (held := [p for p in places if p.name == name])]
    assert len(read) >= THIRTY
    chosen = [read[at * len(read) // THIRTY] for at in range(THIRTY)]
    return [held[at * len(held) // THIRTY] for at, held in enumerate(chosen)]


def mypy(root: Path) -> list[str]:
    """Return what mypy finds wrong in a copy of the program."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    options = ["--cache-dir", str(root / "cache"), "--no-error-summary", "--hide-error-context"]
    done = subprocess.run(
        [*command, *options, "baiti_xl"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def is_told(place: Place, lines: list[str]) -> bool:
    """Whether a misspelt name is reported where it stands."""
    told = re.compile(rf'{re.escape(str(place.file))}:{place.line}: error: .*has no attribute "{place.typo}"')
    return any(map(told.match, lines))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program, without fault."""
    shutil.copytree(ROOT / "baiti_xl", tmp_path / "baiti_xl", ignore=shutil.ignore_patterns("__pycache__"))
    assert mypy(tmp_path) == []
    return tmp_path


def test_thirty_misspelt_fields_are_found(copy: Path) -> None:
    places = thirty_places()
    for place in sorted(places, key=lambda p: -p.end):
        place.misspell(copy)
    lines = mypy(copy)
    missed = [f"{p.file}:{p.line} {p.typo}" for p in places if not is_told(p, lines)]
    assert len(places) - len(missed) >= AT_LEAST, missed
