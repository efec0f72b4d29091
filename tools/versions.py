"""The versions of the libraries that the program stands on.

python tools/versions.py pin       constraints.txt anew: the newest versions within the ranges of pyproject.toml
python tools/versions.py ranges    `build --check`, types and the quick tests at the lowest and at the newest end of the ranges
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PINS = Path("constraints.txt")
HEAD = "# What `make demo` and `make test` install. Made by `make constraints` from the ranges of pyproject.toml.\n"
BACKEND = ("hatchling", "editables")
OF_WINDOWS = ("pywin32",)  # what only Windows installs, and `baiti-xl kit` carries there
SLOW = "annotate clicks fuzz integrity layout main_job properties speed template_formulas windows"
QUICK = (
    *("-m", "not office and not bench", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"),
    *(f"--ignore=tests/test_{name}.py" for name in SLOW.split()),
)


def requirements() -> Iterator[str]:
    """Yield every dependency that pyproject.toml names."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    yield from project["build-system"]["requires"]
    yield from project["project"]["dependencies"]
    for extra in project["project"]["optional-dependencies"].values():
        yield from (wanted for wanted in extra if not wanted.startswith("baiti-xl"))


def lowest() -> str:
    """Return constraints to the lower end of each range; every dependency must have one."""
    found = {wanted: re.match(r"([\w.-]+)>=([\w.]+),<[\w.]+$", wanted) for wanted in requirements()}
    if bare := [wanted for wanted, ends in found.items() if not ends]:
        sys.exit(f"no range in pyproject.toml: {bare}")
    return "".join(f"{ends[1]}=={ends[2]}\n" for ends in found.values() if ends)


def environment(end: str) -> Path:
    """Install all in a new environment, at one end of the ranges; return the folder of its programs."""
    place, pins = Path("build", "versions", end), Path("build", "versions", f"{end}.txt")
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    pins.write_text(lowest() if end == "lowest" else "", encoding="utf-8")
    run("sh", "tools/setup.sh", "venv", sys.executable, place)
    pip = (place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "-e", ".[dev]", *BACKEND, PIP_CONSTRAINT=str(pins), PIP_BUILD_CONSTRAINT=str(pins))
    return place / "bin"


def run(*command: object, **variables: str) -> str:
    """Run a command and return what it says; a failure ends all."""
    words, environ = list(map(str, command)), {**os.environ, **variables}
    answer = subprocess.run(words, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode:
        sys.exit(f"{answer.stdout}\nfailed: {' '.join(words)}")
    return answer.stdout


def pin() -> None:
    """Write constraints.txt."""
    held = run(environment("newest") / "python", "-m", "pip", "freeze", "--exclude-editable")
    lines = sorted([*held.splitlines(), *windows_only()], key=str.casefold)
    PINS.write_text("\n".join([HEAD.rstrip(), *lines, ""]), encoding="utf-8", newline="\n")


def windows_only() -> Iterator[str]:
    """Yield a version of each library that is installed on Windows alone."""
    place = Path("build", "versions", "windows")
    shutil.rmtree(place, ignore_errors=True)
    fits = ("--only-binary=:all:", "--platform", "win_amd64", "--python-version", "3.14", "--no-deps")
    run(sys.executable, "-m", "pip", "download", "--quiet", *fits, "--dest", place, *OF_WINDOWS)
    for wheel in place.glob("*.whl"):
        yield "==".join(wheel.name.split("-")[:2])


def ranges() -> None:
    """Try both ends."""
    for end in ("lowest", "newest"):
        programs = environment(end)
        for command in (("baiti-xl", "build", "--check"), ("mypy",), ("python", "-m", "pytest", *QUICK)):
            name, *words = command
            sys.stderr.write(f"{end}: {' '.join(command)}\n{run(programs / name, *words)}")


if __name__ == "__main__":
    os.chdir(Path(__file__).parent.parent)
    {"pin": pin, "ranges": ranges}[sys.argv[1]]()
