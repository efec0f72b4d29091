"""F: what is wrong with a file as a whole. Most are found on reading and on choosing, not by checks."""

from collections.abc import Iterator

from baiti_xl.contest.findings import Finding
from baiti_xl.contest.periods import cutoff_of, cutoffs
from baiti_xl.contest.rules.case import Case
from baiti_xl.contest.rules.rule import ERROR, NOTE, OWN, WARNING, Rule, Shown

WHOLE = "说的是整个文件，表里的公式看不到"


def no_cutoff(case: Case, rule: Rule) -> Iterator[Finding]:
    """F11: 填报截止日期 is the 报送截止日 of no period."""
    day, book = case.cover.cutoff, case.book
    if day is not None and book.start <= day <= book.end and day not in cutoffs(book):
        yield rule.on_cover(case, "cutoff", day, due=cutoff_of(book, day))


def outside_contest(case: Case, rule: Rule) -> Iterator[Finding]:
    """F10: 填报截止日期 lies before the contest or after it, so that the file speaks of another one."""
    day, book = case.cover.cutoff, case.book
    if day is not None and not book.start <= day <= book.end:
        yield rule.on_cover(case, "cutoff", day, day=day, start=book.start, end=book.end)


def after_merger(case: Case, rule: Rule) -> Iterator[Finding]:
    """F12: the unit had become part of another by 填报截止日期, which reports from then on (并入)."""
    unit, day = case.book.unit(case.unit), case.cover.cutoff
    other = case.book.unit(unit.merged_into) if unit else None
    if unit and other and day and unit.is_merged(day):
        yield rule.on_cover(case, "cutoff", day, merged=unit.merged_on, other=other.name)


RULES = (
    Rule(
        "F01", ERROR, "不是工作簿",
        "这个文件不是能读的工作簿（{what}）", "请用报送模板填好后另存为 .xlsx 再报", unseen=WHOLE,
    ),
    Rule("F01/foreign", ERROR, "不是报送表", "这个工作簿里没有报送表的任何一张表", "请用办公室下发的模板填报", unseen=WHOLE),
    Rule("F02", ERROR, "文件加密", "文件加密，打不开", "请取消密码后重报", unseen=WHOLE),
    Rule("F03", ERROR, "文件过大", "文件过大（{what}）", "请删去多余的图片、空白行和无关工作表后重报", unseen=WHOLE),
    Rule(
        "F03/empty", NOTE, "空白行过多",
        "「{sheet}」有约 {count} 行只设了格式的空白行", "不影响统计；删去后文件会小很多", unseen=WHOLE,
    ),
    Rule("F04", ERROR, "文件读不出来", "文件读不出来，可能已损坏（{what}）", "请在电脑上重新打开并另存为 .xlsx 后再报", unseen=WHOLE),
    Rule(
        "F04/unopened", ERROR, "文件打不开",
        "文件打不开（{what}）", "请核对路径和权限，关闭正打开着它的程序，再读取一次", unseen=WHOLE, own=None,
    ),
    Rule(
        "F04/program", ERROR, "程序读取出错",
        "读取这个文件时程序出错（{what}）", "请另存为 .xlsx 后再报，并把原件发给维护人员", unseen=WHOLE, own="请另存为 .xlsx 后再报",
    ),
    Rule(
        "F05", ERROR, "文件异常",
        "文件内部结构异常，为安全起见没有读取（{what}）", "请把内容复制到新下发的模板里重报", unseen=WHOLE,
    ),
    Rule("F05/macros", NOTE, "含有宏", "文件里含有宏，已忽略，没有运行", "下次请用不含宏的报送模板（.xlsx）", unseen=WHOLE),
    Rule(
        "F05/split", WARNING, "内容里夹有标记",
        "这里的内容被看不见的标记隔开，已按 Excel 显示的读取", "请核对读到的内容，并在 Excel 里重新输入", unseen=WHOLE,
    ),
    Rule("F06", ERROR, "模板版本不符", "不认识这个文件的模板版本（{what}）", "请用办公室最近下发的模板重填", unseen=WHOLE),
    Rule(
        "F06/contest", ERROR, "另一个竞赛", "这是{contest}的报送表，不是本竞赛的", "请用本竞赛下发的模板填报；要汇总那个竞赛，请用它的工作文件夹", unseen=WHOLE,
    ),
    Rule(
        "F06/year", WARNING, "竞赛年份不符", "下发的表是 {year} 年的，本竞赛是 {own} 年", "请用本竞赛下发的模板填报", unseen=WHOLE,
    ),
    Rule(
        "F06/earlier", NOTE, "旧版模板",
        "这是第 {version} 版模板，没有{what}，按没有填写处理", "不影响其他内容；下次请用新下发的模板", unseen=WHOLE,
    ),
    Rule(
        "F06/later", ERROR, "模板比程序新",
        "这是第 {version} 版模板，本程序只认识到第 {known} 版", "请办公室升级程序后再读取，单位不用重填", unseen=WHOLE, own=None,
    ),
    Rule(
        "F07", ERROR, "单位不在名录", "单位代码「{value}」不在单位名录里", "请在封面选择本单位的代码",
        unseen="封面的单位代码由下拉列表选定；下发的表已经填好并锁定",
    ),
    Rule(
        "F07/issued", WARNING, "用了别的单位的表", "单位代码是「{value}」，但这份表是下发给 {code} {name}的",
        "请核对单位代码，并用下发给本单位的表填报", unseen="公式不看这份表下发给谁",
    ),
    Rule(
        "F07/former", NOTE, "曾用代码", "单位代码「{value}」是曾用代码，按 {code} 处理", "下次请用新下发的模板",
        unseen="要看单位名录的曾用代码",
    ),
    Rule(
        "F08", ERROR, "同批次重复",
        "本单位 {day} 第 {batch} 批有内容不同的两个文件（另一个是 {other}），两个都暂不计入",
        "请删去作废的一个，或把新的一份批次加 1", unseen="要看同一单位的其他文件",
    ),
    Rule(
        "F08/late", ERROR, "同批次重复",
        "本单位 {day} 第 {batch} 批已经采用了 {other}，这份内容不同，没有采用",
        "是改正的，请把批次加 1；重复的请删去", unseen="要看同一单位的其他文件",
    ),
    Rule("F09/sheet", ERROR, "缺工作表", "缺少工作表「{sheet}」", "请从模板里补回这张表，没有内容也要保留", unseen=WHOLE),
    Rule(
        "F09/twin", ERROR, "工作表重复", "有几张工作表都叫「{sheet}」，只差空格或全角半角（“{names}”）", "请只保留一张", unseen=WHOLE,
    ),
    Rule("F09/hidden", WARNING, "工作表隐藏", "工作表「{sheet}」被隐藏，看不见，但已读取", "请取消隐藏并核对里面的内容", unseen=WHOLE),
    Rule("F09/heading", ERROR, "缺标题", "「{sheet}」缺少标题「{heading}」", "请按模板补回这一列的标题", unseen=WHOLE),
    Rule("F09/twice", ERROR, "标题重复", "「{sheet}」有两列都叫「{heading}」", "请只保留一列", unseen=WHOLE),
    Rule(
        "F10", ERROR, "截止日期不在竞赛期", "填报截止日期不在竞赛期内", "竞赛从 {start} 到 {end}；请填本期的报送截止日后重报", "方案三",
        detail="（{day}）", find=outside_contest,
        shown=lambda book: [
            Shown(
                None, "cutoff", "AND([cutoff]>0,OR([cutoff]<〈start〉,[cutoff]>〈last day〉))",
                {"start": book.start, "end": book.end},
            )
        ],
        wrong={"封面": "填报截止日期\n2011-8-1"}, right={"封面": "填报截止日期\n2011-7-31"},
    ),
    Rule(
        "F11", WARNING, "截止日期不是报送截止日", "填报截止日期不是任何一期的报送截止日", "请核对；本期填到报送截止日为止", OWN,
        detail="（本期为 {due}）", find=no_cutoff,
        shown=lambda book: [
            Shown(
                None, "cutoff", "AND([cutoff]>=〈start〉,[cutoff]<=〈last day〉,ISERROR(MATCH([cutoff],选项.报送截止日,0)))",
                {"due": "本期的报送截止日"},
            )
        ],
        wrong={"封面": "填报截止日期\n2011-6-11"}, right={"封面": "填报截止日期\n2011-6-12"},
    ),
    Rule(
        "F12", WARNING, "单位已并入", "本单位自 {merged} 起已并入{other}，不必再单独填报", "之后的情况请由{other}填报，原项目可用原编号接续", OWN,
        detail="（{value}）", find=after_merger, unseen="要看单位名录的并入日期",
    ),
)  # fmt: skip
