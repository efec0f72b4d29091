"""The rules by id, each with its clause, its fault and its remedy in one Chinese sentence, in the order of the clauses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_STANDARD = "GB/T 9704-2012"
_OURS = "本系统约定"

RULES: Mapping[str, tuple[str, str, str]] = {
    "paper": (f"{_STANDARD} 5.1 幅面尺寸", "纸张为{found}", "页面设置改为 A4，210 毫米×297 毫米"),
    "margins": (f"{_STANDARD} 5.2.1 页边与版心尺寸", "{side}为{found:.1f}毫米，应为{due:.0f}毫米", "页边距改为上 37、下 35、左 28、右 26 毫米（横排页随纸转动）"),
    "theme": (f"{_STANDARD} 5.2.2 字体和字号", "用了主题字体{found}，盖过了指定的字体", "在“字体”里直接选定{due}，不用“正文”“标题”主题字体"),
    "body-font": (f"{_STANDARD} 5.2.2 字体和字号", "字体是{found}，应为{due}", "选中文字，字体改为{due}"),
    "body-size": (f"{_STANDARD} 5.2.2 字体和字号", "字号是{found}磅，应为{due}磅", "选中文字，字号改为{due}磅"),
    "emphasis": (f"{_STANDARD} 5.2.2 字体和字号", "文字用了{found}", "取消{found}，层次用黑体、楷体区分"),
    "pitch": (f"{_STANDARD} 5.2.3 行数和字数", "行距{found}，一面排不成 22 行", "行距改为固定值 28.95 磅，段前、段后改为 0，并取消“对齐到网格”"),
    "tighten": (f"{_STANDARD} 5.2.3 行数和字数", "字距没有紧缩，一行排不下 28 字", "字符间距改为紧缩 0.25 磅"),
    "colour": (f"{_STANDARD} 5.2.4 文字的颜色", "文字颜色是{found}，应为黑色", "字体颜色改为黑色"),
    "marks": (f"{_STANDARD} 7.2.3 紧急程度", "份号、密级、紧急程度的先后不对", "按份号、密级和保密期限、紧急程度的顺序自上而下分行排列"),
    "mark-font": (f"{_STANDARD} 7.2.1 份号", "{role}是{found}，应为{due}", "份号、密级、紧急程度用 3 号黑体"),
    "name-missing": (f"{_STANDARD} 7.2.4 发文机关标志", "没有发文机关标志", "在版头居中写发文机关名称加“文件”二字，小标宋、红色；信函写在首页页眉"),
    "name-font": (f"{_STANDARD} 7.2.4 发文机关标志", "字体是{found}，应为小标宋", "字体改为{due}"),
    "name-colour": (f"{_STANDARD} 7.2.4 发文机关标志", "颜色是{found}，应为红色", "字体颜色改为红色（{due}）"),
    "name-size": (f"{_STANDARD} 7.2.4 发文机关标志", "字号是{found:g}磅，{what}", "字号改为{due:g}磅左右"),
    "name-centre": (f"{_STANDARD} 7.2.4 发文机关标志", "发文机关标志没有居中", "段落改为居中，不设缩进"),
    "name-place": (f"{_STANDARD} 7.2.4 发文机关标志", "上边缘距纸边约{found:.0f}毫米，应为{due:.0f}毫米", "调整标志一段的段前间距和上面的空行"),
    "number-brackets": (f"{_STANDARD} 7.2.5 发文字号", "“{text}”的年份没有用六角括号", "写成“台政办〔2011〕9号”的形式"),
    "number-ordinal": (f"{_STANDARD} 7.2.5 发文字号", "“{text}”的顺序号加了“第”字", "删去“第”字"),
    "number-zero": (f"{_STANDARD} 7.2.5 发文字号", "“{text}”的顺序号编了虚位", "1 不编为 01"),
    "number-form": (f"{_STANDARD} 7.2.5 发文字号", "“{text}”不是机关代字、年份、顺序号的形式", "写成“台政办〔2011〕9号”的形式"),
    "number-missing": (f"{_STANDARD} 7.2.5 发文字号", "没有发文字号", "在标志下空二行居中写发文字号，没有编号的先写“〔____〕”"),
    "number-gap": (f"{_STANDARD} 7.2.5 发文字号", "与标志之间空{found:.1f}行，应空{due}行", "在标志下空二行编排发文字号"),
    "number-side": (f"{_STANDARD} 7.2.5 发文字号", "发文字号的左右位置不对", "居中排布；上行文居左空一字，信函顶格居右"),
    "signer-font": (f"{_STANDARD} 7.2.6 签发人", "签发人姓名不是楷体", "姓名用 3 号楷体，“签发人：”用 3 号仿宋"),
    "red-rule": (f"{_STANDARD} 7.2.7 版头中的分隔线", "发文字号下{found}", "给发文字号一段加红色下边框，距正文 5 磅，左右缩进为 0，使其与版心等宽"),
    "title-missing": (f"{_STANDARD} 7.3.1 标题", "没有标题", "在红色分隔线下空二行居中写标题，用 2 号小标宋"),
    "title-font": (f"{_STANDARD} 7.3.1 标题", "字体是{found}，应为小标宋", "字体改为{due}"),
    "title-size": (f"{_STANDARD} 7.3.1 标题", "字号是{found}磅，应为2号（{due}磅）", "字号改为二号"),
    "title-centre": (f"{_STANDARD} 7.3.1 标题", "标题没有居中", "段落改为居中，不设缩进"),
    "title-gap": (f"{_STANDARD} 7.3.1 标题", "标题上空{found:.1f}行，应空{due}行", "在分隔线下空二行编排标题"),
    "addressee-colon": (f"{_STANDARD} 7.3.2 主送机关", "“{text}”末尾没有全角冒号", "在最后一个机关名称后加“：”"),
    "addressee-indent": (f"{_STANDARD} 7.3.2 主送机关", "主送机关没有顶格", "左缩进和首行缩进改为 0"),
    "addressee-gap": (f"{_STANDARD} 7.3.2 主送机关", "与标题之间空{found:.1f}行，应空{due}行", "在标题下空一行编排主送机关"),
    "heading-font": (f"{_STANDARD} 7.3.3 正文", "{role}的字体是{found}，应为{due}", "字体改为{due}"),
    "heading-number": (f"{_STANDARD} 7.3.3 正文", "“{text}”的序数不是{level}的写法", "依次用“一、”“（一）”“1.”“（1）”标注"),
    "heading-order": (f"{_STANDARD} 7.3.3 正文", "“{text}”的序数不连贯，应为“{due}”", "同一层次的序数从一起依次编排，不跳号、不重号"),
    "indent": (f"{_STANDARD} 7.3.3 正文", "段首没有左空二字", "首行缩进改为 2 字符（31.5 磅）"),
    "align": (f"{_STANDARD} 7.3.3 正文", "正文{found}", "段落改为两端对齐，左右缩进为 0，回行顶格"),
    "half-width": (f"{_STANDARD} 7.3.3 正文", "“{text}”用了半角标点", "汉字之间用全角标点：，；：。！？（）"),
    "annex-end": (f"{_STANDARD} 7.3.4 附件说明", "“{text}”末尾加了标点", "附件名称后不加标点符号"),
    "annex-start": (f"{_STANDARD} 7.3.4 附件说明", "“{text}”没有以“附件：”起头", "左空二字写“附件：”和附件名称"),
    "annex-gap": (f"{_STANDARD} 7.3.4 附件说明", "与正文之间空{found:.1f}行，应空{due}行", "在正文下空一行编排附件说明"),
    "annex-names": (f"{_STANDARD} 7.3.7 附件", "附件说明写作“{name}”，所附附件的标题是“{title}”", "使附件说明与所附的附件件数、顺序和名称一致"),
    "sign-gap": (f"{_STANDARD} 7.3.5 发文机关署名", "与上文之间空{found:.1f}行，应空{due}行", "不加盖印章的在正文或附件说明下空一行；加盖印章的留出盖章的位置"),
    "seal-place": (f"{_STANDARD} 7.3.5.1 加盖印章的公文", "{what}右空{found:.1f}字，应为{due:.1f}字", "成文日期右空四字，署名以成文日期为准居中"),
    "sign-place": (f"{_STANDARD} 7.3.5.2 不加盖印章的公文", "{what}右空{found:.1f}字，应为{due:.1f}字", "署名右空二字，成文日期首字比署名首字右移二字"),
    "date-missing": (f"{_STANDARD} 7.3.5 成文日期", "没有成文日期", "在发文机关署名下一行写成文日期"),
    "date-form": (f"{_STANDARD} 7.3.5.4 成文日期中的数字", "“{text}”不合成文日期的写法", "用阿拉伯数字将年、月、日标全，月、日不编虚位，如“2011年4月3日”"),
    "date-form-1999": ("GB/T 9704-1999 成文时间", "“{text}”不合成文时间的写法", "用汉字将年、月、日标全，“零”写为“〇”，如“二〇一一年四月十三日”"),
    "date-real": (f"{_STANDARD} 7.3.5.4 成文日期中的数字", "没有“{text}”这一天", "对照日历改正年、月、日"),
    "sign-alone": (f"{_STANDARD} 7.3.5.5 特殊情况说明", "这一段没有与下段同页，署名可能独占一页", "段落中勾选“与下段同页”"),
    "note-brackets": (f"{_STANDARD} 7.3.6 附注", "“{text}”没有加圆括号", "居左空二字，加全角圆括号"),
    "annex-page": (f"{_STANDARD} 7.3.7 附件", "附件没有另面编排", "给“附件”一段勾选“段前分页”，或在其前插入分页符"),
    "annex-label": (f"{_STANDARD} 7.3.7 附件", "“{text}”不是“{due}”的写法", "用 3 号黑体顶格写“附件”及顺序号，不加标点"),
    "annex-font": (f"{_STANDARD} 7.3.7 附件", "{role}是{found}，应为{due}", "“附件”二字及顺序号用 3 号黑体"),
    "annex-after": (f"{_STANDARD} 7.3.7 附件", "附件排在版记之后", "把附件移到版记之前"),
    "imprint-missing": (f"{_STANDARD} 7.4 版记", "没有版记", "在最后一面的下边缘加抄送机关、印发机关和印发日期"),
    "imprint-rules": (f"{_STANDARD} 7.4.1 版记中的分隔线", "{what}{found}", "首末两条线用 0.35 毫米（1 磅），中间用 0.25 毫米（0.75 磅），与版心等宽"),
    "imprint-place": (f"{_STANDARD} 7.4.1 版记中的分隔线", "版记没有落在最后一面版心的下边缘", "表格属性中把垂直位置设为相对“页边距”的“底端”，并放在全文最后"),
    "copies-end": (f"{_STANDARD} 7.4.2 抄送机关", "“{text}”末尾没有句号", "最后一个抄送机关名称后标句号"),
    "copies-start": (f"{_STANDARD} 7.4.2 抄送机关", "“{text}”没有以“抄送：”起头", "左空一字写“抄送：”"),
    "imprint-font": (f"{_STANDARD} 7.4.2 抄送机关", "字体是{found}，应为{due}", "字体改为{due}"),
    "imprint-size": (f"{_STANDARD} 7.4.2 抄送机关", "字号是{found}磅，应为{due}磅", "抄送、印发两行用 4 号仿宋（1999 版式为 3 号）"),
    "imprint-indent": (f"{_STANDARD} 7.4.2 抄送机关", "左边没有空一字", "左缩进改为 1 字"),
    "issue-end": (f"{_STANDARD} 7.4.3 印发机关和印发日期", "“{text}”末尾没有“印发”二字", "印发日期后加“印发”"),
    "page-number": (f"{_STANDARD} 7.5 页码", "{found}", "页脚写“— 页码 —”，用 4 号宋体"),
    "page-side": (f"{_STANDARD} 7.5 页码", "{found}", "设“奇偶页不同”，单页码居右空一字，双页码居左空一字"),
    "page-distance": (f"{_STANDARD} 7.5 页码", "页脚距边界{found:.1f}毫米，一字线不在版心下 7 毫米处", "页脚距边界改为 25 毫米"),
    "letter-rules": (f"{_STANDARD} 10.1 信函格式", "{found}一条红色双线不合规定", "首页标志下 4 毫米、距下页边 20 毫米处各印一条 170 毫米长的红色双线，上一条上粗下细，下一条上细下粗"),
    "letter-first": (f"{_STANDARD} 10.1 信函格式", "首页没有不同的页眉页脚，会显示页码", "勾选“首页不同”，首页页脚不放页码"),
    "letter-imprint": (f"{_STANDARD} 10.1 信函格式", "版记{found}", "信函的版记不加印发机关和印发日期、分隔线"),
    "table-head": (_OURS, "表格跨页时表头不重复", "选中表头各行，勾选“在各页顶端以标题行形式重复出现”"),
    "table-split": (_OURS, "有的行会跨页断开", "选中全表，取消“允许跨页断行”"),
    "table-pitch": (_OURS, "表内行距为固定值，文字可能被裁", "表内行距改为单倍行距"),
    "table-small": (_OURS, "表内字号只有{found:g}磅，看不清", "表内字号不小于小五号（{due:g}磅）；列太多的改为横排"),
    "table-wide": (_OURS, "表宽{found:.0f}毫米，超出{due:.0f}毫米的版心", "调整列宽，使表格不宽于版心；列太多的改为横排"),
    "picture": (_OURS, "图{found}", "图的宽度不超过版心，所在段落的行距改为单倍行距"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LayoutFault:
    """One departure from the layout: the rule's id, its clause, where, what, and what to do."""

    rule: str
    clause: str
    place: str
    fault: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}：{self.fault}。{self.remedy}。（{self.clause}）"


Faults = Iterator[LayoutFault]


def fault(rule: str, place: str, **words: object) -> LayoutFault:
    """A fault with its sentences filled in."""
    clause, what, remedy = RULES[rule]
    return LayoutFault(rule, clause, place, what.format(**words), remedy.format(**words))
