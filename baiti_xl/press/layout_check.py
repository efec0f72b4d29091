"""Tests a template or a finished document against GB/T 9704-2012 and names the clause.

`check_layout(content)` reads what the .docx says of itself, as Word, WPS or LibreOffice save it: page, styles,
fonts, indents, rules. It does not set pages. Where a template tag stands in a text, the text's form is not judged.
A paragraph's role is the *name* of its style (Word rewrites style ids when it saves), else what its place, its
text and its look tell; any other paragraph counts as body text.
"""

from collections.abc import Callable

from baiti_xl.ooxml.package import Package
from baiti_xl.press.checking import frames, pages, places, styled, texts
from baiti_xl.press.checking.looks import LayoutError
from baiti_xl.press.checking.reading import Document, Seen, read_document
from baiti_xl.press.checking.roles import recognise
from baiti_xl.press.checking.rules import RULES, Faults, LayoutFault

__all__ = ["CHECKS", "RULES", "LayoutError", "LayoutFault", "Seen", "check_layout"]

CHECKS: tuple[Callable[[Document], Faults], ...] = (
    *(pages.check_paper, pages.check_page_numbers, pages.check_letter, styled.check_styled),
    *(texts.check_missing, texts.check_forms, texts.check_marks, texts.check_headings),
    *(texts.check_punctuation, texts.check_annexes, texts.check_dates),
    *(places.check_blanks, places.check_name, places.check_number_place, places.check_signature),
    *(places.check_signature_kept, places.check_new_pages),
    *(frames.check_red_rule, frames.check_imprint, frames.check_letter_imprint),
    *(frames.check_tables, frames.check_pictures),
)
_ORDER = {rule: at for at, rule in enumerate(RULES)}


def check_layout(content: bytes | Package, seen: Seen | None = None) -> tuple[LayoutFault, ...]:
    """Every departure found in a .docx, in the order of the clauses; raises LayoutError for another file.

    What papers of one run share is read once if they are given the same `seen`.
    """
    document = read_document(content, recognise, seen or Seen())
    faults = (fault for check in CHECKS for fault in check(document))
    return tuple(sorted(faults, key=lambda fault: _ORDER[fault.rule]))
