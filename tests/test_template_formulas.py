"""The template's own formulas say what the program says: each judged by two spreadsheet programs, and read for traps.

LibreOffice and Gnumeric recalculate every readable file of the demo, of all its periods, the examples of every rule,
and a table of spellings; Gnumeric compares truths with numbers as Excel does, LibreOffice does not. Forms are made
with few rows here, so that this takes minutes; one of full size is judged too. Not seen in Excel.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import formula_types
import pytest
from office import convert, needs_gnumeric, needs_office, recalculated_by_gnumeric
from sheets import BOOK, Grid, Tables, by_field, cover_of, filled, read_file, table, template_of
from template_judge import disagreements, short_forms, shown_findings
from typed import AMOUNTS, DATES, SHARES, WHOLES

from baiti_xl import desk
from baiti_xl.books import worksheet
from baiti_xl.books.selfcheck import items, names
from baiti_xl.books.template import Filling, write_template
from baiti_xl.books.worksheet import layout
from baiti_xl.contest import sheets
from baiti_xl.contest.records import Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import RULES, Rule
from baiti_xl.contest.values import column_letter
from baiti_xl.demo import PERIODS, base_rulebook, sample_rulebook, samples
from baiti_xl.demo.spoiled import with_error

Judge = Callable[[Sequence[Path], Path], list[Path]]


def libreoffice(files: Sequence[Path], out: Path) -> list[Path]:
    """Let LibreOffice recalculate workbooks and save them as .ods, which it does sooner than .xlsx."""
    return convert(files, "ods", out, seconds=400)


def libreoffice_as_sent(files: Sequence[Path], out: Path) -> list[Path]:
    """The same, saved as staff save it."""
    return convert(files, "xlsx", out, seconds=400)


JUDGES = [
    pytest.param(libreoffice, id="LibreOffice", marks=needs_office),
    pytest.param(recalculated_by_gnumeric, id="Gnumeric", marks=needs_gnumeric),
]


def assert_agreed(
    judge: Judge, files: Mapping[Path, Submission], out: Path, book: Rulebook | None = None
) -> list[Path]:
    """Let one program recalculate the files, and find no difference in any; returns what it saved."""
    made = judge(list(files), out)
    found = {s.file: disagreements(s, path, book) for s, path in zip(files.values(), made, strict=True)}
    assert not {file: differ for file, differ in found.items() if differ}
    return made


# ── the demo, of every period ────────────────────────────────────────────────────────────────────


def whole_submissions(place: Path, day: date) -> dict[Path, Submission]:
    """Return the files of one period that hold all sheets and can be used, by their path."""
    for sample in samples(sample_rulebook(), day):
        (place / sample.file).write_bytes(sample.data)
    read = desk.read_all(desk.sources(place), base_rulebook())
    whole = [s for s in read if s.usable and all(t.heading_row for t in s.tables.values())]
    return {place / s.file: s for s in whole}


@pytest.fixture(scope="module", params=PERIODS, ids=str)
def sent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Submission]:
    """The files of one period, in forms of forty rows a sheet, of which they fill up to 32."""
    with short_forms(40):
        return whole_submissions(tmp_path_factory.mktemp("报送"), request.param)


@pytest.mark.parametrize("judge", JUDGES)
def test_another_program_says_what_ours_says(
    sent: dict[Path, Submission], judge: Judge, tmp_path: Path
) -> None:
    assert_agreed(judge, sent, tmp_path)
    assert len(sent) >= 16


@needs_office
@needs_gnumeric
def test_a_form_of_full_size_says_the_same_and_still_does_when_libreoffice_has_saved_it(
    tmp_path: Path,
) -> None:
    sent = {
        path: s for path, s in whole_submissions(tmp_path, PERIODS[-1]).items() if path.name.startswith("X02")
    }
    again, once_more = tmp_path / "再存", tmp_path / "复核"
    again.mkdir()
    once_more.mkdir()
    saved = assert_agreed(libreoffice_as_sent, sent, again)
    assert_agreed(recalculated_by_gnumeric, dict(zip(saved, sent.values(), strict=True)), once_more)
    assert all(path.stat().st_size < 600_000 for path in saved)


def test_an_issued_form_is_small_enough_to_be_mailed() -> None:
    target = io.BytesIO()
    write_template(target, base_rulebook(), base_rulebook().units[0])
    assert len(target.getvalue()) < 300_000


def test_a_form_shows_no_result_that_nobody_computed() -> None:
    """LibreOffice believes what a formula shows when it opens a file, and so does who reads in 受保护的视图."""
    target = io.BytesIO()
    write_template(target, base_rulebook(), base_rulebook().units[0])
    with zipfile.ZipFile(target) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if "/worksheets/" in name]
    shown = [value for part in parts for value in re.findall(r"</f><v>([^<]*)</v>", part) if value]
    assert shown == ["城关镇", "乡镇"]
    assert sum(part.count("<f") for part in parts) > 60_000


# ── the examples of every rule ───────────────────────────────────────────────────────────────────

SHOWN = [rule for rule in RULES if rule.shown]


def form_of(*examples: Tables) -> bytes:
    """Return a form that holds the cells of some examples, all else sound; `=1/0` is a cell that shows an error."""
    rows: dict[str, Grid] = {}
    cover: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    for example in examples:
        needed = {"到位资金", "手续办理"} & set(example) and not {"项目台账"} & {*example, *rows}
        for name, text in {**example, **({"项目台账": "备注\n 无"} if needed else {})}.items():
            for given in table(text):
                if name == sheets.COVER:
                    cover |= {sheets.COVER_HEADINGS[k.replace(" ", "")].field: v for k, v in given.items()}
                    continue
                sheet, above = sheets.SHEETS[name], rows.setdefault(name, [])
                row = filled(sheet, given, len(above) + 1, "X01")
                at = [column_letter(c) for c, value in enumerate(row) if value == "=1/0"]
                errors += [(name, f"{letter}{sheets.FIRST_ROW + len(above)}") for letter in at]
                above.append(["出错" if value == "=1/0" else value for value in row])
    target = io.BytesIO()
    write_template(target, BOOK, None, Filling(cover_of(rows, "X01", cover), by_field(rows)))
    data = target.getvalue()
    for name, cell in errors:
        data = with_error(data, name, cell)
    return data


def stands_alone(example: Tables) -> bool:
    """Whether an example needs a form of its own: it speaks of the cover, or numbers projects itself."""
    return sheets.COVER in example or example.get("项目台账", "").startswith("项目编号")


EXAMPLES = [example or {} for rule in SHOWN for example in (rule.wrong, rule.right)]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Submission]:
    """The wrong and the right example of every rule that the template shows, in few forms of fewer faults than 自检 lists."""
    place, found = tmp_path_factory.mktemp("例"), {}
    together = [e for e in EXAMPLES if not stands_alone(e)]
    groups = [[e] for e in EXAMPLES if stands_alone(e)] + [together[at::5] for at in range(5)]
    with short_forms(50):
        for number, group in enumerate(groups):
            path = place / f"{number}.xlsx"
            path.write_bytes(form_of(*group))
            found[path] = read_file(path.read_bytes(), path.name)
            assert len(shown_findings(found[path])) <= worksheet.LISTED
    return found


def is_told(rule: Rule, example: Tables | None) -> bool:
    """Whether a finding of just this rule, with its variant, is made of an example."""
    with short_forms(12):
        submission = read_file(form_of(example or {}))
    fault = re.compile(re.sub(r"\\\{.*?\\\}", ".*", re.escape(rule.fault)))
    return any(f.rule == rule.number and fault.match(f.message) for f in shown_findings(submission))


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_program_tells_the_wrong_example_from_the_right_one(rule: Rule) -> None:
    assert is_told(rule, rule.wrong)
    assert not is_told(rule, rule.right)


@pytest.mark.parametrize("judge", JUDGES)
def test_another_program_says_the_same_of_every_example(
    judge: Judge, examples: dict[Path, Submission], tmp_path: Path
) -> None:
    assert_agreed(judge, examples, tmp_path, BOOK)
    assert len(EXAMPLES) >= 82


# ── spellings ────────────────────────────────────────────────────────────────────────────────────


def spelled(sheet: str, heading: str, cells: Sequence[str], more: str = "") -> str:
    """Return a table whose rows differ in one cell."""
    extra = f" | {more.partition('=')[0]}" if more else ""
    value = f" | {more.partition('=')[2]}" if more else ""
    return f"{heading}{extra}\n" + "\n".join(f"{cell}{value}" for cell in cells)


SPELLINGS: Sequence[Tables] = (
    {"拜访客商": spelled("拜访客商", "拜访日期", DATES, "返回日期=2011-6-30")},
    {"邀请客商": spelled("邀请客商", "意向投资额", AMOUNTS), "项目台账": spelled("项目台账", "签约金额", AMOUNTS)},
    {"到位资金": spelled("到位资金", "到位金额", AMOUNTS), "项目台账": "项目编号 | 总投资\nX01-001 | 999999"},
    {"拜访客商": spelled("拜访客商", "外出人数", WHOLES), "项目台账": spelled("项目台账", "本单位份额", SHARES, "引进方式=联合")},
    {"项目台账": "项目编号\n'x01-001\n'Ｘ０１－００２\n'X01—003\n'X01 004\n'X01-05\n'X02-006\n'X01-00七\n'X01*008"},
    {"拜访客商": "外出批次号 | 客商名称 | 目的地\n合计 | | \n'合 计： | | \n注：以上为初步统计 | | \n本页小计 | |\n2011-W1 | 甲公司 | 广东佛山\n注 | 乙公司 | 浙江温州"},
    {"到位资金": "项目编号 | 资金性质 | 凭证号\nX01-001 | 合计 | \n | 合计 | \n合计 | | \n5 | 小计 | \n注：待核 | | \nX01-001 | 注册资本 | P1"},
    {"拜访客商": "客商名称 | 领导层级 | 外出批次号\n'甲（集团）有限公司 | ' 班子成员 | a\n'甲(集团) | 班子　成员 | A\n'甲【集团】股份有限公司 | 县长 | B"},
)  # fmt: skip


@pytest.fixture(scope="module")
def spellings(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Submission]:
    """Forms filled with spellings that are read, and ones that are not."""
    place, found = tmp_path_factory.mktemp("写法"), {}
    with short_forms(60):
        for number, tables in enumerate(SPELLINGS):
            path = place / f"{number}.xlsx"
            path.write_bytes(template_of(tables))
            found[path] = read_file(path.read_bytes(), path.name)
    return found


@pytest.mark.parametrize("judge", JUDGES)
def test_every_spelling_is_read_alike(
    judge: Judge, spellings: dict[Path, Submission], tmp_path: Path
) -> None:
    assert_agreed(judge, spellings, tmp_path, BOOK)


# ── no truth beside a number, and nothing Excel lacks ────────────────────────────────────────────


def rulebooks() -> Iterator[Rulebook]:
    """Yield rulebooks that differ in every parameter the formulas depend on."""
    base = base_rulebook()
    yield base
    for changes in (
        {
            "new_basis": "立项备案",
            "joint_basis": "只计首报",
            "visitor_basis": "人次",
            "completion_basis": "开工",
        },
        {"new_basis": "签约", "joint_basis": "各计一个", "visitor_basis": "批次", "framework_counts": True},
        {"task_basis": "总投资", "task_stage": "开工", "joint_task": "按份额", "tier_inclusive": False},
    ):
        yield replace(base, **changes)


def formulas_of(book: Rulebook) -> Iterator[str]:
    """Yield every formula of 计算, 自检 and 指标."""
    place = layout(book)
    yield from names(place).values()
    yield from (formula for _, formula in (*worksheet.cover_formulas(place), *worksheet.list_formulas(place)))
    yield from (place.on_page(item.formula) for item in items(book))


@pytest.mark.parametrize("at", range(4))
def test_no_formula_compares_a_truth_with_a_number_or_is_too_long(at: int) -> None:
    read = 0
    for formula in formulas_of(list(rulebooks())[at]):
        assert not formula_types.read(formula, {})[1], formula
        assert len(formula) < 8192
        read += 1
    assert read > 250


OLD_FUNCTIONS = frozenset(
    "ABS ADDRESS AND CELL CHAR CLEAN COLUMN COUNTA COUNTIF COUNTIFS DATE DAY FIND HYPERLINK IF IFERROR INDEX INT ISERROR ISNA "
    "ISNUMBER ISTEXT LEFT LEN MATCH MAX MID MIN MONTH NOT OR REPT RIGHT ROUND ROW SUBSTITUTE SUM SUMIF SUMIFS SUMPRODUCT TEXT TRIM "
    "UPPER YEAR CHOOSE".split()
)  # fmt: skip


def test_no_formula_of_the_shipped_template_compares_a_truth_with_a_number() -> None:
    """Formulas in cells, conditional formats, drop-downs and names, as they stand in the file; all known to Excel 2007."""
    read = set()
    for formula in written_formulas(Path(__file__).parent.parent / "workbook" / "报送模板.xlsx"):
        if formula not in read:
            assert not formula_types.read(formula, {})[1], formula
            assert set(re.findall(r"([A-Z]+)\(", re.sub(r'"[^"]*"', "", formula))) <= OLD_FUNCTIONS, formula
            read.add(formula)
    assert len(read) > 300


def written_formulas(path: Path) -> Iterator[str]:
    """Yield every formula that stands in a workbook, as its parts have it."""
    with zipfile.ZipFile(path) as file:
        for name in file.namelist():
            if name == "xl/workbook.xml" or name.startswith("xl/worksheets/sheet"):
                for element in ElementTree.fromstring(file.read(name)).iter():
                    tag = element.tag.rpartition("}")[2]
                    if tag in ("f", "formula", "formula1", "formula2", "definedName") and element.text:
                        if not re.search(r"\$\d+:\$\d+$", element.text):
                            yield element.text


@pytest.mark.parametrize(
    ("formula", "faulty"),
    [
        ("(A1=1)>0", True),
        ("((A1=1)+(A2=1))>0", False),
        ("0+(A1=1)>0", False),
        ("--(A1=1)>0", False),
        ("IFERROR(LEN(A1)=0,0)=0", True),
        ("IF(ISNUMBER(A1),A1>2,0)=0", True),
        ("SUM((A1=1)*(B1>0))>0", False),
        ("ISNA(MATCH(A1,名录,0))=(A2=3)", False),
        ("AND(A1>2,B1=\"是\")", False),
        ("ISNUMBER(MATCH(A1,{\"甲\",\"乙\"},0))>0", True),
        ("A1&(B1=2)=\"x\"", False),
    ],
)  # fmt: skip
def test_the_reader_of_formulas_finds_such_comparisons(formula: str, faulty: bool) -> None:
    assert bool(formula_types.read(formula, {})[1]) is faulty
