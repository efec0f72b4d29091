"""What Excel refuses, it refuses with one exception."""


class ExcelError(Exception):
    """Excel would refuse this: on Windows a COM error (1004), on a Mac a CommandError."""
