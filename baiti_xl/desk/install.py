"""Putting the tab 百日竞赛 into Excel for one user, and taking it out again without a trace.

No administrator and no registry: the add-in goes to the user's start-up folder, which Excel trusts, and a
settings file says which Python to run. Paths come from a `Machine`, so that Windows and macOS can be tried
on any system. Tried by simulation only: there was no Excel to try it on.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from baiti_xl.books.macros import MacroError
from baiti_xl.books.ribbon import write_ribbon
from baiti_xl.desk.machine import ADDIN, AWKWARD, WINDOWS, Machine, config_lines, version_of
from baiti_xl.desk.outputs import OutputError, write_file
from baiti_xl.desk.shipped import shipped

LOGS = "*.log*"


def addin() -> bytes:
    """Return the add-in, built for the xlwings that is installed here; else the one that was shipped.

    Raises MacroError if there is neither.
    """
    target = BytesIO()
    try:
        write_ribbon(target)
    except MacroError:
        ready = shipped(f"workbook/{ADDIN}")
        if ready is None:
            raise
        return ready.read_bytes()
    return target.getvalue()


# ── install, uninstall ───────────────────────────────────────────────────────────────────────────


def install(machine: Machine, data: bytes) -> list[str]:
    """Put the add-in and its settings in place; return what to tell. Raises MacroError or OutputError."""
    if not machine.supported:
        raise MacroError("这台电脑不是 Windows 或 macOS，装不了 Excel 按钮。命令行的各项功能都可以用。")
    refuse_store(machine)
    refuse_awkward_python(machine)
    written = [write_file(machine.startup, ADDIN, data, replace=True), write_config(machine)]
    if machine.script is not None:
        written.append(write_file(machine.script.parent, machine.script.name, script(), replace=True))
    return [*(f"已写入 {path}" for path in written), *next_steps(machine)]


def refuse_store(machine: Machine) -> None:
    """Raise MacroError for the Python of the Microsoft Store: Excel would not find the settings that it writes."""
    if machine.from_store:
        raise MacroError(
            f"Python（{machine.python}）是从微软应用商店装的，Excel 看不到它写的文件，按钮不能用。"
            "请从 python.org 下载安装 Python，用它重新安装 baiti-xl，再运行 baiti-xl excel install。"
        )


def refuse_awkward_python(machine: Machine) -> None:
    """Raise MacroError if Excel could not start Python from where it is."""
    text = str(machine.python)
    try:
        text.encode(machine.ansi)
    except (UnicodeEncodeError, LookupError) as error:
        raise MacroError(
            f"Python 装在 {text}，路径里有本机编码以外的字，Excel 读不出来。请把程序装到 C:\\baiti 这样的文件夹。"
        ) from error
    if set(text) & set(AWKWARD):
        raise MacroError(f"Python 装在 {text}，路径里有 {' '.join(AWKWARD)} 之一。请把程序装到别的文件夹。")


def write_config(machine: Machine) -> Path:
    """Write down which Python to run, keeping other settings that stand there."""
    lines = [line for line in config_lines(machine) if not line.startswith(f'"{machine.setting}"')]
    lines.append(f'"{machine.setting}","{machine.python}"')
    data = "".join(f"{line}\r\n" for line in lines).encode(machine.ansi)
    return write_file(machine.config.parent, machine.config.name, data, replace=True)


def script() -> bytes:
    """Return the script of the installed xlwings through which Excel for Mac starts Python."""
    spec = find_spec("xlwings")
    found = (
        Path(spec.origin).with_name(f"xlwings-{version_of('xlwings')}.applescript")
        if spec and spec.origin
        else None
    )
    if found is None or not found.is_file():
        raise MacroError("没有安装 xlwings，Excel 启动不了 Python。请运行 pip install xlwings。")
    return found.read_bytes()


def next_steps(machine: Machine) -> Iterator[str]:
    """Yield what is left to do by hand."""
    yield "请关闭并重新打开 Excel，功能区会多出“百日竞赛”。"
    if machine.platform == WINDOWS:
        yield "如果操作台提示宏已被阻止：在资源管理器里右键操作台 → 属性 → 勾选“解除锁定”；"
        yield "或在 Excel 选项 → 信任中心 → 受信任位置里加上工作文件夹。不需要管理员权限，也不要改成启用所有宏。"
    yield "有问题请运行 baiti-xl excel doctor。"


def uninstall(machine: Machine) -> list[str]:
    """Take away what `install` and the buttons wrote; return what was done. Raises OutputError if a file is held open."""
    paths = [machine.startup / ADDIN, machine.config, *([machine.script] if machine.script else [])]
    there = [path for path in [*paths, *sorted(machine.data.glob(LOGS))] if path.is_file()]
    for path in there:
        try:
            path.unlink()
        except OSError as error:
            raise OutputError(
                f"删不掉 {path}（{error.strerror or error}）。请关闭 Excel，再运行一次 baiti-xl excel uninstall。"
            ) from error
    if machine.data.is_dir() and not any(machine.data.iterdir()):
        machine.data.rmdir()
    return [f"已删除 {path}" for path in there] or ["没有安装过，不用删除。"]
