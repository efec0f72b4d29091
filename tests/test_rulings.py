"""Rulings in the console change exactly the figures they should (本系统约定; 办公室.md, “六、裁定”)."""

import json
from datetime import date
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
from click.testing import CliRunner
from sheets import BOOK, grids_of, rules, workbook_of

from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.contest.choices import Decision
from baiti_xl.contest.records import GONE, Ruling

DAY = date(2011, 6, 30)
# Two units claim one project; X01 has a project that is faulty, a joint one, and money on each.
FILES = {
    "X01": {
        "拜访客商": "客商名称\n 佛山甲纺织有限公司 \n 佛山乙纺织有限公司",
        "项目台账": """项目名称 | 投资方 | 总投资 | 固定资产投资 | 签约金额 | 引进方式 | 本单位份额
            年产五百万件羽绒服装加工项目 | 佛山甲纺织有限公司 | 12000 | 10000 | 11000 | 独立 |
            精细化工产业园 | 濮阳乙化工有限公司 | 12000 | 12001 | 9000 | 独立 |
            冷链物流中心 | 郑州丙物流有限公司 | 7000 | 6000 | 5000 | 联合 | 60""",
        "到位资金": "项目编号 | 到位金额 | 付款方\n X01-001 | 100 | 甲 \n X01-002 | 200 | 乙 \n X01-003 | 300 | 丙",
    },
    "X02": {
        "项目台账": """项目名称 | 投资方 | 总投资 | 固定资产投资 | 签约金额 | 合同编号
            年产500万件羽绒服装加工项目 | 佛山甲纺织公司 | 12000 | 10000 | 11000 | HT-9""",
        "到位资金": "项目编号 | 到位金额 | 付款方\n X02-001 | 40 | 丁",
    },
}
ONE, TWO, THREE = "X01/项目台账/X01-001", "X01/项目台账/X01-002", "X01/项目台账/X01-003"


def ruling(record: str, decision: str, value: str = "", rule: str = "") -> Ruling:
    """Return a ruling."""
    return Ruling(record, rule, cast(Decision, decision), value, "已核实", "刘主任", DAY, "")


def desk(place: Path, *rulings: Ruling) -> list[str]:
    """Make a working folder with these rulings in its console; return the command that consolidates it."""
    folder, console = place / "报送", place / "操作台.xlsx"
    folder.mkdir(exist_ok=True)
    for unit, tables in FILES.items():
        (folder / f"{unit}.xlsx").write_bytes(workbook_of(grids_of(tables, unit)))
    with console.open("wb") as target:
        write_console(target, rules(units=BOOK.units[:3], rulings=rulings), macros=False)
    return ["consolidate", str(folder), "--console", str(console), "--out", str(place / "输出"), "--json"]


def figures(place: Path, *rulings: Ruling) -> dict[str, Any]:
    """Return every figure of a run by its path: `X01 签约项目数`; ranks and scores follow from the others."""
    result = CliRunner().invoke(main, desk(place, *rulings))
    assert result.exit_code in (0, 1), result.stderr
    summary = json.loads(result.stdout)
    found = {
        f"{part} {k}": v for part in ("files", "rows", "money", "findings") for k, v in summary[part].items()
    }
    for unit in summary["units"]:
        found |= {f"{unit['code']} {name}": value for name, value in unit["metrics"].items()}
        found |= {f"{unit['code']} {name}": unit[name] for name in ("status", "tier", "task_met", "flags")}
    return found


def changed(place: Path, *rulings: Ruling) -> list[str]:
    """Return what rulings change of all figures: `X01 签约项目数 1.6 → 0.6`."""
    before, after = figures(place), figures(place, *rulings)
    assert before.keys() == after.keys()
    return [f"{name} {value} → {after[name]}" for name, value in before.items() if value != after[name]]


def test_the_figures_without_rulings(tmp_path: Path) -> None:
    found = figures(tmp_path)
    assert [found[f"{u} {name}"] for name in ("签约项目数", "签约金额", "到位资金") for u in ("X01", "X02")] == [
        1.6, 1, 14000, 11000, 480, 40,
    ]  # fmt: skip
    assert (found["rows not_counted"], found["money not_counted"]) == (1, 9000)


@pytest.mark.parametrize(
    ("rulings", "expected"),
    [
        ([], []),
        (
            [ruling(ONE, "归属", "X02")],
            [
                "rows counted 9 → 7",
                "rows not_counted 1 → 3",
                "money counted 27640 → 16540",
                "money not_counted 9000 → 20100",
                "findings 警 3 → 2",
                "X01 签约项目数 1.6 → 0.6",
                "X01 签约金额 14000 → 3000",
                "X01 到位资金 480 → 380",
                "X01 tier 二档 → 三档",
                "X01 task_met True → False",
            ],
        ),
        pytest.param(
            [ruling(ONE, "份额", "50"), ruling("X02/项目台账/X02-001", "份额", "50")],
            [
                "X01 签约项目数 1.6 → 1.1",
                "X01 签约金额 14000 → 8500",
                "X01 到位资金 480 → 430",
                "X02 签约项目数 1 → 0.5",
                "X02 签约金额 11000 → 5500",
                "X02 到位资金 40 → 20",
            ],
        ),
        ([ruling(ONE, "认定", rule="X01")], ["findings 警 3 → 1"]),
        (
            [ruling(TWO, "认定", rule="P01")],
            [
                "rows counted 9 → 10",
                "rows not_counted 1 → 0",
                "money counted 27640 → 36640",
                "money not_counted 9000 → 0",
                "X01 签约项目数 1.6 → 2.6",
                "X01 签约金额 14000 → 23000",
            ],
        ),
        (
            [ruling(THREE, "份额", "100")],
            [
                "findings 警 3 → 2",
                "X01 签约项目数 1.6 → 2",
                "X01 签约金额 14000 → 16000",
                "X01 到位资金 480 → 600",
            ],
        ),
        (
            [ruling("X02/到位资金/PZ-X02-001|丁", "不予认定")],
            [
                "rows counted 9 → 8",
                "rows not_counted 1 → 2",
                "money counted 27640 → 27600",
                "money not_counted 9000 → 9040",
                "X02 到位资金 40 → 0",
            ],
        ),
        (
            [ruling("X01/拜访客商/2011-W1|2011-05-10|佛山甲纺织有限公司", "不予认定")],
            ["rows counted 9 → 8", "rows not_counted 1 → 2", "X01 拜访客商数 2 → 1"],
        ),
    ],
)
def test_a_ruling_changes_exactly_the_figures_it_should(
    tmp_path: Path, rulings: list[Ruling], expected: list[str]
) -> None:
    """Every other figure of every unit, of rows, money, files and findings stays."""
    assert changed(tmp_path, *rulings) == expected


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            ruling("X01/项目/X01-001", "认定"),
            "操作台「裁定」A5：记录标识“X01/项目/X01-001”应是 单位代码/表名/主键",
        ),
        (ruling("X09/项目台账/X01-001", "认定"), "操作台「裁定」A5：记录标识“X09/项目台账/X01-001”应是"),
        (ruling("乱写", "认定"), "操作台「裁定」A5：记录标识“乱写”应是 单位代码/表名/主键"),
        (ruling(ONE, "归属", "X99"), "操作台「裁定」A5：裁定归属的单位代码“X99”不在单位名录里"),
        (ruling(ONE, "归属"), "操作台「裁定」D5：裁定归属时要填单位代码"),
        (ruling(ONE, "份额", "0"), "操作台「裁定」D5：裁定份额应大于 0、不超过 100"),
        (ruling(ONE, "份额", "100.01"), "操作台「裁定」D5：裁定份额应大于 0、不超过 100"),
        (ruling(ONE, "通过"), "操作台「裁定」C5：只能填：认定、不予认定、归属、份额"),
        (ruling(ONE, "认定", rule="P99"), "操作台「裁定」B5：没有规则“P99”"),
    ],
)
def test_a_ruling_that_can_be_of_nothing(tmp_path: Path, wrong: Ruling, said: str) -> None:
    """Exit code 2, the console's cell, and nothing written."""
    result = CliRunner().invoke(main, desk(tmp_path, ruling(ONE, "认定"), wrong))
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not (tmp_path / "输出").exists() and not (tmp_path / "归档").exists()


def test_a_ruling_whose_record_is_gone_stops_nothing(tmp_path: Path) -> None:
    """A ruling stays in the console when the record is withdrawn or was never sent; 裁定记录 and 总览 say so."""
    command = desk(
        tmp_path, ruling("X02/项目台账/X02-001", "不予认定"), ruling("X01/项目台账/X01-009", "认定")
    )
    (tmp_path / "报送" / "X02.xlsx").unlink()
    result = CliRunner().invoke(main, command)
    assert result.exit_code in (0, 1), result.stderr
    (made,) = (tmp_path / "输出").glob("汇总结果_*.xlsx")
    book = openpyxl.load_workbook(made)
    effects = [cell.value for row in book["裁定记录"].iter_rows() for cell in row if cell.value == GONE]
    assert len(effects) == 2
    told = [str(cell.value) for row in book["总览"].iter_rows() for cell in row if cell.value]
    assert "裁定：2 条所指的记录已不在报送中（见“裁定记录”）。" in told
