"""Signing in and out, and a code of one's own."""

from starlette.responses import Response

from baiti_xl.desk.entering import Act
from baiti_xl.serve.accounts import account_of, check_own, fits, folded, plain, set_codes
from baiti_xl.serve.sessions import Knock, Tried
from baiti_xl.serve.visit import HOME, Visit, cookie_name

WRONG = "账号或访问码不对。"
LOCKED = "试错的次数太多，先停一刻钟再试。访问码忘了的，请办公室重发。"


def door(visit: Visit) -> Response:
    """Show the page to sign in, or go on to one's own."""
    if visit.session:
        return visit.go(HOME[visit.account.role])
    return visit.page("sign_in.html", fault="", name="")


def sign_in(visit: Visit) -> Response:
    """Begin a session for the right code; wrong ones are counted, and after a few nobody is let try for a while."""
    name = folded(visit.text("name", 60))
    account = account_of(visit.place.store, visit.book, name)
    name = (
        account.name if account else name
    )  # however it is written, or was before: tries count for the account
    found = tried(visit, name, account.hash if account else "")
    if found is Tried.LOCKED:
        return visit.page("sign_in.html", 429, fault=LOCKED, name=name)
    if found is not Tried.RIGHT or account is None:
        return visit.page("sign_in.html", 401, fault=WRONG, name=name)
    visit.place.log(Act.SIGN_IN, account.name, visit.address)
    secret = visit.served.sessions.begin(account)
    answer = visit.go(HOME[account.role])
    answer.set_cookie(
        cookie_name(visit.request),
        secret,
        path="/",
        secure=visit.request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


def tried(visit: Visit, name: str, kept: str, field: str = "code") -> Tried:
    """Try the code of a field on the hash of an account; that nobody is let try any more is logged once."""
    code = visit.text(field)
    found = Knock(visit.address, name).tried(visit.served.tries, lambda: fits(code, kept))
    if found is Tried.LAST:
        visit.place.log(Act.LOCKED, name, visit.address)
    return found


def sign_out(visit: Visit) -> Response:
    """End the session."""
    name = cookie_name(visit.request)
    visit.place.log(Act.SIGN_OUT, visit.account.name, visit.address)
    visit.served.sessions.end(visit.request.cookies.get(name, ""))
    answer = visit.go("/")
    answer.delete_cookie(
        name, path="/", secure=visit.request.url.scheme == "https", httponly=True, samesite="strict"
    )
    return answer


def code(visit: Visit) -> Response:
    """Show the form for a code of one's own."""
    return visit.page("code.html", fault="")


def change_code(visit: Visit) -> Response:
    """Take a code of one's own; every session under the old one ends."""
    account, new = visit.account, visit.text("new")
    found = tried(visit, account.name, account.hash, "old")
    if found is Tried.LOCKED:
        return visit.page("code.html", 429, fault=LOCKED)
    if found is not Tried.RIGHT:
        return visit.page("code.html", 400, fault="现在的访问码不对。")
    if plain(new) != plain(visit.text("again")):
        return visit.page("code.html", 400, fault="两次写的新访问码不一样。")
    check_own(new, account.name)
    set_codes(visit.place.store, visit.book, [(account.name, new)], account.name, visit.place.now())
    return visit.go("/")
