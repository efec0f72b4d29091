"""The main job on sample data through the whole contest, as staff would do it: launching notice, forms, and for each period
the notice of its meeting, submissions, consolidation, review with answers, and the papers that are due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from baiti_xl import desk
from baiti_xl.contest.choices import Reviewed
from baiti_xl.contest.periods import calendar, meetings, working_day
from baiti_xl.contest.records import CIRCULAR, SUMMONS, Matter, Reply, ReviewAnswer
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.demo import PERIODS, sample_rulebook, samples

FAULTY = "X05_马楼镇_报送表.xlsx"
LAUNCHING, NOTICE = "转发通知", "调度会通知"
DAYS_BEFORE = timedelta(days=7)  # a meeting, when its notice is sent
CLERK = "样例甲"
TIME, PLACE = "上午9时", "县政府会议室（样例）"
SILENT = "Z50"  # the unit that answers no notice
# What the clerk answers to each kind of matter, where nothing is mended: issued as it is, and why.
REASONS = {
    "退回": "已通知补正，本期数字按规定不计入",
    "冲突": "已请单位确认作废哪一份，本期数字按规定不计入",
    "疑似重复": "已请两个单位核实，下期裁定",
    "警示": "已与单位核对，属实",
    "更正": "已核对单位说明，照更正后的数字发",
    "沿用": "已催报，数字沿用上期",
    "承诺": "已列入调度会通知",
    "回复逾期": "已电话催办",
    "日期": "照此日期印发",
    "要素": "编号后由承办人填写",
}
OTHERWISE = "已核实"


def run(folder: Path, say: Callable[[str], None], progress: desk.Progress = desk.silent) -> list[Path]:
    """Carry out the main job in a folder of its own and return the files to open, in order of interest.

    Raises ActionError for one that holds anything: the sample's console and forms would take the place of the office's.
    """
    if folder.exists() and any(folder.iterdir()):
        raise desk.ActionError(
            f"{folder} 里已经有文件。样例要一个新文件夹，免得盖掉您的操作台和报送表；请换一个名字，是以前的样例就先删去。"
        )
    show = Show(folder, with_meetings(sample_rulebook()), progress)
    say("① 建立工作文件夹，规则和单位名录写入操作台；竞赛开始前发出转发通知")
    made = desk.init(folder, show.book)
    show.console, template = made.files[:2]
    if made.note:
        say(made.note)
    show.papers(
        [LAUNCHING], show.put("开始前", None), show.out / "往期", dated=show.book.start - timedelta(days=1)
    )
    say("② 给每个单位下发模板")
    desk.issue(folder / "下发", console=show.console, overwrite=True, progress=progress)
    *earlier, last = PERIODS
    say(f"③ 各单位逐期报送（样例数据，含有意设置的错误）：{'、'.join(map(str, PERIODS))}")
    say("④ 每期：会前发调度会通知，汇总归档，会审逐件答复，发出进展通报和说明通知书；数字与上期公布的衔接")
    sent = show.put("开始前", None)
    for period in earlier:
        show.notice(period, sent)
        sent = show.put(str(period), period)
        desk.consolidate(sent, show.out / "往期", console=show.console, overwrite=True, progress=progress)
        show.issue([CIRCULAR, SUMMONS], sent, show.out / "往期", period)
    current = show.put("", last)
    say("⑤ 最后一期：校验一份有错的报送表，写出标了颜色的副本；汇总、会审")
    _, copies = desk.check([current / FAULTY], console=show.console, annotated=folder / "校验")
    done = desk.consolidate(current, show.out, console=show.console, overwrite=True, progress=progress)
    review = show.answered(current, last)
    say(f"　会审 {len(review.matters)} 件，{len(review.open)} 件没有答复：样例替办公室逐件答复后编号")
    say("⑥ 生成到期的全部公文，每类附一份核稿表")
    papers = show.issued(["all"], current, show.out / "公文", last)
    review = desk.review(current, show.out, console=show.console, dated=show.dated(last))
    show.tell(review, last)
    report = next(w for w in papers.written if w.paper.kind == CIRCULAR)
    return [
        *done.outputs,
        report.file,
        report.figures,
        *review.outputs,
        *copies,
        current / "X01_城关镇_报送表.xlsx",
        template,
        show.console,
    ]


def with_meetings(book: Rulebook) -> Rulebook:
    """Return the rules with time and place of the meetings filled in on the sheet 调度."""
    return replace(
        book, schedule=tuple(replace(p, time=TIME, place=PLACE) if p.meeting else p for p in calendar(book))
    )


class Show:
    """The office of the sample county in its working folder."""

    console: Path

    def __init__(self, folder: Path, book: Rulebook, progress: desk.Progress) -> None:
        self.folder, self.out, self.book, self.progress = folder, folder / "输出", book, progress

    def put(self, name: str, period: date | None) -> Path:
        """Write the submissions of a period into a folder of its own, or into 报送; none before the contest."""
        place = self.folder / "往期报送" / name if name else self.folder / "报送"
        place.mkdir(parents=True, exist_ok=True)
        for sample in samples(self.book, period) if period else ():
            (place / sample.file).write_bytes(sample.data)
        return place

    def dated(self, period: date) -> date:
        """Return the day that papers of a period bear: the first on which the office works after its cutoff."""
        return working_day(period, 1)

    def notice(self, period: date, sent: Path) -> None:
        """Send the notice of the meeting of a period, on the data known a week before."""
        for meeting in meetings(self.book):
            if meeting.cutoff == period:
                self.issue([NOTICE], sent, self.out / "往期", meeting.day - DAYS_BEFORE)

    def issue(self, kinds: list[str], sent: Path, out: Path, day: date) -> desk.Documents:
        """Answer the review of a day and issue papers."""
        self.answered(sent, day)
        return self.issued(kinds, sent, out, day)

    def answered(self, sent: Path, day: date) -> desk.Review:
        """Answer the review of a day, and return it as it was before."""
        found = desk.review(sent, console=self.console, as_of=day, dated=self.dated(day))
        self.answer(found.open, day)
        return found

    def issued(self, kinds: list[str], sent: Path, out: Path, day: date) -> desk.Documents:
        """Issue papers, and enter the replies that come."""
        done = self.papers(kinds, sent, out, as_of=day, dated=self.dated(day))
        self.enter_replies(done)
        return done

    def papers(
        self, kinds: list[str], sent: Path, out: Path, *, dated: date, as_of: date | None = None
    ) -> desk.Documents:
        """Issue papers."""
        return desk.documents(
            kinds,
            sent,
            out,
            console=self.console,
            as_of=as_of,
            dated=dated,
            overwrite=True,
            progress=self.progress,
        )

    def answer(self, matters: tuple[Matter, ...], day: date) -> None:
        """Write an answer to each matter on the console's sheet 会审, as the clerk would."""
        answers = tuple(
            ReviewAnswer(m.mark, Reviewed.ISSUE, REASONS.get(m.kind, OTHERWISE), CLERK, day, m.what)
            for m in matters
        )
        self.book = replace(self.book, answers=(*self.book.answers, *answers))
        desk.write_rules(self.console, self.book)

    def tell(self, done: desk.Review, day: date) -> None:
        """Write on 首页 what a click would: where each step stands, and the day that papers bear."""
        told = {str(step): words for step, words in desk.status(done).items()}
        desk.write_rules(self.console, self.book, {**told, "bt_dated": self.dated(day)})

    def enter_replies(self, done: desk.Documents) -> None:
        """Enter the replies that come to what was issued: of every unit but one that never answers."""
        replies = tuple(
            Reply(
                w.paper.kind,
                done.outcome.day,
                w.paper.unit,
                working_day(done.outcome.paper_day, 2),
                "已书面说明",
                CLERK,
            )
            for w in done.written
            if w.paper.kind == SUMMONS and w.paper.unit != SILENT
        )
        if replies:
            self.book = replace(self.book, replies=(*self.book.replies, *replies))
            desk.write_rules(self.console, self.book)
