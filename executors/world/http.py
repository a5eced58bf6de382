"""GET that cannot be talked into another network: resolved once, connected to that address, no redirects (T51)."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, urlsplit

from executors.errors import WorldError
from executors.executor import Answer
from executors.protocol.address import is_public

LARGEST = 2 * 1024 * 1024
SLOWEST = 20.0
_PORT = {"http": 80, "https": 443}


def get(url: str, allowed: Collection[str] = (), *, seconds: float = SLOWEST) -> Answer:
    """Return the answer to a GET; redirects are answers like any other.

    `allowed` names hosts (`host` or `host:port`) whose address may be private, loopback or link-local.
    Raises WorldError; `again` where the network failed or took longer than `seconds` in all.
    """
    parts, port = _checked(url)
    host, _, address = reached(url, allowed)
    until = time.monotonic() + seconds
    try:
        with socket.create_connection((address, port), timeout=seconds) as plain, _ending(plain, until):
            sock = _secured(plain, host) if parts.scheme == "https" else plain
            with sock:
                answer = _exchange(sock, parts, port, until)
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= until:
            raise _late(parts) from error
        raise WorldError(f"GET {_name(parts)}: {error or type(error).__name__}", again=True) from error
    if time.monotonic() >= until:  # what was hung up on looks like an answer that is over
        raise _late(parts)
    return answer


def reached(url: str, allowed: Collection[str]) -> tuple[str, int, str]:
    """Return host, port and the address that may be connected to. Raises WorldError as `get` does."""
    parts, port = _checked(url)
    host = parts.hostname or ""
    return host, port, _resolve(host, port, free=host in allowed or f"{host}:{port}" in allowed)


def _checked(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORT.get(parts.scheme, 0)
    except ValueError as error:
        raise WorldError(f"GET {url[:80]!r}: {error}") from error
    if parts.scheme not in _PORT or not parts.hostname or parts.username is not None:
        raise WorldError(f"GET {url[:80]!r}: wants http(s)://host/… without a name and password")
    if any(char <= " " or char >= "\x7f" for char in url):
        raise WorldError(f"GET {url[:80]!r}: holds characters that a URL must encode")
    return parts, port


def _resolve(host: str, port: int, *, free: bool) -> str:
    """Return the address to connect to: the first one, if all that the name stands for may be asked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise WorldError(f"GET {host}: the name does not resolve", again=True) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not free and (inside := [address for address in addresses if not is_public(address)]):
        raise WorldError(f"GET {host}: {inside[0]} is not a public address and the plan does not name this host")
    return addresses[0]


def _secured(plain: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _exchange(sock: socket.socket, parts: SplitResult, port: int, until: float) -> Answer:
    """Ask over the open socket, so that nothing resolves the name a second time."""
    connection = http.client.HTTPConnection(parts.hostname or "", port)
    connection.sock = sock
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
    bare = port == _PORT[parts.scheme]
    connection.putheader("Host", _host(parts) if bare else f"{_host(parts)}:{port}")
    for name, value in (("User-Agent", "millwright"), ("Accept", "*/*"), ("Accept-Encoding", "identity")):
        connection.putheader(name, value)
    connection.putheader("Connection", "close")
    connection.endheaders()
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, headers, _body(answer, sock, parts, until))


def _body(answer: http.client.HTTPResponse, sock: socket.socket, parts: SplitResult, until: float) -> bytes:
    body = b""
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise _late(parts)
        sock.settimeout(left)
        chunk = answer.read1(65_536)
        body += chunk
        if not chunk:
            return body
        if len(body) > LARGEST:
            raise WorldError(f"GET {_name(parts)}: the answer has more than {LARGEST} bytes")


@contextmanager
def _ending(plain: socket.socket, until: float) -> Iterator[None]:
    """Hang up when time is over: each byte of a greeting or a header may come just before its own time is."""
    with plain.dup() as line:  # TLS takes the socket itself away

        def hang_up() -> None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(0.0, until - time.monotonic()), hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _late(parts: SplitResult) -> WorldError:
    return WorldError(f"GET {_name(parts)}: the answer took too long", again=True)


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host


def _name(parts: SplitResult) -> str:
    """Return the URL without its query, which may hold what nobody should read."""
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
