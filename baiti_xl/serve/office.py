"""The office's pages: the board, the console's actions, the review's answers, files, codes and the log."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from starlette.responses import Response

from baiti_xl.contest.choices import Reported, Reviewed
from baiti_xl.contest.records import Matter, Outcome
from baiti_xl.desk import ActionError
from baiti_xl.desk.entering import Act, entered, in_time
from baiti_xl.desk.receipts import HandedIn, handed_in, number_text
from baiti_xl.papers import catalogue
from baiti_xl.serve import accounts
from baiti_xl.serve.figures import with_outcome
from baiti_xl.serve.visit import Visit
from baiti_xl.serve.work import ACTIONS, Asked

SHOWN_FILES, SHOWN_LOG = 200, 300


def board(visit: Visit) -> Response:
    """Show who has reported, in each period, and what came through this desk."""
    came: dict[str, list[HandedIn]] = {}
    for one in handed_in(visit.place.store):
        came.setdefault(visit.book.current(one.unit), []).append(one)

    def counts(outcome: Outcome) -> list[tuple[Reported, int]]:
        held = Counter(outcome.reports[-1].states.values()) if outcome.reports else Counter()
        return [(state, held[state]) for state in Reported if held[state]]

    return with_outcome(
        visit,
        "board.html",
        counts=counts,
        came=lambda _: came,
        number=lambda _: lambda one: number_text(visit.book, one),
        review=lambda _: visit.place.review,
        job=lambda _: visit.place.job,
        replies=lambda _: replies(visit),
    )


def replies(visit: Visit) -> list[tuple[str, str, str, str]]:
    """Return the replies of units: when, who, to what, what; the newest first."""
    held = reversed(in_time(entered(visit.place.store, Act.REPLY)))
    return [(one.moment, one.who, one.about, json.loads(one.body)["text"]) for one in held]


# ── actions ──────────────────────────────────────────────────────────────────────────────────────


def actions(visit: Visit) -> Response:
    """Show the console's actions, and how far the last one is."""
    job = visit.place.job
    return visit.page(
        "actions.html",
        refresh=2 if job and not job.is_over else 0,
        job=job,
        days=visit.place.days(),
        kinds=catalogue.NAMES,
        files=[
            (key_of(visit, p), p.name)
            for p in (job.done.outputs if job and job.done else ())
            if p.is_file() and visit.place.is_inside(p)
        ],
    )


def act(visit: Visit) -> Response:
    """Begin an action."""
    name = visit.text("action", 20)
    if name not in ACTIONS:
        raise ActionError("没有这项操作。请从页面上的按钮点。")
    drafts = visit.text("numbered") != "yes"
    if name == "documents" and not drafts and visit.text("sure") != "yes":
        raise ActionError("编号发出不能收回。要编号，请同时勾选“编过的号不能收回，我已核对”。")
    kind = visit.text("kind", 40)
    visit.place.begin(
        name,
        Asked(
            as_day(visit.text("day", 10), "统计日"),
            as_day(visit.text("dated", 10), "成文日期"),
            ("all",) if kind in ("", "all") else (kind,),
            drafts,
            visit.text("reissue", 200),
        ),
        visit.account.name,
    )
    return visit.go("/office/actions")


def as_day(text: str, label: str) -> date | None:
    """Return a day that was typed, None for nothing. Raises ActionError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ActionError(f"{label}不是日期：{text}。请写成 2011-05-13 这样的日期，或清空。") from error


# ── the review ───────────────────────────────────────────────────────────────────────────────────


def matters(visit: Visit) -> Response:
    """Show the matters of the last review, those that wait first."""
    held = visit.place.review
    given = in_time(entered(visit.place.store, Act.ANSWER))
    answers = {one.about: json.loads(one.body) for one in given}
    listed = sorted(held.matters, key=lambda m: m.answer is not None) if held else []
    return visit.page(
        "matters.html", review=held, matters=listed, answers=answers, choices=Reviewed.answers()
    )


def answer(visit: Visit) -> Response:
    """Enter the answers given to matters; those without an answer stay open."""
    held, name = visit.place.review, visit.text("name", 40)
    if held is None:
        raise ActionError("还没有会审。请先在“操作”里点“会审”。")
    known = {matter.mark: matter for matter in held.matters}
    given: list[tuple[Matter, Reviewed, str]] = []
    for field in visit.form:
        at = field.removeprefix("mark")
        said, why = visit.text(f"answer{at}", 20), visit.text(f"reason{at}", 500)
        if at != field and said:
            given.append((asked_of(known, visit.text(field, 500)), *answer_given(said, why)))
    if not given or not name:
        raise ActionError("请至少答复一件，并填答复人。没有登记任何答复。")
    visit.place.answered(given, name, visit.account.name)
    return visit.go("/office/matters", f"已登记 {len(given)} 件答复。再点一次“会审”，看还有哪些没有答复。")


def asked_of(known: Mapping[str, Matter], mark: str) -> Matter:
    """Return the matter of a mark. Raises ActionError if the last review has none: its facts are others by now."""
    if mark not in known:
        raise ActionError(
            f"事项“{mark}”不在最近一次会审里，它的事实变了。没有登记任何答复，请回到“会审”页重新答复。"
        )
    return known[mark]


def answer_given(said: str, why: str) -> tuple[Reviewed, str]:
    """Return an answer with its reason. Raises ActionError for none of the list, and for 照发 without a reason."""
    if said not in Reviewed.answers():
        raise ActionError(f"答复“{said}”不在列表里。没有登记任何答复，请从列表里选。")
    if said == Reviewed.ISSUE and not why:
        raise ActionError("答复“照发”的要写明理由。没有登记任何答复，请写好理由再登记。")
    return Reviewed(said), why


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def key_of(visit: Visit, path: Path) -> str:
    """Return by what a file is asked for: no part of its path comes back from a browser. Raises ActionError for one outside."""
    if not visit.place.is_inside(path):
        raise ActionError(f"“{path.name}”不在工作文件夹里，网上不能下载。请在办公室的电脑上打开。")
    return hashlib.sha256(path.relative_to(visit.place.folder).as_posix().encode()).hexdigest()[:24]


def files(visit: Visit) -> Response:
    """List results and papers, the newest first."""
    held = visit.place.files()
    shown = [
        (key_of(visit, p), p.relative_to(visit.place.folder).as_posix(), p.stat()) for p in held[:SHOWN_FILES]
    ]
    return visit.page(
        "files.html",
        files=shown,
        more=max(0, len(held) - SHOWN_FILES),
        is_outside=not visit.place.is_inside(visit.place.settings.outputs),
    )


def file(visit: Visit) -> Response:
    """Return a file of the list."""
    wanted = visit.request.path_params["key"]
    path = next((p for p in visit.place.files() if key_of(visit, p) == wanted), None)
    if path is None:
        return visit.missing()
    visit.took(path.name)
    return visit.download(path.name, path.read_bytes())


# ── codes and the log ────────────────────────────────────────────────────────────────────────────


def codes(visit: Visit) -> Response:
    """List the accounts; a code that was just made is shown a while."""
    held = accounts.accounts(visit.place.store, visit.book)
    named = [(u.code, u.name) for u in visit.book.units]
    named += [(name, str(one.role)) for name, one in held.items() if one.role != accounts.Role.UNIT]
    fresh = visit.told if isinstance(visit.told, tuple) else ("", "")
    return visit.page("codes.html", named=named, held=held, fresh=fresh)


def set_code(visit: Visit) -> Response:
    """Make a new code for an account, or revoke it; what ends a code is asked about first."""
    name, act = visit.text("name", 60), visit.text("act", 10)
    if act not in ("new", "revoke"):
        raise ActionError("没有这项操作。请从页面上的按钮点。")
    accounts.role_of(name, visit.book)
    name = accounts.name_of(visit.place.store, visit.book, name)
    if name == visit.account.name:
        raise ActionError("自己的访问码在“改访问码”里改。")
    one = accounts.accounts(visit.place.store, visit.book).get(name)
    mark = one.mark if one and one.hash else ""
    if visit.text("sure", 64) != mark:
        unit = visit.book.unit(name)
        return visit.page(
            "sure.html", name=name, title=unit.name if unit else "", act=act, one=one, mark=mark
        )
    code = accounts.made() if act == "new" else ""
    accounts.set_codes(visit.place.store, visit.book, [(name, code)], visit.account.name, visit.place.now())
    return visit.go("/office/codes", (name, code))


def log(visit: Visit) -> Response:
    """Show what was done last."""
    return visit.page(
        "log.html", entries=list(reversed(entered(visit.place.store, last=SHOWN_LOG))), about=told
    )


def told(body: str) -> str:
    """Return what an entry says, for the log: no hash of a code."""
    said: dict[str, Any] = json.loads(body)
    return "，".join(
        f"{name} {value}" for name, value in said.items() if name != "hash" and value not in ("", [])
    )
