"""constraints.txt: one version of all that gets installed, within the ranges of pyproject.toml.

`make constraints` renews it. With these versions the parts of the built files are the same to the byte.
"""

import re
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from baiti_xl import desk

ROOT = Path(__file__).parent.parent
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PIN = re.compile(r"([\w.-]+)==([\w.]+)")
PINS = {canonicalize_name(found[1]): found[2] for line in LINES if (found := PIN.fullmatch(line))}
TOLD = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PRODUCT = [Requirement(text) for text in TOLD["project"]["dependencies"]]
EXTRAS = [Requirement(t) for extra in TOLD["project"]["optional-dependencies"].values() for t in extra]
NAMED = [
    wanted
    for wanted in (*PRODUCT, *EXTRAS, *map(Requirement, TOLD["build-system"]["requires"]))
    if wanted.name != TOLD["project"]["name"]
]


def installed(name: str) -> str:
    """Return the version of a package that is installed here, "" if there is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


OTHERS = [name for name, version in PINS.items() if installed(name) not in ("", version)]
pinned = pytest.mark.skipif(
    bool(OTHERS), reason=f"other versions than those of constraints.txt: {' '.join(OTHERS)}"
)


def test_the_file_holds_versions_and_nothing_else() -> None:
    assert [line for line in LINES if not (PIN.fullmatch(line) or line.startswith("# "))] == []
    assert len(PINS) > 50


@pytest.mark.parametrize("wanted", NAMED, ids=lambda wanted: wanted.name)
def test_every_dependency_is_pinned_within_its_range(wanted: Requirement) -> None:
    assert {part.operator for part in wanted.specifier} == {">=", "<"}, "a range has two ends"
    assert wanted.specifier.contains(PINS[canonicalize_name(wanted.name)])


def needed(wanted: Requirement) -> list[Requirement]:
    """Return what a package that is installed here needs, with the extras asked of it."""
    extras = [{"extra": extra} for extra in ("", *wanted.extras)]
    found = map(Requirement, metadata.requires(wanted.name) or [])
    return [need for need in found if need.marker is None or any(map(need.marker.evaluate, extras))]


@pinned
def test_what_the_dependencies_need_is_pinned_too() -> None:
    seen: set[str] = set()
    left = [wanted for wanted in NAMED if installed(wanted.name)]
    while left:
        wanted = left.pop()
        if str(wanted) not in seen:
            seen.add(str(wanted))
            left += needed(wanted)
            assert canonicalize_name(wanted.name) in PINS, f"{wanted} is not pinned"
    assert len(seen) > 60


def parts(path: Path) -> dict[str, bytes]:
    """Return the parts of a package by name, how they are deflated being the machine's affair; a page whole."""
    if not zipfile.is_zipfile(path):
        return {"": path.read_bytes()}
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pinned
def test_with_these_versions_every_part_is_the_same_to_the_byte(tmp_path: Path) -> None:
    for path in desk.build(tmp_path):
        assert parts(path) == parts(ROOT / path.relative_to(tmp_path)), path.name
