"""What Excel refuses, it refuses with one exception, as pywin32 raises it."""

REFUSED = (
    -2_146_827_284
)  # 0x800A03EC, error 1004 (learn.microsoft.com: "Application-defined or object-defined error")
GONE = -2_146_827_864  # 0x800A01A8, object required: what a closed book answers
BUSY = (
    -2_146_777_998
)  # 0x800AC472, a cell is edited or a dialog is open (xlwings #587, bovender/XLToolbox #598)


class ExcelError(Exception):
    """Excel would refuse this: on Windows a com_error, whose last detail is the code; on a Mac a CommandError."""

    hresult = -2_147_352_567  # 0x80020009, "Exception occurred."

    def __init__(self, message: str, code: int = REFUSED):
        super().__init__(message)
        self.excepinfo = (0, "Microsoft Excel", message, None, 0, code)
