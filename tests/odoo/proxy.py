"""A door between client and Odoo that counts what goes through, and decides what becomes of it.

Fates of a request: `pass` it on; `refuse` it and all that follow, as a server that is down does; `swallow` it, so
that the server never sees it; `cut` its answer off, so that the client never sees that.
"""

from __future__ import annotations

import http.client
import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

Fate = Literal["pass", "refuse", "swallow", "cut"]
Decide = Callable[[int, str], Fate]
WAY_OUT = {"Transfer-Encoding", "Connection", "Content-Length"}


class Proxy:
    """One port in front of one Odoo; `calls` are the requests that reached it, by what they call."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url).netloc
        self.calls: list[str] = []
        self.decide: Decide = lambda _number, _call: "pass"
        self._port = 0
        self.up()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def count(self, call: str) -> int:
        """How many calls ended in this method's name."""
        return sum(one.endswith(call) for one in self.calls)

    def up(self) -> None:
        """Listen (again), on the same port."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self._port))
        self._listener.listen(64)
        self._port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def down(self) -> None:
        """Listen no more: whoever connects is refused."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def again(self, decide: Decide = lambda _number, _call: "pass") -> None:
        """Forget what went through, and listen with other fates."""
        self.down()
        self.calls.clear()
        self.decide = decide
        self.up()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, address = listener.accept()
                threading.Thread(target=self._serve, args=(client, address), daemon=True).start()

    def _serve(self, client: socket.socket, address: tuple[str, int]) -> None:
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if answer := proxy._fate(self.command, self.path, dict(self.headers), body):
                    self.wfile.write(answer)

            do_POST = do_GET  # noqa: N815 - the standard library's name

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        with client, suppress(OSError):
            Handler(client, address, None)  # type: ignore[arg-type]

    def _fate(self, verb: str, path: str, headers: dict[str, str], body: bytes) -> bytes | None:
        """What the client gets for a request; None where it gets no answer."""
        self.calls.append(_called(path, body))
        number = len(self.calls)
        fate = self.decide(number, self.calls[-1])
        if fate in ("swallow", "refuse"):
            return None
        answer = self._forward(verb, path, headers, body)
        # The listener goes down before the answer is out, so that the next request finds nobody.
        if self.decide(number + 1, "") == "refuse":
            self.down()
        return None if fate == "cut" else answer

    def _forward(self, verb: str, path: str, headers: dict[str, str], body: bytes) -> bytes | None:
        """The server's answer as bytes, None where it gave none."""
        connection = http.client.HTTPConnection(self._target, timeout=600)
        try:
            connection.request(verb, path, body or None, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        lines = [f"{name}: {value}" for name, value in answer.getheaders() if name not in WAY_OUT]
        lines += [f"Content-Length: {len(data)}", "Connection: close", "", ""]
        return f"HTTP/1.1 {answer.status} {answer.reason}\r\n".encode() + "\r\n".join(lines).encode() + data


def down_before(number: int) -> Decide:
    """Fates of a server that goes down before its n-th request (counted from 1)."""
    return lambda count, _call: "refuse" if count >= number else "pass"


def at(number: int, fate: Fate) -> Decide:
    """Fates of a server that fails at its n-th request only."""
    return lambda count, _call: fate if count == number else "pass"


def at_call(name: str, fate: Fate) -> Decide:
    """Fates of a server that fails whenever a method of this name is called."""
    return lambda _count, call: fate if call.endswith(name) else "pass"


@contextmanager
def proxy_of(url: str) -> Iterator[Proxy]:
    """A proxy in front of the server, listening."""
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.down()


def _called(path: str, body: bytes) -> str:
    """`model/method` whatever the wire, `service.method` for other services, else the path."""
    if path.startswith("/json/2/"):
        return path.removeprefix("/json/2/")
    if path != "/jsonrpc":
        return path
    params = json.loads(body)["params"]
    if params["method"] in ("execute", "execute_kw"):
        return f"{params['args'][3]}/{params['args'][4]}"
    return f"{params['service']}.{params['method']}"
