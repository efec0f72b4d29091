"""The rules by which submissions are checked, each declared once: `RULES` lists them in the order of their ids.

A rule's check yields findings and never raises; all run, and all that is found is told in one pass. What the
template shows of a rule is made from the same declaration.
"""

from dataclasses import replace
from string import ascii_uppercase as LETTERS
from typing import Any

from baiti_xl.contest.findings import Finding, Place
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import cells, dates, elsewhere, files, keys, money, projects, targets, visits
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.rules.rule import Rule
from baiti_xl.contest.sheets import COVER, DATA_SHEETS

__all__ = ["CATALOGUE", "RULES", "RULE_IDS", "Case", "Rule", "check", "finding", "for_unit", "in_order"]
RULES: tuple[Rule, ...] = tuple(
    rule
    for module in (files, cells, keys, dates, projects, money, visits, elsewhere, targets)
    for rule in module.RULES
)
CATALOGUE = {rule.id: rule for rule in RULES}
RULE_IDS = tuple(dict.fromkeys(rule.number for rule in RULES))
SHEET_ORDER = {name: i for i, name in enumerate(["", COVER, *(s.name for s in DATA_SHEETS)])}
CUT = "F06"  # a file-level fault before this leaves nothing to check


def finding(
    rule: str,
    place: Place,
    value: object = "",
    *,
    row: int = 0,
    unit: str = "",
    record: str = "",
    **slots: Any,
) -> Finding:
    """Return a finding of a rule named by its id with its variant, as in `C03/date`.

    Raises KeyError if the rule or a slot of its sentence is unknown: a programming error.
    """
    return CATALOGUE[rule].at(place, value, row=row, unit=unit, record=record, **slots)


def for_unit(item: Finding) -> str | None:
    """Return what a finding says to its unit: what the unit itself must do, None where only the office can do anything."""
    for rule in RULES:
        if rule.own != "" and rule.number == item.rule and item.message.endswith(f"。{rule.remedy}。"):
            return rule.own and f"{item.message.removesuffix(f'{rule.remedy}。')}{rule.own}。"
    return item.message


def check(submission: Submission, book: Rulebook) -> Submission:
    """Return the submission with the findings of every rule that is switched on, in sheet and row order.

    A file that was refused as a whole keeps just the finding that says so; a form of another contest, too: by the rules
    of this one all its days and units are wrong.
    """
    if any(f.blocks and f.rule < CUT for f in submission.findings if f.rule.startswith("F")):
        return submission
    if not submission.is_ours:
        return replace(
            submission, findings=tuple(f for f in submission.findings if f.rule == CUT and f.blocks)
        )
    case = Case(submission, book)
    on = (rule for rule in RULES if rule.find and rule.number not in book.disabled)
    found = in_order([f for rule in on if rule.find for f in rule.find(case, rule)])
    unit = submission.cover.code
    return replace(submission, findings=(*(replace(f, unit=unit) for f in submission.findings), *found))


def in_order(findings: list[Finding]) -> list[Finding]:
    """Return findings by sheet, row, rule and cell, as the template lists them too; those of the file come first."""
    return sorted(findings, key=place_in_order)


def place_in_order(item: Finding) -> tuple[int, int, int, str, int, str]:
    """Return by what findings are sorted."""
    cell = item.place.cell
    if item.rule.startswith("F") and not cell:
        return 0, 0, 0, "", 0, ""
    on_cover = item.place.sheet == COVER and cell
    row = int(cell.strip(LETTERS)) if on_cover else item.row
    return 1, SHEET_ORDER.get(item.place.sheet, 99), row, item.rule, len(cell), cell
