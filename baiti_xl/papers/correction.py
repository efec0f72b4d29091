"""补正通知: tells one unit which cells of its submission are wrong, how to mend them, and by when."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from baiti_xl.contest import periods
from baiti_xl.contest.choices import Status
from baiti_xl.contest.findings import Finding
from baiti_xl.contest.records import Figure, Line, Outcome, Paper, Submission, UnitResult, open_errors
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.rules import for_unit
from baiti_xl.contest.sending import answer_by
from baiti_xl.papers.fields import Day, Declared, Each, Num, Truth
from baiti_xl.papers.head import HEAD, Facts, head, wanted
from baiti_xl.papers.measures import ONE
from baiti_xl.papers.notes import Notes
from baiti_xl.papers.phrases import official
from baiti_xl.press.numerals import plain_date

KIND = "补正通知"
LONGEST_VALUE = 24
PRIVATE = ("电话", "接洽人", "客商姓名")
FIELDS: Declared = {
    **HEAD,
    "主送": "收文单位的全称（单位名录“全称”）",
    "单位名称": "收文单位",
    "差错数": Num("“错”的个数"),
    "文件": "有差错的报送表文件名，顿号分开",
    "是否退回": Truth("是否因此没有一份可用的报送表"),
    "是否冲突": Truth("是否因同一批次报送内容不一致而不能使用"),
    "沿用日": Day("报送表退回而沿用以前的，沿用的报送表截至哪一天；否则为空"),
    "几个文件": Num("有差错的文件个数"),
    "整份": Truth("是否各处差错都是整份文件的，没有单元格可改"),
    "补正期限": Day("最后一天"),
    "差错": Each(
        "每处差错",
        {
            "序": "序号",
            "文件": "文件名",
            "工作表": "工作表名",
            "单元格": "如 G5；整张表或整个文件为 —",
            "栏目": "列标题",
            "原值": "填报的内容，电话和姓名不印",
            "问题": "问题和改正办法",
        },
    ),
}


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield one notice a unit with findings of severity 错, in list order."""
    for result in (r for r in wanted(outcome, units) if not r.account.is_merged):
        back = sent_back(result, outcome, book)
        held = errors_of(result, back)
        if held:
            yield paper(result, held, outcome, book, carried_from(result, back))


def sent_back(result: UnitResult, outcome: Outcome, book: Rulebook) -> list[Submission]:
    """Return the unit's files that were sent back and wait for a new one."""
    in_force, first = result.account.submission, periods.period(book, outcome.day)[0]
    mine = (s for s in outcome.ledger.rejected if s.unit == result.unit.code)
    return [s for s in mine if still_open(s, in_force, first)]


def errors_of(result: UnitResult, back: Sequence[Submission]) -> list[tuple[str, Finding]]:
    """Return the unit's errors with what their file is called, in the words of what the unit must do itself: in its submission in
    force, and in the files sent back. One that lies under the name of another is called by its day, too."""
    in_force, names = result.account.submission, {s.file for s in back}
    name = in_force.file if in_force else ""
    if in_force and name in names and in_force.cover.cutoff:
        name = f"{name}，截至{plain_date(in_force.cover.cutoff)}的一份"
    found = dict.fromkeys((name, f) for f in open_errors(result.account.open_findings))
    found |= dict.fromkeys((s.file, f) for s in back for f in open_errors(s.findings))
    told = ((name or f.place.file, f, for_unit(f)) for name, f in found)
    return [(name, replace(f, message=words)) for name, f, words in told if words is not None]


def still_open(rejected: Submission, in_force: Submission | None, first: date) -> bool:
    """Whether a file sent back has not been replaced: by a later one, or (day unknown) by one of this period."""
    if in_force is None:
        return True
    if rejected.cover.cutoff is not None:
        return rejected.key > in_force.key
    return in_force.key[0] < first


def paper(
    result: UnitResult,
    held: Sequence[tuple[str, Finding]],
    outcome: Outcome,
    book: Rulebook,
    carried: date | None,
) -> Paper:
    """Return one unit's notice of its errors, each with what its file is called."""
    unit, notes = result.unit, Notes(book)
    title = f"{book.issuer}关于{unit.name}限期补正{book.contest}报送表的通知"
    lines = tuple(Line(unit.code, f.place.file, f.place.sheet, f.row, ONE, f.rule) for _, f in held)
    facts = {
        **head(title, outcome, book, unit.name),
        "主送": unit.formal_name,
        "单位名称": unit.name,
        "差错数": notes.value("正文", Figure("差错个数", ONE * len(lines), lines)),
        "文件": "、".join(dict.fromkeys(name for name, _ in held)),
        "是否退回": result.account.submission is None,
        "是否冲突": result.account.status is Status.CONFLICT,
        "沿用日": carried,
        "几个文件": len({name for name, _ in held}),
        "整份": not any(f.place.cell for _, f in held),
        "补正期限": answer_by(book, KIND, outcome.paper_day),
        "差错": [error_row(n, *one) for n, one in enumerate(held, 1)],
    }
    stem = f"{KIND}_{unit.code}_{unit.name}_{outcome.day}"
    return Paper(KIND, unit.code, stem, title, facts, notes.all())


def carried_from(result: UnitResult, back: Sequence[Submission]) -> date | None:
    """Return up to which day an earlier submission stands in for one sent back, None if none does."""
    submission = result.account.submission
    return submission.cover.cutoff if submission and back else None


def error_row(number: int, file: str, found: Finding) -> Facts:
    """Return one error; what is private is not printed."""
    place, hidden = found.place, any(word in found.place.heading for word in PRIVATE)
    return {
        "序": number,
        "文件": file,
        "工作表": place.sheet or "—",
        "单元格": place.cell or "—",
        "栏目": place.heading or "—",
        "原值": "（略）" if hidden and found.value else printable(shortened(found.value)) or "—",
        "问题": official(printable(without_value(found) if hidden else found.message)),
    }


def shortened(text: str) -> str:
    """Return a value short enough for a narrow column."""
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def without_value(found: Finding) -> str:
    """Return a message without the value it quotes."""
    return found.message.replace(found.value, "（略）") if found.value else found.message


def printable(text: str) -> str:
    """Return a text without the control characters no document may hold."""
    return re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text)
