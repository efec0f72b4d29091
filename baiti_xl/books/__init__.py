"""The workbooks staff open in Excel: written whole by XlsxWriter, never edited in place."""
