"""What staff can ask for: each action knows the order of the stages, and holds no rule of its own.

Shells (`cli.py`, `excel/`) parse what was asked, call one action and show its result. Files are read and
written here; the stages in between are pure.
"""

from baiti_xl.actions.checking import check
from baiti_xl.actions.computing import compute, evaluate, settle_accounts
from baiti_xl.actions.consolidating import Consolidation, consolidate, write_registers
from baiti_xl.actions.errors import ActionError
from baiti_xl.actions.gathering import Past, gather
from baiti_xl.actions.making import build, init, issue
from baiti_xl.actions.printing import Documents, check_templates, documents, fields_of
from baiti_xl.actions.reading import (
    Progress,
    Reader,
    Source,
    is_skipped,
    read_all,
    silent,
    sources,
    unreadable,
)
from baiti_xl.actions.rules import CONSOLE_NAMES, load_rules
from baiti_xl.actions.summaries import check_summary, documents_summary, summary
from baiti_xl.outputs import render

__all__ = [
    "CONSOLE_NAMES",
    "ActionError",
    "Consolidation",
    "Documents",
    "Past",
    "Progress",
    "Reader",
    "Source",
    "build",
    "check",
    "check_summary",
    "check_templates",
    "compute",
    "consolidate",
    "documents",
    "documents_summary",
    "evaluate",
    "fields_of",
    "gather",
    "init",
    "is_skipped",
    "issue",
    "load_rules",
    "read_all",
    "render",
    "settle_accounts",
    "silent",
    "sources",
    "summary",
    "unreadable",
    "write_registers",
]
