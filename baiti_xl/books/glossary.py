"""What stands on 口径说明: every figure in the words of the rulebook, then every parameter with its authority."""

from baiti_xl.contest.definitions import figure_definitions
from baiti_xl.contest.loading import parameter_cell
from baiti_xl.contest.rulebook import PARAMETERS, Rulebook


def definitions(book: Rulebook) -> list[tuple[str, str]]:
    """Return (name, explanation) of every figure and of every parameter."""
    figures = figure_definitions(book).items()
    parameters = (
        (f"参数　{p.name}", f"{parameter_cell(getattr(book, p.field))}{p.unit}　（{p.source}）")
        for p in PARAMETERS
    )
    return [*figures, *parameters]
