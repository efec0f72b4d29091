"""Short answers in words, for a message box or a terminal: the rules, one unit's figures, what of it counts."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from baiti_xl import desk
from baiti_xl.contest.findings import count_by_severity
from baiti_xl.contest.measures import Measure, comparisons
from baiti_xl.contest.periods import idle_meetings
from baiti_xl.contest.records import Submission, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import ActionError

MAX_REASONS = 6


def rules_text(book: Rulebook) -> str:
    """Return what rules are in force, when nothing is wrong with them, and what the console did not say."""
    on = len(book.weights)
    off = f"，停用规则 {'、'.join(book.disabled)}" if book.disabled else ""
    sound = f"规则没有问题：{len(book.units)} 个单位，启用 {on} 项指标，{len(book.rulings)} 条裁定{off}。"
    return "\n".join((sound, *book.notes, *(f"注意：{said}。" for said in idle_meetings(book))))


def result_of(submission: Submission, book: Rulebook) -> UnitResult:
    """Return the figures of one submission on its own day. Raises ActionError if there can be none."""
    cover = submission.cover
    if book.unit(cover.code) is None:
        raise ActionError("封面的单位代码不在单位名录里，算不出指标。请先在封面选择单位代码。")
    if cover.cutoff is None or not submission.usable:
        raise ActionError("封面没有可以读取的填报截止日期，或文件有整体问题。请先校验并改正。")
    return desk.evaluate([submission], book, cover.cutoff).result(cover.code)


def figures_text(submission: Submission, book: Rulebook) -> str:
    """Return the comparisons, tier and basic task of a submission. Raises ActionError."""
    result = result_of(submission, book)
    lines = [f"{m.name}　{shown_as(m, result.value(m.name), book)}" for m in comparisons()]
    tiers = "，".join(f"{name} {shown(figure.value, '个')}" for name, figure in result.tiers.items())
    return "\n".join([title(submission), *lines, f"最高档次　{result.tier}（{tiers}）", task_line(result)])


def preview_text(submission: Submission, book: Rulebook) -> str:
    """Return what the office would count of a submission, and why not the rest. Raises ActionError."""
    result = result_of(submission, book)
    counts = count_by_severity(submission.findings)
    tally = "，".join(f"{name} {count} 条" for name, count in counts.items())
    lines = [*row_lines(result), *money_lines(result), f"问题：{tally}"]
    return "\n".join([title(submission), *lines, "裁定和跨单位查重以办公室汇总为准。"])


def title(submission: Submission) -> str:
    """Return whose figures they are, and of which day."""
    cover = submission.cover
    return f"{cover.code} {cover.name}　截至 {cover.cutoff}"


def shown_as(item: Measure, value: Decimal | None, book: Rulebook) -> str:
    """Return a measure's value with its unit, a rate in per cent, — for 无."""
    if item.is_rate and value is not None:
        return f"{value * 100:.2f}%"
    return shown(value, item.unit(book))


def shown(value: Decimal | None, unit: str) -> str:
    """Return a number with its unit, — for none."""
    if value is None:
        return "—"
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
