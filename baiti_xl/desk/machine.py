"""The computer of one user as Excel sees it: where its files lie, and which Python we are."""

import locale
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePath

from baiti_xl.books.macros import PROJECT

ADDIN = "百日竞赛.xlam"
CONFIG = f"{PROJECT}.conf"
WINDOWS, MAC = "win32", "darwin"
AWKWARD = "=;%^"
STORE = "windowsapps"


@dataclass(frozen=True, slots=True)
class Machine:
    """What installing needs to know of a computer.

    `ansi` is the encoding in which VBA reads text files, `base` the folder of the Python from which that of a
    virtual environment was made.
    """

    platform: str
    environ: Mapping[str, str]
    home: Path
    python: Path
    ansi: str = "mbcs"
    base: PurePath | None = None

    @classmethod
    def this(cls) -> "Machine":
        """Return the computer we run on."""
        ansi = "mbcs" if sys.platform == WINDOWS else locale.getpreferredencoding(False)
        return cls(sys.platform, os.environ, Path.home(), Path(sys.executable), ansi, Path(sys.base_prefix))

    @property
    def supported(self) -> bool:
        """Whether there can be an Excel with our buttons."""
        return self.platform in (WINDOWS, MAC)

    @property
    def from_store(self) -> bool:
        """Whether Python is that of the Microsoft Store, for which Windows puts what it writes elsewhere."""
        paths = (self.python, self.base or self.python)
        return STORE in {part.casefold() for path in paths for part in path.parts}

    @property
    def startup(self) -> Path:
        """The folder whose add-ins Excel loads by itself."""
        if self.platform == MAC:
            office = self.home / "Library/Group Containers/UBF8T346G9.Office"
            return office / "User Content.localized/Startup.localized/Excel"
        roaming = self.environ.get("APPDATA") or str(self.home / "AppData" / "Roaming")
        return Path(roaming, "Microsoft", "Excel", "XLSTART")

    @property
    def config(self) -> Path:
        """The settings file that the VBA reads."""
        if self.platform == MAC:
            return self.home / "Library/Containers/com.microsoft.Excel/Data" / CONFIG
        return self.data / CONFIG

    @property
    def data(self) -> Path:
        """The folder of the buttons' own log, and on Windows of the settings."""
        profile = self.environ.get("USERPROFILE") if self.platform == WINDOWS else None
        return Path(profile or self.home, f".{PROJECT}")

    @property
    def setting(self) -> str:
        """The name under which the settings file keeps Python."""
        return "INTERPRETER_MAC" if self.platform == MAC else "INTERPRETER_WIN"

    @property
    def script(self) -> Path | None:
        """On a Mac, the script through which VBA may start Python; it belongs to one version of xlwings."""
        if self.platform != MAC:
            return None
        folder = self.home / "Library/Application Scripts/com.microsoft.Excel"
        return folder / f"xlwings-{version_of('xlwings')}.applescript"


def version_of(package: str) -> str:
    """Return the version of an installed package, "" if there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def config_lines(machine: Machine) -> list[str]:
    """Return the lines of the settings file, none if there is none or it cannot be read."""
    try:
        return machine.config.read_bytes().decode(machine.ansi, errors="replace").splitlines()
    except OSError:
        return []
