"""The buttons of the tab 百日竞赛, for the submission that is open: 校验本表 清除标记 指标与档次 预览汇总."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlwings as xw

from baiti_xl import desk
from baiti_xl.books.listing import advice
from baiti_xl.contest import sheets
from baiti_xl.contest.findings import Place, count_by_severity
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import finding
from baiti_xl.desk import brief
from baiti_xl.excel import cells, marking, reading
from baiti_xl.excel.cells import Page
from baiti_xl.excel.click import Click, Trouble
from baiti_xl.read import guard

CONSOLE = "操作台"
MAX_REASONS, MAX_PLACES = 6, 8


def check(click: Click) -> str:
    """Check what is on the screen and mark it; the marks of an earlier check go first."""
    rules, source = rules_for(click)
    pages = cells.pages(click.book)
    found = read(click, pages, rules)
    cleared = marking.clear(pages)
    findings = found.submission.findings
    marked = marking.mark(click.book, findings, found.pages) if findings else marking.Marked()
    counts = count_by_severity(findings)
    tally = "，".join(f"{name} {count} 条" for name, count in counts.items())
    where = (
        "\n颜色：红=错，黄=警，蓝=示。每条都列在“校验结果”表，点单元格一栏可以跳过去。" if findings else ""
    )
    told = told_of(marked.refused, "有的格子加不上颜色或批注（可能设了保护，或者格里另有批注）") + left(
        cleared, "上次的标记没有清完"
    )
    return f"{tally}。\n{advice(counts)}{where}{uncoloured_text(marked.uncoloured)}{told}\n{source}"


def uncoloured_text(cells: int) -> str:
    """Return what to tell of cells that got no colour, "" if all have one."""
    return f"\n要涂色的格子太零散，有 {cells} 格没有涂，请以“校验结果”表为准。" if cells else ""


def clear(click: Click) -> str:
    """Take the marks away."""
    cleared = marking.clear(cells.pages(click.book))
    if not cleared.count and not cleared.kept:
        return "这份工作簿没有校验标记。"
    told = left(cleared, "的标记没有清完")
    return f"标记已清除，其他内容没有动。{told}" if cleared.count else f"标记没有清除。{told}"


def left(cleared: marking.Cleared, what: str) -> str:
    """Return what to tell of marks that stayed, "" if none did."""
    told = told_of(cleared.kept, f"{what}（可能设了保护）")
    if not cleared.coloured:
        return told
    shown, more = "、".join(cleared.coloured[:MAX_PLACES]), len(cleared.coloured) - MAX_PLACES
    rest = f" 等 {len(cleared.coloured)} 处" if more > 0 else ""
    return (
        f"{told}\n0.1 版涂的底色（红、黄、蓝）还在 {shown}{rest}，原来的颜色已无从知道："
        "请选中这些格，在“开始—填充颜色”里选“无填充”或原来的颜色。"
    )


def told_of(sheets: Sequence[str], what: str) -> str:
    """Return what to tell of sheets that Excel does not let us mark or clear, "" if there are none."""
    named = "、".join(f"“{sheet}”" for sheet in sheets)
    return f"\n{named}{what}，请撤销保护后再点一次。" if sheets else ""


def figures(click: Click) -> str:
    """Return the unit's comparisons, tier and basic task."""
    rules, source = rules_for(click)
    submission = read(click, cells.pages(click.book), rules).submission
    return f"{brief.figures_text(submission, rules)}\n{source}"


def preview(click: Click) -> str:
    """Return what the office would count of this submission, and why not the rest."""
    rules, source = rules_for(click)
    submission = read(click, cells.pages(click.book), rules).submission
    return f"{brief.preview_text(submission, rules)}\n{source}"


# ── what they go by ──────────────────────────────────────────────────────────────────────


def rules_for(click: Click) -> tuple[Rulebook, str]:
    """Return the rules to go by and where they are from: an open console, one beside the book, the default."""
    for book in click.app.books:
        if book.name.startswith(CONSOLE):
            return reading.rules_on_screen(book), f"规则：已打开的 {book.name}"
    for folder in folders_of(click.book):
        for name in desk.CONSOLE_NAMES:
            if (folder / name).is_file():
                return desk.load_rules(folder / name), f"规则：{folder / name}"
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
    if not reading.wanted(pages, sheets.SHEETS):
        raise Trouble("当前工作簿不是百日竞赛的报送表。请切换到报送表再点按钮。")
    try:
        return reading.submission(click.book, pages, rules)
    except guard.Refused as refusal:
        fault = finding(refusal.rule, Place(click.book.name), **refusal.slots)
        raise Trouble(fault.message) from refusal
