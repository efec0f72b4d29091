"""PDFs bound into one, each with its bookmark; what a converter writes of its own clock is left out."""

import io
from collections.abc import Iterable

from pypdf import PdfWriter


def bound(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return PDFs, each under its title in the outline, as one in which each begins on a sheet of its own.

    A part with an odd number of pages gets a blank one behind it, so that in duplex none stands on another's back. The
    same pages give the same bytes. Raises pypdf's PdfReadError for what is no PDF.
    """
    writer = PdfWriter()
    for title, data in parts:
        first = len(writer.pages)
        writer.append(io.BytesIO(data), import_outline=False)
        if len(writer.pages) % 2:
            writer.add_blank_page()
        writer.add_outline_item(title=title, page_number=first)
    return finished(writer)


def steady(data: bytes) -> bytes:
    """Return a PDF without the moment and the numbers by which two conversions of one document differ."""
    writer = PdfWriter()
    writer.append(io.BytesIO(data))
    return finished(writer)


def finished(writer: PdfWriter) -> bytes:
    """Return what was put together, without the date at which that was done."""
    writer.metadata = None
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
