"""计算: the hidden sheet on which the template works out by itself what the office's program will say.

One row for each row of the form, a block a data sheet below the other, one idea a column:

    填     which cells are filled, as 1 and 0, 2 for an error
    折 骨   the typed texts of the row in one, widths and blanks folded; and its marks with every digit as 0
    …     the cells as read: days, numbers and keys, each read digit by digit as `read/text.py` reads it
    …     what follows from them (`contest/terms.py`)
    码     a code for every rule the row breaks (an E in it keeps the row from counting); “-” for no record

A formula looks at its own row by `INDEX(表!$C:$C,row)`: a whole column neither moves nor shrinks when rows are inserted,
deleted or sorted. Every row of a block has the same formula, a defined name relative to the row (`name_of_column`), so
that it is written once, whichever program saves the file. In a name `ROW()` is an array in Excel, hence `MAX(ROW())`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from baiti_xl.books.readings import (
    dated,
    day_of,
    fold,
    listed,
    masked,
    name_of,
    number_of,
    replaced,
    visible,
    without_digits,
)
from baiti_xl.contest import sheets
from baiti_xl.contest.columns import TEXTS, AnySheet, Column, Kind
from baiti_xl.contest.findings import Severity
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import RULES, Rule
from baiti_xl.contest.rules.rule import Shown
from baiti_xl.contest.sheets import COVER_FIELDS, COVER_FIRST, DATA_SHEETS, HEADING_ROW
from baiti_xl.contest.spellings import PHONE_MARKS, PHONE_PREFIX
from baiti_xl.contest.terms import work_columns
from baiti_xl.contest.values import column_letter

WORK = "计算"
FILLED, FOLDED, MARKS, CODES = "填", "折", "骨", "码"
CUT = "¦"
LONGEST_TYPED, LONGEST_NAME = 60, 120  # characters of a cell that are looked at
LONGEST_FORMULA = 5500  # Excel takes 8,192 characters
MOST_CHUNKS = 4  # so many formulas more for the codes of one row
MOST_PARTNERS = 8
END_COLUMN = "C"  # of a naming row: where the sheet ends
CODE_COLUMN = "B"  # the codes stand in one column, from the cover's rows to the last block's
COVER_DAY_CELL = "E2"
FAULTS = "问题"  # lists on 字典: of each code its 表, 列, 句, and 差, how far a row here is from its row in the sheet
UNIT_CODES, OWN_NAMES = f"选项.{sheets.UNIT_CODES}", "本县单位"
UNIT_LISTS = (UNIT_CODES, f"选项.{sheets.UNIT_NAMES}", "名录.单位类别")  # columns of 单位代码
PREFIXES = "名录.编号前缀"  # a further one where a unit has codes beside its own
START, END, CODE = "竞赛开始日", "竞赛结束日", "本单位代码"
CUTOFF, LAST_DAY, COVER_DAY = "填报截止日", "统计末日", "封面截止日"
NUMBERS = (Kind.DATE, Kind.MONEY, Kind.PERCENT, Kind.WHOLE, Kind.RATE)
MANY = 3  # mentions that make it worth while to work a key or a choice out once
TYPED = (*NUMBERS, Kind.KEY)
# Text columns by which rows are told to be one, beside the keys.
NAMED: Mapping[str, tuple[str, ...]] = {
    "拜访客商": ("trip", "enterprise", "leader", "destination"),
    "邀请客商": ("enterprise",),
    "项目台账": ("joint_id", "partners"),
    "到位资金": ("voucher", "payer"),
}


def list_name(sheet: str, column: Column) -> str:
    """Return the defined name of a column's list of choices."""
    return (
        f"选项.{column.list_name}" if column.list_name else f"选项.{sheet}.{column.heading.replace(' ', '')}"
    )


# ── where things stand ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Block:
    """The rows of 计算 that work out one data sheet, below a row that names its columns.

    `letters` gives the column of each idea. Column A of the naming row holds how far a row here is from its row in
    the sheet, wherever the sheet's heading row stands now.
    """

    sheet: AnySheet
    base: int
    letters: Mapping[str, str]

    @property
    def first(self) -> int:
        """The first row of the block."""
        return self.base + 1

    @property
    def last(self) -> int:
        """The last row of the block."""
        return self.base + self.sheet.capacity

    @property
    def row(self) -> str:
        """The row of the sheet that a formula here looks at."""
        return f"MAX(ROW())+{WORK}!$A${self.base}"

    @property
    def offset(self) -> str:
        """The formula of the naming row's first cell."""
        return f"=ROW({self.sheet.name}!$A${HEADING_ROW})-{self.base}"

    @property
    def end(self) -> str:
        """The formula beside it: the last filled row of the sheet, or its heading row."""
        filled = self.area(FILLED)
        row = f'SUMPRODUCT(MAX(({filled}<>"")*ROW({filled})))'
        return f"=IF({row}=0,{self.base},{row})+$A${self.base}"

    def filled(self, field: str) -> str:
        """Return a column of the sheet from its first row to its last filled one, as a range for a drop-down."""
        at, name = column_letter(list(self.sheet.fields).index(field)), self.sheet.name
        first = f"ROW({name}!$A${HEADING_ROW})+1"
        column = f"{name}!${at}:${at}"
        return f"INDEX({column},{first}):INDEX({column},MAX({first},{WORK}!${END_COLUMN}${self.base}))"

    def typed(self, field: str) -> str:
        """Return a cell of the row as it was typed."""
        at = column_letter(list(self.sheet.fields).index(field))
        return f"INDEX({self.sheet.name}!${at}:${at},{self.row})"

    def own(self, name: str) -> str:
        """Return another column of the same row."""
        return f"{WORK}!${self.letters[name]}1"

    def area(self, name: str) -> str:
        """Return a column over all rows of the block."""
        at = self.letters[name]
        return f"{WORK}!${at}${self.first}:${at}${self.last}"


@dataclass(frozen=True)
class Layout:
    """Where every formula of 计算 stands, for one rulebook."""

    book: Rulebook
    blocks: Mapping[str, Block]
    codes: Sequence[tuple[Rule, Shown]]

    @property
    def last(self) -> int:
        """The last row."""
        return max(block.last for block in self.blocks.values())

    def area(self, reference: str) -> str:
        """Return what {sheet.name} stands for."""
        sheet, _, name = reference.partition(".")
        return self.blocks[sheet].area(name)

    def on_page(self, formula: str) -> str:
        """Return a formula of another sheet with its areas put in."""
        return AREA.sub(lambda m: self.area(m.group(1)), formula)


STATES = {"?": '>"0"', "+": '="1"', "#": '="2"'}
SUFFIX = "?+#!~…"
AREA = re.compile(r"\{([^{}]+)\}")
CELL = re.compile(r"\[([^\[\]]+)\]")
TERM = re.compile(r"\[([^\[\]]+)\]|\{([^{}]+)\}|〈([^〈〉]+)〉")


def layout(book: Rulebook) -> Layout:
    """Return where everything stands."""
    works: dict[str, list[str]] = {sheet.name: [] for sheet in DATA_SHEETS}
    for work in work_columns(book):
        works[work.sheet.name].append(work.name)
    blocks, base = {}, cover_rows()[-1] + 2
    codes = shown_rules(book)
    spoken = spoken_of(codes, book)
    for sheet in DATA_SHEETS:
        typed = [c.field for c in sheet.columns if c.kind in NUMBERS or c.field in spoken[sheet.name]]
        names = [CODES, FILLED, *([FOLDED, MARKS] if typed or sheet.name in NAMED else []), *typed]
        names += [*works[sheet.name], *(f"{CODES}{at}" for at in range(MOST_CHUNKS))]
        blocks[sheet.name] = Block(
            sheet, base, {name: column_letter(at + 1) for at, name in enumerate(names)}
        )
        base += sheet.capacity + 1
    return Layout(book, blocks, codes)


def spoken_of(codes: Sequence[tuple[Rule, Shown]], book: Rulebook) -> Mapping[str, frozenset[str]]:
    """Return the keys and choices of each sheet that are worth a column: over all rows, or thrice in a row's formulas."""
    terms = [(s.sheet.name, s.condition) for _, s in codes if s.sheet]
    terms += [(work.sheet.name, work.formula) for work in work_columns(book)]
    found = {}
    for sheet in DATA_SHEETS:
        own = Counter(name for at, text in terms if at == sheet.name for name in CELL.findall(text))
        areas = {(ref if "." in ref else f"{at}.{ref}") for at, text in terms for ref in AREA.findall(text)}
        fields = (c.field for c in sheet.columns if c.kind in (Kind.KEY, Kind.CHOICE))
        found[sheet.name] = frozenset(f for f in fields if own[f] >= MANY or f"{sheet.name}.{f}" in areas)
    return found


def shown_rules(book: Rulebook) -> list[tuple[Rule, Shown]]:
    """Return every rule that is on at every column where the template shows it; its place here is its code."""
    on = [rule for rule in RULES if rule.shown and rule.number not in book.disabled]
    return [(rule, shown) for rule in on if rule.shown for shown in rule.shown(book)]


def cover_rows() -> range:
    """Return the rows of 计算 that look at the cover: one a field, its codes in column B as in the blocks."""
    return range(2, 2 + len(COVER_FIELDS))


def cover_row(field: str) -> int:
    """Return the row of 计算 that looks at a field of the cover."""
    return cover_rows()[[c.field for c in COVER_FIELDS].index(field)]


def cover_cell(field: str) -> str:
    """Return the cell of a field of the cover, beside its label, which cannot be moved."""
    row = COVER_FIRST + [c.field for c in COVER_FIELDS].index(field)
    return f"INDEX({sheets.COVER}!$B:$B,ROW({sheets.COVER}!$A${row}))"


# ── a row's formulas ─────────────────────────────────────────────────────────────────────────────


def name_of_column(sheet: AnySheet, column: str) -> str:
    """Return the defined name that holds the formula of a column."""
    return f"算.{sheet.name}.{column}"


@dataclass(frozen=True)
class FormRow:
    """Writes the formulas of one block, for its first row."""

    place: Layout
    block: Block

    @property
    def sheet(self) -> AnySheet:
        """The data sheet."""
        return self.block.sheet

    def formulas(self) -> Iterator[tuple[str, str]]:
        """Yield (column, formula) of everything that is worked out of a row."""
        block = self.block
        yield FILLED, self.filled()
        if FOLDED in block.letters:
            yield FOLDED, self.unless_empty(self.folded(), '""')
            yield MARKS, self.unless_empty(masked(block.own(FOLDED)), '""')
        for column in self.sheet.columns:
            if column.field in block.letters:
                empty = '""' if column.kind in TEXTS else "0" if column.kind is Kind.DATE else "-1"
                yield column.field, self.unless_empty(f"IFERROR({self.read(column)},{empty})", empty)
        for work in work_columns(self.place.book):
            if work.sheet is self.sheet:
                empty = '""' if work.name.endswith("键") else "0"
                yield work.name, self.unless_empty(f"IFERROR({self.resolved(work.formula)},{empty})", empty)
        *before, last = self.codes()
        for at, chunk in enumerate(before):
            yield f"{CODES}{at}", self.unless_empty(chunk, '""')
        told = "&".join([*(block.own(f"{CODES}{at}") for at in range(len(before))), last])
        yield CODES, self.unless_empty(f'IF({self.is_total()},"-",{told})', '"-"')

    def unless_empty(self, formula: str, empty: str) -> str:
        """Return a formula that works nothing out for an empty row."""
        return f'IF(SUBSTITUTE({self.block.own(FILLED)},"0","")="",{empty},{formula})'

    def filled(self) -> str:
        """Return which cells are filled, as 1 and 0, 2 for an error."""
        fields, row = list(self.sheet.fields), self.block.row
        name, end = self.sheet.name, column_letter(len(fields) - 1)
        whole = f"INDEX({name}!$A:$A,{row}):INDEX({name}!${end}:${end},{row})"
        cells = "&".join(f'IFERROR(IF(LEN({visible(self.block.typed(f))})>0,"1","0"),"2")' for f in fields)
        return f'IF(COUNTA({whole})=0,"",{cells})'

    def position(self, field: str) -> int:
        """Return the place of a column in the sheet, from 1."""
        return list(self.sheet.fields).index(field) + 1

    def state(self, field: str) -> str:
        """Return how a cell is: "0" empty, "1" filled, "2" an error."""
        return f"MID({self.block.own(FILLED)},{self.position(field)},1)"

    # ── texts ──

    def parts(self) -> list[Column]:
        """Return the columns whose texts are folded together."""
        named = NAMED.get(self.sheet.name, ())
        return [c for c in self.sheet.columns if c.kind in TYPED or c.field in named]

    def folded(self) -> str:
        """Return the texts of a row in one, folded: widths, capitals, dashes, no blanks."""
        pieces = []
        for column in self.parts():
            text = self.block.typed(column.field)
            if column.kind not in TEXTS:
                text = f'IF(ISNUMBER({text}),"",{text})'
            else:
                text = f'IF(MAX({text})>=1E15,"",{text})'
            if column.kind is Kind.DATE:
                text = dated(text)
            if column.field == "partners":
                text = f'SUBSTITUTE({text},CHAR(10),"、")'
            pieces.append(f'IFERROR(LEFT({text},{self.longest(column)}),"")')
        return fold(f'&"{CUT}"&'.join(pieces))

    @staticmethod
    def longest(column: Column) -> int:
        """Return how much of a cell's text is looked at."""
        return LONGEST_NAME if column.kind is Kind.TEXT else LONGEST_TYPED

    def piece(self, field: str, of: str) -> str:
        """Return one column's part of the folded texts."""
        at = [c.field for c in self.parts()].index(field)
        room = sum(map(self.longest, self.parts()))
        wide = f'SUBSTITUTE({self.block.own(of)},"{CUT}",REPT(" ",{room}))'
        return f"TRIM(MID({wide},{at * room + 1},{room}))"

    # ── readings ──

    def read(self, column: Column) -> str:
        """Return a cell as it is read: a day, a number, a key or a choice; 0, −1 or nothing if it cannot be."""
        if column.kind is Kind.KEY:
            return self.piece(column.field, FOLDED)
        if column.kind in (Kind.CHOICE, Kind.TEXT):
            return visible(self.block.typed(column.field))
        return (
            day_of(*self.spellings(column))
            if column.kind is Kind.DATE
            else number_of(column, *self.spellings(column))
        )

    def spellings(self, column: Column) -> tuple[str, str, str]:
        """Return a cell as typed, its text folded, and that text's marks."""
        field = column.field
        return self.block.typed(field), self.piece(field, FOLDED), self.piece(field, MARKS)

    # ── what is wrong ──

    def is_total(self) -> str:
        """Return the condition that a row is no record: its first cells say 合计 or 注：, its key nothing else.

        A text in the first column that says neither tells that it is a record.
        """
        filled, name = self.block.own(FILLED), self.sheet.name
        end = column_letter(len(self.sheet.columns) - 1)

        def cell(at: str) -> str:
            return visible(f"INDEX({name}!$A:${end},{self.block.row},{at})")

        def says(at: str) -> str:
            return listed(replaced(cell(at), {"：": "", ":": ""}), "式样.合计")

        places = [f'FIND("1",{filled})']
        for _ in range(2):
            places.append(f'FIND("1",{filled},{places[-1]}+1)')
        before = replaced(cell(places[0]), {":": "："})
        note = listed(f'LEFT({before},FIND("：",{before})-1)', "式样.附注")
        first = ",".join(f"IFERROR({told},FALSE)" for told in (*map(says, places), note))
        key = self.position(self.sheet.key[0])
        early = f'LEN(SUBSTITUTE(LEFT({filled},{key}),"0",""))'
        keyed = (
            f'OR(MID({filled},{key},1)="0",AND({early}<=3,IFERROR({says(str(key))},FALSE)),'
            f"AND({early}=1,IFERROR({note},FALSE)))"
        )
        typed = f"INDEX({name}!$A:$A,{self.block.row})"
        silent = (
            f'OR(LEFT({filled},1)="0",NOT(ISTEXT({typed})),IFERROR({says("1")},FALSE),IFERROR({note},FALSE))'
        )
        return f"AND(OR({first}),{keyed},{silent})"

    def codes(self) -> list[str]:
        """Return the codes of all rules that the row breaks, in the order of the office, in formulas Excel can take."""
        told = [
            (rule.number, self.position(shown.column), number, rule, shown)
            for number, (rule, shown) in enumerate(self.place.codes, 1)
            if shown.sheet is self.sheet
        ]
        chunks: list[list[str]] = [[]]
        for _, _, number, rule, shown in sorted(told, key=lambda one: one[:3]):
            part = f'IF(IFERROR({self.resolved(shown.condition)},FALSE),"{code_of(number, rule)}","")'
            if sum(map(len, chunks[-1])) + len(part) > LONGEST_FORMULA:
                chunks.append([])
            chunks[-1].append(part)
        return ["&".join(chunk) or '""' for chunk in chunks]

    # ── terms ──

    def resolved(self, formula: str) -> str:
        """Return a formula with the cells it speaks of put in."""
        return TERM.sub(self.term, formula)

    def term(self, found: re.Match[str]) -> str:
        """Return what one term stands for."""
        cell, area, mark = found.groups()
        return self.cell(cell) if cell else self.area(area) if area else self.mark(mark)

    def area(self, reference: str) -> str:
        """Return what {name} or {sheet.name} stands for."""
        return self.place.area(reference) if "." in reference else self.block.area(reference)

    def cell(self, reference: str) -> str:
        """Return what [name] stands for, alone or with one of the marks of `terms.py` behind it."""
        name, suffix = (reference[:-1], reference[-1]) if reference[-1] in SUFFIX else (reference, "")
        if suffix in STATES:
            return f"{self.state(name)}{STATES[suffix]}"
        if suffix == "!":
            return self.block.typed(name)
        if suffix == "~":
            return without_digits(self.piece(name, MARKS))
        if suffix == "…":
            return list_name(self.sheet.name, self.sheet.fields[name])
        if name in self.block.letters:
            return self.block.own(name)
        return self.read(self.sheet.fields[name])

    def mark(self, name: str) -> str:
        """Return what 〈name〉 stands for."""
        if name in COMMON:
            return COMMON[name]
        if name.startswith("name "):
            return name_of(self.piece(name.removeprefix("name "), FOLDED))
        if name.startswith("folded "):
            return self.piece(name.removeprefix("folded "), FOLDED)
        codes = self.block.own(CODES)
        return {
            "place": lambda: f"MAX(ROW())-{self.block.base}",
            "valid": lambda: f'AND({codes}<>"-",ISERROR(FIND("E",{codes})))',
            "joint id": lambda: self.piece("joint_id", FOLDED),
            "own number": self.is_own_number,
            "inherited number": self.is_inherited_number,
            "own partner": self.is_own_partner,
            "unlisted partner": self.is_unlisted_partner,
            "before partners": self.is_before_partners,
        }[name]()

    def is_own_number(self) -> str:
        """Return the condition that a project number is the unit's code, a dash and three digits."""
        number, code = self.block.own("number"), f"UPPER({CODE})"
        marks = self.piece("number", MARKS)
        return f'AND(LEFT({number},LEN({code})+1)={code}&"-",RIGHT({marks},4)="-000",LEN({number})=LEN({code})+4)'

    def is_inherited_number(self) -> str:
        """Return the condition that a project number begins with another code that the unit goes by."""
        number, marks = self.block.own("number"), self.piece("number", MARKS)
        known = f'IFERROR("、"&INDEX({PREFIXES},MATCH({CODE},{UNIT_CODES},0))&"、","")'
        begins = f'"、"&LEFT({number},MAX(LEN({number})-4,0))&"、"'
        return f'AND(LEN({number})>4,RIGHT({marks},4)="-000",ISNUMBER(FIND({begins},{known})))'

    def partner(self, at: int) -> str:
        """Return one of the codes that the cell of partners lists."""
        codes = replaced(self.piece("partners", FOLDED), dict.fromkeys(",；;", "、"))
        room = LONGEST_NAME
        return f'TRIM(MID(SUBSTITUTE({codes},"、",REPT(" ",{room})),{at * room + 1},{room}))'

    def is_own_partner(self) -> str:
        """Return the condition that a partner is the unit itself."""
        return f'AND({CODE}<>"",OR({",".join(f"{one}={CODE}" for one in map(self.partner, range(MOST_PARTNERS)))}))'

    def is_unlisted_partner(self) -> str:
        """Return the condition that a partner is no unit of the list."""
        wrong = (
            f'IF(OR({one}="",{one}={CODE}),FALSE,ISNA(MATCH({one},{UNIT_CODES},0)))'
            for one in map(self.partner, range(MOST_PARTNERS))
        )
        return f"OR({','.join(wrong)})"

    def is_before_partners(self) -> str:
        """Return the condition that the unit stands before all partners in the unit list."""
        own = f"IFERROR(MATCH({CODE},{UNIT_CODES},0),0)"
        later = (
            f"IFERROR(MATCH({self.partner(at)},{UNIT_CODES},0),99999)>{own}" for at in range(MOST_PARTNERS)
        )
        return f"AND({','.join(later)})"


COMMON = {"cutoff": CUTOFF, "start": START, "last day": LAST_DAY, "unit": CODE}


# ── the cover ────────────────────────────────────────────────────────────────────────────────────


def cover_formulas(place: Layout) -> Iterator[tuple[str, str]]:
    """Yield (cell, formula) of the cover's rows: a field's text folded, its marks, and the codes of what is wrong."""
    for row, column in zip(cover_rows(), COVER_FIELDS, strict=True):
        raw = cover_cell(column.field)
        if is_folded(column):
            text = dated(raw) if column.kind is Kind.DATE else raw
            yield f"C{row}", f'IFERROR({fold(text)},"")'
            yield f"D{row}", masked(f"C{row}")
        told = [
            (rule.number, n, rule, shown)
            for n, (rule, shown) in enumerate(place.codes, 1)
            if shown.sheet is None and shown.column == column.field
        ]
        parts = (
            f'IF(IFERROR({on_cover(place, shown.condition)},FALSE),"{code_of(number, rule)}","")'
            for _, number, rule, shown in sorted(told, key=lambda one: one[:2])
        )
        yield f"{CODE_COLUMN}{row}", "&".join(parts) or '""'
    yield COVER_DAY_CELL, f"IFERROR({day_of(*cover_spellings('cutoff'))},0)"


def is_folded(column: Column) -> bool:
    """Whether the text of a field of the cover is looked at mark by mark."""
    return column.kind in TYPED or column.field == "phone"


def cover_spellings(field: str) -> tuple[str, str, str]:
    """Return a cell of the cover, its text folded, and that text's marks."""
    row = cover_row(field)
    return cover_cell(field), f"{WORK}!$C${row}", f"{WORK}!$D${row}"


def on_cover(place: Layout, condition: str) -> str:
    """Return a condition of the cover with its cells put in."""

    def cell(reference: str) -> str:
        name, suffix = (reference[:-1], reference[-1]) if reference[-1] in SUFFIX else (reference, "")
        column, (raw, text, marks) = sheets.COVER_BY_FIELD[name], cover_spellings(name)
        if suffix in STATES:
            return f"LEN({visible(raw)})>0"
        if suffix == "…":
            return list_name(sheets.COVER, column)
        if suffix == "~":
            return without_digits(marks)
        if suffix == "!":
            return raw
        if column.kind is Kind.DATE:
            return COVER_DAY
        return number_of(column, raw, text, marks) if column.kind is Kind.WHOLE else visible(raw)

    def term(found: re.Match[str]) -> str:
        inner, area, mark = found.groups()
        return cell(inner) if inner else place.area(area) if area else {**COMMON, **phone()}[mark]

    return TERM.sub(term, condition)


def phone() -> dict[str, str]:
    """Return the cover's telephone number without +86, hyphens and brackets, and the same of its marks."""
    _, text, marks = cover_spellings("phone")
    found = {}
    for name, part, prefix in (("phone", text, PHONE_PREFIX), ("phone marks", marks, "+00")):
        bare = replaced(part, dict.fromkeys(PHONE_MARKS, ""))
        found[name] = f'IF(LEFT({bare},{len(prefix)})="{prefix}",MID({bare},{len(prefix) + 1},40),{bare})'
    return found


# ── the list of what is wrong ────────────────────────────────────────────────────────────────────

SEVERITIES = "EWN"  # the order in which they are listed
LISTED = 30


def code_of(number: int, rule: Rule) -> str:
    """Return the code of a rule at a column: its severity and its number, always four characters."""
    letter = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.NOTE: "N"}[rule.severity]
    return f"{letter}{number:03}"


def list_rows(place: Layout) -> range:
    """Return the rows of 计算 that find the first faults; the row above them holds the first row of each severity."""
    return range(place.last + 3, place.last + 3 + LISTED)


def list_formulas(place: Layout) -> Iterator[tuple[str, str]]:
    """Yield (cell, formula) of the list: each fault follows the one before it, row by row, severity by severity.

    Columns: A its row here (0 after the last), B its severity, C which of its row's it is, D its number, E its row in
    the sheet.
    """
    rows, codes = list_rows(place), CODE_COLUMN
    column = f"${codes}$2:${codes}${place.last}"
    for at, severity in enumerate(SEVERITIES):
        yield f"{column_letter(at)}{rows[0] - 1}", f'IFERROR(MATCH("*{severity}*",{column},0)+1,0)'
    starts = [f"${column_letter(at)}${rows[0] - 1}" for at in range(len(SEVERITIES))]
    first = next_severity(starts, "")
    for row in rows:
        if row == rows[0]:
            yield f"B{row}", first
            yield f"A{row}", start_of(starts, f"B{row}")
        else:
            a, b, c = (f"{letter}{row - 1}" for letter in "ABC")
            there = f'LEN(INDEX(${codes}:${codes},{a}))-LEN(SUBSTITUTE(INDEX(${codes}:${codes},{a}),{b},""))'
            rest = f"INDEX(${codes}:${codes},{a}+1):INDEX(${codes}:${codes},{place.last + 1})"
            yield f"F{row}", f'IF({a}=0,0,IF({c}<{there},{a},IFERROR(MATCH("*"&{b}&"*",{rest},0)+{a},0)))'
            later = (
                "".join(f'IF({b}="{s}",{next_severity(starts, s)},' for s in SEVERITIES)
                + '""'
                + ")" * len(SEVERITIES)
            )
            yield f"B{row}", f"IF(F{row}>0,{b},{later})"
            yield f"A{row}", f"IF(F{row}>0,F{row},{start_of(starts, f'B{row}')})"
        before = f"AND(A{row}=A{row - 1},B{row}=B{row - 1})" if row > rows[0] else "FALSE"
        yield f"C{row}", f"IF(A{row}=0,0,IF({before},C{row - 1}+1,1))"
        told = f"INDEX(${codes}:${codes},A{row})"
        place_in = f'FIND("{CUT}",SUBSTITUTE({told},B{row},"{CUT}",C{row}))'
        yield f"D{row}", f"IF(A{row}=0,0,--MID({told},{place_in}+1,3))"
        yield f"E{row}", f"IF(A{row}=0,0,A{row}+INDEX({FAULTS}.差,D{row}))"


def next_severity(starts: Sequence[str], after: str) -> str:
    """Return the formula of the first severity after another of which there is a fault, "" if there is none."""
    formula = '""'
    for start, severity in reversed(
        list(zip(starts, SEVERITIES, strict=True))[SEVERITIES.find(after) + 1 if after else 0 :]
    ):
        formula = f'IF({start}>0,"{severity}",{formula})'
    return formula


def start_of(starts: Sequence[str], severity: str) -> str:
    """Return the formula of the first row of a severity, 0 for none."""
    formula = "0"
    for start, letter in zip(starts, SEVERITIES, strict=True):
        formula = f'IF({severity}="{letter}",{start},{formula})'
    return formula
