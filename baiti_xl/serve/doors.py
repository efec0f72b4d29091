"""The doors: what comes in is bounded before it is read, what goes out says what a browser may do with it."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from baiti_xl.read.guard import MAX_FILE

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POST, UPLOAD = "POST", "/unit/check"
MARGIN, ORDINARY = 1 << 16, 1 << 19  # bytes of a form around its file, and of any other form
LONGEST_PATH = 300  # characters of an address; those of pages have a fourth of that
UPLOAD_SECONDS, ORDINARY_SECONDS = 120.0, 20.0
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
TOO_LARGE = f"文件太大：上限 {MAX_FILE >> 20} MB。请删去多余的图片或空行再放。"
TOO_SLOW = "上传太慢，没有收完。请换个网络再放一次。"
TOO_LONG = f"填的内容太多：上限 {ORDINARY >> 10} KB，没有执行。请返回上一页写短些再提交。"
HELD_UP = "网络太慢，没有收完，没有执行。请返回上一页再点一次。"
BODY = "这一页不收内容，没有执行。请从首页重新打开。"
NOT_HERE = "没有这一页。"
ELSEWHERE = "请求不是从本站的页面来的，没有执行。请从首页重新打开。"


class Refused(Exception):
    """What comes in is not taken; says the status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status, self.sentence = status, sentence
        super().__init__(sentence)


@dataclass
class Body:
    """What of a request's body may still come, and whether it has come as a whole."""

    left: int
    is_whole: bool


class Doors:
    """Stands before the application."""

    def __init__(self, app: App, seconds: float = UPLOAD_SECONDS) -> None:
        self.app, self.seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False
        body = Body(most(scope), is_whole=not brings_body(scope))

        async def out(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                message["headers"] = with_headers(
                    message["headers"], secure=scope["scheme"] == "https", is_last=not body.is_whole
                )
            await send(message)

        try:
            check(scope)
            await self.app(scope, self.bounded(scope, receive, body), out)
        except Refused as refusal:
            if not begun:
                await answer(refusal, out)

    def bounded(self, scope: Scope, receive: Receive, body: Body) -> Receive:
        """Return a receiver that stops at the bound of size and time."""
        is_upload = scope["path"] == UPLOAD
        until = monotonic() + (self.seconds if is_upload else min(self.seconds, ORDINARY_SECONDS))

        async def inner() -> Message:
            try:
                message = await asyncio.wait_for(receive(), max(0.01, until - monotonic()))
            except TimeoutError as error:
                raise Refused(408, TOO_SLOW if is_upload else HELD_UP) from error
            body.left -= len(message.get("body", b""))
            body.is_whole = not message.get("more_body", False)
            if body.left < 0:
                raise Refused(413, TOO_LARGE if is_upload else TOO_LONG)
            return message

        return inner if scope["method"] == POST else receive


def most(scope: Scope) -> int:
    """Return how many bytes a request may bring; one that is no POST none."""
    if scope["method"] != POST:
        return 0
    return MAX_FILE + MARGIN if scope["path"] == UPLOAD else ORDINARY


def brings_body(scope: Scope) -> bool:
    """Whether a request has a body by its head."""
    heads = dict(scope["headers"])
    return b"transfer-encoding" in heads or heads.get(b"content-length", b"0") != b"0"


def check(scope: Scope) -> None:
    """Refuse by the head of a request alone: an endless address, a body that is too large or not asked for, a page elsewhere."""
    if len(scope["path"]) > LONGEST_PATH:
        raise Refused(404, NOT_HERE)
    heads = dict(scope["headers"])
    if scope["method"] != POST and brings_body(scope):
        raise Refused(400, BODY)
    length = heads.get(b"content-length", b"0")
    if not length.isdigit() or int(length[:20]) > most(scope):
        raise Refused(413, TOO_LARGE if scope["path"] == UPLOAD else TOO_LONG)
    if scope["method"] == POST and heads.get(b"sec-fetch-site", b"same-origin") not in (
        b"same-origin",
        b"none",
    ):
        raise Refused(403, ELSEWHERE)


def with_headers(
    headers: list[tuple[bytes, bytes]], *, secure: bool, is_last: bool
) -> list[tuple[bytes, bytes]]:
    """Return the head of an answer with what it lacks; the last of its connection if the rest of the request is not read."""
    told = {name for name, _ in headers}
    more = [(n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in told]
    if secure:
        more.append((b"strict-transport-security", b"max-age=31536000"))
    if is_last and b"connection" not in told:
        more.append((b"connection", b"close"))
    return [*headers, *more]


async def answer(refusal: Refused, send: Send) -> None:
    """Answer a refused request; the connection ends, since its rest is not read."""
    text = f"<!doctype html><html lang=zh-CN><title>没有收下</title><p>{refusal.sentence}</p><p><a href=/>回首页</a></p>"
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
