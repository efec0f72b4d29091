"""The papers of one day never contradict each other, whatever the contest: a hundred generated ones (发文、会审).

Each has its own months, 1 to 80 units, none, one or all of what papers list; every kind is written for it, and what two
papers say of one thing must be one.
"""

import io
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from sheets import BOOK, submission_of
from test_documents import template
from test_facts import assert_annexes

from baiti_xl import desk
from baiti_xl.contest.periods import meetings, usual_periods
from baiti_xl.contest.records import Outcome, Paper, Submission, Unit
from baiti_xl.contest.rulebook import Phase, Rulebook
from baiti_xl.contest.sending import KINDS, sending_of
from baiti_xl.contest.values import comparison_key
from baiti_xl.count.review import matters
from baiti_xl.papers import catalogue
from baiti_xl.papers.agree import disagreements
from baiti_xl.papers.due import not_due

SEEDS = range(100)


def contest(seed: int) -> Rulebook:
    """Return a contest of other months and other units."""
    chance = random.Random(seed)
    start = date(chance.choice((2011, 2024, 2026)), chance.randint(1, 9), chance.randint(1, 28))
    end = start + timedelta(days=chance.choice((60, 99, 109)))
    ends = [start + timedelta(days=n) for n in (7, 40, 52)]
    firsts = [start, *(day + timedelta(days=1) for day in ends)]
    phases = tuple(
        Phase(p.name, first, last) for p, first, last in zip(BOOK.phases, firsts, (*ends, end), strict=True)
    )
    count = chance.choice((1, 2, 3, 5, 9, 30, 80))
    units = tuple(
        Unit(f"X{n:02}", f"第{n}镇", "乡镇")
        if n % 3
        else Unit(f"X{n:02}", f"县第{n}局", "县直", has_task=n % 2 == 0)
        for n in range(1, count + 1)
    )
    return replace(
        BOOK,
        start=start,
        end=end,
        year=start.year,
        phases=phases,
        units=units,
        contest_id=f"台前-{start.year}",
    )


def files(seed: int, book: Rulebook, day: date) -> list[Submission]:
    """Return what units sent for a day: none, one or all of them, doing nothing, something or everything."""
    chance = random.Random(seed * 1000 + day.toordinal())
    sending = chance.choice(("none", "one", "most", "all", "all"))
    rate = {"none": 0.0, "one": 0.0, "most": 0.7, "all": 1.0}[sending]
    senders = [u for u in book.units if chance.random() < rate] or (
        list(book.units[:1]) if sending == "one" else []
    )
    return [one_file(chance, book, unit, day) for unit in senders]


def one_file(chance: random.Random, book: Rulebook, unit: Unit, day: date) -> Submission:
    """Return one unit's file."""

    def any_day() -> date:
        return book.start + timedelta(days=chance.randint(0, (day - book.start).days))

    busy = chance.random()
    if unit.code in ("X01", "X02", "X03"):
        return model_unit(book, unit, day)
    tables = {}
    if busy > 0.3:
        signed = any_day()
        amount = chance.choice((4999, 5000, 9000, 20000, 20000))
        stage = chance.choice(("签约", "开工", "竣工"))
        tables["项目台账"] = (
            "项目编号 | 项目名称 | 投资方 | 项目阶段 | 签约日期 | 总投资 | 固定资产投资 | 签约金额 | 开工日期 | 竣工日期\n"
            f"{unit.code}-001 | {unit.name}项目 | {unit.name}客商 | {stage} | {signed} | {amount} | {amount} | {amount} | {day} | {day}"
        )
        tables["手续办理"] = (
            "项目编号 | 手续类别 | 状态 | 责任部门 | 计划办结日期\n"
            f"{unit.code}-001 | 土地 | 未启动 | {chance.choice(('县第3局', '县某局', unit.name))} | {any_day()}"
        )
    if busy > 0.5:
        tables["拜访客商"] = f"拜访日期 | 返回日期 | 客商名称\n{(d := any_day())} | {d} | {unit.name}老板"
    return submission_of(
        tables, unit=unit.code, file=f"{unit.code}_{day}.xlsx", book=book,
        cover={"cutoff": day, "code": unit.code, "name": unit.name},
    )  # fmt: skip


def model_unit(book: Rulebook, unit: Unit, day: date) -> Submission:
    """Return the file of a unit that does everything in time, in every period."""
    weeks = [book.start + timedelta(days=n) for n in range(3, (day - book.start).days + 1, 7)]
    projects = "\n".join(
        f"{unit.code}-{n:03} | {unit.name}{n}号园 | {unit.name}{n}号商 | 签约 | {d} | 12000 | 12000 | 12000"
        for n, d in enumerate(weeks, 1)
    )
    tables = {
        "组织发动": "事项 | 日期\n"
        + "\n".join(f"{m} | {book.start}" for m in ("动员会议", "实施方案", "工作机构")),
        "项目台账": f"项目编号 | 项目名称 | 投资方 | 项目阶段 | 签约日期 | 总投资 | 固定资产投资 | 签约金额\n{projects}",
        "拜访客商": "外出批次号 | 拜访日期 | 返回日期 | 客商名称\n"
        + "\n".join(f"{n} | {d} | {d} | {unit.name}{n}号商" for n, d in enumerate(weeks, 1)),
        "邀请客商": "来访日期 | 离开日期 | 客商名称\n"
        + "\n".join(f"{d} | {d} | {unit.name}{n}号商" for n, d in enumerate(weeks, 1)),
    }
    return submission_of(
        tables, unit=unit.code, file=f"{unit.code}_{day}.xlsx", book=book,
        cover={"cutoff": day, "code": unit.code, "name": unit.name},
    )  # fmt: skip


def worked_out(seed: int) -> tuple[Outcome, Rulebook]:
    """Return a day of a generated contest, compared with the period before."""
    book = contest(seed)
    cutoffs = [p.cutoff for p in usual_periods(book.start, book.end, book.meeting_interval)]
    day = random.Random(seed).choice(cutoffs)
    sent = [s for cutoff in cutoffs if cutoff <= day for s in files(seed, book, cutoff)]
    since = max((c for c in cutoffs if c < day), default=None)
    return replace(desk.compute(sent, book, day, since), dated=day + timedelta(days=1)), book


def papers(outcome: Outcome, book: Rulebook) -> Iterator[Paper]:
    """Yield every paper that is due."""
    for kind in catalogue.NAMES:
        if not not_due(kind, outcome, book):
            yield from catalogue.papers(kind, outcome, book)


def days_of(value: object) -> Iterator[date]:
    """Yield the days among the facts of a paper."""
    if isinstance(value, date):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from days_of(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from days_of(item)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_papers_of_a_set_contradict_each_other(seed: int) -> None:
    outcome, book = worked_out(seed)
    made = list(papers(outcome, book))
    told = {kind: [p for p in made if p.kind == kind] for kind in KINDS}
    assert list(disagreements(made)) == []
    for paper in made:
        assert_annexes(paper)
    for result in outcome.results:
        assert (result.unit.code in outcome.honours.units) + (
            result.unit.code in {x.unit.code for x in outcome.exposed}
        ) < 2
    # every unit whose evidence asks for it is told, and no other
    asked = {p.unit for p in told["说明通知书"]}
    assert asked <= {e.unit.code for e in outcome.evidence}
    for paper in told["进展通报"]:
        report = outcome.reports[-1]
        assert (paper.facts["应报数"], paper.facts["已报数"]) == (
            len(report.states), sum(s in ("按时", "逾期") for s in report.states.values()),
        )  # fmt: skip
        stuck = [e for e in outcome.evidence if e.flag == "未取得实质性突破"]
        assert Decimal(paper.facts["未突破数"]) == len(stuck)
        assert {e.unit.code for e in stuck} <= asked
    for paper in told["表彰通报"]:
        named = {row["名称"] for group in paper.facts["综合"] for row in group["单位"]}
        shamed = {row["单位"] for p in told["曝光送审稿"] for row in p.facts["名单"]}
        assert not named & shamed


@pytest.mark.parametrize("seed", SEEDS)
def test_no_past_day_is_asked_for_and_no_notice_is_late(seed: int) -> None:
    """A notice bears a day before its meeting; deadlines lie after 成文日期."""
    outcome, book = worked_out(seed)
    later = [m.day for m in meetings(book) if m.day > outcome.day]
    if later and seed % 2:
        outcome = replace(outcome, dated=later[0] - timedelta(days=5))
        assert not not_due("调度会通知", outcome, book)
    for paper in papers(outcome, book):
        dated = paper.facts["成文日期"]
        assert dated == outcome.paper_day
        for name in ("回复期限", "补正期限"):
            if name in paper.facts:
                assert paper.facts[name] > dated
        for name in ("会议日期", "下次调度会日期"):
            if paper.facts.get(name):
                assert paper.facts[name] > dated
                assert paper.facts[name] in {m.day for m in meetings(book)}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_matter_has_its_evidence_and_one_mark(seed: int) -> None:
    """会审: the same facts give the same mark; another order of files changes nothing."""
    outcome, book = worked_out(seed)
    found = matters(outcome, book)
    assert all(m.what and m.evidence and m.effect for m in found)
    assert len({m.mark for m in found}) == len(found)
    assert all(re.fullmatch(r".+/.+/[0-9a-f]{8}", m.mark) for m in found)
    assert found == matters(worked_out(seed)[0], book)


@pytest.mark.parametrize("seed", SEEDS)
def test_letters_go_only_to_units_of_the_list(seed: int) -> None:
    outcome, book = worked_out(seed)
    names = {comparison_key(u.formal_name): u.code for u in book.units}
    for paper in catalogue.papers("协办函", outcome, book):
        assert names[comparison_key(paper.facts["部门"])] == paper.unit
        assert paper.facts["回复天数"] == sending_of(book, "协办函").days


# ── sentences that cannot stand together ─────────────────────────────────────────────────────────

PAIRS = (
    ("不安排说明情况", "一并说明"),
    ("均取得实质性突破，", "由主要负责人在会上说明"),
    ("待各单位报送后另行通知", "（见下表），由主要负责人在会上说明。此后"),
    ("均未完成", "已全部完成"),
    ("均已按时报送", "立即补报"),
    ("目前没有在谈项目", "对在谈项目逐个明确"),
    ("竞赛以来尚无正式签约项目", "对已签约项目实行台账管理"),
    ("没有单位达到建议曝光的条件", "建议名单和依据"),
    ("各项竞赛内容均无完成数", "累计新上项目"),
)
FORBIDDEN = {  # in sentences; each with what a secretary writes
    r"等\d*[个家]|[镇乡局委]等[。，；]": "名单列入附件",
    r"\d\.0+(万|亿)元|\d{5,}(\.\d+)?万元": "36.65亿元、1,247.5万元",
    r"\d\.\d*0%|100\.00%": "100%、47.6%",
    r"贵单位|专此": "你局、特此函商",
    r"手续\d+件|\d+件手续|\d+件已": "手续以项计",
    r"都没有|建立工作机构|印发本单位实施方案": "一直没有；召开动员会议、制定实施方案、成立工作机构",
    r"(?<![\d_])-\d|第—名|—名": "减少；没有名次的不写名次",
    r"共0|0个：|为0个|0\.00": "零不进文字",
    r"[；。](乡镇|县直|全县)[；。]": "没有单位参加的类别不提",
    r"统计日|比较日|归档重新计算": "程序的用语",
}


def texts_of(paper: Paper) -> tuple[str, list[str]]:
    """Return the text of a paper, paragraphs and tables; and its paragraphs that stand in no table."""
    made = docx.Document(io.BytesIO(catalogue.finish(paper, template(paper.kind), "台政办〔2011〕9号").data))

    def text(paragraph: Any) -> str:
        return "".join(t.text or "" for t in paragraph.iter(qn("w:t")))

    return "\n".join(map(text, made.element.body.iter(qn("w:p")))), [text(p._p) for p in made.paragraphs]


MANY_NAMES = re.compile(r"(?:(?:第\d+镇|县第\d+局)[、，]){8}(?:第\d+镇|县第\d+局)")
ASKED = re.compile(r"(\d{4})年(\d+)月(\d+)日(?:前|第.次调度会|（星期)")


def asked_for(sentence: str) -> list[date]:
    """Return the days by which, or on which, somebody is asked to do something."""
    return [date(*map(int, found)) for found in ASKED.findall(sentence)]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_paper_says_two_things(seed: int) -> None:
    """Nor an empty list, a stray punctuation, a year that is not the contest's, or a figure that is none."""
    outcome, book = worked_out(seed)
    later = [m.day for m in meetings(book) if m.day > outcome.day]
    if later:
        outcome = replace(outcome, dated=later[0] - timedelta(days=5))
    for kind in catalogue.NAMES:
        for paper in [] if not_due(kind, outcome, book) else catalogue.papers(kind, outcome, book)[:2]:
            text, sentences = texts_of(paper)
            for one, other in PAIRS:
                assert not (one in text and other in text), (kind, one, other)
            assert not re.search(r"[，、：；]{2}|：。|、。|，。|None|nan|\{\{|\}\}", text), (kind, text)
            for sentence in sentences:
                told = [
                    (kind, sentence, said)
                    for pattern, said in FORBIDDEN.items()
                    if re.search(pattern, sentence)
                ]
                assert not told
                assert not MANY_NAMES.search(sentence), (kind, sentence)
                past = [day for day in asked_for(sentence) if day < paper.facts["成文日期"]]
                assert not past, (kind, sentence)
            heads = [s[:3] for s in sentences if re.match("（[一二三四五六七八九十]+）", s)]
            assert "（一）" not in {h for h, after in pairwise([*heads, "（一）"]) if after == "（一）"}, kind
