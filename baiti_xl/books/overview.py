"""总览: the first sheet of the results — figures, reporting and who leads on one screen, charts on two full pages."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from xlsxwriter.worksheet import Worksheet

from baiti_xl.books import style
from baiti_xl.books.charts import LEAST, Charts, Place, in_columns
from baiti_xl.books.style import Book
from baiti_xl.contest.choices import COUNTED_AS_REPORTED, Inspected, Reported
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.measures import (
    FIRMS_INVITED,
    FIRMS_VISITED,
    PAID,
    SIGNED,
    Measure,
    Number,
    active,
    added,
    different,
)
from baiti_xl.contest.records import GONE, Bridge, Figure, Outcome, Score
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS
from baiti_xl.contest.values import half_up

NAME = "总览"
REPORT_LABELS = ("报送期", "应报", "已报", "其中按时", "其中逾期", "退回", "冲突", "未报送", "报送率")
REPORT_WIDTHS = (15.0, 6.5, 6.5, 9.0, 9.0, 6.5, 6.5, 7.5, 9.0)
TOP, LINE = 3, 20  # the first row of the tables, and how high a line is in pixels
PAGE = (
    0.69  # of its width, as XlsxWriter takes it, is a landscape page high where digits are as wide as in 宋体
)
ZOOM = 90  # per cent, at which a page is a screen
ENDS = 3  # units named at the head and at the end of a group

# Of each sheet of the form its sheet here, and of each group ("" for all) the first and last row there.
RecordRows = Mapping[str, tuple[str, Mapping[str, tuple[int, int]]]]


def write_overview(file: Book, outcome: Outcome, book: Rulebook, rows: RecordRows) -> None:
    """Write 总览: totals by group with change beside reporting, what is open beside who leads, then the charts."""
    page = file.sheet(NAME, tab=style.BLUE)
    Overview(file, page, outcome, book, rows).write()
    page.set_zoom(ZOOM)
    page.activate()


def measure_widths(book: Rulebook) -> list[float]:
    """Return the widths of the comparisons' columns: those that their figures need, more if there are few."""
    items = active(book)
    needed = [13.5 if item.number == Number.MONEY else 9.0 if item.is_rate else 11.0 for item in items]
    spare = max(0.0, 80 - sum(needed)) / max(len(items), 1)
    return [width + spare for width in needed]


@dataclass
class Overview:
    """Writes the two halves of 总览, each from its own first column down, in rows of one height."""

    file: Book
    page: Worksheet
    outcome: Outcome
    book: Rulebook
    rows: RecordRows

    def __post_init__(self) -> None:
        measured = measure_widths(self.book)
        self.widths = [10.0, *measured, 2.0, *REPORT_WIDTHS]
        self.right = len(measured) + 2
        self.last = len(self.widths) - 1

    def write(self) -> None:
        """Write the sheet from top to bottom."""
        for at, width in enumerate(self.widths):
            self.page.set_column(at, at, width)
        self.head()
        below = max(self.standing(self.totals(TOP) + 1), self.ends(self.reports(TOP) + 1))
        row, breaks = self.charts(below + 1)
        self.page.set_h_pagebreaks(breaks)
        self.page.print_area(0, 0, row - 1, self.last)

    def head(self) -> None:
        """Write the title, what day it is of, and the height of the headings."""
        outcome = self.outcome
        self.page.set_row(0, 30)
        title = f"{self.book.county}{self.book.contest}汇总结果"
        self.page.write_string(0, 0, title, self.file.format(**style.TITLE))
        period = f"统计日 {outcome.day}（{outcome.period}）：{outcome.day_reason}"
        period += f"，与 {outcome.since} {outcome.basis}比较" if outcome.since else ""
        told = "　单位：个、家、万元　蓝色数字可以点，跳到它的明细"
        self.page.write_string(1, 0, period + told, self.file.format(**style.HINT))
        self.page.set_row_pixels(2, 8)
        self.page.set_row(TOP, 32)

    # ── the left half ──

    def totals(self, row: int) -> int:
        """Write the county's and the groups' totals of the comparisons; return the next row."""
        heading, name = self.file.format(**style.HEADING), self.file.format(**style.CELL)
        items = active(self.book)
        for at, label in enumerate(["范围", *map(labelled, items)]):
            self.page.write_string(row, at, label, heading)
        for scope, group in [("全县", ""), *((group, group) for group in self.book.groups)]:
            row += 1
            self.page.write_string(row, 0, scope, name)
            for at, item in enumerate(items, 1):
                value = scope_value(self.outcome, item, group)
                self.number(row, at, value, item.number, self.source(item, group))
        for label, part in BRIDGE if self.outcome.earlier else ():
            row += 1
            self.page.write_string(row, 0, label, name)
            for at, item in enumerate(items, 1):
                held = next((b for b in self.outcome.bridges if b.measure == item.name), None)
                value = part(held).value if held else None
                where = f"{CORRECTIONS}!A1" if label == CORRECTIONS and value else ""
                self.number(row, at, value, item.number, where)
        return row + 1

    def source(self, item: Measure, group: str) -> str:
        """Return where the records of a figure stand, "" if it has none."""
        figures = (r.figures[item.name] for r in self.outcome.results if item.name in r.figures)
        first = next((line.sheet for figure in figures for line in figure.lines), "")
        name, spans = self.rows.get(first, ("", {}))
        top, bottom = spans.get(group, (0, 0))
        return f"{name}!A{top}:C{bottom}" if top else ""

    def standing(self, row: int) -> int:
        """Write reporting, task and findings in a few sentences; return the next row."""
        for line in standing(self.outcome, self.book):
            row = self.sentence(row, line)
        return row

    def sentence(self, row: int, line: str) -> int:
        """Write a sentence over the left half, on as many rows as it takes; return the next row."""
        width = sum(self.widths[: self.right - 1])
        end = row + max(1, -(-int(style.text_width(line)) // int(width - 6))) - 1
        self.page.merge_range(row, 0, end, self.right - 2, line, self.file.format(text_wrap=True))
        return end + 1

    # ── the right half ──

    def reports(self, row: int) -> int:
        """Write the reporting of each period; return the next row."""
        for at, label in enumerate(REPORT_LABELS, self.right):
            self.page.write_string(row, at, label, self.file.format(**style.HEADING))
        for report in self.outcome.reports:
            row += 1
            period = f"{report.first:%m-%d} 至 {report.last:%m-%d}"
            self.page.write_string(row, self.right, period, self.file.format(**style.CELL))
            where = f"{STATUS}!A1" if report is self.outcome.reports[-1] else ""
            values = [len(report.states), *(report.count(*states) for states in COUNTS)]
            for at, value in enumerate(values, self.right + 1):
                self.number(row, at, Decimal(value), Number.WHOLE, where)
            self.number(row, self.last, report.rate, Number.RATE, where)
        return row + 1

    def ends(self, row: int) -> int:
        """Write who leads and who trails by overall score in each group; return the next row."""
        for group in self.book.groups:
            scores = self.outcome.contenders(group)
            first = [s for s in scores if s.score][:ENDS]
            last = scores[: -ENDS - 1 : -1] if len(scores) > ENDS else []
            if not first and not last:
                continue
            self.end(row, 0, (3, 1), f"{group}前列", first)
            self.end(row, 4, (3, 2), f"{group}末位", last)
            row += ENDS + 2
        return row

    def end(self, row: int, at: int, across: tuple[int, int], title: str, scores: Sequence[Score]) -> None:
        """Write units with rank and score, over so many columns of the right half each."""
        names = self.right + at
        points = names + across[0]
        heading, cell = (
            self.file.format(**style.HEADING),
            self.file.format(**style.CELL, shrink=True, indent=1),
        )
        self.over(row, names, across[0], title, heading)
        self.over(row, points, across[1], "得分", heading)
        number = self.file.format(
            **style.CELL, **LINKED, align="right", indent=1, num_format=style.NUMBER_FORMATS["points"]
        )
        for line in range(1, ENDS + 1):
            score = scores[line - 1] if line <= len(scores) else None
            self.over(
                row + line, names, across[0], f"{score.group_rank}　{score.unit.name}" if score else "", cell
            )
            self.over(row + line, points, across[1], "", number)
            if score:
                self.link(row + line, points, f"{SCORES}!A1", number)
                self.page.write_number(row + line, points, float(half_up(score.score)), number)

    # ── the parts ──

    def over(self, row: int, at: int, across: int, text: str, shape: Any) -> None:
        """Write a text over so many columns."""
        if across > 1:
            self.page.merge_range(row, at, row, at + across - 1, text, shape)
        else:
            self.page.write_string(row, at, text, shape)

    def number(self, row: int, at: int, value: Decimal | None, kind: Number, where: str = "") -> None:
        """Write a figure with the number format of its kind, linked to where it comes from; 无 as a dash."""
        look = {**style.CELL, **(LINKED if where else {}), "align": "right"}
        shape = self.file.format(**look, num_format=style.NUMBER_FORMATS[kind])
        if where:
            self.link(row, at, where, shape)
        if value is None:
            self.page.write_string(row, at, "—", shape)
        else:
            self.page.write_number(row, at, float(value), shape)

    def link(self, row: int, at: int, where: str, shape: Any) -> None:
        """Let a cell lead to a place in this workbook; what it shows is written afterwards."""
        self.page.write_url(row, at, f"internal:{where}", shape, tip=f"看“{where.partition('!')[0]}”")

    def charts(self, row: int) -> tuple[int, list[int]]:
        """Write the charts: two below the tables, if they have room on the page, the others on pages of their own.

        Return the next row, and the rows at which pages begin.
        """
        pixels = [style.pixels(width) for width in self.widths]
        left, right = sum(pixels[: self.right - 1]), sum(pixels[self.right :])
        page = int(PAGE * sum(pixels))
        made = Charts(self.file, self.page)
        first = [[made.trend(self.outcome, self.book)], [made.tiers(self.outcome)]]
        groups = [made.scores(group, self.outcome.contenders(group)) for group in self.book.groups]
        rest = in_columns([*groups, made.money(self.outcome)], page)
        room, breaks = page - used(row), []
        if room < LEAST:
            breaks, room = [row], LEAST
        sides = ((0, left - 8), (self.right, right - 8))
        row = made.stand(Place(row, room, *sides), first)
        room = page - room if breaks else page
        for at in range(0, len(rest), 2):
            if not breaks or at:
                breaks.append(row)
            row = made.stand(Place(row, room if not at else page, *sides), rest[at : at + 2])
        return row, breaks


def labelled(item: Measure) -> str:
    """Return how a comparison is headed."""
    return item.name + ("\n（万元）" if item.number == Number.MONEY else "")


def used(row: int) -> int:
    """Return how many pixels the rows before one take."""
    return 40 + LINE + 8 + 43 + LINE * (row - TOP - 1)


CORRECTIONS, STATUS, SCORES = "更正", "报送情况", "综合排名"
BRIDGE: Sequence[tuple[str, Callable[[Bridge], Figure]]] = (
    ("上期公布", lambda bridge: bridge.published),
    ("本期新增", lambda bridge: bridge.new),
    (CORRECTIONS, lambda bridge: bridge.corrected),
)
LINKED: Mapping[str, Any] = {"font_color": style.BLUE}


def scope_value(outcome: Outcome, item: Measure, group: str) -> Decimal | None:
    """Return a figure over a group or the county; a rate from its summed numerators and denominators.

    Its lines are left out, since opening those of thousands of units takes longer than all the rest of the sheet.
    """
    members = (r for r in outcome.results if item.name in r.figures and group in ("", r.unit.group))
    bare = (replace(r.figures[item.name], lines=(), denominator_lines=()) for r in members)
    return added(item, bare).value


STATES = {Reported.CARRIED: "未报送，沿用前期报送", Reported.NOT_DUE: "本期未到报送日"}
COUNTS = (
    COUNTED_AS_REPORTED,
    (Reported.IN_TIME,),
    (Reported.LATE,),
    (Reported.RETURNED,),
    (Reported.CONFLICT,),
    (Reported.MADE_UP, Reported.CARRIED, Reported.MISSING, Reported.NOT_DUE),
)


def standing(outcome: Outcome, book: Rulebook) -> list[str]:
    """Return the sentences on reporting, the basic task and open faults."""
    report = outcome.reports[-1]
    reported, rate = report.count(*COUNTED_AS_REPORTED), half_up((report.rate or Decimal(0)) * 100)
    lines = [f"报送：应报 {len(report.states)} 个单位，本期有效报送 {reported} 个，报送率 {rate}%。"]
    for state in Reported:
        named = [r.unit.name for r in outcome.results if report.states.get(r.unit.code) is state]
        if named and state is not Reported.IN_TIME:
            lines.append(f"{STATES.get(state, state.value)}：{shortened(named)}。")
    bound = [r for r in outcome.results if r.is_bound]
    met = [r for r in bound if r.task_met]
    if outcome.ledger.reporting:
        lines.append(f"客商：{'；'.join(firms(outcome))}。")
    lines.append(f"基本任务：承担任务 {len(bound)} 个单位，已完成 {len(met)} 个。")
    flagged = Counter(e.flag for e in outcome.evidence)
    if flagged:
        lines.append(
            "督查："
            + "，".join(f"{flag} {count} 个" for flag, count in flagged.items())
            + "（见“督查名单”）。"
        )
    lines.extend(inspected(outcome, book))
    if undecided := [p for p in outcome.pairs if not p.ruling]:
        lines.append(f"疑似重复项目 {len(undecided)} 对尚未裁定（见“疑似重复”）。")
    if gone := sum(effect == GONE for _, effect in outcome.ledger.applied):
        lines.append(f"裁定：{gone} 条所指的记录已不在报送中（见“裁定记录”）。")
    broken = [i for i in outcome.identities if not i.holds]
    lines.append(
        "对账：行数、金额全部相符。"
        if not broken
        else f"对账：有 {len(broken)} 处不符，请停止使用并联系维护人员。"
    )
    return lines


def firms(outcome: Outcome) -> Iterator[str]:
    """Yield the county's enterprises visited and invited: added up over the units, and how many different ones these are."""
    for word, item in (("拜访", FIRMS_VISITED), ("邀请", FIRMS_INVITED)):
        held = [r.figures[item.name] for r in outcome.results if item.name in r.figures]
        yield f"各单位累计{word} {scope_value(outcome, item, '') or 0} 家次，涉及 {different(held).value} 家"


INSPECTED: Sequence[tuple[Measure, AnySheet]] = ((SIGNED, PROJECTS), (PAID, PAYMENTS))


def inspected(outcome: Outcome, book: Rulebook) -> Iterator[str]:
    """Yield what of the signed projects and the money in place was reported, found true, and doubted (方案四（一）)."""
    verdicts = {book.current(i.record): i.verdict for i in book.inspections if i.day <= outcome.day}
    for item, sheet in INSPECTED if verdicts else ():
        sums = dict.fromkeys(Inspected, Decimal(0))
        whole = Decimal(0)
        for result in outcome.singles:
            names = {r.row: sheet.identity(result.unit.code, r) for r in result.account.all_rows(sheet)}
            for line in result.figures[item.name].lines if item.name in result.figures else ():
                whole += line.value
                verdict = verdicts.get(names[line.row]) if line.unit == result.unit.code else None
                if verdict:
                    sums[verdict] += line.value
        told = (whole, sums[Inspected.TRUE], sums[Inspected.DOUBTFUL])
        reported, true, doubtful = (f"{half_up(value):f}".removesuffix(".00") for value in told)
        unit = item.unit(book)
        yield f"督查核实：{item.spoken}上报 {reported} {unit}，已核 {true} {unit}，存疑 {doubtful} {unit}。"


def shortened(names: Sequence[str]) -> str:
    """Return names for a line; a long list is cut with its count."""
    text = "、".join(names[:6])
    return text if len(names) <= 6 else f"{text}等 {len(names)} 个单位"
