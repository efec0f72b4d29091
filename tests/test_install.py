"""Installing for one user, on simulated Windows and macOS: what is written where, and what doctor says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from baiti_xl.books.macros import MacroError
from baiti_xl.desk import doctor, install
from baiti_xl.desk.doctor import Finding, Surroundings
from baiti_xl.desk.machine import ADDIN, Machine
from baiti_xl.desk.outputs import OutputError
from baiti_xl.desk.registry import OfWindows, Registered, registered

DATA = b"the add-in"
CLASS = "{00024500-0000-0000-C000-000000000046}"
OF_WPS = "{45540001-5750-5300-4B49-4E47534F4655}"
EXCEL = {
    r"HKCR\Excel.Application\CLSID": {"": CLASS},
    rf"HKCR\CLSID\{CLASS}\LocalServer32": {"": r"C:\Office\EXCEL.EXE /automation"},
}
CHILDREN, CALLS = doctor.RULES


@dataclass(frozen=True)
class Keys:
    """A registry written as a table: key, its values."""

    table: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: EXCEL)

    def values(self, key: str) -> Mapping[str, Any]:
        return self.table.get(key, {})

    def keys(self, key: str) -> tuple[str, ...]:
        below = (PureWindowsPath(name).parts for name in self.table if name.startswith(f"{key}\\"))
        return tuple(dict.fromkeys(parts[len(PureWindowsPath(key).parts)] for parts in below))


def machine_of(tmp_path: Path, platform: str) -> Machine:
    """Return a simulated computer whose user is 李明."""
    home = tmp_path / "李明"
    python = home / "baiti" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    environ = {
        "win32": {
            "APPDATA": str(home / "AppData" / "Roaming"),
            "LOCALAPPDATA": str(home / "AppData" / "Local"),
            "USERPROFILE": str(home),
            "OneDrive": str(home / "OneDrive"),
        }
    }
    return Machine(platform, environ.get(platform, {}), home, python, "gbk")


@pytest.fixture
def windows(tmp_path: Path) -> Machine:
    return machine_of(tmp_path, "win32")


@pytest.fixture
def mac(tmp_path: Path) -> Machine:
    return machine_of(tmp_path, "darwin")


def bad(machine: Machine, folder: Path) -> list[str]:
    return [str(f) for f in doctor.doctor(machine, DATA, folder, Keys()) if not f.good]


def test_windows_gets_the_add_in_and_the_settings(windows: Machine) -> None:
    told = install.install(windows, DATA)
    addin = windows.home / "AppData/Roaming/Microsoft/Excel/XLSTART/百日竞赛.xlam"
    assert addin.read_bytes() == DATA
    settings = (windows.home / ".baiti" / "baiti.conf").read_bytes()
    assert settings == f'"INTERPRETER_WIN","{windows.python}"\r\n'.encode("gbk")
    assert told[0] == f"已写入 {addin}"
    assert any("解除锁定" in line for line in told)


def test_a_mac_gets_the_script_of_this_xlwings_too(mac: Machine) -> None:
    install.install(mac, DATA)
    startup = (
        mac.home / "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
    )
    assert (startup / "百日竞赛.xlam").read_bytes() == DATA
    assert (mac.home / "Library/Containers/com.microsoft.Excel/Data/baiti.conf").is_file()
    assert mac.script is not None
    assert b"VbaHandler" in mac.script.read_bytes()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_after_installing_doctor_is_content_and_after_uninstalling_nothing_is_left(
    tmp_path: Path, platform: str
) -> None:
    machine = machine_of(tmp_path, platform)
    install.install(machine, DATA)
    assert bad(machine, tmp_path) == []
    assert install.install(machine, DATA)  # again
    removed = install.uninstall(machine)
    assert len(removed) == (2 if platform == "win32" else 3)
    assert not (machine.startup / ADDIN).exists()
    assert install.uninstall(machine) == ["没有安装过，不用删除。"]
    assert len(bad(machine, tmp_path)) == len(removed)


def test_other_settings_are_kept(windows: Machine) -> None:
    windows.config.parent.mkdir()
    windows.config.write_bytes(b'"SHOW CONSOLE","False"\r\n"INTERPRETER_WIN","C:\\old.exe"\r\n')
    install.install(windows, DATA)
    lines = windows.config.read_bytes().decode("gbk").splitlines()
    assert lines == ['"SHOW CONSOLE","False"', f'"INTERPRETER_WIN","{windows.python}"']


@pytest.mark.parametrize("name", ["한글", "a=b", "a;b", "100%", "a^b"])
def test_a_python_that_excel_cannot_start_is_refused(windows: Machine, name: str) -> None:
    odd = replace(windows, python=windows.home / name / "python.exe")
    with pytest.raises(MacroError, match="Python 装在"):
        install.install(odd, DATA)
    assert not windows.config.exists()


def test_another_system_is_refused(tmp_path: Path) -> None:
    linux = machine_of(tmp_path, "linux")
    with pytest.raises(MacroError, match="不是 Windows 或 macOS"):
        install.install(linux, DATA)
    assert "没有 Excel 按钮" in bad(linux, tmp_path)[0]


def test_doctor_tells_an_older_add_in_and_a_lost_python(windows: Machine, tmp_path: Path) -> None:
    install.install(windows, b"older")
    assert "不是这个版本" in bad(windows, tmp_path)[0]
    install.install(windows, DATA)
    windows.python.unlink()
    assert "不见了" in bad(windows, tmp_path)[0]
    other = replace(windows, python=windows.home / "other.exe")
    other.python.touch()
    windows.python.touch()
    assert "另一个" in bad(other, tmp_path)[0]


def test_doctor_tells_traps_in_paths(windows: Machine, tmp_path: Path) -> None:
    install.install(windows, DATA)
    folder = windows.home / "OneDrive" / "a=b"
    folder.mkdir(parents=True)
    (folder / "操作台=新.xlsm").touch()
    said = "\n".join(bad(windows, folder))
    assert "工作文件夹" in said
    assert "操作台=新.xlsm" in said
    assert "在网盘里" in said


def test_doctor_tells_a_user_folder_beyond_the_code_page(tmp_path: Path) -> None:
    machine = machine_of(tmp_path / "한글", "win32")
    assert any("本机编码以外" in text for text in bad(machine, tmp_path))


def test_doctor_mentions_wps(windows: Machine, tmp_path: Path) -> None:
    (windows.home / "AppData/Local/Kingsoft/WPS Office").mkdir(parents=True)
    assert any("装有 WPS" in str(f) for f in doctor.doctor(windows, DATA, tmp_path, Keys()))


def test_the_real_add_in_can_be_built_here() -> None:
    assert install.addin() == install.addin()
    assert Machine.this().python.is_file()
    assert not Machine.this().from_store


# ── nothing is left ──────────────────────────────────────────────────────────────────────────────


def test_uninstalling_takes_the_log_and_the_folder_of_its_own_too(windows: Machine) -> None:
    before = sorted(windows.home.rglob("*"))
    windows.startup.mkdir(parents=True)  # Excel's own
    install.install(windows, DATA)
    for name in ("excel.log", "excel.log.1", "python.log"):
        (windows.data / name).touch()
    install.uninstall(windows)
    left = [path for path in windows.home.rglob("*") if path not in before]
    assert [path for path in left if not windows.startup.is_relative_to(path)] == []


def test_what_others_keep_beside_our_settings_stays(windows: Machine) -> None:
    install.install(windows, DATA)
    (windows.data / "别的.txt").touch()
    install.uninstall(windows)
    assert [path.name for path in windows.data.iterdir()] == ["别的.txt"]


def test_a_file_that_excel_holds_open_is_told(windows: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    install.install(windows, DATA)

    def held(path: Path) -> None:
        raise PermissionError(13, "另一个程序正在使用此文件", str(path))

    monkeypatch.setattr(Path, "unlink", held)
    with pytest.raises(OutputError, match=r"删不掉 .*xlam（另一个程序.*请关闭 Excel，再运行一次"):
        install.uninstall(windows)


# ── the Python of the Store ──────────────────────────────────────────────────────────────────────

STORE_PYTHON = "AppData/Local/Microsoft/WindowsApps/PythonSoftwareFoundation.Python.3.12/python.exe"
STORE_BASE = PureWindowsPath("C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12_x64")


@pytest.mark.parametrize(
    ("python", "base", "refused"),
    [
        (STORE_PYTHON, STORE_BASE, True),
        ("venv/Scripts/python.exe", STORE_BASE, True),  # a virtual environment made from it
        ("AppData/Local/Programs/Python/Python312/python.exe", PureWindowsPath("C:/Python312"), False),
        ("WindowsApps2/python.exe", PureWindowsPath("C:/Python312"), False),
    ],
)
def test_the_python_of_the_store_is_named_and_refused(
    windows: Machine, python: str, base: PureWindowsPath, refused: bool
) -> None:
    machine = replace(windows, python=windows.home / python, base=base)
    assert machine.from_store is refused
    if refused:
        with pytest.raises(MacroError, match=r"应用商店.*python\.org"):
            install.install(machine, DATA)
        assert not machine.config.exists()
    else:
        install.install(machine, DATA)


# ── each check, on what was read ─────────────────────────────────────────────────────────────────


def said(check: Callable[[Surroundings], Any], machine: Machine, **seen: Any) -> list[str]:
    """Return what a check finds of a computer that is otherwise in order, in short."""
    found: list[Finding] = list(check(Surroundings(machine, **{"folder": machine.home, **seen})))
    return [str(one).replace(str(machine.home), "~") for one in found]


def server(command: str) -> Registered:
    return Registered(server=command)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (r"C:\Office\EXCEL.EXE /automation", ""),
        (r"C:\Kingsoft\EXCEL.EXE", ""),
        (r"C:\Kingsoft\WPS Office\12.1\office6\et.exe /automation", "注意　WPS 占用了 Excel 的登记"),
        (r"D:\ET.EXE", "注意　WPS 占用了 Excel 的登记"),
        ("", "注意　这台电脑没有登记 Microsoft Excel"),
    ],
)
def test_who_answers_for_excel(windows: Machine, command: str, told: str) -> None:
    found = said(doctor.office_suite, windows, registered=server(command))
    assert [line[: len(told)] for line in found] == ([told] if told else [])


@pytest.mark.parametrize(
    ("rules", "macros", "told"),
    [
        ({}, 0, []),
        ({CHILDREN: "0", CALLS: "2"}, 1, []),  # off, and audited only
        ({CHILDREN: "1"}, 0, ["Defender 启用了“阻止 Office 应用创建子进程”，按钮启动不了 Python"]),
        ({CALLS: "6"}, 0, ["Defender 启用了“阻止 Office 宏调用 Win32 API”，会拦下按钮，等人放行"]),
        ({}, 2, []),
        ({}, 3, ["单位的策略禁止没有签名的宏，操作台的按钮不能用"]),
        ({}, 4, ["单位的策略禁止所有宏，操作台的按钮不能用"]),
    ],
)
def test_what_is_blocked(windows: Machine, rules: dict[str, str], macros: int, told: list[str]) -> None:
    *found, last = said(doctor.guards, windows, registered=Registered(rules=rules, macros=macros))
    assert [line.removeprefix("注意　").partition("　→")[0] for line in found] == told
    assert all("放行；命令行" in line for line in found)
    assert last.startswith("正常　点按钮仍没有反应")


@pytest.mark.parametrize(
    ("folder", "cloudy"),
    [
        ("工作", False),
        ("OneDrive/工作", True),  # the variable says so
        ("OneDrive - 某单位/工作", True),
        ("某单位/SharePoint 文档/工作", True),
        ("我的OneDrive备份", False),
    ],
)
def test_a_folder_that_is_kept_in_step_with_the_web(windows: Machine, folder: str, cloudy: bool) -> None:
    assert bool(said(doctor.cloud, windows, folder=windows.home / folder)) is cloudy


def test_several_pythons(windows: Machine) -> None:
    own, other = str(windows.python), r"C:\Python314\python.exe"
    assert said(doctor.several_pythons, windows, registered=Registered(pythons=(own.upper(),))) == []
    (line,) = said(doctor.several_pythons, windows, registered=Registered(pythons=(own, other)))
    assert line.startswith(f"正常　这台电脑另有 Python：{other}；本程序装在 ~/baiti/python.exe　→ 升级时请用")
    for place, right in (("baiti/Scripts", True), ("baiti", True), ("Python39/Scripts", False)):
        found = said(doctor.several_pythons, windows, command=windows.home / place / "baiti-xl.exe")
        assert (found == []) is right
    assert found[0].startswith("注意　命令 baiti-xl 是另一个 Python 的：~/Python39/Scripts/baiti-xl.exe　→")


def test_a_second_add_in_and_one_that_excel_has_disabled(windows: Machine) -> None:
    ours, old = f'"{windows.startup / ADDIN}"', rf'/R "D:\旧版\{ADDIN}"'
    quiet = Registered(opened=(ours, "solver.xlam"), disabled=("别的.xlam",))
    assert said(doctor.second_addin, windows, registered=quiet) == []
    loud = Registered(opened=(old,), disabled=(rf"\x00\x01d:\旧版\{ADDIN}",))
    first, second = said(doctor.second_addin, windows, registered=loud)
    assert first.startswith(f"注意　Excel 另外还加载一份 {ADDIN}：{old}")
    assert second.startswith(f"注意　Excel 把 {ADDIN} 列进了禁用项目")


def test_every_bad_finding_says_what_to_do(windows: Machine, tmp_path: Path) -> None:
    worst = Registered(
        server="et.exe", rules=dict.fromkeys(doctor.RULES, "1"), opened=(ADDIN,), disabled=(ADDIN,), macros=4
    )
    found = []
    for machine in (replace(windows, base=STORE_BASE), machine_of(tmp_path / "mac", "darwin")):
        place = machine.home / "OneDrive" / ("a=b" * 60)
        seen = Surroundings(machine, place, DATA, books=("a=b.xlsx",), packages={"xlwings": ""},
                            command=Path("/python.exe"), registered=worst)  # fmt: skip
        found += [one for check in doctor.CHECKS for one in check(seen) if not one.good]
    assert len(found) > 20
    assert [one.text for one in found if not one.remedy] == []
    assert [one.text for one in found if "。" in f"{one.text}{one.remedy}"] == []


# ── what is read of the registry ─────────────────────────────────────────────────────────────────


def test_the_registry_is_read() -> None:
    defender = r"HKLM\SOFTWARE\{}Microsoft\Windows Defender\{}"
    guard = r"Windows Defender Exploit Guard\ASR\Rules"
    policies = "Policies\\"
    office = r"HKCU\Software\Microsoft\Office\16.0\Excel"
    table: dict[str, dict[str, Any]] = {
        r"HKCR\Excel.Application\CLSID": {"": OF_WPS},
        rf"HKCR\WOW6432Node\CLSID\{OF_WPS}\LocalServer32": {"": "et.exe"},
        defender.format("", guard): {CHILDREN.upper(): "1", CALLS: 6},
        defender.format(policies, guard): {CHILDREN: "2"},  # the policy holds
        r"HKCU\Software\Python\PythonCore\3.12\InstallPath": {"ExecutablePath": r"C:\a\python.exe"},
        r"HKLM\Software\Python\PythonCore\3.9\InstallPath": {"": "C:\\b\\"},
        r"HKLM\Software\Python\Other\1": {"Version": "1"},
        rf"{office}\Options": {"OPEN": "a.xlam", "OPEN1": "b.xlam", "Font": "宋体"},
        rf"{office}\Resiliency\DisabledItems": {"1A": b"\1\0" + "c.xlam".encode("utf-16-le"), "1B": 5},
        r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security": {"VBAWarnings": 4},
    }
    assert registered(Keys(table)) == Registered(
        server="et.exe",
        rules={CHILDREN: "2", CALLS: "6"},
        pythons=(r"C:\a\python.exe", r"C:\b\python.exe"),
        opened=("a.xlam", "b.xlam"),
        disabled=("\1c.xlam",),
        macros=4,
    )
    managed = {defender.format(policies, "Policy Manager"): {"ASRRules": f"{{{CALLS}}}=2|{CHILDREN}=1|x"}}
    assert registered(Keys(managed)).rules == {CALLS: "2", CHILDREN: "1"}


def test_a_registry_that_says_nothing() -> None:
    assert registered(Keys({})) == registered(OfWindows()) == Registered()
