"""The reference pages of docs/reference, in Markdown: everything declared of the contest, for whoever looks something up.

They are made with the factory default and say nothing that is not declared; `baiti-xl build` writes and compares them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from baiti_xl.books.console import NOTES
from baiti_xl.books.guide import explain, guide_lines, need
from baiti_xl.contest import choices
from baiti_xl.contest.columns import AnySheet
from baiti_xl.contest.definitions import OTHERS, figure_definitions
from baiti_xl.contest.examples import examples_of
from baiti_xl.contest.glossary import TERMS
from baiti_xl.contest.loading import COMPARISONS, HEADINGS, PHASES, TIERS, console_rows
from baiti_xl.contest.loading import RULES as PARAMETER_SHEET
from baiti_xl.contest.measures import Measure, comparisons, measures
from baiti_xl.contest.rulebook import PARAMETERS, Rulebook
from baiti_xl.contest.rules import RULES
from baiti_xl.contest.rules.rule import Example, Rule
from baiti_xl.contest.sheets import COVER, COVER_BY_FIELD, DATA_SHEETS, PARTS, SHEETS, Cover

PLAN = "../plan/实施方案.md"
ARTICLE = "[一二三四](?:（[一二三四]）)?"
CITED = re.compile(f"方案({ARTICLE}(?:、{ARTICLE})*)")
FACTORY = "数值是出厂规则的；在用的规则以操作台为准。"
SLOT = re.compile(r"\{\w+\}")


def pages(book: Rulebook) -> Mapping[str, str]:
    """Return every page by its file name."""
    writers: Mapping[str, tuple[str, Callable[[Rulebook], Iterable[str]]]] = {
        "校验规则": ("contest/rules/", rule_blocks),
        "指标": ("contest/measures.py", measure_blocks),
        "报送表": ("contest/sheets.py", sheet_blocks),
        "参数": ("contest/rulebook.py", parameter_blocks),
        "名词": ("contest/glossary.py", term_blocks),
    }
    return {
        f"{title}.md": "\n\n".join([f"# {title}", origin(source), *blocks(book)]) + "\n"
        for title, (source, blocks) in writers.items()
    }


def origin(source: str) -> str:
    """Return the sentence that says where a page comes from."""
    return f"由 `baiti-xl build` 按 `baiti_xl/{source}` 的声明生成，请不要手工修改。"


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table; a cell may hold Markdown, and an empty one is left empty."""
    heads = tuple(headings)
    return "\n".join(line(cells) for cells in (heads, ["---"] * len(heads), *rows))


def line(cells: Iterable[object]) -> str:
    """Return one row of a table."""
    return "| " + " | ".join(str(cell).replace("|", r"\|") for cell in cells) + " |"


def bullets(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a list of what has a name; what is empty is left out."""
    return "\n".join(f"- {name}：{text}" for name, text in pairs if text)


def code(text: str) -> str:
    """Return a text as it stands in the code; nothing for an empty one."""
    return f"`{text}`" if text else ""


def articles(text: str) -> tuple[str, ...]:
    """Return the articles of the plan that a text cites: 方案三（一）、四（一） gives 三（一） and 四（一）."""
    return tuple(article for cited in CITED.findall(text) for article in cited.split("、"))


def linked(source: str) -> str:
    """Return an authority with its articles linked to the plan."""
    return CITED.sub(
        lambda cited: "方案" + "、".join(f"[{a}]({PLAN}#{a})" for a in articles(cited[0])), source
    )


# ── 校验规则 ──────────────────────────────────────────────────────────────────────────────────────


def rule_blocks(book: Rulebook) -> Iterator[str]:
    """Yield a section for each rule."""
    yield (
        "“…”是随具体情况填入的内容。“错”“警”“示”的意思和办法见[办公室使用手册](../handbook/办公室.md)第四节。"
        "例子只写有关的列，其余各列都填得合格；前面的 ' 表示按文字输入。"
    )
    for rule in RULES:
        yield f"## {rule.id} {rule.title}（{rule.severity}）"
        yield bullets(rule_lines(rule))


def rule_lines(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what is said of one rule."""
    yield "问题", SLOT.sub("…", f"{rule.fault}{rule.detail}")
    yield "办法", SLOT.sub("…", rule.remedy)
    yield "依据", linked(rule.source)
    yield "自检", f"不显示，{rule.unseen}" if rule.unseen else "显示"
    yield "错例", example(rule.wrong)
    yield "对例", example(rule.right)


def example(tables: Example | None) -> str:
    """Return the rows of an example, in words."""
    return "；".join(
        f"{sheet}：{row}" for sheet, text in (tables or {}).items() for row in example_rows(text)
    )


def example_rows(text: str) -> Iterator[str]:
    """Yield each row of a table as text, every cell with its heading."""
    headings, *rows = ([cell.strip(" ") for cell in row.split("|")] for row in text.splitlines())
    for row in rows:
        yield "，".join(f"{h} {code(cell) or '（空）'}" for h, cell in zip(headings, row, strict=True))


# ── 指标 ──────────────────────────────────────────────────────────────────────────────────────────


def measure_blocks(book: Rulebook) -> Iterator[str]:
    """Yield the comparisons, the measures beside them and what else is defined."""
    yield FACTORY
    yield "## 竞赛内容"
    yield measure_table(comparisons(), book)
    yield "## 另外统计的"
    yield measure_table([m for m in measures() if not m.compared], book)
    yield "## 怎样计算"
    named = {m.name for m in comparisons()}
    yield bullets(
        (name, linked(text)) for name, text in figure_definitions(book).items() if name not in named
    )
    yield "## 只在公文里出现的数"
    yield table(("名称", "口径"), ((name, told.text) for name, told in OTHERS.items()))


def unit(item: Measure, book: Rulebook) -> str:
    """Return what a measure is counted in."""
    return "比率" if item.is_rate else item.unit(book)


def measure_table(items: Iterable[Measure], book: Rulebook) -> str:
    """Return measures with all that is declared of them."""
    rows = (
        (m.name, unit(m, book), m.definition(book), m.brief(book) if m.brief else "", linked(m.article))
        for m in items
    )
    return table(("名称", "单位", "口径", "公文里的说法", "依据"), rows)


# ── 报送表 ────────────────────────────────────────────────────────────────────────────────────────


def sheet_blocks(book: Rulebook) -> Iterator[str]:
    """Yield how to fill the form in, and every sheet with its columns."""
    yield FACTORY
    yield "\n".join(guide_lines(book))
    examples = examples_of(book)
    for name, since, columns in PARTS:
        sheet = SHEETS.get(name)
        yield f"## {name}"
        yield from (sheet.instruction, bullets(sheet_lines(sheet))) if sheet else ()
        rows = (
            (
                c.heading,
                need(c),
                examples.within(explain(sheet, c, book)),
                "、".join(c.aliases),
                edition(max(since, c.since)),
                code(c.field),
            )
            for c in columns
        )
        yield table(("标题", "必填", "怎么填", "也认的标题", "始于", "代码"), rows)


def edition(version: int) -> str:
    """Return the version of the form that brought something; nothing for the first."""
    return f"第 {version} 版" if version > 1 else ""


def sheet_lines(sheet: AnySheet) -> Iterator[tuple[str, str]]:
    """Yield what is said of one sheet beside its columns."""
    yield "依据", linked(sheet.source)
    yield "识别一行的列（用于裁定和往期比较）", "、".join(headings(sheet, sheet.key))
    yield "按哪个日期计入", "".join(headings(sheet, filter(None, [sheet.own_day])))
    yield "日期先后", "；".join(" ≤ ".join(headings(sheet, pair)) for pair in sheet.order)
    yield "可以随进展改动的列", "、".join(c.heading for c in sheet.columns if c.field in sheet.living)
    yield "没有内容时", f"封面“{COVER_BY_FIELD[sheet.zero].heading}”选“是”" if sheet.zero else ""


def headings(sheet: AnySheet, fields: Iterable[str]) -> tuple[str, ...]:
    """Return what columns are called."""
    return tuple(sheet.fields[name].heading for name in fields)


# ── 参数 ──────────────────────────────────────────────────────────────────────────────────────────


def parameter_blocks(book: Rulebook) -> Iterator[str]:
    """Yield the console's sheets of rules with their factory default."""
    rows = console_rows(book)
    yield FACTORY
    yield f"## {PARAMETER_SHEET}"
    yield NOTES[PARAMETER_SHEET]
    yield table(
        (*HEADINGS[PARAMETER_SHEET], "可选", "代码"),
        (
            (*row[:-1], linked(p.source), "、".join(p.answers), code(p.field))
            for row, p in zip(rows[PARAMETER_SHEET], PARAMETERS, strict=True)
        ),
    )
    for name in (PHASES, TIERS, COMPARISONS):
        yield f"## {name}"
        yield NOTES[name]
        yield table(HEADINGS[name], rows[name])


# ── 名词 ──────────────────────────────────────────────────────────────────────────────────────────


def term_blocks(book: Rulebook) -> Iterator[str]:
    """Yield the office's terms beside the words of the code."""
    yield "各列、各参数的代码见[报送表](报送表.md)和[参数](参数.md)。"
    yield "## 说法"
    yield table(("办公室的说法", "代码"), ((term, code(word)) for term, word in TERMS))
    yield "## 各表的一行"
    records = [(COVER, Cover), *((sheet.name, sheet.record) for sheet in DATA_SHEETS)]
    yield table(("工作表", "代码"), ((name, code(record.__name__)) for name, record in records))
    yield "## 选项"
    yield table(
        ("代码", "可选的值", "说明"),
        ((code(kind.__name__), members(kind), kind.__doc__ or "") for kind in lists_of_answers()),
    )


def lists_of_answers() -> list[type[StrEnum]]:
    """Return every list of answers, in the order they are declared."""
    kinds = (kind for kind in vars(choices).values() if isinstance(kind, type) and issubclass(kind, StrEnum))
    return [kind for kind in kinds if len(kind)]


def members(kind: type[StrEnum]) -> str:
    """Return the answers of a list with the names they have in the code."""
    return "、".join(f"{member.value} {code(member.name)}" for member in kind if member.value)
