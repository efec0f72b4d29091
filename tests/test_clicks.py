"""Real clicks on the real buttons, in LibreOffice on a private screen: each runs its own command.

LibreOffice cannot run xlwings' VBA (it ignores `#If`), so RunPython is a stub that writes its command to a
cell; Buttons.bas and Guard.bas are the ones that are shipped. Excel itself was never run here.
"""

import io
from pathlib import Path

import desktop
import openpyxl
import pytest
from office import convert

from baiti_xl.books import console, macros
from baiti_xl.books.macros import CONSOLE_BUTTONS, TEXT_SHEET
from baiti_xl.books.ribbon import write_ribbon
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.ooxml.package import Package

LACKING = desktop.missing()
ARTEFACTS = Path(__file__).parents[1] / "artefacts" / "clicks"
CELL = (TEXT_SHEET, "D1")
STUB = """Attribute VB_Name = "xlwings"
Option Explicit
Public Function RunPython(command As String)
    ThisWorkbook.Worksheets("baiti.text").Range("D1").Value = command
End Function
Public Function GetConfig(key As String) As String
    GetConfig = "/usr/bin/python3"
End Function
Public Function FileExists(path As String) As Boolean
    FileExists = True
End Function
"""

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {', '.join(LACKING)}"),
]


def test_every_button_of_the_console_runs_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = {"xlwings": STUB, **{name: macros.source(name) for name in ("Guard", "Buttons")}}
    monkeypatch.setattr(console, "console_modules", lambda: modules)
    target = io.BytesIO()
    console.write_console(target, default_rulebook())
    file = tmp_path / "操作台.xlsm"
    file.write_bytes(target.getvalue())
    labels = [button.label for button in CONSOLE_BUTTONS]
    answer = desktop.click_all(file, labels, CELL, ARTEFACTS)
    assert answer["left"] == {
        b.label: f"import baiti_xl.excel; baiti_xl.excel.run('{b.name}')" for b in CONSOLE_BUTTONS
    }
    assert answer["sheets"][0] == "首页"
    assert set(labels) <= set(answer["buttons"])
    assert (ARTEFACTS / "opened.png").stat().st_size > 10_000


def test_libreoffice_opens_the_console_as_it_is_shipped(tmp_path: Path) -> None:
    target = io.BytesIO()
    console.write_console(target, default_rulebook())
    assert sheets_in_libreoffice(tmp_path, target.getvalue())[0] == "首页"


def test_libreoffice_opens_what_is_in_the_add_in(tmp_path: Path) -> None:
    """LibreOffice has no filter for add-ins: it gets the same package declared as a workbook."""
    target = io.BytesIO()
    write_ribbon(target)
    package = Package.open(target.getvalue())
    package.declare("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    assert sheets_in_libreoffice(tmp_path, package.close()) == ["baiti.text", "baiti.conf"]


def sheets_in_libreoffice(folder: Path, data: bytes) -> list[str]:
    """Return the sheets of a file with macros after LibreOffice has opened and saved it."""
    (folder / "a.xlsm").write_bytes(data)
    (folder / "out").mkdir()
    opened = convert([folder / "a.xlsm"], "xlsx", folder / "out")[0]
    return openpyxl.load_workbook(opened).sheetnames
