"""会审: what must be answered before papers are numbered, from the outcome, the papers themselves and the register."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from baiti_xl.books.review import write_review
from baiti_xl.contest.periods import is_working
from baiti_xl.contest.records import Matter, Outcome, Paper, ReviewAnswer
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sending import answer_by, sending_of
from baiti_xl.contest.values import WEEKDAYS, comparison_key
from baiti_xl.count.review import answered, matters
from baiti_xl.desk.computing import work_out
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.gathering import check_places
from baiti_xl.desk.outputs import render, write_file
from baiti_xl.desk.reading import Progress, silent
from baiti_xl.desk.rules import load_rules, working_folder
from baiti_xl.desk.store import VOID, Issued, Store
from baiti_xl.papers import catalogue
from baiti_xl.papers.agree import disagreements
from baiti_xl.papers.coordination import strangers
from baiti_xl.papers.due import not_due

OVERDUE, DAY, DEPARTMENT = "回复逾期", "日期", "责任部门"
ANSWERED_KINDS = ("说明通知书", "协办函")  # that ask for a reply
SHOWN = 12  # matters named in a message


@dataclass(frozen=True, slots=True)
class Review:
    """A review: the outcome, every matter with its answer, and the files written."""

    outcome: Outcome
    matters: tuple[Matter, ...]
    outputs: tuple[Path, ...] = ()

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
    book = load_rules(console)
    store = Store(working_folder(console, folder, out or Path.cwd()))
    anew = bool(reissue)
    done = work_out(folder, store, book, as_of, anew=anew, by_period=True, dated=dated, progress=progress)
    rules = done.world.book
    kinds = [kind for kind in catalogue.NAMES if not not_due(kind, done.outcome, rules)]
    papers = [paper for kind in kinds for paper in catalogue.papers(kind, done.outcome, rules)]
    found = Review(done.outcome, every_matter(done.outcome, rules, papers, store, book.answers))
    if out is None:
        return found
    data = render(lambda target: write_review(target, found.matters, done.outcome))
    path = write_file(out, f"会审_{done.outcome.day}.xlsx", data, replace=True)
    return Review(found.outcome, found.matters, (path,))


def every_matter(
    outcome: Outcome, book: Rulebook, papers: Sequence[Paper], store: Store, answers: tuple[ReviewAnswer, ...]
) -> tuple[Matter, ...]:
    """Return every matter of a day, with the answers that hold: the console's of now, whatever the day rests on."""
    book = replace(book, answers=answers)
    more = (
        *disagreements(papers),
        *unknown_departments(outcome, book),
        *overdue_replies(outcome, book, store.issued()),
        *odd_days(outcome, book, papers),
    )
    return (*matters(outcome, book), *answered(more, book))


def check_answered(found: Sequence[Matter], when: date) -> None:
    """Raise ActionError with the list if a matter is open, since nothing may be numbered then."""
    waiting = [matter for matter in found if matter.answer is None]
    if waiting:
        lines = "\n".join(f"  {m.mark}　{m.what}（{m.effect}）" for m in waiting[:SHOWN])
        rest = f"\n  还有 {len(waiting) - SHOWN} 件" if len(waiting) > SHOWN else ""
        raise ActionError(
            f"会审还有 {len(waiting)} 件没有答复，{when} 的文书没有编号，也没有写出任何文件：\n{lines}{rest}\n"
            "请逐件核实：能改的改了再汇总，要裁定的写在“裁定”表，其余在操作台“会审”表按事项标识答复（照发要写理由）。先看草稿用 --draft。"
        )


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
        if entry.kind not in ANSWERED_KINDS or entry.act == VOID:
            continue
        unit = book.unit(entry.unit)
        names = {entry.unit, *((unit.code, unit.name, unit.formal_name, *unit.aliases) if unit else ())}
        due = answer_by(book, entry.kind, date.fromisoformat(entry.dated))
        replied = any((entry.kind, entry.day, comparison_key(name)) in came for name in names)
        if due < outcome.paper_day and not replied:
            name = unit.name if unit else entry.unit
            what = f"{name}应在 {due} 前回复 {entry.text}（{entry.kind}），没有登记回复"
            yield Matter(OVERDUE, entry.unit, what, "回复登记", "收到了的请登记；没有收到的请催办")


def odd_days(outcome: Outcome, book: Rulebook, papers: Sequence[Paper]) -> Iterator[Matter]:
    """Yield a 成文日期 of numbered papers on which nobody works, or that lies before what they speak of."""
    day = outcome.paper_day
    kinds = dict.fromkeys(p.kind for p in papers if sending_of(book, p.kind).numbered)
    if not kinds:
        return
    if not is_working(day):
        what = f"成文日期 {day}（星期{WEEKDAYS[day.weekday()]}）不是工作日"
        yield Matter(DAY, "", what, "首页“成文日期”", "文书印着这一天；要改用 --dated 或在首页填写")
    if day < outcome.day and outcome.ledger.reporting:
        what = f"成文日期 {day} 早于统计日 {outcome.day}"
        yield Matter(DAY, "", what, "首页“成文日期”", "文书的日期比它的数字还早")
