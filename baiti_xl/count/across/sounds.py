"""Characters that are easily mistaken for one another: alike in sound (同音字) or in shape (形近字).

Staff type by sound, so the usual slip is another character of the same syllable. GB 2312 sorts its first
3,755 characters by syllable; the first character of each is enough to tell which one a character has.
"""

from bisect import bisect_right
from functools import lru_cache

# The first character of each syllable of GB 2312 level 1 (tones left aside), in its order.
FIRST = (
    "啊埃鞍肮凹芭白斑邦苞杯奔崩逼鞭标鳖彬兵玻捕擦猜餐苍操厕层插拆搀昌超车郴撑吃充抽初揣川疮吹春戳疵聪凑粗"
    "蹿摧村磋搭呆耽当刀德蹬堤颠碉跌丁丢东兜督端堆墩掇蛾恩而发藩坊菲芬丰佛否夫噶该干冈篙哥给根耕工钩辜刮乖"
    "棺光瑰辊锅哈骸酣夯壕呵嘿痕哼轰喉呼花槐欢荒灰荤豁击嘉歼僵蕉揭巾荆炯揪鞠捐撅均喀开刊康考坷肯坑空抠枯夸"
    "块宽匡亏坤括垃莱蓝琅捞勒雷棱厘俩联粮撩列琳玲溜龙楼芦驴峦掠抡萝妈埋瞒芒猫么玫门萌眯棉苗蔑民明谬摸谋拇拿"
    "氖南囊挠呢馁嫩能妮蔫娘鸟捏您柠牛脓奴女暖虐挪哦欧啪拍攀乓抛呸喷砰坯篇飘撇拼乒坡扑期掐牵枪橇切钦青琼秋趋圈"
    "缺裙然瓤饶惹壬扔日戎揉茹软蕊闰若撒腮三桑搔瑟森僧莎筛珊墒梢奢砷声师收蔬刷摔栓霜谁吮说斯松搜苏酸虽孙蓑塌胎"
    "坍汤掏特藤梯天挑贴厅通偷凸湍推吞拖挖歪豌汪威瘟嗡挝巫昔瞎掀相萧楔薪星兄休墟轩靴勋压焉殃邀椰一茵英哟拥幽迂"
    "鸳曰耘匝栽咱赃遭责贼怎增扎摘瞻樟招遮珍蒸芝中舟珠抓拽专桩椎谆捉兹鬃邹租钻嘴尊昨"
)
# Characters beyond those that are common in names of firms, each with one of its sound.
RARE = (
    "鑫薪 晟声 睿瑞 骅花 晖灰 馨薪 淼苗 焱焉 垚邀 犇奔 翊一 昊壕 昕薪 玺昔 瑾巾 钰迂 珂坷 琪期 瑶邀 璟荆 璐芦 珺均 瑜迂 琦期 玮威 "
    "珑龙 珀坡 昱迂 煜迂 烨椰 炜威 焜坤 熠一 羲昔 曦昔 禧昔 珞萝 锘挪 铖撑 铄说 锟坤 鸾峦 骁萧 骐期 骥击 骊厘 霁击 霏菲 翎玲 翥珠 "
    "羿一 菁荆 蓓杯 芸耘 蕙灰 蘅哼 芊牵 茗明 荃圈 菀豌 薇威 芙夫 苓玲 茜牵 荟灰 沅鸳 涞莱 淇期 湉天 滢英 漪一 泓轰 颢壕 皓壕 祯珍 "
    "祺期 祎一 妍焉 娅压 婧荆 婷厅 嫣焉 姝蔬 昶昌 旸殃 晗酣 晔椰 曜邀 琨坤 珅砷 璞扑 琮聪 琰焉 璇轩 璋樟 瑄轩 瑛英 瑗鸳 懿一 鸢鸳 "
    "鹭芦 隽均 雯瘟 韬掏 馥夫 麒期 麟琳 鼐氖 榕戎 桦花 梓兹 楠南 榛珍 樾曰 棣堤 轶一 逵亏 闳轰 堃坤 圻期 奂欢 奕一 宸郴 寰欢 岱呆 "
    "岚蓝 峄一 嵘戎 嵩松 弈一 彧迂 怡一 恺开 惇墩 旌荆 旎妮 旖一 杞期 桢珍 樽尊 歆薪 沣丰 沭蔬 泗斯 泾荆 溥扑 滕藤 潇萧 潼通 濠壕 "
    "瀚酣 瀛英 炅炯 煊轩 熹昔 燊砷 玥曰 珈嘉 琛郴 璀摧 璧逼 璨餐 砺厘 笙声 筱萧 箐青 粲餐 绮期 缇梯 缤彬 翡菲 舫坊 芃砰 芮蕊 芷芝 "
    "苒然 莘砷 萃摧 萱轩 葳威 藜厘 遐瞎 邃虽 钊招 钛胎 铠开 铢珠 铧花 铨圈 铮蒸 锂厘 锴开 靓荆 飒撒 驿一 亳博 淄兹 酯芝 烯昔 烷豌 胺鞍 醇春 醛圈 "
    "酮通 羟枪 羧说 酰掀 脲鸟 酐干 炔缺 肽胎 呤玲 噻腮 哌拍 唑昨"
)
# Characters alike in shape, as a tired eye takes one for the other.
SHAPES = (
    "己已巳 未末 土士 日曰 人入 大太犬 天夫 甲申由田 戊戌戍 今令 干千于 鸟乌 拔拨 持特 仓仑 治冶 洽恰 绵锦 淮准 风凤 沽洁 铜钢 "
    "钩钧 宇字 亨享 厂广 王玉 宠宏 泰秦奏 粟栗 折拆析 贝见 渔鱼 崇祟 茶荼 冀翼 慕幕 吴昊 晋普 辛幸 旱早 圆圈 测则 坊妨 模漠 免兔 "
    "拾抬 休体 元无 牛午 困因 汉汊 埔铺 桔秸 瑞端 磐盘 盈盆 晨辰 禾木 永水 石右 正止 目自 白百 万方 几凡 力刀 微徽 侯候"
)


@lru_cache(maxsize=1)
def rare_sounds() -> dict[str, str]:
    """Return the characters of `RARE` with one of their sound."""
    return {pair[0]: pair[1] for pair in RARE.split()}


@lru_cache(maxsize=1)
def first_codes() -> list[bytes]:
    """Return the GB 2312 codes at which a new syllable begins."""
    return [c.encode("gb2312") for c in FIRST]


@lru_cache(maxsize=16384)
def sound_of(char: str) -> str:
    """Return the first character of the same syllable; a character without a known one stands for itself."""
    char = rare_sounds().get(char, char)
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return char
    if not b"\xb0\xa1" <= code <= b"\xd7\xf9" or len(code) != 2:
        return char
    return FIRST[bisect_right(first_codes(), code) - 1]


@lru_cache(maxsize=1)
def shapes() -> dict[str, str]:
    """Return the characters of `SHAPES` with the first of their group."""
    return {char: group[0] for group in SHAPES.split() for char in group}


@lru_cache(maxsize=65536)
def by_sound(text: str) -> str:
    """Return a text with each character replaced by the first of its syllable; the length stays."""
    return "".join(map(sound_of, text))


@lru_cache(maxsize=65536)
def by_shape(text: str) -> str:
    """Return a text with each character replaced by the first of its shape; the length stays."""
    table = shapes()
    return "".join(table.get(char, char) for char in text)
