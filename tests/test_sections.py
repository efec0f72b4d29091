"""版记 stands below text, whatever annexes were left out, and a section that nothing is left of is no page."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.shared import Twips
from pages import Page, need_office, set_pages
from test_settle import SOURCE

from baiti_xl.press.engine import FieldSpec, Scalar, compile_template
from baiti_xl.press.layout import build_template
from baiti_xl.press.layout_check import check_layout
from baiti_xl.press.layout_parts import CHAR, LINE
from baiti_xl.press.settle import settle

HEAD = SOURCE.replace("{{{{ 发文机关 }}}}", "台前县人民政府办公室").replace(
    "印发机关", "抄送: 县委办公室\n印发机关"
)
ACROSS = "#附件 横表 [横向] [号 横附件]\n表 宽=20,60\n| 名次 | 单位 |\n| 1 | 城关镇 |\n"
UPRIGHT = "#附件 竖表 [号 竖附件]\n表 宽=20,60\n| 名次 | 单位 |\n| 2 | 侯庙镇 |\n"
ORDERS = {"横竖": ACROSS + UPRIGHT, "横": ACROSS, "竖横": UPRIGHT + ACROSS, "竖": UPRIGHT}
KEPT = [
    # annexes of the template, those that are left, sections (1 lies across the sheet)
    ("横竖", "横竖", [0, 1, 0]),
    ("横竖", "横", [0, 1, 0]),
    ("横竖", "竖", [0, 0]),
    ("横竖", "", [0]),
    ("横", "横", [0, 1, 0]),
    ("横", "", [0]),
    ("竖横", "竖横", [0, 1, 0]),
    ("竖横", "横", [0, 1, 0]),
    ("竖横", "竖", [0]),
    ("竖横", "", [0]),
    ("竖", "竖", [0]),
    ("竖", "", [0]),
]


def paper(order: str, left: str, form: str = "公文") -> bytes:
    """A paper of a template with annexes of which some are left; 送审稿 has no 版记."""
    fields = FieldSpec({name: Scalar() for name in ("横附件", "竖附件", "附件数")})
    numbers = {f"{name}附件": str(left.index(name) + 1) if name in left else "" for name in "横竖"}
    head = HEAD.partition("抄送")[0] + "\n正文。\n" if form == "送审稿" else HEAD
    template = compile_template(
        build_template(head.format(form=form) + ORDERS[order]), fields=fields, name="甲"
    )
    return settle(template.render({**numbers, "附件数": len(left)}))


@pytest.mark.parametrize(("order", "left", "sections"), KEPT)
@pytest.mark.parametrize("form", ["公文", "信函"])
def test_a_section_is_left_only_where_something_is_in_it(
    order: str, left: str, sections: list[int], form: str
) -> None:
    content = paper(order, left, form)
    document = docx.Document(BytesIO(content))
    assert [section.orientation for section in document.sections] == sections
    assert document.sections[0].different_first_page_header_footer == (form == "信函")
    assert not any(section.even_page_footer.is_linked_to_previous for section in document.sections)
    assert settle(content) == content
    assert check_layout(content) == ()


def listed(content: bytes) -> list[tuple[str, int, int]]:
    """The lines of 附件说明: what they say, where they begin and what is above them, in twips."""
    every: Any = docx.Document(BytesIO(content)).paragraphs
    found = [(line.text, line.paragraph_format) for line in every if line.style.name == "附件说明"]
    return [
        (
            text,
            (form.left_indent or Twips(0)).twips + (form.first_line_indent or Twips(0)).twips,
            form.space_before.twips,
        )
        for text, form in found
    ]


def test_the_first_annex_that_is_left_begins_the_list() -> None:
    """7.3.4."""
    assert listed(paper("横竖", "竖")) == [("附件：竖表", 2 * CHAR, LINE)] == listed(paper("竖", "竖"))
    assert listed(paper("横竖", "横竖")) == [("附件：1.\t横表", 2 * CHAR, LINE), ("2.\t竖表", 5 * CHAR, 0)]


def test_a_list_of_annexes_begun_by_hand_is_not_begun_twice() -> None:
    whole = docx.Document(BytesIO(paper("横竖", "竖横")))
    first, second = (line for line in whole.paragraphs if line.style and line.style.name == "附件说明")
    first.style = whole.styles["公文正文"]
    stream = BytesIO()
    whole.save(stream)
    assert [text for text, *_ in listed(settle(stream.getvalue()))] == [second.text]


@pytest.mark.parametrize(
    ("order", "left", "sections"),
    [
        ("竖横", "竖", [0]),
        ("竖横", "", [0]),
        ("竖横", "竖横", [0, 1]),
        ("横竖", "横", [0, 1]),
        ("横竖", "", [0]),
    ],
)
def test_a_paper_without_imprint_ends_with_its_text(order: str, left: str, sections: list[int]) -> None:
    content = paper(order, left, "送审稿")
    assert [section.orientation for section in docx.Document(BytesIO(content)).sections] == sections
    assert settle(content) == content


def test_a_section_taken_out_leaves_its_footers_to_the_next() -> None:
    fields = FieldSpec({name: Scalar() for name in ("横附件", "竖附件", "附件数")})
    whole = docx.Document(BytesIO(build_template(HEAD.format(form="公文") + ORDERS["横竖"])))
    *_, across, last = whole.sections
    across.footer.paragraphs[0].text = "脚"
    last.footer.is_linked_to_previous = True
    stream = BytesIO()
    whole.save(stream)
    template = compile_template(stream.getvalue(), fields=fields, name="甲")
    made = docx.Document(BytesIO(settle(template.render({"横附件": "", "竖附件": "1", "附件数": 1}))))
    assert [section.footer.paragraphs[0].text for section in made.sections][1:] == ["脚"]


FULL = ["文17", "文18", "文19", "表24", "表25", "表26", "注24", "注25", "注26"]


def full(annex: str) -> bytes:
    """A paper whose annex fills its page to the last line."""
    return settle(build_template(f"{HEAD.format(form='公文')}#附件 名单\n{annex}"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Page]]:
    """All of them, set in one run of LibreOffice."""
    need_office()
    papers = {f"{order}留{left}": paper(order, left) for order, left, _ in KEPT}
    papers |= {f"满文{count}": full("一段话。\n" * count) for count in (17, 18, 19)}
    table = "表 宽=20,60 字号=五号 行高=7\n| 名次 | 单位 |\n"
    papers |= {f"满表{count}": full(table + "| 1 | 城关镇 |\n" * count) for count in (24, 25, 26)}
    papers |= {
        f"满注{count}": full(table + "| 1 | 城关镇 |\n" * count + "注：某。\n") for count in (24, 25, 26)
    }
    many = HEAD.replace("县委办公室", "，".join(["县招商引资百日竞赛活动督查考评组"] * 6)).format(form="公文")
    bodies = {count: many.replace("正文。\n", "一段话。\n" * count) for count in (5, 6, 7)}
    papers |= {f"满抄{count}": settle(build_template(source)) for count, source in bodies.items()}
    return set_pages(papers, tmp_path_factory.mktemp("sections"))


def printed(page: Page) -> list[str]:
    """The lines of a page but for its number."""
    return [line.text for line in page.lines if not line.text.startswith("—")]


@pytest.mark.office
@pytest.mark.parametrize(("order", "left", "sections"), KEPT)
def test_the_imprint_is_upright_and_no_page_is_empty(
    pages: Mapping[str, list[Page]], order: str, left: str, sections: list[int]
) -> None:
    """7.4: on the last page, which it has to itself only behind a landscape one."""
    *others, last = pages[f"{order}留{left}"]
    behind = left.endswith("横")
    assert len(others) == len(left) + behind
    assert all(map(printed, others)) and not any("印发" in line for each in others for line in printed(each))
    assert not last.is_landscape and "印发" in printed(last)[-1]
    assert (len(printed(last)) == 2) == behind


@pytest.mark.office
@pytest.mark.parametrize("count", [*FULL, "抄5", "抄6", "抄7"])
def test_a_full_page_gives_its_last_line_to_the_imprint(pages: Mapping[str, list[Page]], count: str) -> None:
    found = pages[f"满{count}"]
    assert not printed(found[-1])[0].startswith("抄送")
    assert all(len(printed(page)) > 2 for page in found[:-1])
