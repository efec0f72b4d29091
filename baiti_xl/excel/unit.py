"""The buttons of the tab 百日竞赛, for the submission that is open: 校验本表 清除标记 指标与档次 预览汇总."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import xlwings as xw

from baiti_xl import actions, form
from baiti_xl.excel import cells, marking, reading
from baiti_xl.excel.cells import Page
from baiti_xl.excel.click import Click, Trouble
from baiti_xl.findings import Place, count_by_severity, finding
from baiti_xl.intake import guard
from baiti_xl.records import Submission, UnitResult
from baiti_xl.rulebook import COMPARISON_UNITS, Rulebook, default_rulebook
from baiti_xl.workbooks.annotate import advice

CONSOLE = "操作台"
MAX_REASONS = 6


def check(click: Click) -> str:
    """Check what is on the screen and mark it; the marks of an earlier check go first."""
    rules, source = rules_for(click)
    pages = cells.pages(click.book)
    found = read(click, pages, rules)
    if marking.clear(click.book, pages):
        pages = cells.pages(click.book)
    findings = found.submission.findings
    if findings:
        marking.mark(click.book, findings, found.pages, pages)
    counts = count_by_severity(findings)
    tally = "，".join(f"{name} {count} 条" for name, count in counts.items())
    where = (
        "\n颜色：红=错，黄=警，蓝=示。每条都列在“校验结果”表，点单元格一栏可以跳过去。" if findings else ""
    )
    return f"{tally}。\n{advice(counts)}{where}\n{source}"


def clear(click: Click) -> str:
    """Take the marks away."""
    was_marked = marking.clear(click.book, cells.pages(click.book))
    return "标记已清除，表格恢复原样。" if was_marked else "这份工作簿没有校验标记。"


def figures(click: Click) -> str:
    """Return the unit's seven comparisons, tier and basic task."""
    rules, source = rules_for(click)
    result, title = result_of(read(click, cells.pages(click.book), rules).submission, rules)
    lines = [f"{name}　{shown(result.value(name), unit)}" for name, unit in COMPARISON_UNITS.items()]
    tiers = "，".join(f"{name} {shown(figure.value, '个')}" for name, figure in result.tiers.items())
    return "\n".join([title, *lines, f"最高档次　{result.tier}（{tiers}）", task_line(result), source])


def preview(click: Click) -> str:
    """Return what the office would count of this submission, and why not the rest."""
    rules, source = rules_for(click)
    submission = read(click, cells.pages(click.book), rules).submission
    result, title = result_of(submission, rules)
    counts = count_by_severity(submission.findings)
    tally = "，".join(f"{name} {count} 条" for name, count in counts.items())
    return "\n".join(
        [title, *row_lines(result), *money_lines(result), f"问题：{tally}", "裁定和跨单位查重以办公室汇总为准。", source]
    )  # fmt: skip


# ── what the figures are of ──────────────────────────────────────────────────────────────────────


def rules_for(click: Click) -> tuple[Rulebook, str]:
    """Return the rules to go by and where they are from: an open console, one beside the book, the default."""
    for book in click.app.books:
        if book.name.startswith(CONSOLE):
            return reading.rules_on_screen(book), f"规则：已打开的 {book.name}"
    for folder in folders_of(click.book):
        for name in actions.CONSOLE_NAMES:
            if (folder / name).is_file():
                return actions.load_rules(folder / name), f"规则：{folder / name}"
    return default_rulebook(), "规则：出厂规则（旁边没有操作台）"


def folders_of(book: xw.Book) -> tuple[Path, ...]:
    """Return the folder of a book and the one above; none for a book that is not on this computer."""
    try:
        path = Path(book.fullname)
    except Exception:  # xlwings cannot tell where a file on the web lies
        return ()
    return (path.parent, path.parent.parent) if path.is_absolute() else ()


def read(click: Click, pages: Mapping[str, Page], rules: Rulebook) -> reading.Read:
    """Read and check the open book. Raises Trouble if it is no submission, or too large."""
    if not reading.wanted(pages, form.SHEETS):
        raise Trouble("当前工作簿不是百日竞赛的报送表。请切换到报送表再点按钮。")
    try:
        return reading.submission(click.book, pages, rules)
    except guard.Refused as refusal:
        fault = finding(refusal.rule, Place(click.book.name), **refusal.slots)
        raise Trouble(fault.message) from refusal


def result_of(submission: Submission, rules: Rulebook) -> tuple[UnitResult, str]:
    """Return the figures of a submission on its own day, and a title. Raises Trouble if there can be none."""
    cover = submission.cover
    if rules.unit(cover.code) is None:
        raise Trouble("封面的单位代码不在单位名录里，算不出指标。请先在封面选择单位代码。")
    if cover.cutoff is None or not submission.usable:
        raise Trouble("封面没有可以读取的填报截止日期，或文件有整体问题。请先点“校验本表”改正。")
    result = actions.evaluate([submission], rules, cover.cutoff).result(cover.code)
    return result, f"{cover.code} {cover.name}　截至 {cover.cutoff}"


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def shown(value: Decimal | None, unit: str) -> str:
    """Return a figure with its unit, — for 无."""
    if value is None:
        return "—"
    if unit == "%":
        return f"{value * 100:.2f}%"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{text} {unit}"


def task_line(result: UnitResult) -> str:
    """Return how the basic task stands."""
    if result.task is None:
        return "基本任务　本单位不承担"
    return f"基本任务　{'已完成' if result.task_met else '未完成'}（{shown(result.task.value, '个')}）"


def row_lines(result: UnitResult) -> Iterator[str]:
    """Yield how many rows count in all, then why others do not."""
    reasons = Counter(fate.reason for fate in result.rows if fate.reason)
    left_out = sum(reasons.values())
    yield f"数据：共 {len(result.rows)} 行，计入 {len(result.rows) - left_out} 行，未计入 {left_out} 行"
    for reason, count in reasons.most_common(MAX_REASONS):
        yield f"　· {count} 行：{reason}"


def money_lines(result: UnitResult) -> Iterator[str]:
    """Yield how much of the typed money counts."""
    typed = sum((m.amount for m in result.money), Decimal(0))
    counted = sum((m.amount for m in result.money if not m.reason), Decimal(0))
    yield f"金额：填报 {shown(typed, '万元')}，计入 {shown(counted, '万元')}，未计入 {shown(typed - counted, '万元')}"
