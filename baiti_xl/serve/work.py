"""The office's actions: the same as the console's buttons, on the same functions of the desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from baiti_xl import desk
from baiti_xl.contest.loading import as_day
from baiti_xl.contest.records import Matter, Outcome
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import brief, report
from baiti_xl.desk.computing import work_out
from baiti_xl.desk.entering import with_entered
from baiti_xl.desk.report import joined
from baiti_xl.desk.store import Store

ISSUED, RETURNED, PAPERS, SENT = "下发", "退回补正", "公文", "发送"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a working folder keeps what: the console, the submissions, the outputs; and what else 首页 says, by the cell's name."""

    folder: Path
    console: Path
    submissions: Path
    outputs: Path
    home: Mapping[str, Any] = field(default_factory=dict)

    def days(self, **given: date | None) -> Mapping[str, Any]:
        """Return the days given, by option, with those of 首页 in place of what was not. Raises ActionError for a cell that is no day."""
        return {**given, **desk.stand_ins(self.home, given)}

    @property
    def given_out(self) -> tuple[Path, ...]:
        """The folders from which the office may take files."""
        return self.outputs, self.folder / ISSUED, self.folder / SENT


@dataclass(frozen=True, slots=True)
class Asked:
    """What an action is asked: the 统计日, the 成文日期, kinds of papers, whether they stay drafts, why they are issued anew."""

    day: date | None = None
    dated: date | None = None
    kinds: tuple[str, ...] = ("all",)
    draft: bool = True
    reissue: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did: in words, the files written, the matters (of a review alone), and what was sent back to which unit."""

    text: str
    outputs: tuple[Path, ...] = ()
    matters: tuple[Matter, ...] | None = None
    day: date | None = None
    sent_back: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)


def outcome(settings: Settings, book: Rulebook, day: date | None) -> Outcome:
    """Return everything worked out for a day."""
    store = Store(settings.folder)
    rules = with_entered(book, store)
    return work_out(
        settings.submissions,
        store,
        rules,
        day or as_day(settings.home.get("bt_day")),
        by_period=True,
        may_be_empty=True,
    ).outcome


def consolidate(settings: Settings, asked: Asked, progress: desk.Progress) -> Done:
    """汇总报送."""
    done = desk.consolidate(
        settings.submissions,
        settings.outputs,
        console=settings.console,
        **settings.days(as_of=asked.day, since=None),
        progress=progress,
    )
    if not done.sound:
        raise desk.ActionError(report.UNSOUND)
    text = report.consolidation_text({**desk.summary(done), "outputs": []})
    return Done(joined(text, done.note), done.outputs)


def review(settings: Settings, asked: Asked, progress: desk.Progress) -> Done:
    """会审."""
    done = desk.review(
        settings.submissions,
        settings.outputs,
        console=settings.console,
        **settings.days(as_of=asked.day, dated=asked.dated),
        reissue=asked.reissue,
        progress=progress,
    )
    text = f"统计日 {done.outcome.day}：{report.reviewed_text(len(done.matters), len(done.open))}"
    strays = "\n".join(f"请核对：{stray}。" for stray in done.strays)
    return Done(
        joined(text, strays),
        done.outputs,
        done.matters,
        done.outcome.day,
    )


def documents(settings: Settings, asked: Asked, progress: desk.Progress) -> Done:
    """生成文书."""
    done = desk.documents(
        asked.kinds,
        settings.submissions,
        settings.outputs / PAPERS,
        console=settings.console,
        **settings.days(as_of=asked.day, dated=asked.dated),
        draft=asked.draft,
        reissue=asked.reissue,
        progress=progress,
    )
    told = desk.documents_summary(done)
    kinds = report.written_text(len(done.written), draft=asked.draft)
    return Done(
        joined(kinds, report.documents_text(told), done.note),
        tuple(dict.fromkeys(path for w in done.written for path in (w.file, w.figures))),
        day=done.outcome.day,
    )


def send_back(settings: Settings, asked: Asked, progress: desk.Progress) -> Done:
    """退回补正."""
    done = desk.send_back(
        settings.submissions,
        settings.outputs / RETURNED,
        console=settings.console,
        **settings.days(as_of=asked.day, dated=asked.dated),
        progress=progress,
    )
    if not done.faulty:
        return Done(report.ALL_SOUND)
    text = report.sent_back_text(len(done.faulty), len(done.notices))
    return Done(
        text, (*done.copies, *done.notices), day=done.day, sent_back={u: done.of(u) for u in done.units}
    )


def issue(settings: Settings, asked: Asked, progress: desk.Progress) -> Done:
    """下发模板."""
    written = desk.issue(settings.folder / ISSUED, console=settings.console, progress=progress)
    return Done(report.issued_text(len(written)) + "单位也可以在自己的页面下载。", tuple(written))


def send(settings: Settings, asked: Asked, progress: desk.Progress) -> Done:
    """发件."""
    done = desk.send(
        settings.submissions,
        settings.folder / SENT,
        papers=settings.outputs,
        console=settings.console,
        **settings.days(as_of=asked.day),
        progress=progress,
    )
    told = report.send_text(desk.send_summary(done), done.chase_list)
    return Done(joined(told, done.note), done.outputs)


def rules(settings: Settings, asked: Asked, progress: desk.Progress) -> Done:
    """规则检查."""
    return Done(brief.rules_text(desk.load_rules(settings.console)))


Action = Callable[[Settings, Asked, desk.Progress], Done]
ACTIONS: Mapping[str, tuple[str, Action]] = {
    "issue": ("下发模板", issue),
    "consolidate": ("汇总报送", consolidate),
    "review": ("会审", review),
    "documents": ("生成文书", documents),
    "return": ("退回补正", send_back),
    "send": ("做好发件", send),
    "rules": ("规则检查", rules),
}


def act(name: str, settings: Settings, asked: Asked, progress: desk.Progress) -> Done:
    """Carry out an action by its name."""
    return ACTIONS[name][1](settings, asked, progress)
