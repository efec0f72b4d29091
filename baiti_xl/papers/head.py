"""Fields that every kind of document has, and whom and when a paper is for."""

from collections.abc import Collection, Iterator
from typing import Any

from baiti_xl.contest import periods
from baiti_xl.contest.records import Meeting, Outcome, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.papers.fields import Day, Declared
from baiti_xl.papers.phrases import title_lines

Facts = dict[str, Any]

HEAD: Declared = {
    "文号": "发文字号，如 台政办〔2011〕9号；草稿为 台政办〔2011〕____号",
    "更正原因": "改发时写明的原因；首次发出的为空",
    "标题": "公文标题，已按词意分行",
    "发文机关": "规则表“发文机关”",
    "发文机关代字": "规则表“发文机关代字”",
    "县名": "规则表“县名”",
    "竞赛名称": "规则表“竞赛名称”",
    "主办单位": "规则表“主办单位”",
    "领导小组办公室": "规则表“领导小组办公室”",
    "督查考评组": "规则表“督查考评组”",
    "成文日期": Day("首页“成文日期”，默认为统计日；用 |日期 或 |汉字日期"),
    "统计日": Day("数字截至哪一天"),
    "开始日": Day("竞赛第一天"),
    "结束日": Day("竞赛最后一天"),
    "阶段": "统计日所处的阶段，如 洽谈招商",
}


def head(title: str, outcome: Outcome, book: Rulebook, *whole: str) -> Facts:
    """Return the fields of `HEAD`, without 文号; names in `whole` are not split between lines of the title."""
    return {
        "标题": title_lines(title, *whole),
        "发文机关": book.issuer,
        "发文机关代字": book.issuer_code,
        "县名": book.county,
        "竞赛名称": book.contest,
        "主办单位": book.organiser,
        "领导小组办公室": book.office,
        "督查考评组": book.inspectors,
        "成文日期": outcome.paper_day,
        "统计日": outcome.day,
        "开始日": book.start,
        "结束日": book.end,
        "阶段": periods.phase_on(book, outcome.day).name,
    }


COPIED = "名录里标明抄送的单位，没有则为空"


def copied(book: Rulebook) -> str:
    """Return the units that the unit list marks for a copy."""
    return "，".join(unit.name for unit in book.units if unit.copied)


def next_meeting(outcome: Outcome, book: Rulebook) -> Meeting | None:
    """Return the first scheduling meeting after the day that a paper bears, if one is left."""
    return next((m for m in periods.meetings(book) if m.day > outcome.paper_day), None)


def wanted(outcome: Outcome, units: Collection[str]) -> Iterator[UnitResult]:
    """Yield the results of the units asked for (all if none is named), in list order."""
    return (r for r in outcome.results if not units or r.unit.code in units)
