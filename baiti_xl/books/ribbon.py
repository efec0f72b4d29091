"""百日竞赛.xlam: the add-in with the tab 百日竞赛, for any submission that is open in Excel."""

import io
from importlib import resources
from typing import BinaryIO

from baiti_xl.books.macros import (
    CONFIG,
    CONFIG_SHEET,
    TEXT_SHEET,
    TEXTS,
    addin_modules,
    project,
    write_pairs,
)
from baiti_xl.books.style import Book
from baiti_xl.ooxml.package import Package

CUSTOM_UI = "customUI/customUI14.xml"
RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"


def write_ribbon(target: BinaryIO) -> None:
    """Write the add-in; raises MacroError if the macros cannot be built here."""
    package = Package.open(workbook(project(addin_modules(), 2)))
    package.declare("xl/workbook.xml", ADDIN_TYPE)
    package.put(CUSTOM_UI, custom_ui())
    package.relate("", RELATION, CUSTOM_UI, "rIdRibbon")
    target.write(package.close())


def custom_ui() -> bytes:
    """Return the declaration of the tab."""
    return resources.files("baiti_xl.books").joinpath("customUI.xml").read_bytes()


def workbook(macros: bytes) -> bytes:
    """Return the workbook behind the add-in: sentences and settings, never shown."""
    target = io.BytesIO()
    file = Book(target, "百日竞赛")
    write_pairs(file.file.add_worksheet(TEXT_SHEET), TEXTS.items())
    write_pairs(file.file.add_worksheet(CONFIG_SHEET), CONFIG)
    file.file.add_vba_project(io.BytesIO(macros), is_stream=True)
    file.close()
    return target.getvalue()
