"""A LibreOffice that a person could sit at: a private screen, real clicks, and what they did to a cell.

The part that speaks UNO runs under the system's Python, which has it: this file is both the module that
tests import and the script that they run. Each run has its own display, profile and process group.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

SYSTEM_PYTHON = Path("/usr/bin/python3")
SOFFICE = shutil.which("soffice")
TOOLS = ("xvfb-run", "xdotool", "import")
SCREEN = "-screen 0 1500x1250x24"
PUSH_BUTTON = 44  # com.sun.star.accessibility.AccessibleRole
NO_QUESTIONS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop><prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>7.4</value></prop></item>
</oor:items>
"""


def missing() -> list[str]:
    """Return what this machine lacks for clicking."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if SOFFICE is None:
        lacking.append("soffice")
    found = SYSTEM_PYTHON.exists() and subprocess.run(
        [SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False
    )
    return lacking if found and found.returncode == 0 else [*lacking, "uno"]


def click_all(file: Path, captions: Sequence[str], cell: tuple[str, str], shots: Path) -> dict[str, Any]:
    """Click buttons of the first sheet one after the other; return what each left in a cell (sheet, address).

    Screenshots go to `shots`. The answer holds `sheets` and `buttons` too: what LibreOffice shows.
    """
    order = {"file": str(file), "captions": list(captions), "cell": cell, "shots": str(shots)}
    return on_private_screen({"do": "click", **order}, shots)


def photograph(pictures: Sequence[tuple[Path, str, str, int]], out: Path) -> None:
    """Take pictures of sheets as a person sees them: (file, sheet, name of the picture, height in pixels)."""
    listed = [(str(file), *rest) for file, *rest in pictures]
    on_private_screen({"do": "photograph", "pictures": listed, "shots": str(out)}, out)


def on_private_screen(order: dict[str, Any], shots: Path) -> dict[str, Any]:
    """Have this file, as a script under the system's Python, carry out an order on a screen of its own."""
    shots.mkdir(parents=True, exist_ok=True)
    command = ["xvfb-run", "-a", "-s", SCREEN, str(SYSTEM_PYTHON), __file__, json.dumps(order)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        out, errors = process.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    assert process.returncode == 0, errors.decode(errors="replace")[-3000:]
    answer: dict[str, Any] = json.loads(out)
    return answer


# ── under the system's Python ────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def office(profile: Path, headless: bool = False) -> Iterator[Any]:
    """Run LibreOffice with a private profile, on the screen or without one, and yield its UNO desktop."""
    import uno

    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(NO_QUESTIONS)
    pipe = f"baiti{os.getpid()}"
    command = [
        str(SOFFICE), f"-env:UserInstallation=file://{profile}", "--norestore", "--nologo", "--nofirststartwizard",
        f"--accept=pipe,name={pipe};urp;", *(["--headless"] if headless else []),
    ]  # fmt: skip
    env = {
        **os.environ,
        "HOME": str(profile),
        "LC_ALL": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp" if headless else "gen",
    }
    process = subprocess.Popen(command, start_new_session=True, env=env, stdout=subprocess.DEVNULL)
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    try:
        context = waited(lambda: resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"))
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        yield desktop
        with contextlib.suppress(Exception):
            desktop.terminate()
        process.wait(30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def waited(attempt: Any, seconds: float = 90) -> Any:
    """Return what an attempt gives, trying again until it neither fails nor gives nothing."""
    end = time.monotonic() + seconds
    while True:
        try:
            if found := attempt():
                return found
        except Exception:
            if time.monotonic() > end:
                raise
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.3)


def opened(desktop: Any, file: str, hidden: bool = False) -> Any:
    """Open a file with its macros enabled, in a window or hidden."""
    chosen = options(MacroExecutionMode=4, UpdateDocMode=0, Hidden=hidden)
    return desktop.loadComponentFromURL(Path(file).as_uri(), "_blank", 0, chosen)


def options(**values: Any) -> tuple[Any, ...]:
    """Return named values as UNO takes them."""
    import uno

    def one(name: str, value: Any) -> Any:
        option = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        option.Name, option.Value = name, value
        return option

    return tuple(one(name, value) for name, value in values.items())


def buttons(context: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield every push button below an accessible context that is on the screen, by its name."""
    if context.getAccessibleRole() == PUSH_BUTTON and context.getAccessibleName():
        yield context.getAccessibleName(), context
    count = context.getAccessibleChildCount()
    for at in range(count if count < 1000 and depth < 8 else 0):  # a sheet has billions of cells
        with contextlib.suppress(Exception):
            yield from buttons(context.getAccessibleChild(at).getAccessibleContext(), depth + 1)


def middle(context: Any) -> tuple[int, int]:
    """Return the middle of a control on the screen."""
    place, size = context.getLocationOnScreen(), context.getSize()
    return place.X + size.Width // 2, place.Y + size.Height // 2


def click(x: int, y: int) -> None:
    """Press the mouse there."""
    subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True)
    time.sleep(0.2)
    subprocess.run(["xdotool", "click", "1"], check=True)


def shoot(path: Path) -> int:
    """Keep a picture of the screen; return its size in bytes, small while nothing is painted yet."""
    subprocess.run(["import", "-window", "root", str(path)], check=True)
    return path.stat().st_size


def take_pictures(order: dict[str, Any]) -> dict[str, Any]:
    """Show each sheet and keep a picture of the part of the window that shows it."""
    shots = Path(order["shots"])
    with tempfile.TemporaryDirectory() as profile, office(Path(profile)) as desktop:
        for file, sheet, name, height in order["pictures"]:
            document = opened(desktop, file)
            controller = document.CurrentController
            controller.Frame.ContainerWindow.setPosSize(0, 0, 1500, 1250, 15)
            controller.setActiveSheet(document.Sheets.getByName(sheet))
            time.sleep(2)
            shoot(shots / name)
            place = controller.Frame.ComponentWindow.getAccessibleContext().getLocationOnScreen()
            crop = f"1460x{height}+{place.X}+{place.Y}"
            look = ["-crop", crop, "+repage", "-resize", "70%", "-colors", "96", "-strip"]
            subprocess.run(["mogrify", *look, str(shots / name)], check=True)
            with contextlib.suppress(Exception):
                document.close(False)
    return {}


def click_through(order: dict[str, Any]) -> dict[str, Any]:
    """Open the file, click, and tell what happened."""
    shots = Path(order["shots"])
    with tempfile.TemporaryDirectory() as profile, office(Path(profile)) as desktop:
        document = opened(desktop, order["file"])
        window = document.CurrentController.Frame.ContainerWindow
        window.setPosSize(0, 0, 1500, 1250, 15)
        component = document.CurrentController.Frame.ComponentWindow
        tree = component.getAccessibleContext()
        found = dict(waited(lambda: list(buttons(tree)), 30))
        waited(lambda: shoot(shots / "opened.png") > 10_000, 30)
        sheet, address = order["cell"]
        cell = document.Sheets.getByName(sheet).getCellRangeByName(address)
        left = {}
        for number, caption in enumerate(order["captions"], 1):
            cell.String = ""
            click(*middle(found[caption]))
            with contextlib.suppress(TimeoutError):
                waited(lambda: cell.String, 8)
            left[caption] = cell.String
            shoot(shots / f"{number}_{caption}.png")
        answer = {"left": left, "sheets": list(document.Sheets.ElementNames), "buttons": sorted(found)}
        with contextlib.suppress(Exception):
            document.close(False)
        return answer


if __name__ == "__main__":
    ordered = json.loads(sys.argv[1])
    carry_out = {"click": click_through, "photograph": take_pictures}[ordered["do"]]
    print(json.dumps(carry_out(ordered), ensure_ascii=False))
