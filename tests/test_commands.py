"""Each command of the command line: what typed words ask of the desk, what is said, and with which exit code."""

import io
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from sheets import BOOK, grids_of, rules, workbook_of

from baiti_xl import __version__, cli, desk
from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.contest.choices import Decision
from baiti_xl.contest.records import Ruling
from baiti_xl.desk import doctor, install, opening
from baiti_xl.desk.machine import ADDIN, Machine
from baiti_xl.desk.registry import Registered

GOOD = {"项目台账": "签约日期\n 2011-5-1"}
WRONG = {"项目台账": "总投资 | 固定资产投资\n 12000 | 13000"}


def run(words: str, *more: object) -> Any:
    """Run a command."""
    return CliRunner().invoke(main, [*words.split(), *map(str, more)], prog_name="baiti-xl")


def told(words: str, *more: object) -> tuple[int, list[str], list[str]]:
    """Run a command; return its exit code, the lines it prints, and those it says beside them."""
    result = run(words, *more)
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, and the current one: two units, one of whose files is wrong."""
    monkeypatch.chdir(tmp_path)
    with Path("操作台.xlsx").open("wb") as target:
        write_console(target, rules(units=BOOK.units[:2]), macros=False)
    Path("报送").mkdir()
    for unit, tables in (("X01", GOOD), ("X02", WRONG)):
        Path("报送", f"{unit}.xlsx").write_bytes(workbook_of(grids_of(tables, unit, {})))
    return tmp_path


# ── what is asked of the desk ────────────────────────────────────────────────────────────────────


class Asked(Exception):
    """Stands for an action of the desk: carries what it was asked, and does nothing."""


def asked(
    monkeypatch: pytest.MonkeyPatch, action: str, words: str, home: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Any, Mapping[str, Any]]:
    """Return the arguments that a command gives an action, where 首页 names some days."""

    def ask(*arguments: Any, **options: Any) -> None:
        raise Asked(arguments, options)

    monkeypatch.setattr(desk, action, ask)
    monkeypatch.setattr(desk, "home_days", lambda console, given: desk.stand_ins(home, given))
    result = run(f"{words} --debug")
    assert isinstance(result.exception, Asked), result.output
    arguments, options = result.exception.args
    assert options.pop("progress", cli.progress) is cli.progress
    return arguments, options


def test_issue_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "issue", "issue --out 下发") == (
        (Path("下发"),), {"console": None, "overwrite": False},
    )  # fmt: skip
    assert asked(monkeypatch, "issue", "issue --out 下发 --console a.xlsx --overwrite") == (
        (Path("下发"),), {"console": Path("a.xlsx"), "overwrite": True},
    )  # fmt: skip


def test_check_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "check", "check a.xlsx b.xlsx") == (
        ((Path("a.xlsx"), Path("b.xlsx")),), {"console": None, "annotated": None},
    )  # fmt: skip
    assert asked(monkeypatch, "check", "check a.xlsx --console c.xlsx --annotate 校验") == (
        ((Path("a.xlsx"),),), {"console": Path("c.xlsx"), "annotated": Path("校验")},
    )  # fmt: skip


PLAIN: Mapping[str, Any] = {
    "folder": Path("报送"), "console": None, "as_of": None, "since": None, "out": Path("输出"),
    "jobs": 1, "cluster": "", "plain_cluster": False, "overwrite": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("", {}),
        ("--console c.xlsx", {"console": Path("c.xlsx")}),
        ("--as-of 2011-05-13 --since 2011-4-20", {"as_of": date(2011, 5, 13), "since": date(2011, 4, 20)}),
        ("--jobs 64", {"jobs": 64}),
        ("--cluster tcp://10.0.0.1:8786", {"cluster": "tcp://10.0.0.1:8786"}),
        ("--overwrite", {"overwrite": True}),
    ],
)
def test_consolidate_asks(monkeypatch: pytest.MonkeyPatch, words: str, changed: Mapping[str, Any]) -> None:
    arguments, options = asked(monkeypatch, "consolidate", f"consolidate 报送 --out 输出 {words}")
    assert (arguments, options) == ((), {**PLAIN, **changed})


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("", {}),
        ("--unit X01 --unit X02 --draft", {"units": ("X01", "X02"), "draft": True}),
        ("--as-of 2011-05-13 --since 2011-4-20", {"as_of": date(2011, 5, 13), "since": date(2011, 4, 20)}),
        ("--reissue 更正", {"reissue": "更正"}),
        ("--dated 2011-05-16", {"dated": date(2011, 5, 16)}),
        ("--console c.xlsx --overwrite", {"console": Path("c.xlsx"), "overwrite": True}),
    ],
)
def test_documents_asks(monkeypatch: pytest.MonkeyPatch, words: str, changed: Mapping[str, Any]) -> None:
    kinds = "documents 进展通报 补正通知 --from 报送 --out 公文"
    plain = {
        "console": None, "as_of": None, "since": None, "units": (), "draft": False, "dated": None, "reissue": "",
        "overwrite": False,
    }  # fmt: skip
    assert asked(monkeypatch, "documents", f"{kinds} {words}") == (
        (("进展通报", "补正通知"), Path("报送"), Path("公文")), {**plain, **changed},
    )  # fmt: skip


MAY_13, MAY_16, APRIL_20 = date(2011, 5, 13), date(2011, 5, 16), date(2011, 4, 20)
HOME_DAYS = {"bt_day": MAY_13, "bt_since": APRIL_20, "bt_dated": MAY_16}
TAKEN = {"as_of": MAY_13, "since": APRIL_20, "dated": MAY_16}


@pytest.mark.parametrize(
    ("action", "words", "taken"),
    [
        ("consolidate", "consolidate 报送 --out 输出", "as_of since"),
        ("consolidate", "consolidate 报送 --out 输出 --as-of 2011-05-13", "since"),
        ("consolidate", "consolidate 报送 --out 输出 --as-of 2011-06-12", ""),  # what belongs to another day
        ("review", "review 报送", "as_of dated"),
        ("close", "close 报送 --out 输出 --reason 无", "as_of"),
        ("documents", "documents all --from 报送 --out 公文", "as_of since dated"),
        ("documents", "documents all --from 报送 --out 公文 --dated 2011-06-13", "as_of since"),
        ("documents", "documents all --from 报送 --out 公文 --as-of 2011-07-12", ""),
        ("send", "send 报送 --out 发送", "as_of"),
    ],
)
def test_the_days_of_the_first_page_stand_in_for_options(
    monkeypatch: pytest.MonkeyPatch, action: str, words: str, taken: str
) -> None:
    """统计日 = the option, else 首页: where no buttons work, the command under each does the same."""
    plain = asked(monkeypatch, action, words)[1]
    filled = asked(monkeypatch, action, words, HOME_DAYS)[1]
    assert {name for name, value in filled.items() if value != plain[name]} == set(taken.split())
    assert all(filled[name] == TAKEN[name] for name in taken.split())


def test_a_day_that_is_none_stops_only_who_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    home = {"bt_dated": "8月1日"}
    assert asked(monkeypatch, "consolidate", "consolidate 报送 --out 输出", home)[1]["as_of"] is None
    assert asked(monkeypatch, "documents", "documents all --from 报送 --out 公文 --dated 2011-8-1", home)
    with pytest.raises(desk.ActionError, match="首页的“成文日期”不是日期：8月1日"):
        desk.stand_ins(home, {"as_of": None, "dated": None})


def test_the_days_are_read_from_the_console_in_use(folder: Path) -> None:
    console, asks = folder / "操作台.xlsx", dict.fromkeys(TAKEN)
    assert desk.home_days(None, asks) == desk.home_days(console, asks) == {}
    settings = {"bt_day": date(2011, 6, 12), "bt_dated": "2011-6-13", "bt_since": ""}
    book = desk.load_rules(console)
    with console.open("wb") as target:
        write_console(target, book, macros=False, settings=settings)
    assert desk.home_days(None, asks) == {"as_of": date(2011, 6, 12), "dated": date(2011, 6, 13)}
    code, _, said = told("review 报送")
    assert said[0] == "按操作台“首页”：统计日 2011-06-12，成文日期 2011-06-13。"
    assert code in (0, 1)


def test_an_address_is_no_folder_of_this_computer() -> None:
    """`memory://…` stays an address; a folder is a path, whatever is in its name."""
    place = cli.Place()
    assert place.convert("报 送", None, None) == Path("报 送")
    assert place.convert(Path("报送"), None, None) == Path("报送")
    assert str(place.convert("memory://县局/报送", None, None)).startswith("memory://")


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


def test_the_version() -> None:
    code, lines, _ = told("--version")
    assert (code, lines) == (0, [f"baiti-xl, version {__version__}"])


def test_init_names_what_it_wrote(tmp_path: Path) -> None:
    code, lines, said = told("init", tmp_path / "竞赛")
    assert (code, lines) == (0, [])
    assert said[0] == f"已写入 {tmp_path / '竞赛' / '操作台.xlsm'}"
    assert all(line.startswith("已写入 ") for line in said)


def test_issue_says_how_many(folder: Path) -> None:
    assert told("issue --out 下发") == (0, [], ["已生成 2 份报送表，在 下发"])
    assert len(list((folder / "下发").iterdir())) == 2


def test_check_prints_findings_and_says_what_it_wrote(folder: Path) -> None:
    code, lines, said = told("check 报送/X01.xlsx 报送/X02.xlsx --annotate 校验")
    assert code == 1
    assert lines[:2] == ["■ X01.xlsx　X01 城关镇　错 0　警 0　示 0", "  没有发现问题。"]
    assert lines[2].startswith("■ X02.xlsx　X02 侯庙镇　错 1　")
    assert any(line.startswith("    错 P01 J4　固定资产投资大于总投资") for line in lines)
    assert said == [f"已写入 {Path('校验') / name}_校验.xlsx" for name in ("X01", "X02")]
    assert {path.name for path in (folder / "校验").iterdir()} == {"X01_校验.xlsx", "X02_校验.xlsx"}
    assert told("check 报送/X01.xlsx --annotate 校验 --json")[2] == ["已写入 校验/X01_校验.xlsx"]


def test_a_warning_alone_is_no_fault(folder: Path) -> None:
    """Exit code 1 means 错; 警 and 示 do not count."""
    path = folder / "报送" / "X03.xlsx"
    path.write_bytes(workbook_of(grids_of({"项目台账": "固定资产投资\n 300"}, "X01", {})))
    code, lines, _ = told("check", path)
    assert code == 0 and "错 0　警 1　示 1" in lines[0]


def test_rules_in_force(folder: Path) -> None:
    sunday = "注意：第二次调度会 2011-06-12（星期日）不是工作日；要改的写在操作台“调度”表里。"
    assert told("rules") == (0, ["规则没有问题：2 个单位，启用 7 项指标，0 条裁定。", sunday], [])
    code, lines, said = told("rules --console 没有.xlsx")
    assert (code, lines, len(said)) == (2, [], 1)


def test_preview_says_what_a_file_counts_for(folder: Path) -> None:
    del folder
    code, lines, said = told("preview 报送/X01.xlsx")
    assert (code, said) == (0, [])
    assert lines[:2] == ["X01 城关镇　截至 2011-07-12", "新上项目数　0 个"]
    assert "数据：共 1 行，计入 1 行，未计入 0 行" in lines
    with Path("另一个.xlsx").open("wb") as target:
        write_console(target, rules(units=BOOK.units[1:2]), macros=False)
    assert told("preview 报送/X01.xlsx --console 另一个.xlsx")[0] == 2


def test_the_kinds_of_documents_with_for_whom_each_is() -> None:
    code, lines, said = told("documents list")
    assert (code, said) == (0, [])
    assert {"进展通报\t全县\t报送截止日以后", "补正通知\t单位\t随时", "协办函\t部门\t随时"} <= set(lines)


def test_documents_says_what_it_wrote(folder: Path) -> None:
    del folder
    code, lines, said = told(
        "documents 补正通知 --from 报送 --out 公文 --as-of 2011-06-30 --since 2011-06-12"
    )
    assert (code, lines) == (0, [])
    assert said[0] == "统计日 2011-06-30（第三期内）：2 份中 0 份填到这一天；比较日 2011-06-12"
    assert said[1].startswith(f"补正通知　{Path('公文', '补正通知_X02_侯庙镇')}")
    code, lines, said = told("documents 补正通知 --from 报送 --out 公文 --unit X01 --draft")
    assert (code, said[1]) == (0, "没有生成 补正通知：没有要补正的报送表")


def test_documents_need_a_folder_and_an_output() -> None:
    for words in ("documents 进展通报 --out 公文", "documents 进展通报 --from 报送"):
        assert told(words) == (2, [], ["错误：请用 --from 给出报送文件夹，用 --out 给出输出文件夹。"])


def test_the_note_of_a_run_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a run on a cluster, or under an archive that could not be written."""
    del folder
    for action in ("consolidate", "documents"):
        real = getattr(desk, action)

        def noted(*arguments: Any, real: Any = real, **options: Any) -> Any:
            done = real(*arguments, **options)
            object.__setattr__(done, "note", "归档没有写成。")
            return done

        monkeypatch.setattr(desk, action, noted)
    assert told("consolidate 报送 --out 输出")[2][0] == "归档没有写成。"
    code, lines, said = told("documents 进展通报 --from 报送 --out 公文 --json --draft")
    assert (code, said) == (0, ["归档没有写成。"])
    assert json.loads("\n".join(lines))["as_of"] == "2011-07-12"


def test_a_broken_identity_stops_everything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not add up is the program's fault: exit code 2, whatever the files are like."""
    del folder
    real = desk.consolidate

    def unsound(**options: Any) -> Any:
        done = real(**options)
        monkeypatch.setattr(type(done), "sound", False)
        return done

    monkeypatch.setattr(desk, "consolidate", unsound)
    code, _, said = told("consolidate 报送 --out 输出")
    assert code == 2
    assert said[-1] == "错误：对账不符，这是程序的缺陷。请不要使用这次结果，并把报送文件发给维护人员。"


# ── templates ────────────────────────────────────────────────────────────────────────────────────


def test_a_template_without_faults_and_one_with(tmp_path: Path) -> None:
    import docx

    good, bad = tmp_path / "通报.docx", tmp_path / "坏.docx"
    for path, text in ((good, "没有字段"), (bad, "{{ 没有这个字段")):
        file = docx.Document()
        file.add_paragraph(text)
        file.save(str(path))
    found = desk.check_templates([good, bad])
    code, lines, said = told("template check", good, bad)
    assert (code, said) == (1, [])
    assert [line for line in lines if line.startswith("■")] == [
        f"■ {path}　{f'{len(found[path])} 个问题' if found[path] else '没有发现问题'}" for path in (good, bad)
    ]
    assert len(found[bad]) >= 1
    assert lines[-1] == f"  {found[bad][-1]}"


def test_shipped_templates_have_no_faults() -> None:
    paths = sorted((Path(__file__).parents[1] / "doc_templates").glob("*.docx"))[:1]
    assert told("template check", *paths) == (0, [f"■ {paths[0]}　没有发现问题"], [])


def test_the_fields_of_a_kind_with_what_each_means() -> None:
    code, lines, said = told("template fields 补正通知")
    assert (code, said) == (0, [])
    assert {"单位名称\t收文单位", "差错\t列表：每处差错", "差错.文件\t文件名"} <= set(lines)


# ── opening ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths: list[Path] = []
    monkeypatch.setattr(opening, "open_path", paths.append)
    for name in ("输出", "别处"):
        Path(name).mkdir()
        Path(name, "汇总结果_2011-06-30.xlsx").touch()
    assert told("open results") == (0, [], [])
    assert told("open results --from 别处") == (0, [], [])
    assert told("open folder") == (0, [], [])
    assert told("open handbook") == (0, [], [])
    assert paths == [
        Path("输出", "汇总结果_2011-06-30.xlsx"),
        Path("别处", "汇总结果_2011-06-30.xlsx"),
        folder,
        opening.handbook(),
    ]


def test_no_results_yet(folder: Path) -> None:
    del folder
    assert told("open results") == (2, [], ["错误：“输出”里还没有汇总结果。请先汇总报送。"])


# ── Excel ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A simulated Windows, and the current folder in it."""
    home = tmp_path / "李明"
    home.mkdir()
    (home / "python.exe").touch()
    found = Machine(
        "win32", {"USERPROFILE": str(home), "APPDATA": str(home)}, home, home / "python.exe", "gbk"
    )
    monkeypatch.setattr(Machine, "this", lambda: found)
    monkeypatch.setattr(install, "addin", lambda: b"the add-in")
    monkeypatch.setattr(doctor, "registered", lambda _: Registered(server="EXCEL.EXE"))
    monkeypatch.chdir(home)
    return found


def test_installing_examining_and_removing_the_buttons(machine: Machine) -> None:
    code, lines, _ = told("excel doctor")
    assert code == 1 and lines == [str(f) for f in doctor.doctor(machine, b"the add-in", machine.home)]
    code, lines, said = told("excel install")
    assert (code, lines, said[0]) == (0, [], f"已写入 {machine.startup / ADDIN}")
    code, lines, said = told("excel doctor")
    assert (code, said) == (0, []) and len(lines) > 1
    code, lines, said = told("excel uninstall")
    assert (code, lines, len(said)) == (0, [], 2)
    assert told("excel uninstall") == (0, [], ["没有安装过，不用删除。"])


# ── building and showing ─────────────────────────────────────────────────────────────────────────


def test_build_writes_or_compares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tuple[Path, bool]] = []
    paths = [Path("workbook/a.xlsx")]

    def build(root: Path, compare: bool) -> list[Path]:
        found.append((root, compare))
        return paths

    monkeypatch.setattr(desk, "build", build)
    monkeypatch.chdir(tmp_path)
    assert told("build") == (0, [], ["已写入 workbook/a.xlsx"])
    assert told("build --check") == (1, [], ["与源文件不一致：workbook/a.xlsx"])
    paths.clear()
    assert told("build --check") == (0, [], [])
    assert found == [(tmp_path, False), (tmp_path, True), (tmp_path, True)]


def test_the_demo_says_what_it_does_and_prints_what_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[Path] = []

    def show(place: Path, say: Any, progress: Any) -> list[Path]:
        places.append(place)
        assert progress is cli.progress
        say("① 建立工作文件夹")
        return [place / "a.xlsx"]

    monkeypatch.setattr("baiti_xl.demo.show.run", show)
    assert told("demo 样例") == (0, ["样例全部完成。请打开：", "  样例/a.xlsx"], ["① 建立工作文件夹"])
    assert told("demo")[1] == ["样例全部完成。请打开：", "  demo/a.xlsx"]
    assert places == [Path("样例"), Path("demo")]


# ── help, and what is typed wrongly ──────────────────────────────────────────────────────────────


def test_help_lists_the_commands_in_the_order_of_the_work() -> None:
    code, lines, said = told("--help")
    assert (code, said) == (0, [])
    assert lines[0] == "用法：baiti-xl [选项] 命令 [参数]..."
    listed = [line.split()[0] for line in lines[lines.index("命令:") + 1 :] if line.strip()]
    assert listed == (
        "init upgrade issue check consolidate review close documents send pdf template register archive rules preview open excel kit serve build demo".split()
    )
    assert [line.split() for line in lines if line.startswith("  --")] == [
        ["--version", "显示版本"], ["--help", "显示这段说明"],
    ]  # fmt: skip


def test_a_group_without_a_command_shows_its_help() -> None:
    code, lines, _ = told("excel")
    assert code == 2 and lines[0] == "用法：baiti-xl excel [选项] 命令 [参数]..."
    assert {"install", "uninstall", "doctor"} <= {line.split()[0] for line in lines if line.strip()}


def test_the_help_of_a_command_names_each_option_in_chinese() -> None:
    lines = told("consolidate --help")[1]
    assert lines[0] == "用法：baiti-xl consolidate [选项] DIR"
    options = {line.split()[0]: line for line in lines if line.startswith("  --")}
    assert set(options) == set(
        "--debug --console --as-of --since --out --jobs --cluster --plain-cluster --overwrite --json --help".split()
    )
    assert options["--as-of"].split()[1] == options["--since"].split()[1] == "YYYY-MM-DD"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("consolidate", "缺少参数 DIR。请看 baiti-xl consolidate --help"),
        ("check", "缺少参数 FILE…。请看 baiti-xl check --help"),
        ("template 没有", "没有命令“没有”。请看 baiti-xl template --help"),
        (
            "consolidate . --out a b",
            "命令写法不对（Got unexpected extra argument (b)）。请看 baiti-xl consolidate --help",
        ),
        (
            "consolidate . --out a --since 2011-13-1",
            "--since 的值不对：“2011-13-1”不是 YYYY-MM-DD 形式的日期。请看 baiti-xl consolidate --help",
        ),
    ],
)
def test_what_was_typed_wrongly(words: str, said: str) -> None:
    assert told(words) == (2, [], [f"错误：{said}"])


def test_called_from_another_program_a_wrong_word_does_not_end_it() -> None:
    assert main.main(["没有"], standalone_mode=False) == 2


# ── terminals ────────────────────────────────────────────────────────────────────────────────────


class Terminal(io.StringIO):
    """Standard error on a screen."""

    def isatty(self) -> bool:
        """Say that somebody looks."""
        return True


def test_progress_is_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for screen, is_seen in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", screen)
        assert list(cli.progress(["a", "b"], "读取")) == ["a", "b"]
        assert ("读取" in screen.getvalue()) is is_seen
        assert list(cli.progress(iter("ab"), "读取")) == ["a", "b"]


def test_the_progress_bar_knows_how_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    list(cli.progress(["a", "b"], "读取"))
    assert "100%" in screen.getvalue()


def test_json_where_chinese_cannot_be_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escaped, so that a script reads the same."""
    cli.emit({"单位": "𠮷镇", "数": 1})
    assert capsys.readouterr().out == '{\n  "单位": "𠮷镇",\n  "数": 1\n}\n'
    narrow = SimpleNamespace(encoding="gbk")
    with monkeypatch.context() as patched:
        patched.setattr(cli, "sys", SimpleNamespace(stdout=narrow))
        cli.emit({"单位": "𠮷镇", "数": 1})
        cli.emit({"单位": "城关镇"})
    plain, chinese = documents_in(capsys.readouterr().out)
    assert plain == '{\n  "\\u5355\\u4f4d": "\\ud842\\udfb7\\u9547",\n  "\\u6570": 1\n}'
    assert chinese == '{\n  "单位": "城关镇"\n}'


def documents_in(text: str) -> Iterator[str]:
    """Yield the JSON objects of an output, each as it was printed."""
    for piece in text.strip().split("\n}\n"):
        yield piece.removesuffix("\n}") + "\n}"


# ── 退回补正 ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_sent_back_is_what_the_notices_speak_of(folder: Path) -> None:
    """The button and `documents 补正通知` are one: two files of one batch, too; what a ruling has settled is asked of nobody."""
    for name, day in (("甲", "2011-6-1"), ("乙", "2011-6-2")):
        tables = {"项目台账": f"签约日期\n {day}"}
        (folder / "报送" / f"X01_{name}.xlsx").write_bytes(workbook_of(grids_of(tables, "X01", {"batch": 2})))
    done = desk.send_back(folder / "报送", folder / "退回", console=folder / "操作台.xlsx")
    papers = desk.documents(
        ["补正通知"], folder / "报送", folder / "公文", console=folder / "操作台.xlsx", draft=True
    )
    assert done.units == ("X01", "X02")
    assert [p.name for p in done.notices] == [w.file.name for w in papers.written]
    assert {p.name for p in done.copies} == {f"X0{name}_校验.xlsx" for name in ("1_甲", "1_乙", "2")}
    accepted = Ruling("X02/项目台账/X02-001", "", Decision.ACCEPT, "", "属实", "王", date(2011, 7, 12), "")
    with (folder / "操作台.xlsx").open("wb") as target:
        write_console(target, rules(units=BOOK.units[:2], rulings=(accepted,)), macros=False)
    done = desk.send_back(folder / "报送", folder / "退回2", console=folder / "操作台.xlsx")
    assert done.units == ("X01",)
