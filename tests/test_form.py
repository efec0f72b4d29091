"""The form as declared: headings, kinds and needs, written out a second time, agree with the records and each other."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from sheets import DEFAULTS, submission_of

from baiti_xl.contest import sheets
from baiti_xl.contest.columns import AnySheet, Column, Kind, Sheet, heading_index, heading_key
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.sheets import Cover
from baiti_xl.contest.values import comparison_key, row_list

SHEETS = pytest.mark.parametrize("sheet", sheets.DATA_SHEETS, ids=lambda s: s.name)
# Kind by heading: D date, M money, I whole, P percent, E choice, K key, R rate, T text;
# `*` always required, `?` under a condition.
FORM = {
    "封面": "单位代码E* 单位名称T 单位类别T 填报截止日期D* 报送批次I* 填报人T* 联系电话T* 主要负责人T* 分管负责人T* 班子成员数I "
    "零报告_拜访客商E* 零报告_邀请客商E* 零报告_项目台账E* 零报告_到位资金E*",
    "组织发动": "事项E* 日期D* 内容T* 文号T 负责人T* 参加人数I 佐证材料T?",
    "拜访客商": "外出批次号T* 拜访日期D* 返回日期D* 目的地T* 客商名称T* 信用代码T 接洽人T* 职务T* 联系电话T 带队领导T* 领导层级E* "
    "外出人数I* 招商方式E* 产业E* 洽谈内容T* 意向项目编号K 佐证材料T* 备注T",
    "邀请客商": "来访日期D* 离开日期D* 客商名称T* 客商姓名T* 职务T* 来源地T* 来访人数I* 接待领导T* 领导层级E* 考察内容T* "
    "意向项目编号K 意向投资额M 佐证材料T* 备注T",
    "项目台账": "项目编号K* 项目名称T* 投资方T* 投资方所在地T* 产业E* 招商方式E* 建设内容T* 建设地点T* 总投资M* 固定资产投资M* "
    "签约金额M? 项目阶段E* 签约日期D? 合同编号T? 合同性质E? 开工日期D? 竣工日期D? 引进方式E* 联合单位代码T? 本单位份额P? 联合标识T? "
    "责任领导T* 责任人T* 责任人电话T* 佐证材料T? 备注T",
    "到位资金": "项目编号K* 到位日期D* 到位金额M* 资金性质E* 凭证类型E* 凭证号T* 付款方T* 币种E* 原币金额M? 汇率R? 佐证材料T* 备注T",
    "手续办理": "项目编号K* 手续类别E* 状态E* 责任部门T* 责任人T* 计划办结日期D? 实际办结日期D? 文号T? 备注T",
    "困难问题": "项目编号K 提出日期D* 问题T* 需协调部门T* 处理措施T 状态E* 解决日期D? 跟踪责任人T*",
    "跟踪服务": "走访日期D* 项目编号K 企业名称T* 走访人T* 生产经营状况E* 反映的问题T 采取措施T 备注T",
    "情况说明": "调度会日期D* 未取得突破原因T* 下步措施T* 完成时间D* 主要负责人T*",
}


def declared(columns: tuple[Column, ...]) -> str:
    """Return columns in the notation above."""
    need = {True: "*", False: ""}
    return " ".join(
        c.heading.replace(" ", "_") + c.kind.value + ("?" if c.when else need[c.required]) for c in columns
    )


def test_the_sheets_are_those_written_here() -> None:
    everything = {sheets.COVER: sheets.COVER_FIELDS, **{s.name: s.columns for s in sheets.DATA_SHEETS}}
    assert {name: declared(columns) for name, columns in everything.items()} == FORM


@SHEETS
def test_a_sheet_agrees_with_its_record(sheet: AnySheet) -> None:
    """A row becomes a record field by field, in the order of the columns."""
    assert ["row", *(c.field for c in sheet.columns)] == [f.name for f in fields(sheet.record)]
    assert sheet.fields == {c.field: c for c in sheet.columns}
    assert len(sheet.fields) == len(sheet.columns)


def test_the_cover_agrees_with_its_record() -> None:
    assert [c.field for c in sheets.COVER_FIELDS] == [f.name for f in fields(Cover)]


@SHEETS
def test_a_sheets_columns_are_sound(sheet: AnySheet) -> None:
    index = heading_index(sheet.columns)
    assert len(index) == sum(1 + len(c.aliases) for c in sheet.columns), "two columns answer to one heading"
    assert all(sheet.fields[name].required for name in sheet.key)
    assert sheet.capacity >= 500
    for column in sheet.columns:
        assert not (column.required and column.when)
        assert (column.kind is Kind.CHOICE) == bool(column.choices or column.list_name)
        if column.when:
            decisive = sheet.fields[column.when.field]
            assert set(column.when.values) <= set(decisive.choices)
            assert decisive.required


def test_the_visits_have_room() -> None:
    assert sheets.VISITS.capacity >= 2000


def test_dates_and_zero_reports_named_in_a_sheet_are_columns() -> None:
    for sheet in sheets.DATA_SHEETS:
        named = [sheet.own_day, *(name for pair in sheet.order for name in pair)]
        assert all(sheet.fields[name].kind is Kind.DATE for name in named if name)
        assert all(c.kind is Kind.DATE for c in sheet.columns if c.planned)
    assert {s.zero: s.name for s in sheets.ZERO_SHEETS} == {
        c.field: c.heading.removeprefix("零报告 ")
        for c in sheets.COVER_FIELDS
        if c.heading.startswith("零报告")
    }


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"key": ("nummer",)}, "nummer"),
        ({"own_day": "dy"}, "dy"),
        ({"order": (("day", "bck"),)}, "bck"),
        ({"living": ("remarks",)}, "remarks"),
    ],
)
def test_a_sheet_that_names_a_field_it_does_not_have_cannot_be_declared(
    parts: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Sheet("拜访客商", sheets.Visit, "", **{"key": ("trip",), **parts})


def test_choices_are_the_plans() -> None:
    assert sheets.PROJECTS.column("项目阶段").choices == ("洽谈", "签约", "开工", "竣工", "终止")
    assert sheets.PROJECTS.column("合同性质").choices == ("意向", "框架", "正式")
    assert sheets.PAYMENTS.column("币种").choices == ("人民币", "美元", "欧元", "港元", "日元", "其他")
    assert sheets.MOBILISATION.column("事项").choices == (
        "动员会议",
        "实施方案",
        "工作机构",
        "招商分局",
        "招商小分队",
        "宣传活动",
        "集中签约",
        "其他",
    )
    assert sheets.PROCEDURES.column("手续类别").choices == (
        "立项备案",
        "土地",
        "规划",
        "环评",
        "施工许可",
        "其他",
    )
    assert len(sheets.VISITS.column("招商方式").choices) == 9
    assert sheets.VISITS.column("洽谈内容").low == 10


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("单位代码*", "单位代码"),
        ("单位代码＊", "单位代码"),
        (" 单 位\n代\t码 ", "单位代码"),
        ("零报告\u3000拜访客商", "零报告拜访客商"),
        ("单位\u200b代码", "单位代码"),
        ("信用代码（１８位）", "信用代码(18位)"),
        ("", ""),
    ],
)
def test_what_two_spellings_of_a_heading_share(heading: str, key: str) -> None:
    assert heading_key(heading) == key


def test_a_label_shows_a_star_where_a_cell_is_always_required() -> None:
    assert sheets.PROJECTS.column("总投资").label == "总投资*"
    assert sheets.PROJECTS.column("签约金额").label == "签约金额"
    assert sheets.PROJECTS.column("备注").label == "备注"
    assert sheets.PROJECTS.column("总投资").unit == "万元"
    with pytest.raises(KeyError):
        sheets.PROJECTS.column("利润")


def test_what_identifies_a_row() -> None:
    """记录标识 as rulings write it: unit/sheet/key columns joined by “|”; an unreadable part is empty."""
    submission = submission_of(
        {
            "项目台账": "项目编号\n X01-007",
            "拜访客商": "外出批次号 | 拜访日期 | 客商名称\n W1 | 2011-5-10 | 甲公司 \n W1 | 月底 | 甲公司",
            "到位资金": "凭证号 | 付款方\n PZ1 | 乙公司",
        }
    )
    records = submission.tables
    assert sheets.PROJECTS.identity("X01", records["项目台账"].records[0]) == "X01/项目台账/X01-007"
    assert sheets.PAYMENTS.identity("X01", records["到位资金"].records[0]) == "X01/到位资金/PZ1|乙公司"
    assert [sheets.VISITS.key_of(r) for r in records["拜访客商"].records] == [
        "W1|2011-05-10|甲公司",
        "W1||甲公司",
    ]
    assert records["拜访客商"].records[0].day == date(2011, 5, 10)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("佛山甲有限公司", "佛山（甲）有限责任公司"),
        ("佛山 甲 股份有限公司", "佛山甲股份公司"),
        ("ＡＢＣ公司", "abc公司"),
        ("“甲”公司", "甲公司"),
        ("甲·乙公司", "甲乙公司"),
    ],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    """Text is stored as typed; comparison folds widths, blanks, brackets and company suffixes."""
    assert comparison_key(one) == comparison_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("佛山甲公司", "佛山乙公司"), ("佛山甲公司", "佛山甲厂"), ("甲集团", "甲")]
)
def test_names_that_differ(one: str, other: str) -> None:
    assert comparison_key(one) != comparison_key(other)


def test_row_lists_are_cut() -> None:
    assert row_list([4, 5]) == "4、5"
    assert row_list(range(1, 9)) == "1、2、3、4、5、6、7、8"
    assert row_list(range(1, 11)) == "1、2、3、4、5、6、7、8 等 10"


def test_the_helpers_defaults_cover_the_form() -> None:
    """A new column needs a sound default for the tests."""
    for sheet in sheets.DATA_SHEETS:
        assert set(DEFAULTS[sheet.name]) == {c.heading for c in sheet.columns if c.required or c.when}
    assert default_rulebook().industries
