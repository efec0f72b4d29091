"""What may keep the buttons from working on one computer: each check is a function of what was read of it.

`look` reads, once; the checks only judge. Not seen on Windows: what each goes by is named where it is read.
"""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from baiti_xl import __version__
from baiti_xl.desk import kit as kits
from baiti_xl.desk.machine import ADDIN, AWKWARD, MAC, WINDOWS, Machine, config_lines, version_of
from baiti_xl.desk.registry import OfWindows, Registered, Registry, registered

PACKAGES = ("xlwings", "pyOpenVBA")
WPS_FOLDERS = ("Kingsoft/WPS Office", "kingsoft/office6")
WPS_PROGRAMS = ("et.exe", "wps.exe", "kingsoft", "wps office")
EXCEL = "excel.exe"
LONGEST = 180
BLOCK, WARN = "1", "6"
# Defender's rules that stop RunPython, by the ids of Microsoft's “Attack surface reduction rules reference”.
RULES = {
    "d4f940ab-401b-4efc-aadc-ad5f3c50688a": "阻止 Office 应用创建子进程",
    "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b": "阻止 Office 宏调用 Win32 API",
}
SIGNED, NO_MACROS = 3, 4  # the values 3 and 4 of the policy VBAWarnings
INSTALL = "请运行 baiti-xl excel install"
BY_COMMAND = "命令行的各项功能都可以用"


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


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that the checks go by.

    `wanted` is the add-in as it should be, `addin` the one in place; `named` is the Python of the settings, whether it
    is there in `named_there`; `books` are the names of the workbooks in `folder`; `command` is the baiti-xl that a
    command window finds, `kit` a kit that lies there.
    """

    machine: Machine
    folder: Path
    wanted: bytes = b""
    addin: bytes | None = None
    named: str = ""
    named_there: bool = False
    script_there: bool = False
    books: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    command: Path | None = None
    wps: bool = False
    kit: kits.Found | None = None
    registered: Registered = field(default_factory=Registered)


def look(machine: Machine, wanted: bytes, folder: Path, registry: Registry | None = None) -> Surroundings:
    """Read what the checks go by, of a computer and a working folder."""
    addin, named = machine.startup / ADDIN, python_of_settings(machine)
    local = Path(machine.environ.get("LOCALAPPDATA") or machine.home / "AppData" / "Local")
    command = shutil.which("baiti-xl", path=machine.environ.get("PATH", ""))
    return Surroundings(
        machine,
        folder,
        wanted,
        addin.read_bytes() if addin.is_file() else None,
        named,
        bool(named) and Path(named).is_file(),
        machine.script is not None and machine.script.is_file(),
        tuple(sorted(file.name for file in folder.glob("*.xls*"))),
        {package: version_of(package) for package in PACKAGES},
        Path(command) if command else None,
        any((local / name).is_dir() for name in WPS_FOLDERS),
        kits.beside(folder),
        registered(registry or OfWindows()) if machine.platform == WINDOWS else Registered(),
    )


def python_of_settings(machine: Machine) -> str:
    """Return the Python that the settings name, "" if they name none."""
    wanted = f'"{machine.setting}",'
    named = [line.removeprefix(wanted) for line in config_lines(machine) if line.startswith(wanted)]
    return named[-1].strip('"') if named else ""


def doctor(machine: Machine, wanted: bytes, folder: Path, registry: Registry | None = None) -> list[Finding]:
    """Look at everything the buttons need, for a working folder; `wanted` is the add-in as it should be."""
    if not machine.supported:
        return [Finding(False, f"系统 {machine.platform} 上没有 Excel 按钮", f"请用命令行，{BY_COMMAND}")]
    seen = look(machine, wanted, folder, registry)
    return [found for check in CHECKS for found in check(seen)]


# ── the checks ───────────────────────────────────────────────────────────────────────────────────


def programs(seen: Surroundings) -> Iterator[Finding]:
    """Whether the programs are there, with their versions."""
    yield Finding(True, f"baiti_xl {__version__}，Python {sys.version.split()[0]}")
    for package, version in seen.packages.items():
        text = f"{package} {version}" if version else f"没有安装 {package}"
        yield Finding(bool(version), text, "" if version else f"请运行 pip install {package}")


def kit_beside(seen: Surroundings) -> Iterator[Finding]:
    """Whether a kit for this computer that lies here is what is installed."""
    found = seen.kit
    if found is None or (found.for_windows and seen.machine.platform != WINDOWS):
        return
    if found.version == __version__:
        yield Finding(True, f"旁边的安装包是 {found.version}，已装的就是这一版")
    else:
        told = f"旁边的安装包是 {found.version}，已装的是 {__version__}"
        yield Finding(False, told, f"要装安装包里的那一版，请关闭 Excel，{found.way}")


def store(seen: Surroundings) -> Iterator[Finding]:
    """Whether Python is that of the Microsoft Store."""
    if seen.machine.from_store:
        yield Finding(
            False,
            f"Python（{seen.machine.python}）是从微软应用商店装的，Excel 看不到它写的文件",
            "请从 python.org 安装 Python，用它重新安装 baiti-xl，再运行 baiti-xl excel install",
        )


def addin(seen: Surroundings) -> Iterator[Finding]:
    """Whether the add-in is in place and that of this version."""
    path = seen.machine.startup / ADDIN
    remedy = "请关闭 Excel，运行 baiti-xl excel install"
    if seen.addin is None:
        yield Finding(False, f"没有找到加载项 {path}", remedy)
    elif seen.addin != seen.wanted:
        yield Finding(False, f"加载项 {path} 不是这个版本的", remedy)
    else:
        yield Finding(True, f"加载项 {path}")


def second_addin(seen: Surroundings) -> Iterator[Finding]:
    """Whether Excel is told to open a copy from elsewhere, or has disabled ours."""
    own = str(seen.machine.startup).casefold()
    for line in seen.registered.opened:
        if ADDIN in line and own not in line.casefold():
            yield Finding(
                False,
                f"Excel 另外还加载一份 {ADDIN}：{line}",
                "请在 Excel 选项 → 加载项 → 转到 里取消勾选那一份，只留 excel install 装的",
            )
    if any(ADDIN in text for text in seen.registered.disabled):
        remedy = "请在 Excel 选项 → 加载项 → 管理“禁用项目”→ 转到 里启用它"
        yield Finding(False, f"Excel 把 {ADDIN} 列进了禁用项目", remedy)


def settings(seen: Surroundings) -> Iterator[Finding]:
    """Whether the settings lead to this Python."""
    machine = seen.machine
    if not seen.named:
        yield Finding(False, f"设置文件 {machine.config} 没有写明 Python", INSTALL)
    elif not seen.named_there:
        yield Finding(False, f"设置文件里的 Python 不见了：{seen.named}", INSTALL)
    elif seen.named != str(machine.python):
        yield Finding(False, f"设置文件里的 Python 是另一个：{seen.named}", INSTALL)
    else:
        yield Finding(True, f"设置文件 {machine.config}")


def several_pythons(seen: Surroundings) -> Iterator[Finding]:
    """Whether there are Pythons that may be taken for ours."""
    own = str(seen.machine.python)
    others = [name for name in seen.registered.pythons if name.casefold() != own.casefold()]
    if others:
        told = f"这台电脑另有 Python：{'、'.join(others)}；本程序装在 {own}"
        yield Finding(True, told, f'升级时请用 "{own}" -m pip install -U baiti-xl，不要装进另一个')
    if seen.command and not belongs(seen.command, seen.machine.python):
        yield Finding(
            False,
            f"命令 baiti-xl 是另一个 Python 的：{seen.command}",
            f'请卸载那一个（它的 pip uninstall baiti-xl），或改用 "{own}" -m baiti_xl',
        )


def belongs(command: Path, python: Path) -> bool:
    """Whether a command lies where pip puts those of a Python: beside it, in Scripts, or among the user's own."""
    own_version = f"Python{sys.version_info[0]}{sys.version_info[1]}"
    return command.parent in (python.parent, python.parent / "Scripts") or own_version in command.parts


def mac_script(seen: Surroundings) -> Iterator[Finding]:
    """On a Mac, whether the script is there by which Excel may start Python."""
    if seen.machine.platform == MAC:
        remedy = "" if seen.script_there else INSTALL
        yield Finding(seen.script_there, f"启动脚本 {seen.machine.script}", remedy)


def names(seen: Surroundings) -> Iterator[Finding]:
    """What in the names of folders and files keeps a button from working."""
    text = str(seen.folder)
    if set(text) & set(AWKWARD):
        yield Finding(False, f"工作文件夹 {text} 的名称里有 {' '.join(AWKWARD)} 之一", "请给文件夹改名")
    for name in seen.books:
        if set(name) & set(AWKWARD):
            yield Finding(False, f"文件名 {name} 里有 {' '.join(AWKWARD)} 之一", "请给文件改名")
    try:
        str(seen.machine.home).encode(seen.machine.ansi)
    except (UnicodeEncodeError, LookupError):
        remedy = "请把 Python 和工作文件夹放在 C:\\baiti 这样的地方"
        yield Finding(False, f"用户文件夹 {seen.machine.home} 含有本机编码以外的字", remedy)
    if seen.machine.platform == WINDOWS and len(text) > LONGEST:
        yield Finding(False, "工作文件夹的路径太长", "请移到靠近盘符的地方")


def cloud(seen: Surroundings) -> Iterator[Finding]:
    """Whether the working folder lies in OneDrive or SharePoint, where Excel gives an address for a path."""
    environ = seen.machine.environ.items()
    places = [Path(value) for name, value in environ if name.upper().startswith("ONEDRIVE") and value]
    inside = any(seen.folder.is_relative_to(place) for place in places)
    named = any(part.startswith(("OneDrive", "SharePoint")) for part in seen.folder.parts)
    if inside or named or "SharePoint" in str(seen.folder):
        remedy = "请移到本机的普通文件夹，免得按钮找不到文件"
        yield Finding(False, f"工作文件夹 {seen.folder} 在网盘里", remedy)


def office_suite(seen: Surroundings) -> Iterator[Finding]:
    """Whether a program that asks for Excel gets Excel, or WPS, or nothing."""
    server = seen.registered.server.casefold()
    if seen.machine.platform != WINDOWS:
        return
    if any(name in server for name in WPS_PROGRAMS) and EXCEL not in server:
        yield Finding(
            False,
            f"WPS 占用了 Excel 的登记：{seen.registered.server}",
            "请在 WPS 的“配置和修复工具”→ 高级 → 兼容设置里取消“WPS Office 兼容第三方系统和软件”，再修复 Office",
        )
    elif not server:
        yield Finding(False, "这台电脑没有登记 Microsoft Excel", f"请安装或修复 Office；{BY_COMMAND}")
    elif seen.wps:
        yield Finding(True, "装有 WPS：按钮只在 Microsoft Excel 里能用，WPS 里请用命令行")


def guards(seen: Surroundings) -> Iterator[Finding]:
    """Whether Defender or a policy keeps macros from running, or from starting Python."""
    for rule, name in RULES.items():
        action = seen.registered.rules.get(rule)
        if action in (BLOCK, WARN):
            asks = "会拦下按钮，等人放行" if action == WARN else "按钮启动不了 Python"
            remedy = f"请维护人员为 {seen.machine.python} 放行；{BY_COMMAND}"
            yield Finding(False, f"Defender 启用了“{name}”，{asks}", remedy)
    if seen.registered.macros in (SIGNED, NO_MACROS):
        what = "所有宏" if seen.registered.macros == NO_MACROS else "没有签名的宏"
        yield Finding(False, f"单位的策略禁止{what}，操作台的按钮不能用", f"请维护人员放行；{BY_COMMAND}")
    if seen.machine.platform == WINDOWS:
        text = "点按钮仍没有反应时，可能是别的安全软件禁止 Office 启动其他程序"
        yield Finding(True, text, "请维护人员放行，或改用命令行")


CHECKS: tuple[Callable[[Surroundings], Iterator[Finding]], ...] = (
    programs,
    kit_beside,
    store,
    addin,
    second_addin,
    settings,
    several_pythons,
    mac_script,
    names,
    cloud,
    office_suite,
    guards,
)
