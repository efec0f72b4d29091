"""A browser for tests: Debian's Chromium driven by Playwright, and a reporting desk that runs beside it."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from baiti_xl.serve import run
from baiti_xl.serve.accounts import made, set_codes
from baiti_xl.serve.place import Place

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")


class Desk:
    """A reporting desk that listens on this machine while tests talk to it."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.place = Place(folder)
        self.codes = {name: made() for name in names}
        set_codes(self.place.store, self.place.book, self.codes.items(), "样例甲", datetime.now())
        self.server, self.line = run.server(self.place), run.listening("127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self.line.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.line]}, daemon=True)

    def __enter__(self) -> "Desk":
        self.thread.start()
        until = time.monotonic() + 20
        while not self.server.started and time.monotonic() < until:
            time.sleep(0.02)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        self.place.close()
        self.line.close()


@contextmanager
def browser() -> Iterator[Any]:
    """Give a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield found
        finally:
            found.close()


def faults(page: Any) -> list[str]:
    """Return what axe finds serious on a page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {json.dumps([n['html'] for n in one['nodes']][:3], ensure_ascii=False)}"
        for one in found
        if one["impact"] in SERIOUS
    ]
