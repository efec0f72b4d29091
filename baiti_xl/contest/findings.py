"""What a check can say: a finding is a value, with its place, its severity and a sentence for whoever mends it."""

from collections.abc import Iterable
from dataclasses import dataclass

from baiti_xl.contest.choices import Term


class Severity(Term):
    """How much a finding weighs: 错 keeps a row from counting, 警 counts but needs an answer."""

    ERROR = "错"
    WARNING = "警"
    NOTE = "示"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the submissions something stands; an empty part means the whole of it."""

    file: str
    sheet: str = ""
    cell: str = ""
    heading: str = ""

    def __str__(self) -> str:
        heading = f"「{self.heading}」" if self.heading else ""
        return " ".join(part for part in (self.file, self.sheet, self.cell + heading) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one submission, at its cell, with the value as it was typed."""

    rule: str
    severity: Severity
    place: Place
    value: str
    message: str
    row: int = 0
    unit: str = ""
    record: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the row may not count while this finding is open."""
        return self.severity is Severity.ERROR


def count_by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each severity, all three named."""
    counts = {severity.value: 0 for severity in Severity}
    for item in findings:
        counts[item.severity.value] += 1
    return counts
