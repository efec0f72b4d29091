"""One request: who asks, what was sent along, and how it is answered."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import anyio.to_thread
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import numeral
from baiti_xl.desk.entering import Act
from baiti_xl.errors import UserError
from baiti_xl.serve.accounts import Account, Role, account_of
from baiti_xl.serve.doors import NOT_HERE, Refused
from baiti_xl.serve.place import Place
from baiti_xl.serve.sessions import Session, Sessions, Tries

log = logging.getLogger(__name__)
COOKIE, SAFE_COOKIE = "baiti", "__Host-baiti"
MOST_FIELDS = 3000
STALE = "页面放得太久，或不是这次登录打开的，没有执行。请回到页面再点一次。"
BROKEN = "程序出错，没有完成。请把当时的操作告诉维护人员。"
HOME = {Role.UNIT: "/unit", Role.OFFICE: "/office", Role.LEADER: "/totals"}


@dataclass
class Served:
    """What every request of one server shares."""

    place: Place
    sessions: Sessions
    tries: Tries


@dataclass
class Visit:
    """A request with what it needs; `form` holds the fields that were sent, a file among them."""

    request: Request
    served: Served
    session: Session | None
    form: Mapping[str, Any]

    @property
    def place(self) -> Place:
        """The working folder."""
        return self.served.place

    @property
    def book(self) -> Rulebook:
        """The rules in force."""
        return self.place.book

    @property
    def account(self) -> Account:
        """Who is signed in. Raises Refused if nobody is."""
        if self.session is None:
            raise Refused(403, STALE)
        return self.session.account

    @property
    def address(self) -> str:
        """From where the request comes."""
        return self.request.client.host if self.request.client else ""

    def text(self, name: str, most: int = 2000) -> str:
        """Return a field that was sent, "" if it was not; no longer than asked."""
        value = self.form.get(name, "")
        return value.strip()[:most] if isinstance(value, str) else ""

    def query(self, name: str) -> str:
        """Return what the address asks."""
        return self.request.query_params.get(name, "")[:100]

    def file(self, name: str) -> UploadFile | None:
        """Return a file that was sent, None if there was none."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def page(self, template: str, status: int = 200, refresh: int = 0, **facts: Any) -> Response:
        """Return a page."""
        text = (
            environment()
            .get_template(template)
            .render(
                account=self.session.account if self.session else None,
                said=self.told if isinstance(self.told, str) else "",
                trouble=self.place.trouble if self.is_office else "",
                here=self.here,
                book=self.book,
                token=self.token,
                home=HOME.get(self.session.account.role, "/") if self.session else "/",
                path=self.request.url.path,
                **facts,
            )
        )
        return HTMLResponse(text, status, headers={"refresh": str(refresh)} if refresh else None)

    def token(self, path: str) -> str:
        """Return the token of a form."""
        return self.served.sessions.token(self.session, path) if self.session else ""

    @property
    def is_office(self) -> bool:
        """Whether one of the office asks."""
        return self.session is not None and self.session.account.role is Role.OFFICE

    @property
    def here(self) -> str:
        """The address of the page, as a link to it is written."""
        url = self.request.url
        return quote(url.path) + (f"?{url.query}" if url.query else "")

    @property
    def told(self) -> object:
        """What there is to tell on this page of what was done before it, None if nothing."""
        return self.served.sessions.told(self.session, self.query("said")) if self.session else None

    def go(self, path: str, said: object = "") -> Response:
        """Return to a page, with something to tell there: nothing is done again when it is opened again."""
        if said and self.session:
            path = f"{path}?said={self.served.sessions.tell(self.session, said)}"
        return RedirectResponse(path, 303)

    def took(self, name: str) -> None:
        """Enter in the log that a file is taken: once a session, and not by one who only asks whether it is there."""
        is_get = self.request.method == "GET"
        if is_get and self.session and self.served.sessions.is_first(self.session, self.request.url.path):
            self.place.log(Act.TAKEN, self.account.name, name)

    def download(self, name: str, data: bytes) -> Response:
        """Return a file to be saved."""
        about = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        return Response(data, 200, {"content-disposition": about}, "application/octet-stream")

    def missing(self) -> Response:
        """Return that there is no such page."""
        return self.page("fault.html", 404, sentence=NOT_HERE)


@cache
def environment() -> Environment:
    """Return what renders pages: everything that comes from elsewhere is text."""
    loader = PackageLoader("baiti_xl.serve")
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["numeral"] = numeral
    return made


Handler = Callable[[Visit], Response]


def cookie_name(request: Request) -> str:
    """Return the name of the cookie: with TLS one that browsers hold to this host."""
    return SAFE_COOKIE if request.url.scheme == "https" else COOKIE


def signed_in(request: Request, served: Served) -> Session | None:
    """Return the session of a request, None if there is none or the account's code is another by now."""
    secret = request.cookies.get(cookie_name(request), "")
    session = served.sessions.find(secret) if secret else None
    if session is None:
        return None
    held = account_of(served.place.store, served.place.book, session.account.name)
    if held is None or not held.hash or held.mark != session.account.mark:
        served.sessions.end(secret)
        return None
    session.account = held  # a unit's code may be another by now
    return session


def route(path: str, handler: Handler, *roles: Role, post: bool = False) -> Route:
    """Return a page for some roles (none: for everybody); a POST must bring its token, before anything is done."""

    async def endpoint(request: Request) -> Response:
        served: Served = request.app.state.served
        session = await anyio.to_thread.run_sync(signed_in, request, served)
        visit = Visit(request, served, session, {})
        if roles and session is None:
            return visit.go("/")
        if roles and session and session.account.role not in roles:
            return visit.missing()
        if not post:
            return await anyio.to_thread.run_sync(answered, handler, visit)
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            visit.form = dict(form)
            if roles and session and not served.sessions.accepts(session, path, visit.text("token")):
                return visit.page("fault.html", 403, sentence=STALE)
            return await anyio.to_thread.run_sync(answered, handler, visit)

    return Route(path, endpoint, methods=["POST"] if post else ["GET"])


def answered(handler: Handler, visit: Visit) -> Response:
    """Return a handler's answer; what cannot be done is one plain sentence."""
    visit.place.refresh()
    try:
        return handler(visit)
    except UserError as error:
        return visit.page("fault.html", 400, sentence=visit.place.told(error))
    except Refused:
        raise
    except Exception:
        log.exception("%s", visit.request.url.path)
        return visit.page("fault.html", 500, sentence=BROKEN)
