"""What a project's name and its investor's say, apart from how they are written.

An investor is read as place, brand (字号), trade and legal form; a project's name as what is made, with its
phase and township. Only what tells two projects apart is kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import Project
from baiti_xl.contest.values import comparison_key
from baiti_xl.count.across.sounds import by_sound

TOWNSHIP = "乡镇"
CITIES = {
    "北京": "", "天津": "", "上海": "", "重庆": "", "香港": "", "澳门": "", "台湾": "台北 高雄 台中 台南 新竹",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛",
    "吉林": "长春 四平 辽源 通化 白山 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 张家港 常熟 兴化 吴江",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 乐清 瑞安 苍南 永康 诸暨 萧山 平湖",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 巢湖",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 石狮 南安 福清",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 共青",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 莱芜 临沂 德州 聊城 滨州 菏泽 寿光 莱州 梁山 阳谷 东平",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源 范县 清丰 南乐 长垣 滑县",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 襄樊 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 顺德 南海",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚", "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁", "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 大理",
    "西藏": "拉萨 日喀则", "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南", "青海": "西宁 海东",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫", "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 喀什 伊犁 石河子",
}  # fmt: skip
PROVINCE_OF = {city: province for province, cities in CITIES.items() for city in cities.split()}
PROVINCE_OF |= {province: province for province in CITIES}
# Marks of samples, which say nothing of a name.
SAMPLE = ("样例", "示例", "样本", "样品")
# Legal forms beyond those that a comparison key folds, and what else says nothing of who invests.
FORMS = (
    "有限合伙", "专业合作社", "农民合作社", "合作社", "控股集团", "集团公司", "总公司", "分公司", "集团", "控股", "公司", "有限", "总厂",
    "股份", "独资", "合资", "中外合资", "中国", "coltd", "companylimited", "limited", "companyltd", "corporation", "inc", "corp", "ltd", "group", "llc",
    "株式会社",
)  # fmt: skip
# Words of trade: the brand (字号) ends where the first of them begins.
TRADES = (
    "羽绒 羊绒 羊毛 棉纺 毛纺 服装 服饰 制衣 成衣 鞋服 鞋业 鞋材 纺织 针织 织造 纺纱 丝网 丝绸 家纺 箱包 皮革 皮具 化工 精细化工 石化 化学 化纤 涂料 颜料 染料 助剂 试剂 "
    "树脂 塑料 塑胶 塑业 橡胶 材料 新材料 建材 板材 木业 石材 陶瓷 玻璃 水泥 混凝土 墙材 管业 型材 钢构 钢铁 钢材 铝业 金属 五金 机械 机电 机床 重工 "
    "设备 装备 制造 制品 汽车 车业 汽配 轴承 模具 铸造 铸件 阀门 电器 电气 电子 电缆 线缆 电线 电池 电源 照明 光电 光伏 光电子 半导体 仪器 仪表 科技 技术 "
    "信息 软件 网络 数码 通信 通讯 新能源 能源 电力 燃气 气体 生物 医药 药业 制药 医疗 器械 保健 食品 农产品 农业 农牧 牧业 养殖 种业 种植 饲料 面业 "
    "面粉 粮油 油脂 酒业 饮料 乳业 肉业 果蔬 蔬菜 水产 调味 茶业 枣业 家具 家居 家俱 卫浴 厨具 日化 日用 香精 香料 化妆品 包装 印务 印刷 纸业 造纸 "
    "纸品 文具 玩具 工艺品 工艺 体育 户外 物流 运输 仓储 供应链 快递 商贸 贸易 进出口 国际 商业 百货 超市 置业 地产 房地产 建设 建筑 工程 路桥 装饰 园林 投资 "
    "资本 创业 实业 产业 发展 开发 企业 工业 环保 环境 水务 节能 检测 质检 养老 服务 文化 旅游 酒店 餐饮 传媒 教育 管理 咨询 辅料 拉链 石油 "
    "煤业 矿业 冶金 再生 资源 加工 生产 厂 乳胶 手套 肥料 化肥 农资 种苗 苗木 门窗 灯具 乐器 雨具 渔具 电动 光学 航空 船舶 大药房"
).split()  # fmt: skip
# Words of a project's name that are common to most of them.
GENERIC = (
    "招商引资 建设 新建 扩建 改建 技改 投资 兴建 年产 日产 年加工 年处理 日处理 年生产 生产线 生产 加工 精深 深加工 制造 制作 制品 装配线 流水线 "
    "产业集聚区 工业园区 工业园 产业园区 产业园 示范园 加工园 园区 物流园区 基地 项目 工程 有限公司 公司 集团 系列 产品 一体化 综合 大型 高档 高端 "
    "标准化 现代化 智能化 及其 以及 等 及 和 与 的"
).split()  # fmt: skip
SAME_WORDS = {
    "服饰": "服装", "制衣": "服装", "成衣": "服装", "家俱": "家具", "电商": "电子商务", "塑胶": "塑料", "塑业": "塑料", "纸业": "纸", "仓库": "仓储",
}  # fmt: skip
UNKNOWN = frozenset({"", "待定", "未定", "无", "暂无", "不详", "个人", "自然人", "外商", "客商", "投资方"})
CHINESE = "一二三四五六七八九十"
NUMERAL = "[0-9.]+[十百千万亿]*|[一二三四五六七八九十百千万亿两]+"
MEASURES = (
    "万元|亿元|美元|平方米|立方米|平米|千瓦时|千瓦|兆瓦|公斤|千克|千升|mwh|mw|kw|m2|m3|套|件|吨|台|只|条|双|米|亩|头|羽|块|瓶|箱|辆|把|张|床|打|支|片|盏|升|"
    "锭|株|棵|包|袋|副|根|卷|粒|对|t"
)


def longest_first(words: Iterable[str]) -> str:
    """Return a pattern that matches any of some words, long ones before short ones."""
    return "|".join(sorted(map(re.escape, words), key=lambda w: (-len(w), w)))


PHASE = re.compile(rf"第?([{CHINESE}]|[0-9]{{1,2}}|i{{1,3}})期|(?<![a-z0-9])([0-9]{{1,2}})号(?!线)")
QUANTITY = re.compile(rf"约?(?:{NUMERAL})[余多]?(?:{MEASURES})(?:[/每](?:年|天|日))?")
GENERIC_WORD = re.compile(longest_first((*GENERIC, *SAMPLE)))
FORM = re.compile(longest_first((*FORMS, *SAMPLE)))
TRADE_WORD = re.compile(longest_first(TRADES))
TRADE = re.compile(TRADE_WORD.pattern + "|[\u4e00-\u9fff]业")
SAME_WORD = re.compile(longest_first(SAME_WORDS))
PLACE = re.compile(rf"({longest_first(PROVINCE_OF)})(?:特别行政区|壮族自治区|回族自治区|自治区|省|市|县|区)?")
# What lies below a city, a level each: 范县产业集聚区, 冠县, 寿张镇. A trade behind it shows that it was a brand.
HAN = "[\u4e00-\u9fff]"
ZONE = (
    rf"(?:{HAN}{{2,3}}?)??(?:国家级|省级|市级)?(?:经济|高新|技术|产业|工业|科技|农业|综合|循环){{0,4}}"
    "(?:开发区|集聚区|园区|高新区|经开区|新区|工业园|产业园|科技园|示范区)"
)
BELOW = re.compile(
    rf"(?:{ZONE}|{HAN}{{1,2}}县|{HAN}{{2}}[市区旗]|{HAN}{{2,3}}(?:自治[县旗]|[镇乡]|街道|办事处))(?={HAN}{{2}})"
)
DEEP = 3


@dataclass(frozen=True, slots=True)
class Investor:
    """An investor: where from ("" unknown), the brand that names it, and its trade; `sound` is the brand's."""

    province: str
    city: str
    brand: str
    trade: str
    sound: str


@dataclass(frozen=True)
class Title:
    """A project's name: what is made (`core`), its phase (1 unless it says otherwise), the townships it names."""

    core: str
    phase: int
    towns: frozenset[str]

    @cached_property
    def sound(self) -> str:
        """The core by sound."""
        return by_sound(self.core)

    @cached_property
    def letters(self) -> str:
        """The sounds in a fixed order, for names whose words are turned round."""
        return "".join(sorted(self.sound))


def same_words(text: str) -> str:
    """Return a text with words of one meaning written one way."""
    return SAME_WORD.sub(lambda found: SAME_WORDS[found[0]], text)


def read_place(text: str) -> tuple[str, str, str]:
    """Return (province, city, what follows) of a name that begins with places; a brand is never taken for one."""
    province = city = ""
    while (found := PLACE.match(text)) and len(text) - found.end() >= 2:
        name = found[1]
        if (province and PROVINCE_OF[name] != province) or TRADE_WORD.match(text, found.end()):
            break
        province, city = PROVINCE_OF[name], "" if name in CITIES else name
        text = text[found.end() :]
    for _ in range(DEEP):
        found = BELOW.match(text)
        if not found or TRADE_WORD.match(text, found.end()):
            break
        text = text[found.end() :]
    return province, city, text


def read_investor(text: str) -> Investor | None:
    """Return who an investor is, or None if the cell does not say."""
    key = FORM.sub("", comparison_key(text).lower())
    if key in UNKNOWN:
        return None
    province, city, rest = read_place(key)
    if not province:
        province, city, rest = place_behind(rest)
    trade = TRADE.search(rest, 2)
    brand = rest[: trade.start()] if trade else rest
    return Investor(province, city, brand, same_words(rest[len(brand) :]), by_sound(brand))


def place_behind(text: str) -> tuple[str, str, str]:
    """Return (province, city, the rest) of a name that ends with its place, as 脆原食品（石家庄）."""
    for size in (2, 3, 4):
        if len(text) > size + 2 and (province := PROVINCE_OF.get(text[-size:])):
            return province, "" if text[-size:] in CITIES else text[-size:], text[:-size]
    return "", "", text


def phase_of(key: str) -> int:
    """Return the phase that a project's name tells, 1 if none."""
    found = PHASE.search(key)
    if not found:
        return 1
    text = found[1] or found[2]
    if text.isdecimal():
        return int(text)
    return len(text) if text[0] == "i" else CHINESE.index(text) + 1


class Words:
    """Many words looked for in short texts, in time that does not grow with their number."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words) - {""}
        self.lengths = sorted({len(word) for word in self.words}, reverse=True)

    def found_in(self, text: str) -> frozenset[str]:
        """Return the words that stand in a text."""
        return self.words.intersection(
            text[at : at + length] for length in self.lengths for at in range(len(text) - length + 1)
        )

    def removed_from(self, text: str) -> str:
        """Return a text without the words, from left to right the longest at each place."""
        if not self.found_in(text):
            return text
        kept, at = [], 0
        while at < len(text):
            length = next((n for n in self.lengths if text[at : at + n] in self.words), 0)
            kept.append("" if length else text[at])
            at += length or 1
        return "".join(kept)


class NameReader:
    """Reads names by the places of one county; texts that recur are read once."""

    def __init__(self, book: Rulebook) -> None:
        county = comparison_key(book.county)
        self.towns = Words(comparison_key(u.name) for u in book.units if u.group == TOWNSHIP)
        self.home = Words({county, county[:-1] if len(county) > 2 else county, *self.towns.words})
        self.investors: dict[str, Investor | None] = {}
        self.titles: dict[tuple[str, Investor], Title] = {}

    def investor(self, project: Project) -> Investor | None:
        """Return a project's investor, None if unknown."""
        if project.investor not in self.investors:
            self.investors[project.investor] = read_investor(project.investor)
        return self.investors[project.investor]

    def title(self, project: Project, investor: Investor) -> Title:
        """Return what a project's name says, its investor left out."""
        at = (project.name, investor)
        if at not in self.titles:
            self.titles[at] = self.read_title(project.name, investor)
        return self.titles[at]

    def read_title(self, name: str, investor: Investor) -> Title:
        """Read a project's name."""
        key = comparison_key(name).lower()
        towns = self.towns.found_in(key)
        phase = phase_of(key)
        key = self.home.removed_from(QUANTITY.sub("", PHASE.sub("", key)))
        core = same_words(GENERIC_WORD.sub("", without_investor(key, investor)))
        return Title(core.removeprefix("年"), phase, towns)


def without_investor(key: str, investor: Investor) -> str:
    """Return a project's name without the investor's place, brand and, if something is left, trade."""
    key = read_place(key)[2]
    at = key.find(investor.brand) if len(investor.brand) >= 2 else -1
    if at < 0 and len(investor.brand) >= 2 and by_sound(key).startswith(investor.sound):
        at = 0
    if at < 0:
        return key
    rest = key[:at] + key[at + len(investor.sound) :]
    shorter = rest.replace(investor.trade, "", 1) if investor.trade else rest
    return shorter if GENERIC_WORD.sub("", shorter) else rest
