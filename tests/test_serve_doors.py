"""Attacks on the reporting desk, by the numbers of docs/decisions/threat-model.md (T12 on)."""

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Desk
from serving import CODES, Office, blank, form, office, serve, text_of
from test_hostile import CASES, Case

from baiti_xl import desk
from baiti_xl.desk.entering import Act
from baiti_xl.desk.receipts import handed_in
from baiti_xl.read.guard import MAX_FILE
from baiti_xl.serve import accounts, doors, run, sessions
from baiti_xl.serve.app import routes
from baiti_xl.serve.sessions import MOST_KEYS, WINDOW_SECONDS, Knock, Sessions, Tries, network
from baiti_xl.serve.unit import shown_name

__all__ = ["blank", "office", "serve"]
PAGES = (
    "/unit", "/unit/draft", "/unit/receipt/1", "/office", "/office/actions", "/office/matters", "/office/files", "/office/codes",
    "/office/log", "/totals", "/boards", "/tiers", "/units", "/figure/X01/4", "/row/X01/3/4", "/code", "/", "/nope",
)  # fmt: skip


class Clock:
    """A clock that tests turn."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


# ── T12 a unit asks for what is another's ────────────────────────────────────────────────────────


def test_t12_a_unit_gets_nothing_of_another_nor_of_the_office(office: Office) -> None:
    office.visitor("X01").hand_in(form())
    other = office.visitor("X02")
    mine = (
        "/unit/receipt/1",
        "/unit/receipt/1/file",
        "/unit/receipt/1/marked",
        "/unit/receipt/9",
        "/unit/post/0/0",
    )
    for path in (
        *mine,
        *(
            p
            for p in PAGES
            if p.startswith(("/office", "/totals", "/boards", "/tiers", "/units", "/fig", "/row"))
        ),
    ):
        answer = other.get(path)
        assert (answer.status_code, "没有这一页" in answer.text) == (404, True), path
        assert "X01" not in answer.text


def test_t12_a_unit_cannot_hand_in_what_another_dropped(office: Office) -> None:
    mine, other = office.visitor("X01"), office.visitor("X02")
    digest = re.search(r'name="digest" value="(\w+)"', mine.drop(form()).text)
    assert digest
    other.drop(form("X02"))
    other.post("/unit/hand-in", digest=digest[1])
    assert "这一份不是刚才校验的那一份" in other.said()
    assert handed_in(office.place.store) == []


def test_t12_the_leader_can_change_nothing_and_the_office_hands_in_for_nobody(office: Office) -> None:
    for name, paths in (
        ("领导", ("/office/act", "/office/codes", "/unit/check")),
        ("办公室", ("/unit/check", "/unit/hand-in")),
    ):
        visitor = office.visitor(name)
        assert {visitor.client.post(path, data={}).status_code for path in paths} == {404}


def test_t12_who_is_not_signed_in_sees_the_door_only(office: Office) -> None:
    stranger = office.visitor()
    for path in PAGES[:-3]:
        assert stranger.client.get(path, follow_redirects=False).headers["location"] == "/"
    for route in routes():
        if "POST" in (getattr(route, "methods", None) or ()) and route.path != "/login":  # type: ignore[attr-defined]
            answer = stranger.client.post(route.path, follow_redirects=False)  # type: ignore[attr-defined]
            assert (answer.status_code, answer.headers["location"]) == (303, "/")


# ── T13 forms and cookies used again, or from elsewhere ──────────────────────────────────────────


def test_t13_without_its_own_token_nothing_is_done(office: Office) -> None:
    one, two = office.visitor("X01"), office.visitor("X02")
    one.drop(form())
    page, digest = one.page.text, re.search(r'name="digest" value="(\w+)"', one.page.text)
    tokens = re.findall(r'name="token" value="([^"]+)"', page)
    stolen = re.findall(r'name="token" value="([^"]+)"', two.get("/unit").text)
    assert digest
    assert len(tokens) == 2  # to sign out, and to hand in
    for token in ("", "x", tokens[0], tokens[1][:-1], *stolen):
        answer = one.client.post("/unit/hand-in", data={"token": token, "digest": digest[1]})
        assert (answer.status_code, "没有执行" in answer.text) == (403, True)
    assert handed_in(office.place.store) == []


def test_t13_a_cookie_is_worth_nothing_after_signing_out(office: Office) -> None:
    visitor = office.visitor("X01")
    kept = dict(visitor.client.cookies)
    visitor.get("/unit")
    visitor.post("/logout")
    visitor.client.cookies.update(kept)
    assert visitor.get("/unit").url.path == "/"


def test_t13_sessions_end_by_themselves_and_their_tokens_with_them(serve: Callable[..., Office]) -> None:
    clock = Clock()
    office = serve(sessions=Sessions(clock))
    visitor = office.visitor("X01")
    clock.now += sessions.IDLE_SECONDS - 1
    assert visitor.get("/unit").url.path == "/unit"
    clock.now += sessions.IDLE_SECONDS + 1
    assert visitor.get("/unit").url.path == "/"


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403)]
)
def test_t13_a_page_elsewhere_posts_nothing(office: Office, site: str, status: int) -> None:
    visitor = office.visitor()
    answer = visitor.client.post(
        "/login", data={"name": "X01", "code": CODES["X01"]}, headers={"sec-fetch-site": site}
    )
    assert answer.status_code == status


@pytest.mark.parametrize(("scheme", "name"), [("http", "baiti"), ("https", "__Host-baiti")])
def test_t13_cookies_are_held_to_this_host_and_out_of_reach(office: Office, scheme: str, name: str) -> None:
    visitor = office.visitor()
    address = f"{scheme}://127.0.0.1:8765/login"
    answer = visitor.client.post(address, data={"name": "X01", "code": CODES["X01"]}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert ("Secure" in cookie) is (scheme == "https")
    assert ("strict-transport-security" in answer.headers) is (scheme == "https")


# ── T14 codes guessed ────────────────────────────────────────────────────────────────────────────


def test_t14_ten_thousand_wrong_codes_open_nothing_and_cost_little(
    serve: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, tried = Clock(), 0
    office = serve(Tries(clock))

    def fits(code: str, kept: str) -> bool:
        nonlocal tried
        tried += 1
        return code == CODES["X01"] and bool(kept)

    monkeypatch.setattr("baiti_xl.serve.entrance.fits", fits)
    tries = office.doors.app.state.served.tries  # type: ignore[attr-defined]
    knocks = [Knock(f"10.0.{n % 7}.1", "X01") for n in range(10_000)]
    for knock in knocks[5:]:
        if not knock.is_locked(tries):
            fits("wrong", "x")
            knock.wrong(tries)
    visitor = office.visitor(address="10.0.0.1")
    for _ in range(5):
        assert visitor.sign_in("X01", "wrong").status_code == 429
    assert visitor.sign_in("X01").status_code == 429
    assert office.visitor(address="10.9.9.9").sign_in("X02", CODES["X01"]).status_code == 200
    assert tried <= sessions.WRONG["account"] + 1
    clock.now += WINDOW_SECONDS + 1
    assert visitor.sign_in("X01").status_code == 200


def test_t14_five_wrong_codes_lock_a_name_from_one_place_and_are_logged_once(office: Office) -> None:
    visitor = office.visitor(address="10.0.0.1")
    assert [visitor.sign_in("X01", "wrong").status_code for _ in range(5)] == [401] * 5
    assert [visitor.sign_in("X01").status_code for _ in range(20)] == [429] * 20
    assert "先停一刻钟再试" in visitor.said()
    assert office.log(Act.LOCKED) == [(Act.LOCKED, "X01", "10.0.0.1")]
    assert office.visitor(address="10.0.0.2").sign_in("X01").status_code == 200


@pytest.mark.parametrize("asked", ["/login", "/code"])
def test_t14_codes_tried_at_once_are_counted_as_if_one_after_the_other(
    office: Office, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    tried: list[str] = []

    def fits(code: str, kept: str) -> bool:
        tried.append(code)
        time.sleep(0.05)
        return False

    visitors = [office.visitor("X01" if asked == "/code" else "") for _ in range(8)]
    for visitor in visitors:
        visitor.get("/code")
    monkeypatch.setattr("baiti_xl.serve.entrance.fits", fits)

    def knock(visitor: Any, at: int) -> None:
        if asked == "/code":
            visitor.post("/code", old=f"wrong{at}", new="x", again="x")
        else:
            visitor.sign_in("X01", f"wrong{at}")

    threads = [threading.Thread(target=knock, args=told) for told in zip(visitors, range(8), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wrong = 400 if asked == "/code" else 401
    assert sorted(v.page.status_code for v in visitors) == [wrong] * 5 + [429] * 3
    assert len(tried) == sessions.WRONG["both"]
    assert office.log(Act.LOCKED) == [(Act.LOCKED, "X01", "10.0.0.1")]


def test_t13_an_account_has_ten_sessions_and_one_more_ends_the_one_used_longest_ago(office: Office) -> None:
    visitors = [office.visitor("X01") for _ in range(sessions.MOST_OF_ACCOUNT)]
    other = office.visitor("X02")
    assert visitors[0].get("/unit").url.path == "/unit"
    office.visitor("X01")
    assert [v.get("/unit").url.path for v in visitors] == ["/unit", "/", *["/unit"] * 8]
    assert other.get("/unit").url.path == "/unit"


OWN = "春风又绿江南岸年年如此"


@pytest.mark.parametrize(
    ("new", "typed", "status"),
    [
        ("Ab3dEf7hJk9m", "ＡＢ３ＤＥＦ７ＨＪＫ９Ｍ", 200),
        ("Ab3d－Ef7h　Jk9m", "ab3d-ef7h-jk9m", 200),
        (f"{OWN}ﬁ", f"{OWN}fi", 200),
        ("Ab3dEf7hJk9m", "Ab3dEf7hJk9n", 401),
        (f"Ab3dEf7h{'x' * 120}", f"Ab3d-Ef7h-{'X' * 120}", 200),
        (f"Ab3dEf7h{'x' * 120}", f"Ab3dEf7h{'x' * 121}", 401),
        (f"Ab3dEf7h{'-x' * 120}", f"Ab3dEf7h{'x' * 120}", 200),
    ],
)
def test_t14_a_code_is_the_same_in_any_width_and_no_longer_one_is(
    office: Office, new: str, typed: str, status: int
) -> None:
    visitor = office.visitor("X01")
    visitor.post("/code", at="/code", old=CODES["X01"], new=new, again=new)
    assert visitor.page.url.path == "/"
    assert visitor.sign_in("X01", typed).status_code == status


@pytest.mark.parametrize(("length", "is_taken"), [(11, False), (12, True), (128, True), (129, False)])
def test_t14_a_code_of_ones_own_is_neither_short_nor_endless(length: int, is_taken: bool) -> None:
    code = ("Ab3dEf7h" + "x" * 121)[:length] if length > 12 else "Ab3dEf7hJk9m"[:length]
    if is_taken:
        accounts.check_own(code, "X01")
    else:
        with pytest.raises(desk.ActionError, match="至少 12 位、至多 128 位"):
            accounts.check_own(code, "X01")


def test_t14_the_answer_does_not_tell_whether_an_account_is_there(office: Office) -> None:
    visitor = office.visitor()
    accounts.set_codes(office.place.store, office.place.book, [("X03", "")], "样例甲", office.now)
    names = ("X01", "X03", "X99", "' OR 1=1 --", "<b>")
    pages = {re.sub(r'value="[^"]*"', "", visitor.sign_in(name, "wrong").text) for name in names}
    assert len(pages) == 1


def test_t14_what_is_counted_stays_bounded() -> None:
    tries = Tries()
    for n in range(MOST_KEYS + 500):
        tries.add(str(n))
    assert len(tries.held) == MOST_KEYS
    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::9") != network("2001:db8:1:3::9")


def test_t14_a_hash_fits_its_code_alone_and_is_salted() -> None:
    code = accounts.made()
    kept = accounts.hashed(code)
    assert accounts.hashed(code) != kept
    assert [accounts.fits(c, kept) for c in (code, code.lower().replace("-", " "), code[:-1], "")] == [
        True,
        True,
        False,
        False,
    ]
    assert not accounts.fits("nobody", "")
    assert len({accounts.made() for _ in range(500)}) == 500


def test_t14_a_try_costs_time_and_memory() -> None:
    told = "import json; from baiti_xl.serve.accounts import COST; print(json.dumps(COST))"
    cost = json.loads(
        subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, text=True).stdout
    )
    assert 128 * cost["n"] * cost["r"] * cost["p"] >= 16 << 20


# ── T15 uploads that fill, hang or crash ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if c.row in ("压缩炸弹", "千万格", "实体", "密码", "一格在 XFD1048576")],
    ids=lambda c: c.file,
)
def test_t15_bombs_and_huge_forms_are_one_finding(office: Office, case: Case) -> None:
    visitor = office.visitor("X01")
    started = time.monotonic()
    answer = visitor.drop(case.make("X01"), case.file)
    assert answer.status_code == 200
    assert time.monotonic() - started < 30
    if case.rule:
        assert f"（{case.rule}" in visitor.said()
        assert "这份文件不能交" in visitor.said()
    assert visitor.get("/unit").status_code == 200


PART = b'--b\r\nContent-Disposition: form-data; name="form"; filename="a.xlsx"\r\n\r\n'


def asked(
    app: Any, headers: dict[str, str], receive: Any, path: str = doors.UPLOAD, method: str = "POST"
) -> tuple[int, str]:
    """Return status and page of a request whose body comes as a test likes."""
    head, page = answered(app, headers, receive, path, method)
    return head["status"], page


def answered(
    app: Any, headers: dict[str, str], receive: Any, path: str, method: str
) -> tuple[dict[str, Any], str]:
    """Return the head and the page of an answer."""
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()], "client": ("10.0.0.1", 1), "server": ("127.0.0.1", 1),
        "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return told[0], b"".join(m.get("body", b"") for m in told[1:]).decode()


def test_t15_what_is_too_large_by_its_own_word_is_not_read(office: Office) -> None:
    async def receive() -> Any:
        raise AssertionError("read")

    for length in (str(MAX_FILE * 2), "9" * 30, "-1", "x"):
        status, page = asked(office.doors, {"content-length": length}, receive)
        assert (status, "文件太大" in page) == (413, True)


def test_t15_what_grows_beyond_the_bound_without_a_word_is_cut(office: Office) -> None:
    visitor, got = office.visitor("X01"), 0
    cookie = "; ".join(f"{k}={v}" for k, v in visitor.client.cookies.items())

    async def receive() -> Any:
        nonlocal got
        got += 1
        head = (
            b'--b\r\nContent-Disposition: form-data; name="form"; filename="a.xlsx"\r\n\r\n'
            if got == 1
            else b""
        )
        return {"type": "http.request", "body": head + bytes(1 << 20), "more_body": True}

    status, page = asked(
        office.doors, {"cookie": cookie, "content-type": "multipart/form-data; boundary=b"}, receive
    )
    assert (status, "文件太大" in page) == (413, True)
    assert got == (MAX_FILE >> 20) + 1


def test_t15_a_slow_upload_ends_and_who_is_not_signed_in_is_not_waited_for(office: Office) -> None:
    visitor = office.visitor("X01")
    cookie = "; ".join(f"{k}={v}" for k, v in visitor.client.cookies.items())
    waits = 0

    async def drip() -> Any:
        nonlocal waits
        waits += 1
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": (PART if waits == 1 else b"x"), "more_body": True}

    form_type = {"content-type": "multipart/form-data; boundary=b"}
    impatient = doors.Doors(office.doors.app, 0.3)
    status, page = asked(impatient, {"cookie": cookie, **form_type}, drip)
    assert (status, "上传太慢" in page) == (408, True)
    waits = 0
    assert asked(impatient, form_type, drip)[0] == 303
    assert waits == 0


def test_t15_ordinary_forms_are_bounded_too(office: Office) -> None:
    visitor = office.visitor("X01")
    visitor.get("/unit")
    answer = visitor.client.post("/unit/reply", content=b"x" * (doors.ORDINARY + 1))
    assert (answer.status_code, "填的内容太多" in answer.text, "文件" in text_of(answer)) == (
        413,
        True,
        False,
    )
    many = {f"f{n}": "x" for n in range(4000)}
    assert visitor.client.post("/unit/reply", data=many).status_code == 400
    assert visitor.get("/unit").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize("head", [{"content-length": "1"}, {"transfer-encoding": "chunked"}])
@pytest.mark.parametrize("path", ["/", "/unit", "/nope", doors.UPLOAD])
def test_t15_what_is_no_form_brings_no_body(
    office: Office, method: str, head: dict[str, str], path: str
) -> None:
    async def receive() -> Any:
        raise AssertionError("read")

    status, page = asked(office.doors, head, receive, path, method)
    assert (status, "这一页不收内容" in page) == (400, True)
    assert asked(office.doors, {"content-length": "0"}, receive, path, method)[0] != 400


@pytest.mark.parametrize(("path", "status"), [("/nope", 404), ("/unit", 404), ("/unit/check", 303)])
def test_t15_a_body_that_nobody_reads_ends_its_connection(office: Office, path: str, status: int) -> None:
    async def receive() -> Any:
        raise AssertionError("read")

    head, _ = answered(office.doors, {"transfer-encoding": "chunked"}, receive, path, "POST")
    assert (head["status"], (b"connection", b"close") in head["headers"]) == (status, True)
    head, _ = answered(office.doors, {}, receive, path, "POST")
    assert (head["status"], (b"connection", b"close") in head["headers"]) == (status, False)


def test_t15_one_unit_drops_no_more_than_so_many(
    serve: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baiti_xl.serve.unit.UPLOADS", 2)
    visitor = serve().visitor("X01")
    assert [visitor.drop(b"x").status_code for _ in range(3)] == [200, 200, 400]
    assert "一刻钟里放的文件太多" in visitor.said()


def test_t15_dropped_forms_do_not_pile_up(office: Office) -> None:
    visitor = office.visitor("X01")
    for n in range(4):
        visitor.drop(form(batch=n + 1))
    assert len(list(office.place.drafts_folder.iterdir())) == 1


@pytest.fixture(scope="module")
def listening(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk that listens."""
    folder = tmp_path_factory.mktemp("listening") / "竞赛"
    shutil.copytree(blank, folder)
    with Desk(folder, ("X01",)) as found:
        yield found


def test_t15_a_head_that_does_not_come_ends_the_connection(
    listening: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "HEAD_SECONDS", 0.3)
    for first in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
        with socket.create_connection(listening.line.getsockname()[:2], timeout=10) as line:
            line.sendall(first)
            started, heard = time.monotonic(), b""
            while got := line.recv(1 << 16):
                heard += got
                if heard.endswith(b"</html>"):
                    line.sendall(b"GET / HT")
            assert time.monotonic() - started < 9
            assert heard.startswith(b"HTTP/1.1 200") is first.endswith(b"\r\n\r\n")


# ── T16 script in what others write ──────────────────────────────────────────────────────────────


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_t16_what_others_write_is_text_on_every_page(office: Office) -> None:
    tables = {
        "项目台账": f"项目名称 | 项目阶段 | 签约金额 | 签约日期\n{EVIL.replace('|', '')} | 签约 | x{EVIL} | 2011-5-1"
    }
    visitor, clerk = office.visitor("X01"), office.visitor("办公室")
    visitor.hand_in(form(tables=tables), name=f"{EVIL}.xlsx")
    office.place.log(Act.REPLY, "X01", "补正通知/2011-05-13", unit="X01", text=EVIL)
    office.visitor().sign_in(EVIL, "x")
    seen = 0
    for page in [
        visitor.drop(form(tables=tables, batch=2), EVIL),
        *map(visitor.get, PAGES[:3]),
        *map(clerk.get, PAGES[3:]),
    ]:
        seen += "&lt;script&gt;" in page.text
        assert not re.search(r"<script|<img|<[^>]* on\w+=|<[^>]* style=|<style|javascript:", page.text, re.I)
    assert seen >= 4


def test_t16_every_answer_forbids_script_and_framing(office: Office) -> None:
    visitor, clerk = office.visitor("X01"), office.visitor("办公室")
    answers = [
        visitor.get("/unit"),
        visitor.get("/desk.css"),
        visitor.get("/nope"),
        visitor.get("/unit/form"),
    ]
    answers += [clerk.get("/office"), office.visitor().sign_in("X01", "wrong")]
    for answer in answers:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    assert answers[3].headers["content-disposition"].startswith("attachment")


# ── T17 paths from a browser ─────────────────────────────────────────────────────────────────────


NAMES = [
    ("../../操作台.xlsm", "操作台.xlsm"),
    ("..\\..\\归档\\登记.db", "登记.db"),
    ("/etc/passwd", "passwd"),
    ("C:\\a\\b.xlsx", "b.xlsx"),
    ("a\r\nSet-Cookie: x=1.xlsx", "aSet-Cookie: x=1.xlsx"),
    ("a\x00.xlsx", "a.xlsx"),
    ("\u202excod.xlsx", "xcod.xlsx"),
    ("长" * 300 + ".xlsx", "长" * 115 + ".xlsx"),
    ("..", ".."),
    ("", "报送表.xlsx"),
]


def test_t17_a_files_name_is_shown_and_never_a_path(office: Office) -> None:
    visitor = office.visitor("X01")
    for name, shown in NAMES:
        assert shown_name(name) == shown
        if name:
            visitor.hand_in(form(), name=name.replace("\r\n", "").replace("\x00", ""))
            assert [n.rpartition(".")[0] for n in office.files()] == ["第一期/X01_城关镇_2011-05-13_第1批"]


PATHS = (
        "/office/files/..%2f..%2f操作台.xlsm", "/office/files/%2e%2e/%2e%2e/etc/passwd", "/office/files/操作台.xlsm", "/desk.css/../../app.py",
        "/templates/frame.html", "/static/desk.css", "/figure/..%2f/4", "/row/X01/99/4",
    )  # fmt: skip


def test_t17_no_path_leads_to_a_file(office: Office) -> None:
    clerk = office.visitor("办公室")
    clerk.get("/office")
    for path in PATHS:
        answer = clerk.get(path)
        assert (answer.status_code, "没有这一页" in answer.text) == (404, True), path


@pytest.mark.parametrize("length", [doors.LONGEST_PATH - len("/unit/receipt/"), 299, 5000, 60_000])
def test_t17_an_endless_address_is_no_page(office: Office, length: int) -> None:
    visitor, clerk = office.visitor("X01"), office.visitor("办公室")
    for who, path in (
        (visitor, "/unit/receipt/" + "9" * length),
        (clerk, "/office/files/" + "f" * length),
        (clerk, f"/row/X01/{'9' * length}/4"),
    ):
        answer = who.get(path)
        assert (answer.status_code, "没有这一页" in answer.text) == (404, True)


def test_t17_links_and_hidden_files_are_not_given_out(office: Office, tmp_path: Path) -> None:
    out = office.place.settings.outputs
    (tmp_path / "secret.txt").write_text("x")
    (out / "link.txt").symlink_to(tmp_path / "secret.txt")
    (out / ".hidden").write_text("x")
    (out / "plain.txt").write_text("x")
    assert [p.name for p in office.place.files()] == ["plain.txt"]


# ── T18 who listens ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "files", "plain", "refused"),
    [
        ("127.0.0.1", 0, False, ""),
        ("::1", 0, False, ""),
        ("localhost", 0, False, ""),
        ("0.0.0.0", 0, False, "不是本机地址"),
        ("::", 0, False, "不是本机地址"),
        ("192.168.1.5", 0, False, "不是本机地址"),
        ("desk.example", 0, False, "不是本机地址"),
        ("0.0.0.0", 0, True, ""),
        ("0.0.0.0", 2, False, ""),
        ("0.0.0.0", 1, False, "要一起给出"),
    ],
)
def test_t18_beyond_this_machine_only_with_tls_or_a_word(
    tmp_path: Path, host: str, files: int, plain: bool, refused: str
) -> None:
    cert, key = tmp_path / "c.pem", tmp_path / "k.pem"
    for path in (cert, key):
        path.write_text("")
    given = [cert, key][:files] + [None] * (2 - files)
    if refused:
        with pytest.raises(desk.ActionError, match=refused):
            run.check_listening(host, *given, plain_http=plain)
    else:
        run.check_listening(host, *given, plain_http=plain)


def test_t18_a_certificate_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(desk.ActionError, match="找不到证书文件"):
        run.check_listening("0.0.0.0", tmp_path / "no.pem", tmp_path / "no.key", plain_http=True)


def test_t18_a_fault_of_ours_shows_nothing_of_ours(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    visitor = office.visitor("X01")
    monkeypatch.setattr("baiti_xl.serve.unit.posts", broken)
    answer = visitor.get("/unit")
    assert (answer.status_code, "程序出错" in answer.text, "secret" in answer.text) == (500, True, False)
