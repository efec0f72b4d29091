"""Wheels: those that a Python on another computer needs, fetched by pip, and that of this program.

pip works out the markers of a dependency (`; platform_system == "Windows"`) for the computer on which it runs, also
when it fetches for another. So what is needed is worked out here, and pip fetches it by name, without dependencies.
"""

import base64
import csv
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import BytesParser
from importlib import metadata
from pathlib import Path
from typing import cast

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, sys_tags
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename

from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.shipped import PACKAGE, shipped
from baiti_xl.ooxml.zips import entries_of, packed, zipped

PROGRAM = "baiti-xl"
WINDOWS, THIS = "win_amd64", "this"
SECONDS = 900  # for one run of pip
QUIET = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2", "--timeout", "20")
OF_INSTALLER = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
OF_WINDOWS = {
    "os_name": "nt",
    "sys_platform": "win32",
    "platform_system": "Windows",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What wheels are for: a platform and a Python, such as 3.12."""

    platform: str
    python: str

    @property
    def options(self) -> tuple[str, ...]:
        """Return how pip is told; of this computer it knows by itself."""
        if self.platform == THIS:
            return ()
        return ("--platform", self.platform, "--python-version", self.python, "--implementation", "cp")

    @property
    def environment(self) -> dict[str, str]:
        """Return what markers ask of it."""
        here = cast(dict[str, str], default_environment())
        if self.platform == THIS:
            return here
        python = {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        return {**here, **OF_WINDOWS, **python, "implementation_version": f"{self.python}.0"}

    @property
    def tags(self) -> frozenset[Tag]:
        """Return the tags of the wheels that fit it."""
        if self.platform == THIS:
            return frozenset(sys_tags())
        major, minor = map(int, self.python.split("."))
        cpython, places = f"cp{major}{minor}", [self.platform]
        own = cpython_tags((major, minor), abis=[cpython], platforms=places)
        return frozenset([*own, *compatible_tags((major, minor), interpreter=cpython, platforms=places)])

    def fits(self, wheel: Path) -> bool:
        """Whether a wheel can be installed there."""
        return not self.tags.isdisjoint(parse_wheel_filename(wheel.name)[3])


def fetch(folder: Path, target: Target) -> None:
    """Fetch every wheel that the program's own in a folder needs there, beside those that fit already. Raises ActionError."""
    pins = shipped("constraints.txt")
    pinned = ("--constraint", str(pins)) if pins else ()
    before: list[Requirement] = []
    while missing := lacking(folder, target):
        if missing == before:
            names = "、".join(one.name for one in missing)
            raise ActionError(
                f"取到的 {names} 在 {target.platform} 的 Python {target.python} 上用不了。请换一个 --python 再试。"
            )
        before = missing
        wanted = [f"{one.name}{one.specifier}" for one in missing]
        pip("download", "--no-deps", "--only-binary=:all:", "--dest", str(folder), *pinned, *target.options, *wanted,
            what=f"Python {target.python} 的安装包")  # fmt: skip


def lacking(folder: Path, target: Target) -> list[Requirement]:
    """Return what the program's own wheel in a folder needs in a place, and no wheel there is."""
    there = {name_of(wheel): wheel for wheel in folder.glob("*.whl") if target.fits(wheel)}
    return [need for name, need in needed(there, target).items() if name not in there]


def needed(there: Mapping[NormalizedName, Path], target: Target) -> dict[NormalizedName, Requirement]:
    """Return what the program needs in a place, in turn, as far as wheels that are there, or are installed here, tell."""
    found: dict[NormalizedName, Requirement] = {}
    left = [Requirement(PROGRAM)]
    while left:
        for need in needs(left.pop(), there, target):
            if canonicalize_name(need.name) not in found:
                found[canonicalize_name(need.name)] = need
                left.append(need)
    return dict(sorted(found.items()))


def needs(of: Requirement, there: Mapping[NormalizedName, Path], target: Target) -> Iterator[Requirement]:
    """Yield what one package needs in a place, with the extras asked of it."""
    wheel = there.get(canonicalize_name(of.name))
    environments = [{**target.environment, "extra": extra} for extra in ("", *of.extras)]
    for need in map(Requirement, requirements(wheel) if wheel else installed_requirements(of.name)):
        if need.marker is None or any(map(need.marker.evaluate, environments)):
            yield need


def requirements(wheel: Path) -> list[str]:
    """Return what a wheel says that it needs."""
    told = next(e for e in entries_of(wheel.read_bytes()) if e.name.endswith(".dist-info/METADATA"))
    return list(BytesParser().parsebytes(told.data()).get_all("Requires-Dist", []))


def installed_requirements(name: str) -> list[str]:
    """Return what a package that is installed here says that it needs; none if it is not."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def name_of(wheel: Path) -> NormalizedName:
    """Return the name of a wheel's package."""
    return parse_wheel_filename(wheel.name)[0]


# ── the program's own ────────────────────────────────────────────────────────────────────────────


def own_wheel(folder: Path) -> Path:
    """Write the program's own wheel into a folder: built in a checkout, else made again of what is installed. Raises ActionError."""
    checkout = PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(checkout), what="本程序的安装包")
        return next(folder.glob("*.whl"))
    name, data = remade(metadata.distribution(PROGRAM))
    (folder / name).write_bytes(data)
    return folder / name


def remade(package: metadata.Distribution) -> tuple[str, bytes]:
    """Return the wheel from which a package was installed, its name and bytes; without what installing adds."""
    files = {
        file.as_posix(): Path(str(package.locate_file(file))).read_bytes()
        for file in sorted(package.files or ())
        if not (".." in file.parts or file.suffix == ".pyc" or of_installer(file))
    }
    told = next(name for name in files if name.endswith(".dist-info/WHEEL"))
    record = f"{told.removesuffix('WHEEL')}RECORD"
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(
        [*((name, digest(data), len(data)) for name, data in files.items()), (record, "", "")]
    )
    whole = {**files, record: lines.getvalue().encode()}
    tags = BytesParser().parsebytes(files[told]).get_all("Tag", [])
    tag = "-".join(".".join(sorted(set(parts))) for parts in zip(*(t.split("-") for t in tags), strict=True))
    name = canonicalize_name(package.metadata["Name"]).replace("-", "_")
    return f"{name}-{package.version}-{tag}.whl", zipped(packed(n, d) for n, d in whole.items())


def of_installer(file: metadata.PackagePath) -> bool:
    """Whether a file was written by what installed the package."""
    return file.name in OF_INSTALLER and file.parent.name.endswith(".dist-info")


def digest(data: bytes) -> str:
    """Return the digest of a file as a wheel's list has it."""
    return f"sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')}"


# ── pip ──────────────────────────────────────────────────────────────────────────────────────────


def pip(*words: str, what: str) -> None:
    """Run pip, by its command line, which is its public side. Raises ActionError if `what` was asked could not be had."""
    command = (sys.executable, "-P", "-m", "pip", *words, *QUIET)
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise ActionError(f"{what}没有取到：等了 {SECONDS // 60} 分钟。请检查网络，再试一次。") from error
    if answer.returncode:
        raise ActionError(
            f"{what}没有取到，什么也没有写出（{reason(answer.stderr)}）。请检查这台电脑的网络和 pip 的设置，再试一次。"
        )


def reason(told: str) -> str:
    """Return what pip says was wrong, its last error in one line."""
    lines: Sequence[str] = [line.strip() for line in told.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["pip 没有说明原因"])[-1][:200]
