"""曝光送审稿: an internal draft that proposes units for media exposure; it decides and publishes nothing."""

from collections.abc import Collection, Iterator

from baiti_xl.contest.choices import Level
from baiti_xl.contest.records import Evidence, Exposed, Outcome, Paper, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import numeral
from baiti_xl.count.commend import grave_words
from baiti_xl.papers.fields import Declared, Each, Num
from baiti_xl.papers.head import HEAD, Facts, head
from baiti_xl.papers.measures import flags_in_order
from baiti_xl.papers.notes import NAMED, NOTHING, Notes, count_of
from baiti_xl.papers.phrases import official
from baiti_xl.papers.supervised import flag_row

KIND = "曝光送审稿"
FIELDS: Declared = {
    **HEAD,
    "拟列数": Num("建议列入的单位个数"),
    "名单": Each(
        "建议列入的单位",
        {
            "序": "序号",
            "单位": "单位名称",
            "类别": "乡镇或县直",
            "理由": "为什么建议列入，每条一行",
            "来源": "依据的报送表和行",
            "依据": "旧名，同“理由”",
        },
    ),
    "督查数": Num("有督查情形的单位个数"),
    "无督查数": Num("没有督查情形、因没有按要求说明情况列入的单位个数"),
    "情形": Each("各种督查情形及单位", {"序": "一、二……", "情形": "如 未达时间进度", **NAMED}),
    "各级": Each("各督查等级，从重到轻", {"序": "一、二……", "等级": "如 约谈", "个数": Num("单位个数")}),
    "附表": Each(
        "有督查情形的全部单位，从重到轻",
        {
            "序": "序号",
            "单位": "单位名称",
            "等级": "最重的一条的等级",
            "依据": "各种情形、持续几期和依据，每种一行",
        },
    ),
}


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield the draft; none when nothing was found of any unit."""
    if not (outcome.evidence or outcome.exposed):
        return
    notes = Notes(book)
    title = f"{book.contest}活动{'媒体曝光建议名单' if outcome.exposed else '督查情形'}"
    graded = by_level(outcome)
    flagged = [unit for held in graded.values() for unit, _ in held]
    unflagged = [x for x in outcome.exposed if x.unit not in flagged]
    proposed = count_of("单位个数", [x.unit for x in outcome.exposed])
    facts = {
        **head(title, outcome, book),
        "拟列数": notes.value("正文", proposed) if outcome.exposed else 0,
        "名单": [row(n, item) for n, item in enumerate(outcome.exposed, 1)],
        "督查数": notes.value("二、督查情形", count_of("单位个数", [*flagged, *(x.unit for x in unflagged)])),
        "无督查数": notes.count("二、无督查情形", [x.unit for x in unflagged]) if unflagged else 0,
        "情形": [
            flag_row("二、督查情形", n, flag, outcome, notes)
            for n, flag in enumerate(flags_in_order(outcome), 1)
        ],
        "各级": [level_row(n, level, graded[level], notes) for n, level in enumerate(graded, 1)],
        "附表": [
            {"序": n, "单位": unit.name, "等级": level, "依据": grounds(held)}
            for n, (level, unit, held) in enumerate(
                ((level, unit, held) for level in graded for unit, held in graded[level]), 1
            )
        ]
        + [
            {"序": len(flagged) + n, "单位": x.unit.name, "等级": NOTHING, "依据": reasons(x)}
            for n, x in enumerate(unflagged, 1)
        ],
    }
    yield Paper(KIND, "", f"{KIND}_{outcome.day}", f"{title}（送审稿）", facts, notes.all())


def by_level(outcome: Outcome) -> dict[Level, list[tuple[Unit, list[Evidence]]]]:
    """Return every unit of which something was found, with it, by its gravest level, the gravest first."""
    of_unit: dict[str, list[Evidence]] = {}
    for item in outcome.evidence:
        of_unit.setdefault(item.unit.code, []).append(item)
    order = list(Level)[::-1]
    found: dict[Level, list[tuple[Unit, list[Evidence]]]] = {level: [] for level in order}
    for held in of_unit.values():
        gravest = min((e.level for e in held), key=order.index)
        found[gravest].append((held[0].unit, held))
    return {level: held for level, held in found.items() if held}


def level_row(number: int, level: Level, held: list[tuple[Unit, list[Evidence]]], notes: Notes) -> Facts:
    """Return how many units are at a level."""
    count = notes.count(f"二、{level}", [unit for unit, _ in held])
    return {"序": numeral(number), "等级": level, "个数": count}


def grounds(held: list[Evidence]) -> str:
    """Return what was found of a unit, a line each, with how long it has held."""
    return "\n".join(f"{e.flag}{lasting(e)}：{official(e.facts)}。" for e in held)


def lasting(item: Evidence) -> str:
    """Return in brackets for how many periods a finding has held, if for more than one."""
    return f"（{item.lasting}）" if item.running > 1 else ""


def reasons(item: Exposed) -> str:
    """Return why a unit is proposed, a line each."""
    return "\n".join(f"{official(reason)}。" for reason in item.reasons)


def row(number: int, item: Exposed) -> Facts:
    """Return one proposed unit with why it is proposed: what was found and for how long, and what it did not explain."""
    lines = dict.fromkeys(f"{x.file} {x.sheet}第{x.row}行" for e in item.evidence for x in e.lines)
    sheets = dict.fromkeys(name for e in item.evidence for name in e.looked)
    sources = [*lines, *([f"报送表：{'、'.join(sheets)}"] if sheets else [])]
    told = {grave_words(e) for e in item.evidence}
    others = [f"{official(reason)}。" for reason in item.reasons if reason not in told]
    grounds_of = "\n".join([*filter(None, [grounds(list(item.evidence))]), *others])
    return {
        "序": number,
        "单位": item.unit.name,
        "类别": item.unit.group,
        "理由": grounds_of,
        "依据": grounds_of,
        "来源": "\n".join(sources) or "报送情况",
    }
