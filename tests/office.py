"""Spreadsheet programs for tests: LibreOffice recalculates, re-saves and renders in a private, throw-away profile;
Gnumeric recalculates as Excel does where LibreOffice does otherwise."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
GNUMERIC = shutil.which("ssconvert")
needs_gnumeric = pytest.mark.skipif(GNUMERIC is None, reason="Gnumeric is not installed")
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def convert(files: Sequence[Path], target: str, out: Path, *, seconds: int = 240) -> list[Path]:
    """Convert files to a format (xlsx, pdf, …) in a folder, recalculating every formula; returns the new files."""
    assert SOFFICE
    with tempfile.TemporaryDirectory() as profile:
        user = Path(profile, "user")
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
        command = [
            SOFFICE,
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--norestore",
            "--convert-to",
            target,
        ]
        process = subprocess.Popen(
            [*command, "--outdir", str(out), *map(str, files)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, env={**os.environ, "HOME": profile},
        )  # fmt: skip
        try:
            _, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
    made = [out / f"{file.stem}.{target.split(':', maxsplit=1)[0]}" for file in files]
    missing = [file.name for file in made if not file.exists()]
    assert not missing, f"not converted: {missing}: {errors.decode(errors='replace')}"
    return made


def recalculated_by_gnumeric(files: Sequence[Path], out: Path) -> list[Path]:
    """Let Gnumeric recalculate workbooks and save them in a folder as .xlsx; returns the new files."""
    assert GNUMERIC

    def recalculate(file: Path) -> Path:
        target = out / f"{file.stem}.xlsx"
        command = [GNUMERIC, "--recalc", str(file), str(target)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return target

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(recalculate, files))
