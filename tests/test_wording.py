"""The source format: what a line becomes, and what is refused (all faults at once)."""

import pytest

from baiti_xl.press.wording import (
    Annex,
    Paragraph,
    Picture,
    Row,
    Table,
    WordingError,
    has_tag,
    read_wording,
    tag_expression,
)


@pytest.mark.parametrize(
    ("line", "style", "text"),
    [
        ("各单位要抓好落实。", "公文正文", "各单位要抓好落实。"),
        ("一、总体情况", "一级标题", "一、总体情况"),
        ("（一）新上项目。共3个。", "二级标题", "（一）新上项目。共3个。"),
        ("1.拜访客商", "三级标题", "1.拜访客商"),
        ("1.5亿元已经到位。", "公文正文", "1.5亿元已经到位。"),
        ("（1）请进来", "四级标题", "（1）请进来"),
        ("#1 {{ 序 }}、总体情况", "一级标题", "{{ 序 }}、总体情况"),
        ("#正文 一、二季度持平。", "公文正文", "一、二季度持平。"),
        ("#顶格 此致", "顶格正文", "此致"),
        ("表题 排名", "表题", "排名"),
        ("{%p if 问题 %}", "标签", "{%p if 问题 %}"),
        ("注：不接在表后，是正文。", "公文正文", "注：不接在表后，是正文。"),
    ],
)
def test_a_line_takes_its_style_from_its_mark(line: str, style: str, text: str) -> None:
    assert read_wording(f"标题: 通报\n\n{line}").blocks == (Paragraph(style, text),)


def test_the_head_takes_both_colons_and_comments_are_dropped() -> None:
    wording = read_wording("// 说明\n版式：信函\n文号: {{ 文号 }}\n附件: 另发的名单\n\n// 注\n正文。")
    assert (wording.form, wording.get("文号"), wording.annex_names) == ("信函", "{{ 文号 }}", ("另发的名单",))
    assert wording.blocks == (Paragraph("公文正文", "正文。"),)


def test_a_table_keeps_tags_joins_and_row_tags() -> None:
    source = """标题: 通报

表 宽=1,2 对齐=中右 表头=1 字号=五号 行高=7
| 名次 | 金额 |
{%tr for 行 in 排名 %}
| {{ 行.名次 }} | {{ 行.金额|万元 }} |
{%tr endfor %}
| 合计 | < |
注：以万元计。"""
    table, note = read_wording(source).blocks
    assert isinstance(table, Table)
    assert table.rows == (
        Row(("名次", "金额")),
        Row(tag="{%tr for 行 in 排名 %}"),
        Row(("{{ 行.名次 }}", "{{ 行.金额|万元 }}")),
        Row(tag="{%tr endfor %}"),
        Row(("合计", "<")),
    )
    assert (table.widths, table.aligns, table.size, table.row_height) == ((1, 2), "中右", 10.5, 7)
    assert note == Paragraph("表注", "注：以万元计。")


@pytest.mark.parametrize(
    ("between", "style"),
    [
        ((), "表注"),
        (("{%p if 缺期 %}",), "表注"),
        (("{%p if 缺期 %}", "{%p if 有 %}"), "表注"),
        (("正文。",), "公文正文"),
    ],
)
def test_a_note_belongs_to_the_table_above_it_also_below_tags(between: tuple[str, ...], style: str) -> None:
    lines = ["标题: 通报", "", "| 甲 |", *between, "注：以万元计。"]
    assert read_wording("\n".join(lines)).blocks[-1] == Paragraph(style, "注：以万元计。")


def test_annexes_and_pictures() -> None:
    wording = read_wording(
        "标题: 总结\n\n正文。\n#附件 排名表 [横向]\n[图 排名图 150×80]\n#附件 名单\n城关镇。"
    )
    assert wording.annexes == (
        Annex("排名表", True, (Picture("排名图", 150, 80),)),
        Annex("名单", False, (Paragraph("公文正文", "城关镇。"),)),
    )


def test_every_fault_is_told_at_once_with_its_line() -> None:
    source = """版式: 海报
题目: 通报
标题: 甲
标题: 乙

表 宽=1 对齐=中心 颜色=红 字号=初号
| 甲 | 乙 |
| 丙 |
[图 没有尺寸]
#附件"""
    with pytest.raises(WordingError) as caught:
        read_wording(source)
    assert "\n".join(str(fault).split("，")[0] for fault in caught.value.faults) == (
        "第2行：不认识的键“题目”\n"
        "第4行：“标题”重复\n"
        "第6行：表没有“颜色”这项设置\n"
        "第8行：表的各行列数不一致\n"
        "第8行：宽“1”应为2个用逗号隔开的数\n"
        "第8行：对齐“中心”应为2个“左中右”\n"
        "第8行：字号“初号”不可用\n"
        "第9行：图要写成“[图 名称 宽×高]”\n"
        "第10行：附件要写成“#附件 名称”\n"
        "版式“海报”不可用"
    )


def test_tags_are_recognised() -> None:
    assert has_tag("台政办{{ 文号 }}") and not has_tag("台政办〔2011〕9号")
    assert tag_expression("{{ 抄送 }}") == "抄送"
    assert tag_expression("{{ 抄送|顿号 }}") == "抄送"
    assert tag_expression("县委，{{ 抄送 }}") == ""
