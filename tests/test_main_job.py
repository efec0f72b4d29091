"""The main job end to end on the demo's submissions, held against independent ways to the same figures.

Oracles: a naive recomputation of the seven comparisons; the same submissions saved again by LibreOffice and by
openpyxl. The template's own formulas are a third one (test_template_formulas).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from judged import alone
from office import convert, needs_office
from template_judge import short_forms

from baiti_xl import desk
from baiti_xl.books.results import stamp
from baiti_xl.cli import main
from baiti_xl.contest import sheets
from baiti_xl.contest.measures import measure
from baiti_xl.contest.records import Account, Submission
from baiti_xl.contest.values import comparison_key
from baiti_xl.demo import base_rulebook, sample_rulebook, samples
from baiti_xl.desk import consolidating
from baiti_xl.desk.outputs import OutputError

LAST = date(2011, 7, 31)
SHEETS = [s.name for s in sheets.DATA_SHEETS]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's submissions of the last period, as mailed in; in forms of forty rows a sheet, which LibreOffice saves sooner."""
    place = tmp_path_factory.mktemp("报送")
    with short_forms(40):
        for sample in samples(sample_rulebook(), LAST):
            (place / sample.file).write_bytes(sample.data)
    return place


@pytest.fixture(scope="session")
def submissions(folder: Path) -> list[Submission]:
    """The same, read and checked without rulings."""
    return desk.read_all(desk.sources(folder), base_rulebook())


@pytest.fixture(scope="session")
def resaved(
    folder: Path, submissions: list[Submission], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Every readable submission recalculated and saved by LibreOffice, by its file name."""
    out = tmp_path_factory.mktemp("重存")
    files = [
        folder / s.file
        for s in submissions
        if not any(f.rule < "F06" for f in s.findings if f.rule[0] == "F")
    ]
    return {path.name: path for path in convert(files, "xlsx", out, seconds=400)}


# ── saved again by other programs ────────────────────────────────────────────────────────────────


def reread(path: Path) -> Submission:
    """Read one file as a submission."""
    return desk.read_all([desk.Source(path.name, path)], base_rulebook())[0]


def essence(submission: Submission) -> tuple[Any, ...]:
    """Return what must not change when another program saves a file: figures and findings."""
    findings = [(f.rule, f.place.sheet, f.place.cell, f.message) for f in submission.findings]
    return alone(submission).figures, findings, submission.content


@needs_office
def test_saved_by_libreoffice_gives_the_same(
    submissions: list[Submission], resaved: Mapping[str, Path]
) -> None:
    """A submission that LibreOffice saved again gives the same figures, findings and content."""
    usable = [s for s in submissions if s.usable and s.file in resaved]
    assert len(usable) >= 16
    for submission in usable:
        assert essence(reread(resaved[submission.file])) == essence(submission), submission.file


def test_saved_by_openpyxl_gives_the_same(
    submissions: list[Submission], folder: Path, tmp_path: Path
) -> None:
    """A submission that openpyxl saved again gives the same figures, findings and content."""
    plain = [
        s for s in submissions if s.usable and "马楼镇" not in s.file
    ]  # openpyxl spoils 20110501 in a date cell
    for submission in plain[::5]:
        path = tmp_path / submission.file
        openpyxl.load_workbook(folder / submission.file).save(path)
        assert essence(reread(path)) == essence(submission), submission.file


# ── a naive recomputation ────────────────────────────────────────────────────────────────────────


def naive(account: Account, start: date, day: date) -> dict[str, Any]:
    """Compute the seven comparisons of 方案二 straight from the rows, with none of the program's helpers."""
    tables = account.submission.tables if account.submission else {}
    good = {n: [r for r in t.records if (n, r.row) not in account.blocked] for n, t in tables.items()}

    def share(p: Any) -> Decimal:
        return Decimal(1) if p.mode == "独立" else p.share / Decimal(100)

    def inside(d: date | None) -> bool:
        return d is not None and start <= d <= day

    signed = [
        p
        for p in good["项目台账"]
        if p.stage in ("签约", "开工", "竣工") and p.nature == "正式" and inside(p.signed)
    ]
    started = [p for p in good["项目台账"] if p.stage in ("开工", "竣工") and inside(p.started)]
    done = [p for p in good["项目台账"] if p.stage == "竣工" and inside(p.completed)]
    every = {p.number: p for p in tables["项目台账"].records}
    count = sum(map(share, signed))
    return {
        "新上项目数": sum(map(share, started)),
        "拜访客商数": len({comparison_key(v.enterprise) for v in good["拜访客商"] if inside(v.day)}),
        "邀请客商数": len({comparison_key(v.enterprise) for v in good["邀请客商"] if inside(v.day)}),
        "签约项目数": count,
        "签约金额": sum(share(p) * p.contract_amount for p in signed),
        "到位资金": sum(share(every[v.project]) * v.amount for v in good["到位资金"] if inside(v.day)),
        "竣工率": sum(map(share, done)) / count if count else None,
    }


@pytest.mark.parametrize("day", [date(2011, 5, 13), date(2011, 6, 25), LAST])
def test_naive_recomputation_agrees(submissions: list[Submission], day: date) -> None:
    """The seven comparisons of every unit equal a second, naive computation from the records (方案二)."""
    book = base_rulebook()
    outcome = desk.evaluate(submissions, book, day)
    for result in outcome.singles:
        if result.account.submission:
            expected = naive(result.account, book.start, min(day, book.end))
            assert {name: result.value(name) for name in expected} == expected, result.unit.name


# ── nothing is lost, nothing depends on order ────────────────────────────────────────────────────


def test_identities_hold_and_figures_add_up(submissions: list[Submission]) -> None:
    """对账: rows and money add up for every unit, and each figure is the sum of the records behind it."""
    outcome = desk.evaluate(submissions, base_rulebook(), LAST)
    assert outcome.identities and all(identity.holds for identity in outcome.identities)
    for result in outcome.results:
        for name, figure in result.figures.items():
            item = measure(name)
            total = figure.numerator if item and item.is_rate else figure.value
            assert sum(line.value for line in figure.lines) == (total or 0), (result.unit.name, name)


def test_order_of_files_does_not_matter(submissions: list[Submission]) -> None:
    """The same files in another order give the same outcome."""
    book = base_rulebook()
    forward = desk.evaluate(submissions, book, LAST)
    assert desk.evaluate(submissions[::-1], book, LAST) == forward


def test_command_line_is_the_contract(folder: Path, tmp_path: Path) -> None:
    """consolidate --json prints one object with the contract's keys, exit code 1 for findings, same bytes twice."""
    command = ["consolidate", str(folder), "--as-of", str(LAST), "--json", "--out"]
    first = CliRunner().invoke(main, [*command, str(tmp_path / "一")])
    second = CliRunner().invoke(main, [*command, str(tmp_path / "二")])
    assert (first.exit_code, second.exit_code) == (1, 1), first.stderr
    summary = json.loads(first.stdout)
    assert (
        list(summary)
        == "as_of day_reason period files skipped bridge rows money findings open_matters units outputs".split()
    )
    assert summary["rows"]["seen"] == summary["rows"]["counted"] + summary["rows"]["not_counted"]
    files = summary["files"]
    assert files["seen"] == files["accepted"] + files["rejected"] + files["superseded"]
    one, two = (Path(json.loads(r.stdout)["outputs"][0]) for r in (first, second))
    assert one.name == "汇总结果_2011-07-31.xlsx"
    assert one.read_bytes() == two.read_bytes()


def test_results_workbook_keeps_the_contract(folder: Path, tmp_path: Path) -> None:
    """Sheets and headings are those of the contract; every record row says where it came from."""
    desk.consolidate(folder, tmp_path, as_of=LAST)
    book = openpyxl.load_workbook(tmp_path / "汇总结果_2011-07-31.xlsx")
    wanted = (
        "总览 指标汇总 单项排名 综合排名 项目总台账 拜访总表 邀请总表 到位资金总表 手续进度 困难问题 "
        "督查名单 报送情况 问题清单 疑似重复 裁定记录 更正 会审 对账 其他指标 口径说明"
    )
    assert book.sheetnames == wanted.split()
    summary = [c.value for c in book["指标汇总"][1]]
    assert (
        summary
        == (
            "单位代码 单位名称 类别 新上项目数 拜访客商数 邀请客商数 签约项目数 签约金额(万元) 到位资金(万元) 竣工率 "
            "竣工项目数 签约项目数(分母) 最高档次 一档项目 二档项目 三档项目 未入档项目 基本任务 综合得分 组内名次 全县名次"
        ).split()
    )
    for name in ("项目总台账", "拜访总表", "邀请总表", "到位资金总表", "手续进度", "困难问题"):
        head = [c.value for c in book[name][1]]
        assert head[:2] == ["单位代码", "单位名称"] and head[-3:] == ["来源文件", "来源表", "来源行"]
    shown = {
        str(c.value)
        for page in book
        if page.title != "问题清单"
        for row in page.iter_rows()
        for c in row
        if c.value is not None
    }
    assert not shown & {"nan", "None", "#N/A", "#REF!", "inf"}


def test_ruling_out_a_switch_is_seen(submissions: list[Submission]) -> None:
    """A rule switched off no longer blocks, and the outcome says so."""
    book = replace(base_rulebook(), disabled=("K01",))
    assert "停用规则" in dict(stamp(desk.evaluate(submissions, book, LAST), book))


def test_a_register_held_open_spoils_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Excel copies of the registers are for reading: if one cannot be written, the rest is done and it is said."""

    def held(_: object) -> None:
        raise OutputError("报送登记.xlsx 正被打开。")

    monkeypatch.setattr(consolidating, "write_registers", held)
    done = desk.consolidate(folder, tmp_path, as_of=LAST)
    assert done.outputs[0].is_file() and "没有更新" in done.note
