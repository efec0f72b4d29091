"""What each unit of the samples does in the hundred days: its trips, guests and projects.

Days are written as month and day, 506 for 6 May 2011; 0 means that it does not happen. Money is 万元.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from baiti_xl.demo.names import enterprise

USD, HKD = "美元", "港元"
RATES = {USD: Decimal("6.4912"), HKD: Decimal("0.8346")}


@dataclass(frozen=True, slots=True)
class Joint:
    """How a unit takes part in a joint project: its partner, its share in percent, the agreed 联合标识."""

    partner: str
    share: int
    label: str


@dataclass(frozen=True, slots=True)
class Deal:
    """One project from the first talk (`met`) on; `paid` are the days of its vouchers."""

    product: str
    city: str
    brand: str
    total: str
    fixed: str
    contract: str
    met: int
    signed: int = 0
    started: int = 0
    completed: int = 0
    ended: int = 0
    paid: tuple[int, ...] = ()
    nature: str = "正式"
    currency: str = "人民币"
    slow: bool = False
    joint: Joint | None = None

    @property
    def investor(self) -> str:
        """The enterprise that invests."""
        return enterprise(self.city, self.brand)

    @property
    def name(self) -> str:
        """The project's name, marked as a sample."""
        return f"{self.brand}{self.product}项目（样例）"


@dataclass(frozen=True, slots=True)
class Plan:
    """One unit: its trips and guests, its projects in the order they came up, and its shortcomings.

    `silent` are meetings for which it hands in no 情况说明; `lacks` are measures of stage 1 it never took;
    `late` are days by which its stage 1 lags.
    """

    code: str
    trips: int
    guests: int
    deals: tuple[Deal, ...] = ()
    lacks: tuple[str, ...] = ()
    late: int = 0
    silent: tuple[int, ...] = ()

    def numbered(self) -> Iterator[tuple[str, Deal]]:
        """Yield (项目编号, project) in the order they came up."""
        for at, deal in enumerate(self.deals, 1):
            yield f"{self.code}-{at:03}", deal


PARK = Deal(
    "羽绒服装产业园", "佛山", "腾雁", "26000", "20000", "25000", 418, 506, 526, paid=(510, 601, 622, 715)
)
TIMBER = Deal(
    "板材家居加工园", "青岛", "合木", "16000", "12000", "16000", 422, 512, 603, paid=(518, 620, 718)
)

PLANS = (
    Plan("X01", 11, 12, (
        replace(PARK, joint=Joint("Z30", 60, "X01-001")),
        Deal("精细化工中间体", "上海", "蓝渡", "12500", "10000", "12000", 425, 520, 610, paid=(527, 618, 712)),
        Deal("纸制品包装", "苏州", "方圆", "6200", "5000", "6000", 502, 528, 608, 722, paid=(606, 630, 720)),
        Deal("运动鞋服", "晋江", "跃步", "5600", "4999.99", "5500", 516, 615, 705, 726, paid=(620, 711)),
        Deal("仓储配送中心", "北京", "通仓", "10800", "9999", "10500", 601, 628, 716, paid=(704, 719)),
        Deal("冷链分拣", "石家庄", "鲜达", "3200", "2600", "3200", 612, 708, paid=(715,)),
        Deal("农用机械配件", "青岛", "铁犁", "5200", "4100", "", 620, ended=718),
        Deal("电子元件封装", "深圳", "微晶", "8600", "7000", "", 703),
    )),
    Plan("X02", 9, 10, (
        Deal("羽绒分拣水洗", "杭州", "白鹭", "21500", "19999", "21000", 420, 510, 601, paid=(512, 530, 618, 708, 722), currency=USD),
        Deal("环保树脂", "常州", "青峰", "24000", "20500", "24000", 508, 612, 702, paid=(616, 628, 710, 725)),
        Deal("拉链辅料", "温州", "连城", "5400", "5000", "5400", 515, 602, 620, 720, paid=(609, 701)),
        Deal("塑料编织袋", "苏州", "织云", "4800", "3900", "4800", 530, 625, 712, 729, paid=(702, 721)),
        Deal("低压电器装配", "温州", "明合", "10600", "8800", "10600", 610, 706, paid=(713,), slow=True),
        Deal("饲料加工", "石家庄", "丰牧", "7200", "5800", "", 625),
        Deal("鞋材发泡", "晋江", "轻足", "6100", "5000", "", 708),
    )),
    Plan("X03", 8, 8, (
        replace(TIMBER, joint=Joint("X04", 50, "孙口打渔陈联合一号")),
        Deal("羽绒寝具", "佛山", "暖眠", "10500", "10000", "10200", 505, 604, 622, paid=(607, 626, 714)),
        Deal("水产精深加工", "青岛", "海澜屿", "5100", "4300", "5000", 520, 618, 706, 727, paid=(624, 719)),
        Deal("日用香料", "上海", "馥远", "7600", "6000", "7500", 611, 703, paid=(711,)),
        Deal("公路港物流园", "北京", "驿通", "9000", "7000", "", 628),
    )),
    Plan("X04", 8, 7, (
        replace(TIMBER, joint=Joint("X03", 50, "孙口打渔陈联合一号")),
        Deal("洗涤用品", "常州", "净源", "11200", "10000", "11200", 510, 609, 630, paid=(614, 704), currency=HKD),
        Deal("针织服装", "杭州", "柔纺", "5300", "4700", "5300", 526, 622, 708, 728, paid=(629, 720)),
        Deal("食用菌工厂化种植", "石家庄", "菌博", "3100", "2400", "3000", 606, 701, 715, paid=(716,)),
        Deal("卫浴五金", "佛山", "泉铭", "8800", "7200", "", 702),
    )),
    Plan("X05", 7, 7, (
        Deal("羽绒服缝制", "佛山", "雪线", "12000", "10500", "12000", 421, 509, 530, paid=(511, 603, 621, 709)),
        Deal("塑料助剂", "沧州", "合聚", "6800", "5600", "6500", 512, 611, 703, paid=(617, 715)),
        Deal("精密铸件", "青岛", "锻虹", "5000", "4200", "5000", 527, 624, paid=(702, 718)),
        Deal("童装加工", "晋江", "小树", "4200", "3600", "4200", 608, 705, paid=(714,)),
        Deal("汽车线束", "深圳", "联缆", "7500", "6000", "", 629),
    )),
    Plan("X06", 7, 6, (
        Deal("羽绒填充物", "杭州", "云絮", "10400", "10000", "10400", 424, 511, 606, paid=(513, 612, 705)),
        Deal("水性涂料", "常州", "彩衡", "8200", "6600", "8000", 514, 608, 628, paid=(615, 713)),
        Deal("办公家具", "佛山", "木言", "5100", "5000", "5100", 603, 627, paid=(706,)),
        Deal("秸秆综合利用", "石家庄", "田循", "3600", "2900", "", 618),
        Deal("化纤纺丝", "苏州", "丝维", "4600", "3800", "", 710),
    )),
    Plan("X07", 5, 4, (
        Deal("羽绒睡袋", "佛山", "旷野", "9200", "7800", "9000", 504, 621, 711, paid=(627, 708, 724)),
        Deal("面粉加工", "石家庄", "麦坊", "3300", "2700", "3300", 525, 704, paid=(712,)),
        Deal("户外服饰", "晋江", "山径", "5600", "5000", "", 622),
    ), lacks=("工作机构",)),
    Plan("X08", 5, 5, (
        Deal("化工新材料产业园", "上海", "湾岳", "21000", "20000", "21000", 428, 530, paid=(603, 608, 720), nature="框架"),
        Deal("羽绒服代工", "杭州", "冬衣", "6000", "4900", "6000", 522, 618, nature="框架"),
        Deal("新型墙材", "沧州", "筑石", "4300", "3600", "", 624),
    ), late=6, silent=(712,)),
    Plan("X09", 6, 6, (
        Deal("羽绒被服", "佛山", "安枕", "10300", "9999.99", "10300", 430, 601, 625, paid=(604, 703, 722)),
        Deal("化学试剂分装", "常州", "纯度", "5800", "5000", "5600", 519, 623, 710, paid=(628, 717), slow=True),
        Deal("小家电组装", "温州", "巧匠", "4400", "3700", "4400", 613, 709, paid=(716,)),
        Deal("蔬菜脱水", "石家庄", "脆原", "3900", "3000", "", 704),
    )),
    Plan("Z01", 3, 3, (
        Deal("电池隔膜材料", "上海", "能膜", "20500", "20000", "20000", 505, 607, 625, paid=(615, 705, 711)),
    )),
    Plan("Z02", 3, 3, (
        Deal("智能仪表", "深圳", "准测", "10200", "10000", "10000", 419, 503, 520, paid=(511, 605, 710), currency=USD),
        Deal("化学试剂分装生产线", "常州", "纯度", "5800", "5000", "", 620),
    )),
    Plan("Z08", 2, 2, (Deal("票据印刷", "苏州", "墨印", "5200", "4500", "5200", 515, 606, 629, paid=(610, 708)),)),
    Plan("Z10", 2, 1, (Deal("石材加工", "沧州", "磐石", "4100", "3300", "4000", 517, 610, paid=(621,)),)),
    Plan("Z11", 3, 2, (Deal("装配式建筑构件", "北京", "构筑", "13000", "10800", "12600", 511, 614, 707, paid=(622, 719)),)),
    Plan("Z14", 3, 2, (
        Deal("大蒜深加工", "石家庄", "蒜香", "5300", "4400", "5000", 509, 613, 704, paid=(619, 714)),
        Deal("花卉种苗", "北京", "芳圃", "2600", "2000", "", 626),
    )),
    Plan("Z16", 4, 4, (
        Deal("原有制衣厂增资", "晋江", "旧友", "5200", "5000", "5000", 416, 429, 515, paid=(503,)),
        Deal("电子商务产业园", "深圳", "云集", "11500", "10000", "11000", 512, 612, 701, paid=(618, 709)),
        Deal("羽绒检测中心", "杭州", "衡准", "2300", "1800", "2300", 604, 630, 714, 730, paid=(706,)),
    )),
    Plan("Z21", 2, 1, (Deal("污水处理药剂", "常州", "清涟", "5600", "4800", "", 602),)),
    Plan("Z30", 6, 4, (
        replace(PARK, joint=Joint("X01", 40, "X01-001")),
        Deal("标准化厂房配套", "北京", "承基", "10900", "10000", "10900", 507, 605, 623, paid=(611, 630, 716)),
        Deal("羽绒机械", "青岛", "绒机", "5500", "5000", "5500", 524, 619, 708, paid=(625, 715)),
        Deal("工业气体", "沧州", "氮泉", "7000", "5900", "", 623),
    )),
    Plan("Z36", 2, 1, (Deal("充电设备", "深圳", "电桩", "6000", "5000", "", 614),)),
    Plan("Z46", 3, 2, (Deal("商会服装城", "温州", "商盟", "10100", "8600", "10000", 521, 626, paid=(705,)),)),
    Plan("Z50", 0, 0, silent=(513, 612, 712)),
)  # fmt: skip
BY_CODE = {plan.code: plan for plan in PLANS}
