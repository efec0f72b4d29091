"""`build --check`: whether the built files say what their sources say, whichever versions of the libraries wrote them."""

import io
import re
import sys
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree
from sheets import repacked, replaced

from baiti_xl import desk
from baiti_xl.books import console, guide, macros, ribbon
from baiti_xl.cli import main
from baiti_xl.contest import sheets
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.desk.comparing import same
from baiti_xl.papers import catalogue

CONSOLE, TEMPLATE, RIBBON = "workbook/操作台.xlsm", "workbook/报送模板.xlsx", "workbook/百日竞赛.xlam"
NOTICE = "doc_templates/进展通报.docx"
FORM = "docs/reference/报送表.md"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ROOT = Path(__file__).parents[1]
Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The built files by name."""
    place = tmp_path_factory.mktemp("built")
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in desk.build(place)}


@pytest.fixture
def place(built: dict[str, bytes], tmp_path: Path) -> Path:
    """A folder of built files."""
    for name, data in built.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


def differing(place: Path) -> list[str]:
    """Return the files that `build --check` names."""
    return [path.as_posix() for path in desk.build(place, compare=True)]


def test_the_files_of_the_checkout_are_what_their_sources_give(built: dict[str, bytes]) -> None:
    """The formulas of 计算, which no golden holds, among them."""
    assert [name for name, data in built.items() if not same((ROOT / name).read_bytes(), data)] == []


# ── what a library may write otherwise ───────────────────────────────────────────────────────────


def stored(data: bytes) -> bytes:
    """A package with its parts in another order, and not deflated."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
    return target.getvalue()


def in_markup(change: Change) -> Change:
    """A change of every part that is XML."""
    return lambda data: repacked(
        data, lambda name, part: (name, change(part) if name.endswith((".xml", ".rels")) else part)
    )


def attributes_reversed(part: bytes) -> bytes:
    """XML with the attributes of every element in the opposite order."""
    root = etree.fromstring(part)
    for element in root.iter(etree.Element):
        held = list(element.attrib.items())
        element.attrib.clear()
        for key, value in reversed(held):
            element.set(key, value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def heights_not_rounded(part: bytes) -> bytes:
    """Rows a quarter of a point higher than their whole pixels, which on a screen is nothing."""

    def higher(found: re.Match[bytes]) -> bytes:
        return found[1] + b"%.2f" % (int(float(found[2]) * 4 / 3 + 0.5) * 0.75 + 0.25)

    return re.sub(rb'(<row[^>]*? ht=")([\d.]+)', higher, part)


def formats_reversed(part: bytes) -> bytes:
    """A sheet whose conditional formats stand in the opposite order."""
    root = etree.fromstring(part)
    formats = root.findall(f"{MAIN}conditionalFormatting")
    for before, after in pairwise(formats):
        before.addprevious(after)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@pytest.mark.parametrize(
    ("name", "otherwise"),
    [
        *((name, stored) for name in (CONSOLE, TEMPLATE, RIBBON, NOTICE)),
        *((name, in_markup(attributes_reversed)) for name in (CONSOLE, TEMPLATE, RIBBON, NOTICE)),
        *((name, in_markup(heights_not_rounded)) for name in (CONSOLE, TEMPLATE)),
        (TEMPLATE, in_markup(formats_reversed)),
    ],
)
def test_what_a_library_writes_otherwise_is_forgiven(
    built: dict[str, bytes], name: str, otherwise: Change
) -> None:
    kept = otherwise(built[name])
    assert kept != built[name]
    assert same(kept, built[name])


def test_another_version_of_xlwings_is_forgiven(
    built: dict[str, bytes], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = macros.xlwings_source
    monkeypatch.setattr(macros, "xlwings_source", lambda name: macros.VERSION.sub("0.99.10b2", real(name)))
    assert differing(place) == []
    desk.build(place)
    changed = [name for name, data in built.items() if (place / name).read_bytes() != data]
    assert changed == [CONSOLE, RIBBON]


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def with_one_more(data: bytes) -> bytes:
    """A package with a part that nobody made."""
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as package:
        package.writestr("more.bin", b"?")
    return target.getvalue()


EDITS = [
    (TEMPLATE, lambda data: replaced(data, "xl/sharedStrings.xml", "来访".encode(), "到访".encode())),
    (TEMPLATE, lambda data: replaced(data, "xl/worksheets/sheet5.xml", b'priority="1"', b'priority="99"')),
    (TEMPLATE, lambda data: replaced(data, "xl/worksheets/sheet2.xml", b' ht="', b' ht="1')),
    (CONSOLE, with_one_more),
    (CONSOLE, lambda data: data[:-30]),
    (CONSOLE, lambda data: data[:3000] + b"?" * 50 + data[3050:]),
    (CONSOLE, lambda data: replaced(data, "xl/workbook.xml", b"<sheets>", b"<sheets")),
    (CONSOLE, lambda data: replaced(data, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0", b"\xd0\xcf\x11\xe1")),
    (RIBBON, lambda data: replaced(data, "customUI/customUI14.xml", "校验".encode(), "检验".encode())),
    (NOTICE, lambda data: replaced(data, "word/document.xml", "竞赛".encode(), "比赛".encode())),
    (NOTICE, lambda _: b""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "edit"), EDITS)
def test_a_built_file_that_was_edited_is_another(built: dict[str, bytes], name: str, edit: Change) -> None:
    assert not same(edit(built[name]), built[name])


def test_every_file_that_differs_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / NOTICE).write_bytes((place / NOTICE).read_bytes()[:-1])
    (place / RIBBON).unlink()
    (place / "doc_templates/旧通报.docx").write_bytes(b"?")
    monkeypatch.chdir(place)
    answer = CliRunner().invoke(main, ["build", "--check"])
    assert (answer.exit_code, answer.stderr) == (
        1,
        "".join(f"与源文件不一致：{Path(name)}\n" for name in (RIBBON, NOTICE, "doc_templates/旧通报.docx")),
    )
    assert CliRunner().invoke(main, ["build"]).exit_code == 0
    assert differing(place) == ["doc_templates/旧通报.docx"]


@pytest.mark.parametrize(
    ("module", "name", "value", "files"),
    [
        (guide, "GUIDE", ("1. 先填“封面”。",), [TEMPLATE, FORM]),
        (console, "HOME", "首 页", [CONSOLE]),
        (ribbon, "custom_ui", lambda: b"<customUI/>", [RIBBON]),
        (macros, "source", lambda name: f'Attribute VB_Name = "{name}"\n', [CONSOLE, RIBBON]),
        (macros, "xlwings_source", lambda name: 'Attribute VB_Name = "xlwings"\n', [CONSOLE, RIBBON]),
    ],
)
def test_a_source_that_changed_is_told_by_the_files_made_from_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, value: object, files: list[str]
) -> None:
    monkeypatch.setattr(module, name, value)
    assert differing(place) == files


def test_one_heading_that_changed_is_told(place: Path) -> None:
    column = sheets.VISITS.columns[-1]
    heading = column.heading
    try:
        object.__setattr__(column, "heading", f"{heading}等")
        assert differing(place) == [TEMPLATE, FORM]
    finally:
        object.__setattr__(column, "heading", heading)


def test_one_word_of_a_paper_that_changed_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = catalogue.source_of
    monkeypatch.setattr(
        catalogue, "source_of", lambda k: real(k).replace("现将", "兹将") if k == "进展通报" else real(k)
    )
    assert "现将" in real("进展通报")
    assert differing(place) == [NOTICE]


# ── without the tools that build macros ──────────────────────────────────────────────────────────


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> str:
    """Take away what builds macros, or break it; return what is told."""
    match package:
        case "pyOpenVBA":
            monkeypatch.setitem(sys.modules, "pyopenvba", None)
            return '生成带按钮的工作簿需要 pyOpenVBA：请运行 pip install "pyOpenVBA'
        case "xlwings":
            monkeypatch.setattr(macros, "find_spec", lambda _: None)
            return '生成带按钮的工作簿需要 xlwings：请运行 pip install "xlwings'
        case "another xlwings":
            monkeypatch.setattr(macros, "PATCHES", (*macros.PATCHES, macros.Patch("no such line", "")))
            return 'xlwings 的这个版本与本程序不配套（no such line）：请运行 pip install "xlwings'
    monkeypatch.setattr("pyopenvba.ExcelFile.add_vba_project", lambda _: 1 / 0)
    return 'pyOpenVBA 没能读写宏（division by zero）：请运行 pip install "pyOpenVBA'


PACKAGES = ("pyOpenVBA", "another pyOpenVBA", "xlwings", "another xlwings")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_console_without_buttons_is_named_so_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    why = without(monkeypatch, package)
    answer = CliRunner().invoke(main, ["init", str(tmp_path / "竞赛")])
    assert (answer.exit_code, answer.stdout) == (0, "")
    *_, told = answer.stderr.splitlines()
    assert told.casefold().startswith(f"注意：操作台没有按钮，写成了 操作台.xlsx。{why}".casefold())
    assert told.endswith(
        "装好后换一个新文件夹再运行 init，就有按钮；不装也能用：首页上每个按钮的位置写着作用相同的命令。"
    )
    assert {path.name for path in (tmp_path / "竞赛").glob("操作台*")} == {"操作台.xlsx"}
    assert desk.load_rules(tmp_path / "竞赛" / "操作台.xlsx") == default_rulebook()


def test_with_the_tools_nothing_is_told_and_there_are_buttons(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["init", str(tmp_path / "竞赛")])
    assert answer.exit_code == 0
    assert all(line.startswith("已写入 ") for line in answer.stderr.splitlines())
    assert {path.name for path in (tmp_path / "竞赛").glob("操作台*")} == {"操作台.xlsm"}


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("words", [["build"], ["build", "--check"]])
def test_a_build_without_buttons_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, package: str, words: list[str]
) -> None:
    why = without(monkeypatch, package)
    monkeypatch.chdir(place)
    before = (place / CONSOLE).read_bytes()
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 2
    assert answer.stderr.casefold().startswith(f"错误：{why}".casefold())
    assert (place / CONSOLE).read_bytes() == before
