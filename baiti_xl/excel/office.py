"""The buttons of the console, in the order of the work, and what each leaves on 首页."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlwings as xw

from baiti_xl import desk
from baiti_xl.books.bulk import LINE_HEIGHT, lines_of
from baiti_xl.books.console import FIRST, HOME, STATE_ROWS, WIDE
from baiti_xl.books.macros import Step
from baiti_xl.contest.choices import Answer
from baiti_xl.contest.loading import HEADINGS, REVIEW, RulebookError
from baiti_xl.contest.records import Matter
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import as_text, listed
from baiti_xl.desk import brief, opening, report
from baiti_xl.excel import cells, reading
from baiti_xl.excel.click import Cancelled, Click, Trouble, done

ISSUED, RETURNED, PAPERS = "下发", "退回补正", "公文"
LONGEST, MAX_LINK = 900, 250
RESULT_WIDTH = sum(WIDE[2:])  # characters across the result of a run on 首页
STEPS_END = 60  # no step of 首页 stands below this row


@dataclass(frozen=True, slots=True)
class Settings:
    """What 首页 says to work on."""

    console: Path
    submissions: Path
    outputs: Path
    day: date | None
    since: date | None
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    draft: bool
    reissue: str = ""
    dated: date | None = None


# ── the buttons ──────────────────────────────────────────────────────────────────────────────────


def issue(click: Click) -> str:
    """Write one template per unit."""
    settings = ready(click)
    out = settings.console.parent / ISSUED
    written = desk.issue(out, console=settings.console, progress=click.progress)
    return finish(click, "下发模板", report.issued_text(len(written), str(out)), [out])


def consolidate(click: Click) -> str:
    """Consolidate the folder of submissions."""
    settings = ready(click)
    done = desk.consolidate(
        settings.submissions,
        settings.outputs,
        console=settings.console,
        as_of=settings.day,
        since=settings.since,
        progress=click.progress,
    )
    if not done.sound:
        raise Trouble(report.UNSOUND)
    text = report.consolidation_text({**desk.summary(done), "outputs": []})
    show_open(click, "汇总报送", desk.status_of(done.outcome), done.outcome.day)
    return finish(click, "汇总报送", report.joined(text, done.note), done.outputs)


def results(click: Click) -> str:
    """Open the newest results workbook."""
    click.app.books.open(str(opening.newest_results(settings_of(click.book).outputs)))
    return ""


def review(click: Click) -> str:
    """List what must be answered before papers are numbered, and put it on the sheet 会审 for the answers."""
    settings = ready(click)
    done = desk.review(
        settings.submissions,
        settings.outputs,
        console=settings.console,
        as_of=settings.day,
        dated=settings.dated,
        reissue=settings.reissue,
        progress=click.progress,
    )
    show_open(click, "会审", desk.status(done), done.outcome.day)
    where = put_matters(click.book, done.open)
    text = report.reviewed_text(len(done.matters), len(done.open), where)
    return finish(click, "会审", text, done.outputs)


def put_matters(book: xw.Book, matters: Sequence[Matter]) -> str:
    """Put open matters below the answers on the sheet 会审, in place of those that waited there; return what to tell of it."""
    page = cells.pages(book).get(REVIEW)
    if page is None:
        return (
            f"。操作台没有“{REVIEW}”表，没有列上：请运行 baiti-xl upgrade 升级工作文件夹。事项见会审工作簿。"
        )
    held = cells.values(page.sheet)
    width = len(HEADINGS[REVIEW])
    rows = [[as_cell(value) for value in row[:width]] for row in held[FIRST:]]
    answered = [row for row in rows if as_text(row[0]) and as_text(row[1])]
    waiting = [[m.mark, "", "", "", "", f"{m.what}。依据：{m.evidence}。影响：{m.effect}"] for m in matters]
    texts = [[f"'{value}" if isinstance(value, str) and value else value for value in row] for row in waiting]
    filled = [*answered, *texts]
    blank = [[""] * width for _ in range(max(0, len(rows) - len(filled)))]
    if filled or blank:
        top = FIRST + 1
        place = page.sheet.range((top, 1), (top + len(filled) + len(blank) - 1, width))
        if not done(setattr, place, "raw_value", [*filled, *blank]):
            return f"。“{REVIEW}”表不让写（可能设了保护），没有列上：请撤销保护，再点一次按钮。事项见会审工作簿。"
    first = FIRST + 1 + len(answered)
    select(book, REVIEW, f"B{first}")
    return (
        f"，已列在“{REVIEW}”表第 {first} 行起：逐件填答复、理由、答复人和日期，保存。依据和影响见会审工作簿。"
    )


def as_cell(value: Any) -> Any:
    """Return a cell's value as it is written back; a text stays one."""
    return f"'{value}" if isinstance(value, str) and value else "" if value is None else value


def documents(click: Click) -> str:
    """Write the documents that 首页 asks for."""
    settings = ready(click)
    kinds = ["all"] if not settings.kinds or "全部" in settings.kinds else list(settings.kinds)
    if not settings.draft and not click.ask("将登记并编发文号，编过的号不能收回。现在生成正式文书吗？"):
        raise Cancelled
    out = settings.outputs / PAPERS
    done = write_documents(click, settings, kinds, settings.units, out)
    if done.papers:
        show_open(click, "生成文书", desk.status_of_papers(done.papers), done.outcome.day)
    number = len(done.written)
    quiet = "".join(f"\n没有生成 {kind}：{reason}" for kind, reason in done.left_out.items())
    waiting = f"\n会审还有 {done.open} 件没有答复，正式编号以前要答复。" if done.open else ""
    text = report.written_text(number, str(out), draft=settings.draft) + quiet + waiting
    return finish(click, "生成文书", report.joined(text, done.note), [out, *(w.file for w in done.written)])


def verify(click: Click) -> str:
    """Read the papers of the folder 公文 back, and tell which are no longer as they were made."""
    settings = ready(click)
    folder = settings.outputs / PAPERS
    if not folder.is_dir():
        raise Trouble(f"没有文件夹“{folder}”。请先点“生成文书…”。")
    found = desk.verify([folder], console=settings.console, progress=click.progress)
    wrong = [one for one in found if not one.holds]
    text = f"读回 {len(found)} 份文书，{len(found) - len(wrong)} 份与成文时一致"
    text += f"，{len(wrong)} 份不是：\n{report.verified_text(wrong)}" if wrong else "。"
    return finish(click, "核对文书", text, [one.file for one in wrong])


def send(click: Click) -> str:
    """Make the outbox of the day: mail drafts, whom to remind, the print run."""
    settings = ready(click)
    done = desk.send(
        settings.submissions,
        settings.outputs,
        papers=settings.outputs,
        console=settings.console,
        as_of=settings.day,
        progress=click.progress,
    )
    show_open(click, "发送", desk.status_of_outbox(done), done.outcome.day)
    text = report.send_text(desk.send_summary(done), "").strip()
    outputs = [done.folder, *done.lists]
    return finish(click, "发送", report.joined(text, done.note), outputs)


def upgrade(click: Click) -> str:
    """Bring templates and forms up to this version; the console itself is open and cannot be replaced."""
    settings = ready(click)
    done = desk.upgrade(settings.console.parent, console_is_open=True, progress=click.progress)
    told = [*filter(None, done.told)] or ["已经是本版，没有要改的。"]
    kept = [done.kept] if done.kept else []
    return finish(click, "升级", "\n".join(told), kept)


def send_back(click: Click) -> str:
    """Write a marked copy of each submission with 错, and the notices to put them right."""
    settings = ready(click)
    out = settings.outputs / RETURNED
    done = desk.send_back(
        settings.submissions,
        out,
        console=settings.console,
        as_of=settings.day,
        since=settings.since,
        dated=settings.dated,
        progress=click.progress,
    )
    if not done.faulty:
        return finish(click, RETURNED, report.ALL_SOUND, [])
    text = report.sent_back_text(len(done.faulty), len(done.notices), str(out))
    return finish(click, RETURNED, text, [out, *done.copies, *done.notices])


def rules(click: Click) -> str:
    """Check the rules as the screen shows them, and select the first cell to mend."""
    try:
        book = reading.rules_on_screen(click.book)
    except RulebookError as error:
        select(click.book, error.faults[0].sheet, error.faults[0].cell)
        raise
    return brief.rules_text(book)


def folder(click: Click) -> str:
    """Open the working folder."""
    opening.open_path(folder_of(click.book))
    return ""


def handbook(click: Click) -> str:
    """Open the handbook."""
    opening.open_path(opening.handbook())
    return ""


# ── the parts ────────────────────────────────────────────────────────────────────────────────────


def write_documents(
    click: Click,
    settings: Settings,
    kinds: Sequence[str],
    units: Sequence[str],
    out: Path,
) -> desk.Documents:
    """Write documents from the folder of submissions."""
    return desk.documents(
        kinds,
        settings.submissions,
        out,
        console=settings.console,
        as_of=settings.day,
        since=settings.since,
        units=units,
        draft=settings.draft,
        reissue=settings.reissue,
        dated=settings.dated,
        progress=click.progress,
    )


def ready(click: Click) -> Settings:
    """Return the settings, once the rules on the screen are those in the file; asks to save if they are not."""
    settings = settings_of(click.book)
    shown = reading.rules_on_screen(click.book)
    if shown != saved_rules(settings.console):
        if not click.ask("操作台的规则有改动，还没有保存。保存后继续吗？"):
            raise Cancelled
        save(click)
    return settings


def save(click: Click) -> None:
    """Save the console. Raises Trouble for one that was opened to be read only; Excel's own question is not asked."""
    with click.app.properties(display_alerts=False):
        if not done(click.book.save):
            raise Trouble(
                "操作台没有存上（可能是只读打开的，或者别人正开着）。请关闭后重新打开，再点一次按钮。"
            )


def saved_rules(console: Path) -> Rulebook | None:
    """Return the rules in the file, None if they are wrong there."""
    try:
        return desk.load_rules(console)
    except RulebookError:
        return None


def folder_of(book: xw.Book) -> Path:
    """Return the working folder. Raises Trouble for a console that is not saved on this computer."""
    try:
        path = Path(book.fullname)
    except Exception as error:  # xlwings cannot tell where a file on the web lies
        raise Trouble("操作台开在网盘上，程序找不到它在本机的位置。请另存到本机的工作文件夹。") from error
    if not path.is_file():
        raise Trouble("操作台还没有保存。请先把它保存到工作文件夹。")
    return path.parent


def settings_of(book: xw.Book) -> Settings:
    """Return what 首页 says. Raises Trouble if it is gone, ActionError if a day is none."""
    base = folder_of(book)
    home = cells.pages(book).get(HOME)
    if home is None:
        raise Trouble("操作台缺少“首页”。请用新的操作台，把规则各表复制过去。")
    held = desk.settings_on(cells.values(home.sheet))
    days = desk.days_of(held)
    return Settings(
        base / Path(book.fullname).name,
        base / str(held.get("bt_submissions") or "报送").strip(),
        base / str(held.get("bt_outputs") or "输出").strip(),
        days.get("as_of"),
        days.get("since"),
        listed(held.get("bt_kinds")),
        listed(held.get("bt_units")),
        held.get("bt_draft") != Answer.NO,
        as_text(held.get("bt_reissue")),
        days.get("dated"),
    )


def finish(click: Click, what: str, text: str, outputs: Sequence[Path]) -> str:
    """Leave on 首页 what was done and the links to what was written, and return what to tell staff."""
    lines = [("做了什么", what), ("时间", datetime.now().strftime("%Y-%m-%d %H:%M")), ("结果", text)]
    links = [("打开", link(path)) for path in outputs[: STATE_ROWS - len(lines)]]
    rows = [*((label, f"'{value}") for label, value in lines), *links]
    rows += [("", "")] * (STATE_ROWS - len(rows))
    area = click.book.sheets[HOME].range("bt_state")
    if not done(setattr, area, "raw_value", rows):
        text += "\n（“首页”不让写，可能设了保护，没有留下这次运行的记录。）"
    done(setattr, area[2, 0], "row_height", LINE_HEIGHT * lines_of(text, RESULT_WIDTH))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……\n全文见“首页”的“上次运行”。"


def show_open(click: Click, what: str, lines: Mapping[Step, str], day: date) -> None:
    """Write beside the steps of 首页 what is open, of which day and as of when; a console without the steps is left as it is.

    What 首页 does not let us write, `finish` tells.
    """
    page = click.book.sheets[HOME]
    rows = {str(head or "")[:2]: row for row, head in enumerate(page.range(f"B1:B{STEPS_END}").value, 1)}
    now = datetime.now().strftime("%m-%d %H:%M")
    for step, said in lines.items():
        if row := rows.get(step[:2]):
            done(setattr, page.range(f"C{row}"), "value", f"{said}　（统计日 {day}，{now} {what}）")


def link(path: Path) -> str:
    """Return a formula that opens a file or folder, or its path as text if it is too long for one."""
    target, name = (text.replace('"', '""') for text in (str(path), path.name))
    return f'=HYPERLINK("{target}","{name}")' if len(target) <= MAX_LINK else f"'{path}"


def select(book: xw.Book, sheet: str, cell: str) -> None:
    """Show a cell of the console, if its sheet is there and not hidden."""
    page = cells.pages(book).get(sheet)
    if page is not None and cell:
        cells.show(page.sheet, cell)
