"""The addresses of the reporting desk, and which role may ask for each."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from baiti_xl.errors import UserError
from baiti_xl.serve import entrance, figures, office, unit
from baiti_xl.serve.accounts import Role
from baiti_xl.serve.doors import NOT_HERE, Doors, Refused
from baiti_xl.serve.place import Place
from baiti_xl.serve.sessions import Sessions, Tries
from baiti_xl.serve.visit import BROKEN, Served, Visit, route

STYLE = "/desk.css"
INCOMPLETE = "请求不完整，没有执行。请从首页重新打开。"
ALL = tuple(Role)
SEEING = (Role.OFFICE, Role.LEADER)


async def style(request: Request) -> Response:
    """Return the style sheet."""
    text = files("baiti_xl.serve").joinpath("static", "desk.css").read_text(encoding="utf-8")
    return PlainTextResponse(text, headers={"cache-control": "max-age=300"}, media_type="text/css")


def faulty(request: Request, status: int, sentence: str) -> Response:
    """Return one sentence as a page."""
    return Visit(request, request.app.state.served, None, {}).page("fault.html", status, sentence=sentence)


async def refused(request: Request, error: Exception) -> Response:
    """Return why a request was not taken; the rest of it is not read."""
    found = error if isinstance(error, Refused) else Refused(400, INCOMPLETE)
    answer = faulty(request, found.status, found.sentence)
    answer.headers["connection"] = "close"
    return answer


async def missing(request: Request, error: Exception) -> Response:
    """Return that there is no such page, or that a request makes no sense."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    return faulty(request, 404, NOT_HERE) if status in (404, 405) else faulty(request, status, INCOMPLETE)


async def failed(request: Request, error: Exception) -> Response:
    """Return what could not be done in one sentence."""
    if isinstance(error, UserError):
        return faulty(request, 503, request.app.state.served.place.told(error))
    return faulty(request, 500, BROKEN)


def routes() -> list[BaseRoute]:
    """Return every address."""
    return [
        Route(STYLE, style),
        route("/", entrance.door),
        route("/login", entrance.sign_in, post=True),
        route("/logout", entrance.sign_out, *ALL, post=True),
        route("/code", entrance.code, *ALL),
        route("/code", entrance.change_code, *ALL, post=True),
        route("/unit", unit.home, Role.UNIT),
        route("/unit/form", unit.form, Role.UNIT),
        route("/unit/check", unit.drop, Role.UNIT, post=True),
        route("/unit/draft", unit.draft, Role.UNIT),
        route("/unit/draft/marked", unit.draft_marked, Role.UNIT),
        route("/unit/hand-in", unit.hand_in, Role.UNIT, post=True),
        route("/unit/receipt/{number:int}", unit.receipt, Role.UNIT),
        route("/unit/receipt/{number:int}/file", unit.receipt_file, Role.UNIT),
        route("/unit/receipt/{number:int}/marked", unit.receipt_marked, Role.UNIT),
        route("/unit/post/{post:int}/{file:int}", unit.post_file, Role.UNIT),
        route("/unit/reply", unit.reply, Role.UNIT, post=True),
        route("/office", office.board, Role.OFFICE),
        route("/office/actions", office.actions, Role.OFFICE),
        route("/office/act", office.act, Role.OFFICE, post=True),
        route("/office/matters", office.matters, Role.OFFICE),
        route("/office/answers", office.answer, Role.OFFICE, post=True),
        route("/office/files", office.files, Role.OFFICE),
        route("/office/files/{key}", office.file, Role.OFFICE),
        route("/office/codes", office.codes, Role.OFFICE),
        route("/office/codes", office.set_code, Role.OFFICE, post=True),
        route("/office/log", office.log, Role.OFFICE),
        route("/totals", figures.totals, *SEEING),
        route("/boards", figures.boards, *SEEING),
        route("/tiers", figures.tier_map, *SEEING),
        route("/units", figures.units, *SEEING),
        route("/figure/{unit}/{measure:int}", figures.figure, *SEEING),
        route("/row/{unit}/{sheet:int}/{row:int}", figures.row, *SEEING),
    ]


HANDLERS: Mapping[Any, Any] = {HTTPException: missing, Refused: refused, UserError: failed, Exception: failed}


def application(place: Place, tries: Tries | None = None, sessions: Sessions | None = None) -> Doors:
    """Return the application that serves a working folder, behind its doors."""
    app = Starlette(routes=routes(), exception_handlers=HANDLERS)
    app.state.served = Served(place, sessions or Sessions(), tries or Tries())
    return Doors(app)
