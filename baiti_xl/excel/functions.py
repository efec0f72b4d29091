"""Functions for cells, on Windows: =BT_TIER(固定资产投资), =BT_TASK(…), =BT_SCORE(指标, 数值, 最好值), =BT_KEY(名称).

The rules are those of 操作台 beside the workbook, else the factory default. They need the add-in 百日竞赛.xlam
(or xlwings' own "Import Functions"); a number that cannot be read gives an error value in the cell.
"""

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import xlwings as xw

from baiti_xl.contest.choices import Answer
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.predicates import tier_of
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import comparison_key
from baiti_xl.excel.click import Trouble


@xw.func
def BT_TIER(investment: Any) -> str:
    """Return the tier of a project by its 固定资产投资 in 万元; "" for an empty cell."""
    return tier_of(amount(investment), rules_in_force()) if filled(investment) else ""


@xw.func
def BT_TASK(investment: Any) -> str:
    """Return 是 or 否: whether an investment in 万元 is enough for the basic task; "" for an empty cell."""
    if not filled(investment):
        return ""
    return Answer.YES if amount(investment) >= rules_in_force().task_threshold else Answer.NO


@xw.func
def BT_SCORE(comparison: Any, value: Any, best: Any) -> float:
    """Return the points that a value of one comparison adds to the score, given the best value of the group."""
    book = rules_in_force()
    weights = book.weights
    if comparison not in weights:
        raise Trouble(f"没有启用的指标“{comparison}”")
    top = amount(best)
    share = amount(value) / top if filled(value) and top else Decimal(0)
    return float(weights[comparison] * share / sum(weights.values()) * 100)


@xw.func
def BT_KEY(name: Any) -> str:
    """Return what two spellings of a company's name share; equal keys are one company."""
    return comparison_key(str(name)) if filled(name) else ""


def filled(value: Any) -> bool:
    """Whether a cell holds something."""
    return value is not None and value != ""


def amount(value: Any) -> Decimal:
    """Return a number as Excel shows it. Raises Trouble."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise Trouble(f"“{value}”不是数字")
    return Decimal(f"{value:.15g}")


def rules_in_force() -> Rulebook:
    """Return the rules of 操作台 beside the calling workbook, else the factory default."""
    from baiti_xl.desk import CONSOLE_NAMES

    try:
        folder = Path(xw.Book.caller().fullname).parent
    except Exception:  # no caller, or a workbook on the web
        return default_rulebook()
    console = next((folder / name for name in CONSOLE_NAMES if (folder / name).is_file()), None)
    return default_rulebook() if console is None else loaded(console, console.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def loaded(console: Path, changed: int) -> Rulebook:
    """Return a console's rules, read again only when the file has changed."""
    from baiti_xl.desk import load_rules

    return load_rules(console)
