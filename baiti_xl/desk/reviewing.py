"""会审: what must be answered before papers are numbered, from the outcome, the papers themselves and the register."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from baiti_xl.books.review import write_review
from baiti_xl.contest.choices import Reported
from baiti_xl.contest.periods import cutoff_of, is_working
from baiti_xl.contest.records import Matter, Outcome, Paper
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sending import ANSWERED, answer_by, sending_of
from baiti_xl.contest.values import WEEKDAYS, comparison_key
from baiti_xl.count.review import answered, doubtful_honours, matters
from baiti_xl.desk.computing import work_out
from baiti_xl.desk.entering import with_entered
from baiti_xl.desk.entries import VOID, Issued
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import AFTERWARDS, check_places
from baiti_xl.desk.outputs import render, write_file
from baiti_xl.desk.reading import Progress, silent
from baiti_xl.desk.rules import load_rules, working_folder
from baiti_xl.desk.store import Store
from baiti_xl.papers import catalogue
from baiti_xl.papers.agree import KIND as DIFFERENT
from baiti_xl.papers.agree import disagreements
from baiti_xl.papers.coordination import strangers
from baiti_xl.papers.due import not_due
from baiti_xl.papers.honours import KIND as HONOURS
from baiti_xl.papers.meeting import KIND as NOTICE
from baiti_xl.papers.phrases import COUNTY_WIDE
from baiti_xl.papers.summary import BLANK_NAME

OVERDUE, DAY, DEPARTMENT, BLANK = "回复逾期", "日期", "责任部门", "要素"
BLANKS = {"会议时间": "操作台“调度”表", "会议地点": "操作台“调度”表", "签发人": "操作台“发文”表"}
SHOWN = 12  # matters named in a message


@dataclass(frozen=True, slots=True)
class Numbered:
    """How many papers of a day are to be numbered, and how many of them are."""

    due: int
    done: int


@dataclass(frozen=True, slots=True)
class Review:
    """A review: the outcome, every matter with its answer, the files written, entries of the console that match nothing, and
    how many papers have their numbers."""

    outcome: Outcome
    matters: tuple[Matter, ...]
    outputs: tuple[Path, ...] = ()
    strays: tuple[str, ...] = ()
    papers: Numbered | None = None

    @property
    def open(self) -> tuple[Matter, ...]:
        """The matters that wait for an answer."""
        return tuple(matter for matter in self.matters if matter.answer is None)


def review(
    folder: Path | str,
    out: Path | None = None,
    *,
    console: Path | None = None,
    as_of: date | None = None,
    dated: date | None = None,
    reissue: str = "",
    progress: Progress = silent,
) -> Review:
    """Return what must be answered before papers of a day are numbered, and write it as a workbook if `out` is given.

    Of a day that was made public it tells what would be issued anew if `reissue` gives a reason. Raises as `consolidate`.
    """
    if out:
        check_places(folder, out)
    console_rules = load_rules(console)
    store = Store(working_folder(console, folder, out or Path.cwd()))
    book = with_entered(console_rules, store)
    anew = bool(reissue)
    done = work_out(
        folder,
        store,
        book,
        as_of,
        anew=anew,
        by_period=True,
        dated=dated,
        may_be_empty=True,
        progress=progress,
    )
    rules = done.world.book
    papers = papers_due(done.outcome, rules)
    found = Review(done.outcome, every_matter(done.outcome, rules, papers, store, book))
    known = numbered(done.outcome, rules, store)
    found = replace(found, strays=tuple(strays(found.matters, console_rules, store)), papers=known)
    if out is None:
        return found
    data = render(lambda target: write_review(target, found.matters, done.outcome))
    path = write_file(out, f"会审_{done.outcome.day}.xlsx", data)
    return replace(found, outputs=(path,))


def papers_due(outcome: Outcome, book: Rulebook) -> tuple[Paper, ...]:
    """Return the papers of every kind that is due."""
    kinds = (kind for kind in catalogue.NAMES if not not_due(kind, outcome, book))
    return tuple(paper for kind in kinds for paper in catalogue.papers(kind, outcome, book))


def numbered(outcome: Outcome, book: Rulebook, store: Store) -> Numbered:
    """Return how many papers of a day are due and get a number, and how many of them the register has under one in force."""
    last = {(e.kind, e.unit): e.act for e in store.standing() if e.day == str(outcome.day)}
    kinds = (k for k in catalogue.NAMES if sending_of(book, k).numbered and not not_due(k, outcome, book))
    wanted = [(kind, unit) for kind in kinds for unit in catalogue.whom(kind, outcome, book)]
    return Numbered(len(wanted), sum(last.get(key, VOID) != VOID for key in wanted))


def every_matter(
    outcome: Outcome, book: Rulebook, papers: Sequence[Paper], store: Store, console: Rulebook
) -> tuple[Matter, ...]:
    """Return every matter of a day, with the answers that hold: the console's of now, whatever the day rests on."""
    book = replace(book, answers=console.answers, replies=console.replies)
    issued = store.standing()
    more = (
        *disagreements(papers),
        *unknown_departments(outcome, book),
        *overdue_replies(outcome, book, issued),
        *printed_otherwise(outcome, papers, issued),
        *idle_meetings(papers),
        *odd_days(outcome, book, papers),
        *past_deadlines(outcome, book, papers),
        *left_blank(papers),
        *(doubtful_honours(outcome) if any(p.kind == HONOURS for p in papers) else ()),
    )
    return (*matters(outcome, book), *answered(more, book))


def check_answered(found: Sequence[Matter], when: date, what: str = "") -> None:
    """Raise ActionError with the list if a matter is open, since nothing may be numbered then, nor a period closed (`what`)."""
    waiting = [matter for matter in found if matter.answer is None]
    if waiting:
        lines = "\n".join(f"  {m.mark}　{m.what}（{m.effect}）" for m in waiting[:SHOWN])
        rest = f"\n  还有 {len(waiting) - SHOWN} 件" if len(waiting) > SHOWN else ""
        done = f"{when} 没有{what}" if what else f"{when} 的文书没有编号，也没有写出任何文件"
        drafts = "" if what else "先看草稿用 --draft。"
        raise ActionError(
            f"会审还有 {len(waiting)} 件没有答复，{done}：\n{lines}{rest}\n"
            "请逐件核实：能改的改了再汇总，要裁定的写在“裁定”表，其余在操作台“会审”表按事项标识答复“照发”并写理由"
            f"（事项还在，答“已改”不算数；答“裁定”要有裁定）。{drafts}"
        )


def strays(found: Sequence[Matter], book: Rulebook, store: Store) -> Iterator[str]:
    """Yield what the console answers or enters that settles no matter and belongs to no paper."""
    marks = {m.mark: m for m in found}
    for answer in book.answers:
        if answer.mark in marks and marks[answer.mark].answer is None:
            yield f"会审 {answer.mark} 答复为“{answer.answer}”，但事实没有变，仍要答复“照发”并写理由"
    known = {(e.kind, e.day) for e in store.standing()}
    for reply in book.replies:
        if (reply.kind, str(reply.about)) not in known:
            yield f"回复登记：{reply.sender} 对 {reply.about} 的{reply.kind}的回复，登记簿里没有这份文书；请核对统计日"


# ── what only the papers and the register know ───────────────────────────────────────────────────


def unknown_departments(outcome: Outcome, book: Rulebook) -> Iterator[Matter]:
    """Yield the departments that procedures wait for and the unit list does not know: they get no letter."""
    for name, units in strangers(outcome, book).items():
        what = f"责任部门“{name}”不在单位名录里，也不是别名，没有给它写协办函"
        yield Matter(
            DEPARTMENT,
            "",
            what,
            f"手续办理（{'、'.join(units)}）",
            "这些手续没有部门收到函；请改正，或在名录写别名",
        )


def overdue_replies(outcome: Outcome, book: Rulebook, issued: Sequence[Issued]) -> Iterator[Matter]:
    """Yield the notices and letters whose answer is due by the day papers bear and was not entered (回复登记)."""
    came = {(r.kind, str(r.about), comparison_key(r.sender)) for r in book.replies}
    last: Mapping[tuple[str, str, str], Issued] = {(e.kind, e.unit, e.day): e for e in issued}
    for entry in last.values():
        if entry.kind not in ANSWERED or entry.act == VOID:
            continue
        unit = book.unit(entry.unit)
        names = {entry.unit, *(unit.names if unit else ())}
        due = answer_by(book, entry.kind, date.fromisoformat(entry.dated))
        replied = any((entry.kind, entry.day, comparison_key(name)) in came for name in names)
        if due < outcome.paper_day and not replied:
            name = unit.name if unit else entry.unit
            what = f"{name}应在 {due} 前回复 {entry.text}（{entry.kind}），没有登记回复"
            yield Matter(OVERDUE, entry.unit, what, "回复登记", "收到了的请登记；没有收到的请催办")


def left_blank(papers: Sequence[Paper]) -> Iterator[Matter]:
    """Yield what numbered papers leave to be filled in by hand."""
    for paper in papers:
        for name, where in BLANKS.items():
            if paper.facts.get(name) in ("", BLANK_NAME) and name in paper.facts:
                yield Matter(
                    BLANK, "", f"{paper.kind}没有{name}", where, "文书上印着空格，编号后要在 Word 里填"
                )


def idle_meetings(papers: Sequence[Paper]) -> Iterator[Matter]:
    """Yield a scheduling meeting called for a day on which nobody works."""
    for paper in papers:
        day = paper.facts.get("会议日期")
        if paper.kind == NOTICE and isinstance(day, date) and not is_working(day):
            what = f"调度会定在 {day}（星期{WEEKDAYS[day.weekday()]}），不是工作日"
            yield Matter(DAY, "", what, "操作台“调度”表", "通知印着这一天；要改写在“调度”表里")


def printed_otherwise(
    outcome: Outcome, papers: Sequence[Paper], issued: Sequence[Issued]
) -> Iterator[Matter]:
    """Yield the figures of the county that a paper issued for the same day prints otherwise than one of this run."""
    known: dict[str, tuple[str, str]] = {}
    for entry in {(e.kind, e.unit): e for e in issued if e.day == str(outcome.day)}.values():
        for place, name, shown, *_ in json.loads(entry.figures) if entry.act != VOID else ():
            if place.endswith(COUNTY_WIDE):
                known[name] = (entry.text, shown)
    for paper in papers:
        for note in paper.figures:
            other = known.get(note.name) if note.place.endswith(COUNTY_WIDE) else None
            if other and other[1] != note.shown:
                what = f"{note.name}：{other[0]} 印的是 {other[1]}，{paper.kind}里是 {note.shown}"
                yield Matter(
                    DIFFERENT, "", what, f"{other[0]}、{paper.kind}", "两份文书的数字不一致；要改发先发的那份"
                )


def past_deadlines(outcome: Outcome, book: Rulebook, papers: Sequence[Paper]) -> Iterator[Matter]:
    """Yield the kinds of papers that ask for an answer by a day that is past; long after the contest nobody is asked."""
    today = date.today()
    for kind in dict.fromkeys(p.kind for p in papers if p.kind in ANSWERED):
        due = answer_by(book, kind, outcome.paper_day)
        if due < today <= book.end + AFTERWARDS:
            what = f"{kind}要求在 {due} 前答复，这一天已经过了（成文日期 {outcome.paper_day}）"
            yield Matter(DAY, "", what, "首页“成文日期”", "单位收到时已经过期；请用今天或以后的成文日期")


def odd_days(outcome: Outcome, book: Rulebook, papers: Sequence[Paper]) -> Iterator[Matter]:
    """Yield a 成文日期 of numbered papers on which nobody works, or that lies before what they speak of."""
    day = outcome.paper_day
    kinds = dict.fromkeys(p.kind for p in papers if sending_of(book, p.kind).numbered)
    if not kinds:
        return
    if not is_working(day):
        what = f"成文日期 {day}（星期{WEEKDAYS[day.weekday()]}）不是工作日"
        yield Matter(DAY, "", what, "首页“成文日期”", "文书印着这一天；要改用 --dated 或在首页填写")
    missing = outcome.reports[-1].count(Reported.MISSING, Reported.CARRIED) if outcome.reports else 0
    if missing and date.today() == outcome.day == cutoff_of(book, outcome.day):
        what = f"今天（{outcome.day}）还是报送截止日，当天交来的仍是按时"
        effect = f"现在编号，还没有报送的 {missing} 个单位就记为未报送，不再变动"
        yield Matter(DAY, "", what, "报送情况", effect, f"{outcome.day} {missing}")
    if day < outcome.day and outcome.ledger.reporting:
        what = f"成文日期 {day} 早于统计日 {outcome.day}"
        yield Matter(DAY, "", what, "首页“成文日期”", "文书的日期比它的数字还早")
