"""Invented names for the samples: every enterprise carries 样例, every person is 某.

Nothing here stands for a real enterprise, person or telephone.
"""

from dataclasses import dataclass

MARK = "样例"


@dataclass(frozen=True, slots=True)
class City:
    """A place to go to, and what is made there: its industry and its trade."""

    name: str
    place: str
    industry: str
    trade: str


CITIES = {
    city.name: city
    for city in (
        City("佛山", "广东佛山", "羽绒及服饰加工", "羽绒制品"),
        City("杭州", "浙江杭州", "羽绒及服饰加工", "服饰"),
        City("常州", "江苏常州", "化工", "化工材料"),
        City("青岛", "山东青岛", "其他制造业", "机械制造"),
        City("晋江", "福建晋江", "羽绒及服饰加工", "鞋服"),
        City("北京", "北京", "现代服务业", "物流"),
        City("上海", "上海", "化工", "精细化工"),
        City("石家庄", "河北石家庄", "现代农业", "农产品加工"),
        City("温州", "浙江温州", "其他制造业", "电器"),
        City("苏州", "江苏苏州", "其他制造业", "包装材料"),
        City("深圳", "广东深圳", "其他制造业", "电子科技"),
        City("沧州", "河北沧州", "化工", "助剂"),
    )
}
ROUTE = tuple(CITIES)
BRANDS = "恒羽 金梭 海纳 长盛 瑞丰 同达 华跃 远航 新锐 宏图 德润 兴和 康泰 百川 锦程 立信 天佑 广源 嘉禾 鼎力".split()
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
POSITIONS = ("董事长", "总经理", "副总经理", "投资部经理", "办事处主任")


def enterprise(city: str, brand: str) -> str:
    """Return an invented enterprise of a city, as 佛山样例恒羽羽绒制品有限公司."""
    return f"{city}{MARK}{brand}{CITIES[city].trade}有限公司"


def met_on_the_road(city: str, number: int) -> str:
    """Return the enterprise with this number among those of a city that only get visited."""
    return enterprise(city, BRANDS[number % len(BRANDS)])


def person(number: int) -> str:
    """Return an invented person, as 张某."""
    return f"{SURNAMES[number % len(SURNAMES)]}某"


def mobile(number: int) -> str:
    """Return an invented mobile number, as 13800000001."""
    return f"138{number % 100_000_000:08d}"
