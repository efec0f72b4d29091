"""What staff can ask for: each action knows the order of the stages, and holds no rule of its own.

Shells (`cli.py`, `excel/`) parse what was asked, call one action and show its result. Files are read and
written here; the stages in between are pure.
"""

from baiti_xl.desk.checking import check, checked
from baiti_xl.desk.closing import close
from baiti_xl.desk.computing import compute, evaluate
from baiti_xl.desk.consolidating import Consolidation, consolidate, write_registers
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import Past, gather
from baiti_xl.desk.home import DAY_LABELS, days_of, home_days, settings_on, stand_ins
from baiti_xl.desk.making import build, init, issue, write_rules
from baiti_xl.desk.outputs import render
from baiti_xl.desk.pdf import Pdfs, converter, pdfs_of, to_pdf
from baiti_xl.desk.printing import Documents, documents
from baiti_xl.desk.reading import Progress, is_skipped, read_all, silent, sources
from baiti_xl.desk.register import listed, void
from baiti_xl.desk.returning import SentBack, send_back
from baiti_xl.desk.reviewing import Review, review
from baiti_xl.desk.rules import CONSOLE_NAMES, console_in_use, load_rules
from baiti_xl.desk.sending import Outbox, send
from baiti_xl.desk.status import status, status_of, status_of_outbox, status_of_papers, status_text
from baiti_xl.desk.summaries import (
    check_summary,
    documents_summary,
    review_summary,
    send_summary,
    summary,
    verify_summary,
)
from baiti_xl.desk.templates import check_templates, fields_of, new_template
from baiti_xl.desk.upgrading import upgrade
from baiti_xl.desk.verifying import Verified, verify
from baiti_xl.scale.reader import Reader, Source, unreadable

__all__ = [
    "CONSOLE_NAMES",
    "DAY_LABELS",
    "ActionError",
    "Consolidation",
    "Documents",
    "Outbox",
    "Past",
    "Pdfs",
    "Progress",
    "Reader",
    "Review",
    "SentBack",
    "Source",
    "Verified",
    "build",
    "check",
    "check_summary",
    "check_templates",
    "checked",
    "close",
    "compute",
    "console_in_use",
    "consolidate",
    "converter",
    "days_of",
    "documents",
    "documents_summary",
    "evaluate",
    "fields_of",
    "gather",
    "home_days",
    "init",
    "is_skipped",
    "issue",
    "listed",
    "load_rules",
    "new_template",
    "pdfs_of",
    "read_all",
    "render",
    "review",
    "review_summary",
    "send",
    "send_back",
    "send_summary",
    "settings_on",
    "silent",
    "sources",
    "stand_ins",
    "status",
    "status_of",
    "status_of_outbox",
    "status_of_papers",
    "status_text",
    "summary",
    "to_pdf",
    "unreadable",
    "upgrade",
    "verify",
    "verify_summary",
    "void",
    "write_registers",
    "write_rules",
]
