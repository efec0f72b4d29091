"""The command line as people use it, and as they break it: one clear sentence, exit code 2, nothing half done."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner
from sheets import BOOK, Tables, grids_of, rules, workbook_of

from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.contest.findings import Place
from baiti_xl.contest.loading import HEADINGS, LATER_SHEETS, UNITS
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding
from baiti_xl.contest.sheets import Cover
from baiti_xl.desk import consolidating, report

GOOD: Tables = {"项目台账": "签约日期\n 2011-5-1"}


def run(*words: object) -> Any:
    """Run a command."""
    return CliRunner().invoke(main, list(map(str, words)), prog_name="baiti-xl")


def refused(*words: object) -> str:
    """Run a command that cannot be carried out; return its one sentence."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "Traceback" not in result.stderr and result.stderr.startswith("错误：")
    return str(result.stderr.strip())


def put(folder: Path, unit: str, tables: Tables = GOOD, name: str = "", **cover: Any) -> Path:
    """Write a submission into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{unit}.xlsx")
    path.write_bytes(workbook_of(grids_of(tables, unit, cover)))
    return path


def console(place: Path, book: Rulebook | None = None) -> Path:
    """Write a console of three units."""
    path = place / "操作台.xlsx"
    with path.open("wb") as target:
        write_console(target, book or rules(units=BOOK.units[:3]), macros=False)
    return path


def consolidated(folder: Path, *words: object) -> Mapping[str, Any]:
    """Consolidate a folder and return its JSON."""
    result = run("consolidate", folder, *words, "--json")
    assert result.exit_code in (0, 1), result.stderr
    found: Mapping[str, Any] = json.loads(result.stdout)
    return found


# ── folders ──────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "报送").mkdir()
    sentence = refused("consolidate", tmp_path / "报送", "--out", tmp_path / "输出")
    assert sentence == f"错误：{tmp_path / '报送'} 里没有报送表。请把各单位的报送表放进去再汇总。"
    assert not (tmp_path / "输出").exists()


def test_a_folder_with_nothing_but_lock_files(tmp_path: Path) -> None:
    """Excel's, LibreOffice's and macOS's own files are no submissions."""
    (tmp_path / "报送" / "__MACOSX").mkdir(parents=True)
    for name in ("~$X01.xlsx", ".~lock.X01.xlsx#", "._X01.xlsx", "Thumbs.db", "desktop.ini", ".DS_Store"):
        (tmp_path / "报送" / name).write_bytes(b"?")
    assert "里没有报送表" in refused("consolidate", tmp_path / "报送", "--out", tmp_path / "输出")


def test_no_file_can_be_used(tmp_path: Path) -> None:
    """Nothing tells the day; with --as-of the files are shown as sent back."""
    (tmp_path / "报送").mkdir()
    (tmp_path / "报送" / "X01_说明.txt").write_text("没有填")
    words = ("consolidate", tmp_path / "报送", "--out", tmp_path / "输出")
    assert refused(*words) == (
        "错误：没有一份可用的报送表，无法确定统计日。请先看各文件的问题，或用 --as-of 指定日期。"
    )
    found = consolidated(tmp_path / "报送", "--out", tmp_path / "输出", "--as-of", "2011-05-13")
    assert found["files"] == {"seen": 1, "accepted": 0, "rejected": 1, "superseded": 0, "other_day": 0}
    assert found["units"][0]["status"] == "退回"


def test_one_unit(tmp_path: Path) -> None:
    """Alone it is the best in the two comparisons in which it has anything."""
    put(tmp_path / "报送", "X01")
    book = rules(units=BOOK.units[:1])
    found = consolidated(tmp_path / "报送", "--out", tmp_path / "输出", "--console", console(tmp_path, book))
    score = 100 * 2 / len(BOOK.comparisons)
    assert [(u["code"], u["score"], u["rank"]) for u in found["units"]] == [("X01", pytest.approx(score), 1)]


def test_sixty_units_in_subfolders(tmp_path: Path) -> None:
    """Folders may be nested, and files may have any name."""
    for at, unit in enumerate(BOOK.units):
        put(tmp_path / "报 送" / f"第 {at % 7} 组", unit.code, name=f"{unit.name} 报送 表.xlsx")
    found = consolidated(tmp_path / "报 送", "--out", tmp_path / "输 出", "--jobs", "2")
    assert found["files"] == {
        "seen": len(BOOK.units),
        "accepted": len(BOOK.units),
        "rejected": 0,
        "superseded": 0,
        "other_day": 0,
    }
    assert {u["metrics"]["签约项目数"] for u in found["units"]} == {1}
    assert Path(found["outputs"][0]).is_file()


def test_a_folder_named_like_a_workbook_and_a_link(tmp_path: Path) -> None:
    """A folder is looked into, a link is not followed."""
    put(tmp_path / "报送" / "X02.xlsx", "X02")
    put(tmp_path / "别处", "X03")
    (tmp_path / "报送" / "X03.xlsx").symlink_to(tmp_path / "别处" / "X03.xlsx")
    (tmp_path / "报送" / "圈").symlink_to(tmp_path / "报送")
    found = consolidated(tmp_path / "报送", "--out", tmp_path / "输出")
    assert found["files"]["seen"] == 1


def test_a_file_in_place_of_a_folder_and_the_reverse(tmp_path: Path) -> None:
    path = put(tmp_path / "报送", "X01")
    assert "找不到文件夹" in refused("consolidate", path, "--out", tmp_path / "输出")
    assert "是文件夹，不是文件" in refused("check", tmp_path / "报送")
    assert "是文件夹，不是文件" in refused(
        "consolidate", tmp_path / "报送", "--console", tmp_path, "--out", tmp_path / "输出"
    )
    (tmp_path / "输出").write_bytes(b"a file")
    words = ("--out", tmp_path / "输出", "--console", console(tmp_path))
    assert "已有同名文件" in refused("consolidate", tmp_path / "报送", *words)


def test_unknown_unit_codes(tmp_path: Path) -> None:
    """A unit that is not in the list is sent back, and counts nowhere."""
    for code in ("X01", "X99", "x02", ""):
        put(tmp_path / "报送", "X01", name=f"{code}_某单位.xlsx", code=code)
    found = consolidated(tmp_path / "报送", "--out", tmp_path / "输出", "--console", console(tmp_path))
    assert found["files"]["seen"] == 4
    assert sum(u["metrics"]["签约项目数"] or 0 for u in found["units"]) in (1, 2)
    listed = json.loads(run("check", tmp_path / "报送" / "X99_某单位.xlsx", "--json").stdout)
    assert [f["rule"] for f in listed["files"][0]["findings"]][:1] == ["F07"]
    assert listed["files"][0]["status"] == "退回"


@pytest.mark.parametrize("inside", ["", "输出", "输出/七月"])
def test_output_into_the_submissions_folder_is_refused(tmp_path: Path, inside: str) -> None:
    """The next run would read its own output, and an archive there, as submissions."""
    folder = tmp_path / "报送"
    put(folder, "X01")
    assert "在报送文件夹" in refused("consolidate", folder, "--out", folder / inside)
    assert "在报送文件夹" in refused("documents", "进展通报", "--from", folder, "--out", folder / inside)
    assert [p.name for p in folder.iterdir()] == ["X01.xlsx"]


def test_a_console_and_an_archive_among_the_submissions_are_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "报送"
    put(folder, "X01")
    for _ in range(2):
        found = consolidated(folder, "--console", console(folder), "--out", tmp_path / "输出")
        assert found["files"] == {"seen": 1, "accepted": 1, "rejected": 0, "superseded": 0, "other_day": 0}


# ── the console ──────────────────────────────────────────────────────────────────────────────────


def broken(place: Path, leave_out: str = "", change: Mapping[str, Mapping[int, Any]] | None = None) -> Path:
    """Write a console without one sheet, or with cells of the unit list changed by row and column."""
    from baiti_xl.contest.loading import console_rows

    path = place / "操作台.xlsx"
    file = xlsxwriter.Workbook(str(path))
    for name, rows in console_rows(rules(units=BOOK.units[:3])).items():
        if name == leave_out:
            continue
        page = file.add_worksheet(name)
        page.write_row(0, 0, HEADINGS[name])
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row):
                given = (change or {}).get(f"{name}{r + 1}", {}).get(c, value)
                if isinstance(given, date):
                    page.write_datetime(r, c, given, file.add_format({"num_format": "yyyy-mm-dd"}))
                else:
                    page.write(r, c, given)
    file.close()
    return path


@pytest.mark.parametrize("sheet", [sheet for sheet in HEADINGS if sheet not in LATER_SHEETS])
def test_a_console_with_a_missing_sheet(tmp_path: Path, sheet: str) -> None:
    put(tmp_path / "报送", "X01")
    words = (
        "consolidate",
        tmp_path / "报送",
        "--console",
        broken(tmp_path, sheet),
        "--out",
        tmp_path / "输出",
    )
    assert f"操作台「{sheet}」A1：缺少这张工作表；请从新的操作台复制过来" in refused(*words)
    assert not (tmp_path / "输出").exists()


def test_what_an_earlier_console_does_not_say_is_told_with_every_result(tmp_path: Path) -> None:
    path = console(tmp_path)
    file = openpyxl.load_workbook(path)
    row = next(cell.row for cell in file["规则"]["A"] if cell.value == "查重阈值")
    file["规则"].delete_rows(row)
    file.save(path)
    told = "操作台「规则」没有参数“查重阈值”，按默认值“88”处理"
    put(tmp_path / "报送", "X01")
    done = run("consolidate", tmp_path / "报送", "--console", path, "--out", tmp_path / "输出")
    assert told in done.stderr.splitlines()
    (results,) = (tmp_path / "输出").glob("汇总结果*.xlsx")
    stamp = openpyxl.load_workbook(results)["口径说明"].iter_rows(max_col=2, values_only=True)
    assert ("操作台未写明", told) in list(stamp)
    words = ("--from", tmp_path / "报送", "--out", tmp_path / "公文", "--console", path, "--draft")
    assert told in run("documents", "转发通知", *words).stderr.splitlines()
    assert told in run("rules", "--console", path).stdout.splitlines()


def test_every_wrong_cell_of_the_console_is_named(tmp_path: Path) -> None:
    changes: dict[str, dict[int, Any]] = {
        "单位名录2": {0: "X 1"},
        "单位名录3": {1: "", 2: "外县"},
        "阶段3": {1: date(2011, 4, 22)},
    }
    put(tmp_path / "报送", "X01")
    path = broken(tmp_path, change=changes)
    sentence = refused("consolidate", tmp_path / "报送", "--console", path, "--out", tmp_path / "输出")
    assert sentence.splitlines() == [
        "错误：有以下问题，请改正后再试：",
        "  操作台「阶段」B3：应紧接上一阶段，为 2011-04-21",
        "  操作台「单位名录」A2：单位代码应为不超过 12 位的字母或数字",
        "  操作台「单位名录」B3：单位名称为空或重复",
    ]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"not a workbook"])
def test_a_console_that_is_no_workbook(tmp_path: Path, data: bytes) -> None:
    put(tmp_path / "报送", "X01")
    (tmp_path / "操作台.xlsx").write_bytes(data)
    words = ("--console", tmp_path / "操作台.xlsx", "--out", tmp_path / "输出")
    for command in (("consolidate", tmp_path / "报送", *words), ("issue", *words)):
        assert "操作台" in refused(*command) and "无法读取" in refused(*command)


def test_a_submission_is_no_console(tmp_path: Path) -> None:
    path = put(tmp_path / "报送", "X01")
    said = refused("consolidate", tmp_path / "报送", "--console", path, "--out", tmp_path / "输出")
    assert f"操作台「{UNITS}」A1：缺少这张工作表" in said


# ── what is printed ──────────────────────────────────────────────────────────────────────────────


def test_what_a_consolidation_says(tmp_path: Path) -> None:
    put(tmp_path / "报送", "X01", {"项目台账": "总投资 | 固定资产投资\n 12000 | 10000 \n 100 | 200"})
    put(tmp_path / "报送", "X02", batch="")
    result = run("consolidate", tmp_path / "报送", "--out", tmp_path / "输出", "--console", console(tmp_path))
    assert result.stderr.splitlines() == [
        "统计日 2011-07-12（第三期）：1 份中 1 份填到这一天",
        "文件：共 2 个，采用 1，退回 1，被新报送替代 0",
        "数据：共 2 行，计入 1，未计入 1；金额 22000 万元，计入 11000，未计入 11000",
        "问题：错 3 条，警 0 条，示 1 条（见“问题清单”）",
        "会审：有 2 件没有答复（见结果的“会审”），编号以前在操作台“会审”表答复",
        "未报送 1 个：孙口镇",
        "需要处理 1 个：侯庙镇（退回）",
        f"已写入 {tmp_path / '输出' / '汇总结果_2011-07-12.xlsx'}",
    ]


def test_what_a_check_says() -> None:
    """Findings grouped by sheet, with what was typed; a file without findings says so."""
    found = (
        finding("F05/macros", Place("a.xlsm")),
        finding(
            "P01", Place("a.xlsm", "项目台账", "J4", "固定资产投资"), "200", part=200, whole=100, total=100
        ),
    )
    submission = Submission("a.xlsm", "", Cover("X01", "城关镇"), {}, {}, found)
    lines = report.findings_text(submission).splitlines()
    assert lines[0] == "■ a.xlsm　X01 城关镇　错 1　警 0　示 1"
    assert [line.strip()[:12] for line in lines[1:]] == [
        "〔文件〕",
        "示 F05 —　文件里含",
        "〔项目台账〕",
        "错 P01 J4　固定资",
    ]
    assert lines[-1].endswith("填写内容：200")
    empty = Submission("a.xlsx", "", Cover(), {}, {})
    assert report.findings_text(empty).splitlines() == ["■ a.xlsx　错 0　警 0　示 0", "  没有发现问题。"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("没有", "没有命令“没有”。请看 baiti-xl --help"),
        ("issue", "缺少参数 --out。请看 baiti-xl issue --help"),
        ("issue --没有", "没有选项 --没有。请看 baiti-xl issue --help"),
        (
            "consolidate . --out a --as-of 5月",
            "--as-of 的值不对：“5月”不是 YYYY-MM-DD 形式的日期。请看 baiti-xl consolidate --help",
        ),
        ("issue --out", "选项 --out 缺少值。请看 baiti-xl --help"),
    ],
)
def test_what_was_typed_wrongly(words: str, said: str) -> None:
    assert refused(*words.split()) == f"错误：{said}"


def test_help_is_in_chinese() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "用法：" in result.stdout and "选项" in result.stdout and "命令" in result.stdout
    assert not {"Usage", "Options", "Commands", "Show this"} & set(result.stdout.replace(":", "").split())


def test_a_bug_is_one_sentence_and_debug_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(consolidating, "work_out", fail)
    words = ("consolidate", tmp_path, "--out", tmp_path.parent / "输出")
    assert refused(*words) == (
        "错误：程序出错（KeyError：'oops'）。请加 --debug 再运行一次，把显示的内容发给维护人员。"
    )
    assert isinstance(run(*words, "--debug").exception, KeyError)


def test_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(consolidating, "work_out", interrupt)
    result = run("consolidate", tmp_path, "--out", tmp_path.parent / "输出")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip() == "已中断，没有写入不完整的文件。"


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"PYTHONIOENCODING": "utf-8"},
        pytest.param(
            {"PYTHONIOENCODING": "gbk"},
        ),
    ],
    ids=str,
)
def test_as_a_program_in_a_terminal_of_another_encoding(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """`python -m baiti_xl` where 𠮷 cannot be shown, as on Chinese Windows; blanks and Chinese in the paths."""
    put(tmp_path / "报 送", "X01", name="𠮷 报送.xlsx")
    command = [sys.executable, "-m", "baiti_xl", "consolidate", "报 送", "--out", "输出 𠮷"]
    done = [
        subprocess.run(
            [*command, *extra],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
        )
        for extra in ([], ["--json"])
    ]
    assert [d.returncode for d in done] == [0, 0], done
    assert (
        json.loads(done[1].stdout.decode(environment.get("PYTHONIOENCODING", "utf-8")))["files"]["seen"] == 1
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_or_a_file_of_two_gigabytes_is_answered_at_once(tmp_path: Path) -> None:
    """Neither is opened: a pipe would wait for ever, and the file fill the memory."""
    os.mkfifo(tmp_path / "a.xlsx")
    assert "不是普通文件" in refused("check", tmp_path / "a.xlsx")
    with (tmp_path / "b.xlsx").open("wb") as file:
        file.truncate(2 << 30)
    alone = run("check", tmp_path / "b.xlsx")
    assert (alone.exit_code, "F03 —　文件过大（2048 MB，上限 48 MB）" in alone.stdout) == (1, True)
    both = run("check", tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert both.exit_code == 1 and "文件打不开（不是普通文件，而是文件夹、管道或设备）" in both.stdout
    assert "有 2048 MB，超过 48 MB" in refused("check", "--console", tmp_path / "b.xlsx", tmp_path / "a.xlsx")


def test_a_file_that_cannot_be_opened_is_a_finding_beside_the_others(tmp_path: Path) -> None:
    """It is not said to be damaged; only where nothing can be opened is nothing done."""
    sound, gone = put(tmp_path, "X01"), tmp_path / "没有.xlsx"
    result = run("check", sound, gone)
    assert result.exit_code == 1 and "已损坏" not in result.stdout
    told = "文件打不开（找不到这个文件）。请核对路径和权限，关闭正打开着它的程序，再读取一次。"
    assert f"F04 —　{told}" in result.stdout
    assert "找不到文件" in refused("check", gone, tmp_path)
