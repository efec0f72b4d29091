"""Names of investors: the brand tells two firms of one place and trade apart, whatever place stands before it.

The names are put together from places, brands and trades as they are common in county registers; none is meant.
"""

from itertools import combinations

import pytest

from baiti_xl.count.across.likeness import investor_likeness
from baiti_xl.count.across.names import Investor, read_investor

PLACES = "冠县清水镇 范县 台前县侯庙镇 博山开发区 清河县 南乐县 濮阳经济开发区 长垣县恼里镇 山东省冠县 乐清市柳市镇 范县产业集聚区 高新区".split()
BRANDS = "金泰 鸿运 广源 瑞丰 永利 天源 华泰 兴盛 宏达 顺发 恒通 昌盛 三友 金源 鑫源 福源 鑫盛 金鑫 宏鑫 大成 中原 东升 旭日 万达".split()
TRADES = "轴承配件加工厂 机械厂 机械加工厂 羽绒制品有限公司 化工有限公司 纸业有限公司 食品有限公司".split()
ALIKE = 75.0  # what two investors must reach before their projects can be one (threshold 88, like names)


def investor(text: str) -> Investor:
    """Return who an investor is."""
    found = read_investor(text)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "brand", "trade"),
    [
        ("冠县清水镇金泰轴承配件加工厂", "金泰", "轴承配件加工厂"),
        ("博山开发区广源机械厂", "广源", "机械厂"),
        ("台前县产业集聚区昌达塑业有限公司", "昌达", "塑料"),
        ("郑州高新技术产业开发区威科姆电子", "威科姆", "电子"),
        ("清河县羊绒制品厂", "清河县", "羊绒制品厂"),
        ("江南水乡食品有限公司", "江南水乡", "食品"),
        ("梦之乡家纺有限公司", "梦之乡", "家纺"),
        ("冠县冠星纺织集团", "冠星", "纺织"),
        ("小市镇家具厂", "小市镇", "家具厂"),
    ],
)
def test_what_is_place_brand_and_trade(text: str, brand: str, trade: str) -> None:
    assert (investor(text).brand, investor(text).trade) == (brand, trade)


@pytest.mark.parametrize("place", PLACES)
def test_brands_of_one_place_and_trade_are_two_firms(place: str) -> None:
    alike = [
        (place, one, other, trade)
        for trade in TRADES
        for one, other in combinations(BRANDS, 2)
        if investor_likeness(investor(place + one + trade), investor(place + other + trade)) >= ALIKE
    ]
    assert alike == []


@pytest.mark.parametrize("place", PLACES)
def test_a_firm_is_the_same_with_its_place_and_without(place: str) -> None:
    missed = [
        (one, trade)
        for one in BRANDS
        for trade in TRADES
        if investor_likeness(investor(place + one + trade), investor(one + trade)) < 95
    ]
    assert missed == []
