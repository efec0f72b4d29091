"""The template's own arithmetic: named columns and formulas for 计算, 自检 and 指标.

A unit has no Python, so the template computes by itself what the office's program will say of it: the
rows, the missing and wrong cells, the rows that count, the seven comparisons, tier and basic task. The
work is done row by row on the hidden sheet 计算, one idea a column, each column one array formula over all
rows a sheet is made for, and each with a defined name:

    拜访客商.目的地        a column as typed (a range of the data sheet)
    拜访客商.拜访日期.日    a date column as days, text spellings read, 0 where unreadable
    拜访客商.在填          1 for each filled row (rows of totals are none)
    拜访客商.缺项 坏值 违规  per row: missing cells, unreadable cells, broken rules
    拜访客商.有效          1 for each row that may count

Names hold plain ranges only: LibreOffice fails on names that nest long array expressions. In Excel a truth is
greater than every number (`FALSE>0` is TRUE), so truths are added up to a number (`count_of`) before they are
compared. Tests let LibreOffice and Gnumeric, which follows Excel, recalculate everything and compare with the
program's figures, and read every formula for such a comparison.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce

from baiti_xl.contest import sheets
from baiti_xl.contest.choices import AS_FAR_AS, Stage
from baiti_xl.contest.columns import AnySheet, Column, Kind
from baiti_xl.contest.rulebook import NO_TIER, Rulebook
from baiti_xl.contest.sheets import FIRST_ROW
from baiti_xl.contest.values import column_letter

TOTAL_WORDS = '{"合计","总计","小计","累计","共计"}'
FULL_WIDTH = {
    **{chr(0xFF10 + i): str(i) for i in range(10)},
    "．": ".",
    "－": "-",
    "／": "/",
    "，": ",",
    "　": "",
    " ": "",
}
TENS = {"年十月": "年10月", "年十": "年1", "月十日": "月10日", "月十": "月1", "十日": "0日", "十": ""}
NUMERALS = {numeral: str(i) for i, numeral in enumerate("〇一二三四五六七八九")}
COUNTY_NAMES = "本县单位"
CODE, CUTOFF, START, END, YEAR = "本单位代码", "填报截止日", "竞赛开始日", "竞赛结束日", "竞赛年份"
LAST_DAY = "统计末日"
WORK = "计算"


def list_name(sheet: str, column: Column) -> str:
    """Return the defined name of a column's list of choices."""
    return (
        f"选项.{column.list_name}" if column.list_name else f"选项.{sheet}.{column.heading.replace(' ', '')}"
    )


def name(sheet: AnySheet, heading: str, part: str = "") -> str:
    """Return the defined name of a column, or of something derived from it."""
    return f"{sheet.name}.{heading}{'.' + part if part else ''}"


def letter(sheet: AnySheet, heading: str) -> str:
    """Return the column letter of a heading in the template as issued."""
    return column_letter([c.heading for c in sheet.columns].index(heading))


def last_row(sheet: AnySheet) -> int:
    """Return the last row the template is made for."""
    return FIRST_ROW + sheet.capacity - 1


def area(sheet: AnySheet, heading: str) -> str:
    """Return a column's input range, from the first data row to the last."""
    at = letter(sheet, heading)
    return f"'{sheet.name}'!${at}${FIRST_ROW}:${at}${last_row(sheet)}"


def replaced(text: str, pairs: Mapping[str, str]) -> str:
    """Return a formula that replaces each mark in a text."""
    return reduce(lambda inner, pair: f'SUBSTITUTE({inner},"{pair[0]}","{pair[1]}")', pairs.items(), text)


def any_of(values: Sequence[str], text: str) -> str:
    """Return 1 where a text is one of some values, else 0."""
    return count_of(f'({text}="{value}")' for value in values)


def count_of(terms: Iterable[str]) -> str:
    """Return the sum of some truths as a number: in Excel a bare truth is greater than any number."""
    return "+".join(["0", *terms])


# ── columns ──────────────────────────────────────────────────────────────────────────────────────


def typed_columns(sheet: AnySheet) -> Iterator[tuple[str, str]]:
    """Yield (name, formula) of the typed reading of each date and number column of a sheet."""
    for column in sheet.columns:
        if column.kind is Kind.DATE:
            yield name(sheet, column.heading, "日"), day_formula(name(sheet, column.heading))
        elif column.kind in (Kind.MONEY, Kind.PERCENT, Kind.WHOLE, Kind.RATE):
            yield name(sheet, column.heading, "数"), number_formula(name(sheet, column.heading), column.kind)


def day_formula(raw: str) -> str:
    """Return the formula that reads a date column: real dates and plain spellings as days, else 0."""
    marks = {
        **TENS,
        **NUMERALS,
        **FULL_WIDTH,
        "年": "-",
        "月": "-",
        "日": "",
        "目": "",
        "号": "",
        ".": "-",
        "/": "-",
    }
    text = replaced(f'TEXT({raw},"yyyy-mm-dd")', marks)
    yearless = f'ISERROR(FIND("年",{raw}))*ISNUMBER(FIND("月",{raw}))'
    full = f'REPT({YEAR}&"-",{yearless})&{text}'
    dashes = f'LEN({full})-LEN(SUBSTITUTE({full},"-",""))'
    sound = f'IFERROR(DATEVALUE({full})*(FIND("-",{full})=5)*({dashes}=2),0)'
    compact = f'IFERROR(DATEVALUE(TEXT(--{raw},"0000-00-00")),0)'
    return f"=IF(IFERROR(--{raw},0)>=19000101,{compact},IF(ISNUMBER({raw}),INT({raw}),{sound}))"


def number_formula(raw: str, kind: Kind) -> str:
    """Return the formula that reads a number column: numbers and plain spellings, else -1."""
    text = replaced(raw, {**FULL_WIDTH, ",": ""})
    scaled = f"--{text}"
    if kind is Kind.MONEY:
        for suffix, factor in (
            ("元", "0.0001"),
            ("亿", "10000"),
            ("万", "1"),
            ("亿元", "10000"),
            ("万元", "1"),
        ):
            cut = f"LEFT({text},LEN({text})-{len(suffix)})"
            scaled = f'IF(RIGHT({text},{len(suffix)})="{suffix}",{cut}*{factor},{scaled})'
    elif kind is Kind.PERCENT:
        scaled = f'IF(RIGHT({text},1)="%",--LEFT({text},LEN({text})-1),{scaled})'
    doubtful = f'(ISNUMBER(FIND("-",{text}))+ISNUMBER(FIND("/",{text}))+(LEN({text})=0))>0'
    return f"=IF(ISNUMBER({raw}),{raw},IFERROR(IF({doubtful},-1,{scaled}),-1))"


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def row_columns(sheet: AnySheet, book: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield (name, formula) of what is true of each row of a sheet."""
    columns = [name(sheet, c.heading) for c in sheet.columns]
    totals = f'ISNUMBER(MATCH(SUBSTITUTE({columns[0]}&{columns[1]}," ",""),{TOTAL_WORDS},0))'
    filled = "+".join(f"IFERROR(LEN(TRIM({column})),1)" for column in columns)
    yield name(sheet, "在填"), f"=(({filled})>0)*(1-{totals})"
    needs = (missing(sheet, c) for c in sheet.columns if c.required or c.when)
    yield name(sheet, "缺项"), "=" + count_of(needs)
    yield name(sheet, "坏值"), "=" + count_of(f"IFERROR({bad(sheet, c)},1)" for c in sheet.columns)
    terms = [f"IFERROR({term},0)" for term in broken(sheet, book)] or [f"0*ROW({columns[0]})"]
    yield name(sheet, "违规"), "=" + count_of(terms)
    parts = (f"({name(sheet, part)}=0)" for part in ("缺项", "坏值", "违规"))
    yield name(sheet, "有效"), f"={name(sheet, '在填')}*" + "*".join(parts)


def missing(sheet: AnySheet, column: Column) -> str:
    """Return 1 per row where a cell must be filled and is not."""
    empty = f"IFERROR(LEN(TRIM({name(sheet, column.heading)}))=0,0)"
    if column.when is None:
        return empty
    return f"{empty}*IFERROR(({any_of(column.when.values, name(sheet, sheet.fields[column.when.field].heading))})>0,0)"


def bad(sheet: AnySheet, column: Column) -> str:
    """Return 1 per row where a filled cell is not of its kind."""
    raw = name(sheet, column.heading)
    filled = f"(LEN(TRIM({raw}))>0)"
    if column.kind is Kind.DATE:
        return f"{filled}*({name(sheet, column.heading, '日')}=0)"
    if column.kind in (Kind.MONEY, Kind.PERCENT):
        return f"{filled}*({name(sheet, column.heading, '数')}<0)"
    if column.kind is Kind.RATE:
        return f"{filled}*({name(sheet, column.heading, '数')}<=0)"
    if column.kind is Kind.WHOLE:
        value = name(sheet, column.heading, "数")
        return f"{filled}*((({value}<{column.low})+({value}<>INT({value})))>0)"
    if column.kind is Kind.CHOICE:
        return f"{filled}*ISNA(MATCH({raw},{list_name(sheet.name, column)},0))"
    return f"{filled}*(LEN(TRIM({raw}))<{column.low})"


def broken(sheet: AnySheet, book: Rulebook) -> list[str]:
    """Return one term per rule that keeps a row from counting; each is 1 where the rule is broken."""
    off = set(book.disabled)
    terms = [
        *(("D01", out_of_order(sheet, *(sheet.fields[f].heading for f in pair))) for pair in sheet.order),
        *(("D02", f"({name(sheet, c.heading, '日')}>{CUTOFF})") for c in sheet.columns if is_event(c)),
        *references(sheet),
        *SPECIAL.get(sheet.name, ()),
    ]
    return [f"({term})" for rule, term in terms if rule not in off]


def is_event(column: Column) -> bool:
    """Whether a column holds a date that cannot lie ahead."""
    return column.kind is Kind.DATE and not column.planned


def out_of_order(sheet: AnySheet, earlier: str, later: str) -> str:
    """Return 1 where a later date comes before an earlier one."""
    first, second = name(sheet, earlier, "日"), name(sheet, later, "日")
    return f"({first}>0)*({second}>0)*({second}<{first})"


def references(sheet: AnySheet) -> Iterator[tuple[str, str]]:
    """Yield K03 for the columns that name a project of 项目台账."""
    for column in sheet.columns:
        if column.kind is Kind.KEY and column.field == "project":
            raw = name(sheet, column.heading)
            yield "K03", f"(LEN({raw})>0)*ISNA(MATCH({raw},{name(sheets.PROJECTS, '项目编号')},0))"


def matrix(left: str, right: str) -> str:
    """Return the matrix of equality between two columns of text."""
    return f"--({left}=TRANSPOSE({right}))"


def ones(column: str) -> str:
    """Return a column of ones as long as another."""
    return f"(LEN({column})>=0)*1"


def fill(sheet: AnySheet, expression: str) -> str:
    """Replace 〈heading〉 and 〈heading.part〉 in an expression by the sheet's names."""
    while "〈" in expression:
        before, _, rest = expression.partition("〈")
        inner, _, after = rest.partition("〉")
        expression = f"{before}{sheet.name}.{inner}{after}"
    return expression


NUMBER = fill(sheets.PROJECTS, "〈项目编号〉")
VOUCHER = '〈凭证号〉&"|"&〈付款方〉'
PAID = "MMULT(" + matrix("〈项目编号〉", "〈项目编号〉") + ",(〈到位金额.数〉>0)*〈到位金额.数〉)"
INVESTED = (
    "MMULT(--(〈项目编号〉=TRANSPOSE("
    + NUMBER
    + ")),("
    + fill(sheets.PROJECTS, "〈总投资.数〉")
    + ">0)*"
    + fill(sheets.PROJECTS, "〈总投资.数〉")
    + ")"
)
ONE_CODE = 'ISERROR(FIND("、",〈联合单位代码〉))*ISERROR(FIND(",",〈联合单位代码〉))*ISERROR(FIND("，",〈联合单位代码〉))'
OUTSIDE = f"((〈联合单位代码〉={CODE})+ISNA(MATCH(〈联合单位代码〉,选项.{sheets.UNIT_CODES},0)))>0"
COUNTY = f"ISNUMBER(MATCH(〈客商名称.键〉,{COUNTY_NAMES},0))"
SPECIAL: dict[str, tuple[tuple[str, str], ...]] = {
    sheet.name: tuple((rule, fill(sheet, term)) for rule, term in terms)
    for sheet, terms in (
        (
            sheets.PROJECTS,
            (
                ("K01", f"(LEN(〈项目编号〉)>0)*(MMULT({matrix('〈项目编号〉', '〈项目编号〉')},{ones('〈项目编号〉')})>1)"),
                ("K02", f'(LEN(〈项目编号〉)>0)*(1-(LEFT(〈项目编号〉,LEN({CODE})+1)={CODE}&"-")*(LEN(〈项目编号〉)=LEN({CODE})+4)*ISNUMBER(--RIGHT(〈项目编号〉,3)))'),
                ("P01", "(〈固定资产投资.数〉>=0)*(〈总投资.数〉>=0)*(〈固定资产投资.数〉>〈总投资.数〉)"),
                ("P02", "(〈签约金额.数〉>=0)*(〈总投资.数〉>=0)*(〈签约金额.数〉>〈总投资.数〉)"),
                ("P05", "(〈引进方式〉=\"联合\")*(LEN(〈本单位份额〉)>0)*(((〈本单位份额.数〉<=0)+(〈本单位份额.数〉>100))>0)"),
                ("P05", f'(〈引进方式〉="联合")*(LEN(〈联合单位代码〉)>0)*{ONE_CODE}*({OUTSIDE})'),
            ),
        ),
        (
            sheets.PAYMENTS,
            (
                ("M01", f"(〈到位金额.数〉>=0)*ISNUMBER(MATCH(〈项目编号〉,{NUMBER},0))*({INVESTED}>0)*({PAID}>{INVESTED})"),
                ("M03", '(〈币种〉<>"人民币")*(〈原币金额.数〉>=0)*(〈汇率.数〉>0)*(〈到位金额.数〉>=0)*(ABS(〈原币金额.数〉*〈汇率.数〉-〈到位金额.数〉)>0.005*〈到位金额.数〉+0.0000001)'),
                ("M04", f"(LEN(〈凭证号〉)>0)*(LEN(〈付款方〉)>0)*(MMULT({matrix(VOUCHER, VOUCHER)},{ones('〈凭证号〉')})>1)"),
            ),
        ),
        (sheets.VISITS, (("V03", COUNTY),)),
        (sheets.INVITATIONS, (("V03", COUNTY),)),
    )
}  # fmt: skip
FOLDED = (
    "有限责任公司",
    "股份有限公司",
    "有限公司",
    "股份公司",
    "股份",
    "（",
    "）",
    "(",
    ")",
    "【",
    "】",
    "[",
    "]",
    "·",
    " ",
    "　",
)


def raw_names() -> Iterator[tuple[str, str]]:
    """Yield (name, range) of every column of the data sheets."""
    for sheet in sheets.DATA_SHEETS:
        for column in sheet.columns:
            yield name(sheet, column.heading), f"={area(sheet, column.heading)}"


def computed_columns(book: Rulebook) -> Iterator[tuple[AnySheet, str, str]]:
    """Yield (sheet, name, array formula) of every column of 计算; each uses only earlier ones."""
    for sheet in sheets.DATA_SHEETS:
        for title, formula in typed_columns(sheet):
            yield sheet, title, formula
    for sheet in (sheets.VISITS, sheets.INVITATIONS):
        raw = name(sheet, "客商名称")
        yield sheet, f"{raw}.键", f"=LOWER({replaced(raw, dict.fromkeys(FOLDED, ''))})"
    for sheet in sheets.DATA_SHEETS:
        for title, formula in row_columns(sheet, book):
            yield sheet, title, formula
    yield from visitor_columns()
    for title, formula in project_columns(book):
        yield sheets.PROJECTS, title, formula


# ── figures ──────────────────────────────────────────────────────────────────────────────────────


def within(day: str) -> str:
    """Return 1 where a day lies in the contest's window."""
    return f"({day}>={START})*({day}<={LAST_DAY})"


def project_columns(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield the names of the projects' weights and of those signed, started and completed in the window."""
    sheet = sheets.PROJECTS
    joint, share = fill(sheet, '(〈引进方式〉="联合")'), fill(sheet, "〈本单位份额.数〉/100")
    owner = f'IFERROR(ISNUMBER(MATCH(LEFT(〈联合标识〉,LEN(〈联合标识〉)-4),选项.{sheets.UNIT_CODES},0))*(LEFT(RIGHT(〈联合标识〉,4),1)="-"),0)'
    half = f"(〈本单位份额.数〉=50)*(IFERROR(MATCH(〈联合单位代码〉,选项.{sheets.UNIT_CODES},0),9999)>IFERROR(MATCH({CODE},选项.{sheets.UNIT_CODES},0),0))"
    lead = fill(sheet, f"IF(〈联合标识〉=〈项目编号〉,1,(1-{owner})*(((〈本单位份额.数〉>50)+{half})>0))")
    yield name(sheet, "份额"), f"=IF({joint},{share},1)"
    yield name(sheet, "牵头"), f"=IF({joint},{lead},1)"
    weight = {"按份额": name(sheet, "份额"), "各计一个": "1", "只计首报": name(sheet, "牵头")}[
        book.joint_basis
    ]
    yield name(sheet, "计数"), f"=IF({joint},{weight},1)"
    formal = "1" if book.framework_counts else fill(sheet, '(〈合同性质〉="正式")')
    for stage, column, extra in (
        ("签约", "签约日期", f"*{formal}"),
        ("开工", "开工日期", ""),
        ("竣工", "竣工日期", ""),
    ):
        reached = any_of(stages_from(stage), name(sheet, "项目阶段"))
        day = name(sheet, column, "日")
        yield name(sheet, f"已{stage}"), f"={name(sheet, '有效')}*(({reached})>0)*{within(day)}{extra}"
    yield name(sheet, "档次数"), "=" + tier_number(book)
    yield name(sheet, "新上"), "=" + new_projects(book)


def stages_from(stage: str) -> Sequence[str]:
    """Return a stage and those after it."""
    return AS_FAR_AS[Stage(stage)]


def tier_number(book: Rulebook) -> str:
    """Return per project how many tiers' lower bounds its 固定资产投资 reaches, 0 for 未入档."""
    value = name(sheets.PROJECTS, "固定资产投资", "数")
    sign = ">=" if book.tier_inclusive else ">"
    return count_of(f"({value}{sign}{tier.lower:f})" for tier in book.tiers)


def new_projects(book: Rulebook) -> str:
    """Return per project whether it is new in the window (新上认定, 计入门槛)."""
    sheet = sheets.PROJECTS
    large = f"({name(sheet, '固定资产投资', '数')}>={book.minimum:f})"
    if book.new_basis != "立项备案":
        return f"{name(sheet, f'已{book.new_basis}')}*{large}"
    done = fill(
        sheets.PROCEDURES,
        f'〈有效〉*(〈手续类别〉="立项备案")*(〈状态〉="已办结")*{within("〈实际办结日期.日〉")}',
    )
    matched = f"MMULT(--({NUMBER}=TRANSPOSE({name(sheets.PROCEDURES, '项目编号')})),{done})"
    return f"{name(sheet, '有效')}*({matched}>0)*{large}"


def total(sheet: AnySheet, expression: str) -> str:
    """Return the array formula that adds an expression over the rows of a sheet."""
    return f"=SUM({fill(sheet, expression)})"


def visitor_columns() -> Iterator[tuple[AnySheet, str, str]]:
    """Yield which visits and invitations lie in the window, and which of them are the first of their name."""
    for sheet, day in ((sheets.VISITS, "拜访日期"), (sheets.INVITATIONS, "来访日期")):
        counted = name(sheet, "计入")
        yield sheet, counted, f"={name(sheet, '有效')}*{within(name(sheet, day, '日'))}"
        yield sheet, name(sheet, "首次"), first_of(sheet, f"{name(sheet, '客商名称', '键')}&{counted}")
    trip = f"LOWER({name(sheets.VISITS, '外出批次号')})&{name(sheets.VISITS, '计入')}"
    yield sheets.VISITS, name(sheets.VISITS, "首次外出"), first_of(sheets.VISITS, trip)


def first_of(sheet: AnySheet, text: str) -> str:
    """Return the formula that is 1 for each counted row whose text stands in no earlier counted row."""
    place = f"ROW({area(sheet, sheet.columns[0].heading)})-{FIRST_ROW - 1}"
    return f"={name(sheet, '计入')}*IFERROR(MATCH({text},{text},0)={place},0)"


def figures(book: Rulebook) -> Iterator[tuple[str, str, str, str]]:
    """Yield (label, array formula, number format, note) of the sheet 指标, in its order."""
    visited, invited = visitor_formulas(book)
    known = fill(sheets.PAYMENTS, f"ISNUMBER(MATCH(〈项目编号〉,{NUMBER},0))")
    same = f"--({name(sheets.PAYMENTS, '项目编号')}=TRANSPOSE({NUMBER}))"
    shares = name(sheets.PROJECTS, "份额")
    share = f"IFERROR(MMULT({same},{shares})/MMULT({same},{ones(NUMBER)}),0)"
    paid = fill(sheets.PAYMENTS, f"〈有效〉*{within('〈到位日期.日〉')}*{known}*{share}*〈到位金额.数〉")
    base = "〈已签约〉" if book.completion_basis == "签约" else "〈已开工〉"
    yield "新上项目数", total(sheets.PROJECTS, "〈新上〉*〈计数〉"), "General", f"按{book.new_basis}认定"
    yield "拜访客商数", visited, "0", f"按{book.visitor_basis}计"
    yield "邀请客商数", invited, "0", f"按{book.visitor_basis}计"
    yield (
        "签约项目数",
        total(sheets.PROJECTS, "〈已签约〉*〈计数〉"),
        "General",
        "正式合同，签约日期在竞赛期内",
    )
    yield (
        "签约金额",
        total(sheets.PROJECTS, "〈已签约〉*〈份额〉*〈签约金额.数〉"),
        "0.00",
        "万元，联合项目按份额",
    )
    yield "到位资金", f"=SUM({paid})", "0.00", "万元，联合项目按份额"
    rate = fill(
        sheets.PROJECTS, f'=IF(SUM({base}*〈计数〉)=0,"—",SUM(〈已竣工〉*〈计数〉)/SUM({base}*〈计数〉))'
    )
    yield "竣工率", rate, "0.00%", f"竣工项目数 ÷ {book.completion_basis}项目数；没有分母记“—”"
    yield "竣工项目数", total(sheets.PROJECTS, "〈已竣工〉*〈计数〉"), "General", ""
    for at, tier in enumerate(reversed(book.tiers), 1):
        yield (
            f"{tier.name}项目",
            total(sheets.PROJECTS, f"〈已签约〉*〈计数〉*(〈档次数〉={at})"),
            "General",
            tier.label,
        )
    yield f"{NO_TIER}项目", total(sheets.PROJECTS, "〈已签约〉*〈计数〉*(〈档次数〉=0)"), "General", ""
    names = ",".join(f'"{t.name}"' for t in reversed(book.tiers))
    yield (
        "最高档次",
        fill(sheets.PROJECTS, f'=CHOOSE(1+MAX(〈已签约〉*〈档次数〉),"{NO_TIER}",{names})'),
        "@",
        "签约项目中的最高档",
    )
    basis = "〈固定资产投资.数〉" if book.task_basis == "固定资产投资" else "〈总投资.数〉"
    weight = "〈牵头〉" if book.joint_task == "只认牵头单位" else "〈份额〉"
    stage = f"〈已{book.task_stage}〉"
    met = fill(
        sheets.PROJECTS,
        f'=IF(SUM({stage}*({basis}>={book.task_threshold:f})*{weight})>={book.task_count:f},"完成","未完成")',
    )
    yield (
        "基本任务",
        met,
        "@",
        f"{book.task_basis}达到 {book.task_threshold:f} 万元的{book.task_stage}项目不少于 {book.task_count:f} 个",
    )


def visitor_formulas(book: Rulebook) -> tuple[str, str]:
    """Return the formulas of 拜访客商数 and 邀请客商数 by 客商计数口径."""
    if book.visitor_basis == "家":
        return total(sheets.VISITS, "〈首次〉"), total(sheets.INVITATIONS, "〈首次〉")
    if book.visitor_basis == "批次":
        return total(sheets.VISITS, "〈首次外出〉"), total(sheets.INVITATIONS, "〈计入〉")
    return total(sheets.VISITS, "〈首次外出〉*〈外出人数.数〉"), total(
        sheets.INVITATIONS, "〈计入〉*〈来访人数.数〉"
    )
