"""Where the files lie that come with the program: in its package, or in the checkout it runs from."""

from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def shipped(name: str, *, checkout: str = "") -> Path | None:
    """Return a shipped file or folder by its name, or where a checkout keeps it; None if there is neither."""
    places = (PACKAGE / "_shipped" / name, PACKAGE.parent / (checkout or name))
    return next((place for place in places if place.exists()), None)
