"""K and Z: project numbers, references to them, and what the cover declares of empty sheets."""

from collections.abc import Iterator

from baiti_xl.contest.choices import Answer
from baiti_xl.contest.columns import AnySheet, Kind
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules.case import Case, group
from baiti_xl.contest.rules.rule import ERROR, Rule, Shown, in_rows
from baiti_xl.contest.sheets import DATA_SHEETS, PROJECTS, ZERO_SHEETS, Project
from baiti_xl.contest.values import row_list

REFERENCE = "project"
REFERRING = tuple(s for s in DATA_SHEETS if REFERENCE in s.fields and s.fields[REFERENCE].kind is Kind.KEY)


def duplicate_numbers(case: Case, rule: Rule) -> Iterator[Finding]:
    """K01: a project number stands in more than one row; none of them counts."""
    for number, projects in group(case.rows(PROJECTS), lambda p: p.number).items():
        if number and len(projects) > 1:
            rows = row_list([p.row for p in projects])
            for project in projects:
                yield rule.in_row(case, PROJECTS, project, "number", rows=rows)


def is_foreign_number(project: Project, case: Case) -> bool:
    """K02: a project number is not the unit's code (or a former one, or that of a unit merged into it), a dash and three digits."""
    if not (case.unit and project.number):
        return False
    code, dash, digits = project.number.rpartition("-")
    own = code in map(str.upper, case.book.prefixes.get(case.unit, (case.unit,)))
    return not (own and dash and len(digits) == 3 and digits.isascii() and digits.isdigit())


def own_number(book: Rulebook) -> str:
    """Return how the template tells that a project number is the unit's."""
    return "OR(〈own number〉,〈inherited number〉)" if book.inherits else "〈own number〉"


def unknown_projects(case: Case, rule: Rule) -> Iterator[Finding]:
    """K03: a row refers to a project that is not in 项目台账."""
    for sheet in REFERRING:
        for row in case.rows(sheet):
            number = getattr(row, REFERENCE)
            if number and number not in case.projects:
                yield rule.in_row(case, sheet, row, REFERENCE)


def zero_reports(case: Case, rule: Rule, answer: Answer) -> Iterator[tuple[str, AnySheet, int]]:
    """Yield (cover field, sheet, rows) of the sheets whose zero report is answered so."""
    for sheet in ZERO_SHEETS:
        if getattr(case.cover, sheet.zero) == answer:
            yield sheet.zero, sheet, len(case.rows(sheet))


def declared_empty(case: Case, rule: Rule) -> Iterator[Finding]:
    """Z01: a zero report says 是, but the sheet has rows."""
    for field, sheet, count in zero_reports(case, rule, Answer.YES):
        if count:
            yield rule.on_cover(case, field, Answer.YES, sheet=sheet.name, count=count)


def declared_filled(case: Case, rule: Rule) -> Iterator[Finding]:
    """Z02: a zero report says 否, but the sheet is empty."""
    for field, sheet, count in zero_reports(case, rule, Answer.NO):
        if not count:
            yield rule.on_cover(case, field, Answer.NO, sheet=sheet.name)


def zero_shown(answer: Answer, condition: str) -> Iterator[Shown]:
    """Yield how the template shows a zero report that contradicts its sheet; 〈n〉 is how many rows that has."""
    for sheet in ZERO_SHEETS:
        told = condition.replace("〈n〉", f'SUMPRODUCT(({{{sheet.name}.码}}<>"-")*1)')
        yield Shown(None, sheet.zero, f'AND([{sheet.zero}]="{answer}",{told})', {"sheet": sheet.name})


RULES = (
    Rule(
        "K01", ERROR, "项目编号重复", "这个项目编号在本表出现多次", "请给每个项目一个编号；同一项目只留一行",
        detail="（「{value}」，第 {rows} 行）", find=duplicate_numbers,
        shown=lambda book: [Shown(PROJECTS, "number", "AND([number]<>\"\",COUNTIF({首},[首])>1)")],
        wrong={"项目台账": "项目编号\nX01-001\nX01-001"}, right={"项目台账": "项目编号\nX01-001\nX01-002"},
    ),
    Rule(
        "K02", ERROR, "项目编号不合规", "项目编号应是「本单位代码-三位数字」的形式", "请改成本单位代码加横线加三位数字",
        detail="，现为「{value}」", find=in_rows(PROJECTS, "number", is_foreign_number),
        shown=lambda book: [Shown(PROJECTS, "number", f"AND([number]<>\"\",NOT({own_number(book)}))")],
        wrong={"项目台账": "项目编号\nX02-001"}, right={"项目台账": "项目编号\nX01-007"},
    ),
    Rule(
        "K03", ERROR, "项目不在台账", "这个项目编号不在本单位的项目台账里", "请先在项目台账登记，或改正编号",
        find=unknown_projects,
        shown=lambda book: (Shown(s, REFERENCE, 'AND([project]<>"",ISNA(MATCH([project],{项目台账.number},0)))') for s in REFERRING),
        wrong={"困难问题": "项目编号\nX01-009"}, right={"项目台账": "项目编号\nX01-009", "困难问题": "项目编号\nX01-009"},
    ),
    Rule(
        "Z01", ERROR, "零报告与内容不符", "「{sheet}」声明零报告，但表里有内容", "请把零报告改为“否”，或删去多余内容",
        detail="（{count} 行）", find=declared_empty, shown=lambda book: zero_shown(Answer.YES, "〈n〉>0"),
        wrong={"封面": "零报告 拜访客商\n是", "拜访客商": "目的地\n广东佛山"},
        right={"封面": "零报告 拜访客商\n否", "拜访客商": "目的地\n广东佛山"},
    ),
    Rule(
        "Z02", ERROR, "无内容未作零报告", "「{sheet}」没有内容，但零报告填“否”", "请补填内容，或把零报告改为“是”",
        find=declared_filled, shown=lambda book: zero_shown(Answer.NO, "〈n〉=0"),
        wrong={"封面": "零报告 邀请客商\n否"}, right={"封面": "零报告 邀请客商\n是"},
    ),
)  # fmt: skip
