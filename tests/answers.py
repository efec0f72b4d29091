"""The clerk's answers to the review, so that tests can issue papers: every matter is 照发, with a reason."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from baiti_xl import desk
from baiti_xl.books.console import write_console
from baiti_xl.contest.choices import Reviewed
from baiti_xl.contest.records import Matter, ReviewAnswer
from baiti_xl.contest.rulebook import Rulebook

REASON, CLERK = "已核实", "刘主任"


def issue_all(matters: tuple[Matter, ...], day: date) -> tuple[ReviewAnswer, ...]:
    """Return an answer to every matter."""
    return tuple(ReviewAnswer(m.mark, Reviewed.ISSUE, REASON, CLERK, day) for m in matters)


def answer_all(console: Path, folder: Path, book: Rulebook | None = None, **more: Any) -> None:
    """Write a console in which every matter of the review of a folder is answered; its rules are `book`, else as they are."""
    book = book or desk.load_rules(console if console.is_file() else None)
    write(console, book)
    found = desk.review(folder, console=console, **more)
    write(console, replace(book, answers=(*book.answers, *issue_all(found.matters, found.outcome.day))))


def write(console: Path, book: Rulebook) -> None:
    """Write a console without macros."""
    with console.open("wb") as target:
        write_console(target, book, macros=False)
