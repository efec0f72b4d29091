"""What hangs on the final text is put into place once the text is there."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pages import Page, need_office, set_pages, to_mm

from baiti_xl.press.engine import FieldSpec, Rows, Scalar, compile_template
from baiti_xl.press.layout import PageStyle, build_template
from baiti_xl.press.layout_check import check_layout
from baiti_xl.press.settle import settle

SOURCE = """版式: {form}
发文机关标志: {{{{ 发文机关 }}}}
文号: 台政办〔2011〕9号
标题: 通报
署名: {{{{ 发文机关 }}}}
成文日期: 2011年5月13日
印发机关: {{{{ 发文机关 }}}}
印发日期: 2011年12月23日

正文。
"""
LONG = "台前县招商引资百日竞赛活动领导小组办公室招商引资竞赛督查考评工作组综合协调组"


def filled(form: str, signer: str, *, seal: bool = False, old: bool = False) -> bytes:
    """A template with its one tag replaced, as the engine does."""
    style = PageStyle("1999" if old else "2012", seal)
    template = build_template(SOURCE.format(form=form), style=style)
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(template)) as before, zipfile.ZipFile(stream, "w") as after:
        for entry in before.infolist():
            after.writestr(entry, before.read(entry).replace("{{ 发文机关 }}".encode(), signer.encode()))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("signer", "seal", "before"),
    [
        ("台前县人民政府办公室", False, set()),
        ("台前县招商引资百日竞赛活动领导小组", False, {"name-size", "sign-place"}),
        ("县商务局", False, {"sign-place"}),
        ("县商务局", True, set()),
        ("台前县招商引资百日竞赛活动领导小组办公室", True, {"name-size", "seal-place"}),
    ],
)
def test_the_signature_goes_where_its_length_asks_for(signer: str, seal: bool, before: set[str]) -> None:
    """7.3.5.1 and 7.3.5.2."""
    content = filled("公文", signer, seal=seal)
    assert {fault.rule for fault in check_layout(content)} == before
    assert check_layout(settle(content)) == ()


@pytest.mark.parametrize(("form", "part"), [("公文", "document"), ("信函", "header1")])
def test_a_long_name_is_made_to_fit(form: str, part: str) -> None:
    """7.2.4: on one line of 156 mm."""
    content = settle(filled(form, "台前县招商引资百日竞赛活动领导小组办公室"))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        xml = archive.read(f"word/{part}.xml").decode()
    size = re.search(r'标志"/>.*?<w:sz w:val="(\d+)"', xml)
    assert size is not None and int(size.group(1)) / 2 * 20 <= 156 / 25.4 * 72


@pytest.mark.parametrize("form", ["公文", "信函"])
@pytest.mark.parametrize("signer", ["县商务局", LONG[:20], LONG])
@pytest.mark.parametrize("seal", [None, False, True])
def test_settling_twice_is_settling_once(form: str, signer: str, seal: bool | None) -> None:
    once = settle(filled(form, signer), seal=seal)
    assert settle(once, seal=seal) == once


def test_headings_are_numbered_beyond_a_hundred() -> None:
    """As where a template makes a heading of every project of a county."""
    source = SOURCE.replace("{{{{ 发文机关 }}}}", "台前县人民政府办公室").format(form="公文")
    content = settle(build_template(source.replace("正文。\n", "一、情况\n" + "（一）好。\n" * 121)))
    texts = [line.text for line in docx.Document(BytesIO(content)).paragraphs]
    wanted = {99: "九十九", 100: "一百", 101: "一百零一", 110: "一百一十", 121: "一百二十一"}
    start = texts.index("一、情况")
    assert [texts[start + at] for at in wanted] == [f"（{each}）好。" for each in wanted.values()]
    assert settle(content) == content and check_layout(content) == ()


def test_nothing_else_changes() -> None:
    plain = build_template("标题: 通报\n\n正文。")
    with zipfile.ZipFile(BytesIO(plain)) as before, zipfile.ZipFile(BytesIO(settle(plain))) as after:
        assert {name: before.read(name) for name in before.namelist()} == {
            name: after.read(name) for name in after.namelist()
        }


def signature(content: bytes) -> Sequence[tuple[str, int | None]]:
    """The paragraphs from 署名 on, with the alignment of each (1 middle, 0 left, 2 right)."""
    lines = [(p.text, p.alignment) for p in docx.Document(BytesIO(content)).paragraphs]
    return lines[[text for text, _ in lines].index("正文。") + 1 : -1]


SIGNER, DATE = "台前县商务局招商股", "2011年5月13日"
SEALED = [(SIGNER, 1), (DATE, 2)]
UNSEALED = [(SIGNER, 2), (DATE, 0)]


@pytest.mark.parametrize(
    ("old", "built", "asked", "expected"),
    [
        (False, False, False, UNSEALED),
        (False, False, True, SEALED),
        (False, True, False, UNSEALED),
        (False, True, True, SEALED),
        (False, False, None, UNSEALED),  # as the template has it
        (False, True, None, SEALED),
        (True, False, False, UNSEALED),
        (True, False, True, [(DATE, 2)]),  # 1999: a sealed paper bears the date alone
        (True, True, False, UNSEALED),
        (True, True, True, [(DATE, 2)]),
    ],
)
def test_a_template_of_either_kind_obeys_the_seal(
    old: bool, built: bool, asked: bool | None, expected: Sequence[tuple[str, int]]
) -> None:
    content = filled("公文", SIGNER, seal=built, old=old)
    assert signature(settle(content, seal=asked)) == expected
    if asked is not None:
        right = settle(filled("公文", SIGNER, seal=asked, old=old), seal=asked)
        assert settle(content, seal=asked) == right


def kept_rows(content: bytes) -> list[bool]:
    """Whether each row of the first table is kept with the next."""
    table = docx.Document(BytesIO(content)).tables[0]
    return [
        all(p.paragraph_format.keep_with_next for c in row.cells for p in c.paragraphs) for row in table.rows
    ]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (1, [True, True, False]),
        (5, [True, True, True, True, True, True, False]),
        (6, [True, True, True, False, False, True, True, False]),
        (9, [True, True, True, *[False] * 5, True, True, False]),
    ],
)
def test_a_table_of_up_to_five_rows_stays_on_one_page_and_no_row_is_alone(
    rows: int, kept: list[bool]
) -> None:
    head = "标题: 表\n\n表 表头=2\n| 名次 | 单位 |\n| ^ | 甲 |\n"
    written = settle(build_template(head + "| 1 | 城关镇 |\n" * rows))
    looped = compile_template(
        build_template(head + "{%tr for 行 in 各行 %}\n| {{ 行.数|数 }} | 城关镇 |\n{%tr endfor %}"),
        fields=FieldSpec({"各行": Rows({"数": Scalar()})}),
        name="表",
    ).render({"各行": [{"数": n} for n in range(rows)]})
    assert kept_rows(written) == kept_rows(settle(looped)) == kept


@pytest.mark.parametrize(("letters", "kept"), [(90, True), (150, False)])
def test_tall_rows_are_not_kept_together(letters: int, kept: bool) -> None:
    """Three of them may fill a page, and would leave the page before half empty."""
    rows = f"| 城关镇 | {'字' * letters} |\n" * 3
    content = settle(build_template(f"标题: 表\n\n| 单位 | 依据 |\n{rows}"))
    assert kept_rows(content) == [True, kept, kept, False]


def test_the_signature_keeps_the_last_text_that_is_printed() -> None:
    """7.3.5.5: whatever a template dropped between them."""
    source = SOURCE.format(form="公文") + "{%p if False %}\n没有印出。\n{%p endif %}\n"
    content = compile_template(
        build_template(source), fields=FieldSpec({"发文机关": Scalar()}), name="甲"
    ).render({"发文机关": SIGNER})
    kept = {
        p.text: p.paragraph_format.keep_with_next for p in docx.Document(BytesIO(settle(content))).paragraphs
    }
    assert kept["正文。"]


# measured on set pages


def test_what_stands_in_a_box_of_the_line_above_is_not_kept_with_it() -> None:
    document = docx.Document(BytesIO(filled("公文", SIGNER)))
    line = next(p for p in document.paragraphs if p.text == "正文。")
    line.paragraph_format.keep_with_next = None
    box = OxmlElement("w:txbxContent")
    box.append(OxmlElement("w:p"))
    line.add_run()._r.append(box)
    stream = BytesIO()
    document.save(stream)
    settled = docx.Document(BytesIO(settle(stream.getvalue())))
    (line,) = (p for p in settled.paragraphs if p.text == "正文。")
    assert line.paragraph_format.keep_with_next
    assert len(list(line._p.iter(qn("w:keepNext")))) == 1


def longs() -> dict[str, bytes]:
    """Papers of issuers of 6 to 39 characters: settled when filled in, and built with the name known."""
    papers = {}
    for count in (6, 12, 20, 26, 29, 39):
        for form in ("公文", "信函"):
            papers[f"{form}{count}"] = settle(filled(form, LONG[:count]))
            whole = SOURCE.format(form=form).replace("{{ 发文机关 }}", LONG[:count])
            papers[f"{form}{count}知"] = build_template(whole)
        for old in (False, True):
            papers[f"章{count}{old}"] = settle(filled("公文", LONG[:count], seal=True, old=old), seal=True)
    for count in range(16, 22):
        source = SOURCE.format(form="公文").replace("12月23日", "5月16日")
        papers[f"印{count}"] = build_template(source.replace("{{ 发文机关 }}", LONG[:count]))
    return papers


def tables() -> dict[str, bytes]:
    """A table of five and one of six rows, below so many lines that it meets the end of a page somewhere."""
    text = "标题: 通报\n\n{}表题 名单\n| 名次 | 单位 |\n{}最后一段。\n"
    return {
        f"表{rows}_{lines}": build_template(text.format("一段话。\n" * lines, "| 1 | 城关镇 |\n" * rows))
        for rows in (5, 6)
        for lines in range(2, 10)
    }


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Page]]:
    """All of them, set in one run of LibreOffice."""
    need_office()
    folder: Path = tmp_path_factory.mktemp("long")
    return set_pages(longs() | tables(), folder)


@pytest.mark.office
@pytest.mark.parametrize("count", [6, 12, 20, 26, 29, 39])
@pytest.mark.parametrize("way", ["", "知"])
def test_a_long_name_keeps_its_ink_where_it_is(pages: Mapping[str, list[Page]], count: int, way: str) -> None:
    """7.2.4: 35 mm below the top of the text block; 10.1: 30 mm from the sheet's edge, 4 mm above the rule."""
    (page,) = pages[f"公文{count}{way}"]
    assert page.ink(True, below=page.rules[0].top - 5).top == pytest.approx(72, abs=0.5)
    assert page.lines[0].text == LONG[:count]
    (page,) = pages[f"信函{count}{way}"]
    ink = page.ink(True, below=page.rules[0].top - 1)
    assert ink.top == pytest.approx(30, abs=0.5)
    assert page.rules[0].top - ink.bottom == pytest.approx(4, abs=1)


@pytest.mark.office
@pytest.mark.parametrize("count", [6, 12, 20, 26, 29, 39])
@pytest.mark.parametrize("paper", ["公文{}", "章{}False", "章{}True"])
def test_the_imprint_and_the_signature_stay_whole(
    pages: Mapping[str, list[Page]], count: int, paper: str
) -> None:
    """7.3.5, 7.4.3: no line of the name or date is broken; the date ends one character from the right edge."""
    (page,) = pages[paper.format(count)]
    mark, *_, last = (line for line in page.lines if "印发" in line.text or line.text.startswith(LONG[:6]))
    named = [line for line in page.lines if line.text.startswith(LONG[:count])]
    assert len(named) == (2 if paper.endswith("True") else 3)  # a sealed paper of 1999 has no 署名
    assert mark is named[0] and last.text.endswith("2011年12月23日印发")
    assert last.right == pytest.approx(184 - (5.6 if paper.endswith("True") else 4.9), abs=1)
    assert all(line.left > 27 and line.right < 185 for line in named)


@pytest.mark.office
@pytest.mark.parametrize("count", range(16, 22))
def test_the_date_of_the_imprint_keeps_its_distance(pages: Mapping[str, list[Page]], count: int) -> None:
    """7.4.3: on the line of 印发机关 it stands apart from it, else on the line below."""
    (page,) = pages[f"印{count}"]
    last = page.lines[-2]  # the page number is below
    assert last.text.endswith("2011年5月16日印发")
    here = [char for char in page.raw.chars if abs(to_mm(char["bottom"]) - last.bottom) < 1]
    chars = sorted((char for char in here if char["text"].strip()), key=lambda char: float(char["x0"]))
    first = next(at for at, char in enumerate(chars) if char["text"] == "2")
    assert first == 0 or to_mm(chars[first]["x0"] - chars[first - 1]["x1"]) > 4


@pytest.mark.office
def test_a_short_table_is_never_on_two_pages(pages: Mapping[str, list[Page]]) -> None:
    def split(rows: int) -> list[bool]:
        found = [papers for name, papers in pages.items() if name.startswith(f"表{rows}_")]
        return [
            len({n for n, p in enumerate(one) for line in p.lines if "城关镇" in line.text}) > 1
            for one in found
        ]

    assert split(5) == [False] * 8
    assert any(split(6))
