"""曝光送审稿: an internal draft that proposes units for media exposure; it decides and publishes nothing."""

from collections.abc import Collection, Iterator

from baiti_xl.contest.records import Evidence, Outcome, Paper
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import numeral
from baiti_xl.papers.fields import Declared, Each
from baiti_xl.papers.head import HEAD, Facts, head
from baiti_xl.papers.notes import Notes, count_of, some_names
from baiti_xl.papers.phrases import official

KIND = "曝光送审稿"
GROUNDS = ("未达时间进度", "工作不力", "措施不到位", "未正常开展活动")
FIELDS: Declared = {
    **HEAD,
    "拟列数": "拟列入的单位个数；用 |数",
    "情形": Each(
        "各种情形", {"序": "一、二……", "情形": "如 工作不力", "个数": "单位个数", "单位": "单位名称"}
    ),
    "名单": Each(
        "拟列入的单位",
        {
            "序": "序号",
            "单位": "单位名称",
            "类别": "乡镇或县直",
            "情形": "各种情形，顿号分开",
            "依据": "各种情形的依据，每种一行",
            "来源": "依据的报送表和行",
        },
    ),
}


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield the draft; none when no unit gives grounds for it."""
    held = [e for e in outcome.evidence if e.flag in GROUNDS]
    if not held:
        return
    notes = Notes(book)
    title = f"{book.contest}活动媒体曝光建议名单"
    by_unit: dict[str, list[Evidence]] = {}
    for item in held:
        by_unit.setdefault(item.unit.code, []).append(item)
    listed = [items[0].unit for items in by_unit.values()]
    facts = {
        **head(title, outcome, book),
        "拟列数": notes.value("正文", count_of("单位个数", listed)),
        "情形": [ground(n, flag, held, notes) for n, flag in enumerate(raised(held), 1)],
        "名单": [row(n, items) for n, items in enumerate(by_unit.values(), 1)],
    }
    yield Paper(KIND, "", f"{KIND}_{outcome.day}", f"{title}（送审稿）", facts, notes.all())


def raised(held: list[Evidence]) -> list[str]:
    """Return the grounds that some unit gives, in the plan's order."""
    return [flag for flag in GROUNDS if any(e.flag == flag for e in held)]


def ground(number: int, flag: str, held: list[Evidence], notes: Notes) -> Facts:
    """Return one ground with its units."""
    units = [e.unit for e in held if e.flag == flag]
    count = notes.text(f"一、{flag}", count_of("单位个数", units))
    return {"序": numeral(number), "情形": flag, "个数": count, "单位": some_names(units)}


def row(number: int, held: list[Evidence]) -> Facts:
    """Return one proposed unit with its evidence."""
    lines = dict.fromkeys(f"{x.file} {x.sheet}第{x.row}行" for e in held for x in e.lines)
    return {
        "序": number,
        "单位": held[0].unit.name,
        "类别": held[0].unit.group,
        "情形": "、".join(e.flag for e in held),
        "依据": "\n".join(f"{e.flag}：{official(e.facts)}。" for e in held),
        "来源": "\n".join(lines) or "报送情况",
    }
