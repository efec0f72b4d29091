"""总览: the first sheet of the results, figures and native charts that print well."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from xlsxwriter.worksheet import Worksheet

from baiti_xl.books import style
from baiti_xl.books.style import Book
from baiti_xl.contest.choices import COUNTED_AS_REPORTED, Inspected, Reported
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.measures import AMOUNT, PAID, SIGNED, Measure, Number, active, added
from baiti_xl.contest.records import GONE, Account, Bridge, Figure, Outcome, Score, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PAYMENTS, PROJECTS
from baiti_xl.contest.values import half_up

NAME = "总览"
DATA_COLUMN = 30
REPORT_LABELS = ("报送期", "应报", "已报", "其中按时", "其中逾期", "退回", "未报送", "报送率")
PALETTE = ("#1F4E79", "#9DC3E6", "#7F7F7F", "#D9D9D9")
PIXELS = 20
PAGE_ROWS = 50


def write_overview(file: Book, outcome: Outcome, book: Rulebook) -> None:
    """Write 总览: totals by group with change, reporting, task, then the charts, none of them cut by a page."""
    page = file.sheet(NAME, landscape=False, tab=style.BLUE)
    widths = column_widths(book)
    for at, width in enumerate(widths):
        page.set_column(at, at, width)
    page.set_row(0, 34)
    page.write_string(0, 0, f"{book.county}{book.contest}汇总结果", file.format(**style.TITLE))
    period = f"统计日 {outcome.day}（{outcome.period}）：{outcome.day_reason}"
    basis = outcome.basis
    period += f"，与 {outcome.since} {basis}比较" if outcome.since else ""
    page.write_string(1, 0, period + "　单位：个、家、万元", file.format(**style.HINT))
    row = write_totals(file, page, outcome, book, 3)
    row = write_standing(file, page, outcome, book, row + 1)
    row = write_reports(file, page, outcome, row + 1)
    row = write_ends(file, page, outcome, book, row + 1)
    charts = Charts(file, page, row + 1, widths)
    charts.tiers(outcome)
    charts.trend(outcome, book)
    for group in book.groups:
        charts.scores(group, outcome.contenders(group))
    charts.money(outcome)
    page.set_h_pagebreaks(charts.breaks)
    page.print_area(0, 0, charts.row, len(widths) - 1)
    page.activate()


def column_widths(book: Rulebook) -> tuple[int, ...]:
    """Return the widths of the printed columns: the scope's, and one a comparison, but as many as the reports need."""
    return (16, *[13] * max(len(active(book)), len(REPORT_LABELS) - 1))


def write_totals(file: Book, page: Worksheet, outcome: Outcome, book: Rulebook, row: int) -> int:
    """Write the county's and the groups' totals of the comparisons; return the next row."""
    heading, name = file.format(**style.HEADING), file.format(**style.CELL)
    labels = ["范围", *(m.name + ("（万元）" if m.number == Number.MONEY else "") for m in active(book))]
    for at, label in enumerate(labels):
        page.write_string(row, at, label, heading)
    page.set_row(row, 34)
    scopes = [("全县", ""), *((group, group) for group in book.groups)]
    for scope, group in scopes:
        row += 1
        page.write_string(row, 0, scope, name)
        for at, item in enumerate(active(book), 1):
            write_number(file, page, row, at, scope_value(outcome, item, group), item.number)
    for label, part in BRIDGE if outcome.earlier else ():
        row += 1
        page.write_string(row, 0, label, name)
        for at, item in enumerate(active(book), 1):
            held = next((b for b in outcome.bridges if b.measure == item.name), None)
            write_number(file, page, row, at, part(held).value if held else None, item.number)
    return row + 1


BRIDGE: Sequence[tuple[str, Callable[[Bridge], Figure]]] = (
    ("上期公布", lambda bridge: bridge.published),
    ("本期新增", lambda bridge: bridge.new),
    ("更正", lambda bridge: bridge.corrected),
)


def scope_value(outcome: Outcome, item: Measure, group: str) -> Decimal | None:
    """Return a figure over a group or the county; a rate from its summed numerators and denominators."""
    members = (r for r in outcome.results if item.name in r.figures and group in ("", r.unit.group))
    return added(item, (r.figures[item.name] for r in members)).value


def write_number(file: Book, page: Worksheet, row: int, at: int, value: Decimal | None, kind: Number) -> None:
    """Write a figure with the number format of its kind; 无 as a dash."""
    shape = file.format(**style.CELL, num_format=style.NUMBER_FORMATS[kind], align="right")
    if value is None:
        page.write_string(row, at, "—", shape)
    else:
        page.write_number(row, at, float(value), shape)


def write_standing(file: Book, page: Worksheet, outcome: Outcome, book: Rulebook, row: int) -> int:
    """Write reporting, task and findings in a few sentences; return the next row."""
    for line in standing(outcome, book):
        write_sentence(file, page, row, line, column_widths(book))
        row += 1
    return row


def write_sentence(file: Book, page: Worksheet, row: int, line: str, widths: Sequence[int]) -> None:
    """Write a sentence over the printed width, on as many lines as it takes."""
    shape = file.format(font_size=12, text_wrap=True)
    page.merge_range(row, 0, row, len(widths) - 1, line, shape)
    page.set_row(row, 20 * max(1, -(-int(style.text_width(line)) // (sum(widths) - 11))))


STATES = {Reported.CARRIED: "未报送，沿用前期报送", Reported.NOT_DUE: "本期未到报送日"}
COUNTS = (
    COUNTED_AS_REPORTED,
    (Reported.IN_TIME,),
    (Reported.LATE,),
    (Reported.RETURNED, Reported.CONFLICT),
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


def write_reports(file: Book, page: Worksheet, outcome: Outcome, row: int) -> int:
    """Write the reporting of each period; return the next row."""
    for at, label in enumerate(REPORT_LABELS):
        page.write_string(row, at, label, file.format(**style.HEADING))
    for report in outcome.reports:
        row += 1
        page.write_string(row, 0, f"{report.first:%m-%d} 至 {report.last:%m-%d}", file.format(**style.CELL))
        values = [len(report.states), *(report.count(*states) for states in COUNTS)]
        for at, value in enumerate(values, 1):
            page.write_number(row, at, value, file.format(**style.CELL, align="right"))
        write_number(file, page, row, len(REPORT_LABELS) - 1, report.rate, Number.RATE)
    return row + 2


def write_ends(file: Book, page: Worksheet, outcome: Outcome, book: Rulebook, row: int) -> int:
    """Write who leads and who trails by overall score in each group; return the next row."""
    for group in book.groups:
        scores = outcome.contenders(group)
        for word, some in (
            ("前列", [s for s in scores if s.score][:3]),
            ("末位", scores[:-4:-1] if len(scores) > 3 else []),
        ):
            named = "、".join(f"{s.unit.name}（{half_up(s.score)} 分，第 {s.group_rank}）" for s in some)
            if named:
                write_sentence(file, page, row, f"综合得分{word}（{group}）：{named}", column_widths(book))
                row += 1
    return row


def shortened(names: Sequence[str]) -> str:
    """Return names for a line; a long list is cut with its count."""
    text = "、".join(names[:6])
    return text if len(names) <= 6 else f"{text}等 {len(names)} 个单位"


class Charts:
    """Puts native charts below each other; their data stands to the right, outside the printed area."""

    def __init__(self, file: Book, page: Worksheet, row: int, widths: Sequence[int]) -> None:
        self.file, self.page, self.row = file, page, row
        self.width = sum(7 * width + 5 for width in widths) - 13
        self.column, self.top = DATA_COLUMN, 0
        self.breaks: list[int] = []

    def block(self, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[int, int]:
        """Write a block of chart data; return its first column and last row."""
        first = self.column
        for at, heading in enumerate(headings):
            self.page.write_string(0, first + at, heading)
        for row, values in enumerate(rows, 1):
            for at, value in enumerate(values):
                if isinstance(value, str):
                    self.page.write_string(row, first + at, value)
                else:
                    self.page.write_number(row, first + at, float(value))
        self.column += len(headings) + 1
        return first, max(len(rows), 1)

    def series(
        self, chart: Any, block: tuple[int, int], at: int, name: str, colour: str, **extra: Any
    ) -> None:
        """Add one column of a data block as a series."""
        first, last = block
        chart.add_series(
            {
                "name": name,
                "categories": [NAME, 1, first, last, first],
                "values": [NAME, 1, first + at, last, first + at],
                **(
                    {}
                    if "line" in extra
                    else {"fill": {"color": colour}, "border": {"color": "#404040", "width": 0.5}, "gap": 60}
                ),
                **extra,
            }
        )

    def insert(self, chart: Any, title: str, height: int) -> None:
        """Place a chart over the printed width, on a new page if it would be cut."""
        rows = height // PIXELS + 2
        if self.row + rows - self.top > PAGE_ROWS:
            self.breaks.append(self.row)
            self.top = self.row
        font = {"name": style.HEAD_FONT, "size": 13, "bold": False}
        chart.set_title({"name": title, "name_font": font, "overlay": False})
        chart.set_size({"width": self.width, "height": height})
        self.page.insert_chart(self.row, 0, chart, {"x_offset": 4, "y_offset": 4, "object_position": 2})
        self.row += rows

    def tiers(self, outcome: Outcome) -> None:
        """Chart the signed projects by tier, stacked by group."""
        names = list(next((r.tiers for r in outcome.results if r.tiers), {}))
        groups = tuple(dict.fromkeys(r.unit.group for r in outcome.results))
        rows = [[name, *(tier_total(outcome.results, name, group) for group in groups)] for name in names]
        chart = self.file.file.add_chart({"type": "column", "subtype": "stacked"})
        block = self.block(["档次", *groups], rows)
        for at, group in enumerate(groups, 1):
            self.series(chart, block, at, group, PALETTE[at - 1])
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}, "min": 0})
        self.insert(chart, "签约项目按档次（个）", 300)

    def trend(self, outcome: Outcome, book: Rulebook) -> None:
        """Chart signed money and money in place, cumulated by week."""
        weeks = week_ends(book.start, min(outcome.day, book.end))
        signed, paid = (
            dated(outcome, AMOUNT.name, days_signed),
            dated(outcome, PAID.name, days_paid),
        )
        rows = [[f"{end:%m-%d}", *(until(amounts, end) for amounts in (signed, paid))] for end in weeks]
        chart = self.file.file.add_chart({"type": "line"})
        block = self.block(["周末", AMOUNT.name, PAID.name], rows)
        for at, (name, dash) in enumerate(((AMOUNT.name, "solid"), (PAID.name, "dash")), 1):
            line = {"color": PALETTE[0] if at == 1 else PALETTE[2], "width": 2, "dash_type": dash}
            marker = {"type": "circle" if at == 1 else "square", "size": 5}
            self.series(chart, block, at, name, PALETTE[0], line=line, marker=marker)
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis(
            {
                "num_format": "#,##0",
                "min": 0,
                "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
            }
        )
        self.insert(chart, f"{AMOUNT.name}与{PAID.name}逐周累计（万元）", 300)

    def scores(self, group: str, scores: Sequence[Score]) -> None:
        """Chart the overall score of a group's units, the best on top."""
        chart = self.file.file.add_chart({"type": "bar"})
        block = self.block(["单位", "综合得分"], [[s.unit.name, half_up(s.score)] for s in scores])
        labels = {"value": True, "num_format": "0.00", "font": {"size": 9}}
        self.series(chart, block, 1, "综合得分", PALETTE[0], data_labels=labels)
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 8}, "interval_unit": 1})
        chart.set_x_axis(
            {
                "min": 0,
                "max": 100,
                "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
                "label_position": "high",
            }
        )
        self.insert(chart, f"综合得分（{group}）", bar_height(len(scores)))

    def money(self, outcome: Outcome) -> None:
        """Chart signed money and money in place of the units that have any."""
        held = [r for r in outcome.results if r.value(AMOUNT.name) or r.value(PAID.name)]
        rows = [
            [
                r.unit.name,
                half_up(r.value(AMOUNT.name) or Decimal(0)),
                half_up(r.value(PAID.name) or Decimal(0)),
            ]
            for r in held
        ]
        chart = self.file.file.add_chart({"type": "bar"})
        block = self.block(["单位", AMOUNT.name, PAID.name], rows)
        self.series(chart, block, 1, AMOUNT.name, PALETTE[0])
        self.series(chart, block, 2, PAID.name, PALETTE[1])
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 8}, "interval_unit": 1})
        chart.set_x_axis(
            {
                "num_format": "#,##0",
                "min": 0,
                "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
                "label_position": "high",
            }
        )
        self.insert(chart, f"{AMOUNT.name}与{PAID.name}（万元）", bar_height(len(held)) + 40)


def week_ends(start: date, end: date) -> list[date]:
    """Return the last day of each week from the start, and the end."""
    days = [start + timedelta(days=n) for n in range(6, (end - start).days + 1, 7)]
    return days if days and days[-1] == end else [*days, end]


Days = Mapping[tuple[str, int], date | None]


def days_signed(account: Account) -> Days:
    """Return the day each project was signed, by file and row."""
    file = account.submission.file if account.submission else ""
    return {(file, p.row): p.signed for p in account.all_rows(PROJECTS)}


def days_paid(account: Account) -> Days:
    """Return the day of each voucher, partners' with them, by file and row."""
    return {place: payment.day for place, (_, payment) in account.book().items()}


def dated(outcome: Outcome, name: str, days_of: Callable[[Account], Days]) -> list[tuple[date, Decimal]]:
    """Return (day, amount) of every record behind a figure, over all units."""
    found: list[tuple[date, Decimal]] = []
    for result in outcome.singles:
        if name in result.figures:
            days, lines = days_of(result.account), result.figures[name].lines
            found.extend((day, line.value) for line in lines if (day := days[line.file, line.row]))
    return found


def until(amounts: Sequence[tuple[date, Decimal]], end: date) -> Decimal:
    """Return the sum of the amounts up to a day."""
    return sum((amount for day, amount in amounts if day <= end), Decimal(0))


def bar_height(bars: int) -> int:
    """Return a height in pixels at which every bar keeps its label, within a printed page."""
    return min(max(240, 22 * bars + 90), 940)


def tier_total(results: Sequence[UnitResult], name: str, group: str) -> Decimal:
    """Return how many signed projects of a group are in a tier, share-weighted."""
    return sum(
        (r.tiers[name].value or Decimal(0) for r in results if r.tiers and r.unit.group == group), Decimal(0)
    )
