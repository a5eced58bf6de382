"""One exchange with an Odoo over HTTP: no redirects, no retries, bounded in time and size.

`requests` is imported here and nowhere else. The key goes in an auth callable, so that no netrc file of the runner
can put another in its place, and it goes only to a host that the plan names, over TLS (or to this very machine).
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import exceptions
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

from executors.world.clock import Clock
from executors.world.odoo.problems import Asked, Down, Lost, NotOdoo, Silent, Unsafe

LARGEST = 32 * 1024 * 1024
_SECURE_PORT = 443
_PORTS = {"http": 80, "https": _SECURE_PORT}


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds, and by which clock."""

    connect: float = 10.0
    answer: float = 600.0
    """For the next byte of an answer; an install answers when it is done."""
    total: float = 3000.0
    """For an operation on modules whose answer was lost, until its end can be read."""
    stuck: float = 130.0
    """Without any movement of the modules' states, until an operation is taken for dead."""
    quiet: float = 10.0
    """The same where the server was seen to be down, or where nothing shows that the operation ever began."""
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True)
class Call:
    """One request: `body` goes as JSON, None makes it a GET; `changes` tells what a lost answer means."""

    asked: Asked
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    changes: bool = False


@dataclass(frozen=True)
class Said:
    """An answer: its status, and its body as JSON where it is JSON, else as text."""

    status: int
    value: Any
    is_json: bool


def checked(url: str, hosts: Collection[str]) -> str:
    """Return `host[:port]` of a place that may be asked; raises Unsafe for one that may not."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    if not {host, parts.netloc, f"{host}:{port}"} & set(hosts):
        raise Unsafe(f"Odoo {parts.netloc}: the plan does not name this host, so no key is sent to it")
    if parts.scheme != "https" and not loopback(host):
        raise Unsafe(f"Odoo {parts.netloc}: no-tls: a key is sent over https only; write https:// in the policy")
    return parts.netloc


def loopback(host: str) -> bool:
    """Whether the host is this machine, by its address or by the name `localhost`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def exchange(url: str, call: Call, patience: Patience) -> Said:
    """Send the call to the server and return what it says, whatever the status.

    Raises Silent where nothing can have happened, Lost where a change may have, NotOdoo for a redirect or
    for an answer of more than 32 MB. Each exchange has a connection of its own, so that one which died while it
    was idle is not taken for a call that was cut off.
    """
    with requests.Session() as session:
        session.trust_env = not loopback(urlsplit(url).hostname or "")
        try:
            with session.request(**_request(url, call, patience)) as answer:
                return _read(answer, call, patience)
        except exceptions.SSLError as error:
            raise Silent(f"{call.asked}: the server's certificate is not one to be trusted") from error
        except (exceptions.RequestException, OSError) as error:
            raise _failed(error, call, patience) from error


def _request(url: str, call: Call, patience: Patience) -> dict[str, Any]:
    def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        if call.key is not None:
            request.headers["Authorization"] = f"bearer {call.key}"
        return request

    return {
        "method": "GET" if call.body is None else "POST",
        "url": url + call.path,
        "json": call.body,
        "headers": {
            "User-Agent": "millwright",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **call.headers,
        },
        "auth": authorize,
        "timeout": (patience.connect, patience.answer),
        "allow_redirects": False,
        "stream": True,
    }


def _read(answer: requests.Response, call: Call, patience: Patience) -> Said:
    """Return the answer, read to its end within the time and the size that an answer may have."""
    if answer.is_redirect or answer.headers.get("Content-Encoding", "identity") != "identity":
        raise NotOdoo(f"{call.asked}: answers with a redirect or packed; write the address of Odoo itself")
    until, body = patience.clock.monotonic() + patience.answer, bytearray()
    for chunk in answer.iter_content(65_536):
        body += chunk
        if len(body) > LARGEST:
            raise NotOdoo(f"{call.asked}: the answer has more than {LARGEST >> 20} MB")
        if patience.clock.monotonic() > until:
            raise exceptions.ReadTimeout
    text = body.decode("utf-8", "replace")
    try:
        return Said(answer.status_code, json.loads(text), is_json=True)
    except (ValueError, RecursionError):
        return Said(answer.status_code, text, is_json=False)


def _failed(error: Exception, call: Call, patience: Patience) -> Silent | Lost:
    """Return what a failure of the network means for the call."""
    cause = _cause(error)
    if isinstance(error, exceptions.ConnectTimeout) or isinstance(cause, NewConnectionError | ConnectTimeoutError):
        return Down(f"{call.asked}: the server cannot be reached; nothing happened", again=True)
    if isinstance(error, exceptions.ReadTimeout) or isinstance(cause, ReadTimeoutError):
        what = f"no answer within {patience.answer:g} s"
    else:
        what = "the connection was cut off before the answer came"
    if call.changes:
        return Lost(f"{call.asked}: {what}; nobody knows yet whether it was carried out")
    return Silent(f"{call.asked}: {what}", again=True)


def _cause(error: Exception) -> object:
    """Return what urllib3 ran into, out of what requests packs it in."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", None) or inner
