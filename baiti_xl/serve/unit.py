"""The unit's pages: the form to fill in, what the office finds of it, handing in, receipts, papers and replies."""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from starlette.responses import Response

from baiti_xl.contest import periods
from baiti_xl.contest.records import Unit
from baiti_xl.contest.sending import ANSWERED, answer_by
from baiti_xl.desk import ActionError, handing
from baiti_xl.desk.checking import marked_copy
from baiti_xl.desk.entering import Act, entered, in_time
from baiti_xl.desk.entries import VOID
from baiti_xl.desk.mailed import digest_of
from baiti_xl.desk.making import form_name
from baiti_xl.desk.receipts import (
    HandedIn,
    clash,
    codes_of,
    handed_in,
    in_force,
    last_day,
    number_text,
    period_due,
    said,
)
from baiti_xl.desk.sending import versions
from baiti_xl.papers.correction import KIND as CORRECTION
from baiti_xl.serve.place import Draft
from baiti_xl.serve.sessions import UPLOADS
from baiti_xl.serve.visit import Visit

NO_DRAFT = "没有待交的报送表。请先放一份表。"
CHANGED = "校验以后情况有变，没有交送。下面是现在的结果，请看过再点“交送”。"
MOST_TEXT = 2000  # characters of a reply


@dataclass(frozen=True, slots=True)
class Post:
    """What came from the office: its place among all that ever came, from the oldest, a kind of paper of a day, its number,
    when, until when to reply, and its files; `is_void` if it holds no longer."""

    at: int
    kind: str
    day: str
    number: str
    moment: str
    due: date | None
    files: tuple[Path, ...]
    is_void: bool = False

    @property
    def about(self) -> str:
        """What a reply to it is entered under."""
        return f"{self.kind}/{self.day}"


def unit_of(visit: Visit) -> Unit:
    """Return the unit that is signed in. Raises ActionError if the unit list lacks it."""
    unit = visit.book.unit(visit.account.name)
    if unit is None:
        raise ActionError(f"单位名录里没有 {visit.account.name}。请与办公室联系。")
    return unit


def home(visit: Visit) -> Response:
    """Show where the unit stands, and what it can do."""
    unit, book, today = unit_of(visit), visit.book, visit.place.now().date()
    came = visit.place.came(unit)
    due, best = period_due(book, today), in_force(came, book)
    receipts = [one for one in came if one.number]
    return visit.page(
        "unit.html",
        unit=unit,
        period=periods.named(book, due),
        cutoff=due,
        last=last_day(due, book),
        is_late=today > last_day(due, book),
        current=best.get(due),
        clash=clash(came, best[due]) if due in best else None,
        missed=[
            (periods.named(book, day), day)
            for day in periods.cutoffs(book)
            if day < due and day not in best and not unit.is_merged(day)
        ],
        receipts=[(number_text(book, one), one) for one in reversed(receipts)],
        in_force={one.number for one in best.values()},
        draft=visit.place.drafts.get(unit.code),
        posts=posts(visit, unit),
        replies=replies(visit, unit),
    )


def form(visit: Visit) -> Response:
    """Return the form with the unit's rows."""
    unit = unit_of(visit)
    came = visit.place.came(unit)
    data = visit.place.in_turn(handing.carried_form, came, unit, visit.place.folder, visit.book)
    visit.took(form_name(unit))
    return visit.download(form_name(unit), data)


# ── a form dropped ───────────────────────────────────────────────────────────────────────────────


def drop(visit: Visit) -> Response:
    """Look at a form that was dropped."""
    unit, file = unit_of(visit), visit.file("form")
    if file is None:
        raise ActionError("没有选文件。请先选好报送表，再点“校验”。")
    if visit.served.tries.add(f"u {unit.code}") > UPLOADS:
        raise ActionError("一刻钟里放的文件太多。请先照已有的结果改好，过一会儿再放。")
    draft = visit.place.take(unit, shown_name(file.filename or ""), file.file)
    visit.place.log(
        Act.CHECKED, unit.code, draft.examined.file, hash=draft.examined.digest, errors=draft.examined.errors
    )
    return visit.go("/unit/draft")


def shown_name(name: str) -> str:
    """Return a file's name as it can be shown: its last part, without marks that turn or hide text."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(mark for mark in last if mark.isprintable())[-120:] or "报送表.xlsx"


def draft_of(visit: Visit) -> Draft:
    """Return what the unit dropped last. Raises ActionError if there is nothing."""
    draft = visit.place.drafts.get(unit_of(visit).code)
    if draft is None:
        raise ActionError(NO_DRAFT)
    return draft


def draft(visit: Visit) -> Response:
    """Show what is found of the form."""
    held = visit.place.drafts.get(unit_of(visit).code)
    if held is None:
        return visit.go("/unit", NO_DRAFT)
    return visit.page("draft.html", draft=held, found=held.examined, unit=unit_of(visit))


def draft_marked(visit: Visit) -> Response:
    """Return the form with what was found marked in it."""
    held = draft_of(visit)
    data = visit.place.in_turn(marked_copy, held.path.read_bytes(), held.examined.findings)
    return visit.download(f"{Path(held.examined.file).stem}_校验.xlsx", data)


def hand_in(visit: Visit) -> Response:
    """Hand in the form that was looked at; this moment is its arrival. What was found otherwise by now is shown first."""
    moment, unit, place = visit.place.now(), unit_of(visit), visit.place
    digest, seen = visit.text("digest", 64), visit.text("seen", 64)
    known = [one for one in receipts_of(visit, unit) if one.hash == digest]
    held = place.drafts.get(unit.code)
    if known and (held is None or held.examined.digest != digest):  # the button pressed twice
        return visit.go(f"/unit/receipt/{known[-1].number}")
    if held is None or held.examined.digest != digest:
        raise ActionError("这一份不是刚才校验的那一份。请回到首页再放一次。")
    try:
        data = held.path.read_bytes()
    except OSError as error:
        raise ActionError(NO_DRAFT) from error
    now = place.again(unit, held)
    if now.mark != seen:
        return visit.go("/unit/draft", CHANGED)
    settings = place.settings
    receipt = handing.hand_in(
        data,
        now.examined,
        unit.code,
        moment,
        settings.submissions,
        place.folder,
        visit.book,
        place.mailed(unit),
    )
    place.drop(unit, now)
    return visit.go(f"/unit/receipt/{receipt.number}")


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────


def receipt_of(visit: Visit) -> HandedIn | None:
    """Return the unit's own receipt that the address names, None if there is none."""
    number = int(visit.request.path_params["number"])
    return next((r for r in receipts_of(visit, unit_of(visit)) if r.number == number), None)


def receipts_of(visit: Visit, unit: Unit) -> list[HandedIn]:
    """Return a unit's receipts, whatever code it had, in order of arrival."""
    return handed_in(visit.place.store, *codes_of(unit))


def receipt(visit: Visit) -> Response:
    """Show a receipt to print."""
    held = receipt_of(visit)
    if held is None:
        return visit.missing()
    cutoff = periods.cutoff_of(visit.book, held.cutoff)
    return visit.page(
        "receipt.html",
        receipt=held,
        number=number_text(visit.book, held),
        unit=unit_of(visit),
        period=periods.named(visit.book, cutoff),
        cutoff=cutoff,
        in_time=date.fromisoformat(held.moment[:10]) <= last_day(cutoff, visit.book),
        replaced=replaced(visit, held, in_force(visit.place.came(unit_of(visit)), visit.book).get(cutoff)),
    )


def replaced(visit: Visit, held: HandedIn, best: HandedIn | None) -> str:
    """Return that another form is in force than that of a receipt, "" if there is none."""
    if best is None or best.number == held.number:
        return ""
    if best.number:
        came = "此后又交过，" if best.moment >= held.moment else ""
        return f"{came}现在以回执 {number_text(visit.book, best)} 为准（{best.moment} 收到，{said(best)}）。"
    return f"办公室另外收到了“{best.file}”（{said(best)}），现在以它为准。"


def receipt_file(visit: Visit) -> Response:
    """Return what was handed in, byte for byte."""
    held = receipt_of(visit)
    if held is None:
        return visit.missing()
    return visit.download(Path(held.file).name, visit.place.store.read(held.hash))


def receipt_marked(visit: Visit) -> Response:
    """Return what was handed in with what is found of it marked."""
    held = receipt_of(visit)
    if held is None:
        return visit.missing()
    path, unit, place = visit.place.store.path(held.hash), unit_of(visit), visit.place
    found = place.in_turn(handing.examine, path, held.file, unit.code, place.now(), place.folder, visit.book)
    data = place.in_turn(marked_copy, visit.place.store.read(held.hash), found.findings)
    return visit.download(f"{Path(held.file).stem}_校验.xlsx", data)


# ── papers and replies ───────────────────────────────────────────────────────────────────────────


def posts(visit: Visit, unit: Unit) -> list[Post]:
    """Return what the office sent to a unit, the newest first: numbered papers, the last version of each, and forms sent back.

    Each keeps its place from the oldest when others come, so that an open page leads to what it shows.
    """
    came = sorted((*numbered(visit, unit), *sent_back(visit, unit)), key=lambda post: post.moment)
    placed = [replace(post, at=at) for at, post in enumerate(came)]
    last = {(post.kind, post.day, post.number and "numbered"): post for post in placed}
    shown = [post for post in placed if not post.number or last[post.kind, post.day, "numbered"] is post]
    return [post for post in reversed(shown) if not post.is_void]


def numbered(visit: Visit, unit: Unit) -> list[Post]:
    """Return every version of the numbered papers to a unit, voided ones too."""
    mine = [e for e in visit.place.store.standing() if e.unit in codes_of(unit)]
    files = versions(visit.place.settings.outputs) if mine else {}
    found = []
    for entry in mine:
        same = [
            p for p in files.get(entry.file, ()) if visit.place.is_inside(p) and digest_of(p) == entry.hash
        ]
        shown = replace(entry, series=entry.series or visit.book.issuer_code).text
        due = (
            answer_by(visit.book, entry.kind, date.fromisoformat(entry.dated))
            if entry.kind in ANSWERED
            else None
        )
        is_void = entry.act == VOID
        found.append(Post(0, entry.kind, entry.day, shown, entry.moment, due, tuple(same[:1]), is_void))
    return found


def sent_back(visit: Visit, unit: Unit) -> list[Post]:
    """Return the forms sent back to a unit, with the notice and the marked copy."""
    found = []
    for one in entered(visit.place.store, Act.SENT_BACK):
        said = json.loads(one.body)
        if one.about in codes_of(unit):
            paths = [visit.place.settings.outputs / name for name in said["files"]]
            files = tuple(path for path in paths if path.is_file() and visit.place.is_inside(path))
            due = answer_by(visit.book, CORRECTION, date.fromisoformat(one.moment[:10]))
            found.append(Post(0, CORRECTION, said["day"], "", one.moment, due, files))
    return found


def post_file(visit: Visit) -> Response:
    """Return a paper to the unit, by its place in the list of its own."""
    at, of = (int(visit.request.path_params[name]) for name in ("post", "file"))
    post = next((post for post in posts(visit, unit_of(visit)) if post.at == at), None)
    if post is None or of >= len(post.files):
        return visit.missing()
    path = post.files[of]
    visit.took(path.name)
    return visit.download(path.name, path.read_bytes())


def replies(visit: Visit, unit: Unit) -> list[tuple[str, str, str]]:
    """Return the unit's replies: to what, when, what; the newest first."""
    held = reversed(in_time(entered(visit.place.store, Act.REPLY)))
    return [
        (one.about, one.moment, json.loads(one.body)["text"]) for one in held if one.who in codes_of(unit)
    ]


def reply(visit: Visit) -> Response:
    """Enter a reply to one of the papers the unit got."""
    unit, text = unit_of(visit), visit.text("text", MOST_TEXT)
    held = {post.about for post in posts(visit, unit)}
    about = visit.text("about", 100)
    if about not in held:
        raise ActionError("没有这份文书，不能回复。请回到首页重选。")
    if not text:
        raise ActionError("回复是空的。请写明情况和下步打算。")
    visit.place.log(Act.REPLY, unit.code, about, unit=unit.code, text=text)
    return visit.go("/unit", "回复已登记。")
