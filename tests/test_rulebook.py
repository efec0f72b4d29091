"""The rules as data: the factory default, loading with every fault at its cell, boundaries of tiers and task.

Source: the plan (docs/plan/实施方案.md) by article, else 本系统约定: docs/reference/参数.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import BOOK, Grid, rules, submission_of

from baiti_xl.contest import loading, predicates
from baiti_xl.contest.choices import Decision, Stage
from baiti_xl.contest.loading import HEADINGS, RulebookError, console_rows, load, parameter_cell
from baiti_xl.contest.measures import comparisons
from baiti_xl.contest.predicates import day_reached, is_large_enough, tier_of
from baiti_xl.contest.records import Ruling, Unit
from baiti_xl.contest.rulebook import PARAMETERS, Parameter, Rulebook, parameters_of
from baiti_xl.contest.sheets import Project
from baiti_xl.contest.values import column_letter, listed

RULING = Ruling(
    "X01/项目台账/X01-001", "P01", Decision.ACCEPT, "", "已核实", "刘主任", date(2011, 5, 13), "裁定!A2"
)


def grids_of_book(book: Rulebook = BOOK) -> dict[str, Grid]:
    """Return the console's six sheets as cells from A1."""
    return {sheet: [list(HEADINGS[sheet]), *map(list, rows)] for sheet, rows in console_rows(book).items()}


def faults(grids: dict[str, Any]) -> list[str]:
    """Return what is wrong with a console, as lines: `规则 B9 “年份”应为 1 到 100000 的整数`."""
    try:
        load(grids)
    except RulebookError as error:
        assert str(error) == "；".join(map(str, error.faults))
        return [f"{f.sheet} {f.cell} {f.message}" for f in error.faults]
    return []


def row_of(sheet: str, label: str) -> int:
    """Return the row number (from 1) that begins with a label."""
    return next(i for i, row in enumerate(grids_of_book()[sheet], 1) if row[0] == label)


# ── the factory default ──────────────────────────────────────────────────────────────────────────


def test_the_factory_default_is_the_plans() -> None:
    """方案二、三: window, stages without gap or overlap, three tiers, seven comparisons of equal weight."""
    assert (BOOK.start, BOOK.end) == (date(2011, 4, 13), date(2011, 7, 31))
    assert [(s.name, s.start, s.end) for s in BOOK.phases] == [
        ("宣传发动", date(2011, 4, 13), date(2011, 4, 20)),
        ("洽谈招商", date(2011, 4, 21), date(2011, 6, 25)),
        ("签约落地", date(2011, 6, 26), date(2011, 7, 20)),
        ("总结考核", date(2011, 7, 21), date(2011, 7, 31)),
    ]
    assert all(b.start - a.end == timedelta(days=1) for a, b in pairwise(BOOK.phases))
    assert [(t.name, int(t.lower)) for t in BOOK.tiers] == [("一档", 20000), ("二档", 10000), ("三档", 5000)]
    assert [(c.name, int(c.weight), c.on) for c in BOOK.comparisons] == [
        (m.name, 1, True) for m in comparisons()
    ]
    assert [m.name for m in comparisons()] == [
        "新上项目数",
        "拜访客商数",
        "邀请客商数",
        "签约项目数",
        "签约金额",
        "到位资金",
        "竣工率",
    ]
    assert (int(BOOK.task_threshold), int(BOOK.task_count), BOOK.meeting_interval) == (10000, 1, 30)
    assert [
        u.name for u in BOOK.units[:9]
    ] == "城关镇 侯庙镇 孙口镇 打渔陈镇 马楼镇 后方乡 清水河乡 吴坝镇 夹河乡".split()
    assert BOOK.groups == ("乡镇", "县直")


def test_every_parameter_has_its_authority() -> None:
    assert all(p.source and p.name and p.field for p in PARAMETERS)
    assert len({p.name for p in PARAMETERS}) == len({p.field for p in PARAMETERS}) == len(PARAMETERS)
    assert all(parameter_cell(p.value) in p.answers for p in PARAMETERS if p.answers)


# ── there and back ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "book",
    [
        BOOK,
        rules(
            rulings=(RULING, replace(RULING, decision=Decision.SHARE, value="60", rule="", cell="裁定!A3"))
        ),
        rules(
            tier_inclusive=False,
            disabled=("C05", "V02"),
            industries=("化工",),
            paper_format="1999",
            minimum=Decimal("500.5"),
        ),
        rules(
            comparisons=tuple(
                replace(c, weight=Decimal("0.5"), on=i > 2) for i, c in enumerate(BOOK.comparisons)
            )
        ),
        rules(units=(Unit("A1", "甲镇", "乡镇", False, "张三", True),)),
    ],
    ids=["default", "rulings", "parameters", "comparisons", "units"],
)
def test_what_the_console_shows_is_loaded_back_unchanged(book: Rulebook) -> None:
    loaded = load(grids_of_book(book))
    assert loaded == book
    assert loaded.digest == book.digest


def test_cells_as_a_workbook_stores_them() -> None:
    """Excel keeps numbers as floats and days as midnights; unused cells are None."""

    def stored(value: Any) -> Any:
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day)
        return float(value) if isinstance(value, (int, Decimal)) else (value or None)

    grids = {name: [list(map(stored, row)) for row in grid] for name, grid in grids_of_book().items()}
    assert load(grids) == BOOK


def test_headings_may_stand_lower_and_in_another_order() -> None:
    grids = grids_of_book()
    for name, grid in grids.items():
        grids[name] = [["说明"], [], *([*row, "自用"] for row in grid), [None] * 9]
    grids["指标"] = [[row[2], row[0], row[1]] if len(row) > 2 else row for row in grids["指标"]]
    assert load(grids) == BOOK


def test_the_digest_tells_rules_apart() -> None:
    assert BOOK.digest == rules().digest
    assert BOOK.digest != rules(task_threshold=Decimal(9999)).digest
    assert BOOK.digest != rules(rulings=(RULING,)).digest


# ── a console of an earlier version ──────────────────────────────────────────────────────────────


def without(sheet: str, label: str) -> dict[str, Grid]:
    """Return the console's sheets without the row that begins with a label."""
    grids = grids_of_book()
    return {**grids, sheet: [row for row in grids[sheet] if row[0] != label]}


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_a_parameter_that_the_console_does_not_know_takes_its_default_and_is_told(
    parameter: Parameter,
) -> None:
    loaded = load(without("规则", parameter.name))
    assert loaded == BOOK
    default = parameter_cell(parameter.value)
    taken = f"默认值“{default}”" if default != "" else "空着"
    assert loaded.notes == (f"操作台「规则」没有参数“{parameter.name}”，按{taken}处理",)


@dataclass(frozen=True)
class Later(Rulebook):
    """The rules of a later version: one parameter more."""

    patience: int = field(default=0, metadata={"parameter": Parameter("耐心天数", 5, "天")})


def test_a_console_written_before_a_parameter_was_declared_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    grids = grids_of_book(rules(idle_days=20))
    monkeypatch.setattr(loading, "PARAMETERS", parameters_of(Later))
    monkeypatch.setattr(loading, "Rulebook", Later)
    loaded = load(grids)
    assert isinstance(loaded, Later)
    assert (loaded.patience, loaded.idle_days) == (5, 20)
    assert loaded.notes == ("操作台「规则」没有参数“耐心天数”，按默认值“5”处理",)
    assert load(grids_of_book(loaded)).notes == ()


def test_a_comparison_that_the_console_does_not_know_is_off_and_is_told() -> None:
    loaded = load(without("指标", "竣工率"))
    assert [c.name for c in loaded.comparisons if not c.on] == ["竣工率"]
    assert loaded.weights == {name: 1 for name in BOOK.weights if name != "竣工率"}
    assert loaded.notes == ("操作台「指标」没有指标“竣工率”，按不启用处理",)


def test_a_default_that_contradicts_the_console_is_told_too() -> None:
    """The year of the plan does not fit a contest of 2012 whose console lacks the row 年份."""
    grids = without("规则", "年份")
    for row in (*grids["规则"], *grids["阶段"], *grids["调度"]):
        row[:] = [value.replace(year=2012) if isinstance(value, date) else value for value in row]
    assert faults(grids) == ["规则 A1 没有参数“年份”，按默认值处理时年份与开始日、结束日不符；请补上这一行"]


def test_a_console_of_today_has_nothing_to_tell() -> None:
    assert load(grids_of_book()).notes == ()


# ── faults ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("竞赛名称", "", "“竞赛名称”不能为空"),
        ("县名", "  ", "“县名”不能为空"),
        ("年份", "二〇一一", "“年份”应为 1 到 100000 的整数"),
        ("年份", 2011.5, "“年份”应为 1 到 100000 的整数"),
        ("年份", 1989, "年份应在 1990 到 2200 之间"),
        ("年份", 2012, "年份与开始日、结束日不符"),
        ("开始日", "4月13日", "“开始日”应为日期，如 2011-4-13"),
        ("结束日", 731, "“结束日”应为日期，如 2011-4-13"),
        ("结束日", date(2011, 4, 12), "结束日早于开始日"),
        ("调度会间隔", 0, "“调度会间隔”应为 1 到 100000 的整数"),
        ("任务认定口径", "投资额", "“任务认定口径”只能填：固定资产投资、总投资"),
        ("任务门槛", -1, "“任务门槛”应为不小于 0 的数字"),
        ("任务门槛", "一亿", "“任务门槛”应为不小于 0 的数字"),
        ("任务门槛", float("nan"), "“任务门槛”应为不小于 0 的数字"),
        ("任务门槛", 10**12, "“任务门槛”应为不小于 0 的数字"),
        ("任务个数", 0, "任务个数应大于 0"),
        ("档次界限含等于", "对", "“档次界限含等于”只能填“是”或“否”"),
        ("客商计数口径", "个", "“客商计数口径”只能填：家、人次、批次"),
        ("新上认定", "", "“新上认定”不能为空"),
        ("公文格式", 2013, "“公文格式”只能填：2012、1999"),
        ("产业目录", "、，", "产业目录至少要有一项"),
        ("查重阈值", 49, "查重阈值应在 50 到 100 之间"),
        ("查重阈值", 101, "查重阈值应在 50 到 100 之间"),
        ("停用规则", "C05、C99", "没有这些规则：C99"),
        ("停用规则", "F05", "文件级规则不能停用：F05"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_cell(name: str, value: Any, message: str) -> None:
    grids = grids_of_book()
    row = row_of("规则", name)
    grids["规则"][row - 1][1] = value
    assert f"规则 B{row} {message}" in faults(grids)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("查重阈值", 50),
        ("查重阈值", 100),
        ("任务个数", 0.5),
        ("计入门槛", 0),
        ("停用规则", "C05，C08;V02"),
        ("公文格式", 2012.0),
        ("年份", "2011"),
    ],
)
def test_a_right_parameter_on_its_boundary(name: str, value: Any) -> None:
    grids = grids_of_book()
    grids["规则"][row_of("规则", name) - 1][1] = value
    assert faults(grids) == []


def drop(sheet: str, row: int) -> Callable[[dict[str, Grid]], object]:
    return lambda grids: grids[sheet].pop(row - 1)


def put(sheet: str, row: int, at: int, value: Any) -> Callable[[dict[str, Grid]], object]:
    return lambda grids: grids[sheet][row - 1].__setitem__(at, value)


def add(sheet: str, *row: Any) -> Callable[[dict[str, Grid]], object]:
    return lambda grids: grids[sheet].append(list(row))


def ruling(**changes: Any) -> Callable[[dict[str, Grid]], object]:
    """Return the change that adds a ruling with some cells changed."""
    values = dict(
        zip(
            HEADINGS["裁定"],
            ("X01/项目台账/X01-001", "P01", "认定", "", "已核实", "刘主任", date(2011, 5, 13)),
            strict=True,
        )
    )
    assert set(changes) <= set(values)
    return add("裁定", *(values | changes).values())


UNITS = len(BOOK.units) + 2


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # sheets and headings
        (lambda grids: grids.pop("档次"), ["档次 A1 缺少这张工作表；请从新的操作台复制过来"]),
        (lambda grids: grids.__setitem__("指标", []), ["指标 A1 找不到标题“指标”；请恢复标题行"]),
        (put("指标", 1, 0, "项目"), ["指标 A1 找不到标题“指标”；请恢复标题行"]),
        (put("档次", 1, 1, "下限"), ["档次 A1 缺少标题：下限（万元）；请补回"]),
        # parameters
        (add("规则", "奖金", 5), [f"规则 A{len(PARAMETERS) + 2} 没有“奖金”这个参数；请改正或删去这一行"]),
        (add("规则", "县名", "范县"), [f"规则 A{len(PARAMETERS) + 2} 参数“县名”重复；请只留一行"]),
        # stages
        (put("阶段", 3, 1, date(2011, 4, 22)), ["阶段 B3 应紧接上一阶段，为 2011-04-21"]),
        (put("阶段", 3, 1, date(2011, 4, 20)), ["阶段 B3 应紧接上一阶段，为 2011-04-21"]),
        (put("阶段", 2, 1, date(2011, 4, 14)), ["阶段 B2 第一阶段应从竞赛开始日 2011-04-13 起"]),
        (put("阶段", 5, 2, date(2011, 7, 30)), ["阶段 C5 最后阶段应到竞赛结束日 2011-07-31 止"]),
        (
            put("阶段", 5, 2, date(2011, 7, 20)),
            ["阶段 C5 结束日早于开始日", "阶段 C5 最后阶段应到竞赛结束日 2011-07-31 止"],
        ),
        (put("阶段", 5, 2, "七月底"), ["阶段 C5 应为日期，如 2011-4-13"]),
        (drop("阶段", 5), ["阶段 A1 应有四个阶段，现有 3 个"]),
        # tiers
        (put("档次", 2, 1, 0), ["档次 B2 应为大于 0 的数字"]),
        (put("档次", 2, 1, "二亿"), ["档次 B2 应为大于 0 的数字"]),
        (put("档次", 3, 1, 20000), ["档次 B3 应小于上一档的 20000"]),
        (put("档次", 3, 1, 4000), ["档次 B4 应小于上一档的 4000"]),
        (put("档次", 2, 0, "特档"), ["档次 A1 应依次为一档、二档、三档"]),
        (drop("档次", 4), ["档次 A1 应依次为一档、二档、三档"]),
        # comparisons
        (
            put("指标", 2, 0, "上访数"),
            ["指标 A2 “上访数”不是竞赛指标之一，或已出现过"],
        ),
        (
            put("指标", 3, 0, "新上项目数"),
            ["指标 A3 “新上项目数”不是竞赛指标之一，或已出现过"],
        ),
        (put("指标", 2, 1, -1), ["指标 B2 应为不小于 0 的数字"]),
        (put("指标", 2, 2, "开"), ["指标 C2 只能填“是”或“否”"]),
        (
            lambda grids: [row.__setitem__(1, 0) for row in grids["指标"][1:]],
            ["指标 B2 至少要启用一项权重大于 0 的指标"],
        ),
        (
            lambda grids: [row.__setitem__(2, "否") for row in grids["指标"][1:]],
            ["指标 B2 至少要启用一项权重大于 0 的指标"],
        ),
        # units
        (
            add("单位名录", "X-1", "甲镇", "乡镇", "是", "", "否"),
            [f"单位名录 A{UNITS} 单位代码应为不超过 12 位的字母或数字"],
        ),
        (
            add("单位名录", "", "甲镇", "乡镇", "是", "", "否"),
            [f"单位名录 A{UNITS} 单位代码应为不超过 12 位的字母或数字"],
        ),
        (
            add("单位名录", "甲", "甲镇", "乡镇", "是", "", "否"),
            [f"单位名录 A{UNITS} 单位代码应为不超过 12 位的字母或数字"],
        ),
        (
            add("单位名录", "X" * 13, "甲镇", "乡镇", "是", "", "否"),
            [f"单位名录 A{UNITS} 单位代码应为不超过 12 位的字母或数字"],
        ),
        (add("单位名录", "X01", "甲镇", "乡镇", "是", "", "否"), [f"单位名录 A{UNITS} 单位代码“X01”重复"]),
        (add("单位名录", "Y1", "城关镇", "乡镇", "是", "", "否"), [f"单位名录 B{UNITS} 单位名称为空或重复"]),
        (add("单位名录", "Y1", "", "乡镇", "是", "", "否"), [f"单位名录 B{UNITS} 单位名称为空或重复"]),
        (
            add("单位名录", "Y1", "a/b", "乡镇", "是", "", "否"),
            [f'单位名录 B{UNITS} 单位名称不能含 \\ / : * ? " < > | 或以点开头'],
        ),
        (
            add("单位名录", "Y1", "..甲", "乡镇", "是", "", "否"),
            [f'单位名录 B{UNITS} 单位名称不能含 \\ / : * ? " < > | 或以点开头'],
        ),
        (
            add("单位名录", "Y1", "甲镇", "", "是", "", "否"),
            [f"单位名录 C{UNITS} 类别不能为空，如 乡镇、县直"],
        ),
        (
            add("单位名录", "Y1", "甲镇", "乡镇", "要", "", "不"),
            [f"单位名录 D{UNITS} 只能填“是”或“否”", f"单位名录 F{UNITS} 只能填“是”或“否”"],
        ),
        (add("单位名录", "Y1", "甲镇", "县直", "", "", ""), []),
        (
            lambda grids: grids["单位名录"].__delitem__(slice(1, None)),
            ["单位名录 A1 单位名录是空的；至少要有一个单位"],
        ),
        # rulings
        (ruling(), []),
        (ruling(规则编号=""), []),
        (ruling(记录标识=""), ["裁定 A2 “记录标识”不能为空"]),
        (ruling(理由=""), ["裁定 E2 “理由”不能为空"]),
        (ruling(裁定人=""), ["裁定 F2 “裁定人”不能为空"]),
        (ruling(规则编号="P99"), ["裁定 B2 没有规则“P99”"]),
        (ruling(裁定="同意"), ["裁定 C2 只能填：认定、不予认定、归属、份额"]),
        (ruling(日期="五月"), ["裁定 G2 应为日期，如 2011-5-13"]),
        (ruling(裁定="份额", 值=60), []),
        (ruling(裁定="份额", 值=100), []),
        (ruling(裁定="份额", 值=100.5), ["裁定 D2 裁定份额应大于 0、不超过 100"]),
        (ruling(裁定="份额", 值=0), ["裁定 D2 裁定份额应大于 0、不超过 100"]),
        (ruling(裁定="份额", 值="六成"), ["裁定 D2 裁定份额应大于 0、不超过 100"]),
        (ruling(裁定="归属", 值="X02"), []),
        (ruling(裁定="归属", 值=""), ["裁定 D2 裁定归属时要填单位代码"]),
    ],
)
def test_every_fault_is_named_with_its_cell(
    change: Callable[[dict[str, Grid]], object], expected: list[str]
) -> None:
    grids = grids_of_book()
    change(grids)
    assert faults(grids) == expected


def test_all_faults_come_at_once() -> None:
    grids = grids_of_book()
    grids["规则"][row_of("规则", "县名") - 1][1] = ""
    grids["档次"][1][1] = 0
    add("单位名录", "X01", "城关镇", "", "是", "", "是")(grids)
    assert len(faults(grids)) == 5


def test_a_faults_cell_follows_the_headings_down() -> None:
    grids = grids_of_book()
    grids["指标"] = [
        ["说明"],
        [],
        *([n, 0, o] if i else [n, w, o] for i, (n, w, o) in enumerate(grids["指标"])),
    ]
    assert faults(grids) == ["指标 B4 至少要启用一项权重大于 0 的指标"]


@pytest.mark.parametrize("sheet_row_at", [("规则", row_of("规则", "开始日"), 1), ("阶段", 2, 1)])
def test_a_day_typed_as_the_message_says_is_taken(sheet_row_at: tuple[str, int, int]) -> None:
    sheet, row, at = sheet_row_at
    grids = grids_of_book()
    grids[sheet][row - 1][at] = "2011-4-13"
    assert faults(grids) == []


def test_a_stage_has_a_name_of_its_own() -> None:
    grids = grids_of_book()
    grids["阶段"][2][0] = ""
    assert [fault.split()[:2] for fault in faults(grids)] == [["阶段", "A3"]]


@given(
    st.sampled_from(list(HEADINGS)),
    st.integers(0, 8),
    st.integers(0, 6),
    st.one_of(
        st.none(), st.text(max_size=6), st.floats(), st.booleans(), st.datetimes(), st.dates(), st.integers()
    ),
)
def test_whatever_stands_in_the_console_loading_ends_with_rules_or_faults(
    sheet: str, row: int, at: int, value: Any
) -> None:
    grids = grids_of_book()
    if row < len(grids[sheet]) and at < len(grids[sheet][row]):
        grids[sheet][row][at] = value
    for fault in faults(grids):
        assert fault.split()[0] in HEADINGS


# ── small readings ───────────────────────────────────────────────────────────────────────────────


def test_lists_are_split_at_any_mark() -> None:
    assert listed("X02、X03，X04,X05;X06；X02\n X07 ") == ("X02", "X03", "X04", "X05", "X06", "X07")
    assert listed(None) == listed(" 、 ") == ()


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(index: int, letter: str) -> None:
    assert column_letter(index) == letter


# ── boundaries of tiers and of the basic task ────────────────────────────────────────────────────


def project(**values: Any) -> Project:
    """Return a sound project with some values changed."""
    made: Project = submission_of({"项目台账": "项目阶段\n 签约"}).tables["项目台账"].records[0]
    return replace(made, **values)


@pytest.mark.parametrize(
    ("amount", "inclusive", "exclusive"),
    [
        ("0", "未入档", "未入档"),
        ("4999.99", "未入档", "未入档"),
        ("5000", "三档", "未入档"),
        ("5000.01", "三档", "三档"),
        ("9999.99", "三档", "三档"),
        ("10000", "二档", "三档"),
        ("10000.01", "二档", "二档"),
        ("19999.99", "二档", "二档"),
        ("20000", "一档", "二档"),
        ("20000.01", "一档", "一档"),
        ("9999999999", "一档", "一档"),
    ],
)
def test_tiers_on_both_sides_of_their_bounds(amount: str, inclusive: str, exclusive: str) -> None:
    """方案二: 二亿元档、亿元档、五千万元档; 档次界限含等于 是 / 否."""
    assert tier_of(Decimal(amount), BOOK) == inclusive
    assert tier_of(Decimal(amount), rules(tier_inclusive=False)) == exclusive
    assert tier_of(None, BOOK) == "未入档"


@pytest.mark.parametrize(
    ("total", "fixed", "by_fixed", "by_total"),
    [
        ("10000", "10000", True, True),
        ("10000", "9999.99", False, True),
        ("9999.99", "9999.99", False, False),
        ("20000", "10000.01", True, True),
    ],
)
def test_the_tasks_threshold_by_either_amount(total: str, fixed: str, by_fixed: bool, by_total: bool) -> None:
    """方案二 “投资过亿元”, 任务认定口径; 任务门槛 达到即算, whatever 档次界限含等于 says of tiers."""
    held = project(total=Decimal(total), fixed_investment=Decimal(fixed))
    assert is_large_enough(held, BOOK) is by_fixed
    assert is_large_enough(held, rules(tier_inclusive=False)) is by_fixed
    assert is_large_enough(held, rules(task_basis="总投资")) is by_total
    assert not is_large_enough(replace(held, fixed_investment=None), BOOK)


@pytest.mark.parametrize(
    ("stage", "signed", "started", "completed"),
    [
        ("洽谈", False, False, False),
        ("签约", True, False, False),
        ("开工", True, True, False),
        ("竣工", True, True, True),
        ("终止", False, False, False),
    ],
)
def test_a_project_has_reached_a_stage_by_its_stage_and_not_by_its_dates(
    stage: str, signed: bool, started: bool, completed: bool
) -> None:
    day = date(2011, 6, 1)
    held = project(stage=stage, signed=day, started=day, completed=day, nature="正式")
    reached = [day_reached(held, Stage(s), BOOK) == day for s in ("签约", "开工", "竣工")]
    assert reached == [signed, started, completed]


@pytest.mark.parametrize(
    ("nature", "counts"), [("正式", True), ("意向", False), ("框架", False), ("", False)]
)
def test_an_informal_contract_is_no_signing(nature: str, counts: bool) -> None:
    """本系统约定·框架意向计入签约."""
    held = project(nature=nature)
    assert (day_reached(held, Stage("签约"), BOOK) is not None) is counts
    assert day_reached(held, Stage.SIGNED, rules(framework_counts=True)) is not None


@pytest.mark.parametrize(
    ("unit", "number", "joint_id", "share", "partners", "leads"),
    [
        ("X01", "X01-001", "X01-001", 40, "X02", True),
        ("X02", "X02-001", "X01-001", 60, "X01", False),
        ("X02", "X02-001", "羽绒联合", 60, "X01", True),
        ("X01", "X01-001", "羽绒联合", 40, "X02", False),
        ("X01", "X01-001", "羽绒联合", 50, "X02", True),
        ("X02", "X02-001", "羽绒联合", 50, "X01", False),
        ("X02", "X02-001", "羽绒联合", 50, "", True),
        ("X01", "X01-001", "Y9-001", 60, "X02", True),
    ],
)
def test_who_leads_a_joint_project(
    unit: str, number: str, joint_id: str, share: float, partners: str, leads: bool
) -> None:
    """本系统约定: the unit whose number is the 联合标识, else more than half, else the first of two halves."""
    held = project(
        number=number,
        mode="联合",
        joint_id=joint_id,
        share=Decimal(share),
        partners=partners,
    )
    shares = {unit: Decimal(share) / 100}
    assert (predicates.lead_of({unit: held}, shares, BOOK) == unit) is leads


@pytest.mark.parametrize(
    ("joint_id", "shares", "lead"),
    [
        ("羽绒联合", "X01 40，X02 30，X03 30", "X01"),
        ("羽绒联合", "X01 30，X02 30，X03 40", "X03"),
        ("羽绒联合", "X01 30，X02 35，X03 35", "X02"),
        ("羽绒联合", "X02 50，X03 50", "X02"),
        ("X03-009", "X01 40，X02 30，X03 30", "X03"),
        ("X04-001", "X01 40，X02 60", "X04"),
        ("羽绒联合", "X02 40", "X01"),  # X01 and X03 do not report: they may have up to 60
        ("羽绒联合", "X02 51", "X02"),
    ],
)
def test_there_is_always_a_lead(joint_id: str, shares: str, lead: str) -> None:
    """本系统约定: the owner of 联合标识, else the greatest share, else the order of the unit list."""
    held = {unit: Decimal(share) / 100 for unit, share in (part.split() for part in shares.split("，"))}
    joint = project(mode="联合", joint_id=joint_id, partners="X01、X02、X03")
    assert predicates.lead_of(dict.fromkeys(held, joint), held, BOOK) == lead


@pytest.mark.parametrize("typed", ["X01-001 ", "x01-001", "Ｘ０１－００１", "X01—001"])
def test_a_joint_id_is_read_like_the_number_it_names(typed: str) -> None:
    held = project(number="X01-001", mode="联合", joint_id=typed, share=Decimal(40), partners="X02")
    assert predicates.lead_of({"X01": held}, {"X01": Decimal("0.4")}, BOOK) == "X01"
