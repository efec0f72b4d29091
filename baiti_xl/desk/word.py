"""Word turns papers into PDFs, in a process of its own: `python -m baiti_xl.desk.word FOLDER NAME…`.

So a Word that waits behind a question holds nobody up: whoever started the process ends it after a time. Written from
Word's object model and tried on a double; not seen in Word.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SILENT, NO_MACROS, AS_PDF, UNCHANGED = 0, 3, 17, 0  # wdAlertsNone, ForceDisable, wdExportFormatPDF, DoNotSave


def convert(folder: Path, names: Sequence[str]) -> int:
    """Convert the .docx of these names in a folder to .pdf beside it; return how many could not be.

    Word is one of its own, beside whatever the user has open.
    """
    from win32com.client import DispatchEx

    word, failed = DispatchEx("Word.Application"), 0
    try:
        word.Visible, word.DisplayAlerts, word.AutomationSecurity = False, SILENT, NO_MACROS
        for name in names:
            try:
                convert_one(word, folder / name)
            except (
                Exception
            ):  # whatever Word says of this one, the others follow; what is missing is told by its name
                failed += 1
    finally:
        word.Quit(UNCHANGED)
    return failed


def convert_one(word: Any, stem: Path) -> None:
    """Have Word open one paper, write its PDF and close it unchanged."""
    document = word.Documents.Open(
        f"{stem}.docx", ConfirmConversions=False, ReadOnly=True, AddToRecentFiles=False
    )
    try:
        document.ExportAsFixedFormat(f"{stem}.pdf", AS_PDF)
    finally:
        document.Close(UNCHANGED)


if __name__ == "__main__":
    sys.exit(convert(Path(sys.argv[1]), sys.argv[2:]) > 0)
