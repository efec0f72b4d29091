"""Breaks a title into centred lines by sense (GB/T 9704-2012 7.3.1)."""

import re
from collections.abc import Iterator
from itertools import pairwise

LONGEST = 20
"""2号 characters on a line of 156 mm."""
SHORTEST, MOST_LINES = 4, 6

_WORDS = """
人民政府 办公室 领导小组 领导小组办公室 招商引资 百日竞赛 竞赛 活动 实施方案 方案 情况 通报 通知 通知书 报告 函 总结 表彰
先进单位 先进 单位 进展 调度会 会议 全县 县直 商务局 印发 转发 关于 召开 开展 考核评价 考核 评价表 项目 手续
办理 补正 说明 报送 材料 未取得实质性突破 重点 工作 督查 曝光 名单 审批 协助 商请 阶段 落地 签约 洽谈
新上 开工 竣工 到位资金 用地 环评 施工许可 未按时 结果 意见 决定 县委
""".split()
_QUOTED = r"《[^》]*》|“[^”]*”(?:活动)?|（[^）]*）|"
_TOKEN = (
    r"\d+年(?:\d+月)?(?:\d+日)?|第[\d一二三四五六七八九十]+[次届期号批]|[0-9A-Za-z.]+"
    rf"|{'|'.join(sorted(_WORDS, key=len, reverse=True))}|."
)
_WHOLE, _LOOSE, _ANY = re.compile(_QUOTED + _TOKEN), re.compile(_TOKEN), re.compile(".")
_NEVER_FIRST = "的、，。：；）》”和与及了"
_NEVER_LAST = ("的", "《", "（", "“", "和", "与", "及", "、")


def break_title(text: str, longest: int = LONGEST) -> tuple[str, ...]:
    """The lines of a title: as few as fit, no word or 《…》 split, wide in the middle or stepping evenly.

    No line is shorter than one above and one below it, and the last is more than one word.
    """
    if not longest < len(text) <= longest * MOST_LINES:
        return (text,)
    for pattern in (_WHOLE, _LOOSE, _ANY):
        places = _places(pattern.findall(text))
        for count in range(2, MOST_LINES + 1):
            best = min(_splits(text, places, count, longest), key=_ugliness, default=None)
            if best is not None:
                return best
    return (text,)


def _places(tokens: list[str]) -> dict[int, int]:
    """Where a line may end, with what it costs: 0 at a natural pause, more between bare words."""
    places, at = {}, 0
    for before, after in pairwise(tokens):
        at += len(before)
        if after[0] not in _NEVER_FIRST and before not in _NEVER_LAST:
            places[at] = _pause(before, after)
    return places


def _pause(before: str, after: str) -> int:
    """How unwelcome a break between two tokens is."""
    if before == "关于" or before[-1] in "》”）、":
        return 0
    if after[0] in "《“":
        return 1
    single = (len(before) == 1) + (len(after) == 1)
    return (2, 12, 30)[single]


def _splits(text: str, places: dict[int, int], count: int, longest: int) -> Iterator[tuple[str, ...]]:
    """Every way into `count` lines that may stand, cheapest places only while they suffice."""
    for dearest in (2, 12, 30):
        ends = [at for at, cost in places.items() if cost <= dearest]
        found = [lines for lines in _cuts(text, ends, count, longest) if lines[-1] not in _WORDS]
        if found:
            yield from found
            return


def _cuts(
    text: str,
    ends: list[int],
    count: int,
    longest: int,
    start: int = 0,
    above: float = 0,
    *,
    shrank: bool = False,
) -> Iterator[tuple[str, ...]]:
    """Every way into `count` lines that all fit, none a mere scrap, ending at the given places.

    No line grows again after one that shrank (a waist): `above` is the width of the line before, `shrank` whether one did.
    """
    for end in ends if count > 1 else (len(text),):
        left = len(text) - end
        if SHORTEST <= end - start <= longest and SHORTEST * (count - 1) <= left <= longest * (count - 1):
            line = text[start:end]
            width = _width(line)
            if not (shrank and width > above):
                falls = shrank or width < above
                rests = (
                    _cuts(text, ends, count - 1, longest, end, width, shrank=falls) if count > 1 else ((),)
                )
                yield from ((line, *rest) for rest in rests)


def _width(line: str) -> float:
    """How wide a line is set, in characters; a figure takes half."""
    return sum(0.5 if char in "0123456789." else 1 for char in line)


def _ugliness(lines: tuple[str, ...]) -> float:
    """Uneven lines, a block of equal ones, a stump at the end and breaks at no natural pause count against a split."""
    sizes = [_width(line) for line in lines]
    block = 2 if len(set(sizes)) == 1 else 0
    natural = sum(3 for line in lines[:-1] if not line.endswith(("关于", "》", "”", "、")))
    stump = 8 if sizes[-1] < max(sizes) / 2 else 0
    return (max(sizes) - min(sizes)) + block + natural + stump
