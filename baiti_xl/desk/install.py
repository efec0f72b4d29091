"""Putting the tab 百日竞赛 into Excel for one user, taking it out again, and saying what is missing.

No administrator and no registry: the add-in goes to the user's start-up folder, which Excel trusts, and a
settings file says which Python to run. Paths come from a `Machine`, so that Windows and macOS can be tried
on any system. Tried by simulation only: there was no Excel to try it on.
"""

import locale
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from baiti_xl import __version__
from baiti_xl.books.macros import PROJECT, MacroError
from baiti_xl.books.ribbon import write_ribbon
from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.shipped import shipped

ADDIN = "百日竞赛.xlam"
CONFIG = f"{PROJECT}.conf"
WINDOWS, MAC = "win32", "darwin"
AWKWARD = "=;%^"
WPS = ("Kingsoft/WPS Office", "kingsoft/office6")


@dataclass(frozen=True, slots=True)
class Machine:
    """What installing needs to know of a computer; `ansi` is the encoding in which VBA reads text files."""

    platform: str
    environ: Mapping[str, str]
    home: Path
    python: Path
    ansi: str = "mbcs"

    @classmethod
    def this(cls) -> "Machine":
        """Return the computer we run on."""
        ansi = "mbcs" if sys.platform == WINDOWS else locale.getpreferredencoding(False)
        return cls(sys.platform, os.environ, Path.home(), Path(sys.executable), ansi)

    @property
    def supported(self) -> bool:
        """Whether there can be an Excel with our buttons."""
        return self.platform in (WINDOWS, MAC)

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
        profile = Path(self.environ.get("USERPROFILE") or self.home)
        return profile / f".{PROJECT}" / CONFIG

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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `doctor` looked at: whether it is as it should be, and what to do if not."""

    good: bool
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{'正常' if self.good else '注意'}　{self.text}" + (
            f"　→ {self.remedy}" if self.remedy else ""
        )


def version_of(package: str) -> str:
    """Return the version of an installed package, "" if there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


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
    refuse_awkward_python(machine)
    written = [write_file(machine.startup, ADDIN, data, replace=True), write_config(machine)]
    if machine.script is not None:
        written.append(write_file(machine.script.parent, machine.script.name, script(), replace=True))
    return [*(f"已写入 {path}" for path in written), *next_steps(machine)]


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


def config_lines(machine: Machine) -> list[str]:
    """Return the lines of the settings file, none if there is none or it cannot be read."""
    try:
        return machine.config.read_bytes().decode(machine.ansi, errors="replace").splitlines()
    except OSError:
        return []


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
    """Take away what `install` wrote; return what was done. Raises OSError if Excel holds a file open."""
    paths = [machine.startup / ADDIN, machine.config, *([machine.script] if machine.script else [])]
    there = [path for path in paths if path.is_file()]
    for path in there:
        path.unlink()
    return [f"已删除 {path}" for path in there] or ["没有安装过，不用删除。"]


# ── doctor ───────────────────────────────────────────────────────────────────────────────────────


def doctor(machine: Machine, data: bytes, folder: Path) -> list[Finding]:
    """Look at everything the buttons need, for a working folder; `data` is the add-in as it should be."""
    if not machine.supported:
        return [Finding(False, f"系统 {machine.platform} 上没有 Excel 按钮", "请用命令行，各项功能都可以用")]
    return [
        *package_findings(),
        addin_finding(machine, data),
        python_finding(machine),
        *script_findings(machine),
        *path_findings(machine, folder),
        *other_findings(machine),
    ]


def package_findings() -> Iterator[Finding]:
    """Yield whether the programs are there, with their versions."""
    yield Finding(True, f"baiti_xl {__version__}，Python {sys.version.split()[0]}")
    for package, command in (("xlwings", "pip install xlwings"), ("pyOpenVBA", "pip install pyOpenVBA")):
        version = version_of(package)
        text = f"{package} {version}" if version else f"没有安装 {package}"
        yield Finding(bool(version), text, "" if version else f"请运行 {command}")


def addin_finding(machine: Machine, data: bytes) -> Finding:
    """Return whether the add-in is in place and that of this version."""
    path = machine.startup / ADDIN
    remedy = "请关闭 Excel，运行 baiti-xl excel install"
    if not path.is_file():
        return Finding(False, f"没有找到加载项 {path}", remedy)
    if path.read_bytes() != data:
        return Finding(False, f"加载项 {path} 不是这个版本的", remedy)
    return Finding(True, f"加载项 {path}")


def python_finding(machine: Machine) -> Finding:
    """Return whether the settings lead to this Python."""
    wanted = f'"{machine.setting}",'
    named = [
        line.removeprefix(wanted).strip('"') for line in config_lines(machine) if line.startswith(wanted)
    ]
    remedy = "请运行 baiti-xl excel install"
    if not named:
        return Finding(False, f"设置文件 {machine.config} 没有写明 Python", remedy)
    if not Path(named[-1]).is_file():
        return Finding(False, f"设置文件里的 Python 不见了：{named[-1]}", remedy)
    if named[-1] != str(machine.python):
        return Finding(False, f"设置文件里的 Python 是另一个：{named[-1]}", remedy)
    return Finding(True, f"设置文件 {machine.config}")


def script_findings(machine: Machine) -> Iterator[Finding]:
    """Yield, on a Mac, whether the script is there by which Excel may start Python."""
    if machine.script is not None:
        there = machine.script.is_file()
        yield Finding(there, f"启动脚本 {machine.script}", "" if there else "请运行 baiti-xl excel install")


def path_findings(machine: Machine, folder: Path) -> Iterator[Finding]:
    """Yield what in the paths would keep a button from working."""
    text = str(folder)
    if set(text) & set(AWKWARD):
        yield Finding(False, f"工作文件夹 {text} 的名称里有 {' '.join(AWKWARD)} 之一", "请给文件夹改名")
    for file in sorted(folder.glob("*.xls*")):
        if set(file.name) & set(AWKWARD):
            yield Finding(False, f"文件名 {file.name} 里有 {' '.join(AWKWARD)} 之一", "请给文件改名")
    cloud = [Path(v) for k, v in machine.environ.items() if k.upper().startswith("ONEDRIVE") and v]
    if any(folder.is_relative_to(place) for place in cloud) or "SharePoint" in text:
        yield Finding(False, f"工作文件夹 {text} 在网盘里", "请移到本机的普通文件夹，免得按钮找不到文件")
    try:
        str(machine.home).encode(machine.ansi)
    except (UnicodeEncodeError, LookupError):
        remedy = "请把 Python 和工作文件夹放在 C:\\baiti 这样的地方"
        yield Finding(False, f"用户文件夹 {machine.home} 含有本机编码以外的字", remedy)
    if machine.platform == WINDOWS and len(text) > 180:
        yield Finding(False, "工作文件夹的路径太长", "请移到靠近盘符的地方")


def other_findings(machine: Machine) -> Iterator[Finding]:
    """Yield what may stand in the way and cannot be mended by the program."""
    local = Path(machine.environ.get("LOCALAPPDATA") or machine.home / "AppData" / "Local")
    if machine.platform == WINDOWS and any((local / name).is_dir() for name in WPS):
        yield Finding(True, "装有 WPS：按钮只在 Microsoft Excel 里能用，WPS 里请用命令行")
    if machine.platform == WINDOWS:
        yield Finding(
            True,
            "点按钮仍没有反应时，可能是安全软件禁止 Office 启动其他程序",
            "请维护人员放行，或改用命令行",
        )
