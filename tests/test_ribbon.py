"""The add-in and the VBA of both files: what is in them, that it is sound, and what a click runs."""

import importlib
import importlib.util
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openxml_audit import OpenXmlValidator
from pyopenvba import ExcelFile
from pyopenvba.apps.excel import ExcelApplication

from baiti_xl.books import macros
from baiti_xl.books.console import write_console
from baiti_xl.books.macros import CONSOLE_BUTTONS, RIBBON_BUTTONS, TEXTS, Button
from baiti_xl.books.ribbon import CUSTOM_UI, write_ribbon
from baiti_xl.contest.loading import default_rulebook

OURS = ("Guard", "Buttons", "Ribbon", "Functions")
UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
KNOWN = {
    "customUI": set(),
    "ribbon": set(),
    "tabs": set(),
    "tab": {"id", "label"},
    "group": {"id", "label"},
    "button": {"id", "label", "imageMso", "size", "onAction", "screentip", "supertip"},
}
STUB = """
Public Ran As String
Public Python As String
Public Function RunPython(command As String)
    Ran = Ran & command & "|" & ActiveSheet.ProtectContents
    {ran}
End Function
Public Function GetConfig(key As String) As String
    GetConfig = Python
End Function
Public Function FileExists(path As String) As Boolean
    FileExists = (path = "C:\\baiti\\python.exe")
End Function
Public Function Click(macro As String, interpreter As String) As String
    Python = interpreter
    Application.Run macro{argument}
    Click = Ran
End Function
Public Sub Lock()
    ActiveSheet.Protect AllowSorting:=True, AllowFormattingCells:=True
End Sub
Public Function Locks() As String
    With ActiveSheet.Protection
        Locks = ActiveSheet.ProtectContents & " " & .AllowSorting & " " & .AllowFormattingCells & " " & .AllowFiltering
    End With
End Function
"""
PYTHON = "C:\\baiti\\python.exe"


def built(write: Callable[[io.BytesIO], None]) -> bytes:
    target = io.BytesIO()
    write(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def addin() -> bytes:
    return built(write_ribbon)


@pytest.fixture(scope="module")
def console() -> bytes:
    return built(lambda target: write_console(target, default_rulebook()))


@pytest.fixture(params=["addin", "console"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / {"addin": "百日竞赛.xlam", "console": "操作台.xlsm"}[request.param]
    path.write_bytes(request.getfixturevalue(request.param))
    return path


def modules(path: Path) -> dict[str, str]:
    """Return the VBA in a file by module."""
    with ExcelFile(str(path)) as file:
        return {name: file.get_module(name) for name in file.module_names()}


def code(text: str) -> list[str]:
    """Return the lines of VBA without comments."""
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith("'")]


# ── the files ────────────────────────────────────────────────────────────────────────────────────


def test_built_twice_the_bytes_are_the_same(addin: bytes, console: bytes) -> None:
    assert built(write_ribbon) == addin
    assert built(lambda target: write_console(target, default_rulebook())) == console


def test_the_packages_are_valid(file: Path) -> None:
    result = OpenXmlValidator().validate(file)
    assert [str(error) for error in result.errors] == []


def test_code_names_are_those_of_the_document_modules(file: Path) -> None:
    package = zipfile.ZipFile(file)
    book = package.read("xl/workbook.xml").decode()
    sheets = [n for n in package.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)]
    names = re.findall(r'<workbookPr[^>]* codeName="(\w+)"', book)
    for sheet in sheets:
        names += re.findall(r'<sheetPr[^>]*codeName="(\w+)"', package.read(sheet).decode())
    documents = [n for n, text in modules(file).items() if "VB_PredeclaredId = True" in text]
    assert sorted(names) == sorted(documents)
    assert len(names) == len(sheets) + 1


def test_the_project_bears_no_module_s_name(file: Path) -> None:
    with ExcelFile(str(file)) as held:
        names = {name.lower() for name in held.module_names()}
        assert held.vba_project().name.lower() not in names


def test_nothing_runs_by_itself(file: Path) -> None:
    text = "\n".join(line for t in modules(file).values() for line in code(t))
    assert not re.search(r"(?i)\b(auto_?open|auto_?close|workbook_\w+|worksheet_\w+|auto_\w+)\s*\(", text)
    documents = [t for t in modules(file).values() if "VB_PredeclaredId = True" in t]
    assert all(line.startswith("Attribute") for t in documents for line in code(t))


def test_nothing_phones_out_and_no_path_is_built_in(file: Path) -> None:
    lines = [line for text in modules(file).values() for line in code(text)]
    assert not [li for li in lines if re.search(r"(?i)xmlhttp|winhttp|urlmon|https?://|ftp:|WebRequest", li)]
    package = zipfile.ZipFile(file)
    for name in package.namelist():
        data = package.read(name)
        assert str(Path(__file__).parent.parent).encode() not in data, name
        assert b"/root" not in data, name
        assert b"/tmp" not in data or name == "xl/vbaProject.bin", name  # xlwings' own log on a Mac
        assert not re.search(rb"[A-Z]:\\\\?(Users|work|tmp)", data), name
    assert not [n for n in package.namelist() if "externalLink" in n or "connections" in n]


def test_the_add_in_is_one_and_holds_its_tab(addin: bytes) -> None:
    package = zipfile.ZipFile(io.BytesIO(addin))
    assert b"application/vnd.ms-excel.addin.macroEnabled.main+xml" in package.read("[Content_Types].xml")
    assert CUSTOM_UI.encode() in package.read("_rels/.rels")
    assert package.read(CUSTOM_UI).decode().count("<button") == len(RIBBON_BUTTONS)


# ── the tab ──────────────────────────────────────────────────────────────────────────────────────


def tab() -> Any:
    path = Path(macros.__file__).with_name("customUI.xml")
    return etree.fromstring(path.read_bytes())


def test_every_element_and_attribute_of_the_tab_is_known() -> None:
    for element in tab().iter():
        name = element.tag.removeprefix(UI)
        assert name in KNOWN
        assert set(element.attrib) <= KNOWN[name], name
        assert all(element.attrib.values())


def test_ids_of_the_tab_are_unique() -> None:
    ids = [e.get("id") for e in tab().iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(len(e.get("supertip", "")) <= 1024 for e in tab().iter())


def test_every_control_has_a_callback_with_the_right_signature() -> None:
    text = macros.source("Ribbon")
    for button in tab().iter(f"{UI}button"):
        assert f"Public Sub {button.get('onAction')}(control As IRibbonControl)" in text


def test_the_tab_and_the_table_of_buttons_agree() -> None:
    found = [(b.get("label"), b.get("onAction")) for b in tab().iter(f"{UI}button")]
    assert found == [(b.label, b.macro) for b in RIBBON_BUTTONS]


# ── the VBA ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", OURS)
def test_sources_are_ascii_with_short_lines(name: str) -> None:
    text = macros.source(name)
    assert text.isascii()
    assert text.startswith(f'Attribute VB_Name = "{name}"\n')
    assert max(map(len, text.splitlines())) < 130
    assert "Option Explicit" in text


@pytest.mark.parametrize("name", OURS)
def test_sources_parse(name: str) -> None:
    if importlib.util.find_spec("antlr4_vba") is None:
        pytest.skip("antlr4-vba is not installed")
    antlr4: Any = importlib.import_module("antlr4")
    lexer: Any = importlib.import_module("antlr4_vba.vbaLexer")
    parser: Any = importlib.import_module("antlr4_vba.vbaParser")
    text = macros.source(name).replace("\n", "\r\n")
    tokens = antlr4.CommonTokenStream(lexer.vbaLexer(antlr4.InputStream(text)))
    parsed = parser.vbaParser(tokens)
    parsed.removeErrorListeners()
    parsed.startRule()
    assert parsed.getNumberOfSyntaxErrors() == 0


def test_every_sentence_that_the_vba_asks_for_is_there() -> None:
    asked = re.findall(r'(?:Say\(|Obstacle = )"(\w+)"', "".join(macros.source(n) for n in OURS))
    assert set(asked) == set(TEXTS)


def test_settings_never_come_from_the_open_book() -> None:
    text = macros.xlwings_source(macros.ADDIN)
    config = text[text.index("Function GetConfig(") : text.index("Function SaveConfigToFile")]
    assert "ActiveWorkbook" not in config.split("' Directory Config")[0]
    assert 'If source = "directory" Then' in config
    for name in (macros.ADDIN, macros.STANDALONE):
        patched = macros.xlwings_source(name)
        assert f'PROJECT_NAME As String = "{macros.PROJECT}"' in patched
        assert "uses_embedded_code = True\n" not in patched
        assert "ShowError(LOG_FILE)" not in patched


def test_another_xlwings_is_refused_rather_than_patched_halfway(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = (*macros.PATCHES, macros.Patch("no such line", ""))
    monkeypatch.setattr(macros, "PATCHES", odd)
    with pytest.raises(macros.MacroError, match="不配套"):
        macros.xlwings_source(macros.ADDIN)


def running(names: tuple[str, ...], argument: str = "", ran: str = "") -> ExcelApplication:
    """Return an Excel in memory with our modules and a RunPython that only remembers, or does what is given."""
    app = ExcelApplication()
    app.add_workbook()
    app.add_module(STUB.replace("{argument}", argument).replace("{ran}", ran), name="xlwings")
    for name in names:
        app.add_module(macros.source(name).split("\n", 1)[1], name=name)
    app.add_module(
        'Sub Fill()\nWorksheets(1).Name = "baiti.text"\n'
        + "".join(f'Worksheets(1).Cells({r}, 1).Value = "{key}"\n' for r, key in enumerate(TEXTS, 1))
        + "".join(f'Worksheets(1).Cells({r}, 2).Value = "<{key}>"\n' for r, key in enumerate(TEXTS, 1))
        + "Worksheets.Add.Activate\nEnd Sub\n",
        name="Texts",
    )
    app.run("Fill")
    return app


@pytest.mark.parametrize("button", CONSOLE_BUTTONS, ids=lambda b: b.label)
def test_a_button_of_the_console_runs_its_command(button: Button) -> None:
    app = running(("Guard", "Buttons"))
    assert app.run("Click", button.macro, PYTHON) == command(button)


@pytest.mark.parametrize("button", RIBBON_BUTTONS, ids=lambda b: b.label)
def test_a_button_of_the_tab_runs_its_command(button: Button) -> None:
    app = running(("Guard", "Ribbon"), ", Nothing")
    assert app.run("Click", button.macro, PYTHON) == command(button)


def command(button: Button) -> str:
    return f"import baiti_xl.excel; baiti_xl.excel.run('{button.name}')|False"


@pytest.mark.parametrize("macro", ["BtCheck", "BtClear"])
def test_marking_takes_the_protection_off_and_puts_it_back_as_it_was(macro: str) -> None:
    app = running(("Guard", "Ribbon"), ", Nothing")
    app.run("Lock")
    before = app.run("Locks")
    assert before == "True True True False"
    assert str(app.run("Click", macro, PYTHON)).endswith("|False")
    assert app.run("Locks") == before


@pytest.mark.parametrize(("names", "macro", "argument"), [
    *((("Guard", "Buttons"), b.macro, "") for b in CONSOLE_BUTTONS if b.macro not in ("BtHandbook",)),
    *((("Guard", "Ribbon"), b.macro, ", Nothing") for b in RIBBON_BUTTONS),
])  # fmt: skip
def test_where_windows_lets_excel_start_nothing_staff_are_told_and_sheets_are_protected_again(
    names: tuple[str, ...], macro: str, argument: str
) -> None:
    """As Defender's rule "block all Office applications from creating child processes" makes WScript.Run fail."""
    app = running(names, argument, ran='Err.Raise 70, , "Permission denied"')
    app.answer_dialogs(1)
    app.run("Lock")
    before = app.run("Locks")
    app.run("Click", macro, PYTHON)
    assert "<python_blocked>" in str(app.dialogs)
    assert app.run("Locks") == before


@pytest.mark.parametrize(("python", "said"), [("", "<no_python>"), ("C:\\gone.exe", "<python_gone>")])
@pytest.mark.parametrize(("names", "macro", "argument"), [
    (("Guard", "Buttons"), "BtIssue", ""), (("Guard", "Ribbon"), "BtCheck", ", Nothing"),
])  # fmt: skip
def test_without_python_staff_are_told_and_nothing_runs(
    names: tuple[str, ...], macro: str, argument: str, python: str, said: str
) -> None:
    app = running(names, argument)
    app.answer_dialogs(1)
    assert app.run("Click", macro, python) == ""
    assert said in str(app.dialogs)


VIEWS = "Application.ProtectedViewWindows.Count"


@pytest.mark.parametrize(
    ("views", "said"), [(0, "<no_book>"), (1, "<protected_view>"), (2, "<protected_view>")]
)
def test_without_a_book_staff_are_told_whether_one_is_in_protected_view(views: int, said: str) -> None:
    """There no book is active, however many such windows are open; the count stands for those that this Excel lacks."""
    guard = macros.source("Guard")
    assert guard.count(VIEWS) == 1
    app = running(())
    app.add_module(guard.replace(VIEWS, str(views)).split("\n", 1)[1], name="Guard")
    app.add_module(
        "Public Function WithoutBook() As Boolean\nWithoutBook = Ready(Nothing)\nEnd Function\n", name="Trial"
    )
    app.answer_dialogs(1)
    assert app.run("WithoutBook") is False
    assert said in str(app.dialogs)


@pytest.mark.parametrize("path", ["C:\\a=b.xlsx", "C:\\a;b\\c.xlsx", "C:\\a^&calc&.xlsx", "C:\\%TEMP%.xlsx"])
def test_names_that_would_be_taken_for_commands_are_awkward(path: str) -> None:
    guard = macros.source("Guard").replace("Private Function IsAwkward", "Public Function IsAwkward")
    open_guard = ExcelApplication()
    open_guard.add_workbook()
    open_guard.add_module(STUB.replace("{argument}", "").replace("{ran}", ""), name="xlwings")
    open_guard.add_module(guard.split("\n", 1)[1], name="Guard")
    assert open_guard.run("IsAwkward", path) is True
    assert open_guard.run("IsAwkward", "C:\\工作 文件夹\\X01_城关镇_报送表(2).xlsx") is False
