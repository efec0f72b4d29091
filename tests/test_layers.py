"""Imports point down and never in a circle, and each outer library has one home: read from the sources.

Source: CONTRIBUTING.md, “How the house is laid out”. A new package is given its level here.
"""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "baiti_xl"
# From the top down; what stands on one line never imports each other, except inside its own package.
LEVELS = (
    "__main__ cli excel demo serve",
    "desk",
    "scale",
    "papers books",
    "count",
    "read press",
    "contest ooxml",
    "errors",
)
LEVEL = {name: depth for depth, line in enumerate(LEVELS) for name in line.split()}
# A shell that imports a shell: `python -m baiti_xl` is the command line, which offers samples, self-test and server.
EXCEPTIONS = {("__main__", "cli"), ("cli", "demo"), ("cli", "excel"), ("cli", "serve")}
HOMES = {
    "xlwings": ("excel",),
    "docx": ("press",),
    "jinja2": ("press", "serve"),
    "markupsafe": ("press", "serve"),
    "starlette": ("serve",),
    "uvicorn": ("serve",),
    "h11": ("serve",),
    "anyio": ("serve",),
    "itsdangerous": ("serve",),
    "pypdf": ("press",),
    "win32com": ("desk",),
    "packaging": ("desk",),
    "xlsxwriter": ("books", "press.charts"),
    "pyopenvba": ("books",),
    "openpyxl": ("books", "read"),
    "python_calamine": ("read",),
    "olefile": ("read",),
    "zipfile": ("ooxml",),
    "dask": ("scale",),
    "distributed": ("scale",),
    "pyarrow": ("scale",),
    "fsspec": ("scale",),
}
# A general library knows nothing of the contest.
GENERAL = {"press": ("press", "ooxml", "errors"), "ooxml": ("ooxml", "errors")}
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path, root: Path = PACKAGE) -> str:
    """Return a file's module name inside the package: `read.cells`, "" for the package itself."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Yield every module a file imports, wherever in it; names from `baiti_xl` as modules of their own."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            yield from (f"{base}.{alias.name}" for alias in node.names) if base == "baiti_xl" else [base]


def inner(path: Path) -> Iterator[str]:
    """Yield the first part of each of our own modules that a file imports."""
    for name in imports(path):
        head, _, rest = name.partition(".")
        if head == "baiti_xl" and rest and rest != "__version__":
            yield rest.split(".")[0]


def within(module: str, home: str) -> bool:
    """Whether a module is, or lies in, another."""
    return module == home or module.startswith(f"{home}.")


def test_every_module_has_its_level() -> None:
    here = {module_of(path).split(".")[0] for path in FILES} - {""}
    assert here - set(LEVEL) == set(), "give the new module a level in LEVELS"


@pytest.mark.parametrize("path", FILES, ids=lambda p: module_of(p) or "__init__")
def test_imports_point_down(path: Path) -> None:
    own = module_of(path).split(".")[0]
    for other in dict.fromkeys(inner(path)):
        if other == own or (own, other) in EXCEPTIONS:
            continue
        assert own, "baiti_xl/__init__.py imports nothing of ours"
        assert LEVEL[own] < LEVEL[other], f"{module_of(path)} imports {other}"


def imported_modules(path: Path, known: set[str]) -> Iterator[str]:
    """Yield each of our modules that a file imports, wherever in it, for types too; a name from a package is the
    module if it is one, else the package itself.
    """
    for node in ast.walk(tree_of(path)):
        names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        for name in names:
            whole = f"{node.module}.{name}" if isinstance(node, ast.ImportFrom) else name
            head, _, inside = whole.partition(".")
            if head == "baiti_xl":
                yield inside if inside in known else inside.rpartition(".")[0]


def circle(root: Path) -> list[str]:
    """Return the modules of a package that import each other in a circle, none if none do."""
    files = sorted(root.rglob("*.py"))
    known = {module_of(path, root) for path in files}
    graph: dict[str, set[str]] = {}
    for path in files:
        own = module_of(path, root)
        graph[own] = set(imported_modules(path, known)) - {own, ""}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_in_a_circle() -> None:
    assert " → ".join(circle(PACKAGE)) == ""


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"count/a": "from baiti_xl.count import b", "count/b": "from baiti_xl.read import c"}, False),
        ({"count/a": "from baiti_xl.count import b", "count/b": "from baiti_xl.count.a import name"}, True),
        (
            {"count/a": "import baiti_xl.count.b", "count/b": "def f():\n    from baiti_xl.count import a"},
            True,
        ),
        ({"count/a": "if TYPE_CHECKING:\n    from baiti_xl import b", "b": "import baiti_xl.count.a"}, True),
        (
            {"count/__init__": "from baiti_xl.count.a import name", "count/a": "from baiti_xl import count"},
            True,
        ),
        ({"count/__init__": "from baiti_xl.count.a import name", "b": "from baiti_xl import count"}, False),
        ({"a": "from baiti_xl import __version__", "b": "from baiti_xl import a"}, False),
    ],
)
def test_a_circle_is_seen_inside_a_package_and_between_packages(
    tmp_path: Path, files: dict[str, str], found: bool
) -> None:
    for name, text in {"__init__": "", "read/c": "", **files}.items():
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert bool(circle(tmp_path)) is found


@pytest.mark.parametrize("package", GENERAL)
def test_a_general_library_knows_nothing_of_the_contest(package: str) -> None:
    used = {other for path in FILES if within(module_of(path), package) for other in inner(path)}
    assert used <= set(GENERAL[package])


def test_what_a_cluster_needs_is_imported_only_when_a_run_asks_for_it() -> None:
    """No import at the head of a module, but for type checkers."""
    at_load = [
        module_of(path)
        for path in FILES
        if not within(module_of(path), "scale")
        for node in tree_of(path).body
        if isinstance(node, ast.ImportFrom)
        and node.module in ("baiti_xl.scale.workers", "baiti_xl.scale.parts")
    ]
    assert at_load == []


@pytest.mark.parametrize("library", HOMES)
def test_each_library_has_its_home(library: str) -> None:
    users = [module_of(path) for path in FILES if library in {name.split(".")[0] for name in imports(path)}]
    strangers = [m for m in users if not any(within(m, home) for home in HOMES[library])]
    assert strangers == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: module_of(p) or "__init__")
def test_shipped_code_never_asserts(path: Path) -> None:
    """Under `python -O` an assert is gone, and with it the rule."""
    assert not [node.lineno for node in ast.walk(tree_of(path)) if isinstance(node, ast.Assert)]


def test_the_reader_of_imports_sees_what_it_should(tmp_path: Path) -> None:
    source = tmp_path / "x.py"
    source.write_text(
        "import os.path\nfrom baiti_xl import excel\ndef f():\n    from baiti_xl.contest import sheets\n"
    )
    assert list(imports(source)) == ["os.path", "baiti_xl.excel", "baiti_xl.contest"]
    assert list(inner(source)) == ["excel", "contest"]
