"""A LibreOffice process of its own: started in a throw-away profile, asked through `uno`, ended with all that it started."""

import builtins
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

PLACES = (Path("/usr/lib/python3/dist-packages"),)
SOFFICE = shutil.which("soffice")
SECONDS = 60
PYTHONS_OWN = ("__traceback__", "__context__", "__cause__", "__suppress_context__", "__notes__")


def missing() -> str:
    """Return what this machine lacks, "" if nothing."""
    if SOFFICE is None:
        return "soffice"
    sys.path += [str(place) for place in PLACES if place.is_dir() and str(place) not in sys.path]
    usual = builtins.__import__
    try:
        import uno
    except ImportError:
        return "uno for this Python"
    finally:
        builtins.__import__ = usual  # uno's own makes another error of a module that is missing
    keep_tracebacks(uno)
    return ""


def keep_tracebacks(uno: Any) -> None:
    """Have LibreOffice's exceptions keep what Python writes on them, where uno passes it on and fails to convert it.

    Each context manager that an exception leaves writes a traceback: the error would be another one.
    """
    usual = uno._uno_struct__setattr__
    if usual.__module__ != uno.__name__:
        return

    def put(self: Any, name: str, value: Any) -> None:
        if name in PYTHONS_OWN:
            BaseException.__setattr__(self, name, value)
        else:
            usual(self, name, value)

    uno._uno_struct__setattr__ = put


class LibreOffice:
    """One running LibreOffice."""

    def __init__(self) -> None:
        assert SOFFICE
        self._profile = tempfile.mkdtemp(prefix="baiti-office-")
        self._pipe = Path(self._profile).name
        options = ["--headless", "--norestore", f"--accept=pipe,name={self._pipe};urp;"]
        self._process = subprocess.Popen(
            [SOFFICE, f"-env:UserInstallation=file://{self._profile}", *options], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True, env={**os.environ, "HOME": self._profile},
        )  # fmt: skip
        try:
            self._context = self._connected()
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def version(self) -> str:
        """The version as LibreOffice tells it."""
        at = properties(nodepath="/org.openoffice.Setup/Product")
        provider = self.made("com.sun.star.configuration.ConfigurationProvider")
        product = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", at)
        return str(product.getByName("ooSetupVersion"))

    @property
    def answers(self) -> bool:
        """Whether it is still there."""
        try:
            return self._context.ServiceManager is not None
        except Exception:
            return False

    def made(self, service: str) -> Any:
        """Return a new instance of a service."""
        return self._context.ServiceManager.createInstanceWithContext(service, self._context)

    def end(self) -> None:
        """End it, whatever state it is in, with what it started; leave nothing of it."""
        with suppress(Exception):
            self.made("com.sun.star.frame.Desktop").terminate()
            self._process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def kill(self) -> None:
        """End it as a crash does."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def _connected(self) -> Any:
        """Return the context of a LibreOffice that is just starting."""
        import uno

        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        end = time.monotonic() + SECONDS
        while True:
            try:
                return resolver.resolve(f"uno:pipe,name={self._pipe};urp;StarOffice.ComponentContext")
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)


def properties(**values: Any) -> tuple[Any, ...]:
    """Return named values as LibreOffice takes them."""
    import uno

    found = []
    for name, value in values.items():
        made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        made.Name, made.Value = name, value
        found.append(made)
    return tuple(found)
