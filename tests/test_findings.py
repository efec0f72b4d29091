"""The catalogue: every rule once, every sentence with place, fault and remedy; 校验规则.md shows all of it."""

import inspect
import re
import string
from pathlib import Path

import pytest

from baiti_xl.contest.findings import Place, Severity, count_by_severity
from baiti_xl.contest.rules import CATALOGUE, RULE_IDS, RULES, Rule, finding

IDS = [rule.id for rule in RULES]
# The rules across units and against history have modules of their own.
ELSEWHERE = ("X", "H")


def slots(rule: Rule) -> set[str]:
    """Return what a rule's sentence has to be filled with."""
    return {
        name for _, name, _, _ in string.Formatter().parse(rule.fault + rule.detail + rule.remedy) if name
    }


def test_ids_are_unique_and_in_order() -> None:
    assert len(CATALOGUE) == len(RULES)
    topics = "".join(dict.fromkeys(rule[0] for rule in RULE_IDS))
    assert topics == "FCKZDPMVXHT"
    for topic in topics:
        numbers = [int(rule[1:]) for rule in RULE_IDS if rule[0] == topic]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_sentence_says_what_is_wrong_and_what_to_do(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]\d\d(/[a-z]+)?", rule.id)
    assert rule.title
    assert rule.fault
    assert rule.remedy
    assert rule.source
    for part in (rule.fault, rule.remedy):
        assert not part.endswith(("。", "，", "；")), "finding() adds the full stop"
        assert not re.search(r"[,;!?] |[\u4e00-\u9fff][,;:!?()]", part), "full-width punctuation only"
        assert part.count("（") == part.count("）")
        assert part.count("「") == part.count("」")


@pytest.mark.parametrize(
    "rule",
    RULES,
    ids=IDS,
)  # fmt: skip
def test_no_slot_has_the_name_of_an_argument(rule: Rule) -> None:
    """A slot called like a parameter never reaches its sentence, or stops the check with a TypeError."""
    taken = {*inspect.signature(Rule.at).parameters, *inspect.signature(Rule.in_row).parameters}
    assert not slots(rule) & (taken - {"value", "sheet", "slots"})


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_every_sentence_can_be_worded(rule: Rule) -> None:
    place = Place("X01.xlsx", "项目台账", "I4", "总投资")
    filled = {name: f"<{name}>" for name in slots(rule) - {"value", "heading", "sheet"}}
    found = finding(rule.id, place, "12", row=4, unit="X01", record="X01/项目台账/X01-001", **filled)
    assert "{" not in found.message
    assert found.message.endswith("。")
    assert (found.rule, found.severity) == (rule.id.partition("/")[0], rule.severity)
    assert (found.row, found.unit, found.record) == (4, "X01", "X01/项目台账/X01-001")


def test_only_errors_block() -> None:
    """错 keeps a row from counting, 警 and 示 do not."""
    place = Place("X01.xlsx")
    blocking = {"错": True, "警": False, "示": False}
    for rule, severity in (("F02", "错"), ("P06", "警"), ("C09", "示")):
        found = finding(rule, place)
        assert (found.severity, found.blocks) == (severity, blocking[severity])


def test_an_unknown_rule_or_a_missing_slot_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        finding("C99", Place("X01.xlsx"))
    with pytest.raises(KeyError):
        finding("P01", Place("X01.xlsx"), part="1")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("X01.xlsx", "项目台账", "I4", "总投资"), "X01.xlsx 项目台账 I4「总投资」"),
        (Place("X01.xlsx", "项目台账", "", "总投资"), "X01.xlsx 项目台账 「总投资」"),
        (Place("X01.xlsx", "项目台账", "A4"), "X01.xlsx 项目台账 A4"),
        (Place("X01.xlsx"), "X01.xlsx"),
    ],
)
def test_a_place_as_text(place: Place, text: str) -> None:
    assert str(place) == text


def test_severities_are_counted_with_all_three_named() -> None:
    found = [finding("F02", Place("a")), finding("P06", Place("a")), finding("P06", Place("b"))]
    assert count_by_severity(found) == {"错": 1, "警": 2, "示": 0}
    assert count_by_severity([]) == dict.fromkeys((s.value for s in Severity), 0)


def test_every_rule_has_a_test_of_its_own() -> None:
    """A rule's test carries its id in its name: `test_k01_…`, several ids one after the other."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = {
        rule.upper()
        for prefix in re.findall(r"^def test_((?:[a-z]\d\d_)+)", tests, re.M)
        for rule in prefix.strip("_").split("_")
    }
    assert {rule for rule in RULE_IDS if not rule.startswith(ELSEWHERE)} - named == set()
