"""Titles are broken by sense (GB/T 9704-2012 7.3.1): no word and no 《…》 split, 梯形 or 菱形."""

import random
from itertools import product
from time import process_time

import pytest

from baiti_xl.press.title import LONGEST, break_title


@pytest.mark.parametrize(
    "lines",
    [
        ("关于召开第2次调度会议的通知",),
        ("台前县人民政府办公室关于全县", "招商引资百日竞赛活动进展情况的通报"),
        ("台前县人民政府办公室关于召开招商引资", "百日竞赛活动第2次调度会议的通知"),
        ("关于全县招商引资百日竞赛", "活动考核情况的报告"),
        ("关于商请协助办理招商引资", "项目用地和环评审批手续的函"),
        ("县招商引资“百日竞赛”活动领导小组办公室", "关于全县招商引资百日竞赛活动情况的报告"),
        ("县招商引资“百日竞赛”活动", "领导小组办公室关于要求县档案局说明", "招商引资百日竞赛有关情况的通知"),
        ("关于印发", "《招商引资百日竞赛实施方案》的通知"),
    ],
)
def test_known_titles(lines: tuple[str, ...]) -> None:
    assert break_title("".join(lines)) == lines


@pytest.mark.parametrize(
    "title",
    [
        "关于转发县商务局《台前县招商引资百日竞赛活动实施方案》的通知",
        "台前县人民政府办公室关于对后方乡人民政府等单位未按时报送招商引资百日竞赛活动情况的通报",
        "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥甲乙丙丁戊己",
    ],
)
def test_every_line_fits_and_nothing_is_lost(title: str) -> None:
    lines = break_title(title)
    assert "".join(lines) == title
    assert all(4 <= len(line) <= LONGEST for line in lines)
    assert not any(line.startswith("的") or line.endswith("的") for line in lines)


ISSUERS = (
    *("", "台前县人民政府办公室", "台前县招商引资百日竞赛活动领导小组", "侯庙镇人民政府", "台前县商务局"),
    "中共台前县委台前县人民政府",
)
ACTS = ("关于", "关于转发县商务局", "关于印发", "关于商请协助办理", "关于召开", "关于对侯庙镇等单位")
MATTERS = (
    "《台前县招商引资百日竞赛活动实施方案》的",
    "全县招商引资百日竞赛活动第{n}次调度会议的",
    "2011年{n}月{n}日至12月31日进展情况的",
    "项目用地、环评和施工许可审批手续的",
    "“百日竞赛”和“双招双引”活动考核评价结果的",
    "招商引资百日竞赛活动新上、签约、开工、竣工项目和到位资金情况的",
    "未取得实质性突破重点项目督查情况的",
    "先进单位的",
)
TYPES = ("通知", "函", "情况说明通知书")


def titles() -> list[str]:
    """Every issuer, act, matter and type, a third of them with a second matter."""
    choice = random.Random(2011)
    return [
        issuer
        + act
        + (choice.choice(MATTERS) if choice.random() < 1 / 3 else "").format(n=3)
        + matter.format(n=n)
        + kind
        for n, (issuer, act, matter, kind) in enumerate(product(ISSUERS, ACTS, MATTERS, TYPES), 1)
    ]


def test_hundreds_of_titles_have_no_waist_and_no_single_word_at_the_end() -> None:
    """7.3.1: 梯形 or 菱形; widths as they are set, two figures a character."""
    broken = {title: break_title(title) for title in titles()}
    assert sum(len(lines) > 2 for lines in broken.values()) > 300
    for title, lines in broken.items():
        widths = [len(line) - sum(char.isdigit() for char in line) / 2 for line in lines]
        assert "".join(lines) == title
        assert all(len(line) <= LONGEST for line in lines)
        waists = [b for n, b in enumerate(widths) if min(max(widths[: n + 1]), max(widths[n:])) > b]
        assert not waists, lines
        assert len(lines) == 1 or (len(lines[-1]) >= 4 and lines[-1] not in ("情况说明通知书", "通知书")), (
            lines
        )
        assert not any(line[0] in "的、》”" or line[-1] in "的《“" for line in lines), lines


@pytest.mark.parametrize("text", ["".join(map(chr, range(0x4E00, 0x4E00 + n))) for n in (102, 105, 5000)])
def test_no_title_takes_long(text: str) -> None:
    """The worst lengths for finding lines by trial, and one that no title has."""
    start = process_time()
    assert "".join(break_title(text)) == text
    assert process_time() - start < 2
