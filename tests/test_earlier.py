"""Templates that staff edited under version 0.1 are accepted and print what they printed."""

import tarfile
from pathlib import Path

import pytest
from test_documents import lines_of
from test_facts import NAMES, papers_of

from baiti_xl.papers import catalogue
from baiti_xl.papers.earlier import with_facts
from baiti_xl.press.engine import compile_template
from baiti_xl.press.engine.printed import PrintedNumber

FOLDER = Path(__file__).parent / "fixtures" / "folder_of_0.1.tar.xz"


def template_of_old(kind: str) -> bytes:
    """Return a template as version 0.1 wrote it."""
    with tarfile.open(FOLDER) as archive:
        name = next(n for n in archive.getnames() if n.endswith(f"doc_templates/{kind}.docx"))
        held = archive.extractfile(name)
        assert held is not None
        return held.read()


@pytest.mark.parametrize("kind", catalogue.NAMES)
def test_a_template_of_0_1_prints_every_situation(kind: str) -> None:
    fields = catalogue.kind_of(kind).fields
    template = compile_template(template_of_old(kind), fields=fields, name=kind)
    for name in NAMES:
        for paper in papers_of(name, kind)[:2]:
            lines = list(lines_of(catalogue.finish(paper, template, "台政办〔2011〕9号").data))
            assert not [line for line in lines if "None" in line or "Decimal" in line]


def test_the_old_sentences_of_the_circular() -> None:
    kind = "进展通报"
    template = compile_template(template_of_old(kind), fields=catalogue.kind_of(kind).fields, name=kind)
    (paper,) = papers_of("并列", kind)
    text = "\n".join(lines_of(catalogue.finish(paper, template, "台政办〔2011〕9号").data))
    assert "乡镇居前列的是城关镇、侯庙镇各2个，尚为零的1个：孙口镇" in text
    assert "| 签约金额 | 万元 | 94000.00 |" in text


def number(value: int) -> PrintedNumber:
    """Return a number that prints as it stands."""
    return PrintedNumber(value, "", f"{value}", f"{value}个")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ({"完成": []}, {"完成单位": "", "完成数": 0}),
        ({"完成": [{"个数": 2, "单位": "", "全部": "甲、乙"}]}, {"完成单位": "甲、乙", "完成数": 2}),
        ({"协调部门": [{"部门": "丙", "个数": number(3)}]}, {"困难部门": "丙3个"}),
        ({"增加": number(5), "减少": None, "本期增加": number(5)}, {"变化": "增加", "变化数": 5}),
        ({"增加": None, "减少": number(5), "本期增加": number(-5)}, {"变化": "减少", "变化数": 5}),
        ({"增加": None, "减少": None, "本期增加": number(0)}, {"变化": "持平", "变化数": None}),
        ({"增加": None, "减少": None, "本期增加": None}, {"变化": "", "变化数": None}),
    ],
)
def test_what_a_field_of_now_was(now: dict[str, object], then: dict[str, object]) -> None:
    made = with_facts(now)
    assert {name: made[name] for name in then} == then
