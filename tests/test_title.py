"""Titles are broken by sense (GB/T 9704-2012 7.3.1): no word and no 《…》 split, 梯形 or 菱形."""

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
