"""Installing for one user, on simulated Windows and macOS: what is written where, and what doctor says."""

from dataclasses import replace
from pathlib import Path

import pytest

from baiti_xl.books.macros import MacroError
from baiti_xl.desk import install
from baiti_xl.desk.install import Machine

DATA = b"the add-in"


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
    return [str(f) for f in install.doctor(machine, DATA, folder) if not f.good]


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
    assert not (machine.startup / install.ADDIN).exists()
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
    assert any("WPS" in str(f) for f in install.doctor(windows, DATA, tmp_path))


def test_the_real_add_in_can_be_built_here() -> None:
    assert install.addin() == install.addin()
    assert Machine.this().python.is_file()
