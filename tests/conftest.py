"""What all tests share: goldens that change only by an explicit flag, and repeatable property tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

GOLDEN = Path(__file__).parent / "golden"
LONGEST = ("test_template_formulas", "test_main_job", "test_clicks", "test_layout", "test_cluster")
settings.register_profile(
    "baiti", deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("baiti")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one way to update a golden file."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files of tests/golden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no core waits for them at the end."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a comparison of a text with a golden file; with --update-golden the file is written."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"no golden file {name}; make it with --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the system was asked to open, which it does not."""
    from baiti_xl.desk import opening

    paths: list[Path] = []
    monkeypatch.setattr(opening, "open_path", paths.append)
    return paths
