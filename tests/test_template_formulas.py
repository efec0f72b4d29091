"""The template's own formulas say what the program says: each judged by two spreadsheet programs, and read for traps.

LibreOffice and Gnumeric recalculate every readable file of the demo, of all its periods; Gnumeric compares truths
with numbers as Excel does, LibreOffice does not. Not seen in Excel.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import formula_types
import openpyxl
import pytest
from judged import alone
from office import convert, needs_gnumeric, needs_office, recalculated_by_gnumeric
from python_calamine import CalamineWorkbook

from baiti_xl import desk
from baiti_xl.books import formulas
from baiti_xl.books.formulas import figures as formula_figures
from baiti_xl.contest import sheets
from baiti_xl.contest.records import Account, Submission
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.demo import PERIODS, base_rulebook, sample_rulebook, samples

SHEETS = [s.name for s in sheets.DATA_SHEETS]
MISSING, UNREADABLE = ("C01", "C02", "P03"), ("C03", "C06")
BROKEN = ("K01", "K02", "K03", "D01", "D02", "P01", "P02", "M01", "M03", "M04", "V03")


# ── what the program says ────────────────────────────────────────────────────────────────────────


def expected_checks(submission: Submission, account: Account) -> dict[str, tuple[int, int, int, int, int]]:
    """Return what the program says for 自检: rows, missing, unreadable, rows that break a rule, rows that count."""
    found = {}
    for sheet in SHEETS:
        here = [f for f in submission.findings if f.place.sheet == sheet and f.blocks]
        must = [f for f in here if f.rule in MISSING or (f.rule == "P05" and "必须填写" in f.message)]
        unreadable = [f for f in here if f.rule in UNREADABLE]
        broken = {f.row for f in here if f.rule in BROKEN or (f.rule == "P05" and f not in must)}
        rows = len(submission.tables[sheet].rows)
        blocked = sum(1 for name, _ in account.blocked if name == sheet)
        found[sheet] = (rows, len(must), len(unreadable), len(broken), rows - blocked)
    return found


def expected_index(submission: Submission) -> dict[str, Any]:
    """Return what the program says for 指标."""
    result = alone(submission)
    shown: dict[str, Any] = {
        label: result.value(label)
        for label, *_ in formula_figures(base_rulebook())
        if label in result.figures
    }
    shown |= {f"{name}项目": figure.value for name, figure in result.tiers.items()}
    shown["竣工率"] = "—" if result.value("竣工率") is None else result.value("竣工率")
    shown["最高档次"] = result.tier
    shown["基本任务"] = "完成" if result.task_met else "未完成"
    return shown


# ── what a recalculated workbook says ────────────────────────────────────────────────────────────


def grid(path: Path, sheet: str) -> list[list[Any]]:
    """Return the values of a sheet from A1."""
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def read_checks(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the sheet 自检 of a recalculated workbook."""
    return {
        str(row[0]): tuple(int(v) for v in row[1:6]) for row in grid(path, sheets.CHECK)[4 : 4 + len(SHEETS)]
    }


def read_index(path: Path) -> dict[str, Any]:
    """Return the sheet 指标 of a recalculated workbook."""
    return {str(row[0]): row[1] for row in grid(path, sheets.INDEX)[4:] if row[0]}


def same(left: Any, right: Any) -> bool:
    """Whether a recalculated cell and our figure agree."""
    if isinstance(right, Decimal):
        return isinstance(left, (int, float)) and abs(Decimal(repr(left)) - right) < Decimal("1e-9")
    return bool(left == right)


def differences(submission: Submission, path: Path) -> dict[str, tuple[Any, Any]]:
    """Return where a recalculated workbook and the program differ: what it says, what we say."""
    said: dict[str, Any] = {**read_checks(path), **read_index(path)}
    ours = {**expected_checks(submission, alone(submission).account), **expected_index(submission)}
    assert said.keys() == ours.keys()
    return {label: (said[label], ours[label]) for label in ours if not same(said[label], ours[label])}


# ── the demo, of every period, in two programs ───────────────────────────────────────────────────


@pytest.fixture(scope="module", params=PERIODS, ids=str)
def sent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Submission]:
    """The files of one period that hold all sheets and can be used, by their path."""
    day: date = request.param
    place = tmp_path_factory.mktemp("报送")
    for sample in samples(sample_rulebook(), day):
        (place / sample.file).write_bytes(sample.data)
    read = desk.read_all(desk.sources(place), base_rulebook())
    whole = [s for s in read if s.usable and all(t.heading_row for t in s.tables.values())]
    return {place / s.file: s for s in whole}


def compare(
    sent: dict[Path, Submission], recalculated: Callable[[Sequence[Path], Path], list[Path]], out: Path
) -> None:
    """Let one program recalculate the files, and find no difference in any."""
    made = recalculated(list(sent), out)
    found = {s.file: differences(s, path) for s, path in zip(sent.values(), made, strict=True)}
    assert not {file: differ for file, differ in found.items() if differ}
    assert len(found) >= 16


@needs_office
def test_libreoffice_says_what_the_program_says(sent: dict[Path, Submission], tmp_path: Path) -> None:
    compare(sent, lambda files, out: convert(files, "xlsx", out, seconds=400), tmp_path)


@needs_gnumeric
def test_gnumeric_says_what_the_program_says(sent: dict[Path, Submission], tmp_path: Path) -> None:
    compare(sent, recalculated_by_gnumeric, tmp_path)


# ── no truth beside a number ─────────────────────────────────────────────────────────────────────


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


def test_no_formula_compares_a_truth_with_a_number() -> None:
    for book in rulebooks():
        names: dict[str, str] = {}
        for _, name, formula in formulas.computed_columns(book):
            names[name], faults = formula_types.read(formula, names)
            assert not faults, (name, faults)
            assert names[name] != formula_types.TRUTH, f"{name} holds truths, which others will compare"
        for label, formula, *_ in formulas.figures(book):
            assert not formula_types.read(formula, names)[1], label


def test_no_formula_of_the_shipped_template_compares_a_truth_with_a_number() -> None:
    """Formulas in cells, conditional formats, drop-downs and names, as they stand in the file."""
    file = openpyxl.load_workbook(Path(__file__).parent.parent / "workbook" / "报送模板.xlsx")
    read = 0
    for formula in written_formulas(file):
        assert not formula_types.read(formula, {})[1], formula
        read += 1
    assert read > 300


def written_formulas(file: openpyxl.Workbook) -> Iterator[str]:
    """Yield every formula that stands in a workbook."""
    yield from (name.attr_text for name in file.defined_names.values())
    for sheet in file.worksheets:
        for row in sheet.iter_rows():
            for value in (cell.value for cell in row):
                text = getattr(value, "text", value)
                if isinstance(text, str) and text.startswith("="):
                    yield text
        for held in sheet.conditional_formatting:
            yield from (formula for rule in held.rules for formula in rule.formula)
        for validation in sheet.data_validations.dataValidation:
            yield from (f for f in (validation.formula1, validation.formula2) if f)


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
