"""Starting the reporting desk: what must be so before it listens, and the server around the application."""

import asyncio
import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from baiti_xl.desk import ActionError
from baiti_xl.serve.accounts import accounts, made, set_codes
from baiti_xl.serve.app import application
from baiti_xl.serve.place import Place

HEAD_SECONDS = 15  # in which the head of a request must be there
MOST_AT_ONCE = 400  # connections
FIRST = ("办公室", "领导")


class Impatient(H11Protocol):
    """Ends a connection on which the head of a request does not come in time."""

    waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self.waiting = self.loop.call_later(HEAD_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a head is whole; begin anew with the next."""
        super().data_received(data)
        is_partial = self.conn.their_state is h11.IDLE
        if self.waiting and not is_partial:
            self.waiting.cancel()
            self.waiting = None
        elif is_partial and self.waiting is None:
            self.waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if self.waiting:
            self.waiting.cancel()
        super().connection_lost(exc)


def serve(
    folder: Path,
    host: str,
    port: int,
    *,
    cert: Path | None = None,
    key: Path | None = None,
    plain_http: bool = False,
    say: Callable[[str], None],
) -> None:
    """Serve a working folder until it is stopped. Raises ActionError, RulebookError, OutputError or StoreError."""
    check_listening(host, cert, key, plain_http=plain_http)
    place = Place(folder)
    try:
        line = listening(host, port)
        for sentence in first_codes(place):
            say(sentence)
        scheme = "https" if cert else "http"
        say(
            f"网上交送已打开：{scheme}://{shown(host)}:{line.getsockname()[1]}/　工作文件夹 {place.folder}　按 Ctrl+C 关闭。"
        )
        server(place, cert, key).run(sockets=[line])
    finally:
        place.close()


def server(place: Place, cert: Path | None = None, key: Path | None = None) -> uvicorn.Server:
    """Return the server of a working folder."""
    config = uvicorn.Config(
        application(place),
        http=Impatient,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        ssl_certfile=cert,
        ssl_keyfile=key,
    )
    return uvicorn.Server(config)


def check_listening(host: str, cert: Path | None, key: Path | None, *, plain_http: bool) -> None:
    """Raise ActionError if codes and forms would go over the network unencrypted without anybody having said so."""
    for path in (cert, key):
        if path is not None and not path.is_file():
            raise ActionError(f"找不到证书文件 {path}。请核对 --cert 和 --key。")
    if (cert is None) != (key is None):
        raise ActionError("--cert 和 --key 要一起给出。")
    if cert is None and not is_loopback(host) and not plain_http:
        raise ActionError(
            f"{host} 不是本机地址，又没有证书：访问码和报送表会明文经过网络，没有打开。请用 --cert 和 --key 给出证书；"
            "确实只在可信的内网里用，加 --plain-http。"
        )


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown(host: str) -> str:
    """Return a host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises ActionError."""
    try:
        kind = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=kind, backlog=256)
    except OSError as error:
        raise ActionError(
            f"打不开 {host}:{port}（{error.strerror or error}）。可能已经有程序用着这个端口，请用 --port 换一个。"
        ) from error


def first_codes(place: Place) -> list[str]:
    """Make the codes of the office and the leader if there are none yet; return what to tell, this once."""
    held = accounts(place.store, place.book)
    fresh = [(name, made()) for name in FIRST if name not in held]
    if fresh:
        set_codes(place.store, place.book, fresh, "开机", place.now())
    return [f"{name}的访问码：{code}（只显示这一次，登录后可以改）" for name, code in fresh]
