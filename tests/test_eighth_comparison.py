"""An eighth comparison is one declaration: registered here and nowhere else, it is found in every output.

Source: one fact, one place (CONTRIBUTING.md, “Habits”). 到位资金率 is the measure a county might add: a rate, in money.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from lxml import etree
from office import convert, needs_gnumeric, needs_office, recalculated_by_gnumeric
from sheets import Tables, read_file, template_of
from template_judge import disagreements, short_forms, workbook_says
from test_documents import charted, lines_of, parts_of
from test_facts import CODES, JUNE, busy

from baiti_xl.books.charts import DATA_COLUMN
from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.contest import measures
from baiti_xl.contest.definitions import figure_definitions
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.measures import AMOUNT, PAID, Measure, Number, always, rate
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.papers import catalogue
from baiti_xl.press.engine import compile_template
from baiti_xl.press.layout_check import check_layout

NAME = "到位资金率"
MEANING, ARTICLE, BRIEF = (
    "期内到位资金 ÷ 上述签约金额；没有分母时为“—”。",
    "方案二；本县增设",
    "竞赛期内到位资金与签约金额之比",
)
CIRCULAR, SUMMARY, HONOURS, PLAN, ASSESSMENT = "进展通报", "考核总结", "表彰通报", "转发通知", "考核评价表"


def parts(_: Rulebook) -> tuple[Measure, Measure]:
    """Return what 到位资金率 divides."""
    return PAID, AMOUNT


def term(book: Rulebook) -> str:
    """Return 到位资金率 in Excel's terms."""
    assert PAID.term and AMOUNT.term
    return f'IF({AMOUNT.term(book)}=0,"—",{PAID.term(book)}/{AMOUNT.term(book)})'


EIGHTH = rate(
    NAME, parts, always(MEANING), article=ARTICLE, brief=always(BRIEF), spoken=NAME, term=term, compared=True,
)  # fmt: skip
SENT: Mapping[str, Tables] = {
    "X01": busy("X01"),  # 1234.56 of 22000
    "X02": busy("X02", amount="5000"),  # 1234.56 of 10000, the best of the townships
    "X03": {"拜访客商": "拜访日期\n2011-5-20"},  # nothing signed: no value
    "Z01": busy("Z01", amount="20000", fixed="20000"),
}
RATES = {"X01": Decimal("1234.56") / 22000, "X02": Decimal("1234.56") / 10000, "X03": None}


@dataclass(frozen=True)
class Run:
    """What came of an ordinary run: the console, the forms sent, the outputs, and the JSON of the consolidation."""

    place: Path
    book: Rulebook
    told: Mapping[str, Any]

    @property
    def results(self) -> Any:
        """The results workbook."""
        (path,) = (self.place / "输出").glob("*汇总结果*.xlsx")
        return openpyxl.load_workbook(path)

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        """Return a sheet of the results by heading."""
        heads, *rest = self.results[sheet].iter_rows(values_only=True)
        return [dict(zip(heads, row, strict=True)) for row in rest]

    def paper(self, kind: str) -> bytes:
        """Return the finished paper of a kind."""
        (path,) = (self.place / "公文").glob(f"{kind}_*.docx")
        return path.read_bytes()

    def lines(self, kind: str) -> list[str]:
        """Return the paper of a kind as lines."""
        return list(lines_of(self.paper(kind)))

    def figures(self, kind: str) -> list[tuple[Any, ...]]:
        """Return the figures of a kind's figure sheet."""
        (path,) = (self.place / "公文").glob(f"核稿_{kind}_*.xlsx")
        return list(openpyxl.load_workbook(path)["数字清单"].iter_rows(min_row=2, values_only=True))


def run(*words: object) -> str:
    """Run a command; return what it says."""
    done = CliRunner().invoke(main, list(map(str, words)))
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A county that compares 到位资金率 as well: console, submissions, results and papers by the ordinary commands."""
    place = tmp_path_factory.mktemp("县")
    with pytest.MonkeyPatch.context() as patch, short_forms(12):
        patch.setattr(measures, "MEASURES", (*measures.MEASURES, EIGHTH))
        default = default_rulebook()
        book = replace(default, units=tuple(u for u in default.units if u.code in CODES))
        with (place / "操作台.xlsx").open("wb") as target:
            write_console(target, book, macros=False, kinds=catalogue.NAMES)
        (place / "报送").mkdir()
        for unit, tables in SENT.items():
            data = template_of(tables, unit, book, {"cutoff": JUNE})
            (place / "报送" / f"{unit}.xlsx").write_bytes(data)
        asked = ("--console", place / "操作台.xlsx", "--as-of", JUNE)
        told = run("consolidate", place / "报送", *asked, "--out", place / "输出", "--json")
        kinds = (CIRCULAR, SUMMARY, HONOURS, PLAN, ASSESSMENT)
        drafted = ("--from", place / "报送", "--unit", "X01", "--draft", "--out", place / "公文")
        run("documents", *kinds, *asked, *drafted)
        yield Run(place, book, json.loads(told))


def starting(lines: Sequence[str], start: str) -> str:
    """Return the one line that begins with something."""
    (line,) = (line for line in lines if line.startswith(start))
    return line


# ── results ──────────────────────────────────────────────────────────────────────────────────────


def test_the_console_weighs_it(county: Run) -> None:
    page = openpyxl.load_workbook(county.place / "操作台.xlsx")["指标"]
    rows = list(page.iter_rows(min_row=4, values_only=True))
    assert len(rows) == 8
    assert rows[-1] == (NAME, 1, "是")


def test_scripts_are_told(county: Run) -> None:
    found = {unit["code"]: unit["metrics"] for unit in county.told["units"]}
    assert [list(metrics)[-1] for metrics in found.values()] == [NAME] * len(CODES)
    assert {code: found[code][NAME] for code in RATES} == {
        code: None if value is None else pytest.approx(float(value)) for code, value in RATES.items()
    }


def test_the_results_show_value_and_parts(county: Run) -> None:
    first, second, third = county.rows("指标汇总")[:3]
    assert first[NAME] == pytest.approx(float(RATES["X01"] or 0))
    assert (first["到位资金"], first["签约金额(分母)"]) == (1234.56, 22000)
    assert (third[NAME], third["签约金额(分母)"]) == ("—", 0)
    heads = list(first)
    assert heads.index(NAME) == heads.index("竣工率") + 1
    assert second[NAME] > first[NAME]
    page = county.results["指标汇总"]
    shapes = {page.cell(1, at).value: page.cell(2, at).number_format for at in range(1, page.max_column + 1)}
    assert (shapes[NAME], shapes["到位资金"]) == ("0.00%", "#,##0.00")


def test_units_are_ranked_by_it(county: Run) -> None:
    board = county.rows("单项排名")
    assert [(row[f"{NAME}·单位代码"], row[f"{NAME}·组内名次"]) for row in board[:2]] == [
        ("X02", 1),
        ("X01", 2),
    ]
    assert len(board) == len(CODES)


def scored(county: Run) -> list[dict[str, Any]]:
    """Return the rows of 综合排名 of the units that have figures, and so a score."""
    return [row for row in county.rows("综合排名") if row["综合得分"] is not None]


def test_it_adds_to_the_score(county: Run) -> None:
    for row in scored(county):
        points = [value for name, value in row.items() if name.endswith("·得分")]
        assert len(points) == 8
        assert row["综合得分"] == pytest.approx(sum(points))
    first = next(row for row in county.rows("综合排名") if row["单位代码"] == "X01")
    assert first[f"{NAME}·最好"] == pytest.approx(0.123456)
    assert first[f"{NAME}·得分"] == pytest.approx(100 / 8 * 10000 / 22000)


def test_the_overview_totals_it_and_charts_the_scores(county: Run) -> None:
    page = county.results["总览"]
    heads = [page.cell(4, at).value for at in range(1, 10)]
    assert heads[-1] == NAME
    assert page.cell(5, 9).value == pytest.approx(3 * 1234.56 / (22000 + 10000 + 40000))
    assert page.print_area.startswith(
        "'总览'!$A$1:$S$"
    )  # eight comparisons, a gap, the nine columns of reporting
    charted_scores = {
        page.cell(row, at + 1).value
        for at in range(DATA_COLUMN, page.max_column)
        if page.cell(1, at + 1).value == "综合得分"
        for row in range(2, 8)
    }
    scores = {round(row["综合得分"], 2) for row in scored(county)}
    assert {round(value, 2) for value in charted_scores if value is not None} == scores


def test_it_is_explained_with_its_article(county: Run) -> None:
    told = {row[0].value: row[1].value for row in county.results["口径说明"].iter_rows(max_col=2)}
    assert told[NAME] == f"{MEANING}（{ARTICLE}）"
    assert told[NAME] == figure_definitions(county.book)[NAME]


# ── papers ───────────────────────────────────────────────────────────────────────────────────────


def test_the_circular_tells_of_it(county: Run) -> None:
    lines = county.lines(CIRCULAR)
    assert "，到位资金率5.14%；" in starting(lines, "（二）指标完成情况。")
    assert starting(lines, "| 到位资金率 |") == "| 到位资金率 | — | 5.14% | 7.72% | 3.09% | — |"
    board = starting(lines, "（八）到位资金率。")
    assert board.startswith(
        "（八）到位资金率。全县5.14%。乡镇第1名侯庙镇12.35%，第2名城关镇5.61%，不作计算的2个"
    )
    assert "；竣工率、到位资金率不作增减比较。" in starting(lines, "注：“—”表示没有单位、没有分母")
    assert starting(lines, "| 单位 | 类别 |").endswith("| 竣工率 | 到位资金率 | 综合 |")
    assert "5.61% | 2 | " in starting(lines, "| 城关镇 | 乡镇 |")


def test_the_summary_tells_of_it(county: Run) -> None:
    lines = county.lines(SUMMARY)
    assert "，到位资金率5.14%；" in starting(lines, "（二）指标完成情况。")
    assert starting(lines, "8. 到位资金率。").startswith(
        "8. 到位资金率。乡镇第1名侯庙镇12.35%，第2名城关镇5.61%"
    )
    assert starting(lines, "| 单位 | 类别 |").endswith("| 竣工率 | 到位资金率 | 综合 |")


def test_the_charts_of_the_summary_draw_the_scores_it_adds_to(county: Run) -> None:
    drawn = [part for name, part in parts_of(county.paper(SUMMARY)).items() if "/charts/chart" in name]
    titled = {"".join(map(str, etree.fromstring(part).itertext())).partition("）")[0]: part for part in drawn}
    (chart,) = (part for title, part in titled.items() if "综合得分（乡镇" in title)
    shown = [round(float(value), 2) for value in charted(chart, "val")]
    scores = [round(row["综合得分"], 2) for row in scored(county) if row["类别"] == "乡镇"]
    assert shown == scores


def test_the_best_by_it_are_commended_and_the_plan_says_what_it_is(county: Run) -> None:
    assert "| 到位资金率 | 乡镇 | 侯庙镇 | 12.35% |" in county.lines(HONOURS)
    assert starting(county.lines(PLAN), "8. 到位资金率。") == f"8. 到位资金率。{BRIEF}。"


def test_a_units_own_form_shows_its_parts(county: Run) -> None:
    row = starting(county.lines(ASSESSMENT), "| 到位资金率 |")
    assert row == "| 到位资金率 | — | 5.61% | 1234.56 | 22000.00 | 12.35% | 5.68 | 2 |"
    place = f"一、竞赛内容 {NAME} "
    noted = {row[6]: row[7] for row in county.figures(ASSESSMENT) if row[4].startswith(place)}
    assert noted[NAME] == f"{MEANING}（{ARTICLE}）"
    assert (noted["分子"], noted["分母"]) == (
        "到位资金率的分子：期内到位资金。",
        "到位资金率的分母，见到位资金率。",
    )


@pytest.mark.parametrize("kind", [CIRCULAR, SUMMARY, HONOURS])
def test_the_figure_sheets_hold_it(county: Run, kind: str) -> None:
    notes = [row for row in county.figures(kind) if row[6] == NAME]
    assert notes
    assert all(row[7] == f"{MEANING}（{ARTICLE}）" for row in notes)


@pytest.mark.parametrize("kind", catalogue.NAMES)
def test_the_templates_of_papers_compile_and_keep_the_layout(county: Run, kind: str) -> None:
    data = catalogue.template_for(kind, county.book)
    compile_template(data, fields=catalogue.kind_of(kind).fields, name=kind)
    assert [str(fault) for fault in check_layout(data)] == []


def test_the_annex_has_room_for_every_figure(county: Run) -> None:
    columns = list(map(int, catalogue.widths(22, 10, 12, 10).split(",")))
    assert sum(columns) <= catalogue.WIDEST
    figures = dict(zip((m.name for m in measures.comparisons()), columns[2:-2:2], strict=True))
    assert (figures["新上项目数"], figures[AMOUNT.name], figures["竣工率"], figures[NAME]) == (9, 16, 14, 14)
    assert set(columns[3:-2:2]) == {7}


def test_nobody_speaks_of_seven(county: Run) -> None:
    said = [line for kind in (CIRCULAR, SUMMARY, HONOURS, PLAN, ASSESSMENT) for line in county.lines(kind)]
    said += [text for kind in catalogue.KINDS for text in kind.explanations.values()]
    for path in (county.place / "操作台.xlsx", *(county.place / "输出").glob("*.xlsx")):
        pages = openpyxl.load_workbook(path)
        said += [str(cell.value) for page in pages for row in page.iter_rows() for cell in row if cell.value]
    assert [text for text in said if "七项" in text] == []


# ── the unit's own workbook ──────────────────────────────────────────────────────────────────────

Judge = Callable[[Sequence[Path], Path], list[Path]]
JUDGES = [
    pytest.param(lambda files, out: convert(files, "xlsx", out), id="LibreOffice", marks=needs_office),
    pytest.param(recalculated_by_gnumeric, id="Gnumeric", marks=needs_gnumeric),
]


@pytest.mark.parametrize("judge", JUDGES)
def test_the_form_works_it_out_as_the_office_does(county: Run, judge: Judge, tmp_path: Path) -> None:
    files = sorted((county.place / "报送").glob("*.xlsx"))
    for path, made in zip(files, judge(files, tmp_path), strict=True):
        submission = read_file(path.read_bytes(), path.name, county.book)
        assert disagreements(submission, made, county.book) == []
        value = RATES.get(path.stem, Decimal("1234.56") / 40000)
        shown = workbook_says(made).figures[NAME]
        assert shown == ("—" if value is None else pytest.approx(float(value)))


# ── what lacks a part is no declaration ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "lacking",
    [
        {"name": ""}, {"count": None}, {"definition": None}, {"unit": None}, {"spoken": ""}, {"brief": None}, {"term": None},
        {"parts": None}, {"number": Number.MONEY},
    ],
    ids=str,
)  # fmt: skip
def test_a_comparison_that_lacks_a_part_cannot_be_declared(lacking: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="measure “"):
        replace(EIGHTH, **lacking)


def test_a_figure_shown_beside_needs_no_words_of_a_comparison() -> None:
    beside = replace(EIGHTH, compared=False, spoken="", brief=None, term=None)
    assert beside.is_rate
