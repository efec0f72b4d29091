"""A LibreOffice of its own, and what a test holds."""

import builtins
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import xlwings as xw
from xlwings_memory import Alert
from xlwings_memory.app import Engine

from .app import App, Apps

PLACES = (Path("/usr/lib/python3/dist-packages"),)
SOFFICE = shutil.which("soffice")
SECONDS = 60


def missing() -> str:
    """Return what this machine lacks, "" if nothing."""
    if SOFFICE is None:
        return "soffice"
    sys.path += [str(place) for place in PLACES if place.is_dir() and str(place) not in sys.path]
    usual = builtins.__import__
    try:
        import uno  # noqa: F401
    except ImportError:
        return "uno for this Python"
    finally:
        builtins.__import__ = usual  # uno's own makes another error of a module that is missing
    return ""


class Office:
    """A running LibreOffice without books."""

    def __init__(self, app: xw.App) -> None:
        self.app = app

    def open(self, path: Path) -> xw.Book:
        """Open a file as the calling book."""
        book = self.app.books.open(str(path))
        book.set_mock_caller()
        return book

    @property
    def alerts(self) -> list[Alert]:
        """The message boxes so far."""
        alerts: list[Alert] = self.app.impl._alerts
        return alerts


@contextmanager
def running_office() -> Iterator[Office]:
    """Run a LibreOffice as xlwings' active engine, then end it and put everything back."""
    before = xw.engines.active
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, _desktop(profile) as desktop:
        impl = Engine()
        impl.name = "uno"
        impl.apps = Apps(impl)
        impl.apps._running.append(App(impl, desktop))
        engine = xw.Engine(impl=impl)
        xw.engines.add(engine)
        engine.activate()
        try:
            yield Office(xw.App(impl=impl.apps._running[0]))
        finally:
            xw.engines.active = before
            xw.engines.engines.remove(engine)
            xw.engines.engines_by_name.pop("uno", None)
            if hasattr(xw.Book, "_mock_caller"):
                del xw.Book._mock_caller


@contextmanager
def _desktop(profile: str) -> Iterator[Any]:
    """Start LibreOffice in a profile of its own and return its desktop; end only what was started."""
    import uno

    assert SOFFICE
    pipe = f"baiti{os.getpid()}"
    options = ["--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"]
    process = subprocess.Popen(
        [SOFFICE, f"-env:UserInstallation=file://{profile}", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env={**os.environ, "HOME": profile},
    )  # fmt: skip
    try:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        context = _resolved(resolver, f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        yield desktop
        with suppress(Exception):
            desktop.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _resolved(resolver: Any, address: str) -> Any:
    """Return the context of a LibreOffice that is just starting."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return resolver.resolve(address)
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
