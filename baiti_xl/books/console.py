"""操作台: the office's workbook, whose sheets 规则 阶段 档次 指标 单位名录 调度 裁定 are the rules in force.

Two things follow from others until staff write over them, by formulas: 竞赛标识, and the days of 调度.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, groupby, pairwise
from typing import Any, BinaryIO

from xlsxwriter.worksheet import Worksheet

from baiti_xl import __version__
from baiti_xl.books import style
from baiti_xl.books.bulk import LINE_HEIGHT, lines_of
from baiti_xl.books.macros import (
    CONFIG,
    CONFIG_SHEET,
    CONSOLE_BUTTONS,
    PICKERS,
    TEXT_SHEET,
    TEXTS,
    Button,
    Step,
    console_modules,
    project,
    write_pairs,
)
from baiti_xl.books.style import Book, to_cell
from baiti_xl.contest.choices import Answer, Decision, Inspected, Level, Reviewed, Seal
from baiti_xl.contest.loading import (
    ARRIVALS,
    COMPARISONS,
    GROUPS,
    HEADINGS,
    ID,
    INSPECTIONS,
    LEVELS,
    PHASES,
    REPLIES,
    REVIEW,
    RULES,
    RULINGS,
    SCHEDULE,
    SENDING,
    TIERS,
    UNITS,
    console_rows,
)
from baiti_xl.contest.periods import usual_periods
from baiti_xl.contest.rulebook import PARAMETERS, Period, Rulebook
from baiti_xl.contest.rules import RULE_IDS
from baiti_xl.contest.sending import ANSWERED, KINDS, Sender

HOME = "首页"
FIRST = 3
NOT_YET = "尚未汇总"
PERIOD_ROWS = 12
FOLLOWS = "#7F7F7F"  # the colour of what follows from other cells
EPOCH = date(1899, 12, 30)
WIDTHS: Mapping[str, Sequence[float]] = {
    RULES: (20, 34, 8, 52, 16),
    PHASES: (16, 14, 14),
    TIERS: (12, 16, 18),
    COMPARISONS: (16, 10, 10),
    UNITS: (10, 26, 9, 13, 14, 8, 26, 12, 9, 13, 12, 14, 26, 24),
    SCHEDULE: (10, 16, 16, 14, 26, 30),
    RULINGS: (40, 10, 12, 10, 44, 12, 13),
    ARRIVALS: (10, 16, 10, 14, 44, 12),
    LEVELS: (20, 12, 20, 18),
    SENDING: (14, 44, 12, 8, 8, 30, 24, 12, 12, 8),
    REVIEW: (34, 10, 44, 12, 13, 60),
    REPLIES: (14, 13, 26, 13, 50, 12),
    INSPECTIONS: (13, 22, 36, 44, 10, 14),
}
NOTES: Mapping[str, str] = {
    RULES: "只改“值”一列。改后点“规则检查”，或运行 baiti-xl rules，有错会指出单元格。",
    PHASES: "四个阶段首尾相接，不留空、不重叠，从竞赛开始日到结束日。",
    TIERS: "只填各档下限，从高到低；低于最低档的项目为“未入档”。",
    COMPARISONS: "权重是相对数；不启用的指标不参加排名和得分。",
    UNITS: "县直单位为示例，请按实际修改；单位代码一经下发不要再改，改了的把原代码写在“曾用代码”。并入别的单位的写它的代码和日期，不要删行。",
    SCHEDULE: "灰色的日期按开始日、结束日和调度会间隔自动算出；要改就在格子里写日期，报送截止日不能晚于调度会。",
    INSPECTIONS: "督查考评组核查的记录；记录标识从结果工作簿复制。不属实的不予认定，属实和存疑的在总览里分别列出。",
    LEVELS: "每种督查情形的等级；同一情形连续这么多期就升为约谈，0 为不升；到了约谈，连续这么多个已结的期就建议曝光，0 为不建议。",
    SENDING: "每种文书由谁发、编哪个文号；空着的按“规则”。起始号是这个代字本年第一个号。主送、抄送空着按名录；答复期限从成文日期起算。",
    REVIEW: "点“会审”或运行 baiti-xl review 列出编号以前要答复的事项，逐项答复：已改、裁定、照发（要写理由）。事实变了，事项标识也会变，要重新答复。",
    REPLIES: "说明通知书、补正通知、协办函的回复收到后登记在这里；到期没有登记的，会审时提醒。",
    ARRIVALS: "只在程序读到的日期不是到达日期时填，如邮件先到、第二天才汇总；每条都要有理由和登记人。",
    RULINGS: "记录标识从结果工作簿“问题清单”复制；归属填单位代码，份额填百分数；每条都要有理由、裁定人和日期；从日期当天或之前最近的报送截止日的数字起执行。",
}
FIELDS = (
    ("bt_submissions", "报送文件夹", "报送", "收回的报送表放在这里；不写盘符的，从本文件所在的文件夹算起"),
    ("bt_outputs", "输出文件夹", "输出", "结果工作簿和公文写到这里"),
    ("bt_day", "统计日", "", "空着就用多数单位最近一份报送表所在期的截止日"),
    ("bt_since", "比较日", "", "填了就同时显示本期增加；要早于统计日"),
    ("bt_dated", "成文日期", "", "文书印的日期；空着就用统计日"),
    ("bt_kinds", "文书种类", "全部", "全部，或用顿号分开的几种：{kinds}"),
    ("bt_units", "只为这些单位", "", "单位代码，用顿号分开；空着就是全部单位"),
    ("bt_draft", "只出草稿", "是", "是：不编文号；否：登记并编文号"),
    ("bt_reissue", "改发原因", "", "已编号发出的要按现在的数据改发时才填；用后清空"),
)
OPEN_STEPS = tuple(step for step in Step if step is not Step.OTHER)  # beside which 首页 says what is open
DAYS = ("bt_day", "bt_since", "bt_dated")
STATE_ROWS = 12
BLOCK, COMMAND, WIDE, LAST = 44, 24, (2, 21, 43, 21, 43), 4
STEPS = (
    "1. 收：核对“规则”“单位名录”等表，保存；点“下发模板”发给各单位。收回的报送表放进“报送”文件夹，不用改名，也不用分文件夹。",
    "2. 查：改了规则点“规则检查”。有错的单位点“退回补正”；需要裁定的，写在“裁定”表里。",
    "3. 汇：点“汇总报送”，再点“打开结果”。每个数字都能查到来源行。改了裁定或收到新表就再汇总一次。",
    "4. 审：点“会审”，在“会审”表逐件答复，保存。",
    "5. 发：点“生成文书…”看草稿，无误后把“只出草稿”改为“否”再点一次，正式编号；在 Word 里改过的点“核对文书”；最后点“发送”。",
)
WITHOUT = "没有按钮或按钮不能用时（宏被禁止、用 WPS 等）：先保存，再在本文件夹打开命令行，运行每个按钮下面写的命令；统计日、比较日、成文日期照上面填的。"


def write_console(
    target: BinaryIO,
    book: Rulebook,
    *,
    macros: bool = True,
    kinds: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Write 操作台 with a rulebook filled in: with buttons as .xlsm, or without macros as .xlsx.

    `kinds` are the documents that staff can ask for, `settings` what stands in the cells of 首页 by name, and what is open at a
    step by the step. Raises MacroError if the macros cannot be built here.
    """
    file = Book(target, f"{book.county}{book.contest}操作台")
    rules: Mapping[str, Sequence[Sequence[Any]]] = console_rows(book)
    rules = {**rules, **derived(book, rules)}
    if macros:
        file.file.add_vba_project(io.BytesIO(project(console_modules(), len(rules) + 3)), is_stream=True)
    Home(file, book, macros, kinds, settings or {}).write()
    for name, rows in rules.items():
        write_rules(file, name, rows)
    write_pairs(file.file.add_worksheet(TEXT_SHEET), TEXTS.items())
    write_pairs(file.file.add_worksheet(CONFIG_SHEET), CONFIG)
    file.close()


class Home:
    """Writes 首页: the buttons, what they work on, the last run, and what to do in order."""

    def __init__(
        self,
        file: Book,
        book: Rulebook,
        macros: bool,
        kinds: Sequence[str],
        settings: Mapping[str, Any],
    ) -> None:
        self.file, self.book, self.macros, self.kinds = file, book, macros, kinds
        self.settings = settings
        self.page = file.sheet(HOME, tab=style.BLUE)
        self.row = 0
        self.blocks: list[int] = [0]  # the rows of their headings
        self.heights: dict[int, float] = {}  # in points, of rows that have one of their own

    def write(self) -> None:
        """Write the page from top to bottom."""
        for at, width in enumerate(WIDE):
            self.page.set_column(at, at, width)
        self.line(f"{self.book.county}{self.book.contest}　操作台", 40, **style.TITLE)
        self.line(f"baiti_xl {__version__}　{self.book.organiser}", 18, **style.HINT)
        for step, buttons in groupby(CONSOLE_BUTTONS, key=lambda button: button.step):
            self.step(step, list(buttons))
        self.heading("设置（改白色格子）")
        for name, label, usual, hint in FIELDS:
            value = self.settings.get(name, usual)
            self.setting(name, label, value, hint.format(kinds="、".join(self.kinds) or "见使用说明"))
        self.state()
        self.heading("怎么用")
        for text in (*STEPS, WITHOUT):
            self.told(text)
        self.page.print_area(0, 0, self.row - 1, LAST)
        self.part()
        self.page.set_zoom(90)
        self.page.activate()

    def part(self) -> None:
        """Begin a page where the next block does not go on the last one, so that none is parted from its heading."""
        room = style.DOWN / self.file.scale(self.page, WIDE)
        starts = [0, *self.blocks[2:]]  # the first block goes with the title
        sizes = [
            sum(self.heights.get(row, style.LINE) for row in range(first, end))
            for first, end in pairwise([*starts, self.row])
        ]
        counts = style.parted(sizes, room=room)
        self.page.set_h_pagebreaks([starts[at] for at in accumulate(counts[:-1])])

    def high(self, height: float) -> None:
        """Set how high the row is."""
        self.page.set_row(self.row, height)
        self.heights[self.row] = height

    def step(self, step: Step, buttons: Sequence[Button]) -> None:
        """Write a step of the work: its heading beside what is open in numbers, then its buttons, two a line."""
        self.blocks.append(self.row)
        self.high(24)
        head = {"bold": True, "font_name": style.HEAD_FONT, "font_size": 12, "font_color": style.BLUE}
        band = {"bg_color": style.PALE_BLUE}
        self.page.write_string(self.row, 1, step, self.file.format(**head, **band))
        told = self.settings.get(step, NOT_YET) if step in OPEN_STEPS else ""
        shape = self.file.format(**band, shrink=True, indent=1)
        self.page.merge_range(self.row, 2, self.row, LAST, told, shape)
        self.row += 1
        for at in range(0, len(buttons), 2):
            most = max(len(button.commands) for button in buttons[at : at + 2])
            self.high(BLOCK + COMMAND * (most - 1))
            for button, column in zip(buttons[at : at + 2], (1, 3), strict=False):
                self.button(button, column)
            self.row += 1

    def line(self, text: str, height: float, **look: Any) -> None:
        """Write one line over the page."""
        self.high(height)
        self.page.write_string(self.row, 1, text, self.file.format(**look))
        self.row += 1

    def heading(self, text: str) -> None:
        """Write the heading of a block."""
        self.row += 1
        self.blocks.append(self.row)
        self.line(text, 24, bold=True, font_name=style.HEAD_FONT, font_size=12, font_color=style.BLUE)

    def button(self, button: Button, at: int) -> None:
        """Write one button with what it does and the command that does the same."""
        if self.macros:
            self.click(self.row, at, button.macro, button.label, 140, 40, 8)
        else:
            bold = self.file.format(bold=True, font_size=12, align="center")
            self.page.write_string(self.row, at, button.label, bold)
        small = self.file.format(font_size=8, font_color="#7F7F7F")
        plain = self.file.format(font_size=10)
        text = (plain, f"{button.tip}\n", small, "\n".join(button.commands))
        self.page.write_rich_string(self.row, at + 1, *text, self.file.format(text_wrap=True, indent=1))

    def click(self, row: int, at: int, macro: str, label: str, width: int, height: int, gap: int) -> None:
        """Put a button on a cell."""
        shape = {"macro": macro, "caption": label, "width": width, "height": height}
        self.page.insert_button(row, at, {**shape, "x_offset": 6, "y_offset": gap, "description": label})

    def setting(self, name: str, label: str, value: Any, hint: str) -> None:
        """Write a cell that staff fill in, a button to choose a folder, and its hint beside it."""
        picked = self.macros and name in PICKERS
        room = WIDE[LAST] if picked else WIDE[LAST] + WIDE[LAST - 1]
        self.high(max(21, 13 * lines_of(hint, room) + 4))
        self.page.write_string(self.row, 1, label, self.file.format(**style.CELL, bg_color=style.PALE_GREY))
        day = name in DAYS
        shape = self.file.format(**style.CELL, align="left", num_format="yyyy-mm-dd" if day else "@")
        self.page.write(self.row, 2, value, shape)
        self.choices(name)
        said = self.file.format(**{**style.HINT, "font_size": 9}, text_wrap=True, indent=1)
        if picked:
            self.click(self.row, 3, PICKERS[name], "选择…", 80, 22, 3)
            self.page.write_string(self.row, 4, hint, said)
        else:
            self.page.merge_range(self.row, 3, self.row, LAST, hint, said)
        self.file.file.define_name(name, f"={HOME}!$C${self.row + 1}")
        self.row += 1

    def choices(self, name: str) -> None:
        """Attach what may be chosen; 文书种类 takes several as well, so its list does not refuse."""
        lists = {"bt_draft": list(Answer.answers()), "bt_kinds": ["全部", *self.kinds]}
        if name in lists:
            rule = {"validate": "list", "source": lists[name], "show_error": name == "bt_draft"}
            self.page.data_validation(self.row, 2, self.row, 2, rule)
        if name in DAYS:
            rule = {"validate": "date", "criteria": ">=", "value": date(1990, 1, 1)}
            self.page.data_validation(
                self.row, 2, self.row, 2, {**rule, "error_message": "请填完整日期，如 2011-5-13。"}
            )

    def state(self) -> None:
        """Write the block where a click leaves what it did and the links to its outputs."""
        self.heading("上次运行")
        first = self.row
        for row in range(first, first + STATE_ROWS):
            self.page.write_blank(row, 1, None, self.file.format(text_wrap=True))
            self.page.merge_range(row, 2, row, LAST, "", self.file.format(text_wrap=True))
        self.page.write_string(first, 1, "还没有运行过", self.file.format())
        self.row += STATE_ROWS
        self.file.file.define_name("bt_state", f"={HOME}!$B${first + 1}:$C${self.row}")

    def told(self, text: str) -> None:
        """Write a sentence over the width of the page."""
        self.high(16 * lines_of(text, sum(WIDE[1:])) + 2)
        self.page.merge_range(self.row, 1, self.row, LAST, text, self.file.format(text_wrap=True))
        self.row += 1


@dataclass(frozen=True, slots=True)
class Derived:
    """A cell that follows from others until staff write over it: its formula, and what it comes to."""

    formula: str
    value: Any


def derived(book: Rulebook, rules: Mapping[str, Sequence[Sequence[Any]]]) -> dict[str, list[Sequence[Any]]]:
    """Return the sheets in which cells follow from others, unless the console says otherwise there."""
    at = {p.field: f"{RULES}!$B${row + 1}" for row, p in enumerate(PARAMETERS, FIRST)}
    found: dict[str, list[Sequence[Any]]] = {}
    if book.contest_id == book.usual_id:
        formula = f'=SUBSTITUTE({at["county"]},"县","")&"-"&{at["year"]}'
        found[RULES] = [
            (name, Derived(formula, value), *more) if p.field == ID else (name, value, *more)
            for p, (name, value, *more) in zip(PARAMETERS, rules[RULES], strict=True)
        ]
    if not book.sendings:
        found[SENDING] = [derived_sending(row, at) for row in rules[SENDING]]
    if not book.schedule:
        periods = usual_periods(book.start, book.end, book.meeting_interval)
        rows = range(1, max(PERIOD_ROWS, len(periods)) + 1)
        found[SCHEDULE] = [derived_period(n, at, periods) for n in rows]
    return found


def derived_sending(row: Sequence[Any], at: Mapping[str, str]) -> Sequence[Any]:
    """Return one row of 发文 whose sender and series follow 规则."""
    kind, issuer, code, *rest = row
    usual = KINDS[kind]
    by_office = usual.sender is Sender.OFFICE
    series = f'=LEFT({at["issuer_code"]},1)&"竞办"' if by_office else f'={at["issuer_code"]}&"{usual.letter}"'
    sender = f"={at['office' if by_office else 'issuer']}"
    return kind, Derived(sender, issuer), Derived(series, code), *rest


def derived_period(number: int, at: Mapping[str, str], periods: Sequence[Period]) -> Sequence[Any]:
    """Return one row of 调度: the meeting every so many days, and reports due on its day; the last period ends with the contest."""
    start, end, step = at["start"], at["end"], at["meeting_interval"]
    row = FIRST + number
    meeting = f'=IF({start}+{number}*{step}<={end},{start}+{number}*{step},"")'
    last = f"AND({start}+{number - 1}*{step}<{end},{start}+{number}*{step}>{end})"
    cutoff = f'=IF(C{row}<>"",C{row},IF({last},{end},""))'
    held = periods[number - 1] if number <= len(periods) else None
    days = (held.cutoff, held.meeting or "") if held else ("", "")
    name = f'=IF(B{row}="","","第"&{number}&"期")'
    shown = f"第{number}期" if held else ""
    return Derived(name, shown), Derived(cutoff, days[0]), Derived(meeting, days[1]), "", "", ""


def write_rules(file: Book, name: str, rows: Sequence[Sequence[Any]]) -> None:
    """Write one sheet of rules: a note, headings in row 3, the rows, and validations for what has choices."""
    page = file.sheet(name)
    file.title(page, name)
    again = file.spread(page, WIDTHS[name], 2)
    file.tell(page, NOTES[name], WIDTHS[name], again)
    for at, (heading, width) in enumerate(zip(HEADINGS[name], WIDTHS[name], strict=True)):
        page.set_column(at, at, width)
        page.write_string(FIRST - 1, at, heading, file.format(**style.HEADING))
    page.set_row(FIRST - 1, LINE_HEIGHT * max(map(lines_of, HEADINGS[name], WIDTHS[name])) + 3)
    for row, values in enumerate(rows, FIRST):
        for at, value in enumerate(values):
            put(file, page, row, at, value, editable(name, at))
        shown = (value.value if isinstance(value, Derived) else value for value in values)
        lines = max(lines_of(value, width) for value, width in zip(shown, WIDTHS[name], strict=True))
        page.set_row(row, LINE_HEIGHT * lines)
    page.freeze_panes(FIRST, 1)
    page.repeat_rows(FIRST - 1)
    validate(page, name, max(len(rows), 1))


def editable(name: str, at: int) -> bool:
    """Whether staff are meant to edit a column; the others are shown on grey."""
    return name not in (RULES, COMPARISONS, LEVELS, SENDING) or (at == 1 if name == RULES else at > 0)


def put(file: Book, page: Worksheet, row: int, at: int, value: Any, free: bool) -> None:
    """Write one value by its type."""
    shade = {} if free else {"bg_color": style.PALE_GREY}
    if isinstance(value, Derived):
        look = {**style.CELL, "align": "left", "font_color": FOLLOWS, "num_format": "yyyy-mm-dd"}
        held = (value.value - EPOCH).days if isinstance(value.value, date) else value.value
        page.write_formula(row, at, value.formula, file.format(**look, **shade), held)
    elif isinstance(value, date):
        page.write_datetime(
            row, at, value, file.format(**style.CELL, num_format="yyyy-mm-dd", align="left", **shade)
        )
    elif isinstance(value, str):
        page.write_string(row, at, value, file.format(**style.CELL, text_wrap=True, align="left", **shade))
    else:
        page.write_number(
            row, at, to_cell(value), file.format(**style.CELL, num_format="0.######", align="left", **shade)
        )


def validate(page: Worksheet, name: str, count: int) -> None:
    """Attach drop-downs to the cells that have fixed choices."""
    yes_no = list(Answer.answers())
    if name == RULES:
        for row, parameter in enumerate(PARAMETERS, FIRST):
            if parameter.answers:
                options = list(parameter.answers)
                page.data_validation(row, 1, row, 1, {"validate": "list", "source": options})
    columns: Mapping[str, Mapping[int, Sequence[str]]] = {
        COMPARISONS: {2: yes_no},
        UNITS: {3: yes_no, 5: yes_no},
        RULINGS: {1: RULE_IDS, 2: Decision.answers()},
        LEVELS: {1: Level.answers()},
        INSPECTIONS: {4: Inspected.answers()},
        SENDING: {3: yes_no, 9: Seal.answers()},
        REVIEW: {1: Reviewed.answers()},
        REPLIES: {0: ANSWERED},
    }
    if name == UNITS:  # other groups may be written in
        groups = {"validate": "list", "source": list(GROUPS), "show_error": False}
        page.data_validation(FIRST, 2, FIRST + 499, 2, groups)
    for at, choices in columns.get(name, {}).items():
        last = FIRST + count - 1 if name == COMPARISONS else FIRST + 499
        page.data_validation(FIRST, at, last, at, {"validate": "list", "source": list(choices)})
