"""自检 and 指标, the two sheets by which a unit sees what the office will see, and the hidden 计算 behind them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from xlsxwriter.worksheet import Worksheet

from baiti_xl.books import style, worksheet
from baiti_xl.books.bulk import LINE_HEIGHT, lines_of
from baiti_xl.books.readings import fold, quoted
from baiti_xl.books.style import BLUE, LINK, PALE_RED, RED, UNKNOWN, Book
from baiti_xl.books.worksheet import (
    CODE_COLUMN,
    CODES,
    END_COLUMN,
    FAULTS,
    WORK,
    FormRow,
    Layout,
    name_of_column,
)
from baiti_xl.contest import measures, sheets
from baiti_xl.contest.choices import TaskBasis
from baiti_xl.contest.measures import Number
from baiti_xl.contest.rulebook import NO_TIER, Rulebook
from baiti_xl.contest.sheets import COVER_FIRST, DATA_SHEETS
from baiti_xl.contest.terms import counted
from baiti_xl.contest.values import column_letter

WIDTHS = (14, 11, 9, 9, 12, 24, 24)
NOTE = 52  # of 指标
FIRST_COUNT, FIRST_FAULT = 5, 5 + len(DATA_SHEETS) + 1 + 4  # rows of 自检
FORMATS = {Number.MONEY: style.NUMBER_FORMATS["money"], Number.RATE: "0.00%", Number.WHOLE: "0"}
SEVERITY_WORDS = {"E": "错", "W": "警", "N": "示"}


# ── 自检 ─────────────────────────────────────────────────────────────────────────────────────────


def write_check(file: Book, place: Layout) -> None:
    """Write 自检: for each sheet its rows and how many faults they have, then the first thirty with a link to each."""
    page = file.sheet(sheets.CHECK, landscape=False, tab=style.GREEN)
    for at, width in enumerate(WIDTHS):
        page.set_column(at, at, width)
    file.title(page, "自检")
    write_summary(file, page)
    for at, label in enumerate(("工作表", "行数", "错", "警", "计入行数")):
        page.write(FIRST_COUNT - 2, at, label, file.format(**style.HEADING))
    for row, (name, formulas) in enumerate(counts(place), FIRST_COUNT):
        page.write(row - 1, 0, name, file.format(**style.CELL))
        for at, formula in enumerate(formulas, 1):
            shape = file.format(**style.CELL, align="center", num_format="0")
            if formula:
                page.write_array_formula(row - 1, at, row - 1, at, f"{{={formula}}}", shape, UNKNOWN)
            else:
                page.write_blank(row - 1, at, None, shape)
    red = file.file.add_format({"bg_color": PALE_RED, "font_color": RED, "bold": True})
    amber = file.file.add_format({"bg_color": style.PALE_AMBER, "font_color": style.AMBER})
    last = FIRST_COUNT + len(DATA_SHEETS)
    for letter, shape in (("C", red), ("D", amber)):
        cells = f"{letter}{FIRST_COUNT}:{letter}{last}"
        page.conditional_format(cells, {"type": "cell", "criteria": ">", "value": 0, "format": shape})
    write_faults(file, page, place)
    page.print_area(0, 0, FIRST_FAULT + worksheet.LISTED - 2, len(WIDTHS) - 1)
    page.fit_to_pages(1, 1)
    page.protect("", {"format_columns": True, "format_rows": True})


def write_summary(file: Book, page: Worksheet) -> None:
    """Write in one line whether the form can be sent."""
    last = FIRST_COUNT + len(DATA_SHEETS)
    errors, warnings = (f"SUM({letter}{FIRST_COUNT}:{letter}{last})" for letter in "CD")
    sure = f'IF({warnings}>0,"没有错；有 "&{warnings}&" 处提醒（警），请逐处核对后再报送。","没有发现问题，可以报送。")'
    formula = f'=IF({errors}>0,"还有 "&{errors}&" 处错，所在的行暂不计入；请点下面的链接逐处改正。",{sure})'
    page.write_formula(1, 0, formula, file.format(bold=True, font_color=BLUE), UNKNOWN)


def counts(place: Layout) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (sheet, formulas of its rows, errors, warnings and rows that count), the cover first."""
    cover = worksheet.cover_rows()
    codes = f"{WORK}!${CODE_COLUMN}${cover[0]}:${CODE_COLUMN}${cover[-1]}"
    yield sheets.COVER, ("", number_of_codes(codes, "E"), number_of_codes(codes, "W"), "")
    for name, block in place.blocks.items():
        codes = block.area(CODES)
        rows = f'SUM(({codes}<>"-")*1)'
        counting = f'{rows}-COUNTIF({codes},"*E*")'
        yield name, (rows, number_of_codes(codes, "E"), number_of_codes(codes, "W"), counting)


def number_of_codes(codes: str, severity: str) -> str:
    """Return the formula that counts the codes of a severity."""
    return f'SUM(LEN({codes})-LEN(SUBSTITUTE({codes},"{severity}","")))'


def write_faults(file: Book, page: Worksheet, place: Layout) -> None:
    """Write the list of the first faults: sheet, cell with a link, severity, and the office's own sentence."""
    page.write(
        FIRST_FAULT - 3,
        0,
        f"前 {worksheet.LISTED} 处问题（先错后警）",
        file.format(bold=True, font_color=BLUE),
    )
    heading = file.format(**style.HEADING)
    for at, label in enumerate(("工作表", "单元格", "级别")):
        page.write(FIRST_FAULT - 2, at, label, heading)
    page.merge_range(FIRST_FAULT - 2, 3, FIRST_FAULT - 2, len(WIDTHS) - 1, "问题", heading)
    plain, centred = file.format(), file.format(align="center")
    link = file.format(**LINK)
    text = file.format(text_wrap=True)
    words = '""'
    for letter, word in SEVERITY_WORDS.items():
        words = f'IF({{b}}="{letter}","{word}",{words})'
    for row, at in enumerate(worksheet.list_rows(place), FIRST_FAULT - 1):
        a, b, code, line = (f"{WORK}!${letter}${at}" for letter in "ABDE")
        name, column, sentence = (f"INDEX({FAULTS}.{part},{code})" for part in ("表", "列", "句"))
        cell = f"ADDRESS({line},{column},4)"
        target = f'HYPERLINK("#\'"&{name}&"\'!"&{cell},{cell})'
        page.write_formula(row, 0, f'=IF({a}=0,"",{name})', plain, UNKNOWN)
        page.write_formula(row, 1, f'=IF({a}=0,"",{target})', link, UNKNOWN)
        page.write_formula(row, 2, f"={words.format(b=b)}", centred, UNKNOWN)
        page.merge_range(row, 3, row, len(WIDTHS) - 1, "", text)
        page.write_formula(row, 3, f'=IF({a}=0,"",{sentence})', text, UNKNOWN)
        page.set_row(row, 30)
    told = {
        "type": "formula",
        "criteria": f'=$A{FIRST_FAULT}<>""',
        "format": file.file.add_format(dict(style.CELL)),
    }
    page.conditional_format(FIRST_FAULT - 1, 0, FIRST_FAULT + worksheet.LISTED - 2, len(WIDTHS) - 1, told)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a code stands for: a sheet, the formulas of its column and of how far its rows here are off, a sentence."""

    sheet: str
    column: str
    offset: str
    sentence: str


def faults(place: Layout) -> Iterator[Fault]:
    """Yield what each code stands for, in the order of their numbers."""
    for rule, shown in place.codes:
        if shown.sheet is None:
            name, column, at = sheets.COVER, sheets.COVER_BY_FIELD[shown.column], "B"
            offset = f"=ROW({sheets.COVER}!$A${COVER_FIRST})-{worksheet.cover_rows()[0]}"
        else:
            name, column = shown.sheet.name, shown.sheet.fields[shown.column]
            at = column_letter(list(shown.sheet.fields).index(shown.column))
            offset = f"={WORK}!$A${place.blocks[name].base}"
        sentence = rule.sentence({"heading": column.heading, "sheet": name, **shown.slots})
        yield Fault(name, f"=COLUMN({name}!${at}$1)", offset, sentence)


# ── 指标 ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Item:
    """One line of 指标: label, formula, number format, unit and note."""

    label: str
    formula: str
    shape: str
    unit: str
    note: str


def items(book: Rulebook) -> Iterator[Item]:
    """Yield the lines of 指标: the comparisons, 竣工项目数, the tiers, 最高档次 and 基本任务."""
    for item in measures.comparisons():
        if item.term and item.brief:  # as every comparison has
            shape = FORMATS.get(item.number, "General")
            yield Item(item.name, item.term(book), shape, item.unit(book), item.brief(book))
    done = measures.COMPLETED
    yield Item(done.name, counted("竣工"), "General", done.unit(book), done.definition(book))
    reached = "{项目台账.签约},{项目台账.计数}"
    for at, tier in reversed(list(enumerate(reversed(book.tiers), 1))):
        yield Item(
            f"{tier.name}项目",
            f"SUMPRODUCT({reached},({{项目台账.档次}}={at})*1)",
            "General",
            "个",
            tier.label,
        )
    yield Item(
        f"{NO_TIER}项目",
        f"SUMPRODUCT({reached},({{项目台账.档次}}=0)*1)",
        "General",
        "个",
        "低于最低档次的签约项目",
    )
    top = quoted(NO_TIER)
    for at, tier in enumerate(reversed(book.tiers), 1):
        top = f"IF(COUNTIFS({{项目台账.签约}},1,{{项目台账.档次}},{at})>0,{quoted(tier.name)},{top})"
    yield Item("最高档次", top, "@", "", "签约项目中的最高档")
    met = f'IF(ROUND(SUM({{项目台账.任务}}),9)>={book.task_count:f},"完成","未完成")'
    yield Item("基本任务", met, "@", "", task_words(book))


def task_words(book: Rulebook) -> str:
    """Return what the basic task asks for."""
    basis = book.task_basis if book.task_basis == TaskBasis.FIXED else "总投资"
    return f"{basis}达到 {book.task_threshold:f} 万元的{book.task_stage}项目不少于 {book.task_count:f} 个"


def write_index(file: Book, place: Layout) -> None:
    """Write 指标: the comparisons, tiers and basic task of this unit."""
    page = file.sheet(sheets.INDEX, landscape=False, tab=style.GREEN)
    for at, width in enumerate((18, 16, 8, NOTE)):
        page.set_column(at, at, width)
    file.title(page, "本单位指标")
    hint = (
        "全部自动计算，只计自检里“计入”的行，以填报截止日期为准。与办公室汇总的差别只会来自裁定和其他单位。"
    )
    page.write(1, 0, hint, file.format(**style.HINT))
    for at, label in enumerate(("指标", "数值", "单位", "口径")):
        page.write(3, at, label, file.format(**style.HEADING))
    for row, item in enumerate(items(place.book), 4):
        page.write(row, 0, item.label, file.format(**style.CELL))
        number = file.format(**style.CELL, align="right", num_format=item.shape)
        page.write_formula(row, 1, f"={place.on_page(item.formula)}", number, UNKNOWN)
        page.write(row, 2, item.unit, file.format(**style.CELL, align="center"))
        page.write(row, 3, item.note, file.format(**style.CELL, **style.HINT, text_wrap=True))
        page.set_row(row, LINE_HEIGHT * lines_of(item.note, NOTE) + 3)
    page.print_area(0, 0, row, 3)
    page.protect("", {"format_columns": True, "format_rows": True})


# ── 计算 ─────────────────────────────────────────────────────────────────────────────────────────


def work_rows(place: Layout) -> bytes:
    """Return the rows of 计算 as sheet XML: XlsxWriter takes four times as long, and a value for every cell."""
    rows: dict[int, dict[int, str]] = {}

    def put(cell: str, formula: str) -> None:
        letters = cell.rstrip("0123456789")
        rows.setdefault(int(cell[len(letters) :]), {})[column_index(letters)] = (
            f'<c r="{cell}"><f>{escape(formula.lstrip("="))}</f></c>'
        )

    for cell, formula in (*worksheet.cover_formulas(place), *worksheet.list_formulas(place)):
        put(cell, formula)
    for block in place.blocks.values():
        put(f"A{block.base}", block.offset)
        put(f"{END_COLUMN}{block.base}", block.end)
        for name, _ in FormRow(place, block).formulas():
            letter = block.letters[name]
            at = column_index(letter)
            for row in range(block.first, block.last + 1):
                rows.setdefault(row, {})[at] = (
                    f'<c r="{letter}{row}"><f>{name_of_column(block.sheet, name)}</f></c>'
                )
    lines = (
        f'<row r="{number}">{"".join(cells[at] for at in sorted(cells))}</row>'
        for number, cells in sorted(rows.items())
    )
    return "".join(lines).encode()


def column_index(letters: str) -> int:
    """Return the index of a column, from 0."""
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


EMPTY_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)


def with_rows(sheet: bytes, rows: bytes) -> bytes:
    """Return the XML of an empty sheet with rows put in."""
    return EMPTY_ROWS.sub(lambda _: b"<sheetData>" + rows + b"</sheetData>", sheet, count=1)


def names(place: Layout) -> Mapping[str, str]:
    """Return the defined names by which formulas find the unit, the form's own day and the last that counts."""
    day, cell = worksheet.COVER_DAY, worksheet.COVER_DAY_CELL
    worked = {
        name_of_column(block.sheet, name): f"={formula}"
        for block in place.blocks.values()
        for name, formula in FormRow(place, block).formulas()
    }
    return {
        **worked,
        f"选项.{sheets.OWN_PROJECTS}": f"={place.blocks[sheets.PROJECTS.name].filled('number')}",
        worksheet.CODE: f"={fold(worksheet.cover_cell('code'))}",
        day: f"={WORK}!${cell[0]}${cell[1:]}",
        worksheet.CUTOFF: f"=IF({day}>0,{day},2958465)",
        worksheet.LAST_DAY: f"=MIN({worksheet.CUTOFF},{worksheet.END})",
    }
