"""What other people's scripts rely on: commands, options, exit codes, JSON keys, sheets, headings, file names.

A change here needs a line in CHANGELOG.md, “Contract”.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from answers import answer_all
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from sheets import BOOK, Tables, grids_of, rules, workbook_of

from baiti_xl import desk as actions
from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.contest import sheets
from baiti_xl.contest.columns import AnySheet
from baiti_xl.papers import catalogue

DAY = date(2011, 6, 30)
UNITS = BOOK.units[:2]
GOOD = {"项目台账": "签约日期\n 2011-5-1"}
WRONG = {"项目台账": "总投资 | 固定资产投资\n 100 | 200"}


def put(path: Path, tables: Tables, unit: str = "X01", **cover: Any) -> Path:
    """Write a submission."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook_of(grids_of(tables, unit, cover)))
    return path


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of two units, one of whose files is wrong, and the current folder."""
    with (tmp_path / "操作台.xlsx").open("wb") as target:
        write_console(target, rules(units=UNITS), macros=False)
    put(tmp_path / "报送" / "X01.xlsx", GOOD)
    put(tmp_path / "报送" / "X02.xlsx", WRONG, "X02")
    answer_all(tmp_path / "操作台.xlsx", tmp_path / "报送")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: object) -> Any:
    """Run a command."""
    return CliRunner().invoke(main, list(map(str, words)))


# ── commands and options ─────────────────────────────────────────────────────────────────────────

COMMANDS = {
    "init": "DIR",
    "issue": "--console --out",
    "check": "FILE… --console --annotate --json",
    "consolidate": "DIR --console --as-of --since --out --jobs --cluster --json",
    "review": "DIR --console --as-of --out --json",
    "close": "DIR --console --as-of --out --reason",
    "documents": "KIND… --from --console --as-of --since --dated --out --unit --draft --pdf --reissue --json",
    "send": "DIR --console --as-of --papers --out --json",
    "pdf": "FILE.docx… --out",
    "register list": "DIR --console",
    "register void": "文号 DIR --console --reason",
    "template new": "KIND --format --seal --out --console",
    "template check": "FILE.docx…",
    "template fields": "KIND",
    "kit": "--out --python --platform",
    "build": "--check",
    "demo": "[DIR]",
    "excel install": "",
    "excel uninstall": "",
    "excel doctor": "",
    "excel selftest": "--out",
}


def command_of(name: str) -> click.Command:
    """Return a command by its words."""
    found: click.Command = main
    for word in name.split():
        assert isinstance(found, click.Group)
        found = found.commands[word]
    return found


@pytest.mark.parametrize(("name", "words"), list(COMMANDS.items()))
def test_every_command_takes_what_the_contract_says(name: str, words: str) -> None:
    """No argument or option is missing; --debug and --help work everywhere."""
    command = command_of(name)
    taken = {
        p.metavar if isinstance(p, click.Argument) else option
        for p in command.params
        for option in (p.opts if isinstance(p, click.Option) else [""])
    }
    assert set(words.split()) <= taken
    assert "--debug" in taken
    result = run(*name.split(), "--help")
    assert result.exit_code == 0 and result.stdout.startswith("用法：")


def test_the_kinds_of_documents_are_listed() -> None:
    result = run("documents", "list")
    assert result.exit_code == 0
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == (
        "转发通知 调度会通知 进展通报 说明通知书 补正通知 协办函 考核评价表 考核总结 表彰通报 曝光送审稿".split()
    )


# ── exit codes ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("check 报送/X01.xlsx", 0),
        ("check 报送/X02.xlsx", 1),
        ("check 报送/X01.xlsx 报送/X02.xlsx", 1),
        ("check 没有.xlsx", 2),
        ("check", 2),
        ("check 报送", 2),
        ("consolidate 只有好的 --out 输出", 0),
        ("consolidate 报送 --out 输出", 1),
        ("consolidate 没有 --out 输出", 2),
        ("consolidate 空 --out 输出", 2),
        ("consolidate 报送/X01.xlsx --out 输出", 2),
        ("consolidate 报送", 2),
        ("consolidate 报送 --out 输出 --as-of 2011-6-31", 2),
        ("consolidate 报送 --out 输出 --as-of 2011-06-30 --since 2011-06-30", 2),
        ("consolidate 报送 --out 输出 --jobs 0", 2),
        ("consolidate 报送 --out 输出 --console 没有.xlsx", 2),
        ("documents list", 0),
        ("documents 进展通报 --from 报送 --out 输出", 0),
        ("documents 没有这种 --from 报送 --out 输出", 2),
        ("documents 进展通报 --from 报送 --out 输出 --unit X99", 2),
        ("documents 进展通报 --from 报送", 2),
        ("documents 进展通报 --out 输出", 2),
        ("template fields 进展通报", 0),
        ("template fields 没有", 2),
        ("template check 没有.docx", 2),
        ("template new 进展通报 --out 模板", 0),
        ("template new 进展通报 --format 1998", 2),
        ("template new 没有", 2),
        ("issue --out 下发", 0),
        ("issue", 2),
        ("没有这个命令", 2),
        ("consolidate --没有这个选项", 2),
    ],
)
def test_exit_codes(desk: Path, words: str, code: int) -> None:
    """0 clean, 1 done with findings of severity 错, 2 could not do it: one clear sentence, no traceback."""
    put(desk / "只有好的" / "X01.xlsx", GOOD)
    (desk / "空").mkdir()
    result = run(*words.split())
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    if code == 2:
        assert result.stdout == ""
        assert result.stderr.startswith("错误：") and len(result.stderr.strip().splitlines()) == 1


def test_debug_shows_what_went_wrong(desk: Path) -> None:
    result = run("consolidate", "没有", "--out", "输出", "--debug")
    assert isinstance(result.exception, actions.ActionError)


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────

METRICS = ["新上项目数", "拜访客商数", "邀请客商数", "签约项目数", "签约金额", "到位资金", "竣工率"]


def test_consolidate_json(desk: Path) -> None:
    """One object on standard output with exactly the contract's keys, numbers as JSON numbers or null."""
    del desk
    result = run("consolidate", "报送", "--out", "输出", "--json")
    found = json.loads(result.stdout)
    assert (
        list(found)
        == "as_of day_reason period files skipped bridge rows money findings open_matters units outputs".split()
    )
    assert {name: list(found[name]) for name in ("files", "rows", "money", "findings")} == {
        "files": ["seen", "accepted", "rejected", "superseded", "other_day"],
        "rows": ["seen", "counted", "not_counted"],
        "money": ["typed", "counted", "not_counted"],
        "findings": ["错", "警", "示"],
    }
    unit = found["units"][0]
    assert list(unit) == [
        "code", "name", "group", "status", "metrics", "score", "rank", "tier", "task_met", "covered_until", "carried_over", "flags",
    ]  # fmt: skip
    assert list(unit["metrics"]) == METRICS
    assert unit["metrics"] == {
        "新上项目数": 0, "拜访客商数": 0, "邀请客商数": 0, "签约项目数": 1, "签约金额": 11000, "到位资金": 0, "竣工率": 0,
    }  # fmt: skip
    assert (found["as_of"], found["period"]) == ("2011-07-12", "第三期")
    assert [type(v) for v in (unit["score"], unit["rank"], unit["task_met"], unit["flags"])] in (
        [float, int, bool, list],
        [int, int, bool, list],
    )


def test_what_is_not_there_is_null(desk: Path) -> None:
    """A unit without a submission has no figures; 竣工率 without a denominator is null, never 0."""
    put(desk / "一家" / "X01.xlsx", {"拜访客商": "拜访日期\n 2011-5-1"})
    found = json.loads(run("consolidate", "一家", "--out", "输出", "--json").stdout)
    one, other = found["units"]
    assert one["metrics"]["竣工率"] is None and one["metrics"]["签约项目数"] == 0
    assert other["metrics"] == dict.fromkeys(METRICS)
    assert (other["status"], other["tier"], other["task_met"]) == ("未报送", None, None)


def test_a_rate_is_a_fraction(desk: Path) -> None:
    """0.5 = 50 %."""
    put(desk / "一家" / "X01.xlsx", {"项目台账": "项目阶段\n 竣工 \n 签约"})
    found = json.loads(run("consolidate", "一家", "--out", "输出", "--json").stdout)
    assert found["units"][0]["metrics"]["竣工率"] == 0.5


def test_check_json(desk: Path) -> None:
    del desk
    found = json.loads(run("check", "报送/X01.xlsx", "报送/X02.xlsx", "--json").stdout)
    assert list(found) == ["files"]
    good, wrong = found["files"]
    assert list(good) == ["file", "unit", "status", "findings"]
    assert (good["file"], good["unit"], good["status"]) == ("X01.xlsx", "X01", "通过")
    assert (wrong["unit"], wrong["status"]) == ("X02", "有错")
    item = next(f for f in wrong["findings"] if f["rule"] == "P01")
    assert list(item) == ["rule", "severity", "sheet", "cell", "heading", "value", "message"]
    assert [item[k] for k in list(item)[:6]] == ["P01", "错", "项目台账", "J4", "固定资产投资", "200"]


def test_documents_json(desk: Path) -> None:
    del desk
    found = json.loads(run("documents", "进展通报", "--from", "报送", "--out", "输出", "--json").stdout)
    assert {"as_of", "documents", "outputs"} <= set(found)
    assert all(Path(path).is_file() for path in found["outputs"])


@pytest.mark.parametrize(
    "words",
    [
        "init 新的",
        "issue --out 下发",
        "consolidate 报送 --out 输出",
        "documents 进展通报 --from 报送 --out 输出",
    ],
)
def test_messages_go_to_standard_error(desk: Path, words: str) -> None:
    del desk
    result = run(*words.split())
    assert result.stdout == "" and result.stderr


@pytest.mark.parametrize(
    "words",
    [
        "check 报送/X02.xlsx --annotate 校验",
        "consolidate 报送 --out 输出",
        "documents 进展通报 --from 报送 --out 输出",
    ],
)
def test_json_stands_alone_on_standard_output(desk: Path, words: str) -> None:
    del desk
    assert json.loads(run(*words.split(), "--json").stdout)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_init_makes_a_working_folder(tmp_path: Path) -> None:
    place = tmp_path / "招商 局"
    assert run("init", place).exit_code == 0
    assert {p.name for p in place.iterdir()} == {
        "操作台.xlsm", "报送模板.xlsx", "doc_templates", "报送", "归档", "输出",
    }  # fmt: skip
    assert {p.stem for p in (place / "doc_templates").iterdir()} == set(catalogue.NAMES)


def test_init_makes_the_archive_with_its_register(tmp_path: Path) -> None:
    assert run("init", tmp_path).exit_code == 0
    assert (tmp_path / "归档" / "登记.db").is_file()


def test_init_twice_overwrites_nothing(tmp_path: Path) -> None:
    run("init", tmp_path)
    (tmp_path / "操作台.xlsm").write_bytes(b"changed by staff")
    assert run("init", tmp_path).exit_code == 0
    assert (tmp_path / "操作台.xlsm").read_bytes() == b"changed by staff"


def test_issue_names_files_by_code_and_name(desk: Path) -> None:
    run("issue", "--out", "下发")
    assert sorted(p.name for p in (desk / "下发").iterdir()) == [
        "X01_城关镇_报送表.xlsx",
        "X02_侯庙镇_报送表.xlsx",
    ]


def test_the_results_are_named_by_their_day(desk: Path) -> None:
    run("consolidate", "报送", "--out", "输出", "--as-of", "2011-05-13")
    assert [p.name for p in (desk / "输出").iterdir()] == ["汇总结果_2011-05-13.xlsx"]


def test_as_of_defaults_to_the_latest_cutoff_seen(desk: Path) -> None:
    put(desk / "报送" / "X01 第二次.xlsx", GOOD, cutoff=date(2011, 7, 12))
    found = json.loads(run("consolidate", "报送", "--out", "输出", "--json").stdout)
    assert found["as_of"] == "2011-07-12"


@pytest.mark.parametrize("name", ["操作台.xlsx", "操作台.xlsm"])
def test_the_console_of_the_current_folder_is_the_default(desk: Path, name: str) -> None:
    (desk / "操作台.xlsx").rename(desk / name)
    found = json.loads(run("consolidate", "报送", "--out", "输出", "--json").stdout)
    assert len(found["units"]) == 2
    assert (desk / "归档").is_dir()


def test_a_console_with_macros_comes_first(desk: Path) -> None:
    with (desk / "操作台.xlsm").open("wb") as target:
        write_console(target, rules(units=UNITS[:1]), macros=False)
    found = json.loads(run("consolidate", "报送", "--out", "输出", "--json").stdout)
    assert len(found["units"]) == 1


def test_without_a_console_the_factory_default_stands(desk: Path) -> None:
    (desk / "操作台.xlsx").unlink()
    found = json.loads(run("consolidate", "报送", "--out", "输出", "--json").stdout)
    assert len(found["units"]) == len(BOOK.units)
    assert (desk / "输出" / "归档").is_dir()


# ── sheets and headings ──────────────────────────────────────────────────────────────────────────


def headings(path: Path, sheet: str, row: int = 1) -> list[str]:
    """Return the filled cells of a row."""
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [str(cell) for cell in cells[row - 1] if cell != ""]


RESULT_SHEETS = (
    "总览 指标汇总 单项排名 综合排名 项目总台账 拜访总表 邀请总表 到位资金总表 手续进度 困难问题 "
    "督查名单 报送情况 问题清单 疑似重复 裁定记录 更正 会审 对账 其他指标 口径说明"
).split()


def test_the_results_workbook(desk: Path) -> None:
    """Sheets in order, headings in row 1 of every sheet but 总览 and 口径说明."""
    run("consolidate", "报送", "--out", "输出")
    path = desk / "输出" / "汇总结果_2011-07-12.xlsx"
    assert CalamineWorkbook.from_path(str(path)).sheet_names == RESULT_SHEETS
    assert (
        headings(path, "指标汇总")
        == (
            "单位代码 单位名称 类别 新上项目数 拜访客商数 邀请客商数 签约项目数 签约金额(万元) 到位资金(万元) 竣工率 "
            "竣工项目数 签约项目数(分母) 最高档次 一档项目 二档项目 三档项目 未入档项目 基本任务 综合得分 组内名次 全县名次"
        ).split()
    )
    records: dict[str, AnySheet] = {
        "项目总台账": sheets.PROJECTS, "拜访总表": sheets.VISITS, "邀请总表": sheets.INVITATIONS,
        "到位资金总表": sheets.PAYMENTS, "手续进度": sheets.PROCEDURES, "困难问题": sheets.PROBLEMS,
    }  # fmt: skip
    for name, sheet in records.items():
        found = headings(path, name)
        assert found[:2] == ["单位代码", "单位名称"], name
        assert found[2 : 2 + len(sheet.columns)] == [c.heading for c in sheet.columns], name
        assert found[-3:] == ["来源文件", "来源表", "来源行"], name
    for name in set(RESULT_SHEETS) - {"总览", "单项排名", "口径说明"}:
        assert "单位代码" in headings(path, name), name
    board = "组内名次 全县名次 单位代码 单位名称 类别".split()
    figures = "新上项目数 拜访客商数 邀请客商数 签约项目数 签约金额(万元) 到位资金(万元) 竣工率".split()
    assert headings(path, "单项排名") == [
        heading for f in figures for heading in (*(f"{f.split('(')[0]}·{part}" for part in board), f)
    ]


def test_the_template(desk: Path) -> None:
    """Sheets and headings as declared: headings in row 3, starred where required."""
    run("issue", "--out", "下发")
    path = desk / "下发" / "X01_城关镇_报送表.xlsx"
    names = CalamineWorkbook.from_path(str(path)).sheet_names
    assert names[0] == "封面" and set(names) >= {s.name for s in sheets.DATA_SHEETS}
    for sheet in sheets.DATA_SHEETS:
        assert headings(path, sheet.name, 3) == [c.label for c in sheet.columns], sheet.name
