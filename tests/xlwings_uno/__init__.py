"""LibreOffice behind xlwings' public interface: as much of it as the buttons need, for trying them on live workbooks.

    with xlwings_uno.running_office() as office:
        book = office.open(path)                    # an xlwings Book, and the one that calls
        baiti_xl.excel.run("check")
        assert office.alerts[-1].prompt == "…"

It runs in the tests' own process, so Python must be the one that LibreOffice's `uno` was built for: `missing()` says
what is not there. Message boxes are those of the Excel in memory, as are addresses and the conversion of values.
"""

from .process import missing
from .session import Office, running_office

__all__ = ["Office", "missing", "running_office"]
