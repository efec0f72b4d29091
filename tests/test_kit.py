"""The kit for computers without internet: what it holds, that it installs with no index, and what doctor says beside it.

The Windows side was resolved, not run: nothing here was seen on Windows.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_pins import PINS, PRODUCT, pinned

from baiti_xl import __version__
from baiti_xl.desk import kit, wheels
from baiti_xl.desk.doctor import Surroundings, kit_beside
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.machine import Machine
from baiti_xl.desk.wheels import THIS, WINDOWS, Target

ROOT = Path(__file__).parent.parent
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
PINS_BY_NAME = {str(name): version for name, version in PINS.items()}
ENDS = (kit.PYTHONS[0], kit.PYTHONS[-1])


# ── what each Python needs ───────────────────────────────────────────────────────────────────────


def wheel(folder: Path, name: str, *needs: str) -> Path:
    """Write a wheel with nothing in it but what it needs."""
    path = folder / name
    package, version, *_ = name.split("-")
    told = "".join(f"Requires-Dist: {need}\n" for need in needs)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            f"{package}-{version}.dist-info/METADATA", f"Name: {package}\nVersion: {version}\n{told}"
        )
    return path


@pytest.mark.parametrize(
    ("python", "platform", "needs"),
    [
        ("3.11", WINDOWS, "none-a none-b none-c none-e none-f"),
        ("3.14", WINDOWS, "none-a none-b none-e"),
    ],
)
def test_markers_are_worked_out_for_the_other_computer(
    tmp_path: Path, python: str, platform: str, needs: str
) -> None:
    own = wheel(
        tmp_path,
        "baiti_xl-1-py3-none-any.whl",
        "none-a>=1 ; platform_system == 'Windows'",
        "none-b[more] ; sys_platform == 'win32' and os_name == 'nt'",
        "none-c ; python_version < '3.13'",
        "none-d ; sys_platform == 'linux' or platform_machine == 'x86_64'",
        "none-x ; extra == 'dev'",
    )
    two = wheel(tmp_path, "none_b-1-py3-none-any.whl", "none-e ; extra == 'more'", "none-x ; extra == 'less'")
    three = wheel(tmp_path, "none_c-1-cp311-cp311-win_amd64.whl", "none-f", "none-c")
    there = {wheels.name_of(path): path for path in (own, two, three)}
    found = wheels.needed(there, Target(platform, python))
    assert " ".join(found) == needs
    lacking = [str(need).partition(";")[0] for need in wheels.lacking(tmp_path, Target(platform, python))]
    assert lacking[0].startswith("none-a>=1")


@pytest.mark.parametrize(
    ("tag", "fitting"),
    [
        ("py3-none-any", "3.11 3.12 3.13 3.14"),
        ("py2.py3-none-any", "3.11 3.12 3.13 3.14"),
        ("cp311-abi3-win_amd64", "3.11 3.12 3.13 3.14"),
        ("cp313-abi3-win_amd64", "3.13 3.14"),
        ("cp312-cp312-win_amd64", "3.12"),
        ("cp313-cp313t-win_amd64", ""),
        ("cp312-cp312-win32", ""),
        ("cp312-cp312-manylinux_2_17_x86_64", ""),
    ],
)
def test_which_pythons_a_wheel_fits(tag: str, fitting: str) -> None:
    path = Path(f"a-1-{tag}.whl")
    assert [p for p in kit.PYTHONS if Target(WINDOWS, p).fits(path)] == fitting.split()


def test_the_list_says_which_pythons_need_a_version_and_what_its_bytes_are(tmp_path: Path) -> None:
    files = [wheel(tmp_path, name) for name in ("a-1-py3-none-any.whl", "b-2-cp311-cp311-win_amd64.whl")]
    first, every, some = kit.listing(files, [Target(WINDOWS, p) for p in ENDS]).splitlines()
    assert first == f"# baiti-xl {__version__} win_amd64 3.11 3.14"
    assert re.fullmatch(r"a==1 --hash=sha256:[0-9a-f]{64}", every)
    assert re.fullmatch(r'b==2 ; python_version == "3\.11" --hash=sha256:[0-9a-f]{64}', some)


# ── the texts ────────────────────────────────────────────────────────────────────────────────────


def test_the_installer_reads_the_same_in_every_code_page() -> None:
    text = kit.text_of("install.bat", kit.words_of(kit.PYTHONS), "ascii").decode("ascii")
    lines = text.split("\r\n")
    assert "\n" not in "".join(lines)
    assert lines[0] == "@echo off"
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert set(re.findall(r"goto (\w+)", text)) <= labels
    assert "in (3.14 3.13 3.12 3.11) do" in text
    assert kit.LIST in text and kit.WHEELS in text


@pytest.mark.parametrize("versions", [kit.PYTHONS, ("3.11",), ("3.99",)])
def test_the_installer_takes_only_a_python_that_fits(versions: tuple[str, ...]) -> None:
    """Its question to a Python, asked of this one."""
    text = kit.text_of("install.bat", kit.words_of(versions), "ascii").decode("ascii")
    asked = re.search(r'"FITS=(.+)"', text)
    assert asked
    answer = subprocess.run([sys.executable, "-I", "-c", asked[1]], check=False)
    assert (answer.returncode == 0) is (f"{sys.version_info[0]}.{sys.version_info[1]}" in versions)


def test_the_page_opens_in_notepad() -> None:
    data = b"\xef\xbb\xbf" + kit.text_of("instructions.txt", kit.words_of(kit.PYTHONS), "utf-8")
    text = data.decode("utf-8-sig")
    assert f"百日竞赛程序 {__version__}" in text
    assert "3.11、3.12、3.13、3.14 之一" in text
    assert text.count("\n") == text.count("\r\n")
    assert kit.INSTALLER in text and "{" not in text


# ── beside a kit ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("place", "head", "found"),
    [
        ("wheels/list.txt", "# baiti-xl 1.0 win_amd64 3.11", ("1.0", "win_amd64")),
        ("U盘/wheels/list.txt", "# baiti-xl 2.0 this 3.11", ("2.0", "this")),
        ("wheels/list.txt", "click==8", None),
        ("list.txt", "# baiti-xl 1.0 win_amd64 3.11", None),
    ],
)
def test_a_kit_is_known(tmp_path: Path, place: str, head: str, found: tuple[str, str] | None) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(f"{head}\nclick==8\n")
    assert kit.beside(tmp_path) == found


SAME = f"正常　旁边的安装包是 {__version__}，已装的就是这一版"
OTHER = f"注意　旁边的安装包是 0.0.1，已装的是 {__version__}　→ 要装安装包里的那一版，请关闭 Excel，"
BY_HAND = (
    "在它的文件夹里运行 python -m pip install --no-index --find-links wheels --require-hashes -r wheels/list.txt，"
    "再运行 baiti-xl excel install"
)


@pytest.mark.parametrize(
    ("system", "found", "told"),
    [
        ("win32", None, []),
        ("win32", kit.Found(__version__, "win_amd64"), [SAME]),
        ("win32", kit.Found("0.0.1", "win_amd64"), [f"{OTHER}双击其中的 安装.bat"]),
        ("win32", kit.Found("0.0.1", "this"), [OTHER + BY_HAND]),
        ("darwin", kit.Found(__version__, "this"), [SAME]),
        ("darwin", kit.Found("0.0.1", "this"), [OTHER + BY_HAND]),
        ("darwin", kit.Found("0.0.1", "win_amd64"), []),
    ],
)
def test_doctor_says_what_kit_for_this_computer_lies_beside(
    system: str, found: kit.Found | None, told: list[str]
) -> None:
    seen = Surroundings(Machine(system, {}, Path("/h"), Path("/p")), Path("/f"), kit=found)
    assert [str(finding) for finding in kit_beside(seen)] == told


# ── without a network ────────────────────────────────────────────────────────────────────────────


def run(*words: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run this Python without the network, with some variables."""
    whole = {**os.environ, **OFFLINE, **environ}
    return subprocess.run(
        [sys.executable, *map(str, words)], env=whole, capture_output=True, text=True, check=False
    )


def installed_tree(site: Path) -> None:
    """Lay the program out as pip installs its wheel: from the checkout, with what pyproject.toml adds."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "baiti_xl", site / "baiti_xl", ignore=shutil.ignore_patterns("__pycache__"))
    for source, target in told["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].items():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        (site / target).parent.mkdir(exist_ok=True)
        copy(ROOT / source, site / target)
    info = site / f"baiti_xl-{__version__}.dist-info"
    info.mkdir()
    needs = "".join(f"Requires-Dist: {need}\n" for need in told["project"]["dependencies"])
    head = f"Metadata-Version: 2.4\nName: baiti-xl\nVersion: {__version__}\n"
    (info / "METADATA").write_text(f"{head}{needs}")
    (info / "WHEEL").write_text(
        "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    (info / "entry_points.txt").write_text("[console_scripts]\nbaiti-xl = baiti_xl.cli:main\n")
    (info / "INSTALLER").write_text("pip\n")
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    record = "".join(f"{name},,\n" for name in names)
    (info / "RECORD").write_text(f"{record}baiti_xl-{__version__}.dist-info/RECORD,,\n../../bin/baiti-xl,,\n")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with wheels of all that the program needs, made of what is installed here."""
    folder = tmp_path_factory.mktemp("shelf")
    left, seen = list(PRODUCT), set()
    while left:
        name = canonicalize_name(left.pop().name)
        if name not in seen:
            seen.add(name)
            file, data = wheels.remade(metadata.distribution(name))
            (folder / file).write_bytes(data)
            needs = map(Requirement, metadata.requires(name) or [])
            left += [n for n in needs if n.marker is None or n.marker.evaluate({"extra": ""})]
    yield folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as pip installs it."""
    folder = tmp_path_factory.mktemp("site")
    installed_tree(folder)
    return folder


def test_a_wheel_made_again_is_the_one_that_was_installed(site: Path) -> None:
    (package,) = metadata.distributions(path=[str(site)])
    name, data = wheels.remade(package)
    assert name == f"baiti_xl-{__version__}-py3-none-any.whl"
    assert wheels.remade(package) == (name, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        info = f"baiti_xl-{__version__}.dist-info"
        assert f"{info}/RECORD" in names and f"{info}/INSTALLER" not in names
        assert not [n for n in names if n.startswith("..")]
        assert {"baiti_xl/desk/kit_files/install.bat", "baiti_xl/_shipped/constraints.txt"} <= names
        record = archive.read(f"{info}/RECORD").decode().splitlines()
    assert {line.rsplit(",", 2)[0].strip('"') for line in record} == names


@pinned
def test_a_kit_of_this_platform_installs_with_no_index(tmp_path: Path, shelf: Path, site: Path) -> None:
    """Made by an installed program, without a network; installed beside nothing else; and it works."""
    out, target = tmp_path / "out", tmp_path / "target"
    made = run("-P", "-m", "baiti_xl", "kit", "--platform", THIS, "--out", out,
               PYTHONPATH=str(site), PIP_FIND_LINKS=str(shelf))  # fmt: skip
    assert made.returncode == 0, made.stderr
    (place,) = out.iterdir()
    assert place.name == f"百日竞赛安装包_{__version__}_this"
    assert sorted(path.name for path in place.iterdir()) == [kit.WHEELS, kit.PAGE]
    done = run("-m", "pip", "install", "-q", "--no-index", "--find-links", place / kit.WHEELS, "--require-hashes",
               "--no-compile", "--target", target, "-r", place / kit.WHEELS / kit.LIST)  # fmt: skip
    assert done.returncode == 0, done.stderr
    start = f"import sys; sys.path.insert(0, {str(target)!r}); from baiti_xl.cli import main; main()"
    begun = run("-I", "-S", "-c", start, "init", tmp_path / "竞赛")
    assert begun.returncode == 0, begun.stderr
    assert (tmp_path / "竞赛" / "操作台.xlsm").is_file()
    assert "HASHES" in spoilt(place / kit.WHEELS, "click", tmp_path)


def spoilt(folder: Path, package: str, tmp_path: Path) -> str:
    """Spoil one wheel of a kit and return what pip says when it is to be installed."""
    file = next(folder.glob(f"{package}-*.whl"))
    file.write_bytes(file.read_bytes() + b"\0")
    (line,) = [one for one in (folder / kit.LIST).read_text().splitlines() if one.startswith(f"{package}==")]
    (tmp_path / "one.txt").write_text(line)
    done = run("-m", "pip", "install", "-q", "--no-index", "--find-links", folder, "--require-hashes",
               "--target", tmp_path / "again", "-r", tmp_path / "one.txt")  # fmt: skip
    assert done.returncode
    return done.stderr


def test_without_a_network_nothing_is_written_and_one_sentence_said(tmp_path: Path, site: Path) -> None:
    made = run(
        "-P", "-m", "baiti_xl", "kit", "--out", tmp_path / "out", "--python", "3.12", PYTHONPATH=str(site)
    )
    assert made.returncode == 2
    (told,) = made.stderr.splitlines()
    assert re.match(r"错误：.+没有取到，什么也没有写出（.+）。请检查这台电脑的网络", told)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("platform", "pythons", "told"),
    [("win32", ("3.12",), "做不了 win32 用的安装包。可以写的是：win_amd64、this。"),
     (WINDOWS, ("3.12", "3.9"), "做不了 3.9 用的安装包。可以写的是：3.11、3.12、3.13、3.14。")],
)  # fmt: skip
def test_what_no_kit_is_made_for(tmp_path: Path, platform: str, pythons: tuple[str, ...], told: str) -> None:
    with pytest.raises(ActionError, match=re.escape(told)):
        kit.make(tmp_path / "out", platform, pythons)


# ── with a network ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not os.environ.get("BAITI_WHOLE"), reason="set BAITI_WHOLE=1: fetches 20 MB")
def test_every_wheel_for_windows_is_there(tmp_path: Path) -> None:
    """For the newest Python, for which wheels come last; built in the checkout, fetched from the index."""
    try:
        wheels.pip(
            "download", "--no-deps", "--dest", str(tmp_path), f"click=={PINS_BY_NAME['click']}", what=""
        )
    except ActionError as error:
        pytest.skip(f"no package index: {error}")
    python = kit.PYTHONS[-1]
    place = kit.make(tmp_path / "out", pythons=[python])
    assert sorted(path.name for path in place.iterdir()) == [kit.WHEELS, kit.INSTALLER, kit.PAGE]
    assert wheels.lacking(place / kit.WHEELS, Target(WINDOWS, python)) == []
    lines = (place / kit.WHEELS / kit.LIST).read_text().splitlines()
    held = {line.partition("==")[0]: line.split("==")[1].split()[0] for line in lines[1:]}
    assert {"baiti-xl", "lxml", "pywin32", "xlwings"} <= set(held)
    assert held == {name: PINS_BY_NAME.get(name, __version__) for name in held}, "pin what Windows needs"
    assert not [path for path in (place / kit.WHEELS).glob("*.whl") if re.search("linux|macos", path.name)]
